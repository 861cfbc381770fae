"""What a teacher works on: a lesson, and the pieces of evidence that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.synthesis import texts
from tests.synthesis.specs import SchoolSpec
from wholeschool.records.structs import Teacher


def topic_of(teacher: Teacher) -> str:
    """The lesson of their subject that a teacher works on throughout the round."""
    stage = "特殊教育学校" if teacher.subject == "生活适应" else teacher.stage
    return Random(teacher.number).choice(texts.topics()[stage][teacher.subject])


def pieces(school: SchoolSpec, teacher: Teacher, code: str) -> list[str]:
    """The evidence, "form|title", that a teacher makes for a microability, the one promised first at the head."""
    titles = abilities_of(school)[code].evidence
    topic = topic_of(teacher)
    return [title.format(topic=topic) for title in Random(f"{teacher.number}/{code}").sample(titles, len(titles))]


def abilities_of(school: SchoolSpec) -> Mapping[str, texts.Ability]:
    """The texts that suit this type of school."""
    return texts.preschool_abilities() if school.type == "幼儿园" else texts.abilities()

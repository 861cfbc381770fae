"""What a teacher works on: a lesson, and the pieces of evidence that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.synthesis import texts
from tests.synthesis.specs import SchoolSpec
from wholeschool.records.structs import Teacher


def topic_of(teacher: Teacher) -> str:
    """The lesson of their subject that a teacher works on throughout the round."""
    lessons = texts.topics()
    special = lessons["特殊教育学校"].get(teacher.subject)
    return Random(teacher.number).choice(special or lessons[teacher.stage][teacher.subject])


def lesson_title(school_type: str, topic: str) -> str:
    """The lesson with the marks people put round it: kindergartens and special schools have activities, not texts."""
    return f"“{topic}”" if school_type in ("幼儿园", "特殊教育学校") else f"《{topic}》"


def pieces(school: SchoolSpec, teacher: Teacher, code: str) -> list[str]:
    """The evidence, "form|title", that a teacher makes for a microability, the one promised first at the head."""
    titles = abilities_of(school)[code].evidence
    topic = topic_of(teacher)
    return [title.format(topic=topic) for title in Random(f"{teacher.number}/{code}").sample(titles, len(titles))]


def abilities_of(school: SchoolSpec) -> Mapping[str, texts.Ability]:
    """The texts that suit this type of school."""
    return texts.abilities_of_type(school.type)

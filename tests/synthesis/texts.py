"""The words of the synthetic programme: what teachers, reviewers, schools and counties write (texts/*.yaml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from wholeschool.records.yaml_text import read_yaml

T = TypeVar("T")
_FOLDER = Path(__file__).parent / "texts"


class Ability(msgspec.Struct, frozen=True):
    """What is written about one microability.

    `evidence` is written "form|title". `advice` goes to those who passed, `remedy` to those who did not yet.
    `{topic}` stands for a lesson of the teacher's subject.
    """

    goals: tuple[str, ...]
    evidence: tuple[str, ...]
    advice: tuple[str, ...]
    remedy: tuple[str, ...]


class GoalText(msgspec.Struct, frozen=True, rename={"for_": "for"}):
    """A measurable goal of a plan. `{low}` and `{high}` are filled in with percentages."""

    goal: str
    for_: str
    baseline: str
    target: str
    measure: str


class PlanTexts(msgspec.Struct, frozen=True):
    """Sentences for plans, by what they talk about."""

    development: tuple[str, ...]
    needs: tuple[str, ...]
    goals: tuple[GoalText, ...]
    themes: tuple[str, ...]
    guidance: tuple[str, ...]


class Comment(msgspec.Struct, frozen=True):
    """What a teacher said about a plan, and what came of it."""

    content: str
    handling: str
    reply: str | None = None


class StudyTexts(msgspec.Struct, frozen=True):
    """Surveys, study schemes and group plans. `problems` and `themes` go by the side a group is on."""

    findings: dict[str, tuple[str, ...]]
    comments: tuple[Comment, ...]
    community: dict[str, tuple[str, ...]]
    incentive: tuple[str, ...]
    assurance: tuple[str, ...]
    problems: dict[str, str]
    themes: dict[str, str]


class Opinions(msgspec.Struct, frozen=True):
    """What a county writes to its schools."""

    approved: tuple[str, ...]
    returned: tuple[str, ...]
    accepted: tuple[str, ...]
    rectify: tuple[str, ...]
    mended: tuple[str, ...]


class Given(msgspec.Struct, frozen=True):
    """Characters of given names: of two characters (first, second), or of one."""

    first: str
    second: str
    single: str


class Names(msgspec.Struct, frozen=True):
    """Parts of people's names; a part that stands twice is twice as likely. `avoid` are well-known people."""

    surnames: tuple[str, ...]
    women: Given
    men: Given
    avoid: frozenset[str]


class Place(msgspec.Struct, frozen=True):
    """The name of a town or village and its folder name."""

    name: str
    slug: str


def _read(name: str, kind: type[T]) -> T:
    value: Any = read_yaml((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))[0]
    return msgspec.convert(value, kind)


@cache
def abilities() -> dict[str, Ability]:
    """Texts by microability, for schools."""
    found: dict[str, Ability] = {}
    for name in ("multimedia", "blended", "smart"):
        found |= _read(name, dict[str, Ability])
    return found


@cache
def preschool_abilities() -> dict[str, Ability]:
    """Texts by microability, for kindergartens."""
    return _read("preschool", dict[str, Ability])


@cache
def special_abilities() -> dict[str, Ability]:
    """Texts by microability, for schools of pupils with special needs."""
    return _read("special", dict[str, Ability])


def abilities_of_type(school_type: str) -> dict[str, Ability]:
    """Texts by microability that suit a type of school."""
    return {"幼儿园": preschool_abilities, "特殊教育学校": special_abilities}.get(school_type, abilities)()


@cache
def asides() -> dict[str, tuple[str, ...]]:
    """What a reviewer may add, by subject."""
    return _read("asides", dict[str, tuple[str, ...]])


@cache
def topics() -> dict[str, dict[str, tuple[str, ...]]]:
    """Lessons by stage and subject."""
    return _read("topics", dict[str, dict[str, tuple[str, ...]]])


@cache
def subjects() -> dict[str, tuple[str, ...]]:
    """Subjects by stage (or 特殊教育学校), in the order in which a school fills its posts."""
    return _read("subjects", dict[str, tuple[str, ...]])


@cache
def plans() -> dict[str, PlanTexts]:
    """Plan sentences by the type of school."""
    return _read("plans", dict[str, PlanTexts])


@cache
def study() -> StudyTexts:
    """Sentences about school-based study."""
    return _read("study", StudyTexts)


@cache
def reflections() -> dict[str, dict[str, tuple[str, ...]]]:
    """What teachers write looking back, for 学校, 幼儿园 and 特殊教育学校, by microability."""
    return _read("reflections", dict[str, dict[str, tuple[str, ...]]])


@cache
def environments() -> dict[str, tuple[str, ...]]:
    """What schools say about each environment."""
    return _read("environments", dict[str, tuple[str, ...]])


@cache
def opinions() -> Opinions:
    """The county's words."""
    return _read("opinions", Opinions)


@cache
def names() -> Names:
    """Parts of people's names."""
    return _read("names", Names)


@cache
def places() -> dict[str, tuple[Place, ...]]:
    """Made-up counties, towns, villages and school names, each with its folder name."""
    return _read("places", dict[str, tuple[Place, ...]])

"""What a round's guidance asks for, as pages say it: what it does not ask for is on none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wholeschool.outcomes.credits import asked_of_type
from wholeschool.programme import Programme, Unit


class Asked(NamedTuple):
    """`least` of `of` (学分 or 项) from `dimensions`; whether credits, environments and hours are known at all."""

    least: int
    of: str
    dimensions: int
    credits: bool
    environments: bool
    hours: bool
    online: int
    practice: int

    @property
    def enough(self) -> str:
        """How much it is: 12 学分."""
        return f"{self.least} {self.of}"

    @property
    def studied(self) -> str:
        """Whoever has done them, how many hours of which kind: 网络研修不少于 30、实践应用不少于 30 学时的."""
        kinds = (("网络研修", self.online), ("实践应用", self.practice))
        said = [f"{name}不少于 {hours}" for name, hours in kinds if hours]
        return f"{'、'.join(said)} 学时的" + ("，两样分别算" if len(said) > 1 else "")

    @property
    def total(self) -> str:
        """What it is called: 学分, or 项数."""
        return self.of if self.credits else "项数"

    @property
    def both(self) -> str:
        """What a county recognises of a teacher: 学时和学分."""
        return f"学时和{self.total}" if self.hours else self.total

    @property
    def together(self) -> str:
        """The same in a word: 学时学分."""
        return f"{'学时' if self.hours else ''}{self.total}"

    @property
    def recognised(self) -> str:
        """The same, as the list of it is called."""
        return f"{'培训学时和' if self.hours else ''}校本应用考核{self.total}"

    @property
    def columns(self) -> list[str]:
        """What a table of microabilities says of each besides its code and name."""
        return ["维度", *(["环境"] if self.environments else []), *(["学分"] if self.credits else [])]

    @property
    def among(self) -> str:
        """From how many dimensions, to go on with; empty where that does not matter."""
        return f"，来自 {self.dimensions} 个维度" if self.dimensions else ""


def asked_of(programme: Programme, year: int | None = None, school: Unit | None = None) -> Asked:
    """What a round asks for, of a school if one is named; without a year, the current round."""
    standard, without = programme.standard(year), programme.terms(year).without
    return Asked(
        asked_of_type(standard, school.data.type if school else None),
        programme.counts(year),
        standard.dimensions,
        "credits" not in without,
        "environments" not in without,
        "hours" not in without,
        standard.online_hours,
        standard.practice_hours,
    )


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: 甲、乙和丙."""
    return "、".join(words[:-1]) + ("和" if len(words) > 1 else "") + words[-1]

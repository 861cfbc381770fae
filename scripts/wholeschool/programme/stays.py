"""A person's time at schools in a round: one person, one number, a row in the roster of every school they were at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from wholeschool.days import FOREVER
from wholeschool.records import structs as s

if TYPE_CHECKING:
    from wholeschool.programme.years import YearOfSchool


class Stay(NamedTuple):
    """What one school's roster says of one person in a round."""

    year: YearOfSchool
    teacher: s.Teacher

    @property
    def begins(self) -> str:
        """The first day (YYYY-MM-DD) at the school; empty where no roster says that there was a day before it."""
        return self.teacher.joined.date if self.teacher.joined else ""

    @property
    def ends(self) -> str:
        """The last day at the school, at the latest the school's own; FOREVER while they are there."""
        return min(self.teacher.left.date if self.teacher.left else FOREVER, self.year.school.closed or FOREVER)

    def covers(self, day: str) -> bool:
        """Whether the person is at the school on a day."""
        return self.begins <= day <= self.ends

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Sorts stays: first where somebody only helps out, then as they ended.

        So a school to which somebody came back after some time elsewhere is the later of the two.
        """
        return not self.teacher.home, self.ends, self.begins, self.year.school.path

    def was_away_from(self, other: Stay) -> bool:
        """Whether this stay is some time away from the other school: from there, and back."""
        joined, left, path = self.teacher.joined, self.teacher.left, other.year.school.path
        return bool(joined and left and joined.from_ == left.to == path)

    def comes_from(self, other: Stay) -> bool:
        """Whether this row says that the same person was, or belongs, at the other school."""
        joined, path = self.teacher.joined, other.year.school.path
        return path in (self.teacher.home, joined and joined.from_)


def shared(years: Iterable[YearOfSchool]) -> Mapping[str, tuple[Stay, ...]]:
    """The stays of every number that stands on several rosters of a round, in order."""
    first: dict[str, Stay] = {}
    found: dict[str, list[Stay]] = {}
    for year in years:
        for number, teacher in year.teachers.items():
            stay = Stay(year, teacher)
            if number in first:
                found.setdefault(number, [first[number]]).append(stay)
            else:
                first[number] = stay
    return {number: tuple(sorted(stays, key=lambda each: each.order)) for number, stays in found.items()}


def helps_out(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether somebody belongs to another school, and that school has them on its roster as its own.

    What only one of the two says takes nobody out of its figures.
    """
    path = stay.teacher.home
    return bool(path) and any(each.year.school.path == path and not each.teacher.home for each in stays)


def counted(stays: Iterable[Stay]) -> Stay | None:
    """Where a person is due: at the school that was accepted while they were there, else at the one they are at now.

    A round counts a person once. As long as a school has not said that somebody left, no other school can take them
    from its figures by saying that they came. Who came after a school's acceptance is not due there in this round, and
    who only helps out is due at their own school; None where nobody waits for them any more.
    """
    stays = list(stays)
    own = [each for each in stays if not helps_out(each, stays)]
    for stay in own:
        if stay.year.accepted and stay.covers(stay.year.accepted.date):
            return stay
    return next((each for each in own if each.ends == FOREVER and not each.year.accepted), None)

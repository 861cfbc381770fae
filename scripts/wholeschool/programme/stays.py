"""A person's time at schools in a round: one person, one number, a row in the roster of every school they were at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from wholeschool.days import FOREVER, later
from wholeschool.records import Record
from wholeschool.records import structs as s

if TYPE_CHECKING:
    from wholeschool.programme.years import YearOfSchool


DEATH = "去世"
FOR_GOOD = ("退休", DEATH)
"""Why somebody leaves who goes to no other school."""
_AWAY = ("调动", "其他")
"""Why somebody leaves who may be back in the same round from outside the programme, as who is lent out."""


def came_back(teacher: s.Teacher) -> bool:
    """Whether a row says that somebody went elsewhere and came back, from there or from where they went on to.

    They joined after they left, and both schools are named, or none is, as outside the programme, and they had not left
    for good: otherwise one of the days is a mistake.
    """
    joined, left = teacher.joined, teacher.left
    if joined is None or left is None or joined.date <= left.date:
        return False
    return bool(joined.from_) if left.to else not joined.from_ and left.reason in _AWAY


def has_left(teacher: s.Teacher) -> bool:
    """Whether a row says that somebody is gone."""
    return teacher.left is not None and not came_back(teacher)


class Stay(NamedTuple):
    """What one school's roster says of one person in a round."""

    year: YearOfSchool
    teacher: s.Teacher

    @property
    def begins(self) -> str:
        """The first day (YYYY-MM-DD) at the school; empty where no roster says that there was a day before it."""
        return "" if self.teacher.joined is None or came_back(self.teacher) else self.teacher.joined.date

    @property
    def ends(self) -> str:
        """The last day at the school, at the latest the school's own; FOREVER while they are there."""
        left = self.teacher.left.date if self.teacher.left and has_left(self.teacher) else FOREVER
        return min(left, self.year.school.closed or FOREVER)

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """The first and the last day of each time at the school: one, or two of whoever came back."""
        joined, left = self.teacher.joined, self.teacher.left
        if joined and left and came_back(self.teacher):
            return ("", left.date), (joined.date, self.ends)
        return ((self.begins, self.ends),)

    def covers(self, day: str) -> bool:
        """Whether the person is at the school on a day."""
        return any(begins <= day <= ends for begins, ends in self.spans)

    def meets(self, other: Stay) -> bool:
        """Whether there are days on which both rows have the person; the day of leaving and coming is none."""
        return any(
            begins <= last and first <= ends and begins != last and first != ends
            for begins, ends in self.spans
            for first, last in other.spans
        )

    def waits_for(self, other: Stay) -> bool:
        """Whether this row says that the person came from the other school, which has not said yet that they left."""
        joined = self.teacher.joined
        if joined is None or joined.from_ != other.year.school.path or other.teacher.home:
            return False
        return other.begins <= joined.date and not has_left(self.teacher) and not has_left(other.teacher)

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Sorts stays: first where somebody only helps out, then as they ended.

        So a school to which somebody came back after some time elsewhere is the later of the two.
        """
        return not self.teacher.home, self.ends, self.begins, self.year.school.path

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


def named_by(records: Iterable[Record[Any]]) -> set[str]:
    """The schools from or to which somebody went, or to which they belong, by the rosters among some records."""
    found: set[str] = set()
    for roster in (each.data for each in records if isinstance(each.data, s.Teachers)):
        for row in roster.teachers:
            named = row.home, row.joined.from_ if row.joined else None, row.left.to if row.left else None
            found.update(path for path in named if path)
    return found


def helps_out(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether somebody belongs to another school, and that school has them on its roster as its own.

    What only one of the two says takes nobody out of its figures.
    """
    path = stay.teacher.home
    return bool(path) and any(each.year.school.path == path and not each.teacher.home for each in stays)


def agreed(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """The stays that no other roster contradicts, in their order; the rest wait and change nobody's figures.

    Where rows meet, the one holds that names no school which does not answer: that somebody came from there, they must
    have let go, that somebody went there, they must have taken up. A school that has not written this round's roster
    yet has let go of nobody. So what one school alone says takes nobody out of another's figures, and brings nothing
    into them. Who only helps out is nobody's rival: that goes with their own school.
    """
    stays = tuple(stays)
    held: list[Stay] = []
    for stay in sorted(stays, key=lambda each: not is_answered(each, stays)):
        waits = _is_early(stay, stays) or _is_denied(stay, stays)
        if not (helps_out(stay, stays) or waits or any(map(stay.meets, held))):
            held.append(stay)
    at = {each.year.school.path for each in held}
    return tuple(each for each in stays if each in held or each.teacher.home in at)


def is_answered(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether every school that a row says somebody came from, or went to, says so too, as far as it has spoken.

    And, of a row that says nothing of that, the school by whose code the number was given.
    """
    stays = tuple(stays)
    here, joined, left = stay.year.school.path, stay.teacher.joined, stay.teacher.left
    rows = {each.year.school.path: each.teacher for each in stays}
    source, target = rows.get((joined and joined.from_) or ""), rows.get((left and left.to) or "")
    return (
        not _is_early(stay, stays)
        and not is_anothers_number(stay, stays)
        and not _is_back_from_nowhere(stay)
        and (source is None or bool(source.left and source.left.to == here))
        and (target is None or bool(target.joined and target.joined.from_ == here))
    )


def _is_denied(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether the school that somebody is said to have come from says that they went elsewhere, or to no school."""
    named = stay.teacher.joined and stay.teacher.joined.from_
    left = next((each.teacher.left for each in stays if named and each.year.school.path == named), None)
    return left is not None and (left.to or "") != stay.year.school.path and (bool(left.to) or left.reason in FOR_GOOD)


def is_anothers_number(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether a row does not say where from, though the school by whose code the number was given has them still."""
    if stay.teacher.home or (stay.teacher.joined and stay.teacher.joined.from_) or _gives(stay, stay.teacher.number):
        return False
    others = (each for each in stays if each.year.school is not stay.year.school)
    return any(
        _gives(each, stay.teacher.number)
        and not (each.teacher.left or each.teacher.home or _is_back_from_nowhere(each))
        for each in others
    )


def _is_back_from_nowhere(stay: Stay) -> bool:
    """Whether a row says nothing of coming, though the school's own roster of the round before calls them gone."""
    return not (stay.teacher.joined or stay.teacher.home) and stay.year.let_go(stay.teacher.number)


def _gives(stay: Stay, number: str) -> bool:
    return any(number.startswith(held.code) for held in stay.year.school.codes)


def _is_early(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether a row names a school that somebody came from or belongs to, which had them and has not spoken yet."""
    named = {stay.teacher.home, stay.teacher.joined and stay.teacher.joined.from_} - {None}
    spoken = {each.year.school.path for each in stays}
    return any(stay.year.still_has(path, stay.teacher.number) for path in named - spoken if path)


def home_on(stays: Iterable[Stay], day: str) -> Stay | None:
    """Where somebody is due on a day by the rosters: at the school that they came to last and no other contradicts.

    None once they are gone from all of them, the last day included: nobody can be looked at any more.
    """
    stays = tuple(stays)
    own = [each for each in agreed(stays) if not helps_out(each, stays)]
    if not any(each.ends > day or is_awaited(each, stays) for each in own):
        return None
    return next((each for each in reversed(own) if is_there(each, day, stays)), None)


def nowhere_due(year: YearOfSchool) -> list[str]:
    """The numbers of those who went from a school that is closed and was not accepted to one that had been by then.

    Whoever comes after the acceptance is not due there, and what is closed takes no part any more.
    """
    found = []
    for teacher in year.teachers.values() if not year.takes_part else ():
        stays = year.stays_of(teacher)
        came = teacher.left and any(each.year.school.path == teacher.left.to for each in stays)
        if came and not (teacher.home or teacher.exempt) and counted(stays) is None:
            found.append(teacher.number)
    return found


def is_due_nowhere(stay: Stay, stays: Sequence[Stay]) -> bool:
    """Whether somebody came from another school, which had them on its roster, and is due at none of the two.

    That is so where the school that they are at now had been accepted by then, and the other had not. What was written
    of their leaving a school that is closed is told there (see `nowhere_due`).
    """
    named = stay.teacher.joined and stay.teacher.joined.from_
    source = next((each for each in stays if named and each.year.school.path == named), None)
    if source is None or source.year.school.closed or not stay.year.accepted or stay.ends != FOREVER:
        return False
    exempt = any(each.teacher.exempt for each in (source, stay))
    return not exempt and stay in agreed(stays) and counted(stays) is None


def is_there(stay: Stay, day: str, stays: Iterable[Stay]) -> bool:
    """Whether somebody is at a school on a day, or is only said to have been elsewhere: no other roster has them then.

    That somebody went to another school is quickly written, for the day of an acceptance, a check or a draw: whoever
    asks whether somebody can be looked at, or sits on a panel from outside, asks here.
    """
    there = _is_elsewhere(stay, day, stays)
    away = came_back(stay.teacher) and day <= stay.ends
    return stay.covers(day) or (not there and (away or (stay.begins <= day and is_awaited(stay, stays))))


def is_awaited(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether a row says that somebody went to another school of the programme, whose roster does not have them."""
    to = stay.teacher.left.to if stay.teacher.left and has_left(stay.teacher) else None
    there = any(each.year.school.path == to and not each.teacher.home for each in stays)
    return bool(to) and not stay.year.school.closed and not there


def last_day(stay: Stay, stays: Iterable[Stay]) -> str:
    """The last day of somebody who went to another school: that before the first which they have there.

    As long as that school does not have them there is none.
    """
    to = stay.teacher.left.to if stay.teacher.left and has_left(stay.teacher) else None
    if not to or stay.year.school.closed:
        return stay.ends
    first = min((each.begins for each in stays if each.year.school.path == to and not each.teacher.home), default=None)
    if first is None:
        return FOREVER if is_awaited(stay, stays) else stay.ends
    return max(stay.ends, later(first, -1) if first else "")


def counted(stays: Iterable[Stay]) -> Stay | None:
    """Where a person is due: at the school that was accepted while they were there, else at the one they are at now.

    A round counts a person once, at a school that no other contradicts (see `agreed`). Who came after a school's
    acceptance is not due there in this round, and who only helps out is due at their own school. Who is said to have
    gone to a school that does not have them is due where they were; None where nobody waits for them any more.
    """
    stays = list(stays)
    own = [each for each in agreed(stays) if not helps_out(each, stays)]
    for stay in own:
        if any(is_there(stay, day, stays) for day in _accepted_on(stay)):
            return stay
    waiting = [each for each in own if each.ends == FOREVER or is_awaited(each, stays)]
    at = next((each for each in waiting if not each.year.accepted), None)
    # Who was away, or on the way to another school, when theirs was accepted, and is due nowhere else, has not escaped;
    # nor who has left between two acceptances, the first of which was taken back.
    between = (
        each
        for each in own
        if came_back(each.teacher) or _was_on_the_way(each, stays) or _was_accepted_with(each, stays)
    )
    return at or next(between, None)


def _accepted_on(stay: Stay) -> list[str]:
    """The days as of which a school is accepted: of every conclusion since the last one that it is not.

    Whose results were recognised once has been counted there for good. Of a school that is closed the last day that it
    had, at the latest.
    """
    found = stay.year.acceptances if stay.year.accepted else []
    standing = list(takewhile(lambda each: each.conclusion == found[-1].conclusion, reversed(found)))
    days = [each.date for each in found if each.recognition or each in standing]
    return [min(day, stay.year.school.closed or FOREVER) for day in days]


def _was_on_the_way(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether a school was accepted after somebody left it for another, on whose roster they were not yet."""
    left = stay.teacher.left
    days = [day for day in _accepted_on(stay) if stay.begins <= day and stay.ends < day]
    return bool(left and left.to) and any(not _is_elsewhere(stay, day, stays) for day in days)


def _was_accepted_with(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether somebody was at an accepted school on the day of any conclusion that it was."""
    days = [each.date for each in stay.year.acceptances if each.conclusion == "验收合格"] if stay.year.accepted else []
    return bool(stay.teacher.left and stay.teacher.left.to) and any(is_there(stay, day, stays) for day in days)


def _is_elsewhere(stay: Stay, day: str, stays: Iterable[Stay]) -> bool:
    """Whether another school has somebody as its own on a day, and no other contradicts it."""
    return any(each.covers(day) for each in agreed(stays) if each.year is not stay.year and not each.teacher.home)

"""Pass rates: who was due, who passed, and how far everybody else has come.

There are two. 考核合格率 says how many passed the school's assessment, 验收合格率 how many of them the
county has accepted and recognised. The denominator of both is all staff due: everybody on the roster
whom the round counts at the school, less those exempt with a reason and an approver. It is never those who
applied. Wherever one of the two is shown, it is called by this name and comes from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple
from weakref import WeakKeyDictionary

import msgspec

from wholeschool.days import FOREVER
from wholeschool.outcomes.credits import credits_of, suffices
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool
from wholeschool.records.structs import Teacher


def share(count: int | None, due: int) -> float | None:
    """In percent of those due; None where the count is not known or nobody is due."""
    return count * 100 / due if count is not None and due else None


class Tally(msgspec.Struct, frozen=True):
    """Counts of people. Each later count is a subset of `due`.

    Those `accepted` are all who `passed` in a school that the county has accepted and recognised, and nobody elsewhere.
    """

    roster: int = 0
    exempt: int = 0
    chosen: int = 0
    trained: int = 0
    reviewed: int = 0
    passed: int = 0
    accepted: int = 0
    certified: int = 0

    @property
    def due(self) -> int:
        """Everybody who has to be assessed."""
        return self.roster - self.exempt

    @property
    def rate(self) -> float | None:
        """考核合格率: passed in percent of those due; None when nobody is due."""
        return share(self.passed, self.due)

    @property
    def accepted_rate(self) -> float | None:
        """验收合格率: accepted and recognised in percent of those due; None when nobody is due."""
        return share(self.accepted, self.due)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            *(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )


class AbilityTally(msgspec.Struct, frozen=True):
    """For one microability: how many of those due chose it, and how many of them passed."""

    chosen: int = 0
    passed: int = 0


class Taken(NamedTuple):
    """The microabilities that one teacher chose: those passed, and the others."""

    passed: Set[str]
    others: Set[str]


def is_exempt(teacher: Teacher, on: str = FOREVER) -> bool:
    """Exempt by a day (by default: at any time) with a reason and an approver; what lacks either does not count.

    An exemption without a date has always been there.
    """
    exempt = teacher.exempt
    return bool(exempt and exempt.reason and exempt.approved_by and (exempt.date or "") <= on)


def is_trained(programme: Programme, year: YearOfSchool, teacher: Teacher) -> bool:
    """Both kinds of hours complete, each by itself, with those that the cycle has gathered."""
    standard, hours = programme.standard(year.year), year.hours_of(teacher)
    return hours.online >= standard.online_hours and hours.practice >= standard.practice_hours


def has_passed(programme: Programme, year: YearOfSchool, teacher: Teacher) -> bool:
    """Passed microabilities of at least the programme's credits, none of them withdrawn since."""
    return suffices(programme, year, year.credited.get(teacher.number, ()))


def credits_chosen(programme: Programme, year: YearOfSchool, teacher: Teacher) -> int:
    """Credits of what a teacher has chosen, with those from earlier rounds and other schools."""
    return credits_of(programme, year.year, chosen(year, teacher))


def has_chosen(programme: Programme, year: YearOfSchool, teacher: Teacher) -> bool:
    """Whether that is what the round asks for."""
    return suffices(programme, year, chosen(year, teacher))


def chosen(year: YearOfSchool, teacher: Teacher) -> Set[str]:
    """What a teacher has chosen, with what was passed in earlier rounds and at other schools."""
    return {*teacher.choices, *year.gathered(teacher.number).levels}


def has_passed_before(programme: Programme, year: YearOfSchool, teacher: Teacher) -> bool:
    """Whether earlier rounds of the cycle and other schools make the credits: nothing is left to be assessed here."""
    gathered = year.gathered(teacher.number).levels
    return bool(gathered) and suffices(programme, year, gathered)


def is_assessed(programme: Programme, year: YearOfSchool, teacher: Teacher) -> bool:
    """Whether a teacher has any result in this round, at whatever school, or needs none any more."""
    assessed = any(teacher.number in stay.year.assessed for stay in year.stays_of(teacher))
    return assessed or has_passed_before(programme, year, teacher)


def school_tally(programme: Programme, year: YearOfSchool, certified: frozenset[str]) -> Tally:
    """One school's counts; `certified` are the teachers with a certificate in force, by number."""
    teachers = year.counted.values()
    due = [teacher for teacher in teachers if not is_exempt(teacher)]
    passed = [teacher for teacher in due if has_passed(programme, year, teacher)]
    recognised = year.is_recognised
    return Tally(
        roster=len(teachers),
        exempt=len(teachers) - len(due),
        chosen=sum(has_chosen(programme, year, teacher) for teacher in due),
        trained=sum(is_trained(programme, year, teacher) for teacher in due),
        reviewed=sum(is_assessed(programme, year, teacher) for teacher in due),
        passed=len(passed),
        accepted=len(passed) if recognised else 0,
        certified=sum(teacher.number in certified for teacher in due),
    )


def county_tallies(programme: Programme, year: YearOfCounty) -> Mapping[str, Tally]:
    """The counts of every school of a county's round, by folder name; made once, as rates and indicators need them."""
    if year not in _tallies:
        _tallies[year] = tallies_of(programme, year, year.taking_part)
    return _tallies[year]


def tallies_of(programme: Programme, year: YearOfCounty, schools: Sequence[YearOfSchool]) -> dict[str, Tally]:
    """The counts of some schools of a county, by folder name."""
    certified = certified_in(programme, year, schools)
    return {school.school.slug: school_tally(programme, school, certified) for school in schools}


def certified_in(programme: Programme, year: YearOfCounty, schools: Sequence[YearOfSchool]) -> frozenset[str]:
    """Teachers with a certificate in force of a round, or with an older one of what they passed in it at `schools`."""
    again = (
        number
        for school in schools
        for number, levels in school.credited.items()
        if any(programme.held(number, code, year.year) for code in levels)
    )
    return frozenset({*(entry.teacher for entry in year.in_force), *again})


_tallies: WeakKeyDictionary[YearOfCounty, dict[str, Tally]] = WeakKeyDictionary()


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several units' counts."""
    return sum(tallies, Tally())


def taken(programme: Programme, year: YearOfSchool) -> Iterator[Taken]:
    """The microabilities of each of a school's teachers due; who chose none is there as well."""
    for teacher in year.counted.values():
        if not is_exempt(teacher):
            chosen = programme.abilities(year.year).keys() & set(teacher.choices)
            passed = chosen & year.credited.get(teacher.number, {}).keys()
            yield Taken(passed, chosen - passed)


def ability_tallies(programme: Programme, years: Iterable[YearOfSchool]) -> dict[str, AbilityTally]:
    """Choices and passes of every microability over some schools' rounds."""
    years = list(years)
    codes = [code for each in dict.fromkeys(year.year for year in years) for code in programme.abilities(each)]
    passed, others = (dict.fromkeys(codes or programme.abilities(), 0) for _ in Taken._fields)
    for year in years:
        for each in taken(programme, year):
            for code in each.passed:
                passed[code] += 1
            for code in each.others:
                others[code] += 1
    return {code: AbilityTally(passed[code] + others[code], passed[code]) for code in passed}

"""What chosen or passed microabilities add up to, and whether it is enough.

A guidance counts credits, or microabilities: then each is one. It may also ask for some from several dimensions, and
for others to be passed first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from wholeschool.programme import Programme, YearOfSchool
from wholeschool.records.structs import Standard


def rooted(programme: Programme, year: int | None, codes: Iterable[str]) -> Set[str]:
    """Those of the microabilities in `codes` of which everything that comes before them is there too."""
    table, left = programme.abilities(year), {*codes}
    while out := {code for code in left if code in table and not left.issuperset(before(table[code].after))}:
        left -= out
    return left


def before(after: str | None) -> list[str]:
    """The codes in a cell that names what is to be passed first."""
    return (after or "").split()


def credits_of(programme: Programme, year: int | None, codes: Iterable[str]) -> int:
    """Credits of the microabilities in `codes` by the table of a round, each counted once, unknown ones not at all.

    Where the round's guidance knows no credits, how many they are. Nor do those count that come before their time.
    """
    table = programme.abilities(year)
    return sum(table[code].credits for code in rooted(programme, year, codes) if code in table)


def credits_asked(programme: Programme, school: YearOfSchool) -> int:
    """How much a round asks of the teachers of a school."""
    return asked_of_type(programme.standard(school.year), school.school.data.type)


def asked_of_type(standard: Standard, kind: str | None) -> int:
    """How much a standard asks of the teachers of a type of schools: some have one of their own."""
    return next((each.credits for each in standard.types if each.type == kind), standard.credits)


def shortfall(programme: Programme, school: YearOfSchool, codes: Iterable[str]) -> str:
    """In words what these microabilities lack of what a school's round asks for; empty where they are enough."""
    year, codes = school.year, set(codes)
    lacking = credits_asked(programme, school) - credits_of(programme, year, codes)
    if lacking > 0:
        return f"还差 {lacking} {programme.counts(year)}"
    there, wanted = len(dimensions_of(programme, year, codes)), programme.standard(year).dimensions
    return f"只有 {there} 个维度的，要 {wanted} 个" if there < wanted else ""


def suffices(programme: Programme, school: YearOfSchool, codes: Iterable[str]) -> bool:
    """Whether these microabilities are what a school's round asks for."""
    return not shortfall(programme, school, codes)


def dimensions_of(programme: Programme, year: int | None, codes: Iterable[str]) -> Collection[str]:
    """The dimensions that these microabilities are of."""
    table = programme.abilities(year)
    return {table[code].dimension for code in rooted(programme, year, codes) if code in table}

"""What chosen or passed microabilities add up to, and whether it is enough.

A guidance counts credits, or microabilities: then each is one. It may also ask for some from several dimensions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wholeschool.programme import Programme


def credits_of(programme: Programme, year: int | None, codes: Iterable[str]) -> int:
    """Credits of the microabilities in `codes` by the table of a round, each counted once, unknown ones not at all.

    Where the round's guidance knows no credits, how many they are.
    """
    table = programme.abilities(year)
    return sum(table[code].credits for code in set(codes) if code in table)


def shortfall(programme: Programme, year: int | None, codes: Iterable[str]) -> str:
    """In words what these microabilities lack of what a round asks for; empty where they are enough."""
    codes, standard = set(codes), programme.standard(year)
    lacking = standard.credits - credits_of(programme, year, codes)
    if lacking > 0:
        return f"还差 {lacking} {programme.counts(year)}"
    there = len(dimensions_of(programme, year, codes))
    return f"只有 {there} 个维度的，要 {standard.dimensions} 个" if there < standard.dimensions else ""


def suffices(programme: Programme, year: int | None, codes: Iterable[str]) -> bool:
    """Whether these microabilities are what a round asks for."""
    return not shortfall(programme, year, codes)


def dimensions_of(programme: Programme, year: int | None, codes: Iterable[str]) -> Collection[str]:
    """The dimensions that these microabilities are of."""
    table = programme.abilities(year)
    return {table[code].dimension for code in codes if code in table}

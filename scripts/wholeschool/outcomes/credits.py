"""Credits: what chosen or passed microabilities add up to (附件1 二(四)2)."""

from __future__ import annotations

from collections.abc import Iterable

from wholeschool.programme import Programme


def credits_of(programme: Programme, year: int | None, codes: Iterable[str]) -> int:
    """Credits of the microabilities in `codes` by the table of a round, each counted once, unknown ones not at all."""
    table = programme.abilities(year)
    return sum(table[code].credits for code in set(codes) if code in table)

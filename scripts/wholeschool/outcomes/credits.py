"""Credits: what chosen or passed microabilities add up to (附件1 二(四)2)."""

from __future__ import annotations

from collections.abc import Iterable

from wholeschool.programme import Programme


def credits_of(programme: Programme, codes: Iterable[str]) -> int:
    """Credits of the microabilities in `codes`, each counted once, unknown ones not at all."""
    table = programme.microabilities
    return sum(table[code].credits for code in set(codes) if code in table)

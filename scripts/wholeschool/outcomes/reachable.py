"""Whether what a guidance asks for can be done at all: by every school, whatever it has."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from wholeschool.records.structs import Microability, Standard


class Witness(NamedTuple):
    """How a school with these environments comes to the credits: by `codes`, the fewest that are enough.

    Where all that there are come to less, `codes` are all and `enough` is false.
    """

    environments: tuple[str, ...]
    codes: tuple[str, ...]
    credits: int
    enough: bool


def witnesses(table: Iterable[Microability], standard: Standard) -> list[Witness]:
    """One for every choice of environments that a school may have, the smallest first, in the table's order."""
    rows = list(table)
    environments = list(dict.fromkeys(row.environment for row in rows))
    return [
        _witness([row for row in rows if row.environment in some], some, standard.credits)
        for size in range(1, len(environments) + 1)
        for some in combinations(environments, size)
    ]


def _witness(rows: list[Microability], environments: tuple[str, ...], wanted: int) -> Witness:
    """Those of most credits come first: no other choice of as many has more, so there are no fewer that are enough."""
    chosen: list[Microability] = []
    total = 0
    for row in sorted(rows, key=lambda row: -row.credits):
        if total >= wanted:
            break
        chosen.append(row)
        total += row.credits
    codes = {row.code for row in chosen}
    return Witness(environments, tuple(row.code for row in rows if row.code in codes), total, total >= wanted)


def practice_asked(standard: Standard) -> float:
    """The hours of practice (学时) that are asked for as a share of all the hours."""
    return standard.practice_share * (standard.online_hours + standard.practice_hours) / 100

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
    environments = list(dict.fromkeys(row.environment for row in rows if row.environment))
    if not environments:  # the guidance knows none
        return [_witness(rows, (), standard)]
    return [
        _witness([row for row in rows if row.environment in some], some, standard)
        for size in range(1, len(environments) + 1)
        for some in combinations(environments, size)
    ]


def _witness(rows: list[Microability], environments: tuple[str, ...], standard: Standard) -> Witness:
    """First the best of as many dimensions as are asked for, then those of most credits.

    No other choice of as many has more and is of so many dimensions, so there are no fewer that are enough.
    """
    best = sorted(rows, key=lambda row: -row.credits)
    firsts: dict[str, Microability] = {}
    for row in best:
        firsts.setdefault(row.dimension, row)
    chosen = list(firsts.values())[: standard.dimensions]
    for row in [each for each in best if each not in chosen]:
        if sum(each.credits for each in chosen) >= standard.credits:
            break
        chosen.append(row)
    codes, total = {row.code for row in chosen}, sum(row.credits for row in chosen)
    enough = total >= standard.credits and len(firsts) >= standard.dimensions
    return Witness(environments, tuple(row.code for row in rows if row.code in codes), total, enough)


def practice_asked(standard: Standard) -> float:
    """The hours of practice (学时) that are asked for as a share of all the hours."""
    return standard.practice_share * (standard.online_hours + standard.practice_hours) / 100

"""Whether what a guidance asks for can be done at all: by every school, whatever it has."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from wholeschool.outcomes.credits import before
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
    """The fewest that are enough, or all of those that can be come to."""
    ordered = _in_order(rows)
    dimensions = {row.dimension for row in ordered}
    total = sum(row.credits for row in ordered)
    chosen = ordered
    enough = total >= standard.credits and len(dimensions) >= standard.dimensions
    if enough:
        sizes = range(1, len(ordered) + 1)
        chosen = next(found for size in sizes if (found := _chosen(ordered, standard, size)) is not None)
    codes = {row.code for row in chosen}
    credits = sum(row.credits for row in chosen)
    return Witness(environments, tuple(row.code for row in rows if row.code in codes), credits, enough)


def _in_order(rows: list[Microability]) -> list[Microability]:
    """Those that can be come to, most credits first, but each after what comes before it."""
    done: list[Microability] = []
    left = sorted(rows, key=lambda row: -row.credits)
    while ready := next((row for row in left if {each.code for each in done}.issuperset(before(row.after))), None):
        left.remove(ready)
        done.append(ready)
    return done


def _chosen(rows: list[Microability], standard: Standard, size: int) -> list[Microability] | None:
    """So many rows that are enough, or None: each is taken or left, as long as the rest could still be enough."""
    best = [sorted((row.credits for row in rows[place:]), reverse=True) for place in range(len(rows) + 1)]

    def search(place: int, taken: list[Microability], credits: int) -> list[Microability] | None:
        more, dimensions = size - len(taken), {row.dimension for row in taken}
        if credits + sum(best[place][:more]) < standard.credits or len(dimensions) + more < standard.dimensions:
            return None
        if not more:
            return taken
        for here in range(place, len(rows) - more + 1):
            row = rows[here]
            if {each.code for each in taken}.issuperset(before(row.after)):
                found = search(here + 1, [*taken, row], credits + row.credits)
                if found is not None:
                    return found
        return None

    return search(0, [], 0)


def problems(table: Iterable[Microability], standard: Standard) -> dict[str, str]:
    """What a standard asks for that no school could do whatever it has, by the field that asks for it."""
    rows = _in_order(list(table))
    there, most = len({row.dimension for row in rows}), sum(row.credits for row in rows)
    found = {}
    if there < standard.dimensions:
        found["dimensions"] = f"要 {standard.dimensions} 个维度，微能力表里只有 {there} 个"
    for each in standard.types:
        if each.credits > most:
            found["types"] = f"{each.type}要 {each.credits}，全选也只有 {most}"
    return found


def practice_asked(standard: Standard) -> float:
    """The hours of practice (学时) that are asked for as a share of all the hours."""
    return standard.practice_share * (standard.online_hours + standard.practice_hours) / 100

"""Whether what a guidance asks for can be done at all: by every school, whatever it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations
from typing import NamedTuple

from wholeschool.outcomes.credits import before
from wholeschool.records.structs import Microability, Standard

_MOST_ENVIRONMENTS = 4
_MOST_STEPS = 5_000


class Witness(NamedTuple):
    """How a school with these environments comes to the credits: by `codes`, the fewest that are enough.

    `is_fewest` is false where there are so many ways that not all of them were tried: then fewer may do. Where all that
    there are come to less, `codes` are all and `enough` is false.
    """

    environments: tuple[str, ...]
    codes: tuple[str, ...]
    credits: int
    enough: bool
    is_fewest: bool = True


def witnesses(table: Iterable[Microability], standard: Standard) -> list[Witness]:
    """One for every choice of environments that a school may have, the smallest first, in the table's order.

    Of many environments only each alone: whoever has several can do what is done in one of them.
    """
    rows = list(table)
    environments = list(dict.fromkeys(row.environment for row in rows if row.environment))
    if not environments:  # the guidance knows none
        return [_witness(rows, (), standard)]
    most = len(environments) if len(environments) <= _MOST_ENVIRONMENTS else 1
    return [
        _witness([row for row in rows if row.environment in ("", *some)], some, standard)
        for size in range(1, most + 1)
        for some in combinations(environments, size)
    ]


def alone(table: Iterable[Microability], standard: Standard) -> list[Witness]:
    """What a school with one environment alone can come to at most, for every environment; nothing is searched."""
    rows = list(table)
    names = list(dict.fromkeys(row.environment for row in rows if row.environment))
    if not names:
        return [_all_of(rows, (), standard)]
    return [_all_of([row for row in rows if row.environment in ("", name)], (name,), standard) for name in names]


def _all_of(rows: list[Microability], environments: tuple[str, ...], standard: Standard) -> Witness:
    there = _in_order(rows)
    known = {row.code for row in there}
    credits = sum(row.credits for row in there)
    enough = _are_enough(there, standard)
    return Witness(environments, tuple(row.code for row in rows if row.code in known), credits, enough)


def _witness(rows: list[Microability], environments: tuple[str, ...], standard: Standard) -> Witness:
    """The fewest that are enough, or all of those that can be come to."""
    every = _all_of(rows, environments, standard)
    if not every.enough:
        return every
    chosen, is_fewest = _Search(_in_order(rows), standard).fewest()
    codes = {row.code for row in chosen}
    credits = sum(row.credits for row in chosen)
    return Witness(environments, tuple(row.code for row in rows if row.code in codes), credits, True, is_fewest)


def _are_enough(rows: Collection[Microability], standard: Standard) -> bool:
    dimensions = {row.dimension for row in rows}
    return sum(row.credits for row in rows) >= standard.credits and len(dimensions) >= standard.dimensions


def _in_order(rows: list[Microability]) -> list[Microability]:
    """Those that can be come to, most credits first, but each after what comes before it."""
    done: list[Microability] = []
    left = sorted(rows, key=lambda row: -row.credits)
    while ready := next((row for row in left if {each.code for each in done}.issuperset(before(row.after))), None):
        left.remove(ready)
        done.append(ready)
    return done


class _Search:
    """The fewest of some rows that are enough, of which each stands after what comes before it.

    Rows are taken or left, one after the other, as long as the rest could still do it if nothing had to come before
    anything. So there is no way back where nothing has to, and else no more than `_MOST_STEPS`.
    """

    def __init__(self, rows: list[Microability], standard: Standard) -> None:
        self._rows, self._standard, self._steps = rows, standard, 0

    def fewest(self) -> tuple[list[Microability], bool]:
        """Those, and whether there are certainly no fewer. All the rows together have to be enough."""
        for size in range(1, len(self._rows)):
            found = self._find(size, 0, [])
            if found is not None:
                return found, True
            if self._steps > _MOST_STEPS:
                return self._few(), False
        return self._rows, True

    def _find(self, more: int, place: int, taken: list[Microability]) -> list[Microability] | None:
        """`taken` with `more` of the rows from a place on that make it enough; None where there are none or no time."""
        self._steps += 1
        if not more:
            return taken if _are_enough(taken, self._standard) else None
        for here in range(place, len(self._rows) - more + 1):
            if self._steps > _MOST_STEPS or not self._could(more, self._rows[here:], taken):
                return None
            row = self._rows[here]
            if {each.code for each in taken}.issuperset(before(row.after)):
                found = self._find(more - 1, here + 1, [*taken, row])
                if found is not None:
                    return found
        return None

    def _could(self, more: int, rows: list[Microability], taken: list[Microability]) -> bool:
        """Whether so many of the rows would be enough with those taken, did nothing have to come before anything.

        The best of them are the best of each dimension that is still wanted, and then those of most credits.
        """
        known = {row.dimension for row in taken}
        best = sorted(rows, key=lambda row: -row.credits)
        firsts = {row.dimension: row for row in reversed(best) if row.dimension not in known}
        wanted = max(0, self._standard.dimensions - len(known))
        new = sorted(firsts.values(), key=lambda row: -row.credits)[:wanted]
        if len(new) < wanted or wanted > more:
            return False
        codes = {row.code for row in new}
        rest = [row for row in best if row.code not in codes][: more - wanted]
        return _are_enough([*taken, *new, *rest], self._standard)

    def _few(self) -> list[Microability]:
        """Some that are enough, none of which could be left out alone."""
        chosen = self._rows
        for row in reversed(self._rows):
            left = [each for each in chosen if each is not row]
            if _are_enough(left, self._standard) and not any(row.code in before(each.after) for each in left):
                chosen = left
        return chosen


def problems(table: Iterable[Microability], standard: Standard) -> dict[str, str]:
    """What a standard asks for that no school could do whatever it has, by the field that asks for it."""
    table = list(table)
    there = len({row.dimension for row in _in_order(table)})
    found = {}
    if there < standard.dimensions:
        found["dimensions"] = f"要 {standard.dimensions} 个维度，微能力表里只有 {there} 个"
    for each in standard.types:
        for most in alone(table, standard):
            if each.credits > most.credits:
                who = f"，只有{most.environments[0]}的" if most.environments else "，"
                found["types"] = f"{each.type}要 {each.credits}{who}全选也只有 {most.credits}"
    return found


def practice_asked(standard: Standard) -> float:
    """The hours of practice (学时) that are asked for as a share of all the hours."""
    return standard.practice_share * (standard.online_hours + standard.practice_hours) / 100

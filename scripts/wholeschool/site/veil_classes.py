"""In how much detail choices and passes may be shown: by dimension and environment, by dimension only, or not at all.

Each dimension is by itself. Of its places (a dimension in an environment) a county, city or province shows all or none:
so every place is a tree of sums with the same units hidden in it, and one place tells nothing about another. Where a
place would tell about few people, the whole dimension may still be shown, as long as the few could have been in another
of its places as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from wholeschool.outcomes.rates import AbilityTally, grouped
from wholeschool.outcomes.suppression import Cell, hidden_together, is_small
from wholeschool.programme import Unit

Place = tuple[str, str]
"""A dimension and an environment."""
Counts = Mapping[str, Mapping[Place, AbilityTally]]
"""For every unit by path, its places in which somebody chose a microability."""
_Class = TypeVar("_Class", str, Place)
_NOBODY = AbilityTally()


class Detail(NamedTuple):
    """Paths of the units that show a dimension's places, and of those that show their sum (these included)."""

    places: frozenset[str]
    whole: frozenset[str]


def detail(units: Sequence[Unit], counts: Counts, closed: Collection[str], minimum: int) -> Detail:
    """What `units`, parents first, may show of one dimension, whose places `counts` has.

    It is nothing where they are `closed`, as who chose or passed is hidden there. The leaves are counties: of a school
    every class holds too few people.
    """
    sums = {path: grouped(places, dimension) for path, places in counts.items()}
    shut = _with_those_that_tell(units, sums, closed, minimum)
    hidden = _with_those_that_tell(units, counts, shut, minimum)
    few = [
        (unit, place)
        for unit in units
        if unit.path in hidden
        for place, tally in counts[unit.path].items()
        if is_small(tally.chosen, tally.passed, minimum)
    ]
    if not all(_could_be_elsewhere(unit, place, counts, hidden, shut, minimum) for unit, place in few):
        # Without the sums each place is by itself again.
        shut = hidden = _with_those_that_tell(units, sums, hidden, minimum)
    paths = counts.keys()
    return Detail(frozenset(paths - hidden), frozenset(paths - shut))


def listed(
    known: Mapping[str, AbilityTally], groups: Iterable[Collection[str]], minimum: int
) -> dict[str, AbilityTally]:
    """The microabilities of a unit, by code, that may be shown beside the sums of `groups` of them.

    Those that are not shown could be few or nobody. Of a group whose sum is public, one alone would be the difference:
    another is left out with it, so that all of it could be the other's.
    """
    shown = {
        code: tally
        for code, tally in known.items()
        if tally.chosen and not is_small(tally.chosen, tally.passed, minimum)
    }
    for group in groups:
        silent = [code for code in group if code not in shown]
        if len(silent) == 1 and known.get(silent[0], _NOBODY).chosen and len(group) > 1:
            del shown[min((code for code in group if code in shown), key=lambda code: (shown[code].chosen, code))]
    return shown


def dimension(place: Place) -> str:
    """The first of a place's two names."""
    return place[0]


def environment(place: Place) -> str:
    """The second of a place's two names."""
    return place[1]


def _with_those_that_tell(
    units: Sequence[Unit], counts: Mapping[str, Mapping[_Class, AbilityTally]], closed: Collection[str], minimum: int
) -> set[str]:
    """The `closed` units, those in which a class is small, and those from which one of these could be worked out."""
    found = {
        path
        for path, here in counts.items()
        if path in closed or any(is_small(tally.chosen, tally.passed, minimum) for tally in here.values())
    }
    classes = list(dict.fromkeys(each for here in counts.values() for each in here))
    before: set[str] = set()
    while found != before:
        before = set(found)
        for each in classes:
            chosen: dict[str, Cell] = {}
            passed: dict[str, Cell] = {}
            for unit in units:
                if tally := counts[unit.path].get(each):
                    parent = unit.parent.path if unit.parent and unit.parent.path in chosen else None
                    public = unit.path not in before
                    # Nobody is few for not having chosen it.
                    chosen[unit.path] = Cell(tally.chosen + minimum, tally.chosen, parent, public=public)
                    passed[unit.path] = Cell(tally.chosen, tally.passed, parent, public=public)
            found = found.union(*hidden_together((chosen, passed), minimum))
    return found


def _could_be_elsewhere(
    unit: Unit, place: Place, counts: Counts, hidden: set[str], shut: set[str], minimum: int
) -> bool:
    """Whether the few in a unit's `place` need not be there, for all that is public.

    Where nothing above a county shows places, they could be in another place of its dimension. Elsewhere a county's few
    could be so if as many in a neighbouring county were the other way round: everything above keeps its sums. Where two
    neighbours do not show the dimension either, they could simply be in the other county.
    """
    few = _few(counts[unit.path][place], minimum)
    free = _NOBODY
    for county in _leaves(unit, counts):
        if _others(counts[county.path], place) and hidden >= {each.path for each in (county, *county.ancestors)}:
            free += counts[county.path].get(place, _NOBODY)
    if _holds(free, few):
        return True
    if not unit.parent or any(child.path in counts for child in unit.children):
        return False
    for neighbour in unit.parent.children:
        if neighbour is not unit and neighbour.path in hidden:
            there = counts[neighbour.path]
            if shut >= {unit.path, neighbour.path} and place in there:
                return True
            if any(_holds(there.get(other, _NOBODY), few) for other in _others(counts[unit.path], place)):
                return True
    return False


def _others(places: Collection[Place], place: Place) -> list[Place]:
    """The other places of the same dimension."""
    return [each for each in places if each != place and dimension(each) == dimension(place)]


def _few(tally: AbilityTally, minimum: int) -> AbilityTally:
    """The parts that are few: of those who passed, of those who did not, or both."""
    failed = tally.chosen - tally.passed
    parts = [part if part < minimum else 0 for part in (failed, tally.passed)]
    return AbilityTally(sum(parts), parts[1])


def _holds(tally: AbilityTally, few: AbilityTally) -> bool:
    return tally.passed >= few.passed and tally.chosen - tally.passed >= few.chosen - few.passed


def _leaves(unit: Unit, counts: Counts) -> Iterator[Unit]:
    below = [child for child in unit.children if child.path in counts]
    if not below:
        yield unit
    for child in below:
        yield from _leaves(child, counts)

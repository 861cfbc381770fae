"""Which counts may be published without telling about single people (the programme's `minimum_cell`).

A cell is the split of a unit's people into those who are counted (who passed, who chose …) and those who are not. A
split with a part that is not empty and smaller than the minimum is hidden. Hiding it alone is not enough: the county's
total less the other schools would give it away. So further cells are hidden until, from everything that stays public,
no reader can be certain that a hidden part is a small one.

What a reader can work out is an interval for each cell: sums of children equal their parent, and every count lies
between bounds that are public anyway (nobody beyond those due; a school past a step has everybody past it). Cells form
a tree, so narrowing the intervals once upwards and once downwards is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

Interval = tuple[int, int]


class Cell(msgspec.Struct, frozen=True):
    """A unit's number of people, how many of them are counted, its parent's name, and the public bounds of the count.

    `public` is False for a sum that no page shows but that a reader could compute.
    """

    people: int
    count: int
    parent: str | None = None
    least: int = 0
    most: int | None = None
    public: bool = True

    @property
    def bounds(self) -> Interval:
        """What everybody knows about the count before any figure is published."""
        return self.least, self.people if self.most is None else min(self.most, self.people)


def is_small(people: int, count: int, minimum: int) -> bool:
    """Whether one of the two parts would point at fewer than `minimum` people (and at somebody)."""
    return 0 < count < minimum or 0 < people - count < minimum


def hidden(cells: Mapping[str, Cell], minimum: int) -> frozenset[str]:
    """The names of cells that must not be published. Parents come before their children in `cells`."""
    veiled = {name for name, cell in cells.items() if not cell.public or is_small(cell.people, cell.count, minimum)}
    children = _children(cells)
    while True:
        known = deducible(cells, veiled)
        given_away = [name for name in cells if _is_certain(cells[name], known[name], minimum)]
        more = {further for name in given_away for further in _next_to_hide(name, cells, children, veiled)}
        if not more:
            return frozenset(veiled)
        veiled |= more


def deducible(cells: Mapping[str, Cell], veiled: Iterable[str]) -> dict[str, Interval]:
    """For every cell, the least and the greatest count that agrees with all cells that are not `veiled`."""
    hidden_names = frozenset(veiled)
    children = _children(cells)
    known = {name: cell.bounds if name in hidden_names else (cell.count, cell.count) for name, cell in cells.items()}
    for name in reversed(list(cells)):
        if below := children[name]:
            known[name] = _narrowed(
                known[name], sum(known[child][0] for child in below), sum(known[child][1] for child in below)
            )
    for name in cells:
        below = children[name]
        least, most = known[name]
        all_least, all_most = sum(known[child][0] for child in below), sum(known[child][1] for child in below)
        for child in below:
            low, high = known[child]
            known[child] = _narrowed((low, high), least - (all_most - high), most - (all_least - low))
    return known


def _narrowed(interval: Interval, least: int, most: int) -> Interval:
    return max(interval[0], least), min(interval[1], most)


def _is_certain(cell: Cell, interval: Interval, minimum: int) -> bool:
    """Whether every count in the interval is a small one (and a cell that is really small stands behind it)."""
    return is_small(cell.people, cell.count, minimum) and all(
        is_small(cell.people, count, minimum) for count in range(interval[0], interval[1] + 1)
    )


def _next_to_hide(
    name: str, cells: Mapping[str, Cell], children: Mapping[str, list[str]], veiled: set[str]
) -> Iterator[str]:
    """One more cell that blurs `name`: below it, beside it, above it, or beside one above it, the least loss first."""
    step: str | None = name
    while step is not None:
        parent = cells[step].parent
        near = [*children[step], *(children[parent] if parent is not None else ())]
        if visible := [other for other in near if other not in veiled]:
            yield min(visible, key=lambda other: (cells[other].people, other))
            return
        if parent is not None and parent not in veiled:
            yield parent
            return
        step = parent


def _children(cells: Mapping[str, Cell]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {name: [] for name in cells}
    for name, cell in cells.items():
        if cell.parent is not None:
            children[cell.parent].append(name)
    return children

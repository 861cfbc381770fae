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

from collections.abc import Collection, Mapping, Sequence

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
    return hidden_together((cells,), minimum)[0]


def hidden_together(
    trees: Sequence[Mapping[str, Cell]],
    minimum: int,
    *,
    within: Sequence[Collection[int]] | None = None,
    settled: Mapping[int, Collection[str]] | None = None,
) -> list[frozenset[str]]:
    """What must be hidden in trees of the same names that count people of whom some are among others.

    Who passed is among those who chose enough: when the two sums are equal, so are all their parts. `within` says for
    each tree among whose people its own are, by places; without it, each tree is within the one before. `settled` holds
    the trees that others have veiled already, by place: what is hidden there stays, and nothing is added.
    """
    children = _children(trees[0])
    within = _one_after_another(trees) if within is None else within
    settled = settled or {}
    veiled = [
        set(settled[place])
        if place in settled
        else {name for name, cell in cells.items() if not cell.public or is_small(cell.people, cell.count, minimum)}
        for place, cells in enumerate(trees)
    ]
    open_to_more = [place for place in range(len(trees)) if place not in settled]
    anyway = deducible_together(trees, [settled.get(place, set(cells)) for place, cells in enumerate(trees)], within)
    while True:
        known = deducible_together(trees, veiled, within)
        more = [set[str]() for _ in trees]
        for place, cells in enumerate(trees):
            # What blurs a cell may be in its own tree or, when all of that is hidden, in another.
            nearest = sorted(open_to_more, key=lambda other: other != place)
            for name, cell in cells.items():
                if known[place][name] != anyway[place][name] and _is_certain(cell, known[place][name], minimum):
                    for other in nearest:
                        if further := _next_to_hide(name, trees[other], children, veiled[other]):
                            more[other].add(further)
                            break
        if not any(more):
            return [frozenset(names) for names in veiled]
        for names, further_names in zip(veiled, more, strict=True):
            names |= further_names


def deducible(cells: Mapping[str, Cell], veiled: Collection[str]) -> dict[str, Interval]:
    """For every cell, the least and the greatest count that agrees with all cells that are not `veiled`."""
    return deducible_together((cells,), (veiled,))[0]


def deducible_together(
    trees: Sequence[Mapping[str, Cell]],
    veiled: Sequence[Collection[str]],
    within: Sequence[Collection[int]] | None = None,
) -> list[dict[str, Interval]]:
    """`deducible` for trees of the same names, some of which count people among those of another (`within`).

    Exact for one tree. For several, the differences between two trees form a tree as well, none of them below zero;
    intervals are narrowed in turn until nothing changes.
    """
    children = _children(trees[0])
    known = [
        {name: cell.bounds if name in names else (cell.count, cell.count) for name, cell in cells.items()}
        for cells, names in zip(trees, veiled, strict=True)
    ]
    pairs = [
        (known[outer], known[place], {name: (0, cell.people) for name, cell in trees[outer].items()})
        for place, outers in enumerate(_one_after_another(trees) if within is None else within)
        for outer in outers
    ]
    gaps = [gap for _, _, gap in pairs]
    while True:
        before = [dict(intervals) for intervals in (*known, *gaps)] if gaps else []
        for intervals in (*known, *gaps):
            _propagate(intervals, children)
        for outer, inner, gap in pairs:
            for name in inner:
                (o_low, o_high), (i_low, i_high), (g_low, g_high) = outer[name], inner[name], gap[name]
                gap[name] = _narrowed(gap[name], o_low - i_high, o_high - i_low)
                outer[name] = _narrowed(outer[name], i_low + g_low, i_high + g_high)
                inner[name] = _narrowed(inner[name], o_low - g_high, o_high - g_low)
        if not gaps or before == [*known, *gaps]:
            return known


def _one_after_another(trees: Sequence[Mapping[str, Cell]]) -> list[Collection[int]]:
    return [(), *((place,) for place in range(len(trees) - 1))]


def _propagate(known: dict[str, Interval], children: Mapping[str, list[str]]) -> None:
    """Narrow the intervals of a tree of sums: once from the leaves up, once from the root down."""
    for name in reversed(list(children)):
        if below := children[name]:
            lows, highs = zip(*(known[child] for child in below), strict=True)
            known[name] = _narrowed(known[name], sum(lows), sum(highs))
    for name, below in children.items():
        least, most = known[name]
        all_least, all_most = sum(known[child][0] for child in below), sum(known[child][1] for child in below)
        for child in below:
            low, high = known[child]
            known[child] = _narrowed((low, high), least - (all_most - high), most - (all_least - low))


def _narrowed(interval: Interval, least: int, most: int) -> Interval:
    return max(interval[0], least), min(interval[1], most)


def _is_certain(cell: Cell, interval: Interval, minimum: int) -> bool:
    """Whether a small part is really there and every count in the interval says so.

    Among fewer people than the minimum every split is a small one: there, two possible counts are enough doubt.
    """
    least, most = interval
    if not is_small(cell.people, cell.count, minimum) or (cell.people < minimum and least < most):
        return False
    return all(is_small(cell.people, count, minimum) for count in range(least, most + 1))


def _next_to_hide(
    name: str, cells: Mapping[str, Cell], children: Mapping[str, list[str]], veiled: Collection[str]
) -> str | None:
    """One more cell that blurs `name`: below it, beside it, above it, the nearest and then the least loss first."""
    above: str | None = name
    while above is not None:
        level = children[above]
        while level:
            if visible := [other for other in level if other not in veiled]:
                return min(visible, key=lambda other: (cells[other].people, other))
            level = [child for other in level for child in children[other]]
        if above not in veiled:
            return above
        above = cells[above].parent
    return None


def _children(cells: Mapping[str, Cell]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {name: [] for name in cells}
    for name, cell in cells.items():
        if cell.parent is not None:
            children[cell.parent].append(name)
    return children

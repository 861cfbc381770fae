"""Which figures may be published without telling about single people (the programme's `minimum_cell`).

A cell is one unit's split of those due into passed and not passed. A split with a part smaller than the minimum, but
not zero, is hidden; further cells are hidden with it until the published total no longer gives a hidden part away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec


class Cell(msgspec.Struct, frozen=True):
    """A unit's number of people and how many of them passed."""

    due: int
    passed: int


def is_small(cell: Cell, minimum: int) -> bool:
    """Whether one of the two parts would point at fewer than `minimum` people."""
    return 0 < cell.passed < minimum or 0 < cell.due - cell.passed < minimum


def hidden(cells: Mapping[str, Cell], minimum: int) -> frozenset[str]:
    """The names of cells that must not be published beside the total of all cells.

    When even hiding everything would not protect a cell, everything is hidden, and the total must be hidden too:
    see `total_is_safe`.
    """
    chosen = {name for name, cell in cells.items() if is_small(cell, minimum)}
    # Hide the least of what remains, smallest first, so that as much as possible stays public.
    rest = sorted((name for name in cells if name not in chosen), key=lambda name: (cells[name].due, name))
    while chosen and rest and _gives_away([cells[name] for name in chosen], minimum):
        chosen.add(rest.pop(0))
    return frozenset(chosen)


def total_is_safe(cells: Mapping[str, Cell], minimum: int) -> bool:
    """Whether the total over `cells` may be published when `hidden(cells)` are not."""
    veiled = [cells[name] for name in hidden(cells, minimum)]
    return not veiled or not _gives_away(veiled, minimum)


def _gives_away(veiled: Sequence[Cell], minimum: int) -> bool:
    """Whether the sum of hidden cells (total less published) and their known sizes reveal a small part of one."""
    due, passed = sum(cell.due for cell in veiled), sum(cell.passed for cell in veiled)
    if len(veiled) == 1 or is_small(Cell(due, passed), minimum):
        return True
    for cell in veiled:
        least, most = max(0, passed - (due - cell.due)), min(cell.due, passed)
        if least == most and is_small(cell, minimum):
            return True
    return False

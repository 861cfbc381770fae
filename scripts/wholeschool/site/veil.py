"""Which counts of which units are hidden, so that nothing published tells about single people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from wholeschool.outcomes.rates import Tally
from wholeschool.outcomes.suppression import Cell, Interval, deducible, hidden
from wholeschool.programme import Unit

# Nobody outside knows how many are on a roster; the schema's own limit is all that a reader can be sure of.
MOST_ON_A_ROSTER = 1000
_RECOGNISED, _WAITING = "#认定", "#待认定"


class Standing(NamedTuple):
    """What everybody may know of a school: its step in the five, what it waits for, whether it is recognised."""

    step: int
    waiting_for_hours: bool
    recognised: bool


class Veil(NamedTuple):
    """Paths of the units whose count is hidden, count by count."""

    exempt: frozenset[str]
    chosen: frozenset[str]
    trained: frozenset[str]
    passed: frozenset[str]
    accepted: frozenset[str]


def veil(units: Iterable[Unit], tallies: Mapping[str, Tally], standing: Mapping[str, Standing], minimum: int) -> Veil:
    """The veil over `tallies`; `units` come parents first, `standing` has the schools.

    Who passed has chosen enough, so the two counts bound each other and are hidden in turn until neither gives the
    other away. Those accepted are all who passed in recognised schools: within a county, recognised schools and the
    others are two groups, each with a sum of its own that can be worked out.
    """
    paths = {unit.path: unit for unit in units if unit.path in tallies}
    parents = {path: unit.parent.path if unit.parent else None for path, unit in paths.items()}
    exempt = {path: Cell(MOST_ON_A_ROSTER, tallies[path].exempt, parents[path]) for path in paths}
    trained = {
        path: Cell(tally.due, tally.trained, parents[path], *_trained_bounds(tally.due, standing.get(path)))
        for path, tally in ((path, tallies[path]) for path in paths)
    }
    chosen = {
        path: Cell(tally.due, tally.chosen, parents[path], *_chosen_bounds(tally.due, standing.get(path)))
        for path, tally in ((path, tallies[path]) for path in paths)
    }
    passed = _passed_cells(paths, parents, tallies, standing)
    veiled_chosen: frozenset[str] = frozenset()
    veiled_passed: frozenset[str] = frozenset()
    while True:
        veiled = hidden(chosen, minimum)
        most = deducible(chosen, veiled)
        passed = _bounded(passed, veiled_passed, {name: (0, most[name][1]) for name in passed.keys() & most.keys()})
        veiled_passed = hidden(passed, minimum)
        least = deducible(passed, veiled_passed)
        if veiled == veiled_chosen:
            break
        veiled_chosen = veiled
        bounds = {name: (least[name][0], chosen[name].people) for name in chosen}
        chosen = _bounded(chosen, veiled_chosen, bounds)
    recognised = {name.removesuffix(_RECOGNISED) for name in veiled_passed if name.endswith(_RECOGNISED)}
    schools = {path for path in veiled_passed if path in standing and standing[path].recognised}
    return Veil(
        hidden(exempt, minimum),
        veiled_chosen,
        hidden(trained, minimum),
        veiled_passed & paths.keys(),
        frozenset(recognised | schools),
    )


def _chosen_bounds(due: int, school: Standing | None) -> Interval:
    """A school past the second step has everybody's choice; one that waits in it lacks at least one."""
    if school is None or school.step == 0:
        return 0, due
    return (due, due) if school.step > 1 else (0, max(due - 1, 0))


def _trained_bounds(due: int, school: Standing | None) -> Interval:
    """A school past the third step has everybody's hours; one that waits for hours lacks at least somebody's."""
    if school is None or school.step < 2:
        return 0, due
    return (due, due) if school.step > 2 else (0, max(due - school.waiting_for_hours, 0))


def _passed_cells(
    units: Mapping[str, Unit],
    parents: Mapping[str, str | None],
    tallies: Mapping[str, Tally],
    standing: Mapping[str, Standing],
) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for path, unit in units.items():
        parent = parents[path]
        if path in standing and parent is not None:
            parent += _RECOGNISED if standing[path].recognised else _WAITING
        cells[path] = Cell(tallies[path].due, tallies[path].passed, parent)
        if unit.level == "县":
            for suffix, recognised in ((_RECOGNISED, True), (_WAITING, False)):
                group = [
                    tallies[child.path]
                    for child in unit.children
                    if child.path in standing and standing[child.path].recognised == recognised
                ]
                if group:
                    people, count = sum(tally.due for tally in group), sum(tally.passed for tally in group)
                    cells[path + suffix] = Cell(people, count, path, public=recognised)
    return cells


def _bounded(cells: Mapping[str, Cell], veiled: frozenset[str], bounds: Mapping[str, Interval]) -> dict[str, Cell]:
    """`cells` within further bounds; what was hidden before stays so."""
    found = {}
    for name, cell in cells.items():
        least, most = cell.bounds
        further = bounds.get(name, (least, most))
        found[name] = msgspec.structs.replace(
            cell,
            least=max(least, further[0]),
            most=min(most, further[1]),
            public=cell.public and name not in veiled,
        )
    return found

"""Which counts of which units are hidden, so that nothing published tells about single people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wholeschool.outcomes.rates import Tally, total
from wholeschool.outcomes.suppression import Cell, Interval, hidden, hidden_together
from wholeschool.programme import Unit

# Nobody outside knows how many are on a roster; the schema's own limit is all that a reader can be sure of.
MOST_ON_A_ROSTER = 1000
_RECOGNISED, _WAITING = "#认定", "#待认定"


class Standing(NamedTuple):
    """What everybody may know of a school: its step in the five, whom it waits for, whether it is recognised.

    `short_of` is the count that the page says is not complete: chosen, trained, or empty for anything else.
    """

    step: int
    short_of: str
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

    Those accepted are all who passed in recognised schools: within a county, recognised schools and the others are
    two groups, each with a sum of its own that can be worked out.
    """
    paths = {unit.path: unit for unit in units if unit.path in tallies}
    exempt = {
        path: Cell(MOST_ON_A_ROSTER, tallies[path].exempt, unit.parent.path if unit.parent else None)
        for path, unit in paths.items()
    }
    # Who passed has chosen enough and is trained.
    trees = _grouped(paths, tallies, standing)
    chosen, trained, passed = hidden_together(trees, minimum, within=((), (), (0, 1)))
    return Veil(
        hidden(exempt, minimum),
        chosen & paths.keys(),
        trained & paths.keys(),
        passed & paths.keys(),
        frozenset(
            {name.removesuffix(_RECOGNISED) for name in passed if name.endswith(_RECOGNISED)}
            | {path for path in passed if path in standing and standing[path].recognised}
        ),
    )


def _chosen_bounds(due: int, school: Standing | None) -> Interval:
    """A school past the second step has everybody's choice; one that waits for choices lacks at least one."""
    if school is None or school.step < 1:
        return 0, due
    return (due, due) if school.step > 1 else (0, max(due - (school.short_of == "chosen"), 0))


def _trained_bounds(due: int, school: Standing | None) -> Interval:
    """A school past the third step has everybody's hours; one that waits for hours lacks at least somebody's."""
    if school is None or school.step < 2:
        return 0, due
    return (due, due) if school.step > 2 else (0, max(due - (school.short_of == "trained"), 0))


def _grouped(
    units: Mapping[str, Unit], tallies: Mapping[str, Tally], standing: Mapping[str, Standing]
) -> tuple[dict[str, Cell], dict[str, Cell], dict[str, Cell]]:
    """Those who chose, are trained, and passed, with each county's schools in two groups."""
    chosen: dict[str, Cell] = {}
    trained: dict[str, Cell] = {}
    passed: dict[str, Cell] = {}
    for path, unit in units.items():
        parent = unit.parent.path if unit.parent else None
        school = standing.get(path)
        if school and parent is not None:
            parent += _RECOGNISED if school.recognised else _WAITING
        tally = tallies[path]
        chosen[path] = Cell(tally.due, tally.chosen, parent, *_chosen_bounds(tally.due, school))
        trained[path] = Cell(tally.due, tally.trained, parent, *_trained_bounds(tally.due, school))
        passed[path] = Cell(tally.due, tally.passed, parent)
        if unit.level == "县":
            for suffix, recognised in ((_RECOGNISED, True), (_WAITING, False)):
                group = total(
                    tallies[child.path]
                    for child in unit.children
                    if child.path in standing and standing[child.path].recognised == recognised
                )
                chosen[path + suffix] = Cell(group.due, group.chosen, path, public=False)
                trained[path + suffix] = Cell(group.due, group.trained, path, public=False)
                passed[path + suffix] = Cell(group.due, group.passed, path, public=recognised)
    return chosen, trained, passed

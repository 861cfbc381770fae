"""The law of conservation: what stands in a workbook arrives in the record, or it is said what became of it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import pytest

from tests.papers.made_up import Cell, MadeUp, get, key, letter, make_up
from tests.papers.test_round_trip import NAMES
from tests.soak import examples
from wholeschool.papers.intake import Intake, take_in
from wholeschool.papers.layout import Table, layouts
from wholeschool.papers.rows import put
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import MemoryTree

BATCHES = 16


@pytest.mark.soak
@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_cell_arrives_or_is_named(batch: int) -> None:
    per_batch = examples(20)
    judged = [_judged(make_up(seed)) for seed in range(batch * 1_000_000, batch * 1_000_000 + per_batch)]
    assert sum(judged) > per_batch / 4, "too few of the workbooks were importable to say anything"


def _judged(made: MadeUp) -> bool:
    """Try one; whether it could be imported."""
    path = made.origin.path()
    tree = MemoryTree({path: made.before.encode()} if made.before is not None else {})
    intake = take_in("表.xlsx", made.data, tree, names=NAMES, wanted=made.origin)
    errors = [each for each in intake.found if each.finding.severity == "error"]
    why = (
        f"seed {made.seed} ({made.kind}): {[(each.place, each.finding.code, each.finding.message) for each in errors]}"
    )
    for cell in made.noise:
        assert _is_named(intake, cell), f"{letter(cell)} is lost; {why}"
    for cell in made.arriving:
        assert not _is_left(intake, cell), f"{letter(cell)} was left out; {why}"
    if made.expected is None:
        assert intake.after is None, f"seed {made.seed}: must be refused"
        assert made.refusal in {each.finding.code for each in errors}, why
        return False
    schema = layouts()[made.kind].kind.schema
    wanted = schema.type_scalars(_plain(made.expected))
    if not schema.accepts(wanted):  # the truth is nothing that a record may be
        assert errors, f"seed {made.seed}: a record that no schema takes"
        return False
    assert not errors, why
    assert intake.after is not None
    got = schema.type_scalars(read_yaml(intake.after)[0])
    _same(made, got, wanted)
    return True


def _same(made: MadeUp, got: Any, wanted: Any) -> None:
    """The record is what it must be; where rows were added nobody says in which order they stand."""
    layout = layouts()[made.kind]
    for table in layout.tables:
        if table.parent is not None:
            continue
        ours, theirs = (_by_key(get(value, table.pointer) or [], table) for value in (got, wanted))
        assert ours.keys() == theirs.keys(), f"seed {made.seed}: {table.title}"
        for owner, item in theirs.items():
            assert _sorted(ours[owner], table) == _sorted(item, table), f"seed {made.seed}: {table.title} {owner}"
    for column in layout.form:
        assert get(got, column.pointer) == get(wanted, column.pointer), f"seed {made.seed}: {column.heading}"
    if made.before is not None:
        _in_order(made, got)


def _in_order(made: MadeUp, got: Any) -> None:
    """What was there before stands in the order in which it stood."""
    before = read_yaml(made.before or "")[0]
    for table in layouts()[made.kind].tables:
        if table.parent is None:
            old = [key(item, table) for item in get(before, table.pointer) or []]
            new = [key(item, table) for item in get(got, table.pointer) or []]
            assert [each for each in new if each in old] == old, f"seed {made.seed}: order of {table.title}"


def _by_key(items: Iterable[Any], table: Table) -> dict[tuple[str, ...], Any]:
    found = {}
    for item in items:
        assert key(item, table) not in found, f"twice: {key(item, table)}"
        found[key(item, table)] = item
    return found


def _sorted(item: Any, table: Table) -> Any:
    """An item with its inner lists in the order of their keys."""
    for child in (each for layout in layouts().values() for each in layout.tables if each.parent is table):
        if inner := get(item, child.pointer):
            item = copy.deepcopy(item)
            put(item, child.pointer, sorted(inner, key=lambda one: key(one, child)))
    return item


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(child) for name, child in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _is_left(intake: Intake, cell: Cell) -> bool:
    sheet, row, column = cell
    return any(
        left.sheet == sheet and (not left.rows or row in left.rows) and (not left.columns or column in left.columns)
        for left in intake.left
    )


def _is_named(intake: Intake, cell: Cell) -> bool:
    """Whether a finding or a remark speaks of the cell, its column or its sheet."""
    sheet, row, column = cell
    if _is_left(intake, cell):
        return True
    for each in intake.found:
        if not each.sheet or (each.sheet == sheet and not each.row):
            return True
        if each.sheet == sheet and (each.row, each.column) == (row, column):
            return True
        whole_column = each.finding.code in ("XLSX-COLUMN", "XLSX-CELL")
        if whole_column and each.sheet == sheet and each.column == column:
            return True
        if each.finding.code == "XLSX-COLUMN" and each.sheet == sheet and each.row == row:  # an unknown item of a form
            return True
    return False

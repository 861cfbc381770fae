"""Export, then import: nothing changes, for every kind of record and every way of writing it."""

from __future__ import annotations

import pytest

from tests.papers.workbooks import EXAMPLE, filled
from wholeschool.papers.importing import names_of_microabilities
from wholeschool.papers.intake import take_in
from wholeschool.papers.layout import layouts
from wholeschool.records.kinds import ROOT, placed
from wholeschool.sources import WorkingTree

TREE = WorkingTree(EXAMPLE)
NAMES = names_of_microabilities(TREE)


def _examples() -> list[str]:
    """The shortest and the longest record of every kind in the example programme."""
    by_kind: dict[str, list[tuple[int, str]]] = {}
    for entry in TREE.entries(ROOT):
        where = placed(entry.path)
        if where and where.kind.name in layouts():
            by_kind.setdefault(where.kind.name, []).append((entry.size, entry.path))
    return sorted({path for found in by_kind.values() for _, path in (min(found), max(found))})


EXAMPLES = _examples()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.removeprefix(ROOT))
def test_export_then_import_changes_nothing(path: str) -> None:
    intake = take_in("表.xlsx", filled(TREE, path), TREE, names=NAMES)
    assert intake.path == path
    assert not intake.found
    assert intake.after == TREE.read(path).decode()


def test_the_example_programme_has_nearly_every_kind() -> None:
    tried = {where.kind.name for path in EXAMPLES if (where := placed(path))}
    for kind in ("teachers", "team", "activities", "review", "spot-check", "acceptance", "nominations", "evidence"):
        assert kind in tried
    assert len(layouts().keys() - tried) <= 3


def test_the_same_record_gives_the_same_bytes() -> None:
    path = f"{ROOT}anhui/shili/mingyuan/wenhua-xiaoxue/teams/management.yaml"
    assert filled(TREE, path) == filled(TREE, path)


def test_headings_and_sheets_are_told_apart() -> None:
    for layout in layouts().values():
        for columns in (layout.form, *(table.all_columns for table in layout.tables)):
            assert len({column.heading for column in columns}) == len(columns), layout.kind.name
        assert len({table.title for table in layout.tables}) == len(layout.tables)
        for table in layout.tables:
            assert len(table.title) <= 31
            assert not table.parent or table.links, f"{layout.kind.name}: {table.title} needs x-key in its parent"

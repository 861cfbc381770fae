"""Real workbooks for tests: made by the template, changed by openpyxl as a person would change them, read back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from tests import case_folders
from tests.case_folders import BASE, MemoryTree
from wholeschool.papers import importing
from wholeschool.papers.importing import Judged, judge
from wholeschool.papers.layout import layouts
from wholeschool.papers.origin import Origin
from wholeschool.papers.template import Catalogue, template
from wholeschool.records.kinds import ROOT
from wholeschool.records.terms import vocabulary_of
from wholeschool.sources import Tree, WorkingTree

EXAMPLE = Path(__file__).parents[2]
SCHOOL = "anhui/shili/mingyuan/wenhua-xiaoxue"
TERMS = vocabulary_of(WorkingTree(EXAMPLE)).of(None)
ROSTER = f"{ROOT}{SCHOOL}/2026/teachers.yaml"
CATALOGUE = Catalogue([("A1", "技术支持的学情分析", 4), ("A5", "技术支持的课堂导入", 5)], 20)

__all__ = ["BASE", "base"]


def base() -> MemoryTree:
    """The base of the examples; its roster does not say how many teachers there are, so that one may come or go."""
    tree = case_folders.base()
    return tree.having({ROSTER: re.sub(rb"(?m)^staff:.*\n", b"", tree.read(ROSTER))})


def filled(tree: Tree, path: str) -> bytes:
    """The workbook of a record as `export template` gives it."""
    where = vocabulary_of(tree).placed(path)
    assert where is not None
    origin = Origin(where.kind.name, where.unit, where.year or 0, where.name)
    return template(where.kind, origin, "样张", tree.read(path).decode(), CATALOGUE)


def empty(kind: str, unit: str, year: int = 0, name: str = "") -> bytes:
    """A template with nothing in it."""
    return template(layouts(TERMS)[kind].kind, Origin(kind, unit, year, name), "样张", None, CATALOGUE)


def changed(data: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The workbook after somebody worked on it."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_of(rows: Sequence[Sequence[Any]], title: str = "Sheet1") -> bytes:
    """A workbook somebody made without any template."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def heading(sheet: Any, name: str) -> int:
    """The column of a heading in the first row."""
    return int(next(cell.column for cell in sheet[1] if cell.value == name))


def brought_in(data: bytes, tree: Tree | None = None, *, partial: bool = False, **wanted: Any) -> Judged:
    """The workbook judged against a tree, the base of the examples unless another is given."""
    book = importing.Workbook("表.xlsx", data)
    return judge(tree or base(), [book], Origin(**wanted) if wanted else None, partial=partial)


def told(judged: Judged) -> list[tuple[str, str]]:
    """What was said of the workbook: place and code, errors only."""
    return [
        (each.place, each.finding.code)
        for intake in judged.intakes
        for each in intake.found
        if each.finding.severity == "error"
    ]


def without(*paths: str) -> MemoryTree:
    return base().without(*paths)


def with_files(files: Mapping[str, str]) -> MemoryTree:
    return base().having({path: text.encode() for path, text in files.items()})

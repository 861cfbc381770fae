"""What a workbook holds once it is opened, whatever it was: sheets of cells; and why some file is not opened at all."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

MAX_ROWS = 10_000
MAX_COLUMNS = 256
MAX_CELL = 20_000
MAX_CELLS = 300_000
MAX_TEXT = 10_000_000

ERRORS = frozenset(
    (
        *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!"),
        *("#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#EXTERNAL!", "#PYTHON!", "#GETTING_DATA"),
    )
)
"""What Excel writes where a value could not be had (ECMA-376 18.17.3, and those that came later)."""

# Where each reader's own idea of a blank would differ from the other's.
_SOMETHING = re.compile(r"[^\s\x1c-\x1f\x85\ufeff]")
_SCIENTIFIC = re.compile(r"\s*[+-]?[1-9](?:\.[0-9]{1,14})?[eE]\+?([0-9]{2,3})\s*")


class Unreadable(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """The workbook is not read at all; carries the sentence and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Cell(NamedTuple):
    """What stands in a cell.

    `value` is a text, number, date (with its time where it has one) or truth; of a formula, the result that was kept,
    empty where none was. `error`: the value is one of Excel's (`#N/A` …), typed or computed. `merged`: nobody typed it
    here, the cell is merged with one above that holds it. `shown`: what a number's format makes people read where that
    is more than the number (`007`, numbers with a fixed beginning, `30%`); None elsewhere.
    """

    value: str | int | float | bool | date | datetime
    formula: bool = False
    error: bool = False
    merged: bool = False
    shown: str | None = None


Range = tuple[int, int, int, int]


class Sheet(NamedTuple):
    """A sheet's cells that are not empty, by row and column (from 1), those in hidden rows and columns among them.

    Cells merged downwards all hold the first one's value, in rows where something else stands. `hidden_rows` are those
    of `rows` that people do not see; `hidden_columns` go as far as columns are read. `merged` are the merged ranges
    within these, as (top, left, bottom, right).
    """

    name: str
    rows: dict[int, dict[int, Cell]]
    hidden: bool
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()


class Filling:
    """Sheets being filled: what all of them together may hold, whoever reads them."""

    def __init__(self) -> None:
        self.cells = self.text = 0

    def take(self, value: object, sheet: str, row: int, column: int) -> None:
        """Count a cell that is not empty. Raises `Unreadable` where it is one too many."""
        if column > MAX_COLUMNS:
            raise Unreadable(f"表“{sheet}”超过 {MAX_COLUMNS} 列", "删掉多余的列再试")
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise too_many_cells()
        if isinstance(value, str):
            if len(value) > MAX_CELL:
                raise too_long(sheet, row)
            self.text += len(value)
            if self.text > MAX_TEXT:
                raise Unreadable(f"各格的文字合计超过 {MAX_TEXT:,} 字", "检查是否贴错了内容，或分成几份再试")

    def finish(self, sheet: str, rows: dict[int, dict[int, Cell]]) -> dict[int, dict[int, Cell]]:
        """The rows that hold anything, rows and columns in order. Raises `Unreadable` where they are too many."""
        if len(rows) > MAX_ROWS:
            raise too_many_rows(sheet)
        return {number: dict(sorted(rows[number].items())) for number in sorted(rows)}


def too_many_rows(sheet: str) -> Unreadable:
    """What is said of a sheet with more than `MAX_ROWS` rows that hold anything."""
    return Unreadable(f"表“{sheet}”超过 {MAX_ROWS:,} 行", "分成几份，或删掉多余的行再试")


def too_many_cells() -> Unreadable:
    """What is said of sheets with more than `MAX_CELLS` cells that hold anything."""
    return Unreadable(f"填了字的格子超过 {MAX_CELLS:,} 个", "分成几份，或删掉多余的行和列再试")


def too_long(sheet: str, row: int) -> Unreadable:
    """What is said of a cell with more than `MAX_CELL` characters."""
    return Unreadable(f"表“{sheet}”第 {row} 行有一格超过 {MAX_CELL:,} 字", "检查是否贴错了内容")


def is_blank(text: str) -> bool:
    """Whether a cell with this text is an empty one."""
    return _SOMETHING.search(text) is None


def text_cell(text: str) -> Cell:
    """A cell with a text; the name of one of Excel's errors is that error, also where it was pasted as text."""
    return Cell(text, error=text.strip() in ERRORS)


def mangled(value: object) -> bool:
    """Whether a value lost digits on its way: a text that Excel makes of a number of twelve digits or more
    (`3.49901E+13`), or a number of more than the 15 digits that Excel keeps.
    """
    if isinstance(value, str):
        found = _SCIENTIFIC.fullmatch(value)
        return found is not None and int(found[1]) >= 11
    return isinstance(value, (int, float)) and abs(value) >= 1e15

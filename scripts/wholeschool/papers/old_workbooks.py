"""An old workbook (`.xls`, BIFF in an OLE container): read by calamine in a process with limits.

calamine lays a sheet out from its first cell to its last: two cells far apart take as much memory as a full sheet. So
it works in a process with a limit, which also stands between us and whatever a broken file does to it.
"""

from __future__ import annotations

import io
import os
import re
from concurrent.futures.process import BrokenProcessPool
from datetime import date, datetime, time, timedelta

from python_calamine import SheetVisibleEnum, load_workbook

from wholeschool.cores import crew
from wholeschool.papers.packages import damaged
from wholeschool.papers.sheets import Cell, Filling, Sheet, Unreadable, is_blank, text_cell

MAX_MEMORY = 1536 * 1024 * 1024
"""Bytes of address space that reading one may take."""
MAX_SECONDS = 5
"""Of the processor; what has as many cells as are taken is read in one."""
_FILE_PASS = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
"""The beginning of a workbook with a password ([MS-XLS] 2.4.117), which calamine calls no workbook at all."""
_LOCKED = ("工作簿设了打开密码", "在 Excel 的“文件—信息—保护工作簿”里去掉密码，保存以后再试")

_Value = int | float | str | bool | date | datetime | time | timedelta
_Read = list[tuple[str, bool, list[tuple[int, int, _Value]]]]


def read_old(data: bytes) -> list[Sheet]:
    """The sheets of an old workbook. Raises `Unreadable`."""
    try:
        with crew(1, initializer=_confined) as reader:
            read = reader.submit(_read, data).result()
    except (BrokenProcessPool, MemoryError) as error:
        raise damaged() from error
    if read is None:
        raise Unreadable(*_LOCKED) if _FILE_PASS.search(data) else damaged()
    filling = Filling()
    sheets = []
    for name, hidden, cells in read:
        rows: dict[int, dict[int, Cell]] = {}
        for row, column, value in cells:
            cell = _cell(value)
            filling.take(cell.value, name, row, column)
            rows.setdefault(row, {})[column] = cell
        sheets.append(Sheet(name, filling.finish(name, rows), hidden))
    return sheets


def _cell(value: _Value) -> Cell:
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, float) and value.is_integer():  # it knows no other numbers
        return Cell(int(value))
    if isinstance(value, time | timedelta):
        seconds = value.total_seconds() if isinstance(value, timedelta) else _seconds(value)
        return text_cell(f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02}:{int(seconds % 60):02}")
    return Cell(value)


def _seconds(value: time) -> int:
    return value.hour * 3600 + value.minute * 60 + value.second


def _confined() -> None:
    # What the library writes as it dies is for nobody who imports a workbook.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))


def _read(data: bytes) -> _Read | None:
    """The cells that hold something, by sheet; None where it cannot be opened."""
    try:
        book = load_workbook(io.BytesIO(data))
        found: _Read = []
        for number, said in enumerate(book.sheets_metadata):
            rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
            cells = [
                (row, column, value)
                for row, values in enumerate(rows, 1)
                for column, value in enumerate(values, 1)
                if not isinstance(value, str) or not is_blank(value)
            ]
            found.append((said.name, said.visible != SheetVisibleEnum.Visible, cells))
        return found
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the library is no Exception
        return None

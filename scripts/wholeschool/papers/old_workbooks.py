"""An old workbook (`.xls`, BIFF in an OLE container): read by calamine in a process with limits.

calamine lays a sheet out from its first cell to its last: two cells far apart take as much memory as a full sheet. So
it works in a process of its own, which may neither grow nor go on for ever, and which stands between us and whatever a
broken file does to it.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import msgspec

from wholeschool.papers.packages import damaged
from wholeschool.papers.sheets import Cell, Filling, Sheet, Unreadable, is_blank, text_cell

MAX_MEMORY = 1536 * 1024 * 1024
"""Bytes of address space that reading one may take."""
MAX_SECONDS = 5
"""Of the processor; what has as many cells as are taken is read in one."""
_PATIENCE = 60
"""Seconds by the clock, on a machine that has much else to do."""
_FILE_PASS = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
"""The beginning of a workbook with a password ([MS-XLS] 2.4.117), which calamine calls no workbook at all."""
_LOCKED = ("工作簿设了打开密码", "在 Excel 的“文件—信息—保护工作簿”里去掉密码，保存以后再试")

_Value = int | float | str | bool


class _Read(NamedTuple):
    """A sheet: its name, whether it is hidden; of its cells row, column, value, and of days `date` or `datetime`."""

    name: str
    hidden: bool
    cells: list[tuple[int, int, _Value, str]]


def read_old(data: bytes, *, seconds: int = MAX_SECONDS) -> list[Sheet]:
    """The sheets of an old workbook, given up after so many seconds of the processor. Raises `Unreadable`."""
    # A program of its own and no pool: a pool whose worker is killed says so in threads that nobody listens to.
    command = [sys.executable, "-m", __name__, str(seconds)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=_PATIENCE)
        read = msgspec.msgpack.decode(done.stdout, type=list[_Read])
    except (subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise (Unreadable(*_LOCKED) if _FILE_PASS.search(data) else damaged()) from error
    filling = Filling()
    sheets = []
    for name, hidden, cells in read:
        rows: dict[int, dict[int, Cell]] = {}
        for row, column, value, kind in cells:
            cell = _cell(value, kind)
            filling.take(cell.value, name, row, column)
            rows.setdefault(row, {})[column] = cell
        sheets.append(Sheet(name, filling.finish(name, rows), hidden))
    return sheets


def _cell(value: _Value, kind: str) -> Cell:
    if isinstance(value, str):
        days = {"date": date, "datetime": datetime}
        return Cell(days[kind].fromisoformat(value)) if kind in days else text_cell(value)
    if isinstance(value, float) and value.is_integer():  # it knows no other numbers
        return Cell(int(value))
    return Cell(value)


# --- the other process ------------------------------------------------------------------------------------------------


def _confine(seconds: int) -> None:
    with suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _sheets(data: bytes) -> Iterator[_Read]:
    """The cells that hold something, by sheet."""
    from python_calamine import SheetVisibleEnum, load_workbook

    book = load_workbook(io.BytesIO(data))
    for number, said in enumerate(book.sheets_metadata):
        rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
        cells = [
            (row, column, *_plain(value))
            for row, values in enumerate(rows, 1)
            for column, value in enumerate(values, 1)
            if not isinstance(value, str) or not is_blank(value)
        ]
        yield _Read(said.name, said.visible != SheetVisibleEnum.Visible, cells)


def _plain(value: _Value | date | datetime | time | timedelta) -> tuple[_Value, str]:
    match value:
        case datetime():
            return value.isoformat(), "datetime"
        case date():
            return value.isoformat(), "date"
        case time():
            return _clock(value.hour * 3600 + value.minute * 60 + value.second), ""
        case timedelta():
            return _clock(value.total_seconds()), ""
        case _:
            return value, ""


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02}:{int(seconds % 60):02}"


if __name__ == "__main__":
    _confine(int(sys.argv[1]))
    sys.stdout.buffer.write(msgspec.msgpack.encode(list(_sheets(sys.stdin.buffer.read()))))

"""CSV tables (ledger, microabilities, regions) read with the same strictness and marks as YAML."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from wholeschool.records.positions import KeyMark, Mark
from wholeschool.records.refusals import Refused

# A cell as it is written, quotes and all: where the next one begins.
_CELL = re.compile(r'(?:(?<=,)|^)("(?:[^"]|"")*"|[^,]*)(?=,|$)')


MAX_ROWS = 200_000


class _Cells(Mapping[str, KeyMark]):
    """Where the cells of a row stand, worked out when asked: a ledger has hundreds of thousands."""

    __slots__ = ("_columns", "_line", "_number")

    def __init__(self, number: int, line: str, columns: list[str]) -> None:
        self._number, self._line, self._columns = number, line, columns

    def __getitem__(self, column: str) -> KeyMark:
        place = self._columns.index(column)
        before = (self._line.split(",") if '"' not in self._line else _CELL.findall(self._line))[:place]
        start = sum(len(cell) + 1 for cell in before) + 1
        return KeyMark(self._number, start, Mark(self._number, start))

    def __contains__(self, column: object) -> bool:
        return column in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def read_csv(text: str, name: str, columns: list[str]) -> tuple[dict[str, Any], Mark]:
    """`{name: [row, …]}` with its marks; a row is a mapping of its non-empty cells. Raises `Refused`.

    The first line must be exactly `columns`; every line must have as many cells. Quoted cells may not hold line breaks:
    one row is one line, so that Git's differences stay readable.
    """
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    if not lines:
        raise Refused("Y-EMPTY", 1, 1, "文件是空的", f"第一行写列名：{','.join(columns)}")
    if lines[0].split(",") != columns:
        raise Refused("C-HEADER", 1, 1, "第一行的列名与规定的不同", f"应为：{','.join(columns)}")
    if len(lines) - 1 > MAX_ROWS:
        raise Refused("Y-NODES", MAX_ROWS + 2, 1, "表格超过 20 万行", "检查是否贴错了内容")
    rows: list[dict[str, str]] = []
    marks: list[Mark] = []
    for number, line in enumerate(lines[1:], start=2):
        if '"' not in line:
            cells = line.split(",")
        else:
            try:
                cells = next(csv.reader(io.StringIO(line), strict=True))
            except (csv.Error, StopIteration):
                raise Refused(
                    "C-ROW", number, 1, "这一行的引号没有配对", "检查这一行的双引号；单元格里不要换行"
                ) from None
        if not any(cells):
            raise Refused("Y-EMPTY", number, 1, "这一行是空的", "删掉这一行；从电子表格导出的，先删掉表后的空行")
        if len(cells) != len(columns):
            raise Refused(
                "C-ROW", number, 1, f"这一行有 {len(cells)} 列，应为 {len(columns)} 列", "检查是否多了或少了逗号"
            )
        rows.append({column: cell for column, cell in zip(columns, cells, strict=True) if cell})
        marks.append(Mark(number, 1, _Cells(number, line, columns)))
    root = Mark(1, 1, {name: KeyMark(1, 1, Mark(1, 1, None, marks))})
    return {name: rows}, root


def columns_of(entry: type[msgspec.Struct]) -> list[str]:
    """The first line of a table of such rows."""
    return [field.encode_name for field in msgspec.structs.fields(entry)]


def appended(before: bytes | None, rows: Sequence[msgspec.Struct]) -> bytes:
    """A table with rows at its end, which are one or more and of one kind; `before` (None: no file yet) stays as is."""
    text = before if before is not None else (",".join(columns_of(type(rows[0]))) + "\n").encode()
    if text and not text.endswith(b"\n"):
        text += b"\n"
    return text + "".join(f"{line_of(row)}\n" for row in rows).encode()


def line_of(row: msgspec.Struct) -> str:
    """A row as it is written, without the end of the line."""
    return ",".join(map(_written, msgspec.structs.astuple(row)))


def _written(value: object) -> str:
    # A number with all its figures and no power of ten: it is read again and compared.
    text = "" if value is None else f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)
    if any(character in text for character in ',"'):
        return '"' + text.replace('"', '""') + '"'
    return text

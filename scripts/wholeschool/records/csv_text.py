"""CSV tables (ledger, microabilities, regions) read with the same strictness and marks as YAML."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from wholeschool.records.positions import KeyMark, Mark
from wholeschool.records.refusals import Refused

# A cell as it is written, quotes and all: where the next one begins.
_CELL = re.compile(r'(?:(?<=,)|^)("(?:[^"]|"")*"|[^,]*)(?=,|$)')


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
        row: dict[str, str] = {}
        keys: dict[str, KeyMark] = {}
        start = 1
        written = cells if '"' not in line else _CELL.findall(line)
        for column, cell, text_of_cell in zip(columns, cells, written, strict=True):
            keys[column] = KeyMark(number, start, Mark(number, start))
            start += len(text_of_cell) + 1
            if cell:
                row[column] = cell
        rows.append(row)
        marks.append(Mark(number, 1, keys))
    root = Mark(1, 1, {name: KeyMark(1, 1, Mark(1, 1, None, marks))})
    return {name: rows}, root

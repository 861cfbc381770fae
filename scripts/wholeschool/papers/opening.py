"""A workbook from anybody, opened without trusting it: what it is, what it holds, how large it is, before any of it
is read; then nothing but the texts, numbers and dates in its cells.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.cell import range_boundaries

from wholeschool.errors import DAMAGED_ARCHIVE

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 300
MAX_PARTS = 1000
MAX_ROWS = 10_000
MAX_COLUMNS = 256
MAX_CELL = 20_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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
    is more than the number (`007`, `3499`-prefixed numbers, `30%`); None elsewhere.
    """

    value: str | int | float | bool | date | datetime
    formula: bool = False
    error: bool = False
    merged: bool = False
    shown: str | None = None


class Sheet(NamedTuple):
    """A sheet's cells that are not empty, by row and column (from 1), those in hidden rows and columns among them.

    Cells merged downwards all hold the first one's value, in rows where something else stands. `hidden_rows` are those
    of `rows` that people do not see; `hidden_columns` go as far as columns are read. `merged` are all merged ranges,
    as (top, left, bottom, right).
    """

    name: str
    rows: dict[int, dict[int, Cell]]
    hidden: bool
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


_SCIENTIFIC = re.compile(r"\s*[+-]?[1-9](?:\.[0-9]{1,14})?[eE]\+?([0-9]{2,3})\s*")


def mangled(text: str) -> bool:
    """Whether a text is what Excel makes of a number of twelve digits or more (`3.49901E+13`): digits are gone."""
    found = _SCIENTIFIC.fullmatch(text)
    return found is not None and int(found[1]) >= 11


def open_workbook(data: bytes, name: str = "") -> list[Sheet]:
    """The sheets of an `.xlsx`, or the one of a `.csv`, whose name tells what it is meant to be and is its sheet's.

    Raises `Unreadable`, with one sentence for the person who made the file.
    """
    _look_before(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that do not concern us
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return [_sheet(sheet, archive) for sheet in book.worksheets]
    except Unreadable:
        raise
    # openpyxl meets a damaged part with whatever its code happens to raise there.
    except (
        *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError),
        *(TypeError, ValueError, zipfile.BadZipFile, zlib.error),
    ) as error:
        raise Unreadable("工作簿打不开，可能已经损坏", "用 Excel 或 WPS 打开，另存为新的 .xlsx 再试") from error


def _look_before(data: bytes) -> None:
    """Refuse what is no plain workbook of a reasonable size, by its outside alone."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1024 / 1024:.0f} MB"
        raise Unreadable(f"文件有 {size}，上限是 {MAX_BYTES // 1024 // 1024} MB", "删掉图片和多余的表，只留要导入的")
    if data.startswith(_OLE):
        raise _old_format(data)
    if not data.startswith(b"PK\x03\x04"):
        raise _something_else(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _look_into(archive, len(data))
    except DAMAGED_ARCHIVE as error:
        raise Unreadable("工作簿打不开，可能已经损坏或没有传完整", "请对方重新发送，或用 Excel 打开后另存") from error


def _old_format(data: bytes) -> Unreadable:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Unreadable("工作簿设了打开密码", "在 Excel 的“文件—信息—保护工作簿”里去掉密码，保存后再导入")
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return Unreadable("这是旧格式的 .xls 工作簿", "用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”再导入")
    return Unreadable("这不是 Excel 工作簿，像是旧格式的 Word 或别的文件", "请确认选对了文件")


def _something_else(data: bytes) -> Unreadable:
    start = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not data:
        return Unreadable("文件是空的", "请对方重新发送")
    if start.startswith(b"<") and (b"<html" in start or b"<table" in start or b"<?xml" in start):
        return Unreadable("这是网页或 XML，只是名字像工作簿", "用 Excel 打开，另存为“Excel 工作簿（.xlsx）”再导入")
    if start.startswith(b"%pdf"):
        return Unreadable("这是 PDF，不是工作簿", "要的是填表的 .xlsx 原件")
    if b"\0" not in data[:2000]:
        return Unreadable("这是文本文件（例如 CSV），不是工作簿", "用 Excel 打开，另存为“Excel 工作簿（.xlsx）”再导入")
    return Unreadable("这不是 Excel 工作簿", "请确认选对了文件；要的是 .xlsx")


def _look_into(archive: zipfile.ZipFile, packed: int) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("工作簿设了密码", "去掉密码，保存后再导入")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or (unpacked > 5_000_000 and unpacked > packed * MAX_RATIO):
        message = f"工作簿展开以后有 {unpacked / 1024 / 1024:.0f} MB、{len(parts)} 个部分，不像一张填好的表"
        raise Unreadable(message, "把要导入的内容复制到新下载的模板里再试")
    if "xl/workbook.xml" not in names:
        if any(name.startswith("word/") for name in names):
            raise Unreadable("这是 Word 文档，不是工作簿", "把表格复制到模板里再导入")
        if "content.xml" in names:
            raise Unreadable("这是 OpenDocument（.ods）表格", "另存为“Excel 工作簿（.xlsx）”再导入")
        raise Unreadable("这是压缩包，不是 Excel 工作簿", "先解压，导入里面的 .xlsx")
    if any("vbaproject" in name.lower() or "/macrosheets/" in name.lower() for name in names):
        raise Unreadable("工作簿里有宏", "另存为不带宏的“Excel 工作簿（.xlsx）”再导入")
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise Unreadable("工作簿引用了别的工作簿", "在“数据—编辑链接”里断开链接，保存后再导入")
    if any(name.startswith(("xl/embeddings/", "xl/activeX/")) for name in names):
        raise Unreadable("工作簿里嵌了别的文件或控件", "删掉它们，或把内容复制到模板里再导入")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            text = archive.read(part)
            # Excel never writes these; what does wants the reader to expand or to fetch something.
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in text:
                raise Unreadable("工作簿的内部写法不正常", "用 Excel 打开，另存为新的 .xlsx 再导入")


def _sheet(sheet: Any, archive: zipfile.ZipFile) -> Sheet:
    sheet.reset_dimensions()  # what the file says of its own size need not be true
    rows: dict[int, dict[int, Cell]] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = {cell.column: kept for cell in row if cell.value is not None and (kept := _cell(sheet, cell))}
        if not cells:
            continue
        rows[number] = cells
        if len(rows) > MAX_ROWS:
            raise Unreadable(f"表“{sheet.title}”超过 {MAX_ROWS:,} 行", "分成几份，或删掉多余的行再导入")
        if max(cells) > MAX_COLUMNS:
            raise Unreadable(f"表“{sheet.title}”超过 {MAX_COLUMNS} 列", "删掉多余的列再导入")
    for left, top, right, bottom in _merged(archive.read(sheet._worksheet_path.lstrip("/"))):
        first = rows.get(top, {}).get(left)
        if first is None or bottom - top > MAX_ROWS or right - left > MAX_COLUMNS:
            continue
        for number in range(top, bottom + 1):
            # Only rows where something else stands: a title merged over empty rows is no data.
            if number > top and number in rows and left == right:
                rows[number].setdefault(left, first._replace(merged=True))
    return Sheet(str(sheet.title), rows, sheet.sheet_state != "visible")


def _cell(sheet: Any, cell: Any) -> Cell | None:
    value = cell.value
    if cell.data_type == "f":
        return Cell(str(value), formula=True)
    if isinstance(value, str):
        if len(value) > MAX_CELL:
            raise Unreadable(f"表“{sheet.title}”第 {cell.row} 行有一格超过 {MAX_CELL:,} 字", "检查是否贴错了内容")
        return Cell(value, error=cell.data_type == "e") if value.strip() else None
    if isinstance(value, time):
        return Cell(value.isoformat("minutes"))
    return Cell(value) if isinstance(value, (bool, int, float, date, datetime)) else Cell(str(value))


def _merged(part: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The merged ranges of a sheet; they stand behind its cells."""
    at = part.rfind(b"<mergeCells")
    for reference in re.findall(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"', part[at:])[:5000]:
        left, top, right, bottom = range_boundaries(reference.decode())
        if left and top and right and bottom:
            yield left, top, right, bottom

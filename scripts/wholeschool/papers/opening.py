"""A workbook from anybody, opened without trusting it: what it is and how large it is, before any of it is read; then
nothing but the texts, numbers and dates in its cells.

`docs/assets/form/workbook.js` does the same in the browser, with the same sheets and the same sentences.
"""

from __future__ import annotations

from pathlib import PurePath

from wholeschool.papers.packages import Package, damaged
from wholeschool.papers.separated_text import read_separated
from wholeschool.papers.sheets import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Cell, Sheet, Unreadable, mangled
from wholeschool.papers.spreadsheetml import main_part, read_sheets

__all__ = [
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "Cell",
    "Sheet",
    "Unreadable",
    "mangled",
    "open_workbook",
]

MAX_BYTES = 20 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS = "打开，另存为“Excel 工作簿（.xlsx）”再试"


def open_workbook(data: bytes, name: str = "") -> list[Sheet]:
    """The sheets of an `.xlsx`, or the one of a table as text (`.csv`); `name` is the file's, where it has one.

    What a file is, its content says; its name only calls the sheet of a text. Raises `Unreadable`, with one sentence
    for the person who made the file.
    """
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1024 / 1024:.0f} MB"
        raise Unreadable(f"文件有 {size}，上限是 {MAX_BYTES // 1024 // 1024} MB", "删掉图片和多余的表，只留要用的")
    if data.startswith(_OLE):
        raise _old_format(data, suffix)
    if not data.startswith(_ZIP):
        if refusal := _no_table(data, suffix):
            raise refusal
        return [read_separated(data, name)]
    package = Package(data)
    if refusal := _something_else(package):
        raise refusal
    try:
        return read_sheets(package)
    except (RecursionError, OverflowError) as error:
        raise damaged() from error


def _old_format(data: bytes, suffix: str) -> Unreadable:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Unreadable("工作簿设了打开密码", "在 Excel 的“文件—信息—保护工作簿”里去掉密码，保存以后再试")
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        if suffix in (".et", ".ett"):
            return Unreadable("这是 WPS 表格的 .et 工作簿", f"用 WPS {_SAVE_AS}")
        return Unreadable("这是旧格式的 .xls 工作簿", f"用 Excel 或 WPS {_SAVE_AS}")
    return Unreadable("这不是 Excel 工作簿，像是旧格式的 Word 或别的文件", "请确认选对了文件")


def _no_table(data: bytes, suffix: str) -> Unreadable | None:
    """Why what is no archive is no table as text either."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not data.strip():
        return Unreadable("文件是空的", "请对方重新发送")
    if start.startswith(b"<") and (b"<html" in start or b"<table" in start or b"<?xml" in start):
        return Unreadable("这是网页或 XML，只是名字像工作簿", f"用 Excel {_SAVE_AS}")
    if start.startswith(b"%pdf"):
        return Unreadable("这是 PDF，不是工作簿", "要的是填表的 .xlsx 原件")
    if data.startswith(_ARCHIVES):
        return Unreadable("这是压缩包，不是 Excel 工作簿", "先解压，再选里面的 .xlsx")
    if not data.startswith(_UTF_16) and b"\0" in data:
        return Unreadable("这不是 Excel 工作簿", "请确认选对了文件；要的是 .xlsx")
    if suffix in (".xlsx", ".xls", ".xlsm", ".et"):
        hint = f"用 Excel {_SAVE_AS}；若是 CSV，把名字改成 .csv 也行"
        return Unreadable("这是文本文件（例如 CSV），只是名字像工作簿", hint)
    return None


def _something_else(package: Package) -> Unreadable | None:
    """Why an archive is no workbook, or one that holds more than tables."""
    names = list(package.names)

    def has(*starts: str) -> bool:
        return any(name.startswith(starts) for name in names)

    if main_part(package) is None:
        if "xl/workbook.bin" in package:
            return Unreadable("这是二进制的 .xlsb 工作簿", f"用 Excel {_SAVE_AS}")
        if has("word/"):
            return Unreadable("这是 Word 文档，不是工作簿", "把表格复制到 Excel 里，照模板的列名存成 .xlsx")
        if has("ppt/"):
            return Unreadable("这是演示文稿，不是工作簿", "请确认选对了文件；要的是 .xlsx")
        if "content.xml" in package:
            return Unreadable("这是 OpenDocument（.ods）表格", "另存为“Excel 工作簿（.xlsx）”再试")
        if any(name.endswith(".iwa") for name in names) or "index.zip" in package:
            return Unreadable("这是 Numbers 表格", "在 Numbers 里选“文件—导出为—Excel”，再试")
        return Unreadable("这是压缩包，不是 Excel 工作簿", "先解压，再选里面的 .xlsx")
    if any("vbaproject" in name or "/macrosheets/" in name for name in names):
        return Unreadable("工作簿里有宏", "另存为不带宏的“Excel 工作簿（.xlsx）”再试")
    if any("/externallinks/" in f"/{name}" for name in names):
        return Unreadable("工作簿引用了别的工作簿", "在“数据—编辑链接”里断开链接，保存以后再试")
    if any("/embeddings/" in f"/{name}" or "/activex/" in f"/{name}" for name in names):
        return Unreadable("工作簿里嵌了别的文件或控件", "删掉它们，或把内容复制到新的工作簿里再试")
    return None

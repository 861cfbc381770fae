"""A table as text (`.csv`, `.tsv`), as Excel and WPS save and open it: one sheet, all of it texts (RFC 4180)."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

from wholeschool.papers.sheets import (
    MAX_CELL,
    MAX_ROWS,
    Cell,
    Filling,
    Sheet,
    Unreadable,
    is_blank,
    text_cell,
    too_long,
    too_many_rows,
)

MAX_FIELDS = 500_000
_SEPARATORS = "\t,;"
_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"')
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')


def read_separated(data: bytes, name: str) -> Sheet:
    """The sheet of a text, called as its file. Raises `Unreadable`."""
    # What begins with _ is a sheet that people do not see.
    title = PurePath(name.replace("\\", "/")).stem.lstrip("_")[:100] or "Sheet1"
    text = _text(data)
    told, _, rest = text.partition("\n")
    if found := re.fullmatch(r"sep=(.)\r?", told):
        return _sheet(rest, found[1], title, 2)
    return _sheet(text, _separator(text[:100_000]), title, 1)


def _text(data: bytes) -> str:
    marks = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    marked = [encoding for mark, encoding in marks if data.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    message = "这个文本文件的编码不是 UTF-8、GB18030（GBK）或带标记的 UTF-16，认不出里面的字"
    raise Unreadable(message, "用 Excel 或 WPS 打开，看清文字没有错，另存为“Excel 工作簿（.xlsx）”再试")


def _separator(start: str) -> str:
    """What stands between the fields: the sign that most lines have equally often."""
    lines = re.split(r"\r\n?|\n", _QUOTED.sub("", start))[:100]
    best, most = ",", (0, 0)
    for sign in _SEPARATORS:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        if counts:
            times, lines_with = max(counts.items(), key=lambda each: (each[1], each[0]))
            if (lines_with, times) > most:
                best, most = sign, (lines_with, times)
    return best


def _sheet(text: str, separator: str, title: str, number: int) -> Sheet:
    filling = Filling()
    rows: dict[int, dict[int, Cell]] = {}
    for row, column, field in _fields(text, separator, title):
        value = found[1] if (found := _KEPT_AS_TEXT.fullmatch(field)) else field
        if is_blank(value):
            continue
        filling.take(value, title, number + row, column)
        rows.setdefault(number + row, {})[column] = text_cell(value)
        if len(rows) > MAX_ROWS:
            raise too_many_rows(title)
    return Sheet(title, filling.finish(title, rows), hidden=False)


def _fields(text: str, separator: str, title: str) -> Iterator[tuple[int, int, str]]:
    """The fields that are not empty, each with how many records stand before it and its place from 1."""
    # A run of separators is one step: there can be millions of fields with nothing in them.
    plain = re.compile(rf"([^{re.escape(separator)}\r\n]*)({re.escape(separator)}*)(\r\n?|\n|\Z)?")
    at, line, row, column = 0, 1, 0, 1
    for _ in range(MAX_FIELDS):
        if at == len(text):
            return
        quoted, start = "", at
        if text[at] == '"':
            at = _closing(text, at, title, line)
            quoted = text[start + 1 : at].replace('""', '"')
            at += 1
        found = plain.match(text, at)
        assert found is not None  # it takes anything
        if value := quoted + found[1]:
            yield row, column, value
        column += len(found[2])
        at = found.end()
        line += text.count("\n", start, at)
        if found[3] is not None:
            row, column = row + 1, 1
    if at < len(text):
        raise Unreadable("文件里的格子太多，不像一张填好的表", "把要的内容复制到新的工作簿里再试")


def _closing(text: str, start: int, title: str, line: int) -> int:
    """Where the quotation that begins at `start` ends; two marks within it are one of its signs."""
    at = start + 1
    while (at := text.find('"', at)) >= 0 and text.startswith('"', at + 1) and at - start <= 2 * MAX_CELL:
        at += 2
    if at < 0:
        raise Unreadable(f"第 {line} 行有一个引号没有配对", "用 Excel 或 WPS 打开检查，另存以后再试")
    if at - start > 2 * MAX_CELL:
        raise too_long(title, line)
    return at

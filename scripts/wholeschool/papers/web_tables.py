"""A page that a platform calls `.xls`: its tables as sheets. Excel opens such a file, so people take it for one."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from wholeschool.papers.sheets import MAX_CELLS, Cell, Filling, Sheet, Unreadable, is_blank, text_cell, too_many_cells

_CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
_CHARSETS = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16")
_MAX_SPAN = 300


def is_web_page(data: bytes) -> bool:
    """Whether a file begins as a page does and has a table."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return start.startswith(b"<") and b"<table" in data.lower()


def read_web_page(data: bytes) -> list[Sheet]:
    """The tables of a page, in their order. Raises `Unreadable`."""
    tables = _Tables()
    try:
        tables.feed(_markup(_text(data)))
        tables.close()
    except (AssertionError, RecursionError) as error:  # html.parser, of markup that nobody writes
        raise Unreadable("网页里的表格读不出来", "用 Excel 打开，另存为“Excel 工作簿（.xlsx）”再试") from error
    filling = Filling()
    sheets = []
    for number, found in enumerate(tables.tables, 1):
        name = f"表格{number}"
        rows: dict[int, dict[int, Cell]] = {}
        for (row, column), text in found.items():
            if not is_blank(text):
                filling.take(text, name, row, column)
                rows.setdefault(row, {})[column] = text_cell(text)
        sheets.append(Sheet(name, filling.finish(name, rows), hidden=False))
    return sheets


def _markup(text: str) -> str:
    """The page without comments and conditions, to its last tag: what begins and never ends is looked for only once.

    html.parser looks for every such end anew from every beginning.
    """
    for start, end in (("<!--", "-->"), ("<![", ">")):
        kept, done = [], 0
        while done < len(text) and (at := text.find(start, done)) >= 0:
            kept.append(text[done:at])
            ends = text.find(end, at)
            done = ends + len(end) if ends >= 0 else len(text)
        text = "".join([*kept, text[done:]])
    return text[: text.rfind(">") + 1]


def _text(data: bytes) -> str:
    said = _CHARSET.search(data[:4000])
    named = said[1].decode().lower() if said else ""
    for name in (named if named in _CHARSETS else "utf-8", "utf-8", "gb18030"):
        try:
            return data.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise Unreadable("网页的编码认不出来", "用 Excel 打开，看清文字没有错，另存为“Excel 工作簿（.xlsx）”再试")


class _Tables(HTMLParser):
    """Texts of cells by row and column, table by table; cells inside cells count as text."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[dict[tuple[int, int], str]] = []
        self._row = self._column = 0
        self._cell: tuple[int, int] | None = None
        self._texts: list[str] = []
        self._taken: set[tuple[int, int]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and self._cell is None:
            self.tables.append({})
            self._row, self._taken = 0, set()
        elif tag == "tr" and self.tables:
            self._end_cell()
            self._row, self._column = self._row + 1, 0
        elif tag in ("td", "th") and self.tables and self._row:
            self._end_cell()
            self._column += 1
            while (self._row, self._column) in self._taken:
                self._column += 1
            self._cell, self._texts = (self._row, self._column), []
            said = dict(attrs)
            down, across = _span(said.get("rowspan")), _span(said.get("colspan"))
            if down > 1:
                below = range(self._row + 1, self._row + down)
                self._taken |= {(row, self._column + step) for row in below for step in range(across)}
                if len(self._taken) > MAX_CELLS:
                    raise too_many_cells()
            self._column += across - 1
        elif tag == "br":
            self._texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._texts.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None:
            self.tables[-1][self._cell] = "".join(self._texts).strip()
            self._cell = None


def _span(written: str | None) -> int:
    return min(int(written), _MAX_SPAN) if written and written.isascii() and written.isdigit() and int(written) else 1

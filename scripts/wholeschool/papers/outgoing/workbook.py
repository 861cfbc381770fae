"""A paper as `.xlsx`: forms on one worksheet, every table on one of its own, so that each can be sorted and copied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from wholeschool.papers.outgoing.paper import Cell, Form, Part, Prose, Sheet, Table, spans
from wholeschool.papers.template import settled

_SIDE = Side("thin")
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_LABEL = PatternFill("solid", fgColor="F2F2F2")
_LABEL_WIDTH, _VALUE_WIDTH, _PROSE_WIDTH = 13, 17, 90
_TITLE_FONT, _HEADING_FONT, _TEXT_FONT = "方正小标宋简体", "黑体", "仿宋"
# What Excel does not allow in the name of a worksheet.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The workbook's bytes; equal sheets give equal bytes. No text in it is ever a formula."""
    book = Workbook()
    blank: Any = book.active
    book.remove(blank)
    for sheet in sheets:
        groups = [list(group) for _, group in groupby(sheet.parts, key=lambda part: id(part) * isinstance(part, Table))]
        for parts in groups:
            own = parts[0].title if len(groups) > 1 and isinstance(parts[0], Table) else ""
            name = " ".join(word for word in (sheet.name, own) if word) or sheet.title
            _Worksheet(book.create_sheet(_free(book, name)), sheet, parts).fill(foot=parts is groups[-1])
    return settled(book)


def _free(book: Any, name: str) -> str:
    """A worksheet name that is not taken: at most 31 characters, and none that Excel forbids."""
    name = _FORBIDDEN.sub("", name).strip("' ") or "表"
    names = {each.lower() for each in book.sheetnames}
    for number in range(1, len(names) + 2):
        tail = f" {number}" if number > 1 else ""
        if (found := name[: 31 - len(tail)] + tail).lower() not in names:
            return found
    raise AssertionError("one more name than there are worksheets")


class _Worksheet:
    """One worksheet being filled, from the top."""

    def __init__(self, page: Any, sheet: Sheet, parts: Sequence[Part]) -> None:
        self._page, self._sheet, self._parts = page, sheet, parts
        self._row = 1
        self._looks: dict[tuple[object, ...], Any] = {}
        if isinstance(parts[0], Table):
            self._widths = [column.width + 2 for column in parts[0].columns]
        elif pairs := [len(line) for part in parts if isinstance(part, Form) for line in part.lines]:
            self._widths = [_LABEL_WIDTH, _VALUE_WIDTH] * max(pairs)
        else:
            self._widths = [_PROSE_WIDTH]

    def fill(self, *, foot: bool) -> None:
        """Everything on it, and how it prints."""
        sheet, page = self._sheet, self._page
        for place, width in enumerate(self._widths, start=1):
            page.column_dimensions[get_column_letter(place)].width = width
        if sheet.mark:
            self._line(sheet.mark, 12)
        self._line(sheet.title, 18, font=_TITLE_FONT, middle=True)
        if sheet.under:
            self._line(sheet.under, 12)
        for part in self._parts:
            match part:
                case Table():
                    self._table(part)
                case Form():
                    self._form(part)
                case Prose():
                    self._heading(part.title)
                    for paragraph in part.paragraphs:
                        self._line(paragraph, 11)
        for text in (*sheet.foot, *sheet.notes) if foot else ():
            self._line(text, 11)
        page.page_setup.orientation = "landscape" if sheet.wide else "portrait"
        page.page_setup.paperSize = 9
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.oddFooter.center.text = "第 &P 页，共 &N 页"

    def _line(self, text: str, size: int, *, font: str = _TEXT_FONT, middle: bool = False) -> None:
        """Text across the whole width, as many lines as it needs."""
        last = len(self._widths)
        self._page.merge_cells(start_row=self._row, end_row=self._row, start_column=1, end_column=last)
        cell = self._put(1, text, font=font, size=size, box=False)
        cell.alignment = Alignment(horizontal="center" if middle else "left", vertical="center", wrap_text=True)
        lines = _lines(text, sum(self._widths) * 11 / size)
        self._page.row_dimensions[self._row].height = max(34 if middle else 0, lines * size * 1.5)
        self._row += 1

    def _heading(self, text: str) -> None:
        if text:
            self._line(text, 12, font=_HEADING_FONT)

    def _table(self, table: Table) -> None:
        self._heading(table.title if len(self._sheet.parts) > 1 else "")
        page = self._page
        for place, column in enumerate(table.columns, start=1):
            self._put(place, column.heading, font=_HEADING_FONT, size=11, fill=True)
        self._page.row_dimensions[self._row].height = 16.5 * max(
            _lines(column.heading, column.width + 2) for column in table.columns
        )
        page.print_title_rows = f"{self._row}:{self._row}"
        page.freeze_panes = f"A{self._row + 1}"
        self._row += 1
        begin = self._row
        for cells in table.rows:
            height = 1
            for place, (column, value) in enumerate(zip(table.columns, cells, strict=True), start=1):
                self._put(place, value, middle=column.middle)
                if place - 1 not in table.merged:
                    height = max(height, _lines(value, column.width + 2))
            page.row_dimensions[self._row].height = max(21.0, height * 15.5 + 4)
            self._row += 1
        for place in table.merged:
            for first, count in spans(table, place):
                if count > 1:
                    rows = {"start_row": begin + first, "end_row": begin + first + count - 1}
                    page.merge_cells(**rows, start_column=place + 1, end_column=place + 1)

    def _form(self, form: Form) -> None:
        self._heading(form.title)
        for line in form.lines:
            height = 1
            place = 1
            for number, (label, value) in enumerate(line, start=1):
                last = len(self._widths) if number == len(line) else place + 1
                self._put(place, label, font=_HEADING_FONT, fill=True)
                for each in range(place + 1, last + 1):
                    self._put(each, value if each == place + 1 else None, middle=last == place + 1)
                if last > place + 1:
                    self._page.merge_cells(
                        start_row=self._row, end_row=self._row, start_column=place + 1, end_column=last
                    )
                room = sum(self._widths[place:last])
                height = max(height, _lines(value, room), 4 if label in form.tall else 1, _lines(label, _LABEL_WIDTH))
                place += 2
            self._page.row_dimensions[self._row].height = max(24.0, height * 15.5 + 6)
            if line is form.lines[form.head - 1] and form.head:
                self._page.print_title_rows = f"{self._row - form.head + 1}:{self._row}"
            self._row += 1

    def _put(
        self,
        place: int,
        value: Cell,
        *,
        font: str = _TEXT_FONT,
        size: int = 11,
        middle: bool = True,
        box: bool = True,
        fill: bool = False,
    ) -> Any:
        cell = self._page.cell(self._row, place)
        if value is not None and value != "":
            cell.value = value
        if isinstance(value, str) and value:
            cell.data_type = "s"
        look = (font, size, middle, box, fill, isinstance(value, str))
        if (known := self._looks.get(look)) is None:
            cell.font = Font(name=font, size=size)
            cell.alignment = Alignment(horizontal="center" if middle else "left", vertical="center", wrap_text=True)
            if box:
                cell.border = _BOX
            if fill:
                cell.fill = _LABEL
            if isinstance(value, str):
                cell.number_format = "@"
            self._looks[look] = copy(cell._style)
        else:
            cell._style = copy(known)  # a table has few looks and many cells
        return cell


def _lines(value: Cell, width: float) -> int:
    """About how many lines a text takes in a column of so many (narrow) characters."""
    room = max(width - 1, 2)
    texts = str("" if value is None else value).split("\n")
    return sum(max(1, -int(-sum(1 + (each > "ÿ") for each in text) // room)) for text in texts)

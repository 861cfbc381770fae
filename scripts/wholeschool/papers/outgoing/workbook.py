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

from wholeschool.papers.line_count import HIGHEST, line_count
from wholeschool.papers.outgoing.paper import Cell, Form, Part, Prose, Sheet, Table, spans
from wholeschool.papers.template import settled

_SIDE = Side("thin")
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_LABEL = PatternFill("solid", fgColor="F2F2F2")
_LABEL_WIDTH, _VALUE_WIDTH, _PROSE_WIDTH = 13, 17, 90
_TITLE_FONT, _HEADING_FONT, _TEXT_FONT = "方正小标宋简体", "黑体", "仿宋"
# A form's line that is too long for one row is parted into rows of about so many points.
_PART = 150.0
# So many characters fit across a page that stands upright before they get small.
_UPRIGHT = 105
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
        for place, text in enumerate((*sheet.foot, *sheet.notes) if foot else ()):
            self._line(text, 11, above=0 if place else 8)
        page.page_setup.orientation = "landscape" if sum(self._widths) > _UPRIGHT else "portrait"
        page.print_options.horizontalCentered = True
        page.page_setup.paperSize = 9
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.oddFooter.center.text = "第 &P 页，共 &N 页"

    def _line(self, text: str, size: int, *, font: str = _TEXT_FONT, middle: bool = False, above: float = 0) -> None:
        """Text across the whole width, as many lines as it needs, with some room above."""
        last = len(self._widths)
        self._page.merge_cells(start_row=self._row, end_row=self._row, start_column=1, end_column=last)
        cell = self._put(1, text, font=font, size=size, box=False)
        across, down = "center" if middle else "left", "bottom" if above else "center"
        cell.alignment = Alignment(horizontal=across, vertical=down, wrap_text=True)
        lines = line_count(text, sum(self._widths) * 11 / size)
        self._page.row_dimensions[self._row].height = max(34 if middle else 0, lines * size * 1.5) + above
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
            line_count(column.heading, column.width + 2) for column in table.columns
        )
        page.print_title_rows = f"{self._row}:{self._row}"
        page.freeze_panes = f"A{self._row + 1}"
        self._row += 1
        begins = [self._row]
        for cells in table.rows:
            height = 1
            for place, (column, value) in enumerate(zip(table.columns, cells, strict=True), start=1):
                self._put(place, value, middle=column.middle)
                if place - 1 not in table.merged:
                    height = max(height, line_count(value, column.width + 2))
            points = max(21.0, height * 15.5 + 4)
            rows = _rows(points)
            for each in range(self._row, self._row + rows):
                page.row_dimensions[each].height = points / rows
            self._row += rows
            begins.append(self._row)
        for place in range(len(table.columns)):
            together = spans(table, place) if place in table.merged else ((row, 1) for row in range(len(table.rows)))
            for first, count in together:
                self._merge(begins[first], begins[first + count] - 1, place + 1, place + 1)

    def _form(self, form: Form) -> None:
        self._heading(form.title)
        for number, line in enumerate(form.lines, start=1):
            self._form_line(form, line)
            if number == form.head:
                self._page.print_title_rows = f"{self._row - form.head}:{self._row - 1}"

    def _form_line(self, form: Form, line: Sequence[tuple[str, Cell]]) -> None:
        """Labels and values of a line; where they are long, over several rows, so that pages can part between them."""
        spans, height, place = [], 1, 1
        for number, (label, value) in enumerate(line, start=1):
            last = len(self._widths) if number == len(line) else place + 1
            spans += [(place, place, label), (place + 1, last, value)]
            room = sum(self._widths[place:last])
            tall = 4 if label in form.tall else 1
            height = max(height, line_count(value, room), tall, line_count(label, _LABEL_WIDTH))
            place += 2
        points = max(24.0, height * 15.5 + 6)
        rows = _rows(points)
        end = self._row + rows - 1
        for first, last, value in spans:
            is_label = first == last and first % 2 == 1
            for row in range(self._row, end + 1):
                for each in range(first, last + 1):
                    text = value if (row, each) == (self._row, first) else None
                    font = _HEADING_FONT if is_label else _TEXT_FONT
                    self._put(each, text, row=row, font=font, middle=first == last, fill=is_label)
            self._merge(self._row, end, first, last)
        for row in range(self._row, end + 1):
            self._page.row_dimensions[row].height = points / rows
        self._row = end + 1

    def _merge(self, top: int, bottom: int, left: int, right: int) -> None:
        """Several cells into one, with the box around all of it."""
        if (top, left) != (bottom, right):
            self._page.merge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)

    def _put(
        self,
        place: int,
        value: Cell,
        *,
        row: int = 0,
        font: str = _TEXT_FONT,
        size: int = 11,
        middle: bool = True,
        box: bool = True,
        fill: bool = False,
    ) -> Any:
        cell = self._page.cell(row or self._row, place)
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


def _rows(points: float) -> int:
    """How many rows what is so high takes: one, where that is not too high."""
    return 1 if points <= HIGHEST else int(points // _PART) + 1

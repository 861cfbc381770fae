"""The cells of a workbook as values of a record: what each row says, and what becomes of every cell.

Every cell that somebody typed on a visible sheet ends in a row's value, in a finding, or among what is left out and
said so (`LeftOut`). `Reader` keeps the account; what nobody accounted for is a finding by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from wholeschool.findings import Finding, Location, Severity, finding
from wholeschool.papers.cell_text import texts_in
from wholeschool.papers.layout import Column, Layout, heading_of
from wholeschool.papers.opening import Cell, Sheet, mangled
from wholeschool.papers.remarks import Remark
from wholeschool.papers.tables import COMPUTED, Grid, Headings, form_sheet
from wholeschool.personal_data import redact
from wholeschool.records.explain import nearest
from wholeschool.records.positions import KeyMark, Mark

STRIDE = 10_000_000
"""A mark's line is the row, with the sheet's place above it; no sheet has so many rows."""
TOTALS = re.compile(
    r"(?:本页|全校|全县|人数|学时|学分)?(?:合计|总计|小计|汇总|累计|共计|平均|平均值|平均分|总和|以下空白|以下无正文|以下无内容|此行以下空白|total|sum|subtotal|average)"
    r"(?:人数|学时|学分|数|行)?[:：]?(?:[0-9]+(?:\.[0-9]+)?(?:人|条|项|行|学时|学分|分)?)?",
    re.IGNORECASE,
)
"""What alone in a cell says that the row adds up, or that nothing follows."""
FOOT = re.compile(
    r"(?:填报人|填表人|制表人?|审核人?|复核人?|审批人?|经办人|负责人|单位负责人|学校负责人|部门负责人|分管领导|校长|园长|院长|领导|联系人"
    r"|联系电话|联系方式|电话|填报单位|填报时间|填报日期|填表时间|填表日期|制表日期|制表时间|报送单位|报送日期|日期|时间|单位|学校|盖章|公章|签字|签名|签章"
    r"|审核意见|审批意见|学校意见|单位意见|注|注意|说明|备注|附|附注|填表说明|填写说明)"
    r"(?:签字|签名|签章|盖章|公章|\(签字\)|\(签名\)|\(签章\)|\(盖章\)|\(公章\)|\(签字盖章\))*\s*(?:[:：0-9]|$)"
)
"""What the first cell below a list begins with, where people sign, date or explain."""
_LABELS = ("项目", "字段")
FIGURE = re.compile(r"[0-9.]+%?(?:人|条|项|学时|学分|分)?")
_LONGEST_LIST = 12
LONGEST_SIGNATURE = 20
"""Characters of a signature that may stand alone in its row."""
NO_NEWS = ("列名", "表头", "项目名称和说明", "自动计算", "只是说明")
"""Why something is left out of every workbook."""

Row = tuple[str, int]


class Found(NamedTuple):
    """A finding and the cell it is about; sheet empty and row 0 where it is about the whole workbook."""

    sheet: str
    row: int
    column: int
    finding: Finding

    @property
    def place(self) -> str:
        """Where, in the words of somebody who looks at the workbook."""
        if not self.sheet:
            return ""
        if not self.row:
            return f"表“{self.sheet}”"
        return f"表“{self.sheet}”第 {self.row} 行 {get_column_letter(self.column)} 列"


class LeftOut(NamedTuple):
    """Rows or columns of a sheet that are not read, and why; neither where it is the whole sheet."""

    sheet: str
    why: str
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether it is worth a word: not what every sheet has, its headings and what is computed or explained."""
        return self.why not in NO_NEWS

    @property
    def said(self) -> str:
        """In the words of somebody who looks at the workbook."""
        letters = "、".join(map(get_column_letter, self.columns))
        rows = f"第 {_spans(self.rows)} 行" if self.rows else ""
        where = f"{rows}{f'{letters} 列' if letters else ''}"
        return f"表“{self.sheet}”{where}（{self.why}）"


class Item(NamedTuple):
    """A row that holds something: its values by field, its place and its cells', and which columns are empty in it."""

    value: dict[str, Any]
    row: Row
    mark: Mark
    links: tuple[str, ...]
    grid: Grid
    blank: tuple[Column, ...]

    @property
    def known(self) -> Collection[Column]:
        """The columns that the sheet has."""
        return self.grid.columns.values()

    def column_of(self, column: Column) -> int:
        """The sheet's column of a field, the first one where the sheet has none for it."""
        return next((place for place, each in self.grid.columns.items() if each is column), min(self.grid.columns))


class FormRow(NamedTuple):
    """One of the record's single fields on the form sheet; content None where the cell is empty."""

    column: Column
    content: Any
    empty: bool
    row: int
    mark: Mark


class Reader:
    """Reads the visible sheets of one workbook and accounts for each of their cells.

    `names` are the microabilities' names by code; `paths` gives the units that a Chinese name may mean. Rows in
    `without` are read, but nothing is said of them: it has been.
    """

    def __init__(
        self,
        file: str,
        layout: Layout,
        sheets: Sequence[Sheet],
        names: Mapping[str, str],
        paths: Callable[[str, str], list[str]],
        without: Collection[Row],
    ) -> None:
        self.file, self.layout, self.sheets, self.names, self.without = file, layout, sheets, names, without
        self._paths = paths
        self.found: list[Found] = []
        self.left: list[LeftOut] = []
        self.rows: set[Row] = set()
        self._open = {
            (sheet.name, row, column)
            for sheet in sheets
            for row, cells in sheet.rows.items()
            for column, cell in cells.items()
            if not cell.merged
        }

    # ---- what is said ----

    def tell(
        self, sheet: str, row: int, column: int, code: str, message: str, hint: str, severity: str = "error"
    ) -> None:
        """A finding about a cell (row 0: a sheet; no sheet: the workbook); the cell is accounted for."""
        self._open.discard((sheet, row, column))
        if (sheet, row) in self.without:  # it has been told of
            return
        at = Location(self.file, max(row, 1), max(column, 1))
        grave: Severity = "warning" if severity == "warning" else "error"
        told = finding(code, at, redact(message), hint=redact(hint), severity=grave)
        self.found.append(Found(sheet, row, column, told))

    def leave(
        self, sheet: Sheet, why: str, *, rows: Collection[int] | None = None, columns: Collection[int] | None = None
    ) -> None:
        """What is not read, and why: rows, columns, or both; its cells are accounted for. Nothing is said of what is
        empty.
        """
        mine = {
            (name, row, column)
            for name, row, column in self._open
            if name == sheet.name and (rows is None or row in rows) and (columns is None or column in columns)
        }
        self._open -= mine
        if mine:
            here = tuple(sorted({row for _, row, _ in mine})) if rows is not None else ()
            there = tuple(sorted({column for _, _, column in mine})) if columns is not None else ()
            self.left.append(LeftOut(sheet.name, why, here, there))

    def unread(self, grids: Collection[Grid]) -> None:
        """Findings for the cells that nobody accounted for, one for each column of a sheet."""
        for sheet in self.sheets:
            grid = next((each for each in grids if each.sheet is sheet), None)
            places: dict[int, list[int]] = {}
            for _, row, column in sorted(cell for cell in self._open if cell[0] == sheet.name):
                places.setdefault(column, []).append(row)
            for column, rows in places.items():
                named = grid is not None and column in grid.header.headings
                why = "不在要填的格子里" if grid is None or named else "上面没有列名"
                told = f"{get_column_letter(column)} 列第 {_spans(rows)} 行{why}，没有导入"
                hint = "要导入的，写到有列名的列里；不要的可以不管"
                self.tell(sheet.name, rows[0], column, "XLSX-CELL", told, hint, "warning")
        self._open.clear()

    def settle(self, sheet: Sheet) -> None:
        """A whole sheet has been told of."""
        self._open = {cell for cell in self._open if cell[0] != sheet.name}

    def took(self, sheet: str, row: int, column: int) -> None:
        """A cell whose content is in the record now."""
        self._open.discard((sheet, row, column))

    # ---- the form ----

    def form(self) -> list[FormRow]:
        """The record's single fields that the form sheet names."""
        place = form_sheet(self.layout, self.sheets)
        if place is None:
            return []
        sheet = self.sheets[place]
        headings = Headings(self.layout.form)
        found: dict[Column, FormRow] = {}
        for number, row in sheet.rows.items():
            label = row.get(1)
            if number in sheet.hidden_rows:
                self.leave(sheet, "隐藏的行", rows=[number])
            elif label is None:
                continue
            elif heading_of(label.value) in _LABELS:
                self.leave(sheet, "表头", rows=[number])
            elif (column := headings.column(label.value)) is None:
                self._other_label(sheet, number, row)
            elif column in found and 2 in row:
                told = f"“{column.heading}”写了两次"
                self.tell(sheet.name, number, 2, "XLSX-COLUMN", told, "只留一行")
            elif column not in found:
                content = self._value(sheet, number, 2, column, row[2]) if 2 in row else None
                content = None if content in ("", []) else content
                found[column] = FormRow(column, content, 2 not in row, number, Mark(place * STRIDE + number, 2))
        self.leave(sheet, "项目名称和说明", columns=(1, 3))
        return list(found.values())

    def _other_label(self, sheet: Sheet, number: int, row: Mapping[int, Cell]) -> None:
        label = row[1]
        heading = heading_of(label.value)
        if 2 not in row or FOOT.match(heading) or len(heading) > 40:
            self.leave(sheet, "标题、说明或落款", rows=[number])
            return
        meant = nearest(heading, [column.heading for column in self.layout.form])
        hint = f"您是不是想写“{meant}”？" if meant else "对照模板的项目名称"
        told = f"没有“{short(label)}”这一项，没有导入"
        self.tell(sheet.name, number, 1, "XLSX-COLUMN", told, hint, "warning")
        self.took(sheet.name, number, 2)

    # ---- the tables ----

    def items(self, grid: Grid) -> list[Item]:
        """The rows below the headings that hold anything, each with what it says."""
        self._headings(grid)
        found = []
        left: dict[str, list[int]] = {}
        for number in sorted(grid.sheet.rows):
            if why := self._why_not(grid, number):
                left.setdefault(why, []).append(number)
            elif (item := self._item(grid, number)) is not None:
                found.append(item)
        for why, rows in left.items():
            self.leave(grid.sheet, why, rows=rows)
        return found

    def _headings(self, grid: Grid) -> None:
        """What is wrong with the headings, and which columns are left out."""
        sheet, row = grid.sheet, grid.header.last
        met: set[Column] = set()
        computed, put_off, hidden = [], [], []
        for place, column in grid.header.columns.items():
            heading = grid.header.headings[place]
            if grid.headings.is_left(heading):
                put_off.append(place)
            elif column is None and heading_of(heading) in COMPUTED:
                computed.append(place)
            elif column is None and heading_of(heading):
                meant = nearest(heading_of(heading), grid.headings.words)
                typed = _option(heading)
                known = f"您是不是想写“{meant}”？是的话改列名，或者加 --map {typed}={meant}"
                other = f"要导入，用 --map {typed}=列名 写明它是哪一列；不要的写 --map {typed}=-"
                hint = known if meant else other
                told = f"没有“{_shortened(heading)}”这一列，没有导入"
                self.tell(sheet.name, row, place, "XLSX-COLUMN", told, hint, "warning")
                self._settle_column(sheet, place)
            elif column is not None and grid.is_hidden(place, column):
                hidden.append(place)
            elif column is not None and column in met:
                told = f"“{column.heading}”有两列"
                self.tell(sheet.name, row, place, "XLSX-COLUMN", told, "只留一列")
                self._settle_column(sheet, place)
            elif column is not None:
                met.add(column)
        self.leave(sheet, "表头上方的标题", rows=range(1, grid.header.first))
        self.leave(sheet, "列名", rows=range(grid.header.first, grid.header.last + 1))
        for places, why in ((computed, "自动计算"), (put_off, "说好不读"), (hidden, "隐藏的列")):
            if places:
                self.leave(sheet, why, columns=places)

    def _settle_column(self, sheet: Sheet, place: int) -> None:
        """A whole column has been told of."""
        self._open = {cell for cell in self._open if (cell[0], cell[2]) != (sheet.name, place)}

    def _why_not(self, grid: Grid, number: int) -> str:
        """Why a row is not one of the list's; empty where it is."""
        cells = grid.sheet.rows[number]
        if number < grid.header.first:
            return "表头上方的标题"
        if number <= grid.header.last:
            return "列名"
        if number in grid.sheet.hidden_rows:
            return "隐藏的行"
        if _is_heading(grid, cells):
            return "又写了一遍的列名"
        if _is_foot(grid, cells):
            return "合计或落款"
        return ""

    def _item(self, grid: Grid, number: int) -> Item | None:
        sheet, table, cells = grid.sheet, grid.table, grid.sheet.rows[number]
        columns = grid.columns
        filled = [place for place in columns if place in cells]
        if not any(not cells[place].merged for place in filled):
            return None  # what stands in other columns is accounted for there
        if all(columns[place] in table.links for place in filled):
            what = "、".join(columns[place].heading for place in filled)
            self.leave(sheet, f"只写了{what}", rows=[number])
            return None
        row = sheet.name, number
        self.rows.add(row)
        line = grid.place * STRIDE + number
        value: dict[str, Any] = {}
        marks: dict[str, Any] = {}
        links: dict[Column, str] = {}
        blank = []
        for place, column in columns.items():
            if column not in table.links:
                put(marks, column.pointer, Mark(line, place))
            content = self._value(sheet, number, place, column, cells[place]) if place in cells else None
            if content in (None, "", []):
                if place not in cells:
                    blank.append(column)
            elif column in table.links:
                links[column] = str(content)
            else:
                put(value, column.pointer, content)
        owner = tuple(links.get(each, "") for each in table.links)
        return Item(value, row, tree(marks, Mark(line, min(columns))), owner, grid, tuple(blank))

    # ---- cells ----

    def _value(self, sheet: Sheet, row: int, place: int, column: Column, cell: Cell) -> Any:
        """What a cell says; None where it says nothing that can be taken, which has been told then."""
        heading = column.heading
        if cell.error:
            told, hint = f"{heading}是错误值 {cell.value}", "在 Excel 里改好这一格再导入；记录里原来的内容没有动"
            self.tell(sheet.name, row, place, "XLSX-ERROR", told, hint)
            return None
        if cell.formula:
            hint = "复制这一格，再“选择性粘贴—数值”，然后导入"
            self.tell(sheet.name, row, place, "S-FORMULA", f"{heading}是公式，不是值", hint)
            return None
        field = column.items or column.field
        is_text = field.get("type", "string") == "string"
        if cell.shown is not None and (is_text or "%" in cell.shown):
            cell = cell._replace(value=cell.shown)  # what people read is what they mean
        if is_text and mangled(cell.value):
            told = f"{heading}“{short(cell)}”是 Excel 把长数字改成的样子，后面几位已经丢了"
            hint = "把这一列设成“文本”格式，从原来的名单重新粘贴编号"
            self.tell(sheet.name, row, place, "XLSX-NUMBER", told, hint)
            return None
        content, remarks = texts_in(column, cell, self.names)
        if field.get("x-names"):
            content = self._with_paths(content, field["x-names"], remarks)
        self.took(sheet.name, row, place)
        for remark in remarks:
            self.tell(sheet.name, row, place, "XLSX-NAME", remark.message, remark.hint, remark.severity)
        return content

    def _with_paths(self, content: Any, kind: str, remarks: list[Remark]) -> Any:
        """Units by their paths where they were written by their Chinese names."""
        if isinstance(content, list):
            return [self._path(each, kind, remarks) for each in content]
        return self._path(content, kind, remarks) if isinstance(content, str) else content

    def _path(self, text: str, kind: str, remarks: list[Remark]) -> str:
        if text.isascii():
            return text
        paths = self._paths(text, kind)
        if len(paths) == 1:
            return paths[0]
        if paths:
            told = f"叫“{text}”的单位有 {len(paths)} 个"
            remarks.append(Remark(told, f"写它的文件夹名：{'、'.join(paths[:5])}", "error"))
        else:
            remarks.append(Remark(f"没有叫“{text}”的单位", "照单位信息里的名称写全，或写它的文件夹名", "error"))
        return text


def _is_heading(grid: Grid, cells: Mapping[int, Cell]) -> bool:
    """Whether a row says the headings again, as on the pages of a printed list."""
    same = [
        place
        for place, cell in cells.items()
        if heading_of(cell.value) == heading_of(grid.header.headings.get(place, ""))
    ]
    return len(same) > 1 and 2 * len(same) > len(cells)


def _is_signature(first: Cell, column: Column | None) -> bool:
    """Whether a row's first cell says that people sign here; a word that its column takes does not (学校, for whom)."""
    if not isinstance(first.value, str) or (column and first.value.strip() in column.field.get("enum", ())):
        return False
    return FOOT.match(_narrow(re.sub(r"\s", "", first.value))) is not None


def _is_foot(grid: Grid, cells: Mapping[int, Cell]) -> bool:
    """Whether a row adds up or is where people sign, and so lacks most of what a row of the list has."""
    columns = grid.columns
    typed = {place: cell for place, cell in cells.items() if not cell.merged}
    here = [cell for place, cell in typed.items() if place in columns]
    sums = bool(here) and all(cell.formula for cell in here)
    words = [re.sub(r"\s", "", str(cell.value)) for cell in typed.values() if isinstance(cell.value, str)]
    signed = bool(typed) and _is_signature(typed[min(typed)], columns.get(min(typed)))
    totals = [word for word in words if TOTALS.fullmatch(word)]
    if not (sums or signed or totals):
        return False
    if totals and all(word in totals or FIGURE.fullmatch(word) for word in words):
        return True
    if signed and len(typed) == 1 < len(columns) and len(words[0]) <= LONGEST_SIGNATURE:
        return True
    needed = [place for place, column in columns.items() if column.required or column in grid.table.links]
    return sum(place in typed and not typed[place].formula for place in needed) < max(1, len(needed) // 2 + 1)


def _narrow(text: str) -> str:
    return text.replace("（", "(").replace("）", ")")


def _spans(numbers: Sequence[int]) -> str:
    """Row numbers as people say them: 3、5–8."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number, number])
    said = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:_LONGEST_LIST]]
    return "、".join(said) + (f" 等 {len(numbers)}" if len(spans) > _LONGEST_LIST else "")


def short(cell: Cell) -> str:
    """What stands in a cell, cut where it is long."""
    return _shortened(str(cell.value))


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 20 else f"{text[:18]}…"


def _option(heading: str) -> str:
    """A heading as it is typed behind an option."""
    return re.sub(r"\s", "", heading)


# ---- values and marks by pointers ----


def get(value: Any, pointer: Iterable[str]) -> Any:
    """What lies at a pointer; None where nothing does."""
    for name in pointer:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def put(value: dict[str, Any], pointer: Sequence[str], content: Any) -> None:
    """Put content at a pointer, with the objects on the way to it."""
    for name in pointer[:-1]:
        value = value.setdefault(name, {})
    value[pointer[-1]] = content


def tree(marks: Mapping[str, Any], own: Mark) -> Mark:
    """Marks of fields as a tree, as the reader of records would give it."""
    keys: dict[str, KeyMark] = {}
    for name, child in marks.items():
        mark = child if isinstance(child, Mark) else tree(child, _first(child))
        keys[name] = KeyMark(mark.line, mark.column, mark)
    return Mark(own.line, own.column, keys, None)


def _first(marks: Mapping[str, Any]) -> Mark:
    child = next(iter(marks.values()))
    return child if isinstance(child, Mark) else _first(child)

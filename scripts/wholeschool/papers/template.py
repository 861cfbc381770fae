"""A workbook to fill in, for any kind of record; filled with the record where there is one already."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from wholeschool.outcomes.asked import asked_of
from wholeschool.papers.cell_text import is_microability, shown
from wholeschool.papers.layout import FORM, Column, Layout, Table, for_people, layout
from wholeschool.papers.line_count import HIGHEST, line_count
from wholeschool.papers.origin import LISTS, NOTES, ORIGIN, Origin, record_version
from wholeschool.programme import Programme, Unit
from wholeschool.records.kinds import Kind, placed
from wholeschool.records.mending import is_prose
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.scaffold import for_level
from wholeschool.records.terms import CREDITS

SPARE_ROWS = 60
"""Rows below the last one that are ready to be filled."""

SUMMED_SIGNS = ('"，"', '","', '"；"', '";"', '" "', '"　"', '"/"', '"+"', "CHAR(10)")
"""The signs between codes that the template's own sum takes for 、, as its formula writes them.

The importer takes more of them, and names and ranges. Of a cell with anything else in it the sum says so instead of a
number: a number that it shows is the one that is imported.
"""
UNSUMMED = "请用顿号隔开"
_FONT = "等线"
_HEAD = PatternFill("solid", fgColor="1F4E79")
_NEEDED = PatternFill("solid", fgColor="9C4A00")
_COMPUTED = PatternFill("solid", bgColor="F2F2F2")
_SIDE = Side("thin", color="BFBFBF")
_LINE = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_CENTRE = Alignment(horizontal="center", vertical="top")
_TEXT = Font(name=_FONT, size=11)
_TOP = Alignment(wrap_text=True, vertical="top")
# In characters: what an upright page, and what a small page takes before the letters get too small.
_UPRIGHT, _WIDE = 105, 220
_EPOCH = datetime(2020, 1, 1)


class Catalogue:
    """The microabilities a template offers: code, name and credits; `enough` of them, counted in `of`, are asked for.

    From so many `dimensions`, which the template's own sum does not look at.
    """

    def __init__(
        self, rows: Iterable[tuple[str, str, int]], enough: int, of: str = CREDITS, dimensions: int = 0
    ) -> None:
        self.rows, self.enough, self.of, self.dimensions = list(rows), enough, of, dimensions

    @classmethod
    def of_round(cls, programme: Programme, year: int | None, school: Unit | None = None) -> Catalogue:
        """What a round offers and asks for, of a school if one is named; without a year, the current round."""
        rows = ((code, row.name, row.credits) for code, row in programme.abilities(year).items())
        asked = asked_of(programme, year, school)
        return cls(rows, asked.least, asked.of, asked.dimensions)

    @property
    def knows_credits(self) -> bool:
        """Whether its microabilities are worth credits; else each counts one."""
        return self.of == CREDITS


def template(kind: Kind, origin: Origin, unit_name: str, text: str | None, catalogue: Catalogue) -> bytes:
    """The workbook of a record; `text` is the record's file as it stands, None for a new one. Raises `Refused`."""
    value = values_of(text) if text is not None else {}
    return _Template(kind, origin, unit_name, catalogue, record_version(text)).written(value)


class _Template:
    def __init__(self, kind: Kind, origin: Origin, unit_name: str, catalogue: Catalogue, version: str) -> None:
        self.version = version
        self.kind, self.origin, self.unit_name, self.catalogue = kind, origin, unit_name, catalogue
        self.layout: Layout = layout(kind)
        self.book = Workbook()
        assert self.book.active is not None
        self.book.remove(self.book.active)
        self.lists: dict[tuple[str, ...], str] = {}

    def written(self, value: Mapping[str, Any]) -> bytes:
        self._notes()  # first, and what opens: whoever gets the file reads what to do with it
        if self.layout.form:
            self._form(value)
        for table in self.layout.tables:
            self._table(table, list(_rows(table, value)))
        self._hidden()
        self.book.active = 0
        self.book.properties.creator = "wholeschool"
        self.book.properties.title = self.kind.title
        self.book.properties.created = self.book.properties.modified = _EPOCH
        return settled(self.book)

    def _form(self, value: Mapping[str, Any]) -> None:
        sheet: Worksheet = self.book.create_sheet(FORM)
        for place, heading in enumerate(("项目", "填写", "说明"), start=1):
            self._head(sheet.cell(1, place), heading)
        # What the level of the unit asks for is known; a school is not asked for what only a county has.
        where = placed(self.origin.path())
        known = {"level": where.level} if where and self.kind.name == "unit" else {}
        asked = for_level(self.kind.schema.document, known)
        form = [column for column in self.layout.form if column.pointer[0] in asked["properties"]]
        value = {**known, **value}
        for number, column in enumerate(form, start=2):
            label = sheet.cell(number, 1)
            self._head(label, column.heading, needed=column.required or column.pointer[0] in asked["required"])
            cell = sheet.cell(number, 2)
            self._dress(cell, column)
            cell.alignment = _TOP
            if (content := _get(value, column.pointer)) is not None:
                _put(cell, shown(column, content))
            cell.border = _LINE
            told = sheet.cell(number, 3, _how(column, short=True))
            told.font = Font(name=_FONT, size=9, color="7F7F7F")
            told.alignment = Alignment(wrap_text=True, vertical="top")
            text = str(cell.value or "")
            lines = max(line_count(text, 60), line_count(told.value, 58))
            sheet.row_dimensions[number].height = _height(lines)
            self._choices(sheet, column, f"B{number}")
        for letter, width in (("A", 26), ("B", 60), ("C", 48)):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "A2"
        one_page_wide(sheet)

    def _table(self, table: Table, rows: Sequence[Mapping[Column, Any]]) -> None:
        sheet: Worksheet = self.book.create_sheet(table.title)
        last = 1 + max(len(rows) + SPARE_ROWS, 2 * SPARE_ROWS)
        place = 0
        for column in table.all_columns:
            place += 1
            letter = get_column_letter(place)
            head = sheet.cell(1, place)
            needed = column.required or column in table.links
            self._head(head, column.heading, needed=needed)
            head.comment = _comment(column, needed)
            sheet.column_dimensions[letter].width = _width(column)
            self._dress(sheet.column_dimensions[letter], column)  # for the rows that are still to be written
            for number, row in enumerate(rows, start=2):
                cell = sheet.cell(number, place)
                self._dress(cell, column)
                cell.border = _LINE
                if (content := row.get(column)) is not None:
                    _put(cell, shown(column, content))
            self._choices(sheet, column, f"{letter}2:{letter}{last}")
            if column.field.get("x-sum") == "credits" and self.catalogue.rows:
                self._sum(sheet, letter, place + 1, last)
                place += 2
        for number, row in enumerate(rows, start=2):
            said = ((shown(column, value), _width(column)) for column, value in row.items() if value is not None)
            lines = max((line_count(text, width) for text, width in said), default=1)
            sheet.row_dimensions[number].height = _height(lines)
        sheet.freeze_panes = "C2" if len(table.all_columns) > 4 else "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(place)}{max(2, len(rows) + 1)}"
        sheet.row_dimensions[1].height = 32
        one_page_wide(sheet)

    def _sum(self, sheet: Worksheet, letter: str, place: int, last: int) -> None:
        """Two columns that tell while one types: the credits, and whether they are enough."""
        total, verdict = get_column_letter(place), get_column_letter(place + 1)
        self._head(sheet[f"{total}1"], "学分合计" if self.catalogue.knows_credits else "项数合计")
        self._head(sheet[f"{verdict}1"], "是否达标")
        among = f"，来自 {self.catalogue.dimensions} 个维度（这里不数）" if self.catalogue.dimensions else ""
        told = f"合计不少于 {self.catalogue.enough} {self.catalogue.of}{among}。自动计算，不用填。"
        sheet[f"{verdict}1"].comment = _sized(told)
        sheet[f"{total}1"].comment = _sized("自动计算，不用填。只算写全了的编号；有别的字就不算，免得算错。")
        sheet.column_dimensions[total].width, sheet.column_dimensions[verdict].width = 14, 12
        end = 1 + len(self.catalogue.rows)
        codes, credits = f"{LISTS}!$A$2:$A${end}", f"{LISTS}!$B$2:$B${end}"
        for number in range(2, last + 1):
            # Each code with signs of its own on both sides, so that two neighbours do not share one.
            text = f"UPPER({letter}{number})"
            for sign in SUMMED_SIGNS:
                text = f'SUBSTITUTE({text},{sign},"、")'
            text = f'SUBSTITUTE("、"&{text}&"、","、","、、")'
            less = f'(LEN({text})-LEN(SUBSTITUTE({text},"、"&{codes}&"、","")))'
            whole = f'SUMPRODUCT({less}/(LEN({codes})+2)*LEN({codes}))=LEN(SUBSTITUTE({text},"、",""))'
            added = f"SUMPRODUCT(({less}>0)*{credits})"
            sheet[f"{total}{number}"] = f'=IF({letter}{number}="","",IF({whole},{added},"{UNSUMMED}"))'
            enough, short = f"≥ {self.catalogue.enough}", f'"还差 "&({self.catalogue.enough}-{total}{number})'
            sheet[f"{verdict}{number}"] = (
                f'=IF(ISNUMBER({total}{number}),IF({total}{number}>={self.catalogue.enough},"{enough}",{short}),"")'
            )
            for cell in (sheet[f"{total}{number}"], sheet[f"{verdict}{number}"]):
                cell.font, cell.alignment = _TEXT, _CENTRE
        wanting = f'AND({total}2<>"",OR({total}2="{UNSUMMED}",{total}2<{self.catalogue.enough}))'
        rule = Rule("expression", formula=[wanting], dxf=DifferentialStyle(font=Font(color="C00000", bold=True)))
        sheet.conditional_formatting.add(f"{total}2:{verdict}{last}", rule)
        # Only where there is something: rows that are still empty stay white, on paper too.
        grey = Rule("expression", formula=[f'${total}2<>""'], dxf=DifferentialStyle(fill=_COMPUTED, border=_LINE))
        sheet.conditional_formatting.add(f"{total}2:{verdict}{last}", grey)

    def _head(self, cell: Any, heading: str, *, needed: bool = False) -> None:
        cell.value = heading
        cell.font = Font(name=_FONT, size=11, bold=True, color="FFFFFF")
        cell.fill = _NEEDED if needed else _HEAD
        cell.alignment = _MIDDLE
        cell.border = _LINE

    def _dress(self, cell: Any, column: Column) -> None:
        """Text cells, so that no program makes a number or a date of a code before anybody looks."""
        cell.font = _TEXT
        is_number = column.field.get("type") in ("integer", "number")
        cell.alignment = _CENTRE if is_number else _TOP
        cell.number_format = "General" if is_number else "@"

    def _choices(self, sheet: Worksheet, column: Column, cells: str) -> None:
        """A drop-down for every field with a fixed set of choices."""
        if column.items is not None:
            return
        field = column.field
        choices: tuple[str, ...]
        firm = True
        if field.get("type") == "boolean":
            choices = "是", "否"
        elif "enum" in field:
            choices = tuple(map(str, field["enum"]))
        elif is_microability(field) and self.catalogue.rows:
            choices, firm = tuple(code for code, _, _ in self.catalogue.rows), False
        else:
            return
        rule = DataValidation(type="list", formula1=self._list(choices), allow_blank=True)
        rule.showErrorMessage = True
        rule.errorStyle = "stop" if firm else "warning"
        rule.errorTitle = "请在下拉框里选"
        rule.error = "这一格只能填下拉框里的选项。" if firm else "没有这个编号，确定吗？"
        sheet.add_data_validation(rule)
        rule.add(cells)

    def _list(self, choices: tuple[str, ...]) -> str:
        """The choices written out, or where they stand when they are too long for that."""
        written = ",".join(choices)
        if len(written) < 200 and not any("," in choice or '"' in choice for choice in choices):
            return f'"{written}"'
        if choices not in self.lists:
            letter = get_column_letter(4 + len(self.lists))
            self.lists[choices] = f"{LISTS}!${letter}$2:${letter}${1 + len(choices)}"
        return self.lists[choices]

    def _titles(self) -> list[str]:
        return [*([FORM] if self.layout.form else []), *(table.title for table in self.layout.tables)]

    def _notes(self) -> None:
        sheet: Worksheet = self.book.create_sheet(NOTES)
        year = f" {self.origin.year} 年度" if self.origin.year else ""
        sheets = "、".join(f"“{title}”" for title in self._titles())
        lines = [
            f"{self.kind.title}（{self.unit_name}{year}）",
            str(self.kind.schema.document["description"]),
            "",
            f"要填的在{sheets}里。橙色列名是必填的，深蓝色的按情况填；鼠标停在列名上有说明。",
        ]
        if self.kind.name == "teachers":
            lines += [
                "第一次报名册，只要编号、姓名、学科、学段。教研组、目标、所选微能力等选学时再填；",
                "任务单、申报、反思、课例这些，到那一步再填。还没有的都空着。",
            ]
        lines += [
            "",
            "一行一条，空行不要紧。表名和列名不要改，不要合并单元格。",
            "一格里有几项时，编号和姓名用顿号隔开（A1、A5、B2）；句子一句一行（Alt+Enter 换行）。",
            "日期写成 2026-03-01；2026.3.1、2026年3月1日也认得。是不是的，选“是”或“否”。",
            "灰底的列自动计算，不用填。不要填手机号、邮箱、身份证号。",
            "",
        ]
        where = placed(self.origin.path())
        if where and where.level == "校":
            lines.append("填好以后：在网站的“网页填报”里打开，检查、改好以后下载。")
            lines.append("会用命令的：wholeschool import 文件名.xlsx --dry-run 只看会改什么，不加 --dry-run 才写入。")
        else:
            lines.append("填好以后：wholeschool import 文件名.xlsx --dry-run 只看会改什么，不加 --dry-run 才写入。")
        if self.kind.name == "teachers":
            worth = self.catalogue.knows_credits
            lines += ["", f"微能力编号、名称{'与学分' if worth else ''}："]
            lines += [f"{a}  {b}{f'（{c} 学分）' if worth else ''}" for a, b, c in self.catalogue.rows]
        for number, line in enumerate(lines, start=1):
            cell = sheet.cell(number, 1, line)
            cell.font = Font(name=_FONT, size=14 if number == 1 else 11, bold=number == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.row_dimensions[number].height = _height(line_count(line, 96)) + (6 if number == 1 else 0)
        sheet.column_dimensions["A"].width = 100
        one_page_wide(sheet)

    def _hidden(self) -> None:
        """What the import needs to know, and the lists that drop-downs and sums look at."""
        sheet: Worksheet = self.book.create_sheet(ORIGIN)
        said = {
            "kind": self.origin.kind,
            "unit": self.origin.unit,
            "year": str(self.origin.year or ""),
            "name": self.origin.name,
            "schema": self.kind.schema.version,
            "record": self.version,
        }
        for number, pair in enumerate(said.items(), start=1):
            for column, text in enumerate(pair, start=1):
                sheet.cell(number, column, text).number_format = "@"
        sheet.sheet_state = "veryHidden"
        sheet = self.book.create_sheet(LISTS)
        for place, heading in enumerate(("编号", self.catalogue.of, "名称"), start=1):
            sheet.cell(1, place, heading)
        for number, (code, name, credit) in enumerate(self.catalogue.rows, start=2):
            sheet.cell(number, 1, code)
            sheet.cell(number, 2, credit)
            sheet.cell(number, 3, name)
        for place, choices in enumerate(self.lists):
            for number, choice in enumerate(choices, start=2):
                sheet.cell(number, 4 + place, choice)
        sheet.sheet_state = "hidden"


def _rows(table: Table, value: Mapping[str, Any]) -> Iterable[dict[Column, Any]]:
    """A row for each item of the table's list, in the order of the record."""
    if table.parent is None:
        for item in _get(value, table.pointer) or ():
            yield {column: _get(item, column.pointer) for column in table.columns}
        return
    for owner in _get(value, table.parent.pointer) or ():
        for item in _get(owner, table.pointer) or ():
            yield {column: _get(owner, column.pointer) for column in table.links} | {
                column: _get(item, column.pointer) for column in table.columns
            }


def _get(value: Any, pointer: tuple[str, ...]) -> Any:
    for name in pointer:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _put(cell: Any, content: str | int | float) -> None:
    """A text stays a text, whatever it begins with."""
    cell.value = content
    if isinstance(content, str):
        cell.data_type = "s"
        if content[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True


def _how(column: Column, *, short: bool = False) -> str:
    field, items = column.field, column.items or {}
    said = [for_people(str(field.get("description", "")))]
    said.append(str(items.get("x-hint") or field.get("x-hint") or ""))
    if "enum" in items:
        said.append(f"可选：{'、'.join(map(str, items['enum']))}")
    elif "enum" in field and not short:
        said.append(f"可选：{'、'.join(map(str, field['enum']))}")
    if field.get("type") == "boolean":
        said.append("选“是”或“否”")
    if column.items is not None:
        said.append("有几条就写几行，一行一条（Alt+Enter 换行）" if is_prose(items) else "可以写几个，用顿号隔开")
    return "\n".join(dict.fromkeys(text for text in said if text))


def _comment(column: Column, needed: bool) -> Comment | None:
    clause = column.field.get("x-clause")
    parts = "必填" if needed else "", _how(column), f"对应：{clause}" if clause else ""
    text = "\n".join(part for part in parts if part)
    return _sized(text) if text else None


def _sized(text: str) -> Comment:
    lines = sum(1 + len(line) // 22 for line in text.split("\n"))
    return Comment(text, "wholeschool", width=300, height=24 + 19 * lines)


def _width(column: Column) -> float:
    field = column.items or column.field
    heading = 2 * len(column.heading) + 2
    if field.get("type") in ("integer", "number", "boolean"):
        return min(max(9, heading), 14)
    if field.get("maxLength", 0) >= 200:
        return 34
    if field.get("format") == "date":
        return 13
    if "enum" in field:
        return min(max(10, heading, 4 + 2 * max(len(str(choice)) for choice in field["enum"])), 24)
    if column.items is not None:
        return 24
    return min(max(12, heading, 18 if "pattern" in field and _is_long(field) else 0), 26)


def _is_long(field: Mapping[str, Any]) -> bool:
    """Whether the field's own example is long."""
    return any(len(str(example)) > 8 for example in field.get("examples", ()))


def _height(lines: int) -> float:
    """The height of a row in points."""
    return min(lines * 15.5 + 4, HIGHEST)


def one_page_wide(sheet: Worksheet) -> None:
    """Printed, the sheet is as wide as a page that suits it, and its header stands on every page."""
    width = sum(column.width for column in sheet.column_dimensions.values())
    sheet.page_setup.orientation = "landscape" if width > _UPRIGHT else "portrait"
    sheet.page_setup.paperSize = 8 if width > _WIDE else 9  # A3, A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def settled(book: Workbook) -> bytes:
    """The workbook's bytes, with no time in them: the same content gives the same file."""
    first = io.BytesIO()
    book.save(first)
    second = io.BytesIO()
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "docProps/core.xml":
                data = _without_times(data)
            target.writestr(zipfile.ZipInfo(part.filename, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return second.getvalue()


def _without_times(core: bytes) -> bytes:
    return re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2020-01-01T00:00:00Z", core)

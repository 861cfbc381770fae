"""A filled-in workbook into a record: which record it is, what changes, and what is wrong in which cell."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from wholeschool.errors import RepositoryError, UsageError
from wholeschool.findings import Finding, Location, finding
from wholeschool.papers.cell_text import is_microability, texts_in
from wholeschool.papers.layout import FORM, Column, Layout, Table, layout, layouts
from wholeschool.papers.opening import Cell, Sheet, Unreadable, open_workbook
from wholeschool.papers.origin import HIDDEN, NOTES, Origin, record_version, written_origin
from wholeschool.papers.provisional import provisional_texts
from wholeschool.records.explain import explain, nearest
from wholeschool.records.kinds import Kind
from wholeschool.records.mending import half_width
from wholeschool.records.positions import KeyMark, Mark, locate
from wholeschool.records.refusals import Refused
from wholeschool.records.scaffold import schema_line
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml
from wholeschool.records.yaml_writing import CannotEdit, edited, matches, new_text
from wholeschool.sources import Tree

# A mark's line is the row, with the sheet's place above it; no sheet has so many rows.
_STRIDE = 10_000_000
HEADER_WITHIN = 15
"""Among how many of a sheet's first rows the one with the headings is looked for."""
FOOT = re.compile(
    r"(?:填报人|填表人|合计|总计|小计|注|说明|备注|联系方式|填报时间|审核人|单位（盖章）|单位\(盖章\))\s*[:：0-9１２３]?"
)
"""What the first cell below a list begins with, where people sign or add up."""
COMPUTED = ("序号", "学分合计", "是否达标", "编号提示")
"""Columns that hold nothing of the record."""

Row = tuple[str, int]
Pointer = tuple[str | int, ...]


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


class Intake(NamedTuple):
    """What a workbook becomes: the record's path, its text before and after, and what is wrong.

    `after` is None where nothing can be made of it. `rows` are the rows of lists: what `partial` may leave out.
    `provisional` are, where single cells are wrong, texts that differ only in what stands in for them: what is wrong
    in all of these texts is wrong whatever the cells should have said.
    """

    file: str
    path: str
    before: str | None
    after: str | None
    found: tuple[Found, ...]
    rows: frozenset[Row]
    marks: Mark
    sheets: tuple[str, ...]
    provisional: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it may not be imported."""
        return self.after is None or any(each.finding.severity == "error" for each in self.found)

    def having(self, findings: Iterable[Finding]) -> Intake:
        """This, with findings about the record's text turned into findings about cells."""
        findings = list(findings)
        if not findings:
            return self
        where = _Backwards(self.after or next(iter(self.provisional), ""))
        more = [_in_cell(self, each, where.pointer(each.line, each.column)) for each in findings]
        return self._replace(found=(*self.found, *more))


def take_in(
    file: str,
    data: bytes,
    tree: Tree,
    *,
    names: Mapping[str, str],
    wanted: Origin | None = None,
    without: Collection[Row] = (),
) -> Intake:
    """The record that a workbook holds, against what `tree` has of it.

    `wanted` says which record it is where the workbook does not (or says it better); `names` are the microabilities'
    names by code; rows in `without` stay as they are in the tree. Raises `UsageError` where nobody says whose it is.
    """
    try:
        sheets = open_workbook(data)
    except Unreadable as refused:
        return _nothing(file, refused.message, refused.hint)
    said = written_origin(sheets)
    origin = (said.origin if said else Origin()).with_(wanted)
    visible = [sheet for sheet in sheets if not sheet.name.startswith(HIDDEN) and sheet.name != NOTES]
    if not any(sheet.rows for sheet in visible):
        return _nothing(file, "工作簿里没有内容", "填好以后再导入")
    kind_name = origin.kind or _guess(visible)
    if kind_name is None:
        message = "认不出这是哪一种表：没有一张表的表名和列名像任何一种记录"
        return _nothing(file, message, "用 wholeschool export template 生成模板填写，或用 --kind 写明种类")
    path = origin.with_(Origin(kind=kind_name)).path()
    if kind_name not in layouts():
        raise UsageError(f"“{kind_name}”不能用工作簿填写；可选：{'、'.join(layouts())}")
    kind = layouts()[kind_name].kind
    before = _text_of(tree, path)
    # A template that showed the whole list stands for all of it; any other sheet adds and changes, takes nothing away.
    whole = said is not None and said.record == record_version(before)
    left = frozenset(without)
    intake = _Taking(file, path, kind, visible, names, left, whole=whole).result(before)
    if said is None or whole:
        return intake
    as_whole = _Taking(file, path, kind, visible, names, left, whole=True).result(before)
    if before is not None and as_whole.after == before:  # imported already: the record says what the workbook says
        return intake
    told = finding(
        "XLSX-STALE",
        Location(file),
        "导出这份工作簿以后，记录又改过；表里没有的行照旧保留",
        hint="先用 --dry-run 看清会改什么；要删行的，重新导出再改",
        severity="warning",
    )
    return intake._replace(found=(Found("", 0, 0, told), *intake.found))


def _nothing(file: str, message: str, hint: str) -> Intake:
    told = Found("", 0, 0, finding("XLSX-FILE", Location(file), message, hint=hint))
    return Intake(file, "", None, None, (told,), frozenset(), Mark(1, 1), ())


def _text_of(tree: Tree, path: str) -> str | None:
    """The text of the record as it stands, None where there is none."""
    folder = str(PurePath(path).parent)
    try:
        there = any(entry.path == path for entry in tree.entries(folder))
    except RepositoryError:  # the unit's folder is not there yet
        return None
    if not there:
        return None
    try:
        text = decode(tree.read(path))
    except Refused as refused:
        raise _unreadable(path, refused) from None
    return text


def _unreadable(path: str, refused: Refused) -> UsageError:
    return UsageError(f"{path} 现在的内容读不出来（{refused.message}），先把它改好再导入")


def _guess(sheets: list[Sheet]) -> str | None:
    """The kind whose headings fit best, when one does clearly; else the only one that has a table of a sheet's name."""
    scores: dict[str, float] = {}
    named: set[str] = set()
    for name, each in layouts().items():
        best = 0.0
        for table in each.tables:
            headings = {_plain(column.heading) for column in table.columns}
            needed = {_plain(column.heading) for column in table.columns if column.required}
            for sheet in sheets:
                for cells in list(sheet.rows.values())[:HEADER_WITHIN]:
                    here = {_plain(cell.value) for cell in cells.values()}
                    hits = len(headings & here)
                    if needed <= here and len(needed) > 1:
                        best = max(best, hits + (0.5 if table.title == sheet.name else 0))
                    elif hits > 1 and table.title == sheet.name:
                        named.add(name)
        if best:
            scores[name] = best
    ranked = sorted(scores, key=lambda name: -scores[name])
    if not ranked:
        return named.pop() if len(named) == 1 else None
    if len(ranked) > 1 and scores[ranked[0]] == scores[ranked[1]]:
        return None
    return ranked[0]


def _plain(heading: object) -> str:
    """A heading without what people and programs put around it."""
    text = re.sub(r"\s", "", half_width(str(heading)))
    return re.sub(r"[(（](?:必填|选填|可选)[)）]|[*:：]+$|^\*", "", text).replace(":", "：")


class _Grid(NamedTuple):
    """A sheet read as a table: where its header is, and which column of the sheet holds which field."""

    sheet: Sheet
    place: int
    header: int
    columns: dict[int, Column]


class _Item(NamedTuple):
    """A row: what it says, where it stands, and the place of each of its cells."""

    value: dict[str, Any]
    row: Row
    mark: Mark
    links: tuple[str, ...]


class _Taking:
    """One workbook being taken in."""

    def __init__(
        self,
        file: str,
        path: str,
        kind: Kind,
        sheets: list[Sheet],
        names: Mapping[str, str],
        without: frozenset[Row],
        *,
        whole: bool,
    ) -> None:
        self.whole = whole
        self.file, self.path, self.kind, self.names, self.without = file, path, kind, names, without
        self.layout: Layout = layout(kind)
        self.sheets = sheets
        self.found: list[Found] = []
        self.rows: set[Row] = set()

    def result(self, before: str | None) -> Intake:
        try:
            old: dict[str, Any] = read_yaml(before)[0] if before is not None else {}
        except Refused as refused:
            raise _unreadable(self.path, refused) from None
        if not isinstance(old, dict):
            raise UsageError(f"{self.path} 现在的内容不是一组字段，先把它改好再导入")
        grids = self._grids()
        if not grids and self._form_sheet() is None:
            wanted = "、".join(f"“{title}”" for title in self._titles())
            self._tell(
                "", 0, 0, "XLSX-SHEET", f"没有找到要填的表；{self.kind.title}的表是{wanted}", "用模板填写，不要改表名"
            )
            return self._intake(before, None, Mark(1, 1))
        value, marks = self._form(old)
        items = {table.title: list(self._items(grid, table)) for table, grid in grids.items()}
        for table in self.layout.tables:
            if table.parent is None:
                self._put(table, grids, items, old, value, marks)
        root = _object(marks, Mark(1, 1))
        schema = self.kind.schema
        typed = schema.type_scalars(_copy(value))
        if not schema.accepts(typed):
            told = {(each.sheet, each.row) for each in self.found if each.finding.severity == "error"}
            # A list that is missing because its columns are has been told of.
            if any(each.finding.code == "XLSX-COLUMN" and each.finding.severity == "error" for each in self.found):
                told.add(("", 0))
            reasons = map(self._located, sorted(explain(schema, typed, root, self.file)))
            self.found += [reason for reason in reasons if (reason.sheet, reason.row) not in told]
        if any(each.finding.severity == "error" for each in self.found):
            told_cells = {self._cell(each) for each in self.found if each.finding.severity == "error"}
            texts = provisional_texts(schema, value, root, told_cells)
            return self._intake(before, None, root)._replace(provisional=texts)
        after = new_text(schema, value, head=schema_line(self.path, self.kind.name)) if before is None else before
        if before is not None and _unlike(schema, old, value):
            try:
                after = edited(schema, before, value)
            except CannotEdit as stuck:
                sentence = f"记录 {self.path} {stuck}"
                self._tell("", 0, 0, "XLSX-FILE", sentence, "改好这一行，再导入一次")
                return self._intake(before, None, root)
        return self._intake(before, after, root)

    def _intake(self, before: str | None, after: str | None, marks: Mark) -> Intake:
        sheets = tuple(sheet.name for sheet in self.sheets)
        return Intake(self.file, self.path, before, after, tuple(self.found), frozenset(self.rows), marks, sheets)

    def _cell(self, each: Found) -> tuple[int, int]:
        """The place of a finding as it stands in the marks."""
        names = [sheet.name for sheet in self.sheets]
        return (names.index(each.sheet) if each.sheet in names else 0) * _STRIDE + each.row, each.column

    def _titles(self) -> list[str]:
        return [*([FORM] if self.layout.form else []), *(table.title for table in self.layout.tables)]

    def _grids(self) -> dict[Table, _Grid]:
        """Each table with its sheet: the one of its name, or the only one whose header fits."""
        found: dict[Table, _Grid] = {}
        taken: set[int] = set()
        named = {_plain(sheet.name): place for place, sheet in enumerate(self.sheets)}
        for by_name in (True, False):
            for table in self.layout.tables:
                if table in found:
                    continue
                places = [named[table.title]] if by_name and table.title in named else []
                if not by_name:
                    places = [place for place in range(len(self.sheets)) if place not in taken]
                for place in places:
                    if self.sheets[place].name == FORM and self.layout.form:
                        continue
                    if grid := self._grid(table, place, certain=by_name):
                        found[table] = grid
                        taken.add(place)
                        break
        unused = [
            sheet.name
            for place, sheet in enumerate(self.sheets)
            if place not in taken and sheet.rows and not (sheet.name == FORM and self.layout.form) and not sheet.hidden
        ]
        if found or self._form_sheet() is not None:
            for name in unused:
                self._tell(
                    name,
                    0,
                    0,
                    "XLSX-SHEET",
                    "这张表没有用到",
                    "它不是模板里的表；要导入的话，表名和列名照模板",
                    "warning",
                )
        return {table: found[table] for table in self.layout.tables if table in found}

    def _grid(self, table: Table, place: int, *, certain: bool) -> _Grid | None:
        """The header of a table on a sheet: the row among the first with most of the headings."""
        sheet = self.sheets[place]
        headings = {_plain(column.heading): column for column in table.all_columns}
        best: tuple[int, int] | None = None
        for number in sorted(sheet.rows)[:HEADER_WITHIN]:
            hits = sum(_plain(cell.value) in headings for cell in sheet.rows[number].values())
            if hits and (best is None or hits > best[0]):
                best = hits, number
        # A sheet of another name is taken for the table when most of its headings are the table's.
        if best is None or (not certain and best[0] < max(2, (len(sheet.rows[best[1]]) + 1) // 2)):
            if certain and sheet.rows:
                wanted = "、".join(column.heading for column in table.all_columns if column.required)
                self._tell(sheet.name, 0, 0, "XLSX-COLUMN", "没有找到列名那一行", f"列名照模板写，至少要有：{wanted}")
            return None
        columns: dict[int, Column] = {}
        for number, cell in sorted(sheet.rows[best[1]].items()):
            heading = _plain(cell.value)
            column = headings.get(heading)
            if column is None:
                if heading not in COMPUTED:
                    meant = nearest(heading, list(headings))
                    hint = f"您是不是想写“{meant}”？" if meant else "模板里没有这一列；需要的话请写进“说明”之类的列"
                    told = f"没有“{_short(cell)}”这一列，没有导入"
                    self._tell(sheet.name, best[1], number, "XLSX-COLUMN", told, hint, "warning")
            elif column in columns.values():
                self._tell(sheet.name, best[1], number, "XLSX-COLUMN", f"“{column.heading}”有两列", "只留一列")
            else:
                columns[number] = column
        return _Grid(sheet, place, best[1], columns)

    def _form_sheet(self) -> int | None:
        if not self.layout.form:
            return None
        return next((place for place, sheet in enumerate(self.sheets) if _plain(sheet.name) == FORM), None)

    def _form(self, old: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The record's single fields: from the form sheet where it names them, otherwise as they are."""
        value: dict[str, Any] = {}
        marks: dict[str, Any] = {}
        cells: dict[str, tuple[int, dict[int, Cell]]] = {}
        place = self._form_sheet()
        sheet = None if place is None else self.sheets[place]
        known = {_plain(column.heading): column for column in self.layout.form}
        for number, row in sheet.rows.items() if sheet else ():
            label = row.get(1)
            if label is None:
                continue
            heading = _plain(label.value)
            if heading in known:
                cells[heading] = number, row
            elif len(row) > 1 and 2 in row and not FOOT.match(heading) and heading not in ("项目", "字段"):
                assert sheet is not None
                told = f"没有“{_short(label)}”这一项，没有导入"
                self._tell(sheet.name, number, 1, "XLSX-COLUMN", told, "对照模板的项目名称", "warning")
        for heading, column in known.items():
            if heading in cells:
                assert sheet is not None
                assert place is not None
                number, row = cells[heading]
                _set(marks, column.pointer, Mark(place * _STRIDE + number, 2))
                if 2 in row and (content := self._value(sheet, number, 2, column, row[2])) not in (None, ""):
                    _set(value, column.pointer, content)
            elif (kept := _get(old, column.pointer)) is not None:
                _set(value, column.pointer, _copy(kept))
        return value, marks

    def _items(self, grid: _Grid, table: Table) -> Iterator[_Item]:
        """The rows below the header that hold anything."""
        links = [number for number, column in grid.columns.items() if column in table.links]
        for number in sorted(grid.sheet.rows):
            cells = grid.sheet.rows[number]
            if number <= grid.header or self._is_foot(grid, cells):
                continue
            filled = {place: cells[place] for place in grid.columns if place in cells}
            if not filled or set(filled) <= set(links):
                continue
            row = grid.sheet.name, number
            self.rows.add(row)
            line = grid.place * _STRIDE + number
            value: dict[str, Any] = {}
            marks: dict[str, Any] = {}
            link: dict[Column, str] = {}
            for place, column in grid.columns.items():
                if place not in links:
                    _set(marks, column.pointer, Mark(line, place))
                if place not in filled:
                    continue
                content = self._value(grid.sheet, number, place, column, filled[place])
                if content in (None, "", []):
                    continue
                if place in links:
                    link[column] = str(content)
                else:
                    _set(value, column.pointer, content)
            first = min(grid.columns)
            yield _Item(
                value, row, _object(marks, Mark(line, first)), tuple(link.get(each, "") for each in table.links)
            )

    def _is_foot(self, grid: _Grid, cells: Mapping[int, Cell]) -> bool:
        first = cells[min(cells)]
        if not isinstance(first.value, str) or not FOOT.match(first.value.strip()):
            return False
        needed = [place for place, column in grid.columns.items() if column.required]
        return sum(place in cells for place in needed) < max(1, len(needed) // 2 + 1)

    def _value(self, sheet: Sheet, row: int, place: int, column: Column, cell: Cell) -> Any:
        if cell.formula:
            hint = "复制这一格，再“选择性粘贴—数值”，然后导入"
            self._tell(sheet.name, row, place, "S-FORMULA", f"{column.heading}是公式，不是值", hint)
            return None
        content, remarks = texts_in(column, cell, self.names)
        for remark in remarks:
            known = content and (is_microability(column.items or column.field))
            severity = "warning" if known and "对不上" not in remark else "error"
            hint = "请看一眼对不对" if severity == "warning" else "只写编号，或把名称改成与编号一致"
            self._tell(sheet.name, row, place, "XLSX-NAME", remark, hint, severity)
        return content

    def _put(
        self,
        table: Table,
        grids: Mapping[Table, _Grid],
        items: Mapping[str, list[_Item]],
        old: Mapping[str, Any],
        value: dict[str, Any],
        marks: dict[str, Any],
    ) -> None:
        """Put a table's list into the record: rows in place of what they are new versions of."""
        before: list[Any] = _get(old, table.pointer) or []
        children = [child for child in self.layout.tables if child.parent is table]
        grid = grids.get(table)
        if grid is None:
            if any(child in grids for child in children):
                self._only_children(table, children, grids, items, before, value, marks)
            elif before:
                _set(value, table.pointer, _copy(before))
            return
        known = [column for column in grid.columns.values() if column in table.columns]
        missing = [column for column in table.columns if column not in known]
        rows = items[table.title]
        projected = [_projection(item, known) for item in before]
        places = matches(projected, [item.value for item in rows], table.key)
        lacking = [column.heading for column in missing if column.required]
        if lacking and any(place is None for place in places):
            told = f"少了列：{'、'.join(lacking)}"
            self._tell(grid.sheet.name, grid.header, 1, "XLSX-COLUMN", told, "照模板补上这些列")
            return
        merged: list[_Merged] = []
        for item, place in zip(rows, places, strict=True):
            if item.row in self.without or self._child_without(children, items, table, item):
                if place is not None:
                    merged.append((place, _copy(before[place]), item.mark))
                continue
            content = item.value
            if place is not None:
                for column in missing:
                    if (kept := _get(before[place], column.pointer)) is not None:
                        _set(content, column.pointer, _copy(kept))
            mark = item.mark
            for child in children:
                earlier = _get(before[place], child.pointer) or [] if place is not None else []
                mark = self._put_children(child, grids, items, table, item, earlier, content, mark)
            merged.append((place, content, mark))
        known_rows = [item.value for item in rows] + ([] if self.whole else before)
        self._check_links(table, children, grids, items, {_key(each, table) for each in known_rows})
        if gone := sorted(set(range(len(before))) - set(places)):
            if table.key and not self.whole:
                at = Mark(grid.place * _STRIDE + grid.header, min(grid.columns))
                merged += [(place, _copy(before[place]), at) for place in gone]
            else:
                told = f"记录里原来有 {len(before)} 条，其中 {len(gone)} 条表里没有，会删掉或换掉"
                hint = "先用 --dry-run 看清楚；不该删的，补回表里"
                self._tell(grid.sheet.name, grid.header, min(grid.columns), "XLSX-GONE", told, hint, "warning")
        ordered = _ordered(merged, keyed=bool(table.key), whole=self.whole)
        if ordered or _is_required(self.kind, table):
            _set(value, table.pointer, [content for _, content, _ in ordered])
        header = Mark(grid.place * _STRIDE + grid.header, min(grid.columns), None, [mark for *_, mark in ordered])
        _set(marks, table.pointer, header)

    def _only_children(
        self,
        table: Table,
        children: list[Table],
        grids: Mapping[Table, _Grid],
        items: Mapping[str, list[_Item]],
        before: list[Any],
        value: dict[str, Any],
        marks: dict[str, Any],
    ) -> None:
        """A workbook with the inner lists only: the outer one stays as it is."""
        kept: list[Any] = _copy(before)
        held: list[Mark] = []
        for content in kept:
            mark = Mark(1, 1, {}, None)
            owner = _Item(content, ("", 0), mark, ())
            for child in children:
                mark = self._put_children(
                    child, grids, items, table, owner, content.get(child.pointer[0], []), content, mark
                )
            held.append(mark)
        self._check_links(table, children, grids, items, {_key(each, table) for each in before})
        if not before:
            return
        _set(value, table.pointer, kept)
        _set(marks, table.pointer, Mark(1, 1, None, held))

    def _put_children(
        self,
        child: Table,
        grids: Mapping[Table, _Grid],
        items: Mapping[str, list[_Item]],
        table: Table,
        item: _Item,
        earlier: list[Any],
        content: dict[str, Any],
        mark: Mark,
    ) -> Mark:
        """Put the rows of an inner list that belong to `item` into it; the mark of the item with theirs."""
        grid = grids.get(child)
        name = child.pointer[0]
        if grid is None:
            if earlier:
                content[name] = _copy(earlier)
            return mark
        key = _key(item.value, table)
        mine = [row for row in items[child.title] if row.links == key]
        content.pop(name, None)
        known = [column for column in grid.columns.values() if column in child.columns]
        missing = [column for column in child.columns if column not in known]
        places = matches([_projection(each, known) for each in earlier], [row.value for row in mine], child.key)
        for row, place in zip(mine, places, strict=True):
            for column in missing if place is not None else ():
                assert place is not None
                if (kept := _get(earlier[place], column.pointer)) is not None:
                    _set(row.value, column.pointer, _copy(kept))
        if not mine:
            return mark
        content[name] = [row.value for row in mine]
        first = mine[0].mark
        inner = KeyMark(first.line, first.column, Mark(first.line, first.column, None, [row.mark for row in mine]))
        return mark._replace(keys={**(mark.keys or {}), name: inner})

    def _child_without(
        self, children: list[Table], items: Mapping[str, list[_Item]], table: Table, item: _Item
    ) -> bool:
        key = _key(item.value, table)
        return any(
            row.links == key and row.row in self.without for child in children for row in items.get(child.title, ())
        )

    def _check_links(
        self,
        table: Table,
        children: list[Table],
        grids: Mapping[Table, _Grid],
        items: Mapping[str, list[_Item]],
        known: Collection[tuple[str, ...]],
    ) -> None:
        """Rows of an inner list that belong to nobody."""
        what = "、".join(column.heading for column in table.keys)
        for child in children:
            for row in items.get(child.title, ()):
                if row.links not in known and row.row not in self.without:
                    place = min((n for n, column in grids[child].columns.items() if column in child.links), default=1)
                    told = f"表“{table.title}”里没有这一行说的{what}" if any(row.links) else f"没有写{what}"
                    self._tell(*row.row, place, "XLSX-LINK", told, f"照表“{table.title}”里的{what}填写")

    def _tell(
        self, sheet: str, row: int, column: int, code: str, message: str, hint: str, severity: str = "error"
    ) -> None:
        if (sheet, row) in self.without:  # it has been told of
            return
        at = Location(self.file, max(row, 1), max(column, 1))
        told = finding(code, at, message, hint=hint, severity="warning" if severity == "warning" else "error")
        self.found.append(Found(sheet, row, column, told))

    def _located(self, each: Finding) -> Found:
        return _found_at(tuple(sheet.name for sheet in self.sheets), each, each.line, each.column)


def _found_at(sheets: tuple[str, ...], each: Finding, line: int, column: int) -> Found:
    if (line, column) == (1, 1):  # the record itself, which stands in no cell
        return Found("", 0, 0, each)
    place, row = divmod(line, _STRIDE)
    return Found(sheets[place] if place < len(sheets) else "", row, column, each)


def _in_cell(intake: Intake, each: Finding, pointer: Pointer) -> Found:
    line, column = locate(intake.marks, pointer)
    return _found_at(intake.sheets, each, line, column)


class _Backwards:
    """From a place in a record's text to the value that stands there."""

    def __init__(self, text: str) -> None:
        self._places: list[tuple[tuple[int, int], Pointer]] = []
        with contextlib.suppress(Refused):  # the finding says why; it is about the whole
            self._walk(read_yaml(text)[1], ())
        self._places.sort(key=lambda pair: (pair[0], len(pair[1])))

    def pointer(self, line: int, column: int) -> Pointer:
        """The innermost value that begins there or, where none does, just before."""
        found: Pointer = ()
        for place, pointer in self._places:
            if place > (line, column):
                break
            found = pointer
        return found

    def _walk(self, mark: Mark, pointer: Pointer) -> None:
        self._places.append(((mark.line, mark.column), pointer))
        for name, (line, column, child) in (mark.keys or {}).items():
            self._places.append(((line, column), (*pointer, name)))
            self._walk(child, (*pointer, name))
        for place, item in enumerate(mark.items or ()):
            self._walk(item, (*pointer, place))


_Merged = tuple[int | None, dict[str, Any], Mark]


def _ordered(merged: list[_Merged], *, keyed: bool, whole: bool) -> list[_Merged]:
    """Where rows have a key, what was there keeps its order, and a new row stands behind the one it follows."""
    if not keyed:
        return merged
    ordered = sorted((each for each in merged if each[0] is not None), key=lambda each: each[0] or 0)
    for place, each in enumerate(merged):
        if each[0] is None:
            before = merged[place - 1][1] if place else None
            first = 0 if whole else len(ordered)
            at = next((number for number, other in enumerate(ordered, start=1) if other[1] is before), first)
            ordered.insert(at, each)
    return ordered


def _projection(item: Mapping[str, Any], columns: Iterable[Column]) -> dict[str, Any]:
    """What the columns can say of an item."""
    found: dict[str, Any] = {}
    for column in columns:
        if (value := _get(item, column.pointer)) is not None:
            _set(found, column.pointer, value)
    return found


def _key(item: Mapping[str, Any], table: Table) -> tuple[str, ...]:
    """What rows of an inner list say to belong to the item."""
    return tuple(str(_get(item, column.pointer) or "") for column in table.keys)


def _is_required(kind: Kind, table: Table) -> bool:
    node = kind.schema.field(table.pointer[:-1])
    return len(table.pointer) == 1 and table.pointer[-1] in node.get("required", ())


def _unlike(schema: Any, old: Any, new: Any) -> bool:
    """Whether a record says something else; 30 and 30.0 are the same number."""
    return bool(schema.type_scalars(_copy(old)) != schema.type_scalars(_copy(new)))


def _short(cell: Cell) -> str:
    text = " ".join(str(cell.value).split())
    return text if len(text) <= 20 else f"{text[:18]}…"


def _get(value: Any, pointer: tuple[str, ...]) -> Any:
    for name in pointer:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _set(value: dict[str, Any], pointer: tuple[str, ...], content: Any) -> None:
    for name in pointer[:-1]:
        value = value.setdefault(name, {})
    value[pointer[-1]] = content


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(child) for key, child in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _object(marks: Mapping[str, Any], own: Mark) -> Mark:
    """A tree of marks as the reader would give it."""
    keys: dict[str, KeyMark] = {}
    for name, child in marks.items():
        mark = child if isinstance(child, Mark) else _object(child, _first(child))
        keys[name] = KeyMark(mark.line, mark.column, mark)
    return Mark(own.line, own.column, keys, None)


def _first(marks: Mapping[str, Any]) -> Mark:
    child = next(iter(marks.values()))
    return child if isinstance(child, Mark) else _first(child)

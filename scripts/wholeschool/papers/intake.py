"""A filled-in workbook into a record: which record it is, what changes, and what is wrong in which cell.

`opening` gives the sheets, `tables` says which sheet is which table, `rows` what each row says, `merging` what that
changes in the record; here they are put together, and what is wrong with the outcome is said of the cells.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, partial
from pathlib import PurePath
from typing import Any, NamedTuple

from wholeschool.errors import RepositoryError, UsageError
from wholeschool.findings import Finding, Location, finding
from wholeschool.papers.layout import FORM, Layout, Table, layout, layouts
from wholeschool.papers.merging import Merging
from wholeschool.papers.opening import Sheet, Unreadable, open_workbook
from wholeschool.papers.origin import LISTS, NOTES, ORIGIN, Origin, record_version, written_origin
from wholeschool.papers.provisional import provisional_texts
from wholeschool.papers.rows import STRIDE, FormRow, Found, LeftOut, Reader, Row, get, put, tree
from wholeschool.papers.tables import Grid, Likeness, alike, form_sheet, grids_of, kind_of, kinds_like, unheeded
from wholeschool.programme.scope import county_of
from wholeschool.records import load
from wholeschool.records.explain import explain
from wholeschool.records.kinds import ROOT, Kind, placed
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.positions import Mark, locate
from wholeschool.records.refusals import Refused
from wholeschool.records.scaffold import schema_line
from wholeschool.records.schema import copied
from wholeschool.records.structs import Acceptance
from wholeschool.records.terms import vocabulary_of
from wholeschool.records.text import decode
from wholeschool.records.unit_names import UnitNames
from wholeschool.records.yaml_text import read_yaml
from wholeschool.records.yaml_writing import CannotEdit, edited, new_text
from wholeschool.sources import Tree

Pointer = tuple[str | int, ...]
# What says that more than a cell is not understood.
_WHOLE_ROWS = {"XLSX-COLUMN", "XLSX-SHEET", "XLSX-KEY", "XLSX-RENAME", "XLSX-LINK"}


class Spoken(NamedTuple):
    """What the person who imports says of the workbook.

    `columns` assigns headings of the sheet to headings of the template ("-": not to be read); `renamed` are the
    numbers of people whose name, or of names whose number, is corrected. `day` is that of the import: a record of
    decisions that has no name is called by it. Of a provider's export, which provider's it is, and from which day until
    which.
    """

    columns: Mapping[str, str] = {}
    renamed: frozenset[str] = frozenset()
    day: str = ""
    provider: str = ""
    since: str = ""
    until: str = ""


class Intake(NamedTuple):
    """What a workbook becomes: the record's path, its text before and after, and what is wrong.

    `after` is None where nothing can be made of it. `left` is what was not read and why. `rows` are the rows of lists:
    what `partial` may leave out. `provisional` are, where single cells are wrong, texts that differ only in what
    stands in for them: what is wrong in all of these texts is wrong whatever the cells should have said. `beside` are
    other records that change with this one, by path, with their texts before and after; `notes` are sentences about the
    whole, to be told in any case. `unheeded` are the headings whose meaning somebody said in vain here, and why.
    """

    file: str
    path: str
    before: str | None
    after: str | None
    found: tuple[Found, ...]
    left: tuple[LeftOut, ...]
    rows: frozenset[Row]
    marks: Mark
    sheets: tuple[str, ...]
    provisional: tuple[str, ...] = ()
    beside: Mapping[str, tuple[str, str]] = {}
    notes: tuple[str, ...] = ()
    unheeded: Mapping[str, str] = {}

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
    spoken: Spoken | None = None,
) -> Intake:
    """The record that a workbook holds, against what `tree` has of it.

    `wanted` says which record it is where the workbook does not (or says it better); `names` are the microabilities'
    names by code; rows in `without` stay as they are in the tree. Raises `UsageError` where nobody says whose it is.
    """
    spoken = spoken or Spoken()
    try:
        sheets = open_workbook(data, file)
    except Unreadable as refused:
        return _nothing(file, refused.message, refused.hint)
    said = written_origin(sheets)
    origin = (said.origin if said else Origin()).with_(wanted)
    visible, left = _visible(sheets)
    if not any(sheet.rows for sheet in visible):
        hidden = [each for each in left if each.why == "隐藏的表"]
        hint = f"取消隐藏再导入：{'、'.join(each.sheet for each in hidden)}" if hidden else "填好以后再导入"
        return _nothing(file, "工作簿里没有内容", hint)
    likely = [] if origin.kind else kinds_like(visible, spoken.columns)
    kind_name = origin.kind or kind_of(likely, visible)
    if kind_name is None:
        return _nothing(file, *_unlike_anything(likely))
    path = origin.with_(Origin(kind=kind_name)).dated(spoken.day).path()
    if kind_name not in layouts():
        raise UsageError(f"“{kind_name}”不能用工作簿填写；可选：{'、'.join(layouts())}")
    before = _text_of(tree, path)
    # A template that showed the whole list stands for all of it; any other sheet adds and changes, takes nothing away.
    whole = said is not None and said.record == record_version(before) and said.origin.with_(wanted) == said.origin
    units, corrected = UnitNames(tree, path), cache(partial(_corrections, tree, path))

    def taken(*, whole: bool) -> Intake:
        where = vocabulary_of(tree).placed(path)
        assert where is not None
        kind = where.kind
        taking = _Taking(file, path, kind, visible, names, units, corrected, frozenset(without), spoken, whole=whole)
        intake = taking.result(before)
        vain = unheeded(taking.layout, visible, spoken.columns)
        return intake._replace(left=(*left, *intake.left), unheeded=vain)

    intake = taken(whole=whole)
    if said is None or whole:
        return intake
    if others := said.origin.unlike(wanted):
        parts = "；".join(f"{what}是“{mine}”，现在导入到“{its}”" for what, mine, its in others)
        hint = "拿错了的，换成那一份的模板；没有拿错的，先用 --dry-run 看清会改什么"
        told = finding("XLSX-OTHER", Location(file), f"模板里的{parts}", hint=hint, severity="warning")
        return intake._replace(found=(Found("", 0, 0, told), *intake.found))
    if before is not None and taken(whole=True).after == before:  # imported already: the record says what it says
        return intake
    told = finding(
        "XLSX-STALE",
        Location(file),
        "导出这份工作簿以后，记录又改过；表里没有的行照旧保留",
        hint="先用 --dry-run 看清会改什么；要删行的，重新导出再改",
        severity="warning",
    )
    return intake._replace(found=(Found("", 0, 0, told), *intake.found))


def _corrections(tree: Tree, path: str) -> Mapping[str, str]:
    """The names that the county of a record has corrected teachers' names to, the last one by number."""
    county = county_of(path)
    entries = [each for each in tree.entries(ROOT + county) if _is_acceptance(each.path)] if county else []
    every = (each for record in load(tree, entries).records for each in record.data.corrections)
    return {each.teacher: each.name for each in sorted(every, key=lambda it: it.date)}


def _is_acceptance(path: str) -> bool:
    where = placed(path)
    return where is not None and where.kind.struct is Acceptance


def _visible(sheets: Iterable[Sheet]) -> tuple[list[Sheet], list[LeftOut]]:
    """The sheets that people see and may have filled in, and those that are left out."""
    kept, left = [], []
    for sheet in sheets:
        if sheet.hidden and sheet.name in (ORIGIN, LISTS):
            continue  # ours, for the program
        if sheet.hidden or sheet.name == NOTES:
            if sheet.rows:
                left.append(LeftOut(sheet.name, "隐藏的表" if sheet.hidden else "只是说明"))
        else:
            kept.append(sheet)
    return kept, left


def _unlike_anything(likely: list[Likeness]) -> tuple[str, str]:
    """That it cannot be told which kind of record this is, and which come nearest."""
    if same := alike(likely):
        kinds = "和".join(f"“{layouts()[each.kind].kind.title}”（{each.kind}）" for each in same)
        return f"列名同样像{kinds}，分不清是哪一种", f"用 --kind 写明是哪一种，例如 --kind {same[0].kind}"
    how = "用 wholeschool export template 生成模板填写，或用 --kind 写明种类、--map 列=字段 写明哪一列是什么"
    if not likely:
        return "认不出这是哪一种表：没有一张表的表名和列名像任何一种记录", how
    near = []
    for each in likely[:2]:
        short = f"，缺少列：{'、'.join(each.lacking)}" if each.lacking else ""
        near.append(f"“{layouts()[each.kind].kind.title}”（{each.kind}）{short}")
    return f"认不出这是哪一种表；最像的是{'；其次是'.join(near)}", how


def _nothing(file: str, message: str, hint: str) -> Intake:
    told = Found("", 0, 0, finding("XLSX-FILE", Location(file), message, hint=hint))
    return Intake(file, "", None, None, (told,), (), frozenset(), Mark(1, 1), ())


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


class _Taking:
    """One workbook being taken in."""

    def __init__(
        self,
        file: str,
        path: str,
        kind: Kind,
        sheets: list[Sheet],
        names: Mapping[str, str],
        units: UnitNames,
        corrected: Callable[[], Mapping[str, str]],
        without: frozenset[Row],
        spoken: Spoken,
        *,
        whole: bool,
    ) -> None:
        self.file, self.path, self.kind, self.sheets = file, path, kind, sheets
        self.corrected, self.without, self.spoken, self.whole = corrected, without, spoken, whole
        self.layout: Layout = layout(kind)
        self.reader = Reader(file, self.layout, sheets, names, units.paths, without)

    def result(self, before: str | None) -> Intake:
        try:
            old: dict[str, Any] = values_of(before) if before is not None else {}
        except Refused as refused:
            raise _unreadable(self.path, refused) from None
        if not isinstance(old, dict):
            raise UsageError(f"{self.path} 现在的内容不是一组字段，先把它改好再导入")
        reader = self.reader
        grids = grids_of(self.layout, self.sheets, self.spoken.columns)
        form = form_sheet(self.layout, self.sheets)
        self._other_sheets(grids, form)
        grids = self._clear(grids)
        if not grids and form is None:
            return self._intake(before, None, Mark(1, 1))
        value, marks = self._form(reader.form(), old)
        items: dict[Table, list[Any]] = {}
        for grid in grids:
            items.setdefault(grid.table, []).extend(reader.items(grid))
        whole = {grid.table for grid in grids if self.whole and grid.certain and not _hides(grid)}
        Merging(
            reader,
            self.kind,
            self.layout,
            items,
            grids,
            whole=whole,
            renamed=self.spoken.renamed,
            corrected=self.corrected,
            without=self.without,
            new=before is None,
        ).put_lists(old, value, marks)
        reader.unread(grids)
        root = tree(marks, Mark(1, 1))
        self._explain(value, root)
        errors = [each for each in reader.found if each.finding.severity == "error"]
        if errors:
            return self._intake(before, None, root)._replace(provisional=self._provisional(errors, value, root))
        try:
            after = self._text(before, old, value)
        except CannotEdit as stuck:
            reader.tell("", 0, 0, "XLSX-FILE", f"记录 {self.path} {stuck}", "改好这一行，再导入一次")
            return self._intake(before, None, root)
        return self._intake(before, after, root)

    def _form(self, rows: Iterable[FormRow], old: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The record's single fields: from the form sheet where it says something, otherwise as they are."""
        value: dict[str, Any] = {}
        marks: dict[str, Any] = {}
        said = {row.column: row for row in rows}
        for column in self.layout.form:
            row = said.get(column)
            kept = get(old, column.pointer)
            if row is not None:
                put(marks, column.pointer, row.mark)
            if row is not None and row.content is not None:
                put(value, column.pointer, row.content)
            elif kept is not None and row is not None and self.whole and row.empty:
                told = f"{column.heading}清空了，记录里原来写着的会去掉"
                sheet = self.sheets[row.mark.line // STRIDE].name
                self.reader.tell(sheet, row.row, 2, "XLSX-GONE", told, "不该去掉的，补回表里", "warning")
            elif kept is not None:
                put(value, column.pointer, copied(kept))
        return value, marks

    def _other_sheets(self, grids: Iterable[Grid], form: int | None) -> None:
        """What is said of the sheets that are no table of this record."""
        used = {grid.place for grid in grids} | {form}
        titles = {table.title: table for table in self.layout.tables}
        for place, sheet in enumerate(self.sheets):
            if place in used or not sheet.rows:
                continue
            if table := titles.get(sheet.name):
                wanted = "、".join(column.heading for column in table.all_columns if column.required)
                hint = f"列名照模板写，至少要有：{wanted}"
                self.reader.tell(sheet.name, 0, 0, "XLSX-COLUMN", "没有找到列名那一行", hint)
            elif used != {None}:
                hint = "它不是模板里的表；要导入的话，表名和列名照模板"
                self.reader.tell(sheet.name, 0, 0, "XLSX-SHEET", "这张表没有用到", hint, "warning")
            self.reader.settle(sheet)
        if used == {None}:
            names = [*([FORM] if self.layout.form else []), *(table.title for table in self.layout.tables)]
            wanted = "、".join(f"“{name}”" for name in names)
            told = f"没有找到要填的表；{self.kind.title}的表是{wanted}"
            likely = kinds_like(self.sheets, self.spoken.columns)
            near = next((each for each in likely if each.kind == self.kind.name), None)
            if near is not None and near.lacking:
                told = f"{told}；最接近的一张缺少列：{'、'.join(near.lacking)}"
            hint = "用模板填写，不要改表名；或者用 --map 列=字段 写明哪一列是什么"
            self.reader.tell("", 0, 0, "XLSX-SHEET", told, hint)

    def _clear(self, grids: Iterable[Grid]) -> list[Grid]:
        """The sheets of which is clear which table they hold; of the others it is said that it is not."""
        clear = []
        for grid in grids:
            if not grid.rivals:
                clear.append(grid)
                continue
            titles = [f"“{table.title}”" for table in (grid.table, *grid.rivals)]
            told, hint = f"这张表的列名同样像{'和'.join(titles)}，分不清是哪一张", f"把表名改成{'或'.join(titles)}"
            self.reader.tell(grid.sheet.name, 0, 0, "XLSX-SHEET", told, hint)
            self.reader.settle(grid.sheet)
        return clear

    def _explain(self, value: dict[str, Any], root: Mark) -> None:
        """What the schema dislikes, where nothing has been said of that cell yet."""
        schema = self.kind.schema
        typed = schema.typed(value)
        if schema.accepts(typed):
            return
        errors = [each for each in self.reader.found if each.finding.severity == "error"]
        told = {(each.sheet, each.row, each.column) for each in errors}
        # A list that is missing because its columns are has been told of; so has a column that is missing.
        if any(each.finding.code in _WHOLE_ROWS for each in errors):
            told.add(("", 0, 0))
        short = {each.sheet for each in errors if each.finding.code == "XLSX-COLUMN"}
        for reason in map(self._located, sorted(explain(schema, typed, root, self.file))):
            missing = reason.finding.code == "S-REQUIRED" and reason.sheet in short
            if (reason.sheet, reason.row, reason.column) not in told and not missing:
                self.reader.found.append(reason)

    def _text(self, before: str | None, old: Mapping[str, Any], value: dict[str, Any]) -> str:
        schema = self.kind.schema
        if before is None:
            return new_text(schema, value, head=schema_line(self.path, self.kind.name))
        return edited(schema, before, value) if _unlike(schema, old, value) else before

    def _provisional(self, errors: Collection[Found], value: dict[str, Any], root: Mark) -> tuple[str, ...]:
        """Texts that can be judged although cells are wrong; none where whole rows or columns are not understood."""
        if any(each.finding.code in _WHOLE_ROWS for each in errors):
            return ()
        places = {sheet.name: place for place, sheet in enumerate(self.sheets)}
        cells = {(places[each.sheet] * STRIDE + each.row, each.column) for each in errors if each.sheet in places}
        return provisional_texts(self.kind.schema, value, root, cells)

    def _intake(self, before: str | None, after: str | None, marks: Mark) -> Intake:
        sheets = tuple(sheet.name for sheet in self.sheets)
        reader = self.reader
        return Intake(
            *(self.file, self.path, before, after, tuple(reader.found), tuple(reader.left)),
            *(frozenset(reader.rows), marks, sheets),
        )

    def _located(self, each: Finding) -> Found:
        return _found_at(tuple(sheet.name for sheet in self.sheets), each, each.line, each.column)


def _hides(grid: Grid) -> bool:
    """Whether a table has rows that are not read because nobody sees them."""
    return any(number in grid.sheet.rows for number in grid.sheet.hidden_rows)


def _found_at(sheets: tuple[str, ...], each: Finding, line: int, column: int) -> Found:
    if (line, column) == (1, 1):  # the record itself, which stands in no cell
        return Found("", 0, 0, each)
    place, row = divmod(line, STRIDE)
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


def _unlike(schema: Any, old: Any, new: Any) -> bool:
    """Whether a record says something else; 30 and 30.0 are the same number."""
    return bool(schema.typed(old) != schema.typed(new))

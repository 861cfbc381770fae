"""A provider's export of hours of online study into a record: whose hours they are, and what was not taken over.

The file is nobody's template. Its columns are known by their headings (`export_columns`); people by their numbers,
else by name and school; and of everything else nothing is written, least of all what is somebody's own. What one
person cannot be told of is said of the cell. The figures of the rosters go, because the export has the say.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from wholeschool.errors import RepositoryError, UsageError
from wholeschool.findings import Location, Severity, finding
from wholeschool.outcomes.hours import limits
from wholeschool.papers.export_columns import (
    DAYS,
    PRIVATE,
    Columns,
    columns_of,
    hours_in,
    is_export,
    minutes_in,
    moment_in,
    text_of,
)
from wholeschool.papers.intake import Intake, Spoken
from wholeschool.papers.old_workbooks import read_old
from wholeschool.papers.opening import Sheet, Unreadable, open_workbook
from wholeschool.papers.origin import Origin, made_for_records
from wholeschool.papers.remarks import quoted
from wholeschool.papers.rows import STRIDE, TOTALS, Found, LeftOut, Row
from wholeschool.papers.separated_text import read_separated
from wholeschool.papers.sheets import Cell
from wholeschool.papers.tables import kinds_like
from wholeschool.papers.web_tables import is_web_page, read_web_page
from wholeschool.personal_data import redact, scan
from wholeschool.programme import Programme, Unit, assemble
from wholeschool.programme.people import plain, same_unit
from wholeschool.programme.scope import county_of
from wholeschool.records import load
from wholeschool.records import structs as s
from wholeschool.records.explain import explain
from wholeschool.records.kinds import ROOT, is_shared, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.positions import KeyMark, Mark
from wholeschool.records.scaffold import schema_line
from wholeschool.records.text import decode
from wholeschool.records.yaml_writing import CannotEdit, edited, new_text
from wholeschool.sources import Tree

KIND = "online-hours"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NUMBER = re.compile("[0-9]{14}")
_MOST_HOURS = 500
_MOST_NAMED = 10
_NOT_ATTENDED = ("未报到", "否", "没有报到", "未参加", "缺席")
_NOT_FINISHED = ("未结业", "否", "不合格", "未完成", "学习中", "未合格")
_SUMS = re.compile("(?:学时)?(?:汇总|合计|总计|总)表?")
"""What a sheet is called that adds up those beside it."""
_SAYS_PROVIDER = re.compile(r"(?:承担|培训|承训|承办)机构[:：]\s*(\S{2,60})")


class Opened(NamedTuple):
    """The sheets of an export, and what to say where the file is something else than its name says."""

    sheets: list[Sheet]
    told: str = ""


def open_export(data: bytes, name: str) -> Opened:
    """The sheets of a file as platforms hand them out: also old workbooks, and pages and texts that are called so.

    Raises `Unreadable`.
    """
    try:
        return Opened(open_workbook(data, name))
    except Unreadable:
        if data.startswith(_OLE) and any(word.encode("utf-16-le") in data for word in ("Workbook", "Book")):
            if "EncryptedPackage".encode("utf-16-le") in data:
                raise
            return Opened(read_old(data))
        ending = PurePath(name.replace("\\", "/")).suffix.lower()
        if is_web_page(data):
            return Opened(read_web_page(data), f"这份 {ending or '文件'} 其实是网页（HTML），照里面的表格读了")
        if ending in (".xls", ".xlsx") and _is_text(data):
            return Opened([read_separated(data, name)], f"这份 {ending} 其实是文本（CSV），照文本读了")
        raise


def _is_text(data: bytes) -> bool:
    """Whether a file may be a table as text, and no page."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return bool(data.strip()) and (marked or b"\0" not in data) and not data.lstrip().startswith((b"PK", b"%PDF", b"<"))


def is_export_file(data: bytes, name: str) -> bool:
    """Whether a file is a provider's export, by its columns."""
    if made_for_records(data):
        return False
    try:
        return is_export(open_export(data, name).sheets)
    except Unreadable:
        return False


def take_export(
    file: str, data: bytes, tree: Tree, wanted: Origin, without: Collection[Row], spoken: Spoken
) -> Intake | None:
    """The record that a provider's export makes; None where the file is no such thing, and nobody has said it is.

    Raises `UsageError` where nobody says whose it is.
    """
    asked = wanted.kind == KIND
    if not asked and (wanted.kind or made_for_records(data)):
        return None
    try:
        opened = open_export(data, file)
    except Unreadable as refused:
        # A page can be nothing else: who reads workbooks would only say that it is none.
        return _refused(file, refused.message, refused.hint) if asked or is_web_page(data) else None
    found = {place: columns_of(sheet) for place, sheet in enumerate(opened.sheets) if not sheet.hidden}
    if not any(each.is_export for each in found.values()):
        if not asked:
            return None
        best = max(found.values(), key=lambda each: len(each.fields), default=Columns(0, {}, {}))
        message = f"看不出谁学了多少：没有找到{'、'.join(best.lacking)}这一列"
        return _refused(file, message, "请机构导出带姓名、学校、学时的名单；列名就写“姓名”“学校”“教师编号”“学时”")
    visible = [sheet for sheet in opened.sheets if not sheet.hidden]
    fields = max(len(each.fields) for each in found.values() if each.is_export)
    if not asked and any(each.sure and each.score >= fields for each in kinds_like(visible, spoken.columns)):
        return None  # it has all that a record needs, and more of that
    if not wanted.unit:
        raise UsageError(
            f"{file} 像是机构导出的学时；用 --unit 写明是哪个县、哪所学校导入的，例如 --unit anhui/shili/mingyuan"
        )
    return _Taking(file, data, tree, wanted, frozenset(without), spoken, opened, found).result()


def _refused(file: str, message: str, hint: str) -> Intake:
    told = Found("", 0, 0, finding("XLSX-FILE", Location(file), redact(message), hint=redact(hint)))
    return Intake(file, "", None, None, (told,), (), frozenset(), Mark(1, 1), ())


class _Refused(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """The export is not taken at all; carries the sentence and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class _Line(NamedTuple):
    """A row that says how long somebody has studied."""

    place: int
    row: int
    number: str
    name: str
    school: str
    hours: float
    course: str
    begun: str
    ended: str
    days: tuple[str, ...]


class _Person(NamedTuple):
    """Somebody on a roster: the folder of the school, the number."""

    school: str
    number: str


class _Taking:
    """One export being taken in."""

    def __init__(
        self,
        file: str,
        data: bytes,
        tree: Tree,
        wanted: Origin,
        without: frozenset[Row],
        spoken: Spoken,
        opened: Opened,
        columns: Mapping[int, Columns],
    ) -> None:
        self.file, self.data, self.tree, self.without, self.spoken = file, data, tree, without, spoken
        self.sheets, self.wanted = opened.sheets, wanted
        self.columns = {place: each for place, each in columns.items() if each.is_export}
        sums = [place for place in self.columns if _SUMS.fullmatch(self.sheets[place].name.strip())]
        for place in sums if len(sums) < len(self.columns) else ():
            del self.columns[place]
        self.found: list[Found] = []
        self.left: list[LeftOut] = []
        self.notes: list[str] = [opened.told] if opened.told else []
        if left := [
            self.sheets[place].name for place, each in columns.items() if each.is_export and place not in self.columns
        ]:
            self.notes.append(f"表“{'”“'.join(left)}”是别的表的合计，没有导入")
        self.rows: set[Row] = set()
        self.private: Counter[tuple[int, int]] = Counter()
        self.sha = sha256(data).hexdigest()

    def result(self) -> Intake:
        """The intake: the record, and the rosters without the figures that it takes the place of."""
        try:
            return self._taken()
        except _Refused as refused:
            self._tell(-1, 0, 0, "XLSX-FILE", refused.message, refused.hint)
            return self._intake("", None, None, Mark(1, 1), {})

    def _taken(self) -> Intake:
        unit_path = self.wanted.unit.strip("/").removeprefix(ROOT)
        self.programme = _county(self.tree, unit_path)
        unit = self.programme.units.get(unit_path)
        if unit is None or unit.level not in kinds()[KIND].levels:
            raise UsageError(f"机构导出的学时由县或学校导入；{unit_path} 不是")
        self.county = unit.county or unit
        self.school = unit if unit.level == "校" else None
        self.columns = {place: self._of_each_row(place) for place in self.columns}
        lines = self._less_sums([line for place in self.columns for line in self._lines(place)])
        self._say_private()
        since, until = self._period(lines)
        self.year = self.wanted.year or self._round_of(since)
        provider = self._provider(since, until)
        path = self._path(unit_path, until)
        people = self._people(lines)
        if not people:
            raise _Refused(*self._nobody(lines))
        value, marks = self._value(provider, since, until, people)
        return self._written(path, value, marks)

    # --- the rows -----------------------------------------------------------------------------------------------------

    def _lines(self, place: int) -> Iterator[_Line]:
        sheet, columns = self.sheets[place], self.columns[place]
        fields, absent, unfinished, empty = columns.fields, 0, 0, 0
        hidden = sorted(number for number in sheet.rows if number > columns.row and number in sheet.hidden_rows)
        if hidden:
            self.left.append(LeftOut(sheet.name, "隐藏的行", tuple(hidden)))
        for row in sheet.rows:
            if row <= columns.row or row in sheet.hidden_rows:
                continue
            texts = {field: self._clean(place, row, column) for field, column in fields.items()}
            self._look_for_private(place, row, columns)
            name, number = texts.get("name", ""), re.sub(r"\s", "", texts.get("number", ""))
            if not (name or number) or TOTALS.fullmatch(re.sub(r"\s", "", name or number)):
                continue  # a sum, a signature, or nobody
            if TOTALS.fullmatch(re.sub(r"\s", "", texts.get("course", ""))):
                continue  # somebody's sum, of the rows above
            self.rows.add((sheet.name, row))
            if (sheet.name, row) in self.without:
                continue
            attended = texts.get("attended", "")
            hours = self._hours(place, row, columns, absent=attended in _NOT_ATTENDED)
            if attended in _NOT_ATTENDED and not hours:
                absent += 1
                continue
            unfinished += texts.get("finished", "") in _NOT_FINISHED
            if not hours:
                empty += hours is not None
                continue
            begun, ended, days = self._when(place, row, fields)
            course = texts.get("course", "") or (_unless_private(sheet.name) if len(self.columns) > 1 else "")
            number = number if _NUMBER.fullmatch(number) else ""
            yield _Line(place, row, number, name, texts.get("school", ""), hours, course[:200], begun, ended, days)
        if absent:
            self.notes.append(f"表“{redact(sheet.name)}”有 {absent} 人没有报到，没有学时")
        if empty:
            self.notes.append(f"表“{redact(sheet.name)}”有 {empty} 行学时是 0 或者空着，没有导入")
        if unfinished:
            self.notes.append(f"表“{redact(sheet.name)}”有 {unfinished} 行没有结业；学时照导出里写的，算不算由县里定")

    def _less_sums(self, lines: list[_Line]) -> list[_Line]:
        """The rows without those of a sheet that adds up the others, whatever it is called.

        In it everybody stands once, with what their rows elsewhere come to, and some have several there.
        """
        for place in self.columns if len(self.columns) > 1 else ():
            mine = {line.name or line.number: line.hours for line in lines if line.place == place}
            rest: dict[str, list[float]] = defaultdict(list)
            for line in lines:
                if line.place != place:
                    rest[line.name or line.number].append(line.hours)
            once = len(mine) == sum(line.place == place for line in lines)
            same = once and all(round(sum(rest[each]) - hours, 2) == 0 for each, hours in mine.items())
            if mine and same and any(len(rest[each]) > 1 for each in mine):
                self.notes.append(f"表“{redact(self.sheets[place].name)}”是别的表的合计，没有导入")
                return [line for line in lines if line.place != place]
        return lines

    def _of_each_row(self, place: int) -> Columns:
        """The columns of a table; where that of hours repeats in every row what another adds up to, with the other."""
        sheet, columns = self.sheets[place], self.columns[place]
        who, total = columns.fields.get("number") or columns.fields.get("name"), columns.fields.get("hours")
        rows: dict[str, list[Mapping[int, Cell]]] = defaultdict(list)
        for row, cells in sheet.rows.items():
            if who and row > columns.row and row not in sheet.hidden_rows and (name := text_of(cells.get(who))):
                rows[name].append(cells)
        if total is None or not any(len(each) > 1 for each in rows.values()):
            return columns
        for column, heading in columns.headings.items():
            if column != total and "学时" in heading and all(_adds_up(each, column, total) for each in rows.values()):
                self.notes.append(f"“{redact(columns.headings[total])}”是各行“{redact(heading)}”的合计，学时照各行的算")
                return columns._replace(fields={**columns.fields, "hours": column})
        return columns

    def _clean(self, place: int, row: int, column: int) -> str:
        """What stands in a cell; nothing where somebody's own number is in it."""
        return _unless_private(text_of(self.sheets[place].rows[row].get(column)))

    def _look_for_private(self, place: int, row: int, columns: Columns) -> None:
        for column, cell in self.sheets[place].rows[row].items():
            heading = columns.headings.get(column, "")
            text = text_of(cell)
            if text and (PRIVATE.search(heading) or next(scan(text), None)):
                self.private[place, column] += 1

    def _say_private(self) -> None:
        """That what is somebody's own was dropped: the columns and how many cells, never what stood in them."""
        said = [
            f"“{redact(self.columns[place].headings.get(column, ''))}”（表“{redact(self.sheets[place].name)}”"
            f"{get_column_letter(column)} 列）{count} 格"
            for (place, column), count in sorted(self.private.items())
        ]
        if said:
            self.notes.append(f"个人信息都丢掉了，一格也没有写进记录：{'、'.join(said)}")

    def _hours(self, place: int, row: int, columns: Columns, *, absent: bool) -> float | None:
        """The hours of a row; None where they cannot be read, which is told."""
        fields, cells = columns.fields, self.sheets[place].rows[row]
        for field in ("hours", "length"):
            column = fields.get(field)
            cell = cells.get(column) if column else None
            if column is None or cell is None:
                continue
            if field == "hours" and "分钟" not in columns.headings[column]:
                value = hours_in(cell)
            else:
                minutes = minutes_in(cell, columns.headings[column])
                value = None if minutes is None else minutes / limits(self.programme).minutes
            heading = columns.headings[column]
            if value is None:
                hint = "请机构改成数字再导出；不要自己改原件"
                self._tell(place, row, column, "XLSX-CELL", f"{heading}{quoted(text_of(cell))}不是数字", hint)
            elif not 0 <= value <= _MOST_HOURS:
                message = f"{heading} {value:g} 不在 0 到 {_MOST_HOURS} 之间"
                self._tell(place, row, column, "XLSX-CELL", message, "请机构核对")
                value = None
            elif absent and value:
                message = f"没有报到，却有 {value:g} 学时"
                self._tell(place, row, column, "XLSX-CELL", message, "请机构核对是没有登记报到，还是学时记错了人")
                value = None
            return None if value is None else round(value, 2)
        return 0.0

    def _when(self, place: int, row: int, fields: Mapping[str, int]) -> tuple[str, str, tuple[str, ...]]:
        """Beginning and end to the minute, empty where they are not said, and the days that are."""
        said, days = {}, []
        for field in ("begun", "ended"):
            cell = self.sheets[place].rows[row].get(fields.get(field, 0))
            if cell is None:
                continue
            moment = moment_in(cell)
            if moment is None:
                told = f"看不懂时间{quoted(text_of(cell))}"
                self._tell(place, row, fields[field], "XLSX-CELL", told, "写成“2026-05-12 19:30”这样，请机构重新导出")
                continue
            days.append(f"{moment:%Y-%m-%d}")
            if isinstance(moment, datetime):
                said[field] = f"{moment:%Y-%m-%d %H:%M}"
        if len(said) == 2 and said["ended"] < said["begun"]:
            message = f"结束的时间 {said['ended']} 早于开始的 {said['begun']}"
            self._tell(place, row, fields["ended"], "XLSX-CELL", message, "请机构核对")
        return said.get("begun", ""), said.get("ended", ""), tuple(days)

    # --- what the whole file says -------------------------------------------------------------------------------------

    def _above(self) -> Iterator[str]:
        """The texts above the tables."""
        for place, columns in self.columns.items():
            for number, cells in self.sheets[place].rows.items():
                if number < columns.row:
                    yield from (text_of(cell) for cell in cells.values())

    def _period(self, lines: Sequence[_Line]) -> tuple[str, str]:
        """From which day to which: as the importing person says, else as it stands above a table, else of the rows."""
        above = next((found for text in self._above() if (found := DAYS.search(text))), None)
        days = sorted({day for line in lines for day in line.days})
        since, until = self.spoken.since, self.spoken.until
        if above:
            first, last = above.groups()[:3], above.groups()[3:]
            since = since or "-".join(each.zfill(2) for each in first)
            until = until or "-".join(each.zfill(2) for each in last)
        since, until = since or (days[0] if days else ""), until or (days[-1] if days else "")
        if not since or not until:
            hint = "用 --from 和 --until 写明，例如 --from 2026-03-01 --until 2026-08-31"
            raise _Refused("看不出是哪一段时间的学时：没有写起止，也没有每次的时间", hint)
        return since, until

    def _round_of(self, day: str) -> int:
        """The round that a day is in, 0 where it is in none."""
        return next((year for year in self.programme.years if self.programme.within(year, day)), 0)

    def _provider(self, since: str, until: str) -> str:
        """The provider: as the importing person says, as the file says, or the only one under contract then."""
        listed = [each for one in self.county.all(s.Providers) for each in one.data.providers]
        words = {
            self._clean(place, row, columns.fields["provider"])
            for place, columns in self.columns.items()
            if "provider" in columns.fields
            for row in self.sheets[place].rows
            if row > columns.row
        }
        words |= {found[1] for text in self._above() if (found := _SAYS_PROVIDER.search(text))}
        words.discard("")
        said = bool(words)
        if self.spoken.provider:
            words = {self.spoken.provider}
        elif not words:
            words = {each.name for each in listed if each.from_ <= until and since <= each.until}
            if len(words) == 1:
                self.notes.append(f"文件里没有写机构；那段时间县里只有“{next(iter(words))}”有合同，记作它的")
        if len(words) != 1:
            known = "、".join(dict.fromkeys(each.name for each in listed)) or "先把遴选的机构写进 providers.yaml"
            many = f"文件里写了 {len(words)} 家机构" if said else "看不出是哪家机构的导出"
            raise _Refused(many, f"用 --provider 写明；一家机构一份导出。县级遴选的：{known}")
        (word,) = words
        return next((each.name for each in listed if plain(each.name) == plain(word)), word)

    def _path(self, unit: str, until: str) -> str:
        """Where the record lies: by default it is called by its last day and by the file."""
        if self.year:
            for record, _ in self.programme.county_year(self.county, self.year).exports:
                if record.data.file.digest == self.sha and record.unit == unit:
                    if self.wanted.name in ("", record.name):
                        return record.path
                    raise _Refused(f"这一份导出已经导入过，是 {record.path}", "不用再导入；要换一份的，先删掉那一份")
        name = self.wanted.name or f"{until}-{self.sha[:8]}"
        return Origin(KIND, unit, self.year, name).path()

    # --- the people ---------------------------------------------------------------------------------------------------

    def _people(self, lines: Iterable[_Line]) -> dict[_Person, list[tuple[_Line, str]]]:
        """The rows of each person on a roster, with how they were known."""
        known = _Rosters(self.programme, self.county, self.year, self.school)
        found: dict[_Person, list[tuple[_Line, str]]] = defaultdict(list)
        had: dict[tuple[object, ...], _Line] = {}
        self.strangers: list[_Line] = []
        self.elsewhere: list[_Line] = []
        settled: Counter[str] = Counter()
        for line in lines:
            columns = self.columns[line.place].fields
            at = line.place, line.row, columns.get("name", columns.get("number", 1))
            person, how, trouble = known.person(line)
            if trouble == "elsewhere":
                self.elsewhere.append(line)
            elif trouble == "unknown":
                self.strangers.append(line)
            elif trouble:
                self._tell(*at, "XLSX-PERSON", *known.said(trouble, line, person))
            elif person is not None and (day := known.recognised(person)):
                settled[f"{known.name_of(person)}（{day} 认定）"] += 1
            elif person is not None:
                key = (person, line.place, line.course, line.begun, line.ended)
                if first := had.get(key):
                    message = f"{quoted(line.name or '这个人')}与第 {first.row} 行是同一个人、同一次，写了两遍"
                    self._tell(*at, "XLSX-PERSON", message, "只留一行；是两次的，请机构写上各次的时间")
                    continue
                had[key] = line
                found[person].append((line, how))
        self._count(found, settled)
        return found

    def _count(self, found: Mapping[_Person, list[tuple[_Line, str]]], settled: Mapping[str, int]) -> None:
        """How many were known by what; who was not."""
        ways = Counter(lines[0][1] for lines in found.values())
        total = sum(line.hours for lines in found.values() for line, _ in lines)
        if found:
            titles = (("编号", "按教师编号认出"), ("姓名", "按姓名和学校认出"))
            said = [f"{title} {ways[way]} 人" for way, title in titles if ways[way]]
            self.notes.append(f"{'，'.join(said)}，共 {total:g} 学时")
        for lines, why, hint in (
            (self.strangers, "不在名册上", "教师调来了的，先补进名册；写错了的，请机构改；不归本县管的，可以不管"),
            (self.elsewhere, "是别的学校的人", "别的学校的，由那所学校或者县里导入"),
        ):
            for line in lines[: 2 * _MOST_NAMED] if found else ():
                column = self.columns[line.place].fields.get("name", 1)
                who = f"{quoted(line.name) if line.name else '这个编号'}{why}，没有导入"
                self._tell(line.place, line.row, column, "XLSX-PERSON", who, hint, "warning")
            if found and lines:
                more = "（只列出了一部分）" if len(lines) > 2 * _MOST_NAMED else ""
                self.notes.append(f"{len({(each.name, each.school, each.number) for each in lines})} 人{why}{more}")
        for school, count in settled.items():
            self.notes.append(f"{school}：学时已经认定，导出里的 {count} 行没有导入")

    def _nobody(self, lines: Sequence[_Line]) -> tuple[str, str]:
        """Why an export has nobody of ours."""
        if any(each.finding.severity == "error" for each in self.found):
            return "没有一个人可以导入", "先看上面说的每一处"
        schools = "、".join(sorted({quoted(line.school) for line in lines if line.school})[:3])
        where = f"，学校一列写的是{schools}等" if schools else ""
        if self.elsewhere and self.school is not None:
            return (
                f"这不是{self.school.name}的导出：里面的人都不在名册上{where}",
                "请确认拿对了文件；全县的导出由县里导入",
            )
        return f"导出里没有一个人在名册上{where}", "请确认拿对了文件，--unit 写对了单位；名册还没有报的，先报名册"

    # --- the record ---------------------------------------------------------------------------------------------------

    def _value(
        self, provider: str, since: str, until: str, people: Mapping[_Person, list[tuple[_Line, str]]]
    ) -> tuple[dict[str, Any], Mark]:
        rows, marks = [], []
        for person, lines in sorted(people.items()):
            sessions = [
                {
                    **({"course": line.course} if line.course else {}),
                    **({"begun": line.begun} if line.begun else {}),
                    **({"ended": line.ended} if line.ended else {}),
                    "hours": f"{line.hours:g}",
                }
                for line, _ in sorted(lines, key=lambda it: (it[0].begun, it[0].place, it[0].row))
            ]
            rows.append(
                {
                    **({} if self.school else {"school": person.school}),
                    **{"teacher": person.number, "matched": lines[0][1]},
                    "hours": f"{round(sum(line.hours for line, _ in lines), 2):g}",
                    **({"sessions": sessions} if len(sessions) > 1 or len(sessions[0]) > 1 else {}),
                }
            )
            first = lines[0][0]
            columns = self.columns[first.place].fields
            marks.append(Mark(first.place * STRIDE + first.row, columns.get("name", columns.get("number", 1))))
        name = redact(PurePath(self.file.replace("\\", "/")).name)[:200]
        value = {
            "provider": provider,
            "file": {"name": name, "digest": self.sha},
            **{"from": since, "until": until, "people": rows},
        }
        return value, Mark(1, 1, {"people": KeyMark(1, 1, Mark(1, 1, None, marks))}, None)

    def _written(self, path: str, value: dict[str, Any], marks: Mark) -> Intake:
        kind = kinds()[KIND]
        typed = kind.schema.typed(value)
        if not kind.schema.accepts(typed):
            for reason in sorted(explain(kind.schema, typed, marks, self.file)):
                place, row = divmod(reason.line, STRIDE)
                here = row > 1 or reason.column > 1
                sheet = self.sheets[place].name if here else ""
                self.found.append(Found(sheet, row if here else 0, reason.column, reason))
        before = _text(self.tree, path)
        after = new_text(kind.schema, value, head=schema_line(path, KIND))
        if any(each.finding.severity == "error" for each in self.found):
            return self._intake(path, before, None, marks, {})
        return self._intake(path, before, after, marks, self._rosters(value))

    def _rosters(self, value: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """The rosters without their own figures for those whom the export speaks of."""
        claimed: dict[str, set[str]] = defaultdict(set)
        for each in value["people"]:
            claimed[each.get("school", self.school.slug if self.school else "")].add(each["teacher"])
        changed: dict[str, tuple[str, str]] = {}
        count = 0
        for slug, numbers in claimed.items():
            path = f"{ROOT}{self.county.path}/{slug}/{self.year}/teachers.yaml"
            data = self.tree.read(path)
            text, roster = data.decode(), values_of(decode(data))
            own = [
                each["hours"]
                for each in roster["teachers"]
                if each["number"] in numbers and "online" in each.get("hours", {})
            ]
            for hours in own:
                del hours["online"]
            try:
                if own:
                    changed[path] = text, edited(kinds()["teachers"].schema, text, roster, same_items=True)
                    count += len(own)
            except CannotEdit:  # HOURS-CLAIMED tells of it
                continue
        if count:
            self.notes.append(f"{len(changed)} 份名册上 {count} 位教师自己写的网络研修学时去掉了，以导出为准")
        return changed

    def _intake(
        self, path: str, before: str | None, after: str | None, marks: Mark, beside: Mapping[str, tuple[str, str]]
    ) -> Intake:
        return Intake(
            *(self.file, path, before, after, tuple(self.found), tuple(self.left), frozenset(self.rows), marks),
            tuple(sheet.name for sheet in self.sheets),
            beside=beside,
            notes=tuple(self.notes),
        )

    def _tell(
        self, place: int, row: int, column: int, code: str, message: str, hint: str, severity: Severity = "error"
    ) -> None:
        at = Location(self.file, max(row, 1), max(column, 1))
        told = finding(code, at, redact(message), hint=redact(hint), severity=severity)
        self.found.append(Found(self.sheets[place].name if place >= 0 else "", row, column, told))


def _adds_up(rows: Sequence[Mapping[int, Cell]], column: int, total: int) -> bool:
    """Whether all rows of a person say the same total, to which another column adds up."""
    said = [(hours_in(cells[column]), hours_in(cells[total])) for cells in rows if {column, total} <= cells.keys()]
    if len(said) < len(rows) or any(None in each for each in said):
        return False
    totals = {whole for _, whole in said}
    return len(totals) == 1 and round(sum(one or 0 for one, _ in said) - (totals.pop() or 0), 2) == 0


class _Rosters:
    """Everybody on the rosters of a county, to be known by number, else by name and school."""

    def __init__(self, programme: Programme, county: Unit, year: int, school: Unit | None) -> None:
        self._only, self._units = school, county.children
        self._years = {each.slug: programme.school_year(each, year) for each in county.children}
        self._numbers: dict[str, str] = {}
        self._names: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._meant: dict[str, str] = {}
        for slug, held in self._years.items():
            for number, teacher in held.teachers.items():
                if number in held.counted or number not in self._numbers:
                    self._numbers[number] = slug
                self._names[slug, plain(teacher.name)].append(number)

    def person(self, line: _Line) -> tuple[_Person | None, str, str]:
        """Who a row means and by what they were known, or what the matter is: `elsewhere`, `unknown`, `replaced`,
        `namesakes`, `nowhere`.
        """
        slug = self._school(line.school)
        if line.number in self._numbers:
            person = _Person(self._numbers[line.number], line.number)
            if self._only and person.school != self._only.slug:
                return person, "", "elsewhere"
            held = self._years[person.school]
            names = (held.teachers[line.number].name, held.corrected_names.get(line.number, ""))
            known = {plain(name) for name in names if name}
            return person, "编号", "replaced" if line.name and plain(line.name) not in known else ""
        if self._only:
            if line.school and slug != self._only.slug:
                return None, "", "elsewhere"
            slug = self._only.slug
        if not slug:
            return None, "", "unknown" if line.school or not self._anybody(line.name) else "nowhere"
        numbers = self._names.get((slug, plain(line.name)), [])
        if not numbers or not line.name:
            return None, "", "elsewhere" if self._only and self._anybody(line.name) else "unknown"
        person = _Person(slug, numbers[0])
        return person, "姓名", "namesakes" if len(numbers) > 1 else ""

    def said(self, trouble: str, line: _Line, person: _Person | None) -> tuple[str, str]:
        """The sentence about a row that names nobody for certain, and what to do."""
        who = quoted(line.name)
        if trouble == "replaced" and person:
            roster = self._years[person.school].teachers[person.number].name
            message = f"教师编号在名册上是{quoted(roster)}，导出里写的是{who}"
            return message, "换了人的，请机构改编号；改了名字的，请县里先更正名册"
        if trouble == "namesakes":
            return f"名册上这所学校有两位{who}，导出里没有教师编号，分不清是哪一位", "请机构补上教师编号再导出"
        return f"{who}没有写学校，也没有教师编号，认不出是谁", "请机构补上学校或者教师编号再导出"

    def recognised(self, person: _Person) -> str:
        """The day on which the hours of the person's school were recognised, or empty: then nothing is added."""
        accepted = self._years[person.school].accepted
        return accepted.recognition.date if accepted and accepted.recognition else ""

    def name_of(self, person: _Person) -> str:
        """The name of the person's school."""
        return self._years[person.school].school.name

    def _anybody(self, name: str) -> bool:
        return any(name and (slug, plain(name)) in self._names for slug in self._years)

    def _school(self, written: str) -> str:
        """The folder of the school that is written, with or without what stands above it; empty where none is."""
        if written not in self._meant:
            words = [written, *re.split(r"[/\\>|—-]", written)[::-1]] if written else []
            fits = ([each.slug for each in self._units if same_unit(word, each)] for word in words if len(word) > 1)
            exact = [each.slug for each in self._units if plain(each.name) == plain(written) or each.slug == written]
            found = exact or next((slugs for slugs in fits if slugs), [])
            self._meant[written] = found[0] if len(found) == 1 else ""
        return self._meant[written]


def _unless_private(text: str) -> str:
    """A text on one line; nothing where somebody's own number is in it."""
    return "" if next(scan(text), None) else " ".join(text.split())


def _county(tree: Tree, unit: str) -> Programme:
    """The programme as far as one county goes."""
    county = county_of(f"{ROOT}{unit}/")
    entries = [each for each in tree.entries(ROOT) if is_shared(each.path) or county_of(each.path) in ("", county)]
    return assemble(load(tree, entries))


def _text(tree: Tree, path: str) -> str | None:
    try:
        return decode(tree.read(path)) if tree.object_name(path) else None
    except RepositoryError:
        return None

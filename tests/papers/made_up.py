"""Workbooks made up from a truth that is known before anybody reads them.

`make_up(seed)` invents a record of some kind, what somebody wants to change in it, and the workbook in which they say
so in their own way: other headings, other orders, titles, feet, hidden rows, several sheets. It knows what the record
must be afterwards, and of every cell whether it must arrive or must be said to be left out.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from itertools import count
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.papers.test_round_trip import NAMES, TREE
from wholeschool.papers.cell_text import shown
from wholeschool.papers.layout import FORM, Column, Layout, Table, layouts
from wholeschool.papers.origin import ORIGIN, Origin
from wholeschool.records.schema import Schema
from wholeschool.records.terms import vocabulary_of
from wholeschool.records.yaml_writing import new_text

TERMS = vocabulary_of(TREE).of(None)

Cell = tuple[str, int, int]
PLACES = {"工程": "", "省": "anhui", "市": "anhui/shili", "县": "anhui/shili/mingyuan", "校": "anhui/shili/mingyuan/a"}
FILES = {
    "approvals": "2026-03-05",
    "acceptance": "2026-09-20",
    "rubrics": "anhui-2.0",
    "policy": "anhui-2.0",
    "microabilities": "anhui-2.0",
    "team": "management",
    "group": "yuwen",
    "review": "2026-09-15",
    "spot-check": "2026-09-20-a",
}
_BETWEEN = (
    "、",
    "、",
    "，",
    ",",
    "；",
    ";",
    "/",
    "／",
    "+",
    "＋",
    "&",
    "┃",
    "┋",
    "|",
    " ",
    "　",
    "\n",
    "\r\n",
    " 和 ",
    "与",
    "、 ",
)
_WIDE = {code: code + 0xFEE0 for code in (*range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1))}
_HAN = (
    "安白包昌长成程池崇楚春慈村大岱丹道德典东端恩法凡方丰封冯福甘高格恭谷关光桂国海汉行和恒洪侯湖华怀黄会惠积季济佳嘉"
)


class MadeUp(NamedTuple):
    """A workbook with the truth behind it.

    `before` is the record's text (None: there is none), `expected` its value afterwards; None where it must be
    refused, for the reason `refusal` (the code of a finding). `arriving` are the cells that end in the record,
    `noise` those that must be told of or named as left out; `keeps` says whether a row's order tells anything.
    """

    seed: int
    kind: str
    origin: Origin
    data: bytes
    before: str | None
    expected: dict[str, Any] | None
    refusal: str
    arriving: frozenset[Cell]
    noise: frozenset[Cell]


def make_up(seed: int, kind: str = "", *, new: bool = False, unit: str = "") -> MadeUp:
    """The workbook of a seed; of that kind of record, and of one that is not there yet, where asked for. With `unit` it
    has the sheet by which a template says which record it is, of that unit.
    """
    return _Maker(seed, kind, new=new).made(unit)


# ---- values ----


class Words:
    """Values that a field takes, no two alike where the field leaves room for that."""

    def __init__(self, rng: random.Random, codes: Sequence[str]) -> None:
        self.rng, self.codes, self._next = rng, list(codes), count(1)

    def value(self, field: Mapping[str, Any]) -> str:
        if "enum" in field:
            return str(self.rng.choice(field["enum"]))
        match field.get("type"):
            case "boolean":
                return self.rng.choice(["true", "false"])
            case "integer" | "number":
                low = int(field.get("minimum", 1))
                high = int(field.get("maximum", low + 60))
                return str(self.rng.randint(max(low, 1) if high >= 1 else low, min(high, low + 60)))
        if field.get("format") == "date":
            return f"2026-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"
        if field.get("title") in ("微能力编号", "相配的编号"):
            return self.rng.choice(self.codes)
        pattern = field.get("pattern")
        for make in self._makers(next(self._next)):
            text = make()
            if len(text) > field.get("maxLength", 4000) or len(text) < field.get("minLength", 0):
                continue
            if pattern is None or re.search(pattern, text):
                return text
        raise AssertionError(f"no value for {field}")

    def _makers(self, number: int) -> Iterator[Callable[[], str]]:
        digits = f"{number:06}"
        han = "".join(_HAN[number // len(_HAN) ** place % len(_HAN)] for place in (2, 1, 0))
        letters = "".join(chr(97 + int(digit)) for digit in digits)
        hexes = (digits * 11)[:64]
        words = ["的第一次尝试", "，先易后难", "；写了反思", "（样张）", "——再试"]
        yield lambda: f"事项{digits}{self.rng.choice(words)}"
        yield lambda: f"事{number}"
        yield lambda: f"赵{han}"
        yield lambda: f"34990100{digits}"
        yield lambda: f"3499{digits}"
        yield lambda: f"34990100{digits[-2:]}"
        yield lambda: f"xx-{letters}"
        yield lambda: f"anhui/shili/mingyuan/xx-{letters}"
        yield lambda: f"明教〔2026〕{number}号"
        yield lambda: f"3499010001A{digits}01{digits[:1]}"
        yield lambda: f"https://example.org/{letters}/"
        yield lambda: f"https://example.org/{letters}/{letters}"
        yield lambda: f"age1{(letters * 10)[:58].replace('b', 'x').replace('i', 'x')}"
        for length in (11, 43, 86, 40, 64):
            yield lambda length=length: (hexes * 2)[:length]  # type: ignore[misc]
        yield lambda: f"3499010001A2026{number:04}0"
        yield lambda: f"3499010001A2026{number:04}X"
        yield lambda: f"teachers-{hexes[:12]} reviews-{hexes[:12]}"


class _Maker:
    def __init__(self, seed: int, kind: str, *, new: bool) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        names = sorted(layouts())
        self.name = kind or self.rng.choice(names)
        self.layout: Layout = layouts(TERMS)[self.name]
        self.schema: Schema = self.layout.kind.schema
        self.words = Words(
            self.rng, [f"{letter}{n}" for letter, most in (("A", 13), ("B", 10), ("C", 7)) for n in range(1, most + 1)]
        )
        self.book = Workbook()
        assert self.book.active is not None
        self.book.remove(self.book.active)
        self.arriving: set[Cell] = set()
        self.noise: set[Cell] = set()
        self.refusal = ""
        self.met: dict[str, set[tuple[str, ...]]] = {}
        self.new = new or self.chance(0.3)

    def chance(self, likely: float) -> bool:
        return self.rng.random() < likely

    # ---- the truth ----

    def made(self, unit: str) -> MadeUp:
        level = self.layout.kind.levels[-1] if self.name != "team" else "校"
        if self.name in ("spot-check", "nominations"):
            level = "县"
        kind = self.layout.kind
        year = 2026 if "{year}" in kind.place else 0
        origin = Origin(self.name, PLACES[level], year, FILES.get(self.name, ""))
        self.old = old = {} if self.new else self.record()
        expected = deepcopy(old)
        self.form(expected)
        tables = [table for table in self.layout.tables if table.parent is None]
        for table in tables:
            if self.new or len(tables) == 1 or self.chance(0.7):
                self.table(table, expected)
        if not self.book.sheetnames:
            self.table(tables[0], expected) if tables else self.form(expected, surely=True)
        self.other_sheets()
        before = None if self.new else new_text(self.schema, old, head="# 一行说明\n")
        if unit:
            sheet = self.book.create_sheet(ORIGIN)
            for row in (("kind", self.name), ("unit", unit), ("year", "2026"), ("name", origin.name), ("record", "-")):
                sheet.append(row)
            sheet.sheet_state = "hidden"
        file = io.BytesIO()
        self.book.save(file)
        return MadeUp(
            *(self.seed, self.name, origin, file.getvalue(), before),
            *(None if self.refusal else expected, self.refusal, frozenset(self.arriving), frozenset(self.noise)),
        )

    def record(self) -> dict[str, Any]:
        """A record as it may lie there: nothing asks here whether its schema likes all of it."""
        value: dict[str, Any] = {}
        for column in self.layout.form:
            if column.required or self.chance(0.5):
                put(value, column.pointer, self.content(column))
        for table in self.layout.tables:
            if table.parent is None:
                items = [self.fresh(table) for _ in range(self.rng.randint(1, 5))]
                put(value, table.pointer, [item for item in items if item is not None])
        return value

    def item(self, table: Table) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for column in table.columns:
            if column.required or column in table.keys or self.chance(0.5):
                put(value, column.pointer, self.content(column))
        if table.parent is None:
            for child in self.layout.tables:
                if child.parent is table and self.chance(0.6):
                    inner: list[dict[str, Any]] = []
                    for _ in range(self.rng.randint(1, 3)):
                        one = self.item(child)
                        if key(one, child) not in [key(each, child) for each in inner]:
                            inner.append(one)
                    put(value, child.pointer, inner)
        return value

    def fresh(self, table: Table) -> dict[str, Any] | None:
        """An item whose key nobody has; None where keys are made of few words and all of them are taken."""
        met = self.met.setdefault(table.title, set())
        for _ in range(20):
            value = self.item(table)
            if key(value, table) not in met:
                met.add(key(value, table))
                return value
        return None

    def content(self, column: Column) -> Any:
        if column.items is None:
            return self.words.value(column.field)
        wanted = max(column.field.get("minItems", 1), self.rng.randint(1, 3))
        found: list[str] = []
        for _ in range(30):
            if len(found) == min(wanted, column.field.get("maxItems", 3)):
                break
            word = re.sub("[，；]", "", self.words.value(column.items))  # between several, these are between them
            if word not in found:
                found.append(word)
        return found

    # ---- the form ----

    def form(self, expected: dict[str, Any], *, surely: bool = False) -> None:
        if not self.layout.form or not (surely or self.new or self.chance(0.4)):
            return
        sheet = self.book.create_sheet((self.chance(0.8) and FORM) or f" {FORM}")
        row = 1
        if self.chance(0.7):
            for place, word in enumerate(("项目", "填写", "说明"), start=1):
                sheet.cell(1, place, word)
                self.noise.add((sheet.title, 1, place))
            row = 2
        columns = list(self.layout.form)
        self.rng.shuffle(columns)
        for column in columns:
            if not (self.new and column.required) and self.chance(0.3):
                continue
            sheet.cell(row, 1, self.heading(column))
            self.noise.add((sheet.title, row, 1))
            if (self.new and column.required) or self.chance(0.8):
                content = self.content(column)
                self.write(sheet, row, 2, column, content)
                put(expected, column.pointer, content)
            if self.chance(0.3):
                sheet.cell(row, 3, "照实填")
                self.noise.add((sheet.title, row, 3))
            row += 1
        if self.chance(0.3):
            sheet.cell(row, 1, "另外一项")
            sheet.cell(row, 2, f"没有地方放 {self.rng.random()}")
            self.noise |= {(sheet.title, row, 1), (sheet.title, row, 2)}

    # ---- a table ----

    def table(self, table: Table, expected: dict[str, Any]) -> None:
        items: list[dict[str, Any]] = get(expected, table.pointer) or []
        before = len(items)
        named = table.name is not None and before > 0 and self.chance(0.2)  # the key is missing, the name is there
        keyed = not named
        optional = [c for c in table.columns if c not in table.keys and (not c.required or not self.new)]
        adding = keyed and (self.new or self.chance(0.6))
        columns = [c for c in table.columns if (c not in optional) or self.chance(0.6) or (adding and c.required)]
        if named:
            assert table.name is not None
            columns = [c for c in columns if c not in table.keys]
            if table.name not in columns:
                columns.append(table.name)
        if len(columns) < 2:
            columns = list(table.columns)
        rows: list[tuple[dict[str, Any] | None, dict[Column, Any]]] = []
        chosen = [item for item in items if self.chance(0.6)]
        if named and not chosen and items:
            chosen = [items[0]]
        rows += [(item, self.change(table, item, columns)) for item in chosen]
        for _ in range(self.rng.randint(1, 3) if adding else 0):
            fresh = self.fresh(table)
            if fresh is None:
                break
            for child in self.layout.tables:
                if child.parent is table:
                    fresh.pop(child.pointer[0], None)
            kept: dict[str, Any] = {}
            said: dict[Column, Any] = {}
            for column in columns:
                if (content := get(fresh, column.pointer)) is not None:
                    said[column] = content
                    put(kept, column.pointer, content)
            items.append(kept)
            rows.append((kept, said))
        if not rows:
            item = self.fresh(table)
            if item is None:
                return
            said = {c: content for c in columns if (content := get(item, c.pointer)) is not None}
            kept = {}
            for column, content in said.items():
                put(kept, column.pointer, content)
            if any(c.required and c not in columns for c in table.columns) or not keyed:
                self.refusal = "XLSX-KEY" if not keyed and before else "XLSX-COLUMN"
            items.append(kept)
            rows.append((kept, said))
        if not self.refusal and self.chance(0.04):  # somebody stands there twice, once with something else
            item, said = self.rng.choice(rows)
            rows.append((item, {**said, **{c: self.content(c) for c in columns if c not in (*table.keys, table.name)}}))
            self.refusal = "XLSX-KEY"
        elif (
            not self.refusal and named and self.chance(0.2)
        ):  # two people of one name, and no number to tell them apart
            assert table.name is not None
            item, _ = self.rng.choice(rows)
            other = self.item(table)
            put(other, table.name.pointer, get(item, table.name.pointer))
            get(self.old, table.pointer).append(other)
            self.refusal = "XLSX-KEY"
        self.rng.shuffle(rows)
        halves = [rows]
        alike = self.is_like_another(table, columns)  # then only the sheet's name tells which of them it is
        if len(rows) > 1 and not alike and self.chance(0.25):
            middle = self.rng.randint(1, len(rows) - 1)
            halves = [rows[:middle], rows[middle:]]
        for number, half in enumerate(halves):
            own = number == 0 and (alike or self.chance(0.5))
            title = table.title if own else f"{self.rng.choice(['一', '二', '三'])}组{number}"
            self.sheet(table, self.free(title), columns, [said for _, said in half])
        if items:
            put(expected, table.pointer, items)
        children = [child for child in self.layout.tables if child.parent is table]
        for child in children:
            if items and keyed and self.chance(0.5):
                self.children(table, child, items)

    def is_like_another(self, table: Table, columns: Sequence[Column]) -> bool:
        """Whether another table of the record has most of these headings too."""
        words = [{heading, *column.aliases} for column in columns for heading in (column.heading,)]
        for other in self.layout.tables:
            known = {word for column in other.all_columns for word in (column.heading, *column.aliases)}
            if other is not table and 2 * sum(bool(each & known) for each in words) > len(words):
                return True
        return False

    def change(self, table: Table, item: dict[str, Any], columns: Sequence[Column]) -> dict[Column, Any]:
        """What a row says of an item that is there: some fields as they are, some new, some not at all."""
        said: dict[Column, Any] = {}
        for column in columns:
            old = get(item, column.pointer)
            if column in table.keys or column is table.name:
                said[column] = old
            elif self.chance(0.5):
                said[column] = self.content(column)
                put(item, column.pointer, said[column])
            elif old is not None and self.chance(0.7):
                said[column] = old
        return said

    def children(self, table: Table, child: Table, items: Sequence[dict[str, Any]]) -> None:
        rows = []
        for item in items:
            owner = {link: get(item, link.pointer) for link in child.links}
            if any(content is None for content in owner.values()):
                continue
            inner = list(get(item, child.pointer) or [])
            rows += [{**owner, **self.change(child, each, child.columns)} for each in inner if self.chance(0.4)]
            if self.chance(0.5):
                fresh = self.item(child)
                if key(fresh, child) not in [key(each, child) for each in inner]:
                    inner.append(fresh)
                    rows.append({**owner, **{c: v for c in child.columns if (v := get(fresh, c.pointer)) is not None}})
            if inner:
                put(item, child.pointer, inner)
        if rows:
            self.rng.shuffle(rows)
            title = self.free(child.title)
            merging = self.chance(0.4)
            if merging:
                rows.sort(key=lambda said: [str(said[link]) for link in child.links])
            self.sheet(child, title, list(child.all_columns), rows, merged=child.links if merging else ())

    # ---- a sheet ----

    def sheet(
        self,
        table: Table,
        title: str,
        columns: Sequence[Column],
        rows: Sequence[dict[Column, Any]],
        *,
        merged: Sequence[Column] = (),
    ) -> None:
        sheet = self.book.create_sheet(title)
        row = 1
        if self.chance(0.3):
            sheet.cell(1, 1, f"明远县某校{table.title}情况一览")
            self.noise.add((title, 1, 1))
            row = self.rng.randint(2, 3)
        order: list[Column | str] = list(columns)
        self.rng.shuffle(order)
        if self.chance(0.3):
            order.insert(0, "序号")
        if self.chance(0.2):
            order.insert(self.rng.randint(0, len(order)), "备用甲乙丙")
        header = row
        for place, column in enumerate(order, start=1):
            sheet.cell(row, place, column if isinstance(column, str) else self.heading(column))
            self.noise.add((title, row, place))
        serial = count(1)
        placed: list[int] = []
        for said in rows:
            row += 1
            if self.chance(0.1):
                row += 1
            if self.chance(0.05) and len(order) > 1:  # the next page's headings
                for place in range(1, len(order) + 1):
                    sheet.cell(row, place, sheet.cell(header, place).value)
                    self.noise.add((title, row, place))
                row += 1
            for place, column in enumerate(order, start=1):
                if column == "序号":
                    sheet.cell(row, place, next(serial))
                    self.noise.add((title, row, place))
                elif isinstance(column, str):
                    if self.chance(0.5):
                        sheet.cell(row, place, f"闲话{self.rng.random()}")
                        self.noise.add((title, row, place))
                elif column in said and said[column] is not None:
                    self.write(sheet, row, place, column, said[column])
            placed.append(row)
        self.merge(sheet, order, rows, placed, merged)
        if self.chance(0.2):
            place = len(order) + self.rng.randint(2, 4)
            sheet.cell(self.rng.randint(header + 1, row), place, "旁注")
            self.noise |= {(title, c.row, c.column) for line in sheet.iter_rows() for c in line if c.value == "旁注"}
        if self.chance(0.2):  # a row that nobody sees, with a wrong word in every cell
            row += 1
            for place, column in enumerate(order, start=1):
                if not isinstance(column, str):
                    sheet.cell(row, place, f"旧{place}")
                    self.noise.add((title, row, place))
            sheet.row_dimensions[row].hidden = True
        if self.chance(0.3):
            row += self.rng.randint(1, 2)
            foot = self.rng.choice([("合计",), ("汇总", "12"), ("填报人：某某",), ("以下空白",)])
            for place, word in enumerate(foot, start=1):
                sheet.cell(row, place if place == 1 else len(order), word)
                self.noise.add((title, row, place if place == 1 else len(order)))

    def merge(
        self,
        sheet: Any,
        order: Sequence[Column | str],
        rows: Sequence[dict[Column, Any]],
        placed: Sequence[int],
        columns: Sequence[Column],
    ) -> None:
        """Make one cell of those that say the same below each other, all of `columns` alike."""
        start = 0
        for end in range(1, len(rows) + 1):
            same = end < len(rows) and all(rows[end].get(each) == rows[start].get(each) for each in columns)
            if same and placed[end] == placed[end - 1] + 1:
                continue
            for column in columns if end - start > 1 else ():
                place = order.index(column) + 1
                sheet.merge_cells(None, placed[start], place, placed[end - 1], place)
                self.arriving -= {(sheet.title, row, place) for row in range(placed[start] + 1, placed[end - 1] + 1)}
            start = end

    def free(self, title: str) -> str:
        title = title[:28]
        return title if title not in self.book.sheetnames else f"{title}{len(self.book.sheetnames)}"

    def heading(self, column: Column) -> str:
        """A heading as people type it: with stars, blanks, brackets behind it, or by another word."""
        word = self.rng.choice([column.heading, column.heading, *column.aliases])
        if word == column.heading and self.chance(0.3):
            word = self.rng.choice(["*{}", "{}（必填）", "{}：", " {} ", "{}(选填)"]).format(word)
        if len(word) > 2 and self.chance(0.1):
            word = f"{word[:2]} {word[2:]}"
        return word

    def write(self, sheet: Any, row: int, place: int, column: Column, content: Any) -> None:
        """A value as people type it."""
        text: Any = shown(column, content)
        field = column.items or column.field
        if field.get("title") in ("微能力编号", "相配的编号"):
            text = self.codes(content if isinstance(content, list) else [content])
        elif isinstance(content, list) and isinstance(text, str) and "\n" not in text and self.chance(0.4):
            text = text.replace("、", self.rng.choice(["，", "；", ",", "、 "]))
        elif field.get("format") == "date" and not isinstance(content, list) and self.chance(0.5):
            year, month, day = map(int, content.split("-"))
            text = self.rng.choice(
                [
                    *(f"{year}.{month}.{day}", f"{year}年{month}月{day}日", f"{year}/{month:02}/{day:02}"),
                    *(f"{year}-{month}-{day} 00:00:00", date(year, month, day), datetime(year, month, day)),
                    *(
                        f"{year}-{month}-{day} 8:30",
                        datetime(year, month, day, 8, 30),
                    ),  # the time is said to be left out
                ]
            )
        elif isinstance(text, int | float) and self.chance(0.4):
            text = self.rng.choice([str(text), f"{text}".translate(_WIDE)])
        elif isinstance(text, str) and self.chance(0.1):
            text = self.rng.choice([f" {text}　", f"{text}\u200b", f"\ufeff{text}", f"{text}\n"])
        cell = sheet.cell(row, place)
        cell.value = text
        if isinstance(text, str):
            cell.data_type = "s"
        self.arriving.add((sheet.title, row, place))

    def codes(self, codes: Sequence[str]) -> str:
        """Microabilities as people list them."""
        names = NAMES if self.chance(0.3) else {}
        words = [
            self.rng.choice([code, code, f"{code} {names[code]}", f"{code}{names[code]}"]) if names else code
            for code in codes
        ]
        if self.chance(0.1):
            words = [word.lower() if word in codes else word for word in words]
        if self.chance(0.1):
            words = [f"{number}. {word}" for number, word in enumerate(words, start=1)]
            return "\n".join(words)
        text = self.rng.choice(_BETWEEN).join(words)
        return text.translate(_WIDE) if self.chance(0.1) else text

    def other_sheets(self) -> None:
        if self.chance(0.15):
            sheet = self.book.create_sheet(self.free("去年"), self.rng.randint(0, len(self.book.sheetnames)))
            sheet.append(["随便", "什么"])
            sheet.append(["旧的", "东西"])
            sheet.sheet_state = "hidden"
            self.noise |= {(sheet.title, row, place) for row in (1, 2) for place in (1, 2)}
        if self.chance(0.1):
            sheet = self.book.create_sheet(self.free("车辆"))
            sheet.append(["车牌", "司机"])
            self.noise |= {(sheet.title, 1, place) for place in (1, 2)}


# ---- what is read of it ----


def get(value: Any, pointer: Sequence[str]) -> Any:
    for name in pointer:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def put(value: dict[str, Any], pointer: Sequence[str], content: Any) -> None:
    for name in pointer[:-1]:
        value = value.setdefault(name, {})
    value[pointer[-1]] = content


def key(item: Mapping[str, Any], table: Table) -> tuple[str, ...]:
    return tuple(str(get(item, column.pointer)) for column in table.keys)


def letter(cell: Cell) -> str:
    return f"{cell[0]}!{get_column_letter(cell[2])}{cell[1]}"

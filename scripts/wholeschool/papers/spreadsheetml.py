"""The sheets of an `.xlsx`, transitional or strict (ECMA-376 part 1, 18): its cells and what hides and merges them.

Read by places of our own, not by what the file says of its size; nothing else of the file is looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from wholeschool.papers.number_formats import PLAIN, Look, day_of, elapsed, iso_day, look_of, number_of, shown
from wholeschool.papers.packages import MAX_DEPTH, Package, damaged, unusual
from wholeschool.papers.sheets import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Filling,
    Range,
    Sheet,
    Unreadable,
    is_blank,
    text_cell,
    too_many_cells,
    too_many_rows,
)

MAX_SHEETS = 256
MAX_RANGES = 20_000
_ROWS, _COLUMNS = 1_048_576, 16_384

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_LOCAL = {
    f"{space}{name}": name
    for space in _MAIN
    for name in (
        *("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "r"),
        *("cols", "col", "mergeCells", "mergeCell", "sst", "si"),
    )
}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")
_WHOLE = re.compile(r"[0-9]{1,9}")
# Of the cells that hold nothing but their look there can be millions: they and rows of them are passed over before the
# rest is parsed, where each says its place and nothing but elements can look like one.
_ROOT = re.compile(rb"<([A-Za-z_][A-Za-z0-9_]*:)?worksheet[\s>]")


class _Book(NamedTuple):
    """What the cells of all sheets refer to."""

    strings: list[str]
    looks: list[Look]
    from_1904: bool
    filling: Filling


def read_sheets(package: Package) -> list[Sheet]:
    """The sheets of a workbook in their order. Raises `Unreadable`."""
    path = main_part(package)
    if path is None:
        raise damaged()
    outline = package.outline(path, _MAIN)
    related = {each.key: each for each in package.relations(path)}
    folder = path.rpartition("/")[0]

    def other(kind: str, name: str) -> str | None:
        paths = [each.path for each in related.values() if each.type == kind] or [f"{folder}/{name}".lstrip("/")]
        return paths[0] if paths[0] in package else None

    listed = [attributes for name, attributes in outline if name == "workbook/sheets/sheet"]
    if not listed:
        raise damaged()
    if len(listed) > MAX_SHEETS:
        raise Unreadable(f"工作簿里有 {len(listed)} 张表，上限是 {MAX_SHEETS} 张", "只留要用的表，再试")
    names = [decoded(attributes.get("name", "")) for attributes in listed]
    called: set[str] = set()
    for name in names:
        if name.lower() in called:
            raise Unreadable(f"有两张表都叫“{name[:31]}”", "用 Excel 打开，给表改名后保存再试")
        called.add(name.lower())
    asked = [attributes for name, attributes in outline if name == "workbook/workbookPr"]
    book = _Book(
        _strings(package, other("sharedStrings", "sharedstrings.xml")),
        _looks(package, other("styles", "styles.xml")),
        any(attributes.get("date1904", "") in ("1", "true") for attributes in asked),
        Filling(),
    )
    sheets, seen = [], set()
    for name, attributes in zip(names, listed, strict=True):
        part = related.get(next((attributes[key] for key in _ID if key in attributes), ""))
        if part is not None and part.type != "worksheet":  # a chart on a sheet of its own
            continue
        if part is None or part.path in seen:
            raise damaged()
        seen.add(part.path)
        reading = _Reading(name, book)
        reading.read(package, part.path)
        sheets.append(reading.sheet(hidden=attributes.get("state", "visible") != "visible"))
    return sheets


def main_part(package: Package) -> str | None:
    """The path of the part that lists the sheets; None where the archive is something else."""
    paths = [each.path for each in package.relations("") if each.type == "officeDocument"]
    found = next((path for path in paths if path in package), "xl/workbook.xml")
    return found if found in package else None


def decoded(text: str) -> str:
    """A text with the characters that XML cannot hold put in (`_x000D_`, ECMA-376 22.9.2.19)."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _strings(package: Package, path: str | None) -> list[str]:
    """The texts that cells refer to by number; without how they look and how they are pronounced."""
    found: list[str] = []
    if path is None:
        return found
    above: list[str | None] = []
    parts: list[str] = []
    collecting = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal collecting
        if len(above) >= MAX_DEPTH:
            raise unusual()
        above.append(_LOCAL.get(name))
        collecting = above[:2] == ["sst", "si"] and above[2:] in (["t"], ["r", "t"])

    def end(_: str) -> None:
        nonlocal collecting
        collecting = False
        if above == ["sst", "si"]:
            found.append(decoded("".join(parts)))
            parts.clear()
        above.pop()

    def characters(text: str) -> None:
        if collecting:
            parts.append(text)

    package.scan(package.read(path), start, end, characters)
    return found


def _looks(package: Package, path: str | None) -> list[Look]:
    """What each of the looks that cells refer to by number does to a number."""
    if path is None:
        return []
    codes: dict[str, str] = {}
    numbers: list[str] = []
    for name, attributes in package.outline(path, _MAIN):
        if name == "styleSheet/numFmts/numFmt":
            codes[attributes.get("numFmtId", "")] = decoded(attributes.get("formatCode", ""))
        elif name == "styleSheet/cellXfs/xf":
            numbers.append(attributes.get("numFmtId", ""))
    known = {each: look_of(int(each) if _WHOLE.fullmatch(each) else 0, codes.get(each)) for each in set(numbers)}
    return [known[each] for each in numbers]


class _Reading:
    """One sheet being read."""

    def __init__(self, name: str, book: _Book) -> None:
        self.name, self.book = name, book
        self.rows: dict[int, dict[int, Cell]] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[Range] = []
        self.computed: list[Range] = []
        self.columns = self.row = self.column = self.depth = 0
        self.section: str | None = None
        self.cell: dict[str, str] | None = None
        self.inner: str | None = None
        self.cells: dict[int, Cell] | None = None
        self.collecting: list[str] | None = None
        self.value: list[str] | None = None
        self.inline: list[str] | None = None
        self.formula = False

    def read(self, package: Package, path: str) -> None:
        """Read the sheet's part."""
        package.scan(_without_empty(package.read(path)), self._start, self._end, self._characters)

    def sheet(self, *, hidden: bool) -> Sheet:
        """What was read."""
        for top, left, bottom, right in self.computed:
            for number, column in self._within(top, left, bottom, right):
                self.rows[number][column] = self.rows[number][column]._replace(formula=True)
        rows = self.book.filling.finish(self.name, self.rows)
        _without_overlap(self.merged)
        places = list(rows)
        for top, left, bottom, right in self.merged:
            first = rows.get(top, {}).get(left)
            if first is None or left != right:
                continue
            # Only rows where something else stands: a title merged over empty rows is no data.
            for number in places[bisect_left(places, top + 1) : bisect_left(places, bottom + 1)]:
                if left not in rows[number]:
                    self.book.filling.take(first.value, self.name, number, left)
                    rows[number][left] = first._replace(merged=True)
                    rows[number] = dict(sorted(rows[number].items()))
        unseen = frozenset(self.hidden_rows & rows.keys())
        return Sheet(self.name, rows, hidden, unseen, frozenset(self.hidden_columns), tuple(self.merged))

    def _within(self, top: int, left: int, bottom: int, right: int) -> list[tuple[int, int]]:
        """The places of cells in a range that hold something."""
        columns = range(left, min(right, MAX_COLUMNS) + 1)
        wide = bottom - top > len(self.rows)
        numbers = (number for number in self.rows if top <= number <= bottom) if wide else range(top, bottom + 1)
        found = []
        for number in numbers:
            self.columns += len(columns)  # bounds what many large ranges cost
            if self.columns > 4 * MAX_CELLS:
                raise unusual()
            found += [(number, column) for column in columns if column in self.rows.get(number, ())]
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth = depth = self.depth + 1
        local = _LOCAL.get(name)
        if depth == 4:
            if local == "c" and self.cells is not None:
                self.cell, self.value, self.inline, self.formula = attributes, None, None, False
        elif depth == 5:
            self.inner = local if self.cell is not None else None
            if self.inner == "v":
                self.value = self.collecting = []
            elif self.inner == "f":
                self._computed(attributes)
            elif self.inner == "is" and self.inline is None:
                self.inline = []
        elif depth == 3:
            if self.section == "sheetData" and local == "row":
                self._row(attributes)
            elif self.section == "cols" and local == "col":
                self._col(attributes)
            elif self.section == "mergeCells" and local == "mergeCell":
                self._merge(attributes)
        elif depth == 6:
            if self.inner == "is":
                self.collecting = self.inline if local == "t" else None
                self.inner = "run" if local == "r" else "is"
        elif depth == 7:
            if self.inner == "run" and local == "t":
                self.collecting = self.inline
        elif depth == 2:
            self.section = local
        elif depth == 1:
            if local != "worksheet":
                raise damaged()
        elif depth > MAX_DEPTH:
            raise unusual()

    def _end(self, _: str) -> None:
        depth = self.depth
        self.depth = depth - 1
        if depth >= 5:
            self.collecting = None
            if depth == 6 and self.inner == "run":
                self.inner = "is"
        elif depth == 4:
            if self.cell is not None:
                self._finish(self.cell)
                self.cell = None
        elif depth == 3 and self.cells is not None:
            if self.cells:
                self._keep(self.cells)
            self.cells = None

    def _characters(self, text: str) -> None:
        if self.collecting is not None:
            self.collecting.append(text)

    def _row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r")
        self.row = self.row + 1 if written is None else _number(written)
        if not 1 <= self.row <= _ROWS:
            raise Unreadable(
                f"表“{self.name}”里写了第 {self.row} 行，没有表有这么多行", "用 Excel 打开，另存为新的 .xlsx 再试"
            )
        self.cells, self.column = {}, 0
        if attributes.get("hidden") in ("1", "true") or _is_nothing(attributes.get("ht")):
            self.hidden_rows.add(self.row)

    def _keep(self, cells: dict[int, Cell]) -> None:
        known = self.rows.get(self.row)
        if known is None:
            self.rows[self.row] = cells
            if len(self.rows) > MAX_ROWS:
                raise too_many_rows(self.name)
        elif known.keys() & cells.keys():
            raise damaged()
        else:
            known.update(cells)

    def _col(self, attributes: dict[str, str]) -> None:
        self.columns += 1
        if self.columns > _COLUMNS:
            raise unusual()
        first, last = _number(attributes.get("min", "")), _number(attributes.get("max", ""))
        if attributes.get("hidden") in ("1", "true") or _is_nothing(attributes.get("width")):
            self.hidden_columns.update(range(max(first, 1), min(last, MAX_COLUMNS) + 1))

    def _merge(self, attributes: dict[str, str]) -> None:
        top, left, bottom, right = _range(attributes.get("ref", ""))
        if (top, left) != (bottom, right) and left <= MAX_COLUMNS:
            self.merged.append((top, left, bottom, right))
            if len(self.merged) > MAX_RANGES:
                raise Unreadable(f"表“{self.name}”里合并的格子超过 {MAX_RANGES:,} 处", "取消合并，保存以后再试")

    def _computed(self, attributes: dict[str, str]) -> None:
        self.formula = True
        if attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
            found = _range(attributes["ref"])
            if found[:2] != found[2:]:
                self.computed.append(found)

    def _finish(self, attributes: dict[str, str]) -> None:
        """The end of a cell: put it into its row if it holds anything."""
        place = attributes.get("r")
        if place is None:
            self.column += 1
        else:
            found = _PLACE.fullmatch(place)
            if found is None or (int(found[2]) != self.row):
                raise damaged()
            self.column = _column(found[1])
        if not 1 <= self.column <= _COLUMNS:
            raise damaged()
        if self.value is None and self.inline is None and not self.formula:
            return
        cell = self._cell(attributes)
        if isinstance(cell.value, str) and not self.formula and is_blank(cell.value):
            return
        self.book.filling.take(cell.value, self.name, self.row, self.column)
        if self.cells is None or self.column in self.cells:
            raise damaged()
        self.cells[self.column] = cell._replace(formula=True) if self.formula else cell

    def _cell(self, attributes: dict[str, str]) -> Cell:
        kind = attributes.get("t", "n")
        written = "".join(self.value if self.value is not None else self.inline or ())
        if kind == "inlineStr":
            return text_cell(decoded("".join(self.inline if self.inline is not None else self.value or ())))
        if kind == "str" or self.value is None:
            return text_cell(decoded(written))
        if kind == "e":
            return Cell(written.strip() or "#VALUE!", error=True)
        if not written.strip():
            return Cell("")
        if kind == "s":
            index = _number(written.strip())
            if index >= len(self.book.strings):
                raise damaged()
            return text_cell(self.book.strings[index])
        if kind == "b":
            truth = {"1": True, "true": True, "0": False, "false": False}.get(written.strip().lower())
            if truth is None:
                raise damaged()
            return Cell(truth)
        if kind == "d":
            return Cell(iso_day(written.strip()))
        number = number_of(written) if kind == "n" else None
        if number is None:
            raise damaged()
        return self._number_cell(number, attributes.get("s", "0"))

    def _number_cell(self, number: int | float, style: str) -> Cell:
        index = int(style) if _WHOLE.fullmatch(style) else -1
        look = self.book.looks[index] if 0 <= index < len(self.book.looks) else PLAIN
        if look.kind == "day" and (day := day_of(number, from_1904=self.book.from_1904)) is not None:
            return Cell(day)
        if look.kind == "elapsed" and (time := elapsed(number)) is not None:
            return Cell(time)
        return Cell(number, shown=shown(number, look))


def _without_empty(part: bytes) -> bytes:
    """The part without its empty cells and rows, and not at all where it has more filled ones than are read."""
    root = _ROOT.search(part)
    prefix = (root[1] or b"") if root else b""
    if part.count(b"</" + prefix + b"c>") > MAX_CELLS:
        raise too_many_cells()
    # Where an element does not say its place, it is counted from the one before; what is no element may look like one.
    if b"<!" in part or re.search(rb"<" + re.escape(prefix) + rb"(?:c|row)(?! r=)[\s/>]", part):
        return part
    name = re.escape(prefix)
    cell = rb"<" + name + rb'c r="[A-Z0-9]{1,10}"[^<>/]*+/>'
    cells = rb"(?:[ \t\r\n]*+" + cell + rb")*+[ \t\r\n]*+"
    row = rb"<" + name + rb'row r="[0-9]{1,7}"[^<>/]*+(?:/>|>' + cells + rb"</" + name + rb"row>)"
    return re.sub(rb"(?<=>)(?:[ \t\r\n]*+(?:" + cell + rb"|" + row + rb"))++", b"", part)


def _without_overlap(ranges: Iterable[Range]) -> None:
    active: list[Range] = []
    for top, left, bottom, right in sorted(ranges):
        active = [each for each in active if each[2] >= top]
        if any(left <= each[3] and each[1] <= right for each in active):
            raise Unreadable("合并的格子互相重叠", "用 Excel 打开，取消合并，保存以后再试")
        active.append((top, left, bottom, right))


def _range(written: str) -> Range:
    found = _RANGE.fullmatch(written)
    if found is None:
        raise damaged()
    rows = sorted((int(found[2]), int(found[4] or found[2])))
    columns = sorted((_column(found[1]), _column(found[3] or found[1])))
    if rows[1] > _ROWS or columns[1] > _COLUMNS:
        raise damaged()
    return rows[0], columns[0], rows[1], columns[1]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _number(written: str) -> int:
    """A number of rows or columns; what is larger than any of these is that."""
    if not written.isascii() or not written.isdigit():
        raise damaged()
    return int(written[:20])


def _is_nothing(size: str | None) -> bool:
    """Whether a height or width is none."""
    return size is not None and number_of(size) == 0

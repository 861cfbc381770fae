"""Which sheet holds which table, and which column holds which field: by name, by synonym, by being told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple

from wholeschool.papers.layout import FORM, Column, Layout, Table, heading_of, layouts
from wholeschool.papers.opening import Cell, Sheet

HEADER_WITHIN = 15
"""Among how many of a sheet's first rows the one with the headings is looked for."""
COMPUTED = ("序号", "学分合计", "项数合计", "是否达标", "编号提示")
"""Columns that hold nothing of the record."""
LEAVE = "-"
"""What a column is assigned to that is left out knowingly."""


class Headings:
    """The columns of a table by everything that may stand above them.

    A field inside another (`学时：网络研修学时`) is also known by its own name alone, and everything by its synonyms,
    as long as no other column of the table is known by that word. `assigned` are headings that somebody said the
    meaning of.
    """

    def __init__(self, columns: Sequence[Column], assigned: Mapping[str, str] | None = None) -> None:
        self._columns = {heading_of(column.heading): column for column in columns}
        self._known = dict(_meanings(tuple(columns)))
        self._left: set[str] = set()
        for heading, meaning in (assigned or {}).items():
            if meaning == LEAVE:
                self._left.add(heading_of(heading))
            elif meant := self._known.get(heading_of(meaning)):
                self._known[heading_of(heading)] = meant

    def column(self, written: object) -> Column | None:
        """The column that a heading means."""
        return self._known.get(heading_of(written))

    def is_left(self, written: object) -> bool:
        """Whether somebody said that this column is not to be read."""
        return heading_of(written) in self._left

    @property
    def words(self) -> list[str]:
        """The headings proper."""
        return list(self._columns)


@cache
def _meanings(columns: tuple[Column, ...]) -> Mapping[str, Column]:
    """What each word means above a table of these columns."""
    own = {heading_of(column.heading): column for column in columns}
    for weaker in (_synonyms, _last_words):
        words: dict[str, Column | None] = {}
        for column in columns:
            for word in weaker(column):
                words[word] = column if words.get(word, column) is column else None
        own |= {word: found for word, found in words.items() if found is not None and word not in own}
    return own


def _synonyms(column: Column) -> Iterator[str]:
    for alias in column.aliases:
        yield heading_of(alias)
        if "：" in column.heading:
            yield heading_of(f"{column.heading.rpartition('：')[0]}：{alias}")


def _last_words(column: Column) -> Iterator[str]:
    if "：" in column.heading:
        yield heading_of(column.heading.rpartition("：")[2])


class Header(NamedTuple):
    """The rows that hold the headings (`first` to `last`), what stands above each column of the sheet, and the column
    of the table that it means; None where it means none.
    """

    first: int
    last: int
    headings: dict[int, str]
    columns: dict[int, Column | None]

    @property
    def hits(self) -> int:
        """How many columns are understood."""
        return sum(column is not None for column in self.columns.values())


@dataclass(frozen=True, eq=False)
class Grid:
    """A sheet read as a table. `certain` is that the sheet bears the table's name; `rivals` are other tables that its
    headings fit as well, so that nobody can say which of them it is.
    """

    place: int
    sheet: Sheet
    table: Table
    header: Header
    headings: Headings
    certain: bool
    rivals: tuple[Table, ...] = ()

    @cached_property
    def columns(self) -> dict[int, Column]:
        """Which column of the sheet holds which field; of two that say the same the first."""
        found: dict[int, Column] = {}
        for place, column in self.header.columns.items():
            if column is not None and column not in found.values() and not self.is_hidden(place, column):
                found[place] = column
        return found

    def is_hidden(self, place: int, column: Column) -> bool:
        """Whether a column is left out because nobody sees it; what says whose a row is, is read in any case."""
        return place in self.sheet.hidden_columns and column not in (*self.table.keys, *self.table.links)


def header_of(sheet: Sheet, headings: Headings) -> Header | None:
    """Among the first rows the one with most of the headings, or two of them where headings stand in two rows."""
    best: Header | None = None
    numbers = [number for number in sorted(sheet.rows) if number not in sheet.hidden_rows][:HEADER_WITHIN]
    for number in numbers:
        one = _header(headings, number, number, {place: str(c.value) for place, c in sheet.rows[number].items()})
        if best is None or one.hits > best.hits:
            best = one
    above = _spread(sheet)
    for upper, lower in itertools.pairwise(numbers):
        if lower != upper + 1:
            continue
        two = _in_two_rows(sheet, headings, upper, lower, above)
        if two is not None and best is not None and two.hits > best.hits:
            best = two
    return best if best is not None and best.hits else None


def _header(headings: Headings, first: int, last: int, words: Mapping[int, str]) -> Header:
    columns = {place: headings.column(word) for place, word in sorted(words.items())}
    return Header(first, last, dict(sorted(words.items())), columns)


def _in_two_rows(
    sheet: Sheet, headings: Headings, upper: int, lower: int, above: Mapping[tuple[int, int], str]
) -> Header | None:
    """The headings of two rows, the upper of which stands over several columns of the lower."""
    words: dict[int, str] = {}
    met = set()  # the rows that the understood headings come from
    for place in sorted({*sheet.rows[upper], *sheet.rows[lower], *(c for row, c in above if row == upper)}):
        high = above.get((upper, place)) or _text(sheet.rows[upper].get(place))
        low = _text(sheet.rows[lower].get(place))
        if above.get((lower, place)) == high:  # one cell over both rows
            low = ""
        choices = [f"{high}：{low}", low, high] if high and low else [low or high]
        word = next((each for each in choices if headings.column(each) is not None), choices[0])
        words[place] = word
        if headings.column(word) is not None:
            met.add(lower if low and word != high else upper)
    return _header(headings, upper, lower, words) if len(met) == 2 else None


def _spread(sheet: Sheet) -> dict[tuple[int, int], str]:
    """The text of each merged range, by every cell among the sheet's first rows that it covers."""
    found: dict[tuple[int, int], str] = {}
    last = max(sorted(sheet.rows)[:HEADER_WITHIN], default=0)
    for top, left, bottom, right in sheet.merged:
        text = _text(sheet.rows.get(top, {}).get(left))
        for row in range(top, min(bottom, last) + 1) if text else ():
            for column in range(left, right + 1):
                found[row, column] = text
    return found


def _text(cell: Cell | None) -> str:
    return "" if cell is None else str(cell.value).strip()


def unheeded(layout: Layout, sheets: Sequence[Sheet], assigned: Mapping[str, str]) -> dict[str, str]:
    """The headings that somebody said the meaning of in vain, and why: no sheet has them, or no table the meaning."""
    tables = [Headings(table.all_columns, assigned) for table in layout.tables] if assigned else []
    headers = [header_of(sheet, headings) for sheet in sheets for headings in tables]
    there = {heading_of(word) for header in headers if header for word in header.headings.values()}
    found = {}
    for heading, meaning in assigned.items():
        if heading_of(heading) not in there:
            found[heading] = f"表里没有“{heading}”这一列"
        elif meaning != LEAVE and not any(headings.column(meaning) for headings in tables):
            wanted = "、".join(dict.fromkeys(word for headings in tables for word in headings.words))
            found[heading] = f"模板里没有“{meaning}”这一列；有的是：{wanted}"
    return found


def form_sheet(layout: Layout, sheets: Sequence[Sheet]) -> int | None:
    """The place of the sheet with the record's single fields; None where there is none."""
    if not layout.form:
        return None
    return next((place for place, sheet in enumerate(sheets) if heading_of(sheet.name) == FORM), None)


def grids_of(layout: Layout, sheets: Sequence[Sheet], assigned: Mapping[str, str]) -> list[Grid]:
    """Every sheet that holds one of the tables, in the order of the workbook.

    A sheet of a table's name is that table; any other the one that most of its headings fit. Two sheets may hold the
    same table (one for each teaching-research group, say).
    """
    form = form_sheet(layout, sheets)
    known = {table: Headings(table.all_columns, assigned) for table in layout.tables}
    found = []
    for place, sheet in enumerate(sheets):
        if place == form or not sheet.rows:
            continue
        named = next((table for table in layout.tables if heading_of(sheet.name) == table.title), None)
        best: Grid | None = None
        for table, headings in known.items():
            header = header_of(sheet, headings)
            if header is None or (table is not named and not _fits(table, header)):
                continue
            grid = Grid(place, sheet, table, header, headings, table is named)
            if table is named or best is None or _rank(grid) > _rank(best):
                best = grid
            elif _rank(grid) == _rank(best):
                best = replace(best, rivals=(*best.rivals, table))
            if table is named:
                break
        if best is not None:
            found.append(best)
    return found


def _fits(table: Table, header: Header) -> bool:
    """Whether a sheet of another name is the table's: most of its headings are."""
    own = [column for column in header.columns.values() if column is not None]
    if all(column in table.links for column in own):
        return False
    return header.hits >= max(2, (len(header.headings) + 1) // 2)


def _rank(grid: Grid) -> tuple[int, int]:
    """How well a sheet fits: how many headings, then how many of those that a row cannot be without."""
    here = set(grid.header.columns.values())
    return grid.header.hits, -sum(c.required and c not in here for c in grid.table.all_columns)


class Likeness(NamedTuple):
    """How much the sheets look like a kind of record, and which columns that it needs they lack; it is `sure` where
    they lack none of several.
    """

    kind: str
    score: float
    lacking: tuple[str, ...]
    sure: bool


def kinds_like(sheets: Sequence[Sheet], assigned: Mapping[str, str]) -> list[Likeness]:
    """The kinds of records that the headings fit, the likeliest first."""
    found = []
    for name, layout in layouts().items():
        best: Likeness | None = None
        for table in layout.tables:
            headings = Headings(table.columns, assigned)
            for sheet in sheets:
                header = header_of(sheet, headings)
                if header is None or header.hits < 2:
                    continue
                here = set(header.columns.values())
                needed = [column for column in table.columns if column.required]
                lacking = tuple(column.heading for column in needed if column not in here)
                titled = 0.5 if heading_of(sheet.name) == table.title else 0
                one = Likeness(name, header.hits + titled, lacking, not lacking and len(needed) > 1)
                if best is None or (one.sure, one.score) > (best.sure, best.score):
                    best = one
        if best is not None:
            found.append(best)
    return sorted(found, key=lambda each: (not each.sure, -each.score))


def kind_of(likely: Sequence[Likeness], sheets: Sequence[Sheet]) -> str | None:
    """The kind that surely is meant: the only best one with every column that it needs, else the only one that has a
    table of a sheet's name.
    """
    sure = [each for each in likely if each.sure]
    if sure:
        return sure[0].kind if not alike(likely) else None
    named = {
        each.kind
        for each in likely
        if any(heading_of(sheet.name) == table.title for sheet in sheets for table in layouts()[each.kind].tables)
    }
    return named.pop() if len(named) == 1 else None


def alike(likely: Sequence[Likeness]) -> list[Likeness]:
    """The kinds that the sheets have every column of, and none more than another; empty where one is the likeliest."""
    best = [each for each in likely if each.sure and each.score == likely[0].score]
    return best if len(best) > 1 else []

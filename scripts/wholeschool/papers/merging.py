"""What the rows of a workbook change in a record: whose row is whose, what stays, what goes.

A row is the item that its key names (`x-key` in the schema). Where the sheet lacks the key, it is the item of that
name (`x-name`) if the name is unique on both sides; otherwise it is refused. Order says nothing. What a sheet does not
speak of stays: other items, other fields, other inner lists, and fields whose cell is empty. Only a table that was
exported whole and has not been overtaken (`whole`) takes away, and says what.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wholeschool.papers.layout import Column, Layout, Table
from wholeschool.papers.rows import STRIDE, Item, Reader, Row, get, put
from wholeschool.papers.tables import Grid
from wholeschool.records.explain import nearest
from wholeschool.records.kinds import Kind
from wholeschool.records.positions import KeyMark, Mark
from wholeschool.records.schema import copied

Key = tuple[str, ...]


class Merged(NamedTuple):
    """An item of the list as it becomes: where it was in the record (None where it is new), and its row's mark."""

    place: int | None
    content: dict[str, Any]
    mark: Mark
    row: Item | None


class Merging:
    """One record and the rows that a workbook has for it.

    `renamed` are the numbers whose names somebody says are put right, `corrected` gives the names by number that the
    county has corrected: those are the same people.
    """

    def __init__(
        self,
        reader: Reader,
        kind: Kind,
        layout: Layout,
        items: Mapping[Table, Sequence[Item]],
        grids: Sequence[Grid],
        *,
        whole: Collection[Table],
        renamed: Collection[str],
        corrected: Callable[[], Mapping[str, str]],
        without: Collection[Row],
        new: bool,
    ) -> None:
        self.reader, self.kind, self.layout, self.grids, self.items = reader, kind, layout, grids, items
        self.whole, self.renamed, self.corrected, self.without, self.new = whole, renamed, corrected, without, new

    def put_lists(self, old: Mapping[str, Any], value: dict[str, Any], marks: dict[str, Any]) -> None:
        """Put every list of the record into `value`: its rows merged with what `old` has."""
        for table in self.layout.tables:
            if table.parent is None:
                self._put_list(table, old, value, marks)

    def _put_list(self, table: Table, old: Mapping[str, Any], value: dict[str, Any], marks: dict[str, Any]) -> None:
        before: list[Any] = get(old, table.pointer) or []
        children = [child for child in self.layout.tables if child.parent is table]
        grids = [grid for grid in self.grids if grid.table is table]
        if not grids and not any(grid.table in children for grid in self.grids):
            if before:
                put(value, table.pointer, copied(before))
            return
        at = _header_mark(grids[0]) if grids else Mark(1, 1)
        merged = self._merged(table, self.items.get(table, ()), before, at)
        merged = [self._with_children(children, table, each, before) for each in merged]
        self._check_links(table, children, merged)
        if merged or (grids and self._is_required(table)):
            put(value, table.pointer, [each.content for each in merged])
        put(marks, table.pointer, at._replace(items=[each.mark for each in merged]))

    def _with_children(self, children: Sequence[Table], table: Table, owner: Merged, before: Sequence[Any]) -> Merged:
        """An item with its inner lists; rows of theirs say by the item's key that they belong to it."""
        earlier = before[owner.place] if owner.place is not None else {}
        key = _key(owner.content, table)
        mark = owner.mark
        for child in children:
            kept = get(earlier, child.pointer) or []
            mine = [item for item in self.items.get(child, ()) if item.links == key]
            at = mine[0].mark if mine else Mark(mark.line, mark.column)
            has_sheet = any(grid.table is child for grid in self.grids)
            merged = self._merged(child, mine, kept, at) if has_sheet else None
            if merged is None:
                inner = copied(kept)
            else:
                inner = [each.content for each in merged]
                items = Mark(at.line, at.column, None, [each.mark for each in merged])
                mark = _with_list(mark, child.pointer, items)
            _take_away(owner.content, child.pointer)
            if inner:
                put(owner.content, child.pointer, inner)
        return owner._replace(mark=mark)

    # ---- whose row is whose ----

    def _merged(self, table: Table, rows: Sequence[Item], before: Sequence[Any], at: Mark) -> list[Merged]:
        whole = table in self.whole
        places = self._places(table, rows, before)
        merged: list[Merged] = []
        cleared: dict[Column, list[int]] = {}
        for item, place in zip(rows, places, strict=True):
            if place == _REFUSED:
                continue
            if item.row in self.without:
                if place is not None:
                    merged.append(Merged(place, copied(before[place]), item.mark, item))
                continue
            if place is None:
                self._new(table, item)
            else:
                self._keep(table, item, before[place], cleared, whole=whole)
            merged.append(Merged(place, item.value, item.mark, item))
        self._say_cleared(rows, cleared)
        gone = sorted(set(range(len(before))) - set(places))
        # Whose row is refused or left out may be one of those that seem to be gone.
        sure = not any(place == _REFUSED or item.row in self.without for item, place in zip(rows, places, strict=True))
        if gone and whole and sure:
            self._say_gone(table, [before[place] for place in gone], rows, at)
        else:
            merged += [Merged(place, copied(before[place]), Mark(at.line, at.column), None) for place in gone]
        return _ordered(merged, whole=whole)

    def _keep(
        self, table: Table, item: Item, earlier: Mapping[str, Any], cleared: dict[Column, list[int]], *, whole: bool
    ) -> None:
        """Keep of an item what its row does not speak of; in a table that stands for the whole, an empty cell does."""
        for column in table.columns:
            kept = get(earlier, column.pointer)
            if kept is None or get(item.value, column.pointer) is not None:
                continue
            if whole and column in item.blank:
                cleared.setdefault(column, []).append(item.row[1])
            elif column in item.blank or column not in item.known:
                put(item.value, column.pointer, copied(kept))
        for name, kept in earlier.items():  # what has no column: inner lists are merged after this
            if name not in item.value and not any(column.pointer[0] == name for column in table.columns):
                item.value[name] = copied(kept)

    def _places(self, table: Table, rows: Sequence[Item], before: Sequence[Any]) -> list[int | None]:
        """For every row the place of its item in the record: None where it is new, `_REFUSED` where nobody can say."""
        keys = table.keys or table.columns
        by_key: dict[Key, list[int]] = {}
        for place, item in enumerate(before):
            by_key.setdefault(_said(item, keys), []).append(place)
        waiting: dict[Key, list[int]] = {}
        found: list[int | None] = [None] * len(rows)
        for number, item in enumerate(rows):
            if all(column in item.known for column in keys):
                waiting.setdefault(_said(item.value, keys), []).append(number)
            else:
                found[number] = self._by_name(table, rows, number, before)
        for key, numbers in waiting.items():
            self._pair(table, rows, numbers, before, by_key.get(key, []), found)
            self._check_twice(table, rows, numbers, found)
        self._check_names(table, rows, found, before)
        return self._each_once(rows, found)

    def _pair(
        self,
        table: Table,
        rows: Sequence[Item],
        numbers: Sequence[int],
        before: Sequence[Any],
        places: Sequence[int],
        found: list[int | None],
    ) -> None:
        """Rows and items of one key: one and one go together; of several, those that say the same."""
        if len(numbers) == 1 and len(places) == 1:
            found[numbers[0]] = places[0]
            return
        left = list(places)
        open_rows = []
        for number in numbers:
            item = rows[number]
            said = _projection(item.value, item.known)
            same = next((place for place in left if _projection(before[place], item.known) == said), None)
            if same is None:
                open_rows.append(number)
            else:
                found[number] = same
                left.remove(same)
        if not open_rows or not left:
            return
        sure = table in self.whole and all(
            column in rows[number].known for number in open_rows for column in table.columns
        )
        if sure:  # the sheet says all there is, so it does not matter which is which
            for number, place in zip(open_rows, left, strict=False):
                found[number] = place
            return
        for number in open_rows:
            item = rows[number]
            keys = table.keys or table.columns
            what = "、".join(f"{column.heading}“{get(item.value, column.pointer)}”" for column in keys[:3])
            told = f"{what} 在表里有 {len(numbers)} 行，记录里有 {len(places)} 条，分不清哪行是哪条"
            hint = "用 wholeschool export template 导出现有的记录，在那份表里改"
            self.reader.tell(*item.row, item.column_of(keys[0]), "XLSX-KEY", told, hint)
            found[number] = _REFUSED

    def _check_twice(
        self, table: Table, rows: Sequence[Item], numbers: Sequence[int], found: Sequence[int | None]
    ) -> None:
        """Tell of new rows whose key another row has; they stay, so that what else is wrong with them is told too."""
        fresh = [number for number in numbers if found[number] is None]
        keys = [column for column in table.keys if column.required]
        if len(numbers) < 2 or any(get(rows[numbers[0]].value, column.pointer) is None for column in keys):
            return  # of an empty cell its field complains
        for number in fresh[1:] if len(fresh) == len(numbers) else fresh:
            self._tell_twice(rows[number], rows[number].column_of(table.keys[0]))

    def _tell_twice(self, item: Item, column: int) -> None:
        told = "另有一行说的是同一条，分不清哪行为准"
        self.reader.tell(*item.row, column, "XLSX-KEY", told, "只留一行，或写全编号")

    def _by_name(self, table: Table, rows: Sequence[Item], number: int, before: Sequence[Any]) -> int | None:
        """The item of a row whose sheet lacks the key: the one of its name, where the name is unique on both sides."""
        item = rows[number]
        missing = "、".join(column.heading for column in table.keys if column not in item.known)
        name = table.name
        if self.new or not before:
            return None  # that the column is missing is told of once
        how = f"补上“{missing}”一列；wholeschool export template 导出的表里有现成的"
        if name is None or name not in item.known:
            self.reader.tell(*item.row, min(item.grid.columns), "XLSX-KEY", f"没有“{missing}”，不知道是哪一条", how)
            return _REFUSED
        called = _loose(get(item.value, name.pointer))
        place = item.column_of(name)
        twice = sum(_loose(get(other.value, name.pointer)) == called for other in rows) > 1
        same = [at for at, other in enumerate(before) if _loose(get(other, name.pointer)) == called]
        said = get(item.value, name.pointer)
        if not called:
            self.reader.tell(*item.row, place, "XLSX-KEY", f"没有{missing}，也没有{name.heading}，不知道是谁", how)
        elif twice or len(same) > 1:
            where = "表里" if twice else "记录里"
            told = f"没有“{missing}”一列，{where}叫“{said}”的不止一位，分不清是谁"
            self.reader.tell(*item.row, place, "XLSX-KEY", told, how)
        elif not same:
            meant = nearest(str(said), [str(get(other, name.pointer) or "") for other in before])
            told = f"没有“{missing}”一列，记录里没有叫“{said}”的" + (f"（有“{meant}”）" if meant else "")
            self.reader.tell(*item.row, place, "XLSX-KEY", told, f"{how}；新增的要有{missing}")
        else:
            for column in table.keys:
                put(item.value, column.pointer, copied(get(before[same[0]], column.pointer)))
            return same[0]
        return _REFUSED

    def _check_names(self, table: Table, rows: Sequence[Item], found: list[int | None], before: Sequence[Any]) -> None:
        """Refuse rows whose key and name tell of different people."""
        name = table.name
        if name is None or name.pointer[0] in table.key:
            return
        keys = "、".join(column.heading for column in table.keys)
        held = {_key(item.value, table) for item in rows}
        for number, item in enumerate(rows):
            said = get(item.value, name.pointer)
            if said is None or found[number] == _REFUSED or name not in item.known:
                continue
            key = _key(item.value, table)
            place = found[number]
            at = item.column_of(name)
            if place is not None:
                known = get(before[place], name.pointer)
                if known is None or _loose(known) == _loose(said):
                    if known is not None and known != said and key[0] not in self.renamed:
                        put(item.value, name.pointer, known)  # a space or a dot more or less is no other name
                    continue
                if key[0] in self.renamed or _loose(self.corrected().get(key[0])) == _loose(said):
                    continue
                told = f"{keys} {'、'.join(key)} 在记录里是“{known}”，表里写的是“{said}”"
                hint = f"编号写错了就改编号；是改正姓名，加 --rename {key[0]}；来了新人另起一行，用新的{keys}"
                self.reader.tell(*item.row, at, "XLSX-RENAME", told, hint)
                found[number] = _REFUSED
            else:
                others = [each for each in before if _loose(get(each, name.pointer)) == _loose(said)]
                missing = [each for each in others if _key(each, table) not in held]
                if missing and key[0] not in self.renamed:
                    one = "、".join(_key(missing[0], table))
                    told = f"记录里的“{said}”{keys}是 {one}，表里写的是 {'、'.join(key)}"
                    hint = f"是同一位就用 {one}（要改编号，加 --rename {key[0]}）；是同名的两位，把原来那位也写进表里"
                    self.reader.tell(*item.row, at, "XLSX-KEY", told, hint)
                    found[number] = _REFUSED

    def _each_once(self, rows: Sequence[Item], found: list[int | None]) -> list[int | None]:
        """No two rows become one item."""
        met: Counter[int] = Counter(place for place in found if place is not None and place != _REFUSED)
        for number, place in enumerate(found):
            if place is not None and met[place] > 1 and place != _REFUSED:
                self._tell_twice(rows[number], min(rows[number].grid.columns))
                found[number] = _REFUSED
        return found

    # ---- what is said ----

    def _new(self, table: Table, item: Item) -> None:
        """A row that is new needs every column that an item cannot be without."""
        lacking = [c.heading for c in table.columns if c.required and c not in item.known]
        if not lacking:
            return
        grid = item.grid
        told = f"少了列：{'、'.join(lacking)}"
        if not any(each.finding.message == told and each.sheet == grid.sheet.name for each in self.reader.found):
            self.reader.tell(grid.sheet.name, grid.header.last, 1, "XLSX-COLUMN", told, "照模板补上这些列")

    def _say_cleared(self, rows: Sequence[Item], cleared: Mapping[Column, list[int]]) -> None:
        for column, numbers in cleared.items():
            item = next(each for each in rows if each.row[1] == numbers[0])
            told = f"{column.heading}有 {len(numbers)} 格清空了，记录里原来写着的会去掉"
            hint = "不该去掉的，补回表里"
            self.reader.tell(*item.row, item.column_of(column), "XLSX-GONE", told, hint, "warning")

    def _say_gone(self, table: Table, gone: Sequence[Any], rows: Sequence[Item], at: Mark) -> None:
        names = [_called(item, table) for item in gone]
        said = "、".join(names[:10]) + (f" 等 {len(names)} 条" if len(names) > 10 else "")
        sheet = next((grid for grid in self.grids if grid.table is table), None)
        if sheet is None:
            return
        told = f"表里没有、会从记录里删掉的有 {len(gone)} 条：{said}"
        hint = "先用 --dry-run 看清楚；不该删的，补回表里"
        column = min(sheet.columns, default=1)
        self.reader.tell(sheet.sheet.name, sheet.header.last, column, "XLSX-GONE", told, hint, "warning")

    def _check_links(self, table: Table, children: Sequence[Table], merged: Iterable[Merged]) -> None:
        """Rows of an inner list that belong to nobody."""
        known = {_key(each.content, table) for each in merged}
        if rows := self.items.get(table, ()):
            known |= {_key(item.value, table) for item in rows}  # what was refused has been told of
        what = "、".join(column.heading for column in table.keys)
        for child in children:
            for item in self.items.get(child, ()):
                if item.links not in known and item.row not in self.without:
                    links = [place for place, column in item.grid.columns.items() if column in child.links]
                    told = f"表“{table.title}”里没有这一行说的{what}" if any(item.links) else f"没有写{what}"
                    hint = f"照表“{table.title}”里的{what}填写"
                    self.reader.tell(*item.row, min(links, default=1), "XLSX-LINK", told, hint)

    def _is_required(self, table: Table) -> bool:
        node = self.kind.schema.field(table.pointer[:-1])
        return len(table.pointer) == 1 and table.pointer[-1] in node.get("required", ())


_REFUSED = -1


def _header_mark(grid: Grid) -> Mark:
    return Mark(grid.place * STRIDE + grid.header.last, min(grid.columns, default=1))


def _ordered(merged: list[Merged], *, whole: bool) -> list[Merged]:
    """What was there keeps its order; a new item stands behind the one that its row follows, else at the end."""
    ordered = sorted((each for each in merged if each.place is not None), key=lambda each: each.place or 0)
    for number, each in enumerate(merged):
        if each.place is None:
            before = merged[number - 1].content if number else None
            first = 0 if whole else len(ordered)
            at = next((place for place, other in enumerate(ordered, start=1) if other.content is before), first)
            ordered.insert(at, each)
    return ordered


def _key(item: Mapping[str, Any], table: Table) -> Key:
    """What rows of an inner list say to belong to the item."""
    return _said(item, table.keys)


def _said(item: Mapping[str, Any], columns: Iterable[Column]) -> Key:
    return tuple(str(get(item, column.pointer) or "") for column in columns)


def _projection(item: Mapping[str, Any], columns: Iterable[Column]) -> dict[tuple[str, ...], Any]:
    """What the columns can say of an item."""
    return {column.pointer: value for column in columns if (value := get(item, column.pointer)) not in (None, "", [])}


def _loose(name: Any) -> str:
    """A name without what people put into it or leave out: blanks, and the kind of dot between its parts."""
    return re.sub(r"[\s·•・‧∙●⋅．.]", "", str(name or "")).casefold()


def _called(item: Mapping[str, Any], table: Table) -> str:
    name = get(item, table.name.pointer) if table.name else None
    key = "、".join(word for word in _said(item, table.keys or table.columns[:2]) if word)
    return f"{name}（{key}）" if name and name != key else key


def _with_list(mark: Mark, pointer: tuple[str, ...], items: Mark) -> Mark:
    """The mark of an item with that of one of its lists, which may be inside an object of its own."""
    name, *rest = pointer
    known = (mark.keys or {}).get(name)
    inner = known.value if known else Mark(items.line, items.column)
    made = _with_list(inner, tuple(rest), items) if rest else items
    return mark._replace(keys={**(mark.keys or {}), name: KeyMark(items.line, items.column, made)})


def _take_away(value: dict[str, Any], pointer: tuple[str, ...]) -> None:
    for name in pointer[:-1]:
        value = value.get(name) or {}
    value.pop(pointer[-1], None)

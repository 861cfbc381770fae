"""Changed values into an existing YAML file with the smallest difference: comments, order, quotes and blank lines stay.

What is equal stays byte for byte; a comment goes only with an item that it stands in or directly above. Where a place
cannot be edited so, nothing is written anew: `CannotEdit` says which place.
"""

from __future__ import annotations

import bisect
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wholeschool.errors import WholeschoolError
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.positions import locate
from wholeschool.records.refusals import Refused
from wholeschool.records.schema import Schema
from wholeschool.records.text import like
from wholeschool.records.yaml_new import (
    NUMBER,
    STEP,
    in_flow,
    in_order,
    is_literal,
    literal,
    new_field,
    new_item,
    new_name,
    new_text,
    scalar,
)
from wholeschool.records.yaml_nodes import Entry, Node, UnusualWriting, nodes
from wholeschool.records.yaml_text import read_yaml

__all__ = ["CannotEdit", "edited", "matches", "new_text"]

Pointer = tuple[str | int, ...]

_COMMENT = re.compile(r"#[^\n]*")
_HEADER = re.compile(r"[|>]([0-9+-]*)")


class CannotEdit(WholeschoolError):  # noqa: N818 - says what cannot be done
    """A record is written so that a value cannot be changed in place; `pointer` and `line` say which and where."""

    def __init__(self, pointer: Pointer, line: int) -> None:
        self.pointer, self.line = pointer, line
        name = ".".join(str(step + 1) if isinstance(step, int) else step for step in pointer) or "整份记录"
        super().__init__(
            f"第 {line} 行的 {name} 写得特别，程序改它会动到别的内容，所以没有改；请照模板的写法手工改这一行"
        )


def edited(schema: Schema, before: str, value: Mapping[str, Any], *, same_items: bool = False) -> str:
    """The text `before` with `value` in it, as the reader gives it (30 and 30.0 are the same number).

    A byte-order mark and the way lines end stay as well. `same_items` says that lists as long as before hold the same
    items, each corrected where it stands: only who did that can know.

    Raises `CannotEdit` where that cannot be done in place, and `Refused` where `before` is no record.
    """
    text = before.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    open_end = not text.endswith("\n")
    if open_end and values_of(text) == values_of(f"{text}\n"):
        text += "\n"
    else:
        open_end = False
    old, wanted = values_of(text), schema.typed(value)
    if schema.typed(old) == wanted:
        return before
    try:
        root = nodes(text)
        if root is None or root.kind != "mapping":
            raise CannotEdit((), read_yaml(text)[1].line)
        whole = Entry(root.start, "", 0, None, root)
        changed = _applied(text, _Editor(schema, text, same_items=same_items).value(whole, root, value, ()))
        if not _says(schema, changed, wanted):
            # A comment further in below a new text of several lines would be part of it: so that has quotes.
            changed = _applied(
                text, _Editor(schema, text, same_items=same_items, lines=False).value(whole, root, value, ())
            )
        if not _says(schema, changed, wanted):
            raise UnusualWriting(0)
    except (UnusualWriting, _Overlap) as unusual:
        pointer = _first_difference(old, value, ())
        raise CannotEdit(pointer, locate(read_yaml(text)[1], pointer)[0]) from unusual
    return like(changed.removesuffix("\n") if open_end else changed, before)


def matches(old: Sequence[Any], new: Sequence[Any], key: Sequence[str]) -> list[int | None]:
    """For every item of `new` the place in `old` of the item it is, None for one that was not there.

    What an item is its key says (`x-key`), never its place. Items of one key go together where they are equal or
    where there is just one left of each; items without a key, where they are equal.
    """
    found: list[int | None] = [None] * len(new)
    left: dict[str, list[int]] = {}
    for place, item in enumerate(old):
        left.setdefault(_written(item), []).append(place)
    for number, item in enumerate(new):
        if waiting := left.get(_written(item)):
            found[number] = waiting.pop(0)
    if not key:
        return found
    taken = {place for place in found if place is not None}
    free = _by_key(((place, item) for place, item in enumerate(old) if place not in taken), key)
    wanted = _by_key(((number, item) for number, item in enumerate(new) if found[number] is None), key)
    for identity, numbers in wanted.items():
        places = free.get(identity, [])
        if len(numbers) == len(places) == 1:
            found[numbers[0]] = places[0]
    return found


def _by_key(items: Iterable[tuple[int, Any]], key: Sequence[str]) -> dict[tuple[Any, ...], list[int]]:
    """The places of items by their key; of those that have all of it."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for place, item in items:
        if isinstance(item, dict) and all(isinstance(item.get(name), str | int) for name in key):
            found.setdefault(tuple(item[name] for name in key), []).append(place)
    return found


def _written(item: Any) -> str:
    return json.dumps(item, sort_keys=True)


def _with_neighbours(places: list[int | None], many: int) -> list[int | None]:
    """For the smallest difference of a list whose items have no key: what stands between the same equal ones goes
    together as well. Nothing is meant by it; what is written is the new item all the same.
    """
    fixed = _rising([place for place in places if place is not None])
    found = list(places)
    free = [place for place in range(many) if place not in places]
    at = 0
    for number, place in enumerate(places):
        if place in fixed:
            assert place is not None
            at = place
        elif place is None:
            until = next((other for other in places[number:] if other in fixed), many)
            assert until is not None
            if waiting := [place for place in free if at <= place < until]:
                found[number] = waiting[0]
                free.remove(waiting[0])
    return found


class _Edit(NamedTuple):
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


class _Overlap(Exception):  # noqa: N818 - a verdict, turned into `CannotEdit`
    """Two edits of the same characters."""


def _applied(text: str, edits: Iterable[_Edit], start: int = 0, end: int | None = None) -> str:
    """The characters of `text` from `start` to `end` with the edits made, those at one place in their order."""
    parts = []
    at = start
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if edit.start < at:
            raise _Overlap
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:end]])


class _Editor:
    """Finds the smallest edits that turn the values of a text into others."""

    def __init__(self, schema: Schema, text: str, *, same_items: bool, lines: bool = True) -> None:
        self.schema, self.text, self.lines, self.same_items = schema, text, lines, same_items
        self._fields: dict[tuple[str, ...], dict[str, Any]] = {}

    def value(self, holder: Entry, node: Node, value: Any, pointer: Pointer, *, flow: bool = False) -> Iterator[_Edit]:
        """The edits of one value that is there already."""
        field = self._field(pointer)
        if node.kind == "text" and isinstance(value, str):
            yield from self._text(holder, node, value, field, flow=flow)
        elif node.kind == "mapping" and isinstance(value, dict):
            if (value or not node.entries) and node.flow and (node.entries or not value):
                yield from self._flow_mapping(node, value, pointer)
            elif node.flow:
                yield from self._replaced(holder, node, value, pointer, flow=flow)
            else:
                yield from self._mapping(node, value, pointer)
        elif node.kind == "list" and isinstance(value, list):
            if node.flow and node.entries and (value or self._comments(node)):
                yield from self._flow_list(node, value, pointer, field)
            elif node.flow:
                if node.entries or value:
                    yield from self._replaced(holder, node, value, pointer, flow=flow)
            elif value:
                yield from self._list(node, value, pointer, field)
            else:
                yield from self._emptied(holder, node, "[]")
        elif node.kind == "text" or node.flow:
            yield from self._replaced(holder, node, value, pointer, flow=flow)
        else:
            yield from self._emptied(holder, node, in_flow(self.schema, field, value, alone=True))

    def filled(self, holder: Entry, value: Any, pointer: Pointer, indent: str, *, flow: bool) -> Iterator[_Edit]:
        """The edits that put a value where none was."""
        field = self._field(pointer)
        if holder.mark is None:  # a key without a colon
            text = in_flow(self.schema, field, value)
            if flow:
                yield _Edit(holder.key_end, holder.key_end, f": {text}")
            else:
                end = self._line_end(holder.key_end)
                yield _Edit(end, end, f"\n{indent}: {text}")
            return
        if flow:
            yield _Edit(holder.mark, holder.mark, f" {in_flow(self.schema, field, value)}")
            return
        yield from self._below(holder.mark, holder.mark, self._behind(value, pointer, indent))

    # Texts

    def _text(self, holder: Entry, node: Node, value: str, field: Mapping[str, Any], *, flow: bool) -> Iterator[_Edit]:
        if node.text == value or _same_number(field, node.text, value):
            return
        if node.style in ("|", ">") and node.style:
            yield from self._block_text(holder, node, value, field)
        elif self.lines and is_literal(value) and not flow:
            yield from self._below(node.start, node.end, literal(value, self._inside(holder)))
        else:
            yield _Edit(node.start, node.end, scalar(field, value, node.style, flow=flow))

    def _block_text(self, holder: Entry, node: Node, value: str, field: Mapping[str, Any]) -> Iterator[_Edit]:
        """Another text in place of a `|` or `>` block; what is said behind its sign stays."""
        found = _HEADER.match(self.text, node.start)
        assert found is not None
        first = self._line_end(node.start)
        lines = self.text[first : node.end].lstrip("\n").split("\n")
        indent = re.match(" *", lines[0])
        column = indent.group() if indent and indent.group() and not found[1].strip("+-") else self._inside(holder)
        if is_literal(value) or (value and _is_one_line(value)):
            sign, *body = literal(value, column).split("\n")
        else:
            sign, body = scalar(field, value, '"'), []
        yield _Edit(node.start, found.end(), sign)
        if node.end > first:
            yield _Edit(first, node.end, "".join(f"\n{line}" for line in body))
        else:
            yield _Edit(first, first, "".join(f"\n{line}" for line in body))

    def _closed(self, entry: Entry) -> Iterator[_Edit]:
        """The last text of an entry in quotes, where the blank lines below it are part of it."""
        last = _last_text(entry)
        if last is not None and last.keeps:
            found = _HEADER.match(self.text, last.start)
            assert found is not None
            first = self._line_end(last.start)
            yield _Edit(last.start, found.end(), scalar({}, last.text, '"'))
            yield _Edit(first, last.end, "")

    def _replaced(self, holder: Entry, node: Node, value: Any, pointer: Pointer, *, flow: bool) -> Iterator[_Edit]:
        """Another kind of value in place of a text or of brackets."""
        field = self._field(pointer)
        comments = self._comments(node)
        beside = holder.mark is not None and "\n" not in self.text[holder.mark : node.start]
        if flow or comments or not beside or (node.style in ("|", ">") and node.style):
            text = in_flow(self.schema, field, value, alone=not flow)
            indent = self._inside(holder)
            said = "".join(f" {comment}\n{indent}" for comment in comments)
            if not flow and self._line_end(node.end) == node.end:
                said = said.rstrip()
            yield _Edit(node.start, node.end, text + said)
            return
        assert holder.mark is not None
        column = " " * self._column(holder.start)
        yield from self._below(holder.mark, node.end, self._behind(value, pointer, column))

    def _below(self, start: int, end: int, text: str) -> Iterator[_Edit]:
        """The first line of `text` in place of characters, its other lines below theirs."""
        first, *more = text.split("\n")
        yield _Edit(start, end, first)
        if more:
            place = self._line_end(end)
            yield _Edit(place, place, "".join(f"\n{line}" for line in more))

    def _behind(self, value: Any, pointer: Pointer, indent: str) -> str:
        """What stands behind the colon or the dash of a value that is new."""
        parent = self._field(pointer[:-1])
        if isinstance(pointer[-1], str):
            text = new_field(self.schema, parent, pointer[-1], value, indent, lines=self.lines)
            return text.removeprefix(f"{indent}{new_name(pointer[-1])}:").removesuffix("\n")
        return (
            new_item(self.schema, parent, value, indent, lines=self.lines).removeprefix(f"{indent}-").removesuffix("\n")
        )

    # Blocks: one field or item below the other

    def _mapping(self, node: Node, value: Mapping[str, Any], pointer: Pointer) -> Iterator[_Edit]:
        entries = node.entries
        places = {entry.key: place for place, entry in enumerate(entries)}
        column = self._column(entries[0].start)
        indent = " " * column
        doomed = {place for place, entry in enumerate(entries) if entry.key not in value and not entry.blank}
        for name, place in places.items():
            if name in value:
                entry = entries[place]
                if entry.node is None or entry.blank:
                    yield from self.filled(entry, value[name], (*pointer, name), indent, flow=False)
                else:
                    yield from self.value(entry, entry.node, value[name], (*pointer, name))
        parent = self._field(pointer)
        texts: dict[int, list[str]] = {}
        behind = -1
        for name in in_order(parent, value):
            if name in places:
                behind = places[name]
            else:
                text = new_field(self.schema, parent, name, value[name], indent, lines=self.lines).removesuffix("\n")
                texts.setdefault(behind, []).append(text)
        stay = [place for place in range(len(entries)) if place not in doomed]
        if not stay and not texts:
            yield _Edit(entries[0].start, entries[0].end, "{}")
            doomed.discard(0)
        # What is said above the first field is about that field, or about the whole file; and behind a dash a new
        # field would change the line of the first.
        if -1 in texts and stay:
            first = entries[stay[0]]
            if self._shares_line(first) or self._lead(first, 0) != self._line_start(first.start):
                texts[stay[0]] = texts.pop(-1) + texts.get(stay[0], [])
        yield from self._block(node, doomed, texts, spaced=False, with_lead=False)

    def _list(self, node: Node, value: list[Any], pointer: Pointer, field: Mapping[str, Any]) -> Iterator[_Edit]:
        entries = node.entries
        column = self._column(entries[0].start)
        indent = " " * column
        kept, places = self._kept(node, value, field)
        edits: dict[int, list[_Edit]] = {}
        for number, place in enumerate(places):
            if place is not None:
                entry = entries[place]
                at = (*pointer, place)
                if value[number] is None:
                    edits[place] = []
                elif entry.node is None or entry.blank:
                    edits[place] = list(self.filled(entry, value[number], at, indent, flow=False))
                else:
                    edits[place] = list(self.value(entry, entry.node, value[number], at))
        for place in kept:
            yield from edits[place]
        spaced = any(
            "\n\n" in self.text[self._extent(node, place) : entries[place + 1].start]
            for place in range(len(entries) - 1)
        )
        if len(entries) == 1:
            spaced = len(pointer) == 1 and isinstance(value[0], dict)
        texts: dict[int, list[str]] = {}
        behind = -1
        for number, place in enumerate(places):
            if place in kept:
                assert place is not None
                behind = place
            elif place is None:
                text = new_item(self.schema, field, value[number], indent, lines=self.lines).removesuffix("\n")
                texts.setdefault(behind, []).append(text)
            else:  # it has another place now, and takes along what is said in it and above it
                start, end = self._region(node, place, with_lead=True)
                changes = edits[place] or list(self._closed(entries[place]))
                moved = _applied(self.text, changes, start, end).removesuffix("\n")
                if self._shares_line(entries[place]):
                    moved = indent + moved
                texts.setdefault(behind, []).append(moved)
        doomed = set(range(len(entries))) - kept
        yield from self._block(node, doomed, texts, spaced=spaced, with_lead=True)

    def _kept(self, node: Node, value: list[Any], field: Mapping[str, Any]) -> tuple[set[int], list[int | None]]:
        """Which items stay where they are, and for each new item which old one it is."""
        old = [_read(entry) for entry in node.entries]
        key = field.get("x-key", ())
        if self.same_items and len(old) == len(value):
            return set(range(len(old))), list(range(len(old)))
        places = matches(old, value, key)
        if not key:
            places = _with_neighbours(places, len(old))
        for number, place in enumerate(places):
            if place is not None and old[place] is not None and type(old[place]) is not type(value[number]):
                places[number] = None
        return _rising([place for place in places if place is not None]), places

    def _block(
        self, node: Node, doomed: set[int], texts: Mapping[int, list[str]], *, spaced: bool, with_lead: bool
    ) -> Iterator[_Edit]:
        """Entries taken out, and new ones (their whole lines) put behind those that stay; -1: before all of them."""
        entries = node.entries
        between = "\n\n" if spaced else "\n"
        stay = [place for place in range(len(entries)) if place not in doomed]
        doomed = set(doomed)
        head = texts.get(-1, [])
        if self._shares_line(entries[0]):
            # The first entry stands behind a dash: something else has to take its place.
            indent = " " * self._column(entries[0].start)
            if head and 0 not in doomed:
                yield _Edit(entries[0].start, entries[0].start, between.join([*head, indent]).removeprefix(indent))
            elif head:
                doomed.discard(0)
                yield _Edit(entries[0].start, self._extent(node, 0), between.join(head).removeprefix(indent))
            elif 0 in doomed and stay:
                gone = range(stay[0])
                ends = [self._extent(node, place) for place in gone]
                begins = [self._line_start(entries[place].start) for place in range(1, stay[0] + 1)]
                if all(not self.text[end:begin].strip() for end, begin in zip(ends, begins, strict=True)):
                    doomed -= set(gone)
                    yield _Edit(entries[0].start, entries[stay[0]].start, "")
                else:
                    doomed.discard(0)
                    start = entries[0].start
                    start -= len(self.text[:start]) - len(self.text[:start].rstrip(" "))
                    yield _Edit(start, ends[0], "")
        elif head:
            anchor = stay[0] if stay else 0
            begin = self._region(node, anchor, with_lead=with_lead or not stay)[0]
            if begin:
                last = between.removeprefix("\n") if stay else ""
                yield _Edit(begin - 1, begin - 1, f"\n{between.join(head)}{last}")
            else:
                yield _Edit(0, 0, between.join([*head, ""]))
        yield from self._taken_out(node, doomed, with_lead=with_lead)
        for place, more in texts.items():
            if place >= 0:
                end = self._extent(node, place)
                glue = "\n" if _keeps(entries[place]) else between
                yield _Edit(end, end, glue + between.join(more))

    def _taken_out(self, node: Node, doomed: set[int], *, with_lead: bool) -> Iterator[_Edit]:
        """The lines of entries taken out, and one of the two gaps that come together."""
        regions: list[list[int]] = []
        for place in sorted(doomed):
            begin, end = self._region(node, place, with_lead=with_lead)
            if regions and regions[-1][3] == place - 1 and not self.text[regions[-1][1] : begin].strip():
                regions[-1][1], regions[-1][3] = end, place
            else:
                regions.append([begin, end, place, place])
        for begin, end, first, last in regions:
            floor = 0 if first == 0 else min(self._extent(node, first - 1) + 1, begin)
            start = begin
            while start - 1 > floor and self.text[start - 2 : start] == "\n\n":
                start -= 1
            stop = end
            while self.text[stop : stop + 1] == "\n":
                stop += 1
            at_end = last == len(node.entries) - 1
            if stop > end and (start < begin or first == 0) and not (at_end and first == 0):
                end = stop
            elif at_end and first and start < begin and stop == end:
                begin = start
            # With the line break before them, so that what is put behind the line before or the last one has its place.
            shift = 1 if begin else 0
            yield _Edit(begin - shift, end - shift if self.text[end - 1 : end] == "\n" else end, "")

    def _emptied(self, holder: Entry, node: Node, text: str) -> Iterator[_Edit]:
        """`text` in place of a block, all of which goes."""
        doomed = set(range(len(node.entries)))
        if holder.mark is None or self._shares_line(node.entries[0]):
            first = self._extent(node, 0)
            yield _Edit(node.entries[0].start, first, text)
            doomed.discard(0)
        else:
            yield _Edit(holder.mark, holder.mark, f" {text}")
        yield from self._taken_out(node, doomed, with_lead=True)

    def _region(self, node: Node, place: int, *, with_lead: bool) -> tuple[int, int]:
        """All lines of an entry, with the line break at the end; with what is said directly above it."""
        entry = node.entries[place]
        if self._shares_line(entry):
            begin = entry.start
        elif with_lead:
            begin = self._lead(entry, self._extent(node, place - 1) + 1 if place else 0)
        else:
            begin = self._line_start(entry.start)
        return begin, min(self._extent(node, place) + 1, len(self.text))

    def _lead(self, entry: Entry, floor: int) -> int:
        """Where the comments begin that stand directly above an entry, though not before `floor`."""
        begin = self._line_start(entry.start)
        while begin > floor and self.text[self._line_start(begin - 1) : begin].lstrip(" \t").startswith("#"):
            begin = self._line_start(begin - 1)
        return begin

    def _extent(self, node: Node, place: int) -> int:
        """The end of an entry's last line: also of comments directly below it that stand further in than it does."""
        entry = node.entries[place]
        column = self._column(entry.start)
        end = self._line_end(entry.end)
        while end < len(self.text):
            line = self.text[end + 1 : self._line_end(end + 1)]
            said = line.lstrip(" \t")
            if not said.startswith("#") or len(line) - len(said) <= column:
                break
            end += 1 + len(line)
        return end

    # Flow: brackets

    def _flow_mapping(self, node: Node, value: Mapping[str, Any], pointer: Pointer) -> Iterator[_Edit]:
        entries = node.entries
        places = {entry.key: place for place, entry in enumerate(entries)}
        bare = self.text[node.start : node.start + 1] != "{"
        doomed = {place for place, entry in enumerate(entries) if entry.key not in value and not entry.blank}
        parent = self._field(pointer)
        new = [name for name in in_order(parent, value) if name not in places]
        if bare and (doomed or new):
            if self._comments(node):
                raise UnusualWriting(node.start)
            yield _Edit(node.start, node.end, in_flow(self.schema, parent, value))
            return
        for name, place in places.items():
            if name in value:
                entry = entries[place]
                if entry.node is None or entry.blank:
                    yield from self.filled(entry, value[name], (*pointer, name), "", flow=True)
                else:
                    yield from self.value(entry, entry.node, value[name], (*pointer, name), flow=True)
        texts: dict[int, list[str]] = {}
        behind = -1
        for name in in_order(parent, value):
            if name in places:
                behind = places[name]
            else:
                field = self._field((*pointer, name))
                texts.setdefault(behind, []).append(f"{new_name(name)}: {in_flow(self.schema, field, value[name])}")
        yield from self._brackets(node, doomed, texts)

    def _flow_list(self, node: Node, value: list[Any], pointer: Pointer, field: Mapping[str, Any]) -> Iterator[_Edit]:
        kept, places = self._kept(node, value, field)
        items = self.schema.resolve(field.get("items", {}))
        edits: dict[int, list[_Edit]] = {}
        for number, place in enumerate(places):
            if place is not None:
                entry = node.entries[place]
                assert entry.node is not None
                edits[place] = list(self.value(entry, entry.node, value[number], (*pointer, place), flow=True))
        for place in kept:
            yield from edits[place]
        texts: dict[int, list[str]] = {}
        behind = -1
        for number, place in enumerate(places):
            if place in kept:
                assert place is not None
                behind = place
            elif place is None:
                texts.setdefault(behind, []).append(in_flow(self.schema, items, value[number]))
            else:
                entry = node.entries[place]
                texts.setdefault(behind, []).append(_applied(self.text, edits[place], entry.start, entry.end))
        yield from self._brackets(node, set(range(len(node.entries))) - kept, texts)

    def _brackets(self, node: Node, doomed: set[int], texts: Mapping[int, list[str]]) -> Iterator[_Edit]:
        """Entries between brackets taken out, and new ones put behind those that stay."""
        entries = node.entries
        stay = [place for place in range(len(entries)) if place not in doomed]
        head = texts.get(-1, [])
        if not stay and head:  # the first gives its place
            yield _Edit(entries[0].start, entries[0].end, ", ".join(head))
            doomed = doomed - {0}
            stay = [0]
        elif head:
            start = entries[stay[0]].start
            yield _Edit(start, start, ", ".join([*head, ""]))
        for place, more in texts.items():
            if place >= 0:
                end = entries[place].end
                yield _Edit(end, end, "".join(f", {text}" for text in more))
        for place in sorted(doomed):
            yield from self._taken_from_brackets(entries, place, stay)

    def _taken_from_brackets(self, entries: list[Entry], place: int, stay: list[int]) -> Iterator[_Edit]:
        entry = entries[place]
        if stay and place > stay[-1]:  # nothing comes after it: the comma before it goes
            comma = entries[place - 1].comma
            assert comma is not None
            gap = self.text[comma + 1 : entry.start]
            if not gap.strip():
                yield _Edit(comma, entry.end, "")
            else:
                yield _Edit(comma, comma + 1, "")
                yield _Edit(entry.start, entry.end, "")
            return
        if entry.comma is None:
            yield _Edit(entry.start, entry.end, "")
            return
        after = entries[place + 1].start if place + 1 < len(entries) else entry.comma + 1
        if not self.text[entry.end : entry.comma].strip() and not self.text[entry.comma + 1 : after].strip():
            yield _Edit(entry.start, after, "")
        else:
            yield _Edit(entry.start, entry.end, "")
            yield _Edit(entry.comma, entry.comma + 1, "")

    # Places

    def _comments(self, node: Node) -> list[str]:
        """The comments between the brackets of a node."""
        found = []
        at = node.start
        for start, end in [*_texts(node), (node.end, node.end)]:
            found += [match.group() for match in _COMMENT.finditer(self.text, at, start)] if node.flow else []
            at = end
        return found

    def _inside(self, holder: Entry) -> str:
        """The indentation of what belongs to a field or item."""
        return " " * (0 if holder.mark is None else self._column(holder.start)) + STEP

    def _shares_line(self, entry: Entry) -> bool:
        """Whether something stands before an entry on its line, such as the dash of the item it belongs to."""
        return bool(self.text[self._line_start(entry.start) : entry.start].strip())

    def _field(self, pointer: Pointer) -> dict[str, Any]:
        """The schema at a pointer; asked for every value of a file, so looked up once for all items of a list."""
        known = tuple(step if isinstance(step, str) else "" for step in pointer)
        if known not in self._fields:
            self._fields[known] = self.schema.field(pointer)
        return self._fields[known]

    def _column(self, place: int) -> int:
        return place - self._line_start(place)

    def _line_start(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        end = self.text.find("\n", place)
        return len(self.text) if end < 0 else end


def _texts(node: Node) -> Iterator[tuple[int, int]]:
    """Where the texts and keys stand in a node, in order."""
    if node.kind == "text":
        yield node.start, node.end
    for entry in node.entries:
        if entry.key_end > entry.start:
            yield entry.start, entry.key_end
        if entry.node is not None:
            yield from _texts(entry.node)


def _read(entry: Entry) -> Any:
    """The value of an entry, as the reader gives it."""
    node = entry.node
    if node is None or entry.blank:
        return None
    if node.kind == "mapping":
        return {inner.key: _read(inner) for inner in node.entries if not inner.blank}
    return [_read(inner) for inner in node.entries] if node.kind == "list" else node.text


def _last_text(entry: Entry) -> Node | None:
    node = entry.node
    while node is not None and node.entries:
        node = node.entries[-1].node
    return node


def _keeps(entry: Entry) -> bool:
    """Whether the blank lines below an entry are part of its last text."""
    last = _last_text(entry)
    return last is not None and last.keeps


def _rising(places: Sequence[int]) -> set[int]:
    """As many of the places as are in rising order: those that need not be moved."""
    tails: list[int] = []
    at: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        spot = bisect.bisect_left(tails, place)
        before[place] = at[spot - 1] if spot else None
        tails[spot:] = [place]
        at[spot:] = [place]
    found = set()
    last = at[-1] if at else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def _is_one_line(value: str) -> bool:
    """Whether a text of one line may stand in a `|` block."""
    text = value.removesuffix("\n")
    return bool(text) and text.isprintable() and text == text.strip()


def _same_number(field: Mapping[str, Any], old: str, new: str) -> bool:
    if field.get("type") in ("integer", "number") and NUMBER.match(old) and NUMBER.match(new):
        return float(old) == float(new)
    return False


def _says(schema: Schema, text: str, wanted: Any) -> bool:
    """Whether a text is read as this value, whose scalars have the types of the schema."""
    try:
        return bool(schema.type_scalars(values_of(text)) == wanted)
    except Refused:
        return False


def _first_difference(old: Any, new: Any, pointer: Pointer) -> Pointer:
    """The pointer of the first value that is to change."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in itertools.chain(old, new):
            if old.get(name) != new.get(name):
                return _first_difference(old.get(name), new.get(name), (*pointer, name))
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (one, two) in enumerate(zip(old, new, strict=True)):
            if one != two:
                return _first_difference(one, two, (*pointer, place))
    return pointer

"""Values into YAML that people like to read, and changed values into an existing file with the smallest difference.

Every value is the text the reader would give (`"30"`, `"true"`), because that is what stands in the file. A file that
exists keeps its comments, its order and every byte of what did not change.
"""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from yaml._yaml import CParser
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from wholeschool.records.refusals import Refused
from wholeschool.records.schema import Schema
from wholeschool.records.yaml_text import read_yaml

# What may stand without quotes: starts harmlessly, holds no ": ", " #" or line break, is no number, date or keyword.
_PLAIN = re.compile(r"[A-Za-z\u3400-\u9fff\U00020000-\U000323af《“（〔][^\x00-\x1f\x7f-\x9f\"\\]*\Z")
_TROUBLE = re.compile(r":(?: |\Z)| #|\s\Z|：")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_KEYWORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_WORD = re.compile(r"[\w·]+")
_FLOW_WIDTH = 60
_STEP = "  "


def new_text(schema: Schema, value: Mapping[str, Any], *, head: str = "") -> str:
    """A whole file: `head` (comment lines), then the fields in the schema's order."""
    return head + "".join(_field(schema, schema.document, key, value[key], "") for key in _order(schema, (), value))


def edited(schema: Schema, text: str, value: Mapping[str, Any]) -> str:
    """`text` with `value` in it: what is equal stays byte for byte.

    Where the text cannot be changed in place (an unusual way of writing), the block is written anew; the comments
    before the first field stay in any case.
    """
    try:
        root = _compose(text)
        changed = _applied(text, list(_Editor(schema, text).mapping(root, value, ())))
        if read_yaml(changed)[0] == value:
            return changed
    except (_Impossible, Refused):
        pass
    head = re.match(r"(?:[ \t]*(?:#[^\n]*)?\n)*", text)
    return new_text(schema, value, head=head.group() if head else "")


def matches(old: Sequence[Any], new: Sequence[Any], key: Sequence[str]) -> list[int | None]:
    """For every item of `new` the place in `old` of the item it is a new version of.

    By its key where the schema names one (`x-key`; of several equal ones the first goes with the first), otherwise
    equal items go together, and what stands between equal neighbours goes together in order.
    """
    if key:
        places: dict[tuple[Any, ...], list[int]] = {}
        for place, item in enumerate(old):
            places.setdefault(_identity(item, key), []).append(place)
        return [waiting.pop(0) if (waiting := places.get(_identity(item, key))) else None for item in new]
    found: list[int | None] = [None] * len(new)
    one, two = ([json.dumps(item, sort_keys=True) for item in items] for items in (old, new))
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag in ("equal", "replace"):
            for offset in range(min(end - start, new_end - new_start)):
                found[new_start + offset] = start + offset
    return found


def _identity(item: Any, key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(item.get(name) for name in key) if isinstance(item, dict) else (item,)


class _Impossible(Exception):  # noqa: N818 - a verdict, caught here
    """The text is written in a way that cannot be changed in place."""


class _Node(NamedTuple):
    """A value as it is written: characters `start` to `end`; a mapping has keys, a list has items."""

    start: int
    end: int
    value: str | None = None
    style: str = ""
    flow: bool = False
    keys: dict[str, tuple[int, _Node]] | None = None
    items: list[_Node] | None = None


class _Edit(NamedTuple):
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


def _compose(text: str) -> _Node:
    """The nodes of a text that has been read without complaint before."""
    get_event = CParser(text).get_event
    stack: list[tuple[int, bool, list[Any]]] = []
    root: _Node | None = None
    while True:
        event: Any = get_event()  # its marks are always there
        if event is None:
            break
        kind = type(event)
        if kind is ScalarEvent:
            start, end = event.start_mark.index, event.end_mark.index
            end = start + len(text[start:end].rstrip())
            node = _Node(start, end, event.value, event.style or "")
        elif kind in (MappingStartEvent, SequenceStartEvent):
            stack.append((event.start_mark.index, bool(event.flow_style), []))
            continue
        elif kind in (MappingEndEvent, SequenceEndEvent):
            start, flow, parts = stack.pop()
            end = event.end_mark.index if flow else max((part.end for part in parts), default=start)
            if kind is MappingEndEvent:
                pairs = zip(parts[::2], parts[1::2], strict=True)
                node = _Node(start, end, flow=flow, keys={key.value: (key.start, child) for key, child in pairs})
            else:
                node = _Node(start, end, flow=flow, items=parts)
        else:
            continue
        if stack:
            stack[-1][2].append(node)
        else:
            root = node
    if root is None or root.keys is None:
        raise _Impossible
    return root


def _applied(text: str, edits: list[_Edit]) -> str:
    """`text` with the edits made, from the last to the first, so that places stay true."""
    for edit in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class _Editor:
    """Finds the smallest edits that turn the values of a text into others."""

    def __init__(self, schema: Schema, text: str) -> None:
        self.schema, self.text = schema, text
        self._fields: dict[tuple[str, ...], dict[str, Any]] = {}

    def _field(self, pointer: tuple[str | int, ...]) -> dict[str, Any]:
        """The schema at a pointer; asked for every value of a file, so looked up once for all items of a list."""
        known = tuple(step if isinstance(step, str) else "" for step in pointer)
        if known not in self._fields:
            self._fields[known] = self.schema.field(pointer)
        return self._fields[known]

    def mapping(self, node: _Node, value: Mapping[str, Any], pointer: tuple[str | int, ...]) -> Iterator[_Edit]:
        assert node.keys is not None
        if node.flow:
            raise _Impossible
        indent = " " * self._column(next(iter(node.keys.values()))[0] if node.keys else node.start)
        parent = self._field(pointer)
        before: int | None = None  # where the field before ends
        pending: list[str] = []  # what stands before the first field that is there already
        order = _ordered(parent, value)
        for name in [*node.keys, *(name for name in order if name not in node.keys)]:
            if name in node.keys:
                start, child = node.keys[name]
                if name in value:
                    yield from self._changed(name, start, child, value[name], (*pointer, name), indent)
                elif child.value != "" or child.style:
                    yield self._without(start, child, first=start == node.start and bool(pointer))
        for name in order:
            if name in node.keys:
                start, child = node.keys[name]
                if before is None and pending:
                    yield _Edit(start, start, "".join(f"{field}{indent}" for field in pending))
                    pending = []
                before = max(child.end, start + len(name) + 1)
            else:
                field = _field(self.schema, parent, name, value[name], indent).removeprefix(indent)
                if before is None:
                    pending.append(field)
                else:
                    place = self._line_end(before)
                    yield _Edit(place, place, f"\n{indent}{field}".rstrip("\n"))
        if pending:
            raise _Impossible

    def _changed(
        self, name: str, start: int, node: _Node, value: Any, pointer: tuple[str | int, ...], indent: str
    ) -> Iterator[_Edit]:
        """The edits of one field that is there already."""
        field = self._field(pointer)
        if isinstance(value, str) and node.value is not None and "\n" not in value and node.style not in ("|", ">"):
            if not _same(field, node.value if node.style or node.value else None, value):
                space = " " if self.text[node.start - 1 : node.start] == ":" else ""
                yield _Edit(node.start, node.end, space + _scalar(field, value, node.style))
            return
        if isinstance(value, str) and node.value == value:
            return
        try:
            if isinstance(value, dict) and node.keys is not None:
                yield from list(self.mapping(node, value, pointer))
                return
            if isinstance(value, list) and node.items is not None:
                if self._plain_items(node) == value:
                    return
                if value and isinstance(value[0], dict):
                    yield from list(self._items(node, value, pointer, field))
                    return
        except _Impossible:
            pass
        if _read(node) == value:
            return
        end = max(node.end, start + len(name) + 1)
        whole = _field(self.schema, self._field(pointer[:-1]), name, value, indent)
        yield _Edit(start, end, whole.removeprefix(indent).rstrip("\n"))

    def _items(
        self, node: _Node, value: list[Any], pointer: tuple[str | int, ...], field: Mapping[str, Any]
    ) -> Iterator[_Edit]:
        """The edits of a list of objects: kept, changed, taken out, and put behind the one they follow."""
        items = node.items or []
        if node.flow or not items:
            raise _Impossible
        dashes = [self._dash(item) for item in items]
        places = matches([_read(item) for item in items], value, field.get("x-key", ()))
        if len(items) == len(value):  # none came, none went: what has another key now is still the same item
            left = iter([place for place in range(len(items)) if place not in places])
            places = [next(left) if place is None else place for place in places]
        kept = set(places) - {None}
        if not kept:
            raise _Impossible
        for place, item in enumerate(items):
            if place not in kept:
                begin = self._line_start(dashes[place])
                last = place + 1 == len(items)
                stop = self._after_blank(self._line_end(item.end), last)
                if last:
                    while begin and self.text[begin - 2 : begin] == "\n\n":
                        begin -= 1
                yield _Edit(begin, stop, "")
        spaced = any("\n\n" in self.text[one.end : two.start] for one, two in itertools.pairwise(items))
        if len(items) == 1:
            spaced = len(pointer) == 1
        indent = " " * self._column(dashes[0])
        behind: int = min(place for place in kept if place is not None)
        ahead: list[str] = []
        met = False
        for new, known in zip(value, places, strict=True):
            if known is not None:
                met, behind = True, known
                yield from self.mapping(items[known], new, (*pointer, known))
                continue
            text = _item(self.schema, field, new, indent).rstrip("\n")
            if met:
                end = self._line_end(items[behind].end)
                yield _Edit(end, end, ("\n\n" if spaced else "\n") + text)
            else:
                ahead.append(text.removeprefix(indent) + ("\n\n" if spaced else "\n") + indent)
        if ahead:
            yield _Edit(dashes[behind], dashes[behind], "".join(ahead))

    def _plain_items(self, node: _Node) -> list[Any] | None:
        items = node.items or []
        return None if any(item.value is None for item in items) else [item.value for item in items]

    def _without(self, start: int, node: _Node, *, first: bool) -> _Edit:
        """The edit that takes a field out, with what is said at the end of its line."""
        if first:  # it stands behind a dash
            raise _Impossible
        end = self._line_end(max(node.end, start))
        return _Edit(self._line_start(start), min(end + 1, len(self.text)), "")

    def _dash(self, item: _Node) -> int:
        line = self.text[self._line_start(item.start) : item.start]
        if item.keys is None or item.flow or line.strip() != "-":
            raise _Impossible
        return self._line_start(item.start) + line.index("-")

    def _column(self, place: int) -> int:
        return place - self._line_start(place)

    def _line_start(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        end = self.text.find("\n", place)
        return len(self.text) if end < 0 else end

    def _after_blank(self, place: int, last: bool) -> int:
        """Past the line break, and past the blank line that stood between two items."""
        place = min(place + 1, len(self.text))
        while not last and self.text[place : place + 1] == "\n":
            place += 1
        return place


def _read(node: _Node) -> Any:
    """The value of a node, as the reader gives it."""
    if node.keys is not None:
        return {name: _read(child) for name, (_, child) in node.keys.items() if child.value != "" or child.style}
    if node.items is not None:
        return [_read(item) for item in node.items]
    return node.value


def _same(field: Mapping[str, Any], old: str | None, new: str) -> bool:
    if old is None or old == new:
        return old == new
    if field.get("type") in ("integer", "number") and _NUMBER.match(old) and _NUMBER.match(new):
        return float(old) == float(new)
    return False


def _order(schema: Schema, pointer: tuple[str | int, ...], value: Mapping[str, Any]) -> list[str]:
    known = list(schema.field(pointer).get("properties", {}))
    return [name for name in known if name in value] + [name for name in value if name not in known]


def _field(schema: Schema, parent: Mapping[str, Any], name: str, value: Any, indent: str) -> str:
    """`name: value` and a line break, with everything below it."""
    field = schema.resolve(parent.get("properties", {}).get(name, {}))
    begin = f"{indent}{name}:"
    if isinstance(value, dict):
        inner = "".join(_field(schema, field, key, value[key], indent + _STEP) for key in _ordered(field, value))
        return f"{begin}\n{inner}" if inner else f"{begin} {{}}\n"
    if isinstance(value, list):
        items = schema.resolve(field.get("items", {}))
        if any(isinstance(item, dict) for item in value):
            between = "\n" if not indent else ""
            return f"{begin}\n" + between.join(_item(schema, field, item, indent + _STEP) for item in value)
        words = [_scalar(items, item) for item in value]
        if not words:
            return f"{begin} []\n"
        if sum(map(len, words)) <= _FLOW_WIDTH and all(_WORD.fullmatch(word) for word in words):
            return f"{begin} [{', '.join(words)}]\n"
        return f"{begin}\n" + "".join(f"{indent}{_STEP}- {word}\n" for word in words)
    if "\n" in value and _literal(value):
        lines = "".join(f"{indent}{_STEP}{line}\n" if line else "\n" for line in value.split("\n"))
        return f"{begin} |-\n{lines}"
    return f"{begin} {_scalar(field, value)}\n"


def _item(schema: Schema, field: Mapping[str, Any], value: Mapping[str, Any], indent: str) -> str:
    kind = schema.resolve(field.get("items", {}))
    inner = indent + _STEP
    text = "".join(_field(schema, kind, key, value[key], inner) for key in _ordered(kind, value))
    return f"{indent}- {text.removeprefix(inner)}" if text else f"{indent}- {{}}\n"


def _ordered(field: Mapping[str, Any], value: Mapping[str, Any]) -> list[str]:
    known = list(field.get("properties", {}))
    return [name for name in known if name in value] + [name for name in value if name not in known]


def _literal(value: str) -> bool:
    """Whether a text of several lines reads back from a `|-` block."""
    return not (
        value[0] in " \t\n" or value[-1] in " \t\n" or re.search(r"[ \t]\n|[\x00-\x08\x0b-\x1f\x7f-\x9f]", value)
    )


def _scalar(field: Mapping[str, Any], text: str, style: str = "") -> str:
    """One line of text as it may stand in a file, in the style of what stood there where that will do."""
    if field.get("type") in ("integer", "number", "boolean") and (_NUMBER.match(text) or text in ("true", "false")):
        return text
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style != '"':
        if _DATE.match(text) and field.get("format") == "date":
            return text
        if _PLAIN.match(text) and not _TROUBLE.search(text) and text.lower() not in _KEYWORDS:
            return text
    return json.dumps(text, ensure_ascii=False)

"""A YAML text as it is written: every value with its characters, every dash, colon and comma with its place.

For editing only. What a text means, and whether it is refused, `yaml_text` says; this reads nothing that it refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from yaml._yaml import CParser
from yaml.tokens import (
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    StreamEndToken,
    StreamStartToken,
    ValueToken,
)

_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*")


@dataclass
class Node:
    """A value: the characters from `start` to `end`, without the space or comment behind it.

    A text has `text` and its `style` (quotes, `|`, `>`, or nothing); a mapping or a list has `entries`.
    """

    start: int
    end: int
    kind: str
    text: str = ""
    style: str = ""
    flow: bool = False
    keeps: bool = False
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Entry:
    """A field of a mapping, or an item of a list (`key` empty).

    `start` is where it begins (its key, `?` or dash), `mark` the end of the colon or dash behind which the value
    stands, None where there is no colon. `comma` is the place of the comma after it, in flow style.
    """

    start: int
    key: str
    key_end: int
    mark: int | None
    node: Node | None
    comma: int | None = None

    @property
    def end(self) -> int:
        """Where it ends, without what follows on the line."""
        return self.node.end if self.node else self.mark if self.mark is not None else self.key_end

    @property
    def blank(self) -> bool:
        """Whether it has not been filled in."""
        return self.node is None or (self.node.kind == "text" and not self.node.style and not self.node.text)


class UnusualWriting(Exception):  # noqa: N818 - a verdict, turned into `CannotEdit` by the editor
    """Written in a way that has no place in a record: a key that is not a word."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def nodes(text: str) -> Node | None:
    """The root of a text that the reader has accepted; None where there is no value."""
    return _Tokens(text).document()


class _Tokens:
    """The parser's tokens, one ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._get = CParser(text).get_token
        self.next: Any = self._get()

    def take(self) -> Any:
        taken, self.next = self.next, self._get()
        return taken

    def at(self, *kinds: type) -> bool:
        return isinstance(self.next, kinds)

    def document(self) -> Node | None:
        while self.at(StreamStartToken, DirectiveToken, DocumentStartToken):
            self.take()
        return None if self.at(StreamEndToken, DocumentEndToken) else self.node()

    def node(self) -> Node:
        if self.at(ScalarToken):
            return self._scalar()
        first = self.next
        start = first.start_mark.index
        if self.at(FlowSequenceStartToken, FlowMappingStartToken):
            self.take()
            mapping = isinstance(first, FlowMappingStartToken)
            entries = self._flow_entries(mapping)
            return Node(start, self.take().end_mark.index, "mapping" if mapping else "list", flow=True, entries=entries)
        if self.at(BlockMappingStartToken):
            self.take()
            entries = []
            while not self.at(BlockEndToken):
                entries.append(self._field(KeyToken, ValueToken, BlockEndToken))
            self.take()
            return Node(start, entries[-1].end, "mapping", entries=entries)
        closed = self.at(BlockSequenceStartToken)
        if closed:
            self.take()
        elif not self.at(BlockEntryToken):
            raise UnusualWriting(start)
        entries = []
        while self.at(BlockEntryToken):
            dash = self.take()
            node = None if self.at(BlockEntryToken, BlockEndToken, KeyToken, ValueToken) else self.node()
            entries.append(Entry(dash.start_mark.index, "", dash.end_mark.index, dash.end_mark.index, node))
        if closed:
            self.take()
        return Node(start, entries[-1].end, "list", entries=entries)

    def _flow_entries(self, mapping: bool) -> list[Entry]:
        ends = FlowMappingEndToken if mapping else FlowSequenceEndToken
        entries: list[Entry] = []
        while not self.at(ends):
            if self.at(FlowEntryToken):
                comma = self.take().start_mark.index
                if entries:
                    entries[-1].comma = comma
            elif self.at(KeyToken, ValueToken) or mapping:
                pair = self._field(FlowEntryToken, ends, ValueToken)
                if not mapping:  # `[a: b]`: a mapping without braces
                    inner = Node(pair.start, pair.end, "mapping", flow=True, entries=[pair])
                    pair = Entry(pair.start, "", pair.start, pair.start, inner)
                entries.append(pair)
            else:
                node = self.node()
                entries.append(Entry(node.start, "", node.start, node.start, node))
        return entries

    def _field(self, *ends: type) -> Entry:
        start = self.next.start_mark.index
        if self.at(KeyToken):
            self.take()
        key, key_end = "", start
        if not self.at(*ends):
            node = self.node()
            if node.kind != "text":
                raise UnusualWriting(start)
            key, key_end = node.text, node.end
        mark, value = None, None
        if self.at(ValueToken):
            mark = self.take().end_mark.index
            # A list may stand as far left as the key that it belongs to.
            if not self.at(*ends):
                value = self.node()
        return Entry(start, key, key_end, mark, value)

    def _scalar(self) -> Node:
        token = self.take()
        start, end = token.start_mark.index, token.end_mark.index
        style = token.style or ""
        keeps = False
        if style in ("|", ">") and style:
            header = _BLOCK_HEADER.match(self.text, start)
            keeps = header is not None and "+" in header.group()
            content = self.text[start:end]
            # The blank lines at the end of `|+` are part of the text, those of any other are not.
            end = start + len(content.removesuffix("\n") if keeps else content.rstrip())
        return Node(start, end, "text", token.value, style, keeps=keeps)

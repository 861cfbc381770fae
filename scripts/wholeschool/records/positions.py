"""Where everything in a file stands: a tree of marks beside the tree of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Mark(NamedTuple):
    """The place of a value (from 1) and of what it contains: by key for a mapping, by index for a list."""

    line: int
    column: int
    keys: Mapping[str, KeyMark] | None = None
    items: list[Mark] | None = None


class KeyMark(NamedTuple):
    """The place of a mapping's key, and the mark of its value."""

    line: int
    column: int
    value: Mark


def locate(mark: Mark, pointer: tuple[str | int, ...], *, key: bool = False) -> tuple[int, int]:
    """The place of the value at `pointer`, or of its key; the nearest thing that exists when it does not."""
    place = mark.line, mark.column
    for step in pointer:
        if isinstance(step, str) and mark.keys and step in mark.keys:
            key_line, key_column, mark = mark.keys[step]
            place = (key_line, key_column) if key else (mark.line, mark.column)
        elif isinstance(step, int) and mark.items and step < len(mark.items):
            mark = mark.items[step]
            place = mark.line, mark.column
        else:
            break
    return place

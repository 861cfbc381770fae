"""The YAML that most records are written in, read quickly: one field or item on each line, simple values, no marks.

`read_yaml` is the reader; this one only saves it the work where nothing can be said about a file. What it does not know
for certain it does not read: then the answer is None, and the reader decides. So it never refuses and never explains.
"""

from __future__ import annotations

import re
from typing import Any

from wholeschool.records.yaml_text import MAX_DEPTH, MAX_NODES, read_yaml

# Characters at which YAML breaks lines, which it refuses, or which have no place in an indentation.
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# Indentation, the dash of an item, then a field with its value or something else.
_LINE = re.compile(r"^( *)(- )?(?:([a-z][a-z0-9_]{0,60}):(?: (?=\S)|$)(.*)|(.*))$", re.MULTILINE)
# A letter, a figure, or what opens a Chinese phrase.
_START = re.compile(r"[^\W_]|[《“（〔【「『]")
_QUOTED = re.compile(r'"[^"\\]*"\Z')
_WORDS = re.compile(r"\[[\w·]+(?:, [\w·]+)*\]\Z")
_MOST_ON_A_LINE = 5


def values_of(text: str) -> Any:
    """What `read_yaml(text)` gives, without its marks, as quickly as may be. Raises `Refused` as that does."""
    plain = read_plain(text)
    return read_yaml(text)[0] if plain is None else plain


def read_plain(text: str) -> dict[str, Any] | None:
    """What `read_yaml(text)` gives, without its marks; None when that would have to look more closely."""
    if _ODD.search(text) or _MOST_ON_A_LINE * text.count("\n") + text.count(",") > MAX_NODES:
        return None
    root: dict[str, Any] = {}
    # Every open mapping and list with the column of its fields or items.
    stack: list[tuple[int, Any]] = [(0, root)]
    pending = ""
    for spaces, item, key, value, only in _LINE.findall(text):
        if not (key or item):
            if only and only[0] != "#":
                return None
            continue
        column = len(spaces)
        if pending:
            if column <= stack[-1][0] or len(stack) == MAX_DEPTH:
                return None
            inner: Any = [] if item else {}
            stack[-1][1][pending] = inner
            stack.append((column, inner))
            pending = ""
        else:
            while column < stack[-1][0]:
                stack.pop()
        at, top = stack[-1]
        if at != column or isinstance(top, list) != bool(item):
            return None
        if item:
            if not key:
                scalar = _scalar(only)
                if scalar is None:
                    return None
                top.append(scalar)
                continue
            fields: dict[str, Any] = {}
            top.append(fields)
            if len(stack) == MAX_DEPTH:
                return None
            stack.append((column + 2, fields))
            top = fields
        if key in top:
            return None
        if value:
            scalar = _scalar(value)
            if scalar is None:
                return None
            top[key] = scalar
        else:
            pending = key
    return None if pending or not root else root


def _scalar(written: str) -> str | list[str] | None:
    if _START.match(written):
        # A colon before a space, a comment, or a space at the end would mean something.
        return None if written[-1] in ": " or ": " in written or " #" in written else written
    if _QUOTED.match(written):
        return written[1:-1]
    return written[1:-1].split(", ") if _WORDS.match(written) else None

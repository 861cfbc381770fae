"""Records as YAML that people like to read: block style, numbers of schools and teachers in quotes, no surprises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

# What may stand without quotes: starts harmlessly, holds no ": ", " #" or line break, is no number, date or keyword.
_PLAIN = re.compile(r"[A-Za-z\u3400-\u9fff\U00020000-\U000323af《“（〔][^\n\x00-\x1f\"\\]*\Z")
_TROUBLE = re.compile(r":(?: |\Z)| #|\s\Z|,\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_KEYWORD = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_FLOW_WIDTH = 60


def to_yaml(data: msgspec.Struct, *, comment: str = "") -> str:
    """`data` with its fields in the schema's order; fields that hold their default are left out."""
    lines = [f"# {comment}"] if comment else []
    lines += _mapping(data, "")
    return "\n".join(lines) + "\n"


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    return tuple((field.name, field.encode_name, field.default) for field in msgspec.structs.fields(kind))


def _mapping(data: msgspec.Struct, indent: str) -> Iterator[str]:
    for name, key, default in _fields(type(data)):
        value = getattr(data, name)
        if value is None or value == default:
            continue
        if isinstance(value, msgspec.Struct):
            yield f"{indent}{key}:"
            yield from _mapping(value, indent + "  ")
        elif isinstance(value, tuple):
            yield from _sequence(key, value, indent)
        elif isinstance(value, str) and "\n" in value:
            yield f"{indent}{key}: |-"
            for line in value.split("\n"):
                yield f"{indent}  {line}" if line else ""
        else:
            yield f"{indent}{key}: {_scalar(value)}"


def _sequence(key: str, items: tuple[Any, ...], indent: str) -> Iterator[str]:
    if not any(isinstance(item, msgspec.Struct) for item in items):
        words = [_scalar(item) for item in items]
        if sum(map(len, words)) <= _FLOW_WIDTH and all(re.fullmatch(r"[\w·]+", word) for word in words):
            yield f"{indent}{key}: [{', '.join(words)}]"
            return
        yield f"{indent}{key}:"
        for word in words:
            yield f"{indent}  - {word}"
        return
    yield f"{indent}{key}:"
    for place, item in enumerate(items):
        if place and not indent:
            yield ""  # air between teachers, results, approvals
        first = f"{indent}  - "
        for line in _mapping(item, indent + "    "):
            yield first + line[len(indent) + 4 :] if first else line
            first = ""


def _scalar(value: object) -> str:
    if value is True:
        return "true"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _DATE.match(text):
        return text
    if _PLAIN.match(text) and not _TROUBLE.search(text) and text.lower() not in _KEYWORD:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""Values into new YAML that people like to read: short lists on one line, everything else one below the other.

Every value is the text the reader would give (`"30"`, `"true"`), because that is what stands in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wholeschool.records.schema import Schema

# What may stand without quotes: starts harmlessly, holds no ": ", " #" or line break, is no number, date or keyword.
_PLAIN = re.compile(r"[A-Za-z\u3400-\u9fff\U00020000-\U000323af《“（〔][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\"\\]*\Z")
_TROUBLE = re.compile(r":(?: |\Z)| #|\s\Z|：")
_TROUBLE_IN_FLOW = re.compile(r"[\[\]{},:?]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_KEYWORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_WORD = re.compile(r"[\w·]+")
_NAME = re.compile(r"[A-Za-z_\u3400-\u9fff][\w-]*\Z")
# What a quoted text may hold in JSON but not, or not as itself, in YAML.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_FLOW_WIDTH = 60
STEP = "  "

Field = Mapping[str, Any]


def new_text(schema: Schema, value: Mapping[str, Any], *, head: str = "") -> str:
    """A whole file: `head` (comment lines), then the fields in the schema's order."""
    document = schema.document
    return head + "".join(new_field(schema, document, name, value[name], "") for name in in_order(document, value))


def in_order(field: Field, value: Mapping[str, Any]) -> list[str]:
    """The names in `value`: those the schema knows in its order, then the others."""
    known = list(field.get("properties", {}))
    return [name for name in known if name in value] + [name for name in value if name not in known]


def new_field(schema: Schema, parent: Field, name: str, value: Any, indent: str, *, lines: bool = True) -> str:
    """`name: value` and a line break, with everything below it; texts of several `lines` in a block or in quotes."""
    field = schema.resolve(parent.get("properties", {}).get(name, {}))
    return f"{indent}{new_name(name)}:{_behind_colon(schema, field, value, indent, lines)}"


def new_item(schema: Schema, field: Field, value: Any, indent: str, *, lines: bool = True) -> str:
    """`- value` and a line break, with everything below it, as it stands in the list `field`."""
    kind = schema.resolve(field.get("items", {}))
    if isinstance(value, dict) and value:
        inner = indent + STEP
        text = "".join(_fields(schema, kind, value, inner, lines))
        return f"{indent}- {text.removeprefix(inner)}"
    if lines and isinstance(value, str) and is_literal(value):
        return f"{indent}- {literal(value, indent + STEP)}\n"
    return f"{indent}-{'' if value is None else ' ' + in_flow(schema, kind, value, alone=True)}\n"


def new_name(name: str) -> str:
    """The name of a field as a key."""
    return name if _NAME.match(name) and name.lower() not in _KEYWORDS else _quoted(name)


def in_flow(schema: Schema, field: Field, value: Any, *, alone: bool = False) -> str:
    """Any value on one line; `alone` says that it does not stand between other brackets."""
    if isinstance(value, dict):
        properties = field.get("properties", {})
        pairs = (
            f"{new_name(name)}: {in_flow(schema, schema.resolve(properties.get(name, {})), value[name])}"
            for name in in_order(field, value)
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        items = schema.resolve(field.get("items", {}))
        return f"[{', '.join(in_flow(schema, items, item) for item in value)}]"
    return scalar(field, value, flow=not alone)


def scalar(field: Field, text: str, style: str = "", *, flow: bool = False) -> str:
    """One line of text as it may stand in a file, in the style of what stood there where that will do."""
    if field.get("type") in ("integer", "number", "boolean") and (NUMBER.match(text) or text in ("true", "false")):
        return text
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style != '"':
        if _DATE.match(text) and field.get("format") == "date":
            return text
        if is_plain(text) and not (flow and _TROUBLE_IN_FLOW.search(text)):
            return text
    return _quoted(text)


def is_plain(text: str) -> bool:
    """Whether a text needs no quotes."""
    return bool(_PLAIN.match(text)) and not _TROUBLE.search(text) and text.lower() not in _KEYWORDS


def is_literal(text: str) -> bool:
    """Whether a text is of several lines and reads back from a `|` block."""
    lines = text.removesuffix("\n")
    return (
        "\n" in lines
        and lines[0] not in " \t\n"
        and lines[-1] not in " \t\n"
        and not re.search(r"[ \t]\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]", lines)
    )


def literal(text: str, indent: str) -> str:
    """A `|` block with its lines at `indent`; without the last line break."""
    lines = "".join(f"\n{indent}{line}" if line else "\n" for line in text.removesuffix("\n").split("\n"))
    return ("|" if text.endswith("\n") else "|-") + lines


def _behind_colon(schema: Schema, field: Field, value: Any, indent: str, lines: bool) -> str:
    if isinstance(value, dict):
        inner = "".join(_fields(schema, field, value, indent + STEP, lines))
        return f"\n{inner}" if inner else " {}\n"
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            between = "\n" if not indent else ""
            return "\n" + between.join(new_item(schema, field, item, indent + STEP, lines=lines) for item in value)
        if not value:
            return " []\n"
        items = schema.resolve(field.get("items", {}))
        words = ["" if item is None else scalar(items, item) for item in value]
        if sum(map(len, words)) <= _FLOW_WIDTH and all(_WORD.fullmatch(word) for word in words):
            return f" [{', '.join(words)}]\n"
        return "\n" + "".join(new_item(schema, field, item, indent + STEP, lines=lines) for item in value)
    if lines and is_literal(value):
        return f" {literal(value, indent + STEP)}\n"
    return f" {scalar(field, value)}\n"


def _fields(schema: Schema, field: Field, value: Mapping[str, Any], indent: str, lines: bool) -> Iterator[str]:
    return (new_field(schema, field, name, value[name], indent, lines=lines) for name in in_order(field, value))


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))

"""A file put right as far as it is safe: encoding, line ends, unseen characters, spaces, colons, and values.

Nothing that somebody may have meant is changed; the ledger of certificates is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wholeschool.records.characters import without_unseen
from wholeschool.records.kinds import Kind
from wholeschool.records.mending import mended
from wholeschool.records.refusals import Refused
from wholeschool.records.schema import LEDGERS, Schema
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml
from wholeschool.records.yaml_writing import CannotEdit, edited

_TABS = re.compile(r"^[ ]*\t[ \t]*", re.MULTILINE)
_COLON = re.compile(r"^([ ]*(?:- +)*)([a-z_]{2,40})[ ]*(?:：[ \u3000]*|:(?=[^\s/:]))", re.MULTILINE)
# What stands indented behind it is somebody's own text, whatever it looks like.
_BLOCK = re.compile(r"^([ ]*(?:- +)*)(?:[a-z_]{2,40}[ ]*(?::|：)[ \u3000]*)?[|>][-+0-9]{0,2}[ ]*(?:#.*)?$")
_TRAILING = re.compile(r"(?<![ \t\u3000\u00a0])[ \t\u3000\u00a0]+$", re.MULTILINE)


def repaired(kind: Kind, data: bytes) -> str | None:
    """The text of a record with what is safe put right; None where the file is to be left alone.

    Raises `Refused` where the bytes are no text that anybody could be sure of, or a value cannot be mended in place.
    """
    if kind.name in LEDGERS:
        return None
    text = _text(data)
    names = _names(kind.schema) if kind.format == "yaml" else set()
    text = _TRAILING.sub("", text)
    if kind.format == "yaml":
        text = "".join(part if is_own else _structure(part, names) for part, is_own in _blocks(text))
    text = text.rstrip("\n") + "\n"
    if kind.format == "csv":
        return _table(kind, text)
    return _values(kind.schema, text) if kind.format == "yaml" else text


def _structure(text: str, names: set[str]) -> str:
    """Lines of YAML with tabs and colons put right."""
    text = _TABS.sub(lambda found: found.group().replace("\t", "  "), text)
    return _COLON.sub(lambda found: f"{found[1]}{found[2]}: " if found[2] in names else found.group(), text)


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of YAML in their order, each with whether it is part of a block of text (YAML 1.2, 8.1)."""
    level: int | None = None
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        bare = line.rstrip("\n")
        indent = len(bare) - len(bare.lstrip(" "))
        if level is not None and bare.strip() and indent <= level:
            level = None
        yield line, level is not None
        if level is None and (begun := _BLOCK.match(bare)):
            # The text is indented more than the key is, or than the dash where there is no key.
            level = len(begun[1]) if bare.strip("- ")[:1] not in "|>" else indent


def _text(data: bytes) -> str:
    """The text of a file in any of the encodings that Chinese offices save in."""
    try:
        return decode(data)
    except Refused as refused:
        if refused.code == "Y-CHAR":
            return decode(without_unseen(data.decode("utf-8-sig")).encode())
        if refused.code != "Y-ENC":
            raise
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "gb18030"
        try:
            return decode(data.decode(encoding).encode())
        except UnicodeDecodeError:
            raise refused from None


def _values(schema: Schema, text: str) -> str:
    """The text with its values mended; as it is where it cannot be read (validate says why)."""
    try:
        value = read_yaml(text)[0]
    except Refused:
        return text
    if not isinstance(value, dict):
        return text
    better = _mended(schema, schema.document, value)
    try:
        return edited(schema, text, better, same_items=True) if better != value else text
    except CannotEdit as stuck:
        raise Refused("Y-SYNTAX", stuck.line, 1, str(stuck), "对照模板改写这一行，再运行一次") from None


def _mended(schema: Schema, node: Any, value: Any) -> Any:
    field = schema.resolve(node)
    if isinstance(value, dict):
        properties = field.get("properties", {})
        return {key: _mended(schema, properties.get(key, {}), child) for key, child in value.items()}
    if isinstance(value, list):
        items = [_mended(schema, field.get("items", {}), item) for item in value]
        if field.get("uniqueItems") and all(isinstance(item, str) for item in items):
            items = list(dict.fromkeys(items))
        return sorted(items, key=_place) if field.get("x-sorted") and all(isinstance(i, str) for i in items) else items
    return mended(field, value) if isinstance(value, str) and "\n" not in value else value


def _place(code: str) -> tuple[str, int]:
    """A10 stands behind A9."""
    return code[:1], int(code[1:]) if code[1:].isdigit() else 0


def _table(kind: Kind, text: str) -> str:
    """The cells of a table mended; lines with quotes are left alone."""
    (rows,) = kind.schema.document["properties"].values()
    properties = kind.schema.resolve(rows["items"])["properties"]
    lines = text.rstrip("\n").split("\n")
    columns = lines[0].split(",")
    for place, line in enumerate(lines[1:], start=1):
        cells = line.split(",")
        if '"' not in line and len(cells) == len(columns):
            fields = [kind.schema.resolve(properties.get(column, {})) for column in columns]
            lines[place] = ",".join(mended(field, cell) for field, cell in zip(fields, cells, strict=True))
    return "\n".join(line for line in lines if line.strip(",")) + "\n"


def _names(schema: Schema) -> set[str]:
    """Every field's name anywhere in the schema."""
    nodes = [schema.document, *schema.document.get("$defs", {}).values()]
    return {name for node in nodes for name in node.get("properties", {})}

"""A new record as a file with blanks: every field explained above it, valid as soon as the blanks are filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wholeschool.records.kinds import Placed, placed
from wholeschool.records.schema import Schema

Field = Mapping[str, Any]

_HOW = "冒号后面留空的要填；行首有 # 的按需要去掉 # 再填；说明可以留着，也可以删掉。"


def schema_line(path: str, name: str) -> str:
    """The first line of a YAML record, by which editors find its schema: they complete and explain its fields."""
    return f"# yaml-language-server: $schema={'../' * path.count('/')}schemas/{name}.schema.json\n"


def with_schema_line(path: str, text: str) -> str:
    """The text of the record at `path` with that line on top, where it is YAML and has none yet."""
    where = placed(path)
    if where is None or where.kind.format != "yaml" or "yaml-language-server" in text:
        return text
    return schema_line(path, where.kind.name) + text


def scaffold(path: str, where: Placed) -> str:
    """The text of a new record at `path`."""
    kind = where.kind
    if kind.format == "csv":
        (rows,) = kind.schema.document["properties"].values()
        return ",".join(kind.schema.resolve(rows["items"])["properties"]) + "\n"
    about = f"# {kind.title}：{kind.schema.document['description']}\n# {_HOW}\n"
    known = {"level": where.level} if kind.name == "unit" else {}
    asked = for_level(kind.schema.document, known)
    if not asked["required"]:  # of lists any of which will do, the first is what people mostly come for
        asked = {**asked, "required": [next(iter(asked["properties"]))]}
    fields = "\n".join(_fields(kind.schema, asked, "", known))
    if kind.format == "md":
        return f"---\n{about}{fields}\n---\n\n正文写在这里。小标题用“## ”开头。\n"
    return schema_line(path, kind.name) + about + "\n" + fields + "\n"


def for_level(document: Field, known: Mapping[str, str]) -> Field:
    """The schema with what its conditions say when these fields are known: more is required, some is out of place."""
    properties, required = dict(document["properties"]), list(document.get("required", ()))
    properties.pop("body", None)
    for rule in document.get("allOf", ()):
        asked = rule["if"].get("properties", {})
        if not asked.keys() <= known.keys():
            continue
        fits = all(known[name] in wanted.get("enum", [wanted.get("const")]) for name, wanted in asked.items())
        then = rule.get("then" if fits else "else", {})
        required += then.get("required", [])
        out_of_place = {name for name, child in then.get("properties", {}).items() if child is False}
        properties = {name: child for name, child in properties.items() if name not in out_of_place}
    return {**document, "properties": properties, "required": required}


def _fields(schema: Schema, node: Field, indent: str, known: Mapping[str, str]) -> Iterator[str]:
    for name, child in node.get("properties", {}).items():
        field = schema.resolve(child)
        needed = name in node.get("required", ())
        yield f"{indent}# {_about(schema, field, name, needed)}"
        lines = list(_field(schema, field, name, indent, known))
        yield from lines if needed else (f"{indent}# {line.removeprefix(indent)}" for line in lines)


def _field(schema: Schema, field: Field, name: str, indent: str, known: Mapping[str, str]) -> Iterator[str]:
    if field.get("type") == "object":
        yield f"{indent}{name}:"
        yield from _fields(schema, field, indent + "  ", {})
        return
    items = schema.resolve(field.get("items"))
    if items.get("type") == "object":
        yield f"{indent}{name}:"
        lines = list(_fields(schema, items, indent + "    ", {}))
        first = next(place for place, line in enumerate(lines) if not line.lstrip().startswith("#"))
        # The dash belongs to the first field that is filled; what explains it stands above.
        yield from (f"{indent}  {line.lstrip()}" for line in lines[:first])
        yield f"{indent}  - {lines[first].lstrip()}"
        yield from lines[first + 1 :]
        return
    yield f"{indent}{name}: {known[name]}" if name in known else f"{indent}{name}:"


def _about(schema: Schema, field: Field, name: str, needed: bool) -> str:
    """One line: what it is called, whether it must be there, what it means, and what may be written."""
    items = schema.resolve(field.get("items"))
    said = [str(field.get("description", "")).rstrip("。")]
    said.append(str(items.get("x-hint") or field.get("x-hint") or "").rstrip("。"))
    if choices := field.get("enum") or items.get("enum"):
        said.append(f"可选：{'、'.join(map(str, choices))}")
    if field.get("type") == "boolean":
        said.append("是写 true，否写 false")
    if field.get("type") == "array" and items.get("type") != "object":
        example = (items.get("examples") or items.get("enum") or ["甲"])[0]
        said.append(f"写成列表，例如 [{example}]")
    if field.get("format") == "date" and not said[1]:
        said.append("写成 2026-03-01 的样子")
    words = "；".join(dict.fromkeys(text for text in said if text))
    return f"{field.get('title', name)}{'（必填）' if needed else ''}{f'：{words}' if words else ''}"

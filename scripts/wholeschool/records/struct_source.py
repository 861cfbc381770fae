"""Writes `structs.py` from the schemas, so that a new field is one line in one schema: `make types`.

Every object in a schema is either the root or a named definition, and becomes a frozen struct of that name.
"""

from __future__ import annotations

import keyword
import sys
from pathlib import Path
from typing import Any

from wholeschool.records.schema import Schema, schemas

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_DEFAULTS = {"bool": "False"}

HEADER = '''"""The records as typed, frozen structs. Written by `make types` from the schemas: edit those."""

from __future__ import annotations

import msgspec
'''


def struct_source() -> str:
    """The text of `structs.py`."""
    parts = [HEADER]
    names = []
    written: dict[str, str] = {}
    for name, schema in schemas().items():
        root = name.title().replace("-", "").replace("_", "")
        for struct, node in _objects(schema, root):
            text = _struct(schema, struct, node)
            if written.setdefault(struct, text) != text:
                raise ValueError(f"two different definitions are called {struct}")
            if text not in parts:
                parts.append(text)
        names.append((name, root))
    rows = "".join(f'    "{name}": {root},\n' for name, root in names)
    parts.append(f"ROOTS: dict[str, type[msgspec.Struct]] = {{\n{rows}}}\n")
    return "\n\n".join(parts)


def _objects(schema: Schema, root: str) -> list[tuple[str, dict[str, Any]]]:
    """Named objects of a schema, and the whole last."""
    objects = [(name, node) for name, node in schema.document["$defs"].items() if node.get("type") == "object"]
    return [*objects, (root, schema.document)]


def _struct(schema: Schema, name: str, node: dict[str, Any]) -> str:
    lines = [f"class {name}(msgspec.Struct, frozen=True, kw_only=True):", f'    """{node["title"]}"""', ""]
    required = set(node.get("required", ()))
    for key, child in node["properties"].items():
        annotation = _annotation(schema, child)
        attribute = f"{key}_" if keyword.iskeyword(key) else key
        options = [f'name="{key}"'] if attribute != key else []
        default = ""
        resolved = schema.resolve(child)
        if "default" in resolved:
            default = repr(resolved["default"])
        elif key in required and schema.is_left_to_the_guidance(child) and resolved.get("type") != "object":
            default = "()" if annotation.startswith("tuple[") else '""'
        elif key not in required or schema.is_left_to_the_guidance(child):
            default = "()" if annotation.startswith("tuple[") else _DEFAULTS.get(annotation, "None")
            if child.get("x-unsaid"):  # to say nothing is not to say no
                default = "None"
            annotation = annotation if default != "None" else f"{annotation} | None"
        if options:
            options += [f"default={default}"] if default else []
            lines.append(f"    {attribute}: {annotation} = msgspec.field({', '.join(options)})")
        else:
            lines.append(f"    {attribute}: {annotation}" + (f" = {default}" if default else ""))
    return "\n".join(lines) + "\n"


def _annotation(schema: Schema, node: dict[str, Any]) -> str:
    reference = str(node.get("$ref", "")).removeprefix("#/$defs/")
    resolved = schema.resolve(node)
    match resolved.get("type"):
        case "object" if reference:
            return reference
        case "array":
            return f"tuple[{_annotation(schema, resolved['items'])}, ...]"
        case str(scalar) if scalar in _SCALARS:
            return _SCALARS[scalar]
    raise ValueError(f"{schema.name}: an object needs a name in $defs, a field needs a type: {node}")


if __name__ == "__main__":
    target = Path(__file__).with_name("structs.py")
    target.write_text(struct_source(), encoding="utf-8")
    sys.stdout.write(f"{target.name}\n")

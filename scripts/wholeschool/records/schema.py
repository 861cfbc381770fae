"""The JSON Schemas: one per kind of record, the single source for checking, forms, templates and reference pages."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from wholeschool.shipped import HOME

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FOLDER = HOME / "schemas"

LEDGERS = ("certificates", "register", "figures", "ability-figures", "population")
"""Kinds that only the program writes, and nobody by hand."""
_CONDITIONS = ("allOf", "if", "then", "else")
_OPEN = ("maxLength", "pattern", "x-hint", "examples")
"""What is said of a word while nobody knows which there are."""
_COMMON = "common.schema.json#/$defs/"
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")

type_names = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "是或否（true 或 false）",
    "array": "列表",
    "object": "“名字: 值”的一组字段",
}


class Terms(NamedTuple):
    """What a guidance asks records to say: its words by the names that `x-terms` uses, None where they are not known.

    `without` is what it knows nothing of, by the names that `x-terms` and `x-asks` use. `clauses` are pairs of a field
    (kind and path: review.panel.mode) and the clause for which it is there.
    """

    dimensions: tuple[str, ...] | None = None
    environments: tuple[str, ...] | None = None
    levels: tuple[str, ...] | None = None
    passing: tuple[str, ...] | None = None
    without: frozenset[str] = frozenset()
    clauses: frozenset[tuple[str, str]] = frozenset()


ANY = Terms()


class Schema:
    """One kind's schema, with everything it refers to inside it, and the two validators that must agree."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.name = name
        self.document = document
        self.placement: Mapping[str, Any] = document.get("x-wholeschool", {})
        self._thorough: Any = None

    @cached_property
    def _quick(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            self.document, validate_formats=True, ignore_unknown_formats=False, retriever=_refuse_to_fetch
        )

    @cached_property
    def _typing(self) -> Any:
        return self._typing_of(self.document)

    @property
    def title(self) -> str:
        """The kind's Chinese name."""
        return str(self.document["title"])

    def type_scalars(self, value: Any) -> Any:
        """`value` with the integers, numbers and booleans the schema wants in place of texts that are such."""
        return _apply(self._typing, value) if self._typing else value

    def typed(self, value: Any) -> Any:
        """What `type_scalars` makes of a copy: `value` stays as it is."""
        return self.type_scalars(copied(value))

    def accepts(self, value: Any) -> bool:
        """Whether `value` is valid; the quick answer, with no reasons."""
        return self._quick.is_valid(value)

    def errors(self, value: Any) -> Iterator[ValidationError]:
        """Why `value` is not valid; the thorough answer."""
        from wholeschool.records.thorough import validator  # whose library takes long to load: most records are right

        if self._thorough is None:
            self._thorough = validator(self.document)
        yield from self._thorough.iter_errors(value)

    @cached_property
    def has_room(self) -> bool:
        """Whether it leaves words to the guidance (`x-terms`), or whether there is a field at all (`x-asks`)."""
        return any(mark in json.dumps(self.document) for mark in ('"x-terms"', '"x-asks"'))

    @cached_property
    def version(self) -> str:
        """Changes with whatever decides about a record."""
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()[:12]

    def is_left_to_the_guidance(self, node: Any) -> str:
        """Which of a guidance's terms says whether there is the field `node`, or empty: every guidance has it."""
        field = self.resolve(node)
        own = field.get("x-terms") or field.get("x-asks") or ""
        return str(own) if own or "items" not in field else self.is_left_to_the_guidance(field["items"])

    def saying(self, terms: Terms) -> Schema:
        """The schema of this kind under a guidance: its words where there is room, without fields it knows nothing of.

        A field says for which clause it is there (`x-clause`).

        Tables keep their columns: lines are added to them, and what is signed must stay readable.
        """
        start = f"{self.name}."
        clauses = {field.removeprefix(start): clause for field, clause in terms.clauses if field.startswith(start)}
        if terms == ANY or not (self.has_room or clauses):
            return self
        words = terms._asdict()

        def lacks(node: Any) -> bool:
            return self.is_left_to_the_guidance(node) in terms.without

        def said(node: Any, gone: frozenset[str] = frozenset()) -> Any:
            """`gone` are fields of the object of which this is a condition."""
            if isinstance(node, list):
                return [said(item, gone) for item in node]
            if not isinstance(node, dict):
                return node
            fields = node.get("properties")
            if isinstance(fields, dict):
                gone |= {name for name, child in fields.items() if lacks(child)}
            node = {key: said(value, gone if key in _CONDITIONS else frozenset()) for key, value in node.items()}
            if node.get("type") == "string" and (known := words.get(node.get("x-terms"))):
                node = {key: value for key, value in node.items() if key not in _OPEN} | {"enum": list(known)}
            if gone and isinstance(fields, dict) and self.name not in LEDGERS:
                node["properties"] = {name: child for name, child in node["properties"].items() if name not in gone}
            if gone and "required" in node:
                node["required"] = [name for name in node["required"] if name not in gone]
            return node

        made = Schema(self.name, said(self.document))
        for path, clause in clauses.items():
            made._is_there_for(path.split("."), clause)
        return made

    def _is_there_for(self, path: Sequence[str], clause: str) -> None:
        """Write the clause to the field at a path, which may not be there."""
        node: dict[str, Any] = self.document
        for step in path:
            while "$ref" in node or "items" in node:
                named = node.get("$ref")
                node = self.document["$defs"][named.removeprefix("#/$defs/")] if named else node["items"]
            if step not in node.get("properties", {}):
                return
            node = node["properties"][step]
        node["x-clause"] = clause

    def field(self, pointer: tuple[str | int, ...]) -> dict[str, Any]:
        """The schema of the field at `pointer` (a list's index stands for any item), references merged in."""
        node = self.resolve(self.document)
        for step in pointer:
            child = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
            node = self.resolve(child)
        return node

    def resolve(self, node: Any) -> dict[str, Any]:
        """`node` with what it refers to merged under its own words.

        A field's own title wins over the shared one, and the shared title's other names do not go with it.
        """
        if not isinstance(node, dict):
            return {}
        if "$ref" not in node:
            return node
        target = self.resolve(self.document["$defs"][node["$ref"].removeprefix("#/$defs/")])
        if "title" in node:
            target = {key: value for key, value in target.items() if key != "x-aliases"}
        return target | {key: value for key, value in node.items() if key != "$ref"}

    def _typing_of(self, node: Any) -> Any:
        """Which parts of a value are not text: a nested {key: …}, [items] or type name; None where all is text."""
        node = self.resolve(node)
        match node.get("type"):
            case "integer" | "number" | "boolean" as scalar:
                return scalar
            case "array":
                inner = self._typing_of(node.get("items"))
                return [inner] if inner else None
            case "object":
                keys = {
                    key: inner for key, child in node.get("properties", {}).items() if (inner := self._typing_of(child))
                }
                return keys or None
            case _:
                return None


def _refuse_to_fetch(address: str) -> Any:
    """jsonschema-rs would fetch a remote `$ref` by itself, past anything that watches Python's sockets."""
    raise ValueError(f"a schema refers to {address}, which is not in the repository")


def load_schema(name: str) -> Schema:
    """The schema of the kind `name`, e.g. `plan`."""
    return schemas()[name]


@cache
def schemas() -> Mapping[str, Schema]:
    """All kinds of records by name, in alphabetical order."""
    common = json.loads((FOLDER / "common.schema.json").read_text("utf-8"))["$defs"]
    found = {}
    for path in sorted(FOLDER.glob("*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        if name != "common":
            found[name] = Schema(name, _bundle(json.loads(path.read_text("utf-8")), common))
    return found


def _bundle(document: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """`document` with the shared definitions it uses among its own, so that nothing is ever looked up elsewhere."""

    def rewrite(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: f"#/$defs/{value.removeprefix(_COMMON)}"
                if key == "$ref" and value.startswith(_COMMON)
                else rewrite(value)
                for key, value in node.items()
            }
        return [rewrite(item) for item in node] if isinstance(node, list) else node

    bundled: dict[str, Any] = rewrite(document)
    used: set[str] = set()
    waiting = set(re.findall(re.escape(_COMMON) + r"(\w+)", json.dumps(document)))
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= set(re.findall(r"#/\$defs/(\w+)", json.dumps(common[name]))) - used
    bundled["$defs"] = bundled.get("$defs", {}) | {name: common[name] for name in sorted(used)}
    return bundled


def copied(value: Any) -> Any:
    """A value of mappings, lists and scalars once more, to be changed."""
    if isinstance(value, Mapping):
        return {key: copied(child) for key, child in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def _apply(typing: Any, value: Any) -> Any:
    if isinstance(typing, dict):
        if isinstance(value, dict):
            for key, inner in typing.items():
                if key in value:
                    value[key] = _apply(inner, value[key])
    elif isinstance(typing, list):
        if isinstance(value, list):
            inner = typing[0]
            value[:] = [_apply(inner, item) for item in value]
    elif isinstance(value, str):
        if typing == "boolean":
            return {"true": True, "false": False}.get(value, value)
        if _INTEGER.fullmatch(value):
            return int(value)
        if typing == "number" and _NUMBER.fullmatch(value):
            return float(value)
    return value

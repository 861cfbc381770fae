"""What a workbook of a kind of record looks like; derived from its schema, so a new field is a new column by itself.

Every list of objects is a sheet with a heading for each field; lists inside those (a teacher's task sheet) are sheets
of their own, tied to their row by the fields that identify it (`x-key`). All other fields stand on one form sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

import msgspec

from wholeschool.records.characters import usual
from wholeschool.records.kinds import Kind, kinds
from wholeschool.records.mending import half_width
from wholeschool.records.schema import ANY, Schema, Terms

FORM = "基本信息"
Field = Mapping[str, Any]


class Column(msgspec.Struct, frozen=True, eq=False):
    """One field: its heading, the way to it (below the item, or below the record), and its schema.

    `aliases` are other headings that mean the same field (`x-aliases`), no two alike within a table.
    """

    heading: str
    pointer: tuple[str, ...]
    field: Field
    required: bool
    aliases: tuple[str, ...] = ()

    @property
    def items(self) -> Field | None:
        """The schema of one of several values in the cell; None where there is one value."""
        return self.field["items"] if self.field.get("type") == "array" else None


class Table(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One list of objects: the sheet's name, the way to the list, its columns, and the list it lies in."""

    title: str
    pointer: tuple[str, ...]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    parent: Table | None = None
    called: str = ""

    @cached_property
    def name(self) -> Column | None:
        """The column with the name that people call an item by (`x-name`), where its key is something else."""
        return next((column for column in self.columns if self.called and column.pointer == (self.called,)), None)

    @cached_property
    def keys(self) -> tuple[Column, ...]:
        """The columns that identify a row."""
        return tuple(column for column in self.columns if column.pointer[0] in self.key)

    @cached_property
    def links(self) -> tuple[Column, ...]:
        """The columns that say which row of the parent a row belongs to."""
        return self.parent.keys if self.parent else ()

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        """As they stand on the sheet."""
        return (*self.links, *self.columns)


class Layout(NamedTuple):
    """A kind's workbook: the fields of the form, and the tables, each after the one it belongs to."""

    kind: Kind
    form: tuple[Column, ...]
    tables: tuple[Table, ...]


@cache
def layout(kind: Kind) -> Layout:
    """The workbook of a kind of record."""
    schema = kind.schema
    form = tuple(_columns(schema, schema.document, (), "", True))
    return Layout(kind, form, tuple(_tables(schema, schema.document, (), None)))


def heading_of(written: object) -> str:
    """A heading without what people and programs put around it, in the usual characters."""
    text = str(written)
    return _known_heading(text) if len(text) <= _LONGEST_HEADING else _heading(text)


def _heading(text: str) -> str:
    text = re.sub(r"\s", "", half_width(usual(text)))
    return re.sub(r"[(（](?:必填|选填|可选)[)）]|[*:：]+$|^\*", "", text).replace(":", "：")


# Every table asks what every cell of the first rows would be as a heading.
_known_heading = lru_cache(maxsize=10_000)(_heading)
_LONGEST_HEADING = 100


def for_people(description: str) -> str:
    """What a schema says of a field to people who tick and type: without what to write in a file."""
    return re.sub(r"（文件里[^（）]*）", "", description)


def layouts(terms: Terms = ANY) -> dict[str, Layout]:
    """All kinds that have a workbook: those written as YAML, by people; not what is long text, not for cells."""
    return {
        name: layout(kind)
        for name, kind in kinds(terms).items()
        if kind.format == "yaml" and not kind.is_imported and kind.schema.placement.get("workbook", True)
    }


def _columns(schema: Schema, node: Field, pointer: tuple[str, ...], above: str, needed: bool) -> Iterator[Column]:
    """The fields of an object that fit into a cell, those of objects inside it among them."""
    for name, child in node.get("properties", {}).items():
        field = _resolved(schema, child)
        required = needed and name in node.get("required", ())
        heading = f"{above}{field.get('title', name)}"
        match field.get("type"):
            case "object":
                yield from _columns(schema, field, (*pointer, name), f"{heading}：", required)
            case "array" if field["items"].get("type") == "object":
                continue
            case _:
                yield Column(heading, (*pointer, name), field, required, tuple(field.get("x-aliases", ())))


def _tables(schema: Schema, node: Field, pointer: tuple[str, ...], parent: Table | None) -> Iterator[Table]:
    for name, child in node.get("properties", {}).items():
        field = _resolved(schema, child)
        if field.get("type") == "object":
            yield from _tables(schema, field, (*pointer, name), parent)
        elif field.get("type") == "array" and field["items"].get("type") == "object":
            item = field["items"]
            columns = tuple(_columns(schema, item, (), "", True))
            table = Table(
                field["title"],
                (*pointer, name),
                columns,
                tuple(field.get("x-key", ())),
                parent,
                field.get("x-name", ""),
            )
            yield table
            yield from _tables(schema, item, (), table)


def _resolved(schema: Schema, node: Any) -> Field:
    field = schema.resolve(node)
    return {**field, "items": schema.resolve(field["items"])} if "items" in field else field

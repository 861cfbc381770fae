"""A record: one valid file, typed, that can say where everything in it stands."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from wholeschool.findings import Location
from wholeschool.records.case_text import read_case
from wholeschool.records.csv_text import read_csv
from wholeschool.records.kinds import Kind, Placed
from wholeschool.records.positions import Mark, locate
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml

T_co = TypeVar("T_co", bound=msgspec.Struct, covariant=True)


class Record(Generic[T_co]):
    """`data` with the place it came from. Marks are many and seldom asked for: they are read again when they are."""

    __slots__ = ("_marks", "_source", "data", "path", "placed")

    def __init__(self, path: str, placed: Placed, source: bytes, data: T_co) -> None:
        self.path, self.placed, self.data = path, placed, data
        self._source = source
        self._marks: Mark | None = None

    @property
    def unit(self) -> str:
        """The path of the unit that keeps the record, below submissions/; empty for the programme's own."""
        return self.placed.unit

    @property
    def year(self) -> int | None:
        """The round the record belongs to."""
        return self.placed.year

    @property
    def name(self) -> str:
        """The file's name without its ending, where it is free (team, review session, case)."""
        return self.placed.name

    def at(self, node: msgspec.Struct | None, *pointer: str | int, key: bool = False) -> Location:
        """Where `pointer` below `node` stands (`node` is part of this record's data; None means the whole)."""
        if self._marks is None:
            self._marks = read(self.placed.kind, decode(self._source))[1]
        start = () if node is None or node is self.data else _path_to(self.data, node) or ()
        return Location(self.path, *locate(self._marks, start + pointer, key=key))


def read(kind: Kind, text: str) -> tuple[Any, Mark]:
    """Values and marks of a file of this kind, before typing. Raises `Refused`."""
    if kind.format == "csv":
        rows, struct = next(iter(kind.schema.document["properties"].items()))
        columns = kind.schema.resolve(struct["items"])["properties"]
        return read_csv(text, rows, list(columns))
    return read_case(text) if kind.format == "md" else read_yaml(text)


def _path_to(container: object, node: msgspec.Struct) -> tuple[str | int, ...] | None:
    """The way from `container` down to `node`, found by identity; structs are never shared between places."""
    if container is node:
        return ()
    if isinstance(container, tuple):
        children: list[tuple[str | int, object]] = list(enumerate(container))
    elif isinstance(container, msgspec.Struct):
        children = [(field.encode_name, getattr(container, field.name)) for field in msgspec.structs.fields(container)]
    else:
        return None
    for step, child in children:
        if (rest := _path_to(child, node)) is not None:
            return (step, *rest)
    return None

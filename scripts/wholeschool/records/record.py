"""A record: one valid file, typed, that can say where everything in it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from wholeschool.errors import RepositoryError
from wholeschool.findings import Location
from wholeschool.records.case_text import read_case
from wholeschool.records.csv_text import read_csv
from wholeschool.records.kinds import Kind, Placed
from wholeschool.records.positions import Mark, locate
from wholeschool.records.refusals import Refused
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml

T_co = TypeVar("T_co", bound=msgspec.Struct, covariant=True)


class Record(Generic[T_co]):
    """`data` with the place it came from. Marks are many and seldom asked for: they are read again when they are."""

    __slots__ = ("_marks", "_pointers", "_source", "data", "path", "placed")

    def __init__(self, path: str, placed: Placed, source: Callable[[], bytes], data: T_co) -> None:
        self.path, self.placed, self.data = path, placed, data
        self._source = source
        self._marks: Mark | None = None
        self._pointers: dict[int, tuple[str | int, ...]] = {}

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

    def at(self, node: msgspec.Struct | None, *pointer: str | int, key: bool = False) -> Place:
        """The place of `pointer` below `node` (`node` is part of this record's data; None means the whole).

        Cheap: nothing is looked up before the place is located, so a rule may name a place it turns out not to need.
        """
        return Place(self, node, pointer, key)

    def locate(self, place: Place) -> Location:
        """Line and column of a place of this record. The file is read again for its marks, once."""
        if self._marks is None:
            try:
                self._marks = read(self.placed.kind, decode(self._source()))[1]
            except (Refused, RepositoryError):  # somebody changed the file since it was found right
                return Location(self.path)
            self._pointers = dict(_pointers(self.data, ()))
        start = () if place.node is None else self._pointers.get(id(place.node), ())
        return Location(self.path, *locate(self._marks, start + place.pointer, key=place.key))


class Place(NamedTuple):
    """Somewhere in a record, by name; `location` says where that is. `related` are places that it disagrees with."""

    record: Record[Any]
    node: msgspec.Struct | None
    pointer: tuple[str | int, ...]
    key: bool
    related: tuple[Place, ...] = ()

    def beside(self, *others: Place | None) -> Place:
        """This place, with others (where they are) that whoever mends it has to look at too."""
        return self._replace(related=(*self.related, *(each for each in others if each)))

    @property
    def location(self) -> Location:
        """The line and column."""
        return self.record.locate(self)


def read(kind: Kind, text: str) -> tuple[Any, Mark]:
    """Values and marks of a file of this kind, before typing. Raises `Refused`."""
    if kind.format == "csv":
        rows, struct = next(iter(kind.schema.document["properties"].items()))
        columns = kind.schema.resolve(struct["items"])
        there = text.partition("\n")[0].split(",")
        # A column that only some guidances ask for need not be there, where nobody knows which it is.
        return read_csv(
            text, rows, [name for name in columns["properties"] if name in there or not _may_lack(columns, name)]
        )
    return read_case(text) if kind.format == "md" else read_yaml(text)


def _may_lack(row: Mapping[str, Any], column: str) -> bool:
    return "x-asks" in row["properties"][column] and column not in row["required"]


def _pointers(node: object, pointer: tuple[str | int, ...]) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """The identity of every struct in a record, and the way down to it; structs are never shared between places."""
    if isinstance(node, msgspec.Struct):
        yield id(node), pointer
        for name, written in zip(node.__struct_fields__, node.__struct_encode_fields__, strict=True):
            child = getattr(node, name)
            if isinstance(child, (msgspec.Struct, tuple)):
                yield from _pointers(child, (*pointer, written))
    elif isinstance(node, tuple):
        for index, child in enumerate(node):
            if not isinstance(child, msgspec.Struct):
                break  # a list of plain values
            yield from _pointers(child, (*pointer, index))

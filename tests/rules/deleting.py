"""The example programme without a record, or without a field of one wherever it stands in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import yaml

from tests.site.mutating import example, part
from wholeschool.findings import Finding
from wholeschool.programme import assemble
from wholeschool.programme.scope import county_of
from wholeschool.records import Record, load
from wholeschool.records.cache import Cache
from wholeschool.records.kinds import kinds
from wholeschool.records.load import Loaded
from wholeschool.records.schema import schemas
from wholeschool.rules import all_rules
from wholeschool.rules.registry import check
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.record_reference import fields
from wholeschool.sources import MemoryTree

AFTER = "2027-02-01"
"""A day on which all that the example's round needs is due."""
_FIRST = ("/wenhua-xiaoxue/", "/mingyuan/", "/shili/", "")


class Kept(NamedTuple):
    """Records that a unit keeps: their kind, the unit's level, and which team it is."""

    kind: str
    level: str
    team: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def kept(record: Record[Any]) -> Kept:
    """What a record of the example belongs to."""
    return Kept(record.placed.kind.name, record.placed.level, record.name if record.placed.kind.name == "team" else "")


def every_record() -> set[Kept]:
    """What units may keep, by the schemas."""
    return {
        Kept(kind.name, level, team)
        for kind in kinds().values()
        for level in kind.levels
        for team in (schemas()["team"].placement["names"] if kind.name == "team" else ("",))
    }


def every_optional_field() -> set[tuple[str, str]]:
    """Fields that need not be there, by kind and path."""
    return {(kind, path) for kind in kinds() for path, field in fields(kind).items() if not field.required}


def instances(kind: str) -> list[Record[Any]]:
    """The example's records of a kind, those of the school, county and round first in which most has happened.

    A round that was opened early comes last: nothing is due in it.
    """
    some = [record for record in example().records if record.placed.kind.name == kind]
    places = {record.path: next(place for place, part in enumerate(_FIRST) if part in record.path) for record in some}
    running = int(AFTER[:4]) - 1
    return sorted(some, key=lambda each: (places[each.path], (each.year or 0) > running, -(each.year or 0)))


def without_records(what: Kept) -> dict[str, bytes | None]:
    """A unit that never sent any of these: the files that are gone; none where the example has none."""
    some = [record for record in instances(what.kind) if kept(record) == what]
    unit = (some[0].unit, some[0].year) if some else None
    return {record.path: None for record in some if (record.unit, record.year) == unit}


def without_field(kind: str, path: str, record: Record[Any]) -> dict[str, bytes | None]:
    """A record without a field, wherever in it the field stands; nothing where it stands nowhere."""
    after = stripped((REPOSITORY / record.path).read_bytes(), kind, [path])
    return {} if after is None else {record.path: after}


def stripped(data: bytes, kind: str, paths: Iterable[str]) -> bytes | None:
    """A record without some fields; None where it has none of them."""
    text = data.decode()
    form = kinds()[kind].format
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        columns = [path.rpartition(".")[2] for path in paths]
        if not any(row.get(column) for row in rows for column in columns):
            return None
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: "" if name in columns else value for name, value in row.items()} for row in rows)
        return out.getvalue().encode()
    head, body = text.split("\n---\n", 1) if form == "md" else (text, "")
    root = yaml.compose(head.removeprefix("---\n"), Loader=yaml.CSafeLoader)
    if not sum(_strip(root, path.split(".")) for path in paths):  # all of them, not until the first
        return None
    made = yaml.serialize(root, allow_unicode=True, width=10**6)
    return (f"---\n{made}---\n{body}" if form == "md" else made).encode()


def _strip(node: Any, path: list[str]) -> bool:
    """Take the last key of a path out of every mapping that the path leads to."""
    if isinstance(node, yaml.SequenceNode):
        return sum(_strip(each, path) for each in node.value) > 0
    if not isinstance(node, yaml.MappingNode):
        return False
    if len(path) > 1:
        return sum(_strip(value, path[1:]) for key, value in node.value if key.value == path[0]) > 0
    left = [pair for pair in node.value if pair[0].value != path[0]]
    gone = len(left) < len(node.value)
    node.value[:] = left
    return gone


def told(files: dict[str, bytes | None], codes: tuple[str, ...] = ()) -> Iterator[Finding]:
    """What is found after a change of files and was not before, by some rules or by all."""
    county = _county(files)
    base = part(county)
    own = load(MemoryTree({path: data for path, data in files.items() if data is not None}), cache=Cache(None))
    left = [record for record in base.records if record.path not in files]
    records = sorted([*left, *own.records], key=lambda record: record.path)
    programme = assemble(Loaded(base.files, records, [], own.broken, base.elsewhere), AFTER)
    rules = {code: all_rules()[code] for code in codes if code in all_rules()} or all_rules()
    known = {(each.code, each.path, each.message) for each in _before(county, codes)}
    found = own.findings if own.findings else check(programme, rules)
    return (each for each in found if (each.code, each.path, each.message) not in known)


def _county(files: Iterable[str]) -> str:
    """The county that alone is judged, where only one is concerned."""
    counties = {county_of(path) for path in files}
    return counties.pop() if len(counties) == 1 else ""


@cache
def _before(county: str, codes: tuple[str, ...]) -> list[Finding]:
    rules = {code: all_rules()[code] for code in codes if code in all_rules()} or all_rules()
    return check(assemble(part(county), AFTER), rules)

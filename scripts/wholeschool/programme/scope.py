"""Which part of a commit a question is about.

The county is the unit of responsibility: apart from the programme's own files, what stands above it, the units' codes,
teacher numbers that are one's in the whole province, and what another county says, has recognised
or certified of a person who is here too, in whatever round, nothing in a county depends on another county. So a change
in one county is judged with that county alone, and those that share a person with it, however large the province is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from wholeschool.programme.people import SCHOOL_CODE
from wholeschool.programme.programme import Programme
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.records.kinds import ROOT, record_folders
from wholeschool.records.record import Record
from wholeschool.records.structs import Certificates, OnlineHours, Register, Review, Teachers, Unit
from wholeschool.sources import CommitTree, Entry
from wholeschool.sources.tree import FOLDER

_COUNTY_DEPTH = 3
_YEAR = re.compile("20[0-9]{2}")
# Where claims stand.
_CLAIMING = re.compile(r"/(?:unit\.yaml|teachers\.yaml|register\.csv|certificates\.csv|online-hours/[^/]+)")
_KINDS = (Unit, Teachers, Register, Certificates, OnlineHours)
# A number is one person's in all rounds, and what was decided of them counts in every later one.
_PERSON = -1
_Claim = tuple[int, str]


class Scope(NamedTuple):
    """The files to read, and the county folders (below submissions/) that are left alone."""

    entries: list[Entry]
    elsewhere: frozenset[str]


def county_of(path: str) -> str:
    """The county folder (below submissions/) that a file belongs to; empty for what belongs to no county."""
    steps = path.removeprefix(ROOT).split("/")
    if not path.startswith(ROOT) or len(steps) <= _COUNTY_DEPTH or not all(map(_is_unit, steps[:_COUNTY_DEPTH])):
        return ""
    return "/".join(steps[:_COUNTY_DEPTH])


def touched(paths: Iterable[str]) -> frozenset[str] | None:
    """The counties that these files belong to; None (all) when one of them is a record above the counties."""
    records = [path for path in paths if path.startswith(ROOT)]
    counties = frozenset(map(county_of, records))
    return None if "" in counties else counties


def scope(tree: CommitTree, counties: Collection[str]) -> Scope:
    """Everything above the counties, and these counties whole."""
    entries: list[Entry] = []
    whole: list[str] = []
    elsewhere: set[str] = set()
    folders = [ROOT]
    for depth in range(1, _COUNTY_DEPTH + 1):
        below: list[str] = []
        for entry in tree.listing(*folders) if folders else ():
            folder = entry.path.removeprefix(ROOT)
            if entry.mode != FOLDER:
                entries.append(entry)
            elif not _is_unit(folder.rpartition("/")[2]) or folder in counties:
                whole.append(entry.path)
            elif depth == _COUNTY_DEPTH:
                elsewhere.add(folder)
            else:
                below.append(entry.path)
        folders = below
    return Scope(sorted([*entries, *(tree.entries(*whole) if whole else ())]), frozenset(elsewhere))


def sharing(tree: CommitTree, programme: Programme, kept: Cache) -> set[str]:
    """Counties elsewhere that claim what the programme's own counties claim: a code, a teacher number.

    A number may be in a roster, register or ledger of any round. And those with a school by whose numbers reviewers
    are named here, that had one of the numbers until now, or that what is brought names.
    """
    earlier = programme.earlier
    until_now = (earlier.was(path) for path in programme.brought if earlier and path.startswith(ROOT))
    own = _claims([*programme.records, *filter(None, until_now)])
    named = {(0, number[:SCHOOL_CODE]) for record in programme.records for number in _outsiders(record)}
    mine = _written({*own, *named})
    names = {county: _index_name(tree, county) for county in programme.elsewhere}
    known = kept.get(names.values())
    if unknown := [county for county, name in names.items() if name not in known]:
        entries = tree.entries(*(ROOT + county for county in unknown))
        records = load(tree, [each for each in entries if _CLAIMING.search(each.path)], cache=kept).records
        made = _indices(tree, records, unknown)
        kept.put(made)
        known = {**known, **made}
    # Whatever a change says of somebody else's county is judged by what is there.
    said = b"\n".join(tree.read(path) for path in programme.brought if tree.object_name(path))
    return {
        county
        for county, name in names.items()
        if county.encode() in said or not mine.isdisjoint(msgspec.msgpack.decode(known[name], type=list[str]))
    }


def remember(tree: CommitTree, programme: Programme, kept: Cache) -> None:
    """Keep what every county claims, so that the next change need not look for it."""
    kept.put(_indices(tree, [each for each in programme.records if isinstance(each.data, _KINDS)]))


def _indices(tree: CommitTree, records: Iterable[Record[Any]], counties: Iterable[str] = ()) -> dict[str, bytes]:
    """What each county of these records claims, by the name it is kept under; `counties` may claim nothing."""
    by_county: dict[str, list[Record[Any]]] = {county: [] for county in counties}
    for record in records:
        if county := county_of(record.path):
            by_county.setdefault(county, []).append(record)
    tree.listing(*{ROOT + county.rpartition("/")[0] for county in by_county})
    return {_index_name(tree, county): _index(_claims(rows)) for county, rows in by_county.items()}


def _claims(records: Iterable[Record[Any]]) -> set[_Claim]:
    """What only one may have, of counties and schools: codes, and the numbers of people."""
    found: set[_Claim] = set()
    for record in records:
        if isinstance(record.data, Unit) and county_of(record.path):
            codes = (record.data.code, *(each.code for each in record.data.former if each.code))
            found.update((0, code) for code in codes)
        elif isinstance(record.data, Teachers):
            found.update((_PERSON, teacher.number) for teacher in record.data.teachers)
        elif isinstance(record.data, OnlineHours):
            found.update((_PERSON, study.teacher) for study in record.data.people)
        elif isinstance(record.data, Register):
            found.update((_PERSON, row.teacher) for row in record.data.recognised)
        elif isinstance(record.data, Certificates):
            found.update((_PERSON, entry.teacher) for entry in record.data.certificates)
    return found


def _outsiders(record: Record[Any]) -> Iterator[str]:
    """The numbers by which a review names people who are not the school's."""
    if isinstance(record.data, Review):
        yield from (each.teacher for each in record.data.panel.members if each.teacher and each.from_ == "校外")


def _index(claims: set[_Claim]) -> bytes:
    return msgspec.msgpack.encode(sorted(_written(claims)))


def _written(claims: set[_Claim]) -> set[str]:
    """Claims as texts, which are quicker to read by the hundred thousand."""
    return {f"{year} {what}" for year, what in claims}


def _index_name(tree: CommitTree, county: str) -> str:
    """By the folder's own object: any change in the county gives another."""
    return f"claims/{tree.object_name(ROOT + county)}"


def _is_unit(name: str) -> bool:
    return name not in record_folders() and not _YEAR.fullmatch(name)

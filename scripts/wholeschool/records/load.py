"""A tree of files into records and findings. One bad file never hides another."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import msgspec

from wholeschool.findings import About, Finding
from wholeschool.records.cache import Cache, open_cache
from wholeschool.records.crew import read_all
from wholeschool.records.former import SETTINGS, former_tables
from wholeschool.records.hygiene import twins
from wholeschool.records.kinds import ROOT, Placed, is_attachment, is_contacts
from wholeschool.records.reading import refused_as_former, refused_as_twin
from wholeschool.records.record import Record
from wholeschool.records.terms import vocabulary_of
from wholeschool.sources import Entry, Tree

# What is kept of an attachment: that nothing is wrong with it.
_SOUND = b"sound"


class Loaded(NamedTuple):
    """What a tree holds: valid records, findings about the others, and the paths that exist but cannot be used.

    `elsewhere` are the folders of counties (below submissions/) that were not asked for: they are there, but what
    they hold is not known.
    """

    files: int
    records: list[Record[Any]]
    findings: list[Finding]
    broken: frozenset[str]
    elsewhere: frozenset[str] = frozenset()


def load(
    tree: Tree,
    entries: Iterable[Entry] | None = None,
    *,
    elsewhere: frozenset[str] = frozenset(),
    cache: Cache | None = None,
) -> Loaded:
    """All records below submissions/ in `tree` (or just those of `entries`).

    What was read before, by anybody with this cache, is not read again; the rest is read on all cores.
    """
    # Records are trees and all of them stay: looking for rings among them, again and again, takes longer than decoding.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _load(tree, list(tree.entries(ROOT) if entries is None else entries), elsewhere, cache or open_cache())
    finally:
        if collecting:
            gc.enable()


def _load(tree: Tree, wanted: list[Entry], elsewhere: frozenset[str], cache: Cache) -> Loaded:
    vocabulary = vocabulary_of(tree)
    places = [vocabulary.placed(entry.path) for entry in wanted]
    names = [_name(tree, entry, where) for entry, where in zip(wanted, places, strict=True)]
    # The other side of a change holds nearly the same files: their records are the same objects.
    same = [cache.recent.get(name) for name in names]
    kept = cache.get(name for name, record in zip(names, same, strict=True) if name and record is None)
    values = [
        record.data if record else _kept(kept.get(name), where)
        for name, where, record in zip(names, places, same, strict=True)
    ]
    doubled = twins(wanted)
    findings = [refused_as_twin(path, other) for path, other in doubled.items()]
    missing = [
        index
        for index, (entry, value) in enumerate(zip(wanted, values, strict=True))
        if value is None and entry.path not in doubled and kept.get(names[index]) != _SOUND
    ]
    fresh: dict[str, bytes] = {}
    outcomes = read_all(tree, [wanted[index] for index in missing], vocabulary)
    for index, (packed, problems) in zip(missing, outcomes, strict=True):
        where, name = places[index], names[index]
        if packed is None and where is not None:  # what rests on the record is not known
            lost = About(where.unit, where.year or 0)
            problems = [msgspec.structs.replace(each, about=lost, unread=where.kind.name) for each in problems]
        findings += problems
        if is_attachment(wanted[index].path) and name and not problems:
            fresh[name] = _SOUND
        if packed is not None and where is not None:
            values[index] = msgspec.msgpack.decode(packed, type=where.kind.struct)
            if name and not problems:
                fresh[name] = packed
    cache.put(fresh)
    if former := former_tables({entry.path for entry in wanted}):  # all that is wrong with them is where they are
        findings = [each for each in findings if each.path not in (*former, SETTINGS)]
        findings.append(refused_as_former(former[0]))
    records = [
        record or Record(entry.path, where, partial(tree.read, entry.path), value)
        for entry, where, value, record in zip(wanted, places, values, same, strict=True)
        if value is not None and where is not None
    ]
    flawed = {each.path for each in findings}  # what was said of a valid record is to be said again
    kept_as = (name for name, value in zip(names, values, strict=True) if value is not None)
    cache.recent = {
        name: record for record, name in zip(records, kept_as, strict=True) if name and record.path not in flawed
    }
    broken = frozenset(
        entry.path
        for entry, value in zip(wanted, values, strict=True)
        if value is None and not is_attachment(entry.path) and not is_contacts(entry.path)
    )
    return Loaded(len(wanted), records, findings, broken, elsewhere)


def _name(tree: Tree, entry: Entry, where: Placed | None) -> str:
    """What a file's outcome is kept under: all that it follows from. Empty where nobody knows the content's name.

    The path comes first: what is read together lies together.
    """
    content = tree.object_name(entry.path)
    terms = f"/{where.kind.schema.version}" if where else ""
    return f"{entry.path}/{content}/{entry.mode:o}{terms}" if content else ""


def _kept(packed: bytes | None, where: Placed | None) -> Any:
    try:
        return None if packed is None or where is None else msgspec.msgpack.decode(packed, type=where.kind.struct)
    except msgspec.DecodeError:  # whoever wrote it was not this reader: read the file
        return None

"""What was there before a change, and so which decisions in a tree are new.

A decision is judged once, when it is made, against the tree it is made on; afterwards it is only kept. A rule about
decisions therefore asks of an entry whether the tree before had it already. Entries are compared by what they say, not
by where they stand, so that adding to a file, and sorting it, make nothing new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from wholeschool.errors import RepositoryError
from wholeschool.records import Record, load, placed
from wholeschool.records import structs as s
from wholeschool.records.kinds import ROOT
from wholeschool.sources import Entry, Tree
from wholeschool.sources.difference import Difference
from wholeschool.sources.tree import REGULAR

ENTRIES = (
    *(s.Approval, s.Attachment, s.SchoolAcceptance, s.NameCorrection, s.Recognition),
    *(
        s.FormerDraw,
        s.Drawn,
        s.Cancelled,
        s.CheckedItem,
        s.Correction,
        s.Inspection,
        s.Evaluation,
        s.MemberAppraisal,
        s.ProjectDecision,
    ),
    *(s.Nomination, s.Filing, s.RegisterEntry, s.CertificateEntry, s.Revocation, s.Appeal, s.Ruling),
)
"""Decisions that share a file with others. Any other record is new, or not, as a whole."""
DECISIONS = (
    *(s.Approvals, s.Acceptance, s.Register, s.SpotCheck, s.Certificates, s.Revocations, s.Inspections, s.Performance),
    *(s.Appraisal, s.ProjectDecisions, s.Filings, s.Figures, s.AbilityFigures, s.Announcement, s.Population, s.Appeals),
)
"""Records that hold decisions."""
LATER: Mapping[type, tuple[str, ...]] = {
    **{s.SchoolAcceptance: ("recognition",), s.CheckedItem: ("correction",)},
    s.Announcement: ("drawn", "cancelled"),
    s.Appeal: ("conclusion",),
}
"""What a decision may gain afterwards without being another; it is a decision of its own."""

_Key = tuple[object, ...]
# submissions/, province, city, county
_COUNTY = 4


class Earlier:
    """The tree before, as far as somebody asks for it. Without one, a tree has nothing that is new.

    `differences` are all those between the two trees, where somebody knows them already; else the trees are asked.
    """

    def __init__(self, now: Tree, before: Tree | None, differences: Sequence[Difference] | None = None) -> None:
        self._now, self._before = now, before
        self._changed = {each.path: each for each in differences} if differences is not None else None
        self._gone = [each.path for each in differences or () if each.after is None]
        self._alike: dict[str, bool] = {}
        self._files: dict[str, frozenset[_Key]] = {}
        self._ours: dict[str, _Decisions] = {}
        self._lost: dict[str, list[str]] = {}
        self._listed: dict[str, frozenset[str]] = {}

    @property
    def knows(self) -> bool:
        """Whether there is a tree before at all."""
        return self._before is not None

    def has_file(self, path: str) -> bool:
        """Whether the file was there before with the very same bytes."""
        if self._before is None:
            return True
        if self._changed is not None:
            return path not in self._changed
        if path not in self._alike:
            name = self._before.object_name(path)
            self._alike[path] = bool(name) and name == self._now.object_name(path)
        return self._alike[path]

    def had_file(self, path: str) -> bool:
        """Whether there was a file of that name before, whatever was in it."""
        if self._before is None:
            return True
        if self._changed is not None:
            return path not in self._changed or self._changed[path].before is not None
        county = "/".join(path.split("/")[:-1][:_COUNTY])  # listed once for all that is in it
        if county not in self._listed:
            self._listed[county] = frozenset(entry.path for entry in _entries_of(self._before, county))
        return path in self._listed[county]

    def lost(self, folder: str) -> list[str]:
        """Files that were in the folder of a school's round before and are there no more, by their place in it."""
        if self._changed is not None:
            return [path.removeprefix(folder) for path in self._gone if path.startswith(folder)]
        county = folder.rstrip("/").rsplit("/", 2)[0]  # listed once for all its schools
        if county not in self._lost:
            now = {entry.path for entry in _entries_of(self._now, county)}
            before = _entries_of(self._before, county) if self._before else ()
            self._lost[county] = [entry.path for entry in before if entry.path not in now]
        return [path.removeprefix(folder) for path in self._lost[county] if path.startswith(folder)]

    def has(self, record: Record[Any], node: msgspec.Struct | None) -> bool:
        """Whether the decision that `node` belongs to (None: the record as a whole) was there before."""
        if self.has_file(record.path):
            return True
        ours = self._ours.get(record.path)
        if ours is None or ours.record is not record:  # a wider part of the tree is read once more, as other objects
            ours = self._ours[record.path] = _Decisions(record)
        if record.path not in self._files:
            known = _Decisions(self._read(record.path)).keys
            if not self.had_file(record.path):  # what stood in another file that is gone has moved here
                known = known.union(*(_Decisions(self._read(path)).keys for path in self._gone_like(record)))
            self._files[record.path] = known
        return ours.key_of(node) in self._files[record.path]

    def _gone_like(self, record: Record[Any]) -> Iterator[str]:
        """Files of the same kind, unit and round that were there before and are there no more."""
        folder = f"{ROOT}{record.unit}/{record.year}"
        if type(record.data) in DECISIONS and record.year and self._before is not None:
            for path in (entry.path for entry in _entries_of(self._before, folder)):
                where = placed(path)
                if where and where.kind is record.placed.kind and not self._now.object_name(path):
                    yield path

    def was(self, path: str) -> Record[Any] | None:
        """The record at a path as it was before; None where there was none that can be read."""
        return self._read(path) if self._before is not None and self.had_file(path) else None

    def _read(self, path: str) -> Record[Any] | None:
        assert self._before is not None
        try:
            size = len(self._before.read(path))
        except RepositoryError:
            return None
        return next(iter(load(self._before, [Entry(path, REGULAR, size)]).records), None)


def _entries_of(tree: Tree, folder: str) -> Sequence[Entry]:
    try:
        return tree.entries(folder)
    except RepositoryError:  # no such folder
        return ()


class _Decisions:
    """The decisions in a record, by what they say."""

    def __init__(self, record: Record[Any] | None) -> None:
        self.record = record

    @cached_property
    def _by_node(self) -> dict[int, _Key]:
        if self.record is None:
            return {}
        whole = (_said(self.record.data),)
        return {node: around or whole for node, around in _entries(self.record.data, (), Counter())}

    @cached_property
    def keys(self) -> frozenset[_Key]:
        """What each says."""
        return frozenset(self._by_node.values())

    def key_of(self, node: msgspec.Struct | None) -> _Key:
        """What the entry around `node` says, with the entries around that one; the whole record where none is."""
        assert self.record is not None
        return self._by_node[id(node if node is not None else self.record.data)]


def _entries(value: object, around: _Key, seen: Counter[_Key]) -> Iterator[tuple[int, _Key]]:
    """Each structure in `value`, by its identity, with what the entries around it say; nothing where there are none.

    Of entries that say the same, each has its number: a copy of an old decision is a new one.
    """
    if isinstance(value, msgspec.Struct):
        if isinstance(value, ENTRIES):
            around = (*around, _said(value))
            seen[around] += 1
            around = (*around, seen[around])
        yield id(value), around
        for name in value.__struct_fields__:
            yield from _entries(getattr(value, name), around, seen)
    elif isinstance(value, tuple):
        for each in value:
            yield from _entries(each, around, seen)


def _said(value: object) -> object:
    """What a structure says, less what it may gain later; hashable."""
    if isinstance(value, msgspec.Struct):
        later = LATER.get(type(value), ())
        return tuple(_said(getattr(value, name)) for name in value.__struct_fields__ if name not in later)
    if isinstance(value, tuple):
        return tuple(map(_said, value))
    if isinstance(value, Mapping):
        return tuple(sorted((key, _said(each)) for key, each in value.items()))
    return value

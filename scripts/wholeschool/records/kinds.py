"""Kinds of records and where their files lie. Both come from the schemas (`x-wholeschool`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from wholeschool.records.schema import ANY, Schema, Terms, schemas
from wholeschool.records.structs import ROOTS

ROOT = "submissions/"
GUIDANCES = f"{ROOT}guidance/"
LEVELS = ("省", "市", "县", "校")
PROGRAMME = "工程"

PAGES = ("abilities", "index", "indicators", "owed", "papers", "registers")
"""What the site calls pages of its own beside those of a unit's schools: no unit's folder may have such a name."""

_SLUG = rf"(?!(?:{'|'.join(PAGES)})/)[a-z][a-z0-9-]{{0,60}}"
_NAME = "[a-z0-9][a-z0-9-]{0,60}"
_GUIDANCE = "[a-z0-9][a-z0-9.-]{0,60}"
"""A guidance is called by what it is commonly called, with its version: anhui-2.0."""
_YEAR = "20[0-9]{2}"


class Kind(NamedTuple):
    """A kind of record: its schema, its struct, the levels of units that keep it, and its place below a unit."""

    name: str
    schema: Schema
    struct: type[msgspec.Struct]
    levels: tuple[str, ...]
    place: str

    @property
    def title(self) -> str:
        """The Chinese name, e.g. 学校信息化发展规划."""
        return self.schema.title

    @property
    def format(self) -> str:
        """`yaml`, `csv` or `md`."""
        return self.place.rpartition(".")[2]

    @property
    def is_imported(self) -> bool:
        """Whether a command writes it (`wholeschool import`, `draw`, `keys`), so that nobody fills it in."""
        return bool(self.schema.placement.get("imported"))


class Placed(NamedTuple):
    """What a path says: the kind, the unit's path below submissions/ (empty: the programme), year and name."""

    kind: Kind
    unit: str
    year: int | None
    name: str

    @property
    def level(self) -> str:
        """The level of the unit, by depth."""
        return LEVELS[self.unit.count("/")] if self.unit else PROGRAMME


@cache
def kinds(terms: Terms = ANY) -> Mapping[str, Kind]:
    """All kinds by name, as records are judged that go by a guidance with these terms."""
    return {name: _kind(name, schema.saying(terms)) for name, schema in schemas().items()}


@lru_cache(1 << 14)
def placed(path: str) -> Placed | None:
    """What kind of record belongs at `path`, or None where nothing does."""
    for mark, kind in _marks():
        if mark in path and (match := _pattern(kind.name).fullmatch(path)):
            groups = match.groupdict()
            year = groups.get("year")
            return Placed(
                kind, (groups.get("unit") or "").rstrip("/"), int(year) if year else None, groups.get("name") or ""
            )
    return None


@cache
def record_folders() -> frozenset[str]:
    """Names of folders that hold a unit's records, so are no units themselves: teams, cases, …"""
    return frozenset(kind.place.partition("/")[0] for kind in kinds().values() if "/" in kind.place)


_ATTACHMENT = re.compile(rf"{ROOT}(?:{_SLUG}/){{1,{len(LEVELS)}}}{_YEAR}/attachments/{_NAME}\.\w{{1,10}}")


def is_attachment(path: str) -> bool:
    """Whether the file lies where attachments lie (below a unit's year), whatever its ending."""
    return "/attachments/" in path and _ATTACHMENT.fullmatch(path) is not None


_CONTACTS = re.compile(rf"{ROOT}(?:{_SLUG}/){{1,{len(LEVELS)}}}contacts\.age")


def is_contacts(path: str) -> bool:
    """Whether the file lies where a unit's encrypted contact sheet lies."""
    return path.endswith("contacts.age") and _CONTACTS.fullmatch(path) is not None


def is_shared(path: str) -> bool:
    """Whether the file is one of those that the whole programme shares: its settings, tables and guidances."""
    where = placed(path)
    return where is not None and not where.unit


def _kind(name: str, schema: Schema) -> Kind:
    return Kind(name, schema, ROOTS[name], tuple(schema.placement["levels"]), str(schema.placement["path"]))


def _places(schema: Schema) -> list[str]:
    """Where the records lie below a unit: now, and by an earlier version of the schemas."""
    return [str(schema.placement[each]) for each in ("path", "formerly") if each in schema.placement]


@cache
def _marks() -> list[tuple[str, Kind]]:
    """What is always in the paths of a kind's records: looking for it takes far less time than for the pattern."""
    return [
        (max(re.split(r"\{\w+\}", place), key=len), kind) for kind in kinds().values() for place in _places(kind.schema)
    ]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """What the paths of a kind's records look like."""
    kind = kinds()[name]
    names = kind.schema.placement.get("names")
    unit = "" if kind.levels == (PROGRAMME,) else f"(?P<unit>(?:{_SLUG}/){{1,{len(LEVELS)}}}?)"
    year = f"(?P<year>{_YEAR})"
    below = "|".join(re.escape(each).removeprefix(r"\{year\}") for each in _places(kind.schema))
    if r"\{year\}" in re.escape(kind.place):
        below = f"{year}(?:{below})"
    below = below.replace(r"\{guidance\}", f"(?P<name>{_GUIDANCE})")
    below = re.sub(r"\\\{\w+\\\}", f"(?P<name>{'|'.join(names) if names else _NAME})", below)
    return re.compile(f"{ROOT}{unit}{below}")

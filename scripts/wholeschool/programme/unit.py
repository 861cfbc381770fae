"""A unit: a folder with `unit.yaml`, its records by kind and year, its place in the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import msgspec

from wholeschool.days import FOREVER, day_after
from wholeschool.records import Record
from wholeschool.records import structs as s

T = TypeVar("T", bound=msgspec.Struct)
D = TypeVar("D", s.Approval, s.SchoolAcceptance)


LAST_YEAR = int(FOREVER[:4])
"""The year until which a code is in use that has not been given up."""


class Facts(NamedTuple):
    """What held of a unit on a day: its name, its authority, its code, the folder of its 中心学校."""

    name: str
    authority: str | None
    code: str
    center: str | None


class CodeHeld(NamedTuple):
    """A code of a unit, with the first and the last calendar year in which it was in use (0: always has been)."""

    code: str
    first: int
    last: int


class Unit:
    """A directory with `unit.yaml`: a province, city, county or school, its records, its parent and its children."""

    def __init__(self, path: str, record: Record[s.Unit], parent: Unit | None) -> None:
        self.path, self.record, self.parent = path, record, parent
        self.level = record.placed.level
        """省, 市, 县 or 校, by depth."""
        self.children: list[Unit] = []
        self._records: dict[type[msgspec.Struct], list[Record[Any]]] = {}
        self._of_year: dict[tuple[type[msgspec.Struct], int | None], list[Record[Any]]] = {}
        self._rechecked: dict[int, dict[str, list[tuple[s.SpotCheck, s.CheckedItem]]]] = {}
        self._registered: dict[int, dict[str, list[s.RegisterEntry]]] = {}
        self._approvals: dict[int, list[tuple[Record[s.Approvals], s.Approval]]] = {}
        self._acceptances: dict[int, list[tuple[Record[s.Acceptance], s.SchoolAcceptance]]] = {}
        self._decided: dict[tuple[type[msgspec.Struct], int], Mapping[str, list[Any]]] = {}
        self.slug = path.rpartition("/")[2]
        """The folder's own name."""

    @property
    def data(self) -> s.Unit:
        """What `unit.yaml` says."""
        return self.record.data

    @property
    def name(self) -> str:
        """The unit's full name."""
        return self.data.name

    @property
    def names(self) -> tuple[str, ...]:
        """The unit's name and those that it had."""
        return (self.name, *(each.name for each in self.data.former if each.name))

    def on(self, day: str) -> Facts:
        """What held on a day (YYYY-MM-DD): a past document is judged by the facts of its day."""
        found = {}
        for field in Facts._fields:
            then = (getattr(each, field) for each in self._former if each.until >= day)
            found[field] = next(filter(None, then), None) or getattr(self.data, field)
        return Facts(**found)

    @cached_property
    def _former(self) -> list[s.FormerFacts]:
        return sorted(self.data.former, key=lambda each: each.until)

    @cached_property
    def codes(self) -> tuple[CodeHeld, ...]:
        """Every code that the unit has had, oldest first, with the years in which it was in use."""
        given_up = [(each.code, each.until) for each in self._former if each.code]
        last = int(self.closed[:4]) if self.closed else LAST_YEAR
        found, first = [], int(self.opened[:4]) if self.opened else 0
        for code, until in given_up:
            found.append(CodeHeld(code, first, int(until[:4])))
            first = int(day_after(until)[:4])
        return (*found, CodeHeld(self.data.code, first, last))

    @property
    def names_held(self) -> Iterator[tuple[str, str, str]]:
        """Every name that the unit has had, oldest first, with the first and the last day of its use."""
        first = self.opened
        for each in self._former:
            if each.name:
                yield each.name, first, each.until
                first = day_after(each.until)
        yield self.name, first, self.closed or FOREVER

    def code_of(self, year: int) -> str:
        """The one code that stands in the certificate numbers and the status of a round: that of its 1 January.

        A round has one code from its first certificate to the last correction, so that a number says whose it is.
        """
        return self.on(f"{year}-01-01").code

    @property
    def opened(self) -> str:
        """The day on which the unit was set up; empty for one that has been there from the beginning."""
        return self.data.opened or ""

    @property
    def closed(self) -> str:
        """The last day of a unit that was closed, merged or split; empty for one that is there."""
        return self.data.closed.date if self.data.closed else ""

    def was_there(self, day: str) -> bool:
        """Whether the unit had been set up by a day, and had not been closed."""
        return self.opened <= day <= (self.closed or FOREVER)

    def owes(self, by: str) -> bool:
        """Whether something due by a day may still be asked of the unit: it is there, and it was there by then."""
        return not self.closed and self.opened <= by

    @property
    def county(self) -> Unit | None:
        """The county a school belongs to; None for a unit that is not a school."""
        return self.parent if self.level == "校" else None

    @cached_property
    def center(self) -> Unit | None:
        """The 中心学校 a branch school is attached to now; of a round: `YearOfSchool.center`."""
        return self.beside(self.data.center)

    def beside(self, slug: str | None) -> Unit | None:
        """The unit of that folder name below the same parent, itself included."""
        siblings = self.parent.children if self.parent and slug else ()
        return next((unit for unit in siblings if unit.slug == slug), None)

    @property
    def ancestors(self) -> Iterator[Unit]:
        """The units above, nearest first."""
        unit = self.parent
        while unit:
            yield unit
            unit = unit.parent

    @property
    def below(self) -> Iterator[Unit]:
        """The units below, each before its own."""
        for child in self.children:
            yield child
            yield from child.below

    @property
    def offices(self) -> Iterator[Unit]:
        """The unit, and the cities and counties below it."""
        return (unit for unit in (self, *self.below) if unit.level != "校")

    def all(self, kind: type[T], *, year: int | None = None) -> list[Record[T]]:
        """The unit's records of a kind, by path; those of one year when `year` is given."""
        return self._records.get(kind, []) if year is None else self._of_year.get((kind, year), [])

    def one(self, kind: type[T], *, year: int | None = None, name: str = "") -> Record[T] | None:
        """The unit's one record of a kind (of that year, of that name), or None."""
        return next((record for record in self.all(kind, year=year) if record.name == name), None)

    def rechecked(self, school: str, year: int) -> list[tuple[s.SpotCheck, s.CheckedItem]]:
        """What the unit's own spot checks of results say of the school at a path, item by item."""
        if year not in self._rechecked:
            found: dict[str, list[tuple[s.SpotCheck, s.CheckedItem]]] = {}
            for record in self.all(s.SpotCheck, year=year):
                for item in record.data.items if record.data.stage == "考核结果" else ():
                    found.setdefault(item.school, []).append((record.data, item))
            self._rechecked[year] = found
        return self._rechecked[year].get(school, [])

    def registered(self, slug: str, year: int) -> list[s.RegisterEntry]:
        """The rows of the county's register of a round about the school of that folder name, oldest first."""
        if year not in self._registered:
            found: dict[str, list[s.RegisterEntry]] = {}
            for record in self.all(s.Register, year=year):
                for row in record.data.recognised:
                    found.setdefault(row.school, []).append(row)
            self._registered[year] = found
        return self._registered[year].get(slug, [])

    def approvals(self, year: int) -> list[tuple[Record[s.Approvals], s.Approval]]:
        """The county's decisions about plans of a round, each with its record, oldest first; of one day as written."""
        if year not in self._approvals:
            every = ((record, each) for record in self.all(s.Approvals, year=year) for each in record.data.approvals)
            self._approvals[year] = sorted(every, key=lambda it: it[1].date)
        return self._approvals[year]

    def approvals_of(self, slug: str, year: int) -> list[s.Approval]:
        """The county's decisions about the plan of the school of that folder name, in the same order."""
        return self._of_school(s.Approval, slug, year, self.approvals)

    def acceptances_of(self, slug: str, year: int) -> list[s.SchoolAcceptance]:
        """The county's conclusions on the school of that folder name, in the same order."""
        return self._of_school(s.SchoolAcceptance, slug, year, self.acceptances)

    def _of_school(self, kind: type[D], slug: str, year: int, every: Callable[[int], list[tuple[Any, D]]]) -> list[D]:
        if (kind, year) not in self._decided:
            found: dict[str, list[D]] = {}
            for _, entry in every(year):
                found.setdefault(entry.school, []).append(entry)
            self._decided[kind, year] = found
        return self._decided[kind, year].get(slug, [])

    def branches(self, year: int) -> list[s.Attachment]:
        """The schools that the county has confirmed as branches of a 中心学校 in a round."""
        return [each for record in self.all(s.Approvals, year=year) for each in record.data.branches]

    def acceptances(self, year: int) -> list[tuple[Record[s.Acceptance], s.SchoolAcceptance]]:
        """The county's conclusions of a round, each with its record, oldest first; of one day as written."""
        if year not in self._acceptances:
            every = ((record, each) for record in self.all(s.Acceptance, year=year) for each in record.data.acceptances)
            self._acceptances[year] = sorted(every, key=lambda it: it[1].date)
        return self._acceptances[year]

    @cached_property
    def corrections(self) -> Mapping[str, list[str]]:
        """The names that the unit has corrected teachers' names to, in any round, by number, oldest first."""
        found: dict[str, list[str]] = {}
        for each in sorted(
            (one for row in self.all(s.Acceptance) for one in row.data.corrections), key=lambda it: it.date
        ):
            found.setdefault(each.teacher, []).append(each.name)
        return found

    def team(self, name: str) -> Record[s.Team] | None:
        """The unit's office, management, training or expert team."""
        return self.one(s.Team, name=name)

    @cached_property
    def years(self) -> list[int]:
        """Years in which the unit has any record, oldest first."""
        return sorted({record.year for records in self._records.values() for record in records if record.year})

    @cached_property
    def is_sample(self) -> bool:
        """Whether it is an example: a school is where its county is one, not because it says so of itself."""
        if self.county:
            return self.county.is_sample
        offices = [child for child in self.children if not child.county]
        return self.data.demo or (bool(offices) and all(child.is_sample for child in offices))

    def paths(self, year: int | None) -> Iterator[str]:
        """Where the unit's records of a year lie."""
        return (record.path for records in self._records.values() for record in records if record.year == year)

    def add(self, record: Record[Any]) -> None:
        """Index a record of this unit; only `assemble` calls it."""
        self._records.setdefault(type(record.data), []).append(record)
        self._of_year.setdefault((type(record.data), record.year), []).append(record)

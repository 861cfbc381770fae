"""Units as a tree (province, city, county, school) and their records, indexed by kind, year and name."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import msgspec

from wholeschool.days import FOREVER
from wholeschool.findings import Location
from wholeschool.programme.earlier import DECISIONS, LATER, Earlier
from wholeschool.records import Loaded, Place, Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import ROOT

T = TypeVar("T", bound=msgspec.Struct)
D = TypeVar("D", s.Approval, s.SchoolAcceptance)

# The guidance knows only 合格; the Ministry's standard adds 优秀. Either earns the credits.
PASSED_LEVELS = ("优秀", "合格")
# What a school writes in a round, and the county's acceptance rests on.
_PAPERS = (s.Plan, s.Survey, s.Scheme, s.Group, s.Teachers, s.Activities, s.Evidence, s.Review)
# Of these nobody can take one away that a decision rests on: that is refused by itself.
_HELD = ("plan.yaml", "teachers.yaml", "activities.yaml", "evidence.yaml", "reviews/", "attachments/")
_LEVELS = {"excellent": "优秀", "passed": "合格"}
GUIDANCE = s.Standard(credits=20, online_hours=30, practice_hours=30, practice_share=50)
"""What the guidance asks for (附件1 二(四)2, 二(五)2, 三(二)2)."""


def levels_of(row: s.RegisterEntry) -> dict[str, str]:
    """The microabilities of a row of the register, each with its level, in the order of the row."""
    return {code: level for column, level in _LEVELS.items() for code in (getattr(row, column) or "").split()}


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
    def county(self) -> Unit | None:
        """The county a school belongs to; None for a unit that is not a school."""
        return self.parent if self.level == "校" else None

    @cached_property
    def center(self) -> Unit | None:
        """The 中心学校 a branch school is attached to."""
        siblings = self.parent.children if self.parent and self.data.center else ()
        return next((unit for unit in siblings if unit.slug == self.data.center), None)

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


class YearOfSchool:
    """One school in one round: plan, roster, reviews, and what the county decided about them."""

    def __init__(self, programme: Programme, school: Unit, year: int) -> None:
        self.school, self.year, self._programme = school, year, programme

    @cached_property
    def planner(self) -> Unit:
        """The school that plans: the school itself, or its 中心学校 when it has no plan of its own.

        That somebody is attached to another is not theirs alone to say: the county confirms it for the round.
        """
        own, center = self.school.one(s.Plan, year=self.year), self.school.center
        return center if center and not own and self.is_attached else self.school

    @cached_property
    def is_attached(self) -> bool:
        """Whether the county has confirmed the 中心学校 that the school names."""
        branches = self.school.county.branches(self.year) if self.school.county else ()
        confirmed = (each for each in branches if each.school == self.school.slug)
        last = max(confirmed, key=lambda each: each.date, default=None)
        return last is not None and last.center == self.school.data.center

    @cached_property
    def plan(self) -> Record[s.Plan] | None:
        """The development plan that holds for the school in this round."""
        return self.planner.one(s.Plan, year=self.year)

    @cached_property
    def roster(self) -> Record[s.Teachers] | None:
        """Every teacher of the school, with choices and hours."""
        return self.school.one(s.Teachers, year=self.year)

    @cached_property
    def reviews(self) -> list[Record[s.Review]]:
        """The review sessions, by file name."""
        return self.school.all(s.Review, year=self.year)

    @cached_property
    def teachers(self) -> Mapping[str, s.Teacher]:
        """The roster by teacher number (the first of two equal numbers)."""
        found: dict[str, s.Teacher] = {}
        for teacher in self.roster.data.teachers if self.roster else ():
            found.setdefault(teacher.number, teacher)
        return found

    def name_of(self, number: str | None) -> str:
        """A teacher's name; the number itself where nobody on the roster has it."""
        return self.teachers[number].name if number and number in self.teachers else number or ""

    @cached_property
    def approvals(self) -> list[s.Approval]:
        """The county's decisions about the plan, as written, oldest first."""
        return self.school.county.approvals_of(self.planner.slug, self.year) if self.school.county else []

    @cached_property
    def approval(self) -> s.Approval | None:
        """The decision that stands: the last one, when it approves."""
        last = self.approvals[-1] if self.approvals else None
        return last if last and last.decision == "审核通过" else None

    @property
    def approved_since(self) -> str:
        """The day on which the plan was first approved, or empty; later approvals are of adjustments."""
        return next((entry.date for entry in self.approvals if entry.decision == "审核通过"), "")

    @cached_property
    def consulted(self) -> Mapping[str, str]:
        """The day on which a teaching-research group first agreed with each teacher number on goal and points."""
        found: dict[str, str] = {}
        for group in self.school.all(s.Group, year=self.year):
            if held := group.data.consultation:
                for point in held.points:
                    found[point.teacher] = min(held.date, found.get(point.teacher, held.date))
        return found

    @cached_property
    def checked(self) -> list[tuple[s.SpotCheck, s.CheckedItem]]:
        """What the county's spot checks say of the school, item by item."""
        records = self.school.county.all(s.SpotCheck, year=self.year) if self.school.county else []
        return [
            (record.data, item) for record in records for item in record.data.items if item.school == self.school.path
        ]

    @property
    def corrections_due(self) -> list[str]:
        """The days by which the school must have corrected what spot checks found and it has not."""
        return [item.correction.due for _, item in self.checked if item.correction and not item.correction.done]

    @cached_property
    def acceptances(self) -> list[s.SchoolAcceptance]:
        """The county's conclusions on the school's assessment, oldest first."""
        return self.school.county.acceptances_of(self.school.slug, self.year) if self.school.county else []

    @cached_property
    def corrected_names(self) -> Mapping[str, str]:
        """What the county has corrected a teacher's name to, in any round, by number."""
        records = self.school.county.all(s.Acceptance) if self.school.county else []
        corrections = sorted((each for record in records for each in record.data.corrections), key=lambda it: it.date)
        return {each.teacher: each.name for each in corrections if each.school == self.school.slug}

    @cached_property
    def accepted(self) -> s.SchoolAcceptance | None:
        """The acceptance that stands: the last conclusion, when it is 验收合格."""
        last = self.acceptances[-1] if self.acceptances else None
        return last if last and last.conclusion == "验收合格" else None

    @cached_property
    def standing(self) -> Mapping[tuple[str, str], s.Result]:
        """The result that stands for each (teacher, microability): that of the latest session, by date, then name.

        What was accepted stays until the county accepts anew: sessions after that day it has not seen.
        """
        standing: dict[tuple[str, str], s.Result] = {}
        for review in sorted(self.reviews, key=lambda record: (record.data.date, record.name)):
            if self.accepted and review.data.date > self.accepted.date:
                break
            for result in review.data.results:
                standing[result.teacher, result.microability] = result
        return standing

    @cached_property
    def assessed(self) -> Set[str]:
        """The numbers of teachers with any result that stands."""
        return {number for number, _ in self.standing}

    def unmended(self, on: str) -> set[tuple[str, str]]:
        """(teacher, microability) of results that a spot check found 不合格 by a day and that were not put right by it.

        Right is what the checkers call 已改正, or what the school has reviewed again since they last looked.
        """
        found = set()
        checks = [each for unit in self.school.ancestors for each in unit.rechecked(self.school.path, self.year)]
        for check, item in checks:
            failed = item.recheck_level not in (None, *PASSED_LEVELS) and item.school_level in (None, *PASSED_LEVELS)
            if not failed or check.date > on or not (item.teacher and item.microability):
                continue
            looked, mended = check.date, False
            if item.correction and item.correction.done and item.correction.done <= on:
                looked, mended = item.correction.done, item.correction.result == "已改正"
            key = item.teacher, item.microability
            if not mended and not any(looked < day <= on for day in self._review_days.get(key, ())):
                found.add(key)
        return found

    @cached_property
    def _review_days(self) -> Mapping[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for review, result in self.results():
            found.setdefault((result.teacher, result.microability), []).append(review.data.date)
        return found

    @cached_property
    def wanting(self) -> set[tuple[str, str]]:
        """`unmended` when the county recognised the results; what is checked after that does not undo it by itself."""
        recognition = self.accepted.recognition if self.accepted else None
        return self.unmended(recognition.date if recognition else FOREVER)

    @cached_property
    def register(self) -> Mapping[str, s.RegisterEntry]:
        """The county's register of the school by teacher number: for each the last row, whatever stands today."""
        rows = self.school.county.registered(self.school.slug, self.year) if self.school.county else ()
        return {row.teacher: row for row in rows}

    @cached_property
    def recognised(self) -> Mapping[str, s.RegisterEntry] | None:
        """The rows of the register that hold: the county has recognised the school and written down what of.

        None where it has not (yet), or has done so without a register: then what is recognised is what the papers say.
        """
        return self.register if self.register and self.accepted and self.accepted.recognition else None

    @cached_property
    def earned(self) -> Mapping[str, dict[str, str]]:
        """For each teacher number, the chosen microabilities that were passed by the papers, and at which level.

        Not those that a spot check found wanting until they are put right.
        """
        earned: dict[str, dict[str, str]] = {}
        for (number, code), result in self.standing.items():
            teacher = None if (number, code) in self.wanting else self.teachers.get(number)
            if teacher and teacher.exempt is None and code in teacher.choices and result.level in PASSED_LEVELS:
                earned.setdefault(number, {})[code] = result.level
        return earned

    def gathered(self, number: str) -> Gathered:
        """What the earlier rounds of the cycle have recognised of a teacher number, at whatever school."""
        return self._programme.gathered(self.year).get(number, _NOTHING)

    @cached_property
    def passed(self) -> Mapping[str, dict[str, str]]:
        """For each teacher number, the microabilities that count as passed: those recognised, else those earned.

        With them count those that earlier rounds of the cycle have recognised of somebody who is due in this one too.
        """
        if self.recognised is None:
            here = dict(self.earned)
        else:
            here = {number: levels for number, row in self.recognised.items() if (levels := levels_of(row))}
        due = {number for number, teacher in self.teachers.items() if teacher.exempt is None}
        for number in {*(self.recognised or ()), *due} & self._programme.gathered(self.year).keys():
            if levels := {**self.gathered(number).levels, **here.get(number, {})}:
                here[number] = levels
        return here

    def name_recognised(self, number: str) -> str:
        """The name under which a teacher's results were recognised, as the county has corrected it since."""
        row = (self.recognised or {}).get(number)
        return self.corrected_names.get(number, row.name) if row else self.teachers[number].name

    def hours_of(self, teacher: s.Teacher) -> s.Hours:
        """The hours that count of a teacher: those recognised, else those on the roster, and those gathered before."""
        row = self.recognised.get(teacher.number) if self.recognised is not None else teacher.hours
        return self.with_gathered(teacher.number, row)

    def with_gathered(self, number: str, row: s.RegisterEntry | s.Hours | None) -> s.Hours:
        """Hours of this round, if any, with what earlier rounds of the cycle have recognised of a teacher number."""
        before = self.gathered(number)
        online, practice = (row.online, row.practice) if row else (0, 0)
        return s.Hours(online=online + before.online, practice=practice + before.practice)

    @cached_property
    def withdrawn(self) -> frozenset[tuple[str, str]]:
        """(teacher, microability) of this round's certificates that were revoked and not replaced, as for 弄虚作假.

        With the certificate goes the recognition that it certifies (附件1 二(三)5): the credit counts no more. What was
        revoked to be issued anew, for a misprinted name, stays recognised.
        """
        return self._programme.withdrawn(self.year)

    @cached_property
    def credited(self) -> Mapping[str, dict[str, str]]:
        """What is passed and not withdrawn: what counts in every figure and in what the county recognises."""
        return {
            number: kept
            for number, levels in self.passed.items()
            if (kept := {code: level for code, level in levels.items() if (number, code) not in self.withdrawn})
        }

    @cached_property
    def reviewed(self) -> Mapping[str, s.Teacher]:
        """Teachers on the roster, not exempt, who have any result, by number."""
        numbers = {result.teacher for _, result in self.results()}
        return {
            number: teacher for number, teacher in self.teachers.items() if number in numbers and teacher.exempt is None
        }

    def results(self) -> Iterator[tuple[Record[s.Review], s.Result]]:
        """Every result of every session, with the session it belongs to."""
        for review in self.reviews:
            for result in review.data.results:
                yield review, result


class Gathered(msgspec.Struct, frozen=True):
    """What earlier rounds of a cycle have recognised of one person: hours, and each microability with its level."""

    online: float = 0
    practice: float = 0
    levels: Mapping[str, str] = {}


_NOTHING = Gathered()


class Held(NamedTuple):
    """A certificate in force, with the county and the round of the ledger that it is in."""

    county: Unit
    year: int
    entry: s.CertificateEntry


class YearOfCounty:
    """One county in one round: its schools, decisions and ledger."""

    def __init__(self, programme: Programme, county: Unit, year: int) -> None:
        self.county, self.year = county, year
        self.schools = [programme.school_year(school, year) for school in county.children]

    @cached_property
    def ledger(self) -> Record[s.Certificates] | None:
        """The certificates issued."""
        return self.county.one(s.Certificates, year=self.year)

    @cached_property
    def status(self) -> Record[s.Revocations] | None:
        """Which of the certificates are revoked, signed."""
        return self.county.one(s.Revocations, year=self.year)

    @cached_property
    def rows(self) -> Mapping[str, list[s.CertificateEntry]]:
        """The ledger by number. A number with several rows names none of them."""
        found: dict[str, list[s.CertificateEntry]] = {}
        for entry in self.ledger.data.certificates if self.ledger else ():
            found.setdefault(entry.number, []).append(entry)
        return found

    @cached_property
    def withdrawn(self) -> frozenset[str]:
        """Numbers of the county's certificates, of all rounds, that were revoked or replaced by another."""
        revoked = {each.number for status in self.county.all(s.Revocations) for each in status.data.revoked}
        replaced = {
            entry.replaces
            for ledger in self.county.all(s.Certificates)
            for entry in ledger.data.certificates
            if entry.replaces
        }
        return frozenset(revoked | replaced)

    @cached_property
    def in_force(self) -> tuple[s.CertificateEntry, ...]:
        """The certificates of this round that were neither revoked nor replaced, in the ledger's order."""
        entries = self.ledger.data.certificates if self.ledger else ()
        return tuple(entry for entry in entries if entry.number not in self.withdrawn)

    def school(self, slug: str) -> YearOfSchool | None:
        """The school of this folder name, or None."""
        return self._by_slug.get(slug)

    @cached_property
    def _by_slug(self) -> Mapping[str, YearOfSchool]:
        return {school.school.slug: school for school in self.schools}


def _decided_at(at: Place) -> msgspec.Struct | None:
    """The decision that a place speaks of: what an older one has gained since is one of its own."""
    name = at.pointer[0] if at.pointer else ""
    if name in LATER.get(type(at.node), ()):
        later: msgspec.Struct | None = getattr(at.node, str(name))
        return later or at.node
    return at.node


class Programme:
    """Every usable record of a tree. Built by `assemble`; read-only afterwards.

    `brought` are the paths that a change brings; empty for a tree that is judged as it stands. `earlier` is what was
    there before; None: nothing was, and everything is judged as if it came at once.
    """

    def __init__(
        self,
        loaded: Loaded,
        day: str = "",
        brought: frozenset[str] = frozenset(),
        earlier: Earlier | None = None,
        today: str = "",
    ) -> None:
        self.day, self.brought, self.earlier, self.today = day, brought, earlier, today or day
        self.files, self.broken, self.elsewhere = loaded.files, loaded.broken, loaded.elsewhere
        self.records = loaded.records
        self.units: dict[str, Unit] = {}
        self.orphans: list[Record[Any]] = []
        self._shared = {(type(each.data), each.name): each for each in loaded.records if not each.unit}
        self.settings: Record[s.Programme] | None = self._shared.get((s.Programme, ""))
        self._regions: Record[s.Regions] | None = self._shared.get((s.Regions, ""))
        self._keys: Record[s.Keys] | None = self._shared.get((s.Keys, ""))
        self._tables: dict[str, Mapping[str, s.Microability]] = {}
        self._years: dict[tuple[str, int], YearOfSchool] = {}
        self._county_years: dict[tuple[str, int], YearOfCounty] = {}
        self._gathered: dict[int, Mapping[str, Gathered]] = {}
        self._withdrawn: dict[int, frozenset[tuple[str, str]]] = {}
        self._passed_by: frozenset[tuple[str, int | None]] = frozenset()

    def without(self, record: Record[Any]) -> Programme:
        """The same programme as if this record were there but could not be read."""
        rest = [each for each in self.records if each.path != record.path]
        loaded = Loaded(self.files, rest, [], self.broken | {record.path}, self.elsewhere)
        return assemble(loaded, self.day, self.brought, self.earlier, self.today)

    @property
    def knows_before(self) -> bool:
        """Whether it is known what was there before."""
        return self.earlier is not None and self.earlier.knows

    def is_new(self, at: Place | Location) -> bool:
        """Whether the decision at a place was not there before, so that it is judged now."""
        if self.earlier is None:
            return True
        if isinstance(at, Place):
            return not self.earlier.has(at.record, _decided_at(at))
        return not self.earlier.has_file(at.path)

    def known_at(self, day: str) -> str:
        """The last day of what was known to somebody who decided on a day.

        A decision that is brought now was made knowing all that is here, whatever day it bears. Where everything is
        judged as if it came at once, what is dated later came later.
        """
        return day if self.earlier is None else FOREVER

    def is_settled(self, at: Place | Location) -> bool:
        """Whether a decision that was there before rests on the working paper at a place: it is judged no more.

        Of a closed round only what is added is judged: to change the rest is refused as such. On a plan the approval
        rests, on everything that a school writes its acceptance; a review after the acceptance is not among what the
        county has seen. Whoever touches one paper of a school's round answers for all of them, and so does whoever
        decides about them: what is wrong with them is told once more then.
        """
        if self.earlier is None or not isinstance(at, Place):
            return False
        if self.is_closed(at.record):
            return True
        if type(at.record.data) not in _PAPERS:
            return False
        unit = self.units.get(at.record.unit)
        if unit is None or not all(map(self.earlier.has_file, unit.paths(at.record.year))):
            return False
        if not all(each.startswith(_HELD) for each in self.earlier.lost(f"{ROOT}{unit.path}/{at.record.year}/")):
            return False
        school, paper = self.school_year(unit, at.record.year or 0), at.record.data
        county = unit.county
        approvals = county.approvals(school.year) if county else ()
        if isinstance(paper, s.Plan) and self._is_kept(approvals, school.approval):
            return True
        accepted = school.accepted
        if accepted is None or (isinstance(paper, s.Review) and paper.date > accepted.date):
            return False
        return self._is_kept(county.acceptances(school.year) if county else (), accepted)

    def is_closed(self, record: Record[Any]) -> bool:
        """Whether the record is one of a closed round, and was there before: then it is judged no more."""
        if self.earlier is None or not record.year or not self.closed(record.year):
            return False
        return self.earlier.had_file(record.path)

    @cached_property
    def unsettled(self) -> Programme:
        """The same programme to somebody who goes through it for working papers that are still judged.

        What units hold of closed rounds is passed by, where nothing has been added to it; whoever asks for it by unit
        and year gets it as ever.
        """
        closed = {year for year in self.years if self.closed(year)}
        over = {
            (unit.path, year)
            for unit in (self.units.values() if self.earlier and closed else ())
            for year in closed.intersection(unit.years)
            if self.earlier is not None and all(map(self.earlier.had_file, unit.paths(year)))
        }
        if not over:
            return self
        found = copy.copy(self)
        found._passed_by = frozenset(over)
        found.records = [each for each in self.records if (each.unit, each.year) not in over]
        return found

    def _is_kept(self, decided: Iterable[tuple[Record[Any], msgspec.Struct]], entry: msgspec.Struct | None) -> bool:
        return any(each is entry and not self.is_new(record.at(each)) for record, each in decided)

    def overtaken(self, decided: Iterable[tuple[Record[Any], D]], record: Record[Any], entry: D) -> D | None:
        """A decision on the same school that `entry` must come after and does not, by its day; else None.

        That is one of a later day that was there before, or stands further up in the same file; or one of the same day
        in another file, so that nobody could tell which of them holds.
        """
        here = record.data.approvals if isinstance(record.data, s.Approvals) else record.data.acceptances
        place = next(at for at, each in enumerate(here) if each is entry)
        new = self.is_new(record.at(entry))
        for other, each in decided:
            if each.school != entry.school or each is entry:
                continue
            if other is record:
                late = each.date > entry.date and any(one is each for one in here[:place])
            elif new and not self.is_new(other.at(each)):
                late = each.date >= entry.date
            else:  # both are new, or both were there: of two files that name one day the first counts as the first
                late = each.date == entry.date and new == self.is_new(other.at(each)) and other.path < record.path
            if late:
                return each
        return None

    def is_decided(self, at: Place) -> bool:
        """Whether the place is in a decision that was there before, which nobody may change any more."""
        return type(at.record.data) in DECISIONS and not self.is_new(at)

    def standard(self, year: int | None = None) -> s.Standard:
        """Credits and hours that a round asks for: its own where it names them, else its guidance's.

        Without a year, those of the current round. Anhui's where neither can be read.
        """
        round_, guidance = self.round(year or self.current or 0), self.guidance(year)
        return (round_ and round_.standard) or (guidance.data.standard if guidance else GUIDANCE)

    def own_standard(self, year: int | None, *fields: str) -> Place | None:
        """Where a round is asked for other credits or hours than the guidance's, of those named; None where for none.

        What the guidance itself asks for is no mistake of whoever has configured it, however many fall short of it.
        """
        standard = self.standard(year)
        other = next((field for field in fields if getattr(standard, field) != getattr(GUIDANCE, field)), None)
        round_ = self.round(year or self.current or 0)
        record = self.settings if round_ and round_.standard else self.guidance(year)
        return record.at(standard, other) if record and other else None

    def guidance_named(self, year: int | None = None) -> str:
        """The folder below guidance/ of the guidance that a round follows; without a year, the current round."""
        if self.settings is None:
            return ""
        round_ = self.round(year or self.current or 0)
        return (round_ and round_.guidance) or self.settings.data.guidance

    def in_guidance(self, kind: type[T], name: str) -> Record[T] | None:
        """What is in a guidance's folder, of one kind."""
        return self._shared.get((kind, name))

    def guidance(self, year: int | None = None) -> Record[s.Policy] | None:
        """The guidance that a round follows: its title and its standard."""
        return self.in_guidance(s.Policy, self.guidance_named(year))

    def rubrics(self, year: int | None = None) -> Record[s.Rubrics] | None:
        """The rubrics by which a round's results are reviewed."""
        return self.in_guidance(s.Rubrics, self.guidance_named(year))

    def abilities(self, year: int | None = None) -> Mapping[str, s.Microability]:
        """The microabilities of a round by code, in its table's order; without a year, those of the current round."""
        name = self.guidance_named(year)
        if name not in self._tables:
            record = self.in_guidance(s.Microabilities, name)
            self._tables[name] = {row.code: row for row in record.data.microabilities} if record else {}
        return self._tables[name]

    @cached_property
    def ever(self) -> Mapping[str, s.Microability]:
        """The microabilities of all guidances by code, as the current round words them where it has them.

        For what belongs to no round: a case, a certificate that somebody shows.
        """
        found = dict(self.abilities())
        for record in self.guidances(s.Microabilities):
            for row in record.data.microabilities:
                found.setdefault(row.code, row)
        return found

    def guidances(self, kind: type[T]) -> list[Record[T]]:
        """Every guidance's record of a kind, by name."""
        return [record for (each, _), record in sorted(self._shared.items(), key=lambda it: it[0][1]) if each is kind]

    @cached_property
    def regions(self) -> Mapping[str, s.Region]:
        """The regions by code."""
        return {entry.code: entry for entry in self._regions.data.regions} if self._regions else {}

    @cached_property
    def keys(self) -> Mapping[str, s.SigningKey]:
        """The public keys that certificates are checked with, by their ids (the first of two equal ids)."""
        found: dict[str, s.SigningKey] = {}
        for key in self._keys.data.keys if self._keys else ():
            found.setdefault(key.id, key)
        return found

    @property
    def key_record(self) -> Record[s.Keys] | None:
        """`keys.yaml`, or None where certificates are not signed."""
        return self._keys

    @cached_property
    def years(self) -> list[int]:
        """The rounds of the programme, oldest first."""
        if self.settings:
            return sorted({entry.year for entry in self.settings.data.rounds})
        return sorted({record.year for record in self.records if record.year})

    @cached_property
    def by_code(self) -> Mapping[str, list[Unit]]:
        """The units that have each code, by path; those whose `unit.yaml` a change brings come last."""
        found: dict[str, list[Unit]] = {}
        for unit in sorted(self.units.values(), key=lambda unit: unit.record.path in self.brought):
            found.setdefault(unit.data.code, []).append(unit)
        return found

    @cached_property
    def contested(self) -> frozenset[str]:
        """Codes that several units have, and certificate numbers in the ledger of a unit that they do not name.

        Whose they are nobody can tell, so nothing may be confirmed by them.
        """
        codes = {code for code, units in self.by_code.items() if len(units) > 1}
        strange = {
            entry.number
            for unit, ledger in self._every(s.Certificates)
            for entry in ledger.data.certificates
            if not entry.number.startswith(f"{ledger.year}{unit.data.code}")
        }
        return frozenset(codes | strange)

    def round(self, year: int) -> s.RoundSettings | None:
        """The settings of a round."""
        return self._rounds.get(year)

    @cached_property
    def _rounds(self) -> Mapping[int, s.RoundSettings]:
        """The rounds by year (the first of two of one year)."""
        return {each.year: each for each in reversed(self.settings.data.rounds)} if self.settings else {}

    def round_at(self, day: str) -> int | None:
        """The round that runs on a day: the last that has begun, the first where none has; the last without a day.

        A round may be opened long before it begins. None where the programme has no rounds.
        """
        begun = [year for year in self.years if not day or (found := self.round(year)) is None or found.starts <= day]
        return max(begun or self.years[:1], default=None)

    @property
    def current(self) -> int | None:
        """The round that runs on the day on which the programme is looked at; see `round_at`."""
        return self.round_at(self.today)

    @property
    def begun(self) -> list[int]:
        """The rounds that have begun, oldest first: what there is to show. Those that were only opened wait."""
        return [year for year in self.years if year <= (self.current or year)]

    def closed(self, year: int) -> str:
        """The day on which a keeper closed a round; empty while it is open."""
        found = self.round(year)
        return (found and found.closed) or ""

    def span(self, year: int) -> tuple[str, str]:
        """The first and the last day of a round: of a school year as it says, of an unknown one the calendar's."""
        found = self.round(year)
        return (found.starts, found.ends) if found else (f"{year}-01-01", f"{year}-12-31")

    def within(self, year: int, day: str) -> bool:
        """Whether a day (YYYY-MM-DD) lies in a round."""
        starts, ends = self.span(year)
        return starts <= day <= ends

    def minimum_cell(self, year: int) -> int:
        """The least number of people that may be told of a round: of a closed one, what it was when it was closed."""
        found = self.round(year)
        if found and found.closed and found.minimum_cell:
            return found.minimum_cell
        return self.settings.data.publication.minimum_cell if self.settings else 0

    def is_past(self, year: int, paper: str = "") -> bool:
        """Whether the day comes after a round's end, or after the first deadline of one of its papers.

        Of a closed round nothing is due any more.
        """
        found = self.round(year)
        if not self.day or found is None or found.closed:
            return False
        dates = [each.date for each in found.deadlines if paper and each.paper == paper]
        return self.day > min([found.ends, *dates])

    def cycle(self, year: int) -> list[int]:
        """The earlier rounds in which hours and credits have gathered that count in this one, oldest first."""
        round_ = self.round(year)
        first = (round_ and round_.cycle) or year
        return [each for each in self.years if first <= each < year]

    def gathered(self, year: int) -> Mapping[str, Gathered]:
        """What the registers of the earlier rounds of a round's cycle say of each teacher number.

        A number is one person for life, so it does not matter in which school or county. Without what was withdrawn
        with a certificate since; a microability that was recognised twice is there once, at the level of the last time.
        """
        if year not in self._gathered:
            found: dict[str, Gathered] = {}
            for before in self.cycle(year):
                gone = {each for later in self.years if before <= later < year for each in self.withdrawn(later)}
                for school in self.schools:
                    for number, row in (self.school_year(school, before).recognised or {}).items():
                        old = found.get(number, _NOTHING)
                        new = {code: level for code, level in levels_of(row).items() if (number, code) not in gone}
                        found[number] = Gathered(
                            old.online + row.online, old.practice + row.practice, {**old.levels, **new}
                        )
            self._gathered[year] = found
        return self._gathered[year]

    def withdrawn(self, year: int) -> frozenset[tuple[str, str]]:
        """(teacher, microability) of a round's certificates that were revoked for good.

        Not where another certificate of the same is in force that is no younger: then only one too many was revoked.
        """
        if year not in self._withdrawn:
            gone = {
                each.number
                for _, record in self._every(s.Revocations)
                for each in (record.data.revoked if record.year == year else ())
                if not each.replaced_by
            }
            self._withdrawn[year] = frozenset(
                (entry.teacher, entry.microability)
                for _, ledger in self._every(s.Certificates)
                for entry in (ledger.data.certificates if gone and ledger.year == year else ())
                if entry.number in gone
                and not any(held.year <= year for held in self.held(entry.teacher, entry.microability, year))
            )
        return self._withdrawn[year]

    def held(self, teacher: str, microability: str, year: int) -> list[Held]:
        """The certificates in force of a teacher number for a microability of a round's guidance, oldest first.

        Of any county and any round: a certificate is for life. There is one at most where nothing is wrong.
        """
        return self._held.get((teacher, self.guidance_named(year), microability), [])

    def holdings(self, teacher: str) -> list[Held]:
        """All certificates in force of a teacher number, oldest round first."""
        return self._holdings.get(teacher, [])

    @cached_property
    def _holdings(self) -> Mapping[str, list[Held]]:
        ledgers = sorted(self._every(s.Certificates), key=lambda it: it[1].year or 0)
        gone = {each.number for _, record in self._every(s.Revocations) for each in record.data.revoked}
        gone |= {entry.replaces for _, ledger in ledgers for entry in ledger.data.certificates if entry.replaces}
        found: dict[str, list[Held]] = {}
        for county, ledger in ledgers:
            for entry in ledger.data.certificates:
                if entry.number not in gone:
                    found.setdefault(entry.teacher, []).append(Held(county, ledger.year or 0, entry))
        return found

    @cached_property
    def _held(self) -> Mapping[tuple[str, str, str], list[Held]]:
        found: dict[tuple[str, str, str], list[Held]] = {}
        for teacher, holdings in self._holdings.items():
            for each in holdings:
                key = teacher, self.guidance_named(each.year), each.entry.microability
                found.setdefault(key, []).append(each)
        return found

    def level(self, level: str) -> list[Unit]:
        """All units of a level, by path."""
        return [unit for unit in self.units.values() if unit.level == level]

    def each(self, kind: type[T]) -> Iterator[tuple[Unit, Record[T]]]:
        """Every record of a kind with the unit that keeps it, by path."""
        return (each for each in self._every(kind) if (each[0].path, each[1].year) not in self._passed_by)

    def _every(self, kind: type[T]) -> Iterator[tuple[Unit, Record[T]]]:
        """The same, whoever goes through it."""
        return ((unit, record) for unit in self.units.values() for record in unit.all(kind))

    @property
    def local(self) -> s.LocalChoices:
        """What the guidance leaves open and this programme has decided; empty where nothing is said."""
        return (self.settings and self.settings.data.local) or s.LocalChoices()

    @cached_property
    def schools(self) -> list[Unit]:
        """All schools, by path."""
        return self.level("校")

    @cached_property
    def counties(self) -> list[Unit]:
        """All counties, by path."""
        return self.level("县")

    def school_year(self, school: Unit, year: int) -> YearOfSchool:
        """One school's round."""
        key = school.path, year
        if key not in self._years:
            self._years[key] = YearOfSchool(self, school, year)
        return self._years[key]

    def reviewed_teachers(self) -> Iterator[tuple[YearOfSchool, Record[s.Teachers], s.Teacher]]:
        """Everybody who has been reviewed, with round and roster: from then on training must be complete."""
        for year in self.school_years():
            for teacher in year.reviewed.values() if year.roster else ():
                assert year.roster is not None
                yield year, year.roster, teacher

    def school_years(self) -> Iterator[YearOfSchool]:
        """Every school in every year for which it has records."""
        for school in self.schools:
            for year in school.years:
                if (school.path, year) not in self._passed_by:
                    yield self.school_year(school, year)

    def county_years(self) -> Iterator[YearOfCounty]:
        """Every county in every year for which it or a school of it has records."""
        for county in self.counties:
            held = {(unit.path, year) for unit in (county, *county.children) for year in unit.years}
            for year in sorted({year for _, year in held - self._passed_by}):
                yield self.county_year(county, year)

    def county_year(self, county: Unit, year: int) -> YearOfCounty:
        """One county's round."""
        key = county.path, year
        if key not in self._county_years:
            self._county_years[key] = YearOfCounty(self, county, year)
        return self._county_years[key]

    def is_missing(self, unit: Unit, place: str) -> bool:
        """Whether the file at `place` below the unit does not exist at all (a broken one has its own findings)."""
        path = f"submissions/{unit.path}/{place}"
        return path not in self.broken and not any(
            record.path == path for records in unit._records.values() for record in records
        )

    def has_broken(self, place: str) -> bool:
        """Whether a file at `place` (below submissions/; `.yaml` may be left out) or in that folder cannot be used."""
        path = f"submissions/{place}"
        if (
            path in self.broken
            or f"{path}.yaml" in self.broken
            or (self.broken and any(each.startswith(f"{path}/") for each in self.broken))
        ):
            return True
        steps = place.split("/") if self.elsewhere else []
        return any("/".join(steps[:depth]) in self.elsewhere for depth in range(1, len(steps) + 1))

    def meant(self, path: str) -> str:
        """The unit that a path was probably to name where there is no such unit: one beside it of nearly that name."""
        above, _, slug = path.rpartition("/")
        beside = {unit.slug: unit.path for unit in self.units.values() if unit.path.rpartition("/")[0] == above}
        close = difflib.get_close_matches(slug, [] if slug in beside else list(beside), n=1)
        return beside[close[0]] if close else path

    def is_there(self, folder: str) -> bool:
        """Whether the folder (below submissions/) holds any file at all, usable or not."""
        path = f"submissions/{folder}/"
        return self.has_broken(folder) or any(record.path.startswith(path) for record in self.records)

    def is_unread(self, path: str, above: Unit) -> bool:
        """Whether what is at a path below a unit is no unit for want of a usable `unit.yaml`, which has its finding.

        What lies elsewhere is not below the unit, whether it has been read or not.
        """
        return path.startswith(f"{above.path}/") and path not in self.units and self.is_there(path)

    def knows_teachers_of(self, unit: Unit) -> bool:
        """Whether every roster and unit.yaml below the unit is usable; where not, that has its own finding."""
        broken = re.compile(rf"submissions/{unit.path}/.*(?:teachers|unit)\.yaml")
        return not any(map(broken.fullmatch, self.broken)) and not any(
            path.startswith(f"{unit.path}/") for path in (*(record.unit for record in self.orphans), *self.elsewhere)
        )

    def knows_schools_of(self, county: Unit) -> bool:
        """Whether every school folder of the county has a usable unit.yaml; where not, that has its own finding."""
        path = f"{county.path}/"
        broken = re.compile(rf"submissions/{path}[^/]+/unit\.yaml")
        return not any(map(broken.fullmatch, self.broken)) and not any(
            record.unit.startswith(path) for record in self.orphans
        )


def assemble(
    loaded: Loaded,
    day: str = "",
    brought: frozenset[str] = frozenset(),
    earlier: Earlier | None = None,
    today: str = "",
) -> Programme:
    """The programme of a tree's records. Records whose unit has no readable `unit.yaml` become `orphans`.

    `day` (YYYY-MM-DD) is the day on which it is judged; without one, nothing is due and no date is in the future.
    `today` is the day on which it is looked at, `day` where none is given: it says which of the rounds runs.
    `brought` are the paths that a change brings, `earlier` what was there before it (see `Programme`).
    """
    programme = Programme(loaded, day, brought, earlier, today)
    rows: Iterable[Record[Any]] = sorted(loaded.records, key=lambda record: record.path)
    for record in sorted(
        (row for row in rows if isinstance(row.data, s.Unit)), key=lambda row: (row.unit.count("/"), row.unit)
    ):
        parent = programme.units.get(record.unit.rpartition("/")[0])
        if parent is None and "/" in record.unit:
            programme.orphans.append(record)
            continue
        unit = Unit(record.unit, record, parent)
        programme.units[unit.path] = unit
        if parent:
            parent.children.append(unit)
    programme.units = dict(sorted(programme.units.items()))
    for record in rows:
        if record.unit and not isinstance(record.data, s.Unit):
            owner = programme.units.get(record.unit)
            if owner:
                owner.add(record)
            else:
                programme.orphans.append(record)
    return programme

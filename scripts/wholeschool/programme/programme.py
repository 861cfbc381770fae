"""The programme: all units of a tree, the rounds with their guidances, and what is known across units."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from wholeschool.days import FOREVER, years_later
from wholeschool.findings import Location
from wholeschool.programme.answers import answered_for
from wholeschool.programme.earlier import DECISIONS, LATER, Earlier
from wholeschool.programme.rulebook import Rulebook
from wholeschool.programme.stays import Stay, named_by, shared
from wholeschool.programme.unit import D, T, Unit
from wholeschool.programme.years import NOTHING, Gathered, Held, YearOfCounty, YearOfSchool
from wholeschool.records import Loaded, Place, Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import GUIDANCES, ROOT, placed
from wholeschool.records.levels import USUAL, Levels
from wholeschool.records.schema import ANY, Terms
from wholeschool.records.terms import COLUMNS, CREDITS, WAVES, asking

# What a school writes in a round, and the county's acceptance rests on.
PAPERS = (s.Plan, s.Survey, s.Scheme, s.Group, s.Teachers, s.Activities, s.Evidence, s.Review, s.OnlineHours)
"""Working papers of a round. No decision is in them."""
# Of these nobody can take one away that a decision rests on: that is refused by itself.
_HELD = ("plan.yaml", "teachers.yaml", "activities.yaml", "evidence.yaml", "reviews/", "attachments/", "online-hours/")
_UNITS = {"credits": CREDITS, "online_hours": "学时", "practice_hours": "学时"}
"""The numbers of a standard that clauses write in figures, and of what they are."""
NOTHING_ASKED = s.Standard(credits=0)
"""The standard of a guidance that cannot be read: that is its own finding, and nobody falls short of it."""


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
        self._rulebooks: dict[tuple[str, frozenset[str]], Rulebook] = {}
        self._vocabularies: dict[str, s.Vocabulary] = {}
        self._years: dict[tuple[str, int], YearOfSchool] = {}
        self._county_years: dict[tuple[str, int], YearOfCounty] = {}
        self._gathered: dict[int, Mapping[str, Gathered]] = {}
        self._stays: dict[int, Mapping[str, tuple[Stay, ...]]] = {}
        self._withdrawn: dict[int, frozenset[tuple[str, str]]] = {}
        self._revoked: dict[int, Mapping[tuple[str, str], str]] = {}
        self._passed_by: frozenset[tuple[str, int | None]] = frozenset()

    def without(self, record: Record[Any]) -> Programme:
        """The same programme as if this record were there but could not be read."""
        rest = [each for each in self.records if each.path != record.path]
        loaded = Loaded(self.files, rest, [], self.broken | {record.path}, self.elsewhere)
        return assemble(loaded, self.day, self.brought, self.earlier, self.today)

    def below(self, unit: Unit) -> Programme:
        """As much of the programme as tells who is at which school below a unit: units, and rosters.

        Also those of the schools elsewhere that these rosters name: whether they say so too.
        """
        start = f"{unit.path}/"
        inside = {each.unit for each in self.records if f"{each.unit}/".startswith(start)}
        named = named_by(each for each in self.records if each.unit in inside) - inside
        parts = [unit, *(self.units[path] for path in named if path in self.units)]
        above = {each.path for part in parts for each in (part, *part.ancestors)}
        records = [
            each
            for each in self.records
            if not each.unit
            or (isinstance(each.data, s.Unit) and each.unit in above)
            or (isinstance(each.data, s.Unit | s.Teachers) and each.unit in inside | named)
        ]
        return assemble(
            Loaded(len(records), records, [], frozenset()), self.day, self.brought, self.earlier, self.today
        )

    @property
    def knows_before(self) -> bool:
        """Whether it is known what was there before."""
        return self.earlier is not None and self.earlier.knows

    def stands(self, path: str) -> bool:
        """Whether the file was there before as it is; not so where nobody knows what was there."""
        return self.earlier is not None and self.earlier.has_file(path)

    def is_new(self, at: Place | Location) -> bool:
        """Whether the decision at a place was not there before, so that it is judged now."""
        if self.earlier is None:
            return True
        if isinstance(at, Place):
            return not self.earlier.has(at.record, _decided_at(at))
        return not self.earlier.has_file(at.path)

    @cached_property
    def decides(self) -> bool:
        """Whether anything new is there besides working papers; where not, no decision is new, and none is judged."""
        earlier = self.earlier
        return earlier is None or any(
            type(each.data) not in PAPERS and not earlier.has_file(each.path) for each in self.records
        )

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
        if type(at.record.data) not in PAPERS:
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

        What units hold of closed rounds is passed by, where nothing has been added to it, and what schools hold that a
        change does not answer for; whoever asks for it by unit and year gets it as ever.
        """
        over: set[tuple[str, int | None]] = set(self._over())
        if self.earlier is not None and (answered := answered_for(self, self.brought)) is not None:
            left_alone = (school for school in self.schools if school.path not in answered)
            over.update((school.path, year) for school in left_alone for year in (None, *school.years))
        if not over:
            return self
        found = copy.copy(self)
        found._passed_by = frozenset(over)
        found.records = [each for each in self.records if (each.unit, each.year) not in over]
        return found

    def _over(self) -> Iterator[tuple[str, int]]:
        """The units' closed rounds, by path and year, to which nothing has been added."""
        closed = {year for year in self.years if self.closed(year)}
        earlier = self.earlier
        for unit in self.units.values() if earlier and closed else ():
            for year in closed.intersection(unit.years):
                if earlier is not None and all(map(earlier.had_file, unit.paths(year))):
                    yield unit.path, year

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

        Without a year, those of the current round. Nothing is asked for where neither can be read.
        """
        round_, guidance = self.round(year or self.current or 0), self.guidance(year)
        return (round_ and round_.standard) or (guidance.data.standard if guidance else NOTHING_ASKED)

    def own_standard(self, year: int | None, *fields: str) -> Place | None:
        """Where a round is asked for other credits or hours than its guidance says, of those named; else None.

        What the guidance says in its clauses is no mistake of whoever has written it down, however many fall short.
        """
        standard, round_, guidance = self.standard(year), self.round(year or self.current or 0), self.guidance(year)
        if round_ and round_.standard and self.settings:
            usual = guidance.data.standard if guidance else NOTHING_ASKED
            other = next((field for field in fields if getattr(standard, field) != getattr(usual, field)), None)
            return self.settings.at(standard, other) if other else None
        said = self.rulebook(year).clauses
        for field, unit in _UNITS.items():
            number = f"{getattr(standard, field)}{unit}"
            if guidance and field in fields and not any(number in each.words for each in said):
                return guidance.at(standard, field)
        return None

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

    def called(self, year: int | None = None) -> str:
        """What a round's programme is called on certificates and the home page: by its guidance, or by the settings."""
        guidance = self.guidance(year)
        return (guidance and guidance.data.programme) or (self.settings.data.name if self.settings else "")

    def vocabulary(self, year: int | None = None) -> s.Vocabulary:
        """The dimensions and environments of a round's guidance; of one that declares none, those its table uses."""
        name = self.guidance_named(year)
        if name not in self._vocabularies:
            self._vocabularies[name] = self._vocabulary(year)
        return self._vocabularies[name]

    def _vocabulary(self, year: int | None) -> s.Vocabulary:
        guidance = self.guidance(year)
        if guidance and guidance.data.vocabulary:
            return guidance.data.vocabulary
        rows = self.abilities(year).values()
        dimensions = dict.fromkeys(row.dimension for row in rows)
        environments = dict.fromkeys(row.environment for row in rows if row.environment)
        return s.Vocabulary(
            dimensions=tuple(s.Dimension(name=word) for word in dimensions),
            environments=tuple(s.Environment(name=word) for word in environments),
        )

    def terms(self, year: int | None = None) -> Terms:
        """What a round's guidance asks records to say; nothing is known of it without a table."""
        return self._said(year)._replace(clauses=self.rulebook(year).of_fields)

    def _said(self, year: int | None) -> Terms:
        """The same without the clauses."""
        said, standard, rows = self.vocabulary(year), self.standard(year), self.abilities(year).values()
        dimensions, environments = (
            tuple(word.name for word in words) for words in (said.dimensions, said.environments)
        )
        hours = bool(standard.online_hours or standard.practice_hours)
        credits = self.counts(year) == CREDITS
        known = asking(dimensions, environments, credits=credits, hours=hours) if dimensions else ANY
        asked = {WAVES: bool(standard.waves)}
        asked |= {name: any(getattr(row, column) for row in rows) for column, name in COLUMNS.items()}
        known = known._replace(without=known.without | {name for name, is_asked in asked.items() if not is_asked})
        levels = self.levels(year)
        return known._replace(levels=levels.names, passing=levels.passing)

    def levels(self, year: int | None = None) -> Levels:
        """The levels at which a round's results are reviewed."""
        said = self.vocabulary(year).levels
        passing = tuple(each.name for each in said if each.passes)
        return Levels(tuple(each.name for each in said), passing) if passing else USUAL

    def counts(self, year: int | None = None) -> str:
        """What a choice adds up to, as people say it: 学分, or 项 where each microability counts one."""
        return self.vocabulary(year).counts or CREDITS

    def rulebook(self, year: int | None = None) -> Rulebook:
        """What a round's guidance says of rules, fields, papers and pages; without a year, of the current round."""
        return self._rulebook(self.guidance_named(year), self._said(year).without)

    def rulebook_at(self, path: str) -> Rulebook:
        """The rulebook by which a file is judged: of its round, or of the guidance in whose folder it lies."""
        if path.startswith(GUIDANCES):
            return self._rulebook(path.removeprefix(GUIDANCES).partition("/")[0], frozenset())
        where = placed(path)
        return self.rulebook(where.year if where else None)

    def _rulebook(self, name: str, without: frozenset[str]) -> Rulebook:
        if (name, without) not in self._rulebooks:
            data, clauses = self.in_guidance(s.Rulebook, name), self.in_guidance(s.Clauses, name)
            self._rulebooks[name, without] = Rulebook(
                data.data if data else None, clauses.data if clauses else None, without
            )
        return self._rulebooks[name, without]

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
        """The units that have, or have had, each code, by path; those whose `unit.yaml` a change brings come last."""
        found: dict[str, list[Unit]] = {}
        for unit in sorted(self.units.values(), key=lambda unit: unit.record.path in self.brought):
            for code in dict.fromkeys(held.code for held in unit.codes):
                found.setdefault(code, []).append(unit)
        return found

    def county_of(self, code: str, year: int) -> Unit | None:
        """The county in whose numbers of a round a code stands; None where there is none. See `Unit.code_of`."""
        units = [unit for unit in self.by_code.get(code, ()) if unit.level == "县" and unit.code_of(year) == code]
        # A county that was set up later may recognise what an earlier round has left.
        return next((each for each in units if each.opened[:4] <= f"{year}"), next(iter(units), None))

    @cached_property
    def overlapping(self) -> list[tuple[Unit, str, Unit, int]]:
        """Each unit with a code that another had before it, in the same year too: both, and the last such year.

        Where a change brings one of them, that is the later; else the one that got the code in a later year.
        A code is one unit's at a time. In the year in which one gives it up nobody else may have it: the numbers of
        certificates bear the year, and no day.
        """
        found = []
        for code, units in self.by_code.items():
            held = [(unit, each) for unit in units for each in unit.codes if each.code == code]
            held.sort(key=lambda one: (one[0].record.path in self.brought, one[1].first))
            for place, (unit, mine) in enumerate(held):
                for other, theirs in held[:place]:
                    last = min(mine.last, theirs.last)
                    if other is not unit and max(mine.first, theirs.first) <= last:
                        found.append((unit, code, other, last))
                        break
        return found

    @cached_property
    def contending(self) -> frozenset[str]:
        """The paths of units with a code that is another's, which was there first."""
        return frozenset(unit.path for unit, *_ in self.overlapping)

    @cached_property
    def contested(self) -> frozenset[str]:
        """Codes that several units have at a time, and certificate numbers in the ledger of a unit they do not name.

        Whose they are nobody can tell, so nothing may be confirmed by them.
        """
        codes = {code for _, code, _, _ in self.overlapping}
        ledgers = [(f"{each.year}{unit.code_of(each.year or 0)}", each) for unit, each in self._every(s.Certificates)]
        strange = {
            entry.number
            for begins, ledger in ledgers
            for entry in ledger.data.certificates
            if not entry.number.startswith(begins)
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

    def is_past(self, year: int, paper: str = "", unit: Unit | None = None) -> bool:
        """Whether the day comes after a round's end, or after the first deadline of one of its papers.

        Of a closed round nothing is due any more; of a unit nothing that was due before it was there, and of one that
        was closed nothing at all.
        """
        found = self.round(year)
        if not self.day or found is None or found.closed:
            return False
        dates = [found.ends, *(each.date for each in found.deadlines if paper and each.paper == paper)]
        return self.day > min((each for each in dates if unit is None or unit.owes(each)), default=FOREVER)

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
                levels = self.levels(before)
                for school in self.schools:
                    for number, row in (self.school_year(school, before).recognised or {}).items():
                        old = found.get(number, NOTHING)
                        new = {code: level for code, level in levels.of(row).items() if (number, code) not in gone}
                        found[number] = Gathered(
                            old.online + row.online, old.practice + row.practice, {**old.levels, **new}
                        )
            self._gathered[year] = found
        return self._gathered[year]

    def stays(self, year: int) -> Mapping[str, tuple[Stay, ...]]:
        """Of every teacher number on several rosters of a round, the stays at those schools, in order."""
        if year not in self._stays:
            self._stays[year] = shared(self.school_year(each, year) for each in self.schools if year in each.years)
        return self._stays[year]

    def expires(self, year: int, issued: str) -> str:
        """The last day on which a certificate of a round that was issued on a day is valid; `FOREVER` where none is."""
        found = self.round(year)
        return years_later(issued, found.certificate_years) if found and found.certificate_years else FOREVER

    def withdrawn(self, year: int) -> frozenset[tuple[str, str]]:
        """(teacher, microability) of a round's certificates that were revoked for good.

        Not where another certificate of the same is in force that is no younger: then only one too many was revoked.
        """
        if year not in self._withdrawn:
            self._withdrawn[year] = frozenset(
                key for key in self.revoked_on(year) if not any(held.year <= year for held in self._of(*key, year))
            )
        return self._withdrawn[year]

    def revoked_on(self, year: int) -> Mapping[tuple[str, str], str]:
        """(teacher, microability) of a round's certificates that were revoked and not replaced: the last such day."""
        if year not in self._revoked:
            gone = {  # a county revokes what it has issued, and no other's
                (unit.path, each.number): each.date
                for unit, record in self._every(s.Revocations)
                for each in (record.data.revoked if record.year == year else ())
                if not each.replaced_by
            }
            found: dict[tuple[str, str], str] = {}
            for unit, ledger in self._every(s.Certificates):
                for entry in ledger.data.certificates if gone and ledger.year == year else ():
                    key = entry.teacher, entry.microability
                    if day := gone.get((unit.path, entry.number)):
                        found[key] = max(day, found.get(key, ""))
            self._revoked[year] = found
        return self._revoked[year]

    def comes_back(self, year: int, entry: s.CertificateEntry) -> bool:
        """Whether a row of a round's ledgers stands where a certificate was revoked for good, and nothing else does.

        It does not speak for itself: `withdrawn` asks whether another is in force.
        """
        key = entry.teacher, entry.microability
        others = (each.entry.number for each in self._of(*key, year) if each.year <= year)
        if any(number != entry.number for number in others):
            return False
        day = self.revoked_on(year).get(key)
        return day is not None and (self.earlier is not None or day <= entry.issued)

    def held(self, teacher: str, microability: str, year: int) -> list[Held]:
        """The certificates in force of a teacher number for a microability of a round's guidance, oldest first.

        Of any county and any round: a certificate is for life, or as long as its own round says. One of an earlier
        round that has expired keeps nobody from another. There is one at most where nothing is wrong.
        """
        every = self._of(teacher, microability, year)
        return [each for each in every if each.year >= year or not self.has_expired(each)]

    def lapsed(self, teacher: str, microability: str, year: int) -> bool:
        """Whether a certificate of an earlier round has expired: another has to be earned anew."""
        return any(each.year < year and self.has_expired(each) for each in self._of(teacher, microability, year))

    def has_expired(self, held: Held) -> bool:
        """Whether a certificate is past its last day, today."""
        return self.expires(held.year, held.entry.issued) < self.today

    def _of(self, teacher: str, microability: str, year: int) -> list[Held]:
        """Those neither revoked nor replaced, expired or not."""
        return self._held.get((teacher, self.guidance_named(year), microability), [])

    def holdings(self, teacher: str) -> list[Held]:
        """All certificates in force of a teacher number, oldest round first."""
        return self._holdings.get(teacher, [])

    @cached_property
    def _holdings(self) -> Mapping[str, list[Held]]:
        ledgers = sorted(self._every(s.Certificates), key=lambda it: it[1].year or 0)
        gone = {(unit.path, each.number) for unit, record in self._every(s.Revocations) for each in record.data.revoked}
        replaced = {entry.replaces for _, ledger in ledgers for entry in ledger.data.certificates if entry.replaces}
        found: dict[str, list[Held]] = {}
        for county, ledger in ledgers:
            for entry in ledger.data.certificates:
                if (county.path, entry.number) not in gone and entry.number not in replaced:
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
        while place and self.elsewhere:
            if place in self.elsewhere:
                return True
            place = place.rpartition("/")[0]
        return False

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

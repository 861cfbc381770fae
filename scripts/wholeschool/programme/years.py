"""One school, and one county, in one round: what was written, what was decided, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from wholeschool.days import FOREVER
from wholeschool.programme.stays import Stay, agreed, counted, has_left, helps_out
from wholeschool.programme.unit import Unit
from wholeschool.records import Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import ROOT

if TYPE_CHECKING:
    from wholeschool.programme.programme import Programme

# The guidance knows only 合格; the Ministry's standard adds 优秀. Either earns the credits.
PASSED_LEVELS = ("优秀", "合格")
_LEVELS = {"excellent": "优秀", "passed": "合格"}


def levels_of(row: s.RegisterEntry) -> dict[str, str]:
    """The microabilities of a row of the register, each with its level, in the order of the row."""
    return {code: level for column, level in _LEVELS.items() for code in (getattr(row, column) or "").split()}


class Gathered(msgspec.Struct, frozen=True):
    """What counts of a person besides one school's papers: hours, and each microability passed with its level."""

    online: float = 0
    practice: float = 0
    levels: Mapping[str, str] = {}

    def __add__(self, other: Gathered) -> Gathered:
        """Both together; of a microability in both, the level of the second."""
        return Gathered(self.online + other.online, self.practice + other.practice, {**self.levels, **other.levels})


NOTHING = Gathered()


class Hours(NamedTuple):
    """What somebody has studied, in hours of each kind."""

    online: float = 0
    practice: float = 0


class Claim(NamedTuple):
    """What a provider's export says of one person, with the record of the export."""

    record: Record[s.OnlineHours]
    study: s.OnlineStudy


def tells_the_same(one: s.OnlineHours, other: s.OnlineHours) -> bool:
    """Whether two exports may tell the same hours: they are one file, or of one provider for days that meet."""
    meets = one.from_ <= other.until and other.from_ <= one.until
    return one.file.digest == other.file.digest or (one.provider == other.provider and meets)


class Held(NamedTuple):
    """A certificate in force, with the county and the round of the ledger that it is in."""

    county: Unit
    year: int
    entry: s.CertificateEntry


class YearOfSchool:
    """One school in one round: plan, roster, reviews, and what the county decided about them."""

    def __init__(self, programme: Programme, school: Unit, year: int) -> None:
        self.school, self.year, self._programme = school, year, programme

    @cached_property
    def planner(self) -> Unit:
        """The school that plans: the school itself, or its 中心学校 when it has no plan of its own.

        That somebody is attached to another is not theirs alone to say: the county confirms it for the round.
        """
        own, center = self.school.one(s.Plan, year=self.year), self.center
        return center if center and not own and self.is_attached else self.school

    @cached_property
    def center(self) -> Unit | None:
        """The 中心学校 of the round: what the school names on the day on which the county confirmed it.

        Where it has confirmed none, what it names at the end of the round. A school that goes to another in mid-round
        stays with the one until the county confirms the other.
        """
        return self.school.beside(self._center)

    @property
    def _center(self) -> str | None:
        day = self._attachment.date if self._attachment else self._programme.span(self.year)[1]
        return self.school.on(day).center

    @cached_property
    def _attachment(self) -> s.Attachment | None:
        """What the county has confirmed last."""
        branches = self.school.county.branches(self.year) if self.school.county else ()
        confirmed = (each for each in branches if each.school == self.school.slug)
        found = sorted(confirmed, key=lambda each: each.date)  # of one day the later one counts
        return found[-1] if found else None

    @cached_property
    def is_attached(self) -> bool:
        """Whether the county has confirmed the 中心学校 that the school names."""
        return self._attachment is not None and self._attachment.center == self._center

    @property
    def attached_since(self) -> str:
        """The day on which the county has confirmed the 中心学校, or empty."""
        return self._attachment.date if self._attachment else ""

    @cached_property
    def takes_part(self) -> bool:
        """Whether the school is one of the round's: not one that was opened later, or closed before it was accepted."""
        return self.accepted is not None or self.school.was_there(self._programme.span(self.year)[1])

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

    def stays_of(self, teacher: s.Teacher) -> tuple[Stay, ...]:
        """A person's stays in this round at this and other schools, in order."""
        return self._programme.stays(self.year).get(teacher.number) or (Stay(self, teacher),)

    def agreed_stays_of(self, teacher: s.Teacher) -> list[Stay]:
        """A person's stays, in order, less those that another roster contradicts and that this one does not name."""
        here, stays = Stay(self, teacher), self.stays_of(teacher)
        held = agreed(stays)
        return [each for each in stays if each.year is self or each in held or here.comes_from(each)]

    def is_agreed(self, number: str) -> bool:
        """Whether no other roster contradicts this one about somebody; also where this one does not have them."""
        teacher = self.teachers.get(number)
        if teacher is None or number not in self._programme.stays(self.year):
            return True
        return Stay(self, teacher) in agreed(self.stays_of(teacher))

    def still_has(self, path: str, number: str) -> bool:
        """Whether the school at a path, which has no roster of this round yet, had somebody to the last on its own."""
        school = self._programme.units.get(path)
        if school is None:
            return f"{ROOT}{path}/unit.yaml" in self._programme.broken  # nobody knows
        if school.closed or self._programme.school_year(school, self.year).roster:
            return False
        earlier = (self._programme.school_year(school, year) for year in reversed(school.years) if year < self.year)
        last = next((each for each in earlier if each.roster), None)
        row = last.teachers.get(number) if last else None
        return row is not None and not row.home and not has_left(row)

    def let_go(self, number: str) -> bool:
        """Whether the school's own last roster before this round says that somebody has gone to another school."""
        earlier = (self._programme.school_year(self.school, year) for year in reversed(self.school.years))
        last = next((each for each in earlier if each.year < self.year and each.roster), None)
        row = last.teachers.get(number) if last else None
        return row is not None and has_left(row) and bool(row.left and row.left.to)

    def helps_out(self, teacher: s.Teacher) -> bool:
        """Whether somebody on the roster belongs to another school that has them on its own."""
        return bool(teacher.home) and helps_out(Stay(self, teacher), self.stays_of(teacher))

    @cached_property
    def counted(self) -> Mapping[str, s.Teacher]:
        """Those on the roster whom the round counts at this school, by number; see `stays.counted`."""
        shared = self._programme.stays(self.year)
        found = {}
        for number, teacher in self.teachers.items():
            if number in shared or self.school.closed or teacher.joined or teacher.left or teacher.home:
                at = counted(self.stays_of(teacher))
                if at is None or at.year is not self:
                    continue
            found[number] = teacher
        return found

    def present(self, day: str) -> Mapping[str, s.Teacher]:
        """Those on the roster who are at the school on a day, by number."""
        return {number: teacher for number, teacher in self.teachers.items() if Stay(self, teacher).covers(day)}

    @cached_property
    def staying(self) -> Mapping[str, s.Teacher]:
        """Those on the roster who belong to the school and have not left it, by number."""
        return {number: each for number, each in self.teachers.items() if not has_left(each) and not each.home}

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
        """What the county has corrected a teacher's name to, in any round, by number.

        Whichever of its schools it has named: whoever has changed schools has the same name at both.
        """
        corrections = self.school.county.corrections if self.school.county else {}
        return {number: names[-1] for number, names in corrections.items()}

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

        Right is what the checkers call 已改正, what the school has reviewed again since they last looked, or what it
        does not call passed any more, whenever that was. Where the county has accepted the school, only what it has
        accepted: until then the result that was found wanting is the one that stands.
        """
        found = set()
        seen = min(on, self.accepted.date) if self.accepted else on
        checks = [each for unit in self.school.ancestors for each in unit.rechecked(self.school.path, self.year)]
        for check, item in checks:
            failed = item.recheck_level not in (None, *PASSED_LEVELS) and item.school_level in (None, *PASSED_LEVELS)
            if not failed or check.date > on or not (item.teacher and item.microability):
                continue
            looked, mended = check.date, False
            if item.correction and item.correction.done and item.correction.done <= on:
                looked, mended = item.correction.done, item.correction.result == "已改正"
            key = item.teacher, item.microability
            reviewed = [each for each in self._judged.get(key, ()) if each[0] <= seen]
            given_up = reviewed and reviewed[-1][1] not in PASSED_LEVELS
            if not (mended or given_up or any(looked < day for day, _ in reviewed)):
                found.add(key)
        return found

    def holding_up(self, on: str, known: str) -> list[tuple[str, str]]:
        """What of `unmended` (by what was known on a day) an acceptance or recognition of a day waits for.

        Not for those who have left: nobody can make them. But they do not get that microability here either, as they
        would where recognition says an earlier day than the check.
        """
        gone = self.teachers.keys() - self.present(on).keys() - self.counted.keys()  # away for that day is not gone
        return sorted(key for key in self.unmended(known) if key[0] not in gone or key not in self.wanting)

    @cached_property
    def _judged(self) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
        """Of each (teacher, microability) the days on which the school reviewed it and what it found, oldest first."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for review, result in sorted(self.results(), key=lambda it: (it[0].data.date, it[0].name)):
            found.setdefault((result.teacher, result.microability), []).append((review.data.date, result.level))
        return found

    @cached_property
    def wanting(self) -> set[tuple[str, str]]:
        """`unmended` when the county recognised the results; what is checked after that does not undo it by itself."""
        recognition = self.accepted.recognition if self.accepted else None
        return self.unmended(recognition.date if recognition else FOREVER)

    @cached_property
    def register(self) -> Mapping[str, s.RegisterEntry]:
        """The county's register of the school by teacher number: for each the last row, whatever stands today."""
        return {number: rows[-1] for number, rows in self._rows.items()}

    def register_rows(self, number: str) -> Sequence[s.RegisterEntry]:
        """The rows of the register about a teacher number, oldest first."""
        return self._rows.get(number, ())

    @cached_property
    def _rows(self) -> Mapping[str, list[s.RegisterEntry]]:
        found: dict[str, list[s.RegisterEntry]] = {}
        for row in self.school.county.registered(self.school.slug, self.year) if self.school.county else ():
            found.setdefault(row.teacher, []).append(row)
        return found

    @cached_property
    def recognised(self) -> Mapping[str, s.RegisterEntry] | None:
        """The rows of the register that hold: the county has recognised the school and written down what of.

        None where it has not (yet), or has done so without a register: then what is recognised is what the papers say.
        """
        return self.register if self.register and self.is_recognised else None

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

    def before(self, number: str) -> Gathered:
        """What the earlier rounds of the cycle have recognised of a teacher number, at whatever school."""
        return self._programme.gathered(self.year).get(number, NOTHING)

    def elsewhere(self, number: str) -> Mapping[str, Gathered]:
        """What a person brings in this round from other schools, by the school's name: hours, and what they passed.

        From those that they were at before this one, and from where they only help out: each is counted once, at the
        last of their schools. Not from one that only says so itself (see `stays.agreed`). Once this school is
        recognised, only what the others' counties have recognised as well: no certificate rests on what nobody has
        accepted.
        """
        found: dict[str, Gathered] = {}
        teacher = self.teachers.get(number)
        stays = self.agreed_stays_of(teacher) if teacher and number in self._programme.stays(self.year) else []
        before = list(takewhile(lambda each: each.year is not self, stays))
        until_now = {self.school.path, *(each.year.school.path for each in before)}
        for stay in before:
            # Who helps out, does so for the school that they belong to and for those that they go to from there.
            if helps_out(stay, stays) and stay.teacher.home not in until_now:
                continue
            if stay.year.is_recognised or not self.is_recognised:
                own = stay.year.own(stay.teacher)
                if helps_out(stay, stays):
                    own = msgspec.structs.replace(own, online=0, practice=min(own.practice, stay.year.named_in(number)))
                found[stay.year.school.name] = own
        return found

    def named_in(self, number: str) -> float:
        """The hours of practice of the school's activities that name somebody.

        All that counts of who only helps out: nobody else could say what they did there, and online study is told where
        they belong.
        """
        activities = (
            each for record in self.school.all(s.Activities, year=self.year) for each in record.data.activities
        )
        practice = (each for each in activities if each.hours and each.hours.kind != "网络研修")
        return sum(each.hours.count for each in practice if each.hours and number in each.participants)

    @property
    def is_recognised(self) -> bool:
        """Whether the county has accepted the school and recognised what its teachers did."""
        return bool(self.accepted and self.accepted.recognition)

    def own(self, teacher: s.Teacher) -> Gathered:
        """What this school alone has of a teacher in this round: what was recognised, else what its papers say."""
        row = self.recognised.get(teacher.number) if self.recognised is not None else None
        hours: s.RegisterEntry | Hours | None = row if self.recognised is not None else self.stated_hours(teacher)
        levels = levels_of(row) if row else self.earned.get(teacher.number, {}) if self.recognised is None else {}
        kept = {code: level for code, level in levels.items() if (teacher.number, code) not in self.withdrawn}
        return Gathered(hours.online, hours.practice, kept) if hours else Gathered(levels=kept)

    def gathered(self, number: str) -> Gathered:
        """All that counts of a teacher number besides this school's papers of this round."""
        return sum(self.elsewhere(number).values(), self.before(number))

    @cached_property
    def passed(self) -> Mapping[str, dict[str, str]]:
        """For each teacher number, the microabilities that count as passed: those recognised, else those earned.

        With them count those that earlier rounds of the cycle have recognised of somebody who is due in this one too,
        and those that somebody has brought from another school.
        """
        if self.recognised is None:
            here = dict(self.earned)
        else:
            here = {number: levels for number, row in self.recognised.items() if (levels := levels_of(row))}
        due = {number for number, teacher in self.teachers.items() if teacher.exempt is None}
        others = self._programme.gathered(self.year).keys() | self._programme.stays(self.year).keys()
        for number in {*(self.recognised or ()), *due} & others:
            if levels := {**self.gathered(number).levels, **here.get(number, {})}:
                here[number] = levels
        return here

    def name_recognised(self, number: str) -> str:
        """The name under which a teacher's results were recognised, as the county has corrected it since."""
        row = (self.recognised or {}).get(number)
        return self.corrected_names.get(number, row.name) if row else self.teachers[number].name

    @cached_property
    def claims(self) -> Mapping[str, list[Claim]]:
        """What providers' exports say of the school's teachers, by number: those of the county, then the school's."""
        county = self._programme.county_year(self.school.county, self.year) if self.school.county else None
        found = {number: list(claims) for number, claims in (county.claims(self.school.slug) if county else {}).items()}
        for record in self.school.all(s.OnlineHours, year=self.year):
            for study in record.data.people:
                found.setdefault(study.teacher, []).append(Claim(record, study))
        return found

    def claims_of(self, teacher: s.Teacher) -> list[Claim]:
        """What exports say of a person, at whichever of the schools that they belonged to.

        Where they only help out nobody claims hours of theirs: so one school writes nothing away at another.
        """
        stays = self.agreed_stays_of(teacher)
        own = [stay for stay in stays if stay.year is self or not helps_out(stay, stays)]
        return [claim for stay in own for claim in stay.year.claims.get(teacher.number, ())]

    def stated_hours(self, teacher: s.Teacher) -> Hours | None:
        """The hours that the papers state of a teacher in this round; None where they state none.

        Online, the provider's export has the say where there is one, at whichever of the schools that they belonged to,
        else the roster. Everything that counts hours asks here.
        """
        claims, written = self.claims.get(teacher.number), teacher.hours
        if claims is None and written is None:
            return None
        if claims and teacher.number in self._programme.stays(self.year):  # what an earlier school has taken in, counts
            stays = takewhile(lambda each: each.year is not self, self.agreed_stays_of(teacher))
            claims = [each for each in claims if not any(stay.year.has_counted(each) for stay in stays)]
        typed = (written and written.online) or 0
        if typed and self.claims_of(teacher):
            typed = 0
        online = typed if claims is None else sum(each.study.hours for each in claims)
        return Hours(online, written.practice if written else 0)

    def has_counted(self, claim: Claim) -> bool:
        """Whether what an export tells of somebody counts at this school, from which they went on, already.

        It has the same export, or their hours of those days were recognised by the roster.
        """
        own = self.claims.get(claim.study.teacher, ())
        return any(tells_the_same(claim.record.data, each.record.data) for each in own) or bool(
            self.has_taken_in(claim)
        )

    def has_taken_in(self, claim: Claim) -> str:
        """The day on which hours of days that an export tells of were recognised here by the roster; else empty.

        Also where it goes on after that day: most exports tell all since the beginning. Where it says when each course
        was begun, that tells from which day it is.
        """
        number = claim.study.teacher
        row = None if self.claims.get(number) else (self.recognised or {}).get(number)
        begun = [each.begun[:10] for each in claim.study.sessions if each.begun]
        first = min(begun) if begun and len(begun) == len(claim.study.sessions) else claim.record.data.from_
        return row.date if row and row.online > 0 and first <= row.date else ""

    def hours_of(self, teacher: s.Teacher) -> Hours:
        """The hours that count of a teacher: those recognised, else those stated, and those gathered before."""
        row = self.recognised.get(teacher.number) if self.recognised is not None else self.stated_hours(teacher)
        return self._with_gathered(teacher.number, row)

    def hours_by_the_papers(self, teacher: s.Teacher) -> Hours:
        """The hours stated of a teacher, with those gathered before, whatever has been recognised."""
        return self._with_gathered(teacher.number, self.stated_hours(teacher))

    def _with_gathered(self, number: str, row: s.RegisterEntry | Hours | None) -> Hours:
        """Hours of this round, if any, with all that counts of a teacher number besides."""
        before = self.gathered(number)
        online, practice = (row.online, row.practice) if row else (0, 0)
        return Hours(online + before.online, practice + before.practice)

    @cached_property
    def withdrawn(self) -> frozenset[tuple[str, str]]:
        """(teacher, microability) of this round's certificates that were revoked and not replaced, as for 弄虚作假.

        With the certificate goes the recognition that it certifies (附件1 二(三)5): the credit counts no more, until it
        is earned and recognised anew. What was revoked to be issued anew, for a misprinted name, stays recognised.
        """
        return frozenset(key for key in self._programme.withdrawn(self.year) if not self.recognised_anew(*key))

    def recognised_on(self, number: str, code: str) -> str:
        """The day of the recognition by which a teacher has a microability; empty where no row of the register says so.

        The first of the rows that have said so ever since, at the level of today, and since its certificate was last
        revoked for good.
        """
        day, revoked = "", self._programme.revoked_on(self.year).get((number, code), "")
        rows = self.register_rows(number)
        level = levels_of(rows[-1]).get(code) if rows else None
        for row in rows:
            has = level is not None and levels_of(row).get(code) == level and row.date > revoked
            day = (day or row.date) if has else ""
        return day

    def documents(self, number: str, code: str, day: str) -> list[str]:
        """The documents by which a teacher's microability was recognised until a day, the first of them first."""
        since = self.recognised_on(number, code)
        recognitions = (each.recognition for each in self.acceptances if each.recognition)
        return [each.document for each in recognitions if since <= each.date <= day]

    def recognised_anew(self, number: str, code: str) -> bool:
        """Whether the county has recognised a microability again, after its certificate was revoked."""
        day, row = self._programme.revoked_on(self.year).get((number, code)), (self.recognised or {}).get(number)
        return bool(day and row and row.date > day and code in levels_of(row) and self.earned_anew(number, code))

    def earned_anew(self, number: str, code: str) -> bool:
        """Whether the school reviewed a microability again, and it passed, after its certificate was revoked.

        Only by what the county has accepted since.
        """
        day, until = (
            self._programme.revoked_on(self.year).get((number, code)),
            self.accepted.date if self.accepted else "",
        )
        days = [when for when, _ in self._judged.get((number, code), ()) if when <= until]
        return bool(day and days and day < days[-1] and code in self.earned.get(number, {}))

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


class YearOfCounty:
    """One county in one round: its schools, decisions and ledger."""

    def __init__(self, programme: Programme, county: Unit, year: int) -> None:
        self.county, self.year = county, year
        self.schools = [programme.school_year(school, year) for school in county.children]

    def claims(self, school: str) -> Mapping[str, list[Claim]]:
        """What exports that the county has imported say of a school (its folder's name), by teacher number."""
        return self._claims.get(school, {})

    @cached_property
    def _claims(self) -> Mapping[str, dict[str, list[Claim]]]:
        found: dict[str, dict[str, list[Claim]]] = {}
        for record in self.county.all(s.OnlineHours, year=self.year):
            for study in record.data.people:
                if study.school:
                    found.setdefault(study.school, {}).setdefault(study.teacher, []).append(Claim(record, study))
        return found

    @property
    def exports(self) -> Iterator[tuple[Record[s.OnlineHours], str]]:
        """The exports that county and schools have imported, each with the school's folder (none: the county)."""
        for unit in (self.county, *self.county.children):
            for record in unit.all(s.OnlineHours, year=self.year):
                yield record, "" if unit is self.county else unit.slug

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

    @property
    def taking_part(self) -> list[YearOfSchool]:
        """The schools of the round: those that had to do something in it; see `YearOfSchool.takes_part`."""
        return [each for each in self.schools if each.takes_part]

    def school(self, slug: str) -> YearOfSchool | None:
        """The school of this folder name, or None."""
        return self._by_slug.get(slug)

    def of_code(self, code: str, day: str) -> YearOfSchool | None:
        """The school that has, or has had, a code; where several have had it, that of the day."""
        found = self._by_code.get(code, [])
        return next((each for each in found if each.school.on(day).code == code), next(iter(found), None))

    @cached_property
    def _by_code(self) -> Mapping[str, list[YearOfSchool]]:
        found: dict[str, list[YearOfSchool]] = {}
        for each in self.schools:
            for code in dict.fromkeys(held.code for held in each.school.codes):
                found.setdefault(code, []).append(each)
        return found

    @cached_property
    def _by_slug(self) -> Mapping[str, YearOfSchool]:
        return {school.school.slug: school for school in self.schools}

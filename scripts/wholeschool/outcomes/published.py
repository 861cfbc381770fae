"""The figures that are published: every count suppressed so that nothing shown gives a small group away.

What a round's figures are is decided once, when it is closed; then they are written down, and this module is asked no
more (`wholeschool.outcomes.closing`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from wholeschool.outcomes.rates import Tally, county_tallies, share, taken, total
from wholeschool.outcomes.stages import STEPS, Stage, stage
from wholeschool.outcomes.veil import Standing, Veil, veil
from wholeschool.outcomes.veil_classes import Class, School, classes_of, shown
from wholeschool.programme import Programme, Unit, YearOfSchool

_COUNTED = re.compile(r" ?[0-9]+ 位教师")


class PublicUnit(msgspec.Struct, frozen=True):
    """A unit as the public sees it. `path` is also its address on the site."""

    path: str
    name: str
    level: str
    demo: bool


class PublicFigures(msgspec.Struct, frozen=True):
    """A unit's counts in one round; None where a count is suppressed.

    `accepted` of a city or province is the sum over the counties that show theirs; `accepted_complete` says whether
    that is all of them. `recognised` counts schools, not people.
    """

    unit: PublicUnit
    year: int
    schools: int
    recognised: int
    due: int
    exempt: int | None
    chosen: int | None
    trained: int | None
    passed: int | None
    accepted: int | None
    accepted_complete: bool

    @property
    def suppressed(self) -> bool:
        """Whether the pass rate is hidden."""
        return self.passed is None

    @property
    def rate(self) -> float | None:
        """考核合格率: passed in percent of those due; None when hidden or when nobody is due."""
        return share(self.passed, self.due)

    @property
    def accepted_rate(self) -> float | None:
        """验收合格率: accepted in percent of those due; None when any part of it is hidden."""
        return share(self.accepted, self.due) if self.accepted_complete else None


class PublicSchool(msgspec.Struct, frozen=True):
    """A school's round: stage, plan in outline, the county's decisions. `waiting_for` counts nobody."""

    step: int
    step_name: str
    waiting_for: str
    owner: str
    record: str
    due: str
    offered: tuple[str, ...]
    themes: tuple[str, ...]
    filed: str
    conclusion: str
    concluded: str
    recognised: bool


class PublicCount(msgspec.Struct, frozen=True):
    """How many choices of a class of microabilities there were, and how many of them were passed.

    Somebody who chose several counts several times. In sums over counties' open data, `left_out` are the units that do
    not show theirs.
    """

    chosen: int
    passed: int
    left_out: int = 0

    @property
    def rate(self) -> float:
        """Passed in percent of those who chose."""
        return self.passed * 100 / self.chosen


Classes = Mapping[Class, PublicCount]
"""A unit's choices and passes by class of microabilities. What few or nobody chose or passed is not in it."""


class PublicYear(msgspec.Struct, frozen=True):
    """One round of the whole programme: figures, schools, and choices by class, each by unit path.

    `elsewhere`, where given, are schools whose own page is on their county's site: the address, empty where unknown.
    """

    year: int
    figures: dict[str, PublicFigures]
    schools: dict[str, PublicSchool]
    classes: Mapping[str, Classes]
    elsewhere: dict[str, str] | None = None


def public_unit(unit: Unit) -> PublicUnit:
    """The whitelisted part of `unit.yaml`."""
    data = unit.data
    return PublicUnit(unit.path, data.name, unit.level, data.demo)


def public_kind(unit: Unit) -> str:
    """What kind of school it is today, and its environments. No figures say it: what a closed round says stays."""
    return f"{unit.data.type or ''} · {'、'.join(unit.data.environments)}"


class PublicChange(msgspec.Struct, frozen=True):
    """What is public of a unit's history: since when it is there, until when it was and who took it over, old names."""

    opened: str
    closed: str
    kind: str
    into: tuple[str, ...]
    former: tuple[tuple[str, str], ...]
    """Each former name with the last day of it, oldest first."""

    @property
    def sentence(self) -> str:
        """That it was closed, in words; empty where it was not."""
        if not self.closed:
            return ""
        into = f"，{'分成' if self.kind == '拆分' else '并入'}{'、'.join(self.into)}" if self.into else ""
        return f" {self.closed} 已撤销{into}"


def change_of(programme: Programme, unit: Unit) -> PublicChange:
    """The whitelisted part of what `unit.yaml` says of other days."""
    closed = unit.data.closed
    units = [programme.units.get(path) for path in (closed.into if closed else ())]
    into = tuple(public_unit(each).name for each in units if each)
    names = ((each.name, each.until) for each in unit.data.former)
    former = tuple((name, until) for name, until in names if name)
    return PublicChange(unit.opened, unit.closed, closed.kind if closed else "", into, former)


def public_year(programme: Programme, year: int) -> PublicYear:
    """Figures of all units in a round, suppressed so that nothing published gives a small group away."""
    minimum = programme.minimum_cell(year)
    tallies: dict[str, Tally] = {}
    schools: dict[str, PublicSchool] = {}
    standing: dict[str, Standing] = {}
    for county in programme.counties:
        round_ = programme.county_year(county, year)
        by_slug = county_tallies(programme, round_)
        for school in round_.taking_part:
            path, at = school.school.path, stage(programme, school)
            tallies[path] = by_slug[school.school.slug]
            schools[path] = public_school(school, at)
            standing[path] = Standing(at.step, at.short_of, schools[path].recognised)
    for level in ("县", "市", "省"):
        for unit in programme.level(level):
            below = [tallies[child.path] for child in unit.children if child.path in tallies]
            if below or unit.was_there(programme.span(year)[1]):
                tallies[unit.path] = total(below)
    units = [unit for level in ("省", "市", "县", "校") for unit in programme.level(level) if unit.path in tallies]
    covered = veil(units, tallies, standing, minimum)
    figures: dict[str, PublicFigures] = {}
    for unit in reversed(units):
        figures[unit.path] = _figures(unit, year, tallies[unit.path], covered, figures, schools)
    by_class = _classes(programme, year, units, covered, minimum)
    return PublicYear(year, {unit.path: figures[unit.path] for unit in units}, schools, by_class)


def _classes(
    programme: Programme, year: int, units: Sequence[Unit], covered: Veil, minimum: int
) -> dict[str, dict[Class, PublicCount]]:
    """What units show of choices and passes; `units` come parents first."""
    table = programme.abilities(year)
    schools = {}
    for unit in units:
        if unit.level == "校":
            school = programme.school_year(unit, year)
            # Everybody can read what a school offers, and what its environments allow.
            fitting = {code for code, each in table.items() if each.environment in ("", *unit.data.environments)}
            offered = fitting.intersection(school.plan.data.offered) if school.plan else fitting
            schools[unit.path] = School(list(taken(programme, school)), offered)
    found = shown(units, schools, classes_of(table), covered.chosen | covered.passed, minimum)
    return {
        path: {group: PublicCount(tally.chosen, tally.passed) for group, tally in here.items()}
        for path, here in found.items()
    }


def _figures(
    unit: Unit,
    year: int,
    tally: Tally,
    covered: Veil,
    below: Mapping[str, PublicFigures],
    schools: Mapping[str, PublicSchool],
) -> PublicFigures:
    children = [below[child.path] for child in unit.children if child.path in below]
    accepted: int | None = tally.accepted
    complete = True
    if unit.level in ("省", "市"):
        accepted = sum(child.accepted or 0 for child in children)
        complete = all(child.accepted is not None and child.accepted_complete for child in children)
    elif unit.path in covered.accepted:
        accepted, complete = None, False
    return PublicFigures(
        unit=public_unit(unit),
        year=year,
        schools=1 if unit.level == "校" else sum(child.schools for child in children),
        recognised=int(schools[unit.path].recognised)
        if unit.level == "校"
        else sum(child.recognised for child in children),
        due=tally.due,
        exempt=None if unit.path in covered.exempt else tally.exempt,
        chosen=None if unit.path in covered.chosen else tally.chosen,
        trained=None if unit.path in covered.trained else tally.trained,
        passed=None if unit.path in covered.passed else tally.passed,
        accepted=accepted,
        accepted_complete=complete,
    )


_COUNTS = ("schools", "recognised", "due", "exempt", "chosen", "trained", "passed", "accepted")


def figures_of(unit: PublicUnit, year: int, row: object, *, complete: bool) -> PublicFigures:
    """Figures that were published before, from a row that names each count as `PublicFigures` does."""
    counts = {name: getattr(row, name) for name in _COUNTS}
    return PublicFigures(unit=unit, year=year, accepted_complete=complete, **counts)


def school_at(step: int, *, recognised: bool) -> PublicSchool:
    """A school's round of which only published figures are known: how many of the five steps are done."""
    return PublicSchool(
        step=step,
        step_name=STEPS[step] if step < len(STEPS) else "已完成",
        waiting_for="",
        owner="",
        record="",
        due="",
        offered=(),
        themes=(),
        filed="",
        conclusion="",
        concluded="",
        recognised=recognised,
    )


def public_school(year: YearOfSchool, at: Stage) -> PublicSchool:
    """A school's round as the public sees it: how far it has come, its plan in outline, what the county decided."""
    plan = year.plan.data if year.plan else None
    approved = bool(plan and year.approval)
    last = year.acceptances[-1] if year.acceptances else None
    return PublicSchool(
        step=at.step,
        step_name=at.name,
        # "3 位教师申报" would tell of three people in a school of five.
        waiting_for=_COUNTED.sub("教师", at.waiting_for),
        owner=at.owner,
        record=at.record,
        due=at.due,
        offered=plan.offered if plan and approved else (),
        themes=plan.themes if plan and approved else (),
        filed=year.approval.date if year.approval else "",
        conclusion=last.conclusion if last else "",
        concluded=last.date if last else "",
        recognised=year.is_recognised,
    )

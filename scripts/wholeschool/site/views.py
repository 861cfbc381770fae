"""What is public. A field reaches a page or an open-data file only because a view here names it.

Personal data is in no view: no teacher's name, number or hours, no telephone, no address. A case's author signs it by
consent; that is the one name of a person on the site.
"""

from __future__ import annotations

import msgspec

from wholeschool.outcomes.rates import Tally, county_tallies, total
from wholeschool.outcomes.stages import Stage, stage
from wholeschool.outcomes.suppression import Cell, hidden, total_is_safe
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.records import Record
from wholeschool.records.structs import Case


class PublicUnit(msgspec.Struct, frozen=True):
    """A unit as the public sees it. `path` is also its address on the site."""

    path: str
    name: str
    level: str
    demo: bool
    type: str = ""
    environments: tuple[str, ...] = ()


class PublicFigures(msgspec.Struct, frozen=True):
    """A unit's counts in one round; `passed` and what depends on it are None where they are suppressed."""

    unit: PublicUnit
    year: int
    schools: int
    due: int
    exempt: int
    chosen: int
    trained: int
    passed: int | None
    accepted: int | None
    rate: float | None
    suppressed: bool


class PublicSchool(msgspec.Struct, frozen=True):
    """A school's round: figures, stage, plan in outline."""

    figures: PublicFigures
    stage: Stage
    offered: tuple[str, ...]
    themes: tuple[str, ...]
    filed: str
    accepted: str
    recognised: str


class PublicCase(msgspec.Struct, frozen=True):
    """A case whose author agreed to its publication."""

    slug: str
    unit: PublicUnit
    title: str
    type: str
    excellent: bool
    author: str
    date: str
    stage: str
    subject: str
    microabilities: tuple[str, ...]
    environment: str
    problem: str
    summary: str
    students: str
    body: str


class PublicYear(msgspec.Struct, frozen=True):
    """One round of the whole programme: figures by unit path, schools by unit path."""

    year: int
    figures: dict[str, PublicFigures]
    schools: dict[str, PublicSchool]


def public_unit(unit: Unit) -> PublicUnit:
    """The whitelisted part of `unit.yaml`."""
    data = unit.data
    return PublicUnit(unit.path, data.name, unit.level, data.demo, data.type or "", data.environments)


def public_year(programme: Programme, year: int) -> PublicYear:
    """Figures of all units in a round, suppressed so that nothing published gives a small group away."""
    minimum = programme.settings.data.publication.minimum_cell if programme.settings else 0
    tallies: dict[str, Tally] = {}
    schools: dict[str, YearOfSchool] = {}
    for county in programme.counties:
        round_ = programme.county_year(county, year)
        by_slug = county_tallies(programme, round_)
        for school in round_.schools:
            tallies[school.school.path] = by_slug[school.school.slug]
            schools[school.school.path] = school
    for level in ("县", "市", "省"):
        for unit in programme.level(level):
            tallies[unit.path] = total(tallies[child.path] for child in unit.children if child.path in tallies)
    veiled = _veiled(programme, tallies, minimum)
    figures = {
        unit.path: _figures(unit, year, tallies[unit.path], unit.path in veiled)
        for unit in programme.units.values()
        if unit.path in tallies
    }
    return PublicYear(
        year, figures, {path: _school(programme, school, figures[path]) for path, school in schools.items()}
    )


def public_cases(programme: Programme) -> list[PublicCase]:
    """Cases with consent, newest first."""
    cases = [
        _case(unit, record)
        for unit in programme.units.values()
        for record in unit.all(Case)
        if record.data.consent.author
    ]
    return sorted(cases, key=lambda case: (case.date, case.slug), reverse=True)


def _veiled(programme: Programme, tallies: dict[str, Tally], minimum: int) -> set[str]:
    """Paths whose passes are hidden. A unit whose own total would give something away is hidden with all below it."""
    veiled: set[str] = set()

    def cell(path: str) -> Cell:
        return Cell(tallies[path].due, tallies[path].passed)

    def below(unit: Unit) -> dict[str, Cell]:
        return {child.path: cell(child.path) for child in unit.children if child.path in tallies}

    for level in ("县", "市", "省"):
        for unit in programme.level(level):
            if not total_is_safe(below(unit), minimum):
                veiled.add(unit.path)
    for level in ("省", "市", "县"):
        for unit in programme.level(level):
            cells = below(unit)
            if unit.path in veiled:
                veiled |= cells.keys()
            else:
                # A child hidden for its own children's sake counts as small, so that it cannot be subtracted.
                forced = {path for path in cells if path in veiled}
                veiled |= forced | hidden(cells, minimum)
                if len(forced) == 1 and not (hidden(cells, minimum) - forced) and len(cells) > 1:
                    rest = [path for path in cells if path not in forced]
                    veiled.add(min(rest, key=lambda path: (cells[path].due, path)))
    return veiled


def _figures(unit: Unit, year: int, tally: Tally, suppressed: bool) -> PublicFigures:
    schools = 1 if unit.level == "校" else sum(1 for _ in _schools_below(unit))
    return PublicFigures(
        unit=public_unit(unit),
        year=year,
        schools=schools,
        due=tally.due,
        exempt=tally.exempt,
        chosen=tally.chosen,
        trained=tally.trained,
        passed=None if suppressed else tally.passed,
        accepted=None if suppressed else tally.accepted,
        rate=None if suppressed else tally.rate,
        suppressed=suppressed,
    )


def _schools_below(unit: Unit) -> list[Unit]:
    if unit.level == "校":
        return [unit]
    return [school for child in unit.children for school in _schools_below(child)]


def _school(programme: Programme, year: YearOfSchool, figures: PublicFigures) -> PublicSchool:
    plan = year.plan.data if year.plan else None
    accepted = year.accepted
    return PublicSchool(
        figures=figures,
        stage=stage(programme, year),
        offered=plan.offered if plan else (),
        themes=plan.themes if plan and year.approval else (),
        filed=year.approval.date if year.approval else "",
        accepted=accepted.date if accepted else "",
        recognised=accepted.recognition.date if accepted and accepted.recognition else "",
    )


def _case(unit: Unit, record: Record[Case]) -> PublicCase:
    data = record.data
    return PublicCase(
        slug=f"{unit.slug}-{record.name}",
        unit=public_unit(unit),
        title=data.title,
        type=data.type,
        excellent=data.excellent,
        author=data.author,
        date=data.date,
        stage=data.stage or "",
        subject=data.subject or "",
        microabilities=data.microabilities,
        environment=data.environment or "",
        problem=data.problem,
        summary=data.summary,
        students=data.consent.students,
        body=data.body,
    )

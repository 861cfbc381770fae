"""The figures of a closed round: written down when a keeper closes it, and read from there ever after.

What was published then is not worked out again: later revocations, a school that is no more, another smallest number of
people to show, another version of this program change nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from wholeschool.outcomes.published import (
    Classes,
    PublicCount,
    PublicFigures,
    PublicSchool,
    PublicUnit,
    PublicYear,
    figures_of,
    public_school,
    public_year,
    school_at,
)
from wholeschool.outcomes.stages import stage
from wholeschool.outcomes.veil_classes import Class
from wholeschool.programme import Programme, Unit
from wholeschool.records import Record
from wholeschool.records.kinds import LEVELS, ROOT
from wholeschool.records.structs import AbilityFigure, AbilityFigures, Acceptance, FigureEntry, Figures, Recognition

FIGURES, ABILITIES = "figures.csv", "ability-figures.csv"
_SAMPLE, _YES, _NO = "样张", "是", "否"


def rows_due(programme: Programme, year: int) -> dict[str, list[FigureEntry] | list[AbilityFigure]]:
    """What closing a round writes down, by path: the office's own row first, in a county those of its schools after.

    Offices and schools that have sent nothing of the round are there with noughts, as they were on the pages.
    """
    public = public_year(programme, year)
    files: dict[str, list[FigureEntry] | list[AbilityFigure]] = {}
    for office in (unit for level in LEVELS[:-1] for unit in programme.level(level) if unit.path in public.figures):
        folder = f"{ROOT}{office.path}/{year}/"
        units = [office, *(each for each in office.children if each.level == "校" and each.path in public.figures)]
        files[folder + FIGURES] = [_row(public, unit) for unit in units]
        if counted := [row for unit in units for row in _ability_rows(unit, public.classes.get(unit.path, {}))]:
            files[folder + ABILITIES] = counted
    return files


def last_decided(programme: Programme, year: int) -> str:
    """The day of the last recognition of a round; empty where there is none. A round is closed on a later day.

    So the day of a recognition says whether it is among the figures that were published, or beside them.
    """
    return max((each.date for _, each in recognitions(programme, year)), default="")


def recognitions(programme: Programme, year: int) -> Iterator[tuple[Record[Acceptance], Recognition]]:
    """Every recognition of a round, with the county's record that it is in."""
    for _, record in programme.each(Acceptance):
        for entry in record.data.acceptances if record.year == year else ():
            if entry.recognition:
                yield record, entry.recognition


def _row(public: PublicYear, unit: Unit) -> FigureEntry:
    figures, school = public.figures[unit.path], public.schools.get(unit.path)
    return FigureEntry(
        school=_slug(unit),
        name=figures.unit.name,
        sample=_SAMPLE if figures.unit.demo else None,
        schools=figures.schools,
        recognised=figures.recognised,
        due=figures.due,
        exempt=figures.exempt,
        chosen=figures.chosen,
        trained=figures.trained,
        passed=figures.passed,
        accepted=figures.accepted,
        complete=_YES if figures.accepted_complete else _NO,
        step=school.step if school else None,
    )


def _ability_rows(unit: Unit, classes: Classes) -> Iterator[AbilityFigure]:
    for group, found in classes.items():
        yield AbilityFigure(
            school=_slug(unit),
            dimension=group.dimension or None,
            environment=group.environment or None,
            code=group.code or None,
            chosen=found.chosen,
            passed=found.passed,
        )


def _slug(unit: Unit) -> str | None:
    return unit.slug if unit.level == "校" else None


def published_year(programme: Programme, year: int) -> PublicYear:
    """The figures of a round as the public sees them: those written down where it is closed, else worked out."""
    if not programme.closed(year):
        return public_year(programme, year)
    figures: dict[str, PublicFigures] = {}
    schools: dict[str, PublicSchool] = {}
    classes: dict[str, dict[Class, PublicCount]] = {}
    for office, record in programme.each(Figures):
        for row in record.data.figures if record.year == year else ():
            path = _path(office, row)
            figures[path] = _figures(path, year, row)
            classes[path] = {}
            if row.step is not None:
                schools[path] = _school(programme, path, year, row)
    for office, counted in programme.each(AbilityFigures):
        for each in counted.data.abilities if counted.year == year else ():
            group = Class(each.dimension or "", each.environment or "", each.code or "")
            classes.setdefault(_path(office, each), {})[group] = PublicCount(each.chosen, each.passed)
    paths = sorted(figures, key=lambda path: (path.count("/"), path))  # those above first
    return PublicYear(year, {path: figures[path] for path in paths}, schools, {path: classes[path] for path in paths})


def _school(programme: Programme, path: str, year: int, row: FigureEntry) -> PublicSchool:
    """What the school's records still say of the round, at the step where it was closed; nothing is waited for."""
    at = school_at(row.step or 0, recognised=bool(row.recognised))
    unit = programme.units.get(path)
    if unit is None:
        return at
    found = programme.school_year(unit, year)
    said = public_school(found, stage(programme, found))
    kept = {name: getattr(said, name) for name in ("offered", "themes", "filed", "conclusion", "concluded")}
    return msgspec.structs.replace(at, **kept)


def _path(office: Unit, row: FigureEntry | AbilityFigure) -> str:
    return f"{office.path}/{row.school}" if row.school else office.path


def _figures(path: str, year: int, row: FigureEntry) -> PublicFigures:
    public = PublicUnit(path, row.name, LEVELS[path.count("/")], row.sample is not None)
    return figures_of(public, year, row, complete=row.complete == _YES)

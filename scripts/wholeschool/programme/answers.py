"""Whose working papers a change answers for.

What a school writes in a round is judged by the school's own papers, by what stands above the schools, and by those few
others that it has somebody or something in common with. So a change of one school's papers can make nothing wrong in
those of the rest, and they need not be gone through again, however many schools there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from wholeschool.programme.unit import Unit
from wholeschool.records import structs as s
from wholeschool.records.kinds import ROOT

if TYPE_CHECKING:
    from wholeschool.programme.programme import Programme

_SCHOOL = 5
"""submissions/, province, city, county, school."""


def answered_for(programme: Programme, paths: Collection[str]) -> frozenset[str] | None:
    """The paths of the schools whose papers may be wrong by a change of these files; None: of all.

    Those are the schools that it touches, their 中心学校 and branches, and whoever shares a person with them, by number
    or by naming them. Where it touches anything else, what a school is among it, all are.
    """
    touched: set[str] = set()
    for path in paths:
        steps = path.split("/")
        school = programme.units.get("/".join(steps[1:_SCHOOL]))
        if path.startswith(ROOT) and (school is None or school.level != "校" or steps[_SCHOOL:] == ["unit.yaml"]):
            return None
        if school is not None:
            touched.add(school.path)
    if not touched:
        return None
    own = [programme.units[path] for path in touched]
    numbers = {number for school in own for number in _numbers(school)} | set(_until_now(programme, paths))
    close = {other.path for school in own for other in _tied(programme, school)}
    return frozenset(
        school.path
        for school in programme.schools
        if school.path in touched
        or school.path in close
        or not numbers.isdisjoint(_numbers(school))
        or not touched.isdisjoint(_named(programme, school))
    )


def _numbers(school: Unit) -> Iterator[str]:
    """The numbers of those on the school's rosters, of all rounds, and of those from outside on its panels."""
    for roster in school.all(s.Teachers):
        yield from (teacher.number for teacher in roster.data.teachers)
    for review in school.all(s.Review):
        yield from (each.teacher for each in review.data.panel.members if each.teacher)


def _until_now(programme: Programme, paths: Iterable[str]) -> Iterator[str]:
    """The numbers on the rosters among these files as they were before."""
    for path in paths if programme.earlier else ():
        was = programme.earlier.was(path) if programme.earlier and path.endswith("/teachers.yaml") else None
        if was is not None and isinstance(was.data, s.Teachers):
            yield from (teacher.number for teacher in was.data.teachers)


def _tied(programme: Programme, school: Unit) -> Iterator[Unit]:
    """What the school is a branch of, now or in a round."""
    centers = (school.center, *(programme.school_year(school, year).center for year in school.years))
    return (each for each in centers if each)


def _named(programme: Programme, school: Unit) -> Iterator[str]:
    """The schools that the school is a branch of, and those that its people came from, go to, or belong to."""
    yield from (each.path for each in _tied(programme, school))
    for roster in school.all(s.Teachers):
        for teacher in roster.data.teachers:
            if teacher.joined or teacher.left or teacher.home:
                named = (teacher.joined and teacher.joined.from_, teacher.left and teacher.left.to, teacher.home)
                yield from (each for each in named if each)

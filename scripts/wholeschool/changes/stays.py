"""What one school writes of somebody takes them out of no other school's figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from datetime import date

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import About, Location
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.programme.people import SCHOOL_CODE
from wholeschool.programme.stays import Stay, has_left, is_anothers_number
from wholeschool.records import Place
from wholeschool.records.structs import Teacher, Teachers
from wholeschool.rules.registry import Breach, rule

_MOBILE = re.compile("1[3-9]")
# Whoever teaches in these years was born in between.
_FIRST_BORN, _LAST_BORN = 1930, 2015


@rule("STAY-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT", "ROSTER-KEPT", "STAY-ORDER", "TEACHER-UNIQUE"))
def nobody_is_taken_from_another_school(proposal: Proposal) -> Iterator[Breach]:
    """一所学校改自己的名册，别的学校应考的人不会因此变少。

    两边都写了的离校、到校，一边收回去，人就从另一边的合格率里没有了。要收回的，先由那所学校改自己的名册，或者由两边都管的账号一起改。
    那所学校已经验收的，不管改的是哪一份，谁也不这样改：验收过的合格率跟着就变了；它自己写着验收以前就调走了的，去的学校后来写了到校，可以。
    """
    changed = {each.path for each in proposal.differences}
    yield from _taken_from_accepted(proposal, changed)
    for year in {each.year for each in proposal.head.school_years()}:
        before, after = proposal.base.stays(year), proposal.head.stays(year)
        for number in sorted(before.keys() | after.keys()):
            mine = [
                stay
                for stay in (*after.get(number, ()), *before.get(number, ()))
                if stay.year.roster and stay.year.roster.path in changed
            ]
            for other in after.get(number, ()) if mine else ():
                roster = other.year.roster
                assert roster is not None
                if roster.path in changed or number in other.year.counted or not _was_counted(proposal.base, other):
                    continue
                if any(_was_slower(proposal.base, stay, other) for stay in mine) or all_may_change(
                    proposal, roster.path
                ):
                    continue
                name = other.year.school.name
                if other.year.accepted and _was_accepted(proposal.base, other.year):
                    continue  # told of the accepted ones
                message = f"教师 {number} 算在{name}，这样改，就不算在那里了"
                hint = f"恢复原样；确实不在那里了的，先由{name}在名册里写，或者由县级账号两边一起改"
                yield _place(mine[0], number, after.get(number, ())), message, hint


def _taken_from_accepted(proposal: Proposal, changed: Set[str]) -> Iterator[Breach]:
    """Whoever is counted at an accepted school and would not be any more, whichever file says so.

    As long as the acceptance stands, or what it led to is recognised. Not who had gone by then, as the school itself
    says, to where they are due now. Whose row at the school is gone is ROSTER-KEPT's.
    """
    if not any(each.endswith(("/teachers.yaml", "/unit.yaml")) or "/acceptance/" in each for each in changed):
        return
    for after in proposal.head.school_years():
        before = _was_accepted(proposal.base, after) if after.accepted else None
        if not (before and before.accepted and after.accepted):
            continue
        day = before.accepted.date
        withdrawn = any(
            each.conclusion != before.accepted.conclusion and each.date >= day for each in after.acceptances
        )
        if withdrawn and not before.is_recognised:
            continue
        for number in sorted(before.counted.keys() - after.counted.keys()):
            row = after.teachers.get(number)
            if row is None or _had_gone(proposal.head, after, row):
                continue
            message = f"教师 {number} 算在{after.school.name}（{day} 已经验收），这样改，就不算在那里了"
            hint = f"恢复原样；要更正的，请县里先给{after.school.name}写一条“限期整改”，改好、复查以后再验收"
            here = About(after.school.path, after.year, number)
            yield _where(proposal, after.year, number, changed), message, hint, here


def _had_gone(programme: Programme, year: YearOfSchool, row: Teacher) -> bool:
    """Whether somebody had gone before the school was accepted, by its own word, to where they are due now."""
    unit = programme.units.get((row.left and row.left.to) or "")
    there = any(Stay(year, row).covers(each.date) for each in year.acceptances if each.conclusion == "验收合格")
    if unit is None or unit.level != "校" or there or not has_left(row):
        return False
    return row.number in programme.school_year(unit, year.year).counted


def _where(proposal: Proposal, year: int, number: str, changed: Set[str]) -> Place | Location:
    """The row about somebody that a change has changed, or a file that it has."""
    for programme in (proposal.head, proposal.base):
        for stay in programme.stays(year).get(number, ()):
            roster, other = stay.year.roster, proposal.base if programme is proposal.head else proposal.head
            unit = other.units.get(stay.year.school.path)
            row = other.school_year(unit, year).teachers.get(number) if unit else None
            if roster and roster.path in changed and row != stay.teacher:
                return _place(stay, number, proposal.head.stays(year).get(number, ()))
    return Location(min(each for each in changed if each.endswith(".yaml")))


def _place(stay: Stay, number: str, stays: Iterable[Stay]) -> Place | Location:
    """Where a row is; its file where it is there no more."""
    roster = stay.year.roster
    assert roster is not None
    return roster.at(stay.teacher, "number") if stay in stays else Location(roster.path)


def _was_accepted(base: Programme, year: YearOfSchool) -> YearOfSchool | None:
    """A school's round as it was, where the county had accepted it."""
    unit = base.units.get(year.school.path)
    before = base.school_year(unit, year.year) if unit else None
    return before if before and before.accepted else None


def _was_slower(base: Programme, stay: Stay, other: Stay) -> bool:
    """Whether another school says itself that they only help out there, have come here, or came from here.

    Of the last, where this one had not spoken. Or it says nothing, though the number is one that this school gives.
    """
    school, joined = stay.year.school.path, other.teacher.joined
    gone = other.teacher.left and has_left(other.teacher) and other.teacher.left.to == school
    if other.teacher.home == school or gone or is_anothers_number(other, (stay, other)):
        return True
    was = base.units.get(school)
    return bool(joined and joined.from_ == school) and (was is None or not base.school_year(was, stay.year.year).roster)


def _was_counted(base: Programme, stay: Stay) -> bool:
    unit = base.units.get(stay.year.school.path)
    return unit is not None and stay.teacher.number in base.school_year(unit, stay.year.year).counted


@rule(
    "NUMBER-GIVEN", "keeping", authority=OURS, presupposes=("ROUND-KEPT", "UNIT-PARENT", "UNIT-MOVED", "TEACHER-UNIQUE")
)
def new_numbers_are_nobodys_own(proposal: Proposal) -> Iterator[Breach]:
    """新添的教师编号不是身份证号的前 14 位，也不是手机号加几位：前 10 位写学校的代码，从外校来的用他原来的编号。

    编号是公开记录里的，一辈子不变；身份证号的开头写着出生年月，写进去就公开了，再也改不掉。以前就有的编号不再追究。
    """
    for school in proposal.changed(proposal.head.schools):
        was = proposal.base.units.get(school.path)
        known = {teacher.number for roster in (was.all(Teachers) if was else ()) for teacher in roster.data.teachers}
        for roster in school.all(Teachers):
            for teacher in roster.data.teachers:
                number = teacher.number
                told = _looks_like(number, proposal.head)
                if number in known or not told or number[:SCHOOL_CODE] in proposal.head.by_code:
                    continue
                known.add(number)
                # The number itself is not repeated.
                hint = f"新编的写 {school.data.code} 加 4 位顺序号；从外校来的，用他原来的编号"
                yield roster.at(teacher, "number"), f"新添的教师编号像{told}，前 {SCHOOL_CODE} 位不是学校的代码", hint


def _looks_like(number: str, programme: Programme) -> str:
    """What of somebody's own a number of 14 digits looks like; empty where it is like nothing."""
    if _MOBILE.match(number) and number[:6] not in programme.regions:
        return "手机号"
    try:
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:]}")
    except ValueError:
        return ""
    return "身份证号的前 14 位" if _FIRST_BORN <= born.year <= _LAST_BORN else ""

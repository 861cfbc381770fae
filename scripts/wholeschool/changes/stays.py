"""What one school writes of somebody takes them out of no other school's figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.programme import Programme
from wholeschool.programme.people import SCHOOL_CODE
from wholeschool.programme.stays import Stay, has_left, is_anothers_number
from wholeschool.records.structs import Teachers
from wholeschool.rules.registry import Breach, rule

_MOBILE = re.compile("1[3-9]")
# Whoever teaches in these years was born in between.
_FIRST_BORN, _LAST_BORN = 1930, 2015


@rule("STAY-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT", "STAY-ORDER", "TEACHER-UNIQUE"))
def nobody_is_taken_from_another_school(proposal: Proposal) -> Iterator[Breach]:
    """一所学校改自己的名册，别的学校应考的人不会因此变少。

    两边都写了的离校、到校，一边收回去，人就从另一边的合格率里没有了。要收回的，先由那所学校改自己的名册，或者由两边都管的账号一起改。
    那所学校已经验收的，谁也不这样改：验收过的合格率跟着就变了。
    """
    changed = {each.path for each in proposal.differences}
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
                accepted, name = _accepted(proposal.base, other), other.year.school.name
                hint = f"恢复原样；确实不在那里了的，先由{name}在名册里写，或者由县级账号两边一起改"
                if accepted:
                    hint = f"恢复原样；要更正的，请县里先给{name}写一条“限期整改”，改好、复查以后再验收"
                elif any(_was_slower(proposal.base, stay, other) for stay in mine) or all_may_change(
                    proposal, roster.path
                ):
                    continue
                message = (
                    f"教师 {number} 算在{name}{f'（{accepted} 已经验收）' if accepted else ''}，这样改，就不算在那里了"
                )
                row = mine[0].year.roster
                assert row is not None
                is_there = mine[0] in after.get(number, ())
                yield row.at(mine[0].teacher, "number") if is_there else Location(row.path), message, hint


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


def _accepted(base: Programme, stay: Stay) -> str:
    """The day on which the county accepted the school of a stay; empty where it had not."""
    unit = base.units.get(stay.year.school.path)
    accepted = base.school_year(unit, stay.year.year).accepted if unit else None
    return accepted.date if accepted and stay.year.accepted else ""


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

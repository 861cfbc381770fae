"""What one school writes of somebody takes them out of no other school's figures."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.programme import Programme
from wholeschool.programme.people import SCHOOL_CODE
from wholeschool.programme.stays import Stay, is_anothers_number
from wholeschool.records.structs import Teachers
from wholeschool.rules.registry import Breach, rule


@rule("STAY-KEPT", "keeping", clause=OURS, presupposes=("ROUND-KEPT", "STAY-ORDER", "TEACHER-UNIQUE"))
def nobody_is_taken_from_another_school(proposal: Proposal) -> Iterator[Breach]:
    """一所学校改自己的名册，别的学校应考的人不会因此变少。

    两边都写了的离校、到校，一边收回去，人就从另一边的合格率里没有了。要收回的，先由那所学校改自己的名册，或者由两边都管的账号一起改。
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
                if any(_was_slower(proposal.base, stay, other) for stay in mine):
                    continue
                if not all_may_change(proposal, roster.path):
                    name = other.year.school.name
                    message = f"教师 {number} 算在{name}，这样改，就不算在那里了"
                    hint = f"恢复原样；确实不在那里了的，先由{name}在名册里写，或者由县级账号两边一起改"
                    row = mine[0].year.roster
                    assert row is not None
                    is_there = mine[0] in after.get(number, ())
                    yield row.at(mine[0].teacher, "number") if is_there else Location(row.path), message, hint


def _was_slower(base: Programme, stay: Stay, other: Stay) -> bool:
    """Whether another school says itself that they only help out there, or came from this one, which had not spoken.

    Or says nothing, though the number is one that this school gives.
    """
    school, joined = stay.year.school.path, other.teacher.joined
    if other.teacher.home == school or is_anothers_number(other, (stay, other)):
        return True
    was = base.units.get(school)
    return bool(joined and joined.from_ == school) and (was is None or not base.school_year(was, stay.year.year).roster)


def _was_counted(base: Programme, stay: Stay) -> bool:
    unit = base.units.get(stay.year.school.path)
    return unit is not None and stay.teacher.number in base.school_year(unit, stay.year.year).counted


@rule("NUMBER-GIVEN", "keeping", clause=OURS, presupposes=("ROUND-KEPT", "UNIT-PARENT", "UNIT-MOVED", "TEACHER-UNIQUE"))
def new_numbers_are_given_by_a_school(proposal: Proposal) -> Iterator[Breach]:
    """新添的教师编号，前 10 位是一所学校的代码：本校新编的用本校的，从外校来的用他原来的。

    编号一辈子不变，写错了很难再改；身份证号的开头、手机号加几位，看上去也是 14 位数字，写进去就公开了。
    以前就有的编号不再追究。
    """
    head = proposal.head
    counties = {held.code for unit in head.units.values() for held in unit.codes}
    for school in proposal.changed(head.schools):
        was = proposal.base.units.get(school.path)
        known = {teacher.number for roster in (was.all(Teachers) if was else ()) for teacher in roster.data.teachers}
        for roster in school.all(Teachers):
            for teacher in roster.data.teachers:
                given_by = teacher.number[:SCHOOL_CODE]
                if teacher.number in known or given_by in head.by_code:
                    continue
                if head.elsewhere and given_by[:6] in head.regions and given_by[:6] not in counties:
                    continue  # of a county that is not read
                known.add(teacher.number)
                # The number itself is not repeated: it may be something that is nobody's business.
                message = f"新添的教师编号前 {SCHOOL_CODE} 位不是哪所学校的代码"
                hint = f"新编的写 {school.data.code} 加 4 位顺序号；从外校来的，用他原来的编号。不用身份证号和电话"
                yield roster.at(teacher, "number"), message, hint

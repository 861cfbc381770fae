"""What one school writes of somebody takes them out of no other school's figures."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.programme import Programme
from wholeschool.programme.stays import Stay, is_anothers_number
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

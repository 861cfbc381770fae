"""Where a school stands in the five steps (附件1 四(二)): computed from its records, never kept by hand."""

from __future__ import annotations

import msgspec

from wholeschool.outcomes.credits import credits_of
from wholeschool.outcomes.rates import is_exempt, is_trained
from wholeschool.programme import Programme, YearOfSchool

STEPS = ("学校规划", "教研组协商", "教师申报与实践", "学校评审", "县区监督")


class Stage(msgspec.Struct, frozen=True):
    """The step a school is at (0–4; 5 when all are done) and what would complete it."""

    step: int
    waiting_for: str

    @property
    def name(self) -> str:
        """The step's name, or 已完成."""
        return STEPS[self.step] if self.step < len(STEPS) else "已完成"


def stage(programme: Programme, year: YearOfSchool) -> Stage:
    """The first step that is not complete. Counts only, no names: the result is shown publicly."""
    county = year.school.county
    office = f"{county.name}工程办" if county else "县级工程办"
    if year.plan is None:
        return Stage(0, "学校报送信息化发展规划")
    if year.approval is None:
        return Stage(0, "学校修改规划后重新报送" if year.approvals else f"{office}审核规划")
    due = [teacher for teacher in year.teachers.values() if not is_exempt(teacher)]
    if not due:
        return Stage(1, "学校报送教师名册")
    wanted = programme.standard.credits
    if open_choices := sum(credits_of(programme, teacher.choices) < wanted for teacher in due):
        return Stage(1, f"{open_choices} 位教师选定微能力")
    if undeclared := sum(not teacher.declared for teacher in due):
        return Stage(2, f"{undeclared} 位教师申报")
    if untrained := sum(not is_trained(programme, teacher) for teacher in due):
        return Stage(2, f"{untrained} 位教师学满 30+30 学时")
    reviewed = {number for number, _ in year.standing}
    if unreviewed := sum(teacher.number not in reviewed for teacher in due):
        return Stage(3, f"学校评审 {unreviewed} 位教师")
    if not year.acceptances:
        return Stage(4, f"{office}抽查验收")
    if year.accepted is None:
        conclusion = year.acceptances[-1].conclusion
        return Stage(4, "学校整改后申请复验" if conclusion == "限期整改" else f"{office}按“{conclusion}”的结论处理")
    if year.accepted.recognition is None:
        return Stage(4, f"{office}认定学时和学分")
    return Stage(5, "")

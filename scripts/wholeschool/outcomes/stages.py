"""Where a school stands in the five steps: computed from its records, never kept by hand."""

from __future__ import annotations

import msgspec

from wholeschool.outcomes.credits import credits_asked
from wholeschool.outcomes.rates import has_chosen, has_passed_before, is_assessed, is_exempt, is_trained
from wholeschool.programme import Programme, YearOfSchool

STEPS = ("学校规划", "教研组协商", "教师申报与实践", "学校评审", "县区监督")


class Stage(msgspec.Struct, frozen=True):
    """The step a school is at (0–4; 5 when all are done), what would complete it, who owes it, and by when.

    Counts only, no names: the result is shown publicly. `due` is the day set for corrections or else the round's end,
    empty when nothing is owed.
    `short_of` is the count of `Tally` that is still short of everybody (chosen, trained, reviewed), empty when another
    thing is waited for.
    """

    step: int
    waiting_for: str
    owner: str = ""
    record: str = ""
    due: str = ""
    short_of: str = ""

    @property
    def name(self) -> str:
        """The step's name, or 已完成."""
        return STEPS[self.step] if self.step < len(STEPS) else "已完成"

    @property
    def is_the_countys(self) -> bool:
        """Whether it waits for the county to decide."""
        return self.record.endswith(("/approvals/", "/acceptance/"))

    @property
    def label(self) -> str:
        """The step with its number, for lists."""
        return f"{self.step + 1} {self.name}" if self.step < len(STEPS) else self.name


def stage(programme: Programme, year: YearOfSchool) -> Stage:
    """The first step that is not complete, and the record that would complete it."""
    found = _stage(programme, year)
    county = year.school.county
    if found.waiting_for and (county.closed if county and found.is_the_countys else year.school.closed):
        return msgspec.structs.replace(found, waiting_for="", owner="", record="", due="")  # it goes on elsewhere
    rounds = programme.settings.data.rounds if programme.settings else ()
    ends = next((entry.ends for entry in rounds if entry.year == year.year), "")
    return msgspec.structs.replace(found, due=found.due or ends) if found.waiting_for else found


def _stage(programme: Programme, year: YearOfSchool) -> Stage:
    county = year.school.county
    office = f"{county.name}工程办" if county else "县级工程办"
    planner, folder = year.planner.name, f"{year.year}"
    if year.accepted is None:  # by what plan a school was accepted may change since; that it was does not
        if year.plan is None:
            return Stage(0, "报送信息化发展规划", planner, f"{folder}/plan.yaml")
        if year.approval is None:
            if year.approvals and year.plan.data.submitted <= year.approvals[-1].date:
                return Stage(0, "修改规划后重新报送", planner, f"{folder}/plan.yaml")
            return Stage(0, "审核规划", office, f"{folder}/approvals/")
    school = year.school.name
    due = [teacher for teacher in year.counted.values() if not is_exempt(teacher)]
    if not due and year.teachers:
        return Stage(5, "")  # everybody is exempt or gone: nobody is left to be assessed
    if not due:
        return Stage(1, "报送教师名册", school, f"{folder}/teachers.yaml")
    wanted = credits_asked(programme, year)
    # Who has made the credits in earlier rounds of the cycle has nothing left to choose, declare or show.
    pending = [teacher for teacher in due if not has_passed_before(programme, year, teacher)]
    if unheard := sum(teacher.number not in year.consulted for teacher in pending):
        return Stage(1, f"教研组与 {unheard} 位教师协商，定目标和申报点", school, f"{folder}/groups/")
    if undecided := sum(not has_chosen(programme, year, teacher) for teacher in due):
        of = programme.counts(year.year)
        return Stage(
            1, f"{undecided} 位教师选定微能力，合计 {wanted} {of}", school, f"{folder}/teachers.yaml", short_of="chosen"
        )
    if undeclared := sum(not teacher.declared for teacher in pending):
        return Stage(2, f"{undeclared} 位教师申报", school, f"{folder}/teachers.yaml")
    if untrained := sum(not is_trained(programme, year, teacher) for teacher in due):
        standard = programme.standard(year.year)
        hours = f"{standard.online_hours}+{standard.practice_hours}"
        return Stage(2, f"{untrained} 位教师学满 {hours} 学时", school, f"{folder}/activities.yaml", short_of="trained")
    if not pending:
        return Stage(5, "")
    if unreviewed := sum(not is_assessed(programme, year, teacher) for teacher in due):
        return Stage(3, f"评审 {unreviewed} 位教师", school, f"{folder}/reviews/", short_of="reviewed")
    last = year.acceptances[-1] if year.acceptances else None
    if last is None:
        if any(check.stage == "考核结果" for check, _ in year.checked):
            return Stage(4, "抽查已经开始，待作验收结论", office, f"{folder}/acceptance/")
        return Stage(4, "抽查验收", office, f"{folder}/acceptance/")
    if year.accepted is None:
        if any(review.data.date > last.date for review in year.reviews):
            return Stage(4, "已经整改，复验", office, f"{folder}/acceptance/")
        waiting_for = f"{last.conclusion}：整改，重新评审，再申请复验"
        return Stage(4, waiting_for, school, f"{folder}/reviews/", due=min(year.corrections_due, default=""))
    if year.accepted.recognition is None:
        return Stage(4, "认定学时和学分", office, f"{folder}/acceptance/")
    return Stage(5, "")

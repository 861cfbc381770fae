"""Where a school stands: each missing record is named with who owes it; hours are those of the activities."""

from __future__ import annotations

import pytest

from tests.case_folders import BASE
from tests.outcomes.test_indicators import ROSTER, SCHOOL, YEAR, programme_of
from wholeschool.outcomes.hours import derived_hours
from wholeschool.outcomes.stages import STEPS, Stage, stage
from wholeschool.programme import YearOfSchool
from wholeschool.records.structs import Activities

FOLDER = f"submissions/{SCHOOL}/{YEAR}"
COUNTY = f"submissions/{SCHOOL.rpartition('/')[0]}/{YEAR}"
ACCEPTANCE = f"{COUNTY}/acceptance/1.yaml"
_GONE = "number: 34990100010003\n    exempt: {reason: 病假, approved_by: 林静, date: 2026-03-02}"
EVERYBODY_REVIEWED = {
    f"{SCHOOL}/{YEAR}/teachers.yaml": (BASE / ROSTER)
    .read_text("utf-8")
    .replace("number: 34990100010003", _GONE)
    .replace("    choices: [A5, A11, B10]\n    hours: {online: 18, practice: 6}\n", "")
}


def school_year(files: dict[str, str] | None = None, without: tuple[str, ...] = ()) -> YearOfSchool:
    programme = programme_of(files or {}, without)
    return programme.school_year(programme.units[SCHOOL], YEAR)


def at(files: dict[str, str] | None = None, without: tuple[str, ...] = ()) -> Stage:
    programme = programme_of(files or {}, without)
    return stage(programme, programme.school_year(programme.units[SCHOOL], YEAR))


@pytest.mark.parametrize(
    ("without", "step", "owner", "record"),
    [
        ((f"{FOLDER}/plan.yaml",), 0, "学校", "plan.yaml"),
        ((f"{COUNTY}/approvals/1.yaml",), 0, "工程办", "approvals/"),
        ((ROSTER,), 1, "学校", "teachers.yaml"),
    ],
)
def test_the_first_record_that_is_missing_is_asked_for(
    without: tuple[str, ...], step: int, owner: str, record: str
) -> None:
    found = at(without=(*without, ACCEPTANCE))
    assert [found.step, found.name] == [step, STEPS[step]]
    assert found.record.endswith(record)
    assert ("工程办" in found.owner) == (owner == "工程办")
    assert found.waiting_for
    assert found.due


def test_a_plan_that_was_sent_back_is_asked_for_again() -> None:
    school = SCHOOL.rpartition("/")[2]
    entry = f"school: {school}, decision: 退回修改, date: 2026-03-10, by: 样张甲, opinion: 目标写得不能检测。"
    text = f"approvals:\n  - {{{entry}}}\n"
    files = {f"{SCHOOL.rpartition('/')[0]}/{YEAR}/approvals/1.yaml": text}
    found = at(files, (ACCEPTANCE,))
    assert [found.step, found.waiting_for] == [0, "修改规划后重新报送"]
    assert at({**files, **EVERYBODY_REVIEWED}).label == "已完成"  # what was accepted by the plan as it was stays done


def test_a_school_that_was_accepted_does_not_fall_back_when_its_centre_is_another() -> None:
    unit = (BASE / f"submissions/{SCHOOL}/unit.yaml").read_text("utf-8")
    moved = {f"{SCHOOL}/unit.yaml": f"{unit}center: qingshan-xiaoxue\n", **EVERYBODY_REVIEWED}
    assert at(moved, (f"{FOLDER}/plan.yaml", ACCEPTANCE)).step == 0
    assert at(moved, (f"{FOLDER}/plan.yaml",)).label == "已完成"


def test_nobody_is_asked_for_what_a_closed_county_had_left() -> None:
    county = SCHOOL.rpartition("/")[0]
    unrecognised = (BASE / ACCEPTANCE).read_text("utf-8").partition("    recognition:")[0]
    acceptance = {f"{county}/{YEAR}/acceptance/1.yaml": unrecognised, **EVERYBODY_REVIEWED}
    open_ = at(acceptance)
    assert [open_.waiting_for, open_.owner] == ["认定学时和学分", "明远县工程办"]
    closed = {
        f"{path}/unit.yaml": f"{(BASE / 'submissions' / path / 'unit.yaml').read_text('utf-8')}"
        "closed: {date: 2026-08-31, kind: 撤销}\n"
        for path in (county, SCHOOL, f"{county}/qingshan-xiaoxue")
    }
    left = at({**acceptance, **closed})
    assert [left.step, left.waiting_for, left.owner, left.record] == [4, "", "", ""]
    # Only the school is closed: what is left is the county's, which is still there.
    assert at({**acceptance, f"{SCHOOL}/unit.yaml": closed[f"{SCHOOL}/unit.yaml"]}) == open_


def test_hours_are_summed_by_kind_and_everybody_means_everybody() -> None:
    text = """activities:
  - date: 2026-04-01
    theme: 全校网络研修
    form: 网络课程
    mode: 线上
    provider: 示例网络研修机构
    hours: {kind: 网络研修, count: 6.5}
    participants: [全体]
  - date: 2026-05-01
    theme: 课例研磨
    kind: 应用研磨
    mode: 线下
    hours: {kind: 实践应用, count: 4}
    participants: [NUMBER]
    evidence: [签到表]
"""
    numbers = list(school_year().teachers)
    year = school_year({f"{SCHOOL}/{YEAR}/activities.yaml": text.replace("NUMBER", f'"{numbers[0]}"')})
    assert len(year.school.all(Activities, year=YEAR)) == 1
    hours = derived_hours(year)
    assert hours[numbers[0]] == (6.5, 4.0)
    assert {hours[number] for number in numbers[1:]} == {(6.5, 0.0)}


def test_a_school_whose_teachers_are_all_exempt_is_done() -> None:
    roster = (
        "teachers:\n  - number: 34990100010001\n    name: 周雨晴\n    subject: 语文\n    stage: 小学\n"
        "    exempt: {reason: 病假, approved_by: 林静}\n"
    )
    assert at({f"{SCHOOL}/{YEAR}/teachers.yaml": roster}).name == "已完成"

"""Every count in a paper is that of the records: a county is made up with its numbers, and the papers are asked."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import base
from tests.outcomes.test_indicators import COUNTY, SCHOOL, YEAR, programme_of
from tests.papers.said import fields, prose, sheets, tables
from tests.soak import examples
from wholeschool.programme import Programme

BRANCH = f"{COUNTY}/qingshan-xiaoxue"
SCHOOLS = {SCHOOL: "明远县文华小学", BRANCH: "明远县青山小学"}
CASE = base().files[f"submissions/{SCHOOL}/cases/xizuo-huping.md"].decode()
NAMES = "甲乙丙丁戊己庚"
REVIEWED = ("34990100010001", "34990100010002")


class Made(NamedTuple):
    """How many there are of what. Pairs are of the centre and of the branch that shares its plan."""

    groups: tuple[int, int]
    cases: tuple[int, int]
    older_cases: tuple[int, int]
    staff: tuple[int, int]
    exempt: tuple[int, int]
    choosing: tuple[int, int]
    trainers: list[tuple[str, str, str]]
    checked: list[tuple[str, str | None]]
    returned: int
    offered: int


def pairs(most: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, most), st.integers(0, most))


@st.composite
def counties(draw: st.DrawFn) -> Made:
    staff = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    exempt = tuple(draw(st.integers(0, number)) for number in staff)
    choosing = tuple(draw(st.integers(0, number)) for number in staff)
    serving = st.sampled_from(["", "joined later", "left before", "left within"])
    trainer = st.tuples(st.sampled_from(["专职", "兼职"]), st.sampled_from(["教研员", "电教装备人员"]), serving)
    level = st.sampled_from(["优秀", "合格", "不合格"])
    return Made(
        groups=draw(pairs(4)),
        cases=draw(pairs(3)),
        older_cases=draw(pairs(2)),
        staff=staff,
        exempt=exempt,  # type: ignore[arg-type]
        choosing=choosing,  # type: ignore[arg-type]
        trainers=draw(st.lists(trainer, min_size=1, max_size=6)),
        checked=draw(st.lists(st.tuples(level, st.none() | level), min_size=1, max_size=8)),
        returned=draw(st.integers(0, 3)),
        offered=draw(st.integers(1, 5)),
    )


def county_of(made: Made) -> Programme:
    files: dict[str, Any] = {}
    for place, school in enumerate(SCHOOLS):
        unit = yaml.safe_load(base().files[f"submissions/{school}/unit.yaml"].decode())
        files[f"{school}/unit.yaml"] = _texts(unit) | ({"center": "wenhua-xiaoxue"} if school == BRANCH else {})
        for number in range(made.groups[place]):
            group = {"name": f"第{number}组", "leader": "周雨晴", "theme": "用量规改进互评"}
            group["plan"] = [{"when": "4 月", "content": "集体备课"}]  # type: ignore[assignment]
            files[f"{school}/{YEAR}/groups/g{number}.yaml"] = group
        for number in range(made.cases[place]):
            files[f"{school}/cases/now-{number}.md"] = CASE
        for number in range(made.older_cases[place]):
            files[f"{school}/cases/then-{number}.md"] = CASE.replace("date: 2026", "date: 2025")
        files[f"{school}/{YEAR}/teachers.yaml"] = {
            "teachers": [_teacher(made, place, n) for n in range(made.staff[place])]
        }
    trainers = [
        {"name": f"样张{NAMES[number]}", "unit": "明远县教师进修学校", "employment": employment, "category": category}
        | {"joined later": {"from": "2027-01-01"}, "left before": {"until": "2025-12-31"},
           "left within": {"until": "2026-05-01"}, "": {}}[serving]
        for number, (employment, category, serving) in enumerate(made.trainers)
    ]  # fmt: skip
    files[f"{COUNTY}/teams/training.yaml"] = {"members": trainers}
    items = [
        {"school": SCHOOL, "teacher": REVIEWED[0], "microability": "A1", "school_level": given}
        | ({"recheck_level": found} if found else {})
        for given, found in made.checked
    ]
    check = {"date": "2026-06-25", "stage": "考核结果", "mode": "专家抽查", "checkers": ["高建国"], "items": items}
    files[f"{COUNTY}/{YEAR}/spot-checks/2026-06-25-yanshou.yaml"] = check
    decided = [
        {"decision": word, "date": f"2026-02-2{place + 1}"}
        | {"school": "wenhua-xiaoxue", "by": "沈月华", "opinion": "目标写成能检测的。"}
        for place, word in enumerate([*["退回修改"] * made.returned, "审核通过"])
    ]
    branches = [{"school": "qingshan-xiaoxue", "center": "wenhua-xiaoxue", "date": "2026-03-01", "by": "沈月华"}]
    files[f"{COUNTY}/{YEAR}/approvals/1.yaml"] = {"approvals": decided, "branches": branches}
    plan = base().files[f"submissions/{SCHOOL}/{YEAR}/plan.yaml"].decode()
    offered = ", ".join(["A1", "A5", "A11", "B9", "B10"][: made.offered])
    plan = plan.replace("offered: [A1, A5, A11, B9, B10]", f"offered: [{offered}]")
    texts = {path: value if isinstance(value, str) else _dumped(value) for path, value in files.items()}
    gone = (
        *(f"submissions/{SCHOOL}/{each}" for each in ("cases/xizuo-huping.md", f"{YEAR}/groups/quanxiao.yaml")),
        f"submissions/{COUNTY}/{YEAR}/certificates.csv",
    )
    return programme_of({**texts, f"{SCHOOL}/{YEAR}/plan.yaml": plan}, gone)


def _teacher(made: Made, place: int, number: int) -> dict[str, Any]:
    one: dict[str, Any] = {"number": f"349901000{place + 1}{number + 1:04}", "name": f"{NAMES[place]}{NAMES[number]}"}
    one |= {"subject": "语文", "stage": "小学"}
    if number < made.choosing[place]:
        one["choices"] = ["A1", "B9", "B10"]
    if number >= made.staff[place] - made.exempt[place]:
        one["exempt"] = {"reason": "病假", "approved_by": "林静"}
    return one


def _texts(value: dict[str, Any]) -> dict[str, Any]:
    """What PyYAML takes for numbers, as the texts that they are."""
    return {key: str(each) if type(each) is int else each for key, each in value.items()}


def _dumped(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True)


@pytest.mark.soak
@settings(max_examples=examples(20), deadline=None)
@given(counties())
def test_the_papers_count_what_the_records_hold(made: Made) -> None:
    programme = county_of(made)
    due = [staff - exempt for staff, exempt in zip(made.staff, made.exempt, strict=True)]
    # Those last on the roster are exempt, those first have chosen.
    chosen = [min(choosing, each) for choosing, each in zip(made.choosing, due, strict=True)]

    reported = {row["学校"]: row for row in tables(sheets(programme, "school-indicators", COUNTY)[0])[0]}
    filings = {row["学校"]: row for row in tables(sheets(programme, "plan-filings", COUNTY)[0])[0]}
    for place, (school, name) in enumerate(SCHOOLS.items()):
        row = reported[name]
        assert [row[each] for each in ("教研组", "应考", "选足学分", "案例课例")] == [
            made.groups[place], due[place], chosen[place], made.cases[place]
        ]  # fmt: skip
        assert len(sheets(programme, "group-plans", school)) == made.groups[place]
        assert filings[name]["审核次数"] == made.returned + 1
        for paper in ("inspectorate", "principal"):
            sheet = sheets(programme, paper, school)[0]
            assert [fields(sheet)[each] for each in ("在册教师", "应考教师")] == [made.staff[place], due[place]]
            done = {row["要求"]: row["落实情况"] for row in tables(sheet)[0]}
            assert done["报送案例和课例"] == f"{made.cases[place]} 篇"
            share = f"{chosen[place]} 人" + (f"（{chosen[place] * 100 / due[place]:.1f}%）" if due[place] else "")
            assert done["选学不少于 20 学分"] == share
        filed = sheets(programme, "cases", school)
        assert (len(tables(filed[0])[0]) if filed else 0) == made.cases[place]
        rows = tables(sheets(programme, "choices", school)[0])[0]
        assert [(row["项数"], row["学分"]) for row in rows] == [
            (3, 20) if number < made.choosing[place] else (0, 0) for number in range(made.staff[place])
        ]
    assert str(fields(sheets(programme, "plan-filing", SCHOOL)[0])["可选微能力"]).startswith(f"{made.offered} 项")
    assert f"学校 2 所，应考教师 {sum(due)} 人" in prose(sheets(programme, "outline-implementation", COUNTY)[0])

    serving = [each for each in made.trainers if not each[2]]
    team = sheets(programme, "training-team", COUNTY)
    assert bool(team) == bool(serving)
    if serving:
        counted, structure, people = tables(team[0])
        assert len(people) == len(serving)
        for row in counted:
            assert [row["人数"], row["专职"], row["兼职"]] == [
                len(serving), *(sum(each[0] == kind for each in serving) for kind in ("专职", "兼职"))
            ]  # fmt: skip
        for category in ("教研员", "电教装备人员"):
            found = [row["人数"] for row in structure if row["类别"] == category]
            wanted = sum(each[1] == category for each in serving)
            assert found == ([wanted] if wanted else [])
        selected = fields(sheets(programme, "selection", COUNTY)[0])
        assert [selected["团队人数"], selected["应考教师"]] == [len(serving), sum(due)]
        ratio = f"{len(serving) * 100 / sum(due):.2f}%" if sum(due) else None
        assert selected.get("培训者占教师") == ratio

    both = [each for each in made.checked if each[1]]
    same = sum(given == found for given, found in both)
    said = f"{same}/{len(both)}，{same * 100 / len(both):.1f}%" if both else "没有复核等级"
    check = sheets(programme, "spot-checks", COUNTY)[0]
    assert fields(check)["一致率"] == said
    assert len(tables(check)[0]) == len(made.checked)

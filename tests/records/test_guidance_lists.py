"""What the guidance fixes word for word: lists of choices, fields that must be there, the table of microabilities."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import combinations

import pytest

from tests.case_folders import base, judge
from wholeschool.records.kinds import kinds
from wholeschool.records.schema import load_schema
from wholeschool.records.terms import vocabulary_of
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.record_reference import fields
from wholeschool.sources import open_tree

DIMENSIONS = ("学情分析", "教学设计", "学法指导", "学业评价")
ENVIRONMENTS = ("多媒体教学环境", "混合学习环境", "智慧学习环境")
TRAINER_TASKS = ("培训设计", "过程管理", "研修指导", "考核评价")
EXPERT_TASKS = ("专题调研", "规划研制", "政策咨询", "业务指导", "绩效考评", "总结提升")
STAGES = ("幼儿园", "小学", "初中", "高中")

# Field: choices that must be there, in the guidance's own words. Where the list is closed, nothing else may be.
CLOSED = {
    "unit.level": ("省", "市", "县", "校"),
    "unit.environments": ENVIRONMENTS,
    "microabilities.microabilities.environment": ENVIRONMENTS,
    "microabilities.microabilities.dimension": DIMENSIONS,
    "team.members.duty": ("负责人", "联络人"),
    "team.members.employment": ("专职", "兼职"),
    "team.members.category": ("学科骨干教师", "校园长", "教研员", "电教装备人员", "教师培训机构人员"),
    "team.members.selection": ("素质好", "教学优", "懂技术", "会应用", "善指导"),
    "team.members.trained.level": ("国家", "省", "市", "县"),
    "appraisal.members.tasks.task": TRAINER_TASKS,
    "activities.activities.kind": ("互助研讨", "应用研磨", "生成与展示"),
    "activities.activities.link": ("骨干指导", "教研组研讨", "学校交流"),
    "activities.activities.channel": ("智慧课堂", "网络学习空间", "教师工作坊", "研修社区"),
    "activities.activities.mode": ("线上", "线下", "混合"),
    "activities.activities.hours.kind": ("网络研修", "实践应用"),
    "resources.resources.source": ("遴选培训机构课程", "整合一线优秀实践案例", "推荐国家慕课", "自主研发"),
    "spot-check.stage": ("考核过程", "考核结果"),
    "spot-check.mode": ("专家抽查", "第三方评估"),
    "review.panel.mode": ("校内外结合", "委托县级培训团队"),
    "result-uses.uses.type": ("制度建设", "评优考核", "成果展示"),
    "case.type": ("整校推进工作案例", "信息技术应用课例"),
    "nominations.nominations.category": ("一线骨干教师", "中小学校园长", "培训指导者"),
    "filings.filings.form": ("电子版", "纸质件"),
    "filings.filings.paper": ("管理团队及工程办人员信息表", "培训团队建立情况", "省级培训团队人员推荐表"),
    "appraisal.members.conclusion": ("续聘", "调整", "退出"),
}
OPEN = {
    "unit.type": ("幼儿园", "小学", "初中", "高中", "中职"),
    "teachers.teachers.stage": (*STAGES, "中职"),
    "team.members.role": ("校长", "业务副校长", "教导主任", "信息技术骨干教师"),
    "team.members.institution": ("教师培训机构", "教科研", "装备电教"),
    "work-log.entries.task": (*EXPERT_TASKS, *TRAINER_TASKS, "协调统筹", "督查评估"),
    "work-log.entries.team": ("工程办", "管理团队", "培训团队", "专家团队"),
    "training.batches.audience": ("学校管理团队", "培训团队", "教师"),
    "training.batches.focus": (
        "信息化领导力",
        "规划方案",
        "组织教研",
        "指导校本研修与校本应用考核",
        "培训设计、管理与评价",
    ),
    "pilots.pilots.support.type": ("管理团队培训", "教师培训", "校本研修支持", "校本应用考核指导", "总结经验指导"),
    "activities.activities.form": ("教学案例研讨", "课堂实录分析"),
    "inspections.inspections.kind": ("验收", "检查", "抽检"),
    "documents.documents.kind": (
        "实施规划",
        "政策措施",
        "实施方案",
        "校本应用考核实施细则",
        "团队建设与管理办法",
        "团队管理与使用办法",
        "推动应用的制度",
        "激励制度",
        "工作管理机制",
        "实施工作手册",
    ),
    "review.results.level": ("合格", "不合格"),
}
REQUIRED = (
    "plan.development",
    "plan.environments",
    "plan.needs",
    "plan.goals",
    "plan.themes",
    "plan.training",
    "plan.guided_by",
    "plan.guided_by.team",
    "plan.goals.baseline",
    "plan.goals.target",
    "plan.goals.measure",
    "plan.goals.deadline",
    "plan.goals.person",
    "process-data.events.source",
    "process-data.events.date",
    "group.plan",
    "group.subject_plan.subject",
    "group.consultation.points",
    "review.standard",
    "rubrics.source",
    "resources.resources.source",
    "resources.resources.licence",
    "evidence.submissions.original",
    "evidence.submissions.students",
    "filings.filings.date",
    "nominations.nominations.name",
    "nominations.nominations.unit",
    "nominations.nominations.category",
    "nominations.nominations.position",
    "nominations.nominations.expertise",
    "certificates.certificates.issuer",
)


def choices(name: str) -> tuple[str, ...]:
    """The choices of a field, or of what a list holds."""
    kind, _, path = name.partition(".")
    terms = vocabulary_of(open_tree(REPOSITORY)).of(None)
    said = fields(kind, terms)[path].schema
    if said.get("type") == "array":
        said = kinds(terms)[kind].schema.resolve(said["items"])
    return tuple(said["enum"])


@pytest.mark.parametrize("name", [*CLOSED, *OPEN])
def test_choices_are_those_of_the_guidance(name: str) -> None:
    if name in CLOSED:
        assert sorted(choices(name)) == sorted(CLOSED[name])
    else:
        assert set(OPEN[name]) <= set(choices(name))


@pytest.mark.parametrize("name", REQUIRED)
def test_what_the_guidance_demands_is_required(name: str) -> None:
    kind, _, path = name.partition(".")
    assert fields(kind)[path].required


def table() -> dict[str, dict[str, str]]:
    """The shipped table of microabilities by code."""
    text = (REPOSITORY / "submissions/guidance/anhui-2.0/microabilities.csv").read_text("utf-8")
    return {row["code"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_table_of_microabilities() -> None:
    rows = table()
    codes = [*(f"A{n}" for n in range(1, 14)), *(f"B{n}" for n in range(1, 11)), *(f"C{n}" for n in range(1, 8))]
    assert list(rows) == codes
    credits: Counter[str] = Counter()
    for code, row in rows.items():
        credits[code[0]] += int(row["credits"])
        credits[row["dimension"]] += int(row["credits"])
        assert row["environment"] == ENVIRONMENTS["ABC".index(code[0])]
    assert [credits[key] for key in "ABC"] == [69, 63, 62]
    assert [credits[key] for key in DIMENSIONS] == [9, 38, 90, 57]
    assert Counter(row["dimension"] for row in rows.values()) == dict(zip(DIMENSIONS, (2, 7, 14, 7), strict=True))
    assert rows["A5"]["name"] == "技术支持的课堂导入"
    assert rows["C7"]["name"] == "创建数据分析微模型"


def test_which_combinations_reach_twenty_credits() -> None:
    credits = {code: int(row["credits"]) for code, row in table().items()}

    def enough(size: int) -> list[tuple[str, ...]]:
        return [some for some in combinations(credits, size) if sum(map(credits.__getitem__, some)) >= 20]

    assert enough(1) == []
    assert enough(2) == [("C6", "C7")]
    assert len(enough(3)) == 1922
    assert sum(sorted(credits.values())[:5]) >= 20


def test_people_say_that_they_have_time() -> None:
    team = {"members": [{"name": "沈月华", "committed": True}]}
    assert load_schema("team").accepts(team)
    nomination = {
        "name": "沈月华",
        "category": "一线骨干教师",
        "unit": "明远县文华小学",
        "position": "教师",
        "expertise": "智慧课堂",
        "committed": True,
    }
    assert load_schema("nominations").accepts({"nominations": [nomination]})


COUNTY = "submissions/anhui/shili/mingyuan/teams"


def member(name: str) -> str:
    """A member of a county's training team, with everything that a county's must say."""
    training = "{level: 市, name: 市级研修班, date: 2025-11-20}"
    said = f"name: {name}, unit: 明远县教育局教研室, position: 教研员, category: 教研员, employment: 兼职"
    return f"  - {{{said}, trained: [{training}]}}\n"


def test_one_person_may_sit_on_several_teams() -> None:
    same = "members:\n  - {name: 高建国, duty: [负责人, 联络人], unit: 明远县教师进修学校, position: 教师}\n"
    office = f"lead_department: 明远县教育局教师工作股\nhost_institution: 明远县教师进修学校\n{same}"
    tree = base().having({f"{COUNTY}/management.yaml": same.encode(), f"{COUNTY}/office.yaml": office.encode()})
    assert judge(tree) == judge(base())


@pytest.mark.parametrize("size", [1, 2, 6, 40])
def test_county_teams_may_be_of_any_size(size: int) -> None:
    names = ["高建国", "沈月华", *(f"甲{chr(0x4E00 + number)}" for number in range(size))][: max(size, 2)]
    training = "members:\n" + "".join(map(member, names))
    head = "  - {name: 高建国, duty: [负责人, 联络人], unit: 明远县教师进修学校, position: 教师}\n"
    management = "members:\n" + head + "".join(map(member, names[1:size]))
    files = {f"{COUNTY}/training.yaml": training.encode(), f"{COUNTY}/management.yaml": management.encode()}
    assert [each for each in judge(base().having(files)) if each.code.startswith("TEAM-")] == []

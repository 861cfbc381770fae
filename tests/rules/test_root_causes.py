"""One mistake in the example programme is one finding, at its cause; two mistakes are two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pytest

from wholeschool.findings import Finding
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.records.kinds import kinds
from wholeschool.rules import all_rules, check
from wholeschool.rules.registry import rules_in
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.sources import MemoryTree, open_tree

CITY = "submissions/anhui/shili"
COUNTY = f"{CITY}/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ROSTER = f"{SCHOOL}/2026/teachers.yaml"
SESSION = f"{SCHOOL}/2026/reviews/2026-09-15.yaml"
ACCEPTANCE = f"{COUNTY}/2026/acceptance/"
APPROVALS = f"{COUNTY}/2026/approvals/"
TABLE = "submissions/guidance/anhui-2.0/microabilities.csv"
CHECK = f"{COUNTY}/2026/spot-checks/2026-09-28-wenhua-xiaoxue.yaml"
TEAM = f"{SCHOOL}/teams/management.yaml"
DAY = "2026-11-28"


class Mistake(NamedTuple):
    """What somebody does wrong: in a file, a pattern (its first match) becomes other words; or files are gone."""

    name: str
    code: str
    path: str
    pattern: str = ""
    words: str = ""
    severity: str = "error"

    def __repr__(self) -> str:
        return self.name.replace(" ", "-")


_ROW = r"(?s)(  - number: \"34990100010008\"\n.*?)"
MISTAKES = [
    Mistake("approval after the reviews", "PLAN-APPROVED", f"{APPROVALS}2026-03-30.yaml",
            r"(school: wenhua-xiaoxue\n    decision: 审核通过\n    date: )\S+", r"\g<1>2026-12-01"),
    Mistake("approval of a centre withdrawn", "PLAN-APPROVED", f"{APPROVALS}2026-03-30.yaml",
            r"(school: hewan-zhongxin-xiaoxue\n    decision: )审核通过", r"\1退回修改"),
    Mistake("no approvals at all", "PLAN-APPROVED", APPROVALS),
    Mistake("plan gone", "APPROVAL-SCHOOL", f"{SCHOOL}/2026/plan.yaml"),
    Mistake("review before approval", "PLAN-APPROVED", SESSION, "date: 2026-09-15", "date: 2026-03-01"),
    Mistake("recognition without acceptance", "RECOGNISE-ACCEPTED", f"{ACCEPTANCE}2026-10-20.yaml",
            r"(wenhua-xiaoxue\n    conclusion: )验收合格(\n    date: 2026-10-20)", r"\1限期整改\2"),
    Mistake("recognition before acceptance", "RECOGNISE-ACCEPTED", f"{ACCEPTANCE}2026-10-20.yaml",
            r"(?s)(date: 2026-10-20\n.*?recognition:\n      date: )\S+", r"\g<1>2026-09-01"),
    Mistake("recognition after the certificates", "CERT-PASSED", f"{ACCEPTANCE}2026-10-19.yaml",
            r"(?s)(date: 2026-10-19\n.*?recognition:\n      date: )\S+", r"\g<1>2026-11-24"),
    Mistake("recognition missing", "CERT-PASSED", f"{ACCEPTANCE}2026-10-20.yaml",
            r"(?s)(date: 2026-10-20\n.*?)    recognition:\n      date: \S+\n      document: \S+\n", r"\1"),
    Mistake("no acceptance at all", "CERT-PASSED", ACCEPTANCE),
    Mistake("accepted by the school's own", "ACCEPT-BY", f"{ACCEPTANCE}2026-09-28.yaml",
            r"(wenhua-xiaoxue\n.*\n.*\n.*\n    by: \[)林小岚", r"\1徐巧晴"),
    Mistake("no spot check", "ACCEPT-CHECKED", f"{COUNTY}/2026/spot-checks/2026-09-24-liushu-xiaoxue.yaml"),
    Mistake("spot check of somebody else", "CHECK-TARGET", CHECK, "34990100010008", "34990100010099"),
    Mistake("spot check quotes another level", "CHECK-LEVEL", CHECK,
            r"school_level: 合格\n    recheck_level: 合格", "school_level: 优秀\n    recheck_level: 优秀"),
    Mistake("a team of two", "TEAM-SIZE", TEAM, r"(?s)  - name: 崔安婕.*?(?=  - name: 吴冬芳)(.*?\n\n).*", r"\1"),
    Mistake("management team gone", "TEAM-MISSING", TEAM),
    Mistake("another principal", "TEAM-HEAD", f"{SCHOOL}/unit.yaml", "徐巧晴", "徐巧晴晴"),
    Mistake("training team gone", "FILING-TEAMS", f"{COUNTY}/teams/training.yaml"),
    Mistake("credits short", "CHOICE-CREDITS", ROSTER, _ROW + r"choices: \[A6, A7, A11, A12\]", r"\1choices: [A6, A7]"),
    Mistake("choice changed later", "CONSULT-POINTS", ROSTER, _ROW + "A12", r"\1A13"),
    Mistake("choice unknown", "CHOICE-KNOWN", ROSTER, _ROW + "A12", r"\1D9"),
    Mistake("choice twice", "CHOICE-ONCE", ROSTER, _ROW + "A12", r"\1A6"),
    Mistake("no choice", "CHOICE-CREDITS", ROSTER, _ROW + r"    choices: .*?\n", r"\1"),
    Mistake("teacher left out", "ROSTER-WHOLE", ROSTER, _ROW + r"\n\n(?=  - number)", ""),
    Mistake("number mistyped", "CONSULT-POINTS", ROSTER, "34990100010008", "34990100010808"),
    Mistake("reviewed and exempt", "RESULT-CHOSEN", ROSTER, _ROW + r"\n\n(?=  - number)",
            "\\1\n    exempt:\n      reason: 产假\n      approved_by: 徐巧晴\n\n"),
    Mistake("exempt without approver", "EXEMPT-REASON", ROSTER, _ROW + r"\n\n(?=  - number)",
            "\\1\n    exempt:\n      reason: 产假\n\n"),
    Mistake("declared late", "DECLARED-FIRST", ROSTER, _ROW + r"declared: \S+", r"\1declared: 2026-11-01"),
    Mistake("hours mistyped", "HOURS-DERIVED", ROSTER, _ROW + r"online: \d+", r"\1online: 10"),
    Mistake("roster gone", "RESULT-CHOSEN", ROSTER),
    Mistake("reviews gone", "ACCEPT-REVIEWED", f"{SCHOOL}/2026/reviews/"),
    Mistake("groups gone", "CONSULT-FIRST", f"{SCHOOL}/2026/groups/"),
    Mistake("consultation late", "CONSULT-FIRST", f"{SCHOOL}/2026/groups/yuwen.yaml",
            r"(consultation:\n  date: )\S+", r"\g<1>2026-10-30"),
    Mistake("activity left out", "HOURS-DERIVED", f"{SCHOOL}/2026/activities.yaml",
            r"(?s)  - date: 2026-04-29\n.*?\n\n", ""),
    Mistake("provider renamed", "ACTIVITY-PROVIDER", f"{COUNTY}/providers.yaml", "示例师范学院", "示例师院"),
    Mistake("no providers", "RECOGNISE-PROVIDER", f"{COUNTY}/providers.yaml"),
    Mistake("offered less than was chosen", "CHOICE-OFFERED", f"{SCHOOL}/2026/plan.yaml",
            r"(offered: \[.*?)A6, ", r"\1"),
    Mistake("another type of school", "STAGE-SCHOOL", f"{SCHOOL}/unit.yaml", "type: 小学", "type: 高中",
            "warning"),
    Mistake("environment taken away", "PLAN-ENVIRONMENT", f"{SCHOOL}/unit.yaml", ", 混合学习环境", ""),
    Mistake("centre misspelt", "UNIT-CENTER", f"{COUNTY}/liushu-xiaoxue/unit.yaml", "hewan-zhongxin-xiaoxue", "hewan"),
    Mistake("centre not confirmed", "PLAN-APPROVED", f"{APPROVALS}2026-03-05.yaml",
            r"  - school: liushu-xiaoxue\n    center: \S+\n    date: \S+\n    by: \S+\n+", ""),
    Mistake("panel member from nowhere", "PANEL-MIXED", SESSION, "张长平", "章常平"),
    Mistake("a trainer of the school called an outsider", "PANEL-OWN", SESSION,
            r"张长平\n      from: 校外\n      unit: \S+", "吴冬芳\n      from: 校外\n      unit: 明远县文华小学"),
    Mistake("more credits in the table", "TABLE-ISSUED", TABLE, "(A6,.*,)5", r"\g<1>6"),
    Mistake("fewer credits in the table", "TABLE-ISSUED", TABLE, "(A6,.*,)5", r"\g<1>4"),
    Mistake("another name in the table", "CERT-CONTENT", TABLE, "技术支持的课堂讲授", "技术支持的课堂讲解"),
    Mistake("another environment in the table", "TABLE-ISSUED", TABLE, "(A6,.*,)多媒体教学环境", r"\1智慧学习环境"),
    Mistake("row missing from the table", "RUBRIC-COMPLETE", TABLE, "A6,.*\n", ""),
    Mistake("another authority", "CERT-CONTENT", f"{COUNTY}/unit.yaml", "明远县教育局", "明远县教育体育局"),
    Mistake("another code of the county", "UNIT-REGION", f"{COUNTY}/unit.yaml", "349901", "349908"),
    Mistake("another code of a school", "CERT-PASSED", f"{SCHOOL}/unit.yaml", "3499010001", "3499010091"),
    Mistake("inspection next year", "DATE-FUTURE", "submissions/anhui/2026/inspections.yaml",
            r"date: \S+", "date: 2027-07-20"),
]  # fmt: skip


@cache
def _example() -> Mapping[str, bytes]:
    tree = open_tree(REPOSITORY)
    return {entry.path: tree.read(entry.path) for entry in tree.entries("submissions/")}


@cache
def _once() -> Cache:
    return Cache(None)


def _found(files: Mapping[str, bytes]) -> list[Finding]:
    loaded = load(MemoryTree(dict(files), frozenset()), cache=_once())
    return sorted([*loaded.findings, *check(assemble(loaded, DAY))])


@cache
def _before() -> set[tuple[str, str, str]]:
    return {(each.code, each.path, each.message) for each in _found(_example())}


def _made(*mistakes: Mistake) -> list[Finding]:
    """What is found after the mistakes and was not before."""
    files = dict(_example())
    for each in mistakes:
        if each.pattern:
            text, count = re.subn(each.pattern, each.words, files[each.path].decode(), count=1)
            assert count == 1, each
            assert text.encode() != files[each.path], each
            files[each.path] = text.encode()
        else:
            gone = {
                path for path in files if path == each.path or (each.path[-1] == "/" and path.startswith(each.path))
            }
            assert gone, each
            files = {path: data for path, data in files.items() if path not in gone}
    return [each for each in _found(files) if (each.code, each.path, each.message) not in _before()]


@pytest.mark.parametrize("mistake", MISTAKES, ids=repr)
def test_one_mistake_is_one_finding_at_its_cause(mistake: Mistake) -> None:
    assert [(each.code, each.severity) for each in _made(mistake)] == [(mistake.code, mistake.severity)]


def test_independent_mistakes_are_told_beside_each_other() -> None:
    by_name = {each.name: each for each in MISTAKES}
    names = ("a team of two", "credits short", "declared late", "provider renamed", "another authority")
    # Two about one teacher in different matters; one about the school, and two about the county.
    mistakes = [by_name[name] for name in names]
    assert sorted(each.code for each in _made(*mistakes)) == sorted(each.code for each in mistakes)


def test_what_a_rule_presupposes_is_a_rule_or_a_kind_of_record() -> None:
    rules = {**all_rules(), **rules_in("wholeschool.changes")}
    for each in rules.values():
        assert {*each.presupposes} <= rules.keys() | kinds().keys(), each.code
        # A warning hides no error, so an error that presupposes one would wait for it in vain.
        heavy = [rules[code].severity for code in each.presupposes if code in rules]
        assert each.severity == "warning" or set(heavy) <= {"error"}, each.code

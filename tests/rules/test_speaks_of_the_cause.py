"""A finding speaks of what is wrong, where it is wrong: not of what the mistake makes look wrong."""

from __future__ import annotations

import re

import pytest

from tests.case_folders import CASES, CaseFolder, judge
from tests.rules.single_mistakes import example, new

CITY = "submissions/anhui/shili"
COUNTY = f"{CITY}/mingyuan"
TABLE = "submissions/guidance/anhui-2.0/microabilities.csv"
POLICY = "submissions/guidance/anhui-2.0/policy.yaml"
PROGRAMME = "submissions/programme.yaml"
CHECK = f"{COUNTY}/2026/spot-checks/2026-09-24-liushu-xiaoxue.yaml"


@pytest.mark.parametrize(
    ("path", "pattern", "words", "code", "where", "says"),
    [
        (TABLE, "A6,.*\n", "", "RUBRIC-COMPLETE", TABLE, "都写到“A6”，微能力表里没有"),
        (TABLE, "C7,", "D7,", "RUBRIC-COMPLETE", TABLE, "都写到“C7”，微能力表里没有；“D7”在考核规范里没有"),
        ("submissions/guidance/anhui-2.0/rubrics.yaml", "microability: C7", "microability: D7", "RUBRIC-COMPLETE",
         "submissions/guidance/anhui-2.0/rubrics.yaml", "没有“D7”这项微能力，又没有写“C7”"),
        (f"{COUNTY}/unit.yaml", "明远县教育局", "明远县教育体育局", "CERT-CONTENT", f"{COUNTY}/unit.yaml",
         "单位信息里写的签发机关是“明远县教育体育局”"),
        (CHECK, "date: 2026-09-24", "date: 2026-11-20", "ACCEPT-CHECKED", f"{COUNTY}/2026/acceptance/2026-09-24.yaml",
         "早于第一次抽查考核结果的日期 2026-11-20"),
        (CHECK, "    recheck_level: \\S+\n", "", "ACCEPT-CHECKED", f"{COUNTY}/2026/acceptance/2026-09-24.yaml",
         "抽查没有写复核评定"),
        (f"{COUNTY}/2026/projects.yaml", "    submitted: 2026-03-09\n", "", "PROJECT-DECISION",
         f"{CITY}/2026/project-decisions.yaml", "还没有写报送日期"),
        (f"{COUNTY}/2026/projects.yaml", "submitted: 2026-03-09", "submitted: 2026-05-09", "PROJECT-DECISION",
         f"{CITY}/2026/project-decisions.yaml", "早于县区报送的日期 2026-05-09"),
        (POLICY, "\n  credits: 20", "\n  credits: 40", "CHOICE-CREDITS", POLICY, "这里要的是 credits 40"),
        (PROGRAMME, "- year: 2026", "- year: 2028", "ROUND-KNOWN", PROGRAMME, "这里没有这一轮"),
        (PROGRAMME, "ends: 2026-12-31", "ends: 2026-06-30", "DATE-ROUND", PROGRAMME, "2026-06-30 就结束了"),
    ],
)  # fmt: skip
def test_it_is_told_where_it_is(path: str, pattern: str, words: str, code: str, where: str, says: str) -> None:
    files = dict(example())
    text, count = re.subn(pattern, words, files[path].decode())
    assert count
    files[path] = text.encode()
    told = new(files)
    errors = [each for each in told if each.severity == "error"] or told[:1]
    assert [(each.code, each.path) for each in errors if says in each.message] == [(code, where)], told
    assert len(errors) == 1, errors


def test_a_teacher_of_another_school_is_told_with_the_school() -> None:
    case = CaseFolder(CASES / "APPEAL-RESULT/rejected-teacher-of-another-school")
    [told] = [each for each in judge(case.tree) if each.code == "APPEAL-RESULT"]
    assert "不在明远县青山小学的名册里，在明远县文华小学" in told.message
    assert "school 写 wenhua-xiaoxue" in (told.hint or "")


def test_a_renamed_folder_is_one_finding_at_the_folder() -> None:
    before = f"{COUNTY}/diyi-zhongxue/"
    files = {path.replace(before, f"{COUNTY}/diyi-zhongxuex/"): data for path, data in example().items()}
    told = new(files)
    assert [(each.code, each.path) for each in told] == [("UNIT-MOVED", f"{COUNTY}/diyi-zhongxuex/unit.yaml")]
    assert "这里的文件夹叫 diyi-zhongxuex" in told[0].message

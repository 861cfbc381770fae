"""Whom the handbook sends a teacher to when choosing, the rules take as an adviser; and nobody else."""

from __future__ import annotations

import pytest

from tests.case_folders import base, judge
from wholeschool.records.schema import load_schema
from wholeschool.rules import all_rules
from wholeschool.shipped import HOME as REPOSITORY

SCHOOL = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
ROSTER = f"{SCHOOL}/2026/teachers.yaml"
LINE = b"    name: \xe5\x91\xa8\xe9\x9b\xa8\xe6\x99\xb4\n"
# Of the base programme, by what the handbook calls them.
ADVISERS = {"校长": "林静", "管理团队": "许文博", "教研组长": "周雨晴", "培训团队": "高建国"}


def _found(adviser: str) -> list[str]:
    roster = base().files[ROSTER]
    assert roster.count(LINE) == 1
    alone = roster.replace("    adviser: 许文博\n".encode(), b"")
    changed = alone.replace(LINE, LINE + f"    adviser: {adviser}\n".encode())
    return [each.code for each in judge(base().having({ROSTER: changed}))]


@pytest.mark.parametrize("who", ADVISERS)
def test_an_adviser_of_the_handbook_is_one(who: str) -> None:
    assert "ADVISER-MEMBER" not in _found(ADVISERS[who])


def test_somebody_else_is_none() -> None:
    assert "ADVISER-MEMBER" in _found("罗文清")


def test_the_pages_name_the_same_people() -> None:
    handbook = REPOSITORY / "docs/handbook"
    (row,) = [line for line in (handbook / "teachers.md").read_text("utf-8").splitlines() if "**3**" in line]
    assert "学校管理团队、教研组长" in row
    (mistake,) = [
        line for line in (handbook / "steps.md").read_text("utf-8").splitlines() if "`ADVISER-MEMBER`" in line
    ]
    described = load_schema("teachers").field(("teachers", 0, "adviser"))["description"]
    for who in ADVISERS:
        for told in (mistake, described, all_rules()["ADVISER-MEMBER"].sentence):
            assert who in told.replace("校（园）长", "校长"), (who, told)

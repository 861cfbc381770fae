"""What the handbook must say because nothing else carries it."""

from __future__ import annotations

import re

import pytest

from wholeschool.rules.reference import entries
from wholeschool.site.build import REPOSITORY

ANNEX_3 = "序号、团队、市县、姓名、单位、职务、办公电话、手机号码、电子邮箱、备注"
ANNEX_4 = (
    "姓名、单位、推荐类别、职务、出生年月、政治面貌、学历、职称、联系电话、任教学段、任教学科、QQ、"
    "专长领域、表彰奖励情况"
)


def section(page: str, anchor: str) -> str:
    """A section's text, up to the next heading."""
    words = (REPOSITORY / "docs/handbook" / page).read_text("utf-8")
    _, _, rest = words.partition(f"{{ #{anchor} }}")
    assert rest, (page, anchor)
    return re.split(r"^#", rest, maxsplit=1, flags=re.MULTILINE)[0]


def test_the_five_principles() -> None:
    words = section("programme.md", "principles")
    for principle in ("试点先行", "打造样板", "创新应用", "整校推进", "全员参与"):
        assert principle in words


def test_the_aims_of_study() -> None:
    words = section("schools.md", "own")
    for aim in ("自主管理", "自主规划", "自主研修", "应用实效", "重难点", "学生不同的发展", "教学办出新意"):
        assert aim in words


def test_the_columns_of_annex_3() -> None:
    words = section("teams.md", "annex3")
    assert ANNEX_3 in words
    for end in ("填报单位", "填报人", "联系方式", "填报时间", "Excel"):
        assert end in words


def test_annex_4() -> None:
    words = section("teams.md", "annex4")
    assert ANNEX_4 in words
    for rule in ("推荐单位", "三选一", "跨页"):
        assert rule in words


@pytest.mark.parametrize("date", ["12月1日", "12月5日", "12月15日", "12月20日"])
def test_the_four_dates(date: str) -> None:
    assert date in section("teams.md", "deadlines")


def test_excerpts_are_what_the_example_says() -> None:
    found = re.findall(r"```yaml\n# (\S+)\n(.*?)```", (REPOSITORY / "docs/handbook/year.md").read_text("utf-8"), re.S)
    assert len(found) > 5
    for path, excerpt in found:
        record = (REPOSITORY / "submissions" / path).read_text("utf-8").splitlines()
        place = 0
        for line in excerpt.splitlines():
            assert line in record[place:], (path, line)
            place = record.index(line, place) + 1


def test_every_rule_that_comes_from_the_guidance_is_explained_where_it_is_broken() -> None:
    pages = "".join(path.read_text("utf-8") for path in (REPOSITORY / "docs/handbook").glob("*.md"))
    unnamed = [
        entry.code
        for entry in entries().values()
        if "指导意见" in entry.speakers and f"](../rules/{entry.code}.md)" not in pages
    ]
    assert unnamed == []

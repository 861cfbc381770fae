"""What the handbook must say because nothing else carries it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.site.mutating import Mutated, example
from wholeschool.outcomes.example import NUMBERS, told
from wholeschool.papers.handbook import handbook
from wholeschool.programme import Programme, assemble
from wholeschool.rules.reference import entries, shipped_rulebook
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.mutations import Mutation

STAFF_LIST = "序号、团队、市县、姓名、单位、职务、办公电话、手机号码、电子邮箱、备注"
NOMINATION_FORM = (
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
    assert STAFF_LIST in words
    for end in ("填报单位", "填报人", "联系方式", "填报时间", "Excel"):
        assert end in words


def test_annex_4() -> None:
    words = section("teams.md", "annex4")
    assert NOMINATION_FORM in words
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
        for entry in entries(shipped_rulebook()).values()
        if "指导意见" in entry.speakers and f"](../rules/{entry.code}.md)" not in pages
    ]
    assert unnamed == []


_SCHOOL = "shili/mingyuan/wenhua-xiaoxue"
# A number of something, in figures; days and the numbers of documents are none.
_COUNTED = re.compile(r"(?<![0-9./+—–-])([0-9]+)(<!-- =[^>]+ -->)? ?(人|位|项|所|学时|学分|门|条|篇|次|份|种|张|节)")


@cache
def _programme() -> Programme:
    return assemble(example())


def _pages() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in (REPOSITORY / "docs/handbook").glob("*.md")}


@cache
def _records() -> str:
    """All words of the example, without spaces."""
    files = (REPOSITORY / "submissions/anhui").rglob("*.*")
    return "".join("".join(path.read_text("utf-8").split()) for path in files if path.suffix in (".yaml", ".md"))


def test_numbers_about_the_example_are_what_its_records_say() -> None:
    """Whoever reads the pages where they are kept sees the same as on the site."""
    pages = _pages()
    marked = {name for text in pages.values() for name in re.findall(r"<!-- =([^ >]+) -->", text)}
    assert marked == NUMBERS.keys()
    for name, text in pages.items():
        assert told(text, _programme()) == told(text, None), name
        assert "<!-- =" not in told(text, None)


@pytest.mark.parametrize(
    ("change", "page", "said"),
    [
        (Mutation(f"{_SCHOOL}/2026/groups/shuxue.yaml", breaks="一个教研组没有了"), "duties", "三个教研组各一份计划"),
        (Mutation(f"{_SCHOOL}/2026/survey.yaml", "answered", to="21", breaks="少答了"), "year", "答了 21 人"),
        (
            Mutation(f"{_SCHOOL}/2026/teachers.yaml", "teachers[34990100010019].exempt", breaks="一位不免考了"),
            "duties",
            "27 位应考，23 位合格",
        ),
        (
            Mutation("shili/mingyuan/teams/training.yaml", "members[14].until", to="2026-11-01", breaks="一位离任"),
            "duties",
            "培训团队现在 13 人里",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_they_follow_the_records(change: Mutation, page: str, said: str) -> None:
    text = _pages()[page]
    assert said in told(text, Mutated(change).programme)
    assert said not in told(text, None)


def test_where_the_example_is_not_its_numbers_stay() -> None:
    text = _pages()["duties"]
    bare = assemble(example()._replace(records=[each for each in example().records if not each.unit]))
    assert told(text, bare) == told(text, None)


def test_a_number_about_the_example_is_computed_or_a_record_s_own_words() -> None:
    pages = _pages()
    texts = {
        "duties": "\n".join(re.findall(r"样例：(.*?)</small>", pages["duties"])),
        "year": re.sub(r"```yaml.*?```", "", pages["year"], flags=re.S),
        "teachers": section("teachers.md", "example"),
    }
    for page, text in texts.items():
        typed = [f"{number}{counter}" for number, mark, counter in _COUNTED.findall(text) if not mark]
        assert [each for each in typed if each not in _records()] == [], page


def test_the_handbook_s_pdf_computes_them_too() -> None:
    change = Mutation(f"{_SCHOOL}/2026/survey.yaml", "answered", to="21", breaks="少答了")
    body = handbook(Mutated(change).programme).body
    assert "答了 21 人" in body
    assert "<!-- =" not in body
    assert "答了 27 人" in handbook().body

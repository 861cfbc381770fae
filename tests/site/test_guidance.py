"""The guidance sentence by sentence: each a requirement, each requirement in the handbook under its clause."""

from __future__ import annotations

import csv
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from wholeschool.outcomes.indicators import all_indicators
from wholeschool.papers.outgoing.paper import papers
from wholeschool.programme.rulebook import PAGES, PAPERS
from wholeschool.records.hygiene import LARGEST_ATTACHMENT
from wholeschool.records.structs import Standard
from wholeschool.rules.reference import shipped_rulebook
from wholeschool.rules.wording import SHORTEST_SUGGESTION
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.citations import cited, numbers_cited
from wholeschool.site.home import _spoken
from wholeschool.site.traceability import Requirement, sections

BOOK = shipped_rulebook()
REQUIREMENTS = {each.id: each for section in sections() for each in section.requirements}
CLAUSES = {each.clause for each in BOOK.clauses}
# A section of the guidance may be cited as a whole.
OUTLINE = CLAUSES | {re.sub(r"[1-9]$", "", clause) for clause in CLAUSES} | {"附件2"}
# The tables: their words are joined, and end in nothing.
_TITLES = 22


def test_every_sentence_is_a_requirement_or_a_heading() -> None:
    for each in BOOK.clauses:
        assert set(each.requirements) <= REQUIREMENTS.keys()
        assert each.requirements or len(each.words) <= _TITLES, each.words


@pytest.mark.parametrize("each", REQUIREMENTS.values(), ids=lambda each: each.id)
def test_every_requirement_is_said_by_a_sentence_of_its_clause(each: Requirement) -> None:
    assert each.clause in {sentence.clause for sentence in BOOK.clauses if each.id in sentence.requirements}


@pytest.mark.parametrize("each", REQUIREMENTS.values(), ids=lambda each: each.id)
def test_the_handbook_has_a_place_for_it_and_cites_its_clause_there(each: Requirement) -> None:
    assert any(f"<cite>{each.clause}</cite>" in _section(name) for name in each.handbook), each.sentence


def _section(name: str) -> str:
    """The text of a hand-written page's section with those below it, or of the whole page."""
    path, _, anchor = name.partition("#")
    words = (REPOSITORY / "docs" / path).read_text("utf-8")
    if not anchor:
        return words
    found = re.search(rf"^(#+) [^\n]*\{{ #{anchor} \}}\n", words, re.MULTILINE)
    assert found is not None, name
    rest = words[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


_TABLE = "submissions/guidance/anhui-2.0/microabilities.csv"


def test_the_sentences_are_the_whole_guidance() -> None:
    """Second opinions: the table of microabilities, the ends of paragraphs, the numbers of clauses without a gap."""
    with (REPOSITORY / _TABLE).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (table,) = [each.words for each in BOOK.clauses if "A1、" in each.words]
    for row in rows:
        values = list(row.values())
        assert all(value in table for value in values), row
    numbered: dict[str, list[int]] = {}
    for each in BOOK.clauses:
        if found := re.fullmatch(r"(附件[12] \S*?[一二三四)])([1-9])", each.clause):
            numbered.setdefault(found[1], []).append(int(found[2]))
    assert len(numbered) == 12
    for section, numbers in numbered.items():
        assert sorted(set(numbers)) == list(range(1, max(numbers) + 1)), section


@pytest.mark.parametrize("page", sorted((REPOSITORY / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_the_pages_cite_clauses_that_there_are(page: Path) -> None:
    for clause in re.findall(r"<cite>([^<]*)</cite>", page.read_text("utf-8")):
        assert clause in OUTLINE, clause


def test_fields_papers_and_pages_cite_clauses_that_there_are() -> None:
    """Second opinion to BASIS-KNOWN; and every paper and indicator has a clause."""
    for sort in ("fields", "papers", "pages"):
        for name, clause in BOOK.places(sort).items():
            assert clause in OUTLINE, name
    assert BOOK.places("papers").keys() == papers().keys()
    assert {f"indicators.{each.number}" for each in all_indicators()} <= BOOK.places("pages").keys()


def test_the_names_of_places_are_those_that_pages_and_papers_ask_for_and_the_guide_lists() -> None:
    assert papers().keys() == PAPERS
    assert BOOK.places("pages").keys() == PAGES.keys()
    sources = "".join(
        path.read_text("utf-8") for path in (REPOSITORY / "scripts").rglob("*.py") if path.name != "rulebook.py"
    )
    guide = (REPOSITORY / "docs" / "guides" / "guidance.md").read_text("utf-8")
    for name in PAGES:
        assert name in sources or f'"{name.rpartition(".")[2]}"' in sources or name.startswith("indicators."), name
        assert f"`{name}`" in guide or name.startswith("indicators."), name


def test_a_number_is_the_guidances_only_where_the_guidance_says_it() -> None:
    assert unescape(
        numbers_cited(BOOK, Standard(credits=20, online_hours=30, practice_hours=30, practice_share=50))
    ) == ("<cite>附件1 二(五)2</cite>")
    for credits, online, practice in ((25, 30, 30), (20, 36, 30), (20, 30, 24), (2, 30, 30)):
        other = Standard(credits=credits, online_hours=online, practice_hours=practice, practice_share=50)
        assert numbers_cited(BOOK, other) == "（本工程的配置）"
    assert unescape(cited(BOOK, "附件1 二(四)2", 20)) == "<cite>附件1 二(四)2</cite>"
    assert cited(BOOK, "附件1 二(四)2", 25) == "（本工程的配置）"
    assert not BOOK.says("附件1 二(四)1", "不少于20学分")


@pytest.mark.parametrize(
    ("clause", "day", "said"),
    [
        ("附件2 一", "2026-12-01", "<cite>附件2 一</cite>"),
        ("附件2 一", "2027-12-05", "<cite>附件2 一</cite>"),
        ("附件2 一", "2026-11-20", "（本工程的配置）"),
        ("附件2 三", "2026-12-20", "<cite>附件2 三</cite>"),
        ("本地规定", "2026-12-01", "（本地规定）"),
    ],
)
def test_a_day_is_the_guidances_only_where_the_guidance_names_it(clause: str, day: str, said: str) -> None:
    assert date.fromisoformat(day)
    assert unescape(_spoken(BOOK, clause, day)) == said


def test_the_handbooks_numbers_are_those_of_the_rules() -> None:
    """Thresholds that this project has set, as the rules have them."""
    table = _section("handbook/programme.md#numbers")
    assert f"至少 {SHORTEST_SUGGESTION} 个字" in table
    assert f"附件一个不超过 {LARGEST_ATTACHMENT // 1024 // 1024} MB" in table
    for voice in ("配置 `local.agreement`", "配置 `local.trainer_ratio`", "配置 `local.warnings`"):
        assert voice in table

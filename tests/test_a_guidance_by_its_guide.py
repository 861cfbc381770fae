"""A programme of another province, written by the guide alone by somebody who writes no code: it runs as it was meant.

`guidance_by_the_guide/` is what they made: four dimensions, levels of their own, credits, practice alone, two waves, a
standard of its own for kindergartens, prerequisites, a school's share, their own clauses. All of it is made up.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.case_folders import MemoryTree, judge
from wholeschool.certificates.typeset import Design, Typesetter
from wholeschool.outcomes.asked import asked_of
from wholeschool.outcomes.reachable import problems, witnesses
from wholeschool.papers.outgoing.paper import View, papers
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.rules.reference import entries
from wholeschool.site.pages import all_pages

FOLDER = Path(__file__).with_name("guidance_by_the_guide")
DAY = "2026-11-30"
COUNTY = "haizhou/donggang/lingang"
SCHOOL, KINDERGARTEN = f"{COUNTY}/beiqiao-xiaoxue", f"{COUNTY}/dongpu-youeryuan"
GUIDANCE = "submissions/guidance/haizhou-1.0"


@cache
def tree() -> MemoryTree:
    paths = (path for path in FOLDER.rglob("*") if path.is_file())
    return MemoryTree({path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths})


@cache
def programme() -> Programme:
    return assemble(load(tree()), DAY)


@cache
def pages() -> dict[str, str]:
    return {page.path: page.markdown for page in all_pages(programme())}


def test_nothing_is_wrong_with_it() -> None:
    assert [each for each in judge(tree(), DAY) if each.severity == "error"] == []


@pytest.mark.parametrize(
    ("path", "old", "new", "code", "said"),
    [
        (f"{GUIDANCE}/policy.yaml", "waves: [60, 40]", "waves: [60, 50]", "VOCABULARY-SOUND", "110"),
        (f"{GUIDANCE}/policy.yaml", "dimensions: 3\n", "dimensions: 5\n", "STANDARD-MET", "微能力表里只有 4 个"),
        (f"{GUIDANCE}/policy.yaml", "credits: 6}", "credits: 60}", "STANDARD-MET", "幼儿园要 60"),
        (f"{GUIDANCE}/rulebook.yaml", "pages: [judged]", "pages: [judge]", "BASIS-NAMED", "judge"),
        (f"{GUIDANCE}/rulebook.yaml", "papers: [plan]", "papers: [plans]", "BASIS-NAMED", "plans"),
        (f"{GUIDANCE}/rulebook.yaml", "words: 校长任组长", "words: 校长当组长", "BASIS-KNOWN", "没有这句话"),
        ("submissions/programme.yaml", "    cycle: 2026\n", "", "WAVE-ROUND", "cycle"),
    ],
)
def test_what_is_wrong_in_it_is_told_where_it_stands(path: str, old: str, new: str, code: str, said: str) -> None:
    text = tree().files[path].decode()
    assert old in text
    told = [each for each in judge(tree().having({path: text.replace(old, new, 1).encode()}), DAY) if each.code == code]
    assert [each.path for each in told][:1] == [path]
    assert said in told[0].message + told[0].hint


def test_a_rule_says_what_its_own_clauses_say() -> None:
    known = entries(programme().rulebook())
    assert known["TEAM-SIZE"].clause == "第五条“成立二至四人的智能教育小组”"
    assert "2–4 人" in known["TEAM-SIZE"].sentence
    assert not {"TEAM-ROLES", "ACTIVITY-LINKS", "CHOICE-ENVIRONMENT", "PLAN-ENVIRONMENT"} & known.keys()
    assert {"CHOICE-AFTER", "WAVE-ROUND", "ACCEPT-SHARE"} <= known.keys()


def test_a_kindergarten_is_asked_for_less() -> None:
    units = programme().units
    assert (asked_of(programme(), 2026, units[SCHOOL]).enough) == "9 学分"
    assert (asked_of(programme(), 2026, units[KINDERGARTEN]).enough) == "6 学分"
    assert "幼儿园 6 学分" in pages()["catalogue/index.md"]
    assert problems(programme().abilities(2026).values(), programme().standard(2026)) == {}
    (witness,) = witnesses(programme().abilities(2026).values(), programme().standard(2026))
    assert witness.enough


def test_a_certificate_says_what_this_programme_is_and_how_it_was_passed(tmp_path: Path) -> None:
    year = programme().county_year(programme().units[COUNTY], 2026)
    assert year.ledger
    rows = list(year.ledger.data.certificates)
    design = Design.of(programme(), True, 2026)
    made = tmp_path / "certificate.pdf"
    made.write_bytes(Typesetter(rows, design).pdf(rows[:1]))
    said = subprocess.run(["pdftotext", made, "-"], check=True, capture_output=True, text=True).stdout
    assert "海州省教师智能教育素养提升计划" in said
    assert "成绩 胜任" in said
    assert not re.search("提升工程|合格|环境", said)


def test_pages_do_not_speak_of_another_guidance() -> None:
    """The handbook and the references of records and rules, with their examples, are for Anhui's, and say so."""
    seen = 0
    for path, text in pages().items():
        if path.startswith(("reference/records", "rules/", "data/", "form/")) or not path.endswith(".md"):
            continue
        seen += 1
        found = re.search(
            ".{0,30}(?:附件[1-4]|提升工程2|30 项|优秀或合格|环境|网络研修不少于 0|网络研修</).{0,30}", text
        )
        assert not found, (path, found)
    assert seen > 20


def test_papers_do_not_either() -> None:
    for unit, name in ((SCHOOL, "school-team"), (SCHOOL, "inspectorate"), (COUNTY, "outline-assessment-rules")):
        sheets = papers()[name].sheets(View(programme(), programme().units[unit], 2026))
        said = str(sheets)
        assert not re.search("3—5|30 项|业务副校长|20 学分|网络研修", said), name

"""Other guidances than Anhui's run from their folder alone: a small programme of each, judged, shown and filled in.

Each folder of `tests/guidances/` is laid over the base programme as the examples of rules are (see `case_folders`).
"""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from tests.case_folders import CaseFolder, MemoryTree, judge
from wholeschool.certificates.typeset import Design, Typesetter
from wholeschool.findings import Finding
from wholeschool.outcomes.credits import credits_of
from wholeschool.outcomes.draws import due
from wholeschool.outcomes.eligibility import new_entries
from wholeschool.outcomes.rates import has_passed, school_tally
from wholeschool.outcomes.reachable import witnesses
from wholeschool.papers.layout import layouts
from wholeschool.papers.origin import Origin
from wholeschool.papers.outgoing.paper import Form, NoRecordError, Prose, Sheet, Table, View, papers
from wholeschool.papers.template import Catalogue, template
from wholeschool.programme import Programme, YearOfSchool, assemble
from wholeschool.records import load
from wholeschool.records.structs import Standard
from wholeschool.records.terms import vocabulary_of
from wholeschool.site.pages import all_pages

FOLDERS = Path(__file__).with_name("guidances")
DAY = "2026-07-02"
"""After the county has recognised the school's results."""
COUNTY = "anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ACCEPTANCE = f"submissions/{COUNTY}/2026/acceptance/1.yaml"
ROSTER = f"submissions/{SCHOOL}/2026/teachers.yaml"
WORDS = {
    "prerequisites": "先修",
    "english": "[Ee]nglish|英文",
    "waves": "分批|应考轮次",
    "credits": "学分",
    "environments": "环境",
    "hours": "(?<!选)学时",
}
# What is written for Anhui's guidance, and says so: the rulebook, its clauses, the indicators of 附件2; open data keeps
# its fields.
_OF_ANHUI = ("rules/", "reference/", "data/", "handbook/")
_INDICATORS = "indicators.md"


@cache
def tree_of(name: str) -> MemoryTree:
    return CaseFolder(FOLDERS / name).tree


def programme_of(tree: MemoryTree) -> Programme:
    return assemble(load(tree), DAY)


def school_of(programme: Programme) -> YearOfSchool:
    return programme.school_year(programme.units[SCHOOL], 2026)


def errors(tree: MemoryTree) -> list[Finding]:
    return [each for each in judge(tree, DAY) if each.severity == "error"]


def edited(tree: MemoryTree, path: str, old: str, new: str) -> MemoryTree:
    text = tree.files[path].decode()
    assert old in text
    return tree.having({path: text.replace(old, new, 1).encode()})


NAMES = sorted(each.name for each in FOLDERS.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_of_another_guidance_is_sound(name: str) -> None:
    assert errors(tree_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_a_guidance_does_not_ask_for_is_on_no_page(name: str) -> None:
    programme = programme_of(tree_of(name))
    unasked = [WORDS[each] for each in programme.terms(2026).without]
    assert unasked
    seen = 0
    for path, text in all_pages(programme):
        if path.startswith(_OF_ANHUI) or path.endswith(_INDICATORS) or not path.endswith(".md"):
            continue
        seen += 1
        found = re.search(f".{{0,30}}(?:{'|'.join(unasked)}).{{0,30}}", text)
        assert not found, (path, found)
    assert seen > 20


@pytest.mark.parametrize("name", NAMES)
def test_what_a_guidance_does_not_ask_for_is_in_no_template(name: str) -> None:
    terms, programme = vocabulary_of(tree_of(name)).of(2026), programme_of(tree_of(name))
    for kind in ("teachers", "plan", "unit", "activities"):
        origin = Origin(kind, SCHOOL, 2026 if kind != "unit" else 0)
        offered = Catalogue.of_round(programme, 2026)
        book = openpyxl.load_workbook(io.BytesIO(template(layouts(terms)[kind].kind, origin, "样张", None, offered)))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        written = [str(cell.value) for cell in cells if cell.value]
        written += [cell.comment.text for cell in cells if cell.comment]
        for each in terms.without:
            assert not [text for text in written if re.search(WORDS[each], text)], (kind, each)


# ---- JY/T 0646: one item of each of five dimensions ----


def test_who_has_an_item_of_every_dimension_has_passed() -> None:
    programme = programme_of(tree_of("jyt-0646"))
    year = school_of(programme)
    passed = {number for number, teacher in year.teachers.items() if has_passed(programme, year, teacher)}
    assert passed == {"34990100010001"}
    due = new_entries(programme, programme.county_year(programme.units[COUNTY], 2026), DAY)
    assert [(each.microability, each.dimension, each.environment) for each in due] == [
        ("A1", "数字化意识", ""),
        ("B1", "数字技术知识与技能", ""),
        ("C3", "数字化应用", ""),
        ("D2", "数字社会责任", ""),
        ("E1", "专业发展", ""),
    ]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ("[A1, B1, C1, D2, E1]", ""),
        ("[A1, B1, C1, D2]", "合计 4 项，还差 1 项"),
        ("[A1, A2, B1, C1, D2]", "合计 5 项，只有 4 个维度的，要 5 个"),
    ],
)
def test_a_choice_is_of_so_many_items_and_dimensions(choices: str, said: str) -> None:
    tree = edited(tree_of("jyt-0646"), ROSTER, "choices: [A1, B1, C1, D2, E1]", f"choices: {choices}")
    before = tree.without("submissions/anhui/shili/mingyuan/2026/acceptance/1.yaml")
    found = [each for each in errors(before) if each.code == "CHOICE-CREDITS"]
    assert [said in each.message for each in found] == [True] * bool(said)
    if said:
        assert found[0].path == ROSTER
        assert found[0].hint.startswith("再选一项就够，例如 E1")


def test_fields_that_are_not_asked_for_are_refused_where_they_stand() -> None:
    tree = edited(
        tree_of("jyt-0646"), ROSTER, "    declared: 2026-04-10\n", "    declared: 2026-04-10\n    hours: {online: 3}\n"
    )
    (found,) = errors(tree)
    assert (found.path, found.code) == (ROSTER, "S-UNKNOWN")


def test_its_standard_can_be_met() -> None:
    programme = programme_of(tree_of("jyt-0646"))
    (witness,) = witnesses(programme.abilities(2026).values(), programme.standard(2026))
    assert (len(witness.codes), witness.enough) == (5, True)
    policy = "submissions/guidance/jyt-0646/policy.yaml"
    more = edited(tree_of("jyt-0646"), policy, "  dimensions: 5", "  dimensions: 6")
    assert ("STANDARD-MET", policy) in {(each.code, each.path) for each in judge(more, DAY)}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_guidance_does_not_ask_for_is_on_no_certificate(name: str, tmp_path: Path) -> None:
    programme = programme_of(tree_of(name))
    county = programme.county_year(programme.units[COUNTY], 2026)
    rows = new_entries(programme, county, DAY)
    assert rows
    design = Design.of(programme, True, 2026)
    (tmp_path / "one.pdf").write_bytes(Typesetter(rows, design).pdf(rows[:1]))
    said = subprocess.run(["pdftotext", tmp_path / "one.pdf", "-"], check=True, capture_output=True, text=True).stdout
    without = programme.terms(2026).without
    assert rows[0].dimension in said
    assert ("学分" in said) is ("credits" not in without)
    assert ("环境" in said) is ("environments" not in without)
    assert said.count("·") == 2 - len(without & {"credits", "environments"})


# ---- three waves in three years ----


def test_who_is_due_in_another_wave_is_on_the_roster_and_not_due() -> None:
    programme = programme_of(tree_of("waves-3y"))
    year = school_of(programme)
    assert len(year.teachers) == 4
    assert [each.name for each in year.counted.values() if each.exempt is None] == ["周雨晴"]
    tally = school_tally(programme, year, frozenset())
    assert (tally.due, tally.passed) == (1, 1)
    people = due(programme, programme.units[COUNTY], 2026, "2026-06-20", ())
    assert [each.teacher for each in people] == ["34990100010001"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("    due_in: 2028\n", "", ["WAVE-ROUND"]),
        ("    due_in: 2028\n", "    due_in: 2030\n", ["WAVE-ROUND"]),
        ("    due_in: 2028\n", "    due_in: 2027\n", []),
        ("    due_in: 2027\n", "    due_in: 2026\n", ["ACCEPT-SHARE"]),
    ],
)
def test_everybody_has_a_turn_and_a_school_passes_by_its_share(old: str, new: str, codes: list[str]) -> None:
    tree = edited(tree_of("waves-3y"), ROSTER, old, new)
    assert [each.code for each in errors(tree) if each.code in ("WAVE-ROUND", "ACCEPT-SHARE")] == codes


def test_a_wave_that_is_far_too_small_is_told() -> None:
    tree = edited(tree_of("waves-3y"), ROSTER, "    due_in: 2028\n", "    due_in: 2027\n")
    assert [each.code for each in judge(tree, DAY) if each.code == "WAVE-SHARE"] == []
    tree = edited(tree, ROSTER, "    due_in: 2027\n", "    due_in: 2028\n")
    tree = edited(tree, ROSTER, "    due_in: 2027\n", "    due_in: 2028\n")
    (told,) = [each for each in judge(tree, DAY) if each.code == "WAVE-SHARE" and "2027" in each.message]
    assert told.severity == "warning"


def test_a_kindergarten_has_a_standard_of_its_own() -> None:
    unit = f"submissions/{SCHOOL}/unit.yaml"
    tree = edited(tree_of("waves-3y"), ROSTER, "choices: [A1, B9, B10]", "choices: [A1, B9]")
    for kind, codes in (("小学", ["CHOICE-CREDITS"]), ("幼儿园", [])):
        there = edited(tree, unit, "type: 小学", f"type: {kind}").without(
            f"submissions/{COUNTY}/2026/acceptance/1.yaml"
        )
        assert [each.code for each in errors(there) if each.code == "CHOICE-CREDITS"] == codes


def test_shares_of_waves_make_a_whole() -> None:
    policy = "submissions/guidance/city-3/policy.yaml"
    (told,) = errors(edited(tree_of("waves-3y"), policy, "waves: [30, 50, 20]", "waves: [30, 50, 30]"))
    assert (told.code, told.path) == ("VOCABULARY-SOUND", policy)


# ---- a competency asks for the one below it; two languages; levels of its own ----

UNESCO = "submissions/guidance/unesco-ai-cft"
REVIEW = f"submissions/{SCHOOL}/2026/reviews/2026-06-12.yaml"


def test_what_comes_before_is_chosen_and_passed_first() -> None:
    tree = tree_of("unesco-ai-cft")
    chosen = edited(tree, ROSTER, "choices: [A1, B1, A2, C1, E1]", "choices: [D1, B1, A2, C1, E1]")
    assert "CHOICE-AFTER" in {each.code for each in errors(chosen)}
    failed = edited(
        tree, REVIEW, "    microability: A1\n    level: 达到\n", "    microability: A1\n    level: 未达到\n"
    )
    for one, passed in ((tree, True), (failed, False)):
        programme = programme_of(one.without(ACCEPTANCE))
        year = school_of(programme)
        levels = year.credited["34990100010001"]
        assert has_passed(programme, year, year.teachers["34990100010001"]) is passed
        assert credits_of(programme, 2026, levels) == (5 if passed else 3)  # without A1, A2 does not count either


def test_levels_have_the_guidances_names() -> None:
    tree = tree_of("unesco-ai-cft")
    (told,) = errors(edited(tree, REVIEW, "level: 达到", "level: 合格"))
    assert (told.code, told.path) == ("S-ENUM", REVIEW)
    assert "达到" in told.hint
    programme = programme_of(tree)
    due = new_entries(programme, programme.county_year(programme.units[COUNTY], 2026), DAY)
    assert {each.level for each in due} == {"达到"}
    pages = {page.path: page.markdown for page in all_pages(programme)}
    assert "达到算通过" in pages["catalogue/A2.md"]
    assert "优秀" not in pages["catalogue/A2.md"]


def test_names_in_two_languages_stand_side_by_side() -> None:
    pages = {page.path: page.markdown for page in all_pages(programme_of(tree_of("unesco-ai-cft")))}
    assert '人的责任 <small lang="en">Human accountability</small>' in pages["catalogue/A2.md"]
    assert "先修**：[A1 人的能动性]" in pages["catalogue/A2.md"]
    assert '<small lang="en">Ethics of AI</small>' in pages["catalogue/index.md"]


def test_the_fewest_that_are_enough_have_what_comes_before_them() -> None:
    programme = programme_of(tree_of("unesco-ai-cft"))
    table = {row.code: row for row in programme.abilities(2026).values()}
    (witness,) = witnesses(table.values(), Standard(credits=15, dimensions=5))
    assert (len(witness.codes), witness.enough) == (15, True)
    (witness,) = witnesses([table[code] for code in ("A2", "A3", "B1")], Standard(credits=2))
    assert (witness.codes, witness.enough) == (("B1",), False)


# ---- papers ----


@pytest.mark.parametrize("name", NAMES)
def test_what_a_guidance_does_not_ask_for_is_on_no_paper(name: str) -> None:
    programme = programme_of(tree_of(name))
    unasked = "|".join(WORDS[each] for each in programme.terms(2026).without)
    # What a school writes in its own words may speak of anything.
    own = "plan", "plan-filing", "scheme", "group-plans", "consultations", "task-sheets", "surveys", "portfolios"
    made = set()
    for unit in programme.units.values():
        for paper in papers().values():
            if unit.level not in paper.levels or paper.sealed:
                continue
            try:
                sheets = paper.sheets(View(programme, unit, 2026))
            except NoRecordError:
                continue
            made.add(paper.name)
            for sheet in sheets:
                said = " ".join(_words(sheet, whole=paper.name not in own))
                assert not re.search(unasked, said), (paper.name, re.findall(f".{{0,20}}(?:{unasked}).{{0,20}}", said))
    assert {"choices", "results", "recognition", "feedback", "school-indicators", "plan", "acceptance"} <= made


def _words(sheet: Sheet, *, whole: bool) -> Iterator[str]:
    """What stands on a sheet: titles, headings, labels, notes; the `whole` of it with what is filled in."""
    yield from (sheet.title, sheet.under, *sheet.notes, *sheet.foot)
    for part in sheet.parts:
        yield part.title
        match part:
            case Table(columns=columns, rows=rows):
                yield from (column.heading for column in columns)
                yield from (str(cell) for row in rows for cell in row if whole)
            case Form(lines=lines):
                yield from (label for line in lines for label, _ in line)
                yield from (str(value) for line in lines for _, value in line if whole)
            case Prose(paragraphs=paragraphs):
                yield from paragraphs if whole else ()

"""The rulebook of a guidance: what it says reaches findings, reference, JSON and form, and nothing else does."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base, judge
from tests.program import COMMAND
from wholeschool.programme import assemble
from wholeschool.programme.rulebook import Bounds, Rulebook
from wholeschool.records import load
from wholeschool.records import structs as s
from wholeschool.rules.reference import entries, exported, rulebook_of, shipped_rulebook, unused
from wholeschool.rules.registry import all_rules, rules_in
from wholeschool.shipped import HOME

FOLDER = "submissions/guidance/anhui-2.0"
TEAM = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/teams/management.yaml"


def ruled(rulebook: str, clauses: str = "") -> MemoryTree:
    """The base programme with another rulebook."""
    tree = base().having({f"{FOLDER}/rulebook.yaml": rulebook.encode()})
    return tree.having({f"{FOLDER}/clauses.yaml": clauses.encode()}) if clauses else tree


def test_a_finding_quotes_the_guidance_of_its_round_and_keeps_its_numbers() -> None:
    words = "每校的团队二至三人。"
    tree = ruled(
        "rules:\n  - rule: TEAM-SIZE\n    basis:\n      - clause: 第五条\n        words: 团队二至三人\n"
        "    fewest: 2\n    most: 3\n",
        f"clauses:\n  - clause: 第五条\n    words: {words}\n",
    )
    (told,) = [each for each in judge(tree) if each.code == "TEAM-SIZE"]
    assert (told.path, told.clause) == (TEAM, "第五条“团队二至三人”")
    assert "应为 2–3 人" in told.message
    assert told.hint == "减少成员，使人数在 2–3 之间"


def test_without_a_number_any_number_is_right() -> None:
    assert [each for each in judge(ruled("rules: []\n")) if each.code.startswith("TEAM-SIZE")] == []


def test_what_no_guidance_asks_for_is_this_projects_and_still_judged() -> None:
    tree = ruled("rules: []\n")
    reviews = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/2026/reviews/2026-06-12.yaml"
    text = tree.files[reviews].decode().replace("microability: A1", "microability: A2", 1)
    told = [each for each in judge(tree.having({reviews: text.encode()})) if each.code == "RESULT-CHOSEN"]
    assert told
    assert all(each.clause.startswith("本项目的约定（") for each in told)


def test_an_unused_rule_is_not_told_and_not_in_the_reference() -> None:
    links = "rules:\n  - rule: TEAM-ROLES\n    listed: [校医]\n"
    for text, told in ((links, 1), ("rules: []\nunused: [TEAM-ROLES]\n", 0)):
        tree = ruled(text)
        assert ("TEAM-ROLES" in entries(rulebook_of(tree))) is bool(told)
        assert len([each for each in judge(tree) if each.code == "TEAM-ROLES"]) == told
    assert not all_rules()["TEAM-ROLES"].authority


@pytest.mark.parametrize(
    ("bounds", "said", "within", "right"),
    [
        (Bounds(3, 5), "3–5 人", "在 3–5 之间", {3, 4, 5}),
        (Bounds(3, None), "不少于 3 人", "不少于 3", {3, 4, 5, 6}),
        (Bounds(None, 5), "不超过 5 人", "不超过 5", {2, 3, 4, 5}),
        (Bounds(None, None), "不限", "不限", {2, 3, 4, 5, 6}),
    ],
)
def test_numbers_are_said_as_people_say_them(bounds: Bounds, said: str, within: str, right: set[int]) -> None:
    assert bounds.said("人") == said
    assert bounds.within == within
    assert {count for count in range(2, 7) if bounds.hold(count)} == right


def test_the_programme_and_the_terminal_read_the_same_book() -> None:
    tree = base()
    one, other = rulebook_of(tree), assemble(load(tree)).rulebook()
    assert exported(one) == exported(other)


def test_the_json_has_every_code_with_all_that_is_said_of_it() -> None:
    done = subprocess.run([COMMAND, "rules", "--json"], cwd=HOME, check=True, capture_output=True, text=True)
    made = {each["code"]: each for each in json.loads(done.stdout)}
    known = entries(shipped_rulebook())
    assert made.keys() == known.keys()
    assert made["TEAM-SIZE"]["fewest"] == 3
    assert made["TEAM-SIZE"]["authority"][0]["source"] == "附件1 三(一)2"
    assert made["TEAM-ROLES"]["listed"] == ["业务副校长", "教导主任", "信息技术骨干教师"]
    every = {**all_rules(), **rules_in("wholeschool.changes")}
    assert (
        every.keys() - made.keys() == unused(shipped_rulebook()).keys() == {"CHOICE-AFTER", "WAVE-ROUND", "WAVE-SHARE"}
    )
    for code, each in every.items():
        if code not in made:
            continue
        assert made[code]["severity"] == each.severity
        assert made[code]["presupposes"] == list(each.presupposes)
        assert made[code]["sentence"] == known[code].sentence


def test_a_rulebook_that_cannot_be_read_is_none() -> None:
    for text in ("rules: 3\n", "rules:\n  - {rule: team}\n", ":\n"):
        assert rulebook_of(ruled(text)).quoted("TEAM-SIZE") == ()


def test_no_table_is_no_table() -> None:
    assert Rulebook(None, s.Clauses(clauses=(s.Clause(clause="第一条", words="总则。"),))).tabled() == {}


def test_a_table_in_a_clause_says_what_its_headings_say() -> None:
    words = "编号、维度、微能力、学分；A1、甲、识别、3；A2、乙、应用、2。"
    book = Rulebook(None, s.Clauses(clauses=(s.Clause(clause="附表", words=words),)))
    assert book.tabled() == {
        "A1": {"code": "A1", "dimension": "甲", "name": "识别", "credits": "3"},
        "A2": {"code": "A2", "dimension": "乙", "name": "应用", "credits": "2"},
    }


@given(st.text("、；。甲乙学分所属环境A12", max_size=40))
def test_whatever_follows_the_headings_is_a_table_or_a_problem(rest: str) -> None:
    words = f"编号、维度、微能力{rest}"
    book = Rulebook(None, s.Clauses(clauses=(s.Clause(clause="附表", words=words),)))
    assert not (book.table_problem() and book.tabled())
    assert all({"code", "dimension", "name"} <= row.keys() for row in book.tabled().values())

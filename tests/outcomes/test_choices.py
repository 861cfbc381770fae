"""What the guidance asks of choices is a sum and nothing else (附件1 二(四)2)."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base, judge
from wholeschool.findings import Finding
from wholeschool.outcomes.credits import credits_of
from wholeschool.programme import Programme, assemble
from wholeschool.records import load

SCHOOL = "submissions/anhui/shili/mingyuan/qingshan-xiaoxue/"
ROSTER = SCHOOL + "2026/teachers.yaml"


@cache
def programme() -> Programme:
    return assemble(load(base()))


CODES = tuple(programme().abilities())


def _choosing(codes: list[str]) -> list[Finding]:
    """What is found in a school with every environment where one teacher chooses these."""
    unit = base().files[SCHOOL + "unit.yaml"].decode()
    every = unit.replace("[多媒体教学环境]", "[多媒体教学环境, 混合学习环境, 智慧学习环境]")
    roster = (
        "teachers:\n  - number: 34990100020001\n    name: 孙梅\n    subject: 语文\n    stage: 小学\n"
        f"    choices: [{', '.join(codes)}]\n"
    )
    return judge(MemoryTree({**base().files, SCHOOL + "unit.yaml": every.encode(), ROSTER: roster.encode()}))


def test_the_table_is_that_of_the_guidance() -> None:
    table = programme().abilities()
    assert [sum(code.startswith(letter) for code in table) for letter in "ABC"] == [13, 10, 7]
    assert sum(entry.credits for entry in table.values()) == 194
    by_environment = {code[0]: entry.environment for code, entry in table.items()}
    assert by_environment == {"A": "多媒体教学环境", "B": "混合学习环境", "C": "智慧学习环境"}


def test_of_all_pairs_only_c6_and_c7_reach_twenty() -> None:
    assert [pair for pair in combinations(CODES, 2) if credits_of(programme(), 2026, pair) >= 20] == [("C6", "C7")]


def test_any_five_reach_twenty() -> None:
    assert all(credits_of(programme(), 2026, five) >= 20 for five in combinations(CODES, 5))


def test_four_do_not_always() -> None:
    assert credits_of(programme(), 2026, ("A1", "A2", "A3", "A4")) == 16


def test_credits_count_a_code_once_and_an_unknown_one_not_at_all() -> None:
    assert credits_of(programme(), 2026, ["C6", "C6", "Z9"]) == 10
    assert credits_of(programme(), 2026, []) == 0


@settings(deadline=None)
@given(st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=12))
def test_a_choice_is_judged_by_its_sum_alone(codes: list[str]) -> None:
    """However many, of whatever dimensions and environments, in whatever order."""
    found = [each for each in _choosing(codes) if each.path == ROSTER]
    assert [each.code for each in found] == ([] if credits_of(programme(), 2026, codes) >= 20 else ["CHOICE-CREDITS"])


@pytest.mark.parametrize("name", ["dimension", "environment"])
def test_all_choices_may_be_of_one_dimension_or_environment(name: str) -> None:
    table = programme().abilities()
    for value in {getattr(entry, name) for entry in table.values()}:
        codes = [code for code, entry in table.items() if getattr(entry, name) == value]
        if credits_of(programme(), 2026, codes) >= 20:
            assert not [each for each in _choosing(codes) if each.path == ROSTER]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=4).filter(
        lambda codes: credits_of(programme(), 2026, codes) < 20
    )
)
def test_the_remedy_that_is_offered_is_enough(codes: list[str]) -> None:
    (found,) = (each for each in _choosing(codes) if each.path == ROSTER)
    for code in CODES:
        if f"{code}（" in found.hint:
            assert code not in codes
            assert credits_of(programme(), 2026, [*codes, code]) >= 20

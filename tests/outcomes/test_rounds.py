"""A round asks for its own credits and hours, and runs from the day on which it begins."""

from __future__ import annotations

import pytest

from tests.case_folders import MemoryTree, base, judge
from wholeschool.outcomes.eligibility import earned_certificates
from wholeschool.outcomes.rates import county_tallies
from wholeschool.programme import Programme, assemble
from wholeschool.records import load

SETTINGS = "submissions/programme.yaml"
COUNTY = "anhui/shili/mingyuan"
MORE = "{credits: 25, online_hours: 40, practice_hours: 40, practice_share: 50}"


def having(more: str, to: str = "") -> MemoryTree:
    """The base with more said about the round of 2026 (`to`), or after it (`more`)."""
    text = base().files[SETTINGS].decode()
    ends = next(line for line in text.splitlines() if line.strip().startswith("ends:"))
    return base().having({SETTINGS: text.replace(ends, ends + to + more, 1).encode()})


def figures(programme: Programme) -> object:
    """What a county shows of the round of 2026, and who has earned what."""
    county = programme.county_year(programme.units[COUNTY], 2026)
    earned = [(each.teacher, each.microability) for each in earned_certificates(programme, county)]
    return dict(county_tallies(programme, county)), earned


NEXT = "\n  - year: 2027\n    starts: 2027-01-01\n    ends: 2027-12-31\n    standard: " + MORE


def test_what_the_next_round_asks_for_changes_nothing_of_this_one() -> None:
    before, after = assemble(load(base())), assemble(load(having(NEXT)))
    assert after.standard(2027).credits == 25
    assert figures(after) == figures(before)
    assert [each for each in judge(having(NEXT)) if each.severity == "error"] == []


def test_what_a_round_itself_asks_for_counts_in_it() -> None:
    before, after = assemble(load(base())), assemble(load(having("", f"\n    standard: {MORE}")))
    assert figures(after) != figures(before)
    told = {each.code for each in judge(having("", f"\n    standard: {MORE}"))}
    assert {"CHOICE-CREDITS", "HOURS-ENOUGH"} <= told


@pytest.mark.parametrize(
    ("day", "year"),
    [("2025-05-01", 2026), ("2026-11-20", 2026), ("2026-12-31", 2026), ("2027-01-01", 2027), ("2031-01-01", 2027)],
)
def test_a_round_that_was_opened_early_does_not_run_yet(day: str, year: int) -> None:
    programme = assemble(load(having(NEXT)))
    assert programme.round_at(day) == year
    assert programme.round_at("") == 2027

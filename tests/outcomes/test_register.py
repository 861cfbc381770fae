"""What was recognised stays, whatever the papers say afterwards."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base
from tests.soak import examples
from wholeschool.outcomes.eligibility import earned_certificates
from wholeschool.outcomes.rates import county_tallies
from wholeschool.outcomes.recognition import recognised
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.records.csv_text import appended

COUNTY = "anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ROSTER, REVIEW = (f"submissions/{SCHOOL}/2026/{name}" for name in ("teachers.yaml", "reviews/2026-06-12.yaml"))
REGISTER = f"submissions/{COUNTY}/2026/register.csv"
DAY = "2026-07-01"


def programme_of(tree: MemoryTree) -> Programme:
    return assemble(load(tree))


def school_year(programme: Programme):  # type: ignore[no-untyped-def]
    return programme.school_year(programme.units[SCHOOL], 2026)


def registered() -> MemoryTree:
    """The base programme, its recognised school in the register."""
    programme = programme_of(base())
    rows = list(due_rows(programme, school_year(programme), DAY))
    return base().having({REGISTER: appended(None, rows)})


def said(tree: MemoryTree) -> object:
    """All that comes from recognition: hours and credits, those who passed, certificates that are due."""
    programme = programme_of(tree)
    year = programme.county_year(programme.units[COUNTY], 2026)
    rows = [
        (each.teacher.number, each.online, each.practice, each.abilities, each.credits)
        for each in recognised(programme, school_year(programme))
    ]
    tally = county_tallies(programme, year)["wenhua-xiaoxue"]
    due = [(each.teacher, each.microability, each.level) for each in earned_certificates(programme, year)]
    return rows, tally.passed, tally.accepted, tally.trained, due


def test_the_register_says_what_the_papers_say_on_that_day_and_adds_nothing_twice() -> None:
    assert said(registered()) == said(base())
    programme = programme_of(registered())
    assert list(due_rows(programme, school_year(programme), DAY)) == []


@settings(max_examples=examples(20), deadline=None)
@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["优秀", "合格", "不合格"]), st.integers(0, 4))
def test_papers_that_change_later_change_nothing_that_was_recognised(
    online: int, practice: int, level: str, which: int
) -> None:
    tree = registered()
    roster = re.sub(r"online: \d+", f"online: {online}", tree.files[ROSTER].decode())
    roster = re.sub(r"practice: \d+", f"practice: {practice}", roster)
    places = list(re.finditer("level: (优秀|合格|不合格)", tree.files[REVIEW].decode()))
    at, review = places[which % len(places)], tree.files[REVIEW].decode()
    review = f"{review[: at.start()]}level: {level}{review[at.end() :]}"
    changed = tree.having({ROSTER: roster.encode(), REVIEW: review.encode()})
    assert said(changed) == said(tree)
    programme = programme_of(changed)
    for row in due_rows(programme, school_year(programme), "2026-08-01"):
        assert row.replaces == DAY  # recognised anew, it would be a row of its own that names the old one


@settings(max_examples=examples(20), deadline=None)
@given(st.decimals(0, 500, places=6), st.decimals(0, 500, places=6))
def test_hours_are_written_with_all_their_figures(online: Decimal, practice: Decimal) -> None:
    """What was written down is what was computed, so that nothing is due once it is there."""
    text = re.sub(r"online: \d+", f"online: {online:f}", base().files[ROSTER].decode())
    tree = base().having({ROSTER: re.sub(r"practice: \d+", f"practice: {practice:f}", text).encode()})
    programme = programme_of(tree)
    rows = list(due_rows(programme, school_year(programme), DAY))
    written = programme_of(tree.having({REGISTER: appended(None, rows)}))
    assert list(due_rows(written, school_year(written), DAY)) == []


def test_without_a_register_the_papers_speak() -> None:
    """The check can fail: the same change moves what is recognised where nothing was written down."""
    text = base().files[ROSTER].decode()
    assert said(base().having({ROSTER: re.sub(r"online: \d+", "online: 99", text).encode()})) != said(base())

"""Whatever a school makes of its roster, a reviewed number keeps the name that it had."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import base
from tests.soak import examples
from wholeschool.changes.history import portfolios_stay, reviewed_names_stay
from wholeschool.changes.proposal import Author, Proposal
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.rules.registry import Breach
from wholeschool.sources import Entry
from wholeschool.sources.difference import Difference
from wholeschool.sources.tree import REGULAR

SCHOOL = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
OTHER = "submissions/anhui/shili/mingyuan/qingshan-xiaoxue"
NUMBERS = [f"3499010001000{place}" for place in range(1, 6)]
# As the base has them: the first two were reviewed, the third has hours that were accepted.
NAMES = ["周雨晴", "陈思远", "何芳", "方敏", "王大锤"]
REVIEWED, KNOWN = (dict(zip(NUMBERS[:count], NAMES, strict=False)) for count in (2, 3))

Rows = list[tuple[str, str]]
ROWS = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NAMES)), min_size=1, max_size=6)


def roster(rows: Rows) -> bytes:
    lines = [f"  - {{number: '{number}', name: {name}, subject: 语文, stage: 小学}}" for number, name in rows]
    return "\n".join(["teachers:", *lines, ""]).encode()


def breaches(path: str, rows: Rows) -> list[Breach]:
    """What the two rules say of a change that brings this roster."""
    before = base()
    after = before.having({path: roster(rows)})
    old = Entry(path, REGULAR, len(before.files[path])) if path in before.files else None
    changed = [Difference(path, old, Entry(path, REGULAR, len(after.files[path])))]
    programmes = assemble(load(before)), assemble(load(after))
    proposal = Proposal(*programmes, before, after, changed, (Author("wenhua"),))  # type: ignore[arg-type]
    return [*reviewed_names_stay(proposal), *portfolios_stay(proposal)]


@pytest.mark.soak
@given(rows=ROWS)
@settings(max_examples=examples(40), deadline=None)
def test_a_roster_is_accepted_just_when_the_reviewed_keep_their_names(rows: Rows) -> None:
    kept = {number for number, _ in rows} >= REVIEWED.keys()
    same = all(KNOWN.get(number, name) == name for number, name in rows)
    assert bool(breaches(f"{SCHOOL}/2026/teachers.yaml", rows)) == (not (kept and same))


@pytest.mark.soak
@given(rows=ROWS, year=st.sampled_from([2025, 2026, 2027]))
@settings(max_examples=examples(20), deadline=None)
def test_another_school_or_year_gives_no_reviewed_number_away(rows: Rows, year: int) -> None:
    same = all(KNOWN.get(number, name) == name for number, name in rows)
    assert bool(breaches(f"{OTHER}/{year}/teachers.yaml", rows)) == (not same)

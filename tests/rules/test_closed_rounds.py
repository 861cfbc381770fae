"""Rules about working papers pass by what a closed round holds, and nothing else is said than if they did not."""

from __future__ import annotations

import random
from unittest.mock import PropertyMock, patch

import pytest

from tests.rules.single_mistakes import DAY, Files, example, make, mistakes
from tests.soak import examples
from wholeschool.findings import Finding
from wholeschool.programme import Earlier, Programme, assemble
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge
from wholeschool.sources import MemoryTree

SAMPLE = 12
_CACHE = Cache(None)


def _programme(files: Files) -> Programme:
    now, before = (MemoryTree(dict(each), frozenset()) for each in (files, example()))
    return assemble(load(now, cache=_CACHE), DAY, earlier=Earlier(now, before))


def _said(programme: Programme) -> list[Finding]:
    return judge(all_rules(), programme)


def _sorts() -> list[tuple[str, int]]:
    every = sorted(mistakes())
    random.Random(1).shuffle(every)
    return [(every[at % len(every)], at // len(every)) for at in range(examples(SAMPLE))]


@pytest.mark.soak
def test_nothing_is_missed_by_passing_by() -> None:
    for sort, seed in _sorts():
        chance = random.Random(f"{sort} {seed}")
        mistake = chance.choice(mistakes()[sort])
        files = make(mistake, chance)
        programme = _programme(files or example())
        with patch.object(Programme, "unsettled", PropertyMock(return_value=programme)):
            everything = _said(programme)
        assert _said(_programme(files or example())) == everything, mistake


def test_a_closed_round_is_passed_by() -> None:
    programme = _programme(example())
    closed = [year for year in programme.years if programme.closed(year)]
    assert closed
    assert {year.year for year in programme.school_years()} > set(closed)
    assert {year.year for year in programme.unsettled.school_years()}.isdisjoint(closed)
    assert {year.year for year in programme.unsettled.county_years()}.isdisjoint(closed)
    assert {each.year for each in programme.unsettled.records if each.unit}.isdisjoint(closed)


def test_to_what_is_added_to_a_closed_round_all_of_it_belongs() -> None:
    programme = _programme(example())
    year = next(each for each in programme.school_years() if programme.closed(each.year) and each.reviews)
    review = year.reviews[0].path
    later = f"{review.rpartition('/')[0]}/later.yaml"
    added = _programme({**example(), later: example()[review]})
    seen = [(each.school.path, each.year) for each in added.unsettled.school_years() if added.closed(each.year)]
    assert seen == [(year.school.path, year.year)]

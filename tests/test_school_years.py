"""A round is whatever days it says: the whole example, moved over the turn of the year, says what it said."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.rules.single_mistakes import DAY, Files, example
from wholeschool.causes import roots
from wholeschool.outcomes.closing import published_year
from wholeschool.outcomes.indicators import measures
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge
from wholeschool.sources import MemoryTree

_DATE = re.compile(rb"\b(20[0-9]{2})-([0-9]{2})-([0-9]{2})\b")
_SIGNED = ("certificates.csv", "revocations.yaml")
# A sample follows from the days of its announcement.
_DRAW = re.compile(rb"^announcement: .*\n", re.MULTILINE)


def _moved(files: Files, days: int) -> dict[str, bytes]:
    """The files with every date that many days later, in names too; less what is signed with its dates."""

    def later(found: re.Match[bytes]) -> bytes:
        day = datetime.date(*map(int, found.groups())) + datetime.timedelta(days)
        return day.isoformat().encode()

    return {
        _DATE.sub(later, path.encode()).decode(): _DATE.sub(later, _DRAW.sub(b"", data))
        for path, data in files.items()
        if not path.endswith(_SIGNED) and "/announcements/" not in path
    }


def _programme(days: int) -> tuple[Programme, list[tuple[str, ...]]]:
    files = _moved(example(), days)
    day = (datetime.date.fromisoformat(DAY) + datetime.timedelta(days)).isoformat()
    loaded = load(MemoryTree(files), cache=Cache(None))
    programme = assemble(loaded, day)
    told = roots(sorted([*loaded.findings, *judge(all_rules(), programme)]))
    return programme, [(each.code, *(_DATE.sub(b"D", text.encode()).decode() for text in _said(each))) for each in told]


def _said(finding: Any) -> tuple[str, str]:
    return finding.path, finding.message


def _figures(programme: Programme) -> Mapping[int, object]:
    years = [published_year(programme, year) for year in programme.begun]
    counted = {year.year: measures(programme, year.year) for year in years}
    shares = {
        year: {path: {number: each.shares for number, each in here.items()} for path, here in found.items()}
        for year, found in counted.items()
    }
    return {year.year: (year.figures, year.classes, shares[year.year]) for year in years}


@pytest.mark.parametrize("days", [120, 250])
def test_a_round_over_the_turn_of_the_year_is_like_any_other(days: int) -> None:
    usual, said = _programme(0)
    moved, said_later = _programme(days)
    assert any(first[:4] != last[:4] for first, last in map(moved.span, moved.years))
    assert said_later == said
    assert moved.current == usual.current
    assert _figures(moved) == _figures(usual)

"""考核合格率 and 验收合格率: each is called by its name wherever a number stands, and is the same number everywhere."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from tests.site.mutating import example
from wholeschool.outcomes.published import PublicYear, public_year
from wholeschool.outcomes.rates import county_tallies, total
from wholeschool.papers.outgoing.paper import Form, NoRecordError, Table, View, papers
from wholeschool.programme import Programme, assemble
from wholeschool.site import home, indicators, open_data, pass_rates
from wholeschool.site.markup import percent

YEAR = 2026
NAMES = ("考核合格率", "验收合格率")
_RATE = re.compile(r"[^\s|<>()（）*]*合格率")


@cache
def _programme() -> Programme:
    return assemble(example())


@cache
def _year() -> PublicYear:
    return public_year(_programme(), YEAR)


@cache
def _pages() -> dict[str, str]:
    programme, years = _programme(), [_year()]
    return {
        **dict(home.pages(programme, years, [])),
        **dict(pass_rates.pages(programme, years)),
        **dict(indicators.pages(programme, years)),
    }


def test_in_papers() -> None:
    programme, found = _programme(), set()
    for unit in programme.units.values():
        for one in papers().values():
            if unit.level not in one.levels or one.sealed:
                continue
            try:
                sheets = one.sheets(View(programme, unit, YEAR))
            except NoRecordError:
                continue
            for part in (part for sheet in sheets for part in sheet.parts):
                labels: list[str] = []
                if isinstance(part, Table):
                    labels = [column.heading for column in part.columns]
                elif isinstance(part, Form):
                    labels = [label for line in part.lines for label, _ in line]
                found |= {word for label in labels for word in _RATE.findall(label)}
    assert found == set(NAMES)


def test_on_pages() -> None:
    heads = re.compile(r"^\|.*\|\n\|---.*$|<dt>.*?</dt>|\*\*[^*]*\*\*", re.MULTILINE)
    found = {
        word
        for text in _pages().values()
        for head in heads.findall(text)
        for word in _RATE.findall(re.sub(r'<a href="[^"]*">', " ", head))
    }
    assert {word.rpartition("与")[2] for word in found} == set(NAMES)


def test_in_the_open_data() -> None:
    titles = [title for title, *_ in open_data.FIGURES.values() if "合格率" in title]
    assert sorted(titles) == sorted(NAMES)


@pytest.mark.parametrize("path", ["anhui/shili/mingyuan", "anhui/shili/qinglan", "anhui/shili"])
def test_one_number_for_the_accepted(path: str) -> None:
    """Of a county's tallies, of the indicator, of the open data and of the tile; hidden in all of them or in none."""
    programme = _programme()
    counties = [county for county in programme.counties if f"{county.path}/".startswith(f"{path}/")]
    tally = total(
        each for county in counties for each in county_tallies(programme, programme.county_year(county, YEAR)).values()
    )
    figures = _year().figures[path]
    data = json.loads(dict(open_data.files(programme, [_year()], []))[f"data/figures-{YEAR}.json"])
    (row,) = [each for each in data["figures"] if each["unit"] == path]
    page = _pages()[f"rates/{path}/index.md"]
    (tile,) = re.findall(r">验收合格率</a></dt><dd>(.*?)<small>", page)
    (share,) = re.findall(r"\*\*验收合格率\*\*.*?验收合格：(.*?) \|", _pages()[f"rates/{path}/indicators.md"])
    rate = tally.accepted_rate
    if figures.accepted_rate is None:
        assert row["accepted_rate"] is None
        assert "不公布" in tile
        assert "不公布" in share
    else:
        assert rate == figures.accepted_rate
        assert row["accepted_rate"] == round(rate, 1)
        assert tile == percent(rate)
        assert share.endswith(f"= **{percent(rate)}**")


def test_the_headline_is_called_what_it_is() -> None:
    first = re.findall(r"<dt>(.*?)</dt>", _pages()["rates/anhui/shili/mingyuan/index.md"])[0]
    assert re.sub("<.*?>", "", first) == "考核合格率"
    assert "年考核合格率" in _pages()["index.md"]

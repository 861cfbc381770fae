"""Rates by dimension, environment and microability: real sums of what is in the records, or nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.site.conftest import programme_at
from tests.synthesis import write
from wholeschool.outcomes.rates import is_exempt
from wholeschool.programme import Programme
from wholeschool.site import ability_rates, catalogue
from wholeschool.site.views import PublicClasses, PublicCount, PublicYear, public_year


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """Two counties large enough to show most of it."""
    root = tmp_path_factory.mktemp("counties")
    write(root, counties=2, schools=12, teachers=700, seed=3)
    return programme_at(root)


@pytest.fixture(scope="module")
def year(programme: Programme) -> PublicYear:
    return public_year(programme, programme.years[-1])


def counted(programme: Programme, year: int, unit: str) -> dict[str, tuple[int, int]]:
    """What the records say of every microability in a unit: chosen and passed."""
    chosen: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for school in programme.schools:
        if school.path.startswith(f"{unit}/"):
            there = programme.school_year(school, year)
            for teacher in there.teachers.values():
                if not is_exempt(teacher):
                    chosen.update(set(teacher.choices))
                    passed.update(there.passed.get(teacher.number, {}).keys())
    return {code: (number, passed[code]) for code, number in chosen.items()}


def test_every_published_sum_is_the_sum_of_the_records(programme: Programme, year: PublicYear) -> None:
    shown = 0
    for path, known in year.classes.items():
        real = counted(programme, year.year, path)
        named = [
            *(((name, None, None), found) for name, found in known.dimensions.items()),
            *(((None, name, None), found) for name, found in known.environments.items()),
            *(((*place, None), found) for place, found in known.places.items()),
            *(((None, None, code), found) for code, found in known.each.items()),
        ]
        for (dimension, environment, only), found in named:
            codes = [
                code
                for code, each in programme.microabilities.items()
                if dimension in (None, each.dimension)
                and environment in (None, each.environment)
                and only in (None, code)
            ]
            pairs = [real[code] for code in codes if code in real]
            assert (found.chosen, found.passed) == tuple(map(sum, zip(*pairs, strict=True)))
            shown += 1
    assert shown > 50
    assert any(known.environments for known in year.classes.values())


def test_a_school_has_none_and_a_county_of_several_not_one_by_one(programme: Programme, year: PublicYear) -> None:
    assert {path.count("/") for path in year.classes} == {0, 1, 2}
    counties = [known for path, known in year.classes.items() if path.count("/") == 2]
    assert len(counties) == 2
    assert not any(known.each for known in counties)
    assert year.classes[programme.level("省")[0].path].each


def test_the_only_county_of_a_programme_has_every_microability_it_may_show(tmp_path: Path) -> None:
    write(tmp_path, counties=1, schools=8, teachers=400, seed=4)
    alone = programme_at(tmp_path)
    known = public_year(alone, alone.years[-1]).classes
    county = next(path for path in known if path.count("/") == 2)
    assert known[county].each
    assert known[county].each == known[alone.level("省")[0].path].each


def plain(page: str) -> str:
    return page.replace("\n", " ")


def test_a_page_says_what_is_missing_and_compares_rounds(programme: Programme, year: PublicYear) -> None:
    county = programme.counties[0]
    place = "学情分析", "混合学习环境"
    now = PublicClasses(
        {"学情分析": PublicCount(40, 30), "教学设计": PublicCount(20, 9)}, {}, {place: PublicCount(9, 7)}
    )
    before = PublicClasses({"学情分析": PublicCount(50, 20)})
    years = [
        PublicYear(number, year.figures, year.schools, {county.path: known})
        for number, known in ((2025, before), (2026, now))
    ]
    pages = dict(ability_rates.pages(programme, years))
    page = plain(pages[f"rates/{county.path}/abilities.md"])
    assert list(pages) == [f"rates/{county.path}/abilities.md"]
    assert "| 学情分析 | 40 | 30 |" in page
    assert "| 40.0% |" in page.partition("分维度、分环境")[2]
    assert "只公布这个维度的合计" in page
    assert "公布出来的几格里" in page
    assert "| 学情分析 | 不公布 | 7 ÷ 9 | 没有 |" in page or "| 学情分析 | 没人选 | 7 ÷ 9 | 没有 |" in page
    assert "| 教学设计 | 不公布 | 不公布 | 不公布 |" in page
    nothing = [PublicYear(2026, year.figures, year.schools, {county.path: PublicClasses()})]
    assert "没有可以公布的" in dict(ability_rates.pages(programme, nothing))[f"rates/{county.path}/abilities.md"]


def test_the_catalogue_does_not_tell_few_from_nobody(programme: Programme, year: PublicYear) -> None:
    province = programme.level("省")[0].path
    known = {province: PublicClasses(each={"A5": PublicCount(40, 30)})}
    pages = dict(catalogue.pages(programme, [PublicYear(2026, year.figures, year.schools, known)], []))
    assert "全省选学 40 人，通过 30 人。" in pages["catalogue/A5.md"]
    assert "没有教师选学，或者" in pages["catalogue/A6.md"]
    assert "情况" not in dict(catalogue.pages(programme, [], []))["catalogue/A6.md"]

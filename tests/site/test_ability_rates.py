"""Rates by dimension, environment and microability: real sums of what is in the records, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.site.conftest import programme_at
from tests.synthesis import write
from wholeschool.outcomes.published import PublicCount, PublicYear, public_year
from wholeschool.outcomes.rates import is_exempt
from wholeschool.outcomes.veil_classes import Class
from wholeschool.programme import Programme
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site import ability_rates, catalogue


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
        if f"{school.path}/".startswith(f"{unit}/"):
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
        for group, found in known.items():
            codes = [
                code
                for code, each in programme.abilities().items()
                if group.dimension in ("", each.dimension)
                and group.environment in ("", each.environment)
                and group.code in ("", code)
            ]
            pairs = [real[code] for code in codes if code in real]
            assert (found.chosen, found.passed) == tuple(map(sum, zip(*pairs, strict=True)))
            shown += 1
    assert shown > 200


def test_every_level_shows_every_way_where_there_are_enough_people(programme: Programme, year: PublicYear) -> None:
    ways = {
        (path.count("/"), bool(group.dimension), bool(group.environment), bool(group.code))
        for path, known in year.classes.items()
        for group in known
    }
    each = {(True, False, False), (False, True, False), (True, True, False), (True, True, True)}
    assert ways == {(level, *way) for level in range(4) for way in each}
    assert {path for path, known in year.classes.items() if not known} < {school.path for school in programme.schools}


def test_the_same_records_give_the_same_counts_whatever_order_sets_have(tmp_path: Path) -> None:
    write(tmp_path, counties=2, schools=6, teachers=200, seed=5)
    script = (
        "import sys; from pathlib import Path; from tests.site.conftest import programme_at;"
        "from wholeschool.outcomes.published import public_year; programme = programme_at(Path(sys.argv[1]));"
        "print(list(map(list, public_year(programme, programme.years[-1]).classes.values())))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            cwd=REPOSITORY,
            capture_output=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    ]
    assert said[0] == said[1]
    assert b"A1" in said[0]


def plain(page: str) -> str:
    return page.replace("\n", " ")


def test_a_page_says_what_is_missing_and_compares_rounds(programme: Programme, year: PublicYear) -> None:
    county = programme.counties[0]
    now = {
        Class("学情分析"): PublicCount(40, 30),
        Class("教学设计"): PublicCount(20, 9),
        Class("学情分析", "混合学习环境"): PublicCount(9, 7),
        Class("学法指导", "多媒体教学环境", "A5"): PublicCount(50, 40),
    }
    before = {Class("学情分析"): PublicCount(50, 20)}
    years = [
        PublicYear(number, year.figures, year.schools, {county.path: known})
        for number, known in ((2025, before), (2026, now))
    ]
    pages = dict(ability_rates.pages(programme, years))
    page = plain(pages[f"rates/{county.path}/abilities.md"])
    assert list(pages) == [f"rates/{county.path}/abilities.md"]
    assert "| 学情分析 | 40 | 30 |" in page
    assert "| 40.0% |" in page.partition("分维度、分环境")[2]
    assert "公布出来的几格里" in page
    assert "| 学情分析 | — | 7 ÷ 9 | 没有 |" in page
    assert "| 教学设计 | — | — | — |" in page
    assert "A5.md) | 50 | 40 | 80% |" in page
    assert "另有 29 项没有列出" in page
    nothing = [PublicYear(2026, year.figures, year.schools, {county.path: {}})]
    assert "没有可以公布的" in dict(ability_rates.pages(programme, nothing))[f"rates/{county.path}/abilities.md"]


def test_a_county_compares_its_schools_unless_they_are_too_many(programme: Programme, year: PublicYear) -> None:
    county = programme.counties[0]
    schools = [unit for unit in county.children if unit.path in year.classes]
    page = plain(dict(ability_rates.pages(programme, [year]))[f"rates/{county.path}/abilities.md"])
    known = [school for school in schools if any(not group.code for group in year.classes[school.path])]
    assert f"{len(schools)} 所学校里，{len(known)} 所有可以公布的" in page
    assert f"({known[0].slug}.md#abilities)" in page


def test_the_catalogue_does_not_tell_few_from_nobody(programme: Programme, year: PublicYear) -> None:
    province = programme.level("省")[0].path
    known = {province: {Class("学法指导", "多媒体教学环境", "A5"): PublicCount(40, 30)}}
    pages = dict(catalogue.pages(programme, [PublicYear(2026, year.figures, year.schools, known)], []))
    assert "全省选学 40 人，通过 30 人。" in pages["catalogue/A5.md"]
    assert "没有教师选学，或者" in pages["catalogue/A6.md"]
    assert "情况" not in dict(catalogue.pages(programme, [], []))["catalogue/A6.md"]

"""A sample that nobody can choose: drawn again it is the same, and what changes elsewhere does not move it."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synthesis import write
from wholeschool.outcomes.draws import draw, population, redraw, seed_of
from wholeschool.programme import Programme, Unit, assemble
from wholeschool.records import load
from wholeschool.records.structs import Draw, Exemption
from wholeschool.sources import MemoryTree, WorkingTree

COMMIT = "0123456789abcdef0123456789abcdef01234567"
YEAR = 2026


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Programme, Unit]:
    """A synthetic county of twelve schools."""
    root = tmp_path_factory.mktemp("county")
    write(root, counties=1, schools=12, teachers=150, seed=3)
    found = assemble(load(WorkingTree(root)))
    return found, found.counties[0]


@cache
def _texts(root: Path) -> dict[str, bytes]:
    tree = WorkingTree(root)
    return {entry.path: tree.read(entry.path) for entry in tree.entries("submissions")}


def test_the_same_twice_and_from_its_own_record(county: tuple[Programme, Unit]) -> None:
    programme, unit = county
    first = draw(programme, unit, YEAR, commit=COMMIT, ratio=10, strata=("school",))
    assert first == draw(programme, unit, YEAR, commit=COMMIT, ratio=10, strata=("school",))
    recorded = Draw(
        announced="2026-09-01",
        commit=COMMIT,
        seed=first.seed,
        ratio=10,
        strata=("school",),
        population=first.population,
        sample=first.sample,
    )
    assert redraw(programme, unit, YEAR, recorded) == first


def test_leave_that_comes_later_does_not_move_a_draw_that_was_made(county: tuple[Programme, Unit]) -> None:
    programme, unit = county
    first = draw(programme, unit, YEAR, commit=COMMIT, ratio=10, announced="2026-09-01")
    recorded = Draw(announced="2026-09-01", commit=COMMIT, seed=first.seed, ratio=10, population=first.population,
                    sample=first.sample)  # fmt: skip
    drawn, number = first.sample[0], first.population
    for day, moved in (("2026-10-08", False), ("2026-09-01", True)):
        exempt = Exemption(reason="病假", approved_by="样张甲", date=day)
        with pytest.MonkeyPatch.context() as patch:
            for school in programme.schools:
                year = programme.school_year(school, YEAR)
                changed = {
                    each.number: msgspec.structs.replace(each, exempt=exempt) if each.number == drawn else each
                    for each in year.teachers.values()
                }
                patch.setitem(year.__dict__, "teachers", changed)
            again = redraw(programme, unit, YEAR, recorded)
        assert (again.population != number) == moved
        assert (again.sample != first.sample) == moved


def test_the_seed_depends_on_commit_unit_and_year(county: tuple[Programme, Unit]) -> None:
    programme, unit = county
    seeds = {
        seed_of(COMMIT, unit, YEAR),
        seed_of(COMMIT[::-1], unit, YEAR),
        seed_of(COMMIT, unit, YEAR + 1),
        seed_of(COMMIT, programme.schools[0], YEAR),
    }
    assert len(seeds) == 4
    other = draw(programme, unit, YEAR, commit=COMMIT[::-1], count=20)
    assert other.sample != draw(programme, unit, YEAR, commit=COMMIT, count=20).sample


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 400))
def test_a_count_is_that_many_or_everybody(county: tuple[Programme, Unit], count: int) -> None:
    programme, unit = county
    everybody = population(programme, unit, YEAR)
    for strata in ((), ("school",), ("school", "environment")):
        drawn = draw(programme, unit, YEAR, commit=COMMIT, count=count, strata=strata)
        assert len(drawn.sample) == len(set(drawn.sample)) == min(count, len(everybody))
        assert set(drawn.sample) <= everybody.keys()


@settings(max_examples=40, deadline=None)
@given(ratio=st.integers(1, 1000).map(lambda tenth: tenth / 10))
def test_a_ratio_rounds_up_in_every_school(county: tuple[Programme, Unit], ratio: float) -> None:
    programme, unit = county
    everybody = population(programme, unit, YEAR)
    drawn = set(draw(programme, unit, YEAR, commit=COMMIT, ratio=ratio, strata=("school",)).sample)
    for school in unit.children:
        there = [number for number, (place, _) in everybody.items() if place is school]
        assert len(drawn.intersection(there)) == math.ceil(round(len(there) * ratio * 10) / 1000)


def test_a_larger_sample_contains_the_smaller(county: tuple[Programme, Unit]) -> None:
    programme, unit = county
    small, large = (set(draw(programme, unit, YEAR, commit=COMMIT, count=count).sample) for count in (10, 30))
    assert small < large


def test_one_teacher_more_moves_nobody_else(county: tuple[Programme, Unit], tmp_path: Path) -> None:
    write(tmp_path, counties=1, schools=12, teachers=150, seed=3)
    programme, unit = county
    texts = dict(_texts(tmp_path))
    path = next(path for path in texts if path.endswith("/teachers.yaml"))
    extra = b"  - number: 34990199990001\n    name: \xe5\xad\x99\xe6\xa2\x85\n    subject: \xe8\xaf\xad\xe6\x96\x87\n"
    extra += "    stage: 小学\n".encode()
    text = texts[path]
    changed = assemble(load(MemoryTree({**texts, path: text.rstrip(b"\n") + b"\n" + extra})))
    numbers = list(draw(programme, unit, YEAR, commit=COMMIT, count=40).sample)
    again = draw(changed, changed.units[unit.path], YEAR, commit=COMMIT, count=41).sample
    assert population(changed, changed.units[unit.path], YEAR).keys() - population(programme, unit, YEAR).keys() == {
        "34990199990001"
    }
    assert [number for number in again if number != "34990199990001"][:40] == numbers


def test_the_exempt_are_never_drawn(county: tuple[Programme, Unit]) -> None:
    programme, unit = county
    drawn = draw(programme, unit, YEAR, commit=COMMIT, ratio=100)
    exempt = {
        number
        for school in unit.children
        for number, teacher in programme.school_year(school, YEAR).teachers.items()
        if teacher.exempt and teacher.exempt.reason and teacher.exempt.approved_by
    }
    assert not exempt.intersection(drawn.sample)
    assert drawn.population == len(drawn.sample)
    assert msgspec.json.decode(msgspec.json.encode(drawn))["population"] == drawn.population

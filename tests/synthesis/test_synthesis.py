"""The generator keeps its word: the size asked for, valid, and the same every time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.synthesis import texts, write
from tests.synthesis.build import build, write_tree
from tests.synthesis.example import CITIES
from tests.synthesis.layout import layout
from tests.synthesis.names import Namer
from wholeschool.cli.workspace import Checked, check_root
from wholeschool.programme import Programme


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _errors(checked: Checked) -> list[str]:
    return [
        f"{each.path}:{each.line} {each.code} {each.message}"
        for each in checked.report.findings
        if each.severity == "error"
    ]


def _size(programme: Programme) -> tuple[int, int, int]:
    people = sum(len(year.teachers) for year in programme.school_years())
    return len(programme.counties), len(programme.schools), people


@pytest.mark.parametrize(
    ("counties", "schools", "teachers", "seed"), [(1, 1, 4, 1), (1, 30, 700, 2), (3, 40, 400, 3), (9, 18, 90, 4)]
)
def test_programme_is_valid_and_of_the_size_asked_for(
    tmp_path: Path, counties: int, schools: int, teachers: int, seed: int
) -> None:
    write(tmp_path, counties=counties, schools=schools, teachers=teachers, seed=seed)
    checked = check_root(tmp_path)
    assert _errors(checked) == []
    assert _size(checked.programme) == (counties, schools, teachers)


def test_same_arguments_give_the_same_bytes_whatever_else_draws_numbers(tmp_path: Path) -> None:
    write(tmp_path / "a", counties=2, schools=12, teachers=150, seed=7)
    random.seed(1)
    random.random()
    write(tmp_path / "b", counties=2, schools=12, teachers=150, seed=7)
    assert _files(tmp_path / "a") == _files(tmp_path / "b")


def test_another_seed_gives_another_programme() -> None:
    size = {"counties": 1, "schools": 5, "teachers": 60}
    assert build(layout(**size, seed=1), 1) != build(layout(**size, seed=2), 2)


def test_units_are_marked_as_demo_and_keep_clear_of_real_codes(tmp_path: Path) -> None:
    write(tmp_path, counties=10, schools=20, teachers=100, seed=5)
    programme = check_root(tmp_path).programme
    for unit in programme.units.values():
        assert unit.data.demo == (unit.level != "省")
        assert unit.level == "省" or unit.data.code[:6] not in programme.regions
    codes = [unit.data.code for unit in programme.level("市")]
    assert sorted(codes, reverse=True) == ["349900", "349800"]


def test_numbers_that_do_not_fit_are_refused() -> None:
    for counties, schools, teachers in ((0, 1, 10), (3, 2, 100), (1, 10, 39), (500, 500, 5000)):
        with pytest.raises(ValueError, match=r"县|学校"):
            layout(counties=counties, schools=schools, teachers=teachers, seed=1)


def test_every_microability_has_texts_enough() -> None:
    codes = [f"A{i}" for i in range(1, 14)] + [f"B{i}" for i in range(1, 11)] + [f"C{i}" for i in range(1, 8)]
    assert list(texts.abilities()) == codes
    for code, words in texts.abilities().items():
        assert len(words.advice) >= 4, code
        assert len(words.evidence) >= 3, code
        assert len(set(words.advice)) == len(words.advice), code
        assert texts.reflections()["学校"][code], code
    for school_type in ("幼儿园", "特殊教育学校"):
        for code, words in texts.abilities_of_type(school_type).items():
            assert len(words.advice) >= 3, (school_type, code)
            assert words.remedy, (school_type, code)
            assert texts.reflections()[school_type][code], (school_type, code)


def test_every_subject_has_lessons_and_asides() -> None:
    for stage, subjects in texts.subjects().items():
        for subject in subjects:
            known = texts.topics()[stage].get(subject) or texts.topics()["小学"][subject]
            assert known, (stage, subject)
            assert texts.asides()[subject], subject


def test_names_are_given_once_and_never_those_of_well_known_people() -> None:
    namer = Namer(random.Random(1), frozenset({"王敏"}))
    names = [namer() for _ in range(3000)]
    assert len(set(names)) == len(names)
    assert not set(names) & (texts.names().avoid | {"王敏"})


def test_layout_of_the_example_still_makes_a_valid_programme(tmp_path: Path) -> None:
    write_tree(tmp_path, build(CITIES, 62))
    assert _errors(check_root(tmp_path)) == []

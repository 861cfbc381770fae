"""A change answers for the papers that it can make wrong: to go through these alone finds all that all would find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest

from tests.case_folders import CaseFolder, MemoryTree, all_cases, base
from tests.soak import some
from wholeschool.programme import Earlier, Programme, assemble
from wholeschool.programme.answers import answered_for
from wholeschool.records import load
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge

ROOT = Path(__file__).parents[2]
SETTINGS = "submissions/programme.yaml"
"""Whoever touches it answers for everybody."""
SCHOOL = 5
COUNTY = "submissions/anhui/shili/mingyuan"
Said = set[tuple[str, str, str]]


def _said(programme: Programme) -> Said:
    return {(each.code, each.path, each.message) for each in judge(all_rules(), programme, lines=False)}


def _agree(before: MemoryTree, after: MemoryTree, day: str = "") -> bool:
    """Whether the change is one of a few schools' papers, and then is told all that is new of it."""
    paths = before.files.keys() | after.files.keys()
    brought = frozenset(path for path in paths if before.files.get(path) != after.files.get(path))
    loaded, earlier = load(after), Earlier(after, before)
    few = assemble(loaded, day, brought, earlier)
    answered = answered_for(few, brought)
    if answered is None or len(answered) == len(few.schools):
        return False
    was = _said(assemble(load(before), day))
    every = assemble(loaded, day, brought | {SETTINGS}, earlier)
    assert _said(few) - was == _said(every) - was
    return True


def _parts(case: CaseFolder) -> Iterator[MemoryTree]:
    """The base, and the case less what it changes of one school or another: what there may have been before."""
    tree, root = case.tree, base()
    changed = {path for path in root.files.keys() | tree.files.keys() if root.files.get(path) != tree.files.get(path)}
    schools = {"/".join(path.split("/")[:SCHOOL]) for path in changed if len(path.split("/")) > SCHOOL}
    for school in sorted(schools):
        own = {path for path in changed if path.startswith(f"{school}/")}
        rest = {path: data for path, data in tree.files.items() if path not in own}
        yield MemoryTree({**rest, **{path: root.files[path] for path in own & root.files.keys()}})


@pytest.mark.parametrize("part", range(8))
def test_what_one_school_of_a_case_brings_is_found_in_the_papers_that_it_answers_for(part: int) -> None:
    agreed = [
        _agree(before, case.tree, case.about.day)
        for case in all_cases()[part::8]
        if case.code in all_rules()
        for before in _parts(case)
    ]
    assert sum(agreed) > 30


@cache
def _example() -> MemoryTree:
    paths = (path for path in (ROOT / "submissions").rglob("*") if path.is_file())
    return MemoryTree({path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths})


_ROW = re.compile(r"(?m)^(?=  - number)")


def _alterations() -> list[tuple[str, int | None, int | None]]:
    """Files of the example's running round, to be taken away; rows of rosters, to go or to get a number of the list."""
    files = [path for path in _example().files if "2026" in path.split("/")[SCHOOL : SCHOOL + 1]]
    rows = [(path, at) for path in files if path.endswith("/teachers.yaml") for at in range(len(_rows(path)) - 1)]
    pick = Random(1)
    everybody = sum(len(_rows(path)) - 1 for path in files if path.endswith("/teachers.yaml"))
    found: list[tuple[str, int | None, int | None]] = [
        *((path, None, None) for path in files),
        *((*row, None) for row in rows),
    ]
    found += [(*row, pick.randrange(everybody)) for row in rows for _ in range(2)]
    pick.shuffle(found)
    return found


def _rows(path: str) -> list[str]:
    """What comes before a roster's rows, and they."""
    return _ROW.split(_example().files[path].decode())


def _altered(path: str, row: int | None, number: int | None) -> MemoryTree:
    files = dict(_example().files)
    if row is None:
        del files[path]
        return MemoryTree(files)
    head, *rows = _rows(path)
    taken = "" if number is None else re.sub(r'(number: "?)\d+', rf"\g<1>{_numbers()[number]}", rows[row], count=1)
    return MemoryTree({**files, path: "".join([head, *rows[:row], taken, *rows[row + 1 :]]).encode()})


@cache
def _numbers() -> list[str]:
    rosters = (data.decode() for path, data in _example().files.items() if path.endswith("/2026/teachers.yaml"))
    return [number for text in rosters for number in re.findall(r'- number: "?(\d+)', text)]


@pytest.mark.soak
@pytest.mark.parametrize("part", range(2))
def test_whatever_a_school_of_the_example_loses_or_takes(part: int) -> None:
    agreed = [_agree(_example(), _altered(*each)) for each in some(_alterations()[part::2], 12)]
    assert sum(agreed) > len(agreed) / 2


def _answered(*paths: str) -> set[str]:
    """The folder names of the schools of the example's county that answer for a change of these files."""
    found = answered_for(_programme(), [f"{COUNTY}/{path}" for path in paths])
    return {"everybody"} if found is None else {path.rpartition("/")[2] for path in found}


@cache
def _programme() -> Programme:
    return assemble(load(_example()))


def test_a_school_answers_for_itself_for_whom_it_shares_and_for_its_branches() -> None:
    assert _answered("zhiye-xuexiao/2026/plan.yaml") == {"zhiye-xuexiao"}
    moved = {"xincheng-chuzhong", "beigang-xuexiao"}
    assert _answered("xincheng-chuzhong/2026/teachers.yaml") >= moved <= _answered("beigang-xuexiao/2026/plan.yaml")
    center, branch = "hewan-zhongxin-xiaoxue", "shiqiao-jiaoxuedian"
    assert _answered(f"{center}/2026/plan.yaml") >= {center, branch} <= _answered(f"{branch}/2026/teachers.yaml")
    assert "zhiye-xuexiao" not in _answered(f"{center}/2026/plan.yaml")


def test_what_a_school_is_and_what_an_office_writes_is_everybodys() -> None:
    assert _answered("zhiye-xuexiao/unit.yaml") == {"everybody"}
    assert _answered("2026/acceptance.yaml") == {"everybody"}
    assert _answered("zhiye-xuexiao/2026/plan.yaml", "providers.yaml") == {"everybody"}
    assert _answered("gone-xiaoxue/2026/plan.yaml") == {"everybody"}
    assert answered_for(_programme(), []) is None

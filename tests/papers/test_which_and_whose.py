"""Which table a sheet is, and whose template a workbook is: where that is not clear it is said, never guessed."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from tests.papers.test_round_trip import NAMES, TREE
from tests.papers.workbooks import SCHOOL, empty, filled, sheet_of
from tests.soak import examples
from wholeschool.papers.intake import Intake, take_in
from wholeschool.papers.layout import Table, layouts
from wholeschool.papers.opening import open_workbook
from wholeschool.papers.origin import Origin
from wholeschool.papers.tables import Headings, alike, kind_of, kinds_like
from wholeschool.records.kinds import PROGRAMME, ROOT
from wholeschool.sources import MemoryTree

COUNTY = "anhui/shili/mingyuan"


def _headings(*tables: Table) -> list[str]:
    """What no row of any of the tables can be without."""
    return list(dict.fromkeys(column.heading for table in tables for column in table.columns if column.required))


def _shared(one: Table, other: Table) -> list[str]:
    """The headings that mean something in both tables."""
    known = Headings(other.all_columns)
    return [column.heading for column in one.all_columns if known.column(column.heading)]


ALIKE = [
    (name, one, other, words)
    for name, layout in layouts().items()
    for one, other in combinations(layout.tables, 2)
    if len(words := _shared(one, other)) > 1 and len(_headings(one)) == len(_headings(other))
]


@pytest.mark.parametrize(("kind", "one", "other", "words"), ALIKE, ids=[f"{each[0]} {each[1].title}" for each in ALIKE])
def test_a_sheet_that_two_tables_fit_is_refused_by_both_names(
    kind: str, one: Table, other: Table, words: list[str]
) -> None:
    its = layouts()[kind].kind
    unit, year = "" if PROGRAMME in its.levels else COUNTY, 2026 if "{year}" in its.place else 0
    name = "wanjiang-3.0" if "{guidance}" in its.place else ""
    origin = Origin(kind, unit, year, name).dated("2026-03-05")
    rows = [words, ["x" for _ in words]]
    intake = take_in("表.xlsx", sheet_of(rows, "表"), MemoryTree({}), names=NAMES, wanted=origin)
    (told,) = intake.found
    assert (told.place, told.finding.code, intake.after) == ("表“表”", "XLSX-SHEET", None)
    assert f"“{one.title}”和“{other.title}”" in told.finding.message
    assert told.finding.hint == f"把表名改成“{one.title}”或“{other.title}”"
    for table in (one, other):  # as it is told to do
        again = take_in("表.xlsx", sheet_of(rows, table.title), MemoryTree({}), names=NAMES, wanted=origin)
        assert "分不清" not in str(again.found)


def test_there_are_tables_alike() -> None:
    assert {each[0] for each in ALIKE} == {"approvals", "policy"}


@pytest.mark.soak
def test_a_table_of_two_kinds_is_refused_by_both_names() -> None:
    tables = [(name, table) for name, layout in layouts().items() for table in layout.tables]
    pairs = [each for each in combinations(tables, 2) if each[0][0] != each[1][0]]
    random.Random(7).shuffle(pairs)
    refused = 0
    for (one, a), (other, b) in pairs[: examples(60)]:
        words = _headings(a, b)
        data = sheet_of([words, ["x" for _ in words]], "表")
        sheets = open_workbook(data)
        same = {each.kind for each in alike(kinds_like(sheets, {}))}
        if not {one, other} <= same:
            continue
        refused += 1
        assert kind_of(kinds_like(sheets, {}), sheets) is None
        intake = take_in("表.xlsx", data, MemoryTree({}), names=NAMES, wanted=Origin("", SCHOOL, 2026))
        (told,) = intake.found
        assert told.finding.code == "XLSX-FILE"
        assert "--kind" in told.finding.hint
        for kind in same:
            assert f"“{layouts()[kind].kind.title}”（{kind}）" in told.finding.message
    assert refused > 3


# ---- whose ----


def _others(intake: Intake) -> list[tuple[str, str]]:
    return [(each.finding.severity, each.finding.message) for each in intake.found if each.finding.code == "XLSX-OTHER"]


def test_a_template_of_another_unit_is_told_and_takes_nothing_away() -> None:
    path = f"{ROOT}{COUNTY}/liushu-xiaoxue/2026/teachers.yaml"
    data = filled(TREE, f"{ROOT}{SCHOOL}/2026/teachers.yaml")
    wanted = Origin("", f"{COUNTY}/liushu-xiaoxue")
    intake = take_in("表.xlsx", data, TREE, names=NAMES, wanted=wanted)
    said = f"模板里的单位是“{SCHOOL}”，现在导入到“{COUNTY}/liushu-xiaoxue”"
    assert _others(intake) == [("warning", said)]
    assert "XLSX-STALE" not in str(intake.found)  # that is not the reason
    assert intake.path == path
    own = TREE.read(path).decode().splitlines()
    assert [line for line in own if line.startswith("  - number")] == [
        line for line in (intake.after or "").splitlines() if line in own and line.startswith("  - number")
    ]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Origin(year=2027), "模板里的年度是“2026”，现在导入到“2027”"),
        (Origin(unit=f"{COUNTY}/a", year=2027), f"单位是“{SCHOOL}”，现在导入到“{COUNTY}/a”；年度是“2026”"),
        (Origin(unit=f"submissions/{SCHOOL}/"), ""),
        (Origin("teachers", SCHOOL, 2026), ""),
        (None, ""),
    ],
)
def test_what_a_template_says_is_compared_with_what_is_asked_for(wanted: Origin | None, said: str) -> None:
    intake = take_in("表.xlsx", empty("teachers", SCHOOL, 2026), MemoryTree({}), names=NAMES, wanted=wanted)
    assert [severity for severity, _ in _others(intake)] == ["warning"] * bool(said)
    assert said in str(_others(intake))

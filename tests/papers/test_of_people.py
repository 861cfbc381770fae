"""Workbooks that people made without our templates: what each of them must become."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

from tests.papers.test_round_trip import NAMES, TREE
from wholeschool.papers.intake import Intake, take_in
from wholeschool.papers.origin import Origin
from wholeschool.records.yaml_text import read_yaml

FOLDER = Path(__file__).with_name("workbooks_of_people")
SCHOOL = "anhui/shili/mingyuan/liushu-xiaoxue"


def _taken(name: str, unit: str = SCHOOL, kind: str = "") -> Intake:
    data = (FOLDER / f"{name}.xlsx").read_bytes()
    return take_in(f"{name}.xlsx", data, TREE, names=NAMES, wanted=Origin(kind, unit, 2026))


def _told(intake: Intake, severity: str = "error") -> list[tuple[str, str]]:
    return [(each.place, each.finding.code) for each in intake.found if each.finding.severity == severity]


def _teachers(intake: Intake) -> tuple[dict[str, Any], dict[str, Any]]:
    """Who was there before and who is afterwards, by number."""
    assert intake.after is not None, intake.found
    before, after = (read_yaml(text or "")[0]["teachers"] for text in (intake.before, intake.after))
    return {each["number"]: each for each in before}, {each["number"]: each for each in after}


def _added(intake: Intake) -> list[dict[str, Any]]:
    """The new teachers; nobody else may have changed."""
    before, after = _teachers(intake)
    assert {number: after[number] for number in before} == before
    return [after[number] for number in after if number not in before]


def test_without_numbers_nobody_is_renamed() -> None:
    intake = _taken("roster-no-serial", "anhui/shili/mingyuan/xincheng-chuzhong", "teachers")
    assert _told(intake) == [("表“Sheet”第 2 行 A 列", "XLSX-KEY"), ("表“Sheet”第 3 行 A 列", "XLSX-KEY")]
    assert intake.after is None


def test_two_colleagues_typed_below_a_template_are_two_additions() -> None:
    intake = _taken("50-template-two-new", "")
    assert not _told(intake)
    assert [each["name"] for each in _added(intake)] == ["样甲", "样乙"]
    assert intake.before is not None
    assert intake.after is not None
    difference = list(difflib.unified_diff(intake.before.splitlines(), intake.after.splitlines(), lineterm="", n=0))
    gone = [line for line in difference[2:] if line.startswith("-")]
    assert gone == ["-staff: 28"]  # the form says 30; every other line stays


def test_strokes_and_blanks_between_codes_of_a_new_roster() -> None:
    intake = _taken("teachers-slash", "")
    assert (intake.before, _told(intake)) == (None, [])
    choices = [each["choices"] for each in read_yaml(intake.after or "")[0]["teachers"]]
    assert choices == [
        ["A1", "A2", "A3", "A5", "A6"],
        ["A1", "A2", "A3", "A5", "A6"],
        ["A5", "A6", "B2", "B6"],
        ["A1", "A5", "A6", "B2", "A2"],
        ["A1", "A5", "A6", "B2", "B6", "A2"],
    ]


def test_every_workbook_of_people_has_a_test() -> None:
    told = Path(__file__).read_text("utf-8")
    assert [path.stem for path in FOLDER.glob("*.xlsx") if f'"{path.stem}"' not in told] == []


def test_codes_with_strokes_between_them_are_all_there() -> None:
    before, after = _teachers(_taken("36b-slash-existing"))
    changed = [number for number in after if after[number] != before[number]]
    assert [after[number]["choices"] for number in changed] == [["A1", "A5", "A6", "A7", "A9", "A12", "A10"]]


def test_own_headings_are_understood_and_the_rest_is_named() -> None:
    intake = _taken("own-table")
    assert [each["subject"] for each in _added(intake)] == ["语文", "语文", "英语"]
    assert _told(intake, "warning") == [("表“Sheet1”第 3 行 G 列", "XLSX-COLUMN")]
    assert [left.said for left in intake.left if left.is_news] == [
        "表“Sheet1”第 1–2 行（表头上方的标题）",
        "表“Sheet1”第 8 行（合计或落款）",
    ]


def test_a_part_of_somebodys_tasks_takes_no_task_away() -> None:
    before, after = _teachers(_taken("53-teacher-and-one-task"))
    assert before.keys() == after.keys()
    for number, teacher in before.items():
        for task in teacher.get("task_sheet", ()):
            assert task in after[number]["task_sheet"]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("40-two-sheets", 2),
        ("41-hidden-sheet", 1),
        ("12-two-row-header", 2),
        ("10-totals", 2),
        ("02-xprefix-merged", 2),
        ("18-bad-fill", 1),
        ("45b-formatted-empty-20k", 2),
    ],
)
def test_everybody_on_the_sheets_is_added_and_nobody_else(name: str, count: int) -> None:
    intake = _taken(name)
    assert not _told(intake)
    assert len(_added(intake)) == count


def test_a_hidden_sheet_is_named() -> None:
    assert [left.said for left in _taken("41-hidden-sheet").left if left.is_news] == ["表“Sheet1”（隐藏的表）"]


def test_merged_cells_say_the_same_of_every_row() -> None:
    groups = {each["group"] for each in _added(_taken("02-xprefix-merged"))}
    assert groups == {"全校教研组"}


def test_error_values_are_errors_where_they_stand() -> None:
    assert _told(_taken("08-errors")) == [
        ("表“教师”第 2 行 E 列", "XLSX-ERROR"),
        ("表“教师”第 2 行 F 列", "XLSX-ERROR"),
    ]
    intake = _taken("38b-ref-goal")
    assert _told(intake) == [("表“教师”第 2 行 E 列", "XLSX-ERROR")]
    assert intake.after is None


def test_escaped_line_ends_are_line_ends() -> None:
    (first, *_) = _added(_taken("06-x000D"))
    assert first["goal"] == "会用课件\n会用投屏"


def test_a_floating_rest_is_no_part_of_a_number() -> None:
    intake = _taken("11-float")
    assert {place for place, _ in _told(intake)} <= {"表“教师”第 3 行 J 列"}


def test_radicals_are_written_as_they_are_usually() -> None:
    intake = _taken("14-kangxi")
    names = {each["name"] for each in _added(intake)}
    assert "王小明" in names
    assert ("表“教师”第 2 行 B 列", "XLSX-NAME") in _told(intake, "warning")


def test_a_row_that_no_sheet_has_is_one_sentence() -> None:
    intake = _taken("row-1e12")
    assert _told(intake) == [("", "XLSX-FILE")]

"""Workbooks that people made without our templates, opened in the form: the same outcome as by `wholeschool import`."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from tests.papers.test_of_people import FOLDER
from tests.site.form_reading import same_reading, taken_in
from tests.site.test_form_workbooks import form  # noqa: F401 - the page with its readers


class Right(NamedTuple):
    """What must come of a workbook: how many are on the roster (None: it is not read), and the errors (place, code)."""

    many: int | None
    errors: tuple[tuple[str, str], ...] = ()


RIGHT = {
    "02-xprefix-merged": Right(2),
    "06-x000D": Right(2),
    "08-errors": Right(None, (("表“教师”第 2 行 E 列", "XLSX-ERROR"), ("表“教师”第 2 行 F 列", "XLSX-ERROR"))),
    "10-totals": Right(2),
    "11-float": Right(2, (("表“教师”第 3 行 J 列", "S-TYPE"),)),  # 1e21 hours
    "12-two-row-header": Right(2),
    "14-kangxi": Right(2),
    "18-bad-fill": Right(1),
    "36b-slash-existing": Right(1),
    "38b-ref-goal": Right(None, (("表“教师”第 2 行 E 列", "XLSX-ERROR"),)),
    "40-two-sheets": Right(2),
    "41-hidden-sheet": Right(1),
    "45b-formatted-empty-20k": Right(2),
    "50-template-two-new": Right(30),
    "53-teacher-and-one-task": Right(1),
    "own-table": Right(3),
    "roster-no-serial": Right(None, (("", "XLSX-FILE"),)),
    "row-1e12": Right(None, (("", "XLSX-FILE"),)),
    "teachers-slash": Right(5),
}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.xlsx")))
def test_a_workbook_of_people_becomes_what_it_becomes_by_import(form: Page, name: str) -> None:  # noqa: F811
    data = (FOLDER / f"{name}.xlsx").read_bytes()
    (taken,) = taken_in(form, [data], f"{name}.xlsx")
    same_reading(taken, data, f"{name}.xlsx", name)
    many = None if taken["value"] is None else len(taken["value"]["teachers"])
    errors = tuple((place, code) for place, code, severity, _ in taken["found"] if severity == "error")
    assert Right(many, errors) == RIGHT[name]
    assert taken["took"] < 1000


def test_what_stands_in_them_arrives(form: Page) -> None:  # noqa: F811
    files = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.xlsx"))}
    read = taken_in(form, list(files.values()), "表.xlsx")
    roster = {name: (each["value"] or {}).get("teachers", []) for name, each in zip(files, read, strict=True)}
    assert [each["choices"] for each in roster["teachers-slash"]][-2:] == [
        ["A1", "A5", "A6", "B2", "A2"],
        ["A1", "A5", "A6", "B2", "B6", "A2"],
    ]
    assert {"A7", "A9", "A12"} <= set(roster["36b-slash-existing"][0]["choices"])
    assert [each["name"] for each in roster["50-template-two-new"]][-2:] == ["样甲", "样乙"]
    assert [each["subject"] for each in roster["own-table"]] == ["语文", "语文", "英语"]
    assert {each["group"] for each in roster["02-xprefix-merged"]} == {"全校教研组"}
    assert roster["06-x000D"][0]["goal"] == "会用课件\n会用投屏"
    assert "王小明" in {each["name"] for each in roster["14-kangxi"]}
    assert len(roster["53-teacher-and-one-task"][0]["task_sheet"]) == 1
    assert 30 in roster["11-float"][0]["hours"].values()

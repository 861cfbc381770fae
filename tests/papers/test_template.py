"""What people see when they open a template."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.papers.workbooks import EXAMPLE, SCHOOL, TERMS, empty, filled, heading
from wholeschool.papers.layout import layouts
from wholeschool.records.kinds import ROOT
from wholeschool.sources import WorkingTree

TREE = WorkingTree(EXAMPLE)


@pytest.fixture(scope="module")
def roster() -> Any:
    return load_workbook(io.BytesIO(filled(TREE, f"{ROOT}{SCHOOL}/2026/teachers.yaml")))


def test_headings_are_the_titles_of_the_schema(roster: Any) -> None:
    headings = [cell.value for cell in roster["教师"][1]]
    assert headings[:4] == ["教师编号", "姓名", "学科", "学段"]
    assert "学时：网络研修学时" in headings
    assert [cell.value for cell in roster["任务单"][1]] == ["教师编号", "微能力编号", "任务", "时间", "成果"]


def test_the_header_is_frozen_and_explained(roster: Any) -> None:
    sheet = roster["教师"]
    assert sheet.freeze_panes == "C2"
    assert "14 位数字" in sheet["A1"].comment.text
    assert "必填" in sheet["A1"].comment.text
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"


def test_codes_are_text_and_stay_text(roster: Any) -> None:
    sheet = roster["教师"]
    assert sheet["A2"].value == "34990100010001"
    assert sheet["A2"].number_format == "@"
    assert sheet.column_dimensions["A"].number_format == "@"


_UNITS = {"工程": "", "省": "anhui", "市": "anhui/shili", "县": "anhui/shili/mingyuan", "校": SCHOOL}


@pytest.mark.parametrize("kind", layouts())
def test_every_fixed_choice_has_a_drop_down(kind: str) -> None:
    made = layouts()[kind].kind
    name = made.schema.placement.get("names", ["2026-05-01"])[0] if "{" in made.place.replace("{year}", "") else ""
    book = load_workbook(io.BytesIO(empty(kind, _UNITS[made.levels[0]], 2026, name)))
    for table in layouts(TERMS)[kind].tables:
        sheet: Any = book[table.title]
        offered = {
            str(cells).split(":")[0]: rule.formula1
            for rule in sheet.data_validations.dataValidation
            for cells in rule.sqref.ranges
        }
        for column in table.columns:
            place = sheet.cell(2, heading(sheet, column.heading)).coordinate
            if "enum" in column.field:
                listed = offered[place]
                if listed.startswith('"'):
                    assert listed.strip('"').split(",") == column.field["enum"]
                else:
                    name, _, cells = listed.replace("$", "").partition("!")
                    assert [row[0].value for row in book[name][cells]] == column.field["enum"]
            elif column.field.get("type") == "boolean":
                assert offered[place] == '"是,否"'


def test_credits_are_summed_while_typing(roster: Any) -> None:
    sheet = roster["教师"]
    place = heading(sheet, "学分合计")
    assert heading(sheet, "所选微能力") == place - 1
    last = sheet.max_row
    for row in (2, last):
        assert "SUMPRODUCT" in sheet.cell(row, place).value
        assert ">=20" in sheet.cell(row, place + 1).value
    assert last > 100
    assert [cell.value for cell in roster["_lists"][2]][:2] == ["A1", 4]


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    from tests.papers.workbooks import with_files

    text = 'name: 语文教研组\nleader: 张明\ntheme: =1+1 的写法\nplan:\n  - when: "3 月"\n    content: "@大家"\n'
    path = f"{ROOT}{SCHOOL}/2026/groups/yuwen.yaml"
    book: Any = load_workbook(io.BytesIO(filled(with_files({path: text}), path)))
    cells = [cell for row in book["基本信息"].iter_rows() for cell in row if cell.value == "=1+1 的写法"]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_the_notes_are_the_first_sheet_and_what_opens(roster: Any) -> None:
    assert roster.sheetnames[0] == "填写说明"
    assert roster.active.title == "填写说明"
    said = [row[0].value or "" for row in roster["填写说明"].iter_rows()]
    assert any("第一次报名册，只要编号、姓名、学科、学段" in line for line in said)


def test_the_first_roster_asks_for_no_more_than_who_is_there(roster: Any) -> None:
    sheet = roster["教师"]
    orange = sheet["A1"].fill.fgColor.rgb
    assert [cell.value for cell in sheet[1] if cell.fill.fgColor.rgb == orange] == ["教师编号", "姓名", "学科", "学段"]


@pytest.mark.parametrize("kind", layouts())
def test_what_the_sheets_say_is_in_the_words_of_a_sheet(kind: str) -> None:
    made = layouts()[kind].kind
    name = made.schema.placement.get("names", ["2026-05-01"])[0] if "{" in made.place.replace("{year}", "") else ""
    book = load_workbook(io.BytesIO(empty(kind, _UNITS[made.levels[0]], 2026, name)))
    yes_or_no = {
        column.heading
        for columns in (layouts()[kind].form, *(table.all_columns for table in layouts()[kind].tables))
        for column in columns
        if column.field.get("type") == "boolean"
    }
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        told = {str(cell.value): cell.comment.text for cell in sheet[1] if cell.comment}
        if sheet.title == "基本信息":
            told |= {str(row[0].value): str(row[2].value or "") for row in sheet.iter_rows(min_row=2)}
        for heading_, text in told.items():
            for word in ("true", "false", "pattern", "\\u", "{2,", "[^", "正则"):
                assert word not in text, (sheet.title, heading_)
            if heading_ in yes_or_no:
                assert "“是”" in text, (sheet.title, heading_)
                assert "“否”" in text, (sheet.title, heading_)


def test_the_workbook_says_which_record_it_is(roster: Any) -> None:
    sheet = roster["_wholeschool"]
    assert sheet.sheet_state == "veryHidden"
    said = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert (said["kind"], said["unit"], said["year"]) == ("teachers", SCHOOL, "2026")
    assert len(said["schema"]) == 12


def test_rows_are_as_high_as_what_they_say(roster: Any) -> None:
    sheet = roster["教师"]
    columns = {cell.value: cell for cell in sheet[1]}
    goal = columns["个人提升目标"]
    width = sheet.column_dimensions[goal.column_letter].width
    told = [(row, str(sheet.cell(row, goal.column).value or "")) for row in range(2, 30)]
    long = [(row, text) for row, text in told if 2 * len(text) > width]
    assert long
    assert all(sheet.row_dimensions[row].height >= 15 * 2 * len(text) / width for row, text in long)


def test_it_prints_one_page_wide_with_its_header_on_every_page(roster: Any) -> None:
    for sheet in roster:
        if sheet.sheet_state == "visible":
            assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.print_title_rows == "$1:$1"


def test_a_unit_is_asked_for_what_its_level_needs() -> None:
    asked = {}
    for level, unit in (("校", SCHOOL), ("县", SCHOOL.rpartition("/")[0])):
        sheet = load_workbook(io.BytesIO(empty("unit", unit)))["基本信息"]
        rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
        assert rows["级别"][1].value == level
        asked[level] = {label for label, row in rows.items() if row[0].fill.fgColor.rgb == sheet["A2"].fill.fgColor.rgb}
    assert {"学校类型", "校（园）长", "信息化环境"} <= asked["校"]
    assert "教育行政部门" in asked["县"]
    assert "学校类型" not in asked["县"]

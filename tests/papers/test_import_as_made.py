"""Workbooks as people really make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from tests.papers.workbooks import (
    ROSTER,
    SCHOOL,
    base,
    brought_in,
    changed,
    empty,
    filled,
    heading,
    saved,
    sheet_of,
    told,
)
from wholeschool.errors import UsageError
from wholeschool.papers import importing
from wholeschool.records.kinds import ROOT
from wholeschool.records.yaml_text import read_yaml

HEAD = ["教师编号", "姓名", "学科", "学段", "所选微能力", "申报日期"]
NEW = ["34990100010009", "李文静", "语文", "小学", "A1、A5、A11、B9", ""]


def _teacher(*rows: list[Any], head: list[str] = HEAD) -> dict[str, Any]:
    """The teacher that a sheet beside the roster's own gives; everything else must be right.

    But for the consultation: the teachers here are new, and their groups have not met them.
    """
    judged = brought_in(sheet_of([head, *rows]), unit=SCHOOL, year=2026)
    assert {code for _, code in told(judged)} <= {"CONSULT-FIRST"}
    text = judged.intakes[0].after
    assert text is not None
    return read_yaml(text)[0]["teachers"][-1]  # type: ignore[no-any-return]


def _own(**other: Any) -> list[Any]:
    return [other.get(name, value) for name, value in zip(HEAD, NEW, strict=True)]


@pytest.mark.parametrize(
    "written",
    [
        "A1、A5、A11、B9",
        "A1，A5, A11;B9",
        "A1 A5\nA11；B9",
        "Ａ１、ａ5、A11、b09",
        "A-1、A5技术支持的课堂导入、评价量规设计与应用、自评与互评活动的组织",
    ],
)
def test_several_codes_in_one_cell(written: str) -> None:
    assert _teacher(_own(所选微能力=written))["choices"] == ["A1", "A5", "A11", "B9"]


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01",
        "2026.3.1",
        "2026/3/1",
        "2026年3月1日",
        "２０２６．３．１",
        " 2026 年 3 月 1 日 ",
        "20260301",
        46082,
        date(2026, 3, 1),
        datetime(2026, 3, 1, 8),
    ],
)
def test_dates_as_texts_serials_and_dates(written: Any) -> None:
    assert _teacher(_own(申报日期=written))["declared"] == "2026-03-01"


@pytest.mark.parametrize(
    "written",
    ["３４９９０１０００１０００９", "34990100010009 ", 34990100010009, 34990100010009.0, "3499 0100 0100 09"],
)
def test_numbers_of_teachers(written: Any) -> None:
    assert _teacher(_own(教师编号=written))["number"] == "34990100010009"


@pytest.mark.parametrize(
    ("written", "name"),
    [("李　文 静", "李文静"), ("买买提・艾力", "买买提·艾力"), (" 𠮷文 ", "𠮷文"), ("Anna Li", "Anna Li")],
)
def test_names(written: str, name: str) -> None:
    assert _teacher(_own(姓名=written))["name"] == name


def test_a_title_blank_rows_a_foot_and_merged_cells() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["明远县文华小学教师选学汇总表（样张）"])
    sheet.merge_cells("A1:G1")
    sheet.append([])
    sheet.append(["序号", "教师编号", " 姓 名 ", "学科：", "学段（必填）", "所选微能力", "教研组"])
    sheet.append([1, *NEW[:5], "全校教研组"])
    sheet.append([])
    sheet.append([2, "34990100010010", "王芳", "语文", "小 学", "A1、A5、A11、B9", None])
    sheet.merge_cells("G4:G6")
    sheet.append(["合计", None, None, None, None, "2 人"])
    sheet.append(["填报人：", "某某", None, None, None, None, None])
    judged = brought_in(saved(book), unit=SCHOOL, year=2026)
    assert not told(judged)
    teachers = read_yaml(judged.intakes[0].after or "")[0]["teachers"]
    assert [(each["name"], each["group"]) for each in teachers[-2:]] == [
        ("李文静", "全校教研组"),
        ("王芳", "全校教研组"),
    ]


def test_other_names_of_microabilities_come_with_a_remark() -> None:
    judged = brought_in(
        sheet_of([HEAD, _own(所选微能力="A1、A5、评价量规的设计与应用、自评与互评活动组织")]), unit=SCHOOL, year=2026
    )
    remarks = [(each.place, each.finding.message) for each in judged.intakes[0].found]
    assert not told(judged)
    assert ("表“Sheet1”第 2 行 E 列", "“评价量规的设计与应用”按“A11 评价量规设计与应用”导入") in remarks


def test_a_code_that_contradicts_its_name_is_refused() -> None:
    judged = brought_in(sheet_of([HEAD, _own(所选微能力="A1技术支持的课堂导入、A11")]), unit=SCHOOL, year=2026)
    assert told(judged)[0] == ("表“Sheet1”第 2 行 E 列", "XLSX-NAME")


def test_findings_are_those_of_validate_in_their_cells() -> None:
    judged = brought_in(
        sheet_of([HEAD, _own(学段="小学部"), [*_own(教师编号="3499010001001X")], _own(姓名="")]), unit=SCHOOL, year=2026
    )
    assert told(judged) == [
        ("表“Sheet1”第 4 行 A 列", "XLSX-KEY"),  # the number of the row two above: said in the same round
        ("表“Sheet1”第 2 行 D 列", "S-ENUM"),
        ("表“Sheet1”第 3 行 A 列", "S-PATTERN"),
        ("表“Sheet1”第 4 行 B 列", "S-REQUIRED"),
    ]
    assert not judged.ready


def test_rules_across_records_point_at_cells_too() -> None:
    judged = brought_in(
        sheet_of([HEAD, _own(所选微能力="A1、A5"), _own(教师编号="34990100010010", 所选微能力="A1、A5、A11、C7")]),
        unit=SCHOOL,
        year=2026,
    )
    assert ("表“Sheet1”第 2 行 E 列", "CHOICE-CREDITS") in told(judged)
    assert ("表“Sheet1”第 3 行 E 列", "CHOICE-OFFERED") in told(judged) or (
        "表“Sheet1”第 3 行 E 列",
        "CHOICE-ENVIRONMENT",
    ) in told(judged)


def test_the_same_teacher_twice() -> None:
    judged = brought_in(sheet_of([HEAD, NEW, _own(姓名="王芳")]), unit=SCHOOL, year=2026)
    assert told(judged) == [("表“Sheet1”第 3 行 A 列", "XLSX-KEY")]


def test_partial_leaves_out_the_wrong_rows_only() -> None:
    data = sheet_of(
        [HEAD, NEW, _own(教师编号="34990100010010", 学段="小学部"), _own(教师编号="34990100010011", 所选微能力="A1")]
    )
    judged = brought_in(data, unit=SCHOOL, year=2026, partial=True)
    assert not told(judged)
    assert judged.failed
    numbers = [each["number"] for each in read_yaml(judged.ready[0].after or "")[0]["teachers"]]
    assert "34990100010009" in numbers
    assert not {"34990100010010", "34990100010011"} & set(numbers)
    left = [each.finding.message for each in judged.intakes[0].found if each.row in (3, 4)]
    assert all(message.startswith("这一行没有导入：") for message in left)
    assert len(left) >= 2


def test_a_row_with_an_error_keeps_what_the_record_said() -> None:
    def change(book: Workbook) -> None:
        sheet: Any = book["教师"]
        sheet.cell(2, heading(sheet, "学科")).value = "语"
        sheet.cell(3, heading(sheet, "教研组")).value = "全校教研组"

    judged = brought_in(changed(filled(base(), ROSTER), change), partial=True)
    old, new = (read_yaml(text or "")[0]["teachers"] for text in (judged.ready[0].before, judged.ready[0].after))
    assert new[0] == old[0]
    assert new[1] == old[1] | {"group": "全校教研组"}


def test_columns_and_sheets_that_are_not_there_stay_as_they_are() -> None:
    old = read_yaml(base().read(ROSTER).decode())[0]["teachers"]
    rows = [["教师编号", "教研组"], *([each["number"], "全校教研组"] for each in old)]
    judged = brought_in(sheet_of(rows), unit=SCHOOL, year=2026, kind="teachers")
    assert not told(judged)
    new = read_yaml(judged.ready[0].after or "")[0]["teachers"]
    assert new == [each | {"group": "全校教研组"} for each in old]


def test_a_column_that_is_needed_and_one_that_is_unknown() -> None:
    judged = brought_in(
        sheet_of([["教师编号", "姓名", "学科", "备用"], ["34990100010009", "李文静", "语文", "x"]], "教师"),
        unit=SCHOOL,
        year=2026,
        kind="teachers",
    )
    assert told(judged) == [("表“教师”第 1 行 A 列", "XLSX-COLUMN")]
    assert any("少了列：学段" in each.finding.message for each in judged.intakes[0].found)
    assert any("备用" in each.finding.message for each in judged.intakes[0].found)


def test_nobody_guesses_whose_it_is() -> None:
    with pytest.raises(UsageError, match="--unit"):
        brought_in(sheet_of([HEAD, NEW]), year=2026)
    with pytest.raises(UsageError, match="--year"):
        brought_in(sheet_of([HEAD, NEW]), unit=SCHOOL)
    with pytest.raises(UsageError, match="校级的记录"):
        brought_in(sheet_of([HEAD, NEW]), unit="anhui/shili/mingyuan", year=2026)


def test_a_workbook_of_something_else() -> None:
    judged = brought_in(sheet_of([["品名", "数量"], ["粉笔", 3]]), unit=SCHOOL, year=2026)
    assert told(judged) == [("", "XLSX-FILE")]
    judged = brought_in(sheet_of([["品名", "数量"], ["粉笔", 3]]), unit=SCHOOL, year=2026, kind="teachers")
    assert told(judged) == [("", "XLSX-SHEET")]


def test_a_row_of_an_inner_list_that_belongs_to_nobody() -> None:
    def change(book: Workbook) -> None:
        book["任务单"].append(["34990100010999", "A1", "写一份前测", "6 月", "分析报告"])

    judged = brought_in(changed(filled(base(), ROSTER), change))
    assert [code for _, code in told(judged)] == ["XLSX-LINK"]


@pytest.mark.parametrize("year", [2026, 2025], ids=["of a known record", "of a new one"])
def test_rows_of_an_inner_list_alone_that_belong_to_nobody(year: int) -> None:
    def change(book: Workbook) -> None:
        del book["教师"]
        book["任务单"].append(["34990100010999", "A1", "写一份前测", "6 月", "分析报告"])

    judged = brought_in(changed(empty("teachers", SCHOOL, year), change))
    assert "XLSX-LINK" in [code for _, code in told(judged)]


def test_personal_numbers_are_found_and_not_repeated() -> None:
    secret = "138" + "00138000"
    judged = brought_in(sheet_of([[*HEAD, "个人提升目标"], [*NEW, f"有事打我电话 {secret}"]]), unit=SCHOOL, year=2026)
    assert told(judged) == [("表“Sheet1”第 2 行 G 列", "PII-MOBILE")]
    assert secret not in str(judged.intakes[0].found)


def test_a_new_record_carries_the_schema_line() -> None:
    path = f"{ROOT}{SCHOOL}/2026/work-plan.yaml"
    data = sheet_of([["事项", "时间", "负责人", "完成标志"], ["推门听课", "3 月", "张明", "听课记录"]], "工作")
    judged = brought_in(data, unit=SCHOOL, year=2026, kind="work-plan")
    assert judged.ready[0].path == path
    lines = (judged.ready[0].after or "").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../../../../../../schemas/work-plan.schema.json"
    assert lines[1:4] == ["items:", "  - task: 推门听课", '    when: "3 月"']


def test_a_sheet_that_is_no_template_takes_nothing_away() -> None:
    old = read_yaml(base().read(ROSTER).decode())[0]["teachers"]
    judged = brought_in(sheet_of([HEAD, NEW]), unit=SCHOOL, year=2026)
    assert read_yaml(judged.ready[0].after or "")[0]["teachers"][:-1] == old


def test_a_template_stands_for_the_whole_list_and_says_what_goes() -> None:
    def change(book: Workbook) -> None:
        book["教师"].delete_rows(2)
        book["任务单"].delete_rows(2, 3)

    judged = brought_in(changed(filled(base(), ROSTER), change))
    old, new = (read_yaml(text or "")[0]["teachers"] for text in (judged.intakes[0].before, judged.intakes[0].after))
    assert new == old[1:]
    assert "XLSX-GONE" in [each.finding.code for each in judged.intakes[0].found]


def test_a_template_older_than_the_record_takes_nothing_away() -> None:
    def change(book: Workbook) -> None:
        book["教师"].delete_rows(2)

    since = base().having({ROSTER: base().read(ROSTER) + "# 又改过\n".encode()})
    judged = brought_in(changed(filled(base(), ROSTER), change), since)
    assert judged.intakes[0].after == judged.intakes[0].before
    assert "XLSX-STALE" in [each.finding.code for each in judged.intakes[0].found]


def test_a_workbook_that_was_imported_already_is_no_older_version() -> None:
    def change(book: Workbook) -> None:
        book["教师"].cell(2, heading(book["教师"], "教研组")).value = "全校教研组"

    book = changed(filled(base(), ROSTER), change)
    after = brought_in(book).ready[0].after
    assert after
    again = brought_in(book, base().having({ROSTER: after.encode()}))
    assert again.ready[0].after == after
    assert "XLSX-STALE" not in [each.finding.code for each in again.intakes[0].found]


def test_records_wait_for_a_unit_that_was_refused() -> None:
    new = SCHOOL.replace("wenhua", "xinqiao")
    team = changed(empty("team", new, name="management"), lambda book: book["成员"].append(["样张甲", "负责人"]))
    unit = importing.Workbook("单位.xlsx", empty("unit", new))
    judged = importing.judge(base(), [unit, importing.Workbook("团队.xlsx", team)])
    (waits,) = (each.finding for each in judged.intakes[1].found if each.finding.code == "UNIT-PARENT")
    assert "单位.xlsx" in waits.hint


def test_a_wrong_cell_does_not_hide_what_the_rules_say_of_the_others() -> None:
    rows = [_own(学段="小字"), _own(教师编号="34990100010010", 姓名="王芳", 所选微能力="A1")]
    judged = brought_in(sheet_of([HEAD, *rows]), unit=SCHOOL, year=2026)
    said = told(judged)
    assert ("表“Sheet1”第 2 行 D 列", "S-ENUM") in said
    assert any(code == "CHOICE-CREDITS" and "第 3 行" in place for place, code in said), said
    assert not any("第 2 行" in place and code.startswith("CHOICE") for place, code in said), said


def test_what_stands_in_for_a_wrong_cell_is_never_told_of() -> None:
    rows = [_own(所选微能力="A1、A5、A11、B9", 申报日期="去年"), _own(教师编号="3499010001", 姓名="王芳")]
    judged = brought_in(sheet_of([HEAD, *rows]), unit=SCHOOL, year=2026)
    text = str(judged.intakes[0].found)
    assert "2001-01-01" not in text
    assert "2099-12-31" not in text
    assert {code for place, code in told(judged) if place.endswith(("F 列", "A 列"))} >= {"S-FORMAT", "S-PATTERN"}


def _new_goal(book: Workbook) -> None:
    sheet = book["教师"]
    sheet.cell(2, heading(sheet, "个人提升目标"), "每周有一节课让学生当堂改一次自己的想法。")


def test_many_workbooks_are_judged_as_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = f"submissions/{SCHOOL}/2026/plan.yaml"
    tree = base().having({plan: base().read(plan).replace(b"goal", b"gaol", 1)})  # it was wrong before
    new = changed(filled(base(), ROSTER), _new_goal)
    alone = brought_in(new, tree)
    assert alone.ready
    monkeypatch.setattr(importing, "_WORTH_BOOKS", 1)
    monkeypatch.setattr(importing, "cores", lambda: 2)
    beside = brought_in(new, tree)
    assert told(beside) == told(alone) == []
    assert beside.elsewhere == alone.elsewhere == ()
    assert beside.intakes[0].after == alone.intakes[0].after

"""Providers' exports: six layouts, whose hours they are, what is dropped, and what cannot be taken."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as Book
from openpyxl import load_workbook

from tests import papers
from tests.case_folders import MemoryTree
from tests.papers.exports import LAYOUTS, Person, Study, a_platform, identity, page, phone, platform, separated
from tests.papers.said import fields, sheets
from tests.papers.test_import_hostile import ole
from tests.papers.workbooks import base, changed, saved, sheet_of
from tests.soak import examples
from wholeschool.errors import UsageError
from wholeschool.outcomes.rates import school_tally
from wholeschool.outcomes.recognition import recognisable
from wholeschool.outcomes.register import row_of
from wholeschool.papers.importing import Judged, Workbook, judge
from wholeschool.papers.importing import changed as written
from wholeschool.papers.intake import Intake, Spoken
from wholeschool.papers.old_workbooks import read_old
from wholeschool.papers.origin import Origin
from wholeschool.papers.sheets import Unreadable
from wholeschool.papers.web_tables import read_web_page
from wholeschool.personal_data import scan
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.kinds import ROOT
from wholeschool.records.yaml_text import read_yaml
from wholeschool.rules import check as check_programme

COUNTY = "anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/qingshan-xiaoxue"
ROSTER = f"{ROOT}{SCHOOL}/2026/teachers.yaml"
PROVIDER = "示例师范学院"
EVENING = datetime(2026, 5, 12, 19, 30)
NAMES = ("孙梅", "王晓红", "李建军", "赵一鸣", "周敏", "吴佳怡")
STUDY = Study("量规设计", EVENING, 2)
OLD = Path(papers.__file__).with_name("platform.xls")


def _number(index: int) -> str:
    return f"3499010002{index:04}"


def _tree(names: Sequence[str] = NAMES, *, online: bool = False) -> MemoryTree:
    """The base of the examples, and a roster of a school that has only begun."""
    hours = "\n    hours: {online: 3, practice: 4}" if online else ""
    rows = "".join(
        f"  - number: {_number(index)}\n    name: {name}\n    subject: 语文\n    stage: 小学{hours}\n"
        for index, name in enumerate(names, 1)
    )
    return base().having({ROSTER: f"teachers:\n{rows}".encode()})


def _person(index: int = 1, *studies: Study, number: bool = True, **other: Any) -> Person:
    who = Person(NAMES[index - 1], "明远县青山小学", _number(index) if number else "", studies or (STUDY,))
    return who._replace(**other)


def _import(
    data: bytes,
    tree: MemoryTree | None = None,
    name: str = "导出.xlsx",
    unit: str = COUNTY,
    year: int = 2026,
    *,
    kind: str = "",
    named: str = "",
    partial: bool = False,
    provider: str = PROVIDER,
    **spoken: Any,
) -> Judged:
    said = Spoken(provider=provider, **spoken)
    return judge(tree or _tree(), [Workbook(name, data)], Origin(kind, unit, year, named), partial=partial, spoken=said)


def _one(judged: Judged) -> Intake:
    (intake,) = judged.intakes
    return intake


def _record(judged: Judged) -> dict[str, Any]:
    intake = _one(judged)
    assert intake.after is not None, [each.finding.message for each in intake.found]
    return read_yaml(intake.after)[0]  # type: ignore[no-any-return]


def _hours(judged: Judged) -> dict[str, float]:
    return {each["teacher"]: float(each["hours"]) for each in _record(judged)["people"]}


def _said(judged: Judged, severity: str = "error") -> list[tuple[str, str, str]]:
    found = _one(judged).found
    return [
        (each.place, each.finding.code, each.finding.message) for each in found if each.finding.severity == severity
    ]


# --- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_says_who_studied_how_long(layout: str) -> None:
    people = [
        _person(1, Study("量规设计", EVENING, 2), Study("互评活动", EVENING + timedelta(days=1), 1.2)),
        _person(2, Study("量规设计", EVENING + timedelta(minutes=1), 2), number=False, school="青山小学"),
    ]
    data = LAYOUTS[layout](people)
    judged = _import(data)
    record = _record(judged)
    assert _hours(judged) == {_number(1): 3.2, _number(2): 2}
    assert {each["teacher"]: each["matched"] for each in record["people"]} == {_number(1): "编号", _number(2): "姓名"}
    assert record["provider"] == PROVIDER
    assert record["file"] == {"name": "导出.xlsx", "digest": sha256(data).hexdigest()}
    assert not judged.failed
    assert not _said(judged, "warning")
    if layout == "platform":
        assert (record["from"], record["until"]) == ("2026-03-01", "2026-08-31")
        assert not any("sessions" in each for each in record["people"])
    else:
        assert (record["from"], record["until"]) == ("2026-05-12", "2026-05-13")
        assert record["people"][0]["sessions"] == [
            {"course": "量规设计", "begun": "2026-05-12 19:30", "ended": "2026-05-12 21:00", "hours": "2"},
            {"course": "互评活动", "begun": "2026-05-13 19:30", "ended": "2026-05-13 20:24", "hours": "1.2"},
        ]


def test_the_platform_s_list_has_34_columns() -> None:
    assert len(platform([_person()])[2]) == 34


def test_an_old_workbook_is_read_as_it_is() -> None:
    """`platform.xls` was written by a library for BIFF8, with a hidden sheet of its own."""
    data = OLD.read_bytes()
    judged = _import(data, name="导出.xls")
    assert _hours(judged) == {_number(1): 3.2, _number(2): 2}
    assert _record(judged)["file"]["digest"] == sha256(data).hexdigest()
    assert any("1 人没有报到" in note for note in _one(judged).notes)


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (page(platform([_person()])), "导出.xls", "网页（HTML）"),
        (page(platform([_person()]), "gb18030"), "导出.xls", "网页（HTML）"),
        (separated(platform([_person()])), "导出.xls", "文本（CSV）"),
        (separated(platform([_person()]), "utf-16"), "导出.xlsx", "文本（CSV）"),
    ],
)
def test_a_file_that_is_no_workbook_is_read_for_what_it_is(data: bytes, name: str, told: str) -> None:
    judged = _import(data, name=name)
    assert _hours(judged) == {_number(1): 2}
    assert any(told in note for note in _one(judged).notes)


def test_cells_of_a_page_that_reach_down_and_across_keep_the_others_in_their_columns() -> None:
    text = "<table><tr><td rowspan=2>一</td><td colspan=2>二</td><td>三</td></tr><tr><td>四<td>五<br>六</table>"
    (sheet,) = read_web_page(text.encode())
    found = {(row, column): cell.value for row, cells in sheet.rows.items() for column, cell in cells.items()}
    assert found == {(1, 1): "一", (1, 2): "二", (1, 4): "三", (2, 2): "四", (2, 3): "五\n六"}


_STUDIES = st.lists(
    st.builds(
        Study,
        st.sampled_from(["量规设计", "互评活动", "学情分析"]),
        st.integers(0, 80).map(lambda day: EVENING + timedelta(days=day)),
        st.integers(1, 40).map(lambda fifths: fifths / 5),
    ),
    max_size=3,
    unique_by=lambda study: (study.course, study.begun),
)


@pytest.mark.soak
@settings(max_examples=examples(20), deadline=None)
@given(st.data(), st.sampled_from(sorted(LAYOUTS)))
def test_what_was_true_is_what_is_imported(data: st.DataObject, layout: str) -> None:
    """Made-up people, one of six layouts, and the same hours of the same people."""
    chosen = data.draw(st.sets(st.integers(1, len(NAMES)), min_size=1))
    people = [
        _person(index, number=data.draw(st.booleans()))._replace(studies=data.draw(_STUDIES))
        for index in sorted(chosen)
    ]
    truth = {_number(NAMES.index(each.name) + 1): each.hours for each in people if each.studies}
    judged = _import(LAYOUTS[layout](people), since="2026-03-01", until="2026-08-31")
    if truth:
        assert _hours(judged) == pytest.approx(truth, abs=0.02)
    else:
        assert judged.failed


def test_numbers_that_excel_kept_as_numbers_are_numbers() -> None:
    rows: list[list[Any]] = [["姓名", "教师编号", "学时"], ["孙梅", int(_number(1)), 2.5]]
    assert _hours(_import(sheet_of(rows), since="2026-03-01", until="2026-06-30")) == {_number(1): 2.5}


@pytest.mark.parametrize(
    ("heading", "written", "hours"),
    [
        ("学习时长（分钟）", 90, 2),
        ("学习时长（分钟）", "90", 2),
        ("学习时长(小时)", 1.5, 2),
        ("在线时长（秒）", 5400, 2),
        ("累计观看时长", "01:30:00", 2),
        ("累计观看时长", timedelta(minutes=90), 2),
        ("观看时长", "1小时30分", 2),
        ("观看时长", "90分钟", 2),
        ("学时", "2学时", 2),
    ],
)
def test_lengths_of_time_become_hours_of_study(heading: str, written: Any, hours: float) -> None:
    rows: list[list[Any]] = [["姓名", "教师编号", heading], ["孙梅", _number(1), written]]
    assert _hours(_import(sheet_of(rows), since="2026-03-01", until="2026-06-30")) == {_number(1): hours}


def test_how_long_an_hour_of_study_is_is_configured() -> None:
    settings_ = f"{ROOT}programme.yaml"
    tree = _tree()
    tree = tree.having({settings_: tree.read(settings_) + b"local: {online_hours: {minutes: 30}}\n"})
    rows: list[list[Any]] = [["姓名", "教师编号", "学习时长（分钟）"], ["孙梅", _number(1), 90]]
    assert _hours(_import(sheet_of(rows), tree, since="2026-03-01", until="2026-06-30")) == {_number(1): 3}


# --- what it changes --------------------------------------------------------------------------------------------------


def test_the_rosters_give_their_own_figures_up() -> None:
    tree = _tree(online=True)
    judged = _import(a_platform([_person(1), _person(2)]), tree)
    files = written(judged.ready, tree)
    assert set(files) == {_one(judged).path, ROSTER}
    roster = read_yaml(files[ROSTER].decode())[0]["teachers"]
    assert [each["hours"] for each in roster[:3]] == [{"practice": "4"}] * 2 + [{"online": "3", "practice": "4"}]
    assert not judged.elsewhere


def test_a_school_imports_its_own_part() -> None:
    judged = _import(a_platform([_person(1)]), unit=SCHOOL)
    assert _one(judged).path.startswith(f"{ROOT}{SCHOOL}/2026/online-hours/2026-08-31-")
    assert "school" not in _record(judged)["people"][0]


def test_nothing_personal_is_written_and_that_is_said() -> None:
    data = a_platform([_person(1), _person(2)])
    judged = _import(data, name="13800001111的导出.xlsx")
    text = _one(judged).after or ""
    assert not list(scan(text))
    assert identity(1) not in text
    assert phone(1) not in text
    (note,) = (each for each in _one(judged).notes if each.startswith("个人信息"))
    for heading, letter in (("身份证号", "J"), ("手机号", "K"), ("电子邮箱", "L"), ("登录账号", "M")):
        assert f"“{heading}”（表“学员明细”{letter} 列）2 格" in note
    assert not list(scan(note))


def test_a_personal_number_in_any_other_column_is_dropped_too() -> None:
    rows: list[list[Any]] = [
        ["姓名", "学校", "工号", "课程", "学时"],
        ["孙梅", "青山小学", identity(3), f"联系 {phone(3)}", 2],
    ]
    judged = _import(sheet_of(rows), since="2026-03-01", until="2026-06-30")
    assert _record(judged)["people"][0]["matched"] == "姓名"
    assert not list(scan(_one(judged).after or ""))
    assert "“工号”（表“Sheet1”C 列）1 格、“课程”（表“Sheet1”D 列）1 格" in "".join(_one(judged).notes)


def test_importing_it_again_changes_nothing() -> None:
    tree, data = _tree(), a_platform([_person()])
    judged = _import(data, tree)
    tree = tree.having(written(judged.ready, tree))
    again = _import(data, tree)
    assert not again.failed
    assert not written(again.ready, tree)


def test_everything_that_counts_hours_counts_those_of_the_export() -> None:
    """An export takes the place of the roster's figure: both give the same in every count."""
    path = f"{ROOT}{COUNTY}/wenhua-xiaoxue/2026/teachers.yaml"
    tree = _tree().without(f"{ROOT}{COUNTY}/2026/acceptance/1.yaml", f"{ROOT}{COUNTY}/2026/certificates.csv")
    people = [
        Person(name, "明远县文华小学", f"3499010001000{index}", [Study("量规设计", EVENING, hours)])
        for index, name, hours in ((1, "周雨晴", 32), (2, "陈思远", 30), (3, "何芳", 18))
    ]
    data = a_platform(people)
    judged = _import(data, tree)
    files = written(judged.ready, tree)
    assert set(files) == {_one(judged).path, path}
    was, now = (assemble(load(each, each.entries(ROOT))) for each in (tree, tree.having(files)))
    schools = [each.school_year(each.units[f"{COUNTY}/wenhua-xiaoxue"], 2026) for each in (was, now)]
    for number, teacher in schools[0].teachers.items():
        after = schools[1].teachers[number]
        assert (after.hours and after.hours.online) is None
        assert schools[0].hours_of(teacher) == schools[1].hours_of(after)
        rows = [row_of(each, one, teacher, "2026-07-01") for each, one in zip((was, now), schools, strict=True)]
        assert rows[0] == rows[1]
        told = [recognisable(each, one, teacher) for each, one in zip((was, now), schools, strict=True)]
        assert (told[0].online, told[0].hours) == (told[1].online, told[1].hours)
    tallies = [school_tally(each, one, frozenset()) for each, one in zip((was, now), schools, strict=True)]
    assert tallies[0] == tallies[1]
    portfolio = sheets(now, "portfolios", f"{COUNTY}/wenhua-xiaoxue")[0]
    assert fields(portfolio)["网络研修"] == "32（要求 30）"
    source = str(fields(portfolio)["网络研修来自"])
    assert PROVIDER in source
    assert "2026-03-01 至 2026-08-31" in source
    assert sha256(data).hexdigest()[:12] in source


# --- what cannot be taken ---------------------------------------------------------------------------------------------


def test_the_same_file_is_not_imported_by_the_school_as_well() -> None:
    tree, data = _tree(), a_platform([_person()])
    judged = _import(data, tree)
    again = _import(data, tree.having(written(judged.ready, tree)), unit=SCHOOL)
    ((_, code, message),) = _said(again)
    assert code == "CLAIM-ONCE"
    assert "已经导入过" in message
    assert _one(judged).path in message


def test_a_cumulative_export_does_not_count_twice() -> None:
    tree = _tree()
    judged = _import(a_platform([_person()]), tree)
    later = a_platform([_person(1, Study("量规设计", EVENING, 4))])
    again = _import(later, tree.having(written(judged.ready, tree)))
    ((place, code, _),) = _said(again)
    assert (place, code) == ("表“学员明细”第 4 行 G 列", "CLAIM-ONCE")


def test_a_later_export_takes_the_place_of_the_one_that_is_named() -> None:
    tree = _tree()
    judged = _import(a_platform([_person()]), tree)
    later = a_platform([_person(1, Study("量规设计", EVENING, 4))])
    name = _one(judged).path.rpartition("/")[2].removesuffix(".yaml")
    again = _import(later, tree.having(written(judged.ready, tree)), named=name)
    assert _one(again).path == _one(judged).path
    assert _hours(again) == {_number(1): 4}


def test_an_export_of_another_school_is_refused() -> None:
    people = [Person("周雨晴", "明远县文华小学", "34990100010001", [Study("量规设计", EVENING, 2)])]
    judged = _import(a_platform(people), unit=SCHOOL)
    ((_, code, message),) = _said(judged)
    assert code == "XLSX-FILE"
    assert "不是明远县青山小学的导出" in message
    assert "文华小学" in message


def test_an_export_of_strangers_is_refused_in_one_sentence() -> None:
    judged = _import(
        a_platform(
            [
                _person(
                    1,
                    name="钱大勇",
                    school="外县小学",
                    number=False,
                )
            ]
            * 3
        )
    )
    ((_, code, message),) = _said(judged)
    assert code == "XLSX-FILE"
    assert "没有一个人在名册上" in message


def test_somebody_who_is_on_no_roster_is_named_and_left_out() -> None:
    judged = _import(a_platform([_person(1), _person(2, name="钱大勇", number=False)]))
    assert not judged.failed
    assert _hours(judged) == {_number(1): 2}
    assert _said(judged, "warning") == [("表“学员明细”第 5 行 G 列", "XLSX-PERSON", "“钱大勇”不在名册上，没有导入")]


def test_two_people_of_one_name_at_a_school_are_not_guessed_at() -> None:
    tree = _tree([*NAMES[:2], "孙梅"])
    people = [_person(1, number=False), _person(2)]
    judged = _import(a_platform(people), tree)
    ((place, code, message),) = _said(judged)
    assert (place, code) == ("表“学员明细”第 4 行 G 列", "XLSX-PERSON")
    assert "两位“孙梅”" in message
    assert _hours(_import(a_platform(people), tree, partial=True)) == {_number(2): 2}
    assert _hours(_import(a_platform([_person(1), _person(2)]), tree)) == {_number(1): 2, _number(2): 2}


def test_a_number_that_is_somebody_else_s_now_is_told() -> None:
    judged = _import(a_platform([_person(1, name="钱大勇")]))
    ((place, code, message), *_) = _said(judged)
    assert (place, code) == ("表“学员明细”第 4 行 G 列", "XLSX-PERSON")
    assert "“孙梅”" in message
    assert "“钱大勇”" in message


def test_the_same_person_and_course_twice_is_told() -> None:
    judged = _import(a_platform([_person(1), _person(1), _person(2)]))
    ((place, _, message),) = _said(judged)
    assert place == "表“学员明细”第 5 行 G 列"
    assert "与第 4 行是同一个人" in message


@pytest.mark.parametrize("written_", ["三十", "约30", "30 or so", "-2", "99999", "#REF!"])
def test_hours_that_are_no_number_are_told_by_their_cell(written_: str) -> None:
    def change(book: Any) -> None:
        book["学员明细"].cell(4, 28).value = written_

    judged = _import(changed(a_platform([_person(1), _person(2)]), change))
    ((place, code, _),) = _said(judged)
    assert (place, code) == ("表“学员明细”第 4 行 AB 列", "XLSX-CELL")


def test_somebody_who_was_not_there_has_no_hours() -> None:
    def change(book: Any) -> None:
        book["学员明细"].cell(4, 23).value = "未报到"

    judged = _import(changed(a_platform([_person(1), _person(2)]), change))
    ((place, _, message),) = _said(judged)
    assert place == "表“学员明细”第 4 行 AB 列"
    assert "没有报到，却有 2 学时" in message


def test_the_provider_must_have_a_contract() -> None:
    judged = _import(a_platform([_person()]), provider="没有签约的公司")
    assert [code for _, code, _ in _said(judged)] == ["CLAIM-PROVIDER"]
    (told,) = (each.finding for each in _one(judged).found)
    assert "示例师范学院、示例开放大学" in told.hint


def test_of_several_providers_somebody_has_to_say_which() -> None:
    judged = _import(a_platform([_person()]), provider="")
    ((_, _, message),) = _said(judged)
    assert "看不出是哪家机构" in message


def test_the_only_provider_under_contract_is_taken_and_that_is_said() -> None:
    path = f"{ROOT}{COUNTY}/providers.yaml"
    tree = _tree()
    text = re.sub(r"  - name: 示例开放大学(?:\n    .*)*\n", "", tree.read(path).decode())
    judged = _import(a_platform([_person()]), tree.having({path: text.encode()}), provider="")
    assert _record(judged)["provider"] == PROVIDER
    assert any("只有“示例师范学院”有合同" in note for note in _one(judged).notes)


def test_dates_outside_the_round_are_told() -> None:
    judged = _import(LAYOUTS["wps"]([_person(1, Study("量规设计", EVENING.replace(year=2025), 2))]))
    assert {code for _, code, _ in _said(judged)} == {"CLAIM-PROVIDER"}  # no contract then either
    judged = _import(a_platform([_person()]), since="2025-12-01")
    assert [code for _, code, _ in _said(judged)] == ["CLAIM-ROUND"]


def test_without_any_date_somebody_has_to_say_the_period() -> None:
    judged = _import(sheet_of([["姓名", "教师编号", "学时"], ["孙梅", _number(1), 2]]))
    ((_, _, message),) = _said(judged)
    assert "看不出是哪一段时间" in message


def test_hours_that_were_recognised_are_not_added_to() -> None:
    people = [_person(1), Person("何芳", "明远县文华小学", "34990100010003", [Study("量规设计", EVENING, 2)])]
    judged = _import(a_platform(people))
    assert _hours(judged) == {_number(1): 2}
    assert any("文华小学（2026-07-01 认定）：学时已经认定" in note for note in _one(judged).notes)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (ole("EncryptedPackage"), "打开密码"),
        (OLD.read_bytes().replace(b"\xe1\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\x01\x00", 1), "打开密码"),
        (OLD.read_bytes()[:3000] + b"\xff" * 3000 + OLD.read_bytes()[6000:], "损坏"),
        (OLD.read_bytes()[:5000], "不是 Excel 工作簿"),
        (b"", "空的"),
        (b"%PDF-1.7 \n", "PDF"),
        (b"<html><body>no table</body></html>", "网页"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_words(data: bytes, told: str) -> None:
    judged = _import(data, name="导出.xls", kind="online-hours")
    ((place, code, message),) = _said(judged)
    assert (place, code) == ("", "XLSX-FILE")
    assert told in message


@pytest.mark.parametrize("kind", ["", "online-hours"])
def test_a_page_that_is_too_long_is_told_so(kind: str) -> None:
    row = b"<tr><td>1</td><td>2</td></tr>"
    judged = _import(b"<html><table>" + row * 60_000 + b"</table></html>", name="a.xls", kind=kind)
    ((_, code, message),) = _said(judged)
    assert code == "XLSX-FILE"
    assert "超过" in message
    assert "行" in message


def test_two_cells_far_apart_do_not_fill_the_memory() -> None:
    """calamine lays out what lies between them; forty sheets of that are more than a machine has."""
    data = gzip.decompress(OLD.with_name("far_apart.xls.gz").read_bytes())
    with pytest.raises(Unreadable):
        read_old(data)


def test_a_roster_in_an_old_workbook_is_still_refused() -> None:
    judged = judge(_tree(), [Workbook("名册.xls", OLD.read_bytes())], Origin("teachers", SCHOOL, 2026))
    ((_, code, message),) = _said(judged)
    assert code == "XLSX-FILE"
    assert ".xls" in message


def test_what_has_no_hours_is_no_export() -> None:
    judged = _import(sheet_of([["姓名", "学校"], ["孙梅", "青山小学"]]), kind="online-hours")
    ((_, _, message),) = _said(judged)
    assert "学时或者时长" in message


def test_whose_export_it_is_somebody_has_to_say() -> None:
    with pytest.raises(UsageError, match="--unit"):
        _import(a_platform([_person()]), unit="")


def test_a_roster_with_hours_is_no_export() -> None:
    """A sheet that has all that a roster needs is one."""
    head = ["教师编号", "姓名", "学科", "学段", "网络研修学时", "实践应用学时"]
    rows = [head, [_number(1), "孙梅", "语文", "小学", "3", "4"]]
    judged = judge(_tree(), [Workbook("名册.xlsx", sheet_of(rows))], Origin("", SCHOOL, 2026))
    assert _one(judged).path == ROSTER


def test_rows_that_nobody_sees_are_not_read() -> None:
    book = load_workbook(io.BytesIO(a_platform([_person(1), _person(2)])))
    book["学员明细"].row_dimensions[5].hidden = True
    file = io.BytesIO()
    book.save(file)
    judged = _import(file.getvalue())
    assert _hours(judged) == {_number(1): 2}
    assert [each.said for each in _one(judged).left] == ["表“学员明细”第 5 行（隐藏的行）"]


@pytest.mark.parametrize(
    "tail",
    [
        "<a " * 20_000,
        "</a" * 100_000,
        "<![CDATA[" * 50_000,
        "<!--" * 50_000,
        "<!-- x -->" * 50_000 + "<a " * 20_000 + ">",
    ],
    ids=["tags", "end tags", "sections", "comments", "comments that end"],
)
def test_a_page_of_beginnings_that_never_end_is_read_once(tail: str) -> None:
    page = "<table><tr><td>姓名<td>学时</tr><tr><td>样张<td>12</tr></table>" + tail
    (sheet,) = read_web_page(page.encode())
    assert [[cell.value for cell in row.values()] for row in sheet.rows.values()] == [["姓名", "学时"], ["样张", "12"]]


@pytest.mark.parametrize("charset", ["undefined", "punycode", "unicode_escape", "hex", "GBK"])
def test_a_page_in_a_coding_that_no_page_is_in_is_read_as_people_write(charset: str) -> None:
    coding = "gbk" if charset == "GBK" else "utf-8"
    page = f'<meta charset="{charset}"><table><tr><td>姓名\\ud800</table>'.encode(coding)
    assert [cell.value for row in read_web_page(page)[0].rows.values() for cell in row.values()] == ["姓名\\ud800"]


def test_a_damaged_old_workbook_that_would_be_read_for_long_is_given_up() -> None:
    """It takes from five seconds to thirty, by machine: far more than a sound one of that size."""
    data = gzip.decompress(OLD.with_name("slow.xls.gz").read_bytes())
    with pytest.raises(Unreadable, match="损坏"):
        read_old(data, seconds=1)


def _sums(*sheets: tuple[str, list[list[str]]]) -> bytes:
    """A workbook of sheets by name, each with the usual headings; columns: name, number, course, hours."""
    book = Book()
    for place, (name, rows) in enumerate(sheets):
        sheet = book.create_sheet(name, place)
        for row in (["2026-03-01 至 2026-06-30"], ["姓名", "教师编号", "课程", "学时"], *rows):
            sheet.append(row)
    return saved(book)


@pytest.mark.parametrize("name", ["汇总", "汇总表", "总表", "学时合计"])
def test_what_adds_up_the_rest_is_not_counted_with_it(name: str) -> None:
    """A sheet beside those of the courses, and a row below somebody's courses."""
    rows = [["孙梅", _number(1), "量规设计", "15"], ["孙梅", _number(1), "课堂观察", "15"]]
    total = [["孙梅", _number(1), "", "30"]]
    beside = _import(_sums((name, total), ("明细", rows)))
    assert _hours(beside) == {_number(1): 30}
    assert any(f"“{name}”是别的表的合计" in note for note in _one(beside).notes)
    below = [*rows, ["孙梅", _number(1), "合计", "30"]]
    assert _hours(_import(_sums(("明细", below)))) == {_number(1): 30}
    assert _hours(_import(_sums((name, total)))) == {_number(1): 30}  # alone it is all there is


def test_an_export_of_days_to_come_is_none() -> None:
    county = f"{ROOT}{COUNTY}/unit.yaml"
    record = _import(a_platform([_person()]))
    files = {**_tree().files, _one(record).path: (_one(record).after or "").encode()}
    files[county] = files[county].replace(b"demo: true\n", b"")
    for day, wanted in (("2026-05-11", ["CLAIM-ROUND"]), ("2026-12-01", [])):
        found = [each.code for each in check_programme(assemble(load(MemoryTree(files)), day)) if "CLAIM" in each.code]
        assert found == wanted, day


def test_a_sheet_that_adds_up_the_others_is_known_whatever_it_is_called() -> None:
    """Everybody once, with the sum of their rows; two months of equal hours add nothing up."""
    rows = [["孙梅", _number(1), "量规设计", "15"], ["孙梅", _number(1), "课堂观察", "15"]]
    for name in ("学时统计", "个人汇总"):
        taken = _import(_sums(("学习明细", rows), (name, [["孙梅", _number(1), "", "30"]])))
        assert _hours(taken) == {_number(1): 30}
        assert any(f"“{name}”是别的表的合计" in note for note in _one(taken).notes)
    months = [(month, [["孙梅", _number(1), "", "10"]]) for month in ("三月", "四月")]
    assert _hours(_import(_sums(*months))) == {_number(1): 20}


def _table(*rows: list[str]) -> bytes:
    book = Book()
    sheet = book.create_sheet("Sheet1", 0)
    for row in (["2026-03-01 至 2026-06-30"], *rows):
        sheet.append(row)
    return saved(book)


def test_a_column_that_says_the_sum_in_every_row_is_not_added_up() -> None:
    courses = [["孙梅", _number(1), each, "10", "30"] for each in ("甲课", "乙课", "丙课")]
    for total in ("总学时", "已获学时"):
        taken = _import(_table(["姓名", "教师编号", "课程", "本次学时", total], *courses))
        assert _hours(taken) == {_number(1): 30}, total
    other = [[*row[:4], "12"] for row in courses]  # what is no sum is what it says
    assert _hours(_import(_table(["姓名", "教师编号", "课程", "本次学时", "总学时"], *other))) == {_number(1): 36}


def test_hours_in_minutes_are_minutes() -> None:
    assert _hours(_import(_table(["姓名", "教师编号", "学时(分钟)"], ["孙梅", _number(1), "450"]))) == {_number(1): 10}

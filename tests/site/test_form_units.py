"""Schools and counties by their Chinese names, wherever a folder's is asked for: in workbooks that the form opens and
in its fields, as `wholeschool import` understands them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from tests.papers.workbooks import saved
from tests.site.browser import DESKTOP, PHONE
from tests.site.form_reading import taken_in
from tests.site.test_form import begin, choose, opened
from tests.site.test_form_workbooks import form  # noqa: F401 - the page with its readers
from wholeschool.papers.intake import take_in
from wholeschool.papers.layout import FORM
from wholeschool.papers.origin import ORIGIN, Origin
from wholeschool.records.unit_names import UnitNames
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import WorkingTree

COUNTY = "anhui/shili/mingyuan"
UNIT = f"{COUNTY}/wenhua-xiaoxue"


def _book(kind: str, fields: dict[str, str], unit: str = UNIT) -> bytes:
    """A workbook with single fields of a kind, which says whose it is."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = FORM
    for pair in fields.items():
        sheet.append(pair)
    said: Any = book.create_sheet(ORIGIN)
    for row in (("kind", kind), ("unit", unit), ("year", "2026"), ("name", ""), ("record", "-")):
        said.append(row)
    said.sheet_state = "hidden"
    return saved(book)


@pytest.fixture
def named(form: Page, address: str) -> Page:  # noqa: F811
    """The page with the units' names."""
    form.add_script_tag(url=f"{address}form/units.js")
    return form


def test_what_a_name_may_mean_is_the_same_as_in_python(named: Page, tree: Path) -> None:
    names = UnitNames(WorkingTree(tree), f"submissions/{UNIT}/unit.yaml")
    words = [name for _, name in names._units]
    words += (
        [name[2:] for name in words] + [name[-2:] for name in words] + [f" {name[:2]}　{name[2:]}" for name in words]
    )
    words += [f"{word}（样张）" for word in words[:4]] + [
        "小学",
        "学",
        "",
        "（样张）",
        "没有的学校",
        "明远县文华小学分校",
    ]
    asked = [[word, kind] for word in words for kind in ("unit", "school")]
    got = named.evaluate(
        "([asked, county]) => asked.map(([word, kind]) => wholeschoolForm.pathsOf(word, kind, county))", [asked, COUNTY]
    )
    assert got == [names.paths(word, kind) for word, kind in asked]
    assert max(map(len, got)) > 1
    assert [UNIT] in got


@pytest.mark.parametrize(
    ("kind", "heading", "written", "value"),
    [
        ("unit", "挂靠的中心学校", "明远县东风中心学校", "dongfeng-zhongxin"),
        ("unit", "挂靠的中心学校", "东风中心学校", "dongfeng-zhongxin"),
        ("unit", "挂靠的中心学校", "dongfeng-zhongxin", "dongfeng-zhongxin"),
        ("unit", "挂靠的中心学校", "小学", None),
        ("unit", "挂靠的中心学校", "清岚区北湾小学", None),
        ("plan", "指导：指导的培训团队", "明远县", COUNTY),
        ("plan", "指导：指导的培训团队", "没有的县", None),
    ],
)
def test_a_cell_with_a_name_becomes_the_folder_or_a_finding(
    named: Page, tree: Path, kind: str, heading: str, written: str, value: str | None
) -> None:
    data = _book(kind, {heading: written})
    (taken,) = taken_in(named, [data], "表.xlsx")
    intake = take_in("表.xlsx", data, WorkingTree(tree), names={}, wanted=Origin(kind, UNIT, 2026))
    mine = [(place, code, said) for place, code, severity, said in taken["found"] if code == "XLSX-NAME"]
    wanted = [(f.place, f.finding.code, f.finding.message) for f in intake.found if f.finding.code == "XLSX-NAME"]
    assert mine == wanted
    assert bool(wanted) == (value is None)
    if value is not None:
        assert value in str(taken["value"])
        if intake.after:
            assert value in str(read_yaml(intake.after)[0])


def test_names_are_fetched_when_one_is_written_and_stand_as_folders(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    (tmp_path / "单位.xlsx").write_bytes(
        _book("unit", {"名称": "明远县新桥小学", "挂靠的中心学校": "东风中心学校"}, "")
    )
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    choose(page, "明远县新桥小学", "xinqiao")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url.rpartition("/")[2]))
    begin(page, "plan")
    assert "units.js" not in asked
    page.set_input_files("input[type=file]", tmp_path / "单位.xlsx")
    expect(page.locator('[name="center"]')).to_have_value("dongfeng-zhongxin")
    assert asked.count("units.js") == 1
    page.locator(".ws-records button", has_text="规划").click()
    team = page.locator('[name="guided_by.team"]')
    team.fill("明远县")
    team.press("Tab")
    expect(team).to_have_value(COUNTY)
    team.fill("没有的县")
    team.press("Tab")
    expect(team).to_have_value("没有的县")
    expect(page.locator(".ws-field", has=team).locator(".ws-wrong")).to_contain_text("的写法不对")
    begin(page, "work-log")
    page.get_by_role("button", name="加一条").first.click()
    units = page.locator('textarea[name="entries.0.units"]')
    units.fill("明远县\n没有的县\n东风中心学校")
    units.press("Tab")
    expect(units).to_have_value(f"{COUNTY}\n没有的县\n{COUNTY}/dongfeng-zhongxin")
    page.context.close()
    assert not wrong


def test_without_the_list_of_names_it_is_said_and_asked_for_again(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    (tmp_path / "单位.xlsx").write_bytes(
        _book("unit", {"名称": "明远县新桥小学", "挂靠的中心学校": "东风中心学校"}, UNIT)
    )
    page, wrong = opened(browser, f"{address}form/", PHONE)
    page.route("**/form/units.js", lambda route: route.abort())
    page.set_input_files("input[type=file]", tmp_path / "单位.xlsx")
    notes = page.get_by_role("list", name="工作簿里要看一眼的格子")
    expect(notes).to_contain_text("单位名单没有取到，不知道“东风中心学校”的文件夹名")
    expect(page.locator(".ws-records button")).to_have_count(0)
    page.unroute("**/form/units.js")
    page.set_input_files("input[type=file]", tmp_path / "单位.xlsx")
    expect(page.locator('[name="center"]')).to_have_value("dongfeng-zhongxin")
    page.context.close()
    assert [each for each in wrong if "ERR_FAILED" not in each] == []

"""What happens in life, written into the workbooks that the program gives, by people who type as people do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.days import in_days
from tests.scenarios.county import Repository, certified

YESTERDAY, TODAY = in_days(-1), in_days(0)
_SCHOOL = 5  # steps of the path of a school's folder


class Desk(Repository):
    """A working copy beside which workbooks lie."""

    def template(self, kind: str, unit: str, *options: str) -> Path:
        """The workbook of a record, filled in with what there is."""
        file = self.work.parent / f"{kind}.xlsx"
        done = self.run("export", "template", kind, unit, "--year", "2026", "--out", str(file), *options)
        assert done.returncode == 0, done.stderr
        return file

    def takes(self, file: Path) -> None:
        """It is imported."""
        done = self.run("import", str(file))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "写入了 1 个文件" in done.stdout

    def accepts(self, account: str) -> None:
        """What was imported is pushed and leaves nothing wrong."""
        pushed = self.push(account)
        assert pushed.accepted, pushed
        assert self.is_sound()


@pytest.fixture
def desk(two_counties: Path, tmp_path: Path) -> Desk:
    return Desk(tmp_path, two_counties, *certified(two_counties))


def _typed(file: Path, sheet: str, row: int | str, cells: Mapping[str, str | int]) -> None:
    """Cells by the heads of their columns, in the row that begins with a text, or so many rows below the last one."""
    book = load_workbook(file)
    page = book[sheet]
    heads = {cell.value: cell.column for cell in page[1]}
    filled = [number for number in range(2, page.max_row + 1) if page.cell(number, 1).value]
    if isinstance(row, str):
        place = next(number for number in filled if str(page.cell(number, 1).value) == row)
    else:
        place = (filled[-1] if filled else 1) + row
    for head, value in cells.items():
        page.cell(place, heads[head] or 0, value)
    book.save(file)


def test_a_school_writes_who_comes_goes_and_follows(desk: Desk) -> None:
    """A colleague comes, one goes to another school, one retires; somebody else takes a place on the team."""
    teachers = desk.value(f"{desk.school}/2026/teachers.yaml")["teachers"]
    mover, leaver = (str(each["number"]) for each in teachers[-2:])
    new = f"{mover[:10]}0099"
    units = (path.parent.relative_to(desk.work) for path in (desk.work / "submissions").rglob("unit.yaml"))
    other = next(str(path) for path in units if len(path.parts) == _SCHOOL and str(path) != desk.school)
    name = desk.value(f"{other}/unit.yaml")["name"]
    file = desk.template("teachers", desk.school)
    _typed(file, "教师", mover, {"离校：日期": TODAY.replace("-", "/"), "离校：去向": "调动", "离校：调往": name})
    _typed(file, "教师", leaver, {"离校：日期": YESTERDAY, "离校：去向": "退休"})
    _typed(
        file,
        "教师",
        1,
        {"教师编号": new, "姓名": "纪小舟", "学科": "美术", "学段": teachers[0]["stage"], "到校：日期": TODAY},
    )
    if "staff" in desk.value(f"{desk.school}/2026/teachers.yaml"):
        said = desk.run("import", str(file), "--dry-run")
        assert "ROSTER-WHOLE" in said.stdout + said.stderr  # one more, two less
        _typed(file, "基本信息", "在册教师数", {"填写": len(teachers) - 1})
    desk.takes(file)
    rows = {str(each["number"]): each for each in desk.value(f"{desk.school}/2026/teachers.yaml")["teachers"]}
    left = rows[mover]["left"]
    assert (str(left["date"]), left["reason"], left["to"]) == (TODAY, "调动", other.removeprefix("submissions/"))
    assert str(rows[leaver]["left"]["date"]) == YESTERDAY
    assert str(rows[new]["joined"]["date"]) == TODAY
    desk.accepts("school")
    team = desk.value(f"{desk.school}/teams/management.yaml")["members"]
    file = desk.template("team", desk.school, "--name", "management")
    _typed(file, "成员", team[-1]["name"], {"任期止": YESTERDAY})
    _typed(file, "成员", 1, {"姓名": "纪小舟", "校内角色": team[-1]["role"], "教师编号": new, "任期起": TODAY})
    desk.takes(file)
    members = desk.value(f"{desk.school}/teams/management.yaml")["members"]
    assert str(members[len(team) - 1]["until"]) == YESTERDAY
    assert members[-1]["name"] == "纪小舟"
    desk.accepts("school")


def test_a_county_is_renamed_corrects_a_name_and_changes_an_account(desk: Desk) -> None:
    """Each in the workbook of its record; the school's name is as good as its folder's."""
    unit = desk.value(f"{desk.county}/unit.yaml")
    file = desk.template("unit", desk.county)
    _typed(file, "基本信息", "教育行政部门", {"填写": f"{unit['name']}教育体育局"})
    _typed(file, "曾用", 1, {"用到哪一天": YESTERDAY, "曾用的教育行政部门名称": unit["authority"]})
    desk.takes(file)
    desk.accepts("keeper")
    teacher = desk.value(f"{desk.school}/2026/teachers.yaml")["teachers"][0]
    school = desk.value(f"{desk.school}/unit.yaml")["name"]
    file = desk.template("acceptance", desk.county, "--name", "corrections")
    _typed(
        file,
        "姓名更正",
        1,
        {
            "学校目录名": school,
            "教师编号": teacher["number"],
            "更正后的姓名": "纪小舟",
            "核实日期": TODAY,
            "原因": "登记时写错",
        },
    )
    desk.takes(file)
    desk.accepts("office")
    file = desk.template("accounts", desk.county)
    _typed(file, "账号", "school", {"到哪天止": YESTERDAY})
    _typed(file, "账号", 1, {"账号": "another", "单位": school, "从哪天起": TODAY})
    desk.takes(file)
    desk.accepts("office")
    desk.edit(f"{desk.school}/2026/teachers.yaml", f"name: {teacher['name']}", "name: 纪小舟")
    assert "PATH-OWNER" in desk.push("school").said
    file = desk.template("teachers", desk.school)
    _typed(file, "教师", str(teacher["number"]), {"姓名": "纪小舟"})
    desk.takes(file)
    desk.accepts("another")
    ledger = (desk.work / desk.county / "2026/certificates.csv").read_text("utf-8")
    number = ledger.splitlines()[1].split(",")[0]
    said = desk.run("certificates", "verify", number).stdout
    assert "有效" in said
    assert unit["authority"] in said

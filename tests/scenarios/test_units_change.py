"""Offices are renamed, recoded, merged, split; schools come and go: what was is as it was, what comes is new."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.case_folders import BASE
from tests.days import in_days
from tests.program import COMMAND
from tests.scenarios.county import Pushed, Repository
from wholeschool.cli.workspace import check_tree
from wholeschool.outcomes.published import public_year
from wholeschool.programme import Programme
from wholeschool.site.pages import all_pages
from wholeschool.sources import WorkingTree

HERE, THERE = "anhui/shili/mingyuan", "anhui/shili/qinglan"
HEWAN, BEIGANG = f"{THERE}/hewan-zhongxin-xiaoxue", f"{THERE}/beigang-zhongxin-xiaoxue"
LAST_CERTIFICATE = "2026-11-18"


class Offices(Repository):
    """Two counties, Mingyuan with certificates and Qinglan without; `office`, `school` are Qinglan's and Hewan's."""

    def does(self, *arguments: str) -> str:
        """`wholeschool`, which must do it; what it says."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refuses(self, *arguments: str) -> str:
        """`wholeschool`, which must not do it; why not."""
        done = self.run(*arguments)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def pushes(self, account: str) -> Pushed:
        """Push what must be accepted."""
        pushed = self.push(account)
        assert pushed.accepted, pushed
        return pushed

    def ledger(self) -> list[dict[str, str]]:
        """Mingyuan's certificates."""
        with (self.work / "submissions" / HERE / "2026/certificates.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def writes_unit(self, unit: str, **fields: str) -> None:
        """The `unit.yaml` of a new unit."""
        path = self.work / "submissions" / unit / "unit.yaml"
        path.parent.mkdir(parents=True)
        path.write_text("".join(f"{field}: {value}\n" for field, value in fields.items()), "utf-8")

    def new_school(self, path: str, code: str, name: str, day: str) -> None:
        """A school that was set up on a day."""
        said = {"type": "小学", "principal": "纪新校", "environments": "[多媒体教学环境]"}
        self.writes_unit(path, level="校", code=f'"{code}"', name=name, demo="true", **said, opened=day)

    def seen(self, day: str = "") -> Programme:
        """What is there, judged as if all of it had come at once: nothing may be wrong with what was decided."""
        checked = check_tree(WorkingTree(self.work), day=day, seen=day or in_days(0))
        assert [each for each in checked.report.findings if each.severity == "error"] == []
        return checked.programme


@pytest.fixture
def offices(two_counties: Path, tmp_path: Path) -> Offices:
    """Both counties as they are merged."""
    return Offices(tmp_path, two_counties, "qinglan", "hewan-zhongxin-xiaoxue")


def pages(programme: Programme) -> dict[str, str]:
    """The site's Markdown and JSON."""
    return {page.path: page.markdown for page in all_pages(programme)}


def listed(made: dict[str, str]) -> list[tuple[str, str]]:
    """The certificate codes that the verify page knows, each with who signs by it."""
    data = json.loads(made["verify/index.md"].partition('id="ws-verify-data">')[2].partition("</script>")[0])
    return [(each["code"], each["name"]) for each in data["counties"]]


def test_an_office_is_renamed(offices: Offices) -> None:
    """教育局 becomes 教育体育局: what it signed stays valid under the old name, what comes bears the new one."""
    first, second = (row["number"] for row in offices.ledger()[:2])
    # Whoever changes the name alone hears what to write, and that it is a keeper who writes it.
    offices.edit(f"submissions/{HERE}/unit.yaml", "明远县教育局", "明远县教育体育局")
    pushed = offices.push("office")
    assert not pushed.accepted
    assert "PATH-OWNER" in pushed.said
    offices.edit(f"submissions/{HERE}/unit.yaml", "明远县教育局", "明远县教育体育局")
    offices.commit()
    said = offices.run("validate", "--base", "origin/main").stdout
    assert "UNIT-SINCE" in said
    assert "authority: 明远县教育局}" in said
    offices._git(offices.work, "reset", "-q", "--hard", "origin/main")
    assert LAST_CERTIFICATE in offices.refuses(
        "unit", "change", HERE, "--since", LAST_CERTIFICATE, "--authority", "明远县教育体育局"
    )
    said = offices.does("unit", "change", HERE, "--since", "2026-11-20", "--authority", "明远县教育体育局")
    assert "由“明远县教育局”改为“明远县教育体育局”" in said
    assert "UNIT-SINCE" not in offices.pushes("keeper").said
    offices.does("certificates", "revoke", second, "--replace", "--reason", "姓名有误")
    offices.pushes("keeper")
    old, new = offices.ledger()[0], offices.ledger()[-1]
    assert (old["issuer"], new["issuer"]) == ("明远县教育局", "明远县教育体育局")
    for row in (old, new):
        verified = offices.does("certificates", "verify", row["number"])
        assert verified.startswith("有效")
        assert f"签发机关  {row['issuer']}\n" in verified
    assert first == old["number"]
    assert listed(pages(offices.seen())) == [("349901", "明远县教育体育局")]


def test_a_county_gets_another_code(offices: Offices) -> None:
    """Numbers and status of the rounds before keep the old code; nobody else may have it in the year it goes."""
    first, second = (row["number"] for row in offices.ledger()[:2])
    offices.edit(f"submissions/{HERE}/unit.yaml", '"349901"', '"349903"')
    pushed = offices.push("keeper")
    assert not pushed.accepted
    assert "UNIT-KEPT" in pushed.said
    assert 'code: "349901"}' in pushed.said
    said = offices.does("unit", "change", HERE, "--since", "2026-11-20", "--code", "349903")
    assert "从 2027 年的一轮起用 349903" in said
    offices.pushes("keeper")
    assert offices.does("certificates", "verify", first).startswith("有效")
    offices.does("certificates", "revoke", second, "--replace", "--reason", "姓名有误")
    offices.pushes("keeper")
    assert offices.ledger()[-1]["number"].startswith("2026349901")
    assert offices.does("certificates", "verify", offices.ledger()[-1]["number"]).startswith("有效")
    programme = offices.seen()
    assert [programme.units[HERE].code_of(year) for year in (2025, 2026, 2027)] == ["349901", "349901", "349903"]
    assert [code for code, _ in listed(pages(programme))] == ["349901"]
    # Another county wants the code that is free: from next year on.
    offices.edit(f"submissions/{THERE}/unit.yaml", '"349902"', '"349901"')
    pushed = offices.push("keeper")
    assert not pushed.accepted
    assert f"{THERE}/unit.yaml" in pushed.said
    assert "代码 349901 在 2026 年还是明远县的，那里用到 2026 年" in pushed.said


def test_a_school_is_merged_into_another(offices: Offices) -> None:
    """The county says so, not the school; the school then leaves its records alone, and is asked for nothing."""
    offices.edit(f"submissions/{HEWAN}/unit.yaml", "demo: true", "demo: true\nclosed: {date: 2026-11-20, kind: 撤销}")
    pushed = offices.push("school")
    assert not pushed.accepted
    assert "UNIT-KEPT" in pushed.said
    day = in_days(-1)
    missing = offices.refuses("unit", "close", HEWAN, "--on", day, "--kind", "合并", "--into", f"{THERE}/meiyou")
    assert "没有 anhui/shili/qinglan/meiyou 这个单位" in missing
    said = offices.does("unit", "close", HEWAN, "--on", day, "--kind", "合并", "--into", BEIGANG)
    assert "并入清岚区北岗镇中心小学" in said
    offices.pushes("office")
    roster = offices.work / f"submissions/{HEWAN}/2026/teachers.yaml"
    text = roster.read_text("utf-8")
    roster.write_text(f"{text}# 补记\n", "utf-8")
    pushed = offices.push("school")
    assert not pushed.accepted
    assert "UNIT-REST" in pushed.said
    roster.write_text(f"{text}# 更正\n", "utf-8")
    offices.pushes("office")
    made = pages(offices.seen())
    assert "已撤销（并入[清岚区北岗镇中心小学](" in made[f"rates/{HEWAN}.md"]
    # A paper of a later day would be nobody's.
    survey = offices.work / f"submissions/{HEWAN}/2026/survey.yaml"
    dated = next(line for line in survey.read_text("utf-8").splitlines() if line.startswith("date:"))
    offices.edit(f"submissions/{HEWAN}/2026/survey.yaml", dated, f"date: {in_days(0)}")
    said = offices.run("validate").stdout
    assert "UNIT-CLOSED" in said
    assert f"{day} 已经撤销，这份记录日期是 {in_days(0)}" in said


def test_a_school_is_closed_before_it_was_accepted(offices: Offices) -> None:
    """It is not one of the schools that have still to do something, nor are its teachers counted at it."""
    acceptance = offices.work / f"submissions/{THERE}/2026/acceptance/1.yaml"
    unaccepted = f"{THERE}/xincun-xiaoxue"
    offices.new_school(unaccepted, "3499020003", "清岚区新村小学", "2026-09-01")
    offices.pushes("office")
    assert acceptance.is_file()
    assert "新村小学" in offices.does("status", "--year", "2026")
    assert unaccepted in public_year(offices.seen(), 2026).figures
    offices.does("unit", "close", unaccepted, "--on", in_days(-1), "--kind", "撤销")
    offices.pushes("office")
    assert "新村小学" not in offices.does("status", "--year", "2026")
    assert "已撤销" in offices.does("status", unaccepted, "--year", "2026")
    programme = offices.seen("2027-01-10")
    assert unaccepted not in public_year(programme, 2026).figures
    assert "已撤销的" in pages(programme)[f"rates/{THERE}/index.md"]
    late = check_tree(WorkingTree(offices.work), day="2027-01-10").report.findings
    assert [each for each in late if "新村小学" in each.message] == []


def test_a_school_is_split(offices: Offices) -> None:
    """Two new schools take over; each says since when it is there, and owes nothing of before."""
    day = in_days(-1)
    east, west = f"{THERE}/hewan-dong-xiaoxue", f"{THERE}/hewan-xi-xiaoxue"
    offices.new_school(east, "3499020004", "清岚区河湾东小学", in_days(0))
    offices.new_school(west, "3499020005", "清岚区河湾西小学", in_days(0))
    one = offices.refuses("unit", "close", HEWAN, "--on", day, "--kind", "拆分", "--into", east)
    assert "拆分写了 1 个接收的单位" in one
    both = ("--into", east, "--into", west)
    assert "分成清岚区河湾东小学、清岚区河湾西小学" in offices.does(
        "unit", "close", HEWAN, "--on", day, "--kind", "拆分", *both
    )
    offices.pushes("office")
    programme = offices.seen("2026-12-02")
    assert not programme.school_year(programme.units[east], 2025).takes_part
    assert programme.school_year(programme.units[east], 2026).takes_part
    # Of a round that was over before it was there nothing is due.
    assert not programme.units[east].owes("2025-12-31")
    assert programme.units[east].owes("2026-12-31")


def test_a_county_is_merged_into_another(offices: Offices) -> None:
    """Mingyuan goes into Qinglan: its certificates stay valid, it has no schools of its own left, nobody asks it."""
    number = offices.ledger()[0]["number"]
    school = f"{HERE}/hewan-zhongxin-xiaoxue"
    day = in_days(-1)
    early = offices.refuses("unit", "close", HERE, "--on", day, "--kind", "合并", "--into", THERE)
    assert "下面还有 1 个单位没有撤销：明远县河湾镇中心小学" in early
    offices.new_school(f"{THERE}/mingyuan-hewan-xiaoxue", "3499020007", "清岚区明远河湾小学", in_days(0))
    offices.does("unit", "close", school, "--on", day, "--kind", "合并", "--into", f"{THERE}/mingyuan-hewan-xiaoxue")
    said = offices.does("unit", "close", HERE, "--on", day, "--kind", "合并", "--into", THERE)
    assert "那一天以后它不再作决定" in said
    offices.pushes("keeper")
    # What is left is decided where the teachers are now, not by an office that is no more.
    for verb in (["recognise", HERE], ["certificates", "issue", HERE, "--year", "2026"]):
        assert f"明远县 {day} 已经撤销，{in_days(0)} 不能再作决定" in offices.refuses(*verb)
    paper = f"submissions/{HERE}/2026/approvals/{in_days(0)}.yaml"
    by = next(
        line.strip()
        for line in (offices.work / paper).with_name("1.yaml").read_text("utf-8").splitlines()
        if " by: " in line
    )
    entry = f"school: hewan-zhongxin-xiaoxue\n    center: hewan-zhongxin-xiaoxue\n    date: {in_days(0)}\n    {by}\n"
    (offices.work / paper).write_text(f"branches:\n  - {entry}", "utf-8")
    pushed = offices.push("keeper")
    assert not pushed.accepted
    assert "UNIT-CLOSED" in pushed.said
    assert f"明远县 {day} 已经撤销，这份记录日期是 {in_days(0)}" in pushed.said
    assert "由接收的单位来办" in pushed.said
    assert offices.does("certificates", "verify", number).startswith("有效")
    programme = offices.seen("2027-01-10")
    assert ("349901", "明远县教育局") in listed(pages(programme))
    late = check_tree(WorkingTree(offices.work), day="2027-01-10").report.findings
    assert [each.path for each in late if each.path.startswith(f"submissions/{HERE}/unit.yaml")] == []


def test_a_county_is_split(offices: Offices) -> None:
    """A part of Qinglan becomes a district of its own, with one of its schools; the rest stays what it was."""
    new = "anhui/shili/xinqu"
    offices.writes_unit(
        new,
        level="县",
        code='"349904"',
        name="新城新区",
        demo="true",
        authority="新城新区教育局",
        opened=in_days(0),
    )
    moved = f"{new}/beigang-xiaoxue"
    offices.new_school(moved, "3499040001", "新城新区北岗小学", in_days(0))
    offices.does("unit", "close", BEIGANG, "--on", in_days(-1), "--kind", "合并", "--into", moved)
    offices.pushes("keeper")
    programme = offices.seen("2026-12-02")
    figures = public_year(programme, 2026).figures
    assert {new, moved, HEWAN} <= figures.keys()
    assert new not in public_year(programme, 2024).figures
    assert f"{new}/registers.md".replace(new, f"rates/{new}") in pages(programme)


def test_two_schools_get_one_name_and_another_kind(offices: Offices) -> None:
    """A school becomes 九年一贯制学校 and is called so: by the county, with the old name and its last day."""
    before = offices.seen().units[HEWAN].name
    offices.edit(f"submissions/{HEWAN}/unit.yaml", "type: 小学", "type: 九年一贯制学校")
    pushed = offices.push("school")
    assert not pushed.accepted
    assert "学校类型被学校改动了" in pushed.said
    day = in_days(-1)
    offices.does("unit", "change", HEWAN, "--since", day, "--name", "清岚区河湾学校", "--code", "3499020009")
    offices.edit(f"submissions/{HEWAN}/unit.yaml", "type: 小学", "type: 九年一贯制学校")
    offices.pushes("office")
    programme = offices.seen()
    school = programme.units[HEWAN]
    assert school.on(in_days(-2)).name == before
    assert school.name == "清岚区河湾学校"
    assert [held.code for held in school.codes] == ["3499020001", "3499020009"]
    assert f"曾用名：{before}" in pages(programme)[f"rates/{HEWAN}.md"]
    # Its teachers keep their numbers.
    numbers = programme.school_year(school, 2026).teachers
    assert numbers
    assert all(number.startswith("3499020001") for number in numbers)


def test_a_branch_goes_to_another_centre(offices: Offices) -> None:
    """It stays with the one that the county confirmed for the round, until the county confirms the other."""
    # No two schools of a county are called alike.
    assert "UNIT-NAME" in offices.refuses(
        "unit", "change", BEIGANG, "--since", in_days(-1), "--name", offices.seen().units[HEWAN].name
    )
    branch = f"{THERE}/shiqiao-jiaoxuedian"
    offices.new_school(branch, "3499020006", "清岚区石桥教学点", "2026-02-01")
    unit = f"submissions/{branch}/unit.yaml"
    offices.edit(unit, "opened:", "center: hewan-zhongxin-xiaoxue\nopened:")
    approvals = offices.work / f"submissions/{THERE}/2026/approvals/2026-03-01.yaml"
    by = next(
        line.strip() for line in (approvals.with_name("1.yaml")).read_text("utf-8").splitlines() if " by: " in line
    )
    entry = "branches:\n  - school: shiqiao-jiaoxuedian\n    center: {}\n    date: {}\n    {}\n"
    approvals.write_text(entry.format("hewan-zhongxin-xiaoxue", "2026-03-01", by), "utf-8")
    offices.pushes("office")
    said = offices.does("unit", "change", branch, "--since", in_days(-1), "--center", "beigang-zhongxin-xiaoxue")
    assert "确认新的挂靠以前，2026 年仍照已经确认的" in said
    alone = offices.does("unit", "change", branch, "--since", in_days(-1), "--center", "", "--dry-run")
    assert "不再是“beigang-zhongxin-xiaoxue”" in alone
    assert "不用再确认" in alone
    offices.pushes("office")
    programme = offices.seen()
    assert programme.school_year(programme.units[branch], 2026).planner.slug == "hewan-zhongxin-xiaoxue"
    # On its own for a day, and then a branch of the same again: nothing is former but where it was before.
    offices.does("unit", "change", branch, "--since", in_days(0), "--center", "")
    offices.pushes("office")
    assert offices.seen().units[branch].data.center is None
    offices.does("unit", "change", branch, "--since", in_days(0), "--center", "beigang-zhongxin-xiaoxue")
    offices.pushes("office")
    attached = offices.seen().units[branch].data
    assert attached.center == "beigang-zhongxin-xiaoxue"
    assert [each.center for each in attached.former] == ["hewan-zhongxin-xiaoxue"]
    again = approvals.with_name(f"{in_days(0)}.yaml")
    again.write_text(entry.format("beigang-zhongxin-xiaoxue", in_days(0), by), "utf-8")
    offices.pushes("office")
    programme = offices.seen()
    assert programme.school_year(programme.units[branch], 2026).planner.slug == "beigang-zhongxin-xiaoxue"
    # The centre itself cannot be closed while a school is attached to it.
    kept = offices.refuses("unit", "close", BEIGANG, "--on", in_days(-1), "--kind", "合并", "--into", HEWAN)
    assert "UNIT-CENTER" in kept


def test_a_folder_keeps_its_name(offices: Offices) -> None:
    """What was decided names schools by their folders: whoever moves one is told what would be lost, and not to."""
    (offices.work / "submissions" / HEWAN).rename(offices.work / "submissions" / THERE / "hewan-xuexiao")
    pushed = offices.push("office")
    assert not pushed.accepted
    assert "UNIT-KEPT" in pushed.said
    assert "文件夹却被删掉或者改了名" in pushed.said


def test_a_real_county_that_the_table_of_regions_calls_otherwise_by_now(tmp_path: Path) -> None:
    """Its keeper changes the table first, as the guide says; the command then writes the unit's part."""
    shutil.copytree(BASE / "submissions", tmp_path / "submissions")
    records = tmp_path / "submissions"
    regions = (records / "regions.csv").read_text("utf-8")
    assert "340122,肥东县," in regions
    (records / "regions.csv").write_text(regions.replace("340122,肥东县,", "340122,肥东区,"), "utf-8")
    county = records / "anhui/hefei/feidong/unit.yaml"
    county.parent.mkdir(parents=True)
    (county.parents[1] / "unit.yaml").write_text("level: 市\ncode: '340100'\nname: 合肥市\nauthority: 合肥市教育局\n")
    county.write_text("level: 县\ncode: '340122'\nname: 肥东县\nauthority: 肥东县教育局\n")

    def does(*words: str) -> str:
        done = subprocess.run([COMMAND, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert "UNIT-REGION" in does("validate")
    assert "改为“肥东区”" in does("unit", "change", "anhui/hefei/feidong", "--since", "2026-11-24", "--name", "肥东区")
    assert "UNIT-REGION" not in does("validate")
    assert "name: 肥东县" in county.read_text("utf-8")

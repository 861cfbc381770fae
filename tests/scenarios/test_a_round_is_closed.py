"""A keeper closes a round: what schools, offices and keepers can do to it afterwards, and what the site then says."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.scenarios.county import Repository, certified
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.site.pages import all_pages
from wholeschool.sources import WorkingTree

SETTINGS = "submissions/programme.yaml"
PUBLISHED = ("data/figures-2026.json", "data/figures-2026.csv", "data/abilities-2026.json", "data/abilities-2026.csv")


@pytest.fixture
def county(two_counties: Path, tmp_path: Path) -> Repository:
    """The county that has certified, and an accepted school of it; the round is over and still open."""
    found = Repository(tmp_path, two_counties, *certified(two_counties))
    found.edit(SETTINGS, "ends: 2026-12-31", "ends: 2026-11-20")
    assert found.push("keeper").accepted
    return found


def pages(county: Repository) -> dict[str, str]:
    programme = assemble(load(WorkingTree(county.work)), "2026-11-28")
    return {page.path: page.markdown for page in all_pages(programme)}


def published(county: Repository) -> dict[str, str]:
    made = pages(county)
    return {path: made[path] for path in PUBLISHED}


def close(county: Repository) -> None:
    done = county.run("round", "close", "2026")
    assert done.returncode == 0, done.stderr
    pushed = county.push("keeper")
    assert pushed.accepted, pushed
    assert "2026 年这一轮就此关闭" in pushed.said
    assert county.is_sound()


def errors(said: str) -> list[str]:
    return [line.split(" 错误 ")[1].split()[0] for line in said.splitlines() if " 错误 " in line]


def test_closing_changes_no_figure_and_afterwards_nothing_does(county: Repository) -> None:
    before = published(county)
    close(county)
    assert published(county) == before
    # A certificate is revoked for good: with it goes the credit, but not the figure that was published.
    number = next(
        row["number"] for row in rows(county) if row["number"] not in {each["replaces"] for each in rows(county)}
    )
    revoked = county.run("certificates", "revoke", number, "--reason", "弄虚作假")
    assert revoked.returncode == 0, revoked.stderr
    assert county.push("office").accepted
    assert published(county) == before
    # The smallest number of people to show is another one for the rounds to come.
    text = (county.work / SETTINGS).read_text("utf-8")
    least = text.partition("\n  minimum_cell: ")[2].split()[0]
    county.edit(SETTINGS, f"\n  minimum_cell: {least}", f"\n  minimum_cell: {int(least) + 4}")
    assert county.push("keeper").accepted
    assert published(county) == before
    assert county.is_sound()


def rows(county: Repository) -> list[dict[str, str]]:
    with (county.work / county.county / "2026" / "certificates.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_is_refused_of_a_closed_round(county: Repository) -> None:
    # Figures better than those that are published.
    assert county.run("round", "close", "2026").returncode == 0
    figures = county.work / county.county / "2026/figures.csv"
    lines = figures.read_text("utf-8").splitlines()
    columns, cells = lines[0].split(","), lines[1].split(",")
    cells[columns.index("due")] = str(int(cells[columns.index("due")]) - 1)
    lines[1] = ",".join(cells)
    figures.write_text("\n".join(lines) + "\n", "utf-8")
    pushed = county.push("keeper")
    assert not pushed.accepted
    assert errors(pushed.said) == ["CLOSE-TRUE"], pushed
    close(county)
    # Two papers changed, whoever it is.
    for account in ("school", "office", "keeper"):
        roster = county.work / county.school / "2026/teachers.yaml"
        roster.write_text(roster.read_text("utf-8") + "# later\n", "utf-8")
        (county.work / county.school / "2026/survey.yaml").write_text(
            "date: 2026-01-20\ninvited: 1\nanswered: 1\nfindings: [想学量规。]\n", "utf-8"
        )
        pushed = county.push(account)
        assert not pushed.accepted
        assert errors(pushed.said) == ["ROUND-KEPT"], pushed
    # Opened again.
    text = (county.work / SETTINGS).read_text("utf-8")
    county.edit(SETTINGS, next(line for line in text.splitlines(keepends=True) if "closed:" in line), "")
    pushed = county.push("keeper")
    assert not pushed.accepted
    assert "ROUND-KEPT" in pushed.said
    # The figures written anew by hand.
    figures.write_text(figures.read_text("utf-8").replace(",5\n", ",4\n"), "utf-8")
    pushed = county.push("keeper")
    assert not pushed.accepted
    assert errors(pushed.said) == ["ROUND-KEPT"], pushed


def test_the_next_round_is_opened_and_a_school_carries_its_roster_on(county: Repository) -> None:
    close(county)
    before = pages(county)
    # Nobody is told of a next thing to do, nor that what was not done is done.
    schools = [
        text for path, text in before.items() if path.startswith("rates/") and "## 走到哪一步 { #steps }" in text
    ]
    done = sum("\n五个步骤都已完成。" in text for text in schools)
    assert done + sum("\n这一轮已经关闭，到第 " in text for text in schools) == len(schools)
    steps = [
        line.rpartition(",")[2]
        for file in county.work.glob("submissions/*/*/*/2026/figures.csv")
        for line in file.read_text("utf-8").splitlines()
    ]
    assert done == steps.count("5")
    assert "下一件事：" not in "".join(before.values())
    skipped = county.run("round", "open", "2028")
    assert skipped.returncode == 2
    assert "接着 2026 年的是 2027 年这一轮" in skipped.stderr
    assert county.run("round", "open", "2028", "--skip", "--dry-run").returncode == 0
    assert county.run("round", "open", "2027").returncode == 0
    assert county.push("keeper").accepted
    school = county.school.removeprefix("submissions/")
    opened = county.run("round", "open", "2027", school)
    assert opened.returncode == 0, opened.stderr
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert county.is_sound()
    old, new = ((county.work / county.school / f"{year}/teachers.yaml").read_text("utf-8") for year in (2026, 2027))
    assert old.count("- number:") == new.count("- number:")
    assert "choices" not in new
    assert "hours" not in new
    after = pages(county)
    address = f"rates/{county.county.removeprefix('submissions/')}/2026.md"
    assert after[address] == before[address]
    assert {path for path in before if path.startswith("rates/") and before[path] != after[path]} == set()
    # Opening it once more, or with the same school, writes nothing.
    assert "没有带" in county.run("round", "open", "2027", school).stdout
    # The county corrects a name in the closed round: its own list grows, the figures stay.
    figures = published(county)
    acceptance = county.work / county.county / "2026/acceptance/1.yaml"
    number = old.partition("- number:")[2].split()[0]
    slug = county.school.rpartition("/")[2]
    entry = (
        f"  - school: {slug}\n    teacher: {number}\n    name: 改正过\n    date: 2026-11-28\n    reason: 登记时写错\n"
    )
    acceptance.write_text(f"{acceptance.read_text('utf-8').rstrip()}\n\ncorrections:\n{entry}", "utf-8")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert published(county) == figures
    assert county.is_sound()


def test_who_has_gone_to_another_school_is_carried_on_by_the_old_one_until_it_says_so(county: Repository) -> None:
    """The new school, in another county, was quicker: its roster of the next round has somebody of the old one.

    That anybody could write: the old school is told, and takes off its roster who is really gone.
    """
    assert county.run("round", "open", "2027").returncode == 0
    assert county.push("keeper").accepted
    old = msgspec.yaml.decode((county.work / county.school / "2026/teachers.yaml").read_bytes())["teachers"]
    gone: dict[str, Any] = {field: str(old[0][field]) for field in ("number", "name", "subject", "stage")}
    gone["joined"] = {"date": "2027-01-04", "from": county.school.removeprefix("submissions/")}
    schools = sorted(path.parent for path in county.work.glob("submissions/*/*/*/*/unit.yaml"))
    new = next(each for each in schools if each != county.work / county.school)
    (new / "2027").mkdir()
    (new / "2027/teachers.yaml").write_bytes(msgspec.yaml.encode({"staff": 1, "teachers": [gone]}))
    pushed = county.push("keeper")
    assert pushed.accepted, pushed
    opened = county.run("round", "open", "2027", county.school.removeprefix("submissions/"))
    assert opened.returncode == 0, opened.stderr
    assert f"带过来 {len(old)} 位教师" in opened.stdout
    assert "其中 1 位，别的学校的名册写着从这里调去了：真调走了的，删掉" in opened.stdout
    path = county.work / county.school / "2027/teachers.yaml"
    carried = msgspec.yaml.decode(path.read_bytes())
    left = [each for each in carried["teachers"] if each["number"] != gone["number"]]
    assert len(left) == len(old) - 1
    path.write_bytes(msgspec.yaml.encode({"staff": len(left), "teachers": left}))
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert county.is_sound()


def test_an_upheld_appeal_is_told_beside_the_figures(county: Repository) -> None:
    """The county reviews and checks once more, accepts and recognises; what was published stays, the day is told."""
    before = published(county)
    assert county.run("round", "close", "2026", "--date", "2026-11-22").returncode == 0
    assert county.push("keeper").accepted
    folder = county.work / county.school / "2026/reviews"
    review = msgspec.yaml.decode(min(folder.glob("*.yaml")).read_bytes())
    result = next(each for each in review["results"] if each["level"] in ("合格", "优秀"))
    again = "优秀" if result["level"] == "合格" else "合格"
    result |= {"level": again, "suggestion": "申诉以后重看了一遍，第二段录像里有学生的回答，照规范改评。"}
    review |= {"date": "2026-11-25", "results": [result]}
    (folder / "2026-11-25.yaml").write_bytes(msgspec.yaml.encode(review))
    pushed = county.push("office")
    assert not pushed.accepted
    assert "没有成立的申诉" in pushed.said
    (folder / "2026-11-25.yaml").write_bytes(msgspec.yaml.encode(review))
    file = county.work / county.school / "2026/appeals.yaml"
    appeals = msgspec.yaml.decode(file.read_bytes()) if file.exists() else {"appeals": []}
    panel = {each["name"] for each in review["panel"]["members"]}
    team = msgspec.yaml.decode((county.work / county.school / "teams/management.yaml").read_bytes())["members"]
    by = next(each["name"] for each in team if each["name"] not in panel and each.get("teacher") != result["teacher"])
    conclusion = {"decision": "改正", "date": "2026-11-24", "by": [by], "reason": "重看了第二段录像，改评。"}
    appeal = {name: result[name] for name in ("teacher", "microability")} | {"against": min(folder.glob("*.yaml")).stem}
    appeal |= {
        "received": "2026-11-23",
        "reason": "第二段录像没有看。",
        "conclusion": conclusion,
        "late": "放假回来才看到。",
    }
    file.write_bytes(msgspec.yaml.encode({"appeals": [*appeals["appeals"], appeal]}))
    checks = county.work / county.county / "2026/spot-checks"
    acceptance = county.work / county.county / "2026/acceptance/1.yaml"
    decided = msgspec.yaml.decode(acceptance.read_bytes())
    slug = county.school.rpartition("/")[2]
    last = [each for each in decided["acceptances"] if each["school"] == slug][-1]
    item = {"school": county.school.removeprefix("submissions/"), "school_level": again, "recheck_level": again}
    item |= {name: result[name] for name in ("teacher", "microability")}
    check = {"date": "2026-11-26", "stage": "考核结果", "mode": "专家抽查", "checkers": last["by"], "items": [item]}
    check |= {"conclusion": "申诉成立，复核与改评一致。"}
    (checks / "2026-11-26-shensu.yaml").write_bytes(msgspec.yaml.encode(check))
    opinion = "复核过申诉的一项，同意改评。"
    entry = f"  - school: {slug}\n    conclusion: 验收合格\n    date: 2026-11-26\n    mode: 专家抽查\n"
    entry += f"    by: [{', '.join(last['by'])}]\n    opinion: {opinion}\n"
    acceptance.write_text(f"{acceptance.read_text('utf-8').rstrip()}\n{entry}", "utf-8")
    command = ("recognise", county.county.removeprefix("submissions/"), item["school"], "--year", "2026")
    done = county.run(*command, "--document", "明教〔2026〕40号", "--date", "2026-11-27")
    assert done.returncode == 0, done.stdout + done.stderr
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    assert published(county) == before
    page = pages(county)[f"rates/{county.county.removeprefix('submissions/')}/2026.md"]
    assert "2026 年 11 月 27 日有更正的认定" in page.replace("2026年11月27日", "2026 年 11 月 27 日")

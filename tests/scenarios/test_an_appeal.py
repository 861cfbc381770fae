"""Somebody does not agree with a result: the appeal is upheld, dismissed, too late, or forgotten."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.county import Repository, certified
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.site.pages import all_pages
from wholeschool.sources import WorkingTree

WHO = {"teacher": "34990100010001", "microability": "A2"}
REASON = "评审时只看了清单，没有打开后面的取舍记录。"


@pytest.fixture
def county(two_counties: Path, tmp_path: Path) -> Repository:
    """The county that has certified, and an accepted school of it. Its training team has reviewed on 7 September."""
    return Repository(tmp_path, two_counties, *certified(two_counties))


def appeals(county: Repository, *entries: dict[str, Any]) -> None:
    county.write(f"{county.school}/2026/appeals.yaml", {"appeals": list(entries)})


def received(day: str, **more: Any) -> dict[str, Any]:
    return {**WHO, "against": "2026-09-07", "received": day, "reason": REASON, **more}


def ruling(decision: str, *by: str, day: str = "2026-09-26") -> dict[str, Any]:
    said = "取舍记录写得清楚，够得上“优秀”的要求。" if decision == "改正" else "重看了全部材料，与原来的等级一致。"
    return {"conclusion": {"decision": decision, "date": day, "by": list(by), "reason": said}}


def test_it_is_upheld(county: Repository) -> None:
    """Others than the panel decide; a new review, a check, an acceptance and a recognition follow. Nobody is named."""
    appeals(county, received("2026-09-20"))
    pushed = county.push("school")
    assert pushed.accepted, pushed
    # The panel does not decide about itself.
    appeals(county, received("2026-09-20", **ruling("改正", "金巧岚", "洪来军")))
    pushed = county.push("school")
    assert not pushed.accepted
    assert "APPEAL-BY" in pushed.said
    assert "原来的结果就是他评的" in pushed.said
    appeals(county, received("2026-09-20", **ruling("改正", "金巧岚", "于月红")))
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert "还没有重新评审" in county.told()
    # The school reviews the item anew; what was recognised still counts, and the county hears of it.
    review = county.value(f"{county.school}/2026/reviews/2026-09-07.yaml")
    result = next(each for each in review["results"] if WHO.items() <= each.items())
    result |= {"level": "优秀", "suggestion": "取舍记录请放在清单前面，同事一眼看得到理由。"}
    county.write(f"{county.school}/2026/reviews/2026-11-24.yaml", {**review, "date": "2026-11-24", "results": [result]})
    pushed = county.push("school")
    assert pushed.accepted, pushed
    said = county.told()
    assert "APPEAL-FOLLOWED" not in said
    assert "RECOGNISE-LATEST" in said
    # The county looks, accepts and recognises: now it is 优秀.
    unit, folder = county.school.removeprefix("submissions/"), f"{county.county}/2026"
    by = ["龙光康", "杨雅梅", "洪来军"]
    item = {"school": unit, **WHO, "school_level": "优秀", "recheck_level": "优秀"}
    check = {"date": "2026-11-25", "stage": "考核结果", "mode": "专家抽查", "checkers": by, "items": [item]}
    county.write(f"{folder}/spot-checks/2026-11-25-shensu.yaml", check)
    accepted: dict[str, Any] = {
        "school": unit.rpartition("/")[2],
        "conclusion": "验收合格",
        "date": "2026-11-25",
        "mode": "专家抽查",
    }
    accepted |= {"by": by, "opinion": "申诉的一项复核过，同意改评，其余不变。"}
    county.write(f"{folder}/acceptance/2026-11-25.yaml", {"acceptances": [accepted]})
    command = ("recognise", county.county.removeprefix("submissions/"), unit, "--year", "2026")
    done = county.run(*command, "--document", "明教〔2026〕40号", "--date", "2026-11-26")
    assert done.returncode == 0, done.stdout + done.stderr
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    said = county.told()
    assert "APPEAL" not in said
    assert "RECOGNISE-LATEST" not in said
    with (county.work / folder / "register.csv").open(encoding="utf-8") as file:
        last = [row for row in csv.DictReader(file) if row["teacher"] == WHO["teacher"]][-1]
    assert "A2" in last["excellent"].split()
    # Of all this the site tells nobody.
    programme = assemble(load(WorkingTree(county.work)), "2026-11-28")
    site = "".join(page.markdown for page in all_pages(programme))
    assert REASON not in site
    assert "取舍记录写得清楚" not in site


def test_it_is_dismissed(county: Repository) -> None:
    """The result stays, and so does what was decided: nobody takes it away or turns it round."""
    before = county.run("status", "--year", "2026").stdout
    appeals(county, received("2026-09-20", **ruling("维持", "金巧岚", "于月红")))
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert "APPEAL" not in county.told()
    assert county.run("status", "--year", "2026").stdout == before
    appeals(county, received("2026-09-20", **ruling("改正", "金巧岚", "于月红")))
    pushed = county.push("school")
    assert not pushed.accepted
    assert "DECISION-KEPT" in pushed.said
    assert "恢复原样，新的申诉写在后面" in pushed.said
    (county.work / county.school / "2026/appeals.yaml").unlink()
    pushed = county.push("school")
    assert not pushed.accepted
    assert "申诉的记录被删掉了" in pushed.said
    # The same teacher may appeal against the county's check; that is the county's to decide, not the school's people's.
    slug, unit = county.school.rpartition("/")[2], county.county
    against = {"school": slug, **received("2026-09-30"), "against": f"2026-09-18-{slug}"}
    county.write(f"{unit}/2026/appeals.yaml", {"appeals": [against | ruling("维持", "金巧岚", day="2026-10-10")]})
    pushed = county.push("office")
    assert not pushed.accepted
    assert "APPEAL-BY" in pushed.said
    assert "自己的人" in pushed.said
    county.write(
        f"{unit}/2026/appeals.yaml", {"appeals": [against | ruling("维持", "于月红", "姚传峰", day="2026-10-10")]}
    )
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()


def test_it_comes_too_late_or_is_forgotten(county: Repository) -> None:
    """15 days after the review the term is over: not heard, or heard for a reason; what lies about is told."""
    appeals(county, received("2026-09-23", **ruling("维持", "金巧岚", "于月红")))
    pushed = county.push("school")
    assert not pushed.accepted
    assert "APPEAL-TERM" in pushed.said
    assert "申诉的期限到 2026-09-22" in pushed.said
    late = received("2026-09-23", **ruling("超过期限不受理", "金巧岚"))
    appeals(county, late)
    pushed = county.push("school")
    assert pushed.accepted, pushed
    in_time = {**received("2026-09-22", **ruling("超过期限不受理", "金巧岚")), "microability": "A4"}
    appeals(county, late, in_time)
    pushed = county.push("school")
    assert not pushed.accepted
    assert "没有超过期限（到 2026-09-22）" in pushed.said
    heard = {**received("2026-10-09", late="住院三周，出院才看到结果。"), "microability": "A5"}
    appeals(county, late, heard)
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert "2026-10-09 收到的申诉，到 2026-11-08 应当处理，还没有结论" in county.told("--day", "2026-11-09")
    said = county.run("status", county.county.removeprefix("submissions/"), "--year", "2026").stdout
    [row] = [line for line in said.splitlines() if "1 件申诉的结论（1 件过期）" in line]
    assert "2026-11-08" in row
    assert "2026/appeals.yaml" in row
    assert "APPEAL-DECIDED" not in county.told("--day", "2026-11-08")
    appeals(county, late, heard | ruling("维持", "金巧岚", "于月红", day="2026-10-20"))
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert "APPEAL" not in county.told()
    assert "件申诉" not in county.run("status", "--year", "2026").stdout
    assert county.is_sound()


def test_it_is_written_where_it_belongs_and_once(county: Repository) -> None:
    """Against the school's review by the school, of its own teacher; the county is told whose it is."""
    path, slug = f"{county.county}/2026/appeals.yaml", county.school.rpartition("/")[2]
    name = county.value(f"{county.school}/unit.yaml")["name"]
    county.write(path, {"appeals": [{"school": slug, **received("2026-09-20")}]})
    pushed = county.push("office")
    assert not pushed.accepted
    assert f"“2026-09-07”是{name}的评审记录" in pushed.said
    assert f"由{name}写进自己的 2026/appeals.yaml" in "".join(pushed.said.split("\n"))
    # One is enough: the second of the same is refused, whether the first is decided or not.
    first = received("2026-09-20")
    for one, said in ((first, "还没有结论"), (first | ruling("维持", "金巧岚", "于月红"), "已经处理（维持）")):
        appeals(county, one, received("2026-09-21", reason="再看一遍。"))
        pushed = county.push("school")
        assert not pushed.accepted
        assert "APPEAL-ONCE" in pushed.said
        assert said in pushed.said

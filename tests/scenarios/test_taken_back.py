"""What was decided turns out wrong: a check finds something, an approval or an acceptance is withdrawn, a recognition
is corrected; and two officers recognise at the same time."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.county import Pushed, Repository, certified

BY = ["龙光康", "杨雅梅", "洪来军"]
WHO = {"teacher": "34990100010001", "microability": "A2"}


@pytest.fixture
def county(two_counties: Path, tmp_path: Path) -> Repository:
    """The county that has certified, and an accepted and recognised school of it."""
    return Repository(tmp_path, two_counties, *certified(two_counties))


def concluded(county: Repository, conclusion: str, day: str, name: str = "") -> Pushed:
    """The county concludes about the school on a day."""
    entry: dict[str, Any] = {
        "school": county.school.rpartition("/")[2],
        "conclusion": conclusion,
        "date": day,
        "mode": "专家抽查",
    }
    entry |= {"by": BY, "opinion": "逐项看过抽查发现的问题和学校的整改。"}
    county.write(f"{county.county}/2026/acceptance/{name or day}.yaml", {"acceptances": [entry]})
    return county.push("office")


def checked(county: Repository, day: str, **correction: str) -> Pushed:
    """The county checks the item on 16 November and finds it wanting; on `day` it writes what became of that."""
    item = {"school": county.school.removeprefix("submissions/"), **WHO, "school_level": "合格"}
    item |= {"recheck_level": "不合格", "problem": "取舍记录与网上的同名文章基本相同。"}
    check: dict[str, Any] = {"date": "2026-11-16", "stage": "考核结果", "mode": "专家抽查", "checkers": BY}
    check |= {"items": [{**item, "correction": {"due": "2026-11-23", **correction}}]}
    county.write(f"{county.county}/2026/spot-checks/2026-11-16.yaml", check)
    return county.push("office")


def recognised(county: Repository, day: str) -> None:
    unit = county.school.removeprefix("submissions/")
    command = ("recognise", unit.rpartition("/")[0], unit, "--year", "2026")
    done = county.run(*command, "--document", "明教〔2026〕41号", "--date", day)
    assert done.returncode == 0, done.stdout + done.stderr


def register(county: Repository) -> list[dict[str, str]]:
    with (county.work / county.county / "2026/register.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["teacher"] == WHO["teacher"]]


def reviewed_anew(county: Repository, day: str, level: str = "合格") -> Pushed:
    """The school reviews the item once more."""
    review = county.value(f"{county.school}/2026/reviews/2026-09-07.yaml")
    result = next(each for each in review["results"] if WHO.items() <= each.items())
    result |= {"level": level, "suggestion": "取舍记录重写过，请把三段视频的比较也附在后面。"}
    county.write(f"{county.school}/2026/reviews/{day}.yaml", {**review, "date": day, "results": [result]})
    return county.push("school")


def test_a_check_finds_something_and_it_is_put_right(county: Repository) -> None:
    """The acceptance is withdrawn, and comes back only when the item is put right; until then it is told as overdue."""
    assert checked(county, "2026-11-16").accepted
    # What was recognised stays recognised until the county decides otherwise; it is told to.
    assert "认定以后抽查，教师 34990100010001 的“A2”不合格，还没有改正" in county.told()
    withdrawn = concluded(county, "限期整改", "2026-11-17")
    assert withdrawn.accepted, withdrawn
    assert county.is_sound()
    number = (county.work / county.county / "2026/certificates.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    assert county.run("certificates", "verify", number).stdout.startswith("有效")
    # Nothing new is certified meanwhile, and nothing is accepted without a correction.
    unit = county.school.removeprefix("submissions/")
    issued = county.run("certificates", "issue", unit.rpartition("/")[0], "--year", "2026", "--dry-run")
    assert "可发 0 张" in issued.stdout
    refused = concluded(county, "验收合格", "2026-11-24")
    assert not refused.accepted
    assert "ACCEPT-CHECKED" in refused.said
    # 23 November has passed, and nobody has written what became of it.
    assert "到期的 1 项整改（spot-checks/）" in county.told("--day", "2027-01-05")
    assert checked(county, "2026-11-24", done="2026-11-24", result="未改正").accepted
    refused = concluded(county, "验收合格", "2026-11-24", "2026-11-24-b")
    assert not refused.accepted
    assert "还没有改正，就写了验收合格" in refused.said
    assert "请学校重新评审" in refused.said
    # The school reviews it anew, after they looked: now it may be accepted, and recognised.
    anew = reviewed_anew(county, "2026-11-25")
    assert anew.accepted, anew
    accepted = concluded(county, "验收合格", "2026-11-26")
    assert accepted.accepted, accepted
    recognised(county, "2026-11-27")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert "A2" in register(county)[-1]["passed"].split()
    assert county.is_sound()
    assert "还没有改正" not in county.told()


def test_what_is_not_put_right_is_neither_recognised_nor_certified(county: Repository) -> None:
    """The school reviews the item as 不合格: the others are accepted, and without this one a row says so."""
    recognised(county, "2026-11-12")
    assert county.push("office").accepted
    assert "A2" in register(county)[-1]["passed"].split()
    assert checked(county, "2026-11-16", done="2026-11-23", result="未改正").accepted
    assert concluded(county, "限期整改", "2026-11-23").accepted
    assert reviewed_anew(county, "2026-11-24", "不合格").accepted
    accepted = concluded(county, "验收合格", "2026-11-25")
    assert accepted.accepted, accepted
    recognised(county, "2026-11-26")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    # A row of its own names the one that it stands for; the old row is still there.
    *_, old, new = register(county)
    assert "A2" in old["passed"].split()
    assert "A2" not in new["passed"].split()
    assert new["replaces"] == old["date"]
    # Nobody takes the old row away.
    ledger = county.work / county.county / "2026/register.csv"
    head, _, *rest = ledger.read_text("utf-8").splitlines(keepends=True)
    ledger.write_text(head + "".join(rest), "utf-8")
    pushed = county.push("office")
    assert not pushed.accepted
    assert "LEDGER-GROWS" in pushed.said
    assert county.is_sound()


def test_an_approval_is_withdrawn_and_given_again(county: Repository) -> None:
    """While the plan is returned nobody reviews; it is changed, handed in and approved; what was accepted stays."""
    plan, folder = f"{county.school}/2026/plan.yaml", f"{county.county}/2026/approvals"
    said = county.value(f"{folder}/1.yaml")["approvals"][0]
    before = county.value(plan)
    county.write(plan, {**before, "submitted": "2026-11-18"})
    pushed = county.push("school")
    assert not pushed.accepted
    assert "PLAN-KEPT" in pushed.said
    assert "请县里先退回" in pushed.said
    back = {"school": said["school"], "decision": "退回修改", "date": "2026-11-17", "by": said["by"]}
    back |= {"opinion": "请把下半年的研修安排补进规划。"}
    county.write(f"{folder}/2026-11-17.yaml", {"approvals": [back]})
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    county.write(plan, {**before, "submitted": "2026-11-18"})
    pushed = county.push("school")
    assert pushed.accepted, pushed
    again = {**said, "date": "2026-11-19", "filing": "明规备〔2026〕001-1号"}
    county.write(f"{folder}/2026-11-19.yaml", {"approvals": [again]})
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    number = (county.work / county.county / "2026/certificates.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    assert county.run("certificates", "verify", number).stdout.startswith("有效")


def test_two_officers_recognise_at_the_same_time(county: Repository) -> None:
    """Both append to the register: a conflict. The later one takes what is there and lets the program write again."""
    assert concluded(county, "验收合格", "2026-11-20").accepted is False  # nothing was reviewed or checked since
    item = {"school": county.school.removeprefix("submissions/"), **WHO}
    item |= {"school_level": "合格", "recheck_level": "合格"}
    check = {"date": "2026-11-19", "stage": "考核结果", "mode": "专家抽查", "checkers": BY, "items": [item]}
    county.write(f"{county.county}/2026/spot-checks/2026-11-19.yaml", check)
    assert county.push("office").accepted
    assert concluded(county, "验收合格", "2026-11-20").accepted
    other = county.colleague()
    recognised(county, "2026-11-24")
    recognised(other, "2026-11-25")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    other.commit()
    assert not other.pull()
    other.give_up()
    unit = county.school.removeprefix("submissions/")
    done = other.run("recognise", unit.rpartition("/")[0], "--year", "2026", "--document", "明教〔2026〕41号")
    assert "Traceback" not in done.stderr
    # All was recognised already; nothing stands there twice.
    accepted = (other.work / county.county / "2026/acceptance/2026-11-20.yaml").read_text("utf-8")
    assert "date: 2026-11-24" in accepted
    assert "2026-11-25" not in accepted
    assert register(other) == register(county)
    assert other.is_sound()

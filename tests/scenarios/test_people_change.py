"""In mid-round another principal, another panel, another account: what each did before stays theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.county import Repository, certified


@pytest.fixture
def county(two_counties: Path, tmp_path: Path) -> Repository:
    """The county that has certified, and an accepted school of it."""
    return Repository(tmp_path, two_counties, *certified(two_counties))


def test_another_principal(county: Repository) -> None:
    """The old one stays on the list with the last day, the new one is added; the school itself may write that."""
    path = f"{county.school}/teams/management.yaml"
    team = county.value(path)
    old = team["members"][0]
    new = {"name": "方明哲", "duty": ["负责人"], "role": "校长", "position": "校长", "from": "2026-11-21"}
    team["members"] = [old | {"until": "2026-11-20"}, new, *team["members"][1:]]
    county.write(path, team)
    county.edit(f"{county.school}/unit.yaml", f"principal: {old['name']}", "principal: 方明哲")
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert county.is_sound()
    said = county.told()
    assert "TEAM-HEAD" not in said
    # What was certified to the old one, a teacher too, stays.
    number = (county.work / county.county / "2026/certificates.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    assert old["name"] in county.run("certificates", "verify", number).stdout


def test_a_panel_member_leaves_between_two_reviews(county: Repository) -> None:
    """What was reviewed while serving stays; a review after the last day is told, with that day; another one sits."""
    path = f"{county.county}/teams/training.yaml"
    team = county.value(path)
    leaver = next(each for each in team["members"] if each["name"] == "叶守林")
    leaver["until"] = "2026-11-20"
    county.write(path, team)
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()  # who reviewed in September
    first = county.value(f"{county.school}/2026/reviews/2026-09-07.yaml")
    again = {**first, "date": "2026-11-24", "results": first["results"][:1]}
    county.write(f"{county.school}/2026/reviews/2026-11-24.yaml", again)
    pushed = county.push("school")
    assert not pushed.accepted
    assert "PANEL-MIXED" in pushed.said
    assert "2026-11-20 已经离任" in pushed.said
    members = [each if each["name"] != "叶守林" else each | {"name": "于月红"} for each in first["panel"]["members"]]
    again["panel"] = {**first["panel"], "members": members}
    county.write(f"{county.school}/2026/reviews/2026-11-24.yaml", again)
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert county.is_sound()


def test_another_holds_the_school_s_account(county: Repository) -> None:
    """The county ends the old account and adds the new; what the old one did stays, what it tries now is refused."""
    path = f"{county.county}/accounts.yaml"
    unit = county.school.removeprefix("submissions/")
    value = county.value(path)
    before = next(each for each in value["accounts"] if each["unit"] == unit)
    before["until"] = "2026-11-20"
    value["accounts"].append({"account": "school-new", "unit": unit, "from": "2026-11-21"})
    county.write(path, value)
    pushed = county.push("office")
    assert pushed.accepted, pushed
    roster = county.work / county.school / "2026/teachers.yaml"
    text = roster.read_text("utf-8")
    roster.write_text(text + "# 核对过\n", "utf-8")
    pushed = county.push("school")
    assert not pushed.accepted
    assert "PATH-OWNER" in pushed.said
    assert f"提交的账号代表 {unit} 到 2026-11-20 为止" in pushed.said
    assert "请县里另一位的账号或者维护人员改 accounts.yaml" in pushed.said
    roster.write_text(text + "# 核对过\n", "utf-8")
    pushed = county.push("school-new")
    assert pushed.accepted, pushed
    assert county.is_sound()


def test_an_account_does_not_begin_before_its_day_nor_end_itself(county: Repository) -> None:
    """A colleague to come may do nothing yet; an officer who also runs a school does not end that by himself."""
    path = f"{county.county}/accounts.yaml"
    unit, own = county.school.removeprefix("submissions/"), county.county.removeprefix("submissions/")
    value = county.value(path)
    value["accounts"] += [
        {"account": "next", "unit": own, "from": "2099-01-01"},
        {"account": "office", "unit": unit},
    ]
    county.write(path, value)
    assert county.push("keeper").accepted
    documents = county.work / county.county / "documents.yaml"
    documents.write_text(documents.read_text("utf-8") + "# 核对过\n", "utf-8")
    pushed = county.push("next")
    assert not pushed.accepted
    assert "从 2099-01-01 才开始" in pushed.said
    value["accounts"][-1]["until"] = "2026-11-01"
    county.write(path, value)
    pushed = county.push("office")
    assert not pushed.accepted
    assert "OWN-DECISION" in pushed.said
    county.write(path, value)
    assert county.push("keeper").accepted
    assert county.is_sound()

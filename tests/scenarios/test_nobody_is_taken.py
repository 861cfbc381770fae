"""What one school writes by itself takes nobody out of another's figures, and gives nobody another's results."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.county import Repository
from wholeschool.outcomes import draws
from wholeschool.outcomes.rates import tallies_of
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.sources import open_tree

COUNTY = "anhui/shili/mingyuan"
ACCEPTED, OTHER, WAITING = (
    f"{COUNTY}/{slug}" for slug in ("wenhua-xiaoxue", "hewan-zhongxin-xiaoxue", "beigang-xuexiao")
)
THIRD, SMALL = f"{COUNTY}/zhiye-xuexiao", f"{COUNTY}/taoli-xiaoxue"
FAILING, UNREVIEWED = "34990100010006", "34990100080002"
EXEMPT = "    exempt: {reason: 外出支教, approved_by: 于春宁}\n"


@pytest.fixture
def county(tmp_path: Path) -> Repository:
    """The example, with an account for every school that does something here."""
    made = Repository(tmp_path, REPOSITORY, "mingyuan", "hewan-zhongxin-xiaoxue")
    accounts = f"submissions/{COUNTY}/accounts.yaml"
    more = {"accepted": ACCEPTED, "waiting": WAITING, "third": THIRD, "small": SMALL}
    listed = "".join(f"  - account: {name}\n    unit: {unit}\n" for name, unit in more.items())
    made.edit(accounts, "accounts:\n", f"accounts:\n{listed}")
    assert made.push("keeper").accepted
    return made


def due(county: Repository, *schools: str) -> list[tuple[int, int]]:
    """How many are due at each school, and how many of them have passed."""
    found = assemble(load(open_tree(county.work)), "2026-11-29")
    office = found.county_year(found.units[COUNTY], 2026)
    tallies = [tallies_of(found, office, [found.school_year(found.units[each], 2026)]) for each in schools]
    return [(sum(one.due for one in each.values()), sum(one.passed for one in each.values())) for each in tallies]


def adds(county: Repository, school: str, number: str, name: str, subject: str, *lines: str, staff: int = 0) -> None:
    """A school adds a row to its roster, and so many to those it has."""
    path = county.work / "submissions" / school / "2026" / "teachers.yaml"
    text = path.read_text("utf-8")
    count = int(text.partition("staff: ")[2].split()[0])
    text = text.replace(f"staff: {count}", f"staff: {count + staff}", 1).rstrip()
    row = f'\n  - number: "{number}"\n    name: {name}\n    subject: {subject}\n    stage: 小学\n' + "".join(lines)
    path.write_text(text + row, "utf-8")


def test_a_school_says_that_somebody_came_and_went_back(county: Repository) -> None:
    """Neither one who failed nor one who passed: the school where they are has not said so."""
    before = due(county, ACCEPTED, OTHER)
    times = (
        f"    joined: {{date: 2026-09-01, from: {ACCEPTED}}}\n",
        f"    left: {{date: 2026-11-01, reason: 调动, to: {ACCEPTED}}}\n",
    )
    for lines in ((*times, EXEMPT), times):
        adds(county, OTHER, FAILING, "钱雪晴", "体育", *lines)
        assert due(county, ACCEPTED, OTHER) == before
        refused = county.push("school")
        assert not refused.accepted
        assert "STAY-ORDER" in refused.said
        assert "有几天两边都在" in refused.said


def test_a_school_says_that_somebody_came_from_one_that_is_not_accepted(county: Repository) -> None:
    """Accepted already, it adds nobody as of before; and the other's figures stay whatever it says."""
    before = due(county, ACCEPTED, WAITING)
    for exempt in ("", EXEMPT):
        joined = f"    joined: {{date: 2026-09-01, from: {WAITING}}}\n"
        adds(county, ACCEPTED, UNREVIEWED, "孟毅", "数学", joined, exempt, staff=1)
        assert due(county, ACCEPTED, WAITING) == before
        refused = county.push("accepted")
        assert not refused.accepted
        assert "ROSTER-KEPT" in refused.said
    joined = f"    joined: {{date: 2026-11-20, from: {WAITING}}}\n"
    adds(county, ACCEPTED, UNREVIEWED, "孟毅", "数学", joined, staff=1)
    pushed = county.push("accepted")
    assert pushed.accepted, pushed
    assert due(county, ACCEPTED, WAITING) == before
    assert "在写以前还算在这里" in county.told(f"submissions/{WAITING}")


def test_an_accepted_school_adds_somebody_as_if_they_had_been_there(county: Repository) -> None:
    before = due(county, ACCEPTED)
    adds(county, ACCEPTED, "34990100010099", "样张", "美术", "    joined: {date: 2026-09-01}\n", staff=1)
    refused = county.push("accepted")
    assert not refused.accepted
    assert "ROSTER-KEPT" in refused.said
    assert "到校写的是 2026-09-01" in refused.said
    adds(county, ACCEPTED, "34990100010099", "新来的", "美术", "    joined: {date: 2026-11-20}\n", staff=1)
    pushed = county.push("accepted")
    assert pushed.accepted, pushed
    assert due(county, ACCEPTED) == before


def claims(county: Repository, number: str, name: str, subject: str) -> None:
    """A school says by itself that somebody came from another."""
    adds(county, SMALL, number, name, subject, f"    joined: {{date: 2026-09-01, from: {WAITING}}}\n", staff=1)
    pushed = county.push("small")
    assert pushed.accepted, pushed


def population(county: Repository) -> list[str]:
    """The numbers that the county may draw from."""
    found = assemble(load(open_tree(county.work)), "2026-11-29")
    return [each.teacher for each in draws.due(found, found.units[COUNTY], 2026, "2026-11-29", ["school"])]


def test_a_school_takes_anothers_staff_into_the_next_round(county: Repository) -> None:
    """It counts none of them, and the other carries its roster on as if nothing had been said."""
    staff = county.value(f"submissions/{WAITING}/2026/teachers.yaml")["teachers"]
    own = [each for each in staff if not {"left", "home"} & each.keys()]
    rows = [
        {**{field: each[field] for field in ("number", "name", "subject", "stage")}}
        | {"joined": {"date": "2027-01-01", "from": WAITING}}
        for each in own
    ]
    there = f"submissions/{SMALL}/2027/teachers.yaml"
    county.write(there, {"staff": len(rows), "teachers": rows})
    assert county.push("small").accepted
    assert "还没有报这一轮的名册，对上以前不算在这里" in county.told(f"submissions/{SMALL}")
    programme = assemble(load(open_tree(county.work)), "2026-11-29")
    assert not programme.school_year(programme.units[SMALL], 2027).counted
    opened = county.run("round", "open", "2027", WAITING)
    assert f"其中 {len(own)} 位，别的学校的名册写着从这里调去了" in opened.stdout
    pushed = county.push("waiting")
    assert pushed.accepted, pushed
    programme = assemble(load(open_tree(county.work)), "2026-11-29")
    assert len(programme.school_year(programme.units[WAITING], 2027).counted) == len(own)
    assert county.is_sound()
    # Of somebody who really went, it takes the row off again; then the other's word is enough.
    path = f"submissions/{WAITING}/2027/teachers.yaml"
    roster = county.value(path)
    gone = roster["teachers"].pop(0)
    county.write(path, {**roster, "staff": roster["staff"] - 1})
    assert county.push("waiting").accepted
    programme = assemble(load(open_tree(county.work)), "2026-11-29")
    assert [*programme.school_year(programme.units[SMALL], 2027).counted] == [str(gone["number"])]


def test_what_one_school_says_keeps_another_from_nothing(county: Repository) -> None:
    """Whoever it claims retires, goes to a third school, gets another name, as if it had said nothing."""
    roster = f"submissions/{WAITING}/2026/teachers.yaml"
    teachers = {str(each["number"]): each for each in county.value(roster)["teachers"]}
    first, second, third = (f"3499010008000{place}" for place in (1, 2, 3))
    drawn_from = population(county)
    for number in (first, second, third):
        claims(county, number, teachers[number]["name"], teachers[number]["subject"])
    assert population(county) == drawn_from
    assert "这里没有写离校" in county.told(f"submissions/{WAITING}")
    value = county.value(roster)
    rows = {str(each["number"]): each for each in value["teachers"]}
    rows[first]["left"] = {"date": "2026-11-20", "reason": "退休"}
    rows[second]["left"] = {"date": "2026-11-20", "reason": "调动", "to": THIRD}
    value["staff"] -= 2
    county.write(roster, value)
    pushed = county.push("waiting")
    assert pushed.accepted, pushed
    came = f"    joined: {{date: 2026-11-21, from: {WAITING}}}\n"
    group = "    group: " + county.value(f"submissions/{THIRD}/2026/teachers.yaml")["teachers"][0]["group"] + "\n"
    adds(county, THIRD, second, rows[second]["name"], rows[second]["subject"], came, group, staff=1)
    pushed = county.push("third")
    assert pushed.accepted, pushed
    value = county.value(roster)
    next(each for each in value["teachers"] if str(each["number"]) == third)["name"] = "改正过"
    county.write(roster, value)
    pushed = county.push("waiting")
    assert pushed.accepted, pushed
    assert county.is_sound()
    # The one who wrote it is told, and hears it again at the next change.
    assert "没有写调到这里来，对上以前不算在这里" in county.told(f"submissions/{SMALL}")
    county.edit(f"submissions/{SMALL}/2026/teachers.yaml", "staff:", "# 补记\nstaff:")
    refused = county.push("small")
    assert not refused.accepted
    assert "STAY-ORDER" in refused.said
    assert "TEACHER-UNIQUE" in refused.said


def test_a_school_gives_somebody_a_number_of_another(county: Repository) -> None:
    """Before that one has given it: it gives it all the same, and the first waits."""
    number = "34990100080099"
    adds(county, SMALL, number, "样张", "美术", staff=1)
    pushed = county.push("small")
    assert pushed.accepted, pushed
    adds(county, WAITING, number, "新来的", "语文", staff=1)
    pushed = county.push("waiting")
    assert pushed.accepted, pushed
    assert county.is_sound()
    programme = assemble(load(open_tree(county.work)), "2026-11-29")
    assert number in programme.school_year(programme.units[WAITING], 2026).counted
    assert number not in programme.school_year(programme.units[SMALL], 2026).counted
    assert "是别的学校的编号，那里的名册里有他" in county.told(f"submissions/{SMALL}")
    county.edit(f"submissions/{SMALL}/2026/teachers.yaml", "staff:", "# 补记\nstaff:")
    refused = county.push("small")
    assert not refused.accepted
    assert "TEACHER-UNIQUE" in refused.said

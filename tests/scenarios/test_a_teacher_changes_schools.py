"""The life of teachers across schools and counties: one number, counted once, and what they did goes with them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.days import in_days
from tests.scenarios.county import Repository
from wholeschool.outcomes.rates import Tally, tallies_of
from wholeschool.programme import Programme, YearOfSchool, assemble
from wholeschool.records import load
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.sources import open_tree

COUNTY = "anhui/shili/mingyuan"
OLD, NEW = f"{COUNTY}/xincheng-chuzhong", f"{COUNTY}/beigang-xuexiao"
ELSEWHERE = "anhui/shili/qinglan/linxi-chuzhong"
ACCEPTED = f"{COUNTY}/wenhua-xiaoxue"
# Reviewed at the old school.
TEACHER = "34990100030004"
PASSED = {"A1", "A11", "B9"}  # a spot check found B1 wanting
DAY = "2026-11-16"
ACTIVITY = f"""activities:
  - date: 2026-10-20
    theme: 浮力一课的前测和分组
    kind: 互助研讨
    mode: 线下
    hours: {{kind: 实践应用, count: 2}}
    participants: ["{TEACHER}"]
    evidence: [签到表]
"""


@pytest.fixture
def county(tmp_path: Path) -> Repository:
    """The example: a school that is accepted, one that has to correct something, one that is only on its way."""
    return Repository(tmp_path, REPOSITORY, "mingyuan", "xincheng-chuzhong")


def roster(school: str) -> str:
    return f"submissions/{school}/2026/teachers.yaml"


def row(county: Repository, school: str, number: str) -> tuple[str, str]:
    """A teacher's row as it stands in a roster, and the whole roster."""
    text = (county.work / roster(school)).read_text("utf-8")
    begin = text.index(f'  - number: "{number}"')
    end = text.find("\n  - number:", begin + 1)
    return text[begin : end if end > 0 else len(text)], text


def adds(county: Repository, school: str, number: str, *lines: str) -> None:
    """A school adds lines to a teacher's row."""
    old, text = row(county, school, number)
    new = old.rstrip() + "".join(f"\n    {line}" for line in lines) + "\n"
    (county.work / roster(school)).write_text(text.replace(old, new, 1), "utf-8")


def staff(county: Repository, school: str, more: int) -> None:
    text = (county.work / roster(school)).read_text("utf-8")
    now = int(text.partition("staff: ")[2].split()[0])
    (county.work / roster(school)).write_text(text.replace(f"staff: {now}", f"staff: {now + more}", 1), "utf-8")


def programme(county: Repository) -> Programme:
    return assemble(load(open_tree(county.work)), in_days(0))


def year(county: Repository, school: str) -> YearOfSchool:
    found = programme(county)
    return found.school_year(found.units[school], 2026)


def tally(county: Repository, *schools: str) -> Tally:
    """The counts of some schools together."""
    found = programme(county)
    years = [found.school_year(found.units[school], 2026) for school in schools]
    counties = {each.school.county.path: each.school.county for each in years if each.school.county}
    return sum(
        (
            each
            for path, office in counties.items()
            for each in tallies_of(
                found,
                found.county_year(office, 2026),
                [one for one in years if one.school.county and one.school.county.path == path],
            ).values()
        ),
        Tally(),
    )


def test_somebody_changes_schools_in_the_middle_of_the_year(county: Repository) -> None:
    """One command, both rosters: hours and what was passed go along, and both schools together count as before."""
    before, there = tally(county, OLD, NEW), tally(county, OLD)
    done = county.run("transfer", OLD, NEW, TEACHER, "--on", DAY)
    assert done.returncode == 0, done.stderr
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    after = tally(county, OLD, NEW)
    assert (after.roster, after.due, after.passed) == (before.roster, before.due, before.passed)
    assert tally(county, OLD).due == there.due - 1
    new = year(county, NEW)
    teacher = new.teachers[TEACHER]
    assert new.hours_of(teacher) == (30, 34)
    assert new.credited[TEACHER].keys() == PASSED
    assert TEACHER not in year(county, OLD).counted
    # What they did is told where they are now, and from which school it is.
    paper = county.run("export", "portfolios", NEW, "--year", "2026", "--only", teacher.name, "--out", "paper.pdf")
    assert paper.returncode == 0, paper.stderr
    said = subprocess.run(["pdftotext", county.work / "paper.pdf", "-"], capture_output=True, text=True, check=True)
    assert "在明远县新城初级中学64学时" in said.stdout.replace(" ", "").replace("\n", "")


def _registers_the_new_school(county: Repository) -> None:
    county.edit(f"submissions/{COUNTY}/accounts.yaml", "accounts:\n", f"accounts:\n  - account: new\n    unit: {NEW}\n")
    assert county.push("keeper").accepted


def _writes(county: Repository, account: str, side: str, *whom: str) -> str:
    """One of the two schools writes its part and pushes it; what the command and the server say."""
    done = county.run("transfer", OLD, NEW, *whom, "--side", side)
    assert done.returncode == 0, done.stderr
    pushed = county.push(account)
    assert pushed.accepted, pushed
    return done.stdout + pushed.said


def test_the_new_school_writes_first(county: Repository) -> None:
    """Neither waits for the other. Until the old school lets go, its figures keep whom the new one says to have."""
    _registers_the_new_school(county)
    before = tally(county, OLD)
    _writes(county, "new", "调入", TEACHER, "--on", DAY)
    assert tally(county, OLD) == before
    told = county.run("validate", f"submissions/{OLD}").stdout
    assert "STAY-BOTH" in told
    assert "这里没有写离校" in told
    _writes(county, "school", "调出", TEACHER, "--on", DAY)
    assert tally(county, OLD).due == before.due - 1
    assert "STAY-BOTH" not in county.run("validate", f"submissions/{OLD}").stdout


def test_the_old_school_writes_first(county: Repository) -> None:
    """The same the other way round; until the new school takes them in, they are due where they were."""
    _registers_the_new_school(county)
    before = tally(county, OLD)
    assert "STAY-BOTH" in _writes(county, "school", "调出", TEACHER, "--on", DAY)
    assert tally(county, OLD).due == before.due
    again = county.run("transfer", OLD, NEW, TEACHER, "--on", DAY)
    assert again.returncode == 2
    assert "--side 调入" in again.stderr
    assert "1 位教师" in _writes(county, "new", "调入", "--everybody")
    assert tally(county, OLD).due == before.due - 1
    assert DAY in (county.work / roster(NEW)).read_text("utf-8")
    assert "STAY-BOTH" not in county.run("validate", f"submissions/{OLD}").stdout


def test_somebody_goes_to_another_county(county: Repository) -> None:
    """Their number stays the old county's. A number that the new school only takes is refused at its own line."""
    before = tally(county, OLD, ELSEWHERE)
    text = (county.work / roster(ELSEWHERE)).read_text("utf-8")
    stranger = f'\n  - number: "{TEACHER}"\n    name: 林小岚\n    subject: 物理\n    stage: 初中\n'
    (county.work / roster(ELSEWHERE)).write_text(text.rstrip() + "\n" + stranger, "utf-8")
    staff(county, ELSEWHERE, 1)
    refused = county.push("keeper")
    assert not refused.accepted
    assert f"{roster(ELSEWHERE)}:" in refused.said
    assert "同一人换了学校的，写到校（joined）" in refused.said
    assert county.run("transfer", OLD, ELSEWHERE, TEACHER, "--on", DAY).returncode == 0
    pushed = county.push("keeper")
    assert pushed.accepted, pushed
    after = tally(county, OLD, ELSEWHERE)
    assert (after.due, after.passed) == (before.due, before.passed)
    assert year(county, ELSEWHERE).credited[TEACHER].keys() == PASSED


def test_a_person_has_one_life(county: Repository) -> None:
    """Here and there on the same day, or under another name: refused in words."""
    assert county.run("transfer", OLD, NEW, TEACHER, "--on", DAY).returncode == 0
    county.edit(roster(NEW), f"date: {DAY}", "date: 2026-11-02")
    refused = county.push("office")
    assert not refused.accepted
    assert "STAY-ORDER" in refused.said
    assert "2026-11-15 离校，有几天两边都在" in refused.said
    assert county.run("transfer", OLD, NEW, TEACHER, "--on", DAY).returncode == 0
    county.edit(roster(NEW), "name: 林小岚", "name: 林晓南")
    refused = county.push("office")
    assert not refused.accepted
    assert "NAME-KEPT" in refused.said
    assert "林晓南" not in refused.said.replace("name: 林晓南", "")


def test_hours_do_not_come_from_before_somebody_came(county: Repository) -> None:
    """A newcomer is in none of the activities before their day: 全体 leaves them out, by number they are refused."""
    number = "34990100080099"
    text = (county.work / roster(NEW)).read_text("utf-8")
    newcomer = (
        f'\n  - number: "{number}"\n    name: 新来的\n    subject: 英语\n    stage: 初中\n    joined: {{date: {DAY}}}\n'
    )
    (county.work / roster(NEW)).write_text(text.rstrip() + "\n" + newcomer, "utf-8")
    staff(county, NEW, 1)
    pushed = county.push("office")
    assert pushed.accepted, pushed
    activities = f"submissions/{NEW}/2026/activities.yaml"
    county.edit(activities, "    participants:\n", f'    participants:\n      - "{number}"\n')
    refused = county.push("office")
    assert not refused.accepted
    assert "STAY-WITHIN" in refused.said
    assert f"{DAY} 才到校" in refused.said


def test_somebody_works_at_two_schools(county: Repository) -> None:
    """The second school writes where they belong: its hours count there, and they are due once."""
    before = tally(county, OLD, NEW)
    text = (county.work / roster(NEW)).read_text("utf-8")
    helps = f'\n  - number: "{TEACHER}"\n    name: 林小岚\n    subject: 物理\n    stage: 初中\n    home: {OLD}\n'
    (county.work / roster(NEW)).write_text(text.rstrip() + "\n" + helps, "utf-8")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    after = tally(county, OLD, NEW)
    assert (after.roster, after.due, after.passed) == (before.roster, before.due, before.passed)
    # The next round: both carry them on, whoever does so first, and count them once.
    for school in (NEW, OLD):
        opened = county.run("round", "open", "2027", school)
        assert opened.returncode == 0, opened.stderr
        assert TEACHER in (county.work / roster(school).replace("2026", "2027")).read_text("utf-8")
    county._git(county.work, "reset", "-q", "--hard")
    county._git(county.work, "clean", "-qfd", "submissions")
    adds(county, NEW, TEACHER, "choices: [A1]")
    refused = county.push("office")
    assert not refused.accepted
    assert "STAY-HOME" in refused.said


def test_somebody_retires_after_the_acceptance_and_another_before(county: Repository) -> None:
    """Who was there when the county accepted stays counted; whoever had gone before is not, and cannot be made so."""
    number = next(iter(year(county, ACCEPTED).credited))
    before = tally(county, ACCEPTED)
    adds(county, ACCEPTED, number, "left: {date: 2026-11-20, reason: 退休}")
    staff(county, ACCEPTED, -1)
    refused = county.push("office")
    assert not refused.accepted
    assert "STAY-ORDER" in refused.said  # the next round's roster is there already, with them on it
    adds(county, ACCEPTED, number, "left: {date: 2026-11-20, reason: 退休}")
    staff(county, ACCEPTED, -1)
    then = county.work / roster(ACCEPTED).replace("2026", "2027")
    text = then.read_text("utf-8")
    begin = text.index(f'  - number: "{number}"')
    text = text[:begin] + text[text.index("  - number:", begin + 1) :]
    now = int(text.partition("staff: ")[2].split()[0])
    then.write_text(text.replace(f"staff: {now}", f"staff: {now - 1}"), "utf-8")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert tally(county, ACCEPTED) == before
    assert county.run("certificates", "issue", COUNTY, "--year", "2026", "--dry-run").returncode == 0
    county.edit(roster(ACCEPTED), "left: {date: 2026-11-20, reason: 退休}", "left: {date: 2026-09-30, reason: 退休}")
    refused = county.push("office")
    assert not refused.accepted
    assert "ROSTER-KEPT" in refused.said
    # At a school that is not accepted yet they are not waited for.
    waiting = tally(county, OLD)
    adds(county, OLD, TEACHER, "left: {date: 2026-11-20, reason: 退休}")
    staff(county, OLD, -1)
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert tally(county, OLD).due == waiting.due - 1


def test_somebody_comes_back(county: Repository) -> None:
    """From the old school to the new one and back in one round: the first school has them again, with all they did."""
    before = tally(county, OLD, NEW)
    assert county.run("transfer", OLD, NEW, TEACHER, "--on", "2026-10-12").returncode == 0
    assert county.push("office").accepted
    adds(county, NEW, TEACHER, "hours: {practice: 2}")
    county.edit(f"submissions/{NEW}/2026/activities.yaml", "activities:\n", ACTIVITY)
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.run("transfer", NEW, OLD, TEACHER, "--on", DAY).returncode == 0
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    assert tally(county, OLD, NEW) == before
    old = year(county, OLD)
    assert TEACHER in old.counted
    assert old.hours_of(old.teachers[TEACHER]) == (30, 36)
    assert "STAY-BOTH" not in county.run("validate", f"submissions/{OLD}", f"submissions/{NEW}").stdout
    again = county.run("transfer", OLD, NEW, TEACHER, "--on", in_days(0))
    assert again.returncode == 2
    assert "一行写不下第二次离校" in again.stderr


def test_a_school_is_merged_and_all_its_teachers_go(county: Repository) -> None:
    """Closed by the county, everybody moved by one command: all are due once, at the school that takes them."""
    before = tally(county, OLD, NEW)
    closed = county.run("unit", "close", OLD, "--on", in_days(-1), "--kind", "合并", "--into", NEW)
    assert closed.returncode == 0, closed.stderr
    assert "wholeschool transfer" in closed.stdout
    assert "名册里还有 23 位教师没有写离校" in county.run("validate", f"submissions/{OLD}").stdout
    refused = county.run("transfer", OLD, NEW, "34990100030014")
    assert "写着 2026-11-15 已经离校" in refused.stderr
    moved = county.run("transfer", OLD, NEW, "--everybody", "--on", in_days(0))
    assert moved.returncode == 0, moved.stderr
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    assert "学校撤销了，这一年不再算它" in pushed.said
    assert "STAY-BOTH" not in county.run("validate", f"submissions/{OLD}").stdout
    assert tally(county, OLD) == Tally()
    after = tally(county, NEW)
    assert (after.roster, after.due, after.reviewed) == (before.roster, before.due, before.reviewed)
    assert (after.trained, after.passed) == (before.trained, before.passed)


def test_a_name_is_put_right(county: Repository) -> None:
    """The county first, then the school; what was issued stays valid until it is issued anew."""
    ledger = (county.work / "submissions" / COUNTY / "2026" / "certificates.csv").read_text("utf-8").splitlines()
    entry = next(dict(zip(ledger[0].split(","), line.split(","), strict=False)) for line in ledger[1:])
    number, name = entry["teacher"], entry["name"]
    school = next(unit.path for unit in programme(county).schools if unit.data.code == entry["school_code"])
    county.edit(roster(school), f"name: {name}", "name: 周玉晴")
    refused = county.push("office")
    assert not refused.accepted
    assert "NAME-KEPT" in refused.said
    assert name not in refused.said
    correction = f"  - {{school: {school.rpartition('/')[2]}, teacher: '{number}', name: 周玉晴, date: {in_days(0)}, "
    path = county.work / "submissions" / COUNTY / "2026" / "acceptance" / f"{in_days(0)}-gengzheng.yaml"
    path.write_text(f"corrections:\n{correction}reason: 登记时写错}}\n", "utf-8")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    county.edit(roster(school), f"name: {name}", "name: 周玉晴")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    verified = county.run("certificates", "verify", entry["number"])
    assert verified.returncode == 0, verified.stdout
    assert year(county, school).name_recognised(number) == "周玉晴"


def test_somebody_goes_on_leave_after_the_review(county: Repository) -> None:
    """From a day on they are not due; what was reviewed before stays, and a review of a later day is refused."""
    before = tally(county, OLD)
    approver = year(county, OLD).school.data.principal
    adds(county, OLD, TEACHER, f"exempt: {{reason: 病假, approved_by: {approver}, date: {DAY}}}")
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert tally(county, OLD).due == before.due - 1
    assert TEACHER in year(county, OLD).assessed


def test_two_have_one_name(county: Repository) -> None:
    """Another number is another person: nobody asks, and nothing of one counts for the other."""
    school = year(county, OLD)
    name = school.teachers[TEACHER].name
    text = (county.work / roster(OLD)).read_text("utf-8")
    other = f'\n  - number: "34990100030077"\n    name: {name}\n    subject: 物理\n    stage: 初中\n'
    (county.work / roster(OLD)).write_text(text.rstrip() + "\n" + other, "utf-8")
    staff(county, OLD, 1)
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert "34990100030077" not in year(county, OLD).credited
    assert year(county, OLD).credited[TEACHER].keys() == PASSED


@pytest.mark.parametrize("first", [NEW, OLD])
def test_who_works_at_two_schools_is_on_both_rosters_of_the_next_round(county: Repository, first: str) -> None:
    """Whichever school opens it first: one has them as its own, and the other's staff does not count them."""
    for school in (first, NEW if first == OLD else OLD):
        done = county.run("round", "open", "2027", school)
        assert done.returncode == 0, done.stdout + done.stderr
    text = {
        school: (county.work / roster(school).replace("/2026/", "/2027/")).read_text("utf-8") for school in (OLD, NEW)
    }
    assert all("34990100030017" in each for each in text.values())
    assert f"home: {OLD}" in text[NEW]
    assert f"staff: {text[NEW].count('number:') - 1}\n" in text[NEW]
    assert "ROSTER-WHOLE" not in county.run("validate").stdout

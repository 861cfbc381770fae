"""Three things that happen every year to a county that has certified already, told as they go through its server."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.scenarios.county import Repository, certified


@pytest.fixture
def county(two_counties: Path, tmp_path: Path) -> Repository:
    """The county that has certified, and a school of it that is accepted."""
    return Repository(tmp_path, two_counties, *certified(two_counties))


def certificate(county: Repository) -> str:
    """The number of the first certificate of the county's that is in force."""
    with (county.work / county.county / "2026" / "certificates.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    replaced = {row["replaces"] for row in rows}
    return next(row["number"] for row in rows if row["number"] not in replaced)


def test_a_colleague_joins_after_the_draw_and_the_acceptance(county: Repository) -> None:
    """The school adds one line to its roster. Nobody's spot check, draw or acceptance is in its way."""
    roster = f"{county.school}/2026/teachers.yaml"
    text = (county.work / roster).read_text("utf-8")
    newcomer = "teachers:\n  - number: '34990199990001'\n    name: 新来的\n    subject: 语文\n    stage: 小学\n"
    (county.work / roster).write_text(text.replace("teachers:\n", newcomer, 1), "utf-8")
    if "\nstaff: " in text:
        staff = int(text.rpartition("\nstaff: ")[2].split()[0])
        county.edit(roster, f"\nstaff: {staff}", f"\nstaff: {staff + 1}")
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert county.is_sound()


def test_the_office_is_called_otherwise(county: Repository) -> None:
    """教育局 becomes 教育体育局: what it signed stays valid and says the old name, the site is made as before."""
    number = certificate(county)
    county.edit(f"{county.county}/unit.yaml", "教育局", "教育体育局")
    pushed = county.push("keeper")
    assert pushed.accepted, pushed
    assert "UNIT-SINCE" in pushed.said
    assert county.is_sound()
    verified = county.run("certificates", "verify", number)
    assert verified.returncode == 0, verified.stdout
    assert "教育局" in verified.stdout
    assert "教育体育局" not in verified.stdout
    issued = county.run("certificates", "issue", county.county.removeprefix("submissions/"), "--year", "2026")
    assert issued.returncode == 0, issued.stderr


def test_a_word_of_the_table_is_put_right(county: Repository) -> None:
    """The keepers correct a microability's name for the next round; certificates keep what they were issued with."""
    table = county.work / "submissions/guidance/anhui-2.0/microabilities.csv"
    county.edit("submissions/guidance/anhui-2.0/microabilities.csv", "技术支持的学情分析", "信息技术支持的学情分析")
    pushed = county.push("keeper")
    assert pushed.accepted, pushed
    assert "信息技术支持的学情分析" in table.read_text("utf-8")
    assert county.is_sound()


def test_the_next_round_asks_for_more(county: Repository) -> None:
    """25 credits from the next round on: this round's figures stay, and nobody who passed has failed."""
    before = county.run("status", "--year", "2026").stdout
    settings = county.work / "submissions" / "programme.yaml"
    text = settings.read_text("utf-8")
    asked = "{credits: 25, online_hours: 30, practice_hours: 30, practice_share: 50}"
    later = f"  - {{year: 2027, starts: 2027-01-01, ends: 2027-12-31, standard: {asked}}}\n"
    head, _, tail = text.partition("rounds:\n")
    following = next(line for line in tail.splitlines(keepends=True) if line[:1] not in " -#\n")
    settings.write_text(f"{head}rounds:\n{tail.replace(following, later + following, 1)}", "utf-8")
    pushed = county.push("keeper")
    assert pushed.accepted, pushed
    assert county.is_sound()
    assert county.run("status", "--year", "2026").stdout == before


def test_who_touches_what_a_decision_rests_on_is_told_at_his_own_file(county: Repository) -> None:
    """A school takes its review away after the acceptance: refused, and no file of the county's is named."""
    review = next((county.work / county.school / "2026" / "reviews").glob("*.yaml"))
    review.unlink()
    pushed = county.push("school")
    assert not pushed.accepted
    assert "RESULT-KEPT" in pushed.said
    assert f"{county.county}/2026/" not in pushed.said


def test_a_school_changes_what_the_county_is_looking_at(county: Repository) -> None:
    """The county looks, the school adds somebody, both merge cleanly: the county hears what it has not seen."""
    unit, slug = county.school.removeprefix("submissions/"), county.school.rpartition("/")[2]
    acceptance = county.work / county.county / "2026/acceptance/1.yaml"
    before = acceptance.read_text("utf-8")
    by = next(each.strip() for each in before.splitlines() if each.strip().startswith("by: ["))

    def conclude(line: str) -> str:
        entry = f"  - school: {slug}\n    conclusion: 限期整改\n    date: 2026-11-27\n    mode: 专家抽查\n"
        entry += f"    {by}\n    seen: {line}\n    opinion: 有两项证据对不上，请核对后再报。\n"
        head, mark, tail = before.partition("\ncorrections:")
        return f"{head.rstrip()}\n\n{entry}{mark}{tail}"

    def looked_at() -> str:
        return county.run("status", unit, "--year", "2026").stdout.rpartition("seen: ")[2].strip()

    line = looked_at()
    roster = county.work / county.school / "2026/teachers.yaml"
    roster.write_text(roster.read_text("utf-8") + "# 核对过\n", "utf-8")
    pushed = county.push("school")
    assert pushed.accepted, pushed
    acceptance.write_text(conclude(line), "utf-8")
    pushed = county.push("office")
    assert not pushed.accepted
    assert "ACCEPT-SEEN" in pushed.said
    assert "名册与验收时看的不同" in pushed.said
    acceptance.write_text(conclude(looked_at()), "utf-8")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    # What comes after that is not compared again.
    roster.write_text(roster.read_text("utf-8") + "# 又核对过\n", "utf-8")
    pushed = county.push("school")
    assert pushed.accepted, pushed
    assert county.is_sound()


def test_two_officers_work_at_the_same_time(county: Repository) -> None:
    """Each concludes in a file of their own: no conflict; of two about one school on one day the later is told."""
    folder = county.work / county.county / "2026/acceptance"
    accepted = (folder / "1.yaml").read_text("utf-8")
    by = next(each.strip() for each in accepted.splitlines() if each.strip().startswith("by: ["))
    slug = county.school.rpartition("/")[2]
    roster = (county.work / county.school / "2026/teachers.yaml").read_text("utf-8")
    number = next(line for line in roster.splitlines() if "number:" in line).rpartition("number: ")[2]

    def write(officer: Repository, name: str, text: str) -> None:
        (officer.work / county.county / f"2026/acceptance/{name}.yaml").write_text(text, "utf-8")

    def concluded(opinion: str) -> str:
        entry = f"  - school: {slug}\n    conclusion: 限期整改\n    date: 2026-11-27\n    mode: 专家抽查\n    {by}\n"
        return f"acceptances:\n{entry}    opinion: {opinion}\n"

    other = county.colleague()
    write(county, "2026-11-27", concluded("有两项证据对不上，请核对后再报。"))
    correction = f"  - {{school: {slug}, teacher: {number}, name: 夏雨荷, date: 2026-11-27, reason: 登记时写错}}\n"
    write(other, "2026-11-27-b", f"corrections:\n{correction}")
    assert county.push("office").accepted
    other.commit()
    assert other.pull()
    pushed = other.push("office")
    assert pushed.accepted, pushed
    assert county.pull()
    write(county, "2026-11-27-c", concluded("没有看出问题的地方，也请再核对一遍。"))
    pushed = county.push("office")
    assert not pushed.accepted
    assert "ACCEPT-CHECKED" in pushed.said
    assert "2026-11-27-c.yaml" in pushed.said
    assert "写在一份里" in pushed.said
    assert county.is_sound()

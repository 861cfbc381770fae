"""A county draws a sample: announced first, drawn when the lottery is, and nobody has anything to choose."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.days import in_days
from tests.scenarios.county import Pushed, Repository, certified
from wholeschool.outcomes.draws import next_draw

NUMBERS = ("03", "08", "11", "19", "22", "30", "05")
_CODE = re.compile(r"\b(?:DRAW|CHECK|DECISION|DATE)-[A-Z]+\b")


@pytest.fixture
def county(two_counties: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Nothing has been merged for ten days."""
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", f"{in_days(-10)}T12:00:00+08:00")
        return Repository(tmp_path, two_counties, *certified(two_counties))


def unit(county: Repository) -> str:
    return county.county.removeprefix("submissions/")


def announce(county: Repository, *options: str) -> subprocess.CompletedProcess[str]:
    return county.run("draw", "announce", unit(county), "--year", "2026", "--count", "4", *options)


def folder(county: Repository) -> Path:
    return county.work / county.county / "2026" / "announcements"


def refused_for(pushed: Pushed) -> set[str]:
    assert not pushed.accepted
    return set(_CODE.findall(pushed.said))


def test_one_announcement_and_nothing_of_it_can_be_changed(county: Repository) -> None:
    """The office announces and it is merged; the sample is not known to anybody, and there is no second try."""
    said = announce(county)
    assert said.returncode == 0, said.stderr
    pushed = county.push("office")
    assert pushed.accepted, pushed
    name, day = in_days(0), next_draw("双色球", in_days(0), 3)
    path = f"{county.county}/2026/announcements/{name}.yaml"
    # The school goes on with its roster: the population is that of the announcement.
    roster = f"{county.school}/2026/teachers.yaml"
    text = (county.work / roster).read_text("utf-8")
    newcomer = "teachers:\n  - number: '34990199990001'\n    name: 新来的\n    subject: 语文\n    stage: 小学\n"
    newcomer += f"    joined: {{date: {in_days(0)}}}\n"
    (county.work / roster).write_text(re.sub(r"\nstaff: .*", "", text).replace("teachers:\n", newcomer, 1), "utf-8")
    pushed = county.push("school")
    assert pushed.accepted, pushed
    # A second announcement, to take the better of the two.
    assert announce(county, "--name", "second").returncode == 1
    for ending in ("yaml", "csv"):
        first = (folder(county) / f"{name}.{ending}").read_bytes()
        (folder(county) / f"second.{ending}").write_bytes(first)
    assert refused_for(county.push("office")) == {"DRAW-AGAIN"}
    # Another size, another day, somebody less, or no announcement at all.
    for old, new in (("count: 4", "count: 5"), (day, next_draw("双色球", day, 1)), ("考核结果", "考核过程")):
        county.edit(path, old, new)
        assert refused_for(county.push("office")) == {"DECISION-KEPT"}
    (folder(county) / f"{name}.csv").write_text("teacher,layer\n", "utf-8")
    assert refused_for(county.push("office")) == {"DRAW-TRUE"}
    (folder(county) / f"{name}.yaml").unlink()
    (folder(county) / f"{name}.csv").unlink()
    assert refused_for(county.push("office")) == {"DECISION-KEPT"}
    # Nor can it be drawn before the day, whoever says that it was.
    assert county.run("draw", "value", unit(county), *NUMBERS, "--year", "2026", "--where", "样张").returncode == 2
    drawn = f"drawn:\n  date: {in_days(0)}\n  numbers: {' '.join(NUMBERS)}\n  where: 样张\n  seed: {'0' * 64}\n"
    with (county.work / path).open("a", encoding="utf-8") as file:
        file.write(drawn + "  sample: ['34990199990001']\n")
    assert "DRAW-VALUE" in refused_for(county.push("office"))
    # Called off in public, with a reason: then another may be announced, and the first stays to be seen.
    assert county.run("draw", "cancel", unit(county), "--year", "2026", "--reason", "样张：那天休市").returncode == 0
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert announce(county, "--name", "second").returncode == 0
    pushed = county.push("office")
    assert pushed.accepted, pushed
    assert county.is_sound()
    county.edit(path, "cancelled:\n", "cancelled:\n")
    text = (county.work / path).read_text("utf-8")
    (county.work / path).write_text(text.partition("cancelled:")[0], "utf-8")
    assert refused_for(county.push("office")) >= {"DECISION-KEPT"}


def test_nobody_is_left_out_who_was_away_for_a_moment(county: Repository) -> None:
    """Somebody was on the roster a week ago, and is, but not on the day of the commit: that is no population."""
    roster = f"{county.school}/2026/teachers.yaml"
    value = county.value(roster)
    county.write(roster, {"teachers": value["teachers"][:-2]})
    county.commit()
    away = _head(county)
    county.write(roster, value)
    county.commit()
    county.merged()
    assert announce(county).returncode == 0
    name, gone = in_days(0), {str(each["number"]) for each in value["teachers"][-2:]}
    table = folder(county) / f"{name}.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    fewer = "".join(line for line in lines if line.split(",")[0].strip() not in gone)
    table.write_text(fewer, "utf-8")
    path = f"{county.county}/2026/announcements/{name}.yaml"
    population = county.value(path)["population"]
    county.edit(path, _head(county), away)
    county.edit(path, f"people: {population['people']}", f"people: {population['people'] - 2}")
    county.edit(path, population["sha256"], hashlib.sha256(fewer.encode()).hexdigest())
    pushed = county.push("office")
    assert refused_for(pushed) == {"DRAW-ANNOUNCED"}
    assert "少了 2 位教师" in pushed.said


def _head(county: Repository) -> str:
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(command, cwd=county.work, capture_output=True, text=True, check=True).stdout.strip()


def merged_before(county: Repository, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """An announcement for a draw of three days ago or so that was merged so many days ago, when it was lawful."""
    assert announce(county, "--name", "first").returncode == 0
    path = f"{county.county}/2026/announcements/first.yaml"
    county.edit(path, f"announced: {in_days(0)}", f"announced: {in_days(-10)}")
    county.edit(path, next_draw("双色球", in_days(0), 3), value_day())
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", f"{in_days(-days)}T12:00:00+08:00")
        county.commit()
    county.merged()


def value_day() -> str:
    return next_draw("双色球", in_days(-5), 0)


def test_the_day_comes_and_who_was_drawn_is_checked(county: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    merged_before(county, monkeypatch, 9)
    said = county.run(
        "draw", "value", unit(county), *reversed(NUMBERS[:6]), "05", "--year", "2026", "--where", "样张日报"
    )
    assert said.returncode == 0, said.stderr
    path = f"{county.county}/2026/announcements/first.yaml"
    record = yaml.safe_load((county.work / path).read_text("utf-8"))
    assert record["drawn"]["numbers"] == " ".join(NUMBERS)  # however they are typed
    sample = record["drawn"]["sample"]
    # Somebody else's number for one that was drawn.
    listed = (folder(county) / "first.csv").read_text("utf-8").split("\n")[1:]
    other = next(row[:14] for row in listed if row[:14] not in sample)
    county.edit(path, sample[0], other)
    assert refused_for(county.push("office")) == {"DRAW-TRUE"}
    assert county.run("draw", "value", unit(county), *NUMBERS, "--year", "2026", "--where", "样张日报").returncode == 0
    pushed = county.push("office")
    assert pushed.accepted, pushed
    # The check: its beginning is what the command printed. Whoever was drawn is looked at.
    items = said.stdout.partition("items:\n")[2]
    head = f"date: {in_days(0)}\nstage: 考核结果\nmode: 第三方评估\norganisation: 样张评估中心\ncheckers: [样张甲]\n"
    check = county.work / county.county / "2026" / "spot-checks" / "drawn.yaml"
    check.parent.mkdir(exist_ok=True)
    seen = re.sub(r'(teacher: "\d+")', r"\1\n    microability: A1", items)
    check.write_text(
        f"{head}announcement: first\nitems:\n{seen.partition('  - ')[0]}{seen.rpartition('  - ')[0]}", "utf-8"
    )
    assert refused_for(county.push("office")) == {"CHECK-DRAW"}
    check.write_text(f"{head}announcement: first\nitems:\n{seen}", "utf-8")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    # Knowing the sample the office would rather look by another draw, or at others.
    county.edit(str(check.relative_to(county.work)), "announcement: first\n", "")
    assert "DECISION-KEPT" in refused_for(county.push("office"))
    reason = "样张：抽中的教师里有人请假"
    assert county.run(
        "draw", "cancel", unit(county), "--name", "first", "--year", "2026", "--reason", reason
    ).returncode
    with (county.work / path).open("a", encoding="utf-8") as file:
        file.write(f"cancelled:\n  date: {in_days(0)}\n  reason: {reason}\n")
    assert refused_for(county.push("office")) == {"DRAW-AGAIN"}
    assert county.is_sound()


def test_who_knows_the_value_does_not_call_it_off(county: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody can work out who will be looked at: the office enters the value, and announces no other draw."""
    merged_before(county, monkeypatch, 9)
    reason = "样张：改天再抽"
    said = county.run("draw", "cancel", unit(county), "--year", "2026", "--reason", reason)
    assert said.returncode == 2
    assert "不能再取消" in said.stderr
    with (folder(county) / "first.yaml").open("a", encoding="utf-8") as file:
        file.write(f"cancelled:\n  date: {in_days(0)}\n  reason: {reason}\n")
    assert announce(county, "--name", "second").returncode == 0
    assert refused_for(county.push("office")) == {"DRAW-VALUE"}
    assert county.run("draw", "value", unit(county), *NUMBERS, "--year", "2026", "--where", "样张日报").returncode == 0
    assert county.push("office").accepted


def test_what_was_merged_when_the_value_was_known_is_no_draw(
    county: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forge checked it early and merged it late: whoever merged it could know the numbers."""
    merged_before(county, monkeypatch, 0)
    said = county.run("draw", "value", unit(county), *NUMBERS, "--year", "2026", "--where", "样张日报")
    assert said.returncode == 1
    assert "DRAW-VALUE" in said.stderr
    assert county.run("draw", "cancel", unit(county), "--year", "2026", "--reason", "合并晚了").returncode == 0
    assert county.push("office").accepted


def test_a_wrong_clock_moves_nobody_s_days(county: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A school's computer lives in 2030, or in last year: its commits are not taken, and the county's draws go on."""
    for day in ("2030-01-01", in_days(-40)):
        with monkeypatch.context() as patch:
            patch.setenv("GIT_COMMITTER_DATE", f"{day}T12:00:00+08:00")
            roster = county.work / county.school / "2026/teachers.yaml"
            roster.write_text(roster.read_text("utf-8") + "# 核对过\n", "utf-8")
            pushed = county.push("school")
        assert not pushed.accepted
        assert "GIT-DATE" in pushed.said
    assert announce(county).returncode == 0
    assert county.push("office").accepted

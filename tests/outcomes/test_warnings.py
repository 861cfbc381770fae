"""Early warnings on given days, worked out by hand on the base programme (a round of the whole of 2026)."""

from __future__ import annotations

from datetime import date

from click.testing import CliRunner

from tests.case_folders import MemoryTree, base
from wholeschool.cli.verb_warn import command
from wholeschool.outcomes.warnings import warnings
from wholeschool.programme import assemble
from wholeschool.records import load

COUNTY = "anhui/shili/mingyuan"
FIRST, SECOND, THIRD = (f"3499010001000{number}" for number in (1, 2, 3))


def found(thresholds: str, day: date, events: str = "") -> list[tuple[str, str]]:
    """Teacher and kind of every warning on a day."""
    files = {
        "submissions/programme.yaml": base().files["submissions/programme.yaml"] + f"local: {thresholds}\n".encode()
    }
    if events:
        files[f"submissions/{COUNTY}/2026/process-data.csv"] = f"teacher,date,source,type,amount\n{events}".encode()
    loaded = load(MemoryTree(base().having(files).files))
    assert loaded.findings == []
    programme = assemble(loaded)
    return [(each.teacher, each.kind) for each in warnings(programme, programme.units[COUNTY], 2026, day)]


def test_nothing_is_said_without_thresholds() -> None:
    assert found("{agreement: 80}", date(2026, 12, 30)) == []
    assert found("{warnings: {}}", date(2026, 12, 30)) == []


def test_idle_teachers_whose_hours_are_not_complete() -> None:
    # Only the third teacher is still learning; the round began 31 days ago.
    thresholds = "{warnings: {idle_days: 30}}"
    assert found(thresholds, date(2026, 2, 1)) == [(THIRD, "久未学习")]
    seen = f"{THIRD},2026-01-20,网络学习空间,学习,40\n"
    assert found(thresholds, date(2026, 2, 1), seen) == []
    assert found(thresholds, date(2026, 2, 19), seen) == [(THIRD, "久未学习")]
    later = f"{THIRD},2026-03-20,网络学习空间,学习,40\n"
    assert found(thresholds, date(2026, 2, 1), later) == [(THIRD, "久未学习")]


def test_hours_behind_the_calendar() -> None:
    # 18 of 30 and 6 of 30 are 40 %; on 2 July half of the year is gone, on 20 September 72 %.
    thresholds = "{warnings: {hours_share: 20}}"
    assert found(thresholds, date(2026, 7, 2)) == []
    assert found(thresholds, date(2026, 9, 20)) == [(THIRD, "学时滞后")]


def test_near_the_end_who_has_no_review() -> None:
    thresholds = "{warnings: {days_before: 14}}"
    assert found(thresholds, date(2026, 12, 16)) == []
    assert found(thresholds, date(2026, 12, 17)) == [(THIRD, "未评审")]


def test_exempt_teachers_are_left_alone() -> None:
    everything = "{warnings: {idle_days: 1, days_before: 365, hours_share: 1}}"
    assert {teacher for teacher, _ in found(everything, date(2026, 12, 30))} == {THIRD}


def test_the_command_wants_a_county() -> None:
    told = CliRunner().invoke(command, ["anhui/shili"])
    assert told.exit_code != 0

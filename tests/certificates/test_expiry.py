"""Certificates that are valid for some years: how long, what is then said, and what may be issued again."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from tests.certificates.forgeries import genuine
from tests.cli.test_validate import run
from wholeschool.certificates.verification import EXPIRED, REVOKED, UNKNOWN, VALID, judge, judge_number
from wholeschool.cli.workspace import check_root
from wholeschool.days import FOREVER, years_later
from wholeschool.outcomes.eligibility import already_held, due_certificates
from wholeschool.programme import Earlier, Programme, assemble
from wholeschool.records import load
from wholeschool.rules import all_rules
from wholeschool.rules.registry import check
from wholeschool.sources import OverlaidTree, WorkingTree

ISSUED_IN = "    ends: 2026-12-31\n"
LATER = """  - year: 2030
    starts: 2030-01-01
    ends: 2030-12-31
"""


@pytest.fixture(scope="module")
def root(two_counties: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of 2026 are valid for three years; there is another round after that."""
    root = tmp_path_factory.mktemp("expiry") / "programme"
    copytree(two_counties, root)
    settings = root / "submissions" / "programme.yaml"
    text = settings.read_text("utf-8")
    assert ISSUED_IN in text
    settings.write_text(text.replace(ISSUED_IN, f"{ISSUED_IN}    certificate_years: 3\n{LATER}"), "utf-8")
    return root


CLOCK = str(Path(__file__).parents[1] / "clock")


def on_day(day: str) -> dict[str, str]:
    """What a program needs to be told that another day is the present one."""
    return {"TESTS_TODAY": day, "PYTHONPATH": os.pathsep.join(filter(None, (CLOCK, os.environ.get("PYTHONPATH"))))}


def on(root: Path, day: str) -> Programme:
    return assemble(load(WorkingTree(root)), today=day)


def test_the_last_day_is_the_same_day_of_a_later_year() -> None:
    assert years_later("2026-11-10", 3) == "2029-11-10"
    assert years_later("2028-02-29", 1) == "2029-02-28"
    assert years_later("2028-02-29", 4) == "2032-02-29"
    assert years_later("9998-01-01", 5) == FOREVER


def test_until_the_last_day_it_is_valid_and_then_expired(root: Path, two_counties: Path) -> None:
    programme = check_root(root).programme
    entry, token = genuine(programme)
    last = years_later(entry.issued, 3)
    day_after = years_later(last, 1)
    said = judge(programme, token, last)
    assert (said.state, said.until) == (VALID, last)
    said = judge(programme, token, day_after)
    assert (said.state, said.until, said.reason) == (EXPIRED, "", f"有效期到 {last}")
    assert said.said["number"] == entry.number
    assert judge_number(programme, entry.number, day_after).state == EXPIRED
    # The very same ledger where no term was set: for life. Nothing that was signed is any different.
    without = check_root(two_counties).programme
    assert genuine(without) == (entry, token)
    said = judge(without, token, day_after)
    assert (said.state, said.until) == (VALID, "")
    # What is wrong with it comes first, and what was revoked stays that.
    assert judge(programme, token[:-4] + "AAAA", day_after).state == UNKNOWN
    gone = {
        each.number
        for county in programme.county_years()
        for each in (county.status.data.revoked if county.status else ())
    }
    for number in gone:
        assert judge_number(programme, number, day_after).state != EXPIRED
    assert all(judge_number(programme, each, day_after).state in (REVOKED, "已更换") for each in gone)


def test_what_has_expired_keeps_nobody_from_earning_it_again_but_is_not_issued_by_itself(root: Path) -> None:
    before, after = on(root, "2028-06-01"), on(root, "2030-06-01")
    entry, _ = genuine(before)
    county = next(each for each in before.counties if entry.number[4:10] == each.data.code)
    key = entry.teacher, entry.microability
    for programme, expired in ((before, False), (after, True)):
        here = programme.units[county.path]
        assert bool(already_held(programme, programme.county_year(here, 2030), *key)) is not expired
        # In its own round it was issued, whether it has expired or not; and its credit stays.
        assert already_held(programme, programme.county_year(here, 2026), *key)
        assert key not in {
            (due.teacher, due.microability) for due in due_certificates(programme, programme.county_year(here, 2026))
        }
        assert not any(key in programme.school_year(school, 2026).withdrawn for school in here.children)
        assert programme.lapsed(*key, 2030) is expired
        assert not programme.lapsed(*key, 2026)


def test_a_row_of_a_later_round_is_one_too_many_only_while_the_first_is_valid(root: Path, tmp_path: Path) -> None:
    copytree(root, tmp_path / "programme")
    entry, _ = genuine(check_root(root).programme)
    ledger = next((tmp_path / "programme").rglob("certificates.csv"))
    folder = ledger.parents[1] / "2030"
    folder.mkdir()
    head, *rows = ledger.read_text("utf-8").splitlines()
    row = next(each for each in rows if each.startswith(entry.number))
    once = {"CERT-ONCE": all_rules()["CERT-ONCE"]}
    for issued, told in ((years_later(entry.issued, 3), 1), (years_later(entry.issued, 4), 0)):
        (folder / "certificates.csv").write_text(
            head + "\n" + row.replace(entry.issued, issued).replace(entry.number, "2030" + entry.number[4:]) + "\n",
            "utf-8",
        )
        programme = assemble(load(WorkingTree(tmp_path / "programme")))
        assert len(check(programme, once)) == told, issued


@pytest.mark.parametrize(("last", "refused"), [("2029-01-01", False), ("2034-06-01", True)])
def test_what_has_expired_is_not_replaced_however_often_it_was_before(root: Path, last: str, refused: bool) -> None:
    """A copy that begins anew each time would be valid for ever: the first one's last day is the chain's."""
    ledger = next((root / "submissions").rglob("certificates.csv"))
    header, first, *rest = ledger.read_text("utf-8").splitlines()
    values = dict(zip(header.split(","), first.split(","), strict=True))
    chain: list[dict[str, str]] = []
    for number, (day, old) in enumerate((("2028-03-01", values["number"]), (last, "again"))):
        new = values | {"number": values["number"][:-1] + "WX"[number], "issued": day}
        new["replaces"] = old if old != "again" else chain[-1]["number"]
        chain.append(new)
    lines = [header, first, *rest, *(",".join(each[name] for name in header.split(",")) for each in chain)]
    tree = OverlaidTree(WorkingTree(root), {ledger.relative_to(root).as_posix(): "\n".join(lines).encode() + b"\n"})
    found = check(assemble(load(tree), today="2034-06-02"), {"CERT-ONCE": all_rules()["CERT-ONCE"]})
    assert [each.code for each in found] == ["CERT-ONCE"] * refused
    assert all("有效期到 " in each.message for each in found)


@pytest.mark.parametrize(
    ("today", "known", "refused"),
    [
        ("2029-11-01", False, False),
        ("2029-12-20", False, True),
        ("2029-12-20", True, False),  # its revocation was on main, and names it: a row that was lost is put back
    ],
)
def test_whether_it_has_expired_is_asked_of_the_day_on_which_the_row_comes(
    root: Path, today: str, *, known: bool, refused: bool
) -> None:
    """The county writes the day of issue, so that day says nothing of whether it was too late."""
    entry, _ = genuine(check_root(root).programme)
    last = years_later(entry.issued, 3)
    assert "2029-11-01" < last < "2029-12-20"
    ledger, status = (next((root / "submissions").rglob(name)) for name in ("certificates.csv", "revocations.yaml"))
    new = f"{entry.number[:-1]}W"
    header, *rows = ledger.read_text("utf-8").splitlines()
    row = dict(
        zip(header.split(","), next(each for each in rows if each.startswith(entry.number)).split(","), strict=True)
    )
    row |= {"number": new, "issued": last, "replaces": entry.number}
    lines = [header, *rows, ",".join(row[name] for name in header.split(","))]
    gone = yaml.safe_load(status.read_text("utf-8"))
    gone["revoked"] = [{"number": entry.number, "date": last, "reason": "续期", "replaced_by": new}]
    names = [each.relative_to(root).as_posix() for each in (ledger, status)]
    after = dict(
        zip(names, ("\n".join(lines).encode() + b"\n", yaml.safe_dump(gone, allow_unicode=True).encode()), strict=True)
    )
    base = OverlaidTree(WorkingTree(root), {names[1]: after[names[1]]} if known else {})
    tree = OverlaidTree(WorkingTree(root), after)
    programme = assemble(load(tree), earlier=Earlier(tree, base), today=today)
    found = check(programme, {"CERT-ONCE": all_rules()["CERT-ONCE"]})
    assert [each.code for each in found] == ["CERT-ONCE"] * refused
    assert all(f"有效期到 {last} 为止" in each.message for each in found)
    # Without a history nothing is known to be new: a row that came in time is not one too many ever after.
    assert not check(assemble(load(tree), today="2040-01-01"), {"CERT-ONCE": all_rules()["CERT-ONCE"]})


def test_a_replacement_dated_back_to_the_last_valid_day_is_not_written(root: Path, tmp_path: Path) -> None:
    here = tmp_path / "programme"
    copytree(root, here)
    entry, _ = genuine(check_root(here).programme)
    last = years_later(entry.issued, 3)
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file() and "build" not in path.parts}
    revoke = ("certificates", "revoke", entry.number, "--reason", "续期", "--replace", "--date", last)
    late = run(here, *revoke, env=on_day("2029-12-20"))
    assert late.returncode == 1, late.stdout + late.stderr
    assert f"有效期到 {last} 为止" in late.stdout + late.stderr
    assert before == {path: path.read_bytes() for path in before}
    # Revoked it may be, as long as nothing takes its place; and in time it is replaced.
    in_time = run(here, *revoke, env=on_day(last))
    assert in_time.returncode == 0, in_time.stdout + in_time.stderr

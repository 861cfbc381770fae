"""A verb that writes judges its result first and writes nothing that the check refuses; what was revoked is gone."""

from __future__ import annotations

import subprocess
from pathlib import Path
from zipfile import ZipFile

import pikepdf
import pytest
from openpyxl import load_workbook

from tests.days import in_days
from tests.program import COMMAND
from wholeschool.cli.workspace import check_root
from wholeschool.days import today
from wholeschool.outcomes.credits import credits_of
from wholeschool.outcomes.eligibility import due_certificates
from wholeschool.outcomes.rates import county_tallies
from wholeschool.programme import YearOfCounty

COUNTY = "anhui/shili/mingyuan"
ROUND = f"submissions/{COUNTY}/2026"
SITE = ("--site", "https://zhengxiao.example/")


def wholeschool(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def records(root: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in (root / "submissions").rglob("*") if file.is_file()}


def numbers(root: Path) -> list[str]:
    return [row.split(",")[0] for row in (root / ROUND / "certificates.csv").read_text("utf-8").splitlines()[1:]]


def revoke(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return wholeschool(root, "certificates", "revoke", "--reason", "发错了", *more)


def refused(root: Path, *arguments: str) -> str:
    """What the command says when it refuses; nothing is written then."""
    before = records(root)
    done = wholeschool(root, *arguments)
    assert done.returncode in (1, 2), done.stdout
    assert "Traceback" not in done.stderr
    assert records(root) == before
    return done.stderr


def test_nothing_is_issued_on_a_day_before_the_recognition(root: Path) -> None:
    for name in ("certificates.csv", "revocations.yaml"):
        (root / ROUND / name).unlink()
    said = refused(root, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-02-01")
    assert "CERT-PASSED" in said
    assert "早于认定日期" in said
    assert "没有写" in said


@pytest.mark.parametrize("verb", ["issue", "revoke"])
def test_nothing_is_decided_on_a_day_to_come(root: Path, verb: str) -> None:
    tomorrow = in_days(1)
    what = (COUNTY, "--year", "2026") if verb == "issue" else (numbers(root)[0], "--reason", "x")
    for day in (tomorrow, "2036-01-01"):
        assert "还没有到" in refused(root, "certificates", verb, *what, "--date", day)


def test_nothing_is_revoked_before_it_was_issued_or_twice(root: Path) -> None:
    first = numbers(root)[0]
    said = refused(root, "certificates", "revoke", first, "--reason", "x", "--date", "2026-02-01")
    assert "早于它的发证日期" in said
    assert revoke(root, first, first, "--date", "2026-11-24").returncode == 0
    assert "已经撤销" in refused(root, "certificates", "revoke", first, "--reason", "x")
    assert wholeschool(root, "validate").returncode == 0


def test_a_list_is_never_older_than_what_it_covers(root: Path) -> None:
    """A revocation put down later with its true, earlier day does not make all certificates issued since doubtful."""
    first, second, *_, last = numbers(root)
    assert revoke(root, first, "--replace", "--date", "2026-11-27").returncode == 0
    assert revoke(root, second, "--date", "2026-11-25").returncode == 0
    assert wholeschool(root, "validate").returncode == 0
    assert wholeschool(root, "certificates", "verify", numbers(root)[-1]).returncode == 0
    assert wholeschool(root, "certificates", "verify", last).returncode == 0


def test_a_key_that_has_not_begun_is_not_ended(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = tmp_path_factory.mktemp("keys")
    later = in_days(30)
    assert wholeschool(root, "keys", "new", str(keys / "a.pem"), *SITE, "--starts", later).returncode == 0
    name = next(line.split()[0] for line in wholeschool(root, "keys", "list").stdout.splitlines() if later in line)
    said = refused(root, "keys", "rotate", str(keys / "b.pem"), name)
    assert "KEY-SOUND" in said
    assert not (keys / "b.pem").exists()  # no half of a pair that nobody knows of


def test_a_key_is_followed_once(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = tmp_path_factory.mktemp("keys")
    assert wholeschool(root, "keys", "new", str(keys / "a.pem"), *SITE).returncode == 0
    name = next(
        line.split()[0] for line in wholeschool(root, "keys", "list").stdout.splitlines() if f"{today()} 起  全" in line
    )
    assert wholeschool(root, "keys", "rotate", str(keys / "b.pem"), name).returncode == 0
    assert "已经停用" in refused(root, "keys", "rotate", str(keys / "c.pem"), name)
    assert not (keys / "c.pem").exists()


def test_what_was_revoked_is_not_printed_packed_counted_or_listed(root: Path) -> None:
    before = round_of(root)
    school = before.ledger.data.certificates[0].school_code  # type: ignore[union-attr]
    entries = [each for each in before.in_force if each.school_code == school]
    teacher = entries[0].teacher
    gone = [each.number for each in entries if each.teacher == teacher]
    kept = next(each.number for each in entries if each.teacher != teacher)
    out = ("certificates", "render", COUNTY, "--out", str(root / "out"))
    assert wholeschool(root, *out).returncode == 0
    assert revoke(root, *gone, "--date", "2026-11-24").returncode == 0
    assert revoke(root, kept, "--replace", "--date", "2026-11-24").returncode == 0
    new = numbers(root)[-1]
    said = wholeschool(root, *out).stdout
    files = {file.stem: file for file in (root / "out").rglob("*.pdf")}
    assert not {*gone, kept} & files.keys()
    assert new in files
    folder = files[new].parent
    with pikepdf.open(folder / "print.pdf") as pages:
        assert len(pages.pages) == len(entries) - len(gone)
    with ZipFile(next(folder.glob("*.zip"))) as packed:
        assert not {f"{number}.pdf" for number in (*gone, kept)} & {*packed.namelist()}
    assert f"证书 {len(files) - len(list((root / 'out').rglob('print.pdf')))} 张" in said
    after = round_of(root)
    programme = check_root(root).programme
    counts = [sum(each.certified for each in county_tallies(programme, one).values()) for one in (before, after)]
    assert counts[1] == counts[0] - 1
    assert not programme.holdings(teacher)
    assert not list(due_certificates(programme, after))  # with the certificates went what they certified
    assert "新发 0 张" in wholeschool(root, "certificates", "issue", COUNTY, "--year", "2026").stdout
    assert "已撤销" in wholeschool(root, "certificates", "issue", COUNTY, "--year", "2026", "--dry-run").stdout


def round_of(root: Path) -> YearOfCounty:
    programme = check_root(root).programme
    return programme.county_year(programme.units[COUNTY], 2026)


def test_a_revocation_for_fraud_withdraws_the_recognition_everywhere(root: Path) -> None:
    """By the command, on records that then still pass every check; hours stay recognised."""
    before = check_root(root).programme
    county = before.county_year(before.units[COUNTY], 2026)
    school, entry = next(
        (school, entry)
        for school in county.schools
        for entry in county.in_force
        if entry.school_code == school.school.data.code
        and credits_of(before, 2026, school.credited[entry.teacher].keys() - {entry.microability})
        < before.standard(2026).credits
    )
    done = wholeschool(root, "certificates", "revoke", entry.number, "--reason", "弄虚作假")
    assert done.returncode == 0, done.stderr
    checked = check_root(root)
    assert [each for each in checked.report.findings if each.severity == "error"] == []
    slug, path = school.school.slug, school.school.path
    was = county_tallies(before, county)[slug]
    now = county_tallies(checked.programme, checked.programme.county_year(checked.programme.units[COUNTY], 2026))[slug]
    assert (now.passed, now.accepted, now.trained) == (was.passed - 1, was.accepted - 1, was.trained)
    out = root.parent / "roster.xlsx"
    made = wholeschool(root, "export", "recognition", path, "--out", str(out))
    assert made.returncode == 0, made.stderr
    rows = [row for row in load_workbook(out).active.values if entry.teacher in row]  # type: ignore[union-attr]
    hours = school.stated_hours(school.teachers[entry.teacher])
    assert hours is not None
    assert [(row[5], row[7], row[8]) for row in rows] == [(hours.online + hours.practice, "未认定", "证书撤销")]

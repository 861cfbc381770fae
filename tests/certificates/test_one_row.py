"""A number names one row of one county: whoever copies a code, a number or a row confirms nothing by it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from tests.certificates.forgeries import genuine
from tests.certificates.sealing import ledger_text, sealed, status_text
from tests.program import COMMAND
from wholeschool.certificates.pdf_verification import judge_pdf
from wholeschool.certificates.signing import unsigned_status
from wholeschool.certificates.verification import REVOKED, UNKNOWN, VALID, judge, judge_number
from wholeschool.cli.workspace import check_root
from wholeschool.outcomes import seals
from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records.structs import CertificateEntry
from wholeschool.site.verify import pages

CITY, COUNTY = "anhui/shili", "anhui/shili/mingyuan"
TODAY = "2026-11-24"


def wholeschool(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def round_of(programme: Programme, county: str = COUNTY) -> YearOfCounty:
    return programme.county_year(programme.units[county], 2026)


def write_round(root: Path, county: str, rows: list[CertificateEntry]) -> None:
    """A ledger of these rows and its status, signed: what whoever holds the key can make."""
    folder = root / "submissions" / county / "2026"
    folder.mkdir(exist_ok=True)
    programme = check_root(root).programme
    done, status = sealed(programme, round_of(programme, county), rows, unsigned_status(90, TODAY))
    (folder / "certificates.csv").write_text(ledger_text(done), "utf-8")
    (folder / "revocations.yaml").write_text(status_text(status), "utf-8")


def states(root: Path, entry: CertificateEntry, token: str) -> set[str]:
    """What is said of it scanned, typed, and typed with its check code."""
    programme = check_root(root).programme
    return {
        judge(programme, token, TODAY).state,
        judge_number(programme, entry.number, TODAY).state,
        judge_number(programme, entry.number, TODAY, seals.check_code(token)).state,
    }


@pytest.fixture
def revoked(root: Path) -> tuple[CertificateEntry, str]:
    """The first certificate of the county, revoked."""
    entry, token = genuine(check_root(root).programme)
    done = wholeschool(root, "certificates", "revoke", entry.number, "--reason", "发错了", "--date", TODAY)
    assert done.returncode == 0, done.stderr
    assert states(root, entry, token) == {REVOKED}
    return entry, token


@pytest.mark.parametrize("name", ["aa-xian", "zz-xian"])
def test_a_county_that_takes_the_code_brings_nothing_back(
    root: Path, revoked: tuple[CertificateEntry, str], name: str
) -> None:
    """It brings the ledger with it, and a status of its own in which nothing is revoked."""
    entry, token = revoked
    county = root / "submissions" / CITY / name
    county.mkdir()
    shutil.copy(root / "submissions" / COUNTY / "unit.yaml", county / "unit.yaml")
    write_round(root, f"{CITY}/{name}", list(round_of(check_root(root).programme).rows[entry.number]))
    assert states(root, entry, token) == {UNKNOWN}
    programme = check_root(root).programme
    code = programme.units[COUNTY].data.code
    page = dict(pages(programme))
    assert f'"contested":["{code}"]' in page["verify/index.md"]
    assert code not in page["verify/status.json"]
    told = [each for each in check_root(root).report.findings if each.code == "UNIT-CODE"]
    assert len(told) == 1


def test_a_county_that_takes_a_number_into_its_ledger_makes_it_nobody_s(root: Path) -> None:
    entry, token = genuine(check_root(root).programme)
    county = root / "submissions" / CITY / "aa-xian"
    county.mkdir()
    unit = (root / "submissions" / COUNTY / "unit.yaml").read_text("utf-8")
    code = check_root(root).programme.units[COUNTY].data.code
    (county / "unit.yaml").write_text(unit.replace(code, "349999"), "utf-8")
    write_round(root, f"{CITY}/aa-xian", [entry])
    assert states(root, entry, token) == {UNKNOWN}
    assert f'"contested":["{entry.number}"]' in dict(pages(check_root(root).programme))["verify/index.md"]


@pytest.mark.parametrize("kind", ["gone", "twice", "another holder", "another microability"])
def test_a_certificate_without_its_one_row_is_not_valid(root: Path, kind: str) -> None:
    programme = check_root(root).programme
    entry, token = genuine(programme)
    rows = list(round_of(programme).ledger.data.certificates)  # type: ignore[union-attr]
    stranger = msgspec.structs.replace(rows[0], name="王大锤", teacher=rows[1].teacher)
    other = msgspec.structs.replace(rows[0], microability="C7" if rows[0].microability != "C7" else "C6")
    changed = {
        "gone": rows[1:],
        "twice": [*rows, stranger],
        "another holder": [stranger, *rows[1:]],
        "another microability": [other, *rows[1:]],
    }[kind]
    assert states(root, entry, token) == {VALID}
    assert wholeschool(root, "certificates", "render", "--all", "--out", str(root / "out")).returncode == 0
    file = next((root / "out").rglob(f"{entry.number}.pdf"))
    assert judge_pdf(programme, file, TODAY).state == VALID
    write_round(root, COUNTY, changed)
    after = check_root(root).programme
    # Of another holder's row the number alone is said to be valid, with the holder that the ledger has.
    told = [
        judge(after, token, TODAY),
        judge_pdf(after, file, TODAY),
        judge_number(after, entry.number, TODAY, seals.check_code(token)),
    ]
    assert {each.state for each in told} == {UNKNOWN}
    assert wholeschool(root, "certificates", "verify", str(file)).returncode == 1
    typed = judge_number(after, entry.number, TODAY)
    assert (typed.state, typed.said.get("name")) in ((UNKNOWN, None), (UNKNOWN, other.name), (VALID, "王大锤"))
    # What the page compares with has no entry of it either.
    listed = seals.listed_as(entry.number, seals.check_code(token), entry.name)
    assert listed in seals.list_of(programme, round_of(programme))
    assert listed not in seals.list_of(after, round_of(after))


def test_a_certificate_names_the_guidance_of_its_round_when_the_next_has_another(root: Path) -> None:
    """What was printed this year is made again the same next year, byte for byte, and stays valid."""
    entry, _ = genuine(check_root(root).programme)
    assert wholeschool(root, "certificates", "render", "--all", "--out", str(root / "out")).returncode == 0
    file = next((root / "out").rglob(f"{entry.number}.pdf"))
    before = judge_pdf(check_root(root, day=TODAY).programme, file, TODAY)
    assert before.state == VALID, before
    guidance = root / "submissions/guidance"
    shutil.copytree(guidance / "anhui-2.0", guidance / "city-3.0")
    policy = guidance / "city-3.0/policy.yaml"
    title = next(line for line in policy.read_text("utf-8").splitlines() if line.startswith("title:"))
    policy.write_text(policy.read_text("utf-8").replace(title, "title: 某地整校推进办法"), "utf-8")
    settings = root / "submissions/programme.yaml"
    opened = "  - {year: 2027, starts: 2027-01-01, ends: 2027-12-31, guidance: city-3.0}\n"
    settings.write_text(settings.read_text("utf-8").replace("rounds:\n", f"rounds:\n{opened}", 1), "utf-8")
    programme = check_root(root, day="2027-05-01").programme
    assert programme.guidance_named() == "city-3.0"
    after = judge_pdf(programme, file, "2027-05-01")
    assert after.state == VALID, after

"""A verb and an import write nothing that the check of a change refuses, whatever lies in the working copy besides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.scenarios.county import Repository
from wholeschool.shipped import HOME as REPOSITORY

COUNTY = "anhui/shili/mingyuan"
ACCEPTED, OTHER = f"{COUNTY}/wenhua-xiaoxue", f"{COUNTY}/beigang-xuexiao"
YEAR = f"submissions/{COUNTY}/2026"


@pytest.fixture
def county(tmp_path: Path) -> Repository:
    """The example, in which one school is accepted and has been certified."""
    return Repository(tmp_path, REPOSITORY, "mingyuan", "wenhua-xiaoxue")


def untouched(county: Repository) -> bool:
    """Whether all records are as they are committed."""
    return county._git(county.work, "status", "--porcelain", "submissions").stdout == ""


def test_nobody_leaves_an_accepted_roster_on_a_day_before_its_acceptance(county: Repository) -> None:
    done = county.run("transfer", ACCEPTED, OTHER, "34990100010006", "--on", "2026-10-01")
    assert done.returncode == 1
    assert "ROSTER-KEPT" in done.stderr
    assert "没有写" in done.stderr
    assert untouched(county)


def test_a_list_is_not_signed_from_which_somebody_took_a_revocation(county: Repository) -> None:
    """The entry is deleted by hand; the verb would sign the shorter list, and the next one would be the newest."""
    status = county.work / YEAR / "revocations.yaml"
    text = status.read_text("utf-8")
    entries = re.split(r"(?m)^(?=  - )", text)
    kept = [each for each in entries if "2026349901A02000007P" not in each]
    assert len(kept) == len(entries) - 1
    status.write_text("".join(kept), "utf-8")
    spoilt = status.read_bytes()
    done = county.run("certificates", "revoke", "2026349901A020000012", "--reason", "发错了")
    assert done.returncode in (1, 2)
    assert "STATUS-GROWS" in done.stderr or "名单" in done.stderr
    assert status.read_bytes() == spoilt


def test_an_import_changes_nothing_that_a_recognition_rests_on(county: Repository, tmp_path: Path) -> None:
    book = tmp_path / "activities.xlsx"
    template = ("export", "template", "activities", ACCEPTED, "--year", "2026", "--out", str(book))
    assert county.run(*template).returncode == 0
    workbook = load_workbook(book)
    workbook["活动"]["B2"] = "另一个专题"
    workbook.save(book)
    done = county.run("import", str(book))
    assert done.returncode == 1
    assert "HOURS-KEPT" in done.stdout
    assert untouched(county)

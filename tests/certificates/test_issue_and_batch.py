"""Issuing and rendering a whole programme: nothing twice, nothing half, nothing made again without need."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from tests.program import COLD, COMMAND
from tests.synthesis import write
from wholeschool.certificates import batch
from wholeschool.certificates.batch import render_all
from wholeschool.cli.workspace import check_root
from wholeschool.outcomes.numbers import parse

COUNTY = "anhui/shili/mingyuan"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the committed example programme."""
    root = tmp_path_factory.mktemp("example")
    shutil.copytree(Path(__file__).parents[2] / "submissions", root / "submissions")
    return root


def wholeschool(root: Path, *arguments: str, status: int = 0) -> str:
    done = subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def ledger(example: Path) -> Path:
    return example / "submissions" / COUNTY / "2026" / "certificates.csv"


def test_issuing_an_empty_ledger_gives_back_every_certificate_once(example: Path, ledger: Path) -> None:
    before = ledger.read_text("utf-8").splitlines()
    ledger.unlink()
    ledger.with_name("revocations.yaml").unlink()  # what it revokes is gone with the ledger
    wholeschool(example, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-11-24")
    after = ledger.read_text("utf-8").splitlines()
    assert after[0] == before[0]
    assert {tuple(row.split(",")[1:7]) for row in after[1:]} == {tuple(row.split(",")[1:7]) for row in before[1:]}
    assert len({row.split(",")[0] for row in after[1:]}) == len(after) - 1
    for row in after[1:]:
        assert parse(row.split(",")[0]).year == 2026
    once = ledger.read_bytes()
    assert "新发 0 张" in wholeschool(example, "certificates", "issue", COUNTY, "--year", "2026")
    assert ledger.read_bytes() == once
    assert "0 处错误" in wholeschool(example, "validate")


def test_dry_run_explains_and_writes_nothing(example: Path, ledger: Path) -> None:
    before = ledger.read_bytes()
    said = wholeschool(example, "certificates", "issue", COUNTY, "--year", "2026", "--dry-run")
    assert "已发" in said
    assert "不发：" in said
    assert ledger.read_bytes() == before


def test_an_unknown_county_or_date_is_one_sentence(example: Path) -> None:
    for arguments in (["nowhere", "--year", "2026"], [COUNTY, "--year", "2026", "--date", "2026-13-01"]):
        done = subprocess.run(
            [COMMAND, "certificates", "issue", *arguments], cwd=example, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


def test_two_issuers_at_once_are_refused(example: Path) -> None:
    hold = (
        "import sys,time; from pathlib import Path; from wholeschool.certificates import sole_issuer\n"
        "with sole_issuer(Path('.')): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", hold], cwd=example, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        done = subprocess.run(
            [COMMAND, "certificates", "issue", COUNTY, "--year", "2026"],
            cwd=example,
            capture_output=True,
            text=True,
            check=False,
        )
        first.kill()
    assert done.returncode == 2
    assert "另一个发证程序" in done.stderr


def test_every_row_in_force_becomes_a_file_and_every_school_a_print_file(example: Path, tmp_path: Path) -> None:
    programme = check_root(example).programme
    made = render_all(programme, tmp_path)
    rows = [entry for county in programme.county_years() for entry in county.in_force]
    assert made.certificates == len(rows) > 0
    assert not made.failures
    files = {file.stem for file in tmp_path.rglob("*.pdf") if file.name != batch.PRINT_FILE}
    assert files == {row.number for row in rows}
    pages = 0
    for file in tmp_path.rglob(batch.PRINT_FILE):
        with pikepdf.open(file) as pdf:
            pages += len(pdf.pages)
    assert pages == len(rows)

    stamps = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.pdf")}
    again = render_all(programme, tmp_path)
    assert again.reused == again.certificates == len(rows)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.pdf")} == stamps


def test_a_killed_run_leaves_no_half_school(tmp_path: Path) -> None:
    root = tmp_path / "programme"
    write(root, counties=1, schools=6, teachers=60, seed=3)
    out = tmp_path / "out"
    process = subprocess.Popen([COLD, "certificates", "render", "--out", str(out)], cwd=root, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and not list(out.rglob("*.pdf")):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for folder in {file.parent for file in out.rglob("*.pdf") if not file.parent.name.startswith(".")}:
        with pikepdf.open(folder / batch.PRINT_FILE) as pdf:
            assert len(pdf.pages) == len(list(folder.glob("*.pdf"))) - 1
    programme = check_root(root).programme
    made = render_all(programme, out)
    assert not made.failures
    assert not [folder for folder in out.rglob(".*") if folder.is_dir()]
    assert len(list(out.rglob("*.pdf"))) == made.certificates + len(list(out.rglob(batch.PRINT_FILE)))

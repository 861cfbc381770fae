"""`wholeschool recognise` in a real repository: what is written, once, and what it refuses."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import git
import pytest

from tests.case_folders import BASE
from tests.program import COMMAND

COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
UNIT = COUNTY.removeprefix("submissions/")
WORDS = "    recognition:\n      date: 2026-07-01\n      document: 明教〔2026〕18号\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The base programme, whose school is accepted and not recognised yet, committed."""
    shutil.copytree(BASE / "submissions", tmp_path / "submissions")
    acceptance = tmp_path / COUNTY / "2026/acceptance/1.yaml"
    acceptance.write_text(acceptance.read_text("utf-8").replace(WORDS, ""), encoding="utf-8")
    for name in ("certificates.csv", "revocations.yaml"):
        (tmp_path / COUNTY / "2026" / name).unlink(missing_ok=True)
    git.Repo.init(tmp_path, initial_branch="main").close()
    commit(tmp_path)
    return tmp_path


def commit(root: Path) -> None:
    with git.Repo(root) as repo:
        repo.git.add("-A")
        repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"])


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def recognise(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return run(root, "recognise", UNIT, "--year", "2026", "--date", "2026-07-01", *more)


def rows(root: Path) -> list[dict[str, str]]:
    with (root / COUNTY / "2026/register.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def state(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (root / "submissions").rglob("*") if path.is_file()}


def test_everybody_with_hours_or_results_is_written_down_and_the_recognition_with_them(repository: Path) -> None:
    before = (repository / COUNTY / "2026/acceptance/1.yaml").read_text("utf-8")
    done = recognise(repository, "--document", "明教〔2026〕18号")
    assert done.returncode == 0, done.stderr
    columns = ("name", "online", "practice", "excellent", "passed")
    assert [tuple(row[column] for column in columns) for row in rows(repository)] == [
        ("周雨晴", "32", "36", "B9", "A1 B10"),
        ("陈思远", "30", "30", "", "A5"),
        ("何芳", "18", "6", "", ""),  # who did not pass has hours all the same
    ]
    assert (repository / COUNTY / "2026/acceptance/1.yaml").read_text("utf-8") == before + WORDS
    assert run(repository, "validate").returncode == 0


def test_a_second_run_and_a_dry_run_write_nothing(repository: Path) -> None:
    untouched = state(repository)
    done = recognise(repository, "--document", "明教〔2026〕18号", "--dry-run")
    assert (done.returncode, state(repository)) == (0, untouched)
    assert "3 行" in done.stdout
    recognise(repository, "--document", "明教〔2026〕18号")
    written = state(repository)
    done = recognise(repository, "--document", "明教〔2026〕19号")
    assert (done.returncode, state(repository)) == (0, written)
    assert "没有要写的" in done.stdout


def test_a_school_that_is_recognised_again_with_nothing_new_gets_no_rows_and_that_is_said(repository: Path) -> None:
    recognise(repository, "--document", "明教〔2026〕18号")
    commit(repository)
    acceptance = repository / COUNTY / "2026/acceptance/1.yaml"
    text = acceptance.read_text("utf-8")
    again = text[text.index("  - school") :].replace(WORDS, "").replace("2026-06-25", "2026-07-10")
    acceptance.write_text(text + again, encoding="utf-8")
    commit(repository)
    before = rows(repository)
    more = ("--year", "2026", "--date", "2026-07-12", "--document", "明教〔2026〕19号")
    done = run(repository, "recognise", UNIT, *more)
    assert done.returncode == 0, done.stderr
    assert rows(repository) == before
    assert "认定名册里没有要添、要改的" in done.stdout
    assert "验收里写下 1 所学校的认定（明教〔2026〕19号）" in done.stdout
    assert "0 行" not in done.stdout
    assert "0 位教师" not in done.stdout


def test_without_a_document_nobody_is_recognised(repository: Path) -> None:
    untouched = state(repository)
    for more in ((), (f"{UNIT}/wenhua-xiaoxue",)):
        done = recognise(repository, *more)
        assert state(repository) == untouched
        assert "--document" in done.stdout + done.stderr


def test_what_was_recognised_by_hand_is_put_into_the_register(repository: Path) -> None:
    acceptance = repository / COUNTY / "2026/acceptance/1.yaml"
    acceptance.write_text(acceptance.read_text("utf-8") + WORDS, encoding="utf-8")
    commit(repository)
    checked = run(repository, "validate", "--base", "HEAD~1")
    assert checked.returncode == 1
    assert "REGISTER-TRUE" in checked.stdout
    done = run(repository, "recognise", UNIT, "--year", "2026")
    assert done.returncode == 0, done.stderr
    assert {row["date"] for row in rows(repository)} == {"2026-07-01"}
    commit(repository)
    assert run(repository, "validate", "--base", "HEAD~2").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--date", "2099-01-01", "--document", "明教〔2026〕18号"), "还没有到"),
        (("--date", "2026-06-01", "--document", "明教〔2026〕18号"), "早于验收日期"),
        (("--year", "2031", "--document", "明教〔2026〕18号"), "没有要写的"),
        ((f"{UNIT}/qingshan-xiaoxue", "--document", "明教〔2026〕18号"), "还没有验收合格"),
        ((f"{UNIT}/meiyou-xiaoxue", "--document", "明教〔2026〕18号"), "没有"),
    ],
)
def test_what_cannot_be_recognised_is_refused_in_a_sentence(
    repository: Path, arguments: tuple[str, ...], said: str
) -> None:
    untouched = state(repository)
    done = recognise(repository, *arguments)
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert state(repository) == untouched

"""A passed result belongs to a person: no certificate is signed for whoever took the number afterwards."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.program import COMMAND
from tests.synthesis import write

COUNTY = "anhui/shili/mingyuan"
FOLDER = f"submissions/{COUNTY}/2026"
STRANGER = "王大锤"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("programme")
    write(root, counties=2, schools=3, teachers=24, seed=3)
    for name in ("certificates.csv", "revocations.yaml"):
        (root / FOLDER / name).unlink()
    git(root, "init", "-q", "-b", "main")
    commit(root, "reviewed and accepted")
    return root


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "programme")


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    return subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def commit(root: Path, message: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)


def wholeschool(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def issue(root: Path) -> subprocess.CompletedProcess[str]:
    return wholeschool(root, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-11-24")


@pytest.fixture(scope="module")
def passed(original: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """Number, name and school folder of somebody who gets a certificate."""
    trial = shutil.copytree(original, tmp_path_factory.mktemp("trial") / "programme")
    assert issue(trial).returncode == 0
    row = (trial / FOLDER / "certificates.csv").read_text("utf-8").splitlines()[1].split(",")
    roster = next(
        file for file in (trial / FOLDER).parent.glob("*/2026/teachers.yaml") if row[1] in file.read_text("utf-8")
    )
    return row[1], row[2], roster.parts[-3]


def rename(root: Path, school: str, number: str, name: str, to: str) -> None:
    roster = root / f"submissions/{COUNTY}/{school}/2026/teachers.yaml"
    text = roster.read_text("utf-8")
    place = text.index(number)
    roster.write_text(text[:place] + text[place:].replace(f"name: {name}", f"name: {to}", 1), "utf-8")
    assert to in roster.read_text("utf-8")


def correct(root: Path, school: str, number: str, to: str) -> None:
    file = root / FOLDER / "acceptance/1.yaml"
    person = f"  - school: {school}\n    teacher: '{number}'\n    name: {to}\n"
    more = f"corrections:\n{person}    date: 2026-11-20\n    reason: 登记时写错\n"
    file.write_text(file.read_text("utf-8") + more, "utf-8")


@pytest.mark.parametrize("committed", [True, False])
def test_nothing_is_signed_for_a_stranger(root: Path, passed: tuple[str, str, str], committed: bool) -> None:
    """Whether the other name was pushed past the checks or only stands in this folder."""
    number, name, school = passed
    rename(root, school, number, name, STRANGER)
    if committed:
        commit(root, "another name")
    done = issue(root)
    assert done.returncode == 2
    assert number in done.stderr
    assert "评审时" in done.stderr
    assert STRANGER not in done.stderr
    assert not (root / FOLDER / "certificates.csv").exists()


@pytest.mark.parametrize("whole", [True, False])
def test_a_review_that_is_taken_away_and_brought_again_is_whose_it_was(
    root: Path, passed: tuple[str, str, str], whole: bool
) -> None:
    """The whole file, or only the results of the number, in one step; name and results in another file in the next."""
    number, name, school = passed
    reviews = root / f"submissions/{COUNTY}/{school}/2026/reviews"
    file = next(each for each in sorted(reviews.iterdir()) if number in each.read_text("utf-8"))
    before = file.read_text("utf-8")
    record = yaml.safe_load(before)
    mine = [each for each in record["results"] if str(each["teacher"]) == number]
    record["results"] = [each for each in record["results"] if each not in mine]
    if whole or not record["results"]:
        file.unlink()
    else:
        file.write_text(yaml.safe_dump(record, allow_unicode=True), "utf-8")
    commit(root, "taken away")
    rename(root, school, number, name, STRANGER)
    if whole or not record["results"]:
        file.with_name(f"{file.stem}-er.yaml").write_text(before, "utf-8")
    else:
        text = yaml.safe_dump(record | {"results": mine}, allow_unicode=True)
        file.with_name(f"{file.stem}-er.yaml").write_text(text, "utf-8")
    commit(root, "brought again")
    done = issue(root)
    assert done.returncode == 2
    assert number in done.stderr
    assert STRANGER not in done.stderr
    assert not (root / FOLDER / "certificates.csv").exists()


def test_a_name_that_the_county_corrected_is_signed_and_reissued(root: Path, passed: tuple[str, str, str]) -> None:
    number, name, school = passed
    assert issue(root).returncode == 0
    commit(root, "issued")
    correct(root, school, number, STRANGER)
    commit(root, "corrected by the county")
    assert wholeschool(root, "validate", "--base", "HEAD~1").returncode == 0
    rename(root, school, number, name, STRANGER)
    commit(root, "the roster follows")
    told = wholeschool(root, "validate", "--base", "HEAD~1")
    assert told.returncode == 0, told.stdout  # the certificate under the old name is the county's next step
    old = (root / FOLDER / "certificates.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    done = wholeschool(root, "certificates", "revoke", old, "--replace", "--reason", "姓名有误", "--date", "2026-11-24")
    assert done.returncode == 0, done.stderr
    assert "内容相同" not in done.stderr
    assert (root / FOLDER / "certificates.csv").read_text("utf-8").splitlines()[-1].split(",")[2] == STRANGER


def test_without_the_correction_the_change_is_refused(root: Path, passed: tuple[str, str, str]) -> None:
    number, name, school = passed
    rename(root, school, number, name, STRANGER)
    commit(root, "another name")
    done = wholeschool(root, "validate", "--base", "HEAD~1")
    assert done.returncode == 1
    assert "NAME-KEPT" in done.stdout

"""Commits whose days are odd, as real objects: each is told in words, and none stops the check."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.days import in_days
from tests.program import COMMAND
from wholeschool.shipped import HOME as REPOSITORY


def _git(root: Path, *arguments: str, said: str = "") -> str:
    done = subprocess.run(["git", *arguments], cwd=root, input=said, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, committed today, and a roster changed beside it."""
    root = tmp_path_factory.mktemp("days")
    shutil.copytree(REPOSITORY / "submissions", root / "submissions")
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", "-A")
    _git(root, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x")
    with next(root.rglob("wenhua-xiaoxue/2026/teachers.yaml")).open("a", encoding="utf-8") as roster:
        roster.write("# 核对过\n")
    _git(root, "add", "-A")
    return root


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("4102444800 +0800", "2100-01-01，还没有到"),
        ("300000000000 +0800", "还没有到"),
        ("99999999999999999999 +0800", "还没有到"),
        ("1700000000 +0800", "2023-11-15，它前面的一个提交却是"),
        ("0 +0000", "1970-01-01，它前面的一个提交却是"),
        ("-5 +0800", "它前面的一个提交却是"),
        ("", "它前面的一个提交却是"),
    ],
)
def test_a_day_that_no_honest_clock_shows_is_told_and_nothing_else(repository: Path, when: str, told: str) -> None:
    base, tree = _git(repository, "rev-parse", "HEAD"), _git(repository, "write-tree")
    who = "t <t@example.org>"
    raw = f"tree {tree}\nparent {base}\nauthor {who} 1700000000 +0800\ncommitter {who} {when}\n\nx\n"
    commit = _git(repository, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", said=raw)
    command = [COMMAND, "validate", "--base", base, "--head", commit, "--format", "github"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error")]
    assert len(errors) == 1, errors
    assert "GIT-DATE" in errors[0]
    assert told in errors[0]
    assert "Traceback" not in done.stdout + done.stderr
    assert in_days(0) in errors[0]

"""Checking a county that has two closed rounds behind it, beside the newest round alone."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import git

from tests.bench.row import Row
from tests.bench.timed import validated
from tests.synthesis import write
from wholeschool.outcomes.closing import rows_due
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.csv_text import appended
from wholeschool.sources import WorkingTree

SCHOOLS, TEACHERS = 100, 3_000
RUNNING, _CLOSED = 2026, (2024, 2025)
_TIMES = 3
_SETTINGS = "submissions/programme.yaml"
_OTHERS = re.compile(rf"^  - year: (?!{RUNNING})[0-9]+\n(?:    .*\n)+", re.MULTILINE)
# What names its round in every row, with a signature over it: the rounds of the past have issued nothing here.
_OF_ITS_YEAR = ("certificates.csv", "revocations.yaml")


def measure() -> list[Row]:
    """The whole county, all of it read before (as a server has it), with and without its past."""
    with tempfile.TemporaryDirectory() as name:
        newest, whole = Path(name) / "newest", Path(name) / "whole"
        for root in (newest, whole):
            write(root, counties=1, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        settings = newest / _SETTINGS
        settings.write_text(_OTHERS.sub("", settings.read_text("utf-8")), "utf-8")
        write_past(whole)
        alone, three = (_checked(root, Path(name)) for root in (newest, whole))
        return [
            Row(f"{SCHOOLS} schools, three rounds, two closed (peer: the newest alone)", three, alone, "s", "≥ 0.67")
        ]


def _checked(root: Path, folder: Path) -> float:
    with git.Repo.init(root) as repo:
        repo.git.add("-A")
        repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"])
    kept = str(folder / "cache")
    times = [validated(["--head", "HEAD"], root, kept=kept) for _ in range(_TIMES)]
    assert not any(each["severity"] == "error" for each in times[-1].report["findings"])
    return min(each.seconds for each in times)


_STANDARD = "{credits: 20, online_hours: 30, practice_hours: 30, practice_share: 50}"


def write_past(root: Path) -> None:
    """Put the running round into `root` as it would have been in the years before, closed, and leave no other round."""
    settings = root / _SETTINGS
    settings.write_text(_OTHERS.sub("", settings.read_text("utf-8")), "utf-8")
    # The years before are the running one again, so are their figures: a province of three rounds need not be read.
    due = rows_due(assemble(load(WorkingTree(root))), RUNNING)
    for file in sorted(root.glob(f"submissions/**/{RUNNING}/**/*")):
        if file.is_file() and file.name not in _OF_ITS_YEAR:
            data = file.read_bytes()
            for year in _CLOSED:
                copy = _in_year(file, year)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(data.replace(f"{RUNNING}-".encode(), f"{year}-".encode()))
    for path, rows in due.items():
        data = appended(None, rows)
        for year in _CLOSED:
            copy = _in_year(root / path, year)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
    closed = "".join(f"{_round(year)}    closed: {year + 1}-02-01\n" for year in _CLOSED)
    settings.write_text(settings.read_text("utf-8").replace("rounds:\n", f"rounds:\n{closed}", 1), "utf-8")


def _in_year(file: Path, year: int) -> Path:
    return Path(str(file).replace(f"/{RUNNING}/", f"/{year}/").replace(f"/{RUNNING}-", f"/{year}-"))


def _round(year: int) -> str:
    return f"  - year: {year}\n    starts: {year}-01-01\n    ends: {year}-12-31\n    standard: {_STANDARD}\n"

"""Checking one school's change in a province with two closed rounds, as a server does; reading on all cores."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import git

from tests.bench.history import RUNNING, write_past
from tests.bench.row import Row
from tests.bench.timed import validated
from tests.synthesis import write

_TIMES = 6
COUNTIES, SCHOOLS, TEACHERS = 104, 20_000, 80_000


def measure() -> list[Row]:
    """A province is committed; then one school changes its roster, again and again."""
    with tempfile.TemporaryDirectory() as name:
        root, kept = Path(name) / "province", Path(name) / "cache"
        root.mkdir()
        write(root, counties=COUNTIES, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        write_past(root)
        with git.Repo.init(root) as repo:
            repo.git.config("gc.auto", "0")  # Git's housekeeping would be measured along
            _commit(repo, "base")
            repo.git.repack("-adq")  # as on a server, to which everything comes in packs
            roster = min(root.glob(f"submissions/*/*/*/*/{RUNNING}/teachers.yaml"))
            for number in range(_TIMES):
                roster.write_text(roster.read_text("utf-8") + f"# 核对过 {number}\n", encoding="utf-8")
                _commit(repo, "change")
        # Each is a change that nobody has checked before. The first reads what all counties claim, and the changed one
        # whole; of the others the quickest.
        first, *changes = [
            validated(["--base", f"HEAD~{back + 1}", "--head", f"HEAD~{back}"], root, kept=str(kept))
            for back in reversed(range(_TIMES))
        ]
        change = min(changes, key=lambda one: one.seconds)
    return [
        Row(
            f"one school's change among {SCHOOLS:,} with three rounds (peer: the first, with nothing kept)",
            change.seconds,
            first.seconds,
            "s",
            "under 2 s",
        ),
        Row("the same, peak memory", max(one.memory for one in changes) / 1e6, None, "MB", "< 500 MB"),
        *_scaling(),
    ]


def _scaling() -> list[Row]:
    """Nothing kept: ten counties against ten times one county."""
    seconds = {}
    for counties in (1, 10):
        with tempfile.TemporaryDirectory() as name:
            write(Path(name), counties=counties, schools=60 * counties, teachers=1_500 * counties, seed=1)
            seconds[counties] = min(validated([], Path(name)).seconds for _ in range(2))
    cores = len(os.sched_getaffinity(0))
    return [Row(f"ten counties cold, {cores} cores (peer: 10 × one)", seconds[10], 10 * seconds[1], "s", "≥ 0.83")]


def _commit(repo: git.Repo, message: str) -> None:
    repo.git.add("-A")
    repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", message])

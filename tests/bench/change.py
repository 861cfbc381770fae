"""Checking one school's change in a province, beside validating the whole province; reading on all cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import git
import psutil

from tests.bench.row import Row
from tests.synthesis import write
from wholeschool.records.cache import VARIABLE

COUNTIES, SCHOOLS, TEACHERS = 104, 20_000, 60_000
_COMMAND = str(Path(sys.executable).with_name("wholeschool"))


def measure() -> list[Row]:
    """A province is committed and validated once; then one teacher of one school chooses differently."""
    with tempfile.TemporaryDirectory() as name:
        root, kept = Path(name) / "province", Path(name) / "cache"
        root.mkdir()
        write(root, counties=COUNTIES, schools=SCHOOLS, teachers=TEACHERS, seed=1)
        with git.Repo.init(root) as repo:
            _commit(repo, "base")
            everything, _ = _timed(["validate", "--head", "HEAD"], root, str(kept))
            roster = min(root.glob("submissions/*/*/*/*/*/teachers.yaml"))
            roster.write_text(roster.read_text("utf-8") + "# 核对过\n", encoding="utf-8")
            _commit(repo, "change")
        seconds, memory = _timed(["validate", "--base", "HEAD~1"], root, str(kept))
    return [
        Row(f"one school's change among {SCHOOLS:,} (peer: everything)", seconds, everything, "s", "≥ 50; under 2 s"),
        Row("the same, peak memory", memory / 1e6, None, "MB", "< 500 MB"),
        *_scaling(),
    ]


def _scaling() -> list[Row]:
    """Nothing kept: ten counties against ten times one county."""
    seconds = {}
    for counties in (1, 10):
        with tempfile.TemporaryDirectory() as name:
            write(Path(name), counties=counties, schools=60 * counties, teachers=1_500 * counties, seed=1)
            seconds[counties] = min(_timed(["validate"], Path(name), "")[0] for _ in range(2))
    cores = len(os.sched_getaffinity(0))
    return [Row(f"ten counties cold, {cores} cores (peer: 10 × one)", seconds[10], 10 * seconds[1], "s", "≥ 0.83")]


def _commit(repo: git.Repo, message: str) -> None:
    repo.git.add("-A")
    repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", message])


def _timed(arguments: list[str], root: Path, kept: str) -> tuple[float, int]:
    start = time.perf_counter()
    process = psutil.Popen(
        [_COMMAND, *arguments, "--format", "json"],
        cwd=root,
        stdout=subprocess.PIPE,
        env={**os.environ, VARIABLE: kept},
    )
    peak = 0
    while process.poll() is None:
        try:
            peak = max(peak, sum(each.memory_info().rss for each in (process, *process.children(recursive=True))))
        except psutil.NoSuchProcess:
            break
        time.sleep(0.01)
    seconds = time.perf_counter() - start
    report = json.loads(process.stdout.read())
    if report["errors"]:
        raise SystemExit(f"the synthetic province has {report['errors']} errors")
    return seconds, peak

"""One run of the command, with its wall time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from wholeschool.records.cache import VARIABLE

# Some shells forbid Python to keep what it compiled: then every run would compile the program, as no user's does.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
# Looking for the children reads about every process there is, which is not to slow down what is measured.
_SECONDS_BETWEEN_LOOKS = 0.1

COMMAND = str(Path(sys.executable).with_name("wholeschool"))


class Timed(NamedTuple):
    """Seconds, the highest sum of resident bytes of the process and its children, and what it reported."""

    seconds: float
    memory: int
    report: dict[str, Any]


def validated(arguments: list[str], root: Path, *, kept: str = "") -> Timed:
    """`wholeschool validate` in `root`; `kept` is the folder of its cache, empty for none. Errors end the bench."""
    start = time.perf_counter()
    process = psutil.Popen(
        [COMMAND, "validate", *arguments, "--format", "json"],
        cwd=root,
        stdout=subprocess.PIPE,
        env=_ENVIRONMENT | {VARIABLE: kept},
    )
    peak = 0
    while True:
        try:
            # The children too: a parallel run must not hide its memory in them.
            peak = max(peak, sum(each.memory_info().rss for each in (process, *process.children(recursive=True))))
            said, _ = process.communicate(timeout=_SECONDS_BETWEEN_LOOKS)
            break
        except subprocess.TimeoutExpired:
            continue
        except psutil.NoSuchProcess:
            said, _ = process.communicate()
            break
    seconds = time.perf_counter() - start
    report = json.loads(said)
    if report["errors"]:
        first = next(each for each in report["findings"] if each["severity"] == "error")
        raise SystemExit(f"the synthetic records have {report['errors']} errors, the first: {first}")
    return Timed(seconds, peak, report)

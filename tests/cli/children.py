"""Run command lines one after another, each in a child of its own where permissions hold, for root as well.

`python -m tests.cli.children FOLDER` reads a JSON list of command lines and writes one of [exit status, stderr]. It is
a process of its own because a test's has threads (a browser's, an engine's), and a child of such a process may wait
for ever for a lock that one of them held.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

_CAPSET = 126 if os.uname().machine == "x86_64" else 91
_LONGEST = 300


def run_all(folder: Path, lines: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """What became of each line, run in `folder`: exit status and what was said on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.children", str(folder)],
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(status, said) for status, said in json.loads(done.stdout)]


def _without_privilege() -> None:
    """Give up what lets root read and write whatever the modes of a file say (capset(2), version 3)."""
    header = struct.pack("Ii", 0x20080522, 0)
    data = struct.pack("6I", *[0] * 6)
    if ctypes.CDLL(None, use_errno=True).syscall(_CAPSET, header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _in_a_child(folder: str, line: Sequence[str], errors: str) -> int:
    from wholeschool.cli import main

    child = os.fork()
    if child == 0:
        signal.alarm(_LONGEST)
        atexit._clear()  # what is to be put away at the end is its parent's
        try:
            os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            _without_privilege()
            os.chdir(folder)
            sys.argv = ["wholeschool", *line]
            sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            main()
        except SystemExit as ended:
            sys.stderr.flush()
            os._exit(ended.code if isinstance(ended.code, int) else 1)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(99)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        errors = Path(place) / "errors"
        found = []
        for line in json.load(sys.stdin):
            status = _in_a_child(sys.argv[1], line, str(errors))
            found.append((status, errors.read_text("utf-8", "replace")))
    print(json.dumps(found))

"""Signal 9 at many points of a rendering: no half file where finished ones are looked for, and the next run completes.

A child is killed at its n-th touch of the disk, told by the interpreter's audit events.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.certificates import entries
from tests.certificates.test_batch import contents, programme
from tests.soak import examples
from wholeschool.certificates.batch import render_all

_RUN = """
import os, shutil, signal, sys
from pathlib import Path
from wholeschool.certificates.batch import render_all
from wholeschool.cli.workspace import check_root

root = Path(sys.argv[1])
programme = check_root(root).programme
out = root / "killed"
render_all(programme, root / "warm")  # what a run prepares once is there for every child
TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}

def run(kill_at):
    touched = 0
    def hook(event, arguments):
        nonlocal touched
        if event in TOUCHES and str(out) in str(arguments[0]):
            touched += 1
            if touched == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    render_all(programme, out)
    return touched

def child(kill_at):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, b"%d" % run(kill_at))
        os._exit(0)
    os.close(writer)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    said = os.read(reader, 20)
    os.close(reader)
    return status, int(said or 0)

_, total = child(0)
steps = int(sys.argv[2])
points = sorted({1 + step * (total - 1) // (steps - 1) for step in range(steps)})
print(total, len(points))
for start in ("nothing", "before"):
    for point in points[:: 1 if start == "nothing" else 5]:
        shutil.rmtree(out, ignore_errors=True)
        if start == "before":
            shutil.copytree(root / "older", out)
        status, _ = child(point)
        assert status == -signal.SIGKILL, (point, status)
        for file in out.rglob("*.pdf"):
            if not any(part.startswith(".") for part in file.relative_to(out).parts):
                data = file.read_bytes()
                assert data.startswith(b"%PDF") and data.endswith(b"%%EOF\\n"), (point, file.name)
        render_all(programme, out)
        made = {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*.pdf")}
        expected = {str(file.relative_to(root / "warm")): file.read_bytes() for file in (root / "warm").rglob("*.pdf")}
        assert made == expected, point
        assert not list(out.rglob(".*-????????")), point
"""


@pytest.mark.soak
def test_killed_anywhere_nothing_is_half_and_the_next_run_completes(tmp_path: Path) -> None:
    rows = entries(18)
    render_all(programme(tmp_path, rows[:12]), tmp_path / "older")
    known = programme(tmp_path, rows)
    steps = min(examples(15), 50)
    command = [sys.executable, "-c", _RUN, str(tmp_path), str(steps)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    total, points = map(int, done.stdout.split())
    assert total >= 50
    assert points == steps
    render_all(known, tmp_path / "clean")
    assert contents(tmp_path / "clean") == contents(tmp_path / "warm")

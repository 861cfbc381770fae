"""One at a time, and nothing left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.program import COLD
from tests.sources.test_reasons import made
from wholeschool.all_or_none import write_all
from wholeschool.errors import BuildError
from wholeschool.lock import held

HOLDER = """
import sys, time
from pathlib import Path
from wholeschool.lock import held
with held(Path(sys.argv[1]), "x"):
    print(1, flush=True)
    time.sleep(60)
"""


def test_a_lock_is_gone_when_it_is_let_go(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock, "busy"), pytest.raises(BuildError, match="busy"), held(lock, "busy"):
        pytest.fail("two hold it")
    assert not lock.exists()
    write_all(tmp_path, {"a.txt": b"x"})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.txt"]


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(BuildError), held(lock, "busy"):
            pytest.fail("two hold it")
        holder.kill()
    with held(lock, "busy"):
        assert lock.exists()
    assert not lock.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_build_leaves_nothing_that_stays(tmp_path: Path, number: signal.Signals) -> None:
    root = made(tmp_path / "repository")
    with subprocess.Popen([COLD, "site"], cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as build:
        while build.poll() is None and not list(root.glob("build/.site-*/docs")):
            time.sleep(0.02)
        build.send_signal(number)
        build.wait(60)
    if number == signal.SIGKILL:  # nobody can put away anything then: the next one does
        assert list(root.glob("build/.site-*"))
        subprocess.run([COLD, "site"], cwd=root, capture_output=True, check=True)
    assert list(root.glob("build/.*")) == []

"""Several files change together or, wherever the process is killed, not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wholeschool.all_or_none import undo_interrupted, write_all
from wholeschool.errors import UsageError
from wholeschool.files import write_whole

FILES: dict[str, bytes | None] = {
    "a/one.yaml": b"new one\n",
    "a/two.yaml": b"new two\n",
    "b/c/three.yaml": b"three\n",
    "d/gone.yaml": None,
}
AFTER = {path: data for path, data in FILES.items() if data is not None}

# Ends itself before the n-th time that anything is flushed to disk.
_KILLED = """
import os, signal, sys
from pathlib import Path
root, left = Path(sys.argv[1]), int(sys.argv[2])
real = os.fsync
def flush(handle):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(handle)
os.fsync = flush
from tests.test_all_or_none import FILES
from wholeschool.all_or_none import write_all
write_all(root, FILES)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one.yaml").write_bytes(b"old one\n")
    (tmp_path / "a/two.yaml").write_bytes(b"old two\n")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/gone.yaml").write_bytes(b"old gone\n")
    return tmp_path


def _tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and "build" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_all_are_written_and_nothing_is_kept(root: Path) -> None:
    write_all(root, FILES)
    assert _tree(root) == AFTER
    assert undo_interrupted(root) == 0
    assert _tree(root) == AFTER
    assert not (root / "build/.writing").exists()


@pytest.mark.parametrize("flushes", range(20))
def test_killed_anywhere_the_tree_is_as_it_was_or_complete(root: Path, flushes: int) -> None:
    before = _tree(root)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(root), str(flushes)], check=False, capture_output=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    undone = undo_interrupted(root)
    assert _tree(root) == (AFTER if done.returncode == 0 else before)
    assert undone == 0 or done.returncode
    assert not (root / "b").exists() or done.returncode == 0
    assert not (root / "build/.writing").exists()
    write_all(root, FILES)
    assert _tree(root) == AFTER


def test_the_kills_reach_every_stage(root: Path) -> None:
    """With as many flushes as the test above goes to, the last run is one that is not killed."""
    done = subprocess.run([sys.executable, "-c", _KILLED, str(root), "19"], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_a_failure_in_between_puts_everything_back(root: Path) -> None:
    before = _tree(root)
    (root / "b").write_bytes(b"a file where a folder should be\n")
    with pytest.raises(OSError, match="b"):
        write_all(root, FILES)
    assert _tree(root) == before | {"b": b"a file where a folder should be\n"}


def test_what_somebody_changed_since_is_not_undone(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(root), "11"], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    changed = [path for path, data in _tree(root).items() if data == FILES.get(path)]
    assert changed
    (root / changed[0]).write_bytes(b"mine\n")
    undo_interrupted(root)
    assert (root / changed[0]).read_bytes() == b"mine\n"


def test_nothing_is_undone_while_it_is_being_written(root: Path) -> None:
    writing = _KILLED.replace("os.kill(os.getpid(), signal.SIGKILL)", "print('there', flush=True); sys.stdin.read()")
    with subprocess.Popen(
        [sys.executable, "-c", writing, str(root), "11"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ},
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"there\n"
        half = _tree(root)
        assert undo_interrupted(root) == 0
        assert _tree(root) == half
        process.kill()
    assert undo_interrupted(root) > 0


def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    """A device in whose place a file was put is gone for everybody until the machine starts again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="不是文件"):
        write_whole(pipe, b"x")
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]

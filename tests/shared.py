"""What takes long to make and nobody changes: made once for all processes that run tests; and sites made from one."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` fills: by the first process that asks for it, while the others wait."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared" / name
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder.with_suffix(".done")
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def begun(out: Path, like: Path) -> Path:
    """`out`, where a site like this one lies already with its Markdown: what both have in common is not made again."""
    shutil.copytree(like, out)
    shutil.copytree(like.parent / "docs", out.parent / "docs", dirs_exist_ok=True)
    return out

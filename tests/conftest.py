"""What every test stands on: nothing is kept in the user's own folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.shared import once
from tests.synthesis import write
from wholeschool.cli.workspace import check_root
from wholeschool.records.cache import VARIABLE
from wholeschool.site import build_site

# Each file is run by one process; those that take longest go first, so that none of them is left for the end alone.
_LONG = (
    *("test_workflows.py", "test_browser.py", "test_every_page.py", "test_killed_anywhere.py", "test_lighthouse.py"),
    *("test_verification.py", "test_form.py", "test_masters.py", "test_rebuild.py", "test_papers.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, everything else as it was."""
    items.sort(key=lambda item: _LONG.index(item.path.name) if item.path.name in _LONG else len(_LONG))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(once(tmp_path_factory, "cache", lambda _: None))
    yield
    if before is None:
        del os.environ[VARIABLE]
    else:
        os.environ[VARIABLE] = before


@pytest.fixture(scope="session")
def two_counties(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of two small counties, of which one has issued certificates; for nobody to change."""
    return once(tmp_path_factory, "two-counties", partial(write, counties=2, schools=3, teachers=24, seed=3))


@pytest.fixture(scope="session")
def site_of_two_counties(two_counties: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their site, with which another may begin (`begun`)."""

    def make(folder: Path) -> None:
        build_site(check_root(two_counties).programme, folder / "site")

    return once(tmp_path_factory, "site-of-two-counties", make) / "site"

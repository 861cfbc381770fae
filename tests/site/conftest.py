"""One small site, built once, and one browser to look at it with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.site.browser import chromium, served
from tests.site.small_programme import write
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.site import build_site
from wholeschool.sources import open_tree


def programme_at(root: Path) -> Programme:
    """The programme of a folder, with nothing wrong in its files."""
    loaded = load(open_tree(root))
    assert not loaded.findings, loaded.findings[:3]
    return assemble(loaded)


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small programme's records."""
    root = tmp_path_factory.mktemp("programme")
    write(root)
    return root


@pytest.fixture(scope="session")
def site(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small programme's site."""
    return build_site(programme_at(tree), tmp_path_factory.mktemp("built") / "site").folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with served(site) as base:
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium() as started:
        yield started

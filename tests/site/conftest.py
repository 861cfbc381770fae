"""One small site, built once, and one browser to look at it with."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.shared import once
from tests.site.browser import chromium, served
from tests.site.small_programme import write
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.shipped import HOME as REPOSITORY
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
    return once(tmp_path_factory, "programme", write)


@pytest.fixture(scope="session")
def site(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small programme's site."""
    return once(tmp_path_factory, "built", lambda folder: build_site(programme_at(tree), folder / "site")) / "site"


@pytest.fixture(scope="session")
def offline(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small programme's site as a copy that opens from a folder."""

    def make(folder: Path) -> None:
        build_site(programme_at(tree), folder / "site", offline=True)

    return once(tmp_path_factory, "offline", make) / "site"


@pytest.fixture(scope="session")
def zensical(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Zensical makes of the same Markdown, by the same mkdocs.yml but for the site's name."""
    return once(tmp_path_factory, "zensical", partial(_make_zensical, site)) / "build" / "site"


def _make_zensical(site: Path, root: Path) -> None:
    config = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    named = config.replace("site_name: 整校推进", "site_name: 整校推进（样张）")
    (root / "mkdocs.yml").write_text(named, encoding="utf-8")
    shutil.copytree(site.parent / "docs", root / "build" / "docs")
    shutil.copytree(REPOSITORY / "docs" / "overrides", root / "docs" / "overrides")
    command = [str(Path(sys.executable).with_name("zensical")), "build", "-f", "mkdocs.yml"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, "No issues found" in done.stderr) == (0, True), done.stdout + done.stderr


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with served(site) as base:
        yield base


@pytest.fixture(scope="session")
def searched(site: Path) -> Iterator[str]:
    """Where the site is served with what its search finds."""
    with served(site, searched=True) as base:
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium() as started:
        yield started

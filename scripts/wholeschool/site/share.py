"""A share of the pages turned into HTML by MkDocs: what one core does, or what a change leaves to do."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jieba  # type: ignore[import-untyped]
from jinja2 import Environment
from material.plugins.offline.plugin import OfflinePlugin  # type: ignore[import-untyped]
from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from wholeschool.shipped import HOME

INDEX = "search/search_index.json"
SEARCH_TERMS = Path(__file__).with_name("search_terms.txt")


class Site(NamedTuple):
    """What MkDocs is to know besides `mkdocs.yml`: the Markdown's folder, the site's name and address."""

    docs: Path
    name: str
    url: str
    offline: bool


class PageFailed(Exception):  # noqa: N818 - it is told to whoever builds, who goes on without the page
    """A page that cannot be made: its source and the kind of error. Crosses processes."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(source, reason)
        self.source, self.reason = source, reason


class Place(NamedTuple):
    """Where a page comes from, its file in the site, and the address by which the search index knows it."""

    source: str
    file: str
    url: str


@cache
def ready() -> None:
    """Load the words by which Chinese is searched, once for each process: loading them again would weigh them twice."""
    # jieba reports its progress on stderr; it sets its own level when imported, so ours has to come later.
    jieba.setLogLevel(logging.WARNING)
    with SEARCH_TERMS.open("rb") as terms:
        jieba.load_userdict(terms)
    # A dirty build is what a share is, and MkDocs minds.
    mkdocs_build.log.addFilter(lambda record: not record.getMessage().startswith("A 'dirty' build"))


def make(site: Site, folder: Path, wanted: Collection[str] | None, *, whole: bool = True) -> list[Place]:
    """The pages `wanted` (sources; None for all) in `folder`, with their entries in its search index.

    A `whole` share also has what belongs to the site and to no page: styles, scripts, pictures, data. Returns every
    page of the site, wanted or not, in the order of the search index. Raises `PageFailed` where the Markdown of one
    page cannot be made HTML, otherwise what MkDocs raises.
    """
    # The date of building would be in the compressed sitemap; without it equal records give equal bytes.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    ready()
    only = _Only(wanted, whole)
    config = load_config(
        str(HOME / "mkdocs.yml"),
        docs_dir=str(site.docs),
        site_dir=str(folder),
        site_name=site.name,
        site_url=site.url,
    )
    # The configuration names the terms relative to the repository's root, and we may run from anywhere; jieba
    # would also leave the file open.
    config.plugins["material/search"].config["jieba_dict_user"] = None
    config.plugins["wholeschool/only"] = only
    if site.offline:
        # The plugin would load its shim from elsewhere, and that writes inline scripts.
        config.extra["polyfills"] = ["assets/iframe-worker.js"]
        plugin = OfflinePlugin()
        plugin.load_config({})
        config.plugins["material/offline"] = plugin
    config.plugins.on_startup(command="build", dirty=False)
    try:
        mkdocs_build.build(config, dirty=True)
    except (MkDocsException, Abort, OSError, SystemExit):
        raise
    except Exception as error:
        raise PageFailed(only.current, type(error).__name__) from error
    config.plugins.on_shutdown()
    return only.places


def merge_indexes(target: Path, others: Iterable[Path], kept: Path | None, places: list[Place]) -> None:
    """One search index in `target` out of its own, the `others'`, and of what `kept` says of pages nobody made anew."""
    merged = json.loads(target.read_bytes())
    entries: dict[str, list[dict[str, Any]]] = {}
    for path in (target, *others):
        fresh = _by_page(path)
        assert not fresh.keys() & entries.keys()
        entries |= fresh
    if kept:
        entries = _by_page(kept) | entries
    merged["docs"] = [entry for place in places for entry in entries.get(place.url, ())]
    # As Material writes it, so that nobody can tell how many have worked on it.
    target.write_text(json.dumps(merged, separators=(",", ":")), encoding="utf-8")


def _by_page(path: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in json.loads(path.read_bytes())["docs"]:
        found.setdefault(entry["location"].partition("#")[0], []).append(entry)
    return found


class _Settled(File):
    """A file of which MkDocs knows, so that links and navigation are right, but which it does not make."""

    def is_modified(self) -> bool:
        return False


class _Only(BasePlugin):  # type: ignore[no-untyped-call,type-arg]
    """Keeps MkDocs to the pages wanted. Pages of the navigation are read by every share: all pages name them."""

    def __init__(self, wanted: Collection[str] | None, whole: bool) -> None:
        super().__init__()
        self._wanted = wanted
        self._whole = whole
        self.current = ""
        self.places: list[Place] = []

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        read = {page.file.src_uri for page in nav.pages}
        for file in files:
            if file.is_documentation_page():
                self.places.append(Place(file.src_uri, file.dest_uri, "" if file.url == "./" else file.url))
                if not (self._wants(file) or file.src_uri in read):
                    file.__class__ = _Settled
            elif not self._whole:
                file.__class__ = _Settled
        return nav

    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        self.current = page.file.src_uri
        return page

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        self.current = page.file.src_uri
        return context

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        for file in files.documentation_pages():
            if not self._wants(file):
                file.__class__ = _Settled
        return env

    def _wants(self, file: File) -> bool:
        return self._wanted is None or file.src_uri in self._wanted

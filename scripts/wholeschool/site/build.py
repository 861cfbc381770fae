"""Markdown into HTML: the tree of pages, MkDocs over it, and the swap that leaves no half-built site."""

from __future__ import annotations

import gc
import logging
import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import jieba  # type: ignore[import-untyped]
from material.plugins.offline.plugin import OfflinePlugin  # type: ignore[import-untyped]
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, MkDocsException

from wholeschool.errors import BuildError
from wholeschool.programme import Programme
from wholeschool.site.markup import plain_title
from wholeschool.site.pages import all_pages
from wholeschool.site.views import PublicYear
from wholeschool.sources.history import Merge

REPOSITORY = Path(__file__).parents[3]
# Says that a folder of Markdown is generated and may be replaced; MkDocs does not look at it.
GENERATED = ".generated"
SEARCH_TERMS = Path(__file__).with_name("search_terms.txt")


class Built(NamedTuple):
    """What was made: how many pages, and where."""

    pages: int
    folder: Path


def write_tree(
    programme: Programme,
    docs: Path,
    withheld: Collection[str] = (),
    gathered: list[PublicYear] | None = None,
    history: Sequence[Merge] = (),
) -> int:
    """The complete Markdown tree in `docs`, which must not exist yet; returns the number of pages."""
    shutil.copytree(REPOSITORY / "docs", docs, ignore=shutil.ignore_patterns("overrides"))
    for page in all_pages(programme, withheld, gathered, history):
        target = docs / page.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page.markdown, encoding="utf-8", newline="")
    (docs / GENERATED).touch()
    return sum(1 for _ in docs.rglob("*.md"))


def build_site(
    programme: Programme,
    out: Path,
    withheld: Collection[str] = (),
    *,
    offline: bool = False,
    gathered: list[PublicYear] | None = None,
    history: Sequence[Merge] = (),
) -> Built:
    """The site in `out`, its Markdown in `docs` beside it. When anything fails, what was there before stays.

    `withheld` are the paths of records with findings: a case among them is left out. An `offline` copy opens straight
    from a folder or a USB stick (`file://`), search included. `gathered` rounds come from counties' open data,
    `history` are the repository's latest merges.
    """
    out = out.resolve()
    if out.exists() and not _is_site(out):
        raise BuildError(f"{out} 里是别的东西，不是以前生成的网站；换一个文件夹，或者先移走它")
    out.parent.mkdir(parents=True, exist_ok=True)
    # Beside the targets, so that the final renames stay on one file system.
    work = Path(mkdtemp(prefix=".site-", dir=out.parent))
    try:
        pages = write_tree(programme, work / "docs", withheld, gathered, history)
        gc.freeze()  # the records stay as they are: MkDocs' own garbage is looked for without walking over them
        _run_mkdocs(programme, work / "docs", work / "site", offline)
        docs = out.parent / "docs"
        # The Markdown is kept for those who build with something else; somebody's own docs are never touched.
        if not docs.exists() or (docs / GENERATED).exists():
            _replace(work / "docs", docs)
        _replace(work / "site", out)
    except OSError as error:
        raise BuildError(f"网站没有生成：{error.strerror or error}；原来的网站没有动") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Built(pages, out)


def _run_mkdocs(programme: Programme, docs: Path, site: Path, offline: bool) -> None:
    name = programme.settings.data.publication.site_name if programme.settings else "整校推进"
    url = programme.settings.data.publication.site_url if programme.settings else None
    # The date of building would be in the compressed sitemap; without it equal records give equal bytes.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    # jieba reports its progress on stderr; it sets its own level when imported, so ours has to come later.
    jieba.setLogLevel(logging.WARNING)
    try:
        config = load_config(
            str(REPOSITORY / "mkdocs.yml"),
            docs_dir=str(docs),
            site_dir=str(site),
            site_name=plain_title(name),
            site_url=url or "",
        )
        # The configuration names the terms relative to the repository's root, and we may run from anywhere; jieba
        # would also leave the file open.
        config.plugins["material/search"].config["jieba_dict_user"] = None
        with SEARCH_TERMS.open("rb") as terms:
            jieba.load_userdict(terms)
        if offline:
            # The plugin would load its shim from elsewhere; ours is served from the copy itself.
            config.extra["polyfills"] = ["assets/vendor/iframe-worker.js"]
            plugin = OfflinePlugin()
            plugin.load_config({})
            config.plugins["material/offline"] = plugin
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except (MkDocsException, Abort, SystemExit) as error:
        raise BuildError(f"网站没有生成：{error}；原来的网站没有动") from error


def _is_site(folder: Path) -> bool:
    """Whether the folder may be replaced: it is empty, or holds a site made before."""
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / "search" / "search_index.json").is_file())


def _replace(new: Path, old: Path) -> None:
    """Put `new` where `old` is; between the two renames is the only moment without either."""
    retired = new.with_name(new.name + "-before")
    if old.exists():
        old.rename(retired)
    new.rename(old)

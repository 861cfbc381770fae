"""Markdown into HTML: the tree of pages, MkDocs over what is new in it, and the swap that leaves no half-built site."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from mkdocs.exceptions import Abort, MkDocsException

from wholeschool.cores import cores, crew
from wholeschool.errors import BuildError, reason
from wholeschool.lock import held
from wholeschool.outcomes.example import told
from wholeschool.outcomes.published import PublicYear
from wholeschool.programme import Programme
from wholeschool.shipped import HOME
from wholeschool.site import share
from wholeschool.site.earlier import Earlier, foundation
from wholeschool.site.markup import plain_title
from wholeschool.site.pages import all_pages
from wholeschool.site.share import INDEX, PageFailed, Place, Site, merge_indexes
from wholeschool.sources.history import Merge

# What a page costs beside its text, in bytes of Markdown.
_PAGE_WEIGHT = 4_000
# What the site as a whole costs the first, who has that besides: styles, data, a search index to put together.
_SITE_WEIGHT = 500_000
# Below this, another process costs more than it saves.
_WORTH_UNITS = 150
# Where a build works, and what it holds there meanwhile.
_WORK, _BUSY = ".site-", "busy"
# Pages that cannot be made one after another: then it is not the pages.
_MOST_LEFT_OUT = 20


class Built(NamedTuple):
    """What was made: how many pages there are, how many of them had changed, where, and which had to be left out."""

    pages: int
    made: int
    folder: Path
    left_out: tuple[str, ...] = ()


def write_tree(
    programme: Programme,
    docs: Path,
    withheld: Collection[str] = (),
    gathered: list[PublicYear] | None = None,
    history: Sequence[Merge] = (),
) -> int:
    """The complete Markdown tree in `docs`, which must not exist yet; returns the number of pages."""
    shutil.copytree(HOME / "docs", docs, ignore=shutil.ignore_patterns("overrides"))
    for page in (docs / "handbook").glob("*.md"):
        words = told(page.read_text("utf-8"), None if gathered else programme)
        page.write_text(words, encoding="utf-8", newline="")
    for made in all_pages(programme, withheld, gathered, history):
        target = docs / made.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made.markdown, encoding="utf-8", newline="")
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

    Of a site made before, pages are taken over whose Markdown is the same: the result is what a build from nothing
    gives, byte for byte. `withheld` are the paths of records with findings: a case among them is left out. An `offline`
    copy opens straight from a folder or a USB stick (`file://`), search included. `gathered` rounds come from counties'
    open data, `history` are the repository's latest merges. A case's or a unit's page that cannot be made is left out,
    and named in the result.
    """
    out = out.resolve()
    if out.exists() and not _is_site(out):
        raise BuildError(f"{out} 里是别的东西，不是以前生成的网站；换一个文件夹，或者先移走它")
    out.parent.mkdir(parents=True, exist_ok=True)
    docs = out.parent / "docs"
    _clear_killed(out.parent)
    # Beside the targets, so that the final renames stay on one file system.
    try:
        work = Path(mkdtemp(prefix=_WORK, dir=out.parent))
    except OSError as error:
        raise BuildError(f"网站没有生成：{reason(error)}") from error
    site = _site(programme, work / "docs", offline)
    try:
        with ExitStack() as stack:
            stack.enter_context(held(work / _BUSY, "这个网站正在生成"))
            base = foundation(site)
            earlier = Earlier.read(docs, out, base)
            helpers = None
            if earlier is None and not offline and cores() > 1 and len(programme.units) > _WORTH_UNITS:
                helpers = stack.enter_context(crew(cores() - 1, initializer=share.ready))
                for _ in range(cores() - 1):
                    helpers.submit(os.getpid)  # whatever it is: they get ready while the pages are written
            pages = write_tree(programme, site.docs, withheld, gathered, history)
            gc.freeze()  # the records stay as they are: MkDocs' own garbage is looked for without walking over them
            gc.enable()
            left_out: list[str] = []
            while True:
                try:
                    places, made = _make(site, work / "site", earlier, helpers)
                    break
                except PageFailed as failure:
                    if not _is_of_one(failure.source) or len(left_out) == _MOST_LEFT_OUT:
                        raise
                    left_out.append(f"{failure.source}（{failure.reason}）")
                    (site.docs / failure.source).unlink()
                    for folder in work.iterdir():
                        if folder.is_dir() and folder != site.docs:
                            shutil.rmtree(folder)
        Earlier.write(site.docs, work / "site", base, places)
        # The Markdown is kept for those who build with something else; somebody's own docs are never touched.
        if not docs.exists() or Earlier.marks(docs):
            _replace(site.docs, docs)
        _replace(work / "site", out)
    except OSError as error:
        raise BuildError(f"网站没有生成：{reason(error)}；原来的网站没有动") from error
    except PageFailed as failure:
        message = f"网站没有生成：{failure.source} 这一页做不出来（{failure.reason}）；原来的网站没有动"
        raise BuildError(message) from failure
    except (MkDocsException, Abort, SystemExit) as error:
        raise BuildError(f"网站没有生成：{error}；原来的网站没有动") from error
    except BrokenProcessPool as error:
        raise BuildError("网站没有生成：一个帮忙的进程被终止了（可能是内存不够）；原来的网站没有动") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Built(pages - len(left_out), made, out, tuple(left_out))


def _clear_killed(folder: Path) -> None:
    """Remove what builds that were killed have left; those that are still at work hold a lock."""
    for left in folder.glob(f"{_WORK}*"):
        with suppress(BuildError, OSError), held(left / _BUSY, "busy"):
            shutil.rmtree(left, ignore_errors=True)


def _is_of_one(source: str) -> bool:
    """Whether a page tells of one case or one unit only, so that the others are worth publishing without it."""
    folder, _, name = source.partition("/")
    return folder in ("cases", "rates") and name != "index.md"


def _site(programme: Programme, docs: Path, offline: bool) -> Site:
    publication = programme.settings.data.publication if programme.settings else None
    name, url = (publication.site_name, publication.site_url) if publication else ("整校推进", None)
    return Site(docs, plain_title(name), url or "", offline)


def _make(
    site: Site, folder: Path, earlier: Earlier | None, helpers: ProcessPoolExecutor | None
) -> tuple[list[Place], int]:
    """The site in `folder`, made by this process and its helpers; where pages lie, and how many were made anew."""
    sources = [path.relative_to(site.docs).as_posix() for path in site.docs.rglob("*.md")]
    wanted = [source for source in sources if not (earlier and earlier.holds(source, site.docs))]
    mine, *theirs = _shares(site.docs, wanted, cores() if helpers else 1)
    folders = [folder.with_name(f"share-{number}") for number, _ in enumerate(theirs)]
    given = [
        helpers.submit(share.make, site, *each, whole=False) for each in zip(folders, theirs, strict=True) if helpers
    ]
    try:
        places = share.make(site, folder, mine)
    finally:
        wait(given)  # nobody writes where nobody looks any more
    for each in given:
        each.result()
    whose = {source: part for part, shared in zip(folders, theirs, strict=True) for source in shared}
    if earlier:
        whose |= dict.fromkeys(set(sources) - set(wanted), earlier.site)
    for place in places:
        if place.source in whose:
            target = folder / place.file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(whose[place.source] / place.file, target)
    if whose:
        merge_indexes(folder / INDEX, (part / INDEX for part in folders), earlier and earlier.site / INDEX, places)
    return places, len(wanted)


def _shares(docs: Path, sources: list[str], count: int) -> list[list[str]]:
    """The pages in `count` parts of about the same weight, the first with the site's own on top."""
    shares: list[list[str]] = [[] for _ in range(count)]
    weights = [_SITE_WEIGHT, *[0] * (count - 1)]
    for source in sorted(sources, key=lambda each: (-(docs / each).stat().st_size, each)):
        lightest = weights.index(min(weights))
        shares[lightest].append(source)
        weights[lightest] += (docs / source).stat().st_size + _PAGE_WEIGHT
    return shares


def _is_site(folder: Path) -> bool:
    """Whether the folder may be replaced: it is empty, or holds a site made before."""
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / INDEX).is_file())


def _replace(new: Path, old: Path) -> None:
    """Put `new` where `old` is; between the two renames is the only moment without either."""
    retired = new.with_name(new.name + "-before")
    if old.exists():
        old.rename(retired)
    new.rename(old)

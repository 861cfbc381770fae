"""The site made before, as far as it can be taken over: pages whose Markdown is the same, on the same foundation."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec

from wholeschool.shipped import HOME
from wholeschool.site.share import INDEX, SEARCH_TERMS, Place, Site

# Says that a folder of Markdown is generated and may be replaced, and what was made of it; MkDocs does not look at it.
_MARK = ".generated"
_MAKERS = ("mkdocs", "mkdocs-material", "Markdown", "pymdown-extensions", "Pygments", "Jinja2", "jieba")


class _Page(msgspec.Struct, frozen=True, array_like=True):
    """The digests of a page's Markdown and of its HTML, and the latter's file in the site."""

    markdown: str
    html: str
    file: str


class _Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the mark says; `base` is the foundation, `index` the digest of the search index, `pages` go by source."""

    base: str
    index: str
    pages: dict[str, _Page]


class Earlier(NamedTuple):
    """A site that can be taken over in part. What was changed by hand since, or cannot be read, is made again."""

    site: Path
    pages: dict[str, _Page]

    @classmethod
    def read(cls, docs: Path, site: Path, base: str) -> Earlier | None:
        """The site of `docs`; None where there is none, or it stands on another foundation than `base`."""
        try:
            made = msgspec.json.decode((docs / _MARK).read_bytes(), type=_Made)
            if made.base == base and made.index == _digest(site / INDEX):
                return cls(site, made.pages)
        except (OSError, msgspec.DecodeError):
            pass
        return None

    @staticmethod
    def write(docs: Path, site: Path, base: str, places: Iterable[Place]) -> None:
        """Mark `docs` as generated and note what was made of it."""
        pages = {
            place.source: _Page(_digest(docs / place.source), _digest(site / place.file), place.file)
            for place in places
        }
        (docs / _MARK).write_bytes(msgspec.json.encode(_Made(base, _digest(site / INDEX), pages)))

    @staticmethod
    def marks(docs: Path) -> bool:
        """Whether the folder was generated and not written by somebody."""
        return (docs / _MARK).exists()

    def holds(self, source: str, docs: Path) -> bool:
        """Whether the page that the Markdown `source` gives is there already."""
        page = self.pages.get(source)
        try:
            return (
                page is not None
                and page.markdown == _digest(docs / source)
                and page.html == _digest(self.site / page.file)
            )
        except OSError:
            return False


def foundation(site: Site) -> str:
    """Everything a page's HTML depends on besides its own Markdown: theme, navigation, hand-written pages, makers."""
    makers = [version(name) for name in _MAKERS]
    hashed = sha256(repr((site.name, site.url, site.offline, makers, _digest(SEARCH_TERMS))).encode())
    files = [HOME / "mkdocs.yml", *sorted((HOME / "docs").rglob("*"))]
    for path in files:
        if path.is_file():
            hashed.update(f"{path.relative_to(HOME)}\0{_digest(path)}\0".encode())
    return hashed.hexdigest()


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()

"""The handbook as one PDF: the site's pages in their order, with contents, page numbers, bookmarks."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import NamedTuple

from markdown import Markdown
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from wholeschool.certificates import fonts
from wholeschool.certificates.embedding import settled
from wholeschool.certificates.own_resources import OwnResources
from wholeschool.errors import BuildError
from wholeschool.outcomes.example import told
from wholeschool.programme import Programme
from wholeschool.shipped import HOME

TITLE = "案例式整校推进实施工作手册"
_PAGE = re.compile(r"handbook/([a-z0-9-]+)\.md")
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_ID = re.compile(r' id="([^"]+)"')
_LINK = re.compile(r'<a([^>]*?) href="([^"]*)"([^>]*)>')
_TITLES = re.compile(r'<h([12]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
_EXTENSIONS = (
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.superfences",
)
_STYLE = """
@page { size: A4; margin: 22mm 20mm 20mm; font: 9pt "Certificate Serif";
  @top-left { content: string(chapter); font: 9pt "Certificate Serif"; color: #555 }
  @bottom-center { content: counter(page); font: 9pt "Certificate Serif" } }
@page cover { @top-left { content: none } @bottom-center { content: none } }
html { font: 10.5pt/1.75 "Certificate Serif", "Certificate Sans", "Certificate Rare A", "Certificate Rare B" }
.cover { page: cover; padding-top: 70mm; text-align: center }
.cover h1 { font-size: 26pt; bookmark-level: none; string-set: none }
nav, article { break-before: page }
nav a { color: inherit; text-decoration: none }
nav a::after { content: leader(". ") target-counter(attr(href), page) }
nav ol { list-style: none; padding-left: 0 } nav ol ol { padding-left: 2em }
h1 { font-size: 19pt; line-height: 1.35; string-set: chapter content() }
h2 { font-size: 13.5pt; margin: 7mm 0 2mm; break-after: avoid }
h3 { font-size: 11.5pt; margin: 5mm 0 1.5mm; break-after: avoid }
p, li { overflow-wrap: anywhere; orphans: 2; widows: 2 }
a { color: #17495b; text-decoration: none }
cite { font-style: normal; font-size: 8.5pt; color: #555 }
code, pre { font: 9pt "Certificate Sans", "Certificate Serif"; white-space: pre-wrap; overflow-wrap: anywhere }
pre { background: #f3f0e8; padding: 2mm 3mm }
table { width: 100%; border-collapse: collapse; margin: 2mm 0; font-size: 9.5pt }
th, td { border-bottom: .5pt solid #999; padding: 1.2mm 1.5mm; text-align: left; vertical-align: top }
th { border-bottom: 1pt solid #000 }
blockquote { margin: 2mm 0; padding-left: 4mm; border-left: 2pt solid #bbb }
"""


class Handbook(NamedTuple):
    """The pages' HTML, one after the other, and the headings of the contents: (level, anchor, title)."""

    body: str
    headings: tuple[tuple[int, str, str], ...]


def handbook(
    programme: Programme | None = None, docs: Path = HOME / "docs", config: Path = HOME / "mkdocs.yml"
) -> Handbook:
    """Every page of the handbook in the order of the site's navigation; what it tells of the example is computed.

    Anchors are made unique by their page; links between its pages lead to places in the same document, and links to
    the rest of the site become plain words.
    """
    names = list(dict.fromkeys(_PAGE.findall(config.read_text("utf-8"))))
    pages = {name: (docs / "handbook" / f"{name}.md").read_text("utf-8") for name in names}
    articles = "".join(_article(name, told(text, programme)) for name, text in pages.items())
    headings = [  # titles stay as they are written in HTML, without tags
        (int(level), anchor, _TAGS.sub("", title).strip()) for level, anchor, title in _TITLES.findall(articles)
    ]
    return Handbook(articles, tuple(headings))


def handbook_pdf(programme_name: str, programme: Programme | None = None) -> bytes:
    """The handbook as a tagged PDF; equal pages give equal bytes. `programme` is what has the example, if anything."""
    book = handbook(programme)
    page = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{TITLE}</title></head><body>'
        f'<section class="cover"><h1>{TITLE}</h1><p>{escape(programme_name)}</p>'
        "<p>手册用自己的话转述指导意见，与原文不一致时以原文为准。<br>例子里的单位和人物都是虚构的（样张）。</p></section>"
        f"<nav><h1>目录</h1>{_contents(book)}</nav>{book.body}</body></html>"
    )
    characters = frozenset(f"{_TAGS.sub('', page)}{_STYLE}0123456789.&<>\"'")
    if lacking := fonts.missing(characters):
        raise BuildError(f"手册里的{fonts.shown(lacking)}没有字体能显示；安装含有这些字的字体后重做")
    cuts = fonts.subset(characters)
    own = OwnResources({f"own:font-{place}": cut.data for place, cut in enumerate(cuts)})
    faces = "".join(
        f'@font-face {{ font-family: "{cut.family}"; font-weight: {cut.weight}; src: url(own:font-{place}) }}'
        for place, cut in enumerate(cuts)
    )
    kept = FontConfiguration()
    with own.refusing(lambda asked: BuildError(f"手册要取用 {asked}；手册只用自己的文字")):
        style = CSS(string=faces + _STYLE, font_config=kept, url_fetcher=own)
        document = HTML(string=page, url_fetcher=own)
        made: bytes = document.write_pdf(stylesheets=[style], font_config=kept, pdf_tags=True)
    return settled(made)


def _article(name: str, text: str) -> str:
    body = Markdown(extensions=list(_EXTENSIONS)).convert(_FRONT.sub("", text, count=1))
    body = _ID.sub(rf' id="{name}-\1"', body)
    body = _LINK.sub(lambda found: f"<a{found[1]}{_target(name, found[2])}{found[3]}>", body)
    return f'<article id="{name}">{body}</article>'


def _target(name: str, address: str) -> str:
    """Where a link of the page `name` leads within the document; nothing for what lies outside it."""
    page, _, anchor = address.partition("#")
    if page and ("/" in page or not page.endswith(".md")):
        return ""
    to = page.removesuffix(".md") or name
    return f' href="#{to}-{anchor}"' if anchor else f' href="#{to}"'


def _contents(book: Handbook) -> str:
    chapters: list[list[str]] = []
    for level, anchor, title in book.headings:
        line = f'<a href="#{anchor}">{title}</a>'
        if level == 1 or not chapters:
            chapters.append([line])
        else:
            chapters[-1].append(line)
    items = (
        f"<li>{first}{'<ol>' + ''.join(f'<li>{each}</li>' for each in rest) + '</ol>' if rest else ''}</li>"
        for first, *rest in chapters
    )
    return f"<ol>{''.join(items)}</ol>"

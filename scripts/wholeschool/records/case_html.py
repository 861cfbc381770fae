"""A case's Markdown into HTML that can do nothing but be read (allow-list), and what its author should change.

Submitted Markdown never reaches the site's own Markdown processor: its raw HTML is text here, its links are only
https, mailto or within the page, and the result passes an HTML sanitiser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

import markdown
import nh3

_TAGS = {
    *("h2", "h3", "h4", "h5", "p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "hr", "br", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_SCHEMES = {"https", "mailto"}
_CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_RAW_HTML = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)[^>\n]*>?|<!--|<!\[CDATA\[|<\?")
_AUTOLINK = re.compile(r"<(https://[^\s<>]*)>")
_HREF = re.compile(r'(?:href|src)="([^"]*)"')
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)\s*:")


class Problem(NamedTuple):
    """Something in a body that is not published as written; `start` counts characters from the body's start."""

    code: str
    start: int
    message: str


def to_html(body: str) -> str:
    """`body` as safe HTML on one line, headings from h2 down."""
    clean = nh3.clean(
        _below_title(_processor().convert(body)),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow ugc",
        strip_comments=True,
    )
    # On one line, so that no line of it can mean anything to the page's own Markdown.
    parts = re.split(r"(<pre>.*?</pre>)", clean, flags=re.DOTALL)
    return "".join(part.replace("\n", "&#10;" if part.startswith("<pre>") else "") for part in parts)


def _below_title(html: str) -> str:
    """Headings as they nest below the page's own h1: the outermost become h2, and no level is left out."""
    open_levels: list[int] = []

    def shifted(match: re.Match[str]) -> str:
        level = int(match[2])
        if match[1] == "<h":
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
        return f"{match[1]}{min(len(open_levels) + 1, 5)}"

    return re.sub(r"(</?h)([1-6])(?=[ >])", shifted, html)


def problems(body: str) -> Iterator[Problem]:
    """Raw HTML and links that are not published, in the order of the text."""
    blanked = _CODE.sub(lambda match: " " * len(match.group()), body)
    blanked = _AUTOLINK.sub(lambda match: " " * len(match.group()), blanked)
    found = []
    opened: set[str] = set()
    for match in _RAW_HTML.finditer(blanked):
        name = match[1].lower() if match[1] else ""
        if match.group().startswith("</") and name in opened:
            continue  # an element is one mistake, not two
        opened.add(name)
        found.append(Problem("MD-HTML", match.start(), "正文里有网页代码"))
    if "](" in body or "]:" in body or "![" in body:
        for address in _HREF.findall(_processor().convert(body)):
            scheme = _SCHEME.match(unescape(address))
            if (scheme and scheme.group(1).lower() not in _SCHEMES) or address.startswith("//"):
                found.append(Problem("MD-LINK", max(0, body.find(unescape(address))), "正文里有不允许的链接"))
    yield from sorted(found, key=lambda problem: problem.start)


def _processor() -> markdown.Markdown:
    """A fresh Markdown processor that knows no raw HTML."""
    processor = markdown.Markdown(extensions=["tables", "sane_lists", "fenced_code"])
    processor.preprocessors.deregister("html_block")
    processor.inlinePatterns.deregister("html")
    return processor

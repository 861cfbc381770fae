"""A case's Markdown into HTML that can do nothing but be read (allow-list), and what its author should change.

Submitted Markdown never reaches the site's own Markdown processor: its raw HTML is text here, its links are only
https, mailto or within the page, and the result passes an HTML sanitiser. CommonMark and tables, read by
markdown-it-py, whose work grows with the length of what it reads; the few shapes for which it grows faster are bounded
here before any work is done on them. Bounds are on the text, not on the clock: a body is too much on every computer or
on none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token

MOST_LINES = 3_000
MOST_CELLS = 10_000
"""Lines times the bars of the line that has most: a table is filled up to its width."""
LONGEST_PARAGRAPH = 10_000
"""Characters of a paragraph, a heading or a cell. Unfinished links take the square of it."""
DEEPEST = 20
"""Elements around a text: ten lists in one another, twenty quotations, twenty times bold; and open brackets."""
MOST_PIECES = 10_000
"""Beginnings, contents and ends of paragraphs, items and cells."""
LONGEST_ADDRESSES = 200_000
"""Characters of all addresses together: one definition may be used by thousands of links."""
MOST_PROBLEMS = 20

_TAGS = {
    *("h2", "h3", "h4", "h5", "p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "hr", "br", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
SCHEMES = frozenset({"https", "mailto"})
_FENCE = re.compile(r"^(```|~~~)[^\n]*$", re.MULTILINE)
_INLINE_CODE = re.compile(r"`[^`\n]*`")
RAW_HTML = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)[^>\n]*>?|<!--|<!\[CDATA\[|<\?")
_AUTOLINK = re.compile(r"<(https://[^\s<>]*)>")
_BRACKET = re.compile(r"[\[\]]")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)\s*:")
# Chinese has no spaces around emphasis, so its letters and its punctuation say nothing about where one begins or ends.
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u2014-\u2026\U00020000-\U000323af]")


class Problem(NamedTuple):
    """Something in a body that is not published as written; `start` counts characters from the body's start."""

    code: str
    start: int
    message: str


class TooMuch(ValueError):  # noqa: N818 - it is a verdict on a body, not an error of ours
    """A body that takes more work than a text needs; its text says what of it, `line` counts from 0."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def to_html(body: str) -> str:
    """`body` as safe HTML on one line, headings from h2 down. Raises `TooMuch`."""
    return _converted(body).html


class _Converted(NamedTuple):
    html: str
    addresses: tuple[str, ...]


@lru_cache(maxsize=2_000)  # rules ask first, then the site
def _converted(body: str) -> _Converted:
    """The HTML and where its links and pictures point. Raises `TooMuch`."""
    processor = _processor()
    tokens = _tokens(processor, body)
    clean = nh3.clean(
        _below_title(processor.renderer.render(tokens, processor.options, {})),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=set(SCHEMES),
        link_rel="noopener nofollow ugc",
        strip_comments=True,
    )
    # On one line, so that no line of it can mean anything to the page's own Markdown.
    parts = re.split(r"(<pre>.*?</pre>)", clean, flags=re.DOTALL)
    html = "".join(part.replace("\n", "&#10;" if part.startswith("<pre>") else "") for part in parts)
    return _Converted(html, tuple(dict.fromkeys(_addresses(tokens))))


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


@lru_cache(maxsize=10_000)
def problems(body: str) -> tuple[Problem, ...]:
    """Raw HTML, links that are not published, or that it is too much; in the order of the text, the first few."""
    try:
        addresses = _converted(body).addresses
    except TooMuch as error:
        start = sum(len(line) + 1 for line in body.split("\n")[: error.line])
        return (Problem("MD-LIMIT", start, str(error)),)
    blanked = _AUTOLINK.sub(_blank, _without_code(body))
    found = []
    opened: set[str] = set()
    for match in RAW_HTML.finditer(blanked):
        name = match[1].lower() if match[1] else ""
        if match.group().startswith("</") and name in opened:
            continue  # an element is one mistake, not two
        opened.add(name)
        found.append(Problem("MD-HTML", match.start(), "正文里有网页代码"))
    for address in addresses:
        scheme = _SCHEME.match(unescape(address))
        if (scheme and scheme.group(1).lower() not in SCHEMES) or address.startswith("//"):
            found.append(Problem("MD-LINK", max(0, body.find(unescape(address))), "正文里有不允许的链接"))
    return tuple(sorted(found, key=lambda problem: problem.start)[:MOST_PROBLEMS])


def _without_code(body: str) -> str:
    """The body with blanks in place of code, in time that grows with its length."""
    fences = list(_FENCE.finditer(body))
    closed_by: dict[int, int] = {}
    later: dict[str, int] = {}
    for index in range(len(fences) - 1, -1, -1):
        if (mark := fences[index][1]) in later:
            closed_by[index] = later[mark]
        later[mark] = index
    pieces, done, index = [], 0, 0
    while index < len(fences):
        end = closed_by.get(index)
        if end is not None:
            start, stop = fences[index].start(), fences[end].end()
            pieces += [body[done:start], " " * (stop - start)]
            done, index = stop, end
        index += 1
    return _INLINE_CODE.sub(_blank, "".join([*pieces, body[done:]]))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _addresses(tokens: list[Token]) -> Iterator[str]:
    """Where links and pictures point, the innermost too; `<http://…>` reads like an element, and is told as one."""
    for token in tokens:
        if token.markup == "autolink":
            continue
        yield from (str(token.attrs[name]) for name in ("href", "src") if name in token.attrs)
        yield from _addresses(token.children or [])


# --- the processor and its bounds -------------------------------------------------------------------------------------


def _processor() -> MarkdownIt:
    """A fresh Markdown processor that knows no raw HTML, and lets every link through to those who judge it."""
    processor = MarkdownIt("commonmark", {"html": False, "maxNesting": 2 * DEEPEST}).enable("table")
    processor.inline = _ChineseInline()
    processor.core.ruler.after("block", "bounds", _bound_paragraphs)
    processor.validateLink = lambda url: True  # type: ignore[method-assign]
    processor.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return processor


def _tokens(processor: MarkdownIt, body: str) -> list[Token]:
    """The body taken apart. Raises `TooMuch`."""
    lines = body.split("\n")
    if len(lines) > MOST_LINES:
        raise TooMuch(f"正文超过 {MOST_LINES} 行", MOST_LINES)
    widest = max(range(len(lines)), key=lambda number: lines[number].count("|"))
    if lines[widest].count("|") * len(lines) > MOST_CELLS:
        raise TooMuch("表格的列和行太多", widest)
    tokens = processor.parse(body)
    addresses = 0
    for token in tokens:
        for inner in (token, *(token.children or ())):
            if inner.level > DEEPEST:
                raise TooMuch("粗体、斜体、链接套了太多层", token.map[0] if token.map else 0)
            addresses += sum(len(str(value)) for value in inner.attrs.values())
        if addresses > LONGEST_ADDRESSES:
            raise TooMuch("链接的网址加起来太长", token.map[0] if token.map else 0)
    return tokens


def _bound_paragraphs(state: StateCore) -> None:
    """Between finding the blocks and reading what stands in them."""
    if len(state.tokens) > MOST_PIECES:
        raise TooMuch("段落和表格的格子太多", 0)
    line = 0
    for token in state.tokens:
        line = token.map[0] if token.map else line
        if token.level > DEEPEST:
            raise TooMuch("列表或引用套了太多层", line)
        if token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH:
            raise TooMuch(f"一段文字超过 {LONGEST_PARAGRAPH} 个字", line)
        if token.type == "inline" and _open_brackets(token.content) > DEEPEST:
            raise TooMuch(f"一段文字里有 {DEEPEST} 个以上的“[”没有对应的“]”，或套了太多层", line)


def _open_brackets(text: str) -> int:
    """How many brackets are open at the same time: each may begin a link, and is followed to the end of the text."""
    most = now = 0
    for bracket in _BRACKET.findall(text):
        now = now + 1 if bracket == "[" else max(0, now - 1)
        most = max(most, now)
    return most


class _ChineseState(StateInline):
    """A text in which emphasis may touch Chinese on either side: CommonMark leaves `**注意：**请先保存` alone."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the library's names
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if not canSplitWord or not (CHINESE.match(before) or CHINESE.match(after)):
            return scanned
        return Scanned(not after.isspace(), not before.isspace(), scanned.length)


class _ChineseInline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        """As the library's own, over our state."""
        state = _ChineseState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens

"""Text into Markdown that shows exactly that text, and the few shapes pages are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

# In the place of a number that would tell about few people.
HIDDEN = "不公布"
VEILED = f'<i class="ws-veiled">{HIDDEN}</i>'
_ENTITIES = {ord(character): f"&#{ord(character)};" for character in "<>&\"'`*_{}[]()#+!|~\\:-$^="}
_NUMBERED = re.compile(r"[0-9]+\.")
_TITLE = str.maketrans({"<": "＜", ">": "＞", "&": "＆", '"': "＂", "'": "＇"})


class Tile(NamedTuple):
    """One figure: what it is, its value as HTML, and a line below it."""

    label: str
    value: str
    note: str = ""


def text(value: object) -> str:
    """`value` as Markdown that shows it literally: every character with a meaning becomes an entity.

    At the beginning of a line a figure with a dot would begin a list (and a hundred of them a hundred lists in one
    another), and an indentation a block of code.
    """
    plain = str(value).translate(_ENTITIES).replace("\n", " ").lstrip()
    return f"&#{ord(plain[0])};{plain[1:]}" if _NUMBERED.match(plain) else plain


def attribute(value: object) -> str:
    """`value` inside the quotes of an HTML attribute."""
    return escape(str(value)).replace("\n", " ")


def plain_title(title: str) -> str:
    """A title that is text wherever it lands: themes put titles into HTML and attributes without escaping them."""
    return title.translate(_TITLE)


def front_matter(title: str, description: str = "", **more: object) -> str:
    """A page's head."""
    fields = {"title": plain_title(title), "description": plain_title(description), **more}
    rows = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items() if value)
    return f"---\n{rows}---\n\n"


def starting(home: str, scripts: Iterable[str], *, downloads: bool = False) -> str:
    """What starts a page's scripts (paths on the site) in their order and says in `home` (a selector) why they do not.

    For pages one folder below the site's root. Where nothing can be downloaded, `downloads` are warned of at once.
    """
    more = " data-downloads" if downloads else ""
    listed = attribute(" ".join(scripts))
    return (
        f'<script id="ws-start" src="../assets/start.js" data-home="{home}" data-scripts="{listed}"{more}></script>\n'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = (), kind: str = "") -> str:
    """A Markdown table of ready cells; columns in `numbers` are right-aligned, `kind` is a class for its layout.

    A table of the kind `stack` is for more words than a phone has room for side by side: there each row becomes a
    short list, in which every value is named by its column's head.
    """
    right = sorted(set(numbers))
    rule = ["---:" if place in right and not kind else "---" for place in range(len(heads))]
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(rule)}|", *(f"| {' | '.join(row)} |" for row in rows)]
    plain = "\n".join(lines) + "\n"
    if not kind:
        return plain
    # A class for the table, not a style for every cell: in a table of 350 schools those are a quarter of the page.
    classes = " ".join([f"ws-table ws-{kind}", *(f"ws-n{place + 1}" for place in right)])
    if kind.split(" ")[0] == "stack":
        names = "".join(f"--head-{place}:'{head}';" for place, head in enumerate(heads, start=1))
        return block(classes, plain, style=names)
    return block(classes, plain)


def block(kind: str, markdown: str, tag: str = "div", **attributes: str) -> str:
    """Markdown inside an element of a class; attributes are given unescaped."""
    further = "".join(f' {name.replace("_", "-")}="{attribute(value)}"' for name, value in attributes.items())
    return f'\n<{tag} class="{kind}"{further} markdown>\n\n{markdown}\n</{tag}>\n\n'


def tiles(items: Iterable[Tile]) -> str:
    """Figures side by side, as a list of names and values."""
    rows = "".join(
        f"<div><dt>{item.label}</dt><dd>{item.value}{f'<small>{item.note}</small>' if item.note else ''}</dd></div>"
        for item in items
    )
    return f'\n<dl class="ws-figures">{rows}</dl>\n\n'


def facts(items: Iterable[tuple[str, str]]) -> str:
    """Names and short Markdown values, one under another, in a quiet box."""
    rows = "".join(f"<dt>{name}</dt>\n<dd markdown>{value}</dd>\n" for name, value in items)
    return f'\n<dl class="ws-facts" markdown>\n{rows}</dl>\n\n'


def trail(steps: Iterable[tuple[str, str]], here: str) -> str:
    """The way to a page: (name, address) of what is above, then the page itself."""
    links = [f"[{text(name)}]({address})" for name, address in steps]
    return f"{' › '.join([*links, text(here)])}\n{{ .ws-trail }}\n\n"


def chinese_date(iso: str) -> str:
    """2026-03-01 as 2026年3月1日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def percent(rate: float | None, decimals: int = 1) -> str:
    """A rate, or a dash; 100% only where it is all of them, 0% only where it is none, however it rounds."""
    if rate is None:
        return "—"
    least = 10**-decimals
    return f"{min(max(rate, least), 100 - least) if 0 < rate < 100 else rate:.{decimals}f}%"


def count(value: int | None) -> str:
    """A number of people, or that it is not published."""
    return VEILED if value is None else str(value)


def bar(rate: float | None) -> str:
    """A small bar for a rate; the number beside it says the same to everybody."""
    if rate is None:
        return "—"
    return f'<span class="ws-rate" style="--rate:{percent(rate)}">{percent(rate)}</span>'

"""Text into Markdown that shows exactly that text, and the few shapes pages are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

_ENTITIES = {ord(character): f"&#{ord(character)};" for character in "<>&\"'`*_{}[]()#+!|~\\:-$^="}
_TITLE = str.maketrans({"<": "＜", ">": "＞", "&": "＆"})


def text(value: object) -> str:
    """`value` as Markdown that shows it literally: every character with a meaning becomes an entity."""
    return str(value).translate(_ENTITIES).replace("\n", " ")


def front_matter(title: str, description: str = "", **more: object) -> str:
    """A page's head. Themes put titles into HTML in several ways, so nothing in them may look like markup."""
    fields = {"title": title.translate(_TITLE), "description": description.translate(_TITLE), **more}
    rows = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items() if value)
    return f"---\n{rows}---\n\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> str:
    """A Markdown table of ready cells; columns in `numbers` are right-aligned."""
    right = set(numbers)
    lines = [
        f"| {' | '.join(heads)} |",
        f"|{'|'.join('---:' if place in right else '---' for place in range(len(heads)))}|",
    ]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def chinese_date(iso: str) -> str:
    """2026-03-01 as 2026年3月1日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def percent(rate: float | None) -> str:
    """A rate with one decimal, or a dash."""
    return "—" if rate is None else f"{rate:.1f}%"


def bar(rate: float | None) -> str:
    """A small bar for a rate; the number beside it says the same to everybody."""
    if rate is None:
        return "—"
    return f'<span class="ws-bar" style="--rate:{rate:.1f}%" aria-hidden="true"></span> {rate:.1f}%'

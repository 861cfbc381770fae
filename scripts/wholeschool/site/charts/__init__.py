"""Static pictures of figures, drawn by Vega when the site is built, in the page's own colours and type.

Each kind of picture is a Vega specification beside this file; this module says which figures go into it. A picture
always has a sentence that says what it shows, for everybody to read, and a table with the same figures.
"""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from unicodedata import east_asian_width

from py_mini_racer import MiniRacer

from wholeschool.site.markup import HIDDEN, attribute, percent, text

# More rows than these nobody reads off a picture.
MOST_ROWS = 40
# So many Chinese characters have room beside the cells of a heat table, and above a bar.
_BESIDE, _ABOVE = 9, 20


def bars(finding: str, rows: Sequence[tuple[str, int]], unit: str) -> str:
    """A horizontal bar for each (name, count), as long as its part of the greatest; `finding` is its meaning."""
    drawn = [{"name": _short(name, _ABOVE), "count": count, "said": f"{count} {unit}"} for name, count in rows]
    return _figure(finding, "bars", rows=drawn)


def heat(finding: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float | str]]]) -> str:
    """A coloured table of percentages; a word says why there is none, e.g. that it is not published.

    Every cell also says its figure, so nothing depends on telling colours apart.
    """
    cells = [
        {"row": row, "column": column, **_share(share)}
        for row, (_, shares) in enumerate(rows)
        for column, share in enumerate(shares)
    ]
    names = [{"name": _short(name, _BESIDE)} for name, _ in rows]
    return _figure(finding, "heat", columns=[{"name": name} for name in columns], rows=names, cells=cells)


def trend(finding: str, points: Sequence[tuple[str, float | None]]) -> str:
    """A line through percentages, one for each round; a round without a published share leaves a gap."""
    drawn = [{"name": name, **_share(HIDDEN if share is None else share)} for name, share in points]
    return _figure(finding, "trend", points=drawn)


def _share(share: float | str) -> dict[str, object]:
    if isinstance(share, str):
        return {"share": None, "said": share}
    said = percent(share, 0)
    return {"share": int(said[:-1]), "said": said}


def _short(name: str, room: int) -> str:
    """A name in the room of so many Chinese characters: of a longer one both ends, as schools differ in either.

    The table below the picture has it whole.
    """
    if _width(name) <= room:
        return name
    left, right = name[: len(name) // 2], name[len(name) // 2 :]
    while _width(left) + 1 + _width(right) > room:
        left, right = (left[:-1], right) if len(left) >= len(right) else (left, right[1:])
    return f"{left}…{right}"


def _width(name: str) -> float:
    return sum(1 if east_asian_width(character) in "WFA" else 0.6 for character in name)


def _figure(finding: str, kind: str, **data: Sequence[Mapping[str, object]]) -> str:
    # One line: a blank one would end the HTML in the Markdown.
    drawn = " ".join(_artist().call("draw", kind, data).splitlines())
    # The picture's parts are hidden, as browsers read them out in spite of its role.
    picture = f'<div role="img" aria-label="{attribute(finding)}"><div aria-hidden="true">{drawn}</div></div>'
    return f'\n<figure class="ws-chart"><figcaption>{text(finding)}</figcaption>{picture}</figure>\n\n'


@cache
def _artist() -> MiniRacer:
    """V8 with Vega in it, and every kind of picture learnt; made once, as that takes longer than a picture."""
    folder, artist = Path(__file__).parent, MiniRacer()
    for script in ("vega.js", "draw.js"):
        artist.eval((folder / script).read_text("utf-8"))
    for kind in folder.glob("*.json"):
        artist.call("learn", kind.stem, json.loads(kind.read_text("utf-8")))
    return artist


def _rest() -> None:
    """V8 runs in threads of its own: left alone, they can keep this process or one that it forks from ending."""
    if _artist.cache_info().currsize:
        _artist().close()
        _artist.cache_clear()


atexit.register(_rest)
os.register_at_fork(before=_rest)

"""Static pictures of figures, made when the site is built: SVG that follows the page's width, colours and type.

A picture always has a sentence that says what it shows, for everybody to read, and a table with the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from wholeschool.site.markup import attribute, text

# More rows than these nobody reads off a picture.
MOST_ROWS = 40
ROW, BAR = 38, 10
CELL, PLOT = 34, 120
# Shares from here on are in the next darker of the five colours.
STEPS = (20, 40, 60, 80)
# Of the width: the names of a heat table's rows, and what a trend leaves free on both sides.
_NAMES, _EDGE = 34, 8


def bars(finding: str, rows: Sequence[tuple[str, int]], unit: str) -> str:
    """A horizontal bar for each (name, count), as long as its part of the greatest; `finding` is its meaning."""
    greatest = max((count for _, count in rows), default=0) or 1
    drawn = []
    for place, (name, count) in enumerate(rows):
        top = place * ROW
        drawn.append(
            f'<text x="0" y="{top + 15}">{attribute(name)}</text>'
            f'<text x="100%" y="{top + 15}" text-anchor="end">{count} {unit}</text>'
            f'<rect x="0" y="{top + 21}" width="100%" height="{BAR}" class="ws-track"/>'
            f'<rect x="0" y="{top + 21}" width="{count * 100 / greatest:.1f}%" height="{BAR}" class="ws-fill"/>'
        )
    return _figure(finding, len(rows) * ROW, drawn)


def heat(finding: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float | str]]]) -> str:
    """A coloured table of percentages; a word says why there is none, e.g. that it is not published.

    Every cell also says its figure, so nothing depends on telling colours apart.
    """
    width = (100 - _NAMES) / max(len(columns), 1)
    drawn = [
        f'<text x="{_NAMES + width * (place + 0.5):.2f}%" y="15" text-anchor="middle">{attribute(name)}</text>'
        for place, name in enumerate(columns)
    ]
    for number, (name, shares) in enumerate(rows):
        top = 24 + number * CELL
        drawn.append(f'<text x="0" y="{top + 21}">{attribute(_short(name))}</text>')
        for place, share in enumerate(shares):
            left = _NAMES + width * place
            look = "none" if isinstance(share, str) else str(sum(share >= step for step in STEPS))
            said = attribute(share) if isinstance(share, str) else f"{share:.0f}%"
            drawn.append(
                f'<rect x="{left + 0.25:.2f}%" y="{top}" width="{width - 0.5:.2f}%" height="{CELL - 4}"'
                f' class="ws-heat-{look}"/><text x="{left + width / 2:.2f}%" y="{top + 20}" text-anchor="middle"'
                f' class="ws-on-{look}">{said}</text>'
            )
    return _figure(finding, 24 + len(rows) * CELL, drawn)


def trend(finding: str, points: Sequence[tuple[str, float | None]]) -> str:
    """A line through percentages, one for each round; a round without a published share leaves a gap."""
    step = (100 - 2 * _EDGE) / max(len(points) - 1, 1)
    places = [
        (_EDGE + step * number, None if share is None else 20 + (100 - share) * PLOT / 100)
        for number, (_, share) in enumerate(points)
    ]
    drawn = [
        f'<line x1="0" y1="{height:.1f}" x2="100%" y2="{height:.1f}" class="ws-grid"/>'
        for height in (20, 20 + PLOT / 2, 20 + PLOT)
    ]
    for (left, above), (right, below) in pairwise(places):
        if above is not None and below is not None:
            drawn.append(
                f'<line x1="{left:.2f}%" y1="{above:.1f}" x2="{right:.2f}%" y2="{below:.1f}" class="ws-line"/>'
            )
    for (across, height), (name, share) in zip(places, points, strict=True):
        drawn.append(f'<text x="{across:.2f}%" y="{PLOT + 42}" text-anchor="middle">{attribute(name)}</text>')
        if height is None:
            drawn.append(f'<text x="{across:.2f}%" y="{PLOT / 2 + 20:.0f}" text-anchor="middle">不公布</text>')
        else:
            drawn.append(
                f'<circle cx="{across:.2f}%" cy="{height:.1f}" r="4" class="ws-fill"/>'
                f'<text x="{across:.2f}%" y="{height - 8:.1f}" text-anchor="middle">{share:.0f}%</text>'
            )
    return _figure(finding, PLOT + 50, drawn)


def _short(name: str) -> str:
    """A name that fits beside a heat table on a phone; the table below has it whole."""
    return name if len(name) <= 9 else f"{name[:8]}…"


def _figure(finding: str, height: int, drawn: Sequence[str]) -> str:
    picture = f'<svg role="img" aria-label="{attribute(finding)}" width="100%" height="{height}">{"".join(drawn)}</svg>'
    return f'\n<figure class="ws-chart"><figcaption>{text(finding)}</figcaption>{picture}</figure>\n\n'

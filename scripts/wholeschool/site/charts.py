"""Static pictures of figures, made when the site is built: SVG that follows the page's width, colours and type.

A picture always has a sentence that says what it shows, for everybody to read, and a table with the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from wholeschool.site.markup import attribute, text

ROW, BAR = 38, 10


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
    picture = (
        f'<svg role="img" aria-label="{attribute(finding)}" width="100%" height="{len(rows) * ROW}">'
        f"{''.join(drawn)}</svg>"
    )
    return f'\n<figure class="ws-chart"><figcaption>{text(finding)}</figcaption>{picture}</figure>\n\n'

"""One line of the benchmark's table."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """What was measured, our figure and the peer's (same unit, same run), and the target in words.

    `peer` is None for figures that stand by themselves, such as memory or file size.
    """

    what: str
    ours: float
    peer: float | None
    unit: str
    target: str

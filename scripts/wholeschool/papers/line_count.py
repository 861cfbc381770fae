"""How many lines a text takes in a cell. Programs that open a workbook do not fit the height of rows by themselves."""

from __future__ import annotations

HIGHEST = 400.0
"""Points; Excel shows no row higher than 409."""


def line_count(value: object, width: float) -> int:
    """About how many lines `value` takes in a column of so many (narrow) characters."""
    room = max(width - 1, 2)
    texts = str("" if value is None else value).split("\n")
    return sum(max(1, -int(-sum(1 + (each > "ÿ") for each in text) // room)) for text in texts)

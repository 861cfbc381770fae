"""What is to be said of a cell that was read: taken for something else, or not understood."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from wholeschool.personal_data import scan

LOOK = "请看一眼对不对"
_LONGEST = 30


class Remark(NamedTuple):
    """A sentence about a cell and what to do; a warning where it was taken for something, an error where it was not."""

    message: str
    hint: str
    severity: Literal["warning", "error"]


def taken(written: str, meant: str) -> Remark:
    """What is written was taken for `meant`."""
    return Remark(f"{quoted(written)}按“{meant}”导入", LOOK, "warning")


def unlike(pieces: Iterable[str], hint: str) -> Remark:
    """Pieces of a cell that mean nothing here."""
    return Remark(f"看不懂{'、'.join(map(quoted, pieces))}", hint, "error")


def quoted(written: str) -> str:
    """What is written, in quotation marks and not too long; personal numbers are never repeated."""
    text = " ".join(written.split())
    if next(scan(text), None):
        return "（内容已隐去）"
    return f"“{text if len(text) <= _LONGEST else f'{text[: _LONGEST - 2]}…'}”"

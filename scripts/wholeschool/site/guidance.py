"""The guidance itself, sentence by sentence (`guidance.yaml`), and what became of each.

Pages cite a clause for a number only where the clause says it: what was configured otherwise is not the guidance's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from wholeschool.records.structs import Standard
from wholeschool.site.markup import text

_FILE = Path(__file__).with_name("guidance.yaml")


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of the guidance: its clause, its words, and the requirements it became (a heading: none)."""

    clause: str
    words: str
    requirements: tuple[str, ...] = ()


@cache
def sentences() -> tuple[Sentence, ...]:
    """The whole guidance in its order."""
    return msgspec.yaml.decode(_FILE.read_bytes(), type=tuple[Sentence, ...])


def says(clause: str, words: str) -> bool:
    """Whether a clause has these very words."""
    return any(each.clause == clause and words in each.words for each in sentences())


def numbers_cited(standard: Standard) -> str:
    """Who asks for a programme's credits and hours."""
    hours = f"{standard.online_hours}学时网络研修、{standard.practice_hours}学时实践应用"
    return cited("附件1 二(五)2", f"不少于{standard.credits}学分", hours)


def cited(clause: str, *words: str) -> str:
    """A clause as a page cites it for what it says in these words; where it does not, that the programme says so."""
    return f"<cite>{text(clause)}</cite>" if all(says(clause, each) for each in words) else "（本工程的配置）"

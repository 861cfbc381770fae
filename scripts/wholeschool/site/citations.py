"""Clauses as pages cite them: for a number only where the guidance says it."""

from __future__ import annotations

from wholeschool.guidance import CONFIGURED, source_of
from wholeschool.records.structs import Standard


def cited(clause: str, first: str, *words: str) -> str:
    """A clause for what it says in these words; where it does not say them, that the programme does."""
    source = source_of(clause, first, *words)
    return f"（{CONFIGURED}）" if source == CONFIGURED else f"<cite>{source}</cite>"


def numbers_cited(standard: Standard) -> str:
    """Who asks for a programme's credits and hours."""
    hours = f"{standard.online_hours}学时网络研修、{standard.practice_hours}学时实践应用"
    return cited("附件1 二(五)2", f"不少于{standard.credits}学分", hours)

"""The register of what teachers handed in: one submission for each reviewed microability (附件1 四(一))."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.synthesis.calendar import Dates
from wholeschool.records.structs import Evidence, EvidenceItem, EvidenceSubmission, Review

_SHOWS_PUPILS = ("课堂实录片段", "学生体会")


def evidence(random: Random, sessions: Sequence[Review], when: Dates) -> Evidence | None:
    """What was handed in before the first review; what was made anew later is in the later session."""
    submissions: dict[tuple[str, str], EvidenceSubmission] = {}
    for session in sessions:
        for result in session.results:
            submissions.setdefault(
                (result.teacher, result.microability),
                EvidenceSubmission(
                    teacher=result.teacher,
                    microability=result.microability,
                    date=when.handed_in,
                    items=result.evidence,
                    original=True,
                    students=_students(random, result.evidence),
                ),
            )
    return Evidence(submissions=tuple(submissions.values())) if submissions else None


def _students(random: Random, items: Sequence[EvidenceItem]) -> str:
    if not any(item.form in _SHOWS_PUPILS for item in items):
        return "不涉及"
    return "已取得监护人同意" if random.random() < 0.25 else "已匿名"

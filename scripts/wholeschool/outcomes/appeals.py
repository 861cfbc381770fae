"""Appeals that nobody has decided yet, and by when somebody should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wholeschool.days import later
from wholeschool.programme import Programme, Unit
from wholeschool.records import Record
from wholeschool.records.structs import Appeal, Appeals


class Undecided(NamedTuple):
    """An appeal without a conclusion, whose to decide it is, and the last day for that (YYYY-MM-DD)."""

    unit: Unit
    record: Record[Appeals]
    appeal: Appeal
    due: str


def undecided(programme: Programme) -> Iterator[Undecided]:
    """All of them: due so many days after they came as the programme says, else by the end of their round."""
    days = programme.local.appeal_decision_days
    for unit, record in programme.each(Appeals):
        for appeal in record.data.appeals:
            if appeal.conclusion is None:
                last = later(appeal.received, days) if days else programme.span(record.year or 0)[1]
                yield Undecided(unit, record, appeal, last)

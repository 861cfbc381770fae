"""Dates of the round: every step of the five takes place in its season, on a working day."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.synthesis.specs import YEAR, Journey

# Public holidays of the year: Qingming, Labour Day, Dragon Boat, Mid-Autumn, National Day.
_HOLIDAYS = (
    (date(YEAR, 4, 4), date(YEAR, 4, 6)),
    (date(YEAR, 5, 1), date(YEAR, 5, 5)),
    (date(YEAR, 6, 19), date(YEAR, 6, 21)),
    (date(YEAR, 9, 25), date(YEAR, 9, 27)),
    (date(YEAR, 10, 1), date(YEAR, 10, 7)),
)


class Dates(NamedTuple):
    """When a school's steps took place (or would have), as YYYY-MM-DD.

    A survey and the training team's guidance come before the plan is submitted; `reviewed` are two days of sessions.
    """

    surveyed: str
    guided: str
    submitted: str
    approved: str
    consulted: str
    declared: str
    handed_in: str
    reviewed: tuple[str, str]
    checked: str
    rereviewed: str
    rechecked: str
    recognised: str


def dates(random: Random, journey: Journey) -> Dates:
    """A school's dates; one that has not come far started late."""
    late = journey <= Journey.FILED
    surveyed = _workday((date(YEAR, 10, 12) if late else date(YEAR, 3, 2)) + timedelta(random.randrange(8)))
    guided = _after(surveyed, 4 + random.randrange(6))
    submitted = _after(guided, 5 + random.randrange(6))
    approved = _after(submitted, 5 + random.randrange(5))
    consulted = _after(date(YEAR, 4, 15), random.randrange(8))
    declared = _after(consulted, 2 + random.randrange(8))
    rectified = journey is Journey.RECTIFIED
    review = _after(date(YEAR, 9, 7), random.randrange(5 if rectified else 12))
    second = _after(review, 1 + random.randrange(4))
    checked = _after(second, 7 + random.randrange(5))
    rereviewed = _after(checked, 14 + random.randrange(4))
    return Dates(
        surveyed=surveyed.isoformat(),
        guided=guided.isoformat(),
        submitted=submitted.isoformat(),
        approved=approved.isoformat(),
        consulted=consulted.isoformat(),
        declared=declared.isoformat(),
        handed_in=_workday(review - timedelta(6)).isoformat(),
        reviewed=(review.isoformat(), second.isoformat()),
        checked=checked.isoformat(),
        rereviewed=rereviewed.isoformat(),
        rechecked=_after(rereviewed, 9 + random.randrange(4)).isoformat(),
        recognised=date(YEAR, 11, 10).isoformat(),
    )


def _after(day: date, days: int) -> date:
    return _workday(day + timedelta(days))


def _workday(day: date) -> date:
    """`day`, or the first working day after it."""
    while day.weekday() > 4 or any(first <= day <= last for first, last in _HOLIDAYS):
        day += timedelta(1)
    return day

"""Days as records write them (YYYY-MM-DD), by the calendar in Beijing, whatever the machine's zone.

The present day is read here, by what people start; everything below takes a day as an argument.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

FOREVER = "9999-12-31"
"""A day after every other: what has no end lasts until then."""
_FIRST = date.min.isoformat()
_BEIJING = timezone(timedelta(hours=8))


def today() -> str:
    """The present day in Beijing."""
    return datetime.now(_BEIJING).date().isoformat()


def holds(since: str | None, day: str, until: str | None) -> bool:
    """Whether a day lies in a term, both ends of it inclusive; a term without an end has none. Where nobody says which
    day it is (empty), any does."""
    return not day or (since or "") <= day <= (until or FOREVER)


def later(day: str, days: int) -> str:
    """The day (YYYY-MM-DD) that comes so many days after another, or before it where they are less than none.

    `FOREVER` behind the end of the calendar and where `day` is none; the calendar's first day before its beginning.
    """
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return FOREVER if days >= 0 else _FIRST


def day_before(day: str) -> str:
    """The day before a day, both YYYY-MM-DD; see `later`."""
    return later(day, -1)


def day_after(day: str) -> str:
    """The day after a day, both YYYY-MM-DD; see `later`."""
    return later(day, 1)


def years_later(day: str, years: int) -> str:
    """The same day (YYYY-MM-DD) of a later year; of 29 February the 28th, where that year has none."""
    year, month, number = int(day[:4]) + years, int(day[5:7]), int(day[8:])
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return date(year, month, 28).isoformat() if year <= date.max.year else FOREVER


def day_at(seconds: float) -> str:
    """The day in Beijing at a moment, in seconds since 1970 as Git counts them; `FOREVER` where no calendar goes."""
    try:
        return datetime.fromtimestamp(seconds, _BEIJING).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return FOREVER

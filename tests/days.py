"""Days of tests that depend on the present one, which is Beijing's whatever the machine's zone."""

from __future__ import annotations

from datetime import date, timedelta

from wholeschool.days import today


def in_days(days: int) -> str:
    """The day so many days from now."""
    return (date.fromisoformat(today()) + timedelta(days)).isoformat()

"""Days are reckoned with to both ends of the calendar, whatever a record says."""

from __future__ import annotations

import pytest

from wholeschool.days import FOREVER, day_after, day_before, later, years_later


def test_days_and_years_are_added() -> None:
    assert later("2026-12-30", 3) == "2027-01-02"
    assert later("2026-03-01", -1) == day_before("2026-03-01") == "2026-02-28"
    assert day_after("2028-02-28") == "2028-02-29"
    assert years_later("2028-02-29", 1) == "2029-02-28"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-28"])
def test_every_day_has_a_day_before_and_after_it(day: str) -> None:
    assert day_before(day) <= day <= day_after(day)
    assert later(day, 10_000_000) == years_later(day, 10_000) == FOREVER
    assert later(day, -10_000_000) == "0001-01-01"

"""Hours, derived from activities (附件1 二(五)2)."""

from __future__ import annotations

from collections.abc import Mapping

from wholeschool.programme import YearOfSchool
from wholeschool.records.structs import Activities

EVERYBODY = "全体"


def derived_hours(year: YearOfSchool) -> Mapping[str, tuple[float, float]]:
    """Online and practice hours of each teacher number, summed over the school's activities."""
    totals: dict[str, list[float]] = {}
    for record in year.school.all(Activities, year=year.year):
        for activity in record.data.activities:
            column = 0 if activity.hours.kind == "网络研修" else 1
            numbers = year.teachers if EVERYBODY in activity.participants else activity.participants
            for number in numbers:
                totals.setdefault(number, [0.0, 0.0])[column] += activity.hours.count
    return {number: (online, practice) for number, (online, practice) in totals.items()}

"""Hours, derived from activities (附件1 二(五)2), and how much of online study is to be believed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from wholeschool.programme import Programme, YearOfSchool
from wholeschool.records.structs import Activities, Activity

EVERYBODY = "全体"


def derived_hours(year: YearOfSchool) -> Mapping[str, tuple[float, float]]:
    """Online and practice hours of each teacher number, summed over the school's activities."""
    totals: dict[str, list[float]] = {}
    for record in year.school.all(Activities, year=year.year):
        for activity in record.data.activities:
            if activity.hours is None:  # the round's guidance counts none
                continue
            column = 0 if activity.hours.kind == "网络研修" else 1
            for number in participants(year, activity):
                totals.setdefault(number, [0.0, 0.0])[column] += activity.hours.count
    return {number: (online, practice) for number, (online, practice) in totals.items()}


def participants(year: YearOfSchool, activity: Activity) -> Collection[str]:
    """The numbers of those who took part in an activity.

    全体 are those of the school who were there on that day: who only helps out is named.
    """
    if EVERYBODY not in activity.participants:
        return activity.participants
    return [number for number, teacher in year.present(activity.date).items() if not teacher.home]


class Limits(NamedTuple):
    """Beyond what hours of online study are doubted: `local.online_hours`, else this project's numbers.

    `daily` hours a day; `minutes` of an hour of study, at least; so many people `together` begin and end in one minute;
    from the hour `night_from` to the hour `night_until` people sleep. The guidance has no such numbers.
    """

    daily: float = 10
    minutes: int = 45
    together: int = 10
    night_from: int = 23
    night_until: int = 5


def limits(programme: Programme) -> Limits:
    """The limits of a programme."""
    local = programme.local.online_hours
    said = {name: value for name in Limits._fields if local and (value := getattr(local, name)) is not None}
    return Limits(**said)


def sources(year: YearOfSchool, number: str) -> list[str]:
    """Where a teacher's hours of online study come from: of each export the provider, the period and the file."""
    return [
        f"{data.provider}，{data.from_} 至 {data.until}，{data.file.name}（SHA-256 {data.file.digest[:12]}…）"
        for data in (claim.record.data for claim in year.claims.get(number, ()))
    ]

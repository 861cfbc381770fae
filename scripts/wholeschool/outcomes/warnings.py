"""Early warnings for a county's teachers on a given day, from records and process data.

The guidance asks for precise diagnosis and timely intervention and gives no thresholds: those are the programme's own
(`local.warnings`), and a kind of warning without its threshold is not given. The result names teachers and is for the
county office only; no page shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from wholeschool.outcomes.rates import has_chosen, is_assessed, is_exempt, is_trained
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.years import Hours
from wholeschool.records.structs import ProcessData, RoundSettings, Standard, Teacher, WarningThresholds


class Alert(msgspec.Struct, frozen=True):
    """What needs attention: the school, the teacher's number, the kind, and what is the matter."""

    school: str
    teacher: str
    kind: str
    message: str


def warnings(programme: Programme, county: Unit, year: int, today: date) -> list[Alert]:
    """Everything that needs attention in a county's round on a day, by school and roster order."""
    thresholds = programme.local.warnings
    rounds = programme.settings.data.rounds if programme.settings else ()
    round_ = next((each for each in rounds if each.year == year), None)
    if thresholds is None or round_ is None:
        return []
    last = _last_seen(county, year, today)
    return [
        Alert(school.school.name, teacher.number, kind, message)
        for school in programme.county_year(county, year).taking_part
        if not school.school.closed
        for teacher in school.counted.values()
        if not is_exempt(teacher)
        for kind, message in _about(programme, school, teacher, round_, thresholds, last.get(teacher.number), today)
    ]


def _last_seen(county: Unit, year: int, today: date) -> Mapping[str, date]:
    """The last day, up to today, of which process data tells about each teacher."""
    found: dict[str, date] = {}
    for record in county.all(ProcessData, year=year):
        for event in record.data.events:
            day = date.fromisoformat(event.date)
            if day <= today:
                found[event.teacher] = max(found.get(event.teacher, day), day)
    return found


def _about(
    programme: Programme,
    school: YearOfSchool,
    teacher: Teacher,
    round_: RoundSettings,
    thresholds: WarningThresholds,
    last: date | None,
    today: date,
) -> Iterator[tuple[str, str]]:
    starts, ends = date.fromisoformat(round_.starts), date.fromisoformat(round_.ends)
    left = (ends - today).days
    standard, trained = programme.standard(school.year), is_trained(programme, school, teacher)
    soon = thresholds.days_before is not None and 0 <= left <= thresholds.days_before
    if soon and not has_chosen(programme, school, teacher):
        yield "未选学", f"离本轮结束还有 {left} 天，所选微能力不到 {standard.credits} {programme.counts(school.year)}"
    if thresholds.idle_days is not None and not trained and starts <= today <= ends:
        idle = (today - max(last or starts, starts)).days
        if idle >= thresholds.idle_days:
            yield "久未学习", f"{idle} 天没有学习记录" + ("" if last else "（本轮还没有过）")
    if thresholds.hours_share is not None and not trained and starts <= today:
        elapsed = min(1.0, (today - starts).days / max((ends - starts).days, 1)) * 100
        progress = _progress(standard, school.hours_by_the_papers(teacher)) * 100
        if elapsed - progress > thresholds.hours_share:
            yield "学时滞后", f"学时进度 {progress:.0f}%，时间已过 {elapsed:.0f}%"
    if soon and teacher.choices and not is_assessed(programme, school, teacher):
        yield "未评审", f"离本轮结束还有 {left} 天，还没有评审结果"


def _progress(standard: Standard, hours: Hours) -> float:
    """How much of the hours is done, 0 to 1; hours of one kind beyond its own share do not make up for the other."""
    wanted = standard.online_hours + standard.practice_hours
    if not wanted:
        return 1.0
    return (min(hours.online, standard.online_hours) + min(hours.practice, standard.practice_hours)) / wanted

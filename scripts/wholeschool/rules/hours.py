"""Hours: 30 online and 30 of practice, each by itself, practice no less than half."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.programme import Programme
from wholeschool.programme.years import Hours
from wholeschool.records.structs import Standard, Teacher
from wholeschool.rules.choices import by_the_standard
from wholeschool.rules.registry import Breach, rule


def _lacking(standard: Standard, teacher: Teacher, hours: Hours) -> list[str]:
    if not standard.online_hours and not standard.practice_hours:
        return []
    if teacher.hours is None and not hours.online and not hours.practice:
        return ["没有记录学时"]
    return [
        f"{title} {_number(got)} 学时，少 {_number(wanted - got)} 学时"
        for title, got, wanted in (
            ("网络研修", hours.online, standard.online_hours),
            ("实践应用", hours.practice, standard.practice_hours),
        )
        if got < wanted
    ]


@rule(
    "HOURS-ENOUGH",
    "paper",
    authority="本工程的配置（policy.yaml 的 standard.online_hours）；"
    "本工程的配置（policy.yaml 的 standard.practice_hours）；"
    "本项目的约定（两样分别计算，到评审时查）",
    presupposes=("HOURS-DERIVED",),
    asks="hours",
)
def both_kinds_of_hours_are_enough(programme: Programme) -> Iterator[Breach]:
    """参加评审的教师，网络研修和实践应用各满要求的学时，分别计算，不能互抵。

    先研修、再实践、后评审。还没有评审的教师学时不满不算错，进度页上看得到。
    """
    for year, roster, teacher in programme.reviewed_teachers():
        hours = year.hours_by_the_papers(teacher)
        if lacking := _lacking(programme.standard(roster.year), teacher, hours):
            at = roster.at(teacher, "hours") if teacher.hours else roster.at(teacher)
            measure = by_the_standard(programme, roster.year, "online_hours", "practice_hours")
            message, hint = f"已经评审，但{'；'.join(lacking)}", "补记漏记的学时；没有学满的，学满后再评审"
            yield at, message, hint, None, "", measure


@rule(
    "HOURS-PRACTICE",
    "paper",
    authority="本工程的配置（policy.yaml 的 standard.practice_share）；"
    "本项目的约定（原文没有写怎样算；按应修总学时算）",
    presupposes=("HOURS-DERIVED", "HOURS-ENOUGH"),
    asks="hours",
)
def practice_is_half(programme: Programme) -> Iterator[Breach]:
    """实践应用学时占应修总学时的比例达到标准。

    学了要用。要求的是应修的学时里有这么多是确有实效的实践，多参加网络研修不算错；
    实践的凭证见 ACTIVITY-EVIDENCE。
    """
    for year, roster, teacher in programme.reviewed_teachers():
        hours, standard = year.hours_by_the_papers(teacher), programme.standard(roster.year)
        if _lacking(standard, teacher, hours):
            continue
        share, total = standard.practice_share, standard.online_hours + standard.practice_hours
        if hours.practice * 100 < share * total:
            wanted = share * total / 100
            needed = f"应修 {total} 学时的 {share}%，即 {_number(wanted)} 学时"
            message = f"实践应用 {_number(hours.practice)} 学时，应不少于{needed}"
            at = roster.at(teacher, "hours", "practice") if teacher.hours else roster.at(teacher)
            hint = "补上实践应用的学时和证据"
            yield (
                at,
                message,
                hint,
                None,
                "",
                by_the_standard(programme, roster.year, "practice_share", "practice_hours"),
            )


def _number(value: float) -> str:
    return f"{value:g}"

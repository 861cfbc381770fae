"""School-based study around the plan: the survey before it, the scheme after it, activities and the hours they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from tests.synthesis import texts
from tests.synthesis.calendar import Dates
from tests.synthesis.specs import YEAR, Journey, SchoolSpec
from wholeschool.records.structs import (
    Activities,
    Activity,
    ActivityHours,
    Community,
    PlanComment,
    Scheme,
    StudyArrangement,
    Survey,
    Teacher,
)

PROVIDER = "示例师范学院继续教育学院"
EVERYBODY = ("全体",)
_TYPES = {"完全中学": "高中", "九年一贯制学校": "小学", "十二年一贯制学校": "初中"}


def survey(random: Random, school: SchoolSpec, when: Dates) -> Survey:
    """What the school asked its teachers before it planned (附件1 二(五)1)."""
    words = texts.study()
    findings = words.findings[_TYPES.get(school.type, school.type)]
    comments = random.sample(words.comments, random.randint(1, 3))
    return Survey(
        date=when.surveyed,
        invited=school.teachers,
        answered=school.teachers - random.choice((0, 0, 0, min(1, school.teachers - 1))),
        findings=tuple(random.sample(findings, min(len(findings), 3))),
        comments=tuple(
            PlanComment(from_="教师", content=comment.content, handling=comment.handling, reply=comment.reply)
            for comment in comments
        ),
    )


def scheme(random: Random, school: SchoolSpec, themes: Sequence[str], teachers: Sequence[Teacher]) -> Scheme:
    """How the school organises study (附件1 三(二)2)."""
    words = texts.study()
    backbone, dean = teachers[min(3, len(teachers) - 1)].name, teachers[min(2, len(teachers) - 1)].name
    return Scheme(
        theme=themes[0],
        community=Community(
            backbone=random.choice(words.community["backbone"]), groups=random.choice(words.community["groups"])
        ),
        arrangements=(
            _arranged("4–5 月", "各教研组集体备课，选定研磨的课", "互助研讨", 6, dean),
            _arranged("6–8 月", "骨干带头上研磨课，看实录，改教案", "应用研磨", 16, backbone),
            _arranged("9 月", "全校交流展示，整理课例", "生成与展示", 8, dean),
        ),
        incentive=random.choice(words.incentive),
        assurance=random.choice(words.assurance),
    )


def _arranged(when: str, content: str, kind: str, hours: float, person: str) -> StudyArrangement:
    return StudyArrangement(when=when, content=content, kind=kind, hours=hours, person=person)


def activities(school: SchoolSpec, themes: Sequence[str], teachers: Sequence[Teacher]) -> Activities | None:
    """What has taken place so far. In a school that has come to the reviews everybody has 30 + 30 hours."""
    if school.journey < Journey.CHOOSING:
        return None
    done = _done(school, themes, teachers)
    if school.journey is Journey.CHOOSING:
        done = done[:3]
    elif school.journey is Journey.PRACTISING:
        done = [activity for activity in done if activity.date < f"{YEAR}-07"]
    return Activities(activities=tuple(done))


def hours(activities: Activities | None, teachers: Sequence[Teacher]) -> Mapping[str, tuple[float, float]]:
    """Online and practice hours of every teacher number, as they follow from the activities."""
    totals = {teacher.number: [0.0, 0.0] for teacher in teachers}
    for activity in activities.activities if activities else ():
        assert activity.hours is not None
        column = 0 if activity.hours.kind == "网络研修" else 1
        for number in totals if activity.participants == EVERYBODY else activity.participants:
            totals[number][column] += activity.hours.count
    return {number: (online, practice) for number, (online, practice) in totals.items()}


def _done(school: SchoolSpec, themes: Sequence[str], teachers: Sequence[Teacher]) -> list[Activity]:
    groups: dict[str, list[str]] = {}
    for teacher in teachers:
        groups.setdefault(teacher.group or "", []).append(teacher.number)
    backbone = tuple(teacher.number for teacher in teachers if teacher.backbone)
    last = themes[-1]
    found = [
        _online(f"{YEAR}-04-20", "网络研修第一阶段：自选微能力课程", 16, "教师工作坊"),
        Activity(
            date=f"{YEAR}-04-29",
            theme=f"专题研讨：{themes[0]}",
            kind="互助研讨",
            form="教学案例研讨",
            link="学校交流",
            mode="线下",
            hours=ActivityHours(kind="实践应用", count=8),
            participants=EVERYBODY,
            evidence=("签到表", "案例研讨记录"),
        ),
    ]
    found += _meetings(_PREPARING, groups)
    found.append(_online(f"{YEAR}-07-13", "网络研修第二阶段：作业与线上研讨", 14, "研修社区"))
    found += _meetings(_POLISHING, groups)
    if backbone:
        found.append(
            Activity(
                date=f"{YEAR}-06-24",
                theme="骨干教师示范课与一对一指导",
                kind="应用研磨",
                form="公开课",
                link="骨干指导",
                mode="线下",
                hours=ActivityHours(kind="实践应用", count=4),
                participants=backbone,
                evidence=("示范课教学设计", "指导记录"),
            )
        )
    found.append(
        Activity(
            date=f"{YEAR}-09-02",
            theme=f"成果交流：{last}",
            kind="生成与展示",
            form="作品展示",
            link="学校交流",
            mode="线下",
            hours=ActivityHours(kind="实践应用", count=8),
            participants=EVERYBODY,
            evidence=("展示课例目录", "签到表"),
        )
    )
    return sorted(found, key=lambda activity: activity.date)


def _online(date: str, theme: str, count: int, channel: str) -> Activity:
    return Activity(
        date=date,
        theme=theme,
        form="网络课程",
        channel=channel,
        mode="线上",
        hours=ActivityHours(kind="网络研修", count=count),
        provider=PROVIDER,
        participants=EVERYBODY,
        evidence=("平台学习记录",),
    )


class _Meeting(NamedTuple):
    """What every group does in a certain week."""

    date: str
    kind: str
    form: str
    link: str
    hours: float
    evidence: str


_PREPARING = _Meeting(f"{YEAR}-05-19", "互助研讨", "集体备课", "教研组研讨", 6, "集体备课记录和两版教学设计")
_POLISHING = _Meeting(f"{YEAR}-06-16", "应用研磨", "课堂实录分析", "骨干指导", 8, "研磨课实录和听课记录")


def _meetings(meeting: _Meeting, groups: Mapping[str, Sequence[str]]) -> Iterator[Activity]:
    for place, (name, members) in enumerate(groups.items()):
        day = int(meeting.date[-2:]) + place % 3  # groups meet on different days of the week
        yield Activity(
            date=f"{meeting.date[:-2]}{day:02}",
            theme=f"{name}{meeting.form}",
            kind=meeting.kind,
            form=meeting.form,
            link=meeting.link,
            mode="线下",
            group=name,
            hours=ActivityHours(kind="实践应用", count=meeting.hours),
            participants=tuple(members),
            evidence=(meeting.evidence,),
        )

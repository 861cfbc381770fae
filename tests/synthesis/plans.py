"""A school's development plan, and what it offers to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from tests.synthesis import texts
from tests.synthesis.calendar import Dates
from tests.synthesis.lessons import abilities_of
from tests.synthesis.specs import MULTIMEDIA, YEAR, SchoolSpec
from wholeschool.records.structs import (
    EnvironmentState,
    Goal,
    Guidance,
    Member,
    Microability,
    Plan,
    Teacher,
    TrainingItem,
)

_BASIC = 7
_TYPES = {"完全中学": "高中", "九年一贯制学校": "小学", "十二年一贯制学校": "初中"}
_MONTHS = ("4 月第 3 周", "5 月", "6 月", "8 月集中两天", "9 月", "10 月")


def offered(random: Random, school: SchoolSpec, table: Mapping[str, Microability]) -> list[Microability]:
    """Between ten and sixteen microabilities that the school's environments allow, in the table's order.

    At least seven are of the multimedia environment, so that branch schools, which have no other, can choose enough.
    """
    if school.offered:
        return [table[code] for code in school.offered]
    known = abilities_of(school)
    fitting = [
        ability for ability in table.values() if ability.environment in school.environments and ability.code in known
    ]
    basic = random.sample([ability for ability in fitting if ability.environment == MULTIMEDIA], _BASIC)
    others = [ability for ability in fitting if ability not in basic]
    more = random.sample(others, min(len(others), random.randint(3, 9)))
    chosen = {ability.code for ability in (*basic, *more)}
    return [ability for ability in fitting if ability.code in chosen]


def words_for(school: SchoolSpec) -> texts.PlanTexts:
    """The sentences that suit this type of school."""
    return texts.plans()[_TYPES.get(school.type, school.type)]


def plan(
    random: Random,
    school: SchoolSpec,
    teachers: Sequence[Teacher],
    abilities: Sequence[Microability],
    when: Dates,
    guide: tuple[str, Sequence[Member]],
) -> Plan:
    """The plan; `guide` is the path and the members of the training team that helped."""
    words = words_for(school)
    leaders = [teacher.name for teacher in teachers[:4]]
    deadline = f"{YEAR}-12-18" if when.submitted < f"{YEAR}-09" else f"{YEAR + 1}-06-18"
    team, members = guide
    outside = [member for member in members if member.unit != school.name]
    return Plan(
        submitted=when.submitted,
        development=random.choice(words.development),
        environments=tuple(
            EnvironmentState(environment=name, state=random.choice(texts.environments()[name]))
            for name in school.environments
        ),
        needs=random.choice(words.needs),
        goals=tuple(_goal(random, text, deadline, random.choice(leaders)) for text in words.goals),
        offered=tuple(ability.code for ability in abilities),
        themes=words.themes,
        training=_training(random, words.themes, leaders, late=when.submitted > f"{YEAR}-09"),
        guided_by=Guidance(
            team=team,
            members=tuple(member.name for member in random.sample(outside, 2)),
            date=when.guided,
            opinion=random.choice(words.guidance),
        ),
        assessment=(
            "教师在教研组协商后申报，材料按所选微能力逐项提交；评审组由校内外人员组成，每项写出结论和实践建议，"
            "结果在校内公示五个工作日后报县工程办。"
        ),
        safeguards="校长负总责，教导处按月检查目标进展；设备报修两个工作日内响应；骨干教师指导计入工作量。",
    )


def _goal(random: Random, text: texts.GoalText, deadline: str, person: str) -> Goal:
    low = random.randrange(15, 46)
    fill = {"low": low, "high": min(95, low + random.randrange(20, 46))}
    return Goal(
        goal=text.goal,
        for_=text.for_,
        baseline=text.baseline.format(**fill),
        target=text.target.format(**fill),
        measure=text.measure,
        deadline=deadline,
        person=person,
    )


def _training(random: Random, themes: Sequence[str], leaders: Sequence[str], *, late: bool) -> tuple[TrainingItem, ...]:
    months = ("次年 3 月", "次年 4 月", "次年 5 月") if late else _MONTHS
    items = [
        TrainingItem(theme="网络研修：围绕自选微能力学习课程并完成作业", mode="线上", hours=30, when="各人按任务单")
    ]
    for theme, month in zip(themes, months, strict=False):
        items.append(
            TrainingItem(
                theme=f"专题研修：{theme}",
                mode=random.choice(("线下", "混合")),
                hours=random.choice((4, 6, 8)),
                when=month,
                person=random.choice(leaders),
            )
        )
    items.append(TrainingItem(theme="课例研磨与成果展示", mode="线下", hours=18, when=months[-1], person=leaders[-1]))
    return tuple(items)

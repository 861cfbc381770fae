"""Who teaches at a school: people with subjects and groups, their choices, goals, hours and exemptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from random import Random

import msgspec

from tests.synthesis import groups, texts
from tests.synthesis.calendar import Dates
from tests.synthesis.lessons import abilities_of, lesson_title, pieces, topic_of
from tests.synthesis.names import Namer, is_womans
from tests.synthesis.specs import Journey, SchoolSpec
from wholeschool.records.structs import Exemption, Hours, Member, Microability, Task, Teacher

CREDITS = 20
_EXEMPT, _UNDECIDED = 0.04, 0.35  # shares of teachers
_SEASONS = ("5 月", "5–6 月", "6 月", "6–8 月", "9 月上旬前")

# Stages of each type of school, with the share of teachers in percent.
_STAGES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "幼儿园": (("幼儿园", 100),),
    "小学": (("小学", 100),),
    "初中": (("初中", 100),),
    "高中": (("高中", 100),),
    "完全中学": (("初中", 55), ("高中", 45)),
    "九年一贯制学校": (("小学", 60), ("初中", 40)),
    "十二年一贯制学校": (("小学", 45), ("初中", 30), ("高中", 25)),
    "中职": (("中职", 100),),
    "特殊教育学校": (("小学", 100),),
}
_LEADERS = ("校长", "业务副校长", "教导主任", "信息技术骨干教师", "其他")
_REASONS = (  # the first is for women only
    ("产假", None),
    ("病假", "长期病假，证明存学校"),
    ("临近退休", "本年度办理退休"),
    ("外出支教", "参加县际支教一年"),
    ("借调", "借调县教育局工作至年底"),
    ("进修学习", "脱产进修"),
)


def staff(random: Random, school: SchoolSpec, namer: Namer) -> list[Teacher]:
    """The bare roster: numbers, names, subjects, stages, groups. The first ones are the school's leaders."""
    names = [*(namer() for _ in range(school.teachers - len(school.given_names))), *school.given_names]
    posts: list[tuple[str, str]] = []
    left = school.teachers
    for place, (stage, share) in enumerate(stages := _STAGES[school.type]):
        count = left if place == len(stages) - 1 else round(school.teachers * share / 100)
        left -= count
        subjects = texts.subjects()[school.type if school.type == "特殊教育学校" else stage]
        posts += [(subject, stage) for subject in islice(cycle(subjects), count)]
    teachers = []
    for serial, (name, (subject, stage)) in enumerate(zip(names, posts, strict=True), start=1):
        teachers.append(
            Teacher(
                number=f"{school.code}{serial:04}",
                name=name,
                subject=subject,
                stage=stage,
                group=groups.name_of(school, len(stages), subject, stage, serial),
                backbone=serial == 4 or (serial > 4 and random.random() < 0.1),
            )
        )
    return teachers


def management(school: SchoolSpec, teachers: Sequence[Teacher]) -> list[Member]:
    """The school's management team, led by its principal (附件1 三(一)2); a small school has but three members."""
    if school.teachers <= 8:
        roles: tuple[str, ...] = (_LEADERS[0], _LEADERS[2], _LEADERS[3])
    else:
        roles = _LEADERS if school.teachers > 24 else _LEADERS[:4]
    head = "园长" if school.type == "幼儿园" else "校长"
    positions = {"校长": head, "业务副校长": f"副{head}", "教导主任": "保教主任" if head == "园长" else "教导主任"}
    return [
        Member(
            name=teacher.name,
            duty=("负责人",) if role == "校长" else ("联络人",) if role == "教导主任" else (),
            role=role,
            position=positions.get(role, "教研组长" if role == "其他" else "教师"),
            teacher=teacher.number,
            subject=teacher.subject,
        )
        for role, teacher in zip(roles, teachers, strict=False)
    ]


def choose(random: Random, open_to: Sequence[Microability]) -> tuple[str, ...]:
    """Microabilities of enough credits out of `open_to`, in the table's order; some people choose one more."""
    wanted = CREDITS + random.choice((0, 0, 0, 5))
    picked: set[str] = set()
    total = 0
    for ability in random.sample(open_to, len(open_to)):
        if total >= wanted:
            break
        picked.add(ability.code)
        total += ability.credits
    return tuple(ability.code for ability in open_to if ability.code in picked)


def work(
    random: Random,
    school: SchoolSpec,
    teachers: Sequence[Teacher],
    open_to: Sequence[Microability],
    hours: Mapping[str, tuple[float, float]],
    when: Dates,
) -> list[Teacher]:
    """The roster with what everybody has done so far; `hours` are those the activities give."""
    if school.journey < Journey.CHOOSING:
        return list(teachers)
    advisers = [member.name for member in management(school, teachers)] if not school.center else []
    principal = teachers[0].name
    worked = []
    for serial, teacher in enumerate(teachers):
        if serial > 4 and teacher.name not in school.given_names and random.random() < _EXEMPT:
            reason, note = random.choice(_REASONS if is_womans(teacher.name) else _REASONS[1:])
            exempt = Exemption(reason=reason, note=note, approved_by=principal, date=when.approved)
            worked.append(replace(teacher, exempt=exempt))
            continue
        online, practice = hours[teacher.number]
        teacher = replace(teacher, hours=Hours(online=online, practice=practice))
        if school.journey is Journey.CHOOSING and random.random() < _UNDECIDED:
            worked.append(teacher)
            continue
        adviser = random.choice([name for name in advisers if name != teacher.name] or [principal])
        worked.append(_chosen(random, school, replace(teacher, adviser=adviser), open_to, when))
    return worked


def _chosen(
    random: Random, school: SchoolSpec, teacher: Teacher, open_to: Sequence[Microability], when: Dates
) -> Teacher:
    """`teacher` with choices, goal and task sheet, and with what follows where the school has come further."""
    choices = choose(random, open_to)
    words = abilities_of(school)
    topic = topic_of(teacher)
    first = random.choice(choices)
    changed = replace(
        teacher,
        choices=choices,
        goal=random.choice(words[first].goals).format(topic=topic),
        task_sheet=tuple(_task(random, school, teacher, code) for code in choices),
    )
    if school.journey >= Journey.PRACTISING:
        changed = replace(changed, declared=when.declared)
    if school.journey >= Journey.REVIEWING:
        reflections = texts.reflections()
        looking_back = reflections.get(school.type, reflections["学校"])
        title = lesson_title(school.type, topic)
        changed = replace(
            changed,
            reflection=random.choice(looking_back[first]).format(topic=topic),
            lesson=f"{title}（体现 {first}）",
        )
    return changed


def _task(random: Random, school: SchoolSpec, teacher: Teacher, code: str) -> Task:
    form, _, product = pieces(school, teacher, code)[0].partition("|")
    goal = random.choice(abilities_of(school)[code].goals)
    return Task(
        microability=code,
        task=goal.format(topic=topic_of(teacher)).rstrip("。"),
        when=random.choice(_SEASONS),
        product=f"{form}：{product}",
    )


def replace(teacher: Teacher, **changes: object) -> Teacher:
    """`teacher` with some fields changed."""
    return msgspec.structs.replace(teacher, **changes)

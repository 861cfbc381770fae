"""Who teaches at a school: people with subjects and groups, their choices, goals, hours and exemptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from random import Random

from tests.synthesis import texts
from tests.synthesis.calendar import Dates
from tests.synthesis.names import Namer
from tests.synthesis.specs import Journey, SchoolSpec
from wholeschool.records.structs import Exemption, Hours, Member, Microability, Teacher

CREDITS = 20
HOURS = 30

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
_MAIN_GROUPS = ("语文", "数学", "英语")
_SCIENCE = ("物理", "化学", "生物", "科学", "信息科技", "信息技术", "通用技术", "地理")
_LEADERS = ("校长", "业务副校长", "教导主任", "信息技术骨干教师", "其他")
_REASONS = (
    ("产假", None),
    ("病假", "术后休养，县医院证明已交学校"),
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
                group=_group(random, school, subject, stage, serial),
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


def choose(random: Random, open_to: Sequence[Microability], wanted: int = CREDITS) -> tuple[str, ...]:
    """Microabilities of at least `wanted` credits out of `open_to`, in the table's order; no more than necessary."""
    picked: set[str] = set()
    total = 0
    for ability in random.sample(open_to, len(open_to)):
        if total >= wanted:
            break
        picked.add(ability.code)
        total += ability.credits
    return tuple(ability.code for ability in open_to if ability.code in picked)


def topic_of(random: Random, school: SchoolSpec, teacher: Teacher) -> str:
    """A lesson of the teacher's subject."""
    stage = "特殊教育学校" if teacher.subject == "生活适应" else teacher.stage
    return random.choice(texts.topics()[stage][teacher.subject])


def abilities_of(school: SchoolSpec) -> Mapping[str, texts.Ability]:
    """The texts that suit this type of school."""
    return texts.preschool_abilities() if school.type == "幼儿园" else texts.abilities()


def work(
    random: Random, school: SchoolSpec, teachers: Sequence[Teacher], open_to: Sequence[Microability], when: Dates
) -> list[Teacher]:
    """The roster with what everybody has done so far."""
    if school.journey < Journey.CHOOSING:
        return list(teachers)
    advisers = [member.name for member in management(school, teachers)] if not school.center else []
    principal = teachers[0].name
    return [
        _work(random, school, teacher, open_to, when, advisers or [principal], principal, serial)
        for serial, teacher in enumerate(teachers)
    ]


def _work(
    random: Random,
    school: SchoolSpec,
    teacher: Teacher,
    open_to: Sequence[Microability],
    when: Dates,
    advisers: Sequence[str],
    principal: str,
    serial: int,
) -> Teacher:
    changes: dict[str, object] = {}
    if serial > 4 and teacher.name not in school.given_names and random.random() < 0.04:
        reason, note = random.choice(_REASONS)
        exempt = Exemption(reason=reason, note=note, approved_by=principal, date=when.approved)
        return _with(teacher, exempt=exempt)
    undecided = school.journey is Journey.CHOOSING and random.random() < 0.35
    if undecided:
        return teacher
    choices = choose(random, open_to)
    goals = abilities_of(school)[random.choice(choices)].goals
    changes |= {
        "choices": choices,
        "goal": random.choice(goals).format(topic=topic_of(random, school, teacher)),
        "adviser": random.choice([name for name in advisers if name != teacher.name] or [principal]),
    }
    if school.journey >= Journey.PRACTISING:
        changes["declared"] = when.declared
    if school.journey > Journey.PRACTISING:
        changes["hours"] = _full_hours(random)
    else:
        share = 0.2 if school.journey is Journey.CHOOSING else 0.75
        online = round(HOURS * share * random.uniform(0.5, 1.5))
        changes["hours"] = Hours(online=online, practice=round(online * random.uniform(0.6, 1.1)))
    return _with(teacher, **changes)


def _full_hours(random: Random) -> Hours:
    online = HOURS + random.choice((0, 0, 0, 2, 4))
    return Hours(online=online, practice=online + random.choice((0, 0, 1, 2, 4, 6)))


def _with(teacher: Teacher, **changes: object) -> Teacher:
    fields = {name: getattr(teacher, name) for name in teacher.__struct_fields__}
    return Teacher(**(fields | changes))


def _group(random: Random, school: SchoolSpec, subject: str, stage: str, serial: int) -> str:
    if school.type == "幼儿园":
        return ("大班教研组", "中班教研组", "小班教研组")[serial % 3]
    if school.teachers <= 8:
        return "全校教研组"
    if stage == "中职":
        return "公共基础教研组" if subject in (*_MAIN_GROUPS, "思想政治", "体育", "信息技术") else f"{subject}教研组"
    if len(_STAGES[school.type]) > 1:
        side = "文科" if subject in ("语文", "英语") else "理科" if subject in ("数学", *_SCIENCE) else "综合"
        return f"{stage}{side}教研组"
    if subject in _MAIN_GROUPS:
        return f"{subject}教研组"
    if stage == "小学":
        return "综合教研组"
    return "理科教研组" if subject in _SCIENCE else "文综艺体教研组"

"""Teaching-research groups: which there are in a school, and what they plan and agree on (附件1 四(二)2)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.synthesis import texts
from tests.synthesis.calendar import Dates
from tests.synthesis.lessons import lesson_title, topic_of
from tests.synthesis.specs import SchoolSpec
from wholeschool.records.structs import Consultation, DeclaredPoint, Group, StudyArrangement, SubjectPlan, Teacher

_SCIENCE = ("数学", "物理", "化学", "生物", "科学", "信息科技", "信息技术", "通用技术", "地理")
_COMMON = ("语文", "数学", "英语", "思想政治", "体育", "信息技术")  # subjects every vocational school has
_SLUGS = {
    "语文": "yuwen",
    "数学": "shuxue",
    "英语": "yingyu",
    "综合": "zonghe",
    "理科": "like",
    "文科": "wenke",
    "文综艺体": "wenzong-yiti",
    "全校": "quanxiao",
    "大班": "daban",
    "中班": "zhongban",
    "小班": "xiaoban",
    "公共基础": "gonggong-jichu",
    "机电技术": "jidian",
    "电子商务": "dianshang",
    "幼儿保育": "baoyu",
    "汽车运用": "qiche",
    "小学": "xiaoxue",
    "初中": "chuzhong",
    "高中": "gaozhong",
}
# What a group's name says about which sentences suit it.
_SIDES = {"语文": "语文", "文科": "语文", "数学": "数学", "英语": "英语", "理科": "理科", "全校": "全校"}
_STANDARDS = {
    "幼儿园": "3—6岁儿童学习与发展指南",
    "特殊教育学校": "培智学校义务教育课程标准（2016年版）",
    "小学": "义务教育课程方案和课程标准（2022年版）",
    "初中": "义务教育课程方案和课程标准（2022年版）",
    "高中": "普通高中课程方案和课程标准（2017年版2020年修订）",
    "中职": "中等职业学校专业教学标准",
}


# What a group does in each of its subjects, in turn.
_SUBJECT_PLANS = (
    "每两周一次集体备课，对照课程标准写清一课的目标，再定用不用技术、用在哪一环。",
    "一学期每人上一节研究课，课前说清要解决的问题，课后只谈学生学得怎样。",
    "把本学期最难讲清的三处列出来，各找一个能让学生动手的办法，试两遍再定。",
)


def name_of(school: SchoolSpec, stages: int, subject: str, stage: str, serial: int) -> str:
    """The group a teacher belongs to; `stages` is the number of stages the school teaches."""
    if school.type == "幼儿园":
        side = ("大班", "中班", "小班")[serial % 3]
    elif school.teachers <= 8:
        side = "全校"
    elif stage == "中职":
        side = "公共基础" if subject in _COMMON else subject
    elif stages > 1:
        side = stage + ("文科" if subject in ("语文", "英语") else "理科" if subject in _SCIENCE else "综合")
    elif subject in ("语文", "数学", "英语"):
        side = subject
    else:
        side = "综合" if stage == "小学" else "理科" if subject in _SCIENCE else "文综艺体"
    return f"{side}教研组"


def slug_of(name: str) -> str:
    """The file name of a group."""
    side = name.removesuffix("教研组")
    if side in _SLUGS:
        return _SLUGS[side]
    return f"{_SLUGS[side[:2]]}-{_SLUGS[side[2:]]}"


def groups(random: Random, school: SchoolSpec, teachers: Sequence[Teacher], when: Dates) -> list[Group]:
    """The groups of a school in the order of the roster, with their consultations when choices have been made."""
    members: dict[str, list[Teacher]] = {}
    for teacher in teachers:
        members.setdefault(teacher.group or "", []).append(teacher)
    return [_group(random, school, name, people, when) for name, people in members.items()]


def _group(random: Random, school: SchoolSpec, name: str, people: Sequence[Teacher], when: Dates) -> Group:
    words = texts.study()
    side = _side(name, people[0].stage)
    head = next((teacher for teacher in people if teacher.backbone and not teacher.exempt), people[0])
    leader = head.name
    topic = lesson_title(school.type, topic_of(head))
    subjects = tuple(dict.fromkeys(teacher.subject for teacher in people))
    return Group(
        name=name,
        leader=leader,
        subjects=subjects,
        theme=words.themes[side],
        problem=words.problems[side],
        standard=_STANDARDS.get(school.type, _STANDARDS[people[0].stage]),
        plan=(
            _arranged(leader, "4–5 月", f"集体备课{topic}，比较两种做法", "互助研讨", 6),
            _arranged(leader, "6–8 月", f"{topic}课例研磨，看课堂实录，改两稿", "应用研磨", 8),
            _arranged(leader, "9 月", "整理成果，参加全校交流", "生成与展示", 8),
        ),
        subject_plan=tuple(
            SubjectPlan(subject=subject, content=_SUBJECT_PLANS[place % len(_SUBJECT_PLANS)])
            for place, subject in enumerate(subjects)
        ),
        consultation=_consultation(random, people, when),
    )


def _consultation(random: Random, people: Sequence[Teacher], when: Dates) -> Consultation | None:
    points = tuple(
        DeclaredPoint(teacher=teacher.number, goal=teacher.goal or "", microabilities=teacher.choices)
        for teacher in people
        if teacher.choices
    )
    if not points:
        return None
    left = sum(1 for teacher in people if not teacher.choices and not teacher.exempt)
    conclusion = random.choice(
        (
            "各人对照规划的可选范围和自己的课，确定申报点；所选相近的结成小组一起做。",
            "逐一商量每位教师的短板和想改进的课，申报点以学得会、用得上为准。",
        )
    )
    if left:
        conclusion += f"还有 {left} 位教师没有想好，下次再议。"
    return Consultation(
        date=when.consulted,
        participants=tuple(teacher.name for teacher in people if not teacher.exempt),
        conclusion=conclusion,
        points=points,
    )


def _side(name: str, stage: str) -> str:
    if stage == "幼儿园":
        return "幼儿"
    side = name.removesuffix("教研组")
    if stage == "中职":
        return "综合" if side == "公共基础" else "专业"
    return next((words for known, words in _SIDES.items() if known in side), "综合")


def _arranged(leader: str, when: str, content: str, kind: str, hours: float) -> StudyArrangement:
    return StudyArrangement(when=when, content=content, kind=kind, hours=hours, person=leader)

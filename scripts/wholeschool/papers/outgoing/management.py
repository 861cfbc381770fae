"""Papers about teams: who is in them, how they were chosen, what they are made up of, how they were appraised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from wholeschool.outcomes.rates import is_exempt
from wholeschool.papers.outgoing.paper import NUMBER, SEAL, Cell, Column, Form, Sheet, Table, View, numbered, paper
from wholeschool.programme.people import serving
from wholeschool.records import structs as s

_CRITERIA = ("素质好", "教学优", "懂技术", "会应用", "善指导")
_TASKS = ("培训设计", "过程管理", "研修指导", "考核评价")


@paper("school-team", "学校信息化管理团队名单", "校", "xlsx", "pdf")
def school_team(view: View) -> Iterator[Sheet]:
    """Three to five people led by the principal; those who have left are not on it."""
    record = view.unit.team("management")
    members = serving(record.data, view.last_day) if record else []
    if record and members:
        columns = (
            NUMBER,
            Column("姓名", 10),
            Column("校内角色", 18),
            Column("职务", 18),
            Column("团队职责", 14),
            Column("职称", 12),
            Column("任期", 24),
        )
        rows = numbered(
            (each.name, each.role, each.position, "、".join(each.duty), each.title, _term(each)) for each in members
        )
        said = " ".join(text for text in (record.data.established, record.data.document) if text)
        yield Sheet(
            "学校信息化管理团队名单",
            (Table(columns, rows),),
            mark=view.mark,
            under=view.filed_by,
            foot=(f"成立：{said}" if said else "", view.filed, SEAL),
            notes=(f"说明：由校长领衔，{view.team}构成。",),
        )


@paper("training-team", "培训团队建立情况", "省市县", "xlsx", "pdf")
def training_team(view: View) -> Iterator[Sheet]:
    """People, numbers and structure of the unit's training team and of those below it, as the cities report them."""
    teams = [(unit, record) for unit in view.unit.offices if (record := unit.team("training"))]
    people = [(unit, each) for unit, record in teams for each in serving(record.data, view.last_day)]
    if not people:
        return
    columns = (
        NUMBER,
        Column("团队", 12),
        Column("姓名", 9),
        Column("单位", 24, middle=False),
        Column("职务", 14),
        Column("人员类别", 14),
        Column("专兼职", 7),
        Column("学段", 7),
        Column("学科", 9),
        Column("职称", 10),
        Column("学历", 10),
        Column("团队职责", 9),
    )
    rows = numbered(
        (
            view.name_of(unit),
            each.name,
            each.unit,
            each.position,
            each.category,
            each.employment,
            each.stage,
            each.subject,
            each.title,
            each.education,
            "、".join(each.duty),
        )
        for unit, each in people
    )
    counts = tuple(
        (
            view.name_of(unit),
            record.data.established,
            record.data.document,
            *_numbers([one for at, one in people if at is unit]),
        )
        for unit, record in teams
    )
    total = ("合计", "", "", *_numbers([each for _, each in people]))
    number_columns = (Column("团队", 16), Column("成立日期", 12), Column("成立文件", 20), Column("人数", 7))
    yield Sheet(
        "培训团队建立情况",
        (
            Table((*number_columns, Column("专职", 7), Column("兼职", 7)), (*counts, total), title="数量"),
            Table(
                (Column("按什么分", 14), Column("类别", 20), Column("人数", 8), Column("比例", 10)),
                tuple(_structure([each for _, each in people])),
                title="结构",
                merged=(0,),
            ),
            Table(columns, rows, title="人员"),
        ),
        mark=view.mark,
        under=f"{view.filed_by}　　{view.year} 年度",
        foot=(view.filed,),
        wide=True,
    )


@paper("selection", "培训团队遴选表", "省市县", "xlsx", "pdf")
def selection(view: View) -> Iterator[Sheet]:
    """Which of the five criteria each member of the training team meets, and the ratio of trainers to teachers."""
    record = view.unit.team("training")
    members = serving(record.data, view.last_day) if record else []
    if members:
        columns = (
            NUMBER,
            Column("姓名", 10),
            Column("单位", 26, middle=False),
            Column("人员类别", 16),
            *(Column(each, 8) for each in _CRITERIA),
            Column("能保证时间", 9),
        )
        rows = numbered(
            (
                each.name,
                each.unit,
                each.category,
                *("√" if one in each.selection else "" for one in _CRITERIA),
                "√" if each.committed else "",
            )
            for each in members
        )
        due = sum(
            not is_exempt(teacher)
            for unit in view.unit.offices
            for school in (unit.children if unit.level == "县" else ())
            for teacher in view.programme.school_year(school, view.year).counted.values()
        )
        ratio = view.programme.local.trainer_ratio
        counted: list[tuple[str, Cell]] = [("团队人数", len(members)), ("应考教师", due)]
        if due:
            counted.append(("培训者占教师", f"{len(members) * 100 / due:.2f}%"))
        if ratio:
            counted.append(("规定比例", f"{ratio:g}%"))
        yield Sheet(
            "培训团队遴选表",
            (Form((tuple(counted),)), Table(columns, rows, title="遴选")),
            mark=view.mark,
            under=view.filed_by,
            foot=(SEAL,),
            notes=("说明：遴选标准是素质好、教学优、懂技术、会应用、善指导；比例由各地决定。",),
        )


@paper("appraisal", "团队考评表", "省市县校", "xlsx", "pdf")
def appraisal(view: View) -> Iterator[Sheet]:
    """Four tasks for each member, the conclusion and what follows from it."""
    record = view.unit.one(s.Appraisal, year=view.year)
    if record:
        columns = (
            NUMBER,
            Column("团队", 10),
            Column("姓名", 9),
            *(Column(each, 18, middle=False) for each in _TASKS),
            Column("结论", 7),
            Column("奖惩", 12),
            Column("说明", 18, middle=False),
        )
        rows = []
        for each in record.data.members:
            tasks = {one.task: "\n".join(text for text in (one.level, one.basis) if text) for one in each.tasks}
            note = "；".join(text for text in (each.date and f"{each.date} 重新考评", each.note) if text)
            rows.append(
                (each.team, each.name, *(tasks.get(task) for task in _TASKS), each.conclusion, each.award, note)
            )
        yield Sheet(
            "团队考评表",
            (Table(columns, numbered(rows)),),
            mark=view.mark,
            under=f"{view.filed_by}　　{view.year} 年度　　考评日期：{record.data.date or ''}",
            foot=(SEAL,),
            notes=("说明：履职与考评相结合，动态管理；考评结论为续聘、调整或退出。",),
            wide=True,
        )


@paper("work-plan", "年度工作计划", "省市县校", "xlsx", "pdf", "html")
def work_plan(view: View) -> Iterator[Sheet]:
    """What is to be done in the year, when, by whom, with what result."""
    record = view.unit.one(s.WorkPlan, year=view.year)
    if record:
        columns = (NUMBER, Column("工作", 40, middle=False), Column("时间", 16), Column("负责人", 12))
        rows = numbered((one.task, one.when, one.person, one.result) for one in record.data.items)
        yield Sheet(
            f"{view.called}{view.year} 年工作计划",
            (Table((*columns, Column("成果", 30, middle=False)), rows),),
            name="年度工作计划",
            mark=view.mark,
            under=f"确定日期：{record.data.approved}" if record.data.approved else "",
            foot=(SEAL,),
        )


def _term(each: s.Member) -> str:
    return f"{each.from_ or ''} 至 {each.until or '今'}" if each.from_ or each.until else ""


def _numbers(members: Iterable[s.Member]) -> tuple[int, int, int]:
    kinds = Counter(each.employment for each in members)
    return kinds.total(), kinds["专职"], kinds["兼职"]


def _structure(members: list[s.Member]) -> Iterator[tuple[Cell, ...]]:
    """How the members divide by category, institution, stage, subject, title and education."""
    ways = (
        ("人员类别", [each.category for each in members]),
        ("单位类型", [each.institution for each in members]),
        ("学段", [each.stage for each in members]),
        ("学科", [each.subject for each in members]),
        ("职称", [each.title for each in members]),
        ("学历", [each.education for each in members]),
    )
    for name, values in ways:
        counts = Counter(value or "未填" for value in values)
        if set(counts) != {"未填"}:
            for value, count in sorted(counts.items(), key=lambda item: (item[0] == "未填", -item[1], item[0])):
                yield name, value, count, f"{count * 100 / len(members):.1f}%"

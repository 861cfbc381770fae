"""Papers of a school: its plan and what belongs to it, groups' plans and minutes, reviews, cases, yearly reports."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from wholeschool.outcomes.asked import asked_of
from wholeschool.outcomes.rates import certified_in, school_tally
from wholeschool.outcomes.recognition import recognition_of
from wholeschool.outcomes.stages import stage
from wholeschool.papers.outgoing.paper import (
    GAP,
    NUMBER,
    SEAL,
    Cell,
    Column,
    Form,
    Part,
    Prose,
    Sheet,
    Table,
    View,
    numbered,
    paper,
)
from wholeschool.programme import YearOfSchool
from wholeschool.programme.people import serving
from wholeschool.records import structs as s

_FIGURES = "一二三四五六七八九"
_HOURS = Column("学时", 7, asks="hours")


@paper("plan", "信息化发展规划", "校", "pdf", "html")
def plan(view: View) -> Iterator[Sheet]:
    """The plan with its three grounds, goals, themes and training plan."""
    record = view.unit.one(s.Plan, year=view.year)
    if not record:
        return
    data = record.data
    survey = view.unit.one(s.Survey, year=view.year)
    needs: tuple[str, ...] = (data.needs,)
    if survey:
        needs += (f"调研：应答 {survey.data.invited} 人，实答 {survey.data.answered} 人。", *survey.data.findings)
    goals = tuple((one.goal, one.baseline, one.target, one.measure, one.deadline, one.person) for one in data.goals)
    parts: list[Part] = [
        Prose("教育教学改革发展目标", (data.development,)),
        *([_environments(data)] if view.asked.environments else []),
        Prose("教师应用能力提升需求", needs),
        Table(
            (
                Column("目标", 28, middle=False),
                Column("现状", 16, middle=False),
                Column("达到", 16, middle=False),
                Column("怎样检测", 18, middle=False),
                Column("期限", 11),
                Column("负责人", 9),
            ),
            goals,
            title="目标",
        ),
        Prose("可选微能力", (view.abilities(data.offered) + "。",)),
        Prose("校本研修主题", data.themes),
        _training(data.training, "教师培训计划"),
        Prose("考核安排", (data.assessment or "",)),
        Prose("保障措施", (data.safeguards or "",)),
    ]
    guided = Form(
        (
            (("指导团队", view.name_of(data.guided_by.team)), ("指导日期", data.guided_by.date)),
            (("指导人", "、".join(data.guided_by.members)),),
            (("指导意见", data.guided_by.opinion),),
        ),
        title="县级以上培训团队指导",
    )
    sections = (
        msgspec.structs.replace(part, title=f"{figure}、{part.title}")
        for figure, part in zip(_FIGURES, parts, strict=False)
    )
    kept = tuple(part for part in sections if not isinstance(part, Prose) or any(part.paragraphs))
    title = f"{view.called}{view.year} 年信息化发展规划"
    yield Sheet(title, (*kept, guided), mark=view.mark, under=f"报送日期：{data.submitted}", foot=(SEAL,))


def _environments(data: s.Plan) -> Table:
    rows = tuple((one.environment, one.state) for one in data.environments)
    return Table((Column("环境", 18), Column("现状", 70, middle=False)), rows, title="信息技术应用环境")


@paper("plan-filing", "规划和培训计划报审表", "校", "pdf")
def plan_filing(view: View) -> Iterator[Sheet]:
    """What goes to the county office with the plan, and what the office has decided so far."""
    record = view.unit.one(s.Plan, year=view.year)
    if not record:
        return
    data, decided = record.data, view.school.approvals
    head = Form(
        (
            (("学校", view.called), ("报送日期", data.submitted)),
            (("校（园）长", view.unit.data.principal), ("年度", view.year)),
            (("研修主题", "；".join(data.themes)),),
            (("目标", "\n".join(f"{place}. {one.goal}" for place, one in enumerate(data.goals, start=1))),),
            (("可选微能力", f"{len(data.offered)} 项：{'、'.join(data.offered)}"),),
            (("指导意见", f"{data.guided_by.opinion}（{view.name_of(data.guided_by.team)}，{data.guided_by.date}）"),),
        )
    )
    parts: list[Part] = [head, _training(data.training, "培训计划")]
    if decided:
        rows = tuple((one.date, one.decision, one.opinion, one.by, one.filing) for one in decided)
        columns = (Column("日期", 11), Column("结论", 11), Column("审核意见", 48, middle=False), Column("经办人", 9))
        parts.append(Table((*columns, Column("备案号", 16)), rows, title="县级工程办审核备案"))
    else:
        parts.append(Form(((("审核意见", None),), (("备案号", None),)), title="县级工程办审核备案", tall=("审核意见",)))
    yield Sheet("规划和培训计划报审表", tuple(parts), mark=view.mark, under=view.filed_by, foot=(SEAL,))


@paper("scheme", "校本研修方案", "校", "pdf", "html")
def scheme(view: View) -> Iterator[Sheet]:
    """The school's scheme for study at school."""
    record = view.unit.one(s.Scheme, year=view.year)
    if record:
        data = record.data
        parts: list[Part] = [Prose("一、研修主题", (data.theme,))]
        if data.problem:
            parts.append(Prose("二、要解决的问题", (data.problem,)))
        if data.community:
            said = (f"骨干引领：{data.community.backbone}", f"学科联动、团队互助：{data.community.groups}")
            parts.append(Prose("三、研修共同体", said))
        parts.append(_arrangements(data.arrangements, "四、研修安排"))
        if data.incentive:
            parts.append(Prose("五、激励办法", (data.incentive,)))
        if data.assurance:
            parts.append(Prose("六、保障实效", (data.assurance,)))
        yield Sheet(f"{view.called}{view.year} 年校本研修方案", tuple(parts), mark=view.mark, foot=(SEAL,))


@paper("group-plans", "教研组专题研修计划", "校", "pdf", "html")
def group_plans(view: View) -> Iterator[Sheet]:
    """Each group's plan for studying its theme, with the plans of its subjects."""
    for record in view.unit.all(s.Group, year=view.year):
        data = record.data
        head = (
            (("教研组", data.name), ("组长", data.leader)),
            (("学科", "、".join(data.subjects)), ("专题", data.theme)),
        )
        lines = (("要解决的问题", data.problem), ("依据的课程标准", data.standard))
        parts: list[Part] = [Form((*head, *(((label, said),) for label, said in lines if said)))]
        parts.append(_arrangements(data.plan, "研修安排"))
        if data.subject_plan:
            rows = tuple((one.subject, one.content) for one in data.subject_plan)
            parts.append(Table((Column("学科", 12), Column("内容", 70, middle=False)), rows, title="学科研修计划"))
        title = f"{data.name}{view.year} 年专题研修计划"
        yield Sheet(title, tuple(parts), name=data.name, mark=view.mark, under=view.called)


@paper("consultations", "教研组协商记录", "校", "pdf")
def consultations(view: View) -> Iterator[Sheet]:
    """The minutes of each group: everybody's goal and the points to declare."""
    columns = (Column("教师", 10), Column("个人提升目标", 44, middle=False), Column("申报点", 40, middle=False))
    for record in view.unit.all(s.Group, year=view.year):
        minutes = record.data.consultation
        if minutes:
            rows = tuple(
                (
                    view.school.name_of(one.teacher),
                    one.goal,
                    view.abilities(one.microabilities),
                )
                for one in minutes.points
            )
            head = Form(
                (
                    (("教研组", record.data.name), ("日期", minutes.date)),
                    (("参加人", "、".join(minutes.participants)),),
                    (("结论", minutes.conclusion),),
                )
            )
            yield Sheet(
                "教研组协商记录",
                (head, Table(columns, rows)),
                name=record.data.name,
                mark=view.mark,
                under=view.called,
                foot=(f"组长（签字）：{GAP}　日期：　　　年　　月　　日",),
            )


@paper("reviews", "校本应用考核评审表", "校", "pdf", "xlsx")
def reviews(view: View) -> Iterator[Sheet]:
    """One for each review session: the panel, then every result with its evidence and the suggestion."""
    columns = (
        NUMBER,
        Column("教师", 9),
        Column("微能力", 22, middle=False),
        Column("证据", 30, middle=False),
        Column("等级", 8),
        Column("评审人", 12),
        Column("实践建议", 34, middle=False),
    )
    for record in sorted(view.school.reviews, key=lambda each: (each.data.date, each.name)):
        data = record.data
        rows = numbered(
            (
                view.school.name_of(one.teacher),
                view.ability(one.microability),
                "\n".join(f"{item.form}：{item.title}" for item in one.evidence),
                one.level,
                "、".join(one.reviewers),
                one.suggestion,
            )
            for one in data.results
        )
        panel = "；".join(f"{one.name}（{one.from_}，{one.unit}）" for one in data.panel.members)
        head = Form(
            (
                (("评审日期", data.date), ("方式", data.panel.mode), ("考核规范", data.standard)),
                (("评审组", panel),),
            )
        )
        yield Sheet(
            "校本应用考核评审表",
            (head, Table(columns, rows, title="评审结果")),
            name=record.name,
            mark=view.mark,
            under=view.filed_by,
            foot=(f"评审组成员（签字）：{GAP * 4}　日期：　　　年　　月　　日",),
            wide=True,
        )


@paper("cases", "案例和优秀课例报送清单", "校县", "xlsx", "pdf")
def cases(view: View) -> Iterator[Sheet]:
    """The case of whole-school progress and the lesson cases, first those recommended."""
    units = [view.unit] if view.unit.level == "校" else view.unit.children
    rows = [
        (
            view.name_of(unit),
            each.data.type,
            each.data.title,
            each.data.author,
            each.data.subject,
            "、".join(each.data.microabilities),
            each.data.problem,
            "是" if each.data.excellent else "",
            each.data.date,
        )
        for unit in units
        for each in unit.all(s.Case)
        if each.data.date.startswith(str(view.year))
    ]
    if rows:
        columns = (
            NUMBER,
            Column("学校", 16),
            Column("类别", 12),
            Column("标题", 28, middle=False),
            Column("作者", 9),
            Column("学科", 9),
            Column("微能力", 10),
            Column("解决的问题", 30, middle=False),
            Column("优秀", 6),
            Column("日期", 12),
        )
        ordered = sorted(rows, key=lambda row: (row[0], row[1], not row[7]))
        yield Sheet(
            "案例和优秀课例报送清单",
            (Table(columns, numbered(ordered)),),
            mark=view.mark,
            under=f"{view.filed_by}　　{view.year} 年度",
            foot=(view.filed,),
            wide=True,
        )


@paper("inspectorate", "整校推进与校本应用落实情况（年度教育督导用）", "校县", "pdf")
def inspectorate(view: View) -> Iterator[Sheet]:
    """One page for each school: what was required, what the records show, and where it stands."""
    for year in view.schools:
        yield _yearly(view, year, "整校推进与校本应用落实情况", "年度教育督导用", ())


@paper("principal", "整校推进与校本应用落实情况（校长年度考核用）", "校县", "pdf")
def principal(view: View) -> Iterator[Sheet]:
    """One page for each school's principal, who answers for it (二(四)1): plan, team, and what came of them."""
    for year in view.schools:
        plan = year.plan
        goals = "\n".join(f"{one.goal}（{one.deadline}，{one.person}）" for one in plan.data.goals) if plan else None
        team = year.planner.team("management")
        there = serving(team.data, view.last_day) if team else []
        head = next((one.name for one in there if "负责人" in one.duty), None)
        lines = (
            (("校（园）长", year.school.data.principal), ("管理团队负责人", head)),
            (("规划目标", goals),),
            (("考核意见", None),),
        )
        yield _yearly(view, year, "整校推进与校本应用落实情况", "校长年度考核用", lines)


def _yearly(
    view: View, year: YearOfSchool, title: str, purpose: str, more: tuple[tuple[tuple[str, Cell], ...], ...]
) -> Sheet:
    tally = school_tally(view.programme, year, certified_in(view.programme, view.county, [year]))
    at = stage(view.programme, year)
    book, standard = view.programme.rulebook(view.year), view.programme.standard(year.year)

    def rests_on(place: str) -> str:
        return book.clause("pages", f"kept.{place}")

    def share(count: int) -> str:
        return f"{count} 人（{count * 100 / tally.due:.1f}%）" if tally.due else f"{count} 人"

    approved = f"{year.approval.date} 审核通过" if year.approval else "还没有审核通过"
    recognised = recognition_of(year)
    accepted = f"{year.accepted.date} 验收合格" if year.accepted else "还没有验收合格"
    asked = asked_of(view.programme, view.year, year.school)
    source = book.source(rests_on("trained"), standard.online_hours, standard.practice_hours)
    studied = f"学满 {standard.online_hours}+{standard.practice_hours} 学时"
    rows: tuple[tuple[Cell, ...], ...] = (
        ("制订规划、报县审核备案", approved, rests_on("approved")),
        (
            f"选学不少于 {asked.enough}",
            share(tally.chosen),
            book.source(rests_on("chosen"), asked.least),
        ),
        *([(studied, share(tally.trained), source)] if asked.hours else []),
        ("参加校本应用考核", share(tally.reviewed), rests_on("reviewed")),
        ("考核合格（考核合格率）", share(tally.passed), rests_on("passed")),
        ("县级验收", accepted, rests_on("accepted")),
        ("县级认定（验收合格率）", share(tally.accepted) if recognised else "还没有认定", rests_on("rate")),
        ("取得微能力证书", share(tally.certified), rests_on("certified")),
        ("报送案例和课例", f"{len(cases_of(year))} 篇", rests_on("cases")),
    )
    columns = (Column("要求", 30, middle=False), Column("落实情况", 30), Column("出处", 16))
    opinions = [each.opinion for each in year.acceptances[-1:]]
    parts: list[Part] = [
        Form(
            (
                (("学校", view.name_of(year.school)), ("年度", year.year)),
                (("在册教师", tally.roster), ("应考教师", tally.due)),
                (("所在步骤", at.label), ("还差什么", at.waiting_for or "无")),
            )
        ),
        Table(columns, rows, title="落实情况"),
    ]
    if opinions:
        parts.append(Form(((("验收意见", opinions[0]),),)))
    if more:
        parts.append(Form(more, tall=("考核意见",)))
    return Sheet(
        title,
        tuple(parts),
        name=view.name_of(year.school),
        mark=view.mark,
        under=purpose,
        foot=(SEAL,),
        notes=("比例的分母是全部应考教师：在册教师减去有原因、有批准的免考教师。数字由合并进仓库的记录算出。",),
    )


def cases_of(year: YearOfSchool) -> list[s.Case]:
    """The school's cases and lessons of the round."""
    return [each.data for each in year.school.all(s.Case) if each.data.date.startswith(str(year.year))]


def _training(items: tuple[s.TrainingItem, ...], title: str) -> Table:
    columns = (
        Column("主题", 40, middle=False),
        Column("方式", 14),
        Column("学时", 7, asks="hours"),
        Column("时间", 16),
    )
    rows = tuple((one.theme, one.mode, one.hours, one.when, one.person) for one in items)
    return Table((*columns, Column("负责人", 10)), rows, title=title)


def _arrangements(items: tuple[s.StudyArrangement, ...], title: str) -> Table:
    columns = (
        Column("时间", 14),
        Column("内容", 46, middle=False),
        Column("类型", 16),
        Column("学时", 7, asks="hours"),
    )
    rows = tuple((one.when, one.content, one.kind, one.hours, one.person) for one in items)
    return Table((*columns, Column("负责人", 10)), rows, title=title)

"""Papers of an office: filings of plans, spot checks, acceptance, inspection, indicators, performance."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.outcomes.draws import how_many
from wholeschool.outcomes.rates import Tally, county_tallies
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
    Sheet,
    Table,
    View,
    numbered,
    paper,
)
from wholeschool.papers.outgoing.school import cases_of
from wholeschool.programme import YearOfSchool
from wholeschool.records import structs as s


@paper("plan-filings", "学校规划审核备案清单", "县", "xlsx", "pdf")
def plan_filings(view: View) -> Iterator[Sheet]:
    """Every school's plan: handed in when, decided how, filed under which number."""
    rows: list[tuple[Cell, ...]] = []
    for year in view.county.taking_part:
        own = year.planner is year.school
        last = year.approvals[-1] if year.approvals else None
        rows.append(
            (
                view.name_of(year.school),
                year.plan.data.submitted if year.plan else "未报",
                "" if own else f"与{view.name_of(year.planner)}同一规划",
                len(year.approvals),
                last.decision if last else "未审核" if year.plan else "",
                last.date if last else "",
                last.filing if last else "",
                last.by if last else "",
            )
        )
    if any(year.plan for year in view.county.taking_part):
        columns = (
            NUMBER,
            Column("学校", 22, middle=False),
            Column("报送日期", 12),
            Column("说明", 24, middle=False),
            Column("审核次数", 7),
            Column("结论", 11),
            Column("审核日期", 12),
            Column("备案号", 18),
            Column("经办人", 10),
        )
        yield _listing(view, "学校规划审核备案清单", Table(columns, numbered(rows)))


@paper("school-indicators", "学校开展情况指标表", "县", "xlsx", "pdf")
def school_indicators(view: View) -> Iterator[Sheet]:
    """For every school what counts in its assessment: how many were due and how far they came."""
    tallies = county_tallies(view.programme, view.county)
    rows: list[tuple[Cell, ...]] = []
    for year in view.county.taking_part:
        tally = tallies[year.school.slug]
        rates = (f"{rate:.1f}%" if rate is not None else "" for rate in (tally.rate, tally.accepted_rate))
        team = year.planner.team("management")
        counts = (tally.due, tally.chosen, tally.trained, tally.reviewed, tally.passed, tally.accepted)
        groups = len(year.school.all(s.Group, year=view.year))
        step = stage(view.programme, year).label
        rows.append(
            (
                view.name_of(year.school),
                "√" if team else "",
                "√" if year.approval else "",
                groups,
                *counts,
                *rates,
                len(cases_of(year)),
                step,
            )
        )
    if any(year.roster for year in view.county.taking_part):
        chosen = "选足学分" if view.asked.credits else "选足项数"
        headings = ("管理团队", "规划备案", "教研组", "应考", chosen, "学满学时", "参评", "合格", "验收认定")
        columns = (
            NUMBER,
            Column("学校", 20, middle=False),
            *(Column(each, 7, asks="hours" if each == "学满学时" else "") for each in headings),
            Column("考核合格率", 8),
            Column("验收合格率", 8),
            Column("案例课例", 7),
            Column("所在步骤", 16),
        )
        notes = (
            "说明：考核合格率 = 合格 ÷ 应考，验收合格率 = 验收认定 ÷ 应考。分母都是应考教师（全部在册教师减去有原因、"
            "有批准的免考教师），不是报名人数；验收认定的是学校验收合格、县级已经认定的合格教师。",
        )
        yield _listing(view, "学校开展情况指标表", Table(columns, numbered(rows)), notes)


@paper("spot-checks", "校本应用考核抽查表", "省市县", "pdf", "xlsx")
def spot_checks(view: View) -> Iterator[Sheet]:
    """One for each check: how the sample was drawn, what was found, what agreed, what has to be put right."""
    columns = (
        NUMBER,
        Column("学校", 18, middle=False),
        Column("教师", 9),
        Column("微能力", 22, middle=False),
        Column("学校评定", 8),
        Column("复核评定", 8),
        Column("问题", 30, middle=False),
        Column("整改", 24, middle=False),
    )
    for record in view.unit.all(s.SpotCheck, year=view.year):
        data = record.data
        rows: list[tuple[Cell, ...]] = []
        for one in data.items:
            unit = view.programme.units.get(one.school)
            teacher = view.programme.school_year(unit, view.year).name_of(one.teacher) if unit else one.teacher
            rows.append(
                (
                    view.name_of(one.school),
                    teacher,
                    view.ability(one.microability) if one.microability else "",
                    one.school_level,
                    one.recheck_level,
                    one.problem,
                    _correction(one.correction),
                )
            )
        both = [one for one in data.items if one.school_level and one.recheck_level]
        same = sum(one.school_level == one.recheck_level for one in both)
        agreed = f"{same}/{len(both)}，{same * 100 / len(both):.1f}%" if both else "没有复核等级"
        lines: list[tuple[tuple[str, Cell], ...]] = [
            (("抽查日期", data.date), ("抽查什么", data.stage), ("方式", data.mode)),
            (("抽查人", "、".join(data.checkers)), ("评估机构", data.organisation), ("一致率", agreed)),
        ]
        said = view.unit.one(s.Announcement, year=view.year, name=data.announcement) if data.announcement else None
        if said and (drawn := said.data.drawn):
            of = f"{said.data.announced} 公告，{said.data.population.people} 人中抽 {len(drawn.sample)} 人"
            by = f"{said.data.value.source} {said.data.value.day} 开奖 {drawn.numbers}（{drawn.where}）"
            lines.append((("抽样", f"{of}（{how_many(said.data)}）；{by}，种子 {drawn.seed}"),))
        elif data.draw:  # as it was done before there were announcements
            of = f"{data.draw.announced} 宣布，{data.draw.population} 人中抽 {len(data.draw.sample)} 人"
            lines.append((("抽样", f"{of}，种子 {data.draw.seed}"),))
        parts: list[Part] = [
            Form(tuple(lines)),
            Table(columns, numbered(rows), title="抽查情况"),
            Form(((("结论", data.conclusion),),), tall=("结论",)),
        ]
        yield Sheet(
            "校本应用考核抽查表",
            tuple(parts),
            name=record.name,
            mark=view.mark,
            under=f"抽查单位：{view.called}",
            foot=(f"抽查人（签字）：{GAP * 3}　日期：　　　年　　月　　日",),
            wide=True,
        )


@paper("acceptance", "校本应用考核验收表", "县", "pdf", "xlsx")
def acceptance(view: View) -> Iterator[Sheet]:
    """One for each school that was visited: what it reported, and every conclusion on it."""
    tallies = county_tallies(view.programme, view.county)
    for year in view.county.taking_part:
        if year.acceptances:
            yield _acceptance(view, year, tallies[year.school.slug])


def _acceptance(view: View, year: YearOfSchool, tally: Tally) -> Sheet:
    rate, accepted = (f"{each:.1f}%" if each is not None else "" for each in (tally.rate, tally.accepted_rate))
    columns = (Column("日期", 11), Column("方式", 12), Column("验收人", 18), Column("意见", 60, middle=False))
    rows = tuple((one.date, one.mode, "、".join(one.by), one.opinion, one.conclusion) for one in year.acceptances)
    done = recognition_of(year)
    by = f"{done.date}　{done.document}" if done else None
    return Sheet(
        "校本应用考核验收表",
        (
            Form(
                (
                    (
                        ("学校", view.name_of(year.school)),
                        ("年度", year.year),
                        ("校（园）长", year.school.data.principal),
                    ),
                    (("应考教师", tally.due), ("合格教师", tally.passed), ("考核合格率", rate)),
                )
            ),
            Table((*columns, Column("结论", 11)), rows, title="验收"),
            Form(
                (
                    ((f"{view.asked.together}认定", by), ("认定教师", tally.accepted), ("验收合格率", accepted)),
                    *_appeals(year),
                )
            ),
        ),
        name=view.name_of(year.school),
        mark=view.mark,
        under=f"验收单位：{view.called}",
        foot=(f"验收人（签字）：{GAP * 2}　{SEAL}",),
    )


def _appeals(year: YearOfSchool) -> Iterator[tuple[tuple[str, Cell], ...]]:
    """How many have appealed against results of the school, and what came of it; nothing where nobody has."""
    county, slug = year.school.county, year.school.slug
    against = [each for record in year.school.all(s.Appeals, year=year.year) for each in record.data.appeals]
    for record in county.all(s.Appeals, year=year.year) if county else ():
        against += [each for each in record.data.appeals if each.school == slug]
    if against:
        upheld = sum(each.conclusion is not None and each.conclusion.decision == "改正" for each in against)
        yield ("申诉", len(against)), ("改正", upheld), ("还没有处理", sum(each.conclusion is None for each in against))


@paper("inspections", "检查验收表", "省市", "pdf", "xlsx")
def inspections(view: View) -> Iterator[Sheet]:
    """What the city or the province inspected, and with which conclusion."""
    record = view.unit.one(s.Inspections, year=view.year)
    if record:
        columns = (
            NUMBER,
            Column("被检查单位", 22, middle=False),
            Column("种类", 8),
            Column("日期", 12),
            Column("结论", 10),
            Column("检查人", 18),
            Column("意见", 50, middle=False),
        )
        rows = numbered(
            (view.name_of(one.unit), one.kind, one.date, one.conclusion, "、".join(one.by), one.opinion)
            for one in record.data.inspections
        )
        yield _listing(view, "检查验收表", Table(columns, rows))


@paper("performance", "整校推进绩效评估表", "省市县校", "pdf", "xlsx")
def performance(view: View) -> Iterator[Sheet]:
    """One for each evaluation: the points of every indicator that the programme has set, and the sum."""
    record = view.unit.one(s.Performance, year=view.year)
    indicators = {each.name: each for each in view.programme.local.indicators}
    columns = (Column("指标", 22), Column("含义", 36, middle=False), Column("分值", 8), Column("得分", 8))
    for one in record.data.evaluations if record else ():
        rows: list[tuple[Cell, ...]] = []
        for each in one.scores:
            known = indicators.get(each.indicator)
            rows.append(
                (
                    each.indicator,
                    known.meaning if known else None,
                    known.points if known else None,
                    each.score,
                    each.evidence,
                )
            )
        full = sum(known.points for each in one.scores if (known := indicators.get(each.indicator)))
        rows.append(("合计", "", full, sum(each.score for each in one.scores), ""))
        yield Sheet(
            "整校推进绩效评估表",
            (
                Form(((("被评单位", view.name_of(one.unit)), ("种类", one.kind), ("日期", one.date)),)),
                Table((*columns, Column("依据", 34, middle=False)), tuple(rows), title="得分"),
                Form(((("意见", one.opinion),),), tall=("意见",)),
            ),
            name=f"{view.name_of(one.unit)} {one.kind}",
            mark=view.mark,
            under=f"评估单位：{view.called}　　{view.year} 年度",
            foot=(SEAL,),
            notes=("说明：指导意见没有规定指标和分值，本表用工程总配置里各地自定的指标。",),
        )


def _correction(one: s.Correction | None) -> str:
    if one is None:
        return ""
    done = f"{one.done} 完成" if one.done else "未完成"
    return "；".join(text for text in (f"限 {one.due}", done, one.result, one.note) if text)


def _listing(view: View, title: str, table: Table, notes: tuple[str, ...] = ()) -> Sheet:
    under = f"{view.filed_by}　　{view.year} 年度"
    return Sheet(title, (table,), mark=view.mark, under=under, foot=(view.filed,), notes=notes, wide=True)

"""Papers about single teachers: choices, task sheets, declarations, results, feedback, recognition, portfolios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from wholeschool.days import FOREVER
from wholeschool.outcomes.asked import Asked
from wholeschool.outcomes.credits import credits_asked, credits_of
from wholeschool.outcomes.hours import participants, sources
from wholeschool.outcomes.rates import credits_chosen, is_exempt, school_tally, total
from wholeschool.outcomes.recognition import (
    among,
    conclusion,
    gathered_credits,
    recognisable,
    recognised,
    recognition_of,
)
from wholeschool.papers.outgoing.paper import (
    GAP,
    SEAL,
    Cell,
    Column,
    Form,
    Part,
    Prose,
    Sheet,
    Table,
    View,
    listed,
    paper,
)
from wholeschool.programme import YearOfSchool
from wholeschool.programme.years import Held
from wholeschool.records import structs as s

_SIGNED = f"教师（签字）：{GAP}　日期：　　　年　　月　　日"
_BY_EXPORT = "见导出"
"""In place of hours of online study that a provider's export counts."""
_PERSON = (Column("姓名", 9), Column("学科", 10), Column("学段", 7))


@paper("choices", "教师选学微能力汇总表", "校县", "xlsx", "pdf")
def choices(view: View) -> Iterator[Sheet]:
    """Who chose what, and how many credits that makes."""
    rows: list[tuple[Cell, ...]] = [
        (
            view.name_of(year.school),
            each.name,
            each.subject,
            each.stage,
            each.group,
            view.abilities(each.choices) or ("免考" if each.exempt else "未选"),
            len(set(each.choices)),
            credits_chosen(view.programme, year, each),
            *_before(view, year, each.number),
            each.adviser,
        )
        for year in view.schools
        for each in year.counted.values()
    ]
    if rows:
        columns = (
            *_PERSON,
            Column("教研组", 13),
            Column("所选微能力", 44, middle=False),
            Column("项数", 6),
            Column("学分", 6, asks="credits"),
            *_gathering(view),
            Column("指导人", 9),
        )
        yield _sheet(view, "教师选学微能力汇总表", listed(view, columns, rows), notes=_credits_note(view))


@paper("task-sheets", "教师选学任务单", "校", "pdf")
def task_sheets(view: View) -> Iterator[Sheet]:
    """A sheet for each teacher: what to do for each microability, when, and what comes of it."""
    columns = (
        Column("微能力", 22, middle=False),
        Column("任务", 36, middle=False),
        Column("时间", 12),
        Column("成果", 28, middle=False),
    )
    for each in _due(view):
        if each.task_sheet:
            rows = tuple(
                (view.ability(task.microability), task.task, task.when, task.product) for task in each.task_sheet
            )
            yield Sheet(
                "教师选学任务单",
                (Form((*_who(view, each), (("提升目标", each.goal),))), Table(columns, rows)),
                name=each.name,
                mark=view.mark,
                foot=(f"{_SIGNED}　　指导人（签字）：{GAP}",),
                follows=True,
            )


@paper("declarations", "校本应用考核申报表", "校", "pdf")
def declarations(view: View) -> Iterator[Sheet]:
    """A sheet for each teacher who declared: the microabilities, the evidence for each, and the statements made."""
    evidence = _evidence(view.school)
    columns = (
        Column("微能力", 24, middle=False),
        Column("学分", 6, asks="credits"),
        Column("成果", 40, middle=False),
        Column("提交日期", 12),
        Column("本人原创", 9),
        Column("学生信息", 14),
    )
    for each in _due(view):
        if each.declared:
            rows = []
            for code in each.choices:
                handed = evidence.get((each.number, code))
                said = (handed.date, "是" if handed.original else "否", handed.students) if handed else ("", "", "")
                titles = "\n".join(f"{item.form}：{item.title}" for item in handed.items) if handed else "尚未提交"
                rows.append((view.ability(code), credits_of(view.programme, view.year, [code]), titles, *said))
            chosen = credits_of(view.programme, view.year, each.choices)
            opinions = ("教研组意见", "学校意见")
            yield Sheet(
                "校本应用考核申报表",
                (
                    Form((*_who(view, each), (("申报日期", each.declared), ("提升目标", each.goal)))),
                    Table(columns, (*rows, ("合计", chosen, "", "", "", ""))),
                    Form(tuple(((opinion, None),) for opinion in opinions), tall=opinions),
                ),
                name=each.name,
                mark=view.mark,
                foot=(_SIGNED,),
            )


@paper("results", "校本应用考核成绩汇总表", "校县", "xlsx", "pdf")
def results(view: View) -> Iterator[Sheet]:
    """Every result that stands, then who passed. This is what a school sends to the county (二(四)4)."""
    rows: list[tuple[Cell, ...]] = []
    people: list[tuple[Cell, ...]] = []
    for year in view.schools:
        dates = {
            (result.teacher, result.microability): review.data.date
            for review in sorted(year.reviews, key=lambda record: (record.data.date, record.name))
            for result in review.data.results
        }
        for number, each in year.teachers.items():
            standing = {code: year.standing[number, code] for code in each.choices if (number, code) in year.standing}
            rows += [
                (
                    view.name_of(year.school),
                    each.name,
                    each.subject,
                    view.ability(code),
                    credits_of(view.programme, view.year, [code]),
                    result.level,
                    dates[number, code],
                )
                for code, result in standing.items()
            ]
            if number in year.counted and not is_exempt(each):
                earned = credits_of(view.programme, view.year, year.credited.get(number, ()))
                said = conclusion(view.programme, year, each)
                before = _before(view, year, number)
                people.append((view.name_of(year.school), each.name, len(standing), earned, *before, said))
    if rows:
        tally = total(school_tally(view.programme, year, frozenset()) for year in view.schools)
        rate = "" if tally.rate is None else f"{tally.rate:.1f}%"
        done = (("应考", tally.due), ("参评", tally.reviewed), ("合格", tally.passed), ("考核合格率", rate))
        each_ability = listed(
            view,
            (
                Column("姓名", 9),
                Column("学科", 10),
                Column("微能力", 34, middle=False),
                Column("学分", 6, asks="credits"),
                Column("等级", 9),
                Column("评审日期", 12),
            ),
            rows,
        )
        columns = (
            Column("姓名", 12),
            Column("评审项数", 10),
            Column(f"通过{view.asked.total}", 10),
            *_gathering(view),
            Column("结论", 10),
        )
        parts = (
            Form((done,), title="合计"),
            msgspec.structs.replace(each_ability, title="各项微能力"),
            msgspec.structs.replace(listed(view, columns, people), title="每位教师"),
        )
        yield Sheet(
            "校本应用考核成绩汇总表",
            parts,
            mark=view.mark,
            under=f"{view.filed_by}　　{view.year} 年度",
            foot=(view.filed, SEAL),
            notes=_credits_note(view),
        )


@paper("feedback", "校本应用考核反馈单", "校", "pdf")
def feedback(view: View) -> Iterator[Sheet]:
    """A sheet for each teacher: the level of each microability and what the panel suggests."""
    columns = (Column("微能力", 26, middle=False), Column("等级", 9), Column("实践建议", 55, middle=False))
    for each in _due(view):
        rows = tuple(
            (view.ability(code), result.level, result.suggestion)
            for code in each.choices
            if (result := view.school.standing.get((each.number, code)))
        )
        if rows:
            earned = credits_of(view.programme, view.year, view.school.credited.get(each.number, ()))
            brought = among(view.programme, view.school, each.number, hours=False)
            told = f"（{brought}）" if brought else ""
            said = f"通过 {earned} {view.asked.of}{told}，{conclusion(view.programme, view.school, each)}"
            yield Sheet(
                "校本应用考核反馈单",
                (Form((*_who(view, each), (("结果", said),))), Table(columns, rows)),
                name=each.name,
                mark=view.mark,
                foot=(f"评审组（签字）：{GAP}　{_SIGNED}",),
                follows=True,
            )


@paper("recognition", "培训学时和校本应用考核学分认定名册", "校县", "xlsx", "pdf")
def recognition(view: View) -> Iterator[Sheet]:
    """Whose hours and credits the county has recognised, by which document.

    Hours are recognised for everybody who did them, credits for those who passed.
    """
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, None] = {}
    for year in view.schools:
        done = recognition_of(year)
        rows += [
            (
                view.name_of(year.school),
                each.teacher.name,
                each.teacher.number,
                each.online,
                each.practice,
                each.hours,
                "、".join(each.abilities),
                each.credits or "未认定",
                "；".join(filter(None, (each.why_not, each.among))),
                done.document,
                done.date,
            )
            for each in recognised(view.programme, year)
            if done
        ]
        found |= {source: None for number in year.claims if done for source in sources(year, number)}
    if rows:
        columns = (
            Column("姓名", 9),
            Column("教师编号", 19),
            Column("网络研修学时", 8, asks="hours"),
            Column("实践应用学时", 8, asks="hours"),
            Column("学时合计", 8, asks="hours"),
            Column("通过的微能力", 20),
            Column("学分", 7, asks="credits"),
            Column("说明", 9),
            Column("认定文件", 18),
            Column("认定日期", 12),
        )
        then = view.county.county.on(view.last_day)
        yield Sheet(
            f"{view.asked.recognised}认定名册",
            (listed(view, columns, rows),),
            mark=view.mark,
            under=f"认定单位：{then.authority or then.name}　　{view.year} 年度",
            foot=(SEAL,),
            notes=(
                _of_the_recognition(view.asked),
                *(f"网络研修学时来自：{each}。" for each in found),
            ),
            wide=True,
        )


def _of_the_recognition(asked: Asked) -> str:
    hours = "学时学了多少认定多少，不论考核结果；" if asked.hours else ""
    gone = "那一项的学分收回" if asked.credits else "那一项不再算"
    return f"说明：{hours}考核合格的{'另' if hours else ''}认定{asked.total}。证书撤销而没有更换的，{gone}。"


@paper("portfolios", "教师个人应用能力提升电子档案", "校", "pdf")
def portfolios(view: View) -> Iterator[Sheet]:
    """Everything the records say of each teacher, in the order in which it came about."""
    made = _Portfolios(view)
    for each in view.school.teachers.values():
        yield Sheet(
            "教师个人应用能力提升电子档案",
            tuple(made.parts(each)),
            name=each.name,
            mark=view.mark,
            under=f"{view.called}　　{view.year} 年度",
            notes=("本档案由合并进仓库的记录生成。记录只增不改：更正写成新的记录，原来的留在历史里。",),
        )


class _Portfolios:
    """What the portfolios of a school are gathered from, each record read once."""

    def __init__(self, view: View) -> None:
        self._view, self._evidence = view, _evidence(view.school)
        self._activities: dict[str, list[s.Activity]] = {}
        for record in view.unit.all(s.Activities, year=view.year):
            for activity in record.data.activities:
                for number in participants(view.school, activity):
                    self._activities.setdefault(number, []).append(activity)
        self._results: dict[str, list[tuple[str, s.Result]]] = {}
        for review, result in view.school.results():
            self._results.setdefault(result.teacher, []).append((review.data.date, result))

    def parts(self, each: s.Teacher) -> Iterator[Part]:
        """A portfolio's parts; those for which there is no record are left out."""
        view, plan = self._view, self._view.school.plan
        if plan:
            yield Prose("学校规划", ("；".join(goal.goal for goal in plan.data.goals),))
        chosen = (("所选微能力", view.abilities(each.choices)),)
        asked = (("指导人", each.adviser), ("申报日期", each.declared))
        yield Form((*_who(view, each), (("提升目标", each.goal),), chosen, asked), title="个人与目标")
        if each.exempt:
            yield Form(((("免考原因", each.exempt.reason), ("批准", each.exempt.approved_by)),), title="免考")
        stated = view.school.stated_hours(each)
        if stated and view.asked.hours:
            standard = view.programme.standard(view.year)
            online = f"{stated.online:g}（要求 {standard.online_hours}）"
            practice = f"{stated.practice:g}（要求 {standard.practice_hours}）"
            told = tuple((("网络研修来自", source),) for source in sources(view.school, each.number))
            yield Form(((("网络研修", online), ("实践应用", practice)), *told), title="学时")
        if before := among(view.programme, view.school, each.number):
            yield Prose("以前的和别的学校的", (f"合起来算。{view.asked.both}认定的合计里，{before}。",))
        yield from filter(_has_rows, (self._study(each), self._handed(each), self._judged(each)))
        if stated or each.number in self._results or before:
            yield self._recognised(each)
        yield from filter(_has_rows, (self._certificates(each),))
        if each.reflection or each.lesson:
            lesson = f"报送课例：{each.lesson}" if each.lesson else ""
            yield Prose("总结反思", tuple(text for text in (each.reflection, lesson) if text))

    def _recognised(self, each: s.Teacher) -> Form:
        found, done = recognisable(self._view.programme, self._view.school, each), recognition_of(self._view.school)
        by = f"{done.date}　{done.document}" if done else "尚未认定"
        passed = credits_of(self._view.programme, self._view.year, self._view.school.credited.get(each.number, ()))
        asked = self._view.asked
        hours = (("学时认定", f"{found.hours:g} 学时，{by}" if found.hours else "没有学时"),)
        own = (
            (f"通过{asked.total}", passed),
            (f"{asked.total}认定", f"未认定（{found.why_not}）" if found.why_not else by),
        )
        return Form((hours, own) if asked.hours else (own,), title=f"{asked.both}认定")

    def _study(self, each: s.Teacher) -> Table:
        done = sorted(self._activities.get(each.number, ()), key=lambda one: one.date)
        columns = (
            Column("日期", 11),
            Column("主题", 40, middle=False),
            Column("形式", 16),
            Column("学时类别", 10, asks="hours"),
            Column("学时", 6, asks="hours"),
        )
        claimed = each.number in self._view.school.claims
        rows = (
            (one.date, one.theme, one.form or one.kind, one.hours.kind, _BY_EXPORT if claimed and online else hours)
            for one in done
            if one.hours
            for online, hours in ((one.hours.kind == "网络研修", one.hours.count),)
        )
        return Table(columns, tuple(rows), title="研修与实践活动")

    def _handed(self, each: s.Teacher) -> Table:
        handed = ((code, self._evidence.get((each.number, code))) for code in each.choices)
        columns = (
            Column("微能力", 24, middle=False),
            Column("形式", 12),
            Column("名称", 36, middle=False),
            Column("提交日期", 11),
        )
        rows = (
            (self._view.ability(code), item.form, item.title, one.date)
            for code, one in handed
            if one
            for item in one.items
        )
        return Table(columns, tuple(rows), title="成果", merged=(0,))

    def _judged(self, each: s.Teacher) -> Table:
        judged = sorted(self._results.get(each.number, ()), key=lambda pair: pair[0])
        columns = (
            Column("日期", 11),
            Column("微能力", 24, middle=False),
            Column("等级", 8),
            Column("实践建议", 40, middle=False),
        )
        rows = ((date, self._view.ability(one.microability), one.level, one.suggestion) for date, one in judged)
        return Table(columns, tuple(rows), title="评审")

    def _certificates(self, each: s.Teacher) -> Table:
        programme = self._view.programme
        held = [(one.entry, self._until(one)) for one in programme.holdings(each.number)]
        lasting = any(until for _, until in held)
        columns = (
            Column("证书编号", 24),
            Column("微能力", 28, middle=False),
            Column("等级", 8),
            Column("颁发日期", 12),
            *([Column("有效期至", 18)] if lasting else ()),
        )
        rows = (
            (one.number, self._view.ability(one.microability), one.level, one.issued, *([until] if lasting else ()))
            for one, until in held
        )
        return Table(columns, tuple(rows), title="证书")

    def _until(self, held: Held) -> str:
        """The last day of a certificate, and that it has passed; empty where certificates do not expire."""
        until = self._view.programme.expires(held.year, held.entry.issued)
        if until == FOREVER:
            return ""
        return f"{until}（已过期）" if self._view.programme.has_expired(held) else until


def _has_rows(table: Table) -> bool:
    return bool(table.rows)


def _evidence(year: YearOfSchool) -> Mapping[tuple[str, str], s.EvidenceSubmission]:
    """The last submission of each teacher for each microability."""
    return {
        (each.teacher, each.microability): each
        for record in year.school.all(s.Evidence, year=year.year)
        for each in record.data.submissions
    }


def _due(view: View) -> Iterator[s.Teacher]:
    return (each for each in view.school.counted.values() if not is_exempt(each))


def _who(view: View, each: s.Teacher) -> tuple[tuple[tuple[str, Cell], ...], ...]:
    """Who a teacher is, as the head of a sheet."""
    return (
        (("姓名", each.name), ("学校", view.called), ("教师编号", each.number)),
        (("学科", each.subject), ("学段", each.stage), ("教研组", each.group)),
    )


def _credits_note(view: View) -> tuple[str, ...]:
    wanted = credits_asked(view.programme, view.school)
    return (f"说明：每位教师所选微能力合计不少于 {wanted} {view.programme.counts(view.year)}，同一项只计一次。",)


def _gathering(view: View) -> tuple[Column, ...]:
    """A column for what of the credits comes from earlier rounds, where the round gathers."""
    return (Column("其中前几轮认定", 8),) if view.programme.cycle(view.year) else ()


def _before(view: View, year: YearOfSchool, number: str) -> tuple[Cell, ...]:
    """What stands in that column."""
    return (gathered_credits(view.programme, year, number) or "",) if view.programme.cycle(view.year) else ()


def _sheet(view: View, title: str, table: Table, notes: tuple[str, ...] = ()) -> Sheet:
    under = f"{view.filed_by}　　{view.year} 年度"
    return Sheet(title, (table,), mark=view.mark, under=under, foot=(view.filed,), notes=notes, wide=True)

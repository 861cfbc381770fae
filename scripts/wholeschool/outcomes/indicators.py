"""The fourteen indicators that the guidance names or implies, for a county's round; cities and provinces are sums.

Each is one function. Its docstring is the formula as people read it; the clause it is for stands in the guidance's
rulebook. The guidance gives no weights and no thresholds, so there are none here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

import msgspec

from wholeschool.outcomes.eligibility import due_certificates
from wholeschool.outcomes.rates import Tally, county_tallies, is_exempt, total
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.people import serving
from wholeschool.programme.stays import Stay
from wholeschool.records import Record
from wholeschool.records.structs import (
    Acceptance,
    Activities,
    Appraisal,
    Approvals,
    Case,
    Filings,
    Group,
    Inspections,
    Scheme,
    Team,
    Training,
)

TASKS = frozenset({"培训设计", "过程管理", "研修指导", "考核评价"})


class Share(msgspec.Struct, frozen=True):
    """A part of a whole: `count` out of `of`, in `unit` (人, 所, 份 …).

    `people` is how many people stand behind it, None where it does not count or concern people.
    """

    name: str
    count: float
    of: float
    unit: str
    people: int | None = None

    @property
    def rate(self) -> float | None:
        """In percent; None when there is nothing to divide by."""
        return self.count * 100 / self.of if self.of else None

    def __add__(self, other: Share) -> Share:
        people = None if self.people is None else self.people + (other.people or 0)
        return Share(self.name, self.count + other.count, self.of + other.of, self.unit, people)


class Measure(msgspec.Struct, frozen=True):
    """An indicator's shares and the paths of the records they were computed from."""

    shares: tuple[Share, ...]
    records: tuple[str, ...]

    def __add__(self, other: Measure) -> Measure:
        shares = tuple(mine + theirs for mine, theirs in zip(self.shares, other.shares, strict=True))
        return Measure(shares, tuple(sorted({*self.records, *other.records})))


class Scope:
    """What an indicator looks at: a unit in a round with the schools right below it (none for a city or province)."""

    def __init__(self, programme: Programme, unit: Unit, year: int) -> None:
        self.programme, self.unit, self.year = programme, unit, year

    @cached_property
    def schools(self) -> list[YearOfSchool]:
        """The county's schools; a city's and a province's are counted in their counties."""
        return self.programme.county_year(self.unit, self.year).taking_part if self.unit.level == "县" else []

    @cached_property
    def tally(self) -> Tally:
        """The county's counts of people."""
        if self.unit.level != "县":
            return Tally()
        return total(county_tallies(self.programme, self.programme.county_year(self.unit, self.year)).values())

    @cached_property
    def planners(self) -> list[YearOfSchool]:
        """Schools with a team of their own to train: those not attached to a 中心学校."""
        return [school for school in self.schools if not school.center]


Body = Callable[[Scope], Measure]


class Indicator(msgspec.Struct, frozen=True):
    """One of the fourteen: its number in section 15.5, its name and formula, and what computes it."""

    number: int
    name: str
    formula: str
    body: Body


_ALL: list[Indicator] = []


def indicator(number: int, name: str) -> Callable[[Body], Body]:
    """Make a function an indicator; its docstring is the formula, in which {bounds} stands for the size of a team."""

    def register(body: Body) -> Body:
        formula = inspect.cleandoc(body.__doc__ or "")
        _ALL.append(Indicator(number, name, " ".join(formula.split()), body))
        return body

    return register


def all_indicators() -> list[Indicator]:
    """The fourteen, by number."""
    return sorted(_ALL, key=lambda each: each.number)


def measures(programme: Programme, year: int) -> dict[str, dict[int, Measure]]:
    """Every indicator of every county, city and province, by unit path and number: a unit's own part and its sum."""
    found: dict[str, dict[int, Measure]] = {}
    for level in ("县", "市", "省"):
        for unit in programme.level(level):
            scope = Scope(programme, unit, year)
            found[unit.path] = {each.number: each.body(scope) for each in all_indicators()}
            for child in unit.children:
                if child.path in found:
                    found[unit.path] = {
                        number: measure + found[child.path][number] for number, measure in found[unit.path].items()
                    }
    return found


@indicator(1, "验收合格率")
def acceptance_rate(scope: Scope) -> Measure:
    """考核合格、学校验收合格且县级已认定的教师 ÷ 应考教师（名册上的全体教师，减去有理由、有批准人的免考教师）"""
    tally = scope.tally
    share = Share("验收合格", tally.accepted, tally.due, "人", tally.due)
    return Measure((share,), _paths(_assessed(scope), _decisions(scope)))


@indicator(2, "省市检查验收结果")
def inspection_results(scope: Scope) -> Measure:
    """省、市对本县和本县学校检查验收（含抽检）的结论中合格的 ÷ 检查过的单位；同一级对同一单位以最后一次为准"""
    here = {scope.unit.path, *(school.school.path for school in scope.schools)}
    last: dict[tuple[str, str], tuple[str, str]] = {}
    seen = []
    for above in scope.unit.ancestors:
        for record in above.all(Inspections, year=scope.year):
            for each in record.data.inspections:
                if each.unit in here:
                    seen.append(record)
                    key = above.path, each.unit
                    last[key] = max(last.get(key, ("", "")), (each.date, each.conclusion))
    good = sum(conclusion == "合格" for _, conclusion in last.values())
    return Measure((Share("检查合格", good, len(last), "项"),), _paths(seen))


@indicator(3, "全员培训完成率")
def training_completion(scope: Scope) -> Measure:
    """网络研修和实践应用学时都学满的应考教师 ÷ 应考教师"""
    share = Share("学满学时", scope.tally.trained, scope.tally.due, "人", scope.tally.due)
    return Measure((share,), _paths(_rosters(scope), _activities(scope), _exports(scope)))


@indicator(4, "校本应用考核参加率与考核合格率")
def participation_and_passing(scope: Scope) -> Measure:
    """参加率：有评审结果的应考教师 ÷ 应考教师；考核合格率：通过的微能力合计达到最低学分的应考教师 ÷ 应考教师"""
    tally = scope.tally
    reviewed = Share("参加考核", tally.reviewed, tally.due, "人", tally.due)
    passed = Share("考核合格", tally.passed, tally.due, "人", tally.due)
    return Measure((reviewed, passed), _paths(_assessed(scope)))


@indicator(5, "学校管理团队组建率与合规率")
def school_teams(scope: Scope) -> Measure:
    """组建率：有管理团队的学校（挂靠的看中心学校）÷ 全部学校；合规率：在任{bounds}的团队 ÷ 全部团队"""
    teams: dict[str, Record[Team]] = {}
    covered = 0
    for school in scope.schools:
        own = school.school.team("management")
        center = school.center.team("management") if school.center else None
        covered += bool(own or center)
        if own:
            teams[own.path] = own
    bounds = scope.programme.rulebook(scope.year).bounds("TEAM-SIZE")
    sound = sum(bounds.hold(len(serving(team.data))) for team in teams.values())
    return Measure(
        (Share("组建团队", covered, len(scope.schools), "所"), Share("人数合规", sound, len(teams), "支")),
        _paths(teams.values()),
    )


@indicator(6, "管理团队专项培训覆盖率")
def leadership_training(scope: Scope) -> Measure:
    """管理团队参加过信息化领导力专项培训的学校 ÷ 全部学校（挂靠中心学校的由中心学校参加，不单列）"""
    reached: set[str] = set()
    seen = []
    for unit in (scope.unit, *scope.unit.ancestors):
        for record in unit.all(Training):
            batches = [
                batch
                for batch in record.data.batches
                if batch.audience == "学校管理团队" and batch.focus == "信息化领导力"
            ]
            if batches and (record.year or 0) <= scope.year:
                seen.append(record)
                reached.update(path for batch in batches for path in batch.schools)
    trained = sum(school.school.path in reached for school in scope.planners)
    return Measure((Share("参加专项培训", trained, len(scope.planners), "所"),), _paths(seen if scope.schools else ()))


@indicator(7, "规划备案率")
def approved_plans(scope: Scope) -> Measure:
    """规划经县级审核通过的学校（挂靠的看中心学校的规划）÷ 全部学校"""
    approved = sum(school.approval is not None for school in scope.schools)
    plans = [school.plan for school in scope.schools]
    approvals = scope.unit.all(Approvals, year=scope.year)
    return Measure((Share("规划备案", approved, len(scope.schools), "所"),), _paths(plans, approvals))


@indicator(8, "研修方案、专题计划、任务单齐全率")
def study_documents(scope: Scope) -> Measure:
    """有研修方案的学校 ÷ 全部学校；有专题研修计划的教研组 ÷ 名册上的教研组；三样都齐的学校 ÷ 全部学校"""
    with_scheme = with_plan = groups = complete = 0
    seen: list[Record[Scheme] | Record[Group]] = []
    for school in scope.schools:
        schemes = school.planner.all(Scheme, year=scope.year)
        plans = school.school.all(Group, year=scope.year)
        names = {teacher.group for teacher in school.teachers.values() if teacher.group}
        planned = {group.data.name for group in plans}
        due = [teacher for teacher in school.counted.values() if not is_exempt(teacher)]
        tasks = [any(stay.teacher.task_sheet for stay in school.stays_of(teacher)) for teacher in due]
        with_scheme += bool(schemes)
        groups += len(names | planned)
        with_plan += len(planned)
        complete += bool(schemes and planned and names <= planned and tasks and all(tasks))
        seen += [*schemes, *plans]
    return Measure(
        (
            Share("有研修方案", with_scheme, len(scope.schools), "所"),
            Share("有专题计划", with_plan, groups, "个教研组"),
            Share("三样都齐", complete, len(scope.schools), "所"),
        ),
        _paths(_rosters(scope), seen),
    )


@indicator(9, "实践应用学时占比")
def practice_share(scope: Scope) -> Measure:
    """应考教师的实践应用学时之和 ÷ 网络研修与实践应用学时之和{share}"""
    hours = [
        stated
        for school in scope.schools
        for teacher in school.counted.values()
        for stay in school.stays_of(teacher)
        if (stated := stay.year.stated_hours(stay.teacher)) and not is_exempt(teacher)
    ]
    practice = sum(each.practice for each in hours)
    share = Share("实践应用", practice, practice + sum(each.online for each in hours), "学时", len(hours))
    return Measure((share,), _paths(_rosters(scope), _activities(scope), _exports(scope)))


@indicator(10, "案例与优秀课例报送率")
def cases_filed(scope: Scope) -> Measure:
    """本年度报送了整校推进工作案例的学校 ÷ 全部学校；报送了优秀课例的学校 ÷ 全部学校"""
    with_case = with_lesson = 0
    seen = []
    for school in scope.schools:
        cases = [case for case in school.school.all(Case) if scope.programme.within(scope.year, case.data.date)]
        with_case += any(case.data.type == "整校推进工作案例" for case in cases)
        with_lesson += any(case.data.type == "信息技术应用课例" and case.data.excellent for case in cases)
        seen += cases
    schools = len(scope.schools)
    return Measure(
        (Share("报送案例", with_case, schools, "所"), Share("报送优秀课例", with_lesson, schools, "所")),
        _paths(seen),
    )


@indicator(11, "团队绩效四项考评率")
def trainers_appraised(scope: Scope) -> Measure:
    """按培训设计、过程管理、研修指导、考核评价四项都考评过的县级培训团队成员 ÷ 本年度在任成员"""
    team = scope.unit.team("training") if scope.unit.level == "县" else None
    record = scope.unit.one(Appraisal, year=scope.year) if team else None
    starts, ends = scope.programme.span(scope.year)
    members = serving(team.data, ends, since=starts) if team else []
    appraised = {
        each.name
        for each in (record.data.members if record else ())
        if each.team == "培训团队" and {task.task for task in each.tasks} >= TASKS
    }
    done = sum(member.name in appraised for member in members)
    return Measure((Share("四项都考评", done, len(members), "人", len(members)),), _paths([team, record]))


@indicator(12, "证书发放率")
def certificates_issued(scope: Scope) -> Measure:
    """应得的证书都已发放的教师 ÷ 验收认定的合格教师；每项通过的微能力应得一张"""
    if not scope.schools:
        return Measure((Share("证书发齐", 0, 0, "人", 0),), ())
    year = scope.programme.county_year(scope.unit, scope.year)
    waiting = {due.teacher for due in due_certificates(scope.programme, year)}
    accepted = scope.tally.accepted
    share = Share("证书发齐", accepted - len(waiting), accepted, "人", accepted)
    return Measure((share,), _paths(_assessed(scope), _decisions(scope), [year.ledger]))


@indicator(13, "电子档案建档率")
def portfolios(scope: Scope) -> Measure:
    """档案里目标、选学、学时、评审结果、总结反思都有记录的应考教师 ÷ 应考教师；档案由这些记录汇成"""
    complete = due = 0
    seen = []
    for school in scope.schools:
        groups = school.school.all(Group, year=scope.year)
        seen += groups
        for teacher in school.counted.values():
            if not is_exempt(teacher):
                due += 1
                complete += any(map(_is_documented, school.stays_of(teacher)))
    return Measure((Share("档案齐全", complete, due, "人", due),), _paths(_assessed(scope), seen))


def _is_documented(stay: Stay) -> bool:
    """Whether the papers of one of a teacher's schools have all that a portfolio is made of."""
    year, teacher = stay.year, stay.teacher
    goal, hours = teacher.goal or teacher.number in year.consulted, year.stated_hours(teacher)
    return bool(goal and teacher.choices and hours and teacher.reflection and teacher.number in year.assessed)


@indicator(14, "各报送期限按时率")
def filings_on_time(scope: Scope) -> Measure:
    """按时报送的材料 ÷ 本年度有期限的材料；报送的是市和省管县，别的县没有这一项"""
    settings = scope.programme.settings
    rounds = settings.data.rounds if settings else ()
    files = scope.unit.level == "市" or scope.unit.path in scope.programme.local.direct_counties
    deadlines = [
        item for each in rounds if each.year == scope.year for item in each.deadlines if item.paper and item.form
    ]
    record = scope.unit.one(Filings, year=scope.year)
    done = sum(
        any(
            (each.paper, each.form) == (item.paper, item.form) and each.date <= item.date
            for each in record.data.filings
        )
        for item in deadlines
        if record
    )
    return Measure((Share("按时报送", done if files else 0, len(deadlines) if files else 0, "项"),), _paths([record]))


def _rosters(scope: Scope) -> Iterator[Record[Any] | None]:
    for school in scope.schools:
        yield school.roster


def _activities(scope: Scope) -> Iterator[Record[Activities]]:
    for school in scope.schools:
        yield from school.school.all(Activities, year=scope.year)


def _exports(scope: Scope) -> Iterator[Record[Any]]:
    for school in scope.schools:
        for claims in school.claims.values():
            yield from (each.record for each in claims)


def _assessed(scope: Scope) -> Iterator[Record[Any] | None]:
    yield from _rosters(scope)
    for school in scope.schools:
        yield from school.reviews


def _decisions(scope: Scope) -> list[Record[Acceptance]]:
    return scope.unit.all(Acceptance, year=scope.year)


def _paths(*groups: Iterable[Record[Any] | None]) -> tuple[str, ...]:
    """The sorted paths of some records, those that are not there left out."""
    return tuple(sorted({record.path for group in groups for record in group if record is not None}))

"""What a round needs and nobody has sent by the day on which it was due: told, so that it is not simply missing.

A deadline is one of programme.yaml, or else the end of the round: the guidance gives dates only for a few papers, and
that the rest is due with the round is this project's decision. Nothing here is an error; what a later step rests on
is asked for there.
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.findings import About
from wholeschool.outcomes.standing import standing_decisions
from wholeschool.programme import Programme, Unit, YearOfCounty, YearOfSchool
from wholeschool.records.structs import (
    Activities,
    Announcement,
    Appraisal,
    Case,
    CountyProject,
    Documents,
    Filings,
    Group,
    Inspections,
    Performance,
    Pilots,
    Plan,
    ProjectDecision,
    ProjectDecisions,
    Projects,
    Providers,
    Scheme,
    SpotCheck,
    Training,
    WorkLog,
)
from wholeschool.rules.appraisal import EXPERT_TASKS
from wholeschool.rules.draws import is_finished
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import SAID_OF_DEADLINES, STAFF_LIST, TRAINERS

# What is due is due by the end of a round; of one whose days are wrong, or of which nobody knows whether it is closed,
# that says nothing.
_ROUNDS = ("ROUND-DATES", "ROUND-KNOWN", "FIGURES-CLOSED")
_TEAMS = {"office": ("工程办", STAFF_LIST), "management": ("管理团队", STAFF_LIST), "training": ("培训团队", TRAINERS)}


@rule(
    "DUE-TEAMS",
    "paper",
    authority="本工程的配置（programme.yaml 的 rounds.deadlines.date）；本项目的约定（没有写期限的，以本轮结束为期）",
    severity="warning",
    presupposes=("FILING-TEAMS", *_ROUNDS),
)
def offices_and_teams_are_there_in_time(programme: Programme) -> Iterator[Breach]:
    """省、市、县区的工程办、管理团队、培训团队，省的专家团队，到报送人员信息的期限都有名单。

    期限取工程总配置里信息表和培训团队情况的期限；没有写的，以本轮结束为期。
    """
    for year in programme.years:
        for unit in programme.units.values():
            lacking = [
                title
                for name, (title, paper) in _wanted(unit)
                if programme.is_past(year, paper, unit) and programme.is_missing(unit, f"teams/{name}.yaml")
            ]
            if lacking:
                message = f"{year} 年已经过了期限，{unit.name}还没有{'、'.join(lacking)}的名单"
                yield unit.record.at(None), message, "组建后补上 teams/ 下的名单", About(unit.path, year)


def _wanted(unit: Unit) -> Iterator[tuple[str, tuple[str, str]]]:
    if unit.level != "校":
        yield from _TEAMS.items()
    if unit.level == "省":
        yield "expert", ("专家团队", "")


@rule(
    "DUE-FILING",
    "paper",
    authority=f"{SAID_OF_DEADLINES}；本项目的约定（没有写期限的，以本轮结束为期）",
    severity="warning",
    presupposes=_ROUNDS,
)
def papers_have_been_filed_in_time(programme: Programme) -> Iterator[Breach]:
    """市（省管县）到期限报送了信息表、培训团队建立情况、推荐表，该寄纸质件的寄了。

    期限取工程总配置里同一材料、同一形式的；没有写的，以本轮结束为期。没有登记，和没有报送看起来一样。已经关闭的一轮不再补记，不查。
    """
    for year in programme.years:
        round_ = programme.round(year)
        if round_ is None or not programme.day or round_.closed:
            continue
        dates = {(each.paper, each.form): each.date for each in round_.deadlines}
        asked = [(each.paper, each.form) for each in programme.rulebook(year).filings]
        due = {key: dates.get(key) or dates.get((key[0], None)) or round_.ends for key in asked}
        for unit in programme.units.values():
            if unit.level != "市" and unit.path not in programme.local.direct_counties:
                continue
            if programme.has_broken(f"{unit.path}/{year}/filings.yaml"):
                continue
            filed = {(each.paper, each.form) for record in unit.all(Filings, year=year) for each in record.data.filings}
            past = (key for key, day in due.items() if programme.day > day and unit.owes(day))
            if lacking := [f"“{paper}”的{form}" for paper, form in past if (paper, form) not in filed]:
                message = f"已经过了期限，{unit.name}还没有报送{'、'.join(lacking)}"
                hint = f"报送后登记在 {year}/filings.yaml 里；报过的补记"
                yield unit.record.at(None), message, hint, About(unit.path, year)


@rule(
    "DUE-ABOVE",
    "paper",
    authority="本项目的约定（以本轮结束为期）",
    severity="warning",
    presupposes=_ROUNDS,
)
def provinces_and_cities_have_done_their_part(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，省、市遴选过试点、写下了试点的经验，检查、抽检过；市级还办过培训团队的培训，验收和评估过，指导过县区；省级专家团队的六项任务都有记录。

    这几件事是省、市的职责，做了没有记，和没有做看起来一样。
    """
    for year in filter(programme.is_past, programme.years):
        for unit in programme.units.values():
            owing = unit.level in ("省", "市") and programme.is_past(year, unit=unit)
            if not owing or programme.has_broken(f"{unit.path}/{year}"):
                continue
            owed = _owed_by_a_city(unit, year) if unit.level == "市" else _owed_by_a_province(unit, year)
            if lacking := [*_pilots(programme, unit, year), *owed]:
                message = f"{year} 年已经结束，{unit.name}还没有{'、'.join(lacking)}"
                yield unit.record.at(None), message, _LATE, About(unit.path, year)


_LATE = "做了的补记；没有做的，列入下一轮"


def _pilots(programme: Programme, unit: Unit, year: int) -> Iterator[str]:
    if programme.has_broken(f"{unit.path}/pilots.yaml"):
        return
    pilots = [
        each for record in unit.all(Pilots) for each in record.data.pilots if each.since <= programme.span(year)[1]
    ]
    if not pilots:
        yield f"{unit.level}级试点（pilots.yaml）"
    targets = [programme.units.get(each.unit) for each in pilots if not each.experience]
    if without := [target.name for target in targets if target]:
        yield f"试点{'、'.join(without)}的经验（pilots.yaml 的 experience）"


def _owed_by_a_city(city: Unit, year: int) -> Iterator[str]:
    if "培训团队" not in _trained(city, year):
        yield "培训团队专项培训的记录（training.yaml）"
    if not city.all(WorkLog, year=year):
        yield "指导县区的工作记录（work-log.yaml）"
    kinds = {each.kind for record in city.all(Inspections, year=year) for each in record.data.inspections}
    if "验收" not in kinds:
        yield "学校校本应用考核的验收（inspections.yaml）"
    if "抽检" not in kinds and not city.all(SpotCheck, year=year):
        yield "对县区考核情况的抽检（inspections.yaml 或 spot-checks/）"
    if not _evaluated(city, year):
        yield "对县区的绩效评估（performance.yaml）"


def _owed_by_a_province(province: Unit, year: int) -> Iterator[str]:
    logged = {each.task for record in province.all(WorkLog, year=year) for each in record.data.entries}
    if lacking := [task for task in EXPERT_TASKS if task not in logged]:
        yield f"专家团队{'、'.join(lacking)}的工作记录（work-log.yaml）"
    if not province.all(Inspections, year=year) and not province.all(SpotCheck, year=year):
        yield "对市县的检查、抽检（inspections.yaml 或 spot-checks/）"


def _trained(unit: Unit, year: int) -> set[str]:
    return {batch.audience for each in unit.all(Training, year=year) for batch in each.data.batches}


def _evaluated(unit: Unit, year: int) -> bool:
    """Whether a unit has evaluated one below it."""
    evaluations = (each for record in unit.all(Performance, year=year) for each in record.data.evaluations)
    return any(each.kind == "他评" for each in evaluations)


@rule(
    "DUE-COUNTY",
    "paper",
    authority="本项目的约定（以本轮结束为期）",
    severity="warning",
    presupposes=_ROUNDS,
)
def counties_have_done_their_part(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，县级该办的都有记录：培训、试点、考评、评估、项目、资源、过程数据、过程抽查；学校报来的规划审核了，评审过的验收了，验收合格的认定了；学校有网络研修的，遴选过承担机构。

    这几件事是县区的职责，做了没有记，和没有做看起来一样。
    """
    for year in programme.county_years():
        if programme.is_past(year.year, unit=year.county) and (lacking := list(_undone(programme, year))):
            message = f"{year.year} 年已经结束，{year.county.name}还没有{'、'.join(lacking)}"
            yield year.county.record.at(None), message, _LATE, About(year.county.path, year.year)


def _undone(programme: Programme, year: YearOfCounty) -> Iterator[str]:
    county, folder = year.county, str(year.year)
    if programme.has_broken(f"{county.path}/{folder}") or programme.has_broken(f"{county.path}/providers.yaml"):
        return
    audiences = _trained(county, year.year)
    for audience, title in (("培训团队", "培训团队专项培训"), ("学校管理团队", "学校管理团队信息化领导力培训")):
        if audience not in audiences:
            yield f"{title}的记录（training.yaml）"
    yield from _pilots(programme, county, year.year)
    if not any(check.data.stage == "考核过程" for check in county.all(SpotCheck, year=year.year)):
        yield "考核过程的抽查（spot-checks/）"
    if any(map(has_online_hours, year.schools)) and not county.all(Providers):
        yield "遴选的承担机构（providers.yaml）"
    if "培训团队" not in {
        each.team for record in county.all(Appraisal, year=year.year) for each in record.data.members
    }:
        yield "培训团队的考评（appraisal.yaml）"
    if "培训团队" not in {each.team for record in county.all(WorkLog, year=year.year) for each in record.data.entries}:
        yield "培训团队的工作记录（work-log.yaml）"
    if not _evaluated(county, year.year):
        yield "对学校推进情况的评估（performance.yaml）"
    for name, title in (
        (f"{folder}/projects.yaml", "项目设计"),
        (f"{folder}/process-data.csv", "伴随式数据"),
        ("resources.yaml", "课程资源"),
    ):
        if programme.is_missing(county, name):
            yield f"{title}（{name.rpartition('/')[2]}）"
    yield from _unfinished(programme, year)
    for schools, title in _undecided(year):
        if schools:
            shown = "、".join(school.school.name for school in schools[:3]) + ("等" if len(schools) > 3 else "")
            yield f"{shown}的{title}"


def _unfinished(programme: Programme, year: YearOfCounty) -> Iterator[str]:
    """What spot checks have begun."""
    checks = [record.data for record in year.county.all(SpotCheck, year=year.year)]
    items = [(check, item) for check in checks for item in check.items]
    announced = year.county.all(Announcement, year=year.year)
    drawn = [each for each in announced if each.data.drawn and not each.data.cancelled]
    if left := [each.name for each in drawn if not is_finished(programme, year.county, each)]:
        yield f"抽了样（{'、'.join(left)}）还没有抽查完（announcements/）"
    if waiting := sum(check.stage == "考核结果" and not item.recheck_level for check, item in items):
        yield f"抽查里 {waiting} 项的复核评定（spot-checks/）"
    corrections = [item.correction for _, item in items if item.correction and not item.correction.done]
    if late := sum(each.due < programme.day for each in corrections):
        yield f"到期的 {late} 项整改（spot-checks/）"


def _undecided(year: YearOfCounty) -> Iterator[tuple[list[YearOfSchool], str]]:
    """Schools for which the county has still to decide something, and what."""
    schools = [each for each in year.schools if not each.school.closed]
    plans = [each for each in schools if each.plan and each.planner is each.school and not each.approvals]
    yield plans, "规划审核（approvals/）"
    yield [each for each in schools if each.reviews and not each.acceptances], "验收结论（acceptance/）"
    yield (
        [each for each in schools if each.accepted and not each.accepted.recognition],
        "学时学分认定（wholeschool recognise）",
    )


def has_online_hours(year: YearOfSchool) -> bool:
    """Whether a school has hours of online study in a round."""
    return bool(year.claims) or any(
        activity.hours is not None and activity.hours.kind == "网络研修"
        for record in year.school.all(Activities, year=year.year)
        for activity in record.data.activities
    )


@rule(
    "DUE-DECISION",
    "paper",
    authority="本项目的约定（以本轮结束为期）",
    severity="warning",
    presupposes=_ROUNDS,
)
def cities_have_decided_about_projects(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，县区报来的项目市级都审批过。

    县区设计的项目报市级工程办审批；报了没有下文，县区不知道能不能做。
    """
    for city in programme.level("市"):
        for year in programme.years:
            if not programme.is_past(year) or programme.has_broken(f"{city.path}/{year}/project-decisions.yaml"):
                continue
            records = [record.data for record in city.all(ProjectDecisions, year=year)]
            decided = {(each.county, each.project): each for each in standing_decisions(records)}
            waiting = [
                f"{county.name}的“{project.name}”"
                for county in city.children
                if not county.closed
                for record in county.all(Projects, year=year)
                for project in record.data.projects
                if _waits(project, decided.get((county.path, project.name)))
            ]
            if waiting:
                message = f"{year} 年已经结束，报来的项目还没有审批：{'、'.join(waiting)}"
                at = city.record.at(None)
                yield at, message, f"审批后写进 {year}/project-decisions.yaml", About(city.path, year)


def _waits(project: CountyProject, decision: ProjectDecision | None) -> bool:
    """Whether a project that was handed in has no decision, or was returned and has been handed in again since."""
    if not project.submitted or decision is None:
        return bool(project.submitted)
    return decision.decision == "退回修改" and decision.date < project.submitted


@rule(
    "DUE-SCHOOL",
    "paper",
    authority="本项目的约定（以本轮结束为期；挂靠的学校，团队的事由中心学校做）",
    severity="warning",
    presupposes=("TEAM-MISSING", "PLAN-APPROVED", *_ROUNDS),
)
def schools_have_done_their_part(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，学校该报的都报了：管理团队（或者挂靠中心学校）、规划、名册、方案、研修和评审；管理团队的年度工作计划、两项制度、绩效、案例和课例、结果的应用；协商过的教研组有学科研修计划。

    没有团队又没有挂靠，就没有人负责；协商要依据学校规划和学科研修计划。已经评审的，前面几步由各自的规则查。
    """
    for year in _past_years_of_schools(programme):
        school = year.school
        if programme.has_broken(f"{school.path}/{year.year}"):
            continue
        owed = (_founded(programme, year), _steps_before_the_review(programme, year), _owed_by_a_team(programme, year))
        if lacking := [each for some in owed for each in some]:
            message = f"{year.year} 年已经结束，{school.name}还没有{'、'.join(lacking)}"
            hint = "做了的补报；没有做的，列入下一轮"
            yield school.record.at(None), message, hint, About(school.path, year.year)


def _founded(programme: Programme, year: YearOfSchool) -> Iterator[str]:
    """Who is responsible, and what the consultation rests on."""
    school = year.school
    own = school.data.center or school.all(Plan)  # with a plan of its own: TEAM-MISSING
    if not own and programme.is_missing(school, "teams/management.yaml"):
        yield "管理团队（teams/management.yaml；或写 center，请县里确认挂靠）"
    groups = [record.data for record in school.all(Group, year=year.year)]
    if without := [each.name for each in groups if each.consultation and not each.subject_plan]:
        yield f"{'、'.join(without)}的学科研修计划（groups/ 里的 subject_plan）"


def _past_years_of_schools(programme: Programme) -> Iterator[YearOfSchool]:
    """Rounds that are over: of each school those of which it has records, and the last one in any case."""
    over = list(filter(programme.is_past, programme.years))
    for school in programme.schools:
        for year in over:
            known = (year in school.years or year == over[-1]) and programme.is_past(year, unit=school)
            if known and not any(f"{school.path}/".startswith(f"{each}/") for each in programme.elsewhere):
                yield programme.school_year(school, year)


def _steps_before_the_review(programme: Programme, year: YearOfSchool) -> Iterator[str]:
    """What a school that has reviewed nobody lacks on the way there; of one that has, the steps' own rules tell."""
    if year.reviews:
        return
    own = year.planner is year.school
    for place, title, asked in (
        ("plan.yaml", "发展规划", own and not year.approvals),  # else APPROVAL-SCHOOL
        ("teachers.yaml", "教师名册", True),
        ("scheme.yaml", "研修方案", own),
        ("activities.yaml", "研修活动", True),
    ):
        if asked and programme.is_missing(year.school, f"{year.year}/{place}"):
            yield f"{title}（{place}）"
    if not year.school.all(Group, year=year.year):
        yield "教研组的专题研修计划（groups/）"
    yield "评审（reviews/）"


def _owed_by_a_team(programme: Programme, year: YearOfSchool) -> Iterator[str]:
    """What the guidance asks of a school's management team; branch schools have none of their own."""
    school = year.school
    if school.data.center:
        return
    if programme.is_missing(school, f"{year.year}/work-plan.yaml"):
        yield "年度工作计划（work-plan.yaml）"
    if not programme.has_broken(f"{school.path}/documents.yaml"):
        issued = {
            each.kind
            for record in school.all(Documents)
            for each in record.data.documents
            if each.status == "印发" and each.year in (None, year.year)
        }
        if "工作管理机制" not in issued:
            yield "工作管理机制（documents.yaml）"
        written = any(record.data.incentive for record in school.all(Scheme, year=year.year))
        if "激励制度" not in issued and not written:
            yield "激励制度（documents.yaml，或方案里的 incentive）"
    if not school.all(Appraisal, year=year.year):
        yield "管理团队的绩效考评（appraisal.yaml）"
    if not year.reviews:
        return
    if not programme.has_broken(f"{school.path}/cases"):
        cases = [record.data for record in school.all(Case) if programme.within(year.year, record.data.date)]
        if not any(case.type == "整校推进工作案例" for case in cases):
            yield "整校推进工作案例（cases/）"
        if not any(case.type != "整校推进工作案例" and case.excellent for case in cases):
            yield "优秀课例（cases/，写 excellent: true）"
    if programme.is_missing(school, f"{year.year}/result-uses.yaml"):
        yield "考核结果的应用（result-uses.yaml）"

"""What a round needs and nobody has sent by the day on which it was due: told, so that it is not simply missing.

A deadline is one of programme.yaml, or else the end of the round: the guidance gives dates only for a few papers, and
that the rest is due with the round is this project's decision. Nothing here is an error; what a later step rests on
is asked for there.
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.findings import About
from wholeschool.programme import Programme, Unit, YearOfCounty, YearOfSchool
from wholeschool.records.structs import Activities, Group, ProjectDecisions, Projects, Providers, SpotCheck, Training
from wholeschool.rules.management import ANNEX_3
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import TRAINERS

_TEAMS = {"office": ("工程办", ANNEX_3), "management": ("管理团队", ANNEX_3), "training": ("培训团队", TRAINERS)}


@rule(
    "DUE-TEAMS",
    "paper",
    clause="附件2 序“组建市县两级工程办、省市县三级培训团队”；附件1 二(一)1“组建省级管理团队”；"
    "附件1 二(二)1“组建市级管理团队”；附件1 二(三)1“组建县级管理团队”；附件1 二(一)2“组建省级专家团队”；"
    "本工程的配置（programme.yaml 的 rounds.deadlines.date）；本项目的约定（没有写期限的，以本轮结束为期）",
    severity="warning",
    presupposes=("FILING-TEAMS", "ROUND-DATES", "ROUND-KNOWN"),
)
def offices_and_teams_are_there_in_time(programme: Programme) -> Iterator[Breach]:
    """省、市、县区的工程办、管理团队、培训团队，省的专家团队，到报送人员信息的期限都有名单。

    期限取工程总配置里附件3 和培训团队情况的期限；没有写的，以本轮结束为期。
    """
    for year in programme.years:
        for unit in programme.units.values():
            lacking = [
                title
                for name, (title, paper) in _wanted(unit)
                if programme.is_past(year, paper) and programme.is_missing(unit, f"teams/{name}.yaml")
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
    "DUE-COUNTY",
    "paper",
    clause="附件1 二(三)2“组织开展县级培训团队专项培训工作”；"
    "附件1 三(一)2“开展面向所有学校的管理团队信息化领导力提升专项培训”；附件1 二(三)5“抽查校本应用考核过程”；"
    "附件1 三(二)1“县级教育行政部门遴选网络研修任务承担机构”；本项目的约定（以本轮结束为期）",
    severity="warning",
    presupposes=(
        "ROUND-DATES",
        "ROUND-KNOWN",
    ),
)
def counties_have_done_their_part(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，县级办过培训团队和学校管理团队的培训，抽查过考核过程；学校有网络研修的，遴选过承担机构。

    这几件事是县区的职责，做了没有记，和没有做看起来一样。
    """
    for year in programme.county_years():
        if programme.is_past(year.year) and (lacking := list(_undone(programme, year))):
            message = f"{year.year} 年已经结束，{year.county.name}还没有{'、'.join(lacking)}"
            yield (
                year.county.record.at(None),
                message,
                "做了的补记；没有做的，列入下一轮",
                About(year.county.path, year.year),
            )


def _undone(programme: Programme, year: YearOfCounty) -> Iterator[str]:
    county = year.county
    if programme.has_broken(f"{county.path}/{year.year}") or programme.has_broken(f"{county.path}/providers.yaml"):
        return
    audiences = {batch.audience for each in county.all(Training, year=year.year) for batch in each.data.batches}
    for audience, title in (("培训团队", "培训团队专项培训"), ("学校管理团队", "学校管理团队信息化领导力培训")):
        if audience not in audiences:
            yield f"{title}的记录（training.yaml）"
    if not any(check.data.stage == "考核过程" for check in county.all(SpotCheck, year=year.year)):
        yield "考核过程的抽查（spot-checks/）"
    if any(map(has_online_hours, year.schools)) and not county.all(Providers):
        yield "遴选的承担机构（providers.yaml）"


def has_online_hours(year: YearOfSchool) -> bool:
    """Whether a school has hours of online study in a round."""
    return any(
        activity.hours.kind == "网络研修"
        for record in year.school.all(Activities, year=year.year)
        for activity in record.data.activities
    )


@rule(
    "DUE-DECISION",
    "paper",
    clause="附件2 一“审批项目区县项目并向省工程办报备”；本项目的约定（以本轮结束为期）",
    severity="warning",
    presupposes=(
        "ROUND-DATES",
        "ROUND-KNOWN",
    ),
)
def cities_have_decided_about_projects(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，县区报来的项目市级都审批过。

    县区设计的项目报市级工程办审批；报了没有下文，县区不知道能不能做。
    """
    for city in programme.level("市"):
        for year in programme.years:
            if not programme.is_past(year) or programme.has_broken(f"{city.path}/{year}/project-decisions.yaml"):
                continue
            decided = {
                (each.county, each.project)
                for record in city.all(ProjectDecisions, year=year)
                for each in record.data.decisions
            }
            waiting = [
                f"{county.name}的“{project.name}”"
                for county in city.children
                for record in county.all(Projects, year=year)
                for project in record.data.projects
                if project.submitted and (county.path, project.name) not in decided
            ]
            if waiting:
                message = f"{year} 年已经结束，报来的项目还没有审批：{'、'.join(waiting)}"
                at = city.record.at(None)
                yield at, message, f"审批后写进 {year}/project-decisions.yaml", About(city.path, year)


@rule(
    "DUE-SCHOOL",
    "paper",
    clause="附件1 二(四)1“中小学组建由校长领衔、学校相关管理人员构成的学校信息化管理团队”；"
    "附件1 四(二)2“依据学校信息化教育教学发展规划与学科研修计划”；本项目的约定（以本轮结束为期）",
    severity="warning",
    presupposes=("TEAM-MISSING", "PLAN-APPROVED", "ROUND-DATES", "ROUND-KNOWN"),
)
def schools_have_done_their_part(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，学校有管理团队（或者挂靠了中心学校）；协商过的教研组有学科研修计划。

    没有团队又没有挂靠，就没有人负责；协商要依据学校规划和学科研修计划。
    """
    for year in programme.school_years():
        school = year.school
        if not programme.is_past(year.year):
            continue
        here = About(school.path, year.year)
        if programme.is_missing(school, "teams/management.yaml") and not school.data.center:
            message = f"{year.year} 年已经结束，{school.name}没有管理团队名单，也没有挂靠中心学校"
            yield school.record.at(None), message, "补上 teams/management.yaml，或写 center 并请县里确认", here
        groups = [record.data for record in school.all(Group, year=year.year)]
        if lacking := [each.name for each in groups if each.consultation and not each.subject_plan]:
            message = f"{year.year} 年已经结束，{'、'.join(lacking)}协商过，没有学科研修计划（subject_plan）"
            yield (
                school.record.at(None),
                message,
                "补进教研组的文件；与专题研修计划写在一起的，把学科的部分列出来",
                here,
            )

"""Counties' projects: submitted, decided by the city, reported."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.standing import standing_decisions
from wholeschool.programme import Programme
from wholeschool.programme.people import plain
from wholeschool.records.structs import (
    ProjectDecisions,
    Projects,
)
from wholeschool.rules.registry import Breach, rule


@rule(
    "PROJECT-DECISION",
    "decision",
    presupposes=("projects", "DATE-FUTURE", "UNIT-MOVED"),
)
def decisions_are_about_submitted_projects(programme: Programme) -> Iterator[Breach]:
    """市级审批的是县区已经报来的项目；批准之后向省工程办报备。

    县设计、市审批、省报备，一步一步来。
    """
    for city, record in programme.each(ProjectDecisions):
        for each in record.data.decisions:
            county = programme.units.get(each.county)
            if county is None and programme.is_there(each.county):
                continue  # its unit.yaml has a finding
            if county is None or county.parent is not city:
                here = About(programme.meant(each.county), record.year or 0)
                yield (
                    record.at(each, "county"),
                    f"“{each.county}”不是本市的县区",
                    "写县区在 submissions/ 下的路径",
                    here,
                )
                continue
            projects = [
                project for register in county.all(Projects, year=record.year) for project in register.data.projects
            ]
            project = next((project for project in projects if project.name == each.project), None)
            if project is None:
                if programme.has_broken(f"{county.path}/{record.year}/projects.yaml"):
                    continue
                message, cause = f"{county.name}没有叫“{each.project}”的项目", ""
                if not projects:
                    message, cause = f"{county.name}还没有报送项目（{record.year}/projects.yaml）", county.path
                yield record.at(each, "project"), message, "核对项目名称，请县区把项目报上来", None, cause
            elif project.submitted is None:
                message = f"{county.name}的项目“{project.name}”还没有写报送日期"
                yield record.at(each, "project"), message, "请县区报送，在 projects.yaml 里写 submitted"
            elif each.decision == "批准" and project.submitted > each.date:
                # One that was returned is submitted again, on a later day than its return.
                message = f"审批日期 {each.date} 早于县区报送的日期 {project.submitted}"
                yield record.at(each, "date"), message, "核对两个日期"
            elif each.decision == "退回修改" and each.reported:
                yield record.at(each, "reported"), "退回修改的项目不报备", "删掉报备日期"
            elif each.reported and each.reported < each.date:
                yield record.at(each, "reported"), f"报备日期 {each.reported} 早于审批日期 {each.date}", "核对两个日期"


@rule("PROJECT-ONCE", "paper", authority=OURS)
def projects_of_a_round_have_names_of_their_own(programme: Programme) -> Iterator[Breach]:
    """一个单位一轮里的项目，名称各不相同；只差空格、标点和大小写的，算相同。

    市里照名称审批、报备；两个项目一个名称，批准了一个，另一个也跟着像是批准了。
    """
    for _, record in programme.each(Projects):
        seen: dict[str, str] = {}
        for project in record.data.projects:
            if (name := plain(project.name)) in seen:
                message = f"前面已经有一个叫“{seen[name]}”的项目"
                hint = "请报送的单位换一个名称；同一个项目只写一条，批准了又要调整的，请市里先退回，在原来的一条上改"
                yield record.at(project, "name"), message, hint
            seen.setdefault(name, project.name)


@rule("PROJECT-REPORTED", "paper", severity="warning")
def approved_projects_are_reported(programme: Programme) -> Iterator[Breach]:
    """市级批准的项目已经向省工程办报备。

    批准了没有报备的，提醒一声；后来又退回的，看后一次。
    """
    for _, record in programme.each(ProjectDecisions):
        for each in standing_decisions([record.data]):
            if each.decision == "批准" and not each.reported:
                yield record.at(each), f"项目“{each.project}”批准了，还没有向省报备", "报备后写 reported"

"""Work logs, the appraisal of people, the evaluation of performance."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.standing import standing_appraisals
from wholeschool.programme import Programme
from wholeschool.records.structs import (
    Appraisal,
    Performance,
    WorkLog,
)
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import TEAM_FILES

TASKS = ("培训设计", "过程管理", "研修指导", "考核评价")


EXPERT_TASKS = ("专题调研", "规划研制", "政策咨询", "业务指导", "绩效考评", "总结提升")


@rule(
    "LOG-TASK",
    "paper",
)
def logged_tasks_belong_to_the_team(programme: Programme) -> Iterator[Breach]:
    """工作记录里的任务属于所写的团队：专家团队六项，培训团队四项。

    任务与职责对得上，考评才有依据。
    """
    for _, record in programme.each(WorkLog):
        for entry in record.data.entries:
            at = record.at(entry, "task")
            if entry.team != "专家团队" and entry.task in EXPERT_TASKS and entry.task not in ("业务指导", "总结提升"):
                yield at, f"“{entry.task}”是专家团队的任务，这里写的是{entry.team}", "改团队或改任务"
            elif entry.team not in ("培训团队", "工程办") and entry.task in TASKS:
                yield at, f"“{entry.task}”是培训团队的任务，这里写的是{entry.team}", "改团队或改任务"


@rule(
    "APPRAISAL-MEMBER",
    "decision",
    authority="本项目的约定（进出落在团队名单上）",
    presupposes=("TEAM-SIZE", "TEAM-HEAD", "PLAN-GUIDED"),
)
def appraised_people_are_members(programme: Programme) -> Iterator[Breach]:
    """考评的是团队名单里的人。

    优胜劣汰要落在名单上；退出的怎样写，见 APPRAISAL-LEFT。
    """
    for unit, record in programme.each(Appraisal):
        for each in record.data.members:
            team = unit.team(TEAM_FILES[each.team])
            if team is None:
                continue
            if not any(person.name == each.name for person in team.data.members):
                here = About(unit.path, record.year or 0, matter=each.name)
                yield record.at(each, "name"), f"{each.team}的名单里没有这个人", "核对姓名", here


@rule(
    "APPRAISAL-LEFT",
    "keeping",
    authority="本项目的约定（进出落在团队名单上）",
)
def whoever_has_to_leave_has_left(programme: Programme) -> Iterator[Breach]:
    """考评结论是退出的人，团队名单里写明离任日期，以后也留着。

    优胜劣汰要落在名单上。离任日期没有写，或者后来删了，他就还算在任，还能去评审、抽查。以后又聘用的，在名单里另写一条，写明新的起期。
    重新考评过的，看后一次。
    """
    for unit, record in programme.each(Appraisal):
        for each in standing_appraisals(record.data):
            day = each.date or record.data.date or programme.span(record.year or 0)[1]
            team = unit.team(TEAM_FILES[each.team])
            if team is None or each.conclusion != "退出":
                continue
            terms = [person for person in team.data.members if person.name == each.name]
            if any(term.until is None and (term.from_ or "") <= day for term in terms):
                hint = "在团队名单里给他写上 until；以后又聘用的，另写一条，写明 from"
                yield record.at(each, "conclusion"), "结论是退出，名单里还没有离任日期", hint


@rule(
    "APPRAISAL-TASKS",
    "decision",
    authority="本项目的约定（四项都评；调整或退出的写明原因）",
)
def trainers_are_appraised_on_four_tasks(programme: Programme) -> Iterator[Breach]:
    """培训团队成员按四项任务考评：培训设计、过程管理、研修指导、考核评价；调整或退出的写明原因。

    四项都评，才看得出长处和短处。
    """
    for _, record in programme.each(Appraisal):
        for each in record.data.members:
            if each.team == "培训团队":
                given = {task.task for task in each.tasks}
                if lacking := [task for task in TASKS if task not in given]:
                    yield record.at(each), f"没有评{'、'.join(lacking)}", "补上"
                    continue
            if each.conclusion != "续聘" and not each.note:
                yield record.at(each, "conclusion"), f"结论是{each.conclusion}，没有写原因", "在 note 里写明"


@rule(
    "PERFORMANCE-INDICATOR",
    "decision",
    authority="本工程的配置（programme.yaml 的 local.indicators）",
)
def scores_are_of_configured_indicators(programme: Programme) -> Iterator[Breach]:
    """绩效评估用工程总配置里的指标，得分不超过分值。

    指导意见没有给出指标，由各地配置；没有配置就不能评。
    """
    if programme.settings is None:
        return
    points = {indicator.name: indicator.points for indicator in programme.local.indicators}
    for _, record in programme.each(Performance):
        for evaluation in record.data.evaluations:
            for score in evaluation.scores:
                if score.indicator not in points:
                    listed = "、".join(points) or "还没有配置"
                    yield (
                        record.at(score, "indicator"),
                        f"没有“{score.indicator}”这个指标" if points else "工程总配置里还没有配置绩效评估的指标",
                        f"工程总配置里的指标：{listed}",
                        None,
                        score.indicator if points else "没有指标",
                    )
                elif score.score > points[score.indicator]:
                    message = f"“{score.indicator}”得分 {score.score:g}，超过分值 {points[score.indicator]:g}"
                    yield record.at(score, "score"), message, "核对得分和分值", None, f"分值 {score.indicator}"


@rule("PERFORMANCE-TARGET", "decision", authority=OURS, presupposes=("UNIT-MOVED",))
def evaluations_are_of_units_below(programme: Programme) -> Iterator[Breach]:
    """自评评本单位，他评评下级单位。

    自评和他评结合，谁评谁要清楚。
    """
    for unit, record in programme.each(Performance):
        for evaluation in record.data.evaluations:
            target = programme.units.get(evaluation.unit)
            own = target is unit
            if evaluation.kind == "自评" and not own:
                yield record.at(evaluation, "unit"), "自评写的不是本单位", f"写 {unit.path}"
            elif programme.is_unread(evaluation.unit, unit):
                continue  # its unit.yaml has a finding
            elif evaluation.kind == "他评" and own:
                hint = "评自己的，写“自评”；评下级单位的，unit 写它的路径"
                yield record.at(evaluation, "unit"), "他评写的是本单位", hint
            elif evaluation.kind == "他评" and (target is None or unit not in target.ancestors):
                here = About(programme.meant(evaluation.unit), record.year or 0)
                yield record.at(evaluation, "unit"), f"“{evaluation.unit}”不是本级之下的单位", "写下级单位的路径", here


@rule("PERFORMANCE-EVIDENCE", "decision", authority=OURS, severity="warning", presupposes=("PERFORMANCE-INDICATOR",))
def scores_say_what_they_rest_on(programme: Programme) -> Iterator[Breach]:
    """绩效评估的每个得分写明依据。

    没有依据的分数，被评的单位无从核对。
    """
    for _, record in programme.each(Performance):
        for evaluation in record.data.evaluations:
            for score in evaluation.scores:
                if not (score.evidence or "").strip():
                    yield record.at(score), f"“{score.indicator}”的得分没有写依据", "在 evidence 里写明看的是哪些记录"

"""Running the programme: training batches, providers, appraisal, performance, projects, nominations, filings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.standing import standing_appraisals, standing_decisions
from wholeschool.programme import Programme, Unit
from wholeschool.programme.people import plain, serving
from wholeschool.records import Record
from wholeschool.records.structs import (
    Appraisal,
    Filings,
    Member,
    Nomination,
    Nominations,
    Performance,
    ProcessData,
    ProjectDecisions,
    Projects,
    Providers,
    ResultUses,
    Team,
    Training,
    WorkLog,
)
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import ANNEX_3, ANNEX_4, SAID_OF_DEADLINES, TRAINERS

STAGES = ("幼儿园", "小学", "初中", "高中")
TASKS = ("培训设计", "过程管理", "研修指导", "考核评价")
EXPERT_TASKS = ("专题调研", "规划研制", "政策咨询", "业务指导", "绩效考评", "总结提升")
TEAM_FILES = {"工程办": "office", "管理团队": "management", "培训团队": "training", "专家团队": "expert"}


@rule("TRAINING-DATES", "paper", clause=OURS, presupposes=("UNIT-MOVED",))
def training_ends_after_it_begins(programme: Programme) -> Iterator[Breach]:
    """培训的结束日期不早于开始日期；参加的学校在本级之下。

    日期和学校对了，覆盖率才算得准。
    """
    for unit, record in programme.each(Training):
        for batch in record.data.batches:
            if batch.ends < batch.starts:
                yield record.at(batch, "ends"), f"结束日期 {batch.ends} 早于开始日期 {batch.starts}", "核对两个日期"
            for index, path in enumerate(batch.schools):
                school = programme.units.get(path)
                if programme.is_unread(path, unit):
                    continue  # its unit.yaml has a finding
                if school is None or school.level != "校" or unit not in school.ancestors:
                    yield (
                        record.at(batch, "schools", index),
                        f"“{path}”不是本级之下的学校",
                        "写学校在 submissions/ 下的路径",
                        About(programme.meant(path), record.year or 0),
                    )


_FOCUS = {
    "学校管理团队": ("信息化领导力",),
    "培训团队": ("规划方案", "组织教研", "指导校本研修与校本应用考核", "培训设计、管理与评价"),
}
"""What a county's training of a team is to be about: 三(一)2, 三(一)1."""


@rule(
    "TRAINING-FOCUS",
    "paper",
    clause="附件1 三(一)2“管理团队信息化领导力提升专项培训”；"
    "附件1 三(一)1“有效提升培训团队规划方案、组织教研、指导校本研修与校本应用考核”；"
    "本项目的约定（办几批的，有一批是就行）",
    severity="warning",
)
def training_is_about_what_the_guidance_asks(programme: Programme) -> Iterator[Breach]:
    """县级给学校管理团队办的培训，有以信息化领导力为重点的；给培训团队办的，有以指导意见说的四样本事之一为重点的。

    办了培训，重点却是别的，或者没有写重点，指导意见要的那一次就还没有办。
    """
    for unit, record in programme.each(Training):
        for audience, wanted in _FOCUS.items() if unit.level == "县" else ():
            batches = [batch for batch in record.data.batches if batch.audience == audience]
            if batches and not any(batch.focus in wanted for batch in batches):
                first = batches[0]
                at = record.at(first, "focus") if first.focus else record.at(first)
                message = f"{audience}的培训没有一次以{'、'.join(wanted)}{'之一' if len(wanted) > 1 else ''}为重点"
                yield at, message, "核对 focus；确实没有办过的，安排一次"


@rule(
    "TRAINING-COVERAGE",
    "paper",
    clause="附件1 三(一)2“开展面向所有学校的管理团队信息化领导力提升专项培训”",
    severity="warning",
    presupposes=("UNIT-CENTER", "PLAN-APPROVED", "TRAINING-DATES", "training"),
)
def leadership_training_reaches_every_school(programme: Programme) -> Iterator[Breach]:
    """学校管理团队的信息化领导力提升专项培训面向所有学校。

    还有学校没有参加的，说出是哪几所；最后一次培训以后才设立的不算。省、市办的，往年办过的，写明学校参加了，也算，与覆盖率的算法相同。
    """
    for unit, record in programme.each(Training):
        batches = [batch for batch in record.data.batches if batch.audience == "学校管理团队"]
        if unit.level != "县" or not batches:
            continue
        wanted = _FOCUS["学校管理团队"]
        batches = [batch for batch in batches if batch.focus in wanted] or batches  # none: TRAINING-FOCUS
        reached = {path for batch in batches for path in batch.schools}
        for above in (unit, *unit.ancestors):
            for each in above.all(Training):
                if (each.year or 0) <= (record.year or 0):
                    courses = [
                        one for one in each.data.batches if one.audience == "学校管理团队" and one.focus in wanted
                    ]
                    reached.update(path for one in courses for path in one.schools)
        last = max(batch.ends for batch in batches)
        there = [school for school in unit.children if school.owes(last) and not school.data.center]
        left = [school for school in there if school.path not in reached]
        if left:
            shown = "、".join(school.name for school in left[:5]) + ("等" if len(left) > 5 else "")
            message = f"还有 {len(left)} 所学校没有参加：{shown}"
            here = About(left[0].path if len(left) == 1 else unit.path, record.year or 0)
            yield record.at(None, "batches", key=True), message, "安排补训，或补记", here


@rule("PROVIDER-TERM", "paper", clause=OURS)
def provider_terms_end_after_they_begin(programme: Programme) -> Iterator[Breach]:
    """承担机构的期限，止不早于起。

    过了期的机构不能再承担。
    """
    for _, record in programme.each(Providers):
        for provider in record.data.providers:
            if provider.from_ and provider.until and provider.until < provider.from_:
                yield record.at(provider, "until"), f"止期 {provider.until} 早于起期 {provider.from_}", "核对两个日期"


@rule(
    "LOG-TASK",
    "paper",
    clause="附件1 二(一)2“专题调研、规划研制、政策咨询、业务指导、绩效考评和总结提升”；"
    "附件1 三(一)3“培训设计、过程管理、研修指导、考核评价”",
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
    clause="附件1 三(一)3“履职与考评相结合，动态管理，优胜劣汰”；本项目的约定（进出落在团队名单上）",
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
    clause="附件1 三(一)3“履职与考评相结合，动态管理，优胜劣汰”；本项目的约定（进出落在团队名单上）",
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
    clause="附件1 三(一)3“重在培训设计、过程管理、研修指导、考核评价等任务的绩效”；"
    "本项目的约定（四项都评；调整或退出的写明原因）",
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
    clause="附件1 二(二)5“开展整校推进工作绩效评估工作”；本工程的配置（programme.yaml 的 local.indicators）",
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


@rule("PERFORMANCE-TARGET", "decision", clause=OURS, presupposes=("UNIT-MOVED",))
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


@rule(
    "PROJECT-DECISION",
    "decision",
    clause="附件2 一“进行项目设计并报市级工程办审批”；附件2 一“审批项目区县项目并向省工程办报备”",
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


@rule("PROJECT-REPORTED", "paper", clause="附件2 一“审批项目区县项目并向省工程办报备”", severity="warning")
def approved_projects_are_reported(programme: Programme) -> Iterator[Breach]:
    """市级批准的项目已经向省工程办报备。

    批准了没有报备的，提醒一声；后来又退回的，看后一次。
    """
    for _, record in programme.each(ProjectDecisions):
        for each in standing_decisions([record.data]):
            if each.decision == "批准" and not each.reported:
                yield record.at(each), f"项目“{each.project}”批准了，还没有向省报备", "报备后写 reported"


@rule(
    "NOMINATE-UNIT",
    "paper",
    clause="附件2 三“由各市（省直管县）工程办汇总”；本工程的配置（programme.yaml 的 local.direct_counties）",
)
def nominations_come_from_cities_and_direct_counties(programme: Programme) -> Iterator[Breach]:
    """省级培训团队人选和各项报送由市（省管县）工程办汇总；别的县报到市里。

    省管县的名单由省里定，写在工程总配置的 direct_counties 里。
    """
    if programme.settings is None:
        return
    for kind in (Nominations, Filings):
        for unit, record in programme.each(kind):
            if unit.level == "县" and unit.path not in programme.local.direct_counties:
                yield (
                    record.at(None),
                    f"{unit.name}不是省管县",
                    "报到市级工程办汇总；是省管县的，请维护人员写进 direct_counties",
                )


@rule(
    "NOMINATE-QUOTA",
    "paper",
    clause="附件2 三1“教师4人（幼儿园、小学、初中、高中4个学段各1人）”；"
    "附件2 三2“校园长4人（幼儿园、小学、初中、高中4个学段各1人）”；"
    "附件2 三3“市县培训机构、教科研、装备电教等部门人员2人”；"
    "本工程的配置（programme.yaml 的 local.vocational_as）；本项目的约定（按每个推荐单位 10 人理解）",
    presupposes=(
        "NOMINATE-GUIDE",
        "NOMINATE-ONCE",
    ),
)
def nominations_meet_the_quota(programme: Programme) -> Iterator[Breach]:
    """每个推荐单位推荐 10 人：一线骨干教师、中小学校园长各 4 人，幼儿园、小学、初中、高中各 1 人；培训指导者 2 人。

    名额和学段是定死的。中职人员怎样推荐，由各地在工程总配置里写明。推荐表还没有报送、也没有到期的是草稿，可以还没有凑齐，
    但不能超过名额。
    """
    if programme.settings is None:
        return  # how vocational staff count is not known
    for unit, record in programme.each(Nominations):
        at = record.at(None, "nominations", key=True)
        draft, said = not _is_due(programme, unit, record.year or 0, ANNEX_4), []
        people = [(each, _stage(programme, each.category, each.stage)) for each in record.data.nominations]
        for category in ("一线骨干教师", "中小学校园长"):
            counts = Counter(stage for each, stage in people if each.category == category)
            wrong = [
                f"{stage} {counts[stage]} 人" for stage in STAGES if counts[stage] > 1 or not (counts[stage] or draft)
            ]
            if other := sum(count for stage, count in counts.items() if stage not in STAGES):
                wrong.append(f"其他学段 {other} 人")
            if wrong:
                said.append(f"{category}应四个学段各 1 人，现在{'、'.join(wrong)}")
        guides = sum(each.category == "培训指导者" for each, _ in people)
        if guides > 2 or (guides < 2 and not draft):
            said.append(f"培训指导者应 2 人，现在 {guides} 人")
        if said:
            yield at, "；".join(said), "增减人选，或改正类别和学段"


def _is_due(programme: Programme, unit: Unit, year: int, paper: str) -> bool:
    """Whether a paper has been filed, or should have been by the programme's day."""
    filed = any(each.paper == paper for record in unit.all(Filings, year=year) for each in record.data.filings)
    return filed or programme.is_past(year, paper)


@rule("NOMINATE-ONCE", "paper", clause=OURS)
def nobody_is_nominated_twice(programme: Programme) -> Iterator[Breach]:
    """一个人在一份推荐名单里只推荐一次。

    同一人占两个名额，就少推荐了一个人。同单位同名的两个人，在单位后面写明部门。
    """
    for _, record in programme.each(Nominations):
        seen: dict[str, list[str]] = {}
        for each in record.data.nominations:
            unit, others = plain(each.unit), seen.setdefault(plain(each.name), [])
            # 第一小学 is the 示例市第一小学 of somebody of the same name; 教研室语文组 is not the 教研室.
            if any(unit.endswith(other) or other.endswith(unit) for other in others):
                yield record.at(each, "name"), "这个人已经推荐过一次", "换一个人；确实是两个人的，在单位后面写明部门"
            others.append(unit)


@rule(
    "NOMINATE-COMMITTED",
    "paper",
    clause="附件2 四3“推荐责任心强、有足够的时间履行团队职责的人员进入各个团队”",
    severity="warning",
)
def nominees_have_time(programme: Programme) -> Iterator[Breach]:
    """推荐的人承诺有足够的时间履职。

    指导意见要求人选责任心强、有足够的时间。没有写 committed，或写成 false 的，报送之前问一问本人。
    """
    for _, record in programme.each(Nominations):
        for each in record.data.nominations:
            if not each.committed:
                yield (
                    record.at(each),
                    "这个人还没有承诺有足够的时间履职",
                    "本人承诺后写 committed: true；没有时间的，换一个人",
                )


@rule("USE-CONSENT", "paper", clause=OURS)
def shown_results_have_consent(programme: Programme) -> Iterator[Breach]:
    """成果展示用到的成果，作者和学生的监护人都同意了。

    展示就是公开；没有同意的不展示。征得同意是本项目的要求。
    """
    for _, record in programme.each(ResultUses):
        for use in record.data.uses:
            if use.type == "成果展示" and not use.consent:
                yield record.at(use), "成果展示没有写明已征得同意", "征得同意后写 consent: true；没有同意的，删掉这一条"


@rule(
    "NOMINATE-COMPLETE",
    "paper",
    clause="附件4“学历、职称、联系电话”；附件4“任教学段、任教学科、QQ”；本项目的约定（报送或到期以后才查；校园长和培训指导者可以不任课）",
    severity="warning",
)
def nominations_fill_the_form(programme: Programme) -> Iterator[Breach]:
    """推荐表要填的都填了：学历、职称，一线骨干教师的任教学科。

    附件4 由名单得出，缺一样，表上就空一格。任教学段见 NOMINATE-QUOTA；表彰、论文没有的可以空着。
    """
    for unit, record in programme.each(Nominations):
        if not _is_due(programme, unit, record.year or 0, ANNEX_4):
            continue
        for each in record.data.nominations:
            pairs = [(each.education, "学历（education）"), (each.title, "职称（title）")]
            if each.category == "一线骨干教师":
                pairs.append((each.subject, "任教学科（subject）"))
            if lacking := [title for value, title in pairs if not value]:
                here = About(unit.path, record.year or 0, matter=each.name)
                yield record.at(each), f"这个人选没有写{'、'.join(lacking)}", "补上，推荐表上有这几栏", here


_HEADS = re.compile("校长|园长|书记")
_OF_SCHOOLS = ("一线骨干教师", "中小学校园长", "学科骨干教师", "校园长")


@rule(
    "CATEGORY-FITS",
    "paper",
    clause="附件2 三2“中小学幼儿园校园长4人”；附件2 三1“利用信息技术进行教学创新能力强的教师4人”；"
    "附件2 二“学科骨干教师、校园长、教研员、电教装备和市县教师培训机构有关人员”；本项目的约定（从职务和单位类型看）",
    severity="warning",
)
def categories_agree_with_positions(programme: Programme) -> Iterator[Breach]:
    """推荐人选和培训团队成员的类别，与职务、单位类型说得通：校（园）长的职务是校长、园长或书记，骨干教师的职务不是校长、园长，教研员等不是学校的人。

    名额、结构都按类别算；类别与职务不符，数就不真。副校长可以算骨干教师。
    """
    people: list[tuple[Record[Any], Nomination | Member, str]] = [
        (record, each, each.category) for _, record in programme.each(Nominations) for each in record.data.nominations
    ]
    people += [
        (team, member, member.category)
        for unit, team in programme.each(Team)
        if team.name == "training" and unit.level in ("市", "县")
        for member in serving(team.data)
        if member.category
    ]
    for record, each, category in people:
        position, at_school = each.position or "", each.institution in (None, "学校")
        heads = bool(_HEADS.search(position))
        led_by_none = category.endswith("校园长") and position and not heads
        led_by_them = category.endswith("骨干教师") and heads and "副" not in position
        if led_by_none or led_by_them:
            at, message = "position", f"类别是{category}，职务写的是“{position}”"
        elif each.institution and category != "培训指导者" and (category in _OF_SCHOOLS) != at_school:
            at, message = "institution", f"类别是{category}，单位类型写的是“{each.institution}”"
        else:
            continue
        yield record.at(each, at), message, "核对类别、职务和单位类型，改不对的那一样"


@rule("NOMINATE-GUIDE", "paper", clause="附件2 三3“市县培训机构、教科研、装备电教等部门人员2人”")
def guides_come_from_training_institutions(programme: Programme) -> Iterator[Breach]:
    """培训指导者来自市县教师培训机构、教科研、装备电教等部门。

    一线教师和校园长另有名额。
    """
    for _, record in programme.each(Nominations):
        for each in record.data.nominations:
            if each.category == "培训指导者" and each.institution in (None, "学校"):
                at = record.at(each, "institution") if each.institution else record.at(each)
                yield (
                    at,
                    "培训指导者没有写培训机构、教科研或装备电教的单位类型",
                    "补上 institution；学校的人员换一个类别",
                )


@rule(
    "FILING-COPIES",
    "decision",
    clause="附件2 一“纸质件一份于12月5日前寄送省工程办”；附件2 三“纸质件一式三份于12月20日前寄送省工程办”",
)
def paper_filings_have_the_right_copies(programme: Programme) -> Iterator[Breach]:
    """纸质件的份数：附件3 一份，附件4 一式三份。

    份数不够要补寄。
    """
    wanted = {ANNEX_3: 1, ANNEX_4: 3}
    for _, record in programme.each(Filings):
        for filing in record.data.filings:
            copies = wanted.get(filing.paper)
            if filing.form == "纸质件" and copies and (filing.copies or 0) < copies:
                at = record.at(filing, "copies") if filing.copies else record.at(filing)
                state = f"写的是 {filing.copies} 份" if filing.copies else "没有写份数"
                yield at, f"“{filing.paper}”纸质件应为 {copies} 份（多寄不算错），{state}", "核对份数；不够的补寄"


@rule(
    "FILING-LATE",
    "decision",
    clause=SAID_OF_DEADLINES,
    severity="warning",
    presupposes=("DATE-FUTURE",),
)
def filings_are_on_time(programme: Programme) -> Iterator[Breach]:
    """报送不晚于截止日期。

    指导意见写的是附件3 和团队情况 12 月 1 日前发电子版、5 日前寄纸质件，附件4 分别是 15 日和 20 日前。
    年份写在工程总配置里。
    """
    rounds = programme.settings.data.rounds if programme.settings else ()
    ends = {(each.year, item.paper, item.form): item.date for each in rounds for item in each.deadlines if item.paper}
    for _, record in programme.each(Filings):
        for filing in record.data.filings:
            end = ends.get((record.year or 0, filing.paper, filing.form))
            if end and filing.date > end:
                message = f"报送日期 {filing.date} 晚于截止日期 {end}"
                yield record.at(filing, "date"), message, "已经晚了，不用改；下次早些"


@rule(
    "PROCESS-TEACHER",
    "paper",
    clause=OURS,
    presupposes=("ROSTER-WHOLE", "CONSULT-POINTS", "RESULT-CHOSEN", "PORTFOLIO-KEPT", "ROUND-DATES"),
)
def process_data_is_about_known_teachers(programme: Programme) -> Iterator[Breach]:
    """伴随式数据里的教师在本县名册上，日期在这一轮里。

    对不上的数据没法用来诊断。
    """
    for county, record in programme.each(ProcessData):
        year = record.year or 0
        known = {number for school in county.children for number in programme.school_year(school, year).teachers}
        complete = programme.knows_teachers_of(county)
        for event in record.data.events:
            if event.teacher not in known and complete:
                here = About(county.path, year, event.teacher, matter="名册")
                message = f"本县名册里没有教师 {event.teacher}"
                yield record.at(event, "teacher"), message, "核对教师编号", here, f"{record.path} {event.teacher}"
            elif not programme.within(year, event.date):
                first, last = programme.span(year)
                message = f"日期 {event.date} 不在 {year} 年这一轮（{first} 至 {last}）"
                yield record.at(event, "date"), message, "放进相应年度的文件"


def _stage(programme: Programme, category: str, stage: str | None) -> str | None:
    """The stage a nomination counts for: vocational staff as this programme has decided (附件2 三 leaves it open)."""
    return "高中" if stage == "中职" and programme.local.vocational_as == "高中" and category else stage


@rule(
    "FILING-TEAMS",
    "decision",
    clause="附件2 一“各级工程办人员信息（见附件三）请各市（省管县）工程办汇总”；"
    "附件2 二“各级培训团队建立情况（人员、数量、结构等）请各市（省管县）工程办汇总”；"
    "附件3“管理团队及工程办人员信息表”；附件2 三“以上推荐人员信息表（格式见附件四）由各市（省直管县）工程办汇总”",
    presupposes=("team",),
)
def filed_teams_are_registered(programme: Programme) -> Iterator[Breach]:
    """报送团队信息的市（省管县），本级和所辖各县的工程办、管理团队、培训团队都有名单；报送了推荐表的，有推荐名单。

    报上去的人员信息由这些名单得出。市、县各有一个工程办，缺一份名单，汇总表就缺一组人。本级一份团队名单都没有登记的不查。
    """
    wanted = {ANNEX_3: ("office", "management"), TRAINERS: ("training",)}
    titles = {file: title for title, file in TEAM_FILES.items()}
    for unit, record in programme.each(Filings):
        if not unit.all(Team):
            continue
        place = f"{record.year}/nominations.yaml"
        sent = next((each for each in record.data.filings if each.paper == ANNEX_4), None)
        if sent and programme.is_missing(unit, place):
            message, here = f"报送了“{ANNEX_4}”，还没有推荐名单", About(unit.path, matter=ANNEX_4)
            yield record.at(sent, "paper"), message, f"补上 {place}，再核对报送的表", here
        told: set[str] = set()
        for filing in record.data.filings:
            lacking = [
                f"{each.name}的{titles[team]}"
                for each in (unit, *(child for child in unit.children if child.level == "县"))
                for team in wanted.get(filing.paper, ())
                if programme.is_missing(each, f"teams/{team}.yaml")
                and not (each is not unit and each.path in programme.local.direct_counties)
            ]
            if lacking and filing.paper not in told:
                told.add(filing.paper)
                message = f"报送了“{filing.paper}”，还没有{'、'.join(lacking)}名单"
                hint = "补上 teams/ 下的名单，再核对报送的表"
                yield record.at(filing, "paper"), message, hint, About(unit.path, matter=filing.paper)


@rule("PERFORMANCE-EVIDENCE", "decision", clause=OURS, severity="warning", presupposes=("PERFORMANCE-INDICATOR",))
def scores_say_what_they_rest_on(programme: Programme) -> Iterator[Breach]:
    """绩效评估的每个得分写明依据。

    没有依据的分数，被评的单位无从核对。
    """
    for _, record in programme.each(Performance):
        for evaluation in record.data.evaluations:
            for score in evaluation.scores:
                if not (score.evidence or "").strip():
                    yield record.at(score), f"“{score.indicator}”的得分没有写依据", "在 evidence 里写明看的是哪些记录"

"""Plans: complete by schema; guided by a training team; approved before anything is reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme
from wholeschool.programme.people import Own, absence
from wholeschool.records.structs import Approval, Approvals, Attachment, Plan
from wholeschool.rules.choices import by_the_standard
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import TRAINERS


@rule(
    "PLAN-GUIDED",
    "paper",
    clause="附件1 二(四)1“在县级以上培训团队指导下”；本项目的约定（指导人写姓名，指导那天在任，指导在报送之前）",
    presupposes=("FILING-TEAMS", "DATE-FUTURE"),
)
def plan_is_guided_by_a_training_team(programme: Programme) -> Iterator[Breach]:
    """规划在县级或以上培训团队的指导下形成，指导人在团队名单里。

    只写“已指导”说明不了什么；写明是哪个团队、哪几位，县里才好核对。指导在报送之前，指导人当天在任。
    """
    for school in programme.schools:
        for plan in school.all(Plan):
            guide = plan.data.guided_by
            unit = programme.units.get(guide.team)
            place = plan.at(guide, "team")
            if unit is None or unit not in school.ancestors:
                choices = "、".join(above.path for above in school.ancestors)
                yield place, f"“{guide.team}”不是本校的上级单位", f"可写：{choices}"
                continue
            team = unit.team("training")
            if team is None:
                if programme.is_missing(unit, "teams/training.yaml"):
                    yield (
                        place,
                        f"{unit.name}还没有培训团队名单",
                        "请该单位先报送 teams/training.yaml，或改写实际指导的团队",
                        About(unit.path, matter=TRAINERS),
                        unit.path,
                    )
                continue
            if guide.date > plan.data.submitted:
                message = f"指导日期 {guide.date} 晚于报送日期 {plan.data.submitted}"
                yield plan.at(guide, "date"), message, "核对两个日期；确实没有先指导的，请培训团队指导后再报送"
            for index, name in enumerate(guide.members):
                if why := absence(team.data, name, guide.date):
                    message = f"指导是 {guide.date}，这位指导人当天不在{unit.name}培训团队：{why}"
                    hint = "核对姓名和日期，写当天在任的指导人；新聘的请该单位先更新名单"
                    here = About(unit.path, matter=name)
                    yield plan.at(guide, "members", index), message, hint, here, unit.path + name


@rule(
    "PLAN-OFFERED",
    "paper",
    clause="附件1 四(二)1“基于学校信息化环境特征制定学校信息化教育教学发展规划”；本项目的约定（规划列出可选的微能力）",
    presupposes=("TABLE-ISSUED", "RUBRIC-COMPLETE"),
)
def offered_microabilities_fit_the_school(programme: Programme) -> Iterator[Breach]:
    """规划列出的可选微能力都在微能力表里，所属环境是学校具备的。

    规划里列了学校做不到的，教师选了也无法实践。
    """
    if not programme.microabilities:
        return
    for school in programme.schools:
        has = school.data.environments
        for plan in school.all(Plan):
            # One finding for an environment the school has not; one the plan describes is PLAN-ENVIRONMENT's.
            told = {state.environment for state in plan.data.environments}
            for index, code in enumerate(plan.data.offered):
                entry = programme.microabilities.get(code)
                at = plan.at(None, "offered", index)
                if entry is None:
                    here = About(school.path, plan.year or 0, microability=code)
                    yield at, f"没有“{code}”这项微能力", "编号见微能力目录", here
                elif entry.environment not in has and entry.environment not in told:
                    told.add(entry.environment)
                    message = f"“{code}”属于{entry.environment}，学校只有{'、'.join(has)}"
                    hint = "从可选范围里去掉这种环境的微能力；学校已有这种环境的，补到 unit.yaml 和规划里"
                    yield at, message, hint, About(school.path, plan.year or 0, microability=code)


@rule(
    "PLAN-ENVIRONMENT",
    "paper",
    clause="附件1 四(二)1“基于学校信息化环境特征制定学校信息化教育教学发展规划”；"
    "本项目的约定（与单位信息里的环境一一对上）",
)
def plan_describes_the_environments(programme: Programme) -> Iterator[Breach]:
    """规划逐个写清学校具备的信息化环境，不多也不少。

    规划以实际环境为基础；单位信息写了三种环境而规划只分析一种，依据就不全。
    """
    for school in programme.schools:
        for plan in school.all(Plan):
            described = [state.environment for state in plan.data.environments]
            lacking = [name for name in school.data.environments if name not in described]
            for state in plan.data.environments:
                if state.environment not in school.data.environments:
                    message = f"规划写了{state.environment}，单位信息里没有"
                    if lacking:  # one in place of another is one mistake
                        message += f"；单位信息里有{'、'.join(lacking)}，规划没有写"
                        lacking = []
                    yield plan.at(state, "environment"), message, "核对实际情况，改规划或改 unit.yaml"
            if lacking:
                yield (
                    plan.at(None, "environments", key=True),
                    f"规划没有写{'、'.join(lacking)}的现状",
                    "补一条，写清有什么、用得怎样",
                )


@rule(
    "PLAN-APPROVED",
    "paper",
    clause="附件1 二(四)1“报送县能力提升工程执行办公室审核备案”；"
    "附件1 四(二)“学校规划—教研组协商—教师申报与实践—学校评审—县区监督”；"
    "本项目的约定（挂靠中心学校的，由县里确认挂靠）",
    presupposes=("UNIT-CENTER", "APPROVAL-SCHOOL", "approvals", "plan", "unit"),
)
def plan_is_approved_before_review(programme: Programme) -> Iterator[Breach]:
    """规划经县级工程办审核通过之后，学校才评审。

    五步流程从规划开始。没有通过审核的规划，它的可选范围和考核安排就还没有定。没有自己的规划、挂靠中心学校的，
    县里在审核记录里确认了挂靠（branches），中心学校的规划才也是它的；由县里确认，是本项目的决定。
    """
    for year in programme.school_years():
        if not year.reviews:
            continue
        reviews = sorted(year.reviews, key=lambda review: review.data.date)
        county, since = year.school.county, year.approved_since
        # Without any record of approvals, that is the one mistake of the county; else it is the planning school's.
        heard = county is None or county.one(Approvals, year=year.year) is not None
        here = About(year.school.path if heard or county is None else county.path, year.year)
        if year.school.data.center and year.school.center is None and county:
            here = About(county.path, year.year)  # whose plan it would be stands in a unit.yaml that is not readable
        cause = f"{year.planner.path if heard else here.unit} {year.year}"
        if year.plan is None:
            # A plan that was approved but is not there is reported at the approval: APPROVAL-SCHOOL.
            if not year.approvals and programme.is_missing(year.planner, f"{year.year}/plan.yaml"):
                if year.school.center and not year.is_attached:
                    message = f"学校没有自己的规划，挂靠{year.school.center.name}还没有经县里确认，就评审了"
                    hint = f"请县级工程办核实后，在本县的 {year.year}/approvals.yaml 里写 branches；学校不用改"
                else:
                    message, hint = "学校还没有规划就评审了", f"先报送 {year.year}/plan.yaml，等县级审核通过"
                confirmed = [
                    each
                    for one in (county.all(Approvals, year=year.year) if county else ())
                    for each in one.data.branches
                ]
                none = f"{county.path} {year.year} branches" if county and year.school.center and not confirmed else ""
                yield reviews[0].at(None, "date"), message, hint, here, none if heard else cause
            continue
        if year.approval is None:
            # What was reviewed before an approved plan was returned for adjustment was reviewed by that plan.
            until = year.approvals[-1].date if since else ""
            early = next((review for review in reviews if review.data.date >= until), None)
            if early and county and not programme.has_broken(f"{county.path}/{year.year}/approvals.yaml"):
                state = "被退回，还没有重新通过" if year.approvals else "还没有审核"
                hint = "等县级工程办审核通过后再评审"
                yield early.at(None, "date"), f"规划{state}，学校就评审了", hint, here, cause
        for review in reviews:
            if since > review.data.date:
                message = f"评审日期 {review.data.date} 早于规划通过的日期 {since}"
                hint = "核对两个日期；确实先评审的，重新组织评审"
                yield review.at(None, "date"), message, hint, here, cause


@rule("APPROVAL-SCHOOL", "decision", clause=OURS, presupposes=("UNIT-PARENT", "plan", "UNIT-MOVED"))
def approval_names_a_school_with_a_plan(programme: Programme) -> Iterator[Breach]:
    """审核的是本县学校已经报送的规划，通过的日期不早于报送日期。

    写错文件夹名，这条审核就落空了。退回的规划改好再报，报送日期就晚于以前各次审核的日期，那是对的。
    """
    for county in programme.counties:
        slugs = {school.slug: school for school in county.children}
        for record in county.all(Approvals):
            last = {entry.school: entry for entry in record.data.approvals}
            for entry in record.data.approvals:
                at = record.at(entry, "school")
                school = slugs.get(entry.school)
                if school is None:
                    if programme.is_there(f"{county.path}/{entry.school}"):
                        continue  # the folder has its own finding
                    here = About(programme.meant(f"{county.path}/{entry.school}"), record.year or 0)
                    yield at, f"本县没有文件夹名为“{entry.school}”的学校", "写学校在县文件夹下的目录名", here
                    continue
                plan = school.one(Plan, year=record.year)
                if plan is None:
                    if programme.is_missing(school, f"{record.year}/plan.yaml"):
                        yield at, f"{school.name}还没有报送 {record.year} 年的规划", "等学校报送后再审核"
                elif entry is last[entry.school] and entry.decision == "审核通过" and entry.date < plan.data.submitted:
                    message = f"审核日期 {entry.date} 早于规划的报送日期 {plan.data.submitted}"
                    yield record.at(entry, "date"), message, "核对两个日期"


@rule(
    "APPROVAL-BY",
    "decision",
    clause="附件1 二(四)1“报送县能力提升工程执行办公室审核备案”；本项目的约定（经办的是县里的人，回避本校）",
    presupposes=("APPROVAL-SCHOOL",),
)
def approval_is_by_the_county(programme: Programme) -> Iterator[Breach]:
    """审核规划、确认挂靠的经办人是县里的人，不是学校自己的人。

    自己审核自己的规划，审核就没有意义。
    """
    for county in programme.counties:
        schools = {school.slug: school for school in county.children}
        for record in county.all(Approvals):
            entries: tuple[Approval | Attachment, ...] = (*record.data.approvals, *record.data.branches)
            for entry in entries:
                school = schools.get(entry.school)
                if school and Own(programme, programme.school_year(school, record.year or 0)).has_name(entry.by):
                    message = f"经办人是{school.name}自己的人"
                    yield record.at(entry, "by"), message, "换成县级工程办的人经办"


@rule("APPROVAL-FILING", "decision", clause=OURS)
def filing_numbers_are_given_once(programme: Programme) -> Iterator[Breach]:
    """一个备案号只给一所学校的规划。

    备案号是查规划用的，两所学校同号，查到的就不知道是谁的。同一所学校调整规划后再备案，可以沿用原号。
    """
    for county in programme.counties:
        given: dict[str, str] = {}
        filed = {school.slug for school in county.children if school.all(Plan)}  # the others: APPROVAL-SCHOOL
        for record in county.all(Approvals):
            for entry in record.data.approvals:
                if (
                    entry.filing
                    and entry.school in filed
                    and given.setdefault(entry.filing, entry.school) != entry.school
                ):
                    message = f"备案号“{entry.filing}”已经给了 {given[entry.filing]}"
                    yield record.at(entry, "filing"), message, "核对备案登记，改成这所学校自己的号"


@rule(
    "PLAN-HOURS",
    "paper",
    clause="附件1 二(五)2“30学时网络研修、30学时实践应用”；本工程的配置（programme.yaml 的 standard.online_hours）；"
    "本工程的配置（programme.yaml 的 standard.practice_hours）；本项目的约定（规划里就排够）",
    severity="warning",
)
def plan_arranges_the_hours(programme: Programme) -> Iterator[Breach]:
    """规划的培训计划排够每位教师要学的学时：网络研修和实践应用合计不少于 60 学时。

    计划里没有排的，到评审时补不出来。校外的集中培训也算，写进计划。
    """
    for school in programme.schools:
        for plan in school.all(Plan):
            standard = programme.standard(plan.year)
            wanted = standard.online_hours + standard.practice_hours
            planned = sum(item.hours for item in plan.data.training)
            if planned < wanted:
                message = f"培训计划一共 {planned:g} 学时，每位教师要学 {wanted:g} 学时"
                hint = "补上还没有写的网络研修和校本研修"
                measure = by_the_standard(programme, plan.year, "online_hours", "practice_hours")
                yield plan.at(None, "training", key=True), message, hint, None, "", measure


@rule(
    "PLAN-GOALS",
    "paper",
    clause="附件1 三(二)2“制定可提升、可检测、可达成的目标任务及实施计划”；"
    "本项目的约定（怎样的话算没有写，由本项目定）",
)
def goals_can_be_measured(programme: Programme) -> Iterator[Breach]:
    """规划的每条目标说出现在怎样、要到怎样、怎样测，不写“略”“同上”一类的话，要达到的也不与现状相同。

    目标要可提升、可检测、可达成，力戒形式主义。
    """
    for school in programme.schools:
        for plan in school.all(Plan):
            for goal in plan.data.goals:
                said = {name: _words(getattr(goal, name)) for name in ("goal", "baseline", "target", "measure")}
                empty = next((name for name, words in said.items() if _says_nothing(words)), None)
                if empty:
                    yield plan.at(goal, empty), "这一样没有写出内容", "写清楚；现状可以是数，也可以是看得见的做法"
                elif said["target"] == said["baseline"]:
                    yield plan.at(goal, "target"), "要达到的和现状相同，看不出提升", "写出与现状不同的目标值"


_FILLERS = frozenset(
    {"", "略", "省略", "从略", "同上", "如上", "待定", "待补", "待填", "待补充", "不详", "见附件", "na"}
)
"""Words that stand for nothing; 无 is none of them: there may have been nothing so far."""


def _says_nothing(words: str) -> bool:
    """Whether it is one of them, or the same character again and again; a number says something."""
    return words.casefold() in _FILLERS or (len(words) > 1 and len(set(words)) == 1 and not words.isdecimal())


def _words(text: str) -> str:
    """The words of a text without spaces and marks."""
    return "".join(character for character in text if character.isalnum())

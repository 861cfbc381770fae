"""Plans: complete by schema; guided by a training team; approved before anything is reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme, Unit
from wholeschool.programme.people import absence, own_people, plain
from wholeschool.records import Record
from wholeschool.records.structs import Approval, Approvals, Attachment, Guidance, Plan
from wholeschool.rules.choices import by_the_standard
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import TRAINERS
from wholeschool.rules.wording import says_nothing


@rule(
    "PLAN-GUIDED",
    "paper",
    authority="本项目的约定（指导人写姓名，指导那天在任，指导在报送之前）",
    presupposes=("FILING-TEAMS", "DATE-FUTURE"),
)
def plan_is_guided_by_a_training_team(programme: Programme) -> Iterator[Breach]:
    """规划在县级或以上培训团队的指导下形成，指导人在团队名单里。

    只写“已指导”说明不了什么；写明是哪个团队、哪几位，县里才好核对。指导在报送之前，指导人当天在任。
    """
    for school, plan in programme.each(Plan):
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
        if (theirs := _team_of_all(school, guide)) and all(
            absence(team.data, name, guide.date) for name in guide.members
        ):
            message = f"写的指导人当天都不在{unit.name}培训团队，在{theirs.name}培训团队"
            yield place, message, f"确实是他们指导的，team 写 {theirs.path}；不是的，写实际指导的人"
            continue
        for index, name in enumerate(guide.members):
            if why := absence(team.data, name, guide.date):
                message = f"指导是 {guide.date}，这位指导人当天不在{unit.name}培训团队：{why}"
                hint = "核对姓名和日期，写当天在任的指导人（离任的名单里写着 until）；新聘的请该单位先更新名单"
                here = About(unit.path, matter=name)
                yield plan.at(guide, "members", index), message, hint, here, unit.path + name


def _team_of_all(school: Unit, guide: Guidance) -> Unit | None:
    """The unit above a school in whose training team all the guides served on the day; the nearest of them."""
    for above in school.ancestors:
        team = above.team("training")
        if team and not any(absence(team.data, name, guide.date) for name in guide.members):
            return above
    return None


@rule(
    "PLAN-OFFERED",
    "paper",
    authority="本项目的约定（规划列出可选的微能力）",
    presupposes=("TABLE-ISSUED", "RUBRIC-COMPLETE"),
)
def offered_microabilities_fit_the_school(programme: Programme) -> Iterator[Breach]:
    """规划列出的可选微能力都在微能力表里，所属环境是学校具备的。

    规划里列了学校做不到的，教师选了也无法实践。
    """
    for school, plan in programme.each(Plan):
        has = school.data.environments
        table = programme.abilities(plan.year)
        # One finding for an environment the school has not; one the plan describes is PLAN-ENVIRONMENT's.
        told = {state.environment for state in plan.data.environments}
        for index, code in enumerate(plan.data.offered if table else ()):
            entry = table.get(code)
            at = plan.at(None, "offered", index)
            if entry is None:
                here = About(school.path, plan.year or 0)  # any other may be meant
                yield at, f"没有“{code}”这项微能力", "编号见微能力目录", here
            elif entry.environment and entry.environment not in has and entry.environment not in told:
                told.add(entry.environment)
                message = f"“{code}”属于{entry.environment}，学校只有{'、'.join(has)}"
                hint = (
                    "从可选范围里去掉这种环境的微能力；"
                    "学校已有这种环境的，补到 unit.yaml（规划通过以后由县里补）和规划里"
                )
                yield at, message, hint, About(school.path, plan.year or 0, microability=code)


@rule(
    "PLAN-ENVIRONMENT",
    "paper",
    authority="本项目的约定（与单位信息里的环境一一对上）",
    asks="environments",
)
def plan_describes_the_environments(programme: Programme) -> Iterator[Breach]:
    """规划逐个写清学校具备的信息化环境，不多也不少。

    规划以实际环境为基础；单位信息写了三种环境而规划只分析一种，依据就不全。
    """
    for school, plan in programme.each(Plan):
        described = [state.environment for state in plan.data.environments]
        lacking = [name for name in school.data.environments if name not in described]
        for state in plan.data.environments:
            if state.environment not in school.data.environments:
                message = f"规划写了{state.environment}，单位信息里没有"
                if lacking:  # one in place of another is one mistake
                    message += f"；单位信息里有{'、'.join(lacking)}，规划没有写"
                    lacking = []
                yield (
                    plan.at(state, "environment"),
                    message,
                    "核对实际情况，改规划或改 unit.yaml（规划通过以后由县里改）",
                )
        if lacking:
            yield (
                plan.at(None, "environments", key=True),
                f"规划没有写{'、'.join(lacking)}的现状",
                "补一条，写清有什么、用得怎样",
            )


@rule(
    "PLAN-APPROVED",
    "paper",
    authority="本项目的约定（挂靠中心学校的，由县里确认挂靠）",
    presupposes=("DECISION-KEPT", "UNIT-CENTER", "UNIT-MOVED", "APPROVAL-SCHOOL", "approvals", "plan", "unit"),
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
        heard = county is None or bool(county.all(Approvals, year=year.year))
        here = About(year.school.path if heard or county is None else county.path, year.year)
        if year.school.data.center and year.center is None and county:
            here = About(county.path, year.year)  # whose plan it would be stands in a unit.yaml that is not readable
        cause = f"{year.planner.path if heard else here.unit} {year.year}"
        if year.plan is None:
            # A plan that was approved but is not there is reported at the approval: APPROVAL-SCHOOL.
            if not year.approvals and programme.is_missing(year.planner, f"{year.year}/plan.yaml"):
                if year.center and not year.is_attached:
                    message = f"学校没有自己的规划，挂靠{year.center.name}还没有经县里确认，就评审了"
                    hint = f"请县级工程办核实后，在本县的 {year.year}/approvals/ 里写 branches；学校不用改"
                else:
                    message, hint = "学校还没有规划就评审了", f"先报送 {year.year}/plan.yaml，等县级审核通过"
                confirmed = county.branches(year.year) if county else []
                none = f"{county.path} {year.year} branches" if county and year.center and not confirmed else ""
                yield reviews[0].at(None, "date"), message, hint, here, none if heard else cause
            if year.approval or not year.approvals:
                continue
        if year.approval is None:
            # What was reviewed until the day an approved plan was returned for adjustment was reviewed by that plan.
            until = year.approvals[-1].date if since else ""
            early = next((review for review in reviews if review.data.date > until), None)
            if early and county and not programme.has_broken(f"{county.path}/{year.year}/approvals"):
                state = "被退回，还没有重新通过" if year.approvals else "还没有审核"
                hint = "等县级工程办审核通过后再评审"
                yield early.at(None, "date"), f"规划{state}，学校就评审了", hint, here, cause
        for review in reviews:
            if since > review.data.date:
                message = f"评审日期 {review.data.date} 早于规划通过的日期 {since}"
                hint = "核对两个日期；确实先评审的，重新组织评审"
                yield review.at(None, "date"), message, hint, here, cause


@rule("APPROVAL-SCHOOL", "decision", authority=OURS, presupposes=("UNIT-PARENT", "plan", "UNIT-MOVED"))
def approval_names_a_school_with_a_plan(programme: Programme) -> Iterator[Breach]:
    """审核的是本县学校已经报送的规划，通过的日期不早于报送日期。

    写错文件夹名，这条审核就落空了。审核按作出的先后写，同一天的两次写在一份里，才分得出哪一次为准。退回的规划改好、写上新的报送日期，
    才再审核通过。
    """
    for county in programme.counties:
        slugs = {school.slug: school for school in county.children}
        for record in county.all(Approvals):
            last = {entry.school: entry for _, entry in county.approvals(record.year or 0)}
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
                decided = county.approvals(record.year or 0)
                if before := programme.overtaken(decided, record, entry):
                    message = f"这次审核的日期 {entry.date} 不晚于上一次审核的日期 {before.date}"
                    yield record.at(entry, "date"), message, "核对两个日期；审核按先后写，同一天的写在一份里"
                elif plan is None:
                    if programme.is_missing(school, f"{record.year}/plan.yaml"):
                        yield at, f"{school.name}还没有报送 {record.year} 年的规划", "等学校报送后再审核"
                elif entry is last[entry.school] and entry.decision == "审核通过" and entry.date < plan.data.submitted:
                    message = f"审核日期 {entry.date} 早于规划的报送日期 {plan.data.submitted}"
                    yield record.at(entry, "date"), message, "核对两个日期"
                elif entry is last[entry.school] and entry.decision == "审核通过":
                    earlier = [each for _, each in decided if each.school == entry.school and each is not entry]
                    if earlier and earlier[-1].decision != "审核通过" and plan.data.submitted < earlier[-1].date:
                        message = f"{earlier[-1].date} 退回以后，规划没有重新报送（报送日期还是 {plan.data.submitted}）"
                        hint = "等学校改好、写上新的报送日期，再审核通过"
                        yield record.at(entry, "date"), message, hint


@rule(
    "APPROVAL-BY",
    "decision",
    authority="本项目的约定（经办的是县里的人，回避本校）",
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
                if school and own_people(programme, programme.school_year(school, record.year or 0)).has_name(entry.by):
                    message = f"经办人是{school.name}自己的人"
                    yield record.at(entry, "by"), message, "换成县级工程办的人经办"


@rule("APPROVAL-FILING", "decision", authority=OURS)
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


def _attached_to_no_plan(programme: Programme, county: Unit, record: Record[Approvals]) -> Iterator[Breach]:
    """Branches without a plan of their own whose 中心学校 has none that was approved."""
    schools = {school.slug: school for school in county.children}
    for entry in record.data.branches:
        branch, center = schools.get(entry.school), schools.get(entry.center)
        if branch is None or center is None or branch.one(Plan, year=record.year):
            continue
        at, own = (programme.school_year(each, record.year or 0) for each in (center, branch))
        if at.reviews or own.reviews:  # told where it matters by now: PLAN-APPROVED
            continue
        # What was withdrawn since is another matter.
        never = at.approval is None and (not at.approved_since or at.approvals[-1].date <= entry.date)
        if never and not programme.has_broken(f"{county.path}/{record.year}/approvals"):
            state = f"的规划 {at.approvals[-1].date} 退回了" if at.approvals else "的规划还没有审核通过"
            message = f"{branch.name}挂靠的{center.name}，{record.year} 年{state}，挂靠的学校也就没有规划可照，不能评审"
            hint = f"请{county.name}先审核{center.name}的规划；挂靠写错了的，另写一条 branches（以后一条为准）"
            yield record.at(entry, "center"), message, hint, None, f"{center.path} {record.year} 规划"


@rule(
    "APPROVAL-FILED",
    "decision",
    authority="本项目的约定（备案看备案号；退回的说明为什么）",
    severity="warning",
    presupposes=("APPROVAL-SCHOOL",),
)
def decisions_on_plans_are_complete(programme: Programme) -> Iterator[Breach]:
    """审核通过的规划有备案号，退回修改的有意见；确认挂靠的时候，中心学校的规划已经审核通过。

    报送是为了审核备案，没有备案号就查不到；退回不说为什么，学校不知道改什么。挂靠到规划没有通过的中心学校，挂靠的学校就没有规划可照。
    """
    for county in programme.counties:
        for record in county.all(Approvals):
            yield from _attached_to_no_plan(programme, county, record)
            for entry in record.data.approvals:
                if entry.decision == "审核通过" and not entry.filing:
                    yield record.at(entry), "规划审核通过了，没有备案号", "备案后写 filing"
                elif entry.decision != "审核通过" and not entry.opinion:
                    yield record.at(entry), f"结论是{entry.decision}，没有写意见", "在 opinion 里写明要改什么"


@rule(
    "PLAN-ASSESSMENT",
    "paper",
    authority="本项目的约定（写在 assessment 里；审核通过的才查）",
    severity="warning",
)
def approved_plans_say_how_they_assess(programme: Programme) -> Iterator[Breach]:
    """审核通过的规划写明校本应用考核怎样安排。

    规划要引领培训，也要引领考核；只写培训，考核到时候就没有依据。
    """
    for year in programme.school_years():
        if year.plan and year.planner is year.school and year.approval and not year.plan.data.assessment:
            hint = "补上 assessment：考核什么、什么时候、谁来评；改动通过的规划，先请县里退回"
            yield year.plan.at(None), "规划没有写考核安排", hint


@rule(
    "PLAN-HOURS",
    "paper",
    authority="本工程的配置（policy.yaml 的 standard.online_hours）；"
    "本工程的配置（policy.yaml 的 standard.practice_hours）；"
    "本项目的约定（规划里就排够）",
    severity="warning",
    asks="hours",
)
def plan_arranges_the_hours(programme: Programme) -> Iterator[Breach]:
    """规划的培训计划排够每位教师要学的学时：合计不少于应修的学时。

    计划里没有排的，到评审时补不出来。校外的集中培训也算，写进计划。几轮合起来算的，前几轮已经认定的不用再排，看还缺得最多的那位教师。
    """
    for school, plan in programme.each(Plan):
        wanted = _still_wanted(programme, school, plan.year or 0)
        planned = sum(item.hours for item in plan.data.training)
        if planned < wanted:
            message = f"培训计划一共 {planned:g} 学时，每位教师要学 {wanted:g} 学时"
            hint = "补上还没有写的网络研修和校本研修"
            measure = by_the_standard(programme, plan.year, "online_hours", "practice_hours")
            yield plan.at(None, "training", key=True), message, hint, None, "", measure


def _still_wanted(programme: Programme, school: Unit, year: int) -> float:
    """The most hours that anybody due at the school still wants: all, less those gathered in the cycle of its kind."""
    standard, found = programme.standard(year), programme.school_year(school, year)
    if not programme.gathered(year) and not programme.stays(year):
        return standard.online_hours + standard.practice_hours
    due = [number for number, teacher in found.counted.items() if teacher.exempt is None]
    wanted = (
        max(0, standard.online_hours - before.online) + max(0, standard.practice_hours - before.practice)
        for before in map(found.gathered, due)
    )
    return max(wanted, default=standard.online_hours + standard.practice_hours)


@rule(
    "PLAN-GOALS",
    "paper",
    authority="本项目的约定（要达到的与现状不同，期限在规划之后，才谈得上提升和达成）",
)
def goals_can_be_reached(programme: Programme) -> Iterator[Breach]:
    """规划的每条目标，要达到的与现状不同，期限不早于规划的报送（调整过的，不早于第一次审核通过）。

    目标要可提升、可检测、可达成，力戒形式主义。各样写没写出内容，见 WORDS-REQUIRED。
    """
    for school, plan in programme.each(Plan):
        approved = programme.school_year(school, plan.year or 0).approved_since
        # A plan that is adjusted in mid-year keeps the goals that were due before.
        begun = min(approved or plan.data.submitted, plan.data.submitted)
        for goal in plan.data.goals:
            target, baseline = (plain(each) for each in (goal.target, goal.baseline))
            if target == baseline and not says_nothing(goal.target):
                yield plan.at(goal, "target"), "要达到的和现状相同，看不出提升", "写出与现状不同的目标值"
            elif goal.deadline < begun:
                message = f"目标的期限 {goal.deadline} 早于规划的日期 {begun}"
                yield plan.at(goal, "deadline"), message, "核对两个日期；写这条目标打算哪一天达到"

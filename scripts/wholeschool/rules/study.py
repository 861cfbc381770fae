"""School-based study: survey, scheme, group plans, task sheets, consultation and declaration."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.programme.people import plain
from wholeschool.records import Record
from wholeschool.records.structs import Group, Review, Scheme, Survey
from wholeschool.rules.choices import CHOICES
from wholeschool.rules.registry import Breach, rule


@rule("SURVEY-COUNTS", "paper", authority=OURS)
def survey_counts_agree(programme: Programme) -> Iterator[Breach]:
    """需求调研的实答人数不多于应答人数。

    参与率由这两个数得出。
    """
    for _, record in programme.each(Survey):
        if record.data.answered > record.data.invited:
            message = f"实答 {record.data.answered} 人，多于应答 {record.data.invited} 人"
            yield record.at(None, "answered"), message, "核对两个数"


@rule(
    "SURVEY-REPLY",
    "paper",
    authority="本项目的约定（指导意见让教师提意见，没有写答复；提了意见没有下文，下次就不提了）",
)
def rejected_comments_get_an_answer(programme: Programme) -> Iterator[Breach]:
    """没有采纳的意见要答复理由。

    教师提了意见没有下文，下次就不提了。
    """
    for _, record in programme.each(Survey):
        for comment in record.data.comments:
            if comment.handling == "未采纳" and not comment.reply:
                yield record.at(comment, "reply"), "这条意见没有采纳，也没有答复", "在 reply 里写明理由"


@rule(
    "PLAN-SURVEY",
    "paper",
    authority="本项目的约定（调研不晚于报送，至少记下一条意见）",
    severity="warning",
    presupposes=(
        "PLAN-GUIDED",
        "survey",
    ),
)
def plan_rests_on_a_survey(programme: Programme) -> Iterator[Breach]:
    """学校做规划前调研过教师的培训需求：调研不晚于规划的报送，记下了教师的意见。

    规划的第三个依据是教师需求，要有调研的结果；教师对规划和培训计划提意见，是他们的一份职责。
    """
    for year in programme.school_years():
        own = year.plan if year.planner is year.school else None
        # A plan returned for changes is submitted again, later: any survey before that day is one.
        for survey in year.school.all(Survey, year=year.year) if own else ():
            if own and survey.data.date > own.data.submitted:
                message = f"调研日期 {survey.data.date} 晚于规划的报送日期 {own.data.submitted}"
                yield survey.at(None, "date"), message, "核对两个日期；确实没有先调研的，调研后修改规划再报"
            elif own and not survey.data.comments:
                hint = "问一问教师对规划和培训计划的意见，记在 comments 里；采纳没有、怎样答复，一并写上"
                yield survey.at(None), "调研没有记下一条教师对规划和计划的意见", hint
        if own and programme.is_missing(year.school, f"{year.year}/survey.yaml"):
            yield own.at(None, "needs", key=True), "规划写了需求，没有需求调研的记录", f"补上 {year.year}/survey.yaml"


@rule(
    "STUDY-SCHEME",
    "paper",
    authority="本项目的约定（评审之前就有，三类活动都安排）",
    severity="warning",
    presupposes=("UNIT-CENTER", "PLAN-APPROVED", "scheme"),
)
def reviewed_school_has_a_scheme(programme: Programme) -> Iterator[Breach]:
    """学校指导有研修方案。

    三件套之一：方案、专题研修计划、任务单。评审之前就该有。
    """
    for year in programme.school_years():
        if (
            year.reviews
            and year.planner is year.school
            and programme.is_missing(year.school, f"{year.year}/scheme.yaml")
        ):
            yield year.reviews[0].at(None), "学校已经评审，没有校本研修方案", f"补上 {year.year}/scheme.yaml"
        for scheme in year.school.all(Scheme, year=year.year):
            kinds = {item.kind for item in scheme.data.arrangements if item.kind}
            if len(kinds) < 3 and (kinds or year.reviews):
                lacking = [kind for kind in ("互助研讨", "应用研磨", "生成与展示") if kind not in kinds]
                yield (
                    scheme.at(None, "arrangements", key=True),
                    f"研修方案没有安排{'、'.join(lacking)}",
                    "三类活动都要安排",
                )


@rule(
    "STUDY-BASIS",
    "paper",
    authority="本项目的约定（协商过的教研组、评审过的学校才查）",
    severity="warning",
)
def study_turns_on_problems_and_standards(programme: Programme) -> Iterator[Breach]:
    """教研组的计划写明要解决的教学问题和依据的课程标准；学校的研修方案写明研修共同体怎样建。

    研修要围绕课程标准、从问题出发；共同体是谁带、谁和谁互助，不写出来就只是一句口号。
    """
    for year in programme.school_years():
        for group in year.school.all(Group, year=year.year):
            pairs = ((group.data.problem, "要解决的教学问题（problem）"), (group.data.standard, "课程标准（standard）"))
            lacking = [title for value, title in pairs if not value]
            if lacking and group.data.consultation:
                yield group.at(None), f"教研组的计划没有写{'和'.join(lacking)}", "补上；一句话写清就行"
        for scheme in year.school.all(Scheme, year=year.year):
            if year.reviews and scheme.data.community is None:
                message, hint = "研修方案没有写研修共同体", "补上 community：骨干怎样带，组与组、人与人怎样互助"
                yield scheme.at(None), message, hint


@rule("STUDY-GROUP", "paper")
def groups_of_teachers_have_a_plan(programme: Programme) -> Iterator[Breach]:
    """教研组互助有专题研修计划：教师所在的教研组都报送了。

    三件套之二。学校只要报了一个教研组，名册里写到的教研组就都要有。
    """
    for year in programme.school_years():
        names = {group.data.name for group in year.school.all(Group, year=year.year)}
        if not names or year.roster is None:
            continue
        if _has_broken_groups(programme, year):
            continue
        reported: set[str] = set()
        for teacher in year.roster.data.teachers:
            if teacher.group and teacher.group not in names and teacher.group not in reported:
                reported.add(teacher.group)
                at = year.roster.at(teacher, "group")
                here = About(year.school.path, year.year, matter=f"教研组 {teacher.group}")
                hint = f"补上 {year.year}/groups/ 下的文件，或改正教研组名称"
                yield at, f"没有“{teacher.group}”的专题研修计划", hint, here


@rule(
    "STUDY-TASKS",
    "paper",
    authority="本项目的约定（所选的每一项都有任务）",
    severity="warning",
    presupposes=(*CHOICES, "CONSULT-POINTS"),
)
def reviewed_teachers_have_task_sheets(programme: Programme) -> Iterator[Breach]:
    """教师选学有任务单，所选的每一项微能力都有任务。

    三件套之三。任务单里的微能力要是自己选的。
    """
    for _, roster, teacher in programme.reviewed_teachers():
        if not teacher.task_sheet:
            yield roster.at(teacher), f"教师 {teacher.number} 已经评审，没有任务单", "补上 task_sheet"
        given = {task.microability for task in teacher.task_sheet}
        lacking = [code for code in dict.fromkeys(teacher.choices) if code not in given]
        if given and lacking and given <= set(teacher.choices):
            message = f"任务单里没有{'、'.join(lacking)}的任务"
            yield roster.at(teacher, "task_sheet", key=True), message, "每项所选的微能力写一条任务"
        for task in teacher.task_sheet:
            if task.microability not in teacher.choices:
                yield (
                    roster.at(task, "microability"),
                    f"任务单里的“{task.microability}”不是他所选的",
                    "改成所选的微能力",
                    About(roster.unit, roster.year or 0, teacher.number, matter="选学"),
                )


@rule(
    "STUDY-REFLECTION",
    "paper",
    severity="warning",
)
def reviewed_teachers_reflect(programme: Programme) -> Iterator[Breach]:
    """参加评审的教师写了总结反思，报送了课例。

    每位教师至少一份总结反思、一个课例。
    """
    for _, roster, teacher in programme.reviewed_teachers():
        pairs = ((teacher.reflection, "总结反思（reflection）"), (teacher.lesson, "课例（lesson）"))
        if lacking := [title for value, title in pairs if not value]:
            yield roster.at(teacher), f"教师 {teacher.number} 没有{'和'.join(lacking)}", "请教师补上"


@rule(
    "DECLARED-FIRST",
    "paper",
    presupposes=("PLAN-APPROVED",),
)
def reviewed_teachers_have_declared(programme: Programme) -> Iterator[Breach]:
    """评审之前，教师已经申报。

    先申报后实践、先实践后申报都可以；到评审时两样都要有。
    """
    for year in programme.school_years():
        yield from _undeclared(year)


def _undeclared(year: YearOfSchool) -> Iterator[Breach]:
    roster = year.roster
    first_review: dict[str, Record[Review]] = {}
    for review, result in year.results():
        first = first_review.setdefault(result.teacher, review)
        if review.data.date < first.data.date:
            first_review[result.teacher] = review
    for teacher in year.reviewed.values() if roster else ():
        assert roster is not None
        first = first_review[teacher.number]
        if not teacher.declared:
            yield roster.at(teacher), f"教师 {teacher.number} 已经评审，没有申报日期", "补上 declared"
        elif teacher.declared > first.data.date:
            at = roster.at(teacher, "declared").beside(first.at(None, "date"))
            yield at, f"申报日期 {teacher.declared} 晚于评审日期 {first.data.date}", "核对两个日期"


@rule(
    "CONSULT-POINTS",
    "paper",
    authority="本项目的约定（协商记录与名册一致）",
    presupposes=("ROSTER-WHOLE", *CHOICES, "CHOICE-OFFERED"),
)
def choices_are_the_consulted_points(programme: Programme) -> Iterator[Breach]:
    """教研组协商确定的申报点与教师所选的微能力一致，教师都在名册上。

    申报点由教研组和教师商定；后来改了的，协商记录也要改。
    """
    for year in programme.school_years():
        if year.roster is None:
            continue
        for group in year.school.all(Group, year=year.year):
            consultation = group.data.consultation
            for point in consultation.points if consultation else ():
                teacher = year.teachers.get(point.teacher)
                if teacher is None:
                    here = About(year.school.path, year.year, point.teacher, matter="名册")
                    yield group.at(point, "teacher"), f"名册里没有教师 {point.teacher}", "核对教师编号", here
                elif teacher.choices and set(teacher.choices) != set(point.microabilities):
                    chosen, agreed = "、".join(teacher.choices), "、".join(point.microabilities)
                    message = f"协商的申报点是 {agreed}，教师所选的是 {chosen}"
                    here = About(year.school.path, year.year, point.teacher, matter="选学")
                    at = group.at(point, "microabilities").beside(year.roster.at(teacher, "choices"))
                    yield at, message, "商定以哪个为准，两处改成一致", here


@rule(
    "CONSULT-PRESENT",
    "paper",
    authority="本项目的约定（参加人写全；当天没有来、另行商定的也写上）",
    severity="warning",
    presupposes=("CONSULT-POINTS",),
)
def those_whose_points_are_agreed_took_part(programme: Programme) -> Iterator[Breach]:
    """协商记录里有申报点的教师，都写在参加人里。

    目标和申报点是和本人商定的；没有参加的人，别人替不了他定。
    """
    for year in programme.school_years():
        for group in year.school.all(Group, year=year.year):
            consultation = group.data.consultation
            present = {plain(name) for name in consultation.participants} if consultation else set()
            for point in consultation.points if consultation else ():
                teacher = year.teachers.get(point.teacher)
                # Whose name was corrected since is there under the one of that day.
                if teacher and plain(teacher.name) not in present and point.teacher not in year.corrected_names:
                    message = f"教师 {point.teacher} 有申报点，参加人里没有他"
                    hint = "核对参加人；没有参加的，另行商定后写上"
                    here = About(year.school.path, year.year, point.teacher, matter="协商")
                    yield group.at(point, "teacher"), message, hint, here, group.path


@rule(
    "CONSULT-PLANNED",
    "paper",
    authority="本项目的约定（规划以审核通过为准）",
    presupposes=("PLAN-APPROVED", "APPROVAL-SCHOOL"),
)
def consultation_follows_the_approved_plan(programme: Programme) -> Iterator[Breach]:
    """规划经县级审核通过之后，教研组才协商。

    协商依据学校规划。没有规划或者还没有通过就协商的，申报点可能不在最后的可选范围里。
    教师的申报再以协商为准，见 CONSULT-FIRST；学校已经评审的，见 PLAN-APPROVED。
    """
    for year in programme.school_years():
        county, approved = year.school.county, year.approved_since
        unread = county is None or programme.has_broken(f"{county.path}/{year.year}/approvals")
        if unread or programme.has_broken(f"{year.planner.path}/{year.year}/plan.yaml"):
            continue
        held = [group for group in year.school.all(Group, year=year.year) if group.data.consultation]
        first = min(held, key=lambda group: _day_of(group), default=None)
        if first is None or (approved and approved <= _day_of(first)):
            continue
        if any(not approved or review.data.date < approved for review in year.reviews):
            continue  # PLAN-APPROVED: the review, too, came before the plan was approved
        if approved:
            missing, hint = f"规划 {approved} 才审核通过", "核对两个日期；确实先协商的，照通过的规划重新协商"
        elif year.plan is None and not year.approvals:
            missing, hint = "还没有规划", f"先报送 {year.year}/plan.yaml，等县级审核通过"
        else:
            missing, hint = "规划还没有审核通过", "等县级工程办审核通过后再协商"
        yield first.at(first.data.consultation, "date"), f"协商日期 {_day_of(first)}，{missing}", hint


def _day_of(group: Record[Group]) -> str:
    return group.data.consultation.date if group.data.consultation else ""


@rule(
    "CONSULT-FIRST",
    "paper",
    presupposes=("CONSULT-POINTS", "CONSULT-PLANNED", "STUDY-GROUP"),
)
def declared_teachers_were_consulted(programme: Programme) -> Iterator[Breach]:
    """教师申报之前，教研组已经和他协商过。

    第二步没有做，第三步就没有依据：申报的教师都在协商记录的申报点里，申报不早于协商。
    """
    for year in programme.school_years():
        if year.roster is None or _has_broken_groups(programme, year):
            continue
        held = {group.data.name for group in year.school.all(Group, year=year.year) if group.data.consultation}
        told: set[str] = set()  # a group that has not met, or met too late, is told once and not for each member
        for teacher in year.roster.data.teachers:
            if not teacher.declared or teacher.exempt is not None or teacher.home:
                continue
            at = year.roster.at(teacher, "declared")
            consulted = year.consulted.get(teacher.number)
            group = (teacher.group or "教研组") if held else "学校的教研组"
            if consulted and teacher.declared < consulted and consulted not in told:
                told.add(consulted)
                message = f"教师 {teacher.number} 的申报日期 {teacher.declared} 早于协商日期 {consulted}"
                yield at, message, "核对两个日期；确实先申报的，协商后重新申报"
            elif consulted is None and group in held:
                # Where the consultation has a number that the roster has not, that is the mistake.
                strange = next((number for number in year.consulted if number not in year.teachers), teacher.number)
                here = About(year.school.path, year.year, strange, matter="名册")
                yield at, f"{group}的协商记录里没有教师 {teacher.number}", "补进协商记录的申报点", here
            elif consulted is None and group not in told:
                told.add(group)
                here = About(year.school.path, year.year, teacher.number, matter=f"教研组 {group}")
                message = f"教师 {teacher.number} 已经申报，{group}还没有协商记录"
                yield at, message, "先协商，补上协商记录和申报点", here


def _has_broken_groups(programme: Programme, year: YearOfSchool) -> bool:
    return programme.has_broken(f"{year.school.path}/{year.year}/groups")

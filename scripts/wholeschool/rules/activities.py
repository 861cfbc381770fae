"""Activities: what they must say, and the hours that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.hours import EVERYBODY, derived_hours, participants
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.programme.years import Hours
from wholeschool.records import Record
from wholeschool.records.structs import Activities, Activity, Providers
from wholeschool.rules.registry import Breach, rule

KINDS = ("互助研讨", "应用研磨", "生成与展示")
LINKS = ("骨干指导", "教研组研讨", "学校交流")


def _activities(programme: Programme) -> Iterator[tuple[YearOfSchool, Record[Activities]]]:
    for year in programme.school_years():
        for record in year.school.all(Activities, year=year.year):
            yield year, record


def _each(programme: Programme) -> Iterator[tuple[YearOfSchool, Record[Activities], Activity]]:
    for year, record in _activities(programme):
        for activity in record.data.activities:
            yield year, record, activity


@rule("ACTIVITY-PARTICIPANT", "paper", authority=OURS, presupposes=("ROSTER-WHOLE", "CONSULT-POINTS"))
def participants_are_on_the_roster(programme: Programme) -> Iterator[Breach]:
    """参加活动的教师都在名册上；写了“全体”的不再逐个写，在这里兼课的除外。

    学时记在教师编号上，编号错了学时就落空。“全体”是人事关系在这里的教师；兼课的来参加了，写上他的编号。
    """
    for year, record, activity in _each(programme):
        if year.roster is None:
            continue
        for index, number in enumerate(activity.participants):
            at = record.at(activity, "participants", index)
            if number == EVERYBODY:
                named = (year.teachers.get(each) for each in activity.participants if each != EVERYBODY)
                if any(teacher is None or not teacher.home for teacher in named):
                    yield (
                        at,
                        "写了“全体”，又写了教师编号",
                        "全体参加的只写“全体”，另写的只有在这里兼课的；否则逐个写编号",
                    )
            elif number not in year.teachers:
                here = About(year.school.path, year.year, number, matter="名册")
                yield at, f"名册里没有教师 {number}", "核对教师编号", here, f"{record.path} {number}"


@rule(
    "ACTIVITY-PROVIDER",
    "paper",
    authority="本项目的约定（每次网络研修写明机构，在名单和期限里）",
    presupposes=("PROVIDER-TERM",),
)
def online_hours_name_a_provider(programme: Programme) -> Iterator[Breach]:
    """网络研修学时写明承担机构，机构在县级遴选的名单和期限里；方式是线上或混合。

    网络研修由县级遴选的机构承担。
    """
    for year, record, activity in _each(programme):
        if not activity.hours or activity.hours.kind != "网络研修":
            continue
        if activity.mode == "线下":
            yield record.at(activity, "mode"), "网络研修写成了线下", "改为线上或混合；线下的实践改记为实践应用学时"
        elif not activity.provider:
            yield record.at(activity), "网络研修没有写承担机构", "补上 provider"
        elif year.school.county:
            registers = year.school.county.all(Providers)
            known = {provider.name for register in registers for provider in register.data.providers}
            if registers and activity.provider not in known:
                at = record.at(activity, "provider")
                message, cause = (
                    f"“{activity.provider}”不在县级遴选的机构里",
                    year.school.county.path + activity.provider,
                )
                yield at, message, f"可写：{'、'.join(sorted(known))}", None, cause
            elif known and not _in_term(registers, activity):
                message = f"活动在 {activity.date}，不在“{activity.provider}”的承担期限里"
                hint = "核对日期和 providers.yaml 里的期限；续聘的请县里补登"
                yield record.at(activity, "provider"), message, hint, None, year.school.county.path + activity.provider


def _in_term(registers: Sequence[Record[Providers]], activity: Activity) -> bool:
    terms = [each for register in registers for each in register.data.providers if each.name == activity.provider]
    return any((each.from_ or "") <= activity.date <= (each.until or activity.date) for each in terms)


@rule(
    "ACTIVITY-PLANNED",
    "paper",
    authority="本项目的约定（规划以审核通过为准）",
    severity="warning",
    presupposes=("PLAN-APPROVED", "CONSULT-PLANNED", "APPROVAL-SCHOOL"),
)
def practice_follows_the_approved_plan(programme: Programme) -> Iterator[Breach]:
    """规划审核通过之后的研修活动，才算实践应用学时。

    实践应用依据学校规划；规划还没有通过就办的活动，主题可能不是规划里的。
    """
    for year, record, activity in _each(programme):
        since, county = year.approved_since, year.school.county
        if not activity.hours or activity.hours.kind != "实践应用" or county is None:
            continue
        hint = "核对两个日期；确实先办的，请县里认定时看一看是不是围绕规划"
        if not since and not programme.has_broken(f"{county.path}/{year.year}/approvals"):
            message = f"活动日期 {activity.date}，规划还没有审核通过"
        # A day of another round altogether is DATE-ROUND's.
        elif programme.within(year.year, activity.date) and activity.date < since:
            message = f"活动日期 {activity.date}，规划 {since} 才审核通过"
        else:
            continue
        yield record.at(activity, "date"), message, hint, None, f"{year.school.path} {since}"


@rule(
    "ACTIVITY-ABILITIES",
    "paper",
    authority="本项目的约定（至少写明一次）",
    severity="warning",
    presupposes=(
        "RESULT-CHOSEN",
        "teachers",
    ),
)
def study_turns_on_the_chosen_microabilities(programme: Programme) -> Iterator[Breach]:
    """已经评审的学校，有写明围绕哪些微能力的研修活动，或者名册里有任务单；写的微能力都在微能力表里。

    培训要围绕教师自选的微能力，哪里也没有写，就看不出围绕了什么。
    """
    for year, record in _activities(programme):
        named = [
            (each, index, code) for each in record.data.activities for index, code in enumerate(each.microabilities)
        ]
        if year.reviews and not named and not any(teacher.task_sheet for teacher in year.teachers.values()):
            at = record.at(None, "activities", key=True)
            yield at, "没有一次活动写明围绕哪些微能力，名册里也没有任务单", "在主要的几次活动里补上 microabilities"
        for each, index, code in named:
            if programme.abilities(record.year) and code not in programme.abilities(record.year):
                yield record.at(each, "microabilities", index), f"没有“{code}”这项微能力", "编号见微能力目录"


@rule(
    "ACTIVITY-EVIDENCE",
    "paper",
    authority="本项目的约定（有没有实效，先看有没有凭证）",
)
def practice_hours_have_evidence(programme: Programme) -> Iterator[Breach]:
    """实践应用学时有凭证。

    实践学时要确有实效，先要有据可查。
    """
    for _, record, activity in _each(programme):
        if activity.hours and activity.hours.kind == "实践应用" and not activity.evidence:
            at = record.at(activity, "evidence")
            yield at, "实践应用学时没有凭证", "在 evidence 里写明签到、记录、课例等的名称"


@rule(
    "HOURS-DERIVED",
    "paper",
    authority=OURS,
    presupposes=(
        "ACTIVITY-PARTICIPANT",
        "ACTIVITY-PROVIDER",
        "CLAIM-PERSON",
        "CLAIM-ONCE",
        "activities",
        "online-hours",
    ),
)
def roster_hours_follow_from_activities(programme: Programme) -> Iterator[Breach]:
    """名册上的学时等于各次活动学时之和。

    学时由活动得出，不另外填；报了活动的学校，两处要对得上。一次活动只登记一次，几轮合起来算的，只登记在它那一轮。
    网络研修有机构导出的，以导出为准，不与活动比。在这里兼课的，“全体”的活动不算，写明他的才算。
    """
    yield from _counted_twice(programme)
    filed = {year for year, _ in _activities(programme)}
    for year in programme.school_years():
        if year.roster is None:
            continue
        derived = derived_hours(year)
        for teacher in year.roster.data.teachers:
            if teacher.hours is None or teacher.exempt is not None or not (year in filed or teacher.home):
                continue
            online, practice = derived.get(teacher.number, (0.0, 0.0))
            written = Hours(teacher.hours.online or 0, teacher.hours.practice)
            if teacher.number in year.claims or teacher.home:  # where these come from, no activity says
                written, online = Hours(0, written.practice), 0.0
            # Sums of decimals: three times 1.1 is not exactly 3.3.
            if round(written.online - online, 3) or round(written.practice - practice, 3):
                message = (
                    f"教师 {teacher.number} 名册上是 {written.online:g}+{written.practice:g} 学时，"
                    f"活动合计是 {online:g}+{practice:g} 学时（网络研修+实践应用）"
                )
                # Where an activity has a number that the roster has not, that is the mistake.
                strange = next((number for number in derived if number not in year.teachers), "")
                here = About(
                    year.school.path, year.year, strange or teacher.number, matter="名册" if strange else "学时"
                )
                apart = f"{written.online - online:.3f} {written.practice - practice:.3f}"
                cause = f"{year.school.path} {year.year} {apart}"
                hint = "补记漏记的活动，或改正名册"
                if teacher.home:
                    hint = f"{hint}；在这里兼课的，“全体”的活动不算，他参加了的写上他的编号"
                yield year.roster.at(teacher, "hours"), message, hint, here, cause


def _counted_twice(programme: Programme) -> Iterator[Breach]:
    """Activities that stand in a file twice, or in a later round of the cycle than the one in which they were."""
    for year, record in _activities(programme):
        here, known = About(year.school.path, year.year, matter="学时"), set()
        before = programme.cycle(year.year)
        for activity in record.data.activities:
            if activity in known:
                message, hint = "与前面的一次活动完全一样，学时会算两次", "删掉一条；确实是两次的，在主题里写明第几次"
                yield record.at(activity), message, hint, here
            elif other := next((each for each in before if programme.within(each, activity.date)), None):
                message = f"{activity.date} 的活动属于 {other} 年那一轮，两轮合起来算学时，在这里就会再算一遍"
                hint = f"登记在 {other} 年的文件夹里；那一轮已经认定的，请县里在那一轮更正"
                yield record.at(activity, "date"), message, hint, here, record.path
            known.add(activity)


@rule(
    "ACTIVITY-FILED",
    "paper",
    authority="本项目的约定（办过的活动登记在 activities.yaml 里）",
    severity="warning",
    presupposes=("PLAN-APPROVED", "RESULT-CHOSEN"),
)
def reviewed_schools_have_recorded_their_activities(programme: Programme) -> Iterator[Breach]:
    """评审过的学校有研修活动的登记，名册上的学时由它得出。

    县里认定学时，要看得到是哪些活动。没有登记，或者登记后来不见了，学时就没有来处。
    """
    for year in programme.school_years():
        place = f"{year.year}/activities.yaml"
        if year.reviews and year.roster and programme.is_missing(year.school, place):
            hint = f"补上 {place}；原来有的，从历史里找回来"
            yield year.roster.at(None, "teachers", key=True), "学校已经评审，没有研修活动的登记", hint


@rule(
    "ACTIVITY-KINDS",
    "paper",
    severity="warning",
)
def teachers_take_part_in_all_three_kinds(programme: Programme) -> Iterator[Breach]:
    """每位参加评审的教师，互助研讨、应用研磨、生成与展示三类活动都参加过。

    缺哪一类，补哪一类。
    """
    for year, record in _activities(programme):
        if year.roster is None or not year.reviews:
            continue
        reviewed = {number for number, _ in year.standing}
        joined: dict[str, set[str]] = {number: set() for number in year.teachers}
        for activity in record.data.activities:
            if activity.kind:
                for number in participants(year, activity):
                    joined.setdefault(number, set()).add(activity.kind)
        for teacher in year.roster.data.teachers:
            lacking = [kind for kind in KINDS if kind not in joined.get(teacher.number, ())]
            if lacking and teacher.number in reviewed and teacher.exempt is None:
                yield (
                    year.roster.at(teacher),
                    f"教师 {teacher.number} 没有参加{'、'.join(lacking)}的记录",
                    "补记，或安排参加",
                    None,
                    f"{year.school.path} {year.year} {lacking}",
                )


@rule("ACTIVITY-LINKS", "paper", severity="warning")
def study_has_all_three_links(programme: Programme) -> Iterator[Breach]:
    """应用研磨有骨干指导、教研组研讨、学校交流三个环节。

    只在组里说说、没有骨干带和全校交流，研磨不出来。
    """
    for year, record in _activities(programme):
        given = {activity.link for activity in record.data.activities if activity.link}
        if year.reviews and (lacking := [link for link in LINKS if link not in given]):
            yield record.at(None, "activities", key=True), f"没有{'、'.join(lacking)}的活动", "补记，或安排"

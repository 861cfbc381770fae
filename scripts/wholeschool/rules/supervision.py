"""Supervision: spot checks of schools below, disagreement that is put right, inspections from above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wholeschool.authority import OURS
from wholeschool.days import FOREVER
from wholeschool.findings import About
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.people import County, own_people, plain
from wholeschool.programme.stays import Stay, is_there
from wholeschool.records import Record
from wholeschool.records.structs import Announcement, CheckedItem, Inspection, Inspections, ProcessData, SpotCheck
from wholeschool.rules.registry import Breach, rule


def _items(programme: Programme) -> Iterator[tuple[Unit, Record[SpotCheck], CheckedItem, YearOfSchool | None]]:
    """Every checked item with the school's round, None where the school is not below the checking unit."""
    for unit, record in programme.each(SpotCheck):
        for item in record.data.items:
            school = programme.units.get(item.school)
            below = school is not None and school.level == "校" and unit in school.ancestors
            year = programme.school_year(school, record.year or 0) if school and below else None
            yield unit, record, item, year


def _was_drawn(programme: Programme, unit: Unit, record: Record[SpotCheck], item: CheckedItem) -> bool:
    """Whether the sample has somebody who is at no school below any more: that is written down, wherever it is.

    It is no reason for another sample. Who is there is looked at there.
    """
    name = record.data.announcement
    said = unit.one(Announcement, year=record.year, name=name) if name else None
    drawn = said and said.data.drawn and item.teacher in said.data.drawn.sample
    number = item.teacher
    return bool(drawn and number and year_at(programme, unit, record.year, number, record.data.date) is None)


def year_at(programme: Programme, unit: Unit, year: int | None, number: str, day: str) -> YearOfSchool | None:
    """The round of the school below a unit where a teacher can be looked at on the day of a check.

    To be away is quickly written for a day: also where they are today, or are said to have gone to a school that does
    not have them.
    """
    for school in unit.below:
        found = programme.school_year(school, year or 0)
        teacher = found.teachers.get(number) if school.level == "校" else None
        if teacher is None or teacher.home:  # who helps out is looked at where they belong
            continue
        stay, stays = Stay(found, teacher), found.stays_of(teacher)
        if any(is_there(stay, each, stays) for each in (day, programme.day or day)):
            return found
    return None


@rule(
    "CHECK-TARGET",
    "decision",
    authority="本项目的约定（抽查结果时写明教师和微能力）",
    presupposes=("ROSTER-WHOLE", "CONSULT-POINTS", "RESULT-CHOSEN", "UNIT-MOVED"),
)
def checks_are_of_schools_below(programme: Programme) -> Iterator[Breach]:
    """抽查的学校在本级之下；抽查结果时写明教师和微能力，教师在名册上，同一项在一份里只写一次。

    县抽查本县的学校，市抽检所辖县区，省抽检各市。写了两次的，一致率里就算了两次。
    """
    seen: set[tuple[str, ...]] = set()
    for unit, record, item, year in _items(programme):
        at = record.at(item, "school")
        if item.teacher and item.microability:
            key = record.path, item.school, item.teacher, item.microability
            if key in seen:
                message = f"教师 {item.teacher} 的“{item.microability}”在这一份里写了两次"
                yield record.at(item, "microability"), message, "只留一次；再查一次的，另写一份抽查记录"
                continue
            seen.add(key)
        if year is None and programme.is_unread(item.school, unit):
            continue  # its unit.yaml has a finding
        if year is None:
            here = About(programme.meant(item.school), record.year or 0)
            message, cause = f"“{item.school}”不是{unit.name}之下的学校", f"{record.path} {item.school}"
            yield at, message, "写学校在 submissions/ 下的路径", here, cause
        elif record.data.stage == "考核结果" and not (item.teacher and item.microability):
            hint = "补上 teacher 和 microability；抽查的是过程的，stage 写“考核过程”"
            yield record.at(item), "抽查考核结果，没有写教师和微能力", hint, None, f"{record.path} 没有写"
        elif (
            item.teacher
            and year.roster
            and item.teacher not in year.teachers
            and not _was_drawn(programme, unit, record, item)
        ):
            here = About(year.school.path, year.year, item.teacher, matter="名册")
            message, cause = f"名册里没有教师 {item.teacher}", f"{record.path} {item.teacher}"
            yield record.at(item, "teacher"), message, "核对教师编号", here, cause


@rule("CHECK-LEVEL", "decision", authority=OURS, presupposes=("CHECK-TARGET", "RESULT-CHOSEN", "ACCEPT-REVIEWED"))
def school_level_is_what_the_school_gave(programme: Programme) -> Iterator[Breach]:
    """写了复核评定的抽查项，也写学校评定；学校评定与抽查之前最近一次评审的结果一致。

    一致率由两个评定比出来，缺一个或抄错了，一致率就不真。
    """
    for _, record, item, year in _items(programme):
        if year is None or not (item.teacher and item.microability):
            continue
        if item.recheck_level and not item.school_level:
            yield record.at(item, "recheck_level"), "写了复核评定，没有写学校评定", "照评审记录补上 school_level"
        if not item.school_level or programme.has_broken(f"{year.school.path}/{year.year}/reviews"):
            continue
        given = [
            (review.data.date, review.name, result.level)
            for review, result in year.results()
            if (result.teacher, result.microability) == (item.teacher, item.microability)
            and review.data.date <= record.data.date
        ]
        if not given:
            message = f"抽查之前学校没有评审过教师 {item.teacher} 的“{item.microability}”"
            here = About(item.school, record.year or 0)  # or a session is gone
            yield record.at(item, "microability"), message, "核对微能力和日期", here, f"{record.path} {item.school}"
        elif item.school_level != (level := max(given)[-1]):
            message = f"学校评定写的是“{item.school_level}”，评审记录里是“{level}”"
            yield record.at(item, "school_level"), message, "照评审记录改正"


# What belongs to an office of education, as its names say: 明远县教育局督导室, 明远县教师进修学校. A school's 教研室 is
# the school's, a county's below a city not the city's.
_OF_AN_OFFICE = re.compile(
    r"[^校园学县区市]{0,16}(?:教育(?:和?(?:体育|科技|科学|文化|旅游))*局|教[体科文]+局|教委|教育委员会|工程办|工程领导小组"
    r"|督导|教研[室中]|教科[所室院]|进修学[校院]|教师发展中心|电教|电化教育|装备)"
    # By their full names, where nothing stands between them and the place: a firm has a name of its own there.
    r"|(?:教育局?)?(?:(?:中小学|幼儿园|中小学幼儿园)?(?:教师|干部)?(?:继续教育|培训|研训|师训)(?:中心|学校|基地|办公?室)"
    r"|(?:教育)?教学研究(?:室|所|院|中心)|教育(?:科学)?研究(?:室|所|院|中心)"
    r"|教育(?:信息化?|信息技术|服务|技术|评估|考试|发展|质量监测|督导评估)(?:中心|站|馆|所|院)"
    r"|整校推进|人民政府|政府办)"
)
_A_PLACE = "县区市旗"


def _is_the_offices_own(said: str, office: Unit) -> bool:
    """Whether an organisation is an office of education, a department of it, or one that belongs to it, by its name.

    The place is said in full or as people say it: 明远县教研室, 明远教研室.
    """
    words = plain(said)
    authorities = [
        plain(each or "") for each in (office.data.authority, *(one.authority for one in office.data.former))
    ]
    if words in (*authorities, *map(plain, office.names)):
        return True
    for name in map(plain, office.names):
        short = name.rstrip(_A_PLACE) if len(name.rstrip(_A_PLACE)) > 1 else name
        if any(short in each and each in words for each in authorities):
            return True
        places = re.finditer(rf"{re.escape(short)}[{_A_PLACE}]?", words)
        if any(_OF_AN_OFFICE.match(words, place.end()) for place in places):
            return True
    return False


@rule("CHECK-THIRD", "decision", authority="本项目的约定（指导意见许可第三方评估；第三方要能被追问）")
def third_party_is_named(programme: Programme) -> Iterator[Breach]:
    """第三方评估写明评估机构；它不是县里自己（教育局、工程办和它们的督导、教研、进修学校），也不是被查的学校。

    第三方要能被追问，也要真是第三方。
    """
    for unit, record in programme.each(SpotCheck):
        said = record.data.organisation
        if record.data.mode != "第三方评估":
            continue
        if not said:
            yield record.at(None, "mode"), "第三方评估没有写评估机构", "补上 organisation"
            continue
        schools = [
            programme.units[path]
            for path in sorted({item.school for item in record.data.items} & programme.units.keys())
        ]
        offices = dict.fromkeys((unit, *(school.county for school in schools if school.county)))
        office = next((each for each in offices if _is_the_offices_own(said, each)), None)
        years = [programme.school_year(school, record.year or 0) for school in schools]
        own = next((each for each in years if own_people(programme, each).has_unit(said)), None)
        if office:
            message = f"评估机构写的“{said}”是{office.name}自己的，不是第三方"
            hint = "自己查的写“专家抽查”，检查人写名单里的人；真由第三方评估的，写那家机构的名称"
            yield record.at(None, "organisation"), message, hint
        elif own:
            message = f"评估机构写的是{own.school.name}（或中心学校、挂靠学校）自己，不是第三方"
            yield record.at(None, "organisation"), message, "请学校以外的机构来评估，或由县里抽查"


@rule(
    "CHECK-RECTIFY",
    "decision",
    authority="本项目的约定（指导意见要考核客观有效，没有写怎样整改；抽查是为了改正）",
    presupposes=("CHECK-LEVEL",),
)
def disagreement_is_put_right(programme: Programme) -> Iterator[Breach]:
    """复核评定低于学校评定的，写明问题和整改期限；整改完成日期不早于抽查日期。

    抽查是为了改正，不是为了记一笔。
    """
    for _, record, item, _ in _items(programme):
        worse = programme.levels(record.year).is_worse(item.recheck_level, item.school_level)
        if item.school_level and item.recheck_level and worse:
            pairs = ((item.problem, "问题（problem）"), (item.correction, "整改（correction）"))
            if lacking := [title for value, title in pairs if not value]:
                yield record.at(item, "recheck_level"), f"复核低于学校的评定，没有写{'和'.join(lacking)}", "补上"
        if item.correction and item.correction.done:
            if item.correction.done < record.data.date:
                message = f"整改完成日期 {item.correction.done} 早于抽查日期 {record.data.date}"
                yield record.at(item.correction, "done"), message, "核对两个日期"
            elif not item.correction.result:
                yield record.at(item.correction), "整改完成了，没有写复查结果", "补上 result：已改正或未改正"


@rule("CHECK-AGREEMENT", "decision", authority="本工程的配置（programme.yaml 的 local.agreement）", severity="warning")
def agreement_reaches_the_threshold(programme: Programme) -> Iterator[Breach]:
    """复核一致率不低于本工程定的门槛。

    指导意见要求考核客观有效，没有规定门槛；工程总配置里写了才检查。
    """
    wanted = programme.local.agreement
    if wanted is None:
        return
    for _, record in programme.each(SpotCheck):
        compared = [item for item in record.data.items if item.school_level and item.recheck_level]
        if compared:
            rate = sum(item.school_level == item.recheck_level for item in compared) * 100 / len(compared)
            if rate < wanted:
                message = f"复核一致率 {rate:.1f}%，低于 {wanted:g}%"
                yield record.at(None, "items", key=True), message, "要求学校整改，必要时扩大抽查"


@rule("INSPECT-TARGET", "decision", presupposes=("UNIT-MOVED",))
def inspections_are_of_units_below(programme: Programme) -> Iterator[Breach]:
    """省市检查验收的单位在本级之下。

    市级验收中小学，省市都可以检查县区和学校。
    """
    for unit, record in programme.each(Inspections):
        for each in record.data.inspections:
            target = programme.units.get(each.unit)
            if programme.is_unread(each.unit, unit):
                continue  # its unit.yaml has a finding
            if target is None or unit not in target.ancestors:
                here = About(programme.meant(each.unit), record.year or 0)
                yield (
                    record.at(each, "unit"),
                    f"“{each.unit}”不是本级之下的单位",
                    "写单位在 submissions/ 下的路径",
                    here,
                )


@rule(
    "INSPECT-BY",
    "decision",
    authority="本项目的约定（人在本级或上级团队的名单里；县级抽查至少有一位）",
    severity="warning",
    presupposes=("CHECK-TARGET", "INSPECT-TARGET", "TEAM-TERM", "FILING-TEAMS", "DUE-TEAMS"),
)
def inspectors_are_of_those_who_inspect(programme: Programme) -> Iterator[Breach]:
    """省、市检查、抽检的人，当天在本级或上级团队（工程办、管理、培训、专家团队）的名单里；县级专家抽查，至少有一位是。

    谁都能去检查，检查就说明不了什么。第三方评估的，和本级以上一份团队名单也没有的，不查。
    """
    for unit, record in programme.each(Inspections):
        for each in record.data.inspections:
            yield from _strangers(programme, unit, record, each, "by", each.date)
    for unit, check in programme.each(SpotCheck):
        if check.data.mode == "专家抽查":
            yield from _strangers(programme, unit, check, check.data, "checkers", check.data.date)


def _strangers(
    programme: Programme, unit: Unit, record: Record[Any], entry: Inspection | SpotCheck, field: str, day: str
) -> Iterator[Breach]:
    """People who inspected in a unit's name and were on no list of it or above it."""
    team = County(programme, unit, day)
    if not team.known or any(programme.has_broken(f"{each.path}/teams") for each in (unit, *unit.ancestors)):
        return
    names = getattr(entry, field)
    strange = [place for place, name in enumerate(names) if name not in team.serving]
    if unit.level == "县" and len(strange) < len(names):
        return  # experts from elsewhere, with somebody of the county's
    for place in strange:
        at = record.at(None if isinstance(entry, SpotCheck) else entry, field, place)
        message = f"检查是 {day}，检查人当天不在{unit.name}或上级团队：{team.absence(names[place])}"
        hint = "核对姓名和日期；新聘的先更新团队名单；离任的（until），写当天在任的人"
        yield at, message, hint, None, f"{record.path} {day if unit.level == '县' else names[place]}"


@rule(
    "INSPECT-HEEDED",
    "paper",
    authority="本项目的约定（县里之后要有结论；市里验收在县里之后）",
    severity="warning",
    presupposes=("INSPECT-TARGET", "DATE-FUTURE", "CERT-PASSED", "acceptance"),
)
def what_was_found_from_above_is_followed_up(programme: Programme) -> Iterator[Breach]:
    """省市检查不合格的学校、认定以后抽查发现的不合格，县里之后重新作过结论；市里验收的学校，县里先验收过。

    县区和学校接受省市检查验收；查出来没有下文，已经认定的结果就站不住。已经认定的，由县里重新验收、撤销相应的证书，本项目只提醒。
    """
    for _, record in programme.each(Inspections):
        for each in record.data.inspections:
            target = programme.units.get(each.unit)
            if target is None or target.level != "校":
                continue
            concluded = [one for one in programme.school_year(target, record.year or 0).acceptances if one.date]
            here, hint = About(target.path, record.year or 0), "请县级工程办核实，在 acceptance/ 里另写一条结论"
            if each.conclusion == "不合格" and concluded and not any(one.date > each.date for one in concluded):
                message = f"{target.name}{each.kind}不合格，县里之后还没有重新作结论"
                yield record.at(each, "conclusion"), message, hint, here
            elif each.kind == "验收" and not any(one.date <= each.date for one in concluded):
                yield record.at(each, "date"), f"{target.name}已经验收，县里当时还没有作过验收结论", hint, here
    for _, check, item, year in _items(programme):
        recognition = year.accepted.recognition if year and year.accepted else None
        key = item.teacher or "", item.microability or ""
        if year is None or recognition is None or check.data.date <= recognition.date:
            continue
        if key in year.unmended(FOREVER) and item.recheck_level not in (None, *year.levels.passing):
            message = f"认定以后抽查，教师 {key[0]} 的“{key[1]}”{item.recheck_level}，还没有改正"
            hint = "请县级工程办处理：改正后写“已改正”；发过证书的，撤销"
            yield check.at(item, "recheck_level"), message, hint


@rule(
    "PROCESS-TEACHER",
    "paper",
    authority=OURS,
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

"""Who is nominated for the province's training team: from where, how many, of which kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme, Unit
from wholeschool.programme.people import plain, serving
from wholeschool.records import Record
from wholeschool.records.structs import (
    Filings,
    Member,
    Nomination,
    Nominations,
    Team,
)
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import NOMINATION_FORM

_QUOTA = "NOMINATE-QUOTA"


@rule(
    "NOMINATE-UNIT",
    "paper",
    authority="本工程的配置（programme.yaml 的 local.direct_counties）",
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
    _QUOTA,
    "paper",
    authority="本工程的配置（programme.yaml 的 local.vocational_as）；本项目的约定（名额按每个推荐单位理解）",
    presupposes=(
        "NOMINATE-GUIDE",
        "NOMINATE-ONCE",
    ),
)
def nominations_meet_the_quota(programme: Programme) -> Iterator[Breach]:
    """每个推荐单位推荐的：一线骨干教师、中小学校园长，指导意见列举的学段各 1 人；培训指导者 {bounds}。

    名额和学段由指导意见定。中职人员怎样推荐，由各地在工程总配置里写明。推荐表还没有报送、也没有到期的是草稿，可以还没有凑齐，
    但不能超过名额。
    """
    if programme.settings is None:
        return  # how vocational staff count is not known
    for unit, record in programme.each(Nominations):
        at = record.at(None, "nominations", key=True)
        draft, said = not _is_due(programme, unit, record.year or 0, NOMINATION_FORM), []
        book = programme.rulebook(record.year)
        stages, bounds = book.listed(_QUOTA), book.bounds(_QUOTA)
        people = [(each, _stage(programme, each.category, each.stage)) for each in record.data.nominations]
        for category in ("一线骨干教师", "中小学校园长") if stages else ():
            counts = Counter(stage for each, stage in people if each.category == category)
            wrong = [
                f"{stage} {counts[stage]} 人" for stage in stages if counts[stage] > 1 or not (counts[stage] or draft)
            ]
            if other := sum(count for stage, count in counts.items() if stage not in stages):
                wrong.append(f"其他学段 {other} 人")
            if wrong:
                said.append(f"{category}应{'、'.join(stages)}各 1 人，现在{'、'.join(wrong)}")
        guides = sum(each.category == "培训指导者" for each, _ in people)
        if (lacking := bounds.lacking(guides)) < 0 or (lacking and not draft):
            said.append(f"培训指导者应为 {bounds.said('人')}，现在 {guides} 人")
        if said:
            yield at, "；".join(said), "增减人选，或改正类别和学段"


def _is_due(programme: Programme, unit: Unit, year: int, paper: str) -> bool:
    """Whether a paper has been filed, or should have been by the programme's day."""
    filed = any(each.paper == paper for record in unit.all(Filings, year=year) for each in record.data.filings)
    return filed or programme.is_past(year, paper)


@rule("NOMINATE-ONCE", "paper", authority=OURS)
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


@rule(
    "NOMINATE-COMPLETE",
    "paper",
    authority="本项目的约定（报送或到期以后才查；校园长和培训指导者可以不任课）",
    severity="warning",
)
def nominations_fill_the_form(programme: Programme) -> Iterator[Breach]:
    """推荐表要填的都填了：学历、职称，一线骨干教师的任教学科。

    推荐表由名单得出，缺一样，表上就空一格。任教学段见 NOMINATE-QUOTA；表彰、论文没有的可以空着。
    """
    for unit, record in programme.each(Nominations):
        if not _is_due(programme, unit, record.year or 0, NOMINATION_FORM):
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
    authority="本项目的约定（从职务和单位类型看）",
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


@rule("NOMINATE-GUIDE", "paper")
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


def _stage(programme: Programme, category: str, stage: str | None) -> str | None:
    """The stage a nomination counts for: vocational staff as this programme has decided."""
    return "高中" if stage == "中职" and programme.local.vocational_as == "高中" and category else stage

"""Teams above the schools, and what a county decides about its schools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from tests.synthesis import texts
from tests.synthesis.calendar import Dates
from tests.synthesis.names import Namer
from tests.synthesis.specs import YEAR, CountySpec, Journey, SchoolSpec
from tests.synthesis.study import PROVIDER
from wholeschool.records import Record
from wholeschool.records.structs import (
    Acceptance,
    Approval,
    Approvals,
    Attachment,
    CheckedItem,
    Document,
    Documents,
    Member,
    MemberTraining,
    Provider,
    Providers,
    Recognition,
    Review,
    SchoolAcceptance,
    SpotCheck,
    Team,
    Training,
    TrainingBatch,
)

_ESTABLISHED = f"{YEAR}-02-27"
_TRAINED = {
    "国家": MemberTraining(level="国家", name="国家级培训团队高级研修", date=f"{YEAR - 1}-10-16"),
    "省": MemberTraining(level="省", name="省级培训团队专项培训", date=f"{YEAR}-01-15"),
    "市": MemberTraining(level="市", name="市级培训团队专项培训", date=f"{YEAR}-01-28"),
}
_CATEGORIES = {"教师培训机构": "教师培训机构人员", "教科研": "教研员", "装备电教": "电教装备人员"}


def _institutions(place: str, authority: str) -> list[tuple[str, str, str]]:
    """Kind of institution, its name, and what its people are called."""
    return [
        ("教育行政", authority, "教师工作负责人"),
        ("教师培训机构", f"{place}教师发展中心", "培训部教师"),
        ("教科研", f"{place}教学研究室", "教研员"),
        ("装备电教", f"{place}电化教育馆", "技术员"),
    ]


def office(namer: Namer, place: str, authority: str) -> Team:
    """The office that runs the programme, led by the department in charge of teacher training (附件2 一)."""
    members = [
        Member(
            name=namer(),
            duty=("负责人",) if serial == 0 else ("联络人",) if serial == 1 else (),
            unit=unit,
            institution=institution,
            position="工程办主任" if serial == 0 else position,
        )
        for serial, (institution, unit, position) in enumerate(_institutions(place, authority))
    ]
    return Team(
        established=_ESTABLISHED,
        lead_department=f"{authority}教师工作科",
        host_institution=f"{place}教师发展中心",
        members=tuple(members),
    )


def management(namer: Namer, place: str, authority: str, leaders: Team) -> Team:
    """The management team of a county, city or province; the office's head belongs to it (附件2 二)."""
    head = Member(name=namer(), duty=("负责人",), unit=authority, institution="教育行政", position="分管负责人")
    contact = leaders.members[0]
    both = Member(
        name=contact.name,
        duty=("联络人",),
        unit=contact.unit,
        institution=contact.institution,
        position=contact.position,
    )
    others = [
        Member(name=namer(), unit=unit, institution=institution, position="负责人")
        for institution, unit, _ in _institutions(place, authority)[1:]
    ]
    return Team(established=_ESTABLISHED, members=(head, both, *others))


def training(namer: Namer, place: str, authority: str, above: str, teachers: Sequence[Member] = ()) -> Team:
    """A training team: people of the institutions, full time, and teachers of the schools, part time.

    `above` is the level at which its members were trained themselves (附件1 二(三)2).
    """
    staff = [
        Member(
            name=namer(),
            duty=("负责人",) if institution == "教师培训机构" and turn == 0 else (),
            unit=unit,
            institution=institution,
            position=position,
            category=_CATEGORIES[institution],
            employment="专职",
            trained=(_TRAINED[above],) if turn == 0 else (),
        )
        for turn in range(2)
        for institution, unit, position in _institutions(place, authority)[1:]
    ]
    return Team(established=_ESTABLISHED, members=(*staff, *teachers))


def experts(namer: Namer, place: str) -> Team:
    """The province's experts (附件1 二(一)2)."""
    units = ("教育科学研究院", "师范大学教师教育学院", "电化教育馆", "教师发展中心", "智慧教育研究所")
    return Team(
        established=_ESTABLISHED,
        members=tuple(
            Member(name=namer(), duty=("负责人",) if serial == 0 else (), unit=f"{place}{unit}", position="研究人员")
            for serial, unit in enumerate(units)
        ),
    )


def documents(county: CountySpec) -> Documents:
    """What a county has issued: schools plan by the scheme and assess by the rules (附件1 一3, 二(三)5)."""
    issued = (
        ("整校推进实施方案", "实施方案", 6, f"{YEAR}-02-10", "明确三年目标、各校分批推进的安排和经费渠道。"),
        (
            "校本应用考核实施细则",
            "校本应用考核实施细则",
            9,
            f"{YEAR}-03-30",
            "规定评审组的组成、证据要求、公示和复核的办法。",
        ),
        (
            "培训团队和学校管理团队管理与使用办法",
            "团队管理与使用办法",
            10,
            f"{YEAR}-03-30",
            "培训团队按四项任务考评，优胜劣汰。",
        ),
        ("推动教师应用信息技术的若干规定", "推动应用的制度", 12, f"{YEAR}-04-14", "把常态应用列入备课检查和教研考核。"),
    )
    return Documents(
        documents=tuple(
            Document(
                title=county.name + title,
                kind=kind,
                status="印发",
                number=f"{county.sign}教〔{YEAR}〕{number}号",
                date=date,
                year=YEAR if kind in ("实施方案", "校本应用考核实施细则") else None,
                summary=summary,
            )
            for title, kind, number, date, summary in issued
        )
    )


def providers() -> Providers:
    """Who gives the online courses (附件1 三(二)1)."""
    return Providers(
        providers=(
            Provider(
                name=PROVIDER,
                basis="公开遴选，专家评审第一名；课程覆盖 30 项微能力，可按微能力选学。",
                from_=f"{YEAR}-03-01",
                until=f"{YEAR}-12-31",
                courses=96,
            ),
        )
    )


def batches(county: CountySpec, path: str) -> Training:
    """Training the county gave: its own team, and the management teams of all schools (附件1 三(一))."""
    schools = tuple(f"{path}/{school.slug}" for school in county.schools if not school.center)
    return Training(
        batches=(
            TrainingBatch(
                name="县级培训团队集中研修",
                audience="培训团队",
                focus="指导校本研修与校本应用考核",
                level="县",
                starts=f"{YEAR}-02-24",
                ends=f"{YEAR}-02-26",
                hours=24,
            ),
            TrainingBatch(
                name="学校管理团队信息化领导力提升专项培训",
                audience="学校管理团队",
                focus="信息化领导力",
                level="县",
                starts=f"{YEAR}-03-02",
                ends=f"{YEAR}-03-04",
                hours=18,
                schools=schools,
                people=3 * len(schools),
            ),
        )
    )


def approvals(random: Random, county: CountySpec, schools: Sequence[tuple[SchoolSpec, Dates]], by: str) -> Approvals:
    """Decisions about the plans, oldest first."""
    words = texts.opinions()
    decided = [
        (when.approved, school) for school, when in schools if not school.center and school.journey is not Journey.FILED
    ]
    entries: list[Approval] = []
    filed = 0
    for date, school in sorted(decided, key=lambda each: (each[0], each[1].code)):
        passed = school.journey is not Journey.RETURNED
        filed += passed
        entries.append(
            Approval(
                school=school.slug,
                decision="审核通过" if passed else "退回修改",
                date=date,
                by=by,
                filing=f"{county.sign}规备〔{YEAR}〕{filed:03}号" if passed else None,
                opinion=random.choice(words.approved if passed else words.returned),
            )
        )
    branches = tuple(
        Attachment(school=school.slug, center=school.center, date=f"{YEAR}-03-05", by=by)
        for school, _ in schools
        if school.center
    )
    return Approvals(approvals=tuple(entries), branches=branches)


def acceptance(
    random: Random, county: CountySpec, schools: Sequence[tuple[SchoolSpec, Dates]], experts: Sequence[Member]
) -> Acceptance | None:
    """Conclusions on the schools' assessments, oldest first; None when nothing has been concluded."""
    entries = [entry for school, when in schools for entry in _conclusions(random, county, school, when, experts)]
    entries.sort(key=lambda entry: (entry.date, entry.school))
    return Acceptance(acceptances=tuple(entries)) if entries else None


def spot_checks(county: str, acceptance: Acceptance, records: Sequence[Record[Any]]) -> Iterator[tuple[str, SpotCheck]]:
    """What each conclusion rests on, by file name: a few results of the latest session, found as the school did."""
    for entry in acceptance.acceptances:
        sessions = [
            record.data
            for record in records
            if record.unit == f"{county}/{entry.school}"
            and isinstance(record.data, Review)
            and record.data.date <= entry.date
        ]
        latest = max(sessions, key=lambda session: session.date)
        yield (
            f"{entry.date}-{entry.school}",
            SpotCheck(
                date=entry.date,
                stage="考核结果",
                mode=entry.mode,
                checkers=entry.by,
                items=tuple(
                    CheckedItem(
                        school=f"{county}/{entry.school}",
                        teacher=result.teacher,
                        microability=result.microability,
                        school_level=result.level,
                        recheck_level=result.level,
                    )
                    for result in latest.results[:4]
                ),
                conclusion=entry.opinion,
            ),
        )


def _conclusions(
    random: Random, county: CountySpec, school: SchoolSpec, when: Dates, experts: Sequence[Member]
) -> Iterator[SchoolAcceptance]:
    words = texts.opinions()
    journey = school.journey
    if journey < Journey.RECTIFYING:
        return
    team = tuple(each.name for each in random.sample([each for each in experts if each.unit != school.name], 3))
    first = journey in (Journey.RECTIFYING, Journey.RECTIFIED)
    if first:
        yield SchoolAcceptance(
            school=school.slug,
            conclusion="限期整改",
            date=when.checked,
            mode="专家抽查",
            by=team,
            opinion=random.choice(words.rectify),
        )
    if journey is Journey.RECTIFYING:
        return
    recognised = journey is not Journey.ACCEPTED
    document = f"{county.sign}教〔{YEAR}〕18号"
    yield SchoolAcceptance(
        school=school.slug,
        conclusion="验收合格",
        date=when.rechecked if first else when.checked,
        mode="专家抽查",
        by=team,
        opinion=random.choice(words.mended if first else words.accepted),
        recognition=Recognition(date=when.recognised, document=document) if recognised else None,
    )

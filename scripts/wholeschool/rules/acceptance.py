"""Acceptance and recognition, which only a county does (the place of the record sees to that: PATH-LEVEL)."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.rates import school_tally
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool
from wholeschool.programme.people import County, Own, own_people
from wholeschool.records import Record
from wholeschool.records.structs import Acceptance, CheckedItem, SchoolAcceptance, SpotCheck
from wholeschool.rules.due import has_online_hours
from wholeschool.rules.registry import Breach, about, rule
from wholeschool.rules.reviews import no_outsiders

_THIRD = "第三方评估"


def _acceptances(
    programme: Programme,
) -> Iterator[tuple[YearOfCounty, Record[Acceptance], SchoolAcceptance, YearOfSchool]]:
    """Every conclusion on a school of the county whose reviews can be read."""
    for year in programme.county_years():
        for record, entry in year.county.acceptances(year.year):
            school = year.school(entry.school)
            if school and not programme.has_broken(f"{school.school.path}/{school.year}/reviews"):
                yield year, record, entry, school


@rule(
    "ACCEPT-REVIEWED",
    "decision",
    presupposes=("UNIT-MOVED", "PANEL-OWN"),
)
def acceptance_follows_the_review(programme: Programme) -> Iterator[Breach]:
    """验收的是本县学校已经完成的评审，写成校外的评审人确实是校外的。

    没有评审就没有可验收的结果；验收日期不早于评审日期。评审人后来才写进本校名册的，到验收的时候也看得出来。
    """
    for year in programme.county_years():
        for record, entry in year.county.acceptances(year.year):
            if year.school(entry.school) is None and not programme.is_there(f"{year.county.path}/{entry.school}"):
                at = record.at(entry, "school")  # a folder that is there has its own finding
                here = About(programme.meant(f"{year.county.path}/{entry.school}"), year.year)
                message, cause = (
                    f"本县没有文件夹名为“{entry.school}”的学校",
                    f"{record.unit}/{entry.school} {record.year}",
                )
                yield at, message, "写学校在县文件夹下的目录名", here, cause
    for _, record, entry, school in _acceptances(programme):
        if not school.reviews:
            message = f"{school.school.name}还没有评审记录就验收了"
            yield (
                record.at(entry, "school"),
                message,
                "等学校报送评审记录后再验收",
                None,
                f"{record.unit}/{entry.school} {record.year}",
            )
        elif entry.date < (first := min(review.data.date for review in school.reviews)):
            message = f"验收日期 {entry.date} 早于学校第一次评审的日期 {first}"
            yield record.at(entry, "date"), message, "核对两个日期"
        elif entry.conclusion == "验收合格" and programme.is_new(record.at(entry)):  # for others nobody asks
            seen = sorted(school.reviews, key=lambda each: (each.data.date, each.name))
            last = {
                (result.teacher, result.microability): review
                for review in seen
                if review.data.date <= entry.date
                for result in review.data.results
            }  # what was reviewed anew rests on the panel of then
            rests = sorted({*last.values()}, key=lambda each: each.path)
            own = next((review for review in rests if any(no_outsiders(programme, school, review))), None)
            if own:
                message = (
                    f"{own.data.date} 的评审里，写成校外的评审人其实是{school.school.name}的人，或者与本校的人同名"
                )
                hint = "请学校改正评审组，另请校外的人重新评审；是同名的另一个人，请学校写明他的编号"
                cause = f"{own.path} PANEL-OWN"
                yield record.at(entry, "school"), message, hint, About(school.school.path, year.year), cause


@rule("ACCEPT-SHARE", "decision", presupposes=("ACCEPT-REVIEWED", "CHOICE-CREDITS", "ROSTER-WHOLE", "WAVE-ROUND"))
def enough_teachers_have_passed(programme: Programme) -> Iterator[Breach]:
    """验收合格的学校，考核合格的教师占应考教师的百分比达到标准。

    只在标准写明百分之几（school_share）的轮次查；应考的算法与合格率页相同。
    """
    for _, record, entry, school in _acceptances(programme):
        share = programme.standard(school.year).school_share
        if not share or entry.conclusion != "验收合格" or not programme.is_new(record.at(entry)):
            continue
        tally = school_tally(programme, school, frozenset())
        if tally.passed * 100 < share * tally.due:
            message = f"{school.school.name}考核合格 {tally.passed} 人，应考 {tally.due} 人，不到 {share}%"
            hint = "写“限期整改”，等学校重新评审、达到以后再验收"
            yield record.at(entry, "conclusion"), message, hint, About(school.school.path, school.year)


@rule(
    "ACCEPT-CHECKED",
    "decision",
    authority="本项目的约定（怎样才算抽查过；不合格的先改正，再次验收以前先重评或复查；结论按先后写）",
    presupposes=("ACCEPT-REVIEWED", "CHECK-TARGET", "CHECK-LEVEL", "CHECK-RECTIFY"),
)
def acceptance_follows_the_spot_check(programme: Programme) -> Iterator[Breach]:
    """验收合格以前，县级抽查过考核结果（或有第三方评估）；抽查发现不合格的都已改正；再次验收以前，学校重新评审过，或县里复查过。

    县区用专家抽查或第三方评估的方式检查验收，没有抽查的验收没有依据；没有写复核评定的、检查人全是学校自己的人的，不算抽查过。
    抽查认为不合格的，等抽查记录里写“已改正”，或学校之后重新评审。结论按作出的先后写。再次验收要先有整改，是本项目的决定。
    """
    for year, record, entry, school in _acceptances(programme):
        earlier = school.acceptances[: _place(school, entry)]
        if last := programme.overtaken(year.county.acceptances(year.year), record, entry):
            when = "早于" if entry.date < last.date else "就是"
            message = (
                f"这次结论的日期 {entry.date} {when}上一次结论的日期{f' {last.date}' if entry.date < last.date else ''}"
            )
            yield record.at(entry, "date"), message, "核对两个日期；结论按作出的先后写，同一天的写在一份里"
            continue
        if entry.conclusion != "验收合格" or programme.has_broken(f"{year.county.path}/{year.year}/spot-checks"):
            continue
        own = own_people(programme, school)
        checks = [
            (check, item)
            for check, item in year.county.rechecked(school.school.path, year.year)
            if check.date <= entry.date and item.recheck_level and not all(map(own.has_name, check.checkers))
        ]
        place = f"{year.year}/spot-checks/"
        if not checks:
            yield _unchecked(record, entry, school, year.county.rechecked(school.school.path, year.year), own)
            continue
        days = {check.date for check, _ in checks} | {review.data.date for review in school.reviews}
        days |= {item.correction.done or "" for _, item in checks if item.correction}
        if earlier and not any(earlier[-1].date < day <= entry.date for day in days):
            message = f"上一次的结论是 {earlier[-1].date} 的“{earlier[-1].conclusion}”，之后没有重新评审，也没有复查"
            yield (
                record.at(entry, "date"),
                message,
                f"等学校整改、重新评审；县里复查过的，记进 {place}，日期在上一次的结论以后（同一天的不算）",
            )
        elif wanting := school.holding_up(entry.date, programme.known_at(entry.date)):
            number, code = wanting[0]
            more = f"等 {len(wanting)} 项" if len(wanting) > 1 else ""
            message = f"抽查认为教师 {number} 的“{code}”{more}不合格，还没有改正，就写了验收合格"
            hint = "改正后由抽查的单位在抽查记录里写“已改正”，或请学校重新评审，再作结论"
            yield record.at(entry, "conclusion"), message, hint


def _unchecked(
    record: Record[Acceptance],
    entry: SchoolAcceptance,
    school: YearOfSchool,
    checks: list[tuple[SpotCheck, CheckedItem]],
    own: Own,
) -> Breach:
    """What keeps the checks that there are, if any, from being what the conclusion could rest on."""
    name, place = school.school.name, f"{school.year}/spot-checks/"
    able = [check for check, item in checks if item.recheck_level and not all(map(own.has_name, check.checkers))]
    if able:
        first = min(check.date for check in able)
        message = f"验收日期 {entry.date} 早于第一次抽查考核结果的日期 {first}"
        return record.at(entry, "date"), message, "核对两个日期；确实先下了结论的，抽查之后另写一条结论"
    if any(item.recheck_level for _, item in checks):
        message, hint = f"{name}的考核结果是学校自己的人抽查的，不能据此验收", f"由县级的人抽查，写进 {place}，再作结论"
    elif checks:
        message, hint = f"{name}的抽查没有写复核评定，不能据此验收", f"在 {place} 的抽查项里写 recheck_level，再作结论"
    else:
        message = f"{name}还没有抽查考核结果（也没有第三方评估的记录），就写了验收合格"
        hint = f"先抽查，写进 {place}（每项写复核评定，抽查人不能都是学校自己的人），再作结论"
    return record.at(entry, "school"), message, hint, None, f"{record.unit}/{entry.school} {record.year}"


def _place(school: YearOfSchool, entry: SchoolAcceptance) -> int:
    return next(place for place, each in enumerate(school.acceptances) if each is entry)


@rule(
    "ACCEPT-BY",
    "decision",
    authority="本项目的约定（回避本校；专家是团队名单里的人，或者抽查的人）",
    presupposes=("spot-check",),
)
def acceptance_is_by_the_county(programme: Programme) -> Iterator[Breach]:
    """验收的人是县级的人（或第三方的人），不是学校自己的人；专家抽查的，写的是县级以上团队名单里的人，或者这所学校抽查记录里的检查人；第三方评估的，有写明评估机构的第三方评估记录，写的是记录里的检查人。

    自己验收自己，验收就不客观；只写“第三方评估”，不知道是哪一家评的，就没有人可以追问。县级以上一份团队名单也没有的，只查是不是学校自己的人。
    """
    for year, record, entry, school in _acceptances(programme):
        own, county = own_people(programme, school), County(programme, year.county, entry.date)
        checks = [check for check, _ in year.county.rechecked(school.school.path, year.year)]
        checkers = {name for check in checks for name in check.checkers}
        reports = [check for check in checks if check.mode == _THIRD and check.date <= entry.date]
        third = {name for check in reports for name in check.checkers}
        if any(programme.has_broken(f"{unit.path}/teams") for unit in (year.county, *year.county.ancestors)):
            continue  # who is on an unreadable list, nobody can know
        # That there is no check at all is ACCEPT-CHECKED's.
        if entry.mode == _THIRD and not reports and (checks or entry.conclusion != "验收合格"):
            message = f"验收写的是第三方评估，{school.school.name}却没有第三方评估的记录，不知道是哪一家评的"
            hint = (
                f"评估的情况写进 {year.year}/spot-checks/：mode 写第三方评估，organisation 写评估机构，"
                "checkers 写评估的人；不是第三方评估的，写“专家抽查”"
            )
            yield record.at(entry, "mode"), message, hint, about(record.at(entry))
            continue
        for index, name in enumerate(entry.by):
            at = record.at(entry, "by", index)
            member = county.known.get(name)
            # Somebody on a team is who the team's list says; of others only the name is known.
            if own.has_number(member.teacher) or own.has_unit(member.unit) if member else own.has_name(name):
                yield at, f"验收人是{school.school.name}自己的人", "换成县级的人，回避本校", about(record.at(entry))
            elif entry.mode == "专家抽查" and county.known and name not in county.serving and name not in checkers:
                hint = "核对姓名和日期；县级新聘的，先更新团队名单；离任的（until），换在任的人"
                message = f"验收是 {entry.date}，验收人当天不在县级以上团队：{county.absence(name)}"
                yield at, message, hint, about(record.at(entry))
            elif entry.mode == _THIRD and name not in county.serving | third:
                message = "写的是第三方评估，这所学校的第三方评估记录里没有这位检查人"
                yield at, message, "写评估的人；不是第三方评估的，写“专家抽查”", about(record.at(entry))


@rule(
    "RECOGNISE-ACCEPTED",
    "decision",
    authority="本项目的约定（先验收，后认定；查出不合格的先改正）",
    presupposes=("ACCEPT-CHECKED", "DATE-FUTURE"),
)
def recognition_needs_acceptance(programme: Programme) -> Iterator[Breach]:
    """验收合格之后才认定学时和学分，认定的是现在的结论；认定时已经知道抽查不合格的，先改正。

    限期整改或不合格的，整改复验合格后再认定。认定的日期写得早，也不能当作当时还不知道。后来又作过结论的，以前那一条不再补写认定：
    认定名册里没有它，那天在校的人、证书的依据却会照它算。
    """
    for year in programme.county_years():
        for record, entry in year.county.acceptances(year.year):
            if entry.recognition is None:
                continue
            school = year.school(entry.school)
            here = about(record.at(entry))
            if entry.conclusion != "验收合格":
                at = record.at(entry, "recognition", key=True)
                message = f"结论是“{entry.conclusion}”，却认定了学时学分"
                yield at, message, "删掉 recognition，复验合格后另写一条", here
            elif entry.recognition.date < entry.date:
                at = record.at(entry.recognition, "date")
                message = f"认定日期 {entry.recognition.date} 早于验收日期 {entry.date}"
                yield at, message, "核对两个日期", here
            elif last := school and _followed(programme, school, record, entry):
                at = record.at(entry, "recognition", key=True)
                message = f"{last.date} 又作过结论（{last.conclusion}），{entry.date} 的这一条不再认定"
                yield at, message, "这一条恢复原样；认定写在现在的结论后面，由 wholeschool recognise 来写", here
            elif school and (wanting := school.holding_up(entry.date, programme.known_at(entry.recognition.date))):
                at = record.at(entry.recognition, "date")
                message = f"抽查认为教师 {wanting[0][0]} 的“{wanting[0][1]}”不合格，还没有改正，就认定了"
                hint = "改正后由抽查的单位在抽查记录里写“已改正”，或请学校重新评审、县里重新验收，再认定"
                yield at, message, hint, here


def _followed(
    programme: Programme, school: YearOfSchool, record: Record[Acceptance], entry: SchoolAcceptance
) -> SchoolAcceptance | None:
    """The conclusion that had come after one when it was recognised; None where it stood.

    Of one that was there before, whatever day the recognition bears now; where both come at once, the days tell.
    """
    assert entry.recognition is not None
    later = school.acceptances[_place(school, entry) + 1 :]
    known = programme.knows_before and not programme.is_new(record.at(entry))
    return later[0] if later and (known or later[0].date < entry.recognition.date) else None


@rule(
    "RECOGNISE-PROVIDER",
    "decision",
    authority="本项目的约定（遴选在认定之前）",
    presupposes=("RECOGNISE-ACCEPTED", "providers"),
)
def recognised_online_hours_have_a_provider(programme: Programme) -> Iterator[Breach]:
    """认定网络研修学时以前，县级遴选过承担机构。

    网络研修由县级遴选的机构承担；没有遴选过，学时就没有来处。
    """
    for year in programme.county_years():
        decided = year.county.acceptances(year.year)
        online = {school.school.slug for school in year.schools if has_online_hours(school)}
        first = next((each for each in decided if each[1].recognition and each[1].school in online), None)
        if first and programme.is_missing(year.county, "providers.yaml"):
            record, entry = first
            message = "认定了网络研修学时，县里还没有遴选承担机构"
            hint = "补上 providers.yaml，写明遴选的依据和期限"
            at, here = record.at(entry, "recognition", key=True), about(record.at(entry))
            yield at, message, hint, here, year.county.path  # one register for all rounds


@rule(
    "RECOGNISE-LATEST",
    "paper",
    authority=OURS,
    severity="warning",
    presupposes=("RECOGNISE-ACCEPTED", "ACCEPT-REVIEWED", "CERT-PASSED", "DATE-FUTURE"),
)
def later_reviews_are_recognised_anew(programme: Programme) -> Iterator[Breach]:
    """县级验收之后学校又评审的，重新验收、认定。

    验收的是当时的结果；之后的评审县里还没有看过，重新验收以前不算数。
    """
    for year in programme.school_years():
        for review in year.reviews if year.accepted else ():
            assert year.accepted is not None
            if review.data.date > year.accepted.date:
                message = f"评审日期 {review.data.date} 晚于县级验收的日期 {year.accepted.date}，这次的结果还不算数"
                yield review.at(None, "date"), message, "请县级工程办抽查验收后，另写一条验收和认定"

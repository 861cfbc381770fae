"""Appeals: against a result that there is, in time, decided by others, and followed by what was decided.

The guidance has no appeals; all of this is the project's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wholeschool.authority import OURS
from wholeschool.days import later
from wholeschool.findings import About
from wholeschool.outcomes.appeals import undecided
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.people import County, absence, own_people, plain, serving
from wholeschool.records import Record
from wholeschool.records import structs as s
from wholeschool.rules.registry import Breach, about, rule

OUT_OF_TERM, UPHELD = "超过期限不受理", "改正"


class _Case(NamedTuple):
    """An appeal with where it stands, and the school's round that it is about (None: no such school)."""

    unit: Unit
    record: Record[s.Appeals]
    appeal: s.Appeal
    year: YearOfSchool | None

    @property
    def is_the_county_s(self) -> bool:
        """Whether it is against what the county did, and so for the county to decide."""
        return self.unit.level == "县"

    @property
    def county(self) -> Unit | None:
        """The county that it is in."""
        return self.unit if self.is_the_county_s else self.unit.county


class _Judged(NamedTuple):
    """What an appeal is against: the day of the result, and who gave it."""

    day: str
    by: tuple[str, ...]


def _cases(programme: Programme) -> Iterator[_Case]:
    for unit, record in programme.each(s.Appeals):
        for appeal in record.data.appeals:
            path = f"{unit.path}/{appeal.school or ''}" if unit.level == "县" else unit.path
            school = programme.units.get(path)
            year = programme.school_year(school, record.year or 0) if school and school.level == "校" else None
            yield _Case(unit, record, appeal, year)


def _judged(case: _Case) -> _Judged | None:
    """The result that the record which an appeal names has of this teacher and microability; None where it has none."""
    appeal, year = case.appeal, case.year
    assert year is not None
    key = appeal.teacher, appeal.microability
    if not case.is_the_county_s:
        for review, result in year.results():
            if review.name == appeal.against and (result.teacher, result.microability) == key:
                by = result.reviewers or tuple(member.name for member in review.data.panel.members)
                return _Judged(review.data.date, by)
        return None
    check = case.unit.one(s.SpotCheck, year=year.year, name=appeal.against)
    for item in check.data.items if check else ():
        if check and item.school == year.school.path and (item.teacher, item.microability) == key:
            return _Judged(check.data.date, check.data.checkers)
    # What an acceptance has of somebody is what was reviewed.
    reviewed = key in {(result.teacher, result.microability) for _, result in year.results()}
    for record, entry in case.unit.acceptances(year.year):
        if record.name == appeal.against and entry.school == year.school.slug and reviewed:
            return _Judged(entry.date, entry.by)
    return None


def _known(programme: Programme) -> Iterator[tuple[_Case, _Judged]]:
    """The appeals against a result that there is."""
    for case in _cases(programme):
        if case.year is not None and (judged := _judged(case)):
            yield case, judged


@rule(
    "APPEAL-RESULT",
    "decision",
    authority=OURS,
    presupposes=(
        "UNIT-MOVED",
        "RESULT-CHOSEN",
        "CHECK-TARGET",
        "ACCEPT-REVIEWED",
        "DATE-FUTURE",
        "review",
        "spot-check",
    ),
)
def appeals_are_against_a_result(programme: Programme) -> Iterator[Breach]:
    """申诉针对一份有的记录：学校写的针对本校的评审，县里写的针对县里的抽查或验收，里面有这位教师的这一项；收到的日期不早于它。

    说不清针对哪一次，就不知道该由谁重看。
    """
    for case in _cases(programme):
        unit, record, appeal, year = case
        folder = f"{unit.path}/{record.year}"
        kinds = ("spot-checks", "acceptance") if case.is_the_county_s else ("reviews",)
        if any(programme.has_broken(f"{folder}/{kind}") for kind in kinds):
            continue
        if year is None:
            if programme.is_unread(f"{unit.path}/{appeal.school}", unit):
                continue  # its unit.yaml has a finding
            at = record.at(appeal, "school" if appeal.school else "teacher")
            said = f"本县没有文件夹名为“{appeal.school}”的学校" if appeal.school else "没有写教师所在的学校"
            yield at, said, "school 写学校在县文件夹下的目录名", None, f"{record.path} {appeal.school}"
        elif not case.is_the_county_s and appeal.school not in (None, unit.slug):
            yield record.at(appeal, "school"), f"写的是别的学校“{appeal.school}”", "学校只写自己的申诉；这一栏可以不写"
        elif appeal.teacher not in year.teachers and (home := _school_of(programme, case)):
            message = f"教师 {appeal.teacher} 不在{year.school.name}的名册里，在{home.name}"
            if case.is_the_county_s:
                yield record.at(appeal, "school"), message, f"school 写 {home.slug}，或者核对教师编号"
            else:
                yield record.at(appeal, "teacher"), message, "核对教师编号；是那所学校的，由那所学校写"
        elif (judged := _judged(case)) is None:
            what = "抽查、验收记录" if case.is_the_county_s else "评审记录"
            message = f"{what}“{appeal.against}”里没有教师 {appeal.teacher} 的“{appeal.microability}”"
            hint = f"写 {'、'.join(f'{record.year}/{kind}/' for kind in kinds)} 里那份记录的文件名（不带 .yaml）"
            hint = f"{hint}，核对教师编号和微能力"
            other = year.school if case.is_the_county_s else case.county
            if other and _judged(case._replace(unit=other)):
                kind = "评审" if case.is_the_county_s else "抽查、验收"
                message = f"“{appeal.against}”是{other.name}的{kind}记录，不是{unit.name}的"
                hint = f"对它的申诉由{other.name}写进自己的 {record.year}/appeals.yaml；从这里去掉这一条"
            yield record.at(appeal, "against"), message, hint
        elif appeal.received < judged.day:
            message = f"收到申诉的日期 {appeal.received} 早于结果的日期 {judged.day}"
            yield record.at(appeal, "received"), message, "核对两个日期"


def _school_of(programme: Programme, case: _Case) -> Unit | None:
    """The school of the county on whose roster the teacher of an appeal stands."""
    year = programme.county_year(case.county, case.record.year or 0) if case.county else None
    return next((each.school for each in (year.schools if year else ()) if case.appeal.teacher in each.teachers), None)


@rule("APPEAL-ONCE", "decision", authority=OURS, presupposes=("APPEAL-RESULT",))
def a_result_is_appealed_against_once(programme: Programme) -> Iterator[Breach]:
    """一份结果里的一位教师的一项，只申诉一次：还没有结论的等结论，有了结论的不再申诉；重新评审、复查以后的新结果可以另写。

    同一件事写了两条，两条的结论就可能不一样；处理过的再来一遍，结论就没有定下来的时候。
    """
    for unit, record in programme.each(s.Appeals):
        known: dict[tuple[str, ...], s.Appeal] = {}
        for appeal in record.data.appeals:
            key = appeal.school or unit.slug, appeal.teacher, appeal.microability, appeal.against
            first = known.setdefault(key, appeal)
            if first is appeal:
                continue
            if first.conclusion is None:
                message = f"这一项的申诉 {first.received} 已经收到，还没有结论"
                hint = "去掉这一条，在原来那一条里补上结论"
            else:
                message = f"这一项的申诉 {first.conclusion.date} 已经处理（{first.conclusion.decision}）"
                hint = "去掉这一条；重新评审、复查以后还有不同意见的，against 写新的那一份记录"
            yield record.at(appeal, "against"), message, hint


@rule("APPEAL-TERM", "decision", authority=OURS, presupposes=("APPEAL-RESULT",))
def appeals_out_of_term_say_why_they_are_heard(programme: Programme) -> Iterator[Breach]:
    """过了申诉的期限（local.appeal_days）才提出的，不受理，或者写明为什么仍然受理；没有过期限的，不能以此不受理。处理不早于收到。

    没有设期限的，任何时候都可以申诉。期限从结果的日期算起，最后一天还在期限里。
    """
    days = programme.local.appeal_days
    for (_, record, appeal, _), judged in _known(programme):
        ruling = appeal.conclusion
        if ruling is None:
            continue
        here = about(record.at(appeal))
        last = later(judged.day, days) if days else ""
        is_late = bool(last) and appeal.received > last
        if ruling.date < appeal.received:
            message = f"处理日期 {ruling.date} 早于收到申诉的日期 {appeal.received}"
            yield record.at(ruling, "date"), message, "核对两个日期", here
        elif is_late and ruling.decision != OUT_OF_TERM and not appeal.late:
            message = f"{appeal.received} 收到，申诉的期限到 {last}，处理了却没有写为什么受理"
            hint = "在 late 里写逾期受理的原因；不受理的，decision 写“超过期限不受理”"
            yield record.at(ruling, "decision"), message, hint, here
        elif not is_late and ruling.decision == OUT_OF_TERM:
            message = f"{appeal.received} 收到，没有超过期限（到 {last}）" if last else "本工程没有设申诉的期限"
            yield record.at(ruling, "decision"), message, "重看以后写“维持”或“改正”", here


@rule("APPEAL-BY", "decision", authority=OURS, presupposes=("APPEAL-TERM", "TEAM-TERM", "FILING-TEAMS", "ROSTER-WHOLE"))
def appeals_are_decided_by_others(programme: Programme) -> Iterator[Breach]:
    """处理申诉的，不是原来评这一项、查这一项的人，也不是申诉的教师自己；是评审组、学校管理团队或者县级以上团队里的人，县里处理的不是这所学校的人。

    自己重看自己的结论，多半还是那个结论。评审组全组评的，请管理团队里没有参加的人，或者县级培训团队的人来看。
    """
    for case, judged in _known(programme):
        _, record, appeal, year = case
        ruling, county = appeal.conclusion, case.county
        if ruling is None or year is None or county is None:
            continue
        here = about(record.at(appeal))
        broken = (*county.ancestors, county, *own_people(programme, year).units)
        able = None if any(programme.has_broken(f"{each.path}/teams") for each in broken) else _able(programme, case)
        own, first = own_people(programme, year), {plain(name) for name in judged.by}
        for place, name in enumerate(ruling.by):
            at = record.at(ruling, "by", place)
            if plain(name) == plain(year.name_of(appeal.teacher)):
                yield at, "处理申诉的人与申诉的教师同名", "换一个人；确实是两个人的，也换一位，免得说不清", here
            elif plain(name) in first:
                yield at, "处理申诉的人，原来的结果就是他评的（查的）", "换没有参加那一次的人", here
            elif case.is_the_county_s and own.has_name(name) and not _is_elsewhere(programme, case, name):
                yield at, f"处理申诉的人是{year.school.name}自己的人", "换成县级的人，回避本校", here
            elif able is not None and name not in able:
                lists = "县级以上团队" if case.is_the_county_s else "评审组和团队"
                message = f"处理是 {ruling.date}，处理人当天不在{lists}：{_why(programme, case, name)}"
                yield at, message, "核对姓名和日期；新来的先更新团队名单；离任的（until），换在任的人", here


def _able(programme: Programme, case: _Case) -> set[str] | None:
    """Who may decide an appeal on the day on which it was decided; None where nobody is on any list."""
    assert case.year is not None
    assert case.county is not None
    assert case.appeal.conclusion is not None
    day = case.appeal.conclusion.date
    found = set(County(programme, case.county, day).serving)
    if not case.is_the_county_s:
        found |= {member.name for review in case.year.reviews for member in review.data.panel.members}
        found |= {member.name for team in _own_teams(case) for member in serving(team, day)}
    return found or None


def _own_teams(case: _Case) -> list[s.Team]:
    """The management teams of the school, and of the one it is attached to, where the appeal is for them to decide."""
    units = () if case.is_the_county_s else (case.unit, *([case.unit.center] if case.unit.center else ()))
    return [team.data for unit in units if (team := unit.team("management"))]


def _why(programme: Programme, case: _Case, name: str) -> str:
    """Why somebody may not decide an appeal: is on no list, or left when."""
    assert case.county is not None
    assert case.appeal.conclusion is not None
    day = case.appeal.conclusion.date
    listed = [team for team in _own_teams(case) if any(member.name == name for member in team.members)]
    return absence(listed[0], name, day) if listed else County(programme, case.county, day).absence(name)


def _is_elsewhere(programme: Programme, case: _Case, name: str) -> bool:
    """Whether a namesake of the school's is, by the county's list, somebody of another unit."""
    assert case.year is not None
    assert case.appeal.conclusion is not None
    own = own_people(programme, case.year)
    member = County(programme, case.unit, case.appeal.conclusion.date).known.get(name)
    return bool(member and member.unit) and not own.has_unit(member.unit if member else None)


@rule("APPEAL-DECIDED", "paper", authority=OURS, severity="warning", presupposes=("APPEAL-RESULT", "ROUND-DATES"))
def appeals_are_decided_in_time(programme: Programme) -> Iterator[Breach]:
    """收到的申诉，在工程定的天数（local.appeal_decision_days）里作出结论；没有定的，到本轮结束。

    提了没有下文，和没有提看起来一样。
    """
    for waiting in undecided(programme):
        if programme.day and programme.day > waiting.due:
            message = f"{waiting.appeal.received} 收到的申诉，到 {waiting.due} 应当处理，还没有结论"
            at = waiting.record.at(waiting.appeal, "received")
            yield at, message, "处理以后补上 conclusion：结论、日期、处理人、理由"


@rule(
    "APPEAL-FOLLOWED",
    "paper",
    authority=OURS,
    severity="warning",
    presupposes=("APPEAL-TERM", "APPEAL-BY", "RECOGNISE-LATEST", "DATE-FUTURE"),
)
def upheld_appeals_are_followed_up(programme: Programme) -> Iterator[Breach]:
    """申诉成立（改正）的，这一项在处理那天或以后重新评审；针对县里抽查的，由县里复查或者写明已改正也行。验收过的，之后重新验收。

    原来的记录不改，改正就在新的评审、复查里；没有下文，结果还是原来的。
    """
    for case, _ in _known(programme):
        _, record, appeal, year = case
        ruling = appeal.conclusion
        if ruling is None or ruling.decision != UPHELD or year is None:
            continue
        at, here = record.at(ruling, "decision"), about(record.at(appeal))
        done = [day for day in _looked_at_again(case) if day >= ruling.date]
        if not done:
            what = "重新评审，也没有复查" if case.is_the_county_s else "重新评审"
            hint = "另写一份评审记录" + ("，或者由县里复查，写进 spot-checks/" if case.is_the_county_s else "")
            message = f"教师 {appeal.teacher} 的“{appeal.microability}”{ruling.date} 申诉成立，还没有{what}"
            yield at, message, f"{hint}；原来的记录不改", here
        elif (accepted := year.accepted) and accepted.date < min(done):
            message = f"{year.school.name} {accepted.date} 已经验收，申诉成立后的结果县里还没有验收"
            yield at, message, "请县级工程办另写一条验收和认定", About(here.unit, here.year)


def _looked_at_again(case: _Case) -> Iterator[str]:
    """The days on which the item of an appeal was reviewed, or checked and put right by the county."""
    appeal, year = case.appeal, case.year
    assert year is not None
    key = appeal.teacher, appeal.microability
    for review, result in year.results():
        if (result.teacher, result.microability) == key:
            yield review.data.date
    for check, item in case.unit.rechecked(year.school.path, year.year) if case.is_the_county_s else ():
        if (item.teacher, item.microability) == key:
            yield check.date
            if item.correction and item.correction.done:
                yield item.correction.done

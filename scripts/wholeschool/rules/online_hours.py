"""Hours of online study that a provider's export claims: whose they are, by whom, and whether they can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import NamedTuple

from wholeschool.authority import OURS
from wholeschool.days import later
from wholeschool.findings import About, Location
from wholeschool.outcomes.hours import limits
from wholeschool.programme import Programme, Unit, YearOfCounty
from wholeschool.programme.stays import Stay, agreed
from wholeschool.programme.years import Claim
from wholeschool.records import Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import ROOT
from wholeschool.rules.registry import Breach, rule

_CONFIGURED = "本工程的配置（programme.yaml 的 local.online_hours）"
_ASK = "向机构问清楚，要他们的后台记录；有错的，请机构更正后重新导出"
_WHOLE = ("CLAIM-PROVIDER", "CLAIM-PERSON")
_ROUNDING = 0.01  # sums are written with two decimals


class _Export(NamedTuple):
    """An export that was imported, with the round of the county, and the folder of the school that it is of, if one."""

    county: YearOfCounty
    record: Record[s.OnlineHours]
    school: str

    def school_of(self, study: s.OnlineStudy) -> str:
        return self.school or study.school or ""

    def about(self, study: s.OnlineStudy | None = None) -> About:
        slug = self.school_of(study) if study else self.school
        path = f"{self.county.county.path}/{slug}" if slug else self.county.county.path
        return About(path, self.county.year, study.teacher if study else "", matter="学时")


def _exports(programme: Programme) -> Iterator[_Export]:
    for county in programme.county_years():
        for record, school in county.exports:
            yield _Export(county, record, school)


# --- whose hours, and by whom -----------------------------------------------------------------------------------------


@rule("HOURS-CLAIMED", "paper", clause=OURS, presupposes=_WHOLE)
def the_roster_has_no_figure_of_its_own(programme: Programme) -> Iterator[Breach]:
    """有机构导出的教师，名册上不再写网络研修学时。

    一个数有两个来处，就会有两个数；网络研修学时是机构的平台记的，学校抄一遍只会抄错。
    """
    for year in programme.school_years():
        for teacher in year.roster.data.teachers if year.roster else ():
            claims = year.claims_of(teacher)
            if not claims or teacher.hours is None or teacher.hours.online is None:
                continue
            assert year.roster is not None
            hours, data = sum(each.study.hours for each in claims), claims[0].record.data
            message = (
                f"教师 {teacher.number} 的网络研修学时有“{data.provider}”的导出（{hours:g} 学时），"
                f"名册上又写了 {teacher.hours.online:g}"
            )
            hint = "去掉名册里的 online；导出里的数不对的，请机构更正后重新导出"
            here = About(year.school.path, year.year, teacher.number, matter="学时")
            yield year.roster.at(teacher.hours, "online"), message, hint, here, f"{year.school.path} {year.year}"


@rule(
    "CLAIM-PROVIDER",
    "paper",
    clause="附件1 三(二)1“县级教育行政部门遴选网络研修任务承担机构”；"
    "本项目的约定（导出的机构在名单里，那段时间有合同）",
    presupposes=("PROVIDER-TERM", "ACTIVITY-PROVIDER", "RECOGNISE-PROVIDER", "providers"),
)
def exports_are_of_selected_providers(programme: Programme) -> Iterator[Breach]:
    """导出学时的机构由县级遴选，学时的那段时间在承担期限里。

    没有合同的机构给的学时，不能认定；期限里开始、期限以后还在学的，见 CLAIM-TERM。
    """
    for export in _exports(programme):
        county, data = export.county.county, export.record.data
        if programme.has_broken(f"{county.path}/providers.yaml"):
            continue
        terms = _terms(county, data.provider)
        at, cause = export.record.at(None, "provider"), f"{county.path} {data.provider}"
        if not terms:
            known = "、".join(sorted({each.name for one in county.all(s.Providers) for each in one.data.providers}))
            hint = f"可写：{known}" if known else "请县里先把遴选的机构写进 providers.yaml"
            yield at, f"“{data.provider}”不在县级遴选的机构里", hint, export.about(), cause
        elif not any(each.from_ <= data.until and data.from_ <= each.until for each in terms):
            spans = "、".join(f"{each.from_} 至 {each.until}" for each in terms)
            message = f"学时是 {data.from_} 至 {data.until} 的，“{data.provider}”的承担期限是 {spans}"
            hint = "核对起止和 providers.yaml 里的期限；续聘的请县里补登"
            yield at, message, hint, export.about(), cause


def _terms(county: Unit, name: str) -> list[s.Provider]:
    return [each for one in county.all(s.Providers) for each in one.data.providers if each.name == name]


@rule("CLAIM-PERSON", "paper", clause=OURS, presupposes=("ROSTER-WHOLE", "teachers", "unit"))
def hours_are_of_people_on_a_roster(programme: Programme) -> Iterator[Breach]:
    """导出里的教师都在名册上；县里的记录写明学校，学校自己的只写自己的教师。在两所学校任教的，记在人事关系所在的学校。

    学时记在教师编号上，编号错了学时就落空；兼课的学校写了，人事关系所在的学校自己报的就不作数了。
    """
    for export in _exports(programme):
        county, record = export.county, export.record
        for study in record.data.people:
            here = export.about(study)._replace(teacher="")  # whose hours they are is just what is not known
            slug = export.school_of(study)
            if not slug:
                yield record.at(study), "县里的记录没有写这位教师是哪所学校的", "补上 school", here
                continue
            if study.school and study.school != slug:
                yield record.at(study, "school"), f"学校自己的记录里写了“{study.school}”的教师", "删掉这一条", here
                continue
            school = county.school(slug)
            if school is None:
                if not programme.is_there(f"{county.county.path}/{slug}"):
                    here = here._replace(unit=programme.meant(f"{county.county.path}/{slug}"))
                    message = f"本县没有文件夹名为“{slug}”的学校"
                    yield record.at(study, "school"), message, "核对学校", here, f"{record.path} {slug}"
            elif study.teacher not in school.teachers and not programme.has_broken(
                f"{school.school.path}/{school.year}/teachers.yaml"
            ):
                path = f"{ROOT}{school.school.path}/{school.year}/teachers.yaml"
                if path in programme.brought and record.path not in programme.brought:  # it was there until now
                    at = school.roster.at(None, "teachers", key=True) if school.roster else Location(path)
                    message = f"教师 {study.teacher} 有机构导出的学时，却从名册里删掉了"
                    yield at, message, "恢复这一条；离开了的写离校（left）；本来就不是本校的，先请县里改那份导出", here
                    continue
                who = "" if export.school else "请县里"
                hint = f"{who}核对编号；离开的、不是本校的，{who or '请'}删掉这一条"
                yield record.at(study, "teacher"), f"名册里没有教师 {study.teacher}", hint, here
            elif (row := school.teachers.get(study.teacher)) and school.helps_out(row):
                message = f"教师 {study.teacher} 在这里兼课，网络研修学时记在人事关系所在的学校"
                hint = "去掉这一条；请那所学校或者它的县导入"
                yield record.at(study, "teacher"), message, hint, export.about(study)


@rule("CLAIM-ONCE", "paper", across=True, clause=OURS, presupposes=_WHOLE)
def hours_are_claimed_once(programme: Programme) -> Iterator[Breach]:
    """一位教师在同一家机构的学时，各份导出的时段不重叠，同一份导出也不导入两次，换了学校、换了县也一样。

    平台的导出多半是累计的：三月到五月一份，三月到六月又一份，两份都留着，学时就算了两遍。一份导出里有几所学校、几个县的教师，
    各导入各的；写着从别校来、那所学校还没有写的，两边对上以前不算，也不挡那所学校的。从别校来的，那里照名册认定过的日子也不再算，
    跨过认定那一天的要分段。
    """
    had: dict[tuple[str, str], list[Record[s.OnlineHours]]] = defaultdict(list)
    files: dict[tuple[str, str], Record[s.OnlineHours]] = {}
    # What is brought is told, and not what was there.
    for each in sorted(_exports(programme), key=lambda it: (programme.is_new(it.record.at(None)), it.record.path)):
        record, data = each.record, each.record.data
        for study in data.people:
            if _waits(each, study):
                continue
            taken = _taken_in(each, study)
            if taken and (programme.is_new(record.at(study)) or data.until > taken[1]):
                school, day = taken
                message = f"教师 {study.teacher} 这段时间的学时，{school}已经照名册认定（{day}）"
                hint = "一段学时只算一次：去掉这一位；认定的里面没有这些学时的，请原来的县里核对"
                if data.until > day:
                    message = (
                        f"教师 {study.teacher} {day} 以前的学时，{school}已经照名册认定；这份导出是 {data.from_} 起的"
                    )
                    hint = (
                        f"一段学时只算一次：请机构从 {later(day, 1)} 起分段导出；写明每次学习时间的导出，只留那天以后的"
                    )
                yield record.at(study, "teacher"), message, hint, each.about(study)
                continue
            before = had[study.teacher, data.provider]
            first = files.get((study.teacher, data.file.digest), record)
            if first is not record:
                message = f"这一份导出里教师 {study.teacher} 的学时已经导入过，是 {first.path}"
                hint = "一位教师只在一处；两份记录一样的，只留一份"
                yield record.at(data.file, "digest"), message, hint, each.about(), f"{record.path} {first.path}"
                continue
            same = [one for one in before if one is record]
            overlapping = [one for one in before if one.data.from_ <= data.until and data.from_ <= one.data.until]
            if same:
                message, hint = f"教师 {study.teacher} 在这份记录里有两条", "合成一条；有一条是别人的，改正编号"
                whose = each.about(study)._replace(teacher="", matter="")  # one of the two may be anybody's
                yield record.at(study, "teacher"), message, hint, whose
            elif overlapping:
                other = overlapping[0]
                message = (
                    f"教师 {study.teacher} 在“{data.provider}”的学时，{other.path} 里已经有 {other.data.from_} 至 "
                    f"{other.data.until} 的，与这一份（{data.from_} 至 {data.until}）重叠"
                )
                hint = f"累计的导出只留最新的一份：导入时写 --name {other.name}，换掉原来那份；分段的，核对起止"
                if other.unit != record.unit:
                    hint = "一段学时只在一处：请机构分段导出，换学校以前的记在原来的学校"
                yield record.at(study, "teacher"), message, hint, each.about(study), f"{record.path} {other.path}"
            before.append(record)
            files.setdefault((study.teacher, data.file.digest), record)


def _taken_in(export: _Export, study: s.OnlineStudy) -> tuple[str, str] | None:
    """The school from which somebody came, and the day on which it had hours of these days recognised."""
    school = export.county.school(export.school_of(study))
    row = school.teachers.get(study.teacher) if school else None
    for stay in takewhile(lambda each: each.year is not school, school.agreed_stays_of(row) if school and row else ()):
        if day := stay.year.has_taken_in(Claim(export.record, study)):
            return stay.year.school.name, day
    return None


def _waits(export: _Export, study: s.OnlineStudy) -> bool:
    """Whether the person is on no roster of the school, or by its own word alone: then the hours count for nobody."""
    school = export.county.school(export.school_of(study))
    row = school.teachers.get(study.teacher) if school else None
    return school is None or row is None or Stay(school, row) not in agreed(school.stays_of(row))


@rule("CLAIM-ROUND", "paper", clause=OURS, presupposes=(*_WHOLE, "ROUND-DATES"))
def hours_are_of_the_round(programme: Programme) -> Iterator[Breach]:
    """导出的起止在本轮之内，止不早于起，也不在将来；各次的日期在起止之内。

    别的一轮的学时算进来，就认定了两次。
    """
    for export in _exports(programme):
        record, data = export.record, export.record.data
        starts, ends = programme.span(export.county.year)
        if programme.round(export.county.year) is None:
            continue  # ROUND-KNOWN
        if data.until < data.from_:
            yield record.at(None, "until"), f"止期 {data.until} 早于起期 {data.from_}", "核对两个日期", export.about()
            continue
        unit = programme.units[record.unit]
        if programme.day and data.until > programme.day and not unit.is_sample:
            yield (
                record.at(None, "until"),
                f"止期 {data.until} 还没有到（今天是 {programme.day}）",
                "到了那一天再导出",
                export.about(),
            )
            continue
        outside = [
            (name, day) for name, day in (("from", data.from_), ("until", data.until)) if not starts <= day <= ends
        ]
        if outside:
            name, day = outside[0]
            message = f"日期 {day} 不在 {export.county.year} 年这一轮（{starts} 至 {ends}）"
            hint = "核对年度；跨了两轮的，请机构按轮次分别导出"
            yield record.at(None, name), message, hint, export.about()
            continue
        for study in data.people:
            for each in study.sessions:
                days = [(name, at[:10]) for name, at in (("begun", each.begun), ("ended", each.ended)) if at]
                for name, day in (one for one in days if not data.from_ <= one[1] <= data.until):
                    message = f"日期 {day} 不在这份导出的起止（{data.from_} 至 {data.until}）之内"
                    hint = "核对导出的起止"
                    yield record.at(each, name), message, hint, export.about(study), f"{record.path} {name}"
                    break


@rule("CLAIM-SUM", "paper", clause=OURS, presupposes=_WHOLE)
def hours_are_the_sum_of_what_is_listed(programme: Programme) -> Iterator[Breach]:
    """列出了各次的，学时等于各次之和。

    导入的时候合计是算出来的；不一样，就是导入以后有人改过。
    """
    for export in _exports(programme):
        for study in export.record.data.people:
            total = round(sum(each.hours for each in study.sessions), 2)
            if study.sessions and abs(total - study.hours) >= _ROUNDING:
                message = f"教师 {study.teacher} 的学时写的是 {study.hours:g}，各次合计是 {total:g}"
                hint = "用机构的导出重新导入（--name 写这一份的名字）；不要手工改"
                yield export.record.at(study, "hours"), message, hint, export.about(study)


# --- whether they can be ----------------------------------------------------------------------------------------------


class _Sitting(NamedTuple):
    """A session that says when it began and ended."""

    study: s.OnlineStudy
    session: s.StudySession
    begun: datetime
    ended: datetime

    @property
    def minutes(self) -> float:
        return (self.ended - self.begun).total_seconds() / 60

    @property
    def is_one(self) -> bool:
        """Whether it is one sitting, and not the first and the last of many."""
        return 0 <= self.minutes < 24 * 60


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:  # 2026-02-30
        return None


def _sittings(record: Record[s.OnlineHours]) -> Iterator[_Sitting]:
    for study in record.data.people:
        for session in study.sessions:
            begun, ended = _moment(session.begun), _moment(session.ended)
            if begun and ended:
                yield _Sitting(study, session, begun, ended)


def _days(data: s.OnlineHours) -> int:
    return max(1, (date.fromisoformat(data.until) - date.fromisoformat(data.from_)).days + 1)


@rule(
    "CLAIM-DAILY",
    "paper",
    clause=f"{_CONFIGURED}；本项目的约定（没有写的，一天 10 学时）",
    severity="warning",
    presupposes=(*_WHOLE, "CLAIM-ROUND"),
)
def nobody_studies_all_day(programme: Programme) -> Iterator[Breach]:
    """一位教师一天的网络研修学时不超过上限。

    只写总数的导出，按起止的天数平均。白天还要上课。
    """
    most = limits(programme).daily
    for export in _exports(programme):
        for study in export.record.data.people:
            days: dict[str, float] = defaultdict(float)
            for session in study.sessions:
                if session.begun and (session.ended or session.begun)[:10] == session.begun[:10]:
                    days[session.begun[:10]] += session.hours
            worst = max(days, key=lambda day: days[day], default="")
            average = study.hours / _days(export.record.data)
            if worst and days[worst] > most:
                message = f"教师 {study.teacher} 在 {worst} 一天有 {days[worst]:g} 学时，多于 {most:g}"
            elif average > most:
                message = f"教师 {study.teacher} 平均一天 {average:.1f} 学时，多于 {most:g}"
            else:
                continue
            yield export.record.at(study, "hours"), message, _ASK, export.about(study), export.record.path


@rule(
    "CLAIM-SPEED",
    "paper",
    clause=f"{_CONFIGURED}；本项目的约定（没有写的，一学时 45 分钟）",
    severity="warning",
    presupposes=(*_WHOLE, "CLAIM-ROUND"),
)
def nobody_studies_faster_than_time_passes(programme: Programme) -> Iterator[Breach]:
    """一次研修的学时，不多于从开始到结束的时间。

    倍速播放、几门课同时开着，看起来就是这样。
    """
    minutes = limits(programme).minutes
    for export in _exports(programme):
        for each in _sittings(export.record):
            # Times are told to the minute: a minute more may have passed.
            if each.session.hours * minutes > each.minutes + 1:
                message = (
                    f"教师 {each.study.teacher} 从 {each.session.begun} 到 {each.session.ended} "
                    f"只有 {each.minutes:g} 分钟，记了 {each.session.hours:g} 学时（一学时 {minutes} 分钟）"
                )
                at = export.record.at(each.session, "hours")
                yield at, message, _ASK, export.about(each.study), export.record.path


@rule(
    "CLAIM-TOGETHER",
    "paper",
    clause=f"{_CONFIGURED}；本项目的约定（没有写的，10 人）",
    severity="warning",
    presupposes=(*_WHOLE, "CLAIM-ROUND"),
)
def people_do_not_study_in_step(programme: Programme) -> Iterator[Breach]:
    """许多教师不在同一分钟开始、又在同一分钟结束。

    多半是有人用脚本替大家挂着。直播课大家一起看的，可以不改。
    """
    most = limits(programme).together
    for export in _exports(programme):
        at_once: dict[tuple[str, str], list[_Sitting]] = defaultdict(list)
        for each in _sittings(export.record):
            at_once[each.session.begun or "", each.session.ended or ""].append(each)
        for (begun, ended), sittings in at_once.items():
            people = {each.study.teacher for each in sittings}
            if len(people) >= most:
                message = f"{len(people)} 人都在 {begun} 开始、{ended} 结束"
                at = export.record.at(sittings[0].session, "begun")
                hint = f"是一起看的直播，可以不改；不是的，{_ASK}"
                yield at, message, hint, export.about(), export.record.path


@rule(
    "CLAIM-NIGHT",
    "paper",
    clause=f"{_CONFIGURED}；本项目的约定（没有写的，23 点到 5 点）",
    severity="warning",
    presupposes=(*_WHOLE, "CLAIM-ROUND"),
)
def nobody_studies_at_night(programme: Programme) -> Iterator[Breach]:
    """网络研修不在深夜开始或者结束。

    偶尔有人熬夜；许多人、许多次都在深夜的，多半不是本人在学。
    """
    limit = limits(programme)
    for export in _exports(programme):
        for each in _sittings(export.record):
            late = [at for at in (each.begun, each.ended) if at.hour >= limit.night_from or at.hour < limit.night_until]
            if each.is_one and late:
                message = f"教师 {each.study.teacher} 在 {late[0]:%Y-%m-%d %H:%M} 还在研修"
                at = export.record.at(each.session, "begun" if late[0] == each.begun else "ended")
                yield at, message, _ASK, export.about(each.study), export.record.path


@rule(
    "CLAIM-TERM",
    "paper",
    clause="附件1 三(二)1“县级教育行政部门遴选网络研修任务承担机构”；本项目的约定（合同到期以后的学时，要有说法）",
    severity="warning",
    presupposes=(*_WHOLE, "CLAIM-ROUND", "providers"),
)
def hours_end_with_the_contract(programme: Programme) -> Iterator[Breach]:
    """学时不在承担期限到期以后。

    合同到期了平台还开着，学时算不算，由县里定；续聘的补登期限。
    """
    for export in _exports(programme):
        record, data = export.record, export.record.data
        terms = _terms(export.county.county, data.provider)
        last = max((each.until for each in terms), default="")
        hint = "续聘的，请县里在 providers.yaml 里补登期限；没有续聘的，请机构只导出期限里的学时"
        dated = [(study, one) for study in data.people for one in study.sessions if one.begun]
        late = [(study, one) for study, one in dated if (one.ended or one.begun or "")[:10] > last]
        if not last or data.from_ > last:
            continue  # CLAIM-PROVIDER
        if late:
            study, one = late[0]
            day = (one.ended or one.begun or "")[:10]
            message = f"教师 {study.teacher} 的研修到 {day}，“{data.provider}”的期限止于 {last}"
            more = f"（这样的共 {len(late)} 次）" if len(late) > 1 else ""
            at = record.at(one, "ended" if one.ended else "begun")
            yield at, f"{message}{more}", hint, export.about(study)
        elif not dated and data.until > last:
            message = f"学时算到 {data.until}，“{data.provider}”的期限止于 {last}"
            yield record.at(None, "until"), message, hint, export.about()

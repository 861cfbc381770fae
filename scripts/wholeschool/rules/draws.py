"""Draws: an announcement first, a sample that follows from it, and one announcement at a time."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.days import later
from wholeschool.outcomes.draws import canonical, sample_of, seal, seed_of
from wholeschool.programme import Programme, Unit
from wholeschool.records import Record
from wholeschool.records.structs import Announcement, Population, SpotCheck
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.supervision import year_at

# Whoever lets a sample lie that he does not like gets no other one for it; he is only reminded of it.
_DAYS_TO_DRAW = 7


@rule("DRAW-TRUE", "keeping", authority=OURS, presupposes=("DECISION-KEPT", "DATE-FUTURE"))
def sample_follows_from_the_announcement(programme: Programme) -> Iterator[Breach]:
    """抽样公告定下一种抽多少的办法，总体名单与公告的摘要一致；种子和抽中的教师由公告和开奖号码得出。

    谁都可以照公告和报纸上的号码重算一遍，名单和次序都相同；没有人能挑选抽到谁，抽查才可信。
    """
    lacking: set[tuple[str, int | None]] = set()
    for unit, record in programme.each(Announcement):
        said, people = record.data, unit.one(Population, year=record.year, name=record.name)
        if sum(each is not None for each in (said.ratio, said.count, said.risk)) != 1:
            yield record.at(None), "抽多少没有写，或者写了几种", "比例 ratio、人数 count、风险 risk 写且只写一种"
        elif people is None:
            if not programme.has_broken(f"{unit.path}/{record.year}/announcements/{record.name}.csv"):
                lacking.add((unit.path, record.year))
                message = "总体名单不在了：与公告同名的 .csv"
                yield record.at(None, "population", key=True), message, "恢复原样；公告和名单一起由 wholeschool draw 写"
        elif (len(people.data.people), seal(people.data.people)) != (said.population.people, said.population.sha256):
            yield people.at(None), "总体名单与公告里的人数或摘要对不上", "恢复原样；名单公告以后不改"
        elif said.drawn is not None:
            yield from _drawn(record, people.data)
    for unit, listed in programme.each(Population):
        if (unit.path, listed.year) in lacking or unit.one(Announcement, year=listed.year, name=listed.name):
            continue  # one of the two has another name
        if not programme.has_broken(f"{unit.path}/{listed.year}/announcements/{listed.name}.yaml"):
            yield listed.at(None), "这份总体名单没有同名的抽样公告", "公告和名单一起由 wholeschool draw 写"


def _drawn(record: Record[Announcement], people: Population) -> Iterator[Breach]:
    drawn, hint = record.data.drawn, "用 wholeschool draw value 重新录入，不要手工修改"
    assert drawn is not None
    try:
        seed = seed_of(record, drawn.numbers)
    except ValueError as error:
        yield record.at(drawn, "numbers"), str(error), "照公布的号码改正"
        return
    if drawn.numbers != (value := canonical(record.data.value.source, drawn.numbers)):
        yield record.at(drawn, "numbers"), "号码没有写成两位、每组从小到大", f"写成 {value}"
    elif seed != drawn.seed:
        yield record.at(drawn, "seed"), "种子不是公告和开奖号码得出的那一个", hint
    elif (again := sample_of(record.data, people.people, seed)) != drawn.sample:
        places = zip(drawn.sample, again, strict=False)
        place = next((place for place, (written, wanted) in enumerate(places) if written != wanted), None)
        if place is None:
            message = f"照公告应抽 {len(again)} 位，写了 {len(drawn.sample)} 位"
            yield record.at(drawn, "sample", key=True), message, hint
        else:
            message = f"抽中的名单不对：第 {place + 1} 位应是 {again[place]}，写的是 {drawn.sample[place]}"
            yield record.at(drawn, "sample", place), message, hint


@rule("DRAW-AGAIN", "decision", authority=OURS, presupposes=("DRAW-TRUE", "DECISION-KEPT"))
def one_announcement_at_a_time(programme: Programme) -> Iterator[Breach]:
    """同一个单位、同一轮、同一种抽查，前一次公告抽查完（结果逐项有评定或问题）、或者写明原因取消了，才另作公告；抽过样的不取消。

    公告几次、挑合意的一次来查，就等于挑了抽到谁。取消的写明为什么，一直看得到。
    """
    for unit, record in programme.each(Announcement):
        said = record.data
        if said.cancelled is not None:
            if said.cancelled.date < said.announced:
                message = f"取消日期 {said.cancelled.date} 早于公告日期 {said.announced}"
                yield record.at(said.cancelled, "date"), message, "核对两个日期"
            elif said.drawn is not None:
                message = "已经照这份公告抽过样，知道抽到谁了，不能再取消"
                yield record.at(said.cancelled), message, "去掉取消（cancelled），照抽中的名单抽查"
            continue
        for other in unit.all(Announcement, year=record.year):
            rival = other.data
            if (
                rival.stage == said.stage
                and rival.cancelled is None
                and _order(programme, other) < _order(programme, record)
                and not is_finished(programme, unit, other)
            ):
                message = f"前一次公告（{other.name}）还没有抽查完，也没有取消"
                hint = "照前一次的抽查，写上结论；还没有开奖、确实不能用的，先用 wholeschool draw cancel 写明原因取消"
                yield record.at(None, "announced"), message, hint
                break


def _order(programme: Programme, record: Record[Announcement]) -> tuple[bool, str, str]:
    """What was there before goes first, whatever day is written in either."""
    return programme.is_new(record.at(None, "announced")), record.data.announced, record.name


def _checks(unit: Unit, record: Record[Announcement]) -> Iterator[Record[SpotCheck]]:
    """The spot checks by an announcement."""
    return (check for check in unit.all(SpotCheck, year=record.year) if check.data.announcement == record.name)


def unlooked(programme: Programme, unit: Unit, record: Record[Announcement]) -> list[str]:
    """The numbers of those drawn of whose results no check says anything, though they are there and were reviewed.

    What was reviewed after the last check of them was not there to be looked at.
    """
    drawn = record.data.drawn.sample if record.data.drawn and record.data.stage == "考核结果" else ()
    checks = list(_checks(unit, record))
    looked = {item.teacher for check in checks for item in check.data.items if item.recheck_level}
    found = []
    for number in drawn:
        days = [check.data.date for check in checks if any(item.teacher == number for item in check.data.items)]
        if not days or number in looked or year_at(programme, unit, record.year, number, max(days)) is None:
            continue
        years = (programme.school_year(each, record.year or 0) for each in unit.below if each.level == "校")
        if any(
            one.teacher == number and review.data.date <= max(days)
            for year in years
            if number in year.assessed
            for review, one in year.results()
        ):
            found.append(number)
    return found


def is_finished(programme: Programme, unit: Unit, record: Record[Announcement]) -> bool:
    """Whether checks by this announcement have come to a conclusion, and to a level of every result that there is.

    Of who is gone, or has no result, to the problem that it is so. Several checks count together.
    """
    drawn = record.data.drawn.sample if record.data.drawn else ()
    checks = [check.data for check in _checks(unit, record)]
    concluded = [check for check in checks if check.conclusion]
    said = {
        item.teacher
        for check in checks
        for item in check.items
        if check.stage == "考核过程" or item.recheck_level or item.problem
    }
    return bool(concluded) and said.issuperset(drawn) and not unlooked(programme, unit, record)


@rule(
    "CHECK-DRAW",
    "decision",
    authority=OURS,
    presupposes=("DRAW-TRUE", "DRAW-AGAIN", "DECISION-KEPT", "CHECK-TARGET", "DATE-FUTURE"),
)
def who_was_drawn_is_checked(programme: Programme) -> Iterator[Breach]:
    """按抽样来查的，写明是哪一份公告；公告已经抽样、没有取消，抽查不早于抽样，抽中的教师都查到。

    抽中的不查、没抽中的来查，抽样就白做了。抽查结果的，有了结论，抽中的、评审过的每一位都有复核评定。
    """
    for unit, record in programme.each(SpotCheck):
        check = record.data
        if check.draw is not None:
            hint = "先用 wholeschool draw announce 公告，抽样以后写 announcement"
            yield record.at(check.draw), "抽样没有先公告：种子可以挑，抽到谁也就可以挑", hint
            continue
        name = check.announcement
        if name is None or programme.has_broken(f"{unit.path}/{record.year}/announcements/{name}.yaml"):
            continue
        known, at = unit.one(Announcement, year=record.year, name=name), record.at(None, "announcement")
        if known is None:
            yield at, f"没有叫 {name} 的抽样公告", f"写 {record.year}/announcements/ 里的文件名，不带 .yaml"
        elif known.data.cancelled:
            yield at, f"抽样公告 {name} 已经取消", "写现在这一次的公告"
        elif known.data.stage != check.stage:
            yield at, f"抽样公告 {name} 抽查的是{known.data.stage}，这里是{check.stage}", "核对是不是这一份公告"
        elif known.data.drawn is None:
            message = f"抽样公告 {name} 还没有抽样，{known.data.value.day} 才公布号码"
            yield at, message, "公布以后用 wholeschool draw value 录入，再抽查"
        elif check.date < known.data.drawn.date:
            message = f"抽查日期 {check.date} 早于抽样日期 {known.data.drawn.date}"
            yield record.at(None, "date"), message, "核对两个日期；先抽样，再抽查"
        else:
            checks = [each.data for each in _checks(unit, known) if each.data.date <= check.date]
            there = {item.teacher for each in checks for item in each.items}
            if left := [number for number in known.data.drawn.sample if number not in there]:
                yield record.at(None, "items", key=True), f"抽中的教师有 {len(left)} 位没有抽查", "补上抽查项"
            elif check.conclusion and (blind := unlooked(programme, unit, known)):
                message = f"抽中的教师 {blind[0]} 等 {len(blind)} 位评审过、还在学校，没有写复核评定"
                hint = "选他们评审过的一项来查，写上学校评定和复核评定；已经不在学校的，写明问题就可以"
                yield record.at(None, "items", key=True), message, hint


@rule("DUE-DRAW", "paper", authority=OURS, severity="warning", presupposes=("DRAW-TRUE", "ROUND-KNOWN"))
def what_was_announced_is_drawn(programme: Programme) -> Iterator[Breach]:
    """公告里定的号码公布以后七天，抽样结果已经录入。

    号码一公布，抽到谁就定了；看了不合意就放着，别人看不出来。
    """
    for _, record in programme.each(Announcement):
        said = record.data
        if said.drawn or said.cancelled or not programme.day:
            continue
        if programme.day > later(said.value.day, _DAYS_TO_DRAW):
            message = f"{said.value.source} {said.value.day} 已经开奖，抽样结果还没有录入"
            hint = "用 wholeschool draw value 录入号码；那天没有开奖的，录入以后第一次开奖的号码"
            yield record.at(said.value, "day"), message, hint

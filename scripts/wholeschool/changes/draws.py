"""Draws: what is announced is announced before anybody can know who will be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wholeschool.authority import OURS
from wholeschool.changes.proposal import History, Proposal
from wholeschool.days import later
from wholeschool.errors import RepositoryError
from wholeschool.findings import About
from wholeschool.outcomes.draws import digest, due, is_drawn_on, weekdays_of
from wholeschool.programme import Programme, Unit, YearOfSchool, assemble
from wholeschool.programme.stays import home_on, named_by
from wholeschool.records import Record, load
from wholeschool.records.kinds import ROOT, is_shared
from wholeschool.records.structs import Announcement, Cancelled, Drawn, Due, Population, SpotCheck, Teachers
from wholeschool.rules.registry import Breach, rule
from wholeschool.sources import Entry, Tree
from wholeschool.sources.tree import REGULAR

_WHOLE = "在有完整历史的克隆里检查"
_OLDEST = 7
"""Days: how long before the change the commit may have been overtaken whose rosters are the population."""
_DOUBLINGS = 8
"""Who was on a roster before is looked for one, two, four, … days before an announcement: for as long as a round."""
_LATELY = 6
"""Of these, how many tell whether somebody on leave went on it just for the announcement: a month."""


@rule("DRAW-ANNOUNCED", "decision", authority=OURS, presupposes=("DECISION-KEPT", "UNIT-MOVED"))
def announced_before_the_value_is_known(proposal: Proposal) -> Iterator[Breach]:
    """抽样公告合并的时候，要用的号码还没有公布；总体是主分支七天以内的样子里应考的教师。

    公告的人不知道号码，知道号码的人改不了公告，抽到谁就没有人能挑。总体取自已经合并的名册，公告以后名册再变也不影响；
    公告合并的时候，总体里的人主分支的名册里也应考，抽样才不会被不在的人冲淡；公告前后都在名册上的，不能偏偏那时不在。
    """
    for unit, record in proposal.head.each(Announcement):
        if _known(proposal.base, unit, record) is None:
            try:
                yield from _announced(proposal, unit, record)
            except RepositoryError as error:
                yield record.at(None, "commit"), f"看不到主分支以前的样子：{error}", _WHOLE


def _announced(proposal: Proposal, unit: Unit, record: Record[Announcement]) -> Iterator[Breach]:
    said, today, main = record.data, proposal.head.today, proposal.base_tree
    made = main.day_of(said.commit)
    oldest = later(today, -_OLDEST)
    if said.value.day <= today:
        message = f"公告今天（{today}）合并，{said.value.source} {said.value.day} 开的奖已经知道了"
        yield record.at(said.value, "day"), message, "用以后一期的号码，重新公告"
    elif not is_drawn_on(said.value.source, said.value.day):
        message = f"{said.value.source}{weekdays_of(said.value.source)}开奖，{said.value.day} 不是"
        yield record.at(said.value, "day"), message, "换一个开奖的日子"
    elif made is None:
        yield record.at(None, "commit"), "总体取自的提交不在主分支上", "用 wholeschool draw announce 重新公告"
    elif made < oldest and not ((then := main.as_of(oldest)) and then.commit == said.commit):
        message = f"总体取自 {made} 的提交，{_OLDEST} 天以前主分支就往前走了"
        yield record.at(None, "commit"), message, "用 wholeschool draw announce 重新公告，取现在的名册"
    elif made > said.announced:
        yield record.at(None, "announced"), f"公告日期早于总体取自的提交（{made}）", "写公告的那一天"
    elif listed := unit.one(Population, year=record.year, name=record.name):
        was = programme_at(main.at(said.commit), unit)
        people = due(was, was.units[unit.path], record.year or 0, said.announced, said.strata) if was else []
        if tuple(people) != listed.data.people:
            message = f"总体名单有 {len(listed.data.people)} 人，那个提交的名册里应考的是 {len(people)} 人"
            if len(people) == len(listed.data.people):
                message = "总体名单里的人或者分的层，与那个提交的名册不同"
            yield listed.at(None), message, "用 wholeschool draw announce 重新公告，不要手工修改"
        elif gone := _taken_out(proposal, unit, record):
            message = f"{made} 的那个提交里少了 {gone} 位教师：以前应考，现在也应考，那时名册没有了，或者偏偏没有他们"
            yield listed.at(None), message, "名册补回来，再用 wholeschool draw announce 重新公告"
        elif more := _others(proposal, unit, record, people):
            message = f"总体里有 {more} 位教师，照主分支现在的名册不应考，或者分在别的层"
            yield listed.at(None), message, "用 wholeschool draw announce 重新公告，取现在的名册"


def _others(proposal: Proposal, unit: Unit, record: Record[Announcement], people: Sequence[Due]) -> int:
    """How many of a population main's rosters do not call due now, or put into another layer.

    Also those who have left since: what is on main now has been judged, what a commit of before had may never have
    been (its rosters, its day).
    """
    base, today = proposal.base, proposal.head.today or record.data.announced
    now = {*due(base, base.units[unit.path], record.year or 0, today, record.data.strata)}
    return sum(each not in now for each in people)


def _taken_out(proposal: Proposal, unit: Unit, record: Record[Announcement]) -> int:
    """How many were due before but not in the commit whose rosters are the population, though they are now.

    Or whose school has no roster there any more: nobody may leave out a school by taking its roster away for a moment.
    Or who is on its rosters, and not due just then: a commit between two others is judged by nobody.
    """
    said, year = record.data, record.year or 0
    then = programme_at(proposal.base_tree.at(said.commit), unit)
    if then is None:
        return 0
    base, days = proposal.base.units[unit.path], {said.announced, proposal.head.today or said.announced}
    now = {each.teacher for day in days for each in due(proposal.base, base, year, day, ())}  # not away for one of them
    left = {each.teacher for each in due(then, then.units[unit.path], year, said.announced, ())}
    gone = (now & _numbers(then, unit, year)) - left
    bare = {each.school.path for each in _years(then, unit, year) if each.roster is None}
    for day in dict.fromkeys((*(2**step for step in range(_DOUBLINGS)), _OLDEST)):
        was = proposal.base_tree.as_of(later(proposal.head.today, -day))
        before = programme_at(was, unit) if was else None
        if before is None:
            continue
        had = {each.teacher for each in due(before, before.units[unit.path], year, said.announced, ())}
        lost = {number for each in _years(before, unit, year) if each.school.path in bare for number in each.teachers}
        gone |= (had & (now | lost)) - left
    return len(gone)


@rule("DRAW-WHOLE", "keeping", authority=OURS, presupposes=("DECISION-KEPT", "DRAW-ANNOUNCED"))
def nobody_is_off_the_roster_while_a_draw_is_announced(proposal: Proposal) -> Iterator[Breach]:
    """抽样公告那几天不在名册上、以前在、现在又补回来的教师，由公告的单位另行抽查，或者取消公告重新公告。

    公告的总体取自名册；先把人去掉，公告了再补回来，就没有人抽得到他们。确实漏写了的，公告的单位把他们写进一份抽查记录，再补回名册，一起改也行；
    公告以前一个月里一直请着假、公告以后回来的，那时在别的单位所辖的学校、那里的名册有他的，和公告以后才来的不在此列。
    """
    changed = {each.path for each in proposal.differences if each.path.endswith("/teachers.yaml")}
    for unit, record in proposal.head.each(Announcement) if changed else ():
        year, known = record.year or 0, _known(proposal.base, unit, record)
        listed = unit.one(Population, year=year, name=record.name)
        schools = (proposal.head.school_year(each, year) for each in unit.below if each.level == "校")
        rosters = [each.roster for each in schools if each.roster and each.roster.path in changed]
        if rosters and known and listed and not record.data.cancelled:
            try:
                yield from _put_back(proposal, unit, record, listed, rosters)
            except RepositoryError as error:
                yield rosters[0].at(None), f"看不到主分支以前的样子：{error}", _WHOLE


def _put_back(
    proposal: Proposal,
    unit: Unit,
    record: Record[Announcement],
    listed: Record[Population],
    rosters: Sequence[Record[Teachers]],
) -> Iterator[Breach]:
    """Rows of the changed rosters of whoever was due when a draw was announced, was there before, and is not in it."""
    said, year, main = record.data, record.year or 0, proposal.base_tree
    had = {each.teacher for each in (*listed.data.people, *due(proposal.base, unit, year, said.announced, ()))}
    years = (proposal.head.school_year(each, year) for each in unit.below if each.level == "校")
    reviewed = {number for each in years for number, _ in each.standing} if said.stage == "考核结果" else set()
    looked = {
        item.teacher
        for check in unit.all(SpotCheck, year=year)
        for item in check.data.items
        if check.data.date >= said.announced
        and check.data.stage == said.stage
        and (item.recheck_level or item.teacher not in reviewed)
    }
    now = max(said.announced, proposal.head.today)
    back = {each.teacher for day in (said.announced, now) for each in due(proposal.head, unit, year, day, ())}
    back -= had | looked
    if not back or main.day_of(said.commit) is None:  # announced where this history does not reach
        return
    if not (then := programme_at(main.at(said.commit), unit)):
        return
    back -= _elsewhere(then, unit, year, said.announced)
    trees = [main.as_of(later(said.announced, -(2**step))) for step in range(_DOUBLINGS)]
    were = [programme_at(was, unit) if was else None for was in trees]
    lately = {
        number for was in were[:_LATELY] if was for number in _numbers(was, unit, year) - _exempt(was, unit, year)
    }
    back -= _exempt(then, unit, year) - lately
    before = {number for was in were if was for number in _numbers(was, unit, year)}
    for roster in rosters:
        for teacher in roster.data.teachers:
            if teacher.number in back & before:
                message = f"教师 {teacher.number} {said.announced} 的抽样公告那时不在应考的里面，以前在，现在又回来"
                hint = (
                    f"由{unit.name}写一份对他们的抽查记录，再补回名册；号码还没有公布的，也可以取消公告，补回名册再公告"
                )
                here = About(roster.unit, year, teacher.number, matter="抽样")
                yield roster.at(teacher, "number"), message, hint, here, f"{roster.path} {record.path}"


def _years(programme: Programme, unit: Unit, year: int) -> list[YearOfSchool]:
    below = programme.units[unit.path].below
    return [programme.school_year(each, year) for each in below if each.level == "校"]


def _exempt(programme: Programme, unit: Unit, year: int) -> set[str]:
    years = _years(programme, unit, year)
    return {number for each in years for number, teacher in each.teachers.items() if teacher.exempt}


def _numbers(programme: Programme, unit: Unit, year: int) -> set[str]:
    return {number for each in _years(programme, unit, year) for number in each.teachers}


def _elsewhere(programme: Programme, unit: Unit, year: int, day: str) -> set[str]:
    """Those on the rosters below a unit who on that day were at a school elsewhere, by its own roster of then."""
    found = set()
    for number, stays in programme.stays(year).items():
        at = home_on(stays, day)
        if at is not None and not f"{at.year.school.path}/".startswith(f"{unit.path}/"):
            found.add(number)
    return found


@rule("DRAW-VALUE", "decision", authority=OURS, presupposes=("DECISION-KEPT", "DRAW-ANNOUNCED"))
def value_is_entered_after_its_day(proposal: Proposal) -> Iterator[Breach]:
    """抽样结果在号码公布以后录入；公告在公布那天以前就在主分支上，一个字没有改过，从那天起也不再取消。

    号码公布以后才合并的公告，可能是看着号码写的：同样的号码，换一份公告抽到的是别人。号码公布了，抽到谁谁都算得出来，
    看了不合意就取消，也是挑人；合并晚了、用不了的，还可以取消。
    """
    for unit, record in proposal.head.each(Announcement):
        said, before = record.data, _known(proposal.base, unit, record)
        try:
            if said.drawn and not (before and before.data.drawn):
                yield from _entered(proposal, record, said.drawn)
            elif said.cancelled and not said.drawn and before and not before.data.cancelled:
                yield from _cancelled(proposal, record, said.cancelled)
        except RepositoryError as error:
            yield record.at(said.drawn or said.cancelled), f"看不到主分支以前的样子：{error}", _WHOLE


TOO_LATE_TO_CANCEL = "号码已经公布，抽到谁谁都算得出来，公告不能再取消"
DRAW_IT = "用 wholeschool draw value 录入号码，照抽中的抽查；那天没有开奖的，录入以后第一次开奖的号码"


def is_known(main: History, record: Record[Announcement], today: str) -> bool:
    """Whether everybody can know today who was drawn, because the announcement was on the main line in time.

    Raises `RepositoryError` where only a part of the history is here.
    """
    return today >= record.data.value.day and _in_time(main, record)


def _cancelled(proposal: Proposal, record: Record[Announcement], cancelled: Cancelled) -> Iterator[Breach]:
    if is_known(proposal.base_tree, record, proposal.head.today):
        yield record.at(cancelled), TOO_LATE_TO_CANCEL, f"去掉取消（cancelled）；{DRAW_IT}"


def _in_time(main: History, record: Record[Announcement]) -> bool:
    """Whether the main line had the announcement, word for word, before the day of its value."""
    was = main.as_of(record.data.value.day)
    then = _read(was, record) if was else None
    return then is not None and digest(then) == digest(record)


def _entered(proposal: Proposal, record: Record[Announcement], drawn: Drawn) -> Iterator[Breach]:
    value, today = record.data.value, proposal.head.today
    if today < value.day:
        message = f"{value.source} {value.day} 才开奖，今天是 {today}"
        yield record.at(drawn), message, "去掉抽样结果（drawn），开奖以后再录入"
    elif drawn.date < value.day:
        message = f"抽样日期 {drawn.date} 早于号码公布的 {value.day}"
        yield record.at(drawn, "date"), message, "核对日期；号码公布以后再录入"
    elif not _in_time(proposal.base_tree, record):
        message = f"{value.day} 以前，主分支上还没有这份公告"
        hint = "用 wholeschool draw cancel 写明原因取消，用以后一期的号码重新公告"
        yield record.at(drawn), message, hint


def _known(base: Programme, unit: Unit, record: Record[Announcement]) -> Record[Announcement] | None:
    was = base.units.get(unit.path)
    return was.one(Announcement, year=record.year, name=record.name) if was else None


def _read(tree: Tree, record: Record[Announcement]) -> Record[Announcement] | None:
    """The announcement as it was in a tree."""
    try:
        entry = Entry(record.path, REGULAR, len(tree.read(record.path)))
    except RepositoryError:
        return None
    return next(iter(load(tree, [entry]).records), None)


def programme_at(tree: Tree, unit: Unit) -> Programme | None:
    """As much of the programme in a tree as tells who is due below a unit (see `Programme.below`).

    None where the unit was not there.
    """
    folder = f"{ROOT}{unit.path}"
    try:
        entries = [_entry(tree, f"{ROOT}programme.yaml"), *(_entry(tree, path) for path in _units_above(unit.path))]
        entries += [each for each in tree.entries(f"{ROOT}guidance") if is_shared(each.path)]
        wanted = ("/unit.yaml", "/teachers.yaml")
        entries += [each for each in tree.entries(folder) if each.path.endswith(wanted)]
    except RepositoryError:
        return None
    loaded = load(tree, entries)
    if more := {entry for path in named_by(loaded.records) for entry in _school(tree, path)} - {*entries}:
        loaded = load(tree, [*entries, *more])
    programme = assemble(loaded)
    return programme if unit.path in programme.units else None


def _units_above(path: str) -> list[str]:
    """The files of the units above a path."""
    return [f"{ROOT}{path.rsplit('/', steps)[0]}/unit.yaml" for steps in range(1, path.count("/") + 1)]


def _entry(tree: Tree, path: str) -> Entry:
    return Entry(path, REGULAR, len(tree.read(path)))


def _school(tree: Tree, path: str) -> list[Entry]:
    """The unit and the rosters of a school, and the units above it; nothing where one of the units is missing."""
    try:
        entries = [_entry(tree, each) for each in (f"{ROOT}{path}/unit.yaml", *_units_above(path))]
        rosters = re.compile(rf"{re.escape(ROOT + path)}/20[0-9]{{2}}/teachers\.yaml")
        return entries + [each for each in tree.entries(f"{ROOT}{path}") if rosters.fullmatch(each.path)]
    except RepositoryError:
        return []

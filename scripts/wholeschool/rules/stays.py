"""Who was where and when: teachers who come, go, change schools or work at two, and what they did meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.hours import EVERYBODY
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.programme.stays import (
    DEATH,
    FOR_GOOD,
    Stay,
    agreed,
    came_back,
    has_left,
    is_anothers_number,
    is_answered,
    is_due_nowhere,
    nowhere_due,
)
from wholeschool.records import Place, Record
from wholeschool.records.structs import Activities, Teacher, Teachers
from wholeschool.rules.registry import Breach, rule


def is_one_person(stays: Sequence[Stay]) -> bool:
    """Whether rows say of all stays with one number where that person came from or belongs, so that they are tied."""
    tied, rest = [stays[0]], list(stays[1:])
    while found := next((each for each in rest if any(_are_tied(each, one) for one in tied)), None):
        tied.append(found)
        rest.remove(found)
    return not rest


def _are_tied(one: Stay, other: Stay) -> bool:
    same_home = one.teacher.home is not None and one.teacher.home == other.teacher.home
    return same_home or one.comes_from(other) or other.comes_from(one)


def is_old_claim(programme: Programme, stay: Stay) -> bool:
    """Whether a row that was there before names a school that does not answer: nobody else's row is wrong by it.

    Whoever wrote it is told when they next touch it; until then it changes nothing (see `stays.agreed`).
    """
    teacher, roster = stay.teacher, stay.year.roster
    says = teacher.joined or teacher.left or teacher.home
    if not says and teacher.number not in programme.stays(stay.year.year):
        return False
    assert roster is not None
    return programme.stands(roster.path) and not is_answered(stay, stay.year.stays_of(teacher))


def _moved(programme: Programme) -> Iterator[tuple[YearOfSchool, Record[Teachers], Teacher]]:
    """Every row of a roster that says when somebody came or went, or that they belong to another school."""
    for year in programme.school_years():
        for teacher in year.teachers.values() if year.roster else ():
            if teacher.joined or teacher.left or teacher.home:
                assert year.roster is not None
                yield year, year.roster, teacher


def _about(stay: Stay, matter: str = "到校离校") -> About:
    return About(stay.year.school.path, stay.year.year, stay.teacher.number, matter=matter)


@rule("STAY-SCHOOL", "paper", across=True, authority=OURS, presupposes=("UNIT-MOVED", "unit"))
def other_schools_are_schools(programme: Programme) -> Iterator[Breach]:
    """调自、调往、人事关系写的是另一所学校的文件夹。

    写错了，那里的学时和通过的微能力就跟不过来。不在本工程里的学校不写。
    """
    for year, roster, teacher in _moved(programme):
        for node, field, path in (
            (teacher.joined, "from", teacher.joined and teacher.joined.from_),
            (teacher.left, "to", teacher.left and teacher.left.to),
            (teacher, "home", teacher.home),
        ):
            unit = programme.units.get(path or "")
            if not path or (unit and unit.level == "校" and unit is not year.school):
                continue
            if unit is None and programme.is_there(path):  # that it is no unit is told there
                continue
            wrong = "就是这所学校自己" if unit is year.school else "不是学校" if unit else "没有这所学校"
            meant = programme.meant(path)
            hint = f"您是不是想写 {meant}？" if unit is None and meant != path else "写学校的文件夹，从省写起"
            yield roster.at(node, field), f"“{path}”{wrong}", f"{hint}；不在本工程里的不写", _about(Stay(year, teacher))


@rule("STAY-ORDER", "paper", across=True, authority=OURS, presupposes=("TEACHER-UNIQUE", "STAY-SCHOOL"))
def stays_follow_one_another(programme: Programme) -> Iterator[Breach]:
    """到校不晚于离校；一个人离开前一所学校以后才到后一所，两边写的对得上，同一天离开、到校可以。

    同一天在两所学校，学时就会算两次；一所学校自己写“来过”，也不能把别校的人算过去。走了又回来的，回来的学校写离校和后来的到校；
    在两所学校教的，第二所写人事关系在哪里（home）。只是原来的学校还没有写离校的，见 STAY-BOTH。
    写了退休的，以后的名册里没有他，除非写明哪一天返聘；不然一轮里说他走了，不应考，下一轮又照旧在校。
    """
    yield from _back_from_rest(programme)
    for year, roster, teacher in _moved(programme):
        stay = Stay(year, teacher)
        if stay.begins > stay.ends:
            at = roster.at(teacher.joined, "date")
            end = f"学校 {stay.ends} 已经撤销" if stay.ends == year.school.closed else f"离校写的是 {stay.ends}"
            hint = (
                "核对两个日期；走了又回来的，写明调往（to）哪里、从哪里回来（from）；"
                "去的不在本工程里的，to、from 都不写，离校的去向写“调动”或者“其他”"
            )
            yield at, f"到校写的是 {stay.begins}，{end}", hint, _about(stay)
    for each in {year.year for year in programme.school_years()}:
        for stays in programme.stays(each).values():
            own = [stay for stay in stays if not stay.teacher.home and not is_old_claim(programme, stay)]
            for before, after in combinations(own if is_one_person(stays) else (), 2):
                if before.meets(after) and not (before.waits_for(after) or after.waits_for(before)):
                    yield _overlap(programme, before, after, agreed(stays))


def _back_from_rest(programme: Programme) -> Iterator[Breach]:
    """Those who have retired or died by one round's roster, and are on a later one as if they had not.

    Told in the roster that a change brings: there it can be mended, whichever of the two is the mistake.
    """
    schools = [programme.school_year(school, year) for school in programme.schools for year in school.years]
    gone: dict[str, Stay] = {}
    for year in sorted(schools, key=lambda each: each.year):
        for number, teacher in year.teachers.items():
            before = gone.get(number)
            if before and before.year.year < year.year and _is_still_there(Stay(year, teacher), before):
                del gone[number]
                yield _risen(programme, before, Stay(year, teacher))
            elif teacher.left and teacher.left.reason in FOR_GOOD and not teacher.home:
                last = teacher.left.date
                if not any(each.begins > last for each in year.stays_of(teacher)):  # nor taken on again elsewhere
                    gone[number] = Stay(year, teacher)


def _is_still_there(stay: Stay, gone: Stay) -> bool:
    """Whether a row has somebody after the day on which another calls them gone for good, with no word of coming back.

    Nobody comes back from the dead.
    """
    left = gone.teacher.left
    assert left is not None
    return not stay.teacher.home and stay.ends > left.date and (left.reason == DEATH or stay.begins <= left.date)


def _risen(programme: Programme, gone: Stay, stay: Stay) -> Breach:
    there, roster, left = gone.year.roster, stay.year.roster, gone.teacher.left
    assert there is not None
    assert roster is not None
    assert left is not None
    names = {each.year.school.name for each in (gone, stay)}
    where = "" if len(names) == 1 else stay.year.school.name
    message = f"教师 {stay.teacher.number} {left.date} 已经{left.reason}，{where}{stay.year.year} 年的名册里还有他"
    back = "" if left.reason == DEATH else "；返聘的，在那里写回来的日期（joined）"
    hint = (
        f"确实{left.reason}的，从 {stay.year.year} 年的名册里去掉{back}；"
        f"没有{left.reason}的，更正{gone.year.school.name} {gone.year.year} 年名册里的离校"
    )
    if there.path in programme.brought and roster.path not in programme.brought:
        return there.at(left, "reason"), message, hint, _about(gone)
    return roster.at(stay.teacher, "number"), message, hint, _about(stay)


def _back_from_nowhere(programme: Programme) -> Iterator[Breach]:
    """Those on a roster whom the same school's roster of the round before calls gone, with no day of coming back."""
    for year in programme.school_years():
        earlier = max((each for each in year.school.years if each < year.year), default=None)
        before = programme.school_year(year.school, earlier).teachers if earlier and year.roster else {}
        for number, row in before.items():
            now = year.teachers.get(number)
            if row.left and row.left.reason in FOR_GOOD:
                continue  # those are STAY-ORDER's
            if year.roster and row.left and has_left(row) and now and not now.joined and not now.home:
                message = f"教师 {number} {row.left.date} 已经离校（{row.left.reason}），{earlier} 年的名册里写着"
                hint = "写上回来的日期（joined）；没有回来的，从这一轮的名册里去掉；写错了的，更正那一年的名册"
                yield year.roster.at(now, "number"), message, hint, _about(Stay(year, now))


def _by_numbers_of_others(programme: Programme) -> Iterator[Breach]:
    """Those on a roster by a number of a school that has them still, with no word of having come from there."""
    for each in sorted({year.year for year in programme.school_years()}):
        for stays in programme.stays(each).values():
            for stay in stays:
                if stay.year.roster and is_anothers_number(stay, stays):
                    message = f"教师编号 {stay.teacher.number} 是别的学校的编号，那里的名册里有他，对上以前不算在这里"
                    hint = "同一个人调来的，写到校（joined）和调自（from）；不同的人改编号"
                    yield stay.year.roster.at(stay.teacher, "number"), message, hint, _about(stay, "名册")


def _due_nowhere(programme: Programme) -> Iterator[Breach]:
    """Those who went from a school that was not accepted yet to one that had been.

    Told where they came. That is judged no more when only the other school writes, or is accepted: then told there.
    """
    for year, roster, teacher in _moved(programme):
        for path in (teacher.joined and teacher.joined.from_, teacher.left and has_left(teacher) and teacher.left.to):
            other = _year_at(programme, path or None, year.year)
            row = other.teachers.get(teacher.number) if other else None
            if other is None or row is None:
                continue
            comes = path == (teacher.joined and teacher.joined.from_)
            stay, before = Stay(year, teacher), Stay(other, row)
            came, source = (stay, before) if comes else (before, stay)
            if not (came.year.roster and came.comes_from(source) and is_due_nowhere(came, year.stays_of(teacher))):
                continue
            arrival = came.year.roster.at(came.teacher.joined, "date")
            if not comes and not programme.is_settled(arrival):
                continue  # it is told there
            name, accepted = came.year.school.name, came.year.accepted
            then = source.year.accepted
            assert accepted is not None
            until = f"{then.date} 才验收" if then else "还没有验收"
            message = (
                f"教师 {teacher.number} 到{name}时，那里 {accepted.date} 已经验收，"
                f"离开的{source.year.school.name}{until}，{year.year} 年这一轮哪里都不应考"
            )
            hint = (
                f"请县里核对两边的日期，写错的由那所学校改；这一轮还要考的，由县里给{name}写一条“限期整改”，"
                "考核、复查以后重新验收，就算在那里；确实不考的，不用改"
            )
            yield arrival if comes else roster.at(teacher.left, "date"), message, hint, _about(stay)


def _overlap(programme: Programme, before: Stay, after: Stay, held: Sequence[Stay]) -> Breach:
    """Told in the roster that a change brings; where it brings both or neither, in the one that waits."""
    brought = [each.year.roster is not None and each.year.roster.path in programme.brought for each in (before, after)]
    is_before = brought[0] if brought[0] != brought[1] else before not in held
    told, other = (before, after) if is_before else (after, before)
    roster, teacher = told.year.roster, told.teacher
    assert roster is not None
    if teacher.left and (is_before or not teacher.joined):
        at = roster.at(teacher.left, "date")
    else:
        at = roster.at(teacher.joined, "date") if teacher.joined else roster.at(teacher, "number")
    message = f"{_when(told)}，{other.year.school.name}的名册里{_when(other)}，有几天两边都在"
    hint = "与那所学校核对日期；走了又回来的，两边都写；在两所学校任教的，第二所写人事关系（home）"
    return at, message, hint, _about(told)


def _when(stay: Stay) -> str:
    """When somebody was at a school, as their row says it."""
    days = [
        (each.date, f"{each.date} {what}")
        for each, what in ((stay.teacher.joined, "到校"), (stay.teacher.left, "离校"))
        if each
    ]
    return "、".join(said for _, said in sorted(days)) or "没有写到校和离校"


@rule("STAY-BOTH", "paper", authority=OURS, severity="warning", presupposes=("TEACHER-UNIQUE", "STAY-SCHOOL"))
def both_schools_say_so(programme: Programme) -> Iterator[Breach]:
    """换了学校的，原来的学校写了离校，新的学校写进名册；兼课的，人事关系所在学校的名册里有他；离校的，下一轮的名册里没有他；学校撤销了，教师都写了去处，去的学校也没有先验收；没有撤销的也一样。

    两边各写各的，哪边先写都可以；对不上的，在还没有写的那一边提醒；原来的学校写的是别的去处、还没有报这一轮名册的，提醒新的学校：对上以前不算在这里。
    到已经验收的学校去、原来的学校又还没有验收的，这一轮哪里都不应考：从合格率的分母里少了一个人，要有人看一眼。
    """
    yield from _back_from_nowhere(programme)
    yield from _by_numbers_of_others(programme)
    yield from _due_nowhere(programme)
    for year, roster, teacher in _moved(programme):
        school, joined, left = year.school.name, teacher.joined, teacher.left
        for path, said in (
            (left.to if left else None, f"{school}的名册写着调到这里来"),
            (teacher.home, f"{school}的名册写着人事关系在这里"),
        ):
            other = _year_at(programme, path, year.year)
            if other and other.roster and teacher.number not in other.teachers:
                message = f"教师 {teacher.number} 不在名册里，{said}"
                hint = "来了的，写进名册和到校日期（joined）；没有来的，请那所学校核对"
                here = About(other.school.path, year.year, teacher.number, matter="名册")
                yield other.roster.at(None, "teachers", key=True), message, hint, here
        to = _year_at(programme, left.to if left else None, year.year)
        if to and not to.roster and left and not programme.has_broken(f"{to.school.path}/{year.year}/teachers.yaml"):
            message = f"{to.school.name}还没有报 {year.year} 年的名册；把教师 {teacher.number} 写进去以前，他还算在这里"
            hint = "请那所学校写进名册和到校日期（joined）；没有去的，改这里的去向"
            yield roster.at(left, "to"), message, hint, _about(Stay(year, teacher))
        source = _year_at(programme, joined.from_ if joined else None, year.year)
        row = source.teachers.get(teacher.number) if source else None
        if source and source.roster and joined and row and Stay(year, teacher).waits_for(before := Stay(source, row)):
            message = f"教师 {teacher.number} 已经到了{school}（{joined.date}），这里没有写离校"
            hint = "写上离校（left）：最后一天，调往哪里；在写以前还算在这里"
            yield source.roster.at(row, "number"), message, hint, _about(before)
        elif (stay := Stay(year, teacher)) not in agreed(year.stays_of(teacher)):
            node, field = (joined, "from") if joined and joined.from_ else (teacher, "home")
            named = programme.units.get((joined and joined.from_) or teacher.home or "")
            if named is not None and year.roster is not None and not year.helps_out(teacher):
                said = "还没有报这一轮的名册" if not (source and source.roster) else "没有写调到这里来"
                message = f"教师 {teacher.number} 写着从{named.name}来，那里{said}，对上以前不算在这里"
                hint = "请那所学校写；不是从那里来的，删掉这一行"
                yield year.roster.at(node, field), message, hint, _about(stay)

    for year in programme.school_years():
        closed = year.school.data.closed
        if closed and programme.within(year.year, closed.date) and (still := len(year.staying)):
            message = f"学校 {closed.date} 已经撤销，{year.year} 年的名册里还有 {still} 位教师没有写离校"
            hint = "由县里运行 wholeschool transfer 调到新的学校；走了的写离校（left）"
            here = About(year.school.path, year.year, matter="名册")
            yield year.school.record.at(closed, "date"), message, hint, here
        elif closed and programme.within(year.year, closed.date) and (lost := nowhere_due(year)):
            message = f"学校 {closed.date} 撤销，{len(lost)} 位教师调到了已经验收的学校，{year.year} 年哪里都不应考"
            hint = "请县里核对；这一轮还要考的，给接收的学校写“限期整改”，考核以后重新验收"
            here = About(year.school.path, year.year, matter="名册")
            yield year.school.record.at(closed, "date"), message, hint, here


def _year_at(programme: Programme, path: str | None, year: int) -> YearOfSchool | None:
    unit = programme.units.get(path or "")
    return programme.school_year(unit, year) if unit and unit.level == "校" else None


@rule("STAY-HOME", "paper", authority=OURS, presupposes=("STAY-SCHOOL",))
def who_helps_out_is_assessed_at_home(programme: Programme) -> Iterator[Breach]:
    """在这里兼课的（写了 home），选学、申报、免考和网络研修学时都写在人事关系所在的学校，这里只记实践应用学时。

    一个人只应考一次；两边都选、都评，学分和合格率就算了两次。网络研修在平台上学，与在哪里上课无关，两边都写也就算了两次。
    """
    for year, roster, teacher in _moved(programme):
        if not teacher.home:
            continue
        written: dict[str, object] = {
            "choices": teacher.choices,
            "declared": teacher.declared,
            "exempt": teacher.exempt,
        }
        written["hours"] = teacher.hours if teacher.hours and teacher.hours.online else None
        if field := next((name for name, value in written.items() if value), None):
            titles = {"choices": "选学", "declared": "申报日期", "exempt": "免考", "hours": "网络研修学时"}
            title = titles[field]
            message = f"人事关系在别的学校，这里又写了{title}"
            hint = "移到那所学校的名册里；在这里应考的，去掉 home"
            yield roster.at(teacher, field, key=True), message, hint, _about(Stay(year, teacher))
        elif teacher.hours and teacher.hours.online:
            message = f"教师 {teacher.number} 在这里兼课，这里又写了网络研修学时"
            hint = "去掉 online，网络研修学时记在人事关系所在的学校；在这里应考的，去掉 home"
            yield roster.at(teacher.hours, "online"), message, hint, _about(Stay(year, teacher))


@rule("STAY-WITHIN", "paper", authority=OURS, presupposes=("STAY-ORDER", "ACTIVITY-PARTICIPANT", "RESULT-CHOSEN"))
def nothing_counts_from_before_or_after(programme: Programme) -> Iterator[Breach]:
    """参加的活动、评审的日子，教师在这所学校。

    来以前的活动没有参加过，走以后的评审不是这所学校的事。写“全体”的活动，只算那天在校的人，不算兼课的。
    """
    moved: dict[YearOfSchool, set[str]] = {}
    for year, _, teacher in _moved(programme):
        moved.setdefault(year, set()).add(teacher.number)
    for year, numbers in moved.items():
        for record in year.school.all(Activities, year=year.year):
            for activity in record.data.activities:
                for place, number in enumerate(activity.participants):
                    if number in numbers and number != EVERYBODY:
                        at = record.at(activity, "participants", place)
                        yield from _outside(
                            Stay(year, year.teachers[number]), activity.date, f"活动是 {activity.date}", at
                        )
        for review, result in year.results():
            if result.teacher in numbers:
                stay, day = Stay(year, year.teachers[result.teacher]), review.data.date
                yield from _outside(stay, day, f"评审是 {day}", review.at(result, "teacher"))


def _outside(stay: Stay, day: str, what: str, at: Place) -> Iterator[Breach]:
    if not stay.covers(day):
        joined, left = stay.teacher.joined, stay.teacher.left
        when = f"{stay.begins} 才到校" if day < stay.begins else f"{stay.ends} 已经离校"
        if joined and left and came_back(stay.teacher):
            when = f"{left.date} 离校、{joined.date} 才回来"
        hint = "核对日期；那时在别的学校的，由那所学校记" if day < stay.begins else "核对日期；离校以后的，由新的学校记"
        message = f"教师 {stay.teacher.number} {when}，{what}"
        yield at, message, hint, _about(stay), f"{stay.year.school.path} {stay.year.year} {stay.teacher.number} 在校"

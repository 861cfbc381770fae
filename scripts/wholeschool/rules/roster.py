"""The roster: every teacher of a school, each once, nobody left out without a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from wholeschool.authority import OURS
from wholeschool.days import FOREVER
from wholeschool.findings import About
from wholeschool.outcomes.credits import credits_of, suffices
from wholeschool.programme import Programme, Unit
from wholeschool.programme.people import plain
from wholeschool.programme.stays import Stay, has_left, is_anothers_number
from wholeschool.programme.years import YearOfSchool
from wholeschool.records.structs import Acceptance, Group
from wholeschool.records.terms import CREDITS
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.stays import is_old_claim, is_one_person

STAGES_OF = {
    "幼儿园": ("幼儿园",),
    "小学": ("幼儿园", "小学"),
    "初中": ("初中",),
    "高中": ("高中",),
    "完全中学": ("初中", "高中"),
    "九年一贯制学校": ("幼儿园", "小学", "初中"),
    "十二年一贯制学校": ("幼儿园", "小学", "初中", "高中"),
    "中职": ("中职", "高中"),
}
"""What a type of school teaches; primary schools may have kindergarten classes, vocational ones high-school classes."""


@rule("TEACHER-UNIQUE", "paper", across=True, authority=OURS, presupposes=("NAME-KEPT", "DECISION-KEPT"))
def teacher_number_is_unique(programme: Programme) -> Iterator[Breach]:
    """教师编号在全省、在各轮里只是一个人的；同一人换了学校、在两所学校教，名册里写明就不算重复。

    学分、证书和电子档案都记在编号上，两个人用一个编号就会记串。姓名变了的，由先有他的县写更正；以前的轮次在别的学校的，
    写从哪里来，不然别校的教师就能整份抄过来。同一人可以在几个团队里，那不算重复。
    """
    found = _stays(programme)
    misnamed = _misnamed(programme, found)
    yield from misnamed.values()
    two_names = {number for _, number in misnamed}
    seen: dict[tuple[int, str], YearOfSchool] = {}
    years = sorted(
        programme.school_years(), key=lambda year: bool(year.roster and year.roster.path in programme.brought)
    )
    for year in years:
        for teacher in year.roster.data.teachers if year.roster else ():
            assert year.roster is not None
            again = year.teachers[teacher.number] is not teacher
            if not again and is_old_claim(programme, Stay(year, teacher)):
                continue
            first = seen.setdefault((year.year, teacher.number), year)
            if (year, teacher.number) in misnamed:
                continue
            rows = [each for each in year.stays_of(teacher) if not is_old_claim(programme, each)]
            strange = [each for each in rows if is_anothers_number(each, rows)]
            told = any(each.year is year for each in strange) if strange else first is not year
            if again or (told and teacher.number not in two_names and not is_one_person(rows)):
                hint = "同一人换了学校的，写到校（joined）和调自（from）；兼课的写 home；不同的人改编号"
                other = Stay(year, year.teachers[teacher.number]) if again else _other(rows, year)
                place = other.year.roster.at(other.teacher, "number") if other.year.roster else None
                yield (
                    year.roster.at(teacher, "number").beside(place),
                    f"教师编号 {teacher.number} 已经用过（{other.year.school.name}）",
                    "只留一行；不同的人改编号" if again else hint,
                    About(year.school.path, year.year, teacher.number, matter="名册"),
                )
            elif before := _where_before(found[teacher.number], Stay(year, teacher)):
                message = (
                    f"教师编号 {teacher.number} {before.year.year} 年在{before.year.school.name}，这里没有写从那里来"
                )
                hint = f"写到校（joined）的日期和调自（from: {before.year.school.path}）；不同的人改编号"
                here = About(year.school.path, year.year, teacher.number, matter="名册")
                yield year.roster.at(teacher, "number"), message, hint, here


def _other(stays: Sequence[Stay], year: YearOfSchool) -> Stay:
    """The row of the first of the other schools that have the number."""
    return next(each for each in stays if each.year is not year)


def _stays(programme: Programme) -> Mapping[str, list[Stay]]:
    """The rows of all rosters by teacher number, each school's and each round's."""
    found: dict[str, list[Stay]] = {}
    for school in programme.schools:
        for each in school.years:
            year = programme.school_year(school, each)
            for teacher in year.teachers.values():
                found.setdefault(teacher.number, []).append(Stay(year, teacher))
    return found


def _where_before(stays: Sequence[Stay], here: Stay) -> Stay | None:
    """Where somebody belonged in the last of the earlier rounds, if to another school that their row does not name."""
    before = [each for each in stays if each.year.year < here.year.year and not each.teacher.home]
    if any(each.year.school is here.year.school for each in before):
        return None
    if any(here.comes_from(each) for each in stays if each.year.year <= here.year.year and each.year is not here.year):
        return None
    return max(before, key=lambda each: each.year.year, default=None)


def _misnamed(programme: Programme, found: Mapping[str, list[Stay]]) -> Mapping[tuple[YearOfSchool, str], Breach]:
    """Numbers under which rosters, of whatever round and county, name different people; told at one of the two.

    That a name has changed the county writes that had them first; the later ones follow.
    """
    breaches: dict[tuple[YearOfSchool, str], Breach] = {}
    for number, stays in found.items():
        if len(stays) == 1 or len({plain(each.teacher.name) for each in stays}) == 1:
            continue
        stays = [each for each in stays if not is_old_claim(programme, each)]
        offices = {each: _office_of(programme, each) for each in stays}
        if None in offices.values():  # nobody knows what that one has corrected
            continue
        # Whoever helps out is called as their own school calls them.
        stays = sorted(stays, key=lambda each: (each.year.year, bool(each.teacher.home), each.order))
        corrected: set[str] = set()  # by the counties that have had them so far
        for place, stay in enumerate(stays):
            if other := next((each for each in stays[:place] if not _may_be_one(each, stay, corrected)), None):
                brought = [each.year.roster and each.year.roster.path in programme.brought for each in (other, stay)]
                strange = [is_anothers_number(each, stays) for each in (other, stay)]
                told, known = (other, stay) if [True, False] in (brought, strange) else (stay, other)
                office, roster = offices[other], told.year.roster
                assert office is not None
                assert roster is not None
                message = f"教师编号 {number} 在{known.year.school.name} {known.year.year} 年的名册里是另一个姓名"
                hint = f"不同的人改编号；同一个人改了名的，请{office.name}先在 acceptance/ 里写一条 corrections"
                # Where no roster is new, the county has taken back what it had written of the name.
                about = told if any(brought) else other
                here = About(about.year.school.path, about.year.year, number, matter="名册")
                breaches[told.year, number] = roster.at(told.teacher, "name"), message, hint, here
            corrected.update(map(plain, by.corrections.get(number, ()) if (by := offices[stay]) else ()))
    return breaches


def _may_be_one(earlier: Stay, later: Stay, corrected: Set[str]) -> bool:
    """Whether two rows with one number can be of one person: of one name, or one of the names that were corrected to.

    Either of the two may be the one that has not followed yet.
    """
    names = {plain(each.teacher.name) for each in (earlier, later)}
    return len(names) == 1 or not names.isdisjoint(corrected)


def _office_of(programme: Programme, stay: Stay) -> Unit | None:
    """The county that corrects somebody's name, of whoever helps out that of their own school; None if not readable."""
    school = programme.units.get(stay.teacher.home) if stay.teacher.home else stay.year.school
    return school.county if school else None


@rule("NAME-CORRECTED", "decision", authority=OURS)
def corrections_are_of_somebody(programme: Programme) -> Iterator[Breach]:
    """姓名更正写的是本县一所学校名册里的教师；一位教师同一天的更正只有一条，后写的不早于先写的。

    编号写错了，更正就落空：学校照着改名册时会被挡下来。以日期最晚的一条为准：同一天写了两条，换一换文件名就换了以哪一条为准；
    后写的日期早，写了也不算。
    """
    last: dict[str, tuple[str, str]] = {}  # of each teacher, the day of the latest correction and where it stands
    for county in programme.county_years():
        for record in county.county.all(Acceptance, year=county.year):
            for each in record.data.corrections:
                if not programme.is_new(record.at(each)):
                    last[each.teacher] = max((each.date, record.path), last.get(each.teacher, ("", "")))
    for county in programme.county_years():
        records = county.county.all(Acceptance, year=county.year)
        every = [(one, each) for one in records for each in one.data.corrections]
        first: dict[tuple[str, str], str] = {}
        # What is brought is told, and not what was there.
        for record, each in sorted(every, key=lambda it: programme.is_new(it[0].at(it[1]))):
            if (known := first.setdefault((each.teacher, each.date), record.path)) != record.path:
                message = f"教师 {each.teacher} {each.date} 的更正 {known} 里已经有一条"
                yield record.at(each, "date"), message, "只留一条；再更正的，写后一天的日期"
                continue
            if each.teacher in last and each.date < last[each.teacher][0]:
                day, path = last[each.teacher]
                message = f"教师 {each.teacher} 已经有 {day} 的更正（{path}），新写的日期却是 {each.date}，不会算数"
                yield record.at(each, "date"), message, "写作出这一次更正的日期，在原来那一条以后"
                continue
            school = county.school(each.school)
            folder = f"{county.county.path}/{each.school}"
            if school is None:
                if not programme.is_there(folder):
                    yield record.at(each, "school"), f"本县没有“{each.school}”这所学校", "写学校的文件夹名"
            elif (
                school.roster is not None
                and each.teacher not in school.teachers
                and not programme.has_broken(f"{folder}/{county.year}")
            ):
                message = f"{school.school.name} {county.year} 年的名册里没有教师 {each.teacher}"
                yield record.at(each, "teacher"), message, "核对编号"


@rule(
    "EXEMPT-REASON",
    "paper",
    authority="本项目的约定（指导意见要全员考核，没有写免考；免考留下理由和批准人，合格率的分母才可信）",
)
def exemption_has_reason_and_approver(programme: Programme) -> Iterator[Breach]:
    """免考要写明理由和批准人，否则仍算在应考人数里。

    全员参加是原则；指导意见没有写免考，本项目要求确需免考的留下理由和批准人，合格率的分母才可信。
    """
    for year in programme.school_years():
        for teacher in year.roster.data.teachers if year.roster else ():
            assert year.roster is not None
            if teacher.exempt is None:
                continue
            lacking = [
                title
                for value, title in (
                    (teacher.exempt.reason, "理由（reason）"),
                    (teacher.exempt.approved_by, "批准人（approved_by）"),
                )
                if not value
            ]
            if lacking:
                yield (
                    year.roster.at(teacher, "exempt", key=True),
                    f"免考没有写{'和'.join(lacking)}",
                    "补上；不免考的，删掉 exempt",
                    About(year.school.path, year.year, teacher.number, matter="免考"),
                )
            elif teacher.exempt.reason == "其他" and not teacher.exempt.note:
                yield (
                    year.roster.at(teacher, "exempt", "reason"),
                    "免考理由写“其他”，没有说明",
                    "在 note 里写明是什么情况",
                    About(year.school.path, year.year, teacher.number, matter="免考"),
                )


@rule("EXEMPT-APPROVER", "paper", authority=OURS, presupposes=("EXEMPT-REASON",))
def exemption_is_approved_by_somebody_who_may(programme: Programme) -> Iterator[Breach]:
    """免考由校（园）长、学校管理团队的成员，或者县级以上工程办、管理团队的人批准，不由教师自己批准。

    谁都能批，等于没有人批。谁可以批准，指导意见没有写，是本项目的决定。
    """
    for year in programme.school_years():
        school = year.school
        teams = [(unit, "management") for unit in (school, year.center) if unit]
        teams += [(unit, name) for unit in school.ancestors for name in ("office", "management")]
        if any(programme.has_broken(f"{unit.path}/teams/{name}.yaml") for unit, name in teams):
            continue
        lists = [team.data for unit, name in teams if (team := unit.team(name))]
        known = {member.name for team in lists for member in team.members}
        known |= {unit.data.principal or "" for unit in (school, year.center) if unit}
        for teacher in year.roster.data.teachers if year.roster else ():
            assert year.roster is not None
            by = teacher.exempt.approved_by if teacher.exempt else None
            if by is None:
                continue
            here = About(school.path, year.year, teacher.number, matter="免考")
            at = year.roster.at(teacher.exempt, "approved_by")
            if plain(by) == plain(teacher.name):
                yield at, "免考由教师自己批准", "请校（园）长批准", here
            elif by not in known:
                message = "批准免考的人不是校（园）长，也不在管理团队、工程办的名单里"
                yield at, message, "写批准的人的姓名；由上级批准的，写工程办或管理团队里的人", here


@rule("EXEMPT-DATE", "paper", authority=OURS, presupposes=("EXEMPT-REASON", "ROUND-DATES", "DATE-FUTURE"))
def exemption_begins_while_there_is_something_to_be_exempt_from(programme: Programme) -> Iterator[Breach]:
    """免考写了从哪天起的，那一天在这一轮结束以前；学校验收了的，不晚于验收的那一天。

    验收以后、一轮结束以后才请假的人，这一轮考得了，照旧应考；写成免考，没有合格的就从合格率的分母里去掉了。
    """
    for year in programme.school_years():
        ends = programme.span(year.year)[1]
        for teacher in year.roster.data.teachers if year.roster else ():
            assert year.roster is not None
            day = (teacher.exempt and teacher.exempt.date) or ""
            accepted = year.accepted.date if year.accepted else FOREVER
            if day <= min(ends, accepted):
                continue
            late = f"学校 {accepted} 已经验收" if accepted < day else f"{year.year} 年这一轮 {ends} 就结束了"
            message = f"免考从 {day} 起，{late}，教师 {teacher.number} 这一轮照旧应考"
            hint = "日期写错的改正；确实那时才请假的，这一轮不写免考，写在下一轮的名册里"
            if accepted < day:
                hint += "；验收以前就写上了、现在去不掉的，请县里先写一条“限期整改”，改好、复查以后再验收"
            here = About(year.school.path, year.year, teacher.number, matter="免考")
            yield year.roster.at(teacher.exempt, "date"), message, hint, here


@rule("EXEMPT-PASSED", "paper", authority=OURS, severity="warning", presupposes=("EXEMPT-REASON", "RESULT-CHOSEN"))
def who_has_passed_needs_no_exemption(programme: Programme) -> Iterator[Breach]:
    """考核已经合格的教师，后来请假也不写免考。

    免考的不在应考人数里，学分不认定，证书也不发；已经通过的就白评了。验收以前都可以改。
    """
    for year in programme.school_years():
        if year.roster is None or year.accepted:
            continue
        for teacher in year.roster.data.teachers:
            passed = [
                code
                for code in teacher.choices
                if (result := year.standing.get((teacher.number, code))) and result.level in year.levels.passing
            ]
            every = {*passed, *year.gathered(teacher.number).levels}
            if teacher.exempt and passed and suffices(programme, year, every):
                total, of = credits_of(programme, year.year, every), programme.counts(year.year)
                message = f"这位教师已经通过 {total} {of}，写了免考，{of if of == CREDITS else ''}就不认定，证书也不发"
                here = About(year.school.path, year.year, teacher.number, matter="免考")
                yield year.roster.at(teacher, "exempt", key=True), message, "删掉 exempt，请假照人事的规定办", here


@rule("WAVE-ROUND", "paper", presupposes=("ROUND-KNOWN", "ROUND-CYCLE"), asks="waves")
def everybody_has_a_turn(programme: Programme) -> Iterator[Breach]:
    """分批应考的，名册上每位教师都写明应考轮次，是这个周期里的一轮。

    没有写的每一轮都算应考；写到周期外面去的，哪一轮也不考。已经离校的、在这里兼课的、免考的不查。
    后面的轮次要写 cycle，几轮才合得起来。
    """
    yield from _not_gathered(programme)
    for year, first in _in_waves(programme):
        last = first + len(programme.standard(year.year).waves) - 1
        for teacher in year.roster.data.teachers if year.roster else ():
            if teacher.number not in year.staying or teacher.exempt:
                continue
            here = About(year.school.path, year.year, teacher.number, matter="应考轮次")
            if teacher.due_in is None:
                assert year.roster is not None
                yield year.roster.at(teacher), "没有写应考轮次（due_in）", f"写 {first} 到 {last} 里的一年", here
            elif not first <= teacher.due_in <= last:
                assert year.roster is not None
                message = f"应考轮次写的是 {teacher.due_in} 年，这个周期是 {first} 到 {last} 年"
                yield year.roster.at(teacher, "due_in"), message, "写周期里的一年", here


@rule("WAVE-SHARE", "paper", severity="warning", presupposes=("WAVE-ROUND",), asks="waves")
def waves_have_their_shares(programme: Programme) -> Iterator[Breach]:
    """分批应考的，周期第一轮的名册上，每批的人数与标准的百分比相差不到一人。

    头一批人太少，后面的就挤在一起；以后有调进调出，不再查。
    """
    for year, first in _in_waves(programme):
        if year.year != first or year.roster is None:
            continue
        own = [each for each in year.staying.values() if not each.exempt and each.due_in]
        for place, share in enumerate(programme.standard(first).waves):
            count, wanted = sum(each.due_in == first + place for each in own), share * len(own) / 100
            if abs(count - wanted) >= 1:
                message = f"{first + place} 年应考的有 {count} 人，标准是 {len(own)} 人的 {share}%，约 {wanted:.1f} 人"
                at = year.roster.at(None, "teachers", key=True)
                yield at, message, "调整几位教师的应考轮次；有特别原因的，可以不改", About(year.school.path, year.year)


def _not_gathered(programme: Programme) -> Iterator[Breach]:
    """Rounds of the later waves that do not say with which earlier ones they go together."""
    settings = programme.settings
    for each in settings.data.rounds if settings else ():
        assert settings is not None
        waves, named = programme.standard(each.year).waves, programme.guidance_named(each.year)
        before = [
            year
            for year in programme.years
            if each.year - len(waves) < year < each.year and programme.guidance_named(year) == named
        ]
        if waves and before and each.cycle is None and not programme.closed(each.year):
            message = f"{each.year} 年这一轮是分批应考里后面的一批，没有写与哪一轮合起来算"
            hint = f"写 cycle: {before[0]}；另起一个周期的，从它以后的一轮起"
            yield settings.at(each, "year"), message, hint, About("", each.year)


def _in_waves(programme: Programme) -> Iterator[tuple[YearOfSchool, int]]:
    """Schools in rounds that assess in waves, and the year of the first wave."""
    for year in programme.school_years():
        if programme.standard(year.year).waves:
            yield year, (programme.cycle(year.year) or [year.year])[0]


@rule(
    "ROSTER-STAFF",
    "paper",
    authority="本项目的约定（指导意见要全员考核；不写明在册教师数，少报了几位就看不出来）",
    severity="warning",
)
def roster_says_how_many_there_are(programme: Programme) -> Iterator[Breach]:
    """评审以后，名册写明在册教师数。

    全员考核的分母是在册教师；不写明，少报了几位就看不出来。
    """
    for year in programme.school_years():
        if year.reviews and year.roster and year.roster.data.staff is None:
            message = "已经评审，名册没有写在册教师数（staff）"
            yield year.roster.at(None, "teachers", key=True), message, "照人事名册写上，免考的也算在内"


@rule(
    "ROSTER-WHOLE",
    "paper",
    authority="本项目的约定（拿在册教师数核对）",
    presupposes=("TEACHER-UNIQUE",),
)
def roster_has_everybody(programme: Programme) -> Iterator[Breach]:
    """名册写上全体在册教师：写明了在册教师数的，名册的条数与它相同。

    全员培训、全员考核，分母是全体在册教师。只报参加的教师，完成率和合格率就虚高了；免考的也写在名册里，已经离校的和
    人事关系在别校的不算在册。
    """
    for year in programme.school_years():
        if year.roster is None or year.roster.data.staff is None:
            continue
        staff = year.roster.data.staff
        own = [teacher for teacher in year.teachers.values() if not has_left(teacher)]
        # Whether who helps out is another's is for that school to say, before or after: either is right.
        listed, unsure = len(own), sum(teacher.home is not None for teacher in own)
        if not listed - unsure <= staff <= listed:
            state = f"少 {staff - listed} 人" if listed < staff else f"多 {listed - staff} 人"
            message = f"在册教师数是 {staff}，名册上有 {listed} 人，{state}"
            hint = "与人事名册核对；漏掉的补进名册，在册教师数写错的改正"
            yield year.roster.at(None, "staff"), message, hint, About(year.school.path, year.year, matter="名册")


@rule(
    "ADVISER-MEMBER",
    "paper",
    authority="本项目的约定（县级以上培训团队的人指导也行）",
    presupposes=("TEAM-SIZE", "TEAM-HEAD", "PLAN-GUIDED", "APPRAISAL-MEMBER", "group"),
)
def advisers_are_on_a_team(programme: Programme) -> Iterator[Breach]:
    """写明的选学指导人是校（园）长、教研组长、本校（或所挂靠的中心学校）管理团队的成员，或县级以上培训团队的成员。

    教师在管理团队的指导下选学，教研组帮助教师明确申报点；指导人都不是，指导就没有着落。
    没有管理团队名单的学校不查。
    """
    for year in programme.school_years():
        school = year.school
        own = [unit.team("management") for unit in (school, year.center) if unit]
        unread = any(
            programme.has_broken(f"{unit.path}/teams") for unit in (school, year.center, *school.ancestors) if unit
        )
        if year.roster is None or not any(own) or unread:
            continue
        lists = [(unit, "management") for unit in (school, year.center) if unit]
        lists += [(unit, "training") for unit in school.ancestors]
        if any(programme.has_broken(f"{unit.path}/teams/{name}.yaml") for unit, name in lists):
            continue  # who is on an unreadable list, nobody can know
        teams = [unit.team(name) for unit, name in lists]
        known = {member.name for team in teams if team for member in team.data.members} | {school.data.principal}
        known |= {group.data.leader for group in school.all(Group, year=year.year)}
        for teacher in year.roster.data.teachers:
            if teacher.adviser and teacher.adviser not in known:
                at = year.roster.at(teacher, "adviser")
                message = "选学指导人不是校（园）长、教研组长，也不在管理团队、县级以上培训团队的名单里"
                hint = f"核对姓名；是教研组长的，先报 {year.year}/groups/ 下的教研组；确实由他指导的，先把他列入团队"
                here = About(school.path, year.year, teacher.number, matter=teacher.adviser)
                yield at, message, hint, here, f"{school.path} {year.year} {teacher.adviser}"


@rule(
    "ADVISER-NAMED",
    "paper",
    authority="本项目的约定（申报时写明是谁指导的）",
    severity="warning",
)
def those_who_have_declared_name_an_adviser(programme: Programme) -> Iterator[Breach]:
    """申报了考核的教师写明选学的指导人。

    选学要有人指导；不写是谁，就看不出有没有指导过。谁可以指导，见 ADVISER-MEMBER。
    """
    for year in programme.school_years():
        for teacher in year.roster.data.teachers if year.roster else ():
            assert year.roster is not None
            if teacher.declared and teacher.exempt is None and not teacher.adviser:
                message, hint = f"教师 {teacher.number} 已经申报，没有写指导人", "在 adviser 里写姓名"
                here = About(year.school.path, year.year, teacher.number, matter="选学")
                yield year.roster.at(teacher), message, hint, here, f"{year.school.path} {year.year}"


@rule("STAGE-SCHOOL", "paper", authority=OURS, severity="warning")
def stages_are_taught_at_the_school(programme: Programme) -> Iterator[Breach]:
    """教师的任教学段是学校办的学段。

    幼儿园的教师写成中职，合格率就算到别的学段里去了。
    """
    for year in programme.school_years():
        stages = STAGES_OF.get(year.school.data.type or "", ())
        for teacher in year.roster.data.teachers if year.roster and stages else ():
            if teacher.stage not in stages:
                message = f"学校是{year.school.data.type}，这位教师的学段写的是{teacher.stage}"
                assert year.roster is not None
                # Of very many, in whatever round, it is the school's type that is wrong.
                cause = f"{year.school.path} {teacher.stage}"
                yield year.roster.at(teacher, "stage"), message, f"可写：{'、'.join(stages)}", None, cause

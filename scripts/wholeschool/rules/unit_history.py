"""Units over the years: what they were called and until when, when they were set up, when they were closed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from wholeschool.authority import OURS
from wholeschool.days import FOREVER, day_after
from wholeschool.findings import About
from wholeschool.programme import Programme, Unit
from wholeschool.programme.programme import PAPERS
from wholeschool.records import structs as s
from wholeschool.rules.calendar import dates_in
from wholeschool.rules.registry import Breach, rule

TITLES = {"name": "名称", "authority": "教育行政部门", "code": "代码", "center": "挂靠的中心学校"}
"""What of a unit may be another on another day, by its field."""
# What a unit that is closed decides no more. Who appeals is still answered, and a wrong certificate still revoked.
_LAST_DECIDED = (
    *(s.Approvals, s.Acceptance, s.Register, s.SpotCheck, s.Announcement, s.Certificates),
    *(s.Inspections, s.Performance, s.Appraisal, s.ProjectDecisions),
)
_DONE = (s.Activities, s.Evidence, s.Review)
_OFFICES_ONLY, _SCHOOLS_ONLY = ("authority",), ("center",)


@rule("UNIT-FORMER", "paper", authority=OURS, presupposes=("unit",))
def former_facts_are_in_order(programme: Programme) -> Iterator[Breach]:
    """单位的曾用各条从前到后写，已经过去，写了什么变了，与后面的不同；设立在前，撤销在后。

    证书上的机关、代码照发证那一天的看；日子写乱了，就看不出那一天叫什么。
    """
    for unit in programme.units.values():
        if unit.data.closed and unit.closed < unit.opened:
            at = unit.record.at(unit.data.closed, "date")
            yield at, f"撤销日期 {unit.closed} 早于设立日期 {unit.opened}", "核对两个日期"
        before = ""
        for each in unit.data.former:
            if each.until <= before:
                message = f"曾用的这一条用到 {each.until}，上一条用到 {before}"
                yield unit.record.at(each, "until"), message, "从前到后写，一天只写一条；同一天变了几样的写在一条里"
            else:
                yield from _really_former(programme, unit, each)
            before = max(before, each.until)


def _really_former(programme: Programme, unit: Unit, each: s.FormerFacts) -> Iterator[Breach]:
    at, last = unit.record.at(each, "until"), _latest(programme, unit)
    said = {field: value for field in TITLES if (value := getattr(each, field))}
    later = unit.on(day_after(each.until))
    same = [title for field, title in TITLES.items() if field in said and said[field] == getattr(later, field)]
    strange = [TITLES[field] for field in (_OFFICES_ONLY if unit.level == "校" else _SCHOOLS_ONLY) if field in said]
    if not said:
        yield at, "曾用的这一条没有写变了什么", f"写上从前的{'、'.join(TITLES.values())}中变了的；没有变的，删掉这一条"
    elif last and each.until >= last:
        when = f"今天是 {last}" if last == programme.day else f"样张写在 {last} 以前"
        message = f"曾用的这一条用到 {each.until}，还没有过完（{when}）"
        yield at, message, "新的还没有用，到了那一天再改"
    elif unit.opened and each.until < unit.opened:
        yield at, f"{each.until} 在设立日期 {unit.opened} 以前", "核对两个日期"
    elif unit.closed and each.until >= unit.closed:
        yield at, f"{each.until} 不在撤销日期 {unit.closed} 以前", "撤销以后不再变，核对两个日期"
    elif strange:
        yield unit.record.at(each), f"{unit.level}级单位没有{'、'.join(strange)}这一栏", "删掉"
    elif same:
        message = f"曾用的这一条，{'、'.join(same)}与 {day_after(each.until)} 以后的相同"
        yield unit.record.at(each), message, "写从前的，只写变了的；没有变的，删掉这一条"
    elif each.code and len(each.code) != len(unit.data.code):
        hint = "省、市、县区 6 位，学校 10 位"
        yield unit.record.at(each, "code"), f"曾用代码“{each.code}”不是 {len(unit.data.code)} 位", hint


def _latest(programme: Programme, unit: Unit) -> str:
    """The last day that is not in the future; the days of a sample are made up, and may be any of its round."""
    running = programme.round(programme.current or 0)
    return max(programme.day, running.ends) if programme.day and running and unit.is_sample else programme.day


@rule("UNIT-NAME", "paper", authority=OURS, presupposes=("UNIT-FORMER", "UNIT-CODE", "UNIT-MOVED", "unit"))
def schools_of_a_county_are_told_apart_by_name(programme: Programme) -> Iterator[Breach]:
    """一个县里，一个名称一个时候只是一所学校的；改了名、撤销了的，从后一天起别的学校可以用。

    证书、名单和导入的表格上只有名称；两所学校同名，就看不出是哪一所。后来的一所要改。
    """
    for county in programme.counties:
        held = [(school, *each) for school in county.children for each in school.names_held]
        held.sort(key=lambda one: (one[0].record.path in programme.brought, one[2]))
        known: dict[str, list[tuple[Unit, str, str]]] = {}
        for school, name, first, last in held:
            others = known.setdefault(name, [])
            there = ((other, ends) for other, begins, ends in others if other is not school and begins <= last)
            if found := next(((other, ends) for other, ends in there if first <= ends), None):
                other, ends = found
                former = next((each for each in school.data.former if each.name == name), None)
                until = "" if ends == FOREVER else f"，那里用到 {ends}"
                hint = "写分得清的全称；那一所改了名、撤销了的，先在它的 unit.yaml 里写明；是同一所的，只留一个文件夹"
                yield school.record.at(former, "name"), f"名称“{name}”已经用于 {other.path}{until}", hint
            others.append((school, first, last))


@rule("UNIT-OPENED", "paper", authority=OURS, presupposes=("UNIT-FORMER", "UNIT-MOVED", "unit"))
def nothing_was_done_before_a_school_was_there(programme: Programme) -> Iterator[Breach]:
    """学校设立以前没有它的活动、成果和评审，设立以前就结束了的一轮没有它的名册：设立日期不晚于它们的日期。

    设立以前的事不催它、抽样也抽不到它；设立日期往后写，就躲过了，一轮的合格率里也没有它的教师了。规划、方案和设立的那一轮的名册可以在设立以前就准备。
    """
    for unit in programme.schools:
        moved = programme.knows_before and programme.is_new(unit.record.at(None))
        for record in (each for kind in _DONE for each in unit.all(kind) if unit.opened):
            if early := next((each for each in _days(record.data) if each[2] < unit.opened), None):
                node, field, day = early
                at = unit.record.at(None, "opened") if moved else record.at(node, field)
                message = f"{unit.name} {unit.opened} 才设立，{record.path.rpartition('/')[2]} 里有 {day} 的"
                hint = "核对设立日期（unit.yaml 的 opened）和这份记录的日期"
                yield at, message, hint, About(unit.path, record.year or 0), unit.path
        for roster in unit.all(s.Teachers) if unit.opened else ():
            _, ends = programme.span(roster.year or 0)
            if ends < unit.opened and roster.data.teachers:
                moved = programme.knows_before and programme.is_new(unit.record.at(None))
                at = unit.record.at(None, "opened") if moved else roster.at(None, "teachers", key=True)
                message = (
                    f"{unit.name} {unit.opened} 才设立，{roster.year} 年的名册里有 {len(roster.data.teachers)} 位教师"
                )
                hint = (
                    f"{roster.year} 年这一轮 {ends} 就结束了：核对设立日期（unit.yaml 的 opened），写实际设立的那一天"
                )
                yield at, message, hint, About(unit.path, roster.year or 0), unit.path


@rule("UNIT-CLOSED", "paper", across=True, authority=OURS, presupposes=("UNIT-FORMER", "UNIT-MOVED", "unit"))
def closed_units_are_at_rest(programme: Programme) -> Iterator[Breach]:
    """撤销的单位写明去了哪几个单位，那些单位在；它下面的都撤销了；撤销以后没有新的记录，也不再审核、验收、认定、抽查、发证。

    合并、拆分是撤销加设立：人和以后的事归接收的单位，这里的只留着备查。县里对撤销的学校作的决定和更正，写在县里，不受影响；
    县撤销了的，申诉的结论和证书的撤销还可以写。
    """
    for unit in programme.units.values():
        closed = unit.data.closed
        if closed is None:
            continue
        at = unit.record.at(closed, "kind")
        wanted = {"合并": 1, "拆分": 2}.get(closed.kind, 0)
        if len(closed.into) < wanted:
            few = f"写了 {len(closed.into)} 个接收的单位" if closed.into else "没有写去了哪里"
            message = f"{closed.kind}{few}"
            yield at, message, f"在 into 里写接收的单位的路径，至少 {wanted} 个；没有单位接收的，写“撤销”"
        yield from _taken_over(programme, unit, closed)
        if open_ := [each.name for each in unit.below if not each.closed]:
            shown = "、".join(open_[:3]) + ("等" if len(open_) > 3 else "")
            message = f"{unit.name}撤销了，下面还有 {len(open_)} 个单位没有撤销：{shown}"
            yield unit.record.at(closed, "date"), message, "先逐个写明它们的撤销和去向（wholeschool unit close）"
        yield from _written_later(programme, unit, closed)


def _taken_over(programme: Programme, unit: Unit, closed: s.Closing) -> Iterator[Breach]:
    for place, path in enumerate(closed.into):
        at, other = unit.record.at(closed, "into", place), programme.units.get(path)
        if other is None:
            if not programme.has_broken(path) and not programme.is_there(path):
                hint = "写接收的单位在 submissions/ 下的路径；新设立的，先建它的文件夹"
                yield at, f"没有 {path} 这个单位", hint, About(programme.meant(path))
        elif other is unit or other.level != unit.level:
            what = "就是它自己" if other is unit else f"是{other.level}级单位"
            yield at, f"{path} {what}", f"写接收的{unit.level}级单位"
        elif other.closed and other.closed <= closed.date:
            yield at, f"{other.name} {other.closed} 已经撤销，接收不了", "写现在还在的单位"


def _written_later(programme: Programme, unit: Unit, closed: s.Closing) -> Iterator[Breach]:
    """Papers and decisions of a day, or of a round, after the unit's last; told where the newer of the two stands."""
    moved = programme.knows_before and programme.is_new(unit.record.at(None))
    for kind in (*PAPERS, *_LAST_DECIDED):
        for record in unit.all(kind):
            starts = programme.span(record.year or 0)[0]
            late = [each for each in _days(record.data) if each[2] > closed.date]
            next_round = starts > closed.date and kind in PAPERS
            if not next_round and not late:
                continue
            said = f"属于 {starts} 才开始的一轮" if next_round else f"日期是 {late[0][2]}"
            here = About(unit.path, record.year or 0)
            if next_round:
                hint = f"删掉这所学校 {record.year} 年的文件夹；{_TO_THE_OTHER.format(record.year)}"
            elif unit.level == "校":
                hint = "写到接收的学校；撤销以前的事，核对日期"
            else:
                hint = "由接收的单位来办；撤销以前的事，核对日期"
            if moved:
                at = unit.record.at(closed, "date")
                message = f"撤销日期 {closed.date} 以后还有记录：{record.path} {said}"
                hint = hint if next_round else "核对撤销日期；记录写错了日期的，改记录"
                yield at, message, hint, here, f"{unit.path} {next_round and record.year}"
            else:
                at = record.at(late[0][0], late[0][1]) if late and not next_round else record.at(None)
                message = f"{unit.name} {closed.date} 已经撤销，这份记录{said}"
                yield at, message, hint, here


_TO_THE_OTHER = (
    "教师用 wholeschool transfer 调到接收的学校；那里 {0} 年的名册已经带过去的，"
    "删掉那一份，调好以后运行 wholeschool round open {0} 接收的学校 再带"
)


def _days(paper: msgspec.Struct) -> Iterator[tuple[msgspec.Struct, str, str]]:
    """When what a paper or a decision tells of happened; certificates say when they were issued."""
    if isinstance(paper, s.Certificates):
        yield from ((row, "issued", row.issued) for row in paper.certificates)
    else:
        yield from dates_in(paper)

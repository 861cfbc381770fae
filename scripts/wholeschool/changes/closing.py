"""A closed round stays as it is, and what closing it wrote down is what was published."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change
from wholeschool.changes.proposal import Proposal
from wholeschool.days import FOREVER
from wholeschool.findings import About, Location
from wholeschool.outcomes.appeals import undecided
from wholeschool.outcomes.closing import last_decided, recognitions, rows_due
from wholeschool.programme import Programme
from wholeschool.programme.people import plain
from wholeschool.records import Place, placed
from wholeschool.records.kinds import ROOT, is_attachment
from wholeschool.records.structs import (
    AbilityFigures,
    Acceptance,
    Appeals,
    Certificates,
    Figures,
    Microabilities,
    Microability,
    Review,
    RoundSettings,
    Rubric,
    SpotCheck,
)
from wholeschool.rules.appeals import UPHELD
from wholeschool.rules.closing import CLOSE
from wholeschool.rules.registry import Breach, rule

_YEAR = re.compile("20[0-9]{2}")
# What an upheld appeal, a correction of a name and a revocation add to; other rules see that they are only added.
_GROWING = ("acceptance", "register", "certificates", "revocations")


def _closed(programme: Programme) -> dict[int, RoundSettings]:
    rounds = programme.settings.data.rounds if programme.settings else ()
    return {round_.year: round_ for round_ in rounds if round_.closed}


@rule("ROUND-KEPT", "keeping", authority=OURS, presupposes=("UNIT-KEPT", "TABLE-ISSUED"))
def closed_rounds_stay(proposal: Proposal) -> Iterator[Breach]:
    """关闭了的一轮，那一年的记录不改、不删、不添，它自己的设置也不改。

    公布的数字就定在关闭的那一刻，所依据的微能力表也不换，名称可以更正。以后收到的申诉由县级账号写；成立的，添一份评审和抽查记录，再验收、认定；姓名更正、证书的重发和撤销照常。
    这些写在末尾，注明日期，原来的数字不动。
    """
    closed = _closed(proposal.base)
    if not closed:
        return
    rounds = {each.year: each for each in (proposal.head.settings.data.rounds if proposal.head.settings else ())}
    for year, before in closed.items():
        after = rounds.get(year)
        if after != before and proposal.head.settings is not None:
            at = proposal.head.settings.at(after) if after else proposal.head.settings.at(None, "rounds", key=True)
            message = f"{year} 年这一轮 {before.closed} 已经关闭，它的设置被{'改动' if after else '删掉'}了"
            yield at, message, "恢复原样；数字确实公布错了的，在网站上另行说明"
        yield from _recognised_behind(proposal, before)
        yield from _table_changed(proposal, before)
    for difference in proposal.differences:
        year = _year_of(difference.path)
        if year not in closed or ((known := placed(difference.path)) is not None and known.kind.name in _GROWING):
            continue
        unit = difference.path.removeprefix(ROOT).partition(f"/{year}/")[0]
        struct = known.kind.struct if known else None
        added = difference.before is None or (struct is Appeals and difference.after is not None)
        appeal = struct in (Review, SpotCheck, Appeals) or is_attachment(difference.path)
        county = "/".join(unit.split("/")[:3])
        if added and appeal and all_may_change(proposal, f"{ROOT}{county}/unit.yaml"):
            yield from _reviewed_unasked(proposal, difference.path, unit, year)
            continue
        state = "添了记录" if added else "的记录被改动了" if difference.after else "的记录被删掉了"
        name = known_unit.name if (known_unit := proposal.base.units.get(unit)) else unit
        message = f"{year} 年这一轮 {closed[year].closed} 已经关闭，{name}{state}"
        hint = "恢复原样，放进现在的一轮；申诉成立、要更正的，请县级工程办用县里的账号添评审和抽查记录"
        yield Location(difference.path), message, hint, About(unit, year), f"{unit} {year} {state}"


def _reviewed_unasked(proposal: Proposal, path: str, unit: str, year: int) -> Iterator[Breach]:
    """Results that are added to a closed round without an appeal that was upheld."""
    school = proposal.head.units.get(unit)
    if school is None:
        return
    upheld = {
        (each.teacher, each.microability)
        for one in (school, school.county)
        for record in (one.all(Appeals, year=year) if one else ())
        for each in record.data.appeals
        if each.conclusion and each.conclusion.decision == UPHELD and (each.school or school.slug) == school.slug
    }
    for review in (each for each in school.all(Review, year=year) if each.path == path):
        for result in review.data.results:
            if (result.teacher, result.microability) not in upheld:
                message = (
                    f"{year} 年这一轮已经关闭，教师 {result.teacher} 的“{result.microability}”没有成立的申诉，又评审了"
                )
                hint = "去掉这一条；确实评错了的，先在 appeals.yaml 里写申诉和处理（改正）"
                here = About(unit, year, result.teacher, result.microability)
                yield review.at(result), message, hint, here, path


@rule("CYCLE-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT",))
def cycles_stay(proposal: Proposal) -> Iterator[Breach]:
    """周期里有一轮关闭了，或者这一轮已经有认定了，这一轮的周期就不再改。

    教师照着周期选学，县里照着周期认定、发证；半路改了，前面的就都不对了。
    """
    base, head = proposal.base, proposal.head
    for before in base.settings.data.rounds if base.settings else ():
        after = head.round(before.year)
        if after is None or head.settings is None or after.cycle == before.cycle or before.closed:
            continue  # a closed round is ROUND-KEPT's
        shut = next((year for year in base.cycle(before.year) if base.closed(year)), None)
        if before.cycle and shut:
            why = f"周期里 {shut} 年这一轮 {base.closed(shut)} 已经关闭"
        elif last := last_decided(base, before.year):
            why = f"这一轮 {last} 已经有认定"
        else:
            continue
        was = f"从 {before.cycle} 年起" if before.cycle else "没有写"
        at = head.settings.at(after, "cycle" if after.cycle else "year")
        message = f"{before.year} 年这一轮的周期改了（原来{was}），可是{why}"
        yield at, message, "恢复原样；要改的，从下一轮改起", About("", before.year)


@rule("VALIDITY-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT",))
def terms_of_certificates_stay(proposal: Proposal) -> Iterator[Breach]:
    """发过证书的一轮，证书有效几年不再改。

    发出去的证书上没有印期限，核对的人看的是这里；改短了，有效的一下子过期，改长了，过期的又活过来。
    """
    base, head = proposal.base, proposal.head
    issued = {ledger.year for _, ledger in base.each(Certificates) if ledger.data.certificates}
    for before in base.settings.data.rounds if base.settings else ():
        after = head.round(before.year)
        if after is None or head.settings is None or before.closed or before.year not in issued:
            continue
        if after.certificate_years != before.certificate_years:
            was = f"{before.certificate_years} 年" if before.certificate_years else "没有期限"
            at = head.settings.at(after, "certificate_years" if after.certificate_years else "year")
            message = f"{before.year} 年这一轮已经发过证书，有效年限改了（原来{was}）"
            yield at, message, "恢复原样；要改的，从下一轮改起", About("", before.year)


@rule("STANDARD-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT", "PROGRAMME-FILES", "TABLE-ISSUED"))
def what_was_recognised_by_stays(proposal: Proposal) -> Iterator[Breach]:
    """一轮有了认定，它的学分学时标准不再改，微能力表里各项的学分、维度、环境也不改，考核规范不删，规范里的微能力不少；有了评审，评过的那几项的规范就不少。

    谁合格、合格率多少、发不发证书，都照这个标准算；改低了，没有认定过的人就合格了，改高了，认定过的又不合格。评审照的规范没有了，评过的、以后的评审就没有依据。
    """
    base, head = proposal.base, proposal.head
    for before in base.settings.data.rounds if base.settings else ():
        year = before.year
        round_, last = head.round(year), last_decided(base, year)
        if before.closed or round_ is None or head.settings is None:
            continue  # a closed round is ROUND-KEPT's
        if not last:
            written = [each.data if each else None for each in (base.rubrics(year), head.rubrics(year))]
            if written[0] != written[1] and (reviewed := _reviewed(base, year)):
                yield from _rubrics_lost(proposal, year, "可是这一轮已经照它评审过", reviewed)
            continue
        why = f"可是这一轮 {last} 已经有认定"
        named = base.guidance_named(year), head.guidance_named(year)
        if all(named) and named[0] != named[1]:
            message = f"{year} 年这一轮依据的指导意见由 {named[0]} 改成 {named[1]}，{why}"
            yield _naming_the_guidance(head, year), message, _LATER_ROUNDS, About("", year)
            continue
        if head.guidance(year) or round_.standard:
            was, now = base.standard(year), head.standard(year)
            changed = [name for name in was.__struct_fields__ if getattr(was, name) != getattr(now, name)]
            if changed:
                at = _of_the_standard(head, round_, changed[0])
                parts = "、".join(
                    f"{_OF_A_STANDARD[name]}由 {getattr(was, name)} 改成 {getattr(now, name)}" for name in changed
                )
                yield at, f"{year} 年这一轮的标准改了（{parts}），{why}", _LATER_ROUNDS, About("", year)
        table = head.in_guidance(Microabilities, head.guidance_named(year))
        rows = base.abilities(year), head.abilities(year)
        if table and (
            other := [
                code
                for code in dict.fromkeys((*rows[0], *rows[1]))
                if _substance(rows[1].get(code)) != _substance(rows[0].get(code))
            ]
        ):
            message = f"{year} 年这一轮的微能力表改了{'、'.join(other)}，{why}"
            yield table.at(rows[1].get(other[0])), message, _LATER_ROUNDS, About("", year, microability=other[0])
        yield from _rubrics_lost(proposal, year, why)


_OF_A_STANDARD = {
    **{"credits": "学分", "online_hours": "网络研修学时", "practice_hours": "实践应用学时"},
    "practice_share": "实践应用的比例",
    "dimensions": "最少几个维度",
}
_LATER_ROUNDS = (
    "请维护人员恢复原样；以后的轮次要改的，标准写在那一轮下面的 standard 里，"
    "或者另建一个指导意见的文件夹，在那一轮的设置里写明 guidance"
)


def _of_the_standard(programme: Programme, round_: RoundSettings, field: str) -> Place:
    """Where a part of a round's standard is written now, or where the round names the guidance that has it."""
    assert programme.settings is not None
    guidance = programme.guidance(round_.year)
    if round_.standard:
        return programme.settings.at(round_.standard, field)
    return guidance.at(guidance.data.standard, field) if guidance else programme.settings.at(round_)


def _reviewed(programme: Programme, year: int) -> set[str]:
    """The microabilities of which results have been reviewed in a round."""
    return {
        result.microability for each in programme.school_years() if each.year == year for _, result in each.results()
    }


def _rubrics_lost(proposal: Proposal, year: int, why: str, of: Collection[str] | None = None) -> Iterator[Breach]:
    """The rubrics by which a round's results were reviewed, where they are there no more, or not all of them.

    `of` are the microabilities that matter; None: all.
    """
    before, after = proposal.base.rubrics(year), proposal.head.rubrics(year)
    path = f"{ROOT}guidance/{proposal.head.guidance_named(year)}/rubrics.yaml"
    if before is None or path in proposal.head.broken:
        return
    if after is None:
        gone = Location(before.path) if before.path == path else _naming_the_guidance(proposal.head, year)
        yield gone, f"{year} 年这一轮的考核规范没有了，{why}", _LATER_ROUNDS, About("", year)
        return
    left = {each.microability for each in after.data.rubrics}
    written = [each.microability for each in before.data.rubrics if of is None or each.microability in of]
    if lost := [code for code in written if code not in left]:
        message = f"{year} 年这一轮的考核规范里少了{'、'.join(lost)}，{why}"
        yield after.at(None, "rubrics", key=True), message, _LATER_ROUNDS, About("", year)


def _naming_the_guidance(programme: Programme, year: int) -> Place:
    """Where it is said which guidance a round follows."""
    round_, settings = programme.round(year), programme.settings
    assert settings is not None
    return settings.at(round_, "guidance") if round_ and round_.guidance else settings.at(None, "guidance")


@rule("RUBRIC-KEPT", "keeping", authority=OURS, severity="warning", presupposes=("ROUND-KEPT", "STANDARD-KEPT"))
def what_was_reviewed_by_stays(proposal: Proposal) -> Iterator[Breach]:
    """一轮里评审过的微能力，考核规范的证据、合格、优秀不再改写；草案换成正式文本、给还没有的微能力添上规范可以。

    同一轮里，先评的照原来的写法，后评的照新的写法，就不是一个标准；评过的也没有人再看。是什么、课上的样子可以改。
    """
    base, head = proposal.base, proposal.head
    told: set[str] = set()
    for round_ in base.settings.data.rounds if base.settings else ():
        year = round_.year
        before, after = base.rubrics(year), head.rubrics(year)
        if round_.closed or before is None or after is None or before.data == after.data or after.path in told:
            continue
        if before.data.draft and not after.data.draft:
            continue
        was, reviewed = {each.microability: each for each in before.data.rubrics}, _reviewed(base, year)
        other = [
            (each, field)
            for each in after.data.rubrics
            if each.microability in reviewed and each.microability in was
            for field in _said_otherwise(was[each.microability], each)[:1]
        ]
        if other:
            told.add(after.path)
            codes = "、".join(each.microability for each, _ in other)
            message = f"{year} 年这一轮已经照考核规范评审过{codes}，规范里怎样算合格、优秀或者交什么证据改了"
            hint = (
                "请维护人员恢复原样；以后的轮次要改的，另建一个指导意见的文件夹，在那一轮的设置里写明 guidance；"
                "只是错字的，可以不管"
            )
            own = after.path == before.path
            yield after.at(*other[0]) if own else _naming_the_guidance(head, year), message, hint, About("", year)


def _said_otherwise(before: Rubric, after: Rubric) -> list[str]:
    """Which of the parts of a rubric that results are judged by say something else, whatever their punctuation."""
    said = [
        field for field in ("qualified", "excellent") if plain(getattr(before, field)) != plain(getattr(after, field))
    ]
    return said + ["evidence"] * (sorted(before.evidence) != sorted(after.evidence))


@rule("MINIMUM-KEPT", "keeping", authority=OURS, severity="warning", presupposes=("ROUND-KEPT",))
def what_was_covered_stays_covered(proposal: Proposal) -> Iterator[Breach]:
    """已经公布的一轮，最小公开人数不改小。

    一直盖住的数，改小以后都公布出来，与以前的一比就认得出是谁；公布过的收不回来。
    """
    base, head = proposal.base, proposal.head
    if head.settings is None:
        return
    today = head.today or FOREVER
    shown = {year for school in base.schools for year in school.years if base.span(year)[0] <= today}
    least = {year: head.minimum_cell(year) for year in shown.intersection(base.years, head.years)}
    # What a round that is closed now is shown with is CLOSE-TRUE's.
    least |= dict.fromkeys(_closed(head).keys() - _closed(base).keys(), head.settings.data.publication.minimum_cell)
    lowered = sorted(year for year in least if year in shown and least[year] < base.minimum_cell(year))
    if lowered:
        was = max(base.minimum_cell(year) for year in lowered)
        now = min(least[year] for year in lowered)
        years = "、".join(map(str, lowered))
        message = f"最小公开人数由 {was} 改成 {now}；{years} 年已经照 {was} 公布，那时盖住的数合并以后就公布出来"
        hint = (
            "请维护人员恢复原来的数；确实要改小的，先关闭公布过的各轮（wholeschool round close），"
            "它们照关闭时的数公布，再改"
        )
        yield head.settings.at(head.settings.data.publication, "minimum_cell"), message, hint


_CONFIGURED = {
    **{"agreement": "复核一致率门槛", "spot_check_ratio": "抽查比例", "appeal_days": "申诉的期限（天）"},
    **{
        "appeal_decision_days": "申诉多少天内处理",
        "trainer_ratio": "县级培训团队遴选比例",
        "indicators": "绩效评估指标",
    },
    **{"vocational_as": "中职人员按哪个学段推荐", "direct_counties": "省管县"},
    **{"levels_on_certificates": "证书上印等级", "shared_evidence": "一份成果可用于几项微能力"},
}


@rule("SETTINGS-KEPT", "keeping", authority=OURS, severity="warning", presupposes=("ROUND-KEPT", "ROUND-DATES"))
def what_a_running_round_was_told_stays(proposal: Proposal) -> Iterator[Breach]:
    """一轮已经有验收或者申诉，各地决定的数（申诉的期限、复核一致率、抽查比例等）和这一轮的起止日期不再改；要改的从下一轮改起。

    大家照公布的数办事：期限改短了，照原来的天数还来得及的申诉就过期了；结束的日期挪了，什么时候到期、哪些日期算这一轮的都变。已经作出的决定不重判。
    """
    base, head = proposal.base, proposal.head
    if base.settings is None or head.settings is None or base.settings.data == head.settings.data:
        return
    waiting = {year: 0 for year in base.years if not base.closed(year)}
    for each in undecided(base):
        if each.record.year in waiting:
            waiting[each.record.year or 0] += 1
    decided = {record.year or 0 for _, record in base.each(Acceptance) if record.data.acceptances}
    running = [year for year in sorted(waiting) if year in decided or waiting[year]]
    if not running:
        return
    hint = "请维护人员恢复原样，从下一轮改起；确实现在就要改的，先通知各县和学校从哪一天起照新的办"
    was, now = base.local, head.local
    if changed := [name for name in _CONFIGURED if getattr(was, name) != getattr(now, name)]:
        said = "，".join(_set_anew(name, getattr(was, name), getattr(now, name)) for name in changed)
        local = head.settings.data.local
        there = local is not None and getattr(local, changed[0]) not in (None, (), False)
        at = head.settings.at(local, changed[0]) if there else head.settings.at(local)
        yield at, f"{said}；{_under_way(running, waiting)}", hint
    for year in running:
        before, after = base.round(year), head.round(year)
        if before is None or after is None:
            continue
        moved = [name for name in ("starts", "ends") if getattr(before, name) != getattr(after, name)]
        if moved:
            titles = {"starts": "开始", "ends": "结束"}
            said = "，".join(
                f"{year} 年这一轮{titles[name]}的日期由 {getattr(before, name)} 改成 {getattr(after, name)}"
                for name in moved
            )
            yield head.settings.at(after, moved[0]), f"{said}；{_under_way([year], waiting)}", hint, About("", year)


def _set_anew(name: str, was: Any, now: Any) -> str:
    """What a part of the configuration is now, instead of what; lists only that they are others."""
    if isinstance(was, tuple):
        return f"{_CONFIGURED[name]}改了"
    old, new = map(_shown, (was, now))
    return f"{_CONFIGURED[name]}由 {old} 改成 {new}"


def _shown(value: str | float | None) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:g}" if isinstance(value, int | float) else value or "没有写"


def _under_way(years: Sequence[int], waiting: Mapping[int, int]) -> str:
    """What has been begun in some rounds by what was said before."""
    appeals = sum(waiting[year] for year in years)
    more = f"，有 {appeals} 条申诉还没有处理" if appeals else ""
    return f"{'、'.join(map(str, years))} 年这一轮已经照原来的在办{more}"


def _recognised_behind(proposal: Proposal, round_: RoundSettings) -> Iterator[Breach]:
    """What is recognised after the closing, as if it had been before: it would stand among the published figures."""
    known = {(record.path, each) for record, each in recognitions(proposal.base, round_.year)}
    for record, each in recognitions(proposal.head, round_.year):
        if (record.path, each) not in known and each.date <= (round_.closed or ""):
            message = f"{round_.year} 年这一轮 {round_.closed} 已经关闭，新的认定日期却是 {each.date}"
            yield record.at(each, "date"), message, "照实写认定的日期，在关闭以后"


def _table_changed(proposal: Proposal, round_: RoundSettings) -> Iterator[Breach]:
    """Credits, dimensions or environments other than those by which the round was closed; a name may be put right."""
    before, after = (each.abilities(round_.year) for each in (proposal.base, proposal.head))
    record = proposal.head.in_guidance(Microabilities, proposal.head.guidance_named(round_.year))
    changed = [code for code, row in before.items() if _substance(after.get(code)) != _substance(row)]
    changed += [code for code in after if code not in before]
    if record and before and changed:
        message = f"{round_.year} 年这一轮已经关闭，它依据的微能力表改了{'、'.join(changed)}"
        hint = "恢复原来的学分、维度和环境；以后的轮次要改的，另建一个指导意见的文件夹，在那一轮的设置里写明 guidance"
        yield record.at(after.get(changed[0])), message, hint, About(year=round_.year, microability=changed[0])


def _substance(row: Microability | None) -> tuple[str, str, int] | None:
    return (row.dimension, row.environment, row.credits) if row else None


def _year_of(path: str) -> int:
    """The round whose folder a record lies in; 0 for what is in none."""
    for step in path.split("/")[1:-1] if path.startswith(ROOT) else ():
        if _YEAR.fullmatch(step):
            return int(step)
    return 0


@rule("CLOSE-TRUE", "decision", authority=OURS, presupposes=("ROUND-CLOSED", "figures", "ability-figures"))
def what_closing_writes_is_what_was_published(proposal: Proposal) -> Iterator[Breach]:
    """关闭一轮的那一次改动，写下的就是当时公布的数字，一行不差。

    以后这一轮的数字不再重算；写的时候改一个数，就一直错下去。
    """
    before = _closed(proposal.base)
    changed = {difference.path for difference in proposal.differences}
    for year, round_ in _closed(proposal.head).items():
        settings = proposal.head.settings
        if year in before or settings is None:
            continue
        if (last := last_decided(proposal.head, year)) >= (round_.closed or ""):
            message = f"{year} 年这一轮 {last} 还有认定，关闭的日期却是 {round_.closed}"
            yield settings.at(round_, "closed"), message, "关闭的日期写在最后一次认定以后"
        usual = settings.data.publication.minimum_cell
        if round_.minimum_cell != usual:
            message = f"关闭 {year} 年这一轮，写下的最小公开人数不是现在的 {usual}"
            field = "minimum_cell" if round_.minimum_cell else "closed"
            yield settings.at(round_, field), message, f"{CLOSE} {year}，由它写"
        files = {
            record.path: list(rows)
            for kind in (Figures, AbilityFigures)
            for _, record in proposal.head.each(kind)
            if record.year == year
            for rows in (_rows(record.data),)
        }
        due = rows_due(proposal.head, year)
        if wrong := sorted(path for path in {*due, *files} if due.get(path) != files.get(path)):
            more = f"等 {len(wrong)} 份" if len(wrong) > 1 else ""
            at = Location(wrong[0]) if wrong[0] in changed and wrong[0] in files else settings.at(round_, "closed")
            message = f"关闭 {year} 年这一轮，写下的数字（{wrong[0]}{more}）与现在公布的不同"
            yield at, message, f"{CLOSE} {year}，由它重写；关闭以后又有别的改动合并了的，也是这样"


def _rows(data: Any) -> tuple[Any, ...]:
    return data.figures if isinstance(data, Figures) else data.abilities

"""What may never be rewritten: issued certificates, decisions, accepted results, recognised hours, portfolios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import msgspec

from wholeschool.authority import OURS
from wholeschool.changes.ownership import DONE, county_has_to, done_entries, rests_on_work
from wholeschool.changes.proposal import Proposal
from wholeschool.days import FOREVER
from wholeschool.errors import RepositoryError
from wholeschool.findings import About, Location
from wholeschool.outcomes.hours import EVERYBODY
from wholeschool.outcomes.standing import standing_decisions
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.stays import Stay, agreed, came_back
from wholeschool.records import Record
from wholeschool.records.kinds import ROOT
from wholeschool.records.refusals import Refused
from wholeschool.records.structs import (
    Acceptance,
    Activities,
    Announcement,
    Appeal,
    Appeals,
    Appraisal,
    Approvals,
    CertificateEntry,
    CheckedItem,
    Evidence,
    Filings,
    Inspections,
    LogEntry,
    OnlineHours,
    Performance,
    Plan,
    ProjectDecision,
    ProjectDecisions,
    Projects,
    Providers,
    ResultUse,
    Review,
    Revocations,
    SchoolAcceptance,
    SpotCheck,
    Teacher,
    Teachers,
    TrainingBatch,
)
from wholeschool.records.text import decode
from wholeschool.rules.registry import Breach, rule

_GROWING = {
    "certificates.csv": ("台账", "撤销和重发"),
    "register.csv": ("认定名册", "重新验收、认定（wholeschool recognise）"),
}
_KEPT_LISTS = (
    *((Approvals, "approvals", "结论"), (Approvals, "branches", "结论")),
    *((Acceptance, "acceptances", "结论"), (Acceptance, "corrections", "姓名更正")),
    *((Inspections, "inspections", "检查结论"), (Performance, "evaluations", "评估"), (Filings, "filings", "报送")),
    *((ProjectDecisions, "decisions", "审批"), (Appraisal, "members", "考评")),
    (Appeals, "appeals", "申诉"),
)
_GAINED: Mapping[type, tuple[str, ...]] = {
    **{SchoolAcceptance: ("recognition",), ProjectDecision: ("reported",)},
    Announcement: ("drawn", "cancelled"),
    Appeal: ("conclusion", "late"),
}
"""What may be written into a decision later: what became of it."""


@rule("LEDGER-GROWS", "keeping", authority=OURS, presupposes=("UNIT-KEPT",))
def ledger_only_grows(proposal: Proposal) -> Iterator[Breach]:
    """证书台账、认定名册只在末尾增加，已有的行不改不删。

    发出去的证书收不回来，要更正的，撤销旧的、重发新的；认定过的也收不回来，要改的由县里重新验收、认定。
    """
    for difference in proposal.differences:
        name = next((each for each in _GROWING if difference.path.endswith(f"/{each}")), None)
        if name is None or difference.before is None:
            continue
        before = _rows(proposal.base_tree.read(difference.path))
        try:
            after = _rows(proposal.head_tree.read(difference.path)) if difference.after else []
        except RepositoryError:
            after = []
        line = next((n for n, row in enumerate(before, start=1) if n > len(after) or after[n - 1] != row), None)
        if line is not None:
            state = "删掉了" if line > len(after) else "改动了"
            at = Location(difference.path, min(line, max(1, len(after))))
            what, hint = _GROWING[name]
            yield at, f"{what}第 {line} 行被{state}", f"恢复原样；更正用{hint}"


def _rows(data: bytes) -> list[str]:
    """The lines, however an editor has ended them; what is no text is the reader's to refuse, and compared as it is."""
    try:
        text = decode(data)
    except Refused:
        text = data.decode("latin-1")
    return text.rstrip("\n").split("\n")


@rule("STATUS-GROWS", "keeping", authority=OURS, presupposes=("UNIT-KEPT",))
def status_only_grows(proposal: Proposal) -> Iterator[Breach]:
    """证书状态名单只往前走：撤销过的还在，内容变了期号就加大，名单本身不删；新撤销的，日期不早于那一项最近一次评审、认定。

    核对证书的人看过新的一期，就不再认旧的；撤销的证书不能悄悄活过来。倒填到认定以前的撤销，等于没有撤销：认定还算数，又可以再发一张。
    """
    removed = _removed(proposal)
    for unit in proposal.base.units.values():
        later = proposal.head.units.get(unit.path)
        for before in unit.all(Revocations):
            after = later.one(Revocations, year=before.year) if later else None
            if after is None:
                if before.path in removed:
                    yield Location(before.path), "状态名单被删掉了", "恢复原样"
            elif after.data.revoked[: len(before.data.revoked)] != before.data.revoked:
                yield after.at(None, "revoked", key=True), "撤销过的证书被改动或删掉了", "恢复原样，新撤销的写在后面"
            elif after.data != before.data and after.data.sequence <= before.data.sequence:
                message = f"内容变了，期号 {after.data.sequence} 却没有大于原来的 {before.data.sequence}"
                yield after.at(None, "sequence"), message, "先更新到最新，再运行一次签发或撤销"
            else:
                yield from _revoked_before_recognised(proposal, unit, before, after)


def _revoked_before_recognised(
    proposal: Proposal, unit: Unit, before: Record[Revocations], after: Record[Revocations]
) -> Iterator[Breach]:
    """What is revoked now as of a day before the county recognised the same again."""
    year = proposal.base.county_year(unit, before.year or 0)
    entries = {each.number: each for each in (year.ledger.data.certificates if year.ledger else ())}
    for each in after.data.revoked[len(before.data.revoked) :]:
        entry = entries.get(each.number)
        if entry is None or each.replaced_by:
            continue
        last = max((_last_seen(school, entry) for school in year.schools), default="")
        if each.date < last:
            message = f"证书 {each.number} 撤销的日期 {each.date} 早于这一项最近一次评审或者认定 {last}"
            yield after.at(each, "date"), message, "写作出撤销决定的那一天，用实际的日期重新撤销"


def _last_seen(school: YearOfSchool, entry: CertificateEntry) -> str:
    """The day on which a school last reviewed what a certificate certifies, or its county last recognised it there."""
    rows = [row.date for row in school.register_rows(entry.teacher) if entry.microability in school.levels.of(row)]
    key = entry.teacher, entry.microability
    reviews = (
        [review.data.date for review, one in school.results() if (one.teacher, one.microability) == key]
        if key in school.standing
        else []
    )
    return max((*rows, *reviews), default="")


@rule("KEYS-KEPT", "keeping", authority=OURS)
def keys_stay(proposal: Proposal) -> Iterator[Breach]:
    """公钥只添不删；已有的只能写上停用日期或作废；停用日期不推后，作废的不能恢复，作废时钉下的台账不改。

    删掉一把公钥，用它签过的证书就都无法核对；改了钉下的，泄露以后签的也成了有效，或者有效的成了无法确认。停用了的往往没有人再看着，
    推后停用日期，就又能签了。
    """
    record = proposal.head.key_record
    for key in proposal.base.keys.values():
        now = proposal.head.keys.get(key.id)
        path = proposal.base.key_record.path if proposal.base.key_record else ""
        if now is None:
            if record is not None or path in _removed(proposal):
                at = record.at(None, "keys", key=True) if record else Location(path)
                gone = "" if record else path  # the whole file
                yield at, f"公钥 {key.id} 被删掉了", "恢复原样；不再用的写停用日期", None, gone
            continue
        assert record is not None
        kept = ("public", "site", "starts", "counties", "demo")
        changed = [name for name in kept if getattr(key, name) != getattr(now, name)]
        if changed:
            yield record.at(now), f"公钥 {key.id} 被改动了", "恢复原样；要换的另添一把"
        elif key.ends and (now.ends or FOREVER) > key.ends:
            at = record.at(now, "ends") if now.ends else record.at(now)
            message = f"公钥 {key.id} 的停用日期 {key.ends} 被推后或删掉了"
            yield at, message, "恢复原样；还要签发的，用 wholeschool keys new 另添一把"
        elif key.revoked and now.revoked != key.revoked:
            hint = "恢复原样；作废了的不能恢复，那时钉下的台账不增不减"
            yield record.at(now), f"公钥 {key.id} 的作废被改动了", hint


@rule("DECISION-KEPT", "keeping", authority=OURS, presupposes=("UNIT-KEPT", "ROUND-KEPT"))
def decisions_are_only_added(proposal: Proposal) -> Iterator[Breach]:
    """审核、挂靠、验收、检查、评估、考评、项目审批、报送、申诉和处理，写下的只增不改；抽样公告、抽查记录不删，定了的抽样、已经作出的复核评定、写明的问题也不改。

    改变结论的，在后面另写一条；前后两条都留着，才看得出经过。抽查之后只添整改的情况和新的抽查项。
    认定以后，不补写认定那天或更早的不合格：认定时没有这一条，认定过的就悄悄不算了。
    """
    yield from _failed_behind(proposal)
    removed = _removed(proposal)
    for unit in proposal.changed(proposal.base.units.values()):
        later = proposal.head.units.get(unit.path)
        for check in unit.all(SpotCheck):
            if check.path in removed:
                yield Location(check.path), "抽查记录被删掉了", "恢复原样；结果有更正的，写进这份记录的整改"
            elif later and (now := later.one(SpotCheck, year=check.year, name=check.name)):
                yield from _checked_anew(check.data, now)
        for said in unit.all(Announcement):
            if said.path in removed:
                yield (
                    Location(said.path),
                    "抽样公告被删掉了",
                    "恢复原样；还没有开奖、不能用的，用 wholeschool draw cancel 写明原因取消",
                )
            after = later.one(Announcement, year=said.year, name=said.name) if later else None
            if after and not _is_kept(said.data, after.data):
                hint = "恢复原样；还没有开奖、要改的，先用 wholeschool draw cancel 写明原因取消，再另作公告"
                yield after.at(None), "抽样公告或者抽样结果被改动了", hint
        for year in unit.years:
            for kind, name, what in _KEPT_LISTS:
                for before in unit.all(kind, year=year):
                    yield from _entries_kept(before, name, what, later, removed, _appealed(unit, year))


def _entries_kept(
    before: Record[Any], name: str, what: str, later: Unit | None, removed: set[str], appealed: Mapping[str, str]
) -> Iterator[Breach]:
    """The decisions of a list stand where they stood, or all of them, in the same order, in another file.

    What somebody has appealed against stays in the file that the appeal names.
    """
    old = getattr(before.data, name)
    files = later.all(type(before.data), year=before.year) if later else []
    after = next((record for record in files if record.path == before.path), None)
    if after is None:
        if before.path in removed and before.name in appealed:
            said = f"{appealed[before.name]} 收到了对这份{what}的申诉，它的记录被删掉或者改了名"
            yield Location(before.path), said, "恢复原样", None, f"{before.path} 删掉"
        elif before.path in removed and not any(_holds(getattr(record.data, name), old) for record in files):
            yield Location(before.path), f"{what}的记录被删掉了", "恢复原样", None, f"{before.path} 删掉"
        return
    for field in after.data.__struct_fields__:  # what is said of all of them together
        was, now = getattr(before.data, field), getattr(after.data, field)
        if was is not None and not isinstance(was, tuple) and now != was:
            at = after.at(None, field) if now is not None else after.at(None)
            yield at, f"{what}已经作出，{field} 被改动或删掉了", "恢复原样", None, f"{before.path} {field}"
    new = getattr(after.data, name)
    for index, entry in enumerate(old):
        if index >= len(new) or not _is_kept(entry, new[index]):
            at = after.at(new[index]) if index < len(new) else after.at(None)
            yield at, f"第 {index + 1} 条{what}被改动或删掉了", f"恢复原样，新的{what}写在后面"
            break


def _holds(new: Sequence[Any], old: Sequence[Any]) -> bool:
    """Whether all of a list is in another, in its order: of two decisions of one day the later one holds."""
    left = iter(new)
    return all(any(_is_kept(entry, each) for each in left) for entry in old)


def _failed_behind(proposal: Proposal) -> Iterator[Breach]:
    """Results that checkers find wanting as of a day on which they were recognised already, with nobody knowing."""
    for unit, check in proposal.head.each(SpotCheck):
        was = proposal.base.units.get(unit.path)
        before = was.one(SpotCheck, year=check.year, name=check.name) if was else None
        known = {_checked(item) for item in before.data.items if item.recheck_level} if before else set()
        for item in check.data.items if check.data.stage == "考核结果" else ():
            school, year = proposal.base.units.get(item.school), check.year or 0
            passes = item.recheck_level in (None, *proposal.head.levels(year).passing)
            if school is None or passes or _checked(item) in known:
                continue
            accepted = proposal.base.school_year(school, year).accepted
            later = proposal.head.units.get(item.school)
            if accepted is None or later is None or proposal.head.school_year(later, year).accepted != accepted:
                continue
            if accepted.recognition and check.data.date <= (day := accepted.recognition.date):
                message = f"县级 {day} 已经认定，新写的不合格却是 {check.data.date} 查出的"
                hint = "照实写抽查的日期；认定以前就查出来、那时没有报上来的，日期写报上来的这一天，哪天查的写进结论"
                yield check.at(item, "recheck_level"), message, hint, None, check.path


def _checked(item: CheckedItem) -> tuple[str, str | None, str | None]:
    return item.school, item.teacher, item.microability


_OF_A_CHECK = {
    **{"date": "日期", "stage": "内容", "mode": "方式", "organisation": "评估机构", "checkers": "检查人"},
    **{"announcement": "抽样公告", "draw": "抽样", "conclusion": "结论"},
}


def _checked_anew(before: SpotCheck, now: Record[SpotCheck]) -> Iterator[Breach]:
    """What checkers found is there still; corrections may go on, and items be added or checked that were not.

    By which draw they look is decided before they look: who has seen the sample would like another.
    """
    hint = "恢复原样；结果有更正的，写进整改（correction）"
    done = bool(before.conclusion) or any(item.recheck_level or item.problem for item in before.items)
    for field, title in _OF_A_CHECK.items():
        old, new = getattr(before, field), getattr(now.data, field)
        if (done or field in ("announcement", "draw")) and old is not None and old != new:
            at = now.at(None, field) if new is not None else now.at(None)
            if field in ("announcement", "draw"):
                yield at, f"{title}已经定了，被改动或删掉了", "恢复原样；另抽一次的，另作公告，另写一份抽查记录"
            else:
                yield at, f"抽查已经有结果，{title}被改动了", hint
            return
    drawn = before.draw.sample if before.draw else ()
    places = {_checked(item) for item in now.data.items}
    left = {(item.school, item.teacher, item.microability, item.recheck_level): item for item in now.data.items}
    for item in before.items:
        if item.recheck_level is None and item.problem is None:
            if (done or item.teacher in drawn) and _checked(item) not in places:
                of = f"教师 {item.teacher}" if item.teacher else item.school
                yield now.at(None, "items", key=True), f"{of}的抽查项被改动或删掉了", hint, None, f"{now.path} 抽查项"
            continue
        same = left.get((item.school, item.teacher, item.microability, item.recheck_level))
        if same is None or (same.school_level, same.problem) != (item.school_level, item.problem):
            of = f"教师 {item.teacher} 的“{item.microability}”" if item.teacher else f"{item.school}"
            yield now.at(same) if same else now.at(None, "items", key=True), f"{of}的抽查结果被改动或删掉了", hint
        elif item.correction and (same.correction is None or same.correction.due != item.correction.due):
            yield now.at(same), "整改的期限被改动或删掉了", hint
        elif item.correction and item.correction.result == "已改正" and same.correction != item.correction:
            yield now.at(same), "写明已改正的整改被改动了", "恢复原样；改正以后又查出不合格的，另写一份抽查记录"


def _is_kept(before: msgspec.Struct, after: msgspec.Struct) -> bool:
    """Whether a decision says what it said: nothing may change but that it gains what became of it."""
    gained = [name for name in _GAINED.get(type(before), ()) if getattr(before, name) is None]
    if gained and type(after) is type(before):
        after = msgspec.structs.replace(after, **dict.fromkeys(gained))
    return before == after


@rule("DONE-KEPT", "keeping", authority=OURS, severity="warning", presupposes=("UNIT-KEPT", "ROUND-KEPT"))
def what_was_done_stays_written(proposal: Proposal) -> Iterator[Breach]:
    """有了县级的决定，已经办过的培训、写下的工作记录、结果应用，一条也不删；写错了的，改那一条的内容。

    审核、验收、评估的时候看过它们；删掉一条，就看不出当时做过什么。资源库里的资源没有日期，也可能要下架，可以一条一条去掉。
    """
    for unit in proposal.changed(proposal.base.units.values()):
        later = proposal.head.units.get(unit.path)
        records: list[Record[Any]] = [each for kind in DONE if DONE[kind][1] for each in unit.all(kind)]
        for before in records if later else ():
            now = later.all(type(before.data), year=before.year) if later else []
            after = next((each for each in now if each.path == before.path), None)
            if after is None or after.data == before.data or not rests_on_work(proposal, unit, before.year):
                continue
            name, _ = DONE[type(before.data)]
            left = [_called(each) for each in getattr(after.data, name)]
            lost = [each for each in done_entries(before, proposal.head.today) if _called(each) not in left]
            if lost and getattr(after.data, name):  # an empty list is UNIT-KEPT's
                more = f"等 {len(lost)} 条" if len(lost) > 1 else ""
                said = "、".join(_called(lost[0]))
                message = f"{before.placed.kind.title}里“{said}”{more}没有了，已经有决定以它为依据"
                hint = "恢复原样；真的没有做过、日期写错了的，合并时说明"
                yield after.at(None, name, key=True), message, hint, None, after.path


@rule("PROVIDER-KEPT", "keeping", authority=OURS, severity="warning", presupposes=("UNIT-KEPT", "CLAIM-PROVIDER"))
def providers_by_whom_hours_were_claimed_stay(proposal: Proposal) -> Iterator[Breach]:
    """已经有教师照它记了网络研修学时的承担机构，名单里不去掉，课程数不改，期限不短到记过的日子以外。

    学时由机构出，谁遴选的、有多少课、到哪一天为止，认定的时候都看它；续聘的把止期改晚，照常。
    """
    for county in proposal.changed(proposal.base.counties):
        later = proposal.head.units.get(county.path)
        before, after = county.one(Providers), later.one(Providers) if later else None
        if before is None or after is None or before.data == after.data:
            continue
        claimed = _claimed_with(proposal.base, county)
        for provider in before.data.providers:
            days = claimed.get(provider.name)
            same = [each for each in after.data.providers if each.name == provider.name]
            if not days or provider in same or not after.data.providers:  # an empty list is UNIT-KEPT's
                continue
            said = ""
            within = [day for day in days if provider.from_ <= day <= provider.until]
            out = next((day for day in sorted(within) if not any(e.from_ <= day <= e.until for e in same)), "")
            if not same:
                said = f"承担机构“{provider.name}”从名单里去掉了"
            elif all(each.courses != provider.courses for each in same):
                was, now = (each.courses if each.courses is not None else "没有写" for each in (provider, same[-1]))
                said = f"“{provider.name}”的课程数由 {was} 改成 {now}"
            elif out:
                said = f"“{provider.name}”的承担期限改了，{out} 记的学时不在期限里了"
            if said:
                at = after.at(same[-1]) if same else after.at(None, "providers", key=True)
                message = f"{said}；已经有 {len(days)} 次活动或者导出照它记了学时，最后一次在 {max(days)}"
                hint = "恢复原样；换了课程、续聘的，另写一条，写明从哪一天起；确实写错了的，合并时说明"
                yield at, message, hint, None, f"{after.path} {provider.name}"


def _claimed_with(programme: Programme, county: Unit) -> Mapping[str, list[str]]:
    """The last days of what hours of online study were claimed for with each provider, in a county, by its name."""
    found: dict[str, list[str]] = {}
    for unit in (county, *county.children):
        for export in unit.all(OnlineHours):
            found.setdefault(export.data.provider, []).append(export.data.until)
        for record in unit.all(Activities):
            for each in record.data.activities:
                if each.provider and each.hours and each.hours.kind == "网络研修":
                    found.setdefault(each.provider, []).append(each.date)
    return found


def _called(entry: TrainingBatch | LogEntry | ResultUse) -> tuple[str, ...]:
    """By what an entry of a record of work is known: who has put its other words right has taken nothing away."""
    match entry:
        case TrainingBatch(name=name):
            return (name,)
        case LogEntry(date=day, team=team, task=task):
            return day, team, task
    return entry.date, entry.type


@rule(
    "PLAN-KEPT",
    "keeping",
    authority="本项目的约定（指导意见要审核备案；备案的是县里看过的那一份）",
    presupposes=("UNIT-KEPT", "ROUND-KEPT"),
)
def approved_plans_stay(proposal: Proposal) -> Iterator[Breach]:
    """县级审核通过的规划不再改动；通过过的，退回了也不删。

    备案的是县里看过的那一份，以前的评审照的也是它。要调整的，请县里先退回，改好再报、再审核。
    """
    removed = _removed(proposal)
    for school in proposal.changed(proposal.base.schools):
        later = proposal.head.units.get(school.path)
        for year in school.years:
            plan = school.one(Plan, year=year)
            was = proposal.base.school_year(school, year)
            if plan and was.approved_since and plan.path in removed:
                hint = "恢复原样；退回了的，改好再报"
                yield Location(plan.path), f"规划 {was.approved_since} 审核通过过，被删掉了", hint
                continue
            approved = was.approval
            if plan is None or approved is None:
                continue
            after = later.one(Plan, year=year) if later else None
            if later is None or after is None or after.data == plan.data:
                continue
            if proposal.head.school_year(later, year).approval == approved:
                yield (
                    after.at(None),
                    f"规划 {approved.date} 已经审核通过，又被改动了",
                    "恢复原样；要调整的，请县里先退回",
                )


@rule("PROJECT-KEPT", "keeping", authority=OURS, presupposes=("UNIT-KEPT", "ROUND-KEPT", "DECISION-KEPT"))
def approved_projects_stay(proposal: Proposal) -> Iterator[Breach]:
    """市级批准的县区项目不再改动，也不删。

    批准、报备的是当时那一份；换了内容、换了名称，批准的就不是它了。要调整的，请市里先退回，改好再报、再审批。
    """
    for county in proposal.changed(proposal.base.units.values()):
        later = proposal.head.units.get(county.path)
        city = proposal.head.units.get(county.parent.path) if county.parent else None
        for record in county.all(Projects) if city and later else ():
            decisions = [each.data for each in city.all(ProjectDecisions, year=record.year)] if city else []
            standing = {each.project: each for each in standing_decisions(decisions) if each.county == county.path}
            now = next((each for each in later.all(Projects) if each.path == record.path), None) if later else None
            for project in record.data.projects:
                decision = standing.get(project.name)
                if decision is None or decision.decision != "批准" or (now and project in now.data.projects):
                    continue
                same = next((each for each in now.data.projects if each.name == project.name), None) if now else None
                at = now.at(same) if now and same else now.at(None, "projects", key=True) if now else None
                message = f"项目“{project.name}”市里 {decision.date} 已经批准，又被改动或删掉了"
                yield at or Location(record.path), message, "恢复原样；要调整的，请市里先退回，改好再报"


@rule(
    "RESULT-KEPT",
    "keeping",
    authority="本项目的约定（县里抽查、验收的是当时的结果，改了就不是看过的那一个）",
    presupposes=("UNIT-KEPT", "ROUND-KEPT"),
)
def accepted_results_stay(proposal: Proposal) -> Iterator[Breach]:
    """评审记录合并以后，评过的教师和微能力学校不撤；抽查过、验收过、有人申诉的，评审记录不改不删；验收过的，抽查过的、撤销了证书的那几项，也不补写那天或更早的评审。

    限期整改也算验收过。撤销证书那一天的评审，不是撤销以后重新评的，写了也不算重新通过。要更正的，另写一份日期在后的评审记录，请县里复查、重新验收。撤掉一次评审、换一个日期，抽查过的问题就像是改好了，
    编号也能改给别人。
    """
    removed = _removed(proposal)
    for school in proposal.changed(proposal.base.schools):
        later = proposal.head.units.get(school.path)
        for year in school.years:
            before = proposal.base.school_year(school, year)
            now = {each.name: each for each in later.all(Review, year=year)} if later else {}
            left = {(one.teacher, one.microability) for each in now.values() for one in each.data.results}
            for review in before.reviews:
                after = now.get(review.name)
                if (seen := _seen(before, review)) and review.path in removed:
                    yield Location(review.path), f"{seen}，评审记录被删掉了", "恢复原样"
                elif seen and after is not None and after.data != review.data:
                    yield after.at(None), f"{seen}，评审记录被改动了", "恢复原样；更正另写一份评审记录"
                elif not seen and (after or review.path in removed):
                    yield from _taken_back(proposal, school, review, after, left)
            concluded = max(before.acceptances, key=lambda each: each.date, default=None)
            checked, revoked = _looked_at(before), proposal.base.revoked_on(year)
            was = {each.path: each for each in before.reviews}
            for review in now.values() if later else ():
                old, day = was.get(review.path), review.data.date
                if old and (old.data.date == day or _seen(before, old)):
                    continue
                hint = "照实写评审的日期；要更正的，重新评审，日期在那以后"
                if concluded and day <= concluded.date:
                    looked = "验收" if concluded is before.accepted else f"验收过，{concluded.conclusion}"
                    message = f"{concluded.date} 已经{looked}，新写的评审日期却是 {day}"
                    yield review.at(None, "date"), message, hint
                    continue
                for result in review.data.results:
                    key = result.teacher, result.microability
                    looked_at, taken_back = checked.get(key, ""), revoked.get(key, "")
                    if day <= max(looked_at, taken_back):
                        what = f"教师 {result.teacher} 的“{result.microability}”"
                        said, remedy = f"{looked_at} 已经抽查过{what}", hint
                        if day <= taken_back:
                            said = f"{what}的证书 {taken_back} 撤销了"
                            remedy = "撤销以后重新评审，日期写在那一天以后；那以前确实评过的，不算重新通过，去掉这一项"
                        yield review.at(None, "date"), f"{said}，新写的评审日期却是 {day}", remedy
                        break


def _looked_at(year: YearOfSchool) -> Mapping[tuple[str, str], str]:
    """The last day on which somebody above looked at a result of the school, by (teacher, microability)."""
    found: dict[tuple[str, str], str] = {}
    for check, item in (each for unit in year.school.ancestors for each in unit.rechecked(year.school.path, year.year)):
        if item.recheck_level and item.teacher and item.microability:
            key = item.teacher, item.microability
            found[key] = max(found.get(key, ""), check.date)
    return found


def _seen(year: YearOfSchool, review: Record[Review]) -> str:
    """Who has looked at a review, as the beginning of a sentence; empty where nobody has."""
    if day := _appealed(year.school, year.year).get(review.name):
        return f"{day} 收到了对这份评审的申诉"
    if year.acceptances and review.data.date <= year.acceptances[-1].date:
        return "学校已经验收" if year.accepted else "县里已经验收过，要求整改"
    results = {(each.teacher, each.microability) for each in review.data.results}
    for check, item in (each for unit in year.school.ancestors for each in unit.rechecked(year.school.path, year.year)):
        if item.recheck_level and (item.teacher, item.microability) in results and review.data.date <= check.date:
            return f"{check.date} 抽查过这份评审里的结果"
    return ""


def _appealed(unit: Unit, year: int) -> Mapping[str, str]:
    """The day of the first appeal against each of a unit's reviews, spot checks and acceptances, by its name."""
    found: dict[str, str] = {}
    for record in unit.all(Appeals, year=year):
        for appeal in record.data.appeals:
            found[appeal.against] = min(appeal.received, found.get(appeal.against, appeal.received))
    return found


def _taken_back(
    proposal: Proposal,
    school: Unit,
    review: Record[Review],
    after: Record[Review] | None,
    left: set[tuple[str, str]],
) -> Iterator[Breach]:
    """Results of a review that nobody has looked at yet and that are in none of the school's reviews any more."""
    who = county_has_to(proposal, school)
    if not who:
        return
    for result in review.data.results:
        if (result.teacher, result.microability) not in left:
            at = after.at(None, "results", key=True) if after else Location(review.path)
            message = f"教师 {result.teacher} 的“{result.microability}”评审过，结果被撤掉了"
            hint = f"恢复原样，等级和建议可以改；不该有这一条的，{who}"
            yield at, message, hint, None, review.path


_CORRECTED = "恢复原样；要更正的，请县里先写一条“限期整改”，改好、复查以后再验收"
_BACK_AFTER = (
    "验收以后走了又回来的，一行只写得下一次到校，原来的到校不能丢：这一行留着原来的到校和离校，他这一轮照旧算在这里；"
    "回来的日期写在下一轮的名册里（joined，从哪里回来写 from）"
)


@rule("ROSTER-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT",))
def accepted_rosters_stay(proposal: Proposal) -> Iterator[Breach]:
    """学校验收合格之后，名册里的教师不删，选学、免考和到验收那天为止在不在校、走了的去了哪里不改；添上的，写了到校日期就在验收以后。

    应考的是谁、算哪些学分，都从名册来；验收以后再改，合格率就不是县里验收过的那一个了。验收以前退休了的，验收以后也不改成调走又回来的。
    """
    for before, accepted, after in _accepted_rosters(proposal):
        reviewed = {number for number, _ in before.standing}
        now = {teacher.number: teacher for teacher in after.data.teachers}
        for teacher in _added(before, after):
            if teacher.joined and (came_back(teacher) or teacher.joined.date <= accepted):
                came = f"到校写的是 {teacher.joined.date}"
                if teacher.left and came_back(teacher):  # who comes back had been there
                    came = f"写着 {teacher.left.date} 以前就在校"
                message = f"学校 {accepted} 已经验收，新添的教师 {teacher.number} {came}"
                remedy = "核对日期；验收时漏了的，请县里先写一条“限期整改”，改好、复查以后再验收"
                yield after.at(teacher.joined, "date"), message, remedy
        for number, teacher in before.teachers.items():
            current, hint = now.get(number), _CORRECTED
            if current is None:
                if number not in reviewed:  # whose portfolio is PORTFOLIO-KEPT's
                    at = after.at(None, "teachers", key=True)
                    yield at, f"学校已经验收，教师 {number} 从名册里删掉了", hint
            elif set(current.choices) != set(teacher.choices):
                at = after.at(current, "choices" if current.choices else "number")
                yield at, f"学校已经验收，教师 {number} 的选学被改动了", hint
            elif (current.exempt is None) != (teacher.exempt is None):
                at = after.at(current, "exempt" if current.exempt else "number")
                leave = "恢复原样；验收以后才请假的，这一轮不用写免考，结果照旧，下一轮的名册里再写"
                message = f"学校已经验收，教师 {number} 的免考被改动了"
                yield at, message, leave if current.exempt else hint
            elif _was_there(before, teacher) != _was_there(before, current):
                if came_back(current) and (begins := _came_first(before, teacher, current)):
                    if not (teacher.joined and teacher.joined.from_) and not _counts_before(proposal, before, begins):
                        continue
                    hint = _BACK_AFTER
                at = after.at(current, "left" if current.left else "joined" if current.joined else "number")
                message = f"学校 {accepted} 已经验收，教师 {number} 那天或者以前在不在校、去了哪里被改动了"
                yield at, message, hint


@rule("ROSTER-LATE", "keeping", authority=OURS, severity="warning", presupposes=("ROSTER-KEPT", "HOURS-KEPT"))
def who_comes_after_the_acceptance_says_when(proposal: Proposal) -> Iterator[Breach]:
    """学校验收合格以后名册里添上的教师，写明到校日期。

    不写的当一直在校，这一轮还没有合格，验收过的合格率就跟着变了。
    """
    for before, accepted, after in _accepted_rosters(proposal):
        for teacher in _added(before, after):
            if teacher.joined is None and not teacher.home:
                message = f"学校 {accepted} 已经验收，新添的教师 {teacher.number} 没有写到校日期"
                hint = (
                    "验收以后才来的，写上到校日期（joined），不算进这一轮；"
                    "验收时漏了的，请县里先写一条“限期整改”，添上、复查以后再验收"
                )
                yield after.at(teacher, "number"), message, hint


def _accepted_rosters(proposal: Proposal) -> Iterator[tuple[YearOfSchool, str, Record[Teachers]]]:
    """Rounds of schools as the county has accepted them, the day of that, and the roster as it is afterwards.

    A roster that is gone is PORTFOLIO-KEPT's.
    """
    for school in proposal.changed(proposal.base.schools):
        later = proposal.head.units.get(school.path)
        for year in school.years:
            before = proposal.base.school_year(school, year)
            after = later.one(Teachers, year=year) if later else None
            if before.accepted and after:
                yield before, before.accepted.date, after


def _added(before: YearOfSchool, after: Record[Teachers]) -> Iterator[Teacher]:
    return (teacher for teacher in after.data.teachers if teacher.number not in before.teachers)


def _was_there(year: YearOfSchool, teacher: Teacher) -> tuple[object, ...]:
    """What a row says of the time until the school was accepted: whether somebody was there on that day, from when to
    when they had been (an activity of 全体 counts for whoever was there), where else they belong, where they had gone.
    """
    day, stay, left = year.accepted.date if year.accepted else "", Stay(year, teacher), teacher.left
    gone = (left.date, left.reason, left.to) if left and left.date < day else None
    spans = [(first, min(last, day)) for first, last in stay.spans if first <= day]
    return stay.covers(day), spans, teacher.home, gone


def _came_first(year: YearOfSchool, was: Teacher, now: Teacher) -> str:
    """The day in this round on which somebody had come who was there at the acceptance, left after it and is back.

    Their row says nothing any more of that day. Empty where that is not what has changed.
    """
    day, before, after = year.accepted.date if year.accepted else "", Stay(year, was), Stay(year, now)
    stayed = before.covers(day) and after.covers(day) and after.spans[0][1] > day and after.spans[1][0] > day
    return before.begins if stayed and was.home == now.home and not came_back(was) else ""


def _counts_before(proposal: Proposal, year: YearOfSchool, day: str) -> bool:
    """Whether there are activities of everybody before a day: they would count for who was not there yet."""
    unit = proposal.head.units.get(year.school.path)
    records = unit.all(Activities, year=year.year) if unit else []
    every = [activity for record in records for activity in record.data.activities]
    return any(each.date < day and each.hours and EVERYBODY in each.participants for each in every)


@rule("NAME-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT",))
def reviewed_names_stay(proposal: Proposal) -> Iterator[Breach]:
    """教师有了评审结果，编号和姓名就不再分开；要更正的，县里先在验收记录里写一条姓名更正。

    结果、学分和证书都跟着编号走：换掉一个姓名，就把一个人的成绩给了另一个人。换一年、换一所学校、换一个县也一样；更正由评审他的县写。
    """
    renamed = [(year, teacher) for year in proposal.head.school_years() for teacher in _named_anew(proposal, year)]
    reviewed = [*_names_reviewed(proposal.base, {teacher.number for _, teacher in renamed})]
    for year, teacher in renamed:
        known: dict[Unit, set[str]] = {}
        for number, county, name, counts in reviewed:
            # What another county's school says alone of somebody keeps nobody from putting their name right.
            here = year.school.county is not None and county.path == year.school.county.path
            if number == teacher.number and (counts or here):
                known.setdefault(county, set()).add(name)
        for county, names in known.items():
            now = proposal.head.units.get(county.path)
            corrected = now.corrections.get(teacher.number, ()) if now else ()
            if teacher.name not in (corrected[-1:] or names):
                assert year.roster is not None
                message = f"教师 {teacher.number} 已经有评审结果，或者县里已经验收、认定，姓名却不是那时的那一位"
                hint = f"恢复原来的姓名；确实要更正的，请{county.name}先在 acceptance/ 里写一条 corrections"
                yield year.roster.at(teacher, "name"), message, f"{hint}；编号给了另一位老师的，换一个编号"
                break


def _named_anew(proposal: Proposal, year: YearOfSchool) -> Iterator[Teacher]:
    """The rows of a roster whose number did not have that name in it before."""
    earlier = proposal.base.units.get(year.school.path)
    before = earlier.one(Teachers, year=year.year) if earlier else None
    if year.roster is None or (before and before.data is year.roster.data):
        return
    had = proposal.base.school_year(earlier, year.year).teachers if earlier else {}
    for teacher in year.roster.data.teachers:
        if teacher.number not in had or had[teacher.number].name != teacher.name:
            yield teacher


def _names_reviewed(programme: Programme, numbers: Set[str]) -> Iterator[tuple[str, Unit, str, bool]]:
    """Number, county, name, and whether the row counts: those under which each county's schools reviewed people of some
    numbers, or it accepted or recognised what they did.

    Not of whom a school's roster calls another's own: what it writes of helpers is hours, and no name of theirs.
    """
    for year in programme.school_years() if numbers else ():
        if county := year.school.county:
            reviewed = {result.teacher for _, result in year.results()}
            for number in numbers & year.teachers.keys():
                teacher = year.teachers[number]
                counts = Stay(year, teacher) in agreed(year.stays_of(teacher))
                studied = year.stated_hours(teacher) if year.accepted and not teacher.home else None
                if number in reviewed or (studied and sum(studied)):
                    yield number, county, teacher.name, counts
                if (row := year.register.get(number)) and (year.levels.of(row) or not teacher.home):
                    yield number, county, row.name, counts
            for number in (numbers - year.teachers.keys()) & year.register.keys():
                yield number, county, year.register[number].name, True


@rule("HOURS-KEPT", "keeping", authority=OURS, presupposes=("ROUND-KEPT",))
def accepted_hours_stay(proposal: Proposal) -> Iterator[Breach]:
    """学校验收合格之后，已有的活动不改不删，只增加验收以后新办的；学校自己导入的网络研修学时也不改。认定以后，新办的也要在认定以后，县里导入的也不改。

    学时由活动和机构的导出算出，改了活动、补写倒填日期的活动、换了导出，认定的就不是验收时看过的学时；没有活动记录的，名册上的学时
    也不改；验收以后添上的教师，不写到校日期就不带学时。要更正的，请县里先写一条“限期整改”。
    """
    hint = "恢复原样；要更正的，请县里先写一条“限期整改”，改好、复查以后再验收、认定"
    for school in proposal.base.schools:
        later = proposal.head.units.get(school.path)
        for year in school.years:
            before = proposal.base.school_year(school, year)
            accepted = before.accepted
            if accepted is None:
                continue
            state, day = ("学校已经验收", accepted.date)
            if accepted.recognition:
                state, day = "学时已经认定", accepted.recognition.date
            yield from _claims_rewritten(proposal, before, state)
            yield from _hours_brought(before, later, state)
            record = school.one(Activities, year=year)
            if record is None:
                yield from _hours_rewritten(proposal, school, year, state)
            if later and (after := later.one(Activities, year=year)):
                left, kept = list(after.data.activities), True
                for activity in record.data.activities if record else ():
                    if activity not in left:
                        kept = False
                        message = f"{state}，{activity.date} 的活动“{activity.theme}”被改动或删掉了"
                        yield after.at(None, "activities", key=True), message, hint, None, after.path
                    else:
                        left.remove(activity)
                for activity in left if kept else ():  # one that was changed is there in other words
                    if activity.date <= day:
                        message = f"{state}（{day}），新写的活动日期却是 {activity.date}"
                        yield after.at(activity, "date"), message, hint, None, f"{after.path} 补写"


def _claims_rewritten(proposal: Proposal, before: YearOfSchool, state: str) -> Iterator[Breach]:
    """Hours that providers' exports tell; before the recognition those that the school has brought, not the county."""
    unit = proposal.head.units.get(before.school.path)
    if unit is None:
        return
    after = proposal.head.school_year(unit, before.year)
    recognised = before.is_recognised
    for number in sorted(before.claims.keys() | after.claims.keys()):
        old, new = (
            [each for each in claims.get(number, []) if recognised or each.record.unit == unit.path]
            for claims in (before.claims, after.claims)
        )
        if sorted(each.study.hours for each in old) != sorted(each.study.hours for each in new):
            at = new[0].record.at(new[0].study) if new else Location(old[0].record.path)
            message = f"{state}，机构导出的教师 {number} 的网络研修学时被改动了"
            hint = "恢复原样；要更正的，请县里先写一条“限期整改”，改好、复查以后再验收、认定"
            yield (
                at,
                message,
                hint,
                About(before.school.path, before.year, number),
                f"{before.school.path} {before.year} 导出",
            )


def _hours_brought(before: YearOfSchool, later: Unit | None, state: str) -> Iterator[Breach]:
    """Hours of people who are put on the roster since, and say nothing of having come since."""
    roster = later.one(Teachers, year=before.year) if later else None
    for teacher in _added(before, roster) if roster else ():
        hours = teacher.hours
        if roster and hours and (hours.online or hours.practice) and teacher.joined is None:
            message = f"{state}，新添的教师 {teacher.number} 没有写到校日期，却有学时"
            hint = (
                "验收以后才来的，写上到校日期（joined）；验收时漏了的，请县里先写一条“限期整改”，添上、复查以后再验收"
            )
            yield roster.at(teacher, "hours"), message, hint


def _hours_rewritten(proposal: Proposal, school: Unit, year: int, state: str) -> Iterator[Breach]:
    """Hours that only the roster tells; those that an export has told since are none of them."""
    later = proposal.head.units.get(school.path)
    after = later.one(Teachers, year=year) if later else None
    if after is None:
        return
    before = proposal.base.school_year(school, year)
    known = {number: teacher.hours for number, teacher in before.teachers.items()}
    claims = proposal.head.school_year(later, year).claims if later else {}
    for teacher in after.data.teachers:
        hours, now = known.get(teacher.number), teacher.hours
        if hours and now and now.online is None and teacher.number in claims:
            hours = msgspec.structs.replace(hours, online=None)
        if teacher.number in known and now != hours:
            message = f"{state}，教师 {teacher.number} 的学时被改动了"
            yield (
                after.at(teacher, "hours" if now else "number"),
                message,
                "恢复原样；要更正的，请县里先写一条“限期整改”，改好、复查以后再验收、认定",
            )


@rule(
    "PORTFOLIO-KEPT",
    "keeping",
    authority="本项目的约定（档案只更正，不删除）",
    presupposes=("UNIT-KEPT", "ROUND-KEPT"),
)
def portfolios_stay(proposal: Proposal) -> Iterator[Breach]:
    """有了评审结果，名册里的教师、活动记录、成果登记和附件里的成果就不删；抽查过的那一项、验收以后的每一项，登记过的成果和附件也不换。

    它们是电子档案的一部分，只更正，不删除。县里抽查、验收的是当时那一份，换掉一张图，就不是看过的那一份了。
    """
    removed = _removed(proposal)
    exchanged = {each.path for each in proposal.differences if each.before and each.after}
    for school in proposal.changed(proposal.base.schools):
        later = proposal.head.units.get(school.path)
        for year in school.years:
            reviewed = {number for number, _ in proposal.base.school_year(school, year).standing}
            for kind in (Activities, Evidence):
                record = school.one(kind, year=year)
                if reviewed and record and record.path in removed:
                    yield Location(record.path), "已经有评审结果，这份记录是电子档案的一部分，被删掉了", "恢复原样"
            folder = f"{ROOT}{school.path}/{year}/attachments/"
            for path in sorted(path for path in removed if reviewed and path.startswith(folder)):
                yield Location(path), "已经有评审结果，这份成果是电子档案的一部分，被删掉了", "恢复原样"
            before = proposal.base.school_year(school, year)
            # Whose an attachment is nobody writes: where a result has been looked at, it may have been for that.
            if looked := "学校已经验收" if before.accepted else _last_looked_at(before):
                for path in sorted(path for path in exchanged if path.startswith(folder)):
                    yield Location(path), f"{looked}，这份成果被换掉了", "恢复原样；补交的另存一个文件名"
                yield from _evidence_exchanged(before, later)
            roster = school.one(Teachers, year=year)
            after = later.one(Teachers, year=year) if later else None
            if not reviewed or roster is None or (after is None and roster.path not in removed):
                continue
            if after is None:
                yield Location(roster.path), "已经有评审结果，名册是电子档案的一部分，被删掉了", "恢复原样"
                continue
            left = {teacher.number for teacher in after.data.teachers}
            for number in sorted(number for number in reviewed if number not in left):
                yield (
                    after.at(None, "teachers", key=True),
                    f"教师 {number} 有评审结果，却从名册里删掉了",
                    "恢复这一条；调走的，在这一条里写离校（left）和调往（to），新学校写到校（joined）和调自（from）；"
                    "编号写错了、县里还没有看过的，请县里先删掉这些评审，合并以后再一起改编号",
                )


def _last_looked_at(year: YearOfSchool) -> str:
    """That somebody above has looked at results of the school, as the beginning of a sentence; empty where not."""
    last = max(_looked_at(year).values(), default="")
    return f"{last} 抽查过这所学校的结果" if last else ""


def _evidence_exchanged(was: YearOfSchool, later: Unit | None) -> Iterator[Breach]:
    """Evidence that was registered when somebody looked at the result, or the county accepted, and is not as it was."""
    before = was.school.one(Evidence, year=was.year)
    after = later.one(Evidence, year=was.year) if later else None
    if before is None or after is None:
        return
    left, checked = list(after.data.submissions), _looked_at(was)
    for each in before.data.submissions:
        if each in left:
            left.remove(each)
            continue
        day, seen = checked.get((each.teacher, each.microability), ""), "学校已经验收"
        if was.accepted is None:
            if each.date > day:  # handed in since then, or nobody has looked at it
                continue
            seen = f"{day} 抽查过"
        same = next((one for one in left if (one.teacher, one.microability) == (each.teacher, each.microability)), None)
        at = after.at(same) if same else after.at(None, "submissions", key=True)
        message = f"{seen}，教师 {each.teacher} 的“{each.microability}”登记的成果被改动或删掉了"
        yield at, message, "恢复原样；补交的在后面另写一条", None, "" if same else f"{before.path} 删掉"


def _removed(proposal: Proposal) -> set[str]:
    """Paths that are gone. A record that is there but cannot be read, or whose unit cannot, is not: that was said."""
    return {each.path for each in proposal.differences if each.after is None}

"""Who may change what: the forge's account decides, never the name in the commit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from wholeschool.authority import OURS
from wholeschool.changes.codeowners import PLACE as CODEOWNERS
from wholeschool.changes.codeowners import codeowners
from wholeschool.changes.proposal import Author, Proposal
from wholeschool.changes.unit_history import changed_units, lines_of_former, lost_codes
from wholeschool.days import FOREVER, holds
from wholeschool.errors import RepositoryError
from wholeschool.findings import Location
from wholeschool.programme import Programme, Unit, YearOfSchool, assemble
from wholeschool.programme.earlier import DECISIONS
from wholeschool.records import Place, Record, load
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import (
    Acceptance,
    Account,
    Accounts,
    Appeals,
    Approvals,
    Filings,
    Inspections,
    Nominations,
    Performance,
    Pilots,
    Resources,
    ResultUses,
    SpotCheck,
    Training,
    WorkLog,
)
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import NOMINATION_FORM
from wholeschool.rules.unit_history import TITLES
from wholeschool.sources import CommitTree

# Slashes in the path of a unit.
COUNTY_DEPTH, SCHOOL_DEPTH = 2, 3
# Below a unit: what is in no folder of another unit.
_OWN_FILE = r"(?:[^/]+$|(?:teams|cases|20[0-9]{2})/)"
_OF_A_UNIT = re.compile(rf"{ROOT}(?!guidance/)[^/]+/")
_ABOVE_COUNTIES = re.compile(rf"{ROOT}[^/]+/(?:[^/]+/)?{_OWN_FILE}")
_DECISIONS = (
    *((Approvals, "approvals"), (Approvals, "branches")),
    *((Acceptance, "acceptances"), (Acceptance, "corrections")),
    (Appeals, "appeals"),
)
# Lists outside the rounds that decisions name people, providers and documents of.
_LIST = re.compile(r"teams/[^/]+\.yaml|(?:providers|documents)\.yaml")
_BESIDE_THE_PLAN = ("survey.yaml", "scheme.yaml")
"""Papers of a round that its plan and its reviews rest on, and that no other rule keeps."""
DONE: Mapping[type[Any], tuple[str, str]] = {
    **{Training: ("batches", "ends"), WorkLog: ("entries", "date")},
    **{ResultUses: ("uses", "date"), Resources: ("resources", "")},
}
"""Records of work: the list in each, and which field of an entry says when it was done."""
_CONFIRMED = {**TITLES, "type": "学校类型", "environments": "信息化环境", "demo": "样张"}
_DATED = {"former": "曾用", "opened": "设立日期", "closed": "撤销"}


class Registered(NamedTuple):
    """A registered account: its unit (empty for a maintainer), its id where known, where it stands, and its term."""

    account: str
    id: str | None
    unit: str
    place: Place
    since: str | None = None
    until: str | None = None

    def holds(self, day: str) -> bool:
        """Whether it stands for its unit on a day; whenever, where nobody says which day it is."""
        return holds(self.since, day, self.until)

    def covers(self, other: Registered) -> bool:
        """Whether it stands for what stands over the other's unit."""
        return not self.unit or other.unit.startswith(f"{self.unit}/")

    def shares_with(self, other: Registered) -> str:
        """Which field says that both are one account: `id`, `account`, or empty where none does."""
        if self is other:
            return ""
        if self.account.lower() == other.account.lower():
            return "account"
        return "id" if self.id is not None and self.id == other.id else ""

    def at(self, field: str) -> Place:
        """Where it says that; of a maintainer the list."""
        return self.place if not self.unit else self.place._replace(pointer=(field,))


def registered(programme: Programme) -> Iterator[Registered]:
    """Every account that may do anything. A county names itself and its schools, other units only themselves.

    A school's account is there before the school's first record: somebody has to hand that in.
    """
    if programme.settings:
        ids = {each.account.lower(): each.id for each in programme.settings.data.maintainer_ids}
        for keeper in programme.settings.data.maintainers:
            yield Registered(keeper, ids.get(keeper.lower()), "", programme.settings.at(None, "maintainers", key=True))
    for unit, record in programme.each(Accounts):
        for entry in record.data.accounts:
            is_school = unit.level == "县" and entry.unit.rpartition("/")[0] == unit.path
            if entry.unit == unit.path or is_school:
                place = record.at(entry, "account")
                yield Registered(entry.account, entry.id, entry.unit, place, entry.from_, entry.until)


def _of_name(programme: Programme, author: Author) -> list[Registered]:
    """What is registered under the name. Forges do not tell the case of its letters apart, which are ASCII."""
    if not author.account.isascii():
        return []
    return [entry for entry in registered(programme) if entry.account.lower() == author.account.lower()]


def _is_meant(entry: Registered, author: Author) -> bool:
    """Where an id is recorded it counts: a freed name may be anybody's tomorrow."""
    return entry.id is None or entry.id == author.id


def _recognised(programme: Programme, author: Author, day: str) -> list[Registered]:
    """What the author may act as on a day."""
    return [entry for entry in _of_name(programme, author) if _is_meant(entry, author) and entry.holds(day)]


def standing_for(programme: Programme, author: Author, day: str) -> set[str]:
    """The units an author stands for on a day (YYYY-MM-DD; empty: nobody asks)."""
    return {entry.unit for entry in _recognised(programme, author, day) if entry.unit}


def may_change(programme: Programme, author: Author, day: str) -> Callable[[str], bool]:
    """Whether the author may change a file on a day: a maintainer any, a school and a county their folders.

    A province or a city only files of its own: a new county below it is set up by a maintainer.
    """
    if any(not entry.unit for entry in _recognised(programme, author, day)):
        return lambda path: True
    folders = [
        re.compile(re.escape(f"{ROOT}{unit}/") + ("" if unit.count("/") >= COUNTY_DEPTH else _OWN_FILE))
        for unit in standing_for(programme, author, day)
    ]
    return lambda path: any(folder.match(path) for folder in folders)


@rule("PATH-OWNER", "paper", authority="本项目的约定（谁的记录谁负责，别人代改的，本单位没有看过）")
def paths_belong_to_the_author(proposal: Proposal) -> Iterator[Breach]:
    """一个账号只改自己单位的记录；县级的备案、抽查、验收、台账和账号只有县级账号能改；程序和配置只有维护人员能改。

    账号代表哪个单位，看合并之前的 accounts.yaml，提交里改了也不算；登记了编号的，名字和编号都要对上；
    写了 from、until 的，只在这几天里算。
    开合并请求的和后来往里推送的不是同一个账号时，两个都要能改。
    """
    today = proposal.head.today
    for author in proposal.authors:
        allowed = may_change(proposal.base, author, today)
        foreign = [each.path for each in proposal.differences if not allowed(each.path)]
        base = _with_all_accounts(proposal) if foreign else proposal.base
        own = "、".join(sorted(standing_for(base, author, today)))
        out = [each for each in _of_name(base, author) if _is_meant(each, author) and not each.holds(today)]
        if foreign and out and (told := _out_of_term(out, foreign, today)):
            yield told
            return
        if foreign and not own and _of_name(base, author):
            if author.id is None:
                message, hint = (
                    "服务器没有给出提交账号的编号，认不出是不是登记的那一个",
                    "请管理员检查：--author-id，或者钩子的 --account-id",
                )
            else:
                message = "提交的账号与登记的同名，编号不同：这个名字可能已经是别人的"
                hint = (
                    "请县级管理员核实是谁；确实换了账号的，accounts.yaml 里原来那一条写 until，另写一条，合并后再提交"
                )
            yield Location(foreign[0]), message, hint
            return
        of_units = [path for path in foreign if _OF_A_UNIT.match(path)]
        if foreign and not of_units:
            message = f"程序和配置只有维护人员能改，提交的账号不是；它改了 {len(foreign)} 个文件"
            yield Location(foreign[0]), message, "请维护人员来改；要报的记录放在 submissions/ 里自己的文件夹"
            return
        if foreign and not own:
            message = f"提交的账号还没有登记，它改了 {len(foreign)} 个文件"
            who = "维护人员" if _ABOVE_COUNTIES.match(of_units[0]) else "县级管理员"
            yield Location(of_units[0]), message, f"请{who}把账号和单位写进 accounts.yaml，合并后再提交"
            return
        for path in foreign:
            whose = "" if _OF_A_UNIT.match(path) else "；程序和配置请维护人员来改"
            yield Location(path), "这个文件不归提交的账号管", f"这个账号可以改：{own}{whose}"
        if foreign:
            return


def _with_all_accounts(proposal: Proposal) -> Programme:
    """The base with the accounts of the counties too that the change does not touch: whose account it is."""
    base, tree = proposal.base, proposal.base_tree
    if not base.elsewhere or not isinstance(tree, CommitTree):
        return base
    files = tree.listing(*(f"{ROOT}{county}/" for county in sorted(base.elsewhere)))
    more = load(tree, [each for each in files if each.path.endswith(("/unit.yaml", "/accounts.yaml"))])
    return assemble(more._replace(records=[*base.records, *more.records]))


def _out_of_term(entries: list[Registered], foreign: list[str], today: str) -> Breach | None:
    """That the account would have been allowed to on another day; None where it never was."""
    for path in foreign:
        mine = [each for each in entries if path.startswith(f"{ROOT}{each.unit}/")]
        if not mine:
            continue
        last = max(mine, key=lambda each: each.until or FOREVER)
        when = f"到 {last.until} 为止" if last.until and last.until < today else f"从 {last.since} 才开始"
        message = f"提交的账号代表 {last.unit} {when}，今天是 {today}"
        mend = "请县里另一位的账号或者维护人员改 accounts.yaml 里的 from、until，合并后再提交"
        hint = f"仍然由他办的，{mend}；换了人的，用新的账号"
        return Location(path), message, hint
    return None


def _is_of(account: str, identity: str | None, authors: Iterable[Author]) -> bool:
    """Whether an account is an author's, by its name or by its id: who renames it is still who they are."""
    return any(account.lower() == each.account.lower() or (identity and identity == each.id) for each in authors)


@rule(
    "OWN-DECISION",
    "paper",
    authority="本项目的约定（自己审自己，结论就不可信）",
    presupposes=("PATH-OWNER", "ACCOUNT-KEPT"),
)
def nobody_decides_about_their_own_school(proposal: Proposal) -> Iterator[Breach]:
    """一个账号不审核、不验收、不抽查、不检查、不评估自己代表的学校，不替县里处理它的申诉，也不给它的人更正姓名；自己不结束自己代表的学校账号，也不给县里另添账号。

    小县里县级账号和学校账号可能是同一个人管，他那所学校的结论请县里另一位来写，挂靠的学校算一家；不再代表学校了，也请另一位或者维护人员来改，
    不然写上到期就能审核了。
    """
    today = proposal.head.today
    above = [one for author in proposal.authors for one in _recognised(proposal.base, author, today)]
    own = {
        entry.unit
        for entry in registered(proposal.base)
        if _is_of(entry.account, entry.id, proposal.authors)
        and entry.holds(today)
        # Of those above a county its word for their id counts for nothing: they would decide about its schools no more.
        and (
            any(entry.account.lower() == author.account.lower() for author in proposal.authors)
            or not any(one.covers(entry) for one in above if one.unit.count("/") < COUNTY_DEPTH)
        )
    }
    schools = {path for path in own if path.count("/") == SCHOOL_DEPTH}
    yield from _accounts(proposal, schools)
    for path in sorted(schools):
        county = path.rpartition("/")[0]
        unit, before = proposal.head.units.get(county), proposal.base.units.get(county)
        for year in unit.years if unit else ():
            for kind, name in _DECISIONS:
                records = unit.all(kind, year=year) if unit else []
                known = before.all(kind, year=year) if before else []
                old = [each for one in known for each in getattr(one.data, name)]
                family = {each.rpartition("/")[2] for each in _family(proposal.head, path, year)}
                people = _people(proposal.head, path) if name == "corrections" else set()
                for record, entry in ((one, each) for one in records for each in getattr(one.data, name)):
                    # A name is corrected for the whole county, whichever school the correction names.
                    if entry not in old and (entry.school in family or (people and entry.teacher in people)):
                        yield record.at(entry, "school"), "提交的账号也代表这所学校", "请县里另一位的账号提交这一条"
    for keeper, record in proposal.head.each(Performance):
        was = proposal.base.units.get(keeper.path)
        written = was.one(Performance, year=record.year) if was else None
        for each in record.data.evaluations if keeper.level != "校" else ():
            own_family = _families(proposal.head, schools, record.year or 0)
            if each.unit in own_family and (written is None or each not in written.data.evaluations):
                yield record.at(each, "unit"), "提交的账号也代表这所学校", "请县里另一位的账号提交这一条"
    for keeper, inspected in proposal.head.each(Inspections):
        was = proposal.base.units.get(keeper.path)
        said = was.one(Inspections, year=inspected.year) if was else None
        for visit in inspected.data.inspections:
            own_family = _families(proposal.head, schools, inspected.year or 0)
            if visit.unit in own_family and (said is None or visit not in said.data.inspections):
                yield inspected.at(visit, "unit"), "提交的账号也代表这所学校", "请这个机关另一位的账号提交这一条"
    for keeper, check in proposal.head.each(SpotCheck):
        was = proposal.base.units.get(keeper.path)
        earlier = was.one(SpotCheck, year=check.year, name=check.name) if was else None
        for item in check.data.items:
            own_family = _families(proposal.head, schools, check.year or 0)
            if item.school in own_family and (earlier is None or item not in earlier.data.items):
                yield check.at(item, "school"), "提交的账号也代表这所学校", "请县里另一位的账号提交这一条"


def _family(programme: Programme, path: str, year: int) -> set[str]:
    """A 中心学校 with the schools attached to it in a round, of which the one with this path is one (paths)."""
    school = programme.units.get(path)
    if school is None or school.parent is None:
        return {path}

    def center(each: Unit) -> Unit:
        return programme.school_year(each, year).center or each

    return {path, *(each.path for each in school.parent.children if center(each) is center(school))}


def _people(programme: Programme, path: str) -> set[str]:
    """The numbers that the rosters of a school's rounds have as its own."""
    school = programme.units.get(path)
    years = (programme.school_year(school, year) for year in school.years) if school else ()
    return {number for each in years for number, teacher in each.teachers.items() if not teacher.home}


def _families(programme: Programme, schools: set[str], year: int) -> set[str]:
    return {each for path in schools for each in _family(programme, path, year)}


def _accounts(proposal: Proposal, schools: set[str]) -> Iterator[Breach]:
    """The authors' own entries for their schools that the change ends or gives to another account, and another
    account of the county that they add: with that they might decide about their schools after all."""
    changed = {each.path for each in proposal.differences}
    for unit, was in proposal.base.each(Accounts):
        if was.path not in changed:
            continue
        later = proposal.head.units.get(unit.path)
        now = later.one(Accounts) if later else None
        left = now.data.accounts if now else ()
        for entry in was.data.accounts:
            if entry.unit not in schools or not _is_of(entry.account, entry.id, proposal.authors):
                continue
            # Adding the id to the name takes nothing away.
            same = [each for each in left if each.unit == entry.unit and each.account.lower() == entry.account.lower()]
            if not any(entry.id in (None, each.id) and _covers(each, entry) for each in same):
                school = proposal.base.units.get(entry.unit)
                name = school.name if school else entry.unit
                at = now.at(None, "accounts", key=True) if now else Location(was.path)
                yield at, f"提交的账号结束了自己代表{name}的那一条", "请县里另一位的账号或者维护人员来改"
        known = [each for each in was.data.accounts if each.unit == unit.path]
        for entry in left if any(path.rpartition("/")[0] == unit.path for path in schools) else ():
            if now and entry.unit == unit.path and not any(_gains_nothing(entry, each, proposal) for each in known):
                message = f"提交的账号也代表本县的学校，又给{unit.name}添了或者改了一个账号"
                yield now.at(entry, "account"), message, "请县里另一位的账号或者维护人员来改"


def _gains_nothing(now: Account, was: Account, proposal: Proposal) -> bool:
    """Whether nobody may do by an entry what nobody could by another: the same account and id, on no other days.

    Whoever acts may add their own id to their own account.
    """
    own = Author(now.account, now.id) in proposal.authors
    return now.account.lower() == was.account.lower() and (now.id == was.id or own) and _covers(was, now)


def _covers(now: Account, was: Account) -> bool:
    """Whether an account stands for its unit at least on the days on which it did."""
    return (now.from_ or "") <= (was.from_ or "") and (now.until or FOREVER) >= (was.until or FOREVER)


@rule("ACCOUNT-ID", "paper", authority=OURS, severity="warning")
def accounts_are_known_by_their_id(proposal: Proposal) -> Iterator[Breach]:
    """提交的账号，名字旁边登记了代码平台给它的编号。

    账号注销或者改名以后，原来的名字谁都可以再注册；只按名字认人，捡到名字的人就有了原来的权限。
    """
    told = set()
    for author in proposal.authors:
        for entry in _of_name(proposal.base, author):
            place = entry.place.location
            if (
                author.id
                and entry.id is None
                and entry.holds(proposal.head.today)
                and (place.path, place.line) not in told
            ):
                told.add((place.path, place.line))
                written = f'id: "{author.id}"'
                where = f"这一条里加 {written}"
                if not entry.unit:
                    where = f"maintainer_ids 里加 - {{account: {entry.account}, {written}}}"
                hint = f"核实这次提交的确实是本人，再在 {place.path} 的{where}"
                yield place, f"账号 {entry.account} 没有登记编号", hint


def all_may_change(proposal: Proposal, path: str, by: Programme | None = None) -> bool:
    """Whether every author may change what lies there, as the base has it (`by`: as that has it).

    Whoever may change a county's own records stands for it.
    """
    known = by or proposal.base
    return all(may_change(known, author, proposal.head.today)(path) for author in proposal.authors)


def county_has_to(proposal: Proposal, unit: Unit) -> str:
    """Who else has to change what only a county may change about a school, as a hint; empty where the authors may.

    Whoever stands for the school too is not the county where its own school is concerned.
    """
    if not all_may_change(proposal, unit.county.record.path if unit.county else ROOT):
        return "请县级工程办用县里的账号来改" if unit.county else "请维护人员来改"
    today = proposal.head.today
    own = {path for author in proposal.authors for path in standing_for(proposal.base, author, today)}
    schools = {path for path in own if path.count("/") == SCHOOL_DEPTH}
    if unit.path in {each for year in {0, *unit.years} for each in _families(proposal.base, schools, year)}:
        return "提交的账号也代表这所学校，请县里另一位的账号来改"
    return ""


def _is_settled(proposal: Proposal, unit: Unit) -> bool:
    """Whether what the unit is has been decided by: the county by its plan, or the office itself about others."""
    if unit.county is None:
        return any(unit.all(kind) for kind in DECISIONS)
    years = {*unit.years, *unit.county.years}
    return any(_is_confirmed(proposal.base.school_year(unit, year)) for year in years)


def _is_confirmed(year: YearOfSchool) -> bool:
    """Whether the county has approved a plan of the school, or whose branch it is: by whichever plan it goes now."""
    county = year.school.county
    return county is not None and (
        any(each.school == year.school.slug and each.decision == "审核通过" for _, each in county.approvals(year.year))
        or any(each.school == year.school.slug for each in county.branches(year.year))
    )


def _taken_away(proposal: Proposal, unit: Unit, gone: set[str]) -> Iterator[Breach]:
    """The folder of a unit, or of one of its rounds, that is gone as a whole though the county had decided by it."""
    hint = "恢复原样；改名、合并、撤销的，写在它的 unit.yaml 里（wholeschool unit change、unit close），文件夹留着"
    years = [year for year in unit.years if gone.issuperset(unit.paths(year))]
    decided = [year for year in years if was_decided(proposal, unit, year)]
    if decided and not proposal.head.is_there(unit.path):
        yield Location(unit.record.path), f"{unit.name}的记录有决定作依据，文件夹却被删掉或者改了名", hint
        return
    if any(was_decided(proposal, unit, year) for year in unit.years):
        for path in sorted(path for path in gone if _LIST.fullmatch(path.removeprefix(f"{ROOT}{unit.path}/"))):
            yield (
                Location(path),
                "县级已经按这份名单作过决定，名单被删掉了",
                "恢复原样；离任的写 until，合同到期的写日期",
            )
    yield from _sent_and_taken_away(unit, gone)
    yield from _done_and_taken_away(proposal, unit, gone)
    for year in (each for each in unit.years if unit.level == "校" and was_decided(proposal, unit, each)):
        if not proposal.head.is_there(f"{unit.path}/{year}"):
            first = Location(min(unit.paths(year)))
            yield first, f"县级已经按{unit.name} {year} 年的记录作了决定，这一年的文件夹却被删掉了", "恢复原样"
            continue
        for path in sorted(path for path in gone & {*unit.paths(year)} if path.endswith(_BESIDE_THE_PLAN)):
            message = "县级审核规划、验收考核都依据这一份，它却被删掉了"
            yield Location(path), message, "恢复原样；写错了的，改它的内容"


def _sent_and_taken_away(unit: Unit, gone: set[str]) -> Iterator[Breach]:
    """Lists that the office has sent up, as its own register says, or by which it has worked, that are gone."""
    for record in (each for each in unit.all(Nominations) if each.path in gone):
        filings = (one for filed in unit.all(Filings, year=record.year) for one in filed.data.filings)
        if sent := min((one.date for one in filings if one.paper == NOMINATION_FORM), default=""):
            message = f"{sent} 已经照这份推荐名单报送，名单被删掉了"
            yield Location(record.path), message, f"请{unit.name}恢复原样；人选变了的，改名单里的那一条，再报送一次"
    for pilots in (each for each in unit.all(Pilots) if each.path in gone):
        supported = [one.date for pilot in pilots.data.pilots for one in pilot.support]
        if supported or any(unit.all(kind) for kind in DECISIONS):
            why = f"{max(supported)} 还写着对试点的支持" if supported else f"{unit.name}已经作过决定"
            message = f"{why}，试点的名单被删掉了"
            yield Location(pilots.path), message, f"请{unit.name}恢复原样；写错了的，改其中的那一条"


def done_entries(record: Record[Any], today: str) -> list[Any]:
    """What a record of work says that has happened by a day (empty: whenever); of a library all that it lists."""
    name, day = DONE[type(record.data)]
    return [each for each in getattr(record.data, name) if not (day and today) or getattr(each, day) <= today]


def rests_on_work(proposal: Proposal, unit: Unit, year: int | None) -> bool:
    """Whether something was decided about the unit, or by it, in the round that a record of work is of, or in any."""
    return any(was_decided(proposal, unit, each) for each in ([year] if year else unit.years))


def _decided_by(unit: Unit) -> str:
    return f"县级已经对{unit.name}作过决定" if unit.level == "校" else f"{unit.name}已经作过决定"


def _done_and_taken_away(proposal: Proposal, unit: Unit, gone: set[str]) -> Iterator[Breach]:
    """Records of work that was done, on which what was decided since may rest, that are gone."""
    records: list[Record[Any]] = [each for kind in DONE for each in unit.all(kind)]
    for record in (each for each in records if each.path in gone):
        there = f"{unit.path}/{record.year}" if record.year else unit.path
        done = done_entries(record, proposal.head.today)
        if done and rests_on_work(proposal, unit, record.year) and proposal.head.is_there(there):
            title = record.placed.kind.title
            message = f"{_decided_by(unit)}，{title}里写着 {len(done)} 条已经有的，记录被删掉了"
            yield Location(record.path), message, "恢复原样；写错了的，改其中的那一条"


def _emptied(proposal: Proposal) -> set[str]:
    """Lists that are there and say nothing any more: as if they were gone."""
    changed = {each.path for each in proposal.differences if each.before and each.after}
    sides = (proposal.base.records, proposal.head.records) if changed else ((), ())
    before, after = ({each.path: _length(each) for each in side if each.path in changed} for side in sides)
    return {path for path, length in before.items() if length and after.get(path, length) == 0}


def _length(record: Record[Any]) -> int | None:
    """How many entries a record lists; None where it says anything else."""
    values = msgspec.structs.astuple(record.data)
    return sum(map(len, values)) if all(isinstance(each, tuple) for each in values) else None


def was_decided(proposal: Proposal, unit: Unit, year: int) -> bool:
    """Whether the county had decided about the school in a round, or the office itself had."""
    if unit.level == "校":
        return bool(proposal.base.school_year(unit, year).approvals)
    return any(unit.all(kind, year=year) for kind in DECISIONS)


@rule("UNIT-KEPT", "keeping", authority=OURS)
def what_a_school_is_is_confirmed_by_the_county(proposal: Proposal) -> Iterator[Breach]:
    """规划审核通过以后，学校的名称、代码、类型、信息化环境、挂靠的中心学校和样张，由县级账号来改；县以上单位作过决定以后，由维护人员来改。

    曾用、设立、撤销一开始就由他们写；撤销写下以后，只有维护人员能改。有了县级的决定，单位的文件夹、团队、承担机构、文件和试点的名单、报送过的推荐名单、学校的调研和考核方案、做过了的培训、工作记录、结果应用和资源库就不删；发过证书的代码变了，原来的
    写进 former。
    证书上印的、统计时归类的、规划用谁的、能选哪些微能力，都看这几项；审核以后再换，备案的就不是同一所学校了。
    """
    gone = {each.path for each in proposal.differences if each.after is None} | _emptied(proposal)
    for unit in proposal.base.units.values() if gone else ():
        yield from _taken_away(proposal, unit, gone)
    for unit, later in changed_units(proposal):
        if given_up := lost_codes(unit, later):
            old = "、".join(given_up)
            message = f"{unit.name}已经发过证书，证书上写着代码 {old}，代码却被改动了"
            lines = lines_of_former(proposal, "", code=unit.data.code)
            hint = f"写错的恢复原样；真的换了代码的，在 former 里添一条（日期照实改）：{lines}"
            yield later.record.at(None, "code"), message, hint
            continue
        # Who is closed is in no figures: with a closing that goes and comes, a county would choose them.
        if unit.closed and later.data.closed != unit.data.closed and not all_may_change(proposal, ROOT):
            at = later.record.at(None, "closed") if later.closed else later.record.at(None)
            hint = "恢复原样；写错了的，请维护人员来改"
            yield at, f"{unit.name} {unit.closed} 已经撤销，撤销写下以后不去掉，也不改日期", hint
            continue
        # Whoever may change the county's own records stands for the county, or keeps the programme.
        if not (who := county_has_to(proposal, unit)):
            continue
        fields = {**_DATED, **(_CONFIRMED if _is_settled(proposal, unit) else {})}
        changed = [field for field in fields if getattr(unit.data, field) != getattr(later.data, field)]
        # Who writes that it is called otherwise writes what it was called before: one thing.
        if said := [field for field in changed if field not in _DATED] or changed:
            at = later.record.at(None, said[0]) if getattr(later.data, said[0]) else later.record.at(None)
            title = "、".join(fields[field] for field in said)
            why = f"{title}由上级来写"
            if said[0] not in _DATED:
                why = (
                    f"规划已经审核通过，{title}被学校改动了"
                    if unit.county
                    else f"{unit.name}已经作过决定，{title}被改动了"
                )
            yield at, why, f"恢复原样；确实变了的，{who}"


@rule("UNIT-REST", "paper", authority=OURS, presupposes=("PATH-OWNER",))
def closed_units_are_left_alone(proposal: Proposal) -> Iterator[Breach]:
    """撤销的学校，它自己的账号不再改它的记录。

    撤销以后没有人再对这些记录负责；真的写错了的，由县里更正。
    """
    for school in proposal.base.schools:
        who = county_has_to(proposal, school) if school.closed else ""
        if not who:
            continue
        folder = f"{ROOT}{school.path}/"
        if path := next((each.path for each in proposal.differences if each.path.startswith(folder)), None):
            hint = f"恢复原样；写错了要更正的，{who}"
            yield Location(path), f"{school.name} {school.closed} 已经撤销，它的记录不再改动", hint


@rule("OWNERS-CURRENT", "paper", authority=OURS, severity="warning")
def reviewers_follow_the_accounts(proposal: Proposal) -> Iterator[Breach]:
    """账号变了，.github/CODEOWNERS 跟着变。

    代码平台按它请人审核；没有跟上，就会请到已经不管这件事的人。仓库里没有这个文件的不查。
    """
    if not any(each.path.rpartition("/")[2] in ("accounts.yaml", "programme.yaml") for each in proposal.differences):
        return
    try:
        written = proposal.head_tree.read(CODEOWNERS)
    except RepositoryError:
        return
    # The counties that were not read have not changed; what is written about them holds.
    lines = written.decode("utf-8", "replace").splitlines()
    if missing := [line for line in codeowners(proposal.head).splitlines() if line not in lines]:
        at = Location(CODEOWNERS, 1)
        yield (
            at,
            f"账号变了，还少 {len(missing)} 行，例如“{missing[0]}”",
            "请维护人员运行 wholeschool codeowners",
        )

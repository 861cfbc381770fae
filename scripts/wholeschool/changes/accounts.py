"""What was registered of accounts is kept: it says who acted for a unit, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from wholeschool.authority import OURS
from wholeschool.changes.ownership import COUNTY_DEPTH, SCHOOL_DEPTH, Registered, all_may_change, registered
from wholeschool.changes.proposal import Proposal
from wholeschool.days import FOREVER
from wholeschool.findings import Location
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import Account, Accounts
from wholeschool.rules.registry import Breach, rule


@rule("ACCOUNT-KEPT", "keeping", authority=OURS, presupposes=("PATH-OWNER", "UNIT-KEPT", "UNIT-MOVED"))
def accounts_are_ended_not_deleted(proposal: Proposal) -> Iterator[Breach]:
    """登记过的账号不删，名字和写上的编号不改，不再用的写 until；还没有编号的可以补上。

    那时是谁替这个单位写的记录，以后还要查得到；删掉了、一步一步改成了别人，就看不出来了。账号改了名、编号抄错了的，也是原来那一条写
    until，另写一条写 from。还没有报过记录的单位，账号写错了的可以删。
    """
    changed = {each.path for each in proposal.differences}
    gone = {each.path for each in proposal.differences if each.after is None}
    for unit, was in proposal.base.each(Accounts):
        later = proposal.head.units.get(unit.path)
        if was.path not in changed or later is None:
            continue
        now = later.one(Accounts)
        if now is None and was.path not in gone:
            continue  # it cannot be read
        left = list(now.data.accounts if now else ())
        before = [entry for entry in was.data.accounts if entry.unit in proposal.head.units]
        for entry in sorted(before, key=lambda each: each not in left):  # what is as it was, first
            same = entry if entry in left else next((each for each in left if _is_the_same(entry, each)), None)
            if same is not None:
                left.remove(same)  # it stands for one of them
            else:
                at = now.at(None, "accounts", key=True) if now else Location(was.path)
                message = f"登记过的账号 {entry.account}（代表 {entry.unit}）被删掉或者换成了别人"
                yield (
                    at,
                    message,
                    "恢复原样；不再用的，在那一条里写 until（最后一天），新的账号另写一条",
                    None,
                    was.path,
                )


@rule("ACCOUNT-FREE", "decision", authority=OURS, presupposes=("PATH-OWNER", "ACCOUNT-UNIT"))
def an_account_of_those_above_is_not_registered_below(proposal: Proposal) -> Iterator[Breach]:
    """县里给学校登记的账号，不是上级机关的，也不是维护人员的；上级机关和维护人员也不用县里登记给学校的账号。

    一个账号不对自己代表的学校作决定：替别人登记一条，就能让市里、省里对这所学校作不了决定，他们自己还去不掉。
    已经到期的不算，没有开始的也算。真的由他兼管学校的，由维护人员来登记。
    县里先把上级的编号登记在别的名字下面的，不妨碍上级登记自己的账号，见 ACCOUNT-ABOVE。
    """
    was = list(registered(proposal.base))
    now = [each for each in registered(proposal.head) if (each.until or FOREVER) >= proposal.head.today]
    new = [each for each in now if not _was_there(each, was)]
    keeps = all_may_change(proposal, ROOT)
    for entry in new:
        for other in now:
            below, above = sorted((entry, other), key=lambda each: -each.unit.count("/"))
            if (
                below.unit.count("/") != SCHOOL_DEPTH
                or above.unit.count("/") >= COUNTY_DEPTH
                or not above.covers(below)
            ):
                continue
            if not (same := entry.shares_with(other)) or keeps:
                continue
            if same == "account" and all(_of_that_name(each, was) for each in (entry, other)):
                continue  # what keepers have confirmed: now it has an id
            if same == "id" and entry is above:
                continue  # what a county says of an id counts for nothing beside those whose it is
            whose = f"代表 {other.unit}" if other.unit else "是维护人员"
            message = f"账号 {entry.account} 已经登记过：{whose}"
            hint = "换成这个单位自己的账号；确实由他兼管的，请维护人员来登记"
            if entry is above:
                county = proposal.head.units.get(below.unit.rpartition("/")[0])
                hint = f"换一个账号；那一条不该有的，请{county.name if county else '那个县'}先写 until"
            yield entry.at(same), message, hint
            break


@rule("ACCOUNT-ABOVE", "keeping", authority=OURS, severity="warning", presupposes=("PATH-OWNER", "ACCOUNT-FREE"))
def an_id_of_those_above_is_not_somebody_elses(proposal: Proposal) -> Iterator[Breach]:
    """县里给学校登记的编号，不是上级机关、维护人员另一个账号的编号。

    代码平台的一个编号只是一个账号。县里先登记了的，上级照样登记自己的账号、照样作决定；县里那一条认不出是谁，要改。
    """
    was = list(registered(proposal.base))
    now = [each for each in registered(proposal.head) if (each.until or FOREVER) >= proposal.head.today]
    changed = {each.path for each in proposal.differences}
    over = [each for each in now if each.unit.count("/") < COUNTY_DEPTH and each.id]
    for below in now if over else ():
        above = next((each for each in over if each.covers(below) and below.shares_with(each) == "id"), None)
        if above is None or below.unit.count("/") != SCHOOL_DEPTH or not _was_there(below, was):
            continue  # what is new is ACCOUNT-FREE's
        if below.place.record.path in changed or not _was_there(above, was):
            whose = f"代表 {above.unit}" if above.unit else "是维护人员"
            county = proposal.head.units.get(below.unit.rpartition("/")[0])
            who = county.name if county else "登记它的县"
            message = f"账号 {below.account} 登记的编号是 {above.account} 的，那个账号{whose}；一个编号只是一个账号"
            mend = "这一条写 until；是编号抄错了的，再另写一条"
            hint = f"请{who}核对：{mend}；{above.account} 照样能登记、能作决定"
            yield below.at("id"), message, hint


def _was_there(entry: Registered, was: Collection[Registered]) -> bool:
    """Whether all that an entry says was said before: of the same account and id, for as long or longer.

    What had ended, or was another's id, was looked at by nobody.
    """
    return any(each.id == entry.id for each in _of_that_name(entry, was))


def _of_that_name(entry: Registered, was: Collection[Registered]) -> list[Registered]:
    """What stood for the same unit before by that name, for as long or longer."""
    return [
        each
        for each in was
        if (each.unit, each.account.lower()) == (entry.unit, entry.account.lower())
        and (each.since or "") <= (entry.since or "")
        and (entry.until or FOREVER) <= (each.until or FOREVER)
    ]


@rule("KEEPER-LEFT", "keeping", authority=OURS, presupposes=("PATH-OWNER",))
def whoever_keeps_the_programme_still_does(proposal: Proposal) -> Iterator[Breach]:
    """改维护人员名单的，改了以后自己还在名单里；名单不会空着。

    名字写错一个字母，就谁也改不回来了：程序和配置只有维护人员能改。要交班的，先添新的一位，由他去掉原来的。
    """
    before, after = proposal.base.settings, proposal.head.settings
    if before is None or after is None or not before.data.maintainers:
        return
    if (before.data.maintainers, before.data.maintainer_ids) == (after.data.maintainers, after.data.maintainer_ids):
        return
    place = after.at(None, "maintainers", key=True) if after.data.maintainers else after.at(None)
    hint = "核对账号和编号；交班的，先添新的一位，合并以后由他去掉原来的"
    if not after.data.maintainers:
        yield place, "名单空了，以后谁也改不了程序和配置", hint
    elif proposal.authors and not all_may_change(proposal, ROOT, proposal.head):
        yield place, "改了以后，提交的账号自己不再是维护人员", hint


def _is_the_same(was: Account, now: Account) -> bool:
    """Whether an entry still names whom it named, for the same unit: nothing but an id is added."""
    return was.unit == now.unit and was.account.lower() == now.account.lower() and was.id in (None, now.id)

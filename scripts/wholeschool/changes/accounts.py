"""What was registered of accounts is kept: it says who acted for a unit, and when."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change, registered
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import Account, Accounts
from wholeschool.rules.registry import Breach, rule


@rule("ACCOUNT-KEPT", "keeping", clause=OURS, presupposes=("PATH-OWNER", "UNIT-KEPT", "UNIT-MOVED"))
def accounts_are_ended_not_deleted(proposal: Proposal) -> Iterator[Breach]:
    """登记过的账号不删，不再用的写 until；名字和编号可以改一样，说明还是他。

    那时是谁替这个单位写的记录，以后还要查得到；删掉了，就看不出来了。还没有报过记录的单位，账号写错了的可以删。
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
        left = now.data.accounts if now else ()
        for entry in was.data.accounts:
            if entry.unit in proposal.head.units and not any(_is_the_same(entry, each) for each in left):
                at = now.at(None, "accounts", key=True) if now else Location(was.path)
                message = f"登记过的账号 {entry.account}（代表 {entry.unit}）被删掉或者换成了别人"
                yield (
                    at,
                    message,
                    "恢复原样；不再用的，在那一条里写 until（最后一天），新的账号另写一条",
                    None,
                    was.path,
                )


@rule("ACCOUNT-FREE", "decision", clause=OURS, presupposes=("PATH-OWNER", "ACCOUNT-UNIT"))
def an_account_of_those_above_is_not_registered_below(proposal: Proposal) -> Iterator[Breach]:
    """县里给学校登记的账号，不是上级机关的，也不是维护人员的。

    一个账号不对自己代表的学校作决定：替别人登记一条，就能让市里、省里对这所学校作不了决定，他们自己还去不掉。
    真的由他兼管学校的，由维护人员来登记。
    """
    changed = {each.path for each in proposal.differences}
    for unit, now in proposal.head.each(Accounts):
        if now.path not in changed or all_may_change(proposal, ROOT):
            continue
        was = proposal.base.units.get(unit.path)
        before = was.one(Accounts) if was else None
        others = [
            each
            for each in registered(proposal.base)
            if each.holds(proposal.head.today) and (not each.unit or unit.path.startswith(f"{each.unit}/"))
        ]
        for entry in now.data.accounts:
            if before and any(_is_the_same(each, entry) for each in before.data.accounts):
                continue
            for each in others:
                same_id = entry.id is not None and entry.id == each.id
                if each.account.lower() == entry.account.lower() or same_id:
                    whose = f"代表 {each.unit}" if each.unit else "是维护人员"
                    message = f"账号 {entry.account} 已经{whose}，不再由下面登记"
                    hint = "换成这个单位自己的账号；确实由他兼管的，请维护人员来登记"
                    yield now.at(entry, "id" if same_id else "account"), message, hint
                    break


def _is_the_same(was: Account, now: Account) -> bool:
    """Whether an entry still names whom it named, for the same unit."""
    names = was.account.lower() == now.account.lower() or (was.id is not None and was.id == now.id)
    return was.unit == now.unit and names

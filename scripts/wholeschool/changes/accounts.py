"""What was registered of accounts is kept: it says who acted for a unit, and when."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
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


def _is_the_same(was: Account, now: Account) -> bool:
    """Whether an entry still names whom it named, for the same unit."""
    names = was.account.lower() == now.account.lower() or (was.id is not None and was.id == now.id)
    return was.unit == now.unit and names

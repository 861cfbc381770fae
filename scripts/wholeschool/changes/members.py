"""Who was on a list by which decisions were made stays on it: with a last day where they have left."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change, county_has_to, was_decided
from wholeschool.changes.proposal import Proposal
from wholeschool.programme.people import plain
from wholeschool.records import Record
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import Member, Team
from wholeschool.rules.registry import Breach, rule


@rule("MEMBER-KEPT", "keeping", authority=OURS, presupposes=("UNIT-KEPT",))
def members_stay_on_their_lists(proposal: Proposal) -> Iterator[Breach]:
    """有了县级的决定，团队名单里的人不删、不换成别人，写下的任期不改；离任的写 until，新来的另加一位，写 from。

    规划谁指导的、谁抽查、谁验收，都照名单查那一天在不在任；删掉一位、换一个姓名，作过的决定就不知道是谁作的，不在任的人也能补签。
    姓名写错了的，学校的由县级账号来改，县以上的由维护人员来改。
    """
    for unit in proposal.changed(proposal.base.units.values()):
        if not any(was_decided(proposal, unit, year) for year in unit.years):
            continue
        if unit.level == "校":
            who = county_has_to(proposal, unit)
        else:
            who = "" if all_may_change(proposal, ROOT) else "请维护人员来改"
        later = proposal.head.units.get(unit.path)
        for before in unit.all(Team) if who and later else ():
            after = next((each for each in later.all(Team) if each.path == before.path), None) if later else None
            if after is not None and after.data != before.data:
                yield from _changed(proposal, before, after, f"恢复原样；写错了的，{who}")


def _changed(proposal: Proposal, before: Record[Team], after: Record[Team], hint: str) -> Iterator[Breach]:
    """The members of a list who are there no more, or for another time."""
    left = list(after.data.members)
    for number, member in enumerate(before.data.members, start=1):
        named = [each for each in left if plain(each.name) == plain(member.name)]
        same = next((each for each in named if _is_kept(member, each, proposal.head.today)), None)
        if same is not None:
            left.remove(same)
        elif named:
            left.remove(named[0])
            yield after.at(named[0]), f"名单里第 {number} 位的任期被改动了", hint
        else:
            message = f"名单里第 {number} 位被删掉了，或者换成了别人"
            yield after.at(None, "members", key=True), message, f"{hint}；离任的写 until，新来的另加一位，写 from"


def _is_kept(member: Member, now: Member, today: str) -> bool:
    """Whether a term stands as it was written: what is still to come may be put off or brought forward."""
    begins = member.from_ is None or member.from_ == now.from_ or member.from_ > today
    return begins and (member.until is None or member.until == now.until or member.until >= today)

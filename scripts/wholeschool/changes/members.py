"""Who was on a list by which decisions were made stays on it: with a last day where they have left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.ownership import all_may_change, county_has_to, was_decided
from wholeschool.changes.proposal import Proposal
from wholeschool.programme import Unit
from wholeschool.programme.earlier import DECISIONS
from wholeschool.programme.people import plain
from wholeschool.records import Record
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import Filings, Member, Nominations, Pilots, Team
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.teams import NOMINATION_FORM


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


@rule("SENT-KEPT", "keeping", authority=OURS, presupposes=("UNIT-KEPT", "ROUND-KEPT", "UNIT-MOVED"))
def whoever_was_sent_up_or_chosen_stays(proposal: Proposal) -> Iterator[Breach]:
    """报送过的推荐名单换了人、少了人，同一次改动里再报送一次；支持过的、这一级作过决定以后的试点，不从名单里去掉，也不换成别的单位。

    省里手里的是报送的那一份；名单悄悄换了人，两边就对不上。试点得过什么支持、写过什么经验，以后还要查得到。
    试点写错了单位的，请维护人员来改。
    """
    for unit in proposal.changed(proposal.base.units.values()):
        later = proposal.head.units.get(unit.path)
        if later is None:
            continue
        for record in unit.all(Nominations):
            after = later.one(Nominations, year=record.year)
            if after is not None and after.data != record.data:
                yield from _nominated_anew(unit, later, record, after)
        before, now = unit.one(Pilots), later.one(Pilots)
        if before is None or now is None or before.data == now.data or all_may_change(proposal, ROOT):
            continue
        decided = any(unit.all(kind) for kind in DECISIONS)
        left = {each.unit for each in now.data.pilots}
        for pilot in before.data.pilots if now.data.pilots else ():  # an empty list is UNIT-KEPT's
            if pilot.unit in left or not (pilot.support or decided) or not proposal.head.is_there(pilot.unit):
                continue  # a folder that has another name now is UNIT-MOVED's
            last = max((each.date for each in pilot.support), default="")
            why = f"{last} 还支持过" if last else f"{unit.name}已经作过决定"
            name = known.name if (known := proposal.base.units.get(pilot.unit)) else pilot.unit
            message = f"试点{name}从名单里去掉了，或者换成了别的单位；{why}"
            hint = "恢复原样，新的试点另写一条；写错了单位的，请维护人员来改"
            yield now.at(None, "pilots", key=True), message, hint, None, f"{now.path} {pilot.unit}"


def _nominated_anew(
    unit: Unit, later: Unit, before: Record[Nominations], after: Record[Nominations]
) -> Iterator[Breach]:
    """That a list of nominees names other people than the one that was sent, and has not been sent again."""
    sent, again = (
        [
            each.date
            for one in side.all(Filings, year=before.year)
            for each in one.data.filings
            if each.paper == NOMINATION_FORM
        ]
        for side in (unit, later)
    )
    left = Counter(plain(each.name) for each in after.data.nominations)
    lost = Counter(plain(each.name) for each in before.data.nominations) - left
    if sent and after.data.nominations and lost and len(again) <= len(sent):
        message = f"{max(sent)} 已经报送了推荐名单，现在少了或者换了 {lost.total()} 人，没有再报送"
        hint = "恢复原样；人选真的变了的，再报送一次，在同一次改动里给 filings.yaml 添一条（原来的一条留着）"
        yield after.at(None, "nominations", key=True), message, hint

"""What a county accepts is what it looked at."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import About
from wholeschool.outcomes.seen import changed_since, seen
from wholeschool.programme import Programme
from wholeschool.records.structs import SchoolAcceptance
from wholeschool.rules.registry import Breach, rule


@rule("ACCEPT-SEEN", "decision", authority=OURS, presupposes=("ACCEPT-REVIEWED", "DECISION-KEPT", "UNIT-MOVED"))
def what_is_accepted_was_looked_at(proposal: Proposal) -> Iterator[Breach]:
    """写明了所看材料的验收，合并的时候学校的名册、活动、成果和评审还是看过的那一份。

    县里在看，学校又添了一条，两边都合并得进去；这样验收的就不是看过的。没有写明所看材料的，不比。
    """
    for year in proposal.head.county_years():
        before = _known(proposal.base, year.county.path, year.year)
        for record, entry in year.county.acceptances(year.year):
            school = year.school(entry.school)
            if school is None or entry.seen is None or _bare(entry) in before:
                continue
            now = seen(proposal.head_tree, school.school.path, year.year)
            if papers := changed_since(entry.seen, now):
                name = school.school.name
                message = f"{name}的{'、'.join(papers)}与验收时看的不同，看过以后又改了"
                hint = (
                    f"先更新到最新，看一看改了什么；结论不变的，照 wholeschool status {school.school.path} 重写这一行"
                )
                yield record.at(entry, "seen"), message, hint, About(school.school.path, year.year)


def _known(base: Programme, county: str, year: int) -> set[SchoolAcceptance]:
    unit = base.units.get(county)
    return {_bare(entry) for _, entry in unit.acceptances(year)} if unit else set()


def _bare(entry: SchoolAcceptance) -> SchoolAcceptance:
    """The acceptance itself: recognition is a decision of its own."""
    return msgspec.structs.replace(entry, recognition=None)

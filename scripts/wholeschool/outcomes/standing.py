"""What stands of decisions of which a later one is written behind an earlier: both are kept, the later counts."""

from __future__ import annotations

from collections.abc import Iterable

from wholeschool.records.structs import Appraisal, MemberAppraisal, ProjectDecision, ProjectDecisions


def standing_appraisals(record: Appraisal) -> list[MemberAppraisal]:
    """One for each member of each team, in the order in which they were first appraised."""
    return list({(each.team, each.name): each for each in record.members}.values())


def standing_decisions(records: Iterable[ProjectDecisions]) -> list[ProjectDecision]:
    """One for each project of each county: that of the latest day, of one day the one further down."""
    every = sorted((each for record in records for each in record.decisions), key=lambda each: each.date)
    return list({(each.county, each.project): each for each in every}.values())

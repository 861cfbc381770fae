"""Reviewed, then on leave: whoever does what the findings say gets to a tree in which nothing is wrong, on one way."""

from __future__ import annotations

from tests.case_folders import MemoryTree, base, judge
from wholeschool.findings import Finding
from wholeschool.outcomes.rates import school_tally
from wholeschool.outcomes.recognition import conclusion, recognised
from wholeschool.programme import Programme, YearOfSchool, assemble
from wholeschool.records import load

COUNTY = "submissions/anhui/shili/mingyuan"
ROSTER = f"{COUNTY}/wenhua-xiaoxue/2026/teachers.yaml"
PASSED, UNFINISHED = "34990100010001", "34990100010002"
# Where their entries end: the one has 20 credits, the other 5 and a review still to come.
ENDS = {PASSED: "    lesson: xizuo-huping\n", UNFINISHED: "    lesson: 《圆的周长》\n"}


def on_leave(number: str, exemption: str, *, accepted: bool = False) -> MemoryTree:
    """The base programme, not yet accepted, with somebody exempt."""
    text = base().files[ROSTER].decode()
    assert text.count(ENDS[number]) == 1
    tree = base().having({ROSTER: text.replace(ENDS[number], f"{ENDS[number]}    exempt: {exemption}\n").encode()})
    decided = [f"{COUNTY}/2026/{name}" for name in ("acceptance/1.yaml", "certificates.csv")]
    return tree if accepted else tree.without(*decided)


def told(tree: MemoryTree) -> list[Finding]:
    """What is found about it and was not found before."""
    before = {(each.code, each.path, each.message) for each in judge(on_leave_not())}
    return [each for each in judge(tree) if (each.code, each.path, each.message) not in before]


def on_leave_not() -> MemoryTree:
    return base().without(*[f"{COUNTY}/2026/{name}" for name in ("acceptance/1.yaml", "certificates.csv")])


def year_of(tree: MemoryTree) -> tuple[Programme, YearOfSchool]:
    programme = assemble(load(tree))
    year = programme.county_year(programme.counties[0], 2026).school("wenhua-xiaoxue")
    assert year is not None
    return programme, year


def test_without_a_day_the_one_finding_asks_for_it() -> None:
    (found,) = told(on_leave(UNFINISHED, "{reason: 病假, approved_by: 林静}"))
    assert found.code == "RESULT-CHOSEN"
    assert "在名册的 exempt 里写 date" in found.hint
    assert "删掉他的评审" not in found.hint


def test_with_the_day_nothing_is_wrong_and_what_was_reviewed_is_kept() -> None:
    tree = on_leave(UNFINISHED, "{reason: 病假, approved_by: 林静, date: 2026-06-20}")
    assert told(tree) == []
    programme, year = year_of(tree)
    teacher = year.teachers[UNFINISHED]
    assert (UNFINISHED, "A5") in year.standing
    assert conclusion(programme, year, teacher) == "免考"
    assert school_tally(programme, year, frozenset()).due == 2


def test_hours_that_were_done_before_the_leave_are_recognised() -> None:
    programme, year = year_of(
        on_leave(UNFINISHED, "{reason: 病假, approved_by: 林静, date: 2026-06-20}", accepted=True)
    )
    (row,) = [each for each in recognised(programme, year) if each.teacher.number == UNFINISHED]
    assert (row.hours, row.credits, row.why_not) == (60, 0, "免考")


def test_who_has_passed_is_told_that_no_exemption_is_needed() -> None:
    (found,) = told(on_leave(PASSED, "{reason: 产假, approved_by: 林静, date: 2026-06-20}"))
    assert (found.code, found.severity) == ("EXEMPT-PASSED", "warning")
    assert "删掉 exempt" in found.hint
    assert told(on_leave_not()) == []


def test_a_review_during_the_leave_is_the_mistake() -> None:
    (found,) = told(on_leave(UNFINISHED, "{reason: 病假, approved_by: 林静, date: 2026-06-01}"))
    assert found.code == "RESULT-CHOSEN"
    assert "2026-06-01 起免考，评审是 2026-06-12" in found.message

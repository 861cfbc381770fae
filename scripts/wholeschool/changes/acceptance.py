"""What a county accepts is what it looked at."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from wholeschool.authority import OURS
from wholeschool.changes.draws import programme_at
from wholeschool.changes.proposal import Proposal
from wholeschool.days import later
from wholeschool.errors import RepositoryError
from wholeschool.findings import About
from wholeschool.outcomes.seen import changed_since, seen
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.programme.stays import home_on
from wholeschool.records.structs import SchoolAcceptance
from wholeschool.rules.registry import Breach, rule


@rule("ACCEPT-SEEN", "decision", authority=OURS, presupposes=("ACCEPT-REVIEWED", "DECISION-KEPT", "UNIT-MOVED"))
def what_is_accepted_was_looked_at(proposal: Proposal) -> Iterator[Breach]:
    """写明了所看材料的验收，合并的时候学校的名册、活动、成果和评审还是看过的那一份；没有写明的，验收那天名册上应考的人还在应考的里面。

    县里在看，学校又添了一条，两边都合并得进去；这样验收的就不是看过的。验收常常晚几天才合并，那几天里把人写成后来才到校，合格率就高了。
    """
    for year in proposal.head.county_years():
        before = _known(proposal.base, year.county.path, year.year)
        for record, entry in year.county.acceptances(year.year):
            school = year.school(entry.school)
            if school is None or _bare(entry) in before:
                continue
            if entry.seen is None:
                if entry.conclusion == "验收合格" and (gone := _due_no_more(proposal, school, entry.date)):
                    more = f" 等 {len(gone)} 位" if len(gone) > 1 else ""
                    message = f"{school.school.name} {entry.date} 的名册里应考的教师 {gone[0]}{more}，现在不应考了"
                    hint = "请学校恢复原样；确实不应考的，名册先合并，看过以后再下结论，验收日期写那一天"
                    yield record.at(entry, "date"), message, hint, About(school.school.path, year.year)
                continue
            now = seen(proposal.head_tree, school.school.path, year.year)
            if papers := changed_since(entry.seen, now):
                name = school.school.name
                message = f"{name}的{'、'.join(papers)}与验收时看的不同，看过以后又改了"
                hint = (
                    f"先更新到最新，看一看改了什么；结论不变的，照 wholeschool status {school.school.path} 重写这一行"
                )
                yield record.at(entry, "seen"), message, hint, About(school.school.path, year.year)


def _due_no_more(proposal: Proposal, school: YearOfSchool, day: str) -> list[str]:
    """Whom main's roster of a day had due at a school, and nobody has due any more; none where no history tells."""
    county = school.school.county
    try:
        tree = proposal.base_tree.as_of(later(day, 1))
        was = programme_at(tree, county) if tree and county else None
    except RepositoryError:
        return []
    if was is None or school.school.path not in was.units:
        return []
    then = was.school_year(was.units[school.school.path], school.year)
    due = [
        number
        for number, teacher in then.teachers.items()
        if teacher.exempt is None and (at := home_on(then.stays_of(teacher), day)) and at.year is then
    ]
    now = proposal.head.stays(school.year)
    return [
        number
        for number in due
        if number not in school.counted and not any(number in each.year.counted for each in now.get(number, ()))
    ]


def _known(base: Programme, county: str, year: int) -> set[SchoolAcceptance]:
    unit = base.units.get(county)
    return {_bare(entry) for _, entry in unit.acceptances(year)} if unit else set()


def _bare(entry: SchoolAcceptance) -> SchoolAcceptance:
    """The acceptance itself: recognition is a decision of its own."""
    return msgspec.structs.replace(entry, recognition=None)

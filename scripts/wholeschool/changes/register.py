"""A change that brings a recognition brings what was recognised of each teacher, as the papers say it then."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.changes.proposal import Proposal
from wholeschool.findings import About
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import Programme
from wholeschool.records.structs import Register, RegisterEntry, SchoolAcceptance
from wholeschool.rules.registry import Breach, rule


@rule(
    "REGISTER-TRUE",
    "decision",
    authority="本项目的约定（认定了什么，当时逐人写下来）",
    presupposes=(
        *("RECOGNISE-ACCEPTED", "ACCEPT-REVIEWED", "LEDGER-GROWS", "teachers", "review", "register", "UNIT-MOVED"),
    ),
)
def recognition_is_written_down(proposal: Proposal) -> Iterator[Breach]:
    """县级认定一所学校的学时学分，同时把每位教师的学时和通过的微能力写进认定名册，与这时的记录一致。

    证书和电子档案以认定名册为准：写下来的，以后名册、活动再怎么改都不变。还没有认定名册的时候认定的，不用补；补的也要一致。
    """
    for year in proposal.head.county_years():
        before = _known(proposal.base, year.county.path, year.year)
        had, has = (_rows(each, year.county.path, year.year) for each in (proposal.base, proposal.head))
        # What another conclusion has followed counts no more.
        standing = {
            entry.school: (record, entry)
            for record, entry in year.county.acceptances(year.year)
            if entry.recognition and (school := year.school(entry.school)) and school.accepted == entry
        }
        for slug in {**standing, **has}:
            school = year.school(slug)
            if school is None:
                continue
            was = had.get(slug, {})
            added = [row for row in has.get(slug, {}) if row not in was]
            record, entry = standing.get(slug, (None, None))
            recognition = entry.recognition if entry else None
            known = (slug, entry) in before
            if known and not was and not added:
                continue  # recognised before there was a register
            wanted: list[RegisterEntry] = []
            if recognition and not (known and was):
                register = {row.teacher: row for row in was}
                wanted = list(due_rows(proposal.head, school, recognition.date, register))
            if record and entry and (missing := [row for row in wanted if row not in added]):
                what = "与认定名册里写的不同" if added else "还没有写进认定名册"
                who = f"教师 {missing[0].teacher} 的学时和结果{what}（共 {len(missing)} 位）"
                command = f"wholeschool recognise {year.county.path} {school.school.path} --year {year.year}"
                hint = f"运行 {command}，由它写进去；名册不要手工修改"
                at = record.at(entry, "recognition", key=True)
                yield at, f"认定了{school.school.name}，{who}", hint, About(school.school.path, year.year)
            elif extra := [row for row in added if row not in wanted]:
                listed = year.county.one(Register, year=year.year)
                assert listed is not None
                why = "的认定里没有" if wanted else "没有新的认定，不该有"
                message = f"{school.school.name}{why}教师 {extra[0].teacher} 的这一行（共 {len(extra)} 行）"
                hint = "认定名册恢复原样；要改认定过的，县里重新验收，再运行 wholeschool recognise，由它写进名册"
                yield listed.at(extra[0]), message, hint, About(school.school.path, year.year)


def _rows(programme: Programme, county: str, year: int) -> dict[str, dict[RegisterEntry, None]]:
    """The rows of a county's register by school, in order."""
    found: dict[str, dict[RegisterEntry, None]] = {}
    unit = programme.units.get(county)
    record = unit.one(Register, year=year) if unit else None
    for row in record.data.recognised if record else ():
        found.setdefault(row.school, {})[row] = None
    return found


def _known(base: Programme, county: str, year: int) -> list[tuple[str, SchoolAcceptance]]:
    """The conclusions with a recognition that were there. A new one may bear an old day and document."""
    unit = base.units.get(county)
    decided = unit.acceptances(year) if unit else ()
    return [(each.school, each) for _, each in decided if each.recognition]

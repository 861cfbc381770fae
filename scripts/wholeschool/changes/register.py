"""A change that brings a recognition brings what was recognised of each teacher, as the papers say it then."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.changes.proposal import Proposal
from wholeschool.findings import About
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import Programme
from wholeschool.records.structs import Recognition, Register
from wholeschool.rules.registry import Breach, rule


@rule(
    "REGISTER-TRUE",
    "decision",
    clause="附件1 二(三)5“认定培训学时和校本应用考核学分”；本项目的约定（认定了什么，当时逐人写下来）",
    presupposes=("RECOGNISE-ACCEPTED", "ACCEPT-REVIEWED", "teachers", "review", "register", "UNIT-MOVED"),
)
def recognition_is_written_down(proposal: Proposal) -> Iterator[Breach]:
    """县级认定一所学校的学时学分，同时把每位教师的学时和通过的微能力写进认定名册，与这时的记录一致。

    证书和电子档案以认定名册为准：写下来的，以后名册、活动再怎么改都不变。还没有认定名册的时候认定的，不用补；补的也要一致。
    """
    for year in proposal.head.county_years():
        before = _known(proposal.base, year.county.path, year.year)
        for record, entry in year.county.acceptances(year.year):
            school, recognition = year.school(entry.school), entry.recognition
            if school is None or recognition is None or school.accepted != entry:
                continue  # what another conclusion has followed counts no more
            was = proposal.base.units.get(school.school.path)
            had = proposal.base.school_year(was, year.year).register if was else {}
            known = (entry.school, recognition) in before
            if known and had:  # judged when it was made: what the papers say has changed since
                if added := [row for number, row in school.register.items() if had.get(number) != row]:
                    register = year.county.one(Register, year=year.year)
                    assert register is not None
                    message = f"{school.school.name}没有新的认定，认定名册里却添了教师 {added[0].teacher} 的一行"
                    hint = "去掉这几行；要改认定过的，县里重新验收，再运行 wholeschool recognise"
                    yield register.at(added[0]), message, hint, About(school.school.path, year.year)
                continue
            if known and not school.register:
                continue
            if missing := list(due_rows(proposal.head, school, recognition.date)):
                what = "与认定名册里写的不同" if school.register else "还没有写进认定名册"
                who = f"教师 {missing[0].teacher} 的学时和结果{what}（共 {len(missing)} 位）"
                hint = (
                    f"运行 wholeschool recognise {year.county.path} {school.school.path}，由它写进去；名册不要手工修改"
                )
                at = record.at(entry, "recognition", key=True)
                yield at, f"认定了{school.school.name}，{who}", hint, About(school.school.path, year.year)


def _known(base: Programme, county: str, year: int) -> set[tuple[str, Recognition]]:
    unit = base.units.get(county)
    decided = unit.acceptances(year) if unit else ()
    return {(each.school, each.recognition) for _, each in decided if each.recognition}

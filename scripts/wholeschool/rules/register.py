"""The register of recognition agrees with what the county recognised, on the day on which it did."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import Programme
from wholeschool.records import structs as s
from wholeschool.rules.registry import Breach, about, rule

_HINT = "运行 wholeschool recognise，由它写进认定名册；名册不要手工修改"


@rule(
    "REGISTER-TRUE",
    "decision",
    clause="附件1 二(三)5“认定学时学分”；本项目的约定（认定了什么，当时逐人写下来）",
    presupposes=("RECOGNISE-ACCEPTED", "ACCEPT-REVIEWED", "teachers", "review", "register", "UNIT-MOVED"),
)
def recognition_is_written_down(programme: Programme) -> Iterator[Breach]:
    """县级认定一所学校的学时学分，同时把每位教师的学时和通过的微能力写进认定名册，与这时的记录一致。

    证书和电子档案以认定名册为准：写下来的，以后名册、活动再怎么改都不变。还没有认定名册的时候认定的，不用补。
    """
    for year in programme.county_years():
        if year.acceptance is None or not (programme.knows_before or year.county.one(s.Register, year=year.year)):
            continue
        for entry in year.acceptance.data.acceptances:
            school, recognition = year.school(entry.school), entry.recognition
            if school is None or school.accepted != entry or recognition is None:
                continue
            if not programme.is_new(year.acceptance.at(recognition)):
                continue  # what the papers say has changed since
            if missing := list(due_rows(programme, school, recognition.date)):
                what = "与认定名册里写的不同" if school.register else "还没有写进认定名册"
                who = f"教师 {missing[0].teacher} 的学时和结果{what}（共 {len(missing)} 位）"
                at = year.acceptance.at(entry, "recognition", key=True)
                yield at, f"认定了{school.school.name}，{who}", _HINT, About(school.school.path, year.year)


@rule("REGISTER-ROW", "decision", clause=OURS, presupposes=("REGISTER-TRUE", "RECOGNISE-ACCEPTED", "UNIT-MOVED"))
def rows_belong_to_a_recognition(programme: Programme) -> Iterator[Breach]:
    """认定名册的每一行，写的是本县认定过的学校，日期是认定的日期；重写的，写明代替哪一天的认定。

    没有认定就写进名册的，等于自己给自己认定；改从前的行，等于翻案，要改的由县里重新验收、认定。
    """
    for county, record in programme.each(s.Register):
        year = programme.county_year(county, record.year or 0)
        last: dict[tuple[str, str], s.RegisterEntry] = {}
        for row in record.data.recognised:
            school, before = year.school(row.school), last.get((row.school, row.teacher))
            days = {each.recognition.date for each in school.acceptances if each.recognition} if school else set()
            last[row.school, row.teacher] = row
            here = about(record.at(row))
            if school is None:
                if not programme.is_there(f"{county.path}/{row.school}"):
                    yield record.at(row, "school"), f"本县没有文件夹名为“{row.school}”的学校", _HINT, here, row.school
            elif row.date not in days:
                message = f"{school.school.name}没有 {row.date} 的认定"
                yield record.at(row, "date"), message, _HINT, here, f"{row.school} {row.date}"
            elif row.replaces != (before.date if before else None):
                told = f"代替 {before.date} 的那一行" if before else "没有可以代替的一行"
                message = f"教师 {row.teacher} 在名册里{told}，这里写的是“{row.replaces or '空'}”"
                yield record.at(row, "teacher"), message, _HINT, here

"""The rows of the register belong to what the county recognised; what they say is judged as they are brought."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme
from wholeschool.records import structs as s
from wholeschool.rules.registry import Breach, about, rule

_HINT = "运行 wholeschool recognise，由它写进认定名册；名册不要手工修改"


@rule(
    "REGISTER-ROW",
    "decision",
    authority=OURS,
    presupposes=("REGISTER-TRUE", "ACCEPT-REVIEWED", "RECOGNISE-ACCEPTED", "CERT-PASSED", "UNIT-MOVED", "acceptance"),
)
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
                whole = About(school.school.path, year.year)  # of all its rows
                yield record.at(row, "date"), message, _HINT, whole, f"{row.school} {row.date}"
            elif row.replaces != (before.date if before else None):
                told = f"代替 {before.date} 的那一行" if before else "没有可以代替的一行"
                message = f"教师 {row.teacher} 在名册里{told}，这里写的是“{row.replaces or '空'}”"
                yield record.at(row, "teacher"), message, _HINT, here

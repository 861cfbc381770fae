"""The rows of the county's register of recognition (认定名册): what was recognised of each teacher, written down once.

A row says what the papers said when the county recognised the school: hours, also of those who did not pass, and every
microability that was passed. Everything that comes later asks the register, not the papers of that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from wholeschool.programme import Programme, YearOfSchool
from wholeschool.records.structs import RegisterEntry, Teacher


def due_rows(
    programme: Programme, year: YearOfSchool, date: str, register: Mapping[str, RegisterEntry] | None = None
) -> Iterator[RegisterEntry]:
    """The rows that recognition on a day (YYYY-MM-DD) adds to the register, in the roster's order.

    A pure function of the papers and the register (the school's rows by teacher number; None: as they are): none for
    who has nothing, and none for whom the register's last row says the same. A row for somebody who has one names the
    day of that one, and is written too where a certificate was revoked and the microability passed again.
    """
    for teacher in year.teachers.values():
        row = row_of(programme, year, teacher, date)
        old = (year.register if register is None else register).get(teacher.number)
        if old is None:
            if row.online or row.practice or row.excellent or row.passed:
                yield row
        elif said(row) != said(old) or any(
            year.earned_anew(teacher.number, code) and old.date <= programme.revoked_on(year.year)[teacher.number, code]
            for code in year.levels.of(row)
        ):
            yield msgspec.structs.replace(row, replaces=old.date)


def row_of(programme: Programme, year: YearOfSchool, teacher: Teacher, date: str) -> RegisterEntry:
    """What the papers say of a teacher, as a row of that day."""
    earned, stated = year.earned.get(teacher.number, {}), year.stated_hours(teacher)
    first, last = year.levels.passing[0], year.levels.passing[-1]
    by_level = {
        level: " ".join(code for code in programme.abilities(year.year) if earned.get(code) == level) or None
        for level in year.levels.passing
    }
    return RegisterEntry(
        school=year.school.slug,
        date=date,
        teacher=teacher.number,
        name=teacher.name,
        online=stated.online if stated else 0,
        practice=stated.practice if stated else 0,
        excellent=by_level[first] if first != last else None,
        passed=by_level[last],
    )


def said(row: RegisterEntry) -> tuple[object, ...]:
    """What a row says of its teacher, whenever it was written."""
    return row.name, row.online, row.practice, row.excellent, row.passed

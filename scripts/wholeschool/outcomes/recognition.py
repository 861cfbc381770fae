"""What the county recognises of each teacher in a round: hours and credits.

The two are apart. Hours are recognised of everybody who did them, as many as they did, whatever came of the assessment;
credits are recognised of those who passed. The roster of recognition, the portfolios and the figures say the same,
because all of them ask here or count with `rates.has_passed`.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from wholeschool.outcomes.credits import credits_of, suffices
from wholeschool.outcomes.rates import has_passed, is_exempt
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.programme.years import Gathered
from wholeschool.records.structs import Recognition, Teacher

PASSED = "合格"


def gathered_credits(programme: Programme, year: YearOfSchool, teacher: str) -> int:
    """Credits that earlier rounds of the cycle have recognised of a teacher number; they are among all sums."""
    return credits_of(programme, year.year, year.before(teacher).levels)


def among(programme: Programme, year: YearOfSchool, teacher: str, *, hours: bool = True) -> str:
    """What of a teacher's sums comes from earlier rounds of the cycle and from other schools, in words; empty where
    nothing does. Without `hours`, credits only."""
    found = []
    for place, brought in {"前几轮认定": year.before(teacher), **_at_schools(year, teacher)}.items():
        studied, credits = brought.online + brought.practice, credits_of(programme, year.year, brought.levels)
        parts = [f"{studied:g} 学时"] if hours and studied else []
        parts += [f"{credits} {programme.counts(year.year)}"] if credits else []
        found += [f"{place} {'、'.join(parts)}"] if parts else []
    return f"其中{'，'.join(found)}" if found else ""


def _at_schools(year: YearOfSchool, teacher: str) -> dict[str, Gathered]:
    return {f"在{school}": brought for school, brought in year.elsewhere(teacher).items()}


class Recognised(msgspec.Struct, frozen=True):
    """What there is to recognise of a teacher.

    `online` and `practice` are hours, with those of earlier rounds of the cycle and of other schools, as are credits;
    `among` says how many of them. `abilities` are the codes whose credits count, in the table's order; `credits` is
    their sum. Where there are none, `why_not` says why.
    """

    teacher: Teacher
    online: float
    practice: float
    abilities: tuple[str, ...] = ()
    credits: int = 0
    why_not: str = ""
    among: str = ""

    @property
    def hours(self) -> float:
        """Of both kinds together."""
        return self.online + self.practice


def recognition_of(year: YearOfSchool) -> Recognition | None:
    """The county's recognition of the school that stands: which day, which document."""
    return year.accepted.recognition if year.accepted else None


def recognised(programme: Programme, year: YearOfSchool) -> Iterator[Recognised]:
    """The rows of the roster of recognition: who has hours or credits, in the school's order; none before the county
    has recognised."""
    if recognition_of(year):
        for teacher in year.teachers.values():
            found = recognisable(programme, year, teacher)
            if found.hours or found.credits:
                yield found


def recognisable(programme: Programme, year: YearOfSchool, teacher: Teacher) -> Recognised:
    """What of a teacher is recognised once the county recognises the school."""
    hours, before = year.hours_of(teacher), among(programme, year, teacher.number)
    online, practice = hours.online, hours.practice
    if (said := conclusion(programme, year, teacher)) != PASSED:
        return Recognised(teacher, online, practice, why_not=said, among=before)
    codes = year.credited[teacher.number]
    abilities = tuple(code for code in programme.abilities(year.year) if code in codes)
    return Recognised(teacher, online, practice, abilities, credits_of(programme, year.year, codes), among=before)


def conclusion(programme: Programme, year: YearOfSchool, teacher: Teacher) -> str:
    """How the assessment ended for a teacher, in a word: who was not reviewed, or not to the end, has not failed."""
    if is_exempt(teacher):
        return "免考"
    if has_passed(programme, year, teacher):
        return PASSED
    if suffices(programme, year, year.passed.get(teacher.number, ())):
        return "证书撤销"
    if teacher.due_in not in (None, year.year):
        return f"{teacher.due_in} 年应考"
    if teacher.number not in year.counted:
        return "不在本校应考"
    left = set(teacher.choices) - year.gathered(teacher.number).levels.keys()
    reviewed = sum((teacher.number, code) in year.standing for code in left)
    if not reviewed:
        return "未评审"
    return "未评完" if reviewed < len(left) else "未合格"

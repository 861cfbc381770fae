"""Who gets which certificate, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from wholeschool.outcomes.credits import credits_asked, credits_of, rooted, shortfall, suffices
from wholeschool.outcomes.numbers import Number
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool
from wholeschool.records.structs import CertificateEntry

WITHDRAWN = "这项微能力的证书已经撤销"
"""Why nothing is issued for what was withdrawn with its certificate."""


def reasons_against(programme: Programme, school: YearOfSchool, teacher: str, microability: str) -> list[str]:
    """Why this teacher has not earned a certificate for this microability, most basic first; empty when they have.

    That there is one already is another question: see `already_held`.
    """
    reasons = []
    if school.accepted is None:
        reasons.append("学校还没有通过县级验收")
    elif school.accepted.recognition is None:
        reasons.append("县级还没有认定学时和学分")
    if teacher not in (school.recognised or school.teachers):
        return [*reasons, f"{school.school.name}的名册里没有这位教师"]
    if not school.is_agreed(teacher):
        return [*reasons, f"{school.school.name}的名册与别的学校对不上，对上以前不算在这里"]
    passed = school.passed.get(teacher, {})
    if microability not in passed:
        if (teacher, microability) in school.wanting:
            reasons.append("抽查认为这项微能力不合格，还没有改正")
        elif (teacher, microability) not in school.standing:
            reasons.append("这项微能力还没有评审")
        else:
            reasons.append("这项微能力没有通过评审")
    if microability in passed and (teacher, microability) in school.withdrawn:
        reasons.append(WITHDRAWN)
    if lacking := _short_of(programme, school, passed):
        reasons.append(f"通过的微能力{lacking}")
    return reasons


def _short_of(programme: Programme, school: YearOfSchool, codes: Collection[str]) -> str:
    """What these microabilities come to where it is not enough."""
    lacking = shortfall(programme, school, codes)
    total, wanted = credits_of(programme, school.year, codes), credits_asked(programme, school)
    of = programme.counts(school.year)
    return f"合计 {total} {of}，不到 {wanted} {of}" if total < wanted else lacking


def already_held(programme: Programme, year: YearOfCounty, teacher: str, microability: str) -> str:
    """In a word, the certificate in force that keeps a county from issuing one, whoever issued it; else empty."""
    for held in programme.held(teacher, microability, year.year):
        where = "" if held.county is year.county else f"（{held.county.name}）"
        return f"已有 {held.year} 年的证书 {held.entry.number}{where}"
    return ""


def reasons_not_due(programme: Programme, school: YearOfSchool, teacher: str, microability: str) -> list[str]:
    """Why nothing is issued for this microability now, other than that there is a certificate already."""
    if against := reasons_against(programme, school, teacher, microability):
        return against
    left = school.credited.get(teacher, {})
    if suffices(programme, school, left):
        return []
    total, wanted = credits_of(programme, school.year, left), credits_asked(programme, school)
    of = programme.counts(school.year)
    lacking = shortfall(programme, school, left)
    return [f"有证书撤销了，通过的微能力{f'只剩 {total} {of}，不到 {wanted} {of}' if total < wanted else lacking}"]


class Due(msgspec.Struct, frozen=True):
    """A certificate that has been earned."""

    school: YearOfSchool
    teacher: str
    microability: str
    level: str


def due_certificates(
    programme: Programme, year: YearOfCounty, schools: Sequence[YearOfSchool] | None = None
) -> Iterator[Due]:
    """Earned, and no certificate of it is in force, of whatever round and county; of all its schools.

    One that was revoked for good is not issued again by itself: with it went the credit, until it is earned anew.
    Nor is one that has expired, until it has been earned in a later round.
    """
    told: set[tuple[str, str]] = set()
    for due in earned_certificates(programme, year, schools):
        key = due.teacher, due.microability
        if key not in told and not programme.held(*key, year.year) and _is_earned_here(programme, due):
            told.add(key)
            yield due


def _is_earned_here(programme: Programme, due: Due) -> bool:
    """Whether nothing has expired, or it was earned in this round and not just gathered from the one that expired."""
    year, key = due.school, (due.teacher, due.microability)
    if not programme.lapsed(*key, year.year):
        return True
    row = (year.recognised or {}).get(due.teacher)
    return due.microability in (year.levels.of(row) if row else year.earned.get(due.teacher, {}))


def earned_certificates(
    programme: Programme, year: YearOfCounty, schools: Sequence[YearOfSchool] | None = None
) -> Iterator[Due]:
    """All that was earned and not withdrawn, by school, roster order and microability order; or of some `schools`."""
    order = {code: place for place, code in enumerate(programme.abilities(year.year))}
    for school in year.schools if schools is None else schools:
        if not school.is_recognised:
            continue
        for number in school.recognised or school.teachers:
            levels = school.credited.get(number, {})
            if not suffices(programme, school, levels) or not school.is_agreed(number):
                continue
            for code in sorted(rooted(programme, year.year, levels), key=lambda code: order.get(code, len(order))):
                yield Due(school, number, code, levels[code])


def new_entries(programme: Programme, year: YearOfCounty, issued: str) -> list[CertificateEntry]:
    """Ledger rows for everything due, dated `issued` (YYYY-MM-DD); they have no number until somebody signs them.

    A pure function of the records: the same records and date give the same rows, and none once they are in the ledger.
    """
    return [_entry(programme, year, due, issued) for due in due_certificates(programme, year)]


def replacement(programme: Programme, year: YearOfCounty, old: CertificateEntry, issued: str) -> CertificateEntry:
    """A ledger row that says what the records say now, in place of `old`, which must still be earned.

    It has no number until somebody signs it.
    """
    school = year.of_code(old.school_code, old.issued)
    assert school is not None
    due = Due(school, old.teacher, old.microability, school.passed[old.teacher][old.microability])
    return msgspec.structs.replace(_entry(programme, year, due, issued), replaces=old.number)


def _entry(programme: Programme, year: YearOfCounty, due: Due, issued: str) -> CertificateEntry:
    """The row for one certificate."""
    ability = programme.abilities(year.year)[due.microability]
    accepted = due.school.accepted
    assert accepted is not None
    assert accepted.recognition is not None
    school = due.school.school.on(issued)
    return CertificateEntry(
        number=str(Number(year.year, year.county.code_of(year.year), due.microability, 0)),
        teacher=due.teacher,
        name=due.school.name_recognised(due.teacher),
        school_code=school.code,
        school=school.name,
        microability=due.microability,
        title=ability.name,
        dimension=ability.dimension,
        environment=ability.environment,
        credits=ability.credits,
        level=due.level,
        issuer=year.county.on(issued).authority or "",
        issued=issued,
        basis=next(iter(due.school.documents(due.teacher, due.microability, issued)), accepted.recognition.document),
    )

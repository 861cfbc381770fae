"""What is public. A field reaches a page or an open-data file only because a view here names it.

Personal data is in no view: no teacher's name, number or hours, no telephone, no address. A case's author signs it by
consent; that is the one name of a person on the site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import msgspec

from wholeschool import personal_data
from wholeschool.outcomes import pins, seals
from wholeschool.outcomes.published import PublicUnit, public_unit
from wholeschool.programme import Programme, Unit, YearOfCounty
from wholeschool.records import Record
from wholeschool.records.case_html import problems
from wholeschool.records.structs import Case


class PublicCase(msgspec.Struct, frozen=True):
    """A case whose author agreed to its publication."""

    slug: str
    unit: PublicUnit
    title: str
    type: str
    excellent: bool
    author: str
    date: str
    stage: str
    subject: str
    microabilities: tuple[str, ...]
    environment: str
    problem: str
    summary: str
    students: str
    body: str


class PublicPin(msgspec.Struct, frozen=True):
    """What a revoked key left good of a county's round: see `outcomes.pins`."""

    listed: str
    revoked: int
    status: str


class PublicKey(msgspec.Struct, frozen=True):
    """A public key for checking certificates; `counties` are codes, none meaning all.

    Of a revoked one, `kept` is what stays good of each round, by the name of its list.
    """

    id: str
    public: str
    site: str
    starts: str
    ends: str | None
    revoked: str | None
    since: str | None
    kept: Mapping[str, PublicPin]
    counties: tuple[str, ...]
    demo: bool


class PublicLeak(msgspec.Struct, frozen=True):
    """As lists of digests of a county's round: what a revoked key has signed, and the beginning that stays good."""

    key: str
    signed: str
    kept: str


class PublicStatus(msgspec.Struct, frozen=True):
    """A county's signed status of a round, the list of digests that it covers, and what it has to do with lost keys."""

    code: str
    year: int
    name: str
    demo: bool
    token: str
    listed: str
    leaks: tuple[PublicLeak, ...]
    lasts: int | None
    """For how many years the round's certificates are valid."""
    days: dict[str, str]
    """Where they are not valid for good: the list again by day of issue, for those who have a number and no code."""


def list_name(year: int, code: str) -> str:
    """What the list of a county's round is called."""
    return f"{year}-{code}"


def public_keys(programme: Programme) -> list[PublicKey]:
    """The keys that certificates are checked with."""
    codes = {county.path: tuple(held.code for held in county.codes) for county in programme.counties}
    return [
        PublicKey(
            id=key.id,
            public=key.public,
            site=key.site,
            starts=key.starts,
            ends=key.ends,
            revoked=key.revoked.date if key.revoked else None,
            since=key.revoked.since if key.revoked else None,
            kept={
                list_name(each.year, each.county): PublicPin(each.listed, each.revoked, each.status)
                for each in (key.revoked.kept if key.revoked else ())
            },
            counties=tuple(code for path in key.counties for code in codes.get(path, (path,))),
            demo=bool(key.demo),
        )
        for key in programme.keys.values()
    ]


def public_statuses(programme: Programme) -> list[PublicStatus]:
    """Every signed status. What it says in the open are the numbers of revoked certificates and of their successors."""
    return [
        PublicStatus(
            code=round_.county.code_of(round_.year),
            year=round_.year,
            name=round_.county.data.authority or round_.county.name,
            demo=round_.county.data.demo,
            token=seals.status_token(programme, round_),
            listed=seals.list_of(programme, round_),
            leaks=tuple(_leaks(programme, round_)),
            lasts=_lasts(programme, round_.year),
            days=_days(programme, round_) if _lasts(programme, round_.year) else {},
        )
        for round_ in programme.county_years()
        if round_.status
        and round_.status.data.key in programme.keys
        and round_.county.code_of(round_.year) not in programme.contested
    ]


def _lasts(programme: Programme, year: int) -> int | None:
    found = programme.round(year)
    return found.certificate_years if found else None


def _days(programme: Programme, round_: YearOfCounty) -> dict[str, str]:
    rows = round_.ledger.data.certificates if round_.ledger else ()
    days = sorted({each.issued for each in rows})
    return {day: seals.county_list((each for each in rows if each.issued == day), programme.keys) for day in days}


def _leaks(programme: Programme, round_: YearOfCounty) -> Iterator[PublicLeak]:
    rows = round_.ledger.data.certificates if round_.ledger else ()
    for key in programme.keys.values():
        pin, signed = pins.pin_of(key, round_), [each for each in rows if each.key == key.id]
        if key.revoked and (pin or signed):
            kept = rows[: pin.rows] if pin else ()
            lists = (seals.county_list(each, programme.keys) for each in (signed, kept))
            yield PublicLeak(key.id, *lists)


def public_cases(programme: Programme, withheld: Collection[str] = ()) -> list[PublicCase]:
    """Cases with consent and nothing wrong in them, newest first; `withheld` are paths with findings of any kind."""
    told = [
        (unit, record)
        for unit in programme.units.values()
        for record in unit.all(Case)
        if record.data.consent.author and record.path not in withheld and _is_harmless(record)
    ]
    # Schools of two counties may be called the same. No folder has a low line in its name, so these names differ.
    slugs = [case_slugs(unit, record.name) for unit, record in told]
    times = Counter(short for short, _ in slugs)
    cases = [
        _case(unit, record, short if times[short] == 1 else long)
        for (unit, record), (short, long) in zip(told, slugs, strict=True)
    ]
    return sorted(cases, key=lambda case: (case.date, case.slug), reverse=True)


def _is_harmless(record: Record[Case]) -> bool:
    """Whether the case may go out even if nobody had checked it: no web page code, no personal data anywhere."""
    words = [record.path, *(str(value) for value in msgspec.structs.astuple(record.data))]
    found = [place for text in words for place in personal_data.scan(text)]
    return not found and not any(True for _ in problems(record.data.body))


def case_slugs(unit: Unit, name: str) -> tuple[str, str]:
    """What a case of a unit may be called on the site: the first, unless another unit's would be called the same."""
    return f"{unit.slug}-{name}", f"{unit.path.replace('/', '_')}_{name}"


def _case(unit: Unit, record: Record[Case], slug: str) -> PublicCase:
    data = record.data
    return PublicCase(
        slug=slug,
        unit=public_unit(unit),
        title=data.title,
        type=data.type,
        excellent=data.excellent,
        author=data.author,
        date=data.date,
        stage=data.stage or "",
        subject=data.subject or "",
        microabilities=data.microabilities,
        environment=data.environment or "",
        problem=data.problem,
        summary=data.summary,
        students=data.consent.students,
        body=data.body,
    )

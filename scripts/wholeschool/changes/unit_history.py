"""What a unit was called, had for a code, or was attached to, when something was decided: it stays known."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.days import day_before
from wholeschool.programme import Unit
from wholeschool.records.structs import Certificates
from wholeschool.rules.registry import Breach, rule
from wholeschool.rules.unit_history import TITLES


def changed_units(proposal: Proposal) -> Iterator[tuple[Unit, Unit]]:
    """Units of which the change says something else, as they were and as they are."""
    changed = {each.path for each in proposal.differences}
    for unit in proposal.base.units.values():
        later = proposal.head.units.get(unit.path)
        if later and unit.record.path in changed and later.data != unit.data:
            yield unit, later


def lost_codes(unit: Unit, later: Unit) -> list[str]:
    """Codes by which the unit's certificates are known, and by which they would be known no more."""
    if unit.level == "县":
        years = {each.year or 0 for each in unit.all(Certificates) if each.data.certificates}
        return sorted({code for year in years if (code := unit.code_of(year)) != later.code_of(year)})
    ledgers = unit.county.all(Certificates) if unit.county else []
    known, kept = ({held.code for held in each.codes} for each in (unit, later))
    return sorted({row.school_code for each in ledgers for row in each.data.certificates} & known - kept)


def not_said_any_more(unit: Unit, later: Unit) -> dict[str, tuple[str, str]]:
    """What papers say of the unit rightly, and would say wrongly by `later`: by field, the value and the last day."""
    said: dict[str, tuple[str, str]] = {}
    for field, day, value in _relied_on(unit):
        if getattr(unit.on(day), field) == value != getattr(later.on(day), field):
            said[field] = value, max(day, said.get(field, ("", ""))[1])
    return said


def lines_of_former(proposal: Proposal, last: str, **said: str | None) -> str:
    """What to write into `unit.yaml`; `last` is the last day on which somebody went by the old facts."""
    day = proposal.clock or last
    until = max(last, day_before(day)) if day else "哪一天"
    fields = "".join(f", {field}: {_quoted(value)}" for field, value in said.items() if value)
    return f"- {{until: {until}{fields}}}"


def _quoted(value: str) -> str:
    return f'"{value}"' if value.isdigit() else value


@rule("UNIT-SINCE", "keeping", authority=OURS, severity="warning", presupposes=("UNIT-KEPT", "UNIT-FORMER"))
def what_changes_says_until_when(proposal: Proposal) -> Iterator[Breach]:
    """单位的名称、机关、挂靠变了，已经有证书、县里的确认照原来的写的，原来的写进 former，写明用到哪一天。

    没有写，就只看得出现在叫什么：以前的证书照旧有效，可是没有历史的地方重新核对时，会说它们写错了。
    """
    for unit, later in changed_units(proposal):
        if said := not_said_any_more(unit, later):
            titles = "、".join(TITLES[field] for field in said)
            last = max(day for _, day in said.values())
            lines = lines_of_former(proposal, last, **{field: value for field, (value, _) in said.items()})
            field = next(iter(said))
            at = later.record.at(None, field) if getattr(later.data, field) else later.record.at(None)
            message = f"{titles}变了，{last} 还有照原来的写的，没有写明原来的用到哪一天"
            hint = f"写错字的更正不用写；真的变了的，在 unit.yaml 的 former 里添一条（日期照实改）：{lines}"
            yield at, message, hint


def _relied_on(unit: Unit) -> Iterator[tuple[str, str, str]]:
    """What papers that were issued, and what the county confirmed, say of the unit: the field, the day, the value."""
    if unit.level == "县":
        for record in unit.all(Certificates):
            yield from (("authority", row.issued, row.issuer) for row in record.data.certificates)
    elif unit.county:
        codes = {held.code for held in unit.codes}
        for record in unit.county.all(Certificates):
            for row in record.data.certificates:
                if row.school_code in codes:
                    yield "name", row.issued, row.school
        for year in unit.county.years:
            for each in unit.county.branches(year):
                if each.school == unit.slug:
                    yield "center", each.date, each.center

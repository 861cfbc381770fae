"""One mistake, one finding: what only follows from another finding is not told beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import msgspec

from wholeschool.findings import About, Finding, Measure, finding

_ANY = "*"
_Key = tuple[str, ...]


_MANY, _SHARE = 3, 4
"""So many units, and one in so many of those that are measured by something, do not all make the same mistake."""


def roots(findings: Iterable[Finding], among: Callable[[Finding], bool] | None = None) -> list[Finding]:
    """The findings that are not echoes of others among them, in their order; those of one cause as one.

    An echo's rule presupposes the cause's, and both are about the same thing, or one about a part of what the other is
    about. A warning never hides an error. Echoes hide their own echoes: at the end of every such chain is a finding
    that is told, because no rule presupposes itself (`rules.registry`). A rule may presuppose a kind of record (in
    small letters): where one cannot be read, what the rule says for want of it is not told. Of one value an error is
    told, and warnings wait until that is put right.

    What many units fail by one `measure` is told once, at the measure. Findings of one code and one `cause` are told
    where the first of them is, with their number. Only findings `among` those asked for are told and counted; what
    hides them may be any.
    """
    every = list(findings)
    presupposed = {code for each in every for code in each.presupposes}
    known: dict[tuple[str, bool], set[_Key]] = {}
    for each in every:
        for name in {each.code, each.unread} & presupposed:
            known.setdefault((name, each.severity == "error"), set()).update(_told(each.about))
    told = [each for each in every if not each.presupposes or not any(_hiding(each, known))]
    wrong = {_value(each) for each in told if each.of_a_value and each.severity == "error"}
    told = [each for each in told if each.severity == "error" or not each.of_a_value or _value(each) not in wrong]
    told = _at_measures([each for each in told if among is None or among(each)])
    counts = Counter((each.code, each.cause) for each in told if each.cause)
    found = []
    for each in told:
        count = counts.pop((each.code, each.cause), 0) if each.cause else 1
        if count > 1:
            each = msgspec.structs.replace(each, message=f"{each.message}（这样的共 {count} 处）")
        found += [each] * (count > 0)
    return found


def _value(each: Finding) -> tuple[str, int, int]:
    return each.path, each.line, each.column


def _at_measures(findings: list[Finding]) -> list[Finding]:
    """The findings; where many units fail by one measure, in place of theirs one at the measure."""
    failing: dict[Measure, list[Finding]] = {}
    for each in findings:
        if each.measure.message:
            failing.setdefault(each.measure, []).append(each)
    wrong = {measure: many for measure, many in failing.items() if _is_wrong(measure, many)}
    found = []
    for each in findings:
        many = wrong.get(each.measure, [])
        if not many:
            found.append(each)
        elif each is min(many, key=lambda one: one.severity):  # an error, where there is one
            at, message, hint, _ = each.measure
            message = f"{message}（{len(_units(many))} 个单位，例如 {each.path} 第 {each.line} 行）"
            found.append(finding(each.code, at, message, hint=hint, clause=each.clause, severity=each.severity))
    return found


def _is_wrong(measure: Measure, failing: list[Finding]) -> bool:
    units = len(_units(failing))
    return units >= _MANY and units * _SHARE > measure.judged


def _units(findings: list[Finding]) -> set[str]:
    return {each.about.unit for each in findings}


def _hiding(echo: Finding, known: dict[tuple[str, bool], set[_Key]]) -> Iterator[bool]:
    asked = list(_asked(echo.about))
    for code in echo.presupposes:
        for heavy in (True,) if echo.severity == "error" else (True, False):
            yield not known.get((code, heavy), set()).isdisjoint(asked)


def _told(about: About) -> Iterator[_Key]:
    """The keys under which a cause is found: each part as it is, and as any."""
    units = [about.unit, *(f"{above}/{_ANY}" for above in ("", *_with_those_above(about.unit)))]
    yield from product(units, *((part, _ANY) for part in _parts(about)))


def _asked(about: About) -> Iterator[_Key]:
    """The keys that find a cause of an echo: equal or wider in each part; anything where the echo says nothing."""
    units = ["", *_with_those_above(about.unit), f"{about.unit}/{_ANY}"]
    yield from product(units, *((part, "") if part else (_ANY,) for part in _parts(about)))


def _parts(about: About) -> tuple[str, ...]:
    return str(about.year or ""), about.teacher, about.microability, about.matter


def _with_those_above(unit: str) -> Iterator[str]:
    while unit:
        yield unit
        unit = unit.rpartition("/")[0]

"""One mistake, one finding: what only follows from another finding is not told beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

import msgspec

from wholeschool.findings import About, Finding

_ANY = "*"
_Key = tuple[str, ...]


def roots(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are not echoes of others among them, in their order; those of one cause as one.

    An echo's rule presupposes the cause's, and both are about the same thing, or one about a part of what the other is
    about. A warning never hides an error. Echoes hide their own echoes: at the end of every such chain is a finding
    that is told, because no rule presupposes itself (`rules.registry`). Findings of one code and one `cause` are told
    where the first of them is, with their number.
    """
    every = list(findings)
    presupposed = {code for each in every for code in each.presupposes}
    known: dict[tuple[str, bool], set[_Key]] = {}
    for each in every:
        if each.code in presupposed:
            known.setdefault((each.code, each.severity == "error"), set()).update(_told(each.about))
    told = [each for each in every if not each.presupposes or not any(_hiding(each, known))]
    counts = Counter((each.code, each.cause) for each in told if each.cause)
    found = []
    for each in told:
        count = counts.pop((each.code, each.cause), 0) if each.cause else 1
        if count > 1:
            each = msgspec.structs.replace(each, message=f"{each.message}（这样的共 {count} 处）")
        found += [each] * (count > 0)
    return found


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

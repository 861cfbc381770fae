"""What is wrong, where, why and what to do: the one value that rules make and reports draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from wholeschool.personal_data import redact

Severity = Literal["error", "warning"]


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a submitted file. Lines and columns count from 1; columns count characters, not bytes."""

    path: str
    line: int = 1
    column: int = 1


class About(NamedTuple):
    """What a mistake is about: a unit (its path), a round, a teacher (the number), a microability (the code), a matter.

    What is left empty is not narrowed down: `About("anhui/shili")` is about everything below that city. The matter is
    a word that rules agree on (名册: who is on the roster), so that two things about one teacher are kept apart.
    """

    unit: str = ""
    year: int = 0
    teacher: str = ""
    microability: str = ""
    matter: str = ""


class Measure(NamedTuple):
    """What things of many units are measured by: where it stands, what to say of it where they fail, and how many are.

    `judged` counts the units that are measured. A round's dates are one, or the credits that a programme asks for.
    """

    at: Location = Location("")
    message: str = ""
    hint: str = ""
    judged: int = 0


class Finding(msgspec.Struct, frozen=True, order=True):
    """One mistake. Sorts by place. `clause` says who asks for it (see `authority`); empty for faults of our own.

    `about`, `presupposes` (codes), `cause` and `measure` tell echoes from causes, see `causes.roots`; no report shows
    them. `unread` is the kind of the record that cannot be used because of it; `of_a_value` tells that the place is
    one value, and not an entry in which many things may be wrong. `related` are further places, which the first
    disagrees with: where whoever mends it has to look too.
    """

    path: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    hint: str = ""
    clause: str = ""
    about: About = About()
    presupposes: tuple[str, ...] = ()
    cause: str = ""
    measure: Measure = Measure()
    unread: str = ""
    of_a_value: bool = False
    related: tuple[Location, ...] = ()


def finding(
    code: str,
    at: Location,
    message: str,
    *,
    hint: str = "",
    clause: str = "",
    severity: Severity = "error",
    about: About | None = None,
    presupposes: tuple[str, ...] = (),
    cause: str = "",
    measure: Measure = Measure(),  # noqa: B008 - a tuple, which nothing changes
    related: Iterable[Location] = (),
) -> Finding:
    """A finding whose texts are safe to show: one line each, personal numbers masked here, once, for every report."""
    words = _line(message), _line(hint)
    path, about = redact(at.path), about or About()
    made = Finding(path, at.line, at.column, code, severity, *words, clause, about, presupposes, cause, measure)
    others = tuple(Location(redact(each.path), each.line, each.column) for each in related)
    return msgspec.structs.replace(made, related=others) if others else made


def _line(text: str) -> str:
    return redact(" ".join(text.splitlines()))

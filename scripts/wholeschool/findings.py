"""What is wrong, where, why and what to do: the one value that rules make and reports draw."""

from __future__ import annotations

from typing import Literal

import msgspec

from wholeschool.personal_data import redact

Severity = Literal["error", "warning"]


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a submitted file. Lines and columns count from 1; columns count characters, not bytes."""

    path: str
    line: int = 1
    column: int = 1


class Finding(msgspec.Struct, frozen=True, order=True):
    """One mistake. Sorts by place. `clause` names the clause of the guidance, or is empty for matters of form."""

    path: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    hint: str = ""
    clause: str = ""


def finding(
    code: str, at: Location, message: str, *, hint: str = "", clause: str = "", severity: Severity = "error"
) -> Finding:
    """A finding whose texts are safe to show: one line each, personal numbers masked here, once, for every report."""
    return Finding(redact(at.path), at.line, at.column, code, severity, _line(message), _line(hint), clause)


def _line(text: str) -> str:
    return redact(" ".join(text.splitlines()))

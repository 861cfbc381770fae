"""The comment under a pull request, from a findings file that a stranger's proposal may have written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from wholeschool.errors import UsageError
from wholeschool.findings import Finding, Location, finding
from wholeschool.personal_data import redact
from wholeschool.reports.report import Report, as_markdown
from wholeschool.sources import MemoryTree

MOST_BYTES = 4_000_000
MOST_SHOWN = 50
"""Findings in a comment; the summary of the run has them all."""
MOST_CHARACTERS = 60_000
"""A comment may have 65,536."""

_Text = Annotated[str, msgspec.Meta(max_length=2_000)]
_Number = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]


class _Place(msgspec.Struct, forbid_unknown_fields=True):
    path: _Text
    line: _Number
    column: _Number


class _Finding(msgspec.Struct, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*\Z", max_length=40)]
    severity: Literal["error", "warning"]
    path: _Text
    line: _Number
    column: _Number
    message: _Text
    hint: _Text
    clause: _Text
    related: Annotated[list[_Place], msgspec.Meta(max_length=20)] = []


class _File(msgspec.Struct, forbid_unknown_fields=True):
    files: _Number
    records: _Number
    errors: _Number
    warnings: _Number
    findings: list[_Finding]
    known: _Number = 0
    effects: Annotated[list[_Text], msgspec.Meta(max_length=100)] = []


def comment(path: Path, *, outside: int, run: str) -> str:
    """Markdown for the findings in `path`; says so when there are none to be had or they make no sense.

    `outside` is how many files beyond `submissions/` the proposal changes, and `run` the address of the check: both
    from the forge, not from the file. Raises `UsageError` for an address that is none.
    """
    if not run.startswith("https://") or any(not character.isprintable() or character in " ()<>" for character in run):
        raise UsageError("--run 要一个 https:// 开头的地址")
    parts = []
    if outside:
        changed = f"这里改了 submissions/ 以外的 {outside} 个文件"
        parts.append(f"> **请维护人员先看：**{changed}，下面的结果可能是改过的程序给出的。\n\n")
    report = _read(path)
    if report is None:
        parts.append("检查没有跑完，或者结果读不出来。")
    else:
        shown = msgspec.structs.replace(report, findings=report.findings[:MOST_SHOWN])
        text = as_markdown(shown, MemoryTree({})).replace(shown.summary, report.summary, 1)
        if len(report.findings) > MOST_SHOWN:
            text += f"\n这里只列出前 {MOST_SHOWN} 处。\n"
        parts.append(text if len(text) <= MOST_CHARACTERS else f"**{report.summary}**\n\n太长了，评论里写不下。\n")
    parts.append(f"\n[检查的全部结果]({run})\n")
    return "".join(parts)


def _read(path: Path) -> Report | None:
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            return None
        file = msgspec.json.decode(data, type=_File)
    except (OSError, msgspec.MsgspecError, RecursionError):
        return None
    effects = tuple(redact(" ".join(sentence.splitlines())) for sentence in file.effects)
    return Report(file.files, file.records, [_safe(each) for each in file.findings], file.known, effects)


def _safe(each: _Finding) -> Finding:
    """Through the same door as our own: one line, personal values masked."""
    at = Location(each.path, each.line, each.column)
    clause = redact(" ".join(each.clause.splitlines()))  # ours never needs it
    related = (Location(other.path, other.line, other.column) for other in each.related)
    return finding(each.code, at, each.message, hint=each.hint, clause=clause, severity=each.severity, related=related)

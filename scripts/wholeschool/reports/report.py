"""One report, five drawings: terminal text, JSON, GitHub annotations, SARIF and a Markdown summary."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from wholeschool.errors import RepositoryError
from wholeschool.findings import Finding, Location
from wholeschool.personal_data import redact
from wholeschool.records.refusals import Refused
from wholeschool.records.text import decode
from wholeschool.sources import Tree

LONGEST_SUMMARY = 1_000_000
"""Bytes of Markdown; GitHub shows no summary at all of a step that writes more than 1 MiB."""
_SHOWN = 160
_LOOKED_THROUGH = 4 * _SHOWN
"""Of a line, characters: what is shown is whole or hidden, because a number that begins there ends here."""
_NAMES = {"error": "错误", "warning": "提醒"}


class Report(msgspec.Struct, frozen=True):
    """What a check found, and in how much; for a change also how much was there before, and what merging it does."""

    files: int
    records: int
    findings: list[Finding]
    known: int = 0
    effects: tuple[str, ...] = ()

    def count(self, severity: str) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def failed(self) -> bool:
        """Whether anything is wrong; warnings are not."""
        return self.count("error") > 0

    @property
    def summary(self) -> str:
        """The last line: how much was checked and what came of it."""
        checked = f"检查了 {self.files} 个文件、{self.records} 份记录"
        before = f"另有 {self.known} 处是改动之前就有的。" if self.known else ""
        if not self.findings:
            return f"{checked}，没有问题。{before}"
        return f"{checked}：{self.count('error')} 处错误，{self.count('warning')} 处提醒。{before}"


def as_text(report: Report, tree: Tree) -> str:
    """For the terminal: place, sentence, the line itself with a caret, what to do, why."""
    lines = _Lines(tree)
    parts = []
    for each in report.findings:
        parts.append(
            f"{_visible(each.path)}:{each.line}:{each.column}: {_NAMES[each.severity]} {each.code} {each.message}"
        )
        if source := lines.get(each.path, each.line):
            parts.append(f"{each.line:>5} │ {source}")
            parts.append(f"      │ {' ' * _width(source[: each.column - 1])}^")
        parts += [f"      = 对照：{_visible(other.path)}:{other.line}:{other.column}" for other in each.related]
        if each.hint:
            parts.append(f"      = 怎么办：{each.hint}")
        if each.clause:
            parts.append(f"      = 依据：{each.clause}")
        parts.append("")
    if report.effects:
        parts += ["合并之后：", *(f"  {sentence}" for sentence in report.effects), ""]
    return "\n".join([*parts, report.summary]) + "\n"


def as_json(report: Report, tree: Tree) -> str:
    """One object, as the README documents it."""
    body = {
        "files": report.files,
        "records": report.records,
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "known": report.known,
        "effects": list(report.effects),
        "findings": [
            {
                "code": each.code,
                "severity": each.severity,
                "path": _visible(each.path),
                "line": each.line,
                "column": each.column,
                "message": each.message,
                "hint": each.hint,
                "clause": each.clause,
                "related": [
                    {"path": _visible(other.path), "line": other.line, "column": other.column} for other in each.related
                ],
            }
            for each in report.findings
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def as_github(report: Report, tree: Tree) -> str:
    """Workflow commands that GitHub, Gitea and Forgejo show beside the line. Submitted text cannot start a command."""
    rows = []
    for each in report.findings:
        place = f"file={_property(_visible(each.path))},line={each.line},col={each.column}"
        rows.append(f"::{each.severity} {place},title={_property(each.code)}::{_data(_spoken(each))}\n")
    return "".join(rows)


def as_markdown(report: Report, tree: Tree) -> str:
    """A summary for the pull request: everything, grouped by file, whatever the forge's limit on annotations.

    Findings that would make it longer than a forge takes are counted.
    """
    parts = [f"**{report.summary}**\n"]
    shown = length = 0
    by_path: dict[str, list[Finding]] = {}
    for each in report.findings:
        by_path.setdefault(each.path, []).append(each)
    for path, findings in by_path.items():
        if length > LONGEST_SUMMARY:
            break
        parts.append(f"\n### {_code(_visible(path))}\n\n| 行 | | 问题 | 怎么办 | 依据 |\n|---:|---|---|---|---|\n")
        length += len(parts[-1].encode())
        for each in findings:
            cells = (
                str(each.line),
                f"{_NAMES[each.severity]} `{each.code}`",
                _cell(each.message) + "".join(f"（对照 {_place(other)}）" for other in each.related),
                _cell(each.hint),
                _cell(each.clause),
            )
            parts.append(f"| {' | '.join(cells)} |\n")
            shown, length = shown + 1, length + len(parts[-1].encode())
            if length > LONGEST_SUMMARY:
                break
    if left := len(report.findings) - shown:
        parts.append(f"\n太长了，还有 {left} 处没有列在这里，见运行的日志。\n")
    if report.effects:
        parts.append("\n### 合并之后\n\n")
        parts += [f"- {_cell(sentence)}\n" for sentence in report.effects]
    return "".join(parts)


def as_sarif(report: Report, tree: Tree) -> str:
    """SARIF 2.1.0, for forges and editors that show analysis results."""
    codes = sorted({each.code for each in report.findings})
    results = [
        {
            "ruleId": each.code,
            "level": each.severity,
            "message": {"text": _spoken(each)},
            "locations": [_physical(Location(each.path, each.line, each.column))],
            **({"relatedLocations": [_physical(other) for other in each.related]} if each.related else {}),
        }
        for each in report.findings
    ]
    driver = {"name": "wholeschool", "rules": [{"id": code} for code in codes]}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    body = {"$schema": schema, "version": "2.1.0", "runs": [run]}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _physical(at: Location) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(at.path, errors="surrogateescape")},
            "region": {"startLine": at.line, "startColumn": at.column},
        }
    }


reporters: Mapping[str, Callable[[Report, Tree], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
    "markdown": as_markdown,
}


class _Lines:
    """Source lines for quoting, with anything personal masked; unreadable files are not quoted."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._path = ""
        self._lines: list[str] = []

    def get(self, path: str, number: int) -> str:
        if path != self._path:
            self._path = path
            try:
                self._lines = decode(self._tree.read(path)).split("\n")
            except (Refused, RepositoryError, OSError):
                self._lines = []
        # A tab is shown as one column: carets stand where they should, and the mistake can be seen.
        line = self._lines[number - 1][:_LOOKED_THROUGH] if number <= len(self._lines) else ""
        return redact(line).replace("\t", "→")[:_SHOWN]


def _width(text: str) -> int:
    """Columns on a terminal: full-width characters take two, marks above or below another none."""
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else unicodedata.category(character) not in ("Mn", "Me")
        for character in text
    )


def _spoken(each: Finding) -> str:
    """In one line: what is wrong, what to do, who says so."""
    places = "".join(f"（对照 {_visible(other.path)}:{other.line}）" for other in each.related)
    remedy = f"。{each.hint}" if each.hint else ""
    return each.message + places + remedy + (f"（依据：{each.clause}）" if each.clause else "")


def _visible(path: str) -> str:
    """A path that cannot play tricks on a terminal or a log."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in path)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _place(at: Location) -> str:
    return f"{_cell(_visible(at.path))} 第 {at.line} 行"


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(0x2BB))}`"


# Entities mean the same to every Markdown. A forge makes links and mentions of the text it has rendered, so a
# zero-width space parts what would become one.
_MARKDOWN = str.maketrans(
    {character: f"&#{ord(character)};" for character in "\\`*_{}[]()+!|~<>&"}
    | {"\n": " ", "\r": " ", "@": "@\u200b", "#": "&#35;\u200b"}
)

# An address without a protocol, and how GitHub is told of an issue.
_LINKING = re.compile(r"(?i)www(?=\.)|gh-(?=[0-9])")


def _cell(text: str) -> str:
    """Text in a table cell: no markup, no link, no mention, no way out of the table."""
    plain = _visible(" ".join(text.splitlines())).translate(_MARKDOWN).replace("://", ":\u200b//")
    return _LINKING.sub("\\g<0>\u200b", plain)

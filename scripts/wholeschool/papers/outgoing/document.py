"""A paper as PDF, set by Typst, or as an HTML file that word processors open.

What a paper says reaches Typst as data and HTML escaped, so no text of a record is ever markup. Typst sees one
template and the installed Noto faces, no other file and no network. Certificates are set by WeasyPrint; tables by the
thousand it sets thirty times more slowly than Typst, which is why there are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import msgspec
import typst

from wholeschool.certificates import fonts
from wholeschool.errors import BuildError
from wholeschool.papers.outgoing.paper import Cell, Form, Part, Prose, Sheet, Table, spans

_TEMPLATE = Path(__file__).with_name("paper.typ")
_FACES = "/usr/share/fonts/opentype/noto"
# Longer than this, a word without a place to break would leave its column.
_LONG_WORD = re.compile(r"[!-~]{25,}")
_BREAK = "\u200b"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A sheet with no more rows than this is kept together on a page.
_SHORT = 8


class UnprintableError(BuildError):
    """A paper with characters that no installed font draws."""


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as one tagged document with a bookmark for each; equal sheets give equal bytes."""
    data = {"title": sheets[0].title, "runs": list(_runs(sheets))}
    text = msgspec.json.encode(data).decode()
    # A ticked box the template lays of two signs one on the other; where a long word may break nothing is drawn.
    if lacking := fonts.missing(text.replace("☑", "□√").replace(_BREAK, "")):
        raise UnprintableError(f"字体里没有{fonts.shown(lacking)}；安装含有这些字的字体（如 fonts-hanazono）后重做")
    made = _compiler().compile(sys_inputs={"paper": text}, format="pdf")
    assert isinstance(made, bytes)
    return made


def html(sheets: Sequence[Sheet]) -> bytes:
    """The same as a file that Word and WPS open and edit, in the fonts that offices have."""
    body = "<div class='next'></div>".join(map(_section, sheets))
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(sheets[0].title)}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    ).encode()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_TEMPLATE), root=str(_TEMPLATE.parent), font_paths=[_FACES], ignore_system_fonts=True)


def _runs(sheets: Sequence[Sheet]) -> Iterator[dict[str, Any]]:
    """Sheets that stand one after the other on the same pages."""
    run: list[dict[str, Any]] = []
    for place, sheet in enumerate(sheets):
        run.append(
            {
                "title": sheet.title,
                "name": sheet.name,
                "mark": sheet.mark,
                "under": sheet.under,
                "foot": [text for text in sheet.foot if text],
                "notes": sheet.notes,
                "parts": list(map(_data, sheet.parts)),
                "long": sum(len(part.rows) for part in sheet.parts if isinstance(part, Table)) > _SHORT,
            }
        )
        if place + 1 == len(sheets) or not sheets[place + 1].follows:
            yield {"wide": sheet.wide, "sheets": run}
            run = []


def _data(part: Part) -> dict[str, Any]:
    match part:
        case Table():
            heights = {place: dict(spans(part, place)) for place in part.merged}
            cells = [
                {"text": _text(value), "rows": height}
                for number, row in enumerate(part.rows)
                for place, value in enumerate(row)
                if (height := heights[place].get(number, 0) if place in heights else 1)
            ]
            return {
                "kind": "table",
                "title": part.title,
                "widths": [None if _holds_dates(part, place) else one.width for place, one in enumerate(part.columns)],
                "middle": [column.middle for column in part.columns],
                "headings": [column.heading for column in part.columns],
                "cells": cells,
            }
        case Form():
            most = max(map(len, part.lines))
            lines = [
                [
                    {"label": label, "text": _text(value), "columns": columns, "tall": label in part.tall}
                    for label, value, columns in _fields(line, most)
                ]
                for line in part.lines
            ]
            return {"kind": "form", "title": part.title, "pairs": most, "head": part.head, "lines": lines}
        case Prose():
            return {"kind": "prose", "title": part.title, "paragraphs": list(map(_text, part.paragraphs))}


def _holds_dates(table: Table, place: int) -> bool:
    """Whether a column says nothing but dates: these cannot be broken, so it takes the room that they need."""
    said = {str(row[place]) for row in table.rows if row[place]}
    return bool(said) and all(map(_DATE.fullmatch, said))


def _fields(line: Sequence[tuple[str, Cell]], most: int) -> Iterator[tuple[str, Cell, int]]:
    """The fields of a form's line with the columns of their values: the last takes what the line leaves over."""
    for place, (label, value) in enumerate(line, start=1):
        yield label, value, 2 * (most - len(line)) + 1 if place == len(line) else 1


def _text(value: Cell) -> str:
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return _LONG_WORD.sub(lambda word: _BREAK.join(re.findall(".{1,12}", word[0])), text)


_STYLE = """
body { font: 12pt/1.6 仿宋, FangSong, 宋体, SimSun, serif; max-width: 26cm; margin: 1cm auto }
.next { page-break-before: always }
h1 { font: bold 18pt/1.4 方正小标宋简体, 宋体, SimSun, serif; text-align: center }
h2, th { font: bold 12pt/1.6 黑体, SimHei, sans-serif }
table { width: 100%; border-collapse: collapse }
th, td { border: 1px solid #000; padding: 3pt 4pt }
.prose { text-indent: 2em }
.note { font-size: 10pt }
"""


def _section(sheet: Sheet) -> str:
    before = f"{_paragraphs((sheet.mark,))}<h1>{escape(sheet.title)}</h1>{_paragraphs((sheet.under,))}"
    after = f"{_paragraphs(sheet.foot)}{_paragraphs(sheet.notes, 'note')}"
    return f"<section>{before}{''.join(map(_part, sheet.parts))}{after}</section>"


def _part(part: Part) -> str:
    data = _data(part)
    title = f"<h2>{escape(part.title)}</h2>" if part.title else ""
    match part:
        case Table():
            headings = "".join(f"<th>{escape(each)}</th>" for each in data["headings"])
            return f"{title}<table><tr>{headings}</tr>{_rows(part)}</table>"
        case Form():
            lines = "".join(
                "<tr>"
                + "".join(
                    f'<th>{escape(each["label"])}</th><td colspan="{each["columns"]}">{_html(each["text"])}</td>'
                    for each in line
                )
                + "</tr>"
                for line in data["lines"]
            )
            return f"{title}<table>{lines}</table>"
        case Prose():
            return f"{title}{_paragraphs(part.paragraphs, 'prose')}"


def _rows(table: Table) -> str:
    return "".join(f"<tr>{''.join(f'<td>{_html(_text(value))}</td>' for value in row)}</tr>" for row in table.rows)


def _paragraphs(texts: Sequence[str], name: str = "") -> str:
    return "".join(f'<p class="{name}">{_html(text)}</p>' for text in texts if text)


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")

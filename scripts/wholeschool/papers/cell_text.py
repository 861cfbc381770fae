"""What stands in a cell, as the text a record would have; and the other way round."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from openpyxl.utils.datetime import from_excel

from wholeschool.papers.layout import Column, Field
from wholeschool.papers.microability_names import recognise
from wholeschool.papers.opening import Cell
from wholeschool.records.mending import mended

YES = {"是", "√", "✓", "✔", "对", "有", "能", "true", "yes", "y", "1", "☑"}
NO = {"否", "×", "✗", "无", "不", "不能", "false", "no", "n", "0", "□"}
SIGNS = "、，,；;"
# What Excel counts days in; outside of it a number in a date column is no date.
SERIALS = range(36526, 73051)


class Remark(NamedTuple):
    message: str
    hint: str
    severity: str


def texts_in(column: Column, cell: Cell, names: Mapping[str, str]) -> tuple[Any, list[Remark]]:
    """The value of a cell (a list where the field takes several), and remarks on what was taken for something else."""
    remarks: list[Remark] = []
    if column.items is None:
        return _one(column.field, _plain(column.field, cell.value), names, remarks), remarks
    whole = _plain(column.items, cell.value)
    parts = _parts(column.items, whole)
    return [text for part in parts if (text := _one(column.items, part, names, remarks))], remarks


def shown(column: Column, value: Any) -> str | int | float:
    """How a value stands in a cell, so that reading it gives the same."""
    if isinstance(value, list):
        words = [str(item) for item in value]
        broken = is_prose(column.items or {}) or any(sign in word for word in words for sign in SIGNS)
        return "\n".join(words) if broken else "、".join(words)
    kind = column.field.get("type")
    if kind == "boolean":
        return {"true": "是", "false": "否"}.get(str(value), str(value))
    if kind in ("integer", "number") and re.fullmatch(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", str(value)):
        number = float(value)
        return int(number) if number.is_integer() else number
    return str(value)


def is_prose(field: Field) -> bool:
    """Whether values are sentences, which may hold commas: several stand on a line each."""
    return "pattern" not in field and "enum" not in field and field.get("format") != "date"


def is_microability(field: Field) -> bool:
    """Whether the field takes a microability's code."""
    return field.get("title") == "微能力编号"


def _parts(field: Field, text: str) -> list[str]:
    lines = [line for line in text.split("\n") if line.strip()]
    if is_prose(field):
        return lines
    blanks = r"\s" if str(field.get("pattern", "")).isascii() and "pattern" in field else ""
    if len(lines) > 1 and not blanks and "enum" not in field:
        return lines
    return [part for part in re.split(rf"[{SIGNS}\n{blanks}]+", text) if part.strip()]


def _one(field: Field, text: str, names: Mapping[str, str], remarks: list[Remark]) -> str:
    if field.get("type") == "boolean":
        word = text.strip().lower()
        return "true" if word in YES else "false" if word in NO else text
    if is_microability(field) and names:
        found = recognise(text, names)
        if found.remark:
            remarks.append(
                Remark(
                    found.remark,
                    "请看一眼对不对" if found.code else "只写编号，或把名称改成与编号一致",
                    "warning" if found.code else "error",
                )
            )
        return found.code or text.strip()
    return mended(field, text)


def _plain(field: Field, value: str | int | float | bool | date | datetime) -> str:
    """The value as text: whole numbers without a point, days as days."""
    is_date = field.get("format") == "date"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        if is_date and int(value) in SERIALS:
            return str(from_excel(value).date().isoformat())
        return str(int(value)) if float(value).is_integer() else repr(value)
    return value.replace("\r\n", "\n").replace("\r", "\n")

"""What stands in a cell, as the text a record would have; and the other way round."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from wholeschool.papers.layout import Column, Field
from wholeschool.papers.microability_names import understood
from wholeschool.papers.number_formats import day_of
from wholeschool.papers.opening import Cell
from wholeschool.papers.remarks import LOOK, Remark, quoted, unlike
from wholeschool.records.characters import described, odd_in, usual
from wholeschool.records.mending import half_width, is_code, is_name, is_prose, mended, time_in, undated

YES = {
    *("是", "是的", "√", "✓", "✔", "☑", "对", "有", "能", "可以", "同意", "已同意", "保证", "能保证"),
    *("true", "yes", "y", "t", "1"),
}
NO = {
    *("否", "不是", "×", "✗", "✘", "✖", "x", "□", "☐", "无", "没有", "不", "不能", "不可以", "不同意", "不保证", "未"),
    *("false", "no", "n", "f", "0"),
}
SIGNS = "、，,；;/／+＋&＆|｜┃┋│\\\\＼\\n\\t"
"""What stands between several values in a cell; the inside of a regular expression's class."""
_SIGNS = re.compile(f"[{SIGNS}]+")
_SIGNS_BUT_SLASH = re.compile(f"[{SIGNS.replace('/／', '')}]+")
_BLANKS_TOO = re.compile(r"[\s·•・‧∙。｡]+")
_AND = re.compile(r"[\s·•・‧∙。｡]+|以及|[和与及]")
_TWO_OF_HAN = re.compile(r"[㐀-鿿〇々\U00020000-\U000323af]{2}[和与及][㐀-鿿〇々\U00020000-\U000323af]{2}")
_AND_OTHERS = re.compile(r".{2,}等(?:[0-9一二三四五六七八九十]*[人名位])?")
_BETWEEN_HAN = re.compile(r"[㐀-鿿\U00020000-\U000323af]\s+[㐀-鿿\U00020000-\U000323af]")
# What Excel counts days in; outside of it a number in a date column is no date.
SERIALS = range(36526, 73051)


def texts_in(column: Column, cell: Cell, names: Mapping[str, str]) -> tuple[Any, list[Remark]]:
    """The value of a cell (a list where the field takes several), and what is to be said of how it was read.

    None where a remark is an error: a cell is understood wholly or not at all. `names` are the microabilities' names
    by code.
    """
    field = column.items or column.field
    written = _plain(field, cell.value)
    text = usual(written, prose=is_prose(field))
    remarks: list[Remark] = []
    if isinstance(cell.value, str) and (odd := odd_in(written.strip(), prose=is_prose(field))):
        remarks.append(Remark(f"有{'、'.join(map(described, odd))}，按通常的写法导入", LOOK, "warning"))
    value: Any
    if column.items is not None:
        value = _several(column.items, text, names, remarks)
    elif is_microability(field):
        codes, said = understood(text, names)
        remarks += said
        if len(codes) > 1:
            remarks.append(Remark(f"这一格只能写一项，写了 {'、'.join(codes)}", "一行写一项，别的另起一行", "error"))
        value = codes[0] if codes else None
    else:
        value = _one(field, text, remarks)
    return (None if any(remark.severity == "error" for remark in remarks) else value), remarks


def shown(column: Column, value: Any) -> str | int | float:
    """How a value stands in a cell, so that reading it gives the same."""
    if isinstance(value, list):
        words = [str(item) for item in value]
        return "\n".join(words) if is_prose(column.items or {}) else "、".join(words)
    kind = column.field.get("type")
    if kind == "boolean":
        return {"true": "是", "false": "否"}.get(str(value), str(value))
    if kind in ("integer", "number") and re.fullmatch(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", str(value)):
        number = float(value)
        return int(number) if number.is_integer() else number
    return str(value)


def is_microability(field: Field) -> bool:
    """Whether the field takes a microability's code."""
    return field.get("title") == "微能力编号"


def _several(field: Field, text: str, names: Mapping[str, str], remarks: list[Remark]) -> list[str]:
    """The values of a cell that takes several; sentences stand on a line each."""
    if is_prose(field):
        return [mended(field, line) for line in text.split("\n") if line.strip()]
    if is_microability(field):
        codes, said = understood(text, names)
        remarks += said
        return codes
    found = [value for piece in _pieces(field, text) if (value := mended(field, piece))]
    if not found:
        remarks.append(unlike([text], "没有的，空着不填"))
    if is_name(field):
        remarks += _of_names(found)
    elif not is_code(field) and "enum" not in field and (unclear := list(filter(_BETWEEN_HAN.search, found))):
        remarks.append(_one_or_several(unclear, "项", "几项用顿号隔开；是一项的，去掉中间的空格"))
    twice = list(dict.fromkeys(value for place, value in enumerate(found) if value in found[:place]))
    if not twice:
        return found
    said_twice = "、".join(map(quoted, twice))
    if is_name(field):  # they may be two people
        remarks.append(Remark(f"{said_twice}写了不止一次", "不是同名的两个人的，删掉一个", "warning"))
        return found
    remarks.append(Remark(f"{said_twice}写了不止一次，只算一次", "少写了别的一项的，补上", "warning"))
    return list(dict.fromkeys(found))


def _pieces(field: Field, text: str) -> list[str]:
    """The cell cut at whatever no single value of the field can hold."""
    pattern = str(field.get("pattern", ""))
    pieces = (_SIGNS_BUT_SLASH if "/" in pattern else _SIGNS).split(text)
    if "enum" in field:
        choices = set(map(str, field["enum"]))
        found = []
        for piece in pieces:
            smaller = [piece] if mended(field, piece) in choices else [part for part in _AND.split(piece) if part]
            found += smaller if all(mended(field, part) in choices for part in smaller) else [piece]
        return found
    if is_code(field):
        # Letters may spell words; digits do not.
        cut = _BLANKS_TOO if "a-z" in pattern else _AND
        return [part for piece in pieces for part in cut.split(piece)]
    return pieces


def _of_names(found: list[str]) -> list[Remark]:
    """What is unclear about a list of names: a blank or 和 between two that may be one, 等 in place of the others."""
    remarks = []
    if unclear := [name for name in found if _BETWEEN_HAN.search(name) or _TWO_OF_HAN.search(name)]:
        hint = "几个人用顿号隔开；是一个人的，姓名中间用“·”，或在网页填报里写"
        remarks.append(_one_or_several(unclear, "个人", hint))
    if others := [name for name in found if _AND_OTHERS.fullmatch(name)]:
        remarks.append(unlike(others, "把每个人的姓名都写上"))
    return remarks


def _one_or_several(unclear: list[str], what: str, hint: str) -> Remark:
    return Remark(f"看不出{'、'.join(map(quoted, unclear))}是一{what}还是几{what}", hint, "error")


def _one(field: Field, text: str, remarks: list[Remark]) -> str:
    if field.get("type") == "boolean":
        word = half_width(text).strip().lower()
        return "true" if word in YES else "false" if word in NO else text
    if field.get("format") == "date":
        if wrong := undated(text.strip()):
            remarks.append(Remark(*wrong, "error"))
        elif time_in(text):
            remarks.append(Remark(f"{quoted(text)}只取日期，钟点没有导入", LOOK, "warning"))
    return mended(field, text)


def _plain(field: Field, value: str | int | float | bool | date | datetime) -> str:
    """The value as text: numbers as Excel shows them, 15 digits and no point where they are whole; days as days, with
    the time where they have one.
    """
    is_date = field.get("format") == "date"
    if is_date and not isinstance(value, bool) and isinstance(value, (int, float)) and int(value) in SERIALS:
        value = day_of(value) or value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return str(value).removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        number = float(f"{value:.15g}")
        return str(int(number)) if float(number).is_integer() else repr(number).replace("e-0", "e-")
    return value.replace("\r\n", "\n").replace("\r", "\n")

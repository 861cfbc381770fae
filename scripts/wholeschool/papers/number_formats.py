"""What a number in a cell means by its format: a day, a time, a number with something around it (ECMA-376 18.8.30)."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

# In Excel for Chinese 27-36 and 50-58 are days and times too (ECMA-376 18.8.30, zh-cn).
_DAYS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_BUILT_IN = {**dict.fromkeys(_DAYS, "y"), 9: "0%", 10: "0.00%", 46: "[h]:mm:ss"}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
_TOKEN = re.compile(r'"[^"]*"?|\\.?|_.?|\*.?|\[[^\]]*\]?|General|G/通用格式|[\s\S]', re.IGNORECASE)
_DAY = re.compile(r"[ymdhs]|a{3,4}|e(?![+-])")
_SHAPE = re.compile(r"(?:#*0+|G)(?:\.(0+))?(%?)")
_LAST = 2_958_465
"""9999-12-31, the last day that Excel knows, as it counts days."""
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?(?:Z|[+-]00:00)?)?"
)
_ISO_TIME = re.compile(r"T?([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,9})?)?Z?")


class Look(NamedTuple):
    """What a format does to a number: it is a `day` or an `elapsed` time; or it stands with at least `digits` digits
    and `decimals` behind the point between a beginning and an end, as percent or not; or nothing of this.
    """

    kind: str = ""
    beginning: str = ""
    digits: int = 0
    decimals: int = 0
    end: str = ""


PLAIN = Look()


def look_of(number: int, code: str | None) -> Look:
    """What the format of a number (numFmtId) and code does; without a code, the built-in one of that number."""
    code = _BUILT_IN.get(number) if code is None else code
    return PLAIN if code is None else _look(code)


def _look(code: str) -> Look:
    kept: list[tuple[bool, str]] = []
    elapsed = bracket = False
    for found in _TOKEN.finditer(code[:1000]):
        token = found[0]
        if token == ";":  # what follows is for negative numbers, zero and texts
            break
        if token[0] == '"':
            kept.append((True, token.strip('"')))
        elif token[0] == "\\":
            kept.append((True, token[1:]))
        elif token[0] == "[":
            bracket = True
            elapsed = elapsed or re.fullmatch(r"\[(?:h+|m+|s+)\]", token, re.IGNORECASE) is not None
        elif len(token) > 2:
            kept.append((False, "G"))
        elif token[0] not in "_*":
            kept.append((False, token))
    bare = "".join(" " if literal else text for literal, text in kept)
    if elapsed:
        return Look("elapsed")
    if _DAY.search(bare.replace("G", "").lower()):
        return Look("day")
    return PLAIN if bracket else _around(kept)


def _around(kept: list[tuple[bool, str]]) -> Look:
    """A number with leading zeros, a fixed beginning or end, or as percent: people read more than the number."""
    places = [place for place, (literal, text) in enumerate(kept) if not literal and text in "#0?G.%,"]
    if not places:
        return PLAIN
    middle = kept[places[0] : places[-1] + 1]
    shape = _SHAPE.fullmatch("".join(text for _, text in middle))
    outside = kept[: places[0]] + kept[places[-1] + 1 :]
    if (
        shape is None
        or any(literal for literal, _ in middle)
        or not all(each[0] or each[1] in " -" for each in outside)
    ):
        return PLAIN
    beginning, end = ("".join(text for _, text in part) for part in (kept[: places[0]], kept[places[-1] + 1 :]))
    zeros = shape[0].split(".")[0].count("0")
    if not (beginning + end).strip() and not shape[2] and zeros < 2:
        return PLAIN
    kind = "percent" if shape[2] else "plain" if "G" in shape[0] else "number"
    return Look(kind, beginning.lstrip(), zeros, len(shape[1] or ""), end.rstrip())


def number_of(written: str) -> int | float | None:
    """The number that a text is, with the 15 digits that Excel keeps and shows; None where it is none."""
    written = written.strip(" \t\r\n")
    if not _NUMBER.fullmatch(written):
        return None
    number = float(written)
    if not math.isfinite(number):
        return None
    if len(written) > 15:
        number = float(_FIFTEEN.create_decimal(Decimal(number)))
    return int(number) if number.is_integer() and abs(number) < 1e16 else number


def shown(number: int | float, look: Look) -> str | None:
    """How the number stands there, where that is more than the number and is all of it.

    A share keeps the digits that its format hides: 0.305 as `0%` is 30.5%, which no other text says.
    """
    if look.kind == "percent":
        return _share(number, look)
    if look.kind not in ("number", "plain") or not (number == 0 or 0.0001 <= number < 1e15):
        return None
    whole, _, rest = str(number).partition(".")
    rest = "" if rest == "0" else rest
    if look.kind != "plain":
        if len(rest) > look.decimals:
            return None
        whole, rest = whole.zfill(look.digits), rest.ljust(look.decimals, "0")
    point = "." if rest else ""
    return f"{look.beginning}{whole}{point}{rest}{look.end}"


def _share(number: int | float, look: Look) -> str | None:
    if not 1e-6 <= abs(number) < 1e15 and number != 0:
        return None
    sign = "-" if number < 0 else ""
    whole, _, rest = f"{abs(Decimal(repr(number))).scaleb(2):f}".partition(".")
    whole, rest = whole.zfill(look.digits), rest.rstrip("0").ljust(look.decimals, "0")
    point = "." if rest else ""
    return f"{look.beginning}{sign}{whole}{point}{rest}%{look.end}"


def day_of(serial: int | float, *, from_1904: bool = False) -> str | date | datetime | None:
    """The day, with its time where it has one, that Excel shows for a number; less than a day is a time, as text.

    Days are counted from 1900, where Excel knows a 29th of February (ECMA-376 18.17.4.1), or from 1904. None where
    Excel shows no day.
    """
    if not 0 <= serial <= _LAST + 1:
        return None
    days, seconds = divmod(math.floor(serial * 86400 + 0.5), 86400)
    if days == 0:
        return _clock(seconds // 3600, seconds)
    if from_1904:
        days += 1462
    if days > _LAST:
        return None
    if days == 60:
        return "1900-02-29"
    day = date(1899, 12, 30) + timedelta(days=days + (days < 60))
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds) if seconds else day


def elapsed(number: int | float) -> str | None:
    """A number of days as hours, minutes and, where there are any, seconds."""
    if not 0 <= number <= _LAST:
        return None
    seconds = math.floor(number * 86400 + 0.5)
    return _clock(seconds // 3600, seconds)


def iso_day(written: str) -> str | date | datetime:
    """The day or time of a cell that keeps it as a text of ISO 8601 (`t="d"`); the text itself where it is none."""
    if clock := _ISO_TIME.fullmatch(written):
        return f"{clock[1]}:{clock[2]}" + (f":{clock[3]}" if clock[3] not in (None, "00") else "")
    if found := _ISO.fullmatch(written):
        parts = [int(part or 0) for part in found.groups()]
        try:
            there = datetime(*parts)  # type: ignore[arg-type]
        except ValueError:
            return written
        return there if any(parts[3:]) else there.date()
    return written


def _clock(hours: int, seconds: int) -> str:
    clock = f"{hours:02}:{seconds // 60 % 60:02}"
    return f"{clock}:{seconds % 60:02}" if seconds % 60 else clock

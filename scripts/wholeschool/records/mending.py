"""What is safe to put right in a value: everybody who reads it would read the same thing.

Full-width digits and letters in codes, stray spaces, characters that only look like the right ones, the dates people
write, brackets of document numbers, a choice with a space in it. What is not surely meant so is left for the check to
complain of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from wholeschool.records.characters import usual

_SPACES = " \t\r\n\u3000\u00a0"
_HAN = re.compile("[㐀-䶿一-鿿豈-﫿〇々\U00020000-\U000323af]+")
_DOTS = str.maketrans(dict.fromkeys("•・‧∙●⋅．", "·"))
_TIME = (
    r"(?:T| ?)(?:上午|下午|中午|早上|晚上|凌晨)?(?P<hour>[0-9]{1,2})[:时点](?P<minute>[0-9]{0,2})分?"
    r"(?::?(?P<second>[0-9]{2})(?:\.[0-9]+)?秒?)?(?: ?[AaPp][Mm])?Z?"
)
_DAY = re.compile(
    r"(?P<year>20[0-9]{2}|19[0-9]{2})(?:[-./]|年)(?P<month>[0-9]{1,2})(?:[-./]|月)(?P<day>[0-9]{1,2})[日号]?\.?"
    rf" ?(?:\(?(?:星期|周)[一二三四五六日天]\)?)?(?:{_TIME})?"
)
_SOLID_DAY = re.compile(r"(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_WITHOUT_YEAR = re.compile(rf"[0-9]{{1,2}}(?:月[0-9]{{1,2}}[日号]?|[-./][0-9]{{1,2}})(?:{_TIME})?")
_SHORT_YEAR = re.compile(rf"'?[0-9]{{2}}(?:[-./]|年)[0-9]{{1,2}}(?:[-./]|月)[0-9]{{1,2}}日?(?:{_TIME})?")
_NUMBER = r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_UNIT = re.compile(rf"({_NUMBER})(?:个?学时|学分|小时|人次?|门|份|分|天|年)?")
_SHARE = re.compile(rf"({_NUMBER})%?")
_DOCUMENT = re.compile(r"(.+?)[\[［【(（〔]([0-9]{4})[\]］】)）〕](?:第)?([0-9]{1,5})号?")

_NARROW = {code: chr(code - 0xFEE0) for code in range(ord("！"), ord("～") + 1)} | {0x3000: " ", 0xA0: " "}

Field = Mapping[str, Any]


def mended(field: Field, text: str) -> str:
    """`text` as the field wants it, where that is beyond doubt; otherwise as it is, without spaces around it."""
    text = usual(text, prose=is_prose(field)).strip(_SPACES)
    kind = field.get("type")
    if kind in ("integer", "number"):
        return _number(field, text)
    if kind == "boolean" or not text:
        return text
    if field.get("format") == "date":
        return _date(text)
    if "enum" in field:
        return _choice(text, field["enum"])
    pattern = str(field.get("pattern", ""))
    if "〔" in pattern:
        narrow = half_width(text).replace(" ", "")
        found = _DOCUMENT.fullmatch(narrow)
        return f"{found[1]}〔{found[2]}〕{found[3]}号" if found else text
    if is_code(field):
        return _code(pattern, text)
    if is_name(field):
        return _name(text.translate(_DOTS))
    return text


def is_prose(field: Field) -> bool:
    """Whether the field takes sentences: no form is asked of them."""
    return not {"pattern", "enum", "format"} & field.keys() and field.get("type", "string") == "string"


def is_code(field: Field) -> bool:
    """Whether the field takes a code: letters, digits and signs of ASCII only, or one certain word instead."""
    pattern = str(field.get("pattern", ""))
    classes = re.findall(r"\[[^\]]*\]", pattern)
    return bool(classes) and all(each.isascii() and not each.startswith("[^") for each in classes)


def is_name(field: Field) -> bool:
    """Whether the field takes a person's name."""
    return "·•" in str(field.get("pattern", ""))


def half_width(text: str) -> str:
    """Full-width ASCII and the ideographic space as their ordinary selves; nothing else is touched."""
    return text if text.isascii() else text.translate(_NARROW)


def undated(text: str) -> tuple[str, str] | None:
    """What is wrong with a date that lacks its year, or half of it, and what to do; None for any other text."""
    narrow = _narrow_date(text)
    if _WITHOUT_YEAR.fullmatch(narrow):
        return f"“{text}”没有写年份", "补上年份，例如 2026-03-01"
    if _SHORT_YEAR.fullmatch(narrow):
        return f"“{text}”的年份只有两位", "年份写四位，例如 2026-03-01"
    return None


def time_in(text: str) -> bool:
    """Whether a date is followed by a time of day that says anything: midnight is what programs add."""
    found = _DAY.fullmatch(_narrow_date(text))
    parts = (found["hour"], found["minute"], found["second"]) if found and found["hour"] else ()
    return any(int(part or 0) for part in parts)


def _number(field: Field, text: str) -> str:
    narrow = half_width(text).replace(" ", "").replace("。", ".").lstrip("'‘’")
    is_share = "%" in half_width(str(field.get("title", "")))
    found = (_SHARE if is_share else _UNIT).fullmatch(narrow)
    if not found:
        return text
    number = found[1].replace(",", "")
    return number.rstrip("0").rstrip(".") if "." in number else number


def _narrow_date(text: str) -> str:
    narrow = re.sub(r"\s+", " ", half_width(text).strip(" '‘’").replace("。", "."))
    return re.sub(r" +", " ", re.sub(r"\s*([年月./-])\s*|\s*([日号])", r"\1\2", narrow))


def _date(text: str) -> str:
    narrow = _narrow_date(text)
    found = _DAY.fullmatch(narrow) or _SOLID_DAY.fullmatch(narrow)
    if not found:
        return text
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
    except ValueError:
        return text


def _name(text: str) -> str:
    """A name whose letters stand apart to fill a line, together again: 张　三, 李 文 静.

    Longer ones keep their blanks: 买买提 艾力 is one name, 张明远 李华 are two people, and nobody here can tell.
    """
    parts = [part for part in re.split(r"[ \u3000]+", text) if part]
    if not all(_HAN.fullmatch(part) for part in parts):
        return text
    length = len("".join(parts))
    together = length <= 3 or (length == 4 and len(parts) == 4)
    return ("" if together else " ").join(parts)


def _choice(text: str, choices: list[Any]) -> str:
    def plain(word: object) -> str:
        return re.sub(r"\s", "", half_width(str(word)))

    same = [str(choice) for choice in choices if plain(choice) == plain(text)]
    return same[0] if len(same) == 1 else text


def _code(pattern: str, text: str) -> str:
    narrow = (re.sub(r"\s", "", half_width(text)) if " " not in pattern else half_width(text)).lstrip("'‘’")
    if "A-Z" in pattern and "a-z" not in pattern:
        narrow = re.sub(r"^([A-Z])0+(?=[1-9])", r"\1", narrow.upper())
    elif "a-z" in pattern and "A-Z" not in pattern:
        narrow = narrow.lower()
    return narrow

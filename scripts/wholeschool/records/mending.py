"""What is safe to put right in a value: everybody who reads it would read the same thing.

Full-width digits and letters in codes, stray spaces, the dates people write, brackets of document numbers, a choice
with a space in it. What is not surely meant so is left for the check to complain of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

_SPACES = " \t\r\n\u3000\u00a0"
_HAN = "㐀-䶿一-鿿豈-﫿〇々\U00020000-\U000323af"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[ \u3000\u00a0]+(?=[{_HAN}])")
_DOTS = str.maketrans(dict.fromkeys("•・‧∙●⋅．", "·"))
_DAY = re.compile(
    r"(?P<year>20[0-9]{2}|19[0-9]{2})(?:[-./]|年)(?P<month>[0-9]{1,2})(?:[-./]|月)(?P<day>[0-9]{1,2})日?\.?"
    r"(?: 0{1,2}:00(?::00)?)?"
)
_SOLID_DAY = re.compile(r"(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_UNIT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?:个?学时|学分|小时|人次?|门|份|%|分|天|年)?")
_DOCUMENT = re.compile(r"(.+?)[\[［【(（〔]([0-9]{4})[\]］】)）〕](?:第)?([0-9]{1,5})号?")

Field = Mapping[str, Any]


def mended(field: Field, text: str) -> str:
    """`text` as the field wants it, where that is beyond doubt; otherwise as it is, without spaces around it."""
    text = unicodedata.normalize("NFC", text).strip(_SPACES)
    kind = field.get("type")
    if kind in ("integer", "number"):
        return _number(text)
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
    if "·•" in pattern:
        return _BETWEEN_HAN.sub("", text.translate(_DOTS))
    return text


def is_code(field: Field) -> bool:
    """Whether the field takes a code: letters, digits and signs of ASCII only."""
    pattern = str(field.get("pattern", ""))
    return bool(pattern) and pattern.isascii() and not re.search(r"\[\^", pattern)


def half_width(text: str) -> str:
    """Full-width ASCII and the ideographic space as their ordinary selves; nothing else is touched."""
    return "".join(
        chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else " " if character in "\u3000\u00a0" else character
        for character in text
    )


def _number(text: str) -> str:
    narrow = half_width(text).replace(" ", "").replace("。", ".")
    found = _UNIT.fullmatch(narrow)
    if not found:
        return text
    number = found[1]
    return number.rstrip("0").rstrip(".") if "." in number else number


def _date(text: str) -> str:
    narrow = half_width(text).replace("。", ".")
    narrow = re.sub(r"\s*([年月日./-])\s*", r"\1", narrow)
    found = _DAY.fullmatch(narrow) or _SOLID_DAY.fullmatch(narrow)
    if not found:
        return text
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
    except ValueError:
        return text


def _choice(text: str, choices: list[Any]) -> str:
    def plain(word: object) -> str:
        return re.sub(r"\s", "", half_width(str(word)))

    same = [str(choice) for choice in choices if plain(choice) == plain(text)]
    return same[0] if len(same) == 1 else text


def _code(pattern: str, text: str) -> str:
    narrow = re.sub(r"\s", "", half_width(text)) if " " not in pattern else half_width(text)
    if "A-Z" in pattern and "a-z" not in pattern:
        narrow = re.sub(r"^([A-Z])0+(?=[1-9])", r"\1", narrow.upper())
    elif "a-z" in pattern and "A-Z" not in pattern:
        narrow = narrow.lower()
    return narrow

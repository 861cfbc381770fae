"""Telephone numbers, identity cards and e-mail addresses in free text: find them, and hide them.

Used at both ends: the reader refuses records that contain them, and every text that leaves a report is masked,
so that a refusal never repeats what it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stdnum.cn import ric

# Full-width digits and the X of identity cards; same length, so positions stay true.
_HALF_WIDTH = {0xFF10 + digit: ord("0") + digit for digit in range(10)} | {
    ord("\uff38"): ord("X"),
    ord("\uff58"): ord("x"),
    ord("\uff20"): ord("@"),
    ord("\uff0d"): ord("-"),
    ord("\u3000"): ord(" "),
    ord("\u00a0"): ord(" "),
}
_ANY_WIDE = re.compile("[\uff10-\uff19\uff38\uff58\uff20\uff0d\u3000\u00a0]")

# A mobile number as people write it: solid, in the usual groups, or every digit apart; perhaps with the country's 86.
_MOBILE = re.compile(
    r"(?<![0-9])(?:(?:00)?86)?1[3-9][0-9]"
    r"(?:[0-9]{8}|[ .-][0-9]{4}[ .-][0-9]{4}|[ .-][0-9]{3}[ .-][0-9]{5}|[ .-][0-9]{8}|(?:[ .-][0-9]){8})(?![0-9])"
    r"|(?<![0-9])1[ -][3-9](?:[ -][0-9]){9}(?![0-9])"
)
# Eighteen characters of GB 11643, possibly grouped; the check character decides.
_CARD = re.compile(r"(?<![0-9A-Za-z])[1-9](?:[ -]?[0-9]){16}[ -]?[0-9Xx](?![0-9A-Za-z])")
# The two sides of an e-mail address: the left one is looked for backwards from its @.
_LOCAL = re.compile(r"[A-Za-z0-9._%+-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}")


class PersonalDatum(NamedTuple):
    """Something personal in a text: which rule it breaks and the characters it covers."""

    code: str
    start: int
    end: int


def scan(text: str) -> Iterator[PersonalDatum]:
    """Personal numbers and addresses in `text`, in no particular order."""
    if _ANY_WIDE.search(text):
        text = text.translate(_HALF_WIDTH)
    for match in _CARD.finditer(text):
        if _is_identity_card(re.sub("[ -]", "", match.group())):
            yield PersonalDatum("PII-IDCARD", *match.span())
    for match in _MOBILE.finditer(text):
        yield PersonalDatum("PII-MOBILE", *match.span())
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.match(text[max(0, at - 64) : at][::-1])
        if local and (domain := _DOMAIN.match(text, at + 1)):
            yield PersonalDatum("PII-EMAIL", at - local.end(), domain.end())
        at = text.find("@", at + 1)


def redact(text: str) -> str:
    """`text` with everything personal replaced by as many asterisks."""
    pieces, done = [], 0
    for _, start, end in sorted(scan(text), key=lambda datum: datum.start):
        if end > done:
            pieces += [text[done : max(start, done)], "*" * (end - max(start, done))]
            done = end
    return "".join([*pieces, text[done:]])


def _is_identity_card(number: str) -> bool:
    """GB 11643: a possible birth date and the right check character (the region is not asked: old codes live on)."""
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if not (1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    return bool(ric.calc_check_digit(number) == number[-1].upper())

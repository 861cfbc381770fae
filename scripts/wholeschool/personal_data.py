"""Telephone numbers, identity cards and e-mail addresses in free text: find them, and hide them.

Used at both ends: the reader refuses records that contain them, and every text that leaves a report is masked,
so that a refusal never repeats what it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stdnum.cn import ric

# Digits, letters and signs as input methods write them, each with the one that is meant; same length, so positions
# stay true. Only what numbers and addresses are made of: Chinese is full of other full-width signs.
_MEANT = {
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F) if re.match(r"[\w%+.@-]", chr(wide - 0xFEE0))},
    **dict.fromkeys([0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-"),
    **dict.fromkeys([0x00B7, 0x2022, 0x2027, 0x30FB], "."),
}
_ANY_MEANT = re.compile(f"[{''.join(map(chr, _MEANT))}]")
# Eleven digits with no more between them than numbers have: nothing else is worth a closer look.
_DIGITS = re.compile(r"[0-9](?:[ ._-]{0,2}[0-9]){10,}")

# A mobile number as people write it: solid, in groups, or every digit apart; perhaps with the country's 86.
_GAP = "[ ._-]{1,2}"
_MOBILE = re.compile(
    r"(?<![0-9])(?:(?:00)?86)?1[3-9][0-9]"
    rf"(?:[0-9]{{8}}|{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}|{_GAP}[0-9]{{3}}{_GAP}[0-9]{{5}}|{_GAP}[0-9]{{8}}"
    rf"|[0-9]{{4}}{_GAP}[0-9]{{4}}|[0-9]{{2}}{_GAP}[0-9]{{6}}|(?:{_GAP}[0-9]){{8}})(?![0-9])"
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
    if _ANY_MEANT.search(text):
        text = text.translate(_MEANT)
    for digits in _DIGITS.finditer(text):
        # A card may end in an X, a space after the last digit; and what follows must not go on with the number.
        start, end = digits.start(), digits.end() + 3
        for match in _CARD.finditer(text, start, end):
            if _is_identity_card(re.sub("[ -]", "", match.group())):
                yield PersonalDatum("PII-IDCARD", *match.span())
        for match in _MOBILE.finditer(text, start, end):
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

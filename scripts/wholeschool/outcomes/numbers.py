"""Certificate numbers: year 4, county 6, microability 3, serial 6, check character 1 (ISO 7064 MOD 37,36)."""

from __future__ import annotations

import re

import msgspec
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

_FORM = re.compile(r"([0-9]{4})([0-9]{6})([A-Z])([0-9]{2})([0-9]{6})([0-9A-Z])\Z")


class NumberError(ValueError):
    """A certificate number that cannot be one; the text says why, in Chinese."""


class Number(msgspec.Struct, frozen=True, order=True):
    """The parts of a certificate number. `microability` is the code as people write it, e.g. A5."""

    year: int
    county: str
    microability: str
    serial: int

    def __str__(self) -> str:
        body = f"{self.year:04}{self.county}{self.microability[0]}{int(self.microability[1:]):02}{self.serial:06}"
        return body + mod_37_36.calc_check_digit(body)


def parse(text: str) -> Number:
    """The parts of `text`; `NumberError` when its form or its check character is wrong."""
    match = _FORM.match(text)
    if not match:
        raise NumberError("不是 20 位的证书编号")
    try:
        mod_37_36.validate(text)
    except ValidationError:
        raise NumberError("校验字符不对，可能抄错了一位") from None
    year, county, letter, digits, serial, _ = match.groups()
    return Number(int(year), county, f"{letter}{int(digits)}", int(serial))

"""Certificate numbers: year 4, county 6, microability 3, serial, check character 1 (ISO 7064 MOD 37,36).

A serial is drawn by the signer (`certificates.signing.numbered`) and has ten characters. The first certificates counted
up in six figures. No number of the one form is one of the other.
"""

from __future__ import annotations

import re

import msgspec
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

# Crockford's alphabet: no letter that is read as a figure, and no U.
_FIGURES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(rf"([0-9]{{4}})([0-9]{{6}})([A-Z])([0-9]{{2}})([0-9]{{6}}|[{_FIGURES}]{{10}})([0-9A-Z])\Z")
COUNTED = 10**6
"""Serials below were counted up; they are six figures long."""
SERIALS = len(_FIGURES) ** 10
"""Serials are below this."""


class NumberError(ValueError):
    """A certificate number that cannot be one; the text says why, in Chinese."""


class Number(msgspec.Struct, frozen=True, order=True):
    """The parts of a certificate number. `microability` is the code as people write it, e.g. A5.

    A serial of 0 is that of a certificate that has no number yet.
    """

    year: int
    county: str
    microability: str
    serial: int

    def __str__(self) -> str:
        body = (
            f"{self.year:04}{self.county}{self.microability[0]}{int(self.microability[1:]):02}{_written(self.serial)}"
        )
        return body + mod_37_36.calc_check_digit(body)


def awaits_serial(text: str) -> bool:
    """Whether a number is that of a certificate that nobody has signed yet: its serial is 0."""
    return not text[13:-1].strip("0")


def _written(serial: int) -> str:
    if serial < COUNTED:
        return f"{serial:06}"
    figures = ""
    while serial:
        serial, rest = divmod(serial, len(_FIGURES))
        figures = _FIGURES[rest] + figures
    return figures.rjust(10, "0")


def parse(text: str) -> Number:
    """The parts of `text`; `NumberError` when its form or its check character is wrong."""
    match = _FORM.match(text)
    if not match:
        raise NumberError("不是 24 位（以前发的 20 位）的证书编号")
    try:
        mod_37_36.validate(text)
    except ValidationError:
        raise NumberError("校验字符不对，可能抄错了一位") from None
    year, county, letter, digits, written, _ = match.groups()
    serial = int(written) if len(written) == len(str(COUNTED - 1)) else _serial(written)
    number = Number(int(year), county, f"{letter}{int(digits)}", serial)
    if _written(serial) != written:
        raise NumberError("不是 24 位（以前发的 20 位）的证书编号")
    return number


def _serial(written: str) -> int:
    serial = 0
    for figure in written:
        serial = serial * len(_FIGURES) + _FIGURES.index(figure)
    return serial

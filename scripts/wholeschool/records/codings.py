"""Bytes as text: whether somebody could read them as they are, in which codings, and what is legible between others.

Digits and what stands between them are the same bytes in every coding in use but UTF-16 and UTF-32, so that a wrong
guess among the others loses nothing that matters for numbers and addresses.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

# What no text has, in any coding but UTF-16 and UTF-32: among a hundred bytes of anything packed there is one of these.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_CHARACTER = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_RARELY = 1_000
_MARKED = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Among bytes that mean something else, only what cannot be chance: figures by themselves, and long addresses.
_LEGIBLE = re.compile(
    rb"(?<![0-9A-Za-z])(?:(?:\+|00)?86-?)?1[3-9][0-9](?:[0-9]{8}|-[0-9]{4}-[0-9]{4})(?![0-9A-Za-z])"
    rb"|(?<![0-9A-Za-z])[1-8][0-9]{16}[0-9Xx](?![0-9A-Za-z])"
    rb"|(?<![0-9A-Za-z._%+-])[0-9A-Za-z._%+-]{3,64}+@[0-9A-Za-z-]{2,63}+(?:\.[0-9A-Za-z-]{1,63}+){1,5}"
)
_SHORTEST_ADDRESS = 14


def is_text(data: bytes) -> bool:
    """Whether the bytes are a text as they stand: with a mark of its coding, or (nearly) without control characters."""
    for mark, coding in _MARKED.items():
        if data.startswith(mark):
            try:
                return _CONTROL_CHARACTER.search(data.decode(coding)) is None
            except UnicodeDecodeError:
                return False
    controls = sum(1 for _ in islice(_CONTROL.finditer(data), len(data) // _RARELY + 1))
    if controls == 0:
        return True
    if b"\0" in data or controls > len(data) // _RARELY:
        return False
    try:  # a program may have one in a pattern
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def as_texts(data: bytes) -> Iterator[str]:
    """The bytes in every coding that they may be in: of a text the one or two, of anything else all."""
    if not is_text(data) or data.startswith(tuple(_MARKED)):
        for coding in ("utf-16-le", "utf-16-be"):  # at both places, because what begins late begins anywhere
            yield data.decode(coding, "replace")
            yield data[1:].decode(coding, "replace")
        if b"\0" in data:
            yield data.replace(b"\0", b"").decode("latin-1")  # UTF-32, and UTF-16 whose alignment changes
    try:
        yield data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield data.decode("gb18030", "replace")
        yield data.decode("utf-8", "replace")


def coded_text(data: bytes) -> str:
    """What was written in another way, if it was a text; empty for anything else, as chance makes it."""
    if b"\0" in data:
        bare = data.replace(b"\0", b"")
        return bare.decode("latin-1") if 2 * len(bare) <= len(data) + 2 and is_text(bare) else ""
    for coding in ("utf-8", "gb18030") if is_text(data) else ():
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    return ""


def legible(data: bytes) -> Iterator[str]:
    """What stands as plain ASCII or UTF-16 between packed bytes: numbers in one piece, and addresses."""
    for view in {data, data.replace(b"\0", b"")}:
        for match in _LEGIBLE.finditer(view):
            found = match.group().decode()
            if "@" not in found or len(found) >= _SHORTEST_ADDRESS:
                yield found

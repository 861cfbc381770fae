"""What a JPEG or PNG holds beside the picture: descriptions, comments, profiles, and where the file ends.

Read chunk by chunk (PNG, third edition) and segment by segment (ITU-T T.81, annex B); no pixel is unpacked.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from PIL import ExifTags, Image

from wholeschool.records.codings import as_texts, is_text, legible

MOST_SCANS = 64
"""Passes in which a JPEG is drawn; a progressive one has about ten, and every one costs as much as the picture."""
MOST_DESCRIPTIONS = 64
"""Descriptions of photos in one file; who has more hides something."""
_MOST_TOLD = 4 * 1024 * 1024
"""Bytes that the packed texts and profiles of one PNG take unpacked."""
_LONGEST_DESCRIPTION = 65_536
_LONGEST_SEGMENT = 1 << 16
_EXIF = re.compile(rb"Exif\x00\x00")
_SCANNED = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

# PNG, third edition, 5.6, and the register of extensions to PNG. What else a file holds, no program shows.
_PUBLIC = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI tEXt zTXt iTXt bKGD hIST pHYs sPLT eXIf tIME"
    b" acTL fcTL fdAT oFFs pCAL sCAL sTER".split()
)
# Written unasked into every screenshot by Apple and every picture by ImageMagick: numbers, of this length.
_USUAL = {b"iDOT": 28, b"caNv": 16, b"orNT": 1, b"vpAg": 9}


class TooMuch(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """Looking at this picture, or at what it says, takes longer than anybody waits."""


class Beside(NamedTuple):
    """What a file holds beside the picture, where it ends, and whether it holds what only some program knows."""

    parts: Sequence[bytes]
    end: int
    private: bool = False


def described(info: Iterable[object], parts: Sequence[bytes]) -> Iterator[str]:
    """What a picture's own descriptions say, those that cameras and Windows write in other codings too."""
    values = list(info)
    for part in islice((part for part in parts if _EXIF.match(part)), MOST_DESCRIPTIONS):
        values += [value for folder in _exif(part).values() for value in folder.values()]
    for value in values:
        if isinstance(value, bytes):
            yield from as_texts(value) if len(value) <= _LONGEST_DESCRIPTION else legible(value)
        else:
            yield str(value)
    for part in parts:
        if is_text(part):
            yield from as_texts(part)


def is_located(data: bytes) -> bool:
    """Whether any description of a photo in these bytes tells where it was taken: a file may hold several.

    Behind the picture telephones put a second one; programs that read on find a second description in the first.
    """
    if b"GPSLatitude" in data:
        return True
    for number, found in enumerate(_EXIF.finditer(data)):
        if number == MOST_DESCRIPTIONS:
            return True
        if _exif(data[found.start() : found.start() + _LONGEST_SEGMENT]).get(ExifTags.IFD.GPSInfo):
            return True
    return False


def _exif(data: bytes) -> dict[ExifTags.IFD | None, dict[int, object]]:
    """Every folder of a photo's description (JEITA CP-3451); of a damaged one what can be read."""
    exif = Image.Exif()
    found: dict[ExifTags.IFD | None, dict[int, object]] = {}
    with suppress(Exception):  # Pillow raises a dozen kinds for what is none
        exif.load(data)
        found[None] = dict(exif)
        for folder in (ExifTags.IFD.GPSInfo, ExifTags.IFD.Exif, ExifTags.IFD.Interop, ExifTags.IFD.IFD1):
            found[folder] = dict(exif.get_ifd(folder))
    return found


# --- PNG --------------------------------------------------------------------------------------------------------------


def png(data: bytes) -> Beside:
    """Everything but the picture. `ValueError` and `zlib.error` where it is damaged, `TooMuch`."""
    parts, private, left = [], False, _MOST_TOLD
    for name, begin, end in _chunks(data):
        body = data[begin : end - 4]
        private = private or (name not in _PUBLIC and _USUAL.get(name) != len(body))
        if name in (b"IDAT", b"fdAT"):
            continue
        parts.append(_EXIF_MARK + body if name == b"eXIf" else body)
        if packed := _packed(name, body):
            parts.append(_unpacked(packed, left))
            left -= len(parts[-1])
        if profile := _RAW_PROFILE.search(parts[-1]):  # an Exif description as ImageMagick writes it
            parts.append(bytes.fromhex(profile[1].decode()))
        if name == b"IEND":
            return Beside(parts, end, private)
    raise ValueError("no end")


_EXIF_MARK = b"Exif\0\0"
_RAW_PROFILE = re.compile(rb"(?:\A|\0)\n\w{1,20}\n *[0-9]{1,8}\n([0-9a-f\n]+)\Z")


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk: its name, where what it holds begins, and where the next one begins."""
    at = 8
    while at + 12 <= len(data):
        begin, name = at + 8, data[at + 4 : at + 8]
        at = begin + int.from_bytes(data[at : at + 4]) + 4
        yield name, begin, at


def _packed(name: bytes, body: bytes) -> bytes:
    """What of a chunk is packed: behind a keyword (zTXt, iCCP), a language and a translation of it (iTXt)."""
    rest = body.partition(b"\0")[2]
    if name in (b"zTXt", b"iCCP"):
        return rest[1:]
    if name == b"iTXt" and rest[:1] == b"\1":
        return rest[2:].split(b"\0", 2)[-1]
    return b""


def _unpacked(packed: bytes, most: int) -> bytes:
    stream = zlib.decompressobj()
    found = stream.decompress(packed, most + 1)
    if len(found) > most:
        raise TooMuch
    if stream.unused_data:
        raise ValueError("more behind the end of what is packed")
    return found


# --- JPEG -------------------------------------------------------------------------------------------------------------


def jpeg(data: bytes) -> Beside:
    """Comments and what programs put there for themselves. `ValueError` where it does not reach an end, `TooMuch`."""
    return Beside(list(_segments(data)), _end_of_jpeg(data))


def _segments(data: bytes) -> Iterator[bytes]:
    """Up to where the picture begins."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        length = int.from_bytes(data[at + 2 : at + 4])
        yield data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)


def _end_of_jpeg(data: bytes) -> int:
    """Behind the last end-of-image mark: telephones put a second, smaller picture right behind the first."""
    at: int | None = 0
    end = None
    while at is not None and data.startswith(b"\xff\xd8\xff", at):
        at = _end_of_one_jpeg(data, at)
        end = at if at is not None else end
    if end is None:
        raise ValueError("no end")
    return end


def _end_of_one_jpeg(data: bytes, at: int) -> int | None:
    at, scans = at + 2, 0
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        mark = data[at + 1]
        if mark == 0xD9:
            break
        if mark == 0xFF or 0xD0 <= mark <= 0xD7:
            at += 1 if mark == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
        if mark == 0xDA:  # the picture itself: up to the next mark that is neither stuffing nor a restart
            scans += 1
            if scans > MOST_SCANS:
                raise TooMuch
            found = _SCANNED.search(data, at)
            if found is None:
                return None
            at = found.start()
    return at + 2 if scans and data[at : at + 2] == b"\xff\xd9" else None

"""What can be read in a file of any kind: the texts in which somebody could find a telephone number.

For files that are no records: such as lie where they should not, or lay there for a while. Archives (workbooks and
documents are archives) are looked into, archives in them too; of texts in any coding nothing is lost that matters for
numbers and addresses. Every limit holds before anything is unpacked.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from wholeschool.errors import DAMAGED_ARCHIVE

MOST_UNPACKED = 64 * 1024 * 1024
MOST_MEMBERS = 5_000
DEEPEST = 3

# Packed in a way that nothing here can unpack.
_CLOSED = {b"Rar!": "RAR 压缩包", b"7z\xbc\xaf": "7z 压缩包"}
_ELEMENT = re.compile(r"<[^<>]{0,2000}>")
# Behind each of these elements of workbooks and documents another cell, line or paragraph begins.
_APART = re.compile(r"</(?:[a-z]+:)?(?:c|si|p|tr|td|row|li|v|t|h[1-6]|text)>|<(?:[a-z]+:)?(?:br|tab)\b[^<>]*>")


class Closed(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """A file that cannot be looked into to the end; its text says why."""


def readable(data: bytes) -> Iterator[str]:
    """The texts in `data`, at least as wide as what a person would see. Raises `Closed`."""
    yield from _Reading().texts(data, DEEPEST)


class _Reading:
    """One file with all that is in it, so that the limits hold for the whole."""

    def __init__(self) -> None:
        self.left, self.members = MOST_UNPACKED, MOST_MEMBERS

    def texts(self, data: bytes, depth: int) -> Iterator[str]:
        for mark, what in _CLOSED.items():
            if data.startswith(mark):
                raise Closed(f"是 {what}，打不开来看")
        if data.startswith(b"PK\x03\x04"):
            yield from self._archive(data, depth)
        elif unpacked := self._stream(data):
            if depth == 0:
                raise Closed("压缩包里套着压缩包，层次太多")
            yield from self.texts(unpacked, depth - 1)
        else:
            yield from _plain_texts(data)

    def _archive(self, data: bytes, depth: int) -> Iterator[str]:
        if depth == 0:
            raise Closed("压缩包里套着压缩包，层次太多")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for each in archive.infolist():
                    self.members -= 1
                    if each.flag_bits & 1:
                        raise Closed("是加了密码的压缩包")
                    if self.members < 0 or each.file_size > self.left:
                        raise Closed("压缩包展开以后太大")
                    yield each.filename
                    with archive.open(each) as member:
                        content = member.read(self.left + 1)
                    self._spend(content)
                    yield from self.texts(content, depth - 1)
        except DAMAGED_ARCHIVE:
            yield from _plain_texts(data)  # what cannot be unpacked may still be a text that begins like an archive

    def _stream(self, data: bytes) -> bytes:
        """A file packed by gzip, bzip2 or xz, unpacked; nothing for any other."""
        kinds: tuple[tuple[bytes, Callable[[], Any]], ...] = (
            (b"\x1f\x8b\x08", lambda: zlib.decompressobj(31)),
            (b"BZh", bz2.BZ2Decompressor),
            (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(memlimit=4 * MOST_UNPACKED)),
        )
        for mark, unpack in kinds:
            if data.startswith(mark):
                try:
                    content: bytes = unpack().decompress(data, self.left + 1)
                except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
                    return b""
                self._spend(content)
                return content
        return b""

    def _spend(self, content: bytes) -> None:
        self.left -= len(content)
        if self.left < 0:
            raise Closed("压缩包展开以后太大")


def _plain_texts(data: bytes) -> Iterator[str]:
    """The bytes as text, in the codings they may be in: in all but UTF-16 and UTF-32, digits are as in ASCII."""
    if b"\0" in data[:65_536] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            yield data.decode(encoding, "replace")
        yield data[1:].decode("utf-16-le", "replace")  # as in old workbooks, where texts begin anywhere
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    yield text
    if "<" in text and "</" in text:
        yield _ELEMENT.sub("", _APART.sub("\n\n\n\n", text))

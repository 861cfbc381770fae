"""What can be read in a file of any kind: the texts in which somebody could find a telephone number.

For files that are no records: such as lie where they should not, or lay there for a while. Archives (workbooks and
documents are archives) are looked into, archives in them too; of texts in any coding nothing is lost that matters for
numbers and addresses; what mail and programs write text as (Base64, hexadecimal, quoted-printable) is undone. What is
none of all this is closed, and so is whatever has something beside what its own kind would show. Every limit holds
before anything is unpacked.
"""

from __future__ import annotations

import base64
import bz2
import io
import lzma
import quopri
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from typing import Any

from wholeschool.errors import DAMAGED_ARCHIVE
from wholeschool.records.codings import as_texts, coded_text, is_text, legible
from wholeschool.records.contact_sheets import SEALED, why_not_sealed

MOST_UNPACKED = 64 * 1024 * 1024
MOST_CHARACTERS = 32 * 1024 * 1024
"""Looking through them takes a second for one or two million."""
MOST_MEMBERS = 5_000
MOST_PICTURES = 200
"""A picture of the largest size takes a second."""
DEEPEST = 3

# Packed in a way that nothing here can unpack.
_CLOSED = {
    **{b"Rar!": "RAR 压缩包", b"7z\xbc\xaf": "7z 压缩包", b"\x28\xb5\x2f\xfd": "zstd 压缩的文件"},
    **{b"\x04\x22\x4d\x18": "lz4 压缩的文件", b"\xd0\xcf\x11\xe0": "旧格式的 Office 文件"},
}
_PICTURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
_ELEMENT = re.compile(r"<[^<>]*>")
# Behind each of these elements of workbooks, documents and pages another cell, line or paragraph begins; not behind a
# run of letters in one format, of which a number may have several.
_APART = re.compile(
    r"</(?:[a-z]+:)?(?:c|f|v|si|p|tc|tr|td|th|row|li|h[1-6]|div|text)>|<(?:[a-z]+:)?(?:br|tab)\b[^<>]*>"
)
# What programs put into documents for themselves, and nobody else reads: Excel its printer's settings, LibreOffice
# where pages break.
_FOR_PROGRAMS = re.compile(r"xl/printerSettings/printerSettings[0-9]+\.bin|layout-cache")

_PARAGRAPH = "\n\n\n\n"

# Letters of Base64, in one line or several; figures of hexadecimal bytes; marks of quoted-printable (RFC 2045, 6.7).
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{4,}+(?:\r?\n[ \t>]*[A-Za-z0-9+/_-]{2,}+)*+")
_SHORTEST_BASE64 = 15
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}[ :]?){11,}")
_QUOTED = re.compile(r"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n)")

# Files packed as one stream or several in a row, by their beginning.
_STREAMS: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b\x08": lambda: zlib.decompressobj(31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=4 * MOST_UNPACKED),
    b"\x5d\x00\x00": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=4 * MOST_UNPACKED),
    **dict.fromkeys([b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"], zlib.decompressobj),
}
_BY_CHANCE = tuple(mark for mark in _STREAMS if len(mark) < 3)
"""So short that other bytes begin so, too."""
_MOST_STREAMS = 200
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _DESCRIBED_BEHIND = 1, 8


class Closed(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """A file that cannot be looked into to the end, or is refused whole; its text says why, `codes` for what."""

    def __init__(self, why: str, codes: frozenset[str] = frozenset()) -> None:
        super().__init__(why)
        self.codes = codes


def readable(data: bytes) -> Iterator[str]:
    """The texts in `data`, at least as wide as what a person would see. Raises `Closed`."""
    yield from Reading().texts(data)


class Reading:
    """Files with all that is in them, so that the limits hold for the whole."""

    def __init__(self) -> None:
        self._left, self._members, self._pictures = MOST_UNPACKED, MOST_MEMBERS, MOST_PICTURES
        self._characters = MOST_CHARACTERS

    def texts(self, data: bytes) -> Iterator[str]:
        """As `readable`."""
        for text in self._texts(data, DEEPEST):
            self._characters -= len(text)
            if self._characters < 0:
                raise Closed("内容太多，看不完")
            yield text

    def _texts(self, data: bytes, depth: int) -> Iterator[str]:
        if inside := self._inside(data, depth):
            yield from inside
        elif is_text(data):
            for text in as_texts(data):
                yield from self._told(text, depth)
        else:
            yield from as_texts(data)
            kinds = (what for mark, what in _CLOSED.items() if data.startswith(mark))
            raise Closed(f"是{next(kinds, '认不出的二进制文件')}，打不开来看")

    def _inside(self, data: bytes, depth: int) -> Iterator[str] | None:
        """The texts in a file that holds others, by its beginning; None for any other."""
        if data.startswith(tuple(_PICTURES)):
            return self._picture(data)
        if is_text(data):
            return None
        if data.startswith(SEALED):
            return self._sealed(data)
        if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return self._archive(data, _deeper(depth))
        if mark := next((mark for mark in _STREAMS if data.startswith(mark)), None):
            return self._stream(data, mark, _deeper(depth))
        return None

    # --- texts --------------------------------------------------------------------------------------------------------

    def _told(self, text: str, depth: int) -> Iterator[str]:
        """A text as it stands, and with every writing undone that programs give it."""
        yield text
        if "<" in text and ">" in text:
            yield _shown(text)
        if _QUOTED.search(text):
            yield from as_texts(quopri.decodestring(text.encode("utf-8", "replace")))
        plain = []
        for data in _decoded(text):
            if told := coded_text(data):
                plain.append(told)
            elif data.startswith(tuple(_CLOSED)):
                raise Closed("里面写着打不开的内容")
            elif depth and data.startswith((*_PICTURES, b"PK\x03\x04", *_STREAMS)):
                with suppress(Closed) if data.startswith(_BY_CHANCE) else nullcontext():
                    yield from self._inside(data, depth - 1) or ()
        if plain:
            joined = _PARAGRAPH.join(plain)
            yield from self._told(joined, depth - 1) if depth else (joined,)

    # --- files that hold others ---------------------------------------------------------------------------------------

    def _picture(self, data: bytes) -> Iterator[str]:
        from wholeschool.records import attachments  # hardly ever needed, and what it is made of takes time to load

        self._pictures -= 1
        if self._pictures < 0:
            raise Closed("图片和文档太多，看不完")
        ending = next(ending for mark, ending in _PICTURES.items() if data.startswith(mark))
        if refused := list(attachments.inspect(f"x.{ending}", data)):
            raise Closed(refused[0].message, frozenset(each.code for each in refused))
        yield from ()

    def _sealed(self, data: bytes) -> Iterator[str]:
        if refused := why_not_sealed(data):
            raise Closed(refused.message)
        yield from ()

    def _archive(self, data: bytes, depth: int) -> Iterator[str]:
        """Names, comments and members of a zip file that is nothing but these (APPNOTE.TXT 6.3.10, 4.3)."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGED_ARCHIVE as error:
            raise Closed("压缩包打不开，可能损坏") from error
        members = sorted(archive.infolist(), key=lambda each: each.header_offset)
        self._members -= len(members)
        if self._members < 0:
            raise Closed("压缩包里的文件太多")
        beside = [archive.comment, *(part for each in members for part in (each.comment, each.extra) if part)]
        yield _PARAGRAPH.join([each.filename for each in members])
        for part in beside:
            yield from as_texts(part)
        at = 0
        for each in members:
            begin, about = _local(data, at, each)
            at = begin + each.compress_size
            yield from as_texts(about)
            content = self._member(data[begin:at], each)
            at += _described_behind(data, at, each)
            if _FOR_PROGRAMS.fullmatch(each.filename):
                yield from legible(content)
            else:
                yield from self._texts(content, depth)
        _nothing_but(data, at, archive)

    def _member(self, packed: bytes, member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & _ENCRYPTED:
            raise Closed("是加了密码的压缩包")
        if member.file_size > self._left:
            raise Closed("压缩包展开以后太大")
        content, whole = packed, True
        if member.compress_type == _DEFLATED:
            unpacker = zlib.decompressobj(-15)
            try:
                content = unpacker.decompress(packed, member.file_size + 1)
            except zlib.error as error:
                raise Closed("压缩包打不开，可能损坏") from error
            whole = unpacker.eof and not unpacker.unused_data
        elif member.compress_type != _STORED:
            raise Closed("压缩包用了这里打不开的压缩方法")
        self._spend(content)
        if not whole or len(content) != member.file_size or zlib.crc32(content) != member.CRC:
            raise Closed("压缩包打不开，可能损坏，或者夹着别的内容")
        return content

    def _stream(self, data: bytes, mark: bytes, depth: int) -> Iterator[str]:
        """A file packed by gzip, bzip2, xz, lzma or zlib, all of its streams."""
        parts: list[bytes] = []
        while data.startswith(mark):
            if mark == b"\x1f\x8b\x08":
                yield from as_texts(_gzip_name(data))
            unpacker = _STREAMS[mark]()
            try:
                parts.append(unpacker.decompress(data, self._left + 1))
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
                raise Closed("是压缩的文件，打不开，可能损坏") from error
            self._spend(parts[-1])
            if not unpacker.eof or len(parts) > _MOST_STREAMS:
                raise Closed("是压缩的文件，不完整，或者分成太多段")
            data = unpacker.unused_data
        if data.strip(b"\0"):
            raise Closed("压缩的文件后面还有别的内容")
        yield from self._texts(b"".join(parts), depth)

    def _spend(self, content: bytes) -> None:
        self._left -= len(content)
        if self._left < 0:
            raise Closed("压缩包展开以后太大")


def _deeper(depth: int) -> int:
    if depth == 0:
        raise Closed("压缩包里套着压缩包，层次太多")
    return depth - 1


def _decoded(text: str) -> Iterator[bytes]:
    """What may be written in `text` as Base64 (RFC 4648, both alphabets) or in hexadecimal figures."""
    for match in _BASE64.finditer(text):
        letters = re.sub(r"[\s>]", "", match.group())
        if len(letters) >= _SHORTEST_BASE64:
            for start in range(4):
                whole = letters[start:].replace("-", "+").replace("_", "/")
                whole = whole[: len(whole) - 1] if len(whole) % 4 == 1 else whole
                yield base64.b64decode(whole + "=" * (-len(whole) % 4))
    for match in _HEXADECIMAL.finditer(text):
        figures = match.group().replace(" ", "").replace(":", "")
        yield bytes.fromhex(figures)
        yield bytes.fromhex(figures[1:-1])


def _shown(text: str) -> str:
    """A page, or a part of a document or workbook, without marks; cells, lines and paragraphs far from each other."""
    first, *commented = text.split("<!--")
    parts = (each.partition("-->") for each in commented)
    text = "".join([first, *(behind if end else comment for comment, end, behind in parts)])
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    return _ELEMENT.sub("", _APART.sub(_PARAGRAPH, text))


def _gzip_name(data: bytes) -> bytes:
    """The name in the head of a gzip stream (RFC 1952, 2.3); other things that a head may hold nobody writes."""
    text, name = 1, 8
    if len(data) < 10 or data[3] & ~(text | name):
        raise Closed("压缩的文件头里夹着别的内容")
    return data[10:].split(b"\0", 1)[0][:1024] if data[3] & name else b""


def _local(data: bytes, at: int, member: zipfile.ZipInfo) -> tuple[int, bytes]:
    """Where a member's bytes begin, and the name and more before them; `at` is where the member before ended."""
    head = data[member.header_offset : member.header_offset + 30]
    if len(head) < 30 or member.header_offset < at or data[at : member.header_offset].strip(b"\0"):
        raise Closed("压缩包的文件之间夹着别的内容")
    method, name, more = struct.unpack("<8xH16xHH", head)
    begin = member.header_offset + 30 + name + more
    if method != member.compress_type or begin + member.compress_size > len(data):
        raise Closed("压缩包打不开，可能损坏")
    return begin, data[member.header_offset + 30 : begin]


def _described_behind(data: bytes, at: int, member: zipfile.ZipInfo) -> int:
    """The length of the member's sizes, where they are written behind it."""
    if not member.flag_bits & _DESCRIBED_BEHIND:
        return 0
    for form in ("<LQQ", "<LLL"):
        said = struct.pack(form, member.CRC, member.compress_size, member.file_size)
        for mark in (b"PK\x07\x08", b""):
            if data.startswith(mark + said, at):
                return len(mark + said)
    return 0


def _nothing_but(data: bytes, at: int, archive: zipfile.ZipFile) -> None:
    """Raise `Closed` where behind the last member, which ended at `at`, there is more than the list of members."""
    end = data.rfind(b"PK\x05\x06")
    listed = archive.start_dir + int.from_bytes(data[end + 12 : end + 16], "little")
    long_end = data[listed : listed + 4] == b"PK\x06\x06" and end - listed == 76
    whole = end + 22 + len(archive.comment) == len(data) and (listed == end or long_end)
    if archive.start_dir < at or data[at : archive.start_dir].strip(b"\0") or not whole:
        raise Closed("压缩包里夹着别的内容")

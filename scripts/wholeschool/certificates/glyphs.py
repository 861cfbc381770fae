"""Fonts made of a few outlines: a run's characters are taken out of the big faces once, and written again per file.

Cutting a font with HarfBuzz costs milliseconds even when the face is small already; a file needs sixty outlines that
are known beforehand, so they are put together here, as a bare CID-keyed CFF (Adobe Technical Note 5176).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from struct import pack
from typing import NamedTuple

import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet  # type: ignore[import-untyped]

from wholeschool.certificates.fonts import Cut


class Glyph(NamedTuple):
    """A character's outline: its CID, its width in thousandths of an em, its charstring, its font dictionary."""

    cid: int
    width: int
    outline: bytes
    group: int


class Part(NamedTuple):
    """The objects of a font in a file: program (compressed), its length, descriptor, widths, map to Unicode."""

    name: str
    program: bytes
    widths: bytes
    unicode: bytes


class Glyphs:
    """The outlines of one face, by character. Only faces with CFF outlines (Noto CJK) can be taken apart."""

    def __init__(self, cut: Cut) -> None:
        self.family, self.weight = cut.family.replace(" ", "-"), cut.weight
        face = hb.Face(cut.data)
        font = hb.Font(face)
        parsed = CFFFontSet()
        parsed.decompile(BytesIO(bytes(face.reference_table("CFF ").data)), None)
        top = parsed.topDictIndex[0]
        self._box = tuple(round(value) for value in top.FontBBox)
        self._groups = [
            (int(getattr(each.Private, "defaultWidthX", 0)), int(getattr(each.Private, "nominalWidthX", 0)))
            for each in top.FDArray
        ]
        names = top.charset
        self._missing = self._glyph(top, names, 0, font)
        self.glyphs: Mapping[str, Glyph] = {
            chr(code): self._glyph(top, names, font.get_nominal_glyph(code) or 0, font) for code in face.unicodes
        }
        extents = font.get_font_extents("ltr")
        self.ascent, self.descent = extents.ascender, extents.descender

    @staticmethod
    def _glyph(top: object, names: list[str], glyph: int, font: hb.Font) -> Glyph:
        name = names[glyph]
        outline = top.CharStrings[name]  # type: ignore[attr-defined]
        outline.compile()
        group = top.FDSelect[glyph]  # type: ignore[attr-defined]
        cid = 0 if glyph == 0 else int(name.removeprefix("cid"))
        return Glyph(cid, font.get_glyph_h_advance(glyph), bytes(outline.bytecode), group)

    def part(self, characters: Iterable[str]) -> Part:
        """Everything that embeds these characters; the same characters always give the same bytes."""
        by_cid = {self.glyphs[each].cid: (self.glyphs[each], each) for each in sorted(set(characters), reverse=True)}
        found = [by_cid[cid] for cid in sorted(by_cid)]
        program = self._program([glyph for glyph, _ in found])
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(program).digest()[:6])
        widths = b" ".join(b"%d [%d]" % (glyph.cid, glyph.width) for glyph, _ in found if glyph.width != 1000)
        pairs = [(b"%04x" % glyph.cid, text.encode("utf-16-be").hex().encode()) for glyph, text in found]
        bold = "-Bold" if self.weight > 400 else ""
        return Part(
            f"{tag}+{self.family}{bold}", zlib.compress(program, 9), widths, zlib.compress(to_unicode(pairs), 9)
        )

    def descriptor(self, name: str, program: int) -> bytes:
        """The font descriptor (ISO 32000-1, 9.8) of a part whose program is that object."""
        box = b" ".join(b"%d" % value for value in self._box)
        return (
            b"<< /Type /FontDescriptor /FontName /%b /Flags 4 /FontBBox [%b] /ItalicAngle 0 /Ascent %d /Descent %d"
            b" /CapHeight %d /StemV 80 /FontFile3 %d 0 R >>"
        ) % (name.encode(), box, self.ascent, self.descent, self.ascent, program)

    def _program(self, found: list[Glyph]) -> bytes:
        glyphs = [self._missing, *found]
        groups = sorted({glyph.group for glyph in glyphs})
        outlines = _index([glyph.outline for glyph in glyphs])
        charset = b"\0" + b"".join(pack(">H", glyph.cid) for glyph in found)
        select = b"\0" + bytes(groups.index(glyph.group) for glyph in glyphs)
        privates = [
            _number(self._groups[each][0]) + b"\x14" + _number(self._groups[each][1]) + b"\x15" for each in groups
        ]
        head = b"\1\0\4\2" + _index([b"Certificate"])
        strings = _index([b"Adobe", b"Identity"]) + _index([])
        box = b"".join(map(_number, self._box)) + b"\5"
        top_size = len(_top(box, 0, 0, 0, 0))
        start = len(head) + len(_index([bytes(top_size)])) + len(strings)
        at_charset = start
        at_select = at_charset + len(charset)
        at_outlines = at_select + len(select)
        at_privates = at_outlines + len(outlines)
        at_groups = at_privates + sum(map(len, privates))
        place, fonts = at_privates, []
        for private in privates:
            fonts.append(_offset(len(private)) + _offset(place) + b"\x12")
            place += len(private)
        top = _top(box, at_charset, at_outlines, at_groups, at_select)
        return b"".join([head, _index([top]), strings, charset, select, outlines, *privates, _index(fonts)])


def to_unicode(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """A map from codes to text (both hexadecimal), as a stream's content (ISO 32000-1, 9.10.3)."""
    lines = [
        b"/CIDInit /ProcSet findresource begin",
        b"12 dict begin",
        b"begincmap",
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        b"/CMapName /Adobe-Identity-UCS def",
        b"/CMapType 2 def",
        b"1 begincodespacerange",
        b"<0000> <ffff>",
        b"endcodespacerange",
    ]
    for start in range(0, len(pairs), 100):  # the format's limit for one block
        block = pairs[start : start + 100]
        lines += [b"%d beginbfchar" % len(block), *(b"<%b> <%b>" % pair for pair in block), b"endbfchar"]
    lines += [b"endcmap", b"CMapName currentdict /CMap defineresource pop", b"end", b"end"]
    return b"\n".join(lines)


def _top(box: bytes, charset: int, outlines: int, groups: int, select: int) -> bytes:
    """The Top DICT: a CID-keyed font of Adobe-Identity-0 (strings 391 and 392 are the first of our own)."""
    ros = _number(391) + _number(392) + _number(0) + b"\x0c\x1e"
    count = _offset(65536) + b"\x0c\x22"
    places = _offset(charset) + b"\x0f" + _offset(outlines) + b"\x11"
    return ros + box + count + places + _offset(groups) + b"\x0c\x24" + _offset(select) + b"\x0c\x25"


def _index(items: list[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    total = 1 + sum(map(len, items))
    size = 1 if total < 1 << 8 else 2 if total < 1 << 16 else 4
    places, at = [1], 1
    for item in items:
        at += len(item)
        places.append(at)
    return pack(">HB", len(items), size) + b"".join(each.to_bytes(size) for each in places) + b"".join(items)


def _number(value: int) -> bytes:
    """An integer operand, in at most three bytes."""
    return bytes([value + 139]) if -107 <= value <= 107 else b"\x1c" + pack(">h", value)


def _offset(value: int) -> bytes:
    """An integer operand of five bytes, whatever its value."""
    return b"\x1d" + pack(">i", value)

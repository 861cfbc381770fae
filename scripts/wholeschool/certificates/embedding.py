"""Embedded fonts as every viewer reads them, and the same bytes whatever else the run drew.

WeasyPrint writes the glyph numbers of the font it was given. In a font cut for a run these depend on everybody in the
run, so one certificate made in two runs would differ. They also reach a CID-keyed font (Noto CJK is one) as character
identifiers, which ISO 32000-1 9.7.4.2 looks up in the font's own table: Acrobat, Preview and Firefox then draw other
characters or none, while Chrome and poppler take the numbers literally and show nothing wrong. Here the numbers become
the character identifiers of the original font, and the font a bare CFF, which all of them read alike.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

import pikepdf
import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet  # type: ignore[import-untyped]

from wholeschool.certificates.glyphs import to_unicode

# WeasyPrint chooses a font with `/NAME size Tf` and shows text with `[<hex>number<hex>…] TJ`, nothing else.
_TEXT = re.compile(rb"/(?P<font>[^\s/]+) [-0-9.]+ Tf|\[(?P<shown>[^\]]*)\] TJ")
_CODES = re.compile(rb"<([0-9a-f]+)>")
# One line of a ToUnicode map: the code and its text. (The range of all codes has the same form, and begins at 0.)
_PAIR = re.compile(rb"<(?!0000)([0-9a-f]{4})> <([0-9a-f]+)>")


class _Settled(NamedTuple):
    """A font of a document after its change: its resource name, and what its codes have become."""

    name: str
    codes: Mapping[bytes, bytes]


def settle(pdf: pikepdf.Pdf) -> None:
    """Rewrite the fonts of a document of WeasyPrint's, and the text of its pages to go with them."""
    # Made from what was written before; the one that saving makes is made from what is written in the end.
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]
    settled: dict[tuple[int, int], _Settled] = {}
    for page in pdf.pages:
        fonts = page.Resources.get("/Font", pikepdf.Dictionary())
        here: dict[bytes, _Settled] = {}
        for name, font in fonts.items():
            if font.objgen not in settled:
                settled[font.objgen] = _settle_font(pdf, font, f"/F{len(settled)}")
            here[name.lstrip("/").encode()] = settled[font.objgen]
        for stream in _contents(page):
            stream.write(_rewritten(stream.read_bytes(), here))
    # Pages may share one dictionary of resources, so names change once all contents have.
    renamed: set[tuple[int, int]] = set()
    for page in pdf.pages:
        fonts = page.Resources.get("/Font", pikepdf.Dictionary())
        if fonts.is_indirect:
            if fonts.objgen in renamed:
                continue
            renamed.add(fonts.objgen)
        for name, font in list(fonts.items()):
            if name != settled[font.objgen].name:
                fonts[settled[font.objgen].name] = font
                del fonts[name]


def settled(made: bytes) -> bytes:
    """A document of WeasyPrint's with its fonts settled; equal documents give equal bytes."""
    with pikepdf.open(BytesIO(made)) as pdf:
        settle(pdf)
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _contents(page: pikepdf.Page) -> Iterator[pikepdf.Object]:
    contents = page.Contents
    yield from contents if isinstance(contents, pikepdf.Array) else (contents,)


def _rewritten(content: bytes, fonts: Mapping[bytes, _Settled]) -> bytes:
    current: _Settled | None = None

    def codes(match: re.Match[bytes]) -> bytes:
        assert current is not None
        text = match[1]
        return b"<" + b"".join(current.codes[text[at : at + 4]] for at in range(0, len(text), 4)) + b">"

    def change(match: re.Match[bytes]) -> bytes:
        nonlocal current
        if match["font"] is not None:
            current = fonts[match["font"]]
            return match[0].replace(b"/" + match["font"], current.name.encode(), 1)
        return b"[" + _CODES.sub(codes, match["shown"]) + b"] TJ"

    return _TEXT.sub(change, content)


def _settle_font(pdf: pikepdf.Pdf, font: pikepdf.Object, name: str) -> _Settled:
    """Change one composite font in place."""
    descendant = font.DescendantFonts[0]
    descriptor = descendant.FontDescriptor
    pairs = sorted((match[1], match[2]) for match in _PAIR.finditer(font.ToUnicode.read_bytes()))
    glyphs = [int(code, 16) for code, _ in pairs]
    if "/FontFile3" in descriptor:
        program, identifiers = _bare(_cut(descriptor.FontFile3.read_bytes(), glyphs))
        descriptor.FontFile3 = pdf.make_stream(program, Subtype=pikepdf.Name.CIDFontType0C)
        if "/CIDToGIDMap" in descendant:  # which is for TrueType alone
            del descendant.CIDToGIDMap
    else:
        program, identifiers = _cut(descriptor.FontFile2.read_bytes(), glyphs), list(range(1, len(glyphs) + 1))
        descriptor.FontFile2 = pdf.make_stream(program, Length1=len(program))
    codes = {code: b"%04x" % identifier for (code, _), identifier in zip(pairs, identifiers, strict=True)}

    widths = dict(_widths(descendant.W, dict(zip(glyphs, identifiers, strict=True))))
    descendant.W = pikepdf.Array([part for each in sorted(widths) for part in (each, pikepdf.Array([widths[each]]))])
    unicode_of = sorted((codes[code], text) for code, text in pairs)
    font.ToUnicode = pdf.make_stream(to_unicode(unicode_of))

    tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(program).digest()[:6])
    full = pikepdf.Name(f"/{tag}+{str(font.BaseFont).partition('+')[2]}")
    font.BaseFont = descendant.BaseFont = descriptor.FontName = full
    return _Settled(name, codes)


def _cut(font: bytes, glyphs: list[int]) -> bytes:
    """A font with only `glyphs` (ascending), numbered 1, 2, 3 … in that order; 0 is for what a font lacks."""
    wanted = hb.SubsetInput()
    wanted.flags |= hb.SubsetFlags.DESUBROUTINIZE
    chosen = wanted.sets(hb.SubsetInputSets.GLYPH_INDEX)
    for glyph in glyphs:
        chosen.add(glyph)
    return bytes(hb.subset(hb.Face(font), wanted).blob.data)


def _bare(font: bytes) -> tuple[bytes, list[int]]:
    """The CFF of an OpenType font, and by which number a viewer asks it for glyph 1, 2, 3 …"""
    program = bytes(hb.Face(font).reference_table("CFF ").data)
    parsed = CFFFontSet()
    parsed.decompile(BytesIO(program), None)
    top = parsed.topDictIndex[0]
    if not hasattr(top, "ROS"):  # not CID-keyed: asked by the glyph's own number
        return program, list(range(1, len(top.charset)))
    return program, [int(name.removeprefix("cid")) for name in top.charset[1:]]


def _widths(written: pikepdf.Object, identifiers: Mapping[int, int]) -> Iterator[tuple[int, pikepdf.Object]]:
    """Identifier and width of each glyph of a /W array of the form `first [width …]`."""
    for place in range(0, len(written), 2):
        first = int(written[place])
        for step, width in enumerate(written[place + 1]):
            if first + step in identifiers:
                yield identifiers[first + step], width

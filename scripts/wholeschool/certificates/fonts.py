"""The characters of a run, cut once from the installed Noto CJK faces.

A full CJK face is 20 MB; embedding from it costs a tenth of a second a document. Cut down to the characters that a run
needs, it costs a few milliseconds, and the files are small. A character that the serif face lacks is taken from the
next face of the chain that has it; one that none has is named, never drawn as an empty box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import uharfbuzz as hb
from fontTools.pens.t2CharStringPen import T2CharStringPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from wholeschool.errors import BuildError

# What the style sheet names, first choice first; each stands for one file of the chains below.
FAMILIES = ("Certificate Serif", "Certificate Sans", "Certificate Rare A", "Certificate Rare B")
# Those of them with outlines that can be taken apart.
OUTLINED = FAMILIES[:2]
# Of the outlines, in thousandths of an em.
_GRID = 5
_FONTS = Path("/usr/share/fonts")
# The Simplified Chinese face is the third of each Noto collection. Hanazono (fonts-hanazono) is not needed, but draws
# the rarest characters where it is installed.
_RAREST = (("truetype/hanazono/HanaMinA.ttf", 0), ("truetype/hanazono/HanaMinB.ttf", 0))
CHAINS: Mapping[int, tuple[tuple[str, int], ...]] = {
    400: (("opentype/noto/NotoSerifCJK-Regular.ttc", 2), ("opentype/noto/NotoSansCJK-Regular.ttc", 2), *_RAREST),
    700: (("opentype/noto/NotoSerifCJK-Bold.ttc", 2), ("opentype/noto/NotoSansCJK-Bold.ttc", 2), *_RAREST),
}


class NotDrawnError(BuildError):
    """One certificate that cannot be drawn, and why."""

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(f"证书 {number} 没有生成：{reason}")
        self.number = number


class MissingGlyphsError(NotDrawnError):
    """A certificate with characters that no installed face can draw."""

    def __init__(self, number: str, characters: Iterable[str]) -> None:
        super().__init__(number, f"字体里没有{shown(characters)}；安装含有这些字的字体（如 fonts-hanazono）后重做")


class Cut(msgspec.Struct, frozen=True):
    """A font with only the characters of a run."""

    family: str
    weight: int
    data: bytes


def shown(characters: Iterable[str]) -> str:
    """Characters with their code points, for a message."""
    return "、".join(f"“{character}”（U+{ord(character):04X}）" for character in sorted(characters))


def missing(text: Iterable[str]) -> frozenset[str]:
    """The characters of `text` that no face of either chain can draw (white space needs no drawing)."""
    return frozenset(
        each for each in set(text) if not each.isspace() and any(_place(each, weight) is None for weight in CHAINS)
    )


@lru_cache(maxsize=4)
def subset(characters: frozenset[str]) -> tuple[Cut, ...]:
    """OpenType fonts that together draw these characters in each weight; equal characters give equal bytes."""
    cuts = []
    for weight, chain in CHAINS.items():
        for place, (name, index) in enumerate(chain):
            here = [ord(each) for each in sorted(characters) if _place(each, weight) == place]
            if here:
                cuts.append(Cut(FAMILIES[place], weight, _cut(name, index, here)))
    return tuple(cuts)


def advance(text: str, weight: int) -> float:
    """How far `text` runs on one line, in em."""
    return sum(_advance(each, weight) for each in text)


def versions() -> str:
    """What the faces at hand are, to tell when a certificate has to be drawn anew."""
    installed = ((name, path) for chain in CHAINS.values() for name, _ in chain if (path := _FONTS / name).is_file())
    return repr([(name, path.stat().st_size) for name, path in installed])


def outline(text: str, weight: int = 700) -> tuple[str, float]:
    """`text` as one SVG path (1 unit = 1 em, y downward, baseline at 0) and its width in em: drawn, but not text."""
    font = _font(*CHAINS[weight][0])
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    em = font.face.upem
    parts: list[str] = []
    across = 0.0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        pen = _Pen(across, em)
        font.draw_glyph_with_pen(info.codepoint, pen)
        parts += pen.parts
        across += position.x_advance
    return "".join(parts), across / em


class _Pen:
    """Collects a glyph's outline as SVG path data (the protocol of fontTools pens)."""

    def __init__(self, across: float, em: float) -> None:
        self.parts: list[str] = []
        self._across, self._em = across, em

    def _points(self, *points: tuple[float, float]) -> str:
        return " ".join(f"{(x + self._across) / self._em:.4f} {-y / self._em:.4f}" for x, y in points)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the protocol's name
        self.parts.append(f"M{self._points(point)}")

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(f"L{self._points(point)}")

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(f"C{self._points(*points)}")

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.parts.append(f"Q{self._points(*points)}")

    def closePath(self) -> None:  # noqa: N802
        self.parts.append("Z")

    def endPath(self) -> None:  # noqa: N802
        return


def _cut(name: str, index: int, code_points: list[int]) -> bytes:
    wanted = hb.SubsetInput()
    # Hints are a quarter of the bytes, and nobody reads a certificate at nine pixels a character.
    wanted.flags |= hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_HINTING
    # No layout features: what is measured character by character is what is drawn.
    for kind, members in ((hb.SubsetInputSets.UNICODE, code_points), (hb.SubsetInputSets.LAYOUT_FEATURE_TAG, [])):
        chosen = wanted.sets(kind)
        chosen.clear()
        for member in members:
            chosen.add(member)
    return _rounded(bytes(hb.subset(_font(name, index).face, wanted).blob.data))


def _rounded(font: bytes) -> bytes:
    """The font with its outlines on a coarser grid, which packs a fifth smaller.

    The grid is 1/200 em: at the size of a name a point moves by less than a thirtieth of a millimetre.
    """
    parsed = TTFont(BytesIO(font), recalcTimestamp=False, recalcBBoxes=False)
    if "CFF " not in parsed:
        return font
    face = hb.Font(hb.Face(font))
    top = parsed["CFF "].cff.topDictIndex[0]
    for glyph, name in enumerate(top.charset):
        before, _ = top.CharStrings.getItemAndSelector(name)
        private = before.private
        width = face.get_glyph_h_advance(glyph)
        pen = T2CharStringPen(None if width == private.defaultWidthX else width - private.nominalWidthX, None)
        face.draw_glyph_with_pen(glyph, _Rounding(pen))
        top.CharStrings[name] = pen.getCharString(private, before.globalSubrs)
    out = BytesIO()
    parsed.save(out)
    return out.getvalue()


class _Rounding:
    """Passes an outline on, its points on the grid."""

    def __init__(self, pen: Any) -> None:
        self.closePath, self.endPath, self._pen = pen.closePath, pen.endPath, pen

    def __getattr__(self, name: str) -> Callable[..., None]:
        draw = getattr(self._pen, name)
        return lambda *points: draw(*[tuple(round(each / _GRID) * _GRID for each in point) for point in points])


@cache
def _font(name: str, index: int) -> hb.Font:
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(_FONTS / name)), index))


@cache
def _chain(weight: int) -> tuple[hb.Font | None, ...]:
    """The faces at hand; the first, which draws nearly everything, has to be."""
    chain = CHAINS[weight]
    if not (_FONTS / chain[0][0]).is_file():
        raise BuildError(f"找不到字体 {Path(chain[0][0]).name}；请安装系统软件包 fonts-noto-cjk")
    return tuple(_font(name, index) if (_FONTS / name).is_file() else None for name, index in chain)


@cache
def _place(character: str, weight: int) -> int | None:
    """Which face of the chain draws a character."""
    faces = _chain(weight)
    return next(
        (place for place, font in enumerate(faces) if font and font.get_nominal_glyph(ord(character)) is not None), None
    )


@cache
def _advance(character: str, weight: int) -> float:
    place = _place(character, weight)
    font = _chain(weight)[0 if place is None else place]
    assert font is not None
    advance: int = font.get_glyph_h_advance(font.get_nominal_glyph(ord(character)) or 0)
    em: int = font.face.upem
    return advance / em

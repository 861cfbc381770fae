"""The characters of a run, cut once from the installed Noto Serif CJK faces.

A full CJK face is 20 MB; embedding from it costs a tenth of a second a document. Cut down to the characters that a run
needs, it costs a few milliseconds, and the files are small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import uharfbuzz as hb

from wholeschool.errors import BuildError

FOLDER = Path("/usr/share/fonts/opentype/noto")
# The Simplified Chinese face is the third of each collection.
_SC = 2
WEIGHTS: Mapping[int, str] = {400: "NotoSerifCJK-Regular.ttc", 700: "NotoSerifCJK-Bold.ttc"}
FAMILY = "Certificate Serif"


class MissingGlyphsError(BuildError):
    """Characters that no installed face can draw, and the certificates they stand in."""

    def __init__(self, characters: Iterable[str], numbers: Iterable[str]) -> None:
        shown = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in sorted(characters))
        super().__init__(f"字体里没有{shown}，证书 {'、'.join(numbers)} 没有生成；安装含有这些字的字体后重做")


def missing(text: str) -> frozenset[str]:
    """The characters of `text` that the faces cannot draw (white space needs no drawing)."""
    covered = _covered()
    return frozenset(each for each in set(text) if ord(each) not in covered and not each.isspace())


def subset(characters: frozenset[str]) -> dict[int, bytes]:
    """For each weight, an OpenType font with just these characters; equal characters give equal bytes."""
    wanted = hb.SubsetInput()
    for set_, members in (
        (wanted.sets(hb.SubsetInputSets.UNICODE), sorted(map(ord, characters))),
        (wanted.sets(hb.SubsetInputSets.LAYOUT_FEATURE_TAG), []),
    ):
        set_.clear()
        for member in members:
            set_.add(member)
    return {weight: bytes(hb.subset(_face(name), wanted).blob.data) for weight, name in WEIGHTS.items()}


def outline(text: str, weight: int = 700) -> tuple[str, float]:
    """`text` as one SVG path (1 unit = 1 em, y downward, baseline at 0) and its width in em: drawn, but not text."""
    font = hb.Font(_face(WEIGHTS[weight]))
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


@cache
def _face(name: str) -> hb.Face:
    path = FOLDER / name
    if not path.is_file():
        raise BuildError(f"找不到字体 {path.name}；请安装系统软件包 fonts-noto-cjk")
    return hb.Face(hb.Blob.from_file_path(str(path)), _SC)


@cache
def _covered() -> frozenset[int]:
    return frozenset.intersection(*(frozenset(_face(name).unicodes) for name in WEIGHTS.values()))

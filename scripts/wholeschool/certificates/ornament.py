"""The certificate's frame as SVG: rules, a guilloche band, corner rosettes, and a pale rosette behind the text.

`python -m wholeschool.certificates.ornament` prints it; `template/frame.svg` is what it prints. Every curve is given by
a formula and written as Bézier segments through exact tangents, so that a page's frame weighs a few kilobytes.
Lengths are millimetres on a page of 297 × 210.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from math import cos, hypot, pi, sin
from typing import NamedTuple

WIDTH, HEIGHT = 297.0, 210.0
INK, PALE, PAPER = "#17495b", "#2f6b80", "#fdfcf8"
# From the edge of the page: the rules around the band and its middle; then the half side of a corner block.
_OUTER, _MIDDLE, _INNER, _BLOCK = 9.0, 13.2, 17.4, 6.0
# The band's waves: their length, and how many run side by side.
_WAVE, _STRANDS = 9.0, 5

Curve = Callable[[float], tuple[float, float]]


def frame() -> str:
    """The whole drawing."""
    layers = (
        (f'fill="none" stroke="{PALE}" stroke-width=".13"', _drawn(_bands())),
        (f'fill="none" stroke="{INK}"', _rules()),
        (f'fill="{PAPER}" stroke="{INK}"', _blocks()),
        (f'fill="none" stroke="{INK}" stroke-width=".2"', _drawn(_corners())),
        (f'fill="none" stroke="{PALE}" stroke-opacity=".2" stroke-width=".16"', _drawn(_centre())),
    )
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">']
    lines.append(f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{PAPER}"/>')
    for style, shapes in layers:
        lines += [f"<g {style}>", *shapes, "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _rules() -> Iterator[str]:
    """Rectangles: a strong one outside, then hairlines on both sides of the band."""
    for inset, stroke in ((_OUTER, 0.75), (_OUTER + 1.3, 0.18), (_INNER - 1.3, 0.18), (_INNER, 0.4)):
        yield (
            f'<rect x="{inset:g}" y="{inset:g}" width="{WIDTH - 2 * inset:g}" height="{HEIGHT - 2 * inset:g}"'
            f' stroke-width="{stroke:g}"/>'
        )


def _corner_points() -> Iterator[tuple[float, float]]:
    for x in (_MIDDLE, WIDTH - _MIDDLE):
        for y in (_MIDDLE, HEIGHT - _MIDDLE):
            yield x, y


def _blocks() -> Iterator[str]:
    """Squares that end the bands at the corners."""
    for x, y in _corner_points():
        for half, stroke in ((_BLOCK, 0.5), (_BLOCK - 0.9, 0.18)):
            yield (
                f'<rect x="{x - half:g}" y="{y - half:g}" width="{2 * half:g}" height="{2 * half:g}"'
                f' stroke-width="{stroke:g}"/>'
            )


class Placed(NamedTuple):
    """A curve, of how many segments, and where it lies (an SVG transform). Equal names are the same curve."""

    name: str
    curve: Curve
    segments: int
    where: str


def _bands() -> Iterator[Placed]:
    """Waves that interlace along each side; they begin and end under the corner blocks."""
    for name, side, across in (("across", WIDTH, HEIGHT), ("down", HEIGHT, WIDTH)):
        start = _MIDDLE + _BLOCK - _WAVE
        waves = round((side - 2 * start) / _WAVE)
        length = (side - 2 * start) / waves
        # One wave less than there is room for, so that the strand that begins last too ends under the block.
        wave = _wave(length, waves - 1, flip=name == "down")
        for middle in (_MIDDLE, across - _MIDDLE):
            for strand in range(_STRANDS):
                x, y = start + length * strand / _STRANDS, middle
                if name == "down":
                    x, y = y, x
                yield Placed(name, wave, 2 * (waves - 1), f"translate({_short(x)} {_short(y)})")


def _wave(length: float, waves: int, *, flip: bool) -> Curve:
    def point(t: float) -> tuple[float, float]:
        along, aside = length * waves * t, 2.1 * cos(2 * pi * waves * t)
        return (aside, along) if flip else (along, aside)

    return point


def _rosette(radius: float, depth: float, petals: int) -> tuple[Curve, int]:
    """A closed curve around 0, whose distance from it swings between `radius` and `radius` less twice `depth`.

    It begins at the tip of a petal.
    """

    def point(t: float) -> tuple[float, float]:
        distance = radius - depth + depth * cos(petals * 2 * pi * t)
        return distance * sin(2 * pi * t), -distance * cos(2 * pi * t)

    return point, 2 * petals


def _corners() -> Iterator[Placed]:
    for x, y in _corner_points():
        where = f"translate({_short(x)} {_short(y)})"
        yield Placed("corner", *_rosette(4.4, 1.0, 8), where)
        yield Placed("corner", *_rosette(4.4, 1.0, 8), f"{where} rotate(22.5)")
        yield Placed("heart", *_rosette(2.0, 0.6, 8), where)


def _centre() -> Iterator[Placed]:
    petals = 18
    for ring, (radius, depth) in enumerate(((62.0, 9.0), (48.0, 9.0), (34.0, 6.5))):
        for layer in range(3):
            turn = (layer + ring / 2) * 360 / petals / 3
            where = f"translate({_short(WIDTH / 2)} 110) rotate({_short(turn)})"
            yield Placed(f"ring{ring}", *_rosette(radius, depth, petals), where)


def _drawn(placed: Iterable[Placed]) -> Iterator[str]:
    """Each curve once, then where it lies: drawn alike every time, a repeated curve costs a PDF next to nothing."""
    places = list(placed)
    curves = {each.name: each for each in places}
    yield f"<defs>{''.join(_path(each.name, each.curve, each.segments) for each in curves.values())}</defs>"
    for each in places:
        yield f'<use href="#{each.name}" transform="{each.where}"/>'


def _path(name: str, curve: Curve, segments: int) -> str:
    """The curve as that many cubic segments, each leaving and arriving along the curve's own direction.

    All curves here turn at the ends of their segments, where such a segment is closest to a wave.
    """
    step = 1 / segments
    small = 1e-5
    x, y = curve(0.0)
    parts = [f"M{_short(x)} {_short(y)}"]
    x, y = round(x, 2), round(y, 2)
    for index in range(segments):
        here, there = index * step, (index + 1) * step
        points = []
        for place, sign in ((here, 1), (there, -1)):
            (ahead_x, ahead_y), (behind_x, behind_y) = curve(place + small), curve(place - small)
            at_x, at_y = curve(place)
            points.append(
                (
                    at_x + sign * step / 3 * (ahead_x - behind_x) / (2 * small),
                    at_y + sign * step / 3 * (ahead_y - behind_y) / (2 * small),
                )
            )
        points.append(curve(there))
        # Relative to where the rounded path really is, so that rounding never adds up.
        parts.append("c" + " ".join(f"{_short(px - x)} {_short(py - y)}" for px, py in points))
        x, y = x + round(points[2][0] - x, 2), y + round(points[2][1] - y, 2)
    x0, y0 = curve(0.0)
    closed = "z" if hypot(x - x0, y - y0) < 0.02 else ""
    return f'<path id="{name}" d="{"".join(parts)}{closed}"/>'


def _short(value: float) -> str:
    """At most two decimals (a hundredth of a millimetre), and nothing that says nothing."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


if __name__ == "__main__":
    sys.stdout.write(frame())

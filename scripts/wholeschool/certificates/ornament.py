"""The certificate's frame as SVG: rules, a guilloche band, corner rosettes, and a pale rosette behind the text.

`python -m wholeschool.certificates.ornament` prints it; `template/frame.svg` is what it prints. Every curve is given by
a formula and written as Bézier segments through exact tangents, so that a page's frame weighs a few kilobytes.
Lengths are millimetres on a page of 297 × 210.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from math import cos, hypot, pi, sin

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
        (f'fill="none" stroke="{PALE}" stroke-width=".13"', map(_path, _bands())),
        (f'fill="none" stroke="{INK}"', _rules()),
        (f'fill="{PAPER}" stroke="{INK}"', _blocks()),
        (f'fill="none" stroke="{INK}" stroke-width=".2"', map(_path, _corners())),
        (f'fill="none" stroke="{PALE}" stroke-opacity=".2" stroke-width=".16"', map(_path, _centre())),
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


def _bands() -> Iterator[tuple[Curve, int]]:
    """Waves that interlace along each side; they begin and end under the corner blocks."""
    for side, flip in ((WIDTH, False), (HEIGHT, True)):
        start = _MIDDLE + _BLOCK - _WAVE
        waves = round((side - 2 * start) / _WAVE)
        length = (side - 2 * start) / waves
        for middle in (_MIDDLE, (HEIGHT if not flip else WIDTH) - _MIDDLE):
            for strand in range(_STRANDS):
                # A strand that begins later has one wave less, to end under the same block.
                count = waves - (strand > 0)
                yield _wave(start + length * strand / _STRANDS, length, count, middle, flip), 2 * count


def _wave(start: float, length: float, waves: int, middle: float, flip: bool) -> Curve:
    def point(t: float) -> tuple[float, float]:
        along, aside = start + length * waves * t, middle + 2.1 * cos(2 * pi * waves * t)
        return (aside, along) if flip else (along, aside)

    return point


def _rosette(x: float, y: float, radius: float, depth: float, petals: int, turn: float = 0.0) -> tuple[Curve, int]:
    """A closed curve whose distance from the centre swings between `radius` and `radius` less twice `depth`.

    It begins at the tip of a petal; `turn` is an angle in radians.
    """

    def point(t: float) -> tuple[float, float]:
        distance = radius - depth + depth * cos(petals * 2 * pi * t)
        angle = 2 * pi * t + turn
        return x + distance * sin(angle), y - distance * cos(angle)

    return point, 2 * petals


def _corners() -> Iterator[tuple[Curve, int]]:
    for x, y in _corner_points():
        yield _rosette(x, y, 4.4, 1.0, 8)
        yield _rosette(x, y, 4.4, 1.0, 8, pi / 8)
        yield _rosette(x, y, 2.0, 0.6, 8)


def _centre() -> Iterator[tuple[Curve, int]]:
    petals = 18
    for ring, (radius, depth) in enumerate(((62.0, 9.0), (48.0, 9.0), (34.0, 6.5))):
        for layer in range(3):
            yield _rosette(WIDTH / 2, 110, radius, depth, petals, (layer + ring / 2) * 2 * pi / petals / 3)


def _path(drawn: tuple[Curve, int]) -> str:
    """The curve as that many cubic segments, each leaving and arriving along the curve's own direction.

    All curves here turn at the ends of their segments, where such a segment is closest to a wave.
    """
    curve, segments = drawn
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
    return f'<path d="{"".join(parts)}{closed}"/>'


def _short(value: float) -> str:
    """At most two decimals (a hundredth of a millimetre), and nothing that says nothing."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


if __name__ == "__main__":
    sys.stdout.write(frame())

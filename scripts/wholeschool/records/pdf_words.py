"""The words on the pages of a PDF, as far as numbers and addresses in them matter.

Not a reading order, no columns: what is drawn one after another, once with gaps where the pen moves and once without,
because some programs place every figure by itself. Codes become characters by the font's own table (`ToUnicode`,
ISO 32000-1, 9.10); without one, by the names of its glyphs (`Differences`, 9.6.6), else by the standard coding, in
which figures and letters are ASCII. A font without any shows what nobody can search or copy, and cannot be read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf
from fontTools import agl  # type: ignore[import-untyped]

MOST_CONTENT = 16 * 1024 * 1024
"""Bytes of drawing on all pages; a report of a hundred pages has one or two million."""
_DEEPEST = 8
_TEXT_OPERATORS = "BT Tf Td TD Tm T* Tj TJ ' \" Do"
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_ONE_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]+)>|\[([^\]]*)\])")
_WIDEST_RANGE = 65_536


class TooMuchDrawn(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """More is drawn on the pages than is looked through."""


def pdf_words(document: pikepdf.Pdf) -> Iterator[str]:
    """The words of each page, with gaps and without. Raises `TooMuchDrawn` and what pikepdf raises."""
    reading = _Reading()
    for page in document.pages:
        pieces: list[str] = []
        reading.draw(page.obj, page.obj.get("/Resources"), pieces, _DEEPEST)
        for annotation in _items(page.obj.get("/Annots")):
            look = _get(_get(annotation, "/AP"), "/N")
            if isinstance(look, pikepdf.Stream):
                reading.draw(look, look.get("/Resources"), pieces, _DEEPEST)
        text = "".join(pieces)
        yield text
        yield text.replace(_PEN_MOVED, "")


_PEN_MOVED = " "


class _Reading:
    """One document: what its fonts mean, and how much of it has been read."""

    def __init__(self) -> None:
        self._left = MOST_CONTENT
        self._fonts: dict[tuple[int, int], _Font] = {}
        self._drawn: set[tuple[int, int]] = set()

    def draw(self, drawing: Any, resources: Any, pieces: list[str], depth: int) -> None:
        """Add what one page or form draws, in its order."""
        self._left -= sum(len(stream.read_bytes()) for stream in _streams(drawing))
        if self._left < 0:
            raise TooMuchDrawn
        font = _Font(None)
        line: Any = None
        for instruction in pikepdf.parse_content_stream(drawing, _TEXT_OPERATORS):
            operands: Any = instruction.operands
            operator = str(instruction.operator)
            match operator:
                case "Tf" if operands:
                    font = self._font(_get(_get(resources, "/Font"), str(operands[0])))
                case "Td" | "TD" if len(operands) == 2:
                    pieces.append("\n" if operands[1] else _PEN_MOVED)
                case "Tm" if len(operands) == 6:
                    pieces.append(_PEN_MOVED if operands[5] == line else "\n")
                    line = operands[5]
                case "T*":
                    pieces.append("\n")
                case "Tj" | "'" | '"':
                    pieces += ["\n"] if operator != "Tj" else []
                    pieces += [font.text(bytes(each)) for each in operands if isinstance(each, pikepdf.String)]
                case "TJ":
                    for each in operands[0] if operands else ():
                        pieces += [font.text(bytes(each))] if isinstance(each, pikepdf.String) else []
                case "Do" if operands and depth:
                    form = _get(_get(resources, "/XObject"), str(operands[0]))
                    if not isinstance(form, pikepdf.Stream) or form.get("/Subtype") != "/Form":
                        continue
                    if form.objgen not in self._drawn:  # what is drawn again says the same again
                        self._drawn.add(form.objgen)
                        pieces.append("\n")
                        self.draw(form, form.get("/Resources", resources), pieces, depth - 1)

    def _font(self, described: Any) -> _Font:
        if not isinstance(described, pikepdf.Dictionary):
            return _Font(None)
        if described.objgen == (0, 0):
            return _Font(described)
        if described.objgen not in self._fonts:
            self._fonts[described.objgen] = _Font(described)
        return self._fonts[described.objgen]


class _Font:
    """What a font's codes mean."""

    def __init__(self, described: Any) -> None:
        self._wide = described is not None and described.get("/Subtype") == "/Type0"
        table = described.get("/ToUnicode") if described is not None else None
        self._meaning: Mapping[int, str] = _differences(_get(_get(described, "/Encoding"), "/Differences"))
        if isinstance(table, pikepdf.Stream):
            self._meaning = {**self._meaning, **_to_unicode(table.read_bytes())}

    def text(self, codes: bytes) -> str:
        step = 2 if self._wide else 1
        numbers = [int.from_bytes(codes[at : at + step]) for at in range(0, len(codes), step)]
        return "".join(self._meaning.get(number) or chr(number) for number in numbers)


def _differences(named: Any) -> dict[int, str]:
    """What glyphs mean by their names in Adobe's list: a code, then the names of it and of those behind it."""
    found, code = {}, 0
    for each in _items(named):
        if isinstance(each, pikepdf.Name):
            found[code] = agl.toUnicode(str(each)[1:])
            code += 1
        else:
            code = int(each)
    return found


def _to_unicode(table: bytes) -> dict[int, str]:
    """The codes of a CMap; of ranges as many as a font can have."""
    found: dict[int, str] = {}
    for part in _CHARS.findall(table):
        codes = _HEX.findall(part)
        found |= {_number(code): _string(meant) for code, meant in zip(codes[::2], codes[1::2], strict=False)}
    for part in _RANGES.findall(table):
        for low, high, first, listed in _ONE_RANGE.findall(part):
            start, count = _number(low), min(_number(high) - _number(low) + 1, _WIDEST_RANGE - len(found))
            if listed:
                found |= {start + step: _string(meant) for step, meant in enumerate(_HEX.findall(listed)[:count])}
            elif meant := _string(first):
                last = ord(meant[-1])
                found |= {start + step: meant[:-1] + chr(min(last + step, 0x10FFFF)) for step in range(count)}
    return found


def _number(written: bytes) -> int:
    return int(b"".join(written.split()) or b"0", 16)


def _string(written: bytes) -> str:
    digits = b"".join(written.split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()).decode("utf-16-be", "replace")


def _streams(drawing: Any) -> Iterator[Any]:
    if isinstance(drawing, pikepdf.Stream):
        yield drawing
    else:
        yield from (each for each in _items(drawing.get("/Contents")) if isinstance(each, pikepdf.Stream))


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, pikepdf.Array):
        yield from value
    elif value is not None:
        yield value


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)) else None

"""The words on the pages of a PDF, as far as numbers and addresses in them matter.

Not a reading order, no columns: what is drawn one after another, once with gaps where the pen moves and once without,
because some programs place every figure by itself. Codes become characters by the font's own table (`ToUnicode`,
ISO 32000-1, 9.10); without one, by the names of its glyphs (`Differences`, 9.6.6), else by the standard coding, in
which figures and letters are ASCII. A font without any shows what nobody can search or copy, and cannot be read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pikepdf
from fontTools import agl  # type: ignore[import-untyped]

MOST_WORK = 16 * 1024 * 1024
"""Steps in which one file is read, all its earlier states with it; a report of a hundred pages takes a few million.

A step is a byte of drawing or of a font's table, or a character that was read. What is slower counts for several.
"""
VALUE = 8
"""Steps of a value in an object: a name, a number, an array."""
_OBJECT = 16  # steps of an instruction, a string, the meaning of a code
_ANNOTATION = 100
_DRAWING = 1_000  # steps of a page, an appearance or a form, however empty
_DEEPEST = 8
_TEXT_OPERATORS = "Tf Td TD Tm T* Tj TJ ' \" Do"
# By these bytes there are at most as many instructions and strings as are counted before any is made.
_BEGINNINGS = (b"T", b"'", b'"', b"Do", b"(", b"<")
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_ONE_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]+)>|\[([^\[\]]*)\])")
_WIDEST_RANGE = 65_536


class TooMuchDrawn(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """More is in a file than is looked through."""


_PEN_MOVED = " "


class PdfWords:
    """The reading of one file: what its fonts' tables mean, and how much of its work is left."""

    def __init__(self) -> None:
        self._left = MOST_WORK
        self._tables: dict[bytes, Mapping[int, str]] = {}

    def of(self, document: pikepdf.Pdf) -> Iterator[str]:
        """The words of each page, with gaps and without. Raises `TooMuchDrawn` and what pikepdf raises."""
        drawn: set[tuple[int, int]] = set()  # what is drawn again says the same again
        for page in document.pages:
            pieces: list[str] = []
            self._draw(page.obj, page.obj.get("/Resources"), pieces, drawn, _DEEPEST)
            for annotation in _items(page.obj.get("/Annots")):
                self.spend(_ANNOTATION)
                look = _get(_get(annotation, "/AP"), "/N")
                if isinstance(look, pikepdf.Stream) and look.objgen not in drawn:
                    drawn.add(look.objgen)
                    self._draw(look, look.get("/Resources"), pieces, drawn, _DEEPEST)
            text = "".join(pieces)
            yield text
            yield text.replace(_PEN_MOVED, "")

    def spend(self, steps: int) -> None:
        """Count work that is done on this file. Raises `TooMuchDrawn` where it is more than one file may take."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchDrawn

    def _draw(self, drawing: Any, resources: Any, pieces: list[str], drawn: set[tuple[int, int]], depth: int) -> None:
        """Add what one page or form draws, in its order."""
        self.spend(_DRAWING)
        for stream in _streams(drawing):
            content = stream.read_bytes()
            self.spend(len(content) + _OBJECT * sum(map(content.count, _BEGINNINGS)))
        fonts: dict[str, _Font] = {}
        font = _Font({}, {}, wide=False)
        line: Any = None
        for instruction in pikepdf.parse_content_stream(drawing, _TEXT_OPERATORS):
            operands: Any = instruction.operands
            operator = str(instruction.operator)
            match operator:
                case "Tf" if operands:
                    name = str(operands[0])
                    if name not in fonts:
                        fonts[name] = self._font(_get(_get(resources, "/Font"), name))
                    font = fonts[name]
                case "Td" | "TD" if len(operands) == 2:
                    pieces.append("\n" if operands[1] else _PEN_MOVED)
                case "Tm" if len(operands) == 6:
                    pieces.append(_PEN_MOVED if operands[5] == line else "\n")
                    line = operands[5]
                case "T*":
                    pieces.append("\n")
                case "Tj" | "'" | '"':
                    pieces += ["\n"] if operator != "Tj" else []
                    pieces += [self._text(font, each) for each in operands]
                case "TJ":
                    pieces += [self._text(font, each) for each in _items(operands[0] if operands else None)]
                case "Do" if operands and depth:
                    form = _get(_get(resources, "/XObject"), str(operands[0]))
                    if not isinstance(form, pikepdf.Stream) or form.get("/Subtype") != "/Form":
                        continue
                    if form.objgen not in drawn:
                        drawn.add(form.objgen)
                        pieces.append("\n")
                        self._draw(form, form.get("/Resources", resources), pieces, drawn, depth - 1)

    def _text(self, font: _Font, shown: Any) -> str:
        meant = font.meant(bytes(shown)) if isinstance(shown, pikepdf.String) else []
        self.spend(sum(map(len, meant)))
        return "".join(meant)

    def _font(self, described: Any) -> _Font:
        table = _get(described, "/ToUnicode")
        names = _get(_get(described, "/Encoding"), "/Differences")
        return _Font(
            self._meanings(table.read_bytes()) if isinstance(table, pikepdf.Stream) else {},
            self._collected(_differences(names)),
            wide=_get(described, "/Subtype") == "/Type0",
        )

    def _meanings(self, table: bytes) -> Mapping[int, str]:
        """What the codes of a CMap mean. Fonts share tables, and earlier states of a file have the same ones."""
        self.spend(len(table))
        if table not in self._tables:
            self._tables[table] = self._collected(_to_unicode(table))
        return self._tables[table]

    def _collected(self, meanings: Iterable[tuple[int, str]]) -> dict[int, str]:
        found: dict[int, str] = {}
        for code, meant in meanings:
            self.spend(_OBJECT + len(meant))
            found[code] = meant
        return found


class _Font(NamedTuple):
    """What a font's codes mean: by its own table, else by the names of its glyphs."""

    table: Mapping[int, str]
    names: Mapping[int, str]
    wide: bool

    def meant(self, codes: bytes) -> list[str]:
        step = 2 if self.wide else 1
        numbers = [int.from_bytes(codes[at : at + step]) for at in range(0, len(codes), step)]
        return [self.table.get(each) or self.names.get(each) or chr(each) for each in numbers]


def _differences(named: Any) -> Iterator[tuple[int, str]]:
    """What glyphs mean by their names in Adobe's list: a code, then the names of it and of those behind it."""
    code = 0
    for each in _items(named):
        if isinstance(each, pikepdf.Name):
            yield code, agl.toUnicode(str(each)[1:])
            code += 1
        else:
            code = int(each)


def _to_unicode(table: bytes) -> Iterator[tuple[int, str]]:
    """The codes of a CMap; of a range as many as a font can have."""
    for part in _between(table, b"beginbfchar", b"endbfchar"):
        codes = _HEX.findall(part)
        yield from ((_number(code), _string(meant)) for code, meant in zip(codes[::2], codes[1::2], strict=False))
    for part in _between(table, b"beginbfrange", b"endbfrange"):
        for low, high, first, listed in _ONE_RANGE.findall(part):
            start, count = _number(low), min(_number(high) - _number(low) + 1, _WIDEST_RANGE)
            if listed:
                yield from ((start + step, _string(meant)) for step, meant in enumerate(_HEX.findall(listed)[:count]))
            elif meant := _string(first):
                last = ord(meant[-1])
                yield from ((start + step, meant[:-1] + chr(min(last + step, 0x10FFFF))) for step in range(count))


def _between(table: bytes, beginning: bytes, end: bytes) -> list[bytes]:
    return [each.partition(end)[0] for each in table.split(beginning)[1:]]


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

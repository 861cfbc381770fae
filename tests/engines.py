"""A PDF as three engines that share no code draw and read it: poppler, MuPDF (Firefox's pdf.js fails where it does)
and Ghostscript.

Poppler and Chrome take the codes of a text literally where the format says to look them up (ISO 32000-1 9.7.4.2), so
what they show says nothing about what printers and other viewers show.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pymupdf
from PIL import Image, ImageChops

_DPI = 72
# Squares of this many pixels are compared by how black they are: a third of a line of text, less than two characters.
_SQUARE = 8
# Of 255. Engines differ in how they thin out a hairline by up to 50; a character missing or another makes more.
_TOLERANCE = 70


def drawn(file: Path, page: int) -> Mapping[str, Image.Image]:
    """A page (from 1) in grey, by the engine's name."""
    number = str(page)
    with pymupdf.open(file) as document:  # type: ignore[no-untyped-call]
        mupdf = document[page - 1].get_pixmap(dpi=_DPI).tobytes("png")
    poppler = _run("pdftoppm", "-r", str(_DPI), "-f", number, "-l", number, "-png", str(file))
    smooth = ["-dTextAlphaBits=4", "-dGraphicsAlphaBits=4"]
    only = [f"-dFirstPage={number}", f"-dLastPage={number}"]
    ghostscript = _run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=png16m", f"-r{_DPI}", *smooth, *only,
                       "-sOutputFile=-", str(file))  # fmt: skip
    pictures = {"poppler": poppler, "mupdf": mupdf, "ghostscript": ghostscript}
    return {name: Image.open(io.BytesIO(data)).convert("L") for name, data in pictures.items()}


def difference(one: Image.Image, other: Image.Image) -> int:
    """How far apart the blackest disagreement of two pictures is, square by square: 0 to 255."""
    size = (one.width // _SQUARE, one.height // _SQUARE)
    small = [each.resize(size, Image.Resampling.BOX) for each in (one, other)]
    return int(ImageChops.difference(*small).getextrema()[1])  # type: ignore[arg-type]


def assert_alike(file: Path, page: int) -> None:
    """The three engines show the same picture of a page, and it is not an empty one, and read the same text."""
    pictures = drawn(file, page)
    first = pictures["poppler"]
    assert first.getextrema()[0] < 100, "an empty page"  # type: ignore[operator]
    apart = {name: difference(first, picture) for name, picture in pictures.items()}
    assert max(apart.values()) < _TOLERANCE, (file.name, page, apart)
    number = str(page)
    with pymupdf.open(file) as document:  # type: ignore[no-untyped-call]
        mupdf = document[page - 1].get_text()
    assert _letters(mupdf) == _letters(_run("pdftotext", "-f", number, "-l", number, str(file), "-").decode())


def _letters(text: str) -> list[str]:
    """The characters without order, spaces and hyphens, which engines tell as they see fit."""
    return sorted("".join(text.split()).replace("-", ""))


def _run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout

"""Embedded fonts: read alike by every viewer, and the same whoever else was in the run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pytest
from fontTools.cffLib import CFFFontSet  # type: ignore[import-untyped]
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.boundsPen import ControlBoundsPen  # type: ignore[import-untyped]
from fontTools.pens.statisticsPen import StatisticsPen  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from tests.bench.certificates import entries
from tests.engines import assert_alike
from wholeschool.certificates import embedding
from wholeschool.certificates.embedding import settle
from wholeschool.certificates.typeset import Design, Typesetter
from wholeschool.records.structs import CertificateEntry

SYSTEM = Path("/usr/share/fonts/opentype/noto")
# The Simplified Chinese face of the collection.
FACES = {"Serif": "NotoSerifCJK-Regular.ttc", "Serif-Bold": "NotoSerifCJK-Bold.ttc"}


@pytest.fixture(scope="module")
def rows() -> list[CertificateEntry]:
    return [
        msgspec.structs.replace(row, name=name)
        for row, name in zip(entries(4), ("王芳", "欧阳𠮷㛃", "䶮海燕", "买买提·吐尔逊"), strict=True)
    ]


@pytest.fixture(scope="module")
def made(rows: list[CertificateEntry]) -> bytes:
    return Typesetter(rows, Design(demo=True)).pdf(rows)


def shown(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, int]]:
    """Every font and code that the pages show, read instruction by instruction."""
    for page in pdf.pages:
        font = None
        for each in pikepdf.parse_content_stream(page):
            if str(each.operator) == "Tf":
                font = page.Resources.Font[str(each.operands[0])]
            elif str(each.operator) == "TJ":
                for part in pikepdf.Array(each.operands[0]):
                    code = bytes(part) if isinstance(part, pikepdf.String) else b""
                    for at in range(0, len(code), 2):
                        yield font, int.from_bytes(code[at : at + 2], "big")


def texts(font: Any) -> dict[int, str]:
    """What a font's ToUnicode map says of each code."""
    found = re.findall(rb"^<(....)> <([0-9a-f]+)>$", font.ToUnicode.read_bytes(), re.MULTILINE)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in found if text != b"ffff"}


def shape(glyphs: Any, name: str) -> tuple[float, ...]:
    """Where a glyph lies, how much of it is black, and how heavy each side: no two characters agree in all of it."""
    bounds, black = ControlBoundsPen(None), StatisticsPen(None)
    glyphs[name].draw(bounds)
    glyphs[name].draw(black)
    return (*(bounds.bounds or (0, 0, 0, 0)), abs(black.area) ** 0.5, black.meanX or 0, black.meanY or 0)


def test_every_code_finds_its_character_as_the_format_says(made: bytes) -> None:
    """ISO 32000-1 9.7.4.2: a code is looked up in the font's own table of identifiers, never taken as a glyph number.

    Poppler and Chrome take it so all the same, and so cannot tell; the outline found is compared with the character's
    own in the system's font.
    """
    seen = set()
    with pikepdf.open(BytesIO(made)) as pdf:
        programs: dict[str, Any] = {}
        for font, code in shown(pdf):
            descriptor = font.DescendantFonts[0].FontDescriptor
            name = str(font.BaseFont).partition("+")[2].removeprefix("Certificate-")
            if (name, code) in seen:
                continue
            seen.add((name, code))
            assert "/CIDToGIDMap" not in font.DescendantFonts[0]
            assert descriptor.FontFile3.Subtype == pikepdf.Name.CIDFontType0C
            if name not in programs:
                parsed = CFFFontSet()
                parsed.decompile(BytesIO(descriptor.FontFile3.read_bytes()), None)
                programs[name] = parsed.topDictIndex[0], TTFont(SYSTEM / FACES[name], fontNumber=2)
            program, system = programs[name]
            character = texts(font)[code]
            drawn = shape(program.CharStrings, f"cid{code:05d}")
            own = shape(system.getGlyphSet(), system.getBestCmap()[ord(character)])
            # Outlines lie on a grid of five units.
            assert drawn == pytest.approx(own, abs=12, rel=0.03), character
    assert len(seen) > 80


def test_rare_characters_are_in_the_text(made: bytes, tmp_path: Path) -> None:
    file = tmp_path / "all.pdf"
    file.write_bytes(made)
    text = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
    for character in "𠮷㛃䶮·〔":
        assert character in text


def test_every_viewer_shows_the_same(made: bytes, rows: list[CertificateEntry], tmp_path: Path) -> None:
    """A page of a print file, and a certificate filled into its master."""
    files = {"print.pdf": made, "one.pdf": Typesetter(rows, Design(demo=True)).pdf(rows[1:2])}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        assert_alike(tmp_path / name, page=1)


def test_a_certificate_is_the_same_whoever_else_is_made_with_it(rows: list[CertificateEntry]) -> None:
    design = Design(demo=True)
    alone = Typesetter(rows[1:2], design).pdf(rows[1:2])
    assert Typesetter(rows, design).pdf(rows[1:2]) == alone
    assert Typesetter([*rows[1:3], *entries(90)], design).pdf(rows[1:2]) == alone


def pictures(made: bytes, folder: Path) -> list[bytes]:
    folder.mkdir()
    (folder / "it.pdf").write_bytes(made)
    subprocess.run(["pdftoppm", "-r", "60", folder / "it.pdf", folder / "page"], check=True)
    return [each.read_bytes() for each in sorted(folder.glob("*.ppm"))]


def truetype() -> bytes:
    """A TrueType font with a few boxes for letters."""
    builder = FontBuilder(1000, isTTF=True)
    letters = "abcdefgh"
    builder.setupGlyphOrder([".notdef", *letters])
    builder.setupCharacterMap({ord(each): each for each in letters})
    glyphs = {}
    for place, each in enumerate([".notdef", *letters]):
        pen = TTGlyphPen(None)
        pen.moveTo((50, 0))
        pen.lineTo((50, 100 * place))
        pen.lineTo((450, 60 * place))
        pen.closePath()
        glyphs[each] = pen.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({each: (500 + 10 * place, 50) for place, each in enumerate([".notdef", *letters])})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


def test_truetype_keeps_its_picture_and_text(tmp_path: Path) -> None:
    """A further face of the chain may be TrueType, whose codes stay glyph numbers."""
    font = tmp_path / "boxes.ttf"
    font.write_bytes(truetype())
    fonts = FontConfiguration()
    style = CSS(
        string=f"@font-face {{ font-family: Boxes; src: url({font.as_uri()}) }} p {{ font: 30pt Boxes; margin: 0 }}",
        font_config=fonts,
    )
    before = HTML(string="<p>hag<p>hbb").write_pdf(stylesheets=[style], font_config=fonts)
    with pikepdf.open(BytesIO(before)) as pdf:
        settle(pdf)
        assert {code for _, code in shown(pdf)} == {1, 2, 3, 4}
        out = BytesIO()
        pdf.save(out)
    assert pictures(out.getvalue(), tmp_path / "after") == pictures(before, tmp_path / "before")
    (tmp_path / "after.pdf").write_bytes(out.getvalue())
    text = subprocess.run(["pdftotext", tmp_path / "after.pdf", "-"], check=True, capture_output=True, text=True).stdout
    assert text.split() == ["hag", "hbb"]


def test_nothing_leaves_weasyprint_without_its_fonts_settled() -> None:
    """Whoever sets a further document finds out here, not from a reader with another viewer."""
    code = Path(embedding.__file__).parents[1]
    setting = [file for file in code.rglob("*.py") if "write_pdf(" in file.read_text("utf-8")]
    assert len(setting) >= 2
    assert all("certificates.embedding import settle" in file.read_text("utf-8") for file in setting)

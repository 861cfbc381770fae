"""The certificate as a document: real PDFs, opened with other people's tools."""

from __future__ import annotations

import re
import subprocess
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import msgspec
import pikepdf
import pytest
from PIL import Image

from tests.bench.certificates import entries
from tests.certificates.sheet import cases
from wholeschool.certificates import fonts, ornament
from wholeschool.certificates.fonts import MissingGlyphsError, NotDrawnError
from wholeschool.certificates.typeset import (
    FILES,
    SMALLEST_POINTS,
    Design,
    TemplateError,
    TooLongError,
    Typesetter,
    fit,
)
from wholeschool.records.structs import CertificateEntry

POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="module")
def rows() -> list[CertificateEntry]:
    return cases()


@pytest.fixture(scope="module")
def typesetter(rows: list[CertificateEntry]) -> Typesetter:
    return Typesetter(rows, Design(demo=True, policy="整校推进实施指导意见"))


@pytest.fixture(scope="module")
def printed(typesetter: Typesetter, rows: list[CertificateEntry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases in one document."""
    file = tmp_path_factory.mktemp("printed") / "all.pdf"
    file.write_bytes(typesetter.pdf(rows))
    return file


@pytest.fixture(scope="module")
def single(typesetter: Typesetter, rows: list[CertificateEntry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ordinary certificate."""
    file = tmp_path_factory.mktemp("single") / "one.pdf"
    file.write_bytes(typesetter.pdf(rows[:1]))
    return file


@pytest.fixture
def own_template(tmp_path: Path) -> Path:
    """A county's copy of the design."""
    folder = tmp_path / "template"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes((Design().folder / name).read_bytes())
    return folder


def run(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


class Word(NamedTuple):
    """A word's box in points from the top left corner of its page."""

    left: float
    top: float
    right: float
    bottom: float


def words(file: Path, page: int) -> list[Word]:
    boxes = run("pdftotext", "-f", page, "-l", page, "-bbox", file, "-")
    found = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">', boxes)
    return [Word(*map(float, each)) for each in found]


def test_text_can_be_extracted_with_rare_characters(printed: Path, rows: list[CertificateEntry]) -> None:
    for page, row in enumerate(rows, start=1):
        text = run("pdftotext", "-raw", "-f", page, "-l", page, printed, "-")
        unbroken = re.sub(r"\s", "", text)
        for expected in (row.name, row.school, row.number, row.title, "2026年11月20日", row.issuer, row.basis):
            assert re.sub(r"\s", "", expected) in unbroken
        # On a line of their own.
        assert any(line.startswith(row.name) for line in text.splitlines())
        assert row.school in text.splitlines()


def test_single_file_is_one_small_tagged_archival_page_in_chinese(single: Path, rows: list[CertificateEntry]) -> None:
    assert single.stat().st_size < 80_000
    with pikepdf.open(single) as pdf:
        assert len(pdf.pages) == 1
        width, height = (round(float(pdf.pages[0].mediabox[place])) for place in (2, 3))
        assert (width, height) == (842, 595)
        assert str(pdf.Root.Lang) == "zh-Hans"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert rows[0].number in str(pdf.docinfo["/Title"])
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
            assert rows[0].number in str(metadata["dc:title"])
            assert str(metadata["xmp:CreateDate"]).startswith(rows[0].issued)
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261120")


def test_structure_tree_reads_title_then_holder(single: Path) -> None:
    with pikepdf.open(single) as pdf:
        kinds: list[str] = []

        def walk(node: pikepdf.Object) -> None:
            if isinstance(node, pikepdf.Array):
                for child in node:
                    walk(child)
            elif isinstance(node, pikepdf.Dictionary):
                if "/S" in node:
                    kinds.append(str(node.S))
                if "/K" in node:
                    walk(node.K)

        walk(pdf.Root.StructTreeRoot.K)
    assert kinds.index("/H1") < kinds.index("/P")


def test_fonts_are_embedded_and_subset(single: Path, printed: Path) -> None:
    for file in (single, printed):
        listed = run("pdffonts", file).splitlines()[2:]
        assert len(listed) >= 2
        for line in listed:
            assert re.search(r"\+Certificate-(Serif|Sans)", line), "a system font stands in"
            assert re.search(r" yes yes yes ", line), line
        assert "No syntax or stream encoding errors" in run("qpdf", "--check", file)


def test_rare_characters_are_drawn_each_its_own_way(tmp_path: Path) -> None:
    """Not empty boxes: 𠮷, 㛃, 䶮 and (from the sans face) 鿫 leave ink, and different ink."""
    ordinary = entries(1)[0]
    pictures = []
    for character in "𠮷㛃䶮鿫𠀤":
        row = msgspec.structs.replace(ordinary, name=character * 2)
        file = tmp_path / "rare.pdf"
        file.write_bytes(Typesetter([row]).pdf([row]))
        run("pdftoppm", "-r", 60, "-gray", "-singlefile", file, tmp_path / "rare")
        with Image.open(tmp_path / "rare.pgm") as picture:
            name = picture.crop((250, 130, 450, 190))
        assert min(name.tobytes()) < 90
        pictures.append(name.tobytes())
    assert len(set(pictures)) == 5


def test_nothing_leaves_the_frame_or_touches_another_line(printed: Path, rows: list[CertificateEntry]) -> None:
    # The frame's innermost rule is 17.4 mm from the edge of a page of 297 × 210 mm.
    edge = 17.4 * POINTS_PER_MM
    for page, row in enumerate(rows, start=1):
        found = words(printed, page)
        assert len(found) > 12
        for word in found:
            assert edge < word.left < word.right < 842 - edge, row.number
            assert edge < word.top < word.bottom < 595 - edge, row.number
        for one, other in combinations(found, 2):
            if one.top == other.top:
                continue  # neighbours on a line: poppler's boxes reach into the space between them
            across = min(one.right, other.right) - max(one.left, other.left)
            # A line's box has room above and below its characters; the characters themselves must not meet.
            down = min(one.bottom, other.bottom) - max(one.top, other.top)
            least = min(one.bottom - one.top, other.bottom - other.top)
            assert across <= 0.5 or down <= 0.45 * least, (row.number, one, other)


def test_twenty_characters_of_a_name_stay_large(printed: Path, rows: list[CertificateEntry]) -> None:
    long = next(page for page, row in enumerate(rows, start=1) if len(row.name) == 21)
    assert max(word.bottom - word.top for word in words(printed, long)) > 25


def test_text_that_cannot_fit_is_refused_by_number() -> None:
    row = msgspec.structs.replace(entries(1)[0], basis="依" * 200)
    with pytest.raises(NotDrawnError, match=f"{row.number}.*200 个字"):
        Typesetter([row]).pdf([row])


def test_fit_measures_the_glyphs() -> None:
    assert fit("张三", 31, 196, bold=True) == "31pt"
    assert fit("字" * 20, 31, 196, bold=True) == "27.75pt"  # 20 × 27.75 pt = 195.8 mm
    assert fit("iiii", 31, 20) > fit("字字字字", 31, 20)
    assert float(fit("字" * 40, 14, 76, lines=2)[:-2]) > float(fit("字" * 35, 14, 76)[:-2])
    with pytest.raises(TooLongError):
        fit("字" * 100, 31, 100)
    assert float(fit("字" * 47, 31, 100)[:-2]) >= SMALLEST_POINTS


def test_markup_in_a_name_is_printed(tmp_path: Path) -> None:
    name = '<link rel=attachment href="file:///etc/passwd"><script>1</script>{{ 7*7 }}张'
    hostile = msgspec.structs.replace(entries(1)[0], name=name, school="</title><img src=http://127.0.0.1:9/x>&amp;")
    file = tmp_path / "hostile.pdf"
    file.write_bytes(Typesetter([hostile]).pdf([hostile]))
    text = run("pdftotext", "-raw", file, "-")
    assert name in text
    assert hostile.school in text
    with pikepdf.open(file) as pdf:
        names = pdf.Root.get("/Names", pikepdf.Dictionary())
        assert "/EmbeddedFiles" not in names
        assert "/JavaScript" not in names
        assert not {"/OpenAction", "/AA", "/AF"} & set(pdf.Root.keys())
        assert all("/Annots" not in page for page in pdf.pages)


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "data:text/plain,x"])
@pytest.mark.parametrize("place", ["style", "attachment", "image", "frame"])
def test_a_template_can_fetch_nothing(address: str, place: str, own_template: Path) -> None:
    row = entries(1)[0]
    name, old, new = {
        "style": ("certificate.css", "h1 {", f"h1 {{ background: url({address});"),
        "attachment": ("certificate.html", "</head>", f'<link rel="attachment" href="{address}"></head>'),
        "image": ("certificate.html", "<article>", f'<article><img src="{address}">'),
        "frame": ("frame.svg", "</svg>", f'<image href="{address}" width="9" height="9"/></svg>'),
    }[place]
    file = own_template / name
    file.write_text(file.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TemplateError, match="证书模板要取用"):
        Typesetter([row], Design(folder=own_template)).pdf([row])


@pytest.mark.parametrize(
    "mistake", ["{% for %}", "{{ nowhere }}", "{{ certificates.__class__.__mro__ }}", "{% include '/etc/passwd' %}"]
)
def test_a_mistaken_template_is_one_sentence(mistake: str, own_template: Path) -> None:
    file = own_template / "certificate.html"
    file.write_text(file.read_text("utf-8") + mistake, encoding="utf-8")
    row = entries(1)[0]
    with pytest.raises(TemplateError, match="证书模板"):
        Typesetter([row], Design(folder=own_template)).pdf([row])


def test_a_style_sheet_with_a_font_of_the_machine_is_refused(own_template: Path) -> None:
    file = own_template / "certificate.css"
    file.write_text(file.read_text("utf-8") + "h1 { font-family: sans-serif; }", encoding="utf-8")
    row = entries(1)[0]
    with pytest.raises(TemplateError, match="字体"):
        Typesetter([row], Design(folder=own_template)).pdf([row])


def test_a_mistaken_frame_is_one_sentence(own_template: Path) -> None:
    (own_template / "frame.svg").write_text("<svg><g></svg>", encoding="utf-8")
    row = entries(1)[0]
    with pytest.raises(TemplateError, match=r"frame\.svg"):
        Typesetter([row], Design(folder=own_template)).pdf([row])


def test_a_template_with_a_character_nobody_can_draw_is_named(own_template: Path) -> None:
    file = own_template / "certificate.html"
    file.write_text(file.read_text("utf-8").replace("老师", "ཀ"), encoding="utf-8")
    with pytest.raises(TemplateError, match=r"模板.*U\+0F40"):
        Typesetter([], Design(folder=own_template))


def test_same_rows_give_the_same_bytes(typesetter: Typesetter, rows: list[CertificateEntry]) -> None:
    again = Typesetter(rows, Design(demo=True, policy="整校推进实施指导意见"))
    assert typesetter.pdf(rows[:2]) == again.pdf(rows[:2]) == typesetter.pdf(rows[:2])


def test_a_character_nobody_can_draw_is_named_and_for_whom() -> None:
    good, row = entries(2)
    row = msgspec.structs.replace(row, name="张ཀ")
    typesetter = Typesetter([good, row])
    with pytest.raises(MissingGlyphsError, match=rf"{row.number}.*“ཀ”（U\+0F40）"):
        typesetter.pdf([row])
    assert typesetter.pdf([good])


def test_every_face_of_the_chain_is_asked() -> None:
    assert fonts.missing("张𠮷㛃䶮鿫𠀤 ·〔〕　") == frozenset()
    assert [cut.weight for cut in fonts.subset(frozenset("张鿫"))] == [400, 400, 700, 700]


def test_a_row_that_was_not_announced_is_refused() -> None:
    """Its characters are not in the fonts; a system font must not silently take their place."""
    first, other = entries(2)
    with pytest.raises(ValueError, match="not announced"):
        Typesetter([first]).pdf([msgspec.structs.replace(other, name="魑魅")])


def test_demo_is_drawn_across_every_page_and_is_not_text(tmp_path: Path) -> None:
    rows = entries(2)
    ink = []
    for demo in (True, False):
        file = tmp_path / f"{demo}.pdf"
        file.write_bytes(Typesetter(rows, Design(demo=demo)).pdf(rows))
        pages = []
        for page in (1, 2):
            run("pdftoppm", "-r", 20, "-f", page, "-l", page, "-gray", "-singlefile", file, file.with_suffix(""))
            pages.append(file.with_suffix(".pgm").read_bytes())
        ink.append(pages)
    assert ink[0][0] != ink[1][0]
    assert ink[0][1] != ink[1][1]
    assert "样 张" not in run("pdftotext", tmp_path / "True.pdf", "-")
    assert "样张" in run("pdftotext", tmp_path / "True.pdf", "-")
    assert "样张" not in run("pdftotext", tmp_path / "False.pdf", "-")


def test_the_frame_is_what_its_formulas_draw() -> None:
    assert (Design().folder / "frame.svg").read_text("utf-8") == ornament.frame()


def test_a_long_document_costs_no_more_a_page() -> None:
    """The frame and the fonts are in the file once."""
    rows = entries(30)
    typesetter = Typesetter(rows)
    many, one = len(typesetter.pdf(rows)), len(typesetter.pdf(rows[:1]))
    assert many < 4 * one
    with pikepdf.open(BytesIO(typesetter.pdf(rows))) as pdf:
        assert len(pdf.pages) == 30

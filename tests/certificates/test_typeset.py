"""The certificate as a document: real PDFs, opened with other people's tools."""

from __future__ import annotations

import re
import subprocess
from io import BytesIO
from pathlib import Path

import msgspec
import pikepdf
import pytest
from weasyprint import CSS

from tests.bench.certificates import entries
from wholeschool.certificates.fonts import MissingGlyphsError
from wholeschool.certificates.typeset import Design, ForeignResourceError, Typesetter, line_scale, name_scale
from wholeschool.records.structs import CertificateEntry

NAMES = (
    "王芳",
    "𠮷㛃",
    "欧阳䶮",
    "买买提·吐尔逊江·阿卜杜热合曼",
    "乌兰巴日斯图雅·额尔德尼其木格·敖登格日勒",
)
LONG_SCHOOL = "示例市明远县第一实验学校教育集团东方红校区附属九年一贯制外国语学校信息化应用示范基地北校区"


@pytest.fixture(scope="module")
def rows() -> list[CertificateEntry]:
    made = entries(len(NAMES))
    rows = [msgspec.structs.replace(row, name=name) for row, name in zip(made, NAMES, strict=True)]
    return [*rows[:-1], msgspec.structs.replace(rows[-1], school=LONG_SCHOOL)]


@pytest.fixture(scope="module")
def typesetter(rows: list[CertificateEntry]) -> Typesetter:
    return Typesetter(rows, Design(demo=True, policy="整校推进实施指导意见"))


def run(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def test_text_can_be_extracted_with_rare_characters(
    typesetter: Typesetter, rows: list[CertificateEntry], tmp_path: Path
) -> None:
    file = tmp_path / "all.pdf"
    file.write_bytes(typesetter.pdf(rows))
    for page, row in enumerate(rows, start=1):
        text = run("pdftotext", "-f", page, "-l", page, file, "-")
        for expected in (row.name, row.school, row.number, row.title, "2026年11月20日", row.issuer, row.basis):
            assert expected in text


def test_single_file_is_one_small_tagged_page_in_chinese(typesetter: Typesetter, rows: list[CertificateEntry]) -> None:
    made = typesetter.pdf(rows[:1])
    assert len(made) < 80_000
    with pikepdf.open(BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1
        width, height = (round(float(pdf.pages[0].mediabox[place])) for place in (2, 3))
        assert (width, height) == (842, 595)
        assert str(pdf.Root.Lang) == "zh-Hans"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert rows[0].number in str(pdf.docinfo["/Title"])


def test_fonts_are_embedded_and_subset(typesetter: Typesetter, rows: list[CertificateEntry], tmp_path: Path) -> None:
    file = tmp_path / "one.pdf"
    file.write_bytes(typesetter.pdf(rows[:1]))
    fonts = run("pdffonts", file).splitlines()[2:]
    assert fonts
    for line in fonts:
        assert re.search(r" yes yes yes ", line), line
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", file)


def test_nothing_leaves_the_page(typesetter: Typesetter, rows: list[CertificateEntry], tmp_path: Path) -> None:
    file = tmp_path / "all.pdf"
    file.write_bytes(typesetter.pdf(rows))
    boxes = run("pdftotext", "-bbox", file, "-")
    words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">', boxes)
    assert len(words) > 50
    # Inside the inner rule of the frame, which is 16.2 mm from the edge of a page of 297 × 210 mm.
    edge = 16.2 * 72 / 25.4
    for left, top, right, bottom in (map(float, word) for word in words):
        assert edge < left < right < 842 - edge
        assert edge < top < bottom < 595 - edge


def test_names_stay_on_one_line(typesetter: Typesetter, rows: list[CertificateEntry], tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    file.write_bytes(typesetter.pdf(rows[-1:]))
    lines = run("pdftotext", "-layout", file, "-").splitlines()
    assert any(rows[-1].name in line for line in lines)
    assert any(LONG_SCHOOL in line for line in lines)


def test_markup_in_a_name_is_printed(rows: list[CertificateEntry], tmp_path: Path) -> None:
    hostile = msgspec.structs.replace(rows[0], name="<link rel=attachment href=file:///etc/passwd><b>张")
    file = tmp_path / "hostile.pdf"
    file.write_bytes(Typesetter([hostile]).pdf([hostile]))
    assert "<link" in run("pdftotext", "-raw", file, "-")
    with pikepdf.open(file) as pdf:
        assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
        assert "/JavaScript" not in pdf.Root.get("/Names", {})
        assert "/OpenAction" not in pdf.Root


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "data:text/plain,x"])
def test_a_template_can_fetch_nothing(address: str, rows: list[CertificateEntry], tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    for file in Design().folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    css = folder / "certificate.css"
    css.write_text(css.read_text("utf-8") + f"h1 {{ background: url({address}); }}", encoding="utf-8")
    with pytest.raises(ForeignResourceError):
        Typesetter(rows, Design(folder=folder)).pdf(rows[:1])


def test_same_rows_give_the_same_bytes(typesetter: Typesetter, rows: list[CertificateEntry]) -> None:
    again = Typesetter(rows, Design(demo=True, policy="整校推进实施指导意见"))
    assert typesetter.pdf(rows[:2]) == again.pdf(rows[:2]) == typesetter.pdf(rows[:2])


def test_a_character_nobody_can_draw_is_named(rows: list[CertificateEntry]) -> None:
    row = msgspec.structs.replace(rows[0], name="张ཀ")
    with pytest.raises(MissingGlyphsError, match=r"U\+0F40.*" + row.number):
        Typesetter([row]).pdf([row])


def test_demo_is_drawn_and_not_text(rows: list[CertificateEntry], tmp_path: Path) -> None:
    pages = []
    for demo in (True, False):
        file = tmp_path / f"{demo}.pdf"
        file.write_bytes(Typesetter(rows, Design(demo=demo)).pdf(rows[:1]))
        run("pdftoppm", "-r", 20, "-gray", "-singlefile", file, file.with_suffix(""))
        pages.append(file.with_suffix(".pgm").read_bytes())
    assert pages[0] != pages[1]
    assert "样 张" not in run("pdftotext", tmp_path / "True.pdf", "-")


def test_scales_shrink_but_stay_readable() -> None:
    assert name_scale("张三") == 1
    assert 31 * name_scale("字" * 50) >= 12
    assert line_scale("字" * 36, 36) == 1
    assert 15 * line_scale("字" * 60, 36) >= 9


def test_style_sheets_are_valid() -> None:
    CSS(string=(Design().folder / "certificate.css").read_text("utf-8"))

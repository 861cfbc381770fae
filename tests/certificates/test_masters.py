"""The fast path draws what WeasyPrint alone draws, and steps aside where it cannot."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from tests.bench.certificates import entries
from tests.certificates.sealing import demo_record
from tests.soak import examples
from wholeschool.certificates import typeset
from wholeschool.certificates.signing import Signer, demo_key, signed
from wholeschool.certificates.typeset import TEMPLATE, Design, Printed, Typesetter
from wholeschool.outcomes import seals
from wholeschool.records.structs import CertificateEntry

DESIGN = Design(demo=True, policy="示例指导意见", levels=True, sites=((demo_record().id, demo_record().site),))
# What makes pages differ: widths, fallbacks to another face, sizes, a second number, a long school, a line that breaks.
ODD: tuple[dict[str, Any], ...] = (
    {"name": "王安"},
    {"name": "欧阳春晓"},
    {"name": "𠮷㛃䶮"},
    {"name": "帕丽旦·艾山江"},
    {"name": "阿卜杜热合曼·阿卜杜克热木·买买提"},
    {"school": "明远县" + "山河湖海" * 8 + "小学"},
    {"school": "明远县实验学校(城东校区)"},
    {"level": "优秀", "credits": 10, "microability": "B10", "title": "档案袋评价"},
    {"replaces": "2026349901A05000001P"},
    {"basis": "明教〔2026〕18号、明教〔2026〕19号、明教人〔2026〕7号、明教师〔2026〕120号"},
    {"issuer": "明远县教育体育局"},
    {"issued": "2026-01-05"},
)


def rows(count: int) -> list[CertificateEntry]:
    plain = entries(count)
    odd = [msgspec.structs.replace(plain[place], **change) for place, change in enumerate(ODD)]
    return signed([*odd, *plain[len(odd) :]], Signer(demo_record(), demo_key()))


def pictures(folder: Path, made: Iterable[bytes]) -> list[Image.Image]:
    """The pages of documents, at 75 dots to the inch."""
    with pikepdf.new() as pdf:
        for data in made:
            with pikepdf.open(BytesIO(data)) as one:
                pdf.pages.extend(one.pages)
        pdf.save(folder / "all.pdf")
    subprocess.run(["pdftoppm", "-r", "75", "-gray", folder / "all.pdf", folder / "page"], check=True)
    return [Image.open(file).copy() for file in sorted(folder.glob("page*.pgm"))]


@pytest.mark.soak
def test_many_look_as_weasyprint_alone_draws_them(tmp_path: Path) -> None:
    announced = rows(min(examples(50), 200))
    typesetter = Typesetter(announced, DESIGN)
    ours: list[Image.Image] = []
    theirs: list[Image.Image] = []
    for name, made in (("ours", ours), ("theirs", theirs)):
        (tmp_path / name).mkdir()
        whole = [typesetter.plain([Printed(row, DESIGN) for row in announced])]
        made += pictures(tmp_path / name, map(typesetter.pdf, zip(announced)) if name == "ours" else whole)
    assert len(ours) == len(theirs) == len(announced)
    assert typeset._master.cache_info().currsize >= 5
    for place, (row, one, other) in enumerate(zip(announced, ours, theirs, strict=True)):
        # A dot's shade may differ by how a glyph falls between dots; a text that is elsewhere leaves more than that.
        rest = ImageChops.difference(one, other).filter(ImageFilter.BoxBlur(2))
        assert max(rest.tobytes()) < 60, row.number
        if place % 20 == 0:
            file = tmp_path / f"{place}.pdf"
            file.write_bytes(typesetter.pdf([row]))
            subprocess.run(["pdftoppm", "-r", "200", "-gray", "-singlefile", file, file.with_suffix("")], check=True)
            [code] = zxingcpp.read_barcodes(Image.open(file.with_suffix(".pgm")).copy())
            assert code.text == seals.link(seals.token(row, demo_record().site), demo_record().site)


def test_text_title_and_record_are_the_certificate_s_own(tmp_path: Path) -> None:
    announced = rows(20)
    typesetter = Typesetter(announced, DESIGN)
    file = tmp_path / "one.pdf"
    for row in (announced[2], announced[3], announced[15]):
        file.write_bytes(typesetter.pdf([row]))
        text = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
        token = seals.token(row, demo_record().site)
        for said in (row.name, row.school, row.number, row.title, row.issuer, row.basis, seals.check_code(token)):
            assert said in text
        assert not any(character in text for character in "丙丁戊己庚辛壬癸")
        checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        with pikepdf.open(file) as pdf:
            assert str(pdf.docinfo.Title) == f"微能力认证证书 {row.number}"
            assert bytes(pdf.attachments[typeset.ATTACHMENT].get_file().read_bytes()).decode() == token
            assert pdf.Root.MarkInfo.Marked
            assert "/StructTreeRoot" in pdf.Root
            with pdf.open_metadata() as metadata:
                assert row.number in str(metadata["dc:title"])
                assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
        fonts = subprocess.run(["pdffonts", file], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
        assert len(fonts) >= 3
        assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)


def test_the_same_bytes_whoever_else_is_in_the_run() -> None:
    announced = rows(30)
    alone = Typesetter(announced[4:5], DESIGN).pdf(announced[4:5])
    typeset._master.cache_clear()
    assert Typesetter(announced, DESIGN).pdf(announced[4:5]) == alone
    assert len(alone) < 45_000


def test_markup_in_a_name_is_printed(tmp_path: Path) -> None:
    row = signed([msgspec.structs.replace(entries(1)[0], name="<b>&amp;</b>王")], Signer(demo_record(), demo_key()))[0]
    file = tmp_path / "one.pdf"
    file.write_bytes(Typesetter([row], DESIGN).pdf([row]))
    text = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
    assert "<b>&amp;</b>王" in text


@pytest.mark.parametrize(
    "change",
    [
        ("{{ each.number }}", "{{ each.number[:4] }} {{ each.number[4:] }}"),
        ("{{ each.title }}", '{% if each.level == "优秀" %}★{% endif %}{{ each.title }}'),
        ("{{ each.number }}", "{{ each.number }}{{ each.link }}"),
        ('<p class="facts">', '<p class="facts" style="text-align: justify; text-align-last: justify">'),
    ],
)
def test_a_template_that_does_otherwise_is_still_drawn_right(tmp_path: Path, change: tuple[str, str]) -> None:
    shutil.copytree(TEMPLATE, tmp_path / "template")
    file = tmp_path / "template" / "certificate.html"
    text = file.read_text("utf-8")
    assert change[0] in text
    file.write_text(text.replace(*change), "utf-8")
    design = DESIGN._replace(folder=tmp_path / "template")
    announced = [row for row in rows(14) if row.level == "优秀" or row.name == "王安"]
    typesetter = Typesetter(announced, design)
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
    ours = pictures(tmp_path / "ours", (typesetter.pdf([row]) for row in announced))
    theirs = pictures(tmp_path / "theirs", (typesetter.plain([Printed(row, design)]) for row in announced))
    for one, other in zip(ours, theirs, strict=True):
        assert max(ImageChops.difference(one, other).filter(ImageFilter.BoxBlur(2)).tobytes()) < 60

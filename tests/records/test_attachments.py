"""Attachments are looked through to the end, once; a sound one is no record and breaks nothing."""

from __future__ import annotations

import io
import re
import tracemalloc
import zlib
from pathlib import Path
from unittest.mock import ANY

import pikepdf
import pytest
from PIL import ExifTags, Image

from tests.case_folders import CASES, base
from wholeschool.records import load
from wholeschool.records.attachments import inspect
from wholeschool.records.cache import Cache
from wholeschool.records.hygiene import blemish, twins
from wholeschool.sources import Entry, MemoryTree
from wholeschool.sources.tree import REGULAR, SUBMODULE

PLACE = "submissions/anhui/shili/mingyuan/qingshan-xiaoxue/2026/attachments"


def codes(name: str, data: bytes) -> list[str]:
    return [refused.code for refused in inspect(f"{PLACE}/{name}", data)]


def picture(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 48), 50).save(stream, kind)
    return stream.getvalue()


def document(text: str = "") -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if text:
            made.docinfo["/Title"] = text
        made.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("JPEG", "a.jpeg")])
def test_no_cut_of_a_picture_passes(kind: str, name: str) -> None:
    data = picture(kind)
    assert codes(name, data) == []
    for length in range(0, len(data) - 1, max(1, len(data) // 40)):
        assert codes(name, data[:length]), length


def test_personal_numbers_in_a_document_are_found_and_not_repeated() -> None:
    found = list(inspect(f"{PLACE}/a.pdf", document("联系 13800138000")))
    assert [refused.code for refused in found] == ["PII-MOBILE"]
    assert "13800138000" not in found[0].message + found[0].hint


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = (CASES / "ATT-PIXELS" / "rejected-pdf-bomb" / PLACE / "guihua.pdf").read_bytes()
    assert len(bomb) < 200_000
    tracemalloc.start()
    assert codes("a.pdf", bomb) == ["ATT-PIXELS"]
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "named",
    [
        b"/LZWDecode",
        b"[/FlateDecode /LZWDecode]",
        b"[/FlateDecode/L#5aW#44ecode]",
        b"[ % packed\n /FlateDecode /LZW ]",
        b"9 0 R",
        b"[/FlateDecode 9 0 R]",
        b"% where it is\r9 0 R",
        b"+9 0 R",
        b" " * 1000 + b"9 0 R",
        b"%" + b"x" * 1000 + b"\n9 0 R",
        b"[/FlateDecode" + b" " * 1000 + b"9 0 R]",
        b"[/FlateDecode\x009 0 R]",
    ],
)
def test_a_filter_that_unpacks_without_limit_is_refused_wherever_it_is_named(named: bytes) -> None:
    """Of 40 KB it would make gigabytes: so it is refused before anything of the file is unpacked."""
    with pikepdf.open(io.BytesIO(document())) as pdf:
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"0 0 m")
        pdf.pages[0].Contents.write(b"0 0 m", filter=pikepdf.Name.RunLengthDecode)
        stream = io.BytesIO()
        pdf.save(stream, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = stream.getvalue()
    assert data.count(b"/Filter /RunLengthDecode") == 1
    assert codes("a.pdf", data.replace(b"/Filter /RunLengthDecode", b"/Filter " + named)) == ["ATT-PIXELS"]
    several = data.replace(b"/Filter /RunLengthDecode", b"/Filter [/ASCII85Decode % as text\n /FlateDecode]")
    assert codes("a.pdf", several) != ["ATT-PIXELS"]


def test_a_sound_attachment_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Cache(tmp_path / "kept.sqlite3")
    tree = base().having({f"{PLACE}/a.png": picture("PNG")})
    first = load(tree, cache=kept)
    assert first.findings == []
    assert first.broken == frozenset()
    assert all("/attachments/" not in record.path for record in first.records)
    read = type(tree).read

    def read_others(self: MemoryTree, path: str) -> bytes:
        assert not path.endswith(".png")
        return read(self, path)

    with monkeypatch.context() as patched:
        patched.setattr(type(tree), "read", read_others)
        assert load(tree, cache=kept) == first._replace(records=ANY)
    # The same bytes under another ending are another matter.
    renamed = load(base().having({f"{PLACE}/a.pdf": tree.files[f"{PLACE}/a.png"]}), cache=kept)
    assert [each.code for each in renamed.findings] == ["ATT-TYPE"]


def test_an_attachment_elsewhere_is_a_file_in_the_wrong_place() -> None:
    path = PLACE.replace("2026/attachments", "2026") + "/a.png"
    loaded = load(MemoryTree({path: picture("PNG")}), cache=Cache(None))
    assert [each.code for each in loaded.findings] == ["PATH-KIND"]


@pytest.mark.parametrize(
    "name",
    [
        "a\nb.yaml",
        "a\x1b[2J.yaml",
        "a\u202eb.yaml",
        "a\udcffb.yaml",
        "--output=x",
        "x/-rf",
        "CON.yml",
        "a/lpt1",
        "a./b",
        " a",
        "a/.git/config",
        "..\\..\\x.yml",
        "a:b",
        "n" * 201,
    ],
)
def test_hostile_names_are_refused(name: str) -> None:
    refused = blemish(Entry(name, REGULAR, 1))
    assert refused is not None
    assert refused.code == "GIT-NAME"


def test_a_submodule_is_no_file() -> None:
    refused = blemish(Entry("docs/x", SUBMODULE, 0))
    assert refused is not None
    assert refused.code == "GIT-SYMLINK"


def test_twins_by_case_and_by_composition() -> None:
    paths = ["a/x.yaml", "a/X.yaml", "B/y.yaml", "b/y.yaml", "caf\u00e9.md", "cafe\u0301.md", "only/one.md"]
    found = twins([Entry(path, REGULAR, 1) for path in paths])
    assert found.keys() == {"a/X.yaml", "B/y.yaml", "cafe\u0301.md"}
    assert found["a/X.yaml"] == "a/x.yaml"


def photo(*, located: bool) -> bytes:
    """A small JPEG, taken somewhere or nowhere."""
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = "相机"
    if located:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[1], place[2], place[3], place[4] = "N", (31.0, 51.0, 3.0), "E", (117.0, 16.0, 3.0)
    file = io.BytesIO()
    Image.new("RGB", (60, 60), (200, 100, 50)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def with_photo(data: bytes) -> bytes:
    """A PDF that shows the photo."""
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(300, 300))
        shown = pikepdf.Stream(
            made,
            data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=60,
            Height=60,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=shown))
        page.Contents = pikepdf.Stream(made, b"q 100 0 0 100 0 0 cm /I Do Q")
        file = io.BytesIO()
        made.save(file)
    return file.getvalue()


def with_second_description(first: bytes, second: bytes) -> bytes:
    """The first photo with the Exif segment of the second one behind its own."""
    (begin, end), (at, behind) = _description(first), _description(second)
    assert begin < end
    return first[:end] + second[at:behind] + first[end:]


def _description(data: bytes) -> tuple[int, int]:
    """Where the first Exif segment (JEITA CP-3451, 4.7.2) begins and ends."""
    begin = data.index(b"\xff\xe1")
    return begin, begin + 2 + int.from_bytes(data[begin + 2 : begin + 4])


@pytest.mark.parametrize("located", [True, False])
def test_wherever_in_a_file_a_photo_tells_its_place_it_is_found(located: bool) -> None:
    plain, there = photo(located=False), photo(located=located)
    wanted = ["ATT-LOCATION"] if located else []
    assert codes("a.jpg", there) == wanted
    assert codes("a.jpg", plain + there) == wanted
    assert codes("a.jpg", with_second_description(plain, there)) == wanted
    assert codes("a.pdf", with_photo(there)) == wanted


def test_what_a_pdf_said_before_it_was_changed_is_found() -> None:
    """A page is replaced behind the end of the file; whoever cuts it there reads the number again."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(300, 300))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = pikepdf.Stream(made, b"BT /F 12 Tf 10 100 Td (1380) Tj (0138000) Tj ET")
        made.save(file)
    old = file.getvalue()
    assert codes("a.pdf", old) == ["PII-MOBILE"]
    with pikepdf.open(io.BytesIO(old)) as opened:
        contents, size, root = opened.pages[0].obj.Contents.objgen[0], len(opened.objects), opened.Root.objgen[0]
    start = re.search(rb"startxref\s+(\d+)", old)
    assert start is not None
    new = f"\n{contents} 0 obj\n<</Length 2>>\nstream\nq \nendstream\nendobj\n".encode()
    table = f"xref\n{contents} 1\n{len(old) + 1:010d} 00000 n \ntrailer\n<</Size {size + 1} /Root {root} 0 R "
    end = f"/Prev {int(start[1])}>>\nstartxref\n{len(old) + len(new)}\n%%EOF\n"
    changed = old + new + table.encode() + end.encode()
    with pikepdf.open(io.BytesIO(changed)) as opened:
        assert opened.pages[0].obj.Contents.read_bytes().strip() == b"q"
    assert codes("a.pdf", changed) == ["PII-MOBILE"]


def test_a_pdf_made_for_the_web_or_changed_harmlessly_is_sound() -> None:
    """Linearized (ISO 32000-1, annex F), it ends twice; and an end mark may stand in what it says."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(3):
            made.add_blank_page()
        made.docinfo["/Title"] = "教学设计 %%EOF 第二稿"
        made.save(file, linearize=True)
    assert file.getvalue().count(b"%%EOF") > 1
    assert codes("a.pdf", file.getvalue()) == []


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG with these before its picture, and with the last of them once more behind it."""
    data = picture("PNG")
    return data[:33] + b"".join(chunks) + data[33:-12] + chunks[-1] + data[-12:]


TOLD = zlib.compress(b"tel 13800138000")


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        ([chunk(b"tEXt", b"Comment\0tel 13800138000"), chunk(b"tEXt", b"Comment\0none")], ["PII-MOBILE"]),
        (
            [chunk(b"zTXt", b"Comment\0\0" + TOLD), chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"none"))],
            ["PII-MOBILE"],
        ),
        ([chunk(b"iTXt", b"Comment\0\1\0zh\0\0" + TOLD)], ["PII-MOBILE"]),
        ([chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"none") + TOLD)], ["ATT-DAMAGED"]),
        ([chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000)))] * 5, ["ATT-PIXELS"]),
        ([chunk(b"prVt", TOLD)], ["ATT-POLYGLOT"]),
        ([chunk(b"iDOT", TOLD)], ["ATT-POLYGLOT"]),
        ([chunk(b"iDOT", bytes(28)), chunk(b"sRGB", b"\0"), chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"none"))], []),
    ],
)
def test_whatever_stands_beside_the_pixels_of_a_png_is_read_or_refused(chunks: list[bytes], wanted: list[str]) -> None:
    assert codes("a.png", with_chunks(*chunks)) == wanted


@pytest.mark.parametrize("packed", [False, True])
def test_where_a_png_was_taken_is_found_before_and_behind_the_pixels(packed: bool) -> None:
    begin, end = _description(there := photo(located=True))
    exif = there[begin + 4 : end]
    profile = f"\nexif\n{len(exif):8}\n{exif.hex()}\n".encode()
    told = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile)) if packed else chunk(b"eXIf", exif[6:])
    data = picture("PNG")
    assert codes("a.png", data[:33] + told + data[33:]) == ["ATT-LOCATION"]
    assert codes("a.png", data[:-12] + told + data[-12:]) == ["ATT-LOCATION"]


@pytest.mark.parametrize(("again", "wanted"), [(0, []), (20, []), (400, ["ATT-PIXELS"])])
def test_a_picture_that_is_drawn_over_and_over_is_refused(again: int, wanted: list[str]) -> None:
    """The last pass of a progressive JPEG repeated: hardly larger, and each takes as long as the picture."""
    file = io.BytesIO()
    Image.new("L", (64, 64), 128).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    last = data[data.rindex(b"\xff\xc4", 0, data.rindex(b"\xff\xda")) : -2]
    assert codes("a.jpg", data[:-2] + last * again + data[-2:]) == wanted


def test_a_number_in_glyphs_of_their_own_order_is_found() -> None:
    """A font may call the letter a the figure nought; whoever looks at the page reads a number."""
    file = io.BytesIO()
    name = pikepdf.Name
    figures = [97, name.zero, name.one, name.two, name.three, name.four, name.five, name.six, name.seven, name.eight]
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(300, 300))
        coding = pikepdf.Dictionary(Type=name.Encoding, Differences=pikepdf.Array(figures))
        font = pikepdf.Dictionary(Type=name.Font, Subtype=name.Type1, BaseFont=name.Helvetica, Encoding=coding)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = pikepdf.Stream(made, b"BT /F 12 Tf 10 100 Td (bdiaabdiaaa) Tj ET")
        made.save(file)
    assert codes("a.pdf", file.getvalue()) == ["PII-MOBILE"]


WHOLE_RANGE = b"1 beginbfrange <0000> <ffff> <0000> endbfrange\n"
HOSTILE_TABLES = {
    "every range over and over": (WHOLE_RANGE * 20_000, b"BT " + b"/F 9 Tf " * 500 + b"ET"),
    "a code that means a book": (b"beginbfchar <41> <" + b"0031" * 10_000 + b"> endbfchar", b"BT /F 9 Tf (%s) Tj ET"),
    "a range of books": (b"beginbfrange <0000> <ffff> <" + b"0031" * 10_000 + b"> endbfrange", b"BT /F 9 Tf ET"),
    "beginnings without an end": (b"beginbfrange" * 2_000_000, b"BT /F 9 Tf ET"),
    "lists without an end": (b"beginbfrange " + b"<0><0>[" * 3_000_000, b"BT /F 9 Tf ET"),
}


def with_table(table: bytes, drawing: bytes, fonts: int = 1, own: bool = False) -> bytes:
    """A page drawn with fonts that have this `ToUnicode`; with objects of their `own`, or written in place."""
    file = io.BytesIO()
    name = pikepdf.Name
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(300, 300))
        codes_mean = pikepdf.Stream(made, table)
        found = pikepdf.Dictionary()
        for number in range(fonts):
            font = pikepdf.Dictionary(Type=name.Font, Subtype=name.Type0, BaseFont=name.A, ToUnicode=codes_mean)
            found[f"/F{number or ''}"] = made.make_indirect(font) if own else font
        page.Resources = pikepdf.Dictionary(Font=found)
        page.Contents = pikepdf.Stream(made, drawing)
        made.save(file, recompress_flate=True)
    return file.getvalue()


@pytest.mark.parametrize("told", HOSTILE_TABLES)
def test_a_table_of_codes_that_never_ends_is_refused(told: str) -> None:
    table, drawing = HOSTILE_TABLES[told]
    assert codes("a.pdf", with_table(table, drawing.replace(b"%s", b"\0A" * 100_000))) == ["ATT-PIXELS"]


@pytest.mark.parametrize("own", [False, True])
def test_a_table_of_codes_is_read_once_however_often_it_is_used(own: bool) -> None:
    drawing = b"BT " + b" ".join(b"/F%d 9 Tf" % each for each in range(1, 50)) * 100 + b" <%s> Tj ET"
    told = drawing % "".join(f"{ord(each):04x}" for each in "13800138000").encode()
    assert codes("a.pdf", with_table(WHOLE_RANGE, told, fonts=50, own=own)) == ["PII-MOBILE"]


@pytest.mark.parametrize("again", [1, 20_000])
def test_nothing_that_is_drawn_over_and_over_takes_long(again: int) -> None:
    wanted = ["ATT-PIXELS"] if again > 1 else []
    assert codes("a.pdf", with_table(b"", b"T*\n" * 50 * again)) == wanted
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.Pages.Kids = pikepdf.Array([made.Root.Pages.Kids[0]] * again)
        made.Root.Pages.Count = again
        made.save(file)
    assert codes("a.pdf", file.getvalue()) == wanted
    with pikepdf.new() as made:
        page = made.add_blank_page()
        empty = pikepdf.Dictionary(N=pikepdf.Stream(made, b""))
        note = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, AP=empty))
        page.Annots = pikepdf.Array([note] * 10 * again)
        made.save(file := io.BytesIO())
    assert codes("a.pdf", file.getvalue()) == wanted
    with pikepdf.new() as made:
        made.Root.Kept = made.make_indirect(pikepdf.Object.parse(b"[" + b"1 " * 125 * again + b"]"))
        made.add_blank_page()
        made.save(file := io.BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert codes("a.pdf", file.getvalue()) == wanted

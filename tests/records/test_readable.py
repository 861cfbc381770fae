"""Files of any kind are looked into to the end, or refused: nothing lies behind, between or beside what they show."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import quopri
import random
import struct
import subprocess
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tests.soak import examples
from wholeschool import personal_data
from wholeschool.records.contact_sheets import why_not_sealed
from wholeschool.records.readable import Closed, Reading, readable

MOBILE = "13800138000"
NUMBER = MOBILE.encode()
FINE = "学时 20，合格。\n".encode()
REPOSITORY = Path(__file__).parents[2]


def verdict(data: bytes) -> set[str]:
    """The codes of what is found in a file, or CLOSED."""
    found: set[str] = set()
    try:
        for text in readable(data):
            found |= {datum.code for datum in personal_data.scan(text)}
    except Closed as closed:
        found |= closed.codes or {"CLOSED"}
    return found


def zipped(method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"", **members: bytes) -> bytes:
    return archive_of(members, method, comment)


def archive_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.comment = comment
    return stream.getvalue()


def streamed(**members: bytes) -> bytes:
    """A zip file written where one cannot go back: the sizes stand behind each member."""

    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    stream = OneWay()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_more_on_a_member(comment: bytes = b"", extra: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        about = zipfile.ZipInfo("a.txt")
        about.comment, about.extra = comment, extra
        archive.writestr(about, FINE)
    return stream.getvalue()


def between_members() -> bytes:
    """Two members, moved apart by bytes that belong to neither."""
    whole = zipped(zipfile.ZIP_STORED, a=FINE, b=FINE)
    second, listed = whole.rfind(b"PK\x03\x04"), whole.find(b"PK\x01\x02")
    other = whole.rfind(b"PK\x01\x02")
    shift = len(NUMBER)
    listing = bytearray(whole[listed:])
    struct.pack_into("<L", listing, other - listed + 42, second + shift)
    end = bytes(listing).rfind(b"PK\x05\x06")
    struct.pack_into("<L", listing, end + 16, listed + shift)
    return whole[:second] + NUMBER + whole[second:listed] + bytes(listing)


def as_method(method: int) -> bytes:
    """A member said to be packed in a way that nobody here unpacks (9 is Deflate64)."""
    data = bytearray(zipped(a=FINE * 20))
    struct.pack_into("<H", data, 8, method)
    struct.pack_into("<H", data, data.rfind(b"PK\x01\x02") + 10, method)
    return bytes(data)


def behind_the_packed() -> bytes:
    """A stream that ends early, with more behind it in the same member."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(FINE) + packer.flush() + gzip.compress(NUMBER)
    head = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 0, zlib.crc32(FINE), len(packed), len(FINE), 1, 0)
    local = b"PK\x03\x04" + head + b"a" + packed
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + b"a"
    return local + entry + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(local), 0)


def gzip_with_comment() -> bytes:
    plain = gzip.compress(FINE, mtime=0)
    return plain[:3] + b"\x10" + plain[4:10] + NUMBER + b"\0" + plain[10:]


def png(**chunks: bytes) -> bytes:
    """A picture, with chunks before its end."""
    stream = io.BytesIO()
    Image.effect_noise((64, 48), 50).save(stream, "PNG")
    data = stream.getvalue()
    more = b""
    for name, held in chunks.items():
        more += struct.pack(">L", len(held)) + name.encode() + held
        more += struct.pack(">L", zlib.crc32(name.encode() + held))
    return data[:-12] + more + data[-12:]


def png_with_words(packed: bool) -> bytes:
    stream, words = io.BytesIO(), PngImagePlugin.PngInfo()
    words.add_text("Comment", f"联系 {MOBILE}", zip=packed)
    Image.new("RGB", (8, 8)).save(stream, "PNG", pnginfo=words)
    return stream.getvalue()


def jpeg(comment: bytes = b"", exif: tuple[int, object] | None = None) -> bytes:
    stream, about = io.BytesIO(), Image.Exif()
    if exif:
        about[exif[0]] = exif[1]
    Image.effect_noise((64, 48), 50).save(stream, "JPEG", comment=comment, exif=about)
    return stream.getvalue()


def pdf(**more: object) -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        for name, value in more.items():
            made.Root[f"/{name}"] = value
        made.save(stream)
    return stream.getvalue()


def pdf_with(behind_head: bytes) -> bytes:
    """A sound document with something right behind its head line: everything in it is moved."""
    whole = pdf()
    head, rest = whole.split(b"\n", 1)
    text = head + b"\n" + behind_head + rest
    moved = len(behind_head)
    lines = text[text.rindex(b"xref\n", 0, text.rindex(b"startxref")) :]
    table = b"\n".join(
        b"%010d" % (int(line[:10]) + moved) + line[10:] if line[17:18] == b"n" else line for line in lines.split(b"\n")
    )
    start = int(lines.split(b"startxref\n")[1].split(b"\n")[0])
    table = table.replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + moved))
    return text[: len(text) - len(lines)] + table


def pdf_with_unused_stream() -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root["/Mine"] = made.make_stream(b"tel " + NUMBER)
        made.save(stream)
    return stream.getvalue()


def wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


RUNS = f"<w:p><w:r><w:t>{MOBILE[:3]}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{MOBILE[3:]}</w:t></w:r></w:p>"
ATTACKS: dict[str, Callable[[], bytes]] = {
    "PDF's head before plain text": lambda: b"%PDF-1.4\n" + NUMBER,
    "PNG's head before plain text": lambda: b"\x89PNG\r\n\x1a\n" + NUMBER,
    "JPEG's head before plain text": lambda: b"\xff\xd8\xff" + NUMBER,
    "behind a PDF": lambda: pdf() + wide(MOBILE).encode(),
    "behind a PNG": lambda: png() + wide(MOBILE).encode(),
    "behind a JPEG": lambda: jpeg() + wide(MOBILE).encode(),
    "right behind a PDF's head line": lambda: pdf_with(f"% 电话 {wide(MOBILE)}\n".encode()),
    "in a PDF's stream that no page shows": pdf_with_unused_stream,
    "in a PDF's list of words": lambda: pdf(Mine=pikepdf.Array([pikepdf.Array([pikepdf.String(MOBILE)])])),
    "far back in a PDF's word": lambda: pdf(Mine=pikepdf.String("x" * 5000 + " " + MOBILE)),
    "in a chunk of a PNG that nobody shows": lambda: png(prVt=f"电话 {wide(MOBILE)}".encode()),
    "in a PNG's words": lambda: png_with_words(packed=False),
    "in a PNG's packed words": lambda: png_with_words(packed=True),
    "in a JPEG's comment": lambda: jpeg(f"电话 {wide(MOBILE)}".encode("gb18030")),
    "in a picture's Windows title": lambda: jpeg(exif=(0x9C9B, wide(MOBILE).encode("utf-16-le"))),
    "in a JPEG's data": lambda: jpeg()[:-2] + b"\0 " + NUMBER + b" \0\xff\xd9",
    "second member of gzip": lambda: gzip.compress(FINE) + gzip.compress(NUMBER),
    "second member of bzip2": lambda: bz2.compress(FINE) + bz2.compress(NUMBER),
    "second member of xz": lambda: lzma.compress(FINE) + lzma.compress(NUMBER),
    "third member of gzip": lambda: gzip.compress(FINE) * 2 + gzip.compress(NUMBER),
    "plain behind gzip": lambda: gzip.compress(FINE) + NUMBER,
    "plain behind bzip2": lambda: bz2.compress(FINE) + wide(MOBILE).encode(),
    "plain behind xz": lambda: lzma.compress(FINE) + wide(MOBILE).encode(),
    "gzip's file name": lambda: _gzip_named(MOBILE),
    "gzip's comment": gzip_with_comment,
    "half a gzip": lambda: gzip.compress(NUMBER * 100)[:-10],
    "zlib": lambda: zlib.compress(NUMBER),
    "lzma alone": lambda: lzma.compress(NUMBER, lzma.FORMAT_ALONE),
    "zip's comment": lambda: zipped(comment=f"电话 {wide(MOBILE)}".encode("gb18030"), a=FINE),
    "zip's comment on a member": lambda: with_more_on_a_member(comment=NUMBER),
    "zip's extra field": lambda: with_more_on_a_member(extra=struct.pack("<HH", 0xCAFE, len(NUMBER)) + NUMBER),
    "in front of a zip": lambda: wide(MOBILE).encode() + zipped(a=FINE),
    "behind a zip": lambda: zipped(a=FINE) + wide(MOBILE).encode(),
    "between members": between_members,
    "Deflate64": lambda: as_method(9),
    "a method nobody knows": lambda: as_method(98),
    "bzip2 in zip": lambda: zipped(zipfile.ZIP_BZIP2, a=NUMBER),
    "behind the packed bytes of a member": behind_the_packed,
    "several runs of a document": lambda: archive_of({"word/document.xml": RUNS.encode()}),
    "several runs of a cell": lambda: archive_of(
        {"xl/sharedStrings.xml": RUNS.replace("w:p>", "si>").replace("w:", "").encode()}
    ),
    "several runs of a slide": lambda: archive_of({"ppt/slides/slide1.xml": RUNS.replace("w:", "a:").encode()}),
    "a comment between two halves": lambda: f"<p>{MOBILE[:5]}<!-- > -->{MOBILE[5:]}</p>".encode(),
    "a marked section": lambda: f"<p>{MOBILE[:5]}<![CDATA[{MOBILE[5:]}]]></p>".encode(),
    "a mark without end": lambda: f"<p>{MOBILE[:5]}<b class='{'x' * 3000}'>{MOBILE[5:]}</b></p>".encode(),
    "a power of ten": lambda: _workbook("1.38E10"),
    "a longer power of ten": lambda: _workbook("1.38001380000E+10"),
    "UTF-16 that begins late": lambda: b"x" * 70_001 + MOBILE.encode("utf-16-le"),
    "UTF-16 behind ASCII": lambda: b"notes\n" * 200 + wide(MOBILE).encode("utf-16-be"),
    "UTF-16 without a NUL": lambda: ("电话" + wide(MOBILE)).encode("utf-16-le"),
    "UTF-32": lambda: MOBILE.encode("utf-32-be"),
    "Base64": lambda: b"data:text/plain;base64," + base64.b64encode(b"tel " + NUMBER),
    "Base64 of a number alone": lambda: base64.b64encode(NUMBER),
    "Base64 in lines": lambda: base64.encodebytes(FINE * 3 + NUMBER),
    "Base64 for addresses": lambda: base64.urlsafe_b64encode("电话".encode() + NUMBER),
    "Base64 of UTF-16": lambda: base64.b64encode(MOBILE.encode("utf-16-le")),
    "Base64 of gzip": lambda: base64.b64encode(gzip.compress(NUMBER)),
    "Base64 of zlib": lambda: base64.b64encode(zlib.compress(NUMBER)),
    "Base64 of Base64": lambda: base64.b64encode(base64.b64encode(NUMBER)),
    "hexadecimal": lambda: NUMBER.hex().encode(),
    "quoted-printable": lambda: quopri.encodestring("电话：".encode() + NUMBER).replace(b"3", b"=33"),
    "quoted-printable, a line continued": lambda: NUMBER[:5] + b"=\n" + NUMBER[5:],
    "old Office": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "RAR": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(30),
    "RAR in Base64": lambda: base64.b64encode(b"Rar!\x1a\x07\x01\x00" + bytes(30)),
    "nothing that anybody knows": lambda: random.Random(1).randbytes(300),
    "age's head before plain text": lambda: _sealed(b"tel " + NUMBER),
    "age's head with a number": lambda: _sealed(random.Random(1).randbytes(300), b"-> grease " + NUMBER + b"\n"),
}


def _gzip_named(name: str) -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=stream) as packed:
        packed.write(FINE)
    return stream.getvalue()


def _workbook(*cells: object) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(list(cells))
    book.save(stream)
    return stream.getvalue()


def _sealed(body: bytes, more: bytes = b"") -> bytes:
    head = b"age-encryption.org/v1\n-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n" + more
    return head + b"--- " + b"A" * 43 + b"\n" + body


@pytest.mark.parametrize("how", ATTACKS)
def test_a_number_is_found_or_the_file_refused(how: str) -> None:
    assert verdict(ATTACKS[how]()), how


HARMLESS: dict[str, Callable[[], bytes]] = {
    "nothing": bytes,
    "a text": lambda: FINE,
    "GBK": lambda: FINE.decode().encode("gb18030"),
    "UTF-16 with its mark": lambda: FINE.decode().encode("utf-16"),
    "a pattern with a control character": lambda: FINE * 200 + b"/\x00-\x1f|[\x01]/".replace(b"\x00", b"\x02"),
    "PDF": pdf,
    "PNG": png,
    "JPEG": jpeg,
    "gzip": lambda: gzip.compress(FINE),
    "gzip with a name": lambda: _gzip_named("名册.csv"),
    "gzip in two members, filled up": lambda: gzip.compress(FINE) * 2 + bytes(512),
    "bzip2": lambda: bz2.compress(FINE),
    "xz": lambda: lzma.compress(FINE),
    "zip": lambda: zipped(a=FINE, b=FINE, comment=b"made by hand"),
    "zip in one go": lambda: streamed(a=FINE, b=FINE * 30, c=b""),
    "zip in zip": lambda: zipped(a=zipped(a=FINE)),
    "nothing in a zip": lambda: zipped(),
    "workbook": lambda: _workbook("姓名", "学分", 20, "1.5×10^10"),
    "a picture in a document": lambda: archive_of({"word/media/image1.png": png(), "word/document.xml": b"<p>a</p>"}),
    "a printer's settings": lambda: archive_of({"xl/printerSettings/printerSettings1.bin": bytes(range(256)) * 4}),
    "a sealed sheet": lambda: _sealed(random.Random(1).randbytes(300)),
    "long words": lambda: b"submissions/anhui/shili/mingyuan/wenhua-xiaoxue/2026/teachers.yaml\n" * 50,
    "a digest": lambda: b"sha256:" + random.Random(2).randbytes(32).hex().encode(),
    "a signature": lambda: base64.encodebytes(random.Random(3).randbytes(600)),
    "two numbers in two cells": lambda: b"<row><c><v>138</v></c><c><v>00138000</v></c></row>",
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_whole_and_harmless_passes(what: str) -> None:
    assert verdict(HARMLESS[what]()) == set(), what


@pytest.mark.parametrize("program", ["gzip", "bzip2", "xz", "zip"])
def test_what_other_programs_pack_passes(program: str, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(FINE * 50)
    command = ["zip", "-q", "c.zip", "a.txt", "b.txt"] if program == "zip" else [program, "-k", "a.txt"]
    subprocess.run(command, cwd=tmp_path, check=True)
    (packed,) = [each for each in tmp_path.iterdir() if each.suffix != ".txt"]
    assert verdict(packed.read_bytes()) == set()


def test_no_file_of_this_repository_is_refused() -> None:
    """But those that are there to be refused: workbooks by several programs, pictures, documents, sealed sheets."""
    kinds = (".xlsx", ".docx", ".pdf", ".png", ".jpg", ".age", ".js", ".svg", ".typ")
    folders = [REPOSITORY / folder for folder in ("docs", "submissions", "scripts", "tests/papers", "tests/cases")]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in kinds]
    paths = [path for path in found if "rejected-" not in str(path)]
    assert {path.suffix for path in paths} >= {".pdf", ".png", ".age", ".xlsx"}
    assert [path.name for path in paths if path.stat().st_size < 1_000_000 and closed(path.read_bytes())] == []


def closed(data: bytes) -> bool:
    try:
        for _ in readable(data):
            pass
    except Closed:
        return True
    return False


# --- all of it, at random ---------------------------------------------------------------------------------------------

_LETTERS = st.text("abcdefg 学时合格，。\n", max_size=40)
WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zlib": zlib.compress,
    "zip": lambda data: zipped(a=data),
    "stored": lambda data: zipped(zipfile.ZIP_STORED, a=data),
    "Base64": base64.b64encode,
    "lines": base64.encodebytes,
}


@pytest.mark.soak
@settings(max_examples=examples(60), deadline=None)
@given(_LETTERS, _LETTERS, st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=3), st.booleans())
def test_however_it_is_wrapped(before: str, behind: str, wrappings: list[str], hidden: bool) -> None:
    """A number is found below any three wrappings; without it there is nothing to find, and nothing is closed."""
    data = f"{before} {MOBILE if hidden else '20 学时，考核合格，名单见后'} {behind}".encode()
    for wrapping in wrappings:
        data = WRAPPINGS[wrapping](data)
    assert verdict(data) == ({"PII-MOBILE"} if hidden else set()), wrappings


@pytest.mark.soak
@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(["zip", "stored", "gzip", "bzip2", "xz", "zlib"]), st.data())
def test_nothing_fits_into_a_packed_file(wrapping: str, data: st.DataObject) -> None:
    """Wherever another text is put into a packed file, the file is refused, or the number found."""
    whole = WRAPPINGS[wrapping](FINE * 3)
    at = data.draw(st.integers(1, len(whole)))
    assert verdict(whole[:at] + f" 电话 {wide(MOBILE)} ".encode() + whole[at:])


@pytest.mark.soak
@settings(max_examples=examples(200), deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08\0", b"BZh9", b"%PDF-1.4\n", b"\x78\x9c"]),
)
def test_any_bytes_are_a_text_or_closed(data: bytes, head: bytes) -> None:
    verdict(head + data)


def test_chance_finds_nothing_in_pictures() -> None:
    """Two million bytes of noise, as pictures are made of: no address in them, and no number."""
    from wholeschool.records.codings import legible

    assert list(legible(random.Random(5).randbytes(2_000_000))) == []


# --- bounds -----------------------------------------------------------------------------------------------------------


def _nested(levels: int) -> bytes:
    data = b"0 " * 500_000
    for _ in range(levels):
        data = archive_of({f"m{number}": data for number in range(10)})
    return data


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(bytes(80_000_000), 9),
    "bzip2": lambda: bz2.compress(bytes(80_000_000)),
    "xz": lambda: lzma.compress(bytes(80_000_000), preset=1),
    "zip": lambda: zipped(a=bytes(80_000_000)),
    "ten in ten in ten": lambda: _nested(3),
    "four deep": lambda: gzip.compress(gzip.compress(gzip.compress(gzip.compress(FINE)))),
    "many members": lambda: archive_of({f"m{number}": b"" for number in range(6_000)}, zipfile.ZIP_STORED),
    "many streams": lambda: gzip.compress(FINE) * 100_000,
    "Base64 of a bomb": lambda: base64.b64encode(gzip.compress(bytes(80_000_000), 9)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_at_once(bomb: str) -> None:
    data = BOMBS[bomb]()
    began = time.process_time()
    assert closed(data)
    assert time.process_time() - began < 15


def test_all_files_of_a_change_have_one_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wholeschool.records.readable.MOST_UNPACKED", 3_000)
    reading, packed = Reading(), gzip.compress(b"0 " * 500)
    assert [list(reading.texts(packed))[-1] for _ in range(3)] == ["0 " * 500] * 3
    with pytest.raises(Closed, match="太大"):
        list(reading.texts(packed))


def test_more_text_than_can_be_looked_through_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wholeschool.records.readable.MOST_CHARACTERS", 3_000)
    reading = Reading()
    assert list(reading.texts(b"0 " * 1_400)) == ["0 " * 1_400]
    with pytest.raises(Closed, match="太多"):
        list(reading.texts(b"0 " * 1_400))


@pytest.mark.parametrize(
    "text",
    ["=3d" * 100_000, "aaaaaaaa\n" * 50_000, "<!--" * 100_000, "<p " * 100_000, "3a " * 100_000, "eJw" * 100_000],
)
def test_what_looks_coded_all_over_takes_no_longer(text: str) -> None:
    began = time.process_time()
    for _ in readable(text.encode()):
        pass
    assert time.process_time() - began < 5


def test_a_sheet_that_only_begins_sealed_is_none() -> None:
    assert why_not_sealed(HARMLESS["a sealed sheet"]()) is None
    for attack in ("age's head before plain text", "age's head with a number"):
        assert why_not_sealed(ATTACKS[attack]()) is not None

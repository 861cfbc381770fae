"""Workbooks that are none, that are damaged or that want something: one clear sentence each, and nothing written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from tests.papers.workbooks import ROSTER, SCHOOL, base, brought_in, filled, saved, sheet_of
from wholeschool.papers.opening import MAX_ROWS, Unreadable, open_workbook

GOOD = sheet_of([["教师编号", "姓名", "学科", "学段"], ["34990100010009", "李文静", "语文", "小学"]])


def rezipped(change: Callable[[dict[str, bytes]], None], data: bytes = GOOD) -> bytes:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def adding(name: str, part: bytes = b"x") -> bytes:
    return rezipped(lambda parts: parts.update({name: part}))


def in_sheet(text: bytes, instead: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        assert text in parts[name]
        parts[name] = parts[name].replace(text, instead, 1)

    return rezipped(change)


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 600


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


def _encrypted() -> bytes:
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), GOOD):
            data[found.start() + offset] |= 1
    return bytes(data)


def _overwritten(data: bytes, part: bytes) -> bytes:
    """The workbook with some bytes of a part lost."""
    at = data.index(part) + len(part) + 40
    return data[:at] + b"\0" * 60 + data[at + 60 :]


BOMB = b"<!-- " + b"0" * 60_000_000 + b" -->"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "文件是空的"),
    "xls": (ole("Workbook"), ".xls"),
    "password": (ole("EncryptedPackage"), "密码"),
    "password of the archive": (_encrypted(), "密码"),
    "old Word": (ole("WordDocument"), "不是 Excel"),
    "Word": (zipped("word/document.xml"), "Word"),
    "OpenDocument": (zipped("content.xml"), ".ods"),
    "some archive": (zipped("a.txt"), "压缩包"),
    "web page": (b"\xef\xbb\xbf<html><table><tr><td>x</td></tr></table></html>", "网页"),
    "PDF": (b"%PDF-1.7\n", "PDF"),
    "noise": (bytes(range(256)) * 20, "不是 Excel"),
    "cut off": (GOOD[: len(GOOD) // 2], "损坏"),
    "damaged in the middle": (_overwritten(GOOD, b"xl/worksheets/sheet1.xml"), "损坏"),
    "broken sheet": (in_sheet(b"<sheetData>", b"<sheetData><row><c"), "损坏"),
    "cell nowhere": (in_sheet(b'r="A1"', b'r="ZZZZZ9999999999"'), ""),
    "shared text nowhere": (in_sheet(b't="inlineStr"><is>', b't="s"><v>99999</v><is>'), "损坏"),
    "no workbook part": (zipped("xl/styles.xml"), "压缩包"),
    "macros": (adding("xl/vbaProject.bin"), "宏"),
    "external links": (adding("xl/externalLinks/externalLink1.xml"), "别的工作簿"),
    "embedded": (adding("xl/embeddings/oleObject1.bin"), "嵌"),
    "zip bomb": (adding("xl/media/x.xml", BOMB), "展开以后"),
    "thousands of parts": (rezipped(lambda parts: parts.update({f"x{n}": b"" for n in range(1500)})), "部分"),
    "entities": (rezipped(lambda parts: parts.update({"xl/sharedStrings.xml": ENTITIES})), "内部写法"),
    "UTF-16 parts": (rezipped(lambda parts: parts.update({"xl/styles.xml": "<x/>".encode("utf-16")})), "内部写法"),
    "a cell with a book in it": (sheet_of([["教师编号"], ["长" * 25_000]]), "超过"),
    "column XFD": (in_sheet(b'<c r="B1"', b'<c r="XFD1"'), "列"),
    "empty": (saved(Workbook()), "没有内容"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_one_clear_sentence(what: str) -> None:
    data, word = HOSTILE[what]
    judged = brought_in(data, unit=SCHOOL, year=2026, kind="teachers")
    assert not judged.ready
    assert judged.intakes[0].after is None
    (told,) = [each.finding for each in judged.intakes[0].found if each.finding.severity == "error"]
    assert word in told.message
    assert re.search("[一-鿿]", told.message)
    assert told.hint
    assert not re.search(r"Traceback|Error|\.py|None", told.message + told.hint)


def test_a_hundred_thousand_rows_are_refused_at_once() -> None:
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (row, row) for row in range(3, 100_003)
    )
    data = in_sheet(b"</sheetData>", rows + b"</sheetData>")
    with pytest.raises(Unreadable, match=f"超过 {MAX_ROWS:,} 行"):
        open_workbook(data)


def test_formatted_rows_down_to_the_end_do_no_harm() -> None:
    data = in_sheet(b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>')
    assert list(open_workbook(data)[0].rows) == [1, 2]


def test_a_size_that_the_file_claims_is_not_believed() -> None:
    assert b"<dimension" in _sheet_part()
    data = rezipped(
        lambda parts: parts.update(
            {
                "xl/worksheets/sheet1.xml": re.sub(
                    rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', parts["xl/worksheets/sheet1.xml"]
                )
            }
        )
    )
    assert list(open_workbook(data)[0].rows) == [1, 2]


def _sheet_part() -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "formula",
    ["=1+1", '=HYPERLINK("http://x.invalid","点我")', "=cmd|' /C calc'!A0", '=WEBSERVICE("http://x.invalid")'],
)
def test_a_formula_is_no_value(formula: str) -> None:
    data = sheet_of(
        [["教师编号", "姓名", "学科", "学段", "个人提升目标"], ["34990100010009", "李文静", "语文", "小学", formula]]
    )
    judged = brought_in(data, unit=SCHOOL, year=2026)
    assert [(each.place, each.finding.code) for each in judged.intakes[0].found] == [
        ("表“Sheet1”第 2 行 E 列", "S-FORMULA")
    ]
    assert "x.invalid" not in str(judged.intakes[0].found)


@pytest.mark.parametrize("name", ["=1+1", "+86", "@甲", "-甲"])
def test_a_text_that_a_spreadsheet_would_run_is_refused_in_names(name: str) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["教师编号", "姓名", "学科", "学段"])
    sheet.append(["34990100010009", "李文静", "语文", "小学"])
    sheet["C2"].value, sheet["C2"].data_type = name, "s"
    judged = brought_in(saved(book), unit=SCHOOL, year=2026)
    assert [
        (each.place, each.finding.code) for each in judged.intakes[0].found if each.finding.severity == "error"
    ] == [("表“Sheet”第 2 行 C 列", "S-PATTERN")]


def test_a_hidden_sheet_cannot_lead_out_of_the_tree() -> None:
    from wholeschool.errors import UsageError

    def change(parts: dict[str, bytes]) -> None:
        for name, part in parts.items():
            if name.startswith("xl/") and SCHOOL.encode() in part:
                parts[name] = part.replace(SCHOOL.encode(), b"../../../../../../etc/x/y/z/w/n")

    with pytest.raises(UsageError, match="写得不对"):
        brought_in(rezipped(change, filled(base(), ROSTER)))

"""What a workbook says, however oddly it is written, and that nothing harms whoever opens it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tests.papers.hostile_workbooks import LARGE, ONE, REFUSED, book, data, made, merges
from tests.papers.odd_workbooks import OddWorkbook, broken, canonical, zipped
from tests.papers.test_import_hostile import ole
from tests.papers.workbooks import ROSTER, SCHOOL, base, empty, filled, saved
from tests.soak import examples
from wholeschool.papers.number_formats import day_of, look_of, number_of, shown
from wholeschool.papers.opening import Cell, Sheet, Unreadable, mangled, open_workbook

ROOT = Path(__file__).parents[2]


# ---- workbooks as strange programs write them ----


@pytest.mark.soak
@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(60), deadline=None)
def test_an_odd_workbook_is_read_as_what_was_meant(seed: int) -> None:
    odd = OddWorkbook(Random(seed))
    assert canonical(open_workbook(odd.data, "表.xlsx")) == canonical(odd.sheets)


@pytest.mark.soak
@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(60), deadline=None)
def test_a_scratched_workbook_is_read_or_refused_with_a_sentence(seed: int) -> None:
    dice = Random(seed)
    content = broken(OddWorkbook(dice).data, dice)
    try:
        sheets = open_workbook(content)
    except Unreadable:
        return
    assert sheets


def test_openpyxl_reads_the_same_in_what_it_writes() -> None:
    texts = ("文华小学", " 两头空 ", "一行\n两行", "<&>\"'", "𠮷", "=", "12")
    own = Workbook()
    first: Any = own.active
    for row, value in enumerate((*texts, 30, 0.1, 1e-7, -3, True, date(2026, 3, 1), datetime(2026, 3, 1, 8, 30)), 1):
        first.cell(row, row % 5 + 1).value = value
        if isinstance(value, str):
            first.cell(row, row % 5 + 1).data_type = "s"
    books = [saved(own), filled(base(), ROSTER), empty("teachers", SCHOOL, 2026), empty("unit", SCHOOL)]
    for content in books:
        other = load_workbook(io.BytesIO(content))
        for sheet, theirs in zip(open_workbook(content), other.worksheets, strict=True):
            assert sheet.name == theirs.title
            assert sheet.hidden == (theirs.sheet_state != "visible")
            read = {
                (row, column): cell
                for row, cells in sheet.rows.items()
                for column, cell in cells.items()
                if not cell.merged
            }
            wanted = {
                (cell.row, cell.column): cell
                for row in theirs.iter_rows()
                for cell in row
                if cell.value not in (None, "")
            }
            assert read.keys() == wanted.keys()
            for place, cell in read.items():
                assert cell.formula == (wanted[place].data_type == "f")
                there: Any = wanted[place].value
                midnight = isinstance(there, datetime) and (there.hour, there.minute) == (0, 0)
                assert cell.formula or cell.value == (there.date() if midnight else there)
            ranges = {(each.min_row, each.min_col, each.max_row, each.max_col) for each in theirs.merged_cells.ranges}
            assert set(sheet.merged) == ranges


def only(content: bytes) -> Sheet:
    (sheet,) = open_workbook(content)
    return sheet


def test_an_array_formula_computes_all_its_cells() -> None:
    first = '<c r="A1"><f t="array" ref="A1:B2">X</f><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c>'
    sheet = only(book(data(f'<row r="1">{first}</row><row r="2"><c r="B2"><v>4</v></c></row>')))
    assert {cell.value for cells in sheet.rows.values() for cell in cells.values() if cell.formula} == {1, 2, 4}


def test_a_merged_error_or_formula_stays_one_below() -> None:
    rows = '<row r="1"><c r="A1" t="e"><f>X</f><v>#REF!</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>'
    sheet = only(book(data(rows) + merges(["A1:A2"])))
    assert sheet.rows[2][1] == Cell("#REF!", formula=True, error=True, merged=True)


def test_a_title_merged_over_empty_rows_is_once_there() -> None:
    sheet = only(book(ONE + merges(["A1:A9"])))
    assert sheet.rows == {1: {1: Cell(1)}}
    assert sheet.merged == ((1, 1, 9, 1),)


def test_the_name_of_an_error_is_an_error_also_as_text() -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>#N/A</v></c><c r="B1" t="str"><v>#N/A 说明</v></c></row>'
    assert only(book(data(rows))).rows[1] == {1: Cell("#N/A", error=True), 2: Cell("#N/A 说明")}


# ---- numbers and what they mean ----


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("29.999999999999996", 30),
        ("0.30000000000000004", 0.3),
        ("3.49901000100010E+13", 34990100010001),
        ("-0", 0),
        ("1234567890123445", 1234567890123450),
        ("1E3", 1000),
        (" 5 ", 5),
        ("1e999", None),
        ("0x10", None),
        ("１", None),
        ("nan", None),
        ("1_0", None),
        ("", None),
    ],
)
def test_a_number_has_the_digits_that_excel_shows(written: str, number: float | None) -> None:
    assert number_of(written) == number


@pytest.mark.parametrize(
    ("serial", "from_1904", "day"),
    [
        (1, False, date(1900, 1, 1)),
        (59, False, date(1900, 2, 28)),
        (60, False, "1900-02-29"),
        (61, False, date(1900, 3, 1)),
        (46082, False, date(2026, 3, 1)),
        (46082.354166666664, False, datetime(2026, 3, 1, 8, 30)),
        (46081.99999999999, False, date(2026, 3, 1)),
        (44620, True, date(2026, 3, 1)),
        (0.354166666666667, False, "08:30"),
        (0.3542, False, "08:30:03"),
        (2958465, False, date(9999, 12, 31)),
        (2958466, False, None),
        (-1, False, None),
    ],
)
def test_a_serial_is_the_day_that_excel_shows(serial: float, from_1904: bool, day: object) -> None:
    assert day_of(serial, from_1904=from_1904) == day


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *(
            ("yyyy-mm-dd", "day"),
            ('yyyy"年"m"月"', "day"),
            ("[$-804]aaaa", "day"),
            ("m/d/yy h:mm", "day"),
            ("[DBNum1]m月d日", "day"),
        ),
        *(
            ("h:mm AM/PM", "day"),
            ('上午/下午h"时"', "day"),
            ("ss.0", "day"),
            ("[h]:mm", "elapsed"),
            ("[mm]:ss", "elapsed"),
        ),
        *(
            ("General", ""),
            ("G/通用格式", ""),
            ("0", ""),
            ("#,##0.00", ""),
            ("0.00E+00", ""),
            ("[Red]0", ""),
            ("@", ""),
        ),
        *(
            ('0"days"', "number"),
            (r"0\d", "number"),
            ("0_d", ""),
            ("0;yyyy", ""),
            ('"d"General', "plain"),
            ("0.0%", "percent"),
        ),
        *((";;;", ""), ("", ""), ('"', ""), ("\\", ""), ("[", "")),
    ],
)
def test_a_format_makes_a_day_of_a_number_or_does_not(code: str, kind: str) -> None:
    assert look_of(200, code).kind == kind


@pytest.mark.parametrize("number", [*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)])
def test_the_built_in_formats_of_days_are_days_in_chinese_too(number: int) -> None:
    assert look_of(number, None).kind == "day"


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("000", 7, "007"),
        ("000", 7.5, None),
        ("00000", -7, None),
        ('"3499"0000000000', 100990001, "34990100990001"),
        ("0%", 0.3, "30%"),
        ("0%", 0.305, "30.5%"),  # Excel shows 31% and keeps the rest
        ("0%", -0.305, "-30.5%"),
        ("0.00%", 0.00005, "0.005%"),
        ("0.0%", 0.07, "7.0%"),
        ("0%", 12, "1200%"),
        ("0%", 1e-9, None),
        ("0.0%", 1.005, "100.5%"),
        ("0%", 0, "0%"),
        ('0"班"', 12, "12班"),
        ("0", 12, None),
        ("0.00", 12, None),
        ("#,##0", 12, None),
    ],
)
def test_what_people_read_of_a_number_is_told_where_it_is_more(code: str, number: float, text: str | None) -> None:
    assert shown(number, look_of(200, code)) == text


@pytest.mark.parametrize(
    ("value", "gone"),
    [
        *(("3.49901E+13", True), (" 1.23457E+11 ", True), ("3.40123E+17", True), ("1E+15", True), ("-1.5e12", True)),
        *(
            ("1E+05", False),
            ("34990100010001", False),
            ("E+13", False),
            ("A1", False),
            ("12.5E+13", False),
            ("", False),
        ),
        *((34990100010001, False), (340123199001011234, True), (1e15, True), (True, False)),
    ],
)
def test_a_number_that_lost_its_digits_is_recognised(value: object, gone: bool) -> None:
    assert mangled(value) is gone


# ---- tables as text ----

_FIELD = st.text("明远县甲乙ab1 、，,;\t\"'\r\n=-", max_size=6)


def _kept_as_text(field: str) -> str:
    """What `="…"` says, by which programs keep long numbers whole."""
    found = re.fullmatch('="([^"]*)"', field)
    return found[1] if found else field


@pytest.mark.soak
@given(
    rows=st.lists(st.lists(_FIELD, min_size=3, max_size=3), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "gb18030", "utf-16")),
    end=st.sampled_from(("\r\n", "\n", "\r")),
    last=st.booleans(),
)
@settings(max_examples=examples(100), deadline=None)
def test_a_text_is_read_as_its_fields(
    rows: list[list[str]], separator: str, encoding: str, end: str, last: bool
) -> None:
    # The heading shows what separates the fields, as that of a table does; without a mark of 16 bits GB is not UTF-8.
    rows = [["编号", "姓名", "学科"], *rows]
    lines = [separator.join('"' + field.replace('"', '""') + '"' for field in row) for row in rows]
    content = (end.join(lines) + (end if last else "")).encode(encoding)
    wanted = {
        number: {column: Cell(field) for column, field in enumerate(map(_kept_as_text, row), 1) if field.strip()}
        for number, row in enumerate(rows, 1)
    }
    assert only(content) == Sheet("Sheet1", {number: cells for number, cells in wanted.items() if cells}, False)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("编号,姓名\n1,甲", [["编号", "姓名"], ["1", "甲"]]),
        ("编号;所选\n1;A1,A5\n2;A1,A5,A9", [["编号", "所选"], ["1", "A1,A5"], ["2", "A1,A5,A9"]]),
        ("编号\t所选\n1\tA1,A5\n2\tA1,A5", [["编号", "所选"], ["1", "A1,A5"], ["2", "A1,A5"]]),
        ("sep=|\na|b", [[], ["a", "b"]]),
        ('a,"b ""c"", d"\r\n"两\n行",e', [["a", 'b "c", d'], ["两\n行", "e"]]),
        ('="0012",a"b', [["0012", 'a"b']]),
        ("名册,,,\n,,,\na,b,c,d\n", [["名册"], [], ["a", "b", "c", "d"]]),
        ("一列\n甲\n", [["一列"], ["甲"]]),
        ('"a"b,c', [["ab", "c"]]),
        (",b", [["", "b"]]),
    ],
)
def test_texts_as_people_save_them(text: str, rows: list[list[str]]) -> None:
    read = only(text.encode()).rows
    assert read == {
        number: {column: Cell(field) for column, field in enumerate(row, 1) if field}
        for number, row in enumerate(rows, 1)
        if any(row)
    }


def test_the_sheet_of_a_text_is_called_as_its_file() -> None:
    assert [each.name for each in open_workbook(b"a,b", "上报/_教师 名册.v2.CSV")] == ["教师 名册.v2"]


# ---- what is none ----


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (ole("Workbook"), "名册.XLS", ".xls"),
        (ole("Workbook"), "名册.ET", ".et"),
        (ole("WordDocument"), "名册.doc", "Word"),
        (zipped([("mimetype", b"x"), ("content.xml", b"<x/>")]), "名册.ODS", ".ods"),
        (zipped([("Index/Document.iwa", b"x")]), "名册.numbers", "Numbers"),
        (zipped([("word/document.xml", b"<x/>")]), "名册.docx", "Word"),
        (zipped([("ppt/presentation.xml", b"<x/>")]), "名册.pptx", "演示文稿"),
        (zipped([("xl/workbook.bin", b"x")]), "名册.xlsb", ".xlsb"),
        (b"Rar!\x1a\x07\x01\x00 \x00", "名册.rar", "压缩包"),
        (b"\x1f\x8b\x08\x00\x00", "名册.gz", "压缩包"),
        ("编号,姓名".encode(), "名册.xlsx", "文本文件"),
        ("café,ü\n".encode("latin-1"), "名册.csv", "编码"),
        ("No,a".encode("utf-16-le"), "名册.csv", "不是 Excel"),
        (b" \r\n", "名册.csv", "空的"),
    ],
)
def test_what_is_no_workbook_is_named(content: bytes, name: str, word: str) -> None:
    with pytest.raises(Unreadable, match=word) as refused:
        open_workbook(content, name)
    assert refused.value.hint


# ---- what would do harm ----


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_do_harm_is_refused_with_a_sentence_at_once(what: str) -> None:
    content, (_, word) = made(what), REFUSED[what]
    started = time.process_time()
    with pytest.raises(Unreadable, match=word) as refused:
        open_workbook(content)
    assert refused.value.hint
    assert time.process_time() - started < 4  # under one on a machine of its own


@pytest.mark.parametrize("what", LARGE)
def test_what_is_much_and_right_is_read_at_once(what: str) -> None:
    content = made(what)
    started = time.process_time()
    sheet = only(content)
    assert time.process_time() - started < 4
    assert set(sheet.rows) <= set(range(1, 9001))
    assert sheet.hidden_columns == (frozenset(range(1, 257)) if what == "widths that lie" else frozenset())


_ALL_OF_THEM = """
import re
from wholeschool.papers.opening import Unreadable, open_workbook
for line in open(0).read().split("\\n"):
    try:
        open_workbook(open(line, "rb").read())
    except Unreadable:
        pass
print(re.search("VmHWM:\\s+([0-9]+) kB", open("/proc/self/status").read())[1])
"""


def test_nothing_of_this_takes_much_memory(tmp_path: Path) -> None:
    files = []
    for number, what in enumerate([*REFUSED, *LARGE]):
        files.append(tmp_path / str(number))
        files[-1].write_bytes(made(what))
    done = subprocess.run(
        [sys.executable, "-c", _ALL_OF_THEM],
        cwd=ROOT,
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) / 1024 < 300  # megabytes

"""Workbooks that want too much time or memory of whoever reads them, or that contradict themselves."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import cache

from openpyxl.utils import get_column_letter

from tests.papers.odd_workbooks import PACKAGE, TRANSITIONAL, zipped

MAIN, OFFICE = TRANSITIONAL


def book(
    sheet: str,
    strings: str = "",
    styles: str = "",
    names: Sequence[str] = ("表",),
    *,
    one_part: bool = False,
    more: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """A workbook whose sheets all hold the same; `one_part`: all of them in one part."""
    paths = ["s0.xml" if one_part else f"s{index}.xml" for index in range(len(names))]
    related = [(f"r{index}", "worksheet", path) for index, path in enumerate(paths)]
    related += [("s", "sharedStrings", "ss.xml"), ("t", "styles", "st.xml")]
    rels = "".join(f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{path}"/>' for key, kind, path in related)
    top = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    listed = "".join(f'<sheet name="{name}" r:id="r{index}"/>' for index, name in enumerate(names))
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{top}</Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{rels}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/ss.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/st.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        **{f"xl/{path}": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>' for path in paths},
    }
    return zipped([*((name, content.encode()) for name, content in parts.items()), *more])


def data(rows: str) -> str:
    return f"<sheetData>{rows}</sheetData>"


def grid(rows: int, columns: int, inner: str) -> str:
    """Cells that all hold the same, `/>` where they hold nothing."""
    letters = [get_column_letter(column) for column in range(1, columns + 1)]
    return data(
        "".join(
            f'<row r="{row}">' + "".join(f'<c r="{letter}{row}"{inner}' for letter in letters) + "</row>"
            for row in range(1, rows + 1)
        )
    )


def merges(references: Sequence[str]) -> str:
    return "<mergeCells>" + "".join(f'<mergeCell ref="{each}"/>' for each in references) + "</mergeCells>"


ONE = data('<row r="1"><c r="A1"><v>1</v></c></row>')
NUMBER, STYLED = "><v>1</v></c>", ' s="3"/>'


def _lying() -> bytes:
    """An archive whose directory says of a part that it is as large as only a longer form can say, and does not."""
    made = bytearray(book(ONE))
    at = made.rindex(b"xl/s0.xml") - 46
    made[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFFF)
    return bytes(made)


def _overlapping() -> bytes:
    """An archive in which two parts are the same bytes."""
    made = bytearray(book(ONE, more=[("xl/s1.xml", b"x" * 500)]))
    at = made.rindex(b"xl/s1.xml") - 46
    other = made.rindex(b"xl/s0.xml") - 46
    made[at + 42 : at + 46] = made[other + 42 : other + 46]
    return bytes(made)


@cache
def made(what: str) -> bytes:
    """The bytes of one of those below; some take seconds to make."""
    return LARGE[what]() if what in LARGE else REFUSED[what][0]()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a row that no sheet has": (lambda: book(data('<row r="999999999999"><c><v>1</v></c></row>')), "999999999999"),
    "a row number of thousands of digits": (lambda: book(data('<row r="' + "9" * 5000 + '"/>')), "没有表有这么多行"),
    "a column beyond the last": (lambda: book(data('<row r="1"><c r="XFE1"><v>1</v></c></row>')), "损坏"),
    "a cell in another row": (lambda: book(data('<row r="1"><c r="A2"><v>1</v></c></row>')), "损坏"),
    "one cell twice": (lambda: book(data('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')), "损坏"),
    "one row twice": (lambda: book(data('<row r="1"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>')), "损坏"),
    "too many widths": (lambda: book("<cols>" + '<col min="1" max="9"/>' * 20_000 + "</cols>"), "内部写法"),
    "deep nesting": (lambda: book("<a>" * 300_000 + "</a>" * 300_000), "内部写法"),
    "deeply nested strings": (lambda: book("", strings="<si>" * 200_000 + "</si>" * 200_000), "内部写法"),
    "3,000 sheets": (lambda: book(ONE, names=[f"n{n}" for n in range(3000)]), "3005 个部分"),
    "3,000 sheets of one part": (lambda: book(ONE, names=[f"n{n}" for n in range(3000)], one_part=True), "3000 张表"),
    "two sheets of one part": (lambda: book(ONE, names=("甲", "乙"), one_part=True), "损坏"),
    "two sheets of one name": (lambda: book(ONE, names=("a", "A")), "都叫"),
    "two parts of one name": (lambda: book(ONE, more=[("XL\\S0.xml", b"<x/>")]), "同名"),
    "millions of styled cells": (
        lambda: book(data('<row r="1">' + '<c r="A1" s="3"/>' * 3_000_000 + "</row>")),
        "展开以后",
    ),
    "more cells than are read": (lambda: book(grid(10_000, 31, NUMBER)), "格子超过 300,000"),
    "huge merges, one over the other": (lambda: book(grid(9000, 1, NUMBER) + merges(["A1:A1048576"] * 5000)), "重叠"),
    "too many merges": (
        lambda: book(ONE + merges([f"A{row}:A{row + 1}" for row in range(1, 50_000, 2)])),
        "合并的格子超过",
    ),
    "formulas for whole sheets": (
        lambda: book(grid(1000, 20, '><f t="array" ref="A1:XFD1048576"/><v>1</v></c>')),
        "内部写法",
    ),
    "one long text thousands of times": (
        lambda: book(grid(9000, 30, ' t="s"><v>0</v></c>'), strings=f"<si><t>{'长' * 19_999}</t></si>"),
        "文字合计超过",
    ),
    "a text that is nowhere": (lambda: book(grid(1, 1, ' t="s"><v>7</v></c>')), "损坏"),
    "thousands of attributes": (
        lambda: book(data("<row " + " ".join(f'a{number}="1"' for number in range(500_000)) + "/>")),
        "内部写法",
    ),
    "thousands of namespaces": (
        lambda: book("".join(f'<a xmlns:p{number}="u{number}"/>' for number in range(100_000))),
        "内部写法",
    ),
    "a size that lies": (_lying, "展开以后"),
    "parts over each other": (_overlapping, "损坏"),
    "a tag that never ends": (lambda: book(data('<row a="' + "x " * 200_000)), "内部写法"),
    "a number that is none": (lambda: book(data('<row r="1"><c r="A1"><v>1e999</v></c></row>')), "损坏"),
    "a text of separators": (lambda: b"a" + b"," * 2_000_000 + b"b\n", "超过 256 列"),
    "a text of fields": (lambda: b"a," * 1_000_000, "超过 256 列"),
    "a text of line breaks": (lambda: b"a\n" + b"\n" * 2_000_000, "格子太多"),
    "a text of quotation marks": (lambda: b'"' + b'""' * 1_000_000 + b'"', "超过 20,000 字"),
    "a quotation that never ends": (lambda: b'a,b\n"c' + b"d\n" * 1_000_000, "第 2 行有一个引号没有配对"),
}
LARGE: dict[str, Callable[[], bytes]] = {
    "20,000 x 20 styled cells": lambda: book(grid(20_000, 20, STYLED)),
    "60,000 x 20 styled cells": lambda: book(grid(60_000, 20, STYLED)),
    "a million empty rows": lambda: book(data("".join(f'<row r="{row}"/>' for row in range(1, 1_000_001)))),
    "widths that lie": lambda: book('<cols><col min="1" max="99999999999" hidden="1"/></cols>' + ONE),
    "one merge over everything": lambda: book(grid(9000, 1, NUMBER) + merges(["A1:XFD1048576"])),
    "a long number format": lambda: book(
        ONE, styles='<numFmts><numFmt numFmtId="164" formatCode="' + "0" * 60_000 + '"/></numFmts>'
    ),
}
"""What is much and right; read as the sheet it is."""

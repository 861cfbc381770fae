"""Odd workbooks made from a known truth: raw parts as strange programs write them, and the sheets that they are."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils import datetime as excel
from openpyxl.utils import get_column_letter

from wholeschool.papers.opening import Cell, Sheet

TRANSITIONAL = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
STRICT = ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships")
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

# Number formats as (numFmtId, code or None where it is built in), by what they do.
DAYS: list[tuple[int, str | None]] = [
    *((14, None), (22, None), (27, None), (31, None), (36, None), (50, None), (57, None), (58, None)),
    (165, 'yyyy"年"m"月"d"日"'),
    (167, "[$-804]aaaa"),
    (168, "[$-804]yyyy/m/d;@"),
    (169, "e/m/d"),
    (170, r"yyyy\-mm\-dd\ hh:mm"),
]
NUMBERS: list[tuple[int, str | None]] = [
    (0, None),
    (1, None),
    (2, None),
    (4, None),
    (49, None),
    (171, '#,##0.00"学时";[Red]0'),
]
SHOWN: list[tuple[tuple[int, str | None], int | float, str]] = [
    ((164, "000"), 7, "007"),
    ((166, '"3499"0000000000'), 100990001, "34990100990001"),
    ((9, None), 0.3, "30%"),
    ((10, None), 0.125, "12.50%"),
    ((172, '0"班"'), 3, "3班"),
    ((173, 'General"号"'), 12.5, "12.5号"),
]
LETTERS = "明远县文华小学教师李文静语文数学𠮷ABCabc019 、，；/+-()_&<>\"'é\u00a0。"
HARD = ("_x000D_", "a_x0041_b", "x_", "]]>", "\n第二行", "\t", "\r\n", "\x0b", "&amp;", "_X0041_", "𠮷_x", "\ufffd")


def canonical(sheets: Iterable[Sheet]) -> str:
    """Sheets as text, in the shape that the reader in the browser gives."""
    return json.dumps(
        [
            {
                "name": sheet.name,
                "hidden": sheet.hidden,
                "rows": [
                    [number, [[at, _said(cell)] for at, cell in cells.items()]] for number, cells in sheet.rows.items()
                ],
                "hiddenRows": sorted(sheet.hidden_rows),
                "hiddenColumns": sorted(sheet.hidden_columns),
                "merged": [list(each) for each in sheet.merged],
            }
            for sheet in sheets
        ],
        ensure_ascii=False,
    )


def _said(cell: Cell) -> dict[str, Any]:
    value = cell.value
    said: dict[str, Any] = {"value": value}
    if isinstance(value, datetime):
        said = {"value": value.date().isoformat(), "day": True, "time": value.time().isoformat("seconds")}
    elif isinstance(value, date):
        said = {"value": value.isoformat(), "day": True}
    if cell.shown is not None:
        said["shown"] = cell.shown
    return said | {name: True for name in ("error", "formula", "merged") if getattr(cell, name)}


def zipped(parts: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of parts, whose names stand there as they are given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name)
            info.filename = name  # as it is, with backslashes
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


class OddWorkbook:
    """One workbook: its bytes, and the sheets that whoever made it had in mind."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.strict = dice.random() < 0.3
        self.main, self.office = STRICT if self.strict else TRANSITIONAL
        self.prefix = dice.choice(("", "", "x:", "ss:", "a-b.c:"))
        self.from_1904 = dice.random() < 0.3
        self.shared: list[str] | None = [] if dice.random() < 0.7 else None
        self.looks: list[tuple[int, str | None]] | None = [(0, None)] if dice.random() < 0.85 else None
        names = dice.sample(("教师", "任务单", "Sheet1", "a & b", "<表>", "一 班", "表'1'"), dice.randint(1, 3))
        self.sheets: list[Sheet] = []
        parts = [self._sheet(name) for name in names]
        self.data = self._packed(names, parts)

    # ---- parts ----

    def _packed(self, names: list[str], sheets: list[str]) -> bytes:
        dice = self.dice
        folder = dice.choice(("xl", "xl", "XL", "book"))
        book = dice.choice(("workbook.xml", "workbook.xml", "Book1.xml"))
        parts: list[tuple[str, str]] = []
        links: list[tuple[str, str, str]] = []
        for index, content in enumerate(sheets):
            path = f"worksheets/{dice.choice(('sheet', 'Sheet', 'x y'))}{index + 1}.xml"
            parts.append((path, content))
            links.append((f"rId{index + 7}", "worksheet", path))
        if self.shared is not None:
            parts.append(("sharedStrings.xml", self._strings()))
            links.append(("rId2", "sharedStrings", "sharedStrings.xml"))
        if self.looks is not None:
            parts.append(("styles.xml", self._styles()))
            links.append(("rId3", "styles", "styles.xml"))
        listed = "".join(
            self._tag(
                "sheet",
                {
                    "name": self._escaped(name),
                    "sheetId": str(index + 1),
                    **self._state(index),
                    "r:id": f"rId{index + 7}",
                },
            )
            for index, name in enumerate(names)
        )
        pr = {"date1904": dice.choice(("1", "true"))} if self.from_1904 else {}
        root = self._root("workbook", f' xmlns:r="{self.office}"')
        workbook = f"{root}{self._tag('workbookPr', pr)}{self._tag('sheets', {}, listed)}</{self.prefix}workbook>"
        rels = "".join(
            f'<Relationship Id="{key}" Type="{self.office}/{kind}" Target="{self._target(folder, path)}"/>'
            for key, kind, path in links
        )
        where = f"{dice.choice(('', '/'))}{folder}/{book}"
        top = f'<Relationship Id="r" Type="{self.office}/officeDocument" Target="{where}"/>'
        wrapped = f'<Relationships xmlns="{PACKAGE}">%s</Relationships>'
        own = [
            ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
            ("_rels/.rels", wrapped % top),
            (f"{folder}/_rels/{book}.rels", wrapped % rels),
            (f"{folder}/{book}", workbook),
            *((f"{folder}/{path}", content) for path, content in parts),
        ]
        named = dice.choice((str, str, _backslashes, _from_the_root, str.upper))
        if dice.random() < 0.3:
            dice.shuffle(own)
        method = dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
        return zipped([(named(name), self._encoded(content)) for name, content in own], method)

    def _encoded(self, text: str) -> bytes:
        mark = "\ufeff" if self.dice.random() < 0.2 else ""
        head = self.dice.choice(
            (
                *("", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='utf-8' ?>\r\n"),
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<!-- made by hand -->',
            )
        )
        return (mark + head + text).encode()

    def _target(self, folder: str, path: str) -> str:
        path = path.replace(" ", "%20")
        return self.dice.choice(
            (path, path, f"/{folder}/{path}", f"./{path}", f"../{folder.upper()}/{path}", path.replace("/", "\\"))
        )

    def _state(self, index: int) -> dict[str, str]:
        state = self.dice.choice(("", "", "visible", "hidden", "veryHidden"))
        self.sheets[index] = self.sheets[index]._replace(hidden=state.endswith("idden"))
        return {"state": state} if state else {}

    def _root(self, name: str, more: str = "") -> str:
        colon = f":{self.prefix[:-1]}" if self.prefix else ""
        return f'<{self.prefix}{name} xmlns{colon}="{self.main}"{more}>'

    def _tag(self, name: str, attributes: dict[str, str], inner: str | None = None) -> str:
        quote = self.dice.choice('""\'')
        said = "".join(f" {key}={quote}{value}{quote}" for key, value in attributes.items())
        if inner is None:
            return (
                f"<{self.prefix}{name}{said}/>"
                if self.dice.random() < 0.7
                else f"<{self.prefix}{name}{said}></{self.prefix}{name}>"
            )
        return f"<{self.prefix}{name}{said}>{inner}</{self.prefix}{name}>"

    def _styles(self) -> str:
        assert self.looks is not None
        own = {number: code for number, code in self.looks if code is not None}
        codes = "".join(
            self._tag("numFmt", {"numFmtId": str(number), "formatCode": _attribute(code)})
            for number, code in own.items()
        )
        looks = "".join(self._tag("xf", {"numFmtId": str(number), "fontId": "0"}) for number, _ in self.looks)
        fills = self._tag("fills", {}, self._tag("fill", {}))
        inner = self._tag("numFmts", {}, codes) + fills + self._tag("cellXfs", {}, looks)
        return f"{self._root('styleSheet')}{inner}</{self.prefix}styleSheet>"

    def _strings(self) -> str:
        assert self.shared is not None
        items = "".join(f"<{self.prefix}si>{self._runs(text)}</{self.prefix}si>" for text in self.shared)
        return f"{self._root('sst')}{items}</{self.prefix}sst>"

    # ---- texts ----

    def _escaped(self, text: str) -> str:
        """A text as XML, with what XML cannot hold, and what would be taken for it, as Excel writes that."""
        text = text.replace("_x", "_x005F_x") if self.dice.random() < 0.5 else _needed(text)
        for sign in "\r\x0b":
            text = text.replace(sign, f"_x{ord(sign):04{self.dice.choice('xX')}}_")
        return _attribute(text).replace("\n", "&#10;").replace("\t", "&#x9;")

    def _written(self, text: str) -> str:
        inner = self._escaped(text).replace("&#10;", self.dice.choice(("\n", "&#10;", "\r\n")))
        if self.dice.random() < 0.15 and "&" not in inner and "\r" not in inner:
            inner = f"<![CDATA[{inner}]]>"
        space = ' xml:space="preserve"' if self.dice.random() < 0.5 else ""
        return f"<{self.prefix}t{space}>{inner}</{self.prefix}t>"

    def _runs(self, text: str) -> str:
        """A text in one piece, or in pieces that look different, with or without how it is pronounced."""
        rest = (
            f"<{self.prefix}rPh sb='0' eb='1'><{self.prefix}t>míng</{self.prefix}t></{self.prefix}rPh>"
            if self.dice.random() < 0.2
            else ""
        )
        if self.dice.random() < 0.6:
            return self._written(text) + rest
        # An escape begins with _x: it is not cut in two, as no program does.
        at = self.dice.randint(0, len(text))
        while "_" in text[max(at - 7, 0) : at + 7] and at:
            at = self.dice.randint(0, at - 1)
        font = f"<{self.prefix}rPr><{self.prefix}b/></{self.prefix}rPr>"
        return (
            "".join(f"<{self.prefix}r>{font}{self._written(part)}</{self.prefix}r>" for part in (text[:at], text[at:]))
            + rest
        )

    def _text(self) -> str:
        dice = self.dice
        made = "".join(dice.choice(LETTERS) for _ in range(dice.randint(1, 12)))
        if dice.random() < 0.3:
            made += dice.choice(HARD) + dice.choice(("", "终"))
        return made

    # ---- cells ----

    def _sheet(self, name: str) -> str:
        dice = self.dice
        width = dice.randint(1, 8)
        numbers = sorted(dice.sample(range(1, 30), dice.randint(1, 8)))
        rows: dict[int, dict[int, Cell]] = {}
        xml: dict[int, dict[int, str]] = {}
        for number in numbers:
            for column in range(1, width + 1):
                if dice.random() < 0.75:
                    cell, written = self._cell(number, column)
                    xml.setdefault(number, {})[column] = written
                    if cell is not None:
                        rows.setdefault(number, {})[column] = cell
        merged = self._merges(rows, xml, numbers, width)
        hidden_rows = {number for number in numbers if dice.random() < 0.2}
        hidden_columns = {column for column in range(1, width + 1) if dice.random() < 0.15}
        lines = []
        previous = 0
        for number in numbers:
            said = {} if number == previous + 1 and dice.random() < 0.3 else {"r": str(number)}
            if number in hidden_rows:
                said |= dice.choice(({"hidden": "1"}, {"hidden": "true"}, {"ht": "0", "customHeight": "1"}))
            space = dice.choice(("", "\n  "))
            lines.append(self._tag("row", said, space + space.join(xml.get(number, {}).values())))
            previous = number
        cols = "".join(
            self._tag("col", {"min": str(at), "max": str(at), **dice.choice(({"hidden": "1"}, {"width": "0"}))})
            for at in sorted(hidden_columns)
        )
        listed = "".join(
            self._tag("mergeCell", {"ref": f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"})
            for top, left, bottom, right in merged
        )
        lie = (
            self._tag("dimension", {"ref": dice.choice(("A1", "A1:XFD1048576", "C3:D4", "nowhere"))})
            if dice.random() < 0.6
            else ""
        )
        inner = [
            lie,
            self._tag("cols", {}, cols) if cols else "",
            self._tag("sheetData", {}, "".join(lines)),
            self._tag("mergeCells", {}, listed) if listed else "",
            '<o:sheetData xmlns:o="urn:o"><o:row r="1"><o:c r="A1"><o:v>9</o:v></o:c></o:row></o:sheetData>',
        ]
        kept = {number: dict(sorted(rows[number].items())) for number in sorted(rows)}
        self.sheets.append(
            Sheet(name, kept, False, frozenset(hidden_rows & kept.keys()), frozenset(hidden_columns), tuple(merged))
        )
        return f"{self._root('worksheet')}{''.join(inner)}</{self.prefix}worksheet>"

    def _merges(
        self, rows: dict[int, dict[int, Cell]], xml: dict[int, dict[int, str]], numbers: list[int], width: int
    ) -> list[tuple[int, int, int, int]]:
        """Merge one column downwards, or the first row across; what is merged with another holds nothing of its own."""
        dice = self.dice
        chosen: list[tuple[int, int, int, int]] = []
        if dice.random() < 0.5:
            column = dice.randint(1, width)
            top, bottom = sorted((dice.choice(numbers), dice.choice(numbers) + 1))
            if top < bottom:
                chosen.append((top, column, bottom, column))
        if dice.random() < 0.3:
            chosen.append((31, 1, 33, width + 1))
        for top, left, bottom, right in chosen:
            first = rows.get(top, {}).get(left)
            for number in range(top, bottom + 1):
                for column in range(left, right + 1):
                    if (number, column) == (top, left):
                        continue
                    rows.get(number, {}).pop(column, None)
                    xml.get(number, {}).pop(column, None)
                    if not rows.get(number, True):
                        del rows[number]
                if first is not None and left == right and number > top and number in rows:
                    rows[number][left] = first._replace(merged=True)
        return chosen

    def _cell(self, row: int, column: int) -> tuple[Cell | None, str]:
        """What stands in a cell, and how it is written; None where nothing does."""
        dice = self.dice
        makers: list[Callable[[], tuple[Cell | None, dict[str, str], str]]] = [
            *(self._inline, self._inline, self._number, self._number, self._truth, self._error, self._nothing),
            *(self._computed_text, self._iso),
        ]
        if self.shared is not None:
            makers += [self._shared, self._shared]
        if self.looks is not None:
            makers += [self._day, self._shown]
        cell, attributes, inner = dice.choice(makers)()
        if inner and cell is not None and dice.random() < 0.15 and attributes.get("t") not in ("s", "inlineStr"):
            kind = dice.choice(({}, {"t": "shared", "si": "0"}))
            formula = self._tag("f", kind, dice.choice(("SUM(A1:B2)", "&quot;a&quot;&amp;B1", "")))
            cell, inner = cell._replace(formula=True), formula + inner
        if dice.random() < 0.03:
            cell, attributes, inner = Cell("", formula=True), {}, self._tag("f", {}, "NOW()")
        places = {"r": f"{get_column_letter(column)}{row}"}
        said = {**places, **attributes} if dice.random() < 0.8 else {**attributes, **places}
        return cell, self._tag("c", said, inner or None)

    def _look(self, look: tuple[int, str | None]) -> dict[str, str]:
        if self.looks is None:
            return {}
        if look not in self.looks:
            self.looks.append(look)
        return {"s": str(self.looks.index(look))}

    def _value(self, text: str) -> str:
        return self._tag("v", {}, text)

    def _nothing(self) -> tuple[Cell | None, dict[str, str], str]:
        kind, inner = self.dice.choice(
            (
                ({}, ""),
                ({"t": "s"}, ""),
                ({"t": "inlineStr"}, f"<{self.prefix}is/>"),
                ({"t": "str"}, self._value(" \n")),
            )
        )
        return None, {**self._look(self.dice.choice(DAYS)), **kind}, inner

    def _inline(self) -> tuple[Cell | None, dict[str, str], str]:
        text = self._text()
        return _kept(text), {"t": "inlineStr"}, self._tag("is", {}, self._runs(text))

    def _shared(self) -> tuple[Cell | None, dict[str, str], str]:
        assert self.shared is not None
        text = self._text()
        if text not in self.shared:
            self.shared.append(text)
        return (
            _kept(text),
            {"t": "s", **self._look(self.dice.choice(NUMBERS))},
            self._value(str(self.shared.index(text))),
        )

    def _computed_text(self) -> tuple[Cell | None, dict[str, str], str]:
        text = self._text()
        return _kept(text), {"t": "str"}, self._value(self._escaped(text))

    def _number(self) -> tuple[Cell | None, dict[str, str], str]:
        dice = self.dice
        number: int | float = dice.choice(
            (0, 30, -7, 0.5, 34990100010009, 1.25, 46082, 60, 0.1, dice.randrange(10**9) / 1000)
        )
        number = int(number) if float(number).is_integer() else number
        written = dice.choice((str(number), repr(float(number)), f"{float(number):.16e}"))
        if number and dice.random() < 0.4:  # what is left of reckoning in binary
            written = repr(math.nextafter(float(number), dice.choice((-math.inf, math.inf))))
        kind = dice.choice(({}, {"t": "n"}))
        return Cell(number), {**kind, **self._look(dice.choice(NUMBERS))}, self._value(written)

    def _shown(self) -> tuple[Cell | None, dict[str, str], str]:
        look, number, shown = self.dice.choice(SHOWN)
        return Cell(number, shown=shown), self._look(look), self._value(str(number))

    def _day(self) -> tuple[Cell | None, dict[str, str], str]:
        dice = self.dice
        day = date(dice.choice((1905, 1999, 2026, 9998)), dice.randint(1, 12), dice.randint(1, 28))
        there: date | datetime = day
        if dice.random() < 0.4:
            there = datetime(day.year, day.month, day.day) + timedelta(seconds=dice.randint(1, 86399))
        epoch = excel.CALENDAR_MAC_1904 if self.from_1904 else excel.CALENDAR_WINDOWS_1900
        serial: float = excel.to_excel(there, epoch)  # type: ignore[no-untyped-call]
        return Cell(there), self._look(dice.choice(DAYS)), self._value(repr(serial))

    def _iso(self) -> tuple[Cell | None, dict[str, str], str]:
        there, written = self.dice.choice(
            (
                (date(2026, 3, 1), "2026-03-01"),
                (date(2026, 3, 1), "2026-03-01T00:00:00"),
                (datetime(2026, 3, 1, 8, 30), "2026-03-01T08:30:00.000Z"),
                ("08:30", "T08:30:00"),
                ("2026-02-30", "2026-02-30"),
            )
        )
        return Cell(there), {"t": "d"}, self._value(written)

    def _truth(self) -> tuple[Cell | None, dict[str, str], str]:
        truth = self.dice.random() < 0.5
        return Cell(truth), {"t": "b"}, self._value(self.dice.choice(("1", "true") if truth else ("0", "false")))

    def _error(self) -> tuple[Cell | None, dict[str, str], str]:
        error = self.dice.choice(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"))
        return Cell(error, error=True), {"t": "e"}, self._value(error)


def _kept(text: str) -> Cell | None:
    return Cell(text) if text.strip() else None


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;", "'": "&apos;"})


def _needed(text: str) -> str:
    """The text with those marks kept from being taken for a character that would be."""
    for found in ("_x000D_", "_x0041_"):
        text = text.replace(found, f"_x005F{found}")
    return text


def _backslashes(name: str) -> str:
    return name.replace("/", "\\")


def _from_the_root(name: str) -> str:
    return f"/{name}"


_SCRAPS = (
    *("<", ">", "/", '"', "'", "&", "&amp;", "&#0;", "&#65;", "&#x1F600;", "&#xD800;", "&foo;", "=", " ", "\r", "\n"),
    *("]]>", "<!--", "-->", "<!-- a -- b -->", "<![CDATA[", "<?x y?>", '<?xml version="1.0"?>', "<c/>", '<c r="A1"/>'),
    *("<v>1</v>", "</row>", "<row>", 'xmlns="u"', 'xmlns:x="u"', 'xmlns:x=""', "x:", 'r="A1"', 't="s"', 't="n"'),
    *(
        "1e999",
        "0x10",
        "１",
        "\u00a0",
        "\x0b",
        "\ufffe",
        "é:",
        'a:b="c"',
        "-1",
        '<f t="array" ref="A1:C9"/>',
        "_xD83D_",
    ),
)


def broken(data: bytes, dice: Random) -> bytes:
    """The workbook with one of its parts scratched."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    place = dice.randrange(len(parts))
    name, content = parts[place]
    text = content.decode()
    for _ in range(dice.randint(1, 2)):
        at = dice.randint(0, len(text))
        gone = dice.choice((0, 0, 1, 1, 2, 5, 20))
        text = text[:at] + (dice.choice(_SCRAPS) if dice.random() < 0.8 else "") + text[at + gone :]
    parts[place] = (name, text.encode())
    return zipped(parts)

"""The fast path: a design is set once with WeasyPrint, and each certificate puts its own texts into the finished page.

Two certificates of one look differ in a dozen short texts, a code to scan and the signed record. So a *master* is a
complete PDF/A-3u of stand-ins, taken apart into what is the same in every file (kept as bytes, compressed once) and the
places of what differs. From two settings of different length follows how each line moves when its texts grow: not at
all, by half, or wholly. What a file gets of its own is its page content, two fonts with just its characters, title,
record and code.

A template may do anything; what cannot be shown to be plain text that moves along a line is part of the master's key,
or, where the page does not behave as understood, `Unsupported`, and the certificate is set by WeasyPrint alone.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import zip_longest
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pikepdf
from jinja2 import nodes

from wholeschool.certificates.fonts import advance
from wholeschool.certificates.glyphs import Glyphs

# What a template prints of a certificate as plain text can vary within a master.
FIELDS = (
    *("number", "name", "school", "microability", "title", "dimension", "environment", "credits", "level"),
    *("issuer", "issued", "basis", "replaces", "check_code"),
)
# One for each field, repeated: as wide as an em, and told from everything else on the page.
_STAND_INS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃"
_RUN = re.compile(rb"BT\n1 0 0 -1 (\S+) (\S+) Tm\n/(\S+) (\S+) Tf\n\[([^\]]*)\] TJ\nET")
_TOKEN = re.compile(rb"<([0-9a-f]*)>|(-?[0-9.]+)")
_PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
SHORT, LONG = 2, 3
# Of a CSS pixel; a hundredth of a millimetre.
_CLOSE = 0.04


class UnsupportedError(Exception):
    """A page that does not move as this module understands it; English, for those who write templates."""


class Uses(NamedTuple):
    """How a template uses the fields: printed plainly (these may vary), or in any other way.

    `unique` says that it prints what is different for each certificate and no plain text.
    """

    plain: frozenset[str]
    other: frozenset[str]
    unique: bool = False


def uses(template: nodes.Template) -> Uses:
    """Every field that a template mentions, by how."""
    plain: set[str] = set()
    other: set[str] = set()

    def visit(node: nodes.Node, printed: bool) -> None:
        each: nodes.Node
        if isinstance(node, nodes.Getattr) and node.attr in FIELDS:
            (plain if printed else other).add(node.attr)
        elif isinstance(node, nodes.Output):
            for each in node.nodes:
                visit(each, True)
        elif isinstance(node, nodes.Filter) and node.name == "fit" and node.node is not None and _on_one_line(node):
            visit(node.node, printed)
        elif isinstance(node, nodes.If) and isinstance(node.test, nodes.Getattr):
            for each in (*node.body, *node.elif_, *node.else_):
                visit(each, False)
        else:
            for each in node.iter_child_nodes():
                visit(each, False)

    visit(template, False)
    unique = any(node.attr in ("token", "link") for node in template.find_all(nodes.Getattr))
    return Uses(frozenset(plain - other), frozenset(other), unique)


def _on_one_line(fit: nodes.Filter) -> bool:
    """A text that may be broken is set anew for every text."""
    constant = all(isinstance(each, nodes.Const) for each in (*fit.args, *(pair.value for pair in fit.kwargs)))
    return constant and len(fit.args) < 5 and not any(pair.key == "lines" for pair in fit.kwargs)


def stand_ins(varying: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """A character for each field that nothing else on the page has."""
    free = [each for each in _STAND_INS if each not in set(taken)]
    fields = sorted(varying)
    if len(free) < len(fields):
        raise UnsupportedError("too few characters are left to stand in")
    return dict(zip(fields, free, strict=False))


class _Text(NamedTuple):
    """A place for a field's text: where its line's texts are counted, and how it is set."""

    field: str
    weight: int
    size: float
    spacing: float  # em


class _Place(NamedTuple):
    """A place for the x coordinate of a run: its line, where it is with stand-ins, and how many texts precede it."""

    line: int
    x: float
    before: int


class _Line(NamedTuple):
    """A line of runs that touch: how far it moves when it grows (0, -0.5, -1), and its texts."""

    moves: float
    texts: tuple[_Text, ...]


class _Run(NamedTuple):
    """A piece of text as WeasyPrint writes it."""

    x: float
    y: bytes
    font: str
    size: float
    glyphs: tuple[tuple[bytes, str, float], ...]  # code, character, what is added after it in em
    span: tuple[int, int]


def runs(page: pikepdf.Page, content: bytes) -> list[_Run]:
    """All text of a page of WeasyPrint's, in its order."""
    known = {}
    for name, font in page.resources.get("/Font", pikepdf.Dictionary()).items():
        pairs = _PAIR.findall(font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2])
        known[name.lstrip("/")] = {code: bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
    found = []
    for match in _RUN.finditer(content):
        name = match[3].decode()
        glyphs: list[tuple[bytes, str, float]] = []
        for codes, number in _TOKEN.findall(match[5]):
            if number and glyphs:
                code, text, after = glyphs[-1]
                glyphs[-1] = code, text, after - float(number) / 1000
            each = (codes[at : at + 4] for at in range(0, len(codes), 4))
            glyphs.extend((code, known[name][code], 0.0) for code in each)
        found.append(_Run(float(match[1]), match[2], name, float(match[4]), tuple(glyphs), match.span()))
    if len(found) != content.count(b"BT\n"):
        raise UnsupportedError("text is written in a way that is not understood")
    return found


def contents(page: pikepdf.Page) -> bytes:
    """A page's content in one piece."""
    parts = page.obj.Contents
    return b"\n".join(each.read_bytes() for each in (parts if isinstance(parts, pikepdf.Array) else (parts,)))


class Page:
    """The lines of a page, and its content with a mark wherever a certificate's own text or position belongs."""

    def __init__(
        self,
        short: tuple[bytes, list[_Run]],
        long: tuple[bytes, list[_Run]],
        fields: Mapping[str, str],
        width: Callable[[str, int], float],
        weights: Mapping[str, int],
    ) -> None:
        content, first = short
        second = long[1]
        if len(first) != len(second):
            raise UnsupportedError("longer texts are broken otherwise")
        self._fields = {character: field for field, character in fields.items()}
        self._width, self._weights = width, weights
        self.lines: list[_Line] = []
        self.places: list[_Place] = []
        self.marks: list[_Place | _Text] = []
        parts: list[bytes] = []
        at = 0
        for start, end in self._grouped(first):
            line = len(self.lines)
            texts: list[_Text] = []
            placed: list[tuple[_Place, list[Any]]] = []
            for run in first[start:end]:
                pieces = list(self._pieces(run, SHORT))
                placed.append((_Place(line, run.x, len(texts)), pieces))
                texts += [piece for piece in pieces if isinstance(piece, _Text)]
            self.lines.append(_Line(self._moves(first[start:end], second[start:end], texts), tuple(texts)))
            for run, (place, pieces) in zip(first[start:end], placed, strict=True):
                parts.append(content[at : run.span[0]])
                parts += [b"BT\n1 0 0 -1 ", self._mark(place), b" ", run.y, b" Tm\n"]
                for piece in pieces:
                    parts.append(self._mark(piece) + b"\n" if isinstance(piece, _Text) else piece)
                parts.append(b"ET")
                at = run.span[1]
        parts.append(content[at:])
        self.content = b"".join(parts)

    def _mark(self, what: _Place | _Text) -> bytes:
        self.marks.append(what)
        return b"@%d@" % (len(self.marks) - 1)

    def _run_width(self, run: _Run) -> float:
        weight = self._weights[run.font]
        return sum(self._width(text, weight) + after for _, text, after in run.glyphs) * run.size

    def _grouped(self, found: Sequence[_Run]) -> Iterator[tuple[int, int]]:
        """Runs that touch are a line: what one of them grows by moves the others."""
        start = 0
        for index in range(1, len(found) + 1):
            before = found[index - 1]
            if (
                index == len(found)
                or found[index].y != before.y
                or abs(before.x + self._run_width(before) - found[index].x) > 0.5
            ):
                yield start, index
                start = index

    def _pieces(self, run: _Run, times: int) -> Iterator[_Text | bytes]:
        """The run's own text as operators, and the places of what varies."""
        still: list[tuple[bytes, float]] = []

        def written() -> bytes:
            shown = b"".join(b"<%b>%b" % (code, _gap(after)) for code, after in still).replace(b"><", b"")
            return b"/%b %b Tf\n[%b] TJ\n" % (run.font.encode(), b"%g" % run.size, shown)

        index = 0
        while index < len(run.glyphs):
            code, text, after = run.glyphs[index]
            field = self._fields.get(text)
            if field is None:
                still.append((code, after))
                index += 1
                continue
            same = run.glyphs[index : index + times]
            if len(same) != times or any(each[1] != text for each in same):
                raise UnsupportedError(f"{field} is printed in part")
            if still:
                yield written()
                still.clear()
            gaps = [each[2] for each in same[:-1]]
            if max(gaps) - min(gaps) > 0.02:
                raise UnsupportedError(f"{field} is spaced unevenly")
            spacing = sum(gaps) / len(gaps)
            yield _Text(field, self._weights[run.font], run.size, spacing if _gap(spacing) else 0.0)
            index += times
        if still:
            yield written()

    def _moves(self, short: Sequence[_Run], long: Sequence[_Run], texts: Sequence[_Text]) -> float:
        grown = sum(text.size * (1 + text.spacing) for text in texts)
        shift = long[0].x - short[0].x
        moves = round(2 * shift / grown) / 2 if grown else 0.0
        if moves not in (0, -0.5, -1):
            raise UnsupportedError("a line moves in a way that is not understood")
        before = 0.0
        for one, two in zip(short, long, strict=True):
            if one.y != two.y or abs(two.x - one.x - moves * grown - before) > _CLOSE * 4 or one.size != two.size:
                raise UnsupportedError("a line does not stay where it is")
            for piece, longer in zip_longest(self._pieces(one, SHORT), self._pieces(two, LONG)):
                if isinstance(piece, _Text) and isinstance(longer, _Text) and _alike(piece, longer):
                    before += piece.size * (1 + piece.spacing)
                elif piece != longer:
                    raise UnsupportedError("a line is stretched")
        return moves


def master_of(short: bytes, long: bytes, fields: Mapping[str, str], finish: Callable[[bytes], bytes]) -> Master:
    """The master of a page set with stand-ins of two lengths; `finish` makes the complete document of such a page.

    Raises `UnsupportedError` for a page that does not move as understood.
    """
    with pikepdf.open(BytesIO(short)) as one, pikepdf.open(BytesIO(long)) as two:
        settings = []
        for pdf in (one, two):
            if len(pdf.pages) != 1:
                raise UnsupportedError("the template makes more than a page")
            content = contents(pdf.pages[0])
            settings.append((content, runs(pdf.pages[0], content)))
        sheet = one.pages[0]
        found = sheet.obj.Resources.get("/Font", pikepdf.Dictionary())
        weights = {name.lstrip("/"): 700 if "Bold" in str(font.BaseFont) else 400 for name, font in found.items()}
        page = Page(settings[0], settings[1], fields, advance, weights)
        sheet.obj.Contents = one.make_stream(page.content)
        for name, font in list(found.items()):
            _without(one, font, fields.values())
            if not _PAIR.search(font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2]):
                del found[name]
        images = sheet.obj.Resources.get("/XObject", pikepdf.Dictionary())
        codes = [name for name, each in images.items() if each.get("/Subtype") == "/Image"]
        if len(codes) > 1:
            raise UnsupportedError("more than one picture")
        out = BytesIO()
        one.save(out)
    return Master(finish(out.getvalue()), page, fields, codes[0] if codes else None)


def _without(pdf: pikepdf.Pdf, font: pikepdf.Object, characters: Iterable[str]) -> None:
    """Take stand-ins out of what a font says it draws, and so out of the font."""
    strange = {each.encode("utf-16-be").hex().encode() for each in characters}
    head, middle, rest = font.ToUnicode.read_bytes().partition(b"endcodespacerange")
    rest = _PAIR.sub(lambda match: b"" if match[2] in strange else match[0], rest)
    font.ToUnicode = pdf.make_stream(head + middle + rest)


def _alike(one: _Text, other: _Text) -> bool:
    return one._replace(spacing=0) == other._replace(spacing=0) and abs(one.spacing - other.spacing) < 0.004


class Values(NamedTuple):
    """What a certificate puts into a master."""

    texts: Mapping[str, str]
    record: str | None
    code: tuple[int, bytes] | None  # modules a side, and their rows as bits, white being 1


class Master:
    """A finished document of stand-ins, taken apart."""

    def __init__(self, document: bytes, page: Page, fields: Mapping[str, str], code: str | None) -> None:
        """`code` is the resource name of the stand-in for the code to scan, if the page has one."""
        self._page, self._fields = page, fields
        with pikepdf.open(BytesIO(document)) as pdf:
            self._take_apart(pdf, code)

    def _take_apart(self, pdf: pikepdf.Pdf, code: str | None) -> None:
        sheet = pdf.pages[0]
        root = pdf.Root
        self._root, self._info = root.objgen[0], pdf.trailer.Info.objgen[0]
        self._content, self._fonts = sheet.obj.Contents.objgen[0], sheet.obj.Resources.Font.objgen[0]
        self._metadata = root.Metadata.objgen[0]
        self._code = sheet.obj.Resources.XObject[code].objgen[0] if code else None
        self._record = root.AF[0].EF.F.objgen[0] if "/AF" in root else None
        own = {self._content, self._fonts, self._metadata, self._info, self._code, self._record}
        self._own_fonts = sheet.obj.Resources.Font.unparse(resolved=True).strip().removesuffix(b">>")
        self._titles = {str(key): str(value) for key, value in pdf.docinfo.items()}
        self._xmp = root.Metadata.read_bytes().decode("utf-8")
        pieces = re.split(rb"@(\d+)@", contents(sheet))
        self._still, self._marks = pieces[::2], [self._page.marks[int(number)] for number in pieces[1::2]]

        body = bytearray(b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n")
        rows: dict[int, bytes] = {0: _row(0, 0, 65535)}
        small: list[tuple[int, bytes]] = []
        for each in pdf.objects:
            number = each.objgen[0]
            if number in own:
                continue
            if isinstance(each, pikepdf.Stream):
                rows[number] = _row(1, len(body), 0)
                kept = pikepdf.Dictionary(dict(each.stream_dict.items()))
                del kept["/Length"]
                inner = kept.unparse(resolved=True).strip().removeprefix(b"<<").removesuffix(b">>").strip()
                body += _stream(number, inner, each.read_raw_bytes())
            else:
                small.append((number, each.unparse(resolved=True)))
        still = bytes(body) + b"".join(text for _, text in small)
        for character in self._fields.values():
            forms = character.encode(), character.encode("utf-16-be"), character.encode("utf-16-be").hex().encode()
            if any(form in still for form in (forms[0], forms[2])):
                raise UnsupportedError("a text stands where it cannot be replaced")
        bundle = len(pdf.objects) + 1
        rows[bundle] = _row(1, len(body), 0)
        body += _bundled(bundle, small, rows)
        self._next = bundle + 1
        self._body, self._rows = bytes(body), rows

    def fill(self, values: Values, faces: Sequence[Mapping[int, Glyphs]]) -> bytes:
        """The document of one certificate; `faces` are the outlines by weight, first choice first.

        Raises `UnsupportedError` for a character of which there is no outline.
        """
        needed: dict[tuple[int, int], set[str]] = {}
        content = self._filled(values.texts, faces, needed)
        body, rows = bytearray(self._body), dict(self._rows)
        small: list[tuple[int, bytes]] = []

        def stream(number: int, kind: bytes, data: bytes) -> None:
            rows[number] = _row(1, len(body), 0)
            body.extend(_stream(number, kind, data))

        def packed(number: int, kind: bytes, data: bytes) -> None:
            stream(number, kind + b" /Filter /FlateDecode", zlib.compress(data, 9))

        packed(self._content, b"", content)
        used = [self._own_fonts]
        number = self._next
        for weight, place in sorted(needed):
            glyphs = faces[place][weight]
            part = glyphs.part(needed[weight, place])
            name = part.name.encode()
            used.append(b"/V%d%d %d 0 R " % (weight // 100, place, number))
            kind = b"<< /Type /Font /Subtype /Type0 /BaseFont /%b /Encoding /Identity-H" % name
            maps = b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (number + 1, number + 4)
            small.append((number, kind + maps))
            kind = b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%b /FontDescriptor %d 0 R" % (name, number + 2)
            system = b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            small.append((number + 1, kind + system + b" /DW 1000 /W [%b] >>" % part.widths))
            small.append((number + 2, glyphs.descriptor(part.name, number + 3)))
            stream(number + 3, b"/Subtype /CIDFontType0C /Filter /FlateDecode", part.program)
            stream(number + 4, b"/Filter /FlateDecode", part.unicode)
            number += 5
        small.append((self._fonts, b"".join(used) + b">>"))
        if self._code is not None and values.code:
            side, bits = values.code
            kind = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1"
            packed(self._code, kind % (side, side), bits)
        if self._record is not None and values.record is not None:
            data = values.record.encode("ascii")
            check = hashlib.md5(data, usedforsecurity=False).hexdigest().encode()
            kind = b"/Type /EmbeddedFile /Subtype /application#2fjose /Params << /CheckSum <%b> /Size %d >>"
            packed(self._record, kind % (check, len(data)), data)
        replaced = {self._fields[field] * SHORT: text for field, text in values.texts.items() if field in self._fields}
        entries = b" ".join(
            b"%b %b" % (key.encode(), pikepdf.String(_replaced(text, replaced)).unparse())
            for key, text in self._titles.items()
        )
        small.append((self._info, b"<< %b >>" % entries))
        text = _replaced(self._xmp, {old: escape(new) for old, new in replaced.items()})
        stream(self._metadata, b"/Type /Metadata /Subtype /XML", text.encode())
        bundle, table = number, number + 1
        rows[bundle] = _row(1, len(body), 0)
        body += _bundled(bundle, small, rows)
        start = len(body)
        rows[table] = _row(1, start, 0)
        name = hashlib.sha256(body).hexdigest()[:32].encode()
        kind = b"/Type /XRef /Size %d /W [1 3 2] /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>] /Filter /FlateDecode"
        places = b"".join(rows.get(each, _row(0, 0, 0)) for each in range(table + 1))
        body += _stream(table, kind % (table + 1, self._root, self._info, name, name), zlib.compress(places, 9))
        return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % start

    def _filled(
        self, texts: Mapping[str, str], faces: Sequence[Mapping[int, Glyphs]], needed: dict[tuple[int, int], set[str]]
    ) -> bytes:
        set_: dict[_Text, tuple[float, bytes]] = {}
        for line in self._page.lines:
            for text in line.texts:
                if text not in set_:
                    set_[text] = _set(text, texts[text.field], faces, needed)
        grown = [[set_[text][0] for text in line.texts] for line in self._page.lines]
        parts = [self._still[0]]
        for mark, still in zip(self._marks, self._still[1:], strict=True):
            if isinstance(mark, _Text):
                parts.append(set_[mark][1])
            else:
                moved = self._page.lines[mark.line].moves * sum(grown[mark.line]) + sum(grown[mark.line][: mark.before])
                parts.append(b"%.3f" % (mark.x + moved))
            parts.append(still)
        return b"".join(parts)


def _set(
    how: _Text, text: str, faces: Sequence[Mapping[int, Glyphs]], needed: dict[tuple[int, int], set[str]]
) -> tuple[float, bytes]:
    """By how much a text is wider than its stand-in, and the operators that show it."""
    gap = _gap(how.spacing)
    shown: list[tuple[int, list[bytes]]] = []
    width = 0.0
    for character in text:
        place = next(
            (place for place, face in enumerate(faces) if how.weight in face and character in face[how.weight].glyphs),
            None,
        )
        if place is None:
            raise UnsupportedError("a character has no outline")
        glyph = faces[place][how.weight].glyphs[character]
        needed.setdefault((how.weight, place), set()).add(character)
        width += glyph.width / 1000 + how.spacing
        if not shown or shown[-1][0] != place:
            shown.append((place, []))
        shown[-1][1].append(b"<%04x>%b" % (glyph.cid, gap))
    operators = b"\n".join(
        b"/V%d%d %g Tf\n[%b] TJ" % (how.weight // 100, place, how.size, b"".join(codes).replace(b"><", b""))
        for place, codes in shown
    )
    return (width - SHORT * (1 + how.spacing)) * how.size, operators


def _gap(after: float) -> bytes:
    """What is added after a glyph (in em), as operators count it; nothing for what WeasyPrint's rounding leaves."""
    return b"%.4g" % (-after * 1000) if abs(after) > 0.004 else b""


def _replaced(text: str, by: Mapping[str, str]) -> str:
    for old, new in by.items():
        text = text.replace(old, new)
    return text


def _stream(number: int, kind: bytes, data: bytes) -> bytes:
    """A stream object; `kind` are its dictionary's entries but the length."""
    return b"%d 0 obj\n<< %b /Length %d >>\nstream\n%b\nendstream\nendobj\n" % (number, kind, len(data), data)


def _bundled(number: int, small: Sequence[tuple[int, bytes]], rows: dict[int, bytes]) -> bytes:
    """Small objects in one stream (ISO 32000-1, 7.5.7), and their rows of the cross-reference."""
    places, at = [], 0
    for index, (each, text) in enumerate(small):
        rows[each] = _row(2, number, index)
        places.append(b"%d %d" % (each, at))
        at += len(text) + 1
    head = b" ".join(places) + b"\n"
    data = zlib.compress(head + b"\n".join(text for _, text in small), 9)
    return _stream(number, b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(small), len(head)), data)


def _row(kind: int, place: int, third: int) -> bytes:
    """A row of the cross-reference stream (ISO 32000-1, 7.5.8.3)."""
    return kind.to_bytes(1) + place.to_bytes(3) + third.to_bytes(2)

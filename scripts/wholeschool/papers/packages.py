"""The parts of a workbook's archive and how they refer to each other (ECMA-376 part 2, Open Packaging Conventions),
as Excel takes them: names by their letters alone, whatever program wrote them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import unquote
from xml.parsers import expat

from wholeschool.errors import DAMAGED_ARCHIVE
from wholeschool.papers.sheets import Unreadable

MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 300
MAX_PARTS = 1000
MAX_TAGS = 1_600_000
MAX_DEPTH = 60
MAX_NAMESPACES = 50_000

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships}"
_LONG_TAG = re.compile(rb"<[^<>]{65536}")
_DECLARATION = re.compile(
    rb"""<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.[0-9]["']"""
    rb"""(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][A-Za-z0-9._-]*)["'])?"""
    rb"""(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*\?>"""
)


def damaged() -> Unreadable:
    """What is said of a workbook that contradicts itself."""
    return Unreadable(
        "工作簿打不开，可能已经损坏或没有传完整", "请对方重新发送，或用 Excel、WPS 打开后另存为新的 .xlsx"
    )


def unusual() -> Unreadable:
    """What is said of a workbook as neither Excel nor WPS writes one."""
    return Unreadable("工作簿的内部写法不正常", "用 Excel 打开，另存为新的 .xlsx 再试")


class Relation(NamedTuple):
    """What a part says of another: how it calls it, what it is, and its path."""

    key: str
    type: str
    path: str


class Package:
    """An archive that was looked at from outside, its parts by their names in small letters."""

    def __init__(self, data: bytes) -> None:
        """Raises `Unreadable` where the archive is damaged, locked, or larger unpacked than a filled-in table is."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGED_ARCHIVE as error:
            raise damaged() from error
        self._tags = 0
        entries = self._archive.infolist()
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable("工作簿设了密码", "去掉密码，保存以后再试")
        size = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_PARTS or size > MAX_UNPACKED or (size > 5_000_000 and size > len(data) * MAX_RATIO):
            message = f"工作簿展开以后有 {size / 1024 / 1024:.0f} MB、{len(entries)} 个部分，不像一张填好的表"
            raise Unreadable(message, "把要的内容复制到新的工作簿里再试")
        # Parts that lie over each other unpack to more than there is.
        placed = sorted(entries, key=lambda entry: entry.header_offset)
        ends = [*(entry.header_offset for entry in placed[1:]), self._archive.start_dir]
        if any(entry.header_offset + 30 + entry.compress_size > end for entry, end in zip(placed, ends, strict=True)):
            raise damaged()
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = _plain(_name(entry))
            if name.endswith("/"):
                continue
            if name in self._entries:
                raise Unreadable("工作簿里有两个同名的部分", "用 Excel 打开，另存为新的 .xlsx 再试")
            self._entries[name] = entry

    @property
    def names(self) -> Iterable[str]:
        """The paths of all parts."""
        return self._entries.keys()

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def read(self, path: str) -> bytes:
        """The text of a part of XML, UTF-8, declared as that or not at all. Raises `Unreadable`."""
        entry = self._entries.get(path)
        if entry is None or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged()
        try:
            text = self._archive.read(entry)
        except DAMAGED_ARCHIVE as error:
            raise damaged() from error
        # Excel never writes these; what does wants the reader to expand, to fetch or to remember something.
        if text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
            raise unusual()
        if text.count(b"xmlns") > MAX_NAMESPACES or _LONG_TAG.search(text):
            raise unusual()
        text = text.removeprefix(b"\xef\xbb\xbf")
        if text.startswith(b"<?xml"):
            declared = _DECLARATION.match(text)
            if declared is None:
                raise damaged()
            if (declared[1] or b"utf-8").lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
                raise unusual()
        return text

    def scan(
        self,
        text: bytes,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        """Tell what stands in a part, element by element; names are `namespace}name`. Raises `Unreadable`."""
        self._tags += text.count(b"<")
        if self._tags > MAX_TAGS:
            raise Unreadable("工作簿里的格子太多，不像一张填好的表", "把要的内容复制到新的工作簿里再试")
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        try:
            parser.Parse(text, True)
        except (expat.ExpatError, ValueError) as error:
            raise damaged() from error

    def outline(self, path: str, namespaces: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
        """The elements of a part, each by its own and its parents' names (`workbook/sheets/sheet`), with attributes."""
        found: list[tuple[str, dict[str, str]]] = []
        above: list[str] = []
        known = tuple(namespaces)

        def start(name: str, attributes: dict[str, str]) -> None:
            if len(above) >= MAX_DEPTH:
                raise unusual()
            space = next((each for each in known if name.startswith(each)), None)
            above.append(name[len(space) :] if space else "-")
            if len(above) <= 3:
                found.append(("/".join(above), attributes))

        def end(_: str) -> None:
            above.pop()

        self.scan(self.read(path), start, end)
        return found

    def relations(self, path: str) -> list[Relation]:
        """What a part refers to inside the archive; of the whole archive where `path` is empty."""
        folder, _, file = path.rpartition("/")
        where = f"{folder}/_rels/{file}.rels".lstrip("/")
        if where not in self:
            return []
        found = []
        for name, attributes in self.outline(where, (_RELATIONSHIPS,)):
            if name == "Relationships/Relationship" and attributes.get("TargetMode", "").lower() != "external":
                kind = attributes.get("Type", "").rpartition("/")[2]
                target = _target(folder, attributes.get("Target", ""))
                found.append(Relation(attributes.get("Id", ""), kind, target))
        return found


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; UTF-8, also where the archive does not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    return entry.filename.encode("cp437", "replace").decode("utf-8", "replace")


def _plain(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


def _target(folder: str, written: str) -> str:
    """The path of a part that a relation in `folder` names."""
    plain = unquote(re.split(r"[?#]", written.strip(), maxsplit=1)[0]).replace("\\", "/")
    steps = [] if plain.startswith("/") else folder.split("/")
    for step in plain.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(step for step in steps if step).lower()

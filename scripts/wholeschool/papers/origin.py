"""Which record a workbook is: written on a hidden sheet by the template, so that importing needs no explanation."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from typing import NamedTuple

from wholeschool.errors import DAMAGED_ARCHIVE, UsageError
from wholeschool.papers.opening import Sheet
from wholeschool.records.kinds import PROGRAMME, ROOT, kinds, placed

HIDDEN = "_"
"""What the names of sheets that people do not see begin with."""
ORIGIN = "_wholeschool"
NOTES = "填写说明"
LISTS = "_lists"


class Origin(NamedTuple):
    """A record's place in words: the kind, the unit's path below submissions/, year and name."""

    kind: str = ""
    unit: str = ""
    year: int = 0
    name: str = ""

    def with_(self, other: Origin | None) -> Origin:
        """This, with what `other` says in its stead."""
        if other is None:
            return self
        return Origin(
            other.kind or self.kind, other.unit or self.unit, other.year or self.year, other.name or self.name
        )

    def unlike(self, other: Origin | None) -> list[tuple[str, str, str]]:
        """Where `other` says something else: what, what stands here, what `other` says."""
        if other is None:
            return []
        pairs = (
            ("种类", self.kind, other.kind),
            ("单位", _plain(self.unit), _plain(other.unit)),
            ("年度", str(self.year or ""), str(other.year or "")),
            ("文件名", self.name, other.name),
        )
        return [(what, mine, its) for what, mine, its in pairs if mine and its and mine != its]

    def dated(self, day: str) -> Origin:
        """This, called by the day (YYYY-MM-DD) where records of its kind are called so and it has no name."""
        kind = kinds().get(self.kind)
        called = kind is not None and kind.schema.placement.get("named") == "day"
        return self._replace(name=day) if called and not self.name else self

    def path(self) -> str:
        """The path of the record. Raises `UsageError` where something is missing or does not fit."""
        kind = kinds().get(self.kind)
        if kind is None:
            raise UsageError(f"没有“{self.kind}”这种记录；可选：{'、'.join(kinds())}")
        place = kind.place
        if "{year}" in place and not self.year:
            raise UsageError(f"{kind.title}是按年度的，用 --year 写明哪一年")
        free = place.replace("{year}", str(self.year))
        if "{" in free:
            if not self.name:
                names = kind.schema.placement.get("names")
                usual = "anhui-2.0" if "{guidance}" in free else "日期 2026-09-15"
                choices = f"，可选：{'、'.join(names)}" if names else f"，例如{usual}"
                raise UsageError(f"{kind.title}一份一个文件，用 --name 写明文件名{choices}")
            free = free[: free.index("{")] + self.name + free[free.index("}") + 1 :]
        unit = _plain(self.unit)
        if not unit and kind.levels != (PROGRAMME,):
            raise UsageError("不知道这份工作簿是哪个单位的，用 --unit 写明，例如 anhui/shili/mingyuan/wenhua-xiaoxue")
        path = f"{ROOT}{unit}/{free}" if unit else f"{ROOT}{free}"
        where = placed(path)
        if where is None or where.kind.name != self.kind:
            raise UsageError(f"单位、年度或文件名写得不对：{path}；只用小写字母、数字和连字符")
        if where.level not in kind.levels:
            raise UsageError(f"{kind.title}是{'、'.join(kind.levels)}级的记录，{unit} 是{where.level}级单位")
        return path


def _plain(unit: str) -> str:
    """A unit's path below submissions/."""
    return unit.strip("/").removeprefix(ROOT)


class Written(NamedTuple):
    """What a template says of itself: its record, and which version of it it shows."""

    origin: Origin
    record: str


def made_for_records(data: bytes) -> bool:
    """Whether a file is a template of a record, by the names of its sheets alone; anybody may name sheets so."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.read("xl/workbook.xml")[:20_000]
    except (*DAMAGED_ARCHIVE, KeyError):
        return False
    return ORIGIN.encode() in names and LISTS.encode() in names


def written_origin(sheets: Iterable[Sheet]) -> Written | None:
    """What the hidden sheet says; nothing is believed that could not be typed as an option."""
    for sheet in sheets:
        if sheet.name == ORIGIN:
            said = {str(row[1].value): str(row[2].value) for row in sheet.rows.values() if 1 in row and 2 in row}
            year = said.get("year", "")
            number = int(year) if year.isascii() and year.isdigit() else 0
            origin = Origin(said.get("kind", ""), said.get("unit", ""), number, said.get("name", ""))
            return Written(origin, said.get("record", ""))
    return None


def record_version(text: str | None) -> str:
    """Changes with a record's text; that there is none is a version too."""
    return "-" if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]

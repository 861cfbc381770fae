"""The counties' open data, gathered for a province's overview: what counties publish, and nothing else.

A county builds its own site from its own records; the overview adds up what those sites show. A count that a county
does not publish makes the sums above it unpublished too, so nothing hidden can be worked out from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar

import msgspec

from wholeschool.errors import BuildError
from wholeschool.outcomes.published import (
    Classes,
    PublicCount,
    PublicFigures,
    PublicUnit,
    PublicYear,
    figures_of,
    school_at,
)
from wholeschool.outcomes.veil_classes import Class, classes_of
from wholeschool.programme import Programme, assemble
from wholeschool.records import Loaded, Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import Placed, kinds
from wholeschool.site.export_rows import COUNTED, AbilityRow, Count, Row, classes_in, counties

_LARGEST = 64_000_000
_ABOVE = ("省", "市")
_AGAIN = (
    "怎么办：从这个县的网站重新下载 data/ 里的文件，不要手工修改；还是这样的，请县里运行 wholeschool validate，"
    "改好以后重新发布网站"
)


class _Export(msgspec.Struct, frozen=True):
    """A file `figures-YEAR.json`."""

    schema: Literal["figures.schema.json"]
    version: Literal[1]
    minimum_cell: Count
    figures: tuple[Row, ...]
    site: Annotated[
        str, msgspec.Meta(max_length=220, pattern=r"^(https://[A-Za-z0-9./_-]+(:[0-9]+)?[A-Za-z0-9./_-]*)?\Z")
    ] = ""


class _Abilities(msgspec.Struct, frozen=True):
    """A file `abilities-YEAR.json`."""

    schema: Literal["abilities.schema.json"]
    version: Literal[1]
    minimum_cell: Count
    abilities: tuple[AbilityRow, ...]


_File = TypeVar("_File", _Export, _Abilities)


class Overview(NamedTuple):
    """A programme that knows its units by name only, and the rounds gathered from exports."""

    programme: Programme
    years: list[PublicYear]


class _Gathered:
    """What has been read so far, each with the file that it is from."""

    def __init__(self, own: Programme) -> None:
        self._own = own
        self.rows: dict[int, dict[str, Row]] = {}
        self.classes: dict[int, dict[str, Classes]] = {}
        self.sites: dict[str, str] = {}
        self._from: dict[tuple[int, str], Path] = {}
        self._called: dict[tuple[int, str, str], str] = {}

    def minimum(self, export: _Export | _Abilities, year: int) -> int:
        """The least number of people that a file tells of, which must not be less than what the overview says."""
        ours = self._own.minimum_cell(year)
        if export.minimum_cell < ours:
            raise ValueError(
                f"县里的最小公开人数是 {export.minimum_cell}，工程总配置里 {year} 年是 {ours}，人少的数在这里就公布了；"
                f"请县里把 publication.minimum_cell 改成 {ours}，重新发布网站（早已关闭的一轮，请维护人员在总配置的"
                "这一轮写上 closed 和当时的 minimum_cell）"
            )
        return export.minimum_cell

    def check_round(self, year: int) -> None:
        """Raises `ValueError` for a round that the programme has not, or not yet."""
        if self._own.round(year) is None:
            known = "、".join(map(str, self._own.years))
            raise ValueError(
                f"工程总配置里没有 {year} 年这一轮（有的是 {known}）；不该有的删掉这个文件，该有的先开这一轮"
            )
        if year not in self._own.begun:
            starts = self._own.span(year)[0]
            raise ValueError(f"{year} 年这一轮 {starts} 才开始，按现在的日子还没有；先拿掉这个文件，开始以后再放进来")

    def take(self, county: list[Row], export: _Export, file: Path) -> None:
        """A county with its schools, and the names of what stands above it."""
        whole, year = county[0], county[0].year
        first = self._from.setdefault((year, whole.unit), file)
        if first != file:
            raise ValueError(f"{whole.name} {year} 年在 {first} 里已经有了；一个县只放一份")
        other = self._called.setdefault((year, whole.unit.rpartition("/")[0], whole.name), whole.unit)
        if other != whole.unit:
            raise ValueError(
                f"{whole.name} {year} 年在 {self._from[year, other]} 里已经有了，路径是 {other}，这里是 {whole.unit}；"
                "核对哪一个对，一个县只放一份"
            )
        here = self.rows.setdefault(year, {})
        named = {row.unit: row for row in export.figures if row.level in _ABOVE}
        chain = [named[path] for path in _above(whole.unit) if path in named]
        for row in chain:
            self._agree(row, file)
        self._know(whole, chain)
        here.update((row.unit, row) for row in (*chain, *county))
        self.sites[whole.unit] = export.site

    def _agree(self, row: Row, file: Path) -> None:
        """Raises `ValueError` where another county calls a city or the province something else."""
        before = self.rows[row.year].get(row.unit)
        first = self._from.setdefault((row.year, row.unit), file)
        if before and (before.name, before.demo) != (row.name, row.demo):
            told = [f"“{each.name}”{'（样张）' if each.demo else ''}" for each in (row, before)]
            raise ValueError(
                f"{row.unit} 写的是{told[0]}，{first} 里写的是{told[1]}；"
                "核对哪一个对，请写错的县改正单位信息，重新发布网站"
            )
        if row.level == "省" and (
            strange := [path for path in self.rows[row.year] if "/" not in path and path != row.unit]
        ):
            raise ValueError(
                f"写的省是 {row.unit}，{self._from[row.year, strange[0]]} 里是 {strange[0]}；"
                "一个工程只有一个省，核对哪一个对，请写错的县改正文件夹的名称"
            )

    def _know(self, county: Row, chain: list[Row]) -> None:
        """Raises `ValueError` where what is no sample has a name that the programme's table of regions has not.

        Of a round that is closed names are those of its time.
        """
        regions = self._own.regions
        if not regions or self._own.closed(county.year):
            return
        for row in (county, *chain):
            if not row.demo and not any((each.name, each.level) == (row.name, row.level) for each in regions.values()):
                raise ValueError(
                    f"{row.unit} 的名称“{row.name}”不是行政区划表（submissions/regions.csv）里{row.level}级的；"
                    "请县里核对单位信息，重新发布网站；真的改了名称的、新设的，维护人员先在表里添上"
                )
        city = next((row for row in chain if row.level == "市"), None)
        if city and not county.demo and not city.demo:
            codes = {code for code, each in regions.items() if (each.name, each.level) == (city.name, "市")}
            if not any(
                (each.name, each.level) == (county.name, "县") and each.city_code in codes for each in regions.values()
            ):
                raise ValueError(
                    f"按行政区划表（submissions/regions.csv），{county.name}不属于{city.name}；"
                    "请县里核对上级的名称和文件夹的位置，重新发布网站"
                )


def gather(own: Loaded, folder: Path, day: str = "") -> Overview:
    """Every `figures-*.json` below `folder` and the `abilities-*.json` beside it, added up to cities and provinces.

    `own` are the records of the province's repository; of them only the programme's settings and tables are used,
    each round's by its own table; `day` (YYYY-MM-DD) says which round runs.
    Raises `BuildError` with a sentence for each file that is damaged, contradicts itself, the programme's settings or
    another file, or repeats a county.
    """
    files = sorted(path for path in folder.rglob("figures-*.json") if path.is_file() and not path.is_symlink())
    if not files:
        raise BuildError(f"{folder} 里没有 figures-年度.json；放进各县网站 data/ 文件夹里的开放数据，每个县一个文件夹")
    wrong: list[str] = []
    settings = assemble(own, day)
    gathered = _Gathered(settings)
    for file in files:
        reading = file
        try:
            export = _read(file, _Export)
            if not export.figures:
                continue  # of a round in which nobody there took part
            year = _year_of(export)
            gathered.check_round(year)
            minimum = gathered.minimum(export, year)
            for county in counties(export.figures, minimum):
                gathered.take(county, export, file.relative_to(folder))
                beside = file.with_name(f"abilities-{year}.json")
                if beside.is_file() and not beside.is_symlink():
                    reading = beside
                    table = classes_of(settings.abilities(year))
                    counted = _read(beside, _Abilities)
                    least = gathered.minimum(counted, year)
                    found = classes_in(counted.abilities, county[0], table, least)
                    gathered.classes.setdefault(year, {})[county[0].unit] = found
                    reading = file
        except ValueError as error:
            wrong.append(f"{reading.relative_to(folder)}：{error}")
    if wrong:
        raise BuildError("开放数据没有全部读成，网站没有生成：\n" + "\n".join([*wrong, _AGAIN]))
    rows, classes, sites = gathered.rows, gathered.classes, gathered.sites
    if not rows:
        raise BuildError(f"{folder} 里的 figures-年度.json 都没有县的数，网站没有生成；放进各县网站 data/ 里的开放数据")
    units = {path: row for year in sorted(rows) for path, row in rows[year].items()}
    for path in list(units):
        for above in _above(path):
            if above not in units:
                raise BuildError(f"{path} 的上级 {above} 不在任何一份开放数据里，不知道它的名称")
    unit_kind = kinds()["unit"]
    kept = [record for record in own.records if not record.unit]
    kept += [
        Record(f"submissions/{path}/unit.yaml", Placed(unit_kind, path, None, ""), bytes, _unit(row))
        for path, row in units.items()
    ]
    programme = assemble(Loaded(own.files, kept, [], frozenset()), day)
    elsewhere = {
        path: f"{site.rstrip('/')}/rates/{path}/" if site else ""
        for path in units
        if path.count("/") == 3
        for site in (sites.get(path.rpartition("/")[0], ""),)
    }
    return Overview(programme, [_year(year, rows[year], classes.get(year, {}), elsewhere) for year in sorted(rows)])


def _year_of(export: _Export) -> int:
    years = sorted({row.year for row in export.figures})
    if len(years) != 1:
        raise ValueError(f"有 {'、'.join(map(str, years[:5]))} 年的数；一份开放数据只有一个年度")
    return years[0]


def _read(file: Path, type_: type[_File]) -> _File:
    """One file, or `ValueError` with what is wrong with it."""
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError(f"超过 {_LARGEST // 1_000_000} MB，不像一个县的开放数据")
        return msgspec.json.decode(file.read_bytes(), type=type_)
    except msgspec.ValidationError as error:
        raise ValueError(f"不是第 1 版的开放数据（{error}）；用县里网站上的 data/{file.name}") from None
    except msgspec.DecodeError:
        raise ValueError("不是完整的 JSON，可能没有下载完；重新下载") from None
    except (OSError, RecursionError):
        raise ValueError("读不了；重新下载") from None


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _unit(row: Row) -> s.Unit:
    return s.Unit(level=row.level, code="", name=row.name, demo=row.demo)


def _year(
    year: int,
    rows: Mapping[str, Row],
    classes: Mapping[str, Classes],
    elsewhere: Mapping[str, str],
) -> PublicYear:
    figures = {
        path: figures_of(_public(row), row.year, row, complete=row.accepted_complete)
        for path, row in rows.items()
        if row.level in ("县", "校")
    }
    known = {path: classes.get(path, {}) for path, row in rows.items() if row.level == "县"}
    for level in ("市", "省"):
        for path, row in rows.items():
            if row.level == level:
                below = [name for name in figures if name.rpartition("/")[0] == path]
                figures[path] = _sum(row, (figures[name] for name in below))
                known[path] = _sum_of_classes([known[name] for name in below])
    schools = {
        path: school_at(row.step or 0, recognised=bool(row.recognised))
        for path, row in rows.items()
        if row.level == "校"
    }
    return PublicYear(
        year, figures, schools, known, {path: where for path, where in elsewhere.items() if path in schools}
    )


def _public(row: Row) -> PublicUnit:
    return PublicUnit(row.unit, row.name, row.level, row.demo)


def _sum(row: Row, below: Iterable[PublicFigures]) -> PublicFigures:
    """A city or province: a count that is not published of one part is not published of the whole."""
    parts = list(below)
    counts: dict[str, int | None] = {}
    for name in COUNTED:
        values = [getattr(each, name) for each in parts]
        counts[name] = None if None in values else sum(values)
    return PublicFigures(
        unit=_public(row),
        year=row.year,
        schools=sum(each.schools for each in parts),
        recognised=sum(each.recognised for each in parts),
        due=sum(each.due for each in parts),
        accepted=sum(each.accepted or 0 for each in parts),
        accepted_complete=all(each.accepted is not None and each.accepted_complete for each in parts),
        **counts,
    )


def _sum_of_classes(parts: Sequence[Classes]) -> Classes:
    """What is public of the parts, and how many of them are missing in it."""
    found: dict[Class, PublicCount] = {}
    for group in dict.fromkeys(group for part in parts for group in part):
        counts = [part[group] for part in parts if group in part]
        chosen, passed, below = (sum(numbers) for numbers in zip(*map(msgspec.structs.astuple, counts), strict=True))
        found[group] = PublicCount(chosen, passed, below + len(parts) - len(counts))
    return found

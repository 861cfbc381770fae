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
from wholeschool.outcomes.veil_classes import Class, Kinds, classes_of
from wholeschool.personal_data import scan
from wholeschool.programme import Programme, assemble
from wholeschool.records import Loaded, Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import ROOT, Placed, kinds, placed
from wholeschool.records.text import hidden_in

_LARGEST = 64_000_000
_LEVELS = ("省", "市", "县", "校")
_COUNTED = ("exempt", "chosen", "trained", "passed")
_SUMS = ("recognised", "due", *_COUNTED, "accepted")
_COUNTS = ("schools", *_SUMS)

Count = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Word = Annotated[str, msgspec.Meta(max_length=20)]


class _Row(msgspec.Struct, frozen=True):
    """A unit's figures as `open_data` writes them."""

    unit: str
    name: str
    level: Literal["省", "市", "县", "校"]
    demo: bool
    year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    schools: Count
    recognised: Count
    due: Count
    exempt: Count | None
    chosen: Count | None
    trained: Count | None
    passed: Count | None
    accepted: Count | None
    accepted_complete: bool
    step: Annotated[int, msgspec.Meta(ge=0, le=5)] | None = None


class _Export(msgspec.Struct, frozen=True):
    """A file `figures-YEAR.json`."""

    schema: Literal["figures.schema.json"]
    version: Literal[1]
    minimum_cell: Count
    figures: tuple[_Row, ...]
    site: Annotated[str, msgspec.Meta(pattern=r"^(https://[a-z0-9.-]+(:[0-9]+)?/([A-Za-z0-9._-]+/)*)?\Z")] = ""


class _AbilityRow(msgspec.Struct, frozen=True):
    """What `open_data` writes of a unit's class of microabilities."""

    unit: str
    year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    dimension: Word
    environment: Word
    code: Word
    chosen: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
    passed: Count


class _Abilities(msgspec.Struct, frozen=True):
    """A file `abilities-YEAR.json`."""

    schema: Literal["abilities.schema.json"]
    version: Literal[1]
    abilities: tuple[_AbilityRow, ...]


_File = TypeVar("_File", _Export, _Abilities)


class Overview(NamedTuple):
    """A programme that knows its units by name only, and the rounds gathered from exports."""

    programme: Programme
    years: list[PublicYear]


def gather(own: Loaded, folder: Path, day: str = "") -> Overview:
    """Every `figures-*.json` below `folder` and the `abilities-*.json` beside it, added up to cities and provinces.

    `own` are the records of the province's repository; of them only the programme's settings and tables are used,
    each round's by its own table; `day` (YYYY-MM-DD) says which round runs.
    Raises `BuildError` with a sentence for each file that is damaged, contradicts itself or repeats a county.
    """
    files = sorted(path for path in folder.rglob("figures-*.json") if path.is_file() and not path.is_symlink())
    if not files:
        raise BuildError(f"{folder} 里没有 figures-年度.json；放进各县网站 data/ 文件夹里的开放数据，每个县一个文件夹")
    rows: dict[int, dict[str, _Row]] = {}
    classes: dict[int, dict[str, Classes]] = {}
    origin: dict[tuple[int, str], Path] = {}
    sites: dict[str, str] = {}
    wrong: list[str] = []
    settings = assemble(own, day)
    for file in files:
        reading = file
        try:
            export = _read(file, _Export)
            for county in _counties(export):
                year = county[0].year
                first = origin.setdefault((year, county[0].unit), file.relative_to(folder))
                if first != file.relative_to(folder):
                    raise ValueError(f"{county[0].name} {year} 年在 {first} 里已经有了；一个县只放一份")
                sites[county[0].unit] = export.site
                rows.setdefault(year, {}).update((row.unit, row) for row in county)
                beside = file.with_name(f"abilities-{year}.json")
                if beside.is_file() and not beside.is_symlink():
                    reading = beside
                    table = classes_of(settings.abilities(year))
                    found = _classes(_read(beside, _Abilities), county[0], table)
                    classes.setdefault(year, {})[county[0].unit] = found
                    reading = file
            for row in export.figures:  # names of what stands above the county
                if row.level in ("省", "市"):
                    rows.setdefault(row.year, {}).setdefault(row.unit, row)
        except ValueError as error:
            wrong.append(f"{reading.relative_to(folder)}：{error}")
    if wrong:
        raise BuildError("开放数据没有全部读成，网站没有生成：\n" + "\n".join(wrong))
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
        path: f"{site}rates/{path}/" if site else ""
        for path in units
        if path.count("/") == 3
        for site in (sites.get(path.rpartition("/")[0], ""),)
    }
    return Overview(programme, [_year(year, rows[year], classes.get(year, {}), elsewhere) for year in sorted(rows)])


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


def _classes(export: _Abilities, county: _Row, kinds: Kinds) -> Classes:
    """A county's own rows, after making sure that they fit together and to the table of microabilities."""
    found: dict[Class, PublicCount] = {}
    known = {group for groups in kinds.values() for group in groups}
    for row in export.abilities:
        if (row.unit, row.year) == (county.unit, county.year):
            group = Class(row.dimension, row.environment, row.code)
            said = " ".join(filter(None, group))
            if group not in known:
                raise ValueError(f"{said} 不在微能力表里")
            if group in found:
                raise ValueError(f"{said} 有两行")
            if not row.passed <= row.chosen <= county.due * (1 if row.code else len(kinds)):
                raise ValueError(f"{said} 通过的比选学的多，或者选学的比应考的多")
            found[group] = PublicCount(row.chosen, row.passed)
    return found


def _counties(export: _Export) -> Iterator[list[_Row]]:
    """Each county of an export with its schools, after making sure that the numbers fit together."""
    schools: dict[str, list[_Row]] = {}
    seen: set[tuple[int, str]] = set()
    for row in export.figures:
        if row.unit.count("/") != _LEVELS.index(row.level):
            raise ValueError(f"{row.unit} 写的是{row.level}级，路径不是这一级的")
        if (row.year, row.unit) in seen:
            raise ValueError(f"{row.unit} 有两行")
        seen.add((row.year, row.unit))
        _check(row)
        if row.level == "校":
            schools.setdefault(row.unit.rpartition("/")[0], []).append(row)
    for row in export.figures:
        if row.level == "县":
            below = schools.pop(row.unit, [])
            if len(below) != row.schools or not all(_adds_up(name, row, below) for name in _SUMS):
                raise ValueError(f"{row.name} 的学校数、人数和各校的合计对不上")
            yield [row, *below]
    if schools:
        raise ValueError(f"{min(schools)} 有学校，没有县的一行")


def _check(row: _Row) -> None:
    """Raises `ValueError` where a row is none that a county's own records could give: as a record is judged."""
    if not placed(f"{ROOT}{row.unit}/unit.yaml"):
        raise ValueError("有一行的 unit 不是单位的路径")
    counts = {name: value for name in _COUNTS if (value := getattr(row, name)) is not None}
    written = {"name": row.name, "complete": "是" if row.accepted_complete else "否", **counts}
    if hidden_in(row.name) or not kinds()["figures"].schema.accepts({"figures": [written]}):
        raise ValueError(f"{row.unit} 的名称不是单位的名称，或者有一个数太大")
    if any(scan(row.name)):
        raise ValueError(f"{row.unit} 的名称里疑似有个人信息（内容已隐去）")
    if any((getattr(row, name) or 0) > row.due for name in ("chosen", "trained", "passed", "accepted")):
        raise ValueError(f"{row.name} 有一个人数比应考人数多")
    if row.passed is not None and (row.accepted or 0) > row.passed:
        raise ValueError(f"{row.name} 验收认定的人数比考核合格的多")
    if row.recognised > row.schools or (row.level == "校" and row.schools != 1):
        raise ValueError(f"{row.name} 已认定的学校比学校多，或者一所学校不是一所")


def _adds_up(name: str, county: _Row, schools: Sequence[_Row]) -> bool:
    """Whether a county's count is that of its schools: exactly, or as far as schools hide theirs."""
    whole, parts = getattr(county, name), [getattr(each, name) for each in schools]
    if whole is None:
        return True
    shown = sum(part for part in parts if part is not None)
    # Those exempt are beside those due, so that nothing says how many they are at most.
    most = [whole if name == "exempt" else each.due for each, part in zip(schools, parts, strict=True) if part is None]
    return bool(shown <= whole <= shown + sum(most))


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _unit(row: _Row) -> s.Unit:
    return s.Unit(level=row.level, code="", name=row.name, demo=row.demo)


def _year(
    year: int,
    rows: Mapping[str, _Row],
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


def _public(row: _Row) -> PublicUnit:
    return PublicUnit(row.unit, row.name, row.level, row.demo)


def _sum(row: _Row, below: Iterable[PublicFigures]) -> PublicFigures:
    """A city or province: a count that is not published of one part is not published of the whole."""
    parts = list(below)
    counts: dict[str, int | None] = {}
    for name in _COUNTED:
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

"""What a paper is: its name, who hands it in, its forms, and the sheets that it consists of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, cached_property
from importlib import import_module
from itertools import groupby

import msgspec

from wholeschool.days import FOREVER
from wholeschool.errors import UsageError
from wholeschool.outcomes.asked import Asked, asked_of
from wholeschool.papers.contacts import Contacts
from wholeschool.programme import Programme, Unit, YearOfCounty, YearOfSchool

_MODULES = ("annexes", "county", "management", "outlines", "school", "teachers")

Cell = str | float | None


class Column(msgspec.Struct, frozen=True):
    """A column of a table: what stands above it, its width in characters, and whether its text is centred.

    One that `asks` for what only some guidances know (by the name that `x-asks` uses) is on no paper of another.
    """

    heading: str
    width: float = 12
    middle: bool = True
    asks: str = ""


class Table(msgspec.Struct, frozen=True):
    """Rows under headings. Equal neighbours in the columns `merged` (by place) become one cell."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    merged: tuple[int, ...] = ()


class Form(msgspec.Struct, frozen=True):
    """Lines of labels, each with its value; the last value of a line takes the room that is left.

    A value that is not there leaves its field empty, to be filled in by hand; `tall` are labels whose field leaves
    room for that. The first `head` lines stand again at the top of every further page.
    """

    lines: tuple[tuple[tuple[str, Cell], ...], ...]
    title: str = ""
    tall: tuple[str, ...] = ()
    head: int = 0


class Prose(msgspec.Struct, frozen=True):
    """Paragraphs under a heading."""

    title: str
    paragraphs: tuple[str, ...]


Part = Table | Form | Prose


class Sheet(msgspec.Struct, frozen=True):
    """What begins on a page of its own: marks above the title, the title, a line under it, parts, foot and notes.

    `name` tells it from the paper's other sheets. `wide` sheets lie across. A sheet that need not begin a page
    (`follows`) stands under the one before where there is room.
    """

    title: str
    parts: tuple[Part, ...]
    name: str = ""
    mark: str = ""
    under: str = ""
    foot: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    wide: bool = False
    follows: bool = False


class NoRecordError(UsageError):
    """A paper of which the records hold nothing yet; the text names the record."""


class Filer(msgspec.Struct, frozen=True):
    """Who fills a paper in, and when: 填报人, 联系方式, 填报时间. Empty ones are left open."""

    name: str = ""
    phone: str = ""
    date: str = ""


class View(msgspec.Struct, frozen=True, dict=True):
    """What a paper is made from: a unit in a round, and for sealed papers the opened contact sheets.

    `lacking` says whose people are not among the contacts, and why.
    """

    programme: Programme
    unit: Unit
    year: int
    contacts: Contacts = Contacts()
    filer: Filer = Filer()
    lacking: tuple[str, ...] = ()

    @cached_property
    def school(self) -> YearOfSchool:
        """The school's round (for papers of a school)."""
        return self.programme.school_year(self.unit, self.year)

    @cached_property
    def county(self) -> YearOfCounty:
        """The county's round; a school's is that of its county."""
        return self.programme.county_year(self.unit.county or self.unit, self.year)

    @cached_property
    def schools(self) -> list[YearOfSchool]:
        """The school itself, or the schools of the county, with a roster in this round."""
        years = [self.school] if self.unit.level == "校" else self.county.taking_part
        return [year for year in years if year.roster]

    @property
    def last_day(self) -> str:
        """The day (YYYY-MM-DD) on which people are counted: the programme's, but no later than the round's last."""
        return min(self.programme.day or FOREVER, self.programme.span(self.year)[1])

    def name_of(self, unit: Unit | str) -> str:
        """A unit's name in the round (on its `last_day`), also by its path; the path where there is no such unit."""
        found = self.programme.units.get(unit) if isinstance(unit, str) else unit
        return found.on(self.last_day).name if found else str(unit)

    @property
    def called(self) -> str:
        """The name of the unit itself, as it was in the round."""
        return self.name_of(self.unit)

    def ability(self, code: str) -> str:
        """A microability as papers write it: A5 技术支持的课堂导入."""
        known = self.programme.abilities(self.year).get(code)
        return f"{code} {known.name}" if known else code

    def abilities(self, codes: Iterable[str]) -> str:
        """Several of them."""
        return "；".join(map(self.ability, codes))

    @cached_property
    def asked(self) -> Asked:
        """What the round's guidance asks for, of the school where the paper is one's."""
        return asked_of(self.programme, self.year, self.unit if self.unit.level == "校" else None)

    @property
    def team(self) -> str:
        """Who is in a school's management team besides its head, and how many they are, as the guidance says it."""
        book = self.programme.rulebook(self.year)
        size, roles = book.bounds("TEAM-SIZE").said("人"), "、".join(book.listed("TEAM-ROLES"))
        return f"{roles}等 {size}" if roles else size

    @property
    def mark(self) -> str:
        """Said above the title of everything in which units of an example occur."""
        around = (self.unit, *self.unit.ancestors, *self.unit.children)
        return "样张" if any(each.data.demo for each in around) else ""

    @property
    def filed_by(self) -> str:
        """The line 填报单位."""
        return f"填报单位：{self.called}"

    @property
    def filed(self) -> str:
        """The line at the foot."""
        filer = self.filer
        return f"填报人：{filer.name or GAP}　　联系方式：{filer.phone or GAP}　　填报时间：{filer.date or GAP}"


NUMBER = Column("序号", 5)
# Room to write by hand.
GAP = "　" * 6
SEAL = f"负责人（签字）：{GAP}　单位（盖章）：{GAP}　日期：　　　年　　月　　日"


class Paper(msgspec.Struct, frozen=True):
    """One paper: its name on the command line, its title, the levels whose units hand it in.

    The clause it is for stands in the guidance's rulebook.

    `forms` are the file endings it is made in, the usual one first. `sealed` papers hold contact data: they need a key,
    and are never written below the repository.
    """

    name: str
    title: str
    levels: str
    forms: tuple[str, ...]
    sealed: bool
    make: Callable[[View], Iterable[Sheet]]

    def sheets(self, view: View) -> list[Sheet]:
        """What stands on it. Raises `NoRecordError` where nothing would."""
        made = [_asked(sheet, view.programme.terms(view.year).without) for sheet in self.make(view)]
        if not made:
            center = view.unit.center
            more = f"；它挂靠{view.name_of(center)}：wholeschool export {self.name} {center.path}" if center else ""
            raise NoRecordError(f"{view.called} {view.year} 年度还没有《{self.title}》要用的记录{more}")
        return made


def _asked(sheet: Sheet, without: Collection[str]) -> Sheet:
    """A sheet without the columns that a guidance does not ask for."""
    parts = tuple(_without_columns(part, without) if isinstance(part, Table) else part for part in sheet.parts)
    return sheet if parts == sheet.parts else msgspec.structs.replace(sheet, parts=parts)


def _without_columns(table: Table, without: Collection[str]) -> Table:
    kept = [place for place, column in enumerate(table.columns) if column.asks not in without]
    if len(kept) == len(table.columns):
        return table
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
        merged=tuple(kept.index(place) for place in table.merged if place in kept),
    )


_ALL: dict[str, Paper] = {}


def paper(
    name: str, title: str, levels: str, *forms: str, sealed: bool = False
) -> Callable[[Callable[[View], Iterable[Sheet]]], Callable[[View], Iterable[Sheet]]]:
    """Make a function a paper."""

    def register(make: Callable[[View], Iterable[Sheet]]) -> Callable[[View], Iterable[Sheet]]:
        _ALL[name] = Paper(name, title, levels, forms, sealed, make)
        return make

    return register


@cache
def papers() -> dict[str, Paper]:
    """Every paper by its name."""
    for module in _MODULES:
        import_module(f"wholeschool.papers.outgoing.{module}")
    return dict(sorted(_ALL.items()))


def numbered(rows: Iterable[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    """The rows with 序号 before them."""
    return tuple((number, *cells) for number, cells in enumerate(rows, start=1))


def listed(view: View, columns: Iterable[Column], rows: Iterable[tuple[Cell, ...]]) -> Table:
    """A table over several schools: rows begin with the school's name, which the school's own table leaves out."""
    wanted, kept = tuple(columns), numbered(rows)
    if view.unit.level == "校":
        return Table((NUMBER, *wanted), tuple((cells[0], *cells[2:]) for cells in kept))
    return Table((NUMBER, Column("学校", 18), *wanted), kept)


def spans(table: Table, place: int) -> Iterator[tuple[int, int]]:
    """For a merged column: first row and number of rows of each cell. Merged columns left of it must be equal too."""
    row = 0
    for _, group in groupby(table.rows, key=lambda cells: [cells[each] for each in table.merged if each <= place]):
        height = len(list(group))
        yield row, height
        row += height

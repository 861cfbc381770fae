"""What merging does, told to whoever decides about it: whom it touches, and what the figures become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from wholeschool.changes.proposal import Proposal
from wholeschool.outcomes.credits import credits_of
from wholeschool.outcomes.eligibility import due_certificates
from wholeschool.outcomes.rates import ability_tallies, tallies_of
from wholeschool.outcomes.stages import stage
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.records.kinds import ROOT, placed
from wholeschool.records.structs import Case, Teacher, Teachers

MOST_SCHOOLS = 40
"""Schools told one by one; a county's own decision may move hundreds."""
MOST_PAGES = 20

_Key = tuple[str, int]


class _Figures(NamedTuple):
    """One school's round in numbers, as the summary names them."""

    stage: str
    teachers: int
    choices: int
    credits: int
    rate: str
    accepted: str
    due: int


_TITLES = {
    "stage": "走到",
    "teachers": "名册人数",
    "choices": "选学",
    "credits": "选学学分",
    "rate": "考核合格率",
    "accepted": "验收合格率",
    "due": "可发证书",
}


_CORRECTED = "（这一轮已经关闭：公布的数字不变，网站写明是关闭以后的更正）。"


def effects(proposal: Proposal) -> list[str]:
    """Sentences for the summary; empty when the change touches no record. No name of a person is in them.

    What rests on a file that cannot be read is not told: without it the figures would be others than they will be.
    """
    paths = [difference.path for difference in proposal.differences if difference.path.startswith(ROOT)]
    if not paths:
        return []
    if unread := sorted(
        path for each in (proposal.head, proposal.base) for path in each.broken if _counts_for_all(path)
    ):
        return [f"{unread[0]} 读不了，合并以后的数字算不出来；先照检查说的改好。"]
    schools = _reached(proposal, paths)
    before, after = _figures(proposal.base, schools), _figures(proposal.head, schools)
    moved = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    left_out = {key for key in moved if _is_unread(proposal, *key)}
    moved = [key for key in moved if key not in left_out]
    touched = {unit for path in paths if (unit := _school_of(path))} | {key[0] for key in moved}
    teachers = _teachers_touched(proposal, schools)
    found = [f"涉及 {len(touched)} 所学校、{len(teachers)} 位教师，{len(paths)} 个文件。"]
    found += [f"{year} 年这一轮就此关闭：那一年的记录不再改，公布的数字不再变。" for year in _closing(proposal)]
    found += [
        f"{_name(proposal, path)} {year} 年："
        f"{_told(before.get((path, year)), after.get((path, year)), closed=_is_closed(proposal, path))}"
        + (_CORRECTED if proposal.base.closed(year) else "。")
        for path, year in moved[:MOST_SCHOOLS]
    ]
    if len(moved) > MOST_SCHOOLS:
        found.append(f"还有 {len(moved) - MOST_SCHOOLS} 所学校的数字也变了。")
    if left_out:
        found.append(
            f"有 {len({path for path, _ in left_out})} 所学校的文件读不了，它们的数字算不出来；先照检查说的改好。"
        )
    sums = [sum(side[key].due for key in moved if key in side) for side in (before, after)]
    if sums[0] != sums[1]:
        found.append(f"可以发的证书：{sums[0]} → {sums[1]} 张。")
    if pages := list(changed_pages(proposal, {key[0] for key in moved}, schools)):
        shown = "、".join(pages[:MOST_PAGES]) + (f"等 {len(pages)} 页" if len(pages) > MOST_PAGES else "")
        found.append(f"会变的网页：{shown}。")
    return found


def changed_pages(proposal: Proposal, moved: set[str], schools: Set[str]) -> Iterator[str]:
    """Addresses on the site (below its root) of pages that say something else afterwards.

    `schools` are those whose figures may have changed, `moved` those whose have.
    """
    units = {unit for path in moved for unit in _with_those_above(path)}
    for path in sorted(units, key=lambda path: (-path.count("/"), path)):
        if "/" in path:
            yield f"rates/{path}/"
    if units:
        yield "rates/"
    for programme in (proposal.base, proposal.head):
        if not programme.abilities():
            return
    tallies = [
        ability_tallies(programme, (each for each in programme.school_years() if each.school.path in schools))
        for programme in (proposal.base, proposal.head)
    ]
    for code in proposal.head.abilities():
        if tallies[0].get(code) != tallies[1].get(code):
            yield f"catalogue/{code}/"
    if any((where := placed(each.path)) and where.kind.struct is Case for each in proposal.differences):
        yield "cases/"


def _reached(proposal: Proposal, paths: Sequence[str]) -> frozenset[str]:
    """The schools whose figures may be others afterwards: those that write, with who follows their plan.

    All where something above a school is changed: what an office decides or is called, a table, a round.
    """
    touched = frozenset(_school_of(path) for path in paths if placed(path))  # what is no record counts nowhere
    every = {unit.path: unit for each in (proposal.base, proposal.head) for unit in each.schools}
    if "" in touched:
        return frozenset(every)
    followers = {path for path, unit in every.items() if unit.center and unit.center.path in touched}
    return touched | followers | _sharing(proposal, touched)


def _sharing(proposal: Proposal, touched: Set[str]) -> set[str]:
    """The schools at which somebody is, was or helps out whom one of those touched has on a roster too."""
    found = set()
    for side in (proposal.base, proposal.head):
        for year in {each.year for each in side.school_years() if each.school.path in touched}:
            for stays in side.stays(year).values():
                places = {each.year.school.path for each in stays}
                found |= places if places & touched else set()
    return found


def _counts_for_all(path: str) -> bool:
    """Whether all figures rest on a record: the settings, and what guidances say."""
    where = placed(path)
    return where is not None and not where.unit


def _is_unread(proposal: Proposal, school: str, year: int) -> bool:
    """Whether something on either side that a school's figures rest on cannot be read."""
    units = [unit for each in (proposal.base, proposal.head) if (unit := each.units.get(school))]
    centers = {unit.center.path for unit in units if unit.center}
    places = [f"{folder}/unit.yaml" for folder in (*_with_those_above(school), *centers)]
    places += [f"{folder}/{year}" for folder in (school, school.rpartition("/")[0], *centers)]
    return any(each.has_broken(place) for each in (proposal.base, proposal.head) for place in places)


def _figures(programme: Programme, schools: Set[str]) -> Mapping[_Key, _Figures]:
    found: dict[_Key, _Figures] = {}
    for county in programme.county_years():
        reached = [school for school in county.taking_part if school.school.path in schools]
        tallies = tallies_of(programme, county, reached)
        due: dict[str, int] = {}
        for each in due_certificates(programme, county, reached):
            due[each.school.school.path] = due.get(each.school.school.path, 0) + 1
        for school in reached:
            if county.year in school.school.years:
                tally = tallies[school.school.slug]
                found[school.school.path, county.year] = _Figures(
                    stage(programme, school).label,
                    len(school.counted),
                    sum(len(set(teacher.choices)) for teacher in school.counted.values()),
                    sum(credits_of(programme, school.year, teacher.choices) for teacher in school.counted.values()),
                    _percent(tally.rate),
                    _percent(tally.accepted_rate),
                    due.get(school.school.path, 0),
                )
    return found


def _percent(rate: float | None) -> str:
    return "无" if rate is None else f"{rate:.1f}%"


def _told(before: _Figures | None, after: _Figures | None, *, closed: bool) -> str:
    if after is None:
        return "学校撤销了，这一年不再算它" if closed else "这一年的记录没有了"
    if before is None:
        return "，".join(f"{_TITLES[name]} {getattr(after, name)}" for name in _TITLES)
    return "，".join(
        f"{title} {getattr(before, name)} → {getattr(after, name)}"
        for name, title in _TITLES.items()
        if getattr(before, name) != getattr(after, name)
    )


def _is_closed(proposal: Proposal, path: str) -> bool:
    unit = proposal.head.units.get(path)
    return bool(unit and unit.closed)


def _closing(proposal: Proposal) -> list[int]:
    return [year for year in proposal.head.years if proposal.head.closed(year) and not proposal.base.closed(year)]


def _teachers_touched(proposal: Proposal, schools: Set[str]) -> set[tuple[int | None, str]]:
    """Whose entry in a roster, or whose result, is another than before; by round and number."""
    sides = [dict(_teachers(programme, schools)) for programme in (proposal.base, proposal.head)]
    every = sides[0].keys() | sides[1].keys()
    return {(key.year, key.number) for key in every if sides[0].get(key) != sides[1].get(key)}


class _Row(NamedTuple):
    """A row of a roster: whoever goes from one school to another has one at each."""

    year: int | None
    school: str
    number: str


def _teachers(
    programme: Programme, schools: Set[str]
) -> Iterator[tuple[_Row, tuple[Teacher, tuple[tuple[str, str], ...]]]]:
    for unit, record in programme.each(Teachers):
        if unit.path not in schools:
            continue
        year: YearOfSchool = programme.school_year(unit, record.year or 0)
        results: dict[str, list[tuple[str, str]]] = {}
        for (number, code), result in year.standing.items():
            results.setdefault(number, []).append((code, result.level))
        for teacher in record.data.teachers:
            row = _Row(record.year, unit.path, teacher.number)
            yield row, (teacher, tuple(sorted(results.get(teacher.number, ()))))


def _school_of(path: str) -> str:
    where = placed(path)
    return where.unit if where and where.level == "校" else ""


def _name(proposal: Proposal, path: str) -> str:
    unit: Unit | None = proposal.head.units.get(path) or proposal.base.units.get(path)
    return unit.name if unit else path


def _with_those_above(path: str) -> Iterator[str]:
    steps = path.split("/")
    for depth in range(len(steps), 0, -1):
        yield "/".join(steps[:depth])

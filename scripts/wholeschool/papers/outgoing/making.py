"""From a unit's records to files: one paper, or all papers of a unit in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from wholeschool.errors import UsageError
from wholeschool.files import write_secret, write_whole
from wholeschool.papers.contacts import GROUPS, NAME, Contacts, UnusableContactsError, open_contacts, read_identity
from wholeschool.papers.outgoing.document import UnprintableError, html, pdf
from wholeschool.papers.outgoing.paper import NoRecordError, Paper, Sheet, View, papers
from wholeschool.papers.outgoing.workbook import workbook
from wholeschool.programme import Programme, Unit, assemble
from wholeschool.programme.scope import county_of
from wholeschool.records import Loaded, load
from wholeschool.records.cache import open_cache
from wholeschool.records.hygiene import LONGEST_NAME
from wholeschool.records.kinds import ROOT
from wholeschool.sources import Tree, WorkingTree

FORMS: Mapping[str, Callable[[Sequence[Sheet]], bytes]] = {"xlsx": workbook, "pdf": pdf, "html": html}
# What some system does not allow in a file's name.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\s]+')
# From so many units on, starting more processes pays.
_MANY = 8


class Made(NamedTuple):
    """What became of a unit's papers: how many files, and for each paper that was not made, why."""

    unit: str
    files: int
    missing: tuple[str, ...]
    failed: tuple[str, ...]


def read_part(tree: Tree, unit: str) -> Loaded:
    """The records that a unit's papers speak of: its own and those below, its county's, those above the counties."""
    whole = "/".join(unit.split("/")[:3])
    entries = [
        entry for entry in tree.entries(ROOT) if entry.path.startswith(f"{ROOT}{whole}/") or not county_of(entry.path)
    ]
    return load(tree, entries, cache=open_cache())


def file_name(one: Paper, unit: Unit, year: int, form: str) -> str:
    """What the file of a paper is called, so that it can be sent as it is: with the unit's name where there is room
    for it on every disk, else with its folder's.
    """
    whole, short = (f"{_FORBIDDEN.sub('', f'{one.title}-{name}-{year}')}.{form}" for name in (unit.name, unit.slug))
    return whole if len(whole.encode()) <= LONGEST_NAME else short


class Opened(NamedTuple):
    """Contact sheets put together: the people, what could not be opened, and whose people are not among them, and why.

    Of an office the people of the 管理团队 and of the 工程办 are wanted.
    """

    contacts: Contacts
    closed: tuple[str, ...]
    lacking: tuple[str, ...]


def opened(tree: Tree, unit: Unit, key: Path, root: Path, direct: Collection[str] = ()) -> Opened:
    """The contacts of a unit and of the cities and counties below it, as far as they open with this key.

    Offices above the county hand in one list for all below them; counties that report to the province
    themselves (`direct`, by path) are none of a city's. Raises `UsageError` where nothing opens.
    """
    identity = read_identity(key, root)
    found = Contacts()
    closed: list[str] = []
    lacking: list[str] = []
    offices = [each for each in unit.offices if each is unit or unit.level == "省" or each.path not in direct]
    holders = [each for each in offices if (root / ROOT / each.path / NAME).is_file()]
    if not holders:
        raise UsageError(f"{unit.path} 没有联系表；先用 wholeschool import 导入")
    for each in offices:
        if each not in holders:
            lacking.append(f"{each.name}（没有联系表）")
            continue
        try:
            own = open_contacts(tree, each.path, identity)
        except UsageError as error:
            closed.append(str(error))
            unfit = isinstance(error, UnusableContactsError)
            lacking.append(f"{each.name}（联系表{'不能用' if unfit else '打不开'}）")
            continue
        found = found.merged(own)
        there = "、".join(person.team for person in own.colleagues)
        if wanting := [team for team in GROUPS if team not in there]:
            lacking.append(f"{each.name}的{'、'.join(wanting)}")
    if len(closed) == len(holders):
        raise UsageError(closed[0])
    return Opened(found, tuple(closed), tuple(lacking))


def make_all(view: View, folder: Path, root: Path, *, sealed: bool = False) -> Made:
    """Every paper of the unit into `folder`, each file whole or not at all; sealed ones only when asked for.

    Each in its usual form; the two forms with contacts in all, because they go out by e-mail and on paper.
    """
    files, missing, failed = 0, [], []
    for one in papers().values():
        if view.unit.level not in one.levels or (one.sealed and not sealed):
            continue
        try:
            sheets = one.sheets(view)
        except NoRecordError:
            missing.append(one.title)
            continue
        for form in one.forms if one.sealed else one.forms[:1]:
            try:
                data = FORMS[form](sheets)
            except UnprintableError as error:
                failed.append(f"{view.unit.name}《{one.title}》：{error}")
                continue
            put(folder / file_name(one, view.unit, view.year, form), data, one, root)
            files += 1
    return Made(view.unit.name, files, tuple(missing), tuple(failed))


def put(path: Path, data: bytes, one: Paper, root: Path) -> None:
    """Write a paper's file; a sealed one for its owner alone, outside the repository, over nothing."""
    if one.sealed:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_secret(path, data, root)
    else:
        write_whole(path, data)


def make_county(view: View, folder: Path, root: Path, *, sealed: bool = False) -> list[Made]:
    """All papers of a county, then of its schools, each school in a folder of its own, on all cores."""
    there = (each for each in view.county.schools if each.takes_part or view.year in each.school.years)
    paths = [each.school.path for each in there]
    if len(paths) < _MANY:
        views = (View(view.programme, view.programme.units[path], view.year) for path in paths)
        schools = [make_all(each, folder / each.unit.slug, root) for each in views]
        return [make_all(view, folder, root, sealed=sealed), *schools]
    begin = (root, view.unit.path, view.year, folder)
    with ProcessPoolExecutor(
        os.cpu_count(), mp_context=get_context("spawn"), initializer=_begin, initargs=begin
    ) as pool:
        below = pool.map(_make_school, paths, chunksize=4)  # they begin at once
        return [make_all(view, folder, root, sealed=sealed), *below]


class _Run(NamedTuple):
    """What a process of `make_county` works on, read once."""

    programme: Programme
    year: int
    folder: Path
    root: Path


_RUN: list[_Run] = []


def _begin(root: Path, county: str, year: int, folder: Path) -> None:
    _RUN.append(_Run(assemble(read_part(WorkingTree(root), county)), year, folder, root))


def _make_school(path: str) -> Made:
    run = _RUN[0]
    view = View(run.programme, run.programme.units[path], run.year)
    return make_all(view, run.folder / view.unit.slug, run.root)

"""Workbooks into the working tree: all of them read, the whole judged by the ordinary rules, then written."""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from wholeschool.causes import roots
from wholeschool.cores import cores, crew
from wholeschool.errors import RepositoryError, UsageError
from wholeschool.findings import Finding, Location, finding
from wholeschool.outcomes.seen import seen
from wholeschool.papers.intake import Intake, Spoken, take_in
from wholeschool.papers.online_hours import take_export
from wholeschool.papers.origin import Origin
from wholeschool.papers.rows import Found, Row
from wholeschool.programme import Earlier, assemble
from wholeschool.programme.scope import county_of
from wholeschool.records import load
from wholeschool.records.cache import Cache, open_cache
from wholeschool.records.kinds import ROOT, is_shared, placed
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.structs import Acceptance
from wholeschool.records.text import like
from wholeschool.records.yaml_writing import CannotEdit, edited
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge as judge_rules
from wholeschool.sources import OverlaidTree, Tree

# Leaving rows out can show mistakes that others hid, but not often.
_ROUNDS = 4
# Below this, starting a process costs more than it saves.
_WORTH_BOOKS = 24
# A teacher number begins with the code of the county that gave it; that is how a unit writes its code.
_NUMBER = re.compile(rb"\b([0-9]{6})[0-9]{8}\b")
_CODE = re.compile(rb"\bcode: *[\"']?([0-9]{6})\b")


class Workbook(NamedTuple):
    """A file as somebody handed it in."""

    name: str
    data: bytes


class Judged(NamedTuple):
    """All workbooks with what is wrong with them, and what importing the good ones would do elsewhere."""

    intakes: tuple[Intake, ...]
    left_out: Mapping[str, frozenset[Row]]
    elsewhere: tuple[Finding, ...]

    @property
    def ready(self) -> tuple[Intake, ...]:
        """What may be written."""
        return tuple(intake for intake in self.intakes if not intake.failed)

    @property
    def failed(self) -> bool:
        """Whether anything was refused."""
        return any(intake.failed for intake in self.intakes) or any(self.left_out.values())


def names_of_microabilities(tree: Tree) -> dict[str, str]:
    """This programme's names by code; empty where there is no table of them."""
    try:
        entries = [entry for entry in tree.entries(ROOT) if is_shared(entry.path)]
    except RepositoryError:
        return {}
    programme = assemble(load(tree, entries))
    return {code: row.name for code, row in programme.ever.items()}


def judge(
    tree: Tree,
    workbooks: Iterable[Workbook],
    wanted: Origin | None = None,
    *,
    partial: bool = False,
    spoken: Spoken | None = None,
) -> Judged:
    """Read the workbooks and judge the tree they would make.

    A workbook with an error is refused as a whole, unless `partial`: then only the rows with errors are left as they
    were. Nothing is written. Raises `UsageError` where nobody says which record a workbook is.
    """
    kept = open_cache()
    books = {book.name: book for book in workbooks}
    names = names_of_microabilities(tree)
    without: dict[str, frozenset[Row]] = dict.fromkeys(books, frozenset())
    taken: dict[str, Intake] = {}
    refused: dict[str, Intake] = {}
    told: dict[str, list[Found]] = {name: [] for name in books}
    judged: dict[str, Intake] = {}
    elsewhere: list[Finding] = []
    before: Counter[tuple[str, str, str]] | None = None
    rounds = 0
    while len(refused) < len(books):
        rounds += 1
        waiting = [(book, without[name]) for name, book in books.items() if name not in taken and name not in refused]
        taken |= {intake.file: intake for intake in _take_all(waiting, tree, names, wanted, spoken)}
        _refuse_unheeded(spoken.columns if spoken else {}, [*taken.values(), *refused.values()])
        taken = _one_each({name: taken[name] for name in books if name in taken})
        good = {name: intake for name, intake in taken.items() if not intake.failed}
        after: dict[str, list[Finding]] = {}
        if good:
            scope = {county_of(intake.path) for intake in taken.values() if intake.path}
            texts = {intake.path: intake.after.encode() for intake in good.values() if intake.after is not None}
            texts |= {path: text.encode() for each in good.values() for path, (_, text) in each.beside.items()}
            written = OverlaidTree(tree, texts)
            scope |= _numbers_of(tree, texts.values())
            day, brought = spoken.day if spoken else "", frozenset(texts)
            if before is None and cores() > 1 and len(books) >= _WORTH_BOOKS:
                with crew(1) as beside:  # a whole county is judged, twice
                    as_it_is = beside.submit(_findings, tree, scope, None, None, day)
                    found = _findings(written, scope, kept, Earlier(written, tree), day, brought)
                    before = Counter(map(_said, as_it_is.result()))
            else:
                found = _findings(written, scope, kept, Earlier(written, tree), day, brought)
            if found and before is None:
                before = Counter(map(_said, _findings(tree, scope, kept, None, day)))
            after = _new(found, before or Counter())
        own = {intake.path for intake in good.values()}
        elsewhere = [each for path, found in after.items() if path not in own for each in found]
        judged = {name: i.having(after.get(i.path, ())) if name in good else i for name, i in taken.items()}
        for name, intake in judged.items():
            told[name] += [each for each in intake.found if each not in told[name]]
        failed = {name: intake for name, intake in judged.items() if intake.failed}
        for name, intake in failed.items():
            rows = {(each.sheet, each.row) for each in intake.found if each.finding.severity == "error"}
            if partial and rows and rows <= intake.rows and rounds < _ROUNDS:
                without[name] |= rows
            else:
                refused[name] = intake._replace(found=tuple(told[name]))
            del taken[name]
        # What was refused may have been what others rest on; what never was in does not matter to them.
        if failed.keys() <= refused.keys() and not failed.keys() & good.keys():
            break
    intakes = tuple(refused.get(name) or _outcome(judged[name], told[name], without[name]) for name in books)
    intakes = _with_what_is_certain(intakes, tree, kept, before)
    waits = {intake.path: name for name, intake in refused.items()}
    intakes = tuple(_with_parent(intake, waits) for intake in intakes)
    left_out = {name: rows for name, rows in without.items() if rows and name not in refused}
    return Judged(intakes, left_out, tuple(elsewhere))


def changed(intakes: Iterable[Intake], tree: Tree) -> dict[str, bytes]:
    """The records that importing makes or changes, by path; their line ends are those that `tree` has of them."""
    intakes = list(intakes)
    others = {path: like(after, before).encode() for each in intakes for path, (before, after) in each.beside.items()}
    return others | {
        intake.path: _with_what_was_seen(intake.path, _like(intake, tree), tree)
        for intake in intakes
        if intake.after is not None and intake.after != intake.before
    }


def _with_what_was_seen(path: str, data: bytes, tree: Tree) -> bytes:
    """Acceptances that are new say what the county has seen of the school: what lies there as they are imported."""
    where = placed(path)
    if where is None or where.kind.struct is not Acceptance or where.year is None:
        return data
    text = data.decode()
    value = values_of(text)
    try:
        old = values_of(tree.read(path).decode()).get("acceptances", [])
    except RepositoryError:
        old = []
    for entry in value.get("acceptances", []):
        line = seen(tree, f"{where.unit}/{entry['school']}", where.year)
        if line and "seen" not in entry and entry not in old:
            entry["seen"] = line
    try:
        return edited(where.kind.schema, text, value, same_items=True).encode()
    except CannotEdit:  # written in a way that nobody but its author can add to
        return data


def _like(intake: Intake, tree: Tree) -> bytes:
    after = intake.after or ""
    return (after if intake.before is None else like(after, tree.read(intake.path).decode())).encode()


def difference(intake: Intake) -> str:
    """What importing changes in the record and in others beside it, as a unified diff; empty where nothing."""
    changes = {intake.path: (intake.before, intake.after), **intake.beside}
    return "".join(_difference(path, before, after) for path, (before, after) in changes.items())


def _difference(path: str, before: str | None, after: str | None) -> str:
    old, new = (text.splitlines(keepends=True) if text else [] for text in (before, after))
    start = f"a/{path}" if before is not None else "/dev/null"
    return "".join(difflib.unified_diff(old, new, start, f"b/{path}"))


def _take_all(
    waiting: Sequence[tuple[Workbook, frozenset[Row]]],
    tree: Tree,
    names: Mapping[str, str],
    wanted: Origin | None,
    spoken: Spoken | None,
) -> Iterable[Intake]:
    """The workbooks taken in, on all cores where there are many."""
    take = partial(_take, tree, names, wanted, spoken)
    if cores() == 1 or len(waiting) < _WORTH_BOOKS:
        return [take(each) for each in waiting]
    with crew(cores()) as readers:
        return list(readers.map(take, waiting, chunksize=8))


def _take(
    tree: Tree,
    names: Mapping[str, str],
    wanted: Origin | None,
    spoken: Spoken | None,
    waiting: tuple[Workbook, frozenset[Row]],
) -> Intake:
    book, without = waiting
    spoken = spoken or Spoken()
    if export := take_export(book.name, book.data, tree, wanted or Origin(), without, spoken):
        return export._replace(unheeded=dict.fromkeys(spoken.columns, "机构导出的学时按列名认"))
    return take_in(book.name, book.data, tree, names=names, wanted=wanted, without=without, spoken=spoken)


def _refuse_unheeded(columns: Mapping[str, str], intakes: Collection[Intake]) -> None:
    """What was said of a column and helps with none of the workbooks is a slip, which is better not passed over."""
    for heading, meaning in columns.items():
        why = dict.fromkeys(intake.unheeded.get(heading, "") for intake in intakes)
        if why and "" not in why:
            raise UsageError(f"--map “{heading}={meaning}”用不上：{'；'.join(why)}")


def _one_each(intakes: Mapping[str, Intake]) -> dict[str, Intake]:
    """Two workbooks of one record: which of them holds is not ours to guess."""
    by_path: dict[str, str] = {}
    found = {}
    for name, intake in intakes.items():
        other = by_path.setdefault(intake.path, name) if intake.path else name
        if other != name:
            message = f"“{other}”也是这份记录（{intake.path}）"
            told = finding("XLSX-FILE", Location(name), message, hint="只导入一份，或合并成一份")
            if not any(each.finding == told for each in intake.found):
                intake = intake._replace(found=(*intake.found, Found("", 0, 0, told)))
        found[name] = intake
    return found


def _with_parent(intake: Intake, refused: Mapping[str, str]) -> Intake:
    """Of a record whose unit is among the workbooks but was refused, that this is all that it waits for."""
    unit = next((name for path, name in refused.items() if path and _is_unit_of(path, intake.path)), None)
    if unit is None:
        return intake
    hint = f"“{unit}”就是这份单位信息；改好它里面的错误，和这一份一起再导入"
    found = (
        each._replace(finding=msgspec.structs.replace(each.finding, hint=hint))
        if each.finding.code == "UNIT-PARENT"
        else each
        for each in intake.found
    )
    return intake._replace(found=tuple(found))


def _is_unit_of(path: str, record: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name == "unit.yaml" and record.startswith(f"{folder}/") and record != path


def _with_what_is_certain(
    intakes: tuple[Intake, ...], tree: Tree, kept: Cache, before: Counter[tuple[str, str, str]] | None
) -> tuple[Intake, ...]:
    """Of workbooks with wrong cells, also what the rules say whatever those cells should have said.

    So that a school need not mend the cells first to be told of the rest.
    """
    if not any(intake.provisional for intake in intakes):
        return intakes
    scope = {county_of(intake.path) for intake in intakes if intake.path}
    if before is None:
        before = Counter(map(_said, _findings(tree, scope, kept)))
    turns: list[dict[str, list[Finding]]] = []
    for turn in (0, 1):
        texts = {i.path: i.after or i.provisional[turn] for i in intakes if i.after is not None or i.provisional}
        overlaid = OverlaidTree(tree, {path: text.encode() for path, text in texts.items()})
        turns.append(_new(_findings(overlaid, scope, kept, Earlier(overlaid, tree)), before))
    found = []
    for intake in intakes:
        if intake.provisional:
            other = {(each.code, each.message, each.hint) for each in turns[1].get(intake.path, ())}
            both = [each for each in turns[0].get(intake.path, ()) if (each.code, each.message, each.hint) in other]
            cells = {(each.sheet, each.row, each.column) for each in intake.found}
            more = intake.having(both).found[len(intake.found) :]
            certain = [each for each in more if (each.sheet, each.row, each.column) not in cells]
            intake = intake._replace(found=(*intake.found, *certain))
        found.append(intake)
    return tuple(found)


def _outcome(intake: Intake, told: Iterable[Found], without: frozenset[Row]) -> Intake:
    """The last word on a workbook that is imported; of rows that were left out, also why they were."""
    if not without:
        return intake
    found = (
        each._replace(finding=_warned(each.finding)) if (each.sheet, each.row) in without else each for each in told
    )
    return intake._replace(found=tuple(found))


def _warned(each: Finding) -> Finding:
    return msgspec.structs.replace(each, severity="warning", message=f"这一行没有导入：{each.message}")


def _said(each: Finding) -> tuple[str, str, str]:
    return each.path, each.code, each.message


def _new(findings: Iterable[Finding], before: Counter[tuple[str, str, str]]) -> dict[str, list[Finding]]:
    """What is wrong after importing and was not before, by path; echoes of that are left out."""
    left = before.copy()
    new = []
    for each in findings:
        if left[_said(each)]:
            left[_said(each)] -= 1
        else:
            new.append(each)
    found: dict[str, list[Finding]] = {}
    for each in roots(new):
        found.setdefault(each.path, []).append(each)
    return found


def _numbers_of(tree: Tree, texts: Iterable[bytes]) -> set[str]:
    """The counties whose schools have given a teacher number that stands in one of these texts."""
    asked = {code for text in texts for code in _NUMBER.findall(text)}
    units = (entry.path for entry in tree.entries(ROOT) if entry.path.endswith("/unit.yaml"))
    counties = (path for path in units if path == f"{ROOT}{county_of(path)}/unit.yaml")
    return {county_of(path) for path in counties if asked.intersection(_CODE.findall(tree.read(path)))}


def _findings(
    tree: Tree,
    counties: set[str],
    kept: Cache | None = None,
    earlier: Earlier | None = None,
    day: str = "",
    brought: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Everything wrong with these counties and what stands above them, echoes too; other counties are not read.

    What was decided in a tree `earlier` is not judged again. It is judged as of a day (none: nothing is in the future);
    `brought` are the paths that are imported.
    """
    entries = tree.entries(ROOT)
    elsewhere: frozenset[str] = frozenset()
    if "" not in counties:
        inside = [entry for entry in entries if county_of(entry.path) in ("", *counties)]
        elsewhere = frozenset(county for entry in entries if (county := county_of(entry.path))) - counties
        entries = inside
    loaded = load(tree, entries, elsewhere=elsewhere, cache=kept)
    programme = assemble(loaded, day, brought, earlier)
    return sorted(itertools.chain(loaded.findings, judge_rules(all_rules(), programme)))

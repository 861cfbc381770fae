"""What each guidance asks records to say, in its own words: read before the records, so that these are judged by it.

The schemas leave room for a guidance's words (`x-terms`) and for what only some guidances ask for (`x-asks`); see
`schema.Schema.saying`. A record is judged by the guidance of its round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wholeschool.errors import RepositoryError
from wholeschool.records.csv_text import read_csv
from wholeschool.records.former import SETTINGS
from wholeschool.records.kinds import GUIDANCES, Placed, kinds, placed
from wholeschool.records.levels import USUAL
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.refusals import Refused
from wholeschool.records.schema import ANY, Terms
from wholeschool.records.text import decode, size_limit
from wholeschool.sources import Tree
from wholeschool.sources.tree import REGULAR

_TABLE, _POLICY, _RULEBOOK = "microabilities.csv", "policy.yaml", "rulebook.yaml"
CREDITS = "学分"
PREREQUISITES, WAVES, ENGLISH = "prerequisites", "waves", "english"
COLUMNS = {"after": PREREQUISITES, "english": ENGLISH}
"""What a guidance knows of only where its table has a column of it."""
_YEAR = re.compile("[0-9]{4}")


_NEW = ANY._replace(without=frozenset(COLUMNS.values()))
"""Of a guidance that has no file yet."""


class Vocabulary(NamedTuple):
    """The terms of every guidance by its folder's name, those of rounds that say more, and the `usual` ones.

    `every` accepts what any of the guidances does.
    """

    guidances: Mapping[str, Terms]
    rounds: Mapping[int, Terms]
    usual: Terms
    every: Terms

    def of(self, year: int | None) -> Terms:
        """The terms that a round's records use; without a round, what any of the guidances would accept."""
        return self.every if year is None else self.rounds.get(year, self.usual)

    def placed(self, path: str) -> Placed | None:
        """What kind of record belongs at a path, its schema in the words of the guidance that it goes by."""
        where = placed(path)
        if where is None:
            return None
        own = path.startswith(GUIDANCES)
        terms = self.guidances.get(where.name, _NEW) if own else self.of(where.year)
        return where._replace(kind=kinds(terms)[where.kind.name])


def together(found: Iterable[Terms]) -> Terms:
    """The terms of several guidances as one that accepts what any of them does."""
    some = list(found)
    if not some:
        return ANY

    def words(lists: Sequence[tuple[str, ...] | None]) -> tuple[str, ...] | None:
        return None if None in lists else tuple(dict.fromkeys(word for each in lists for word in each or ()))

    without = frozenset.intersection(*(each.without for each in some))
    return Terms(
        words([each.dimensions for each in some]),
        words([each.environments for each in some]),
        words([each.levels for each in some]),
        words([each.passing for each in some]),
        without,
    )


def vocabulary_of(tree: Tree) -> Vocabulary:
    """The terms of the guidances in a tree. One that cannot be read is its own finding, and accepts any word."""
    try:
        found = tree.entries(GUIDANCES)
    except RepositoryError:
        found = ()
    paths = {each.path for each in found if each.mode == REGULAR and each.size <= size_limit(each.path)}
    names = sorted({path.removeprefix(GUIDANCES).partition("/")[0] for path in paths})
    terms = {name: _of_guidance(tree, f"{GUIDANCES}{name}/", paths) for name in names}
    settings = _value(tree, SETTINGS)
    usual, rounds = settings.get("guidance"), settings.get("rounds")
    listed = [each for each in rounds if isinstance(each, dict)] if isinstance(rounds, list) else []
    of_rounds = {
        int(year): _with_standard(terms.get(str(each.get("guidance") or usual), ANY), each.get("standard"))
        for each in listed
        if _YEAR.fullmatch(year := str(each.get("year")))
    }
    by_default = terms.get(str(usual), ANY)
    return Vocabulary(terms, of_rounds, by_default, together(terms.values())._replace(clauses=by_default.clauses))


def _with_standard(terms: Terms, standard: Any) -> Terms:
    """The terms of a round that may have a standard of its own: whether hours count, it says itself."""
    if terms.dimensions is None or not isinstance(standard, dict):
        return terms
    without = terms.without - {"hours", WAVES}
    return _with_waves(terms._replace(without=without if _counts_hours(standard) else without | {"hours"}), standard)


def _counts_hours(standard: Mapping[str, Any]) -> bool:
    return any(str(standard.get(name, "0")) != "0" for name in ("online_hours", "practice_hours"))


def _of_guidance(tree: Tree, folder: str, paths: set[str]) -> Terms:
    policy, rulebook = (
        _value(tree, f"{folder}{name}") if f"{folder}{name}" in paths else {} for name in (_POLICY, _RULEBOOK)
    )
    table = _text(tree, f"{folder}{_TABLE}")
    return _with_columns(_terms(policy, table), table)._replace(clauses=_clauses(rulebook))


def _terms(policy: Mapping[str, Any], table: str) -> Terms:
    said, standard = policy.get("vocabulary"), policy.get("standard")
    if not isinstance(standard, dict):
        return ANY
    hours = _counts_hours(standard)
    if isinstance(said, dict):
        dimensions, environments = _declared(said.get("dimensions")), _declared(said.get("environments", []))
        credits = said.get("counts", CREDITS) == CREDITS
        known = asking(dimensions, environments, credits=credits, hours=hours) if dimensions else ANY
        return _with_waves(_with_levels(known, said.get("levels")), standard)
    return _with_waves(_as_used(table, hours=hours), standard) if said is None else ANY


def asking(dimensions: tuple[str, ...], environments: tuple[str, ...] | None, *, credits: bool, hours: bool) -> Terms:
    """The terms of a guidance with these words, that asks for credits and hours, or not."""
    asked = {"environments": environments != (), "credits": credits, "hours": hours}
    without = frozenset(name for name, is_asked in asked.items() if not is_asked)
    return Terms(dimensions, environments, without=without)


def _with_columns(terms: Terms, table: str) -> Terms:
    """Terms that know of prerequisites and of English names where the table has a column of them."""
    there = _columns(table)
    return terms._replace(without=terms.without | {name for column, name in COLUMNS.items() if column not in there})


def _columns(table: str) -> list[str]:
    return table.partition("\n")[0].split(",")


def _with_waves(terms: Terms, standard: Mapping[str, Any]) -> Terms:
    return terms if standard.get("waves") else terms._replace(without=terms.without | {WAVES})


def _with_levels(terms: Terms, said: Any) -> Terms:
    """Terms with the levels of a guidance and those that pass; the usual ones where it names none."""
    if said is None:
        return terms._replace(levels=USUAL.names, passing=USUAL.passing)
    names = _declared(said)
    passing = _declared([each for each in said if str(each.get("passes")) == "true"]) if names else None
    return terms._replace(levels=names, passing=passing or None)


def _clauses(rulebook: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Which clause each field is there for; what is not written as it should be is its own finding."""
    said = rulebook.get("places")
    found = []
    for each in said if isinstance(said, list) else []:
        names = each.get("fields") if isinstance(each, dict) else None
        found += [(str(name), str(each.get("clause"))) for name in (names if isinstance(names, list) else [])]
    return frozenset(found)


def _declared(words: Any) -> tuple[str, ...] | None:
    """The words of a list as it is declared; None where it is none, which is told where it stands."""
    if not isinstance(words, list):
        return None
    names = [each.get("name") for each in words if isinstance(each, dict)]
    return tuple(str(each) for each in names) if len(names) == len(words) and all(names) else None


def _as_used(table: str, *, hours: bool) -> Terms:
    """Of a guidance that declares none: the words of its table."""
    there = _columns(table)
    known = kinds()["microabilities"].schema.field(("microabilities", 0))["properties"]
    columns = [name for name in known if name not in COLUMNS or name in there]
    try:
        rows = read_csv(table, "rows", columns)[0]["rows"]
    except Refused:
        return ANY
    dimensions, environments = (
        tuple(dict.fromkeys(row[name] for row in rows if name in row)) for name in ("dimension", "environment")
    )
    return _with_levels(asking(dimensions, environments, credits=True, hours=hours), None)


def _value(tree: Tree, path: str) -> dict[str, Any]:
    try:
        value = values_of(_text(tree, path))
    except Refused:
        return {}
    return value if isinstance(value, dict) else {}


def _text(tree: Tree, path: str) -> str:
    """A file's text; nothing of one that is not there or cannot be read, which is told where it stands."""
    try:
        return decode(tree.read(path))
    except (Refused, RepositoryError):
        return ""

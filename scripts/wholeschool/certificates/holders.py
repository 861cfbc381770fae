"""Whose result it is: the teacher whom a number named when the result was recorded, by the repository's history.

A result holds a number; the name stands in the roster, and rosters change. Changes of a reviewed teacher's name are
refused where they are pushed (NAME-KEPT). Before a name is signed this is looked at once more, since the folder may
hold what was never pushed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from pathlib import Path

from wholeschool.errors import RepositoryError
from wholeschool.programme import YearOfCounty
from wholeschool.records import load
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import CertificateEntry, Review, Teachers
from wholeschool.sources import CommitTree, Entry
from wholeschool.sources.history import steps_of
from wholeschool.sources.tree import REGULAR


def strangers(root: Path, round_: YearOfCounty, entries: Iterable[CertificateEntry]) -> Iterator[str]:
    """Numbers of teachers who would get a certificate under another name than they were reviewed under.

    That is the name beside the number when any of the school's reviews first held a result of it: taking the review
    away and bringing it again, in another file, gives the number to nobody else. A name that the county has corrected
    is theirs. Results that are not committed yet say nothing.
    """

    @cache
    def tree_at(commit: str) -> CommitTree:
        return CommitTree(root, commit)

    @cache
    def names_at(commit: str, school: str) -> Mapping[str, str]:
        path = f"{ROOT}{school}/{round_.year}/teachers.yaml"
        try:
            rows = load(tree_at(commit), [Entry(path, REGULAR, len(tree_at(commit).read(path)))]).records
        except RepositoryError:
            return {}
        return {each.number: each.name for row in rows if isinstance(row.data, Teachers) for each in row.data.teachers}

    @cache
    def reviewed_at(commit: str, school: str) -> Set[str]:
        rows = load(tree_at(commit), tree_at(commit).entries(_reviews(school))).records
        return {each.teacher for row in rows if isinstance(row.data, Review) for each in row.data.results}

    @cache
    def steps(school: str) -> list[str]:
        return steps_of(root, _reviews(school))

    def _reviews(school: str) -> str:
        return f"{ROOT}{school}/{round_.year}/reviews"

    told = set()
    for entry in entries:
        school = round_.of_code(entry.school_code, entry.issued)
        if school is None or entry.teacher in told or school.corrected_names.get(entry.teacher) == entry.name:
            continue
        path = school.school.path
        then = (commit for commit in steps(path) if entry.teacher in reviewed_at(commit, path))
        names = (names_at(commit, path).get(entry.teacher) for commit in then)
        if next(filter(None, names), entry.name) != entry.name:
            told.add(entry.teacher)
            yield entry.teacher

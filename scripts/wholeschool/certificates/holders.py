"""Whose result it is: the teacher whom a number named when the result was recorded, by the repository's history.

A result holds a number; the name stands in the roster, and rosters change. Changes of a reviewed teacher's name are
refused where they are pushed (NAME-KEPT). Before a name is signed this is looked at once more, since the folder may
hold what was never pushed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from wholeschool.errors import RepositoryError
from wholeschool.programme import YearOfCounty, YearOfSchool
from wholeschool.records import load
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import CertificateEntry, Teachers
from wholeschool.sources import CommitTree, Entry
from wholeschool.sources.history import steps_of
from wholeschool.sources.tree import REGULAR


def strangers(root: Path, round_: YearOfCounty, entries: Iterable[CertificateEntry]) -> Iterator[str]:
    """Numbers of teachers who would get a certificate under another name than they were reviewed under.

    A name that the county has corrected is theirs. Results that are not committed yet say nothing.
    """

    @cache
    def tree_at(commit: str) -> CommitTree:
        return CommitTree(root, commit)

    @cache
    def names_at(commit: str, school: str) -> dict[str, str]:
        path = f"{ROOT}{school}/{round_.year}/teachers.yaml"
        try:
            tree = tree_at(commit)
            loaded = load(tree, [Entry(path, REGULAR, len(tree.read(path)))])
        except RepositoryError:
            return {}
        return {
            each.number: each.name
            for row in loaded.records
            if isinstance(row.data, Teachers)
            for each in row.data.teachers
        }

    @cache
    def steps(path: str) -> list[str]:
        return steps_of(root, path)

    schools = {each.school.data.code: each for each in round_.schools}
    told = set()
    for entry in entries:
        school = schools[entry.school_code]
        if entry.teacher in told or school.corrected_names.get(entry.teacher) == entry.name:
            continue
        known = [names_at(commit, school.school.path) for commit in steps(_review_of(school, entry))]
        name = next((names[entry.teacher] for names in known if entry.teacher in names), entry.name)
        if name != entry.name:
            told.add(entry.teacher)
            yield entry.teacher


def _review_of(school: YearOfSchool, entry: CertificateEntry) -> str:
    """The file of the result that stands."""
    stands = school.standing[entry.teacher, entry.microability]
    return next(review.path for review, result in school.results() if result is stands)

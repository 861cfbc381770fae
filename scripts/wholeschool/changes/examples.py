"""Examples of changes: what a rule about changes accepts and refuses, without a repository.

A folder `tests/changes/cases/<CODE>/<accepted|rejected>-…/` holds the files that the change brings; its `before/` those
that were there already, over the base of all examples; `between/` those that a commit of
the change had and its last one has not; `case.yaml` the rest (see `Change`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path

import msgspec

from wholeschool.changes.proposal import Author, Proposal, change_rules
from wholeschool.findings import Finding
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.rules.registry import judge
from wholeschool.sources import Entry, MemoryTree
from wholeschool.sources.difference import Difference
from wholeschool.sources.sayings import Step


class Change(msgspec.Struct, frozen=True):
    """`case.yaml`: its title; base files taken away; the account; main's commits and days; the day; its own commits."""

    title: str
    without: tuple[str, ...] = ()
    author: str = ""
    author_id: str | None = None
    origins: Mapping[str, str] = {}
    commits: Mapping[str, str] = {}
    day: str = "2026-06-24"
    steps: tuple[Step, ...] = ()


class Past(MemoryTree):
    """Files with what was there before them: `line` are the days and trees of the main line, oldest first."""

    commit: str = ""
    line: Sequence[tuple[str, Past]] = ()

    def as_of(self, day: str) -> Past | None:
        """The last tree before the first of that day or later."""
        return next((tree for _, tree in reversed(list(takewhile(lambda step: step[0] < day, self.line)))), None)

    def day_of(self, commit: str) -> str | None:
        """The day of a commit; None where there is none of that name."""
        return next((day for day, tree in self.line if tree.commit == commit), None)

    def at(self, commit: str) -> Past:
        """The files of a commit."""
        return next(tree for _, tree in self.line if tree.commit == commit)


def findings(folder: Path, base: Mapping[str, bytes], files: Mapping[str, bytes]) -> list[Finding]:
    """What the rules about changes say of the example in `folder`, whose files are `files`, over `base`."""
    about = msgspec.yaml.decode((folder / "case.yaml").read_bytes(), type=Change)
    known = {path.removeprefix("before/"): data for path, data in files.items() if path.startswith("before/")}
    between = [(path.removeprefix("between/"), data) for path, data in files.items() if path.startswith("between/")]
    brought = {path: data for path, data in files.items() if not path.startswith(("before/", "between/"))}
    before = Past({**base, **known})
    after = Past({path: data for path, data in {**before.files, **brought}.items() if path not in about.without})
    for name, day in (*about.origins.items(), *about.commits.items()):
        then = Past(base if name in about.origins else before.files)
        then.commit, before.line = name, [*before.line, (day, then)]
    changed = [
        Difference(path, _entry(before, path), _entry(after, path))
        for path in sorted(before.files.keys() | after.files.keys())
        if before.files.get(path) != after.files.get(path)
    ]
    authors = (Author(about.author, about.author_id),) if about.author else ()
    base_programme, head = assemble(load(before)), assemble(load(after), today=about.day)
    return judge(
        change_rules(),
        Proposal(base_programme, head, before, after, changed, authors, between, (), about.steps, about.day),
    )


def _entry(tree: MemoryTree, path: str) -> Entry | None:
    return Entry(path, 0o100644, len(tree.files[path])) if path in tree.files else None

"""Examples of changes: what a rule about changes accepts and refuses, without a repository.

A folder `tests/changes/cases/<CODE>/<accepted|rejected>-…/` holds the files that the change brings; its `before/` those
that were there already, over the base of all examples; `between/` those that a commit of
the change had and its last one has not; `case.yaml` the rest (see `Change`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from wholeschool.changes.proposal import Author, Proposal, change_rules
from wholeschool.findings import Finding
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.rules.registry import judge
from wholeschool.sources import Entry, MemoryTree
from wholeschool.sources.difference import Difference


class Change(msgspec.Struct, frozen=True):
    """`case.yaml`: its title; base files taken away; the account; the main line's last commit before any day."""

    title: str
    without: tuple[str, ...] = ()
    author: str = ""
    author_id: str | None = None
    commit: str | None = None


class _Tree(MemoryTree):
    """Files with a history of one commit."""

    commit: str = ""

    def last_before(self, day: str) -> str | None:
        """The one commit, whatever the day."""
        return self.commit or None

    def as_of(self, day: str) -> _Tree | None:
        """These files, whatever the day, where there is a commit."""
        return self if self.commit else None


def findings(folder: Path, base: Mapping[str, bytes], files: Mapping[str, bytes]) -> list[Finding]:
    """What the rules about changes say of the example in `folder`, whose files are `files`, over `base`."""
    about = msgspec.yaml.decode((folder / "case.yaml").read_bytes(), type=Change)
    known = {path.removeprefix("before/"): data for path, data in files.items() if path.startswith("before/")}
    between = [(path.removeprefix("between/"), data) for path, data in files.items() if path.startswith("between/")]
    brought = {path: data for path, data in files.items() if not path.startswith(("before/", "between/"))}
    before = _Tree({**base, **known})
    after = _Tree({path: data for path, data in {**before.files, **brought}.items() if path not in about.without})
    before.commit = about.commit or ""
    changed = [
        Difference(path, _entry(before, path), _entry(after, path))
        for path in sorted(before.files.keys() | after.files.keys())
        if before.files.get(path) != after.files.get(path)
    ]
    authors = (Author(about.author, about.author_id),) if about.author else ()
    proposal = Proposal(assemble(load(before)), assemble(load(after)), before, after, changed, authors, between)
    return judge(change_rules(), proposal)


def _entry(tree: MemoryTree, path: str) -> Entry | None:
    return Entry(path, 0o100644, len(tree.files[path])) if path in tree.files else None

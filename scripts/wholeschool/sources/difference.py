"""What differs between two commits, by path and blob."""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec

from wholeschool.errors import RepositoryError
from wholeschool.sources.reasons import doubled
from wholeschool.sources.tree import CommitTree, Entry


class Difference(msgspec.Struct, frozen=True, order=True):
    """One path that the two trees do not have alike; None on the side that lacks it."""

    path: str
    before: Entry | None
    after: Entry | None


def differences(base: CommitTree, head: CommitTree) -> list[Difference]:
    """All differing paths of the whole repository, sorted. A rename is a removal and an addition.

    Git compares the folders' object names, so what is alike is not even listed.
    """
    rows = iter(base.raw_difference(head).split(b"\0"))
    found = []
    for row in rows:
        if not row:
            break
        modes_and_names = row.decode().removeprefix(":").split()
        path = next(rows).decode("utf-8", "surrogateescape")
        before, after = (
            tree.learn(path, int(mode, 8), name)
            for tree, mode, name in zip((base, head), modes_and_names[:2], modes_and_names[2:4], strict=True)
        )
        found.append(Difference(path, before, after))
    found.sort(key=lambda each: each.path)
    for one, next_one in itertools.pairwise(found):
        if one.path == next_one.path:
            raise RepositoryError(doubled(head.commit, one.path))
    base.is_like(head, {each.path: each.before for each in found})
    return found


def merged(root: Path, base: CommitTree, head: CommitTree) -> CommitTree:
    """What the base would be with the head merged: the head itself where the base has not moved on since.

    Nothing is checked out. Raises `RepositoryError` when the two cannot be merged without a person.
    """
    commit = head.merged_into(base)
    return head if commit == head.commit else CommitTree(root, commit)

"""What differs between two commits, by path and blob."""

from __future__ import annotations

import msgspec

from wholeschool.sources.tree import CommitTree, Entry


class Difference(msgspec.Struct, frozen=True, order=True):
    """One path that the two trees do not have alike; None on the side that lacks it."""

    path: str
    before: Entry | None
    after: Entry | None


def differences(base: CommitTree, head: CommitTree) -> list[Difference]:
    """All differing paths of the whole repository, sorted. A rename is a removal and an addition."""
    before, after = base.blobs(), head.blobs()
    entries = {entry.path: entry for entry in base.entries("")}, {entry.path: entry for entry in head.entries("")}
    changed = [
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path) or _mode(entries, path)
    ]
    return [Difference(path, entries[0].get(path), entries[1].get(path)) for path in sorted(changed)]


def _mode(entries: tuple[dict[str, Entry], dict[str, Entry]], path: str) -> bool:
    """Whether only the kind of file differs: a link or an executable where there was a plain file."""
    first, second = entries[0].get(path), entries[1].get(path)
    return first is not None and second is not None and first.mode != second.mode

"""What somebody saw of a school when they accepted it, in one line: so that it can be told whether it is still that.

A county looks at the results, the school adds one more, and both changes merge cleanly: what was accepted is then not
what was looked at. The line has a digest for each kind of paper that an acceptance rests on, so that it also says which
of them has changed.
"""

from __future__ import annotations

from hashlib import sha256

from wholeschool.errors import RepositoryError
from wholeschool.records.kinds import ROOT
from wholeschool.sources import Tree

_PAPERS = {
    **{"teachers": "名册", "activities": "活动", "evidence": "成果", "reviews": "评审"},
    "online-hours": "网络研修学时",
}
_LENGTH = 12


def seen(tree: Tree, school: str, year: int) -> str:
    """The digests of a school's papers of a round in a tree, each with the name of its kind; those that there are."""
    folder = f"{ROOT}{school}/{year}"
    try:
        paths = sorted(entry.path for entry in tree.entries(folder))
    except RepositoryError:  # no such folder
        return ""
    found = []
    for kind in _PAPERS:
        own = [path for path in paths if path.startswith((f"{folder}/{kind}.yaml", f"{folder}/{kind}/"))]
        if own:
            said = "".join(f"{path.removeprefix(folder)}\0{tree.object_name(path)}\0" for path in own)
            found.append(f"{kind}-{sha256(said.encode()).hexdigest()[:_LENGTH]}")
    return " ".join(found)


def changed_since(before: str, now: str) -> list[str]:
    """The papers that are not as they were seen, by their Chinese names."""
    old, new = (dict(each.rsplit("-", 1) for each in line.split()) for line in (before, now))
    return [title for kind, title in _PAPERS.items() if old.get(kind) != new.get(kind)]

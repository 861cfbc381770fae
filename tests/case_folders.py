"""The example folders of rules and refusals, laid over the base programme in memory.

`tests/cases/_base/` is the smallest complete programme. A case is a folder `tests/cases/<CODE>/<accepted|rejected>-…/`
with the files that differ from the base, and a `case.yaml` that says what it shows (see `CaseFile`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from wholeschool import sources
from wholeschool.findings import Finding
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.rules import check

CASES = Path(__file__).with_name("cases")
BASE = CASES / "_base"


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """A finding a case must get: its code and its place. The column and the words are tested apart."""

    path: str
    line: int
    code: str


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`case.yaml`: one sentence; base files left out; last lines written so many times; the day; what must be found.

    `links` are paths that are symbolic links, `programs` files that may be run: not every file system has such.
    """

    title: str
    without: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    repeat: Mapping[str, int] = {}
    day: str = ""
    findings: tuple[Expected, ...] = ()


class MemoryTree(sources.MemoryTree):
    """A tree over a dictionary of bytes, of which variants are made."""

    def as_of(self, day: str) -> MemoryTree | None:
        """The main line as it was before a day: nothing is known of it."""
        return None

    def without(self, *paths: str) -> MemoryTree:
        """The same tree less some paths."""
        return MemoryTree(
            {path: data for path, data in self.files.items() if path not in paths}, self.links, self.programs
        )

    def having(self, files: Mapping[str, bytes]) -> MemoryTree:
        """The same tree with some files added or replaced."""
        return MemoryTree({**self.files, **files}, self.links, self.programs)


class CaseFolder:
    """One example: the code it belongs to, whether it is accepted, and its tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = folder.parent.name
        self.accepted = folder.name.startswith("accepted-")
        self.about = msgspec.yaml.decode((folder / "case.yaml").read_bytes(), type=CaseFile)

    def __repr__(self) -> str:
        return f"{self.code}/{self.folder.name}"

    @property
    def own(self) -> Mapping[str, bytes]:
        """The case's own files by repository path, last lines repeated where `case.yaml` asks for it."""
        files = _files(self.folder)
        for path, times in self.about.repeat.items():
            head, _, last = files[path].rstrip(b"\n").rpartition(b"\n")
            files[path] = head + b"\n" + (last + b"\n") * times
        return files

    @property
    def tree(self) -> MemoryTree:
        """The base with this case laid over it."""
        laid = base().without(*self.about.without, *self.about.links).having(self.own)
        return MemoryTree(laid.files, frozenset(self.about.links), frozenset(self.about.programs))


@cache
def base() -> MemoryTree:
    """The base programme, in which nothing is wrong."""
    return MemoryTree(_files(BASE))


def all_cases() -> list[CaseFolder]:
    """Every example, by code and name."""
    return [CaseFolder(path.parent) for path in sorted(CASES.glob("*/*/case.yaml"))]


def judge(tree: MemoryTree, day: str = "") -> list[Finding]:
    """Everything that is wrong with a tree (on a day): what the reader and what the rules find."""
    loaded = load(tree)
    return sorted([*loaded.findings, *check(assemble(loaded, day))])


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.name != "case.yaml"}

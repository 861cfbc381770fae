"""A tree of (path, bytes), over the working tree or over any commit."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import git
import msgspec
from git.exc import GitError
from gitdb.exc import BadName, BadObject  # type: ignore[import-untyped]

from wholeschool.errors import RepositoryError

REGULAR, EXECUTABLE, SYMLINK, SUBMODULE = 0o100644, 0o100755, 0o120000, 0o160000


class Entry(msgspec.Struct, frozen=True, order=True):
    """A file: `path` is POSIX and relative to the repository's root, `mode` is Git's, `size` is in bytes."""

    path: str
    mode: int
    size: int


class Tree(Protocol):
    """What the rest of the package knows of storage."""

    def entries(self, prefix: str) -> Sequence[Entry]:
        """All files below the folder `prefix`, sorted by path."""

    def read(self, path: str) -> bytes:
        """The bytes of the file at `path`; `RepositoryError` when they cannot be had."""


class WorkingTree:
    """The files as they lie in a folder. Links are reported, never followed; `.git` is not looked into."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def entries(self, prefix: str) -> Sequence[Entry]:
        return sorted(self._walk(prefix.rstrip("/")))

    def read(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            raise RepositoryError(f"读不了文件 {path}：{error.strerror}") from error

    def _walk(self, folder: str) -> Iterator[Entry]:
        try:
            items = list(os.scandir(self.root / folder))
        except OSError as error:
            raise RepositoryError(f"读不了文件夹 {folder or '.'}：{error.strerror}") from error
        for item in items:
            path = f"{folder}/{item.name}" if folder else item.name
            if item.is_symlink():
                yield Entry(path, SYMLINK, 0)
            elif item.is_dir():
                if item.name != ".git":
                    yield from self._walk(path)
            else:
                status = item.stat(follow_symlinks=False)
                executable = bool(status.st_mode & stat.S_IXUSR)
                yield Entry(path, EXECUTABLE if executable else REGULAR, status.st_size)


class CommitTree:
    """The files of one commit, read as blobs."""

    def __init__(self, root: Path, revision: str) -> None:
        try:
            self._repository = git.Repo(root)
            # Verified before any other use: a "revision" such as --output=x must never reach a Git command line.
            if revision.startswith("-"):
                raise BadName(revision)
            found = self._repository.commit(revision)
            found.tree.hexsha  # noqa: B018 - reads the commit: forty digits are believed without looking
            self.commit: str = found.hexsha
        except (GitError, BadName, BadObject, ValueError, IndexError, OSError) as error:
            raise RepositoryError(f"找不到提交“{revision}”：请给出这个仓库里存在的提交、分支或标签") from error
        self._objects: dict[str, str] = {}

    def entries(self, prefix: str) -> Sequence[Entry]:
        arguments = ["-r", "-z", "-l", "--full-tree", "--end-of-options", self.commit]
        if prefix:
            arguments += ["--", prefix.rstrip("/") + "/"]
        try:
            listing = self._repository.git.ls_tree(*arguments, strip_newline_in_stdout=False, stdout_as_string=False)
        except GitError as error:
            raise RepositoryError(f"提交 {self.commit[:10]} 读不全，仓库可能坏了") from error
        found = []
        for row in listing.split(b"\0"):
            if not row:
                continue
            head, _, name = row.partition(b"\t")
            mode, _kind, blob, size = head.split()
            path = name.decode("utf-8", "surrogateescape")
            self._objects[path] = blob.decode()
            # "-" for a submodule, "BAD" for a blob that is lost: reading that one says so.
            found.append(Entry(path, int(mode, 8), int(size) if size.isdigit() else 0))
        return sorted(found)

    def blobs(self) -> dict[str, str]:
        """Object names by path, over the whole tree: equal names are equal bytes."""
        self.entries("")
        return dict(self._objects)

    def read(self, path: str) -> bytes:
        if path not in self._objects:
            self.entries(path.rpartition("/")[0])
        try:
            _, _, _, stream = self._repository.git.stream_object_data(self._objects[path])
            return bytes(stream.read())
        except (KeyError, ValueError, GitError) as error:
            raise RepositoryError(f"提交 {self.commit[:10]} 里没有文件 {path}") from error


def open_tree(root: Path, revision: str | None = None) -> Tree:
    """The working tree at `root`, or the tree of `revision` in the repository there."""
    return WorkingTree(root) if revision is None else CommitTree(root, revision)

"""What was merged, and when: from the main line of a repository's history. Nobody's name, no message."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import git
from git.exc import GitError
from gitdb.exc import BadName, BadObject  # type: ignore[import-untyped]

from wholeschool.days import day_at
from wholeschool.errors import RepositoryError
from wholeschool.sources.moments import moments

# Looked back over so many merges.
MERGES = 60
_MARK = "\x01"
_MAIN = ("refs/remotes/origin/main", "refs/heads/main")


class Merge(NamedTuple):
    """One step of the main line: its day (YYYY-MM-DD, as committed) and the files below `folder` that it changed."""

    date: str
    paths: tuple[str, ...]


def merges(root: Path, folder: str) -> list[Merge]:
    """The latest steps that changed anything in `folder`, newest first; none where there is no history."""
    try:
        with git.Repo(root) as repository:
            repository.git.update_environment(GIT_NO_REPLACE_OBJECTS="1")
            said: str = repository.git.execute(  # the whole command is ours: nothing in it comes from a record
                [
                    "git",
                    "-c",
                    "core.quotePath=false",
                    "log",
                    "--first-parent",
                    "--diff-merges=first-parent",
                    "--no-renames",
                    "--name-only",
                    f"--max-count={MERGES}",
                    "--format=%x01%H",
                    "HEAD",
                    "--",
                    folder,
                ],
                stdout_as_string=True,
            )
            wanted = "--first-parent", f"--max-count={MERGES}", "--end-of-options", "HEAD", "--", folder
            made = dict(moments(repository.git, *wanted))
    except (GitError, OSError):
        return []
    found = []
    for step in said.split(_MARK)[1:]:
        name, *paths = [line for line in step.splitlines() if line]
        found.append(Merge(day_at(made[name]), tuple(path for path in paths if path.startswith(folder))))
    return found


def steps_of(root: Path, path: str) -> list[str]:
    """The steps of the main line that changed a file, by commit, oldest first; none where there is no history."""
    try:
        with git.Repo(root) as repository:
            repository.git.update_environment(GIT_NO_REPLACE_OBJECTS="1")
            said = repository.git.log(
                "--first-parent", "--reverse", "--format=%H", "--end-of-options", "HEAD", "--", path
            )
    except (GitError, OSError):
        return []
    return str(said).split()


def goes_on(root: Path, old: str, new: str) -> bool:
    """Whether the main line of one commit, that of the first parents, leads back to another.

    Where the other one is only merged into it, as `git pull` does it, what was the main line is a side line from then
    on, and whoever follows the main line sees no step of it. The other one must be among the ancestors.
    """
    rows = _main_line(root, old, new)
    return not rows or rows[0][1:2] == [old]


def steps_between(root: Path, old: str, new: str) -> list[str]:
    """The commits by which the main line goes on from one commit to another, oldest first; the last is `new`."""
    return [commit for commit, *_ in _main_line(root, old, new)]


def _main_line(root: Path, old: str, new: str) -> list[list[str]]:
    """Each commit of the first parents' line of `new` that `old` does not have, with its parents, oldest first."""
    try:
        with git.Repo(root) as repository:
            repository.git.update_environment(GIT_NO_REPLACE_OBJECTS="1")
            said = repository.git.rev_list(
                "--first-parent", "--reverse", "--parents", "--end-of-options", f"{old}..{new}"
            )
    except GitError as error:
        raise RepositoryError(f"提交 {new[:10]} 的历史读不全，仓库可能坏了") from error
    return [row.split() for row in str(said).splitlines()]


def left_at(root: Path, branch: str, revision: str) -> str | None:
    """The commit at which a revision left a branch; None where both have nothing in common, or there is no branch."""
    try:
        with git.Repo(root) as repository:
            repository.git.update_environment(GIT_NO_REPLACE_OBJECTS="1")
            common = repository.merge_base(f"refs/heads/{branch}", revision)
            return str(common[0].hexsha) if common else None
    except (GitError, BadName, BadObject, ValueError, OSError):
        return None


def started_from(root: Path, revision: str | None = None) -> str | None:
    """The commit of the main line on which the work at a revision (None: the working tree) began.

    That is where it left the main line as the server has it, else as it is here; the revision itself where there is
    neither. None where there is no history.
    """
    try:
        with git.Repo(root) as repository:
            repository.git.update_environment(GIT_NO_REPLACE_OBJECTS="1")
            mine = str(repository.commit(revision or "HEAD").hexsha)
            there = set(repository.git.for_each_ref("--format=%(refname)", *_MAIN).splitlines())
            for name in (name for name in _MAIN if name in there):
                common = repository.merge_base(name, mine)
                return str(common[0].hexsha) if common else mine
            return mine
    except (GitError, BadName, BadObject, ValueError, OSError):
        return None

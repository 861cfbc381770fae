"""What the name of a revision stands for: one thing, or it is refused.

Git looks a name up in several places in turn (gitrevisions(7)) and takes the first that has it, with no more than a
warning; so whoever may push a tag or a branch could put another commit in the place of the one that was meant.
"""

from __future__ import annotations

import re

import git

# As gitrevisions(7) lists them. The first, a file of the Git directory, is HEAD and its like, or a full name.
_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_HEADS = ("HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,63}")
# Where a name ends and the steps from it begin: main~2, main^, main@{yesterday}, main:path.
_STEP = re.compile(r"[~^:]|@\{")


def meanings(repository: git.Repo, revision: str) -> list[str]:
    """The full names that a revision may stand for: one or none, unless somebody made a name that is there already."""
    name = _STEP.split(revision, maxsplit=1)[0]
    if not name or name.startswith("-") or _COMMIT.fullmatch(name):
        return [name]
    wanted = [place.format(name) for place in _PLACES]
    there = repository.git.for_each_ref("--format=%(refname)", "--end-of-options", *wanted[1:], *_full(name))
    found = [each for each in dict.fromkeys(there.splitlines()) if each in wanted]
    if name in _HEADS:
        found.insert(0, name)
    if found and _ABBREVIATED.fullmatch(name) and _is_object(repository, name):
        found.append(f"提交 {name}…")
    return found


def _full(name: str) -> list[str]:
    return [name] if name.startswith("refs/") else []


def _is_object(repository: git.Repo, digits: str) -> bool:
    """Whether the digits begin a commit's own name. Git asks for a name first, others for the digits."""
    return bool(repository.git.rev_parse(f"--disambiguate={digits}"))

"""What commits and tags say beside the files: messages, names, and whatever else somebody put into their heads.

Read as they lie in the repository: what Git shows of them ends at a NUL, is turned from one coding into another, and
leaves out headers that Git has no use for. All of it goes to everybody who clones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import git
from git.exc import GitError
from gitdb.exc import BadName, BadObject  # type: ignore[import-untyped]

from wholeschool.errors import RepositoryError

LONGEST = 1024 * 1024
"""Bytes of a commit or tag; the longest message that anybody writes has some ten thousand."""
_MOST_TAGS = 10
_OBJECT = re.compile(rb"(?:mergetag )?(?:tree|parent|object) [0-9a-f]{40,64}")
_TARGET = re.compile(rb"object ([0-9a-f]{40,64})\n")
_PERSON = re.compile(rb"(?:author|committer|tagger) (.*<[^<>\n]*>)(.*)")
_TIME = re.compile(rb" [0-9]{1,10} [+-][0-9]{4}")


class Said(NamedTuple):
    """A commit's or tag's object name, who made it (names and addresses), and all the rest that it says.

    `words` is None where there is more than `LONGEST`.
    """

    name: str
    people: bytes
    words: bytes | None


class Step(NamedTuple):
    """A commit's object name and its day; of a step of the main line also the day of what it is put behind."""

    name: str
    day: str
    behind: str = ""


def said_by(repository: git.Repo, name: str) -> Said:
    """What the commit or tag of this object name says. Raises what GitPython raises."""
    size = int(repository.git.get_object_header(name)[2])
    if size > LONGEST:
        return Said(name, b"", None)
    head, _, message = bytes(repository.git.get_object_data(name)[3]).partition(b"\n\n")
    people, words = [], []
    for line in head.split(b"\n"):
        plain = line.removeprefix(b" ")  # a header of several lines, such as a tag that was merged
        if match := _PERSON.fullmatch(plain):
            people.append(match[1])
            if not _TIME.fullmatch(match[2]):
                words.append(match[2])
        elif not _OBJECT.fullmatch(plain):
            words.append(plain)
    return Said(name, b"\n".join(people), b"\n".join([*words, b"", message]))


def said_by_tag(root: Path, name: str) -> Iterator[Said]:
    """What the tag of this object name says, and the tags that it stands for; nothing where it has no object.

    Raises `RepositoryError` where it stands for anything but a commit: nobody looks into that.
    """
    try:
        with git.Repo(root) as repository:
            repository.git.update_environment(GIT_NO_REPLACE_OBJECTS="1")
            for _ in range(_MOST_TAGS):
                kind = str(repository.git.cat_file("-t", name))
                if kind == "commit":
                    return
                if kind != "tag":
                    break
                yield said_by(repository, name)
                target = _TARGET.match(bytes(repository.git.get_object_data(name)[3]))
                if target is None:
                    break
                name = target[1].decode()
    except (GitError, BadName, BadObject, ValueError, OSError) as error:
        raise RepositoryError("标签读不出来，仓库可能坏了或没有取全") from error
    raise RepositoryError("标签只能指向提交，不能指向文件、文件夹或者许多层标签")

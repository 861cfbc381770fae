"""What a file may be called and may be, before anybody looks inside: Git itself accepts almost anything.

Names that a terminal, a shell or Windows would take for something else, links, submodules, programs, oversize files,
and names that are one and the same on other people's computers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from wholeschool.records.kinds import ROOT
from wholeschool.records.refusals import Refused
from wholeschool.sources import Entry
from wholeschool.sources.tree import EXECUTABLE, SUBMODULE, SYMLINK
from wholeschool.unseen import is_unseen

LONGEST_NAME = 200
"""Bytes of a path; with a folder before it, Windows still opens it."""
LARGEST_ATTACHMENT = 8 * 1024 * 1024

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = frozenset('\\:*?"<>|')


def blemish(entry: Entry) -> Refused | None:
    """Why the file is refused whatever it holds, or None. Programs and large files are refused among records only."""
    if told := _name(entry.path):
        message, hint = told
        return Refused("GIT-NAME", 1, 1, message, hint)
    if entry.mode == SUBMODULE:
        message = "这是一个子模块，不是普通文件"
        return Refused("GIT-SYMLINK", 1, 1, message, "删掉它，提交文件本身")
    if entry.mode == SYMLINK:
        return Refused("GIT-SYMLINK", 1, 1, "这是一个链接，不是普通文件", "删掉链接，提交文件本身")
    if entry.mode == EXECUTABLE and entry.path.startswith(ROOT):
        message = "这个文件带着可执行的标记"
        return Refused("GIT-MODE", 1, 1, message, "运行 git update-index --chmod=-x 加文件名，再提交一次")
    return None


def oversize(entry: Entry) -> Refused | None:
    """The refusal of an attachment too large to be kept in the repository, or None."""
    if entry.size <= LARGEST_ATTACHMENT:
        return None
    message = f"附件有 {entry.size / 1024 / 1024:.1f} MB，上限是 {LARGEST_ATTACHMENT // 1024 // 1024} MB"
    return Refused("GIT-SIZE", 1, 1, message, "压缩后再提交；录像之类放在学校自己的平台上，记录里写存放位置")


def twins(entries: Iterable[Entry]) -> dict[str, str]:
    """Files whose names, or folders' names, differ from others' by case or by Unicode composition alone.

    By path, the name they collide with. Of each group the one in plain lower case is the right one; it is not named.
    """
    paths = [entry.path for entry in entries]
    # A name of small ASCII letters can only collide with one that is not: mostly there is nothing to compare.
    odd = [path for path in paths if not path.isascii() or path != path.lower()]
    if not odd:
        return {}
    spellings: dict[str, set[str]] = {}
    for prefix in {prefix for path in paths for prefix in _prefixes(path)}:
        spellings.setdefault(_folded(prefix), set()).add(prefix)
    found = {}
    for path in odd:
        for prefix in _prefixes(path):
            same = spellings[_folded(prefix)]
            right = min(same, key=lambda name: (name != _folded(name), name))
            if prefix != right:
                found[path] = right
                break
    return found


def twin(other: str) -> Refused:
    """The refusal of a file that collides with `other`."""
    message = f"这个名字和“{other}”只差大小写或字符的写法，在有的电脑上是同一个文件"
    return Refused("GIT-TWIN", 1, 1, message, "只留一个；名字用小写字母、数字和连字符")


def _name(path: str) -> tuple[str, str] | None:
    """What is wrong with a name and what to do, most dangerous first."""
    rename = "给文件改名，只用小写字母、数字和连字符"
    plain = path.isascii() and path.isprintable()  # nearly every name there is
    if not plain and any(map(_not_seen, path)):
        return "文件名里有看不见的字符，或不是 UTF-8", rename
    for part in path.split("/"):
        if told := _part(part):
            return told, rename
    if (length := len(path.encode())) > LONGEST_NAME:
        return f"文件名连同文件夹有 {length} 个字节，上限是 {LONGEST_NAME}", "改短一些"
    return None


def _not_seen(character: str) -> bool:
    return is_unseen(character) or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


@lru_cache(1 << 14)  # many files lie in few folders, and are called alike
def _part(part: str) -> str:
    """What is wrong with a file's or folder's own name; empty where nothing is."""
    if part.startswith("-"):
        return "文件名以连字符开头，会被当成命令的选项"
    if _DEVICE.fullmatch(part):
        return f"“{part}”在 Windows 上是设备的名字，打不开"
    if part != part.strip() or part.endswith("."):
        return "文件名的头尾有空格，或以点结尾，Windows 会改掉它"
    if part.lower() in (".git", "git~1", "..", "."):
        return f"“{part}”是 Git 自己用的名字"
    if found := _FORBIDDEN.intersection(part):
        return f"文件名里有“{min(found)}”，Windows 上打不开"
    return ""


def _folded(path: str) -> str:
    """The name as computers that do not tell case and composition apart see it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _prefixes(path: str) -> list[str]:
    """The path and the folders above it, outermost first."""
    parts = path.split("/")
    return ["/".join(parts[: length + 1]) for length in range(len(parts))]

"""Errors that end a command (exit status 2); what is wrong with a *record* is a `Finding`, never an exception."""

from __future__ import annotations

import errno
import re
import zipfile
import zlib
from collections.abc import Mapping

# By NotImplementedError zipfile means a way of compressing that it does not know, by RuntimeError a password.
DAMAGED_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What reading somebody's zip file raises: none of it is our mistake, all of it means that the file is no good."""


_SAID: Mapping[int, tuple[str, str]] = {
    errno.ENOENT: ("没有这个文件或文件夹", "看看路径有没有写错"),
    errno.EISDIR: ("这是一个文件夹，不是文件", "写明文件名"),
    errno.ENOTDIR: ("路径中间有一段是文件，不是文件夹", "看看路径有没有写错"),
    errno.EEXIST: ("这里已经有同名的文件", "换一个名字"),
    errno.EACCES: ("没有权限", "换一个自己能读写的地方，或请管理员开权限"),
    errno.EPERM: ("没有权限", "换一个自己能读写的地方，或请管理员开权限"),
    errno.EROFS: ("这里只能读，不能写", "换一个能写的地方"),
    errno.ENOSPC: ("磁盘满了", "腾出地方再试"),
    errno.EBUSY: ("正被别的程序用着", "关掉那个程序再试"),
    errno.EMFILE: ("打开的文件太多", "过一会儿再试"),
    errno.ENFILE: ("系统打开的文件太多", "过一会儿再试"),
    errno.ENOMEM: ("内存不够", "关掉别的程序再试"),
    errno.EXDEV: ("两个位置不在同一个磁盘上", "放在同一个磁盘上再试"),
    errno.ETIMEDOUT: ("等得太久，没有回应", "看看网络和磁盘，再试一次"),
    errno.ESTALE: ("网络磁盘断开过", "重新打开那个磁盘再试"),
    errno.EDQUOT: ("磁盘配额用完了", "腾出地方再试"),
    errno.EFBIG: ("文件超过了系统允许的大小", "换一个地方再试"),
    errno.EIO: ("磁盘读写出错", "换一个地方再试"),
    errno.ENAMETOOLONG: ("名字太长", "换一个短的"),
    errno.ELOOP: ("符号链接绕成了圈", "换成真正的文件或文件夹"),
    errno.EINVAL: ("系统认不了这个名字或位置", "换一个"),
    errno.ENXIO: ("不是普通的文件", "换一个普通的文件"),
}


def reason(error: OSError) -> str:
    """What the system complains of, in a few words; of several files copied together, of the first."""
    return _said(error)[0]


def remedy(error: OSError) -> str:
    """What whoever typed the command can do about it."""
    return _said(error)[1]


def of_the_system(error: BaseException) -> OSError | None:
    """What the system complained of, where that is behind an error, however a library has wrapped it."""
    seen: list[BaseException] = []
    behind: BaseException | None = error
    while behind is not None and behind not in seen:
        if isinstance(behind, OSError):
            return behind
        seen.append(behind)
        behind = behind.__cause__ or behind.__context__
    return None


def _said(error: OSError) -> tuple[str, str]:
    number = error.errno
    if number is None and (found := re.search(r"\[Errno ([0-9]+)\]", str(error))):
        number = int(found[1])
    # The system's own sentence would be in English.
    other = f"系统不让读写（错误号 {number}）" if number else "系统不让读写", "换一个地方再试"
    return _SAID.get(number or 0, other)


class WholeschoolError(Exception):
    """Base of everything raised on purpose; its text is one Chinese sentence for the person at the terminal."""


class UsageError(WholeschoolError):
    """The command was asked for something that cannot be done as asked: an unknown path, unit or kind."""


class RepositoryError(WholeschoolError):
    """The folder or revision cannot be read as a programme: no `submissions/`, not a Git repository, no such commit."""


class BuildError(WholeschoolError):
    """A product (site, certificates) could not be made; what was there before is untouched."""

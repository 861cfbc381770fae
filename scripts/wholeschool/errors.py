"""Errors that end a command (exit status 2); what is wrong with a *record* is a `Finding`, never an exception."""

from __future__ import annotations

import errno
import re
import zipfile
import zlib

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


_SAID = {
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘的配额用完了",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EFBIG: "文件超过了系统允许的大小",
    errno.ENAMETOOLONG: "名字太长",
    errno.EIO: "磁盘读写出错",
}


def reason(error: OSError) -> str:
    """What the system complains of, in a few words; of several files copied together, of the first."""
    number = error.errno
    if number is None and (found := re.search(r"\[Errno ([0-9]+)\]", str(error))):
        number = int(found[1])
    return _SAID.get(number or 0) or error.strerror or type(error).__name__


class WholeschoolError(Exception):
    """Base of everything raised on purpose; its text is one Chinese sentence for the person at the terminal."""


class UsageError(WholeschoolError):
    """The command was asked for something that cannot be done as asked: an unknown path, unit or kind."""


class RepositoryError(WholeschoolError):
    """The folder or revision cannot be read as a programme: no `submissions/`, not a Git repository, no such commit."""


class BuildError(WholeschoolError):
    """A product (site, certificates) could not be made; what was there before is untouched."""

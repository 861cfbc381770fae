"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from wholeschool.errors import UsageError, reason


def write_whole(path: Path, data: bytes, *, workplace: Path | None = None, prefix: str = ".new-") -> None:
    """Put `data` at `path`: written elsewhere, flushed to disk, then put in its place at once.

    Written in `workplace` where that is on the same disk, otherwise beside `path`; the name begins with `prefix`, so
    that what a killed run left can be told. Raises `OSError`, and then nothing has changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    near = path.parent
    if workplace is not None:
        workplace.mkdir(parents=True, exist_ok=True)
        near = workplace if workplace.stat().st_dev == path.parent.stat().st_dev else path.parent
    with NamedTemporaryFile(dir=near, prefix=prefix, delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """See that a new name in a folder survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_secret(path: Path, data: bytes, root: Path) -> None:
    """Make the file `path`, readable by its owner alone. Raises `UsageError` where it exists or lies in the repository.

    What is committed once can never be taken back, so a secret has no place below `root`.
    """
    refuse_inside(path, root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:
        raise UsageError(f"{path} 已经有了；换一个文件名，旧的不要覆盖") from None
    except OSError as error:
        raise UsageError(f"写不下 {path}：{reason(error)}") from error


def read_secret(path: Path, root: Path) -> bytes:
    """The bytes of a secret file. Raises `UsageError` for one that others can read or that lies in the repository."""
    refuse_inside(path, root)
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{path} 别人也能读；先运行 chmod 600 {path}，怀疑被人看过就换一把")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"读不了 {path}：{reason(error)}") from error


def refuse_inside(path: Path, root: Path) -> None:
    """Raise `UsageError` for a place inside the repository."""
    if path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{path} 在仓库里：提交过一次就收不回来；放到仓库外面，例如 ~/.config/wholeschool/")

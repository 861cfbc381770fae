"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from wholeschool.errors import UsageError, reason


def write_whole(path: Path, data: bytes, *, workplace: Path | None = None, prefix: str = ".new-") -> None:
    """Put `data` at `path`: written elsewhere, flushed to disk, then put in its place at once.

    Written in `workplace` where that is on the same disk, otherwise beside `path`; the name begins with `prefix`, so
    that what a killed run left can be told. Raises `OSError`, and then nothing has changed.
    """
    write_together({path: data}, workplace=workplace, prefix=prefix)


def write_together(files: Mapping[Path, bytes], *, workplace: Path | None = None, prefix: str = ".new-") -> None:
    """`write_whole` of several files: none is put in its place before all are on the disk.

    So a disk that is full, or a place that cannot be written to, changes none of them. A process that is killed may
    have put the first ones in their places (`wholeschool.all_or_none` is for where that matters).
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for path, data in files.items():
            if path.exists() and not path.is_file() and not path.is_dir():  # a device would be one no more
                raise UsageError(f"{path} 是设备或管道，不是文件；换一个文件名")
            path.parent.mkdir(parents=True, exist_ok=True)
            near = path.parent
            if workplace is not None:
                workplace.mkdir(parents=True, exist_ok=True)
                near = workplace if workplace.stat().st_dev == path.parent.stat().st_dev else path.parent
            with NamedTemporaryFile(dir=near, prefix=prefix, delete=False) as file:
                ready.append((Path(file.name), path))
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            ready[-1][0].chmod(0o644)
        while ready:
            temporary, path = ready[0]
            temporary.replace(path)
            del ready[0]
            _flush_folder(path.parent)
    except BaseException:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    """See that a new name in a folder survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name(temporary: Path, path: Path) -> None:
    """Give a file its name. Raises `FileExistsError` where somebody else has come first, on disks that know links."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, such as many a stick has
        temporary.rename(path)


def write_secret(path: Path, data: bytes, root: Path) -> None:
    """Make the file `path`, whole or not at all, readable by its owner alone.

    Raises `UsageError` where it exists or lies in the repository.

    What is committed once can never be taken back, so a secret has no place below `root`.
    """
    refuse_inside(path, root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.path.lexists(path):
            raise FileExistsError
        # Readable by its owner alone from the first byte on; whole, or not there.
        with NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as out:
            temporary = Path(out.name)
            try:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
                _name(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
        _flush_folder(path.parent)
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

"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


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

"""Several files of the tree changed together: all of them or, however the process ends, none.

No system replaces files in several folders at once. So what was there is kept beside a list of what is about to change
until everything is in place; where a run was killed in between, the next command puts back what was.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from wholeschool.errors import BuildError
from wholeschool.files import write_whole
from wholeschool.lock import held

_WORKPLACE = "build"
_KEPT = ".writing"
_LIST = "list.json"
_BUSY = "另一个命令正在写文件，等它结束再试"


class _Change(msgspec.Struct, frozen=True):
    """A file about to change: its path, the digest of its contents to be (empty: it goes), whether it was there."""

    path: str
    digest: str
    was_there: bool


def write_all(root: Path, files: Mapping[str, bytes | None]) -> None:
    """Write `files` (by their path below `root`), remove those that are None.

    Raises `OSError`, and then nothing has changed.
    """
    if not files:
        return
    with held(root / _WORKPLACE / f"{_KEPT}-lock", _BUSY):
        _put_back(root)
        kept = root / _WORKPLACE / _KEPT
        changes = []
        for number, (path, data) in enumerate(files.items()):
            was_there = (root / path).is_file()
            if was_there:
                write_whole(kept / str(number), (root / path).read_bytes())
            changes.append(_Change(path, "" if data is None else _digest(data), was_there))
        # With the list in its place the change has begun, and can be undone.
        write_whole(kept / _LIST, msgspec.json.encode(changes))
        try:
            for path, data in files.items():
                if data is not None:
                    write_whole(root / path, data, workplace=root / _WORKPLACE)
            for path, data in files.items():
                if data is None:
                    (root / path).unlink(missing_ok=True)
                    _without_empty_folders((root / path).parent, root)
        except BaseException:
            _put_back(root)
            raise
        _done(kept)


def undo_interrupted(root: Path) -> int:
    """Put back what a killed `write_all` has changed; how many files that were. Does nothing while one is running."""
    if not (root / _WORKPLACE / _KEPT).is_dir():
        return 0
    with suppress(BuildError), held(root / _WORKPLACE / f"{_KEPT}-lock", _BUSY):
        return _put_back(root)
    return 0


def _put_back(root: Path) -> int:
    kept = root / _WORKPLACE / _KEPT
    undone = 0
    if (kept / _LIST).is_file():
        for number, change in enumerate(msgspec.json.decode((kept / _LIST).read_bytes(), type=list[_Change])):
            place = root / change.path
            # What somebody has changed since, or what was not reached, stays.
            if (_digest(place.read_bytes()) if place.is_file() else "") == change.digest:
                undone += 1
                if change.was_there:
                    write_whole(place, (kept / str(number)).read_bytes(), workplace=root / _WORKPLACE)
                else:
                    place.unlink()
            _without_empty_folders(place.parent, root)
    _done(kept)
    return undone


def _done(kept: Path) -> None:
    """Forget what was kept: the list first, since without it nothing is undone."""
    (kept / _LIST).unlink(missing_ok=True)
    shutil.rmtree(kept, ignore_errors=True)


def _without_empty_folders(folder: Path, root: Path) -> None:
    while folder != root and not (folder.is_dir() and any(folder.iterdir())):
        if folder.is_dir():
            folder.rmdir()
        folder = folder.parent


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

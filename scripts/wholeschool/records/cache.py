"""What has been read and found right is not read again: valid records, kept by the content they came from.

A value is kept under the file's Git object name, its mode and its path, in one SQLite file for each version of
schemas and reader. Only what passed without a finding is kept, so a hit never hides one. The file is a convenience:
whatever is wrong with it, it is thrown away with one warning and the records are read again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from weakref import finalize

from wholeschool.records.record import Record
from wholeschool.records.schema import FOLDER

# Which folder the cache lies in; empty means none at all. Otherwise where the system keeps such things.
VARIABLE = "WHOLESCHOOL_CACHE"
# A cache that no version has used for so long belongs to a checkout that is gone.
_DAYS_UNUSED = 30
_DIGEST = 16
BESIDES = ("personal_data.py", "unseen.py", "outcomes/seals.py", "programme/scope.py")
"""What is kept follows from these modules too, besides the reader's own room."""
_AT_ONCE = 500


def open_cache() -> Cache:
    """The cache of this user and this version; one that keeps nothing where it is switched off or cannot be written."""
    named = os.environ.get(VARIABLE)
    if named == "":
        return Cache(None)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else home / "wholeschool"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.glob("records-*.sqlite3*"):
            if time.time() - old.stat().st_mtime > _DAYS_UNUSED * 86400:
                old.unlink(missing_ok=True)
    except OSError:
        return Cache(None)
    return Cache(folder / f"records-{reader_version()}.sqlite3")


@cache
def reader_version() -> str:
    """Changes with everything that decides what is found right: schemas, reader, seals, the libraries that judge."""
    here = Path(__file__).parent
    files = [*here.glob("*.py"), *FOLDER.glob("*.json"), *(here.parent / each for each in BESIDES)]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for name in ("cryptography", "joserfc", "jsonschema-rs", "msgspec", "pikepdf", "pillow", "PyYAML", "python-stdnum"):
        digest.update(f"{name} {version(name)}\0".encode())
    return digest.hexdigest()[:16]


class Cache:
    """Bytes by name, each with a digest of its own. Never raises: what cannot be had is not there."""

    def __init__(self, path: Path | None) -> None:
        # The records of the last tree read, by what they are kept under; only for as long as this object lives.
        self.recent: dict[str, Record[Any]] = {}
        self._path = path
        self._open: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            self._open = sqlite3.connect(path, timeout=5)
            finalize(self, self._open.close)  # at the end at the latest, or the next run finds its journal
            self._open.execute("PRAGMA journal_mode=WAL")
            self._open.execute("PRAGMA cache_size=-65536")  # 64 MB
            self._open.execute("PRAGMA synchronous=OFF")  # a value torn by a power cut fails its digest
            self._open.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB)")
        except sqlite3.OperationalError:  # a full or read-only disk: work without
            self._open = None
        except sqlite3.DatabaseError:
            self._discard()

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """The values of those `names` that are kept."""
        found: dict[str, bytes] = {}
        wanted = list(dict.fromkeys(names))
        for start in range(0, len(wanted), _AT_ONCE):
            if self._open is None:
                return {}
            some = wanted[start : start + _AT_ONCE]
            try:
                rows = self._open.execute(
                    f"SELECT name, value FROM kept WHERE name IN ({','.join('?' * len(some))})", some
                ).fetchall()
                for name, value in rows:
                    found[name] = _opened(name, value)
            except (sqlite3.OperationalError, sqlite3.InterfaceError):  # another run holds it: read the files instead
                return {}
            except (sqlite3.DatabaseError, ValueError, TypeError):
                self._discard()
                return {}
        return found

    def put(self, values: Mapping[str, bytes]) -> None:
        """Keep these values, as far as possible."""
        if self._open is None or not values:
            return
        try:
            with self._open:
                # In the order of the names: a province's worth in any other would go all over the disk.
                rows = ((name, _sealed(name, values[name])) for name in sorted(values))
                self._open.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)
        except sqlite3.OperationalError:
            return
        except sqlite3.DatabaseError:
            self._discard()

    def _discard(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
        if self._path is not None:
            for ending in ("", "-wal", "-shm"):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)
            print("缓存坏了，已经丢弃，这一次从头检查", file=sys.stderr)


def _digest(name: str, value: bytes) -> bytes:
    return hashlib.blake2b(name.encode() + b"\0" + value, digest_size=_DIGEST).digest()


def _sealed(name: str, value: bytes) -> bytes:
    return _digest(name, value) + value


def _opened(name: str, sealed: bytes) -> bytes:
    value = sealed[_DIGEST:]
    if sealed[:_DIGEST] != _digest(name, value):
        raise ValueError("not what was kept")
    return value

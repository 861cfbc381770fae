"""One at a time: work that two processes must not do at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from wholeschool.errors import BuildError


@contextmanager
def held(lock: Path, refusal: str) -> Iterator[None]:
    """Hold `lock` for the duration; `BuildError(refusal)` at once when another process holds it.

    The system lets go of it when the process ends, however it ends; the file is gone afterwards, unless it was killed.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        while True:
            file = stack.enter_context(lock.open("w"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BuildError(refusal) from error
            with suppress(FileNotFoundError):
                if lock.stat().st_ino == os.fstat(file.fileno()).st_ino:
                    break  # whoever held it before has not removed it in the meantime
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)

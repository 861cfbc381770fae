"""One at a time: work that two processes must not do at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wholeschool.errors import BuildError


@contextmanager
def held(lock: Path, refusal: str) -> Iterator[None]:
    """Hold `lock` for the duration; `BuildError(refusal)` at once when another process holds it.

    The system lets go of it when the process ends, however it ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError(refusal) from error
        yield

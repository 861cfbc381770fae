"""Work on all cores: how many there are, and processes for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def crew(workers: int, preload: str = "", **started: Any) -> ProcessPoolExecutor:
    """A pool of processes; `preload` names a module they need, `started` are the pool's initializer and its arguments.

    Never a plain fork: the parent may run threads and holds open pipes to Git.
    """
    from concurrent.futures import ProcessPoolExecutor  # most commands work alone, and need not wait for these
    from multiprocessing import get_all_start_methods, get_context

    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    if preload and context.get_start_method() == "forkserver":
        context.set_forkserver_preload([preload])
    return ProcessPoolExecutor(workers, mp_context=context, **started)

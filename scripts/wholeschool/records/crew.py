"""Files read on all cores. A file's outcome is small: the valid value as bytes, and what there is to say about it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context

from wholeschool.records.reading import Outcome, read_file
from wholeschool.sources import Entry, Tree

# Below this, starting a process costs more than it saves.
_WORTH_BYTES = 3_000_000
_CHUNK_BYTES = 500_000

_tree: Tree | None = None


def read_all(tree: Tree, entries: Sequence[Entry]) -> Iterator[Outcome]:
    """The outcome of every entry, in order."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or sum(entry.size for entry in entries) < _WORTH_BYTES:
        for entry in entries:
            yield read_file(tree, entry)
        return
    # Never a plain fork: the parent may run threads and holds open pipes to Git.
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(cores, mp_context=context, initializer=_begin, initargs=(tree,)) as crew:
        for outcomes in crew.map(_read_chunk, _chunks(entries)):
            yield from outcomes


def _chunks(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        chunk.append(entry)
        size += entry.size + 1000  # opening a file costs too
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _begin(tree: Tree) -> None:
    global _tree
    _tree = tree


def _read_chunk(entries: list[Entry]) -> list[Outcome]:
    assert _tree is not None
    return [read_file(_tree, entry) for entry in entries]

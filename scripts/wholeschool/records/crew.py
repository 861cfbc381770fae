"""Files read on all cores. A file's outcome is small: the valid value as bytes, and what there is to say about it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence

from wholeschool.cores import cores, crew
from wholeschool.errors import RepositoryError
from wholeschool.records.reading import Outcome, read_file
from wholeschool.records.terms import Vocabulary
from wholeschool.sources import Entry, Tree

# Below this, starting a process costs more than it saves.
_WORTH_BYTES = 3_000_000
_CHUNK_BYTES = 500_000

_tree: Tree | None = None
_vocabulary: Vocabulary | None = None


def read_all(tree: Tree, entries: Sequence[Entry], vocabulary: Vocabulary) -> Iterator[Outcome]:
    """The outcome of every entry, in order. Raises `RepositoryError` where a process that helps is killed."""
    if cores() == 1 or sum(entry.size for entry in entries) < _WORTH_BYTES:
        for entry in entries:
            yield read_file(tree, entry, vocabulary)
        return
    from concurrent.futures.process import BrokenProcessPool  # here, as in `cores`

    try:
        with crew(cores(), preload=__name__, initializer=_begin, initargs=(tree, vocabulary)) as readers:
            for outcomes in readers.map(_read_chunk, _chunks(entries)):
                yield from outcomes
    except BrokenProcessPool as error:
        raise RepositoryError("没有读完：一个帮忙的进程被终止了（可能是内存不够），请再试一次") from error


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


def _begin(tree: Tree, vocabulary: Vocabulary) -> None:
    global _tree, _vocabulary
    _tree, _vocabulary = tree, vocabulary
    gc.disable()  # what reading leaves behind has no rings


def _read_chunk(entries: list[Entry]) -> list[Outcome]:
    assert _tree is not None
    assert _vocabulary is not None
    return [read_file(_tree, entry, _vocabulary) for entry in entries]

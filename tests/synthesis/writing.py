"""The generator's one door: a programme of a given size in a folder."""

from __future__ import annotations

from pathlib import Path

from tests.synthesis.build import build, write_tree
from tests.synthesis.layout import layout


def write(out: Path, *, counties: int, schools: int, teachers: int, seed: int) -> None:
    """Write `submissions/` with so many counties, schools and teachers (in all) below `out`.

    The same arguments give the same bytes. Raises `ValueError` when there are too few teachers for the schools.
    """
    write_tree(out, build(layout(counties=counties, schools=schools, teachers=teachers, seed=seed), seed))

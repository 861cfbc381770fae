"""How long random tests search: a little in every run, long in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def examples(usual: int) -> int:
    """How many examples a random test tries: `usual`, times WHOLESCHOOL_SOAK where that is set."""
    return usual * int(os.environ.get("WHOLESCHOOL_SOAK", "1"))


def some(cases: Iterable[T], usual: int) -> list[T]:
    """The first `usual` cases of a slow test in each run, all of them in `make soak`."""
    return list(cases)[: None if examples(1) > 1 else usual]

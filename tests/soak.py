"""How long random tests search: a little in every run, long in `make soak`."""

from __future__ import annotations

import os


def examples(usual: int) -> int:
    """How many examples a random test tries: `usual`, times WHOLESCHOOL_SOAK where that is set."""
    return usual * int(os.environ.get("WHOLESCHOOL_SOAK", "1"))

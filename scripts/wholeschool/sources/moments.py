"""When commits were made, as it is written in them."""

from __future__ import annotations

import git

_NEGATIVE = range(1 << 63, (1 << 64) - 1)
"""As which Git reads a time before 1970, which no commit may have; a number too long for it is the one behind these."""


def moments(run: git.Git, *wanted: str) -> list[tuple[str, int]]:
    """The commits that `git rev-list` lists for `wanted`, in its order, and when each was made: seconds since 1970, and
    1970 for one whose date nobody can read. Raises what GitPython raises.

    Not by a format of `git log`: that turns a commit's whole head into UTF-8 first, from whatever coding it claims to
    be in, so that its date could become any other.
    """
    rows = (row.split() for row in str(run.rev_list("--timestamp", *wanted)).splitlines())
    return [(name, 0 if int(when) in _NEGATIVE else int(when)) for when, name in rows]

"""The levels at which a guidance has results reviewed, and which of them pass."""

from __future__ import annotations

from typing import NamedTuple

from wholeschool.records import structs as s


class Levels(NamedTuple):
    """The levels by their names, the best first; the first one or two of them pass.

    Ledgers have two columns for what passed, `excellent` and `passed`: they hold the first passing level and the last.
    """

    names: tuple[str, ...]
    passing: tuple[str, ...]

    def of(self, row: s.RegisterEntry) -> dict[str, str]:
        """The microabilities of a row of the register, each with its level, in the order of the row."""
        columns = (row.excellent, self.passing[0]), (row.passed, self.passing[-1])
        return {code: level for codes, level in columns for code in (codes or "").split()}

    def is_worse(self, level: str | None, other: str | None) -> bool:
        """Whether a level is below another; none is above all."""
        places = {name: place for place, name in enumerate(self.names)}
        return places.get(level or "", -1) > places.get(other or "", -1)


USUAL = Levels(("优秀", "合格", "不合格"), ("优秀", "合格"))
"""The Ministry's three, for a guidance that names none."""

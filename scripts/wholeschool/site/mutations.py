"""The smallest change of the example programme that breaks a requirement, and the nearest one that does not.

Both lie beside the requirements, in `mutations/`, one file for each part of the guidance, in a form that somebody who
knows the programme and not the code can read and write. `tests/site/test_mutations.py` makes every change and compares
what is then found or shown with what is expected; 条款对照 shows them as the evidence of its requirement.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).with_name("mutations")
EXAMPLE = "submissions/anhui/"


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of one record.

    `record` is its path below the province's folder. `at` names the value: keys joined by dots, an item of a list in
    brackets by what it says (`acceptances[wenhua-xiaoxue].date`) or by its place, counted from 1; `[+]` is one more
    item. Without `to` the value goes, without `at` the whole record. Where there is `from`, the value must have been
    this; for records that are not YAML, `from` and `to` are text.
    """

    record: str
    at: str = ""
    was: Any = msgspec.field(default=None, name="from")
    to: Any = None

    @property
    def path(self) -> str:
        """Where the record lies."""
        if self.record.startswith("/"):
            return f"submissions{self.record}"
        return EXAMPLE + self.record


class Mutation(Edit, frozen=True, forbid_unknown_fields=True):
    """A change with what follows from it.

    `breaks` or `keeps` says in a sentence what the change means. `finds` is the one code that is then found, at `where`
    (as `at`, in the record `there`; by default the changed place); none where nothing is found. `paper` of a `unit` or
    a `page` then `shows` a text (in the row that begins with `row`, where that is given) that it did not show before;
    a change that keeps the requirement leaves them as they are, or shows what is right. `day` is the day on which all
    this is judged, where what is due matters. `blind` ones were chosen from
    the guidance before any rule was read; codes and places were filled in afterwards.
    """

    breaks: str = ""
    keeps: str = ""
    also: tuple[Edit, ...] = ()
    finds: str = ""
    where: str | None = None
    there: str = ""
    paper: str = ""
    unit: str = ""
    page: str = ""
    row: str = ""
    shows: str = ""
    day: str = ""
    blind: bool = False

    @property
    def sentence(self) -> str:
        """What was changed."""
        return self.breaks or self.keeps

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All changes of records."""
        return (self, *self.also)


@cache
def mutations() -> Mapping[str, tuple[Mutation, ...]]:
    """By the number of the requirement, in the order in which they are written."""
    found: dict[str, tuple[Mutation, ...]] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        read = msgspec.yaml.decode(file.read_bytes(), type=dict[str, tuple[Mutation, ...]])
        if doubled := found.keys() & read.keys():
            raise ValueError(f"written twice: {sorted(doubled)}")
        found.update(read)
    return found

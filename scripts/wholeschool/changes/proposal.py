"""A change as one value: two programmes and the paths between them; and how it is judged.

Both trees are read as blobs. Who may do what comes from the base: a change cannot give itself permission.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from wholeschool.causes import roots
from wholeschool.errors import UsageError
from wholeschool.findings import Finding, Location, finding
from wholeschool.programme import Programme, Unit
from wholeschool.records.former import brought_up, former_tables
from wholeschool.records.hygiene import blemish
from wholeschool.records.kinds import ROOT
from wholeschool.records.refusals import REFUSALS
from wholeschool.rules.registry import Rule, judge, rules_in
from wholeschool.rules.units import folder_now
from wholeschool.sources import OverlaidTree, Tree
from wholeschool.sources.difference import Difference
from wholeschool.sources.sayings import Said, Step
from wholeschool.sources.tree import REGULAR, all_folders

# Examples of what is refused, kept on purpose; only maintainers can change them.
_EXAMPLES = "tests/cases/"


class Committed(Tree, Protocol):
    """A tree of the history."""

    @property
    def commit(self) -> str:
        """The commit's full name."""
        ...


class History(Tree, Protocol):
    """A tree that knows what was there before it."""

    def day_of(self, commit: str, /) -> str | None:
        """The day on which a commit of the main line was made; None where it is not on it."""
        ...

    def at(self, commit: str, /) -> Tree:
        """The tree of a commit."""
        ...

    def as_of(self, day: str, /) -> Committed | None:
        """The main line as it was before its first commit of that day or later; None where it had not begun."""
        ...


class Author(NamedTuple):
    """Who acts, as the forge says: the account's name, and its id, which nobody else ever gets (None: not said)."""

    account: str
    id: str | None = None


class Proposal(NamedTuple):
    """A base, a head, what differs, the forge's accounts behind it, and files that its commits took back.

    Each author must be allowed to (none: not asked). `taken_back` are (path, bytes) of neither tree, None for too many
    bytes; `said` is what each commit says; merging keeps both in the history. `steps` are the commits' days, `clock` is
    the day on which they came ("" where nobody asks); `pushed` tells that they become the main line as they are.
    """

    base: Programme
    head: Programme
    base_tree: History
    head_tree: Tree
    differences: list[Difference]
    authors: tuple[Author, ...] = ()
    taken_back: Iterable[tuple[str, bytes | None]] = ()
    said: Iterable[Said] = ()
    steps: Sequence[Step] = ()
    clock: str = ""
    pushed: bool = False

    def changed(self, units: Iterable[Unit]) -> list[Unit]:
        """Those of some units below whose folders anything differs; what the others keep themselves is kept."""
        folders = all_folders(each.path for each in self.differences)
        return [unit for unit in units if ROOT + unit.path in folders]


def change_rules() -> Mapping[str, Rule[Proposal]]:
    """The rules that only a change can break, by code."""
    return rules_in("wholeschool.changes")


def check_change(proposal: Proposal, before: Sequence[Finding], after: Sequence[Finding]) -> tuple[list[Finding], int]:
    """What the change answers for, sorted, and how many findings were there before and are not repeated.

    That is: every finding in a changed file, every finding elsewhere that the base did not have, and every breach of
    the rules about changes. `before` and `after` hold the echoes too: an echo is left out only where its cause is told
    to the same people, never because of a mistake that was there before.
    """
    mine = new_to(before, after, {difference.path for difference in proposal.differences})
    here = _by_their_folders_now(proposal, [*mine, *_outside(proposal), *judge(change_rules(), proposal)])
    told = roots(sorted(here))
    return told, len(set(roots(after)) - set(mine))


def new_to(before: Sequence[Finding], after: Sequence[Finding], changed: Collection[str]) -> list[Finding]:
    """What of `after` stands in a changed file, or was not said of its file before, on whatever line."""
    known = {(each.code, each.path, each.message) for each in before}
    return [each for each in after if each.path in changed or (each.code, each.path, each.message) not in known]


def _by_their_folders_now(proposal: Proposal, findings: list[Finding]) -> list[Finding]:
    """The findings; what is said of a folder that the change has given another name is about the unit there."""
    gone = [
        path for path in proposal.base.units if path not in proposal.head.units and not proposal.head.is_there(path)
    ]
    now = {path: unit.path for path in gone if (unit := folder_now(proposal.head, path))}
    return [
        msgspec.structs.replace(each, about=each.about._replace(unit=now[each.about.unit]))
        if each.about.unit in now
        else each
        for each in findings
    ]


def _outside(proposal: Proposal) -> Iterator[Finding]:
    """Names and links that no file of the repository may have, wherever it lies; records have been judged already."""
    for each in proposal.differences:
        if each.after and not each.path.startswith((ROOT, _EXAMPLES)) and (refused := blemish(each.after)):
            at = Location(each.path, refused.line, refused.column)
            yield finding(refused.code, at, refused.message, hint=refused.hint, clause=REFUSALS[refused.code].clause)


def in_this_format(base: Tree, changed: Sequence[Difference], after: Programme) -> Tree:
    """The base of a change that brings it to the present format, as it says the same: so it can be compared."""
    if after.settings is None or not former_tables({each.path for each in changed if each.after is None}):
        return base
    from wholeschool.records.yaml_writing import CannotEdit  # what writes takes a while to load

    files = {entry.path: base.read(entry.path) for entry in base.entries(ROOT) if entry.mode == REGULAR}
    try:
        return OverlaidTree(base, brought_up(files, after.settings.data.guidance))
    except (UsageError, CannotEdit):  # then it is what it is, and the change is judged without it
        return base

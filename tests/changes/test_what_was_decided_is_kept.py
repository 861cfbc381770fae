"""Whatever is changed in what was decided is refused: every kind of decision of the example, in every way there is."""

from __future__ import annotations

import random
import re

import pytest

from tests.rules.single_mistakes import DAY, Files, Mistake, example, make, mistakes
from tests.soak import examples
from wholeschool.changes.proposal import Proposal, check_change
from wholeschool.programme import Earlier, Programme, assemble
from wholeschool.programme.earlier import DECISIONS
from wholeschool.records import Loaded, load, placed
from wholeschool.records.cache import Cache
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge
from wholeschool.sources import Entry
from wholeschool.sources.difference import Difference
from wholeschool.sources.tree import MemoryTree

SAMPLE = 25
_LISTS = "acceptance|appraisal|approvals|filings|inspections|performance|project-decisions|spot-check"
ALLOWED = {
    r"^(?:acceptance|approvals)\(县\)  file renamed$": "a sitting's file may get another name; the order stays",
    rf"^(?:{_LISTS})\(.\) \w+\.\* twice$": "the same said once more behind says nothing else",
}
"""Sorts of changes, as patterns, that may be made to a decision, and why."""
_CACHE = Cache(None)


class _Tree(MemoryTree):
    """Files without a history."""

    def last_before(self, day: str) -> str | None:
        return None

    def as_of(self, day: str) -> None:
        return None


def _entry(tree: _Tree, path: str) -> Entry | None:
    return next((each for each in tree.entries("") if each.path == path), None)


def _loaded(tree: _Tree) -> Loaded:
    return load(tree, cache=_CACHE)


def refused(files: Files) -> list[str]:
    """The codes of the errors for which a change of the example to these files is refused, whoever brings it."""
    before, after = _Tree(dict(example())), _Tree(dict(files))
    paths = sorted(path for path in {*before.files, *after.files} if before.files.get(path) != after.files.get(path))
    differences = [Difference(path, _entry(before, path), _entry(after, path)) for path in paths]
    was, now = _loaded(before), _loaded(after)
    trunk = assemble(was, DAY)
    head: Programme = assemble(now, DAY, frozenset(paths), Earlier(after, before, differences))
    every = sorted([*now.findings, *judge(all_rules(), head)])
    asked = {each.code for each in every if each.path not in paths}
    known = sorted([*was.findings, *judge({c: r for c, r in all_rules().items() if c in asked}, trunk)])
    found, _ = check_change(Proposal(trunk, head, before, after, differences), known, every)
    return [each.code for each in found if each.severity == "error"]


def _of_decisions() -> dict[str, tuple[Mistake, ...]]:
    kinds = {sort: placed(each[0].path) for sort, each in mistakes().items()}
    return {sort: mistakes()[sort] for sort, where in kinds.items() if where and where.kind.struct in DECISIONS}


@pytest.mark.soak
def test_whatever_is_changed_is_refused() -> None:
    chance = random.Random(examples(1))
    sorts = [(sort, seed) for seed in range(1 + examples(1) // 10) for sort in sorted(_of_decisions())]
    chance.shuffle(sorts)
    let_through = []
    for sort, _ in sorts[: examples(SAMPLE)]:
        mistake = chance.choice(_of_decisions()[sort])
        files = make(mistake, chance)
        if files and not refused(files) and not any(re.search(pattern, sort) for pattern in ALLOWED):
            let_through.append(str(mistake))
    assert let_through == []


def test_every_kind_of_decision_is_tried() -> None:
    tried = {where.kind.struct for sort in _of_decisions() if (where := placed(mistakes()[sort][0].path))}
    assert tried == set(DECISIONS)


def test_the_example_itself_is_no_change() -> None:
    assert refused(example()) == []

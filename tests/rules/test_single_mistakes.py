"""One mistake, one error: made by machine in every kind of record of the example, of every sort, one at a time.

A sample in every run, all in `make soak`. Besides its error a mistake may be warned of, in words that say something
else that is true: a date in another year, a school that nobody has trained.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.rules.single_mistakes import AS_PYTHON_WRITES, Mistake, make, mistakes, new
from tests.soak import examples
from wholeschool.findings import Finding

SAMPLE = 30
MOST_WARNINGS = 3
ALLOWED = {
    r"^group\(校\) consultation\.points\.\*\.teacher mistyped$": "a colleague of another group has his points then",
    r"^programme\(工程\) rounds\.\*\.standard\.": "of a closed round, which only its own change judges (ROUND-KEPT)",
    r"^programme\(工程\) rounds\.\*(?:\.year)? ": "each unit that has papers of that year is told",
    r"^nominations\(市\)  file renamed$": "its paper was filed, and the list is not where it belongs",
    r"^approvals\(县\) approvals gone$": "each school that has reviewed is told",
    r"^case\(\S+\) type another choice$": "a lesson has more fields than a case: each that is missing is filled in",
}
"""Sorts of mistakes, as patterns, that may be told in several errors, and why."""


def _errors(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.severity == "error"]


def _made(sort: str, seed: int) -> tuple[Mistake, list[Finding]]:
    chance = random.Random(f"{sort} {seed}")
    mistake = chance.choice(mistakes()[sort])
    files = make(mistake, chance)
    return mistake, new(files) if files else []


def _sorts() -> list[tuple[str, int]]:
    """A sample of the sorts; with enough of them asked for, all of them, and then all of them in other places."""
    every = sorted(mistakes())
    wanted = examples(SAMPLE)
    random.Random(wanted).shuffle(every)
    return [(every[at % len(every)], at // len(every)) for at in range(wanted)]


@pytest.mark.soak
def test_one_mistake_is_one_error() -> None:
    several = {}
    for sort, seed in _sorts():
        mistake, told = _made(sort, seed)
        allowed = any(re.search(pattern, sort) for pattern in ALLOWED)
        if (len(_errors(told)) > 1 and not allowed) or len(told) - len(_errors(told)) > MOST_WARNINGS:
            several[str(mistake)] = [f"{each.code} {each.path}:{each.line} {each.message}" for each in told]
        assert not (strange := list(_strange(told))), f"{mistake}: {strange}"
    assert several == {}


def test_every_exception_is_one() -> None:
    """What is excepted from the law would break it, or the exception is to be struck out."""
    for pattern in ALLOWED:
        sorts = [sort for sort in mistakes() if re.search(pattern, sort)]
        assert sorts, pattern
        assert any(len(_errors(_made(sort, seed)[1])) > 1 for sort in sorts for seed in range(8)), pattern


def test_every_sort_of_record_is_tried() -> None:
    kinds = {sort.partition("(")[0] for sort in mistakes()}
    ways = Counter(sort.rpartition(" ")[2] for sort in mistakes())
    assert len(kinds) > 30, kinds
    assert {"gone", "renamed", "twice", "mistyped", "year", "choice", "words", "more"} <= ways.keys()


def _strange(told: list[Finding]) -> Iterator[str]:
    """Messages that show a value as Python writes it and not as people do."""
    for each in told:
        if AS_PYTHON_WRITES.search(each.message) or AS_PYTHON_WRITES.search(each.hint):
            yield f"{each.code} {each.message} {each.hint}"

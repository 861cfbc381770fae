"""What a careful reader could work out from the indicators: who was reviewed, who passed, whose portfolio is complete.

The attacker tries every truth that agrees with all that is published and looks at what remains possible for each group
that is too small, as in `test_disclosure`.
"""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any, NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from tests.site.test_disclosure import ROUNDS, FakeUnit, protected, small
from wholeschool.outcomes.indicators import Measure, Share
from wholeschool.outcomes.suppression import Cell, hidden, hidden_together
from wholeschool.site.indicators import ACCEPTED, ARCHIVED, ASSESSED, CERTIFIED, _veiled

CITY = "p/c"


class County(NamedTuple):
    """One county's truth: everybody due, and of them the reviewed, the passed and those with a complete portfolio."""

    due: int
    reviewed: int
    passed: int
    archived: int


@st.composite
def counties(draw: st.DrawFn) -> County:
    """Who passed and whose portfolio is complete has been reviewed."""
    due = draw(st.integers(0, 5))
    reviewed = draw(st.integers(0, due))
    return County(due, reviewed, draw(st.integers(0, reviewed)), draw(st.integers(0, reviewed)))


def _sum(parts: list[County]) -> County:
    return County(*(sum(column) for column in zip(*parts, strict=True)))


def _measures(truth: County) -> dict[int, Measure]:
    empty = Measure((Share("", 0, 0, "人", 0),), ())
    people = {name: Share(name, getattr(truth, name), truth.due, "人", truth.due) for name in County._fields[1:]}
    found = dict.fromkeys((1, 3, 9, 11, 12), empty)
    found[ASSESSED] = Measure((people["reviewed"], people["passed"]), ())
    found[ARCHIVED] = Measure((people["archived"],), ())
    return found


@example([County(1, 1, 1, 0), County(3, 2, 2, 0), County(5, 3, 0, 0)], 3)
@ROUNDS
@given(st.lists(counties(), min_size=1, max_size=3), st.integers(2, 4))
def test_reviewed_passed_and_portfolios_together_give_nobody_away(truth: list[County], minimum: int) -> None:
    city = FakeUnit(CITY, "市", None)
    units = {CITY: city} | {f"{CITY}/{place}": FakeUnit(f"{CITY}/{place}", "县", city) for place in range(len(truth))}
    values = {CITY: _sum(truth)} | {f"{CITY}/{place}": each for place, each in enumerate(truth)}
    # Who passed is hidden by the pass rates' own veil, which knows of nothing else here.
    parents = {path: None if path == CITY else CITY for path in values}
    passed = hidden({path: Cell(each.due, each.passed, parents[path]) for path, each in values.items()}, minimum)
    figures: dict[str, Any] = {
        path: SimpleNamespace(
            passed=None if path in passed else each.passed, trained=0, accepted=0, accepted_complete=True
        )
        for path, each in values.items()
    }
    programme: Any = SimpleNamespace(units=units)
    found = {path: _measures(each) for path, each in values.items()}
    veiled = _veiled(programme, found, figures, minimum)

    covered = {"passed": passed, "reviewed": veiled[ASSESSED, 0], "archived": veiled[ARCHIVED, 0]}
    cells = [(path, name) for path in values for name in covered]
    known = {(path, name): getattr(values[path], name) for path, name in cells if path not in covered[name]}
    possible: dict[tuple[str, str], set[int]] = {cell: set() for cell in cells}
    anyway: dict[tuple[str, str], set[int]] = {cell: set() for cell in cells}
    choices = [
        [
            County(each.due, reviewed, passed_, archived)
            for reviewed in range(each.due + 1)
            for passed_ in range(reviewed + 1)
            for archived in range(reviewed + 1)
            if all(
                known.get((f"{CITY}/{place}", name), value) == value
                for name, value in (("reviewed", reviewed), ("passed", passed_), ("archived", archived))
            )
        ]
        for place, each in enumerate(truth)
    ]
    for guess in product(*choices):
        there = {CITY: _sum(list(guess))} | {f"{CITY}/{place}": each for place, each in enumerate(guess)}
        if all(getattr(there[path], name) == value for (path, name), value in known.items()):
            for path, name in cells:
                possible[path, name].add(getattr(there[path], name))
    for path, name in cells:
        anyway[path, name] = set(range(values[path].due + 1))
        if small(values[path].due, getattr(values[path], name), minimum):
            assert (path, name) not in known
            assert protected(values[path].due, minimum, possible[path, name], anyway[path, name]), (
                (path, name),
                possible[path, name],
                known,
            )


class Issued(NamedTuple):
    """One county's truth: everybody due, and of them the passed, of these the accepted, of these with certificates."""

    due: int
    passed: int
    accepted: int
    certified: int


@st.composite
def issued(draw: st.DrawFn) -> Issued:
    """Who has certificates was accepted, who was accepted has passed."""
    due = draw(st.integers(0, 5))
    passed = draw(st.integers(0, due))
    accepted = draw(st.integers(0, passed))
    return Issued(due, passed, accepted, draw(st.integers(0, accepted)))


@ROUNDS
@given(st.lists(issued(), min_size=1, max_size=3), st.integers(2, 4))
def test_passed_accepted_and_certificates_together_give_nobody_away(truth: list[Issued], minimum: int) -> None:
    city = FakeUnit(CITY, "市", None)
    units = {CITY: city} | {f"{CITY}/{place}": FakeUnit(f"{CITY}/{place}", "县", city) for place in range(len(truth))}
    total = Issued(*(sum(column) for column in zip(*truth, strict=True)))
    values = {CITY: total} | {f"{CITY}/{place}": each for place, each in enumerate(truth)}
    parents = {path: None if path == CITY else CITY for path in values}
    # Both are hidden before, by the pass rates' own veil.
    passed, accepted = hidden_together(
        [{path: Cell(each.due, each[count], parents[path]) for path, each in values.items()} for count in (1, 2)],
        minimum,
    )
    figures: dict[str, Any] = {
        path: SimpleNamespace(
            passed=None if path in passed else each.passed,
            trained=0,
            accepted=None if path in accepted else each.accepted,
            accepted_complete=True,
        )
        for path, each in values.items()
    }
    found = {path: _measures(County(each.due, each.due, each.passed, 0)) for path, each in values.items()}
    for path, each in values.items():
        found[path][ACCEPTED] = Measure((Share("accepted", each.accepted, each.due, "人", each.due),), ())
        found[path][CERTIFIED] = Measure((Share("certified", each.certified, each.accepted, "人", each.accepted),), ())
    programme: Any = SimpleNamespace(units=units)
    veiled = _veiled(programme, found, figures, minimum)

    covered = {"passed": passed, "accepted": accepted, "certified": veiled[CERTIFIED, 0]}
    cells = [(path, name) for path in values for name in covered]
    known = {(path, name): getattr(values[path], name) for path, name in cells if path not in covered[name]}
    possible: dict[tuple[str, str], set[tuple[int, int]]] = {cell: set() for cell in cells}
    choices = [
        [
            guess
            for passed_, accepted_, certified in product(range(each.due + 1), repeat=3)
            if certified <= accepted_ <= passed_
            for guess in (Issued(each.due, passed_, accepted_, certified),)
            if all(
                known.get((f"{CITY}/{place}", name), getattr(guess, name)) == getattr(guess, name) for name in covered
            )
        ]
        for place, each in enumerate(truth)
    ]
    for guess in product(*choices):
        whole = Issued(*(sum(column) for column in zip(*guess, strict=True)))
        there = {CITY: whole} | {f"{CITY}/{place}": each for place, each in enumerate(guess)}
        if all(getattr(there[path], name) == value for (path, name), value in known.items()):
            for path, name in cells:
                of = there[path].accepted if name == "certified" else there[path].due
                possible[path, name].add((of, getattr(there[path], name)))
    for path, name in cells:
        due, accepted_, count = values[path].due, values[path].accepted, getattr(values[path], name)
        of = accepted_ if name == "certified" else due
        wholes = range(due + 1) if name == "certified" else [due]
        anyway = {(whole_, part) for whole_ in wholes for part in range(whole_ + 1)}
        if small(of, count, minimum):
            seen = possible[path, name]
            doubtful = any(not small(*pair, minimum) for pair in seen)
            assert (path, name) not in known
            assert doubtful or seen == anyway or (of < minimum and len(seen) > 1), ((path, name), seen, known)

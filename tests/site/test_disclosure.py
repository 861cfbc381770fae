"""What a careful reader could work out: everything published is enumerated against every possible truth.

The attacker here knows nothing of the code. It tries all counts the hidden cells might have, keeps those that agree
with every published number, and looks at what remains possible for each group of people that is too small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from wholeschool.outcomes.rates import Tally, total
from wholeschool.outcomes.suppression import Cell, hidden
from wholeschool.outcomes.veil import Standing, veil

ROUNDS = settings(max_examples=150, deadline=None)


def small(people: int, count: int, minimum: int) -> bool:
    """One part of the split is somebody, but fewer than the minimum."""
    return any(0 < part < minimum for part in (count, people - count))


def protected(people: int, minimum: int, possible: set[int], anyway: set[int]) -> bool:
    """Whether a reader cannot be sure of a small part, or knows no more than without anything published."""
    if possible == anyway or any(not small(people, value, minimum) for value in possible):
        return True
    return people < minimum and len(possible) > 1


@st.composite
def splits(draw: st.DrawFn, most: int = 6) -> tuple[int, int]:
    """People, and how many of them are counted."""
    people = draw(st.integers(0, most))
    return people, draw(st.integers(0, people))


@ROUNDS
@given(st.lists(st.lists(splits(), min_size=1, max_size=3), min_size=1, max_size=2), st.integers(2, 4))
def test_no_small_cell_can_be_worked_out_from_a_tree_of_sums(
    counties: list[list[tuple[int, int]]], minimum: int
) -> None:
    members: dict[str, list[int]] = {"city": []}
    schools: list[tuple[int, int]] = []
    cells: dict[str, Cell] = {}
    parents: dict[str, str | None] = {"city": None}
    for place, county in enumerate(counties):
        members[name := f"county{place}"] = []
        parents[name] = "city"
        for split in county:
            members[leaf := f"school{len(schools)}"] = [len(schools)]
            parents[leaf] = name
            members[name].append(len(schools))
            members["city"].append(len(schools))
            schools.append(split)
    for name, below in members.items():
        people, count = (sum(schools[each][part] for each in below) for part in (0, 1))
        cells[name] = Cell(people, count, parents[name])
    veiled = hidden(cells, minimum)
    possible: dict[str, set[int]] = {name: set() for name in cells}
    anyway: dict[str, set[int]] = {name: set(range(cell.people + 1)) for name, cell in cells.items()}
    for truth in product(*(range(people + 1) for people, _ in schools)):
        sums = {name: sum(truth[each] for each in below) for name, below in members.items()}
        if all(sums[name] == cells[name].count for name in cells if name not in veiled):
            for name, value in sums.items():
                possible[name].add(value)
    for name, cell in cells.items():
        if small(cell.people, cell.count, minimum):
            assert name in veiled
            assert protected(cell.people, minimum, possible[name], anyway[name]), (name, possible[name])


class FakeUnit:
    """As much of a unit as the veil looks at."""

    def __init__(self, path: str, level: str, parent: FakeUnit | None) -> None:
        self.path, self.level, self.parent = path, level, parent
        self.children: list[FakeUnit] = []
        if parent:
            parent.children.append(self)

    @property
    def ancestors(self) -> Iterator[FakeUnit]:
        """The units above, nearest first."""
        if self.parent:
            yield self.parent
            yield from self.parent.ancestors


class School(NamedTuple):
    """One school's truth."""

    due: int
    chosen: int
    trained: int
    passed: int
    recognised: bool
    step: int

    def agrees(self, chosen: int, trained: int, passed: int) -> bool:
        """Whether the public knowledge of the school's step allows these counts."""
        choosing = {0: True, 1: chosen < self.due or not self.due}.get(self.step, chosen == self.due)
        training = {0: True, 1: True, 2: trained < self.due or not self.due}.get(self.step, trained == self.due)
        return passed <= min(chosen, trained) and max(chosen, trained) <= self.due and choosing and training


@st.composite
def schools(draw: st.DrawFn) -> School:
    """A school whose counts fit its step."""
    due, chosen = draw(splits(4))
    recognised = draw(st.booleans())
    step = 5 if recognised else draw(st.sampled_from((0, 1, 2, 3)))
    trained = draw(st.integers(0, due))
    if step > 1:
        chosen = due
    if step > 2:
        trained = due
    if step == 1 and due:
        chosen = min(chosen, due - 1)
    if step == 2 and due:
        trained = min(trained, due - 1)
    return School(due, chosen, trained, draw(st.integers(0, min(chosen, trained))), recognised, step)


@ROUNDS
@given(st.lists(st.lists(schools(), min_size=1, max_size=2), min_size=1, max_size=2), st.integers(2, 4))
def test_choices_hours_passes_and_recognition_together_give_nobody_away(
    counties: list[list[School]], minimum: int
) -> None:
    province = FakeUnit("p", "省", None)
    city = FakeUnit("p/c", "市", province)
    units = [province, city]
    truth: list[School] = []
    standing: dict[str, Standing] = {}
    members: dict[str, list[int]] = {"p": [], "p/c": []}
    leaves = []
    for place, county in enumerate(counties):
        units.append(unit := FakeUnit(f"p/c/{place}", "县", city))
        members[unit.path] = []
        for school in county:
            leaf = FakeUnit(f"{unit.path}/{len(truth)}", "校", unit)
            for path in ("p", "p/c", unit.path):
                members[path].append(len(truth))
            members[leaf.path] = [len(truth)]
            short_of = {1: "chosen", 2: "trained"}.get(school.step, "")
            standing[leaf.path] = Standing(school.step, short_of, school.recognised)
            truth.append(school)
            leaves.append(leaf)
    units += leaves
    tallies = {
        path: Tally(
            roster=sum(truth[each].due for each in below),
            chosen=sum(truth[each].chosen for each in below),
            trained=sum(truth[each].trained for each in below),
            passed=sum(truth[each].passed for each in below),
        )
        for path, below in members.items()
    }
    covered = veil(units, tallies, standing, minimum)  # type: ignore[arg-type]

    counts = ("chosen", "trained", "passed", "accepted", "waiting")
    part_of = {"chosen": 0, "trained": 1, "passed": 2, "accepted": 2, "waiting": 2}
    cells: dict[tuple[str, str], tuple[int, list[int], int]] = {}
    for path, below in members.items():
        groups = {
            "chosen": below,
            "trained": below,
            "passed": below,
            "accepted": [each for each in below if truth[each].recognised],
            "waiting": [each for each in below if not truth[each].recognised],
        }
        for count in counts if path.count("/") == 2 else counts[:3]:
            part = 1 + part_of[count]
            people = sum(truth[each].due for each in groups[count])
            cells[path, count] = people, groups[count], sum(truth[each][part] for each in groups[count])
    known = {
        (path, count): value
        for (path, count), (_, _, value) in cells.items()
        if count != "waiting" and path not in getattr(covered, count)
    }
    possible: dict[tuple[str, str], set[int]] = {name: set() for name in cells}
    anyway: dict[tuple[str, str], set[int]] = {name: set() for name in cells}
    for guess in guesses(truth):
        sums = {name: sum(guess[each][part_of[name[1]]] for each in below) for name, (_, below, _) in cells.items()}
        for name, value in sums.items():
            anyway[name].add(value)
        if all(sums[name] == value for name, value in known.items()):
            for name, value in sums.items():
                possible[name].add(value)
    for name, (people, _, value) in cells.items():
        if small(people, value, minimum):
            assert name not in known
            assert protected(people, minimum, possible[name], anyway[name]), (name, possible[name], known)


def guesses(truth: list[School]) -> Iterator[tuple[tuple[int, int, int], ...]]:
    """Every combination of (chosen, trained, passed) that public knowledge of the schools' steps allows."""
    choices: list[list[tuple[int, int, int]]] = [
        [
            (chosen, trained, passed)
            for chosen, trained, passed in product(range(school.due + 1), repeat=3)
            if school.agrees(chosen, trained, passed)
        ]
        for school in truth
    ]
    return product(*choices)


def test_as_much_as_possible_stays_public() -> None:
    """One small school in a county costs one neighbour, not the county."""
    counts: Mapping[str, tuple[int, int]] = {"a": (5, 4), "b": (20, 15), "c": (40, 30), "d": (60, 30)}
    cells = {"county": Cell(125, 79)} | {name: Cell(*split, "county") for name, split in counts.items()}
    assert hidden(cells, 3) == {"a", "b"}


def test_nothing_is_hidden_where_nobody_is_few() -> None:
    cells = {"county": Cell(60, 30), "a": Cell(20, 10, "county"), "b": Cell(40, 20, "county")}
    assert hidden(cells, 3) == frozenset()
    assert hidden(cells | {"c": Cell(4, 3, "county")}, 0) == frozenset()


def test_a_school_where_nobody_is_trained_does_not_cover_for_one_where_one_did_not_pass() -> None:
    """It cannot be where the county's missing ones passed: that nobody there is trained is public."""
    city = FakeUnit("p/c", "市", None)
    county = FakeUnit("p/c/k", "县", city)
    schools = [FakeUnit(f"p/c/k/{name}", "校", county) for name in "abc"]
    tallies = {
        "p/c/k/a": Tally(roster=18, chosen=18),
        "p/c/k/b": Tally(roster=14, chosen=14, trained=14, passed=13),
        "p/c/k/c": Tally(roster=24, chosen=24, trained=24, passed=21),
    }
    tallies["p/c/k"] = tallies["p/c"] = total(tallies.values())
    standing = {
        "p/c/k/a": Standing(2, "trained", False),
        "p/c/k/b": Standing(4, "", False),
        "p/c/k/c": Standing(4, "", False),
    }
    covered = veil([city, county, *schools], tallies, standing, 3)  # type: ignore[list-item]
    assert "p/c/k/a" not in covered.trained
    assert {"p/c/k/b", "p/c/k/c"} <= covered.passed
    assert "p/c/k" not in covered.passed

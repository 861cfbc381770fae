"""What a careful reader could work out about few people from the rates by dimension, environment and microability.

As in `test_disclosure`, the attackers know nothing of the code: they try every truth that agrees with what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.site.test_disclosure import FakeUnit
from wholeschool.outcomes.rates import AbilityTally, Taken
from wholeschool.site.veil_classes import Class, Kinds, shown

ROUNDS = settings(max_examples=150, deadline=None)
Counts = tuple[int, ...]
"""For every microability, one school's."""
States = tuple[str, ...]
"""For every microability what a teacher did: nothing, passed, or something else."""
NOTHING, PASSED, OTHER = STATES = "-po"


def table(*places: str) -> Kinds:
    """Microabilities with a letter for the dimension and one for the environment."""
    return {
        (code := f"{place}{number}"): (
            Class(place[0]),
            Class("", place[1]),
            Class(place[0], place[1]),
            Class(place[0], place[1], code),
        )
        for number, place in enumerate(places)
    }


TABLES = [
    table("am", "am"),
    table("am", "am", "ax"),
    table("am", "ax", "bm"),
    table("am", "am", "am"),
    table("am", "bm", "cx"),
]


class Reader(NamedTuple):
    """What everybody knows: the units, the classes, how many could choose in every school, and what is shown."""

    units: Sequence[FakeUnit]
    schools: Sequence[FakeUnit]
    kinds: Kinds
    due: Sequence[int]
    shown: Mapping[str, Mapping[Class, AbilityTally]]

    def members(self, path: str) -> list[int]:
        """The schools of a unit."""
        return [number for number, school in enumerate(self.schools) if f"{school.path}/".startswith(f"{path}/")]

    def groups(self) -> dict[Class, list[int]]:
        """Every class with its microabilities."""
        found: dict[Class, list[int]] = {}
        for number, groups in enumerate(self.kinds.values()):
            for group in groups:
                found.setdefault(group, []).append(number)
        return found

    def truths(self, known: Mapping[tuple[str, Class], int], most: Sequence[Counts]) -> Iterator[tuple[Counts, ...]]:
        """Every way to fill the schools, none above `most`, so that all sums that are `known` come out."""
        groups = self.groups()
        fitting = []
        for number, school in enumerate(self.schools):
            wanted = [(groups[group], value) for (path, group), value in known.items() if path == school.path]
            fitting.append(
                [
                    counts
                    for counts in product(*(range(limit + 1) for limit in most[number]))
                    if all(sum(counts[at] for at in codes) == value for codes, value in wanted)
                ]
            )
        above = [
            (self.members(path), groups[group], value)
            for (path, group), value in known.items()
            if path not in {school.path for school in self.schools}
        ]
        for truth in product(*fitting):
            if all(
                sum(truth[school][code] for school in schools for code in codes) == value
                for schools, codes, value in above
            ):
                yield truth


def draw_units(data: st.DataObject) -> tuple[list[FakeUnit], list[FakeUnit]]:
    """A city with one to three schools in one or two counties, parents first, and its schools."""
    city = FakeUnit("c", "市", None)
    counties = [FakeUnit(f"c/{name}", "县", city) for name in "kl"]
    homes = data.draw(st.lists(st.sampled_from(counties), min_size=1, max_size=3))
    schools = [FakeUnit(f"{county.path}/{number}", "校", county) for number, county in enumerate(homes)]
    return [city, *(county for county in counties if county in homes), *schools], schools


def draw_teachers(data: st.DataObject, kinds: Kinds, most: int) -> list[States]:
    return data.draw(st.lists(st.tuples(*(st.sampled_from(STATES) for _ in kinds)), min_size=1, max_size=most))


def taken(kinds: Kinds, teacher: States) -> Taken:
    passed, others = ({code for code, state in zip(kinds, teacher, strict=True) if state == each} for each in "po")
    return Taken(passed, others)


@ROUNDS
@given(st.sampled_from(TABLES), st.integers(2, 4), st.data())
def test_no_few_can_be_worked_out_from_sums(kinds: Kinds, minimum: int, data: st.DataObject) -> None:
    units, schools = draw_units(data)
    teachers = [draw_teachers(data, kinds, 5) for _ in schools]
    choices = {
        school.path: [taken(kinds, each) for each in here] for school, here in zip(schools, teachers, strict=True)
    }
    closed = data.draw(st.frozensets(st.sampled_from([unit.path for unit in units])))
    public = shown(units, choices, kinds, closed, minimum)  # type: ignore[arg-type]
    reader = Reader(units, schools, kinds, [len(here) for here in teachers], public)
    groups = reader.groups()
    real = {
        state: [tuple(sum(each[at] == state for each in here) for at in range(len(kinds))) for here in teachers]
        for state in (PASSED, OTHER)
    }
    for state, counts in real.items():
        left = {PASSED: real[OTHER], OTHER: real[PASSED]}[state]
        most = [tuple(due - other for other in others) for due, others in zip(reader.due, left, strict=True)]
        known = {
            (path, group): tally.passed if state == PASSED else tally.chosen - tally.passed
            for path, here in public.items()
            for group, tally in here.items()
        }
        sensitive = set()
        for unit in units:
            for group, codes in groups.items():
                value = sum(counts[school][code] for school in reader.members(unit.path) for code in codes)
                if (unit.path, group) in known:
                    assert unit.path not in closed
                    assert known[unit.path, group] == value
                    assert value == 0 or value >= minimum
                elif 0 < value < minimum:
                    sensitive.add((unit.path, group))
        for truth in reader.truths(known, most) if sensitive else ():
            for path, group in list(sensitive):
                value = sum(truth[school][code] for school in reader.members(path) for code in groups[group])
                if not 0 < value < minimum:
                    sensitive.discard((path, group))
            if not sensitive:
                break
        assert not sensitive, (state, real, known)

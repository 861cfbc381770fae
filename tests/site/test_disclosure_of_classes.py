"""What a careful reader could work out about few people from the rates by dimension, environment and microability.

As in `test_disclosure`, the attackers know nothing of the code: they try every truth that agrees with what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, product
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.site.test_disclosure import FakeUnit
from wholeschool.outcomes.rates import AbilityTally, Taken
from wholeschool.outcomes.veil_classes import Class, Kinds, School, classes_of, shown
from wholeschool.records.structs import Microability

ROUNDS = settings(max_examples=150, deadline=None)
NOTHING, PASSED, OTHER = "-po"
PARTS = (PASSED, OTHER)
Teacher = tuple[str, ...]
"""For every microability whether it was passed, or chosen otherwise, or not at all."""
Sum = tuple[str, Class]
"""A unit's path and a class."""


def table(*places: str) -> Kinds:
    """Microabilities, each with a letter for its dimension and one for its environment."""
    return classes_of(
        {
            (code := f"{place}{number}"): Microability(
                code=code, dimension=place[0], name=code, environment=place[1], credits=5
            )
            for number, place in enumerate(places)
        }
    )


PAIRS = [table("am", "am"), table("am", "ax"), table("am", "bm"), table("am", "bx")]
TRIPLES = [table("am", "am", "ax"), table("am", "ax", "bm"), table("am", "am", "am"), table("am", "bm", "cx")]


class Drawn(NamedTuple):
    """A city of few schools, what every teacher did, what each offers, and what is shown; sums by path and class."""

    schools: list[str]
    teachers: list[list[Teacher]]
    offered: list[frozenset[int]]
    closed: frozenset[str]
    public: dict[Sum, AbilityTally]
    members: dict[str, list[int]]
    groups: dict[Class, list[int]]


def draw(data: st.DataObject, kinds: Kinds, minimum: int, *, schools: int, teachers: int) -> Drawn:
    """Some schools in one or two counties, with some teachers each."""
    homes = data.draw(st.lists(st.sampled_from("kl"), min_size=1, max_size=schools))
    one = st.tuples(*(st.sampled_from((NOTHING, PASSED, OTHER)) for _ in kinds))
    did = [data.draw(st.lists(one, min_size=1, max_size=teachers)) for _ in homes]
    more = [data.draw(st.frozensets(st.integers(0, len(kinds) - 1))) for _ in homes]
    offered = [
        each.union(at for teacher in here for at, how in enumerate(teacher) if how != NOTHING)
        for each, here in zip(more, did, strict=True)
    ]
    paths = ["c", *(f"c/{home}" for home in homes), *(f"c/{home}/{number}" for number, home in enumerate(homes))]
    return made(homes, did, kinds, data.draw(st.frozensets(st.sampled_from(paths))), minimum, offered)


def made(
    homes: Sequence[str],
    teachers: list[list[Teacher]],
    kinds: Kinds,
    closed: frozenset[str],
    minimum: int,
    offered: list[frozenset[int]] | None = None,
) -> Drawn:
    """A city with a school for each county named in `homes`, and what is shown of it."""
    offered = offered or [frozenset(range(len(kinds))) for _ in homes]
    city = FakeUnit("c", "市", None)
    counties = {home: FakeUnit(f"c/{home}", "县", city) for home in homes}
    schools = [FakeUnit(f"c/{home}/{number}", "校", counties[home]) for number, home in enumerate(homes)]
    units = [city, *counties.values(), *schools]
    codes = list(kinds)
    known = {
        school.path: School(
            [
                Taken(*({code for code, how in zip(codes, each, strict=True) if how == part} for part in PARTS))
                for each in here
            ],
            {codes[at] for at in open_},
        )
        for school, here, open_ in zip(schools, teachers, offered, strict=True)
    }
    found = shown(units, known, kinds, closed, minimum)  # type: ignore[arg-type]
    groups: dict[Class, list[int]] = {}
    for number, each in enumerate(kinds.values()):
        for group in each:
            groups.setdefault(group, []).append(number)
    return Drawn(
        [school.path for school in schools],
        teachers,
        offered,
        closed,
        {(path, group): tally for path, here in found.items() for group, tally in here.items()},
        {
            unit.path: [at for at, school in enumerate(schools) if f"{school.path}/".startswith(f"{unit.path}/")]
            for unit in units
        },
        groups,
    )


def chosen(teachers: Sequence[Teacher], codes: Sequence[int], part: str) -> int:
    """Choices of one part; somebody may have several."""
    return sum(each[code] == part for each in teachers for code in codes)


def people(teachers: Sequence[Teacher], codes: Sequence[int], part: str) -> int:
    """People who have choices of one part."""
    return sum(any(each[code] == part for code in codes) for each in teachers)


def few(number: int, minimum: int) -> bool:
    return 0 < number < minimum


@ROUNDS
@given(st.sampled_from(PAIRS + TRIPLES), st.integers(2, 4), st.data())
def test_no_few_can_be_worked_out_from_sums(kinds: Kinds, minimum: int, data: st.DataObject) -> None:
    attack(draw(data, kinds, minimum, schools=3, teachers=5), minimum)


def test_a_school_where_nobody_chose_it_does_not_cover_for_another() -> None:
    teachers = ["---"], ["-p-", "pp-"], ["---", "---", "pp-"]
    attack(made("kkk", [[tuple(each) for each in here] for here in teachers], TRIPLES[0], frozenset(), 2), 2)


def test_two_teachers_with_three_choices_are_few_though_the_choices_are_not() -> None:
    """A closed school of two: the county less the other school would say that one or two passed all three."""
    teachers = [tuple("ppp-"), tuple("----")], [tuple("pppp")] * 8
    kinds = table("am", "am", "am", "am")
    attack(made("kk", [list(here) for here in teachers], kinds, frozenset({"c/k/0"}), 3), 3)


def test_what_a_school_does_not_offer_does_not_cover_for_what_it_does() -> None:
    """Of three on offer two are shown with their sum: the third is what is left, whatever else there is elsewhere."""
    teachers = [tuple("pp--")] * 4 + [tuple("ppp-"), tuple("----"), tuple("----"), tuple("----")]
    kinds = table("am", "am", "am", "am")
    attack(made("k", [teachers], kinds, frozenset(), 3, [frozenset({0, 1, 2})]), 3)


def test_what_another_school_does_not_offer_does_not_come_from_there() -> None:
    """The two who chose the second in the third school could not have chosen the first, which only the others offer."""
    teachers = [tuple("pp")], [tuple("p-")], [tuple("-p"), tuple("-p")]
    offered = [frozenset({0, 1}), frozenset({0}), frozenset({1})]
    attack(made("kkk", [list(here) for here in teachers], PAIRS[0], frozenset(), 2, offered), 2)


def test_whoever_covered_for_one_few_does_not_cover_for_another() -> None:
    """In a closed county of two schools: the one who can be moved for one of them is no longer there for the other."""
    teachers = ["--o", "-po", "--o", "-pp", "-po"], ["p--", "---", "---", "-pp", "---"], ["-p-", "-p-", "-pp"]
    attack(made("kll", [[tuple(each) for each in here] for here in teachers], TRIPLES[0], frozenset({"c/l"}), 3), 3)


def attack(drawn: Drawn, minimum: int) -> None:
    """Who knows how many there are of either part in a school knows how many of the other there can be."""
    codes = range(len(drawn.teachers[0][0]))
    counts = {part: [[chosen(here, [code], part) for code in codes] for here in drawn.teachers] for part in PARTS}
    for part, other in (PARTS, reversed(PARTS)):
        known = {at: (tally.passed, tally.chosen - tally.passed)[part == OTHER] for at, tally in drawn.public.items()}
        most = [
            [(len(here) - taken) * (code in offered) for code, taken in enumerate(row)]
            for here, row, offered in zip(drawn.teachers, counts[other], drawn.offered, strict=True)
        ]
        sensitive = set[Sum]()
        for path, group in product(drawn.members, drawn.groups):
            value = added(counts[part], drawn, path, group)
            if (path, group) in known:
                assert path not in drawn.closed
                assert known[path, group] == value
                assert not few(value, minimum)
            elif few(people_at_most(counts[part], drawn, path, group), minimum):
                sensitive.add((path, group))
        for truth in truths(drawn, known, most) if sensitive else ():
            sensitive = {at for at in sensitive if few(people_at_most(truth, drawn, *at), minimum)}
            if not sensitive:
                break
        assert not sensitive, (part, counts, known)


def added(counts: Sequence[Sequence[int]], drawn: Drawn, path: str, group: Class) -> int:
    return sum(counts[school][code] for school in drawn.members[path] for code in drawn.groups[group])


def people_at_most(counts: Sequence[Sequence[int]], drawn: Drawn, path: str, group: Class) -> int:
    """Each choice may be somebody else's, as long as there are so many in the school."""
    return sum(
        min(len(drawn.teachers[school]), sum(counts[school][code] for code in drawn.groups[group]))
        for school in drawn.members[path]
    )


def truths(drawn: Drawn, known: Mapping[Sum, int], most: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    """Every way to fill the schools, none above `most`, from which all sums come out that are `known`."""
    fitting = []
    for school, limits in zip(drawn.schools, most, strict=True):
        wanted = [(drawn.groups[group], value) for (path, group), value in known.items() if path == school]
        guesses = product(*(range(limit + 1) for limit in limits))
        fitting.append(
            [each for each in guesses if all(sum(each[code] for code in codes) == value for codes, value in wanted)]
        )
    above = [(at, value) for at, value in known.items() if at[0] not in drawn.schools]
    for truth in product(*fitting):
        if all(added(truth, drawn, *at) == value for at, value in above):
            yield truth


@ROUNDS
@given(st.sampled_from(PAIRS + TRIPLES), st.integers(2, 3), st.data())
def test_no_few_people_can_be_worked_out_teacher_by_teacher(kinds: Kinds, minimum: int, data: st.DataObject) -> None:
    """Who thinks of everything that every teacher may have done, of those who passed and the others at once."""
    drawn = draw(
        data, kinds, minimum, **({"schools": 3, "teachers": 3} if len(kinds) < 3 else {"schools": 2, "teachers": 3})
    )
    groups = list(drawn.groups.items())
    sensitive = set[Sum]()
    for path, (group, codes) in product(drawn.members, groups):
        here = [each for school in drawn.members[path] for each in drawn.teachers[school]]
        if any(few(people(here, codes, part), minimum) for part in PARTS):
            assert (path, group) not in drawn.public
            sensitive.add((path, group))
    # For every guess at a school, choices and people of both parts in every class.
    guesses: list[list[tuple[tuple[int, ...], tuple[int, ...]]]] = []
    for school, teachers, offered in zip(drawn.schools, drawn.teachers, drawn.offered, strict=True):
        found = set()
        one = list(product(*("-po" if code in offered else "-" for code in range(len(kinds)))))
        for guess in combinations_with_replacement(one, len(teachers)):
            choices = tuple(chosen(guess, codes, part) for _, codes in groups for part in PARTS)
            if fits(drawn, school, choices):
                found.add((choices, tuple(people(guess, codes, part) for _, codes in groups for part in PARTS)))
        guesses.append(sorted(found))
    for truth in product(*guesses) if sensitive else ():
        of = {path: [truth[school] for school in below] for path, below in drawn.members.items()}
        if all(
            fits(drawn, path, [sum(row) for row in zip(*(each[0] for each in of[path]), strict=True)]) for path in of
        ):
            totals = {path: [sum(row) for row in zip(*(each[1] for each in of[path]), strict=True)] for path in of}
            at = {group: 2 * number for number, (group, _) in enumerate(groups)}
            sensitive = {
                (path, group)
                for path, group in sensitive
                if any(few(number, minimum) for number in totals[path][at[group] : at[group] + 2])
            }
        if not sensitive:
            break
    assert not sensitive, (sensitive, drawn)


def fits(drawn: Drawn, path: str, choices: Sequence[int]) -> bool:
    """Whether a unit's choices, of both parts in every class, are what is shown of them."""
    pairs = zip(choices[::2], choices[1::2], strict=True)
    public = (drawn.public.get((path, group)) for group in drawn.groups)
    return all(
        tally is None or pair == (tally.passed, tally.chosen - tally.passed)
        for tally, pair in zip(public, pairs, strict=True)
    )


def test_one_who_did_not_pass_several_is_few() -> None:
    kinds = PAIRS[0]
    school = FakeUnit("s", "校", None)
    one, all_, none = Taken(set(), set(kinds)), Taken(set(kinds), set()), Taken(set(), set())
    for number, shows in ((1, False), (2, True)):
        teachers = [*[one] * number, *[all_] * 8, *[none] * 8]
        found = shown([school], {"s": School(teachers, set(kinds))}, kinds, (), 2)  # type: ignore[list-item]
        assert (Class("a") in found["s"]) == shows


def test_a_rare_microability_takes_one_other_with_it_and_not_its_sums() -> None:
    kinds = TRIPLES[2]
    school = FakeUnit("s", "校", None)
    rare, *others = kinds
    teachers = [Taken({others[number % 2]}, set()) for number in range(40)]
    teachers += [Taken({rare, others[0]}, set()), Taken({rare}, set())]
    found = shown([school], {"s": School(teachers, set(kinds))}, kinds, (), 5)["s"]  # type: ignore[list-item]
    assert {group.code: tally.chosen for group, tally in found.items()} == {others[0]: 21, "": 43}
    assert Class("a") in found

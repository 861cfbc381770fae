"""What a careful reader could work out about few people from the rates by dimension, environment and microability.

As in `test_disclosure`, the attackers know nothing of the code: they try every truth that agrees with what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.site.test_disclosure import FakeUnit, small
from wholeschool.outcomes.rates import AbilityTally
from wholeschool.site.veil_classes import Detail, Place, detail, listed

ROUNDS = settings(max_examples=150, deadline=None)
Pair = tuple[int, int]
"""How many chose, and how many of them passed."""
Guess = tuple[Pair, ...]
"""For every place."""
PLACES: tuple[Place, ...] = (("学法指导", "多媒体教学环境"), ("学法指导", "混合学习环境"))


def pairs(most: int) -> list[Pair]:
    return [(chosen, passed) for chosen in range(most + 1) for passed in range(chosen + 1)]


def added(found: list[Pair]) -> Pair:
    return sum(pair[0] for pair in found), sum(pair[1] for pair in found)


@ROUNDS
@given(
    st.lists(st.tuples(*(st.sampled_from(pairs(4)) for _ in PLACES)), min_size=1, max_size=2),
    st.integers(2, 4),
    st.data(),
)
def test_neither_places_nor_dimensions_tell_of_few_people(
    truth: list[Guess], minimum: int, data: st.DataObject
) -> None:
    city = FakeUnit("p/c", "市", None)
    counties = [FakeUnit(f"p/c/{place}", "县", city) for place in range(len(truth))]
    units = [city, *counties]
    members = {city.path: list(range(len(truth)))} | {county.path: [at] for at, county in enumerate(counties)}
    real = {
        path: [added([truth[each][place] for each in below]) for place in range(len(PLACES))]
        for path, below in members.items()
    }
    counts = {
        path: {place: AbilityTally(*pair) for place, pair in zip(PLACES, here, strict=True) if pair[0]}
        for path, here in real.items()
    }
    closed = data.draw(st.frozensets(st.sampled_from(sorted(members))))
    shown = detail(units, counts, closed, minimum)  # type: ignore[arg-type]
    assert shown.places <= shown.whole
    assert not closed & shown.whole

    sensitive = {
        (path, at)
        for path, here in real.items()
        for at, pair in enumerate((*here, added(here)))
        if small(*pair, minimum)
    }
    for path, at in sensitive:
        assert path not in (shown.places if at < len(PLACES) else shown.whole)
    # What every county could be.
    guesses = [
        [
            guess
            for guess in product(pairs(8), repeat=len(PLACES))
            if public(county.path, guess, shown) == public(county.path, here, shown)
        ]
        for county, here in zip(counties, truth, strict=True)
    ]
    doubted: set[tuple[str, int]] = set()
    by_sum: dict[object, list[Guess]] = {}
    for guess in guesses[-1]:
        by_sum.setdefault(public(city.path, guess, shown), []).append(guess)
    whole = real[city.path]
    for first in guesses[0] if len(guesses) == 2 else [((0, 0),) * len(PLACES)]:
        for second in by_sum.get(public(city.path, less(whole, first), shown), ()):
            sums = {city.path: more(first, second), counties[-1].path: second}
            if len(guesses) == 2:
                sums[counties[0].path] = first
            for path, here in sums.items():
                for at, pair in enumerate((*here, added(list(here)))):
                    if not small(*pair, minimum):
                        doubted.add((path, at))
        if sensitive <= doubted:
            break
    assert sensitive <= doubted, (sensitive - doubted, real, shown)


def public(path: str, guess: Sequence[Pair], shown: Detail) -> object:
    """What would be shown of a unit."""
    if path in shown.places:
        return tuple(guess)
    return added(list(guess)) if path in shown.whole else None


def less(whole: Sequence[Pair], part: Sequence[Pair]) -> Guess:
    return tuple((one[0] - two[0], one[1] - two[1]) for one, two in zip(whole, part, strict=True))


def more(first: Sequence[Pair], second: Sequence[Pair]) -> Guess:
    return tuple(added([one, two]) for one, two in zip(first, second, strict=True))


@ROUNDS
@given(
    st.lists(st.sampled_from(pairs(5)), min_size=1, max_size=2),
    st.lists(st.sampled_from(pairs(5)), min_size=0, max_size=2),
    st.integers(2, 4),
)
def test_a_list_of_microabilities_does_not_tell_what_it_leaves_out(
    first: list[Pair], second: list[Pair], minimum: int
) -> None:
    known = {f"A{at}": pair for at, pair in enumerate(first)} | {f"B{at}": pair for at, pair in enumerate(second)}
    groups = [[code for code in known if code[0] == letter] for letter in "AB"] + [list(known)]
    groups = [group for group in groups if group]
    shown = listed({code: AbilityTally(*pair) for code, pair in known.items()}, groups, minimum)
    silent = [code for code in known if code not in shown]
    sensitive = {code for code, pair in known.items() if small(*pair, minimum)}
    assert sensitive <= set(silent)
    # The last group is a dimension, the others are its places: these are public all or none.
    totals = [(group, added([known[code] for code in group])) for group in groups]
    sums = [] if any(small(*total, minimum) for _, total in totals[:-1]) else totals[:-1]
    sums += [total for total in totals[-1:] if not small(*total[1], minimum)]
    doubted: set[str] = set()
    for guess in product(pairs(8), repeat=len(silent)):
        whole = {code: (tally.chosen, tally.passed) for code, tally in shown.items()}
        whole |= dict(zip(silent, guess, strict=True))
        if all(added([whole[code] for code in group]) == total for group, total in sums):
            doubted |= {code for code, pair in zip(silent, guess, strict=True) if not small(*pair, minimum)}
        if sensitive <= doubted:
            break
    assert sensitive <= doubted, (sensitive - doubted, known, shown)


def test_a_county_with_a_rare_place_still_shows_its_dimensions() -> None:
    county = FakeUnit("p/c/k", "县", None)
    counts: Mapping[str, Mapping[Place, AbilityTally]] = {
        county.path: {PLACES[0]: AbilityTally(60, 50), PLACES[1]: AbilityTally(12, 11)}
    }
    shown = detail([county], counts, (), 5)  # type: ignore[list-item]
    assert not shown.places
    assert shown.whole == {county.path}


def test_a_neighbour_whose_sum_leaves_no_room_does_not_cover_for_a_county() -> None:
    """In the second county nobody failed: it cannot be where the one is who failed a place in one of the first two."""
    city = FakeUnit("p/c", "市", None)
    one, two, three = counties = [FakeUnit(f"p/c/{name}", "县", city) for name in "abc"]
    real = {one.path: ((9, 8), (9, 5)), two.path: ((9, 9), (9, 9)), three.path: ((20, 11), (20, 10))}
    real[city.path] = more(more(real[one.path], real[two.path]), real[three.path])  # type: ignore[assignment]
    counts = {
        path: {at: AbilityTally(*pair) for at, pair in zip(PLACES, here, strict=True)} for path, here in real.items()
    }
    shown = detail([city, *counties], counts, (), 5)  # type: ignore[list-item]
    assert {city.path, three.path} <= shown.places
    assert not {one.path, two.path} & shown.places
    assert not {one.path, two.path} & shown.whole


def test_what_is_not_few_is_all_listed() -> None:
    known = {"A": AbilityTally(40, 30), "B": AbilityTally(20, 20), "C": AbilityTally(9, 4)}
    assert listed(known, [["A", "B", "C"]], 4) == known

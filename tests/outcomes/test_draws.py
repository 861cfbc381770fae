"""Samples that nobody can choose: they follow from the announcement and the value, and from nothing else."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.draws import cheat
from tests.soak import examples
from tests.synthesis import write
from wholeschool.outcomes.draws import (
    LOTTERIES,
    canonical,
    digest,
    due,
    enough,
    is_drawn_on,
    missed,
    next_draw,
    sample_of,
    seal,
    seed_of,
    shares,
)
from wholeschool.programme import Programme, Unit, assemble
from wholeschool.records import Record, load, placed
from wholeschool.records.structs import Announcement, Due, Exemption, PopulationSeal, PublicValue, Risk
from wholeschool.sources import WorkingTree

YEAR = 2026
NUMBERS = "03 08 11 19 22 30 05"


def announced(people: list[Due], **terms: object) -> Record[Announcement]:
    """An announcement over some people."""
    path = "submissions/anhui/shili/mingyuan/2026/announcements/2026-11-18.yaml"
    where = placed(path)
    assert where is not None
    said = {"announced": "2026-11-18", "stage": "考核结果", "commit": "0" * 40} | terms
    value, sealed = (
        PublicValue(source="双色球", day="2026-11-22"),
        PopulationSeal(people=len(people), sha256=seal(people)),
    )
    return Record(path, where, bytes, Announcement(population=sealed, value=value, **said))  # type: ignore[arg-type]


def drawn(people: list[Due], numbers: str = NUMBERS, **terms: object) -> tuple[str, ...]:
    record = announced(people, **terms)
    return sample_of(record.data, people, seed_of(record, numbers))


def some(many: int, layers: int = 1) -> list[Due]:
    return [
        Due(teacher=f"3499010001{each:04}", layer=f"第{each % layers}所" if layers > 1 else None)
        for each in range(many)
    ]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Programme, Unit]:
    """A synthetic county of twelve schools."""
    root = tmp_path_factory.mktemp("county")
    write(root, counties=1, schools=12, teachers=150, seed=3)
    found = assemble(load(WorkingTree(root)))
    return found, found.counties[0]


def test_everybody_due_is_in_the_population_once_and_the_exempt_are_not(county: tuple[Programme, Unit]) -> None:
    programme, unit = county
    rosters = [programme.school_year(school, YEAR).teachers for school in unit.children]
    exempt = {
        number
        for roster in rosters
        for number, teacher in roster.items()
        if isinstance(teacher.exempt, Exemption) and teacher.exempt.reason and teacher.exempt.approved_by
    }
    assert exempt
    people = due(programme, unit, YEAR, "2026-11-18", ())
    numbers = [each.teacher for each in people]
    assert numbers == sorted({number for roster in rosters for number in roster} - exempt)
    assert {each.layer for each in people} == {None}


def test_layers_are_the_schools_and_what_was_chosen(county: tuple[Programme, Unit]) -> None:
    programme, unit = county
    by_school = due(programme, unit, YEAR, "2026-11-18", ("school",))
    home = {number: school.path for school in unit.children for number in programme.school_year(school, YEAR).teachers}
    assert all(each.layer == home[each.teacher] for each in by_school)
    both = due(programme, unit, YEAR, "2026-11-18", ("school", "environment"))
    assert all((each.layer or "").startswith(f"{home[each.teacher]}｜") for each in both)
    assert len({each.layer for each in both}) > len({each.layer for each in by_school})


@settings(max_examples=60, deadline=None)
@given(data=st.data(), source=st.sampled_from(sorted(LOTTERIES)))
def test_however_the_numbers_are_typed_they_are_the_same_value(data: st.DataObject, source: str) -> None:
    """Else whoever enters them could try ways of writing until the sample suits."""
    drawn_ = [data.draw(st.permutations(range(1, most + 1)))[:count] for count, most in LOTTERIES[source].groups]
    value = canonical(source, " ".join(f"{each:02}" for group in drawn_ for each in sorted(group)))
    typed = [str(each) if data.draw(st.booleans()) else f"{each:02}" for group in drawn_ for each in group]
    separators = data.draw(st.lists(st.sampled_from([" ", "  ", "、", ",", "，", " + ", "|"]), min_size=9, max_size=9))
    text = "".join(number + separator for number, separator in zip(typed, separators, strict=False))
    assert canonical(source, text) == value
    assert canonical(source, value) == value


@pytest.mark.parametrize(
    ("source", "numbers", "words"),
    [
        ("双色球", "03 08 11 19 22 30", "7 个号码，这里有 6 个"),
        ("双色球", "03 08 11 19 22 34 05", "1 到 33"),
        ("双色球", "03 08 11 19 22 30 17", "1 到 16"),
        ("双色球", "03 03 11 19 22 30 05", "互不相同"),
        ("双色球", "00 03 11 19 22 30 05", "1 到 33"),
        ("双色球", "0308111922 30 05", "这里有 3 个"),
        ("大乐透", "01 02 03 04 36 01 02", "1 到 35"),
        ("大乐透", "01 02 03 04 05 02 02", "互不相同"),
        ("双色球", "", "这里有 0 个"),
    ],
)
def test_what_cannot_be_the_lottery_s_numbers_is_told(source: str, numbers: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        canonical(source, numbers)


def test_every_term_of_the_announcement_and_every_number_counts() -> None:
    people = some(60)
    records = [
        announced(people, count=5),
        announced(people, count=6),
        announced(people, ratio=5.0),
        announced(people, risk=Risk(missed=5, wrong=20)),
        announced(people, count=5, stage="考核过程"),
        announced(people, count=5, commit="1" * 40),
        announced(people, count=5, announced="2026-11-19"),
        announced(people, count=5, strata=("school",)),
        announced(people[1:], count=5),
    ]
    assert len({digest(each) for each in records}) == len(records)
    seeds = {seed_of(records[0], f"03 08 11 19 22 30 {last:02}") for last in range(1, 17)}
    assert len(seeds) == 16


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 90), layers=st.integers(1, 9), many=st.integers(1, 70))
def test_a_count_is_that_many_or_everybody(count: int, layers: int, many: int) -> None:
    people = some(many, layers)
    sample = drawn(people, count=count)
    assert len(sample) == len(set(sample)) == min(count, many)
    assert set(sample) <= {each.teacher for each in people}
    taken = shares(announced(people, count=count).data, _sizes(people))
    for layer, size in _sizes(people).items():  # no layer is more than one from its exact part
        assert abs(taken[layer] - min(count, many) * size / many) < 1


@settings(max_examples=60, deadline=None)
@given(ratio=st.integers(1, 1000).map(lambda tenth: tenth / 10), layers=st.integers(1, 9), many=st.integers(1, 70))
def test_a_ratio_rounds_up_in_every_layer(ratio: float, layers: int, many: int) -> None:
    people = some(many, layers)
    sample = set(drawn(people, ratio=ratio))
    for layer, size in _sizes(people).items():
        there = {each.teacher for each in people if (each.layer or "") == layer}
        assert len(sample & there) == math.ceil(round(size * ratio * 10) / 1000)


@pytest.mark.parametrize(("size", "wrong", "risk"), [(12, 20, 5), (12, 50, 30), (9, 34, 10), (10, 100, 1), (8, 1, 60)])
def test_a_risk_is_kept_by_counting_every_sample_there_is(size: int, wrong: float, risk: float) -> None:
    """Every sample is looked at: few enough of that size miss all the wrong ones, and with one fewer too many do."""
    bad = math.ceil(size * wrong / 100)

    def missing(drawn_: int) -> Fraction:
        samples = list(combinations(range(size), drawn_))
        return Fraction(sum(min(each) >= bad for each in samples), len(samples))

    least = enough(size, Risk(missed=risk, wrong=wrong))
    assert missing(least) <= Fraction(str(risk)) / 100
    assert least == 1 or missing(least - 1) > Fraction(str(risk)) / 100
    assert missing(least) == missed(size, least, wrong)


def test_the_size_for_a_county_of_170() -> None:
    risk = Risk(missed=5, wrong=20)
    assert enough(170, risk) == 13
    assert round(float(missed(170, 13, 20)), 4) == 0.0487
    assert round(float(missed(170, 12, 20)), 4) == 0.0620


def test_a_larger_sample_contains_the_smaller_and_one_more_teacher_moves_nobody_else() -> None:
    """Given the seed, whoever comes or goes changes nobody else's place."""
    people = some(80)
    small, large = announced(people, count=10), announced(people, count=30)
    seed = seed_of(small, NUMBERS)
    first, more = sample_of(small.data, people, seed), sample_of(large.data, people, seed)
    assert more[:10] == first
    extra = [*people, Due(teacher="34990199990001")]
    again = sample_of(announced(extra, count=31).data, extra, seed)
    assert [each for each in again if each != "34990199990001"][:30] == list(more)


def test_everybody_is_drawn_equally_often() -> None:
    """Over many values each of forty people is drawn about as often as another."""
    people, times = some(40), 4_000
    record = announced(people, count=8)
    rng = random.Random(5)
    seen = dict.fromkeys((each.teacher for each in people), 0)
    for _ in range(times):
        numbers = " ".join(f"{each:02}" for each in [*sorted(rng.sample(range(1, 34), 6)), rng.randint(1, 16)])
        for number in sample_of(record.data, people, seed_of(record, numbers)):
            seen[number] += 1
    spread = math.sqrt(times * 0.2 * 0.8)
    assert all(abs(many - times * 0.2) < 4.5 * spread for many in seen.values())


@pytest.mark.soak
def test_a_cheating_office_gains_nothing_but_a_list_of_what_it_called_off() -> None:
    """Each prepares announcements and takes the most promising one: the school it would hide is drawn all the same."""
    gain = cheat(examples(60), 7)
    spread = math.sqrt(gain.offices * gain.by_luck * (1 - gain.by_luck))
    assert abs(gain.prepared - gain.offices * gain.by_luck) < 4 * spread
    assert gain.former == gain.offices  # by the former way all of them got it
    assert gain.cancelled > 1


def test_the_next_draw_is_on_one_of_the_lottery_s_days() -> None:
    assert next_draw("双色球", "2026-11-25", 0) == "2026-11-26"
    assert next_draw("双色球", "2026-11-26", 1) == "2026-11-29"
    assert next_draw("大乐透", "2026-11-25", 1) == "2026-11-28"
    assert not is_drawn_on("双色球", "2026-11-27")
    assert is_drawn_on("大乐透", "2026-11-28")


def _sizes(people: list[Due]) -> dict[str, int]:
    layers = [each.layer or "" for each in people]
    return {layer: layers.count(layer) for layer in sorted(set(layers))}

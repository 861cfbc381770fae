"""Spot-check samples that nobody can choose and anybody can draw again (附件1 二(三)5).

The seed is SHA-256 of a commit that existed before the draw was announced, with the unit and the year. Every teacher
due gets the hash of seed and number; sorted by it, the first of each stratum are the sample. Adding or removing one
teacher changes nobody else's place.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from fractions import Fraction

import msgspec

from wholeschool.days import FOREVER
from wholeschool.outcomes.rates import is_exempt
from wholeschool.programme import Programme, Unit
from wholeschool.records.structs import Draw, Microability, Teacher


class Drawn(msgspec.Struct, frozen=True):
    """A sample in the order it was drawn, and what it was drawn from."""

    seed: str
    population: int
    sample: tuple[str, ...]


def seed_of(commit: str, unit: Unit, year: int) -> str:
    """64 hexadecimal digits from a commit's 40, the unit's path and the year."""
    return hashlib.sha256(f"{commit}:{unit.path}:{year}".encode()).hexdigest()


def population(programme: Programme, unit: Unit, year: int, on: str = FOREVER) -> Mapping[str, tuple[Unit, Teacher]]:
    """Every teacher due for assessment below a unit on a day, by number, with the school.

    Who was exempt later was due then: a draw that has been made stays what it was.
    """
    schools = [school for school in programme.schools if unit in (school, *school.ancestors)]
    return {
        number: (school, teacher)
        for school in schools
        for number, teacher in programme.school_year(school, year).teachers.items()
        if not is_exempt(teacher, on)
    }


def draw(
    programme: Programme,
    unit: Unit,
    year: int,
    *,
    commit: str,
    ratio: float | None = None,
    count: int | None = None,
    strata: tuple[str, ...] = (),
    announced: str = FOREVER,
) -> Drawn:
    """The sample of those due on the day of the announcement.

    `ratio` is in percent and rounds up in every stratum; `count` is spread over strata by their size.
    """
    everybody = population(programme, unit, year, announced)
    seed = seed_of(commit, unit, year)
    ranked = sorted(everybody, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).digest())
    layers: dict[tuple[str, ...], list[str]] = {}
    table = programme.abilities(year)
    for number in ranked:
        school, teacher = everybody[number]
        layers.setdefault(tuple(_layer(table, school, teacher, name) for name in strata), []).append(number)
    shares = _shares({key: len(numbers) for key, numbers in layers.items()}, ratio, count)
    chosen = {number for key, numbers in layers.items() for number in numbers[: shares[key]]}
    return Drawn(seed, len(everybody), tuple(number for number in ranked if number in chosen))


def redraw(programme: Programme, unit: Unit, year: int, recorded: Draw) -> Drawn:
    """The same draw once more, from what its record says."""
    return draw(
        programme,
        unit,
        year,
        commit=recorded.commit,
        ratio=recorded.ratio,
        count=recorded.count,
        strata=tuple(recorded.strata),
        announced=recorded.announced,
    )


def _layer(table: Mapping[str, Microability], school: Unit, teacher: Teacher, name: str) -> str:
    if name == "school":
        return school.path
    environments = {table[code].environment for code in teacher.choices if code in table}
    return "、".join(sorted(environments))


def _shares(sizes: Mapping[tuple[str, ...], int], ratio: float | None, count: int | None) -> dict[tuple[str, ...], int]:
    """How many to take of each stratum: a ratio rounds up; a count goes by largest remainders, ties by name."""
    if ratio is not None:
        part = Fraction(repr(ratio)) / 100  # the decimal that people wrote: 8.8% of 375 is 33, and not a little more
        return {key: min(size, math.ceil(size * part)) for key, size in sizes.items()}
    total = sum(sizes.values())
    wanted = min(count or 0, total)
    exact = {key: size * wanted / total for key, size in sizes.items()} if total else {}
    shares = {key: math.floor(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in by_remainder[: wanted - sum(shares.values())]:
        shares[key] += 1
    return shares

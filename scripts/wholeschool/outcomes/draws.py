"""Spot-check samples that nobody can choose and anybody can draw again.

An announcement fixes who may be drawn, how many, and which public value of a later day decides. Once that value is
known, the seed is SHA-256 of the announcement's digest and the value. Everybody due gets the hash of seed and number;
sorted by it, the first of each layer are the sample. Whoever writes the announcement cannot know the value, and whoever
knows the value cannot change the announcement: there is nothing to choose.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from wholeschool.outcomes.rates import is_exempt
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.stays import home_on
from wholeschool.programme.years import is_due_in
from wholeschool.records import Record
from wholeschool.records.csv_text import appended
from wholeschool.records.structs import Announcement, Due, Microability, Risk, Teacher


class Lottery(NamedTuple):
    """A national lottery: how many of each group of balls are drawn and up to which number; weekdays (0: Monday)."""

    groups: tuple[tuple[int, int], ...]
    weekdays: tuple[int, ...]


LOTTERIES: Mapping[str, Lottery] = {
    "双色球": Lottery(((6, 33), (1, 16)), (1, 3, 6)),
    "大乐透": Lottery(((5, 35), (2, 12)), (0, 2, 5)),
}
"""Public values that an office without internet can have, each of some twenty million: too many to prepare for."""
_DAYS = "一二三四五六日"


def next_draw(source: str, day: str, ahead: int) -> str:
    """The first day on which the lottery is drawn, `ahead` days or more after a day."""
    later = date.fromisoformat(day) + timedelta(days=ahead)
    while later.weekday() not in LOTTERIES[source].weekdays:
        later += timedelta(days=1)
    return later.isoformat()


def is_drawn_on(source: str, day: str) -> bool:
    """Whether the lottery is usually drawn on that day; it rests on some holidays."""
    return date.fromisoformat(day).weekday() in LOTTERIES[source].weekdays


def weekdays_of(source: str) -> str:
    """The weekdays of a lottery, in Chinese."""
    return "、".join(f"周{_DAYS[each]}" for each in LOTTERIES[source].weekdays)


def canonical(source: str, numbers: str) -> str:
    """A lottery's numbers in the one way in which they count: two figures each, every group in rising order.

    However they were typed, the same numbers give the same sample. Raises `ValueError`, with a sentence for people,
    where these cannot be the lottery's numbers.
    """
    found = [int(each) for each in re.findall("[0-9]+", numbers)]
    groups = LOTTERIES[source].groups
    if len(found) != (many := sum(count for count, _ in groups)):
        raise ValueError(f"{source}一期是 {many} 个号码，这里有 {len(found)} 个")
    parts: list[int] = []
    for count, most in groups:
        part = sorted(found[len(parts) : len(parts) + count])
        if len(set(part)) < count or not 1 <= part[0] <= part[-1] <= most:
            raise ValueError(f"{source}的这 {count} 个号码在 1 到 {most} 之间、互不相同，写的是 {_figures(part)}")
        parts += part
    return _figures(parts)


def _figures(numbers: Sequence[int]) -> str:
    return " ".join(f"{each:02}" for each in numbers)


def due(programme: Programme, unit: Unit, year: int, on: str, strata: Sequence[str]) -> list[Due]:
    """Every teacher due for assessment below a unit on a day, by number, with the layer that each belongs to.

    Once, where the rosters have them (see `stays.home_on`). It is worked out from so much of the programme as is read
    of an old commit too (see `Programme.below`), so that both say the same. Exempt is whom the figures call so.
    """
    part = programme.below(unit)
    table = part.abilities(year)
    found = [
        Due(teacher=number, layer="｜".join(_layer(table, school, teacher, name) for name in strata) or None)
        for school in part.units[unit.path].below
        if school.level == "校" and school.was_there(on)
        for number, teacher in part.school_year(school, year).teachers.items()
        if not is_exempt(teacher) and is_due_in(teacher, year) and _belongs(part.school_year(school, year), teacher, on)
    ]
    return sorted(found, key=lambda each: each.teacher)


def _belongs(year: YearOfSchool, teacher: Teacher, on: str) -> bool:
    stay = home_on(year.stays_of(teacher), on)
    return stay is not None and stay.year is year


def _layer(table: Mapping[str, Microability], school: Unit, teacher: Teacher, name: str) -> str:
    if name == "school":
        return school.path
    return "、".join(sorted({table[code].environment for code in teacher.choices if code in table})) or "没有选学"


def seal(people: Sequence[Due]) -> str:
    """The digest of a population: SHA-256 of its table as the program writes it."""
    return hashlib.sha256(appended(None, people)).hexdigest()


def digest(record: Record[Announcement]) -> str:
    """What an announcement fixes, as SHA-256 of these lines: where it stands, and each of its terms."""
    said, risk = record.data, record.data.risk
    sizes = (said.ratio, said.count, risk.missed if risk else None, risk.wrong if risk else None)
    lines = (
        *(record.unit, record.year, record.name, said.announced, said.stage, said.commit),
        *(said.population.people, said.population.sha256, *("" if each is None else plain(each) for each in sizes)),
        *(" ".join(said.strata), said.value.source, said.value.day),
    )
    return hashlib.sha256("".join(f"{each}\n" for each in lines).encode()).hexdigest()


def how_many(announcement: Announcement) -> str:
    """In words, how many are drawn and from which layers."""
    said = announcement
    layers = "、".join({"school": "学校", "environment": "教学环境"}[each] for each in said.strata)
    if said.risk:
        of = f"有 {plain(said.risk.wrong)}% 不对的，一个也抽不到的可能不超过 {plain(said.risk.missed)}%"
    else:
        of = f"抽 {plain(said.ratio)}%" if said.ratio is not None else f"共抽 {said.count} 人"
    return f"按{layers}分层，{of}" if layers else of


def plain(number: float) -> str:
    """A number with all its figures and no power of ten, as people write it."""
    return f"{Decimal(repr(number)).normalize():f}"


def seed_of(record: Record[Announcement], numbers: str) -> str:
    """64 hexadecimal digits from an announcement's digest and the value's numbers. `ValueError`: see `canonical`."""
    value = canonical(record.data.value.source, numbers)
    return hashlib.sha256(f"{digest(record)}\n{value}\n".encode()).hexdigest()


def sample_of(announcement: Announcement, people: Sequence[Due], seed: str) -> tuple[str, ...]:
    """Who is drawn, in the order in which they are drawn."""
    sizes = Counter(each.layer or "" for each in people)
    left = shares(announcement, sizes)
    chosen = []
    for each in sorted(people, key=lambda one: hashlib.sha256(f"{seed}:{one.teacher}".encode()).digest()):
        if left[each.layer or ""]:
            left[each.layer or ""] -= 1
            chosen.append(each.teacher)
    return tuple(chosen)


def shares(announcement: Announcement, sizes: Mapping[str, int]) -> dict[str, int]:
    """How many to take of each layer, by its size.

    A ratio rounds up, a risk is kept in every layer, a count goes by largest remainders, ties by name.
    """
    if announcement.risk is not None:
        return {key: enough(size, announcement.risk) for key, size in sizes.items()}
    if announcement.ratio is not None:
        part = _exact(announcement.ratio)
        return {key: min(size, math.ceil(size * part)) for key, size in sizes.items()}
    total = sum(sizes.values())
    wanted = min(announcement.count or 0, total)
    exact = {key: Fraction(size * wanted, total) for key, size in sizes.items()} if total else {}
    found = {key: math.floor(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: (found[key] - exact[key], key))
    for key in by_remainder[: wanted - sum(found.values())]:
        found[key] += 1
    return found


def enough(size: int, risk: Risk) -> int:
    """The fewest of `size` people by whom a group with so many wrong is missed at most so often (hypergeometric)."""
    low, high = 1, size
    while low < high:
        middle = (low + high) // 2
        if missed(size, middle, risk.wrong) <= _exact(risk.missed):
            high = middle
        else:
            low = middle + 1
    return low


def missed(size: int, drawn: int, wrong: float) -> Fraction:
    """How probable it is that `drawn` of `size` people are all right although `wrong` percent, rounded up, are not."""
    good = size - math.ceil(size * _exact(wrong))
    return Fraction(math.comb(good, drawn), math.comb(size, drawn))


def _exact(percent: float) -> Fraction:
    """The decimal that people wrote: 8.8% of 375 is 33, and not a little more."""
    return Fraction(repr(percent)) / 100

"""Offices that would like one school left out of the sample, by the former draw and by announced ones."""

from __future__ import annotations

import hashlib
import math
import random
from typing import NamedTuple

from tests.bench.row import Row
from wholeschool.outcomes.draws import sample_of, seal, seed_of
from wholeschool.records import Record, placed
from wholeschool.records.structs import Announcement, Due, PopulationSeal, PublicValue

OFFICES = 10_000
_TEACHERS, _OF_THE_SCHOOL, _DRAWN = 170, 17, 17
# Announcements that an office prepares, and made-up lottery results by which it rates each of them.
_PREPARED, _RATED = 4, 8
_PATH = "submissions/anhui/shili/mingyuan/2026/announcements/{}.yaml"
_PEOPLE = tuple(Due(teacher=f"3499010001{each:04}") for each in range(_TEACHERS))
_HIDDEN = frozenset(each.teacher for each in _PEOPLE[:_OF_THE_SCHOOL])
_SEALED = PopulationSeal(people=_TEACHERS, sha256=seal(_PEOPLE))


class Gain(NamedTuple):
    """Of so many offices: how many got what they wanted, what luck alone gives, and public cancellations an office."""

    offices: int
    prepared: int
    cancelling: int
    cancelled: float
    former: int
    tries: float

    @property
    def by_luck(self) -> float:
        """How often the school is left out by nobody's doing."""
        return math.comb(_TEACHERS - _OF_THE_SCHOOL, _DRAWN) / math.comb(_TEACHERS, _DRAWN)


def cheat(offices: int, seed: int) -> Gain:
    """Each office tries three ways: preparing announcements, calling off what it does not like, the former draw."""
    rng = random.Random(seed)
    prepared = cancelling = cancelled = former = tries = 0
    for office in range(offices):
        best = max((_announced(f"{office}-{each}") for each in range(_PREPARED)), key=lambda one: _rated(one, rng))
        prepared += _leaves_out(best, _numbers(rng))
        while not _leaves_out(_announced(f"{office}-{cancelled}-again"), _numbers(rng)):
            cancelled += 1  # for everybody to see, with a reason
        cancelling += 1
        while not _former(f"{seed} {office} {tries}"):
            tries += 1  # another word in the last commit before the day: nobody sees anything
        former, tries = former + 1, tries + 1
    return Gain(offices, prepared, cancelling, cancelled / offices, former, tries / offices)


def _announced(name: str) -> Record[Announcement]:
    path = _PATH.format(name)
    where, value = placed(path), PublicValue(source="双色球", day="2026-11-22")
    assert where is not None
    said = Announcement(
        announced="2026-11-18", stage="考核结果", commit="0" * 40, population=_SEALED, count=_DRAWN, value=value
    )
    return Record(path, where, bytes, said)


def _numbers(rng: random.Random) -> str:
    return " ".join(f"{each:02}" for each in [*sorted(rng.sample(range(1, 34), 6)), rng.randint(1, 16)])


def _leaves_out(record: Record[Announcement], numbers: str) -> bool:
    return _HIDDEN.isdisjoint(sample_of(record.data, _PEOPLE, seed_of(record, numbers)))


def _rated(record: Record[Announcement], rng: random.Random) -> int:
    return sum(_leaves_out(record, _numbers(rng)) for _ in range(_RATED))


def _former(commit: str) -> bool:
    """Whether the draw that was seeded by a commit leaves the school out."""
    seed = hashlib.sha256(commit.encode()).hexdigest()
    ranked = sorted(_PEOPLE, key=lambda one: hashlib.sha256(f"{seed}:{one.teacher}".encode()).digest())
    return _HIDDEN.isdisjoint(each.teacher for each in ranked[:_DRAWN])


def measure() -> list[Row]:
    """What ten thousand cheating offices gain."""
    gain = cheat(OFFICES, 1)
    luck = gain.by_luck * OFFICES
    spread = 3 * math.sqrt(luck * (1 - gain.by_luck))
    return [
        Row(
            "offices of 10,000 that prepare announcements and get their sample (peer: luck alone)",
            gain.prepared,
            luck,
            "offices",
            f"within {spread:.0f} of luck",
        ),
        Row(
            "public cancellations of an office that draws until it likes it",
            gain.cancelled,
            None,
            "each",
            "seen by all",
        ),
        Row("unseen tries of an office by the former draw, which gave it to all", gain.tries, None, "each", "none now"),
    ]

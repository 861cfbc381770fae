"""Plausible names of people who do not exist."""

from __future__ import annotations

from random import Random

from tests.synthesis import texts


class Namer:
    """Gives a name it has not given before. Names in `taken` are never given."""

    def __init__(self, random: Random, taken: frozenset[str] = frozenset()) -> None:
        self._random = random
        self._taken = set(taken)

    def __call__(self) -> str:
        parts = texts.names()
        while True:
            given = (
                self._random.choice(parts.single)
                if self._random.random() < 0.22
                else self._random.choice(parts.first) + self._random.choice(parts.second)
            )
            name = self._random.choice(parts.surnames) + given
            if name not in self._taken and name not in parts.avoid and given[0] != given[-1:] * (len(given) > 1):
                self._taken.add(name)
                return name

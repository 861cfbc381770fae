"""Plausible names of people who do not exist."""

from __future__ import annotations

from random import Random

from tests.synthesis import texts

_SINGLE = 0.22  # share of given names of one character


class Namer:
    """Gives a name it has not given before, a woman's with the probability `women`. Never gives those in `taken`."""

    def __init__(self, random: Random, taken: frozenset[str] = frozenset(), *, women: float = 0.5) -> None:
        self._random, self._women = random, women
        self._taken = set(taken)

    def __call__(self) -> str:
        parts = texts.names()
        choice = self._random.choice
        while True:
            characters = parts.women if self._random.random() < self._women else parts.men
            given = (
                choice(characters.single)
                if self._random.random() < _SINGLE
                else choice(characters.first) + choice(characters.second)
            )
            name = choice(parts.surnames) + given
            if name not in self._taken and name not in parts.avoid and len(set(given)) == len(given):
                self._taken.add(name)
                return name


def is_womans(name: str) -> bool:
    """Whether the name was made as a woman's: the last characters of the two kinds are different."""
    characters = texts.names().women
    return name[-1] in characters.second or name[-1] in characters.single

"""Which counts of choices and passes may be shown: of every unit by dimension, environment, both, and microability.

A count is hidden where it tells of few: of few who passed, or of few who did not. Sums around it could still give it
away. So every hidden few need an alternative: another truth that agrees with all that is shown, and in which they are
not there. It is made of moves: of the few to another microability of their school, and of as many in another school the
other way round, so that sums over both stay as they are. Sums that do not stay are hidden as well; of all alternatives
the one is taken that hides the fewest choices. Nothing hidden is shown again, so an alternative stays one, and each few
are looked at once. (Statisticians know this as the hypercube method; there the moves are the corners of a cube.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from typing import NamedTuple

from wholeschool.outcomes.rates import AbilityTally, Taken
from wholeschool.programme import Unit
from wholeschool.records.structs import Microability

# So many other schools are tried for each microability, the nearest first.
_TRIED = 6


class Class(NamedTuple):
    """Microabilities that are counted together: of a dimension, of an environment, of both, or a single one."""

    dimension: str = ""
    environment: str = ""
    code: str = ""


Kinds = Mapping[str, tuple[Class, ...]]
"""For every microability the classes that it is counted in."""
_Sum = tuple[str, Class]
"""A unit's path and a class."""
_Few = list[tuple[str, str, int]]
"""A school's path, a microability, and how many."""
_Moves = dict[tuple[str, str], int]
"""For a school's path and a microability how many more there are."""


def classes_of(table: Mapping[str, Microability]) -> Kinds:
    """The classes of every microability of a `table`."""
    return {
        code: (
            Class(each.dimension),
            Class("", each.environment),
            Class(each.dimension, each.environment),
            Class(each.dimension, each.environment, code),
        )
        for code, each in table.items()
    }


def shown(
    units: Sequence[Unit], choices: Mapping[str, Sequence[Taken]], kinds: Kinds, closed: Collection[str], minimum: int
) -> dict[str, dict[Class, AbilityTally]]:
    """For every unit by path the counts that may be shown; what nobody chose is not among them.

    `units` come parents first; `choices` are those of every school, teacher by teacher. Units that are `closed` show
    nothing, as who chose or passed there is hidden anyway.
    """
    veil = _Veil(units, choices, kinds)
    veil.hide([at for at in veil.open if at[0] in closed])
    veil.hide(at for people in veil.people for at, number in people.items() if number < minimum)
    for part, sums in enumerate(veil.sums):
        for (path, group), number in sums.items():
            if number < minimum:
                veil.hide(veil.alternative(path, group, part))
    found: dict[str, dict[Class, AbilityTally]] = {unit.path: {} for unit in units}
    for at in veil.open:
        passed, others = (sums[at] for sums in veil.sums)
        found[at[0]][at[1]] = AbilityTally(passed + others, passed)
    return found


class _Veil:
    """The sums of all units, and those of them that are still open.

    `sums` are of choices, `people` of those who made them: one may have chosen several of a class. Both are in two
    parts, what was passed and what was not; each part can be moved without touching the other.
    """

    def __init__(self, units: Sequence[Unit], choices: Mapping[str, Sequence[Taken]], kinds: Kinds) -> None:
        self._kinds = kinds
        self._due = {path: len(teachers) for path, teachers in choices.items()}
        # Every school with what stands above it, and for all of these the schools in them.
        self._chains: dict[str, list[str]] = {}
        self._schools: dict[str, list[str]] = {unit.path: [] for unit in units}
        for unit in units:
            if unit.path in choices:
                above = [each.path for each in unit.ancestors if each.path in self._schools]
                self._chains[unit.path] = [unit.path, *above]
        for school, within in self._chains.items():
            for path in within:
                self._schools[path].append(school)
        # The widest classes first.
        self._codes: dict[Class, list[str]] = {}
        for ways in zip(*kinds.values(), strict=True):
            for code, group in zip(kinds, ways, strict=True):
                self._codes.setdefault(group, []).append(code)
        # The other microabilities, those first that are in more of the same classes.
        self._near = {
            code: sorted(kinds, key=lambda other: -len({*ways}.intersection(kinds[other])))
            for code, ways in kinds.items()
        }
        self._counts: list[dict[str, Counter[str]]] = []
        self.sums: list[Counter[_Sum]] = []
        self.people: list[Counter[_Sum]] = []
        for part in range(len(Taken._fields)):
            counts: dict[str, Counter[str]] = {}
            groups: dict[str, list[list[Class]]] = {}
            for school in self._chains:
                taken = [teacher[part] for teacher in choices[school]]
                counts[school] = Counter(chain.from_iterable(taken))
                groups[school] = [[group for code in codes for group in kinds[code]] for codes in taken]
            self._counts.append(counts)
            self.sums.append(self._added(groups))
            self.people.append(self._added({school: map(set, each) for school, each in groups.items()}))
        # What nobody chose looks like what is hidden.
        known = self.sums[0] + self.sums[1]
        self.open = {at: None for at in product(self._schools, self._codes) if at in known}

    def _added(self, schools: Mapping[str, Iterable[Iterable[Class]]]) -> Counter[_Sum]:
        """How often each class is among those of each school's teachers, for all units."""
        found: dict[str, Counter[Class]] = {path: Counter() for path in self._schools}
        for school, teachers in schools.items():
            counted = Counter(chain.from_iterable(teachers))
            for path in self._chains[school]:
                found[path].update(counted)
        # In a fixed order, as every alternative depends on those before it.
        return Counter(
            {(path, group): here[group] for path, here in found.items() for group in self._codes if group in here}
        )

    def hide(self, sums: Iterable[_Sum]) -> None:
        """Take them out of those that are open."""
        for at in sums:
            self.open.pop(at, None)

    def alternative(self, path: str, group: Class, part: int) -> list[_Sum]:
        """What must be hidden so that the few of a sum need not be there: of all ways the one with the fewest choices.

        They could have chosen another microability, or none, or be in another school, or both.
        """
        few = [
            (school, code, number)
            for school in self._schools[path]
            for code in self._codes[group]
            if (number := self._counts[part][school][code])
        ]
        total = sum(number for _, _, number in few)
        codes = {code for _, code, _ in few}
        best: list[_Sum] | None = None
        least = 0
        # First those in which nothing is open.
        near = [code for code in self._near[few[0][1]] if group not in self._kinds[code]]
        near.sort(key=lambda code: (path, self._kinds[code][-1]) in self.open)
        for target in [*near, None]:
            # These count the microabilities of both sides of a move.
            both = set(self._kinds[target]).intersection(*map(self._kinds.__getitem__, codes)) if target else set()
            for other in [*islice(self._others(path, target, part, total), _TRIED), None]:
                moves = _moves(few, target, other)
                if not all(self._has_room(*move, number) for move, number in moves.items()):
                    continue
                touched = self._touched(moves, both, self._above(path, other))
                if not touched:
                    return []
                weight = sum(sums[at] for at in touched for sums in self.sums)
                if best is None or weight < least:
                    best, least = touched, weight
        return best or []

    def _others(self, path: str, target: str | None, part: int, total: int) -> Iterator[str]:
        """Schools outside a unit, the nearest first, where so many of the `target` could be something else."""
        inside: set[str] = set()
        for above in self._upwards(path):
            for school in self._schools[above] if inside else ():
                if school not in inside and (target is None or self._counts[part][school][target] >= total):
                    yield school
            inside.update(self._schools[above])

    def _upwards(self, path: str) -> list[str]:
        """A unit and those above it."""
        within = self._chains[self._schools[path][0]]
        return within[within.index(path) :]

    def _above(self, path: str, other: str | None) -> str:
        """The first unit above two, where moves between them make no difference; empty where there is no other."""
        around = self._chains[other] if other else ()
        return next((above for above in self._upwards(path) if above in around), "")

    def _has_room(self, school: str, code: str, more: int) -> bool:
        """Whether so many more could have chosen a microability in a school.

        Half of those who have not: the other half is left for the other part, which may be few as well.
        """
        return more < 0 or 2 * more <= self._due[school] - sum([counts[school][code] for counts in self._counts])

    def _touched(self, moves: _Moves, both: Collection[Class], above: str) -> list[_Sum]:
        """The open sums that change; no need to look from `above` on, nor at classes with `both` sides of the moves."""
        changes: dict[_Sum, int] = {}
        for (school, code), number in moves.items():
            groups = [group for group in self._kinds[code] if group not in both]
            for path in self._chains[school]:
                if path == above:
                    break
                for group in groups:
                    at = path, group
                    if at in self.open:
                        changes[at] = changes.get(at, 0) + number
        return [at for at, number in changes.items() if number]


def _moves(few: _Few, target: str | None, other: str | None) -> _Moves:
    """The few into the `target`, and as many of the `other` school the other way round."""
    moves: _Moves = {}

    def add(school: str, code: str, number: int) -> None:
        moves[school, code] = moves.get((school, code), 0) + number

    for school, code, number in few:
        add(school, code, -number)
        if target:
            add(school, target, number)
        if other:
            add(other, code, number)
        if target and other:
            add(other, target, -number)
    return moves

"""Which counts of choices and passes may be shown: of every unit by dimension, environment, both, and microability.

A count is hidden where it tells of few: of few who passed, or of few who did not. Sums around it could still give it
away. So every hidden few need an alternative: another truth that agrees with all that is shown, and in which they are
not there. It is made of moves: of the few to another microability of their school, and of as many in another school the
other way round, so that sums over both stay as they are. Sums that do not stay are hidden as well; of all alternatives
the one is taken that hides the fewest choices. Nothing hidden is shown again, so an alternative stays one, and each few
are looked at once. (Statisticians know this as the hypercube method; there the moves are the corners of a cube.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise, product
from typing import NamedTuple

from wholeschool.outcomes.rates import AbilityTally, Taken
from wholeschool.programme import Unit
from wholeschool.records.structs import Microability

# So many other schools are tried for each microability, the nearest first.
_TRIED = 3


class Class(NamedTuple):
    """Microabilities that are counted together: of a dimension, of an environment, of both, or a single one."""

    dimension: str = ""
    environment: str = ""
    code: str = ""


Kinds = Mapping[str, tuple[Class, ...]]
"""For every microability the classes that it is counted in."""
_Sum = tuple[str, Class]
"""A unit's path and a class."""
_Few = tuple[str, str, int]
"""A school's path, a microability, and how many."""
_Moves = dict[tuple[str, str], int]
"""For a school's path and a microability how many more there are."""
_Changes = dict[_Sum, int]
"""How much greater a sum is."""


def classes_of(table: Mapping[str, Microability]) -> Kinds:
    """The classes of every microability of a `table`: fewer where the guidance knows no environments."""
    found = {}
    for code, each in table.items():
        its = (
            Class(each.dimension),
            Class("", each.environment),
            Class(each.dimension, each.environment),
            Class(each.dimension, each.environment, code),
        )
        found[code] = tuple(dict.fromkeys(group for group in its if group != Class()))
    return found


class School(NamedTuple):
    """What every one of a school's teachers due took, and the microabilities that could have been chosen there."""

    taken: Sequence[Taken]
    offered: Collection[str]


def shown(
    units: Sequence[Unit], schools: Mapping[str, School], kinds: Kinds, closed: Collection[str], minimum: int
) -> dict[str, dict[Class, AbilityTally]]:
    """For every unit by path the counts that may be shown; what nobody chose is not among them.

    `units` come parents first. Those that are `closed` show nothing, as who chose or passed there is hidden anyway.
    """
    veil = _Veil(units, schools, kinds)
    veil.hide([at for at in veil.open if at[0] in closed])
    veil.hide(at for people in veil.people for at, number in people.items() if number < minimum)
    for part, sums in enumerate(veil.sums):
        for path, group in sums:
            if veil.is_few(path, group, part, minimum):
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

    def __init__(self, units: Sequence[Unit], schools: Mapping[str, School], kinds: Kinds) -> None:
        self._kinds = kinds
        self._due = {path: len(school.taken) for path, school in schools.items()}
        self._offered = {path: school.offered for path, school in schools.items()}
        # Every school with what stands above it, and for all of these the schools in them.
        self._chains: dict[str, list[str]] = {}
        self._schools: dict[str, list[str]] = {unit.path: [] for unit in units}
        for unit in units:
            if unit.path in schools:
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
                taken = [teacher[part] for teacher in schools[school].taken]
                counts[school] = Counter(chain.from_iterable(taken))
                groups[school] = [[group for code in codes for group in kinds[code]] for codes in taken]
            self._counts.append(counts)
            self.sums.append(self._added(groups))
            self.people.append(self._added({school: map(set, each) for school, each in groups.items()}))
        self._holders: dict[tuple[str, int, str | None], list[tuple[int, str]]] = {}
        # With how many choices; what nobody chose looks like what is hidden.
        known = self.sums[0] + self.sums[1]
        self.open = {at: known[at] for at in product(self._schools, self._codes) if at in known}

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

    def is_few(self, path: str, group: Class, part: int, minimum: int) -> bool:
        """Whether everybody can see that a sum is of few people, if they see the sum: there are only so many due."""
        people = 0
        for school in self._schools[path]:
            people += min(self._due[school], self.sums[part][school, group])
            if people >= minimum:
                return False
        return True

    def alternative(self, path: str, group: Class, part: int) -> list[_Sum]:
        """What must be hidden so that the few of a sum need not be there.

        They could have chosen another microability, or none, or be in another school, or both. Of all ways the one with
        the fewest choices is taken, for one school's microability after the other.
        """
        moved: _Moves = {}
        changed: _Changes = {}
        for school in self._schools[path]:
            for code in self._codes[group]:
                if number := self._counts[part][school][code]:
                    moved, changed = self._moved_on(path, group, part, (school, code, number), moved, changed)
        return [at for at, number in changed.items() if number]

    def _moved_on(
        self, path: str, group: Class, part: int, few: _Few, moved: _Moves, changed: _Changes
    ) -> tuple[_Moves, _Changes]:
        """What has been moved, and the open sums that change by it, when some more few are moved out of a class."""
        school, code, number = few
        best: tuple[_Moves, _Changes] | None = None
        least = 0
        near = [each for each in self._near[code] if each in self._offered[school] and group not in self._kinds[each]]
        # First those in which nothing is open.
        near.sort(key=lambda each: (path, self._kinds[each][-1]) in self.open)
        for target in [*near, None]:
            both = {*self._kinds[code]}.intersection(self._kinds[target]) if target else set()
            for other in [*islice(self._others(path, target, part, code, number), _TRIED), None]:
                moves = _moves(few, target, other)
                after = {at: moved.get(at, 0) + more for at, more in moves.items()}
                if not all(self._has_room(*at, more, part) for at, more in after.items()):
                    continue
                changes = self._changes(moves, both, self._above(path, other))
                changes = changed | {at: changed.get(at, 0) + more for at, more in changes.items()}
                weight = sum(self.open[at] for at, more in changes.items() if more)
                if best is None or weight < least:
                    best, least = (moved | after, changes), weight
                if not weight:
                    break
            if best and not least:
                break
        assert best  # nobody needs to have chosen anything
        return best

    def _others(self, path: str, target: str | None, part: int, code: str, number: int) -> Iterator[str]:
        """Schools outside a unit where so many of the `target` could be `code`: the nearest, of these the smallest."""
        for below, above in pairwise(self._upwards(path)):
            holders = self._holding(above, part, target)
            for _, school in islice(holders, bisect_left(holders, (number if target else 0, "")), None):
                if below not in self._chains[school] and code in self._offered[school]:
                    yield school

    def _holding(self, path: str, part: int, code: str | None) -> list[tuple[int, str]]:
        """The schools of a unit that have a microability (or, without one, all), those with the fewest first."""
        if (key := (path, part, code)) not in self._holders:
            counts = self._counts[part]
            held = ((counts[school][code] if code else 1, school) for school in self._schools[path])
            self._holders[key] = sorted(each for each in held if each[0])
        return self._holders[key]

    def _upwards(self, path: str) -> list[str]:
        """A unit and those above it."""
        within = self._chains[self._schools[path][0]]
        return within[within.index(path) :]

    def _above(self, path: str, other: str | None) -> str:
        """The first unit above two, where moves between them make no difference; empty where there is no other."""
        around = self._chains[other] if other else ()
        return next((above for above in self._upwards(path) if above in around), "")

    def _has_room(self, school: str, code: str, more: int, part: int) -> bool:
        """Whether so many more (or fewer) could have chosen a microability in a school.

        Half of those who have not: the other half is left for the other part, which may be few as well.
        """
        if more < 0:
            return self._counts[part][school][code] + more >= 0
        return 2 * more <= self._due[school] - sum([counts[school][code] for counts in self._counts])

    def _changes(self, moves: _Moves, both: Collection[Class], above: str) -> _Changes:
        """How much open sums change; nothing does from `above` on, nor in classes with `both` microabilities."""
        changes: _Changes = {}
        for (school, code), more in moves.items():
            groups = [group for group in self._kinds[code] if group not in both]
            for path in self._chains[school]:
                if path == above:
                    break
                for group in groups:
                    at = path, group
                    if at in self.open:
                        changes[at] = changes.get(at, 0) + more
        return changes


def _moves(few: _Few, target: str | None, other: str | None) -> _Moves:
    """The few into the `target`, and as many of the `other` school the other way round."""
    school, code, number = few
    moves = {(school, code): -number}
    if target:
        moves[school, target] = number
    if other:
        moves[other, code] = number
    if target and other:
        moves[other, target] = -number
    return moves

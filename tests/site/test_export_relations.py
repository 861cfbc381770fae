"""What a county's open data may say: all that records can give, and of what they cannot, every single cell is told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wholeschool.cli.workspace import check_root
from wholeschool.outcomes import published
from wholeschool.outcomes.published import public_year, school_at
from wholeschool.outcomes.rates import Tally
from wholeschool.outcomes.stages import Stage
from wholeschool.outcomes.veil_classes import classes_of
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool, assemble
from wholeschool.records import Loaded, Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import ROOT, Placed, kinds
from wholeschool.site import open_data
from wholeschool.site.export_rows import AbilityRow, Row, classes_in, counties

YEAR, PROVINCE, CITY = 2026, "anhui", "anhui/shili"
ROUNDS = settings(max_examples=400, deadline=None)
CELLS = (
    "schools",
    "recognised",
    "due",
    "exempt",
    "chosen",
    "trained",
    "passed",
    "accepted",
    "accepted_complete",
    "step",
)


class School(NamedTuple):
    """A school as its records have it."""

    due: int
    exempt: int
    chosen: int
    trained: int
    passed: int
    step: int
    recognised: bool


@st.composite
def schools(draw: st.DrawFn, most: int) -> School:
    due, step = draw(st.integers(0, most)), draw(st.integers(0, 5))
    chosen = due if step > 1 else draw(st.integers(0, due))
    trained = due if step > 2 else draw(st.integers(0, due))
    passed = draw(st.integers(0, min(chosen, trained)))
    return School(due, draw(st.integers(0, 4)), chosen, trained, passed, step, step > 0 and draw(st.booleans()))


class _Programme(Programme):
    """A programme of which the smallest number of people to show is known, and no settings."""

    least = 0

    def minimum_cell(self, year: int) -> int:
        return self.least


def exported(patch: pytest.MonkeyPatch, county: list[list[School]], minimum: int) -> list[list[dict[str, Any]]]:
    """The rows of each county's file, from all that comes after counting: hiding, summing, writing."""
    kind, names = kinds()["unit"], {PROVINCE: "省", CITY: "市"}
    known: dict[str, School] = {}
    for number, each in enumerate(county):
        names[f"{CITY}/county{number}"] = "县"
        for place, school in enumerate(each):
            names[path := f"{CITY}/county{number}/school{place}"] = "校"
            known[path] = school
    records: list[Record[Any]] = [
        Record(f"{ROOT}{path}/unit.yaml", Placed(kind, path, None, ""), bytes, s.Unit(level=level, code="", name=path))
        for path, level in names.items()
    ]
    programme = assemble(Loaded(len(records), records, [], frozenset()))
    programme.__class__ = _Programme
    patch.setattr(_Programme, "least", minimum)

    def tallies(_: Programme, year: YearOfCounty) -> dict[str, Tally]:
        found = {}
        for each in year.schools:
            one = known[each.school.path]
            accepted = one.passed if one.recognised else 0
            found[each.school.slug] = Tally(
                roster=one.due + one.exempt,
                exempt=one.exempt,
                chosen=one.chosen,
                trained=one.trained,
                passed=one.passed,
                accepted=accepted,
            )
        return found

    def shown(year: YearOfSchool, at: Stage) -> published.PublicSchool:
        return school_at(at.step, recognised=known[year.school.path].recognised)

    patch.setattr(published, "county_tallies", tallies)
    patch.setattr(published, "stage", lambda _, year: Stage(known[year.school.path].step, ""))
    patch.setattr(published, "public_school", shown)
    year = public_year(programme, YEAR)
    rows = [open_data._figures(each, year) for each in year.figures.values()]
    above = [row for row in rows if row["level"] in ("省", "市")]
    return [
        above + [row for row in rows if f"{row['unit']}/".startswith(f"{CITY}/county{number}/")]
        for number in range(len(county))
    ]


def told(rows: list[dict[str, Any]], minimum: int) -> str:
    try:
        list(counties(msgspec.convert(rows, list[Row]), minimum))
    except ValueError as error:
        return str(error)
    return ""


@ROUNDS
@given(st.lists(st.lists(schools(12), max_size=5), min_size=1, max_size=3), st.integers(0, 5))
def test_all_that_records_can_give_is_taken(county: list[list[School]], minimum: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for rows in exported(patch, county, minimum):
            assert not told(rows, minimum)


@pytest.mark.parametrize("minimum", [0, 3, 5])
def test_whole_programmes_are_taken(two_counties: Path, minimum: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What real records give, counted by all that counts, with the choices and passes of each county."""
    programme = check_root(two_counties).programme
    monkeypatch.setattr(Programme, "minimum_cell", lambda *_: minimum)
    year = public_year(programme, YEAR)
    rows = msgspec.convert([open_data._figures(each, year) for each in year.figures.values()], list[Row])
    classes = msgspec.convert(list(open_data._abilities(year)), list[AbilityRow])
    taken = list(counties(rows, minimum))
    assert len(taken) == 2
    for county, *_ in taken:
        shown = {each for each in classes if each.unit == county.unit}
        assert len(classes_in(classes, county, classes_of(programme.abilities(YEAR)), minimum)) == len(shown)


@ROUNDS
@given(st.lists(schools(12), min_size=1, max_size=4), st.data())
def test_where_nothing_is_hidden_no_count_can_be_another(county: list[School], data: st.DataObject) -> None:
    """Each count of a school is in its county's sum, so that neither can change alone."""
    with pytest.MonkeyPatch.context() as patch:
        (rows,) = exported(patch, [county], 0)
    row = data.draw(st.sampled_from([each for each in rows if each["level"] in ("县", "校")]))
    cell = data.draw(st.sampled_from((*CELLS[:-1], "rate", "accepted_rate")))
    if cell == "accepted_complete":
        row[cell] = not row[cell]
    elif "rate" in cell:
        row[cell] = None if row[cell] is not None else 50.0
    else:
        row[cell] = data.draw(st.integers(0, 60))
    before = {each["unit"]: each for each in exported_again(county)}[row["unit"]]
    assume(row != before)
    assert told(rows, 0), (cell, before[cell], row[cell])


def exported_again(county: list[School]) -> list[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        return exported(patch, [county], 0)[0]


@ROUNDS
@given(st.lists(schools(4), min_size=1, max_size=2), st.integers(0, 3), st.data())
def test_one_cell_is_told_exactly_where_no_truth_is_left(
    county: list[School], minimum: int, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        (rows,) = exported(patch, [county], minimum)
    for each in rows:
        del each["rate"], each["accepted_rate"]
    row = data.draw(st.sampled_from([each for each in rows if each["level"] in ("县", "校")]))
    cell = data.draw(st.sampled_from(CELLS))
    if cell == "accepted_complete":
        row[cell] = not row[cell]
    elif cell == "step":
        row[cell] = data.draw(st.none() | st.integers(0, 5))
    else:
        can_be_hidden = cell not in ("schools", "recognised", "due")
        row[cell] = data.draw(st.integers(0, 9) | st.none() if can_be_hidden else st.integers(0, 9))
    own = next(each for each in rows if each["level"] == "县")
    below = [each for each in rows if each["level"] == "校"]
    assert bool(told(rows, minimum)) is not possible(own, below, minimum), (told(rows, minimum), cell, row)


def possible(county: dict[str, Any], below: list[dict[str, Any]], minimum: int) -> bool:
    """Whether some truth looks like this when it is published: all are tried."""
    every = [county, *below]
    if any(each["accepted_complete"] != (each["accepted"] is not None) for each in every):
        return False
    if any(each["schools"] != 1 or each["step"] is None or each["recognised"] > 1 for each in below):
        return False
    if any(each["recognised"] and (each["accepted"] is None) != (each["passed"] is None) for each in below):
        return False
    if county["step"] is not None or county["schools"] != len(below):
        return False
    if any(county[name] != sum(each[name] for each in below) for name in ("recognised", "due")):
        return False
    for each in every:
        splits = [(each["due"], each[name]) for name in ("chosen", "trained", "passed")] + [(1000, each["exempt"])]
        if each["level"] == "县":
            splits.append((sum(one["due"] for one in below if one["recognised"]), each["accepted"]))
        if any(count is not None and is_few(people, count, minimum) for people, count in splits):
            return False
    exempt = [each["exempt"] for each in below]
    if county["exempt"] is not None:
        shown = sum(each or 0 for each in exempt)
        if shown > county["exempt"] or (None not in exempt and shown != county["exempt"]):
            return False
    names = ("chosen", "trained", "passed", "accepted")
    for truth in product(*(list(truths(each)) for each in below)):
        sums = [sum(counts) for counts in zip(*truth, strict=True)] or [0] * len(names)
        if all(county[name] in (None, value) for name, value in zip(names, sums, strict=True)):
            return True
    return False


def is_few(people: int, count: int, minimum: int) -> bool:
    return any(0 < part < minimum for part in (count, people - count))


def truths(school: dict[str, Any]) -> Iterator[tuple[int, int, int, int]]:
    """All that a school's records could count: chosen, trained, passed, accepted."""
    due = range(school["due"] + 1)
    for chosen, trained, passed in product(due, due, due):
        accepted = passed if school["recognised"] else 0
        if (
            passed <= min(chosen, trained)
            and not (school["step"] > 1 and chosen < due[-1])
            and not (school["step"] > 2 and trained < due[-1])
            and not (school["recognised"] and school["step"] == 0)
            and all(
                school[name] in (None, value)
                for name, value in (
                    ("chosen", chosen),
                    ("trained", trained),
                    ("passed", passed),
                    ("accepted", accepted),
                )
            )
            and (school["recognised"] or school["accepted"] == 0)
        ):
            yield chosen, trained, passed, accepted

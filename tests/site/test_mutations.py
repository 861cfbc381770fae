"""Every mutation of the example is found, or left alone, as its author expects; 条款对照 rests on it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.site.mutating import Mutated, before
from wholeschool.outcomes.published import public_year
from wholeschool.papers.outgoing.paper import Form, Prose, Sheet, View, papers
from wholeschool.programme import Programme
from wholeschool.rules.reference import entries, shipped_rulebook
from wholeschool.site import case_library, catalogue, home, indicators, pass_rates, registers
from wholeschool.site.mutations import Mutation, mutations
from wholeschool.site.traceability import sections
from wholeschool.site.views import public_cases

YEAR = 2026
EVERY = {f"{number}-{place}": each for number, some in mutations().items() for place, each in enumerate(some, start=1)}


@pytest.mark.parametrize("name", EVERY)
def test_a_change_has_the_consequence_that_is_written_beside_it(name: str) -> None:
    each = EVERY[name]
    made = Mutated(each)
    found = [(one.code, one.path, one.line, one.column) for one in made.findings()]
    if each.finds:
        path = Mutation(each.there).path if each.there else each.path
        assert [code for code, *_ in found] == [each.finds], found
        assert found[0][1] == path
        if made.files.get(path, b"") is not None and each.where != "":
            assert found[0][2:] in made.places(path, each.where if each.where is not None else each.at)
    else:
        assert not found
    if each.shows:
        now, was = (_said(each, programme) for programme in (made.programme, before(made.county)))
        if each.breaks:
            assert each.shows in now
            assert each.shows not in was
        else:
            assert each.shows in now


def test_every_requirement_that_something_carries_has_both_kinds() -> None:
    for section in sections():
        for each in section.requirements:
            some = mutations().get(each.id, ())
            if each.rules or each.papers or each.pages:
                assert any(one.breaks for one in some), each.id
                assert any(one.keeps for one in some), each.id


def test_each_belongs_to_a_requirement_and_says_one_thing() -> None:
    known = {each.id for section in sections() for each in section.requirements}
    assert mutations().keys() <= known
    for name, each in EVERY.items():
        assert bool(each.breaks) != bool(each.keeps), name
        assert each.finds in (entries(shipped_rulebook()).keys() | {""}), name
        assert not (each.keeps and each.finds), name
        assert not each.breaks or each.finds or each.shows, name
        assert bool(each.shows) == bool(each.paper or each.page), name


def test_ten_were_chosen_before_a_rule_was_read() -> None:
    assert sum(each.blind for each in EVERY.values()) >= 10


def _said(each: Mutation, programme: Programme) -> str:
    """What a paper or a page says, or the one row of it that is meant."""
    if each.page:
        text = _page(programme, each.page)
        rows = text.splitlines()
    else:
        view = View(programme, programme.units[each.unit], YEAR)
        rows = [row for sheet in papers()[each.paper].make(view) for row in _rows(sheet)]
        text = "\n".join(rows)
    return "\n".join(row for row in rows if each.row in row) if each.row else text


def _rows(sheet: Sheet) -> list[str]:
    said = [sheet.mark, sheet.title, sheet.under, *sheet.foot, *sheet.notes]
    for part in sheet.parts:
        if isinstance(part, Form):
            said += [f"{label}：{'' if value is None else value}" for line in part.lines for label, value in line]
        elif isinstance(part, Prose):
            said += [part.title, *part.paragraphs]
        else:
            said.append("｜".join(column.heading for column in part.columns))
            said += ["｜".join("" if cell is None else f"{cell}" for cell in row) for row in part.rows]
    return said


def _page(programme: Programme, path: str) -> str:
    """One page; only the module that makes it is asked."""
    years = [public_year(programme, year) for year in programme.begun]
    cases = public_cases(programme, ())
    first, _, _ = path.partition("/")
    name = path.rpartition("/")[2].removesuffix(".md")
    made: Iterable[tuple[str, str]]
    if path == "index.md":
        made = home.pages(programme, years, cases)
    elif first == "cases":
        made = case_library.pages(programme, cases)
    elif first == "catalogue":
        made = catalogue.pages(programme, years, cases)
    elif name in ("registers", "papers"):
        made = registers.pages(programme, cases)
    elif name == "indicators":
        made = indicators.pages(programme, years)
    else:
        made = pass_rates.pages(programme, years)
    return next((text for made_path, text in made if made_path == path), "")

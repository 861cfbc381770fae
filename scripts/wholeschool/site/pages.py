"""Every generated page of the site, as (path, Markdown)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from wholeschool.outcomes.closing import published_year
from wholeschool.outcomes.published import PublicYear
from wholeschool.programme import Programme
from wholeschool.site import (
    ability_rates,
    case_library,
    catalogue,
    form,
    home,
    indicators,
    lately,
    open_data,
    paper_reference,
    pass_rates,
    record_reference,
    registers,
    rubrics,
    rule_reference,
    traceability,
    verify,
)
from wholeschool.site.views import public_cases
from wholeschool.sources.history import Merge


class Page(NamedTuple):
    """A page, or a data file: its path below the documentation folder and its Markdown or text."""

    path: str
    markdown: str


def all_pages(
    programme: Programme,
    withheld: Collection[str] = (),
    gathered: list[PublicYear] | None = None,
    history: Sequence[Merge] = (),
) -> Iterator[Page]:
    """The generated pages, in no particular order; cases whose path is `withheld` are left out.

    `gathered` rounds come from counties' open data: then there are no records from which to make the pages that need
    more than published figures. `history` are the latest merges.
    """
    years = gathered or [published_year(programme, year) for year in programme.begun]
    cases = public_cases(programme, withheld)
    for module_pages in (
        home.pages(programme, years, cases),
        catalogue.pages(programme, years, cases),
        case_library.pages(programme, cases),
        pass_rates.pages(programme, years),
        ability_rates.pages(programme, years),
        *(() if gathered else (indicators.pages(programme, years), registers.pages(programme, cases))),
        open_data.files(programme, years, cases),
        rule_reference.pages(programme.rulebook()),
        paper_reference.pages(programme),
        record_reference.pages(programme.terms()),
        rubrics.pages(programme),
        traceability.pages(programme, whole=not gathered),
        verify.pages(programme),
        lately.pages(programme, years, history),
        form.pages(programme),
    ):
        for path, markdown in module_pages:
            yield Page(path, markdown)

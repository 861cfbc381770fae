"""Clauses as pages cite them: those of the guidance's rulebook, and for a number only where the guidance says it."""

from __future__ import annotations

from wholeschool.programme import Programme
from wholeschool.programme.rulebook import CONFIGURED, Rulebook
from wholeschool.records.structs import Standard
from wholeschool.site.markup import text
from wholeschool.site.traceability import part_of


def cite(programme: Programme, place: str, year: int | None = None) -> str:
    """The clause that a passage of a page rests on (`rulebook.yaml`, places), after a space; empty where none."""
    clause = programme.rulebook(year).clause("pages", place)
    return f" <cite>{text(clause)}</cite>" if clause else ""


def to_requirement(programme: Programme, place: str, up: str, year: int | None = None) -> str:
    """The same, leading to the requirement that was made of the clause; `up` is the way to the top of the site."""
    requirement = programme.rulebook(year).requirement(place)
    said = cite(programme, place, year).strip()
    page = f"{up}reference/requirements/{part_of(requirement)}.md#{requirement}" if requirement else ""
    return f" [{said}]({page})" if page else f" {said}" if said else ""


def cited(book: Rulebook, clause: str, *numbers: int) -> str:
    """A clause for the numbers that it has; where it does not have them, that the programme does."""
    source = book.source(clause, *numbers)
    return f"（{CONFIGURED}）" if source == CONFIGURED else f"<cite>{text(source)}</cite>"


def numbers_cited(book: Rulebook, standard: Standard) -> str:
    """Who asks for a programme's credits and hours."""
    hours = [each for each in (standard.online_hours, standard.practice_hours) if each]
    return cited(book, book.clause("pages", "standard.all"), standard.credits, *hours)

"""What a paper says, for tests to ask: its sheets, the rows of their tables by heading, the fields of their forms."""

from __future__ import annotations

from wholeschool.papers.outgoing.paper import Cell, Form, NoRecordError, Prose, Sheet, Table, View, papers
from wholeschool.programme import Programme

YEAR = 2026


def sheets(programme: Programme, name: str, unit: str) -> list[Sheet]:
    """The sheets of a paper of a unit; none where there is no record for it."""
    try:
        return papers()[name].sheets(View(programme, programme.units[unit], YEAR))
    except NoRecordError:
        return []


def tables(sheet: Sheet) -> list[list[dict[str, Cell]]]:
    """Each table's rows, by the headings of the columns."""
    found = []
    for part in sheet.parts:
        if isinstance(part, Table):
            heads = [column.heading for column in part.columns]
            found.append([dict(zip(heads, row, strict=True)) for row in part.rows])
    return found


def fields(sheet: Sheet) -> dict[str, Cell]:
    """The fields of all forms of a sheet."""
    forms = (part for part in sheet.parts if isinstance(part, Form))
    return {label: value for form in forms for line in form.lines for label, value in line}


def prose(sheet: Sheet) -> str:
    """The paragraphs of a sheet."""
    return "\n".join(text for part in sheet.parts if isinstance(part, Prose) for text in part.paragraphs)

"""Workbooks that people made without our templates, opened in the form: the same outcome as by `wholeschool import`."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from tests.papers.test_of_people import FOLDER
from tests.site.form_reading import same_reading, taken_in
from tests.site.test_form_workbooks import form  # noqa: F401 - the page with its readers


class Right(NamedTuple):
    """What must come of a workbook: how many are on the roster (None: it is not read), and the errors (place, code)."""

    many: int | None
    errors: tuple[tuple[str, str], ...] = ()


RIGHT: dict[str, Right] = {}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.xlsx")))
def test_a_workbook_of_people_becomes_what_it_becomes_by_import(form: Page, name: str) -> None:  # noqa: F811
    data = (FOLDER / f"{name}.xlsx").read_bytes()
    (taken,) = taken_in(form, [data], f"{name}.xlsx")
    same_reading(taken, data, f"{name}.xlsx", name)
    many = None if taken["value"] is None else len(taken["value"]["teachers"])
    errors = tuple((place, code) for place, code, severity, _ in taken["found"] if severity == "error")
    assert Right(many, errors) == RIGHT[name]
    assert taken["took"] < 1000

"""What stands in a workbook arrives in the form as it does by `wholeschool import`: the same record, the same findings,
and the same account of what is not read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.papers.made_up import PLACES, MadeUp, make_up
from tests.site.form_reading import KINDS, same_reading, taken_in
from tests.site.test_form_workbooks import form  # noqa: F401 - the page with its readers
from tests.soak import examples

BATCH = 100


def _made(seed: int) -> MadeUp:
    """A template says which record it is; of other tables the kind is found by their headings."""
    return make_up(seed, KINDS[seed % len(KINDS)], new=True, unit=PLACES["校"] if seed % 2 else "")


@pytest.mark.soak
def test_a_made_up_workbook_is_read_as_by_import(form: Page) -> None:  # noqa: F811
    many = examples(300)
    whole = 0
    for start in range(0, many, BATCH):
        made = [_made(seed) for seed in range(start, start + BATCH)]
        for each, taken in zip(made, taken_in(form, [each.data for each in made], "表.xlsx"), strict=True):
            intake = same_reading(taken, each.data, "表.xlsx", f"seed {each.seed} ({each.kind})")
            whole += intake is not None and intake.after is not None
    assert whole > many / 5, "too few of the workbooks made a record to say anything"

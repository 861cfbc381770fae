"""What stands in a workbook arrives in the form as it does by `wholeschool import`: the same record, the same findings,
and the same account of what is not read."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from tests.papers.made_up import FILES, PLACES, MadeUp, make_up
from tests.papers.test_round_trip import NAMES
from tests.site.test_form_workbooks import KINDS, form  # noqa: F401 - the page with its readers
from tests.soak import examples
from wholeschool.papers.intake import Intake, take_in
from wholeschool.papers.layout import layouts
from wholeschool.papers.opening import open_workbook
from wholeschool.papers.origin import ORIGIN, Origin
from wholeschool.papers.tables import kind_of, kinds_like
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import MemoryTree

_TAKE = """(contents) => contents.map((content) => {
  const taken = wholeschoolForm.workbooks.takeIn(Uint8Array.from(atob(content), (each) => each.charCodeAt(0)));
  const found = [...taken.found, ...taken.wrong].map((each) => [each.place, each.code, each.severity, each.message]);
  return { kind: taken.kind ? taken.kind.name : null, value: taken.value || null, found,
    left: taken.left.map((each) => each.said), wrong: taken.wrong.length };
})"""
# The form has no names of fields to show: “name”（姓名） is 姓名 there.
_FIELD = re.compile(r"“[a-z_0-9]+”（([^（）]+(?:（[^（）]*）)?)）")
BATCH = 40


def _saying_whose(made: MadeUp) -> bytes:
    """The workbook with the sheet by which a template says which record it is."""
    book = load_workbook(io.BytesIO(made.data))
    sheet = book.create_sheet(ORIGIN)
    origin = made.origin
    for row in (
        ("kind", origin.kind),
        ("unit", PLACES["校"]),
        ("year", str(origin.year or 2026)),
        ("name", origin.name),
        ("record", "-"),
    ):
        sheet.append(row)
    sheet.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _said(intake: Intake) -> set[tuple[str, str, str, str]]:
    return {
        (each.place, each.finding.code, each.finding.severity, _FIELD.sub(r"\1", each.finding.message))
        for each in intake.found
    }


def _same(made: MadeUp, data: bytes, taken: dict[str, Any]) -> bool:
    """Compare one; whether a record came of it."""
    told = f"seed {made.seed} ({made.kind})"
    visible = [sheet for sheet in open_workbook(data, "表.xlsx") if not sheet.hidden]
    kind = made.kind if made.seed % 2 else kind_of(kinds_like(visible, {}), visible)
    if kind not in KINDS:
        assert taken["value"] is None, told
        assert [code for _, code, _, _ in taken["found"]] == ["XLSX-FILE"], told
        return False
    assert taken["kind"] == kind, told
    year = 2026 if "{year}" in layouts()[kind].kind.place else 0
    wanted = Origin(kind, PLACES["校"], year, FILES.get(kind, ""))
    intake = take_in("表.xlsx", data, MemoryTree({}), names=NAMES, wanted=wanted)
    assert {tuple(each) for each in taken["found"]} == _said(intake), told
    assert sorted(taken["left"]) == sorted(each.said for each in intake.left), told
    if intake.after is None:
        assert taken["value"] is None or taken["wrong"], told
        return False
    schema = layouts()[kind].kind.schema
    assert taken["value"] == schema.type_scalars(read_yaml(intake.after)[0]), told
    return True


@pytest.mark.soak
def test_a_made_up_workbook_is_read_as_by_import(form: Page) -> None:  # noqa: F811
    whole = 0
    for start in range(0, examples(BATCH), BATCH):
        made = [make_up(seed, KINDS[seed % len(KINDS)], new=True) for seed in range(start, start + BATCH)]
        # A template says which record it is; of other tables the kind is found by their headings.
        files = [_saying_whose(each) if each.seed % 2 else each.data for each in made]
        taken = form.evaluate(_TAKE, [base64.b64encode(each).decode() for each in files])
        whole += sum(_same(*each) for each in zip(made, files, taken, strict=True))
    assert whole > examples(BATCH) / 5, "too few of the workbooks made a record to say anything"

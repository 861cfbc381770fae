"""A workbook read by the form and by `wholeschool import`: the same record, the same findings, the same account."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page

from tests.papers.made_up import FILES, PLACES
from tests.papers.test_round_trip import NAMES
from wholeschool.papers.intake import Intake, take_in
from wholeschool.papers.layout import layouts
from wholeschool.papers.opening import Sheet, Unreadable, open_workbook
from wholeschool.papers.origin import Origin, written_origin
from wholeschool.papers.tables import kind_of, kinds_like
from wholeschool.records.yaml_text import read_yaml
from wholeschool.site.form import school_kinds
from wholeschool.sources import MemoryTree

# Cases are text; there is no workbook of one.
KINDS = [kind.name for kind in school_kinds() if kind.name in layouts()]
_TAKE = """([contents, file]) => contents.map((content) => {
  const binary = atob(content), bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  const started = performance.now();
  const taken = wholeschoolForm.workbooks.takeIn(bytes, file, {}, "");
  const took = performance.now() - started;
  const found = [...taken.found, ...taken.wrong].map((each) => [each.place, each.code, each.severity, each.message]);
  return { kind: taken.kind ? taken.kind.name : null, value: taken.value || null, found,
    left: taken.left.map((each) => each.said), wrong: taken.wrong.length, took };
})"""
# The form has no names of fields and no words of files to show: “name”（姓名） is 姓名 there.
_FIELD = re.compile(r"“[a-z_0-9]+”（([^（）]+(?:（[^（）]*）[^（）]*)?)）")


def taken_in(page: Page, files: Sequence[bytes], name: str = "") -> list[dict[str, Any]]:
    """What the form makes of workbooks, all asked at once; `took` are milliseconds."""
    taken: list[dict[str, Any]] = page.evaluate(_TAKE, [[base64.b64encode(each).decode() for each in files], name])
    return taken


def same_reading(taken: dict[str, Any], data: bytes, name: str, told: str) -> Intake | None:
    """Require that `wholeschool import` says the same of a record that is not there yet; what it says."""
    sheets, refused = _opened(data, name)
    if refused:
        assert taken["found"] == [["", "XLSX-FILE", "error", refused]], told
        return None
    said = written_origin(sheets)
    visible = [sheet for sheet in sheets if not sheet.hidden]
    kind = said.origin.kind if said else kind_of(kinds_like(visible, {}), visible)
    if kind is not None and kind not in KINDS:  # no school's
        assert taken["value"] is None, told
        assert [code for _, code, _, _ in taken["found"]] == ["XLSX-FILE"], told
        return None
    assert taken["kind"] == kind, told
    year = 2026 if kind and "{year}" in layouts()[kind].kind.place else 0
    unit = said.origin.unit if said else PLACES["校"]
    wanted = Origin(kind or "", unit, year, FILES.get(kind or "", ""))
    intake = take_in(name, data, MemoryTree({}), names=NAMES, wanted=wanted)
    assert {tuple(each) for each in taken["found"]} == _said(intake), told
    if kind is None:
        return intake
    assert sorted(taken["left"]) == sorted(each.said for each in intake.left), told
    if intake.after is None:
        assert taken["value"] is None or taken["wrong"], told
    else:
        schema = layouts()[kind].kind.schema
        assert taken["value"] == schema.type_scalars(read_yaml(intake.after)[0]), told
    return intake


def _opened(data: bytes, name: str) -> tuple[list[Sheet], str]:
    """The sheets of a workbook, or why it has none."""
    try:
        return open_workbook(data, name), ""
    except Unreadable as error:
        return [], error.message


def _said(intake: Intake) -> set[tuple[str, str, str, str]]:
    return {
        (
            each.place,
            each.finding.code,
            each.finding.severity,
            _FIELD.sub(r"\1", each.finding.message).replace("（true 或 false）", ""),
        )
        for each in intake.found
        if each.finding.code != "XLSX-STALE"  # of what the form does not have
    }

"""The form page says who speaks, in the words of the check."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page

from tests.case_folders import all_cases
from tests.site.browser import DESKTOP
from tests.site.test_form import schools_in
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.kinds import placed
from wholeschool.rules import all_rules
from wholeschool.rules.reference import entries
from wholeschool.rules.registry import judge

_CHECK = """(files) => wholeschoolForm.checkAll(files.map(({ content, ...file }) => (
  { ...file, bytes: Uint8Array.from(atob(content), (each) => each.charCodeAt(0)) }
)), true).map((result) => result.findings.map((each) => [each.code, each.clause]))"""
CODES = ("TEACHER-UNIQUE", "CHOICE-CREDITS", "PANEL-SELF", "EXEMPT-REASON", "S-REQUIRED", "S-ENUM", "S-LENGTH", "Y-DUP")


@pytest.fixture(scope="module")
def form(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}form/")
    page.wait_for_selector(".ws-form:not([hidden])")
    yield page
    context.close()


def test_every_rule_of_the_form_has_its_authority(form: Page) -> None:
    said = form.evaluate("wholeschoolForm.authorities")
    codes = form.evaluate("wholeschoolForm.ruleCodes")
    assert len(codes) > 30
    assert {code: said.get(code) for code in codes} == {code: entries()[code].clause for code in codes}


@pytest.mark.parametrize("code", CODES)
def test_a_finding_of_the_form_says_what_the_check_says(form: Page, code: str) -> None:
    case = next(case for case in all_cases() if case.code == code and not case.accepted and _of_a_school(case.own))
    tree = case.tree
    loaded = load(tree)
    path = next(each.path for each in case.about.findings if each.code == code)
    findings = [*loaded.findings, *judge(all_rules(), assemble(loaded, case.about.day))]
    wanted = {each.clause for each in findings if (each.path, each.code) == (path, code)}
    where = placed(path)
    assert where is not None
    files = schools_in(tree.files)[where.unit]
    asked = []
    for name, content in files.items():
        at = placed(name)
        assert at is not None
        about = {"kind": at.kind.name, "name": at.name, "year": at.year or 0}
        asked.append({**about, "content": base64.b64encode(content).decode()})
    found = dict(zip(files, form.evaluate(_CHECK, asked), strict=True))[path]
    assert {clause for own, clause in found if own == code} == wanted != set()


def _of_a_school(files: Mapping[str, bytes]) -> bool:
    return any((where := placed(path)) is not None and where.level == "校" for path in files)

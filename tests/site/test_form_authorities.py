"""The form page says who speaks, in the words of the check; it asks for them once there is something to say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import DESKTOP
from tests.site.test_form import begin, check_all, choose
from wholeschool.authority import of_a_field
from wholeschool.records.refusals import REFUSALS
from wholeschool.rules.reference import entries, shipped_rulebook


@pytest.fixture(scope="module")
def form(browser: Browser, address: str) -> Iterator[Page]:
    """The page, open, with nothing yet to say."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}form/")
    page.wait_for_selector(".ws-form:not([hidden])")
    yield page
    context.close()


def test_who_says_so_is_said_beside_what_is_wrong(form: Page) -> None:
    assert form.evaluate("wholeschoolForm.authorities") is None
    choose(form, "明远县新桥小学", "xinqiao")
    begin(form, "plan")
    check_all(form)
    clause = shipped_rulebook().clause("fields", "plan.submitted")
    said = f"S-REQUIRED · 依据：{of_a_field(REFUSALS['S-REQUIRED'].clause, clause)}"
    expect(form.get_by_text(said, exact=True).first).to_be_visible()


def test_every_rule_of_the_form_has_its_authority(form: Page) -> None:
    said = form.evaluate("wholeschoolForm.authorities")
    codes = form.evaluate("wholeschoolForm.ruleCodes")
    assert len(codes) > 30
    known = entries(shipped_rulebook())
    assert {code: said.get(code) for code in codes} == {code: known[code].clause for code in codes}
    asked = [code for code in REFUSALS if code.startswith(("S-", "Y-", "PII-"))]
    assert {code: said.get(code) for code in asked} == {code: REFUSALS[code].clause for code in asked}

"""The text of a case in the form: what is too much and what is not published, judged as in Python, and as fast."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.records.test_case_html import LONGEST, WORST, nasty
from tests.site.browser import PHONE
from tests.site.test_form import BODIES, begin, check_all, fill, form, opened  # noqa: F401 - the page with what reads cases
from tests.soak import examples
from wholeschool.records.case_html import MOST_LINES, problems

_PROBLEMS = """(bodies) => bodies.map((body) => {
  const started = performance.now(), found = wholeschoolForm.problemsIn(body);
  return [found.map(({ code, message, line }) => [code, message, line]), performance.now() - started];
})"""
TOO_MUCH = {
    **WORST,
    "more lines than a text has": "\n" * (MOST_LINES + 1),
    "a paragraph of many rare characters": "𠮷" * 10_001,
    "just no longer paragraph": "𠮷" * 10_000,
    "bold in bold": "**a _b " * 30 + "x" + "_**" * 30,
    "quotations": "> " * 21 + "x",
    "many pieces": "a\n\n" * 1_499 + "- b\n" * 1,
}


def _wanted(body: str) -> list[list[Any]]:
    return [[each.code, each.message, body[: each.start].count("\n")] for each in problems(body)]


@pytest.mark.soak
def test_a_nasty_body_is_judged_alike_and_at_once(form: Page) -> None:  # noqa: F811
    bodies = [nasty(seed) for seed in range(examples(200))]
    seen: set[str] = set()
    for start in range(0, len(bodies), 50):
        some = bodies[start : start + 50]
        for place, (body, (found, took)) in enumerate(zip(some, form.evaluate(_PROBLEMS, some), strict=True), start):
            assert found == _wanted(body), place
            assert took < 1000, place
            seen |= {code for code, _, _ in found}
    assert seen >= {"MD-HTML", "MD-LIMIT"}


def test_what_is_too_much_is_told_in_the_same_words(form: Page) -> None:  # noqa: F811
    bodies = [body[:LONGEST] for body in TOO_MUCH.values()] + list(BODIES)
    got = form.evaluate(_PROBLEMS, bodies)
    for (name, body), (found, took) in zip(itertools.zip_longest(TOO_MUCH, bodies), got, strict=True):
        assert found == _wanted(body), name or body
        assert took < 1000, name or body


def test_a_case_that_is_too_much_is_told_at_its_text(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url.rpartition("/")[2]))
    begin(page, "case")
    fill(page, title="分针慢慢走", type="整校推进工作案例", author="林见微", date="2026-05-06", problem="看不懂钟面")
    fill(page, summary="把钟面投到屏幕上，让分针慢慢走一圈。", consent__author="true", consent__students="不涉及")
    fill(page, body=f"{'- ' * 30}{'上学期的小测里有十一人看错。' * 5}")
    check_all(page)
    field = page.locator(".ws-field", has=page.locator('[name="body"]'))
    expect(field.locator(".ws-wrong")).to_contain_text("列表或引用套了太多层（正文第 1 行）")
    assert {"markdown-it.js", "case.js"} <= {*asked}
    page.context.close()
    assert not wrong


def test_a_text_that_could_not_be_checked_is_said_to_be_unchecked(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    page.context.set_offline(True)
    begin(page, "case")
    check_all(page)
    field = page.locator(".ws-field", has=page.locator('[name="body"]'))
    expect(field.locator(".ws-wrong")).to_contain_text("还没有检查")
    page.context.set_offline(False)
    check_all(page)
    expect(field.locator(".ws-wrong")).not_to_contain_text("还没有检查")
    page.context.close()
    wrong.clear()  # the browser complains of being offline

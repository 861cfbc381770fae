"""Every page of the site in a real browser, on a phone: quiet, self-contained, no wider than the screen."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response

from tests.site.browser import PHONE, served
from tests.soak import examples


@pytest.mark.soak
def test_every_page_is_quiet_and_fits_a_phone(browser: Browser, site: Path, address: str) -> None:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[tuple[str, str]] = []
    page.on("console", lambda said: complaints.append((page.url, said.text)) if said.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append((page.url, str(error))))
    page.on(
        "response",
        lambda got: (
            complaints.append((page.url, f"{got.status} {got.url}")) if not (got.ok or got.status == 304) else None
        ),
    )
    page.on(
        "request",
        lambda sent: None if sent.url.startswith((address, "data:")) else complaints.append((page.url, sent.url)),
    )
    wide = {}
    folders: dict[Path, list[str]] = {}
    for file in sorted(site.rglob("*.html")):
        folders.setdefault(file.parent.parent, []).append(file.relative_to(site).as_posix())
    for path in chain.from_iterable(map(_chosen, folders.values())):
        page.goto(address + path.removesuffix("index.html"))
        wide[path] = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert not complaints
    assert {path: by for path, by in wide.items() if by > 0} == {}


def _chosen(pages: list[str]) -> list[str]:
    """Of many beside each other, made by one template from texts of one kind, each fifth; every one in `make soak`."""
    return pages[:: 5 if len(pages) > 10 and examples(1) == 1 else 1]


def test_a_first_visit_costs_little(browser: Browser, site: Path) -> None:
    """The home page with all that it brings, the index for the search box too, as a web host sends it."""
    with served(site, hosted=True) as address:
        context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        page = context.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(address, wait_until="networkidle")
        sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in answers}
        context.close()
    assert f"{address}search/search_index.json" in sizes
    assert sum(sizes.values()) < 500_000, sizes

"""Every page of the site in a real browser, on a phone: quiet, self-contained, no wider than the screen."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.site.browser import PHONE

# The theme's search reads the whole index behind every page; what it does with it is seen in test_search.
NO_INDEX = {"config": {"lang": ["en"], "separator": " ", "pipeline": [], "fields": {}}, "docs": []}


def test_every_page_is_quiet_and_fits_a_phone(browser: Browser, site: Path, address: str) -> None:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    context.route("**/search/search_index.json", lambda route: route.fulfill(json=NO_INDEX))
    page = context.new_page()
    complaints: list[tuple[str, str]] = []
    page.on("console", lambda said: complaints.append((page.url, said.text)) if said.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append((page.url, str(error))))
    page.on("response", lambda got: complaints.append((page.url, f"{got.status} {got.url}")) if not got.ok else None)
    page.on(
        "request",
        lambda sent: None if sent.url.startswith((address, "data:")) else complaints.append((page.url, sent.url)),
    )
    wide = {}
    paths = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    for path in paths:
        page.goto(address + path.removesuffix("index.html"))
        wide[path] = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert not complaints
    assert {path: by for path, by in wide.items() if by > 0} == {}

"""The site in a real browser: quiet, self-contained, within the screen, searchable, usable by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.site.browser import DESKTOP, PHONE
from tests.site.conftest import programme_at
from tests.site.test_pages import KINDS
from wholeschool.site import build_site

# Only what is wrong is worth describing: writing up the rest takes most of the time.
AXE = {"resultTypes": ["violations"]}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
SEARCHES = {
    "the middle of a title": ("伴随性采集", "A12 评价数据的伴随性采集"),
    "the middle of a case's title": ("分针", "钟面上的课堂导入"),
    "a case's body": ("争论", "钟面上的课堂导入"),
    "a microability": ("课堂导入", "A5 技术支持的课堂导入"),
    "the handbook's body": ("村小", "中心校"),
    "a synonym": ("能力点", "微能力"),
    "a school": ("文华小学", "明远县文华小学"),
}


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def visit(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Every kind of page in turn; complaints are console messages, failed answers and requests to other hosts."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else complaints.append(sent.url))
    page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    return page, complaints


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_pages_are_quiet_accessible_and_fit_the_screen(browser: Browser, address: str, size: str, scheme: str) -> None:
    context = browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page, complaints = visit(context, address)
    barriers = []
    for path in KINDS.values():
        page.goto(address + path, wait_until="load")
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} scrolls sideways by {wide} px"
        found = Axe().run(page, options=AXE).response["violations"]
        barriers += [(path, each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    context.close()
    assert not complaints
    assert not barriers


@pytest.mark.parametrize(("typed", "title"), SEARCHES.values(), ids=SEARCHES.keys())
def test_typed_words_find_their_page(desktop: Page, address: str, typed: str, title: str) -> None:
    desktop.goto(address)
    desktop.keyboard.press("/")
    desktop.locator(".md-search__input").press_sequentially(typed)
    results = desktop.locator(".md-search-result__item")
    expect(results.filter(has_text=title).first).to_be_attached(timeout=90_000)


def test_filters_work_by_keyboard_and_can_be_linked_to(desktop: Page, address: str) -> None:
    desktop.goto(f"{address}cases/?stage=小学")
    shown = desktop.locator("article.ws-card:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("钟面")
    desktop.locator("select[name=stage]").focus()
    desktop.keyboard.press("ArrowUp")
    expect(shown).to_have_count(3)
    assert "stage" not in desktop.url
    desktop.locator("select[name=ability]").select_option("B9")
    expect(shown).to_have_count(1)
    assert desktop.url.endswith("?ability=B9")
    desktop.locator(".ws-filters button[type=reset]").press("Enter")
    expect(shown).to_have_count(3)


def test_the_list_of_microabilities_sorts(desktop: Page, address: str) -> None:
    desktop.goto(f"{address}catalogue/")
    credits = desktop.locator(".ws-abilities th").nth(4)
    credits.locator("button").press("Enter")
    credits.locator("button").press("Enter")
    expect(credits).to_have_attribute("aria-sort", "descending")
    expect(desktop.locator(".ws-abilities tbody tr").first.locator("td").nth(4)).to_have_text("10")


def test_everything_is_readable_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}cases/")
    expect(page.locator("article.ws-card:visible")).to_have_count(3)
    expect(page.locator(".ws-filters")).to_be_hidden()
    context.close()


def test_the_offline_copy_opens_from_a_folder(browser: Browser, tree: Path, tmp_path: Path) -> None:
    copy = build_site(programme_at(tree), tmp_path / "offline", offline=True).folder
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda sent: elsewhere.append(sent.url) if sent.url.startswith(("http", "//")) else None)
    page.goto((copy / "index.html").as_uri())
    page.get_by_role("link", name="案例库").first.click()
    page.locator("select[name=stage]").select_option("小学")
    expect(page.locator("article.ws-card:visible")).to_have_count(1)
    page.locator(".md-search__input").press_sequentially("伴随性")
    found = page.locator(".md-search-result__item").filter(has_text="A12").first
    expect(found).to_be_attached(timeout=10_000)
    context.close()
    assert not elsewhere

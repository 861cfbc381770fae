"""MkDocs Material and Zensical make the same site of the same Markdown, and words find their page in both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml import html  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import DESKTOP, served

BASE = "https://site.invalid/"
# What a reader types, and the page that it must lead to.
SEARCHES = {
    "the middle of a title": ("伴随性采集", "catalogue/A12/"),
    "the middle of a case's title": ("分针", "cases/wenhua-xiaoxue-zhongmian/"),
    "a case's body": ("争论", "cases/wenhua-xiaoxue-zhongmian/"),
    "a microability": ("课堂导入", "catalogue/A5/"),
    "the handbook's body": ("村小", "handbook/schools/"),
    "another word for it": ("能力点", "catalogue/"),
    "an environment": ("混合学习环境", "catalogue/B5/"),
    "a question": ("合格率怎么算", "rates/"),
    "digits without a space": ("凑够20学分", "catalogue/"),
    "a school": ("文华小学", "rates/anhui/shili/mingyuan/wenhua-xiaoxue/"),
}


def article(page: Path) -> Any:
    (found,) = html.parse(page).getroot().xpath('//article[contains(@class, "md-content__inner")]')
    for frame in found.xpath('.//script | .//style | .//*[contains(@class, "headerlink")]'):
        frame.drop_tree()
    return found


def content(page: Path, name: str) -> dict[str, Any]:
    """What a reader gets from a page: its title, its headings with their addresses, its links, its words."""
    read = article(page)
    here = urljoin(BASE, name.removesuffix("index.html"))
    return {
        "title": html.parse(page).findtext(".//title"),
        "headings": [(each.tag, each.get("id")) for each in read.xpath(".//h1 | .//h2 | .//h3 | .//h4")],
        "links": [urljoin(here, href) for href in read.xpath(".//a/@href")],
        "words": " ".join(read.text_content().split()),
    }


def entries(found: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Search entries by their address: title and text, without markup and the marks between words."""
    return {each["location"]: (bare(each["title"]), bare(each["text"])) for each in found}


def bare(text: str) -> str:
    # Zensical keeps the markup inside <noscript> as text.
    for _ in range(2):
        text = unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"[\s\u200b]+", "", text)


def test_every_page_says_the_same(site: Path, zensical: Path) -> None:
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {path.relative_to(zensical).as_posix() for path in zensical.rglob("*.html")} == pages
    differing = [name for name in sorted(pages) if content(site / name, name) != content(zensical / name, name)]
    assert not differing


def test_every_page_is_in_both_search_indexes(site: Path, zensical: Path) -> None:
    material = entries(json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"])
    other = entries(json.loads((zensical / "search.json").read_text("utf-8"))["items"])
    assert material == other
    pages = {path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")}
    # What only engineers read stays out of what every phone fetches for a search.
    left_out = {"development", "decisions/decided-once", "decisions/guidance-is-data"}
    # So do the rules that this guidance does not use.
    rules = {page: (site / page / "index.html").read_text("utf-8") for page in pages if page.startswith("rules/")}
    unused = {page for page, text in rules.items() if "这里依据的指导意见不用这条规则，检查时不查" in bare(text)}
    assert "rules/WAVE-ROUND" in unused
    left_out |= unused
    assert {address.partition("#")[0].rstrip("/") or "." for address in material} == pages - left_out


@pytest.fixture(scope="module", params=["material", "zensical"])
def search(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of the site as one of the builders made it, its search open."""
    folder = request.getfixturevalue({"material": "site", "zensical": "zensical"}[request.param])
    with served(folder, searched=True) as address:
        context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        page.keyboard.press("/")
        yield page
        context.close()


@pytest.mark.parametrize(("typed", "found"), SEARCHES.values(), ids=SEARCHES.keys())
def test_typed_words_find_their_page(search: Page, typed: str, found: str) -> None:
    # Material has a text box, Zensical a combobox in a shadow root.
    box = search.locator("input.md-search__input:visible, input[role=combobox]")
    box.fill(typed)
    box.press("End")  # the theme listens to keys
    # The first search waits until the index is read.
    expect(search.locator(f'a[href*="/{found}?h="]').first).to_be_attached()

"""The site in a real browser: quiet, self-contained, within the screen, searchable, usable by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import DESKTOP, PHONE
from tests.site.test_pages import KINDS
from tests.soak import examples

# Only what is wrong is worth describing: writing up the rest takes most of the time.
AXE = {"resultTypes": ["violations"]}
SIZES = {"phone": PHONE, "desktop": DESKTOP}


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.mark.soak
@pytest.mark.parametrize(("turn", "path"), list(enumerate(KINDS.values())), ids=KINDS.keys())
def test_no_kind_of_page_has_barriers(desktop: Page, address: str, turn: int, path: str) -> None:
    """By axe-core: light on a phone and dark on a desktop in turn, in `make soak` each kind in both on both."""
    desktop.emulate_media(reduced_motion="reduce")
    desktop.goto(address + path)
    barriers = []
    looks = (("light", ("phone", "desktop")), ("dark", ("desktop", "phone")))
    for scheme, sizes in looks if examples(1) > 1 else (looks[turn % 2],):
        if scheme == "dark":
            desktop.get_by_title("切换到深色").click()
        assert (brightness(desktop) < 0.2) == (scheme == "dark")
        for size in sizes[: examples(1)]:
            desktop.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
            found = Axe().run(desktop, options=AXE).response["violations"]
            barriers += [(scheme, size, each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    assert not barriers


def brightness(page: Page, element: str = "body", of: str = "backgroundColor") -> float:
    """How bright the paper is, or something on it, from 0 (black) to 1 (white)."""
    colour = page.locator(element).first.evaluate("(here, of) => getComputedStyle(here)[of]", of)
    return max(map(int, re.findall(r"\d+", colour)[:3])) / 255


# What has the focus, and whether a ring shows it: around itself, or around the label beside a switch of no size.
FOCUS = """() => {
  const here = document.activeElement;
  if (here === document.body) return null; // past the last
  const shown = here.getBoundingClientRect().width ? here : here.nextElementSibling;
  const box = shown.getBoundingClientRect();
  const ring = getComputedStyle(shown);
  return {
    text: (here.getAttribute("aria-label") || here.placeholder || here.textContent).trim(),
    visible: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2
      && box.width > 0 && box.height > 0 && box.left >= 0 && box.right <= innerWidth && box.bottom > 0
      && box.top < innerHeight,
  };
}"""


def walk(page: Page, steps: int) -> list[str]:
    """What the tab key reaches, one after another; each must be seen to have the focus."""
    reached = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        page.wait_for_timeout(50)  # the search opens
        if not (focus := page.evaluate(FOCUS)):
            break
        assert focus["visible"], focus
        reached.append(focus["text"])
    return reached


@pytest.mark.parametrize("path", ["", "rates/anhui/shili/mingyuan/"], ids=["home", "county"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_tab_key_reaches_everything_in_sight(desktop: Page, address: str, size: str, path: str) -> None:
    desktop.emulate_media(reduced_motion="reduce")
    desktop.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    desktop.goto(address + path)
    reached = walk(desktop, 30)
    assert reached[0] == "跳转至"
    assert {"切换到深色", "搜索"} <= set(reached)
    assert "手册" in reached if size == "desktop" else "目录" in reached


def test_the_skip_link_leads_past_the_navigation(desktop: Page, address: str) -> None:
    desktop.goto(f"{address}handbook/teachers/")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.closest('article') !== null")


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(desktop: Page, address: str) -> None:
    desktop.emulate_media(reduced_motion="reduce")
    desktop.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desktop.goto(address)
    menu, handbook = desktop.get_by_role("button", name="目录"), desktop.locator(".md-nav__link", has_text="手册").first
    expect(handbook).not_to_be_visible()
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(handbook).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(handbook).not_to_be_visible()
    expect(menu).to_be_focused()


def test_the_colours_switch_by_keyboard_and_stay_switched(desktop: Page, address: str) -> None:
    desktop.goto(address)
    desktop.get_by_role("radio", name="切换到深色").press("Enter")
    assert brightness(desktop) < 0.2
    desktop.goto(f"{address}cases/")
    assert brightness(desktop) < 0.2
    desktop.get_by_role("radio", name="切换到浅色").press("Enter")
    assert brightness(desktop) > 0.8


def test_a_result_is_opened_by_keyboard(desktop: Page, searched: str) -> None:
    desktop.goto(searched)
    desktop.keyboard.press("/")
    desktop.keyboard.insert_text("伴随性采集")
    desktop.keyboard.press("End")
    desktop.locator(".md-search-result__link").first.wait_for(timeout=90_000)
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/catalogue/A12/**")


def test_wide_tables_scroll_by_keyboard(desktop: Page, address: str) -> None:
    desktop.set_viewport_size({"width": 240, "height": 700})  # a phone on which everything is enlarged
    desktop.goto(address + KINDS["record"])
    table = desktop.get_by_role("region", name="表格，可以左右滚动").first
    table.focus()
    desktop.keyboard.press("ArrowRight")
    desktop.wait_for_function("(box) => box.scrollLeft > 0", arg=table.element_handle())


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
    page.goto(f"{address}verify/")
    expect(page.locator(".ws-verify form")).to_be_hidden()
    context.close()


def test_numbers_stand_under_each_other_and_no_column_of_the_picture_is_missing(browser: Browser, address: str) -> None:
    for size in (PHONE, DESKTOP):
        context = browser.new_context(viewport=size)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address + KINDS["county"])
        heads = page.locator(".ws-compared th:visible")
        names = heads.all_inner_texts()
        aligned = heads.evaluate_all("heads => heads.map(head => getComputedStyle(head).textAlign)")
        numbers = ["应考", "选满学分", "学满学时", "合格"]
        assert [name for name, side in zip(names, aligned, strict=True) if side == "right"] == numbers
        assert (
            page.locator(".ws-compared td:nth-child(3)").first.evaluate("it => getComputedStyle(it).textAlign")
            == "right"
        )
        context.close()


def test_a_countys_name_finds_the_county_before_its_schools(desktop: Page, searched: str) -> None:
    desktop.goto(searched)
    desktop.keyboard.press("/")
    desktop.locator(".md-search__input").fill("明远县文华小学")
    desktop.keyboard.press("End")
    first = desktop.locator(".md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile("/mingyuan/wenhua-xiaoxue/"))
    assert "缺少" not in desktop.locator(".md-search-result__list").inner_text()
    desktop.locator(".md-search__input").fill("明远县")
    desktop.keyboard.press("End")
    expect(first).to_have_attribute("href", re.compile(r"/mingyuan/\?h="))


def test_the_offline_copy_opens_from_a_folder(browser: Browser, offline: Path) -> None:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda sent: elsewhere.append(sent.url) if sent.url.startswith(("http", "//")) else None)
    page.goto((offline / "index.html").as_uri())
    page.get_by_role("link", name="案例库").first.click()
    page.locator("select[name=stage]").select_option("小学")
    expect(page.locator("article.ws-card:visible")).to_have_count(1)
    page.locator(".md-search__input").press_sequentially("伴随性")
    expect(page.locator(".md-search-result__meta")).not_to_contain_text("初始化")
    page.keyboard.press("End")  # what was typed before the index was there is looked for now
    found = page.locator(".md-search-result__item").filter(has_text="A12").first
    expect(found).to_be_attached()
    context.close()
    assert not elsewhere

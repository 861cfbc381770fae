"""The form's draft in a real browser: two windows, a reload, a full storage, none at all, one that cannot be read.
Nothing that was typed is lost or written over without a word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.site.browser import DESKTOP, PHONE
from tests.site.test_browser import AXE
from tests.site.test_form import begin, fill, opened

# A device that is full: what is there can be read, nothing more fits.
FULL = """
Storage.prototype.setItem = function () { throw new DOMException("full", "QuotaExceededError"); };
"""
# A window in which pages may keep nothing.
NONE = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
"""
THEIRS, OURS = "用那边的，这里的不要了", "用这里的，盖掉那边的"


def kept(page: Page) -> dict[str, Any]:
    """The draft that the device keeps."""
    found: dict[str, Any] = json.loads(page.evaluate("localStorage.getItem('wholeschool-form')"))
    return found


def findings(page: Page) -> str:
    """What the kept survey found out."""
    return str(kept(page)["records"][0]["value"]["findings"])


def typed(page: Page, text: str) -> None:
    """Something is typed into the open survey; a moment later it would be kept."""
    fill(page, findings=text)
    page.wait_for_timeout(500)


def pair(browser: Browser, address: str) -> tuple[Page, Page, list[str]]:
    """Two windows with the same draft, a survey."""
    first, wrong = opened(browser, f"{address}form/", PHONE)
    begin(first, "survey")
    typed(first, "一开始")
    second = first.context.new_page()
    second.on("pageerror", lambda error: wrong.append(str(error)))
    second.goto(f"{address}form/")
    expect(second.locator('[name="findings"]')).to_have_value("一开始")
    return first, second, wrong


def test_two_windows_never_write_over_each_other_in_silence(browser: Browser, address: str) -> None:
    first, second, wrong = pair(browser, address)
    typed(second, "第二个窗口写的")
    warning = first.get_by_role("alert")
    expect(warning).to_contain_text("草稿在另一个窗口里改过")
    typed(first, "第一个窗口写的")
    assert "第二个窗口写的" in findings(second)  # nothing was chosen yet
    expect(first.locator('[name="findings"]')).to_have_value("第一个窗口写的")
    found = Axe().run(first, options=AXE).response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []

    # What is here can be had as files before anything is chosen.
    with first.expect_download() as started:
        warning.get_by_role("button", name="先下载这里的（zip）").press("Enter")
    with ZipFile(started.value.path()) as archive:
        assert "第一个窗口写的" in archive.read(archive.namelist()[0]).decode()
    assert "第二个窗口写的" in findings(second)

    warning.get_by_role("button", name=OURS).press("Enter")
    expect(warning).to_be_hidden()
    assert "第一个窗口写的" in findings(first)
    # Now the other one is asked.
    expect(second.get_by_role("alert")).to_contain_text("草稿在另一个窗口里改过")
    second.get_by_role("button", name=THEIRS).click()
    expect(second.locator('[name="findings"]')).to_have_value("第一个窗口写的")
    expect(second.get_by_role("alert")).to_be_hidden()
    typed(second, "一起写的")
    assert "一起写的" in findings(second)
    first.context.close()
    assert not wrong


def test_two_windows_that_type_at_the_same_time_both_keep_what_they_have(browser: Browser, address: str) -> None:
    first, second, wrong = pair(browser, address)
    fill(first, findings="甲")
    fill(second, findings="乙")
    first.wait_for_timeout(700)
    stays = findings(first)
    other = second if "甲" in stays else first
    expect(other.get_by_role("alert")).to_be_visible()
    expect(other.locator('[name="findings"]')).to_have_value("乙" if "甲" in stays else "甲")
    first.context.close()
    assert not wrong


def test_a_draft_cleared_in_another_window_is_not_gone_here(browser: Browser, address: str) -> None:
    first, second, wrong = pair(browser, address)
    second.on("dialog", lambda dialog: dialog.accept())
    second.get_by_role("button", name="清空草稿").click()
    first.get_by_role("alert").get_by_role("button", name=OURS).click()
    assert "一开始" in findings(first)
    first.context.close()
    assert not wrong


def test_a_window_that_slept_looks_before_it_writes(browser: Browser, address: str) -> None:
    # As one that comes back from the browser's memory of pages: it was told nothing.
    first, second, wrong = pair(browser, address)
    second.evaluate("addEventListener('storage', (event) => event.stopImmediatePropagation(), true)")
    first.evaluate(
        "localStorage.setItem('wholeschool-form', localStorage.getItem('wholeschool-form').replace('一开始', '后来'))"
    )
    fill(second, findings="睡醒以后写的")
    expect(second.get_by_role("alert")).to_be_visible()
    assert "后来" in findings(second)
    first.context.close()
    assert not wrong


def test_what_was_typed_last_is_there_after_a_reload(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    begin(page, "survey")
    fill(page, findings="马上刷新")
    page.reload()
    expect(page.locator('[name="findings"]')).to_have_value("马上刷新")
    page.context.close()
    assert not wrong


@pytest.mark.parametrize(("trouble", "said"), [(FULL, "这台设备存满了，存不下草稿"), (NONE, "这个窗口不留草稿")])
def test_where_nothing_can_be_kept_it_says_so_at_once_and_offers_the_files(
    browser: Browser, address: str, trouble: str, said: str
) -> None:
    context = browser.new_context(viewport=PHONE, accept_downloads=True)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script(trouble)
    page.goto(f"{address}form/")
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text(said)  # before anything was typed
    begin(page, "survey")
    fill(page, findings="没有存住的话")
    expect(warning).to_contain_text("关闭这一页以前，请先下载")
    # Leaving is asked about, until it was downloaded.
    asked: list[str] = []

    def ask(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", ask)
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    with page.expect_download() as started:
        warning.get_by_role("button", name="先下载这里的（zip）").click()
    with ZipFile(started.value.path()) as archive:
        assert "没有存住的话" in archive.read("2026/survey.yaml").decode()
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    context.close()
    assert [each for each in wrong if each != "no"] == []  # the theme asks for the storage as well, and minds


def test_a_device_that_fills_up_keeps_what_was_there_and_says_what_is_not(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    begin(page, "survey")
    typed(page, "还存得下")
    # Really full, but for what other pages may need.
    page.evaluate("""() => {
      let size = 1 << 20;
      for (let name = 0; size > 8; name += 1) {
        try { localStorage.setItem(`other-${name}`, "x".repeat(size)); } catch { size >>= 1; }
      }
    }""")
    typed(page, "存不下" * 4000)
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("这台设备存满了，存不下草稿")
    assert "还存得下" in findings(page)
    page.evaluate(
        "for (const name of Object.keys(localStorage)) if (name.startsWith('other-')) localStorage.removeItem(name)"
    )
    typed(page, "又存得下")
    expect(warning).to_be_hidden()
    assert "又存得下" in findings(page)
    page.context.close()
    assert not wrong


@pytest.mark.parametrize("text", ["{", '{"records": [{"kind": "of-tomorrow", "name": "", "value": {"a": 1}}]}', "[]"])
def test_a_draft_that_cannot_be_read_is_put_aside_and_offered(
    browser: Browser, address: str, tmp_path: Path, text: str
) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    page.evaluate("(text) => localStorage.setItem('wholeschool-form', text)", text)
    page.reload()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("上次的草稿里有读不出来的内容")
    begin(page, "survey")
    typed(page, "接着写")
    assert page.evaluate("localStorage.getItem('wholeschool-form-unread')") == text
    with page.expect_download() as started:
        warning.get_by_role("button", name="下载原样的内容").click()
    assert Path(started.value.path()).read_text("utf-8") == text
    page.reload()
    expect(page.locator('[name="findings"]')).to_have_value("接着写")
    page.context.close()
    assert not wrong

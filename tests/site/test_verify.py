"""The verify page in a real browser: genuine, forged, revoked; by code and by hand; with and without the browser's own
Ed25519; without a network; and from a printed certificate's picture."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.certificates.forgeries import flips, forged, genuine, truncations, vectors
from tests.program import COMMAND
from tests.shared import begun
from tests.site.browser import PHONE, served
from wholeschool.cli.workspace import check_root
from wholeschool.days import later, years_later
from wholeschool.outcomes import seals
from wholeschool.programme import Programme

TODAY = "2026-11-24"
# What a browser from before Ed25519 has, and what any browser has on a page without encryption.
_WITHOUT_ED25519 = """
const real = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...more) {
  if (algorithm.name === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
  return real.call(this, format, key, algorithm, ...more);
};
"""
# How much of what is in sight moves by itself.
SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shifted += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""
_WITHOUT_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
_WAYS = {"browser": "", "library": _WITHOUT_ED25519, "nothing": _WITHOUT_SUBTLE}


def wholeschool(root: Path, *arguments: str) -> str:
    done = subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def root(two_counties: Path, site_of_two_counties: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("programme")
    copytree(two_counties, root, dirs_exist_ok=True)
    begun(root / "out" / "site", site_of_two_counties)
    wholeschool(root, "site", "--out", str(root / "out" / "site"))
    return root


@pytest.fixture(scope="module")
def programme(root: Path) -> Programme:
    return check_root(root).programme


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    with served(root / "out" / "site") as base:
        yield base


@contextmanager
def opened(browser: Browser, address: str, *, script: str = "", today: str = TODAY) -> Iterator[Page]:
    """The verify page on a phone, on a given day; a request to anywhere else, or an error, is a failure."""
    context = browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]})
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(address) else wrong.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.clock.set_fixed_time(f"{today}T08:00:00Z")
    if script:
        page.add_init_script(script)
    page.goto(f"{address}verify/")
    page.wait_for_selector(".ws-verify button:enabled")
    yield page
    context.close()
    assert not wrong


def follow(page: Page, token: str) -> str:
    """What the page says of a token in its address."""
    page.evaluate("document.querySelector('.ws-verdict').hidden = true")
    page.evaluate("token => { location.hash = token; }", token)
    page.wait_for_selector(".ws-verdict:not([hidden])")
    return page.inner_text(".ws-verdict")


def typed(page: Page, number: str, code: str, name: str) -> str:
    page.evaluate("document.querySelector('.ws-verdict').hidden = true")
    for field, text in (("number", number), ("code", code), ("name", name)):
        page.fill(f"[name={field}]", text)
    page.keyboard.press("Enter")
    page.wait_for_selector(".ws-verdict:not([hidden])")
    return page.inner_text(".ws-verdict")


@pytest.mark.parametrize("way", _WAYS)
def test_signatures_hold_as_wycheproof_says(browser: Browser, address: str, way: str) -> None:
    known = [list(vector) for vector in vectors()]
    with opened(browser, address, script=_WAYS[way]) as page:
        wrong = page.evaluate(
            """async (vectors) => {
                const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
                const wrong = [];
                for (const [key, message, signature, holds] of vectors) {
                    const found = await wholeschoolVerify.signatureHolds(bytes(key), bytes(message), bytes(signature));
                    if (found !== holds) wrong.push([key, message, signature]);
                }
                return wrong;
            }""",
            known,
        )
    assert wrong == []


@pytest.mark.parametrize("way", _WAYS)
def test_the_genuine_one_is_shown_whole(browser: Browser, address: str, programme: Programme, way: str) -> None:
    entry, token = genuine(programme)
    with opened(browser, address, script=_WAYS[way]) as page:
        said = follow(page, token)
        assert said.startswith("有效（样张）")
        shown = (entry.number, entry.name, entry.school, entry.title, entry.issuer, entry.issued, entry.basis)
        assert all(text in said for text in shown)
        assert seals.check_code(token) in said


def test_no_flipped_bit_no_piece_and_no_forgery_is_ever_valid(
    browser: Browser, address: str, programme: Programme
) -> None:
    _, token = genuine(programme)
    bent = [*flips(token), *truncations(token), *forged(programme).values()]
    judged = """async ([tokens, today]) => {
        const data = JSON.parse(document.getElementById("ws-verify-data").textContent);
        const found = {};
        for (const token of tokens) {
            const { state } = await wholeschoolVerify.judge(token, data, today);
            found[state] = (found[state] || 0) + 1;
        }
        return found;
    }"""
    with opened(browser, address) as page:
        assert page.evaluate(judged, [[token], TODAY]) == {"有效": 1}
        assert page.evaluate(judged, [bent, TODAY]) == {"无法确认": len(bent)}


def test_the_page_says_until_when_as_the_command_does(browser: Browser, address: str, programme: Programme) -> None:
    entry, token = genuine(programme)
    last = years_later(entry.issued, 3)
    judged = """async ([token, today]) => {
        const data = JSON.parse(document.getElementById("ws-verify-data").textContent);
        for (const county of data.counties) county.lasts = 3;
        const { state, until, reason } = await wholeschoolVerify.judge(token, data, today);
        return [state, until || "", reason];
    }"""
    days: list[tuple[str, int]] = [("2028-02-29", 1), ("2028-02-29", 4), ("2026-11-10", 3)]
    with opened(browser, address) as page:
        for today in (entry.issued, last, later(last, 1)):
            scanned = page.evaluate(judged, [token, today])
            expired = today > last
            assert scanned[:2] == (["已过期", ""] if expired else ["有效", last])
            assert not expired or scanned[2] == f"有效期到 {last}"
        leap = page.evaluate("(days) => days.map((each) => wholeschoolVerify.lastDay(...each))", days)
    assert leap == [years_later(day, years) for day, years in days]


def test_markup_in_the_address_stays_text(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        said = follow(page, "<img src=x onerror=alert(1)>.a.b")
        assert said.startswith("无法确认")
        assert page.locator(".ws-verdict img").count() == 0


def test_by_hand(browser: Browser, address: str, programme: Programme) -> None:
    entry, token = genuine(programme)
    code = seals.check_code(token)
    with opened(browser, address) as page:
        spaced = " ".join(entry.name)
        assert typed(page, entry.number.lower(), code.lower().replace("-", " "), spaced).startswith("有效（样张）")
        assert typed(page, entry.number, code, "王大锤").startswith("无法确认")
        assert typed(page, entry.number, "0000-0000-0000-0000", entry.name).startswith("无法确认")
        assert "抄错" in typed(page, entry.number[:-1] + "*", code, entry.name)


def test_a_code_that_was_cut_or_broken_says_so_and_nothing_else_stays(
    browser: Browser, address: str, programme: Programme
) -> None:
    """Whatever stands behind the #, but for the page's own places, is judged; what was said before is gone."""
    _, token = genuine(programme)
    broken = (token[:40], token.partition(".")[0], "%E0%A4%A", f"%{token}", token.replace(".", "%2", 1), "x", "%00")
    with opened(browser, address) as page:
        verdict = page.locator(".ws-verdict")
        for each in broken:
            page.evaluate("token => { location.hash = token; }", token)
            expect(verdict).to_contain_text("有效")
            page.evaluate("token => { location.hash = token; }", each)
            expect(verdict).to_contain_text("无法确认")
            expect(verdict).not_to_contain_text("有效（")
        page.evaluate("location.hash = 'no-such-place'")
        expect(verdict).to_contain_text("无法确认")
        page.evaluate("token => { location.hash = token; }", token)
        expect(verdict).to_contain_text("有效")
        place = page.locator(".md-content [id]").first.get_attribute("id")
        page.evaluate("place => { location.hash = place; }", place)
        page.wait_for_timeout(300)  # nothing is to happen
        expect(verdict).to_contain_text("有效")
        page.evaluate("location.hash = ''")
        expect(verdict).to_be_hidden()
    with opened(browser, address) as page:
        for each in broken:
            page.goto("about:blank")
            page.goto(f"{address}verify/#{each}")
            expect(page.locator(".ws-verdict")).to_contain_text("无法确认")


def test_only_what_was_asked_last_is_answered(browser: Browser, address: str, programme: Programme) -> None:
    """A county's list that comes late does not put its answer in place of a later one."""
    entry, token = genuine(programme)
    context = browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]})
    page = context.new_page()
    page.clock.set_fixed_time(f"{TODAY}T08:00:00Z")
    late: list[Route] = []
    page.route("**/lists/*.js", lambda route: late.append(route))  # it asks a function for its name
    page.goto(f"{address}verify/")
    page.wait_for_selector(".ws-verify button:enabled")
    verdict = page.locator(".ws-verdict")
    page.evaluate("token => { location.hash = token; }", token)
    while not late:
        page.wait_for_timeout(50)
    assert "无法确认" in typed(page, entry.number[:-1] + "*", seals.check_code(token), entry.name)
    late[0].continue_()
    while not page.evaluate("Object.keys(wholeschoolLists).length"):
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)  # nothing is to happen
    expect(verdict).to_contain_text("无法确认")
    context.close()


def test_nothing_moves_or_is_sent_while_the_script_is_on_its_way(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]})
    page = context.new_page()
    waiting: list[Route] = []
    page.route("**/verify.js", lambda route: waiting.append(route))  # it asks a function for its name
    page.add_init_script(SHIFTS)
    page.goto(f"{address}verify/", wait_until="commit")
    button = page.locator(".ws-verify button")
    expect(button).to_be_visible()
    expect(button).to_be_disabled()
    page.locator("[name=name]").fill("样张")
    page.locator("[name=name]").press("Enter")
    page.wait_for_timeout(500)  # something to look at first
    assert "?" not in page.url
    waiting[0].continue_()
    expect(button).to_be_enabled()
    page.wait_for_timeout(500)
    assert page.evaluate("shifted") < 0.01
    context.close()


def test_without_a_network_only_what_the_ledger_is_known_to_hold(
    browser: Browser, address: str, programme: Programme
) -> None:
    entry, token = genuine(programme)
    with opened(browser, address) as page:
        page.context.set_offline(True)
        for said in (follow(page, token), typed(page, entry.number, seals.check_code(token), entry.name)):
            assert said.startswith("无法确认")
            assert "没有取到" in said
        page.context.set_offline(False)
        page.evaluate("location.hash = ''")
        assert follow(page, token).startswith("有效")
        page.context.set_offline(True)
        page.evaluate("location.hash = ''")
        assert follow(page, token).startswith("有效")
        assert typed(page, entry.number, seals.check_code(token), entry.name).startswith("有效")


@pytest.mark.parametrize("claim", ["another county", "contested"])
def test_a_number_that_two_units_claim_is_nobody_s(
    browser: Browser, address: str, programme: Programme, claim: str
) -> None:
    """Two counties of one code on the page, or what the records said of the code or of the number."""
    entry, token = genuine(programme)
    both = """async ([claim, token, number, code, name, today]) => {
        const data = JSON.parse(document.getElementById("ws-verify-data").textContent);
        const judged = async () => [
            await wholeschoolVerify.judge(token, data, today),
            await wholeschoolVerify.judgeTyped(number, code, name, data, today),
        ].map((each) => each.state);
        const before = await judged();
        if (claim) data.contested = [claim];
        else data.counties.push({...data.counties[0], name: "青岚县教育局"});
        return [before, await judged()];
    }"""
    claims = [entry.number, entry.number[4:10]] if claim == "contested" else [""]
    with opened(browser, address) as page:
        for each in claims:
            asked = [each, token, entry.number, seals.check_code(token), entry.name, TODAY]
            assert page.evaluate(both, asked) == [["有效"] * 2, ["无法确认"] * 2]


def test_a_clock_that_is_behind_and_an_older_list(browser: Browser, address: str, programme: Programme) -> None:
    _, token = genuine(programme)
    with opened(browser, address, today="2026-01-01") as page:
        said = follow(page, token)
        assert said.startswith("无法确认")
        assert "日期" in said
    with opened(browser, address) as page:
        assert follow(page, token).startswith("有效")
        page.evaluate("for (const name of Object.keys(localStorage)) localStorage.setItem(name, 99)")
        page.evaluate("location.hash = ''")
        said = follow(page, token)
        assert said.startswith("无法确认")
        assert "更新的状态名单" in said


def test_no_holder_can_be_read_from_what_is_published(root: Path, programme: Programme) -> None:
    ledger = next(each.ledger for each in programme.county_years() if each.ledger)
    published = [each for each in (root / "out" / "site" / "verify").rglob("*") if each.is_file()]
    text = "".join(each.read_text("utf-8") for each in published)
    assert len(published) >= 4
    for entry in ledger.data.certificates:
        assert entry.name not in text
        assert entry.number not in text
        assert (entry.seal or "") not in text


def test_from_the_printed_page_to_revoked(browser: Browser, root: Path, address: str, tmp_path: Path) -> None:
    """Printed to a picture, its code read back, opened; then revoked, built again, opened again."""
    copytree(root / "submissions", tmp_path / "submissions")
    wholeschool(tmp_path, "certificates", "render", "--all", "--out", str(tmp_path / "pdf"))
    file = next(each for each in sorted((tmp_path / "pdf").rglob("*.pdf")) if each.name != "print.pdf")
    subprocess.run(["pdftoppm", "-r", "200", "-png", file, tmp_path / "page"], check=True)
    picture = Image.open(next(tmp_path.glob("page*.png")))
    [code] = zxingcpp.read_barcodes(picture)
    link = re.fullmatch(r"https://zhengxiao\.example/verify/#(.+)", code.text)
    assert link
    with opened(browser, address) as page:
        said = follow(page, link[1])
        assert said.startswith("有效（样张）")
        assert file.stem in said
    wholeschool(tmp_path, "certificates", "revoke", file.stem, "--reason", "发错了", "--date", TODAY)
    begun(tmp_path / "out" / "site", root / "out" / "site")
    wholeschool(tmp_path, "site", "--out", str(tmp_path / "out" / "site"))
    with served(tmp_path / "out" / "site") as base, opened(browser, base) as page:
        said = follow(page, link[1])
        assert said.startswith("已撤销（样张）")
        assert file.stem in said
        assert "发错了" not in said

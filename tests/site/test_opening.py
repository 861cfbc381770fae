"""Workbooks opened in a real browser: the same sheets and sentences as in Python, without keeping the page waiting."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.papers.hostile_workbooks import LARGE, REFUSED, made
from tests.papers.odd_workbooks import OddWorkbook, broken, canonical
from tests.papers.test_import_hostile import HOSTILE
from tests.papers.workbooks import sheet_of
from tests.site.browser import DESKTOP
from tests.site.test_form import opened
from tests.site.test_form_workbooks import SCRIPTS
from tests.soak import examples
from wholeschool.papers.opening import Unreadable, mangled, open_workbook

_OPEN = """(files) => files.map(([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const started = performance.now();
  const { sheets, refused } = wholeschoolForm.workbooks.open(bytes, name);
  const took = performance.now() - started;
  return [refused ? [refused.message, refused.hint] : plain(sheets), took];
})"""
_PLAIN = """() => { globalThis.plain = (sheets) => sheets.map((sheet) => ({
  ...sheet,
  rows: [...sheet.rows].map(([number, cells]) => [number, [...cells]]),
  hiddenRows: [...sheet.hiddenRows].sort((one, other) => one - other),
  hiddenColumns: [...sheet.hiddenColumns].sort((one, other) => one - other),
})); }"""
# Opens a workbook as the page does, and tells how long it was the longest until the page could do something else.
_OPENING = """async (content) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  let longest = 0, last = performance.now(), going = true;
  const tick = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (going) setTimeout(tick, 0);
  };
  tick();
  const { sheets, refused } = await wholeschoolForm.workbooks.opening(bytes, "表.xlsx");
  tick();
  going = false;
  return [refused || plain(sheets), longest];
}"""


@pytest.fixture(scope="module")
def form(browser: Browser, address: str) -> Iterator[Page]:
    """The page with its readers of workbooks; a request to anywhere else or an error is a failure."""
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    for script in SCRIPTS:
        page.add_script_tag(url=f"{address}{script}")
    page.evaluate(_PLAIN)
    yield page
    page.context.close()
    assert not wrong


def in_python(name: str, content: bytes) -> Any:
    try:
        return json.loads(canonical(open_workbook(content, name)))
    except Unreadable as refused:
        return [refused.message, refused.hint]


def agree(form: Page, files: Iterable[tuple[str, bytes]]) -> None:
    files = list(files)
    for start in range(0, len(files), 50):
        some = files[start : start + 50]
        said = form.evaluate(_OPEN, [(name, base64.b64encode(content).decode()) for name, content in some])
        for (name, content), (got, took) in zip(some, said, strict=True):
            assert got == in_python(name, content), name
            assert took < 6000, name  # under a second on a machine of its own


@pytest.mark.soak
def test_odd_workbooks_are_read_as_what_was_meant(form: Page) -> None:
    odd = [OddWorkbook(Random(seed)) for seed in range(examples(40))]
    agree(form, [(f"{seed}.xlsx", each.data) for seed, each in enumerate(odd)])


@pytest.mark.soak
def test_scratched_workbooks_are_read_and_refused_as_in_python(form: Page) -> None:
    files = []
    for seed in range(examples(60)):
        dice = Random(seed)
        files.append((f"{seed}.xlsx", broken(OddWorkbook(dice).data, dice)))
    agree(form, files)


def test_texts_are_read_as_in_python(form: Page) -> None:
    texts = (
        *(
            "编号,姓名\r\n1,甲\r\n",
            "编号;所选\n1;A1,A5\n2;A1,A5",
            "编号\t所选\r1\tA1,A5\r2\tA1",
            "sep=|\na|b",
            '"a ""b"""x,\n,c',
        ),
        *(
            '="0012",3.49901E+13,#N/A',
            "名册,,,\n,,,\na,b,c,d",
            "一列\n\n𠮷 ",
            '甲,"乙\r\n丙',
            "x" * 30,
            ",b\n",
            "\n\n,",
        ),
    )
    encodings = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
    files = [("_教师.v2.CSV", text.encode(encoding)) for text in texts for encoding in encodings]
    agree(
        form,
        [*files, ("a.csv", "café,ü\n".encode("latin-1")), ("a.csv", b"\xff\xfea"), ("名.xlsx", b"a,b"), ("", b"a,b")],
    )


def test_what_is_no_workbook_and_what_would_do_harm_is_refused_with_the_same_words(form: Page) -> None:
    agree(form, [(name, content) for name, (content, _) in HOSTILE.items()])
    agree(form, [(name, made(name)) for name in REFUSED])


@pytest.mark.parametrize("what", LARGE)
def test_the_page_goes_on_while_a_large_workbook_is_read(form: Page, what: str) -> None:
    content = made(what)
    got, longest = form.evaluate(_OPENING, base64.b64encode(content).decode())
    assert any("/form/workbook.js" in worker.url for worker in form.workers)
    assert got == in_python("表.xlsx", content)
    assert longest < 1000  # what freezes a page takes several


def test_digits_that_are_gone_are_recognised_as_in_python(form: Page) -> None:
    values = [
        "3.49901E+13",
        " 1.2e11 ",
        "1E+05",
        "E+13",
        "12.5E+13",
        "",
        "1E+15",
        34990100010001,
        1e15,
        340123199001011234,
        True,
    ]
    got = form.evaluate("(values) => values.map((value) => wholeschoolForm.workbooks.mangled(value))", values)
    assert got == [mangled(value) for value in values]


def test_a_page_from_a_folder_reads_a_little_at_a_time(browser: Browser, site: Path) -> None:
    """There a script may not be a worker."""
    page = browser.new_page()
    page.goto((site / "form" / "index.html").as_uri())
    expect(page.locator("input[type=file]")).to_be_attached()
    for script in SCRIPTS:
        page.add_script_tag(url=(site / script).as_uri())
    page.evaluate(_PLAIN)
    content = made("20,000 x 20 styled cells")
    assert page.evaluate("(() => { try { new Worker(document.scripts[0].src); } catch { return true; } })()")
    got, longest = page.evaluate(_OPENING, base64.b64encode(content).decode())
    assert got == in_python("表.xlsx", content)
    assert longest < 1000
    page.close()


def test_a_table_as_text_becomes_a_record_in_the_form(browser: Browser, address: str, tmp_path: Path) -> None:
    rows = [["教师编号", "姓名", "学科", "学段"], ["34990100010009", "李文静", "语文", "小学"]]
    (tmp_path / "名册.csv").write_bytes("\r\n".join(",".join(row) for row in rows).encode("gb18030"))
    (tmp_path / "名册.XLSX").write_bytes(sheet_of(rows))
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    page.on("dialog", lambda dialog: dialog.accept())
    for name in ("名册.csv", "名册.XLSX"):
        page.set_input_files("input[type=file]", tmp_path / name)
        expect(page.locator(".ws-said")).to_contain_text(f"“{name}”已读入")
    page.context.close()
    assert not wrong

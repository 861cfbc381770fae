"""Reading the site: when the largest thing of a page is painted on a first visit."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.row import Row
from tests.site.browser import PHONE, chromium, served
from tests.site.small_programme import write
from tests.site.test_pages import KINDS
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.site import build_site
from wholeschool.sources import open_tree

# When the largest element so far was painted, in milliseconds after the visit began; asked once the page is quiet.
_PAINTED = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true});
})"""


def measure() -> list[Row]:
    """Seconds until the largest paint: the median and the slowest of all kinds of pages, nothing kept from before."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write(root)
        site = build_site(assemble(load(open_tree(root))), root / "out" / "site").folder
        painted = []
        with served(site, hosted=True) as address, chromium() as browser:
            for path in KINDS.values():
                context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
                page = context.new_page()
                page.goto(address + path.removesuffix("index.html"), wait_until="networkidle")
                painted.append(page.evaluate(_PAINTED) / 1000)
                context.close()
    painted.sort()
    return [
        Row("largest paint of a page, first visit, median", painted[len(painted) // 2], None, "s", "< 1 s"),
        Row(f"largest paint, slowest of {len(painted)} kinds of pages", painted[-1], None, "s", "< 1 s"),
    ]

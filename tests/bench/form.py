"""The form page: everything a visit needs, compressed, and when it can be used, in a fresh browser."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.row import Row
from tests.site.browser import PHONE, chromium, served
from tests.site.small_programme import write
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.site import build_site
from wholeschool.sources import open_tree

# What is fetched once the page stands: by the theme behind every page for its search box, by the form for packing and
# for files that somebody opens.
_AFTERWARDS = (
    *("search/search_index.json", "assets/javascripts/workers/"),
    *("assets/vendor/zip.js", "assets/form/files.js"),
)
VISITS = 5


def measure() -> list[Row]:
    """Kilobytes (gzip) of the page with the theme, its styles and every script; seconds until it can be used."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write(root)
        site = build_site(assemble(load(open_tree(root))), root / "out" / "site").folder
        asked: set[str] = set()
        ready = []
        with served(site, searched=True) as address, chromium() as browser:
            for _ in range(VISITS):
                context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
                page = context.new_page()
                page.on("request", lambda sent: asked.add(urlsplit(sent.url).path.lstrip("/")))
                page.goto(f"{address}form/")
                page.wait_for_selector(".ws-form:not([hidden])")
                ready.append(page.evaluate("performance.getEntriesByName('ws-form-ready')[0].startTime"))
                context.close()
        wanted = [path for path in asked if not path.startswith(_AFTERWARDS)]
        files = [path + "index.html" if path.endswith("/") else path for path in wanted]
        size = sum(len(gzip.compress((site / file).read_bytes(), 9)) for file in files if (site / file).is_file())
    return [
        Row("form page with theme and scripts, gzip", size / 1000, None, "kB", "< 150 kB"),
        Row(f"form page usable, slowest of {VISITS} first visits", max(ready) / 1000, None, "s", "< 1 s"),
    ]

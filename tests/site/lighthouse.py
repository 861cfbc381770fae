"""Lighthouse's scores: `python -m tests.site.lighthouse SITE [PAGE …]`, as on a middling phone behind a slow line.

What it says of speed depends on how busy the machine is, so a score below what is wanted only counts on a quiet one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from tests.site import node
from tests.site.browser import ARGUMENTS, served

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
PAGES = (
    *("", "handbook/teachers/", "catalogue/", "catalogue/A5/", "cases/", "rates/", "reference/requirements/"),
    *("rates/anhui/shili/mingyuan/", "rates/anhui/shili/mingyuan/abilities/", "form/", "verify/"),
)


def scores(address: str, categories: Iterable[str] = CATEGORIES) -> tuple[dict[str, int], list[str]]:
    """The score of 100 in each category of the page at an address, and what cost it points."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        node.run(
            *("lighthouse/cli/index.js", address, "--quiet", "--output=json", f"--output-path={report}"),
            *(f"--only-categories={','.join(categories)}", f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}"),
            CHROME_PATH=str(which("chromium")),
        )
        found = json.loads(report.read_text("utf-8"))
    counted = {audit["id"] for each in found["categories"].values() for audit in each["auditRefs"] if audit["weight"]}
    costly = [
        f"{name}: {audit.get('displayValue') or audit['title']}"
        for name, audit in found["audits"].items()
        if name in counted and audit["score"] is not None and audit["score"] < 0.9
    ]
    return {name: round(each["score"] * 100) for name, each in found["categories"].items()}, costly


def main(site: Path, pages: Iterable[str]) -> int:
    """One line per page; 1 if a score is too low."""
    low = False
    print(f"{'page':40}{''.join(f'{name:>16}' for name in CATEGORIES)}")
    with served(site, hosted=True) as address:
        for page in pages:
            reached, costly = scores(address + page)
            low |= min(reached.values()) < LEAST
            print(f"{page or '(home)':40}{''.join(f'{reached[name]:>16}' for name in CATEGORIES)}  {'; '.join(costly)}")
    return int(low)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] or [page for page in PAGES if (Path(sys.argv[1]) / page).is_dir()]))

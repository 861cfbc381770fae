"""Pictures of pages: `python -m tests.site.screenshots SITE FOLDER [PAGE …]`, phone and desktop, light and dark."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.site.browser import DESKTOP, PHONE, chromium, served

PAGES = (
    *("", "handbook/", "handbook/teachers/", "handbook/steps/", "catalogue/", "catalogue/A5/", "cases/", "rates/"),
    *("rules/", "reference/papers/", "lately/", "form/", "verify/", "data/", "about/", "404.html"),
)


def main(site: Path, folder: Path, pages: list[str]) -> None:
    """One PNG per page, width and colour scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    with served(site) as address, chromium() as browser:
        for width, size in (("phone", PHONE), ("desktop", DESKTOP)):
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
                page = context.new_page()
                for path in pages:
                    page.goto(address + path)
                    page.wait_for_timeout(600)  # the theme fades its tabs in
                    name = path.strip("/").replace("/", "-").removesuffix(".html") or "home"
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or list(PAGES))

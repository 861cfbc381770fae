"""Lighthouse finds nothing to improve in what does not depend on the machine's speed; for that, `make lighthouse`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.browser import served
from tests.site.lighthouse import LEAST, scores
from tests.site.test_pages import KINDS
from tests.soak import some


@pytest.mark.soak
@pytest.mark.parametrize("kind", some(["home", "county"], 1))
def test_main_pages_score_high(site: Path, kind: str) -> None:
    with served(site, hosted=True) as address:
        page = address + KINDS[kind].removesuffix("index.html")
        reached, costly = scores(page, ("accessibility", "best-practices", "seo"))
    assert min(reached.values()) >= LEAST, (reached, costly)

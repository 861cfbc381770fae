"""The verify page in a real browser after the county has another name and another code: all its certificates hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.site.browser import served
from tests.site.reissued import reissued
from tests.site.test_verify import follow, opened, typed, wholeschool
from wholeschool.certificates.verification import judge
from wholeschool.cli.workspace import check_root
from wholeschool.outcomes import seals

COUNTY = "anhui/shili/mingyuan"


@pytest.fixture(scope="module")
def root(site_of_two_counties: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county has issued, is renamed and recoded, and issues one anew."""
    root = tmp_path_factory.mktemp("renamed")
    new = ("--authority", "明远市教育体育局", "--name", "明远市", "--code", "349903")

    def renamed() -> None:
        wholeschool(root, "unit", "change", COUNTY, "--since", "2026-11-20", *new)

    reissued(root, site_of_two_counties, "2026-11-22", after=renamed)
    return root


def test_old_and_new_wording_hold_on_the_page_and_by_the_command(browser: Browser, root: Path) -> None:
    programme = check_root(root).programme
    rows = next(each.ledger for each in programme.county_years() if each.ledger).data.certificates
    replaced = {row.replaces for row in rows}
    old = next(row for row in rows if row.number not in replaced)
    new = rows[-1]
    assert (old.issuer, new.issuer) == ("明远县教育局", "明远市教育体育局")
    with served(root / "out" / "site") as address, opened(browser, address) as page:
        for row in (old, new):
            token = seals.token(row, programme.keys[row.key or ""].site)
            assert judge(programme, token, "2026-11-24").state == "有效"
            said = follow(page, token)
            assert said.startswith("有效（样张）")
            assert row.issuer in said
            assert typed(page, row.number, seals.check_code(token), row.name).startswith("有效")

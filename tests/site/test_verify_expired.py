"""The verify page in a real browser where certificates expire: scanned or typed, it says what the command says."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.site.browser import served
from tests.site.reissued import reissued
from tests.site.test_verify import follow, opened, typed
from wholeschool.certificates.verification import judge, judge_number
from wholeschool.cli.workspace import check_root
from wholeschool.days import later, years_later
from wholeschool.outcomes import seals

ISSUED_AGAIN = "2026-11-24"


@pytest.fixture(scope="module")
def root(site_of_two_counties: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates are valid for a year; one is issued again some days later, so that the county's list is younger."""
    root = tmp_path_factory.mktemp("expired")

    def for_a_year() -> None:
        settings = root / "submissions/programme.yaml"
        text = settings.read_text("utf-8")
        assert text.count("- year: 2026\n") == 1
        settings.write_text(text.replace("- year: 2026\n", "- year: 2026\n    certificate_years: 1\n"), "utf-8")

    reissued(root, site_of_two_counties, ISSUED_AGAIN, before=for_a_year)
    return root


def test_scanned_or_typed_it_expires_on_the_day_that_the_command_says(browser: Browser, root: Path) -> None:
    programme = check_root(root).programme
    rows = next(each.ledger for each in programme.county_years() if each.ledger).data.certificates
    replaced, new = {row.replaces for row in rows}, rows[-1]
    old = next(row for row in rows if row.number not in replaced)
    assert old.issued < new.issued == ISSUED_AGAIN
    lasts = [years_later(row.issued, 1) for row in (old, new)]
    with served(root / "out" / "site") as address:
        for today in (*lasts, *(later(day, 1) for day in lasts)):
            with opened(browser, address, today=today) as page:
                for row, last in zip((old, new), lasts, strict=True):
                    token = seals.token(row, programme.keys[row.key or ""].site)
                    code = seals.check_code(token)
                    verdict = judge(programme, token, today)
                    assert verdict == judge_number(programme, row.number, today, code)
                    assert verdict.state == ("有效" if today <= last else "已过期")
                    for said in (follow(page, token), typed(page, row.number, code, row.name)):
                        assert said.startswith(f"有效（到 {last}）" if today <= last else "已过期（样张）")
                        assert verdict.reason in said

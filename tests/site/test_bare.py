"""Sites of programmes in which there is hardly anything: every page is there, reads well, and links to what exists."""

from __future__ import annotations

import shutil
from pathlib import Path

from lxml import html  # type: ignore[import-untyped]

from tests.site import test_pages
from tests.site.conftest import programme_at
from wholeschool.site import build_site


def words(page: Path) -> str:
    return " ".join(html.parse(page).getroot().xpath("//article")[0].text_content().split())


def test_a_programme_with_no_unit_at_all(tree: Path, tmp_path: Path) -> None:
    root = tmp_path / "programme"
    (root / "submissions").mkdir(parents=True)
    for file in (tree / "submissions").iterdir():
        if file.is_file():
            shutil.copy(file, root / "submissions")
    shutil.copytree(tree / "submissions/guidance", root / "submissions/guidance")
    site = build_site(programme_at(root), tmp_path / "site").folder
    test_pages.test_every_internal_link_and_anchor_leads_somewhere(site)
    assert "还没有单位的记录" in words(site / "rates" / "index.html")
    assert "自选微能力" in words(site / "index.html")
    assert len(list((site / "catalogue").glob("*/index.html"))) == 30


def test_a_county_without_schools_stands_beside_one_that_has_them(tree: Path, tmp_path: Path) -> None:
    root = tmp_path / "programme"
    shutil.copytree(tree, root)
    known = (root / "submissions/anhui/shili/mingyuan/unit.yaml").read_text("utf-8")
    bare = root / "submissions/anhui/shili/kongxian/unit.yaml"
    bare.parent.mkdir()
    bare.write_text(known.replace("349901", "349909").replace("明远县", "空县"), encoding="utf-8")
    site = build_site(programme_at(root), tmp_path / "site").folder
    test_pages.test_every_internal_link_and_anchor_leads_somewhere(site)
    page = words(site / "rates/anhui/shili/kongxian/index.html")
    assert "空县合格率" in page
    assert "0 ÷ 0" not in page
    assert "还没有学校的记录" in page
    assert "nan" not in page.lower()
    assert "None" not in page
    assert "空县" in words(site / "rates/anhui/shili/index.html")

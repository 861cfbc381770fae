"""What is in the built files: every kind of page, links that lead somewhere, equal bytes from equal records."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from jsonschema import Draft202012Validator
from lxml import html  # type: ignore[import-untyped]

from tests.program import COMMAND
from tests.site.conftest import programme_at
from tests.site.small_programme import LONG_NAME
from wholeschool.errors import BuildError
from wholeschool.site import build_site, share

BASE = "https://site.invalid/"
KINDS = {
    "home": "index.html",
    "handbook": "handbook/teachers/index.html",
    "catalogue": "catalogue/index.html",
    "microability": "catalogue/A5/index.html",
    "case library": "cases/index.html",
    "case": "cases/wenhua-xiaoxue-zhongmian/index.html",
    "province": "rates/index.html",
    "city": "rates/anhui/shili/index.html",
    "county": "rates/anhui/shili/mingyuan/index.html",
    "school": "rates/anhui/shili/mingyuan/wenhua-xiaoxue/index.html",
    "latest changes": "lately/index.html",
    "papers": "reference/papers/index.html",
    "rules": "rules/index.html",
    "refusals": "rules/writing/index.html",
    "rule": "rules/CHOICE-CREDITS/index.html",
    "indicators": "rates/anhui/shili/mingyuan/indicators/index.html",
    "registers": "rates/anhui/shili/mingyuan/registers/index.html",
    "microabilities": "rates/anhui/shili/abilities/index.html",
    "microabilities of a county": "rates/anhui/shili/mingyuan/abilities/index.html",
    "owed": "rates/anhui/shili/mingyuan/owed/index.html",
    "schools' papers": "rates/anhui/shili/mingyuan/papers/index.html",
    "standard": "reference/rubrics/index.html",
    "requirements": "reference/requirements/index.html",
    "requirements of a part": "reference/requirements/tasks/index.html",
    "record": "reference/records/plan/index.html",
    "open data": "data/index.html",
    "form": "form/index.html",
    "not found": "404.html",
    "about": "about/index.html",
    "privacy": "privacy/index.html",
}
MOST_BYTES = 100_000


def text_of(site: Path, path: str) -> str:
    """The words of a page's article."""
    (article,) = html.parse(site / path).getroot().xpath('//article[contains(@class, "md-content__inner")]')
    return " ".join(article.text_content().split())


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_page_is_there(site: Path, path: str) -> None:
    page = html.parse(site / path).getroot()
    assert page.get("lang") == "zh"
    assert len(page.xpath("//h1")) == 1
    assert page.findtext(".//title")


def test_no_page_is_long(site: Path) -> None:
    sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*.html")}
    assert {path: size for path, size in sizes.items() if size >= MOST_BYTES} == {}


def test_every_internal_link_and_anchor_leads_somewhere(site: Path) -> None:
    pages = {path.relative_to(site).as_posix(): html.parse(path).getroot() for path in site.rglob("*.html")}
    anchors = {name: set(page.xpath("//@id")) for name, page in pages.items()}
    dead = []
    for name, page in pages.items():
        here = urljoin(BASE, name.removesuffix("index.html"))
        for element in page.xpath("//a[@href] | //link[@href] | //script[@src] | //img[@src]"):
            target = urlsplit(urljoin(here, element.get("href") or element.get("src")))
            if target.scheme != "https" or target.netloc != "site.invalid":
                continue
            path = unquote(target.path.lstrip("/"))
            file = f"{path}index.html" if path == "" or path.endswith("/") else path
            if not (site / file).is_file():
                dead.append((name, file))
            elif target.fragment and unquote(target.fragment) not in {"__toc", *anchors.get(file, ())}:
                dead.append((name, f"{file}#{target.fragment}"))
    assert not dead


def test_a_reader_reaches_their_page_from_home(site: Path) -> None:
    home = html.parse(site / "index.html").getroot()
    doors = {link.get("href") for link in home.xpath('//*[@class="ws-doors"]//a')}
    assert doors == {f"handbook/{reader}/" for reader in ("teachers", "schools", "counties", "cities", "province")}


def test_home_has_deadlines_figures_and_cases(site: Path) -> None:
    words = text_of(site, "index.html")
    assert "2026年12月20日" in words
    assert "示例市" in words
    assert "中心学校怎样带动教学点" in words


def test_odd_units_still_read_well(site: Path) -> None:
    assert LONG_NAME in text_of(site, "rates/anhui/shili/mingyuan/shanhe-xiaoxue/index.html")
    nobody = text_of(site, "rates/anhui/shili/qinglan/beiwan-xiaoxue/index.html")
    assert "报送信息化发展规划" in nobody
    assert "None" not in nobody


def test_small_figures_say_that_they_are_hidden(site: Path) -> None:
    words = text_of(site, "rates/anhui/shili/mingyuan/chengguan-youeryuan/index.html")
    assert "不公布" in words
    assert "80.0%" not in words


def test_pictures_say_their_finding(site: Path) -> None:
    pictures = html.parse(site / "catalogue/index.html").getroot().xpath("//figure/div[.//*[name()='svg']]")
    assert pictures
    for picture in pictures:
        assert picture.get("role") == "img"
        assert "选的人最多的是 A5 技术支持的课堂导入" in picture.get("aria-label")
        assert picture.getparent().findtext("figcaption") == picture.get("aria-label")


def test_every_column_of_a_table_has_its_style(site: Path) -> None:
    style = (site / "assets/wholeschool.css").read_text("utf-8")
    pages = "".join(page.read_text("utf-8") for page in site.rglob("*.html"))
    numbers, named = (set(map(int, re.findall(found, pages))) for found in (r"\bws-n(\d+)", r"--head-(\d+):"))
    assert {number for number in numbers if f".ws-n{number} " not in style} == set()
    assert {number for number in named if f"var(--head-{number})" not in style} == {1}  # a row's own name
    assert max(numbers) >= 5
    assert max(named) >= 7


def test_open_data_says_what_the_pages_say(site: Path) -> None:
    data = json.loads((site / "data/figures-2026.json").read_text("utf-8"))
    definition = json.loads((site / "data" / data["schema"]).read_text("utf-8"))
    Draft202012Validator(definition).validate(data)
    rows = {row["unit"]: row for row in data["figures"]}
    assert rows["anhui/shili/mingyuan/chengguan-youeryuan"]["passed"] is None
    county = rows["anhui/shili/mingyuan"]
    words = text_of(site, "rates/anhui/shili/mingyuan/index.html")
    assert f"{county['passed']} ÷ {county['due']}" in words
    assert f"{county['rate']:.1f}%" in words
    table = list(csv.reader(io.StringIO((site / "data/figures-2026.csv").read_text("utf-8-sig"))))
    assert len(table) == len(rows) + 1
    assert table[0][:3] == ["单位", "名称", "级别"]
    for name in ("cases", "microabilities"):
        data = json.loads((site / f"data/{name}.json").read_text("utf-8"))
        Draft202012Validator(json.loads((site / "data" / data["schema"]).read_text("utf-8"))).validate(data)
        assert data[name]


def test_a_case_without_consent_is_nowhere(site: Path) -> None:
    published = b"".join(path.read_bytes() for path in site.rglob("*") if path.is_file())
    assert "没有同意公开的一篇".encode() not in published
    assert "赵未央".encode() not in published


def test_the_same_records_give_the_same_bytes(tree: Path, site: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    command = [COMMAND, "site", "--out", str(out)]
    done = subprocess.run(
        command, cwd=tree, env=os.environ | {"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    first = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    second = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert first.keys() == second.keys()
    assert [str(name) for name in first if first[name] != second[name]] == []


def test_a_build_that_fails_leaves_the_site_before_it(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    (out / "search").mkdir(parents=True)
    (out / "search" / "search_index.json").write_text("{}", encoding="utf-8")
    (out / "index.html").write_text("before", encoding="utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(share, "make", full)
    with pytest.raises(BuildError, match="原来的网站没有动"):
        build_site(programme_at(tree), out)
    assert (out / "index.html").read_text("utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_is_no_site_is_never_replaced(tree: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "notes.md").write_text("also mine", encoding="utf-8")
    with pytest.raises(BuildError, match="不是以前生成的网站"):
        build_site(programme_at(tree), mine)
    build_site(programme_at(tree), tmp_path / "site")
    assert (mine / "thesis.txt").read_text("utf-8") == "years of work"
    assert [path.name for path in (tmp_path / "docs").iterdir()] == ["notes.md"]

"""The handbook in one file: every page, contents whose numbers are right, links that lead somewhere."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from tests.engines import assert_alike
from wholeschool.papers.handbook import handbook, handbook_pdf

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> bytes:
    return handbook_pdf("示例工程")


def test_every_page_of_the_handbook_is_in_it_and_every_link_leads_somewhere() -> None:
    book = handbook()
    pages = {path.stem for path in (REPOSITORY / "docs" / "handbook").glob("*.md")}
    assert set(re.findall(r'<article id="([a-z0-9-]+)">', book.body)) == pages
    anchors = re.findall(r' id="([^"]+)"', book.body)
    assert len(anchors) == len(set(anchors))
    targets = set(re.findall(r'href="([^"]*)"', book.body))
    assert len(targets) > 20
    assert {target.removeprefix("#") for target in targets} <= set(anchors)
    assert sum(level == 1 for level, _, _ in book.headings) == len(pages)


def test_contents_bookmarks_and_page_numbers(made: bytes) -> None:
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, check=True, capture_output=True).stdout
    pages = text.decode().split("\f")[:-1]
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        assert len(document.pages) == len(pages) > 30
        with document.open_outline() as outline:
            titles = ["".join(str(item.title).split()) for item in outline.root]
    chapters = ["".join(title.split()) for level, _, title in handbook().headings if level == 1]
    assert [title for title in titles if title != "目录"] == chapters
    contents = "".join(pages[1:4]).splitlines()
    for chapter in ("谁做什么", "组建团队", "术语表"):
        line = next(line for line in contents if line.strip().startswith(chapter))
        assert pages[int(line.split()[-1]) - 1].split()[1] == chapter


def test_equal_pages_give_equal_bytes(made: bytes) -> None:
    assert handbook_pdf("示例工程") == made


@pytest.mark.parametrize("page", [1, 2, 6, 33])
def test_every_viewer_shows_the_same(made: bytes, tmp_path: Path, page: int) -> None:
    (tmp_path / "handbook.pdf").write_bytes(made)
    assert_alike(tmp_path / "handbook.pdf", page)

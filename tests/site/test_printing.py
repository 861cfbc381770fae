"""Printed pages: the words and figures without the navigation, within the paper."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.site.test_browser import brightness
from tests.site.test_pages import KINDS

A4 = (595, 842)  # points


@pytest.mark.parametrize(
    ("kind", "printed"),
    [("handbook", "找谁"), ("county", "文华小学"), ("catalogue", "A13 数据可视化呈现与解读"), ("case", "林知夏")],
)
def test_only_the_article_is_printed(browser: Browser, address: str, tmp_path: Path, kind: str, printed: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + KINDS[kind])
    file = tmp_path / "page.pdf"
    page.pdf(path=file, prefer_css_page_size=True, format="A4")
    title = page.locator("h1").inner_text().removesuffix("#").strip()
    context.close()
    words = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    assert title in words
    assert printed in words
    for elsewhere in ("网页填报", "核验证书", "搜索", "跳转至", "关于本站", "回到页面顶部", "清空"):
        assert elsewhere not in words, elsewhere
    # Where every word stands; what lies off the paper is not readable.
    boxes = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True).stdout
    rights = [float(right) for right in re.findall(r'<word [^>]*xMax="([0-9.]+)"', boxes)]
    assert max(rights) < A4[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_and_ink_dark(browser: Browser, address: str, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address + KINDS["county"])
    page.emulate_media(media="print")
    assert brightness(page) == 1
    for text in ("h1", "p", "th", "td a", "small", '.ws-chart text[fill*="ink"]'):
        assert brightness(page, text, "color" if "ws-" not in text else "fill") < 0.5, text
    context.close()

"""What somebody who knows nothing of the site finds from its first page, by clicking what is in front of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import DESKTOP, PHONE


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def home(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The first page, on a phone and on a desktop."""
    context = browser.new_context(viewport=request.param)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def click(page: Page, words: str) -> None:
    """A link of the page itself: no menu, no search."""
    page.locator("article").get_by_role("link", name=words).first.click()


def test_what_a_teacher_must_do_this_year(home: Page) -> None:
    click(home, "教师")
    expect(home.locator("h1")).to_contain_text("教师今年要做什么")
    expect(home.locator("#order ~ .md-typeset__scrollwrap").first).to_contain_text("不少于 20 学分")


def test_which_microabilities_fit_a_blended_environment(home: Page) -> None:
    click(home, "我该选哪几项微能力")
    mixes = home.locator("#plan-blended ~ ul").first
    expect(mixes.locator("li").first).to_contain_text(
        "5 + 7 + 8：B1、B2、B3 里选 1；B7、B8 里选 1；B9、B10 里选 1，共 12 种"
    )
    for code in ("B2", "B7"):
        home.get_by_role("checkbox", name=f"选 {code} ").check()
    told = home.locator(".ws-picked")
    expect(told).to_have_text("B2、B7：2 项，合计 12 学分，还差 8 学分。")
    home.get_by_role("checkbox", name="选 B9 ").check()
    expect(told).to_have_text("B2、B7、B9：3 项，合计 20 学分，够了。")
    home.goto(home.url)
    expect(told).to_have_text("B2、B7、B9：3 项，合计 20 学分，够了。")


def test_a_case_on_leading_in_in_primary_mathematics(home: Page) -> None:
    click(home, "别的学校、别的课怎么做")
    home.get_by_label("学段").select_option("小学")
    home.get_by_label("学科").select_option("数学")
    home.get_by_label("文字").fill("导入")
    shown = home.locator("article.ws-card:visible")
    expect(shown).to_have_count(1)
    expect(home.locator(".ws-filters output")).to_have_text("找到 1 篇")
    home.get_by_label("文字").fill("导入 化学")
    expect(home.locator(".ws-filters output")).to_contain_text("少选一样")


def test_a_countys_pass_rate_and_its_formula(home: Page) -> None:
    click(home, "一个市、县、学校的合格率")
    click(home, "明远县")
    expect(home.locator("h1")).to_contain_text("明远县合格率")
    expect(home.locator("article")).to_contain_text("合格率 = 考核合格人数 ÷ 应考人数")
    figures = home.locator(".ws-figures").first
    figures.get_by_role("link", name="考核合格率").click()
    expect(home.locator("#how-rate")).to_be_in_viewport()
    figures.get_by_role("link", name="验收合格率").click()
    expect(home.locator("#how-accepted-rate")).to_be_in_viewport()
    row = home.locator("tr", has=home.locator("#how-accepted-rate"))
    row.get_by_role("link", name="附件1 四(三)1").click()
    expect(home.locator("#R130")).to_be_visible()

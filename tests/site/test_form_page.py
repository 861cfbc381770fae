"""How the form treats those who fill it in, in a real browser: nobody is told off before having typed, what is wrong
stands in one place, a new school begins with one tap, a school is chosen by its name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.site.browser import DESKTOP, PHONE
from tests.site.test_browser import AXE
from tests.site.test_form import SCHOOL, add, begin, check_all, choose, fill, opened
from wholeschool.records.refusals import REFUSALS
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.form import school_kinds

EXAMPLE = REPOSITORY / "submissions" / "anhui" / "shili" / "mingyuan" / "wenhua-xiaoxue"
WRONG = ".ws-wrong:visible"


def kinds_of(page: Page) -> list[str]:
    """The kinds of the records in the draft, in their order, as the list says them."""
    return [each.rsplit("\n", 1)[0].strip() for each in page.locator(".ws-records button").all_inner_texts()]


def test_nobody_is_told_off_before_the_field_was_left(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    begin(page, "survey")
    page.wait_for_timeout(500)
    expect(page.locator(WRONG)).to_have_count(0)
    expect(page.locator(".ws-findings li")).to_have_count(0)
    expect(page.locator(".ws-records small")).to_have_text("还没填完")
    page.locator('[name="invited"]').focus()
    page.keyboard.type("三十")
    page.wait_for_timeout(600)  # it has been judged
    expect(page.locator(WRONG)).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.locator(WRONG)).to_have_count(1)
    expect(page.locator(WRONG)).to_contain_text("“三十”，应为整数")
    expect(page.locator('[name="invited"]')).to_have_attribute("aria-invalid", "true")
    # Put right, it is quiet at once; the next one was left empty now, the others are still no matter.
    fill(page, invited="30")
    expect(page.locator(WRONG)).to_have_text([re.compile("^缺少实答人数")])
    check_all(page)
    expect(page.get_by_text("还有 3 处要改")).to_be_focused()
    expect(page.locator(WRONG)).to_have_count(3)
    page.reload()  # it stays so
    expect(page.locator(WRONG)).to_have_count(3)
    page.context.close()
    assert not wrong


def test_downloading_asks_for_all_that_is_wrong(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    page.get_by_role("button", name="新学校要报的几份").click()
    with page.expect_download():
        page.get_by_role("button", name="下载全部（zip）").click()
    expect(page.locator(".ws-said")).to_contain_text("其中 4 份还有要改的地方")
    expect(page.locator(".ws-records .ws-bad")).to_have_count(4)
    page.context.close()
    assert not wrong


def test_what_is_wrong_is_said_once_and_the_list_leads_to_it(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    begin(page, "team")
    for index, name in enumerate(("周若川", "9", "宋听澜")):
        add(page, "成员")
        fill(page, **{f"members__{index}__name": name})
    page.locator(".ws-items > details > summary").nth(1).click()  # folded away
    check_all(page)
    link = page.get_by_role("button", name="成员 › 第 2 条：9 › 姓名")
    expect(link).to_be_visible()
    expect(page.locator(".ws-items > details").nth(1)).to_have_class("ws-has-bad")
    link.click()  # which waits until the list, which is checked once more when a field is left, stands still
    expect(page.locator('[name="members.1.name"]')).to_be_focused()
    said = page.locator(f"{WRONG} > p").all_inner_texts()
    assert len(said) == len(set(said)) == 1
    above = page.locator(".ws-findings li").all_inner_texts()
    for each in said:
        message = each.split("\n")[0]
        assert not any(message in one for one in above)
    # What to do is not repeated where the field says it already; the code comes last, and small.
    field = page.locator(".ws-field", has=page.locator('[name="members.1.name"]'))
    assert field.inner_text().count(field.locator("small").first.inner_text()) == 1
    code = field.locator(".ws-wrong small")
    expect(code).to_have_text(f"S-PATTERN · 依据：{REFUSALS['S-PATTERN'].clause}")
    small, usual = (each.evaluate("(it) => parseFloat(getComputedStyle(it).fontSize)") for each in (code, field))
    assert small < 0.8 * usual
    page.context.close()
    assert not wrong


def test_a_new_school_begins_with_one_tap_and_goes_on_in_order(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    choose(page, "明远县新桥小学", "xinqiao")
    page.get_by_role("button", name="新学校要报的几份").press("Enter")
    wanted = ["单位信息", "信息化管理团队名单", "学校信息化发展规划", "教师名册与选学"]
    expect(page.locator(".ws-records button")).to_have_count(len(wanted))
    assert kinds_of(page) == wanted
    expect(page.get_by_role("button", name="新学校要报的几份")).to_be_hidden()
    for title in wanted:
        expect(page.locator(".ws-editor h2")).to_be_focused()
        expect(page.locator(".ws-editor h2")).to_have_text(title)
        if title != wanted[-1]:
            page.get_by_role("button", name="下一份：").press("Enter")
    page.locator(".ws-records button").first.click()
    expect(page.locator('[name="name"]')).to_have_value("明远县新桥小学")
    page.reload()
    expect(page.locator(".ws-records button")).to_have_count(len(wanted))
    assert kinds_of(page) == wanted
    page.context.close()
    assert not wrong


def test_kinds_are_grouped_by_when_they_are_due_as_the_schemas_say(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    got = (
        page.get_by_label("要填哪一种")
        .locator("optgroup")
        .evaluate_all("(all) => all.map((each) => [each.label, [...each.children].map((one) => one.value)])")
    )
    said = {path.name.split(".")[0]: json.loads(path.read_bytes()) for path in REPOSITORY.glob("schemas/*.json")}
    assert [due for due, _ in got] == ["开学", "方案", "研修", "考核", "随时", "总结"]
    assert {name: due for due, names in got for name in names} == {
        kind.name: said[kind.name]["x-wholeschool"]["due"] for kind in school_kinds()
    }
    page.context.close()
    assert not wrong


def test_a_school_is_chosen_by_its_name(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    school = page.get_by_label("学校", exact=True)
    expect(school).to_be_disabled()
    begin(page, "unit")
    for typed in ("明远县文华小学", "文华小学"):  # as one says it in the county
        choose(page, typed)
        expect(page.locator(".ws-chosen")).to_have_text("已选：明远县文华小学")
        expect(page.get_by_label("新学校的文件夹名")).to_be_hidden()
        expect(page.locator(".ws-path")).to_contain_text("submissions/anhui/shili/mingyuan/wenhua-xiaoxue/unit.yaml")
    page.get_by_label("县（市、区）").select_option(index=2)
    expect(school).to_have_value("")
    expect(page.locator(".ws-path")).not_to_contain_text("wenhua-xiaoxue")
    page.context.close()
    assert not wrong


def test_a_new_school_gets_a_folder_without_anybody_writing_a_path(browser: Browser, address: str) -> None:
    page, wrong = opened(browser, f"{address}form/", PHONE)
    begin(page, "survey")
    choose(page, "新桥小学")
    expect(page.locator(".ws-chosen")).to_contain_text("名单里没有这个校名")
    folder = page.get_by_label("新学校的文件夹名")
    expect(folder).to_have_value("-xiaoxue")
    expect(page.get_by_text("“新桥”的拼音，后面接 -xiaoxue")).to_be_visible()
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []
    for typed, told in (
        ("新桥", "只用小写字母"),
        ("-xiaoxue", "前面补上“新桥”的拼音"),
        ("wenhua-xiaoxue", "已经是明远县文华小学的"),
    ):
        folder.fill(typed)
        folder.press("Tab")
        expect(page.locator(".ws-where .ws-wrong:visible")).to_contain_text(told)
        expect(page.locator(".ws-path")).to_contain_text("省/市/县/学校")
    folder.fill("Xin Qiao-xiaoxue")  # as people write it
    expect(page.locator(".ws-path")).to_have_text(f"交上去放在 {SCHOOL}/2026/survey.yaml")
    expect(page.locator(".ws-where .ws-wrong:visible")).to_have_count(0)
    page.reload()
    expect(folder).to_have_value("xinqiao-xiaoxue")
    expect(page.get_by_label("学校", exact=True)).to_have_value("新桥小学")
    page.context.close()
    assert not wrong


def test_without_the_list_the_form_can_still_be_filled_in(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}form/", DESKTOP)
    page.context.set_offline(True)
    page.get_by_label("县（市、区）").select_option("anhui/shili/mingyuan")
    page.get_by_label("学校", exact=True).fill("文华小学")
    page.get_by_label("学校", exact=True).press("Tab")
    expect(page.locator(".ws-chosen")).to_contain_text("校名单没有取到")
    begin(page, "survey")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".ws-chosen")).to_have_text("已选：明远县文华小学")
    page.context.close()


def test_once_the_page_stands_files_are_opened_and_packed_without_a_network(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    (tmp_path / "survey.yaml").write_bytes((EXAMPLE / "2026" / "survey.yaml").read_bytes())
    page, _ = opened(browser, f"{address}form/", DESKTOP)
    page.wait_for_load_state("networkidle")  # what is fetched afterwards is there
    page.context.set_offline(True)
    page.set_input_files("input[type=file]", tmp_path / "survey.yaml")
    expect(page.locator(".ws-said")).to_contain_text("“survey.yaml”已读入")
    with page.expect_download() as packed:
        page.get_by_role("button", name="下载全部（zip）").click()
    page.context.close()
    assert packed.value.suggested_filename.endswith(".zip")


def test_a_file_chosen_before_what_reads_files_could_be_fetched_is_asked_for_again(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    (tmp_path / "survey.yaml").write_bytes((EXAMPLE / "2026" / "survey.yaml").read_bytes())
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.route("**/assets/form/files.js", lambda route: route.abort())
    page.goto(f"{address}form/", wait_until="networkidle")
    page.set_input_files("input[type=file]", tmp_path / "survey.yaml")
    expect(page.locator(".ws-said")).to_contain_text("请联网后再选一次")
    page.unroute("**/assets/form/files.js")
    page.set_input_files("input[type=file]", tmp_path / "survey.yaml")
    expect(page.locator(".ws-said")).to_contain_text("“survey.yaml”已读入")
    context.close()


def test_schools_are_chosen_from_a_folder_too(browser: Browser, offline: Path) -> None:
    page, wrong = opened(browser, (offline / "form" / "index.html").as_uri(), DESKTOP)
    choose(page, "文华小学")
    expect(page.locator(".ws-chosen")).to_have_text("已选：明远县文华小学")
    page.context.close()
    assert [each for each in wrong if not each.startswith("file:")] == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_it_can_be_filled_in_by_keyboard_alone(browser: Browser, address: str, size: dict[str, int]) -> None:
    page, wrong = opened(browser, f"{address}form/", size)
    page.get_by_role("button", name="新学校要报的几份").focus()
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(40):
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert {"code", "name", "type", "principal", "检查", "下一份：信息化管理团队名单", "下载这一份"} <= reached
    page.context.close()
    assert not wrong


def test_help_is_in_the_words_of_a_form(browser: Browser, address: str, tmp_path: Path) -> None:
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    values = "(all) => all.map((each) => each.value)"
    for kind in page.get_by_label("要填哪一种").locator("option").evaluate_all(values):
        begin(page, kind)
        for button in page.locator(".ws-editor .ws-items + button").all():
            button.click()
        help_texts = page.locator(".ws-editor small").all_inner_texts()
        assert [each for each in help_texts if re.search("true|false|文件里|YAML|yaml", each)] == [], kind
    (tmp_path / "unit.yaml").write_text("name: 明远县新桥小学\ndemo: 也许\n", encoding="utf-8")
    page.once("dialog", lambda dialog: dialog.accept())
    page.set_input_files("input[type=file]", tmp_path / "unit.yaml")
    said = page.locator(".ws-field", has=page.locator('[name="demo"]'))
    expect(said.locator(".ws-wrong")).to_contain_text("样张写的是“也许”，应为是或否")
    expect(said).not_to_contain_text("true")
    page.context.close()
    assert not wrong

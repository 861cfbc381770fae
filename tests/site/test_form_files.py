"""Files opened in the form, in a real browser: each comes to the school and the year that it is of, what is not read is
told, and a draft becomes another school's, or another year's, only where somebody says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.site.browser import DESKTOP
from tests.site.test_form import choose, opened
from wholeschool.shipped import HOME as REPOSITORY

COUNTY = "submissions/anhui/shili/mingyuan"
WENHUA, HEWAN, NURSERY = (
    f"{COUNTY}/{each}" for each in ("wenhua-xiaoxue", "hewan-zhongxin-xiaoxue", "shiyan-youeryuan")
)
FORM = {"unit.yaml", "management.yaml", "survey.yaml", "plan.yaml", "scheme.yaml", "teachers.yaml"}
CASE = b"---\ntitle: x\n---\n\nx\n"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The form; that it complains of nothing, and asks for nothing elsewhere, is seen at the end."""
    shown, wrong = opened(browser, f"{address}form/", DESKTOP)
    yield shown
    shown.context.close()
    assert not wrong


def of(school: str, *years: str) -> dict[str, bytes]:
    """A school's records that the form knows, by path."""
    files = [
        file
        for year in years
        for file in sorted((REPOSITORY / school / year).rglob("*.yaml"))
        if file.name in FORM or file.parent.name in ("reviews", "groups")
    ]
    return {file.relative_to(REPOSITORY).as_posix(): file.read_bytes() for file in files}


def packed(files: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def give(page: Page, name: str, content: bytes) -> None:
    """Open a file, until it was read."""
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    expect(page.locator(".ws-said")).to_have_text(re.compile("^(?!正在读取)."))


def written(page: Page, tmp_path: Path) -> list[str]:
    """The paths of what 下载全部 gives."""
    with page.expect_download() as started:
        page.get_by_role("button", name="下载全部（zip）").click()
    started.value.save_as(tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as archive:
        return sorted(archive.namelist())


def answering(page: Page, *, yes: bool) -> list[str]:
    """What is asked from now on, all answered alike."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if yes:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    return asked


@pytest.mark.parametrize("folder", ["", "全部资料/"])
def test_records_of_two_years_keep_their_year(page: Page, tmp_path: Path, folder: str) -> None:
    """A school's own file, as it was downloaded or packed again with a folder around it."""
    asked = answering(page, yes=True)
    files = of(NURSERY, "2025", "2026")
    give(page, "a.zip", packed({f"{folder}{path}": content for path, content in files.items()}))
    expect(page.locator(".ws-said")).to_have_text(f"{len(files)} 份已读入。")
    expect(page.get_by_label("年度")).to_have_value("2026")
    expect(page.locator(".ws-records button", has_text="教研组：大班教研组（2025 年度）")).to_have_count(1)
    expect(page.locator(".ws-records button", has_text="教研组：大班教研组")).to_have_count(2)
    assert written(page, tmp_path) == sorted(files)
    assert asked == []


def test_reviews_alone_say_whose_and_of_which_year_they_are(page: Page) -> None:
    give(page, "a.zip", packed(of(NURSERY, "2025/reviews")))
    expect(page.locator(".ws-path")).to_have_text(re.compile(f"{NURSERY}/2025/reviews/2025-10-1[46].yaml$"))
    # What a school wrote into its folders without any such path keeps the year all the same.
    answering(page, yes=True)
    page.get_by_role("button", name="清空草稿").click()
    give(page, "b.zip", packed({path.removeprefix(f"{COUNTY}/"): text for path, text in of(NURSERY, "2025").items()}))
    expect(page.locator(".ws-path")).to_contain_text("省/市/县/学校/2025/")


def test_nothing_of_another_school_comes_in(page: Page, tmp_path: Path) -> None:
    own = f"{WENHUA}/unit.yaml"
    give(page, "a.zip", packed({own: (REPOSITORY / own).read_bytes()}))
    others = of(HEWAN, "2026")
    give(page, "b.zip", packed(others))
    said = page.locator(".ws-said p")
    expect(said).to_have_count(1)  # one mistake, one sentence
    expect(said).to_contain_text(f"等 {len(others)} 个文件是 {HEWAN.removeprefix('submissions/')} 的，草稿是")
    assert written(page, tmp_path) == [own]
    # Nor while no school is chosen, or another name is being typed.
    page.get_by_label("学校", exact=True).fill("河")
    give(page, "b.zip", packed(others))
    expect(said).to_contain_text(f"等 {len(others)} 个文件是 {HEWAN.removeprefix('submissions/')} 的，草稿是")
    expect(page.locator(".ws-records button")).to_have_count(1)


def test_of_a_packed_file_nothing_is_left_out_without_a_word(page: Page) -> None:
    plan = (REPOSITORY / f"{WENHUA}/2026/plan.yaml").read_bytes()
    files = {
        f"{WENHUA}/2026/plan.YAML": plan,  # as some devices write it
        f"{WENHUA}/cases/large.md": CASE + b"x" * 2_200_000,
        "teachers.xlsx": b"PK",
        "notes.txt": b"x",
        "__MACOSX/._a.yaml": b"x",
        ".DS_Store": b"x",
        **{f"{WENHUA}/cases/c{number:03}.md": CASE for number in range(103)},
    }
    give(page, "a.zip", packed(files))
    expect(page.locator(".ws-records button")).to_have_count(100)
    expect(page.locator(".ws-records button").first).to_have_text("学校信息化发展规划 没有问题")
    last = "、".join(f"“{WENHUA}/cases/c{number:03}.md”" for number in (99, 100, 101))
    expect(page.locator(".ws-said p")).to_have_text(
        [
            "100 份已读入。",
            f"“{WENHUA}/cases/large.md”比 2 MB 还大，不像记录，没有读进来。",
            "“teachers.xlsx”、“notes.txt”没有读进来：压缩包里只读记录（.yaml、.md）；Excel 工作簿请解压以后再选。",
            f"{last}等 4 个文件没有读进来：一个压缩包最多读 100 份、共 5 MB，这几份请解压以后再选。",
        ]
    )


def test_the_files_of_an_office_are_not_taken_for_a_school_s(page: Page) -> None:
    names = ("unit.yaml", "2026/work-log.yaml", "2026/appeals.yaml")
    files = {f"{COUNTY}/{name}": (REPOSITORY / COUNTY / name).read_bytes() for name in names}
    said, told = page.locator(".ws-said p"), "是县（市、区）或上级的，这里只填学校的，没有读进来。"
    give(page, "a.zip", packed(files))
    expect(said).to_have_text("、".join(f"“{path}”" for path in files) + told)
    for path, content in files.items():  # one by one, without the path
        name = path.rpartition("/")[2]
        give(page, name, content)
        expect(said).to_have_text(f"“{name}”{told}")
    give(page, "unit.yaml", files[f"{COUNTY}/unit.yaml"].partition(b"\n")[2])  # and without what editors read
    expect(said).to_have_text(f"“unit.yaml”{told}")
    # A kind that no school keeps is not taken for another either, with its path or without.
    training = (REPOSITORY / COUNTY / "2026/training.yaml").read_bytes()
    for name, file, content in (
        (f"{COUNTY}/2026/training.yaml", "b.zip", packed({f"{COUNTY}/2026/training.yaml": training})),
        ("training.yaml", "training.yaml", training),
    ):
        give(page, file, content)
        expect(said).to_have_text(f"“{name}”不是这里填的学校记录，没有读进来。")
    expect(page.locator(".ws-records button")).to_have_count(0)


def test_many_files_of_no_kind_do_not_hold_the_page_up(page: Page) -> None:
    said, told = page.locator(".ws-said p"), "认不出是哪一种记录，没有读进来：文件名照下载时的，例如 teachers.yaml。"
    long = b"".join(b"a%d: b\n" % number for number in range(5000))
    give(page, "a.zip", packed({f"n{number:02}.yaml": long for number in range(90)}))
    expect(said).to_have_text(f"“n00.yaml”、“n01.yaml”、“n02.yaml”等 90 个文件{told}", timeout=10_000)
    give(page, "笔记.yaml", b"a: b\n")
    expect(said).to_have_text(f"“笔记.yaml”{told}")
    # A record is known by its fields, whatever its file is called.
    roster = (REPOSITORY / f"{WENHUA}/2026/teachers.yaml").read_bytes().partition(b"\n")[2]
    give(page, "名册.yaml", roster)
    expect(said).to_have_text("“名册.yaml”已读入（教师名册与选学）。")
    # What takes long says how far it has come, and the page answers meanwhile.
    page.evaluate("""() => new MutationObserver((found) => {
        for (const { target } of found) if (/读完 \\d+ 份/.test(target.textContent)) window.told = target.textContent;
    }).observe(document.querySelector(".ws-said"), { childList: true })""")
    answering(page, yes=True)
    row = b"  - number: '%d'\n    name: x\n"
    large = b"teachers:\n" + b"".join(row % (34990100010000 + number) for number in range(6000))
    give(page, "c.zip", packed({f"n{number}.yaml": large for number in range(9)}))
    assert page.evaluate("window.told").startswith("正在读取…“c.zip”里 9 份，读完 ")


def test_a_draft_becomes_another_school_s_only_where_somebody_says_so(page: Page) -> None:
    give(page, "a.zip", packed(of(WENHUA, "2026")))
    place, chosen = page.locator(".ws-path"), page.locator(".ws-chosen")
    asked = answering(page, yes=False)
    for typed in ("明远县城关幼儿园", "城关幼儿园"):
        choose(page, typed)
        expect(chosen).to_have_text("已选：明远县文华小学")
        expect(page.get_by_label("学校", exact=True)).to_have_value("明远县文华小学")
        expect(place).to_contain_text(f"{WENHUA}/2026/")
    assert len(asked) == 2
    assert re.match("草稿里的 [0-9]+ 份是“明远县文华小学”的，改成“明远县城关幼儿园”的？", asked[0])
    # Nor by way of another county, or as a new school.
    choose(page, "清岚区北湾小学", county="anhui/shili/qinglan")
    expect(chosen).to_have_text("已选：明远县文华小学")
    expect(page.get_by_label("县（市、区）")).to_have_value("anhui/shili/mingyuan")
    choose(page, "明远县新桥小学")
    page.get_by_label("新学校的文件夹名").fill("xinqiao-xiaoxue")
    expect(place).to_contain_text(f"{WENHUA}/2026/")
    assert len(asked) == 4
    page.reload()
    choose(page, "城关幼儿园")
    expect(place).to_contain_text(f"{WENHUA}/2026/")


def test_a_draft_is_another_school_s_or_year_s_once_somebody_has_said_so(page: Page) -> None:
    give(page, "a.zip", packed(of(NURSERY, "2025/reviews")))
    asked = answering(page, yes=True)
    choose(page, "城关幼儿园")
    place = page.locator(".ws-path")
    expect(place).to_contain_text(f"{COUNTY}/chengguan-youeryuan/2025/")
    choose(page, "明远县新桥小学")
    folder = page.get_by_label("新学校的文件夹名")
    folder.fill("xinqiao-xiaoxue")
    folder.fill("xinqiao")  # a new school's folder is called as one likes
    expect(place).to_contain_text(f"{COUNTY}/xinqiao/2025/")
    assert len(asked) == 2
    page.get_by_label("年度").select_option("2026")
    expect(place).to_contain_text(f"{COUNTY}/xinqiao/2026/")
    assert asked[2].startswith("草稿里 2025 年度的 2 份改成 2026 年度的？")


def test_records_stay_of_their_year_while_another_is_begun(page: Page) -> None:
    give(page, "a.zip", packed(of(NURSERY, "2025/reviews")))
    asked = answering(page, yes=False)
    page.get_by_label("年度").select_option("2026")
    expect(page.locator(".ws-records button").first).to_contain_text("（2025 年度）")
    page.get_by_label("要填哪一种").select_option("survey")
    page.get_by_role("button", name="新建", exact=True).click()
    expect(page.locator(".ws-path")).to_contain_text(f"{NURSERY}/2026/survey.yaml")
    assert asked == ["草稿里 2025 年度的 2 份改成 2026 年度的？点“取消”，它们不动，新建的才是 2026 年度的。"]

"""Workbooks opened in the form, in a real browser: what `wholeschool import` reads and refuses, with the same words."""

from __future__ import annotations

import base64
import random
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from tests.papers.test_import_hostile import HOSTILE, in_sheet
from tests.papers.test_round_trip import NAMES, TREE
from tests.papers.workbooks import (
    CATALOGUE,
    ROSTER,
    SCHOOL,
    TERMS,
    base,
    brought_in,
    changed,
    filled,
    heading,
    saved,
    sheet_of,
)
from tests.site.browser import DESKTOP, PHONE
from tests.site.test_browser import AXE
from tests.site.test_form import begin, choose, is_form_record, opened
from wholeschool.papers.contact_workbook import contact_workbook
from wholeschool.papers.contacts import Contacts
from wholeschool.papers.importing import names_of_microabilities
from wholeschool.papers.layout import layouts
from wholeschool.papers.microability_names import OTHER_NAMES, understood
from wholeschool.papers.opening import Unreadable, open_workbook
from wholeschool.papers.origin import Origin
from wholeschool.papers.template import template
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.kinds import ROOT, placed
from wholeschool.records.mending import mended
from wholeschool.records.record import read
from wholeschool.rules import check
from wholeschool.site.form import school_kinds
from wholeschool.sources import MemoryTree

SCRIPTS = (
    "assets/vendor/fflate.js",
    "form/workbooks.js",
    "assets/form/workbook.js",
    "assets/form/cells.js",
    "assets/form/tables.js",
    "assets/form/rows.js",
    "assets/form/intake.js",
)
# What a workbook is, what is wrong with it, and, where it can be taken in, what the checks say of the record it makes
# among the school's others.
_TAKE = """([content, others]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const taken = wholeschoolForm.workbooks.takeIn(bytes(content));
  const said = [...taken.found, ...taken.wrong]
    .map((each) => [each.place, each.code, each.severity, each.message, each.hint]);
  if (!taken.value) return { said };
  const { kind, unit, year, name } = taken;
  const text = wholeschoolForm.yamlOf(kind.name, taken.value);
  const files = others.map((each) => ({ ...each, bytes: bytes(each.content) }));
  files.push({ kind: kind.name, name, year: year || 2026, bytes: new TextEncoder().encode(text) });
  const codes = wholeschoolForm.checkAll(files).at(-1).findings.map((each) => each.code);
  return { said, kind: kind.name, unit, year, name, text, codes };
}"""


# Cases are text; there is no workbook of one.
KINDS = [kind.name for kind in school_kinds() if kind.name in layouts()]


class Taken(NamedTuple):
    """What the form makes of a workbook."""

    said: list[tuple[str, str, str, str, str]]
    text: str | None
    kind: str
    where: tuple[str, int, str]
    codes: set[str]

    @property
    def told(self) -> set[tuple[str, str, str]]:
        """Place, code and sentence of what is wrong."""
        return {(place, code, message) for place, code, severity, message, _ in self.said if severity == "error"}


def take(page: Page, data: bytes, others: Mapping[str, bytes] | None = None) -> Taken:
    """Open a workbook beside a school's other records."""
    beside = []
    for path, content in (others or {}).items():
        where = placed(path)
        assert where is not None
        about = {"kind": where.kind.name, "name": where.name, "year": where.year or 0}
        beside.append({**about, "content": base64.b64encode(content).decode()})
    got = page.evaluate(_TAKE, [base64.b64encode(data).decode(), beside])
    where_to = got.get("unit") or "", got.get("year") or 0, got.get("name") or ""
    return Taken(
        [tuple(each) for each in got["said"]], got.get("text"), got.get("kind", ""), where_to, set(got.get("codes", ()))
    )


@pytest.fixture(scope="module")
def form(browser: Browser, address: str) -> Iterator[Page]:
    """The page with its readers of workbooks; a request to anywhere else or an error is a failure."""
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    for script in SCRIPTS:
        page.add_script_tag(url=f"{address}{script}")
    yield page
    page.context.close()
    # Of XML that is none the browser makes a document with a styled complaint, which the page's policy stops.
    assert [each for each in wrong if not each.startswith("Applying inline style")] == []


# ---- what is exported comes in the same ----


class Example(NamedTuple):
    """A record, its text, and the school's place it is exported for."""

    kind: str
    origin: Origin
    text: str
    path: str


def _examples() -> dict[str, list[Example]]:
    """Every record of a school in the example programme, by kind; of kinds that no school has there, a county's."""
    own: dict[str, list[Example]] = {}
    other: dict[str, list[Example]] = {}
    for entry in TREE.entries(ROOT):
        where = placed(entry.path)
        if where is None or where.kind.name not in KINDS:
            continue
        mine = is_form_record(entry.path)
        origin = Origin(where.kind.name, where.unit if mine else SCHOOL, where.year or 0, where.name)
        example = Example(where.kind.name, origin, TREE.read(entry.path).decode(), entry.path)
        (own if mine else other).setdefault(where.kind.name, []).append(example)
    return other | own


RECORDS = _examples()


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_filled_with_the_record_gives_the_record(form: Page, kind: str) -> None:
    its = layouts(TERMS)[kind].kind
    for example in RECORDS[kind]:
        taken = take(form, template(its, example.origin, "样张", example.text, CATALOGUE))
        assert (taken.kind, taken.where) == (kind, (example.origin.unit, example.origin.year, example.origin.name))
        assert not taken.said
        assert taken.text is not None
        written, original = (read(its, text)[0] for text in (taken.text, example.text))
        assert its.schema.type_scalars(written) == its.schema.type_scalars(original), example.path


def test_every_workbook_of_a_school_opened_at_once_downloads_as_its_records(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    paths = [each.path for found in RECORDS.values() for each in found if each.path.startswith(f"{ROOT}{SCHOOL}/")]
    assert len(paths) > 10
    for number, path in enumerate(paths):
        (tmp_path / f"{number}.xlsx").write_bytes(filled(TREE, path))
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    page.set_input_files("input[type=file]", sorted(tmp_path.iterdir()))
    expect(page.locator(".ws-records button")).to_have_count(len(paths))
    expect(page.locator(".ws-records .ws-good")).to_have_count(len(paths))
    expect(page.get_by_label("学校", exact=True)).to_have_value("明远县文华小学")
    expect(page.locator(".ws-said")).to_have_text(f"{len(paths)} 份已读入。")
    page.locator(".ws-records button", has_text="评审记录").first.click()
    last = page.locator(".ws-items > details > summary").last
    expect(last).to_have_text(re.compile(r"：[^ ]{2,4} \d{14} · [ABC]\d+$"))  # with the teacher's name
    with page.expect_download() as started:
        page.get_by_role("button", name="下载全部（zip）").click()
    with zipfile.ZipFile(started.value.path()) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files.keys() == set(paths)
    whole = {entry.path: TREE.read(entry.path) for entry in TREE.entries(ROOT)}
    loaded = load(MemoryTree(whole | files))
    said = [*loaded.findings, *check(assemble(loaded))]
    assert [each for each in said if each.path in files and each.severity == "error"] == []
    page.context.close()
    assert not wrong


# ---- files as people make them ----

HEAD = ["教师编号", "姓名", "学科", "学段", "所选微能力", "申报日期"]
NEW = ["34990100010009", "李文静", "语文", "小学", "A1、A5、A11、B9", ""]


def row(**other: Any) -> list[Any]:
    return [other.get(name, value) for name, value in zip(HEAD, NEW, strict=True)]


def _as_made() -> bytes:
    """A title, blank rows, a foot, merged cells, headings with things around them."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["明远县文华小学教师选学汇总表（样张）"])
    sheet.merge_cells("A1:G1")
    sheet.append([])
    sheet.append(["序号", "教师编号", " 姓 名 ", "学科：", "学段（必填）", "所选微能力", "教研组"])
    sheet.append([1, *NEW[:5], "语文组"])
    sheet.append([])
    sheet.append([2, "34990100010010", "王芳", "语文", "小 学", "A1、A5、A11、B9", None])
    sheet.merge_cells("G4:G6")
    sheet.append(["合计", None, None, None, None, "2 人"])
    sheet.append(["填报人：", "某某", None, None, None, None, None])
    return saved(book)


def _worked_on(change: Any, path: str = ROSTER) -> bytes:
    return changed(filled(base(), path), change)


def _second(book: Workbook) -> None:
    book.create_sheet("草稿").append(["随便写的", "东西"])


def _renamed(book: Workbook) -> None:
    book["教师"].title = "一年级"


def _stranger(book: Workbook) -> None:
    book["任务单"].append(["34990100010999", "A1", "写一份前测", "6 月", "分析报告"])


def _without_outer(book: Workbook) -> None:
    del book["教师"]


def _nobody(book: Workbook) -> None:
    book["任务单"].append([None, "A1", "写一份前测", "6 月", "分析报告"])


def _without_column(book: Workbook) -> None:
    sheet = book["教师"]
    sheet.delete_cols(heading(sheet, "学段"))


def _without_header(book: Workbook) -> None:
    book["教师"].delete_rows(1)


def _form_line(book: Workbook) -> None:
    book["基本信息"].append(["电脑台数", "30"])


def _two_columns(book: Workbook) -> None:
    sheet: Any = book["教师"]
    sheet.cell(1, sheet.max_column + 1).value = "姓名"


def _number_in_words(book: Workbook) -> None:
    sheet: Any = book["基本信息"]
    sheet["B2"].value = "三十人"


def _styled(book: Workbook) -> None:
    """Days as Excel keeps them, in a date column and in one that is none."""
    sheet: Any = book["教师"]
    for name in ("申报日期", "教研组"):
        sheet.cell(2, heading(sheet, name)).value = date(2026, 3, 1)
        sheet.cell(2, heading(sheet, name)).number_format = "yyyy/m/d"


def _timed(book: Workbook) -> None:
    """Days with a time, in a column for days and in one for words; a share where hours are asked for."""
    sheet: Any = book["教师"]
    for name in ("申报日期", "总结反思"):
        sheet.cell(2, heading(sheet, name)).value = datetime(2026, 3, 1, 8, 30)
        sheet.cell(2, heading(sheet, name)).number_format = "yyyy/m/d h:mm"
    hours = sheet.cell(3, heading(sheet, "学时：网络研修学时"))
    hours.value, hours.number_format = 0.305, "0%"


MESSY: dict[str, bytes] = {
    "as made": _as_made(),
    **{
        f"codes {index}": sheet_of([HEAD, row(所选微能力=written)])
        for index, written in enumerate(
            (
                *("A1、A5、A11、B9", "A1，A5, A11;B9", "A1 A5\nA11；B9", "Ａ１、ａ5、A11、b09"),
                *(
                    "A-1、A5技术支持的课堂导入、评价量规设计与应用、自评与互评活动的组织",
                    "A1、A5、评价量规的设计与应用",
                ),
                *(
                    "A1技术支持的课堂导入、A11",
                    "A1、没有的能力",
                    "A99、A1",
                    "A1、A5",
                    "A1、A5、A11、C7",
                    "A1、A1、A5、A11、B9",
                ),
                *("技术支持的学情分晰、A5、A11、B9", "(A1)技术支持的学情分析"),
            )
        )
    },
    **{
        f"day {index}": sheet_of([HEAD, row(申报日期=written)])
        for index, written in enumerate(
            (
                *(
                    "2026-03-01",
                    "2026.3.1",
                    "2026/3/1",
                    "2026年3月1日",
                    "２０２６．３．１",
                    " 2026 年 3 月 1 日 ",
                    "20260301",
                ),
                *(46082, date(2026, 3, 1), datetime(2026, 3, 1, 8), "2026-02-30", "三月一日", 3.5, 12, True),
            )
        )
    },
    **{
        f"number {index}": sheet_of([HEAD, row(教师编号=written)])
        for index, written in enumerate(
            (
                *(
                    "３４９９０１０００１０００９",
                    "34990100010009 ",
                    34990100010009,
                    34990100010009.0,
                    "3499 0100 0100 09",
                ),
                *("3499010001001X", 1.5, "", "13800138000"),
            )
        )
    },
    **{
        f"name {index}": sheet_of([HEAD, row(姓名=written)])
        for index, written in enumerate(
            ("李　文 静", "买买提・艾力", " 𠮷文 ", "Anna Li", "", "李\u200b文", "<b>李</b>", "a@example.com")
        )
    },
    "several mistakes": sheet_of([HEAD, row(学段="小学部"), row(教师编号="3499010001001X"), row(姓名="")]),
    "the same teacher twice": sheet_of([HEAD, NEW, row(姓名="王芳")]),
    "something else": sheet_of([["品名", "数量"], ["粉笔", 3]]),
    "an unknown and a missing column": sheet_of(
        [["教师编号", "姓名", "学科", "备用"], ["34990100010009", "李文静", "语文", "x"]], "教师"
    ),
    "a misspelt column": sheet_of([["教师编号", "姓名", "学科", "学段", "选学微能力"], NEW[:5]]),
    "a formula": sheet_of([[*HEAD[:4], "个人提升目标"], [*NEW[:4], '=HYPERLINK("http://x.invalid","点我")']]),
    "a formula for a choice": sheet_of([HEAD, row(所选微能力='="A1"&"、A5"')]),
    "hours with their unit": sheet_of(
        [[*HEAD[:4], "学时：网络研修", "学时：实践应用"], [*NEW[:4], "20学时", "３０．０"]]
    ),
    "a link where none is": sheet_of([[*HEAD[:4], "已免考：理由"], [*NEW[:4], "x"]]),
    "a second sheet": _worked_on(_second),
    "a sheet called otherwise": _worked_on(_renamed),
    "a stranger's task": _worked_on(_stranger),
    "nobody's task": _worked_on(_nobody),
    "tasks without a roster": _worked_on(_without_outer),
    "a column gone": _worked_on(_without_column),
    "the header gone": _worked_on(_without_header),
    "a line too many": _worked_on(_form_line),
    "a column twice": _worked_on(_two_columns),
    "a number in words": _worked_on(_number_in_words),
    "days as serials": _worked_on(_styled),
    "times and shares": _worked_on(_timed),
    "formatted down to the end": in_sheet(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
    ),
    "an error as a value": sheet_of([HEAD, row(学科="#N/A")]),
}


@pytest.mark.parametrize("what", MESSY)
def test_what_people_make_is_read_and_told_as_by_import(form: Page, what: str) -> None:
    data = MESSY[what]
    tree = base().without(ROSTER)
    judged = brought_in(data, tree, unit=SCHOOL, year=2026)
    (intake,) = judged.intakes
    own = {
        path: content
        for path, content in tree.files.items()
        if is_form_record(path) and path.startswith(f"{ROOT}{SCHOOL}/")
    }
    taken = take(form, data, own)
    # The form has no earlier record, of which rows could be gone or which could have changed.
    wanted = [each for each in intake.found if each.finding.code not in ("XLSX-GONE", "XLSX-STALE")]
    in_cells = [each for each in wanted if each.finding.code.startswith(("XLSX-", "S-"))]
    assert {each[:3] for each in taken.said} == {
        (each.place, each.finding.code, each.finding.severity) for each in in_cells
    }
    assert {each[3] for each in taken.said if each[1].startswith("XLSX-")} == {
        each.finding.message for each in in_cells if each.finding.code.startswith("XLSX-")
    }
    if taken.text is None:
        assert intake.failed
        return
    # Import also tells what rules say whatever wrong cells should have said; the form, once they are put right.
    rules = form.evaluate("wholeschoolForm.ruleCodes") if intake.after is not None else ()
    known = *rules, "S-", "Y-", "PII-"
    codes = {each.finding.code for each in wanted if each.finding.code.startswith(known)}
    # The form goes on with a record that is wrong, and judges the text it makes of it: a hidden character in a name is
    # wrong in its cell, and again in the file.
    said = taken.codes | {code for _, code, _ in taken.told}
    assert codes <= said
    assert all(each.startswith(("Y-", "PII-")) for each in said - codes)
    if intake.after is not None:
        schema, kind = layouts()["teachers"].kind.schema, layouts()["teachers"].kind
        written, original = (read(kind, text)[0] for text in (taken.text, intake.after))
        assert schema.type_scalars(written) == schema.type_scalars(original)


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_workbook_gets_one_clear_sentence(form: Page, what: str) -> None:
    data, word = HOSTILE[what]
    taken = take(form, data)
    assert taken.text is None
    ((place, code, severity, message, hint),) = taken.said
    assert (place, code, severity) == ("", "XLSX-FILE", "error")
    assert word in message
    assert hint
    assert "导入" not in hint  # there is nothing here that imports


def test_a_hundred_thousand_rows_are_refused(form: Page) -> None:
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n) for n in range(3, 100_003)
    )
    taken = take(form, in_sheet(b"</sheetData>", rows + b"</sheetData>"))
    assert [(each[1], each[3]) for each in taken.said] == [("XLSX-FILE", "表“Sheet1”超过 10,000 行")]


def test_an_archive_that_lies_of_its_size_is_damaged(form: Page) -> None:
    data = bytearray(in_sheet(b"</sheetData>", b"<!-- " + b"0" * 4_000_000 + b" --></sheetData>"))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    taken = take(form, bytes(data))
    assert [each[1] for each in taken.said] == ["XLSX-FILE"]
    assert "损坏" in taken.said[0][3]
    with pytest.raises(Unreadable, match="损坏"):
        open_workbook(bytes(data))


def test_a_template_of_somebody_else_is_refused(form: Page) -> None:
    path = next(
        entry.path for entry in TREE.entries(ROOT) if "/spot-checks/" in entry.path and entry.path.endswith(".yaml")
    )
    for data in (
        filled(TREE, path),
        contact_workbook(Contacts((), ()), SCHOOL),
        sheet_of([["姓名", "手机"], ["李文静", "13800138000"]]),
    ):
        taken = take(form, data)
        assert taken.text is None
        assert [each[1] for each in taken.said] == ["XLSX-FILE"]
        assert "13800138000" not in str(taken.said)


# ---- the same words for the same things ----


def test_words_resemble_each_other_as_much_as_in_python(form: Page) -> None:
    dice = random.Random(7)
    names = [*NAMES.values(), *OTHER_NAMES]
    pairs = []
    for _ in range(400):
        one, other = dice.choice(names), dice.choice(names)
        letters = list(one)
        for _ in range(dice.randrange(4)):
            letters[dice.randrange(len(letters))] = dice.choice("技术支持的𠮷ab")
        pairs.append(("".join(letters), dice.choice((one, other))))
    got = form.evaluate("(pairs) => pairs.map(([a, b]) => wholeschoolForm.workbooks.likeness(a, b))", pairs)
    assert got == pytest.approx([SequenceMatcher(None, one, other).ratio() for one, other in pairs])


def test_other_names_are_recognised_as_in_python(form: Page) -> None:
    dice = random.Random(8)
    names = names_of_microabilities(TREE)
    words = [*OTHER_NAMES, *names, *names.values(), "A1 ", "a-01", "B 9", "Z3", "A1A5", "技术", "微能力", "", "（A1）"]
    for name in list(names.values()):
        letters = list(name)
        letters[dice.randrange(len(letters))] = dice.choice("的型和与")
        words += ["".join(letters), name[:-1], f"A5{name}", f"{name}的"]
    got = form.evaluate("(words) => words.map((word) => wholeschoolForm.workbooks.understood(word))", words)
    for word, said in zip(words, got, strict=True):
        wanted = understood(word, names)
        assert said == {"codes": wanted.codes, "remarks": [each._asdict() for each in wanted.remarks]}, word


def test_what_is_mended_is_mended_alike(form: Page) -> None:
    fields: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        for columns in (layouts()[kind].form, *(table.columns for table in layouts()[kind].tables)):
            for column in columns:
                field = dict(column.items or column.field)
                fields[repr(sorted((key, str(field.get(key))) for key in ("type", "enum", "pattern", "format")))] = (
                    field
                )
    words = [
        *(
            "２０２６．３．１",
            "2026。3。1",
            "2026 年 3月1 日",
            "20260230",
            "2026-3-1 00:00:00",
            "1999年12月31日",
            " 30学时 ",
            "３０．５０",
        ),
        *(
            "30.",
            "-1.20分",
            "50%",
            "十",
            "皖教〔2026〕3号",
            "皖教秘[2026]第３号",
            "皖教（2026）3",
            " 小 学",
            "ａ０１",
            "b 09",
            "A-1",
            "Ab1",
        ),
        *(
            "李　文 静",
            "买买提・艾力",
            "𠮷 野",
            "Anna  Li",
            "",
            "\u3000",
            "每 周一次",
            "是",
            "12：30",
            "多媒体 教学环境",
            "HTTP://X",
        ),
    ]
    asked = [[field, word] for field in fields.values() for word in words]
    got = form.evaluate("(asked) => asked.map(([field, word]) => wholeschoolForm.workbooks.mended(field, word))", asked)
    assert len(fields) > 20
    for wanted, said in zip((mended(field, word) for field in fields.values() for word in words), got, strict=True):
        assert said == wanted


# ---- on the page ----


def test_what_reads_workbooks_is_fetched_when_one_is_opened(browser: Browser, address: str, tmp_path: Path) -> None:
    (tmp_path / "名册.xlsx").write_bytes(filled(TREE, ROSTER))
    page, wrong = opened(browser, f"{address}form/", PHONE)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url.removeprefix(address)))
    page.reload(wait_until="networkidle")
    assert not {*SCRIPTS} & {*asked}
    page.context.set_offline(True)
    page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("请联网后再选一次")
    page.context.set_offline(False)
    wrong.clear()  # the browser complains of being offline
    page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("“名册.xlsx”已读入（教师名册与选学）")
    expect(page.locator(".ws-editor h2")).to_be_focused()
    assert {*SCRIPTS} <= {*asked}
    page.context.close()
    assert not wrong


def test_a_workbook_opens_from_a_folder(browser: Browser, site: Path, tmp_path: Path) -> None:
    (tmp_path / "名册.xlsx").write_bytes(filled(TREE, ROSTER))
    page, wrong = opened(browser, (site / "form" / "index.html").as_uri(), DESKTOP)
    page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("已读入")
    page.context.close()
    assert [each for each in wrong if "/form/" in each and "blob:" not in each] == []


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_what_is_wrong_is_said_by_sheet_row_and_column_and_put_right_in_the_form(
    browser: Browser, address: str, tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    mark = "<img src=x onerror=alert(1)>"
    rows = [
        [*HEAD, mark],
        [*row(学段="小学部", 姓名=mark), mark],
        [*row(教师编号="34990100010010", 所选微能力="A1、评价量规的设计与应用"), ""],
    ]
    (tmp_path / "名册.xlsx").write_bytes(sheet_of(rows))
    page, wrong = opened(browser, f"{address}form/", size, scheme)
    page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
    expect(page.locator(".ws-said")).to_have_text(
        "“名册.xlsx”已读入（教师名册与选学）。有 2 处请看一眼。有 2 处写得不对，可以在下面改。"
    )
    notes = page.get_by_role("list", name="工作簿里要看一眼的格子")
    # What a field says is said there alone, with the cell that it came from.
    expect(notes).not_to_contain_text("小学部")
    wrong_stage = "学段写的是“小学部”，不在可选范围内"
    expect(page.get_by_text(wrong_stage)).to_have_count(0)  # folded away; the list above leads there
    expect(notes).to_contain_text("表“Sheet1”第 3 行 E 列：“评价量规的设计与应用”按“A11 评价量规设计与应用”导入")
    expect(notes).to_contain_text("XLSX-COLUMN")
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []
    assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.locator(".ws-form img").count() == 0
    page.locator(".ws-judged").get_by_role("button", name="› 学段").click()
    said = page.locator(".ws-field", has=page.locator('[name="teachers.0.stage"]')).locator(".ws-wrong")
    expect(page.get_by_text(wrong_stage)).to_have_count(1)
    expect(said).to_contain_text(wrong_stage)
    expect(said.locator("small")).to_have_text(re.compile("^表“Sheet1”第 2 行 D 列 · S-ENUM · 依据：.*附件1 序）$"))
    page.locator('[name="teachers.0.stage"]').select_option("小学")
    page.locator('[name="teachers.0.name"]').fill("李文静")
    page.locator(".ws-judged").get_by_role("button", name="› 所选微能力").click()
    expect(page.locator(".ws-wrong:visible", has_text="CHOICE-CREDITS")).to_have_count(1)
    expect(page.locator(".ws-wrong:visible", has_text="S-")).to_have_count(0)
    page.context.close()
    assert not wrong


def test_what_cannot_be_mapped_leaves_the_draft_as_it_was(browser: Browser, address: str, tmp_path: Path) -> None:
    for name, data in {
        "公式.xlsx": sheet_of([HEAD, row(所选微能力="=A1")]),
        "少一列.xlsx": MESSY["an unknown and a missing column"],
        "旧的.xls": HOSTILE["xls"][0],
        "名册.txt": HOSTILE["noise"][0],
    }.items():
        (tmp_path / name).write_bytes(data)
    page, wrong = opened(browser, f"{address}form/", PHONE)
    begin(page, "survey")
    page.set_input_files("input[type=file]", sorted(tmp_path.iterdir()))
    said = page.locator(".ws-said")
    expect(said).to_contain_text("“公式.xlsx”没有读进来，有 1 处要在表里改好再打开")
    expect(said).to_contain_text("“旧的.xls”没有读进来：这是旧格式的 .xls 工作簿。用 Excel 或 WPS 打开")
    expect(said).to_contain_text("“名册.txt”没有读进来：这不是 Excel 工作簿")
    notes = page.get_by_role("list", name="工作簿里要看一眼的格子")
    expect(notes).to_contain_text("“公式.xlsx”表“Sheet1”第 2 行 E 列：所选微能力是公式，不是值")
    expect(notes).to_contain_text("“少一列.xlsx”表“教师”第 1 行 A 列：少了列：学段")
    expect(page.locator(".ws-records button")).to_have_count(1)
    page.context.close()
    assert not wrong


def test_two_schools_are_not_mixed_in_one_draft(browser: Browser, address: str, tmp_path: Path) -> None:
    other = next(each for each in RECORDS["unit"] if each.origin.unit != SCHOOL)
    (tmp_path / "名册.xlsx").write_bytes(filled(TREE, ROSTER))
    (tmp_path / "单位.xlsx").write_bytes(filled(TREE, other.path))
    page, wrong = opened(browser, f"{address}form/", DESKTOP)
    page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("已读入")
    page.set_input_files("input[type=file]", tmp_path / "单位.xlsx")
    expect(page.locator(".ws-said")).to_contain_text(
        f"“单位.xlsx”是 {other.origin.unit} 的，草稿是 {SCHOOL} 的，没有读进来"
    )
    expect(page.locator(".ws-records button")).to_have_count(1)
    expect(page.get_by_label("学校", exact=True)).to_have_value("明远县文华小学")
    # Nor is the chosen school changed in silence, when nothing was filled in yet.
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清空草稿").click()
    choose(page, "明远县文华小学")
    page.set_input_files("input[type=file]", tmp_path / "单位.xlsx")
    expect(page.locator(".ws-said")).to_contain_text(
        f"“单位.xlsx”是 {other.origin.unit} 的，上面选的是 {SCHOOL} 的，没有读进来：选错了学校的，改选那一所"
    )
    expect(page.locator(".ws-records button")).to_have_count(0)
    page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("已读入")
    # A record that is there is replaced only when the person says so.
    answers = iter((False, True))
    page.on("dialog", lambda dialog: dialog.accept() if next(answers) else dialog.dismiss())
    for said in ("没有读进来，草稿里的“教师名册与选学”照旧", "已读入（教师名册与选学）"):
        page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
        expect(page.locator(".ws-said")).to_contain_text(said)
    page.context.close()
    assert not wrong


OWN = [["教职工编码", "姓名", "学科", "学段", "私下的话"], [*NEW[:4], "随便"]]


@pytest.mark.parametrize(("size", "scheme"), [({"width": 390, "height": 800}, "light"), (DESKTOP, "dark")])
def test_somebody_says_what_the_columns_of_their_own_table_are(
    browser: Browser, address: str, tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    (tmp_path / "名单.xlsx").write_bytes(sheet_of(OWN, "教师"))
    page, wrong = opened(browser, f"{address}form/", size, scheme)
    page.set_input_files("input[type=file]", tmp_path / "名单.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("“名单.xlsx”没有读进来")
    expect(page.locator(".ws-said")).to_be_focused()
    asked = page.locator(".ws-columns")
    expect(asked).to_have_attribute("open", "")
    number, other = asked.get_by_label("“教职工编码”"), asked.get_by_label("“私下的话”")
    assert {"不读", "教师编号", "教研组"} <= {*number.locator("option").all_inner_texts()}
    assert "姓名" not in number.locator("option").all_inner_texts()  # that is there
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []
    assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 0
    number.select_option("教师编号")
    other.focus()
    page.keyboard.press("ArrowDown")  # to the next choice, 不读
    page.keyboard.press("Tab")
    expect(asked.get_by_role("button", name="照这样读")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ws-said")).to_contain_text("“名单.xlsx”已读入（教师名册与选学）。")
    expect(page.locator(".ws-said small")).to_have_text("没有读的：表“教师”E 列（说好不读）。")
    assert page.evaluate("wholeschoolForm.workbooks !== undefined")
    page.locator(".ws-items > details > summary").first.click()
    expect(page.locator('[name="teachers.0.number"]')).to_have_value("34990100010009")
    # The next file with the same headings is read so by itself; that can be changed.
    page.once("dialog", lambda dialog: dialog.accept())
    page.set_input_files("input[type=file]", tmp_path / "名单.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("“名单.xlsx”已读入（教师名册与选学）。")
    expect(asked).not_to_have_attribute("open", "")
    asked.locator("summary").click()
    expect(number).to_have_value("教师编号")
    expect(other).to_have_value("-")
    other.select_option("教研组")
    asked.get_by_role("button", name="照这样读").click()
    expect(page.locator(".ws-records button")).to_have_count(1)
    page.locator(".ws-items > details > summary").first.click()
    expect(page.locator('[name="teachers.0.group"]')).to_have_value("随便")
    page.context.close()
    assert not wrong


def test_what_columns_mean_is_asked_where_nothing_can_be_kept(browser: Browser, address: str, tmp_path: Path) -> None:
    (tmp_path / "名单.xlsx").write_bytes(sheet_of(OWN, "名单"))
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script("Storage.prototype.setItem = Storage.prototype.getItem = () => { throw new Error('no'); }")
    page.goto(f"{address}form/")
    page.wait_for_selector(".ws-form:not([hidden])")
    page.set_input_files("input[type=file]", tmp_path / "名单.xlsx")
    expect(page.locator(".ws-said")).to_contain_text("认不出这是哪一种表")  # the sheet's name says nothing
    page.get_by_label("“教职工编码”").select_option("教师编号")
    page.get_by_role("button", name="照这样读").click()
    expect(page.locator(".ws-said")).to_contain_text("“名单.xlsx”已读入（教师名册与选学）")
    context.close()


def test_what_was_not_read_is_said_in_one_quiet_line(browser: Browser, address: str, tmp_path: Path) -> None:
    (tmp_path / "名册.xlsx").write_bytes(MESSY["as made"])
    page, wrong = opened(browser, f"{address}form/", PHONE)
    page.set_input_files("input[type=file]", tmp_path / "名册.xlsx")
    expect(page.locator(".ws-said small")).to_have_text(
        "没有读的：表“Sheet”第 1 行（表头上方的标题）；表“Sheet”第 7–8 行（合计或落款）。"
    )
    page.context.close()
    assert not wrong

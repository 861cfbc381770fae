"""What one cell means: codes, names and choices, several at once, from a truth that the test makes up."""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from tests.papers.formulas import OFFICE, recalculated, worked_out
from tests.papers.test_round_trip import NAMES
from tests.papers.workbooks import EXAMPLE, SCHOOL, heading
from tests.soak import examples
from wholeschool.papers.cell_text import texts_in
from wholeschool.papers.layout import Column, layouts
from wholeschool.papers.microability_names import understood
from wholeschool.papers.opening import Cell
from wholeschool.papers.origin import Origin
from wholeschool.papers.template import UNSUMMED, Catalogue, template
from wholeschool.records.characters import USUAL_RADICALS, odd_in, usual
from wholeschool.records.kinds import ROOT

CODES = list(NAMES)
_TABLE = "guidance/anhui-2.0/microabilities.csv"
CATALOGUE = Catalogue(
    [
        (row["code"], row["name"], int(row["credits"]))
        for row in csv.DictReader((EXAMPLE / ROOT / _TABLE).read_text("utf-8").splitlines())
    ],
    20,
)
CREDITS = {code: credits for code, _, credits in CATALOGUE.rows}
SEPARATORS = [
    *("、", "，", ",", "；", ";", "/", "／", "+", "＋", "&", "┃", "┋", "|", "｜", "\\", "·", " ", "　", "\t", "\n"),
    *("和", "与", "及", "以及", "、 ", ", ", " / ", "。", "\n\n", "；　"),
]
STRANGE = ["不选", "（已退）", "?", "？", "除外", "未定", "(4)", "4学分", "13x", "=", "某某"]


def column(kind: str, title: str) -> Column:
    each = layouts()[kind]
    columns = [*each.form, *(column for table in each.tables for column in table.columns)]
    return next(column for column in columns if column.heading == title)


CHOICES, NUMBERS = column("teachers", "所选微能力"), column("activities", "参加的教师")
PEOPLE, STANDARDS = column("acceptance", "验收人"), column("team", "遴选标准")


def read(where: Column, written: Any) -> tuple[Any, list[str], list[str]]:
    """The value, what was said of it, and what was refused."""
    value, remarks = texts_in(where, Cell(written), NAMES)
    said = {
        severity: [each.message for each in remarks if each.severity == severity] for severity in ("warning", "error")
    }
    return value, said["warning"], said["error"]


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


WAYS: list[Callable[[str], str]] = [
    str,
    str.lower,
    _wide,
    lambda code: f"{code[0]} {code[1:]}",
    lambda code: f"{code[0]}-{code[1:]}",
    lambda code: f"{code[0]}0{code[1:]}",
    lambda code: f"{code} {NAMES[code]}",
    lambda code: f"{code}{NAMES[code]}",
    lambda code: f"{code}（{NAMES[code]}）",
    lambda code: f"{NAMES[code]}（{code}）",
    lambda code: f"{code}\u200b",
]


@st.composite
def cells(draw: st.DrawFn) -> tuple[list[str], str]:
    """Codes and a cell that says them."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=8, unique=True))
    text = ""
    for place, code in enumerate(codes):
        text += (draw(st.sampled_from(SEPARATORS)) if place else "") + draw(st.sampled_from(WAYS))(code)
    return codes, text


@pytest.mark.soak
@given(cells())
@settings(max_examples=examples(150), deadline=None)
def test_every_code_of_a_cell_arrives_and_no_other(made: tuple[list[str], str]) -> None:
    codes, text = made
    value, _, errors = read(CHOICES, text)
    assert value == codes, text
    assert not errors


@pytest.mark.soak
@given(cells(), st.sampled_from(STRANGE), st.data())
@settings(max_examples=examples(150), deadline=None)
def test_a_piece_that_means_nothing_refuses_the_whole_cell_and_is_named(
    made: tuple[list[str], str], strange: str, data: st.DataObject
) -> None:
    codes, _ = made
    place = data.draw(st.integers(0, len(codes) - 1))
    before = data.draw(st.booleans())
    pieces = [*codes]
    pieces[place] = f"{strange}{codes[place]}" if before and not strange.startswith("4") else f"{codes[place]}{strange}"
    value, _, errors = read(CHOICES, "、".join(pieces))
    assert value is None, pieces
    assert len(errors) == 1
    assert pieces[place] in errors[0]


@pytest.mark.parametrize(
    ("written", "codes", "said"),
    [
        ("A1，A5；A6　B2/B6、A2", ["A1", "A5", "A6", "B2", "B6", "A2"], 0),
        ("A7/A9/A12", ["A7", "A9", "A12"], 0),
        ("A1-A3", ["A1", "A2", "A3"], 1),
        ("A1~A3", ["A1", "A2", "A3"], 1),
        ("A1—A3、B2", ["A1", "A2", "A3", "B2"], 1),
        ("A1至A3", ["A1", "A2", "A3"], 1),
        ("A1－3", ["A1", "A2", "A3"], 1),
        ("1.A1 2.A5", ["A1", "A5"], 0),
        ("①A1②A5", ["A1", "A5"], 0),
        ("A1、A5、A1", ["A1", "A5"], 1),
        ("【A1、A5】", ["A1", "A5"], 0),
        ("自评与互评活动的组织和A1", ["B9", "A1"], 0),
        ("A1 学情分析", ["A1"], 1),
    ],
)
def test_ranges_numbers_and_what_is_double(written: str, codes: list[str], said: int) -> None:
    value, warnings, errors = read(CHOICES, written)
    assert (value, len(warnings), errors) == (codes, said, [])


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("A1不选", "A1不选"),
        ("A1（已退）", "A1（已退）"),
        ("A1?", "A1?"),
        ("不选A1", "不选A1"),
        ("除A1外", "除A1外"),
        ("A5-A3", "A5-A3"),
        ("A12-B2", "A12-B2"),
        ("A1:A5", "A1:A5"),
        ("/", "/"),
        ("无", "无"),
        ("A2 2.A5", "A2 2"),
        ("A1 13800138000", "（内容已隐去）"),
    ],
)
def test_what_is_not_understood_is_named(written: str, named: str) -> None:
    value, _, errors = read(CHOICES, written)
    assert value is None
    assert len(errors) == 1
    assert named in errors[0]
    assert "13800138000" not in errors[0]


@pytest.mark.parametrize(
    ("written", "meant"), [("AO1", "A1"), ("A1O", "A10"), ("AI", "A1"), ("Bl0", "B10"), ("А5", "A5")]
)
def test_letters_for_digits_are_refused_with_what_may_be_meant(written: str, meant: str) -> None:
    (remark,) = understood(f"A2、{written}", NAMES).remarks
    assert remark.severity == "error"
    assert written in remark.message
    assert f"您是不是想写“{meant}”？" in remark.hint


def test_a_cell_for_one_microability_takes_one() -> None:
    one = column("evidence", "微能力编号")
    assert read(one, "A5 技术支持的课堂导入")[0] == "A5"
    value, _, errors = read(one, "A1、A5")
    assert value is None
    assert "A1、A5" in errors[0]


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("张明远、李华", ["张明远", "李华"]),
        ("张明远/李华；王芳", ["张明远", "李华", "王芳"]),
        ("张明远\n李华、王芳", ["张明远", "李华", "王芳"]),
        ("张　明、李 华", ["张明", "李华"]),
        ("买买提·艾力、Anna Li", ["买买提·艾力", "Anna Li"]),
        ("和平、欧阳和平", ["和平", "欧阳和平"]),
    ],
)
def test_names_are_cut_only_where_no_name_goes_on(written: str, people: list[str]) -> None:
    assert read(PEOPLE, written) == (people, [], [])


@pytest.mark.parametrize("written", ["张明远 李华", "张明和李华", "张明远、李华等", "张明、李华等3人", "买买提 艾力"])
def test_one_or_several_people_is_not_guessed(written: str) -> None:
    value, _, errors = read(PEOPLE, written)
    assert value is None
    assert len(errors) == 1


_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马胡朱郭何林高罗和于及欧阳司马"
_GIVEN = "明远华芳伟娜秀英敏静丽强磊军洋勇艳杰娟涛超平和与及等𠮷㛃䶮〇"


@pytest.mark.soak
@given(
    st.lists(
        st.builds(str.__add__, st.sampled_from(_SURNAMES), st.text(_GIVEN, min_size=1, max_size=2)),
        min_size=1,
        max_size=8,
        unique=True,
    ),
    st.sampled_from("、，;/\n\t"),
)
@settings(max_examples=examples(100), deadline=None)
def test_names_as_people_have_them_are_never_refused(names: list[str], sign: str) -> None:
    names = [name for name in names if not name.endswith("等")] or ["王明"]
    assert read(PEOPLE, sign.join(names)) == (names, [], [])


def test_numbers_and_choices_in_one_cell() -> None:
    two = ["34990100010001", "34990100010002"]
    for sign in SEPARATORS:
        assert read(NUMBERS, sign.join(two))[0] == two, sign
        assert read(STANDARDS, sign.join(["素质好", "懂技术"]))[0] == ["素质好", "懂技术"], sign
    assert read(NUMBERS, f"{two[0]}、{two[0]}")[:2] == ([two[0]], [f"“{two[0]}”写了不止一次，只算一次"])
    assert read(NUMBERS, "全体")[0] == ["全体"]
    assert read(STANDARDS, "素质好、很好")[0] == ["素质好", "很好"]  # the schema says so of the second
    assert read(column("group", "学科"), "语文 数学")[0] is None
    assert read(column("group", "学科"), "道德与法治/语文")[0] == ["道德与法治", "语文"]


@pytest.mark.parametrize(
    ("written", "right"),
    [
        *(
            ("2026-03-01 00:00:00", "2026-03-01"),
            ("2026/3/1 14:30", "2026-03-01"),
            ("2026年3月1日 上午9:00", "2026-03-01"),
        ),
        *(("2026年3月1日星期日", "2026-03-01"), ("2026-3-1T09:00:00Z", "2026-03-01"), ("'2026-03-01", "2026-03-01")),
        *(("3月1日", None), ("3-1", None), ("26-3-1", None), ("26年3月1日", None)),
    ],
)
def test_dates_with_a_time_and_without_a_year(written: str, right: str | None) -> None:
    value, warnings, errors = read(column("teachers", "申报日期"), written)
    assert value == right
    assert bool(errors) == (right is None)
    assert bool(warnings) == any(time in written for time in ("14:30", "9:00:00Z", "9:00") if "00:00:00" not in written)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        *(
            (29.999999999999996, "30"),
            (30.000000000000004, "30"),
            (0.1 + 0.2, "0.3"),
            (2.5, "2.5"),
            (34990100010001.0, "34990100010001"),
        ),
        *(
            ("'30", "30"),
            ("30.0", "30"),
            ("３０", "30"),
            ("30 学时", "30"),
            ("1,200", "1200"),
            ("1,2", "1,2"),
            ("50%", "50%"),
        ),
    ],
)
def test_numbers_as_excel_shows_them(written: Any, right: str) -> None:
    assert read(column("teachers", "学时：网络研修学时"), written) == (right, [], [])


@pytest.mark.parametrize("field", ["申报日期", "总结反思"])
@pytest.mark.parametrize(
    ("written", "day", "time"),
    [
        (datetime(2026, 3, 1, 8, 30), "2026-03-01", "08:30:00"),
        (datetime(2026, 3, 1), "2026-03-01", ""),
        (date(2026, 3, 1), "2026-03-01", ""),
    ],
)
def test_the_time_of_a_day_is_kept_or_said_to_be_left_out(field: str, written: date, day: str, time: str) -> None:
    value, warnings, errors = read(column("teachers", field), written)
    assert not errors
    if field == "申报日期":
        assert (value, warnings) == (day, [f"“{day} {time}”只取日期，钟点没有导入"] if time else [])
    else:
        assert (value.split(), warnings) == ([day, time] if time else [day], [])


def test_the_time_of_a_bare_number_of_days_is_said_to_be_left_out() -> None:
    assert read(column("teachers", "申报日期"), 46082.75)[:2] == (
        "2026-03-01",
        ["“2026-03-01 18:00:00”只取日期，钟点没有导入"],
    )


def test_a_share_is_written_with_its_sign() -> None:
    assert read(column("programme", "各地决定的事项：抽查比例（%）"), "10%")[0] == "10"


@pytest.mark.parametrize(
    ("written", "right"),
    [("是", "true"), ("√", "true"), ("Ｙ", "true"), ("没有", "false"), ("✘", "false"), ("是/否", "是/否")],
)
def test_yes_and_no(written: str, right: str) -> None:
    assert read(column("teachers", "骨干教师"), written)[0] == right


@pytest.mark.parametrize(
    ("written", "right", "code"),
    [
        *(("王⼩明", "王小明", "U+2F29"), ("⻢明", "马明", "U+2EE2"), ("\u200b王明", "王明", "U+200B")),
        *(("王\ufe00明", "王明", "U+FE00"), ("\u202e王明", "王明", "U+202E"), ("王\u00a0明", "王明", "U+00A0")),
        *(("王\u00ad明", "王明", "U+00AD"), ("\uf900明", "豈明", "U+F900")),
    ],
)
def test_characters_that_look_like_others_are_named_and_usual(written: str, right: str, code: str) -> None:
    value, warnings, errors = read(column("teachers", "姓名"), written)
    assert (value, errors) == (right, [])
    assert len(warnings) == 1
    assert code in warnings[0]


@pytest.mark.parametrize(
    "name", ["𠮷文", "㛃", "䶮王", "张〇〇", "﨑山", "买买提·艾力", "བསོད་ནམས", "Anna Li", "欧阳和平", "ئالىم"]
)
def test_rare_characters_are_nobodys_variants(name: str) -> None:
    assert usual(name) == name
    assert not odd_in(name)


def test_the_usual_radicals_are_those_of_the_character_database() -> None:
    assert len(USUAL_RADICALS) == 0x2EF4 - 0x2E80
    known = {chr(0x2E80 + place): each for place, each in enumerate(USUAL_RADICALS)}
    for radical, each in known.items():
        assert each == "＿" or unicodedata.name(each).startswith("CJK UNIFIED IDEOGRAPH")
        if (same := unicodedata.normalize("NFKC", radical)) != radical:
            assert each == same


# ---- what the template's own sum says ----


def _asked(texts: list[str]) -> tuple[Any, int]:
    """The roster's template with a text in each row, and the column of the sums."""
    book = load_workbook(
        io.BytesIO(template(layouts()["teachers"].kind, Origin("teachers", SCHOOL, 2026), "样张", None, CATALOGUE))
    )
    sheet = book["教师"]
    place = heading(sheet, "学分合计")
    formula = str(sheet.cell(2, place).value)
    letter = get_column_letter(place - 1)
    for row, text in enumerate(texts, start=2):
        sheet.cell(row, place - 1).value = text
        sheet.cell(row, place).value = formula.replace(f"{letter}2", f"{letter}{row}")
    return book, place


def _sums(texts: list[str]) -> list[Any]:
    book, place = _asked(texts)
    sheet, lists = book["教师"], book["_lists"]
    end = 1 + len(CATALOGUE.rows)
    columns = {f"_lists!${c}$2:${c}${end}": [lists[f"{c}{row}"].value for row in range(2, end + 1)] for c in "AB"}
    letter = get_column_letter(place - 1)
    return [
        worked_out(sheet.cell(row, place).value, {f"{letter}{row}": text}, columns)
        for row, text in enumerate(texts, start=2)
    ]


def _texts(many: int, seed: int) -> list[str]:
    """Cells of every kind, more of them plain than not."""
    dice = random.Random(seed)
    texts = []
    for _ in range(many):
        codes = [dice.choice(CODES) for _ in range(dice.randrange(1, 7))]
        ways: list[Callable[[str], str]] = WAYS if dice.random() < 0.3 else [str]
        text = dice.choice(SEPARATORS).join(dice.choice(ways)(code) for code in codes)
        texts.append(text + (dice.choice(STRANGE) if dice.random() < 0.2 else ""))
    return texts


@pytest.mark.soak
def test_the_sum_that_a_template_shows_is_the_one_that_is_imported(tmp_path: Path) -> None:
    fixed = [
        "A1、A5",
        "A1,A1",
        "A1A5",
        "A11、A1",
        "a1 A5",
        "A1-A3",
        "A99",
        "A1、",
        "A1不选",
        "/",
        "A1；A5　B2\nB10/C1+C2",
    ]
    texts = fixed + _texts(examples(150), 11)
    shown = _sums(texts)
    numbers = 0
    for text, total in zip(texts, shown, strict=True):
        value, _, errors = read(CHOICES, text)
        if errors and text != "/":
            assert total == UNSUMMED, text
        if total != UNSUMMED:
            numbers += 1
            assert total == sum(CREDITS[code] for code in value or ()), text
    assert numbers > len(texts) // 6
    assert shown[: len(fixed)][0] == CREDITS["A1"] + CREDITS["A5"]
    assert shown[1] == CREDITS["A1"]
    if OFFICE:  # a second opinion where there is one
        book, place = _asked(texts)
        sheet = recalculated(book, tmp_path)["教师"]
        assert [sheet.cell(row, place).value for row in range(2, 2 + len(texts))] == shown

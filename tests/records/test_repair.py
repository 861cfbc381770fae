"""What `fix` puts right, and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.case_folders import base
from wholeschool.errors import RepositoryError
from wholeschool.records.kinds import ROOT, kinds, placed
from wholeschool.records.mending import mended
from wholeschool.records.refusals import Refused
from wholeschool.records.repair import repaired

RIGHT = """# 甲校的名册
teachers:
  - number: "34990100010001"   # 原来的
    name: 周雨晴
    subject: 语文
    stage: 小学
    declared: 2026-03-01
"""
KIND = kinds()["teachers"]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (RIGHT.encode("gb18030"), "GBK"),
        (RIGHT.encode("utf-16"), "UTF-16"),
        (b"\xef\xbb\xbf" + RIGHT.encode(), "BOM"),
        (RIGHT.replace("\n", "\r\n").encode(), "CRLF"),
        (RIGHT.replace("name: ", "name：").encode(), "a wide colon"),
        (RIGHT.replace("name: ", "name:").encode(), "no space"),
        (RIGHT.replace("    name", "\tname".replace("\t", "\t\t")).encode(), "tabs"),
        (RIGHT.replace("语文\n", "语文  \u3000\n").encode(), "spaces at the end"),
        (RIGHT.rstrip("\n").encode(), "no line break at the end"),
        (RIGHT.replace("34990100010001", "３４９９０１０００１０００１").encode(), "wide digits"),
        (RIGHT.replace("周雨晴", "周 雨　晴").encode(), "spaces in a name"),
        (RIGHT.replace("2026-03-01", "2026.3.1").encode(), "a date with points"),
        (RIGHT.replace("2026-03-01", "2026年3月1日").encode(), "a date in Chinese"),
        (RIGHT.replace("stage: 小学", "stage: 小 学").encode(), "a space in a choice"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_safe_is_put_right(wrong: bytes, what: str) -> None:
    assert repaired(KIND, wrong) == RIGHT, what


@pytest.mark.parametrize("text", ["小学部", "3月1日", "2026-02-30", "周雨晴老师", "语文/数学"])
def test_what_somebody_may_have_meant_is_left_alone(text: str) -> None:
    for field in ("stage", "declared", "name", "goal"):
        wrong = RIGHT + f"    goal: {text}\n" if field == "goal" else RIGHT
        wrong = wrong.replace({"stage": "小学", "declared": "2026-03-01", "name": "周雨晴"}.get(field, "\0"), text)
        assert repaired(KIND, wrong.encode()) == wrong


@pytest.mark.parametrize("begins", ["reflection: |", "reflection: >-", "reflection: |2 # 本人写的", "reflection：|"])
def test_a_block_of_text_is_its_author_s(begins: str) -> None:
    """Lines in it that look like fields are no fields; what stands behind it is mended again."""
    own = "      date：2026.9.1 不变\n      name:周 雨晴\n\n      \t缩进的一行\n"
    behind = "    reflection: 一行\n"
    wrong = RIGHT + f"    {begins}\n{own}" + "    group：数学教研组\n"
    right = RIGHT + f"    {begins.replace('：', ': ')}\n{own}" + "    group: 数学教研组\n"
    assert repaired(KIND, wrong.encode()) == right
    assert repaired(KIND, (RIGHT + behind).encode()) == RIGHT + behind


def test_garbled_text_is_refused_not_guessed() -> None:
    with pytest.raises(Refused) as told:
        repaired(KIND, "teachers: ѧУ\n".encode())
    assert told.value.code == "Y-SCRIPT"


def test_the_ledger_is_never_touched() -> None:
    assert repaired(kinds()["certificates"], b"anything\r\n") is None


def test_characters_that_look_like_others_get_their_usual_form() -> None:
    text = 'level: 校\ncode: "3499010001"\nname: 明远县\u2f42华⼩学\nprincipal: 王\u200b⼩明\n'
    wanted = 'level: 校\ncode: "3499010001"\nname: 明远县文华小学\nprincipal: 王小明\n'
    assert repaired(kinds()["unit"], text.encode()) == wanted
    assert repaired(kinds()["unit"], b"\xef\xbb\xbf" + wanted.replace("\n", "\r\n").encode()) == wanted


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u2028"])
def test_controls_are_left_for_a_person(character: str) -> None:
    with pytest.raises(Refused) as told:
        repaired(kinds()["unit"], f"name: 明{character}远\n".encode())
    assert told.value.code == "Y-CHAR"


def test_lists_with_an_order_get_it_and_lose_what_is_double() -> None:
    text = "offered: [B10, A5, A1, A5, B9]\n"
    assert repaired(kinds()["plan"], text.encode()) == "offered: [A1, A5, B9, B10]\n"


def test_nothing_is_wrong_with_the_base() -> None:
    tree = base()
    for entry in tree.entries(ROOT):
        where = placed(entry.path)
        if where and where.kind.name != "certificates":
            try:
                data = tree.read(entry.path)
            except RepositoryError:
                continue
            assert repaired(where.kind, data) == data.decode(), entry.path


@pytest.mark.parametrize(
    ("field", "written", "right"),
    [
        ({"type": "number"}, "３０学时", "30"),
        ({"type": "number"}, "2.50", "2.5"),
        ({"type": "integer"}, "约30", "约30"),
        (
            {"type": "string", "pattern": "^[一-鿿〇A-Za-z]{1,20}〔[0-9]{4}〕[0-9]{1,5}号$"},
            "明教[2026]18号",
            "明教〔2026〕18号",
        ),
        ({"type": "string", "pattern": "^[A-Z][1-9][0-9]?$"}, "ａ０５", "A5"),
        ({"type": "string", "format": "date"}, "2026/3/1 0:00:00", "2026-03-01"),
        ({"type": "string", "maxLength": 200}, "　三月　上旬 ", "三月　上旬"),
    ],
)
def test_values(field: dict[str, object], written: str, right: str) -> None:
    assert mended(field, written) == right

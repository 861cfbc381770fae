"""What one cell means in the form, in a real browser: what `wholeschool import` makes of it, with the same words."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.papers.test_cells import CHOICES, NUMBERS, PEOPLE, SEPARATORS, STANDARDS, STRANGE, _texts, column
from tests.papers.test_round_trip import NAMES
from tests.site.test_form_workbooks import form  # noqa: F401 - the page with its readers
from tests.soak import examples
from wholeschool.papers.cell_text import texts_in
from wholeschool.papers.layout import Column
from wholeschool.papers.opening import Cell

# What people write into each kind of cell; every one is also joined with others and decorated.
_WORDS: dict[str, list[Any]] = {
    "people": [
        "张明远",
        "李 华",
        "买买提·艾力",
        "买买提 艾力",
        "Anna Li",
        "张明和李华",
        "欧阳和平",
        "李华等",
        "王⼩明",
        "𠮷文",
        "张明2",
    ],
    "numbers": [
        "34990100010001",
        "３４９９０１０００１０００２",
        "全体",
        "3499 0100 0100 03",
        "'34990100010004",
        "张明",
        "13800138000",
    ],
    "standards": ["素质好", "教学优", "懂 技术", "会应用", "很好"],
    "subjects": ["语文", "道德与法治", "数学　英语", "⽂学", "信息技术"],
    "days": [
        *("2026-03-01", "2026/3/1 14:30", "2026年3月1日 上午9:00", "2026-03-01 00:00:00", "3月1日", "3-1", "26.3.1"),
        *(
            "2026年3月1日（星期日）",
            "2026-02-30",
            "20260301",
            "'2026-3-1",
            46082,
            46082.75,
            "2026 年 3 月 1 日",
            "26-3-1 9:00",
        ),
    ],
    "counts": [
        *(
            29.999999999999996,
            30.000000000000004,
            0.1 + 0.2,
            2.5,
            1e-7,
            -3,
            1e21,
            12345678901234567,
            "'30",
            "30.0",
            "３０",
        ),
        *("30 学时", "1,200", "1,2", "50%", "十", "30.", "-1.20分", " 7 ", "1,234.50"),
    ],
    "shares": ["10%", "10", "１０％", 0.1, "10天"],
    "truths": ["是", "否", "√", "✘", "Ｙ", "没有", "是/否", True, False, 1, 0, "☑", "不同意"],
    "texts": [
        "⽂化⼩学",
        "看不见\u200b的",
        "⻌ 部",
        "❤\ufe0f",
        "两\r\n行",
        0.30000000000000004,
        True,
        "\u00a0三月\u00a0",
    ],
    "documents": ["皖教〔2026〕3号", "皖教秘[2026]第３号", "⽂〔2026〕3号"],
    "codes": [
        *STRANGE,
        "A1-A3",
        "A1至A3",
        "A5-A3",
        "AO1",
        "Bl0",
        "А5",
        "/",
        "无",
        "1.A1 2.A5",
        "①A1②A5",
        "A1 13800138000",
        "【A1】",
    ],
}
_COLUMNS: list[tuple[str, Column]] = [
    ("people", PEOPLE),
    ("people", column("teachers", "姓名")),
    ("numbers", NUMBERS),
    ("numbers", column("teachers", "教师编号")),
    ("standards", STANDARDS),
    ("standards", column("unit", "学校类型")),
    ("subjects", column("group", "学科")),
    ("subjects", column("teachers", "学科")),
    ("days", column("teachers", "申报日期")),
    ("counts", column("teachers", "学时：网络研修学时")),
    ("counts", column("teachers", "在册教师数")),
    ("shares", column("programme", "各地决定的事项：抽查比例（%）")),
    ("truths", column("teachers", "骨干教师")),
    ("texts", column("teachers", "总结反思")),
    ("texts", column("plan", "校本研修主题")),
    ("documents", column("team", "成立文件")),
    ("codes", CHOICES),
    ("codes", column("evidence", "微能力编号")),
    ("codes", column("training", "参加的学校")),
]


def _cells(words: list[Any], dice: random.Random, many: int) -> list[Any]:
    """The words, and cells of several with signs between them and something around them."""
    made = list(words)
    texts = [word for word in words if isinstance(word, str)]
    for _ in range(many):
        text = dice.choice(SEPARATORS).join(dice.choice(texts) for _ in range(dice.randrange(1, 5)))
        made.append(
            dice.choice(("", "", "", "\u200b", " ", "（", "1."))
            + text
            + dice.choice(("", "", "", "。", "）", "\ufeff"))
        )
    return made


@pytest.mark.soak
def test_a_cell_means_the_same_in_the_browser(form: Page) -> None:  # noqa: F811
    dice = random.Random(12)
    asked: list[tuple[Column, Any]] = [(CHOICES, text) for text in _texts(examples(150), 13)]
    for name, where in _COLUMNS:
        asked += [(where, cell) for cell in _cells(_WORDS[name], dice, examples(20))]
    said = form.evaluate(
        """(asked) => asked.map(([field, items, value]) => {
          const { content, remarks } = wholeschoolForm.workbooks.contentOf({ field, items }, { value });
          return [content ?? null, remarks.map(({ message, hint, severity }) => [message, hint, severity])];
        })""",
        [[dict(where.field), where.items, value] for where, value in asked],
    )
    for (where, value), (content, remarks) in zip(asked, said, strict=True):
        wanted, told = texts_in(where, Cell(value), NAMES)
        assert (content, remarks) == (wanted, [list(each) for each in told]), (where.heading, value)

"""A case's Markdown: what it becomes, and that no body takes long, however it is made."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.case_folders import base
from tests.soak import examples
from wholeschool.records import case_html, load
from wholeschool.records.case_html import DEEPEST, LONGEST_PARAGRAPH, TooMuch, problems, to_html

LONGEST = 40_000
"""Characters of a body, by its schema."""
SECONDS = 1.0

# What Markdown is made of, and what is expensive about it.
_PIECES = (
    *(
        "- ",
        "* ",
        "+ ",
        "1. ",
        "12) ",
        "> ",
        ">",
        "    ",
        "\t",
        "  \n",
        "\n",
        "\n\n",
        "# ",
        "###### ",
        "---\n",
        "===\n",
    ),
    *("*", "**", "***", "_", "__", "`", "``", "```\n", "~~~\n", "~~", "[", "]", "[[", "](", "](x)", '](x "', "![", "("),
    *(
        ")",
        "][",
        "[a]: b\n",
        "[a]: b '\n",
        "[a]:\n",
        "[^1]",
        "[^1]: x\n",
        "<",
        "<a",
        "<a href='x'>",
        "</a>",
        "<!--",
        "-->",
    ),
    *("<https://a.cn>", "<?", "<![CDATA[", "&", "&#", "&#1", "&#x41;", "&amp;", "&lt", "\\", "|", "|a|b|\n", "|-|-|\n"),
    *(
        "\n|",
        "a",
        "中",
        "。",
        "：",
        "𠮷",
        "㛃",
        "é",
        "\u00a0",
        "\u3000",
        "1",
        " ",
        "x" * 50,
        "{: .a }",
        "::: x\n",
        "$",
        "^",
    ),
    *("javascript:", "data:", "https://a.cn/?b=c&d", "mailto:", "!!! note\n", "=== \n", ": ", "--8<--", "{{", "}}"),
)


def _repeated(dice: random.Random, size: int) -> str:
    unit = "".join(dice.choices(_PIECES, k=dice.randint(1, 4)))
    return unit * (size // len(unit) + 1)


def _nested(dice: random.Random, size: int) -> str:
    opening, closing = dice.choice(
        (
            ("[", "](b)"),
            ("![", "](b)"),
            ("*", "*"),
            ("**", "**"),
            ("*a **", "** b*"),
            ("_", "_"),
            ("`", "`"),
            ("(", ")"),
        )
    )
    depth = dice.randint(1, size // (len(opening) + len(closing)) + 1)
    return opening * depth + dice.choice(_PIECES) + closing * dice.choice((0, 1, depth // 2, depth))


def _stairs(dice: random.Random, size: int) -> str:
    mark = dice.choice(("- ", "1. ", "> ", "* ", "- > "))
    return "\n".join(" " * (dice.choice((2, 3, 4)) * level) + mark + "a" for level in range(size // 20 + 1))


def _lines(dice: random.Random, size: int) -> str:
    line = dice.choice(("- ", "> ", "> - ", "")) * dice.randint(0, 12) + "".join(dice.choices(_PIECES, k=3))
    rest = "".join(dice.choices(_PIECES, k=2)).replace("\n", " ") + "\n"
    return f"{line}\n{rest * (size // len(rest) + 1)}"


def _table(dice: random.Random, size: int) -> str:
    columns = dice.randint(1, 150)
    row = "|".join(dice.choices(_PIECES, k=dice.randint(0, columns))).replace("\n", "")
    return f"|{'a|' * columns}\n|{'-|' * columns}\n" + f"|{row}\n" * (size // (len(row) + 2) + 1)


def _soup(dice: random.Random, size: int) -> str:
    return "".join(dice.choices(_PIECES, k=size // 3 + 1))


_MAKERS: tuple[Callable[[random.Random, int], str], ...] = (_repeated, _nested, _stairs, _lines, _table, _soup)


def nasty(seed: int) -> str:
    """A body of several parts, each expensive in its own way; mostly short, sometimes as long as a body may be."""
    dice = random.Random(seed)
    size = dice.choice((50, 200, 500, 2_000, LONGEST // 4, LONGEST) if seed % 20 == 0 else (50, 100, 200, 500, 1_500))
    parts = []
    for _ in range(dice.randint(1, 4)):
        limit = dice.choice((size, min(size, LONGEST_PARAGRAPH - 20)))
        parts.append(dice.choice(_MAKERS)(dice, limit)[:limit])
    lines = "\n\n".join(parts)[:LONGEST].split("\n")
    return "\n".join(lines[: dice.choice((case_html.MOST_LINES, len(lines)))])


def judged(body: str) -> float:
    """The seconds that everything takes which is done with a body. It is published, or it has a finding."""
    problems.cache_clear()
    case_html._converted.cache_clear()
    start = time.process_time()
    found = problems(body)
    try:
        html = to_html(body)
    except TooMuch:
        assert [each.code for each in found] == ["MD-LIMIT"]
    else:
        assert "\n" not in html
        assert not re.search(
            r"<(?!/?(?:h[2-5]|p|[uo]l|li|blockquote|pre|code|em|strong|hr|br|a|table|t[rhd]|thead|tbody)\b)", html
        )
    assert all(0 <= each.start <= len(body) for each in found)
    return time.process_time() - start


@pytest.mark.soak
@settings(max_examples=examples(100), deadline=None, database=None, phases=[Phase.generate])
@given(st.integers(0, 10**9))
def test_no_body_takes_long(seed: int) -> None:
    body = nasty(seed)
    # A second time where the machine was busy with something else: the work is the same.
    assert judged(body) < SECONDS or judged(body) < SECONDS, seed


WORST = {
    "lists in lists": "- " * 2_000 + "x",
    "brackets": "[" * 19_000 + "](x)",
    "pictures in pictures": "![" * 4_000 + "a" + "](b)" * 4_000,
    "brackets in many items": ("- " + "[" * 60 + "\n") * 600,
    "lazy lines": "> " * 18 + "a\n" + "b\n" * 15_000,
    "a definition used by everybody": "[a]: " + "x" * 9_000 + "\n\n" + "[a]\n\n" * 5_000,
    "titles that do not end": '[](x "' * 6_000,
    "fences": "```\n" * 2_000 + "~~~\n" * 900,
    "a table filled up": "|" + "a|" * 99 + "\n|" + "-|" * 99 + "\n" + "|\n" * 2_900,
    "emphasis in emphasis": "*_" * 4_900,
    "backticks": "".join("`" * length + "a" for length in range(1, 280)),
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_we_know_takes_less_than_a_second(name: str) -> None:
    assert judged(WORST[name][:LONGEST]) < SECONDS


def test_what_is_too_much_says_where() -> None:
    (found,) = problems("好\n\n" + "> " * (DEEPEST + 1) + "x")
    assert (found.code, found.start) == ("MD-LIMIT", 3)
    (found,) = problems("好\n\n" + "好" * (LONGEST_PARAGRAPH + 1))
    assert (found.code, found.start) == ("MD-LIMIT", 3)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**注意：**请先保存", "<p><strong>注意：</strong>请先保存</p>"),
        ("他说**“好”**。", "<p>他说<strong>“好”</strong>。</p>"),
        ("3 * 4 * 5", "<p>3 * 4 * 5</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("[网](https://例子.cn/课)", '<p><a href="https://例子.cn/课" rel="noopener nofollow ugc">网</a></p>'),
        ("a\n\n1. 一\n2. 二", "<p>a</p><ol><li>一</li><li>二</li></ol>"),
        ("# 一\n\n### 二\n\n# 三", "<h2>一</h2><h3>二</h3><h2>三</h2>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        (
            "|a|b|\n|-|-|\n|1|2|",
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        ("```\n一\n二\n```", "<pre><code>一&#10;二&#10;</code></pre>"),
    ],
)
def test_what_people_write_is_what_they_see(written: str, shown: str) -> None:
    assert to_html(written) == shown


@pytest.mark.parametrize(
    "words",
    ["138[0013](https://example.org)8000", "138[0013][a]8000\n\n[a]: https://example.org", "**138**0013*8000*"],
    ids=["link", "reference", "emphasis"],
)
def test_a_number_that_only_the_page_shows_whole_is_found(words: str) -> None:
    path = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/cases/xizuo-huping.md"
    text = base().files[path].decode()
    assert not load(base()).findings
    found = load(base().having({path: f"{text}\n{words}\n".encode()})).findings
    assert [(each.code, each.path) for each in found] == [("PII-MOBILE", path)]
    assert "8000" not in found[0].message

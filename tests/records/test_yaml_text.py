"""Strict YAML: every value is the text that was written, and stands where it was written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeschool.records.positions import locate
from wholeschool.records.refusals import Refused
from wholeschool.records.text import decode, hidden_in
from wholeschool.records.yaml_text import read_yaml

WORDS = ["no", "yes", "on", "NO", "true", "null", "~", "=", "<", "-0", "+12", "1.10", ".inf", ".nan", "1e3", "1_000"]
DIGITS = ["0123", "0o17", "0x1F", "12:30", "12:30:45", "2026-03-01", "2026-03-01T08:00:00Z", "34990100010001"]


@pytest.mark.parametrize("written", [*WORDS, *DIGITS])
def test_a_plain_value_stays_the_text_it_is(written: str) -> None:
    assert read_yaml(f"a: {written}\n")[0] == {"a": written}
    assert read_yaml(f"- {written}\n")[0] == [written]
    assert read_yaml(f"{written}: a\n")[0] == {written: "a"}


def test_a_blank_field_is_left_out_and_a_quoted_empty_one_is_not() -> None:
    value, mark = read_yaml("a:\nb: ''\nc: ~\n")
    assert value == {"b": "", "c": "~"}
    assert locate(mark, ("a",), key=True) == (1, 1)


def test_long_texts_are_read_as_yaml_means_them() -> None:
    text = "a: |\n  第一行\n  第二行\nb: >-\n  连成\n  一行\nc: 写不下的\n  接着写\n"
    assert read_yaml(text)[0] == {"a": "第一行\n第二行\n", "b": "连成 一行", "c": "写不下的 接着写"}


def test_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    plain = "name: 林静\ntags: [a, b]\n"
    marked = b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode()
    assert read_yaml(decode(marked)) == read_yaml(plain)


def test_old_mac_line_ends_are_line_ends() -> None:
    assert read_yaml(decode(b"a: 1\rb: 2\r"))[0] == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    "name", ["𠮷野", "张㛃", "刘䶮", "阿依古丽·买买提", "བསྟན་འཛིན", "ئابدۇللا", "ᠪᠠᠲᠤ", "é", "①②", "👍"]
)
def test_rare_characters_are_accepted_and_survive(name: str) -> None:
    assert read_yaml(decode(f"name: {name}\n".encode()))[0] == {"name": name}


def test_composed_and_decomposed_letters_are_one_text() -> None:
    assert decode("e\u0301".encode()) == decode("\u00e9".encode()) == "\u00e9"


def test_compatibility_forms_are_kept() -> None:
    assert decode("ＡＢＣ①㎡".encode()) == "ＡＢＣ①㎡"


def test_places_count_characters_from_one() -> None:
    _, mark = read_yaml("学校: 文华小学\n教师:\n  - 姓名: 𠮷野\n    选学: [A1, A5]\n")
    assert locate(mark, ("学校",)) == (1, 5)
    assert locate(mark, ("学校",), key=True) == (1, 1)
    assert locate(mark, ("教师", 0, "姓名")) == (3, 9)
    assert locate(mark, ("教师", 0, "选学", 1)) == (4, 14)
    assert locate(mark, ("教师", 0, "没有")) == (3, 5)
    assert locate(mark, ("教师", 7)) == (3, 3)


def _texts() -> st.SearchStrategy[str]:
    characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Co", "Zl", "Zp"])
    return st.text(characters, max_size=20).filter(lambda text: not hidden_in(text) and text != "<<")


def _trees() -> st.SearchStrategy[Any]:
    return st.recursive(
        _texts(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts(), inner, max_size=4),
        max_leaves=12,
    )


@settings(deadline=None)
@given(_trees().filter(lambda tree: not isinstance(tree, str)), st.booleans(), st.sampled_from([True, False, None]))
def test_what_another_program_writes_is_read_back(tree: Any, unicode: bool, flow: bool | None) -> None:
    written = yaml.safe_dump(tree, allow_unicode=unicode, default_flow_style=flow, width=10**6)
    assert read_yaml(written)[0] == tree


@settings(deadline=None)
@given(_trees())
def test_every_place_is_inside_the_text(tree: Any) -> None:
    text = yaml.safe_dump([tree], allow_unicode=True, width=10**6)
    value, mark = read_yaml(text)
    lines = text.split("\n")

    def check(value: Any, pointer: tuple[str | int, ...]) -> None:
        line, column = locate(mark, pointer)
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        if isinstance(value, dict):
            for key, inner in value.items():
                check(inner, (*pointer, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                check(inner, (*pointer, index))

    check(value, ())


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\na: 2\n", "Y-DUP", 2, 1),
        ("a: &x 1\n", "Y-ALIAS", 1, 4),
        ("a: *x\n", "Y-ALIAS", 1, 4),
        ("a: !!int 1\n", "Y-TAG", 1, 4),
        ("<<: {a: 1}\n", "Y-MERGE", 1, 1),
        ("a: 1\n---\nb: 2\n", "Y-DOC", 2, 1),
        ("a: [1, 2\n", "Y-SYNTAX", 1, 9),
        ("姓名：张三\n年龄: 3\n", "Y-COLON", 1, 3),
        ('a: "\\u200b"\n', "Y-CHAR", 1, 4),
        ('a: "\\r\\n::error::"\n', "Y-CHAR", 1, 4),
        ('"\\e[31m": 1\n', "Y-CHAR", 1, 1),
        ("# 只有注释\n", "Y-EMPTY", 1, 1),
    ],
)
def test_a_refusal_points_at_its_cause(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(Refused) as caught:
        read_yaml(text)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)


@pytest.mark.parametrize(
    "text",
    [
        *(
            'a: "v"# c',
            "a: 'v'# c",
            'a: "v"#c\nb: 1',
            "a: [x]# c",
            "a: {b: c}# c",
            "a: |# c\n  x",
            "a: >-#c\n  x",
            "a: [# c\n  x]",
        ),
        *("a: {# c\n  b: c}", 'a: ["x",# c\n  y]', "{?foo: 1}", "a: {?b: 1}", "a: [?b]"),
    ],
)
def test_what_the_parser_lets_pass_and_yaml_does_not(text: str) -> None:
    """libyaml begins a comment and a key without the space that YAML 1.2 asks for; other readers see something else."""
    with pytest.raises(Refused) as caught:
        read_yaml(text)
    assert caught.value.code in ("Y-SYNTAX", "Y-COLON")
    assert caught.value.line >= 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a: "v" # c', {"a": "v"}),
        ('{"a":"b"}', {"a": "b"}),
        ("a: b# c", {"a": "b# c"}),
        ("a: [x] # c", {"a": ["x"]}),
        ("a: ?b", {"a": "?b"}),
        ("a: http://x.cn/?b#c", {"a": "http://x.cn/?b#c"}),
        ("a:\n  - |\n    # x", {"a": ["# x"]}),
        ("? a\n: b", {"a": "b"}),
        ("a: [x, y]\nb: 12:30", {"a": ["x", "y"], "b": "12:30"}),
    ],
)
def test_what_yaml_allows_beside_it_stays_allowed(text: str, value: object) -> None:
    assert read_yaml(text)[0] == value

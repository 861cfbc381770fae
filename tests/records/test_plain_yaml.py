"""The quick reader says what the strict one says, or nothing: on real records, and on records spoilt in every way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeschool.records.plain_yaml import read_plain
from wholeschool.records.refusals import Refused
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import MAX_DEPTH, read_yaml

REPOSITORY = Path(__file__).parents[2]
RECORDS = [decode(path.read_bytes()) for path in sorted((REPOSITORY / "submissions").rglob("*.yaml"))]
SHORT = [text for text in RECORDS if len(text) < 3000]
PIECES = (
    *(
        " ",
        "  ",
        "\n",
        "\n\n",
        "\n  ",
        "\n    ",
        "\t",
        ":",
        ": ",
        " :",
        "- ",
        "\n- ",
        "\n  - ",
        "- - ",
        "#",
        " #",
        "# ",
        "：",
    ),
    *(
        '"',
        '""',
        "'",
        "\\",
        "[",
        "]",
        "[]",
        "{}",
        "{a: 1}",
        ", ",
        ",",
        "|",
        "|-\n",
        ">",
        "&a ",
        "*a",
        "!t ",
        "? ",
        "%",
        "@",
        "`",
    ),
    *(
        "---\n",
        "\n---\n",
        "...\n",
        "<<: ",
        "~",
        "null",
        "a: b",
        "a:",
        "\na: b",
        "\n  a: b",
        "A1",
        "3",
        "《",
        "·",
        "\u00a0",
    ),
    *("\u3000", "\u2028", "\x85", "\ufeff", "\x7f", "𠮷", "_", "-", ".", "name: ", "\nname:", "\nname:\n  - x", "\r"),
)


def strictly(text: str) -> object:
    try:
        return read_yaml(text)[0]
    except Refused as refused:
        return refused.code


def agrees(text: str) -> bool:
    """Whether the quick reader has read the text; if it has, as the strict one does."""
    plain = read_plain(text)
    assert plain is None or plain == strictly(text)
    return plain is not None


def test_most_records_are_read_quickly_and_as_the_strict_reader_reads_them() -> None:
    quick = sum(map(agrees, RECORDS))
    assert quick > len(RECORDS) * 0.8, (quick, len(RECORDS))


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(SHORT),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 12), st.sampled_from(("", *PIECES))), max_size=3),
)
def test_a_spoilt_record_is_read_as_the_strict_reader_reads_it(text: str, changes: list[tuple[int, int, str]]) -> None:
    for start, length, piece in changes:
        at = start % (len(text) + 1)
        text = text[:at] + piece + text[at + length :]
    agrees(text)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from((*PIECES, "a", "b1", "甲", "key: value", "\n- key: value", "\nkey:\n")), max_size=14))
def test_anything_is_read_as_the_strict_reader_reads_it(pieces: list[str]) -> None:
    agrees("".join(pieces))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "a: 1\na: 2\n",
        "a:\nb: 1\n",
        "a:\n- b\n",
        "a: b\n  c: d\n",
        "a: b\n  c\n",
        "- a\n- b\n",
        "a: x: y\n",
        "a: x #y\n",
        "a: |\n  b\n",
        "a:\n  - - b\n",
        "a:\n    - b\n  - c\n",
        "".join(f"{'  ' * depth}a:\n" for depth in range(MAX_DEPTH)) + f"{'  ' * MAX_DEPTH}a: b\n",
        "a:\n" + "  - b\n" * 60_000,
    ],
)
def test_what_needs_a_closer_look_is_left_to_the_strict_reader(text: str) -> None:
    assert read_plain(text) is None


def test_what_it_reads() -> None:
    text = (
        '# head\na: 甲\nb:\n  - c: "1"\n    d: [x, y]\n\n  # between\n'
        "  - c: 《山》：其一\n    e:\n      f: 2026-04-20\ng:\n  - 3\n"
    )
    assert read_plain(text) == {
        "a": "甲",
        "b": [{"c": "1", "d": ["x", "y"]}, {"c": "《山》：其一", "e": {"f": "2026-04-20"}}],
        "g": ["3"],
    }
    assert agrees(text)

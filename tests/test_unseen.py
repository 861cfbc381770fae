"""What shows nothing is found wherever a text comes in, and two names do not differ by it."""

from __future__ import annotations

from contextlib import suppress

import pytest

from wholeschool.personal_data import redact, scan
from wholeschool.records.characters import usual
from wholeschool.records.hygiene import blemish
from wholeschool.records.refusals import Refused
from wholeschool.records.schema import schemas
from wholeschool.records.text import decode
from wholeschool.sources import Entry
from wholeschool.sources.tree import REGULAR
from wholeschool.unseen import is_unseen

# One of each kind, by their numbers: nobody could read them here.
SHOW_NOTHING = [
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x200D, 0x202E, 0x2060, 0x2065, 0x206F),
    *(0x2800, 0x3164, 0xFEFF, 0xFFA0, 0xFFF0, 0xFFF9, 0x16FE4, 0x1BCA0, 0x1D159, 0x1D173, 0xE0000, 0xE0041, 0xE0FFF),
]
VARIANTS = [0x180B, 0x180F, 0xFE00, 0xFE0F, 0xE0100, 0xE01EF]


@pytest.mark.parametrize("code", SHOW_NOTHING)
def test_what_shows_nothing_is_no_part_of_a_record(code: int) -> None:
    with pytest.raises(Refused) as refused:
        decode(f"name: 明远县文华{chr(code)}小学\n".encode())
    assert (refused.value.code, refused.value.line) == ("Y-CHAR", 1)


@pytest.mark.parametrize("code", SHOW_NOTHING + VARIANTS)
def test_what_shows_nothing_hides_no_number_and_makes_no_second_name(code: int) -> None:
    assert is_unseen(chr(code))
    assert [each.code for each in scan(f"138{chr(code)}0013{chr(code)}8000")] == ["PII-MOBILE"]
    assert "0013" not in redact(f"138{chr(code)}0013{chr(code)}8000")
    assert usual(f"文华{chr(code)}小学") == "文华小学"
    assert usual(f"文华{chr(code)}小学", prose=True) == ("文华小学" if code in SHOW_NOTHING else f"文华{chr(code)}小学")


@pytest.mark.parametrize("code", SHOW_NOTHING + VARIANTS)
def test_no_file_is_called_so(code: int) -> None:
    refused = blemish(Entry(f"docs/说{chr(code)}明.md", REGULAR, 1))
    assert refused is not None
    assert refused.code == "GIT-NAME"


@pytest.mark.parametrize("code", SHOW_NOTHING + VARIANTS)
def test_no_unit_is_called_so(code: int) -> None:
    unit = {"level": "县", "code": "349901", "name": "明远县文华小学", "authority": "明远县教育局"}
    schema = schemas()["unit"]
    assert schema.accepts(unit)
    text = f"name: 明远县文华{chr(code)}小学\n".encode()
    with suppress(Refused):
        assert not schema.accepts(unit | {"name": decode(text).removeprefix("name: ").strip()})

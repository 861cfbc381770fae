"""Whatever bytes lie in a file: findings, never an exception."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base, judge
from wholeschool.findings import Finding
from wholeschool.records.kinds import kinds

QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNITS = {
    "工程": "",
    "省": "anhui/",
    "市": "anhui/shili/",
    "县": "anhui/shili/mingyuan/",
    "校": "anhui/shili/mingyuan/x/",
}


@cache
def paths() -> list[str]:
    """A path for a record of every kind."""
    found = []
    for kind in kinds().values():
        place = kind.place.replace("{year}", "2026").replace("{team}", "management").replace("{name}", "eins")
        place = place.replace("{guidance}", "anhui-2.0")
        found.append(f"submissions/{UNITS[kind.levels[-1]]}{place}")
    return found


def _check(findings: list[Finding]) -> None:
    for each in findings:
        assert each.code != "RULE-CRASH", each
        assert each.message
        assert each.hint
        assert each.line >= 1
        assert each.column >= 1


def test_there_is_a_path_for_every_kind() -> None:
    from wholeschool.records.kinds import placed

    assert {where.kind.name for path in paths() if (where := placed(path))} == set(kinds())


@QUIET
@given(st.binary(max_size=400), st.data())
def test_random_bytes(data: bytes, draw: st.DataObject) -> None:
    _check(judge(MemoryTree({draw.draw(st.sampled_from(paths())): data})))


# What YAML, CSV and front matter are made of, and the slips people make with them.
PIECES = (
    st.sampled_from(["a", "no", "姓名", "name", "level", "members", "teachers", "1", "2026-03-01", "13800138000"])
    | st.sampled_from([":", ": ", "：", "- ", "\n", "\n  ", "\n    ", "&a ", "*a", "!t ", "|\n", ">\n", "<<", "---\n"])
    | st.sampled_from("[]{},#%@`'\"?\\\t-\r\x00\u200b\ufeff𠮷é")
)


@QUIET
@given(st.lists(PIECES, max_size=60).map("".join), st.data())
def test_random_yaml(text: str, draw: st.DataObject) -> None:
    path = draw.draw(st.sampled_from(paths()))
    head = "---\n" if path.endswith(".md") and draw.draw(st.booleans()) else ""
    _check(judge(MemoryTree({path: (head + text).encode("utf-8", "surrogatepass")})))


@QUIET
@given(
    st.text(max_size=60), st.sampled_from(["", "submissions/", "submissions/anhui/", "submissions/anhui/shili/2026/"])
)
def test_random_paths(name: str, folder: str) -> None:
    path = folder + name
    if path:
        found = judge(MemoryTree({path: b"level: x\n"}))
        _check(found)
        assert found or not path.startswith("submissions/")


@QUIET
@given(st.data())
def test_a_programme_with_a_few_bytes_changed(draw: st.DataObject) -> None:
    path = draw.draw(st.sampled_from(sorted(base().files)))
    data = base().files[path]
    start = draw.draw(st.integers(0, len(data)))
    end = draw.draw(st.integers(start, min(len(data), start + 12)))
    middle = draw.draw(
        st.sampled_from([b"", b"\n", b" ", b"x", b": ", b"\n- ", b"\xff", "，".encode(), b"999999999999"])
    )
    _check(judge(base().having({path: data[:start] + middle + data[end:]})))


@QUIET
@given(st.sets(st.sampled_from(sorted(base().files)), max_size=8))
def test_a_programme_with_files_missing(lost: set[str]) -> None:
    _check(judge(base().without(*lost)))


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x85", "\u2028", "\u202e", "\ufffe", "\U000e0041"])
def test_invisible_characters_are_refused_in_any_file(character: str) -> None:
    for path in paths():
        assert [each.code for each in judge(MemoryTree({path: f"a: {character}".encode()}))] == ["Y-CHAR"]

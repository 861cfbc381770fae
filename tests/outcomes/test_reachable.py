"""What a guidance asks for can be done, or not: compared with trying everything."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.case_folders import BASE
from tests.cli.test_validate import run
from wholeschool.outcomes.reachable import alone, practice_asked, witnesses
from wholeschool.records.structs import Microability, Standard

ENVIRONMENTS = ("多媒体教学环境", "混合学习环境", "智慧学习环境")


def _row(number: int, environment: str, dimension: str, worth: int) -> Microability:
    return Microability(code=f"A{number}", dimension=dimension, name="样张", environment=environment, credits=worth)


def _standard(worth: int, hours: tuple[int, int] = (30, 30), share: int = 50, dimensions: int = 0) -> Standard:
    return Standard(
        credits=worth, dimensions=dimensions, online_hours=hours[0], practice_hours=hours[1], practice_share=share
    )


PLACES = st.sampled_from(ENVIRONMENTS)
TABLES = st.sampled_from([PLACES, st.just("")]).flatmap(  # a guidance has environments, or it has none
    lambda place: st.lists(st.tuples(place, st.sampled_from("甲乙丙丁"), st.integers(1, 9)), min_size=1, max_size=8)
)


@given(TABLES, st.integers(1, 30), st.integers(0, 5), st.data())
def test_there_is_no_smaller_choice_that_is_enough(
    drawn: list[tuple[str, str, int]], wanted: int, dimensions: int, data: st.DataObject
) -> None:
    table: list[Microability] = []
    for number, said in enumerate(drawn, start=1):
        first = data.draw(st.sampled_from([None, None, *(row.code for row in table)]))
        table.append(msgspec.structs.replace(_row(number, *said), after=first))
    data.draw(st.randoms()).shuffle(table)
    found = witnesses(table, _standard(wanted, dimensions=dimensions))
    there = {row.environment for row in table} - {""}
    assert {frozenset(each.environments) for each in found} == (
        {frozenset(some) for size in range(1, len(there) + 1) for some in combinations(there, size)} or {frozenset()}
    )
    for each in found:
        rows = [row for row in table if row.environment in ("", *each.environments)]
        enough = [
            size
            for size in range(len(rows) + 1)
            if any(
                _is_closed(some)
                and sum(row.credits for row in some) >= wanted
                and len({row.dimension for row in some}) >= dimensions
                for some in combinations(rows, size)
            )
        ]
        chosen = [row for row in rows if row.code in each.codes]
        assert each.enough == bool(enough)
        assert _is_closed(chosen)
        assert len(chosen) == enough[0] if enough else len(chosen) <= len(rows)
        assert sum(row.credits for row in chosen) == each.credits
    singles = alone(table, _standard(wanted, dimensions=dimensions))
    assert [(each.environments, each.enough) for each in singles] == [
        (each.environments, each.enough) for each in found if len(each.environments) <= 1
    ]


def _is_closed(rows: Iterable[Microability]) -> bool:
    rows = list(rows)
    return {row.after for row in rows if row.after} <= {row.code for row in rows}


@pytest.mark.parametrize("chained", [False, True])
def test_a_long_table_has_an_answer_too(chained: bool) -> None:
    """As long as a schema lets a table be: of many like ones in one dimension, and one of another that is wanted."""
    many = [_row(number, "", "甲", 2) for number in range(1, 200)]
    if chained:  # each of the dear ones after a cheap one of its own
        many = [
            msgspec.structs.replace(row, credits=3 if place % 2 else 1, after=f"A{place}" if place % 2 else None)
            for place, row in enumerate(many)
        ]
    table = [*many, _row(200, "", "乙", 1)]
    (found,) = witnesses(table, _standard(60, dimensions=2))
    chosen = [row for row in table if row.code in found.codes]
    assert found.enough
    assert found.is_fewest or chained
    assert _is_closed(chosen)
    assert sum(row.credits for row in chosen) == found.credits >= 60
    assert {row.dimension for row in chosen} == {"甲", "乙"}
    assert len(chosen) == 31


def test_of_many_environments_each_is_looked_at_alone() -> None:
    table = [_row(number, f"环境{number}", "甲", number) for number in range(1, 41)]
    found = witnesses(table, _standard(20))
    assert [each.enough for each in found] == [number >= 20 for number in range(1, 41)]


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100))
def test_the_share_of_practice_is_of_all_that_is_asked_for(online: int, practice: int, share: int) -> None:
    asked = practice_asked(_standard(20, (online, practice), share))
    assert (practice < asked) == (100 * practice < share * (online + practice))


def test_the_command_says_what_is_the_least_and_fails_where_nothing_is_enough(tmp_path: Path) -> None:
    root = tmp_path / "programme"
    shutil.copytree(BASE, root)
    done = run(root, "guidance", "check")
    assert done.returncode == 0, done.stderr
    assert "  智慧学习环境：最少 2 项，C6、C7（20 学分）\n" in done.stdout
    policy = root / "submissions/guidance/anhui-2.0/policy.yaml"
    policy.write_text(policy.read_text("utf-8").replace("credits: 20", "credits: 65"), "utf-8")
    done = run(root, "guidance", "check", "anhui-2.0")
    assert done.returncode == 1
    assert "  混合学习环境：做不到，10 项全选也只有 63 学分\n" in done.stdout
    assert "  多媒体教学环境：最少 12 项，" in done.stdout
    done = run(root, "guidance", "check", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有 guidance/nowhere；有的是：anhui-2.0" in done.stderr

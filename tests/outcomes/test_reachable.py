"""What a guidance asks for can be done, or not: compared with trying everything."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.case_folders import BASE
from tests.cli.test_validate import run
from wholeschool.outcomes.reachable import practice_asked, witnesses
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


@given(TABLES, st.integers(1, 30), st.integers(0, 5))
def test_there_is_no_smaller_choice_that_is_enough(
    drawn: list[tuple[str, str, int]], wanted: int, dimensions: int
) -> None:
    table = [_row(number, *each) for number, each in enumerate(drawn, start=1)]
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
                sum(row.credits for row in some) >= wanted and len({row.dimension for row in some}) >= dimensions
                for some in combinations(rows, size)
            )
        ]
        chosen = [row for row in rows if row.code in each.codes]
        assert each.enough == bool(enough)
        assert len(chosen) == enough[0] if enough else len(chosen) <= len(rows)
        assert sum(row.credits for row in chosen) == each.credits


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

"""Where each school stands, who falls behind, and the sample: what the commands print for the example."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.days import in_days
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import WorkingTree

COMMAND = str(Path(sys.executable).with_name("wholeschool"))
ROOT = Path(__file__).parents[2]
COUNTY = "anhui/shili/mingyuan"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example programme in a repository of its own, committed three days ago."""
    root = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "submissions", root / "submissions")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        git_as_of(-3, root, *arguments)
    return root


def git_as_of(days: int, root: Path, *arguments: str) -> None:
    """Git on another day than today."""
    when = f"{in_days(days)}T12:00:00+08:00"
    environment = {**os.environ, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    subprocess.run(command, cwd=root, env=environment, check=True)


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def test_status_names_every_school_of_the_unit_once(example: Path) -> None:
    programme = assemble(load(WorkingTree(example)))
    done = run(example, "status", COUNTY)
    assert done.returncode == 0
    inside = [school.name for school in programme.schools if school.path.startswith(f"{COUNTY}/")]
    outside = [school.name for school in programme.schools if not school.path.startswith(f"{COUNTY}/")]
    assert inside
    assert outside
    assert all(sum(line.startswith(name) for line in done.stdout.splitlines()) == 1 for name in inside)
    assert not any(name in done.stdout for name in outside)
    assert "已完成" in done.stdout
    assert "1 学校规划" in done.stdout


SAMPLE = ("draw", COUNTY, "--year", "2026", "--count", "7", "--strata", "school")


@pytest.mark.parametrize("command", [("status", COUNTY), ("warn", COUNTY), ("export", "choices", COUNTY)])
def test_a_round_that_was_opened_early_hides_nothing(example: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    root = tmp_path / "opened"
    shutil.copytree(example, root)
    before = run(root, *command)
    settings = root / "submissions" / "programme.yaml"
    text = settings.read_text("utf-8")
    later = "rounds:\n  - {year: 2098, starts: 2098-01-01, ends: 2098-12-31}\n"
    settings.write_text(text.replace("rounds:\n", later, 1), "utf-8")
    after = run(root, *command)
    assert before.returncode == after.returncode == 0
    assert before.stdout == after.stdout
    assert before.stdout


def test_a_draw_can_be_pasted_into_the_record_and_drawn_again(example: Path) -> None:
    announced = in_days(0)
    first = run(example, *SAMPLE, "--announced", announced)
    assert first.returncode == 0, first.stderr
    value, _ = read_yaml(first.stdout)
    assert value["draw"]["announced"] == announced
    assert len(value["draw"]["sample"]) == 7
    commit = value["draw"]["commit"]
    git_as_of(-2, example, "commit", "-q", "--allow-empty", "-m", "later")
    again = run(example, *SAMPLE, "--announced", announced, "--commit", commit)
    assert again.stdout == first.stdout
    now = run(example, *SAMPLE, "--announced", announced)
    assert now.stdout != first.stdout


def test_the_seed_is_older_than_the_announcement(example: Path) -> None:
    done = run(example, *SAMPLE, "--announced", "2020-01-01")
    assert (done.returncode, "以前仓库里还没有提交" in done.stderr) == (2, True)
    assert "还没有到" in run(example, *SAMPLE, "--announced", "9999-12-31").stderr
    assert "这样的日期" in run(example, *SAMPLE, "--announced", "yesterday").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["status", "anhui/nowhere"], "没有 anhui/nowhere 这个单位"),
        (["status", "--year", "1999"], "没有 1999 年这一轮"),
        (["draw", COUNTY, "--year", "1999", "--count", "1"], "没有 1999 年这一轮"),
        (["draw", f"{COUNTY}/wenhua-xiaoxue", "--year", "2026", "--count", "1"], "县、市或省"),
        (["draw", COUNTY, "--year", "2026", "--count", "1", "--strata", "name"], "不能按 name 分层"),
        (["draw", COUNTY, "--year", "2026", "--count", "1", "--ratio", "5"], "中的一个"),
        (["draw", COUNTY, "--year", "2026", "--count", "1", "--commit", "--output=x"], "找不到提交"),
    ],
)
def test_wrong_usage_is_one_sentence(example: Path, arguments: list[str], words: str) -> None:
    done = run(example, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert not (example / "x").exists()

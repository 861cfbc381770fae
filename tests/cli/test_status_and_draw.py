"""Where each school stands, who falls behind, and the sample: what the commands print for the example."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.days import in_days
from tests.program import COMMAND
from wholeschool.outcomes.draws import next_draw
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import WorkingTree

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
    schools = [school for school in programme.schools if school.path.startswith(f"{COUNTY}/")]
    inside = [school.name for school in schools if not school.closed]
    closed = [school.name for school in schools if school.closed]
    outside = [school.name for school in programme.schools if not school.path.startswith(f"{COUNTY}/")]
    assert inside
    assert outside
    assert all(sum(line.startswith(name) for line in done.stdout.splitlines()) == 1 for name in inside)
    assert closed
    assert not any(name in done.stdout for name in (*outside, *closed))
    assert "已完成" in done.stdout
    assert "1 学校规划" in done.stdout


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


def test_an_announcement_says_what_its_size_can_miss_and_is_written_whole(example: Path, tmp_path: Path) -> None:
    root = tmp_path / "announced"
    shutil.copytree(example, root)
    asked = ("draw", "announce", COUNTY, "--year", "2026", "--risk", "5", "--wrong", "20", "--name", "second")
    shown = run(root, *asked, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "170 人抽 13 人：里面有 20% 不对的，一个也抽不到的可能不超过 4.9%" in shown.stdout
    folder = root / "submissions" / COUNTY / "2026" / "announcements"
    assert not (folder / "second.yaml").exists()
    assert run(root, *asked).stdout.replace("写下", "可以写") == shown.stdout
    value, _ = read_yaml((folder / "second.yaml").read_text("utf-8"))
    assert value["announced"] == in_days(0)
    assert value["value"]["day"] == next_draw("双色球", in_days(0), 3)
    assert value["risk"] == {"missed": "5", "wrong": "20"}
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert value["commit"] == head.strip()
    assert len((folder / "second.csv").read_text("utf-8").splitlines()) == 171
    assert run(root, "validate").returncode == 0
    again = run(root, *asked[:-1], "third")
    assert (again.returncode, "DRAW-AGAIN" in again.stderr) == (1, True)
    assert not (folder / "third.yaml").exists()
    same = run(root, *asked)
    assert same.returncode == 2
    assert f"wholeschool draw cancel {COUNTY} --year 2026 --name second" in same.stderr
    assert "才开奖" in run(root, "draw", "value", COUNTY, "1", "2", "--year", "2026", "--where", "样张").stderr
    gone = run(root, "draw", "cancel", COUNTY, "--year", "2026", "--reason", "样张：那天休市")
    assert gone.returncode == 0, gone.stderr
    assert "用 --name 另起一个名字" in run(root, *asked).stderr
    assert run(root, *asked[:-1], "third").returncode == 0
    assert run(root, "validate").returncode == 0


@pytest.mark.parametrize(
    ("strata", "size", "words"),
    [
        ("school", ("--risk", "5", "--wrong", "20"), "每一层（分层抽样）有 20% 不对的"),
        ("", ("--count", "20"), "170 人抽 20 人"),
        ("", ("--ratio", "8.8"), "170 人抽 15 人"),
        ("school,environment", ("--count", "400"), "170 人抽 170 人"),
    ],
)
def test_every_way_of_saying_how_many_is_explained(
    example: Path, strata: str, size: tuple[str, ...], words: str
) -> None:
    done = run(example, "draw", "announce", COUNTY, "--year", "2026", *size, "--strata", strata, "--dry-run")
    assert (done.returncode, words in done.stdout) == (0, True), done


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["status", "anhui/nowhere"], "没有 anhui/nowhere 这个单位"),
        (["status", "--year", "1999"], "没有 1999 年这一轮"),
        (["draw", "announce", COUNTY, "--year", "1999", "--count", "1"], "没有 1999 年这一轮"),
        (["draw", "announce", f"{COUNTY}/wenhua-xiaoxue", "--count", "1"], "县、市或省"),
        (["draw", "announce", COUNTY, "--count", "1", "--strata", "name"], "不能按 name 分层"),
        (["draw", "announce", COUNTY, "--count", "1", "--ratio", "5"], "抽多少写一种"),
        (["draw", "announce", COUNTY, "--risk", "5"], "--risk 和 --wrong 一起写"),
        (["draw", "announce", COUNTY, "--ratio", "nan"], "在 0 和 100 之间"),
        (["draw", "announce", COUNTY, "--ratio", "0"], "在 0 和 100 之间"),
        (["draw", "announce", COUNTY, "--risk", "5", "--wrong", "120"], "在 0 和 100 之间"),
        (["draw", "announce", COUNTY, "--count", "1", "--on", "tomorrow"], "这样的日期"),
        (["draw", "announce", COUNTY, "--count", "1", "--on", "2026-01-01"], "已经知道了"),
        (["draw", "announce", COUNTY, "--count", "1", "--on", "2099-01-02"], "换一个日子"),
        (["draw", "announce", COUNTY, "--count", "1", "--name", "../x"], "只用小写字母"),
        (["draw", "value", COUNTY, "1", "--where", "样张"], "没有还没有抽样的抽样公告"),
        (["draw", "value", COUNTY, "1", "--where", "样张", "--name", "none"], "没有叫 none 的抽样公告"),
        (["draw", "value", COUNTY, "1", "--where", "样张", "--name", "2026-11-24"], "已经抽过样"),
        (["draw", "cancel", "anhui/nowhere", "--reason", "样张"], "没有 anhui/nowhere"),
    ],
)
def test_wrong_usage_is_one_sentence(example: Path, arguments: list[str], words: str) -> None:
    done = run(example, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert not (example / "x").exists()

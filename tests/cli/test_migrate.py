"""A repository of an earlier format is brought to the present one, and nothing of it is lost."""

from __future__ import annotations

import csv
import io
import subprocess
import tarfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import git
import pytest
import yaml

from tests.program import COMMAND
from wholeschool.outcomes.rates import Tally, county_tallies
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.former import brought_up
from wholeschool.records.kinds import placed
from wholeschool.sources import MemoryTree, WorkingTree

MOVED = ("xincheng-chuzhong", "beigang-xuexiao")
OLD = Path(__file__).parents[1] / "records/version-1.tar.xz"
"""The example programme as it was before guidances had folders of their own, and sittings files of their own."""


def wholeschool(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.glob("submissions/**/*") if path.is_file()
    }


@pytest.fixture
def old(tmp_path: Path) -> Path:
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "schemas").mkdir()
    return tmp_path


def _scalars(value: Any) -> Counter[str]:
    """Every single value in a record, whatever stands around it."""
    if isinstance(value, dict):
        return sum((_scalars(each) for each in value.values()), Counter())
    if isinstance(value, list):
        return sum((_scalars(each) for each in value), Counter())
    return Counter([str(value)])


def _said(files: Mapping[str, bytes]) -> Counter[str]:
    """All values of all records, read by programs that are not ours; of texts the lines."""
    found: Counter[str] = Counter()
    for path, data in files.items():
        if path.endswith(".yaml"):
            found += _scalars(yaml.load(data, yaml.BaseLoader))
        elif path.endswith(".csv"):
            found += Counter(value for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for value in row)
        else:
            found += Counter(data.decode("utf-8", "replace").splitlines())
    return found


def test_one_finding_says_what_to_do(old: Path) -> None:
    done = wholeschool(old, "validate")
    assert done.returncode == 1
    assert done.stdout.count("错误 ") == 1
    assert "PATH-FORMER" in done.stdout
    assert "wholeschool migrate" in done.stdout


def test_a_dry_run_names_every_file_and_touches_none(old: Path) -> None:
    before = _files(old)
    shown = wholeschool(old, "migrate", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert _files(old) == before
    done = wholeschool(old, "migrate")
    assert done.returncode == 0, done.stderr
    after = _files(old)
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    named = {line.partition("　")[2] for line in shown.stdout.splitlines() if "　" in line}
    assert named == changed


def test_nothing_is_lost_and_nothing_is_wrong(old: Path) -> None:
    """Every value is there as often as before, but for the version and the guidance's name."""
    before = _files(old)
    assert wholeschool(old, "migrate").returncode == 0
    after = _files(old)
    new = _said(after)
    new.subtract(_said(before))
    assert {word: count for word, count in new.items() if count} == {"2": 1, "anhui-2.0": 1}
    for path, data in before.items():  # signed, closed, or none of the migration's business
        where = placed(path)
        if where and (where.kind.format == "csv" or where.kind.name == "revocations" or where.year == 2025):
            assert after[path] == data, path
    done = wholeschool(old, "validate")
    assert "0 处错误" in done.stdout, done.stdout
    again = wholeschool(old, "migrate")
    assert "没有要改的" in again.stdout
    assert _files(old) == after


def test_the_figures_are_those_of_the_example_today(old: Path) -> None:
    assert wholeschool(old, "migrate").returncode == 0
    moved, today = (assemble(load(WorkingTree(root)), "2026-11-28") for root in (old, Path(__file__).parents[2]))
    for county in moved.counties:
        now = today.units[county.path]
        for year in (2025, 2026):
            before = dict(county_tallies(moved, moved.county_year(county, year)))
            after = dict(county_tallies(today, today.county_year(now, year)))
            # Since then somebody has changed schools: both together count as before.
            for tallies in (before, after):
                tallies["moved"] = sum((tallies.pop(each, Tally()) for each in MOVED), Tally())
            assert before == after
            ours, theirs = (each.acceptances(year) for each in (county, now))
            assert [entry for _, entry in ours] == [entry for _, entry in theirs]


def test_old_decisions_are_not_judged_again(old: Path) -> None:
    """The move itself is a change that the server's check accepts, from the keepers."""
    repository = git.Repo.init(old, initial_branch="main")
    commit = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qam"]
    repository.git.add("--all")
    subprocess.run([*commit, "old"], cwd=old, check=True)
    assert wholeschool(old, "migrate").returncode == 0
    repository.git.add("--all")
    subprocess.run([*commit, "new"], cwd=old, check=True)
    done = wholeschool(old, "validate", "--base", "HEAD~1", "--head", "HEAD")
    assert "没有问题" in done.stdout, done.stdout
    assert "走到" not in done.stdout
    assert "关闭" not in done.stdout
    moved = old / "submissions/anhui/shili/mingyuan/2026/acceptance/2026-10-22.yaml"
    moved.write_text(moved.read_text("utf-8").replace("结论站得住", "结论还站得住"), "utf-8")
    subprocess.run([*commit, "rewritten"], cwd=old, check=True)
    done = wholeschool(old, "validate", "--base", "HEAD~2", "--head", "HEAD")
    assert "DECISION-KEPT" in done.stdout


def test_a_folder_that_is_taken_is_not_written_over(old: Path) -> None:
    taken = old / "submissions/guidance/anhui-2.0/microabilities.csv"
    taken.parent.mkdir(parents=True)
    taken.write_text("code\n", "utf-8")
    before = _files(old)
    done = wholeschool(old, "migrate")
    assert done.returncode == 2
    assert "--guidance" in done.stderr
    assert _files(old) == before
    assert wholeschool(old, "migrate", "--guidance", "city-1.0").returncode == 0
    assert (old / "submissions/guidance/city-1.0/policy.yaml").exists()


@pytest.mark.parametrize(
    "text",
    [
        *("policy: [", "policy: {title: &a x}\nstandard: *a\n", "name: \x00", "- policy\n", "policy: x\n", ""),
        *("policy:\n  title: x\nrounds: [2026]\n", "policy: {title: x}\nrounds:\n"),
    ],
)
def test_settings_that_cannot_be_read_are_left_as_they_are(old: Path, text: str) -> None:
    (old / "submissions/programme.yaml").write_text(text, "utf-8")
    before = _files(old)
    done = wholeschool(old, "migrate")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert _files(old) == before


def test_what_people_have_written_beside_comes_along(old: Path) -> None:
    path = old / "submissions/programme.yaml"
    text = path.read_text("utf-8").replace("\n  credits: 20", "\n  # 省里还在议\n  credits: 20  # 暂按二十")
    path.write_text(text, "utf-8")
    assert wholeschool(old, "migrate").returncode == 0
    policy = (old / "submissions/guidance/anhui-2.0/policy.yaml").read_text("utf-8")
    assert "# 省里还在议\n# 暂按二十\n" in policy
    assert "省里还在议" not in path.read_text("utf-8")
    assert wholeschool(old, "validate").returncode == 0


def test_two_lists_of_one_day_get_two_names() -> None:
    folder = "submissions/anhui/shili/mingyuan/2026"
    entry = b"approvals:\n  - {school: x, decision: %s, date: 2026-03-05, by: y}\n"
    files = {f"{folder}/approvals.yaml": entry % b"a", f"{folder}/approvals/2026-03-05.yaml": entry % b"b"}
    changed = brought_up(files, "anhui-2.0")
    assert changed == {f"{folder}/approvals.yaml": None, f"{folder}/approvals/2026-03-05-2.yaml": entry % b"a"}
    assert load(MemoryTree({path: data for path, data in changed.items() if data})).findings

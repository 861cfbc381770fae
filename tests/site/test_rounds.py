"""Which round the site shows first: the one that runs, however early the next was opened."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

from tests.program import COMMAND
from tests.shared import begun
from wholeschool.cli.workspace import check_root
from wholeschool.days import today
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.site.pages import all_pages
from wholeschool.sources import OverlaidTree, WorkingTree

SETTINGS = "submissions/programme.yaml"
NEXT = """rounds:
  - year: 2027
    starts: 2027-01-01
    ends: 2027-12-31
    deadlines:
      - {date: 2027-12-18, task: 下一年的总结, who: 县级工程办}
"""
# What says which rounds there are, and so says of a new one.
OF_ROUNDS = {"index.md", "form/records.js"}


def opened(root: Path, day: str) -> Programme:
    tree = WorkingTree(root)
    changed = {SETTINGS: tree.read(SETTINGS).decode().replace("rounds:\n", NEXT, 1).encode()}
    for file in root.glob("submissions/*/*/*/*/2026/teachers.yaml"):  # the rosters of the next year are there already
        changed[file.relative_to(root).as_posix().replace("/2026/", "/2027/")] = file.read_bytes()
    return assemble(load(OverlaidTree(tree, changed)), day)


def pages(programme: Programme) -> dict[str, str]:
    return {page.path: page.markdown for page in all_pages(programme)}


def test_a_round_that_is_opened_early_changes_nothing_of_the_one_that_runs(two_counties: Path) -> None:
    before = pages(assemble(load(WorkingTree(two_counties)), "2026-11-28"))
    after = pages(opened(two_counties, "2026-11-28"))
    assert before.keys() == after.keys()
    assert {path for path in before if before[path] != after[path]} == OF_ROUNDS
    home = after["index.md"]
    assert home.index("## 2026 年的期限") < home.index("## 2027 年的期限")
    assert "还没有开始" in home
    assert "下一年的总结" in home
    assert "## 2026 年考核合格率" in home


def test_once_it_has_begun_it_comes_first_and_the_earlier_stays_beside_it(two_counties: Path) -> None:
    programme = opened(two_counties, "2027-01-01")
    assert programme.current == 2027
    assert programme.begun == [2025, 2026, 2027]
    after = pages(programme)
    assert "## 2027 年的期限" in after["index.md"]
    assert "## 2026 年的期限" not in after["index.md"]
    assert {"data/figures-2026.json", "data/figures-2027.json"} <= after.keys()


def _rounds(root: Path, *starts: str) -> None:
    """Two rounds more, and nothing else, that begin on these days."""
    settings = root / SETTINGS
    rounds = "".join(
        f"  - {{year: {2090 + place}, starts: {day}, ends: 2099-12-31}}\n" for place, day in enumerate(starts)
    )
    settings.write_text(settings.read_text("utf-8").replace("rounds:\n", f"rounds:\n{rounds}", 1), "utf-8")


def test_every_command_knows_by_the_calendar_which_round_runs(two_counties: Path, tmp_path: Path) -> None:
    """Whoever asks for nothing to be due asks nonetheless on some day: the round that begins tomorrow waits."""
    root = tmp_path / "programme"
    shutil.copytree(two_counties, root)
    tomorrow = (date.fromisoformat(today()) + timedelta(days=1)).isoformat()
    _rounds(root, today(), tomorrow)
    programme = check_root(root).programme
    assert (programme.day, programme.current, programme.begun[-1]) == ("", 2090, 2090)
    assert check_root(root, seen=tomorrow).programme.current == 2091
    assert check_root(root, day="2026-11-28").programme.current == 2026


def test_the_site_that_the_command_makes_shows_the_running_round_first(
    two_counties: Path, site_of_two_counties: Path, tmp_path: Path
) -> None:
    root, out = tmp_path / "programme", begun(tmp_path / "site", site_of_two_counties)
    shutil.copytree(two_counties, root)
    settings = root / SETTINGS
    settings.write_text(settings.read_text("utf-8").replace("rounds:\n", NEXT, 1), "utf-8")
    command = [COMMAND, "site", "--out", str(out), "--day", "2026-11-28"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    home = (out / "index.html").read_text("utf-8")
    assert "2026 年考核合格率" in home
    assert "2027 年考核合格率" not in home


def test_a_round_that_has_just_begun_has_not_fallen(two_counties: Path) -> None:
    """Nobody can have passed yet: the line ends with the round before, and a word says why."""
    tree = WorkingTree(two_counties)
    changed = {SETTINGS: tree.read(SETTINGS).decode().replace("rounds:\n", NEXT, 1).encode()}
    roster = next(two_counties.glob("submissions/*/*/*/*/2026/teachers.yaml"))
    changed[roster.relative_to(two_counties).as_posix().replace("/2026/", "/2027/")] = roster.read_bytes()
    began = pages(assemble(load(OverlaidTree(tree, changed)), "2027-01-15"))["rates/index.md"]
    assert "2027 年还没有教师合格，没有画进去" in began
    assert "至 2027 年" not in began

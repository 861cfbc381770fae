"""What is kept is used, what is broken is thrown away, what is wrong is never kept; all cores read the same."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.case_folders import BASE
from wholeschool.records import cache as reader
from wholeschool.records import crew, load
from wholeschool.records.cache import BESIDES, VARIABLE, Cache, open_cache
from wholeschool.sources import WorkingTree

SCHOOL = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
_GUIDANCE = next(BASE.glob("submissions/guidance/*")).relative_to(BASE).as_posix()
TERMS = [
    f"{_GUIDANCE}/policy.yaml",
    f"{_GUIDANCE}/rulebook.yaml",
    f"{_GUIDANCE}/microabilities.csv",
    "submissions/programme.yaml",
]
"""What is read every time, so that the other records can be: how the guidance calls things."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The base programme in a folder of its own."""
    shutil.copytree(BASE / "submissions", tmp_path / "submissions")
    return tmp_path


class Counted(WorkingTree):
    """A tree that says which files were read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read_paths: list[str] = []
        self._naming = False

    def object_name(self, path: str) -> str:
        self._naming = True
        name = super().object_name(path)
        self._naming = False
        return name

    def read(self, path: str) -> bytes:
        if not self._naming:
            self.read_paths.append(path)
        return super().read(path)


def test_a_second_run_reads_only_what_changed(root: Path, tmp_path: Path) -> None:
    kept = Cache(tmp_path / "kept.sqlite3")
    first, second, third = Counted(root), Counted(root), Counted(root)
    before = load(first, cache=kept)
    assert sorted(first.read_paths) == sorted([*(each.path for each in before.records), *TERMS])
    again = load(second, cache=kept)
    assert second.read_paths == TERMS
    assert [(each.path, each.data) for each in again.records] == [(each.path, each.data) for each in before.records]

    changed = root / SCHOOL / "unit.yaml"
    changed.write_text(changed.read_text("utf-8") + "# 改过\n", encoding="utf-8")
    load(third, cache=kept)
    assert third.read_paths == [*TERMS, f"{SCHOOL}/unit.yaml"]


def test_a_record_knows_its_places_when_it_was_not_read(root: Path, tmp_path: Path) -> None:
    kept = Cache(tmp_path / "kept.sqlite3")
    fresh, again = (load(WorkingTree(root), cache=kept) for _ in range(2))
    places = [
        [record.at(None, "name").location for record in loaded.records if record.path.endswith("unit.yaml")]
        for loaded in (fresh, again)
    ]
    assert places[0] == places[1]
    assert any(place.line > 1 for place in places[1])


def test_what_is_wrong_is_said_every_time(root: Path, tmp_path: Path) -> None:
    kept = Cache(tmp_path / "kept.sqlite3")
    (root / SCHOOL / "unit.yaml").write_text("level: 校\nname: 手机 13800138000\n", encoding="utf-8")
    first, second = (load(WorkingTree(root), cache=kept).findings for _ in range(2))
    assert first
    assert first == second


def test_a_file_that_moved_is_judged_by_its_new_place(root: Path, tmp_path: Path) -> None:
    kept = Cache(tmp_path / "kept.sqlite3")
    load(WorkingTree(root), cache=kept)
    shutil.copy(root / SCHOOL / "unit.yaml", root / SCHOOL / "danwei.yaml")
    codes = [each.code for each in load(WorkingTree(root), cache=kept).findings]
    assert codes == ["PATH-KIND"]


def test_a_school_in_the_countys_place_is_not_taken_from_the_school(root: Path, tmp_path: Path) -> None:
    """The same bytes mean something else one level up: the level is part of the name."""
    kept = Cache(tmp_path / "kept.sqlite3")
    load(WorkingTree(root), cache=kept)
    shutil.copy(root / SCHOOL / "unit.yaml", root / SCHOOL / ".." / "unit.yaml")
    warm = load(WorkingTree(root), cache=kept).findings
    cold = load(WorkingTree(root), cache=Cache(None)).findings
    assert warm == cold
    assert warm


@pytest.mark.parametrize("damage", ["garbage", "value", "swapped", "truncated"])
def test_a_corrupt_cache_is_discarded_with_one_warning(
    root: Path, tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kept.sqlite3"
    whole = load(WorkingTree(root), cache=Cache(path))
    if damage == "garbage":
        path.write_bytes(b"not a database" * 1000)
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        with sqlite3.connect(path) as database:
            rows = database.execute("SELECT name, value FROM kept").fetchall()
            value = rows[1][1] if damage == "swapped" else rows[0][1][:-1] + b"\0"
            database.execute("UPDATE kept SET value = ? WHERE name = ?", (value, rows[0][0]))
        database.close()
    again = load(WorkingTree(root), cache=Cache(path))
    assert [(each.path, each.data) for each in again.records] == [(each.path, each.data) for each in whole.records]
    assert capsys.readouterr().err.count("缓存坏了") == 1
    afterwards = Counted(root)
    load(afterwards, cache=Cache(path))
    assert "缓存坏了" not in capsys.readouterr().err


def test_two_at_once_and_one_killed_leave_a_cache_that_holds(root: Path, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("wholeschool")), "validate", "--format", "json"]
    environment = {**os.environ, VARIABLE: str(tmp_path / "cache")}

    def begun() -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    alone = subprocess.run(
        command, cwd=root, env={**environment, VARIABLE: ""}, capture_output=True, text=True, check=True
    )
    for tenths in range(1, 7):
        with begun() as victim:
            time.sleep(tenths / 10)  # wherever it has come to
            victim.kill()
    for run in [begun() for _ in range(3)]:
        assert run.communicate() == (alone.stdout, alone.stderr)
        assert run.returncode == 0


def test_the_cache_can_be_switched_off(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    load(WorkingTree(root))
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_written_is_no_obstacle(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a-file").write_text("")
    monkeypatch.setenv(VARIABLE, str(root / "a-file" / "below"))
    assert load(WorkingTree(root), cache=open_cache()).records


def test_all_cores_read_what_one_reads(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / SCHOOL / "2026" / "plan.yaml").write_text("目标：无\n", encoding="utf-8")
    one = load(WorkingTree(root), cache=Cache(None))
    monkeypatch.setattr(crew, "_WORTH_BYTES", 0)
    monkeypatch.setattr(crew, "_CHUNK_BYTES", 5_000)
    many = load(WorkingTree(root), cache=Cache(None))
    assert [(each.path, each.data) for each in many.records] == [(each.path, each.data) for each in one.records]
    assert many.findings == one.findings
    assert many.broken == one.broken


def test_what_has_no_name_is_never_kept(root: Path, tmp_path: Path) -> None:
    """Two files whose content cannot be named must not stand for each other."""

    class Nameless(Counted):
        def object_name(self, path: str) -> str:
            return ""

    kept = Cache(tmp_path / "kept.sqlite3")
    first = load(Nameless(root), cache=kept)
    again = Nameless(root)
    load(again, cache=kept)
    assert len(again.read_paths) == first.files + len(TERMS)
    names = [f"/{record.placed.kind.name}/{record.placed.level}" for record in first.records]
    assert kept.get(names) == {}


JUDGE_NOTHING = {"authority", "cores", "errors", "findings", "shipped", "sources"}
"""What the reader uses besides its own room, and what is found right does not follow from."""


def test_what_is_kept_follows_from_everything_that_the_reader_reads_by() -> None:
    """Whoever gives the reader another module to judge by has to say so, or old verdicts would outlive it."""
    room = Path(reader.__file__).parent
    used = {
        name
        for path in room.glob("*.py")
        for name in re.findall(r"(?m)^\s*from wholeschool\.([a-z_]+)(?:\.[a-z_.]+)? import", path.read_text("utf-8"))
    }
    judged_by = {Path(each).parts[0].removesuffix(".py") for each in BESIDES}
    assert used - JUDGE_NOTHING - {"records"} <= judged_by
    assert {"personal_data", "unseen"} <= used
    assert all((room.parent / each).is_file() for each in BESIDES)

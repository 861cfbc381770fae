"""`wholeschool new` and `wholeschool fix`, as programs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.case_folders import BASE
from tests.cli.test_validate import run

SCHOOL = "anhui/shili/mingyuan/qingshan-xiaoxue"


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    root = tmp_path / "programme"
    shutil.copytree(BASE, root)
    return root


def test_new_writes_once_and_never_over_something(programme: Path) -> None:
    done = run(programme, "new", "plan", SCHOOL, "--year", "2026")
    path = programme / f"submissions/{SCHOOL}/2026/plan.yaml"
    assert done.returncode == 0, done.stderr
    assert path.read_text("utf-8").startswith(
        "# yaml-language-server: $schema=../../../../../../schemas/plan.schema.json\n"
    )
    path.write_text("我写的\n", encoding="utf-8")
    again = run(programme, "new", "plan", SCHOOL, "--year", "2026")
    assert again.returncode == 2
    assert "已经有了" in again.stderr
    assert path.read_text("utf-8") == "我写的\n"


def test_new_says_what_is_missing(programme: Path) -> None:
    for arguments, word in (
        (["plan", SCHOOL], "--year"),
        (["team", SCHOOL], "office、management"),
        (["acceptance", SCHOOL, "--year", "2026"], "县级的记录"),
        (["jihua", SCHOOL], "plan（"),
        (["certificates", "anhui/shili/mingyuan"], "可选"),
        (["register", "anhui/shili/mingyuan"], "可选"),
        (["plan", "../etc", "--year", "2026"], "写得不对"),
    ):
        done = run(programme, "new", *arguments)
        assert done.returncode == 2
        assert word in done.stderr
    assert not list(programme.rglob(".new-*"))


def test_fix_shows_first_and_writes_when_asked(programme: Path) -> None:
    path = programme / f"submissions/{SCHOOL}/unit.yaml"
    right = path.read_bytes()
    path.write_bytes(right.decode().replace("name: ", "name：").replace("\n", "\r\n").encode("gb18030"))
    wrong = path.read_bytes()
    shown = run(programme, "fix", f"submissions/{SCHOOL}")
    assert shown.returncode == 1
    assert "编码改成 UTF-8" in shown.stdout
    assert "+name: 明远县青山小学" in shown.stdout
    assert path.read_bytes() == wrong
    done = run(programme, "fix", str(path), "--write")
    assert done.returncode == 0, done.stdout
    assert path.read_bytes() == right
    assert run(programme, "fix", "submissions").stdout == "没有需要修的。\n"
    assert run(programme, "validate").returncode == 0


def test_fix_adds_the_line_for_editors(programme: Path) -> None:
    path = programme / f"submissions/{SCHOOL}/unit.yaml"
    assert run(programme, "fix", str(path), "--write", "--editor-line").returncode == 0
    assert path.read_text("utf-8").startswith(
        "# yaml-language-server: $schema=../../../../../schemas/unit.schema.json\n"
    )
    assert run(programme, "fix", str(path), "--editor-line").returncode == 0
    assert run(programme, "validate").returncode == 0


def test_fix_leaves_what_it_cannot_read(programme: Path) -> None:
    path = programme / f"submissions/{SCHOOL}/unit.yaml"
    path.write_bytes(b"\xff\xfe\xff" * 9)
    done = run(programme, "fix", "submissions", "--write")
    assert "没有动" in done.stdout
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == b"\xff\xfe\xff" * 9
    assert run(programme, "fix", "/etc").returncode == 2


def test_nothing_is_begun_that_the_check_refuses(programme: Path) -> None:
    """A name that no file may have, and a programme of a name that none may have."""
    done = run(programme, "new", "unit", "anhui/shili/mingyuan/con")
    assert done.returncode == 2
    assert "设备的名字" in done.stderr
    assert not (programme / "submissions/anhui/shili/mingyuan/con").exists()
    before = sorted(path.name for path in programme.parent.iterdir())
    done = run(programme, "new", "repository", "../xin", "--name", "<b>样张</b>")
    assert done.returncode == 1
    assert "工程名称" in done.stderr
    assert sorted(path.name for path in programme.parent.iterdir()) == before


def test_fix_shows_no_number_of_anybodys(programme: Path) -> None:
    path = programme / f"submissions/{SCHOOL}/unit.yaml"
    path.write_text(path.read_text("utf-8").replace("level: 校", "level：校 # 13912345678"), "utf-8")
    shown = run(programme, "fix", str(path)).stdout
    assert "# ***********" in shown
    assert "13912345678" not in shown

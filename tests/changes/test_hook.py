"""A county with nothing but a bare Git server: real pushes, good and bad."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.case_folders import BASE

COMMAND = str(Path(sys.executable).with_name("wholeschool"))
COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ACCOUNTS = "accounts:\n  - account: wenhua\n    unit: anhui/shili/mingyuan/wenhua-xiaoxue\n"


def git(folder: Path, *arguments: str, account: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "WHOLESCHOOL_ACCOUNT": account}
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A working copy of a bare repository with the hook, main pushed once."""
    bare, work = tmp_path / "county server.git", tmp_path / "work"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(bare))
    done = subprocess.run([COMMAND, "hook", "install", str(bare)], capture_output=True, text=True, check=True)
    assert "装好了" in done.stdout
    git(tmp_path, "clone", "-q", str(bare), str(work))
    git(work, "checkout", "-q", "-b", "main")
    shutil.copytree(BASE / "submissions", work / "submissions")
    (work / COUNTY / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    assert commit_and_push(work, "admin").returncode == 0
    return work


def commit_and_push(work: Path, account: str, *options: str, branch: str = "main") -> subprocess.CompletedProcess[str]:
    git(work, "add", "-A")
    git(work, "commit", "-qm", "x")
    return git(work, "push", *options, "origin", f"HEAD:{branch}", account=account)


def server(work: Path) -> str:
    return git(work, "ls-remote", "origin", "refs/heads/main").stdout.split("\t")[0]


def edit(work: Path, path: str, old: str, new: str) -> None:
    text = (work / path).read_text("utf-8")
    assert old in text
    (work / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_good_push_is_accepted_with_its_summary(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# 校对过\noffered:")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode == 0, done.stderr
    assert "没有问题" in done.stderr
    assert server(clone) == git(clone, "rev-parse", "HEAD").stdout.strip()


def test_a_bad_push_is_refused_on_the_pushers_terminal(clone: Path) -> None:
    before = server(clone)
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert f"{SCHOOL}/unit.yaml:" in done.stderr
    assert "UNIT-LEVEL" in done.stderr
    assert "没有接受这次推送" in done.stderr
    assert server(clone) == before


def test_somebody_elses_records_are_refused(clone: Path) -> None:
    edit(clone, f"{COUNTY}/unit.yaml", "level: 县", "level: 县 # x")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "PATH-OWNER" in done.stderr


def test_rules_pushed_along_do_not_judge(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    (clone / "yaml.py").write_text("raise SystemExit(0)\n")
    (clone / "scripts").mkdir()
    (clone / "scripts" / "wholeschool.py").write_text("raise SystemExit(0)\n")
    done = commit_and_push(clone, "wenhua")
    assert done.returncode != 0
    assert "UNIT-LEVEL" in done.stderr


def test_nobody_is_nobody(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/2026/plan.yaml", "offered:", "# x\noffered:")
    done = commit_and_push(clone, "")
    assert done.returncode != 0
    assert "WHOLESCHOOL_ACCOUNT" in done.stderr
    assert "Traceback" not in done.stderr


def test_history_is_not_rewritten_and_main_not_deleted(clone: Path) -> None:
    git(clone, "commit", "-q", "--amend", "-m", "another")
    rewritten = git(clone, "push", "--force", "origin", "HEAD:main", account="wenhua")
    assert rewritten.returncode != 0
    assert "不能改写" in rewritten.stderr
    deleted = git(clone, "push", "origin", ":main", account="wenhua")
    assert deleted.returncode != 0
    assert "不能删除" in deleted.stderr


def test_other_branches_are_free(clone: Path) -> None:
    edit(clone, f"{SCHOOL}/unit.yaml", "level: 校", "level: 县")
    assert commit_and_push(clone, "", branch="draft").returncode == 0


def test_installing_says_what_is_wrong(tmp_path: Path, clone: Path) -> None:
    for place, words in ((tmp_path / "nowhere", "不是 Git 仓库"), (clone, "不是裸仓库")):
        done = subprocess.run([COMMAND, "hook", "install", str(place)], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert words in done.stderr
    other = tmp_path / "other.git"
    git(tmp_path, "init", "-q", "--bare", str(other))
    (other / "hooks" / "pre-receive").write_text("#!/bin/sh\nexit 0\n")
    done = subprocess.run([COMMAND, "hook", "install", str(other)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "别的钩子" in done.stderr
    assert (other / "hooks" / "pre-receive").read_text() == "#!/bin/sh\nexit 0\n"

"""最近变化 tells units and kinds of records from a real history, and no more."""

from __future__ import annotations

import shutil
from pathlib import Path

import git

from tests.site.conftest import programme_at
from wholeschool.records.kinds import ROOT
from wholeschool.site.lately import pages
from wholeschool.sources.history import merges


def commit(repository: git.Repo, day: str, message: str) -> None:
    repository.git.add("-A")
    with repository.git.custom_environment(
        GIT_AUTHOR_NAME="某人",
        GIT_AUTHOR_EMAIL="a@example.org",
        GIT_COMMITTER_NAME="某人",
        GIT_COMMITTER_EMAIL="a@example.org",
        GIT_COMMITTER_DATE=f"{day}T12:00:00Z",
    ):
        repository.git.commit("-qm", message)


def test_days_units_and_kinds_newest_first_and_no_name(tree: Path, tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(tree, root)
    with git.Repo.init(root, initial_branch="main") as repository:
        commit(repository, "2026-03-01", "first")
        roster = sorted(root.glob("submissions/*/*/*/*/*/teachers.yaml"))[0]
        roster.write_text(roster.read_text("utf-8") + "# 核对过\n", encoding="utf-8")
        (root / "README.md").write_text("x")
        commit(repository, "2026-03-09", "改了张三的名字")
        (root / "README.md").write_text("y")
        commit(repository, "2026-03-10", "not a record")
    history = merges(root, ROOT)
    assert [each.date for each in history] == ["2026-03-09", "2026-03-01"]
    assert history[0].paths == (str(roster.relative_to(root)),)
    programme = programme_at(root)
    ((path, page),) = pages(programme, [], history)
    assert path == "lately/index.md"
    unit = programme.units[str(roster.parent.parent.relative_to(root / "submissions"))]
    first = page.partition("3月9日")[2].partition("## ")[0]
    assert unit.name in first
    assert "教师名册与选学" in first
    assert "张三" not in page
    assert "某人" not in page
    assert page == next(iter(pages(programme, [], merges(root, ROOT))))[1]


def test_a_folder_without_history_says_so(tree: Path) -> None:
    assert merges(tree, ROOT) == []
    assert "还没有历史" in next(iter(pages(programme_at(tree), [], [])))[1]

"""A working tree and a commit of it are the same tree, over real Git repositories."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from wholeschool.errors import RepositoryError
from wholeschool.sources import CommitTree, Entry, WorkingTree, open_tree
from wholeschool.sources.history import merges
from wholeschool.sources.tree import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK

FILES = {
    "submissions/programme.yaml": b"name: x\n",
    "submissions/anhui/unit.yaml": b"level: \xe7\x9c\x81\r\n",
    "submissions/anhui/with space/a b.yaml": b"",
    "submissions/安徽/学校 一.yaml": b"\xff\xfe\x00",
    "submissions/anhui/line\nbreak.yaml": b"x",
    'submissions/anhui/quote".yaml': b"x",
    "submissions/anhui/tab\t.yaml": b"x",
    "submissions/anhui/[glob]*.yaml": b"x",
    "submissions/anhui/-dash.yaml": b"x",
    "submissions2/other.yaml": b"not below submissions/",
    "README.md": b"# x\n" * 20_000,
}


def git(root: Path, *arguments: str) -> str:
    """Git with nobody's settings but these."""
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
    identity = ["-c", "user.name=Demo", "-c", "user.email=demo@localhost", "-c", "init.defaultBranch=main"]
    command = ["git", *identity, "-c", "core.autocrlf=false", *arguments]
    return subprocess.run(command, cwd=root, env=quiet, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "仓库 one"
    for path, data in FILES.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (root / "submissions/anhui/run.yaml").write_bytes(b"#!/bin/sh\n")
    (root / "submissions/anhui/run.yaml").chmod(0o755)
    (root / "submissions/anhui/link.yaml").symlink_to("unit.yaml")
    (root / "submissions/anhui/folder-link").symlink_to("../../submissions2")
    (root / "submissions/anhui/dangling.yaml").symlink_to("/nowhere/at/all")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    return root


@pytest.mark.parametrize("prefix", ["submissions/", "submissions", "submissions/anhui/", "submissions/安徽/"])
def test_both_trees_have_the_same_entries_and_bytes(repository: Path, prefix: str) -> None:
    working, commit = WorkingTree(repository), CommitTree(repository, "HEAD")
    entries = list(commit.entries(prefix))
    assert [_as_it_lies(each) for each in working.entries(prefix)] == [_as_it_lies(each) for each in entries]
    assert entries == sorted(entries)
    for entry in entries:
        assert entry.path.startswith(prefix.rstrip("/") + "/")
        if entry.mode in (REGULAR, EXECUTABLE):
            data = commit.read(entry.path)
            assert data == working.read(entry.path) == (repository / entry.path).read_bytes()
            assert entry.size == len(data)


def _as_it_lies(entry: Entry) -> Entry:
    """What a working tree can say: not a link's size, whose target is never looked at, nor whether a file may run."""
    if entry.mode == SYMLINK:
        return Entry(entry.path, SYMLINK, 0)
    return Entry(entry.path, REGULAR, entry.size) if entry.mode == EXECUTABLE else entry


def test_modes_tell_files_programs_and_links_apart(repository: Path) -> None:
    for tree in (WorkingTree(repository), CommitTree(repository, "HEAD")):
        modes = {entry.path: entry.mode for entry in tree.entries("submissions/anhui/")}
        assert modes["submissions/anhui/unit.yaml"] == REGULAR
        # Some disks call every file executable, so a working tree is not asked.
        assert modes["submissions/anhui/run.yaml"] == (EXECUTABLE if isinstance(tree, CommitTree) else REGULAR)
        for name in ("link.yaml", "folder-link", "dangling.yaml"):
            assert modes[f"submissions/anhui/{name}"] == SYMLINK
        assert not any(path.startswith("submissions/anhui/folder-link/") for path in modes)


def test_a_commit_is_read_as_it_was_whatever_the_folder_says_now(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    path = "submissions/anhui/unit.yaml"
    (repository / path).write_bytes(b"changed\n")
    git(repository, "rm", "-q", "--cached", "submissions/programme.yaml")
    git(repository, "commit", "-q", "-a", "-m", "two")
    (repository / path).write_bytes(b"not committed\n")
    assert CommitTree(repository, first).read(path) == FILES[path]
    assert CommitTree(repository, "HEAD").read(path) == b"changed\n"
    assert open_tree(repository).read(path) == b"not committed\n"
    assert open_tree(repository, "HEAD~1").read("submissions/programme.yaml") == b"name: x\n"
    with pytest.raises(RepositoryError):
        CommitTree(repository, "HEAD").read("submissions/programme.yaml")


def test_branches_tags_and_short_names_are_revisions(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "-a", "-m", "t", "v1")
    git(repository, "branch", "分支/一")
    for revision in ("main", "v1", "分支/一", head[:8], "HEAD^0", "HEAD@{0}"):
        assert CommitTree(repository, revision).commit == head


def test_nothing_is_checked_out_and_attributes_change_nothing(repository: Path) -> None:
    (repository / ".gitattributes").write_text("* text eol=crlf filter=evil\n")
    git(repository, "config", "filter.evil.smudge", "touch smudged; cat")
    git(repository, "add", ".gitattributes")
    git(repository, "commit", "-q", "-m", "attributes")
    assert CommitTree(repository, "HEAD").read("submissions/programme.yaml") == b"name: x\n"
    assert not (repository / "smudged").exists()


def test_a_submodule_is_an_entry_of_its_own_mode(repository: Path, tmp_path: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},submissions/anhui/sub")
    git(repository, "commit", "-q", "-m", "sub")
    modes = {entry.path: entry.mode for entry in CommitTree(repository, "HEAD").entries("submissions/")}
    assert modes["submissions/anhui/sub"] == SUBMODULE


OPTIONS = ["--output={file}", "--output={file} HEAD", "-o{file}", "--upload-pack=touch {file}", "--help", "-"]
NONSENSE = [
    "",
    " ",
    "no-such-branch",
    "HEAD~99",
    "0" * 40,
    "HEAD:submissions",
    "HEAD..HEAD",
    "HEAD\n--output={file}",
    "^HEAD",
]


@pytest.mark.parametrize(
    "revision", [*OPTIONS, *NONSENSE, "HEAD^{{tree}}", "a\x00b", "main --output={file}", "../x", "@{{-1}}"]
)
def test_what_is_no_commit_is_refused_in_one_sentence_and_writes_nothing(
    repository: Path, tmp_path: Path, revision: str
) -> None:
    target = tmp_path / "written"
    with pytest.raises(RepositoryError) as caught:
        CommitTree(repository, revision.format(file=target))  # none is believed before it has been looked at
    assert re.search("找不到提交|不是提交|没有提交", str(caught.value))
    assert not target.exists()
    assert git(repository, "status", "--porcelain") == ""


@pytest.mark.parametrize("what", ["HEAD^{tree}", "HEAD:submissions/programme.yaml"])
def test_the_name_of_another_object_is_no_commit(repository: Path, what: str) -> None:
    with pytest.raises(RepositoryError, match="不是提交"):
        CommitTree(repository, git(repository, "rev-parse", what))


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError):
        CommitTree(tmp_path, "HEAD")
    with pytest.raises(RepositoryError):
        CommitTree(tmp_path / "missing", "HEAD")


def test_an_empty_repository_has_no_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(RepositoryError):
        CommitTree(tmp_path, "HEAD")


def test_a_lost_object_is_an_error_of_ours_not_of_a_library(repository: Path) -> None:
    path = "submissions/programme.yaml"
    tree = CommitTree(repository, "HEAD")
    tree.entries("submissions/")
    name = git(repository, "rev-parse", f"HEAD:{path}")
    (repository / ".git/objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(RepositoryError, match=path):
        tree.read(path)


def test_a_missing_folder_is_an_error_in_a_working_tree(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="submissions"):
        WorkingTree(tmp_path).entries("submissions/")
    with pytest.raises(RepositoryError, match=r"a\.yaml"):
        WorkingTree(tmp_path).read("a.yaml")


@pytest.mark.parametrize("coding", ["IBM037", "UTF-7", "UTF-16", "GBK", "nothing-of-the-kind"])
def test_a_commit_keeps_its_day_whatever_coding_it_claims(repository: Path, coding: str) -> None:
    """Git would turn its whole head into UTF-8 first, and find no date in it."""
    before = git(repository, "rev-parse", "HEAD")
    (repository / "submissions/anhui/run.yaml").write_bytes(b"x: 1\n")
    git(repository, "commit", "-qam", "x")
    made = "1794096000 +0800"  # 2026-11-08 in China
    head = f"tree {git(repository, 'rev-parse', 'HEAD^{tree}')}\nparent {before}\n"
    head += f"author a <a@b.example> {made}\ncommitter a <a@b.example> {made}\nencoding {coding}\n\nx\n"
    (repository / ".git/head").write_text(head)
    name = git(repository, "hash-object", "-t", "commit", "-w", ".git/head")
    git(repository, "reset", "-q", "--hard", name)
    tree = CommitTree(repository, name)
    assert tree.day_of(name) == "2026-11-08"
    assert [each.day for each in tree.steps_since(CommitTree(repository, before))] == ["2026-11-08"]
    assert merges(repository, "submissions/anhui/")[0] == ("2026-11-08", ("submissions/anhui/run.yaml",))

"""Repositories as they are found in the world: one true sentence for each, never a traceback."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.case_folders import BASE
from tests.program import COLD, COMMAND
from wholeschool.errors import RepositoryError
from wholeschool.sources import CommitTree


def run(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    return subprocess.run(
        ["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def made(root: Path, *options: str) -> Path:
    """The base programme in two commits."""
    run(root.parent, "init", "-q", "-b", "main", *options, str(root))
    shutil.copytree(BASE / "submissions", root / "submissions")
    for message in ("one", "two"):
        (root / "note.txt").write_text(message)
        run(root, "add", "-A")
        run(root, "commit", "-q", "-m", message)
    return root


def spoilt(root: Path, name: str, data: bytes | None = b"junk") -> None:
    """The object of this name overwritten, or gone."""
    found = run(root, "rev-parse", name)
    path = root / ".git/objects" / found[:2] / found[2:]
    path.chmod(0o644)
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


def said(root: Path, revision: str = "HEAD") -> str:
    with pytest.raises(RepositoryError) as caught:
        _read_all(root, revision)
    return str(caught.value)


def _read_all(root: Path, revision: str) -> None:
    tree = CommitTree(root, revision)
    for entry in tree.entries("submissions"):
        tree.read(entry.path)


def sha256(root: Path) -> Path:
    return made(root, "--object-format=sha256")


def unborn(root: Path) -> Path:
    run(root.parent, "init", "-q", str(root))
    return root


def empty_commit(root: Path) -> Path:
    spoilt(made(root), "HEAD", b"")
    return root


def junk_tree(root: Path) -> Path:
    spoilt(made(root), "HEAD^{tree}")
    return root


def lost_file(root: Path) -> Path:
    spoilt(made(root), "HEAD:submissions/programme.yaml", None)
    return root


def pointer_to_nowhere(root: Path) -> Path:
    root.mkdir()
    (root / ".git").write_text("gitdir: /nowhere\n")
    return root


def no_repository(root: Path) -> Path:
    root.mkdir()
    return root


def junk_head(root: Path) -> Path:
    (made(root) / ".git/HEAD").write_text("junk")
    return root


def of_somebody_else(root: Path) -> Path:
    made(root)
    for path in (root, *root.rglob("*")):
        os.lchown(path, 12345, 12345)
    return root


WORLD: tuple[tuple[Callable[[Path], Path], str], ...] = (
    (sha256, "SHA-256"),
    (unborn, "还没有任何提交"),
    (empty_commit, "仓库坏了或没有取全"),
    (junk_tree, "仓库可能坏了"),
    (lost_file, "programme.yaml 读不出来"),
    (pointer_to_nowhere, ".git 指向的仓库不在了"),
    (no_repository, "不是 Git 仓库"),
    (junk_head, "文件夹 .git 坏了"),
)


@pytest.mark.parametrize(("make", "words"), WORLD, ids=lambda value: getattr(value, "__name__", ""))
def test_the_sentence_is_true(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    assert words in said(make(tmp_path / "repository"))


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files to somebody else")
def test_a_repository_of_somebody_else(tmp_path: Path) -> None:
    assert "safe.directory" in said(of_somebody_else(tmp_path / "repository"))


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("nosuch", "找不到提交“nosuch”"),
        ("HEAD:submissions", "是一个文件夹"),
        ("HEAD:note.txt", "是一个文件"),
        ("--output=x", "找不到提交"),
        ("", "找不到提交"),
        ("a" * 5_000, "…”"),
        ("a\nb", "找不到提交"),
        ("@{-9}", "找不到提交"),
    ],
)
def test_names_of_no_commit(tmp_path: Path, revision: str, words: str) -> None:
    assert words in said(made(tmp_path / "repository"), revision)
    assert len(said(tmp_path / "repository", revision)) < 200


def test_what_is_no_fault(tmp_path: Path) -> None:
    """A detached head, a working tree beside, a bare repository, a copy without its past."""
    root = made(tmp_path / "repository")
    run(root, "checkout", "-q", "--detach")
    run(root, "worktree", "add", "-q", str(tmp_path / "beside"), "HEAD")
    run(tmp_path, "clone", "-q", "--bare", str(root), "bare.git")
    run(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", "shallow")
    for folder in (root, tmp_path / "beside", tmp_path / "bare.git", tmp_path / "shallow"):
        assert CommitTree(folder, "HEAD").entries("submissions")
    assert "git fetch --unshallow" in said(tmp_path / "shallow", "HEAD~1")


def limited() -> None:
    """No file grows, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize(
    "words", [("validate",), ("validate", "--save", "json=report.json"), ("site", "--out", "public")]
)
def test_a_disk_that_takes_no_more_is_told_in_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    root = made(tmp_path / "repository")
    with (tmp_path / "out").open("wb") as out:
        done = subprocess.run(
            [COLD, *words], cwd=root, stdout=out, stderr=subprocess.PIPE, text=True, check=False, preexec_fn=limited
        )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "文件超过了系统允许的大小" in done.stderr
    assert sorted(path.name for path in root.iterdir()) == [".git", "note.txt", "submissions"]


def test_a_missing_home_is_made_or_done_without(tmp_path: Path) -> None:
    root = made(tmp_path / "repository")
    home = tmp_path / "not" / "yet"
    for where in (str(home), "/dev/null"):
        settings = {**os.environ, "HOME": where, "XDG_CACHE_HOME": ""}
        settings.pop("WHOLESCHOOL_CACHE", None)
        done = subprocess.run(
            [COMMAND, "validate"], cwd=root, env=settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert (home / ".cache" / "wholeschool").is_dir()


def test_a_key_makes_its_folder(tmp_path: Path) -> None:
    from wholeschool.files import write_secret

    write_secret(tmp_path / "home/.config/wholeschool/key", b"x", tmp_path / "repository")
    assert (tmp_path / "home/.config/wholeschool/key").stat().st_mode & 0o777 == 0o600


def test_a_tree_with_two_files_of_one_name_is_told_in_one_sentence(tmp_path: Path) -> None:
    root = made(tmp_path / "repository")
    base = run(root, "rev-parse", "HEAD")
    blob = run(root, "hash-object", "-w", "note.txt")
    (root / "other.txt").write_text("three")
    other = run(root, "hash-object", "-w", "other.txt")
    rows = b"".join(b"100644 note.txt\0" + bytes.fromhex(name) for name in (other, blob))
    rows += b"40000 submissions\0" + bytes.fromhex(run(root, "rev-parse", "HEAD:submissions"))
    (root / "tree").write_bytes(rows)
    tree = run(root, "hash-object", "-w", "-t", "tree", "--literally", "tree")
    head = run(root, "commit-tree", tree, "-p", base, "-m", "twice")
    said = "提交 [0-9a-f]{10} 里有两个同名的 note.txt，仓库坏了；.*\n"
    command = [COMMAND, "validate", "--base", base, "--head", head]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert re.fullmatch(said, done.stderr)
    with pytest.raises(RepositoryError, match="同名的 note"):  # not only where two commits are compared
        CommitTree(root, head).entries("")

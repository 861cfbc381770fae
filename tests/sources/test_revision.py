"""A name that could mean two things is refused; one that means one is taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import git
import pytest

from wholeschool.errors import RepositoryError
from wholeschool.sources import CommitTree


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[git.Repo]:
    """Two commits on main; the first one is what somebody would have taken for the second."""
    with git.Repo.init(tmp_path, initial_branch="main") as repo:
        for text in ("first", "second"):
            (tmp_path / "file").write_text(text)
            repo.git.add("-A")
            repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", text])
        repo.git.update_ref("refs/remotes/origin/main", "HEAD")
        yield repo


def there(repo: git.Repo, revision: str) -> bytes:
    return CommitTree(Path(str(repo.working_dir)), revision).read("file")


@pytest.mark.parametrize(
    "name", ["main", "HEAD", "@", "origin/main", "heads/main", "refs/heads/main", "HEAD~0", "main^0"]
)
def test_one_meaning_is_taken(repo: git.Repo, name: str) -> None:
    assert there(repo, name) == b"second"
    assert there(repo, repo.head.commit.hexsha) == b"second"
    assert there(repo, repo.head.commit.hexsha[:12]) == b"second"


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ("main", "refs/tags/main"),
        ("main", "refs/main"),
        ("main~0", "refs/tags/main"),
        ("main@{0}", "refs/tags/main"),
        ("origin/main", "refs/heads/origin/main"),
        ("origin/main", "refs/tags/origin/main"),
        ("heads/main", "refs/heads/heads/main"),
        ("HEAD", "refs/heads/HEAD"),
        ("HEAD", "refs/tags/HEAD"),
        ("refs/heads/main", "refs/heads/refs/heads/main"),
    ],
)
def test_two_meanings_are_refused(repo: git.Repo, asked: str, made: str) -> None:
    first = repo.git.rev_parse("HEAD~1")
    repo.git.update_ref(made, first)
    with pytest.raises(RepositoryError, match="几样东西"):
        there(repo, asked)
    assert there(repo, repo.git.rev_parse("refs/heads/main")) == b"second"


def test_a_branch_called_like_a_commit_is_refused(repo: git.Repo) -> None:
    digits = repo.head.commit.hexsha[:7]
    repo.git.update_ref(f"refs/heads/{digits}", "HEAD~1")
    with pytest.raises(RepositoryError, match="几样东西"):
        there(repo, digits)
    full = repo.head.commit.hexsha
    repo.git.update_ref(f"refs/heads/{full}", "HEAD~1")
    assert there(repo, full) == b"second"

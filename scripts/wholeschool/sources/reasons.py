"""Why a repository gives no commit of some name: the one sentence that is true."""

from __future__ import annotations

from pathlib import Path

import git
from git.exc import GitError

_LONGEST = 60


def why_no_commit(root: Path, revision: str) -> str:
    """Asked after reading has failed; asks Git itself, in its own words, what the matter is."""
    shown = revision if len(revision) <= _LONGEST else f"{revision[:_LONGEST]}…"
    status, _, said = _ask(root, "rev-parse", "--git-dir")
    if status is None:
        return "没有装 Git，或者运行不了；先装好 Git 再试"
    if "dubious ownership" in said:
        remedy = f"git config --global --add safe.directory {root}"
        return f"这个仓库属于电脑上的另一个用户，Git 不肯读；确认可信后运行 {remedy}"
    if status:
        pointer = root / ".git"
        if pointer.is_file():
            return "文件 .git 指向的仓库不在了（工作树或子模块被移动过）；重新克隆一份"
        if pointer.is_dir():
            return f"文件夹 .git 坏了，Git 读不了：{_first_line(said)}"
        return f"{root} 不是 Git 仓库，没有提交可查；不写 --head、--base 就检查文件夹里现在的样子"
    if why := unsupported(root):
        return why
    if revision and not revision.startswith("-"):
        status, kind, said = _ask(root, "cat-file", "-t", revision)
        if status == 0 and kind not in ("commit", "tag"):
            return f"“{shown}”不是提交，是一个{'文件夹' if kind == 'tree' else '文件'}"
        if status == 0 or any(
            word in said for word in ("corrupt", "unable to", "loose object", "inflate", "bad object", "is empty")
        ):
            return f"提交“{shown}”读不出来，仓库坏了或没有取全；运行 git fsck 看看"
    if _ask(root, "rev-parse", "--verify", "--quiet", "HEAD")[0] and not _ask(root, "for-each-ref", "--count=1")[1]:
        return "这个仓库里还没有任何提交；先提交一次（git add、git commit）"
    if _ask(root, "rev-parse", "--is-shallow-repository")[1] == "true":
        return f"这里只取了一部分历史，没有提交“{shown}”；运行 git fetch --unshallow，再看名字对不对"
    return f"找不到提交“{shown}”：请给出这个仓库里存在的提交、分支或标签"


def doubled(commit: str, path: str) -> str:
    """Why a commit cannot be read whose tree has two files of one name, of which every program sees another."""
    return f"提交 {commit[:10]} 里有两个同名的 {path}，仓库坏了；运行 git fsck 看看"


def unsupported(root: Path) -> str:
    """Why a sound repository cannot be read here; empty where it can."""
    if _ask(root, "rev-parse", "--show-object-format")[1] == "sha256":
        return "这个仓库的对象名用 SHA-256，目前只读得了用 SHA-1 的（git init 的默认）"
    return ""


def _ask(root: Path, *words: str) -> tuple[int | None, str, str]:
    """Git's status, answer and complaint; no status where there is no Git."""
    try:
        status, out, complaint = git.Git(str(root)).execute(
            ["git", *words],
            with_extended_output=True,
            with_exceptions=False,
            env={"LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"},
        )
    except (GitError, OSError, ValueError):
        return None, "", ""
    return status, str(out), str(complaint)


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")

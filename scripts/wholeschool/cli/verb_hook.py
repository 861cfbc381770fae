"""`wholeschool hook`: the same checks for a Git server that has nothing but Git."""

from __future__ import annotations

import os
import re
import shlex
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import git
import msgspec
from git.exc import GitError

from wholeschool.changes import Author
from wholeschool.changes.traces import told_by_tag, told_in_files
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import check_beginning, check_proposal, check_push, tell_unjudged
from wholeschool.days import today
from wholeschool.errors import RepositoryError, UsageError, WholeschoolError
from wholeschool.files import write_whole
from wholeschool.findings import Finding
from wholeschool.personal_data import scan
from wholeschool.records.kinds import ROOT, placed
from wholeschool.reports import reporters
from wholeschool.sources import CommitTree
from wholeschool.sources.difference import differences
from wholeschool.sources.history import goes_on, left_at
from wholeschool.sources.reasons import unsupported
from wholeschool.sources.sayings import said_by_tag
from wholeschool.sources.tree import EXECUTABLE, REGULAR, blob_name
from wholeschool.unseen import is_unseen

ACCOUNT = "WHOLESCHOOL_ACCOUNT"
"""Where the server says who is pushing, unless `--account` names another variable."""
# Where servers say the account's id, by where they say its name.
_IDS = {ACCOUNT: f"{ACCOUNT}_ID", "GITEA_PUSHER_NAME": "GITEA_PUSHER_ID", "GL_USERNAME": "GL_ID"}
_NOTHING = set("0")
# What Git takes for a commit before it looks for a branch, or instead of the commit that is meant.
_LIKE_A_COMMIT = re.compile(r"(?:[0-9a-f]*[a-f][0-9a-f]*(?<=[0-9a-f]{7})|[0-9]{40}|[0-9]{64}|[a-z_]*_head)")


@click.group("hook")
def command() -> None:
    """给只有 Git 的服务器：推送到主分支时先检查。"""


@command.command("install")
@click.argument("repository", type=click.Path(path_type=Path))
@click.option("--branch", help="受保护的分支；默认是仓库的 HEAD 指向的那个，写了就要与它相同。")
@click.option("--account", default=ACCOUNT, show_default=True, help="服务器把推送者的账号放在哪个环境变量里。")
@click.option("--account-id", help="服务器把推送者的账号编号放在哪个环境变量里；几种常见的服务器不用写。")
def install(repository: Path, branch: str | None, account: str, account_id: str | None) -> None:
    """把 pre-receive 钩子装进裸仓库。以后推送到主分支的改动，不合规则的当场退回。"""
    try:
        with git.Repo(repository) as found:
            bare, folder = found.bare, Path(found.git_dir)
            shown = _shown_branch(folder)
    except (GitError, OSError) as error:
        raise RepositoryError(f"{repository} 不是 Git 仓库") from error
    if why := unsupported(folder):
        raise RepositoryError(f"{repository}：{why}")
    if not bare:
        raise UsageError(f"{repository} 不是裸仓库；钩子装在服务器上接受推送的那个仓库里")
    if shown is None:
        raise UsageError(f"{repository} 的 HEAD 不指向分支；先运行 git symbolic-ref HEAD refs/heads/main")
    branch = branch or shown
    if branch != shown:
        remedy = f"要保护 {branch}，先运行 git symbolic-ref HEAD refs/heads/{branch}"
        raise UsageError(f"{repository} 的 HEAD 指向 {shown}，别人克隆得到的是它，不是 {branch}；{remedy}")
    account_id = _IDS.get(account, "") if account_id is None else account_id
    for name in filter(None, (account, account_id)):
        if not name.isidentifier() or not name.isascii():
            raise UsageError(f"“{name}”不能做环境变量的名字")
    hook = folder / "hooks" / "pre-receive"
    if hook.exists() and "wholeschool hook run" not in hook.read_text("utf-8", "replace"):
        raise UsageError(f"{hook} 已经有别的钩子；先把它移走，再在新钩子里接着调用它")
    program = shlex.quote(str(Path(sys.argv[0]).resolve()))
    words = f"--branch {shlex.quote(branch)} --account {account} --account-id {shlex.quote(account_id)}"
    text = f"#!/bin/sh\n# Put here by `wholeschool hook install`.\nexec {program} hook run {words}\n"
    write_whole(hook, text.encode())
    hook.chmod(0o755)
    with git.Repo(repository) as found, found.config_writer() as settings:
        # Two files of one name in a tree, and modes that Git itself never writes, are seen differently by each reader.
        settings.set_value("receive", "fsckObjects", "true")
    click.echo(f"装好了：{hook}\n受保护的分支是 {branch}。")
    known = f"，编号取自 {account_id}" if account_id else ""
    click.echo(f"推送者的账号取自环境变量 {account}{known}；没有账号的推送一律退回。")


@command.command("run", hidden=True)
@click.option("--branch", required=True)
@click.option("--account", required=True)
@click.option("--account-id", default="")
def run(branch: str, account: str, account_id: str) -> None:
    """Judge what Git hands to pre-receive: lines of old, new and name of a branch on stdin."""
    who = Author(os.environ.get(account, "").strip(), os.environ.get(account_id, "").strip() or None)
    refused = False
    if _shown_branch(Path.cwd()) != branch:
        click.echo(f"没有接受：服务器上仓库的 HEAD 不再指向受保护的 {branch}，请管理员检查", err=True)
        raise SystemExit(FAILED)
    if not who.account:
        click.echo(f"没有接受：服务器没有说是谁在推送（环境变量 {account} 是空的），请管理员检查", err=True)
        raise SystemExit(FAILED)
    # A name may hold any bytes but control characters and spaces, so nothing but the end of a line ends a line.
    for line in sys.stdin.buffer.read().splitlines():
        old, new, name = line.decode("utf-8", "backslashreplace").split(" ", 2)
        try:
            if name == f"refs/heads/{branch}":
                refused |= _judge(old, new, branch, who)
            else:
                _refuse_mimicry(name, branch)
                _refuse_telling_tag(name, new)
                refused |= _tells_of_somebody(new, branch, who)
        except WholeschoolError as error:
            click.echo(f"没有接受：{error}", err=True)
            refused = True
    raise SystemExit(FAILED if refused else 0)


def _shown_branch(folder: Path) -> str | None:
    """The branch that HEAD of a bare repository points at, which is what a clone gets; None where it is no branch."""
    text = (folder / "HEAD").read_text("utf-8", "replace").strip()
    name = text.removeprefix("ref: refs/heads/")
    return name if name != text else None


def _judge(old: str, new: str, branch: str, who: Author) -> bool:
    """Whether the push of this branch is refused; says why on stderr, which the pusher sees."""
    root = Path.cwd()
    if set(new) == _NOTHING:
        raise RepositoryError(f"{branch} 分支不能删除")
    if set(old) == _NOTHING:  # the first push of all: there is nothing before it that could say who may do what
        checked = check_beginning(root, new, today())
        tell_unjudged(checked)
    else:
        if not _descends(root, old, new):
            raise RepositoryError(f"{branch} 分支的历史不能改写；先取回最新的（git pull --rebase），再推送")
        if not goes_on(root, old, new):  # whose results these were, and what was drawn, is read along that line
            raise RepositoryError(f"{branch} 分支原来的历史成了合并进来的旁支；运行 git pull --rebase，再推送")
        if not CommitTree(root, old).raw_difference(
            CommitTree(root, new)
        ):  # a step that nobody answers for, and that says a day
            raise RepositoryError("这次推送没有改动任何文件，不用推送")
        checked = check_push(root, old, new, who, today())
    click.echo(reporters["text"](checked.report, checked.tree), nl=False, err=True)
    if checked.report.failed:
        click.echo("没有接受这次推送：改好上面的错误，提交之后再推送。", err=True)
        _tell_how_to_unsay(checked.report.findings, branch)
    return checked.report.failed


def _tells_of_somebody(new: str, branch: str, who: Author) -> bool:
    """Whether a branch or a tag brings somebody's numbers: it is there for everybody who clones, merged or not."""
    if set(new) == _NOTHING:
        return False
    root = Path.cwd()
    before = left_at(root, branch, new)  # not the branch's end: whether it can be merged is nothing to ask yet
    checked = check_proposal(root, before, new, who, day=today()) if before else check_beginning(root, new, today())
    every = checked.report.findings
    found = [each for each in every if each.code.startswith("PII-") and each.severity == "error"]
    if before and any(each.code == "PATH-OWNER" for each in every):  # the keepers' are the program's own, with samples
        after = CommitTree(root, new)
        changed = (each for each in differences(CommitTree(root, before), after) if each.after)
        found += told_in_files((each.path, after.read(each.path)) for each in changed if not placed(each.path))
    elif before is None:
        found += told_in_files(_of_no_record(root, new, branch))
    if found:
        report = msgspec.structs.replace(checked.report, findings=found, effects=())
        click.echo(reporters["text"](report, checked.tree), nl=False, err=True)
        _tell_how_to_unsay(found, branch)
    return bool(found)


def _of_no_record(root: Path, new: str, branch: str) -> Iterator[tuple[str, bytes]]:
    """Files that are no records, as (path, bytes), of a history that begins anew, and of what it took back.

    Not those that the protected branch has as they are; all there is comes from whoever founds the repository where
    there is none.
    """
    after = CommitTree(root, new)
    try:
        main = CommitTree(root, f"refs/heads/{branch}")
    except RepositoryError:
        return
    there = {main.object_name(each.path) for each in main.entries("")}
    for each in after.entries(""):
        if not placed(each.path) and each.mode in (REGULAR, EXECUTABLE) and after.object_name(each.path) not in there:
            yield each.path, after.read(each.path)
    for path, data in after.left_behind(None):
        if data and not path.startswith(ROOT) and blob_name(data) not in there:
            yield path, data


def _tell_how_to_unsay(findings: Sequence[Finding], branch: str) -> None:
    if any(each.code.startswith("PII-") for each in findings):
        # Another commit on top would leave it in the history, and be refused for that.
        remedy = f"git reset --soft origin/{branch}，改好，重新提交"
        click.echo(f"写了个人信息的，不要只在后面加一次提交：运行 {remedy}，原来的就不留在历史里。", err=True)


def _refuse_mimicry(name: str, branch: str) -> None:
    """Other branches and tags are free, but none may pass for the protected one, nor change what others mean."""
    _, kind, short = [*name.split("/", 2), "", ""][:3]
    if kind not in ("heads", "tags") or not short:
        raise RepositoryError("这里只收分支和标签；别的引用（例如替换、注记）会改变别人看到的内容")
    what = "标签" if kind == "tags" else "分支"
    if strange := next((each for each in short if _misleads(each)), None):
        raise RepositoryError(
            f"{what}的名字里有看不见的、或者会认成别的字符的（U+{ord(strange):04X}）；用汉字、英文字母和数字"
        )
    if any(scan(short)):
        raise RepositoryError(f"{what}的名字里疑似有个人信息（内容已隐去），请换一个名字")
    plain = unicodedata.normalize("NFKC", short).casefold()
    if _LIKE_A_COMMIT.fullmatch(plain):
        raise RepositoryError(f"{what}的名字像一次提交的编号，或者是 Git 自己用的名字，请换一个名字")
    if f"/{plain}".endswith((f"/{branch.casefold()}", "/head")) or plain.startswith("refs/"):
        raise RepositoryError(f"{what}的名字会与受保护的 {branch} 混淆，请换一个名字")


def _refuse_telling_tag(name: str, new: str) -> None:
    """A tag with a message goes to everybody who clones, as the commits do."""
    if not name.startswith("refs/tags/") or set(new) == _NOTHING:
        return
    for said in said_by_tag(Path.cwd(), new):
        if told := told_by_tag(said):
            raise RepositoryError(f"标签的说明里疑似有{'、'.join(told)}（内容已隐去）；删掉这个标签，改好再打、再推送")


def _misleads(character: str) -> bool:
    """Whether a character of a name is not seen, or may be taken for another one: beyond ASCII, all but what is drawn
    as wide as a Chinese character is.
    """
    if character.isascii():
        return False
    wide = unicodedata.east_asian_width(character) in ("W", "F")
    return not wide or unicodedata.category(character)[0] in "CZM" or is_unseen(character)


def _descends(root: Path, old: str, new: str) -> bool:
    try:
        return CommitTree(root, new).merged_into(CommitTree(root, old)) == new
    except RepositoryError:
        return False

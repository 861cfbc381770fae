"""`wholeschool validate`: check records, print findings."""

from __future__ import annotations

import os
from itertools import zip_longest
from pathlib import Path

import click
import msgspec

from wholeschool.causes import roots
from wholeschool.changes import Author
from wholeschool.cli.decision_day import day_looked_at
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import broken_since, check_proposal, check_root, find_root, tell_unjudged
from wholeschool.errors import UsageError
from wholeschool.files import write_whole
from wholeschool.findings import Finding
from wholeschool.reports import reporters
from wholeschool.sources.tree import all_here


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--base", metavar="REV", help="与这个提交相比，只报告改动带来的问题，并检查只有改动才会违反的规则。")
@click.option("--head", metavar="REV", help="检查某个提交。不写就是工作目录，还没有提交的记录也算。")
@click.option(
    "--author",
    "authors",
    metavar="ACCOUNT",
    multiple=True,
    help="代码平台上的提交账号；与 --base 合用，检查它能不能改这些文件。写几个，就要每一个都能改。",
)
@click.option(
    "--author-id",
    "ids",
    metavar="ID",
    multiple=True,
    help="代码平台给那个账号的编号；写了，就与 --author 一样多、次序相同。登记了编号的账号，编号也要对上。",
)
@click.option(
    "--day", metavar="YYYY-MM-DD", help="按这一天检查：哪些已经到期，哪些日期还没有到。默认是今天（北京时间）。"
)
@click.option(
    "--format", "form", type=click.Choice(list(reporters)), default="text", show_default=True, help="输出的样子。"
)
@click.option(
    "--save", "copies", metavar="FORMAT=FILE", multiple=True, help="同样的结果另存一份，例如 json=build/check.json。"
)
def command(
    paths: tuple[Path, ...],
    base: str | None,
    head: str | None,
    authors: tuple[str, ...],
    ids: tuple[str, ...],
    day: str | None,
    form: str,
    copies: tuple[str, ...],
) -> None:
    """检查记录。给出文件或文件夹时，只报告它们的问题（仍会对照全部记录）。"""
    root = find_root(_start(paths))
    if authors and base is None:
        raise UsageError("--author 要与 --base 合用")
    if not all(author.strip() for author in authors):  # a deleted account has no name: that is nobody, not anybody
        raise UsageError("--author 是空的：不知道是谁提交的，就没有人能改")
    if ids and len(ids) != len(authors):
        raise UsageError(f"--author 有 {len(authors)} 个，--author-id 有 {len(ids)} 个；一个账号一个编号，次序相同")
    behind = [Author(name, number.strip() or None) for name, number in zip_longest(authors, ids, fillvalue="")]
    when = day_looked_at(day)
    saved = [_copy(copy) for copy in copies]
    wanted = [_within(root, path, head) for path in paths]

    def asked_for(each: Finding) -> bool:
        return not wanted or any(_covers(prefix, each.path) for prefix in wanted)

    if base is None:
        checked = check_root(root, head, when)
        found = roots(sorted([*checked.every, *broken_since(root, head)]), asked_for)
    else:
        checked = check_proposal(root, base, head or all_here(root), *behind, day=when)
        found = list(filter(asked_for, checked.report.findings))
    report = msgspec.structs.replace(checked.report, findings=found)
    for drawing, file in saved:
        write_whole(file, reporters[drawing](report, checked.tree).encode())
    click.echo(reporters[form](report, checked.tree), nl=False)
    if base is None:
        tell_unjudged(checked)
    raise SystemExit(FAILED if report.failed else 0)


def _copy(text: str) -> tuple[str, Path]:
    form, _, file = text.partition("=")
    if form not in reporters or not file:
        raise UsageError(f"--save 写成“样子=文件”；样子有 {'、'.join(reporters)}")
    return form, Path(file)


def _start(paths: tuple[Path, ...]) -> Path:
    if not paths:
        return Path.cwd()
    first = paths[0]
    return first if first.is_dir() else first.parent if first.parent.is_dir() else Path.cwd()


def _within(root: Path, path: Path, head: str | None) -> str:
    if path.resolve() == root:
        return "."
    # Made absolute without following links: a link inside the tree is itself what is asked about.
    full = Path(os.path.normpath(Path.cwd() / path))
    real_root = root.resolve()
    try:
        relative = full.relative_to(real_root).as_posix()
    except ValueError:
        raise UsageError(f"{path} 不在仓库 {root.name} 里") from None
    if head is None and not os.path.lexists(full):
        raise UsageError(f"没有 {path} 这个文件或文件夹")
    return relative


def _covers(prefix: str, path: str) -> bool:
    return prefix == "." or path == prefix or path.startswith(prefix.rstrip("/") + "/")

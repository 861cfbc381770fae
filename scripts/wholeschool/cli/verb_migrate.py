"""`wholeschool migrate`: bring a repository to the present version of the schemas."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.all_or_none import write_all
from wholeschool.cli.workspace import find_root
from wholeschool.errors import UsageError
from wholeschool.records import load
from wholeschool.records.former import SETTINGS, VERSION, brought_up
from wholeschool.records.kinds import ROOT, placed
from wholeschool.records.yaml_writing import CannotEdit
from wholeschool.sources import MemoryTree, WorkingTree
from wholeschool.sources.tree import REGULAR


@click.command("migrate")
@click.option("--dry-run", is_flag=True, help="只看会改什么，不写。")
@click.option("--guidance", default="anhui-2.0", show_default=True, help="指导意见放进哪个文件夹。")
def command(dry_run: bool, guidance: str) -> None:
    """把仓库改成现在的格式：指导意见、微能力表、考核规范移进 guidance/，县里的审核和验收移进各自的文件夹。

    程序换了新版本以后由维护人员运行一次。内容一个字也不改，只换位置；关闭了的轮次、证书台账和状态名单不动。再运行一次什么也不做。
    """
    root = find_root(Path.cwd())
    tree = WorkingTree(root)
    files = {entry.path: tree.read(entry.path) for entry in tree.entries(ROOT) if entry.mode == REGULAR}
    if placed(f"{ROOT}guidance/{guidance}/policy.yaml") is None:
        raise UsageError(f"“{guidance}”不能作文件夹名：用小写字母、数字、点和连字符，例如 anhui-2.0")
    try:
        changed = brought_up(files, guidance)
    except CannotEdit as error:
        raise UsageError(f"{SETTINGS}：{error}") from None
    after = {path: data for path, data in {**files, **changed}.items() if data is not None}
    if taken := [path for path, data in changed.items() if data is not None and path in files and path != SETTINGS]:
        raise UsageError(f"{taken[0]} 已经有了，没有改；用 --guidance 换一个文件夹")
    if wrong := [each for each in load(MemoryTree(after)).findings if each.path in changed]:
        each = wrong[0]
        raise UsageError(f"改了以后 {each.path} 第 {each.line} 行还有错，没有改：{each.message}；先把它改好")
    if not changed:
        click.echo(f"已经是第 {VERSION} 版格式，没有要改的。")
        return
    for path in sorted(changed):
        word = "去掉" if changed[path] is None else "改" if path in files else "写"
        click.echo(f"{word}　{path}")
    if not dry_run:
        write_all(root, changed)
    done = "会改" if dry_run else "改了"
    then = "去掉 --dry-run 照此改" if dry_run else "运行 wholeschool validate 再看一遍，然后一并提交"
    click.echo(f"{done} {len(changed)} 个文件，成为第 {VERSION} 版格式；{then}。")

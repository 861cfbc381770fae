"""`wholeschool fix`: put right what is safe, and show it first."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from wholeschool.all_or_none import write_all
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import find_root
from wholeschool.errors import UsageError
from wholeschool.personal_data import redact
from wholeschool.records.kinds import ROOT
from wholeschool.records.refusals import Refused
from wholeschool.records.repair import repaired
from wholeschool.records.scaffold import with_schema_line
from wholeschool.records.terms import vocabulary_of
from wholeschool.records.text import size_limit
from wholeschool.sources import WorkingTree
from wholeschool.sources.tree import REGULAR


@click.command("fix")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--write", "written", is_flag=True, help="照显示的改；不加就只显示。")
@click.option("--editor-line", is_flag=True, help="没有的，在第一行加上编辑器认的模式地址。")
def command(paths: tuple[Path, ...], written: bool, editor_line: bool) -> None:
    """修好有把握的毛病：编码、换行、空格、全角的编号和冒号、日期的写法。拿不准的不动，由检查说明。"""
    root = find_root(Path.cwd())
    tree = WorkingTree(root)
    wanted = [_within(root, path) for path in paths]
    changed = 0
    mended: dict[str, bytes] = {}
    vocabulary = vocabulary_of(tree)
    for entry in tree.entries(ROOT):
        where = vocabulary.placed(entry.path)
        if where is None or entry.mode != REGULAR or entry.size > size_limit(entry.path):
            continue
        if not any(prefix in ("", entry.path) or entry.path.startswith(f"{prefix}/") for prefix in wanted):
            continue
        data = tree.read(entry.path)
        try:
            text = repaired(where.kind, data)
        except Refused as refused:
            click.echo(f"{entry.path}:{refused.line}:{refused.column}: 没有动：{refused.message}（{refused.hint}）")
            continue
        if text is not None and editor_line:
            text = with_schema_line(entry.path, text)
        if text is None or text.encode() == data:
            continue
        changed += 1
        click.echo(_difference(entry.path, data, text), nl=False)
        if written:
            mended[entry.path] = text.encode()
    write_all(root, mended)
    if not changed:
        click.echo("没有需要修的。")
    else:
        then = "已经改好，运行 wholeschool validate 再看一遍。" if written else "加 --write 照此修改。"
        click.echo(f"{changed} 个文件：{then}")
    raise SystemExit(FAILED if changed and not written else 0)


def _difference(path: str, data: bytes, text: str) -> str:
    """A unified diff; of a file in another encoding or with other line ends, what that was."""
    notes = []
    if data.startswith(b"\xef\xbb\xbf"):
        notes.append("去掉文件开头的 BOM")
    if b"\r" in data:
        notes.append("换行改成 LF")
    try:
        old = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("编码改成 UTF-8")
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "gb18030"
        old = data.decode(encoding, "replace")
    old = old.replace("\r\n", "\n").replace("\r", "\n")
    lines = difflib.unified_diff(old.splitlines(True), text.splitlines(True), f"a/{path}", f"b/{path}")
    ended = (line if line.endswith("\n") else f"{line}\n" for line in lines)
    return redact("".join([f"{path}：{'，'.join(notes)}\n" if notes else "", *ended]))


def _within(root: Path, path: Path) -> str:
    full = path.resolve()
    if not full.is_relative_to(root):
        raise UsageError(f"{path} 不在仓库 {root.name} 里")
    if not full.exists():
        raise UsageError(f"没有 {path} 这个文件或文件夹")
    relative = full.relative_to(root).as_posix()
    return "" if relative == "." else relative

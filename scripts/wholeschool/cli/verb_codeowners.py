"""`wholeschool codeowners`: the forge's list of reviewers, from the accounts."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.changes.codeowners import PLACE, codeowners
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import check_root, find_root, refuse_errors
from wholeschool.files import write_whole


@click.command("codeowners")
@click.option("--check", is_flag=True, help="只看现有的文件是不是这样，不写。")
def command(check: bool) -> None:
    """由 accounts.yaml 生成 .github/CODEOWNERS：谁的目录由谁审核。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    refuse_errors(checked)
    wanted, place = codeowners(checked.programme), root / PLACE
    if check:
        if not place.is_file() or place.read_text("utf-8") != wanted:
            click.echo(f"{PLACE} 与 accounts.yaml 不一致；运行 wholeschool codeowners 重写", err=True)
            raise SystemExit(FAILED)
        return
    place.parent.mkdir(exist_ok=True)
    write_whole(place, wanted.encode())
    click.echo(f"写好了 {PLACE}")

"""`wholeschool export handbook`: the handbook as one PDF."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.workspace import find_root
from wholeschool.files import write_whole
from wholeschool.outcomes.example import COUNTY
from wholeschool.papers.handbook import TITLE, handbook_pdf
from wholeschool.papers.outgoing.making import read_part
from wholeschool.programme import assemble
from wholeschool.sources import WorkingTree


@click.command("handbook")
@click.option("--out", type=click.Path(path_type=Path), help="写到哪个文件；默认在当前文件夹。")
def command(out: Path | None) -> None:
    """案例式整校推进实施工作手册（PDF，有目录、页码和书签）。"""
    programme = assemble(read_part(WorkingTree(find_root(Path.cwd())), COUNTY))
    target = out or Path(f"{TITLE}.pdf")
    write_whole(target, handbook_pdf(programme.settings.data.name if programme.settings else "", programme))
    click.echo(f"{target}：{TITLE}。")

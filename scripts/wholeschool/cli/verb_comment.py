"""`wholeschool comment`: the outcome of a check as a comment (the comment workflow calls it)."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.reports.comment import comment


@click.command("comment")
@click.argument("findings", type=click.Path(path_type=Path))
@click.option("--outside", type=click.IntRange(min=0), required=True, help="改了几个 submissions/ 以外的文件。")
@click.option("--run", required=True, help="检查那一次运行的地址。")
def command(findings: Path, outside: int, run: str) -> None:
    """把检查结果（validate --format json）写成合并请求下的评论。结果文件当作陌生人写的来读。"""
    click.echo(comment(findings, outside=outside, run=run), nl=False)

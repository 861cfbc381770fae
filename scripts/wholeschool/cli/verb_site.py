"""`wholeschool site`: records into the public site."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import check_root, find_root, refuse_errors, withheld_cases
from wholeschool.reports import Report, reporters
from wholeschool.site import build_site


@click.command("site")
@click.option("--out", type=click.Path(path_type=Path), help="网站放在哪里，默认 build/site（离线版 build/offline）。")
@click.option("--offline", is_flag=True, help="生成离线版：不用服务器，从文件夹或 U 盘里直接打开，也能搜索。")
def command(out: Path | None, offline: bool) -> None:
    """由记录生成公开网站。有错误的案例不发表；其他记录有错误时不生成。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    refuse_errors(checked)
    withheld = withheld_cases(checked)
    paths = {each.path for each in withheld}
    name = "offline" if offline else "site"
    built = build_site(checked.programme, out or root / "build" / name, paths, offline=offline)
    click.echo(f"网站 {built.pages} 页：{click.format_filename(built.folder)}")
    if withheld:
        report = Report(checked.report.files, checked.report.records, withheld)
        click.echo(reporters["text"](report, checked.tree), nl=False, err=True)
        click.echo(f"{len(paths)} 篇案例有错误，没有发表；其余的已经发表。", err=True)
        raise SystemExit(FAILED)

"""`wholeschool site`: records into the public site."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.decision_day import day_looked_at
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import Checked, check_root, find_root, refuse_errors, tell_left_out, withheld_cases
from wholeschool.programme import assemble
from wholeschool.records import Loaded, load
from wholeschool.records.kinds import ROOT, is_shared
from wholeschool.reports import Report, reporters
from wholeschool.site import build_site
from wholeschool.site.exports import gather
from wholeschool.sources import WorkingTree
from wholeschool.sources.history import merges


@click.command("site")
@click.option("--out", type=click.Path(path_type=Path), help="网站放在哪里，默认 build/site（离线版 build/offline）。")
@click.option(
    "--from-exports",
    "exports",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="省里的总览：由这个文件夹里各县网站的开放数据（data/figures-年度.json）生成。",
)
@click.option("--offline", is_flag=True, help="生成离线版：不用服务器，从文件夹或 U 盘里直接打开，也能搜索。")
@click.option("--day", help="按哪一天看（例如 2026-03-01），默认今天；现在是哪一轮由它定。")
def command(out: Path | None, offline: bool, exports: Path | None, day: str | None) -> None:
    """由记录生成公开网站。有错误的案例不发表；其他记录有错误时不生成。"""
    root = find_root(Path.cwd())
    name, seen = "offline" if offline else "site", day_looked_at(day)
    if exports:
        programme, years = gather(_settings(root), exports, seen)
        overview = build_site(programme, out or root / "build" / name, offline=offline, gathered=years)
        click.echo(f"总览 {overview.pages} 页：{click.format_filename(overview.folder)}")
        return
    checked = check_root(root, seen=seen)
    refuse_errors(checked)
    withheld = withheld_cases(checked)
    paths = {each.path for each in withheld}
    built = build_site(
        checked.programme, out or root / "build" / name, paths, offline=offline, history=merges(root, ROOT)
    )
    click.echo(f"网站 {built.pages} 页（重做了 {built.made} 页）：{click.format_filename(built.folder)}")
    tell_left_out(built.left_out)
    if withheld:
        report = Report(checked.report.files, checked.report.records, withheld)
        click.echo(reporters["text"](report, checked.tree), nl=False, err=True)
        click.echo(f"{len(paths)} 篇案例有错误，没有发表；其余的已经发表。", err=True)
    if withheld or built.left_out:
        raise SystemExit(FAILED)


def _settings(root: Path) -> Loaded:
    """The programme's own files, which stand above every unit. Ends with findings where one cannot be used."""
    tree = WorkingTree(root)
    own = load(tree, [entry for entry in tree.entries(ROOT) if is_shared(entry.path)])
    refuse_errors(Checked(tree, assemble(own), Report(own.files, len(own.records), sorted(own.findings))))
    return own

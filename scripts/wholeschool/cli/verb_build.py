"""`wholeschool build`: everything that is published, from one command (`make site` calls it)."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.certificates.batch import render_all
from wholeschool.cli.decision_day import day_looked_at
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import check_root, find_root, refuse_errors, tell_left_out, withheld_cases
from wholeschool.records.kinds import ROOT
from wholeschool.reports import reporters
from wholeschool.site import build_site
from wholeschool.sources.history import merges


@click.command("build")
@click.option("--day", help="按哪一天看（例如 2026-03-01），默认今天；现在是哪一轮由它定。")
def command(day: str | None) -> None:
    """检查记录，生成网站和证书。"""
    root = find_root(Path.cwd())
    _say("检查记录……")
    checked = check_root(root, seen=day_looked_at(day))
    report = checked.report
    refuse_errors(checked)
    if report.findings:
        click.echo(reporters["text"](report, checked.tree))
    build = root / "build"
    _say("生成网站……")
    withheld = {each.path for each in withheld_cases(checked)}
    site = build_site(checked.programme, build / "site", withheld, history=merges(root, ROOT))
    _say("生成证书……")
    certificates = render_all(checked.programme, build / "certificates")
    click.echo(f"记录  {report.records:>6} 份（{report.files} 个文件）")
    click.echo(f"问题  {len(report.findings):>6} 处（错误 {report.count('error')}，提醒 {report.count('warning')}）")
    click.echo(f"网页  {site.pages:>6} 页    build/site/（重做了 {site.made} 页）")
    click.echo(f"证书  {certificates.certificates:>6} 张    build/certificates/")
    if withheld:
        click.echo(f"案例  {len(withheld):>6} 篇有错误，没有发表；其余的已经发表")
    click.echo("\n看一看：python3 -m http.server --bind 127.0.0.1 -d build/site，再打开 http://127.0.0.1:8000/")
    for failure in certificates.failures:
        click.echo(str(failure), err=True)
    tell_left_out(site.left_out)
    raise SystemExit(FAILED if certificates.failures or report.failed or site.left_out else 0)


def _say(step: str) -> None:
    """What is being done, for whoever waits; not part of the result."""
    click.echo(step, err=True)

"""`wholeschool warn`: which teachers of a county need attention on a day. For the county office only."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import check_root, find_root, round_asked
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.outcomes.warnings import warnings


@click.command("warn")
@click.argument("county", type=UNIT)
@click.option("--year", type=int, help="年度，默认今天所在的一轮。")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天算，默认今天。")
def command(county: str, year: int | None, day: datetime | None) -> None:
    """预警清单：未选学、久未学习、学时滞后、未评审的教师。只供县级工程办内部使用。"""
    programme = check_root(find_root(Path.cwd())).programme
    unit = programme.units.get(county)
    if unit is None or unit.level != "县":
        raise UsageError(f"没有 {county} 这个县；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    if programme.local.warnings is None:
        raise UsageError("工程总配置里还没有预警阈值（local.warnings）；指导意见没有规定，由各地决定")
    year = round_asked(programme, year)
    found = warnings(programme, unit, year, day.date() if day else date.fromisoformat(today()))
    table = Table("学校", "教师编号", "预警", "情况", box=None, pad_edge=False)
    for each in found:
        table.add_row(each.school, each.teacher, each.kind, each.message)
    console = Console() if sys.stdout.isatty() else Console(width=160)
    console.print(table)
    click.echo(f"共 {len(found)} 条。" if found else "没有需要提醒的。")
    click.echo("阈值是本工程的配置（programme.yaml 的 local.warnings），指导意见没有规定。")

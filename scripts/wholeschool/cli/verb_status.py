"""`wholeschool status`: where each school stands in the five steps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import check_root, find_root, round_asked
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.outcomes.appeals import undecided
from wholeschool.outcomes.published import change_of
from wholeschool.outcomes.seen import seen
from wholeschool.outcomes.stages import stage
from wholeschool.programme import Programme, Unit


@click.command("status")
@click.argument("unit", required=False, type=UNIT)
@click.option("--year", type=int, help="年度，默认今天所在的一轮。")
def command(unit: str | None, year: int | None) -> None:
    """每所学校走到五步中的哪一步，还差什么，写在哪份记录里，由谁办，什么时候以前；还有哪些申诉没有结论。"""
    checked = check_root(find_root(Path.cwd()))
    programme = checked.programme
    if unit is not None and unit not in programme.units:
        raise UsageError(f"没有 {unit} 这个单位；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    year = round_asked(programme, year)
    if year not in programme.years:
        raise UsageError(f"工程总配置里没有 {year} 年这一轮")
    chosen = programme.units.get(unit) if unit else None
    table = Table("学校", "走到", "在等什么", "写在哪份记录", "由谁办", "期限", box=None, pad_edge=False)
    for school in programme.schools:
        found = programme.school_year(school, year)
        if found.takes_part and (chosen is None or chosen in (school, *school.ancestors)):
            at = stage(programme, found)
            table.add_row(school.name, at.label, at.waiting_for, at.record, at.owner, at.due)
    for row in _appeals(programme, year, chosen):
        table.add_row(*row)
    console = Console() if sys.stdout.isatty() else Console(width=160)
    console.print(table)
    if chosen is not None and (told := change_of(programme, chosen).sentence):
        click.echo(f"{chosen.name}{told}。")
    if chosen is not None and chosen.level == "校" and programme.school_year(chosen, year).reviews:
        click.echo("\n县里验收这所学校，在 acceptance/ 里的这一条写明所看材料：")
        click.echo(f"    seen: {seen(checked.tree, chosen.path, year)}")


def _appeals(programme: Programme, year: int, chosen: Unit | None) -> Iterator[tuple[str, ...]]:
    """A row for each unit with appeals that wait for a conclusion; how many, and whose they are is in the record."""
    by_unit: dict[Unit, list[str]] = {}
    for each in undecided(programme):
        if each.record.year == year and (chosen is None or chosen in (each.unit, *each.unit.ancestors)):
            by_unit.setdefault(each.unit, []).append(each.due)
    for unit, due in by_unit.items():
        late = sum(day < today() for day in due)
        waiting = f"{len(due)} 件申诉的结论" + (f"（{late} 件过期）" if late else "")
        owner = f"{unit.name}工程办" if unit.level == "县" else unit.name
        yield unit.name, "申诉", waiting, f"{year}/appeals.yaml", owner, min(due)

"""`wholeschool new`: a record to fill in, every field explained."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import find_root
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.files import write_whole
from wholeschool.papers.origin import Origin
from wholeschool.records.kinds import LEDGERS, kinds, placed
from wholeschool.records.scaffold import scaffold


@click.command("new")
@click.argument("kind")
@click.argument("unit", required=False, default="", type=UNIT)
@click.option("--year", type=int, default=0, help="哪一年度。")
@click.option("--name", default="", help="一份一个文件的记录（评审、抽查、团队、教研组、案例），文件名是什么。")
@click.option("--stdout", "shown", is_flag=True, help="只显示，不写文件。")
def command(kind: str, unit: str, year: int, name: str, shown: bool) -> None:
    """新建一份记录：每个字段都有说明，把空填上就能通过检查。

    KIND 是记录的种类（例如 plan、team、case），UNIT 是单位在 submissions/ 下的路径。
    """
    made = {each: one for each, one in kinds().items() if each not in LEDGERS and not one.is_imported}
    if kind not in made:
        titles = "、".join(f"{each}（{one.title}）" for each, one in made.items())
        raise UsageError(f"没有“{kind}”这种可以新建的记录；可选：{titles}")
    root = find_root(Path.cwd())
    path = Origin(kind, unit, year, name).dated(today()).path()
    where = placed(path)
    assert where is not None
    text = scaffold(path, where)
    if shown:
        click.echo(text, nl=False)
        return
    if (root / path).exists():
        raise UsageError(f"{path} 已经有了，没有动它；要看模板的话加 --stdout")
    write_whole(root / path, text.encode(), workplace=root / "build")
    click.echo(f"{path}：{where.kind.title}。把空填上以后运行 wholeschool validate {path}")

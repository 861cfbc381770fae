"""`wholeschool new`: a record to fill in, every field explained; or a repository to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.new_repository import repository
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import find_root
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.files import write_whole
from wholeschool.papers.origin import Origin
from wholeschool.records.hygiene import blemish
from wholeschool.records.kinds import Kind, kinds
from wholeschool.records.scaffold import scaffold
from wholeschool.records.schema import LEDGERS
from wholeschool.records.terms import vocabulary_of
from wholeschool.sources import Entry, WorkingTree
from wholeschool.sources.tree import REGULAR


class _Kinds(click.Group):
    """A command for every kind of record that somebody fills in, besides those that are written out."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_written_by_hand()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (made := _written_by_hand().get(cmd_name)) is not None:
            return _command_for(made)
        if (own := super().get_command(ctx, cmd_name)) is not None:
            return own
        titles = "、".join(f"{each}（{one.title}）" for each, one in _written_by_hand().items())
        raise UsageError(f"没有“{cmd_name}”这种可以新建的记录；可选：{titles}")


@click.group("new", cls=_Kinds)
def command() -> None:
    """新建一份记录：每个字段都有说明，把空填上就能通过检查。新的工程从 new repository 开始。"""


command.add_command(repository)


def _written_by_hand() -> dict[str, Kind]:
    return {each: one for each, one in kinds().items() if each not in LEDGERS and not one.is_imported}


def _command_for(kind: Kind) -> click.Command:
    @click.command(kind.name, help=f"{kind.title}。UNIT 是单位在 submissions/ 下的路径。", short_help=kind.title)
    @click.argument("unit", required=False, default="", type=UNIT)
    @click.option("--year", type=int, default=0, help="哪一年度。")
    @click.option("--name", default="", help="一份一个文件的记录（评审、抽查、团队、教研组、案例），文件名是什么。")
    @click.option("--stdout", "shown", is_flag=True, help="只显示，不写文件。")
    def begin(unit: str, year: int, name: str, shown: bool) -> None:
        root = find_root(Path.cwd())
        path = Origin(kind.name, unit, year, name).dated(today()).path()
        if refused := blemish(Entry(path, REGULAR, 0)):
            raise UsageError(f"{refused.message}；{refused.hint}")
        where = vocabulary_of(WorkingTree(root)).placed(path)
        assert where is not None
        text = scaffold(path, where)
        if shown:
            click.echo(text, nl=False)
            return
        if (root / path).exists():
            raise UsageError(f"{path} 已经有了，没有动它；要看模板的话加 --stdout")
        write_whole(root / path, text.encode(), workplace=root / "build")
        click.echo(f"{path}：{where.kind.title}。把空填上以后运行 wholeschool validate {path}")

    return begin

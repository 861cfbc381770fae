"""`wholeschool export`: workbooks to fill in (modules `export_*`) and papers to hand in (the registry of papers)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import Checked, find_root, refuse_errors, round_asked
from wholeschool.errors import BuildError, UsageError
from wholeschool.files import refuse_inside
from wholeschool.papers.contacts import Contacts
from wholeschool.papers.outgoing.making import FORMS, Made, file_name, make_all, make_county, opened, put, read_part
from wholeschool.papers.outgoing.paper import Filer, Paper, View, papers
from wholeschool.programme import assemble
from wholeschool.reports import Report
from wholeschool.sources import WorkingTree

_PREFIX = "export_"


class _Papers(click.Group):
    """Every paper is a command; so are the modules `export_*`, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = (module.name for module in iter_modules(import_module("wholeschool.cli").__path__))
        own = [name.removeprefix(_PREFIX).replace("_", "-") for name in modules if name.startswith(_PREFIX)]
        return sorted([*own, *papers()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if one := papers().get(cmd_name):
            return _command(one)
        if cmd_name not in self.list_commands(ctx):
            raise click.UsageError(f"没有 export {cmd_name} 这个命令；有哪些，看 wholeschool export --help", ctx)
        command = import_module(f"wholeschool.cli.{_PREFIX}{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command


@click.group("export", cls=_Papers, invoke_without_command=True)
@click.option("--all", "unit", metavar="UNIT", type=UNIT, help="这个单位的全部材料，写到一个文件夹。")
@click.option("--schools", is_flag=True, help="和 --all 一起用：县下面每所学校的也要。")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="--all 写到哪里，默认 build/papers。")
@click.option("--year", type=int, default=0, help="哪一年度；默认今天所在的一轮。")
@click.option("--identity", type=click.Path(path_type=Path), help="能打开联系表的密钥；人员信息表、推荐表要。")
@click.pass_context
def command(
    ctx: click.Context, unit: str | None, schools: bool, out: Path | None, year: int, identity: Path | None
) -> None:
    """导出：可以填写的工作簿，要上交的材料。

    每份材料是一个命令，例如 wholeschool export choices anhui/shili/mingyuan/wenhua-xiaoxue。
    """
    if ctx.invoked_subcommand:
        if unit:
            raise click.UsageError("--all 是全部材料，后面不再写材料的名字", ctx)
        return
    if not unit:
        click.echo(ctx.get_help())
        return
    root = find_root(Path.cwd())
    view = _view(root, unit, year, identity)
    base = out or root / "build" / "papers"
    folder = base / view.unit.path / str(view.year)
    if identity:
        refuse_inside(base, root)
    if schools and view.unit.level != "县":
        raise UsageError(f"--schools 是县用的，{view.unit.name}是{view.unit.level}级")
    make = make_county if schools else _make_one
    made, *below = make(view, folder, root, sealed=identity is not None)
    click.echo(f"{folder}：{made.files} 份文件。")
    if made.missing:
        click.echo(f"还没有记录，所以没有写：{'、'.join(made.missing)}。")
    if below:
        click.echo(f"学校 {len(below)} 所，{sum(each.files for each in below)} 份文件。")
    if failed := [sentence for each in (made, *below) for sentence in each.failed]:
        raise BuildError("；".join(failed))


def _make_one(view: View, folder: Path, root: Path, *, sealed: bool) -> list[Made]:
    return [make_all(view, folder, root, sealed=sealed)]


def _command(one: Paper) -> click.Command:
    """The command that makes one paper."""

    def run(
        unit: str,
        year: int,
        form: str | None,
        out: Path | None,
        identity: Path | None = None,
        by: str = "",
        phone: str = "",
        date: str = "",
        only: str = "",
    ) -> None:
        root = find_root(Path.cwd())
        if one.sealed and (identity is None or out is None):
            raise UsageError(f"《{one.title}》有电话等，要写 --identity 密钥 和 --out 仓库外面的文件")
        view = _view(root, unit, year, identity, Filer(by, phone, date))
        if view.unit.level not in one.levels:
            raise UsageError(f"《{one.title}》是{'、'.join(one.levels)}级的材料，{view.unit.name}是{view.unit.level}级")
        ending = out.suffix.removeprefix(".").lower() if out else ""
        chosen = form or (ending if ending in one.forms else one.forms[0])
        target = out or Path(file_name(one, view.unit, view.year, chosen))
        sheets = [sheet for sheet in one.sheets(view) if only in ("", sheet.name)]
        if not sheets:
            raise UsageError(f"《{one.title}》里没有“{only}”这一份；教师写姓名，学校和教研组写全称，评审和抽查写文件名")
        put(target, FORMS[chosen](sheets), one, root)
        note = "里面是明文，报送以后删掉。" if one.sealed else ""
        click.echo(f"{target}：《{one.title}》，{view.unit.name}，{view.year} 年度。{note}")

    # Help is read on the way to what one looks for; so it begins with the paper's title, not with its level.
    levels = "、".join(one.levels)
    run.__doc__ = f"{one.title}（{levels}；{'、'.join(one.forms)}）。"
    made = click.command(one.name)(run)
    made.params = [
        click.Argument(["unit"], type=UNIT),
        click.Option(["--year"], type=int, default=0, help="哪一年度；默认今天所在的一轮。"),
        click.Option(["--form"], type=click.Choice(one.forms), help="哪种文件；默认第一种。"),
        click.Option(
            ["--out"],
            type=click.Path(path_type=Path, dir_okay=False),
            help="写到哪个文件；默认在当前文件夹。",
        ),
        click.Option(["--by"], default="", help="填报人。"),
        click.Option(["--phone"], default="", help="填报人的联系方式。"),
        click.Option(["--only"], default="", help="只要其中一份，例如一位教师的姓名。"),
        click.Option(["--date"], default="", help="填报时间，例如 2026年11月30日。"),
    ]
    if one.sealed:
        made.params.append(click.Option(["--identity"], type=click.Path(path_type=Path), help="能打开联系表的密钥。"))
    return made


def _view(root: Path, unit: str, year: int, identity: Path | None, filer: Filer | None = None) -> View:
    """What a unit's papers are made from. Ends with findings where a record cannot be read."""
    path = unit
    tree = WorkingTree(root)
    loaded = read_part(tree, path)
    programme = assemble(loaded)
    refuse_errors(Checked(tree, programme, Report(loaded.files, len(loaded.records), sorted(loaded.findings))))
    if path not in programme.units:
        raise UsageError(f"没有 {path} 这个单位；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    contacts, lacking = Contacts(), tuple[str, ...]()
    if identity:
        contacts, closed, lacking = opened(tree, programme.units[path], identity, root, programme.local.direct_counties)
        for sentence in closed:
            click.echo(f"没有收进来：{sentence}", err=True)
    return View(programme, programme.units[path], round_asked(programme, year), contacts, filer or Filer(), lacking)

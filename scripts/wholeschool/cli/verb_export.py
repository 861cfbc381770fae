"""`wholeschool export`: workbooks to fill in and papers to hand in. Each is a module `export_*`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import click

_PREFIX = "export_"


class _Papers(click.Group):
    """Commands are the modules `export_*`, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = (module.name for module in iter_modules(import_module("wholeschool.cli").__path__))
        return [name.removeprefix(_PREFIX).replace("_", "-") for name in modules if name.startswith(_PREFIX)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            raise click.UsageError(f"没有 export {cmd_name} 这个命令", ctx)
        command = import_module(f"wholeschool.cli.{_PREFIX}{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command


@click.group("export", cls=_Papers)
def command() -> None:
    """导出：可以填写的工作簿，要上交的材料。"""

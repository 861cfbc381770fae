"""`wholeschool`: the group, its options, and how it ends."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

import click

from wholeschool import __version__
from wholeschool.errors import WholeschoolError

FAILED, UNUSABLE = 1, 2


class _Verbs(click.Group):
    """Commands are the modules `verb_*`, imported when called: `validate` need not wait for WeasyPrint."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = iter_modules(import_module("wholeschool.cli").__path__)
        return [module.name.removeprefix("verb_") for module in modules if module.name.startswith("verb_")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            raise click.UsageError(f"没有 {cmd_name} 这个命令", ctx)
        command = import_module(f"wholeschool.cli.verb_{cmd_name}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="wholeschool %(version)s")
def cli() -> None:
    """整校推进：检查各单位提交的记录，生成网站和证书。"""


def main() -> None:
    """Run a command; every refusal is one sentence on stderr, never a traceback."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.UsageError as error:
        _refuse(_sentence(error))
    except click.ClickException as error:
        _refuse(error.format_message())
    except WholeschoolError as error:
        _refuse(str(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止，没有写入任何东西。", err=True)
    except BrokenPipeError:  # the reader of our output went away; that is its right
        sys.stderr.close()
    sys.exit(UNUSABLE)


def _refuse(sentence: str) -> None:
    """One line on stderr, whatever was typed or lies in a file's name."""
    shown = "".join(character if character.isprintable() else " " for character in sentence)
    click.echo(" ".join(shown.split()), err=True)


def _sentence(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx else "wholeschool"
    match error:
        case click.NoSuchOption():
            meant = f"，您是不是想写 {error.possibilities[0]}" if error.possibilities else ""
            return f"没有 {error.option_name} 这个选项{meant}；用法见 {command} --help"
        case click.MissingParameter():
            return f"少了一个参数；用法见 {command} --help"
        case click.BadParameter():
            return f"参数不对：{error.message}；用法见 {command} --help"
        case _:
            return f"用法不对：{error.message}；用法见 {command} --help"

"""`wholeschool`: the group, its options, and how it ends."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, NoReturn

import click

from wholeschool import __version__
from wholeschool.errors import WholeschoolError, of_the_system, reason, remedy

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
    # Asked to end, everything under way is put away first, as when it fails.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    # A command lives for seconds, and what it makes hardly holds rings: only the site's build looks for them.
    gc.disable()
    try:
        try:
            _end(cli.main(standalone_mode=False) or 0)
        except SystemExit as ended:
            _end(ended.code)
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
    except OSError as error:
        _refuse(_trouble(error))
        _give_up_stdout()
    except Exception as error:
        _refuse(_unforeseen(error))
    sys.exit(UNUSABLE)


def _end(status: Any) -> NoReturn:
    """Leave, with all that is to be put away put away.

    What the command has made goes back to the system as it is: Python would take it apart, piece by piece, which takes
    as long as a sixth of the command.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(status if isinstance(status, int) else bool(status))


def _give_up_stdout() -> None:
    """What could not be written is not tried again at the end, where Python would complain of it itself."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(sentence: str) -> None:
    """One line on stderr, whatever was typed or lies in a file's name."""
    from wholeschool.personal_data import redact  # takes a while to load

    shown = "".join(character if character.isprintable() else " " for character in sentence)
    click.echo(redact(" ".join(shown.split())), err=True)


def _unforeseen(error: Exception) -> str:
    """What else the system says of a name, and a mistake of ours: only whoever mends it needs the place."""
    if isinstance(error, UnicodeEncodeError):
        return "文件名或内容里有不能用的字符；换一个名字"
    if isinstance(error, RuntimeError) and "Symlink loop" in str(error):  # so pathlib says it before Python 3.13
        return _trouble(OSError(errno.ELOOP, "", str(error).partition("'")[2].rpartition("'")[0]))
    if isinstance(error, ValueError) and "null" in str(error):  # of a name with a zero byte in it
        return "文件名里有不能用的字符；换一个名字"
    if isinstance(error, ImportError) and "git executable" in str(error):
        return "这台电脑上没有 Git，或者 PATH 里找不到它；装好 Git（git-scm.com）再运行"
    if behind := of_the_system(error):
        return _trouble(behind)
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__}，{Path(last.filename).name} 第 {last.lineno} 行"
    return f"程序自己出了错（{place}）；请把用的命令和这句话告诉维护人员"


def _trouble(error: OSError) -> str:
    """What the system refused to do with which file, and what to do."""
    named = error.filename2 or error.filename
    place = os.fsdecode(named) if isinstance(named, str | bytes) else ""
    # The temporary file beside it is nothing that anybody typed.
    path = str(Path(place).parent) if Path(place).name.startswith(".new-") else place
    said = f"{reason(error)}；{remedy(error)}"
    return f"{path}：{said}" if path else said


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

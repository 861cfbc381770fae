"""Every path that a command takes, with everything that can be wrong with a path: one sentence, nothing half-written.

The commands and their paths come from click itself, so a new one is here without being named.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from tests.case_folders import BASE
from tests.cli.children import run_all
from tests.cli.test_validate import run
from tests.soak import examples
from wholeschool.cli.main import cli

SCHOOL = "anhui/shili/mingyuan/wenhua-xiaoxue"
# What the other arguments of a command may be, by name.
_OTHERS = {
    "kind": "teachers",
    "unit": SCHOOL,
    "county": "anhui/shili/mingyuan",
    "year": "2026",
    "old": "k",
    "outside": "0",
    "run": "https://example.org/",
    "reason": "试",
}


def _commands(group: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            inner = group.get_command(context, name)
            assert inner is not None
            yield from _commands(inner, (*words, name))
    if not isinstance(group, click.Group) or group.invoke_without_command:
        yield words, group


def _paths() -> Iterator[tuple[str, tuple[str, ...], click.Command, click.Parameter]]:
    for words, one in _commands(cli):
        for parameter in one.params:
            if isinstance(parameter.type, click.Path) or parameter.name == "copies":
                yield f"{' '.join(words)} {parameter.name}", words, one, parameter


def _missing(folder: Path) -> str:
    return str(folder / "nobody" / "x.pdf")


def _folder(folder: Path) -> str:
    (folder / "folder.xlsx").mkdir()
    return str(folder / "folder.xlsx")


def _below_a_file(folder: Path) -> str:
    (folder / "file").write_bytes(b"x")
    return str(folder / "file" / "x.xlsx")


def _a_file(folder: Path) -> str:
    (folder / "file").write_bytes(b"x")
    return str(folder / "file")


def _unreadable(folder: Path) -> str:
    (folder / "closed").mkdir(mode=0o000)
    return str(folder / "closed" / "x.xlsx")


def _long(folder: Path) -> str:
    return str(folder / ("长" * 100))


def _loop(folder: Path) -> str:
    (folder / "loop").symlink_to("loop")
    return str(folder / "loop")


def _full(folder: Path) -> str:
    """A disk without room, and no ordinary file either."""
    return "/dev/full"


def _empty(folder: Path) -> str:
    return ""


_BAD: list[Callable[[Path], str]] = [
    _missing,
    _folder,
    _a_file,
    _below_a_file,
    _unreadable,
    _long,
    _loop,
    _full,
    _empty,
]


def _line(words: tuple[str, ...], one: click.Command, parameter: click.Parameter, path: str) -> list[str]:
    """A command line with this path, and something for whatever else has to be there."""
    line = list(words)
    for other in one.params:
        text = path if other is parameter else _OTHERS.get(other.name or "", "x")
        if other.name == "copies":
            text = f"json={path}"
        if isinstance(other, click.Argument) and (other.required or other is parameter):
            line.append(text)
        elif isinstance(other, click.Option) and (other.required or other is parameter):
            line += [other.opts[-1] if other.opts[-1].startswith("--") else other.opts[0], text]
    if one.name == "export":
        line += ["--all", SCHOOL]
    return line


@pytest.mark.soak
@pytest.mark.parametrize("bad", _BAD, ids=[each.__name__.strip("_") for each in _BAD])
def test_every_path_of_every_command(bad: Callable[[Path], str], tmp_path: Path) -> None:
    """Every path with something wrong with it in each run, with everything that can be wrong in `make soak`."""
    root = tmp_path / "programme"
    shutil.copytree(BASE, root)
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    path = bad(wrong)
    chosen = [
        (name, _line(words, one, parameter, path))
        for number, (name, words, one, parameter) in enumerate(_paths())
        if examples(1) > 1 or (number + _BAD.index(bad)) % len(_BAD) == 0
    ]
    failures = []
    for (name, line), (status, said) in zip(chosen, run_all(root, [line for _, line in chosen]), strict=True):
        last = (said.splitlines() or [""])[-1]
        refused = re.search("[\u4e00-\u9fff]", last) and not re.search(r"Errno|Error|\(\)", last)
        if status not in (0, 1, 2) or "Traceback" in said or (status == 2 and not refused):
            failures.append(f"{name}: {line} -> {status}\n{said[-600:]}")
    assert not [left for left in root.rglob(".new-*") if "build" not in left.parts]
    assert not failures, "\n".join(failures)


def test_a_paper_that_cannot_be_written_is_one_sentence_that_names_the_place(tmp_path: Path) -> None:
    root = tmp_path / "programme"
    shutil.copytree(BASE, root)
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    for place in ("folder", "file/x.xlsx", "长" * 100):
        done = run(root, "export", "choices", SCHOOL, "--out", str(tmp_path / place))
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert str(tmp_path / place.partition("/")[0]) in done.stderr

"""A unit on the command line: its path below submissions/, or its Chinese name where only one bears it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from wholeschool.cli.workspace import find_root
from wholeschool.errors import UsageError
from wholeschool.records.kinds import ROOT
from wholeschool.records.unit_names import UnitNames
from wholeschool.sources import WorkingTree


class UnitArgument(click.ParamType[str]):
    """Gives the path below submissions/. Raises `UsageError` where a name means no unit or several."""

    name = "unit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path; a path is taken as it is, whether there is a unit or not."""
        text = str(value).strip().strip("/").removeprefix(ROOT)
        if text.isascii():
            return text
        paths = UnitNames(WorkingTree(find_root(Path.cwd()))).paths(text)
        if not paths:
            raise UsageError(f"没有叫“{text}”的单位；照单位信息里的名称写，或写 submissions/ 下的路径")
        if len(paths) > 1:
            raise UsageError(f"叫“{text}”的单位有 {len(paths)} 个，写路径：{'、'.join(paths[:8])}")
        return paths[0]


UNIT = UnitArgument()

"""`wholeschool export template`: a workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import find_root, round_asked
from wholeschool.days import today
from wholeschool.errors import RepositoryError, UsageError
from wholeschool.files import refuse_inside, write_whole
from wholeschool.papers.contact_workbook import contact_workbook
from wholeschool.papers.contacts import Contacts
from wholeschool.papers.layout import layouts
from wholeschool.papers.origin import Origin
from wholeschool.papers.template import Catalogue, template
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.kinds import ROOT, is_shared
from wholeschool.records.refusals import Refused
from wholeschool.records.terms import vocabulary_of
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import Entry, WorkingTree


@click.command("template")
@click.argument("kind")
@click.argument("unit", type=UNIT)
@click.option("--year", type=int, default=0, help="哪一年度；默认今天所在的一轮。")
@click.option("--name", default="", help="一份一个文件的记录（评审、抽查、团队、教研组），文件名是什么。")
@click.option("--out", type=click.Path(path_type=Path), help="写到哪个文件；默认在当前文件夹。")
def command(kind: str, unit: str, year: int, name: str, out: Path | None) -> None:
    """生成一份可以填写的工作簿；记录已经有了的，填着现有的内容。

    KIND 是记录的种类（例如 teachers、team、activities），UNIT 是单位在 submissions/ 下的路径。
    """
    if kind == "contacts":
        target = out or Path(f"{unit.rpartition('/')[2]}-contacts.xlsx")
        refuse_inside(target, find_root(Path.cwd()))
        write_whole(target, contact_workbook(Contacts(), unit))
        click.echo(f"{target}：联系表（人员信息表、推荐表）。填好后运行 wholeschool import {target}，内容直接加密")
        return
    if kind not in layouts():
        titles = "contacts（联系表）、" + "、".join(f"{each}（{one.kind.title}）" for each, one in layouts().items())
        raise UsageError(f"没有“{kind}”这种可以填表的记录；可选：{titles}")
    root = find_root(Path.cwd())
    tree = WorkingTree(root)
    own = f"{ROOT}{unit}/unit.yaml"
    about = [entry for entry in _entries(tree) if entry.path == own or is_shared(entry.path)]
    programme = assemble(load(tree, about))
    dated = "{year}" in layouts()[kind].kind.place
    origin = Origin(kind, unit, round_asked(programme, year) if dated else 0, name).dated(today())
    path = origin.path()
    unit_name = _name(tree, unit) or unit or "工程"
    parts = (unit.rpartition("/")[2], kind, origin.name, str(origin.year or ""))
    target = out or Path(f"{'-'.join(filter(None, parts))}.xlsx")
    catalogue = Catalogue.of_round(programme, origin.year or None, programme.units.get(unit))
    where = vocabulary_of(tree).placed(path)
    assert where is not None
    data = template(where.kind, origin, unit_name, _text(tree, path), catalogue)
    write_whole(target, data)
    click.echo(f"{target}：{layouts()[kind].kind.title}，{unit_name}。填好后运行 wholeschool import {target}")


def _entries(tree: WorkingTree) -> list[Entry]:
    try:
        return list(tree.entries(ROOT))
    except RepositoryError:
        return []


def _name(tree: WorkingTree, unit: str) -> str:
    """The unit's own name, where it has one already."""
    text = _text(tree, f"{ROOT}{unit}/unit.yaml") if unit else None
    return str(read_yaml(text)[0].get("name", "")) if text else ""


def _text(tree: WorkingTree, path: str) -> str | None:
    """The record as it stands, None where there is none. Raises `UsageError` where it cannot be read."""
    if not (tree.root / path).is_file():
        return None
    try:
        text = decode(tree.read(path))
        if not isinstance(read_yaml(text)[0], dict):
            raise Refused("S-TYPE", 1, 1, "不是一组字段", "")
    except Refused as refused:
        raise UsageError(f"{path} 第 {refused.line} 行读不出来：{refused.message}；先把它改好") from None
    return text

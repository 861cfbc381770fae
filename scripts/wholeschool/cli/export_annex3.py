"""`wholeschool export annex3`: 附件3 with its telephone numbers, for the office that holds a key."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.workspace import find_root
from wholeschool.errors import UsageError
from wholeschool.files import refuse_inside, write_secret
from wholeschool.papers.annex3 import annex3
from wholeschool.papers.contacts import NAME, open_contacts, read_identity
from wholeschool.records.kinds import ROOT
from wholeschool.records.refusals import Refused
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml
from wholeschool.sources import WorkingTree


@click.command("annex3")
@click.argument("unit")
@click.option("--identity", required=True, type=click.Path(path_type=Path), help="能打开联系表的密钥。")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个 .xlsx，在仓库外面。")
@click.option("--by", default="", help="填报人。")
@click.option("--phone", default="", help="填报人的联系方式。")
@click.option("--date", default="", help="填报时间，例如 2026年11月30日。")
def command(unit: str, identity: Path, out: Path, by: str, phone: str, date: str) -> None:
    """附件3《管理团队及工程办人员信息表》，从加密的联系表取人。里面是明文，报送以后删掉。"""
    root = find_root(Path.cwd())
    unit = unit.strip("/").removeprefix(ROOT)
    refuse_inside(out, root)
    if not (root / ROOT / unit / NAME).is_file():
        raise UsageError(f"{unit} 没有联系表；先用 wholeschool import 导入")
    contacts = open_contacts(WorkingTree(root), unit, read_identity(identity, root))
    if not contacts.colleagues:
        raise UsageError(f"{unit} 的联系表里没有附件3 的人")
    write_secret(out, annex3(_name(root, unit), contacts.colleagues, by=by, phone=phone, date=date), root)
    click.echo(f"{out}：附件3，{len(contacts.colleagues)} 人。里面是明文，报送以后删掉。")


def _name(root: Path, unit: str) -> str:
    try:
        return str(read_yaml(decode((root / ROOT / unit / "unit.yaml").read_bytes()))[0]["name"])
    except (OSError, Refused, KeyError, TypeError):
        return unit

"""`wholeschool contacts`: keys of the encrypted contact sheets, and opening them for who holds one."""

from __future__ import annotations

from pathlib import Path

import click
import pyrage

from wholeschool.all_or_none import write_all
from wholeschool.cli.main import FAILED
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import find_root
from wholeschool.errors import UsageError
from wholeschool.files import refuse_inside, write_secret
from wholeschool.papers.contact_workbook import contact_workbook
from wholeschool.papers.contacts import NAME, open_contacts, read_identity, recipients, seal, unseal
from wholeschool.records.kinds import ROOT, is_contacts
from wholeschool.sources import WorkingTree


@click.group("contacts")
def command() -> None:
    """加密的联系表：密钥、打开、换收件人。"""


@command.group("key")
def key() -> None:
    """联系表的密钥。"""


@key.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """生成一把密钥，存进 FILE（在仓库外面）；显示要登记的公钥。"""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    text = f"# wholeschool 联系表的密钥，不要给别人，不要放进仓库\n# 公钥：{public}\n{identity}\n"
    write_secret(file.expanduser(), text.encode(), find_root(Path.cwd()))
    click.echo(f"密钥在 {file}，离线另存一份：丢了就打不开已有的联系表。")
    click.echo("请维护人员把这把公钥加进 submissions/programme.yaml 的 contacts.recipients：")
    click.echo(f"  - {public}")


@command.command("rotate")
@click.option("--identity", required=True, type=click.Path(path_type=Path), help="现在能打开联系表的密钥。")
@click.argument("units", nargs=-1, type=UNIT)
def rotate(identity: Path, units: tuple[str, ...]) -> None:
    """给现在的收件人重新加密：加了人、换了密钥、有人离任以后运行。UNITS 不写就是全部。"""
    root = find_root(Path.cwd())
    tree = WorkingTree(root)
    own = read_identity(identity, root)
    wanted = list(units)
    paths = [
        entry.path
        for entry in tree.entries(ROOT)
        if is_contacts(entry.path) and (not wanted or _unit(entry.path) in wanted)
    ]
    if missing := set(wanted) - set(map(_unit, paths)):
        raise UsageError(f"{min(missing)} 没有联系表")
    keys = recipients(tree)
    # All of them opened and sealed before the first is written: a key that fits none changes nothing. What one unit
    # has sealed for somebody else, or filled with something else, keeps the others from nothing.
    sealed: dict[str, bytes] = {}
    left: list[str] = []
    for path in paths:
        try:
            sealed[path] = seal(unseal(tree.read(path), own, path), keys)
        except UsageError as error:
            left.append(str(error))
    if left and not sealed:
        raise UsageError(left[0])
    write_all(root, sealed)
    click.echo(f"{len(sealed)} 份联系表已为现在的 {len(keys)} 把公钥重新加密。")
    click.echo("旧的密文还在 Git 的历史里，旧密钥仍打得开它；密钥泄露了，就要当作里面的号码已经泄露。")
    for sentence in left:
        click.echo(f"这一份没有动，还是原来的：{sentence}", err=True)
    if left:
        raise SystemExit(FAILED)


@command.command("open")
@click.argument("unit", type=UNIT)
@click.option("--identity", required=True, type=click.Path(path_type=Path), help="能打开联系表的密钥。")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个 .xlsx，在仓库外面；用完删掉。")
def open_(unit: str, identity: Path, out: Path) -> None:
    """把一个单位的联系表打开成工作簿，改好后再导入。"""
    root = find_root(Path.cwd())
    refuse_inside(out, root)
    tree = WorkingTree(root)
    if not (root / ROOT / unit / NAME).is_file():
        raise UsageError(f"{unit} 没有联系表")
    contacts = open_contacts(tree, unit, read_identity(identity, root))
    write_secret(out, contact_workbook(contacts, unit), root)
    click.echo(f"{out}：{contacts.people} 人。里面是明文，用完删掉；改好后运行 wholeschool import {out} --identity …")


def _unit(path: str) -> str:
    return path.removeprefix(ROOT).rpartition("/")[0]

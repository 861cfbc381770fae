"""`wholeschool keys`: key pairs for signing. The private half is a file outside the repository, the public a record."""

from __future__ import annotations

import datetime
from pathlib import Path

import click
import msgspec

from wholeschool.all_or_none import write_all
from wholeschool.certificates.signing import demo_key, keep_key, new_key, public_of
from wholeschool.cli.workspace import Checked, check_root, find_root, refuse_result
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.outcomes import seals
from wholeschool.programme import Programme
from wholeschool.records.block_yaml import to_yaml
from wholeschool.records.kinds import ROOT
from wholeschool.records.scaffold import with_schema_line
from wholeschool.records.structs import KeyRevocation, Keys, SigningKey

KEYS_COMMENT = "签发公钥：由 wholeschool keys 写。停用、作废的也不删，否则以前的证书无从核对。私钥不在仓库里。"


@click.group("keys")
def command() -> None:
    """签发证书的密钥：生成、轮换、作废。"""


@command.command("new")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--site", metavar="URL", help="核验网站，默认用工程总配置里的网站地址。")
@click.option(
    "--county", "counties", multiple=True, metavar="PATH", help="只能为这个县签发；可以写几次。默认全省通用。"
)
@click.option("--starts", metavar="YYYY-MM-DD", help="启用日期，默认今天。")
@click.option("--demo", is_flag=True, help="登记人人都有的示范密钥，只能签样张；不写 FILE。")
def new(file: Path | None, site: str | None, counties: tuple[str, ...], starts: str | None, demo: bool) -> None:
    """生成一对密钥：私钥存进 FILE（在仓库外面），公钥登记在 submissions/keys.yaml。"""
    root, checked = _here()
    _add(root, checked, file, site, counties, starts, demo=demo)


@command.command("rotate")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("old", metavar="KEY")
def rotate(file: Path, old: str) -> None:
    """用新的一把接替 KEY：旧的今天停用，签过的仍然有效；新的私钥存进 FILE。"""
    root, checked = _here()
    key = _known(checked.programme, old)
    if key.demo:
        raise UsageError("示范密钥人人都有，不用轮换")
    if key.revoked or key.ends:
        raise UsageError(f"{key.id} 已经{'作废' if key.revoked else '停用'}了，不用接替；再要一把用 keys new")
    on = today()
    ended = {**checked.programme.keys, key.id: msgspec.structs.replace(key, ends=on)}
    _add(root, checked, file, key.site, key.counties, on, keys=tuple(ended.values()))


@command.command("revoke")
@click.argument("old", metavar="KEY")
@click.option("--reason", required=True, help="为什么作废，例如私钥可能泄露。")
def revoke(old: str, reason: str) -> None:
    """作废 KEY：它签过的一切从此都不可信，那些证书要用新密钥重发。只是不再用的，用 rotate。"""
    root, checked = _here()
    programme = checked.programme
    key = _known(programme, old)
    if key.revoked:
        raise UsageError(f"{key.id} 已于 {key.revoked.date} 作废")
    gone = msgspec.structs.replace(key, revoked=KeyRevocation(date=today(), reason=reason))
    # That nothing it signed holds any more is what it is for.
    _write(root, checked, tuple({**programme.keys, key.id: gone}.values()), besides=("CERT-SIGNED", "CERT-STATUS"))
    issued = sum(
        entry.key == key.id
        for each in programme.county_years()
        for entry in (each.ledger.data.certificates if each.ledger else ())
    )
    click.echo(f"{key.id} 已作废。用它签过的证书有 {issued} 张，现在都是“无法确认”。")
    click.echo("接着：wholeschool keys new 生成新的一把，再用 wholeschool certificates revoke --replace 重发这些证书。")


@command.command("list")
def list_() -> None:
    """登记了哪些公钥。"""
    for key in _here()[1].programme.keys.values():
        state = (
            f"{key.revoked.date} 作废" if key.revoked else f"{key.starts} 起{f'，{key.ends} 止' if key.ends else ''}"
        )
        whose = "、".join(key.counties) or "全省"
        click.echo(f"{key.id}  {state}  {'示范，只签样张' if key.demo else whose}  {key.site}")


def _here() -> tuple[Path, Checked]:
    root = find_root(Path.cwd())
    checked = check_root(root)
    if "submissions/keys.yaml" in checked.programme.broken:
        raise UsageError("submissions/keys.yaml 有错，先运行 wholeschool validate 看是什么")
    return root, checked


def _known(programme: Programme, name: str) -> SigningKey:
    if name not in programme.keys:
        known = "、".join(programme.keys) or "一把也没有"
        raise UsageError(f"没有编号为 {name} 的密钥；登记了的：{known}")
    return programme.keys[name]


def _add(
    root: Path,
    checked: Checked,
    file: Path | None,
    site: str | None,
    counties: tuple[str, ...],
    starts: str | None,
    *,
    demo: bool = False,
    keys: tuple[SigningKey, ...] | None = None,
) -> None:
    programme = checked.programme
    address = site or (programme.settings.data.publication.site_url if programme.settings else None)
    if not address:
        raise UsageError("不知道证书在哪个网站核对：用 --site 写网址，或者在工程总配置里写 site_url")
    if unknown := [path for path in counties if path not in {each.path for each in programme.counties}]:
        raise UsageError(f"没有 {unknown[0]} 这个县；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    if demo == (file is not None):
        raise UsageError("示范密钥不用存文件" if demo else "写上私钥存在哪里，例如 ~/.config/wholeschool/2026.pem")
    private = new_key() if file else demo_key()
    public = public_of(private)
    if seals.key_id(public) in programme.keys:
        raise UsageError("示范密钥已经登记过了")
    record = SigningKey(
        id=seals.key_id(public),
        public=public,
        site=address.rstrip("/") + "/",
        starts=_day(starts),
        counties=counties,
        demo=demo,
    )
    files = _files((*(programme.keys.values() if keys is None else keys), record))
    refuse_result(checked, files)
    if file:
        keep_key(private, file.expanduser(), root)
    try:
        write_all(root, files)
    except BaseException:  # a private key whose public half is nowhere is of no use
        if file:
            file.expanduser().unlink(missing_ok=True)
        raise
    click.echo(f"公钥 {record.id} 已登记在 submissions/keys.yaml，提交并合并之后就能用。")
    if file:
        click.echo(f"私钥在 {file}：离线另存一份；丢了就用 keys rotate 换，泄露了就用 keys revoke 作废。")


def _write(root: Path, checked: Checked, keys: tuple[SigningKey, ...], besides: tuple[str, ...]) -> None:
    files = _files(keys)
    refuse_result(checked, files, besides)
    write_all(root, files)


def _files(keys: tuple[SigningKey, ...]) -> dict[str, bytes]:
    path = f"{ROOT}keys.yaml"
    return {path: with_schema_line(path, to_yaml(Keys(keys=keys), comment=KEYS_COMMENT)).encode()}


def _day(text: str | None) -> str:
    try:
        return datetime.date.fromisoformat(text or today()).isoformat()
    except ValueError:
        raise UsageError(f"“{text}”不是日期；写成 2026-11-20 的样子") from None

"""`wholeschool keys`: key pairs for signing. The private half is a file outside the repository, the public a record."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from wholeschool.all_or_none import write_all
from wholeschool.certificates.signing import demo_key, keep_key, new_key, public_of
from wholeschool.cli.workspace import Checked, check_root, check_tree, find_root, refuse_result
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.outcomes import seals
from wholeschool.outcomes.pins import kept, ledgers_of, pins
from wholeschool.programme import Programme
from wholeschool.records.block_yaml import to_yaml
from wholeschool.records.kinds import ROOT, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.scaffold import with_schema_line
from wholeschool.records.structs import KeyRevocation, Keys, SigningKey
from wholeschool.records.text import decode
from wholeschool.records.yaml_writing import edited
from wholeschool.sources import CommitTree, OverlaidTree
from wholeschool.sources.history import started_from

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
@click.option(
    "--demo",
    is_flag=True,
    help="示范密钥，只能签样张：不写 FILE 的，登记人人都有的那一把；写了 FILE，另生成一把，供演练。",
)
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
@click.option(
    "--since",
    metavar="YYYY-MM-DD",
    help="最早可能泄露的那一天：那天以前已经在主分支台账里的证书仍然有效。",
)
@click.option("--everything", is_flag=True, help="不知道从哪天起泄露的：它签过的一张也不可信，全部要重发。")
@click.option("--dry-run", is_flag=True, help="只说明有几张仍然有效、几张要重发，不写。")
def revoke(old: str, reason: str, since: str | None, everything: bool, dry_run: bool) -> None:
    """作废 KEY。写了 --since，那天以前登记的证书仍然有效；别的要用新密钥重发。只是不再用的，用 rotate。"""
    root, checked = _here()
    programme = checked.programme
    key = _known(programme, old)
    if key.revoked:
        raise UsageError(f"{key.id} 已于 {key.revoked.date} 作废；作废不能撤回，也不能改日子")
    if bool(since) == everything:
        count = sum(each.key == key.id for round_ in programme.county_years() for each in round_.in_force)
        raise UsageError(
            f"写明从哪天起不可信：--since 最早可能泄露的那一天，那天以前登记的仍然有效；一点也说不清的写 --everything，"
            f"用它签的 {count} 张全部作废、重发"
        )
    revoked = KeyRevocation(date=today(), reason=reason)
    if since:
        revoked = _pinned(root, programme, key, revoked, _since(key, since))
    after = {**programme.keys, key.id: msgspec.structs.replace(key, revoked=revoked)}
    files = _files(root, after.values())
    refuse_result(checked, files)
    if not dry_run:
        write_all(root, files)
    later = check_tree(OverlaidTree(checked.tree, files)).programme
    _tell_revoked(later, later.keys[key.id], dry_run=dry_run)


def _since(key: SigningKey, text: str) -> str:
    """The day from which nothing is believed any more; `UsageError` where there was no key yet, or it is to come."""
    since = _day(text)
    if since > today():
        raise UsageError(f"--since {since} 还没有到；写最早可能泄露的那一天")
    if since < key.starts:
        raise UsageError(f"{key.id} {key.starts} 才启用，{since} 还没有它；启用前就泄露的，写 --everything，全部作废")
    return since


def _pinned(root: Path, programme: Programme, key: SigningKey, revoked: KeyRevocation, since: str) -> KeyRevocation:
    """The revocation with what the main line held before that day."""
    begun = started_from(root)
    if begun is None:
        raise UsageError("这里没有 Git 的历史，看不出那天以前的台账；到仓库的克隆里运行")
    then = CommitTree(root, begun).as_of(since)
    if then is None:
        raise UsageError(
            f"{since} 以前主分支上还没有提交，没有可以保留的；写晚一些的日子，或者写 --everything，全部作废"
        )
    found = pins(ledgers_of(then), key, programme.keys)
    click.echo(f"{since} 以前主分支上的最后一个提交是 {then.commit[:10]}，钉下那时的台账 {len(found)} 份。")
    return msgspec.structs.replace(revoked, since=since, commit=then.commit, kept=found)


def _tell_revoked(programme: Programme, key: SigningKey, *, dry_run: bool) -> None:
    """What becomes of the certificates, and who does what next."""
    issued = good = 0
    again: list[str] = []
    for round_ in programme.county_years():
        kept_here = kept(programme, round_, key)
        rows = [each for each in round_.in_force if each.key == key.id]
        issued += len(rows)
        good += sum(each.number in kept_here for each in rows)
        if left := sum(each.number not in kept_here for each in rows):
            again.append(f"  {round_.county.name} {round_.year} 年 {left} 张")
    state, now = ("没有写。作废以后，", "会") if dry_run else ("已作废。", "现在")
    click.echo(f"{key.id} {state}用它签的证书有 {issued} 张：{good} 张仍然有效，{issued - good} 张{now}“无法确认”。")
    if again:
        click.echo("\n".join(("要重发的：", *again)))
    another = "wholeschool keys new 文件" + (" --demo" if key.demo else "")
    click.echo(f"接着：合并这一处改动，网站马上可以重建；{another} 生成新的一把，交给县里。")
    click.echo(f"县里用新的一把：wholeschool certificates revoke --signed-by {key.id} --replace --reason 密钥作废；")
    click.echo("没有要重发的，运行 wholeschool certificates issue 重签状态名单。")


@command.command("list")
def list_() -> None:
    """登记了哪些公钥。"""
    for key in _here()[1].programme.keys.values():
        state = _gone(key.revoked) if key.revoked else f"{key.starts} 起{f'，{key.ends} 止' if key.ends else ''}"
        whose = "、".join(key.counties) or "全省"
        click.echo(f"{key.id}  {state}  {'示范，只签样张' if key.demo else whose}  {key.site}")


def _gone(revoked: KeyRevocation) -> str:
    return f"{revoked.date} 作废" + (f"，{revoked.since} 以前登记的仍然有效" if revoked.since else "")


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
    if file is None and not demo:
        raise UsageError("写上私钥存在哪里，例如 ~/.config/wholeschool/2026.pem")
    private = new_key() if file else demo_key()
    public = public_of(private)
    if seals.key_id(public) in programme.keys:
        raise UsageError("示范密钥已经登记过了；另要一把演练用的，写上私钥存在哪里：keys new 文件 --demo")
    record = SigningKey(
        id=seals.key_id(public),
        public=public,
        site=address.rstrip("/") + "/",
        starts=_day(starts),
        counties=counties,
        demo=demo,
    )
    files = _files(root, (*(programme.keys.values() if keys is None else keys), record))
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


def _files(root: Path, keys: Iterable[SigningKey]) -> dict[str, bytes]:
    """The list of keys with these in it, written where there is one already with nothing else of it touched."""
    path = f"{ROOT}keys.yaml"
    text = with_schema_line(path, to_yaml(Keys(keys=tuple(keys)), comment=KEYS_COMMENT))
    if (root / path).exists():
        text = edited(kinds()["keys"].schema, decode((root / path).read_bytes()), values_of(text))
    return {path: text.encode()}


def _day(text: str | None) -> str:
    try:
        return datetime.date.fromisoformat(text or today()).isoformat()
    except ValueError:
        raise UsageError(f"“{text}”不是日期；写成 2026-11-20 的样子") from None

"""Revoking a key pins what the main line held before the leak, and ends what is signed with it.

What the main line held is said by its history, not by whoever revokes the key; what is signed later is told by its
being new, not by the day it bears.
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.errors import RepositoryError
from wholeschool.outcomes.pins import kept, ledgers_of, pins
from wholeschool.records.structs import Certificates, KeyRevocation, SigningKey
from wholeschool.rules.registry import Breach, rule


@rule("KEY-SINCE", "decision", authority=OURS, presupposes=("KEYS-KEPT", "KEY-SOUND", "PATH-OWNER"))
def what_is_pinned_was_on_the_main_line(proposal: Proposal) -> Iterator[Breach]:
    """作废密钥写了 since 的，钉下的就是那一天以前主分支上各县的台账和状态名单，一份不多，一份不少。

    证书上的日期、提交里的台账都可能是拿到私钥的人写的；什么时候进了主分支，看提交在主分支上的位置：
    从第一个那一天或以后的提交起，后面的都不算，不管写着哪一天。
    """
    record = proposal.head.key_record
    for key in record.data.keys if record else ():
        gone, before = key.revoked, proposal.base.keys.get(key.id)
        if gone is None or gone.since is None or (before and before.revoked):
            continue
        assert record is not None
        if problem := _problem(proposal, key, gone, gone.since):
            field, message, hint = problem
            yield record.at(gone, field, key=field == "kept"), message, hint


def _problem(proposal: Proposal, key: SigningKey, gone: KeyRevocation, since: str) -> tuple[str, str, str] | None:
    """The field of the revocation that is wrong, what is the matter, and what to do."""
    again = f"取回最新的主分支，恢复 keys.yaml，重新运行 wholeschool keys revoke {key.id} --since {since}"
    try:
        then = proposal.base_tree.as_of(since)
        if then is None:
            return "since", f"{since} 以前主分支上还没有提交", "写晚一些的日子；没有可以保留的，不写 --since，全部作废"
        if then.commit != gone.commit:
            return "commit", f"{since} 以前主分支上的最后一个提交是 {then.commit[:10]}，写的不是它", again
        wanted = pins(ledgers_of(then), key, proposal.head.keys)
    except RepositoryError as error:
        return "since", f"看不到 {since} 以前的主分支：{error}", "在有完整历史的克隆里检查"
    if tuple(sorted(gone.kept, key=lambda each: (each.county, each.year))) != wanted:
        places = {(each.county, each.year) for each in {*gone.kept} ^ {*wanted}}
        county, year = min(places)
        field = "kept" if gone.kept else "since"
        return field, f"钉下的与那时主分支上的不同：县 {county} {year} 年的台账或状态名单", again
    return None


@rule("CERT-KEY", "decision", authority=OURS, presupposes=("LEDGER-GROWS", "STATUS-GROWS", "KEYS-KEPT", "KEY-SINCE"))
def nothing_new_by_a_revoked_key(proposal: Proposal) -> Iterator[Breach]:
    """密钥作废以后，台账新添的行、重签的状态名单都不用它签。

    拿到私钥的人签什么都是真的签名，日期也随他写，所以作废以后才出现的一律不收，不看上面的日期。
    """
    head, keys = proposal.head, proposal.head.keys
    lost = {key.id for key in keys.values() if key.revoked}
    known = {
        entry
        for _, ledger in (proposal.base.each(Certificates) if lost else ())
        for entry in ledger.data.certificates
        if entry.key in lost
    }
    for year in head.county_years() if lost else ():
        told: set[str] = set()
        for entry in year.ledger.data.certificates if year.ledger else ():
            key = keys[entry.key] if entry.key in lost and entry.key not in told and entry not in known else None
            if key and key.revoked and entry.number not in kept(head, year, key):
                assert year.ledger is not None
                told.add(key.id)
                message = f"证书 {entry.number} 是新添的，用的密钥 {key.id} {key.revoked.date} 已经作废"
                yield year.ledger.at(entry, "key"), message, f"去掉用它签的新行，{_AGAIN}"
        status, was = year.status, proposal.base.units.get(year.county.path)
        before = proposal.base.county_year(was, year.year).status if was else None
        if status and status.data.key in lost - told and (before is None or before.data != status.data):
            message = f"状态名单是重签的，用的密钥 {status.data.key} 已经作废"
            yield status.at(None, "key"), message, f"恢复原样，{_AGAIN}"


_AGAIN = "取回最新的主分支，用新的密钥再签；还没有新密钥的，请维护人员用 wholeschool keys new 生成"

"""Who may change what: the forge's account decides, never the name in the commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.programme import Programme
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import Accounts
from wholeschool.rules.registry import Breach, rule


def units_of(programme: Programme) -> Mapping[str, set[str]]:
    """The units each account stands for. A county may name itself and its schools, other units only themselves."""
    found: dict[str, set[str]] = {}
    for keeper, record in programme.each(Accounts):
        for entry in record.data.accounts:
            unit = programme.units.get(entry.unit)
            if unit is keeper or (unit and unit.parent is keeper and keeper.level == "县"):
                found.setdefault(entry.account.lower(), set()).add(entry.unit)
    return found


def maintainers(programme: Programme) -> set[str]:
    """Accounts that may change everything."""
    return {account.lower() for account in programme.settings.data.maintainers} if programme.settings else set()


def may_change(programme: Programme, account: str, path: str) -> bool:
    """Whether the account may change the file: a school and a county their folders, others only their own files."""
    account = account.lower()
    if account in maintainers(programme):
        return True
    if not path.startswith(ROOT):
        return False
    below = path.removeprefix(ROOT)
    for path_of_unit in units_of(programme).get(account, ()):
        unit = programme.units[path_of_unit]
        if unit.level in ("县", "校"):
            if below.startswith(f"{unit.path}/"):
                return True
        elif below.startswith(f"{unit.path}/") and not any(
            below.startswith(f"{child.path}/") for child in unit.children
        ):
            return True
    return False


@rule("PATH-OWNER", clause="本项目约定：谁的记录谁提交")
def paths_belong_to_the_author(proposal: Proposal) -> Iterator[Breach]:
    """一个账号只改自己单位的记录；县级的备案、抽查、验收、台账和账号只有县级账号能改；程序和配置只有维护人员能改。

    账号代表哪个单位，看合并之前的 accounts.yaml，提交里改了也不算。
    """
    if not proposal.author:
        return
    own = "、".join(sorted(units_of(proposal.base).get(proposal.author.lower(), ())))
    foreign = [each.path for each in proposal.differences if not may_change(proposal.base, proposal.author, each.path)]
    if foreign and not own:
        message = f"提交的账号还没有登记，它改了 {len(foreign)} 个文件"
        yield Location(foreign[0]), message, "请县级管理员把账号和单位写进 accounts.yaml，合并后再提交"
        return
    for path in foreign:
        yield Location(path), "这个文件不归提交的账号管", f"这个账号可以改：{own}"

"""Accounts: whom they stand for, for how long, and each once. What is kept of them is judged in `changes.accounts`."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.days import FOREVER
from wholeschool.programme import Programme
from wholeschool.records import structs as s
from wholeschool.rules.registry import Breach, rule


@rule("ACCOUNT-UNIT", "paper", authority=OURS, presupposes=("UNIT-MOVED", "unit"))
def accounts_stand_for_units_of_their_keeper(programme: Programme) -> Iterator[Breach]:
    """账号登记的单位是登记它的单位自己，或者是本县的学校（还没有报记录的也可以）。

    写成别处的，这一条不起作用：那个账号什么也改不了，还不知道为什么。
    """
    for unit, record in programme.each(s.Accounts):
        for entry in record.data.accounts:
            own = entry.unit == unit.path
            if not own and not (unit.level == "县" and entry.unit.rpartition("/")[0] == unit.path):
                below = f"，或者 {unit.path}/学校的文件夹名" if unit.level == "县" else ""
                message = f"账号 {entry.account} 的单位写的是“{entry.unit}”，不归{unit.name}登记"
                yield record.at(entry, "unit"), message, f"写 {unit.path}{below}；别处的账号由那里登记"


@rule("ACCOUNT-TERM", "paper", authority=OURS, presupposes=("ACCOUNT-UNIT",))
def accounts_end_after_they_begin(programme: Programme) -> Iterator[Breach]:
    """账号的 until 不早于 from。

    写反了，这个账号哪一天也不算数。
    """
    for _, record in programme.each(s.Accounts):
        for entry in record.data.accounts:
            if entry.from_ and entry.until and entry.until < entry.from_:
                message = f"账号 {entry.account} 到 {entry.until} 止，早于从 {entry.from_} 起"
                yield record.at(entry, "until"), message, "核对两个日期"


@rule("ACCOUNT-ONCE", "paper", authority=OURS, presupposes=("ACCOUNT-UNIT", "ACCOUNT-TERM"))
def accounts_stand_for_a_unit_once_at_a_time(programme: Programme) -> Iterator[Breach]:
    """同一天里，一个账号代表一个单位只写一条；两个账号名也不用同一个编号代表它。

    写了两条的，给一条写上到期，另一条还在算；编号是一个人一个，两个名字共用一个编号，有一个写的不是他。
    """
    for _, record in programme.each(s.Accounts):
        by_unit: dict[str, list[s.Account]] = {}
        for entry in record.data.accounts:
            before = by_unit.setdefault(entry.unit, [])
            for first in (each for each in before if _overlap(each, entry)):
                if first.account.lower() == entry.account.lower():
                    message = f"账号 {entry.account} 代表 {entry.unit} 写了两条，日期重叠"
                    yield (
                        record.at(entry, "account"),
                        message,
                        "去掉新添的一条；接着办的，前一条写 until，后一条写 from",
                    )
                    break
                if entry.id and first.id == entry.id:
                    message = (
                        f"账号 {entry.account} 与 {first.account} 写的是同一个编号 {entry.id}，同时代表 {entry.unit}"
                    )
                    hint = "同一个人改了账号名的，原来那一条写 until，新的写 from；是两个人的，各写各的编号"
                    yield record.at(entry, "id"), message, hint
                    break
            before.append(entry)


def _overlap(one: s.Account, other: s.Account) -> bool:
    return max(one.from_ or "", other.from_ or "") <= min(one.until or FOREVER, other.until or FOREVER)

"""Contact sheets that a change brings: as many can open each as there are offices that may."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.findings import Location
from wholeschool.records.contact_sheets import recipients_in, why_not_sealed
from wholeschool.records.kinds import is_contacts
from wholeschool.rules.registry import Breach, rule
from wholeschool.sources.tree import REGULAR


@rule("CONTACT-RECIPIENTS", "paper", authority=OURS, severity="warning")
def sheets_are_sealed_for_as_many_as_are_listed(proposal: Proposal) -> Iterator[Breach]:
    """新写的联系表，写给几把公钥，与工程总配置里列的一样多。

    少写了一把，有一个办公室就打不开；多写了一把，没有列的人也打得开。密文里只看得出有几把，看不出是谁的，所以数目一样
    也不能证明都写给了该写的；要确认的，由有密钥的办公室打开看，再运行 wholeschool contacts rotate 重新加密。
    """
    settings = proposal.head.settings
    chosen = settings.data.contacts if settings else None
    listed = len(chosen.recipients) if chosen else 0
    for each in proposal.differences:
        if each.after is None or each.after.mode != REGULAR or not is_contacts(each.path):
            continue
        data = proposal.head_tree.read(each.path)
        if settings and not why_not_sealed(data) and (found := recipients_in(data)) != listed:
            yield (
                Location(each.path),
                f"这份联系表写给 {found} 把公钥，工程总配置里列了 {listed} 把（contacts.recipients）",
                "取回最新的仓库，用 wholeschool import 重新导入；打得开的办公室也可以运行 wholeschool contacts rotate",
            )

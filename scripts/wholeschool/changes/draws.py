"""Draws: the seed is a commit that was there before anybody had said that a sample would be drawn."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.changes.proposal import Proposal
from wholeschool.records.structs import SpotCheck
from wholeschool.rules.registry import Breach, rule


@rule("DRAW-SEED", "decision", clause=OURS, presupposes=("DECISION-KEPT",))
def seed_was_there_before_the_announcement(proposal: Proposal) -> Iterator[Breach]:
    """抽样的种子提交是主分支上宣布日期以前的最后一个提交。

    宣布的时候它已经定了，以后谁也改不了；换一个提交就能换一批人，所以不能挑。
    """
    for unit, record in proposal.head.each(SpotCheck):
        draw = record.data.draw
        before = proposal.base.units.get(unit.path)
        known = before.one(SpotCheck, year=record.year, name=record.name) if before else None
        if draw is None or (known and known.data.draw == draw):
            continue
        wanted = proposal.base_tree.last_before(draw.announced)
        if wanted is None:
            yield record.at(draw, "announced"), f"{draw.announced} 以前仓库里还没有提交", "另定宣布的日子，重新抽样"
        elif wanted != draw.commit:
            message = f"种子提交不是主分支上 {draw.announced} 以前的最后一个提交 {wanted[:10]}"
            yield record.at(draw, "commit"), message, f"用 wholeschool draw --announced {draw.announced} 重新抽样"

"""The standard of a round: that it can be met, and that no part of it speaks against another."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.outcomes.reachable import alone, practice_asked, problems
from wholeschool.programme import Programme
from wholeschool.records import Place
from wholeschool.records.terms import CREDITS
from wholeschool.rules.registry import Breach, rule


@rule("STANDARD-MET", "paper", authority=OURS, severity="warning", presupposes=("PROGRAMME-FILES", "TABLE-ISSUED"))
def the_standard_can_be_met(programme: Programme) -> Iterator[Breach]:
    """学分学时的标准做得到：只有一种环境的学校，教师也选得满学分；照最低学时学满的，实践应用也够比例。

    做不到的标准，学校怎样努力也不合格。学分改高、微能力表改短的时候看一看。
    最少要选哪几项，由 wholeschool guidance check 列出。
    """
    told: set[Place] = set()
    for round_ in programme.settings.data.rounds if programme.settings else ():
        standard, table = programme.standard(round_.year), programme.abilities(round_.year)
        credits_at = _place(programme, round_.year, "credits")
        # Rounds that follow a guidance as it is have one standard.
        if credits_at is None or credits_at in told or programme.closed(round_.year) or not table:
            continue
        told.add(credits_at)
        wrong = problems(table.values(), standard)
        for field, problem in wrong.items():
            if at := _place(programme, round_.year, field):
                yield at, problem, "核对标准和微能力表"
        if "dimensions" in wrong:
            continue
        if short := [each for each in alone(table.values(), standard) if not each.enough]:
            of = programme.counts(round_.year)
            who = [f"只有{each.environments[0]}的学校" if each.environments else "" for each in short]
            most = "，".join(f"{each}全选也只有 {one.credits} {of}" for each, one in zip(who, short, strict=True))
            asked = f"{standard.credits} {of}" + (f"、{standard.dimensions} 个维度" if standard.dimensions else "")
            hint = f"核对{of if of == CREDITS else '标准'}和微能力表；真的这样定的，这样的学校没有教师能合格"
            yield credits_at, f"要 {asked}，{most}", hint
        wanted, share_at = practice_asked(standard), _place(programme, round_.year, "practice_share")
        if wanted > standard.practice_hours and share_at:
            message = (
                f"照最低的 {standard.online_hours}+{standard.practice_hours} 学时学满，"
                f"实践应用应有 {wanted:g} 学时，还差 {wanted - standard.practice_hours:g} 学时"
            )
            yield share_at, message, "实践应用的学时改高，或者比例改低"


def _place(programme: Programme, year: int, field: str) -> Place | None:
    """Where a part of a round's standard is written: with the round, or in the guidance that it follows."""
    round_, guidance = programme.round(year), programme.guidance(year)
    if programme.settings and round_ and round_.standard:
        return programme.settings.at(round_.standard, field)
    return guidance.at(guidance.data.standard, field) if guidance else None

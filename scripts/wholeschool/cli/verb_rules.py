"""`wholeschool rules [CODE]`: what a code means."""

from __future__ import annotations

import click

from wholeschool.errors import UsageError
from wholeschool.records.explain import nearest
from wholeschool.records.refusals import REFUSALS
from wholeschool.rules import all_rules


@click.command("rules")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """列出全部规则；给出代码时，说明这一条。"""
    rules = all_rules()
    if code is None:
        for rule in rules.values():
            click.echo(f"{rule.code:<20}{rule.sentence}")
        for refusal in REFUSALS.values():
            click.echo(f"{refusal.code:<20}{refusal.sentence}")
        return
    wanted = code.upper()
    found = rules.get(wanted) or REFUSALS.get(wanted)
    if found is None:
        meant = nearest(wanted, [*rules, *REFUSALS])
        raise UsageError(
            f"没有 {code} 这条规则" + (f"，您是不是想写 {meant}？" if meant else "；wholeschool rules 列出全部")
        )
    click.echo(f"{found.code}  {found.sentence}\n\n{found.why}")
    if found.clause:
        click.echo(f"依据：{found.clause}")

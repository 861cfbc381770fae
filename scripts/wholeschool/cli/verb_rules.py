"""`wholeschool rules [CODE]`: what a code means."""

from __future__ import annotations

import click

from wholeschool.errors import UsageError
from wholeschool.records.explain import nearest
from wholeschool.rules.reference import as_text, entries


@click.command("rules")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """列出全部规则；给出代码时，说明这一条。"""
    known = entries()
    if code is None:
        for each in known.values():
            click.echo(f"{each.code:<20}{each.sentence}")
        return
    wanted = code.upper()
    if wanted not in known:
        meant = nearest(wanted, list(known))
        raise UsageError(
            f"没有 {code} 这条规则" + (f"，您是不是想写 {meant}？" if meant else "；wholeschool rules 列出全部")
        )
    click.echo(as_text(wanted), nl=False)

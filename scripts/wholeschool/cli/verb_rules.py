"""`wholeschool rules [CODE]`: what a code means."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wholeschool.cli.workspace import find_root
from wholeschool.errors import RepositoryError, UsageError
from wholeschool.records.explain import nearest
from wholeschool.rules.reference import as_text, entries, exported, rulebook_of, shipped_rulebook, unused
from wholeschool.sources import open_tree


@click.command("rules")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="全部规则写成 JSON，给别的程序读。")
def command(code: str | None, as_json: bool) -> None:
    """列出全部规则；给出代码时，说明这一条。依据照仓库的指导意见。"""
    try:
        book = rulebook_of(open_tree(find_root(Path.cwd())))
    except RepositoryError:  # whoever has none looks at what comes with the program
        book = shipped_rulebook()
    known = entries(book)
    if as_json:
        click.echo(json.dumps(exported(book), ensure_ascii=False, indent=1))
        return
    if code is None:
        for each in known.values():
            click.echo(f"{each.code:<20}{each.sentence}")
        return
    wanted = code.upper()
    if wanted in unused(book):
        raise UsageError(f"这里依据的指导意见不用 {wanted} 这条规则：{unused(book)[wanted]}")
    if wanted not in known:
        meant = nearest(wanted, list(known))
        raise UsageError(
            f"没有 {code} 这条规则" + (f"，您是不是想写 {meant}？" if meant else "；wholeschool rules 列出全部")
        )
    click.echo(as_text(wanted, book), nl=False)

"""`wholeschool guidance`: what a guidance asks for, seen from those who have to do it."""

from __future__ import annotations

from pathlib import Path

import click

from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import check_root, find_root
from wholeschool.errors import UsageError
from wholeschool.outcomes.asked import asked_of
from wholeschool.outcomes.reachable import practice_asked, problems, witnesses
from wholeschool.records.structs import Policy, Standard


@click.group("guidance")
def command() -> None:
    """依据的指导意见：标准做不做得到。"""


@command.command("check")
@click.argument("name", required=False, default="")
def check(name: str) -> None:
    """每一轮的标准做不做得到：有哪些环境的学校，最少选哪几项够学分；最低的学时够不够实践的比例。

    NAME 是 guidance/ 下的文件夹名；不写的，看各轮依据的每一份。做不到的，退出状态为 1。
    """
    programme = check_root(find_root(Path.cwd())).programme
    known = [record.name for record in programme.guidances(Policy)]
    if name and name not in known:
        raise UsageError(f"没有 guidance/{name}；有的是：{'、'.join(known) or '一份也没有'}")
    rounds = programme.settings.data.rounds if programme.settings else ()
    years = [each.year for each in rounds if name in ("", programme.guidance_named(each.year))]
    if not years:
        raise UsageError(
            f"没有一轮依据 guidance/{name}；先在 programme.yaml 的 rounds 里写上" if name else "还没有写轮次"
        )
    alike: dict[tuple[str, Standard], list[int]] = {}
    for year in years:
        alike.setdefault((programme.guidance_named(year), programme.standard(year)), []).append(year)
    failed = False
    for (followed, standard), some_years in alike.items():
        table = programme.abilities(some_years[0])
        told, asked = "、".join(map(str, some_years)), asked_of(programme, some_years[0])
        click.echo(f"{told} 年（{followed}）：{len(table)} 项微能力，要 {asked.enough}{asked.among}")
        for each in witnesses(table.values(), standard):
            some = "、".join(each.environments) or "每所学校"
            if each.enough:
                least = "最少" if each.is_fewest else "不多于"
                click.echo(
                    f"  {some}：{least} {len(each.codes)} 项，{'、'.join(each.codes)}（{each.credits} {asked.of}）"
                )
            else:
                failed = True
                click.echo(f"  {some}：做不到，{len(each.codes)} 项全选也只有 {each.credits} {asked.of}")
        failed |= not table
        for problem in problems(table.values(), standard).values():
            failed = True
            click.echo(f"  {problem}")
        if not asked.hours or not standard.practice_share:
            continue
        wanted, least = practice_asked(standard), f"{standard.online_hours}+{standard.practice_hours}"
        short = wanted > standard.practice_hours
        failed |= short
        said = f"差 {wanted - standard.practice_hours:g}，照最低学时学满的也不合格" if short else "够"
        click.echo(f"  学时 {least}，实践应用不少于 {standard.practice_share}%（{wanted:g} 学时）：{said}")
    raise SystemExit(FAILED if failed else 0)

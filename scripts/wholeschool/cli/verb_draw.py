"""`wholeschool draw`: a spot-check sample that anybody can draw again."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from pathlib import Path

import click

from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import check_root, find_root
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.outcomes.draws import draw
from wholeschool.sources import CommitTree


@click.command("draw")
@click.argument("unit", type=UNIT)
@click.option("--year", type=int, required=True, help="年度。")
@click.option("--ratio", type=click.FloatRange(0, 100, min_open=True), help="抽样比例（%）。")
@click.option("--count", type=click.IntRange(1), help="抽样人数。")
@click.option("--strata", default="", help="分层：school、environment，逗号隔开。")
@click.option(
    "--announced", metavar="YYYY-MM-DD", help="公开宣布要抽样的日子，默认今天。种子是主分支上这一天以前的最后一个提交。"
)
@click.option("--commit", "revision", help="种子提交；照记录重抽时写记录里的。")
def command(
    unit: str,
    year: int,
    ratio: float | None,
    count: int | None,
    strata: str,
    announced: str | None,
    revision: str | None,
) -> None:
    """抽取抽查样本，输出可以直接贴进抽查记录的 draw 字段。谁都可以用同一个种子提交重抽一遍。"""
    root = find_root(Path.cwd())
    try:
        announced = date.fromisoformat(announced).isoformat() if announced else today()
    except ValueError:
        raise UsageError("--announced 写成 2026-09-01 这样的日期") from None
    if announced > today() and not revision:  # who draws again says which commit it was
        raise UsageError(f"{announced} 还没有到；宣布的日子（--announced）写今天或者以前的日期")
    commit = CommitTree(root, revision).commit if revision else CommitTree(root, "HEAD").last_before(announced)
    programme = check_root(root).programme
    if year not in programme.years:
        raise UsageError(f"工程总配置里没有 {year} 年这一轮")
    chosen = programme.units.get(unit)
    if chosen is None or chosen.level == "校":
        raise UsageError(f"没有 {unit} 这个县、市或省；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    if not programme.knows_teachers_of(chosen):
        raise UsageError(
            f"{chosen.name}有读不了的名册或单位信息，总体不全；先用 wholeschool validate 找出来改正，再抽样"
        )
    layers = tuple(dict.fromkeys(name.strip() for name in strata.split(",") if name.strip()))
    if unknown := [name for name in layers if name not in ("school", "environment")]:
        raise UsageError(f"不能按 {'、'.join(unknown)} 分层；可选 school、environment")
    if ratio is None and count is None:
        ratio = programme.local.spot_check_ratio
    if (ratio is None) == (count is None):
        raise UsageError("给出 --ratio 或 --count 中的一个；工程总配置里的 spot_check_ratio 是默认比例")
    if ratio is not None and math.isnan(ratio):
        raise UsageError("--ratio 要写一个数，例如 --ratio 10")
    if commit is None:
        raise UsageError(f"{announced} 以前仓库里还没有提交，种子无从得出；宣布的日子（--announced）晚一天再抽")
    drawn = draw(programme, chosen, year, commit=commit, ratio=ratio, count=count, strata=layers, announced=announced)
    if not drawn.sample:
        raise UsageError(f"{chosen.name} {year} 年没有应考的教师")
    lines = ["draw:", f"  announced: {announced}", f"  commit: {commit}", f"  seed: {drawn.seed}"]
    # Every digit of the ratio: who draws again from the record must get the same numbers.
    lines.append(f"  ratio: {Decimal(repr(ratio)).normalize():f}" if ratio is not None else f"  count: {count}")
    if layers:
        lines.append(f"  strata: [{', '.join(layers)}]")
    lines += [f"  population: {drawn.population}", "  sample:", *(f'    - "{number}"' for number in drawn.sample)]
    click.echo("\n".join(lines))

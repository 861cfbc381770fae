"""`wholeschool draw`: announce a spot-check sample, draw it once the public value is known, or call it off."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from wholeschool.all_or_none import write_all
from wholeschool.changes.draws import DRAW_IT, TOO_LATE_TO_CANCEL, is_known
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import Checked, check_root, find_root, refuse_result, round_asked
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.outcomes.draws import (
    LOTTERIES,
    canonical,
    due,
    is_drawn_on,
    missed,
    next_draw,
    plain,
    sample_of,
    seal,
    seed_of,
    shares,
    weekdays_of,
)
from wholeschool.programme import Unit
from wholeschool.records import Record
from wholeschool.records.csv_text import appended
from wholeschool.records.kinds import ROOT, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.scaffold import schema_line
from wholeschool.records.structs import Announcement, Population
from wholeschool.records.text import decode
from wholeschool.records.yaml_new import new_text
from wholeschool.records.yaml_writing import edited
from wholeschool.rules.draws import is_finished
from wholeschool.sources.history import started_from
from wholeschool.sources.tree import CommitTree

# Days from an announcement to the value that it names: so long it may take until it is merged.
_AHEAD = 3
# Of a hundred people so many wrong, where nobody says by what to explain a size.
_USUAL_WRONG = 20
_NAME = re.compile("[a-z0-9][a-z0-9-]{0,60}")
_OF = click.option("--year", type=int, help="年度，默认是现在的这一轮。")
_NAMED = click.option("--name", default="", help="公告的文件名；没有办完的只有一份时不用写。")
_DRY = click.option("--dry-run", is_flag=True, help="只说明会写什么，不写。")


@click.group("draw")
def command() -> None:
    """抽样：先公告（announce），号码公布以后抽（value），不能用的取消（cancel）。"""


@command.command("announce")
@click.argument("unit", type=UNIT)
@_OF
@click.option(
    "--stage", type=click.Choice(["考核过程", "考核结果"]), default="考核结果", help="抽查什么，默认考核结果。"
)
@click.option("--ratio", type=float, help="抽样比例（%）。")
@click.option("--count", type=click.IntRange(1), help="抽样人数。")
@click.option("--risk", type=float, help="漏掉的可能不超过百分之几；抽多少由它和 --wrong 算出来。")
@click.option("--wrong", type=float, help="里面有百分之几不对。")
@click.option("--strata", default="", help="分层：school、environment，逗号隔开。")
@click.option("--source", type=click.Choice(list(LOTTERIES)), default="双色球", help="用哪一种号码，默认双色球。")
@click.option("--on", "day", metavar="YYYY-MM-DD", help="用哪一天开的奖，默认三天以后的第一期。")
@click.option("--name", default="", help="公告的文件名，默认是今天的日期。")
@_DRY
def announce(
    unit: str,
    year: int | None,
    stage: str,
    ratio: float | None,
    count: int | None,
    risk: float | None,
    wrong: float | None,
    strata: str,
    source: str,
    day: str | None,
    name: str,
    dry_run: bool,
) -> None:
    """公告一次抽样：总体是主分支上现在的名册，抽多少、用哪一天的开奖号码都定下来。合并以后，等那天开奖。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    chosen, year = _unit(checked, unit), round_asked(checked.programme, year)
    if year not in checked.programme.years:
        raise UsageError(f"工程总配置里没有 {year} 年这一轮")
    layers = tuple(dict.fromkeys(each.strip() for each in strata.split(",") if each.strip()))
    if unknown := [each for each in layers if each not in ("school", "environment")]:
        raise UsageError(f"不能按 {'、'.join(unknown)} 分层；可选 school、environment")
    size = _size(checked, ratio, count, risk, wrong)
    day, now = _day(source, day), today()
    name = name or now
    if not _NAME.fullmatch(name):
        raise UsageError(f"文件名“{name}”只用小写字母、数字和连字符")
    folder = f"{ROOT}{chosen.path}/{year}/announcements"
    if (root / folder / f"{name}.yaml").exists():
        standing = chosen.one(Announcement, year=year, name=name)
        if (
            standing
            and standing.data.stage == stage
            and not standing.data.cancelled
            and not is_finished(checked.programme, chosen, standing)
        ):
            raise UsageError(
                f"公告 {name} 还没有抽查完，也没有取消：照它抽查；确实不能用的，先运行 "
                f"wholeschool draw cancel {chosen.path} --year {year} --name {name}，写明原因，再用 --name 另作公告"
            )
        raise UsageError(f"已经有叫 {name} 的公告，用 --name 另起一个名字")
    commit = started_from(root)
    if commit is None:
        raise UsageError("这里没有 Git 的历史，总体说不清是哪一天的名册；到仓库的克隆里公告")
    then = check_root(root, commit).programme
    was = then.units.get(chosen.path)
    if was is None or not then.knows_teachers_of(was):
        raise UsageError(f"主分支上{chosen.name}的名册或单位信息读不了，总体不全；先改好合并，再公告")
    people = due(then, was, year, now, layers)
    if not people:
        raise UsageError(f"主分支上{chosen.name} {year} 年没有应考的教师")
    value: dict[str, Any] = {"announced": now, "stage": stage, "commit": commit}
    value |= {"population": {"people": str(len(people)), "sha256": seal(people)}} | size
    value |= ({"strata": list(layers)} if layers else {}) | {"value": {"source": source, "day": day}}
    path = f"{folder}/{name}.yaml"
    text = new_text(kinds()["announcement"].schema, value, head=schema_line(path, "announcement"))
    files = {path: text.encode(), f"{folder}/{name}.csv": appended(None, people)}
    refuse_result(checked, files)
    said = msgspec.convert(value, Announcement, strict=False)
    _explain(said, Counter(each.layer or "" for each in people), wrong or _USUAL_WRONG)
    if not dry_run:
        write_all(root, files)
    click.echo(f"{'可以写' if dry_run else '写下'} {path} 和同名的总体名单。提交、合并要在 {day} 以前。")
    click.echo(f"{source} {day} 开奖以后：wholeschool draw value {chosen.path} --year {year} 号码 --where 出处")


@command.command("value")
@click.argument("unit", type=UNIT)
@click.argument("numbers", nargs=-1, required=True)
@_OF
@click.option("--where", required=True, help="号码在哪里查得到，例如 安徽日报 2026-11-25 第 4 版。")
@_NAMED
@_DRY
def value_(unit: str, numbers: tuple[str, ...], year: int | None, where: str, name: str, dry_run: bool) -> None:
    """录入公告里定的开奖号码，抽中谁由它得出。号码之间空一格，照报纸上的写。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    chosen, year = _unit(checked, unit), round_asked(checked.programme, year)
    record = _open(chosen, year, name)
    said, now = record.data, today()
    if said.drawn:
        raise UsageError(f"公告 {record.name} 已经抽过样了")
    if now < said.value.day:
        raise UsageError(f"{said.value.source} {said.value.day} 才开奖；开奖以后再录入")
    people = chosen.one(Population, year=year, name=record.name)
    if people is None:
        raise UsageError(f"总体名单 {record.name}.csv 不在了或者读不了；恢复原样再抽")
    try:
        figures = canonical(said.value.source, " ".join(numbers))
    except ValueError as error:
        raise UsageError(str(error)) from None
    seed = seed_of(record, figures)
    sample = sample_of(said, people.data.people, seed)
    drawn = {"date": now, "numbers": figures, "where": where, "seed": seed, "sample": list(sample)}
    _write(root, checked, record, {"drawn": drawn}, dry_run=dry_run)
    click.echo(f"{len(people.data.people)} 人抽中 {len(sample)} 人。抽查记录可以从下面几行写起：\n")
    school_of = {
        number: school.path
        for school in checked.programme.schools
        if chosen in school.ancestors
        for number in checked.programme.school_year(school, year).teachers
    }
    click.echo(f"announcement: {record.name}\nitems:")
    for number in sample:
        click.echo(
            f'  - school: {school_of.get(number, "（已经不在本级的名册里，写他原来的学校）")}\n    teacher: "{number}"'
        )


@command.command("cancel")
@click.argument("unit", type=UNIT)
@_OF
@click.option("--reason", required=True, help="为什么取消；网站上一直看得到。")
@_NAMED
@_DRY
def cancel(unit: str, year: int | None, reason: str, name: str, dry_run: bool) -> None:
    """取消一次还没有开奖、或者合并晚了的公告，写明原因。公告过的不删，取消了才能另作公告。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    chosen, year = _unit(checked, unit), round_asked(checked.programme, year)
    record, commit = _open(chosen, year, name), started_from(root)
    if commit and is_known(CommitTree(root, commit), record, today()):
        raise UsageError(f"{TOO_LATE_TO_CANCEL}；{DRAW_IT}")
    _write(root, checked, record, {"cancelled": {"date": today(), "reason": reason}}, dry_run=dry_run)


def _size(
    checked: Checked, ratio: float | None, count: int | None, risk: float | None, wrong: float | None
) -> dict[str, object]:
    """What the announcement says of the size: the one way that was asked for, else the programme's usual ratio."""
    if risk is not None and wrong is None:
        raise UsageError("--risk 和 --wrong 一起写，例如 --risk 5 --wrong 20")
    if (ratio, count, risk) == (None, None, None):
        ratio = checked.programme.local.spot_check_ratio
    if sum(each is not None for each in (ratio, count, risk)) != 1:
        raise UsageError(
            "抽多少写一种：--ratio、--count，或者 --risk 和 --wrong；工程总配置里的 spot_check_ratio 是默认比例"
        )
    for title, percent in (("--ratio", ratio), ("--risk", risk), ("--wrong", wrong)):
        if percent is not None and not 0 < percent <= 100:
            raise UsageError(f"{title} 是百分数，在 0 和 100 之间")
    if risk is not None and wrong is not None:
        return {"risk": {"missed": plain(risk), "wrong": plain(wrong)}}
    return {"ratio": plain(ratio)} if ratio is not None else {"count": str(count)}


def _day(source: str, day: str | None) -> str:
    """The day of the public value."""
    now = today()
    if day is None:
        return next_draw(source, now, _AHEAD)
    try:
        day = date.fromisoformat(day).isoformat()
    except ValueError:
        raise UsageError(f"--on 写成 2026-12-01 这样的日期，不是“{day}”") from None
    if day <= now:
        raise UsageError(f"{day} 的号码已经知道了，或者今天就要开奖；--on 写明天以后的日子")
    if not is_drawn_on(source, day):
        raise UsageError(f"{source}{weekdays_of(source)}开奖，{day} 不是；换一个日子")
    return day


def _unit(checked: Checked, path: str) -> Unit:
    chosen = checked.programme.units.get(path)
    if chosen is None or chosen.level == "校":
        raise UsageError(f"没有 {path} 这个县、市或省；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    return chosen


def _open(unit: Unit, year: int, name: str) -> Record[Announcement]:
    """The announcement of that name; without one, the only one that is neither drawn nor called off."""
    every = unit.all(Announcement, year=year)
    if name:
        found = [each for each in every if each.name == name]
    else:
        found = [each for each in every if not each.data.cancelled and not each.data.drawn]
    if not found:
        raise UsageError(f"{unit.name} {year} 年没有{f'叫 {name} 的' if name else '还没有抽样的'}抽样公告")
    if len(found) > 1:
        raise UsageError(f"没有办完的公告有几份：{'、'.join(each.name for each in found)}；用 --name 写明是哪一份")
    if found[0].data.cancelled:
        raise UsageError(f"公告 {name} 已经取消了")
    return found[0]


def _write(
    root: Path, checked: Checked, record: Record[Announcement], gained: dict[str, Any], *, dry_run: bool
) -> None:
    """What an announcement gains, into its file; nothing where the check would refuse it."""
    before = decode((root / record.path).read_bytes())
    text = edited(kinds()["announcement"].schema, before, values_of(before) | gained)
    files = {record.path: text.encode()}
    refuse_result(checked, files)
    if dry_run:
        click.echo(f"可以写 {record.path}。")
        return
    write_all(root, files)
    click.echo(f"写下 {record.path}。")


def _explain(said: Announcement, sizes: Counter[str], wrong: float) -> None:
    """How many are drawn of how many, and what that can miss, in the layer in which it misses most."""
    taken = shares(said, sizes)
    people, drawn = sizes.total(), sum(taken.values())
    worst = max(missed(size, taken[key], wrong) for key, size in sizes.items())
    where = "每一层（分层抽样）" if len(sizes) > 1 else "里面"
    chance = f"{float(worst) * 100:.1f}".rstrip("0").rstrip(".")
    click.echo(f"{people} 人抽 {drawn} 人：{where}有 {plain(wrong)}% 不对的，一个也抽不到的可能不超过 {chance}%。")

"""`wholeschool unit`: what of a unit is another from a day on, and that it was closed; what it was stays."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from wholeschool.all_or_none import write_all
from wholeschool.changes.unit_history import lost_codes, not_said_any_more
from wholeschool.cli.decision_day import decision_day
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import Checked, check_root, find_root, refuse_errors, refuse_result
from wholeschool.days import day_after, day_before
from wholeschool.errors import UsageError
from wholeschool.programme import Unit
from wholeschool.records.kinds import kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.structs import Unit as Facts
from wholeschool.records.text import decode
from wholeschool.records.yaml_writing import edited
from wholeschool.rules.unit_history import TITLES


@click.group("unit")
def command() -> None:
    """单位变了：名称、机关、代码、挂靠从哪一天起是新的；撤销、合并、拆分。学校的由县里写，县的由维护人员。"""


@command.command("change")
@click.argument("unit", type=UNIT)
@click.option("--since", metavar="YYYY-MM-DD", required=True, help="从哪一天起是新的。")
@click.option("--name", help="新的名称。")
@click.option("--authority", help="新的教育行政部门名称；证书的签发机关从这一天起写它。")
@click.option("--code", help="新的代码。")
@click.option("--center", help="新的中心学校的文件夹名；不再挂靠的写 ''。")
@click.option("--dry-run", is_flag=True, help="只说明会怎样改，不写。")
def change(
    unit: str,
    since: str,
    name: str | None,
    authority: str | None,
    code: str | None,
    center: str | None,
    dry_run: bool,
) -> None:
    """单位从某一天起换了名称、机关、代码或者挂靠：原来的写进 former，用到前一天。以前的证书、决定照旧。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    found, day = _unit(checked, unit), decision_day(since)
    until = day_before(day)
    wanted = {"name": name, "authority": authority, "code": code, "center": center}
    new = {field: value.strip() for field, value in wanted.items() if value is not None}
    new = {field: value for field, value in new.items() if value != (getattr(found.data, field) or "")}
    if not new:
        raise UsageError("没有要改的：写上新的 --name、--authority、--code 或 --center，与现在的不同")
    if empty := [TITLES[field] for field, value in new.items() if not value and field != "center"]:
        raise UsageError(f"{'、'.join(empty)}不能空着")
    if found.closed:
        raise UsageError(f"{found.name} {found.closed} 已经撤销，不再改")
    if found.opened and until < found.opened:
        raise UsageError(f"{found.name} {found.opened} 才设立，那以前没有别的；写错了的直接改 unit.yaml")
    text = decode((root / found.record.path).read_bytes())
    value: dict[str, Any] = values_of(text)
    former = list(value.get("former") or [])
    if former and str(former[-1]["until"]) > until:
        raise UsageError(f"{former[-1]['until']} 以前的已经写过了；这一次从那以后的一天起，写错了的直接改 unit.yaml")
    old = {field: value[field] for field in new if value.get(field)}
    if former and str(former[-1]["until"]) == until:
        former[-1] = {**old, **former[-1]}
    elif old:
        former.append({"until": until, **old})
    if new.get("center") and not value.get("center"):
        # That it was none for a while is not written, and what it is again is nothing former.
        former = [
            {field: said for field, said in each.items() if (field, said) != ("center", new["center"])}
            for each in former
        ]
        former = [each for each in former if len(each) > 1]
    value = {**value, "former": former, **new}
    value = {field: each for field, each in value.items() if each not in ("", [])}
    _write(checked, root, found, text, value, dry_run=dry_run)
    for field in new:
        was, now = (f"“{value}”" if value else "没有" for value in (old.get(field), new[field]))
        said = f"由{was}改为{now}" if new[field] else f"不再是{was}"
        click.echo(f"{found.name}：{TITLES[field]}从 {day} 起{said}。")
    for line in _to_do(checked, found, new, day):
        click.echo(f"  {line}")
    _told(found, dry_run=dry_run)


@command.command("close")
@click.argument("unit", type=UNIT)
@click.option("--on", "day", metavar="YYYY-MM-DD", required=True, help="最后一天。")
@click.option("--kind", type=click.Choice(["撤销", "合并", "拆分"]), required=True, help="怎样撤销。")
@click.option("--into", multiple=True, type=UNIT, help="接收的单位；有几个就写几次。")
@click.option("--dry-run", is_flag=True, help="只说明会怎样改，不写。")
def close(unit: str, day: str, kind: str, into: tuple[str, ...], dry_run: bool) -> None:
    """单位撤销、合并到别的单位，或者拆成几个。文件夹和里面的记录都留着；接收的单位新设立的，先建好。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    found, on = _unit(checked, unit), decision_day(day)
    if found.closed:
        raise UsageError(f"{found.name} {found.closed} 已经撤销；日期写错了的直接改 unit.yaml")
    text = decode((root / found.record.path).read_bytes())
    closed: dict[str, Any] = {"date": on, "kind": kind}
    if into:
        closed["into"] = list(into)
    _write(checked, root, found, text, {**values_of(text), "closed": closed}, dry_run=dry_run)
    names = "、".join(checked.programme.units[each].name for each in into if each in checked.programme.units)
    taken = f"，{'分成' if kind == '拆分' else '并入'}{names}" if names else ""
    click.echo(f"{found.name} {on} {kind}{taken}。")
    for line in _left_over(checked, found, on, into):
        click.echo(f"  {line}")
    _told(found, dry_run=dry_run)


def _unit(checked: Checked, path: str) -> Unit:
    found = checked.programme.units.get(path)
    if found is None:
        raise UsageError(f"没有 {path} 这个单位；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    # Two schools of one name, or a county that the table of regions calls otherwise by now: what the verb puts right.
    refuse_errors(
        checked, found.county or (found if found.level == "县" else None), besides=("UNIT-NAME", "UNIT-REGION")
    )
    return found


def _write(checked: Checked, root: Path, unit: Unit, text: str, value: Mapping[str, Any], *, dry_run: bool) -> None:
    """Write `unit.yaml` when nothing is wrong with what that makes, nor with what was decided by what it said."""
    schema = kinds()["unit"].schema
    files = {unit.record.path: edited(schema, text, value).encode()}
    refuse_result(checked, files)
    record = copy.copy(unit.record)
    record.data = msgspec.convert(schema.typed(value), Facts)
    later = Unit(unit.path, record, unit.parent)
    if codes := lost_codes(unit, later):
        raise UsageError(f"代码 {'、'.join(codes)} 已经印在证书上，那一年的 1 月 1 日还在用它；--since 写那以后的一天")
    for field, (said, day) in not_said_any_more(unit, later).items():
        raise UsageError(f"{day} 还有照“{said}”（{TITLES[field]}）发的证书或者作的决定；--since 写那一天以后的一天")
    if not dry_run:
        write_all(root, files)


def _to_do(checked: Checked, unit: Unit, new: Mapping[str, str], day: str) -> Iterator[str]:
    """What the change means for what there is, and what is to do besides."""
    if "name" in new or "authority" in new:
        yield "以前发的证书照旧有效，上面还是原来的写法；从这一天起新发的写新的。"
    if "code" in new:
        yield "教师编号一个也不改；以前的证书照旧有效。"
    if "code" in new and unit.level == "县":
        since = int(day[:4]) + (not day.endswith("-01-01"))
        yield f"证书编号：{since - 1} 年和以前各轮的仍用 {unit.data.code}，从 {since} 年的一轮起用 {new['code']}。"
        yield "本县学校的代码可以不改；要改的，逐校再运行 wholeschool unit change。"
    year = checked.programme.current or 0
    if "center" in new and not new["center"]:
        yield f"不用再确认：{year} 年已经确认过挂靠的，这一年照旧；没有的和以后各年，由学校自己报团队和规划。"
    elif "center" in new:
        yield f"县里在 {year}/approvals/ 的 branches 里确认新的挂靠以前，{year} 年仍照已经确认的。"


def _left_over(checked: Checked, unit: Unit, day: str, into: Sequence[str]) -> Iterator[str]:
    """What stays of a closed unit, and what is to do besides."""
    yield "文件夹留着，以前的证书、认定照旧有效；撤销以后不再改，也不再催办。"
    if unit.level != "校":
        yield "那一天以后它不再作决定：没有审核、验收、认定、发证的，到接收的单位接着办。"
        return
    year = checked.programme.school_year(unit, checked.programme.current or 0)
    if year.staying:
        to = into[0] if len(into) == 1 else "新的学校"
        which = "教师编号…" if len(into) > 1 else "--everybody"
        command = f"wholeschool transfer {unit.path} {to} {which} --on {day_after(day)}"
        yield f"名册里有 {len(year.staying)} 位教师还没有写离校，由县里调过去，编号不变：{command}"
    if year.plan and year.accepted is None:
        units = [each for path in into if (each := checked.programme.units.get(path))]
        done = [each.name for each in units if checked.programme.school_year(each, year.year).accepted]
        open_ = [each.name for each in units if each.name not in done]
        to = "新的学校" if not done else "、".join(open_) if open_ else ""
        yield f"{year.year} 年没有验收，不再计入本县这一轮{f'；应考的教师，调到{to}的算在那里' if to else ''}。"
        if done:
            yield f"{'、'.join(done)}这一轮已经验收，以后才到的教师在那里不再应考；要考的，先给它写“限期整改”。"
    yield "这所学校的账号，由县里在 accounts.yaml 里写上 until，不删。"


def _told(unit: Unit, *, dry_run: bool) -> None:
    who = "县级账号" if unit.level == "校" else "维护人员"
    done = f"没有写，去掉 --dry-run 照此写 {unit.record.path}" if dry_run else f"写在 {unit.record.path}，由{who}提交"
    click.echo(f"{done}。")

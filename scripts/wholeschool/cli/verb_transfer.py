"""`wholeschool transfer`: teachers change schools, in the rosters of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from wholeschool.all_or_none import write_all
from wholeschool.cli.decision_day import decision_day
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import check_root, find_root, refuse_result, round_asked
from wholeschool.days import day_after, day_before
from wholeschool.errors import UsageError
from wholeschool.outcomes.credits import credits_of, suffices
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.programme.stays import came_back, has_left
from wholeschool.records.kinds import ROOT, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.scaffold import schema_line
from wholeschool.records.structs import Teacher
from wholeschool.records.terms import CREDITS
from wholeschool.records.text import decode
from wholeschool.records.yaml_new import new_text
from wholeschool.records.yaml_writing import edited

# Who somebody is; what was declared, trained and reviewed at the old school stays there and counts.
_TAKEN = ("number", "name", "subject", "stage", "backbone", "goal")
_SIDES = ("两边", "调出", "调入")


@click.command("transfer")
@click.argument("old", type=UNIT)
@click.argument("new", type=UNIT)
@click.argument("numbers", nargs=-1)
@click.option(
    "--on",
    "day",
    metavar="YYYY-MM-DD",
    help="到新学校的日期，默认今天，学校撤销了的是它最后一天的后一天；在原来的学校写到前一天。",
)
@click.option("--everybody", is_flag=True, help="原来的学校还在校的都调（学校撤销、合并）。")
@click.option(
    "--side", type=click.Choice(_SIDES), default=_SIDES[0], help="只写一边：两所学校不归同一个账号的，各写各的。"
)
@click.option("--year", type=int, help="年度，默认是现在的这一轮。")
@click.option("--dry-run", is_flag=True, help="只说明会写什么，不写。")
def command(
    old: str,
    new: str,
    numbers: tuple[str, ...],
    day: str | None,
    everybody: bool,
    side: str,
    year: int | None,
    dry_run: bool,
) -> None:
    """教师从 OLD 学校调到 NEW 学校：原来的名册写离校，新的名册写到校，没有通过的选学带过去；回来的，再写一次到校。

    NUMBERS 是教师编号，可以写几个。编号、学时、通过的微能力和证书跟着人走，原来学校里的记录不动。
    """
    root = find_root(Path.cwd())
    checked = check_root(root)
    programme = checked.programme
    round_ = round_asked(programme, year)
    if old == new:
        raise UsageError(f"两所学校都是 {old}；先写原来的，再写新的")
    left, joined = (_school(programme, path, round_) for path in (old, new))
    if left.roster is None:
        raise UsageError(f"{left.school.name} {round_} 年还没有名册")
    # Whom the old school has let go already, as its roster says, are there for the new one to take in.
    on_the_way = _on_the_way(left, joined) if side == _SIDES[2] else {}
    there = {**left.staying, **on_the_way}
    chosen = list(on_the_way or there) if everybody else list(dict.fromkeys(numbers))
    if not chosen and everybody:
        raise UsageError(f"{left.school.name}的名册里没有还在校的教师；已经写了离校的，由接收的学校运行 --side 调入")
    if not chosen:
        raise UsageError("写上教师编号；全部都调的，写 --everybody")
    if strange := [number for number in chosen if number not in there]:
        row = left.teachers.get(strange[0])
        gone = f"写着 {row.left.date} 已经离校" if row and row.left and has_left(row) else "写着人事关系在别的学校"
        then = "；调到这里的，加 --side 调入" if row and row.left and row.left.to == new else ""
        raise UsageError(f"{left.school.name}的名册里{gone if row else '没有'}：教师 {strange[0]}{then}")
    # What they did before they went for the first time would lie before the only day of coming that a row can tell.
    back = [row for number in chosen if (row := left.staying.get(number)) and came_back(row)]
    twice = next((row.number for row in back if left.stated_hours(row) is not None), "")
    if twice and side != _SIDES[2] and not left.school.closed:
        when = f"{round_} 年走了又回来过，名册的一行写不下第二次离校"
        raise UsageError(f"教师 {twice} {when}；这一轮仍算在{left.school.name}，从下一轮的名册起写在新的学校")
    # From a school that was closed they come on the day after its last, from one that has let them go on the next.
    last = max((row.left.date for each in chosen if (row := on_the_way.get(each)) and row.left), default=None)
    last = last or left.school.closed
    date = decision_day(day or (day_after(last) if last else None))
    if joined.school.closed and date > joined.school.closed:
        raise UsageError(f"{joined.school.name} {joined.school.closed} 已经撤销，不能再调到那里")
    files: dict[str, bytes] = {}
    if side != _SIDES[2]:
        files |= _gone(root, left, set(chosen), date, new)
    if side != _SIDES[1]:
        files |= _come(root, programme, left, joined, [there[number] for number in chosen], date)
    refuse_result(checked, files)
    if not dry_run:
        write_all(root, files)
    done = "可以写" if dry_run else "写下，核对以后提交"
    click.echo(f"{done}：{len(chosen)} 位教师从{left.school.name}到{joined.school.name}，{date} 到校。")
    if side != _SIDES[0]:
        other = left if side == _SIDES[2] else joined
        click.echo(f"{other.school.name}的名册由那边写；没有写以前，仍算在{left.school.name}，检查会提醒。")
    if joined.accepted and date > joined.accepted.date:
        click.echo(f"{joined.school.name}这一轮已经验收，以后到的教师在那里不再应考。")


def _on_the_way(left: YearOfSchool, joined: YearOfSchool) -> dict[str, Teacher]:
    """Those who have left one school for another, whose roster does not have them as its own yet, by number."""
    found = {}
    for number, row in left.teachers.items():
        there = joined.teachers.get(number)
        gone = row.left and has_left(row) and row.left.to == joined.school.path
        if gone and (there is None or there.home or (has_left(there) and row.left and there.left)):
            found[number] = row
    return found


def _school(programme: Programme, path: str, year: int) -> YearOfSchool:
    unit = programme.units.get(path)
    if unit is None or unit.level != "校":
        wrong = f"{path} 是{unit.level}级单位，不是学校" if unit else f"没有 {path} 这所学校"
        raise UsageError(f"{wrong}；写 submissions/ 下的路径，例如 anhui/shili/mingyuan/wenhua-xiaoxue")
    return programme.school_year(unit, year)


def _gone(root: Path, year: YearOfSchool, numbers: set[str], date: str, new: str) -> dict[str, bytes]:
    """The old school's roster: they left the day before, to the new school."""
    path, before, value = _roster(root, year)
    last = day_before(date)
    for row in value["teachers"]:
        if row["number"] in numbers:
            row["left"] = {"date": last, "reason": "调动", "to": new}
    _count(value, -len(numbers))
    return {path: edited(kinds()["teachers"].schema, before, value, same_items=True).encode()}


def _come(
    root: Path, programme: Programme, left: YearOfSchool, year: YearOfSchool, teachers: list[Teacher], date: str
) -> dict[str, bytes]:
    """The new school's roster: they joined on the day, with what they chose and have not passed."""
    known = {each.number: row for each in teachers if (row := year.teachers.get(each.number))}
    if again := next(
        (number for number, row in known.items() if not has_left(row) and row.home != left.school.path), ""
    ):
        raise UsageError(f"{year.school.name}的名册里已经有教师 {again}，没有写离校；核对编号")
    rows = {each.number: _row(programme, left, year, each, date) for each in teachers}
    schema = kinds()["teachers"].schema
    if year.roster is None:
        path = f"{ROOT}{year.school.path}/{year.year}/teachers.yaml"
        fields = {"staff": str(len(rows)), "teachers": list(rows.values())}
        return {path: new_text(schema, fields, head=schema_line(path, "teachers")).encode()}
    path, before, value = _roster(root, year)
    _count(value, len(teachers))
    for row in value["teachers"]:
        if row["number"] in known and "left" in row:
            # Who comes back was away for a while: this roster says since when again, as the other says until when.
            row["joined"] = rows.pop(row["number"])["joined"]
        elif row["number"] in known:  # who only helped out before
            del row["home"]
            row |= rows.pop(row["number"])
    return {path: edited(schema, before, value | {"teachers": [*value["teachers"], *rows.values()]}).encode()}


def _row(programme: Programme, left: YearOfSchool, year: YearOfSchool, teacher: Teacher, date: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: value for name in _TAKEN if (value := getattr(teacher, name))}
    row["name"] = left.corrected_names.get(teacher.number, teacher.name)
    if "backbone" in row:
        row["backbone"] = "true"
    done = {*left.own(teacher).levels, *left.gathered(teacher.number).levels}
    undone = [code for code in teacher.choices if code not in done]
    here, table = year.school.data.environments, programme.abilities(year.year)
    fits = [code for code in undone if not here or code not in table or table[code].environment in ("", *here)]
    offered = year.plan.data.offered if year.plan else fits
    kept = [code for code in undone if code in offered]
    # Too little of a choice is a mistake, and none is only not made yet.
    if kept and suffices(programme, year, {*done, *kept}):
        row["choices"] = kept
    elif kept or len(kept) < len(undone):
        of = programme.counts(year.year)
        brought = f"带来 {earned} {of}，" if (earned := credits_of(programme, year.year, done)) else ""
        lost = "、".join(code for code in undone if code not in kept)
        why = (
            f"{lost} 不在{year.school.name}可选的范围里" if lost else ("合计不够学分" if of == CREDITS else "合计不够")
        )
        then = "" if year.accepted else "，请在新学校另选"
        click.echo(f"教师 {teacher.number}：{brought}原来选的 {why}，选学没有带{then}。")
    return row | {"joined": {"date": date, "from": left.school.path}}


def _roster(root: Path, year: YearOfSchool) -> tuple[str, str, dict[str, Any]]:
    assert year.roster is not None
    before = decode((root / year.roster.path).read_bytes())
    return year.roster.path, before, values_of(before)


def _count(value: dict[str, Any], more: int) -> None:
    if "staff" in value:
        value["staff"] = str(int(value["staff"]) + more)

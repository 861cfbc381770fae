"""`wholeschool round`: open the next round, carry a school's roster into it, and close one that is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from wholeschool.all_or_none import write_all
from wholeschool.cli.decision_day import decision_day
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import Checked, check_root, find_root, refuse_errors, refuse_result
from wholeschool.days import years_later
from wholeschool.errors import UsageError
from wholeschool.outcomes.closing import last_decided, rows_due
from wholeschool.outcomes.rates import has_passed, is_exempt
from wholeschool.programme import Programme, Unit, YearOfSchool
from wholeschool.programme.stays import Stay, agreed, has_left
from wholeschool.records.csv_text import appended
from wholeschool.records.kinds import ROOT, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.scaffold import schema_line
from wholeschool.records.structs import Policy, Standard
from wholeschool.records.text import decode
from wholeschool.records.yaml_new import new_text
from wholeschool.records.yaml_writing import edited

SETTINGS = f"{ROOT}programme.yaml"
# Who somebody is; what was chosen, trained and written belongs to its round.
_CARRIED = ("number", "name", "subject", "stage", "group", "home")
_MOST_NAMED = 5
# What the schema takes for a year.
_FIRST, _LAST = 2000, 2099


@click.group("round")
def command() -> None:
    """开一轮，关一轮（维护人员）；把上一轮的名册带到新的一轮（学校、县级工程办）。"""


@command.command("open")
@click.argument("year", type=int)
@click.argument("units", nargs=-1, type=UNIT)
@click.option("--skip", is_flag=True, help="中间的年度真的没有轮次：隔过去，开 YEAR 年的。")
@click.option("--dry-run", is_flag=True, help="只说明会写什么，不写。")
def open_(year: int, units: tuple[str, ...], skip: bool, dry_run: bool) -> None:
    """开 YEAR 年这一轮：起止和期限照上一轮往后推。写了单位的，把它们（县就是各校）上一轮的名册带过来。

    带过来的是编号、姓名、学科、学段、教研组；上一轮没有合格的，目标也带过来；已经在别的学校这一轮名册里的，不带。选学、学时、任务单各轮自己写。团队不分轮次，不用带。
    """
    root = find_root(Path.cwd())
    checked = check_root(root)
    programme = checked.programme
    files: dict[str, bytes] = {}
    if not _FIRST <= year <= _LAST:
        raise UsageError(f"{year} 不是年度；写四位数字，例如 2027")
    if closed := programme.closed(year):
        raise UsageError(f"{year} 年这一轮 {closed} 已经关闭，不能再添名册")
    schools = list(_schools(programme, units))
    if year not in programme.years:
        files[SETTINGS] = _opened(root, programme, year, skip=skip)
        click.echo(f"工程总配置里添上 {year} 年这一轮；期限照上一轮推后，核对以后再提交。")
    elif not units:
        raise UsageError(f"{year} 年这一轮已经开了；要带名册，后面写上单位")
    told, taken = [], on_rosters(programme, year)
    for unit in schools:
        if roster := carried(programme, unit, year, taken):
            files[f"{ROOT}{unit.path}/{year}/teachers.yaml"] = roster.text.encode()
            said = f"{unit.name}：名册带过来 {roster.teachers} 位教师，其中 {roster.waiting} 位上一轮没有合格"
            gone = f"；{roster.gone} 位已经在别的学校 {year} 年的名册里，没有带" if roster.gone else ""
            claimed = (
                f"；其中 {roster.claimed} 位，别的学校的名册写着从这里调去了：真调走了的，删掉"
                if roster.claimed
                else ""
            )
            told.append(f"{said}{gone}{claimed}。")
        else:
            told.append(f"{unit.name}：没有带（{year} 年已经有名册，以前没有名册，或者教师都在别的学校的名册里了）。")
    for line in told:
        click.echo(line)
    if not files:
        click.echo("没有要写的。")
        return
    refuse_result(checked, files)
    if not dry_run:
        write_all(root, files)
    click.echo(f"{'可以写' if dry_run else '写下'} {len(files)} 个文件。")


def _opened(root: Path, programme: Programme, year: int, *, skip: bool) -> bytes:
    """The programme's settings with a round of that year: the last one's days, as many years later."""
    if not programme.years:
        raise UsageError("工程总配置里一轮也没有，照管理员指南写第一轮")
    last = programme.years[-1]
    if year < last:
        raise UsageError(f"{last} 年这一轮已经开了，不能再往前开 {year} 年的")
    if year > last + 1 and not skip:
        raise UsageError(f"接着 {last} 年的是 {last + 1} 年这一轮，还没有开；中间真的没有轮次、要隔过去的，加 --skip")
    before = decode((root / SETTINGS).read_bytes())
    value: dict[str, Any] = values_of(before)
    old = next(each for each in value["rounds"] if int(each["year"]) == last)
    # Whether the next round still belongs to the cycle is decided anew.
    new = {key: each for key, each in old.items() if key not in ("closed", "cycle", "minimum_cell")}
    # Closing has written them down; the next goes by the programme's.
    usual = programme.in_guidance(Policy, programme.settings.data.guidance) if programme.settings else None
    if usual and programme.standard(last) == usual.data.standard:
        new.pop("standard", None)
    if programme.settings and old.get("guidance") == programme.settings.data.guidance:
        new.pop("guidance", None)
    new |= {
        "year": str(year),
        "starts": years_later(str(old["starts"]), year - last),
        "ends": years_later(str(old["ends"]), year - last),
    }
    if "deadlines" in old:
        new["deadlines"] = [each | {"date": years_later(str(each["date"]), year - last)} for each in old["deadlines"]]
    return edited(kinds()["programme"].schema, before, value | {"rounds": [*value["rounds"], new]}).encode()


def _schools(programme: Programme, paths: tuple[str, ...]) -> Iterator[Unit]:
    for path in paths:
        unit = programme.units.get(path)
        if unit is None:
            raise UsageError(f"没有 {path} 这个单位；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
        if unit.closed:
            raise UsageError(f"{unit.name} {unit.closed} 已经撤销，没有新的一轮；教师到新的学校的名册里")
        found = [unit] if unit.level == "校" else unit.below
        yield from (each for each in found if each.level == "校" and not each.closed)


class Carried(NamedTuple):
    """A roster for a new round: how many are on it, have not passed yet, and are left out as others have them.

    `claimed` are on it, and by another school's roster came there from here.
    """

    text: str
    teachers: int
    waiting: int
    gone: int
    claimed: int


def on_rosters(programme: Programme, year: int) -> dict[str, bool]:
    """The teacher numbers that schools have on their rosters of a round already as their own.

    Whether they have them for good, or wait for the school that they name as where somebody came from.
    """
    schools = (programme.school_year(each, year) for each in programme.schools if year in each.years)
    own = ((each, teacher) for each in schools for teacher in each.teachers.values() if not teacher.home)
    found: dict[str, bool] = {}
    for each, teacher in own:
        holds = Stay(each, teacher) in agreed(each.stays_of(teacher))
        found[teacher.number] = found.get(teacher.number, False) or holds
    return found


def carried(programme: Programme, school: Unit, year: int, taken: Mapping[str, bool]) -> Carried | None:
    """The school's last roster as one of a new round, less those numbers that others have taken over.

    None where there is nobody to carry on, or where the school has a roster of that round already.
    """
    earlier = [each for each in school.years if each < year and programme.school_year(school, each).roster]
    if not earlier or programme.school_year(school, year).roster:
        return None
    last = programme.school_year(school, earlier[-1])
    # Who works at two schools is on both rosters again; one of the two has them as their own.
    gone = {number for number, teacher in last.teachers.items() if not teacher.home and taken.get(number)}
    rows, waiting = [], 0
    for number, teacher in last.teachers.items():
        if number in gone or has_left(teacher):
            continue
        row = {name: getattr(teacher, name) for name in _CARRIED if getattr(teacher, name)}
        row["name"] = last.corrected_names.get(number, teacher.name)
        if not is_exempt(teacher) and not has_passed(programme, last, teacher):
            waiting += 1
            if teacher.goal:
                row["goal"] = teacher.goal
        rows.append(row)
    if not rows:
        return None
    head = schema_line(f"{ROOT}{school.path}/{year}/teachers.yaml", "teachers")
    text = new_text(
        kinds()["teachers"].schema, {"staff": str(sum("home" not in row for row in rows)), "teachers": rows}, head=head
    )
    claimed = sum(row["number"] in taken for row in rows if "home" not in row)
    return Carried(text, len(rows), waiting, len(gone), claimed)


@command.command("close")
@click.argument("year", type=int)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="关闭的日期，默认今天。")
@click.option("--dry-run", is_flag=True, help="只说明会关闭什么、还有什么没有做完，不写。")
def close(year: int, day: str | None, dry_run: bool) -> None:
    """关闭 YEAR 年这一轮：那一年的记录从此不改，公布的数字写下来，从此不变。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    programme = checked.programme
    round_ = programme.round(year)
    if round_ is None:
        raise UsageError(f"工程总配置里没有 {year} 年这一轮")
    if round_.closed:
        raise UsageError(f"{year} 年这一轮 {round_.closed} 已经关闭")
    date = decision_day(day)
    if date <= round_.ends:
        raise UsageError(f"{year} 年这一轮 {round_.ends} 才结束，结束以后再关闭")
    if (last := last_decided(programme, year)) >= date:
        raise UsageError(f"{year} 年这一轮 {last} 还有认定，关闭的日期要在那以后")
    refuse_errors(checked)
    _tell_unfinished(checked, year)
    files = _closed(root, programme, year, date)
    refuse_result(checked, files, besides=("CLOSE-TRUE",))
    if not dry_run:
        write_all(root, files)
    state = "可以关闭" if dry_run else "已关闭"
    click.echo(f"{year} 年这一轮{state}，公布的数字写{'进' if dry_run else '在'} {len(files) - 1} 个文件里。")


def _closed(root: Path, programme: Programme, year: int, date: str) -> dict[str, bytes]:
    before = decode((root / SETTINGS).read_bytes())
    value: dict[str, Any] = values_of(before)
    own = {
        "guidance": programme.guidance_named(year),
        "standard": _as_read(programme.standard(year)),
        "minimum_cell": str(programme.minimum_cell(year)),
        "closed": date,
    }
    rounds = [each | own if int(each["year"]) == year else each for each in value["rounds"]]
    text = edited(kinds()["programme"].schema, before, value | {"rounds": rounds}, same_items=True)
    return {SETTINGS: text.encode()} | {path: appended(None, rows) for path, rows in rows_due(programme, year).items()}


def _as_read(standard: Standard) -> dict[str, str]:
    """As the reader of YAML gives it: every value as it is written; what is not asked for is not written."""
    return {name: str(value) for name, value in msgspec.structs.asdict(standard).items() if value}


def _tell_unfinished(checked: Checked, year: int) -> None:
    """What closing leaves as it is; nobody is kept from closing by it."""
    rounds = [each for each in checked.programme.school_years() if each.year == year]
    for word, schools in (
        ("评审了，县里还没有验收", [each for each in rounds if each.reviews and not each.acceptances]),
        ("县里要求整改，还没有再验收", [each for each in rounds if each.acceptances and not each.accepted]),
        ("验收合格，还没有认定", [each for each in rounds if each.accepted and not each.accepted.recognition]),
    ):
        if schools:
            click.echo(f"{word}：{_named(schools)}。")


def _named(schools: list[YearOfSchool]) -> str:
    names = "、".join(each.school.name for each in schools[:_MOST_NAMED])
    return names if len(schools) <= _MOST_NAMED else f"{names}等 {len(schools)} 所"

"""`wholeschool certificates`: new rows for the ledger, and PDFs from it."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from wholeschool.certificates import issue, render_all, sole_issuer
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import Checked, check_root, find_root, refuse_errors
from wholeschool.errors import UsageError
from wholeschool.outcomes.eligibility import new_entries, reasons_against
from wholeschool.outcomes.rates import is_exempt
from wholeschool.programme import Programme, Unit, YearOfCounty
from wholeschool.reports import Report


@click.group("certificates")
def command() -> None:
    """发证：追加台账，生成证书。"""


@command.command("issue")
@click.argument("county")
@click.option("--year", type=int, required=True, help="年度。")
@click.option("--date", "issued", metavar="YYYY-MM-DD", help="发证日期，默认今天。")
@click.option("--dry-run", is_flag=True, help="只说明谁能领、谁不能领及原因，不写台账。")
def issue_(county: str, year: int, issued: str | None, dry_run: bool) -> None:
    """把已经挣得、还没有发的证书追加到县的台账。再运行一次不会多发。"""
    root = find_root(Path.cwd())
    with sole_issuer(root) as workplace:
        checked = check_root(root)
        unit = _county(checked, county)
        _refuse_errors_of(checked, unit)
        round_ = checked.programme.county_year(unit, _year(checked.programme, year))
        entries = new_entries(checked.programme, round_, _date(issued))
        if dry_run:
            _explain(checked.programme, round_)
        else:
            issue(root / "submissions" / round_.county.path / str(year) / "certificates.csv", entries, workplace)
    verb = "可发" if dry_run else "新发"
    click.echo(f"{round_.county.name} {year} 年{verb} {len(entries)} 张证书。")


@command.command("render")
@click.argument("county", required=False)
@click.option("--all", "every", is_flag=True, help="所有县的证书（不写县时就是这样）。")
@click.option("--year", type=int, help="年度，默认全部。")
@click.option("--out", type=click.Path(path_type=Path), help="放在哪里，默认 build/certificates。")
def render(county: str | None, every: bool, year: int | None, out: Path | None) -> None:
    """由台账生成证书：每张一个 PDF，每校一个打印件。没有变化的学校不重做。"""
    root = find_root(Path.cwd())
    if county and every:
        raise UsageError("写了县就不要写 --all")
    checked = check_root(root)
    unit = _county(checked, county) if county else None
    _refuse_errors_of(checked, unit)
    if year is not None:
        _year(checked.programme, year)
    target = out or root / "build" / "certificates"
    made = render_all(checked.programme, target, county=unit.path if unit else None, year=year)
    click.echo(f"证书 {made.certificates} 张（其中 {made.reused} 张没有变化，没有重做）。")
    for failure in made.failures:
        click.echo(failure, err=True)
    raise SystemExit(FAILED if made.failures else 0)


def _county(checked: Checked, path: str) -> Unit:
    place = path.strip("/").removeprefix("submissions/")
    unit = checked.programme.units.get(place)
    if unit is not None and unit.level == "县":
        return unit
    folders = place.split("/")
    above = {f"submissions/{'/'.join(folders[:depth])}/unit.yaml" for depth in range(1, len(folders) + 1)}
    if unit is None and any(each.path in above for each in checked.report.findings):
        refuse_errors(checked)  # the county's unit.yaml or one above it cannot be read: that is what there is to say
    raise UsageError(f"没有 {path} 这个县；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")


def _year(programme: Programme, year: int) -> int:
    if year not in programme.years:
        raise UsageError(f"没有 {year} 年这一轮；有的年度：{'、'.join(map(str, programme.years))}")
    return year


def _refuse_errors_of(checked: Checked, county: Unit | None) -> None:
    """`refuse_errors` of what a county's certificates rest on: itself and all above it, not the other counties."""
    others = tuple(f"submissions/{each.path}/" for each in checked.programme.counties if each is not county)
    report = checked.report
    own = [each for each in report.findings if county is None or not each.path.startswith(others)]
    refuse_errors(checked._replace(report=Report(report.files, report.records, own)))


def _date(text: str | None) -> str:
    if text is None:
        return datetime.date.today().isoformat()
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"“{text}”不是日期；写成 2026-11-20 的样子") from None


def _explain(programme: Programme, round_: YearOfCounty) -> None:
    """For every teacher due, by number: what is issued, what is earned, or what stands against it."""
    issued = {
        (entry.teacher, entry.microability) for entry in (round_.ledger.data.certificates if round_.ledger else ())
    }
    for school in round_.schools:
        for number, teacher in school.teachers.items():
            if is_exempt(teacher):
                click.echo(f"{number}  免考")  # why is nobody's business here
                continue
            if not teacher.choices:
                click.echo(f"{number}  还没有选微能力")
            for code in teacher.choices:
                against = reasons_against(programme, school, number, code)
                state = "已发" if (number, code) in issued else "可发" if not against else f"不发：{'；'.join(against)}"
                click.echo(f"{number}  {code:<4}{state}")

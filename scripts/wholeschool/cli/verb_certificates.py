"""`wholeschool certificates`: new rows for the ledger, and PDFs from it."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from wholeschool.certificates import issue, render_all, sole_issuer
from wholeschool.cli.main import FAILED
from wholeschool.cli.workspace import check_root, find_root, refuse_errors
from wholeschool.errors import UsageError
from wholeschool.outcomes.eligibility import new_entries, reasons_against
from wholeschool.outcomes.rates import is_exempt
from wholeschool.programme import Programme, Unit, YearOfCounty


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
    with sole_issuer(root):
        checked = check_root(root)
        refuse_errors(checked)
        round_ = checked.programme.county_year(_county(checked.programme, county), year)
        entries = new_entries(checked.programme, round_, _date(issued))
        if dry_run:
            _explain(checked.programme, round_)
        else:
            issue(root / "submissions" / round_.county.path / str(year) / "certificates.csv", entries)
    verb = "可发" if dry_run else "新发"
    click.echo(f"{round_.county.name} {year} 年{verb} {len(entries)} 张证书。")


@command.command("render")
@click.argument("county", required=False)
@click.option("--year", type=int, help="年度，默认全部。")
@click.option("--out", type=click.Path(path_type=Path), help="放在哪里，默认 build/certificates。")
def render(county: str | None, year: int | None, out: Path | None) -> None:
    """由台账生成证书：每张一个 PDF，每校一个打印件。没有变化的学校不重做。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    refuse_errors(checked)
    path = _county(checked.programme, county).path if county else None
    made = render_all(checked.programme, out or root / "build" / "certificates", county=path, year=year)
    click.echo(f"证书 {made.certificates} 张（其中 {made.reused} 张没有变化，没有重做）。")
    for failure in made.failures:
        click.echo(failure, err=True)
    raise SystemExit(FAILED if made.failures else 0)


def _county(programme: Programme, path: str) -> Unit:
    unit = programme.units.get(path.strip("/").removeprefix("submissions/"))
    if unit is None or unit.level != "县":
        raise UsageError(f"没有 {path} 这个县；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    return unit


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
                click.echo(f"{number}  免考（{teacher.exempt.reason if teacher.exempt else ''}）")
                continue
            if not teacher.choices:
                click.echo(f"{number}  还没有选微能力")
            for code in teacher.choices:
                against = reasons_against(programme, school, number, code)
                state = "已发" if (number, code) in issued else "可发" if not against else f"不发：{'；'.join(against)}"
                click.echo(f"{number}  {code:<4}{state}")

"""`wholeschool recognise`: what the county recognises of a school, written down teacher by teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from wholeschool.all_or_none import write_all
from wholeschool.cli.decision_day import day_in_office
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import check_root, find_root, refuse_errors, refuse_result, round_asked, tell_unjudged
from wholeschool.errors import UsageError
from wholeschool.outcomes.recognition import recognition_of
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import YearOfCounty, YearOfSchool
from wholeschool.records.csv_text import appended
from wholeschool.records.kinds import ROOT, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.structs import RegisterEntry
from wholeschool.records.text import decode
from wholeschool.records.yaml_writing import edited

REGISTER = "register.csv"


@click.command("recognise")
@click.argument("county", type=UNIT)
@click.argument("schools", nargs=-1, type=UNIT)
@click.option("--year", type=int, help="年度，默认是现在的这一轮。")
@click.option("--document", help="认定的文号，例如 明教〔2026〕18号；不写，只把已经认定、还没有进名册的写下来。")
@click.option("--date", "day", metavar="YYYY-MM-DD", help="认定的日期，默认今天。")
@click.option("--dry-run", is_flag=True, help="只说明会认定谁，不写。")
def command(
    county: str, schools: tuple[str, ...], year: int | None, document: str | None, day: str | None, dry_run: bool
) -> None:
    """认定验收合格的学校，学时和通过的微能力逐人写进认定名册。不写学校，就是全县验收合格、还没有写进名册的。"""
    root = find_root(Path.cwd())
    checked = check_root(root)
    programme = checked.programme
    unit = programme.units.get(county)
    if unit is None or unit.level != "县":
        raise UsageError(f"没有 {county} 这个县；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")
    round_ = programme.county_year(unit, round_asked(programme, year))
    chosen = _chosen(round_, schools)
    new = [school for school in chosen if recognition_of(school) is None]
    if new and not document:
        if schools:
            raise UsageError(f"{new[0].school.name}还没有认定，写上认定的文号：--document 明教〔2026〕18号")
        click.echo(
            f"还没有认定、这次也不认定的：{'、'.join(each.school.name for each in new)}（要认定，写 --document）。"
        )
        chosen = [school for school in chosen if school not in new]
        new = []
    date = day_in_office(day, unit)
    rows: list[RegisterEntry] = []
    written = 0
    for school in chosen:
        recognition = recognition_of(school)
        found = list(due_rows(programme, school, recognition.date if recognition else date))
        rows += found
        passed = sum(bool(row.excellent or row.passed) for row in found)
        said = f"{len(found)} 位教师，其中 {passed} 位有通过的微能力" if found else "认定名册里没有要添、要改的"
        click.echo(f"{school.school.name}：{said}。")
        written += bool(found)
    if not rows and not new:
        click.echo("认定名册已经写全，没有要写的。")
        return
    files = _files(root, round_, new, rows, date, document or "")
    refuse_errors(checked, unit)
    refuse_result(checked, files)
    if not dry_run:
        write_all(root, files)
    tell_unjudged(checked)
    done = "可以写" if dry_run else "写下"
    if new:
        click.echo(f"{unit.name} {round_.year} 年的验收里{done} {len(new)} 所学校的认定（{document}）。")
    if rows:
        click.echo(f"{unit.name} {round_.year} 年的认定名册{done} {written} 所学校、{len(rows)} 行。")


def _chosen(round_: YearOfCounty, schools: tuple[str, ...]) -> list[YearOfSchool]:
    """The schools asked for, which must be accepted; without names all that are, and are not in the register yet."""
    by_path = {each.school.path: each for each in round_.schools}
    if unknown := [path for path in schools if path not in by_path]:
        raise UsageError(f"{round_.county.name}没有 {unknown[0]} 这所学校")
    if waiting := [by_path[path].school.name for path in schools if by_path[path].accepted is None]:
        raise UsageError(f"{waiting[0]}还没有验收合格；先在 {round_.year}/acceptance/ 里写验收")
    asked = [by_path[path] for path in schools] or [each for each in round_.schools if each.accepted]
    return [each for each in asked if schools or each.recognised is None]


def _files(
    root: Path, round_: YearOfCounty, new: list[YearOfSchool], rows: list[RegisterEntry], date: str, document: str
) -> dict[str, bytes]:
    """The county's acceptance with what is recognised now, and its register with the rows; not yet written."""
    folder = f"{ROOT}{round_.county.path}/{round_.year}"
    files: dict[str, bytes] = {}
    last = {entry.school: record.path for record, entry in round_.county.acceptances(round_.year)}
    for path in sorted({last[school.school.slug] for school in new}):
        before = decode((root / path).read_bytes())
        value: dict[str, Any] = values_of(before)
        here = {entry["school"]: entry for entry in value["acceptances"]}
        for school in new:
            if last[school.school.slug] == path:
                here[school.school.slug]["recognition"] = {"date": date, "document": document}
        files[path] = edited(kinds()["acceptance"].schema, before, value, same_items=True).encode()
    if rows:
        register = root / folder / REGISTER
        files[f"{folder}/{REGISTER}"] = appended(register.read_bytes() if register.exists() else None, rows)
    return files

"""From the layout to the whole tree of records, and onto the disk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec

from tests.synthesis import evidence, groups, offices, plans, reviews, roster, study
from tests.synthesis.calendar import Dates, dates
from tests.synthesis.names import Namer
from tests.synthesis.specs import PROVINCE, YEAR, CitySpec, CountySpec, Journey, SchoolSpec
from wholeschool.certificates.issue import STATUS_COMMENT
from wholeschool.certificates.signing import signed, signed_status, signer_for, unsigned_status
from wholeschool.outcomes.eligibility import new_entries
from wholeschool.programme import Programme, assemble
from wholeschool.records import Loaded, Record, load, placed
from wholeschool.records.block_yaml import to_yaml
from wholeschool.records.csv_text import line_of
from wholeschool.records.scaffold import with_schema_line
from wholeschool.records.structs import (
    CertificateEntry,
    Certificates,
    Member,
    Microability,
    Teacher,
    Teachers,
    Team,
    Unit,
)
from wholeschool.sources.tree import WorkingTree

ROOT = Path(__file__).parents[2]
GUIDANCE = "guidance/anhui-2.0/"
_OPENED_EARLY = re.compile(r"^  - year: 2027\n(?:    .*\n)+", re.MULTILINE)
"""The round that the example has opened before it begins; who needs one opens it."""
TABLES = ("programme.yaml", "keys.yaml", "regions.csv", GUIDANCE + "policy.yaml", GUIDANCE + "microabilities.csv")
ISSUED = f"{YEAR}-11-18"
# Share of women among the teachers of some types of school.
_WOMEN = {"幼儿园": 0.97, "小学": 0.75, "特殊教育学校": 0.8, "初中": 0.6, "九年一贯制学校": 0.6}
_TEAM_TEACHERS = 6  # of a county's training team


class School(NamedTuple):
    """A school with what has been drawn for it."""

    spec: SchoolSpec
    random: Random
    when: Dates
    teachers: list[Teacher]


class Files:
    """Everything to be written: path below the output folder, and text."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.records: list[Record[Any]] = []

    def add(self, path: str, data: msgspec.Struct, *, comment: str = "") -> None:
        """A YAML record."""
        text = to_yaml(data, comment=comment)
        self.texts[f"submissions/{path}"] = text
        where = placed(f"submissions/{path}")
        assert where is not None, path
        self.records.append(Record(f"submissions/{path}", where, text.encode, data))


@cache
def tables() -> Loaded:
    """The programme's settings, microabilities and regions, as they lie in this repository."""
    tree = WorkingTree(ROOT)
    wanted = [entry for entry in tree.entries("submissions") if entry.path.removeprefix("submissions/") in TABLES]
    return load(tree, wanted)


def build(cities: Sequence[CitySpec], seed: int) -> dict[str, str]:
    """The texts of all files by path, the three tables included."""
    files = Files()
    for name in TABLES:
        text = (ROOT / "submissions" / name).read_text(encoding="utf-8")
        files.texts[f"submissions/{name}"] = _OPENED_EARLY.sub("", text) if name == "programme.yaml" else text
    abilities = assemble(tables()).abilities()
    _province(files, Random(f"{seed}/{PROVINCE}"))
    for city in cities:
        _city(files, city, Random(f"{seed}/{city.code}"))
        for county in city.counties:
            _county(files, county, f"{PROVINCE}/{city.slug}/{county.slug}", abilities, seed)
    loaded = Loaded(0, [*tables().records, *files.records], [], frozenset())
    issuing = frozenset(
        school.code
        for city in cities
        for county in city.counties
        for school in county.schools
        if school.journey >= Journey.CERTIFIED
    )
    for path, text in _ledgers(assemble(loaded), issuing):
        files.texts[path] = text
    return files.texts


def _province(files: Files, random: Random) -> None:
    files.add(f"{PROVINCE}/unit.yaml", Unit(level="省", code="340000", name="安徽省"))
    namer = Namer(random)
    leaders = offices.office(namer, "示例省", "示例省教育厅")
    _teams(
        files,
        PROVINCE,
        {
            "office": leaders,
            "management": offices.management(namer, "示例省", "示例省教育厅", leaders),
            "training": offices.training(namer, "示例省", "示例省教育厅", "国家"),
            "expert": offices.experts(namer, "示例省"),
        },
        comment="样张：人员和单位均为虚构。",
    )


def _city(files: Files, city: CitySpec, random: Random) -> None:
    path = f"{PROVINCE}/{city.slug}"
    files.add(f"{path}/unit.yaml", Unit(level="市", code=city.code, name=city.name, demo=True))
    namer = Namer(random)
    authority = f"{city.name}教育局"
    leaders = offices.office(namer, city.name, authority)
    _teams(
        files,
        path,
        {
            "office": leaders,
            "management": offices.management(namer, city.name, authority, leaders),
            "training": offices.training(namer, city.name, authority, "省"),
        },
    )


def _teams(files: Files, path: str, teams: Mapping[str, Team], *, comment: str = "") -> None:
    for name, team in teams.items():
        files.add(f"{path}/teams/{name}.yaml", team, comment=comment)


def _county(files: Files, county: CountySpec, path: str, table: Mapping[str, Microability], seed: int) -> None:
    random = Random(f"{seed}/{county.code}")
    schools = [_school(school, seed) for school in county.schools]
    # Nobody at the county has the name of a teacher: readers would take the two for one.
    namer = Namer(random, frozenset(teacher.name for school in schools for teacher in school.teachers))
    leaders = offices.office(namer, county.name, county.authority)
    team = offices.training(namer, county.name, county.authority, "市", _lent(schools))
    _teams(
        files,
        path,
        {
            "office": leaders,
            "management": offices.management(namer, county.name, county.authority, leaders),
            "training": team,
        },
    )
    files.add(
        f"{path}/unit.yaml", Unit(level="县", code=county.code, name=county.name, demo=True, authority=county.authority)
    )
    offered: dict[str, list[Microability]] = {}
    for school in sorted(schools, key=lambda school: school.spec.center is not None):
        spec = school.spec
        center = offered.get(spec.center) if spec.center else None
        offered[spec.slug] = (
            [ability for ability in center if ability.environment in spec.environments]
            if center is not None
            else plans.offered(school.random, spec, table)
        )
        # A 中心学校 and the schools attached to it are one house: none of them is outside to another.
        head = spec.center or spec.slug
        house = {each.spec.name for each in schools if head in (each.spec.center, each.spec.slug)}
        others = [member for member in team.members if member.unit not in house]
        _write_school(files, school, f"{path}/{spec.slug}", offered[spec.slug], (path, others))
    timed = [(school.spec, school.when) for school in schools]
    files.add(f"{path}/{YEAR}/approvals/1.yaml", offices.approvals(random, county, timed, leaders.members[1].name))
    files.add(f"{path}/documents.yaml", offices.documents(county))
    files.add(f"{path}/providers.yaml", offices.providers())
    files.add(f"{path}/{YEAR}/training.yaml", offices.batches(county, path))
    if conclusions := offices.acceptance(random, county, timed, team.members):
        files.add(f"{path}/{YEAR}/acceptance/1.yaml", conclusions)
        held = [record for record in files.records if record.path.startswith(f"submissions/{path}/")]
        for name, check in offices.spot_checks(path, conclusions, held):
            files.add(f"{path}/{YEAR}/spot-checks/{name}.yaml", check)


def _school(spec: SchoolSpec, seed: int) -> School:
    random = Random(f"{seed}/{spec.code}")
    when = dates(random, spec.journey)
    namer = Namer(random, frozenset(spec.given_names), women=_WOMEN.get(spec.type, 0.5))
    return School(spec, random, when, roster.staff(random, spec, namer))


def _lent(schools: Sequence[School]) -> list[Member]:
    """Backbone teachers of some schools who also serve on the county's training team."""
    lent = [
        Member(
            name=school.teachers[3].name,
            unit=school.spec.name,
            institution="学校",
            position="教师",
            teacher=school.teachers[3].number,
            category="学科骨干教师",
            employment="兼职",
            stage=school.teachers[3].stage,
            subject=school.teachers[3].subject,
        )
        for school in schools
        if len(school.teachers) > 12
    ]
    return lent[:_TEAM_TEACHERS]


def _write_school(
    files: Files,
    school: School,
    path: str,
    offered: Sequence[Microability],
    team: tuple[str, Sequence[Member]],
) -> None:
    spec, random, when, teachers = school
    files.add(
        f"{path}/unit.yaml",
        Unit(
            level="校",
            code=spec.code,
            name=spec.name,
            demo=True,
            type=spec.type,
            principal=teachers[0].name,
            environments=spec.environments,
            center=spec.center,
            rural=spec.rural,
        ),
    )
    leaders = [] if spec.center else roster.management(spec, teachers)
    themes = plans.words_for(spec).themes
    if leaders:
        files.add(f"{path}/teams/management.yaml", Team(established=f"{YEAR}-02-27", members=tuple(leaders)))
        files.add(f"{path}/{YEAR}/plan.yaml", plans.plan(random, spec, teachers, offered, when, team))
        files.add(f"{path}/{YEAR}/survey.yaml", study.survey(random, spec, when))
        if spec.journey >= Journey.CHOOSING:
            files.add(f"{path}/{YEAR}/scheme.yaml", study.scheme(random, spec, themes, teachers))
    done = study.activities(spec, themes, teachers)
    if done:
        files.add(f"{path}/{YEAR}/activities.yaml", done)
    working = roster.work(random, spec, teachers, offered, study.hours(done, teachers), when)
    files.add(f"{path}/{YEAR}/teachers.yaml", Teachers(staff=len(working), teachers=tuple(working)))
    if spec.journey >= Journey.CHOOSING:
        for group in groups.groups(random, spec, working, when):
            files.add(f"{path}/{YEAR}/groups/{groups.slug_of(group.name)}.yaml", group)
    if spec.journey < Journey.REVIEWING:
        return
    judges = reviews.panel(random, spec, leaders, team)
    sessions = list(reviews.reviews(random, spec, working, judges, when))
    for review in sessions:
        files.add(f"{path}/{YEAR}/reviews/{review.date}.yaml", review)
    if register := evidence.evidence(random, sessions, when):
        files.add(f"{path}/{YEAR}/evidence.yaml", register)


def _ledgers(programme: Programme, issuing: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Ledger and status of every county that has issued certificates, for the schools whose codes are in `issuing`."""
    header = ",".join(CertificateEntry.__struct_fields__)
    for year in programme.county_years():
        rows = [row for row in new_entries(programme, year, ISSUED) if row.school_code in issuing]
        if not rows:
            continue
        signer = signer_for(programme, year.county, ISSUED, None)
        rows = signed(rows, signer)
        lines = map(line_of, rows)
        status = signed_status(programme, year.county, year.year, rows, unsigned_status(1, ISSUED), signer)
        folder = f"submissions/{year.county.path}/{year.year}"
        yield f"{folder}/certificates.csv", "\n".join([header, *lines, ""])
        yield (
            f"{folder}/revocations.yaml",
            to_yaml(status, comment=STATUS_COMMENT),
        )


def write_tree(out: Path, texts: Mapping[str, str]) -> None:
    """Write all files below `out`, which may already hold other things."""
    for path, text in texts.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(with_schema_line(path, text), encoding="utf-8", newline="\n")


__all__ = ["Certificates", "build", "write_tree"]

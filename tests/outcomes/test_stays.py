"""What follows a person from one school to another, and what only once a county has recognised it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import base
from tests.soak import examples
from wholeschool.outcomes.eligibility import earned_certificates
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.rules import check

COUNTY = "anhui/shili/mingyuan"
OLD, NEW = f"{COUNTY}/qingshan-xiaoxue", f"{COUNTY}/wenhua-xiaoxue"
TEACHER = "34990100010003"
ACCEPTANCE = f"submissions/{COUNTY}/2026/acceptance/1.yaml"
ROSTER = f"""teachers:
  - number: "{TEACHER}"
    name: 何芳
    subject: 英语
    stage: 小学
    choices: [A1, B1, B9, A3]
    hours: {{practice: 3}}
    left: {{date: 2026-05-31, reason: 调动, to: {NEW}}}
"""
RESULT = """  - teacher: "{teacher}"
    microability: {code}
    level: 合格
    evidence: [{{form: 教学设计, title: 样张}}]
    suggestion: 样张
"""
REVIEW = """date: 2026-05-20
standard: 微能力考核规范（2026 年版）
panel: {mode: 校内外结合, members: [{name: 样张甲, from: 校内, unit: 样张}, {name: 样张乙, from: 校外, unit: 样张}]}
results:
"""
ACCEPTED = """acceptances:
  - school: qingshan-xiaoxue
    conclusion: 验收合格
    date: 2026-06-26
    mode: 专家抽查
    by: [高建国, 沈月华]
    opinion: 样张
    recognition: {date: 2026-07-02, document: 明教〔2026〕19号}
"""


def programme(*, new_recognised: bool, old_recognised: bool) -> Programme:
    """Reviewed at the old school in May, at the new one since June; the county has recognised the one or the other."""
    start = f"submissions/{NEW}/2026/teachers.yaml"
    roster = base().files[start].decode()
    moved = roster.replace("name: 何芳\n", f"name: 何芳\n    joined: {{date: 2026-06-01, from: {OLD}}}\n")
    assert moved != roster
    results = "".join(RESULT.format(teacher=TEACHER, code=code) for code in ("A1", "B1", "B9", "A3"))
    files = {
        start: moved,
        f"submissions/{OLD}/2026/teachers.yaml": ROSTER,
        f"submissions/{OLD}/2026/reviews/2026-05-20.yaml": REVIEW + results,
    }
    if not new_recognised:
        files[ACCEPTANCE] = base().files[ACCEPTANCE].decode().partition("    recognition:")[0]
    if old_recognised:
        files[f"submissions/{COUNTY}/2026/acceptance/2.yaml"] = ACCEPTED
    loaded = load(base().having({path: text.encode() for path, text in files.items()}))
    assert [each for each in loaded.findings if each.severity == "error"] == []
    return assemble(loaded, "2026-07-10")


@pytest.mark.parametrize(
    ("new", "old", "counts"), [(False, False, True), (True, False, False), (True, True, True), (False, True, True)]
)
def test_what_nobody_has_accepted_counts_until_something_rests_on_it(new: bool, old: bool, counts: bool) -> None:
    """On the way the papers of the other school tell how far somebody is; what is certified has been recognised."""
    found = programme(new_recognised=new, old_recognised=old)
    year = found.school_year(found.units[NEW], 2026)
    assert (year.credited.get(TEACHER, {}).keys() == {"A1", "B1", "B9", "A3"}) is counts
    assert year.hours_of(year.teachers[TEACHER]).practice == (9 if counts else 6)
    county = found.county_year(found.units[COUNTY], 2026)
    certified = {each.microability for each in earned_certificates(found, county) if each.teacher == TEACHER}
    assert bool(certified) is (old and counts)


def test_each_school_keeps_what_was_done_there() -> None:
    found = programme(new_recognised=True, old_recognised=True)
    old = found.school_year(found.units[OLD], 2026)
    assert old.own(old.teachers[TEACHER]).levels.keys() == {"A1", "B1", "B9", "A3"}
    assert TEACHER not in old.counted
    assert old.elsewhere(TEACHER) == {}


# A person on the rosters of three schools, in whatever way: made up, and whoever wrote it.

SCHOOLS = ("dongmen-xiaoxue", "nanmen-xiaoxue", "ximen-xiaoxue")
DAYS = ("2026-03-02", "2026-05-04", "2026-06-25", "2026-07-06")
UNIT = "level: 校\ncode: 34990100{place:02}\nname: 样张{slug}\ntype: 小学\nprincipal: 林静\n"


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[dict[str, Any] | None], list[str]]:
    """Of each school the row of one number (none: it is not there), and the day on which it was accepted (or "")."""
    day, other = st.sampled_from(DAYS), st.sampled_from(SCHOOLS)
    row = st.fixed_dictionaries(
        {"hours": st.integers(0, 9)},
        optional={
            "joined": st.fixed_dictionaries({"date": day}, optional={"from": other.map(f"{COUNTY}/{{}}".format)}),
            "left": st.fixed_dictionaries({"date": day}),
            "home": other.map(f"{COUNTY}/{{}}".format),
        },
    )
    rows = draw(st.lists(st.none() | row, min_size=3, max_size=3))
    return rows, draw(st.lists(st.just("") | day, min_size=3, max_size=3))


@pytest.mark.soak
@settings(max_examples=examples(60), deadline=None)
@given(lives())
def test_however_rosters_are_written_a_person_is_counted_once_at_most(
    life: tuple[list[dict[str, Any] | None], list[str]],
) -> None:
    """Once, if anywhere they are and have not left; and their hours are those of all rows, at the last of them."""
    rows, accepted = life
    files: dict[str, bytes | None] = {}
    for place, (slug, row) in enumerate(zip(SCHOOLS, rows, strict=True), start=7):
        files[f"submissions/{COUNTY}/{slug}/unit.yaml"] = (
            UNIT.format(place=f"{place:02}", slug=slug) + "environments: [多媒体教学环境]\ndemo: true\n"
        ).encode()
        if row is not None:
            who = {"number": TEACHER, "name": "何芳", "subject": "英语", "stage": "小学"}
            written = {**who, **row, "hours": {"practice": row["hours"]}}
            files[f"submissions/{COUNTY}/{slug}/2026/teachers.yaml"] = msgspec.yaml.encode({"teachers": [written]})
    entries = [
        {"school": slug, "conclusion": "验收合格", "date": day, "mode": "专家抽查", "by": ["高建国"], "opinion": "样张"}
        for slug, day in zip(SCHOOLS, accepted, strict=True)
        if day
    ]
    files[f"submissions/{COUNTY}/2026/acceptance/9.yaml"] = msgspec.yaml.encode({"acceptances": entries})
    # The base's own school has the number too.
    tree = base().without(f"submissions/{NEW}/2026/teachers.yaml")
    found = assemble(load(tree.having({path: data for path, data in files.items() if data})), "2026-07-10")
    years = [found.school_year(found.units[f"{COUNTY}/{slug}"], 2026) for slug in SCHOOLS]
    there = [(year, row, day) for year, row, day in zip(years, rows, accepted, strict=True) if row is not None]
    counting = [year for year in years if TEACHER in year.counted]
    assert len(counting) <= 1
    if there and not any("left" in row or "home" in row or day for _, row, day in there):
        assert len(counting) == 1
    stays = found.stays(2026).get(TEACHER, ())
    if len(stays) > 1:
        last = stays[-1].year
        assert last.hours_of(last.teachers[TEACHER]).practice == sum(row["hours"] for _, row, _ in there)


def test_who_only_says_that_they_belong_elsewhere_is_counted_where_they_are() -> None:
    """A school cannot take a teacher out of its figures by itself, nor two schools by naming each other."""
    path = f"submissions/{OLD}/2026/teachers.yaml"
    person = 'number: "34990100020009", name: 孙梅, subject: 语文, stage: 小学'
    alone = f"teachers:\n  - {{{person}, home: {NEW}}}\n"
    found = assemble(load(base().having({path: alone.encode()})), "2026-07-10")
    assert "34990100020009" in found.school_year(found.units[OLD], 2026).counted
    theirs = f"submissions/{NEW}/2026/teachers.yaml"
    both = base().files[theirs].decode() + f"  - {{{person}, home: {OLD}}}\n"
    both = both.replace("staff: 4\n", "")
    found = assemble(load(base().having({path: alone.encode(), theirs: both.encode()})), "2026-06-10")
    counting = [one for one in (OLD, NEW) if "34990100020009" in found.school_year(found.units[one], 2026).counted]
    assert len(counting) == 1


def test_hours_that_a_provider_tells_are_not_counted_beside_what_another_school_has_typed() -> None:
    """The export has the say wherever the person is now; the figure at the old school is told, and counts no more."""
    export = f"""provider: 示例师范学院
file: {{name: 样张.xlsx, digest: {"3f0c" * 16}}}
from: 2026-03-02
until: 2026-06-30
people:
  - {{school: wenhua-xiaoxue, teacher: "{TEACHER}", matched: 编号, hours: 30}}
"""
    start = f"submissions/{NEW}/2026/teachers.yaml"
    roster = base().files[start].decode().replace("hours: {online: 18, practice: 6}", "hours: {practice: 6}")
    files = {
        start: roster.replace("name: 何芳\n", f"name: 何芳\n    joined: {{date: 2026-06-01, from: {OLD}}}\n"),
        f"submissions/{OLD}/2026/teachers.yaml": ROSTER.replace("{practice: 3}", "{online: 30, practice: 3}"),
        f"submissions/{COUNTY}/2026/online-hours/2026-06-30.yaml": export,
        ACCEPTANCE: base().files[ACCEPTANCE].decode().partition("    recognition:")[0],
    }
    loaded = load(base().having({path: text.encode() for path, text in files.items()}))
    found = assemble(loaded, "2026-07-10")
    year = found.school_year(found.units[NEW], 2026)
    assert year.hours_of(year.teachers[TEACHER]) == (30, 9)
    told = [each for each in check(found) if each.code == "HOURS-CLAIMED"]
    assert [each.path for each in told] == [f"submissions/{OLD}/2026/teachers.yaml"]

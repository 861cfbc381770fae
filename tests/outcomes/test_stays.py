"""What follows a person from one school to another, and what only once a county has recognised it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base
from tests.soak import examples
from wholeschool.changes.examples import Past
from wholeschool.changes.proposal import Author, Proposal, change_rules
from wholeschool.findings import Finding
from wholeschool.outcomes.eligibility import earned_certificates
from wholeschool.programme import Programme, YearOfSchool, assemble
from wholeschool.records import load
from wholeschool.rules import check
from wholeschool.rules.registry import all_rules, judge
from wholeschool.sources import Entry
from wholeschool.sources.difference import Difference

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


_PLACES = [f"{COUNTY}/{slug}" for slug in SCHOOLS]
EXEMPT = {"reason": "外出支教", "approved_by": "林静"}
Row = dict[str, Any] | None


def rows() -> st.SearchStrategy[dict[str, Any]]:
    """A row of a roster, in whatever way."""
    day, other = st.sampled_from(DAYS), st.sampled_from(_PLACES)
    return st.fixed_dictionaries(
        {"hours": st.integers(0, 9)},
        optional={
            "joined": st.fixed_dictionaries({"date": day}, optional={"from": other}),
            "left": st.fixed_dictionaries({"date": day}, optional={"to": other}),
            "home": other,
            "exempt": st.just(EXEMPT),
        },
    )


def lives() -> st.SearchStrategy[tuple[list[Row], list[str]]]:
    """Of each school the row of one number (none: it is not there), and the day on which it was accepted (or "")."""
    accepted = st.lists(st.just("") | st.sampled_from(DAYS), min_size=3, max_size=3)
    return st.tuples(st.lists(st.none() | rows(), min_size=3, max_size=3), accepted)


def files_of(written: list[Row], accepted: list[str]) -> dict[str, bytes]:
    """The three schools beside the base's own, which does not have the number, and the county's conclusions."""
    files = dict(base().without(f"submissions/{NEW}/2026/teachers.yaml").files)
    for place, (slug, row) in enumerate(zip(SCHOOLS, written, strict=True), start=7):
        files[f"submissions/{COUNTY}/{slug}/unit.yaml"] = (
            UNIT.format(place=f"{place:02}", slug=slug) + "environments: [多媒体教学环境]\ndemo: true\n"
        ).encode()
        if row is not None:
            who = {"number": TEACHER, "name": "何芳", "subject": "英语", "stage": "小学"}
            teacher = {**who, **row, "hours": {"practice": row.get("hours", 1)}}
            files[f"submissions/{COUNTY}/{slug}/2026/teachers.yaml"] = msgspec.yaml.encode({"teachers": [teacher]})
    entries = [
        {"school": slug, "conclusion": "验收合格", "date": day, "mode": "专家抽查", "by": ["高建国"], "opinion": "样张"}
        for slug, day in zip(SCHOOLS, accepted, strict=True)
        if day
    ]
    files[f"submissions/{COUNTY}/2026/acceptance/9.yaml"] = msgspec.yaml.encode({"acceptances": entries})
    accounts = [{"account": slug, "unit": f"{COUNTY}/{slug}"} for slug in SCHOOLS]
    files[f"submissions/{COUNTY}/accounts.yaml"] = msgspec.yaml.encode({"accounts": accounts})
    return files


def assembled(files: Mapping[str, bytes], *brought: str) -> Programme:
    return assemble(load(MemoryTree(files)), "2026-07-10", frozenset(brought))


def years_of(found: Programme) -> list[YearOfSchool]:
    return [found.school_year(found.units[place], 2026) for place in _PLACES]


@pytest.mark.soak
@settings(max_examples=examples(60), deadline=None)
@given(lives())
def test_however_rosters_are_written_a_person_is_counted_once_at_most(life: tuple[list[Row], list[str]]) -> None:
    """Once, if anywhere they are and have not left; and no hours are counted twice."""
    written, accepted = life
    years = years_of(assembled(files_of(written, accepted)))
    there = [(year, row, day) for year, row, day in zip(years, written, accepted, strict=True) if row is not None]
    counting = [year for year in years if TEACHER in year.counted]
    assert len(counting) <= 1
    if there and not any("left" in row or "home" in row or day for _, row, day in there):
        assert len(counting) == 1
    for year, row, _ in there:
        assert (
            row["hours"] <= year.hours_of(year.teachers[TEACHER]).practice <= sum(each["hours"] for _, each, _ in there)
        )


_HERE, _THERE, _ELSEWHERE = _PLACES
_FROM = {"joined": {"date": DAYS[1], "from": _HERE}}
MERGED: list[list[Row]] = [
    [{}, None, None],
    [{"joined": {"date": DAYS[0]}}, None, None],
    [{}, _FROM, None],  # the new school has written first
    [{"left": {"date": DAYS[1], "to": _THERE}}, None, None],
    [{"left": {"date": DAYS[1], "to": _THERE}}, _FROM, None],
    [
        {"left": {"date": DAYS[1], "to": _THERE}},
        {**_FROM, "left": {"date": DAYS[2], "to": _ELSEWHERE}},
        {"joined": {"date": DAYS[2], "from": _THERE}},
    ],
    [  # there and back
        {"left": {"date": DAYS[1], "to": _THERE}, "joined": {"date": DAYS[2], "from": _THERE}},
        {**_FROM, "left": {"date": DAYS[2], "to": _HERE}},
        None,
    ],
    [{}, {"home": _HERE}, None],
]
"""What rosters can say of one person that nothing is wrong with."""
_RULES = {
    code: each
    for code, each in all_rules().items()
    if code in ("STAY-SCHOOL", "STAY-ORDER", "STAY-HOME", "TEACHER-UNIQUE")
}
_CHANGE_RULES = {code: each for code, each in change_rules().items() if code in ("STAY-KEPT", "ROSTER-KEPT")}


def errors_of(found: Programme) -> list[Finding]:
    return [each for each in judge(_RULES, found) if each.severity == "error"]


def test_what_rosters_say_before_is_right() -> None:
    for written in MERGED:
        assert errors_of(assembled(files_of(written, ["", "", ""]))) == []


@pytest.mark.soak
@settings(max_examples=examples(150), deadline=None)
@given(
    st.sampled_from(MERGED),
    st.lists(st.just("") | st.sampled_from(DAYS), min_size=3, max_size=3),
    st.integers(0, 2),
    st.none() | rows(),
)
@example(MERGED[0], [DAYS[2], DAYS[2], ""], 1, {**_FROM, "left": {"date": DAYS[3], "to": _HERE}, "exempt": EXEMPT})
@example(MERGED[0], ["", DAYS[2], ""], 1, {**_FROM, "exempt": EXEMPT})
def test_what_one_school_writes_changes_no_other_schools_figures(
    written: list[Row], accepted: list[str], who: int, row: Row
) -> None:
    """It is refused, or whoever was due at another school still is, with the hours that they had."""
    after = [row if place == who else each for place, each in enumerate(written)]
    base_tree, head_tree = (Past(files_of(each, accepted)) for each in (written, after))
    path = f"submissions/{_PLACES[who]}/2026/teachers.yaml"
    old, new = (
        Entry(path, 0o100644, len(each.files[path])) if path in each.files else None for each in (base_tree, head_tree)
    )
    was, now = assembled(base_tree.files), assembled(head_tree.files, path)
    change = Proposal(was, now, base_tree, head_tree, [Difference(path, old, new)], (Author(SCHOOLS[who]),))
    if errors_of(now) or judge(_CHANGE_RULES, change):
        return
    for place, (one, other) in enumerate(zip(years_of(was), years_of(now), strict=True)):
        if place == who or TEACHER not in one.counted:
            continue
        assert TEACHER in other.counted
        helps = any(each and each.get("home") == _PLACES[place] for each in (written[who], row))
        if "joined" not in (written[place] or {}) and not helps:
            assert one.hours_of(one.teachers[TEACHER]) == other.hours_of(other.teachers[TEACHER])


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

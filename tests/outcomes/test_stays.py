"""What follows a person from one school to another, and what only once a county has recognised it."""

from __future__ import annotations

import pytest

from tests.case_folders import base
from wholeschool.outcomes.eligibility import earned_certificates
from wholeschool.programme import Programme, assemble
from wholeschool.records import load

COUNTY = "anhui/shili/mingyuan"
OLD, NEW = f"{COUNTY}/qingshan-xiaoxue", f"{COUNTY}/wenhua-xiaoxue"
TEACHER = "34990100010003"
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
    acceptance = f"submissions/{COUNTY}/2026/acceptance/1.yaml"
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
        files[acceptance] = base().files[acceptance].decode().partition("    recognition:")[0]
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

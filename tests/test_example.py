"""The example programme in submissions/ holds what people come to see, and nothing in it is wrong."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from wholeschool.cli.workspace import Checked, check_root
from wholeschool.outcomes.rates import is_exempt, school_tally
from wholeschool.outcomes.stages import stage
from wholeschool.programme import YearOfSchool
from wholeschool.records import kinds, placed
from wholeschool.records.structs import Case, SpotCheck

ROOT = Path(__file__).parents[1]
TODAY = "2026-11-24"


@cache
def _checked() -> Checked:
    return check_root(ROOT)


@cache
def _rounds() -> dict[str, YearOfSchool]:
    """Every school's round, by county and folder name."""
    return {year.school.path.split("/", 2)[2]: year for year in _checked().programme.school_years()}


def test_no_errors_and_only_a_handful_of_warnings() -> None:
    findings = _checked().report.findings
    assert [each for each in findings if each.severity == "error"] == []
    assert len(findings) <= 8


def test_size_and_stages_of_the_example() -> None:
    programme = _checked().programme
    assert [county.name for county in programme.counties] == ["明远县", "清岚区"]
    assert 14 <= len(programme.schools) <= 16
    assert 250 <= sum(len(year.teachers) for year in programme.school_years()) <= 280
    types = {school.data.type for school in programme.schools}
    assert types >= {"幼儿园", "小学", "初中", "高中", "九年一贯制学校", "中职"}
    branches = [school for school in programme.schools if school.center]
    assert len(branches) == 2
    assert len({school.data.center for school in branches}) == 1


def test_schools_stand_at_every_one_of_the_five_steps() -> None:
    programme = _checked().programme
    assert {stage(programme, year).step for year in programme.school_years()} == {0, 1, 2, 3, 4, 5}


def test_one_plan_was_returned_with_an_opinion_that_helps() -> None:
    year = _rounds()["qinglan/huayuan-youeryuan"]
    assert year.approval is None
    assert [entry.decision for entry in year.approvals] == ["退回修改"]
    assert len(year.approvals[0].opinion or "") > 100


def test_one_school_has_a_plan_only() -> None:
    year = _rounds()["mingyuan/taoli-xiaoxue"]
    assert year.plan is not None
    assert year.approvals == []
    assert not any(teacher.choices for teacher in year.teachers.values())


def test_one_school_is_choosing_and_one_practises() -> None:
    choosing = _rounds()["mingyuan/zhiye-xuexiao"].teachers.values()
    assert 0 < sum(bool(teacher.choices) for teacher in choosing) < len(choosing)
    practising = _rounds()["mingyuan/beigang-xuexiao"]
    assert all(teacher.declared for teacher in practising.teachers.values())
    assert practising.reviews == []


def test_one_school_is_being_rectified_and_one_was_rectified_and_then_accepted() -> None:
    assert [each.conclusion for each in _rounds()["mingyuan/xincheng-chuzhong"].acceptances] == ["限期整改"]
    mended = _rounds()["mingyuan/hewan-zhongxin-xiaoxue"]
    assert [each.conclusion for each in mended.acceptances] == ["限期整改", "验收合格"]
    assert mended.accepted is not None
    assert mended.accepted.recognition is not None


def test_one_school_is_fully_certified() -> None:
    programme = _checked().programme
    year = _rounds()["mingyuan/wenhua-xiaoxue"]
    ledgers = [county.ledger for county in programme.county_years() if county.ledger]
    entries = [entry for ledger in ledgers for entry in ledger.data.certificates]
    tally = school_tally(programme, year, frozenset(entry.teacher for entry in entries))
    assert stage(programme, year).name == "已完成"
    assert 0 < tally.passed == tally.certified < tally.due


def test_names_with_rare_characters_and_of_a_minority_are_certified() -> None:
    programme = _checked().programme
    certified = {
        entry.name for year in programme.county_years() if year.ledger for entry in year.ledger.data.certificates
    }
    for character in "𠮷㛃·":
        assert any(character in name for name in certified), character


def test_some_are_exempt_with_reasons_and_some_failed_with_a_suggestion_that_helps() -> None:
    exempt = [
        teacher.exempt.reason
        for year in _rounds().values()
        for teacher in year.teachers.values()
        if teacher.exempt and is_exempt(teacher)
    ]
    assert 3 <= len(exempt) <= 12
    assert len(set(exempt)) >= 3
    failed = [result for year in _rounds().values() for result in year.standing.values() if result.level == "不合格"]
    assert 10 <= len(failed) <= 60
    assert all(len(result.suggestion or "") >= 30 for result in failed)


def test_suggestions_are_many_and_different() -> None:
    suggestions = [result.suggestion or "" for year in _rounds().values() for _, result in year.results()]
    assert len(suggestions) > 500
    assert len(set(suggestions)) > 0.7 * len(suggestions)


def test_two_microabilities_can_be_enough() -> None:
    choices = {teacher.choices for year in _rounds().values() for teacher in year.teachers.values()}
    assert ("C6", "C7") in choices


def test_spot_checks_agree_with_what_the_county_concluded() -> None:
    checks = {record.name: record.data for _, record in _checked().programme.each(SpotCheck)}
    rectify = checks["2026-09-28-xincheng-chuzhong"]
    agreed = sum(item.school_level == item.recheck_level for item in rectify.items)
    conclusion = _rounds()["mingyuan/xincheng-chuzhong"].acceptances[0].opinion
    assert f"{len(rectify.items)} 项，复核一致 {agreed} 项" in conclusion


def test_cases_are_worth_reading() -> None:
    cases = [record.data for _, record in _checked().programme.each(Case)]
    assert len(cases) >= 8
    assert {case.type for case in cases} == {"整校推进工作案例", "信息技术应用课例"}
    assert any((case.stage, case.subject, case.microabilities[:1]) == ("小学", "数学", ("A5",)) for case in cases)
    assert any(case.environment == "混合学习环境" for case in cases)
    for case in cases:
        assert case.consent.author
        assert 600 <= len(re.sub(r"\s", "", case.body)) <= 1500, case.title
        assert "\n## " in case.body, case.title
        assert "\n| " in case.body, case.title


def test_nothing_is_dated_later_than_the_example_is_from() -> None:
    pattern = re.compile(r"^\s*-?\s*(date|submitted|declared|established|issued): (\d{4}-\d{2}-\d{2})$", re.MULTILINE)
    folder = ROOT / "submissions" / "anhui"
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.md")]):
        for match in pattern.finditer(path.read_text(encoding="utf-8")):
            assert match[2] <= TODAY, f"{path.relative_to(ROOT)}: {match[0]}"
    ledger = (folder / "shili/mingyuan/2026/certificates.csv").read_text(encoding="utf-8")
    assert all(line.split(",")[12] <= TODAY for line in ledger.splitlines()[1:])


def test_every_kind_of_record_occurs() -> None:
    assert {record.placed.kind.name for record in _checked().programme.records} == set(kinds())


def test_every_yaml_file_leads_editors_to_its_schema() -> None:
    """Where it does not: `wholeschool fix submissions --editor-line --write`."""
    without = []
    for file in sorted((ROOT / "submissions").rglob("*.yaml")):
        line = file.read_text("utf-8").split("\n")[0]
        schema = (file.parent / line.removeprefix("# yaml-language-server: $schema=")).resolve()
        where = placed(file.relative_to(ROOT).as_posix())
        assert where is not None
        if schema != ROOT / "schemas" / f"{where.kind.name}.schema.json" or not schema.is_file():
            without.append(file)
    assert without == []

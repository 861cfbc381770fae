"""The example programme in submissions/ holds what people come to see, and nothing in it is wrong."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec
import pytest

from wholeschool.cli.workspace import Checked, check_root
from wholeschool.outcomes.closing import rows_due
from wholeschool.outcomes.rates import is_exempt, school_tally
from wholeschool.outcomes.stages import stage
from wholeschool.programme import YearOfSchool
from wholeschool.records import kinds, placed
from wholeschool.records.structs import (
    AbilityFigure,
    AbilityFigures,
    Announcement,
    Case,
    FigureEntry,
    Figures,
    ProjectDecisions,
    Projects,
    SpotCheck,
)
from wholeschool.site.record_reference import fields

ROOT = Path(__file__).parents[1]
TODAY = "2026-11-25"


@cache
def _checked() -> Checked:
    return check_root(ROOT, day=TODAY)


@cache
def _rounds() -> dict[str, YearOfSchool]:
    """Every school's running round, by county and folder name; one is opened early."""
    years = (year for year in _checked().programme.school_years() if year.year == 2026)
    return {year.school.path.split("/", 2)[2]: year for year in years}


def test_no_errors_and_only_a_handful_of_warnings() -> None:
    findings = _checked().report.findings
    assert [each for each in findings if each.severity == "error"] == []
    assert len(findings) <= 8


def test_size_and_stages_of_the_example() -> None:
    programme = _checked().programme
    assert [county.name for county in programme.counties] == ["明远县", "清岚区"]
    schools = [school for school in programme.schools if not school.closed]
    assert 14 <= len(schools) <= 16
    assert 250 <= sum(len(year.teachers) for year in _rounds().values()) <= 280
    types = {school.data.type for school in schools}
    assert types >= {"幼儿园", "小学", "初中", "高中", "九年一贯制学校", "中职"}
    branches = [school for school in schools if school.center]
    assert len(branches) == 2
    assert len({school.data.center for school in branches}) == 1


def test_an_office_was_renamed_and_a_school_merged_into_another() -> None:
    programme = _checked().programme
    office = programme.units["anhui/shili/qinglan"]
    assert [office.on(day).authority for day in ("2026-08-31", "2026-09-01")] == ["清岚区教育局", "清岚区教育体育局"]
    school = programme.units["anhui/shili/mingyuan/nanwan-jiaoxuedian"]
    assert school.data.closed is not None
    assert [programme.units[path].name for path in school.data.closed.into] == ["明远县河湾镇中心小学"]
    assert [held.code for held in school.codes] == ["3499010012", "3499010011"]
    assert not any(programme.school_year(school, year).takes_part for year in (2025, 2026, 2027))


def test_the_round_before_is_closed_and_its_figures_are_those_of_its_records() -> None:
    programme = _checked().programme
    assert (programme.closed(2025), programme.closed(2026)) == ("2026-01-20", "")
    written: dict[str, list[FigureEntry] | list[AbilityFigure]] = {
        **{record.path: list(record.data.figures) for _, record in programme.each(Figures)},
        **{record.path: list(record.data.abilities) for _, record in programme.each(AbilityFigures)},
    }
    due = rows_due(programme, 2025)
    assert written == due
    county = due["submissions/anhui/shili/mingyuan/2025/figures.csv"][0]
    assert isinstance(county, FigureEntry)
    assert (county.due, county.passed, county.accepted, county.recognised) == (11, 8, 8, 1)


def test_the_next_round_is_open_and_two_schools_have_carried_their_rosters_on() -> None:
    programme = _checked().programme
    assert (programme.current, programme.years, programme.begun) == (2026, [2025, 2026, 2027], [2025, 2026])
    opened = [year for year in programme.school_years() if year.year == 2027]
    assert [year.school.slug for year in opened] == ["shiyan-youeryuan", "wenhua-xiaoxue"]
    for year in opened:
        before = programme.school_year(year.school, 2026)
        assert {(each.number, each.name) for each in year.teachers.values()} == {
            (number, before.name_recognised(number)) for number in before.teachers
        }
        assert not any(each.choices or each.hours for each in year.teachers.values())


def test_nobody_chooses_again_what_they_passed_in_the_round_before() -> None:
    programme = _checked().programme
    school = programme.units["anhui/shili/mingyuan/shiyan-youeryuan"]
    before, now = programme.school_year(school, 2025), programme.school_year(school, 2026)
    assert before.passed
    for number, passed in before.passed.items():
        assert now.name_of(number) == before.name_of(number)
        assert not passed.keys() & set(now.teachers[number].choices), number


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
    own = [each for each in practising.teachers.values() if not each.joined and not each.home]
    assert all(teacher.declared for teacher in own)
    assert practising.reviews == []


def test_somebody_changed_schools_and_somebody_works_at_two() -> None:
    new, old = _rounds()["mingyuan/beigang-xuexiao"], _rounds()["mingyuan/xincheng-chuzhong"]
    moved = next(number for number, each in new.teachers.items() if each.joined)
    assert moved in new.counted
    assert moved not in old.counted
    assert new.credited[moved] == old.credited[moved]
    helps = next(number for number, each in new.teachers.items() if each.home)
    assert helps in old.counted
    assert helps not in new.counted


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


# Fields that the example leaves to real places: what each fills in for itself, telephone numbers, which no example has,
# and what names a commit of the place's own history. Everything else occurs.
_LEFT_TO_PLACES = {
    "programme": {
        *("publication.site_url", "publication.repository", "publication.contact", "maintainers"),
        *("maintainer_ids", "maintainer_ids.account", "maintainer_ids.id"),
        *("contacts", "contacts.recipients", "local.direct_counties", "local.trainer_ratio", "rounds.cycle"),
        *("rounds.certificate_years", "rounds.standard.dimensions"),
        *("rounds.standard.school_share", "rounds.standard.waves", "rounds.standard.types"),
        *("rounds.standard.types.type", "rounds.standard.types.credits"),
    },
    # Other provinces'.
    "policy": {
        *("vocabulary.counts", "vocabulary.dimensions.english", "standard.dimensions", "standard.school_share"),
        *("standard.waves", "standard.types", "standard.types.type", "standard.types.credits"),
        *("vocabulary.levels", "vocabulary.levels.name", "vocabulary.levels.passes"),
    },
    "microabilities": {"microabilities.after", "microabilities.english"},
    "teachers": {"teachers.due_in"},
    "rulebook": {"unused"},
    # As samples were drawn before there were announcements.
    "spot-check": {path for path in fields("spot-check") if path.startswith("draw")},
    "keys": {
        *("keys.revoked.since", "keys.revoked.commit", "keys.revoked.kept"),
        *(f"keys.revoked.kept.{name}" for name in ("county", "year", "rows", "listed", "revoked", "status")),
    },
}
# Fields that say how far something has come or how it ended: every choice occurs. (What is chosen by subject or by kind
# of school need not.)
_STATES = {
    "acceptance": ("acceptances.conclusion", "acceptances.mode"),
    "appraisal": ("members.team", "members.conclusion"),
    "approvals": ("approvals.decision",),
    "documents": ("documents.status", "documents.kind"),
    "evidence": ("submissions.students",),
    "filings": ("filings.paper", "filings.form"),
    "inspections": ("inspections.kind", "inspections.conclusion"),
    "performance": ("evaluations.kind",),
    "pilots": ("pilots.support.type",),
    "project-decisions": ("decisions.decision",),
    "resources": ("resources.source",),
    "result-uses": ("uses.type",),
    "review": ("panel.mode", "results.level"),
    "announcement": ("value.source", "strata"),
    "spot-check": ("stage", "mode", "items.correction.result"),
    "survey": ("comments.handling",),
    "teachers": ("teachers.exempt.reason",),
    "team": ("members.role", "members.category", "members.employment", "members.selection", "members.trained.level"),
    "training": ("batches.audience", "batches.focus", "batches.level"),
    "work-log": ("entries.team", "entries.task"),
    "activities": ("activities.kind", "activities.link", "activities.channel", "activities.mode"),
}


@cache
def _values() -> dict[tuple[str, str], set[object]]:
    """What the example's records hold, by kind and field; lists are passed through."""
    found: dict[tuple[str, str], set[object]] = {}

    def walk(kind: str, value: object, path: str) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                if each not in (None, (), [], {}):
                    below = f"{path}.{name}" if path else name
                    found.setdefault((kind, below), set())
                    walk(kind, each, below)
        elif isinstance(value, list | tuple):
            for each in value:
                walk(kind, each, path)
        else:
            found[kind, path].add(value)

    for record in _checked().programme.records:
        walk(record.placed.kind.name, msgspec.to_builtins(record.data), "")
    return found


def test_every_field_of_every_record_occurs() -> None:
    missing = {
        (kind, path)
        for kind in kinds()
        for path in fields(kind)
        if (kind, path) not in _values() and path not in _LEFT_TO_PLACES.get(kind, ())
    }
    assert missing == set()


@pytest.mark.parametrize("kind", _STATES)
def test_every_state_occurs(kind: str) -> None:
    for path in _STATES[kind]:
        schema = fields(kind, _checked().programme.terms())[path].schema
        choices = schema.get("enum") or schema["items"]["enum"]
        assert _values()[kind, path] == set(choices), path


def test_a_plan_is_waiting_another_was_returned_and_one_returned_and_then_approved() -> None:
    decisions = {slug: [each.decision for each in year.approvals] for slug, year in _rounds().items() if year.plan}
    assert decisions["mingyuan/taoli-xiaoxue"] == []
    assert decisions["qinglan/huayuan-youeryuan"] == ["退回修改"]
    assert decisions["qinglan/qiming-xuexiao"] == ["退回修改", "审核通过"]
    assert all(each.approval.filing for each in _rounds().values() if each.approval)


def test_acceptance_is_awaited_under_way_failed_to_be_put_right_and_passed() -> None:
    programme = _checked().programme
    waiting = {slug: stage(programme, year).waiting_for for slug, year in _rounds().items()}
    assert waiting["mingyuan/shiyan-youeryuan"] == "抽查验收"
    assert waiting["qinglan/qiming-xuexiao"].startswith("抽查已经开始")
    assert waiting["qinglan/linxi-chuzhong"].startswith("验收不合格：整改")
    assert waiting["mingyuan/xincheng-chuzhong"].startswith("限期整改：整改")
    assert waiting["mingyuan/diyi-zhongxue"] == "认定学时和学分"


def test_projects_are_designed_submitted_returned_approved_and_reported() -> None:
    programme = _checked().programme
    projects = [each for _, record in programme.each(Projects) for each in record.data.projects]
    decided = {each.project: each for _, record in programme.each(ProjectDecisions) for each in record.data.decisions}
    states = {
        "设计" if not each.submitted else "报送" if each.name not in decided else decided[each.name].decision
        for each in projects
    }
    assert states == {"设计", "报送", "退回修改", "批准"}
    assert {bool(each.reported) for each in decided.values() if each.decision == "批准"} == {True, False}


def test_certificates_are_in_force_revoked_and_replaced() -> None:
    ledgers = [county for county in _checked().programme.county_years() if county.ledger]
    revoked = [each for county in ledgers if county.status for each in county.status.data.revoked]
    assert {bool(each.replaced_by) for each in revoked} == {True, False}
    entries = {each.number: each for county in ledgers if county.ledger for each in county.ledger.data.certificates}
    for each in revoked:
        assert each.number in entries
        assert not each.replaced_by or entries[each.replaced_by].replaces == each.number


def test_samples_were_drawn_one_was_called_off_and_corrections_are_done_failed_and_due() -> None:
    checks = [record.data for _, record in _checked().programme.each(SpotCheck)]
    said = [record for _, record in _checked().programme.each(Announcement)]
    assert {each.name for each in said if each.data.drawn} == {check.announcement for check in checks} - {None}
    assert any(each.data.cancelled for each in said)
    corrections = [item.correction for check in checks for item in check.items if item.correction]
    assert {each.result for each in corrections} == {"已改正", "未改正", None}

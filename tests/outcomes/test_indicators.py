"""The fourteen indicators, worked out by hand on the base programme and small changes to it.

The base county has two schools. 文华小学 has four teachers: one exempt; one with 20 credits passed, trained, certified;
one trained with 5 credits passed; one neither. 青山小学 has nothing yet.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.case_folders import MemoryTree, base
from tests.site.conftest import programme_at
from tests.site.small_programme import write
from wholeschool.outcomes.indicators import Measure, Share, all_indicators, measures
from wholeschool.outcomes.published import public_year
from wholeschool.outcomes.stages import stage
from wholeschool.outcomes.suppression import Cell, deducible, is_small
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.rules.reference import shipped_rulebook
from wholeschool.site.indicators import public_measures

YEAR = 2026
CITY = "anhui/shili"
COUNTY = f"{CITY}/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ROSTER = f"submissions/{SCHOOL}/2026/teachers.yaml"


def programme_of(files: dict[str, str], without: tuple[str, ...] = ()) -> Programme:
    """The base programme with files (below submissions/) added or replaced; all of them are valid."""
    laid = base().without(*without).having({f"submissions/{path}": text.encode() for path, text in files.items()})
    loaded = load(MemoryTree(laid.files))
    assert loaded.findings == []
    return assemble(loaded)


def measure(number: int, files: dict[str, str] | None = None, unit: str = COUNTY) -> Measure:
    """One indicator of one unit."""
    return measures(programme_of(files or {}), YEAR)[unit][number]


def counts(found: Measure) -> list[tuple[float, float]]:
    """Numerators and denominators."""
    return [(share.count, share.of) for share in found.shares]


def replaced(path: str, old: str, new: str) -> dict[str, str]:
    """A base file with one passage changed."""
    text = base().files[f"submissions/{path}"].decode()
    assert old in text
    return {path: text.replace(old, new, 1)}


def test_there_are_fourteen_each_with_formula_and_clause() -> None:
    every = all_indicators()
    assert [each.number for each in every] == list(range(1, 15))
    for each in every:
        assert "÷" in each.formula
        assert shipped_rulebook().clause("pages", f"indicators.{each.number}").startswith(("附件1 ", "附件2 "))


def test_acceptance_rate() -> None:
    found = measure(1)
    assert counts(found) == [(1, 3)]
    assert found.records == (
        f"submissions/{COUNTY}/2026/acceptance/1.yaml",
        f"submissions/{SCHOOL}/2026/reviews/2026-06-12.yaml",
        ROSTER,
    )
    failed = replaced(f"{COUNTY}/2026/acceptance/1.yaml", "conclusion: 验收合格", "conclusion: 限期整改")
    assert counts(measure(1, failed)) == [(0, 3)]


def test_only_a_sound_exemption_leaves_the_denominator() -> None:
    unsound = replaced(f"{SCHOOL}/2026/teachers.yaml", ", approved_by: 林静", "")
    assert counts(measure(1, unsound)) == [(1, 4)]
    none = replaced(f"{SCHOOL}/2026/teachers.yaml", "    declared: 2026-04-10\n", "")
    assert counts(measure(4, none)) == [(2, 3), (1, 3)]


def test_a_school_is_not_done_while_one_teacher_is_not() -> None:
    programme = programme_of({})
    school = programme.units[SCHOOL]
    assert stage(programme, programme.school_year(school, YEAR)).name != "已完成"
    at = stage(programme, programme.school_year(school, YEAR))
    assert (at.label, at.waiting_for) == ("2 教研组协商", "教研组与 1 位教师协商，定目标和申报点")


def test_inspections() -> None:
    assert counts(measure(2)) == [(0, 0)]
    entry = "  - {{unit: {}, kind: 验收, date: {}, conclusion: {}, by: [郑秋白]}}\n"
    city = "inspections:\n" + "".join(
        entry.format(*row)
        for row in (
            (SCHOOL, "2026-08-01", "限期整改"),
            (SCHOOL, "2026-09-01", "合格"),
            (f"{COUNTY}/qingshan-xiaoxue", "2026-08-01", "不合格"),
        )
    )
    province = "inspections:\n" + entry.format(COUNTY, "2026-10-01", "合格") + entry.format(CITY, "2026-10-01", "合格")
    files = {f"{CITY}/2026/inspections.yaml": city, "anhui/2026/inspections.yaml": province}
    assert counts(measure(2, files)) == [(2, 3)]
    assert counts(measure(2, files, CITY)) == [(3, 4)]


def test_training() -> None:
    assert counts(measure(3)) == [(2, 3)]
    short = replaced(f"{SCHOOL}/2026/teachers.yaml", "{online: 30, practice: 30}", "{online: 45, practice: 29.5}")
    assert counts(measure(3, short)) == [(1, 3)]


def test_participation_and_passing() -> None:
    assert counts(measure(4)) == [(2, 3), (1, 3)]


def test_teams() -> None:
    assert counts(measure(5)) == [(1, 2), (1, 1)]
    attached = replaced(f"{COUNTY}/qingshan-xiaoxue/unit.yaml", "demo: true", "demo: true\ncenter: wenhua-xiaoxue")
    assert counts(measure(5, attached)) == [(2, 2), (1, 1)]
    two = {f"{COUNTY}/qingshan-xiaoxue/teams/management.yaml": "members: [{name: 曹立新}, {name: 韩冰}]\n"}
    assert counts(measure(5, two)) == [(2, 2), (1, 2)]


def test_leadership_training() -> None:
    batch = (
        "batches:\n  - {{name: 领导力研修, audience: {}, focus: 信息化领导力, level: 县, "
        "starts: 2026-03-01, ends: 2026-03-02, hours: 8, schools: [{}]}}\n"
    )
    path = f"{COUNTY}/2026/training.yaml"
    assert counts(measure(6)) == [(0, 2)]
    assert counts(measure(6, {path: batch.format("学校管理团队", SCHOOL)})) == [(1, 2)]
    assert counts(measure(6, {path: batch.format("教师", SCHOOL)})) == [(0, 2)]
    about_another = batch.replace("focus: 信息化领导力", "focus: 微能力").format("学校管理团队", SCHOOL)
    assert counts(measure(6, {path: about_another})) == [(0, 2)]
    from_the_city = {f"{CITY}/2026/training.yaml": batch.format("学校管理团队", SCHOOL)}
    assert counts(measure(6, from_the_city)) == [(1, 2)]


def test_approved_plans() -> None:
    assert counts(measure(7)) == [(1, 2)]
    back = replaced(f"{COUNTY}/2026/approvals/1.yaml", "decision: 审核通过", "decision: 退回修改")
    assert counts(measure(7, back)) == [(0, 2)]


def test_study_documents() -> None:
    assert counts(measure(8)) == [(1, 2), (1, 1), (0, 2)]
    roster = base().files[ROSTER].decode()
    for subject in ("语文", "数学", "英语"):
        roster = roster.replace(f"    subject: {subject}\n", f"    subject: {subject}\n    group: {subject}组\n", 1)
    roster = roster.replace(
        "    choices: [A5, A11, B10]\n",
        "    choices: [A5, A11, B10]\n"
        "    task_sheet: [{microability: A5, task: 导入, when: 5 月, product: 教学设计}]\n",
    )
    group = "name: {}\nleader: 周雨晴\ntheme: 用好量规\nplan: [{{when: 3 月, content: 研讨}}]\n"
    files = {f"{SCHOOL}/2026/teachers.yaml": roster}
    plans = {  # with the base's own group
        f"{SCHOOL}/2026/groups/{name}.yaml": group.format(f"{subject}组")
        for name, subject in (("yuwen", "语文"), ("shuxue", "数学"))
    }
    assert counts(measure(8, files | plans)) == [(1, 2), (3, 4), (0, 2)]
    plans[f"{SCHOOL}/2026/groups/yingyu.yaml"] = group.format("英语组")
    assert counts(measure(8, files | plans)) == [(1, 2), (4, 4), (1, 2)]


def test_practice_share() -> None:
    found = measure(9)
    assert counts(found) == [(36 + 30 + 6, 32 + 36 + 30 + 30 + 18 + 6)]
    assert found.shares[0].people == 3


def test_cases() -> None:
    assert counts(measure(10)) == [(0, 2), (0, 2)]
    files = replaced(f"{SCHOOL}/cases/xizuo-huping.md", "author: 周雨晴\n", "author: 周雨晴\nexcellent: true\n")
    text = base().files[f"submissions/{SCHOOL}/cases/xizuo-huping.md"].decode()
    work = text.replace("type: 信息技术应用课例", "type: 整校推进工作案例")
    files[f"{COUNTY}/qingshan-xiaoxue/cases/yixiao-yice.md"] = work
    files[f"{SCHOOL}/cases/qunian.md"] = work.replace("date: 2026", "date: 2025")
    assert counts(measure(10, files)) == [(1, 2), (1, 2)]


def test_appraisals() -> None:
    assert counts(measure(11)) == [(0, 2)]
    tasks = ["培训设计", "过程管理", "研修指导", "考核评价"]

    def appraised(number: int) -> dict[str, str]:
        listed = ", ".join(f"{{task: {task}, level: 合格}}" for task in tasks[:number])
        return {
            f"{COUNTY}/2026/appraisal.yaml": (
                f"members:\n  - {{team: 培训团队, name: 高建国, conclusion: 续聘, tasks: [{listed}]}}\n"
            )
        }

    assert counts(measure(11, appraised(4))) == [(1, 2)]
    assert counts(measure(11, appraised(3))) == [(0, 2)]


def test_certificates() -> None:
    assert counts(measure(12)) == [(1, 1)]
    ledger = f"{COUNTY}/2026/certificates.csv"
    rows = base().files[f"submissions/{ledger}"].decode().splitlines(keepends=True)
    assert counts(measure(12, {ledger: "".join(rows[:-1])})) == [(0, 1)]


def test_portfolios() -> None:
    assert counts(measure(13)) == [(2, 3)]
    unconsulted = replaced(f"{SCHOOL}/2026/groups/quanxiao.yaml", "teacher: 34990100010002", "teacher: 34990100010003")
    assert counts(measure(13, unconsulted)) == [(1, 3)]
    goal = replaced(
        f"{SCHOOL}/2026/teachers.yaml",
        "    choices: [A5, A11, B9]\n",
        "    choices: [A5, A11, B9]\n    goal: 会用量规\n",
    )
    assert counts(measure(13, unconsulted | goal)) == [(2, 3)]


DEADLINES = """\
    deadlines:
      - {task: 附件3 电子版, date: 2026-12-01, paper: 管理团队及工程办人员信息表, form: 电子版}
      - {task: 附件4 纸质件, date: 2026-12-20, paper: 省级培训团队人员推荐表, form: 纸质件}
      - {task: 县里自定的, date: 2026-06-30}
"""


def test_filings() -> None:
    files = replaced("programme.yaml", "    ends: 2026-12-31\n", f"    ends: 2026-12-31\n{DEADLINES}")
    assert counts(measure(14, files)) == [(0, 0)]
    assert counts(measure(14, files, CITY)) == [(0, 2)]
    filing = "filings:\n  - {{paper: 管理团队及工程办人员信息表, form: 电子版, date: {}}}\n"
    on_time = files | {f"{CITY}/2026/filings.yaml": filing.format("2026-12-01")}
    assert counts(measure(14, on_time, CITY)) == [(1, 2)]
    late = files | {f"{CITY}/2026/filings.yaml": filing.format("2026-12-02")}
    assert counts(measure(14, late, CITY)) == [(0, 2)]
    direct = dict(files)
    direct["programme.yaml"] += f"local:\n  direct_counties: [{COUNTY}]\n"
    assert counts(measure(14, direct)) == [(0, 2)]
    assert counts(measure(14, direct, CITY)) == [(0, 4)]


def test_cities_and_provinces_are_sums(tmp_path: Path) -> None:
    write(tmp_path)
    found = measures(programme_at(tmp_path), YEAR)
    for number in range(1, 14):
        counties = [found[f"{CITY}/{name}"][number].shares for name in ("mingyuan", "qinglan")]
        for index, share in enumerate(found[CITY][number].shares):
            assert share.count == sum(shares[index].count for shares in counties)
            assert share.of == sum(shares[index].of for shares in counties)
        assert found["anhui"][number].shares == found[CITY][number].shares
    # By hand: 82 on the rosters, one of them exempt; 22 passed in the two recognised schools.
    assert counts(found[CITY][1])[0] == (22, 81)


def test_shares_add_up() -> None:
    one, two = Share("甲", 1, 2, "人", 2), Share("甲", 3, 4, "人", 4)
    assert one + two == Share("甲", 4, 6, "人", 6)
    assert Share("甲", 0, 0, "所").rate is None


PEOPLE = [(1, 0), (3, 0), (4, 0), (4, 1), (11, 0), (12, 0), (13, 0)]


def test_small_counts_stay_hidden() -> None:
    programme = programme_of({})
    shown = public_measures(programme, public_year(programme, YEAR))[COUNTY]
    for number, index in PEOPLE:
        share = shown[number].shares[index]
        assert share.part is None or share.part == 0, (number, share)
    assert shown[5].shares[0].part == 1


@pytest.mark.parametrize("place", PEOPLE)
def test_no_small_count_follows_from_the_others(tmp_path: Path, place: tuple[int, int]) -> None:
    write(tmp_path)
    programme = programme_at(tmp_path)
    minimum = 3
    found = measures(programme, YEAR)
    shown = public_measures(programme, public_year(programme, YEAR))
    number, index = place
    cells, veiled = {}, set()
    for path in sorted(found):
        share = found[path][number].shares[index]
        parent = programme.units[path].parent
        cells[path] = Cell(int(share.of), int(share.count), parent.path if parent else None)
        if shown[path][number].shares[index].part is None:
            veiled.add(path)
    for path, (least, most) in deducible(cells, veiled).items():
        people = cells[path].people
        if is_small(people, cells[path].count, minimum):
            assert path in veiled
            doubtful = any(not is_small(people, count, minimum) for count in range(least, most + 1))
            assert doubtful or (people < minimum and least < most), path

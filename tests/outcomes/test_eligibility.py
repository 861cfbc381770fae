"""Who is due a certificate, and why others are not (附件1 四(三)3)."""

from __future__ import annotations

import pytest

from tests.case_folders import MemoryTree, base, judge
from tests.certificates.sealing import demo_record
from wholeschool.certificates.signing import Signer, demo_key, numbered
from wholeschool.outcomes.eligibility import due_certificates, new_entries, reasons_against
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool, assemble
from wholeschool.records import load
from wholeschool.records.structs import CertificateEntry

COUNTY = "submissions/anhui/shili/mingyuan/"
YEAR = COUNTY + "wenhua-xiaoxue/2026/"
LEDGER, ACCEPTANCE = COUNTY + "2026/certificates.csv", COUNTY + "2026/acceptance/1.yaml"
REVIEW, ROSTER = YEAR + "reviews/2026-06-12.yaml", YEAR + "teachers.yaml"
ZHOU, CHEN, HE, FANG = (f"3499010001000{place}" for place in (1, 2, 3, 4))
HEADER = base().files[LEDGER].split(b"\n")[0] + b"\n"


def _with(**changes: tuple[str, str]) -> MemoryTree:
    """The base programme with no certificate issued yet and a text replaced in some files."""
    names = {"acceptance": ACCEPTANCE, "review": REVIEW, "roster": ROSTER}
    files = {LEDGER: HEADER}
    for name, (old, new) in changes.items():
        text = base().files[names[name]].decode()
        assert text.count(old) == 1, old
        files[names[name]] = text.replace(old, new).encode()
    return base().having(files)


def _years(tree: MemoryTree) -> tuple[Programme, YearOfCounty, YearOfSchool]:
    programme = assemble(load(tree))
    county = programme.county_year(programme.counties[0], 2026)
    school = county.school("wenhua-xiaoxue")
    assert school is not None
    return programme, county, school


def _due(tree: MemoryTree) -> list[tuple[str, str, str]]:
    programme, county, _ = _years(tree)
    return [(due.teacher, due.microability, due.level) for due in due_certificates(programme, county)]


def test_one_certificate_for_each_passed_microability_of_who_reached_twenty_credits() -> None:
    assert _due(_with()) == [(ZHOU, "A1", "合格"), (ZHOU, "B9", "优秀"), (ZHOU, "B10", "合格")]


def test_nothing_is_due_twice() -> None:
    assert _due(base()) == []


def test_what_is_missing_from_the_ledger_is_still_due() -> None:
    rows = base().files[LEDGER].splitlines(keepends=True)
    assert _due(base().having({LEDGER: b"".join([rows[0], rows[2]])})) == [(ZHOU, "A1", "合格"), (ZHOU, "B10", "合格")]


def test_what_was_certified_in_an_earlier_round_is_not_due_again() -> None:
    """The same teacher chooses and passes the same microabilities in the next round."""
    later = {
        path.replace("/2026/", "/2027/").replace("2026-06-12", "2027-06-12"): data.replace(b"2026-0", b"2027-0")
        for path, data in base().files.items()
        if "/2026/" in path and path != LEDGER
    }
    settings = base().files["submissions/programme.yaml"].decode()
    later["submissions/programme.yaml"] = settings.replace(
        "publication:", "  - {year: 2027, starts: 2027-01-01, ends: 2027-12-31}\npublication:"
    ).encode()
    programme = assemble(load(base().having(later)))
    county = programme.county_year(programme.counties[0], 2027)
    assert county.schools[1].passed[ZHOU]
    assert list(due_certificates(programme, county)) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"acceptance": ("验收合格", "限期整改")}, "学校还没有通过县级验收"),
        (
            {"acceptance": ("    recognition:\n      date: 2026-07-01\n      document: 明教〔2026〕18号\n", "")},
            "县级还没有认定学时和学分",
        ),
        (
            {"review": ("microability: A1\n    level: 合格", "microability: A1\n    level: 不合格")},
            "这项微能力没有通过评审",
        ),
        ({"roster": ("choices: [A1, B9, B10]", "choices: [A11, B9, B10]")}, "这项微能力没有通过评审"),
        ({"roster": ("34990100010001", "34990100010009")}, "明远县文华小学的名册里没有这位教师"),
    ],
)
def test_nothing_is_due_without_every_condition(change: dict[str, tuple[str, str]], reason: str) -> None:
    tree = _with(**change)
    programme, _, school = _years(tree)
    assert _due(tree) == []
    assert reasons_against(programme, school, ZHOU, "A1")[0] == reason


def test_what_was_not_reviewed_has_not_failed() -> None:
    programme, _, school = _years(_with())
    assert "这项微能力还没有评审" in reasons_against(programme, school, CHEN, "B9")
    assert "这项微能力没有通过评审" in reasons_against(programme, school, CHEN, "A11")
    assert "这项微能力还没有评审" in reasons_against(programme, school, HE, "A5")


def test_credits_of_what_was_passed_decide_and_not_of_what_was_chosen() -> None:
    tree = _with(review=("microability: B10\n    level: 合格", "microability: B10\n    level: 不合格"))
    programme, _, school = _years(tree)
    assert _due(tree) == []
    assert reasons_against(programme, school, ZHOU, "B9") == ["通过的微能力合计 12 学分，不到 20 学分"]


def test_nobody_has_a_reason_against_what_is_due() -> None:
    programme, county, _ = _years(_with())
    for due in due_certificates(programme, county):
        assert reasons_against(programme, due.school, due.teacher, due.microability) == []


def test_an_exempt_teacher_is_due_nothing() -> None:
    tree = _with(
        roster=(
            "    declared: 2026-04-10\n    adviser: 许文博\n    hours: {online: 32, practice: 36}\n",
            "    exempt: {reason: 病假, approved_by: 林静}\n",
        )
    )
    assert _due(tree) == []


def _failed_again(tree: MemoryTree, date: str) -> MemoryTree:
    """A second session in which ZHOU's microability is 不合格."""
    again = base().files[REVIEW].decode().split("results:")[0].replace("2026-06-12", date)
    worse = (
        f"results:\n  - teacher: {ZHOU}\n    microability: A1\n    level: 不合格\n"
        "    evidence: [{form: 分析报告, title: 前测分析}]\n    suggestion: 把前测的题目换成开放题再做一次。\n"
    )
    return tree.having({f"{YEAR}reviews/{date}.yaml": (again + worse).encode()})


def test_the_latest_review_before_the_acceptance_decides() -> None:
    assert _due(_failed_again(_with(), "2026-06-20")) == []
    assert _due(_failed_again(_with(), "2026-06-25")) == []


def test_what_was_accepted_stands_until_it_is_accepted_anew() -> None:
    recognised = _due(_with())
    assert recognised
    assert _due(_failed_again(_with(), "2026-06-26")) == recognised
    anew = _with(acceptance=("    date: 2026-06-25\n", "    date: 2026-06-26\n"))
    assert _due(_failed_again(anew, "2026-06-26")) == []


def _less_numbers(tree: MemoryTree) -> list[str]:
    """What the ledger says, but for the numbers."""
    return [line.partition(",")[2] for line in tree.files[LEDGER].decode().splitlines()]


def test_new_rows_make_a_ledger_in_which_nothing_is_wrong() -> None:
    tree = _with()
    programme, county, _ = _years(tree)
    rows = new_entries(programme, county, "2026-07-05")
    assert rows == new_entries(programme, county, "2026-07-05")
    rows = numbered(rows, Signer(demo_record(), demo_key()))
    fields = CertificateEntry.__struct_fields__
    table = HEADER.decode() + "".join(
        ",".join(str(value) if (value := getattr(row, name)) is not None else "" for name in fields) + "\n"
        for row in rows
    )
    after = tree.having({LEDGER: table.encode()})
    assert [each for each in judge(after) if each.severity == "error"] == []
    assert _less_numbers(after) == _less_numbers(base())
    assert _due(after) == []


def test_who_was_not_reviewed_is_not_due() -> None:
    assert not {HE, FANG, CHEN} & {teacher for teacher, _, _ in _due(_with())}

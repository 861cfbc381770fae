"""Ways around a decision in several small steps, each of which is harmless for itself."""

from __future__ import annotations

import re

import pytest

from tests.case_folders import MemoryTree, base
from tests.changes.test_decided_once import ACCEPTANCE, CHECK, COUNTY, LEDGER, SCHOOL, _entry, edited
from wholeschool.changes import Author, Proposal, change_rules, check_change
from wholeschool.changes.examples import Past
from wholeschool.outcomes.draws import due, sample_of, seal, seed_of
from wholeschool.outcomes.numbers import Number
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import Earlier, assemble
from wholeschool.records import load
from wholeschool.records.csv_text import appended
from wholeschool.records.structs import Announcement, Due
from wholeschool.rules import all_rules
from wholeschool.rules.draws import is_finished
from wholeschool.rules.registry import judge
from wholeschool.sources import Entry
from wholeschool.sources.difference import Difference
from wholeschool.sources.tree import REGULAR

ACCOUNTS = f"""accounts:
  - account: office
    unit: {COUNTY.removeprefix("submissions/")}
  - account: wenhua
    unit: {SCHOOL.removeprefix("submissions/")}
"""
REVIEW, ROSTER, UNIT = (
    f"{SCHOOL}/{name}" for name in ("2026/reviews/2026-06-12.yaml", "2026/teachers.yaml", "unit.yaml")
)
APPROVALS = f"{COUNTY}/2026/approvals/1.yaml"


def known() -> MemoryTree:
    """The base with accounts of the county's office and of its school."""
    return base().having({f"{COUNTY}/accounts.yaml": ACCOUNTS.encode()})


def refused(before: MemoryTree, after: MemoryTree, account: str) -> list[tuple[str, str]]:
    """(code, path) of the errors that an account is told of its change."""
    differences = [
        Difference(path, _entry(before, path), _entry(after, path))
        for path in sorted(before.files.keys() | after.files.keys())
        if before.files.get(path) != after.files.get(path)
    ]
    loaded = load(before), load(after)
    earlier = Earlier(after, before)
    brought = frozenset(each.path for each in differences)
    programmes = assemble(loaded[0]), assemble(loaded[1], brought=brought, earlier=earlier)
    every = [
        [*some.findings, *judge(all_rules(), programme)] for some, programme in zip(loaded, programmes, strict=True)
    ]
    proposal = Proposal(*programmes, before, after, differences, (Author(account),))  # type: ignore[arg-type]
    return [(each.code, each.path) for each in check_change(proposal, *every)[0] if each.severity == "error"]


def unaccepted(tree: MemoryTree) -> MemoryTree:
    return tree.without(ACCEPTANCE, LEDGER)


def test_a_school_does_not_take_a_review_back_to_give_its_number_to_another() -> None:
    """Delete the review, rename the teacher, bring the review again: it ends at the first step."""
    before = unaccepted(known()).without(CHECK)
    assert refused(before, before.without(REVIEW), "wenhua") == [("RESULT-KEPT", REVIEW)]
    other = edited(before, REVIEW, "teacher: 34990100010002", "teacher: 34990100010003")
    assert ("RESULT-KEPT", REVIEW) in refused(before, other, "wenhua")
    renamed = edited(before, ROSTER, "name: 陈思远", "name: 赵替身")
    assert refused(before, renamed, "wenhua") == [("NAME-KEPT", ROSTER)]


def test_the_county_may_take_a_review_back_and_a_school_may_put_one_right() -> None:
    before = unaccepted(known()).without(CHECK)
    assert refused(before, before.without(REVIEW), "office") == []
    assert refused(before, edited(before, REVIEW, "level: 不合格", "level: 合格"), "wenhua") == []


@pytest.mark.parametrize(
    ("old", "new"), [("date: 2026-06-12", "date: 2026-06-30"), ("level: 不合格", "level: 合格")], ids=["day", "level"]
)
def test_what_a_spot_check_has_looked_at_is_not_put_right_by_changing_it(old: str, new: str) -> None:
    before = unaccepted(known())
    assert refused(before, edited(before, REVIEW, old, new), "wenhua") == [("RESULT-KEPT", REVIEW)]


def test_a_school_that_has_to_correct_something_brings_a_review_of_its_own() -> None:
    """The county has taken its acceptance back; certificates are out."""
    held = edited(known().without(LEDGER), ACCEPTANCE, "验收合格", "限期整改")
    held = edited(held, ACCEPTANCE, "    recognition:\n      date: 2026-07-01\n      document: 明教〔2026〕18号\n", "")
    assert refused(held, edited(held, REVIEW, "level: 合格", "level: 优秀"), "wenhua") == [("RESULT-KEPT", REVIEW)]
    assert refused(held, held.without(REVIEW), "wenhua") == [("RESULT-KEPT", REVIEW)]


@pytest.mark.parametrize(
    "field", ["conclusion: 抽查两份证据，复核结果与学校评审一致。", "mode: 专家抽查", "checkers: [高建国, 沈月华]"]
)
def test_a_finished_spot_check_is_kept_as_a_whole(field: str) -> None:
    name = field.partition(":")[0]
    other = {
        "conclusion": "抽查的证据都是抄来的。",
        "mode": "第三方评估\norganisation: 某评估中心",
        "checkers": "[沈月华]",
    }
    after = edited(known(), CHECK, field, f"{name}: {other[name]}")
    assert ("DECISION-KEPT", CHECK) in refused(known(), after, "office")


def test_a_branch_is_locked_by_its_attachment_whatever_plan_it_brings() -> None:
    """An own plan, not approved yet, would have made it a school about which nothing has been decided."""
    qingshan = f"{COUNTY}/qingshan-xiaoxue"
    attached = edited(known(), f"{qingshan}/unit.yaml", "level: 校", "level: 校\ncenter: wenhua-xiaoxue")
    branches = "branches:\n  - {school: qingshan-xiaoxue, center: wenhua-xiaoxue, date: 2026-03-06, by: 沈月华}\n"
    accounts = f"{ACCOUNTS}  - account: qingshan\n    unit: {qingshan.removeprefix('submissions/')}\n"
    attached = attached.having(
        {
            APPROVALS: attached.files[APPROVALS] + branches.encode(),
            f"{COUNTY}/accounts.yaml": accounts.encode(),
            f"{qingshan}/2026/plan.yaml": attached.files[f"{SCHOOL}/2026/plan.yaml"],
        }
    )
    name = next(line for line in attached.files[f"{qingshan}/unit.yaml"].decode().split("\n") if line[:5] == "name:")
    renamed = edited(attached, f"{qingshan}/unit.yaml", name, "name: 明远县实验小学")
    assert ("UNIT-KEPT", f"{qingshan}/unit.yaml") in refused(attached, renamed, "qingshan")


def test_whoever_stands_for_a_branch_does_not_approve_the_plan_it_goes_by() -> None:
    """That of the school it is attached to."""
    qingshan = f"{COUNTY}/qingshan-xiaoxue"
    own = f"{ACCOUNTS}  - account: office\n    unit: {qingshan.removeprefix('submissions/')}\n"
    branches = (
        "branches:\n  - {school: qingshan-xiaoxue, center: wenhua-xiaoxue, date: 2026-03-06, by: 沈月华}\n".encode()
    )
    after = edited(known(), f"{qingshan}/unit.yaml", "level: 校", "level: 校\ncenter: wenhua-xiaoxue")
    after = after.having({f"{COUNTY}/accounts.yaml": own.encode(), APPROVALS: known().files[APPROVALS] + branches})
    before = after.having({APPROVALS: b"approvals: []\n" + branches})
    assert ("OWN-DECISION", APPROVALS) in refused(before, after, "office")


def test_the_code_of_a_school_that_certificates_bear_is_not_even_the_countys_to_change() -> None:
    after = edited(known(), UNIT, "code: 3499010001", "code: 3499010009")
    assert ("UNIT-KEPT", UNIT) in refused(known(), after, "office")
    bare = known().without(LEDGER)
    assert ("UNIT-KEPT", UNIT) not in refused(
        bare, edited(bare, UNIT, "code: 3499010001", "code: 3499010009"), "office"
    )


def test_a_list_by_which_the_county_has_decided_is_not_deleted() -> None:
    lists = [f"{COUNTY}/{name}.yaml" for name in ("providers", "documents", "teams/training")]
    beside = [f"{SCHOOL}/2026/{name}.yaml" for name in ("survey", "scheme")]
    for path, account in (*((path, "office") for path in lists), *((path, "wenhua") for path in beside)):
        assert ("UNIT-KEPT", path) in refused(known(), known().without(path), account)


# ---- a file of decisions that goes, and comes again under another name ----


def _two_of_one_day(first: str, second: str) -> bytes:
    """Two decisions about one plan on one day, in the order in which they were made."""
    entry = "  - school: wenhua-xiaoxue\n    decision: {}\n    date: 2026-03-05\n    by: 沈月华\n    {}\n"
    words = {"审核通过": "filing: 明远备2026-001", "退回修改": "opinion: 目标写得不能检测，请改好再报。"}
    return ("approvals:\n" + "".join(entry.format(each, words[each]) for each in (first, second))).encode()


RENAMED = APPROVALS.replace("1.yaml", "2026-03-05.yaml")


def test_a_file_that_gets_another_name_keeps_its_decisions_in_their_order() -> None:
    """Moved as it is, nothing is judged; the other way round, the plan that was returned would be approved."""
    before = known().having({APPROVALS: _two_of_one_day("审核通过", "退回修改")})
    bare = before.without(APPROVALS)
    moved = bare.having({RENAMED: _two_of_one_day("审核通过", "退回修改")})
    assert [code for code, path in refused(before, moved, "office") if path in (APPROVALS, RENAMED)] == []
    turned = bare.having({RENAMED: _two_of_one_day("退回修改", "审核通过")})
    assert ("DECISION-KEPT", APPROVALS) in refused(before, turned, "office")


@pytest.mark.parametrize("left", ["审核通过", "退回修改"])
def test_no_decision_is_lost_by_a_new_name(left: str) -> None:
    before = known().having({APPROVALS: _two_of_one_day("审核通过", "退回修改")})
    words = _two_of_one_day(left, left).decode()
    once = words[: words.index("  - school", words.index("  - school") + 5)]
    after = before.without(APPROVALS).having({RENAMED: once.encode()})
    assert ("DECISION-KEPT", APPROVALS) in refused(before, after, "office")


def test_an_old_decision_copied_into_a_file_of_its_own_is_a_new_one() -> None:
    """The approval that was withdrawn on the same day comes back in another file: it is told, not taken as known."""
    before = known().having({APPROVALS: _two_of_one_day("审核通过", "退回修改")})
    words = _two_of_one_day("审核通过", "审核通过").decode()
    once = words[: words.index("  - school", words.index("  - school") + 5)]
    assert ("APPROVAL-SCHOOL", RENAMED) in refused(before, before.having({RENAMED: once.encode()}), "office")


def test_a_returned_plan_is_not_taken_away_to_review_without_one() -> None:
    """Whether it was approved before it was returned, or never: there is always a step that ends it."""
    plan = f"{SCHOOL}/2026/plan.yaml"
    never = edited(unaccepted(known()).without(CHECK, REVIEW), APPROVALS, "审核通过", "退回修改")
    assert refused(never, never.without(plan), "wenhua") == []
    bare = never.without(plan)
    reviewed = bare.having({REVIEW: known().files[REVIEW]})
    assert refused(bare, reviewed, "wenhua") == [("PLAN-APPROVED", REVIEW)]
    again = (
        "\n  - {school: wenhua-xiaoxue, decision: 退回修改, date: 2026-06-20, by: 沈月华, opinion: 目标要写到人数。}\n"
    )
    approved = unaccepted(known()).files[APPROVALS].decode().rstrip() + again
    returned = unaccepted(known()).having({APPROVALS: approved.encode()})
    assert refused(returned, returned.without(plan), "wenhua") == [("PLAN-KEPT", plan)]


BOTH = (
    ACCOUNTS
    + f"""  - account: office
    unit: {SCHOOL.removeprefix("submissions/")}
"""
)


def test_whoever_stands_for_the_county_and_the_school_is_not_the_county_for_it() -> None:
    """One person in a small county: their own school's results and environments are for a colleague to change."""
    before = unaccepted(known()).without(CHECK)
    alone, both = before, before.having({f"{COUNTY}/accounts.yaml": BOTH.encode()})
    for tree, codes in ((alone, []), (both, [("RESULT-KEPT", REVIEW)])):
        assert refused(tree, tree.without(REVIEW), "office") == codes
    named = before.files[UNIT].decode()
    assert "demo: true" in named
    for tree, codes in ((alone, []), (both, [("UNIT-KEPT", UNIT)])):
        found = refused(tree, edited(tree, UNIT, "demo: true", "demo: false"), "office")
        assert [each for each in found if each[0] == "UNIT-KEPT"] == codes


WORKSHOP = """activities:
  - date: 2026-04-15
    theme: 磨一节互评课
    mode: 线下
    hours: {kind: 实践应用, count: 12}
    participants: ["34990100010003"]
    evidence: [签到表]
"""


def test_hours_that_nobody_had_written_do_not_come_after_the_acceptance() -> None:
    """Neither on the roster, where it had none, nor by a list of activities where there was no such list."""
    hours, activities = "    hours: {online: 18, practice: 6}\n", f"{SCHOOL}/2026/activities.yaml"
    after = known().without(LEDGER)
    before = edited(after, ROSTER, hours, "")
    assert refused(before, after, "wenhua") == [("HOURS-KEPT", ROSTER)]
    assert ("HOURS-KEPT", activities) in refused(after, after.having({activities: WORKSHOP.encode()}), "wenhua")


APPEAL = """appeals:
  - teacher: 34990100010002
    microability: A5
    against: {against}
    received: 2026-06-20
    reason: 评价表每一档都写了表现，评审时没有看背面。
"""


def _moved(tree: MemoryTree, old: str, new: str) -> MemoryTree:
    return tree.having({new: tree.files[old]}).without(old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("date: 2026-06-12", "date: 2026-06-11"),
        ("members:", "members:\n    - {name: 王新来, from: 校外, unit: 明远县教育局教研室}"),
    ],
    ids=["the name of the file", "the day", "the panel"],
)
def test_a_review_that_somebody_has_appealed_against_stays_as_it_was(old: str, new: str) -> None:
    """Else the panel decides about itself: nobody finds the review that it has given."""
    before = unaccepted(known()).without(CHECK)
    appealed = before.having({f"{SCHOOL}/2026/appeals.yaml": APPEAL.format(against="2026-06-12").encode()})
    after = edited(appealed, REVIEW, old, new) if old else _moved(appealed, REVIEW, REVIEW.replace("12.y", "12-er.y"))
    found = refused(appealed, after, "wenhua")
    assert [each for each in found if each[0] == "RESULT-KEPT"] == [("RESULT-KEPT", REVIEW)]


def test_an_acceptance_that_somebody_has_appealed_against_keeps_its_name() -> None:
    appeal = APPEAL.format(against="1").replace("- teacher", "- school: wenhua-xiaoxue\n    teacher")
    before = known().without(LEDGER)
    moved = ACCEPTANCE.replace("1.yaml", "2.yaml")
    assert refused(before, _moved(before, ACCEPTANCE, moved), "office") == []
    appealed = before.having({f"{COUNTY}/2026/appeals.yaml": appeal.encode()})
    assert refused(appealed, _moved(appealed, ACCEPTANCE, moved), "office") == [("DECISION-KEPT", ACCEPTANCE)]


# ---- certificates ----


def written(tree: MemoryTree, **said: str) -> MemoryTree:
    """The tree with one more row in the ledger: the last one, with other words, and a number nobody has had."""
    head, *rows = tree.files[LEDGER].decode().splitlines()
    row = dict(zip(head.split(","), rows[-1].split(","), strict=True)) | said
    row["number"] = str(Number(2026, "349901", row["microability"], 77))
    return tree.having({LEDGER: "".join(f"{line}\n" for line in (head, *rows, ",".join(row.values()))).encode()})


def revoked(tree: MemoryTree, number: str) -> MemoryTree:
    """The tree with a certificate taken back for good."""
    status = (
        "sequence: 1\ndate: 2026-07-06\nkey: 8P-fBSsbTmA\nseal: "
        + "A" * 86
        + f"\nrevoked:\n  - {{number: {number}, date: 2026-07-06, reason: 弄虚作假}}\n"
    )
    return tree.having({f"{COUNTY}/2026/revocations.yaml": status.encode()})


def test_no_certificate_is_written_while_the_school_has_to_correct_something() -> None:
    """Whatever day the row bears: it is judged on the day on which it comes."""
    back = "acceptances:\n  - {school: wenhua-xiaoxue, conclusion: 限期整改, date: 2026-07-20, mode: 专家抽查,"
    back += " by: [高建国, 沈月华], opinion: 两份证据与名册对不上，请核对以后再报。}\n"
    before = known().having({f"{COUNTY}/2026/acceptance/2026-07-20.yaml": back.encode()})
    after = written(before, teacher="34990100010003", name="何芳", microability="B10", issued="2026-07-05")
    assert ("CERT-PASSED", LEDGER) in refused(before, after, "office")


def test_a_name_that_was_corrected_once_is_not_anybodys() -> None:
    corrected = "corrections:\n  - {school: wenhua-xiaoxue, teacher: 34990100010001, name: 周雨情, date: 2026-07-20,"
    path = f"{COUNTY}/2026/acceptance/2026-07-20.yaml"
    before = known().having({path: f"{corrected} reason: 登记时写错}}\n".encode()})
    first = before.files[LEDGER].decode().splitlines()[-1].split(",")[0]
    before = edited(before, ROSTER, "name: 周雨晴", "name: 周雨情")
    for name, codes in (("王五六", ["CERT-PASSED"]), ("周雨晴", ["CERT-PASSED"]), ("周雨情", [])):
        told = refused(before, written(before, name=name, issued="2026-07-21", replaces=first), "office")
        assert [code for code, _ in told if code == "CERT-PASSED"] == codes, (name, told)


def test_what_was_revoked_for_good_does_not_come_back_by_another_row() -> None:
    number = known().files[LEDGER].decode().splitlines()[-1].split(",")[0]
    before = revoked(known(), number)
    told = refused(before, written(before, issued="2026-07-21"), "office")
    assert ("CERT-PASSED", LEDGER) in told


def test_what_was_revoked_by_mistake_is_earned_and_recognised_again() -> None:
    """By a review of after that day, which the county accepts and recognises; then a certificate may be written."""
    number = known().files[LEDGER].decode().splitlines()[-1].split(",")[0]
    register = "school,date,teacher,name,online,practice,excellent,passed,replaces\n"
    register += "wenhua-xiaoxue,2026-07-01,34990100010001,周雨晴,32,36,B9,A1 B10,\n"
    register += "wenhua-xiaoxue,2026-07-01,34990100010002,陈思远,30,30,,A5 A11 B9,\n"
    path = f"{COUNTY}/2026/register.csv"
    before = revoked(known(), number).having({path: register.encode()})
    again = base().files[REVIEW].decode().replace("2026-06-12", "2026-07-10")
    check = base().files[CHECK].decode().replace("2026-06-25", "2026-07-12")
    accepted = base().files[ACCEPTANCE].decode().replace("2026-06-25", "2026-07-12").replace("2026-07-01", "2026-07-13")
    after = before.having(
        {
            REVIEW.replace("06-12", "07-10"): again.encode(),
            CHECK.replace("06-25", "07-12"): check.encode(),
            f"{COUNTY}/2026/acceptance/2026-07-12.yaml": accepted.encode(),
        }
    )
    programme = assemble(load(after))
    year = programme.school_year(programme.units[SCHOOL.removeprefix("submissions/")], 2026)
    rows = [each for each in due_rows(programme, year, "2026-07-13") if each.teacher == "34990100010001"]
    assert [(each.passed, each.replaces) for each in rows] == [("A1 B10", "2026-07-01")]
    recognised = after.having({path: appended(after.files[path], rows)})
    told = refused(recognised, written(recognised, issued="2026-07-14"), "office")
    assert ("CERT-PASSED", LEDGER) not in told
    for lacking in (REVIEW.replace("06-12", "07-10"), path):  # a row or a review alone is not enough
        less = recognised.without(lacking) if lacking != path else after
        assert ("CERT-PASSED", LEDGER) in refused(less, written(less, issued="2026-07-14"), "office"), lacking


def test_who_has_left_gets_nothing_that_a_check_found_wanting() -> None:
    """The check was there first; the county dates its acceptance and recognition before it."""
    failed = edited(known(), CHECK, "recheck_level: 合格\nconclusion", FAILED)
    before = failed.without(ACCEPTANCE, LEDGER)
    gone = edited(
        before, ROSTER, "    name: 陈思远\n", "    name: 陈思远\n    left: {date: 2026-06-20, reason: 调动}\n"
    )
    before = edited(gone, ROSTER, "staff: 4", "staff: 3")
    accepted = base().files[ACCEPTANCE].replace(b"2026-06-25", b"2026-06-24").replace(b"2026-07-01", b"2026-06-24")
    earlier = base().files[CHECK].replace(b"2026-06-25", b"2026-06-23")
    after = before.having({ACCEPTANCE: accepted, CHECK.replace("25-yanshou", "23"): earlier})
    told = [code for code, _ in refused(before, after, "office")]
    assert set(told) & {"ACCEPT-CHECKED", "RECOGNISE-ACCEPTED"}


FAILED = """recheck_level: 不合格
    problem: 看不到学生怎样用量规。
    correction: {due: 2026-07-20}
conclusion"""


# ---- who is whose ----


def test_hours_that_were_recognised_do_not_go_to_another_name() -> None:
    register = "school,date,teacher,name,online,practice,excellent,passed,replaces\n"
    register += "wenhua-xiaoxue,2026-07-01,34990100010003,何芳,18,6,,,\n"
    before = known().having({f"{COUNTY}/2026/register.csv": register.encode()})
    assert refused(before, edited(before, ROSTER, "name: 何芳", "name: 赵替身"), "wenhua") == [("NAME-KEPT", ROSTER)]


def test_who_turns_out_to_be_the_schools_own_keeps_the_county_from_accepting() -> None:
    """The review came first, the roster's row later; nobody may refuse the row, but nothing rests on the review."""
    before = edited(unaccepted(known()), REVIEW, "高建国", "甲晓月")
    for since, codes in (("", ["ACCEPT-REVIEWED"]), (", joined: {date: 2026-06-20}", [])):
        row = f"  - {{number: 34990100010009, name: 甲晓月, subject: 语文, stage: 小学{since}}}\nstaff: 5\n"
        joined = edited(before, ROSTER, "staff: 4\n", row)
        after = joined.having({ACCEPTANCE: base().files[ACCEPTANCE]})
        found = [code for code, _ in refused(joined, after, "office") if code == "ACCEPT-REVIEWED"]
        assert found == codes, since


def test_who_is_said_to_be_away_on_the_day_of_the_acceptance_is_due_all_the_same() -> None:
    """No other roster has them on that day, and they were back the week after."""
    away = "    left: {date: 2026-06-20, reason: 调动, to: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    away += "    joined: {date: 2026-07-02, from: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    tree = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{away}")
    assert _counted_at(tree, "34990100010003") == ["wenhua-xiaoxue"]
    there = "teachers:\n  - {number: 34990100010003, name: 何芳, subject: 英语, stage: 小学,"
    there += " joined: {date: 2026-06-21, from: anhui/shili/mingyuan/wenhua-xiaoxue},"
    there += " left: {date: 2026-07-01, reason: 调动, to: anhui/shili/mingyuan/wenhua-xiaoxue}}\n"
    both = tree.having({f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml": there.encode()})
    assert _counted_at(both, "34990100010003") == ["wenhua-xiaoxue"]
    gone = "    left: {date: 2026-06-20, reason: 调动, to: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    silent = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}")
    assert _counted_at(silent, "34990100010003") == ["wenhua-xiaoxue"]
    there = "teachers:\n  - {number: 34990100010003, name: 何芳, subject: 英语, stage: 小学,"
    there += " joined: {date: 2026-06-21, from: anhui/shili/mingyuan/wenhua-xiaoxue}}\n"
    answered = silent.having({f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml": there.encode()})
    assert _counted_at(answered, "34990100010003") == ["qingshan-xiaoxue"]


def _counted_at(tree: MemoryTree, number: str) -> list[str]:
    programme = assemble(load(tree))
    return [each.slug for each in programme.schools if number in programme.school_year(each, 2026).counted]


def test_a_city_that_is_a_school_too_does_not_inspect_it() -> None:
    city = "submissions/anhui/shili"
    before = known().having({f"{city}/accounts.yaml": b"accounts:\n  - {account: shili, unit: anhui/shili}\n"})
    path = f"{COUNTY}/accounts.yaml"
    both = before.files[path] + f"  - account: shili\n    unit: {SCHOOL.removeprefix('submissions/')}\n".encode()
    said = "inspections:\n  - {unit: anhui/shili/mingyuan/wenhua-xiaoxue, kind: 验收, date: 2026-07-08,"
    said += " conclusion: 合格, by: [罗文清]}\n"
    inspections = {f"{city}/2026/inspections.yaml": said.encode()}
    assert ("OWN-DECISION", f"{city}/2026/inspections.yaml") not in refused(before, before.having(inspections), "shili")
    before = before.having({path: both})
    assert ("OWN-DECISION", f"{city}/2026/inspections.yaml") in refused(before, before.having(inspections), "shili")


def test_a_conclusion_is_recognised_anew_whatever_day_and_document_it_names() -> None:
    """The school reviewed somebody down; the county accepts that, with the recognition of before."""
    register = "school,date,teacher,name,online,practice,excellent,passed,replaces\n"
    register += "wenhua-xiaoxue,2026-07-01,34990100010001,周雨晴,32,36,B9,A1 B10,\n"
    before = known().without(LEDGER).having({f"{COUNTY}/2026/register.csv": register.encode()})
    review = base().files[REVIEW].decode().replace("2026-06-12", "2026-06-28").replace("level: 合格", "level: 不合格")
    before = before.having({REVIEW.replace("06-12", "06-28"): review.encode()})
    again = base().files[ACCEPTANCE].replace(b"2026-06-25", b"2026-06-30")
    after = before.having({f"{COUNTY}/2026/acceptance/2026-06-30.yaml": again})
    assert "REGISTER-TRUE" in [code for code, _ in refused(before, after, "office")]


# ---- what another check has found ----


def test_what_the_city_found_wanting_stands_until_the_county_has_accepted_anew() -> None:
    """A review of the school's own after that does not let the result come back, whether it passes again or not."""
    city = "submissions/anhui/shili"
    check = "date: 2026-06-28\nstage: 考核结果\nmode: 专家抽查\ncheckers: [罗文清]\nitems:\n"
    check += "  - school: anhui/shili/mingyuan/wenhua-xiaoxue\n    teacher: 34990100010001\n    microability: B9\n"
    check += "    school_level: 优秀\n    recheck_level: 不合格\n    problem: 课件是别人的。\n"
    check += "    correction: {due: 2026-07-20}\n"
    accepted = base().files[ACCEPTANCE].decode()
    open_ = re.sub(r"\n +recognition:.*", "", accepted, flags=re.DOTALL) + "\n"
    files = {ACCEPTANCE: open_.encode(), f"{city}/2026/spot-checks/2026-06-28.yaml": check.encode()}
    before = known().without(LEDGER).having(files)
    for level in ("优秀", "不合格"):
        again = (
            base().files[REVIEW].decode().replace("2026-06-12", "2026-06-29").replace("level: 优秀", f"level: {level}")
        )
        reviewed = before.having({REVIEW.replace("06-12", "06-29"): again.encode()})
        programme = assemble(load(reviewed))
        year = programme.school_year(programme.units[SCHOOL.removeprefix("submissions/")], 2026)
        assert ("34990100010001", "B9") in year.unmended("2026-07-01")
        recognised = reviewed.having({ACCEPTANCE: accepted.encode()})
        assert "RECOGNISE-ACCEPTED" in [code for code, _ in refused(reviewed, recognised, "office")]


@pytest.mark.parametrize("stage", ["考核结果", "考核过程"])
def test_who_was_drawn_is_looked_at_where_they_are(stage: str) -> None:
    """Not called gone at a school that they never were at; of results, at what they were reviewed in."""
    drawn = _drawn(stage)
    there = "anhui/shili/mingyuan/wenhua-xiaoxue"
    files = {f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml": _roster("34990100020001", "甲晓月").encode()}
    before = known().without(LEDGER).having({**drawn, **files})
    for school, said, refusal in (
        (there.replace("wenhua", "qingshan"), "problem: 已经不在学校，没有查", "CHECK-TARGET"),
        (there, "problem: 没有查", "CHECK-DRAW" if stage == "考核结果" else ""),
        (there, "school_level: 优秀\n    recheck_level: 优秀" if stage == "考核结果" else "problem: 都对得上", ""),
    ):
        check = (
            f"date: 2026-07-03\nstage: {stage}\nmode: 专家抽查\ncheckers: [高建国, 沈月华]\nannouncement: 2026-06-24\n"
        )
        check += f"items:\n  - school: {school}\n    teacher: 34990100010001\n    microability: B9\n    {said}\n"
        after = before.having({f"{COUNTY}/2026/spot-checks/2026-07-03.yaml": f"{check}conclusion: 查过了。\n".encode()})
        told = {code for code, _ in refused(before, after, "office")} & {"CHECK-TARGET", "CHECK-DRAW", "CHECK-LEVEL"}
        assert told == {refusal} - {""}, said


def _drawn(stage: str) -> dict[str, bytes]:
    """An announcement that has drawn the first teacher of the base's school."""
    people = [Due(teacher=f"3499010001000{place}", layer=None) for place in (1, 2, 3)]
    said = f"announced: 2026-06-24\nstage: {stage}\ncommit: {'0' * 40}\n"
    said += f"population: {{people: 3, sha256: {seal(people)}}}\ncount: 1\n"
    said += "value: {source: 双色球, day: 2026-06-25}\n"
    path = f"{COUNTY}/2026/announcements/2026-06-24.yaml"
    for place in range(1, 100):
        numbers = f"01 02 03 04 05 06 {place % 16 + 1:02}"
        tree = base().having({path: said.encode(), path.replace("yaml", "csv"): appended(None, people)})
        record = next(each for each in load(tree).records if each.path == path)
        seed = seed_of(record, numbers)
        sample = sample_of(record.data, people, seed)
        if list(sample) == ["34990100010001"]:
            drawn = f"drawn: {{date: 2026-07-01, numbers: {numbers}, where: 样张, seed: {seed},"
            drawn += " sample: [34990100010001]}\n"
            return {path: (said + drawn).encode(), path.replace("yaml", "csv"): appended(None, people)}
    raise AssertionError


def _roster(number: str, name: str, more: str = "") -> str:
    return f"teachers:\n  - {{number: {number}, name: {name}, subject: 语文, stage: 小学{more}}}\n"


# ---- draws ----


def _announced(before: Past, then: Past, day: str) -> list[str]:
    """The codes of what is told of an announcement whose population are the rosters of an earlier tree."""
    path, programme = f"{COUNTY}/2026/announcements/{day}.yaml", assemble(load(then))
    people = due(programme, programme.units[COUNTY.removeprefix("submissions/")], 2026, day, ())
    said = f"announced: {day}\nstage: 考核过程\ncommit: {then.commit}\ncount: 1\n"
    said += f"population: {{people: {len(people)}, sha256: {seal(people)}}}\n"
    said += "value: {source: 双色球, day: 2026-06-25}\n"
    files = {path: said.encode(), path.replace("yaml", "csv"): appended(None, people)}
    after = Past({**before.files, **files})
    differences = [Difference(path, None, Entry(path, REGULAR, len(data))) for path, data in files.items()]
    programmes = assemble(load(before)), assemble(load(after), today=day)
    proposal = Proposal(*programmes, before, after, differences, (Author("office"),))
    return [each.code for each in judge({"DRAW-ANNOUNCED": change_rules()["DRAW-ANNOUNCED"]}, proposal)]


def test_a_commit_between_two_others_is_no_population() -> None:
    """Nobody judged it: people in it who never were, and people on its rosters who were exempt only there."""
    day = "2026-06-24"
    more = edited(known(), ROSTER, "staff: 4\n", _roster("34990100010077", "某某").split("\n", 1)[1] + "staff: 5\n")
    leave = "    name: 何芳\n    exempt: {reason: 病假, approved_by: 林静, date: 2026-06-20}\n"
    away = edited(known(), ROSTER, "    name: 何芳\n", leave)
    gone = "    name: 何芳\n    left: {date: 2026-06-22, reason: 退休}\n"  # for as long as the announcement is dated
    left = edited(known(), ROSTER, "    name: 何芳\n", gone)
    before = Past(known().without(LEDGER, ACCEPTANCE).files)
    trees = more, away, left
    for tree, refusal in (*((each, ["DRAW-ANNOUNCED"]) for each in trees), (known(), [])):
        then = Past(tree.without(LEDGER, ACCEPTANCE).files)
        then.commit = "1" * 40
        for line in ([(day, then)], [("2026-06-20", then), (day, then)]):  # also where an older one was such
            before.line = line
            assert _announced(before, then, day) == refusal


# ---- certificates and recognition ----

REGISTER_PATH = f"{COUNTY}/2026/register.csv"
HEAD = "school,date,teacher,name,online,practice,excellent,passed,replaces\n"
FIRST = "wenhua-xiaoxue,2026-07-01,34990100010001,周雨晴,32,36,B9,A1,\n"


def recognised_twice() -> MemoryTree:
    """B10 was recognised on the 20th of July, by the second document."""
    accepted = base().files[ACCEPTANCE].decode()
    document = re.search(r"document: (\S+)", accepted)
    assert document is not None
    second = accepted.replace("2026-06-25", "2026-07-15").replace("2026-07-01", "2026-07-20")
    number = re.search(r"〕([0-9]+)号", second)
    assert number is not None
    second = second.replace(f"〕{number[1]}号", "〕99号")
    rows = HEAD + FIRST + "wenhua-xiaoxue,2026-07-20,34990100010001,周雨晴,32,36,B9,A1 B10,2026-07-01\n"
    return known().having({REGISTER_PATH: rows.encode(), f"{COUNTY}/2026/acceptance/2026-07-15.yaml": second.encode()})


def test_a_certificate_is_no_older_than_what_it_certifies_and_rests_on_that_document() -> None:
    before = recognised_twice()
    second = before.files[f"{COUNTY}/2026/acceptance/2026-07-15.yaml"].decode()
    basis = re.search(r"document: (\S+)", second)
    assert basis is not None
    first = before.files[LEDGER].decode().splitlines()[1].split(",")
    old = first[before.files[LEDGER].decode().splitlines()[0].split(",").index("basis")]
    row = {"microability": "B10", "title": "创造真实学习情境"}
    for issued, document, code in (
        ("2026-07-05", old, "CERT-PASSED"),
        ("2026-07-21", old, "CERT-CONTENT"),
        ("2026-07-21", basis[1], ""),
    ):
        told = {each for each, _ in refused(before, written(before, **row, issued=issued, basis=document), "office")}
        assert (code or "CERT-PASSED") in told if code else not told & {"CERT-PASSED"}, (issued, told)


def test_a_revocation_is_not_dated_back_before_the_last_recognition() -> None:
    before = recognised_twice()
    status = f"{COUNTY}/2026/revocations.yaml"
    head, *rows = before.files[LEDGER].decode().splitlines()
    row = dict(zip(head.split(","), rows[-1].split(","), strict=True))
    signed = f"sequence: 1\ndate: 2026-07-20\nkey: 8P-fBSsbTmA\nseal: {'A' * 86}\n"
    before = before.having({status: f"{signed}revoked: []\n".encode()})
    revoked_ = signed.replace("sequence: 1", "sequence: 2").replace("2026-07-20", "2026-07-25")
    code = row["microability"]
    rows_ = (
        HEAD
        + FIRST.replace("B9,A1", f",{code}")
        + f"wenhua-xiaoxue,2026-07-20,{row['teacher']},{row['name']},32,36,,{code},2026-07-01\n"
    )
    before = before.having({REGISTER_PATH: rows_.encode()})
    for day, refusal in (("2026-07-10", True), ("2026-07-22", False)):
        text = f"{revoked_}revoked:\n  - {{number: {row['number']}, date: {day}, reason: 弄虚作假}}\n"
        told = [code for code, _ in refused(before, before.having({status: text.encode()}), "office")]
        assert ("STATUS-GROWS" in told) is refusal, told


# ---- accounts ----


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("account: shili\n    unit: {}\n    until: 2026-01-01\n", "account: shili\n    unit: {}\n"),
        ("account: xx\n    id: '777'\n    unit: {}\n", "account: shili\n    id: '777'\n    unit: {}\n"),
        ("account: xx\n    unit: {}\n", "account: xx\n    id: '8'\n    unit: {}\n"),
    ],
)
def test_an_account_of_those_above_does_not_come_in_two_steps(first: str, then: str) -> None:
    city = "submissions/anhui/shili/accounts.yaml"
    path, school = f"{COUNTY}/accounts.yaml", SCHOOL.removeprefix("submissions/")
    before = known().having({city: b"accounts:\n  - {account: shili, id: '8', unit: anhui/shili}\n"})
    before = before.having({path: before.files[path] + f"  - {first.format(school)}".encode()})
    after = before.having({path: known().files[path] + f"  - {then.format(school)}".encode()})
    assert ("ACCOUNT-FREE", path) in refused(before, after, "office")


# ---- lists, people and closed schools ----


def test_a_list_by_which_was_decided_is_not_emptied() -> None:
    path = f"{COUNTY}/documents.yaml"
    assert ("UNIT-KEPT", path) in refused(known(), known().having({path: b"documents: []\n"}), "office")


def test_who_was_on_the_way_when_their_school_was_accepted_has_not_escaped_it() -> None:
    """The school that they come to had been accepted before; nor has who only helps out there."""
    gone = "    left: {date: 2026-06-20, reason: 调动, to: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    tree = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}")
    path = f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml"
    came = ", joined: {date: 2026-06-27, from: anhui/shili/mingyuan/wenhua-xiaoxue}"
    there = tree.having({path: _roster("34990100010003", "何芳", came).encode()})
    assert _counted_at(there, "34990100010003") == ["qingshan-xiaoxue"]  # which is not accepted yet
    accepted = base().files[ACCEPTANCE].decode().replace("wenhua-xiaoxue", "qingshan-xiaoxue").replace("-25", "-10")
    both = there.having({f"{COUNTY}/2026/acceptance/2026-06-10.yaml": accepted.encode()})
    assert _counted_at(both, "34990100010003") == ["wenhua-xiaoxue"]
    helps = tree.having(
        {path: _roster("34990100010003", "何芳", ", home: anhui/shili/mingyuan/wenhua-xiaoxue").encode()}
    )
    assert _counted_at(helps.without(ACCEPTANCE, LEDGER), "34990100010003") == ["wenhua-xiaoxue"]


def test_a_school_that_was_closed_keeps_its_people_when_it_is_accepted_afterwards() -> None:
    closed = edited(known(), UNIT, "level: 校\n", "level: 校\nclosed: {date: 2026-06-20, kind: 撤销}\n")
    assert _counted_at(closed, "34990100010001") == ["wenhua-xiaoxue"]


def test_somebody_joins_no_earlier_by_a_change_after_the_acceptance() -> None:
    """By activities of 全体 they would get hours that nobody has seen."""
    before = edited(
        known().without(LEDGER), ROSTER, "    name: 何芳\n", "    name: 何芳\n    joined: {date: 2026-05-01}\n"
    )
    after = before.having({ROSTER: known().files[ROSTER]})
    assert ("ROSTER-KEPT", ROSTER) in refused(before, after, "wenhua")


def test_hours_that_a_school_had_recognised_are_not_claimed_once_more_at_the_next() -> None:
    """By an export of the same spring, or of all days since then: it counts for days after that recognition."""
    rows = f"{HEAD}wenhua-xiaoxue,2026-07-01,34990100010003,何芳,18,6,,,\n"
    gone = "    left: {date: 2026-07-05, reason: 调动, to: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    tree = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}").having({REGISTER_PATH: rows.encode()})
    came = ", joined: {date: 2026-07-06, from: anhui/shili/mingyuan/wenhua-xiaoxue}"
    files = {f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml": _roster("34990100010003", "何芳", came).encode()}
    for since, until, hours, told in (
        ("2026-04-20", "2026-06-19", 18, ["CLAIM-ONCE"]),
        ("2026-06-20", "2026-08-19", 18, ["CLAIM-ONCE"]),  # by its sum alone nobody knows what of it came after that
        ("2026-07-01", "2026-08-19", 18, ["CLAIM-ONCE"]),
        ("2026-07-02", "2026-08-19", 48, []),
    ):
        export = f"provider: 示例开放大学\nfrom: {since}\nuntil: {until}\n"
        export += f"file: {{name: a.xlsx, digest: {'0' * 64}}}\npeople:\n"
        export += "  - {teacher: 34990100010003, school: qingshan-xiaoxue, matched: 编号, hours: 30}\n"
        programme = assemble(load(tree.having({**files, f"{COUNTY}/2026/online-hours/a.yaml": export.encode()})))
        year = programme.school_year(programme.units["anhui/shili/mingyuan/qingshan-xiaoxue"], 2026)
        assert year.hours_of(year.teachers["34990100010003"]).online == hours
        assert [each.code for each in judge({"CLAIM-ONCE": all_rules()["CLAIM-ONCE"]}, programme)] == told
    # Listed one by one, what came later counts; and of two exports each is looked at.
    listed = "hours: 30, sessions: [{begun: '2026-06-28 19:00', hours: 18}, {begun: '2026-07-02 19:00', hours: 12}]"
    export = (
        f"provider: 示例开放大学\nfrom: 2026-06-20\nuntil: 2026-08-19\nfile: {{name: a.xlsx, digest: {'0' * 64}}}\n"
    )
    export += f"people:\n  - {{teacher: 34990100010003, school: qingshan-xiaoxue, matched: 编号, {listed}}}\n"
    earlier = export.replace("06-20", "03-01").replace("08-19", "06-19").replace("0" * 64, "1" * 64)
    earlier = earlier.replace(listed, "hours: 20")
    for name, text in (("a", export), ("b", earlier)):
        files[f"{COUNTY}/2026/online-hours/{name}.yaml"] = text.encode()
        programme = assemble(load(tree.having(files)))
        year = programme.school_year(programme.units["anhui/shili/mingyuan/qingshan-xiaoxue"], 2026)
        assert year.hours_of(year.teachers["34990100010003"]).online == 30, name
        if name == "a":
            assert not judge({"CLAIM-ONCE": all_rules()["CLAIM-ONCE"]}, programme)


def test_a_certificate_of_a_better_level_is_no_older_than_that_level() -> None:
    before = recognised_twice()
    rows = (
        HEAD
        + FIRST.replace("B9,A1", "B9,A1 B10")
        + FIRST.replace("07-01", "07-20").replace("B9,A1,", "B9 B10,A1,2026-07-01")
    )
    before = before.having({REGISTER_PATH: rows.encode()})
    review = base().files[REVIEW].decode().replace("2026-06-12", "2026-07-12").replace("level: 合格", "level: 优秀")
    before = before.having({REVIEW.replace("06-12", "07-12"): review.encode()})
    row = {"microability": "B10", "title": "创造真实学习情境", "level": "优秀"}
    for issued, told_so in (("2026-07-05", True), ("2026-07-21", False)):
        told = [code for code, _ in refused(before, written(before, **row, issued=issued), "office")]
        assert ("CERT-PASSED" in told) is told_so, (issued, told)


def test_who_was_counted_when_a_school_was_recognised_is_not_lost_by_accepting_it_again() -> None:
    there = "anhui/shili/mingyuan/qingshan-xiaoxue"
    gone = f"    left: {{date: 2026-07-05, reason: 调动, to: {there}}}\n"
    tree = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}")
    came = ", joined: {date: 2026-07-06, from: anhui/shili/mingyuan/wenhua-xiaoxue}"
    accepted = base().files[ACCEPTANCE].decode()
    tree = tree.having(
        {
            f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml": _roster("34990100010003", "何芳", came).encode(),
            f"{COUNTY}/2026/acceptance/2026-06-10.yaml": accepted.replace("wenhua-xiaoxue", "qingshan-xiaoxue")
            .replace("-25", "-10")
            .encode(),
        }
    )
    assert _counted_at(tree, "34990100010003") == ["wenhua-xiaoxue"]
    again = accepted.replace("2026-06-25", "2026-07-15").replace("2026-07-01", "2026-07-16")
    twice = tree.having({f"{COUNTY}/2026/acceptance/2026-07-15.yaml": again.encode()})
    assert _counted_at(twice, "34990100010003") == ["wenhua-xiaoxue"]


CHECKED = f"{COUNTY}/2026/spot-checks/2026-07-03.yaml"


def _checked(number: str, said: str, day: str = "2026-07-03") -> bytes:
    check = (
        f"date: {day}\nstage: 考核结果\nmode: 专家抽查\ncheckers: [高建国, 沈月华]\nannouncement: 2026-06-24\nitems:\n"
    )
    check += f"  - {{school: anhui/shili/mingyuan/wenhua-xiaoxue, teacher: {number}, microability: B9, {said}}}\n"
    return f"{check}conclusion: 查过了。\n".encode()


def _is_finished(tree: MemoryTree) -> bool:
    programme = assemble(load(tree), "2026-07-10")
    unit = programme.units[COUNTY.removeprefix("submissions/")]
    record = unit.one(Announcement, year=2026, name="2026-06-24")
    assert record is not None
    return is_finished(programme, unit, record)


def test_a_draw_is_not_finished_by_calling_somebody_gone_for_a_day() -> None:
    there = "anhui/shili/mingyuan/qingshan-xiaoxue"
    before = (
        known().without(LEDGER).having({**_drawn("考核结果"), CHECKED: _checked("34990100010001", "problem: 已经走了")})
    )
    assert not _is_finished(before)
    for said, finished in (
        (f"left: {{date: 2026-07-02, reason: 调动, to: {there}}}", False),  # which does not have them
        ("left: {date: 2026-07-02, reason: 退休}", True),
        (
            f"left: {{date: 2026-07-02, reason: 调动, to: {there}}}\n    joined: {{date: 2026-07-06, from: {there}}}",
            False,
        ),
    ):
        tree = edited(before, ROSTER, "    name: 周雨晴\n", f"    name: 周雨晴\n    {said}\n")
        assert _is_finished(tree) is finished, said
    looked = before.having(
        {CHECKED.replace("-03", "-04"): _checked("34990100010001", "school_level: 优秀, recheck_level: 优秀")}
    )
    assert _is_finished(looked)  # by both together


def test_a_finished_draw_stays_finished_when_somebody_is_reviewed_later() -> None:
    review = base().files[REVIEW].decode()
    files = {
        CHECKED: _checked("34990100010001", "problem: 学校还没有评审"),
        REVIEW: review.replace("2026-06-12", "2026-07-05").encode(),
    }
    assert _is_finished(known().without(LEDGER, ACCEPTANCE).having({**_drawn("考核结果"), **files}))


def test_an_office_that_keepers_let_act_for_a_school_may_add_its_id() -> None:
    city, path = "submissions/anhui/shili/accounts.yaml", f"{COUNTY}/accounts.yaml"
    both = known().files[path] + f"  - account: shili\n    unit: {SCHOOL.removeprefix('submissions/')}\n".encode()
    before = known().having({city: b"accounts:\n  - {account: shili, unit: anhui/shili}\n", path: both})
    after = before.having({city: b"accounts:\n  - {account: shili, id: '55', unit: anhui/shili}\n"})
    assert "ACCOUNT-FREE" not in [code for code, _ in refused(before, after, "shili")]


@pytest.mark.parametrize("account", ["wenhua", "office"])
@pytest.mark.parametrize(
    "left",
    [
        "{date: 2026-03-01, reason: 调动, to: anhui/shili/mingyuan/beimen-xiaoxue}",
        "{date: 2026-02-20, reason: 退休}",
    ],
)
def test_nobody_leaves_an_accepted_school_by_what_another_school_says(account: str, left: str) -> None:
    """何芳 came from another school, whose row is written anew: to a third school, or as if retired."""
    there, here = f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml", "anhui/shili/mingyuan/wenhua-xiaoxue"
    came = "    joined: {date: 2026-03-01, from: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    tree = edited(known().without(LEDGER), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{came}")
    went = ", left: {{date: 2026-03-01, reason: 调动, to: {}}}"
    third = f"{COUNTY}/beimen-xiaoxue/unit.yaml"
    unit = base().files[f"{COUNTY}/qingshan-xiaoxue/unit.yaml"].decode().replace("3499010002", "3499010009")
    before = tree.having(
        {
            there: _roster("34990100010003", "何芳", went.format(here)).encode(),
            third: unit.replace("青山", "北门").encode(),
        }
    )
    assert _counted_at(before, "34990100010003") == ["wenhua-xiaoxue"]
    after = before.having({there: _roster("34990100010003", "何芳", f", left: {left}").encode()})
    told = [code for code, _ in refused(before, after, account)]
    assert {"STAY-KEPT", "PATH-OWNER"} & set(told)
    assert account == "wenhua" or "STAY-KEPT" in told


def test_what_is_wanting_is_not_got_round_by_calling_somebody_away_on_that_day() -> None:
    failed = edited(known(), CHECK, "recheck_level: 合格\nconclusion", FAILED)
    before = failed.without(ACCEPTANCE, LEDGER)
    away = "    left: {date: 2026-06-20, reason: 调动, to: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    after = edited(before, ROSTER, "    name: 陈思远\n", f"    name: 陈思远\n{away}")
    for tree in (before, edited(after, ROSTER, "staff: 4", "staff: 3")):
        accepted = tree.having({ACCEPTANCE: base().files[ACCEPTANCE]})
        assert {code for code, _ in refused(tree, accepted, "office")} & {"ACCEPT-CHECKED", "RECOGNISE-ACCEPTED"}


def test_a_revocation_is_not_dated_back_before_the_last_review() -> None:
    """Which is not recognised yet: what would be recognised then is what was taken away."""
    before = known()
    row = dict(
        zip(
            *(line.split(",") for line in (before.files[LEDGER].decode().splitlines()[each] for each in (0, -1))),
            strict=True,
        )
    )
    status = f"{COUNTY}/2026/revocations.yaml"
    signed = f"sequence: 1\ndate: 2026-07-20\nkey: 8P-fBSsbTmA\nseal: {'A' * 86}\n"
    review = base().files[REVIEW].decode().replace("2026-06-12", "2026-07-18")
    before = before.having(
        {
            status: f"{signed}revoked: []\n".encode(),
            REVIEW.replace("06-12", "07-18"): review.encode(),
            ACCEPTANCE.replace("1.yaml", "2026-07-19.yaml"): base()
            .files[ACCEPTANCE]
            .replace(b"2026-06-25", b"2026-07-19")
            .replace(b"2026-07-01", b"2026-07-19"),
        }
    )
    after = signed.replace("sequence: 1", "sequence: 2").replace("2026-07-20", "2026-07-25")
    for day, told_so in (("2026-07-10", True), ("2026-07-22", False)):
        text = f"{after}revoked:\n  - {{number: {row['number']}, date: {day}, reason: 弄虚作假}}\n"
        told = [code for code, _ in refused(before, before.having({status: text.encode()}), "office")]
        assert ("STATUS-GROWS" in told) is told_so, (day, told)


def test_a_draw_is_not_finished_by_listing_somebody_at_a_school_that_never_reviewed_them() -> None:
    """Moved there within the county, or there as a helper."""
    there = "anhui/shili/mingyuan/qingshan-xiaoxue"
    gone = f"    left: {{date: 2026-07-02, reason: 调动, to: {there}}}\n"
    check = _checked("34990100010001", "problem: 在这里没有评审过").replace(b"wenhua", b"qingshan")
    before = known().without(LEDGER).having({**_drawn("考核结果"), CHECKED: check})
    came = ", joined: {date: 2026-07-03, from: anhui/shili/mingyuan/wenhua-xiaoxue}"
    helps = ", home: anhui/shili/mingyuan/wenhua-xiaoxue"
    for left, row in ((gone, came), ("", helps)):
        tree = edited(before, ROSTER, "    name: 周雨晴\n", f"    name: 周雨晴\n{left}")
        path = f"submissions/{there}/2026/teachers.yaml"
        assert not _is_finished(tree.having({path: _roster("34990100010001", "周雨晴", row).encode()}))


def test_who_is_long_gone_by_the_rosters_is_in_no_population() -> None:
    """But for a commit between two others, in which they had never left."""
    day = "2026-06-24"
    row = "  - {{number: 34990100010077, name: 某某, subject: 语文, stage: 小学{}}}\nstaff: {}\n"
    gone = ", left: {date: 2026-03-01, reason: 其他}"
    lately = gone.replace("03-01", "06-24")
    for left in (gone, lately):
        then, now = (edited(known(), ROSTER, "staff: 4\n", row.format(*each)) for each in (("", 5), (left, 4)))
        before, between = (Past(tree.without(LEDGER, ACCEPTANCE).files) for tree in (now, then))
        between.commit = "1" * 40
        for line in ([(day, between)], [("2026-06-20", between), (day, between)]):  # days are quickly written too
            before.line = line
            assert _announced(before, between, day) == ["DRAW-ANNOUNCED"]
    whole = Past(edited(known(), ROSTER, "staff: 4\n", row.format("", 5)).without(LEDGER, ACCEPTANCE).files)
    whole.commit, whole.line = "1" * 40, [(day, whole)]
    assert _announced(whole, whole, day) == []


# ---- what comes together with what undoes it ----


def test_a_made_up_certificate_is_judged_though_its_revocation_comes_with_it() -> None:
    """The revocation takes the microability away from whoever the row names, at whatever school and county."""
    made_up = written(known(), teacher="34990100010003", name="何芳", microability="B10", issued="2026-07-05")
    number = made_up.files[LEDGER].decode().splitlines()[-1].split(",")[0]
    assert ("CERT-PASSED", LEDGER) in refused(known(), made_up, "office")
    assert ("CERT-PASSED", LEDGER) in refused(known(), revoked(made_up, number), "office")
    # A row that is put back, whose revocation was there before; and what was earned is issued and revoked in one go.
    assert "CERT-PASSED" not in [
        code for code, _ in refused(revoked(known(), number), revoked(made_up, number), "office")
    ]
    head, *rows = known().files[LEDGER].decode().splitlines()
    earned, last = known().having({LEDGER: f"{head}\n".encode()}), rows[-1].split(",")[0]
    assert "CERT-PASSED" not in [code for code, _ in refused(earned, revoked(known(), last), "office")]


def test_a_county_revokes_its_own_certificates_alone() -> None:
    other = "submissions/anhui/shili/qinglan"
    number = known().files[LEDGER].decode().splitlines()[-1].split(",")[0]
    tree = revoked(known(), number)
    status = tree.files[f"{COUNTY}/2026/revocations.yaml"]
    unit = known().files[f"{COUNTY}/unit.yaml"].replace(b"349901", b"349902")
    foreign = known().having({f"{other}/2026/revocations.yaml": status, f"{other}/unit.yaml": unit})
    assert assemble(load(tree)).revoked_on(2026)
    assert not assemble(load(foreign)).revoked_on(2026)


@pytest.mark.parametrize("last", ["验收合格", "限期整改"])
def test_a_conclusion_that_another_has_followed_is_not_recognised_any_more(last: str) -> None:
    """It is in no register, but who was there on its day would be counted by it, and certificates name its document."""
    accepted = base().files[ACCEPTANCE].decode()
    recognition = re.search(r"\n +recognition:.*", accepted, re.DOTALL)
    assert recognition is not None
    without = accepted.replace(recognition[0], "\n")
    again = f"{COUNTY}/2026/acceptance/2026-07-15.yaml"
    second = without.replace("2026-06-25", "2026-07-15").replace("验收合格", last)
    later = accepted.replace("2026-07-01", "2026-07-16")  # whatever day it bears
    checked = known().files[CHECK].decode().replace("2026-06-25", "2026-07-10")
    before = known().without(LEDGER).having({CHECK.replace("06-25", "07-10"): checked.encode()})
    before = before.having({ACCEPTANCE: without.encode(), again: second.encode()})
    for text in (accepted, later):
        told = refused(before, before.having({ACCEPTANCE: text.encode()}), "office")
        assert ("RECOGNISE-ACCEPTED", ACCEPTANCE) in told
    stands = before.having(
        {
            again: (without.rstrip() + recognition[0])
            .replace("2026-06-25", "2026-07-15")
            .replace("2026-07-01", "2026-07-16")
            .encode()
        }
    )
    if last == "验收合格":
        assert "RECOGNISE-ACCEPTED" not in [code for code, _ in refused(before, stands, "office")]


def test_nothing_is_signed_on_a_day_to_come_and_what_was_may_be_mended() -> None:
    """By a computer whose clock is ahead: the ledger only grows, so nobody could repair it until that day."""
    day, status = "2026-09-10", f"{COUNTY}/2026/revocations.yaml"
    signed = "sequence: {}\ndate: {}\nkey: 8P-fBSsbTmA\nseal: " + "A" * 86 + "\nrevoked: []\n"

    def told(before: MemoryTree, files: dict[str, str]) -> list[str]:
        after = before.having({path: text.encode() for path, text in files.items()})
        programme = assemble(load(after), day, frozenset(files), Earlier(after, before))
        return [each.path for each in judge({"CERT-DAY": all_rules()["CERT-DAY"]}, programme)]

    rows = known().files[LEDGER].decode()
    ahead = rows.replace("2026-07-05", "2027-01-10")
    none = known().without(LEDGER)
    assert set(told(none, {LEDGER: ahead})) == {LEDGER}
    assert told(none, {LEDGER: rows, status: signed.format(1, day)}) == []
    assert told(known(), {status: signed.format(1, "2027-01-10")}) == [status]
    # What is there already is not told, nor a status that is no older than it.
    there = known().having({LEDGER: ahead.encode()})
    assert told(there, {status: signed.format(1, "2027-01-10")}) == []
    assert told(there, {status: signed.format(1, "2027-01-11")}) == [status]
    # The days of samples are made up; those of a county are not.
    real = edited(known(), f"{COUNTY}/unit.yaml", "demo: true", "demo: false")
    for tree, ahead_ in ((known(), []), (real, [status])):
        assert told(tree, {status: signed.format(1, "2026-09-11")}) == ahead_


# ---- hours that another school writes ----


def _helping(number: str, more: str, activities: str = "") -> dict[str, bytes]:
    """何芳 helps out at a second school, by its own word."""
    folder = f"{COUNTY}/qingshan-xiaoxue/2026"
    row = _roster(number, "何芳", f", home: anhui/shili/mingyuan/wenhua-xiaoxue{more}")
    return {f"{folder}/teachers.yaml": row.encode()} | (
        {f"{folder}/activities.yaml": activities.encode()} if activities else {}
    )


def test_a_school_writes_no_online_hours_and_no_hours_of_everybody_for_who_only_helps_out() -> None:
    """They would count at the school that they belong to, whose teachers were all trained by a list of helpers."""
    number, study = "34990100010003", ("teachers.yaml", "activities.yaml")
    paths = [f"{COUNTY}/qingshan-xiaoxue/2026/{name}" for name in study]
    named = WORKSHOP.replace(f'["{number}"]', f'[全体, "{number}"]')
    for hours, activities, codes, counted in (
        ("{online: 12, practice: 0}", "", {"STAY-HOME"}, (18, 6)),
        ("{practice: 12}", WORKSHOP.replace(f'["{number}"]', "[全体]"), {"HOURS-DERIVED"}, None),
        ("{practice: 12}", WORKSHOP, set(), (18, 18)),
        ("{practice: 12}", named, set(), (18, 18)),
        ("{practice: 4}", "", {"HOURS-DERIVED"}, None),
    ):
        tree = unaccepted(known()).having(_helping(number, f", hours: {hours}", activities))
        told = {code for code, path in refused(unaccepted(known()), tree, "office") if path in paths} & {
            "STAY-HOME",
            "HOURS-DERIVED",
            "ACTIVITY-PARTICIPANT",
        }
        assert told == codes, hours
        programme = assemble(load(tree))
        year = programme.school_year(programme.units[SCHOOL.removeprefix("submissions/")], 2026)
        assert counted is None or tuple(year.hours_of(year.teachers[number])) == counted


def test_helpers_with_hours_do_not_come_after_the_acceptance() -> None:
    """Hours that nobody accepted, which the county would recognise; somebody who came since says so."""
    row = "  - {{number: 34990100020009, name: 甲晓月, subject: 语文, stage: 小学,"
    row += " home: anhui/shili/mingyuan/qingshan-xiaoxue{}, hours: {{practice: 12}}}}\nstaff: 4\n"
    before = known().without(LEDGER)
    for since, told in (("", True), (", joined: {date: 2026-06-28}", False)):
        after = edited(before, ROSTER, "staff: 4\n", row.format(since))
        assert (("HOURS-KEPT", ROSTER) in refused(before, after, "wenhua")) is told, since


def test_who_has_left_on_the_very_day_is_in_no_population() -> None:
    """Nobody can look at them any more, and no figure has them: six hundred of them would stand for everybody else."""
    day = "2026-06-24"
    row = "  - {{number: 34990100010077, name: 某某, subject: 语文, stage: 小学{}}}\nstaff: {}\n"
    away = ", exempt: {reason: 病假, approved_by: 林静, date: 2026-06-28}"  # of whom no figure asks from which day
    for said in (", left: {date: 2026-06-24, reason: 其他}", away):
        tree = edited(known(), ROSTER, "staff: 4\n", row.format(said, 4 if "left" in said else 5))
        programme = assemble(load(tree.without(LEDGER, ACCEPTANCE)))
        people = due(programme, programme.units[COUNTY.removeprefix("submissions/")], 2026, day, ())
        assert "34990100010077" not in [each.teacher for each in people]
        assert "34990100010003" in [each.teacher for each in people]


ELSEWHERE = "submissions/anhui/shili/qinglan"


def with_another_county(tree: MemoryTree, rows: str = "") -> MemoryTree:
    """A school of another county, with somebody of its own and these rows on its roster."""
    county = base().files[f"{COUNTY}/unit.yaml"].decode().replace("明远", "青岚").replace("349901", "349902")
    school = base().files[f"{COUNTY}/qingshan-xiaoxue/unit.yaml"].decode().replace("349901", "349902")
    files = {
        f"{ELSEWHERE}/unit.yaml": county.encode(),
        f"{ELSEWHERE}/dier-zhongxue/unit.yaml": school.encode(),
        f"{ELSEWHERE}/dier-zhongxue/2026/teachers.yaml": f"{_roster('34990200020001', '甲晓月')}{rows}\n".encode(),
    }
    return tree.having(files)


THERE = f"{ELSEWHERE}/dier-zhongxue".removeprefix("submissions/")
HOME = SCHOOL.removeprefix("submissions/")


def _drawable(tree: MemoryTree, day: str, unit: str = COUNTY) -> list[str]:
    programme = assemble(load(tree.without(LEDGER, ACCEPTANCE)))
    return [each.teacher for each in due(programme, programme.units[unit.removeprefix("submissions/")], 2026, day, ())]


@pytest.mark.parametrize("back", ["", f"    joined: {{date: 2026-06-26, from: {THERE}}}\n"])
def test_who_is_only_said_to_have_gone_is_drawn_where_the_figures_have_them(back: str) -> None:
    """To a school of another county, which is silent, has them as a helper, or really has them."""
    gone = f"    left: {{date: 2026-06-20, reason: 调动, to: {THERE}}}\n{back}"
    tree, number = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}"), "34990100010003"
    went = f", left: {{date: 2026-06-26, reason: 调动, to: {HOME}}}" if back else ""
    for said, drawn in (
        ("", True),
        (f"home: {HOME}", True),
        (f"joined: {{date: 2026-06-20, from: {HOME}}}{went}", False),
    ):
        row = f"  - {{number: {number}, name: 何芳, subject: 英语, stage: 小学, {said}}}"
        both = with_another_county(tree, row if said else "")
        assert (number in _drawable(both, "2026-06-24")) is drawn, said
        assert (number in _drawable(both, "2026-06-24", ELSEWHERE)) is not drawn, said
        counted_ = _counted_at(both.without(ACCEPTANCE, LEDGER), number)
        assert counted_ == ["wenhua-xiaoxue" if drawn or back else "dier-zhongxue"], said


def test_nobody_is_elsewhere_by_a_row_that_no_school_agrees_to() -> None:
    """A third school that takes somebody up whom their own says to have gone to another."""
    gone = f"    left: {{date: 2026-06-20, reason: 调动, to: {THERE}}}\n"
    tree = with_another_county(edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}"))
    came = f", joined: {{date: 2026-06-21, from: {HOME}}}"
    third = tree.having(
        {f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml": _roster("34990100010003", "何芳", came).encode()}
    )
    assert "34990100010003" in _drawable(third, "2026-06-24")


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ("", True),
        (f"home: {HOME}", True),
        (f"joined: {{date: 2026-06-20, from: {HOME}}}", False),
        (f"joined: {{date: 2026-06-20, from: {HOME}}}, left: {{date: 2026-06-25, reason: 调动, to: {HOME}}}", True),
    ],
    ids=["nobody", "helper", "own", "afterwards"],
)
def test_only_who_was_at_another_school_by_its_roster_of_then_may_come_back(row: str, refusal: bool) -> None:
    """Not whom it has as a helper, nor by a row that it wrote after the announcement."""
    number, later = "34990100010003", "afterwards" if "left" in row else ""
    to = f"    left: {{date: 2026-06-19, reason: 调动, to: {THERE}}}\n"
    gone = to if row and "home" not in row and not later else "    left: {date: 2026-06-19, reason: 其他}\n"
    written = f"  - {{number: {number}, name: 何芳, subject: 英语, stage: 小学, {row}}}" if row else ""
    whole = with_another_county(known().without(LEDGER, ACCEPTANCE))
    away = with_another_county(
        edited(whole, ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}"), "" if later else written
    )
    path, commit = f"{COUNTY}/2026/announcements/2026-06-22.yaml", "1" * 40
    people = [Due(teacher=each, layer=None) for each in _drawable(away, "2026-06-22")]
    assert [each.teacher for each in people] == ["34990100010001", "34990100010002"]
    text = f"announced: 2026-06-22\nstage: 考核过程\ncommit: '{commit}'\ncount: 1\n"
    text += f"population: {{people: 2, sha256: {seal(people)}}}\nvalue: {{source: 双色球, day: 2026-06-28}}\n"
    before = Past(away.having({path: text.encode(), path.replace("yaml", "csv"): appended(None, people)}).files)
    first, then = Past(whole.files), Past(away.files)
    then.commit, before.line = commit, [("2026-06-10", first), ("2026-06-20", then)]
    back = f"    name: 何芳\n{to}    joined: {{date: 2026-06-26, from: {THERE}}}\n"
    if "joined" in row and not later:
        written = written.replace(row, f"{row}, left: {{date: 2026-06-25, reason: 调动, to: {HOME}}}")
    after = with_another_county(edited(whole, ROSTER, "    name: 何芳\n", back), written)
    files = {name: after.files[name] for name in (ROSTER, f"submissions/{THERE}/2026/teachers.yaml")}
    assert _told_of(before, files, "DRAW-WHOLE", "2026-06-26") == (["DRAW-WHOLE"] if refusal else [])


def _told_of(before: Past, files: dict[str, bytes], code: str, day: str) -> list[str]:
    after = Past({**before.files, **files})
    differences = [
        Difference(
            path,
            Entry(path, REGULAR, len(before.files[path])) if path in before.files else None,
            Entry(path, REGULAR, len(data)),
        )
        for path, data in files.items()
    ]
    programmes = assemble(load(before)), assemble(load(after), today=day)
    proposal = Proposal(*programmes, before, after, differences, (Author("office"),))
    return [each.code for each in judge({code: change_rules()[code]}, proposal)]


# ---- who was counted when a school was accepted ----


def _moved_before_the_acceptance() -> MemoryTree:
    """何芳 came from another school, both say so, and is counted where she is: at the school that is accepted."""
    there = "anhui/shili/mingyuan/qingshan-xiaoxue"
    came = f"    joined: {{date: 2026-03-01, from: {there}}}\n"
    tree = with_another_county(edited(known().without(LEDGER), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{came}"))
    went = f", left: {{date: 2026-03-01, reason: 调动, to: {HOME}}}"
    tree = tree.having({f"submissions/{there}/2026/teachers.yaml": _roster("34990100010003", "何芳", went).encode()})
    assert _counted_at(tree, "34990100010003") == ["wenhua-xiaoxue"]
    return tree


def test_nobody_leaves_an_accepted_school_whatever_else_is_touched() -> None:
    """Its own roster too; or nothing but an acceptance, dated back."""
    before, there = _moved_before_the_acceptance(), f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml"
    away = edited(before, there, f"to: {HOME}", f"to: {THERE}")
    blank = away.having({ROSTER: away.files[ROSTER] + b"\n"})
    earlier = base().files[ACCEPTANCE].decode().replace("wenhua-xiaoxue", "qingshan-xiaoxue").replace("06-25", "02-25")
    back = before.having({f"{COUNTY}/2026/acceptance/2026-02-25.yaml": earlier.encode()})
    for after, path in (
        (away, there),
        (blank, there),
        (back, f"{COUNTY}/2026/acceptance/2026-02-25.yaml"),
    ):
        assert _counted_at(after, "34990100010003") != ["wenhua-xiaoxue"]
        assert ("STAY-KEPT", path) in refused(before, after, "office")
    open_ = before.files[ACCEPTANCE].decode().replace("验收合格", "限期整改").split("    recognition")[0]
    corrected = before.having({ACCEPTANCE: f"{open_}\n".encode()})
    told = [code for code, _ in refused(corrected, corrected.having({there: away.files[there]}), "office")]
    assert "STAY-KEPT" not in told


def test_who_left_after_the_acceptance_is_not_taken_up_as_if_they_had_always_been_there() -> None:
    there, number = f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml", "34990100010003"
    gone = "    left: {date: 2026-07-05, reason: 调动, to: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    before = edited(known().without(LEDGER), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}")
    for row, refusal in (("", True), (f", joined: {{date: 2026-07-06, from: {HOME}}}", False)):
        after = before.having({there: _roster(number, "何芳", row).encode()})
        assert ("STAY-KEPT" in [code for code, _ in refused(before, after, "office")]) is refusal


def test_who_has_gone_by_the_accepted_schools_own_word_is_taken_up_where_they_went() -> None:
    """The new school writes its roster after the acceptance: it cannot be refused for that."""
    there, number = f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml", "34990100010003"
    gone = "    left: {date: 2026-06-20, reason: 调动, to: anhui/shili/mingyuan/qingshan-xiaoxue}\n"
    before = edited(known().without(LEDGER), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}")
    before = before.having({there: _roster("34990100020001", "甲晓月").encode()})
    assert _counted_at(before, number) == ["wenhua-xiaoxue"]
    for day in ("2026-06-21", "2026-06-27"):
        row = (
            f"  - {{number: {number}, name: 何芳, subject: 英语, stage: 小学, joined: {{date: {day}, from: {HOME}}}}}\n"
        )
        after = before.having({there: before.files[there] + row.encode()})
        assert _counted_at(after, number) == ["qingshan-xiaoxue"]
        assert "STAY-KEPT" not in [code for code, _ in refused(before, after, "office")]
        accepted = base().files[ACCEPTANCE].decode().replace("wenhua-xiaoxue", "qingshan-xiaoxue").replace("-25", "-10")
        first = {f"{COUNTY}/2026/acceptance/2026-06-10.yaml": accepted.encode()}
        told = [code for code, _ in refused(before.having(first), after.having(first), "office")]
        assert ("STAY-KEPT" in told) is (day == "2026-06-21")  # then she would be due nowhere


def _after(tree: MemoryTree, *conclusions: tuple[str, str]) -> MemoryTree:
    """The base's school with these conclusions, by day, none of them recognised."""
    accepted = base().files[ACCEPTANCE].decode().split("    recognition")[0]
    files = {
        f"{COUNTY}/2026/acceptance/{day}.yaml": f"{accepted}\n".replace("2026-06-25", day)
        .replace("验收合格", conclusion)
        .encode()
        for day, conclusion in conclusions
    }
    return tree.without(ACCEPTANCE, LEDGER).having(files)


def test_who_left_between_two_acceptances_is_counted_as_before() -> None:
    """Recognised or not; and where the first was taken back, unless the school that they went to has them due."""
    there, number = "anhui/shili/mingyuan/qingshan-xiaoxue", "34990100010003"
    gone = f"    left: {{date: 2026-06-30, reason: 调动, to: {there}}}\n"
    came = f", joined: {{date: 2026-07-01, from: {HOME}}}"
    tree = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}").having(
        {f"submissions/{there}/2026/teachers.yaml": _roster(number, "何芳", came).encode()}
    )
    once, twice = ("2026-06-25", "验收合格"), ("2026-07-15", "验收合格")
    open_ = ("2026-07-03", "限期整改")
    for accepted_there in (False, True):
        accepted = base().files[ACCEPTANCE].decode().replace("wenhua-xiaoxue", "qingshan-xiaoxue").replace("-25", "-10")
        files = {f"{COUNTY}/2026/acceptance/2026-06-10.yaml": accepted.encode()} if accepted_there else {}
        for conclusions, at in (
            ([once], "wenhua-xiaoxue"),
            ([once, twice], "wenhua-xiaoxue"),
            ([once, open_, twice], "wenhua-xiaoxue" if accepted_there else "qingshan-xiaoxue"),
        ):
            assert _counted_at(_after(tree.having(files), *conclusions), number) == [at], conclusions


def test_no_conclusion_is_recognised_that_another_has_followed() -> None:
    before = _after(known(), ("2026-06-25", "验收合格"), ("2026-07-15", "验收合格"))
    for day, refusal in (("2026-06-25", True), ("2026-07-15", False)):
        path = f"{COUNTY}/2026/acceptance/{day}.yaml"
        recognition = (
            f"    recognition: {{date: {'2026-06-30' if refusal else '2026-07-16'}, document: 明教〔2026〕18号}}\n"
        )
        after = before.having({path: before.files[path].rstrip() + b"\n" + recognition.encode()})
        told = [code for code, at in refused(before, after, "office") if at == path]
        assert ("RECOGNISE-ACCEPTED" in told) is refusal, day


# ---- certificates that take away what another county has recognised ----


def _revoked_at_once(before: MemoryTree, after: MemoryTree, number: str) -> MemoryTree:
    """With the revocation of a certificate, in the same change."""
    signed = f"date: 2026-07-20\nkey: 8P-fBSsbTmA\nseal: {'A' * 86}\n"
    status, gone = f"{COUNTY}/2026/revocations.yaml", f"{{number: {number}, date: 2026-07-20, reason: 弄虚作假}}"
    return after.having({status: f"sequence: 2\n{signed}revoked:\n  - {gone}\n".encode()})


def test_nothing_is_taken_away_by_a_certificate_that_was_never_earned() -> None:
    """Written and revoked in one change: the credit would go with it, in whatever county the person is."""
    before = known()
    for row, refusal in (({"teacher": "34990100010003", "name": "何芳"}, True), ({}, False)):
        tree = written(before, **row)
        number = tree.files[LEDGER].decode().rstrip().split("\n")[-1].split(",")[0]
        for after in (tree, _revoked_at_once(before, tree, number)):
            told = [code for code, _ in refused(before, after, "office")]
            assert ("CERT-PASSED" in told) is refusal, row


def test_no_certificate_is_written_by_a_school_whose_roster_another_contradicts() -> None:
    """It has somebody who is another school's still, and whom that school's county may have recognised."""
    there = "34990200020001"
    renumbered = known().having(
        {path: data.replace(b"34990100010001", there.encode()) for path, data in known().files.items()}
    )
    came = f"    joined: {{date: 2026-03-01, from: {THERE}}}\n"
    both = with_another_county(edited(renumbered, ROSTER, "    name: 周雨晴\n", f"    name: 周雨晴\n{came}"))
    gone = _roster(there, "周雨晴", f", left: {{date: 2026-02-28, reason: 调动, to: {HOME}}}")
    answered = both.having({f"submissions/{THERE}/2026/teachers.yaml": gone.encode()})
    head, *rows = both.files[LEDGER].decode().splitlines()
    for tree, refusal in ((both, True), (answered, False)):
        before = tree.having({LEDGER: f"{head}\n".encode()})
        after = tree.having({LEDGER: "\n".join((head, *rows, "")).encode()})
        told = [code for code, _ in refused(before, after, "office")]
        assert ("CERT-PASSED" in told) is refusal


# ---- hours of who helps out ----


@pytest.mark.parametrize(
    ("hours", "participants", "counted"),
    [("online: 30, practice: 16", "全体", 0), ("practice: 16", "34990100010003", 4), ("practice: 4", "", 0)],
)
def test_a_school_writes_no_hours_for_those_who_belong_to_another(hours: str, participants: str, counted: int) -> None:
    """What it does for all of its own is not theirs, and what nobody can look up is no work."""
    there, number = f"{COUNTY}/qingshan-xiaoxue/2026", "34990100010003"
    before = known().without(LEDGER, ACCEPTANCE)
    activity = "activities:\n  - date: 2026-04-15\n    theme: 磨一节互评课\n    mode: 线下\n"
    activity += f"    participants: [{participants}]\n"
    activity += "    hours: {kind: 实践应用, count: 4}\n    evidence: [签到表]\n"
    files = {f"{there}/teachers.yaml": _roster(number, "何芳", f", home: {HOME}, hours: {{{hours}}}").encode()}
    if participants:
        files[f"{there}/activities.yaml"] = activity.encode()
    after = before.having(files)
    programme = assemble(load(after))
    year = programme.school_year(programme.units[HOME], 2026)
    assert year.hours_of(year.teachers[number]) == (18, 6 + counted)
    assert {"HOURS-DERIVED", "STAY-HOME"} & {code for code, _ in refused(before, after, "office")}
    honest = files | {
        f"{there}/teachers.yaml": _roster(number, "何芳", f", home: {HOME}, hours: {{practice: 4}}").encode()
    }
    told = {code for code, _ in refused(before, before.having(honest), "office")}
    assert bool({"HOURS-DERIVED", "STAY-HOME"} & told) is (participants != number)


def test_who_is_put_on_an_accepted_roster_as_a_helper_brings_no_hours_either() -> None:
    there = f"{ELSEWHERE}/dier-zhongxue/2026/teachers.yaml"
    before = with_another_county(known().without(LEDGER))
    row = "  - {number: 34990200020001, name: 甲晓月, subject: 语文, stage: 小学, hours: {practice: 9}, "
    row += f"home: {THERE}}}\n"
    after = edited(before, ROSTER, "staff: 4\n", f"{row}staff: 4\n")
    assert there in after.files
    assert "HOURS-KEPT" in [code for code, _ in refused(before, after, "office")]


# ---- panels ----


def test_nobody_is_an_outsider_because_their_own_school_alone_calls_them_gone() -> None:
    """Until the school that they went to has them; then they may come back after the review like everybody."""
    number, day = "34990100010003", "2026-06-12"
    gone = f"    left: {{date: 2026-06-10, reason: 调动, to: {THERE}}}\n"
    before = with_another_county(edited(unaccepted(known()), ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}"))
    before, member = before.without(CHECK), "    - {name: 高建国, from: 校外, unit: 明远县教师进修学校}\n"
    panel = f"{member}    - {{name: 何芳, from: 校外, unit: 青岚县第二中学, teacher: {number}}}\n"
    row = f"  - {{number: {number}, name: 何芳, subject: 英语, stage: 小学, joined: {{date: %s, from: {HOME}}}}}\n"
    for came, refusal in (("", True), ("2026-06-13", True), ("2026-06-11", False)):
        tree = with_another_county(before, row % came if came else "")
        told = [code for code, path in refused(tree, edited(tree, REVIEW, member, panel), "wenhua") if path == REVIEW]
        assert ("PANEL-OWN" in told) is refusal, (day, came, told)


# ---- accounts that become others ----


def test_an_account_does_not_become_somebody_else_in_several_steps() -> None:
    """By an id that is added, another name beside that id, another id beside that name; nor does one of two entries go.

    Whoever is renamed by the forge, or whose id was copied wrongly, gets an entry of its own from a day on.
    """
    path, school = f"{COUNTY}/accounts.yaml", SCHOOL.removeprefix("submissions/")
    head = known().files[path].decode().partition("  - account: wenhua")[0]

    def listed(*entries: str) -> MemoryTree:
        rows = "".join(f"  - {{account: {each}, unit: {school}}}\n" for each in entries)
        return known().having({path: f"{head}{rows}".encode()})

    first, second = "wenhua, until: 2026-01-31", "wenhua, id: '71', from: 2026-03-01"
    for was, now, told in (
        (["wenhua"], ["wenhua, id: '71'"], False),
        (["wenhua, id: '71'"], ["li, id: '71'"], True),
        (["wenhua, id: '71'"], ["wenhua, id: '99'"], True),
        (["wenhua, id: '71'"], ["wenhua, id: '71', until: 2026-06-30", "li, id: '71', from: 2026-07-01"], False),
        (["wenhua, id: '17'"], ["wenhua, id: '17', until: 2026-06-30", "wenhua, id: '71', from: 2026-07-01"], False),
        ([first, second], [second], True),
        ([first, second], [first, f"{second}, until: 2026-07-01"], False),
    ):
        codes = [code for code, _ in refused(listed(*was), listed(*now), "office")]
        assert ("ACCOUNT-KEPT" in codes) is told, (was, now)
        assert told or codes == [], (was, now, codes)


# ---- names ----


def _corrected(school: str, number: str = "34990100010001") -> dict[str, bytes]:
    said = f"corrections:\n  - school: {school}\n    teacher: '{number}'\n    name: 周更名\n"
    return {
        f"{COUNTY}/2026/acceptance/2026-07-08.yaml": f"{said}    date: 2026-07-08\n    reason: 登记时写错\n".encode()
    }


def _gone_on() -> MemoryTree:
    """周雨晴, reviewed and recognised at the first school, has gone to a second one of the county."""
    there = "anhui/shili/mingyuan/qingshan-xiaoxue"
    left = f"    name: 周雨晴\n    left: {{date: 2026-07-05, reason: 调动, to: {there}}}\n"
    tree = edited(known(), ROSTER, "    name: 周雨晴\n", left)
    row = _roster("34990100010001", "周雨晴", ", joined: {date: 2026-07-06, from: anhui/shili/mingyuan/wenhua-xiaoxue}")
    return tree.having({f"submissions/{there}/2026/teachers.yaml": row.encode()})


def test_a_correction_reaches_all_schools_of_the_county_whichever_it_names() -> None:
    """Also the one whose results the certificates rest on, though the teacher has gone on from there."""
    for school in ("qingshan-xiaoxue", "wenhua-xiaoxue"):
        programme = assemble(load(_gone_on().having(_corrected(school))))
        for each in ("qingshan-xiaoxue", "wenhua-xiaoxue"):
            year = programme.school_year(programme.units[f"anhui/shili/mingyuan/{each}"], 2026)
            assert year.corrected_names["34990100010001"] == "周更名", (school, each)


def test_whoever_stands_for_a_school_corrects_no_name_of_its_people_by_another_school() -> None:
    both = _gone_on().having({f"{COUNTY}/accounts.yaml": BOTH.encode()})
    helps = _helping("34990100010003", "")
    told = [code for code, _ in refused(both, both.having(_corrected("qingshan-xiaoxue")), "office")]
    assert "OWN-DECISION" in told
    tree = known().having({**helps, f"{COUNTY}/accounts.yaml": BOTH.encode()})
    after = tree.having(_corrected("qingshan-xiaoxue", "34990100010003"))
    assert "OWN-DECISION" in [code for code, _ in refused(tree, after, "office")]
    alone = _gone_on()
    assert "OWN-DECISION" not in [
        code for code, _ in refused(alone, alone.having(_corrected("qingshan-xiaoxue")), "office")
    ]


@pytest.mark.parametrize("said", ["home: {}", "joined: {{date: 2026-03-02, from: {}}}"])
def test_what_another_countys_school_writes_of_somebody_keeps_nobody_from_putting_their_name_right(said: str) -> None:
    """Whose hours it would have, by a helper's row, or as if they had come from there: their own county corrects it."""
    number, other = "34990200010001", "submissions/anhui/shili/linshui"
    home = f"{other}/hebian-xiaoxue"
    unit = base().files[f"{COUNTY}/qingshan-xiaoxue/unit.yaml"].decode()
    county = base().files[f"{COUNTY}/unit.yaml"].decode().replace("明远县", "临水县").replace("3499010", "3499020")
    accounts = ACCOUNTS.replace("mingyuan", "linshui").replace("wenhua-xiaoxue", "hebian-xiaoxue")
    own = {
        f"{other}/unit.yaml": county.replace("349901", "349902").encode(),
        f"{home}/unit.yaml": unit.replace("青山", "河边").replace("3499010002", "3499020001").encode(),
        f"{other}/accounts.yaml": accounts.replace("office", "linshui").replace("wenhua", "hebian").encode(),
        f"{home}/2026/teachers.yaml": _roster(number, "王错字").encode(),
    }
    row = f"  - {{number: '{number}', name: 王错字, subject: 语文, stage: 小学,"
    row += f" {said.format(home.removeprefix('submissions/'))}, hours: {{practice: 12}}}}\nstaff: 4\n"
    correction = _corrected("hebian-xiaoxue", number)[f"{COUNTY}/2026/acceptance/2026-07-08.yaml"]
    own[f"{other}/2026/acceptance/2026-07-08.yaml"] = correction.replace("周更名".encode(), "王改正".encode())
    before = edited(known().having(own), ROSTER, "staff: 4\n", row)
    after = before.having({f"{home}/2026/teachers.yaml": _roster(number, "王改正").encode()})
    assert f"{home}/2026/teachers.yaml" not in [path for _, path in refused(before, after, "hebian")]
    # The school that writes it is not free to call them otherwise.
    assert "NAME-KEPT" in [code for code, _ in refused(known(), edited(known(), ROSTER, "何芳", "赵替身"), "wenhua")]


# ---- who had gone by the acceptance ----


@pytest.mark.parametrize(
    ("was", "now", "refusal"),
    [
        ("date: 2026-06-20, reason: 退休", f"date: 2026-06-20, reason: 调动, to: {THERE}", True),
        ("date: 2026-06-20, reason: 退休", "date: 2026-06-20, reason: 其他", True),
        (f"date: 2026-06-20, reason: 调动, to: {THERE}", f"date: 2026-06-20, reason: 调动, to: {THERE}", False),
        ("date: 2026-07-04, reason: 其他", f"date: 2026-07-04, reason: 调动, to: {THERE}", False),
    ],
)
def test_who_had_gone_for_good_when_the_school_was_accepted_was_not_just_away(
    was: str, now: str, refusal: bool
) -> None:
    """Their results stood, nobody had looked at them; back they would be recognised. Who was away may come back."""
    before = with_another_county(
        edited(known().without(LEDGER), ROSTER, "    name: 何芳\n", f"    name: 何芳\n    left: {{{was}}}\n")
    )
    back = f"    left: {{{now}}}\n    joined: {{date: 2026-07-06, from: {THERE}}}\n"
    for after in (edited(before, ROSTER, f"    left: {{{was}}}\n", each) for each in (back, f"    left: {{{now}}}\n")):
        told = [code for code, _ in refused(before, after, "office")]
        assert ("ROSTER-KEPT" in told) is refusal, told


def test_a_school_is_not_made_to_have_been_opened_after_the_round() -> None:
    """One that has a roster and did nothing: all its people would leave every rate."""
    path, there = f"{COUNTY}/qingshan-xiaoxue/unit.yaml", f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml"
    before = known().having({there: _roster("34990100020001", "甲晓月").encode()})
    for day, refusal in (("2027-01-02", True), ("2026-09-01", False)):
        after = before.having({path: before.files[path] + f"opened: {day}\n".encode()})
        assert (("UNIT-OPENED", path) in refused(before, after, "office")) is refusal


def _accepted_over(then: MemoryTree, before: MemoryTree, day: str) -> list[str]:
    """The codes of what is told of the acceptance of a day, where main's rosters were another until a later one."""
    past, base_ = Past(then.files), Past(before.files)
    base_.line = [("2026-06-20", past)]
    accepted = base().files[ACCEPTANCE].decode().replace("2026-06-25", day)
    path = f"{COUNTY}/2026/acceptance/{day}.yaml"
    return _told_of(base_, {path: accepted.encode()}, "ACCEPT-SEEN", "2026-06-30")


def test_nobody_comes_only_after_the_day_on_which_the_county_was_there() -> None:
    """By a word written between that day and the one on which the acceptance is pushed; nor are they off the roster."""
    then = unaccepted(known())
    later = edited(then, ROSTER, "    name: 何芳\n", "    name: 何芳\n    joined: {date: 2026-06-26}\n")
    rows = then.files[ROSTER].decode()
    off = then.having({ROSTER: re.sub(r"  - number: 34990100010003\n(?:    .*\n)+", "", rows).encode()})
    moved = edited(
        then, ROSTER, "    name: 何芳\n", f"    name: 何芳\n    left: {{date: 2026-06-24, reason: 调动, to: {THERE}}}\n"
    )
    came = f"joined: {{date: 2026-06-25, from: {HOME}}}"
    row = f"  - {{number: 34990100010003, name: 何芳, subject: 英语, stage: 小学, {came}}}\n"
    for before, refusal in (
        (then, []),
        (later, ["ACCEPT-SEEN"]),
        (off, ["ACCEPT-SEEN"]),
        (with_another_county(moved, row), []),  # due where she is
    ):
        assert _accepted_over(then, before, "2026-06-25") == refusal
    assert _accepted_over(later, later, "2026-06-30") == []


# ---- names, keys ----


def test_a_corrected_name_is_corrected_at_every_school_of_the_county() -> None:
    """Whoever has moved on is corrected where they are now, and their certificates are the other school's."""
    path = f"{COUNTY}/2026/acceptance/2026-07-08.yaml"
    said = "corrections:\n  - {{school: {}, teacher: 34990100010001, name: 周雨静, "
    said += "date: 2026-07-08, reason: 登记时写错}}\n"
    for school in ("wenhua-xiaoxue", "qingshan-xiaoxue"):
        tree = known().having({path: said.format(school).encode()})
        loaded = load(tree)
        assert not loaded.findings
        programme = assemble(loaded)
        year = programme.school_year(programme.units[HOME], 2026)
        assert year.corrected_names["34990100010001"] == "周雨静"


def test_a_helpers_row_at_an_accepted_school_of_another_county_holds_no_name() -> None:
    number, there = "34990200020001", f"{ELSEWHERE}/dier-zhongxue/2026/teachers.yaml"
    row = f"  - {{number: {number}, name: 甲晓月, subject: 语文, stage: 小学, home: {THERE}, hours: {{practice: 9}}}}\n"
    before = with_another_county(edited(known().without(LEDGER), ROSTER, "staff: 4\n", f"{row}staff: 4\n"))
    after = edited(before, there, "name: 甲晓月", "name: 甲小月")
    assert ("NAME-KEPT", there) not in refused(before, after, "office")

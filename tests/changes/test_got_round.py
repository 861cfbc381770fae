"""Ways around a decision in several small steps, each of which is harmless for itself."""

from __future__ import annotations

import pytest

from tests.case_folders import MemoryTree, base
from tests.changes.test_decided_once import ACCEPTANCE, CHECK, COUNTY, LEDGER, SCHOOL, _entry, edited
from wholeschool.changes import Author, Proposal, check_change
from wholeschool.outcomes.numbers import Number
from wholeschool.outcomes.register import due_rows
from wholeschool.programme import Earlier, assemble
from wholeschool.records import load
from wholeschool.records.csv_text import appended
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge
from wholeschool.sources.difference import Difference

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

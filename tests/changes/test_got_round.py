"""Ways around a decision in several small steps, each of which is harmless for itself."""

from __future__ import annotations

import pytest

from tests.case_folders import MemoryTree, base
from tests.changes.test_decided_once import ACCEPTANCE, CHECK, COUNTY, LEDGER, SCHOOL, _entry, edited
from wholeschool.changes import Author, Proposal, check_change
from wholeschool.programme import Earlier, assemble
from wholeschool.records import load
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
    for path, account in ((f"{COUNTY}/providers.yaml", "office"), (f"{COUNTY}/teams/training.yaml", "office")):
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

"""Ways around a decision, or out of one, of which nobody was told; and honest people who were refused."""

from __future__ import annotations

import pytest

from tests.case_folders import MemoryTree, base
from tests.changes.test_decided_once import ACCEPTANCE, CHECK, COUNTY, LEDGER, SCHOOL, edited, told
from tests.changes.test_got_round import REVIEW, ROSTER, _counted_at, _roster, known, refused, revoked
from tests.changes.test_what_keepers_may_not import CITY, KEEPER, PROGRAMME, RUBRICS, kept, unrecognised
from tests.rules.single_mistakes import example

# ---- people between two schools ----


def _moves(left: str, joined: str, first: str) -> tuple[MemoryTree, MemoryTree]:
    """何芳 goes to another school of the county, accepted on a day of June; before and after both have written so."""
    there = "anhui/shili/mingyuan/qingshan-xiaoxue"
    accepted = base().files[ACCEPTANCE].decode().replace("wenhua-xiaoxue", "qingshan-xiaoxue")
    accepted = accepted.partition("    recognition:")[0].replace("2026-06-25", first)
    before = known().without(LEDGER, ACCEPTANCE).having({f"{COUNTY}/2026/acceptance/2.yaml": accepted.encode()})
    before = before.having({f"submissions/{there}/2026/teachers.yaml": _roster("34990100020001", "孙梅").encode()})
    gone = f"    left: {{date: {left}, reason: 调动, to: {there}}}\n"
    came = f", joined: {{date: {joined}, from: anhui/shili/mingyuan/wenhua-xiaoxue}}"
    rows = _roster("34990100020001", "孙梅") + _roster("34990100010003", "何芳", came).partition("\n")[2]
    after = edited(before, ROSTER, "    name: 何芳\n", f"    name: 何芳\n{gone}")
    after = edited(after, ROSTER, "staff: 4", "staff: 3")
    return before, after.having({f"submissions/{there}/2026/teachers.yaml": rows.encode()})


def _warned(before: MemoryTree, after: MemoryTree, code: str) -> list[tuple[str, str]]:
    """(path, message) of what a change is told by a rule."""
    return [(each.path, each.message) for each in told(before, after) if each.code == code]


def test_who_is_due_nowhere_because_the_next_school_was_accepted_first_is_told_of() -> None:
    roster = f"{COUNTY}/qingshan-xiaoxue/2026/teachers.yaml"
    before, after = _moves("2026-06-20", "2026-06-21", "2026-06-10")
    assert _counted_at(after, "34990100010003") == []
    ((path, message),) = _warned(before, after, "STAY-BOTH")
    assert path == roster
    assert "哪里都不应考" in message
    # Where the school that they left writes last, or is accepted afterwards, it is told there.
    half = after.having({ROSTER: before.files[ROSTER]})
    assert [path for path, message in _warned(half, after, "STAY-BOTH") if "哪里都" in message] == [ROSTER]
    accepted = after.having({ACCEPTANCE: base().files[ACCEPTANCE]})
    assert [path for path, message in _warned(after, accepted, "STAY-BOTH") if "哪里都" in message] == [ROSTER]
    # What the hint says is a way.
    again = after.files[f"{COUNTY}/2026/acceptance/2.yaml"].decode().replace("验收合格", "限期整改")
    again = again.replace("2026-06-10", "2026-06-26").replace("acceptances:\n", "")
    held = after.having({f"{COUNTY}/2026/acceptance/3.yaml": f"acceptances:\n{again}".encode()})
    assert _counted_at(held, "34990100010003") == ["qingshan-xiaoxue"]


def test_who_moves_and_is_due_at_one_of_the_two_schools_is_not_told_of() -> None:
    for left, joined, first in (("2026-06-20", "2026-06-21", "2026-06-22"), ("2026-05-20", "2026-05-20", "2026-06-10")):
        assert _warned(*_moves(left, joined, first), "STAY-BOTH") == []
    before, after = _moves("2026-06-20", "2026-06-21", "2026-06-10")
    leave = "    left: {date: 2026-06-20"
    exempt = edited(after, ROSTER, leave, f"    exempt: {{reason: 病假, approved_by: 林静, date: 2026-03-02}}\n{leave}")
    exempt = edited(exempt, ROSTER, "    choices: [A5, A11, B10]\n", "")
    assert _warned(before, exempt, "STAY-BOTH") == []


NEXT = f"{SCHOOL}/2027/teachers.yaml"


def _two_rounds(said: str = "", then: str = "") -> MemoryTree:
    """何芳 on the rosters of two rounds, of which the second was opened early."""
    tree = edited(
        known().without(LEDGER, ACCEPTANCE),
        "submissions/programme.yaml",
        "    ends: 2026-12-31\n",
        "    ends: 2026-12-31\n  - year: 2027\n    starts: 2027-01-01\n    ends: 2027-12-31\n",
    )
    if said:
        tree = edited(tree, ROSTER, "    name: 何芳\n", f"    name: 何芳\n    left: {said}\n")
        tree = edited(tree, ROSTER, "staff: 4", "staff: 3")
    return tree.having({NEXT: _roster("34990100010003", "何芳", then).encode()})


@pytest.mark.parametrize("reason", ["退休", "去世"])
def test_nobody_retires_for_one_round(reason: str) -> None:
    """Whichever of the two rosters was there first."""
    left = f"{{date: 2026-06-20, reason: {reason}}}"
    both = _two_rounds(left)
    assert refused(_two_rounds(), both, "wenhua") == [("STAY-ORDER", ROSTER)]
    assert refused(both.without(NEXT), both, "wenhua") == [("STAY-ORDER", NEXT)]
    back = _two_rounds(left, ", joined: {date: 2027-02-01}")
    assert refused(both.without(NEXT), back, "wenhua") == ([("STAY-ORDER", NEXT)] if reason == "去世" else [])
    # Either is right, and whoever has pushed both can mend it.
    assert refused(both, both.without(NEXT), "wenhua") == []
    assert refused(both, _two_rounds(), "wenhua") == []


def test_who_retires_while_two_rounds_run_leaves_both() -> None:
    left = "{date: 2027-02-20, reason: 退休}"
    tree = edited(_two_rounds(left, f", left: {left}"), "submissions/programme.yaml", "2026-12-31", "2027-02-28")
    assert "STAY-ORDER" not in [code for code, _ in refused(tree.without(NEXT), tree, "wenhua")]


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("left: {date: 2026-05-10, reason: 其他}\n    joined: {date: 2026-06-01}", []),
        ("left: {date: 2026-05-10, reason: 调动}\n    joined: {date: 2026-06-01}", []),
        ("left: {date: 2026-05-10, reason: 退休}\n    joined: {date: 2026-06-01}", ["STAY-ORDER"]),
        ("left: {date: 2026-05-10}\n    joined: {date: 2026-06-01}", ["STAY-ORDER"]),
    ],
)
def test_who_comes_back_from_outside_in_one_round_can_be_written(said: str, codes: list[str]) -> None:
    before = known().without(LEDGER, ACCEPTANCE)
    after = edited(before, ROSTER, "    name: 何芳\n", f"    name: 何芳\n    {said}\n")
    assert [code for code, _ in refused(before, after, "wenhua") if code != "ROSTER-WHOLE"] == codes


def test_who_is_away_outside_when_the_school_is_accepted_is_due_there() -> None:
    away = "left: {date: 2026-06-20, reason: 其他}\n    joined: {date: 2026-07-01}"
    tree = edited(known(), ROSTER, "    name: 何芳\n", f"    name: 何芳\n    {away}\n")
    assert _counted_at(tree, "34990100010003") == ["wenhua-xiaoxue"]


def test_nobody_is_put_on_an_accepted_roster_as_if_they_had_been_there_and_come_back() -> None:
    before = known().without(LEDGER)
    for said, told_so in (
        (", left: {date: 2026-05-10, reason: 其他}, joined: {date: 2026-09-01}", True),
        (", left: {date: 2026-07-10, reason: 其他}, joined: {date: 2026-09-01}", True),
        (", joined: {date: 2026-09-01}", False),
    ):
        row = _roster("34990100010009", "新来的", said).partition("\n")[2]
        after = edited(before, ROSTER, "staff: 4\n", f"{row}staff: 5\n")
        assert (("ROSTER-KEPT", ROSTER) in refused(before, after, "wenhua")) is told_so


# ---- what a running round goes by ----


def test_a_rubric_by_which_was_reviewed_does_not_go_before_the_first_recognition() -> None:
    before = unrecognised(kept()).having({RUBRICS: example()[RUBRICS]})
    text = before.files[RUBRICS].decode()
    first = text[text.index("  - microability: A1\n") : text.index("  - microability: A2\n")]
    a2 = text[text.index("  - microability: A2\n") : text.index("  - microability: A3\n")]
    assert ("STANDARD-KEPT", RUBRICS) in refused(before, edited(before, RUBRICS, first, ""), KEEPER)
    assert ("STANDARD-KEPT", RUBRICS) in refused(before, before.without(RUBRICS), KEEPER)
    # By which nobody was reviewed yet.
    assert "STANDARD-KEPT" not in [code for code, _ in refused(before, edited(before, RUBRICS, a2, ""), KEEPER)]
    assert refused(edited(before, RUBRICS, a2, ""), before, KEEPER) == []


def test_who_rewords_what_a_running_round_was_reviewed_by_is_warned() -> None:
    before = unrecognised(kept()).having({RUBRICS: example()[RUBRICS]})
    old = "qualified: 用一种技术手段收集了学情，说得出发现了什么"
    ((path, message),) = _warned(before, edited(before, RUBRICS, old, "qualified: 交了证据"), "RUBRIC-KEPT")
    assert path == RUBRICS
    assert "A1" in message
    other = "qualified: 写明资源从哪里来、为什么选它、是否获准使用"  # of A2, which nobody has chosen
    assert _warned(before, edited(before, RUBRICS, other, "qualified: 写明出处"), "RUBRIC-KEPT") == []
    # The next round goes by another guidance.
    text, theirs = before.files[RUBRICS].decode(), RUBRICS.replace("anhui-2.0", "anhui-3.0")
    after = before.having({theirs: text.replace(old, "qualified: 交了证据").encode()})
    assert _warned(before, after, "RUBRIC-KEPT") == []


# ---- who comes back to an accepted school ----

EVERYBODYS = """activities:
  - date: 2026-02-20
    theme: 全校的一次研修
    kind: 互助研讨
    mode: 线下
    hours: {kind: 实践应用, count: 2}
    participants: [全体]
    evidence: [签到表]
"""
BACK = "left: {date: 2026-07-05, reason: 其他}\n    joined: {date: 2026-09-01}"


def _joined(said: str) -> MemoryTree:
    return edited(known().without(LEDGER), ROSTER, "    name: 何芳\n", f"    name: 何芳\n    {said}\n")


def test_who_joined_in_the_round_left_after_the_acceptance_and_is_back_may_be_written() -> None:
    before = _joined("joined: {date: 2026-03-01}")
    gone = _joined("joined: {date: 2026-03-01}\n    left: {date: 2026-07-05, reason: 其他}")
    for tree in (before, gone):
        assert "ROSTER-KEPT" not in [code for code, _ in refused(tree, _joined(BACK), "wenhua")]
    early = _joined(BACK.replace("2026-07-05", "2026-06-05"))  # as if they had been away for the acceptance
    assert ("ROSTER-KEPT", ROSTER) in refused(before, early, "wenhua")


def test_nobody_gets_hours_from_before_they_came_by_coming_back() -> None:
    """Where the row has no room for both days, the hint says where the second is written."""
    path = f"{SCHOOL}/2026/activities.yaml"
    before = _joined("joined: {date: 2026-03-01}").having({path: EVERYBODYS.encode()})
    after = _joined(BACK).having({path: EVERYBODYS.encode()})
    (found,) = (each for each in told(before, after) if each.code == "ROSTER-KEPT")
    assert "下一轮的名册" in found.hint
    two = "    ends: 2026-12-31\n  - year: 2027\n    starts: 2027-01-01\n    ends: 2027-12-31\n"
    then = edited(before, "submissions/programme.yaml", "    ends: 2026-12-31\n", two)
    left = "joined: {date: 2026-03-01}\n    left: {date: 2026-07-05, reason: 其他}"
    gone_tree = edited(then, ROSTER, "joined: {date: 2026-03-01}", left)
    gone_tree = edited(gone_tree, ROSTER, "staff: 4", "staff: 3")
    assert {code for code, _ in refused(then, gone_tree, "wenhua")} <= {"HOURS-DERIVED"}  # of the activity put in here
    back = gone_tree.having({NEXT: _roster("34990100010003", "何芳", ", joined: {date: 2026-09-01}").encode()})
    assert {code for code, _ in refused(gone_tree, back, "wenhua")} <= {"HOURS-DERIVED"}


# ---- accounts ----


def test_an_id_registered_below_keeps_nobody_above_from_being_added() -> None:
    """Nor from deciding about that school; the county, whose entry it is, is told."""
    city, path = "submissions/anhui/shili", f"{COUNTY}/accounts.yaml"
    school = SCHOOL.removeprefix("submissions/")
    both = known().files[path] + f"  - {{account: xx, id: '777', unit: {school}}}\n".encode()
    before = known().having(
        {path: both, f"{city}/accounts.yaml": b"accounts:\n  - {account: old, unit: anhui/shili}\n"}
    )
    text = before.files[f"{city}/accounts.yaml"] + b"  - {account: shili, id: '777', unit: anhui/shili}\n"
    after = before.having({f"{city}/accounts.yaml": text})
    assert refused(before, after, "old") == []
    assert [path for path, _ in _warned(before, after, "ACCOUNT-ABOVE")] == [path]
    # The name is another matter: by it they would decide about that school no more.
    named = before.having({path: both.replace(b"account: xx", b"account: shili")})
    taken = named.having({f"{city}/accounts.yaml": text})
    assert ("ACCOUNT-FREE", f"{city}/accounts.yaml") in refused(named, taken, "old")


# ---- lists of what was done ----


@pytest.mark.parametrize("name", ["2026/training", "2026/work-log", "2026/result-uses", "resources"])
def test_what_was_done_is_neither_emptied_nor_deleted(name: str) -> None:
    path = f"{COUNTY}/{name}.yaml"
    before = kept().having({path: example()[path]})
    text = before.files[path].decode()
    head = text[: text.index(":\n", text.index("\n"))].splitlines()[-1]
    assert refused(before, before.having({path: f"{head}: []\n".encode()}), "office") == [("UNIT-KEPT", path)]
    assert refused(before, before.without(path), "office") == [("UNIT-KEPT", path)]
    # Nothing has been decided yet.
    decided = [
        each for each in before.files if "/2026/" in each and each.startswith(f"{COUNTY}/2026/") and each != path
    ]
    draft = before.without(*decided)
    assert ("UNIT-KEPT", path) not in refused(draft, draft.without(path), "office")


def test_what_was_done_goes_not_without_a_word_but_what_is_planned_may() -> None:
    path = f"{COUNTY}/2026/training.yaml"
    before = kept().having({path: example()[path]})
    text = before.files[path].decode()
    first = text[text.index("  - name") : text.index("  - name", text.index("  - name") + 1)]
    ((told_at, message),) = _warned(before, edited(before, path, first, ""), "DONE-KEPT")
    assert told_at == path
    assert "县级培训团队集中研修" in message
    assert _warned(before, edited(before, path, "hours: 24", "hours: 22"), "DONE-KEPT") == []


# ---- what the programme has told everybody ----


def test_who_shortens_the_time_to_appeal_while_appeals_wait_is_told_what_it_changes() -> None:
    said = b"appeals:\n  - {teacher: 34990100010002, school: wenhua-xiaoxue, microability: A5, against: 1,"
    said += b" received: 2026-07-02, reason: x}\n"
    before = edited(kept(), PROGRAMME, "publication:\n", "local: {appeal_days: 15, agreement: 90}\npublication:\n")
    for extra, more in (({}, ""), ({f"{COUNTY}/2026/appeals.yaml": said}, "1 条申诉还没有处理")):
        tree = before.having(extra)
        after = edited(tree, PROGRAMME, "appeal_days: 15, agreement: 90", "appeal_days: 1, agreement: 60")
        ((path, message),) = _warned(tree, after, "SETTINGS-KEPT")
        assert path == PROGRAMME
        assert "由 15 改成 1" in message
        assert "由 90 改成 60" in message
        assert more in message
    assert _warned(before, edited(before, PROGRAMME, "minimum_cell: 3", "minimum_cell: 5"), "SETTINGS-KEPT") == []


# ---- lists that were sent, or worked by ----


def test_a_nominee_is_not_exchanged_after_the_filing_unless_it_is_filed_again() -> None:
    nominations, filings = f"{CITY}/2026/nominations.yaml", f"{CITY}/2026/filings.yaml"
    city = {f"{CITY}/accounts.yaml": b"accounts:\n  - {account: shili, unit: anhui/shili}\n"}
    before = kept().having({**city, nominations: example()[nominations], filings: example()[filings]})
    text = before.files[nominations].decode()
    name = text.partition("name: ")[2].partition(",")[0]
    after = edited(before, nominations, f"name: {name},", "name: 甘雨桐,")
    assert ("SENT-KEPT", nominations) in refused(before, after, "shili")
    again = "  - {paper: 省级培训团队人员推荐表, form: 电子版, date: 2026-12-15}\n"
    filed = after.having({filings: before.files[filings].rstrip() + f"\n{again}".encode()})
    assert "SENT-KEPT" not in [code for code, _ in refused(before, filed, "shili")]
    draft = before.without(filings)
    assert "SENT-KEPT" not in [code for code, _ in refused(draft, after.without(filings), "shili")]


def test_a_pilot_is_not_exchanged_but_by_whoever_keeps_the_programme() -> None:
    path = f"{COUNTY}/pilots.yaml"
    row = "  - {{unit: anhui/shili/mingyuan/{}-xiaoxue, since: 2026-02-20}}\n"
    rows = [row.format(each) for each in ("wenhua", "qingshan")]
    before = kept().having({path: f"pilots:\n{rows[0]}".encode()})
    other = before.having({path: f"pilots:\n{rows[1]}".encode()})
    assert ("SENT-KEPT", path) in refused(before, other, "office")
    assert "SENT-KEPT" not in [code for code, _ in refused(before, other, KEEPER)]
    assert refused(before, before.having({path: f"pilots:\n{''.join(rows)}".encode()}), "office") == []


# ---- who accepted ----


def test_a_third_party_that_accepts_is_named_in_its_report() -> None:
    """With names of the county's own team it would have been anybody."""
    before = known().without(LEDGER, ACCEPTANCE)
    third = edited(known().without(LEDGER), ACCEPTANCE, "mode: 专家抽查", "mode: 第三方评估")
    third = edited(
        third, ACCEPTANCE, "    recognition:\n      date: 2026-07-01\n      document: 明教〔2026〕18号\n", ""
    )
    assert refused(before, third, "office") == [("ACCEPT-BY", ACCEPTANCE)]
    report = edited(third, CHECK, "mode: 专家抽查", "mode: 第三方评估\norganisation: 示例大学教育评估中心")
    assert refused(report.without(ACCEPTANCE), report, "office") == []


def test_nobody_is_exempt_from_a_day_after_the_acceptance() -> None:
    """Written before the county accepts: then it is told; whose leave begins by then is exempt."""
    here = "    choices: [A5, A11, B10]\n    hours: {online: 18, practice: 6}\n"
    for day, codes in (("2026-07-20", [("EXEMPT-DATE", ROSTER)]), ("2026-06-20", [])):
        leave = f"    exempt: {{reason: 产假, approved_by: 林静, date: {day}}}\n"
        before = edited(known(), ROSTER, here, leave).without(LEDGER, ACCEPTANCE)
        after = before.having({ACCEPTANCE: unrecognised(known()).files[ACCEPTANCE]})
        assert refused(before, after, "office") == codes


def test_nobody_is_exempt_from_a_day_after_the_round() -> None:
    before = known().without(LEDGER, ACCEPTANCE)
    after = edited(before, ROSTER, "date: 2026-03-02", "date: 2027-03-02")
    assert refused(before, after, "wenhua") == [("EXEMPT-DATE", ROSTER)]


# ---- what hours and branches rest on ----


def test_who_changes_a_provider_by_whom_hours_were_claimed_is_warned() -> None:
    path = f"{COUNTY}/providers.yaml"
    export = (
        f"provider: 示例师范学院\nfrom: 2026-03-20\nuntil: 2026-05-19\nfile: {{name: a.xlsx, digest: {'0' * 64}}}\n"
    )
    export += "people:\n  - {teacher: 34990100010003, school: wenhua-xiaoxue, matched: 编号, hours: 18}\n"
    first = "    until: 2026-12-31\n  - name: 示例开放大学"
    before = edited(known(), path, first, f"    courses: 120\n{first}")
    claimed = before.having({f"{COUNTY}/2026/online-hours/a.yaml": export.encode()})
    for tree, told_so in ((before, False), (claimed, True)):
        for old, new in (("courses: 120", "courses: 2"), ("    courses: 120\n", "")):
            assert bool(_warned(tree, edited(tree, path, old, new), "PROVIDER-KEPT")) is told_so


# ---- what was revoked ----


def test_who_is_reviewed_again_after_a_revocation_is_reviewed_on_a_later_day() -> None:
    """A review of the very day would be written and count for nothing, with nobody told."""
    number = known().files[LEDGER].decode().splitlines()[-1].split(",")[0]
    before = revoked(known(), number)
    text = known().files[REVIEW].decode()
    for day, told_so in (("07-04", True), ("07-06", True), ("07-07", False)):
        again = {REVIEW.replace("06-12", day): text.replace("2026-06-12", f"2026-{day}").encode()}
        assert (("RESULT-KEPT", next(iter(again))) in refused(before, before.having(again), "wenhua")) is told_so

"""A decision is judged in the change that brings it and never again; who touches what it rests on answers for that."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base
from tests.program import COMMAND
from tests.soak import examples
from tests.sources.test_trees import git
from wholeschool.changes.proposal import Proposal, check_change
from wholeschool.findings import Finding
from wholeschool.programme import Earlier, assemble
from wholeschool.records import Record, load
from wholeschool.records.block_yaml import to_yaml
from wholeschool.records.structs import Acceptance, Recognition, SchoolAcceptance
from wholeschool.rules import all_rules, check
from wholeschool.rules.registry import judge
from wholeschool.sources import Entry
from wholeschool.sources.difference import Difference
from wholeschool.sources.history import started_from
from wholeschool.sources.tree import REGULAR

COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
ACCEPTANCE = f"{COUNTY}/2026/acceptance/1.yaml"
LEDGER = f"{COUNTY}/2026/certificates.csv"
CHECK = f"{COUNTY}/2026/spot-checks/2026-06-25-yanshou.yaml"

# These changes bring a recognition by hand, which nobody has put into the register.
UNWRITTEN = ["REGISTER-TRUE"]


def edited(tree: MemoryTree, path: str, old: str, new: str) -> MemoryTree:
    """The tree with some words of a file replaced."""
    text = tree.files[path].decode()
    assert old in text
    return tree.having({path: text.replace(old, new).encode()})


def changed(before: MemoryTree, after: MemoryTree) -> list[Finding]:
    """The errors that a change answers for."""
    return [each for each in told(before, after) if each.severity == "error"]


def told(before: MemoryTree, after: MemoryTree) -> list[Finding]:
    """What a change answers for, warnings too: what the check of a proposal says, without a repository."""
    differences = [
        Difference(path, _entry(before, path), _entry(after, path))
        for path in sorted(before.files.keys() | after.files.keys())
        if before.files.get(path) != after.files.get(path)
    ]
    brought = frozenset(each.path for each in differences)
    loaded = load(before), load(after)
    programmes = (
        assemble(loaded[0]),
        assemble(loaded[1], brought=brought, earlier=Earlier(after, before)),
    )
    every = [
        [*some.findings, *judge(all_rules(), programme)] for some, programme in zip(loaded, programmes, strict=True)
    ]
    proposal = Proposal(*programmes, before, after, differences)  # type: ignore[arg-type]
    return check_change(proposal, *every)[0]


def standing(tree: MemoryTree) -> list[Finding]:
    """The errors of a tree in which everything was there before."""
    loaded = load(tree)
    found = [*loaded.findings, *check(assemble(loaded, earlier=Earlier(tree, tree)))]
    return [each for each in found if each.severity == "error"]


def _entry(tree: MemoryTree, path: str) -> Entry | None:
    return Entry(path, REGULAR, len(tree.files[path])) if path in tree.files else None


# What may happen after decisions, each of which an old decision, judged anew, would not survive.
LATER = {
    "the office is called otherwise": (f"{COUNTY}/unit.yaml", "authority: 明远县教育局", "authority: 明远县教育体育局"),
    "a word of the table is put right": (
        "submissions/guidance/anhui-2.0/microabilities.csv",
        "技术支持的学情分析",
        "技术支持的学习情况分析",
    ),
    "more credits are asked for": ("submissions/guidance/anhui-2.0/policy.yaml", "credits: 20", "credits: 25"),
    "who accepted is no longer on the team": (f"{COUNTY}/teams/training.yaml", "name: 高建国", "name: 高建军"),
    "a colleague joins": (
        f"{SCHOOL}/2026/teachers.yaml",
        "\nstaff: 4",
        "\n  - {number: '34990100010009', name: 新来的, subject: 语文, stage: 小学, choices: [A1, B9, B10], "
        "joined: {date: 2026-09-01}}\nstaff: 5",
    ),
}


@pytest.mark.parametrize("what", LATER)
def test_what_happens_later_makes_no_old_decision_wrong(what: str) -> None:
    after = edited(base(), *LATER[what])
    # What a round with recognitions asks for may not be changed; where it has been, its decisions are as right as ever.
    refused = ["STANDARD-KEPT"] if what == "more credits are asked for" else []
    assert [each.code for each in changed(base(), after)] == refused
    assert standing(after) == []


@pytest.mark.parametrize("what", sorted(LATER.keys() - {"a colleague joins", "more credits are asked for"}))
def test_it_would_have_without_a_tree_before(what: str) -> None:
    """The check can fail: the same trees, judged as if everything came at once, are refused."""
    loaded = load(edited(base(), *LATER[what]))
    assert [each for each in check(assemble(loaded)) if each.severity == "error"]


def test_a_new_decision_is_judged_by_what_holds_now() -> None:
    renamed = edited(base(), *LATER["the office is called otherwise"])
    assert [each.code for each in changed(base().without(LEDGER), renamed)] == ["CERT-CONTENT"]
    nobody = edited(base(), *LATER["who accepted is no longer on the team"])
    # Who checked may accept too, so that both must be nobody's.
    unknown = edited(nobody, CHECK, "checkers: [高建国, 沈月华]", "checkers: [沈月华]")
    assert [each.code for each in changed(unknown.without(ACCEPTANCE, LEDGER), unknown)] == ["ACCEPT-BY", *UNWRITTEN]
    assert standing(unknown) == []


SECOND = """
  - school: wenhua-xiaoxue
    conclusion: 限期整改
    date: 2026-07-20
    mode: 专家抽查
    by: [沈月华]
    opinion: 复查时发现两份证据不全。
"""


def test_another_entry_in_the_file_does_not_judge_the_first_anew() -> None:
    nobody = edited(base(), *LATER["who accepted is no longer on the team"])
    nobody = edited(nobody, CHECK, "checkers: [高建国, 沈月华]", "checkers: [沈月华]")
    more = edited(nobody, ACCEPTANCE, "明教〔2026〕18号\n", f"明教〔2026〕18号{SECOND}")
    assert changed(nobody, more) == []
    wrong = edited(more, ACCEPTANCE, "date: 2026-07-20", "date: 2026-05-20")
    assert {(each.code, each.line) for each in changed(nobody, wrong)} == {("ACCEPT-REVIEWED", 13)}


def test_a_recognition_that_comes_later_is_judged_and_its_acceptance_is_not() -> None:
    nobody = edited(base(), *LATER["who accepted is no longer on the team"]).without(LEDGER)
    nobody = edited(nobody, CHECK, "checkers: [高建国, 沈月华]", "checkers: [沈月华]")
    recognition = "    recognition:\n      date: 2026-07-01\n      document: 明教〔2026〕18号\n"
    before = edited(nobody, ACCEPTANCE, recognition, "")
    assert [each.code for each in changed(before, nobody)] == UNWRITTEN
    early = edited(nobody, ACCEPTANCE, "      date: 2026-07-01", "      date: 2026-06-01")
    assert [each.code for each in changed(before, early)] == ["RECOGNISE-ACCEPTED"]


FAILED = """
  - school: anhui/shili/mingyuan/wenhua-xiaoxue
    teacher: 34990100010001
    microability: B9
    school_level: 优秀
    recheck_level: 不合格
    problem: 证据看不出学生互评过。
    correction: {due: 2026-09-30}
"""


def test_what_was_known_is_no_matter_of_the_day_that_is_written() -> None:
    """A check that failed is known to whoever recognises afterwards, though the recognition bears an earlier day."""
    items = base().files[CHECK].decode().partition("items:")[0].replace("2026-06-25", "2026-07-03")
    failed = base().having({f"{COUNTY}/2026/spot-checks/2026-07-03-fucha.yaml": f"{items}items:{FAILED}".encode()})
    assert changed(base(), failed) == standing(failed) == []  # it undoes nothing by itself
    told = changed(failed.without(ACCEPTANCE, LEDGER), failed.without(LEDGER))
    assert [each.code for each in told] == ["ACCEPT-CHECKED"]
    recognition = "    recognition:\n      date: 2026-07-01\n      document: 明教〔2026〕18号\n"
    before = edited(failed, ACCEPTANCE, recognition, "").without(LEDGER)
    assert [each.code for each in changed(before, failed.without(LEDGER))] == ["RECOGNISE-ACCEPTED"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{SCHOOL}/2026/plan.yaml", "PLAN-KEPT"),
        (f"{SCHOOL}/2026/reviews/2026-06-12.yaml", "RESULT-KEPT"),
        (f"{SCHOOL}/2026/teachers.yaml", "PORTFOLIO-KEPT"),
        (CHECK, "DECISION-KEPT"),
        (ACCEPTANCE, "DECISION-KEPT"),
        (LEDGER, "LEDGER-GROWS"),
    ],
)
def test_what_a_decision_rests_on_is_refused_to_whoever_takes_it_away(path: str, code: str) -> None:
    told = changed(base(), base().without(path))
    assert code in {each.code for each in told}
    assert {each.path for each in told} == {path}  # never at somebody else's file


LEAVING = """
  - team: 培训团队
    name: 沈月华
    tasks:
      - {task: 培训设计, level: 合格, basis: 承担一期培训}
      - {task: 过程管理, level: 合格, basis: 到校记录齐全}
      - {task: 研修指导, level: 合格, basis: 指导两校}
      - {task: 考核评价, level: 合格, basis: 参加一校评审}
    conclusion: 退出
    note: 本人调离教研岗位
"""


def test_whoever_had_to_leave_stays_on_the_list_as_one_who_left() -> None:
    appraised = base().having(
        {f"{COUNTY}/2026/appraisal.yaml": f"date: 2026-11-16\nmembers:{LEAVING}".encode()},
    )
    roster = f"{COUNTY}/teams/training.yaml"
    left = edited(appraised, roster, "name: 沈月华", "name: 沈月华\n    until: 2026-12-31")
    assert changed(base(), left) == []
    assert standing(left) == []
    again = changed(left, appraised)  # years later, or by mistake: the date is taken out
    assert [each.code for each in again] == ["APPRAISAL-LEFT"]
    renamed = edited(left, roster, "name: 沈月华", "name: 沈月花")
    assert standing(renamed) == []  # who is called otherwise since then is another matter


def test_an_accepted_paper_is_judged_when_it_is_touched() -> None:
    late = edited(base(), f"{SCHOOL}/2026/groups/quanxiao.yaml", "date: 2026-03-20", "date: 2026-05-20")
    assert standing(late) == []
    assert "CONSULT-FIRST" in {each.code for each in changed(base(), late)}


def test_an_accepted_round_is_judged_when_a_paper_of_it_is_taken_away() -> None:
    """The consultation that the teachers' points rest on: taking it away touches the round as a change of it does."""
    without = base().without(f"{SCHOOL}/2026/groups/quanxiao.yaml")
    assert standing(without) == []
    assert {(each.code, each.path) for each in changed(base(), without)} == {
        ("CONSULT-FIRST", f"{SCHOOL}/2026/teachers.yaml")
    }


def test_a_register_that_is_emptied_is_one_mistake() -> None:
    path = f"{SCHOOL}/2026/evidence.yaml"
    emptied = base().having({path: b"submissions: []\n"})
    assert [each.code for each in changed(base(), emptied) if each.path == path] == ["PORTFOLIO-KEPT"]


def test_whoever_decides_is_told_of_what_the_decision_rests_on() -> None:
    """A plan that says nothing of the assessment: whoever approves it hears of it, and nobody afterwards."""
    plan, approvals = f"{SCHOOL}/2026/plan.yaml", f"{COUNTY}/2026/approvals/1.yaml"
    silent = base().files[plan].decode()
    bare = base().having({plan: "\n".join(each for each in silent.split("\n") if "assessment:" not in each).encode()})
    bare = bare.without(ACCEPTANCE, LEDGER)
    assert "PLAN-ASSESSMENT" in {each.code for each in told(bare.without(approvals), bare)}
    loaded = load(bare)
    assert "PLAN-ASSESSMENT" not in {each.code for each in check(assemble(loaded, earlier=Earlier(bare, bare)))}


def test_words_that_nobody_may_change_any_more_are_not_asked_for() -> None:
    """An acceptance from before there was the rule says 略; the county may not change it, and need not."""
    old = edited(base(), ACCEPTANCE, "opinion: 抽查三份证据，复核结果与学校评审一致。", "opinion: 略")
    assert standing(old) == []
    brought = changed(old.without(ACCEPTANCE, LEDGER), old.without(LEDGER))
    assert [each.code for each in brought] == ["WORDS-REQUIRED", *UNWRITTEN]
    more = edited(old, ACCEPTANCE, "明教〔2026〕18号\n", f"明教〔2026〕18号{SECOND}")
    assert changed(old, more) == []


def test_a_recognition_added_to_an_old_acceptance_is_judged() -> None:
    """The acceptance stands since long and says 限期整改; recognition added to it is a decision of its own."""
    held = edited(base().without(LEDGER), ACCEPTANCE, "验收合格", "限期整改")
    words = "    recognition:\n      date: 2026-07-01\n      document: 明教〔2026〕18号\n"
    assert [each.code for each in changed(edited(held, ACCEPTANCE, words, ""), held)] == ["RECOGNISE-ACCEPTED"]


# ---- which entries are new ----

ENTRIES = st.builds(
    SchoolAcceptance,
    school=st.sampled_from(["yi-xiao", "er-xiao"]),
    conclusion=st.sampled_from(["验收合格", "限期整改"]),
    date=st.sampled_from(["2026-06-01", "2026-06-02"]),
    mode=st.just("专家抽查"),
    by=st.just(("李明", "王芳")),
    opinion=st.sampled_from(["证据充分。", "证据还不够。"]),
    recognition=st.none()
    | st.builds(
        Recognition, date=st.just("2026-07-01"), document=st.sampled_from(["明教〔2026〕1号", "明教〔2026〕2号"])
    ),
)


@pytest.mark.soak
@given(
    before=st.lists(ENTRIES, min_size=1, max_size=5), after=st.lists(ENTRIES, min_size=1, max_size=5), data=st.data()
)
@settings(max_examples=examples(60), deadline=None)
def test_an_entry_is_new_just_when_none_before_says_the_same(
    before: list[SchoolAcceptance], after: list[SchoolAcceptance], data: st.DataObject
) -> None:
    after = [*after, *data.draw(st.permutations(before)), *data.draw(st.lists(st.sampled_from(before), max_size=2))]
    trees = [
        MemoryTree({ACCEPTANCE: to_yaml(Acceptance(acceptances=tuple(some))).encode()}) for some in (before, after)
    ]
    record: Record[Acceptance] = load(trees[1]).records[0]
    earlier = Earlier(trees[1], trees[0])
    had = Counter(msgspec.structs.replace(each, recognition=None) for each in before)
    now = Counter[SchoolAcceptance]()
    for entry in record.data.acceptances:
        bare = msgspec.structs.replace(entry, recognition=None)
        now[bare] += 1
        assert earlier.has(record, entry) == (now[bare] <= had[bare])
        if entry.recognition and entry not in before:
            assert not earlier.has(record, entry.recognition)
        if entry.recognition and now[bare] == had[bare] == after.count(entry) == before.count(entry) == 1:
            assert earlier.has(record, entry.recognition)


def test_a_copy_of_an_old_decision_is_a_new_one() -> None:
    """Whoever writes the old acceptance once more, behind one that took it back, has decided anew."""
    taken_back = edited(base(), ACCEPTANCE, "明教〔2026〕18号\n", f"明教〔2026〕18号{SECOND}")
    first = base().files[ACCEPTANCE].decode().partition("acceptances:\n")[2].partition("    recognition:")[0]
    again = taken_back.having({ACCEPTANCE: taken_back.files[ACCEPTANCE] + first.encode()})
    assert changed(base(), taken_back) == []
    assert [each.code for each in changed(taken_back, again)] == ["ACCEPT-CHECKED"]


# ---- where there is no history ----


def test_without_a_history_it_is_said_that_no_decision_was_judged(tmp_path: Path) -> None:
    wrong = edited(base(), ACCEPTANCE, "date: 2026-06-25", "date: 2026-05-25")
    for path, data in wrong.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    command = [COMMAND]
    done = subprocess.run([*command, "validate"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "没有 Git 的历史" in done.stderr
    signing = [*command, "certificates", "issue", "anhui/shili/mingyuan", "--year", "2026", "--dry-run"]
    done = subprocess.run(signing, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ACCEPT-REVIEWED" in done.stderr


# ---- since when, in a repository ----


def _written(root: Path, tree: MemoryTree) -> None:
    for path, data in tree.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def test_what_is_not_on_the_main_line_yet_is_judged_and_what_is_there_is_not(tmp_path: Path) -> None:
    wrong = edited(base(), ACCEPTANCE, "date: 2026-06-25", "date: 2026-05-25")
    _written(tmp_path, base().without(ACCEPTANCE, LEDGER))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "reviewed")
    judged = [COMMAND, "validate"]

    def status() -> int:
        return subprocess.run(judged, cwd=tmp_path, capture_output=True, check=False).returncode

    assert status() == 0
    git(tmp_path, "checkout", "-qb", "acceptance")
    _written(tmp_path, wrong.without(LEDGER))
    assert status() == 1  # not committed yet
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "accepted")
    assert status() == 1  # committed beside the main line
    git(tmp_path, "checkout", "-q", "main")
    git(tmp_path, "merge", "-q", "acceptance")
    assert status() == 0  # whoever merged it has let it through
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "main~1")
    assert status() == 1  # the server does not have it yet
    git(tmp_path, "update-ref", "-d", "refs/remotes/origin/main")
    git(tmp_path, "branch", "-qm", "main", "trunk")
    assert status() == 0  # no main line of this name: what is committed is there


def test_where_work_began(tmp_path: Path) -> None:
    assert started_from(tmp_path) is None
    git(tmp_path, "init", "-q", "-b", "main")
    assert started_from(tmp_path) is None  # no commit yet
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    first = git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "checkout", "-q", "--orphan", "elsewhere")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "of another origin")
    assert started_from(tmp_path) == git(tmp_path, "rev-parse", "HEAD")
    assert started_from(tmp_path, "main") == first
    assert started_from(tmp_path, "nowhere") is None

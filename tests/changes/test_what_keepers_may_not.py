"""What even a maintainer or an office cannot change behind a decision: what it was made by, and what was looked at."""

from __future__ import annotations

import pytest

from tests.case_folders import MemoryTree
from tests.changes.test_decided_once import ACCEPTANCE, CHECK, COUNTY, LEDGER, SCHOOL, edited, told
from tests.changes.test_got_round import known, refused, unaccepted
from tests.rules.single_mistakes import DAY, example
from wholeschool.changes.effects import effects
from wholeschool.changes.proposal import Proposal
from wholeschool.cli.verb_unit import _left_over
from wholeschool.cli.workspace import Checked
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.reports.report import Report
from wholeschool.sources import Entry
from wholeschool.sources.difference import Difference
from wholeschool.sources.tree import REGULAR

PROGRAMME = "submissions/programme.yaml"
GUIDANCE = "submissions/guidance/anhui-2.0"
POLICY, RUBRICS = f"{GUIDANCE}/policy.yaml", f"{GUIDANCE}/rubrics.yaml"
CITY = COUNTY.rpartition("/")[0]
EVIDENCE = f"{SCHOOL}/2026/evidence.yaml"
PICTURE = f"{SCHOOL}/2026/attachments/a1-ketang.png"
KEEPER = "keeper"


def kept() -> MemoryTree:
    """The base with a keeper, and its accounts."""
    return edited(known(), PROGRAMME, "rounds:\n", f"maintainers: [{KEEPER}]\nrounds:\n")


def unrecognised(tree: MemoryTree) -> MemoryTree:
    text = tree.files[ACCEPTANCE].decode().partition("    recognition:")[0]
    return tree.without(LEDGER).having({ACCEPTANCE: text.encode()})


# ---- the standard of a round ----


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("credits: 20", "credits: 10"),
        ("credits: 20", "credits: 30"),
        ("online_hours: 30", "online_hours: 1"),
        ("practice_hours: 30", "practice_hours: 1"),
        ("practice_share: 50", "practice_share: 1"),
    ],
)
def test_what_a_round_with_recognitions_asks_for_stays(old: str, new: str) -> None:
    before = kept()
    assert ("STANDARD-KEPT", POLICY) in refused(before, edited(before, POLICY, old, new), KEEPER)
    unheard = unrecognised(before)
    assert "STANDARD-KEPT" not in [code for code, _ in refused(unheard, edited(unheard, POLICY, old, new), KEEPER)]


def test_a_round_with_recognitions_does_not_go_over_to_another_standard() -> None:
    before = kept()
    own = "ends: 2026-12-31\n    standard: {credits: 8, online_hours: 30, practice_hours: 30, practice_share: 50}\n"
    after = edited(before, PROGRAMME, "ends: 2026-12-31\n", own)
    assert ("STANDARD-KEPT", PROGRAMME) in refused(before, after, KEEPER)
    assert ("STANDARD-KEPT", POLICY) in refused(after, before, KEEPER)  # and back
    easy = f"{GUIDANCE}-easy"
    files = {path.replace(GUIDANCE, easy): data for path, data in before.files.items() if path.startswith(GUIDANCE)}
    other = edited(before.having(files), f"{easy}/policy.yaml", "credits: 20", "credits: 8")
    for old, new in (
        ("ends: 2026-12-31\n", "ends: 2026-12-31\n    guidance: anhui-2.0-easy\n"),
        ("-2.0\n", "-2.0-easy\n"),
    ):
        after = edited(other, PROGRAMME, old, new)
        assert "STANDARD-KEPT" in [code for code, _ in refused(before, after, KEEPER)]


def test_the_same_standard_said_elsewhere_is_the_same() -> None:
    before = kept()
    own = "ends: 2026-12-31\n    standard: {credits: 20, online_hours: 30, practice_hours: 30, practice_share: 50}\n"
    assert refused(before, edited(before, PROGRAMME, "ends: 2026-12-31\n", own), KEEPER) == []


def test_nor_to_another_table() -> None:
    """Of a guidance of another title: Anhui's table is what Anhui's guidance says, whoever has recognised what."""
    before, table = kept(), f"{GUIDANCE}/microabilities.csv"
    before = edited(before, POLICY, "整校推进实施指导意见", "提升办法")
    last = before.files[table].decode().splitlines()[-1]
    for new in (last[:-1] + "1\n", ""):
        assert ("STANDARD-KEPT", table) in refused(before, edited(before, table, f"{last}\n", new), KEEPER)
    # One picture would be worth what took others a year.
    more = before.having({table: before.files[table] + last.replace("C7", "C8").encode() + b"\n"})
    assert ("STANDARD-KEPT", table) in refused(before, more, KEEPER)


def test_rubrics_by_which_was_reviewed_do_not_go() -> None:
    """Nor does the round go over to another guidance, the same in all but its name."""
    before = kept().having({RUBRICS: example()[RUBRICS]})
    assert ("STANDARD-KEPT", RUBRICS) in refused(before, before.without(RUBRICS), KEEPER)
    other = f"{GUIDANCE}-other"
    files = {path.replace(GUIDANCE, other): data for path, data in kept().files.items() if path.startswith(GUIDANCE)}
    after = edited(before.having(files), PROGRAMME, "guidance: anhui-2.0\n", "guidance: anhui-2.0-other\n")
    assert ("STANDARD-KEPT", PROGRAMME) in refused(before, after, KEEPER)


@pytest.mark.parametrize("least", [0, 1, 2])
def test_who_shows_smaller_numbers_than_before_is_warned(least: int) -> None:
    after = edited(kept(), PROGRAMME, "minimum_cell: 3", f"minimum_cell: {least}")
    found = [each for each in told(kept(), after) if each.code == "MINIMUM-KEPT"]
    assert [(each.severity, each.path) for each in found] == [("warning", PROGRAMME)]
    assert f"由 3 改成 {least}" in found[0].message


# ---- what a spot check has looked at ----


def checked() -> MemoryTree:
    """Before the acceptance; two results have been looked at."""
    return unaccepted(kept()).having({PICTURE: example_picture(), CHECK: kept().files[CHECK]})


def example_picture(shade: int = 0) -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: A1 成果", "title: 别人做的课件"),
        ("form: 教学设计, title: A1", "form: 教学反思, title: A1"),
        ("microability: A1\n    date: 2026-06-01", "microability: A1\n    date: 2026-06-11"),
    ],
    ids=["title", "form", "day"],
)
@pytest.mark.parametrize("account", ["wenhua", "office", KEEPER])
def test_evidence_that_was_looked_at_is_not_exchanged(old: str, new: str, account: str) -> None:
    after = edited(checked(), EVIDENCE, old, new)
    assert refused(checked(), after, account) == [("PORTFOLIO-KEPT", EVIDENCE)]


def test_evidence_that_was_looked_at_is_not_taken_out_but_more_may_come() -> None:
    text = checked().files[EVIDENCE].decode()
    first = text[text.index("  - teacher: 34990100010001\n    microability: A1") : text.index("  - teacher", 30)]
    assert ("PORTFOLIO-KEPT", EVIDENCE) in refused(checked(), edited(checked(), EVIDENCE, first, ""), "wenhua")
    more = first.replace("A1 成果", "A1 补交的成果")
    assert refused(checked(), checked().having({EVIDENCE: (text + more).encode()}), "wenhua") == []
    late = checked().having({EVIDENCE: (text + more.replace("2026-06-01", "2026-06-26")).encode()})
    assert refused(late, edited(late, EVIDENCE, "A1 补交的成果", "A1 第二次补交的成果"), "wenhua") == []


def test_evidence_that_nobody_has_looked_at_may_still_be_put_right() -> None:
    assert refused(checked(), edited(checked(), EVIDENCE, "title: B9 成果", "title: B9 新的成果"), "wenhua") == []
    before = checked().without(CHECK)
    assert refused(before, edited(before, EVIDENCE, "title: A1 成果", "title: A1 新的成果"), "wenhua") == []


def test_an_attachment_that_may_have_been_looked_at_is_not_exchanged() -> None:
    after = checked().having({PICTURE: example_picture(200)})
    assert refused(checked(), after, "wenhua") == [("PORTFOLIO-KEPT", PICTURE)]
    before = checked().without(CHECK)
    assert refused(before, after.without(CHECK), "wenhua") == []


# ---- whose name is used again ----


def test_no_project_comes_under_the_name_of_an_approved_one() -> None:
    path = f"{COUNTY}/2026/projects.yaml"
    one = "projects:\n  - {name: 量规进课堂, content: 每组一份量规。, designed: 2026-02-10, submitted: 2026-03-10}\n"
    decided = (
        "decisions:\n  - {county: anhui/shili/mingyuan, project: 量规进课堂, decision: 批准, date: 2026-03-20,"
        " reported: 2026-03-27}\n"
    )
    before = kept().having({path: one.encode(), f"{CITY}/2026/project-decisions.yaml": decided.encode()})
    for name in ("量规进课堂", "“量规”进 课堂"):
        second = f"  - {{name: {name}, content: 买五百台平板电脑。, designed: 2026-03-21, submitted: 2026-03-25}}\n"
        assert refused(before, before.having({path: (one + second).encode()}), "office") == [("PROJECT-ONCE", path)]


@pytest.mark.parametrize(
    "organisation",
    [
        "明远县教育局",
        "明远县教育局督导室",
        "示例市明远县教育局",
        "明远县 教育局",
        "明远县教体局",
        "明远县教育和体育局",
        "明远县工程办",
        "明远县能力提升工程办公室",
        "明远县人民政府教育督导室",
        "明远县教研室",
        "明远教研室",
        "明远县教师进修学校",
        "明远县电教馆",
    ],
)
def test_the_county_under_another_name_is_no_third_party(organisation: str) -> None:
    new = f"mode: 第三方评估\norganisation: {organisation}"
    after = edited(unaccepted(kept()), CHECK, "mode: 专家抽查", new)
    assert ("CHECK-THIRD", CHECK) in refused(unaccepted(kept()).without(CHECK), after, "office")


@pytest.mark.parametrize(
    "organisation",
    ["示例大学教育评估中心", "示例市教科院", "明远县博文教育评估中心", "清岚县教研室", "示例市教师进修学院"],
)
def test_somebody_else_is_one(organisation: str) -> None:
    new = f"mode: 第三方评估\norganisation: {organisation}"
    after = edited(unaccepted(kept()), CHECK, "mode: 专家抽查", new)
    assert refused(unaccepted(kept()).without(CHECK), after, "office") == []


# ---- lists that were sent, or worked by ----


def test_a_list_that_was_sent_is_not_deleted() -> None:
    sent = {path: example()[path] for path in (f"{CITY}/2026/nominations.yaml", f"{CITY}/2026/filings.yaml")}
    nominations, filings = sent
    before = kept().having(sent)
    assert ("UNIT-KEPT", nominations) in refused(before, before.without(nominations), KEEPER)
    assert ("UNIT-KEPT", nominations) in refused(before, before.without(nominations, filings), KEEPER)
    draft = before.without(filings)
    assert refused(draft, draft.without(nominations), KEEPER) == []


def test_pilots_are_not_deleted() -> None:
    path = f"{COUNTY}/pilots.yaml"
    bare = b"pilots:\n  - {unit: anhui/shili/mingyuan/wenhua-xiaoxue, since: 2026-02-20}\n"
    before = kept().having({path: bare})
    assert ("UNIT-KEPT", path) in refused(before, before.without(path), "office")


# ---- what is told of a change ----


def _effects(after: dict[str, bytes]) -> list[str]:
    before = example()
    trees = MemoryTree(dict(before)), MemoryTree(after)
    paths = [path for path in {*before, *after} if before.get(path) != after.get(path)]
    entries = [Entry(path, REGULAR, 0) for path in paths]
    differences = [Difference(path, entry, entry) for path, entry in zip(paths, entries, strict=True)]
    base, head = (assemble(load(tree), DAY) for tree in trees)
    return effects(Proposal(base, head, *trees, differences))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (PROGRAMME, b"name: [\n"),
        (PROGRAMME, b"name: x\n"),
        (POLICY, b"title: x\n"),
        (f"{GUIDANCE}/microabilities.csv", b"x\n"),
    ],
)
def test_of_figures_that_cannot_be_worked_out_nothing_is_told(path: str, data: bytes) -> None:
    found = _effects({**example(), path: data})
    assert found == [f"{path} 读不了，合并以后的数字算不出来；先照检查说的改好。"]


def test_of_a_school_whose_files_cannot_be_read_no_figures_are_told() -> None:
    found = _effects({**example(), f"{SCHOOL}/2026/teachers.yaml": b"teachers: [\n"})
    assert not any("→" in sentence for sentence in found)
    assert any(sentence.startswith("有 1 所学校的文件读不了") for sentence in found)


def _closing(*into: str) -> str:
    tree = MemoryTree(dict(example()))
    checked = Checked(tree, assemble(load(tree), DAY), Report(0, 0, []))
    unit = checked.programme.units["anhui/shili/mingyuan/xincheng-chuzhong"]
    return "\n".join(_left_over(checked, unit, DAY, [f"anhui/shili/mingyuan/{each}" for each in into]))


def test_where_a_closed_schools_teachers_are_due_is_said_once() -> None:
    accepted, open_ = "wenhua-xiaoxue", "taoli-xiaoxue"
    said = _closing(accepted)
    assert "应考的教师" not in said
    assert "在那里不再应考" in said
    said = _closing(open_)
    assert "应考的教师，调到新的学校的算在那里" in said
    assert "不再应考" not in said
    said = _closing(accepted, open_)
    assert "应考的教师，调到明远县桃李小学的算在那里" in said
    assert "明远县文华小学这一轮已经验收" in said

"""How a guidance calls things is read from it: records, tables, workbooks and forms go by its words, round by round."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base, judge
from wholeschool.papers.intake import take_in
from wholeschool.papers.origin import Origin
from wholeschool.papers.template import Catalogue, template
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.records.kinds import is_shared, kinds
from wholeschool.records.scaffold import scaffold
from wholeschool.records.schema import ANY, Terms, schemas
from wholeschool.records.terms import together, vocabulary_of
from wholeschool.sources import WorkingTree

GUIDANCE = "submissions/guidance/anhui-2.0"
POLICY, TABLE, SETTINGS = f"{GUIDANCE}/policy.yaml", f"{GUIDANCE}/microabilities.csv", "submissions/programme.yaml"
COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
UNIT, PLAN = f"{SCHOOL}/unit.yaml", f"{SCHOOL}/2026/plan.yaml"
NONE = Terms(("意识", "应用"), (), without=frozenset({"environments", "credits", "hours"}))


def _declaring(*environments: str) -> str:
    dimensions = "".join(f"    - name: {each}\n" for each in ("学情分析", "教学设计", "学法指导", "学业评价"))
    listed = "".join(f"    - name: {each}\n" for each in environments)
    return f"vocabulary:\n  dimensions:\n{dimensions}" + (f"  environments:\n{listed}" if listed else "")


def _with(tree: MemoryTree, path: str, old: str, new: str) -> MemoryTree:
    text = tree.files[path].decode()
    assert old in text
    return tree.having({path: text.replace(old, new).encode()})


def _saying(words: str) -> MemoryTree:
    return base().having({POLICY: base().files[POLICY] + words.encode()})


def _places(tree: MemoryTree) -> list[tuple[str, int, str]]:
    return [(each.path, each.line, each.code) for each in judge(tree) if each.severity == "error"]


USUAL = ("多媒体教学环境", "混合学习环境", "智慧学习环境")


def test_what_is_declared_is_what_may_be_written() -> None:
    assert _places(_saying(_declaring(*USUAL))) == []
    tree = _with(_saying(_declaring(*USUAL)), UNIT, "混合学习环境", "混合教学环境")
    (found,) = [each for each in judge(tree) if each.path == UNIT]
    assert found.code == "S-ENUM"
    assert "混合学习环境" in found.hint


def test_a_table_without_a_declaration_declares_its_words() -> None:
    terms = vocabulary_of(base()).of(2026)
    assert terms.environments == USUAL
    assert _places(_with(base(), UNIT, "混合学习环境", "混合教学环境"))[0][::2] == (UNIT, "S-ENUM")


def test_a_dimension_that_nobody_has_is_told_at_its_line_of_the_table_and_nowhere_else() -> None:
    tree = _with(_saying(_declaring(*USUAL)), TABLE, "A2,教学设计,", "A2,教学设汁,")
    (found,) = [each for each in judge(tree) if each.severity == "error"]
    assert (found.path, found.line, found.code) == (TABLE, 3, "S-ENUM")


@pytest.mark.parametrize(
    "policy",
    [
        "title: [不成\n",
        "vocabulary: 没有\n",
        "vocabulary:\n  dimensions: 教学设计\n",
        "vocabulary:\n  dimensions:\n    - 教学设计\n",
        "vocabulary:\n  dimensions:\n    - title: 教学设计\n",
    ],
)
def test_a_guidance_that_cannot_be_read_is_its_own_finding(policy: str) -> None:
    text = policy if policy.startswith("title") else base().files[POLICY].decode() + policy
    found = [each for each in judge(base().having({POLICY: text.encode()})) if each.severity == "error"]
    assert {each.path for each in found} == {POLICY}


def test_a_round_goes_by_its_own_guidance_and_a_unit_by_any() -> None:
    other = "submissions/guidance/xin-3.0"
    words = _declaring("虚实融合环境")
    table = "code,dimension,name,environment,credits\nA1,学情分析,看课堂,虚实融合环境,20\n"
    files = {
        f"{other}/policy.yaml": base().files[POLICY] + words.encode(),
        f"{other}/microabilities.csv": table.encode(),
    }
    tree = _with(
        base().having(files),
        SETTINGS,
        "    ends: 2026-12-31\n",
        "    ends: 2026-12-31\n  - year: 2027\n    guidance: xin-3.0\n    starts: 2027-01-01\n    ends: 2027-12-31\n",
    )
    vocabulary = vocabulary_of(tree)
    assert vocabulary.of(2026).environments == USUAL
    assert vocabulary.of(2027).environments == ("虚实融合环境",)
    assert vocabulary.of(None).environments == (*USUAL, "虚实融合环境")
    both = _with(tree, UNIT, "多媒体教学环境", "虚实融合环境")
    assert UNIT not in {path for path, _, code in _places(both) if code == "S-ENUM"}
    wrong = _with(tree, PLAN, "environment: 多媒体教学环境", "environment: 虚实融合环境")
    assert (PLAN, "S-ENUM") in {(path, code) for path, _, code in _places(wrong)}


def test_a_guidance_without_environments_has_no_such_fields() -> None:
    tree = _saying(_declaring())
    found = [each for each in judge(tree) if each.severity == "error" and each.path in (UNIT, PLAN)]
    assert {(each.path, each.code) for each in found} == {(UNIT, "S-UNKNOWN"), (PLAN, "S-UNKNOWN")}
    without = {
        **tree.files,
        UNIT: b"".join(line for line in tree.files[UNIT].splitlines(keepends=True) if b"environments" not in line),
    }
    assert UNIT not in {path for path, _, _ in _places(MemoryTree(without))}


@pytest.mark.parametrize(
    ("kind", "path", "stays"),
    [
        ("unit", ("environments",), False),
        ("plan", ("environments",), False),
        ("case", ("environment",), False),
        ("microabilities", ("microabilities", 0, "environment"), False),
        ("microabilities", ("microabilities", 0, "credits"), False),
        ("teachers", ("teachers", 0, "hours"), False),
        ("activities", ("activities", 0, "hours"), False),
        ("certificates", ("certificates", 0, "environment"), True),
        ("certificates", ("certificates", 0, "credits"), True),
        ("ability-figures", ("abilities", 0, "environment"), True),
    ],
)
def test_what_is_not_asked_for_is_in_no_schema_but_stays_a_column_of_ledgers(
    kind: str, path: tuple[str | int, ...], *, stays: bool
) -> None:
    assert kinds()[kind].schema.field(path)
    assert bool(kinds(NONE)[kind].schema.field(path)) is stays


def test_every_kind_that_leaves_room_is_tried() -> None:
    assert {name for name, schema in schemas().items() if schema.has_room} == {
        *("unit", "plan", "case", "microabilities", "certificates", "ability-figures", "teachers", "activities"),
        *("training", "review", "spot-check"),
    }


def test_levels_are_those_of_the_guidance_and_certificates_say_only_what_passes() -> None:
    terms = Terms(levels=("熟练", "胜任", "起步"), passing=("熟练", "胜任"))
    for kind, pointer, wanted in (
        ("review", ("results", 0, "level"), terms.levels),
        ("spot-check", ("items", 0, "recheck_level"), terms.levels),
        ("certificates", ("certificates", 0, "level"), terms.passing),
    ):
        assert tuple(kinds(terms)[kind].schema.field(pointer)["enum"]) == wanted
        assert "enum" not in kinds()[kind].schema.field(pointer)


def test_templates_and_forms_to_fill_in_have_the_words_and_no_column_for_what_is_not_asked() -> None:
    words = Terms(("意识", "应用"), ("有网", "没有网"))
    for terms, seen in ((words, True), (NONE, False)):
        kind = kinds(terms)["plan"]
        book = openpyxl.load_workbook(
            io.BytesIO(template(kind, Origin("plan", "a/b/c/d", 2026), "样张小学", None, Catalogue([], 20)))
        )
        cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
        rules = {each.formula1 for sheet in book for each in sheet.data_validations.dataValidation}
        assert ("信息化环境" in str(cells)) is seen
        assert ('"有网,没有网"' in rules) is seen
        where = vocabulary_of(base()).placed(PLAN)
        assert where is not None
        assert ("有网" in scaffold(PLAN, where._replace(kind=kind))) is seen


def test_a_workbook_is_read_by_the_words_of_its_round() -> None:
    tree = _saying(_declaring("有网的教室", "没有网的教室"))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "信息化环境现状"
    for row in (["信息化环境", "现状"], [" 有网 的教室", "二十间，都能上网。"], ["多媒体教学环境", "三间"]):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    wanted = Origin("plan", SCHOOL.removeprefix("submissions/"), 2026)
    intake = take_in("表.xlsx", data.getvalue(), tree.without(PLAN), names={}, wanted=wanted)
    said = [each for each in intake.found if each.finding.code == "S-ENUM"]
    assert [each.place for each in said] == ["表“信息化环境现状”第 3 行 A 列"]
    assert "有网的教室" in said[0].finding.hint


def test_other_words_are_judged_anew_though_the_record_is_the_same(tmp_path: Path) -> None:
    kept = Cache(tmp_path / "kept.sqlite3")
    assert load(_saying(_declaring(*USUAL)), cache=kept).findings == []
    fewer = load(_saying(_declaring("多媒体教学环境", "智慧学习环境")), cache=kept)
    assert {each.path for each in fewer.findings} >= {UNIT, PLAN}
    assert load(_saying(_declaring(*USUAL)), cache=kept).findings == []


def test_a_link_in_place_of_a_guidance_is_not_followed(tmp_path: Path) -> None:
    for path, data in base().files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    secret = tmp_path / "elsewhere.yaml"
    secret.write_text(_declaring("别处的词"), "utf-8")
    for path in (POLICY, SETTINGS):
        (tmp_path / path).unlink()
        (tmp_path / path).symlink_to(secret)
    assert "别处的词" not in str(vocabulary_of(WorkingTree(tmp_path)))
    assert "别处的词" not in str(load(WorkingTree(tmp_path)).findings)


WORD = st.text("甲乙丙丁", min_size=1, max_size=3)
LISTS = st.lists(WORD, unique=True, max_size=4).map(tuple)


@given(st.lists(st.builds(Terms, LISTS, LISTS), min_size=1, max_size=4), WORD)
def test_several_guidances_together_accept_what_any_of_them_does(found: list[Terms], word: str) -> None:
    """And where one of them is not known, anything."""
    joined = together(found)
    assert joined.environments is not None
    assert (word in joined.environments) == any(word in (each.environments or ()) for each in found)
    assert together([*found, ANY]) == ANY


STANDARDS = st.fixed_dictionaries(
    {"credits": st.integers(1, 20)},
    optional={name: st.integers(0, 40) for name in ("online_hours", "practice_hours", "practice_share")},
)


@given(LISTS, LISTS, st.sampled_from(["", "学分", "项"]), STANDARDS, st.none() | STANDARDS)
def test_the_tree_and_the_programme_say_the_same_of_any_guidance(
    dimensions: tuple[str, ...],
    environments: tuple[str, ...],
    counts: str,
    standard: dict[str, int],
    own: dict[str, int] | None,
) -> None:
    """Read twice: roughly, before the records, and as a record; a round may have a standard of its own."""
    said = {"dimensions": [{"name": word} for word in dimensions or ("甲",)]}
    said |= {"environments": [{"name": word} for word in environments]} if environments else {}
    policy = {"title": "样张", "status": "试行", "standard": standard}
    policy["vocabulary"] = said | ({"counts": counts} if counts else {})
    settings = msgspec.yaml.decode(base().files[SETTINGS])
    settings["rounds"][0] |= {"standard": own} if own else {}
    files = {POLICY: msgspec.yaml.encode(policy), SETTINGS: msgspec.yaml.encode(settings)}
    tree = base().without(TABLE).having(files)
    loaded = load(tree, [each for each in tree.entries("") if is_shared(each.path)])
    assert not [each for each in loaded.findings if each.path in files]
    assert assemble(loaded).terms(2026) == vocabulary_of(tree).of(2026)


def test_the_programme_knows_the_same_words() -> None:
    hours = "".join(f"  {name}: 30\n" for name in ("online_hours", "practice_hours"))
    plain = base().files[POLICY].decode().replace(hours, "").replace("  practice_share: 50\n", "")
    assert len(plain) < len(base().files[POLICY].decode()) - 40
    every = ("", _declaring(*USUAL), _declaring("甲"), _declaring(), f"{_declaring()}  counts: 项\n")
    for tree in (*map(_saying, every), base().having({POLICY: f"{plain}{every[-1]}".encode()})):
        assert assemble(load(tree)).terms(2026) == vocabulary_of(tree).of(2026)

"""The reviewer reads what merging does; every page that is named is a page of the site."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import git
import pytest

from tests.rules.single_mistakes import DAY, make, mistakes
from tests.rules.single_mistakes import example as records
from tests.soak import examples
from wholeschool.changes import effects as module
from wholeschool.changes.proposal import Proposal
from wholeschool.cli.workspace import check_proposal
from wholeschool.programme import assemble
from wholeschool.records import load, placed
from wholeschool.records.cache import Cache
from wholeschool.reports import reporters
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.pages import all_pages
from wholeschool.sources import Entry, MemoryTree
from wholeschool.sources.difference import Difference
from wholeschool.sources.tree import REGULAR

COUNTY = "submissions/anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"


@pytest.fixture
def example(tmp_path: Path) -> Iterator[git.Repo]:
    """The example programme, committed."""
    shutil.copytree(REPOSITORY / "submissions", tmp_path / "submissions")
    with git.Repo.init(tmp_path, initial_branch="main") as repo:
        commit(repo)
        yield repo


def commit(repo: git.Repo) -> None:
    repo.git.add("-A")
    repo.git.execute(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"])


def told(repo: git.Repo) -> tuple[str, ...]:
    commit(repo)
    return check_proposal(Path(str(repo.working_dir)), "HEAD~1", "HEAD").report.effects


def test_a_choice_more(example: git.Repo) -> None:
    roster = Path(str(example.working_dir)) / SCHOOL / "2026" / "teachers.yaml"
    text = roster.read_text("utf-8")
    start = text.index("choices: [") + len("choices: [")
    first = text[start : text.index("]", start)]
    code = next(code for code in ("A1", "A2", "A3", "A5", "B1") if code not in first.split(", "))
    roster.write_text(text[:start] + f"{code}, " + text[start:], encoding="utf-8")
    found = told(example)
    assert found[0] == "涉及 1 所学校、1 位教师，1 个文件。"
    school = next(sentence for sentence in found if sentence.startswith("文华小学") or "文华" in sentence)
    assert "选学 " in school
    assert "选学学分 " in school
    pages = next(sentence for sentence in found if sentence.startswith("会变的网页"))
    assert f"catalogue/{code}/" in pages
    assert "rates/anhui/shili/mingyuan/wenhua-xiaoxue/" in pages


def test_a_result_that_is_put_right_moves_the_pass_rate(example: git.Repo) -> None:
    """In a school that is not accepted yet; what is in the register stays as it was recognised."""
    root = Path(str(example.working_dir))
    review = next(
        path
        for path in sorted((root / COUNTY / "xincheng-chuzhong/2026/reviews").glob("*.yaml"))
        if "level: 不合格" in path.read_text("utf-8")
    )
    review.write_text(review.read_text("utf-8").replace("level: 不合格", "level: 合格"), encoding="utf-8")
    found = told(example)
    school = next(sentence for sentence in found if "新城" in sentence)
    before, after = re.search(r"合格率 ([0-9.]+)% → ([0-9.]+)%", school).groups()  # type: ignore[union-attr]
    assert float(after) > float(before)
    assert not found[0].startswith("涉及 1 所学校、0 位教师")


def test_an_acceptance_taken_back_moves_stage_and_certificates(example: git.Repo) -> None:
    """The example's ledger is emptied first, so that its certificates are due."""
    root = Path(str(example.working_dir))
    (root / COUNTY / "2026" / "certificates.csv").unlink()
    found = told(example)
    assert any(sentence.startswith("可以发的证书：") for sentence in found)
    for year in ("2025", "2026"):
        shutil.rmtree(root / COUNTY / year / "acceptance")
    found = told(example)
    assert any("走到 " in sentence and "→ 5 县区监督" in sentence for sentence in found)
    assert any(sentence.startswith("可以发的证书：") and sentence.endswith("→ 0 张。") for sentence in found)


def test_a_change_of_no_record_says_nothing(example: git.Repo) -> None:
    (Path(str(example.working_dir)) / "notes.txt").write_text("x")
    assert told(example) == ()


def test_every_page_named_is_one(example: git.Repo) -> None:
    root = Path(str(example.working_dir))
    for roster in root.glob("submissions/*/*/*/*/*/teachers.yaml"):
        roster.unlink()
    commit(example)
    checked = check_proposal(root, "HEAD~1", "HEAD")
    sentence = next(each for each in checked.report.effects if each.startswith("会变的网页"))
    named = sentence.removeprefix("会变的网页：").split("等 ")[0].rstrip("。").split("、")
    from wholeschool.cli.workspace import check_root

    before = check_root(root, "HEAD~1").programme
    real = {page.path.removesuffix("index.md").removesuffix(".md").rstrip("/") + "/" for page in all_pages(before)}
    assert set(named) <= real


def test_names_cannot_break_out_of_the_summary(example: git.Repo) -> None:
    root = Path(str(example.working_dir))
    unit = root / SCHOOL / "unit.yaml"
    lines = ["name: 文华`|<b>" if line.startswith("name:") else line for line in unit.read_text("utf-8").splitlines()]
    unit.write_text("\n".join(lines) + "\n", encoding="utf-8")
    roster = root / SCHOOL / "2026" / "teachers.yaml"
    roster.write_text(roster.read_text("utf-8").replace("choices: [", "choices: [C1, ", 1), encoding="utf-8")
    commit(example)
    checked = check_proposal(root, "HEAD~1", "HEAD")
    drawn = reporters["markdown"](checked.report, checked.tree)
    assert "<b>" not in drawn


@pytest.mark.soak
def test_no_other_figures_move_than_those_that_are_looked_at() -> None:
    """A school's change is counted for that school and who follows its plan: nobody else's figures are others."""
    chance, cache, before = random.Random(examples(1)), Cache(None), records()
    base = assemble(load(MemoryTree(dict(before)), cache=cache), DAY)
    of_schools = [
        each
        for sort in sorted(mistakes())
        if (each := chance.choice(mistakes()[sort]))
        and (where := placed(each.path))
        and where.level == "校"
        and each.way != "folder renamed"
    ]
    for mistake in chance.sample(of_schools, min(len(of_schools), examples(10))):
        after = make(mistake, chance)
        if after is None:
            continue
        head = assemble(load(MemoryTree(dict(after)), cache=cache), DAY)
        paths = [path for path in {*before, *after} if before.get(path) != after.get(path)]
        entries = [Entry(path, REGULAR, 0) for path in paths]
        differences = [Difference(path, entry, entry) for path, entry in zip(paths, entries, strict=True)]
        tree = MemoryTree(dict(before))
        proposal = Proposal(base, head, tree, tree, differences)  # type: ignore[arg-type]
        told = module.effects(proposal)
        every = frozenset(unit.path for side in (base, head) for unit in side.schools)
        with patch.object(module, "_reached", return_value=every):
            assert module.effects(proposal) == told, mistake

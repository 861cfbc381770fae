"""条款对照 holds what it promises: exactly the requirements of the guidance, and nothing named that is not there."""

from __future__ import annotations

import re
import shutil
from importlib import import_module
from os.path import normpath
from pathlib import Path

import pytest

from tests.site.conftest import programme_at
from wholeschool.papers.outgoing.paper import papers
from wholeschool.records.kinds import kinds
from wholeschool.rules.reference import entries, shipped_rulebook
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.pages import all_pages
from wholeschool.site.record_reference import fields
from wholeschool.site.traceability import PAGES, PARTS, PROGRAMME, Requirement, _samples, handbook, resolved, sections

# The numbers of the 150 requirements; they have gaps.
RANGES = (
    (1, 8), (10, 15), (20, 30), (35, 40), (45, 59), (65, 78), (80, 93), (95, 107), (110, 113), (120, 128), (130, 135),
    (139, 165), (170, 177), (180, 188),
)  # fmt: skip
WANTED = [f"R{number:03}" for first, last in RANGES for number in range(first, last + 1)]
EVERY = [each for section in sections() for each in section.requirements]


def test_every_requirement_once_and_no_other() -> None:
    assert len(WANTED) == 150
    assert [each.id for each in EVERY] == WANTED


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_every_name_exists(each: Requirement) -> None:
    for name in (*each.schema, *each.config):
        kind, _, path = name.partition(".")
        assert kind in kinds(), name
        assert not path or path in fields(kind), name
    assert all(name.startswith(PROGRAMME) for name in each.config)
    assert set(each.rules) <= entries(shipped_rulebook()).keys()
    assert set(each.pages) <= PAGES.keys()
    for name in each.handbook:
        page, _, anchor = name.partition("#")
        assert not anchor or anchor in handbook(page)[1], name
    for name in each.commands:
        assert import_module(f"wholeschool.cli.verb_{name}").command is not None
    assert set(each.papers) <= papers().keys()


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_every_test_exists(each: Requirement) -> None:
    assert each.shown_by
    for name in each.shown_by:
        path, _, function = name.partition("::")
        target = REPOSITORY / path
        assert target.exists(), name
        if function:
            assert re.search(rf"^def {re.escape(function)}\(", target.read_text("utf-8"), re.MULTILINE), name


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_no_requirement_is_empty(each: Requirement) -> None:
    assert each.clause.startswith(("附件1 ", "附件2 ", "附件3", "附件4"))
    assert each.sentence.endswith("。")
    # What this project adds, or leaves to the configuration, is not in the guidance's sentence.
    assert not re.search("本项目|配置|由各地定|仓库", each.sentence)
    assert not each.ours or each.ours.endswith("。")
    assert each.schema or each.rules or each.handbook
    assert each.schema or each.rules or each.pages or each.handbook


def test_every_rule_of_the_guidance_serves_a_requirement() -> None:
    served = {code for each in EVERY for code in each.rules}
    assert not [
        code
        for code, entry in entries(shipped_rulebook()).items()
        if "指导意见" in entry.speakers and code not in served
    ]


def test_the_pages_it_links_to_are_made(tree: Path) -> None:
    programme = programme_at(tree)
    made = {page.path: page.markdown for page in all_pages(programme)}
    by_hand = {path.relative_to(REPOSITORY / "docs").as_posix() for path in (REPOSITORY / "docs").rglob("*.md")}
    units = _samples(programme)
    for name in PAGES:
        assert resolved(name, units) in made, name
    assert {section.part for section in sections()} == PARTS.keys()
    overview = made["reference/requirements/index.md"]
    for section in sections():
        page = f"reference/requirements/{section.part}.md"
        for each in section.requirements:
            assert f'<a id="{each.id}" href="{section.part}/#{each.id}">' in overview
            assert made[page].count(f'id="{each.id}"') == 1
        for target in re.findall(r"\]\(([^)#]+)", made[page]):
            path = normpath(f"reference/requirements/{target}")
            assert path in made or path in by_hand, target


def test_a_guidance_of_which_no_requirements_were_made_shows_its_clauses(tree: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tree, tmp_path / "programme")
    clauses = folder / "submissions/guidance/anhui-2.0/clauses.yaml"
    text, many = re.subn(r"(?m)^    requirements: .*\n", "", clauses.read_text("utf-8"))
    assert many
    clauses.write_text(text, encoding="utf-8")
    made = {page.path: page.markdown for page in all_pages(programme_at(folder))}
    assert [path for path in made if path.startswith("reference/requirements/")] == ["reference/requirements/index.md"]
    assert "还没有逐条整理成要求" in made["reference/requirements/index.md"]

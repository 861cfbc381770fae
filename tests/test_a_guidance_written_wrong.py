"""Guidances with something wrong in their folders, wherever it is: findings, and never a rule that crashes.

What is wrong is made up: lines lost, written twice or swapped, other numbers, other words. Of a guidance in which
nothing is found that keeps it from being used, every page is made.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import partial
from os.path import normpath
from pathlib import Path

import pytest

from tests import test_a_guidance_by_its_guide as by_the_guide
from tests.case_folders import MemoryTree, base, judge
from tests.soak import examples
from tests.test_guidances import tree_of
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.text import decode
from wholeschool.rules.registry import CRASH
from wholeschool.site.pages import all_pages

DAY = "2026-11-30"
ANHUI = "submissions/guidance/anhui-2.0"


def _anhui() -> MemoryTree:
    folder = Path(__file__).parents[1] / ANHUI
    return base().having({f"{ANHUI}/{path.name}": path.read_bytes() for path in folder.iterdir()})


TREES: dict[str, Callable[[], MemoryTree]] = {
    **{name: partial(tree_of, name) for name in ("jyt-0646", "unesco-ai-cft", "waves-3y")},
    **{"anhui-2.0": _anhui, "by the guide": by_the_guide.tree},
}


def _lost(lines: list[str], place: int, _: random.Random) -> None:
    del lines[place]


def _twice(lines: list[str], place: int, _: random.Random) -> None:
    lines.insert(place, lines[place])


def _swapped(lines: list[str], place: int, chance: random.Random) -> None:
    other = chance.randrange(len(lines))
    lines[place], lines[other] = lines[other], lines[place]


def _another_number(lines: list[str], place: int, chance: random.Random) -> None:
    lines[place] = re.sub("[0-9]+", chance.choice(["0", "1", "7", "99", "-1", "1.5", "100000"]), lines[place], count=1)


def _another_word(lines: list[str], place: int, chance: random.Random) -> None:
    words = re.findall(r"[\w-]+", "".join(lines))
    own = re.findall(r"[\w-]+", lines[place])
    if own:
        lines[place] = lines[place].replace(chance.choice(own), chance.choice(words), 1)


def _nothing_after(lines: list[str], place: int, _: random.Random) -> None:
    lines[place] = re.sub("[:,].*", lambda found: found[0][0], lines[place])


def _a_mark(lines: list[str], place: int, chance: random.Random) -> None:
    """One mark of punctuation less, or another."""
    marks = [at for at, character in enumerate(lines[place]) if not character.isalnum() and character != "\n"]
    if marks:
        at = chance.choice(marks)
        lines[place] = lines[place][:at] + chance.choice(["", "、", "；", ",", ":", " "]) + lines[place][at + 1 :]


WRONGS: list[Callable[[list[str], int, random.Random], None]] = [
    _lost,
    _twice,
    _swapped,
    _another_number,
    _another_word,
    _nothing_after,
    _a_mark,
]


def _wrong(tree: MemoryTree, chance: random.Random) -> MemoryTree:
    """A tree with one file of its guidance, or the settings, otherwise; sometimes without a file at all."""
    every = sorted(path for path in tree.files if path.startswith("submissions/guidance/"))
    path = chance.choice([*every, "submissions/programme.yaml"])
    if chance.random() < 0.03:
        return tree.without(path)
    lines = decode(tree.files[path]).splitlines(keepends=True)
    for _ in range(chance.choice([1, 1, 1, 3])):
        (place,) = chance.choices(range(len(lines)), [len(line) for line in lines])  # the long ones say most
        chance.choice(WRONGS)(lines, place, chance)
    return tree.having({path: "".join(lines).encode()})


@pytest.mark.parametrize("name", TREES)
def test_what_is_wrong_is_found_and_nothing_crashes(name: str) -> None:
    tree, found, published = TREES[name](), 0, 0
    for number in range(examples(12)):
        chance = random.Random(f"{name} {number}")
        wrong = _wrong(tree, chance)
        findings = judge(wrong, DAY)
        assert not [each for each in findings if each.code == CRASH], number
        assert all(each.message and each.path for each in findings)
        found += any(each.path.startswith("submissions/guidance/") for each in findings)
        if number % 4 == 0 and not any(each.severity == "error" for each in findings):
            published += bool(list(all_pages(assemble(load(wrong), DAY))))
    assert found


_LINK = re.compile(r"\]\((?P<page>[^)#\s:]+\.md)#(?P<anchor>[^)\s]+)\)")


@pytest.mark.parametrize("name", TREES)
def test_links_to_a_part_of_a_page_lead_there(name: str) -> None:
    """What a guidance does not ask for is on no page, and nothing leads to it."""
    made = {page.path: page.markdown for page in all_pages(assemble(load(TREES[name]()), DAY))}
    followed = 0
    for path, text in made.items():
        for found in _LINK.finditer(text if path.endswith(".md") else ""):
            to = normpath(f"{path}/../{found['page']}")
            if to in made:
                followed += 1
                anchors = rf"#{re.escape(found['anchor'])}[\s}}]|id=\"{re.escape(found['anchor'])}\""
                assert re.search(anchors, made[to]), (path, found[0])
    assert followed > 10

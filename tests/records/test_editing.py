"""Edits of a record's text: what is equal stays byte for byte, comments stay, only lines of what changed change.

The texts are written here, in every style the reader takes, with a note of what each line and each comment belongs to;
so what has to stay is known without asking the editor.
"""

from __future__ import annotations

import copy
import difflib
import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.soak import examples
from wholeschool.records.kinds import placed
from wholeschool.records.refusals import Refused
from wholeschool.records.schema import Schema, load_schema
from wholeschool.records.text import decode
from wholeschool.records.yaml_text import read_yaml
from wholeschool.records.yaml_writing import CannotEdit, edited, matches

ROOT = Path(__file__).parents[2]
Pointer = tuple[str | int, ...]
NEW = "新写的"


@cache
def _seeds() -> list[tuple[str, dict[str, Any]]]:
    """Records of the example, one of each kind and place, with no more than a few items in each list."""
    found = {}
    for path in sorted((ROOT / "submissions").rglob("*.yaml")):
        where = placed(path.relative_to(ROOT).as_posix())
        assert where is not None
        value = read_yaml(decode(path.read_bytes()))[0]
        found[where.kind.name, path.parent.name[:4]] = (where.kind.name, _short(value))
    return list(found.values())


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(child) for name, child in value.items()}
    return [_short(item) for item in value[:4]] if isinstance(value, list) else value


class Writer:
    """A value as YAML in a random dress. Every line has the pointers of what begins or goes on in it."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.lines: list[tuple[str, list[Pointer]]] = []
        self.comments: dict[str, list[Pointer]] = {}
        # Whether what was written last is a `|` block, in which a comment would be text.
        self.literal = False

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def comment(self, *belongs: Pointer) -> str:
        name = f"# 注{len(self.comments) + 1}："
        self.comments[name] = list(belongs)
        return name

    def text(self, value: dict[str, Any]) -> str:
        self.notes(0, (), 0.4)
        if self.chance(0.1):
            self.lines.append(("---", []))
        if self.chance(0.02):
            self.lines.append((self.flow(value), [()]))
        else:
            self.mapping(value, 0, ())
        self.notes(0, (), 0.3)
        text = "\n".join(line for line, _ in self.lines)
        return text if self.chance(0.2) else text + "\n"

    def notes(self, column: int, belongs: Pointer, share: float) -> None:
        while self.chance(share):
            self.lines.append((" " * column + self.comment(belongs), []))
            if self.chance(0.3):
                self.lines.append(("", []))

    def tail(self, pointer: Pointer) -> str:
        return self.draw.choice([" ", "  ", "\t"]) + self.comment(pointer) if self.chance(0.15) else ""

    def key(self, name: str) -> str:
        return json.dumps(name) if self.chance(0.05) else f"'{name}'" if self.chance(0.05) else name

    def mapping(self, value: dict[str, Any], column: int, pointer: Pointer, first: str = "") -> None:
        """`first` is what stands before the first key, such as the dash."""
        names = list(value)
        if self.chance(0.3):
            self.draw.shuffle(names)
        for place, name in enumerate(names):
            if place:
                self.notes(column, pointer, 0.08)
                if self.chance(0.05):
                    self.lines.append(("", []))
            begin = first if not place and first else " " * column
            own = [pointer, (*pointer, name)] if not place and first else [(*pointer, name)]
            self.field(f"{begin}{self.key(name)}:", value[name], column, (*pointer, name), own)

    def field(self, begin: str, value: Any, column: int, at: Pointer, own: list[Pointer]) -> None:
        if isinstance(value, str):
            self.scalar(begin, value, column, at, own)
        elif not value or self.chance(0.2):
            self.lines += self.flow_lines(begin, value, column, at, own)
        else:
            self.lines.append((begin + self.tail(at), own))
            if isinstance(value, dict):
                if self.chance(0.1):
                    self.notes(column + 2, at, 0.3)
                self.mapping(value, column + self.draw.choice([2, 2, 4]), at)
            else:
                self.items(value, column + self.draw.choice([2, 2, 2, 4, 0]), at)

    def items(self, value: list[Any], column: int, at: Pointer) -> None:
        spaced = self.chance(0.4)
        for place, item in enumerate(value):
            own = (*at, place)
            if place and spaced:
                self.lines.append(("", []))
            if self.chance(0.1):
                self.notes(column, at, 0.5)
                self.lines.append(("", []))
            while self.chance(0.15):
                self.lines.append((" " * column + self.comment(own), []))
            dash = " " * column + "-"
            if isinstance(item, str):
                self.scalar(dash, item, column, own, [own])
            elif isinstance(item, list) or not item or self.chance(0.1):
                self.lines += self.flow_lines(dash, item, column, own, [own])
            elif self.chance(0.1):
                self.lines.append((dash + self.tail(own).replace("\t", " "), [own]))
                self.mapping(item, column + 2, own)
            else:
                space = self.draw.choice([1, 1, 1, 3])
                self.mapping(item, column + 1 + space, own, dash + " " * space)
            while self.chance(0.08) and not self.literal:
                inner = " " * (column + 1 + self.draw.randrange(1, 4))
                # It may as well be about the next one, which it stands directly above.
                self.lines.append((inner + self.comment(own, (*at, place + 1), *self.inside(item, own)), []))

    def inside(self, item: Any, own: Pointer) -> list[Pointer]:
        """Where the last field or item of an item ends, so does a comment that stands far enough in."""
        return [pointer for _, owners in self.lines for pointer in owners if pointer[: len(own)] == own]

    def scalar(self, begin: str, value: str, column: int, at: Pointer, own: list[Pointer]) -> None:
        lines = value.rstrip("\n").split("\n")
        self.literal = False
        literal = all(line == line.strip() for line in lines) and lines[0]
        if literal and ("\n" in value or self.chance(0.05)):
            self.literal = True
            ends = len(value) - len(value.rstrip("\n"))
            sign = "|-" if ends == 0 else "|" if ends == 1 else "|+"
            inner = " " * (column + self.draw.choice([2, 3]))
            self.lines.append((f"{begin} {sign}{self.tail(at)}", own))
            self.lines += [(inner + line if line else "", [at]) for line in [*lines, *[""] * (ends - 1)]]
            return
        if self.chance(0.04):
            self.lines.append((begin + self.tail(at).replace("\t", " "), own))
            begin, own = " " * (column + 1), [at]
        self.lines.append((f"{begin} {self.word(value)}{self.tail(at)}", own))

    def word(self, value: str) -> str:
        plain = re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9][\u4e00-\u9fffA-Za-z0-9。，-]*", value)
        if plain and self.chance(0.7):
            return value
        if value.isprintable() and self.chance(0.4):
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value, ensure_ascii=False)

    def flow(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.key(name)}: {self.flow(child)}" for name, child in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.flow, value)) + (", " if value and self.chance(0.1) else "") + "]"
        word = self.word(value)
        return word if word[0] in "'\"" or re.fullmatch(r"\w+", word) else json.dumps(value, ensure_ascii=False)

    def flow_lines(
        self, begin: str, value: Any, column: int, at: Pointer, own: list[Pointer]
    ) -> Iterator[tuple[str, list[Pointer]]]:
        self.literal = False
        if not value or self.chance(0.6):
            yield f"{begin} {self.flow(value)}{self.tail(at)}", own
            return
        inner = " " * (column + 2)
        yield begin + " " + ("{" if isinstance(value, dict) else "[") + self.tail(at), own
        parts = (
            [f"{self.key(name)}: {self.flow(child)}" for name, child in value.items()]
            if isinstance(value, dict)
            else list(map(self.flow, value))
        )
        for place, part in enumerate(parts):
            if self.chance(0.1):
                yield inner + self.comment(at), [at]
            comma = "," if place + 1 < len(parts) or self.chance(0.3) else ""
            yield inner + part + comma + self.tail(at), [at]
        yield inner + ("}" if isinstance(value, dict) else "]") + self.tail(at), [at]


class Change:
    """A random change of a value, and where each old item is to be found afterwards."""

    def __init__(self, draw: random.Random, schema: Schema, value: dict[str, Any]) -> None:
        self.draw, self.schema = draw, schema
        self.value = copy.deepcopy(value)
        self.moved = False
        for _ in range(draw.choice([1, 1, 1, 2, 3, 6])):
            self.one()

    def words(self) -> str:
        return NEW + self.draw.choice(["", "两个 词", "：冒号", "a: b", " #", "，逗号", "第一行\n第二行", "“引号\"'"])

    def renewed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.renewed(child) for name, child in value.items()}
        if isinstance(value, list):
            return [self.renewed(item) for item in value]
        return f"{NEW}{self.draw.randrange(10**9)}"

    def places(self, value: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
        yield pointer, value
        for step, child in value.items() if isinstance(value, dict) else enumerate(value):
            if not isinstance(child, str):
                yield from self.places(child, (*pointer, step))

    def one(self) -> None:
        pointer, at = self.draw.choice(list(self.places(self.value)))
        if isinstance(at, dict):
            texts = [name for name, child in at.items() if isinstance(child, str)]
            what = self.draw.random()
            if what < 0.5 and texts:
                at[self.draw.choice(texts)] = self.words()
            elif what < 0.7 and at and (len(at) > 1 or not pointer):
                del at[self.draw.choice(list(at))]
            else:
                known = self.schema.field(pointer).get("properties", {})
                name = self.draw.choice([*known, "extra"])
                if name not in at:
                    kind = self.draw.random()
                    at[name] = self.words() if kind < 0.6 else [self.words()] if kind < 0.8 else [{"a": self.words()}]
            return
        key = self.schema.field(pointer).get("x-key", ())
        what = self.draw.random()
        if what < 0.35 and at:
            del at[self.draw.randrange(len(at))]
        elif what < 0.4:
            at.clear()
        elif what < 0.45:
            self.draw.shuffle(at)
            self.moved = True
        else:
            for _ in range(self.draw.choice([1, 1, 2, 3])):
                like = copy.deepcopy(self.draw.choice(at)) if at else self.words()
                if isinstance(like, dict):
                    like = {name: child for name, child in like.items() if name in key or self.draw.random() < 0.7}
                    like = self.renewed(like or {"a": ""})
                else:
                    like = f"{NEW}{self.draw.randrange(10**9)}"
                at.insert(self.draw.randrange(len(at) + 1), like)


class Fate:
    """What has become of the old values: gone, changed, or the same."""

    def __init__(self, schema: Schema, old: Any, new: Any) -> None:
        self.schema = schema
        self.same: set[Pointer] = set()
        self.gone: set[Pointer] = set()
        self.walk((), old, new)

    def lost(self, pointer: Pointer) -> bool:
        return any(pointer[:length] in self.gone for length in range(1, len(pointer) + 1))

    def walk(self, at: Pointer, old: Any, new: Any) -> None:
        if old == new and type(old) is type(new):
            self.same.add(at)
        if type(old) is not type(new):
            self.gone.add(at)
        elif isinstance(old, dict):
            for name, child in old.items():
                if name in new:
                    self.walk((*at, name), child, new[name])
                else:
                    self.gone.add((*at, name))
        elif isinstance(old, list):
            key = self.schema.field(at).get("x-key", ())
            for place, item in enumerate(old):
                one = (*at, place)
                named = isinstance(item, dict) and bool(key) and all(name in item for name in key)
                mine = [
                    other
                    for other in new
                    if (
                        isinstance(other, dict) and all(other.get(name) == item[name] for name in key)
                        if named
                        else other == item
                    )
                ]
                if len(mine) == 1 and sum(other == item for other in old) == 1:
                    self.walk(one, item, mine[0])
                else:
                    self.gone.add(one)


def _has_to_stay(lines: list[tuple[str, list[Pointer]]], fate: Fate, old: Any, new: Any) -> Iterator[str]:
    """The lines of fields and items that did not change, and of those above them that only hold others."""
    taking_its_place: Pointer = ()
    for line, owners in lines:
        if len(owners) > 1 and fate.lost(owners[1]) and not fate.lost(owners[0]):
            taking_its_place = owners[0]  # the next field comes up behind the dash
        elif taking_its_place and owners and owners[0][:-1] == taking_its_place and not fate.lost(owners[0]):
            taking_its_place = ()
        elif owners and all(_stays(pointer, fate, old) for pointer in owners):
            yield line


def _stays(pointer: Pointer, fate: Fate, old: Any) -> bool:
    return not fate.lost(pointer) and pointer in fate.same


def _is_in_order(wanted: list[str], lines: list[str]) -> str | None:
    """The first of the wanted lines that does not come, each behind the one before."""
    rest = iter(lines)
    return next((line for line in wanted if line not in rest), None)


def check(draw: random.Random) -> None:
    kind, value = draw.choice(_seeds())
    schema = load_schema(kind)
    value = copy.deepcopy(value)
    writer = Writer(draw)
    text = writer.text(value)
    try:
        assert read_yaml(text)[0] == value, text
    except Refused as refused:
        raise AssertionError(f"{refused}\n{text}") from refused
    change = Change(draw, schema, value)
    raw = text
    ends = draw.choice(["\n", "\n", "\n", "\n", "\r\n"])
    if ends != "\n" or draw.random() < 0.1:
        raw = draw.choice(["\ufeff", ""]) + text.replace("\n", ends)
    after = edited(schema, raw, change.value)
    assert after.startswith("\ufeff") == raw.startswith("\ufeff")
    if ends == "\r\n":
        assert "\n" not in after.replace("\r\n", "")
    plain = after.removeprefix("\ufeff").replace("\r\n", "\n")
    told = f"\n--- before\n{text}\n--- after\n{plain}"
    assert _typed(schema, read_yaml(plain)[0]) == _typed(schema, change.value), told
    fate = Fate(schema, value, change.value)
    lines = plain.split("\n")
    for name, belongs in writer.comments.items():
        if name not in plain:
            assert any(fate.lost(pointer) for pointer in belongs), f"{name} is gone{told}"
        else:
            assert plain.count(name) == 1, told
    stay = list(_has_to_stay(writer.lines, fate, value, change.value))
    if change.moved:
        left = list(lines)
        for line in stay:
            assert line in left, f"{line} is gone{told}"
            left.remove(line)
    else:
        assert _is_in_order(stay, lines) is None, f"{_is_in_order(stay, lines)} is gone{told}"
    _nothing_else_is_new(text.split("\n"), lines, told)


def _nothing_else_is_new(before: list[str], after: list[str], told: str) -> None:
    """A line that was not there before has something new in it, or nothing at all, or is what is left of one."""
    added, removed = list(after), list(before)
    for line in before:
        if line in added:
            added.remove(line)
            removed.remove(line)
    gone = _words("\n".join(removed))
    for line in added:
        assert NEW in line or "第二行" in line or {word for word in _words(line) if word[-1] != ":"} <= gone, (
            f"{line} is new{told}"
        )


def _words(text: str) -> set[str]:
    """What a text says, without quotes, brackets, dashes and the signs of blocks: a field may get another neighbour."""
    return set(re.findall(r"[^\s,'\"\[\]{}|-]+", text))


def _typed(schema: Schema, value: Any) -> Any:
    return schema.type_scalars(copy.deepcopy(value))


@pytest.mark.soak
@settings(max_examples=examples(300), deadline=None)
@given(st.integers(0, 2**64))
def test_only_what_changed_changes(seed: int) -> None:
    check(random.Random(seed))


def _edit(kind: str, text: str, change: Callable[[Any], None]) -> str:
    """The text after its value was changed."""
    value = read_yaml(text)[0]
    change(value)
    after = edited(load_schema(kind), text, value)
    assert read_yaml(after)[0] == value
    return after


ROSTER = """\
# 名册
teachers:
  # 语文组
  - number: "1" # 组长
    name: 甲
    choices: [ A1, # 先学
      A2 ]
    task_sheet: []

  - number: '2'
    name: "乙"
    hours: {online: 1, practice: 2}
    goal:

# 完
"""


@pytest.mark.parametrize(
    ("change", "gone", "come"),
    [
        (lambda people: people[0].update(name="丙"), ["    name: 甲"], ["    name: 丙"]),
        (lambda people: people[1].update(name="丙"), ['    name: "乙"'], ['    name: "丙"']),
        (
            lambda people: people[0]["choices"].insert(0, "A3"),
            ["    choices: [ A1, # 先学"],
            ["    choices: [ A3, A1, # 先学"],
        ),
        (lambda people: people[0]["choices"].append("A3"), ["      A2 ]"], ["      A2, A3 ]"]),
        (lambda people: people[0]["choices"].pop(), None, None),
        (
            lambda people: people[1]["hours"].update(online="3"),
            ["    hours: {online: 1, practice: 2}"],
            ["    hours: {online: 3, practice: 2}"],
        ),
        (lambda people: people[1].update(goal="会用"), ["    goal:"], ["    goal: 会用"]),
        (
            lambda people: people[0]["task_sheet"].append({"task": "听课"}),
            ["    task_sheet: []"],
            ["    task_sheet:", "      - task: 听课"],
        ),
        (
            lambda people: people.pop(),
            ["  - number: '2'", '    name: "乙"', "    hours: {online: 1, practice: 2}", "    goal:"],
            [],
        ),
        (lambda people: people.insert(0, {"number": "3"}), [], ['  - number: "3"', ""]),
        (lambda people: people.insert(1, {"number": "3"}), [], ['  - number: "3"', ""]),
        (
            lambda people: people.extend([{"number": "3"}, {"number": "4"}]),
            [],
            ["", '  - number: "3"', "", '  - number: "4"'],
        ),
        (lambda people: people[0].pop("number"), None, None),
    ],
)
def test_a_change_touches_its_own_lines(change: Any, gone: list[str] | None, come: list[str] | None) -> None:
    after = _edit("teachers", ROSTER, lambda value: change(value["teachers"]))
    lines = [line for line in difflib.ndiff(ROSTER.split("\n"), after.split("\n")) if line[:1] in "+-"]
    if gone is not None and come is not None:
        assert sorted(line[2:] for line in lines if line[0] == "-") == sorted(gone)
        assert sorted(line[2:] for line in lines if line[0] == "+") == sorted(come)
    assert "# 名册" in after
    assert "# 完" in after


def test_an_item_is_who_its_key_names_wherever_it_stands() -> None:
    old = [{"number": "1", "name": "甲"}, {"number": "2", "name": "乙"}]
    assert matches(old, [{"number": "2", "name": "丙"}, {"number": "3", "name": "甲"}], ["number"]) == [1, None]


def test_of_namesakes_only_equal_ones_are_surely_the_same() -> None:
    old = [{"name": "甲", "role": "校长"}, {"name": "甲", "role": "教师"}]
    assert matches(old, old[::-1], ["name"]) == [1, 0]
    assert matches(old, [{"name": "甲", "role": "主任"}, {"name": "甲"}], ["name"]) == [None, None]
    assert matches(old, [{"name": "甲", "role": "教师"}, {"name": "甲", "role": "主任"}], ["name"]) == [1, 0]


def test_items_without_a_key_are_the_same_only_where_they_are_equal() -> None:
    assert matches(["a", "b", "c"], ["a", "x", "c"], ()) == [0, None, 2]


def test_what_is_said_of_somebody_goes_with_them_and_with_nobody_else() -> None:
    text = "teachers:\n  # 甲：下学期调走\n  - number: '1'\n    # 待补\n\n  # 乙\n  - number: '2'\n"
    assert _edit("teachers", text, lambda value: value["teachers"].pop(0)) == "teachers:\n  # 乙\n  - number: '2'\n"
    moved = _edit("teachers", text, lambda value: value["teachers"].reverse())
    assert moved.index("# 乙") < moved.index("'2'") < moved.index("# 甲") < moved.index("'1'") < moved.index("# 待补")


def test_line_ends_and_the_mark_at_the_start_of_a_file_stay() -> None:
    raw = "\ufeff" + ROSTER.replace("\n", "\r\n")
    value = read_yaml(ROSTER)[0]
    value["teachers"].append({"number": "3"})
    after = edited(load_schema("teachers"), raw, value)
    assert after.startswith("\ufeff# 名册\r\n")
    assert "\n" not in after.replace("\r\n", "")


def test_where_it_cannot_be_done_in_place_the_line_is_named() -> None:
    text = "name: 甲\n? [a]\n: b\n"
    with pytest.raises(Refused):  # the reader says so before the editor has to
        edited(load_schema("unit"), text, {"name": "乙"})
    told = CannotEdit(("teachers", 0, "name"), 7)
    assert (told.pointer, told.line) == (("teachers", 0, "name"), 7)
    assert "第 7 行" in str(told)

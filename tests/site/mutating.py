"""The example programme with a change made to it in memory, and what is then found in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import yaml

from wholeschool.causes import roots
from wholeschool.findings import Finding
from wholeschool.programme import Programme, assemble
from wholeschool.programme.scope import county_of
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.records.kinds import placed
from wholeschool.records.load import Loaded
from wholeschool.records.positions import locate
from wholeschool.records.record import read
from wholeschool.records.text import decode
from wholeschool.rules.registry import check
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.mutations import Edit, Mutation
from wholeschool.sources import Entry, OverlaidTree, WorkingTree
from wholeschool.sources.tree import REGULAR

_STEP = re.compile(r"(?P<key>[a-z_]+)|\[(?P<item>[^\]]+)\]")
_PLACE = re.compile(r"[0-9]{1,3}")

DAY = "2026-11-28"
"""The day on which a change is judged that names none: the round of 2026 runs, that of 2027 is open already."""


@cache
def example() -> Loaded:
    """The example programme, read once."""
    return load(WorkingTree(REPOSITORY), cache=Cache(None))


class Mutated:
    """The example after a mutation: its county alone, where only one is concerned."""

    def __init__(self, mutation: Mutation) -> None:
        self.files = changed(mutation)
        own = {path: data for path, data in self.files.items() if data is not None}
        self.county = _county(self.files)
        tree = OverlaidTree(WorkingTree(REPOSITORY), own)  # the words are the guidance's
        entries = [Entry(path, REGULAR, len(data)) for path, data in own.items()]
        loaded = load(tree, entries, cache=Cache(None))
        base = part(self.county)
        kept = [record for record in base.records if record.path not in self.files]
        merged = sorted([*kept, *loaded.records], key=lambda record: record.path)
        self.read = loaded.findings
        self.day = mutation.day or DAY
        self.programme = assemble(Loaded(base.files, merged, [], loaded.broken, base.elsewhere), self.day)

    def findings(self) -> list[Finding]:
        """What is found now and was not before."""
        now = roots([*self.read, *check(self.programme)])
        before = Counter((each.code, each.path, each.message) for each in _before(self.county, self.day))
        left = []
        for each in now:
            key = (each.code, each.path, each.message)
            if before[key]:
                before[key] -= 1
            else:
                left.append(each)
        return left

    def places(self, path: str, at: str) -> set[tuple[int, int]]:
        """Line and column of a value, and of its key."""
        data = self.files.get(path)
        if data is None:
            data = (REPOSITORY / path).read_bytes()
        where = placed(path)
        assert where is not None, path
        values, mark = read(where.kind, decode(data))
        pointer = tuple(_resolve(values, at))
        return {locate(mark, pointer), locate(mark, pointer, key=True)}


@cache
def before(county: str) -> Programme:
    """The example as it is, or its one county."""
    return assemble(part(county), DAY)


def changed(mutation: Mutation) -> dict[str, bytes | None]:
    """The files after the mutation; None for one that is gone."""
    files: dict[str, bytes | None] = {}
    for edit in mutation.edits:
        path = edit.path
        before = files[path] if path in files else (REPOSITORY / path).read_bytes() if _there(path) else None
        files[path] = _edited(edit, before)
    return files


def _there(path: str) -> bool:
    return (REPOSITORY / path).is_file()


def _edited(edit: Edit, before: bytes | None) -> bytes | None:
    if not edit.at and edit.was is None:
        assert before is not None or edit.to is not None, f"{edit.path} is not there"
        return None if edit.to is None else _plain(edit.to)
    assert before is not None, f"{edit.path} is not there"
    text = before.decode()
    if not edit.at:
        assert edit.was in text, f"{edit.path} does not say {edit.was}"
        return text.replace(edit.was, edit.to or "", 1).encode()
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    _change(root, edit)
    return yaml.serialize(root, allow_unicode=True, width=10**6).encode()


def _plain(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else yaml.safe_dump(_texts(value), allow_unicode=True).encode()


def _texts(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _texts(each) for key, each in value.items()}
    return [_texts(each) for each in value] if isinstance(value, (list, tuple)) else value


def _node(value: Any) -> yaml.Node:
    made = yaml.compose(yaml.safe_dump(_texts(value), allow_unicode=True), Loader=yaml.CSafeLoader)
    assert made is not None
    return made


def _change(root: Any, edit: Edit) -> None:
    steps = list(_steps(edit.at))
    node = root
    for step in steps[:-1]:
        node = _child(node, step)
    last = steps[-1]
    if last == "[+]":
        node.value.append(_node(edit.to))
        return
    if isinstance(node, yaml.MappingNode):
        place = next((index for index, (key, _) in enumerate(node.value) if key.value == last), None)
        old = node.value[place][1] if place is not None else None
    else:
        place = _index(node.value, last[1:-1])
        old = node.value[place]
    if edit.was is not None:
        assert old is not None, f"{edit.path} has no {edit.at}"
        assert _value(old) == _value(_node(edit.was)), f"{edit.at} is {_value(old)}, not {edit.was}"
    if edit.to is None:
        assert place is not None, f"{edit.path} has no {edit.at}"
        del node.value[place]
    elif isinstance(node, yaml.SequenceNode):
        node.value[place] = _node(edit.to)
    elif place is None:
        node.value.append((_node(last), _node(edit.to)))
    else:
        node.value[place] = (node.value[place][0], _node(edit.to))


def _steps(at: str) -> Iterator[str]:
    for found in _STEP.finditer(at):
        yield found.group()


def _child(node: Any, step: str) -> Any:
    if step.startswith("["):
        return node.value[_index(node.value, step[1:-1])]
    for key, value in node.value:
        if key.value == step:
            return value
    raise AssertionError(f"no {step}")


def _index(items: list[Any], wanted: str) -> int:
    if _PLACE.fullmatch(wanted):
        return int(wanted) - 1
    for index, item in enumerate(items):
        if wanted in _says(_value(item)):
            return index
    raise AssertionError(f"no item {wanted}")


def _says(value: Any) -> set[str]:
    """What an item can be called by: its own text, or any of its fields'; two of them joined by a comma."""
    if isinstance(value, dict):
        texts = [text for each in value.values() for text in (each if isinstance(each, list) else [each])]
        texts = [text for text in texts if isinstance(text, str)]
        return {*texts, *(f"{one},{two}" for one in texts for two in texts)}
    return {value} if isinstance(value, str) else set()


def _value(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    return [_value(each) for each in node.value] if isinstance(node, yaml.SequenceNode) else node.value


def _resolve(values: Any, at: str) -> Iterator[str | int]:
    for step in _steps(at):
        if step.startswith("["):
            wanted = step[1:-1]
            index = int(wanted) - 1 if _PLACE.fullmatch(wanted) else None
            if index is None:
                index = next((n for n, item in enumerate(values) if wanted in _says(_strings(item))), None)
                assert index is not None, f"no item {wanted}"
            yield index
            values = values[index] if index < len(values) else None
        else:
            yield step
            values = values.get(step) if isinstance(values, dict) else None


def _strings(value: Any) -> Any:
    return {key: str(each) for key, each in value.items()} if isinstance(value, dict) else str(value)


def _county(files: dict[str, bytes | None]) -> str:
    """The county judged alone; none where a file above the counties changed, or one that names another county."""
    counties = {county_of(path) for path in files}
    named = {each.decode() for data in files.values() for each in re.findall(rb"anhui/shili/[a-z]+", data or b"")}
    if not named <= counties:
        return ""
    return counties.pop() if len(counties) == 1 else ""


@cache
def part(county: str) -> Loaded:
    """The example with one county alone; the whole where none is named."""
    whole = example()
    if not county:
        return whole
    kept = [record for record in whole.records if county_of(record.path) in ("", county)]
    others = {county_of(record.path) for record in whole.records} - {"", county}
    return Loaded(whole.files, kept, [], whole.broken, frozenset(others))


@cache
def _before(county: str, day: str) -> list[Finding]:
    return check(assemble(part(county), day))

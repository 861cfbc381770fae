"""Single mistakes made by machine in the example programme: one field, one entry, one file, one folder at a time."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from wholeschool.causes import roots
from wholeschool.findings import Finding
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.records.kinds import Kind, placed
from wholeschool.records.record import read
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.sources import MemoryTree, open_tree

DAY = "2026-11-28"
Files = Mapping[str, bytes]
Pointer = tuple[str | int, ...]

AS_PYTHON_WRITES = re.compile(r"\['|\{'|\bNone\b|\bTrue\b|\bFalse\b|datetime|<\w+ object|Struct\(|\bnan\b")
"""What no message shows: a value as Python writes it."""
_SLUG = re.compile(r"[a-z0-9/-]*[a-z][a-z0-9/-]*|[A-Z][0-9]+|[0-9A-Z-]{6,}")


class Mistake(NamedTuple):
    """What is done (`way`) to what: the value at `pointer` of the record at `path`, the file, or the folder."""

    path: str
    pointer: Pointer
    way: str

    @property
    def sort(self) -> str:
        """Mistakes of one sort are the same thing done in another place."""
        where = placed(self.path)
        kind = where.kind.name if where else "unit folder"
        level = where.level if where else ""
        return f"{kind}({level}) {'.'.join('*' if isinstance(step, int) else step for step in self.pointer)} {self.way}"

    def __str__(self) -> str:
        return f"{self.path} {'.'.join(map(str, self.pointer))} {self.way}"


@cache
def example() -> Files:
    """The example programme's files by path."""
    tree = open_tree(REPOSITORY)
    return {entry.path: tree.read(entry.path) for entry in tree.entries("submissions/")}


@cache
def _once() -> Cache:
    return Cache(None)


def found(files: Files) -> list[Finding]:
    """What `wholeschool validate` says of the files."""
    loaded = load(MemoryTree(dict(files), frozenset()), cache=_once())
    return roots(sorted([*loaded.findings, *judge(all_rules(), assemble(loaded, DAY))]))


@cache
def _before() -> Counter[tuple[str, str]]:
    return Counter((each.code, each.path) for each in found(example()))


def new(files: Files) -> list[Finding]:
    """What is said of the files and not of the example; a sentence about the same with another number is not new."""
    left = Counter(_before())
    fresh = []
    for each in found(files):
        if left[each.code, each.path]:
            left[each.code, each.path] -= 1
        else:
            fresh.append(each)
    return fresh


@cache
def mistakes() -> Mapping[str, tuple[Mistake, ...]]:
    """Every single mistake there is to make, by its sort."""
    by_sort: dict[str, list[Mistake]] = {}
    for path in example():
        for each in _in_file(path):
            by_sort.setdefault(each.sort, []).append(each)
    return {sort: tuple(each) for sort, each in sorted(by_sort.items())}


def _in_file(path: str) -> Iterator[Mistake]:
    where = placed(path)
    if where is None:
        return
    yield Mistake(path, (), "file gone")
    if where.kind.name == "unit":
        yield Mistake(path.rpartition("/")[0] + "/", (), "folder renamed")
    yield Mistake(path, (), "file renamed")
    value = _value(path)
    for pointer, child in _nodes(value, ()):
        for way in _ways(where.kind, pointer, child):
            yield Mistake(path, pointer, way)


@cache
def _value(path: str) -> Any:
    where = placed(path)
    assert where is not None
    return read(where.kind, example()[path].decode())[0]


def _nodes(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Any]]:
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inside:
        yield (*pointer, step), child
        yield from _nodes(child, (*pointer, step))


def _ways(kind: Kind, pointer: Pointer, value: Any) -> Iterator[str]:
    field = kind.schema.field(pointer)
    yield "gone"
    if isinstance(pointer[-1], int):
        yield "twice"
    if isinstance(value, dict | list) or value is None:
        return
    if "enum" in field:
        yield from ("another choice", "no choice at all")
    elif field.get("format") == "date":
        yield from ("earlier", "later", "last year", "no date")
    elif field.get("type") in ("integer", "number"):
        yield from ("one more", "twice as much", "nothing", "no number")
    elif field.get("type") == "boolean":
        yield "the opposite"
    elif _SLUG.fullmatch(value):
        yield "mistyped"
    else:
        yield "other words"


def make(mistake: Mistake, chance: random.Random) -> Files | None:
    """The example with the mistake in it; None where nothing else can be put there."""
    files = dict(example())
    path, pointer, way = mistake
    match way:
        case "file gone":
            del files[path]
        case "file renamed":
            stem, _, ending = path.rpartition(".")
            files[f"{stem}x.{ending}"] = files.pop(path)
        case "folder renamed":
            for each in [each for each in files if each.startswith(path)]:
                files[f"{path[:-1]}x/{each.removeprefix(path)}"] = files.pop(each)
        case _:
            where = placed(path)
            assert where is not None
            value = deepcopy(_value(path))
            holder = value
            for step in pointer[:-1]:
                holder = holder[step]
            last = pointer[-1]
            if way == "gone":
                del holder[last]
            elif way == "twice":
                holder.insert(last, deepcopy(holder[last]))
            else:
                other = _other(where.kind.schema.field(pointer), holder[last], way, chance)
                if other is None or other == holder[last]:
                    return None
                holder[last] = other
            files[path] = _written(where.kind, value, example()[path]).encode()
    return files


def _other(field: Mapping[str, Any], value: str, way: str, chance: random.Random) -> str | None:
    match way:
        case "another choice":
            others = [str(each) for each in field["enum"] if str(each) != value]
            return chance.choice(others) if others else None
        case "no choice at all" | "other words":
            return f"{value}甲"
        case "earlier" | "later":
            days = chance.choice((30, 100)) * (1 if way == "later" else -1)
            return (date.fromisoformat(value) + timedelta(days=days)).isoformat()
        case "last year":
            return f"{int(value[:4]) - 1}{value[4:]}" if value[5:] != "02-29" else None
        case "no date":
            return "三月"
        case "one more":
            return f"{float(value) + 1:g}"
        case "twice as much":
            return f"{float(value) * 2:g}"
        case "nothing":
            return "0"
        case "no number":
            return f"{value}个"
        case "the opposite":
            return "false" if value == "true" else "true"
        case "mistyped":
            place = chance.choice([at for at, character in enumerate(value) if character.isalnum()])
            other = {"z": "a", "Z": "A", "9": "1"}.get(value[place]) or chr(ord(value[place]) + 1)
            return value[:place] + other + value[place + 1 :]
    raise AssertionError(way)


def _written(kind: Kind, value: Any, before: bytes) -> str:
    """The value as a file of the kind. YAML is written as JSON, which it is."""
    if kind.format == "csv":
        header = before.decode().split("\n", 1)[0]
        columns = header.split(",")
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerows([row.get(column, "") for column in columns] for row in next(iter(value.values()), ()))
        return f"{header}\n{out.getvalue()}"
    if kind.format == "md":
        fields = {key: each for key, each in value.items() if key != "body"}
        return f"---\n{json.dumps(fields, ensure_ascii=False, indent=1)}\n---\n\n{value.get('body', '')}\n"
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"

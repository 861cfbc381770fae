"""Nothing reaches the site that its schema does not mark as published: canaries in every other field of every kind."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from tests.site.conftest import programme_at
from tests.site.small_programme import YEAR, case_text, write
from wholeschool.records.kinds import Kind, kinds, placed
from wholeschool.records.record import read
from wholeschool.records.schema import Schema
from wholeschool.site import build_site, rule_reference

UNITS = {
    "工程": "",
    "省": "anhui",
    "市": "anhui/shili",
    "县": "anhui/shili/mingyuan",
    "校": "anhui/shili/mingyuan/wenhua-xiaoxue",
}
# What ties records together (folders, teacher numbers, codes) stays as it is; teacher numbers are canaries themselves.
REFERENCE = re.compile(r"^\^(\[0-9\]|\(\?:\[0-9\]|\[a-z\]|\[A-Z\]\[1-9\])")
TEACHER_NUMBER = re.compile(r"34990[12][0-9]{9}")


class Canaries:
    """Values that stand in unpublished fields and nowhere else."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def text(self, node: dict[str, Any]) -> str | None:
        """A value that the field's schema accepts and that can be recognised anywhere; None where there is none."""
        word = self._word()
        hexadecimal = format(len(self.values) + 0xC0FFEE, "x")
        day = f"2031-{len(self.values) % 12 + 1:02}-{len(self.values) % 28 + 1:02}"
        for value, found_as in (
            (day if node.get("format") == "date" else word, day if node.get("format") == "date" else word),
            (f"https://{word}.example/", word),
            (f"{word}〔2031〕1号", word),
            (hexadecimal.rjust(40, "c"), hexadecimal.rjust(40, "c")),
            (hexadecimal.rjust(64, "d"), hexadecimal.rjust(64, "d")),
        ):
            if Draft202012Validator(node, format_checker=FormatChecker()).is_valid(value):
                self.values.append(found_as)
                return value
        return None

    def _word(self) -> str:
        number, letters = len(self.values), ""
        for _ in range(4):
            number, rest = divmod(number, 26)
            letters += ascii_lowercase[rest]
        return f"zqx{letters}qz" if letters else ""


def specimen(schema: Schema, node: dict[str, Any], canaries: Canaries, *, optional: bool) -> Any:
    """A value of a field with canaries wherever it is text; optional fields too when asked for."""
    node = schema.resolve(node)
    if node.get("x-published") and node.get("type", "string") == "string" and "enum" not in node:
        return published(node)
    if "enum" in node or "const" in node:
        return node["enum"][0] if "enum" in node else node["const"]
    match node.get("type"):
        case "object":
            wanted = node["properties"] if optional else node.get("required", [])
            return {
                key: specimen(schema, node["properties"][key], canaries, optional=optional)
                for key in wanted
                if isinstance(node["properties"][key], dict)
            }
        case "array":
            return [specimen(schema, node["items"], canaries, optional=optional)]
        case "boolean":
            return True
        case "integer" | "number":
            return max(node.get("minimum", 1), 1)
        case _:
            if REFERENCE.match(node.get("pattern", "")):
                return reference(node)
            value = canaries.text(node)
            return value if value is not None else node.get("examples", [""])[0]


def published(node: dict[str, Any]) -> str:
    """A value for a field that may be on the site."""
    for value in (*node.get("examples", []), "公开的文字" * 12, "公开的文字", "2026-05-05"):
        if Draft202012Validator(node, format_checker=FormatChecker()).is_valid(value):
            return str(value)
    return reference(node)


def reference(node: dict[str, Any]) -> str:
    """A value for a field that ties records together."""
    for value in (
        "34990100010001",
        "3499010001",
        "349901",
        "wenhua-xiaoxue",
        "anhui/shili/mingyuan",
        "A5",
        *node.get("examples", []),
    ):
        if Draft202012Validator(node).is_valid(value):
            return str(value)
    return "c" * 64 if "64" in node["pattern"] else "c" * 40


def plant(schema: Schema, value: Any, canaries: Canaries) -> int:
    """Canaries in every unpublished field of a valid record, present or optional, as far as it stays valid."""
    planted = 0
    for holder, key, node, present in list(fields(schema, schema.document, value)):
        before = holder.get(key) if isinstance(holder, dict) else holder[key]
        mark = len(canaries.values)
        if present and (not isinstance(before, str) or REFERENCE.match(node.get("pattern", "")) or "enum" in node):
            continue
        holder[key] = specimen(schema, node, canaries, optional=False)
        if schema.accepts(value):
            planted += len(canaries.values) - mark
            continue
        del canaries.values[mark:]
        if present:
            holder[key] = before
        else:
            del holder[key]
    return planted


def fields(schema: Schema, node: Any, value: Any) -> Iterator[tuple[Any, Any, dict[str, Any], bool]]:
    """Every unpublished field: where it is or could be, its schema, and whether it is there."""
    node = schema.resolve(node)
    if isinstance(value, dict):
        for key, child in node.get("properties", {}).items():
            if not isinstance(child, dict) or child.get("x-published") or schema.resolve(child).get("x-published"):
                continue
            if key in value:
                yield value, key, schema.resolve(child), True
                yield from fields(schema, child, value[key])
            elif key != "exempt":  # a teacher who is exempt counts nowhere: the small programme has one already
                yield value, key, schema.resolve(child), False
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield value, index, schema.resolve(node["items"]), True
            yield from fields(schema, node["items"], item)


def written(kind: Kind, value: dict[str, Any]) -> str:
    """The record as its file's text."""
    if kind.format == "md":
        return case_text({key: item for key, item in value.items() if key != "body"}, value["body"])
    if kind.format == "csv":
        (rows,) = value.values()
        (name,) = kind.schema.document["properties"]
        columns = list(kind.schema.resolve(kind.schema.document["properties"][name]["items"])["properties"])
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000)


def test_no_published_byte_comes_from_an_unpublished_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The rule reference holds nothing submitted, and makes up half of the pages.
    monkeypatch.setattr(rule_reference, "pages", lambda _book: iter(()))
    write(tmp_path)
    canaries = Canaries()
    seen = dict.fromkeys(kinds(), 0)
    folder = tmp_path / "submissions"
    for path in sorted(path for path in folder.rglob("*.*") if path.is_file()):
        where = placed(path.relative_to(tmp_path).as_posix())
        assert where is not None
        if where.kind.levels == ("工程",) and where.kind.format == "csv":
            seen[where.kind.name] += 1  # the tables of microabilities and regions are public throughout
            continue
        value, _ = read(where.kind, path.read_text("utf-8"))
        value = where.kind.schema.type_scalars(value)
        seen[where.kind.name] += 1 + plant(where.kind.schema, value, canaries)
        path.write_text(written(where.kind, value), encoding="utf-8")
    for kind in kinds().values():
        for level in kind.levels:
            place = re.sub(r"\{(?!year)\w+\}", "office" if kind.name == "team" else "x", kind.place)
            path = folder / UNITS[level] / place.replace("{year}", str(YEAR))
            if path.exists():
                continue
            value = specimen(kind.schema, kind.schema.document, canaries, optional=False)
            assert kind.schema.accepts(value), (kind.name, value)
            seen[kind.name] += 1 + plant(kind.schema, value, canaries)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(written(kind, value), encoding="utf-8")
    assert [name for name, count in seen.items() if not count] == []
    assert len(canaries.values) > 500

    site = build_site(programme_at(tmp_path), tmp_path / "site").folder
    leaked = set()
    for path in site.rglob("*"):
        if path.is_file():
            words = path.read_bytes().decode("utf-8", "replace").replace("\u200b", "").replace("\\u200b", "").lower()
            leaked |= {value for value in canaries.values if value in words}
            leaked |= {shown for value in canaries.values if (shown := shown_date(value)) and shown in words}
            leaked |= set(TEACHER_NUMBER.findall(words))
    assert not leaked


def shown_date(value: str) -> str:
    """A date canary as pages would show it."""
    if not re.fullmatch("2031-[0-9]{2}-[0-9]{2}", value):
        return ""
    year, month, day = value.split("-")
    return f"{year}年{int(month)}月{int(day)}日"

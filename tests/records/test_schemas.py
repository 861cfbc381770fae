"""The schemas themselves: nothing remote, nothing open, nothing unbounded, and a Chinese name for everything."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from wholeschool.papers.layout import heading_of, layouts
from wholeschool.papers.tables import COMPUTED
from wholeschool.records.kinds import LEVELS, PROGRAMME, kinds
from wholeschool.records.schema import FOLDER, Schema, schemas
from wholeschool.site import record_reference

FILES = sorted(FOLDER.glob("*.schema.json"))
COMMON = json.loads((FOLDER / "common.schema.json").read_text("utf-8"))["$defs"]


def _nodes(node: Any, where: str = "#", word: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every schema object in a document: its place, the keyword it stands under, and itself."""
    if isinstance(node, dict):
        if word not in ("properties", "$defs", "x-wholeschool"):
            yield where, word, node
        for key, child in node.items():
            if key not in ("enum", "const", "examples", "required", "x-wholeschool"):
                yield from _nodes(child, f"{where}/{key}", key if word not in ("properties", "$defs") else "")
    elif isinstance(node, list):
        for place, child in enumerate(node):
            yield from _nodes(child, f"{where}/{place}", word)


def _all() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in FILES:
        for where, word, node in _nodes(json.loads(path.read_text("utf-8"))):
            yield f"{path.name}{where}", word, node


NODES = list(_all())


def test_references_stay_in_the_repository() -> None:
    for where, _, node in NODES:
        if "$ref" in node:
            name = re.fullmatch(r"(?:common\.schema\.json)?#/\$defs/(\w+)", node["$ref"])
            assert name, where
            if node["$ref"].startswith("common"):
                assert name[1] in COMMON, where
        assert not {"$dynamicRef", "$anchor", "$vocabulary"} & node.keys(), where
        assert "$id" not in node or where.endswith("json#"), where


def test_patterns_are_anchored_and_mean_ascii_digits() -> None:
    for where, _, node in NODES:
        if "pattern" in node:
            pattern = node["pattern"]
            assert pattern.startswith("^"), where
            assert pattern.endswith("$"), where
            assert not re.search(r"\\[dDwWsSbB]", pattern), where
            assert "|" not in re.sub(r"\[[^\]]*\]|\([^)]*\)|\\\|", "", pattern), f"{where}: ^ and $ bind only one side"
            assert "x-hint" in node, where


@pytest.mark.parametrize("text", ["A1\n", "A１", "Ａ1", " A1", "A1 ", "a1", "A01", "A111", "", "A1\r", "A1\u200b"])
def test_a_microability_code_is_exactly_that(text: str) -> None:
    schema = schemas()["microabilities"]
    row = {"code": text, "dimension": "学情分析", "name": "甲", "environment": "混合学习环境", "credits": 4}
    value = {"microabilities": [row]}
    assert not schema.accepts(value)
    assert [error.validator for error in schema.errors(value)] == ["pattern"]


def test_no_pattern_is_slow_on_any_text() -> None:
    patterns = {node["pattern"] for _, _, node in NODES if "pattern" in node}
    texts = [part * 4000 + end for part in ("a", "1", "一", "a-", "a/", ".", " ", "=") for end in ("", "!", "\n")]
    began = time.process_time()
    for pattern in patterns:
        for text in texts:
            re.search(pattern, text)
    assert time.process_time() - began < 2


def test_objects_take_only_the_fields_they_name() -> None:
    for where, _, node in NODES:
        if node.get("type") == "object":
            assert node.get("additionalProperties") is False, where
            assert set(node.get("required", ())) <= set(node["properties"]), where
        assert "patternProperties" not in node, where


def test_lists_and_texts_are_bounded() -> None:
    for where, _, node in NODES:
        if node.get("type") == "array":
            assert "maxItems" in node, where
            assert "items" in node, where
        if node.get("type") == "string":
            assert {"maxLength", "pattern", "enum", "format"} & node.keys(), where
            if "pattern" in node and "maxLength" not in node:
                assert not re.search(r"[*+](?![^\[]*\])|\{\d+,\}", node["pattern"]) or _short(node), where
        if node.get("type") in ("integer", "number"):
            assert {"maximum", "exclusiveMaximum"} & node.keys(), where
            assert {"minimum", "exclusiveMinimum"} & node.keys(), where
        assert node.get("format", "date") == "date", where


def _short(node: dict[str, Any]) -> bool:
    """Unbounded in the pattern, but by no more than the parts of a path."""
    return "/" in node["pattern"]


def _titled(document: Schema, node: Any) -> bool:
    title = document.resolve(node).get("title", "")
    return any("一" <= character <= "鿿" for character in title)


@pytest.mark.parametrize("name", schemas())
def test_every_field_has_a_chinese_title(name: str) -> None:
    schema = schemas()[name]
    assert _titled(schema, schema.document)
    assert schema.document.get("description")
    for where, _, node in _nodes(schema.document):
        if "/if" in where or "/then" in where or "/else" in where:
            continue
        for key, child in node.get("properties", {}).items():
            assert re.fullmatch("[a-z][a-z0-9_]*", key), f"{where}/{key}"
            assert _titled(schema, child), f"{where}/{key}"
        if "items" in node:
            assert _titled(schema, node["items"]), where


def test_other_names_of_a_column_mean_one_field_in_their_table() -> None:
    known = 0
    for name, each in layouts().items():
        for title, columns in [("", each.form), *((table.title, table.all_columns) for table in each.tables)]:
            meant: dict[str, str] = {}
            for column in columns:
                known += len(column.aliases)
                for heading in (column.heading, *column.aliases):
                    plain = heading_of(heading)
                    assert plain, (name, title, column.heading)
                    assert plain not in COMPUTED, (name, title, heading)
                    assert plain not in meant, (name, title, heading, meant[plain], column.heading)
                    meant[plain] = column.heading
    assert known > 500


def test_other_names_stand_where_a_column_is_made_of_them() -> None:
    seen = 0
    for where, _, node in NODES:
        if "x-aliases" in node:
            seen += 1
            aliases = node["x-aliases"]
            assert aliases, where
            assert all(1 <= len(alias) <= 20 and alias == alias.strip() for alias in aliases), where
            assert node.get("type") != "object", f"{where}: no column is made of it"
    assert seen > 200


def test_a_field_with_a_title_of_its_own_has_no_other_names_of_the_shared_one() -> None:
    columns = {column.heading: column for column in layouts()["teachers"].tables[0].columns}
    assert "任教学科" in columns["学科"].aliases
    assert "教师姓名" in columns["姓名"].aliases
    assert "任教学科" not in columns["课例"].aliases
    leader = next(column for column in layouts()["group"].form if column.heading == "组长")
    assert "教研组长" in leader.aliases
    assert "教师姓名" not in leader.aliases


def test_other_names_stand_in_the_record_reference() -> None:
    page = dict(record_reference.pages())["reference/records/teachers.md"]
    assert "也认得的列名：教师姓名、" in page
    assert "也认得的列名：教师工号、工号、" in page


def test_kinds_have_places_of_their_own_and_known_levels() -> None:
    assert len({(kind.place, kind.levels) for kind in kinds().values()}) == len(kinds())
    for kind in kinds().values():
        assert set(kind.levels) <= {*LEVELS, PROGRAMME}, kind.name
        assert kind.format in ("yaml", "csv", "md"), kind.name
    for path in FILES:
        document = json.loads(path.read_text("utf-8"))
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert document["$id"] == path.name


def test_no_schema_names_a_clause() -> None:
    """What a field is there for, each guidance says itself."""
    for where, _, node in NODES:
        assert "x-clause" not in node, where


def test_no_field_asks_for_personal_contact_data() -> None:
    asked = re.compile("phone|mobile|tel|mail|birth|political|id_?card|address_home|wechat|qq")
    for where, _, node in NODES:
        for key in node.get("properties", {}):
            assert not asked.search(key), f"{where}/{key}"

"""The quick validator and the thorough one agree, and what is refused is always explained."""

from __future__ import annotations

import copy
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.case_folders import all_cases, base
from wholeschool.records.explain import explain
from wholeschool.records.kinds import Kind, placed
from wholeschool.records.positions import Mark
from wholeschool.records.record import read
from wholeschool.records.refusals import Refused
from wholeschool.records.schema import Schema
from wholeschool.records.text import decode

Sample = tuple[str, Kind, Any, Mark]


def _samples(files: dict[str, bytes]) -> list[Sample]:
    """The records among some files that can be read at all, typed as their schemas want."""
    found = []
    for path, data in files.items():
        where = placed(path)
        if where and len(data) < 20_000:
            try:
                value, mark = read(where.kind, decode(data))
            except Refused:
                continue
            found.append((path, where.kind, where.kind.schema.type_scalars(value), mark))
    return found


@cache
def samples() -> list[Sample]:
    """Records of the base and of every case, once each."""
    seen = {}
    for files in (base().files, *(case.own for case in all_cases())):
        for path, data in files.items():
            seen[path, data] = {path: data}
    return [sample for files in seen.values() for sample in _samples(files)]


def _agree(schema: Schema, value: Any) -> bool:
    quick, errors = schema.accepts(value), list(schema.errors(value))
    assert quick == (not errors), (value, errors)
    return quick


def test_both_validators_give_the_same_verdict_on_every_example() -> None:
    verdicts = [_agree(kind.schema, value) for _, kind, value, _ in samples()]
    assert verdicts.count(True) > 100
    assert verdicts.count(False) > 20


def test_every_kind_of_record_occurs_in_an_example() -> None:
    accepted = {kind.name for _, kind, value, _ in samples() if kind.schema.accepts(value)}
    seldom = {"work-plan", "resources", "result-uses", "rubrics", "accounts", "revocations"}
    from wholeschool.records.kinds import kinds

    assert set(kinds()) - accepted <= seldom


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3000)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.text(max_size=6)
    | st.sampled_from(
        ["2026-02-29", "2026-13-01", "２０２６-01-01", "2026-01-01\n", "20260101", "A1\n", "合格", "349901", "=1"]
    )
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def _mutated(value: Any, draw: st.DataObject) -> Any:
    """`value` with one thing in it replaced, removed, added or repeated."""
    if isinstance(value, dict) and value and draw.draw(st.integers(0, 3)):
        key = draw.draw(st.sampled_from(sorted(value)))
        return {**value, key: _mutated(value[key], draw)}
    if isinstance(value, list) and value and draw.draw(st.integers(0, 3)):
        place = draw.draw(st.integers(0, len(value) - 1))
        return [*value[:place], _mutated(value[place], draw), *value[place + 1 :]]
    if isinstance(value, dict):
        change = draw.draw(st.sampled_from(["add", "remove", "replace"]))
        if change == "add":
            return {**value, draw.draw(st.text(max_size=5)): draw.draw(VALUES)}
        if change == "remove" and value:
            lost = draw.draw(st.sampled_from(sorted(value)))
            return {key: inner for key, inner in value.items() if key != lost}
    if isinstance(value, list) and draw.draw(st.booleans()):
        return value + value if draw.draw(st.booleans()) else value[1:]
    if isinstance(value, str) and draw.draw(st.booleans()):
        return value + draw.draw(st.sampled_from(["\n", " ", "x", "１", "\u200b", "字" * 5000]))
    return draw.draw(VALUES)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_both_validators_agree_on_mutated_records_and_refusals_are_explained(draw: st.DataObject) -> None:
    path, kind, value, mark = draw.draw(st.sampled_from(samples()))
    mutated = _mutated(copy.deepcopy(value), draw)
    if not _agree(kind.schema, mutated):
        findings = list(explain(kind.schema, mutated, mark, path))
        assert findings
        for each in findings:
            assert each.message
            assert each.hint


@pytest.mark.usefixtures("socket_disabled")
def test_no_socket_is_opened_by_either_validator() -> None:
    for _, kind, value, _ in samples():
        _agree(kind.schema, value)
        _agree(kind.schema, {"$ref": "https://example.com/x.json", "schema": "file:///etc/hosts"})


def test_a_remote_reference_is_never_fetched() -> None:
    """Watched from the other side: jsonschema-rs does not use Python's sockets."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        reference = {"$ref": f"http://127.0.0.1:{server.server_port}/schema.json"}
        document = {"title": "甲", "type": "object", "properties": {"a": reference}, "$defs": {}}
        with pytest.raises((ValueError, KeyError)):
            Schema("x", document).accepts({"a": "b"})
        server.shutdown()
    assert asked == []

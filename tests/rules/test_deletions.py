"""What is missing when a round is over is told, or stands on a list with the reason why nobody asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec
import pytest

from tests.rules.deleting import (
    Kept,
    every_optional_field,
    every_record,
    instances,
    kept,
    stripped,
    told,
    without_field,
    without_records,
)
from wholeschool.rules.reference import entries, shipped_rulebook
from wholeschool.shipped import HOME as REPOSITORY


class _Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`deletions.yaml`: of records and of fields, the code that tells that they are missing, or why none does."""

    records: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]]


@cache
def _judged() -> _Judged:
    return msgspec.yaml.decode(Path(__file__).with_name("deletions.yaml").read_bytes(), type=_Judged)


def _is_code(text: str) -> bool:
    return re.fullmatch(r"[A-Z]+(?:-[A-Z]+)+", text) is not None


TOLD_RECORDS = [(each, code) for each, code in _judged().records.items() if _is_code(code)]
TOLD_FIELDS = [
    (kind, path, code) for kind, paths in _judged().fields.items() for path, code in paths.items() if _is_code(code)
]


def test_every_record_and_every_optional_field_is_judged() -> None:
    """Whoever adds a field says here which rule asks for it, or why the guidance does not."""
    assert {str(each) for each in every_record()} == _judged().records.keys()
    assert every_optional_field() == {(kind, path) for kind, paths in _judged().fields.items() for path in paths}
    for text in (
        *_judged().records.values(),
        *(text for paths in _judged().fields.values() for text in paths.values()),
    ):
        assert text in entries(shipped_rulebook()) if _is_code(text) else len(text) > 3, text


@pytest.mark.parametrize(("each", "code"), TOLD_RECORDS)
def test_a_record_that_never_came_is_told(each: str, code: str) -> None:
    files = without_records(_kept(each))
    assert files, "the example has none"
    assert code in {finding.code for finding in told(files, (code,))}


@pytest.mark.parametrize(("kind", "path", "code"), TOLD_FIELDS)
def test_a_field_that_was_left_out_is_told(kind: str, path: str, code: str) -> None:
    """In one record at least; where it is asked for only in some, those are tried in turn."""
    some = (without_field(kind, path, record) for record in instances(kind))
    assert any(code in {finding.code for finding in told(files, (code,))} for files in some if files)


def test_what_is_not_asked_for_is_not_missed() -> None:
    """All of it is taken out of the whole example at once: not one finding more, or it is asked for after all."""
    assert list(told(dict(_without_what_nobody_asks_for()))) == []


def _without_what_nobody_asks_for() -> Iterator[tuple[str, bytes | None]]:
    unasked = {each for each, reason in _judged().records.items() if not _is_code(reason)}
    for kind, paths in _judged().fields.items():
        left_out = [path for path, reason in paths.items() if not _is_code(reason)]
        for record in instances(kind):
            after = stripped((REPOSITORY / record.path).read_bytes(), kind, left_out)
            if str(kept(record)) in unasked:
                yield record.path, None
            elif after is not None:
                yield record.path, after


def _kept(each: str) -> Kept:
    return next(one for one in every_record() if str(one) == each)

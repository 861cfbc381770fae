"""The calendar: what a record says has happened has happened, and in the round that it is filed under."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, get_args

import msgspec

from wholeschool.authority import OURS
from wholeschool.days import FOREVER
from wholeschool.findings import Measure
from wholeschool.programme import Programme, Unit
from wholeschool.records import Record
from wholeschool.records import structs as s
from wholeschool.rules.registry import Breach, about, rule

# Fields that tell when something happened; due, deadline, until and the like tell when it shall.
_HAPPENED = frozenset(
    {"date", "submitted", "declared", "starts", "designed", "reported", "done", "announced", "opened", "received"}
)
# Exemptions may be older than the round; tables written by machines have rules of their own (CERT-STATUS).
_LEFT_OUT = (s.Exemption, s.ProcessData, s.Certificates, s.Revocations)


class _Dated(NamedTuple):
    """A field of a struct that is such a date (`below` is None), or that leads to one."""

    attribute: str
    written: str
    below: type[msgspec.Struct] | None


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[_Dated, ...]:
    found = []
    for field in msgspec.structs.fields(struct):
        below = next((each for each in _types(field.type) if isinstance(each, type)), None)
        if field.name in _HAPPENED:
            found.append(_Dated(field.name, field.encode_name, None))
        elif below is not None and issubclass(below, msgspec.Struct) and below not in _LEFT_OUT and _fields(below):
            found.append(_Dated(field.name, field.encode_name, below))
    return tuple(found)


def _types(annotation: Any) -> Iterator[Any]:
    inside = get_args(annotation)
    for each in inside or (annotation,):
        yield from _types(each) if inside else (each,)


def dates_in(node: msgspec.Struct) -> Iterator[tuple[msgspec.Struct, str, str]]:
    """Every date that tells when something happened: the struct, the field as written, the day."""
    for field in _fields(type(node)):
        value = getattr(node, field.attribute)
        if field.below is None:
            if value:
                yield node, field.written, value
        else:
            for each in value if isinstance(value, tuple) else (value,) if value else ():
                yield from dates_in(each)


def _records(programme: Programme) -> Iterator[tuple[Unit, Record[Any], s.RoundSettings]]:
    for record in programme.records:
        unit, round_ = programme.units.get(record.unit), programme.round(record.year or 0)
        if unit and round_ and not isinstance(record.data, _LEFT_OUT) and not programme.is_closed(record):
            yield unit, record, round_


@rule("DATE-FUTURE", "paper", clause=OURS)
def nothing_has_happened_in_the_future(programme: Programme) -> Iterator[Breach]:
    """记录里写的已经发生的事，日期不晚于检查的这一天。

    还没有到的日子不能写成已经评审、验收、认定。不分年度的名单、文件、案例也一样。样张单位的日子是编的，只看有没有晚于本轮
    （不分年度的，现在这一轮）的结束。
    """
    if not programme.day or programme.settings is None:
        return
    ends = {record.path: round_.ends for _, record, round_ in _records(programme)}
    running = programme.round(programme.current or 0)
    latest = running.ends if running else programme.day
    for record in programme.records:
        unit = programme.units.get(record.unit)
        if unit is None or isinstance(record.data, _LEFT_OUT) or (record.year and record.path not in ends):
            continue  # ROUND-KNOWN
        last = max(programme.day, ends.get(record.path, latest)) if unit.is_sample else programme.day
        for node, field, day in dates_in(record.data):
            if day > last:
                at = record.at(node, field)
                yield (
                    at,
                    f"日期 {day} 还没有到（今天是 {programme.day}）",
                    "核对日期；到了那一天再写",
                    about(record.at(node)),
                )


@rule(
    "DATE-ROUND",
    "paper",
    clause=OURS,
    severity="warning",
    presupposes=("DATE-FUTURE", "CHECK-LEVEL", "CHECK-DRAW", "ACCEPT-REVIEWED", "ACCEPT-CHECKED", "ROUND-DATES"),
)
def what_is_filed_under_a_round_happened_in_it(programme: Programme) -> Iterator[Breach]:
    """放在一个年度文件夹里的事，发生在这一轮的起止日期之内。

    放错了年度，学时和统计就算到别的一轮去了。上一轮末尾就开始准备、下一轮开头才收尾的，可以不改。
    """
    for _, record, round_ in _records(programme):
        # What comes after a round was closed is what may still be put right of it: an appeal, and what follows from it.
        closed = programme.closed(round_.year) or FOREVER
        for node, field, day in dates_in(record.data):
            if not round_.starts <= day <= round_.ends and day < closed:
                message = f"日期 {day} 不在 {round_.year} 年这一轮（{round_.starts} 至 {round_.ends}）"
                hint = "核对日期；属于别的年度的，放进那个年度的文件夹；确实是这一轮的，可以不改"
                here, cause = about(record.at(node)), f"{record.path} {field}"
                yield record.at(node, field), message, hint, here, cause, _by_the_round(programme, round_, day)


def _by_the_round(programme: Programme, round_: s.RoundSettings, day: str) -> Measure:
    """The end of the round that a day lies beyond."""
    assert programme.settings is not None
    early = day < round_.starts
    field, state, side = ("starts", "才开始", "以前") if early else ("ends", "就结束了", "以后")
    return Measure(
        programme.settings.at(round_, field).location,
        f"{round_.year} 年这一轮 {getattr(round_, field)} {state}，许多单位有日期在此{side}",
        "核对这一轮的起止；没有写错的，用 wholeschool validate 加上一个单位的文件夹，看那个单位的是哪几处",
        len({record.unit for record in programme.records if record.year == round_.year}),
    )

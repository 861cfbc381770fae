"""Days that people give a verb: of a decision that it writes, and on which the records are looked at."""

from __future__ import annotations

import datetime

from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.programme import Unit


def day_looked_at(text: str | None) -> str:
    """The day on which the records are looked at, past or to come; today where none is given."""
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else today()
    except ValueError:
        raise UsageError(f"--day 写成 2026-03-01 这样的日期，不是“{text}”") from None


def decision_day(text: str | None) -> str:
    """The day of a decision, today where none is given; a day to come is refused, for nothing was decided on it."""
    if text is None:
        return today()
    day = a_day(text)
    if day > today():
        raise UsageError(f"{day} 还没有到；写今天或者以前的日期，不对的看看这台机器的时钟")
    return day


def day_in_office(text: str | None, unit: Unit) -> str:
    """The day of a decision of a unit, which decides nothing after its last."""
    day = decision_day(text)
    if unit.closed and day > unit.closed:
        message = f"{unit.name} {unit.closed} 已经撤销，{day} 不能再作决定；没有办完的到接收的单位接着办"
        raise UsageError(f"{message}，那天以前作的写那时的日期")
    return day


def a_day(text: str) -> str:
    """A day as records write it; empty where none is given."""
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise UsageError(f"“{text}”不是日期；写成 2026-11-20 的样子") from None

"""Another present day for programs that tests start: with this folder on PYTHONPATH it is that of TESTS_TODAY."""

import os

from wholeschool import days

_DAY = os.environ.get("TESTS_TODAY", "")


def _today() -> str:
    return _DAY


if _DAY:
    days.today = _today

"""The rows of counties' open data, and what must hold among their columns: no records could give anything else.

What is said here of a row follows from `outcomes.rates` (who is counted among whom), `outcomes.stages` (what a step
says of everybody), `outcomes.published` (what is summed, what is left out) and `outcomes.veil` (what is hidden). A
count that is hidden may be any that these leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from wholeschool.outcomes.published import Classes, PublicCount
from wholeschool.outcomes.rates import share
from wholeschool.outcomes.suppression import Interval, is_small
from wholeschool.outcomes.veil import MOST_ON_A_ROSTER
from wholeschool.outcomes.veil_classes import Class, Kinds
from wholeschool.personal_data import scan
from wholeschool.records.kinds import ROOT, kinds, placed
from wholeschool.records.text import hidden_in

LEVELS = ("省", "市", "县", "校")
_OF_DUE = ("chosen", "trained", "passed")
COUNTED = ("exempt", *_OF_DUE)
_SHOWN = ("schools", "recognised", "due", *COUNTED, "accepted")
_CALLED = {
    "exempt": "免考",
    "chosen": "选满学分",
    "trained": "学满学时",
    "passed": "考核合格",
    "accepted": "验收认定",
}
_MOST = 10_000_000

Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
Word = Annotated[str, msgspec.Meta(max_length=20)]
_Rate = float | None | msgspec.UnsetType


class Row(msgspec.Struct, frozen=True):
    """A unit's figures as `open_data` writes them."""

    unit: str
    name: str
    level: Literal["省", "市", "县", "校"]
    demo: bool
    year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    schools: Count
    recognised: Count
    due: Count
    exempt: Count | None
    chosen: Count | None
    trained: Count | None
    passed: Count | None
    accepted: Count | None
    accepted_complete: bool
    step: Annotated[int, msgspec.Meta(ge=0, le=5)] | None = None
    rate: _Rate = msgspec.UNSET
    accepted_rate: _Rate = msgspec.UNSET


class AbilityRow(msgspec.Struct, frozen=True):
    """What `open_data` writes of a unit's class of microabilities."""

    unit: str
    year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]
    dimension: Word
    environment: Word
    code: Word
    chosen: Annotated[int, msgspec.Meta(ge=1, le=_MOST)]
    passed: Count


def counties(rows: Sequence[Row], minimum: int) -> Iterator[list[Row]]:
    """Each county of a year with its schools. Raises `ValueError` where no county's records could give what is said.

    `minimum` is the least number of people that the file may tell of.
    """
    schools: dict[str, list[Row]] = {}
    seen: set[str] = set()
    for row in rows:
        if row.unit.count("/") != LEVELS.index(row.level):
            raise ValueError(f"{row.unit} 写的是{row.level}级，路径不是这一级的")
        if row.unit in seen:
            raise ValueError(f"{row.unit} 有两行")
        seen.add(row.unit)
        _check_names(row)
        if problem := next(_problems(row, minimum), ""):
            raise ValueError(f"{row.name}：{problem}")
        if row.level == "校":
            schools.setdefault(row.unit.rpartition("/")[0], []).append(row)
    for row in rows:
        if row.level == "县":
            below = schools.pop(row.unit, [])
            if problem := next(_problems_of_sums(row, below, minimum), ""):
                raise ValueError(f"{row.name}：{problem}")
            yield [row, *below]
    if schools:
        raise ValueError(f"{min(schools)} 有学校，没有县的一行")


def _check_names(row: Row) -> None:
    """Raises `ValueError` where what a row is called is nothing that a record may be called."""
    if not placed(f"{ROOT}{row.unit}/unit.yaml"):
        raise ValueError("有一行的 unit 不是单位的路径")
    counts = {name: value for name in _SHOWN if (value := getattr(row, name)) is not None}
    written = {"name": row.name, "complete": "是" if row.accepted_complete else "否", **counts}
    if hidden_in(row.name) or not kinds()["figures"].schema.accepts({"figures": [written]}):
        raise ValueError(f"{row.unit} 的名称不是单位的名称，或者有一个数太大")
    if any(scan(row.name)):
        raise ValueError(f"{row.unit} 的名称里疑似有个人信息（内容已隐去）")


def _problems(row: Row, minimum: int) -> Iterator[str]:
    """What is wrong with a row by itself."""
    counts: dict[str, int | None] = {name: getattr(row, name) for name in _CALLED}
    for name, count in counts.items():
        if name != "exempt" and (count or 0) > row.due:
            yield f"{_CALLED[name]}的人数比应考人数多"
    for inner, outer in (("passed", "chosen"), ("passed", "trained"), ("accepted", "passed")):
        few, many = counts[inner], counts[outer]
        if few is not None and many is not None and few > many:
            yield f"{_CALLED[inner]}的人数比{_CALLED[outer]}的多"
    for name in COUNTED:
        people, found = MOST_ON_A_ROSTER if name == "exempt" else row.due, counts[name]
        if found is not None and is_small(people, found, minimum):
            yield f"{_CALLED[name]}只有几个人，或者只差几个人，少于 {minimum} 人的不公布"
    if row.recognised > row.schools:
        yield "已认定的学校比学校多"
    if row.level == "校":
        yield from _problems_of_school(row)
    elif row.step is not None:
        yield "不是学校，没有走到哪一步"
    if row.level in ("县", "校"):
        if row.accepted_complete != (row.accepted is not None):
            yield "验收认定写的是全数，却没有写几人；或者写了几人，又不是全数"
    elif row.accepted is None:
        yield "验收认定是公开的各县之和，没有不写的"
    if row.rate not in (msgspec.UNSET, _rounded(share(row.passed, row.due))):
        yield "考核合格率不是考核合格除以应考"
    whole = row.accepted if row.accepted_complete else None
    if row.accepted_rate not in (msgspec.UNSET, _rounded(share(whole, row.due))):
        yield "验收合格率不是验收认定除以应考"


def _problems_of_school(row: Row) -> Iterator[str]:
    """A school is one, at a step; its county has accepted all who passed, or nobody."""
    if row.schools != 1 or row.step is None:
        yield "一所学校不是一所，或者没有写走到哪一步"
        return
    if row.recognised and row.accepted != row.passed:
        yield "学校已经认定，验收认定的应该就是考核合格的那些人"
    if not row.recognised and row.accepted != 0:
        yield "学校还没有认定，不会有验收认定的教师"
    if row.recognised and row.step < 1:
        yield "学校已经认定，不会还在第一步"
    # A step is behind a school when everybody is; see `outcomes.stages`.
    for name, step in (("chosen", 1), ("trained", 2)):
        if row.step > step and getattr(row, name) not in (None, row.due):
            yield f"已经走过第 {step + 1} 步，{_CALLED[name]}的应该是全体应考教师"


def _problems_of_sums(county: Row, schools: Sequence[Row], minimum: int) -> Iterator[str]:
    """What is wrong with a county's row beside those of its schools."""
    if len(schools) != county.schools:
        yield f"写的是 {county.schools} 所学校，有 {len(schools)} 所的数"
    for name in ("recognised", "due"):
        if getattr(county, name) != sum(getattr(each, name) for each in schools):
            yield f"{'已认定的学校' if name == 'recognised' else '应考人数'}和各校的合计对不上"
    known = [_known(each) for each in schools]
    for name in _CALLED:
        if not _within(getattr(county, name), [each[name] for each in known]):
            yield f"{_CALLED[name]}的人数和各校的合计对不上"
    for inner, outer in (("passed", "chosen"), ("passed", "trained"), ("accepted", "passed")):
        few, many = getattr(county, inner), getattr(county, outer)
        if (
            few is not None
            and many is not None
            and not _within(many - few, [_gap(each, outer, inner) for each in known])
        ):
            yield f"{_CALLED[outer]}和{_CALLED[inner]}相差的人数，和各校的合计对不上"
    recognised = sum(each.due for each in schools if each.recognised)
    if county.accepted is not None and is_small(recognised, county.accepted, minimum):
        yield f"验收认定只有几个人，或者认定的学校里只差几个人，少于 {minimum} 人的不公布"


def _known(school: Row) -> dict[str, Interval]:
    """For each of a school's counts, the least and the greatest that it can be where it is hidden; else that."""
    step, due = school.step or 0, school.due
    found: dict[str, Interval] = {
        "exempt": (0, _MOST),
        "chosen": (due if step > 1 else 0, due),
        "trained": (due if step > 2 else 0, due),
        "passed": (0, due),
    }
    found |= {name: (value, value) for name in COUNTED if (value := getattr(school, name)) is not None}
    least, most = found["passed"]
    most = min(most, found["chosen"][1], found["trained"][1])
    found["passed"] = least, most
    for name in ("chosen", "trained"):
        found[name] = max(found[name][0], least), found[name][1]
    found["accepted"] = found["passed"] if school.recognised else (0, 0)
    return found


def _gap(school: Mapping[str, Interval], outer: str, inner: str) -> Interval:
    """By how many a school's outer count can exceed the inner one, which counts some of the same people."""
    if outer == "passed" and school[inner] == school[outer]:
        return 0, 0  # those accepted are all who passed, however many these are
    (least, most), (few, many) = school[outer], school[inner]
    return max(least - many, 0), most - few


def _within(value: int | None, parts: Collection[Interval]) -> bool:
    """Whether a value that is shown can be the sum of these."""
    return value is None or sum(least for least, _ in parts) <= value <= sum(most for _, most in parts)


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)


def classes_in(rows: Sequence[AbilityRow], county: Row, kinds: Kinds, minimum: int) -> Classes:
    """A county's own rows, after making sure that they fit together, to its figures and to the table.

    Raises `ValueError` where they do not; `kinds` are of the table of microabilities.
    """
    found: dict[Class, PublicCount] = {}
    codes = Counter(group for groups in kinds.values() for group in groups)
    for row in rows:
        if (row.unit, row.year) != (county.unit, county.year):
            continue
        group = Class(row.dimension, row.environment, row.code)
        said = _said(group)
        if group not in codes:
            raise ValueError(f"{said} 不在微能力表里")
        if group in found:
            raise ValueError(f"{said} 有两行")
        if not row.passed <= row.chosen <= county.due * codes[group]:
            raise ValueError(f"{said} 通过的比选学的多，或者选学的比应考的多")
        if any(0 < part < minimum for part in (row.passed, row.chosen - row.passed)):
            raise ValueError(f"{said} 通过的或者没有通过的只有几人次，少于 {minimum} 人的不公布")
        found[group] = PublicCount(row.chosen, row.passed)
    if found and None in (county.chosen, county.passed):
        raise ValueError(f"{county.name}没有公布选满学分或者考核合格的人数，各类微能力的也就不公布")
    _check_parts(found, kinds)
    return found


def _check_parts(found: Mapping[Class, PublicCount], kinds: Kinds) -> None:
    """Raises `ValueError` where a class has fewer than what is shown of the narrower ones in it."""
    parts: dict[tuple[Class, int], set[Class]] = {}
    for groups in kinds.values():
        dimension, environment, both, single = groups
        for wide, narrow in ((dimension, both), (environment, both), (both, single)):
            parts.setdefault((wide, narrow is single), set()).add(narrow)
        for wide in (dimension, environment):
            parts.setdefault((wide, 2), set()).add(single)
    for (wide, _), narrower in parts.items():
        shown = [found[each] for each in narrower if each in found]
        if wide in found and shown:
            passed, chosen = sum(each.passed for each in shown), sum(each.chosen for each in shown)
            whole = found[wide]
            if passed > whole.passed or chosen - passed > whole.chosen - whole.passed:
                raise ValueError(f"{_said(wide)} 的合计比其中各项的还少")


def _said(group: Class) -> str:
    return " ".join(filter(None, group))

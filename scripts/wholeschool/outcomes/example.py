"""What the handbook tells of the example programme in numbers, computed from the example's records.

A page marks such a number: `26<!-- =应考 -->位`. Where the example's county is among the units, the number that stands
there gives way to what the records say now; where a province has its own units instead, it stays as it was written. The
names are below, one function each; `tests/site/test_handbook.py` asks for every number that is not marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from wholeschool.outcomes.credits import credits_of
from wholeschool.outcomes.rates import Tally, school_tally
from wholeschool.outcomes.standing import standing_appraisals
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool
from wholeschool.programme.people import serving
from wholeschool.records import Record
from wholeschool.records import structs as s

YEAR = 2026
PROVINCE, CITY, COUNTY = "anhui", "anhui/shili", "anhui/shili/mingyuan"
SCHOOL = f"{COUNTY}/wenhua-xiaoxue"
# The teacher whose year the handbook follows, the group it looks into, and whose points it adds up there.
TEACHER, GROUP, MEMBER = "34990100010001", "shuxue", "34990100010004"

T = TypeVar("T", bound=msgspec.Struct)

_MARKED = re.compile(r"(?P<written>[0-9]+|[一二三四五六七八九十两]+)<!-- =(?P<name>[^ >]+) -->")
_DIGITS = "〇一二三四五六七八九"


class Example:
    """The example's units in the year the handbook tells of."""

    def __init__(self, programme: Programme) -> None:
        self.programme, self.units = programme, programme.units

    @property
    def school(self) -> YearOfSchool:
        """文华小学."""
        return self.programme.school_year(self.units[SCHOOL], YEAR)

    @property
    def tally(self) -> Tally:
        """Its counts."""
        _there(self.school.roster)
        return school_tally(self.programme, self.school, frozenset())

    def team(self, unit: str, name: str) -> int:
        """How many are on a team's list who have not left."""
        return len(serving(_there(self.units[unit].team(name))))

    def batch(self, unit: str, audience: str) -> s.TrainingBatch:
        """The first course of a unit for an audience."""
        records = self.units[unit].all(s.Training, year=YEAR)
        return {each.audience: each for record in records for each in reversed(record.data.batches)}[audience]

    def compared(self, school: str) -> list[s.CheckedItem]:
        """What the county's spot check of a school's results looked at."""
        records = self.units[COUNTY].all(s.SpotCheck, year=YEAR)
        checks = [record.data for record in records if record.data.stage == "考核结果" and not record.data.draw]
        found = [each for check in checks for each in check.items if each.school == f"{COUNTY}/{school}"]
        if not found:
            raise LookupError
        return found

    def agreed(self, school: str) -> int:
        """In how many items the county gave the school's level."""
        return sum(each.school_level == each.recheck_level for each in self.compared(school))

    def conclusions(self, conclusion: str) -> int:
        """How many of the county's team members an appraisal ended with this."""
        appraisal = _there(self.units[COUNTY].one(s.Appraisal, year=YEAR))
        return sum(each.conclusion == conclusion for each in standing_appraisals(appraisal))

    def support(self, unit: str) -> int:
        """How many times a unit supported its first pilot."""
        return len(_there(self.units[unit].one(s.Pilots)).pilots[0].support)

    def sessions(self, month: str) -> int:
        """How many review sessions the school held in a month."""
        return sum(review.data.date.startswith(f"{YEAR}-{month}") for review in self.school.reviews)

    @property
    def county(self) -> YearOfCounty:
        """Its county."""
        return self.programme.county_year(self.units[COUNTY], YEAR)

    @property
    def teacher(self) -> s.Teacher:
        """Whose year the handbook follows."""
        return self.school.teachers[TEACHER]

    @property
    def plan(self) -> s.Plan:
        """The school's plan."""
        return _there(self.school.plan)

    @property
    def survey(self) -> s.Survey:
        """The school's survey."""
        return _there(self.units[SCHOOL].one(s.Survey, year=YEAR))

    @property
    def points(self) -> dict[str, tuple[str, ...]]:
        """What the group agreed on with each of its teachers."""
        held = _there(self.units[SCHOOL].one(s.Group, year=YEAR, name=GROUP)).consultation
        return {each.teacher: each.microabilities for each in held.points} if held else {}

    def cases(self, type_: str) -> int:
        """How many cases of a type the school has sent in."""
        return sum(each.data.type == type_ for each in self.units[SCHOOL].all(s.Case))

    def sources(self) -> int:
        """From how many sources the county has resources."""
        return len({each.source for each in _there(self.units[COUNTY].one(s.Resources)).resources})


def _there(record: Record[T] | None) -> T:
    """What a record says; `LookupError` where there is none."""
    if record is None:
        raise LookupError
    return record.data


NUMBERS: Mapping[str, Callable[[Example], float]] = {
    "省工程办": lambda it: it.team(PROVINCE, "office"),
    "省管理团队": lambda it: it.team(PROVINCE, "management"),
    "省专家团队": lambda it: it.team(PROVINCE, "expert"),
    "省培训团队": lambda it: it.team(PROVINCE, "training"),
    "省试点支持": lambda it: it.support(PROVINCE),
    "市工程办": lambda it: it.team(CITY, "office"),
    "市管理团队": lambda it: it.team(CITY, "management"),
    "市培训团队": lambda it: it.team(CITY, "training"),
    "市培训团队研修学时": lambda it: it.batch(CITY, "培训团队").hours,
    "市工作计划": lambda it: len(_there(it.units[CITY].one(s.WorkPlan, year=YEAR)).items),
    "指标": lambda it: len(it.programme.local.indicators),
    "指标总分": lambda it: sum(each.points for each in it.programme.local.indicators),
    "县工程办": lambda it: it.team(COUNTY, "office"),
    "县培训团队": lambda it: it.team(COUNTY, "training"),
    "县培训团队研修学时": lambda it: it.batch(COUNTY, "培训团队").hours,
    "领导力培训学时": lambda it: it.batch(COUNTY, "学校管理团队").hours,
    "领导力培训学校": lambda it: len(it.batch(COUNTY, "学校管理团队").schools),
    "续聘": lambda it: it.conclusions("续聘"),
    "调整": lambda it: it.conclusions("调整"),
    "退出": lambda it: it.conclusions("退出"),
    "承担机构课程": lambda it: _there(it.units[COUNTY].one(s.Providers)).providers[0].courses or 0,
    "资源来源": lambda it: it.sources(),
    "文华抽查": lambda it: len(it.compared("wenhua-xiaoxue")),
    "文华一致": lambda it: it.agreed("wenhua-xiaoxue"),
    "河湾抽查": lambda it: len(it.compared("hewan-zhongxin-xiaoxue")),
    "河湾一致": lambda it: it.agreed("hewan-zhongxin-xiaoxue"),
    "新城抽查": lambda it: len(it.compared("xincheng-chuzhong")),
    "新城一致": lambda it: it.agreed("xincheng-chuzhong"),
    "管理团队": lambda it: it.team(SCHOOL, "management"),
    "指导人": lambda it: len(it.plan.guided_by.members),
    "环境": lambda it: len(it.units[SCHOOL].data.environments),
    "可选": lambda it: len(it.plan.offered),
    "目标": lambda it: len(it.plan.goals),
    "问卷应答": lambda it: it.survey.invited,
    "问卷实答": lambda it: it.survey.answered,
    "教研组": lambda it: len(it.units[SCHOOL].all(s.Group, year=YEAR)),
    "数学组": lambda it: len(it.points),
    "申报点学分": lambda it: credits_of(it.programme, YEAR, it.points[MEMBER]),
    "应考": lambda it: it.tally.due,
    "合格": lambda it: it.tally.passed,
    "九月评审": lambda it: it.sessions("09"),
    "校外评审人": lambda it: sum(each.from_ == "校外" for each in it.school.reviews[0].data.panel.members),
    "工作案例": lambda it: it.cases("整校推进工作案例"),
    "课例": lambda it: it.cases("信息技术应用课例"),
    "网络研修": lambda it: it.school.hours_by_the_papers(it.teacher).online,
    "实践应用": lambda it: it.school.hours_by_the_papers(it.teacher).practice,
    "所选学分": lambda it: credits_of(it.programme, YEAR, it.teacher.choices),
    "证书": lambda it: len(it.programme.holdings(TEACHER)),
}


def told(text: str, programme: Programme | None) -> str:
    """A page with its marked numbers computed, and without the marks.

    A number whose records are gone stays as it was written. Raises `KeyError` for a name that is not in the table.
    """
    unit = programme.units.get(COUNTY) if programme else None
    example = Example(programme) if programme and unit and unit.data.demo else None

    def number(found: re.Match[str]) -> str:
        value = NUMBERS[found["name"]]
        try:
            return _like(found["written"], value(example)) if example else found["written"]
        except LookupError:
            return found["written"]

    return _MARKED.sub(number, text)


def _like(written: str, value: float) -> str:
    """A number in figures or in words, as it was written: 两 before what is counted, 二 elsewhere."""
    if written.isdecimal():
        return f"{value:g}"
    if value != int(value) or not 0 <= value < 100:
        return f"{value:g}"
    tens, ones = divmod(int(value), 10)
    words = (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones or not tens else "")
    return "两" if words == "二" and written != "二" else words

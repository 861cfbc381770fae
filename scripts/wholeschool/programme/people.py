"""Whose people are whose: the school's own, whatever they are called, and the county's."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from weakref import WeakKeyDictionary

from wholeschool.days import FOREVER
from wholeschool.programme.programme import Programme
from wholeschool.programme.stays import Stay, last_day
from wholeschool.programme.unit import Unit
from wholeschool.programme.years import YearOfSchool
from wholeschool.records import structs as s

_TITLE = re.compile(
    r"(?:[副正]?(?:校|园|院|所|局|科|股|处|组|级|年级组|教研组|室|站|馆)长|[副]?(?:主任|书记)|班主任|老师|教师|同志|先生|女士"
    r"|[副]?教授|专家|名师|[副]?研究员|教研员|辅导员|主持人|骨干|导师|主席|干事)$"
)
_BEFORE = re.compile(r"^(?:特级教师|正?高级教师|一级教师|骨干教师|教研员|学科带头人|专家|名师|[副]?教授|老师)")
_LONGEST_NAME = 4
"""Characters of a Chinese name, as nearly everybody has it."""
_SHORTEST_ALONE = 2
"""Characters of a name that many words contain."""
_NOT_WORDS = re.compile(r"[\W_]+")
_KINDS = {"初级中学": "初中", "高级中学": "高中", "中心学校": "中心校", "九年一贯制学校": "学校", "小学校": "小学"}
SCHOOL_CODE = 10
"""Digits of a teacher number that are the code of the school which gave it."""


@lru_cache(maxsize=200_000)  # names are compared again and again
def plain(text: str) -> str:
    """A text for comparison: one form of each character, small letters, no spaces, no punctuation."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def same_unit(written: str | None, unit: Unit) -> bool:
    """Whether a unit's name as a person wrote it means the unit.

    With or without the places it lies in, with a department behind it, its kind in full or as people say it (初级中学,
    初中), by its present name or a former one. A place that it does not lie in makes it another unit.
    """
    return any(_is_called(written, name, unit) for name in unit.names)


def _is_called(written: str | None, called: str, unit: Unit) -> bool:
    words, name = _said(written or ""), _said(called)
    short = name.removeprefix(_said(unit.parent.name)) if unit.parent else name
    if words and (name in words or words == short or (len(words) > 3 and name.endswith(words))):
        return True
    before, found, _ = words.partition(short)
    if not found or len(short) <= 3:
        return False
    return before in "".join(_said(each.name) for each in reversed(list(unit.ancestors)))


@lru_cache(maxsize=20_000)
def _said(name: str) -> str:
    """A unit's name for comparison, its kind as people say it."""
    name = plain(name)
    for full, said in _KINDS.items():
        name = name.replace(full, said)
    return name


def serving(team: s.Team, on: str = FOREVER, *, since: str = "") -> list[s.Member]:
    """Members who were serving on a day (by default: who never left), or at some time from `since` to that day.

    Leavers stay on the list with the date; who has no date of joining has always been there.
    """
    return [each for each in team.members if (each.from_ or "") <= on and (since or on) <= (each.until or FOREVER)]


def absence(team: s.Team, name: str, on: str) -> str:
    """Why somebody was not serving on a day, as the end of a sentence about them; empty where they were."""
    terms = [member for member in team.members if member.name == name]
    if not terms:
        return "不在名单里"
    if any(member.name == name for member in serving(team, on)):
        return ""
    if later := [member.from_ for member in terms if member.from_ and member.from_ > on]:
        return f"{min(later)} 才进团队"
    return f"{max(member.until or '' for member in terms)} 已经离任"


class Own:
    """The people of a school, of its 中心学校 and of the schools attached to the same: they are no outsiders to it.

    Since the day on which the county confirmed the attachment, and as long as they are there.

    `units` are these schools. Nothing of the programme is kept but these, so that whoever keeps one keeps no more.
    """

    def __init__(self, programme: Programme, year: YearOfSchool) -> None:
        school = year.school
        siblings = school.parent.children if school.parent else ()
        # That others are its branches the county says: who names a school makes nobody its own.
        others = [programme.school_year(unit, year.year) for unit in siblings]
        branches = [each.school for each in others if each.is_attached and each.center is school]
        self.units = [school, *([year.center] if year.center else ()), *branches]
        # By unit, number and name, from which day to which they have been the school's (empty: always).
        self._terms: dict[str, list[tuple[str, str]]] = {}
        since = {each.school: each.attached_since for each in (year, *others) if each.is_attached}
        for unit in self.units:
            begins = "" if unit is school else since.get(unit, since.get(school, ""))
            self._add(unit.path, begins, FOREVER)
            self._add(plain(unit.data.principal or ""), begins, FOREVER)
            team = unit.team("management")
            for member in team.data.members if team else ():
                self._add(plain(member.name), max(begins, member.from_ or ""), member.until or FOREVER)
            at = programme.school_year(unit, year.year)
            for number, teacher in at.teachers.items():
                stay = Stay(at, teacher)  # who was away for a while was not gone
                ends = last_day(stay, at.stays_of(teacher)) if teacher.left else stay.ends
                for known in (number, plain(teacher.name)):
                    self._add(known, max(begins, stay.begins), ends)
        self._terms.pop("", None)

    def _add(self, known: str, begins: str, ends: str) -> None:
        self._terms.setdefault(known, []).append((begins, ends))

    def _is_own(self, known: str, day: str | None) -> bool:
        return any(day is None or begins <= day <= ends for begins, ends in self._terms.get(known, ()))

    def has_number(self, teacher: str | None, day: str | None = None) -> bool:
        """Whether this is the number of somebody who is the school's own on a day (None: on any)."""
        return bool(teacher) and self._is_own(teacher or "", day)

    def has_unit(self, written: str | None, day: str | None = None) -> bool:
        """Whether the unit that somebody names is the school, or one that belongs to it on a day (None: on any)."""
        return any(same_unit(written, each) and self._is_own(each.path, day) for each in self.units)

    def has_name(self, name: str, day: str | None = None) -> bool:
        """Whether one of the school's own on a day (None: on any) has this name, however it is written."""
        bare = {plain(name), plain(_TITLE.sub("", name)), plain(_BEFORE.sub("", name)), plain(_NOT_WORDS.sub("", name))}
        words = plain(name)
        if len(words) > _LONGEST_NAME:  # more than a name: whose name stands in it with words around
            bare |= {each for each in self._terms if words.startswith(each) or words.endswith(each)}
        return any(self._is_own(each, day) for each in bare)

    def has_code(self, teacher: str | None) -> bool:
        """Whether a number is one that only the school would give, whoever has it."""
        return any((teacher or "").startswith(held.code) for unit in self.units for held in unit.codes)


_CALLED = r"(?:老师|教师|同志|校长|园长|主任)"


def names_somebody(text: str, below: Unit) -> bool:
    """Whether a text names somebody on a roster below a unit, of whatever round.

    A name of two characters is often a part of other words: it counts where somebody is called so.
    """
    words = plain(text)
    rosters = (roster for unit in below.below for roster in unit.all(s.Teachers))
    names = {plain(teacher.name) for roster in rosters for teacher in roster.data.teachers}
    found = [name for name in names if name and name in words]
    return any(len(name) > _SHORTEST_ALONE or re.search(re.escape(name) + _CALLED, words) for name in found)


def own_people(programme: Programme, year: YearOfSchool) -> Own:
    """The people of a school in a round; gathered once, as many rules ask."""
    if year not in _own:
        _own[year] = Own(programme, year)
    return _own[year]


_own: WeakKeyDictionary[YearOfSchool, Own] = WeakKeyDictionary()


class County:
    """Everybody who is or was on a team of a county or of what stands above it, by name; `serving` were on that day."""

    def __init__(self, programme: Programme, county: Unit, day: str) -> None:
        self.known: dict[str, s.Member] = {}
        self.serving: set[str] = set()
        self._day, self._teams = day, [team for unit in (county, *county.ancestors) for team in unit.all(s.Team)]
        for team in self._teams:
            for member in team.data.members:
                self.known.setdefault(member.name, member)
            self.serving |= {member.name for member in serving(team.data, day)}

    def absence(self, name: str) -> str:
        """Why somebody was on no team that day, as the end of a sentence about them: never on one, or left when."""
        listed = (team.data for team in self._teams if any(member.name == name for member in team.data.members))
        return "；".join(dict.fromkeys(absence(team, name, self._day) for team in listed)) or "不在名单里"

"""What teachers choose: as much as the guidance asks for, among the microabilities the school offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wholeschool.findings import About, Measure
from wholeschool.outcomes.credits import before, credits_asked, credits_of, shortfall, suffices
from wholeschool.outcomes.rates import chosen as all_chosen
from wholeschool.outcomes.rates import credits_chosen
from wholeschool.outcomes.recognition import among
from wholeschool.programme import Programme, YearOfSchool
from wholeschool.records import Record
from wholeschool.records.explain import nearest
from wholeschool.records.structs import Teacher, Teachers
from wholeschool.records.terms import CREDITS
from wholeschool.rules.registry import Breach, rule

CHOICES = ("CHOICE-KNOWN", "CHOICE-ONCE", "CHOICE-CREDITS")
"""What must be right with a teacher's choices before anything can be compared with them."""


class _Choosing(NamedTuple):
    """One teacher in one round, with the record that says so."""

    year: YearOfSchool
    roster: Record[Teachers]
    teacher: Teacher

    def about(self, code: str = "") -> About:
        """Their choices, or one of them."""
        return About(self.year.school.path, self.year.year, self.teacher.number, code, "选学")

    def repeated(self) -> list[int]:
        """Places of choices that were already made further up."""
        return [place for place, code in enumerate(self.teacher.choices) if code in self.teacher.choices[:place]]


def _choosing(programme: Programme) -> Iterator[_Choosing]:
    """Everybody on a roster who is not exempt."""
    for year in programme.school_years():
        if year.roster:
            for teacher in year.roster.data.teachers:
                if teacher.exempt is None:
                    yield _Choosing(year, year.roster, teacher)


@rule(
    "CHOICE-KNOWN",
    "paper",
    presupposes=("TABLE-ISSUED", "RUBRIC-COMPLETE"),
)
def chosen_microabilities_exist(programme: Programme) -> Iterator[Breach]:
    """所选的微能力都在微能力表里。

    表里没有的编号算不出学分，也发不了证书。
    """
    for each in _choosing(programme):
        table = programme.abilities(each.year.year)
        for place, code in enumerate(each.teacher.choices if table else ()):
            if code not in table:
                meant = nearest(code, list(table))
                hint = f"您是不是想写“{meant}”（{table[meant].name}）？" if meant else "编号见微能力目录"
                at = each.roster.at(each.teacher, "choices", place)
                yield at, f"没有“{code}”这项微能力", hint, each.about(code)


@rule("CHOICE-ONCE", "paper", authority="本项目的约定（指导意见只说合计多少学分；同一项算两次，学分就虚了）")
def microability_is_chosen_once(programme: Programme) -> Iterator[Breach]:
    """同一项微能力只选一次，学分只算一次。

    重复的编号会让人误以为学分已经够了。
    """
    for each in _choosing(programme):
        for place in each.repeated():
            code = each.teacher.choices[place]
            total = credits_of(programme, each.year.year, each.teacher.choices)
            of = programme.counts(each.year.year)
            message = f"“{code}”选了不止一次，去掉重复后合计 {total} {of}"
            wanted = credits_asked(programme, each.year)
            hint = f"删掉重复的，不够 {wanted} {of}的再选一项"
            yield each.roster.at(each.teacher, "choices", place), message, hint, each.about()


def by_the_standard(programme: Programme, year: int | None, *fields: str) -> Measure:
    """What the programme asks for where that is not what the guidance does: schools are measured by it."""
    place = programme.own_standard(year, *fields)
    if place is None:
        return Measure()
    asked = "、".join(f"{field} {getattr(programme.standard(year), field)}" for field in fields)
    message = f"这里要的是 {asked}，与指导意见写的不同，许多学校都达不到"
    hint = "核对这个数；没有写错的，用 wholeschool validate 加上一所学校的文件夹，看那所学校的是哪几处"
    return Measure(place.location, message, hint, len(programme.schools))


@rule(
    "CHOICE-CREDITS",
    "paper",
    authority="本工程的配置（policy.yaml 的 standard.credits）",
    presupposes=("CHOICE-KNOWN", "CHOICE-ONCE", "CHOICE-AFTER", "TABLE-ISSUED"),
)
def choices_reach_the_credits(programme: Programme) -> Iterator[Breach]:
    """每位教师所选微能力合计不少于要求的学分。

    学分多少只看合计：不要求选几项、跨环境；要不要跨维度看标准。还没有选的教师不算错，申报了却没有选的算错。
    几轮合起来算的，周期里前几轮认定的学分也算在合计里；从别的学校来的，在那里通过的也算。已经离校的、在这里兼课的不查。
    """
    for each in _choosing(programme):
        if not programme.abilities(each.year.year) or each.teacher.number not in each.year.counted:
            continue  # who has gone, or only helps out, chooses elsewhere
        wanted = credits_asked(programme, each.year)
        total, of = credits_chosen(programme, each.year, each.teacher), programme.counts(each.year.year)
        if not each.teacher.choices:
            if each.teacher.declared:
                hint = f"补上 choices，合计不少于 {wanted} {of}"
                yield each.roster.at(each.teacher), "申报了考核，却没有选微能力", hint, each.about()
        elif lacking := shortfall(programme, each.year, all_chosen(each.year, each.teacher)):
            chosen = "、".join(each.teacher.choices)
            brought = among(programme, each.year, each.teacher.number, hours=False)
            told = f"（{brought}）" if brought else ""
            message = f"所选 {chosen} 合计 {total} {of}{told}，{lacking}"
            hint = _completing(programme, each)
            measure = by_the_standard(programme, each.roster.year, "credits")
            yield each.roster.at(each.teacher, "choices"), message, hint, each.about(), "", measure


@rule("CHOICE-AFTER", "paper", presupposes=("CHOICE-KNOWN",), asks="prerequisites")
def what_comes_before_is_chosen_too(programme: Programme) -> Iterator[Breach]:
    """要先修的微能力，先修的几项也选了，或者以前已经通过。

    先修没有通过的，这一项通过了也不算；同一轮里一起选、一起通过的算。
    """
    for each in _choosing(programme):
        table, known = programme.abilities(each.year.year), all_chosen(each.year, each.teacher)
        for place, code in enumerate(each.teacher.choices):
            lacking = [first for first in before(table[code].after if code in table else None) if first not in known]
            if lacking:
                message = f"选了“{code}”，先修的{'、'.join(lacking)}没有选，以前也没有通过"
                hint = f"加上{'、'.join(lacking)}，或者换一项"
                yield each.roster.at(each.teacher, "choices", place), message, hint, each.about(code)


@rule(
    "CHOICE-AGAIN",
    "paper",
    authority="本项目的约定（几轮合起来算的，一项只算一次）",
    severity="warning",
    presupposes=("CHOICE-KNOWN", "CHOICE-ONCE", "ROUND-CYCLE"),
)
def what_was_recognised_is_not_chosen_again(programme: Programme) -> Iterator[Breach]:
    """几轮合起来算的，周期里前几轮已经认定的微能力不用再选；这一轮从别的学校来的，在那里通过了的也不用。

    学分已经算在合计里，再选一次不多得学分，证书也不会再发一张；省下来的工夫可以学别的。
    """
    for each in _choosing(programme):
        gathered = {
            code: ("前几轮已经认定", level) for code, level in each.year.before(each.teacher.number).levels.items()
        }
        for school, brought in each.year.elsewhere(each.teacher.number).items():
            gathered |= {code: (f"在{school}已经通过", level) for code, level in brought.levels.items()}
        for place, code in enumerate(each.teacher.choices):
            if code in gathered:
                where, level = gathered[code]
                message = f"“{code}”{where}（{level}），学分已经算在内"
                hint = "不用再选，可以去掉或换成别的；想重新考核、争取优秀的，留着也行"
                yield each.roster.at(each.teacher, "choices", place), message, hint, each.about(code)


@rule(
    "CHOICE-OFFERED",
    "paper",
    authority="本项目的约定（以规划里的可选清单为准）",
    presupposes=("PLAN-OFFERED", "CHOICE-KNOWN"),
)
def choices_are_offered_by_the_plan(programme: Programme) -> Iterator[Breach]:
    """所选微能力在学校规划的可选范围内。

    可选范围由学校按自己的发展需要定；范围太窄就改规划，再报县级备案。
    """
    for each in _choosing(programme):
        plan = each.year.plan
        if plan is None:
            continue
        for place, code in enumerate(each.teacher.choices):
            if code in programme.abilities(each.year.year) and code not in plan.data.offered:
                offered = "、".join(plan.data.offered)
                yield (
                    each.roster.at(each.teacher, "choices", place).beside(plan.at(None, "offered", key=True)),
                    f"“{code}”不在学校规划的可选范围内",
                    f"在这些里选：{offered}；或修改规划（已经审核通过的，先请县里退回）",
                    each.about(code),
                    f"{each.year.school.path} {each.year.year} {code}",
                )


@rule(
    "CHOICE-ENVIRONMENT",
    "paper",
    presupposes=("TABLE-ISSUED", "CHOICE-OFFERED", "PLAN-OFFERED"),
    asks="environments",
)
def choices_fit_the_environments(programme: Programme) -> Iterator[Breach]:
    """所选微能力的环境是学校实际具备的。

    没有相应的环境，就没法实践，也拿不出证据。本校规划里已经列为可选的，问题在规划，见 PLAN-OFFERED。
    """
    for each in _choosing(programme):
        plan = each.year.plan
        if plan and each.year.planner is each.year.school:
            continue
        unit = each.year.school.record
        has = unit.data.environments
        for place, code in enumerate(each.teacher.choices):
            entry = programme.abilities(each.year.year).get(code)
            if plan and code not in plan.data.offered:
                continue  # CHOICE-OFFERED
            if entry and entry.environment and entry.environment not in has:
                message = f"“{code}”属于{entry.environment}，学校只有{'、'.join(has)}"
                yield (
                    each.roster.at(each.teacher, "choices", place).beside(unit.at(None, "environments", key=True)),
                    message,
                    "换一项；学校已有这种环境的，补到 unit.yaml 里（规划通过以后由县里补）",
                    each.about(code),
                )


def _completing(programme: Programme, each: _Choosing) -> str:
    """Which single microabilities, among those open to the teacher, would close the gap."""
    plan = each.year.plan
    year, now, has = each.year.year, all_chosen(each.year, each.teacher), each.year.school.data.environments
    open_to = plan.data.offered if plan else tuple(programme.abilities(year))
    fitting = [
        f"{code}（{entry.credits} 学分）" if programme.counts(year) == CREDITS else code
        for code in open_to
        if code not in now
        and (entry := programme.abilities(year).get(code))
        and suffices(programme, each.year, {*now, code})
        and (not entry.environment or entry.environment in has)
    ]
    if fitting:
        return f"再选一项就够，例如 {'、'.join(fitting[:3])}"
    if credits_of(programme, year, now) >= credits_asked(programme, each.year):
        return f"换成或者加上别的维度的，直到有 {programme.standard(year).dimensions} 个维度"
    return f"再选两项或更多，直到合计不少于 {credits_asked(programme, each.year)} {programme.counts(year)}"

"""Training batches and the providers that hold them."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About
from wholeschool.programme import Programme
from wholeschool.records.structs import (
    Providers,
    Training,
)
from wholeschool.rules.registry import Breach, rule


@rule("TRAINING-DATES", "paper", authority=OURS, presupposes=("UNIT-MOVED",))
def training_ends_after_it_begins(programme: Programme) -> Iterator[Breach]:
    """培训的结束日期不早于开始日期；参加的学校在本级之下。

    日期和学校对了，覆盖率才算得准。
    """
    for unit, record in programme.each(Training):
        for batch in record.data.batches:
            if batch.ends < batch.starts:
                yield record.at(batch, "ends"), f"结束日期 {batch.ends} 早于开始日期 {batch.starts}", "核对两个日期"
            for index, path in enumerate(batch.schools):
                school = programme.units.get(path)
                if programme.is_unread(path, unit):
                    continue  # its unit.yaml has a finding
                if school is None or school.level != "校" or unit not in school.ancestors:
                    yield (
                        record.at(batch, "schools", index),
                        f"“{path}”不是本级之下的学校",
                        "写学校在 submissions/ 下的路径",
                        About(programme.meant(path), record.year or 0),
                    )


_FOCUS = {
    "学校管理团队": ("信息化领导力",),
    "培训团队": ("规划方案", "组织教研", "指导校本研修与校本应用考核", "培训设计、管理与评价"),
}
"""What a county's training of a team is to be about: 三(一)2, 三(一)1."""


@rule(
    "TRAINING-FOCUS",
    "paper",
    authority="本项目的约定（办几批的，有一批是就行）",
    severity="warning",
)
def training_is_about_what_the_guidance_asks(programme: Programme) -> Iterator[Breach]:
    """县级给学校管理团队办的培训，有以信息化领导力为重点的；给培训团队办的，有以指导意见说的四样本事之一为重点的。

    办了培训，重点却是别的，或者没有写重点，指导意见要的那一次就还没有办。
    """
    for unit, record in programme.each(Training):
        for audience, wanted in _FOCUS.items() if unit.level == "县" else ():
            batches = [batch for batch in record.data.batches if batch.audience == audience]
            if batches and not any(batch.focus in wanted for batch in batches):
                first = batches[0]
                at = record.at(first, "focus") if first.focus else record.at(first)
                message = f"{audience}的培训没有一次以{'、'.join(wanted)}{'之一' if len(wanted) > 1 else ''}为重点"
                yield at, message, "核对 focus；确实没有办过的，安排一次"


@rule(
    "TRAINING-COVERAGE",
    "paper",
    severity="warning",
    presupposes=("UNIT-CENTER", "PLAN-APPROVED", "TRAINING-DATES", "training"),
)
def leadership_training_reaches_every_school(programme: Programme) -> Iterator[Breach]:
    """学校管理团队的信息化领导力提升专项培训面向所有学校。

    还有学校没有参加的，说出是哪几所；最后一次培训以后才设立的不算。省、市办的，往年办过的，写明学校参加了，也算，与覆盖率的算法相同。
    """
    for unit, record in programme.each(Training):
        batches = [batch for batch in record.data.batches if batch.audience == "学校管理团队"]
        if unit.level != "县" or not batches:
            continue
        wanted = _FOCUS["学校管理团队"]
        batches = [batch for batch in batches if batch.focus in wanted] or batches  # none: TRAINING-FOCUS
        reached = {path for batch in batches for path in batch.schools}
        for above in (unit, *unit.ancestors):
            for each in above.all(Training):
                if (each.year or 0) <= (record.year or 0):
                    courses = [
                        one for one in each.data.batches if one.audience == "学校管理团队" and one.focus in wanted
                    ]
                    reached.update(path for one in courses for path in one.schools)
        last = max(batch.ends for batch in batches)
        there = [school for school in unit.children if school.owes(last) and not school.data.center]
        left = [school for school in there if school.path not in reached]
        if left:
            shown = "、".join(school.name for school in left[:5]) + ("等" if len(left) > 5 else "")
            message = f"还有 {len(left)} 所学校没有参加：{shown}"
            here = About(left[0].path if len(left) == 1 else unit.path, record.year or 0)
            yield record.at(None, "batches", key=True), message, "安排补训，或补记", here


@rule("PROVIDER-TERM", "paper", authority=OURS)
def provider_terms_end_after_they_begin(programme: Programme) -> Iterator[Breach]:
    """承担机构的期限，止不早于起。

    过了期的机构不能再承担。
    """
    for _, record in programme.each(Providers):
        for provider in record.data.providers:
            if provider.from_ and provider.until and provider.until < provider.from_:
                yield record.at(provider, "until"), f"止期 {provider.until} 早于起期 {provider.from_}", "核对两个日期"

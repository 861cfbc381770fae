"""Pilots: who may be one at which level, and what a pilot gets."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.findings import About
from wholeschool.programme import Programme
from wholeschool.records.structs import Case, Pilots, Training, TrainingBatch
from wholeschool.rules.registry import Breach, rule

PILOT_LEVELS = {"省": ("市", "县", "校"), "市": ("县", "校"), "县": ("校",)}
_HEADS, _AT_SCHOOL = "管理团队培训", ("教师培训", "校本研修支持", "校本应用考核指导")
SUPPORT = {
    "省": (_HEADS, *_AT_SCHOOL),
    "市": (_HEADS, *_AT_SCHOOL),
    "县": (_HEADS, "总结经验指导"),
}
"""What a pilot school gets from each level: 二(一)4, 二(二)3, 二(三)3. Other pilots get their managers trained."""


@rule(
    "PILOT-LEVEL",
    "paper",
    presupposes=("UNIT-MOVED",),
)
def pilots_are_units_below(programme: Programme) -> Iterator[Breach]:
    """省级试点选市、县区和学校，市级选县区和学校，县级只选学校，都在本级之下。

    试点由遴选它的一级支持，隔了别处就无从支持。
    """
    for unit, record in programme.each(Pilots):
        for pilot in record.data.pilots:
            at = record.at(pilot, "unit")
            target = programme.units.get(pilot.unit)
            if target is None and programme.is_there(pilot.unit):
                continue  # its unit.yaml has a finding
            if target is None or unit not in target.ancestors:
                here = About(programme.meant(pilot.unit))
                yield at, f"“{pilot.unit}”不是本级之下的单位", "写单位在 submissions/ 下的路径", here
            elif target.level not in PILOT_LEVELS[unit.level]:
                yield (
                    at,
                    f"{unit.level}级试点不选{target.level}级单位",
                    f"{unit.level}级可选：{'、'.join(PILOT_LEVELS[unit.level])}级",
                )


@rule(
    "PILOT-SUPPORT",
    "paper",
    severity="warning",
    presupposes=("training",),
)
def pilots_get_the_support_of_their_clause(programme: Programme) -> Iterator[Breach]:
    """试点得到遴选它的一级该给的支持。

    省、市级试点校是管理团队培训、教师培训、校本研修支持、校本应用考核指导，县级试点校是管理团队培训和总结经验指导；
    试点市、县区是管理团队培训。三级的要求各不相同。
    管理团队参加的培训已经记在集中培训里的，不用再记一遍。
    """
    for unit, record in programme.each(Pilots):
        for pilot in record.data.pilots:
            target = programme.units.get(pilot.unit)
            if target is None or unit not in target.ancestors or target.level not in PILOT_LEVELS[unit.level]:
                continue  # PILOT-LEVEL
            given = {support.type for support in pilot.support}
            if any(_trains(batch, pilot.unit) for each in unit.all(Training) for batch in each.data.batches):
                given.add(_HEADS)
            wanted = SUPPORT[unit.level] if target.level == "校" else (_HEADS,)
            if lacking := [kind for kind in wanted if kind not in given]:
                yield record.at(pilot), f"还没有{'、'.join(lacking)}的记录", "做了的补记；没做的安排"


def _trains(batch: TrainingBatch, school: str) -> bool:
    """Whether a course was for the management team of this school."""
    return batch.audience == "学校管理团队" and school in batch.schools


@rule(
    "PILOT-EXPERIENCE",
    "paper",
    authority="本项目的约定（指导意见要推广试点经验；写成哪一篇案例、放在哪里，由本项目定）",
)
def pilot_experience_is_a_case(programme: Programme) -> Iterator[Breach]:
    """试点经验写成案例，放在本级单位的 cases/ 下。

    经验要能让别人读到。
    """
    for unit, record in programme.each(Pilots):
        cases = {case.name for case in unit.all(Case)}
        for pilot in record.data.pilots:
            for index, name in enumerate(pilot.experience):
                if name not in cases and programme.is_missing(unit, f"cases/{name}.md"):
                    yield (
                        record.at(pilot, "experience", index),
                        f"本级没有案例 {name}",
                        "写 cases/ 下的文件名，不带 .md",
                    )

"""What a synthetic programme is made from: cities, counties and schools, and how far each school has come."""

from __future__ import annotations

from enum import IntEnum

import msgspec

YEAR = 2026
PROVINCE = "anhui"
MULTIMEDIA, BLENDED, SMART = "多媒体教学环境", "混合学习环境", "智慧学习环境"


class Journey(IntEnum):
    """How far a school has come in the five steps (附件1 四(二)); later points include everything before them."""

    RETURNED = 0  # the county sent the plan back
    FILED = 1  # the plan waits for the county
    CHOOSING = 2  # approved; some teachers have chosen
    PRACTISING = 3  # everybody has chosen and declared; hours are being collected
    REVIEWING = 4  # some teachers have been reviewed
    REVIEWED = 5  # everybody has been reviewed
    RECTIFYING = 6  # the county found faults and set a time to mend them
    ACCEPTED = 7  # accepted, not yet recognised
    RECOGNISED = 8  # hours and credits recognised, certificates not yet issued
    CERTIFIED = 9  # certificates issued
    RECTIFIED = 10  # certified too, after faults were found and mended


class SchoolSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One school. `teachers` is the number of people on its roster; `center` the folder name of its 中心学校."""

    slug: str
    name: str
    code: str
    type: str
    environments: tuple[str, ...]
    teachers: int
    journey: Journey
    center: str | None = None
    rural: bool = False
    given_names: tuple[str, ...] = ()  # names that must appear on the roster
    offered: tuple[str, ...] = ()  # microabilities of the plan; drawn where empty


class CountySpec(msgspec.Struct, frozen=True, kw_only=True):
    """One county with its schools. `sign` is the character its document numbers begin with."""

    slug: str
    name: str
    code: str
    sign: str
    schools: tuple[SchoolSpec, ...]

    @property
    def authority(self) -> str:
        """The county's education authority, which issues the certificates (附件1 四(三)3)."""
        return f"{self.name}教育局"


class CitySpec(msgspec.Struct, frozen=True, kw_only=True):
    """One city with its counties."""

    slug: str
    name: str
    code: str
    counties: tuple[CountySpec, ...]

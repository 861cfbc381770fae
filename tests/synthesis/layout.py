"""The layout of a programme of any size: how many schools of which kind, how large, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from random import Random
from typing import NamedTuple

from tests.synthesis import texts
from tests.synthesis.specs import BLENDED, MULTIMEDIA, SMART, CitySpec, CountySpec, Journey, SchoolSpec

COUNTIES_PER_CITY = 8
_FIRST_CITY = 3499  # the code's first four figures; 349900, 349800, … are in no region table
_SMALLEST = 4  # teachers of a school: a management team of three, and one to manage
_REAL = frozenset({"清远", "安远", "临泽", "安泽", "望远", "翠屏"})

_M, _MB, _MBS = (MULTIMEDIA,), (MULTIMEDIA, BLENDED), (MULTIMEDIA, BLENDED, SMART)


class _Kind(NamedTuple):
    """A type of school: its share of a county's schools, its usual size, its name and its environments."""

    type: str
    share: int
    size: int
    suffix: str
    slug: str
    environments: tuple[tuple[str, ...], ...]


_KINDS = (
    _Kind("幼儿园", 24, 12, "幼儿园", "youeryuan", (_M, _M, _MB)),
    _Kind("小学", 38, 28, "小学", "xiaoxue", (_M, _MB, _MB, _MBS)),
    _Kind("小学", 8, 3, "教学点", "jiaoxuedian", (_M,)),
    _Kind("初中", 14, 42, "初级中学", "chuzhong", (_M, _MB, _MB, _MBS)),
    _Kind("九年一贯制学校", 7, 38, "学校", "xuexiao", (_M, _MB)),
    _Kind("高中", 4, 120, "高级中学", "gaozhong", (_MB, _MBS)),
    _Kind("完全中学", 2, 90, "中学", "zhongxue", (_MB, _MBS)),
    _Kind("中职", 2, 80, "职业技术学校", "zhixiao", (_MB,)),
    _Kind("特殊教育学校", 1, 14, "特殊教育学校", "tejiao", (_M,)),
)
# How common each point of the journey is among schools.
_JOURNEYS = dict(zip(Journey, (2, 5, 10, 15, 8, 15, 4, 6, 8, 22, 5), strict=True))
_WITH_CENTER = {Journey.RECTIFIED: Journey.CERTIFIED, Journey.RECTIFYING: Journey.REVIEWED}


def layout(*, counties: int, schools: int, teachers: int, seed: int) -> tuple[CitySpec, ...]:
    """Cities with `counties` counties in all, over which `schools` schools and `teachers` people are spread.

    Raises `ValueError` when the numbers do not fit together.
    """
    if counties < 1 or schools < counties or teachers < schools * _SMALLEST:
        raise ValueError(f"每县至少 1 所学校，每校至少 {_SMALLEST} 位教师")
    names = list(_county_names())
    if counties > len(names):
        raise ValueError(f"最多 {len(names)} 个县")
    random = Random(f"{seed}/layout")
    made = []
    for place in range(counties):
        share = _part(schools, counties, place)
        people = _part(teachers - schools * _SMALLEST, counties, place) + share * _SMALLEST
        made.append(_county(random, names[place], place, share, people))
    return tuple(
        _city(number, made[start : start + COUNTIES_PER_CITY])
        for number, start in enumerate(range(0, counties, COUNTIES_PER_CITY))
    )


def _part(total: int, parts: int, place: int) -> int:
    """The part at `place` when `total` is divided as evenly as it goes."""
    return total * (place + 1) // parts - total * place // parts


def _county_names() -> Iterator[texts.Place]:
    first, second = texts.places()["county_first"], texts.places()["county_second"]
    for place in range(len(first) * len(second)):
        a, b = first[place % len(first)], second[(place + place // len(first)) % len(second)]
        if a.name + b.name not in _REAL or place < 2:
            yield texts.Place(a.name + b.name, f"{a.slug}-{b.slug}" if place > 1 else a.slug + b.slug)


def _city(number: int, counties: Sequence[CountySpec]) -> CitySpec:
    known = texts.places()["cities"]
    name = known[number % len(known)]
    again = number // len(known)
    return CitySpec(
        slug=f"{name.slug}-{again + 1}" if again else name.slug,
        name=f"{name.name.removesuffix('市')}{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥'[again]}市"
        if again
        else name.name,
        code=f"{_FIRST_CITY - number}00",
        counties=tuple(counties),
    )


def _county(random: Random, name: texts.Place, place: int, schools: int, teachers: int) -> CountySpec:
    code = f"{_FIRST_CITY - place // COUNTIES_PER_CITY}{place % COUNTIES_PER_CITY + 1:02}"
    county = f"{name.name}{'区' if place % 3 == 1 else '县'}"
    # A 中心学校 comes first: branch schools are attached to it and to those after it.
    kinds = [_KINDS[1], *random.choices(_KINDS, [kind.share for kind in _KINDS], k=schools - 1)]
    sizes = _sizes(random, kinds, teachers)
    namer = _SchoolNamer(county)
    made: list[SchoolSpec] = []
    centers: list[SchoolSpec] = []
    for serial, (kind, size) in enumerate(zip(kinds, sizes, strict=True), start=1):
        center = random.choice(centers) if kind.slug == "jiaoxuedian" else None
        spec = _school(random, namer, f"{code}{serial:04}", kind, size, center)
        if kind.type == "小学" and "中心" in spec.name:
            centers.append(spec)
        made.append(spec)
    return CountySpec(slug=name.slug, name=county, code=code, sign=name.name[0], schools=tuple(made))


def _sizes(random: Random, kinds: Sequence[_Kind], teachers: int) -> list[int]:
    """A number of teachers for each school, the usual size of its kind give or take, `teachers` in all."""
    weights = [kind.size * random.lognormvariate(0, 0.5) for kind in kinds]
    spare = teachers - _SMALLEST * len(kinds)
    total = sum(weights)
    reached, sizes, before = 0.0, [], 0
    for weight in weights:
        reached += weight
        upto = round(spare * reached / total)
        sizes.append(_SMALLEST + upto - before)
        before = upto
    return sizes


def _school(
    random: Random, namer: _SchoolNamer, code: str, kind: _Kind, size: int, center: SchoolSpec | None
) -> SchoolSpec:
    place = namer(kind, center)
    journey = random.choices(list(_JOURNEYS), list(_JOURNEYS.values()))[0]
    if center:
        journey = _WITH_CENTER.get(center.journey, center.journey)
    return SchoolSpec(
        slug=place.slug,
        name=place.name,
        code=code,
        type=kind.type,
        environments=_M if center else random.choice(kind.environments),
        teachers=size,
        journey=journey,
        center=center.slug if center else None,
        rural=center is not None or any(town.name in place.name for town in texts.places()["towns"]),
    )


class _SchoolNamer:
    """Names and folder names for a county's schools, each only once: in towns and villages, then in the county town."""

    def __init__(self, county: str) -> None:
        self._county = county
        self._streams: dict[str, Iterator[texts.Place]] = {}

    def __call__(self, kind: _Kind, center: SchoolSpec | None) -> texts.Place:
        key = f"{kind.slug}/{center.slug}" if center else kind.slug
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = self._branches(center) if center else self._names(kind)
        place = next(stream)
        return texts.Place(self._county + place.name, place.slug)

    def _names(self, kind: _Kind) -> Iterator[texts.Place]:
        places = texts.places()
        for town in places["towns"]:
            center = "中心" if kind.type in ("小学", "幼儿园") else ""
            yield texts.Place(
                f"{town.name}{center}{kind.suffix}", f"{town.slug}-{'zhongxin-' if center else ''}{kind.slug}"
            )
        for word in places["words"]:
            yield texts.Place(f"{word.name}{kind.suffix}", f"{word.slug}-{kind.slug}")
        for town in places["towns"]:
            for word in places["words"]:
                yield texts.Place(f"{town.name}{word.name}{kind.suffix}", f"{town.slug}-{word.slug}-{kind.slug}")
        for number in count(1):
            yield texts.Place(f"第 {number} {kind.suffix}", f"di-{number}-{kind.slug}")

    def _branches(self, center: SchoolSpec) -> Iterator[texts.Place]:
        town = center.name.removeprefix(self._county).removesuffix("中心小学")
        slug = center.slug.removesuffix("-zhongxin-xiaoxue")
        for village in texts.places()["villages"]:
            yield texts.Place(f"{town}{village.name}教学点", f"{slug}-{village.slug}-jiaoxuedian")
        for number in count(1):
            yield texts.Place(f"{town}第 {number} 教学点", f"{slug}-di-{number}-jiaoxuedian")

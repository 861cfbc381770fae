"""The fourteen indicators of each county, city and province: formula, clause, numerator, denominator and records.

Counts of schools, documents and hours are public. Counts of people pass the same veil as the pass rates; those that
the pass rates do not show are hidden by the same reasoning, and also where they differ from a public count by a few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from wholeschool.outcomes.indicators import Indicator, Measure, Share, all_indicators, measures
from wholeschool.outcomes.published import PublicFigures, PublicYear
from wholeschool.outcomes.suppression import Cell, hidden_together
from wholeschool.programme import Programme, Unit
from wholeschool.records.kinds import kinds, placed
from wholeschool.site.citations import cite
from wholeschool.site.markup import VEILED, front_matter, percent, table, text, trail
from wholeschool.site.places import demo

ACCEPTED, TRAINED, ASSESSED, PRACTICE, APPRAISED, CERTIFIED, ARCHIVED = 1, 3, 4, 9, 11, 12, 13
# What a board shows of the units below: a head, and which share of which indicator; all count schools or papers.
PROGRESS = (
    ("团队组建", 5, 0),
    ("领导力培训", 6, 0),
    ("规划备案", 7, 0),
    ("三件套", 8, 2),
    ("工作案例", 10, 0),
    ("按期报送", 14, 0),
)
# More people than any roster holds: hours are hidden for being few people's, never for being nearly everybody's.
MANY = 10**9
Place = tuple[int, int]
"""An indicator's number, and which of its shares."""
# Shares of people, each with the one among whose people its own are; those that bound each other are veiled together.
_TOGETHER: tuple[dict[Place, Place | None], ...] = (
    {
        (ASSESSED, 0): None,
        (ASSESSED, 1): (ASSESSED, 0),
        (ACCEPTED, 0): (ASSESSED, 1),
        (CERTIFIED, 0): (ACCEPTED, 0),
        (ARCHIVED, 0): (ASSESSED, 0),
    },
    {(APPRAISED, 0): None},
    {(PRACTICE, 0): None},
)


class PublicShare(NamedTuple):
    """A share as the public sees it; None where a count is hidden."""

    name: str
    unit: str
    part: float | None
    whole: float | None

    @property
    def rate(self) -> float | None:
        """In percent; None when hidden or when there is nothing to divide by."""
        return None if self.part is None or not self.whole else self.part * 100 / self.whole


class PublicMeasure(NamedTuple):
    """An indicator of a unit, and how many records of each kind stand behind it."""

    shares: tuple[PublicShare, ...]
    records: Mapping[str, int]


def pages(programme: Programme, years: list[PublicYear]) -> Iterator[tuple[str, str]]:
    """`rates/<unit>/indicators.md` for every province, city and county in the latest round."""
    if not years:
        return
    public = public_measures(programme, years[-1])
    for path in public:
        yield f"rates/{path}/indicators.md", _page(programme, programme.units[path], years[-1].year, public)


def public_measures(programme: Programme, year: PublicYear) -> dict[str, dict[int, PublicMeasure]]:
    """What may be shown of every unit's indicators, by path and number."""
    minimum = programme.minimum_cell(year.year)
    # Parents first, as the veil wants them.
    found = dict(sorted(measures(programme, year.year).items()))
    veiled = _veiled(programme, found, year.figures, minimum)
    return {
        path: {
            number: PublicMeasure(
                tuple(
                    _public(share, path in veiled.get((number, index), ()), (number, index), year.figures.get(path))
                    for index, share in enumerate(measure.shares)
                ),
                _kinds(measure),
            )
            for number, measure in here.items()
        }
        for path, here in found.items()
    }


def _public(share: Share, veiled: bool, place: Place, figures: PublicFigures | None) -> PublicShare:
    """The share, its counts hidden where they are veiled; who was accepted is the veil's own secret."""
    of: float | None = share.of
    if place[0] in (PRACTICE, CERTIFIED) and (veiled or (place[0] == CERTIFIED and not _shows_accepted(figures))):
        of = None
    return PublicShare(share.name, share.unit, None if veiled else share.count, of)


def _veiled(
    programme: Programme,
    found: Mapping[str, Mapping[int, Measure]],
    figures: Mapping[str, PublicFigures],
    minimum: int,
) -> dict[Place, frozenset[str]]:
    """For every share that is about people, the units whose count stays hidden."""
    shown = {path: figures[path] for path in found if path in figures}
    settled: dict[Place, frozenset[str]] = {
        (ACCEPTED, 0): frozenset(path for path in found if not _shows_accepted(shown.get(path))),
        (TRAINED, 0): frozenset(path for path in found if path not in shown or shown[path].trained is None),
        (ASSESSED, 1): frozenset(path for path in found if path not in shown or shown[path].passed is None),
    }
    veiled = dict(settled)
    for group in _TOGETHER:
        trees = [
            {path: _cell_of(programme, path, here, place, group, settled, minimum) for path, here in found.items()}
            for place in group
        ]
        places = list(group)
        within = [() if outer is None else (places.index(outer),) for outer in group.values()]
        before = {places.index(place): settled[place] for place in group if place in settled}
        together = hidden_together(trees, minimum, within=within, settled=before)
        veiled |= dict(zip(places, together, strict=True))
    return veiled


def _cell_of(
    programme: Programme,
    path: str,
    here: Mapping[int, Measure],
    place: Place,
    group: Mapping[Place, Place | None],
    settled: Mapping[Place, Collection[str]],
    minimum: int,
) -> Cell:
    """A unit's split by a share, not to be shown where the share differs by a few people from one shown beside it."""
    count, people = _split(here, place)
    beside = [group[place], *(inner for inner, outer in group.items() if outer == place and inner in settled)]
    public = not any(
        0 < abs(count - _split(here, other)[0]) < minimum
        for other in beside
        if other is not None and path not in settled.get(other, ())
    )
    parent = programme.units[path].parent
    return Cell(people, count, parent.path if parent else None, public=public)


def _split(here: Mapping[int, Measure], place: Place) -> tuple[int, int]:
    """How many of a unit's people a share counts, and of how many."""
    share = here[place[0]].shares[place[1]]
    return (int(share.people or 0), MANY) if place[0] == PRACTICE else (int(share.count), int(share.of))


def _shows_accepted(figures: PublicFigures | None) -> bool:
    return figures is not None and figures.accepted is not None and figures.accepted_complete


def _kinds(measure: Measure) -> dict[str, int]:
    counts: dict[str, int] = {}
    for path in measure.records:
        if where := placed(path):
            counts[where.kind.name] = counts.get(where.kind.name, 0) + 1
    return counts


def _page(programme: Programme, unit: Unit, year: int, public: Mapping[str, Mapping[int, PublicMeasure]]) -> str:
    found = public[unit.path]
    up = "../" * (unit.path.count("/") + 2)
    above = [(each.name, _towards(unit, each)) for each in reversed(list(unit.ancestors))]
    name = text(unit.name)
    parts = [
        front_matter(f"{unit.name}的指标", f"{unit.name} {year} 年的十四项指标：算法、条款、分子、分母和记录"),
        trail([*above, (unit.name, _towards(unit, unit))], "指标"),
        f"# {name}的十四项指标\n\n",
        demo(unit),
        f"{year} 年。指导意见写明或可以直接推得的指标有十四项；它没有给出算法、权重、合格线和比例："
        "算法是本项目定的，后面的条款是它为的哪一条，权重、合格线和比例这里也没有。"
        "市和省是所辖各县的合计。学校、文件的数目照实公布；说到人的数目，人数少时不公布，"
        f"办法与合格率页相同，见[隐私说明]({up}privacy.md#small-cells)。\n",
        _progress(unit, public),
    ]
    rows = []
    for each in all_indicators():
        measure = found[each.number]
        rows.append([str(each.number), _name(programme, year, each), _shares(measure), _records(measure, up)])
    parts.append(table(["序号", "指标和算法", "分子 ÷ 分母", "记录"], rows, kind="indicators"))
    return "".join(parts)


def _name(programme: Programme, year: int, each: Indicator) -> str:
    bounds, share = programme.rulebook(year).bounds("TEAM-SIZE").said("人"), programme.standard(year).practice_share
    asked = f"；指导意见要求不少于 {share}%" if share else ""
    formula = each.formula.replace("{bounds}", f" {bounds}").replace("{share}", asked)
    return f"**{text(each.name)}**<br>{text(formula)}{cite(programme, f'indicators.{each.number}', year)}"


def _shares(measure: PublicMeasure) -> str:
    return "<br>".join(f"{text(share.name)}：{_share(share)}" for share in measure.shares)


def _share(share: PublicShare) -> str:
    if share.whole == 0:
        return "没有应计的"
    if share.part is None or share.whole is None:
        return VEILED + ("" if share.whole is None else f"（共 {_number(share.whole)} {share.unit}）")
    return f"{_number(share.part)} ÷ {_number(share.whole)} {share.unit} = **{percent(share.rate)}**"


def _number(value: float) -> str:
    return f"{value:g}" if value < 1e6 else f"{value:.0f}"


def _records(measure: PublicMeasure, up: str) -> str:
    known = kinds()
    return (
        "<br>".join(
            f"[{text(known[name].title)}]({up}reference/records/{name}.md) {count} 份"
            for name, count in measure.records.items()
        )
        or "还没有记录"
    )


def _progress(unit: Unit, public: Mapping[str, Mapping[int, PublicMeasure]]) -> str:
    """How far the units right below have come in what is counted in schools and papers: nobody is in it."""
    below = [child for child in unit.children if child.path in public]
    if not below:
        return ""
    rows = [
        [
            f"[{text(child.name)}]({child.slug}/indicators.md)",
            *(_cell(public[child.path][number].shares[index]) for _, number, index in PROGRESS),
        ]
        for child in below
    ]
    heads = ["单位", *(name for name, _, _ in PROGRESS)]
    said = (
        "做到的学校 ÷ 应做到的学校。三件套是研修方案、专题计划、任务单都有；按期报送是按时报的份数 ÷ 有期限的份数，"
        "只算市和省管县。算法和条款在下面的表里。"
    )
    board = table(heads, rows, kind="stack ws-progress")
    return f"\n## 各地进度 {{ #progress }}\n\n{said}\n\n{board}\n## 十四项 {{ #all }}\n\n"


def _cell(share: PublicShare) -> str:
    return "—" if not share.whole or share.part is None else f"{_number(share.part)} ÷ {_number(share.whole)}"


def _towards(unit: Unit, target: Unit) -> str:
    """The pass-rate page of `target` (the unit or one above it), from the unit's folder."""
    steps = "../" * (unit.path.count("/") - target.path.count("/"))
    return f"{steps}../index.md" if target.level == "省" else f"{steps}index.md"

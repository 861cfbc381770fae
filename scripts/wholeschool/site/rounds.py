"""A page for every round of a province, city or county, at an address that stays: what was published of it.

The pages of units show the round that runs. Once another has begun, a link that somebody wrote down still leads to the
figures that it was about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wholeschool.outcomes.asked import asked_of
from wholeschool.outcomes.published import PublicFigures, PublicYear
from wholeschool.programme import Programme, Unit
from wholeschool.records.structs import Register
from wholeschool.site.markup import VEILED, bar, chinese_date, count, front_matter, percent, table, text
from wholeschool.site.places import demo, folder_of, relative, trail_to


def pages(programme: Programme, years: Sequence[PublicYear]) -> Iterator[tuple[str, str]]:
    """`rates/<unit>/<year>.md` for each round and each office that has figures of it."""
    for year in years:
        for unit in programme.units.values():
            if unit.level != "校" and unit.path in year.figures:
                yield f"{folder_of(unit)}/{year.year}.md", _page(programme, unit, year, years)


def _page(programme: Programme, unit: Unit, year: PublicYear, years: Sequence[PublicYear]) -> str:
    figures, here = year.figures[unit.path], folder_of(unit)
    home = relative(here, "rates/index.md") if unit.level == "省" else "index.md"
    name = figures.unit.name
    asked = asked_of(programme, year.year)
    below = sorted(
        (each for path, each in year.figures.items() if path.rpartition("/")[0] == unit.path),
        key=lambda each: each.unit.path,
    )
    data = relative(here, "data")
    parts = [
        front_matter(f"{name} {year.year} 年", f"{name} {year.year} 年考核合格率、验收合格率", hide=["navigation"]),
        trail_to(unit, f"{year.year} 年"),
        f"# {text(name)} {year.year} 年\n\n",
        demo(unit),
        _state(programme, year),
        _others(unit, year, years, home),
        "应考的是名册上的全体教师，减去有理由、有批准人的免考教师；"
        f"通过的微能力合计不少于 {asked.enough}{asked.among}的算合格{_gathered(programme, year.year)}。"
        f"[数字怎么算]({home}#how)\n\n",
        "## 合计 { #total }\n\n",
        _table("单位", [figures]),
    ]
    if below:
        word = "学校" if below[0].unit.level == "校" else "单位"
        parts += [f"\n## 各{word} {{ #parts }}\n\n", _table(word, below, year, unit)]
    parts.append(_afterwards(programme, unit, year.year))
    parts.append(
        f"\n下载：[JSON]({data}/figures-{year.year}.json) · [CSV]({data}/figures-{year.year}.csv) · "
        f"[字段说明]({data}/index.md)\n"
    )
    return "".join(parts)


def _gathered(programme: Programme, year: int) -> str:
    """With which earlier rounds the hours and credits are added up; empty where with none."""
    earlier = "、".join(str(each) for each in programme.cycle(year))
    return f"，{earlier} 年认定的学时、学分合起来算" if earlier else ""


def _state(programme: Programme, year: PublicYear) -> str:
    """Whether the figures may still change."""
    if closed := programme.closed(year.year):
        return f"这一轮 {chinese_date(closed)} 已经关闭，下面的数字从那一天起不再变。\n{{ .ws-kicker }}\n\n"
    running = programme.current == year.year
    state = "这一轮正在进行，数字随着记录变。" if running else "这一轮已经过去，还没有关闭，数字可能还会更正。"
    return f"{state}\n{{ .ws-kicker }}\n\n"


def _others(unit: Unit, year: PublicYear, years: Sequence[PublicYear], home: str) -> str:
    others = [f"[{each.year} 年]({each.year}.md)" for each in years if each is not year and unit.path in each.figures]
    return f"其他各轮：{' · '.join(others)} · [现在的进度]({home})\n\n" if others else ""


def _table(head: str, rows: Sequence[PublicFigures], year: PublicYear | None = None, above: Unit | None = None) -> str:
    cells = [
        [
            _named(each, year, above),
            str(each.due),
            count(each.passed),
            VEILED if each.suppressed else bar(each.rate),
            count(each.accepted) if each.accepted_complete or each.accepted is None else f"≥ {each.accepted}",
            percent(each.accepted_rate) if each.accepted_rate is not None else VEILED if each.due else "—",
        ]
        for each in rows
    ]
    heads = [head, "应考", "考核合格", "考核合格率", "验收认定", "验收合格率"]
    return table(heads, cells, [1, 2, 4, 5], kind="board")


def _named(figures: PublicFigures, year: PublicYear | None, above: Unit | None) -> str:
    """A unit's name of that time, led to its own page of the round where it has one."""
    unit = figures.unit
    name = text((unit.name.removeprefix(above.name) if above else "") or unit.name)
    if year is None or above is None or unit.level == "校":
        return name
    return f"[{name}]({unit.path.rpartition('/')[2]}/{year.year}.md)"


def _afterwards(programme: Programme, unit: Unit, year: int) -> str:
    """What a county has recognised after the round was closed: told beside the figures, which it does not change."""
    closed = programme.closed(year)
    register = unit.one(Register, year=year) if closed else None
    days = sorted({row.date for row in register.data.recognised if row.date > closed}) if register else []
    if not days:
        return ""
    told = "、".join(map(chinese_date, days))
    return (
        f"\n## 关闭以后的更正 {{ #afterwards }}\n\n{told}有更正的认定（申诉成立的）；"
        "上面的数字照关闭时公布的，不因此改动。\n"
    )

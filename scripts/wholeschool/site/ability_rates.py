"""Of those who chose a microability, how many passed it: by dimension, by environment, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wholeschool.programme import Programme, Unit
from wholeschool.site.charts import MOST_ROWS, heat
from wholeschool.site.markup import HIDDEN, bar, front_matter, percent, table, text
from wholeschool.site.places import demo, folder_of, link_to, relative, short, trail_to
from wholeschool.site.views import PublicClasses, PublicCount, PublicYear

# A column for each of so many rounds before the latest.
_EARLIER = 3
NONE = "—"
_WAYS = {"dimension": "维度", "environment": "环境"}
_NOTHING = PublicClasses()


def formula(here: str) -> str:
    """How a share is computed, with its clauses and records, on a page in the folder `here`."""
    records, asked = relative(here, "reference/records"), relative(here, "reference/requirements")
    return (
        f"**通过率 = 通过人次 ÷ 选学人次**。选学的是应考教师在[名册]({records}/teachers.md)里选了的，"
        f"通过的是其中最近一次[评审]({records}/review.md)为优秀或合格的；一位教师选了几项，就算几人次。"
        f" [<cite>附件1 四(一)</cite>]({asked}/assessment.md#R111)"
        f" [<cite>附件1 二(四)4</cite>]({asked}/duties.md#R074)\n"
    )


def pages(programme: Programme, years: Sequence[PublicYear]) -> Iterator[tuple[str, str]]:
    """`rates/<unit>/abilities.md` for every province, city and county."""
    for unit in programme.units.values() if years else ():
        if unit.path in years[-1].classes:
            yield f"rates/{unit.path}/abilities.md", _page(programme, unit, years)


def crossed(programme: Programme, known: PublicClasses) -> str:
    """Shares by dimension and environment, as a picture and as a table; empty where they are not public."""
    if not known.places:
        return ""
    abilities = programme.microabilities.values()
    rows, columns = (list(dict.fromkeys(getattr(each, way) for each in abilities)) for way in _WAYS)
    most, least = (choose(known.places, key=lambda place: known.places[place].rate) for choose in (max, min))
    # What is hidden could be more or less than all of these.
    among = "选了又通过的，" if known.environments else "公布出来的几格里，选了又通过的，"
    finding = among + "，".join(
        f"{word}的是{place[0]}（{place[1]}），占 {known.places[place].rate:.0f}%"
        for word, place in (("最多", most), ("最少", least))
    )
    heads = [_environment(name) for name in columns]
    exists = {(each.dimension, each.environment) for each in abilities}
    split = {dimension for dimension, _ in known.places}
    drawn, cells = [], []
    for row in rows:
        places = [(row, column) for column in columns]
        said = ["没有" if at not in exists else "没人选" if row in split else HIDDEN for at in places]
        found = [known.places.get(at) for at in places]
        drawn.append((row, [each.rate if each else word for each, word in zip(found, said, strict=True)]))
        cells.append([row, *(_fraction(each) if each else word for each, word in zip(found, said, strict=True))])
    return heat(finding, heads, drawn) + table(["维度", *heads], cells, [1, 2, 3], kind="board")


def _page(programme: Programme, unit: Unit, years: Sequence[PublicYear]) -> str:
    latest = years[-1]
    known, here = latest.classes[unit.path], folder_of(unit)
    data = relative(here, "data")
    parts = [
        front_matter(
            f"{unit.name}各类微能力",
            f"{unit.name} {latest.year} 年各维度、各环境、各项微能力的选学和通过",
            hide=["navigation"],
        ),
        trail_to(unit, "各类微能力"),
        f"# {text(unit.name)}各类微能力\n\n",
        demo(unit),
        formula(here),
        _what_is_missing(latest.year, known),
        f"[为什么有的不公布]({relative(here, 'privacy.md')}#classes)\n",
    ]
    if shown := crossed(programme, known):
        parts.append(f"\n## {latest.year} 年，按维度和环境 {{ #groups }}\n\n{shown}")
    parts += [_ways(unit, years), _below(unit, latest)]
    if known.each:
        parts += ["\n## 每一项 { #each }\n\n", _each(programme, known, relative(here, "catalogue"))]
    parts.append(
        f"\n下载：[JSON]({data}/abilities-{latest.year}.json) · [CSV]({data}/abilities-{latest.year}.csv) · "
        f"[字段说明]({data}/index.md#abilities)\n"
    )
    return "".join(parts)


def _what_is_missing(year: int, known: PublicClasses) -> str:
    said = ""
    if not known.dimensions:
        said = f"{year} 年没有可以公布的：还没有教师选学，或者每个维度里，通过或没有通过的人都太少。"
    elif not known.environments:
        said = "有的维度分开环境看，至少有一处人太少，所以只公布这个维度的合计，也不公布各环境的合计。"
    if missing := max((each.left_out for each in known.dimensions.values()), default=0):
        said += f"这里是各县公布的数字之和；没有公布的没有计入，缺得最多的维度缺 {missing} 个单位。"
    return f"\n{said}\n" if said else "\n"


def _by_way(known: PublicClasses) -> dict[str, dict[str, PublicCount]]:
    return {"dimension": known.dimensions, "environment": known.environments}


def _ways(unit: Unit, years: Sequence[PublicYear]) -> str:
    """Shares by dimension, then by environment, with those of earlier rounds beside them."""
    rounds = list(reversed(years[-_EARLIER - 1 :]))
    latest, *before = [_by_way(year.classes.get(unit.path, _NOTHING)) for year in rounds]
    rows = []
    for way in _WAYS:
        for name in dict.fromkeys(name for each in (latest, *before) for name in each[way]):
            found = latest[way].get(name)
            now = [str(found.chosen), str(found.passed), bar(found.rate)] if found else [NONE] * 3
            rows.append(
                [name, *now, *(percent(then.rate if (then := each[way].get(name)) else None) for each in before)]
            )
    if not rows:
        return ""
    heads = ["维度、环境", "选学", "通过", "通过率", *(f"{year.year} 年" for year in rounds[1:])]
    return "\n## 分维度、分环境 { #ways }\n\n" + table(heads, rows, [1, 2, *range(4, len(heads))], kind="board")


def _below(unit: Unit, year: PublicYear) -> str:
    """The shares of every unit right below, by dimension and by environment; of few units also as pictures."""
    children = [child for child in unit.children if child.path in year.classes]
    if not children:
        return "\n一所学校里每一类的人都太少，所以不分学校公布。\n"
    found = {child.path: _by_way(year.classes[child.path]) for child in children}
    shown = [child for child in children if any(found[child.path].values())]
    hidden = len(children) - len(shown)
    parts = ["\n## 各地 { #below }\n\n", f"{hidden} 个单位没有可以公布的，没有列出。\n" if hidden else ""]
    columns = {way: list(dict.fromkeys(name for child in shown for name in found[child.path][way])) for way in _WAYS}
    for way, called in _WAYS.items() if 1 < len(shown) <= MOST_ROWS else ():
        rows = [(short(child), [_rate(found[child.path][way].get(name)) for name in columns[way]]) for child in shown]
        heads = [_environment(name) for name in columns[way]]
        if heads:
            parts.append(heat(f"{len(shown)} 个单位里，{_lowest(rows, heads, called)}", heads, rows))
    if shown:
        ways = [(way, name) for way in _WAYS for name in columns[way]]
        listed = [
            [
                link_to(child, year, f"{child.slug}/abilities.md", short(child)),
                *(f"{share.rate:.0f}%" if (share := found[child.path][way].get(name)) else NONE for way, name in ways),
            ]
            for child in shown
        ]
        heads = ["单位", *(_environment(name) for _, name in ways)]
        parts.append(table(heads, listed, range(1, len(heads)), kind="sortable ws-ways"))
    return "".join(parts)


def _lowest(rows: Sequence[tuple[str, Sequence[float | str]]], columns: Sequence[str], called: str) -> str:
    """A finding: which column most of the rows have their lowest share in."""
    lows: dict[str, int] = {}
    for _, shares in rows:
        known = {column: share for column, share in zip(columns, shares, strict=True) if isinstance(share, float)}
        if len(set(known.values())) > 1:
            low = min(known, key=lambda column: known[column])
            lows[low] = lows.get(low, 0) + 1
    if not lows:
        return f"各{called}的通过率看不出高低"
    worst = max(lows, key=lambda column: lows[column])
    return f"{lows[worst]} 个通过率最低的{called}是{worst}"


def _each(programme: Programme, known: PublicClasses, up: str) -> str:
    """Every microability with its counts."""
    rows = []
    for code, each in programme.microabilities.items():
        found = known.each.get(code)
        counts = [str(found.chosen), str(found.passed), f"{found.rate:.0f}%"] if found else [NONE] * 3
        rows.append([f"[{code} {text(each.name)}]({up}/{code}.md)", *counts])
    listed = table(["微能力", "选学", "通过", "通过率"], rows, [1, 2], kind="sortable ws-each")
    return f"{listed}\n“{NONE}”是没有人选，或者选的、通过的、没有通过的人太少。\n"


def _environment(name: str) -> str:
    """An environment's name, short enough for the head of a column."""
    return name.removesuffix("教学环境").removesuffix("学习环境")


def _rate(found: PublicCount | None) -> float | str:
    return found.rate if found else NONE


def _fraction(found: PublicCount) -> str:
    return f"{found.passed} ÷ {found.chosen}"

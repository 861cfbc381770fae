"""Of those who chose a microability, how many passed it: by dimension, by environment, one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from wholeschool.outcomes.asked import asked_of
from wholeschool.outcomes.published import Classes, PublicCount, PublicYear
from wholeschool.outcomes.veil_classes import Class
from wholeschool.programme import Programme, Unit
from wholeschool.records.structs import Microability
from wholeschool.site.charts import MOST_ROWS, heat
from wholeschool.site.citations import to_requirement
from wholeschool.site.markup import bar, front_matter, percent, table, text
from wholeschool.site.places import address, demo, folder_of, link_to, relative, short, trail_to

Abilities = Mapping[str, Microability]

# A column for each of so many rounds before the latest.
_EARLIER = 3
NONE = "—"
_DASH = f"“{NONE}”是没有人选，或者选的、通过的、没有通过的人太少。"


def formula(programme: Programme, here: str) -> str:
    """How a share is computed, with its clauses and records, on a page in the folder `here`."""
    passing = "或".join(programme.levels().passing)
    records, up = relative(here, "reference/records"), "../" * (here.count("/") + 1)
    return (
        f"**通过率 = 通过人次 ÷ 选学人次**。选学的是应考教师在[名册]({records}/teachers.md)里选了的，"
        f"通过的是其中最近一次[评审]({records}/review.md)为{passing}的；一位教师选了几项，就算几人次。"
        + "".join(to_requirement(programme, f"abilities.{place}", up) for place in ("chosen", "passed"))
        + "\n"
    )


def pages(programme: Programme, years: Sequence[PublicYear]) -> Iterator[tuple[str, str]]:
    """`rates/<unit>/abilities.md` for every province, city and county."""
    for unit in programme.units.values() if years else ():
        if unit.level != "校" and unit.path in years[-1].classes:
            yield _page_of(unit), _page(programme, unit, years)


def crossed(abilities: Abilities, known: Classes) -> str:
    """Shares by dimension and environment, as a picture and as a table; empty where none is public."""
    rows, columns = _dimensions(abilities), _environments(abilities)
    found = {place: known[place] for row in rows for column in columns if (place := Class(row, column)) in known}
    if not found:
        return ""
    most, least = (choose(found, key=lambda place: found[place].rate) for choose in (max, min))
    # What is hidden could be more or less than all of these.
    finding = "公布出来的几格里，选了又通过的，" + "，".join(
        f"{word}的是{place.dimension}（{place.environment}），占 {percent(found[place].rate, 0)}"
        for word, place in (("最多", most), ("最少", least))
    )
    exists = {(each.dimension, each.environment) for each in abilities.values()}
    drawn, cells = [], []
    for row in rows:
        places = [Class(row, column) for column in columns]
        said = [NONE if place[:2] in exists else "没有" for place in places]
        shown = [found.get(place) for place in places]
        drawn.append((row, [each.rate if each else word for each, word in zip(shown, said, strict=True)]))
        cells.append([row, *(_fraction(each) if each else word for each, word in zip(shown, said, strict=True))])
    heads = [_head(Class("", column)) for column in columns]
    return heat(finding, heads, drawn) + table(["维度", *heads], cells, [1, 2, 3], kind="board")


def of_school(programme: Programme, unit: Unit, years: Sequence[PublicYear]) -> str:
    """A school's part of its own page."""
    known, here = years[-1].classes[unit.path], folder_of(unit)
    parts = [
        "\n## 各类微能力 { #abilities }\n\n",
        formula(programme, here) if known else "",
        _what_is_missing(years[-1].year, known, here),
    ]
    return "".join([*parts, _ways(programme, unit, years), _each(programme, years[-1], unit, here)])


def _page(programme: Programme, unit: Unit, years: Sequence[PublicYear]) -> str:
    latest = years[-1]
    known, here = latest.classes[unit.path], folder_of(unit)
    data, by = relative(here, "data"), "各环境、" if asked_of(programme, latest.year).environments else ""
    parts = [
        front_matter(
            f"{unit.name}各类微能力",
            f"{unit.name} {latest.year} 年各维度、{by}各项微能力的选学和通过",
            hide=["navigation"],
        ),
        trail_to(unit, "各类微能力"),
        f"# {text(unit.name)}各类微能力\n\n",
        demo(unit),
        formula(programme, here),
        _what_is_missing(latest.year, known, here),
    ]
    below, each = _below(programme, unit, latest), _each(programme, latest, unit, here)
    if each:
        parts.append(f"\n[每一项微能力](#each){f' · [{_those_below(unit)}](#below)' if below else ''}\n")
    if shown := crossed(programme.abilities(latest.year), known):
        parts.append(f"\n## {latest.year} 年，按维度{'和环境' if by else ''} {{ #groups }}\n\n{shown}")
    parts += [_ways(programme, unit, years), below, each]
    parts.append(
        f"\n下载：[JSON]({data}/abilities-{latest.year}.json) · [CSV]({data}/abilities-{latest.year}.csv) · "
        f"[字段说明]({data}/index.md#abilities)\n"
    )
    return "".join(parts)


def _what_is_missing(year: int, known: Classes, here: str) -> str:
    said = _DASH if known else f"{year} 年没有可以公布的：还没有教师选学，或者每一类里，通过或没有通过的人都太少。"
    said += f"[为什么不公布]({relative(here, 'privacy.md')}#classes)"
    if missing := max((each.left_out for each in known.values()), default=0):
        said += f"\n\n这里是各县公布的数字之和；没有公布的没有计入，缺得最多的一类缺 {missing} 个单位。"
    return f"\n{said}\n"


def _ways(programme: Programme, unit: Unit, years: Sequence[PublicYear], level: str = "##") -> str:
    """Shares by dimension, then by environment, with those of earlier rounds beside them; empty if all are hidden."""
    rounds = list(reversed(years[-_EARLIER - 1 :]))
    latest, *before = [year.classes.get(unit.path, {}) for year in rounds]
    abilities = programme.abilities(years[-1].year)
    rows = []
    if not _public(abilities, [latest, *before]):
        return ""
    for group in _sums(abilities):
        found = latest.get(group)
        now = [str(found.chosen), str(found.passed), bar(found.rate)] if found else [NONE] * 3
        earlier = [percent(then.rate if (then := each.get(group)) else None) for each in before]
        rows.append([group.dimension or group.environment, *now, *earlier])
    known = asked_of(programme, years[-1].year).environments
    heads = ["维度、环境" if known else "维度", "选学", "通过", "通过率", *(f"{year.year} 年" for year in rounds[1:])]
    return f"\n{level} {'分维度、分环境' if known else '分维度'} {{ #ways }}\n\n" + table(
        heads, rows, [1, 2, *range(4, len(heads))], kind="board"
    )


def _below(programme: Programme, unit: Unit, year: PublicYear) -> str:
    """The shares of every unit right below, by dimension and by environment; not of more than can be read."""
    children = [child for child in unit.children if child.path in year.classes]
    word = "所学校" if unit.level == "县" else "个单位"
    heading = f"\n## {_those_below(unit)} {{ #below }}\n\n"
    if unit.level == "县" and year.elsewhere is not None:
        return f"{heading}各校的在本县的网站上。\n"
    known = {child: year.classes[child.path] for child in children}
    sums = _public(programme.abilities(year.year), known.values())
    shown = [child for child in children if not known[child].keys().isdisjoint(sums)]
    if not shown:
        return ""
    said = f"{len(children)} {word}里，{len(shown)} {word[0]}有可以公布的。"
    if len(shown) > MOST_ROWS:
        return f"{heading}{said}各校的在学校自己的页面上，也都在最后的 CSV 里。\n"
    parts = [heading, said, "\n\n"]
    for called, groups in (
        ("维度", [group for group in sums if group.dimension]),
        ("环境", [group for group in sums if group.environment]),
    ):
        heads = [_head(group) for group in groups]
        drawn = [(short(child), [_rate(known[child].get(group)) for group in groups]) for child in shown]
        if heads and len(shown) > 1:
            parts.append(heat(f"{len(shown)} {word}里，{_lowest(drawn, heads, word, called)}", heads, drawn))
    rows = [
        [
            link_to(child, year, _page_of(child).removeprefix(f"rates/{unit.path}/"), short(child)),
            *(percent(share.rate, 0) if (share := known[child].get(group)) else NONE for group in sums),
        ]
        for child in shown
    ]
    heads = ["学校" if unit.level == "县" else "单位", *map(_head, sums)]
    return "".join([*parts, table(heads, rows, range(1, len(heads)), kind="sortable ws-ways")])


def _those_below(unit: Unit) -> str:
    return "各校" if unit.level == "县" else "各地"


def _lowest(rows: Sequence[tuple[str, Sequence[float | str]]], columns: Sequence[str], word: str, called: str) -> str:
    """A finding: which column most of the rows have their lowest share in."""
    lows: dict[str, int] = {}
    for _, shares in rows:
        known = {column: share for column, share in zip(columns, shares, strict=True) if isinstance(share, float)}
        if len(set(known.values())) > 1:
            low = min(known, key=lambda column: known[column])
            lows[low] = lows.get(low, 0) + 1
    if not lows:
        return f"同一{word}的各{called}之间没有高低"
    worst = max(lows, key=lambda column: lows[column])
    return f"{lows[worst]} {word[0]}通过率最低的{called}是{worst}"


def _each(programme: Programme, year: PublicYear, unit: Unit, here: str, level: str = "##") -> str:
    """The microabilities that are public, with their counts."""
    up, abilities = relative(here, "catalogue"), programme.abilities(year.year)
    rows = [
        [
            f"[{group.code} {text(abilities[group.code].name)}]({up}/{group.code}.md)",
            str(found.chosen),
            str(found.passed),
            percent(found.rate, 0),
        ]
        for group, found in year.classes[unit.path].items()
        if group.code in abilities
    ]
    if not rows:
        return ""
    rest = len(abilities) - len(rows)
    said = f"\n另有 {rest} 项没有列出：没有人选，或者人太少。\n" if rest else ""
    listed = table(["微能力", "选学", "通过", "通过率"], rows, [1, 2, 3], kind="sortable ws-each")
    return f"\n{level} 每一项 {{ #each }}\n\n{listed}{said}"


def _page_of(unit: Unit) -> str:
    """A unit's page of its own, or for a school the part of its page."""
    return f"{address(unit)}#abilities" if unit.level == "校" else f"rates/{unit.path}/abilities.md"


def _dimensions(abilities: Abilities) -> list[str]:
    return list(dict.fromkeys(each.dimension for each in abilities.values()))


def _environments(abilities: Abilities) -> list[str]:
    return list(dict.fromkeys(each.environment for each in abilities.values() if each.environment))


def _sums(abilities: Abilities) -> list[Class]:
    """The dimensions, then the environments."""
    return [*map(Class, _dimensions(abilities)), *(Class("", name) for name in _environments(abilities))]


def _public(abilities: Abilities, known: Collection[Classes]) -> list[Class]:
    """Those of them that are public anywhere in what is `known`."""
    return [group for group in _sums(abilities) if any(group in each for each in known)]


def _head(group: Class) -> str:
    """A dimension's or environment's name, short enough for the head of a column."""
    return (group.dimension or group.environment).removesuffix("教学环境").removesuffix("学习环境")


def _rate(found: PublicCount | None) -> float | str:
    return found.rate if found else NONE


def _fraction(found: PublicCount) -> str:
    return f"{found.passed} ÷ {found.chosen}"

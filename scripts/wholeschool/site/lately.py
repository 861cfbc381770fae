"""最近变化: which units' records were merged on which day, from the repository's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wholeschool.outcomes.published import PublicYear
from wholeschool.programme import Programme, Unit
from wholeschool.records.kinds import placed
from wholeschool.site.markup import chinese_date, front_matter, text
from wholeschool.site.places import address
from wholeschool.sources.history import Merge

# So many are read by somebody; more are in the history itself.
_MOST = 80


def pages(programme: Programme, years: Sequence[PublicYear], history: Sequence[Merge]) -> Iterator[tuple[str, str]]:
    """`lately/index.md`: units and kinds of records, no person and no message."""
    known = years[-1].figures.keys() if years else ()
    days: dict[str, list[str]] = {}
    left_out = 0
    for number, (date, unit, titles) in enumerate(_changes(programme, history)):
        if number >= _MOST:
            left_out += 1
            continue
        name = text(unit.name) if unit else "工程总配置"
        page = "rates/index.md" if unit and unit.level == "省" else address(unit) if unit else ""
        shown = f"[{name}](../{page})" if unit and unit.path in known else name
        days.setdefault(date, []).append(f"- {shown}：{text('、'.join(titles))}\n")
    parts = [
        front_matter("最近变化", "最近合并了哪些单位的哪些记录"),
        "# 最近变化\n\n记录每次合并都留在历史里，谁也不能悄悄改。",
        "这里列出最近的合并：哪一天，哪个单位，哪几种记录。\n",
    ]
    for date, rows in days.items():
        parts += [f"\n## {chinese_date(date)} {{ #d{date} }}\n\n", *rows]
    if not days:
        parts.append("\n这里还没有历史可以列出。\n")
    if left_out:
        parts.append(f"\n只列最近 {_MOST} 处；更早的在仓库的历史里。\n")
    yield "lately/index.md", "".join(parts)


def _changes(programme: Programme, history: Sequence[Merge]) -> Iterator[tuple[str, Unit | None, list[str]]]:
    """For each day and unit the kinds of records that were merged; units that are gone are left out."""
    days: dict[tuple[str, str], dict[str, None]] = {}
    for merge in history:
        for path in merge.paths:
            if place := placed(path):
                days.setdefault((merge.date, place.unit), {})[place.kind.title] = None
    for (date, path), titles in days.items():
        unit = programme.units.get(path)
        if unit or not path:
            yield date, unit, sorted(titles)

"""The assessment standard as people read it: for each microability the evidence and the two levels that pass."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.programme import Programme
from wholeschool.records.structs import Rubrics
from wholeschool.site.citations import cite
from wholeschool.site.markup import facts, front_matter, table, text, trail


def pages(programme: Programme) -> Iterator[tuple[str, str]]:
    """`reference/rubrics.md`, also when there is no standard: then it says so."""
    record = found.data if (found := programme.rubrics()) else None
    yield "reference/rubrics.md", _page(programme, record)


def _page(programme: Programme, rubrics: Rubrics | None) -> str:
    parts = [
        front_matter("考核规范", "每项微能力看什么证据，怎样算合格，怎样算优秀", hide=["toc"]),
        trail([("微能力目录", "../catalogue/index.md")], "考核规范"),
    ]
    if rubrics is None:
        return "".join([*parts, "# 考核规范\n\n还没有登记考核规范（`submissions/guidance/` 里的 `rubrics.yaml`）。\n"])
    parts.append(f"# {text(rubrics.title)}\n\n")
    if rubrics.draft:
        warning = "这不是正式文本。评审以省里认可的考核规范为准，拿到正式文本后整份替换。"
        parts.append(f'!!! warning "草案"\n    {warning}\n\n')
    rows = [("版本", text(rubrics.version)), ("来源", text(rubrics.source))]
    if rubrics.levels_source:
        rows.append(("等级", text(rubrics.levels_source)))
    parts.append(facts(rows))
    levels = programme.levels()
    two = len(set(levels.passing)) > 1
    cells = []
    for each in rubrics.rubrics:
        ability = programme.abilities().get(each.microability)
        if ability is None:
            continue
        name = f"[{ability.code} {text(ability.name)}](../catalogue/{ability.code}.md)"
        said = [text(each.qualified), *([text(each.excellent)] if two else [])]
        cells.append([name, "、".join(map(text, each.evidence)), *said])
    heads = [levels.passing[-1], *([levels.passing[0]] if two else [])]
    parts.append(table(["微能力", "建议的证据", *heads], cells, kind="rubrics"))
    best = f"{levels.passing[0]}先要做到{levels.passing[-1]}。" if two else ""
    parts.append(
        f"\n{best}评审依据考核规范评估实践证据，给出结果和实践建议{cite(programme, 'judged')}；"
        "怎么评见[考核怎么考](../handbook/assessment.md#levels)。\n"
    )
    return "".join(parts)

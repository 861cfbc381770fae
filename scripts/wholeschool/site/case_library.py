"""The case library: a list with the facts people look for, and a page for each case."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.programme import Programme
from wholeschool.records.case_html import to_html
from wholeschool.site.markup import chinese_date, front_matter, table, text
from wholeschool.site.views import PublicCase


def pages(programme: Programme, cases: list[PublicCase]) -> Iterator[tuple[str, str]]:
    """`cases/index.md` and `cases/<slug>.md`."""
    yield "cases/index.md", _overview(cases)
    for case in cases:
        yield f"cases/{case.slug}.md", _page(programme, case)


def _overview(cases: list[PublicCase]) -> str:
    parts = [front_matter("案例库", "整校推进工作案例和教师的信息技术应用课例"), "# 案例库\n\n"]
    if not cases:
        return "".join([*parts, "还没有作者同意公开的案例。\n"])
    parts.append(f"共 {len(cases)} 篇，都经作者同意公开。 <cite>附件1 二(四)5</cite>\n\n")
    for kind in dict.fromkeys(case.type for case in cases):
        parts.append(f"## {kind}\n\n")
        for case in cases:
            if case.type == kind:
                facts = " · ".join(
                    text(fact) for fact in (case.unit.name, case.stage, case.subject, case.environment) if fact
                )
                star = " · **优秀**" if case.excellent else ""
                codes = "、".join(case.microabilities)
                shows = f" · 微能力 {codes}" if codes else ""
                heading = f"### [{text(case.title)}]({case.slug}.md)"
                parts.append(f"{heading}\n\n{text(case.summary)}\n\n<small>{facts}{shows}{star}</small>\n\n")
    return "".join(parts)


def _page(programme: Programme, case: PublicCase) -> str:
    abilities = [programme.microabilities[code] for code in case.microabilities if code in programme.microabilities]
    rows = [
        ["解决的问题", text(case.problem)],
        ["单位", text(case.unit.name) + ("（样张）" if case.unit.demo else "")],
        ["作者", text(case.author)],
        ["日期", chinese_date(case.date)],
    ]
    if case.stage or case.subject:
        rows.append(["学段学科", text(f"{case.stage} {case.subject}".strip())])
    if case.environment:
        rows.append(["环境", text(case.environment)])
    if abilities:
        rows.append(
            ["微能力", "、".join(f"[{each.code} {text(each.name)}](../catalogue/{each.code}.md)" for each in abilities)]
        )
    return "".join(
        [
            front_matter(case.title, case.summary),
            f"# {text(case.title)}\n\n{text(case.summary)}\n\n",
            table(["", ""], rows),
            f'\n<div class="ws-case">{to_html(case.body)}</div>\n\n',
            f"<small>作者同意公开署名；学生信息：{text(case.students)}。</small>\n",
        ]
    )

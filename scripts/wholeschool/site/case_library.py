"""The case library: a list with the facts people look for, and a page for each case."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from wholeschool.programme import Programme
from wholeschool.records.case_html import to_html
from wholeschool.site.citations import cite
from wholeschool.site.markup import block, chinese_date, facts, front_matter, text, trail
from wholeschool.site.views import PublicCase

RELATED = 3


def pages(programme: Programme, cases: list[PublicCase]) -> Iterator[tuple[str, str]]:
    """`cases/index.md` and `cases/<slug>.md`."""
    yield "cases/index.md", _overview(programme, cases)
    for case in cases:
        yield f"cases/{case.slug}.md", _page(programme, case, cases)


def card(programme: Programme, case: PublicCase, folder: str = "", level: int = 3) -> str:
    """A case in a list: title, the problem it solves, and what it can be found by."""
    names = programme.ever
    abilities = [f"{code} {names[code].name}" for code in case.microabilities if code in names]
    words = [case.unit.name, case.stage, case.subject, case.environment, *abilities]
    # The dot stays with the word before it: a line never begins with one.
    line = "\u00a0· ".join(text(word) for word in words if word)
    star = '<span class="ws-star">推荐为优秀</span> ' if case.excellent else ""
    return block(
        "ws-card",
        f"{'#' * level} [{text(case.title)}]({folder}{case.slug}.md)\n\n{star}{text(case.problem)}\n\n"
        f"{line}\n{{ .ws-kicker }}\n",
        tag="article",
        data_type=case.type,
        data_stage=case.stage,
        data_subject=case.subject,
        data_environment=case.environment,
        data_ability=" ".join(case.microabilities),
    )


def _overview(programme: Programme, cases: list[PublicCase]) -> str:
    head = front_matter("案例库", "整校推进工作案例和教师的信息技术应用课例", hide=["toc"])
    if not cases:
        return (
            f"{head}# 案例库\n\n还没有作者同意公开的案例。学校和教师都可以报送，作者同意才公开，"
            "怎样写、放在哪里见[学校怎样报送](../guides/school.md#what)。\n"
        )
    parts = [
        head,
        f"# 案例库\n\n学校报送的案例和课例{cite(programme, 'cases')}，共 {len(cases)} 篇，"
        "都经作者本人同意公开（本项目约定）。选好条件以后，网址里就带着这些条件，可以发给同事。\n\n",
    ]
    parts.append(_filters(programme, cases))
    for kind in dict.fromkeys(case.type for case in cases):
        parts.append(f"\n## {kind} {{ #{'lessons' if '课例' in kind else 'cases'} }}\n")
        parts += [card(programme, case) for case in cases if case.type == kind]
    return "".join(parts)


def _filters(programme: Programme, cases: list[PublicCase]) -> str:
    """The choices that occur. Without scripts the style sheet hides the form and the whole list stays readable."""
    names = programme.ever
    fields = {
        "stage": ("学段", [(case.stage, case.stage) for case in cases if case.stage]),
        "subject": ("学科", [(case.subject, case.subject) for case in cases if case.subject]),
        "environment": ("环境", [(case.environment, case.environment) for case in cases if case.environment]),
        "ability": (
            "微能力",
            [(code, f"{code} {names[code].name}") for code in names for case in cases if code in case.microabilities],
        ),
    }
    labels = []
    for name, (title, found) in fields.items():
        choices = "".join(
            f'<option value="{text(value)}">{text(shown)}</option>' for value, shown in dict.fromkeys(found)
        )
        if choices:
            labels.append(
                f'<label>{title}<select name="{name}"><option value="">不限</option>{choices}</select></label>'
            )
    labels.append('<label>文字<input name="words" type="search" placeholder="如：导入 平均数"></label>')
    return (
        f'<form class="ws-filters">{"".join(labels)}<button type="reset">清空</button>'
        '<output aria-live="polite"></output></form>\n\n'
    )


def _page(programme: Programme, case: PublicCase, cases: list[PublicCase]) -> str:
    rows = [("解决的问题", text(case.problem))]
    if case.stage or case.subject:
        rows.append(("学段学科", _alike("stage", case.stage) + " " + _alike("subject", case.subject)))
    if case.environment:
        rows.append(("环境", _alike("environment", case.environment)))
    abilities = [programme.ever[code] for code in case.microabilities if code in programme.ever]
    if abilities:
        links = [f"[{each.code} {text(each.name)}](../catalogue/{each.code}.md)" for each in abilities]
        rows.append(("微能力", "<br>".join(links)))
    star = " · 推荐为优秀" if case.excellent else ""
    byline = f"{text(case.author)} · {text(case.unit.name)} · {chinese_date(case.date)}"
    demo = " · 样张" if case.unit.demo else ""
    parts = [
        front_matter(case.title, case.summary, hide=["navigation", "toc"]),
        trail([("案例库", "index.md")], case.type + star),
        f"# {text(case.title)}\n\n{byline}{demo}\n{{ .ws-kicker }}\n\n",
        f"{text(case.summary)}\n{{ .ws-lead }}\n\n",
        facts(rows),
        f'\n<div class="ws-case">{to_html(case.body)}</div>\n\n',
        f"作者同意署名公开；学生信息：{text(case.students)}。\n{{ .ws-kicker }}\n\n",
    ]
    if near := _related(case, cases):
        parts.append("\n## 相近的案例 { #related }\n")
        parts += [card(programme, each) for each in near]
    return "".join(parts)


def _alike(field: str, value: str) -> str:
    """A link to the cases that share a value: the filters as an address."""
    return f"[{text(value)}](index.md?{urlencode({field: value})})" if value else ""


def _related(case: PublicCase, cases: list[PublicCase]) -> list[PublicCase]:
    """Cases that share a microability, a subject, a stage or an environment, the closest first."""

    def closeness(other: PublicCase) -> int:
        shared = 4 * len(set(case.microabilities) & set(other.microabilities))
        for weight, mine, theirs in (
            (3, case.subject, other.subject),
            (2, case.stage, other.stage),
            (1, case.environment, other.environment),
        ):
            shared += weight if mine and mine == theirs else 0
        return shared

    others = [other for other in cases if other.slug != case.slug and closeness(other)]
    return sorted(others, key=lambda other: (-closeness(other), other.slug))[:RELATED]

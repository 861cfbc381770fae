"""The home page: what this is, a way in for each reader, the year's figures."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.programme import Programme
from wholeschool.site.markup import bar, chinese_date, front_matter, table, text
from wholeschool.site.views import PublicCase, PublicYear

READERS = (
    ("教师", "handbook/teachers.md", "选微能力、研修、实践、交成果"),
    ("学校", "handbook/schools.md", "建团队、做规划、组织评审"),
    ("县区", "handbook/counties.md", "审核、抽查、验收、发证"),
    ("市", "handbook/cities.md", "统筹、培训团队、汇总报送"),
    ("省", "handbook/province.md", "规划、遴选、推广"),
)


def pages(programme: Programme, years: list[PublicYear], cases: list[PublicCase]) -> Iterator[tuple[str, str]]:
    """`index.md`."""
    settings = programme.settings.data if programme.settings else None
    name = settings.publication.site_name if settings else "整校推进"
    standard = programme.standard
    parts = [
        front_matter("首页", "中小学教师信息技术应用能力提升工程2.0，一校一校地推进", hide=["toc"]),
        f"# {text(name)}\n\n",
        "一所学校一所学校地推进教师信息技术应用能力：学校做规划，每位教师自选微能力，"
        "学了就用，交成果，经评审，由县区验收发证。\n{ .ws-lead }\n\n",
        '<div class="ws-facts">',
        f"<div><b>{standard.credits}</b> 学分<br><small>自选微能力合计不少于</small></div>",
        f"<div><b>{standard.online_hours}+{standard.practice_hours}</b> 学时<br>",
        "<small>网络研修 + 实践应用</small></div>",
        f"<div><b>{len(programme.microabilities)}</b> 项<br><small>微能力，任选</small></div>",
        "<div><b>5</b> 步<br><small>规划、协商、申报实践、评审、监督</small></div>",
        "</div>\n\n## 您是\n\n",
        '<div class="ws-cards" markdown>\n\n',
        *(f"[**{reader}**<br>{what}]({page}){{ .ws-card }}\n" for reader, page, what in READERS),
        "\n</div>\n\n",
    ]
    if years:
        parts += _figures(programme, years[-1])
    if settings:
        parts += _deadlines(programme)
    if cases:
        parts.append("\n## 新近的案例\n\n")
        parts += [f"- [{text(case.title)}](cases/{case.slug}.md)：{text(case.problem)}\n" for case in cases[:3]]
        parts.append("\n[全部案例](cases/index.md)\n")
    if settings:
        parts.append(f"\n<small>依据《{text(settings.policy.title)}》（{settings.policy.status}）。</small>\n")
    yield "index.md", "".join(parts)


def _figures(programme: Programme, year: PublicYear) -> list[str]:
    rows = []
    for province in programme.level("省"):
        for unit in (province, *province.children):
            figures = year.figures[unit.path]
            page = "rates/index.md" if unit is province else f"rates/{unit.path}/index.md"
            rate = "人数少，不公布" if figures.suppressed else bar(figures.rate)
            rows.append([f"[{text(unit.name)}]({page})", str(figures.schools), str(figures.due), rate])
    if not rows:
        return []
    return [f"## {year.year} 年合格率\n\n", table(["单位", "学校", "应考", "合格率"], rows, numbers=[1, 2])]


def _deadlines(programme: Programme) -> list[str]:
    assert programme.settings is not None
    latest = max(programme.settings.data.rounds, key=lambda entry: entry.year)
    if not latest.deadlines:
        return []
    rows = [
        [chinese_date(entry.date), text(entry.task), text(entry.who or "")]
        for entry in sorted(latest.deadlines, key=lambda each: each.date)
    ]
    return [f"\n## {latest.year} 年的期限\n\n", table(["日期", "事项", "由谁办"], rows)]

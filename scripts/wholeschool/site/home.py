"""The home page: what this is, a way in for each reader, what is due, the year's figures, the newest cases."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.outcomes.asked import asked_of
from wholeschool.outcomes.published import PublicYear
from wholeschool.programme import Programme
from wholeschool.programme.rulebook import Rulebook
from wholeschool.records import structs as s
from wholeschool.site.case_library import card
from wholeschool.site.catalogue import has_plan
from wholeschool.site.citations import cite, cited, numbers_cited
from wholeschool.site.markup import Tile, block, chinese_date, front_matter, table, text, tiles
from wholeschool.site.pass_rates import rate
from wholeschool.site.places import address, demo
from wholeschool.site.views import PublicCase

READERS = (
    ("教师", "handbook/teachers.md", "选微能力，学了就用，交成果"),
    ("学校", "handbook/schools.md", "建团队，做规划，组织评审"),
    ("县区", "handbook/counties.md", "审规划，抽查验收，发证书"),
    ("市", "handbook/cities.md", "统筹项目，带团队，汇总报送"),
    ("省", "handbook/province.md", "定规划，建专家团队，推广"),
)
FINDS = (
    ("我该选哪几项微能力", "catalogue/index.md#plan", "{by}怎样凑够 {enough}"),
    ("别的学校、别的课怎么做", "cases/index.md", "案例库，按学段、学科、{environment}微能力找"),
    ("一个市、县、学校的合格率", "rates/index.md", "数字，怎样算出来，依据哪一条"),
    ("指导意见的一条规定", "reference/requirements/index.md", "在这里落成哪份记录、哪一页、哪条规则"),
    ("检查报的错是什么意思", "rules/index.md", "按代码查，每条都有改法"),
    ("一张证书是不是真的", "verify/index.md", "对编号，或者扫二维码"),
)
NEWEST = 3
_NUMBERS = ("第一个数", "前两个数", "前三个数")


def pages(programme: Programme, years: list[PublicYear], cases: list[PublicCase]) -> Iterator[tuple[str, str]]:
    """`index.md`."""
    settings = programme.settings.data if programme.settings else None
    name = settings.publication.site_name if settings else "整校推进"
    asked = asked_of(programme)
    numbers = numbers_cited(programme.rulebook(), programme.standard())
    offered = len(programme.abilities())
    hours = [
        *([Tile("网络研修", f"{asked.online} <i>学时</i>", "在网上学")] if asked.online else []),
        *([Tile("实践应用", f"{asked.practice} <i>学时</i>", "在自己的课上用")] if asked.practice else []),
    ]
    parts = [
        front_matter("首页", f"{programme.called() or name}，一校一校地推进", hide=["navigation", "toc"]),
        f"# {text(name)}\n\n",
        "一所学校一所学校地推进：学校做规划，每位教师自选微能力，"
        "学了就用，交成果，经评审，由县区验收发证。\n{ .ws-lead }\n\n",
        "## 您是哪一位 { #readers }\n",
        block("ws-doors", "\n".join(f"- [**{reader}**<br>{what}]({page})" for reader, page, what in READERS)),
        tiles(
            [
                Tile("自选微能力", f"{asked.least} <i>{asked.of}</i>", f"{offered} 项里任选{asked.among}"),
                *hours,
                Tile("从规划到监督", "5 <i>步</i>", "一步一份记录"),
            ]
        ),
        f"每位教师一轮要做到的，就是{_NUMBERS[len(hours)]}，出自 {numbers}"
        + (f"；五步出自{steps}" if (steps := cite(programme, "steps")) else "")
        + "。\n\n"
        "[这件事是什么](handbook/programme.md)\u00a0· [五个步骤](handbook/steps.md)\u00a0· "
        "[考核怎么考](handbook/assessment.md)\u00a0· [样例县的一年](handbook/year.md)\n",
        "\n## 您想找什么 { #find }\n",
        block("ws-finds", _finds(programme, rated=bool(years))),
    ]
    parts += _deadlines(programme)
    if years:
        parts += _figures(programme, years[-1])
    if cases:
        parts.append("\n## 新近的案例 { #cases }\n\n")
        parts += [card(programme, case, "cases/", level=3) for case in cases[:NEWEST]]
        parts.append("\n[全部案例](cases/index.md)\n")
    if policy := programme.guidance():
        parts.append(
            f"\n<small>依据《{text(policy.data.title)}》（{policy.data.status}）。"
            "手册用自己的话转述，与原文不一致时以原文为准。</small>\n"
        )
    yield "index.md", "".join(parts)


def _finds(programme: Programme, *, rated: bool) -> str:
    """What people come for, besides their own duties; only what is there."""
    asked, planned = asked_of(programme), has_plan(programme)
    here = {"by": "按学校的环境，", "environment": "环境、"} if asked.environments else {"by": "", "environment": ""}
    return "\n".join(
        f"- [{title}]({page if planned else page.removesuffix('#plan')})"
        f"<br><small>{said.format(enough=asked.enough, **here)}</small>"
        for title, page, said in FINDS
        if rated or page != "rates/index.md"
    )


def _figures(programme: Programme, year: PublicYear) -> list[str]:
    rows = []
    for province in programme.level("省"):
        for unit in (province, *province.children):
            if unit.path in year.figures:
                figures = year.figures[unit.path]
                page = "rates/index.md" if unit is province else address(unit)
                rows.append([f"[{text(unit.name)}]({page})", str(figures.schools), str(figures.due), rate(figures)])
    if not rows:
        return []
    heading = f"\n## {year.year} 年考核合格率 {{ #rates }}\n\n"
    return [
        heading,
        *map(demo, programme.level("省")[:1]),
        table(["单位", "学校", "应考", "考核合格率"], rows, [1, 2], kind="rates"),
        "考核合格的，还要县里验收、认定，见各单位页上的验收合格率。[数字怎么算](rates/index.md#how)\n",
    ]


def _spoken(book: Rulebook, clause: str, day: str) -> str:
    """Who set a day: the clause where it names that day, else what the settings say of it."""
    _, month, date = day.split("-")
    if book.knows(clause):
        return cited(book, clause, int(month), int(date))
    return f"（{text(clause)}）"


def _deadlines(programme: Programme) -> list[str]:
    """When the current round is, and what has to be where by when; below it the same of those that come."""
    first = programme.current or 0
    rounds = [each for each in (programme.settings.data.rounds if programme.settings else ()) if each.year >= first]
    rounds.sort(key=lambda each: each.year)
    return [
        part
        for each in rounds
        for part in _deadlines_of(programme.rulebook(each.year), each, is_current=each.year == first)
    ]


def _deadlines_of(book: Rulebook, round_: s.RoundSettings, *, is_current: bool) -> list[str]:
    rows = [
        [
            chinese_date(entry.date),
            text(entry.task) + (f" {_spoken(book, entry.clause, entry.date)}" if entry.clause else ""),
            text(entry.who or "—"),
        ]
        for entry in sorted(round_.deadlines, key=lambda each: each.date)
    ]
    when = f"这一轮从{chinese_date(round_.starts)}到{chinese_date(round_.ends)}。"
    told = "指导意见只给了报送材料的月和日，年份是配置；" if book.filings else ""
    why = f"{told}学校报规划、教师选学、评审、验收的日子由县区定，请看县里的通知。"
    if not rows and not is_current:
        return []
    return [
        f"\n## {round_.year} 年的期限 {{ #deadlines{'' if is_current else f'-{round_.year}'} }}\n\n"
        f"{when}{why if is_current else '还没有开始。'}\n\n",
        table(["日期", "事项", "由谁办"], rows, kind="stack ws-deadlines") if rows else "",
    ]

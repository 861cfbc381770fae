"""What a province, city or county has to make known: documents, teams, pilots, filings, inspections, resources.

Every field shown here is marked `x-published` in its schema; people are in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wholeschool.outcomes.draws import how_many
from wholeschool.outcomes.standing import standing_decisions
from wholeschool.programme import Programme, Unit
from wholeschool.programme.people import names_somebody
from wholeschool.records.structs import (
    Announcement,
    Case,
    CountyProject,
    Documents,
    Inspections,
    Pilots,
    ProjectDecision,
    ProjectDecisions,
    Projects,
    Providers,
    Resources,
    ResultUses,
    Scheme,
    WorkPlan,
)
from wholeschool.site.citations import cite
from wholeschool.site.markup import chinese_date, facts, front_matter, table, text
from wholeschool.site.places import address, relative, trail_to
from wholeschool.site.views import PublicCase, case_slugs

TEAMS = {"office": "工程办", "management": "管理团队", "training": "培训团队", "expert": "专家团队"}
DUE = {"省": tuple(TEAMS), "市": ("office", "management", "training"), "县": ("office", "management", "training")}
SHOWING = "成果展示"
_DEMO = "样张：虚构的示例单位，内容都不是真的。\n{ .ws-kicker }\n\n"


def pages(programme: Programme, cases: Sequence[PublicCase]) -> Iterator[tuple[str, str]]:
    """`rates/<unit>/registers.md` for every province, city and county; for a county also its schools' `papers.md`."""
    year = programme.current or 0
    slugs = {(case.unit.path, case.slug): case.title for case in cases}
    for unit in programme.units.values():
        if unit.level in DUE:
            yield f"rates/{unit.path}/registers.md", _page(programme, unit, year, slugs)
        if unit.level == "县":
            yield f"rates/{unit.path}/papers.md", _papers(programme, unit, year)


def _page(programme: Programme, unit: Unit, year: int, cases: Mapping[tuple[str, str], str]) -> str:
    here = f"rates/{unit.path}"
    parts = [
        front_matter(f"{unit.name}公开登记", f"{unit.name}的文件、团队、试点、备案、检查和资源"),
        trail_to(unit, "公开登记"),
        f"# {text(unit.name)}公开登记\n\n",
        _DEMO if unit.data.demo else "",
    ]
    if unit.data.authority:
        parts.append(facts([("责任主体", text(unit.data.authority) + cite(programme, "registers.authority", year))]))
    for title, anchor, body in (
        ("团队", "teams", _teams(unit)),
        ("现行文件", "documents", _documents(unit)),
        ("试点", "pilots", _pilots(programme, unit, here, cases)),
        ("规划备案", "plans", _plans(programme, unit, year)),
        ("学校文件", "schools", _schools(unit)),
        ("检查验收", "inspections", _inspections(programme, unit)),
        ("抽样公告", "draws", _draws(unit)),
        ("项目", "projects", _projects(unit)),
        ("网络研修承担机构", "providers", _providers(unit)),
        ("资源库", "resources", _resources(programme, unit, here)),
        ("结果应用", "uses", _uses(unit)),
    ):
        if body:
            clause = cite(programme, f"registers.{anchor}", year).strip()
            parts.append(f"\n## {title} {{ #{anchor} }}\n\n" + (f"{clause}\n\n" if clause else "") + body)
    return "".join(parts)


def _teams(unit: Unit) -> str:
    rows = []
    for name in DUE[unit.level]:
        team = unit.team(name)
        since = chinese_date(team.data.established) if team and team.data.established else "—"
        number = text(team.data.document) if team and team.data.document else "—"
        rows.append([TEAMS[name], "已登记" if team else "还没有登记", since, number])
    return table(["团队", "名单", "成立日期", "文号"], rows, kind="stack")


def _documents(unit: Unit) -> str:
    rows = [
        [text(each.kind), text(each.title), text(each.number or "—"), chinese_date(each.date)]
        for record in unit.all(Documents)
        for each in record.data.documents
        if each.status == "印发"
    ]
    return table(["种类", "标题", "文号", "日期"], rows, kind="stack ws-dated") if rows else ""


def _pilots(programme: Programme, unit: Unit, here: str, cases: Mapping[tuple[str, str], str]) -> str:
    rows = []
    for record in unit.all(Pilots):
        for pilot in record.data.pilots:
            target = programme.units.get(pilot.unit)
            slugs = [slug for name in pilot.experience for slug in case_slugs(unit, name)]
            known = [(slug, cases.get((unit.path, slug))) for slug in slugs]
            links = [f"[{text(title)}]({relative(here, f'cases/{slug}.md')})" for slug, title in known if title]
            rows.append([_link(target, here) if target else "—", chinese_date(pilot.since), "<br>".join(links) or "—"])
    return table(["试点单位", "确定日期", "经验"], rows, kind="stack") if rows else ""


def _plans(programme: Programme, unit: Unit, year: int) -> str:
    if unit.level != "县":
        return ""
    here = f"rates/{unit.path}"
    rows = []
    for school in programme.county_year(unit, year).taking_part:
        last = school.approvals[-1] if school.approvals else None
        state = text(last.decision) if last else "还没有审核" if school.plan else "还没有报送"
        rows.append(
            [
                _link(school.school, here),
                state,
                chinese_date(last.date) if last else "—",
                text(last.filing if last and last.filing else "—"),
            ]
        )
    return table(["学校", f"{year} 年规划", "日期", "备案号"], rows, kind="stack") if rows else ""


def _schools(unit: Unit) -> str:
    if unit.level != "县" or not unit.children:
        return ""
    return "[各校有没有年度工作计划、校本研修方案、整校推进工作案例](papers.md)\n"


def _papers(programme: Programme, county: Unit, year: int) -> str:
    """Which of the papers a school plans with are there; attached schools use their 中心学校's."""
    rows = []
    for found in programme.county_year(county, year).taking_part:
        school = found.school
        planner = found.center or school
        cases = [case for case in school.all(Case) if case.data.type == "整校推进工作案例"]
        marks = (planner.all(WorkPlan, year=year), planner.all(Scheme, year=year), cases)
        rows.append([_link(school, f"rates/{county.path}"), *("有" if mark else "还没有" for mark in marks)])
    heads = ["学校", "年度工作计划", "校本研修方案", "整校推进工作案例"]
    return "".join(
        [
            front_matter(f"{county.name}学校文件", f"{county.name}各校的年度工作计划、研修方案和工作案例"),
            trail_to(county, "学校文件"),
            f"# {text(county.name)}学校文件\n\n",
            _DEMO if county.data.demo else "",
            f"县里帮学校定的计划和主题{cite(programme, 'registers.help', year)}；"
            "挂靠中心学校的，看中心学校的（本项目约定）。\n\n",
            table(heads, rows, kind="stack") if rows else "还没有学校。\n",
        ]
    )


def _inspections(programme: Programme, unit: Unit) -> str:
    rows = [
        [chinese_date(each.date), text(target.name), text(each.kind), text(each.conclusion)]
        for record in unit.all(Inspections)
        for each in record.data.inspections
        if (target := programme.units.get(each.unit))
    ]
    return table(["日期", "单位", "种类", "结论"], rows, kind="stack") if rows else ""


def _draws(unit: Unit) -> str:
    """Every announcement, drawn or waiting or called off, with what anybody needs to draw it again."""
    rows = []
    for record in unit.all(Announcement):
        said = record.data
        terms = f"{said.population.people} 人，{text(how_many(said))}"
        rows.append(
            [
                chinese_date(said.announced),
                said.stage,
                f"{terms}<br>名单摘要 <code>{said.population.sha256[:16]}…</code>",
                f"{said.value.source}，{chinese_date(said.value.day)}",
                _drawn(said),
            ]
        )
    words = "先公告，后抽样：公告合并以后才开的奖，决定抽到谁。同一份公告和号码，谁来算都是同一批人。\n\n"
    heads = ["公告日期", "抽查什么", "总体和抽多少", "用哪一天的号码", "结果"]
    return words + table(heads, rows, kind="stack") if rows else ""


def _drawn(said: Announcement) -> str:
    if said.cancelled:
        return f"{chinese_date(said.cancelled.date)}取消：{text(said.cancelled.reason)}"
    if said.drawn is None:
        return "还没有抽样"
    drawn = said.drawn
    of = f"{chinese_date(drawn.date)}抽中 {len(drawn.sample)} 人"
    return f"{of}<br>号码 {drawn.numbers}（{text(drawn.where)}）<br>种子 <code>{drawn.seed[:16]}…</code>"


def _projects(unit: Unit) -> str:
    """Every project of a county and how far it has come: designed, submitted, decided by the city, reported."""
    rows = []
    for record in unit.all(Projects):
        decisions = unit.parent.all(ProjectDecisions, year=record.year) if unit.parent else []
        standing = standing_decisions(each.data for each in decisions)
        decided = {each.project: each for each in standing if each.county == unit.path}
        rows += [
            [str(record.year), text(project.name), _state(project, decided.get(project.name))]
            for project in record.data.projects
        ]
    return table(["年度", "项目", "走到哪里"], rows, kind="stack") if rows else ""


def _state(project: CountyProject, decision: ProjectDecision | None) -> str:
    if decision is None:
        return "已报市审批" if project.submitted else "设计中"
    if decision.decision != "批准":
        return f"市里{decision.decision}"
    return "已批准，已向省报备" if decision.reported else "已批准，待向省报备"


def _providers(unit: Unit) -> str:
    names = [text(each.name) for record in unit.all(Providers) for each in record.data.providers]
    return "".join(f"- {name}\n" for name in names)


def _resources(programme: Programme, unit: Unit, here: str) -> str:
    rows = []
    for record in unit.all(Resources):
        for each in record.data.resources:
            codes = [
                f"[{code}]({relative(here, f'catalogue/{code}.md')})"
                for code in each.microabilities
                if code in programme.ever
            ]
            title = f"[{text(each.title)}]({each.where})" if each.where else text(each.title)
            rows.append([title, text(each.source), text(each.licence), "、".join(codes) or "—", "、".join(each.stages)])
    return table(["资源", "来源", "授权", "微能力", "学段"], rows, kind="stack ws-sortable") if rows else ""


def _uses(unit: Unit) -> str:
    """How results were used; showing somebody's work, or naming them, needs their consent."""
    rows = [
        [chinese_date(use.date), text(use.type), text(use.content)]
        for record in unit.all(ResultUses)
        for use in record.data.uses
        if use.consent or (use.type != SHOWING and not names_somebody(use.content, unit))
    ]
    return table(["日期", "途径", "内容"], rows, kind="stack") if rows else ""


def _link(unit: Unit, here: str) -> str:
    target = "rates/index.md" if unit.level == "省" else address(unit)
    return f"[{text(unit.name)}]({relative(here, target)})"

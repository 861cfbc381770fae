"""Pass rates: a page for each unit, province to school, every figure with its formula and the records behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from wholeschool.outcomes.asked import Asked, asked_of
from wholeschool.outcomes.published import PublicFigures, PublicSchool, PublicYear, public_kind
from wholeschool.outcomes.stages import STEPS
from wholeschool.programme import Programme, Unit
from wholeschool.site import ability_rates, rounds
from wholeschool.site.charts import MOST_ROWS, bars, heat, trend
from wholeschool.site.citations import cite, numbers_cited, to_requirement
from wholeschool.site.markup import (
    HIDDEN,
    VEILED,
    Tile,
    bar,
    block,
    chinese_date,
    count,
    front_matter,
    percent,
    table,
    text,
    tiles,
)
from wholeschool.site.places import address, changes_of, demo, folder_of, link_to, relative, short, trail_to

FORMULA = (
    "**考核合格率 = 考核合格人数 ÷ 应考人数**，说学校的考核走到哪里{passed}；"
    "**验收合格率 = 验收认定人数 ÷ 应考人数**，是县里验收、认定了的，纳入对学校的考核{accepted}。"
    "应考的是名册上的全体教师，减去有理由、有批准人的免考教师，不是报了名的教师；"
    "合格是指通过的微能力合计不少于 {enough}。两个公式是本项目定的，指导意见没有给。\n"
)
# Every figure's place in the table of formulas.
HOW = {
    "应考": "due",
    "选满学分": "chosen",
    "学满学时": "trained",
    "考核合格": "passed",
    "验收认定": "accepted",
    "考核合格率": "rate",
    "验收合格率": "accepted-rate",
}


def pages(programme: Programme, years: list[PublicYear]) -> Iterator[tuple[str, str]]:
    """`rates/index.md` and one page for each city, county and school that has figures."""
    if not years:
        return
    yield "rates/index.md", _top(programme, years)
    yield from rounds.pages(programme, years)
    for unit in programme.units.values():
        if unit.path not in years[-1].figures:
            if (unit.closed or unit.opened) and years[-1].elsewhere is None and unit.level != "省":
                yield address(unit), _elsewhen(programme, unit, years)
            continue
        if unit.level == "校":
            if years[-1].elsewhere is None:
                yield address(unit), _school(programme, unit, years)
        elif unit.level in ("市", "县"):
            yield address(unit), _group(programme, unit, years)
            if unit.level == "县" and years[-1].elsewhere is None:
                yield f"rates/{unit.path}/owed.md", _owed(programme, unit, years[-1])


def rate(figures: PublicFigures) -> str:
    """A unit's 考核合格率 in a table's cell."""
    return VEILED if figures.suppressed else bar(figures.rate)


def _top(programme: Programme, years: list[PublicYear]) -> str:
    latest = years[-1]
    parts = [
        front_matter(
            "合格率", f"{latest.year} 年考核合格率、验收合格率，省、市、县、校；数字怎么算", search={"boost": 2}
        ),
        "# 合格率\n\n",
        _formula(programme, latest.year),
    ]
    provinces = [unit for unit in programme.level("省") if unit.path in latest.figures]
    for province in provinces:
        parts += [f"\n## {text(province.name)} {latest.year} 年 {{ #{province.slug} }}\n\n"]
        parts += [demo(province), _more(latest, f"{province.slug}/")]
        parts += [_overview(programme, latest.figures[province.path]), _children(programme, province, latest, "rates")]
        parts += [_counties(province, latest), _board(province, latest), _trend(province, years, f"{province.slug}/")]
        if shown := ability_rates.crossed(programme.abilities(latest.year), latest.classes[province.path]):
            parts += ["\n## 各类微能力 { #abilities }\n\n", ability_rates.formula(programme, "rates"), shown]
            parts.append(f"[分维度、分环境、分单位、每一项]({province.slug}/abilities.md)\n")
    if not provinces:
        parts.append("\n还没有单位的记录；记录合并以后，这里就有数字。\n")
    return "".join(
        [
            *parts,
            _how(programme, latest.year, "../"),
            _downloads("rates", latest.year),
            _explanation(programme, latest.year),
        ]
    )


def _group(programme: Programme, unit: Unit, years: list[PublicYear]) -> str:
    latest = years[-1]
    return "".join(
        [
            front_matter(
                f"{unit.name}合格率",
                f"{unit.name} {latest.year} 年考核合格率、验收合格率",
                hide=["navigation"],
                search={"boost": 2},  # whoever types a county's name wants the county, not one of its schools
            ),
            trail_to(unit),
            f"# {text(unit.name)}合格率\n\n",
            demo(unit),
            changes_of(programme, unit),
            _more(latest),
            _formula(programme, latest.year),
            f"\n## {latest.year} 年 {{ #figures }}\n\n",
            _overview(programme, latest.figures[unit.path]),
            _children(programme, unit, latest, folder_of(unit)),
            _board(unit, latest),
            _trend(unit, years),
            _how(programme, latest.year, "../" * address(unit).count("/")),
            _downloads(folder_of(unit), latest.year),
            _explanation(programme, latest.year),
        ]
    )


def _elsewhen(programme: Programme, unit: Unit, years: list[PublicYear]) -> str:
    """The page of a unit that is no more, or not yet one of the round: its history, and the rounds that it was in."""
    parts = [
        front_matter(unit.name, f"{unit.name}：设立、撤销和历年", hide=["navigation"]),
        trail_to(unit),
        f"# {text(unit.name)}\n\n",
        demo(unit),
        changes_of(programme, unit),
        f"{years[-1].year} 年这一轮没有这个单位。\n",
        _trend(unit, years),
    ]
    return "".join(parts)


def _school(programme: Programme, unit: Unit, years: list[PublicYear]) -> str:
    latest = years[-1]
    school = latest.schools[unit.path]
    figures = latest.figures[unit.path]
    parts = [
        front_matter(unit.name, f"{unit.name} {latest.year} 年整校推进情况", hide=["navigation"]),
        trail_to(unit),
        f"# {text(unit.name)}\n\n",
        demo(unit),
        f"{text(public_kind(unit))}\n{{ .ws-kicker }}\n\n",
        changes_of(programme, unit),
        _steps(programme, unit, school),
        f"\n## {latest.year} 年的数字 {{ #figures }}\n\n",
        _overview(programme, figures),
        _trend(unit, years),
        ability_rates.of_school(programme, unit, years),
    ]
    if school.themes:
        parts += ["\n## 研修主题 { #themes }\n\n", *(f"- {text(theme)}\n" for theme in school.themes)]
    if school.offered:
        up = relative(folder_of(unit), "catalogue")
        links = [
            f"- [{code} {text(programme.ever[code].name)}]({up}/{code}.md)\n"
            for code in school.offered
            if code in programme.ever
        ]
        parts += ["\n## 可选微能力 { #offered }\n", block("ws-columns", "".join(links))]
    records = f"submissions/{unit.path}/{latest.year}"
    county = f"submissions/{unit.path.rpartition('/')[0]}/{latest.year}"
    return "".join(
        [
            *parts,
            _how(programme, latest.year, relative(folder_of(unit), ""), records, county, unit),
            _explanation(programme, latest.year),
        ]
    )


def _steps(programme: Programme, unit: Unit, school: PublicSchool) -> str:
    marks = []
    for place, name in enumerate(STEPS):
        state = "done" if place < school.step else "now" if place == school.step else "open"
        word = {"done": "已完成", "now": "正在进行", "open": "还没到"}[state]
        marks.append(f'<li class="ws-{state}"><b>{name}</b><small>{word}</small></li>')
    dates = [
        f"{title} {chinese_date(date)}"
        for title, date in (("规划审核通过", school.filed), (school.conclusion, school.concluded))
        if date
    ]
    owner = f"，由{text(school.owner)}办" if school.owner else ""
    if school.waiting_for:
        waiting = f"正在第 {school.step + 1} 步“{school.step_name}”，下一件事：**{text(school.waiting_for)}**{owner}。"
    elif school.step < len(STEPS):
        over = "学校已经撤销" if unit.closed else "这一轮已经关闭"
        waiting = f"{over}，到第 {school.step + 1} 步“{school.step_name}”为止。"
    else:
        waiting = "五个步骤都已完成。"
    known = f" {'；'.join(dates)}。" if dates else ""
    guide = relative(folder_of(unit), "handbook/steps.md")
    steps = f'<ol class="ws-steps">{"".join(marks)}</ol>'
    return (
        f"## 走到哪一步 {{ #steps }}\n\n{steps}\n\n{waiting}{known}"
        f"{cite(programme, 'steps')} 每一步做什么，见[五个步骤]({guide})。\n"
    )


def chosen_title(asked: Asked) -> str:
    """What having chosen enough is called."""
    return "选满学分" if asked.credits else "选满项数"


def _overview(programme: Programme, figures: PublicFigures) -> str:
    schools = figures.unit.level != "校"
    asked = asked_of(programme, figures.year, None if schools else programme.units.get(figures.unit.path))
    share = "" if figures.passed is None else f"{figures.passed} ÷ {figures.due}" if figures.due else "还没有应考教师"
    hidden = '<a href="#veiled">为什么不公布</a>'
    main = Tile(_figure("考核合格率"), VEILED if figures.suppressed else percent(figures.rate), share or hidden)
    accepted = count(figures.accepted)
    hours = " + ".join(str(each) for each in (asked.online, asked.practice) if each)
    recognised = f"{figures.recognised} / {figures.schools} 所学校" if schools else "县级认定后计入"
    if not figures.accepted_complete and figures.accepted is not None:
        accepted = f"≥ {figures.accepted}"
    rows = [
        main,
        Tile(_figure("应考"), str(figures.due), _exempt(figures)),
        Tile(_figure(chosen_title(asked)), count(figures.chosen), f"不少于 {asked.enough}"),
        *([Tile(_figure("学满学时"), count(figures.trained), hours)] if asked.hours else []),
        Tile(_figure("考核合格"), count(figures.passed), f"通过不少于 {asked.enough}"),
        Tile(_figure("验收认定"), accepted, recognised),
        Tile(_figure("验收合格率"), *_accepted_rate(figures)),
    ]
    return tiles(rows)


def _accepted_rate(figures: PublicFigures) -> tuple[str, str]:
    """The rate that a county reports, with what it was divided from."""
    if figures.accepted_rate is not None:
        return percent(figures.accepted_rate), f"{figures.accepted} ÷ {figures.due}"
    return (VEILED, '<a href="#veiled">为什么不公布</a>') if figures.due else ("—", "还没有应考教师")


def _figure(name: str) -> str:
    """A figure's name, leading to its formula and clause further down."""
    return f'<a href="#how-{HOW.get(name, "chosen")}">{name}</a>'


def _exempt(figures: PublicFigures) -> str:
    if figures.exempt is None:
        return "免考人数少，不公布"
    return f"另有免考 {figures.exempt} 人" if figures.exempt else "没有免考"


def _children(programme: Programme, unit: Unit, year: PublicYear, here: str) -> str:
    asked = asked_of(programme, year.year)
    children = [child for child in unit.children if child.path in year.figures]
    if not children:
        word = "学校" if unit.level == "县" else "下级单位"
        return f"\n还没有{word}的记录；记录合并以后，这里就有数字。\n"
    schools = children[0].level == "校"
    # What the picture says of each of them, the table says too.
    compared = len(children) <= MOST_ROWS
    rows = []
    for child in children:
        figures = year.figures[child.path]
        link = link_to(child, year, address(child).removeprefix(f"{here}/"), short(child))
        last = text(year.schools[child.path].step_name) if schools else str(figures.schools)
        trained = [count(figures.trained)] if compared and asked.hours else []
        rows.append(
            [link, last, str(figures.due), count(figures.chosen), *trained, count(figures.passed), rate(figures)]
        )
    names = [(short(child), year.figures[child.path]) for child in children]
    shown = _heat(names, asked, schools=schools)
    heads = ["学校", "走到哪一步"] if schools else ["单位", "学校"]
    heads += ["应考", chosen_title(asked), *(["学满学时"] if compared and asked.hours else []), "合格", "考核合格率"]
    numbers = range(2 if schools else 1, len(heads) - 1)
    gone = [
        f"- [{text(short(each))}]({address(each).removeprefix(f'{here}/')})\n"
        for each in unit.children
        if each.closed and each.path not in year.figures and year.elsewhere is None
    ]
    closed = f"\n已撤销的：\n\n{''.join(gone)}" if gone else ""
    return shown + table(heads, rows, numbers, kind="compared" if compared else "children") + closed


def _counties(province: Unit, year: PublicYear) -> str:
    """Every county of a province with its pass rate, straight from the first page."""
    known = [
        county
        for city in province.children
        for county in city.children
        if county.level == "县" and county.path in year.figures
    ]
    if not known:
        return ""
    rows = []
    for county in known:
        figures = year.figures[county.path]
        shown = VEILED if figures.suppressed else percent(figures.rate) if figures.due else "还没有应考教师"
        rows.append(f"- {link_to(county, year, address(county).removeprefix('rates/'))} {shown}\n")
    return "\n### 各县区 { #counties }\n" + block("ws-columns", "".join(rows))


def _more(year: PublicYear, towards: str = "") -> str:
    """Links to a unit's other pages; an overview made from counties' open data has fewer."""
    abilities = f"[各类微能力]({towards}abilities.md)"
    if year.elsewhere is not None:
        said = "各校的网页在本县的网站上；这里的数字由各县公布的数字相加，有一个县不公布，合计也不公布。"
        return f"{said}\n{{ .ws-kicker }}\n\n{abilities}\n\n"
    return (
        f"{abilities} · [十四项指标和各地进度]({towards}indicators.md) · "
        f"[公开登记：团队、文件、备案]({towards}registers.md) · [数字怎么算](#how)\n\n"
    )


def _heat(children: Sequence[tuple[str, PublicFigures]], asked: Asked, *, schools: bool) -> str:
    """How far every child has come; of too many to look at, how many have come how far."""
    known = [(name, each) for name, each in children if each.due]
    word = "所学校" if schools else "个单位"
    rates = [each.rate for _, each in known if each.rate is not None]
    full = sum(rate >= 100 for rate in rates)
    hidden = f"，另有 {len(known) - len(rates)} {word}不公布" if len(known) > len(rates) else ""
    done = f"{full} {word}的应考教师全部合格" if full else f"还没有一{word}的应考教师全部合格"
    finding = f"{len(known)} {word}里，{done}{hidden}"
    if len(known) < 2:
        return ""
    if len(known) > MOST_ROWS:
        limits = (0, 20, 40, 60, 80, 100)
        bands = [(f"{low}%—{high - 1}%", sum(low <= rate < high for rate in rates)) for low, high in pairwise(limits)]
        return bars(finding, [*bands, ("100%", full), ("不公布", len(known) - len(rates))], word[0])
    rows = [
        (
            name,
            [
                HIDDEN if count is None else count * 100 / each.due
                for count in (each.chosen, *([each.trained] if asked.hours else []), each.passed)
            ],
        )
        for name, each in known
    ]
    return heat(finding, [chosen_title(asked), *(["学满学时"] if asked.hours else []), "合格"], rows)


def _board(unit: Unit, year: PublicYear) -> str:
    """How many schools stand at each of the five steps; schools are not people, so nothing is hidden."""
    below = [school for path, school in year.schools.items() if path.startswith(f"{unit.path}/")]
    if not below:
        return ""
    rows = []
    for place, name in enumerate((*STEPS, "已完成")):
        count = sum(school.step == place for school in below)
        title = f"{place + 1} {name}" if place < len(STEPS) else name
        rows.append([title, str(count), bar(count * 100 / len(below)) if count else "—"])
    more = "[各校还差什么、由谁办](owed.md)\n" if unit.level == "县" and year.elsewhere is None else ""
    board = "\n## 各校走到哪一步 { #board }\n\n" + table(["正在第几步", "学校", "占全部学校"], rows, [1], kind="board")
    return board + more


def _owed(programme: Programme, county: Unit, year: PublicYear) -> str:
    """For every school of a county that is not done: what it waits for, in which record, from whom, by when."""
    rows = []
    for school in county.children:
        at = year.schools.get(school.path)
        if at and at.waiting_for:
            link = f"[{text(short(school))}]({address(school).removeprefix(f'rates/{county.path}/')})"
            step = f"{at.step + 1} {text(at.step_name)}"
            due = f"{chinese_date(at.due)}前" if at.due else ""
            rows.append(
                [
                    f"{link}<br><small>{step}</small>",
                    f"{text(at.waiting_for)}<br><small><code>{text(at.record)}</code></small>",
                    f"{text(at.owner)}<br><small>{due}</small>",
                ]
            )
    waiting = table(["学校", "还差", "由谁办"], rows, kind="stack ws-board")
    done = all(each.step == len(STEPS) for path, each in year.schools.items() if path.startswith(f"{county.path}/"))
    nothing = "每所学校的五个步骤都已完成。\n" if done else "这一轮已经关闭，或者学校已经撤销；没有走完的不再补。\n"
    return "".join(
        [
            front_matter(
                f"{county.name}各校还差什么", f"{county.name}各校的下一件事、记录、由谁办、期限", hide=["navigation"]
            ),
            trail_to(county, "还差什么"),
            f"# {text(county.name)}各校还差什么\n\n",
            demo(county),
            f"下一件事、写在哪份记录里、由谁办、什么时候以前。{cite(programme, 'steps').strip()}\n\n",
            waiting if rows else nothing,
        ]
    )


def _trend(unit: Unit, years: list[PublicYear], towards: str = "") -> str:
    known = [year for year in years if unit.path in year.figures and year.figures[unit.path].due]
    if len(known) < 2:
        return ""
    rows = [
        [
            f"[{year.year}]({towards}{year.year}.md)" if unit.level != "校" else f"{year.year}",
            *(str(figures.due), count(figures.passed), rate(figures)),
        ]
        for year in known
        for figures in (year.figures[unit.path],)
    ]
    # A round in which nobody has been assessed yet has not fallen to nought.
    latest, drawn = known[-1], ""
    shares = [(str(year.year), year.figures[unit.path].rate) for year in known]
    if latest.figures[unit.path].passed == 0:
        shares, drawn = shares[:-1], f"{latest.year} 年还没有教师合格，没有画进去。\n\n"
    if len(shares) > 1:
        ends = [share for _, share in shares if share is not None]
        change = f"从 {percent(ends[0], 0)} 到 {percent(ends[-1], 0)}" if len(ends) > 1 else "只有一年公布"
        drawn = trend(f"考核合格率 {shares[0][0]} 至 {shares[-1][0]} 年：{change}", shares) + drawn
    heads = ["年度", "应考", "合格", "考核合格率"]
    return "\n## 历年 { #trend }\n\n" + drawn + table(heads, rows, [1, 2], kind="board")


def _how(
    programme: Programme, year: int, up: str, records: str = "", county: str = "", school: Unit | None = None
) -> str:
    """Every figure with its formula and clause; for a school also the records it is computed from."""
    asked = asked_of(programme, year, school)
    waves = "里轮到这一轮应考的" if programme.standard(year).waves else ""
    rows = [
        ["应考", f"名册上的全体教师{waves}，减去有理由、有批准人的免考教师", "teachers.yaml"],
        [
            chosen_title(asked),
            f"应考教师中，所选微能力合计不少于 {asked.enough}{asked.among}的",
            "teachers.yaml",
        ],
        [
            "学满学时",
            f"应考教师中，{asked.studied}",
            "teachers.yaml",
        ],
        [
            "考核合格",
            f"应考教师中，通过的微能力合计不少于 {asked.enough}{asked.among}的；同一项以最近一次评审为准，"
            "证书撤销而没有更换的不算",
            "reviews/",
        ],
        [
            "验收认定",
            f"考核合格的教师中，学校已经验收合格、县级已经认定{'学分' if asked.credits else ''}的"
            + ("；学时另认，学了多少认定多少，不论考核结果" if asked.hours else ""),
            "acceptance/",
        ],
        ["考核合格率", "考核合格 ÷ 应考", ""],
        ["验收合格率", "验收认定 ÷ 应考", ""],
    ]
    cells = []
    for name, formula, record in rows:
        if name == "学满学时" and not asked.hours:
            continue
        path = f"{county if record == 'acceptance/' else records}/{record}"
        where = f"<br><small>记录：<code>{text(path)}</code></small>" if records and record else ""
        key = HOW.get(name, "chosen")
        cells.append(
            [
                f'<span id="how-{key}">{name}</span>',
                formula + to_requirement(programme, f"rates.{key}", up, year) + where,
            ]
        )
    counted = ["学分" if asked.credits else "项数", *(["学时"] if asked.hours else [])]
    access = "\n记录在各单位的仓库里，有权限的人可以逐条核对。\n" if records else ""
    numbers = numbers_cited(programme.rulebook(year), programme.standard(year))
    standard = programme.standard(year)
    others = "、".join(f"{each.type} {each.credits} {asked.of}" for each in standard.types) if school is None else ""
    share = f"应考教师里考核合格的不少于 {standard.school_share}%，学校才验收合格。" if standard.school_share else ""
    said = (
        f"\n算法是本项目定的，条款是它为的哪一条；{'、'.join(counted)}的数出自 {numbers}。"
        + (f"另有标准的：{others}。" if others else "")
        + f"{share}\n"
    )
    return "\n## 数字怎么算 { #how }\n\n" + table(["数字", "算法、条款"], cells, kind="how") + said + access


def _downloads(here: str, year: int) -> str:
    data = relative(here, "data")
    return (
        f"\n下载：[JSON]({data}/figures-{year}.json) · [CSV]({data}/figures-{year}.csv) · [字段说明]({data}/index.md)\n"
    )


def _explanation(programme: Programme, year: int) -> str:
    minimum = programme.minimum_cell(year)
    if minimum < 2:
        return ""
    return (
        "\n## 为什么有的数字不公布 { #veiled }\n\n"
        f"一个数字如果说的是 1 到 {minimum - 1} 个人（合格的，或者没有合格的），就等于点了他们的名，所以不公布。"
        "只藏这一个还不够：拿全县的合计减去别的学校，又能算出来。所以有时连带隐去相邻的学校，甚至上一级的合计，"
        "直到谁也不能从公开的数字里推出来。写着“≥”的，是公开的各县之和，还有县没有计入。"
        "“不公布”不是 0，也不说明考得好或不好；应考人数、学校数照常公布。\n\n"
        f"这个界线（{minimum} 人）由各地在工程总配置里决定，指导意见没有规定。\n"
    )


def _formula(programme: Programme, year: int) -> str:
    asked = asked_of(programme, year)
    passed, accepted = (cite(programme, f"rates.{place}", year) for place in ("rate", "accepted-rate"))
    return FORMULA.format(enough=f"{asked.enough}{asked.among}", passed=passed, accepted=accepted)

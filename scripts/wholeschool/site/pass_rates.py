"""Pass rates: a page for each unit, province to school, every figure with its formula and the records behind it."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.outcomes.stages import STEPS
from wholeschool.programme import Programme, Unit
from wholeschool.site.markup import bar, chinese_date, front_matter, table, text
from wholeschool.site.views import PublicFigures, PublicSchool, PublicYear

FORMULA = (
    "**合格率 = 考核合格人数 ÷ 应考人数**。应考人数是名册上的全体教师，减去有理由、有批准人的免考教师，不是报名人数；"
    "合格是指通过的微能力合计不少于 {credits} 学分。 <cite>附件1 四(三)1</cite> <cite>附件1 二(四)4</cite>\n"
)
VEILED = "—"


def pages(programme: Programme, years: list[PublicYear]) -> Iterator[tuple[str, str]]:
    """`rates/index.md` and one page for each city, county and school that has figures."""
    if not years:
        return
    yield "rates/index.md", _top(programme, years)
    for unit in programme.units.values():
        if unit.level == "校":
            yield address(unit), _school(programme, unit, years)
        elif unit.level in ("市", "县"):
            yield address(unit), _group(programme, unit, years)


def address(unit: Unit) -> str:
    """The page of a unit."""
    return f"rates/{unit.path}.md" if unit.level == "校" else f"rates/{unit.path}/index.md"


def _top(programme: Programme, years: list[PublicYear]) -> str:
    latest = years[-1]
    parts = [
        front_matter("合格率", f"{latest.year} 年校本应用考核合格率，省、市、县、校"),
        "# 合格率\n\n",
        _formula(programme),
    ]
    for province in programme.level("省"):
        if province.path in latest.figures:
            parts += [f"\n## {text(province.name)} {latest.year} 年\n\n", _overview(latest.figures[province.path])]
            parts.append(_children(province, latest, "rates"))
    parts.append(_explanation(programme))
    return "".join(parts)


def _group(programme: Programme, unit: Unit, years: list[PublicYear]) -> str:
    latest = years[-1]
    figures = latest.figures[unit.path]
    parts = [
        front_matter(f"{unit.name}合格率", f"{unit.name} {latest.year} 年校本应用考核合格率"),
        _trail(unit),
        f"# {text(unit.name)}合格率\n\n",
        _demo(unit),
        _formula(programme),
        f"\n## {latest.year} 年\n\n",
        _overview(figures),
        _children(unit, latest, address(unit).rpartition("/")[0]),
        _explanation(programme),
    ]
    return "".join(parts)


def _school(programme: Programme, unit: Unit, years: list[PublicYear]) -> str:
    latest = years[-1]
    school = latest.schools[unit.path]
    figures = school.figures
    folder = f"submissions/{unit.path}/{latest.year}"
    parts = [
        front_matter(unit.name, f"{unit.name} {latest.year} 年整校推进情况"),
        _trail(unit),
        f"# {text(unit.name)}\n\n",
        _demo(unit),
        f"{text(figures.unit.type)} · {'、'.join(figures.unit.environments)}\n\n",
        _steps(school),
        f"\n## {latest.year} 年的数字\n\n",
        _overview(figures),
        "\n## 数字从哪里来\n\n",
        table(
            ["数字", "算法", "记录"],
            [
                ["应考", "名册人数减去有理由、有批准人的免考人数", f"`{folder}/teachers.yaml`"],
                ["选满学分", "所选微能力合计达到最低学分的人数", f"`{folder}/teachers.yaml`"],
                ["学满学时", "网络研修、实践应用分别学满的人数", f"`{folder}/teachers.yaml`"],
                ["考核合格", "通过的微能力合计达到最低学分的人数", f"`{folder}/reviews/`"],
                [
                    "验收认定",
                    "其中学校已经验收、县级已经认定的人数",
                    f"`submissions/{unit.path.rpartition('/')[0]}/{latest.year}/acceptance.yaml`",
                ],
            ],
        ),
        "\n记录在各单位的仓库里，有权限的人可以逐条核对。\n",
    ]
    if school.themes:
        parts += ["\n## 研修主题\n\n", *(f"- {text(theme)}\n" for theme in school.themes)]
    if school.offered and school.filed:
        links = [
            f"[{code} {text(programme.microabilities[code].name)}]({_up(unit)}catalogue/{code}.md)"
            for code in school.offered
            if code in programme.microabilities
        ]
        parts += ["\n## 可选微能力\n\n", "、".join(links), "\n"]
    return "".join(parts)


def _steps(school: PublicSchool) -> str:
    stage = school.stage
    marks = [
        f'<li class="ws-{"done" if place < stage.step else "now" if place == stage.step else "open"}">{name}</li>'
        for place, name in enumerate(STEPS)
    ]
    dates = [
        f"{title} {chinese_date(date)}"
        for title, date in (
            ("规划审核通过", school.filed),
            ("验收合格", school.accepted),
            ("学分认定", school.recognised),
        )
        if date
    ]
    waiting = (
        f"正在第 {stage.step + 1} 步“{stage.name}”，等待{text(stage.owner)}{text(stage.waiting_for)}。"
        if stage.waiting_for
        else "五个步骤都已完成。"
    )
    facts = f" {'；'.join(dates)}。" if dates else ""
    return f'## 走到哪一步\n\n<ol class="ws-steps">{"".join(marks)}</ol>\n\n{waiting}{facts}\n'


def _overview(figures: PublicFigures) -> str:
    rows = [
        [
            str(figures.schools),
            str(figures.due),
            str(figures.exempt),
            str(figures.chosen),
            str(figures.trained),
            VEILED if figures.passed is None else str(figures.passed),
            VEILED if figures.accepted is None else str(figures.accepted),
            _rate(figures),
        ]
    ]
    heads = ["学校", "应考", "免考", "选满学分", "学满学时", "考核合格", "验收认定", "合格率"]
    if figures.unit.level == "校":
        heads, rows = heads[1:], [rows[0][1:]]
    return table(heads, rows, numbers=range(len(heads)))


def _children(unit: Unit, year: PublicYear, here: str) -> str:
    children = [child for child in unit.children if child.path in year.figures]
    if not children:
        return "\n还没有下级单位的记录。\n"
    schools = children[0].level == "校"
    rows = []
    for child in children:
        figures = year.figures[child.path]
        link = f"[{text(child.name)}]({address(child).removeprefix(here + '/')})"
        last = text(year.schools[child.path].stage.name) if schools else str(figures.schools)
        passed = VEILED if figures.passed is None else str(figures.passed)
        rows.append([link, last, str(figures.due), str(figures.chosen), passed, _rate(figures)])
    heads = ["学校" if schools else "单位", "走到哪一步" if schools else "学校", "应考", "选满学分", "合格", "合格率"]
    return "\n" + table(heads, rows, numbers=[2, 3, 4] if schools else [1, 2, 3, 4])


def _rate(figures: PublicFigures) -> str:
    return '<span class="ws-veiled">人数少，不公布</span>' if figures.suppressed else bar(figures.rate)


def _explanation(programme: Programme) -> str:
    minimum = programme.settings.data.publication.minimum_cell if programme.settings else 0
    return (
        f"\n合格或不合格人数在 1 到 {minimum - 1} 之间的不公布，必要时连带隐去相邻的单位，使人无法从合计倒推；"
        "应考人数照常公布。最小公开人数由各地在工程总配置里决定，指导意见没有规定。\n"
        if minimum > 1
        else ""
    )


def _formula(programme: Programme) -> str:
    return FORMULA.format(credits=programme.standard.credits)


def _trail(unit: Unit) -> str:
    here = address(unit).rpartition("/")[0]
    steps = []
    for above in reversed(list(unit.ancestors)):
        target = "rates/index.md" if above.level == "省" else address(above)
        steps.append(f"[{text(above.name)}]({_relative(here, target)})")
    return f"{' › '.join([*steps, text(unit.name)])}\n{{ .ws-trail }}\n\n"


def _demo(unit: Unit) -> str:
    return '!!! note "样张"\n    这是虚构的示例单位，人物和数字都不是真的。\n\n' if unit.data.demo else ""


def _up(unit: Unit) -> str:
    return "../" * address(unit).count("/")


def _relative(here: str, target: str) -> str:
    """`target` as seen from a page in the folder `here`."""
    ours, theirs = here.split("/"), target.split("/")
    while ours and theirs and ours[0] == theirs[0]:
        ours.pop(0)
        theirs.pop(0)
    return "../" * len(ours) + "/".join(theirs)

"""The catalogue: an overview by dimension and environment, and a page for each microability."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.outcomes.rates import AbilityTally, ability_tallies
from wholeschool.programme import Programme
from wholeschool.records.structs import Microability
from wholeschool.site.markup import front_matter, table, text
from wholeschool.site.views import PublicCase

ENVIRONMENTS = {
    "多媒体教学环境": "以集体教学为主，用简易或交互式多媒体设备。",
    "混合学习环境": "网络教室、线上空间或移动终端，线上线下结合的集体学习。",
    "智慧学习环境": "智能设备支持的个性化、差异化学习。",
}
DIMENSIONS = ("学情分析", "教学设计", "学法指导", "学业评价")


def pages(programme: Programme, cases: list[PublicCase]) -> Iterator[tuple[str, str]]:
    """`catalogue/index.md` and `catalogue/<code>.md`."""
    if not programme.microabilities:
        return
    year = programme.years[-1] if programme.years else 0
    tallies = ability_tallies(programme, (programme.school_year(school, year) for school in programme.schools))
    minimum = programme.settings.data.publication.minimum_cell if programme.settings else 0
    yield "catalogue/index.md", _overview(programme)
    for ability in programme.microabilities.values():
        yield f"catalogue/{ability.code}.md", _page(programme, ability, cases, tallies[ability.code], minimum, year)


def link(ability: Microability, up: str = "") -> str:
    """A link to an ability's page, from a page `up` levels away from the catalogue."""
    return f"[{ability.code} {text(ability.name)}]({up}{ability.code}.md)"


def _overview(programme: Programme) -> str:
    abilities = list(programme.microabilities.values())
    credits = sum(ability.credits for ability in abilities)
    wanted = programme.standard.credits
    parts = [
        front_matter("微能力目录", f"{len(abilities)} 项微能力，按维度、环境和学分查找"),
        f"# 微能力目录\n\n共 **{len(abilities)}** 项，合计 **{credits}** 学分。每位教师自选，"
        f"合计不少于 **{wanted}** 学分"
        " <cite>附件1 二(四)2</cite>；不要求选几项，也不要求跨维度或跨环境。\n\n",
        "## 按维度和环境\n\n",
    ]
    rows = []
    for dimension in DIMENSIONS:
        cells = [f"**{dimension}**"]
        for environment in ENVIRONMENTS:
            here = [each for each in abilities if each.dimension == dimension and each.environment == environment]
            cells.append("<br>".join(f"{link(each)} <small>{each.credits} 学分</small>" for each in here) or "—")
        rows.append(cells)
    parts += [table(["维度", *ENVIRONMENTS], rows), "\n## 按编号\n\n"]
    parts.append(
        table(
            ["编号", "微能力", "维度", "环境", "学分"],
            [[each.code, link(each), each.dimension, each.environment, str(each.credits)] for each in abilities],
            numbers=[4],
        )
    )
    parts.append("\n学分与名称出自指导意见的微能力表 <cite>附件1 四(一)</cite>。\n")
    return "".join(parts)


def _page(
    programme: Programme, ability: Microability, cases: list[PublicCase], tally: AbilityTally, minimum: int, year: int
) -> str:
    code, name = ability.code, text(ability.name)
    rest = programme.standard.credits - ability.credits
    parts = [
        front_matter(
            f"{ability.code} {ability.name}", f"{ability.dimension}，{ability.environment}，{ability.credits} 学分"
        ),
        f"# {code} {name}\n\n",
        table(
            ["维度", "环境", "学分"],
            [[ability.dimension, ability.environment, str(ability.credits)]],
        ),
        f"\n{ENVIRONMENTS[ability.environment]} <cite>附件1 四(一)</cite>\n\n",
    ]
    partners = [
        each
        for each in programme.microabilities.values()
        if each.code != code and each.environment == ability.environment
    ]
    same = [each for each in partners if each.dimension == ability.dimension]
    parts.append(
        f"## 选了它，还要选什么\n\n它有 {ability.credits} 学分，还差 {rest} 学分。"
        "下面这些与它环境相同，学校具备这种环境就能一起选；别的环境、别的维度也都可以选。\n\n"
    )
    if same:
        parts.append("**同一维度**：" + "、".join(f"{link(each)}（{each.credits}）" for each in same) + "\n\n")
    other = [each for each in partners if each.dimension != ability.dimension]
    parts.append("**其他维度**：" + "、".join(f"{link(each)}（{each.credits}）" for each in other) + "\n\n")
    parts.append(
        "## 怎么评\n\n提交能体现这项微能力的实践成果，由评审组按考核规范评定等级，并给出实践建议；优秀和合格都算通过。"
        " <cite>附件1 四(二)4</cite> 参见[考核怎么考](../handbook/assessment.md)。\n\n"
    )
    parts.append(f"## {year} 年的情况\n\n" + _figures(tally, minimum))
    shown = [case for case in cases if code in case.microabilities]
    if shown:
        parts.append("\n## 体现它的案例\n\n")
        parts += [f"- [{text(case.title)}](../cases/{case.slug}.md)：{text(case.problem)}\n" for case in shown]
    return "".join(parts)


def _figures(tally: AbilityTally, minimum: int) -> str:
    if 0 < tally.chosen < minimum:
        return f"选学的教师不到 {minimum} 人，不公布人数。\n"
    if 0 < tally.passed < minimum or 0 < tally.chosen - tally.passed < minimum:
        return f"选学 {tally.chosen} 人；通过人数涉及的人太少，不公布。\n"
    return f"选学 {tally.chosen} 人，通过 {tally.passed} 人。\n"

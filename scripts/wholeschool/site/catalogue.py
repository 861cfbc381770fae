"""The catalogue: an overview by dimension and environment, and a page for each microability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from math import comb, prod
from typing import NamedTuple

from wholeschool.outcomes.asked import Asked, asked_of, listed
from wholeschool.outcomes.credits import before
from wholeschool.outcomes.published import PublicCount, PublicYear
from wholeschool.programme import Programme
from wholeschool.records.levels import Levels
from wholeschool.records.structs import Dimension, Environment, Microability, Rubric, Rubrics
from wholeschool.site.charts import bars
from wholeschool.site.citations import cite, cited
from wholeschool.site.markup import Tile, block, facts, front_matter, table, text, tiles, trail
from wholeschool.site.views import PublicCase

FAVOURITES = 10
# Nobody looks for a choice of more than these, nor through more ways than those.
_MOST_CHOSEN, _MOST_MIXES = 6, 20


class Mix(NamedTuple):
    """Credits that add up to exactly what is wanted; for each different number the microabilities that have it."""

    credits: tuple[int, ...]
    choices: Mapping[int, Sequence[Microability]]

    @property
    def ways(self) -> int:
        """How many different choices it stands for."""
        return prod(comb(len(found), self.credits.count(each)) for each, found in self.choices.items())


def mixes(abilities: Sequence[Microability], wanted: int) -> list[Mix]:
    """The ways to reach exactly `wanted` credits with as few of `abilities` as can be; none if none."""
    of: dict[int, list[Microability]] = {}
    for each in abilities:
        of.setdefault(each.credits, []).append(each)
    for number in range(1, _MOST_CHOSEN + 1):
        found = [
            Mix(credits, {each: of[each] for each in credits})
            for credits in combinations_with_replacement(sorted(of), number)
            if sum(credits) == wanted and all(credits.count(each) <= len(of[each]) for each in credits)
        ]
        if found:
            return found
    return []


def always_enough(abilities: Sequence[Microability], wanted: int) -> int | None:
    """How many suffice whichever are taken; None where even all of them do not."""
    total = 0
    for number, credits in enumerate(sorted(each.credits for each in abilities), start=1):
        total += credits
        if total >= wanted:
            return number
    return None


def pages(programme: Programme, years: Sequence[PublicYear], cases: list[PublicCase]) -> Iterator[tuple[str, str]]:
    """`catalogue/index.md` and `catalogue/<code>.md`."""
    if not programme.abilities():
        yield "catalogue/index.md", front_matter("微能力目录") + "# 微能力目录\n\n微能力表还没有内容。\n"
        return
    year = years[-1].year if years else 0
    known = years[-1].classes if years else {}
    provinces = [known[unit.path] for unit in programme.level("省") if unit.path in known]
    of_all = provinces[0] if len(provinces) == 1 else {}
    counts = {group.code: found for group, found in of_all.items() if group.code}
    yield "catalogue/index.md", _overview(programme, counts, year)
    for ability in programme.ever.values():
        yield f"catalogue/{ability.code}.md", _page(programme, ability, cases, counts.get(ability.code), year)


def link(ability: Microability) -> str:
    """A link to an ability's page, from within the catalogue."""
    return f"[{ability.code} {text(ability.name)}]({ability.code}.md)"


def _overview(programme: Programme, counts: Mapping[str, PublicCount], year: int) -> str:
    abilities = list(programme.abilities().values())
    credits = sum(ability.credits for ability in abilities)
    asked, said = asked_of(programme), programme.vocabulary()
    wanted = asked.least
    planned = has_plan(programme)
    ways = [f"[怎样凑够 {asked.enough}](#plan)"] if planned else []
    ways += ["[大家选了什么](#favourites)"] if counts else []
    book = programme.rulebook()
    source = cited(book, book.clause("pages", "standard.credits"), wanted)
    others = "、".join(f"{each.type} {each.credits} {asked.of}" for each in programme.standard().types)
    free = f"（{others}）" if others else ""
    if asked.credits and not asked.dimensions:
        free += f"；不要求选几项，也不要求跨维度{'或跨环境' if asked.environments else ''}"
    parts = [
        front_matter(
            "微能力目录",
            f"{len(abilities)} 项微能力，按{listed(asked.columns)}查找"
            + (f"；怎样凑够 {asked.enough}" if planned else ""),
            hide=["navigation", "toc"],
            search={"boost": 3},
        ),
        f"# 微能力目录\n\n共 **{len(abilities)}** 项{f'，合计 **{credits}** 学分' if asked.credits else ''}。"
        "每位教师自选，"
        f"合计不少于 **{wanted}** {asked.of}{asked.among} {source}{free}。"
        f"{'先看学校有什么环境，再在那一栏里选。' if asked.environments else ''}微能力也有人叫“能力点”，是一回事。\n\n",
        f"{' · '.join([*ways, '[全部列表](#list)'])}\n\n",
        f"## 按{'环境和' if asked.environments else ''}维度 {{ #matrix }}\n",
    ]
    columns = [] if asked.environments else [_of_dimension(word, abilities, asked) for word in said.dimensions]
    for place, environment in enumerate(said.environments):
        inner = [f"### {environment.name} {{ #{_anchor(environment, place)} }}\n\n{environment.about or ''}\n"]
        for word in said.dimensions:
            dimension = word.name
            here = [each for each in abilities if (each.dimension, each.environment) == (dimension, environment.name)]
            every = "\n".join(f"- {_worth(each, asked)}" for each in here) or "无"
            inner.append(block("ws-cell" if here else "ws-cell ws-none", f"**{dimension}**\n\n{every}\n"))
        columns.append(block("ws-column", "".join(inner), tag="section"))
    adding = {"data_wanted": str(wanted)} if asked.credits else {}
    parts.append(block("ws-matrix", "".join(columns), **adding))
    parts.append(_plan(said.environments, abilities, wanted) if planned else "")
    heads = ["编号", "微能力", *asked.columns, "选学", "通过"]
    rows = [
        [
            each.code,
            f"[{text(each.name)}]({each.code}.md){_in_english(each.english)}",
            each.dimension,
            *([each.environment] if asked.environments else []),
            *([str(each.credits)] if asked.credits else []),
            *((str(found.chosen), str(found.passed)) if (found := counts.get(each.code)) else ("—", "—")),
        ]
        for each in abilities
    ]
    parts += [
        _favourites(programme, counts, year),
        "\n## 全部列表 { #list }\n\n",
        f"选学、通过是 {year} 年全省的人数；“—”是没有人选，或者选的、通过的、没有通过的人太少。" if counts else "",
        "点表头可以排序。\n\n",
        table(
            heads,
            rows,
            numbers=range(len(heads) - (3 if asked.credits else 2), len(heads)),
            kind="sortable ws-abilities",
        ),
        f"\n{_source(programme, asked)}。[下载](../data/index.md#microabilities)\n",
    ]
    return "".join(parts)


def _of_dimension(word: Dimension, abilities: Sequence[Microability], asked: Asked) -> str:
    """A dimension with all that is of it, where the guidance knows no environments."""
    every = "\n".join(f"- {_worth(each, asked)}" for each in abilities if each.dimension == word.name) or "无"
    inner = f"### {word.name}{_in_english(word.english)}\n\n{word.about or ''}\n" + block("ws-cell", f"{every}\n")
    return block("ws-column", inner, tag="section")


def _in_english(name: str | None) -> str:
    """The English name beside the Chinese one, for a guidance that has both."""
    return f' <small lang="en">{text(name)}</small>' if name else ""


def _first(programme: Programme, ability: Microability) -> str:
    """What is to be passed before a microability."""
    known = programme.abilities()
    links = "、".join(link(known[code]) for code in before(ability.after) if code in known)
    return f"**先修**：{links}。先修没有通过的，这一项通过了也不算。\n\n" if links else ""


def _worth(ability: Microability, asked: Asked, more: str = "") -> str:
    """A link to a microability with its credits, if there are such."""
    said = f"{ability.credits} 学分{more}" if asked.credits else more.removeprefix("，")
    return f"{link(ability)} <small>{said}</small>" if said else link(ability)


def _source(programme: Programme, asked: Asked) -> str:
    """Where the table's columns come from."""
    return f"{listed(['编号', '名称', *asked.columns])}出自指导意见的微能力表{cite(programme, 'catalogue.table')}"


def _anchor(environment: Environment, place: int) -> str:
    """What the part of the catalogue is called in addresses."""
    return environment.id or f"environment-{place + 1}"


def has_plan(programme: Programme) -> bool:
    """Whether the catalogue says how to reach the credits: where nothing but their sum in an environment matters."""
    asked = asked_of(programme)
    free = not asked.dimensions and not any(each.after for each in programme.abilities().values())
    return asked.credits and asked.environments and free


def _plan(environments: Sequence[Environment], abilities: Sequence[Microability], wanted: int) -> str:
    """For every environment alone: how few can reach the credits, which, and how many always do."""
    parts = [
        f"\n## 怎样凑够 {wanted} 学分 {{ #plan }}\n\n"
        "下面只用一种环境；几种环境都有的学校可以混着选。学分由微能力表算出，哪一种搭配都不比别的更好，"
        "先想要解决课上的什么难处。\n"
    ]
    for place, environment in enumerate(environments):
        here = [each for each in abilities if each.environment == environment.name]
        found, enough = mixes(here, wanted), always_enough(here, wanted)
        if not found:
            continue
        number = len(found[0].credits)
        said = f"正好 {wanted} 学分，至少要选 {number} 项："
        rows = []
        for mix in sorted(found, key=lambda each: -each.ways)[:_MOST_MIXES]:
            groups = [
                "、".join(f"[{each.code}]({each.code}.md)" for each in choices)
                + (f" 里选 {mix.credits.count(credits)}" if len(choices) > mix.credits.count(credits) else "")
                for credits, choices in mix.choices.items()
            ]
            ways = f"，共 {mix.ways} 种" if mix.ways > 1 else ""
            rows.append(f"- **{' + '.join(map(str, mix.credits))}**：{'；'.join(groups)}{ways}\n")
        if len(found) > _MOST_MIXES:
            rows.append(f"- 另有 {len(found) - _MOST_MIXES} 种学分的搭配\n")
        always = f"\n任选 {enough} 项都够 {wanted} 学分。\n" if enough else ""
        heading = f"\n### 只有{environment.name} {{ #plan-{_anchor(environment, place)} }}\n\n"
        parts += [heading, said, "\n\n", *rows, always]
    return "".join(parts)


def _page(
    programme: Programme, ability: Microability, cases: list[PublicCase], found: PublicCount | None, year: int
) -> str:
    rubrics, rubric = _rubric(programme, ability)
    said, levels = programme.vocabulary(), programme.levels()
    dimensions = {word.name: word.about or "" for word in said.dimensions}
    environments = {word.name: word.about or "" for word in said.environments}
    asked = asked_of(programme)
    passing = "和".join(levels.passing) + ("都" if len(levels.passing) > 1 else "")
    description = "，".join(
        filter(None, (ability.dimension, ability.environment, f"{ability.credits} 学分" if asked.credits else ""))
    )
    if rubric and rubric.meaning:
        description += f"。{rubric.meaning}"
    parts = [
        front_matter(f"{ability.code} {ability.name}", description, hide=["navigation"]),
        trail([("微能力目录", "index.md")], " › ".join(filter(None, (ability.environment, ability.dimension)))),
        f"# {ability.code} {text(ability.name)}{_in_english(ability.english)}\n\n",
        "" if ability.code in programme.abilities() else "以前的轮次有这一项，现在这一轮的微能力表里没有。\n\n",
        f"{text(rubric.meaning)}\n{{ .ws-lead }}\n\n" if rubric and rubric.meaning else "",
        tiles(
            [
                *([Tile("学分", str(ability.credits), "通过后计入")] if asked.credits else []),
                Tile("维度", f"<span>{ability.dimension}</span>", dimensions.get(ability.dimension, "")),
                *(
                    [Tile("环境", f"<span>{ability.environment}</span>", environments.get(ability.environment, ""))]
                    if ability.environment
                    else []
                ),
            ]
        ),
        _first(programme, ability),
        f"**课上的样子**：{text(rubric.example)}\n\n" if rubric and rubric.example else "",
        _source(programme, asked) + ("；说明和例子由项目草拟" if rubrics and rubrics.draft else "") + "。\n\n",
        _evidence(rubrics, rubric, levels),
        "\n## 怎么评 { #judged }\n\n提交能体现这项微能力的实践成果，由评审组按考核规范评定等级，并给出实践建议"
        f"{cite(programme, 'judged')}，{levels.passing[-1]}的也给（本项目约定）。{passing}算通过。"
        "参见[考核怎么考](../handbook/assessment.md)。\n\n",
        _partners(programme, ability, rubric),
        f"\n## {year} 年的情况 {{ #figures }}\n\n{_figures(found)}" if year else "",
    ]
    if shown := [case for case in cases if ability.code in case.microabilities]:
        parts.append("\n## 体现它的案例 { #cases }\n\n")
        parts += [f"- [{text(case.title)}](../cases/{case.slug}.md)：{text(case.problem)}\n" for case in shown]
    return "".join([*parts, _neighbours(programme, ability)])


def _neighbours(programme: Programme, ability: Microability) -> str:
    """The microabilities before and after it."""
    known = list(programme.ever.values())
    place = known.index(ability)
    links = [
        f"{word} {link(known[at])}"
        for word, at in (("上一项", place - 1), ("下一项", place + 1))
        if 0 <= at < len(known)
    ]
    return f"\n{' · '.join(links)}\n{{ .ws-kicker }}\n"


def _rubric(programme: Programme, ability: Microability) -> tuple[Rubrics | None, Rubric | None]:
    """The registered standard, and what it says of the microability."""
    standard = record.data if (record := programme.rubrics()) else None
    found = (each for each in (standard.rubrics if standard else ()) if each.microability == ability.code)
    return standard, next(found, None)


def _evidence(standard: Rubrics | None, rubric: Rubric | None, levels: Levels) -> str:
    """What the registered standard asks for; where it is a draft of the project, that is said first."""
    if standard is None or rubric is None:
        return ""
    draft = (
        '!!! warning "项目草拟"\n    不是正式的考核规范，评审以省里认可的文本为准。拿到以后替换 '
        "`submissions/guidance/` 里的 `rubrics.yaml` 一个文件，这一页就跟着变。\n\n"
    )
    rows = [
        ("建议的证据", "、".join(map(text, rubric.evidence))),
        (levels.passing[-1], text(rubric.qualified)),
        (levels.passing[0], f"先做到{levels.passing[-1]}，再加上：{text(rubric.excellent)}"),
    ][: len(set(levels.passing)) + 1]
    every = f"[全部 {len(standard.rubrics)} 项](../reference/rubrics.md)"
    version = f"{text(standard.title)}，{text(standard.version)}。{every}\n"
    return f"## 看什么证据 {{ #evidence }}\n\n{draft if standard.draft else ''}{facts(rows)}{version}"


def _partners(programme: Programme, ability: Microability, rubric: Rubric | None) -> str:
    asked = asked_of(programme)
    parts = [
        f"## 和它相配的 {{ #partners }}\n\n选了它还差 **{asked.least - ability.credits}** {asked.of}{asked.among}。"
    ]
    if rubric and rubric.partners:
        parts.append("下面几项放在一起学更顺手（项目草拟，供参考，不是要求）：\n\n")
        for each in rubric.partners:
            if other := programme.ever.get(each.microability):
                place = "" if other.environment == ability.environment else f"，{other.environment}"
                parts.append(f"- {_worth(other, asked, place)}：{text(each.why)}\n")
    alike = [
        each
        for each in programme.abilities().values()
        if each.code != ability.code and each.environment == ability.environment
    ]
    every = "\n".join(f"- {_worth(each, asked)}" for each in alike)
    where = f"同在{ability.environment}、" if ability.environment else ""
    heading = f"<summary>{where}可以一起选的，共 {len(alike)} 项</summary>\n"
    return "".join([*parts, block("note", heading + block("ws-columns", every), tag="details")])


def _favourites(programme: Programme, counts: Mapping[str, PublicCount], year: int) -> str:
    """What most teachers chose, as a picture with its finding; the table has all of it."""
    known = [(code, found.chosen) for code, found in counts.items()]
    if not known:
        return ""
    known.sort(key=lambda entry: -entry[1])
    names = programme.ever
    first = [f"{code} {names[code].name}（{count} 人）" for code, count in known[:2]]
    finding = f"{year} 年选的人最多的是 {first[0]}" + (f"，其次是 {first[1]}" if len(first) > 1 else "") + "。"
    if others := len(names) - len(known):
        finding += f"另有 {others} 项没有人选，或者人太少，不公布。"
    rows = [(f"{code} {names[code].name}", count) for code, count in known[:FAVOURITES]]
    return f"\n## 大家选了什么 {{ #favourites }}\n{bars(finding, rows, '人')}"


def _figures(found: PublicCount | None) -> str:
    if found is None:
        return "没有教师选学，或者选学的、通过的、没有通过的人太少，不公布。\n"
    return f"全省选学 {found.chosen} 人，通过 {found.passed} 人。\n"

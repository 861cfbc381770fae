"""条款对照: every requirement of the guidance, its clause, where it is met, and the tests that show it.

`requirements.yaml` names schema fields, rules, pages, handbook sections, configuration keys, commands and tests. The
test suite holds it to what exists; this page turns the names into links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from wholeschool.papers.outgoing.paper import papers
from wholeschool.programme import Programme, Unit
from wholeschool.programme.rulebook import Rulebook
from wholeschool.records.kinds import kinds
from wholeschool.rules.examples import CASES, folder_of
from wholeschool.rules.reference import entries
from wholeschool.shipped import HOME
from wholeschool.site.markup import facts, front_matter, table, text, trail
from wholeschool.site.mutations import Mutation, mutations
from wholeschool.site.places import address, relative
from wholeschool.site.record_reference import fields

REQUIREMENTS = Path(__file__).with_name("requirements.yaml")
HANDBOOK = HOME / "docs"
HERE = "reference/requirements"
# The pages over which the sections are spread, each short enough for a phone behind a slow line.
PARTS = {
    "tasks": "总则和主要任务",
    "duties": "各级职责",
    "training": "团队和培训",
    "assessment": "考核和结果应用",
    "teams": "组建团队",
    "forms": "上报的两张表",
}
# Pages that requirements name; {school}, {county} and so on stand for any unit of that level.
PAGES = {
    "index.md": "首页",
    "catalogue/index.md": "微能力目录",
    "form/index.md": "网页填报",
    "cases/index.md": "案例库",
    "rates/index.md": "合格率（省）",
    "rates/{city}/index.md": "合格率（市）",
    "rates/{county}/index.md": "合格率（县）",
    "rates/{school}.md": "学校页",
    "rates/{county}/indicators.md": "十四项指标",
    "rates/{province}/registers.md": "公开登记（省）",
    "rates/{city}/registers.md": "公开登记（市）",
    "rates/{county}/registers.md": "公开登记（县）",
    "rates/{county}/owed.md": "各校还差什么",
    "rates/{county}/abilities.md": "各类微能力",
    "rates/{county}/papers.md": "学校文件",
    "reference/rubrics.md": "考核规范",
    "reference/records/index.md": "记录参考",
    "rules/index.md": "规则参考",
}
_LEVELS = {"province": "省", "city": "市", "county": "县", "school": "校"}
_HEADING = re.compile(r"^#{1,6} (?P<title>.+?) \{ #(?P<anchor>[a-z0-9-]+) \}$", re.MULTILINE)
_PAGE_TITLE = re.compile(r"^title: (?P<title>.+)$", re.MULTILINE)
PROGRAMME = "programme."


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence of the guidance in our words, what this project adds to it, and the names of what meets it.

    `schema` are fields such as `plan.guided_by.team` (lists are passed through) or a whole kind; `config` are fields of
    `programme.yaml` that each place fills in; `handbook` are sections such as `handbook/teams.md#annex3`.
    """

    id: str
    clause: str
    sentence: str
    ours: str = ""
    schema: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    handbook: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()

    @property
    def shown_by(self) -> tuple[str, ...]:
        """Its tests: those named, and the examples of its rules."""
        folders = (folder_of(code) for code in self.rules)
        shown = (each.relative_to(CASES.parents[1]).as_posix() for each in folders if each.is_dir())
        return (*self.tests, *shown)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section of the guidance with its requirements, and the page of `PARTS` it is on."""

    title: str
    part: str
    requirements: tuple[Requirement, ...]


@cache
def sections() -> tuple[Section, ...]:
    """All requirements, by section."""
    return msgspec.yaml.decode(REQUIREMENTS.read_bytes(), type=tuple[Section, ...])


def pages(programme: Programme, *, whole: bool = True) -> Iterator[tuple[str, str]]:
    """`reference/requirements/index.md`, where every number leads on, and a page for each part.

    Where the site is not `whole`, they are without links to pages of single units.
    """
    units, book = _samples(programme) if whole else {}, programme.rulebook()
    if any(each.requirements for each in book.clauses):
        yield f"{HERE}/index.md", _overview()
        for part, title in PARTS.items():
            yield f"{HERE}/{part}.md", _part(title, [each for each in sections() if each.part == part], units, book)
        yield f"{HERE}/sentences.md", _sentences(book)
    else:
        yield f"{HERE}/index.md", _clauses(book)


def _overview() -> str:
    every = [each for section in sections() for each in section.requirements]
    met = sum(bool(each.shown_by) for each in every)
    parts = [
        front_matter("条款对照", "指导意见的每一条要求落在哪里，由什么测试证明", hide=["toc"]),
        f"# 条款对照\n\n指导意见提出的要求一共整理成 **{len(every)}** 条。每条写明条款、我们的理解、"
        f"在本项目里落在哪里，以及证明它的测试；**{met}** 条都有。要求用我们自己的话写，与原文不一致时以原文为准；"
        "指导意见没有说、由本项目加上或留给配置的，写在“本项目约定”里，只有本项目说的规则也注明。\n\n"
        "测试一栏先写对样例所作的最小改动：违反这一条的改动，会由哪条规则指出，或者在哪里看得出来；相近而不违反的改动，"
        "什么也不会指出。再写仓库里的测试路径。测试不通过，或者这里写了不存在的东西，就合并不了。\n\n"
        "从原文找起，看[指导意见逐句](sentences.md)；规则里哪些是指导意见说的、哪些是配置、哪些是本项目定的，"
        "看[谁说的](../../rules/voices.md)。\n",
    ]
    for part, title in PARTS.items():
        here = [section for section in sections() if section.part == part]
        count = sum(len(section.requirements) for section in here)
        parts.append(f"\n## {text(title)} {{ #{part} }}\n\n[看这一部分的 {count} 条]({part}.md)\n\n")
        parts.append(facts((f"{text(each.title)}（{len(each.requirements)} 条）", _numbers(each)) for each in here))
    return "".join(parts)


def _numbers(section: Section) -> str:
    """The numbers of a section as links; each can itself be linked to, as `requirements/#R001`."""
    links = (f'<a id="{each.id}" href="{section.part}/#{each.id}">{each.id}</a>' for each in section.requirements)
    return f'<span class="ws-numbers">{" ".join(links)}</span>'


def part_of(number: str) -> str:
    """The page below this one that a requirement is on."""
    return next(section.part for section in sections() if any(each.id == number for each in section.requirements))


def _clauses(book: Rulebook) -> str:
    """The clauses of a guidance of which no requirements have been made."""
    rows = [[f"<cite>{text(each.clause)}</cite>", text(each.words)] for each in book.clauses]
    known = table(["出处", "说了什么"], rows) if rows else "它的条款也还没有写进来（clauses.yaml）。\n"
    return (
        front_matter("条款对照", "指导意见一条一条说了什么", hide=["toc"])
        + "# 条款对照\n\n这份指导意见还没有逐条整理成要求；规则依据它的哪一条，见[谁说的](../../rules/voices.md)。\n\n"
        + known
    )


def _sentences(book: Rulebook) -> str:
    """The guidance word for word; of each sentence the requirements, and their places in the handbook."""
    known = {each.id: (section.part, each) for section in sections() for each in section.requirements}
    rows = []
    for sentence in book.clauses:
        found = [known[number] for number in sentence.requirements]
        numbers = " ".join(f"[{each.id}]({part}.md#{each.id})" for part, each in found)
        places = dict.fromkeys(name for _, each in found for name in each.handbook)
        where = f"{numbers}<br>手册：{'、'.join(map(_section, places))}" if found else "标题或过渡"
        rows.append([f"<cite>{text(sentence.clause)}</cite><br>{text(sentence.words)}", where])
    return "".join(
        [
            front_matter("指导意见逐句", "指导意见的每一句话，整理成哪几条要求，手册在哪里讲", hide=["navigation"]),
            trail([("条款对照", "index.md")], "逐句"),
            "# 指导意见逐句\n\n左边是原文，右边是它整理成的要求，和手册里讲它的地方。表格的各格用顿号连起来。\n",
            table(["原文", "落实"], rows, kind="stack ws-requirements"),
        ]
    )


def _part(title: str, here: Sequence[Section], units: Mapping[str, Unit], book: Rulebook) -> str:
    parts = [
        front_matter(f"条款对照：{title}", f"指导意见里关于{title}的要求落在哪里", hide=["navigation"]),
        trail([("条款对照", "index.md")], title),
        f"# 条款对照：{text(title)}\n\n要求用我们自己的话写，与原文不一致时以原文为准；测试一栏是仓库里的路径。\n",
    ]
    for number, section in enumerate(here):
        rows = [_row(each, units, book) for each in section.requirements]
        parts.append(f"\n## {text(section.title)} {{ #s{number} }}\n\n")
        parts.append(table(["编号和要求", "落在哪里", "测试"], rows, kind="stack ws-requirements"))
    return "".join(parts)


def _row(each: Requirement, units: Mapping[str, Unit], book: Rulebook) -> list[str]:
    places = [
        ("记录", [_field(name) for name in each.schema]),
        ("配置", [_field(name) for name in each.config]),
        ("规则", [_rule(code, book) for code in each.rules]),
        ("页面", [_page(name, units) for name in each.pages]),
        ("文书", [f"[《{text(papers()[name].title)}》](../papers.md#{name})" for name in each.papers]),
        ("命令", [f"<code>wholeschool {text(name)}</code>" for name in each.commands]),
        ("手册", [_section(name) for name in each.handbook]),
    ]
    where = "<br>".join(f"{title}：{'、'.join(names)}" for title, names in places if names)
    tests = "<br>".join(f"<small><code>{text(name.removeprefix('tests/'))}</code></small>" for name in each.shown_by)
    what = f'<strong id="{each.id}">{each.id}</strong> <cite>{text(each.clause)}</cite><br>{text(each.sentence)}'
    if each.ours:
        what += f"<br><small>本项目约定：{text(each.ours)}</small>"
    return [what, where, "<br>".join(part for part in (_mutations(each.id), tests) if part)]


def _rule(code: str, book: Rulebook) -> str:
    """A link to a rule; of one of which the guidance says nothing, who does."""
    known = entries(book).get(code)
    speakers = known.speakers if known else ("这里不用",)
    return f"[{code}](../../rules/{code}.md)" + ("" if "指导意见" in speakers else f"（{'、'.join(speakers)}）")


def _mutations(number: str) -> str:
    """What was changed in the example to try the requirement, and what came of it."""
    return "<br>".join(
        f"{_KINDS[bool(one.breaks)]}：{text(one.sentence)}{_outcome(one)}" for one in mutations().get(number, ())
    )


_KINDS = {True: "违反", False: "不违反"}


def _outcome(one: Mutation) -> str:
    if one.finds:
        return f" → [{one.finds}](../../rules/{one.finds}.md)"
    if one.breaks:
        return f" → {'文书' if one.paper else '页面'}上看得出"
    return ""


def _field(name: str) -> str:
    """A link to a kind's page, or to a field on it."""
    kind, _, path = name.partition(".")
    title = kinds()[kind].title
    if not path:
        return f"[{text(title)}](../records/{kind}.md)"
    label = text(str(fields(kind)[path].schema.get("title", path)))
    return f"[{text(title)}·{label}](../records/{kind}.md#{path})"


def _page(name: str, units: Mapping[str, Unit]) -> str:
    """A link to a page; of a page that every unit has, to the first unit's, or just its title where there is none."""
    title = text(PAGES[name])
    path = resolved(name, units)
    return f"[{title}]({relative(HERE, path)})" if path else title


def resolved(name: str, units: Mapping[str, Unit]) -> str:
    """The path of a page with its unit filled in; empty where there is no such unit."""
    found = re.search(r"\{(\w+)\}", name)
    if not found:
        return name
    unit = units.get(found.group(1))
    if unit is None:
        return ""
    if unit.level == "省" and name.endswith("/index.md"):
        return address(unit)
    return name.replace(found.group(0), unit.path)


def _samples(programme: Programme) -> dict[str, Unit]:
    """The first unit of each level, by the word that stands for it."""
    latest = {word: programme.level(level)[:1] for word, level in _LEVELS.items()}
    return {word: units[0] for word, units in latest.items() if units}


def _section(name: str) -> str:
    """A link to a handbook section, by the page's title and the heading's."""
    path, _, anchor = name.partition("#")
    title, headings = handbook(path)
    label = f"{title}：{headings[anchor]}" if anchor else title
    return f"[{text(label)}](../../{name})"


@cache
def handbook(path: str) -> tuple[str, Mapping[str, str]]:
    """A hand-written page's title, and its headings by their addresses."""
    page = (HANDBOOK / path).read_text("utf-8")
    title = _PAGE_TITLE.search(page)
    assert title is not None, path
    return title.group("title"), {found["anchor"]: found["title"] for found in _HEADING.finditer(page)}

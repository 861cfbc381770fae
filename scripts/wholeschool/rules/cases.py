"""Cases: consent before anything is published, and nothing in the text but text."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.findings import About, Location
from wholeschool.programme import Programme
from wholeschool.programme.people import plain
from wholeschool.records import Record
from wholeschool.records.structs import Case, Teachers
from wholeschool.rules.registry import Breach, rule


def _cases(programme: Programme) -> Iterator[Record[Case]]:
    for unit in programme.units.values():
        yield from unit.all(Case)


@rule(
    "CASE-CONSENT",
    "paper",
    authority="本项目的约定（署名公开，要本人同意；指导意见只说成果展示）",
    severity="warning",
)
def author_agrees_to_publication(programme: Programme) -> Iterator[Breach]:
    """公开发表的案例须经作者本人同意署名。

    没有同意的案例留在仓库里，不上网站。
    """
    for case in _cases(programme):
        if not case.data.consent.author:
            yield (
                case.at(case.data.consent, "author"),
                "作者还没有同意公开，这篇案例不会发表",
                "征得同意后写 author: true",
            )


@rule("CASE-MICROABILITY", "paper", authority=OURS, presupposes=("TABLE-ISSUED", "RUBRIC-COMPLETE"))
def case_shows_known_microabilities(programme: Programme) -> Iterator[Breach]:
    """案例体现的微能力都在微能力表里。

    读者按微能力查找案例，编号写错就找不到了。
    """
    for case in _cases(programme):
        for index, code in enumerate(case.data.microabilities):
            if programme.ever and code not in programme.ever:
                here = About(case.unit, microability=code)
                yield case.at(None, "microabilities", index), f"没有“{code}”这项微能力", "编号见微能力目录", here


@rule("CASE-TEACHER", "paper", authority=OURS)
def lesson_is_by_a_teacher_of_the_school(programme: Programme) -> Iterator[Breach]:
    """课例写明的教师在本校的名册上；作者也在名册上的，是同一个人。

    课例记入教师的电子档案，编号错了就记到别人那里。姓名后来更正过的，作者照旧写着也可以；学校还没有名册的不查。
    """
    for unit in programme.schools:
        names: dict[str, set[str]] = {}
        for roster in unit.all(Teachers):
            for teacher in roster.data.teachers:
                names.setdefault(teacher.number, set()).add(plain(teacher.name))
        if not names or any(programme.has_broken(f"{unit.path}/{year}/teachers.yaml") for year in programme.years):
            continue  # an unreadable roster has its own finding
        for case in unit.all(Case):
            number, lesson = case.data.teacher, case.data.type == "信息技术应用课例"
            if number and number not in names:
                yield case.at(None, "teacher"), f"本校名册里没有教师 {number}", "核对教师编号"
            elif number and lesson and (author := plain(case.data.author)) not in names[number]:
                own = [other for other, known in names.items() if author in known]
                if not own:
                    continue  # whose name was corrected since, or who signs otherwise
                message = f"这位作者在名册上的编号是 {'、'.join(own)}，这里写的是 {number}"
                yield case.at(None, "teacher"), message, "核对教师编号和作者，两处写同一个人"


@rule("MD-HTML", "paper", authority=OURS)
def case_has_no_html(programme: Programme) -> Iterator[Breach]:
    """案例正文不用网页代码（HTML）。

    网页代码能在读者的浏览器里做手脚，所以一律当作普通文字显示。
    """
    yield from _problems(programme, "MD-HTML", "删掉这段代码；标题、列表、表格用 Markdown 写")


@rule("MD-LINK", "paper", authority=OURS)
def case_links_are_safe(programme: Programme) -> Iterator[Breach]:
    """案例里的链接只用 https:// 或 mailto:。

    别的链接可能执行代码，或指向读者打不开的地方。
    """
    yield from _problems(programme, "MD-LINK", "改成 https:// 开头的网址，或去掉链接")


@rule("MD-LIMIT", "paper", authority=OURS)
def case_is_no_burden_to_those_who_read_it(programme: Programme) -> Iterator[Breach]:
    """案例正文的层次、段落和表格不超过一篇文章用得到的大小。

    几 KB 特意写成的正文可以让排版停上几分钟，别的案例也就发不出来。
    """
    yield from _problems(programme, "MD-LIMIT", "列表和引用不超过几层，长段落分开写，大表格另附 PDF")


def _problems(programme: Programme, code: str, hint: str) -> Iterator[Breach]:
    for case in _cases(programme):
        from wholeschool.records.case_html import problems  # what only cases need takes a while to load

        for problem in problems(case.data.body):
            if problem.code == code:
                start = case.at(None, "body").location
                before = case.data.body[: problem.start]
                line = start.line + before.count("\n")
                column = problem.start - before.rfind("\n")
                yield Location(case.path, line, column), problem.message, hint

"""Documents that an office or a school writes itself: outlines with what the programme already knows filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import yaml

from wholeschool.outcomes.rates import is_exempt
from wholeschool.papers.outgoing.paper import Prose, Sheet, View, paper

_NOTE = (
    "提纲由本项目拟写，供起草参考；指导意见只规定要有这份文件，内容由各地决定。"
    "定稿印发后登记到文件登记（documents.yaml）。"
)


class Outline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One outline of `outlines.yaml`: sections are headings, each with what to write there.

    Texts may hold {unit}, {year}, {schools}, {teachers}, {credits}, {online} and {practice}.
    """

    name: str
    title: str
    levels: str
    sections: dict[str, tuple[str, ...]]


def _outlines() -> list[Outline]:
    text = Path(__file__).with_name("outlines.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), list[Outline])


def _sheets(outline: Outline) -> Callable[[View], Iterable[Sheet]]:
    def make(view: View) -> Iterator[Sheet]:
        known = _known(view)
        parts = tuple(
            Prose(heading, tuple(text.format(**known) for text in texts)) for heading, texts in outline.sections.items()
        )
        title = f"{view.called}{outline.title}（提纲）"
        yield Sheet(title, parts, name=outline.title, mark=view.mark, under=f"{view.year} 年度", notes=(_NOTE,))

    return make


def _known(view: View) -> dict[str, str]:
    schools = [view.unit, *view.unit.below]
    years = [view.programme.school_year(unit, view.year) for unit in schools if unit.level == "校"]
    standard = view.programme.standard(view.year)
    return {
        "unit": view.called,
        "year": str(view.year),
        "schools": str(len(years)),
        "teachers": str(sum(not is_exempt(each) for year in years for each in year.counted.values())),
        "credits": str(standard.credits),
        "online": str(standard.online_hours),
        "practice": str(standard.practice_hours),
    }


for _outline in _outlines():
    paper(f"outline-{_outline.name}", f"{_outline.title}（提纲）", _outline.levels, "html", "pdf")(_sheets(_outline))

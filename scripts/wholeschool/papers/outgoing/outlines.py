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

    Texts may hold what `_known` knows. One of something that the guidance does not ask for is left out.
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
        unasked = [f"{{{name}}}" for name, value in known.items() if value is None]
        said = {
            heading: tuple(text.format(**known) for text in texts if not any(each in text for each in unasked))
            for heading, texts in outline.sections.items()
        }
        parts = tuple(Prose(heading, texts) for heading, texts in said.items() if texts)
        title = f"{view.called}{outline.title}（提纲）"
        yield Sheet(title, parts, name=outline.title, mark=view.mark, under=f"{view.year} 年度", notes=(_NOTE,))

    return make


def _known(view: View) -> dict[str, str | None]:
    schools = [view.unit, *view.unit.below]
    years = [view.programme.school_year(unit, view.year) for unit in schools if unit.level == "校"]
    asked, environments = view.asked, view.programme.vocabulary(view.year).environments
    return {
        "unit": view.called,
        "year": str(view.year),
        "schools": str(len(years)),
        "teachers": str(sum(not is_exempt(each) for year in years for each in year.counted.values())),
        "team": view.team,
        "offered": str(len(view.programme.abilities(view.year))),
        "enough": f"{asked.enough}{asked.among}",
        "both": asked.together,
        "environments": "、".join(each.name for each in environments) if asked.environments else None,
        "online": str(asked.online) if asked.hours else None,
        "practice": str(asked.practice) if asked.hours else None,
    }


for _outline in _outlines():
    paper(f"outline-{_outline.name}", f"{_outline.title}（提纲）", _outline.levels, "html", "pdf")(_sheets(_outline))

"""Pictures say every figure in words, follow the page's width and colours, and show nothing that is not published."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any, Literal
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser
from py_mini_racer import JSEvalException

from tests.site.browser import PHONE
from wholeschool.outcomes.asked import Asked
from wholeschool.outcomes.published import PublicFigures, PublicUnit
from wholeschool.site.charts import MOST_ROWS, _artist, bars, heat, trend
from wholeschool.site.pass_rates import _heat

ASKED = Asked(20, "学分", 0, credits=True, environments=True, hours=True, online=30, practice=30)


SVG = "{http://www.w3.org/2000/svg}"
STEPS = (0.0, 19.9, 20.0, 39.9, 40.0, 59.9, 60.0, 79.9, 80.0, 100.0)
# What a reader sees of every cell: the colour of its figure, and that of the cell over the paper.
SEEN = """() => {
  const cells = [...document.querySelectorAll("article .mark-rect path")];
  const said = [...document.querySelectorAll("article .mark-rect + .mark-text text")];
  return cells.map((cell, place) => {
    const look = getComputedStyle(cell);
    return [look.fill, Number(look.fillOpacity), getComputedStyle(said[place]).fill, said[place].textContent];
  }).concat([[getComputedStyle(document.body).backgroundColor, 1, "", ""]]);
}"""


def picture(html: str) -> Any:
    return ElementTree.fromstring(html.strip()).find(f"div/div/{SVG}svg")


def words(svg: Any) -> list[str]:
    return [each.text for each in svg.iter(f"{SVG}text")]


def filled(svg: Any, colour: str) -> list[Any]:
    return [each for each in svg.iter(f"{SVG}path") if each.get("fill") == f"var(--ws-{colour})"]


def figures(name: str, due: int, passed: int | None) -> PublicFigures:
    unit = PublicUnit(f"a/b/c/{name}", name, "校", False)
    return PublicFigures(unit, 2026, 1, 0, due, 0, due, due, passed, None, False)


def test_a_bar_is_as_long_as_its_part_of_the_greatest() -> None:
    svg = picture(bars("看法", [("甲 & 乙 </svg>", 30), ("丙", 15), ("丁", 0)], "人"))
    assert words(svg) == ["甲 & 乙 </svg>", "丙", "丁", "30 人", "15 人", "0 人"]
    assert "\n" not in bars("看法", [("甲\n\n<b>", 1)], "人").strip()
    assert [re.findall(r"h(\d+)", each.get("d"))[0] for each in filled(svg, "fill")] == ["380", "190", "0"]
    nothing = picture(bars("看法", [("甲", 0)], "人"))
    assert [re.findall(r"h(\d+)", each.get("d"))[0] for each in filled(nothing, "fill")] == ["0"]


def test_a_hidden_share_is_said_to_be_hidden() -> None:
    html = heat("看法 <b>", ["甲", "乙"], [("一校", [100.0, "不公布"]), ("一所名字很长的实验学校", [0.0, 39.9])])
    assert ElementTree.fromstring(html.strip()).find("div").get("aria-label") == "看法 <b>"  # type: ignore[union-attr]
    svg = picture(html)
    assert words(svg) == ["甲", "乙", "一校", "一所名字…实验学校", "100%", "0%", "40%", "不公布"]
    assert [each.get("fill-opacity") for each in filled(svg, "fill")] == ["1", "0.07", "0.28"]  # 39.9 is said to be 40
    assert [each.get("fill") for each in svg.iter(f"{SVG}path") if each.get("stroke-dasharray")] == [None]


def test_a_round_that_is_not_published_leaves_a_gap() -> None:
    svg = picture(trend("合格率", [("2024", 50.0), ("2025", None), ("2026", 75.0), ("2027", 80.0)]))
    (line,) = (each.get("d") for each in svg.iter(f"{SVG}path") if each.get("stroke"))
    assert (line.count("M"), line.count("L")) == (2, 1)  # alone before the gap, joined after it
    assert len(filled(svg, "fill")) == 3
    assert words(svg) == ["50%", "75%", "80%", "不公布", "2024", "2025", "2026", "2027"]


def test_nearly_all_is_not_all_and_few_are_not_none() -> None:
    svg = picture(heat("看法", ["甲"], [("一校", [99.6]), ("二校", [100.0]), ("三校", [0.4]), ("四校", [0.0])]))
    assert words(svg)[-4:] == ["99%", "100%", "1%", "0%"]


def test_long_names_stay_told_apart_and_whole_characters() -> None:
    names = [
        "城关镇第一中心小学东校区",
        "城关镇第一中心小学西校区",
        "清岚区花园街道第二实𠮷𠮷幼儿园",
        "Experimental School No. 3",
    ]
    html = heat("看法", ["甲"], [(name, [50.0]) for name in names])
    html.encode()  # no half of a character
    shortened = words(picture(html))[1:5]
    assert shortened[:3] == ["城关镇第…学东校区", "城关镇第…学西校区", "清岚区花…𠮷幼儿园"]
    assert shortened[3].startswith("Experi")
    assert shortened[3].endswith("No. 3")
    picture(bars("看法", [("𠮷" * 60, 1)], "人"))


def test_a_specification_that_does_not_work_is_an_error() -> None:
    broken = {"signals": [{"name": "broken", "update": "1 +* 2"}]}
    throwing: dict[str, Any] = {
        "data": [{"name": "rows", "transform": [{"type": "formula", "as": "a", "expr": "datum.b.c.d"}]}]
    }
    with pytest.raises(JSEvalException):
        _artist().call("learn", "broken", broken)
    _artist().call("learn", "throwing", throwing)
    with pytest.raises(JSEvalException):
        _artist().call("draw", "throwing", {"rows": [{"b": None}]})


def test_the_process_ends_and_forks_after_a_picture() -> None:
    script = (
        "import os; from wholeschool.site.charts import bars; first = bars('a', [('b', 1)], 'c'); pid = os.fork();"
        "assert bars('a', [('b', 1)], 'c') == first; os.write(1, b'drawn ');"
        "assert pid == 0 or os.waitpid(pid, 0)[1] == 0"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "drawn drawn "), done.stderr


def test_the_same_figures_give_the_same_picture() -> None:
    rows: list[tuple[str, list[float | str]]] = [("甲", [12.345, "不公布"]), ("乙", [1 / 3, 100.0])]
    assert heat("看法", ["一", "二"], rows) == heat("看法", ["一", "二"], rows)


@pytest.mark.parametrize("many", [False, True])
def test_what_a_county_shows_says_the_finding(many: bool) -> None:
    count = MOST_ROWS + 1 if many else 3
    schools = [(f"学校{each}", figures(f"s{each}", 20, 20 if each else None)) for each in range(count)]
    html = _heat(schools, ASKED, schools=True)
    assert f"{count} 所学校里，{count - 1} 所学校的应考教师全部合格，另有 1 所学校不公布" in html
    said = words(picture(html))
    if many:
        assert f"{count - 1} 所" in said
    else:
        assert said.count("不公布") == 1
    assert _heat(schools[:1], ASKED, schools=True) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_figure_stands_out_from_its_cell_and_fits_a_phone(
    browser: Browser, address: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address + "about/")
    page.evaluate(
        "html => document.querySelector('article').innerHTML = html", heat("看法", ["一"] * 10, [("校", STEPS)])
    )
    *cells, (paper, *_) = page.evaluate(SEEN)
    shades = []
    for fill, opacity, ink, said in cells:
        behind = [over * opacity + under * (1 - opacity) for over, under in zip(rgb(fill), rgb(paper), strict=True)]
        shades.append(round(luminance(behind), 4))
        assert contrast(behind, rgb(ink)) >= 4.5, said
    assert shades == sorted(shades, reverse=scheme == "light")  # told apart by how dark they are, whatever the hue
    assert len(set(shades)) == 5
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    context.close()


def rgb(colour: str) -> list[float]:
    return [int(each) for each in re.findall(r"\d+", colour)[:3]]


def luminance(colour: list[float]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    linear = [each / 255 / 12.92 if each <= 10 else ((each / 255 + 0.055) / 1.055) ** 2.4 for each in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)

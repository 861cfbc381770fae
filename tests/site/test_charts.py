"""Pictures say every figure in words, follow the page's width, and show nothing that is not published."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from wholeschool.site.charts import MOST_ROWS, heat, trend
from wholeschool.site.pass_rates import _heat
from wholeschool.site.views import PublicFigures, PublicUnit


def picture(html: str) -> Any:
    return ElementTree.fromstring(html.strip()).find("svg")


def words(svg: Any) -> list[str]:
    return [each.text for each in svg.iter("text")]


def figures(name: str, due: int, passed: int | None) -> PublicFigures:
    unit = PublicUnit(f"a/b/c/{name}", name, "校", False)
    return PublicFigures(unit, 2026, 1, 0, due, 0, due, due, passed, None, False)


def test_a_hidden_share_is_said_to_be_hidden() -> None:
    svg = picture(
        heat("看法 <b>", ["甲", "乙"], [("一校", [100.0, "不公布"]), ("一所名字很长的实验学校", [0.0, 39.9])])
    )
    assert svg.get("aria-label") == "看法 <b>"
    assert words(svg) == ["甲", "乙", "一校", "100%", "不公布", "一所名字很长的实…", "0%", "40%"]
    assert [each.get("class") for each in svg.iter("rect")] == ["ws-heat-4", "ws-heat-none", "ws-heat-0", "ws-heat-1"]
    assert svg.get("width") == "100%"
    assert all(each.get("x").endswith("%") for each in svg.iter("rect"))


def test_a_round_that_is_not_published_leaves_a_gap() -> None:
    svg = picture(trend("合格率", [("2024", 50.0), ("2025", None), ("2026", 75.0), ("2027", 80.0)]))
    assert [each.get("class") for each in svg.iter("line")].count("ws-line") == 1
    assert len(list(svg.iter("circle"))) == 3
    assert words(svg).count("不公布") == 1
    assert {"2024", "2025", "2026", "2027", "50%", "75%", "80%"} <= set(words(svg))


@pytest.mark.parametrize("many", [False, True])
def test_what_a_county_shows_says_the_finding(many: bool) -> None:
    count = MOST_ROWS + 1 if many else 3
    schools = [(f"学校{each}", figures(f"s{each}", 20, 20 if each else None)) for each in range(count)]
    html = _heat(schools, schools=True)
    assert f"{count} 所学校里，{count - 1} 所学校应考教师全部合格，另有 1 所学校不公布" in html
    said = words(picture(html))
    if many:
        assert f"{count - 1} 所" in "".join(said) or f"{count - 1} 学校" in said
    else:
        assert said.count("不公布") == 1
    assert _heat(schools[:1], schools=True) == ""

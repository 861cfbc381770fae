"""A province's overview from counties' open data: the same figures, nothing hidden worked out, nothing believed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.shared import begun
from tests.site import test_pages
from wholeschool.errors import BuildError
from wholeschool.outcomes.published import PublicCount
from wholeschool.outcomes.veil_classes import Class
from wholeschool.records import load
from wholeschool.records.kinds import ROOT, is_shared
from wholeschool.site import build_site
from wholeschool.site.exports import Overview, gather
from wholeschool.sources import WorkingTree


@pytest.fixture(scope="module")
def published(site: Path) -> dict[str, Any]:
    """The open data of a site with several counties."""
    return latest(site, "figures")


@pytest.fixture(scope="module")
def abilities(site: Path) -> dict[str, Any]:
    """The same site's choices and passes."""
    return latest(site, "abilities")


def latest(site: Path, kind: str) -> dict[str, Any]:
    files = sorted((site / "data").glob(f"{kind}-*.json"))
    found: dict[str, Any] = json.loads(files[-1].read_text("utf-8"))
    return found


def rows_of(data: dict[str, Any], county: str) -> list[dict[str, Any]]:
    return [row for row in data["figures"] if county == row["unit"] or row["unit"].startswith(f"{county}/")]


@pytest.fixture
def exports(published: dict[str, Any], abilities: dict[str, Any], tmp_path: Path) -> Path:
    """One folder for each county, with the lines that its own site would have."""
    counties = [row["unit"] for row in published["figures"] if row["level"] == "县"]
    above = [row for row in published["figures"] if row["level"] in ("省", "市")]
    for place, county in enumerate(counties):
        kept = [row for row in above if county.startswith(f"{row['unit']}/")] + rows_of(published, county)
        folder = tmp_path / "exports" / str(place)
        folder.mkdir(parents=True)
        data = published | {"figures": kept, "site": f"https://county{place}.example.org/"}
        (folder / f"figures-{above[0]['year']}.json").write_text(json.dumps(data), encoding="utf-8")
        data = abilities | {"abilities": [row for row in abilities["abilities"] if row["unit"] == county]}
        (folder / f"abilities-{above[0]['year']}.json").write_text(json.dumps(data), encoding="utf-8")
    return tmp_path / "exports"


def overview(tree: Path, folder: Path, day: str = "") -> Overview:
    own = WorkingTree(tree)
    return gather(load(own, [each for each in own.entries(ROOT) if is_shared(each.path)]), folder, day)


def test_a_round_opened_early_with_another_table_changes_nothing_of_this_one(
    tree: Path, exports: Path, tmp_path: Path
) -> None:
    """What counties have published of this round is read by this round's table, on whatever day."""
    root = tmp_path / "province"
    shutil.copytree(tree, root)
    guidance = root / "submissions/guidance"
    shutil.copytree(guidance / "anhui-2.0", guidance / "city-3.0")
    table = guidance / "city-3.0/microabilities.csv"
    table.write_text("".join(table.read_text("utf-8").splitlines(keepends=True)[:3]), "utf-8")
    settings = root / "submissions/programme.yaml"
    value = yaml.safe_load(settings.read_text("utf-8"))
    value["rounds"].append({"year": 2031, "starts": "2031-01-01", "ends": "2031-12-31", "guidance": "city-3.0"})
    settings.write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")
    before, after = overview(tree, exports), overview(root, exports, "2030-11-20")
    assert after.years == before.years
    assert len(after.programme.abilities()) == 30
    assert overview(root, exports, "2031-02-01").years == before.years


def test_counties_and_schools_are_as_published_and_sums_hide_what_they_hide(
    tree: Path, exports: Path, published: dict[str, Any]
) -> None:
    figures = overview(tree, exports).years[-1].figures
    for row in published["figures"]:
        ours = figures[row["unit"]]
        assert [ours.due, ours.schools] == [row["due"], row["schools"]]
        if row["level"] in ("县", "校"):
            for name in ("chosen", "trained", "passed", "exempt"):
                assert getattr(ours, name) == row[name]
        else:
            below = [one for one in published["figures"] if one["unit"].rpartition("/")[0] == row["unit"]]
            for name in ("chosen", "trained", "passed", "exempt"):
                parts = [getattr(figures[one["unit"]], name) for one in below]
                assert getattr(ours, name) == (None if None in parts else sum(parts))
    counties = [row for row in published["figures"] if row["level"] == "县"]
    assert any(row["passed"] is None for row in counties) or all(row["passed"] is not None for row in counties)


def test_the_overview_is_a_site_whose_links_lead_somewhere(
    tree: Path, site: Path, exports: Path, tmp_path: Path
) -> None:
    out = begun(tmp_path / "overview", site)
    gathered = overview(tree, exports)
    build_site(gathered.programme, out, gathered=gathered.years)
    test_pages.test_every_internal_link_and_anchor_leads_somewhere(out)
    path = next(path for path in gathered.years[-1].classes if path.count("/") == 2)
    county = (out / "rates" / path / "index.html").read_text("utf-8")
    assert "https://county0.example.org/rates/" in county
    assert "indicators" not in county


def changed(exports: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = next(iter(sorted(exports.rglob("figures-*.json"))))
    data = json.loads(file.read_text("utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")


def refused(tree: Path, exports: Path, change: Callable[[dict[str, Any]], object], said: str) -> None:
    """One county's file is changed; nothing is built, and it is named with what is wrong."""
    changed(exports, change)
    with pytest.raises(BuildError, match=rf"(?s)0/figures-\d+\.json：.*{said}"):
        overview(tree, exports)


def school_row(data: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in data["figures"] if row["level"] == "校" and row["passed"])


def county_row(data: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in data["figures"] if row["level"] == "县")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(version=2), "第 1 版"),
        (lambda data: data.update(site="javascript:alert(1)"), "第 1 版"),
        (lambda data: data.update(site="https://county.example/\n"), "第 1 版"),
        (lambda data: county_row(data).update(unit="../../etc"), "不是单位的路径"),
        (lambda data: school_row(data).update(unit=f"{school_row(data)['unit']}\n"), "不是单位的路径"),
        (lambda data: school_row(data).update(unit=f"{county_row(data)['unit']}/abilities"), "不是单位的路径"),
        (lambda data: school_row(data).update(unit=f"{county_row(data)['unit']}/index"), "不是单位的路径"),
        *[
            (lambda data, name=name: school_row(data).update(name=name), "不是单位的名称")
            for name in (
                "<b>一小</b>",
                "\u202e校学一",
                "一\u200b小",
                "一\u3164小",
                "一\n小",
                '=HYPERLINK("http://evil")',
                "小" * 61,
            )
        ],
        (lambda data: school_row(data).update(name="一小，电话 13800138000"), "个人信息"),
        (lambda data: school_row(data).update(passed=3, accepted=4), "比考核合格的多"),
        (lambda data: county_row(data).update(recognised=county_row(data)["schools"] + 1), "已认定的学校比学校多"),
        *[
            (
                lambda data, name=name: (
                    county_row(data).update({name: 0, "accepted": 0}),
                    school_row(data).update({name: 1, "accepted": 0}),
                ),
                "明远县：",
            )
            for name in ("chosen", "trained", "passed", "exempt")
        ],
        (lambda data: county_row(data).update(due=-1), "第 1 版"),
        (lambda data: county_row(data).update(due=county_row(data)["due"] + 1), "明远县："),
        (lambda data: county_row(data).update(passed=9_999_999), "比应考人数多"),
        (lambda data: county_row(data).update(level="校"), "路径不是这一级的"),
        (lambda data: data["figures"].append(county_row(data)), "有两行"),
        (lambda data: data["figures"].remove(county_row(data)), "没有县的一行"),
        (lambda data: data.pop("figures"), "第 1 版"),
    ],
)
def test_a_file_that_does_not_fit_is_named_and_nothing_is_built(
    tree: Path, exports: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    refused(tree, exports, change, said)


def many(data: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The county with its schools, without the rates, which would be told first."""
    rows = [row for row in data["figures"] if row["level"] in ("县", "校")]
    for row in rows:
        row.pop("rate", None)
        row.pop("accepted_rate", None)
    return rows[0], rows[1:]


def all_passed(data: dict[str, Any]) -> None:
    """What would look best: everybody has passed and is accepted, though no school is recognised and nobody chose."""
    county, schools = many(data)
    for row in schools:
        row |= {"chosen": 0, "trained": 0, "passed": row["due"], "accepted": row["due"], "step": 0, "recognised": 0}
    for name in ("chosen", "trained", "passed", "accepted", "recognised"):
        county[name] = sum(row[name] for row in schools)


def without_recognition(data: dict[str, Any]) -> None:
    county, schools = many(data)
    for row in (county, *schools):
        row["recognised"] = 0


def behind(data: dict[str, Any]) -> None:
    _, schools = many(data)
    next(row for row in schools if row["step"] == 5 and row["due"] > 5 and row["chosen"])["chosen"] = 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (all_passed, "考核合格的人数比选满学分的多"),
        (without_recognition, "还没有认定，不会有验收认定的教师"),
        (behind, "选满学分的"),
        (lambda data: county_row(data).update(rate=99.9), "考核合格率不是考核合格除以应考"),
        (lambda data: county_row(data).update(accepted_rate=None), "验收合格率不是验收认定除以应考"),
        (lambda data: county_row(data).update(step=3), "没有走到哪一步"),
        (lambda data: county_row(data).update(accepted_complete=False, accepted_rate=None), "不是全数"),
        (lambda data: school_row(data).update(step=None), "没有写走到哪一步"),
        (lambda data: school_row(data).update(exempt=1), "少于 3 人的不公布"),
        (lambda data: county_row(data).update(year=2025), "只有一个年度"),
        (lambda data: [row.update(year=2031) for row in data["figures"]], "没有 2031 年这一轮（有的是 .*2026"),
        (lambda data: data.update(minimum_cell=0), "工程总配置里 2026 年是 3"),
        (lambda data: data.update(minimum_cell=2), "工程总配置里 2026 年是 3"),
    ],
)
def test_what_no_records_could_give_is_named_and_nothing_is_built(
    tree: Path, exports: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    refused(tree, exports, change, f"{said}.*怎么办：从这个县的网站重新下载")


def test_a_round_that_has_not_begun_is_not_the_headline(tree: Path, exports: Path, tmp_path: Path) -> None:
    root = tmp_path / "province"
    shutil.copytree(tree, root)
    settings = root / "submissions/programme.yaml"
    value = yaml.safe_load(settings.read_text("utf-8"))
    value["rounds"].append({"year": 2031, "starts": "2031-01-01", "ends": "2031-12-31"})
    settings.write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")
    changed(exports, lambda data: [row.update(year=2031) for row in data["figures"]])
    with pytest.raises(BuildError, match=r"0/figures-\d+\.json：2031 年这一轮 2031-01-01 才开始"):
        overview(root, exports, "2030-11-20")
    assert overview(root, exports, "2031-01-01").years[-1].year == 2031


def test_a_county_that_says_more_than_the_others_may_is_told_of_its_microabilities_too(
    tree: Path, exports: Path, published: dict[str, Any]
) -> None:
    file, data, _ = a_county_with_microabilities(exports, published)
    for change, said in (
        ({"minimum_cell": 1}, "县里的最小公开人数是 1"),
        ({"abilities": [*data["abilities"][:-1], data["abilities"][-1] | {"passed": 8}]}, "只有几人次"),
        ({"abilities": [data["abilities"][0] | {"passed": 6}, *data["abilities"][1:]]}, "合计比其中各项的还少"),
    ):
        file.write_text(json.dumps(data | change), encoding="utf-8")
        with pytest.raises(BuildError, match=rf"0/abilities-\d+\.json：.*{said}"):
            overview(tree, exports)


def named(level: str, **said: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: [row.update(said) for row in data["figures"] if row["level"] == level]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            named("省", name="某某省", demo=True),
            "anhui 写的是“安徽省”，0/figures-2026.json 里写的是“某某省”（样张）；核对哪一个对",
        ),
        (named("市", name="冒牌市"), "里写的是“冒牌市”（样张）；核对哪一个对"),
        (named("市", demo=False), "anhui/shili 的名称“示例市”不是行政区划表.*里市级的"),
        (named("省", name="某某省", demo=False), "anhui 的名称“某某省”不是行政区划表.*里省级的"),
        (named("县", demo=False), "的名称“明远县”不是行政区划表.*里县级的"),
    ],
)
def test_what_stands_above_is_called_alike_by_all_and_as_the_table_has_it(
    tree: Path, exports: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    """Whoever is first by name does not name the province."""
    changed(exports, change)
    with pytest.raises(BuildError, match=said):
        overview(tree, exports)


def test_a_county_that_says_that_its_city_is_no_sample_is_told(tree: Path, exports: Path) -> None:
    last = sorted(exports.rglob("figures-*.json"))[-1]
    data = json.loads(last.read_text("utf-8"))
    named("市", demo=False)(data)
    last.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(BuildError, match=r"写的是“示例市”，0/figures-2026\.json 里写的是“示例市”（样张）"):
        overview(tree, exports)


def test_a_county_of_the_same_name_at_another_path_or_in_another_province_is_told(
    tree: Path, exports: Path, tmp_path: Path
) -> None:
    first = sorted(exports.rglob("figures-*.json"))[0]
    text = first.read_text("utf-8")
    again = tmp_path / "exports/again" / first.name
    again.parent.mkdir()
    again.write_text(text.replace("/mingyuan", "/jiaxian"), "utf-8")
    with pytest.raises(
        BuildError, match=r"again/.*明远县 2026 年在 0/figures-2026\.json 里已经有了，路径是 anhui/shili/mingyuan"
    ):
        overview(tree, exports)
    again.write_text(text.replace('"anhui', '"henan').replace("明远", "别处"), "utf-8")
    with pytest.raises(BuildError, match=r"again/.*写的省是 henan，0/figures-2026\.json 里是 anhui"):
        overview(tree, exports)


def test_half_a_file_a_deep_one_a_county_twice_and_no_file(tree: Path, exports: Path, tmp_path: Path) -> None:
    file = next(iter(sorted(exports.rglob("figures-*.json"))))
    whole = file.read_text("utf-8")
    for bad in (whole[: len(whole) // 2], "[" * 200_000, "", "\x00"):
        file.write_text(bad, encoding="utf-8")
        with pytest.raises(BuildError, match=r"重新下载|第 1 版"):
            overview(tree, exports)
    file.write_text(whole, encoding="utf-8")
    again = exports / "again"
    again.mkdir()
    (again / file.name).write_text(whole, encoding="utf-8")
    with pytest.raises(BuildError, match="一个县只放一份"):
        overview(tree, exports)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BuildError, match="没有 figures-年度"):
        overview(tree, tmp_path / "empty")


def a_county_with_microabilities(exports: Path, published: dict[str, Any]) -> tuple[Path, dict[str, Any], str]:
    """The first county's file, its content with a row for a dimension, an environment, both, and one, and its path."""
    file = next(iter(sorted(exports.rglob("abilities-*.json"))))
    county = next(row["unit"] for row in published["figures"] if row["level"] == "县")
    row = {"unit": county, "year": published["figures"][0]["year"], "left_out": 0}
    rows = [
        row | {"dimension": "学情分析", "environment": "", "code": "", "chosen": 30, "passed": 20},
        row | {"dimension": "", "environment": "混合学习环境", "code": "", "chosen": 10, "passed": 7},
        row | {"dimension": "学情分析", "environment": "混合学习环境", "code": "", "chosen": 10, "passed": 7},
        row | {"dimension": "学情分析", "environment": "混合学习环境", "code": "B1", "chosen": 9, "passed": 6},
    ]
    data = json.loads(file.read_text("utf-8")) | {"abilities": rows}
    file.write_text(json.dumps(data), encoding="utf-8")
    return file, data, county


def test_choices_and_passes_add_up_and_say_which_counties_are_missing(
    tree: Path, exports: Path, published: dict[str, Any]
) -> None:
    _, _, county = a_county_with_microabilities(exports, published)
    for file in sorted(exports.rglob("abilities-*.json"))[1:]:
        file.unlink()
    classes = overview(tree, exports).years[-1].classes
    others = sum(row["level"] == "县" for row in published["figures"]) - 1
    assert others
    place = "学情分析", "混合学习环境"
    assert classes[county] == {
        Class(place[0]): PublicCount(30, 20),
        Class("", place[1]): PublicCount(10, 7),
        Class(*place): PublicCount(10, 7),
        Class(*place, "B1"): PublicCount(9, 6),
    }
    assert classes[county.rpartition("/")[0]] == {
        group: PublicCount(known.chosen, known.passed, others) for group, known in classes[county].items()
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "Z9"}, "学情分析 Z9 不在微能力表里"),
        ({"environment": "智慧学习环境"}, "学情分析 智慧学习环境 不在微能力表里"),
        ({"passed": 31}, "通过的比选学的多"),
        ({"chosen": 9_999_999}, "选学的比应考的多"),
        ({"chosen": 0}, "第 1 版"),
        ({"dimension": "", "environment": "混合学习环境"}, "混合学习环境 有两行"),
    ],
)
def test_choices_that_do_not_fit_are_named(
    tree: Path, exports: Path, published: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    file, data, _ = a_county_with_microabilities(exports, published)
    data["abilities"][0] |= change
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(BuildError, match=rf"0/abilities-\d+\.json：.*{said}"):
        overview(tree, exports)


def test_names_are_text(tree: Path, site: Path, exports: Path, tmp_path: Path) -> None:
    changed(exports, lambda data: county_row(data).update(name="[x](javascript:1)&lt;script&gt;alert(1)"))
    out = begun(tmp_path / "overview", site)
    gathered = overview(tree, exports)
    build_site(gathered.programme, out, gathered=gathered.years)
    for page in out.rglob("rates/**/*.html"):
        assert "<script>alert(1)" not in page.read_text("utf-8")
        assert 'href="javascript:' not in page.read_text("utf-8")

"""Every page has an address of its own: no unit's and no case's page covers another."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.site.conftest import programme_at
from tests.synthesis import write
from wholeschool.programme import Programme
from wholeschool.records.kinds import PAGES, placed
from wholeschool.site.pages import all_pages
from wholeschool.site.places import address

CASE = Path(__file__).parents[1] / "cases/_base/submissions/anhui/shili/mingyuan/wenhua-xiaoxue/cases/xizuo-huping.md"


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """Two counties that have a school of the same folder name each, and these a case of the same file name."""
    root = tmp_path_factory.mktemp("counties")
    write(root, counties=2, schools=3, teachers=24, seed=3)
    for unit in sorted(root.glob("submissions/*/*/*/hewan-zhongxin-xiaoxue")):
        (unit / "cases").mkdir(exist_ok=True)
        (unit / "cases" / "huping.md").write_bytes(CASE.read_bytes())
    return programme_at(root)


def test_no_page_covers_another(programme: Programme) -> None:
    paths = Counter(page.path for page in all_pages(programme))
    assert [path for path, times in paths.items() if times > 1] == []
    assert sum(path.startswith("cases/") and path.endswith("_huping.md") for path in paths) == 2


def test_no_folder_is_called_as_a_page_beside_it(programme: Programme) -> None:
    paths = {page.path for page in all_pages(programme)}
    units = {address(unit) for unit in programme.units.values()}
    beside = {
        path.rpartition("/")[2].removesuffix(".md")
        for unit in programme.units.values()
        for path in paths
        if path.startswith(f"rates/{unit.path}/") and path.rpartition("/")[0] == f"rates/{unit.path}"
        if path.endswith(".md") and (path not in units or path.endswith("/index.md"))
    }
    assert {name for name in beside if not name.isdigit()} <= set(PAGES)  # no unit begins with a figure, as rounds do
    assert all(placed(f"submissions/anhui/shili/mingyuan/{name}/unit.yaml") is None for name in beside)
    assert placed("submissions/anhui/shili/mingyuan/indexes/unit.yaml") is not None

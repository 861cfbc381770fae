"""A site made again, or by several processes: the same bytes as from nothing, and no page made that had not changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.site.conftest import programme_at
from tests.soak import some
from wholeschool.errors import BuildError
from wholeschool.site import build, build_site, share

SCHOOL = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
CASE = f"{SCHOOL}/cases/zhongmian.md"
SETTINGS = "submissions/programme.yaml"


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a site."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def different(one: Path, other: Path) -> list[str]:
    """The files in which two sites differ."""
    left, right = content(one), content(other)
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


@pytest.fixture
def again(tree: Path, site: Path, tmp_path: Path) -> Path:
    """A folder with the records, and the site and the Markdown that were made of them."""
    shutil.copytree(tree / "submissions", tmp_path / "submissions")
    shutil.copytree(site, tmp_path / "build" / "site")
    shutil.copytree(site.parent / "docs", tmp_path / "build" / "docs")
    return tmp_path


def rewrite(path: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of one record."""

    def change(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


def another_case(root: Path) -> None:
    text = (root / CASE).read_text("utf-8").replace("钟面上的课堂导入", "再说钟面上的课堂导入")
    (root / CASE).with_name("zai-shuo.md").write_text(text, encoding="utf-8")


CHANGES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a case says more": (
        rewrite(CASE, "时针会到哪里", "时针和分针会到哪里"),
        "cases/wenhua-xiaoxue-zhongmian/index.html",
        "rates/anhui/shili/mingyuan/wenhua-xiaoxue/index.html",
    ),
    "a school is called otherwise": (
        rewrite(f"{SCHOOL}/unit.yaml", "明远县文华小学", "明远县文华实验小学"),
        "rates/anhui/shili/mingyuan/wenhua-xiaoxue/index.html",
        "catalogue/C7/index.html",
    ),
    "a case more": (another_case, "cases/wenhua-xiaoxue-zai-shuo/index.html", "catalogue/C7/index.html"),
    "a case less": (lambda root: (root / CASE).unlink(), "cases/index.html", "catalogue/C7/index.html"),
}


@pytest.mark.soak
@pytest.mark.parametrize("what", some(CHANGES, 2))
def test_after_a_change_only_what_depends_on_it_is_made_again(again: Path, what: str) -> None:
    change, touched, left = CHANGES[what]
    out = again / "build" / "site"
    change(again)
    assert programme_at(again)
    built = build_site(programme_at(again), out)
    fresh = build_site(programme_at(again), again / "fresh" / "site")
    assert different(out, fresh.folder) == []
    assert fresh.made == fresh.pages == built.pages
    assert 0 < built.made < built.pages / 5
    made = {name for name in different(out, _copied(again)) if name.endswith(".html") and (out / name).exists()}
    assert touched in made
    assert left not in made
    assert len(made) <= built.made


def _copied(again: Path) -> Path:
    return again / "before"


@pytest.fixture(autouse=True)
def _before(again: Path) -> None:
    shutil.copytree(again / "build" / "site", _copied(again))


def test_with_nothing_changed_nothing_is_made(again: Path) -> None:
    built = build_site(programme_at(again), again / "build" / "site")
    assert (built.made, different(built.folder, _copied(again))) == (0, [])


def test_what_somebody_changed_in_the_built_site_is_made_again(again: Path) -> None:
    out = again / "build" / "site"
    (out / "about" / "index.html").write_text("mine", encoding="utf-8")
    (out / "privacy" / "index.html").unlink()
    built = build_site(programme_at(again), out)
    assert (built.made, different(out, _copied(again))) == (2, [])


@pytest.mark.soak
@pytest.mark.parametrize("spoil", some(["search/search_index.json", "../docs/.generated"], 1))
def test_a_site_whose_notes_cannot_be_trusted_is_made_anew(again: Path, spoil: str) -> None:
    out = again / "build" / "site"
    with (out / spoil).open("a", encoding="utf-8") as file:
        file.write("?")
    built = build_site(programme_at(again), out)
    assert built.made == built.pages
    assert different(out, _copied(again)) == []


def test_what_every_page_shows_makes_every_page_again(again: Path) -> None:
    programme = programme_at(again)
    assert programme.settings is not None
    name = programme.settings.data.publication.site_name
    rewrite(SETTINGS, f"site_name: {name}", f"site_name: {name}（新）")(again)
    built = build_site(programme_at(again), again / "build" / "site")
    assert built.made == built.pages


def test_several_processes_make_the_same_bytes(
    again: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "cores", lambda: 3)
    monkeypatch.setattr(build, "_WORTH_UNITS", 0)
    built = build_site(programme_at(again), tmp_path / "shared" / "site")
    assert built.made == built.pages
    assert different(built.folder, site) == []


def test_a_process_that_dies_leaves_the_site_before_it(again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "cores", lambda: 2)
    monkeypatch.setattr(build, "_WORTH_UNITS", 0)
    monkeypatch.setattr(build, "share", SimpleNamespace(ready=partial(os._exit, 9), make=share.make))
    (again / "build" / "docs" / ".generated").write_text("{}", encoding="utf-8")
    out = again / "build" / "site"
    with pytest.raises(BuildError, match=r"进程被终止.*原来的网站没有动"):
        build_site(programme_at(again), out)
    assert different(out, _copied(again)) == []

"""The wheel runs without the checkout: what the program reads comes along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wholeschool.days import today
from wholeschool.shipped import HOME

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".playwright", "build", "__pycache__", "*.egg-info", ".*_cache")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked where nothing else of it is."""
    folder = tmp_path_factory.mktemp("wheel")
    # Built in a copy: building leaves files where it builds.
    for each in ("pyproject.toml", "README.md", "mkdocs.yml", "LICENSE"):
        shutil.copy(HOME / each, folder)
    for each in ("scripts", "schemas", "docs", "submissions", "tests/cases", "tests/changes/cases"):
        shutil.copytree(HOME / each, folder / each, ignore=LEFT_OUT)
    _does(folder, sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q", "-w", "made")
    (wheel,) = (folder / "made").iterdir()
    target = folder.with_name("installed")
    _does(folder, sys.executable, "-m", "pip", "install", "--no-deps", "-q", "--target", str(target), str(wheel))
    shutil.rmtree(folder)
    return target


def _does(where: Path, *words: str, path: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": path, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(words, cwd=where, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_programme_is_begun_and_published_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    def wholeschool(where: Path, *words: str) -> str:
        return _does(where, sys.executable, "-P", "-m", "wholeschool", *words, path=str(installed))

    said = _does(
        tmp_path, sys.executable, "-P", "-c", "from wholeschool.shipped import HOME; print(HOME)", path=str(installed)
    )
    assert said.strip() == str(installed / "wholeschool" / "shipped")
    made = tmp_path / "yangzhang"
    assert "还没有单位" in wholeschool(tmp_path, "new", "repository", str(made), "--name", "样张省提升工程")
    assert {path.name for path in made.iterdir()} == {".git", ".gitignore", "README.md", "submissions"}
    assert f"year: {today()[:4]}" in (made / "submissions/programme.yaml").read_text("utf-8")
    assert "没有问题" in wholeschool(made, "validate")
    wholeschool(made, "site", "--out", str(tmp_path / "site"))
    for page in ("index.html", "form/index.html", "guides/school/index.html", "catalogue/A1/index.html"):
        assert (tmp_path / "site" / page).is_file(), page
    # The rules' examples have come along.
    assert "管理团队有 2 人" in (tmp_path / "site" / "rules/TEAM-SIZE/index.html").read_text("utf-8")
    assert "单位信息" in wholeschool(made, "new", "unit", "anhui")
    shutil.rmtree(made / "submissions")
    shutil.copytree(HOME / "submissions", made / "submissions")
    assert "0 处错误" in wholeschool(made, "validate")
    wholeschool(
        made, "certificates", "render", "anhui/shili/mingyuan", "--year", "2026", "--out", str(tmp_path / "pdf")
    )
    assert any((tmp_path / "pdf").rglob("*.pdf"))


def test_nothing_is_begun_where_there_is_something(tmp_path: Path) -> None:
    command = str(Path(sys.executable).with_name("wholeschool"))
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("样张", "utf-8")
    for folder, word in (("letters", "里面有东西"), ("nowhere/at/all", "不存在"), ("letters/a.txt", "已经有了")):
        done = subprocess.run(
            [command, "new", "repository", folder], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert word in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["letters", "a.txt"]

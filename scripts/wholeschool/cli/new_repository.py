"""`wholeschool new repository`: a programme that has no unit yet, ready to be filled."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click
import git

from wholeschool.cli.workspace import check_tree, refuse_errors
from wholeschool.days import today, years_later
from wholeschool.errors import UsageError
from wholeschool.records.kinds import ROOT, kinds
from wholeschool.records.plain_yaml import values_of
from wholeschool.records.text import decode
from wholeschool.records.yaml_new import new_text
from wholeschool.shipped import HOME
from wholeschool.sources.tree import WorkingTree

SETTINGS = f"{ROOT}programme.yaml"
SHARED = ("regions.csv", "guidance")
IGNORED = "/build/\n/*.xlsx\n/*.pdf\n/*.html\n"
ABOUT = """# {name}

这里是整校推进的记录：规划、名册、评审、验收、证书台账。里面有教师的姓名和学习情况，**仓库必须是私有的**。

1. 核对 `submissions/programme.yaml`：名称、轮次的起止、期限；在 `maintainers` 里写维护人员的账号。
2. 核对 `submissions/guidance/` 里的微能力表和考核规范：不是这一份指导意见的，换成自己的。
3. 建省、市、县、校，每个县一份账号：`wholeschool new unit 省/市/县`、`wholeschool new accounts 省/市/县`。
4. 随时检查：`wholeschool validate`。生成网站：`wholeschool build`，看 `build/site/index.html`。
5. 有服务器的，在服务器上 `wholeschool hook install 仓库.git`，以后每次推送都先检查。
"""


@click.command("repository", short_help="一个新的工程")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="", help="工程的名称；不写的，照指导意见。")
def repository(folder: Path, name: str) -> None:
    """在 FOLDER 里建一个新的工程：配置、区划代码、指导意见，一个单位也没有，今年一轮。"""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} 已经有了，里面有东西；写一个新的文件夹")
    if not folder.parent.is_dir():
        raise UsageError(f"{folder.parent} 这个文件夹不存在；先建好它")
    work = Path(mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        settings = _settings(name)
        for each in SHARED:
            source, target = HOME / ROOT / each, work / ROOT / each
            target.parent.mkdir(exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
        (work / SETTINGS).write_text(new_text(kinds()["programme"].schema, settings), "utf-8")
        (work / "README.md").write_text(ABOUT.format(name=settings["name"]), "utf-8")
        (work / ".gitignore").write_text(IGNORED, "utf-8")
        refuse_errors(check_tree(WorkingTree(work)))
        git.Repo.init(work, initial_branch="main").close()
        work.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    click.echo(
        f"{folder}：{settings['name']}，{settings['rounds'][0]['year']} 年一轮，还没有单位。先看里面的 README.md。"
    )


def _settings(name: str) -> Mapping[str, Any]:
    """The example's settings, less what its own offices have decided, with one round: this year's."""
    old: Mapping[str, Any] = values_of(decode((HOME / SETTINGS).read_bytes()))
    last, year = old["rounds"][-1], int(today()[:4])
    later = year - int(last["year"])
    round_ = {
        "year": str(year),
        "starts": years_later(str(last["starts"]), later),
        "ends": years_later(str(last["ends"]), later),
        "deadlines": [each | {"date": years_later(str(each["date"]), later)} for each in last["deadlines"]],
    }
    called = name or old["name"]
    publication = {"site_name": called, "minimum_cell": old["publication"]["minimum_cell"]}
    kept = {field: old[field] for field in ("version", "guidance")}
    return {"name": called, **kept, "rounds": [round_], "publication": publication}

"""What every verb starts from: the repository's root, and the checked programme in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import click

from wholeschool.all_or_none import undo_interrupted
from wholeschool.changes import Proposal, check_change
from wholeschool.changes.effects import effects
from wholeschool.errors import RepositoryError
from wholeschool.findings import Finding
from wholeschool.programme import Programme, assemble
from wholeschool.programme.scope import Scope, remember, scope, sharing, touched
from wholeschool.records import load
from wholeschool.records.cache import Cache, open_cache
from wholeschool.reports import Report, reporters
from wholeschool.rules import check
from wholeschool.sources import CommitTree, Tree, open_tree
from wholeschool.sources.difference import differences, merged


class Checked(NamedTuple):
    """A tree, its programme, and everything that is wrong with it."""

    tree: Tree
    programme: Programme
    report: Report


def find_root(start: Path) -> Path:
    """The folder that holds `submissions/programme.yaml`: `start` or the nearest above it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "submissions").is_dir():
            if undone := undo_interrupted(folder):
                click.echo(f"上一次写入中途停了，{undone} 个文件已恢复原样；请重新运行那次的命令。", err=True)
            return folder
    raise RepositoryError(f"{start} 和它的上级文件夹里都没有 submissions/，不是整校推进的仓库")


def check_tree(tree: Tree, part: Scope | None = None, kept: Cache | None = None) -> Checked:
    """Load, assemble and judge everything in a tree, or just a part of it."""
    loaded = load(tree, cache=kept) if part is None else load(tree, part.entries, elsewhere=part.elsewhere, cache=kept)
    if not loaded.files:
        raise RepositoryError("submissions/ 里没有任何文件")
    programme = assemble(loaded)
    findings: list[Finding] = sorted([*loaded.findings, *check(programme)])
    return Checked(tree, programme, Report(loaded.files, len(loaded.records), findings))


def check_root(root: Path, revision: str | None = None) -> Checked:
    """`check_tree` of the working tree, or of a commit of the repository, at `root`."""
    tree, kept = open_tree(root, revision), open_cache()
    checked = check_tree(tree, kept=kept)
    if isinstance(tree, CommitTree):
        remember(tree, checked.programme, kept)
    return checked


def check_proposal(root: Path, base: str, head: str, *authors: str) -> Checked:
    """The tree that merging head into base gives, with what the change answers for.

    Only the counties that the change touches are read, with those that share a teacher number with them; all of them
    when it touches a record above the counties. `authors` are the forge's accounts behind it; none: not asked.
    """
    trunk, kept = CommitTree(root, base), open_cache()
    trees = trunk, merged(root, trunk, CommitTree(root, head))
    changed = differences(*trees)
    counties = touched(difference.path for difference in changed)
    after = check_tree(trees[1], _part(trees[1], counties), kept)
    if counties is not None and (more := sharing(trees[1], after.programme, kept)):
        counties |= more
        after = check_tree(trees[1], _part(trees[1], counties), kept)
    before = check_tree(trees[0], _part(trees[0], counties), kept)
    taken_back, said = trees[1].left_behind(trees[0]), trees[1].said_between(trees[0])
    behind = tuple(dict.fromkeys(authors))
    proposal = Proposal(before.programme, after.programme, *trees, changed, behind, taken_back, said)
    findings, known = check_change(proposal, before.report.findings, after.report.findings)
    report = Report(after.report.files, after.report.records, findings, known, tuple(effects(proposal)))
    return Checked(trees[1], after.programme, report)


def _part(tree: CommitTree, counties: frozenset[str] | None) -> Scope | None:
    return None if counties is None else scope(tree, counties)


def refuse_errors(checked: Checked) -> None:
    """Print findings and stop when anything but a case is wrong: nothing is published from wrong records."""
    blocking = [each for each in checked.report.findings if each.severity == "error" and "/cases/" not in each.path]
    if blocking:
        report = Report(checked.report.files, checked.report.records, blocking)
        click.echo(reporters["text"](report, checked.tree), nl=False, err=True)
        raise SystemExit(1)


def withheld_cases(checked: Checked) -> list[Finding]:
    """Everything wrong with cases: each case named here is left out of the site, the rest is published."""
    return [each for each in checked.report.findings if each.severity == "error" and "/cases/" in each.path]


def tell_left_out(pages: tuple[str, ...]) -> None:
    """Name the pages that could not be made."""
    for page in pages:
        click.echo(f"没有发表：{page} 这一页做不出来，其余的已经发表；请把这条信息告诉维护人员", err=True)

"""What every verb starts from: the repository's root, and the checked programme in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import click

from wholeschool.changes import check_change, propose
from wholeschool.errors import RepositoryError
from wholeschool.findings import Finding
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.reports import Report, reporters
from wholeschool.rules import check
from wholeschool.sources import CommitTree, Tree, open_tree


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
            return folder
    raise RepositoryError(f"{start} 和它的上级文件夹里都没有 submissions/，不是整校推进的仓库")


def check_tree(tree: Tree) -> Checked:
    """Load, assemble and judge everything in a tree."""
    loaded = load(tree)
    if not loaded.files:
        raise RepositoryError("submissions/ 里没有任何文件")
    programme = assemble(loaded)
    findings: list[Finding] = sorted([*loaded.findings, *check(programme)])
    return Checked(tree, programme, Report(loaded.files, len(loaded.records), findings))


def check_root(root: Path, revision: str | None = None) -> Checked:
    """`check_tree` of the working tree, or of a commit of the repository, at `root`."""
    return check_tree(open_tree(root, revision))


def check_proposal(root: Path, base: str, head: str, author: str) -> Checked:
    """The head's tree, with what the change from base to head answers for."""
    trees = CommitTree(root, base), CommitTree(root, head)
    before, after = check_tree(trees[0]), check_tree(trees[1])
    proposal = propose(before.programme, after.programme, trees, author)
    findings, known = check_change(proposal, before.report.findings, after.report.findings)
    return Checked(trees[1], after.programme, Report(after.report.files, after.report.records, findings, known))


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

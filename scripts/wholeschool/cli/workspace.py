"""What every verb starts from: the repository's root, and the checked programme in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from wholeschool.all_or_none import undo_interrupted
from wholeschool.causes import roots
from wholeschool.changes import Author, Proposal, change_rules, check_change, new_to
from wholeschool.changes.effects import effects
from wholeschool.changes.proposal import in_this_format
from wholeschool.days import today
from wholeschool.errors import RepositoryError, UsageError
from wholeschool.findings import Finding
from wholeschool.programme import Earlier, Programme, Unit, assemble
from wholeschool.programme.scope import Scope, remember, scope, sharing, touched
from wholeschool.records import load
from wholeschool.records.cache import Cache, open_cache
from wholeschool.records.kinds import ROOT
from wholeschool.reports import Report, reporters
from wholeschool.rules import all_rules
from wholeschool.rules.registry import CRASH, judge
from wholeschool.sources import CommitTree, OverlaidTree, Tree, open_tree
from wholeschool.sources.difference import differences, merged
from wholeschool.sources.history import started_from, steps_between
from wholeschool.sources.tree import WorkingTree, all_here

_MOST_STEPS = 40
"""Of the main line in one push: each is judged."""
_NOT_THEIRS = "PATH-OWNER"


class Checked(NamedTuple):
    """A tree, its programme, and what is wrong with it: as reported, and for a change to compare.

    That is with the echoes: `read` was found by reading the files, `judged` by the rules.
    """

    tree: Tree
    programme: Programme
    report: Report
    read: Sequence[Finding] = ()
    judged: Sequence[Finding] = ()

    @property
    def every(self) -> list[Finding]:
        """All of it, sorted by place."""
        return sorted([*self.read, *self.judged])


def find_root(start: Path) -> Path:
    """The folder that holds `submissions/programme.yaml`: `start` or the nearest above it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "submissions").is_dir():
            if undone := undo_interrupted(folder):
                click.echo(f"上一次写入中途停了，{undone} 个文件已恢复原样；请重新运行那次的命令。", err=True)
            return folder
    raise RepositoryError(f"{start} 和它的上级文件夹里都没有 submissions/，不是整校推进的仓库")


def check_tree(
    tree: Tree,
    part: Scope | None = None,
    kept: Cache | None = None,
    day: str = "",
    brought: frozenset[str] = frozenset(),
    earlier: Earlier | None = None,
    codes: Collection[str] | None = None,
    seen: str = "",
    *,
    lines: bool = True,
) -> Checked:
    """Load, assemble and judge everything in a tree, or just a part of it, as of a day (none: nothing is due).

    `brought` are paths that a change brings, `earlier` is what was there before it (None: nothing). `codes` are those
    of the rules to judge by (None: all); who only compares what they find needs no `lines`. `seen` is the day on which
    it is looked at (none: the present one): a round that is only opened does not run yet, whether anything is due or
    not.
    """
    loaded = load(tree, cache=kept) if part is None else load(tree, part.entries, elsewhere=part.elsewhere, cache=kept)
    if not loaded.files:
        raise RepositoryError("submissions/ 里没有任何文件")
    programme = assemble(loaded, day, brought, earlier, seen or day or today())
    rules = {code: each for code, each in all_rules().items() if codes is None or code in codes}
    judged = judge(rules, programme, lines=lines)
    told = roots(sorted([*loaded.findings, *judged]))
    return Checked(tree, programme, Report(loaded.files, len(loaded.records), told), loaded.findings, judged)


def check_root(
    root: Path, revision: str | None = None, day: str = "", *, signing: bool = False, seen: str = ""
) -> Checked:
    """`check_tree` of the working tree, or of a commit of the repository, at `root`.

    What was decided before the work on it began is kept, not judged: see `sources.history.started_from`. Where there is
    no history nothing is known to be new, and no decision is judged; who is about to sign judges every one.
    """
    tree, kept = open_tree(root, revision), open_cache()
    before = started_from(root, revision)
    same = isinstance(tree, CommitTree) and tree.commit == before  # listed once
    was = tree if same else CommitTree(root, before) if before else None
    earlier = None if signing and before is None else Earlier(tree, was)
    checked = check_tree(tree, kept=kept, day=day, earlier=earlier, seen=seen)
    if isinstance(tree, CommitTree):
        remember(tree, checked.programme, kept)
    return checked


def check_proposal(
    root: Path, base: str, head: str, *authors: str | Author, day: str = "", pushed: bool = False
) -> Checked:
    """The tree that merging head into base gives, with what the change answers for.

    Only the counties that the change touches are read, with those that share a code or a teacher number with them; all
    when it touches a record above the counties. `authors` are the forge's accounts behind it; none: not asked. It is
    `pushed` where nothing comes after this check but the main line.
    """
    trunk, kept = CommitTree(root, base), open_cache()
    brings = CommitTree(root, head)
    trees = trunk, merged(root, trunk, brings)
    changed = differences(*trees)
    brought = frozenset(difference.path for difference in changed)
    counties = touched(brought)
    earlier = Earlier(trees[1], trunk, changed)
    after = check_tree(trees[1], _part(trees[1], counties), kept, day, brought, earlier, lines=False)
    if counties is not None and (more := sharing(trees[1], after.programme, kept)):
        counties |= more
        after = check_tree(trees[1], _part(trees[1], counties), kept, day, brought, earlier, lines=False)
    # All that the base would be blamed for, were everything in it new: none of that is the change's doing. Only what is
    # found now, in files that the change leaves alone, can have been there before.
    asked = {each.code for each in after.every if each.path not in brought}
    was = in_this_format(trunk, changed, after.programme)
    codes = None if CRASH in asked else asked
    before = check_tree(was, _part(trunk, counties), kept, day, codes=codes, lines=False)
    after = _with_lines(after, new_to(before.every, after.every, brought))
    taken_back, said = trees[1].left_behind(trees[0]), trees[1].said_between(trees[0])
    behind = tuple(dict.fromkeys(each if isinstance(each, Author) else Author(each) for each in authors))
    proposal = Proposal(
        before.programme,
        after.programme,
        *trees,
        changed,
        behind,
        taken_back,
        said,
        brings.steps_since(trunk),
        today(),
        pushed,
    )
    findings, known = check_change(proposal, before.every, after.every)
    report = Report(after.report.files, after.report.records, findings, known, tuple(effects(proposal)))
    return after._replace(report=report)


def check_push(root: Path, old: str, new: str, author: Author, day: str) -> Checked:
    """`check_proposal` of what becomes the main line as it is, and of every step that it becomes it by.

    Later on each step is evidence: what was there on a day, who was on the rosters when a draw was announced. So none
    may do what no change may, whatever the next one does; what records lack they may still put right in the next.
    """
    steps = steps_between(root, old, new)
    if len(steps) > _MOST_STEPS:
        raise RepositoryError(
            f"一次推送了 {len(steps)} 个提交，最多 {_MOST_STEPS} 个；"
            "运行 git reset --soft origin/main，合成一个提交，再推送"
        )
    checked = check_proposal(root, old, new, author, day=day, pushed=True)
    told = list(checked.report.findings)
    if any(each.code == _NOT_THEIRS for each in told):  # then no step of it gets in, however it is put right
        return checked
    known = {(each.code, each.path, each.message) for each in told}
    for before, step in pairwise([old, *steps] if len(steps) > 1 else []):
        for each in check_proposal(root, before, step, author, day=day, pushed=True).report.findings:
            said = each.code, each.path, each.message
            if each.severity == "error" and each.code in change_rules() and said not in known:
                known.add(said)
                message = f"提交 {step[:10]} 里：{each.message}"
                hint = f"{each.hint}；后面的提交改回来了也不行，运行 git reset --soft origin/main，合成一个提交，再推送"
                told.append(msgspec.structs.replace(each, line=1, column=1, message=message, hint=hint))
    return checked._replace(report=msgspec.structs.replace(checked.report, findings=told))


def _with_lines(checked: Checked, told: Collection[Finding]) -> Checked:
    """What `check_tree` found without lines, with those of what will be told: files are read for these alone."""
    codes = {each.code for each in told}
    again = codes | all_rules().keys() if CRASH in codes else codes  # which rule it was that crashed, nobody says
    others = [each for each in checked.judged if each.code not in again]
    rules = {code: each for code, each in all_rules().items() if code in again}
    return checked._replace(judged=[*others, *judge(rules, checked.programme)])


def check_beginning(root: Path, head: str, day: str = "") -> Checked:
    """`check_root` of what is pushed where nothing was, with what its history keeps of records.

    There is nothing yet by which a change could be judged. What lies outside `submissions/` is the program, which comes
    with a history of its own.
    """
    tree = CommitTree(root, head)
    checked = check_tree(tree, kept=open_cache(), day=day, earlier=Earlier(tree, None))
    kept = ((path, data) for path, data in tree.left_behind(None) if path.startswith(ROOT))
    proposal = Proposal(checked.programme, checked.programme, tree, tree, [], (), kept, tree.said_between(None))
    findings = roots(sorted([*checked.every, *judge({"PII-HISTORY": change_rules()["PII-HISTORY"]}, proposal)]))
    return checked._replace(report=Report(checked.report.files, checked.report.records, findings))


def _part(tree: CommitTree, counties: frozenset[str] | None) -> Scope | None:
    return None if counties is None else scope(tree, counties)


def refuse_errors(checked: Checked, county: Unit | None = None, besides: Sequence[str] = ()) -> None:
    """Print findings and stop when anything but a case is wrong: nothing is published from wrong records.

    For a county only what it rests on is looked at: itself and all above it, not the other counties. Findings with a
    code of `besides` stop nothing.
    """
    others = tuple(f"{ROOT}{each.path}/" for each in checked.programme.counties if county and each is not county)
    blocking = [
        each
        for each in checked.report.findings
        if each.severity == "error"
        and "/cases/" not in each.path
        and each.code not in besides
        and not each.path.startswith(others)
    ]
    if blocking:
        report = Report(checked.report.files, checked.report.records, blocking)
        click.echo(reporters["text"](report, checked.tree), nl=False, err=True)
        raise SystemExit(1)


def refuse_result(checked: Checked, files: Mapping[str, bytes], besides: Sequence[str] = ()) -> None:
    """Judge the tree that writing `files` (by path) would make; print what only then would be wrong, and stop.

    A verb that writes records calls this first, so that it never writes what the next check refuses: of the records,
    or of the change that they make of what is committed. Findings with a code of `besides` are what the verb is for, or
    what its next step puts right.
    """
    tree = OverlaidTree(checked.tree, files)
    after = check_tree(tree, kept=open_cache(), brought=frozenset(files), earlier=Earlier(tree, checked.tree))
    before = checked.report.findings
    known = {(each.code, each.path, each.message) for each in before}
    # A sentence that says how many changes with them; it is the same mistake as long as there are no more of it.
    times, now = (Counter((each.code, each.path) for each in found) for found in (before, after.report.findings))
    new = [
        each
        for each in after.report.findings
        if each.severity == "error"
        and each.code not in besides
        and (each.code, each.path, each.message) not in known
        and now[each.code, each.path] > times[each.code, each.path]
    ]
    if not new and isinstance(checked.tree, WorkingTree):
        new = [each for each in refused_as_change(checked.tree.root, files) if each.code not in besides]
    if new:
        click.echo("没有写：写了以后，检查会说下面的问题。", err=True)
        click.echo(reporters["text"](Report(after.report.files, after.report.records, new), tree), nl=False, err=True)
        raise SystemExit(1)


def refused_as_change(root: Path, files: Mapping[str, bytes | None]) -> list[Finding]:
    """What the check of a change would refuse, by the rules about changes alone, once `files` are written.

    Of what was changed here before, and is wrong already, only what is wrong with the same files. Nothing where there
    is no history.
    """
    found = _broken_by_changes(root, files)
    if any(each.path not in files for each in found):
        known = {(each.code, each.path, each.message) for each in _broken_by_changes(root, {})}
        found = [each for each in found if each.path in files or (each.code, each.path, each.message) not in known]
    return found


def broken_since(root: Path, revision: str | None = None) -> list[Finding]:
    """What the rules about changes say of all that was done here since the main line, committed or not.

    Nothing where there is no history; where it is not all there, that is said.
    """
    base = started_from(root, revision)
    try:
        head = revision or all_here(root)
        found = check_proposal(root, base, head).report.findings if base and head not in (base, "HEAD") else []
    except RepositoryError as error:
        click.echo(f"只查了现在的记录，没有查改动本身：{error}", err=True)
        return []
    return [each for each in found if each.code in change_rules() and each.path.startswith(ROOT)]


def _broken_by_changes(root: Path, files: Mapping[str, bytes | None]) -> list[Finding]:
    head = all_here(root, files)
    found = [] if head == "HEAD" else check_proposal(root, "HEAD", head).report.findings
    errors = [each for each in found if each.severity == "error" and each.code in change_rules()]
    return [each for each in errors if each.path.startswith(ROOT)]  # and nothing of the commit that is not made yet


def round_asked(programme: Programme, year: int | None) -> int:
    """The year that somebody named, else that of the round that runs today; `UsageError` where there is none."""
    if found := year or programme.round_at(today()):
        return found
    raise UsageError("工程总配置里还没有轮次，用 --year 写明年度")


def tell_unjudged(checked: Checked) -> None:
    """Say so where no history shows what was decided anew: nothing of it was judged, or all of it by what holds now."""
    earlier = checked.programme.earlier
    if earlier is None:
        said = "以前的决定照现在的记录重新核对，评审时是谁、后来改过什么看不出来。到仓库的克隆里签发，才核对得全。"
    elif not earlier.knows:
        said = "审核、抽查、验收、认定和证书只查了有没有断开，没有重新核对。要核对，到仓库的克隆里检查。"
    else:
        return
    click.echo(f"这里没有 Git 的历史，看不出哪些决定是新作出的：{said}", err=True)


def withheld_cases(checked: Checked) -> list[Finding]:
    """Everything wrong with cases: each case named here is left out of the site, the rest is published."""
    return [each for each in checked.report.findings if each.severity == "error" and "/cases/" in each.path]


def tell_left_out(pages: tuple[str, ...]) -> None:
    """Name the pages that could not be made."""
    for page in pages:
        click.echo(f"没有发表：{page} 这一页做不出来，其余的已经发表；请把这条信息告诉维护人员", err=True)

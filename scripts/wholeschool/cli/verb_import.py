"""`wholeschool import`: filled-in workbooks into records."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from pathlib import Path

import click

from wholeschool.all_or_none import write_all
from wholeschool.cli.decision_day import a_day
from wholeschool.cli.main import FAILED
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import find_root, refused_as_change
from wholeschool.days import today
from wholeschool.errors import UsageError, reason
from wholeschool.papers.contacts import Contacts, Taken, is_contact_book, read_identity, recipients, seal, take_contacts
from wholeschool.papers.importing import Judged, Workbook, changed, difference, judge
from wholeschool.papers.intake import Spoken
from wholeschool.papers.online_hours import is_export_file
from wholeschool.papers.opening import Sheet, Unreadable, open_workbook
from wholeschool.papers.origin import Origin, made_for_records
from wholeschool.papers.rows import Found
from wholeschool.personal_data import redact
from wholeschool.records.contact_sheets import is_plain_sheet
from wholeschool.records.kinds import ROOT
from wholeschool.sources import WorkingTree

# In a folder: what is read, and what people take for that and is told what to become.
_TABLES = frozenset(
    (
        *(".xlsx", ".xltx", ".csv", ".tsv"),
        *(".xls", ".xlt", ".xlsm", ".xltm", ".xlsb", ".et", ".ett", ".ods", ".numbers"),
    )
)
# All of a county's workbooks of a round are fewer and smaller; a whole disk named by mistake is neither.
_MOST_BOOKS, _MOST_BYTES = 5_000, 2 * 1024**3
_NAMES = {"error": "错误", "warning": "提醒"}


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--unit", default="", type=UNIT, help="哪个单位的，写名称或 submissions/ 下的路径；模板里写着的不用写。")
@click.option("--kind", default="", help="哪种记录，例如 teachers；模板里已经写着，或从列名认得出的，可以不写。")
@click.option("--year", type=int, default=0, help="哪一年度。")
@click.option("--name", default="", help="一份一个文件的记录（评审、抽查、团队、教研组），文件名是什么。")
@click.option("--dry-run", is_flag=True, help="只显示会改什么，什么都不写。")
@click.option("--partial", is_flag=True, help="有错误的工作簿和行留着不动，其余的照样导入。")
@click.option(
    *("--map", "assigned"),
    multiple=True,
    metavar="列=字段",
    help="表里的这一列是模板里的哪一列；不要读的写 列=-。可以写几次。",
)
@click.option("--rename", "renamed", multiple=True, metavar="编号", help="这个编号的姓名是改正，没有换人。可写几次。")
@click.option("--provider", default="", help="机构导出的学时：哪家机构的；文件里写着的不用写。")
@click.option("--from", "since", default="", help="机构导出的学时：从哪天起；文件里写着的不用写。")
@click.option("--until", default="", help="机构导出的学时：到哪天止。")
@click.option("--identity", type=click.Path(path_type=Path), help="联系表已经有了的，用这把密钥打开后合并。")
@click.option("--replace", is_flag=True, help="联系表已经有了的，整份换掉。")
def command(
    files: tuple[Path, ...],
    unit: str,
    kind: str,
    year: int,
    name: str,
    dry_run: bool,
    partial: bool,
    assigned: tuple[str, ...],
    renamed: tuple[str, ...],
    provider: str,
    since: str,
    until: str,
    identity: Path | None,
    replace: bool,
) -> None:
    """把填好的工作簿导入成记录。可以一次给几个文件或一个文件夹；一份有错误，就一份都不写。

    照人员信息表、推荐表做的联系表直接加密成 contacts.age，不留明文。
    机构导出的网络研修学时（.xls 也行）按列名认，里面的个人信息一律丢掉。
    """
    root = find_root(Path.cwd())
    tree = WorkingTree(root)
    books, contacts = _sorted([_read(path) for path in _workbooks(files, root)])
    own = read_identity(identity, root) if identity else None
    taken: list[Taken] = []
    people: dict[str, Contacts] = {}
    for book, sheets in contacts:
        one = take_contacts(book.name, sheets, tree, unit, own, replace=replace, earlier=people)
        _tell(one.file, one.found)
        taken.append(one)
        if _is_new(one):
            people[one.path] = one.after
    sealed = {path: seal(after, recipients(tree)) for path, after in people.items()}
    refused = any(one.found for one in taken)
    if not books:
        held = refused and not partial
        write_all(root, {} if dry_run or held else sealed)
        _tell_contacts(taken, dry_run, held=held)
        raise SystemExit(FAILED if refused else 0)
    spoken = Spoken(_assigned(assigned), frozenset(renamed), today(), provider, a_day(since), a_day(until))
    judged = judge(tree, books, Origin(kind, unit, year, name), partial=partial, spoken=spoken)
    for intake in judged.intakes:
        _tell(intake.file, intake.found)
        for note in intake.notes:
            click.echo(f"{_visible(intake.file)}：{_visible(note)}")
        if left := [each.said for each in intake.left if each.is_news]:
            click.echo(f"{_visible(intake.file)} 没有读的：{_visible('；'.join(left))}")
    for each in judged.elsewhere:
        click.echo(f"导入以后 {each.path}:{each.line} 会有新的{_NAMES[each.severity]} {each.code}：{each.message}")
    for intake in judged.ready:
        if dry_run and (changes := difference(intake)):
            click.echo(changes, nl=False)
    # All or nothing: one workbook with an error keeps the others waiting, unless `partial` says otherwise; and so does
    # a change of what was decided, whatever is asked for.
    made = changed(judged.ready, tree)
    broken = refused_as_change(root, made) if made else []
    for each in broken:
        click.echo(f"导入以后 {each.path}:{each.line} 提交时会被拒绝 {each.code}：{each.message}；{each.hint}")
    failed = judged.failed or refused or bool(broken)
    held = bool(broken) or (failed and not partial)
    written = {} if dry_run or held else made
    write_all(root, written if dry_run or held else written | sealed)
    _tell_contacts(taken, dry_run, held=held)
    click.echo(_summary(judged, written, dry_run, held=held))
    raise SystemExit(FAILED if failed else 0)


def _assigned(assigned: Iterable[str]) -> dict[str, str]:
    """What headings of the sheets mean, from `列=字段`."""
    found = {}
    for each in assigned:
        heading, equals, meaning = each.replace("＝", "=").partition("=")
        if not (heading.strip() and equals and meaning.strip()):
            raise UsageError(f"--map “{each}”看不懂；写成 列=字段，例如 --map 任课=学科；不要读的写 --map 备注=-")
        found[heading.strip()] = meaning.strip()
    return found


def _workbooks(files: tuple[Path, ...], root: Path) -> list[Path]:
    """The files, and of folders the tables in them that are no records of the repository at `root`."""
    records = (root / ROOT).resolve()
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            # What Excel, WPS and other systems leave beside a workbook begins with ~$ or a dot.
            tables = (file for file in path.rglob("*") if file.suffix.lower() in _TABLES and file.is_file())
            others = (file for file in tables if not file.name.startswith(("~$", ".")))
            found += sorted(file for file in others if not file.resolve().is_relative_to(records))
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(f"没有 {path} 这个文件")
    if not found:
        raise UsageError("文件夹里没有工作簿（.xlsx），也没有表格文本（.csv）")
    if len(found) > _MOST_BOOKS or sum(file.stat().st_size for file in found) > _MOST_BYTES:
        raise UsageError(
            f"一共有 {len(found)} 份表格，一次最多导入 {_MOST_BOOKS} 份、{_MOST_BYTES // 1024**3} GB；"
            "看看是不是写错了文件夹，没有写错的分几次导入"
        )
    return found


def _read(path: Path) -> Workbook:
    try:
        return Workbook(str(path), path.read_bytes())
    except OSError as error:
        raise UsageError(f"读不了文件 {path}：{reason(error)}") from error


def _sorted(books: list[Workbook]) -> tuple[list[Workbook], list[tuple[Workbook, list[Sheet]]]]:
    """Workbooks of records, and workbooks of contacts with their sheets."""
    records, contacts = [], []
    for book in books:
        sheets = _contact_sheets(book)
        if sheets:
            contacts.append((book, sheets))
        else:
            records.append(book)
    return records, contacts


def _contact_sheets(book: Workbook) -> list[Sheet]:
    if made_for_records(book.data) or not is_plain_sheet(book.data) or is_export_file(book.data, book.name):
        return []
    try:
        sheets = open_workbook(book.data, book.name)
    except Unreadable:  # told where records are read
        return []
    return sheets if is_contact_book(sheets) else []


def _is_new(taken: Taken) -> bool:
    return not taken.found and taken.after != taken.before


def _tell_contacts(contacts: Iterable[Taken], dry_run: bool, *, held: bool) -> None:
    """What became of the contacts of each workbook. What they are is never shown."""
    for taken in contacts:
        if taken.found:
            click.echo(f"{_visible(taken.file)}：{len(taken.found)} 处错误，没有导入。")
            continue
        count = f"联系表：信息表 {len(taken.after.colleagues)} 人，推荐表 {len(taken.after.nominees)} 人"
        if not _is_new(taken):
            click.echo(f"{count}，与已有的相同。没有写入。")
        elif held:
            click.echo(f"{count}。别的工作簿有错误，这一份也没有写入。")
        elif dry_run:
            click.echo(f"{count}，会加密成 {taken.path}。只是预演，没有写入。")
        else:
            click.echo(f"{count}，已加密成 {taken.path}。原来的工作簿里是明文，不要放进仓库。")


def _tell(file: str, found: Iterable[Found]) -> None:
    for each in sorted(found, key=lambda found: (found.sheet, found.row, found.column)):
        told = each.finding
        place = f" {each.place}" if each.place else ""
        click.echo(f"{_visible(f'{file}{place}')}：{_NAMES[told.severity]} {told.code} {redact(told.message)}")
        if told.hint:
            click.echo(f"      = 怎么办：{told.hint}")
        if told.clause:
            click.echo(f"      = 依据：{told.clause}")


def _visible(text: str) -> str:
    """What somebody has called a file, a sheet or a column, without what may play tricks, or tells a number."""
    return redact("".join(character if character.isprintable() else " " for character in text))


def _summary(judged: Judged, written: Sized, dry_run: bool, *, held: bool) -> str:
    total, ready = len(judged.intakes), judged.ready
    changed = [intake for intake in ready if intake.after != intake.before]
    parts = [f"{total} 份工作簿：{len(changed)} 份有变化，{len(ready) - len(changed)} 份与记录相同"]
    if refused := total - len(ready):
        parts.append(f"{refused} 份有错误")
    if left := sum(map(len, judged.left_out.values())):
        parts.append(f"{left} 行有错误，照旧")
    nothing = "有错误，所以一份都没有写入；改好再导入，或加 --partial 先导入没有错误的"
    end = (
        "只是预演，没有写入"
        if dry_run
        else nothing
        if held
        else f"写入了 {len(written)} 个文件"
        if written
        else "没有写入"
    )
    return f"{'，'.join(parts)}。{end}。"

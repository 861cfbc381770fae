"""`wholeschool certificates`: new rows for the ledger, corrections of it, PDFs from it, and whether one is genuine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from wholeschool.certificates import put_down, signed_files, sole_issuer
from wholeschool.certificates.holders import strangers
from wholeschool.certificates.recovery import recovered, revocations
from wholeschool.certificates.signing import VARIABLE, Signer, numbered, private_key, signer_for
from wholeschool.certificates.verification import VALID, judge, judge_number
from wholeschool.cli.decision_day import day_in_office, decision_day
from wholeschool.cli.main import FAILED
from wholeschool.cli.unit_argument import UNIT
from wholeschool.cli.workspace import Checked, check_root, find_root, refuse_errors, refuse_result, tell_unjudged
from wholeschool.days import today
from wholeschool.errors import UsageError
from wholeschool.outcomes import seals
from wholeschool.outcomes.eligibility import already_held, new_entries, reasons_against, reasons_not_due, replacement
from wholeschool.outcomes.numbers import awaits_serial
from wholeschool.outcomes.pins import kept
from wholeschool.outcomes.rates import is_exempt
from wholeschool.personal_data import redact
from wholeschool.programme import Programme, Unit, YearOfCounty
from wholeschool.records.structs import CertificateEntry, Revocation
from wholeschool.rules.certificates import LOST


@click.group("certificates")
def command() -> None:
    """发证：追加台账，生成证书。"""


_KEY = click.option(
    "--key", type=click.Path(path_type=Path), help=f"签发私钥的文件；不写就用环境变量 {VARIABLE}。示范单位不用写。"
)


@command.command("issue")
@click.argument("county", type=UNIT)
@click.option("--year", type=int, required=True, help="年度。")
@click.option("--date", "issued", metavar="YYYY-MM-DD", help="发证日期，默认今天。")
@click.option("--dry-run", is_flag=True, help="只说明谁能领、谁不能领及原因，不写台账。")
@click.option(
    "--lost", is_flag=True, help="台账丢了的行再也找不回来：照现在的台账接着签发、重签名单。先用 recover 找。"
)
@_KEY
def issue_(county: str, year: int, issued: str | None, dry_run: bool, lost: bool, key: Path | None) -> None:
    """把已经挣得、还没有发的证书签名，追加到县的台账。再运行一次不会多发。"""
    root = find_root(Path.cwd())
    with sole_issuer(root) as workplace:
        checked = check_root(root, signing=True)
        unit = _county(checked, county)
        refuse_errors(checked, unit, besides=_MENDED)
        programme = checked.programme
        round_ = programme.county_year(unit, _year(programme, year))
        if not lost:
            _refuse_lost(programme, round_)
        date = day_in_office(issued, unit)
        entries = new_entries(programme, round_, date)
        if dry_run:
            _explain(programme, round_, _foretold(programme, round_, entries, date, key, root))
        _refuse_strangers(root, round_, entries)
        if not dry_run:
            signer = signer_for(programme, unit, date, private_key(key, root))
            files = signed_files(programme, round_, root, signer, entries=entries, date=date)
            refuse_result(checked, files)
            put_down(root, files, workplace)
            tell_unjudged(checked)
    verb = "可发" if dry_run else "新发"
    click.echo(f"{round_.county.name} {year} 年{verb} {len(entries)} 张证书。")


@command.command("revoke")
@click.argument("numbers", nargs=-1, metavar="NUMBER...")
@click.option("--reason", help="为什么撤销；只留在仓库里，不公开。")
@click.option("--replace", is_flag=True, help="按现在的记录重发一张，两张互相写明。")
@click.option(
    "--signed-by", "old_key", metavar="KEY", help="这把密钥签过、还没有撤销的全部证书；作废时钉下的除外，它们仍然有效。"
)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="撤销日期，默认今天。")
@_KEY
def revoke(
    numbers: tuple[str, ...], reason: str | None, replace: bool, old_key: str | None, day: str | None, key: Path | None
) -> None:
    """撤销证书，或者撤销并重发。台账里原来的行不动，状态名单重签。"""
    root = find_root(Path.cwd())
    if not numbers and not old_key:
        raise UsageError("写上要撤销的证书编号")
    if not reason:
        raise UsageError("写上撤销的原因：--reason 姓名有误")
    with sole_issuer(root) as workplace:
        checked = check_root(root, signing=True)
        programme = checked.programme
        date = decision_day(day)
        # All is found and judged before anything is written.
        work = _to_revoke(programme, numbers, old_key)
        files: dict[str, bytes] = {}
        done: list[Revocation] = []
        for round_, old in work:
            refuse_errors(checked, round_.county, besides=(*_MENDED, *_OUTDATED))
            _refuse_lost(programme, round_)
            signer = signer_for(programme, round_.county, date, private_key(key, root))
            entries, revoked = _revocations(programme, round_, old, reason, date, signer if replace else None)
            _refuse_strangers(root, round_, entries)
            files |= signed_files(programme, round_, root, signer, entries=entries, revoked=revoked, date=date)
            done += revoked
        refuse_result(checked, files)
        put_down(root, files, workplace)
        tell_unjudged(checked)
        held = {each.number: each for _, old in work for each in old}
        for each in done:
            new, whose = f"，代替它的是 {each.replaced_by}" if each.replaced_by else "", held[each.number]
            click.echo(f"{each.number}（{whose.school} {whose.name} {whose.microability}）已撤销{new}。")
        if not replace:
            click.echo("编号写错了、撤销错了的，先不要提交：git restore 恢复原样，再撤销对的那一张。")
    click.echo("提交、合并、重新发布网站之后，核对的人就会看到。")


@command.command("recover")
@click.argument("county", type=UNIT)
@click.argument("what", nargs=-1, required=True, metavar="FILE.pdf|FOLDER|LINK...")
@click.option("--year", type=int, required=True, help="年度。")
@_KEY
def recover(county: str, what: tuple[str, ...], year: int, key: Path | None) -> None:
    """台账丢了几行：照发出去的证书，原样放回去。编号、签名不变，持证人手里的又有效。"""
    from wholeschool.certificates.pdf_verification import token_in  # takes seconds to load

    root = find_root(Path.cwd())
    tokens: list[str] = []
    for each in what:
        if "#" in each and not Path(each).exists():
            tokens.append(each.rpartition("#")[2])
            continue
        if not Path(each).exists():
            raise UsageError(f"没有 {each} 这个文件或者文件夹；二维码里的链接要整条写，带引号")
        files = sorted(Path(each).rglob("*.pdf")) if Path(each).is_dir() else [Path(each)]
        read = [token for file in files if (token := token_in(file))]
        if not read:
            raise UsageError(f"{each} 不是本程序生成的证书，里面也没有")
        tokens += read
    with sole_issuer(root) as workplace:
        checked = check_root(root, signing=True)
        unit = _county(checked, county)
        refuse_errors(checked, unit, besides=(*_MENDED, "KEY-PINS"))
        programme, date = checked.programme, today()
        round_ = programme.county_year(unit, _year(programme, year))
        rows = recovered(programme, round_, tokens)
        signer = signer_for(programme, unit, date, private_key(key, root))
        revoked = revocations(round_, rows)
        files_ = signed_files(programme, round_, root, signer, found=rows, revoked=revoked, date=date)
        refuse_result(checked, files_)
        put_down(root, files_, workplace)
        tell_unjudged(checked)
    there = len(dict.fromkeys(tokens)) - len(rows)
    click.echo(f"{round_.county.name} {year} 年放回 {len(rows)} 张；台账里本来就有的 {there} 张。")


@command.command("verify")
@click.argument("what", metavar="FILE.pdf|NUMBER|LINK")
@click.option("--code", help="纸上的校验码，与编号一起写。")
def verify(what: str, code: str | None) -> None:
    """离线核对一张证书：PDF 文件、编号，或者二维码里的链接。有效时退出状态为 0，否则为 1。"""
    checked = check_root(find_root(Path.cwd()))
    programme, on = checked.programme, today()
    if not programme.keys:
        raise UsageError("仓库里没有签发公钥（submissions/keys.yaml），无从核对")
    if what.lower().endswith(".pdf"):
        if not Path(what).is_file():
            raise UsageError(f"没有 {what} 这个文件")
        from wholeschool.certificates.pdf_verification import judge_pdf  # takes seconds to load

        verdict = judge_pdf(programme, Path(what), on)
    elif "." in what:
        verdict = judge(programme, what.rpartition("#")[2], on)
    else:
        verdict = judge_number(programme, what.strip().upper(), on, code)
    until = f"（到 {verdict.until}）" if verdict.until else ""
    click.echo(f"{verdict.state}{until}{'（样张，只供演示）' if verdict.demo else ''}  {redact(verdict.reason)}")
    if verdict.replaced_by:
        click.echo(f"代替它的证书：{verdict.replaced_by}")
    for column, title in _SAID.items():
        if column in verdict.said:
            click.echo(f"  {title}  {verdict.said[column]}")
    raise SystemExit(0 if verdict.state == VALID else FAILED)


# What the next signing puts right by itself, and what a correction is there to put right.
_MENDED = ("CERT-STATUS",)
_OUTDATED = ("CERT-PASSED", "CERT-SIGNED")
_SAID = {
    "number": "证书编号",
    "name": "姓　　名",
    "school": "学　　校",
    "microability": "微 能 力",
    "title": "名　　称",
    "dimension": "维　　度",
    "environment": "环　　境",
    "credits": "学　　分",
    "level": "等　　级",
    "issuer": "签发机关",
    "issued": "发证日期",
    "basis": "依　　据",
    "replaces": "代替证书",
}


def _to_revoke(
    programme: Programme, numbers: Sequence[str], old_key: str | None
) -> list[tuple[YearOfCounty, list[CertificateEntry]]]:
    """The ledger rows meant, by county and year. Raises `UsageError` for a number that no ledger has."""
    wanted = {number.strip().upper() for number in numbers}
    if old_key and old_key not in programme.keys:
        raise UsageError(f"没有编号为 {old_key} 的密钥")
    found: list[tuple[YearOfCounty, list[CertificateEntry]]] = []
    for round_ in programme.county_years():
        gone = {each.number for each in round_.status.data.revoked} if round_.status else set()
        good = kept(programme, round_, programme.keys[old_key]) if old_key else frozenset()
        rows = [
            entry
            for entry in (round_.ledger.data.certificates if round_.ledger else ())
            if entry.number in wanted or (entry.key == old_key and entry.number not in gone | good)
        ]
        if rows:
            found.append((round_, rows))
        for entry in rows:
            wanted.discard(entry.number)
            if entry.number in gone:
                raise UsageError(f"{entry.number} 已经撤销了")
    if old_key and not found:
        raise UsageError(f"没有用密钥 {old_key} 签的、要撤销的证书；作废时钉下的仍然有效，不用重发")
    if wanted:
        raise UsageError(f"台账里没有 {'、'.join(sorted(wanted))}")
    return found


def _revocations(
    programme: Programme,
    round_: YearOfCounty,
    old: list[CertificateEntry],
    reason: str,
    date: str,
    signer: Signer | None,
) -> tuple[list[CertificateEntry], list[Revocation]]:
    """New rows, where there is a signer for them, and revocations.

    A replacement that a killed run has already written is taken up, not made twice.
    """
    ledger = round_.ledger.data.certificates if round_.ledger else ()
    done = {entry.replaces: entry.number for entry in ledger if entry.replaces}
    entries: list[CertificateEntry] = []
    for entry in old:
        if entry.number not in done and signer:
            school = round_.of_code(entry.school_code, entry.issued)
            if school is None:
                raise UsageError(f"{entry.number}：本县没有代码为 {entry.school_code} 的学校，不能重发")
            if against := reasons_against(programme, school, entry.teacher, entry.microability):
                raise UsageError(f"{entry.number} 不能重发：{'；'.join(against)}")
            entries.append(replacement(programme, round_, entry, date))
    if signer:
        entries = numbered(entries, signer, (each.number for each in ledger))
        _tell_same(old, entries, signer)
    done |= {entry.replaces: entry.number for entry in entries if entry.replaces}
    revoked = [
        Revocation(number=entry.number, date=date, reason=reason, replaced_by=done.get(entry.number)) for entry in old
    ]
    return entries, revoked


def _tell_same(old: Sequence[CertificateEntry], entries: Sequence[CertificateEntry], signer: Signer) -> None:
    """Say so where a replacement says no more than what it replaces, and is no better signed."""
    before = {entry.number: _content(entry) for entry in old if entry.key == signer.record.id}
    for entry in entries:
        if before.get(entry.replaces or "") == _content(entry):
            click.echo(
                f"{entry.replaces}：新的一张与原来的内容相同（姓名、学校、等级、依据都没有变），只换了编号和日期。"
                "要改等级的，先另写评审，再验收、认定；要改姓名的，先写姓名更正；纸丢了、坏了的不用换，再打印一次原来的",
                err=True,
            )


def _content(entry: CertificateEntry) -> CertificateEntry:
    """What a certificate says, whichever it is of those that say it."""
    return msgspec.structs.replace(entry, number="", issued="", replaces=None, key=None, seal=None)


def _foretold(
    programme: Programme,
    round_: YearOfCounty,
    entries: Sequence[CertificateEntry],
    date: str,
    key: Path | None,
    root: Path,
) -> Sequence[CertificateEntry]:
    """The rows with the numbers that they will get, where the key is at hand that gives them; else without."""
    private = private_key(key, root)
    if private is None and not round_.county.data.demo:
        return entries
    signer = signer_for(programme, round_.county, date, private)
    return numbered(entries, signer, round_.rows)


@command.command("render")
@click.argument("county", required=False, type=UNIT)
@click.option("--all", "every", is_flag=True, help="所有县的证书（不写县时就是这样）。")
@click.option("--year", type=int, help="年度，默认全部。")
@click.option("--out", type=click.Path(path_type=Path), help="放在哪里，默认 build/certificates。")
@click.option("--scheduler", metavar="tcp://…", help="交给 Dask 集群做；各台机器要看得见同一个文件夹。")
def render(county: str | None, every: bool, year: int | None, out: Path | None, scheduler: str | None) -> None:
    """由台账生成证书：每张一个 PDF，每校一个打印件、一个压缩包。没有变化的学校不重做。"""
    from wholeschool.certificates.batch import render_all  # takes seconds to load

    root = find_root(Path.cwd())
    if county and every:
        raise UsageError("写了县就不要写 --all")
    checked = check_root(root)
    unit = _county(checked, county) if county else None
    refuse_errors(checked, unit)
    if year is not None:
        _year(checked.programme, year)
    target = out or root / "build" / "certificates"
    with _cluster(scheduler) as executor:
        made = render_all(
            checked.programme, target.resolve(), county=unit.path if unit else None, year=year, executor=executor
        )
    click.echo(f"证书 {made.certificates} 张（其中 {made.reused} 张没有变化，没有重做）。")
    for failure in made.failures:
        click.echo(failure, err=True)
    raise SystemExit(FAILED if made.failures else 0)


@contextmanager
def _cluster(address: str | None) -> Iterator[Executor | None]:
    """The executor of a Dask cluster; None without an address."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("没有装 Dask：pip install distributed 之后再用 --scheduler") from None
    try:
        client = Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"连不上 Dask 集群 {address}；看看地址和网络") from error
    with client:
        yield client.get_executor()  # type: ignore[no-untyped-call]


def _county(checked: Checked, path: str) -> Unit:
    place = path.strip("/").removeprefix("submissions/")
    unit = checked.programme.units.get(place)
    if unit is not None and unit.level == "县":
        return unit
    folders = place.split("/")
    above = {f"submissions/{'/'.join(folders[:depth])}/unit.yaml" for depth in range(1, len(folders) + 1)}
    if unit is None and any(each.path in above for each in checked.report.findings):
        refuse_errors(checked)  # the county's unit.yaml or one above it cannot be read: that is what there is to say
    raise UsageError(f"没有 {path} 这个县；写 submissions/ 下的路径，例如 anhui/shili/mingyuan")


def _refuse_lost(programme: Programme, round_: YearOfCounty) -> None:
    """Stop where the ledger is not what the signed status says: what is issued then may be a second certificate."""
    if (problem := seals.status_problem(programme, round_)) and not seals.lags(programme, round_):
        where = f"{round_.county.name} {round_.year} 年的台账与签过的状态名单对不上（{problem}）"
        raise UsageError(f"{where}，多半丢了行。{LOST}；再也找不回来的，签发时写 --lost")


def _refuse_strangers(root: Path, round_: YearOfCounty, entries: Sequence[CertificateEntry]) -> None:
    if numbers := list(strangers(root, round_, entries)):
        shown = "、".join(numbers[:5]) + (f"等 {len(numbers)} 位" if len(numbers) > 5 else "")
        raise UsageError(
            f"教师 {shown} 名册里的姓名不是评审时的那一位，没有签发：核对是谁，名册恢复原样；"
            "确实要更正的，先在 acceptance/ 里写一条 corrections"
        )


def _year(programme: Programme, year: int) -> int:
    if year not in programme.years:
        raise UsageError(f"没有 {year} 年这一轮；有的年度：{'、'.join(map(str, programme.years))}")
    return year


def _explain(programme: Programme, round_: YearOfCounty, entries: Sequence[CertificateEntry]) -> None:
    """For every teacher, by number: the rows that would be written, what there is already, or what stands against it.

    Told are what the teacher has chosen and what the earlier rounds of the cycle have brought.
    """
    due = {(entry.school_code, entry.teacher, entry.microability): entry.number for entry in entries}
    day = next((entry.issued for entry in entries), today())
    ledger = round_.ledger.data.certificates if round_.ledger else ()
    issued = {(entry.teacher, entry.microability) for entry in ledger}
    valid = {(entry.teacher, entry.microability): entry.number for entry in round_.in_force}
    for school in round_.schools:
        for number in dict.fromkeys((*school.teachers, *(school.recognised or ()))):
            teacher = school.teachers.get(number)
            codes = dict.fromkeys((*(teacher.choices if teacher else ()), *school.passed.get(number, ())))
            if teacher and is_exempt(teacher):
                click.echo(f"{number}  免考")  # why is nobody's business here
            elif not codes:
                click.echo(f"{number}  还没有选微能力")
            for code in codes:
                if new := due.get((school.school.on(day).code, number, code)):
                    state = "可发" if awaits_serial(new) else f"可发 {new}"
                elif old := valid.get((number, code)):
                    state = f"已发 {old}"
                elif held := already_held(programme, round_, number, code):
                    state = f"不发：{held}"
                elif (number, code) in issued:
                    state = "已撤销"
                else:
                    state = f"不发：{'；'.join(reasons_not_due(programme, school, number, code))}"
                if (teacher and not is_exempt(teacher)) or new:
                    click.echo(f"{number}  {code:<4}{state}")

"""All certificates of a programme: a folder for each school, made whole or not at all, when something changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from wholeschool.certificates import embedding, fonts, glyphs, masters, typeset
from wholeschool.certificates.typeset import Design, Typesetter
from wholeschool.errors import BuildError, reason, remedy
from wholeschool.lock import held
from wholeschool.outcomes import pins, seals
from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records.structs import CertificateEntry

PRINT_FILE = "print.pdf"
# Says what a folder was made from, and that it is ours to replace or remove.
_KEY_FILE = ".made-from"
_LOCK_FILE = ".lock"
# A worker is worth its start only when there is enough to do.
_ENOUGH_FOR_WORKERS = 60


class Rendered(msgspec.Struct, frozen=True):
    """What a run made: certificates there are now, those of them that were already up to date, and what went wrong."""

    certificates: int
    reused: int
    failures: tuple[str, ...] = ()


class School(msgspec.Struct, frozen=True):
    """One school's certificates, how they look, and the folder they belong in: all that a worker needs to know."""

    folder: str
    key: str
    entries: tuple[CertificateEntry, ...]
    design: Design
    characters: str = ""
    """What the county's certificates are written with: schools that share it share their fonts."""


class Made(msgspec.Struct, frozen=True):
    """What became of a school's certificates."""

    certificates: int
    failures: tuple[str, ...]


def render_all(
    programme: Programme,
    out: Path,
    *,
    county: str | None = None,
    year: int | None = None,
    executor: Executor | None = None,
) -> Rendered:
    """The PDFs of every certificate in force (of one county or year, when named) below `out`.

    Layout: `<county path>/<year>/<school>/<number>.pdf`, `print.pdf` with all pages of the school, and `<school>.zip`
    with all its files. A school whose
    entries and design have not changed is not made again; what a folder holds depends on nothing else, so two ways to
    the same records end in the same bytes. A certificate that cannot be drawn is reported and left out.

    `executor` may be anything shaped like `concurrent.futures.Executor` whose workers see the same file system.
    Raises `BuildError` when nothing could be made at all; what was there before is then untouched.
    """
    rounds = [
        each
        for each in programme.county_years()
        if each.ledger is not None and county in (None, each.county.path) and year in (None, each.year)
    ]
    with _failures_in_words(), held(out / _LOCK_FILE, "另一个程序正在生成证书，等它结束再试"):
        schools = [
            school
            for each in rounds
            for school in _schools(programme, each, out, Design.of(programme, each.county.data.demo, each.year))
        ]
        due = [school for school in schools if not _is_current(school)]
        made = make(due, executor)
        scopes = [out / each.county.path / str(each.year) for each in rounds] if county or year else [out]
        _remove_strangers(scopes, {Path(school.folder) for school in schools})
    reused = sum(len(school.entries) for school in schools) - sum(len(school.entries) for school in due)
    return Rendered(
        reused + sum(each.certificates for each in made),
        reused,
        tuple(sorted(failure for each in made for failure in each.failures)),
    )


def _schools(programme: Programme, round_: YearOfCounty, out: Path, design: Design) -> Iterator[School]:
    # What nobody can confirm is not printed again before it is issued with another key.
    waiting = {entry.number for entry, _ in pins.waiting(programme, round_)}
    wanted = [entry for entry in round_.in_force if entry.number not in waiting]
    by_school: dict[str, list[CertificateEntry]] = {}
    for entry in wanted:
        school = round_.of_code(entry.school_code, entry.issued)
        by_school.setdefault(school.school.slug if school else entry.school_code, []).append(entry)
    look = _look(design)
    characters = "".join(sorted(set().union(*map(typeset.written, wanted))))
    for slug, entries in sorted(by_school.items()):
        key = hashlib.sha256(look + msgspec.json.encode(entries)).hexdigest()
        yield School(str(out / round_.county.path / str(round_.year) / slug), key, tuple(entries), design, characters)


def _look(design: Design) -> bytes:
    """A digest of everything but the entries that a certificate's bytes depend on."""
    programs = [
        (name, version(name))
        for name in ("weasyprint", "pydyf", "uharfbuzz", "fonttools", "pikepdf", "pillow", "zxing-cpp")
    ]
    look = hashlib.sha256(repr((design[1:], programs, fonts.versions())).encode())
    code = [Path(module.__file__ or "") for module in (embedding, fonts, glyphs, masters, typeset, seals)]
    for file in (*(design.folder / name for name in typeset.FILES), *code):
        look.update(hashlib.sha256(file.read_bytes()).digest())
    return look.digest()


def _is_current(school: School) -> bool:
    try:
        return (Path(school.folder) / _KEY_FILE).read_text() == school.key
    except OSError:
        return False


def make(schools: list[School], executor: Executor | None) -> list[Made]:
    """Make schools, on all cores when there is enough to do; what became of each."""
    total = sum(len(school.entries) for school in schools)
    made: list[Made] = []
    # Large schools first, so that no core waits at the end for one of them.
    ordered = sorted(schools, key=lambda school: len(school.entries), reverse=True)
    with _progress() as progress:
        task = progress.add_task("证书", total=total)
        if executor is None and (total < _ENOUGH_FOR_WORKERS or len(schools) == 1):
            for school in ordered:
                made.append(render_school(school))
                progress.advance(task, len(school.entries))
            return made
        with _workers(executor) as pool:
            waiting: dict[Future[Made], School] = {pool.submit(render_school, school): school for school in ordered}
            try:
                for future in as_completed(waiting):
                    made.append(future.result())
                    progress.advance(task, len(waiting[future].entries))
            except BaseException:
                for future in waiting:
                    future.cancel()
                raise
    return made


@contextmanager
def _workers(executor: Executor | None) -> Iterator[Executor]:
    if executor is not None:
        yield executor
        return
    with ProcessPoolExecutor(
        max_workers=os.cpu_count(), mp_context=get_context("spawn"), initializer=_end_with_parent
    ) as pool:
        yield pool


def _end_with_parent() -> None:
    """See that a worker ends when the run does, however that ends.

    A worker whose run was killed waits for work for ever. It also goes on with the work it has, while the lock is free
    again and the next run clears away what it takes for leavings.
    """
    run = parent_process()
    if run is None:
        return

    def wait() -> None:
        run.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


@contextmanager
def _failures_in_words() -> Iterator[None]:
    """What ends the whole run, as a sentence."""
    try:
        yield
    except BrokenProcessPool as error:
        raise BuildError(
            "生成证书的进程被系统结束了，可能是内存不够；已经做好的学校不受影响，再运行一次会接着做"
        ) from error
    except OSError as error:
        raise BuildError(f"写不下证书：{reason(error)}；{remedy(error)}；已经做好的学校不受影响") from error


def render_school(school: School) -> Made:
    """One school: everything into a folder beside the target, then into its place.

    Stands by itself (everything it needs is in `school`), so it can run in any process.
    """
    target = Path(school.folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        made = _render_into(work, school)
        # A school with failures is made again by the next run, when the font may be there.
        (work / _KEY_FILE).write_text("" if made.failures else school.key)
        work.chmod(0o755)
        if target.exists():
            retired = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
            target.rename(retired / "before")
            work.rename(target)
            shutil.rmtree(retired, ignore_errors=True)
        else:
            work.rename(target)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return made


def _render_into(folder: Path, school: School) -> Made:
    typesetter = Typesetter(school.entries, school.design, also=school.characters)
    failures = []
    drawn = []
    for entry in school.entries:
        try:
            made = typesetter.pdf([entry])
        except fonts.NotDrawnError as error:
            failures.append(str(error))
        except (BuildError, OSError):
            raise  # wrong for every certificate
        except Exception as error:
            failures.append(str(fonts.NotDrawnError(entry.number, f"{type(error).__name__}: {error}")))
        else:
            (folder / f"{entry.number}.pdf").write_bytes(made)
            drawn.append(entry)
    if drawn:
        (folder / PRINT_FILE).write_bytes(typesetter.pdf(drawn))
        _pack(folder / f"{Path(school.folder).name}.zip", drawn)
    return Made(len(drawn), tuple(failures))


def _pack(archive: Path, drawn: Iterable[CertificateEntry]) -> None:
    """All of a school's certificates in one file, to hand over; equal certificates give equal bytes."""
    with ZipFile(archive, "w", ZIP_STORED) as packed:  # they are packed already
        for entry in drawn:
            name = f"{entry.number}.pdf"
            packed.writestr(ZipInfo(name), (archive.parent / name).read_bytes())


def _remove_strangers(scopes: Iterable[Path], known: set[Path]) -> None:
    """Folders of ours that no ledger knows: of a renamed school, or what an interrupted run left.

    Only what bears our mark is touched: `out` may be a folder that holds other things.
    """
    for scope in scopes:
        for mark in list(scope.rglob(_KEY_FILE)):
            if mark.parent not in known:
                shutil.rmtree(mark.parent, ignore_errors=True)
    for parent in {folder.parent for folder in known}:
        for folder in parent.glob(".*-????????"):
            shutil.rmtree(folder, ignore_errors=True)


class _Pace(ProgressColumn):
    """Certificates a second."""

    def render(self, task: Task) -> Text:
        """Nothing before the first school is done."""
        return Text(f"{task.speed:.0f} 张/秒" if task.speed else "")


def _progress() -> Progress:
    """A bar with pace and remaining time on a terminal, nothing in a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Pace(), TimeRemainingColumn())
    progress = Progress(*columns, transient=True, console=Console(stderr=True))
    progress.disable = not progress.console.is_terminal
    return progress

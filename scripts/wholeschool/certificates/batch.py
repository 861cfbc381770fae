"""All certificates of a programme: a folder for each school, made whole or not at all, when something changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wholeschool.certificates import fonts
from wholeschool.certificates.typeset import Design, Typesetter
from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records.structs import CertificateEntry

PRINT_FILE = "print.pdf"
_KEY_FILE = ".made-from"
# A worker is worth its start only when there is enough to do.
_ENOUGH_FOR_WORKERS = 60


class Rendered(msgspec.Struct, frozen=True):
    """What a run made: certificates there are now, those of them that were already up to date, and what went wrong."""

    certificates: int
    reused: int
    failures: tuple[str, ...] = ()


class _Job(msgspec.Struct, frozen=True):
    """One school's certificates and the folder they belong in."""

    folder: str
    key: str
    entries: tuple[CertificateEntry, ...]


class _Done(msgspec.Struct, frozen=True):
    """What became of a job."""

    made: int
    failures: tuple[str, ...]


def render_all(programme: Programme, out: Path, *, county: str | None = None, year: int | None = None) -> Rendered:
    """The PDFs of every ledger (of one county or year, when named) below `out`.

    Layout: `<county path>/<year>/<school>/<number>.pdf`, and `print.pdf` with all pages of the school. A school whose
    entries and design have not changed is not made again. A certificate that cannot be drawn is reported and left out.
    """
    total = reused = 0
    failures: list[str] = []
    for round_ in programme.county_years():
        if round_.ledger is None or county not in (None, round_.county.path) or year not in (None, round_.year):
            continue
        design = Design(demo=round_.county.data.demo, policy=_policy(programme))
        base = out / round_.county.path / str(round_.year)
        every = list(_jobs(round_, base, design))
        jobs = [job for job in every if not _is_current(job)]
        pending = sum(len(job.entries) for job in jobs)
        reused += sum(len(job.entries) for job in every) - pending
        total += sum(len(job.entries) for job in every) - pending
        for done in _run(jobs, design, pending):
            total += done.made
            failures += done.failures
        _remove_strangers(base, {Path(job.folder).name for job in every})
    return Rendered(total, reused, tuple(failures))


def _policy(programme: Programme) -> str:
    return programme.settings.data.policy.title if programme.settings else ""


def _jobs(round_: YearOfCounty, base: Path, design: Design) -> Iterator[_Job]:
    assert round_.ledger is not None
    slugs = {school.school.data.code: school.school.slug for school in round_.schools}
    by_school: dict[str, list[CertificateEntry]] = {}
    for entry in round_.ledger.data.certificates:
        by_school.setdefault(slugs.get(entry.school_code, entry.school_code), []).append(entry)
    look = hashlib.sha256(repr((design.demo, design.policy)).encode())
    for file in sorted([*design.folder.iterdir(), Path(__file__).with_name("typeset.py")]):
        look.update(file.read_bytes())
    for slug, entries in sorted(by_school.items()):
        key = hashlib.sha256(look.digest() + msgspec.json.encode(entries)).hexdigest()
        yield _Job(str(base / slug), key, tuple(entries))


def _is_current(job: _Job) -> bool:
    try:
        return (Path(job.folder) / _KEY_FILE).read_text() == job.key
    except OSError:
        return False


def _run(jobs: list[_Job], design: Design, pending: int) -> Iterator[_Done]:
    """The jobs' outcomes as they come, on all cores when there is enough to do."""
    if not jobs:
        return
    entries = [entry for job in jobs for entry in job.entries]
    # Cut once here; the workers only register what they are given.
    typesetter = Typesetter(entries, design)
    with _progress() as progress:
        task = progress.add_task("证书", total=pending)
        if pending < _ENOUGH_FOR_WORKERS or len(jobs) == 1:
            for job in jobs:
                yield _render(job, typesetter)
                progress.advance(task, len(job.entries))
            return
        with _workers(typesetter) as pool:
            # Large schools first, so that no core waits at the end for one of them.
            ordered = sorted(jobs, key=lambda job: len(job.entries), reverse=True)
            for job, done in zip(ordered, pool.map(_render_in_worker, ordered), strict=True):
                yield done
                progress.advance(task, len(job.entries))


def _workers(typesetter: Typesetter) -> Executor:
    return ProcessPoolExecutor(
        max_workers=os.cpu_count(),
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(typesetter.design, typesetter.faces),
    )


_worker: list[Typesetter] = []


def _start_worker(design: Design, faces: dict[int, bytes]) -> None:
    _worker[:] = [Typesetter((), design, faces=faces)]


def _render_in_worker(job: _Job) -> _Done:
    return _render(job, _worker[0])


def _render(job: _Job, typesetter: Typesetter) -> _Done:
    """One school: everything into a folder beside the target, then into its place."""
    target = Path(job.folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    failures = []
    drawn = []
    try:
        for entry in job.entries:
            try:
                (work / f"{entry.number}.pdf").write_bytes(typesetter.pdf([entry]))
                drawn.append(entry)
            except fonts.MissingGlyphsError as error:
                failures.append(str(error))
        if drawn:
            (work / PRINT_FILE).write_bytes(typesetter.pdf(drawn))
        if not failures:
            (work / _KEY_FILE).write_text(job.key)
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
    return _Done(len(drawn), tuple(failures))


def _remove_strangers(base: Path, known: Iterable[str]) -> None:
    """Folders that belong to no school of the ledger: leavings of an interrupted run, or of a renamed school."""
    names = set(known)
    for folder in base.iterdir() if base.is_dir() else ():
        if folder.name not in names:
            shutil.rmtree(folder, ignore_errors=True)


def _progress() -> Progress:
    """A bar on a terminal, nothing in a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, transient=True)
    progress.disable = not progress.console.is_terminal
    return progress

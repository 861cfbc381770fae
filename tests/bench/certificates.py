"""Certificates beside plain WeasyPrint: the same page, one document each, the system's own font."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import psutil
from weasyprint import CSS, HTML

from tests.bench.row import Row
from wholeschool.certificates.fonts import FAMILIES
from wholeschool.certificates.typeset import TEMPLATE, Design, Printed, Typesetter
from wholeschool.outcomes.numbers import Number
from wholeschool.records.structs import CertificateEntry

_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "明远文华思源雅琴建国志强海燕春梅国栋丽娟𠮷㛃"
# A school's certificates, which share their fonts.
_SCHOOL = 150


def entries(count: int) -> list[CertificateEntry]:
    """Ledger rows with names of many characters."""
    return [
        CertificateEntry(
            number=str(Number(2026, "349901", "A5", serial)),
            teacher=f"3499010001{serial:04}",
            name=_SURNAMES[serial % 16] + _GIVEN[serial * 3 % 22] + _GIVEN[serial * 7 % 22],
            school_code="3499010001",
            school="明远县文华小学",
            microability="A5",
            title="技术支持的课堂导入",
            dimension="学法指导",
            environment="多媒体教学环境",
            credits=5,
            level="合格",
            issuer="明远县教育局",
            issued="2026-11-20",
            basis="明教〔2026〕18号",
        )
        for serial in range(1, count + 1)
    ]


def measure() -> list[Row]:
    """Processor milliseconds a page on one core, everything counted but what a whole run pays once; sizes; memory."""
    rows = entries(_SCHOOL)
    design = Design(demo=True)
    Typesetter(rows[:1], design).pdf(rows[:1])
    sample = rows[:60]
    ours = _milliseconds(lambda: _singles(sample, design), len(sample))
    printed = _milliseconds(lambda: Typesetter(rows, design).pdf(rows), len(rows))
    plain, bare = _plain(design, frame=True), _plain(design, frame=False)
    peer = _milliseconds(lambda: [plain(row) for row in rows[:12]], 12)
    unframed = _milliseconds(lambda: [bare(row) for row in rows[:12]], 12)
    size = len(Typesetter(rows, design).pdf(rows[:1])) / 1000
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        growth = pool.submit(_growth).result()
    return [
        Row("certificate, single file", ours, peer, "ms", "≥ 2 times plain WeasyPrint"),
        Row("  beside plain WeasyPrint without the frame", ours, unframed, "ms", ""),
        Row("certificate, a page of a print file", printed, peer, "ms", "≥ 8 times plain WeasyPrint"),
        Row("  beside plain WeasyPrint without the frame", printed, unframed, "ms", ""),
        Row("certificate, single file, size", size, len(plain(rows[0])) / 1000, "KB", "< 80 KB"),
        Row("memory growth from the 500th to the 2,000th", growth, None, "MB", "flat: < 50 MB"),
    ]


def _singles(rows: list[CertificateEntry], design: Design) -> None:
    typesetter = Typesetter(rows, design)
    for row in rows:
        typesetter.pdf([row])


def _growth() -> float:
    """Megabytes that a process of its own has gained while it made certificates, school after school."""
    rows = entries(2000)
    before = 0
    for start in range(0, len(rows), 100):
        if start == 500:
            before = psutil.Process().memory_info().rss
        _singles(rows[start : start + 100], Design(demo=True))
    return (psutil.Process().memory_info().rss - before) / 1e6


def _plain(design: Design, *, frame: bool) -> Callable[[CertificateEntry], bytes]:
    """What anybody would write first: template, style sheet and frame in one document, fonts from the system."""
    typesetter = Typesetter(entries(_SCHOOL), design)
    drawing = (TEMPLATE / "frame.svg").read_text("utf-8").replace("<svg", '<svg style="width:297mm;height:210mm"', 1)
    style = (TEMPLATE / "certificate.css").read_text("utf-8").replace(FAMILIES[0], "Noto Serif CJK SC")
    behind = f'<article><div style="position:absolute;left:0;top:0">{drawing}</div>' if frame else "<article>"

    def make(row: CertificateEntry) -> bytes:
        html = typesetter.html([Printed(row, design)]).replace("<article>", behind)
        made: bytes = HTML(string=html).write_pdf(stylesheets=[CSS(string=style)])
        return made

    return make


def _milliseconds(work: Callable[[], object], pages: int) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000 / pages

"""Certificates beside plain WeasyPrint: the same design, one document each, the system's own font."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
from weasyprint import CSS, HTML

from tests.bench.row import Row
from wholeschool.certificates.typeset import TEMPLATE, Design, Typesetter
from wholeschool.outcomes.numbers import Number
from wholeschool.records.structs import CertificateEntry

_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "明远文华思源雅琴建国志强海燕春梅国栋丽娟𠮷㛃"


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
    """Milliseconds a page on one core; sizes; growth of memory."""
    rows = entries(2000)
    typesetter = Typesetter(rows, Design(demo=True))
    single = typesetter.pdf(rows[:1])
    ours = _milliseconds(lambda: [typesetter.pdf([row]) for row in rows[:60]], 60)
    printed = _milliseconds(lambda: typesetter.pdf(rows[:150]), 150)
    plain = _plain(typesetter)
    peer = _milliseconds(lambda: [plain(row) for row in rows[:12]], 12)
    process = psutil.Process()
    before = process.memory_info().rss
    for row in rows:
        typesetter.pdf([row])
    growth = (process.memory_info().rss - before) / 1e6
    return [
        Row("certificate, single file", ours, peer, "ms", "≥ 2 times plain WeasyPrint"),
        Row("certificate, a page of a print file", printed, peer, "ms", "≥ 8 times plain WeasyPrint"),
        Row("certificate, single file, size", len(single) / 1000, len(plain(rows[0])) / 1000, "KB", "< 80 KB"),
        Row("memory growth over 2,000 certificates", growth, None, "MB", "flat: < 50 MB"),
    ]


def _plain(typesetter: Typesetter) -> Callable[[CertificateEntry], bytes]:
    """What anybody would write first: template, style sheet and frame in one document, fonts from the system."""
    frame = (TEMPLATE / "frame.svg").read_text("utf-8").replace("<svg", '<svg style="width:297mm;height:210mm"', 1)
    style = (TEMPLATE / "certificate.css").read_text("utf-8").replace("Certificate Serif", "Noto Serif CJK SC")
    behind = f'<article><div style="position:absolute;left:0;top:0">{frame}</div>'

    def make(row: CertificateEntry) -> bytes:
        html = typesetter.html([row]).replace("<article>", behind)
        made: bytes = HTML(string=html, base_url=str(Path.cwd())).write_pdf(stylesheets=[CSS(string=style)])
        return made

    return make


def _milliseconds(work: Callable[[], object], pages: int) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000 / pages

"""Certificates beside one WeasyPrint document each, and beside Typst: the same page, code, record and standard.

The product is the real one: PDF/A-3u, tagged, with the signed record attached, for a county whose names and schools
need 2,500 different characters.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import count, cycle, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import psutil
import typst
from weasyprint import CSS, HTML, Attachment

from tests.bench.row import Row
from tests.certificates.sealing import demo_record
from wholeschool.certificates import batch, fonts
from wholeschool.certificates.signing import Signer, demo_key, signed
from wholeschool.certificates.typeset import TEMPLATE, Design, Printed, Typesetter, png, qr_code
from wholeschool.outcomes.numbers import Number
from wholeschool.records.structs import CertificateEntry

_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "明远文华思源雅琴建国志强海燕春梅国栋丽娟𠮷㛃"
_ABILITIES = Path(__file__).parents[2] / "submissions/guidance/anhui-2.0/microabilities.csv"
DESIGN = Design(
    policy="安徽省中小学教师信息技术应用能力整校推进实施指导意见",
    levels=True,
    sites=((demo_record().id, demo_record().site),),
)
_CHARACTERS = 2500


def entries(count: int) -> list[CertificateEntry]:
    """Ledger rows of one school and microability, with names of many characters; not signed."""
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


def county(size: int) -> list[CertificateEntry]:
    """Signed rows of a county: all microabilities, a school for every 85, names that use up 2,500 characters."""
    table = [line.split(",") for line in _ABILITIES.read_text("utf-8").splitlines()[1:]]
    characters = cycle(_characters())
    made = []
    for serial, row, ability in zip(range(1, size + 1), entries(size), cycle(table), strict=False):
        code, dimension, name, environment, credits_ = ability[:5]
        school = (serial - 1) // 85
        made.append(
            msgspec.structs.replace(
                row,
                number=str(Number(2026, "349901", code, serial)),
                name="".join(islice(characters, 3)),
                school_code=f"349901{school:04}",
                school=f"明远县第{school + 1}实验小学",
                microability=code,
                title=name,
                dimension=dimension,
                environment=environment,
                credits=int(credits_),
                level="优秀" if serial % 5 == 0 else "合格",
            )
        )
    return signed(made, Signer(demo_record(), demo_key()))


@cache
def _characters() -> str:
    """As many characters as the county's names need, all in the face."""
    every = map(chr, count(0x4E00))
    return "".join(islice((each for each in every if not fonts.missing(each)), _CHARACTERS))


def measure() -> list[Row]:
    """Processor milliseconds a file on one core, everything counted but what a whole run pays once; sizes; memory."""
    rows = county(900)
    typesetter = Typesetter(rows, DESIGN)
    typesetter.pdf(rows[:1])
    ours = _milliseconds(lambda: [typesetter.pdf([row]) for row in rows], len(rows))
    sizes = [len(typesetter.pdf([row])) for row in rows[::9]]
    with TemporaryDirectory() as folder:
        plain, peer = _plain(), _typst(Path(folder))
        plain(rows[0])
        naive = _milliseconds(lambda: [plain(row) for row in rows[:12]], 12)
        peer(rows[0])
        typeset = _milliseconds(lambda: [peer(row) for row in rows[:40]], 40)
        theirs, others = len(plain(rows[0])) / 1000, len(peer(rows[0])) / 1000
    mean = sum(sizes) / len(sizes) / 1000
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        growth = pool.submit(_growth).result()
    minutes = _county_minutes()
    return [
        Row("certificate beside one WeasyPrint document each", ours, naive, "ms", "≥ 20 times"),
        Row("certificate beside Typst", ours, typeset, "ms", "≥ 0.5, aim 1"),
        Row("certificate, size, beside WeasyPrint", mean, theirs, "KB", "< 40 KB"),
        Row("certificate, size, beside Typst", mean, others, "KB", ""),
        Row("memory growth from the 2,000th to the 10,000th", growth, None, "MB", "flat: < 50 MB"),
        Row("30,000 with print files, at the pace of 1,700", minutes, None, "min", "minutes"),
    ]


def _growth() -> float:
    """Megabytes that a process of its own has gained while it made certificates, school after school."""
    rows = county(10_000)
    characters = "".join(sorted({*"".join(row.name + row.school for row in rows)}))
    before = 0
    for start in range(0, len(rows), 100):
        if start == 2000:
            before = psutil.Process().memory_info().rss
        school = rows[start : start + 100]
        typesetter = Typesetter(school, DESIGN, also=characters)
        for row in school:
            typesetter.pdf([row])
    return (psutil.Process().memory_info().rss - before) / 1e6


def _county_minutes() -> float:
    """How long 30,000 would take on all cores, fonts, print files and disk included."""
    rows = county(1700)
    characters = "".join(sorted({*"".join(row.name + row.school for row in rows)}))
    with TemporaryDirectory() as folder:
        schools = [
            batch.School(f"{folder}/{start}", "", tuple(rows[start : start + 85]), DESIGN, characters)
            for start in range(0, len(rows), 85)
        ]
        start = time.perf_counter()
        made = batch.make(schools, None)
        seconds = time.perf_counter() - start
    assert sum(each.certificates for each in made) == len(rows)
    return seconds / len(rows) * 30_000 / 60


def _plain() -> Callable[[CertificateEntry], bytes]:
    """What anybody would write first: template, style sheet and frame in one document, fonts from the system."""
    typesetter = Typesetter(county(1), DESIGN)
    drawing = (TEMPLATE / "frame.svg").read_text("utf-8").replace("<svg", '<svg style="width:297mm;height:210mm"', 1)
    style = (TEMPLATE / "certificate.css").read_text("utf-8").replace(fonts.FAMILIES[0], "Noto Serif CJK SC")
    behind = f'<article><div style="position:absolute;left:0;top:0">{drawing}</div>'

    def make(row: CertificateEntry) -> bytes:
        printed = Printed(row, DESIGN)
        code = b64encode(png(qr_code(printed.link or ""))).decode()
        html = typesetter.html([printed]).replace("<article>", behind)
        html = html.replace(str(printed.qr), f"data:image/png;base64,{code}")
        record = Attachment(string=(printed.token or "").encode(), name="certificate.jws")
        record.relationship = "Data"
        made: bytes = HTML(string=html).write_pdf(
            stylesheets=[CSS(string=style)], pdf_variant="pdf/a-3u", pdf_tags=True, attachments=[record]
        )
        return made

    return make


_TYPST = """
#set page(width: 297mm, height: 210mm, margin: 0mm, background: image("frame.svg", width: 297mm))
#set text(font: "Noto Serif CJK SC", size: 14pt, lang: "zh", fill: rgb("#1d2b30"))
#let says(name) = sys.inputs.at(name)
#set document(title: "微能力认证证书 " + says("number"), author: says("issuer"))
#pdf.attach("certificate.jws", bytes(says("token")), relationship: "data", mime-type: "application/jose",
  description: "签名的证书内容")
#let middle(y, body) = place(top + center, dy: y, body)
#middle(29mm, text(size: 36pt, weight: 700, tracking: 0.26em, fill: rgb("#17495b"), "微能力认证证书"))
#middle(46mm, text(size: 11.5pt, tracking: 0.12em, "中小学教师信息技术应用能力提升工程2.0"))
#middle(62mm, [#text(size: 31pt, weight: 700, says("name"))　老师])
#middle(79mm, text(size: 15pt, says("school")))
#middle(94mm, [经校本应用考核，下列微能力成绩 #text(weight: 700, says("level"))，学分已经认定，特发此证。])
#middle(110mm, text(size: 12pt, says("microability")))
#middle(117mm, text(size: 22pt, weight: 700, tracking: 0.06em, says("title")))
#middle(128mm, text(size: 12pt, [#says("dimension")　·　#says("environment")　·　#says("credits") 学分]))
#place(top + left, dx: 25mm, dy: 152mm, image("code.png", width: 30mm, scaling: "pixelated", alt: "核验用的二维码"))
#place(top + left, dx: 62mm, dy: 164mm, text(size: 10.5pt, [
  证书编号　#says("number") \\ 认定依据　#says("basis") \\ 校验码　　#says("check_code")]))
#place(top + left, dx: 164mm, dy: 158mm, block(width: 78mm, align(center)[
  #says("issuer") \\ #text(size: 10pt)[（盖章）] \\ #says("issued")]))
#middle(186mm, text(size: 7pt, [依据《#says("policy")》。\\
  扫码或到 #says("site")/verify 核验；电子签名证明内容未改动，不代替印章。]))
"""


def _typst(folder: Path) -> Callable[[CertificateEntry], bytes]:
    """The same page in Typst, with one compiler for all."""
    (folder / "certificate.typ").write_text(_TYPST, "utf-8")
    (folder / "frame.svg").write_bytes((TEMPLATE / "frame.svg").read_bytes())
    (folder / "code.png").write_bytes(png(qr_code("-")))
    compiler = typst.Compiler(
        input=str(folder / "certificate.typ"),
        root=str(folder),
        font_paths=["/usr/share/fonts/opentype/noto"],
        ignore_system_fonts=True,
    )

    def make(row: CertificateEntry) -> bytes:
        printed = Printed(row, DESIGN)
        (folder / "code.png").write_bytes(png(qr_code(printed.link or "")))
        said = {name: str(getattr(row, name)) for name in CertificateEntry.__struct_fields__}
        said |= {"token": printed.token or "", "check_code": printed.check_code or "", "site": printed.site}
        said["policy"] = DESIGN.policy
        made = compiler.compile(sys_inputs=said, format="pdf", pdf_standards=["a-3u"])
        assert isinstance(made, bytes)
        return made

    return make


def _milliseconds(work: Callable[[], object], pages: int) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000 / pages

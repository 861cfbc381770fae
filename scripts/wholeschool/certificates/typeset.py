"""A certificate as PDF: the county's template, our fonts, WeasyPrint, and no way to fetch anything else.

The frame, which is the same on every page and costs more to draw than the text, is typeset once and laid under each
page as a form; so is the 样张 of demonstration certificates, drawn as outlines and so never read as text.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import jinja2
import msgspec
import pikepdf
import zxingcpp
from jinja2.sandbox import ImmutableSandboxedEnvironment
from PIL import Image, ImageCms
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from wholeschool.certificates import fonts
from wholeschool.certificates.embedding import settle
from wholeschool.certificates.glyphs import Glyphs
from wholeschool.certificates.masters import (
    FIELDS,
    LONG,
    SHORT,
    Master,
    UnsupportedError,
    Uses,
    Values,
    master_of,
    stand_ins,
    uses,
)
from wholeschool.certificates.own_resources import OwnResources
from wholeschool.errors import BuildError
from wholeschool.outcomes import seals
from wholeschool.programme import Programme
from wholeschool.records.levels import USUAL
from wholeschool.records.structs import CertificateEntry

# The signed record within a PDF.
ATTACHMENT = "certificate.jws"
TEMPLATE = Path(__file__).with_name("template")
FILES = ("certificate.html", "certificate.css", "frame.svg")
# Smaller than this nobody reads it on paper.
SMALLEST_POINTS = 6.0
_POINTS_PER_MM = 72 / 25.4
# What the filters may add to what the template and the ledger say.
_STAND_IN_CODE = "own:qr-stand-in"
_FROM_FILTERS = "0123456789年月日 "
# What check codes and addresses of sites are written with.
_CODES = string.ascii_letters + string.digits + "-./_:#"


class TemplateError(BuildError):
    """A county's template that cannot be used, for any certificate."""


class TooLongError(ValueError):
    """A text that would have to be set unreadably small to fit its place."""


def _not_own(asked: str) -> TemplateError:
    return TemplateError(f"证书模板要取用 {asked}；模板只能用自己文件夹里的三个文件")


class Design(NamedTuple):
    """How the certificates of a county look and what they say beside the ledger.

    `sites` are the ids of the published keys, each with the site on which what it has signed is checked. `credits` and
    `environments`: whether the guidance knows such. `passed` is what it calls a result that is just good enough.
    """

    folder: Path = TEMPLATE
    demo: bool = False
    policy: str = ""
    levels: bool = False
    sites: tuple[tuple[str, str], ...] = ()
    credits: bool = True
    environments: bool = True
    programme: str = ""
    passed: str = USUAL.passing[-1]

    @property
    def words(self) -> str:
        """What it says beside the template and the ledger."""
        return self.policy + self.programme + self.passed

    @classmethod
    def of(cls, programme: Programme, demo: bool, year: int) -> Design:
        """The design of a programme's certificates of a round: they name the guidance that the round followed."""
        found = programme.guidance(year)
        policy = found.data.title if found else ""
        sites = tuple((key.id, key.site) for key in programme.keys.values())
        levels, without = bool(programme.local.levels_on_certificates), programme.terms(year).without
        shown = ("credits" not in without, "environments" not in without)
        return cls(
            TEMPLATE, demo, policy, levels, sites, *shown, programme.called(year), programme.levels(year).passing[-1]
        )


class Printed:
    """A ledger row as templates see it: its columns, and what follows from its signature."""

    def __init__(self, entry: CertificateEntry, design: Design) -> None:
        self.entry = entry
        site = dict(design.sites).get(entry.key or "")
        self.token = seals.token(entry, site) if site and entry.seal else None
        self.check_code = seals.check_code(self.token) if self.token else None
        self.site = (site or "").removeprefix("https://").rstrip("/")
        self.qr = f"own:qr-{entry.number}" if self.token else None
        self.link = seals.link(self.token, site) if self.token and site else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.entry, name)


class StandIn(Printed):
    """A certificate whose varying fields are stand-ins, `times` characters long."""

    def __init__(self, entry: CertificateEntry, design: Design, fields: Mapping[str, str], times: int) -> None:
        super().__init__(entry, design)
        self.__dict__ |= {name: each * times for name, each in fields.items() if getattr(self, name) is not None}
        self.qr = _STAND_IN_CODE if self.token else None


def qr_code(text: str) -> Image.Image:
    """`text` as a code to scan: one pixel a module, no quiet zone (the template leaves one)."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = memoryview(code.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]  # it is a buffer
    return Image.frombytes("L", (len(modules), len(modules)), modules.tobytes()).convert("1")


def png(image: Image.Image) -> bytes:
    """A picture as a file."""
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class Typesetter:
    """Sets any number of certificates that are known beforehand: their fonts are cut and registered once."""

    def __init__(
        self, entries: Iterable[CertificateEntry], design: Design | None = None, *, also: Iterable[str] = ()
    ) -> None:
        """`also` are more characters that may be set."""
        self.design = design or Design()
        self._template = _template(self.design.folder)
        own = {*(self.design.folder / "certificate.html").read_text("utf-8"), *self.design.words, *_FROM_FILTERS}
        # Figures and capitals are in every code.
        characters = own.union(_CODES, also, *map(written, entries))
        lacking = fonts.missing(characters)
        if bad := lacking & own:
            raise TemplateError(f"证书模板里的{fonts.shown(bad)}没有字体能显示")
        self._characters = frozenset(characters - lacking)
        cuts = fonts.subset(self._characters)
        self._resources = {f"own:font-{place}": cut.data for place, cut in enumerate(cuts)}
        self._fetcher = OwnResources(self._resources)
        self._fonts = FontConfiguration()
        faces = "".join(
            f'@font-face {{ font-family: "{cut.family}"; font-weight: {cut.weight}; src: url(own:font-{place}); }}\n'
            for place, cut in enumerate(cuts)
        )
        style = faces + (self.design.folder / "certificate.css").read_text("utf-8")
        with self._fetcher.refusing(_not_own):
            self._style = CSS(string=style, font_config=self._fonts, url_fetcher=self._fetcher)

    def html(self, printed: Sequence[Printed], fits: Fits | None = None) -> str:
        """The template filled in; `fits` keeps the type sizes that it asks for, or gives those kept before."""
        _FITS.set(fits or Fits())
        try:
            design = self.design
            said = {"demo": design.demo, "policy": design.policy, "levels": design.levels}
            said |= {"credits": design.credits, "environments": design.environments}
            said |= {"programme": design.programme, "passed": design.passed}
            return self._template.render(certificates=printed, **said)
        except jinja2.TemplateError as error:
            raise TemplateError(f"证书模板 certificate.html 有错：{error}") from error

    def pdf(self, entries: Sequence[CertificateEntry]) -> bytes:
        """One document with a page for each entry, which must be among those announced.

        It is PDF/A-3u and tagged, and equal input gives equal bytes. Raises `fonts.NotDrawnError` for an entry with a
        character that no font has, or a text too long for its place.
        """
        printed = [Printed(entry, self.design) for entry in entries]
        fits = [self._fits(each) for each in printed]
        if len(printed) == 1 and (made := self._from_master(printed[0], fits[0])):
            return made
        return self.plain(printed)

    def plain(self, printed: Sequence[Printed]) -> bytes:
        """The document as WeasyPrint sets it, without a master."""
        record = printed[0].token if len(printed) == 1 else None
        codes = {each.qr: png(qr_code(each.link)) for each in printed if each.qr and each.link}
        return _finished(self.raw(self.html(printed), codes), _frame(self.design), record)

    def raw(self, html: str, codes: Mapping[str, bytes]) -> bytes:
        """What WeasyPrint makes of a page; `codes` are pictures by address."""
        self._resources |= codes
        with self._fetcher.refusing(_not_own):
            document = HTML(string=html, url_fetcher=self._fetcher)
            made: bytes = document.write_pdf(stylesheets=[self._style], font_config=self._fonts, pdf_tags=True)
        for name in codes:
            del self._resources[name]
        return made

    def _from_master(self, printed: Printed, fits: Fits) -> bytes | None:
        """The document out of a master; None where the design or a character does not allow it."""
        used = _uses(self.design.folder)
        kept = tuple((name, getattr(printed, name)) for name in sorted(used.other))
        there = frozenset(name for name in FIELDS if getattr(printed, name) is not None)
        master = _master(self.design, (kept, there, printed.site, tuple(fits.sizes)), _Sample(printed.entry))
        if master is None:
            return None
        texts = {name: str(getattr(printed, name)) for name in used.plain & there}
        image = qr_code(printed.link) if printed.link else None
        code = (image.width, image.tobytes()) if image else None
        try:
            return master.fill(Values(texts, printed.token, code), _faces(self._characters))
        except UnsupportedError:
            return None

    def _fits(self, printed: Printed) -> Fits:
        """The type sizes of a certificate that can be drawn."""
        entry = printed.entry
        strange = frozenset(each for each in written(entry) if not each.isspace()) - self._characters
        if strange:
            if lacking := fonts.missing(strange):
                raise fonts.MissingGlyphsError(entry.number, lacking)
            raise ValueError(f"{entry.number} was not announced")
        fits = Fits()
        try:
            self.html([printed], fits)
        except TooLongError as error:
            raise fonts.NotDrawnError(entry.number, str(error)) from error
        return fits


class Fits:
    """The type sizes that a template has asked for, in its order; with `given`, those it gets."""

    def __init__(self, given: Sequence[str] = ()) -> None:
        self.sizes: list[str] = []
        self._given = iter(given)

    def size(self, text: str, size: float, width: float, **more: Any) -> str:
        """What the filter `fit` answers."""
        found = next(self._given, None) or fit(text, size, width, **more)
        self.sizes.append(found)
        return found


_FITS: ContextVar[Fits] = ContextVar("fits")


class _Sample(NamedTuple):
    """A certificate to make a master from. All with one key make the same, so it counts as equal to any other."""

    entry: CertificateEntry

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sample)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _master(design: Design, key: tuple[Any, ...], sample: _Sample) -> Master | None:
    """The master for every certificate of this key; None where the design does not allow one."""
    kept, there, _, sizes = key
    used = _uses(design.folder)
    taken = (
        (design.folder / "certificate.html").read_text("utf-8") + design.words + "".join(str(each) for _, each in kept)
    )
    try:
        if used.unique:
            raise UnsupportedError("the template prints what no two certificates have alike")
        fields = stand_ins(used.plain & there, taken)
        typesetter = Typesetter([sample.entry], design, also=fields.values())
        raw = []
        for times in (SHORT, LONG):
            stand_in = StandIn(sample.entry, design, fields, times)
            codes = {_STAND_IN_CODE: png(qr_code(_STAND_IN_CODE))} if stand_in.qr else {}
            raw.append(typesetter.raw(typesetter.html([stand_in], Fits(sizes)), codes))
        record = "-" if stand_in.token else None
        return master_of(raw[0], raw[1], fields, lambda pdf: _finished(pdf, _frame(design), record, apart=True))
    except UnsupportedError:
        return None


@lru_cache(maxsize=4)
def _faces(characters: frozenset[str]) -> list[dict[int, Glyphs]]:
    """The outlines of characters: first choice first, by weight."""
    faces: list[dict[int, Glyphs]] = [{} for _ in fonts.OUTLINED]
    for cut in fonts.subset(characters):
        if cut.family in fonts.OUTLINED:
            faces[fonts.OUTLINED.index(cut.family)][cut.weight] = Glyphs(cut)
    return faces


@cache
def _uses(folder: Path) -> Uses:
    environment = ImmutableSandboxedEnvironment()
    try:
        return uses(environment.parse((folder / "certificate.html").read_text("utf-8")))
    except jinja2.TemplateError as error:
        raise TemplateError(f"证书模板 certificate.html 有错：{error}") from error


def written(entry: CertificateEntry) -> frozenset[str]:
    """Every character that a template could write of an entry."""
    return frozenset("".join(map(str, msgspec.structs.astuple(entry))))


@cache
def _template(folder: Path) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["chinese_date"] = chinese_date
    environment.filters["fit"] = lambda *arguments, **named: _FITS.get().size(*arguments, **named)
    try:
        return environment.get_template("certificate.html")
    except jinja2.TemplateError as error:
        raise TemplateError(f"证书模板 certificate.html 有错：{error}") from error


@cache
def _frame(design: Design) -> bytes:
    """The page without its text: the county's `frame.svg`, and 样张 across it for demonstration."""
    drawing = (design.folder / "frame.svg").read_text("utf-8")
    try:
        ElementTree.fromstring(drawing)
    except ElementTree.ParseError as error:
        raise TemplateError(f"证书模板 frame.svg 有错：{error}") from error
    demo = ""
    if design.demo:
        path, width = fonts.outline("样 张")
        demo = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 297 210">'
            f'<g transform="translate(148.5 110) rotate(-16) scale(56) translate({-width / 2:.3f} .36)">'
            f'<path d="{path}" fill="#a4471a" fill-opacity=".1"/></g></svg>'
        )
    style = (
        "@page{size:A4 landscape;margin:0}body{margin:0}svg{position:absolute;left:0;top:0;width:297mm;height:210mm}"
    )
    html = f"<style>{style}</style>{drawing}{demo}"
    fetcher = OwnResources({})
    with fetcher.refusing(_not_own):
        made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf()
    return made


def _finished(text: bytes, frame: bytes, record: str | None, *, apart: bool = False) -> bytes:
    """`text` with `frame` under every page, marked as decoration for those who read by ear, as PDF/A-3u.

    `record`, the signed token of the one certificate in it, is attached. A document to be taken `apart` has its objects
    one by one.
    """
    with pikepdf.open(BytesIO(text)) as pdf, pikepdf.open(BytesIO(frame)) as background:
        settle(pdf)
        form = pdf.copy_foreign(background.pages[0].as_form_xobject())
        form.Subtype = pikepdf.Name.Form
        for page in pdf.pages:
            page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Frame)
            page.contents_add(b"/Artifact BMC q /Frame Do Q EMC", prepend=True)
        _only_own_fonts(pdf.pages[0])
        if record:
            _attach(pdf, record)
        pdf.Root.OutputIntents = pikepdf.Array([_output_intent(pdf)])
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata.load_from_docinfo(pdf.docinfo)
            metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "3", "U"
        mode = pikepdf.ObjectStreamMode.generate
        if apart:
            mode = pikepdf.ObjectStreamMode.disable
            page = pdf.pages[0]
            page.contents_coalesce()
            page.obj.Resources.Font = pdf.make_indirect(page.obj.Resources.get("/Font", pikepdf.Dictionary()))
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=mode, recompress_flate=True)
    return out.getvalue()


def _attach(pdf: pikepdf.Pdf, record: str) -> None:
    """The signed record as a file within the document, said to be its data (ISO 19005-3, 6.8)."""
    spec = pikepdf.AttachedFileSpec(
        pdf,
        record.encode("ascii"),
        filename=ATTACHMENT,
        description="签名的证书内容（JWS）",
        mime_type="application/jose",
        relationship=pikepdf.Name.Data,
    )
    pdf.attachments[ATTACHMENT] = spec
    pdf.Root.AF = pikepdf.Array([spec.obj])


def _only_own_fonts(page: pikepdf.Page) -> None:
    """A style sheet that names other families would get whatever the machine has; WeasyPrint's pages share fonts."""
    own = tuple(family.replace(" ", "-") for family in fonts.FAMILIES)
    used = page.resources.get("/Font", pikepdf.Dictionary())
    for font in used.values():
        name = str(font.BaseFont).partition("+")[2]
        if not name.startswith(own):
            raise TemplateError(f"证书模板用了字体 {name}；只能用 {'、'.join(fonts.FAMILIES)}，四个都写上")


def _output_intent(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    """What the colours mean, which archives ask for: sRGB, by the small profile that Little CMS writes."""
    written = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    written[24:36] = bytes(12)  # the moment of its making
    profile = pdf.make_stream(bytes(written), N=3)
    return pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String("sRGB"),
        Info=pikepdf.String("sRGB"),
        DestOutputProfile=profile,
    )


def chinese_date(iso: str) -> str:
    """2026-11-20 as 2026年11月20日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def fit(text: str, size: float, width: float, *, bold: bool = False, spacing: float = 0, lines: int = 1) -> str:
    """The largest type size, up to `size` points, at which `text` fits `width` millimetres; as a CSS length.

    `spacing` is the letter spacing in em. With `lines` above one, the text may be broken before it is set smaller.
    Raises `TooLongError` when it would have to be smaller than `SMALLEST_POINTS`.
    """
    run = fonts.advance(text, 700 if bold else 400) + spacing * len(text)
    # A line that is broken between characters stays up to one character short.
    fitting = next(
        (each for each in _sizes(size) if run * each <= _room(width, each, lines)),
        None,
    )
    if fitting is None:
        raise TooLongError(f"“{text}”有 {len(text)} 个字，排不下")
    return f"{fitting:g}pt"


def _sizes(largest: float) -> Iterable[float]:
    """Type sizes from the largest down to the smallest readable, in quarters of a point."""
    steps = int((largest - SMALLEST_POINTS) * 4)
    return (largest - step / 4 for step in range(steps + 1))


def _room(width: float, size: float, lines: int) -> float:
    """Points of text that `lines` lines hold; a broken line stays up to one and a half characters short."""
    return width * _POINTS_PER_MM * lines - (lines - 1) * 1.5 * size

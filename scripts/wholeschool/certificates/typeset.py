"""A certificate as PDF: the county's template, our fonts, WeasyPrint, and no way to fetch anything else.

The frame, which is the same on every page and costs ten times as much to draw as the text, is typeset once and laid
under each page as a form; so is the 样张 of demonstration certificates, drawn as outlines and so never read as text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pikepdf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from wholeschool.certificates import fonts
from wholeschool.records.structs import CertificateEntry

TEMPLATE = Path(__file__).with_name("template")
# A name longer than this many characters is set smaller, so that one line always holds it.
_NAME_STEPS = ((4, 1.0), (8, 0.82), (14, 0.6), (50, 0.42))


class ForeignResourceError(FatalURLFetchingError):
    """Something in a template asked for a resource that is not ours."""


class _OwnResources(URLFetcher):
    """Serves the run's fonts and the template's drawings from memory, and refuses everything else."""

    def __init__(self, resources: dict[str, tuple[str, bytes]]) -> None:
        super().__init__()
        self._resources = resources

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in self._resources:
            raise ForeignResourceError(f"refused to fetch {url}")
        kind, body = self._resources[url]
        return URLFetcherResponse(url, body, {"Content-Type": kind})


class Design(NamedTuple):
    """How the certificates of a county look and what they say beside the ledger."""

    folder: Path = TEMPLATE
    demo: bool = False
    policy: str = ""


class Typesetter:
    """Sets any number of certificates whose characters are known beforehand: fonts are cut and registered once."""

    def __init__(
        self,
        entries: Iterable[CertificateEntry],
        design: Design | None = None,
        *,
        faces: Mapping[int, bytes] | None = None,
    ) -> None:
        """`faces` are fonts already cut for these entries (by another process); else they are cut here."""
        self.design = design or Design()
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(self.design.folder), autoescape=True, undefined=jinja2.StrictUndefined
        )
        environment.filters["chinese_date"] = chinese_date
        environment.filters["name_scale"] = name_scale
        environment.filters["line_scale"] = line_scale
        self._template = environment.get_template("certificate.html")
        if faces is None:
            drawn = self.html(list(entries))
            faces = fonts.subset(frozenset(drawn) - fonts.missing(drawn) | {" "})
        self.faces = dict(faces)
        resources = {f"own:serif-{weight}": ("font/otf", data) for weight, data in self.faces.items()}
        self._fetcher = _OwnResources(resources)
        self._fonts = FontConfiguration()
        rules = "".join(
            f'@font-face {{ font-family: "{fonts.FAMILY}"; font-weight: {weight}; src: url(own:serif-{weight}); }}\n'
            for weight in self.faces
        )
        style = rules + (self.design.folder / "certificate.css").read_text("utf-8")
        self._style = CSS(string=style, font_config=self._fonts, url_fetcher=self._fetcher)
        self._frame = _frame(self.design)

    def html(self, entries: Sequence[CertificateEntry]) -> str:
        """The template filled in for `entries`."""
        return self._template.render(certificates=entries, demo=self.design.demo, policy=self.design.policy)

    def pdf(self, entries: Sequence[CertificateEntry]) -> bytes:
        """One document with a page for each entry. The same entries give the same bytes.

        Raises `fonts.MissingGlyphsError` when a character of an entry cannot be drawn.
        """
        html = self.html(entries)
        if lacking := fonts.missing(html):
            guilty = [
                each.number
                for each in entries
                if lacking & frozenset(each.name + each.school + each.issuer + each.title)
            ]
            raise fonts.MissingGlyphsError(lacking, guilty)
        identifier = hashlib.sha256(html.encode()).digest()[:16]
        document = HTML(string=html, url_fetcher=self._fetcher)
        text: bytes = document.write_pdf(
            stylesheets=[self._style], font_config=self._fonts, pdf_identifier=identifier, pdf_tags=True
        )
        return _under(self._frame, text)


def _frame(design: Design) -> bytes:
    """The page without its text: the county's `frame.svg`, and 样张 across it for demonstration."""
    drawing = (design.folder / "frame.svg").read_text("utf-8")
    demo = ""
    if design.demo:
        path, width = fonts.outline("样 张")
        demo = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 297 210">'
            f'<g transform="translate(148.5 112) rotate(-16) scale(56) translate({-width / 2:.3f} .36)">'
            f'<path d="{path}" fill="#a4471a" fill-opacity=".08"/></g></svg>'
        )
    style = (
        "@page{size:A4 landscape;margin:0}body{margin:0}svg{position:absolute;left:0;top:0;width:297mm;height:210mm}"
    )
    html = f"<style>{style}</style>{drawing}{demo}"
    made: bytes = HTML(string=html, url_fetcher=_OwnResources({})).write_pdf()
    return made


def _under(frame: bytes, text: bytes) -> bytes:
    """`text` with `frame` under every page, marked as decoration for those who read by ear."""
    with pikepdf.open(BytesIO(text)) as pdf, pikepdf.open(BytesIO(frame)) as background:
        form = pdf.copy_foreign(background.pages[0].as_form_xobject())
        form.Subtype = pikepdf.Name.Form
        for page in pdf.pages:
            page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Frame)
            page.contents_add(b"/Artifact BMC q /Frame Do Q EMC", prepend=True)
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def chinese_date(iso: str) -> str:
    """2026-11-20 as 2026年11月20日."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def name_scale(name: str) -> float:
    """How large to set a name, as a part of the full size: long names stay on one line and readable."""
    return next((scale for longest, scale in _NAME_STEPS if len(name) <= longest), _NAME_STEPS[-1][1])


def line_scale(text: str, longest: int) -> float:
    """How large to set a line that holds `longest` characters at full size, so that `text` still fits it."""
    return min(1.0, longest / max(1, len(text)))

"""Registers of documents: what must have been issued before something else may happen."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.authority import OURS
from wholeschool.programme import Programme, Unit
from wholeschool.records import Place
from wholeschool.records.structs import Document, Documents
from wholeschool.rules.registry import Breach, rule


def in_force(unit: Unit, kind: str, year: int) -> list[Document]:
    """The unit's issued documents of a kind that hold in a year (those without a year hold in every year)."""
    return [
        document
        for record in unit.all(Documents)
        for document in record.data.documents
        if document.kind == kind and document.status == "印发" and document.year in (None, year)
    ]


@rule(
    "DOC-ONE",
    "paper",
    authority="本项目的约定（同时只有一份现行的）",
)
def one_scheme_is_in_force(programme: Programme) -> Iterator[Breach]:
    """每个县每年只有一份现行的整校推进实施方案，一份现行的校本应用考核实施细则。

    两份同时有效，学校不知道照哪一份做；被代替的写成“废止”。
    """
    for unit, record in programme.each(Documents):
        if unit.level != "县":
            continue
        seen: list[Document] = []
        for document in record.data.documents:
            if document.status == "印发" and document.kind in ("实施方案", "校本应用考核实施细则"):
                # One without a year holds in every year, so it meets those of single years too.
                rivals = (
                    each.title
                    for each in seen
                    if each.kind == document.kind and (each.year == document.year or None in (each.year, document.year))
                )
                if first := next(rivals, None):
                    yield record.at(document), f"“{document.kind}”已有现行的一份：{first}", "把被代替的那份改为“废止”"
                seen.append(document)


@rule(
    "DOC-SCHEME",
    "paper",
    authority="本项目的约定（在学校报规划之前印发）",
    severity="warning",
    presupposes=(
        "PLAN-GUIDED",
        "documents",
        "APPROVAL-SCHOOL",
    ),
)
def county_has_a_scheme(programme: Programme) -> Iterator[Breach]:
    """学校报规划之前，县级已经印发整校推进实施方案。

    学校规划要以县里的方案为依据。
    """
    for year in programme.county_years():
        if programme.has_broken(f"{year.county.path}/documents.yaml"):
            continue
        first = min((school.plan.data.submitted for school in year.schools if school.plan), default="")
        if not first:
            continue
        if not (issued := in_force(year.county, "实施方案", year.year)):
            at = year.county.record.at(None)
            hint, cause = "印发后登记在 documents.yaml 里，kind 写“实施方案”", f"{year.county.path} 实施方案"
            yield at, f"{year.year} 年没有现行的实施方案", hint, None, cause
        elif late := _too_late(year.county, issued, first):
            yield late, f"实施方案在 {first} 学校报规划之后才印发", "核对日期；原来另有一份的，也登记上，写“废止”"


@rule(
    "DOC-RULES",
    "paper",
    authority="本项目的约定（在学校评审之前印发）",
    severity="warning",
    presupposes=(
        "PLAN-APPROVED",
        "documents",
    ),
)
def county_has_assessment_rules(programme: Programme) -> Iterator[Breach]:
    """学校评审之前，县级已经印发校本应用考核实施细则。

    没有细则，评审的尺度就不一样。
    """
    for year in programme.county_years():
        if programme.has_broken(f"{year.county.path}/documents.yaml"):
            continue
        # A review before the school's plan was approved is PLAN-APPROVED's.
        dates = [(each.data.date, school.approved_since) for school in year.schools for each in school.reviews]
        first = min((date for date, approved in dates if date >= approved), default="")
        if not first:
            continue
        if not (issued := in_force(year.county, "校本应用考核实施细则", year.year)):
            at = year.county.record.at(None)
            hint, cause = "印发后登记在 documents.yaml 里", f"{year.county.path} 实施细则"
            yield at, f"{year.year} 年没有现行的校本应用考核实施细则", hint, None, cause
        elif late := _too_late(year.county, issued, first):
            yield late, f"实施细则在 {first} 学校评审之后才印发", "核对日期；原来另有一份的，也登记上，写“废止”"


def _too_late(unit: Unit, issued: list[Document], first: str) -> Place | None:
    """The date of the first document in force where it came after what it should have come before.

    One that replaces an earlier (withdrawn) document of its kind is not late: there was one. What was issued for
    another year was not for this one.
    """
    kinds, years = {document.kind for document in issued}, {None, *(document.year for document in issued)}
    for record in unit.all(Documents):
        same = [each for each in record.data.documents if each.kind in kinds and each.year in years]
        known = [each for each in same if each.status in ("印发", "废止")]
        if any(each.date <= first for each in known):
            return None
    earliest = min(issued, key=lambda document: document.date)
    return next(
        (record.at(earliest, "date") for record in unit.all(Documents) if earliest in record.data.documents), None
    )


@rule("DOC-NUMBER", "paper", authority=OURS, severity="warning")
def issued_documents_can_be_found(programme: Programme) -> Iterator[Breach]:
    """印发的文件写明文号或存放位置。

    登记了却找不到，等于没有登记。
    """
    for _, record in programme.each(Documents):
        for document in record.data.documents:
            if document.status == "印发" and not (document.number or document.where):
                yield record.at(document), "印发的文件没有文号，也没有存放位置", "补上 number 或 where"


_EXPECTED = {
    "省": ("实施规划", "政策措施", "团队建设与管理办法", "实施工作手册"),
    "县": ("团队管理与使用办法", "推动应用的制度"),
}
"""What a level issues and no other rule asks for: 一1, 二(一)3, 二(一)5; 三(一)3, 二(三)1."""


@rule(
    "DUE-DOCUMENTS",
    "paper",
    authority="本项目的约定（以一轮结束为期）",
    severity="warning",
    presupposes=(
        "ROUND-DATES",
        "ROUND-KNOWN",
        "documents",
    ),
)
def offices_issue_what_they_must(programme: Programme) -> Iterator[Breach]:
    """一轮结束时，省里印发了实施规划、政策措施、团队建设与管理办法、实施工作手册，县里印发了团队管理与使用办法、推动应用的制度。

    指导意见要求制订，没有写日期；本项目以一轮结束为期。没有登记，和没有印发看起来一样。
    """
    for year in filter(programme.is_past, programme.years):
        for unit in programme.units.values():
            if programme.has_broken(f"{unit.path}/documents.yaml"):
                continue
            wanted = _EXPECTED.get(unit.level, ())
            if lacking := [kind for kind in wanted if not in_force(unit, kind, year)]:
                message = f"{year} 年已经结束，{unit.name}没有登记现行的{'、'.join(lacking)}"
                yield unit.record.at(None), message, "印发后登记在 documents.yaml 里"

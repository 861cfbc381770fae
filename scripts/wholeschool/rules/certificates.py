"""Certificates: only for what was passed in an accepted school, one each, with a number that checks."""

from __future__ import annotations

from collections.abc import Iterator

from wholeschool.outcomes.eligibility import reasons_against
from wholeschool.outcomes.numbers import NumberError, parse
from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records import Record
from wholeschool.records.structs import CertificateEntry, Certificates
from wholeschool.rules.registry import Breach, rule


def _ledgers(programme: Programme) -> Iterator[tuple[YearOfCounty, Record[Certificates]]]:
    for year in programme.county_years():
        if year.ledger:
            yield year, year.ledger


@rule("CERT-NUMBER", clause="附件1 四(三)3")
def certificate_number_checks(programme: Programme) -> Iterator[Breach]:
    """证书编号由年度、县区代码、微能力、顺序号和校验字符组成，每个编号只用一次。

    编号里没有个人信息；校验字符能发现抄错的一位或相邻两位颠倒。
    """
    for year, ledger in _ledgers(programme):
        seen: set[str] = set()
        for entry in ledger.data.certificates:
            try:
                number = parse(entry.number)
            except NumberError as error:
                yield (
                    ledger.at(entry, "number"),
                    f"证书编号 {entry.number}：{error}",
                    "编号由程序生成，不要手工填写或修改",
                )
                continue
            wanted = (year.year, year.county.data.code, entry.microability)
            if (number.year, number.county, number.microability) != wanted:
                yield (
                    ledger.at(entry, "number"),
                    f"证书编号 {entry.number} 与本年度、本县或微能力不符",
                    "编号由程序生成，不要手工填写或修改",
                )
            elif entry.number in seen:
                yield (
                    ledger.at(entry, "number"),
                    f"证书编号 {entry.number} 用了两次",
                    "编号由程序生成，不要手工填写或修改",
                )
            seen.add(entry.number)


@rule("CERT-ONCE", clause="附件1 四(三)3")
def one_certificate_per_teacher_and_microability(programme: Programme) -> Iterator[Breach]:
    """一位教师的一项微能力只有一张有效的证书。

    更正后重发的，写明代替哪一张。
    """
    for _, ledger in _ledgers(programme):
        current: dict[tuple[str, str], str] = {}
        for entry in ledger.data.certificates:
            key = entry.teacher, entry.microability
            first = current.get(key)
            if entry.replaces:
                if entry.replaces != first:
                    yield (
                        ledger.at(entry, "replaces"),
                        f"要代替的证书 {entry.replaces} 不是这位教师这项微能力现有的证书",
                        "写现有证书的编号",
                    )
            elif first:
                message = f"教师 {entry.teacher} 的“{entry.microability}”已有证书 {first}"
                yield ledger.at(entry), message, "删掉新加的这一行；更正的，在 replaces 里写原编号"
            current[key] = entry.number


@rule("CERT-PASSED", clause="附件1 四(三)3")
def certificate_is_earned(programme: Programme) -> Iterator[Breach]:
    """证书只发给考核合格（通过的微能力合计不少于 20 学分）、学校已验收、学分已认定的教师，每项通过的微能力一张。

    证书由县级教育行政部门印发；没有通过的微能力、没有验收的学校都不发。
    """
    for year, ledger in _ledgers(programme):
        by_code = {school.school.data.code: school for school in year.schools}
        for entry in ledger.data.certificates:
            school = by_code.get(entry.school_code)
            if school is None:
                yield ledger.at(entry, "school_code"), f"本县没有代码为 {entry.school_code} 的学校", "核对学校代码"
                continue
            against = reasons_against(programme, school, entry.teacher, entry.microability)
            if against:
                message = f"教师 {entry.teacher} 的“{entry.microability}”不够发证条件：{against[0]}"
                yield ledger.at(entry, "teacher"), message, "条件齐备后由程序生成；已经发出的，走撤销更正"
            elif school.accepted and school.accepted.recognition and entry.issued < school.accepted.recognition.date:
                message = f"发证日期 {entry.issued} 早于认定日期 {school.accepted.recognition.date}"
                yield ledger.at(entry, "issued"), message, "核对两个日期"


@rule("CERT-CONTENT", clause="附件1 四(三)3")
def certificate_says_what_the_table_says(programme: Programme) -> Iterator[Breach]:
    """证书上的微能力名称、维度、环境、学分与微能力表一致，签发机关是县级教育行政部门。

    台账记下发证那一刻的内容，以后不再改，所以写入时就要对。
    """
    for year, ledger in _ledgers(programme):
        for entry in ledger.data.certificates:
            yield from _content(programme, year, ledger, entry)


def _content(
    programme: Programme, year: YearOfCounty, ledger: Record[Certificates], entry: CertificateEntry
) -> Iterator[Breach]:
    ability = programme.microabilities.get(entry.microability)
    if ability is None:
        if programme.microabilities:
            yield ledger.at(entry, "microability"), f"没有“{entry.microability}”这项微能力", "编号见微能力目录"
        return
    for field, got, wanted in (
        ("title", entry.title, ability.name),
        ("dimension", entry.dimension, ability.dimension),
        ("environment", entry.environment, ability.environment),
        ("credits", entry.credits, ability.credits),
        ("issuer", entry.issuer, year.county.data.authority),
    ):
        if got != wanted:
            yield ledger.at(entry, field), f"写的是“{got}”，应为“{wanted}”", "台账由程序生成，不要手工修改"
            return

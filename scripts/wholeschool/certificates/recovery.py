"""A ledger row from the certificate that was made of it: what to do where the row is lost and the certificate is not.

A certificate carries all that its seal covers. The two things that a row has besides, the holder's number and the
school's code, follow from the results that were recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from wholeschool.errors import UsageError
from wholeschool.outcomes import seals
from wholeschool.outcomes.numbers import NumberError, parse
from wholeschool.outcomes.pins import broken, pin_of, vouches
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool
from wholeschool.records.structs import CertificateEntry, Revocation


def recovered(programme: Programme, round_: YearOfCounty, tokens: Iterable[str]) -> list[CertificateEntry]:
    """The rows of these certificates that the round's ledger has not, as they were signed, oldest first.

    Raises `UsageError` for what is no certificate of this round, whose holder nobody can tell, whose number the ledger
    has given to another certificate, and for what a lost key has signed unless it was pinned and completes what was.
    """
    found: dict[str, CertificateEntry] = {}
    for token in dict.fromkeys(tokens):
        row = _row(programme, round_, token)
        there = [*round_.rows.get(row.number, ()), *([found[row.number]] if row.number in found else ())]
        if any(seals.token(each, programme.keys[each.key or ""].site) != token for each in there if each.key):
            raise UsageError(f"证书 {row.number} 与台账里这个编号的一行不同，没有放回去；核对是哪一张")
        if not there:
            found[row.number] = row
    rows = sorted(found.values(), key=lambda row: (row.issued, row.number))
    ledger = (*(round_.ledger.data.certificates if round_.ledger else ()), *rows)
    for row in rows:
        key = programme.keys[row.key or ""]
        if vouches(programme, round_, key, row.number, ledger):
            continue
        pin = pin_of(key, round_)
        if pin and broken(pin, round_, programme.keys):  # it may well have been in it: a row is put back at the end
            raise UsageError(
                f"证书 {row.number} 是用作废的密钥 {key.id} 签的，作废时钉下的台账现在缺了中间的行，"
                "放到末尾也接不回去：从历史、备份或别人的克隆里恢复 certificates.csv；找不到的，请告诉维护人员"
            )
        raise UsageError(
            f"证书 {row.number} 是用作废的密钥 {key.id} 签的，又不在作废时钉下的台账里：重新签发，不放回去"
        )
    return rows


def revocations(round_: YearOfCounty, rows: Sequence[CertificateEntry]) -> list[Revocation]:
    """That what rows replace is revoked, where the status has lost that too."""
    gone = {each.number for each in round_.status.data.revoked} if round_.status else set()
    numbers = {*round_.rows, *(row.number for row in rows)}
    return [
        Revocation(number=row.replaces, date=row.issued, reason="找回台账：已由另一张代替", replaced_by=row.number)
        for row in rows
        if row.replaces in numbers - gone
    ]


def _row(programme: Programme, round_: YearOfCounty, token: str) -> CertificateEntry:
    try:
        claims, key = seals.opened(token, programme.keys)
        said = {name: claims[short] for name, short in seals.CLAIMS.items() if short in claims}
        number = parse(str(said.get("number")))
    except (seals.SealError, NumberError) as error:
        raise UsageError(f"有一张不是本站的证书，没有放回去：{error}") from error
    if (number.county, number.year) != (round_.county.code_of(round_.year), round_.year):
        raise UsageError(f"证书 {number} 不是{round_.county.name} {round_.year} 年的")
    if problem := seals.unfit(key, str(said["issued"]), round_.county.path, demo=round_.county.data.demo):
        raise UsageError(f"证书 {number}：{problem}")
    school, teacher = _holder(round_, number.microability, said)
    written = {
        "teacher": teacher,
        "school_code": school.school.on(str(said["issued"])).code,
        "key": key.id,
        "seal": token.rpartition(".")[2],
    }
    return msgspec.convert(written | said, CertificateEntry)


def _holder(round_: YearOfCounty, microability: str, said: dict[str, object]) -> tuple[YearOfSchool, str]:
    """Who passed this at this level under this name: at the school that is printed, where several did."""
    found = [
        (school, number)
        for school in round_.schools
        for number in school.recognised or school.teachers
        if school.passed.get(number, {}).get(microability) == said["level"]
        and school.name_recognised(number) == said["name"]
    ]
    if len(found) > 1:
        found = [each for each in found if each[0].school.on(str(said["issued"])).name == said["school"]]
    if len(found) != 1:
        many = "有几位同名的教师" if found else "没有这位教师"
        raise UsageError(f"证书 {said['number']}：认定的结果里{many}，分不清是谁的；请维护人员从历史里找回台账")
    return found[0]

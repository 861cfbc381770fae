"""Whether a certificate is genuine, unaltered and in force. The site's verify page judges in the same order.

Whatever cannot be shown counts as 无法确认: nothing is taken for valid because a list or a key is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from wholeschool.days import FOREVER, day_after
from wholeschool.outcomes import pins, seals
from wholeschool.outcomes.numbers import Number, NumberError, parse
from wholeschool.programme import Programme, YearOfCounty
from wholeschool.records.structs import CertificateEntry

VALID, REVOKED, REPLACED, EXPIRED, UNKNOWN = "有效", "已撤销", "已更换", "已过期", "无法确认"


class Verdict(NamedTuple):
    """The state, why, and what the certificate says (by ledger column); `demo` when it is only a 样张.

    `until` is the last day on which it is valid, empty where there is none.
    """

    state: str
    reason: str = ""
    said: Mapping[str, object] = {}
    replaced_by: str | None = None
    demo: bool = False
    until: str = ""


def judge(programme: Programme, token: str, today: str) -> Verdict:
    """A token, as it stands in the code on the paper or in the PDF."""
    try:
        found, key = seals.opened(token.strip(), programme.keys)
        said = {name: found[short] for name, short in seals.CLAIMS.items() if short in found}
        number = parse(str(said.get("number")))
    except (seals.SealError, NumberError) as error:
        return Verdict(UNKNOWN, str(error))
    unknown = Verdict(UNKNOWN, "", said, None, bool(key.demo))
    issued = str(said.get("issued"))
    if problem := _contested(programme, number):
        return unknown._replace(reason=problem)
    round_ = _round(programme, number)
    if round_ is None:
        return unknown._replace(reason=f"没有代码为 {number.county} 的县 {number.year} 年的记录")
    if problem := seals.unfit(key, issued, round_.county.path, demo=round_.county.data.demo):
        return unknown._replace(reason=problem)
    if problem := pins.doubt(programme, round_, key, str(number)):
        return unknown._replace(reason=problem)
    tomorrow = day_after(today)
    if issued > tomorrow:
        return unknown._replace(reason=f"发证日期 {issued} 还没有到；看看这台机器的日期对不对")
    if problem := seals.status_problem(programme, round_):
        return unknown._replace(reason=problem)
    assert round_.status is not None
    status = round_.status.data
    if status.date > tomorrow:
        return unknown._replace(reason=f"状态名单的日期 {status.date} 还没有到；看看这台机器的日期对不对")
    if status.date < issued:
        return unknown._replace(reason=f"状态名单是 {status.date} 的，比这张证书旧；先更新仓库")
    if problem := _row_problem(round_, str(number), token.strip(), key.site):
        return unknown._replace(reason=problem)
    if problem := pins.status_doubt(programme, round_, str(number)):
        return unknown._replace(reason=problem)
    for each in status.revoked:
        if each.number == said["number"]:
            state = REPLACED if each.replaced_by else REVOKED
            return Verdict(state, f"{each.date} 撤销", said, each.replaced_by, bool(key.demo))
    until = programme.expires(number.year, issued)
    if until < today:
        return Verdict(EXPIRED, f"有效期到 {until}", said, None, bool(key.demo))
    reason = f"状态名单第 {status.sequence} 期，{status.date}{pins.still(key, programme.keys[status.key])}"
    return Verdict(VALID, reason, said, None, bool(key.demo), until if until != FOREVER else "")


def judge_number(programme: Programme, number: str, today: str, code: str | None = None) -> Verdict:
    """A number, looked up in the ledger; with the check code when somebody has the paper in hand."""
    try:
        parsed = parse(number)
    except NumberError as error:
        return Verdict(
            UNKNOWN, f"{number if len(number) <= _LONGEST_SHOWN else f'{number[:_LONGEST_SHOWN]}…'}：{error}"
        )
    if problem := _contested(programme, parsed):
        return Verdict(UNKNOWN, problem)
    round_ = _round(programme, parsed)
    rows = round_.rows.get(number, []) if round_ else []
    if len(rows) != 1:
        return Verdict(UNKNOWN, _SEVERAL_ROWS if rows else _NO_ROW)
    return _judge_row(programme, rows[0], today, code)


_LONGEST_SHOWN = 40
_NO_ROW = "台账里没有这个编号"
_SEVERAL_ROWS = "台账里这个编号有几行，不知道是哪一张；请签发机关更正"


def _round(programme: Programme, number: Number) -> YearOfCounty | None:
    """The county and year that a number names; None where there is no record of it."""
    county = programme.county_of(number.county, number.year)
    known = county and any(number.year in each.years for each in (county, *county.children))
    return programme.county_year(county, number.year) if county and known else None


def _contested(programme: Programme, number: Number) -> str | None:
    """Why nobody can tell whose number it is; None when only one unit claims it."""
    if number.county in programme.contested:
        return f"不止一个单位用代码 {number.county}，分不清是谁发的；请签发机关更正"
    if str(number) in programme.contested:
        return "别的县的台账里也有这个编号，分不清是谁发的；请签发机关更正"
    return None


def _row_problem(round_: YearOfCounty, number: str, token: str, site: str) -> str | None:
    """Why the ledger does not vouch for a token; None when the number's only row says, sealed, what the token says."""
    match round_.rows.get(number, []):
        case []:
            return _NO_ROW
        case [row]:
            if row.key is None or row.seal is None or seals.token(row, site) != token:
                return "签名是真的，台账里这个编号写的却是另一张证书；请签发机关更正"
            return None if seals.names_its_microability(row) else "编号不是这项微能力的编号；请签发机关更正"
        case _:
            return _SEVERAL_ROWS


def _judge_row(programme: Programme, entry: CertificateEntry, today: str, code: str | None) -> Verdict:
    key = programme.keys.get(entry.key or "")
    if key is None or entry.seal is None:
        return Verdict(UNKNOWN, "台账里这一行没有签名")
    token = seals.token(entry, key.site)
    if code is not None and seals.plain_code(code) != seals.plain_code(seals.check_code(token)):
        return Verdict(UNKNOWN, "校验码不对：抄错了，或者这张纸是伪造的")
    return judge(programme, token, today)

"""Certificates: only for what was passed in an accepted school, one each, with a number that checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from wholeschool.authority import OURS
from wholeschool.days import FOREVER
from wholeschool.findings import About, Location, Measure
from wholeschool.outcomes import pins, seals
from wholeschool.outcomes.credits import suffices
from wholeschool.outcomes.eligibility import reasons_against
from wholeschool.outcomes.numbers import NumberError, parse
from wholeschool.programme import Programme, YearOfCounty, YearOfSchool
from wholeschool.programme.years import PASSED_LEVELS
from wholeschool.records import Record
from wholeschool.records.kinds import ROOT
from wholeschool.records.structs import (
    Acceptance,
    CertificateEntry,
    Certificates,
    KeyRevocation,
    Keys,
    Revocations,
    SigningKey,
)
from wholeschool.rules.choices import by_the_standard
from wholeschool.rules.registry import Breach, rule

# Whose results a certificate rests on, and that they are theirs.
_ACCEPTED = ("ACCEPT-REVIEWED", "ACCEPT-CHECKED", "RECOGNISE-ACCEPTED")
_REVIEWED = ("ROSTER-WHOLE", "CONSULT-POINTS", "EVIDENCE-CHOSEN", "RESULT-CHOSEN")


def _ledgers(programme: Programme) -> Iterator[tuple[YearOfCounty, Record[Certificates]]]:
    for year in programme.county_years():
        if year.ledger:
            yield year, year.ledger


@rule(
    "CERT-NUMBER",
    "keeping",
    clause=OURS,
    presupposes=(
        "UNIT-CODE",
        "UNIT-REGION",
    ),
)
def certificate_number_checks(programme: Programme) -> Iterator[Breach]:
    """证书编号由年度、县区代码、微能力、序号和校验字符组成，每个编号只用一次。

    编号里没有个人信息，序号由签名抽出，台账丢过一截再发，也不会把发出去的编号给另一个人；校验字符能发现抄错的任何一位和几乎所有相邻两位的颠倒。
    """
    for year, ledger in _ledgers(programme):
        seen: set[str] = set()
        strange: set[tuple[int, str]] = set()
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
            origin = number.year, number.county
            if origin != (year.year, year.county.code_of(year.year)):
                if origin not in strange:  # a ledger in the wrong folder is one mistake
                    strange.add(origin)
                    yield (
                        ledger.at(entry, "number"),
                        f"证书编号 {entry.number} 不是本县 {year.year} 年的编号",
                        "编号由程序生成，不要手工填写或修改；台账放错了地方的，移回去",
                    )
            elif number.microability != entry.microability:
                yield (
                    ledger.at(entry, "number"),
                    f"证书编号 {entry.number} 是“{number.microability}”的编号，这一行写的是“{entry.microability}”",
                    "编号由程序生成，不要手工填写或修改",
                )
            elif entry.number in seen:
                yield (
                    ledger.at(entry, "number"),
                    f"证书编号 {entry.number} 用了两次",
                    "编号由程序生成，不要手工填写或修改",
                )
            seen.add(entry.number)


@rule(
    "CERT-ONCE",
    "decision",
    clause="附件1 四(三)3“印发教师所选各个微能力的认证证书”；本项目的约定（一项只有一张有效，重发的写明代替哪一张）",
    presupposes=("CERT-NUMBER",),
)
def one_certificate_per_teacher_and_microability(programme: Programme) -> Iterator[Breach]:
    """一位教师的一项微能力，全省各轮只有一张有效的证书。

    换了学校、换了县、到了下一轮，以前的证书照样有效，不再发一张。更正后重发的，写明代替哪一张；以前年度发的也可以代替。
    原来的撤销了、过了有效期，重新考核通过的，可以再发；过了有效期的不重发，不然就一直有效。过没过，看新加这一行的那一天，
    不看行里写的发证日期。两个县同时发的，后合并的删掉自己的一行。
    """
    rows = [(year, ledger, entry) for year, ledger in _ledgers(programme) for entry in ledger.data.certificates]
    # What is brought now comes after all that was there, of whatever round it is.
    rows.sort(key=lambda row: (programme.is_new(row[1].at(row[2])), row[0].year))
    gone = {each.number for _, status in programme.each(Revocations) for each in status.data.revoked}
    # What a revocation that was there before names was there too: such a row is put back, not issued.
    known = {
        each.replaced_by
        for _, status in programme.each(Revocations)
        for each in status.data.revoked
        if not programme.is_new(status.at(each))
    }
    current: dict[tuple[str, str, str], tuple[YearOfCounty, str]] = {}
    lasts: dict[str, str] = {}  # by number, the last day of each
    ends: dict[str, str] = {}  # and that of the first of those that it replaces, one after another
    for year, ledger, entry in rows:
        key = entry.teacher, programme.guidance_named(year.year), entry.microability
        older, first = current.get(key, (year, ""))
        lasts[entry.number] = programme.expires(year.year, entry.issued)
        ends[entry.number] = ends.get(entry.replaces or "", lasts[entry.number])
        if older.year < year.year and lasts.get(first, FOREVER) < entry.issued:
            older, first = year, ""  # it had expired by then
        if entry.replaces:
            if entry.replaces != first:
                message = f"要代替的证书 {entry.replaces} 不是这位教师这项微能力现有的证书"
                yield ledger.at(entry, "replaces"), message, "写现有证书的编号"
            elif ends[entry.number] < _comes(programme, ledger, entry, known):
                message = f"要代替的证书 {first} 的有效期到 {ends[entry.number]} 为止，已经过了"
                hint = "不重发，发证日期往前写也不行；重新考核通过、认定以后，再发一张新的"
                yield ledger.at(entry, "replaces"), message, hint
        elif first not in {"", entry.number, *gone}:  # the same number twice is reported as that
            if entry.number in gone:
                continue  # nobody relies on it
            whose = "" if older.county is year.county else f"{older.county.name} "
            message = f"教师 {entry.teacher} 的“{entry.microability}”已有{whose}{older.year} 年的证书 {first}"
            yield ledger.at(entry), message, "删掉新加的这一行；更正的，在 replaces 里写原编号"
        current[key] = year, entry.number


def _comes(
    programme: Programme, ledger: Record[Certificates], entry: CertificateEntry, known: Collection[str | None]
) -> str:
    """The day on which a row comes: of what is brought now the present one, whatever day the county writes in it.

    Of a row that was there before, or whose number is among those `known`, the day that it bears.
    """
    brought = programme.knows_before and programme.is_new(ledger.at(entry)) and entry.number not in known
    return max(entry.issued, programme.today) if brought else entry.issued


def _judged(programme: Programme, year: YearOfCounty, ledger: Record[Certificates]) -> list[CertificateEntry]:
    """Entries worth judging: new, each number once, about the number's own microability, not replaced.

    And not revoked, unless by the same change: then they take away what they say, so it has to be so.
    """
    if programme.earlier and programme.earlier.has_file(ledger.path):
        return []
    replaced = {entry.replaces for entry in ledger.data.certificates}
    if year.status:
        replaced |= {each.number for each in year.status.data.revoked} - _just_revoked(programme, year)
    entries: dict[str, CertificateEntry] = {}
    for entry in ledger.data.certificates:
        try:
            sound = parse(entry.number).microability == entry.microability
        except NumberError:
            sound = False
        if sound and entry.number not in replaced and programme.is_new(ledger.at(entry)):
            entries.setdefault(entry.number, entry)
    return list(entries.values())


def _just_revoked(programme: Programme, year: YearOfCounty) -> set[str]:
    """The numbers that a change revokes for good; none where nobody knows what was there before."""
    status = year.status if programme.knows_before else None
    gone = status.data.revoked if status else ()
    return {each.number for each in gone if not each.replaced_by and status and programme.is_new(status.at(each))}


@rule(
    "CERT-PASSED",
    "decision",
    clause="附件1 四(三)3“对信息技术校本应用考核合格的教师”；附件1 二(四)4“不少于20学分的信息技术应用校本考核”；"
    "本工程的配置（policy.yaml 的 standard.credits）；"
    "本项目的约定（通过的合计够了算合格；先验收、认定，后发证）",
    presupposes=(
        *_ACCEPTED,
        "TABLE-ISSUED",
        "RUBRIC-COMPLETE",
        "CHECK-LEVEL",
        *_REVIEWED,
        "CHOICE-CREDITS",
        "acceptance",
        "DATE-FUTURE",
    ),
)
def certificate_is_earned(programme: Programme) -> Iterator[Breach]:
    """证书只发给考核合格（通过的学分够要求，指导意见是 20 学分）、学校已验收、学分已认定的教师，每项通过的微能力一张。

    证书由县级教育行政部门印发；没有通过的微能力、没有验收的学校都不发。姓名和等级以名册和评审结果为准。名册与别的学校对不上的，对上以后再发。
    同一次改动里又撤销的也一样：撤销收回的是学分，没有的学分不能收。
    """
    for year, ledger in _ledgers(programme):
        if not programme.abilities(year.year):
            continue
        entries = _judged(programme, year, ledger)
        by_code = {entry.school_code: year.of_code(entry.school_code, entry.issued) for entry in entries}
        passed = {code: _passed(school) for code, school in by_code.items() if school}
        short = {
            (each.school_code, each.teacher)
            for each in entries
            if each.school_code in passed and (each.teacher, each.microability) not in passed[each.school_code]
        }
        told: set[str] = set()  # one finding for each school, teacher or certificate that lacks something
        revoked = _just_revoked(programme, year)
        for entry in entries:
            school = by_code[entry.school_code]
            if school is None:
                if entry.school_code not in told and programme.knows_schools_of(year.county):
                    told.add(entry.school_code)
                    yield ledger.at(entry, "school_code"), f"本县没有代码为 {entry.school_code} 的学校", "核对学校代码"
                continue
            gone = entry.number in revoked
            against = reasons_against(programme, school, entry.teacher, entry.microability, revoked=gone)
            again = gone or school.recognised_anew(entry.teacher, entry.microability)
            if not against and not again and programme.comes_back(year.year, entry):
                message = f"教师 {entry.teacher} 的“{entry.microability}”的证书已经撤销，不再另发一张"
                hint = "删掉新加的这一行；撤销以后重新评审合格的，重新验收、认定，再由程序发证"
                yield ledger.at(entry, "teacher"), message, hint, _about(school, entry)
                continue
            if not against:
                yield from _agrees(ledger, school, entry)
                continue
            lacking = _lacking(programme, school, entry, passed[entry.school_code], short)
            if lacking and lacking not in told:
                told.add(lacking)
                message = f"教师 {entry.teacher} 的“{entry.microability}”不够发证条件：{against[0]}"
                hint = "条件齐备后由程序生成；已经发出的，走撤销更正"
                cause = "" if year.county.all(Acceptance, year=year.year) else f"{year.county.path} {year.year}"
                here, measure = _about(school, entry), Measure()
                nothing = all(number != entry.teacher for number, _ in passed[entry.school_code])
                if (lacking == entry.number or nothing) and (entry.teacher, entry.microability) not in school.standing:
                    here = About(school.school.path, year.year)  # as where a whole session is gone
                    cause = f"{school.school.path} {year.year} 没有评审"
                elif lacking == entry.number and school.recognised is not None:  # the teacher's row of the register
                    cause = f"{school.school.path} {year.year} {entry.teacher} 没有通过"
                if lacking == entry.teacher:  # whichever microability it is: the sum is short, or there is nothing
                    here = here._replace(microability="")
                    measure = Measure() if nothing else by_the_standard(programme, year.year, "credits")
                yield ledger.at(entry, "teacher"), message, hint, here, cause, measure


def _passed(school: YearOfSchool) -> set[tuple[str, str]]:
    if school.recognised is not None:
        return {(number, code) for number, levels in school.passed.items() for code in levels}
    here = {key for key, result in school.standing.items() if result.level in PASSED_LEVELS} - school.wanting
    return here | {(number, code) for number in school.teachers for code in school.gathered(number).levels}


def _lacking(
    programme: Programme,
    school: YearOfSchool,
    entry: CertificateEntry,
    passed: set[tuple[str, str]],
    short: set[tuple[str, str]],
) -> str | None:
    """Who or what lacks something: school code, teacher or certificate number. None where another rule has said so.

    `passed` are (teacher, microability) of the school, `short` the (school code, teacher) with a certificate for
    something that is not among them.
    """
    unit = school.school
    folder = f"{unit.path}/{school.year}"
    if school.accepted is None or school.accepted.recognition is None:
        if programme.earlier is None and any(
            each.recognition and each.recognition.date <= entry.issued <= school.acceptances[-1].date
            for each in school.acceptances
        ):
            return None  # without a history: issued before the county had the school correct something
        # RECOGNISE-ACCEPTED, or the reader.
        told = school.acceptances and school.acceptances[-1].recognition
        county = unit.county.path if unit.county else ""
        return None if told or programme.has_broken(f"{county}/{school.year}/acceptance") else entry.school_code
    unread = programme.has_broken(f"{folder}/reviews") or programme.has_broken(f"{folder}/teachers.yaml")
    if unread or not school.reviews or school.roster is None:
        return None  # the reader, ACCEPT-REVIEWED, RESULT-CHOSEN
    if not school.is_agreed(entry.teacher):
        return entry.teacher
    if (entry.teacher, entry.microability) not in passed - school.withdrawn:
        return entry.number if any(number == entry.teacher for number, _ in passed) else entry.teacher
    if (entry.school_code, entry.teacher) in short:
        return None  # that one is the cause
    theirs = {code for number, code in passed if number == entry.teacher}
    return None if suffices(programme, school.year, theirs) else entry.teacher  # else RESULT-CHOSEN


def _agrees(ledger: Record[Certificates], school: YearOfSchool, entry: CertificateEntry) -> Iterator[Breach]:
    level = school.passed[entry.teacher][entry.microability]
    # What was reviewed later is recognised anew; certificates of the first recognition stay as they are.
    first = min((each.recognition.date for each in school.acceptances if each.recognition), default="")
    recognised = max(first, school.recognised_on(entry.teacher, entry.microability))
    name = school.name_recognised(entry.teacher)
    if entry.name != name:
        hint = "核对教师编号和姓名；姓名更正的，重发一张并写明代替哪一张"
        message = f"证书上的姓名与名册里教师 {entry.teacher} 的姓名不同"
        cause = f"{school.school.path} {school.year} {entry.teacher}"
        yield ledger.at(entry, "name"), message, hint, _about(school, entry), cause
    elif entry.level != level:
        message = f"等级写的是“{entry.level}”，评审结果是“{level}”"
        yield ledger.at(entry, "level"), message, "以评审结果为准；台账由程序生成，不要手工修改", _about(school, entry)
    elif entry.issued < recognised:
        message, cause = f"发证日期 {entry.issued} 早于认定日期 {recognised}", f"{school.school.path} {school.year}"
        yield ledger.at(entry, "issued"), message, "核对两个日期", _about(school, entry), cause


def _about(school: YearOfSchool, entry: CertificateEntry) -> About:
    return About(school.school.path, school.year, entry.teacher, entry.microability)


@rule(
    "CERT-CONTENT",
    "decision",
    clause="附件1 四(三)3“由县级教育行政部门印发教师所选各个微能力的认证证书”；本项目的约定（台账照微能力表写）",
    presupposes=("TABLE-ISSUED", "RUBRIC-COMPLETE", "UNIT-AUTHORITY", "REGISTER-ROW"),
)
def certificate_says_what_the_table_says(programme: Programme) -> Iterator[Breach]:
    """证书上的微能力名称、维度、环境、学分与微能力表一致，学校和依据是认定时的，签发机关是县级教育行政部门。

    台账记下发证那一刻的内容，以后不再改，所以写入时就要对。
    """
    for year, ledger in _ledgers(programme):
        entries = _judged(programme, year, ledger)
        issuers = {entry.issuer for entry in entries}
        authority = year.county.on(min((entry.issued for entry in entries), default="")).authority
        named = year.county.record.at(None, "authority")
        # Certificates that agree, and a name that is as new as they are: it is not they that have changed.
        renamed = len(entries) > 1 and len(issuers) == 1 and authority not in issuers and programme.is_new(named)
        if renamed:
            state = f"单位信息里写的签发机关是“{authority}”" if authority else "单位信息里没有写签发机关"
            message = f"{state}，台账里 {len(entries)} 张证书写的都是“{issuers.pop()}”"
            hint = "名称写错的，恢复原来的；机关真的改了名称的，先合并这一处，再签发以后的证书"
            yield named, message, hint
        for entry in entries:
            yield from _content(programme, year, ledger, entry, besides="issuer" if renamed else "")


_OF_THE_TABLE = ("title", "dimension", "environment", "credits")


def _of_the_school(year: YearOfCounty, entry: CertificateEntry) -> Iterator[tuple[str, str, str]]:
    """What the row says of its school and of the recognition it rests on, and what it should say."""
    school = year.of_code(entry.school_code, entry.issued)
    documents = school.documents(entry.teacher, entry.microability, entry.issued) if school else []
    if school and school.accepted and school.accepted.recognition:  # else CERT-PASSED
        then = school.school.on(entry.issued)
        yield "school", entry.school, then.name
        yield "school_code", entry.school_code, then.code
        yield "basis", entry.basis, entry.basis if entry.basis in documents or not documents else documents[0]


def _content(
    programme: Programme, year: YearOfCounty, ledger: Record[Certificates], entry: CertificateEntry, besides: str = ""
) -> Iterator[Breach]:
    ability = programme.abilities(year.year).get(entry.microability)
    if ability is None:
        if programme.abilities(year.year):
            here = About(year.county.path, year.year, entry.teacher, entry.microability)
            message = f"没有“{entry.microability}”这项微能力"
            yield ledger.at(entry, "microability"), message, "编号见微能力目录", here
        return
    for field, got, wanted in (
        ("title", entry.title, ability.name),
        ("dimension", entry.dimension, ability.dimension),
        ("environment", entry.environment, ability.environment),
        ("credits", entry.credits, ability.credits),
        ("issuer", entry.issuer, year.county.on(entry.issued).authority),
        *_of_the_school(year, entry),
    ):
        if got != wanted and field != besides:
            here = About(year.county.path, year.year, entry.teacher, entry.microability)
            message = f"写的是“{got}”，应为“{wanted}”" if wanted else f"写的是“{got}”，单位信息里没有写签发机关"
            hint = "台账由程序生成，不要手工修改" if wanted else "在 unit.yaml 里写 authority"
            cause = f"{year.county.path} {entry.microability if field in _OF_THE_TABLE else ''} {field} {got}"
            yield ledger.at(entry, field), message, hint, here, cause
            return


@rule(
    "CERT-SIGNED",
    "keeping",
    clause=OURS,
    presupposes=(
        "UNIT-REGION",
        "CERT-NUMBER",
        "CERT-ONCE",
        "CERT-CONTENT",
        "CERT-PASSED",
    ),
)
def certificate_is_signed(programme: Programme) -> Iterator[Breach]:
    """设了签发公钥以后，台账的每一行都有当时有效的密钥的签名，签名对得上这一行的内容。

    签名是别处的人相信一张证书的依据；没有私钥的人添不出一行，改一个字也会露出来。示范单位只用示范密钥。
    密钥后来作废了的，台账照旧，网站照建；要不要重发见 CERT-REISSUE。
    """
    if not programme.keys:
        return
    for year, ledger in _ledgers(programme):
        # What a row says has its own finding where it is wrong: CERT-CONTENT.
        told = {entry for entry in _judged(programme, year, ledger) if any(_content(programme, year, ledger, entry))}
        for problem, rows in _seal_problems(programme, year).items():
            for entry in rows:
                if problem != _OTHER_WORDS or entry not in told:
                    place = ledger.at(entry, "seal" if entry.seal else "number")
                    yield place, f"证书 {entry.number} {problem}", _SEAL_HINT, None, f"{ledger.path} {problem}"


_OTHER_WORDS = "的签名与这一行的内容对不上"
_SEAL_HINT = "台账由 wholeschool certificates issue 写，不要手工添加或修改；恢复原样后重新运行它"


def _seal_problems(programme: Programme, year: YearOfCounty) -> dict[str, list[CertificateEntry]]:
    """Each thing that is wrong with seals of the ledger, and the rows of which it is true."""
    # The status covers every row, so one signature shows that all of them are as they were signed: by a good key.
    by = programme.keys.get(year.status.data.key) if year.status else None
    sound = seals.status_problem(programme, year) is None and by is not None and by.revoked is None
    found: dict[str, list[CertificateEntry]] = {}
    # A certificate that was revoked because its key was lost keeps its row, and nobody relies on it any more.
    gone = {each.number for each in year.status.data.revoked} if year.status and sound else set()
    for entry in year.ledger.data.certificates if year.ledger else ():
        if entry.number not in gone and (problem := _seal_problem(programme, year, entry, sound)):
            found.setdefault(problem, []).append(entry)
    return found


def _seal_problem(programme: Programme, year: YearOfCounty, entry: CertificateEntry, sound: bool) -> str | None:
    key = programme.keys.get(entry.key or "")
    if not entry.seal or not entry.key:
        return "没有签名"
    if key is None:
        return f"用的密钥 {entry.key} 不在公钥里"
    problem = seals.unfit(key, entry.issued, year.county.path, demo=year.county.data.demo)
    if problem or sound:
        return f"的签名不算数：{problem}" if problem else None
    try:
        seals.opened(seals.token(entry, key.site), programme.keys)
    except seals.SealError:
        return _OTHER_WORDS
    return None


@rule(
    "CERT-STATUS",
    "keeping",
    clause=OURS,
    presupposes=(
        "LEDGER-GROWS",
        "STATUS-GROWS",
        "UNIT-REGION",
        "CERT-NUMBER",
        "CERT-ONCE",
        "CERT-SIGNED",
        "CERT-PASSED",
        "CERT-CONTENT",
        "certificates",
        "revocations",
    ),
)
def status_covers_the_ledger(programme: Programme) -> Iterator[Breach]:
    """有签名的台账都配一份签过名的状态名单，名单与台账、撤销的证书对得上；新写的发证、撤销和名单的日期不在将来。

    核对证书的人先看签名，再看名单：名单缺了、旧了、改过、日期还没有到，都只能回答“无法确认”。
    """
    yield from _dated_ahead(programme)
    if not programme.keys:
        return
    for year in programme.county_years():
        status, ledger = year.status, year.ledger
        entries = {entry.number: entry for entry in (ledger.data.certificates if ledger else ())}
        if status is None:
            place = f"{year.county.path}/{year.year}/revocations.yaml"
            if ledger and entries and not programme.has_broken(place):
                yield ledger.at(None), "台账没有配状态名单", "运行 wholeschool certificates issue，它会补签"
            continue
        if ledger is None and programme.has_broken(f"{year.county.path}/{year.year}/certificates.csv"):
            continue
        if status.data.revoked and not entries:
            yield status.at(None, "revoked", key=True), "名单里有撤销的证书，台账却是空的", LOST
            continue
        replaced = {entry.replaces: entry.number for entry in entries.values() if entry.replaces}
        bad = False
        told: set[str] = set()
        for each in status.data.revoked:
            if each.number not in entries:
                bad = True
                yield status.at(each, "number"), f"撤销的证书 {each.number} 不在台账里", f"核对编号；{LOST}"
            elif each.number in told:
                bad = True
                yield status.at(each, "number"), f"证书 {each.number} 撤销了两次", _STATUS_HINT
            elif each.date < entries[each.number].issued:
                bad = True
                message = f"证书 {each.number} 撤销的日期 {each.date} 早于它的发证日期 {entries[each.number].issued}"
                yield status.at(each, "date"), message, "用实际撤销的日期重新撤销"
            elif each.replaced_by != replaced.get(each.number):
                bad = True
                message = f"代替 {each.number} 的证书与台账上写的不同"
                yield status.at(each, "replaced_by" if each.replaced_by else "number"), message, _STATUS_HINT
            told.add(each.number)
        revoked = {each.number for each in status.data.revoked}
        for old, new in replaced.items() if revoked <= entries.keys() else ():  # a number mistyped may be the old one's
            if old in entries and old not in revoked:
                bad = True
                assert ledger is not None
                message = f"证书 {new} 代替 {old}，可是 {old} 还没有撤销"
                yield ledger.at(entries[new], "replaces"), message, f"再运行一次 wholeschool certificates revoke {old}"
        # A row that is not as it was signed is the cause, and has its own finding.
        if bad or _seal_problems(programme, year):
            continue
        latest = seals.latest_day(entries.values(), status.data)
        if problem := seals.status_problem(programme, year):
            yield status.at(None, "seal"), problem, _STATUS_HINT if seals.lags(programme, year) else LOST
        elif status.data.date < latest:
            hint = "运行 wholeschool certificates issue 重签；核对的人不认比证书旧的名单"
            yield status.at(None, "date"), f"状态名单的日期 {status.data.date} 早于名单管着的证书（{latest}）", hint


def _dated_ahead(programme: Programme) -> Iterator[Breach]:
    """What ledgers and status lists say anew of days that have not come, each file once.

    Of samples, whose days are made up, none of the round.
    """
    for year in programme.county_years() if programme.day else ():
        round_ = programme.round(year.year)
        last = max(programme.day, round_.ends) if year.county.is_sample and round_ else programme.day
        if ledger := year.ledger:
            rows = (
                each for each in ledger.data.certificates if each.issued > last and programme.is_new(ledger.at(each))
            )
            if row := next(rows, None):
                yield ledger.at(row, "issued"), _ahead(row.issued, programme.day), _RIGHT_CLOCK
                continue
        if status := year.status:
            gone = (each for each in status.data.revoked if each.date > last and programme.is_new(status.at(each)))
            if (one := next(gone, None)) or (status.data.date > last and not programme.stands(status.path)):
                yield status.at(one, "date"), _ahead(one.date if one else status.data.date, programme.day), _RIGHT_CLOCK


def _ahead(day: str, today: str) -> str:
    return f"日期 {day} 还没有到（今天是 {today}）"


_RIGHT_CLOCK = (
    "核对电脑的日期；丢掉这一次写的（git restore 或者 git reset），日期对了以后重新运行 wholeschool certificates"
)
_STATUS_HINT = "恢复原样，再运行 wholeschool certificates issue 重签"
LOST = (
    "先不要签发。台账和名单用 git restore 恢复原样，或者从历史、别人的克隆里找回；台账丢了的行找不回来的，"
    "用 wholeschool certificates recover 照发出去的证书放回去"
)
"""What to do where the ledger is not what the signed status says."""


@rule(
    "CERT-REISSUE",
    "keeping",
    clause=OURS,
    severity="warning",
    presupposes=("CERT-KEY", "CERT-SIGNED", "CERT-STATUS", "KEY-PINS"),
)
def what_a_leaked_key_signed_is_issued_again(programme: Programme) -> Iterator[Breach]:
    """密钥作废以后，钉下的台账以外、用它签的证书由县里用新的密钥重发，状态名单重签。

    没有重发的，核对时是“无法确认”；不是持证人的错，所以尽快重发。钉下的不用动，一直有效。
    """
    for year in programme.county_years():
        found: dict[str, list[CertificateEntry]] = {}
        for entry, key in pins.waiting(programme, year):
            found.setdefault(key.id, []).append(entry)
        for name, entries in found.items():
            assert year.ledger is not None
            message = f"密钥 {name} 已经作废，用它签的 {len(entries)} 张证书现在“无法确认”"
            hint = f"用新的密钥运行 wholeschool certificates revoke --signed-by {name} --replace --reason 密钥作废"
            yield year.ledger.at(entries[0], "key"), message, hint
        status = year.status
        signer = programme.keys.get(status.data.key) if status else None
        if status and signer and signer.revoked and not found:
            message = f"状态名单还是用作废的密钥 {signer.id} 签的，钉下的以外的证书都“无法确认”"
            yield status.at(None, "key"), message, "用新的密钥运行 wholeschool certificates issue，它会重签"


@rule(
    "KEY-PINS",
    "keeping",
    clause=OURS,
    presupposes=("LEDGER-GROWS", "STATUS-GROWS", "KEYS-KEPT", "KEY-SOUND", "CERT-SIGNED", "CERT-NUMBER", "UNIT-CODE"),
)
def what_was_pinned_is_still_there(programme: Programme) -> Iterator[Breach]:
    """密钥作废时钉下的台账和状态名单，现在还是那样开头。

    钉下的证书靠它仍然有效：台账少了一行、改了一行，就分不清哪些是泄露以前的。没有 Git 的历史也查得出。
    """
    record = programme.key_record
    for key in record.data.keys if record else ():
        assert record is not None
        for pin in key.revoked.kept if key.revoked else ():
            county = programme.county_of(pin.county, pin.year)
            if county is None:
                if not (programme.elsewhere or programme.broken):
                    message = f"钉下了代码为 {pin.county} 的县的台账，现在没有这个县"
                    yield record.at(pin, "county"), message, "恢复县的代码和文件夹；区划真的调整了的，请维护人员来改"
                continue
            year = programme.county_year(county, pin.year)
            if found := pins.broken(pin, year, programme.keys):
                name, what = found
                file = (
                    f"{county.path}/{pin.year}/{'certificates.csv' if name == 'certificates' else 'revocations.yaml'}"
                )
                if programme.has_broken(file):
                    continue
                kept = year.ledger if name == "certificates" else year.status
                at = kept.at(None) if kept else Location(f"{ROOT}{file}")
                hint = "从历史、备份或别人的克隆里找回这一份，恢复原样；找不到的，请告诉维护人员"
                yield at, f"密钥 {key.id} 作废时钉下的{what}", hint


@rule("KEY-SOUND", "keeping", clause=OURS)
def keys_are_what_they_say(programme: Programme) -> Iterator[Breach]:
    """公钥的编号由公钥算出，每把只写一次，停用不早于启用；作废写了 since 的，日期在启用和作废之间，各县各年只钉一次。

    编号印在每份签名里；编号与公钥对不上，以前的证书就无从核对。
    """
    record = programme.key_record
    seen: set[str] = set()
    for key in record.data.keys if record else ():
        assert record is not None
        hint = "用 wholeschool keys 写这份文件，不要手工修改"
        if key.id in seen:
            yield record.at(key, "id"), f"密钥 {key.id} 写了两次", hint
        elif not seals.names(key):
            yield record.at(key, "id"), f"编号 {key.id} 不是这把公钥的编号", hint
        elif key.ends and key.ends < key.starts:
            yield record.at(key, "ends"), f"停用日期 {key.ends} 早于启用日期 {key.starts}", hint
        elif key.revoked:
            yield from _pinned_soundly(record, key, key.revoked)
        seen.add(key.id)


def _pinned_soundly(record: Record[Keys], key: SigningKey, gone: KeyRevocation) -> Iterator[Breach]:
    hint = "用 wholeschool keys revoke 写，不要手工修改"
    if gone.since is None:
        if gone.commit or gone.kept:
            field = "commit" if gone.commit else "kept"
            yield record.at(gone, field), f"密钥 {key.id} 钉下了台账，却没有写从哪天起不可信", hint
        return
    places = [(each.county, each.year) for each in gone.kept]
    twice = next((each for at, each in enumerate(gone.kept) if places[at] in places[:at]), None)
    if gone.since < key.starts:
        message = f"密钥 {key.id} {key.starts} 才启用，{gone.since} 还没有它"
        yield record.at(gone, "since"), message, hint
    elif gone.since > gone.date:
        message = f"密钥 {gone.date} 作废，从 {gone.since} 起不可信却在那以后"
        yield record.at(gone, "since"), message, hint
    elif gone.commit is None:
        yield record.at(gone, "since"), f"密钥 {key.id} 没有写 {gone.since} 以前是哪个提交", hint
    elif twice:
        yield record.at(twice, "county"), f"县 {twice.county} {twice.year} 年的台账钉下了两次", hint

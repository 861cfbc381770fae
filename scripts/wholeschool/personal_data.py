"""Telephone numbers, identity cards, addresses and accounts of people in free text: find them, and hide them.

Used at both ends: the reader refuses records that contain them, and every text that leaves a report is masked,
so that a refusal never repeats what it refuses. `docs/assets/form/check.js` finds the same in the browser.

Numbers are looked for in what a text means: escapes of YAML and JSON, entities of HTML and per-cent signs of addresses
are undone first; digits count in every writing that people type; and between digits may stand what people put there.
A landline is somebody's own only where a word says so: offices publish theirs.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import NamedTuple

from wholeschool.unseen import is_unseen

NAMES = {
    "PII-MOBILE": "手机号",
    "PII-IDCARD": "身份证号",
    "PII-EMAIL": "电子邮箱",
    "PII-PHONE": "个人电话",
    "PII-ACCOUNT": "QQ 号或微信号",
    "KEY-PRIVATE": "私钥",
}
"""What each code has found, for messages."""
MOST_FOUND = 1_000
"""Who has written so many knows by then."""


class PersonalDatum(NamedTuple):
    """Something personal in a text: which rule it breaks and the characters it covers."""

    code: str
    start: int
    end: int


# --- what is written, and what it means -------------------------------------------------------------------------------

# Characters as input methods write them, each with the one that is meant; same length, so positions stay true. Only
# what numbers and addresses are made of: Chinese is full of other full-width signs.
_SIGNS_MEANT = {
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F) if re.match(r"[\w%+.@/*~-]", chr(wide - 0xFEE0))},
    **dict.fromkeys([0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0x2500, 0xFE63], "-"),
    **dict.fromkeys([0x00B7, 0x2022, 0x2027, 0x30FB], "."),
    **dict.fromkeys([0x2044, 0x2215], "/"),
    **dict.fromkeys([0xFE6B], "@"),
    0x20E3: "~",  # a frame around a figure
}


class _Meant(dict[int, str]):
    """What a character means, found when it is first met: of whatever has the value of one figure, that figure; of
    what shows nothing, no more than a gap.
    """

    def __missing__(self, code: int) -> str:
        meant = self[code] = (
            _SIGNS_MEANT.get(code) or ("~" if is_unseen(chr(code)) else _figure(chr(code))) or chr(code)
        )
        return meant


def _figure(character: str) -> str:
    """The figure that a character is, in whatever writing or frame; empty for any other character.

    Roman numerals and the figures of Chinese prose are none: the latter are numbers only where eleven stand together.
    """
    if unicodedata.category(character) in ("Nd", "No") or "\u3021" <= character <= "\u3029":
        value = unicodedata.numeric(character, -1)
        return str(int(value)) if value in range(10) else ""
    return ""


_MEANT = _Meant()
# All but ASCII, Chinese, and the signs of Chinese prose, which mean themselves.
_TO_LOOK_UP = re.compile(
    "[^\x00-\x7f\u2018-\u201d\u2026\u3001-\u3003\u3008-\u301f\u3400-\u9fff\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]+"
)
# The letter O for a nought, in what is a mobile number otherwise.
_WITH_NOUGHTS = "1[3-9][0-9Oo](?:[ -]?[0-9Oo]{4}){2}"
_NOUGHTS = re.compile(f"(?<![0-9A-Za-z]){_WITH_NOUGHTS}(?![0-9A-Za-z])")
_CHINESE_DIGITS = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_CHINESE = str.maketrans(_CHINESE_DIGITS, "001234567891" + "123456789")

# Escapes in quoted YAML and JSON, a line continued there, entities, per cent signs before printable ASCII, and powers
# of ten, as which workbooks and programs write a number that is too long for its cell: looked for where there is one,
# because it begins with any figure.
_ESCAPES = (
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))|(\\\n[ \t]*)|(\\[tnrNLP])"
    r"|&#0{0,8}([0-9]{1,7});?|&#[xX]0{0,8}([0-9A-Fa-f]{1,6});?|&([A-Za-z]{2,31});|%([2-7][0-9A-Fa-f])"
)
_POWER = r"([0-9]{1,9})\.([0-9]{1,17})[Ee]\+?([0-9]{1,2})(?![0-9A-Za-z])"
_CODED, _CODED_WITH_POWERS = re.compile(_ESCAPES), re.compile(f"{_ESCAPES}|{_POWER}")
_HAS_POWER, _HAS_ESCAPE = re.compile(r"[Ee]\+?[0-9]"), re.compile(r"[\\&%]")
# Of the entities with names, those of what numbers and addresses are made of, of gaps, and of what begins another.
_ENTITIES = {
    **{"commat": "@", "period": ".", "lowbar": "_", "plus": "+", "percnt": "%", "colon": ":", "sup1": "1", "sup2": "2"},
    **{"sup3": "3", "hyphen": "-", "dash": "-", "ndash": "-", "mdash": "-", "minus": "-", "middot": ".", "bull": "."},
    **{"nbsp": " ", "ensp": " ", "emsp": " ", "thinsp": " ", "numsp": " ", "Tab": "\t", "NewLine": "\n", "sol": "/"},
    **{"bsol": "\\", "lpar": "(", "rpar": ")", "ast": "*", "grave": "`", "shy": "~", "zwj": "~", "zwnj": "~"},
    **{"amp": "&", "AMP": "&", "lt": "<", "LT": "<", "gt": ">", "GT": ">"},
}
_WRITTEN_OUT = range(11, 19)
"""Figures of a mobile number, with what may stand before it, and of an identity card."""
_MOST_ROUNDS = 3
"""An escape may stand for what begins an entity; further than so nobody's reader goes."""


def _decoded(match: re.Match[str]) -> str:
    byte, four, eight, continued, control, decimal, hexadecimal, named, percent, *power_of_ten = match.groups()
    if continued:
        return ""
    if named:
        return _ENTITIES.get(named, match.group())
    if control:
        return "\n"
    if any(power_of_ten):
        figures, more, power = power_of_ten
        length = len(figures) + int(power)
        return (figures + more)[:length].ljust(length, "0") if length in _WRITTEN_OUT else match.group()
    number = int(decimal) if decimal else int(byte or four or eight or hexadecimal or percent, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _meaning(text: str) -> tuple[str, list[int] | None]:
    """`text` with escapes undone, and where each of its characters came from (and the end); None: nothing to undo."""
    origin: list[int] | None = None
    for _ in range(_MOST_ROUNDS):
        pieces, places, done = [], [], 0
        coded = _CODED_WITH_POWERS if _HAS_POWER.search(text) else _CODED if _HAS_ESCAPE.search(text) else None
        for match in coded.finditer(text) if coded else ():
            meant = _decoded(match)
            if meant == match.group():
                continue
            pieces += [text[done : match.start()], meant]
            places += [*range(done, match.start()), *[match.start()] * len(meant)]
            done = match.end()
        if not pieces:
            break
        places += range(done, len(text) + 1)
        text = "".join([*pieces, text[done:]])
        origin = [origin[place] for place in places] if origin else places
    return text, origin


def _plain(text: str) -> str:
    if not text.isascii():
        text = _TO_LOOK_UP.sub(lambda found: found.group().translate(_MEANT), text)
    return _NOUGHTS.sub(lambda found: re.sub("[Oo]", "0", found.group()), text)


# --- numbers ----------------------------------------------------------------------------------------------------------

# What people put between digits: any signs, up to sixteen; elements of a page, links without a word, a new line. Not
# the comma and the bar, which part one value of a table from the next.
_SIGN = r"[^\w\s,|｜<>]|[ \t_]"
_BETWEEN = (
    r"(?:</?[A-Za-z][^<>\n]{0,40}>|!?\[\]\([^()\s]{0,200}\)|\n[ \t>]*+"
    rf"|(?:{_SIGN}){{1,16}}+(?!{_SIGN}))"
)
_GAP = f"{_BETWEEN}{{0,3}}+"  # what follows a gap begins none, so that nothing is won by going back


def _run_of(digit: str, least: int) -> re.Pattern[str]:
    """Digits with gaps between them, `least` or more; solid ones first, which need no search for gaps."""
    solid = f"{digit}{{{least},}}(?:{_BETWEEN}{{1,3}}+{digit}+)*"
    return re.compile(f"{solid}|{digit}(?:{_GAP}{digit}){{{least - 1},}}")


_FEWEST_DIGITS = 10
_RUN = _run_of("[0-9]", _FEWEST_DIGITS)
_CHINESE_RUN = _run_of(f"[0-9{_CHINESE_DIGITS}]", 11)
_FIGURES = re.compile("[0-9]+")
_ENDLESS = re.compile("[0-9]{25,}")
_X = re.compile(rf"{_GAP}[Xx](?![0-9A-Za-z])")

# Eleven digits of a mobile number, wherever they begin; in which groups they may be written; what may stand before.
_MOBILE = re.compile("(?=(1[3-9][0-9]{9}))")
_SHAPES = {
    *((11,), (3, 4, 4), (3, 8), (3, 3, 5), (3, 5, 3), (4, 4, 3), (4, 3, 4), (7, 4), (4, 7), (6, 5), (5, 6), (1, 10)),
    *((3, 4, 2, 2), (3, 2, 2, 2, 2), (1, 2, 2, 2, 2, 2), (2, 2, 2, 2, 2, 1), (3, 2, 3, 3), (3, 2, 2, 4), (2, 3, 3, 3)),
    *((3, 3, 3, 2), (2, 9), (9, 2), (2, 4, 5), (1,) * 11),
}
# All signs but spaces, dashes, dots, strokes, brackets and marks of emphasis stand between the numbers of a list or a
# sum as well. There, only how most people write a number is one, or where a group of figures begins with a nought,
# which no count does.
_LISTED = re.compile(r"[^\w\s./\\()（）*~`<>-]| {4}")
_USUAL_SHAPES = {(11,), (3, 4, 4), (3, 8), (7, 4), (1,) * 11}
_PREFIXES = ("0086", "086", "86", "0")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(rf"(?:19|20)[0-9]{{2}}{_DAY}")
_YEARS = re.compile("(?:(?:19[89]|20[0-4])[0-9]){2}")
# GB 11643-1999: region, birth date, order, check character; and the fifteen digits of 1984, whose bearers were born in
# the nineteen-thirties or later, as everybody is who still teaches.
_CARD = re.compile(rf"(?=([1-8][0-9]{{5}}(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}))")
_OLD_CARD = re.compile(rf"(?=((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{{4}}[3-9][0-9]{_DAY}[0-9]{{3}}))")
_OLD_SHAPES = {(15,), (6, 6, 3), (6, 9)}
# A solid run that may be one of these at all: most are teachers' numbers.
_SOLID = re.compile("(?:0086|086|86|0)?1[3-9][0-9]{9}|[0-9]{15}|[0-9]{17,18}")
# Nearly one of these: a digit too many or too few.
_NEARLY_MOBILE = re.compile("(?:0086|086|86|0)?1[3-9][0-9]{8,11}")
_NEARLY_CARD = re.compile(rf"[1-9][0-9]{{4,7}}(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{1,5}}")
_NEARLY_BEGINS = re.compile(f"(?:0086|086|86|0)?1[3-9][0-9]{{8}}|[1-9][0-9]{{4,7}}(?:19|20)[0-9]{{2}}{_DAY}[0-9]")
_LONGEST_SLIP = 19


class _Run:
    """Digits with gaps between them: the digits alone, where each stands, and where a group of them begins and ends."""

    def __init__(self, text: str, start: int, end: int) -> None:
        groups = [match.span() for match in _FIGURES.finditer(text, start, end)]
        self.digits = "".join(text[first:last] for first, last in groups)
        lengths = [last - first for first, last in groups]
        self.starts = [0, *accumulate(lengths)]
        self._groups = groups
        self.listed = bool(_LISTED.search(text, start, end))

    def place(self, index: int) -> int:
        """Where in the text the digit of this index stands."""
        group = bisect_left(self.starts, index + 1) - 1
        return self._groups[group][0] + index - self.starts[group]

    def shape(self, start: int, end: int) -> tuple[int, ...] | None:
        """The lengths of the groups between two digits; None where one of them is inside a group."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        if self.starts[first] != start or last == len(self.starts) or self.starts[last] != end:
            return None
        return tuple(self.starts[index + 1] - self.starts[index] for index in range(first, last))

    def begins(self, start: int) -> int | None:
        """The group's beginning where a number beginning at `start` is the first of it, or has but a prefix before."""
        if start in self._at_start:
            return start
        for prefix in _PREFIXES:
            if start - len(prefix) in self._at_start and self.digits[start - len(prefix) : start] == prefix:
                return start - len(prefix)
        return None

    @property
    def _at_start(self) -> set[int]:
        known: set[int] | None = self.__dict__.get("_known")
        if known is None:
            known = self.__dict__["_known"] = set(self.starts)
        return known


def _is_mobile(run: _Run, start: int) -> tuple[int, int] | None:
    """The digits (with prefix) of a mobile number whose own digits begin at `start`, or None."""
    begin = run.begins(start)
    shape = None if begin is None else run.shape(begin, start + 11)
    if begin is None or shape is None:
        return None
    own = (shape[0] - (start - begin), *shape[1:])
    digits = run.digits[start : start + 11]
    if own not in _SHAPES or (own == (3, 8) and _DATE.fullmatch(digits[3:])):
        return None
    if run.listed and own not in _USUAL_SHAPES and not _begins_with_nought(digits, own):
        return None
    if (own == (3, 4, 4) and _YEARS.fullmatch(digits[3:])) or (own == (4, 4, 3) and _YEARS.fullmatch(digits[:8])):
        return None
    return begin, start + 11


def _begins_with_nought(digits: str, shape: tuple[int, ...]) -> bool:
    """Whether a group of three figures or more, as no time of day has, begins with 0."""
    ends = accumulate(shape)
    return any(length > 2 and digits[end - length] == "0" for length, end in zip(shape, ends, strict=True))


def _check_digit(card: str) -> str:
    """The last figure of an ID number (GB 11643)."""
    from stdnum.cn import ric  # most texts have none, and it takes a while to load

    return str(ric.calc_check_digit(card))


def _numbers(text: str) -> Iterator[PersonalDatum]:
    for found in _RUN.finditer(text) if sum(map(text.count, "0123456789")) >= _FEWEST_DIGITS else ():
        if found.group().isdigit() and not _SOLID.fullmatch(found.group()):
            continue
        run = _Run(text, *found.span())
        for match in _MOBILE.finditer(run.digits):
            if span := _is_mobile(run, match.start()):
                yield PersonalDatum("PII-MOBILE", run.place(span[0]), run.place(span[1] - 1) + 1)
        for match in _CARD.finditer(run.digits):
            start, end = match.span(1)
            last = run.digits[end : end + 1]
            if last and run.shape(start, end + 1) and _check_digit(match[1] + "0") == last:
                yield PersonalDatum("PII-IDCARD", run.place(start), run.place(end) + 1)
            elif (
                not last
                and run.shape(start, end)
                and (crossed := _X.match(text, found.end()))
                and _check_digit(match[1] + "0") == "X"
            ):
                yield PersonalDatum("PII-IDCARD", run.place(start), crossed.end())
        for match in _OLD_CARD.finditer(run.digits):
            if run.shape(*match.span(1)) in _OLD_SHAPES:
                yield PersonalDatum("PII-IDCARD", run.place(match.start(1)), run.place(match.end(1) - 1) + 1)


# --- accounts and addresses -------------------------------------------------------------------------------------------

# The two sides of an e-mail address: the left one is looked for backwards from its @.
_LOCAL = re.compile(r"[ \t]{0,3}[A-Za-z0-9._%+-]{1,64}|[\u3400-\u9fff]{1,16}")
_DOMAIN = re.compile(r"[ \t]{0,3}[A-Za-z0-9-]{1,63}(?:[.。｡][A-Za-z0-9-]{1,63}){0,4}[.。｡][A-Za-z]{2,24}")
# What stands between a word and its number. Blanks are looked for only behind what may stand before them, so that many
# of them are gone through once.
_BLANKS = r"[^\S\n]*"
_SAYS = (
    rf"{_BLANKS}(?:(?:号码?|账号|ID){_BLANKS})?(?:[是为]{_BLANKS})?(?:[(（]{_BLANKS})?(?:[:：是为]{_BLANKS})?\**[\"'“]?"
)
# Without one of these, in small letters, there is no account and no landline to look for.
_QQ_WORDS, _WECHAT_WORDS = ("q", "扣", "企鹅号"), ("信", "wechat", "vx", "wx")
_PHONE_WORDS = ("电话", "電話", "座机", "固话", "宅电", "住宅", "家里", "联系方式", "tel", "phone")
_QQ = re.compile(
    rf"(?:[Qq][ ._-]{{0,3}}[Qq]|加 ?[Qq]|[Qq]号|扣[ ._-]{{0,3}}扣|企鹅号){_SAYS}([1-9][0-9]{{4,10}})(?![0-9A-Za-z.])"
)
_HAN_WECHAT, _LATIN_WECHAT = "[微薇][ ._-]{0,3}信", "[Ww]e[Cc]hat|WECHAT|(?:^|[^A-Za-z])[VvWw][Xx]|[Vv]信"
_WECHAT_NAME = r"[A-Za-z][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9_./-])"
# 微信号： says that a name follows, and it may be one of letters alone.
_WECHAT_SAID = re.compile(
    rf"(?:{_HAN_WECHAT}|{_LATIN_WECHAT}){_BLANKS}(?:号码?|账号|帐号|ID){_BLANKS}[)）]?[:：]{_BLANKS}\**[\"'“]?({_WECHAT_NAME})"
)
# Where nothing says so, it is one by a figure or a low line in it: 微信 mini-program is none.
_WECHAT = re.compile(
    rf"(?:{_HAN_WECHAT}|{_LATIN_WECHAT}){_BLANKS}(?:(?:号|账号|ID){_BLANKS}(?:[:：]{_BLANKS})?|[:：]{_BLANKS})[\"'“]?"
    rf"((?=[A-Za-z_-]*[0-9_-]){_WECHAT_NAME})"
)
_WECHAT_BARE = re.compile(
    rf"(?:(?:{_HAN_WECHAT}){_SAYS}|(?:{_LATIN_WECHAT})[^\S\n]+)((?=[A-Za-z-]*[0-9_]){_WECHAT_NAME})"
)
_LANDLINE = re.compile(
    rf"(电话|電話|座机|固话|宅电|住宅|家里|联系方式|[Tt]el(?:ephone)?|TEL|[Pp]hone|PHONE)\.?{_SAYS}"
    r"([(（]?(?:(?:\+?86[ -]{0,2}[1-9]|0[1-9])[0-9]{1,2}[)）]?[ -]{0,2})?[2-8][0-9]{2,3}[ -]?[0-9]{4})(?![0-9])"
)
_OWN = re.compile(r"(?:家庭|住宅|家里|个人|本人|私人|宅电)\w{0,5}$")
# Somebody's room, office or line for everybody, named right before.
_OFFICE = re.compile("办公|工程办|值班|咨询|监督|举报|投诉|服务|热线|总机|传达|局|处|科|室|馆|站|校|园|院|中心")
_OFFICE_REACH = 16


def _accounts(text: str) -> Iterator[PersonalDatum]:
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.match(text[max(0, at - 67) : at][::-1])
        if local and (domain := _DOMAIN.match(text, at + 1)):
            yield PersonalDatum("PII-EMAIL", at - local.end(), domain.end())
        at = text.find("@", at + 1)
    folded = text.lower()
    for words, patterns in ((_QQ_WORDS, (_QQ,)), (_WECHAT_WORDS, (_WECHAT, _WECHAT_SAID, _WECHAT_BARE))):
        for pattern in patterns if any(word in folded for word in words) else ():
            for match in pattern.finditer(text):
                yield PersonalDatum("PII-ACCOUNT", *match.span(1))
    for match in _LANDLINE.finditer(text) if any(word in folded for word in _PHONE_WORDS) else ():
        before = text[max(0, match.start() - _OFFICE_REACH) : match.start()].rpartition("\n")[2]
        if (_OWN.search(before + match[1]) or not _OFFICE.search(before)) and not _DATE.fullmatch(match[2]):
            yield PersonalDatum("PII-PHONE", *match.span(2))


# --- what others ask for ----------------------------------------------------------------------------------------------


# A commit or a SHA-256, of whose figures eleven in a row may look like a number; and a seal (Ed25519, RFC 8037), among
# whose letters any word may stand. With so many figures in a row as a number has, it is none.
_DIGEST = re.compile(
    r"(?<![0-9A-Za-z])(?=(?:[0-9]*[a-f]){8})[0-9a-f]{40}(?:[0-9a-f]{24})?(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z_-])(?![0-9A-Za-z_-]*[0-9]{8})[0-9A-Za-z_-]{86}(?![0-9A-Za-z_-])"
)


def scan(text: str) -> Iterator[PersonalDatum]:
    """Personal numbers and addresses in `text`, in no particular order; of very many the first."""
    found = set(islice(_everything(text), MOST_FOUND))
    digests = [match.span() for match in _DIGEST.finditer(text)] if found else ()
    return (each for each in found if not any(start <= each.start and each.end <= end for start, end in digests))


# Small letters, fewer figures than any number has, and no word that announces an account: what paths are made of.
_QUIET = re.compile(
    rf"(?!.*(?:q|vx|wx|tel|phone|{_WITH_NOUGHTS}))(?:[a-z./_-]*[0-9]){{0,{_FEWEST_DIGITS - 1}}}[a-z./_-]*"
)


def _everything(text: str) -> Iterator[PersonalDatum]:
    """What stands in the text as it is written and, where escapes are undone, as it is meant; some of it twice."""
    if _QUIET.fullmatch(text):
        return
    yield from _scan(_plain(text))
    meant, origin = _meaning(text)
    if origin:
        for code, start, end in _scan(_plain(meant)):
            yield PersonalDatum(code, origin[start], origin[end])


# What a key that nobody else may have begins with: PEM (RFC 7468), and age's (C2SP age).
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----[A-Za-z0-9+/=\s#]{0,8000}"
    r"|AGE-SECRET-KEY-1[A-Z0-9]{8,80}",
    re.IGNORECASE,
)


def _keys(text: str) -> Iterator[PersonalDatum]:
    folded = text.upper()
    if "PRIVATE KEY--" in folded or "SECRET-KEY-1" in folded:
        for match in _PRIVATE_KEY.finditer(text):
            yield PersonalDatum("KEY-PRIVATE", *match.span())


def _scan(whole: str) -> Iterator[PersonalDatum]:
    yield from _keys(whole)
    text = _ENDLESS.sub(lambda run: "#" * len(run.group()), whole)  # no number has so many figures in one group
    yield from _numbers(text)
    spoken = text if text.isascii() else _CHINESE_RUN.sub(lambda run: run.group().translate(_CHINESE), text)
    if spoken != text:
        yield from _numbers(spoken)
    yield from _accounts(whole)


def redact(text: str) -> str:
    """`text` with everything personal, and what is nearly a number of these, replaced by as many asterisks."""
    meant, origin = _meaning(text)
    spans = [(start, end) for _, start, end in _everything(text)] + list(_nearly(_plain(text)))
    if origin:
        spans += [(origin[start], origin[end]) for start, end in _nearly(_plain(meant))]
    pieces, done = [], 0
    for start, end in sorted(spans):
        if end > done:
            hidden = text[max(start, done) : end]
            pieces += [text[done : max(start, done)], "".join("\n" if each == "\n" else "*" for each in hidden)]
            done = end
    return "".join([*pieces, text[done:]])


def _nearly(text: str) -> Iterator[tuple[int, int]]:
    """Where digits stand that only a slip keeps from being a mobile number or an identity card."""
    for found in _RUN.finditer(text):
        run = _Run(text, *found.span())
        for first, start in enumerate(run.starts):
            if not _NEARLY_BEGINS.match(run.digits, start):
                continue
            for end in run.starts[first + 1 : first + 1 + _LONGEST_SLIP]:
                digits = run.digits[start:end]
                if len(digits) > _LONGEST_SLIP:
                    break
                if _NEARLY_MOBILE.fullmatch(digits) or (len(digits) > 14 and _NEARLY_CARD.fullmatch(digits)):
                    yield run.place(start), run.place(end - 1) + 1

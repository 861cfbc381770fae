"""Microabilities as people write them in a cell: codes, names, both, names of other standards, several at once.

A cell is understood wholly or not at all: every character of it belongs to a code, a name, a number before an item or
a sign between items, or the cell is refused with the piece that was not understood.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from wholeschool.papers.remarks import Remark, quoted, taken, unlike
from wholeschool.records.mending import half_width

SEPARATORS = "、,;/+&|┃┋│\\\\·•・‧∙。｡.\\n\\t"
"""What stands between codes, full-width signs as ordinary ones; the inside of a regular expression's class."""
_PLAIN = re.compile("[A-Z][1-9][0-9]?(?:、[A-Z][1-9][0-9]?)*")
_BETWEEN = re.compile(f"[{SEPARATORS}]+")
_AND = ("以及", "和", "与", "及")
_CODE = re.compile(r"([A-Za-z])(?: *[-.] *| *)0*([1-9][0-9]?)(?![0-9])")
_RANGE = re.compile(r" *(?:[-~—–―─−‐‑〜]+|至|到) *([A-Za-z]?)(?: *[-.] *| *)0*([1-9][0-9]?)(?![0-9])")
_NUMBERED = re.compile(r"\(?([1-9][0-9]?)[).、:] *(?=[A-Za-z㐀-鿿])|([①-⑳])[.、]? *(?=[A-Za-z㐀-鿿])")
_BEFORE_NAME = re.compile(r" *[-.:] *(?=[㐀-鿿])")
_BEFORE_CODE = re.compile(r" *[-.:] *(?=[A-Za-z])")
_LONGEST = 2_000
"""Characters of a cell: all thirty microabilities with their names take half of them."""
# No name ends with a blank, so that many of them are gone through once.
_RUN = re.compile(rf"[^{SEPARATORS}()]+?(?<! )(?= *(?:{_CODE.pattern}|[{SEPARATORS}()]|$))")
_WRAPPED = re.compile(r"[(\[【「“\"]([^()\[\]【】「」“”\"]*)[)\]】」”\"]")
# A code with letters for its digits, or with letters of another script; by what is meant.
_NEARLY = re.compile(r"([A-Za-zАВСΑΒ])([0-9OoQIl|ОΟ]{1,3})")
_MEANT = str.maketrans("АВСΑΒ", "ABCAB")
_DIGITS = str.maketrans("OoQОΟIl|", "00000111")
# Names in the Ministry's card set and in other provinces' lists, and slips that spread with copied tables.
OTHER_NAMES = {
    "数字资源获取与评价": "数字教育资源获取与评价",
    "数字教育资源的获取与评价": "数字教育资源获取与评价",
    "数字资源管理": "数字教育资源管理",
    "演示文稿的设计与制作": "演示文稿设计与制作",
    "技术支持的总结与提升": "技术支持的总结提升",
    "学生信息道德与安全意识培养": "学生信息道德培养",
    "学生信息安全意识的培养": "学生信息安全意识培养",
    "评价量规的设计与应用": "评价量规设计与应用",
    "评价数据的伴随采集": "评价数据的伴随性采集",
    "评价数据伴随性采集": "评价数据的伴随性采集",
    "数据可视化的呈现与解读": "数据可视化呈现与解读",
    "技术支持的测试与练习": "技术支持的测验与练习",
    "微课设计与制作": "微课程设计与制作",
    "微课程的设计与制作": "微课程设计与制作",
    "探究性学习活动设计": "探究型学习活动设计",
    "技术支持的发现和解决问题": "技术支持的发现与解决问题",
    "学习小组的组织与管理": "学习小组组织与管理",
    "技术支持的展示与交流": "技术支持的展示交流",
    "家校合作与交流": "家校交流与合作",
    "自评与互评活动组织": "自评与互评活动的组织",
    "创设真实学习情境": "创造真实学习情境",
    "创设真实学习情景": "创造真实学习情境",
    "创造真实学习情景": "创造真实学习情境",
    "创新解决问题方法": "创新解决问题的方法",
    "支持学生创造性的学习与表达": "支持学生创造性学习与表达",
    "基于数据的个性化指导": "基于数据的个别化指导",
    "应用数据分析的模型": "应用数据分析模型",
    "创建数据分析的微模型": "创建数据分析微模型",
}

HINT = "只写编号，几项用顿号隔开，例如 A1、A5、B2"


class _Item(NamedTuple):
    """A code, a range or a name; whether a sign or a break stands before it; where it stands; what to tell of it."""

    kind: Literal["code", "name", "range", "labelled"]
    codes: tuple[str, ...]
    apart: bool
    start: int
    end: int
    remark: Remark | None = None


class Understood(NamedTuple):
    """The codes, each once, in the order in which they are written; none of them where a remark is an error."""

    codes: list[str]
    remarks: list[Remark]


def understood(text: str, names: Mapping[str, str]) -> Understood:
    """The microabilities that `text` means; `names` are this programme's names by code, empty where none are known."""
    text = text.strip()
    # Nearly every cell of a county's thousands is written so; what follows would say the same.
    if _PLAIN.fullmatch(text) and len(codes := text.split("、")) == len(set(codes)):
        return Understood(codes, [])
    if wrapped := _WRAPPED.fullmatch(text.replace("（", "(").replace("）", ")")):
        text = text[wrapped.start(1) : wrapped.end(1)].strip()
    if len(text) > _LONGEST:
        return Understood([], [Remark(f"看不懂{quoted(text)}", HINT, "error")])
    items, strange = _Scan(text, names).result()
    remarks: list[Remark] = []
    if strange:
        return Understood([], [_not_understood(text, strange, names)])
    codes = []
    twice: list[str] = []
    for item in _labelled(text, items, names, remarks):
        if item.remark:
            remarks.append(item.remark)
        for code in item.codes:
            (twice if code in codes else codes).append(code)
    if twice:
        said = "、".join(f"“{code}”" for code in dict.fromkeys(twice))
        remarks.append(Remark(f"{said}写了不止一次，只算一次", "少写了别的一项的，补上", "warning"))
    if not items:
        remarks.append(Remark(f"看不懂{quoted(text)}", "没有的，空着不填", "error"))
    if any(remark.severity == "error" for remark in remarks):
        return Understood([], remarks)
    return Understood(codes, remarks)


class _Scan:
    """One reading of a cell from its first character to its last."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self.text, self.names = text, names
        self.narrow = half_width(text)
        self.vocabulary = _vocabulary(tuple(names.items()))
        self.items: list[_Item] = []
        self.strange: list[tuple[int, int]] = []
        self.at, self.apart, self.count = 0, True, 0

    def result(self) -> tuple[list[_Item], list[tuple[int, int]]]:
        while self.at < len(self.narrow):
            if self.narrow[self.at] == " ":
                self.at += 1
            elif found := self._numbered() or _BETWEEN.match(self.narrow, self.at):
                self.at, self.apart = found.end(), True
            elif not (self._name(self.at) or self._code(self.at) or self._and() or self._in_brackets() or self._run()):
                self.strange.append((self.at, self.at + 1))
                self.at += 1
        return self.items, self.strange

    def _numbered(self) -> re.Match[str] | None:
        """The number before an item, where they count from one."""
        found = _NUMBERED.match(self.narrow, self.at)
        if not found:
            return None
        number = int(found[1]) if found[1] else ord(found[2]) - ord("①") + 1
        if number != self.count + 1:
            return None
        self.count = number
        return found

    def _add(
        self,
        kind: Literal["code", "name", "range"],
        codes: tuple[str, ...],
        start: int,
        end: int,
        remark: Remark | None = None,
    ) -> bool:
        self.items.append(_Item(kind, codes, self.apart, start, end, remark))
        self.at, self.apart = end, False
        return True

    def _name(self, start: int) -> bool:
        found = self.vocabulary.match(self.narrow, start) if self.vocabulary else None
        if not found:
            return False
        named = _by_name(re.sub(r"\s", "", found.group()), self.names)
        if named is None:
            return False
        self._add("name", (named[0],), start, found.end(), named[1])
        if link := _BEFORE_CODE.match(self.narrow, self.at):
            self.at = link.end()
        return True

    def _code(self, start: int) -> bool:
        found = _CODE.match(self.narrow, start)
        if not found:
            return False
        if (to := _RANGE.match(self.narrow, found.end())) and (codes := self._between(found, to)):
            said = taken(self.text[start : to.end()], "、".join(codes))
            return self._add("range", codes, start, to.end(), said)
        self._add("code", (f"{found[1].upper()}{found[2]}",), start, found.end())
        if link := _BEFORE_NAME.match(self.narrow, self.at):
            self.at = link.end()
        return True

    def _between(self, first: re.Match[str], last: re.Match[str]) -> tuple[str, ...]:
        """The codes from one to another of the same letter, all of which there are; else none."""
        letter = first[1].upper()
        codes = tuple(f"{letter}{number}" for number in range(int(first[2]), int(last[2]) + 1))
        same = last[1].upper() in ("", letter)
        known = not self.names or all(code in self.names for code in codes)
        return codes if same and known and len(codes) > 1 else ()

    def _and(self) -> bool:
        """A word between two items."""
        for word in _AND:
            if self.items and self.narrow.startswith(word, self.at):
                rest = self.narrow[self.at + len(word) :].lstrip(" ")
                if _CODE.match(rest) or (self.vocabulary and self.vocabulary.match(rest)):
                    self.at, self.apart = self.at + len(word), True
                    return True
        return False

    def _in_brackets(self) -> bool:
        """The name of the code before, or the code of the name before."""
        end = self.narrow.find(")", self.at)
        if self.narrow[self.at] != "(" or end < 0 or not self.items or self.apart:
            return False
        start = self.at + 1
        inner = self.narrow[start:end].strip()
        if found := _CODE.fullmatch(inner):
            self._add("code", (f"{found[1].upper()}{found[2]}",), start, end)
        elif (named := self._meant(inner, start, end)) is not None:
            self._add("name", (named[0],), start, end, named[1])
        else:
            return False
        self.at = end + 1
        return True

    def _run(self) -> bool:
        """A name that is not spelt as the programme spells it."""
        found = _RUN.match(self.narrow, self.at)
        if not found:
            return False
        ends = [found.end(), *([found.start() + found.group().index(" ")] if " " in found.group() else [])]
        for end in ends:
            if (named := self._meant(self.narrow[self.at : end], self.at, end)) is not None:
                return self._add("name", (named[0],), self.at, end, named[1])
        self.strange.append((self.at, ends[-1]))
        self.at = ends[-1]
        return True

    def _meant(self, written: str, start: int, end: int) -> tuple[str, Remark | None] | None:
        plain = re.sub(r"\s", "", written)
        last = self.items[-1] if self.items and not self.apart else None
        # Part of the name that belongs to the code before it: A1 学情分析.
        if last and last.kind == "code" and len(plain) > 1 and plain in (name := self.names.get(last.codes[0], "")):
            code = last.codes[0]
            return code, None if plain == name else taken(self.text[last.start : end], f"{code} {name}")
        return _by_name(plain, self.names)


def _labelled(text: str, items: list[_Item], names: Mapping[str, str], remarks: list[Remark]) -> Iterator[_Item]:
    """The items, a code and its name as one; a remark where a code and the name at it are of two."""
    waiting: _Item | None = None
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        if waiting and {waiting.kind, item.kind} == {"code", "name"}:
            if waiting.codes == item.codes:
                yield waiting._replace(kind="labelled", remark=waiting.remark or item.remark)
                waiting = None
                continue
            ahead = following and following.kind == "code" and not following.apart and following.codes == item.codes
            bracketed = text[item.start - 1 : item.start] in ("(", "（") and item.start > 0
            if not item.apart and ((item.kind == "name" and not ahead) or bracketed):
                code = waiting.codes[0] if waiting.kind == "code" else item.codes[0]
                pair = text[waiting.start : item.end + bracketed]
                message = f"{quoted(pair)}的编号和名称对不上：{code} 是“{names.get(code, '没有的编号')}”"
                remarks.append(Remark(message, "只写编号，或把名称改成与编号一致", "error"))
        if waiting:
            yield waiting
        waiting = item
    if waiting:
        yield waiting


def _not_understood(text: str, strange: list[tuple[int, int]], names: Mapping[str, str]) -> Remark:
    """What to say of pieces that mean nothing: each with what stands next to it, and what it may have been meant as."""
    pieces: list[str] = []
    narrow = half_width(text)
    for start, end in strange:
        while start > 0 and not _BETWEEN.match(narrow[start - 1]):
            start -= 1
        while end < len(text) and not _BETWEEN.match(narrow[end]):
            end += 1
        pieces.append(text[start:end].strip() or text[start:end])
    pieces = list(dict.fromkeys(pieces))
    meant = [code for piece in pieces if (code := _nearly(piece, names))]
    hint = f"您是不是想写{'、'.join(f'“{code}”' for code in meant)}？{HINT}" if meant else HINT
    return unlike(pieces, hint)


def _nearly(piece: str, names: Mapping[str, str]) -> str | None:
    """The code that a letter for a digit, or a letter of another script, was written in place of."""
    found = _NEARLY.fullmatch(plain := half_width(piece))
    if not found:
        return None
    code = found[1].translate(_MEANT).upper() + found[2].translate(_DIGITS).lstrip("0")
    return code if code in names and code != plain.upper() else None


@cache
def _vocabulary(names: tuple[tuple[str, str], ...]) -> re.Pattern[str] | None:
    """Every name that is known, the longest first, with blanks and breaks wherever people put them."""
    if not names:
        return None
    words = sorted({*(name for _, name in names), *OTHER_NAMES}, key=lambda word: (-len(word), word))
    return re.compile("|".join(r"\s*".join(map(re.escape, word)) for word in words))


def _by_name(text: str, names: Mapping[str, str]) -> tuple[str, Remark | None] | None:
    """The code of a name, with a remark where it is another name or another spelling; None where nothing fits."""
    codes = {name: code for code, name in names.items()}
    if text in codes:
        return codes[text], None
    if (right := OTHER_NAMES.get(text)) in codes:
        return codes[right], taken(text, f"{codes[right]} {right}")
    if close := difflib.get_close_matches(text, codes, n=2, cutoff=0.8):
        scores = [difflib.SequenceMatcher(None, text, name).ratio() for name in close]
        if len(close) == 1 or scores[0] - scores[1] > 0.05:
            return codes[close[0]], taken(text, f"{codes[close[0]]} {close[0]}")
    return None

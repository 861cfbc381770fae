"""Words that say something: the one place that decides what stands for nothing, and the rules for every field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, get_args

import msgspec

from wholeschool.authority import OURS
from wholeschool.programme import Programme
from wholeschool.programme.people import plain
from wholeschool.records import Place, Record
from wholeschool.records import structs as s
from wholeschool.records.kinds import PROGRAMME
from wholeschool.records.schema import Schema
from wholeschool.rules.registry import Breach, about, rule

SHORTEST_SUGGESTION = 8
FEWEST_CHARACTERS = 5
"""Different ones in a suggestion, after set phrases are taken out."""
SET_PHRASES = (
    *("继续努力", "再接再厉", "继续加油", "加油", "很好", "较好", "不错", "良好", "合格", "优秀", "同意", "通过"),
    *("没有", "暂无", "希望", "今后", "以后", "进一步", "继续", "努力", "加强", "改进", "提高", "提升", "完善"),
    *("保持", "学习", "请", "老师"),
)
FILLERS = frozenset(
    {
        *("略", "省略", "从略", "此略", "略写", "同上", "同前", "同左", "同下", "如上"),
        *("如下", "见上", "见下", "如题", "同标题", "待补", "待填", "待写", "待补充", "待完善"),
        *("后补", "另补", "稍后补充", "补充中", "见附件", "详见附件", "另附", "内容", "文字", "测试"),
        *("示例", "样例", "请填写", "在此填写", "按要求填写", "已填", "已写", "test", "todo", "tbd"),
        *("xxx", "asdf"),
    }
)
"""What people write where something must be written and nothing has been."""
NONE = frozenset(
    {
        *("无", "没有", "暂无", "无内容", "空", "待定", "未定", "不详", "未知", "不清楚", "不知道"),
        *("na", "nil", "null", "none"),
    }
)
"""That there is nothing: an answer to some questions (`x-words`: or-none), and none to the others."""
_REPEATED = re.compile(r"(.{1,12}?)\1+")
_SYLLABLES = 4
"""So short a word, again and again, says nothing, whatever it is."""
_LONGEST = 40
"""Characters of a text beyond which it is no filler, however it goes on, unless it has hardly any different ones."""


@lru_cache(maxsize=100_000)
def says_little(text: str) -> bool:
    """Whether nothing is left of a text but a few characters, once set phrases and punctuation are taken out."""
    left = plain(text)
    for phrase in SET_PHRASES:
        left = left.replace(phrase, "")
    return len(set(left)) < FEWEST_CHARACTERS


@lru_cache(maxsize=100_000)
def says_nothing(text: str, headings: frozenset[str] = frozenset(), *, may_be_none: bool = False) -> bool:
    """Whether a text only fills its place: a filler, marks alone, the same again and again, its heading copied.

    `headings` are what the field is called, in the form of `plain`. A number says something, whatever its digits.
    """
    if len(text) > _LONGEST and len(set(text)) > FEWEST_CHARACTERS:
        return False
    words = plain(text)
    for heading in headings:
        if len(words) > len(heading) and words.startswith(heading):
            rest = words.removeprefix(heading)
            words = rest if rest in FILLERS or rest in NONE else words
    if words in NONE:
        return not may_be_none
    if words in FILLERS or words in headings or not words:
        return True
    again = None if words.isdecimal() else _REPEATED.fullmatch(words)
    return again is not None and (len(again[1]) <= _SYLLABLES or again[1] in FILLERS or again[1] in NONE)


class Words(NamedTuple):
    """A field of words: its attribute, how it is written, what it is called, whether it must be there."""

    attribute: str
    written: str
    headings: frozenset[str]
    required: bool
    may_be_none: bool


class _Part(NamedTuple):
    """What a struct holds: its fields of words, and the attributes below which there are more."""

    words: tuple[Words, ...]
    below: tuple[tuple[str, type[msgspec.Struct]], ...]


_OF_MACHINES = (s.Certificates, s.Revocations)
_JUDGED_BY_ITSELF = {(s.Result, "suggestion")}  # RESULT-SUGGESTION asks for more


@cache
def fields_of_words(kind_struct: type[msgspec.Struct], schema: Schema) -> Mapping[type[msgspec.Struct], _Part]:
    """The fields of words of a kind of record, by the struct that holds them, from its schema.

    Words are texts that are neither a choice nor of a prescribed form. `x-words` says of a field that what it may be is
    asked elsewhere, because it names something (elsewhere), or that nothing is an answer to it (or-none).
    """
    found: dict[type[msgspec.Struct], _Part] = {}
    _collect(kind_struct, schema, schema.document, found)
    return found


def _collect(
    struct: type[msgspec.Struct], schema: Schema, node: Mapping[str, Any], found: dict[type[msgspec.Struct], _Part]
) -> None:
    attributes = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    words, below = [], []
    for name, child in node.get("properties", {}).items():
        said = schema.resolve(child)
        inner = schema.resolve(said["items"]) if said.get("type") == "array" else said
        field = attributes[name]
        if inner.get("type") == "object":
            nested = next(each for each in _types(field.type) if issubclass(each, msgspec.Struct))
            below.append((field.name, nested))
            if nested not in found:
                _collect(nested, schema, inner, found)
        elif _is_of_words(said, inner) and (struct, name) not in _JUDGED_BY_ITSELF:
            titles = (said["title"], *said.get("x-aliases", ()), inner.get("title", ""))
            required, may_be_none = name in node.get("required", ()), said.get("x-words") == "or-none"
            headings = frozenset(map(plain, titles)) - {""}
            words.append(Words(field.name, name, headings, required, may_be_none))
    found[struct] = _Part(tuple(words), tuple(below))


def _is_of_words(said: Mapping[str, Any], inner: Mapping[str, Any]) -> bool:
    return (
        inner.get("type") == "string"
        and not {"enum", "pattern", "format", "x-terms"} & inner.keys()
        and said.get("x-words") != "elsewhere"
    )


def _types(annotation: Any) -> Iterator[type]:
    for each in get_args(annotation) or (annotation,):
        if get_args(each):
            yield from _types(each)
        elif isinstance(each, type):
            yield each


def _empty(programme: Programme, *, required: bool) -> Iterator[Breach]:
    for record in programme.records:
        if record.placed.level == PROGRAMME or isinstance(record.data, _OF_MACHINES) or programme.is_closed(record):
            continue
        parts = _asked(record.placed.kind.struct, record.placed.kind.schema, required=required)
        breaches = _below(record, parts)
        yield from (each for each in breaches if not isinstance(each[0], Place) or not programme.is_decided(each[0]))


@cache
def _asked(
    kind_struct: type[msgspec.Struct], schema: Schema, *, required: bool
) -> Mapping[type[msgspec.Struct], _Part]:
    """Of `fields_of_words` those that must be there, or those that need not, and only the ways that lead to them."""
    parts = fields_of_words(kind_struct, schema)
    words = {each: tuple(w for w in part.words if w.required == required) for each, part in parts.items()}
    leads = {each for each, found in words.items() if found}
    while more := {each for each, part in parts.items() if any(to in leads for _, to in part.below)} - leads:
        leads |= more
    return {each: _Part(words[each], tuple(b for b in part.below if b[1] in leads)) for each, part in parts.items()}


def _below(record: Record[Any], parts: Mapping[type[msgspec.Struct], _Part]) -> Iterator[Breach]:
    nodes = [record.data]
    for node in nodes:  # more are put behind while it goes on
        part = parts[type(node)]
        for field in part.words:
            value = getattr(node, field.attribute)
            for index, text in enumerate(value if isinstance(value, tuple) else (value,)):
                if text and says_nothing(text, field.headings, may_be_none=field.may_be_none):
                    place = (field.written, index) if isinstance(value, tuple) else (field.written,)
                    at = record.at(node, *place)
                    hint = "写出内容；别人看了能明白是什么" if field.required else "写出内容；没有的，删掉这一栏"
                    # The same filler all over a record is one mistake.
                    cause = f"{record.path} {plain(text) or '标点'}"
                    yield at, f"写的是“{text[:20]}”，等于没有写", hint, about(at), cause
        for attribute, _ in part.below:
            value = getattr(node, attribute)
            nodes += value if isinstance(value, tuple) else (value,) if value is not None else ()


@rule("WORDS-REQUIRED", "paper", authority=OURS)
def what_must_be_written_says_something(programme: Programme) -> Iterator[Breach]:
    """必填的文字写出内容，不写“略”“无”“同上”“待补”，不是同一个字词的重复，也不是抄栏目的名称。

    填了等于没有填，就和没有填一样。“没有”“待定”本身就是回答的几栏（例如目标的现状、时间）不在此列。
    """
    yield from _empty(programme, required=True)


@rule("WORDS-GIVEN", "paper", authority=OURS, severity="warning")
def what_is_written_says_something(programme: Programme) -> Iterator[Breach]:
    """可以不填的文字，填了就写出内容；没有的空着，不写“略”“无”“同上”“待补”。

    总结反思、课例、依据这些栏目，写个“略”看起来是有了，其实没有。
    """
    yield from _empty(programme, required=False)

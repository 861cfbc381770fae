"""Strict YAML: parse events with limits, every scalar kept as the text it is, every place kept.

PyYAML's C parser gives the events; nothing of its loaders is used. What is refused: anchors, aliases, tags, merge
keys, duplicate keys, further documents, and anything over the limits, before anything large is built.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from wholeschool.records.positions import KeyMark, Mark
from wholeschool.records.refusals import Refused
from wholeschool.records.text import hidden_in, invisible, place

MAX_DEPTH = 16
MAX_NODES = 100_000

# The same on a line that has become part of the text above, where Chinese prose may well have such a colon.
_SWALLOWED = re.compile(r"\n[^\S\n]*(?:- +)*[A-Za-z_][A-Za-z0-9_]*：")
_NO_SPACE = re.compile(r"^(\s*(?:- +)*[A-Za-z_][A-Za-z0-9_]{0,40}):(?=[^\s/])")
_WIDE_COLON = re.compile(r"^([^\S\n]*(?:- +)*[\w一-鿿]{1,30})：", re.MULTILINE)


def read_yaml(text: str) -> tuple[Any, Mark]:
    """The value of `text` (mappings, lists, strings; an empty plain scalar is None) and its marks.

    A blank field (`key:` and nothing more) is left out of its mapping: it has not been filled in. Its key stays in the
    marks, so that a message can point at it. Raises `Refused`.
    """
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        raise _explain_syntax(text, error) from None
    except yaml.YAMLError as error:
        raise Refused("Y-SYNTAX", 1, 1, "不符合 YAML 的写法", "对照模板检查缩进和冒号") from error


def _build(text: str) -> tuple[Any, Mark]:
    """One pass over the events. A frame is (container, its marks, its mark, pending key or None for a list)."""
    get_event = CParser(text).get_event
    depth = nodes = 0
    stack: list[list[Any]] = []
    root: tuple[Any, Mark] | None = None
    value: Any
    while True:
        event: Any = get_event()
        if event is None:
            break
        kind = type(event)
        if kind is ScalarEvent:
            mark = event.start_mark
            line, column = mark.line + 1, mark.column + 1
            if event.tag is not None:
                raise _tagged(line, column)
            if event.anchor is not None:
                raise _anchored(line, column)
            nodes += 1
            if nodes > MAX_NODES:
                raise _too_many(line, column)
            value = event.value
            if reached := _run_together(text, mark.index, event.end_mark.index, quoted=event.style in _QUOTES):
                raise reached
            if event.style == '"' and (hidden := hidden_in(value)):
                raise invisible(hidden, line, column)
            if stack and stack[-1][3] is _KEY:
                frame = stack[-1]
                keys = frame[1]
                if value in keys:
                    first = keys[value].line
                    raise Refused(
                        "Y-DUP",
                        line,
                        column,
                        f"第{line}行“{value[:30]}”重复，前一个在第{first}行",
                        "只留一个；两个值都要的话，看看是不是缩进错了",
                    )
                if value == "<<":
                    raise Refused("Y-MERGE", line, column, "用了 << 合并", "把要合并的内容照原样写出来")
                frame[3] = (value, line, column)
                continue
            own = Mark(line, column)
            if event.style is None or event.style == "":
                value = value or None
                end = event.end_mark
                if stack and end.line > mark.line and (swallowed := _SWALLOWED.search(text, mark.index, end.index)):
                    raise wide_colon(*place(text, swallowed.end() - 1))
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            mark = event.start_mark
            line, column = mark.line + 1, mark.column + 1
            if event.tag is not None:
                raise _tagged(line, column)
            if event.anchor is not None:
                raise _anchored(line, column)
            if stack and stack[-1][3] is _KEY:
                raise Refused("Y-KEY", line, column, "字段名成了一个列表或映射", "检查这一行开头的括号和问号")
            nodes += 1
            depth += 1
            if nodes > MAX_NODES:
                raise _too_many(line, column)
            if depth > MAX_DEPTH:
                raise Refused("Y-DEPTH", line, column, f"层次超过 {MAX_DEPTH} 层", "对照模板检查缩进")
            if event.flow_style and text[mark.index + 1 : mark.index + 2] == "#":
                raise _tight_comment(text, mark.index + 1)
            if kind is MappingStartEvent:
                keys = {}
                stack.append([{}, keys, Mark(line, column, keys, None), _KEY])
            else:
                items: list[Mark] = []
                stack.append([[], items, Mark(line, column, None, items), None])
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            depth -= 1
            value, _, own, _ = stack.pop()
            end = event.end_mark
            if text[end.index - 1 : end.index + 1] in ("]#", "}#"):
                raise _tight_comment(text, end.index)
        elif kind is AliasEvent:
            mark = event.start_mark
            raise _aliased(mark.line + 1, mark.column + 1)
        else:
            if kind is DocumentStartEvent and root is not None:
                mark = event.start_mark
                raise Refused(
                    "Y-DOC",
                    mark.line + 1,
                    mark.column + 1,
                    "这里开始了第二份记录",
                    "一个文件只写一份，把后面的放进另一个文件",
                )
            continue
        # A complete value: hand it to what contains it.
        if not stack:
            root = value, own
            continue
        frame = stack[-1]
        pending = frame[3]
        if pending is None:
            frame[0].append(value)
            frame[1].append(own)
        else:
            key, key_line, key_column = pending
            frame[1][key] = KeyMark(key_line, key_column, own)
            if value is not None:
                frame[0][key] = value
            frame[3] = _KEY
    if root is None or root[0] is None:
        raise Refused("Y-EMPTY", 1, 1, "文件是空的", "用 wholeschool new 生成模板，或把这个文件删掉")
    return root


_KEY = object()
_QUOTES = ("'", '"')
_TIGHT_HEADER = re.compile("[|>][-+0-9]*#")


def _run_together(text: str, start: int, end: int, *, quoted: bool) -> Refused | None:
    """What the parser lets pass without the space that YAML asks for (1.2.2, 6.6, 7.4.2): others read it otherwise."""
    if text[end : end + 2] == ",#" or (quoted and text[end : end + 1] == "#"):
        return _tight_comment(text, text.index("#", end))
    if header := _TIGHT_HEADER.match(text, start):
        return _tight_comment(text, header.end() - 1)
    before = text[max(0, start - 2) : start] if end > start else ""
    if before.endswith("?"):
        return Refused("Y-SYNTAX", *place(text, start), "问号后面少了一个空格", "不要用问号写字段，写成“名字: 值”")
    if before.endswith(":") and before[:1] not in _QUOTES:
        return Refused("Y-COLON", *place(text, start), "冒号后面少了一个空格", "写成“名字: 值”，冒号后空一格")
    return None


def _tight_comment(text: str, index: int) -> Refused:
    return Refused("Y-SYNTAX", *place(text, index), "“#”前面少了一个空格", "注释和前面的值之间空一格")


def _too_many(line: int, column: int) -> Refused:
    return Refused("Y-NODES", line, column, "文件里的值超过 10 万个", "拆成几个文件，或检查是否贴错了内容")


def _aliased(line: int, column: int) -> Refused:
    return Refused("Y-ALIAS", line, column, "用了 * 引用", "把要引用的内容照原样写出来；文字以 * 开头时用引号括起来")


def _tagged(line: int, column: int) -> Refused:
    return Refused(
        "Y-TAG", line, column, "用了 ! 开头的类型标记", "删掉这个标记，值照常写；文字以 ! 开头时用引号括起来"
    )


def _anchored(line: int, column: int) -> Refused:
    return Refused("Y-ALIAS", line, column, "用了 & 锚点", "把内容照原样写出来；文字以 & 开头时用引号括起来")


def _explain_syntax(text: str, error: yaml.MarkedYAMLError) -> Refused:
    """The parser's complaint in the words of somebody who has seen these files before."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    context, start = str(error.context or ""), error.context_mark
    for word, refused in (("an alias", _aliased), ("an anchor", _anchored), ("a tag", _tagged)):
        if start and context.endswith(f"scanning {word}"):  # such as a title that begins with * or !
            return refused(start.line + 1, start.column + 1)
    lines = text.rstrip().split("\n")
    if line > len(lines):  # the end of the file: say where the last thing stands
        line, column = len(lines), len(lines[-1]) + 1
    # The parser notices a wide colon one line late, so look at the lines around the place.
    for number in range(max(1, line - 1), min(len(lines), line + 1) + 1):
        if wide := _WIDE_COLON.match(lines[number - 1]):
            return wide_colon(number, wide.end())
    for number in (line, max(1, line - 1)):
        if tight := _NO_SPACE.match(lines[number - 1]):
            return Refused("Y-COLON", number, tight.end(), "冒号后面少了一个空格", "写成“名字: 值”，冒号后空一格")
    here = lines[line - 1] if line <= len(lines) else ""
    for number in (line, line - 1):
        if 1 <= number <= len(lines) and "\t" in (
            indent := lines[number - 1][: len(lines[number - 1]) - len(lines[number - 1].lstrip())]
        ):
            return Refused("Y-TAB", number, indent.index("\t") + 1, "缩进里有制表符（Tab）", "改成空格，每层两个")
    problem = str(error.problem or "")
    if "mapping values are not allowed" in problem:
        return Refused(
            "Y-SYNTAX", line, column, "这个冒号的位置不对", "检查上一行的缩进；文字里有“: ”时用引号把整段括起来"
        )
    if "could not find expected ':'" in problem:
        return Refused("Y-SYNTAX", line, column, "这一行或上一行少了冒号", "字段写成“名字: 值”，冒号后空一格")
    if (
        "did not find expected key" in problem
        or "block collection" in problem
        or "did not find expected '-'" in problem
    ):
        return Refused("Y-SYNTAX", line, column, "缩进对不齐", "同一层的字段左边对齐，下一层多缩进两个空格")
    if "',' or" in problem or "end of stream" in problem or "unexpected end" in problem:
        return Refused("Y-SYNTAX", line, column, "引号或括号没有配对", "检查前面的引号、方括号、花括号")
    if here[column - 1 : column] in tuple("@`%|>!&*?[]{},\"'#"):
        return Refused("Y-SYNTAX", line, column, f"文字不能直接以“{here[column - 1]}”开头", "用引号把这段文字括起来")
    return Refused("Y-SYNTAX", line, column, "不符合 YAML 的写法", "对照模板检查这一行的缩进、冒号和引号")


def wide_colon(line: int, column: int) -> Refused:
    """The commonest slip of a Chinese keyboard, said the same way wherever it is noticed."""
    return Refused("Y-COLON", line, column, "字段名后面用了全角冒号“：”", "请用半角冒号，后面空一格，例如“name: 张三”")

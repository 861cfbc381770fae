"""A case: YAML fields between two lines of ---, then Markdown."""

from __future__ import annotations

from typing import Any

from wholeschool.records.positions import KeyMark, Mark
from wholeschool.records.refusals import Refused
from wholeschool.records.yaml_text import read_yaml


def read_case(text: str) -> tuple[dict[str, Any], Mark]:
    """The fields with the Markdown under `body`, and their marks. Raises `Refused`."""
    if not text.startswith("---\n"):
        raise Refused("MD-FRONTMATTER", 1, 1, "开头没有字段", "第一行写 ---，接着写字段，再写一行 ---，然后是正文")
    end = text.find("\n---\n", 3)
    if end < 0:
        raise Refused("MD-FRONTMATTER", 1, 1, "字段后面没有用 --- 结束", "在字段和正文之间单独写一行 ---")
    # The first line of dashes becomes blank so that line numbers stay those of the file.
    value, mark = read_yaml("\n" + text[4 : end + 1])
    if not isinstance(value, dict) or mark.keys is None:
        raise Refused("MD-FRONTMATTER", 2, 1, "字段部分不是“名字: 值”的写法", "每行一个字段，冒号后空一格")
    if "body" in value:
        place = mark.keys["body"]
        raise Refused("MD-FRONTMATTER", place.line, place.column, "正文不写在字段里", "正文放在第二行 --- 的下面")
    body = text[end + 5 :].lstrip("\n")
    line = text.count("\n", 0, len(text) - len(body)) + 1
    value["body"] = body.rstrip("\n")
    return value, Mark(mark.line, mark.column, {**mark.keys, "body": KeyMark(line, 1, Mark(line, 1))})

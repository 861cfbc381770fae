"""What stands for nothing is found in every field of words that there is, and what says something never is."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.deleting import instances
from tests.site.mutating import example
from tests.soak import examples
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.cache import Cache
from wholeschool.records.kinds import PROGRAMME, kinds
from wholeschool.rules import all_rules
from wholeschool.rules.registry import check
from wholeschool.rules.wording import FILLERS, NONE, says_nothing
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.record_reference import fields
from wholeschool.sources import MemoryTree

WORDS = {code: all_rules()[code] for code in ("WORDS-REQUIRED", "WORDS-GIVEN")}
# Written by machines; the suggestion of a result has a rule that asks for more.
_APART = {"certificates", "revocations", "review.results.suggestion"}


def _fields_of_words() -> list[tuple[str, str]]:
    """Every field that holds text of no prescribed form, by the reference of the records and not by the rule."""
    found = []
    for kind in kinds().values():
        if kind.levels == (PROGRAMME,) or kind.name in _APART:
            continue
        for path, field in fields(kind.name).items():
            inner = kind.schema.resolve(field.schema["items"]) if field.schema.get("type") == "array" else field.schema
            plain = inner.get("type") == "string" and not {"enum", "pattern", "format", "x-terms"} & inner.keys()
            if plain and f"{kind.name}.{path}" not in _APART:
                found.append((kind.name, path))
    return found


@pytest.mark.parametrize(("kind", "path"), _fields_of_words())
def test_a_filler_is_found_wherever_words_are_asked_for(kind: str, path: str) -> None:
    field = fields(kind)[path]
    said = field.schema.get("x-words")
    code = "WORDS-REQUIRED" if field.required else "WORDS-GIVEN"
    every = {each.path: (REPOSITORY / each.path).read_bytes() for each in instances(kind)}
    place = next(place for place, data in every.items() if _with(data, kind, path, "略"))
    for text, wanted in (("略", said != "elsewhere"), ("无", said is None), ("看得见的一句话，写清了做什么", False)):
        data = _with(every[place], kind, path, text)
        assert data is not None
        loaded = load(MemoryTree({place: data}), cache=Cache(None))
        if not loaded.findings:  # 无 is too short for a title
            assert [each.code for each in check(assemble(loaded), WORDS)] == [code] * wanted, text


def _with(data: bytes, kind: str, path: str, text: str) -> bytes | None:
    """A record with a text in the first place where a field stands; None where it stands nowhere."""
    words = data.decode()
    head, body = words.split("\n---\n", 1) if kinds()[kind].format == "md" else (words, "")
    if path == "body":
        return f"{head}\n---\n{text * 60}".encode()
    root = yaml.compose(head.removeprefix("---\n"), Loader=yaml.CSafeLoader)
    if not _put(root, path.split("."), text):
        return None
    made = yaml.serialize(root, allow_unicode=True, width=10**6)
    return (f"---\n{made}---\n{body}" if body else made).encode()


def _put(node: Any, path: list[str], text: str) -> bool:
    if isinstance(node, yaml.SequenceNode):
        return any(_put(each, path, text) for each in node.value)
    if isinstance(node, yaml.MappingNode):
        for place, (key, value) in enumerate(node.value):
            if path and key.value == path[0]:
                if len(path) > 1:
                    return _put(value, path[1:], text)
                new = yaml.ScalarNode("tag:yaml.org,2002:str", text, style='"')
                if isinstance(value, yaml.SequenceNode):
                    value.value[:1] = [new]
                else:
                    node.value[place] = (key, new)
                return True
    return False


def test_nothing_that_the_example_says_is_a_filler() -> None:
    assert check(assemble(example()), WORDS) == []


_MARKS = st.text('，。、；：（）()【】…—－- ·　/*"“”', max_size=4)


@pytest.mark.soak
@settings(max_examples=examples(100), deadline=None)
@given(st.sampled_from(sorted(FILLERS | NONE)), _MARKS, _MARKS, st.integers(1, 4))
def test_marks_and_repetition_do_not_make_a_filler_say_anything(word: str, before: str, after: str, times: int) -> None:
    assert says_nothing(before + word * times + after)
    assert says_nothing(f"{before}总结反思：{word}{after}", frozenset({"总结反思"}))


@pytest.mark.soak
@settings(max_examples=examples(100), deadline=None)
@given(st.text("教学评课堂数据量规", min_size=1, max_size=4), st.integers(2, 60))
def test_the_same_again_and_again_says_nothing(unit: str, times: int) -> None:
    assert says_nothing(unit * times)


@pytest.mark.parametrize(
    "text",
    ["33", "2222", "9 人", "略读课文的提问", "无边界课堂的一次尝试", "同上一节课，比两种导入", "慢慢来，一周一课"],
)
def test_what_says_something_is_none(text: str) -> None:
    assert not says_nothing(text, frozenset({"目标"}))

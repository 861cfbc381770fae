"""The guidance itself, sentence by sentence (`guidance.yaml`), and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).with_name("guidance.yaml")
CONFIGURED = "本工程的配置"


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of the guidance: its clause, its words, and the requirements it became (a heading: none)."""

    clause: str
    words: str
    requirements: tuple[str, ...] = ()


@cache
def sentences() -> tuple[Sentence, ...]:
    """The whole guidance in its order."""
    return msgspec.yaml.decode(_FILE.read_bytes(), type=tuple[Sentence, ...])


def says(clause: str, words: str) -> bool:
    """Whether a clause has these very words."""
    return any(each.clause == clause and words in each.words for each in sentences())


def is_its_title(title: str) -> bool:
    """Whether a document's title is this guidance's."""
    return any(each.clause == "附件1 题" and each.words.startswith(title) for each in sentences())


@cache
def abilities() -> Mapping[str, tuple[str, str, str, str]]:
    """The table of microabilities (附件1 四(一)): name, dimension, environment, credits by code, as written."""
    rows = next(each.words for each in sentences() if each.words.startswith("编号、维度、微能力"))
    cells = (row.rstrip("。").split("、") for row in rows.split("；")[1:])
    return {code: (name, dimension, environment, credits) for code, dimension, name, environment, credits in cells}


def source_of(clause: str, *words: str) -> str:
    """The clause for what it says in these words; for what it does not say, the configuration.

    So a number that a programme has set otherwise is not put in the guidance's mouth.
    """
    return clause if all(says(clause, each) for each in words) else CONFIGURED

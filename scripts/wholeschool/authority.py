"""Who speaks: the guidance, what a programme has configured, or this project.

A rule states its authority as one text, which every report shows after 依据. It consists of voices, joined by ；:

    附件1 四(二)4“反馈评估结果并提出实践建议”          the guidance, in its own words
    本工程的配置（programme.yaml 的 local.agreement）    what the guidance leaves open and a programme fills in
    本项目的约定（多少字、哪些是套话）                   what this project has decided, and why or on what

So what this project has decided is never put in the mouth of the guidance.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Speaker = Literal["指导意见", "配置", "本项目"]

OURS = "本项目的约定"
"""An authority that is this project alone, for the reason that follows from the rule (`completed`)."""

_GUIDANCE = re.compile(r"(?P<source>附件[1-4](?: \S+?)?)“(?P<words>[^“”]+)”")
_CONFIGURATION = re.compile(
    r"本工程的配置（(?P<source>(?:programme|policy)\.yaml) 的 (?P<words>[a-z_]+(?:\.[a-z_]+)*)）"
)
_PROJECT = re.compile(rf"(?P<source>{OURS})（(?P<words>[^（）]+(?:（[^（）]+）[^（）]*)*)）")
_FORMS: tuple[tuple[Speaker, re.Pattern[str]], ...] = (
    ("指导意见", _GUIDANCE),
    ("配置", _CONFIGURATION),
    ("本项目", _PROJECT),
)
_BETWEEN = re.compile(rf"；(?=附件[1-4](?: \S+?)?“|本工程的配置（|{OURS}（)")


class Voice(NamedTuple):
    """Who says what: of the guidance the clause and its words, of the configuration file and field, of us why."""

    speaker: Speaker
    source: str
    words: str


def voices(authority: str) -> tuple[Voice, ...]:
    """The voices of an authority. Raises `ValueError` where somebody's part cannot be told from it."""
    return tuple(_voice(part) for part in _BETWEEN.split(authority))


def _voice(text: str) -> Voice:
    for speaker, form in _FORMS:
        if found := form.fullmatch(text):
            return Voice(speaker, found["source"], found["words"])
    raise ValueError(f"neither the guidance, nor the configuration, nor this project says “{text}”")


def completed(authority: str, why: str) -> str:
    """An authority as reports show it: `OURS` alone is given its reason, the first sentence of `why`.

    Raises `ValueError` as `voices` does, so that a rule without an authority, or of ours without a reason, is none.
    """
    full = because(why) if authority == OURS else authority
    voices(full)
    return full


def because(why: str) -> str:
    """This project's authority for a reason, of which the first sentence is kept."""
    return f"{OURS}（{why.partition('。')[0]}）"


def of_a_field(authority: str, clause: str) -> str:
    """The authority of what is asked of the form of a field that is there because of a clause (`x-clause`).

    How a field is written is ours to say; what it is there for, the clause says.
    """
    return f"{authority.removesuffix('）')}；这一栏对应 {clause}）" if clause else authority

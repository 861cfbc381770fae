"""Who speaks: the guidance, what a programme has configured, or this project.

Every report shows it after 依据, as voices joined by ；. What the guidance says stands in its rulebook
(`programme.rulebook`); a rule states the rest itself:

    第三条“评估后提出建议”                               the guidance, in its own words: from its rulebook
    本工程的配置（programme.yaml 的 local.agreement）    what the guidance leaves open and a programme fills in
    本项目的约定（多少字、哪些是套话）                   what this project has decided, and why or on what

So what this project has decided is never put in the mouth of the guidance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

Speaker = Literal["指导意见", "配置", "本项目"]

OURS = "本项目的约定"
"""An authority that is this project alone, for the reason that follows from the rule (`completed`)."""

_CONFIGURATION = re.compile(
    r"本工程的配置（(?P<source>(?:programme|policy)\.yaml) 的 (?P<words>[a-z_]+(?:\.[a-z_]+)*)）"
)
_PROJECT = re.compile(rf"(?P<source>{OURS})（(?P<words>[^（）]+(?:（[^（）]+）[^（）]*)*)）")
_FORMS: tuple[tuple[Speaker, re.Pattern[str]], ...] = (
    ("配置", _CONFIGURATION),
    ("本项目", _PROJECT),
)
_BETWEEN = re.compile(rf"；(?=本工程的配置（|{OURS}（)")


class Voice(NamedTuple):
    """Who says what: of the guidance the clause and its words, of the configuration file and field, of us why."""

    speaker: Speaker
    source: str
    words: str

    @property
    def said(self) -> str:
        """As a report shows it."""
        match self.speaker:
            case "指导意见":
                return f"{self.source}“{self.words}”"
            case "配置":
                return f"本工程的配置（{self.source} 的 {self.words}）"
        return f"{self.source}（{self.words}）"


def spoken(said: Iterable[Voice]) -> str:
    """An authority as one text."""
    return "；".join(each.said for each in said)


def voices(authority: str) -> tuple[Voice, ...]:
    """The voices that a rule or a refusal states itself: the configuration's and this project's.

    Raises `ValueError` where somebody's part cannot be told from it.
    """
    return tuple(_voice(part) for part in _BETWEEN.split(authority))


def _voice(text: str) -> Voice:
    for speaker, form in _FORMS:
        if found := form.fullmatch(text):
            return Voice(speaker, found["source"], found["words"])
    raise ValueError(f"neither the configuration nor this project says “{text}”")


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

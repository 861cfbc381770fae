"""Who speaks in a rule: the guidance, the configuration or this project, and never one in the name of another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, all_cases, judge
from tests.soak import examples
from wholeschool.authority import OURS, Voice, of_a_field, spoken, voices
from wholeschool.findings import Finding
from wholeschool.programme import Programme
from wholeschool.programme.rulebook import Rulebook
from wholeschool.records.refusals import REFUSALS, Refusal
from wholeschool.reports import Report, reporters
from wholeschool.rules import reference
from wholeschool.rules.reference import shipped_rulebook
from wholeschool.rules.registry import Breach, all_rules, rule, rules_in
from wholeschool.site.record_reference import fields

BOOK = shipped_rulebook()
ENTRIES = reference.entries(BOOK)
# What the guidance does not say, whatever it may have in view: each is this project's alone.
OF_THIS_PROJECT = (
    *("TEACHER-UNIQUE", "UNIT-REGION", "UNIT-LEVEL", "UNIT-CODE", "EXEMPT-REASON", "EXEMPT-APPROVER", "PANEL-SELF"),
    *("ROUND-KNOWN", "TEAM-TERM", "DOC-NUMBER", "APPROVAL-FILING", "CHOICE-ONCE", "RESULT-ONCE", "CHECK-DRAW"),
    *("CERT-NUMBER", "CERT-SIGNED", "CERT-STATUS", "KEY-SOUND", "LEDGER-GROWS", "STATUS-GROWS", "KEYS-KEPT"),
    *("CERT-KEY", "CERT-REISSUE", "KEY-PINS", "KEY-SINCE"),
    *("CASE-CONSENT", "USE-CONSENT", "PII-MOBILE", "PII-EMAIL", "PII-HISTORY", "CONTACT-PLAIN", "PROGRAMME-FILES"),
)


@pytest.mark.parametrize("code", ENTRIES)
def test_what_a_rule_has_the_guidance_say_it_says_there(code: str) -> None:
    for voice in ENTRIES[code].voices:
        match voice.speaker:
            case "指导意见":
                assert BOOK.says(voice.source, voice.words), voice
            case "配置":
                assert voice.words in fields(voice.source.removesuffix(".yaml")), voice
            case "本项目":
                assert len(voice.words) > 3, voice


def test_a_clause_that_a_reason_mentions_is_there_too() -> None:
    """Where this project says what moved it, it names clauses that there are."""
    known = {each.clause for each in BOOK.clauses}
    for entry in ENTRIES.values():
        for voice in entry.voices:
            if voice.speaker == "本项目":
                for clause in re.findall(r"附件[1-4] [一二三四][()一二三四五0-9]*", voice.words):
                    assert clause in known, (entry.code, clause)


@pytest.mark.parametrize("code", OF_THIS_PROJECT)
def test_what_this_project_decided_is_not_the_guidances(code: str) -> None:
    assert ENTRIES[code].speakers == ("本项目",)
    assert ENTRIES[code].clause.startswith(f"{OURS}（")


def test_a_threshold_that_the_guidance_leaves_open_is_the_configurations() -> None:
    assert ENTRIES["CHECK-AGREEMENT"].speakers == ("配置",)
    assert Voice("配置", "programme.yaml", "local.trainer_ratio") in ENTRIES["TEAM-RATIO"].voices
    for code in ("CHOICE-CREDITS", "CERT-PASSED"):
        assert Voice("配置", "policy.yaml", "standard.credits") in ENTRIES[code].voices


def test_how_a_file_is_written_is_this_projects() -> None:
    assert not {code for code, each in ENTRIES.items() if each.theme == reference.FORM and "指导意见" in each.speakers}


def test_what_is_asked_of_a_field_is_ours_and_the_field_is_there_for_its_clause() -> None:
    told = of_a_field(REFUSALS["S-REQUIRED"].clause, "附件1 二(四)1")
    (voice,) = voices(told)
    assert voice.speaker == "本项目"
    assert voice.words.endswith("；这一栏对应 附件1 二(四)1")
    assert of_a_field(REFUSALS["S-TYPE"].clause, "") == REFUSALS["S-TYPE"].clause


@pytest.mark.parametrize("form", reporters)
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("TEACHER-UNIQUE", "本项目的约定（学分、证书和电子档案都记在编号上"),
        ("UNIT-REGION", "本项目的约定（代码写在证书编号里"),
        ("CHECK-AGREEMENT", "本工程的配置（programme.yaml 的 local.agreement）"),
        ("PII-MOBILE", "本项目的约定（"),
        ("S-REQUIRED", "本项目的约定（"),
        (
            "PANEL-MIXED",
            "附件1 四(二)4“组建校内外结合的评审组（或委托县级培训团队）”；本项目的约定（一个人不成组；",
        ),
    ],
)
def test_every_report_says_who_speaks(form: str, code: str, said: str) -> None:
    told = _told(code)
    drawn = reporters[form](Report(1, 1, [told]), _tree(code))
    if form == "markdown":
        said = said.replace("(", "&#40;").replace(")", "&#41;").replace("_", "&#95;")
    assert said in drawn
    assert "依据：附件" not in drawn or said.startswith("附件")


@cache
def _told(code: str) -> Finding:
    case = next(case for case in all_cases() if case.code == code and not case.accepted)
    return next(each for each in judge(case.tree, case.about.day) if each.code == code)


@cache
def _tree(code: str) -> MemoryTree:
    return next(case for case in all_cases() if case.code == code and not case.accepted).tree


@pytest.mark.parametrize(
    "authority",
    [
        "附件1 一",  # a clause without its words
        "附件1 一1“省级教育行政部门制订”",  # its rulebook says what the guidance does
        "指导意见“没有写是哪一条”",
        "本工程的配置",
        "本工程的配置（accounts.yaml 的 accounts）",
        "本项目的约定（）",
        "附件1 一“省级规划”；大家都这么做",
    ],
)
def test_a_rule_without_an_authority_is_none(authority: str) -> None:
    with pytest.raises(ValueError, match="says"):

        @rule("TEST-NOBODY", "paper", authority=authority)
        def body(programme: Programme) -> Iterator[Breach]:
            """谁也没有说的话。

            没有谁。
            """
            yield from ()

    with pytest.raises(ValueError, match="says"):
        _ = Refusal("TEST-NOBODY", "谁也没有说的话。", "没有谁。", authority).clause


def test_a_rule_of_ours_says_why() -> None:
    with pytest.raises(ValueError, match="says"):

        @rule("TEST-WHY", "paper", authority=OURS)
        def body(programme: Programme) -> Iterator[Breach]:
            """只有一句话。"""
            yield from ()


_WORDS = st.text(st.sampled_from("学分附件1四(二)4本项目的约定工程配置；，、 abc"), min_size=1, max_size=30).filter(
    lambda text: text == text.strip()
)
_SPOKEN = st.one_of(
    st.builds(Voice, st.just("配置"), st.just("programme.yaml"), st.sampled_from(["local.agreement", "rounds"])),
    st.builds(Voice, st.just("本项目"), st.just(OURS), _WORDS),
)


@pytest.mark.soak
@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_SPOKEN, min_size=1, max_size=5))
def test_nobodys_part_becomes_anothers(said: list[Voice]) -> None:
    assert voices(spoken(said)) == tuple(said)


def test_a_rule_of_which_a_guidance_says_nothing_is_ours_and_says_why() -> None:
    """Where another guidance does not ask for it, nothing is put in anybody's mouth."""
    for code, each in {**all_rules(), **rules_in("wholeschool.changes")}.items():
        told = each.voices(Rulebook())
        assert told, code
        assert all(voice.speaker != "指导意见" and len(voice.words) > 3 for voice in told), code

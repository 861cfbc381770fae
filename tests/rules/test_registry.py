"""How rules are found and run: a start date spares old rounds, a crash is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.case_folders import base
from wholeschool.findings import Location
from wholeschool.programme import Programme, assemble
from wholeschool.records import Record, load
from wholeschool.records import structs as s
from wholeschool.rules import registry
from wholeschool.rules.registry import Breach, Rule, judge, rule

PROGRAMME = assemble(load(base()))
OURS_TO_TRY = "本项目的约定（试一试）"


def _made(body: registry.Body[Programme]) -> dict[str, Rule[Programme]]:
    made: Rule[Programme] = body._rule  # type: ignore[attr-defined]
    return {made.code: made}


def test_the_docstring_is_sentence_and_reason() -> None:
    @rule("TEST-ONE", "paper", authority=OURS_TO_TRY)
    def body(programme: Programme) -> Iterator[Breach]:
        """一句话。

        为什么，
        分两行写。
        """
        yield Location("submissions/x.yaml"), "不对", "改"

    (made,) = _made(body).values()
    assert (made.sentence, made.why) == ("一句话。", "为什么，分两行写。")
    (found,) = judge(_made(body), PROGRAMME)
    assert (found.code, found.clause, found.severity, found.line) == ("TEST-ONE", OURS_TO_TRY, "error", 1)


def test_old_rounds_stay_valid() -> None:
    @rule("TEST-SINCE", "paper", authority=OURS_TO_TRY, since=2026)
    def body(programme: Programme) -> Iterator[Breach]:
        """一句话。"""
        for year in (2024, 2025, 2026, 2027):
            yield Location(f"submissions/anhui/shili/mingyuan/{year}/acceptance/1.yaml"), "不对", "改"
        yield Location("submissions/anhui/unit.yaml"), "不分年度的也查", "改"

    years = [re.findall(r"20[0-9]{2}|anhui(?=/unit)", each.path)[0] for each in judge(_made(body), PROGRAMME)]
    assert sorted(years) == ["2026", "2027", "anhui"]


def test_a_crash_is_a_finding_and_not_the_end() -> None:
    @rule("TEST-CRASH", "paper", authority=OURS_TO_TRY)
    def crashes(programme: Programme) -> Iterator[Breach]:
        """一句话。"""
        raise KeyError("13800138000")
        yield

    @rule("TEST-FINE", "paper", authority=OURS_TO_TRY)
    def fine(programme: Programme) -> Iterator[Breach]:
        """一句话。"""
        yield Location("submissions/x.yaml"), "不对", "改"

    found = judge({**_made(crashes), **_made(fine)}, PROGRAMME)
    assert sorted(each.code for each in found) == ["RULE-CRASH", "TEST-FINE"]
    crash = next(each for each in found if each.code == "RULE-CRASH")
    assert "TEST-CRASH" in crash.message
    assert "13800138000" not in crash.message


def test_a_crash_names_its_record_and_spares_the_others() -> None:
    @rule("TEST-CRASH", "paper", authority=OURS_TO_TRY)
    def crashes(programme: Programme) -> Iterator[Breach]:
        """一句话。"""
        for _, record in programme.each(s.Team):
            yield record.at(record.data), "不对", "改"
            _ask(record)

    def _ask(team: Record[s.Team]) -> None:
        if "management" in team.path:
            raise RecursionError

    found = judge(_made(crashes), PROGRAMME)
    teams = [record.path for _, record in PROGRAMME.each(s.Team)]
    wrong = [path for path in teams if "management" in path]
    assert 0 < len(wrong) < len(teams)
    assert [each.path for each in found if each.code == "RULE-CRASH"] == sorted(wrong)
    assert [each.path for each in found if each.code == "TEST-CRASH"] == sorted(set(teams) - set(wrong))
    assert all("TEST-CRASH" in each.message for each in found if each.code == "RULE-CRASH")


def test_a_rule_that_always_crashes_is_not_tried_for_ever() -> None:
    @rule("TEST-CRASH", "paper", authority=OURS_TO_TRY)
    def crashes(programme: Programme) -> Iterator[Breach]:
        """一句话。"""
        record = programme.records[0]
        yield Location(record.path), "不对", "改"
        raise RuntimeError

    found = judge(_made(crashes), PROGRAMME)
    assert 1 <= sum(each.code == "RULE-CRASH" for each in found) <= 20


def test_two_rules_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from wholeschool.rules import teams

    @rule("TEAM-SIZE", "paper", authority=OURS_TO_TRY)
    def second(programme: Programme) -> Iterator[Breach]:
        """一句话。"""
        yield from ()

    second.__module__ = teams.__name__
    body = second._rule  # type: ignore[attr-defined]
    assert isinstance(body, Rule)
    monkeypatch.setattr(teams, "second", second, raising=False)
    registry.rules_in.cache_clear()
    try:
        with pytest.raises(ValueError, match="TEAM-SIZE"):
            registry.rules_in("wholeschool.rules")
    finally:
        monkeypatch.undo()
        registry.rules_in.cache_clear()

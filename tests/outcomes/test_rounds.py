"""A round asks for its own credits and hours, and runs from the day on which it begins."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base, judge
from tests.soak import examples
from wholeschool.outcomes.credits import credits_of
from wholeschool.outcomes.eligibility import earned_certificates
from wholeschool.outcomes.rates import county_tallies
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.site import catalogue, form, verify

SETTINGS = "submissions/programme.yaml"
COUNTY = "anhui/shili/mingyuan"
MORE = "{credits: 25, online_hours: 40, practice_hours: 40, practice_share: 50}"


def having(more: str, to: str = "") -> MemoryTree:
    """The base with more said about the round of 2026 (`to`), or after it (`more`)."""
    text = base().files[SETTINGS].decode()
    ends = next(line for line in text.splitlines() if line.strip().startswith("ends:"))
    return base().having({SETTINGS: text.replace(ends, ends + to + more, 1).encode()})


def figures(programme: Programme) -> object:
    """What a county shows of the round of 2026, and who has earned what."""
    county = programme.county_year(programme.units[COUNTY], 2026)
    earned = [(each.teacher, each.microability) for each in earned_certificates(programme, county)]
    return dict(county_tallies(programme, county)), earned


NEXT = "\n  - year: 2027\n    starts: 2027-01-01\n    ends: 2027-12-31\n    standard: " + MORE


def test_what_the_next_round_asks_for_changes_nothing_of_this_one() -> None:
    before, after = assemble(load(base())), assemble(load(having(NEXT)))
    assert after.standard(2027).credits == 25
    assert figures(after) == figures(before)
    assert [each for each in judge(having(NEXT)) if each.severity == "error"] == []


def test_what_a_round_itself_asks_for_counts_in_it() -> None:
    before, after = assemble(load(base())), assemble(load(having("", f"\n    standard: {MORE}")))
    assert figures(after) != figures(before)
    told = {each.code for each in judge(having("", f"\n    standard: {MORE}"))}
    assert {"CHOICE-CREDITS", "HOURS-ENOUGH"} <= told


@pytest.mark.parametrize(
    ("day", "year"),
    [("2025-05-01", 2026), ("2026-11-20", 2026), ("2026-12-31", 2026), ("2027-01-01", 2027), ("2031-01-01", 2027)],
)
def test_a_round_that_was_opened_early_does_not_run_yet(day: str, year: int) -> None:
    programme = assemble(load(having(NEXT)))
    assert programme.round_at(day) == year
    assert programme.round_at("") == 2027


GUIDANCE = "submissions/guidance"


def of_another_guidance(credits: dict[str, int], asked: int = 20) -> MemoryTree:
    """The base with a round of 2027 that follows another guidance: these credits, so many asked for."""
    files = base().files
    table = files[f"{GUIDANCE}/anhui-2.0/microabilities.csv"].decode().splitlines()
    rows = [table[0]]
    for row in table[1:]:
        code = row.partition(",")[0]
        if code in credits:
            rows.append(f"{row.rpartition(',')[0]},{credits[code]}")
    policy = files[f"{GUIDANCE}/anhui-2.0/policy.yaml"].decode().replace("credits: 20", f"credits: {asked}")
    title = next(line for line in policy.splitlines() if line.startswith("title:"))
    return having("\n  - year: 2027\n    starts: 2027-01-01\n    ends: 2027-12-31\n    guidance: city-3.1").having(
        {
            f"{GUIDANCE}/city-3.1/policy.yaml": policy.replace(title, "title: 某地整校推进办法").encode(),
            f"{GUIDANCE}/city-3.1/microabilities.csv": "\n".join([*rows, ""]).encode(),
        }
    )


@pytest.mark.soak
@settings(max_examples=examples(15), deadline=None)
@given(
    st.dictionaries(st.sampled_from(["A1", "A5", "B3", "B10", "C6"]), st.integers(1, 20), min_size=1),
    st.integers(1, 60),
)
def test_a_round_follows_the_guidance_that_it_names(credits: dict[str, int], asked: int) -> None:
    """Whatever the next round's table and standard say, this one's stay; the next counts by its own."""
    before, after = assemble(load(base())), assemble(load(of_another_guidance(credits, asked)))
    assert figures(after) == figures(before)
    assert after.abilities(2026) == before.abilities(2026)
    assert {code: row.credits for code, row in after.abilities(2027).items()} == credits
    assert credits_of(after, 2027, ["A1", "A5", "B3", "Z9"]) == sum(credits.get(code, 0) for code in ("A1", "A5", "B3"))
    assert after.standard(2027).credits == asked
    assert after.standard(2026) == before.standard(2026)
    assert [each for each in judge(of_another_guidance(credits, asked)) if each.severity == "error"] == []


def test_a_choice_is_looked_up_in_the_table_of_its_round() -> None:
    """What only the new table lacks may be chosen this year, and may not in the next."""
    roster = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/2026/teachers.yaml"
    tree = of_another_guidance({"A1": 10, "A5": 10})
    next_year = tree.having({roster.replace("/2026/", "/2027/"): tree.files[roster]})
    strange = [each for each in judge(next_year) if each.code == "CHOICE-KNOWN"]
    assert strange
    assert {each.path for each in strange} == {roster.replace("/2026/", "/2027/")}


def test_what_only_an_older_table_has_keeps_its_page_and_its_name() -> None:
    """A case and a certificate of an earlier round still lead somewhere when the running round's table lacks them."""
    programme = assemble(load(of_another_guidance({"A1": 10, "A5": 10})), "2027-05-01")
    assert list(programme.abilities()) == ["A1", "A5"]
    pages = dict(catalogue.pages(programme, [], []))
    assert len(pages) == 1 + 30
    assert "现在这一轮的微能力表里没有" in pages["catalogue/C7.md"]
    assert "现在这一轮的微能力表里没有" not in pages["catalogue/A5.md"]
    assert "C7" not in pages["catalogue/index.md"]
    (page,) = (text for path, text in verify.pages(programme) if path.endswith("index.md"))
    assert '"C7":' in page


def test_the_form_offers_an_open_round_that_goes_by_what_the_page_knows() -> None:
    """It checks by one table and one standard; a round with others is offered from the day on which it runs."""
    alike = "\n  - year: 2027\n    starts: 2027-01-01\n    ends: 2027-12-31"
    for tree, before, later in (
        (having(alike), [2026, 2027], [2026, 2027]),
        (having(NEXT), [2026], [2027]),
        (of_another_guidance({"A1": 10}), [2026], [2027]),
    ):
        assert form.offered(assemble(load(tree), "2026-11-20")) == before
        assert form.offered(assemble(load(tree), "2027-02-01")) == later

"""Hours of whoever did them, credits of who passed and was not found to have cheated: everything says the same of it.

A school's year is made up with what should follow from it; then roster of recognition, portfolios, figures, indicators,
papers, pages and open data are asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import base
from tests.outcomes.test_indicators import COUNTY, SCHOOL, YEAR, programme_of
from tests.papers.said import fields, sheets, tables
from tests.soak import examples
from wholeschool.outcomes.eligibility import due_certificates
from wholeschool.outcomes.indicators import measures
from wholeschool.outcomes.numbers import Number
from wholeschool.outcomes.published import public_year
from wholeschool.outcomes.rates import county_tallies, school_tally
from wholeschool.outcomes.recognition import recognised
from wholeschool.programme import Programme
from wholeschool.site import open_data, pass_rates
from wholeschool.site.markup import percent

CREDITS = {"A1": 4, "A5": 5, "A11": 7, "B9": 8, "B10": 8}
CHOICES = (("A1", "B9", "B10"), ("A5", "A11", "B9"), ("A1", "A5", "A11", "B9"), tuple(CREDITS))
WANTED = 20
ROSTER, REVIEW = f"{SCHOOL}/{YEAR}/teachers.yaml", f"{SCHOOL}/{YEAR}/reviews/2026-06-12.yaml"
ACCEPTANCE, LEDGER = f"{COUNTY}/{YEAR}/acceptance/1.yaml", f"{COUNTY}/{YEAR}/certificates.csv"
DOCUMENT = "明教〔2026〕18号"


class Person(NamedTuple):
    """A teacher of the made-up school; codes without a level were not reviewed.

    Of `certified` codes a certificate was issued, of `revoked` ones it was revoked, and of `reissued` ones replaced.
    """

    number: str
    hours: tuple[float, float] | None
    levels: dict[str, str]
    choices: tuple[str, ...]
    is_exempt: bool
    certified: frozenset[str]
    revoked: frozenset[str]
    reissued: frozenset[str]

    @property
    def name(self) -> str:
        """One that nobody else of the school has."""
        return f"样张{'甲乙丙丁戊己庚辛壬'[int(self.number[-4:]) - 1]}"

    @property
    def reviewed_well(self) -> set[str]:
        """What the panel passed."""
        return {code for code, level in self.levels.items() if level in ("优秀", "合格")}

    @property
    def kept(self) -> set[str]:
        """What still counts."""
        return self.reviewed_well - (self.revoked - self.reissued)

    @property
    def has_passed(self) -> bool:
        """With all the credits, and due at all."""
        return not self.is_exempt and total(self.kept) >= WANTED

    @property
    def ending(self) -> str:
        """How it ended, in the words of the papers."""
        if self.is_exempt:
            return "免考"
        if self.has_passed:
            return "合格"
        if total(self.reviewed_well) >= WANTED:
            return "证书撤销"
        if not self.levels:
            return "未评审"
        return "未合格" if len(self.levels) == len(self.choices) else "未评完"


def total(codes: Iterable[str]) -> int:
    return sum(CREDITS[code] for code in codes)


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    made = []
    some = st.sampled_from(["", "合格", "合格", "合格", "优秀", "不合格"])
    for place in range(draw(st.integers(1, 9))):
        choices = draw(st.sampled_from(CHOICES))
        levels = {code: level for code in choices if (level := draw(some))} if draw(st.integers(0, 4)) else {}
        # Who has been reviewed is trained (HOURS-ENOUGH).
        least = 30 if levels else 0
        done = st.tuples(st.integers(least, 40), st.integers(least, 40))
        hours = draw(done if levels else st.none() | done)
        passed = sorted(code for code, level in levels.items() if level != "不合格")
        is_exempt = draw(st.integers(0, 5)) == 0
        earned = passed if not is_exempt and total(passed) >= WANTED else []
        subset = st.lists(st.sampled_from(earned), unique=True) if earned else st.just([])
        certified = frozenset(draw(subset))
        revoked = certified & frozenset(draw(subset))
        reissued = revoked & frozenset(draw(subset))
        number = f"3499010001{place + 1:04}"
        made.append(Person(number, hours, levels, choices, is_exempt, certified, revoked, reissued))
    return made


def year_of(people: list[Person], *, is_recognised: bool) -> Programme:
    """The base programme with these teachers in its one school that has got so far."""
    teachers = []
    for each in people:
        one: dict[str, object] = {"number": each.number, "name": each.name, "subject": "语文"}
        one |= {"stage": "小学", "choices": list(each.choices)}
        if each.hours is not None:
            one["hours"] = {"online": each.hours[0], "practice": each.hours[1]}
        if each.is_exempt:
            one["exempt"] = {"reason": "病假", "approved_by": "林静", "date": "2026-06-20"}
        teachers.append(one)
    review = yaml.safe_load(base().files[f"submissions/{REVIEW}"].decode())
    review["date"] = "2026-06-12"
    review["results"] = [
        {
            "teacher": each.number,
            "microability": code,
            "level": level,
            "evidence": [{"form": "教学设计", "title": "一节课的设计"}],
            "suggestion": "把学生的两份作品放在一起比，再改一次。",
        }
        for each in people
        for code, level in each.levels.items()
    ]
    acceptance = base().files[f"submissions/{ACCEPTANCE}"].decode()
    if not is_recognised:
        acceptance, _, _ = acceptance.partition("    recognition:")
    settings = base().files["submissions/programme.yaml"].decode().replace("minimum_cell: 3", "minimum_cell: 1")
    files = {
        "programme.yaml": settings,
        ACCEPTANCE: acceptance,
        ROSTER: yaml.safe_dump({"teachers": teachers}, allow_unicode=True),
    }
    if review["results"]:
        files[REVIEW] = yaml.safe_dump(review, allow_unicode=True)
    files |= _certificates(people)
    return programme_of(files, () if review["results"] else (f"submissions/{REVIEW}",))


def _certificates(people: list[Person]) -> dict[str, str]:
    rows, revoked, serial = [], [], 0
    for each in people:
        for code in sorted(each.certified):
            serial += 1
            old, new = (str(Number(YEAR, "349901", code, place)) for place in (serial, serial + 500))
            rows.append(_row(each, code, old, ""))
            if code in each.reissued:
                rows.append(_row(each, code, new, old))
            if code in each.revoked:
                entry = {"number": old, "date": "2026-11-20", "reason": "弄虚作假"}
                revoked.append(entry | ({"replaced_by": new} if code in each.reissued else {}))
    head = base().files[f"submissions/{LEDGER}"].decode().split("\n")[0]
    status = {"sequence": 1, "date": "2026-11-20", "key": "jJSraUziW8-", "seal": "A" * 86, "revoked": revoked}
    return {
        LEDGER: "\n".join([head, *rows]) + "\n",
        f"{COUNTY}/{YEAR}/revocations.yaml": yaml.safe_dump(status, allow_unicode=True),
    }


def _row(each: Person, code: str, number: str, replaces: str) -> str:
    return (
        f"{number},{each.number},{each.name},3499010001,明远县文华小学,{code},名称,学情分析,多媒体教学环境,"
        f"{CREDITS[code]},{each.levels[code]},明远县教育局,2026-07-05,{DOCUMENT},{replaces},,"
    )


@pytest.mark.soak
@settings(max_examples=examples(25), deadline=None)
@given(people(), st.booleans())
def test_roster_portfolios_figures_papers_and_pages_say_the_same(people: list[Person], is_recognised: bool) -> None:
    programme = year_of(people, is_recognised=is_recognised)
    year = programme.school_year(programme.units[SCHOOL], YEAR)
    due = [each for each in people if not each.is_exempt]
    passed = [each for each in due if each.has_passed]
    accepted = passed if is_recognised else []
    share = f"{len(accepted) * 100 / len(due):.1f}%" if due else ""
    rate = f"{len(passed) * 100 / len(due):.1f}%" if due else ""

    tally = school_tally(programme, year, frozenset())
    assert (tally.due, tally.passed, tally.accepted) == (len(due), len(passed), len(accepted))

    # The roster of recognition.
    rows = list(recognised(programme, year))
    listed = [each for each in people if sum(each.hours or ()) or each.has_passed] if is_recognised else []
    assert [row.teacher.number for row in rows] == [each.number for each in listed]
    assert [(row.online, row.practice) for row in rows] == [each.hours or (0, 0) for each in listed]
    assert [(row.credits, row.why_not) for row in rows] == [
        (total(each.kept), "") if each.has_passed else (0, each.ending) for each in listed
    ]
    (paper,) = tables(sheets(programme, "recognition", SCHOOL)[0]) if listed else ([],)
    assert [(row["教师编号"], row["学时合计"], row["学分"], row["说明"]) for row in paper] == [
        (each.number, sum(each.hours or ()), total(each.kept) if each.has_passed else "未认定",
         "" if each.has_passed else each.ending)
        for each in listed
    ]  # fmt: skip

    # Portfolios.
    for each, sheet in zip(people, sheets(programme, "portfolios", SCHOOL), strict=True):
        said = fields(sheet)
        by = f"2026-07-01　{DOCUMENT}" if is_recognised else "尚未认定"
        if each.hours is not None or each.levels:
            hours = sum(each.hours or ())
            assert said["学时认定"] == (f"{hours:g} 学时，{by}" if hours else "没有学时")
            assert said["学分认定"] == (by if each.has_passed else f"未认定（{each.ending}）")
            assert said["通过学分"] == (0 if each.is_exempt else total(each.kept))
        else:
            assert "学时认定" not in said

    # What the school and the county report.
    reported = tables(sheets(programme, "school-indicators", COUNTY)[0])[0]
    (row,) = [row for row in reported if row["学校"] == "明远县文华小学"]
    told = [row[name] for name in ("应考", "合格", "验收认定", "考核合格率", "验收合格率")]
    assert told == [len(due), len(passed), len(accepted), rate, share]
    said = fields(sheets(programme, "acceptance", COUNTY)[0])
    assert [said[name] for name in ("合格教师", "认定教师", "考核合格率", "验收合格率")] == [
        len(passed), len(accepted), rate, share
    ]  # fmt: skip
    if results := sheets(programme, "results", SCHOOL):
        everybody = tables(results[0])[-1]
        assert [one["结论"] for one in everybody] == [each.ending for each in due]
        assert fields(results[0])["考核合格率"] == rate

    # Indicators, open data and pages.
    found = measures(programme, YEAR)[COUNTY]
    assert [(one.count, one.of) for one in found[1].shares] == [(len(accepted), len(due))]
    certified = sum(each.kept <= each.certified for each in accepted)
    assert [(one.count, one.of) for one in found[12].shares] == [(certified, len(accepted))]
    public = public_year(programme, YEAR)
    data = json.loads(dict(open_data.files(programme, [public], []))[f"data/figures-{YEAR}.json"])
    (figures,) = [one for one in data["figures"] if one["unit"] == SCHOOL]
    assert figures["passed"] == len(passed)
    assert figures["accepted"] == len(accepted)
    assert figures["accepted_rate"] == (round(len(accepted) * 100 / len(due), 1) if due else None)
    page = dict(pass_rates.pages(programme, [public]))[f"rates/{SCHOOL}.md"]
    if due:
        assert f"{percent(len(accepted) * 100 / len(due))}<small>{len(accepted)} ÷ {len(due)}" in page


@pytest.mark.soak
@settings(max_examples=examples(15), deadline=None)
@given(people())
def test_what_was_withdrawn_is_not_issued_again_and_what_remains_is_due(people: list[Person]) -> None:
    programme = year_of(people, is_recognised=True)
    county = programme.county_year(programme.units[COUNTY], YEAR)
    due = {(each.teacher, each.microability) for each in due_certificates(programme, county)}
    assert due == {(each.number, code) for each in people if each.has_passed for code in each.kept - each.certified}


def test_a_revocation_for_fraud_withdraws_the_recognition() -> None:
    """One of three certificates is revoked: 12 credits are left, which is not enough."""
    codes = frozenset(CHOICES[0])
    before = Person(
        "34990100010001", (32, 36), dict.fromkeys(CHOICES[0], "合格"), CHOICES[0], False, codes, *[frozenset[str]()] * 2
    )
    caught = before._replace(revoked=frozenset({"B9"}))
    printed_anew = caught._replace(reissued=frozenset({"B9"}))
    counts = []
    for person in (before, caught, printed_anew):
        programme = year_of([person], is_recognised=True)
        tally = county_tallies(programme, programme.county_year(programme.units[COUNTY], YEAR))["wenhua-xiaoxue"]
        (row,) = tables(sheets(programme, "recognition", SCHOOL)[0])[0]
        said = fields(sheets(programme, "portfolios", SCHOOL)[0])
        counts.append((tally.passed, tally.accepted, row["学时合计"], row["学分"], said["通过学分"], said["学分认定"]))
    stands = (1, 1, 68, 20, 20, f"2026-07-01　{DOCUMENT}")
    assert counts == [stands, (0, 0, 68, "未认定", 12, "未认定（证书撤销）"), stands]


def test_nobody_can_tell_from_the_figures_that_one_was_withdrawn() -> None:
    """Passed less accepted would be the number of those caught; in a recognised school the two are the same."""
    codes = frozenset(CHOICES[0])
    some = [
        Person(f"3499010001{place:04}", (30, 30), dict.fromkeys(CHOICES[0], "合格"), CHOICES[0], False, codes,
               frozenset({"A1"} if place == 1 else ()), frozenset())
        for place in range(1, 8)
    ]  # fmt: skip
    programme = year_of(some, is_recognised=True)
    figures = public_year(programme, YEAR).figures[SCHOOL]
    assert (figures.passed, figures.accepted) == (6, 6)

"""Hours and credits that gather over a cycle of rounds, against a truth made up before the program sees it."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_folders import MemoryTree, base
from tests.soak import examples
from wholeschool.outcomes.eligibility import due_certificates, earned_certificates
from wholeschool.outcomes.numbers import Number
from wholeschool.outcomes.rates import county_tallies, has_passed, has_passed_before, is_trained
from wholeschool.outcomes.recognition import among, conclusion
from wholeschool.outcomes.register import due_rows
from wholeschool.outcomes.warnings import warnings
from wholeschool.programme import Programme, YearOfSchool, assemble
from wholeschool.records import load
from wholeschool.records.csv_text import appended
from wholeschool.records.structs import CertificateEntry, RegisterEntry
from wholeschool.rules import all_rules
from wholeschool.rules.registry import judge

SETTINGS = "submissions/programme.yaml"
CITY, SCHOOL = "anhui/shili", "wenhua-xiaoxue"
HERE, THERE = f"{CITY}/mingyuan", f"{CITY}/linhe"
CODES = {"349901": HERE, "349902": THERE}
ZHOU = "34990100010001"
CREDITS = {code: row.credits for code, row in assemble(load(base())).abilities().items()}
EARLIER, NOW = (2024, 2025), 2026
SOME = ["A1", "A5", "A11", "B9", "B10", "C1"]


class Given(NamedTuple):
    """What one round gave the teacher, and where; which of it was certified there, and which of that was revoked."""

    county: str
    online: int
    practice: int
    passed: list[str]
    certified: list[str]
    revoked: list[str]


def _some(of: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), unique=True, max_size=len(of)) if of else st.just([])


@st.composite
def _given(draw: st.DrawFn, counties: tuple[str, ...] = (HERE, THERE)) -> Given:
    passed = draw(_some(SOME))
    certified = draw(_some(passed))
    hours = st.integers(0, 40)
    return Given(draw(st.sampled_from(counties)), draw(hours), draw(hours), passed, certified, draw(_some(certified)))


ROUNDS = st.fixed_dictionaries({2024: _given(), 2025: _given(), 2026: _given((HERE,))})


def world(rounds: dict[int, Given], cycle: int | None) -> Programme:
    """Two counties with three rounds; the teacher was at a school of either, and is in Mingyuan now."""
    loaded = load(MemoryTree(world_files(rounds, cycle)))
    assert [each for each in loaded.findings if each.severity == "error"] == []
    return assemble(loaded)


def world_files(rounds: dict[int, Given], cycle: int | None) -> dict[str, bytes]:
    """Its files by path."""
    files = dict(base().files)
    for path, data in base().files.items():
        if path.startswith(f"submissions/{HERE}/") and "/2026/" not in path:
            files[path.replace(HERE, THERE)] = data.replace(b"349901", b"349902")
    for path in [path for path in files if path.endswith("certificates.csv")]:
        del files[path]
    text = base().files[SETTINGS].decode()
    said = f"    cycle: {cycle}\n" if cycle else ""
    earlier = "".join(f"  - {{year: {year}, starts: {year}-01-01, ends: {year}-12-31}}\n" for year in EARLIER)
    files[SETTINGS] = (
        text.replace("rounds:\n", f"rounds:\n{earlier}").replace("publication:", f"{said}publication:").encode()
    )
    accepted = base().files[f"submissions/{HERE}/2026/acceptance/1.yaml"]
    for year, each in rounds.items():
        folder = f"submissions/{each.county}/{year}/"
        files[f"{folder}acceptance/1.yaml"] = accepted
        row = RegisterEntry(
            school=SCHOOL,
            date="2026-07-01",
            teacher=ZHOU,
            name="周雨晴",
            online=each.online,
            practice=each.practice,
            passed=" ".join(each.passed) or None,
        )
        files[f"{folder}register.csv"] = appended(None, [row])
        rows = [_certificate(each.county, year, code) for code in each.certified]
        if rows:
            files[f"{folder}certificates.csv"] = appended(None, rows)
        if each.revoked:
            lines = "".join(
                f"  - {{number: {_number(each.county, year, code)}, date: {year}-12-01, reason: 弄虚作假}}\n"
                for code in each.revoked
            )
            head = f"sequence: 1\ndate: {year}-12-01\nkey: {'a' * 11}\nseal: {'a' * 86}\n"
            files[f"{folder}revocations.yaml"] = f"{head}revoked:\n{lines}".encode()
    return files


def _number(county: str, year: int, code: str) -> str:
    region = next(region for region, path in CODES.items() if path == county)
    return str(Number(year, region, code, 1))


def _certificate(county: str, year: int, code: str) -> CertificateEntry:
    region = next(region for region, path in CODES.items() if path == county)
    row = assemble(load(base())).abilities()[code]
    return CertificateEntry(
        number=_number(county, year, code),
        teacher=ZHOU,
        name="周雨晴",
        school_code=f"{region}0001",
        school="文华小学",
        microability=code,
        title=row.name,
        dimension=row.dimension,
        environment=row.environment,
        credits=row.credits,
        level="合格",
        issuer="教育局",
        issued=f"{year}-07-05",
        basis="文",
    )


def _now(programme: Programme) -> YearOfSchool:
    return programme.school_year(programme.units[f"{HERE}/{SCHOOL}"], NOW)


def _in_force(rounds: dict[int, Given], code: str, until: int = NOW) -> bool:
    return any(code in each.certified and code not in each.revoked for year, each in rounds.items() if year <= until)


def _withdrawn(rounds: dict[int, Given], year: int) -> set[str]:
    """Revoked of a round, unless one that is no younger is in force."""
    return {code for code in rounds[year].revoked if not _in_force(rounds, code, year)}


@settings(max_examples=examples(60), deadline=None)
@given(ROUNDS, st.sampled_from([None, *EARLIER]))
@pytest.mark.soak
def test_sums_are_those_of_the_cycle(rounds: dict[int, Given], cycle: int | None) -> None:
    members = [year for year in rounds if (cycle or NOW) <= year <= NOW]
    codes: set[str] = set()
    for year in members:
        codes |= {
            code
            for code in rounds[year].passed
            if not any(code in _withdrawn(rounds, later) for later in rounds if later >= year)
        }
    # What this round itself withdraws counts no more in it, wherever it comes from.
    codes -= _withdrawn(rounds, NOW)
    programme = world(rounds, cycle)
    now = _now(programme)
    teacher = now.teachers[ZHOU]
    hours = now.hours_of(teacher)
    assert hours.online == sum(rounds[each].online for each in members)
    assert hours.practice == sum(rounds[each].practice for each in members)
    assert is_trained(programme, now, teacher) == (hours.online >= 30 and hours.practice >= 30)
    assert set(now.credited.get(ZHOU, {})) == codes
    qualified = sum(CREDITS[code] for code in codes) >= 20
    assert has_passed(programme, now, teacher) == qualified
    assert (conclusion(programme, now, teacher) == "合格") == qualified
    county = programme.county_year(programme.units[HERE], NOW)
    due = [each.microability for each in due_certificates(programme, county)]
    assert sorted(due) == sorted(code for code in codes if qualified and not _in_force(rounds, code))
    before = [rounds[each] for each in members if each != NOW]
    told = any(each.online or each.practice for each in before) or bool(now.gathered(ZHOU).levels)
    assert bool(among(programme, now, ZHOU)) == told


@settings(max_examples=examples(20), deadline=None)
@given(ROUNDS)
@pytest.mark.soak
def test_an_earlier_round_and_its_register_know_nothing_of_the_cycle(rounds: dict[int, Given]) -> None:
    alone, gathering = world(rounds, None), world(rounds, 2024)
    for year in EARLIER:
        sides = []
        for programme in (alone, gathering):
            county = programme.county_year(programme.units[HERE], year)
            earned = [(each.teacher, each.microability) for each in earned_certificates(programme, county)]
            sides.append((dict(county_tallies(programme, county)), earned))
        assert sides[0] == sides[1]
    rows = [
        [
            (row.teacher, row.online, row.practice, row.excellent, row.passed)
            for row in due_rows(each, _now(each), "2026-08-01")
        ]
        for each in (alone, gathering)
    ]
    assert rows[0] == rows[1]


def test_who_has_made_the_credits_before_is_waited_for_no_more() -> None:
    nothing, enough = Given(HERE, 0, 0, [], [], []), Given(THERE, 30, 30, ["A1", "B9", "B10"], [], [])
    rounds = {2024: nothing, 2025: enough, 2026: nothing}
    gathering, alone = world(rounds, 2025), world(rounds, None)
    assert among(gathering, _now(gathering), ZHOU) == "其中前几轮认定 60 学时、20 学分"
    assert among(alone, _now(alone), ZHOU) == ""
    teacher = _now(gathering).teachers[ZHOU]
    assert (has_passed_before(gathering, _now(gathering), teacher), has_passed_before(alone, _now(alone), teacher)) == (
        True,
        False,
    )


def _alone(programme_of: dict[int, Given], cycle: int | None, teacher: str = "", hours: int = 60) -> Programme:
    """The same world where the teacher is the school's only one, as given, and its plan arranges so many hours."""
    files = dict(world_files(programme_of, cycle))
    roster = f"submissions/{HERE}/{SCHOOL}/2026/teachers.yaml"
    who = f"{{number: '{ZHOU}', name: 周雨晴, subject: 语文, stage: 小学{teacher}}}"
    files[roster] = f"teachers:\n  - {who}\nstaff: 1\n".encode()
    files[SETTINGS] += b"local: {warnings: {days_before: 30}}\n"
    plan = f"submissions/{HERE}/{SCHOOL}/2026/plan.yaml"
    files[plan] = files[plan].replace(b"hours: 60", b"hours: %d" % hours)
    if teacher:
        del files[f"submissions/{HERE}/2026/acceptance/1.yaml"]
        del files[f"submissions/{HERE}/2026/register.csv"]
    return assemble(load(MemoryTree(files)), "2026-12-20")


def _told(programme: Programme, code: str) -> list[str]:
    return [each.message for each in judge({code: all_rules()[code]}, programme)]


@settings(max_examples=examples(20), deadline=None)
@given(ROUNDS, st.sampled_from([None, *EARLIER]), st.integers(1, 70))
@pytest.mark.soak
def test_a_plan_arranges_what_is_left_of_each_kind(rounds: dict[int, Given], cycle: int | None, hours: int) -> None:
    before = [rounds[year] for year in EARLIER if cycle and year >= cycle]
    left = max(0, 30 - sum(each.online for each in before)) + max(0, 30 - sum(each.practice for each in before))
    assert bool(_told(_alone(rounds, cycle, hours=hours), "PLAN-HOURS")) == (hours < left)


@settings(max_examples=examples(20), deadline=None)
@given(ROUNDS, st.sampled_from([None, *EARLIER]))
@pytest.mark.soak
def test_who_has_the_credits_with_those_before_is_not_exempt_and_not_warned(
    rounds: dict[int, Given], cycle: int | None
) -> None:
    """On leave with A1 passed here (4 credits) and the rest before: the exemption would take them away."""
    before = {
        code
        for year in EARLIER
        if cycle and year >= cycle
        for code in rounds[year].passed
        if not any(code in _withdrawn(rounds, later) for later in EARLIER if later >= year)
    }
    exempt = ", choices: [A1], exempt: {reason: 产假, approved_by: 林静, date: 2026-09-01}"
    enough = sum(CREDITS[code] for code in before | {"A1"}) >= 20
    assert bool(_told(_alone(rounds, cycle, exempt), "EXEMPT-PASSED")) == enough
    chosen = _alone(rounds, cycle, ", choices: [A1]")
    alerts = warnings(chosen, chosen.units[HERE], NOW, datetime.date(2026, 12, 20))
    assert ("未选学" in {each.kind for each in alerts}) == (not enough)

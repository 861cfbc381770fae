"""Echoes and causes: what hides what, and what never does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.soak import examples
from wholeschool.causes import roots
from wholeschool.changes.proposal import Proposal, check_change
from wholeschool.findings import About, Finding, Location, Severity, finding
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.sources import MemoryTree

SCHOOL = "anhui/shili/mingyuan/wenhua-xiaoxue"


def _finding(
    code: str,
    about: About | None = None,
    *presupposes: str,
    severity: Severity = "error",
    cause: str = "",
    line: int = 1,
) -> Finding:
    at = Location("submissions/x.yaml", line)
    return finding(code, at, "不对", about=about, presupposes=presupposes, severity=severity, cause=cause)


def _codes(*findings: Finding) -> list[str]:
    return [each.code for each in roots(findings)]


def test_a_cause_hides_the_echo_about_the_same_a_wider_and_a_narrower_thing() -> None:
    cause = _finding("CAUSE", About(SCHOOL, 2026, "1"))
    for about in (About(SCHOOL, 2026, "1"), About("anhui/shili"), About(SCHOOL, 2026, "1", "A1"), About()):
        assert _codes(cause, _finding("ECHO", about, "CAUSE")) == ["CAUSE"]


def test_a_cause_hides_no_echo_about_another_thing() -> None:
    cause = _finding("CAUSE", About(SCHOOL, 2026, "1", "A1", "名册"))
    others = (
        About(SCHOOL, 2025, "1"),
        About(SCHOOL, 2026, "2"),
        About(SCHOOL, 2026, "1", "A2"),
        About(SCHOOL, 2026, "1", "A1", "选学"),
        About(f"{SCHOOL}-2", 2026, "1"),
        About("anhui/shili/qinglan"),
    )
    for about in others:
        assert _codes(cause, _finding("ECHO", about, "CAUSE")) == ["CAUSE", "ECHO"]


def test_a_warning_hides_warnings_and_no_error() -> None:
    cause = _finding("CAUSE", severity="warning")
    assert _codes(cause, _finding("ECHO", About(), "CAUSE")) == ["CAUSE", "ECHO"]
    assert _codes(cause, _finding("ECHO", About(), "CAUSE", severity="warning")) == ["CAUSE"]


def test_an_echo_hides_its_own_echoes() -> None:
    first, second = _finding("A"), _finding("B", About(), "A")
    assert _codes(first, second, _finding("C", About(), "B")) == ["A"]


def test_findings_of_one_cause_are_one_with_their_number() -> None:
    one, two, other = _finding("A", cause="x", line=3), _finding("A", cause="x", line=9), _finding("A", cause="y")
    assert [(each.line, each.message) for each in roots([one, two, other])] == [
        (3, "不对（这样的共 2 处）"),
        (1, "不对"),
    ]


_ABOUT = st.builds(
    About,
    st.sampled_from(["", "a", "a/b", "a/b/c", "a/bb"]),
    st.sampled_from([0, 2025, 2026]),
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "A1"]),
    st.sampled_from(["", "名册"]),
)


@settings(max_examples=examples(200))
@given(_ABOUT, _ABOUT)
def test_hiding_is_what_it_says(cause: About, echo: About) -> None:
    """Equal or open in every part; of units, one is the other or stands above it."""
    a, b = f"{cause.unit}/".removeprefix("/"), f"{echo.unit}/".removeprefix("/")
    meets = (a.startswith(b) or b.startswith(a)) and all(
        not x or not y or x == y for x, y in zip(cause[1:], echo[1:], strict=True)
    )
    assert (_codes(_finding("CAUSE", cause), _finding("ECHO", echo, "CAUSE")) == ["CAUSE"]) == meets


def test_a_mistake_that_was_there_before_hides_nothing_of_a_change() -> None:
    nothing = MemoryTree({})
    programme = assemble(load(nothing))
    proposal = Proposal(programme, programme, nothing, nothing, [])  # type: ignore[arg-type]
    old, new = _finding("CAUSE"), _finding("ECHO", About(), "CAUSE")
    told, known = check_change(proposal, [old], [old, new])
    assert ([each.code for each in told], known) == (["ECHO"], 1)
